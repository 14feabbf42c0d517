"""The construction `compact`: Theorem 4.3 with one controller for the whole window and gates of one layer.

It follows the order of the paper, H(R_n) first and then the cascade, with these savings:

* Atoms of Proposition 5.1 with the same H whose shifts agree mod 1 have one network: they differ in the patch k that
  holds them, that is, in the entry of the last row e_cellᵀ T_{Q_1} ⋯ T_{Q_n} that is read.
* E is periodic on the window, so that one controller for x and one for y serve all patches. The integer part of the
  input is one more digit: the cell selectors start the row Φ_0 = H(R_n) e_cell.
* Two readout branches suffice in Theorem 3.7: H = min{H(ρ⁻, ρ⁻), H(ρ⁺, ρ⁺)} on the loops. In a seam zone of some
  coordinate the branch that is exact there is zero, and both are ≥ 0.
* The gates of the cell selectors are ReLU(A − M_H d) with A = min over the branches of the max-min form of H: they
  include the max(0, ·) of H.
* A row is split into its positive and negative parts (`Transitions`), whose gates have one layer and one unit.
* Each stage hands the selectors of the next stage on, so that it is one layer.

Depth 2n + 4 + ⌈log₂ m⌉ for atoms H = max(0, min of m forms).
"""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from exactrelu.construction.atoms import decomposition, translation_classes
from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.gate import positive_gate
from exactrelu.construction.gluing import carried_input
from exactrelu.construction.lattice import lattice
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.readout import READOUTS
from exactrelu.construction.selector import cell_selectors, deficiency, digit_selectors
from exactrelu.construction.states import DIGITS, State, Transitions
from exactrelu.construction.superposition import superposition
from exactrelu.network import Builder, Chain, constant, linear_combination, total
from exactrelu.scheme import refuse_beyond

LOOP_NAMES = ["z/x/p", "z/x/q", "z/y/p", "z/y/q"]
CARRIED_NAMES = ["carried/x", "carried/y"]


class Interface(NamedTuple):
    """The values between two stages, as expressions: ``row`` {state: entry ≥ 0}, χ₁ of the next digits, next loops."""

    row: dict
    digits: tuple
    loops: tuple


def build(problem, n, choices=DEFAULT):
    """Return the `Sum`, a `Chain` for each class of atoms, that computes V^n g, n ≥ 1, in the problem's coordinates."""
    refuse_beyond(problem, "the construction compact", instead="the construction small")
    if n < 1:
        raise ValueError(f"the construction compact needs n ≥ 1, got {n}")
    normal, corner = problem.normalized()
    terms = decomposition(normal.seed.function, choices.rho, cost=lambda terms: len(translation_classes(terms)))
    lengths, delta = normal.size, choices.transition_width(n)
    transitions_to = cache(lambda patches: Transitions(normal.mask, lengths, readable(patches), n))
    transport = transport_block()
    readout = cache(lambda shape: readout_block(shape, choices.epsilon))
    spread = cache(lambda patches, height: spread_block(transitions_to(patches), lengths, height, delta))
    stage = cache(lambda patches, bound: stage_block(transitions_to(patches), bound, delta))

    def chain_of(atom, coefficients, origin):
        patches = frozenset(coefficients)
        transitions = transitions_to(patches)
        bound = choices.gate_bound(transitions.norm(), atom.height, n)
        blocks = [start_block(transitions, lengths, origin)] + [transport] * n
        blocks += [readout(atom.shape), spread(patches, atom.height)]
        blocks += [stage(patches, bound)] * (n - 1) + [last_block(transitions, bound, coefficients)]
        return Chain(blocks, interface_names(transitions, n))

    return superposition(corner, n, translation_classes(terms), chain_of)


def readable(patches):
    """Return the states of the patches that hold atoms: those on which the last row is read."""
    return [State(i, j, sign) for i, j in sorted(patches) for sign in (1, -1)]


def start_block(transitions, lengths, origin):
    """Return the block (x, y) → E of both coordinates, periodic on the window, and the carried input."""
    b = Builder(2)
    coordinates = [t - start for t, start in zip(b.inputs, origin, strict=True)]
    loops = embedded(b, transitions, coordinates, lengths)
    carried = [carried_input(b, t, length) for t, length in zip(coordinates, lengths, strict=True)]
    return b.network([*loops[0], *loops[1], *carried])


def embedded(b, transitions, coordinates, lengths):
    """Return E of both coordinates, on the cells of the window where it is needed."""
    cells = transitions.embedded_cells()
    return [embedding(b, *along) for along in zip(coordinates, lengths, cells, strict=True)]


