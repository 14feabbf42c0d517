"""The construction `paper`: §3–§5 as printed, Theorem 1.1 with all choices explicit (`Choices`).

One network for each atom of Proposition 5.1, moved by Lemma 5.3. In it, one copy of Theorem 4.3 for each patch ℓ of the
window at the clamped coordinates of Lemma 4.4: the torus controller F^n ∘ E (Proposition 3.3), the scalar factor as the
minimum of four readout branches (Theorem 3.7), then n recursive blocks of nested product gadgets from
Φ_0 = H(R_n) e_ℓ, with b_11ᵀ Φ_n at the end. What the paper leaves to the reader, or allows to be left out:

* The recursion needs H(R_n) before its first block and z_{j−1} at block j. So the controller runs twice, the second
  time from a copy of the input that is carried through the first part.
* E is (0, 0) outside [0, 1], so that E ∘ σ_a is E moved to the cell [a, a + 1]: the ramps cost no layer of their own.
* The edge traces of Lemma 4.4 vanish, since V^n H of an atom is zero on the lines of 2⁻ⁿ Z: those copies are left out.
* The copies of one column (row) of patches share the controller for x (y). Entries of Φ that are structural zeros of
  the matrices, or do not reach the component 11, have no gates; copies all of whose entries are such are left out, and
  so are columns and rows without a copy.
* a_n is M_H max(1, B, Bⁿ); the printed bound is too small if B < 1 < M_H (`printed_gate_bound`).
"""

from functools import cache
from typing import NamedTuple

from exactrelu.construction.atoms import AtomClass, decomposition
from exactrelu.construction.choices import DEFAULT, gate_growth
from exactrelu.construction.gluing import carried_input, gluing_copies
from exactrelu.construction.lattice import lattice, minimum
from exactrelu.construction.loop import embedding
from exactrelu.construction.measure import TermPrograms, natural, scaled
from exactrelu.construction.readout import READOUTS
from exactrelu.construction.recursion import live_matrices, live_patches, recursive_step, transition_norm
from exactrelu.construction.superposition import superposition
from exactrelu.field import Rational
from exactrelu.network import Builder, Chain, constant, total
from exactrelu.network.program import ProgramBuilder
from exactrelu.scheme import refuse_beyond

CARRIED_NAMES = ["carried/x", "carried/y"]

ORIGIN = (0, 0)
"""The patch b_11 that holds the atom, counted from 0."""

STEP_LAYERS = 4
"""The layers of a recursive block: two nested product gadgets."""


class Layout(NamedTuple):
    """What all atoms of a problem have in common: the window, T_q, B, and the live patches of each copy ℓ."""

    lengths: tuple
    matrices: dict
    norm: Rational
    live: dict

    @property
    def lines(self):
        """The columns and the rows of patches that have copies, two sorted tuples of numbers."""
        return tuple(tuple(sorted({copy[axis] for copy in self.live})) for axis in (0, 1))

    def by_line(self, values):
        """Return ({column: value}, {row: value}) for one value for each column and then for each row."""
        columns, rows = self.lines
        return dict(zip(columns, values)), dict(zip(rows, values[len(columns):], strict=True))


class Interface(NamedTuple):
    """The values between two recursive blocks, as expressions.

    ``states``: {ℓ: {patch: entry of Φ}}. ``digits``: χ₁ of the next digit and ``loops``: the points (p, q) one step
    further, each for every column of patches and then for every row.
    """

    states: dict
    digits: tuple
    loops: tuple


