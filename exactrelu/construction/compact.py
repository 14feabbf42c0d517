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
from functools import cache, partial
from typing import NamedTuple

from exactrelu.construction.atoms import decomposition, translation_classes
from exactrelu.construction.choices import DEFAULT, gate_growth
from exactrelu.construction.gate import positive_gate
from exactrelu.construction.gluing import carried_input
from exactrelu.construction.lattice import lattice
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.measure import TermPrograms, natural, scaled
from exactrelu.construction.readout import READOUTS
from exactrelu.construction.selector import cell_selectors, deficiency, scaled_cell_selectors
from exactrelu.construction.states import DIGITS, State, Transitions
from exactrelu.construction.superposition import superposition
from exactrelu.network import Builder, Chain, constant, linear_combination, total
from exactrelu.network.program import ProgramBuilder
from exactrelu.scheme import refuse_beyond

LOOP_NAMES = ["z/x/p", "z/x/q", "z/y/p", "z/y/q"]
CARRIED_NAMES = ["carried/x", "carried/y"]
BRANCH_NAMES = ["H/-", "H/+"]


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

    return superposition(corner, n, classes_of(normal, choices), chain_of)


def classes_of(normal, choices):
    """Return the `AtomClass`es of a normalized problem."""
    terms = decomposition(normal.seed.function, choices.rho, cost=lambda terms: len(translation_classes(terms)))
    return translation_classes(terms)


def programs(problem, choices=DEFAULT):
    """Return the `TermPrograms` of the terms of `build`, for all n at once, if blocks are the same for all n.

    Raises `InputError` for a window that is too large.
    """
    normal, corner = problem.normalized()
    lengths, rate = normal.size, choices.transition_rate
    transitions_to = cache(lambda patches: Transitions(normal.mask, lengths, readable(patches)))
    readout = cache(lambda shape: readout_program(shape, choices.epsilon))
    spread = cache(lambda patches, height: spread_program(transitions_to(patches), lengths, height, rate))
    stage = cache(lambda patches: stage_program(transitions_to(patches), rate))
    transport = transport_program()
    found = []
    for members in classes_of(normal, choices):
        patches, height = frozenset(members.coefficients), members.atom.height
        transitions = transitions_to(patches)
        found.append(TermPrograms(
            members.origin, members.coefficients, start_program(transitions, lengths, corner, members.origin),
            transport, readout(members.atom.shape), spread(patches, height), stage(patches),
            last_program(transitions, rate, members.coefficients), 3 * rate, 3 * rate / height,
            gate_growth(transitions.norm()),
        ))
    return tuple(found)


def readable(patches):
    """Return the states of the patches that hold atoms: those on which the last row is read."""
    return [State(i, j, sign) for i, j in sorted(patches) for sign in (1, -1)]


def start_block(transitions, lengths, origin):
    """Return the block (x, y) → E of both coordinates, periodic on the window, and the carried input."""
    b = Builder(2)
    return b.network(started(b, transitions, lengths, origin))


def start_program(transitions, lengths, corner, shift):
    """Return the program of the start block."""
    b = ProgramBuilder(("x", "y"), ("eps",))
    origin = [low + own * b.parameters["eps"] for low, own in zip(corner, shift, strict=True)]
    return b.program(dict(zip(LOOP_NAMES + CARRIED_NAMES, started(b, transitions, lengths, origin), strict=True)))


def started(b, transitions, lengths, origin):
    """Return E of both coordinates and the carried input."""
    coordinates = [t - start for t, start in zip(b.inputs, origin, strict=False)]
    loops = embedded(b, transitions, coordinates, lengths)
    carried = [carried_input(b, t, length) for t, length in zip(coordinates, lengths, strict=True)]
    return [*loops[0], *loops[1], *carried]


def embedded(b, transitions, coordinates, lengths):
    """Return E of both coordinates, on the cells of the window where it is needed."""
    cells = transitions.embedded_cells()
    return [embedding(b, *along) for along in zip(coordinates, lengths, cells, strict=True)]


def transport_block():
    """Return the block of one step of the torus controller (Proposition 3.3), the input carried beside it."""
    b = Builder(6)
    return b.network(transported(b))


def transport_program():
    """Return the program of a step of the torus controller."""
    names = LOOP_NAMES + CARRIED_NAMES
    b = ProgramBuilder(names, ())
    return b.program(dict(zip(names, transported(b), strict=True)))


def transported(b):
    """Return the controllers one step on, and the carried input."""
    px, qx, py, qy, *carried = b.inputs
    return [*controller(b, px, qx), *controller(b, py, qy), *(b.relu(t) for t in carried)]


def readout_block(shape, epsilon):
    """Return the block z_n → the max-min form of H on the branches (ρ⁻, ρ⁻) and (ρ⁺, ρ⁺), the input carried."""
    b = Builder(6)
    return b.network(read_out(b, shape, epsilon))


def readout_program(shape, epsilon):
    """Return the program of the readout."""
    b = ProgramBuilder(LOOP_NAMES + CARRIED_NAMES, ())
    return b.program(dict(zip(BRANCH_NAMES + CARRIED_NAMES, read_out(b, shape, epsilon), strict=True)))


def read_out(b, shape, epsilon):
    """Return the max-min form of H on two branches, and the carried input."""
    px, qx, py, qy, *carried = b.inputs
    branches = [lattice(b, shape, readout(b, px, qx, epsilon), readout(b, py, qy, epsilon)) for readout in READOUTS]
    return [*branches, *(b.relu(t) for t in carried)]


