"""The construction `one-pass`: depth n + c, and no decomposition of the seed into atoms.

The cascade of Corollary 2.6 carries the row p of e_cellᵀ T_{Q_1} ⋯ T_{Q_j} together with p·u and p·v, where (u, v) is
the residual R_j, one hidden layer a stage: u ← 2u − q_1 under digit q_1. At the end, V^n g is read off as
Σ_β p_β g_β(u, v), a positively homogeneous function of (p, pu, pv). This is exact on good orbits (§4.1).

*Shift classes.* Around the seams of the loops the value is garbage, and no single cascade can avoid that. Three
cascades s = 0, 1, 2 run side by side, their dyadic grids moved by 1/3, 2/3 and 0 in both coordinates (Lemma 5.3). Each
has a seam deficiency D_s ≥ 0, read off its controller z_n: zero outside a strip of width 1/4 around its grid lines, ≥ 1
where an orbit can be bad. Strips of different classes are disjoint in each coordinate, so two classes at most are
spoilt at a point, and one D_s is 0. With the one-layer gate G and y_s the value read by class s,

    V^n g = − Σ_{∅ ≠ A ⊆ {0, 1, 2}} (−1)^{|A|} G(Σ_{s ∈ A} D_s, y_{min A}),

since where y_s is garbage every gate on it is closed, elsewhere y_s = V^n g, and if D_i = 0 then the terms A and
A ∪ {i} cancel for every A ≠ ∅ without i, which leaves A = {i}: the open gate on V^n g.

Depth: two layers to start, n stages, two for the readout, one for the gates: n + 5, for every mask and seed.

*Every n.* The networks depend on n by two numbers, ε = 2⁻ⁿ and η = c/ρⁿ. The builder makes four programs
(`exactrelu.network.program`), in which they are values:

    start(x, y; ε, η),    stage(·; ε) n − 1 times,    last(·; ε),    closing(·), times 1/η.

There rows are η times those above, a selector is δ = SEAM · ε times that above, so that gates need no factor: G(d, y)
becomes (ηy − δd)₊, and closing gates (±ηy − D)₊. The network for n is what they are for its ε and η, but it carries
rows and selectors divided by δ: gates are (y' − d)₊ then, y' = ηy/δ being what is carried, and the weights of a stage
have a few digits, whatever n is, but for those of the units that make the selectors.
"""

from collections import defaultdict
from math import ceil
from typing import NamedTuple

from exactrelu.construction.gate import positive_gate, seam_gates
from exactrelu.construction.kinks import patch_forms
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.reading import read_rows
from exactrelu.construction.selector import scaled_cell_selectors, scaled_digit_selector
from exactrelu.construction.states import DIGITS, State, Transitions
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.field import Rational, mpq
from exactrelu.network.bounds import Interval, interval_bounds
from exactrelu.network.builder import constant, linear_combination, total
from exactrelu.network.chain import Chain
from exactrelu.network.ports import ROW, Port, port
from exactrelu.network.program import Program, ProgramBuilder, instance
from exactrelu.scheme import refuse_beyond

SHIFTS = (mpq(1, 3), mpq(2, 3), mpq(0))
"""How far the dyadic grid of each class is moved, in units of its cells, in both coordinates."""

SEAM = mpq(1, 12)
"""Terminal residuals of bad orbits lie in [0, SEAM] ∪ [1 − SEAM, 1]: δ = SEAM · 2⁻ⁿ (Lemma 4.1)."""

EPS, ETA = "eps", "eta"
"""The parameters ε and η of the programs."""

EMPTY = (constant(0),) * 3
"""The row entries of a state that nothing leads to."""


class ShiftClass(NamedTuple):
    """One cascade: its ``index`` and ``shift``, the ``lengths`` of its window, and the seed's ``patches`` on it."""

    index: int
    shift: mpq
    lengths: tuple
    transitions: Transitions
    patches: dict


class ClassState(NamedTuple):
    """What one class hands to its next stage, as expressions.

    ``rows``: {state: (p, pu, pv)}, all ≥ 0. ``digits``: χ₁ of the next digit for x and for y. ``loops``: the controller
    points (p, q) for x and for y that come after those which ``digits`` was read from.
    """

    rows: dict
    digits: tuple
    loops: tuple


class Programs(NamedTuple):
    """The four blocks of all networks of a family, as programs, and c and ρ of η = c/ρⁿ."""

    start: Program
    stage: Program
    last: Program
    closing: Program
    factor: Rational
    base: Rational

    def parameters(self, n):
        """Return the values of the parameters for n."""
        return {EPS: mpq(1, 2**n), ETA: self.factor / self.base**n}