def build(problem, n, choices=DEFAULT):
    """Return the `Sum`, a `Chain` for each atom, that computes V^n g on R², n ≥ 1, in the problem's coordinates."""
    refuse_beyond(problem, "the construction paper", instead="the construction small")
    if n < 1:
        raise ValueError(f"the construction paper needs n ≥ 1, got {n}")
    normal, corner = problem.normalized()
    layout = layout_of(problem, n)
    delta = choices.transition_width(n)
    transport = transport_block(layout, choices.controller)
    restart = restart_block(layout, choices.controller, delta)
    readout = cache(lambda shape: readout_block(layout, shape, choices.epsilon))
    recursion = cache(lambda bound: recursion_block(layout, choices.controller, bound, delta))
    last = cache(lambda bound, coefficient: last_block(layout, bound, coefficient))
    names = interface_names(layout, n)

    def chain_of(atom, coefficients, origin):
        bound = choices.gate_bound(layout.norm, atom.height, n)
        blocks = [start_block(layout, origin)] + [transport] * n + [readout(atom.shape), restart]
        blocks += [recursion(bound)] * (n - 1) + [last(bound, coefficients[ORIGIN])]
        return Chain(blocks, names)

    return superposition(corner, n, classes_of(normal, choices), chain_of)


def classes_of(normal, choices):
    """Return an `AtomClass` for each atom of a normalized problem."""
    terms = decomposition(normal.seed.function, choices.rho)
    return [AtomClass(term.atom, term.shift, {ORIGIN: term.coefficient}) for term in terms]


def programs(problem, choices=DEFAULT):
    """Return the `TermPrograms` of the terms of `build`, for all n at once, if blocks are the same for all n.

    Raises `InputError` for a window that is too large.
    """
    normal, corner = problem.normalized()
    layout = layout_of(problem, None)
    own, rate = choices.controller, choices.transition_rate
    transport = transport_program(layout, own)
    readout = cache(lambda shape: readout_program(layout, shape, choices.epsilon))
    restart = cache(lambda height: restart_program(layout, own, rate, height))
    recursion = recursion_program(layout, own, rate)
    last = cache(lambda coefficient: last_program(layout, rate, coefficient))
    found = []
    for members in classes_of(normal, choices):
        height = members.atom.height
        found.append(TermPrograms(
            members.origin, members.coefficients, start_program(layout, corner, members.origin), transport,
            readout(members.atom.shape), restart(height), recursion, last(members.coefficients[ORIGIN]),
            3 * rate, 3 * rate / height, gate_growth(layout.norm),
        ))
    return tuple(found)


def layout_of(problem, n):
    """Return the `Layout` of a problem, its window moved to [0, L1] × [0, L2], for n stages; None: any number."""
    normal, _ = problem.normalized()
    matrices = live_matrices(normal.mask, normal.size, ORIGIN, n)
    copies = [copy.patch for copy in gluing_copies(normal.size) if not copy.on_left_edge and not copy.on_lower_edge]
    leading = {ORIGIN, *(target for matrix in matrices.values() for target, _ in matrix)}
    live = {copy: live_patches(matrices, copy, ORIGIN) for copy in copies if copy in leading}
    return Layout(normal.size, matrices, transition_norm(matrices), live)


def start_block(layout, origin):
    """Return the block (x, y) → E at the clamped coordinates of every column and row, and the carried input."""
    b = Builder(2)
    return b.network(started(b, layout, origin))


def start_program(layout, corner, shift):
    """Return the program of the start block."""
    b = ProgramBuilder(("x", "y"), ("eps",))
    origin = [low + own * b.parameters["eps"] for low, own in zip(corner, shift, strict=True)]
    return b.program(dict(zip(loop_names(layout) + CARRIED_NAMES, started(b, layout, origin), strict=True)))


def started(b, layout, origin):
    """Return E at the clamped coordinates of every column and row, and the carried input."""
    coordinates = [t - start for t, start in zip(b.inputs, origin, strict=False)]
    carried = [carried_input(b, t, length) for t, length in zip(coordinates, layout.lengths, strict=True)]
    return flat_loops(clamped_loops(b, layout, coordinates)) + carried


def clamped_loops(b, layout, coordinates):
    """Return E(σ_a(x)) for the columns a, then E(σ_b(y)) for the rows b."""
    return [
        embedding(b, t - index) for t, line in zip(coordinates, layout.lines, strict=True) for index in line
    ]