def spread_block(transitions, lengths, height, delta):
    """Return the block to Φ_0 = H(R_n) e_cell, with the selectors at z_0 and the loops at z_1 of the carried input."""
    b = Builder(4)
    minus, plus, *carried = b.inputs
    selectors = partial(cell_selectors, b, delta=delta)

    def gated(value, first, second):
        return positive_gate(b, deficiency(first, second), [value], height)[0]

    row = first_row(transitions, lengths, b.minimum(minus, plus), carried, selectors, gated)
    loops = embedded(b, transitions, carried, lengths)
    return b.network(flat(transitions, advance(b, row, loops, natural(delta))))


def spread_program(transitions, lengths, height, rate):
    """Return the program of the spread block; δ_n is ``rate`` · ε."""
    b = ProgramBuilder(BRANCH_NAMES + CARRIED_NAMES, ("eps", "zeta"))
    minus, plus, *carried = b.inputs[:4]
    delta = rate * b.parameters["eps"]
    selectors = partial(scaled_cell_selectors, b, delta=delta)

    def gated(value, first, second):
        unit = b.relu(value - deficiency(first, second, delta))
        return 3 * b.multiple("zeta", unit)

    value = rate / height * b.multiple("eps", b.minimum(minus, plus))
    row = first_row(transitions, lengths, value, carried, selectors, gated)
    loops = embedded(b, transitions, carried, lengths)
    return b.program(named(transitions, advance(b, row, loops, scaled(b, rate))))


def first_row(transitions, lengths, value, carried, selectors, gated):
    """Return the row h e_cell, h = ``value``, by ``gated(h, σ, σ)`` with cell ``selectors`` of the carried input."""
    columns, rows = (
        dict(zip(cells, selectors(t, length, cells=cells)))
        for t, length, cells in zip(carried, lengths, transitions.start_cells(), strict=True)
    )
    return {state: gated(value, columns[state.i], rows[state.j]) for state in transitions.start}


def stage_block(transitions, bound, delta):
    """Return the block of one stage, one layer: Φ_j = Σ_q G(d_q, T_qᵀ Φ_{j−1}), the next selectors and loops."""
    b = Builder(len(interface_of(transitions)))
    return b.network(flat(transitions, staged(b, transitions, natural(delta, bound))))


def stage_program(transitions, rate):
    """Return the program of a stage."""
    b = ProgramBuilder(interface_of(transitions), ("eps",))
    return b.program(named(transitions, staged(b, transitions, scaled(b, rate))))


def staged(b, transitions, measure):
    """Return the `Interface` after one stage."""
    here = interface(b, transitions)
    return advance(b, next_row(b, transitions, here, measure, transitions.states), here.loops, measure)


def last_block(transitions, bound, coefficients):
    """Return the block of stage n, its row read on the patches that hold atoms, with ``coefficients`` {patch: c}."""
    b = Builder(len(interface_of(transitions)))
    return b.network([read_row(b, transitions, coefficients, natural(None, bound))])


def last_program(transitions, rate, coefficients):
    """Return the program of stage n."""
    b = ProgramBuilder(interface_of(transitions), ("eps",))
    return b.program({"value": read_row(b, transitions, coefficients, scaled(b, rate))})


def read_row(b, transitions, coefficients, measure):
    """Return what the last row is on the patches that hold atoms, with ``coefficients`` {patch: c}."""
    row = next_row(b, transitions, interface(b, transitions), measure, readable(coefficients))
    return linear_combination([state.sign * coefficients[state.i, state.j] for state in row], row.values())


def next_row(b, transitions, here, measure, wanted):
    """Return the entries of the row after one stage on the states that are ``wanted``."""
    summands = defaultdict(list)
    for q in DIGITS:
        first, second = (chi1 if digit else measure.one - chi1 for digit, chi1 in zip(q, here.digits, strict=True))
        closing = deficiency(first, second, measure.one)
        columns = {state: column for state, column in transitions.columns[q].items() if state in wanted}
        entries = [
            linear_combination([weight for _, weight in column], [here.row[source] for source, _ in column])
            for column in columns.values()
        ]
        for state, gated in zip(columns, positive_gate(b, closing, entries, measure.bound), strict=True):
            summands[state].append(gated)
    return {state: total(parts) for state, parts in summands.items()}


def advance(b, row, loops, measure):
    """Return the `Interface` with this row, the selectors read from ``loops``, and the loops one step on."""
    digits = tuple(measure.digits(b, *loop)[1] for loop in loops)
    return Interface(row, digits, tuple(controller(b, *loop) for loop in loops))


def flat(transitions, here):
    """Return the expressions of an `Interface` in the order of its names; missing entries of the row are zero."""
    row = [here.row.get(state, constant(0)) for state in transitions.states]
    return [*row, *here.digits, *here.loops[0], *here.loops[1]]


def named(transitions, here):
    """Return {name: expression} of an `Interface`."""
    return dict(zip(interface_of(transitions), flat(transitions, here), strict=True))


def interface(b, transitions):
    """Return the `Interface` that the inputs of a builder are."""
    size = len(transitions.states)
    chi_x, chi_y, px, qx, py, qy = b.inputs[size:size + 6]
    return Interface(dict(zip(transitions.states, b.inputs, strict=False)), (chi_x, chi_y), ((px, qx), (py, qy)))


def row_names(transitions):
    """Return the names of the entries of a row, such as "phi/2,0,+"."""
    return [f"phi/{state.i},{state.j},{'+' if state.sign > 0 else '-'}" for state in transitions.states]


def interface_of(transitions):
    """Return the names of the values between two stages."""
    return row_names(transitions) + ["chi1/x", "chi1/y", *LOOP_NAMES]


def interface_names(transitions, n):
    """Return the names of the outputs of every block but the last."""
    return [LOOP_NAMES + CARRIED_NAMES] * (n + 1) + [BRANCH_NAMES + CARRIED_NAMES] + [interface_of(transitions)] * n