def build(problem, n):
    """Return a `Chain` that computes V^n g on R², for n ≥ 0, in the coordinates of ``problem``; V⁰ g is g."""
    refuse_beyond(problem, "the construction one-pass", instead="the construction small")
    if n < 0:
        raise ValueError(f"the construction one-pass needs n ≥ 0, got {n}")
    normal, origin = problem.normalized()
    classes = shift_classes(normal, n)
    if n == 0:
        closing = closing_program(classes)
        values = {EPS: mpq(1), ETA: bounds(classes, closing)[0]}
        return Chain(instances([seed_program(classes, origin), closing], values), [terminal_names(classes)])
    family = programs(classes, origin)
    start, stage, last, closing = instances(family[:4], family.parameters(n))
    names = [interface_names(classes)] * n + [terminal_names(classes)]
    return Chain([start, *[stage] * (n - 1), last, closing], names)


def programs(classes, origin):
    """Return the `Programs` of these shift classes, whose windows start at ``origin``."""
    closing = closing_program(classes)
    return Programs(
        start_program(classes, origin), stage_program(classes), last_program(classes), closing,
        *bounds(classes, closing),
    )


def instances(found, values):
    """Return the networks that programs are for these values of ε and η; rows and selectors are divided by δ."""
    sizes = {"value": values[ETA], **dict.fromkeys(("chi1", *ROW), SEAM * values[EPS])}

    def size(name):
        known = port(name)
        if known is None:
            return values[ETA] if name in (ETA, VALUE) else mpq(1)
        return sizes.get(known.kind, mpq(1))

    return [instance(program, values, size) for program in found]


def bounds(classes, closing):
    """Return c and ρ of η = c/ρⁿ.

    ρ ≥ 2 max(B, 1) and c ≤ SEAM/2: on good orbits no closed gate of stage j sees more than 2 η B^j ≤ δ. ρ is at least
    the growth of rows on all orbits in a stage, and cλ ≤ 1 for the bound λ of the values that are read off rows in
    [0, 1]: all η y are in [−1, 1], which the closing gates stop where D ≥ 1.

    Of the numbers with these properties 1/c is the next integer and ρ the next power of 2: rows are carried as η/δ
    times what they are, and would have denominators of n digits of ρ, which no other number has, otherwise.
    """
    norm = max(1, *(shift_class.transitions.norm() for shift_class in classes))
    growth = max(shift_class.transitions.growth() for shift_class in classes)
    inputs = [Interval(mpq(0), mpq(port(name).kind != "seam")) for name in closing.inlets]
    intervals = interval_bounds(closing, inputs)
    limit = max(max(-intervals[k].low, intervals[k].high) for k in closing.marks.values())
    least = max(2 / SEAM, limit)
    return mpq(1, ceil(least)), mpq(1 << (ceil(max(2 * norm, growth)) - 1).bit_length())


def shift_classes(normal, stages=None):
    """Return the three `ShiftClass` of a normalized problem; a shifted class has a window one cell larger.

    The states are those for the number of ``stages`` (`Transitions`).
    """
    (_, width), (_, height) = normal.window
    seed = CPwL(normal.seed.vertices, normal.seed.simplices, normal.seed.values)
    classes = []
    for index, shift in enumerate(SHIFTS):
        lengths = (width, height) if shift == 0 else (width + 1, height + 1)
        patches = patch_forms(seed.shifted(shift, shift).pieces(), lengths)
        readable = {State(i, j, sign) for i, j in patches for sign in (1, -1)}
        transitions = Transitions(normal.mask, lengths, readable, stages)
        classes.append(ShiftClass(index, shift, lengths, transitions, patches))
    return tuple(classes)


def start_program(classes, origin):
    """Return the program (x, y) → the rows at stage 0, the first selectors and the controllers one step ahead."""
    b = ProgramBuilder(("x", "y"), (EPS, ETA))
    outlets, marks = {}, {}
    for shift_class in classes:
        rows, loops, sections = stage_zero(b, shift_class, origin)
        outlets |= named(shift_class, advance(b, rows, loops))
        marks |= sections
    return b.program(outlets, marks)


def seed_program(classes, origin):
    """Return the program (x, y) → the rows at stage 0 and the seam deficiencies: all that n = 0 needs."""
    b = ProgramBuilder(("x", "y"), (EPS, ETA))
    outlets = {}
    for shift_class in classes:
        rows, loops, _ = stage_zero(b, shift_class, origin)
        outlets |= terminal_values(b, shift_class, rows, loops)[0]
    return b.program(outlets)