def transport_block(layout, controller):
    """Return the block of one step of the torus controller (Proposition 3.3), the input carried beside it."""
    b = Builder(len(loop_names(layout)) + 2)
    return b.network(transported(b, controller))


def transport_program(layout, controller):
    """Return the program of a step of the torus controller."""
    names = loop_names(layout) + CARRIED_NAMES
    b = ProgramBuilder(names, ())
    return b.program(dict(zip(names, transported(b, controller), strict=True)))


def transported(b, controller):
    """Return the controllers one step on, and the carried input."""
    loops, carried = loops_and_carried(b)
    moved = [controller(b, *loop) for loop in loops]
    return flat_loops(moved) + [b.relu(t) for t in carried]


def readout_block(layout, shape, epsilon):
    """Return the block z_n → the four branches H(ρ^{σ,τ}(z_n)) of every copy (Theorem 3.7), the input carried."""
    b = Builder(len(loop_names(layout)) + 2)
    return b.network(read_out(b, layout, shape, epsilon))


def readout_program(layout, shape, epsilon):
    """Return the program of the readout."""
    b = ProgramBuilder(loop_names(layout) + CARRIED_NAMES, ())
    return b.program(dict(zip(branch_names(layout) + CARRIED_NAMES, read_out(b, layout, shape, epsilon), strict=True)))


def read_out(b, layout, shape, epsilon):
    """Return the four branches of every copy, and the carried input."""
    loops, carried = loops_and_carried(b)
    columns, rows = layout.by_line([[readout(b, *loop, epsilon) for readout in READOUTS] for loop in loops])
    branches = [
        b.relu(lattice(b, shape, u, v)) for column, row in layout.live for u in columns[column] for v in rows[row]
    ]
    return branches + [b.relu(t) for t in carried]


def restart_block(layout, controller, delta):
    """Return the block to Φ_0 = H(R_n) e_ℓ, with the selectors at z_0 and the loops at z_1 from the carried input."""
    b = Builder(4 * len(layout.live) + 2)
    return b.network(flat_interface(layout, restarted(b, layout, controller, natural(delta), lambda factor: factor)))


def restart_program(layout, controller, rate, height):
    """Return the program of the block to Φ_0; δ_n is ``rate`` · ε."""
    b = ProgramBuilder(branch_names(layout) + CARRIED_NAMES, ("eps", "zeta"))

    def measured(factor):
        return 3 * rate / height * b.multiple("zeta", b.multiple("eps", factor))

    return b.program(named(layout, restarted(b, layout, controller, scaled(b, rate), measured)))


def restarted(b, layout, controller, measure, measured):
    """Return the `Interface` with H(R_n) e_ℓ, as ``measured``, and with the selectors and loops of the carried input.
    """
    size = 4 * len(layout.live)
    branches, carried = b.inputs[:size], b.inputs[size:size + 2]
    factors = {copy: minimum(b, branches[4 * k: 4 * k + 4]) for k, copy in enumerate(layout.live)}
    states = {copy: {copy: measured(factor)} for copy, factor in factors.items()}
    return advance(b, states, clamped_loops(b, layout, carried), controller, measure)


def recursion_block(layout, controller, bound, delta):
    """Return the recursive block of one stage of Theorem 4.3, for all copies, with the controller beside it."""
    b = Builder(len(value_names(layout)))
    return b.network(flat_interface(layout, recursed(b, layout, controller, natural(delta, bound))))


def recursion_program(layout, controller, rate):
    """Return the program of the recursive block of one stage."""
    b = ProgramBuilder(value_names(layout), ("eps",))
    return b.program(named(layout, recursed(b, layout, controller, scaled(b, rate))))


def recursed(b, layout, controller, measure):
    """Return the `Interface` after one stage."""
    here = unflattened(layout, b.inputs)
    states = next_states(b, layout, here, measure)
    loops = here.loops
    for _ in range(STEP_LAYERS - 1):
        loops = [tuple(map(b.relu, loop)) for loop in loops]
    return advance(b, states, loops, controller, measure)