def transport_block():
    """Return the block of one step of the torus controller (Proposition 3.3), the input carried beside it."""
    b = Builder(6)
    px, qx, py, qy, *carried = b.inputs
    return b.network([*controller(b, px, qx), *controller(b, py, qy), *(b.relu(t) for t in carried)])


def readout_block(shape, epsilon):
    """Return the block z_n → the max-min form of H on the branches (ρ⁻, ρ⁻) and (ρ⁺, ρ⁺), the input carried."""
    b = Builder(6)
    px, qx, py, qy, *carried = b.inputs
    branches = [lattice(b, shape, readout(b, px, qx, epsilon), readout(b, py, qy, epsilon)) for readout in READOUTS]
    return b.network([*branches, *(b.relu(t) for t in carried)])


def spread_block(transitions, lengths, height, delta):
    """Return the block to Φ_0 = H(R_n) e_cell, with the selectors at z_0 and the loops at z_1 of the carried input."""
    b = Builder(4)
    minus, plus, *carried = b.inputs
    value = b.minimum(minus, plus)
    columns, rows = (
        dict(zip(cells, cell_selectors(b, t, length, delta, cells=cells)))
        for t, length, cells in zip(carried, lengths, transitions.start_cells(), strict=True)
    )
    row = {
        state: positive_gate(b, deficiency(columns[state.i], rows[state.j]), [value], height)[0]
        for state in transitions.start
    }
    loops = embedded(b, transitions, carried, lengths)
    return b.network(flat(transitions, advance(b, row, loops, delta)))


def stage_block(transitions, bound, delta):
    """Return the block of one stage, one layer: Φ_j = Σ_q G(d_q, T_qᵀ Φ_{j−1}), the next selectors and loops."""
    b, here = interface(transitions)
    row = next_row(b, transitions, here, bound, transitions.states)
    return b.network(flat(transitions, advance(b, row, here.loops, delta)))


def last_block(transitions, bound, coefficients):
    """Return the block of stage n, its row read on the patches that hold atoms, with ``coefficients`` {patch: c}."""
    b, here = interface(transitions)
    row = next_row(b, transitions, here, bound, readable(coefficients))
    weights = [state.sign * coefficients[state.i, state.j] for state in row]
    return b.network([linear_combination(weights, row.values())])


def next_row(b, transitions, here, bound, wanted):
    """Return the entries of the row after one stage on the states that are ``wanted``."""
    summands = defaultdict(list)
    for q in DIGITS:
        closing = deficiency(*(chi1 if digit else 1 - chi1 for digit, chi1 in zip(q, here.digits, strict=True)))
        columns = {state: column for state, column in transitions.columns[q].items() if state in wanted}
        entries = [
            linear_combination([weight for _, weight in column], [here.row[source] for source, _ in column])
            for column in columns.values()
        ]
        for state, gated in zip(columns, positive_gate(b, closing, entries, bound), strict=True):
            summands[state].append(gated)
    return {state: total(parts) for state, parts in summands.items()}


def advance(b, row, loops, delta):
    """Return the `Interface` with this row, the selectors read from ``loops``, and the loops one step on."""
    digits = tuple(digit_selectors(b, *loop, delta)[1] for loop in loops)
    return Interface(row, digits, tuple(controller(b, *loop) for loop in loops))


def flat(transitions, here):
    """Return the expressions of an `Interface` in the order of its names; missing entries of the row are zero."""
    row = [here.row.get(state, constant(0)) for state in transitions.states]
    return [*row, *here.digits, *here.loops[0], *here.loops[1]]


def interface(transitions):
    """Return a builder and the `Interface` that its inputs are."""
    b = Builder(len(transitions.states) + 6)
    *entries, chi_x, chi_y, px, qx, py, qy = b.inputs
    row = dict(zip(transitions.states, entries, strict=True))
    return b, Interface(row, (chi_x, chi_y), ((px, qx), (py, qy)))


def row_names(transitions):
    """Return the names of the entries of a row, such as "phi/2,0,+"."""
    return [f"phi/{state.i},{state.j},{'+' if state.sign > 0 else '-'}" for state in transitions.states]


def interface_names(transitions, n):
    """Return the names of the outputs of every block but the last."""
    between = row_names(transitions) + ["chi1/x", "chi1/y", *LOOP_NAMES]
    return [LOOP_NAMES + CARRIED_NAMES] * (n + 1) + [["H/-", "H/+", *CARRIED_NAMES]] + [between] * n