def stage_zero(b, shift_class, origin):
    """Return the rows at stage 0, the controllers z_0 of a class, whose grid is moved by ε times its shift, and marks.

    The marks name the selectors "s0/cell/x/2" of cells and the residuals "s0/residual/x/2" in them, times δ and η.
    """
    axes, loops, marks = [], [], {}
    eps, transitions = b.parameters[EPS], shift_class.transitions
    places = zip(transitions.start_cells(), transitions.embedded_cells(), strict=True)
    for axis, coordinate, offset, length, (cells, embedded) in zip(
        "xy", b.inputs[:2], origin, shift_class.lengths, places, strict=True
    ):
        t = coordinate - offset + shift_class.shift * eps
        # V^n g vanishes beyond the window, so of the extra cell of a moved grid only its first cell of level n counts
        end = constant(length) if shift_class.shift == 0 else length - 1 + eps
        selected = scaled_cell_selectors(b, t, length, SEAM * eps, end, cells)
        along = {}
        for cell, selector in zip(cells, selected, strict=True):
            residual = b.value(b.times(ETA, b.relu(t - cell) - b.relu(t - cell - 1)))
            along[cell] = b.value(selector), residual
            marks[f"s{shift_class.index}/cell/{axis}/{cell}"], _ = along[cell]
            marks[f"s{shift_class.index}/residual/{axis}/{cell}"] = residual
        axes.append(along)
        loops.append(embedding(b, t, length, embedded))
    return start_rows(b, shift_class, *axes), loops, marks


def start_rows(b, shift_class, along_x, along_y):
    """Return the rows e_cell, e_cell·u, e_cell·v of the window's cells, gated by the cell selectors."""
    started = {}
    for state in shift_class.transitions.start:
        (cell_x, u), (cell_y, v) = along_x[state.i], along_y[state.j]
        closing = 2 * SEAM * b.parameters[EPS] - cell_x - cell_y
        started[state] = tuple(positive_gate(b, closing, [b.parameters[ETA], u, v], 1))
    return {state: started.get(state, EMPTY) for state in shift_class.transitions.states}


def stage_program(classes):
    """Return the program of one stage: one hidden layer, the same for every stage."""
    b = ProgramBuilder(interface_names(classes), (EPS,))
    outlets = {}
    for shift_class, state in zip(classes, states_of(classes, b), strict=True):
        rows = next_rows(b, shift_class, state, shift_class.transitions.states)
        outlets |= named(shift_class, advance(b, rows, state.loops))
    return b.program(outlets)


def advance(b, rows, loops):
    """Return the `ClassState` with these rows, the selectors read from ``loops``, and the loops one step on."""
    digits = tuple(scaled_digit_selector(b, *loop, SEAM * b.parameters[EPS]) for loop in loops)
    return ClassState(rows, digits, tuple(controller(b, *loop) for loop in loops))


def next_rows(b, shift_class, state, targets):
    """Return the rows of some ``targets`` after one stage.

    They are Σ_q G(d_q, T_qᵀ p), and likewise with T_qᵀ(2 pu − q_1 p), T_qᵀ(2 pv − q_2 p).
    """
    summands = defaultdict(list)
    delta = SEAM * b.parameters[EPS]
    for q in DIGITS:
        first, second = (digit if bit else delta - digit for bit, digit in zip(q, state.digits, strict=True))
        closing = 2 * delta - first - second
        columns = shift_class.transitions.columns[q]
        for target, column in ((target, columns[target]) for target in targets if target in columns):
            weights = [weight for _, weight in column]
            entries = zip(*(state.rows[source] for source, _ in column))
            p, pu, pv = (linear_combination(weights, entry) for entry in entries)
            summands[target].append(positive_gate(b, closing, [p, 2 * pu - q[0] * p, 2 * pv - q[1] * p], 1))
    summed = {target: tuple(map(total, zip(*parts))) for target, parts in summands.items()}
    return {key: summed.get(key, EMPTY) for key in targets}


def last_program(classes):
    """Return the program of stage n: the rows p_n, pu_n, pv_n that are read, and the seam deficiencies D_s from z_n."""
    b = ProgramBuilder(interface_names(classes), (EPS,))
    outlets, marks = {}, {}
    for shift_class, state in zip(classes, states_of(classes, b), strict=True):
        rows = next_rows(b, shift_class, state, readable_states(shift_class))
        values, bumps = terminal_values(b, shift_class, rows, state.loops)
        outlets |= values
        marks |= bumps
    return b.program(outlets, marks)