def last_block(layout, bound, coefficient):
    """Return the recursive block of stage n, the component 11 of every copy only, and their sum (Lemma 4.4)."""
    b = Builder(len(value_names(layout)))
    return b.network([read_states(b, layout, coefficient, natural(None, bound))])


def last_program(layout, rate, coefficient):
    """Return the program of the recursive block of stage n."""
    b = ProgramBuilder(value_names(layout), ("eps",))
    return b.program({"value": read_states(b, layout, coefficient, scaled(b, rate))})


def read_states(b, layout, coefficient, measure):
    """Return ``coefficient`` times the sum of the components 11 of all copies after one stage."""
    read = layout._replace(live={copy: (ORIGIN,) for copy in layout.live})
    states = next_states(b, read, unflattened(layout, b.inputs), measure)
    return coefficient * total(state[ORIGIN] for state in states.values() if ORIGIN in state)


def next_states(b, layout, here, measure):
    """Return the states of all copies after one recursive step from the `Interface` ``here``."""
    columns, rows = layout.by_line([(measure.one - chi1, chi1) for chi1 in here.digits])
    states = {}
    for copy, state in here.states.items():
        at_copy = (columns[copy[0]], rows[copy[1]])
        patches = layout.live[copy]
        states[copy] = recursive_step(b, layout.matrices, state, at_copy, measure.bound, patches, measure.one)
    return states


def advance(b, states, loops, controller, measure):
    """Return the `Interface` with these states, the selectors read from ``loops``, and the loops one step on."""
    digits = tuple(measure.digits(b, *loop)[1] for loop in loops)
    return Interface(states, digits, tuple(controller(b, *loop) for loop in loops))


def loops_and_carried(b):
    """Return the loops of all columns and rows and the carried input that the inputs of a builder are."""
    *points, x, y = b.inputs
    return list(zip(points[::2], points[1::2])), (x, y)


def flat_loops(loops):
    """Return the entries p, q of all loop points."""
    return [entry for loop in loops for entry in loop]


def flat_interface(layout, interface):
    """Return the expressions of an `Interface` in the order of `value_names`; missing entries are zero."""
    states = [
        interface.states[copy].get(patch, constant(0)) for copy, patches in layout.live.items() for patch in patches
    ]
    return [*states, *interface.digits, *flat_loops(interface.loops)]


def named(layout, interface):
    """Return {name: expression} of an `Interface`."""
    return dict(zip(value_names(layout), flat_interface(layout, interface), strict=True))


def unflattened(layout, expressions):
    """Return the `Interface` from the expressions in the order of `value_names`."""
    entries = iter(expressions)
    states = {copy: {patch: next(entries) for patch in patches} for copy, patches in layout.live.items()}
    lines = [index for line in layout.lines for index in line]
    digits = tuple(next(entries) for _ in lines)
    return Interface(states, digits, tuple((next(entries), next(entries)) for _ in lines))


def value_names(layout):
    """Return the names of the values between two recursive blocks."""
    states = [f"phi/{i},{j}/{k},{m}" for (i, j), patches in layout.live.items() for k, m in patches]
    return states + [f"chi1/{line}" for line in line_names(layout)] + loop_names(layout)


def interface_names(layout, n):
    """Return the names of the outputs of every block but the last."""
    first, second = loop_names(layout) + CARRIED_NAMES, branch_names(layout) + CARRIED_NAMES
    return [first] * (n + 1) + [second] + [value_names(layout)] * n


def branch_names(layout):
    """Return the names of the branches of all copies."""
    return [f"H/{i},{j}/{sigma}{tau}" for i, j in layout.live for sigma in "-+" for tau in "-+"]


def loop_names(layout):
    """Return the names of the loop points of all columns and rows."""
    return [f"z/{line}/{entry}" for line in line_names(layout) for entry in "pq"]


def line_names(layout):
    """Return the names of the columns and rows of patches: x0, x1, …, y0, y1, …"""
    return [f"{axis}{index}" for axis, line in zip("xy", layout.lines, strict=True) for index in line]