def terminal_values(b, shift_class, rows, loops):
    """Return what the closing block needs of a class: the rows that are read, and D_s from the controllers z_n.

    Besides, the two summands of D_s, named "s0/seam/x" and "s0/seam/y".
    """
    entries = [entry for key in readable_states(shift_class) for entry in rows[key]]
    bumps = [seam_bump(b, *loop) for loop in loops]
    values = dict(zip(terminal_class_names(shift_class), [*entries, total(bumps)], strict=True))
    return values, {f"s{shift_class.index}/seam/{axis}": bump for axis, bump in zip("xy", bumps, strict=True)}


def seam_bump(b, p, q):
    """Return a function on the loop that is ≥ 1 for t in [0, SEAM] and [1 − SEAM, 1], 0 in [2·SEAM, 1 − 2·SEAM].

    One unit, (2 − p/(3·SEAM))₊: on E(t) it is (2 − t/SEAM)₊ on the first third, 0 on the second, (2 − (1 − t)/SEAM)₊
    on the last.
    """
    return b.relu(2 - p / (3 * SEAM))


VALUE = "value"
"""The name of the output, η V^n g."""


def closing_program(classes):
    """Return the program that reads the rows of each class and adds them up through the seam gates.

    The values y of the classes are marked "s0/value".
    """
    b = ProgramBuilder([name for shift_class in classes for name in terminal_class_names(shift_class)], ())
    entries = dict(zip(b.inlets, b.inputs, strict=True))
    deficiencies, values = [], []
    for shift_class in classes:
        rows = {key: row_of(entries, shift_class, key) for key in readable_states(shift_class)}
        deficiencies.append(entries[str(Port(shift_class.index, "seam"))])
        values.append(b.value(read_rows(b, shift_class.patches, rows)) if rows else constant(0))
    marks = {str(Port(c.index, VALUE)): value for c, value in zip(classes, values, strict=True)}
    return b.program({VALUE: seam_gates(b, deficiencies, values, 1)}, marks)


def readable_states(shift_class):
    """Return the states on which the final row is read."""
    return tuple(key for key in shift_class.transitions.states if (key.i, key.j) in shift_class.patches)


def named(shift_class, state):
    """Return the expressions of a `ClassState` {name: expression}, as `class_names`."""
    rows = [entry for key in shift_class.transitions.states for entry in state.rows[key]]
    entries = rows + list(state.digits) + [entry for loop in state.loops for entry in loop]
    return dict(zip(class_names(shift_class), entries, strict=True))


def states_of(classes, b):
    """Return the `ClassState` of each class that the inputs of a builder are, as `interface_names`."""
    entries = dict(zip(b.inlets, b.inputs, strict=False))
    states = []
    for shift_class in classes:
        rows = {key: row_of(entries, shift_class, key) for key in shift_class.transitions.states}
        digits = tuple(entries[str(Port(shift_class.index, "chi1", (axis,)))] for axis in (0, 1))
        loops = tuple(
            tuple(entries[str(Port(shift_class.index, "z", (axis, k)))] for k in (0, 1)) for axis in (0, 1)
        )
        states.append(ClassState(rows, digits, loops))
    return states


def row_of(entries, shift_class, state):
    """Return the entries (p, pu, pv) of a state, given the ``entries`` {name: expression}."""
    return tuple(entries[str(Port(shift_class.index, kind, state))] for kind in ROW)


def row_names(shift_class, states):
    """Return names such as "s1/pu/2,0,+" for the rows of a class."""
    return [str(Port(shift_class.index, kind, state)) for state in states for kind in ROW]


def class_names(shift_class):
    """Return the names of the interface values of one class, in order."""
    index = shift_class.index
    digits = [str(Port(index, "chi1", (axis,))) for axis in (0, 1)]
    loops = [str(Port(index, "z", (axis, entry))) for axis in (0, 1) for entry in (0, 1)]
    return row_names(shift_class, shift_class.transitions.states) + digits + loops


def terminal_class_names(shift_class):
    """Return the names of the values of one class that the closing block gets, in order."""
    return [*row_names(shift_class, readable_states(shift_class)), str(Port(shift_class.index, "seam"))]


def interface_names(classes):
    """Return the names of all values between two stages."""
    return [name for shift_class in classes for name in class_names(shift_class)]


def terminal_names(classes):
    """Return the names of the inputs of the closing block."""
    return [name for shift_class in classes for name in terminal_class_names(shift_class)]
