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
"""

from collections import defaultdict
from itertools import product
from typing import NamedTuple

from exactrelu.construction.gate import positive_gate, seam_gates
from exactrelu.construction.kinks import patch_forms
from exactrelu.construction.loop import controller, embedding
from exactrelu.construction.reading import read_rows
from exactrelu.construction.selector import cell_selectors, deficiency, digit_selectors
from exactrelu.construction.states import DIGITS, State, Transitions
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.field import lcm, mpq, mpz
from exactrelu.network.bounds import Interval, interval_bounds
from exactrelu.network.builder import Builder, constant, linear_combination, total
from exactrelu.network.chain import Chain
from exactrelu.scheme import refuse_beyond

SHIFTS = (mpq(1, 3), mpq(2, 3), mpq(0))
"""How far the dyadic grid of each class is moved, in units of its cells, in both coordinates."""

SEAM = mpq(1, 12)
"""Terminal residuals of bad orbits lie in [0, SEAM]: δ_n = SEAM · 2⁻ⁿ (Lemma 4.1)."""

COORDINATES = ("x", "y")

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


def build(problem, n):
    """Return a `Chain` that computes V^n g on R², for n ≥ 0, in the coordinates of ``problem``; V⁰ g is g."""
    refuse_beyond(problem, "the construction one-pass")
    if n < 0:
        raise ValueError(f"the construction one-pass needs n ≥ 0, got {n}")
    normal, origin = problem.normalized()
    classes = shift_classes(normal, n)
    closing = closing_block(classes, n)
    if n == 0:
        return Chain([seed_block(classes, origin), closing], [terminal_names(classes)])
    delta = SEAM / 2**n
    bound = stage_bound(classes, n)
    names = [interface_names(classes)] * n + [terminal_names(classes)]
    blocks = [start_block(classes, origin, n, delta)]
    if n > 1:
        blocks += [stage_block(classes, bound, delta)] * (n - 1)
    return Chain([*blocks, last_block(classes, bound), closing], names)


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


def stage_bound(classes, n):
    """Return a bound for the gates of all stages: on good orbits no closed gate sees more than 2 max(B, Bⁿ)."""
    norm = max(shift_class.transitions.norm() for shift_class in classes)
    return 2 * max(norm, norm**n, mpq(1))


def start_block(classes, origin, n, delta):
    """Return the block (x, y) → the rows at stage 0, the first selectors and the controllers one step ahead."""
    b = Builder(2)
    states = []
    for shift_class in classes:
        rows, loops = stage_zero(b, shift_class, origin, n, delta)
        states.append(advance(b, rows, loops, delta))
    return b.network([expression for state in states for expression in flat(state)])


def seed_block(classes, origin):
    """Return the block (x, y) → the rows at stage 0 and the seam deficiencies: all that n = 0 needs."""
    b = Builder(2)
    outputs = []
    for shift_class in classes:
        rows, loops = stage_zero(b, shift_class, origin, 0, SEAM)
        outputs += terminal_values(b, shift_class, rows, loops)
    return b.network(outputs)


def stage_zero(b, shift_class, origin, n, delta):
    """Return the rows at stage 0 and the controllers z_0 of a class, whose grid is moved by 2⁻ⁿ its shift."""
    rows_at, loops = [], []
    transitions = shift_class.transitions
    places = zip(transitions.start_cells(), transitions.embedded_cells(), strict=True)
    axes = zip(b.inputs, origin, shift_class.lengths, places, strict=True)
    for coordinate, offset, length, (cells, embedded) in axes:
        t = coordinate - offset + shift_class.shift / 2**n
        residuals = {i: b.relu(t - i) - b.relu(t - i - 1) for i in cells}
        # V^n g vanishes beyond the window, so of the extra cell of a moved grid only its first cell of level n counts
        end = length if shift_class.shift == 0 else length - 1 + mpq(1, 2**n)
        rows_at.append((dict(zip(cells, cell_selectors(b, t, length, delta, end, cells))), residuals))
        loops.append(embedding(b, t, length, embedded))
    return start_rows(b, shift_class, *rows_at), loops


def start_rows(b, shift_class, along_x, along_y):
    """Return the rows e_cell, e_cell·u, e_cell·v of the window's cells, gated by the cell selectors."""
    (cells_x, residuals_x), (cells_y, residuals_y) = along_x, along_y
    started = {
        state: tuple(
            positive_gate(
                b,
                deficiency(cells_x[state.i], cells_y[state.j]),
                [constant(1), residuals_x[state.i], residuals_y[state.j]],
                1,
            )
        )
        for state in shift_class.transitions.start
    }
    return {state: started.get(state, EMPTY) for state in shift_class.transitions.states}


def stage_block(classes, bound, delta):
    """Return the block of one stage: one hidden layer, the same for every stage."""
    b = Builder(sum(len(names) for names in map(class_names, classes)))
    states = []
    for shift_class, state in zip(classes, unflattened(classes, b.inputs)):
        states.append(advance(b, next_rows(b, shift_class, state, bound), state.loops, delta))
    return b.network([expression for state in states for expression in flat(state)])


def advance(b, rows, loops, delta):
    """Return the `ClassState` with these rows, the selectors read from ``loops``, and the loops one step on."""
    digits = tuple(digit_selectors(b, *loop, delta)[1] for loop in loops)
    return ClassState(rows, digits, tuple(controller(b, *loop) for loop in loops))


def next_rows(b, shift_class, state, bound):
    """Return the rows after one stage: Σ_q G(d_q, T_qᵀ p), and likewise T_qᵀ(2 pu − q_1 p), T_qᵀ(2 pv − q_2 p)."""
    summands = defaultdict(list)
    for q in DIGITS:
        selected = [digit if bit else 1 - digit for bit, digit in zip(q, state.digits)]
        closing = deficiency(*selected)
        for target, column in shift_class.transitions.columns[q].items():
            weights = [weight for _, weight in column]
            entries = zip(*(state.rows[source] for source, _ in column))
            p, pu, pv = (linear_combination(weights, entry) for entry in entries)
            summands[target].append(positive_gate(b, closing, [p, 2 * pu - q[0] * p, 2 * pv - q[1] * p], bound))
    summed = {target: tuple(map(total, zip(*parts))) for target, parts in summands.items()}
    return {key: summed.get(key, EMPTY) for key in shift_class.transitions.states}


def last_block(classes, bound):
    """Return the block of stage n: the rows p_n, pu_n, pv_n that are read, and the seam deficiencies D_s from z_n."""
    b = Builder(sum(len(names) for names in map(class_names, classes)))
    outputs = []
    for shift_class, state in zip(classes, unflattened(classes, b.inputs)):
        outputs += terminal_values(b, shift_class, next_rows(b, shift_class, state, bound), state.loops)
    return b.network(outputs)


def terminal_values(b, shift_class, rows, loops):
    """Return what the closing block needs of a class: the rows that are read, and D_s from the controllers z_n."""
    entries = [entry for key in readable_states(shift_class) for entry in rows[key]]
    return [*entries, total(seam_bump(b, *loop) for loop in loops)]


def seam_bump(b, p, q):
    """Return a function on the loop that is ≥ 1 for t in [0, SEAM], 0 for t in [2·SEAM, 1 − SEAM]; one unit.

    On E(t) it is (2 − t/SEAM)₊ on the first third, 0 on the second, (2 − 2(1 − t)/SEAM)₊ on the last.
    """
    return b.relu(2 - (2 * (p - q) + q) / (3 * SEAM))


def closing_block(classes, n):
    """Return the block that reads the rows of each class and adds them up through the seam gates."""
    inputs = [3 * len(readable_states(shift_class)) + 1 for shift_class in classes]
    b = Builder(sum(inputs))
    entries = iter(b.inputs)
    deficiencies, values = [], []
    for shift_class in classes:
        rows = {key: (next(entries), next(entries), next(entries)) for key in readable_states(shift_class)}
        deficiencies.append(next(entries))
        values.append(read_rows(b, shift_class.patches, rows))
    limit = value_limit(b, values, terminal_bounds(classes, n))
    return b.network([seam_gates(b, deficiencies, values, limit)])


def value_limit(b, values, bounds):
    """Return a bound on the absolute values of all ``values`` over all orbits, bad ones included: one for all gates.

    The terms of the sum over A cancel only if their gates are equal. The bound comes from exact interval bounds on the
    network made so far, given those of its inputs.
    """
    network = b.network(values)
    intervals = interval_bounds(network, bounds)
    return max(max(abs(intervals[k].low), abs(intervals[k].high), mpq(1)) for k in network.outputs)


def terminal_bounds(classes, n):
    """Return intervals for the inputs of the closing block, valid on all of R².

    Rows are sums over q of gates that pass at most T_qᵀ of what they see, so p ≤ Σ_q T_qᵀ p and pu ≤ Σ_q T_qᵀ 2pu.
    """
    intervals = []
    for shift_class in classes:
        # integers over one denominator: the numbers grow with n, and common divisors would take most of the time
        columns, scale = integral_sum(shift_class.transitions)
        largest = dict.fromkeys(shift_class.transitions.start, mpz(1))
        for _ in range(n):
            largest = {
                target: sum(weight * largest.get(source, 0) for source, weight in column)
                for target, column in columns.items()
            }
        for key in readable_states(shift_class):
            p = mpq(largest.get(key, 0), scale**n)
            doubled = p * 2**n
            intervals += [Interval(mpq(0), p), Interval(mpq(0), doubled), Interval(mpq(0), doubled)]
        intervals.append(Interval(mpq(0), None))
    return intervals


def integral_sum(transitions):
    """Return ({target: [(source, integer weight)]}, c): c · Σ_q of the columns of `Transitions`."""
    total = defaultdict(lambda: defaultdict(mpq))
    for columns in transitions.columns.values():
        for target, column in columns.items():
            for source, weight in column:
                total[target][source] += weight
    scale = lcm(*(weight.denominator for column in total.values() for weight in column.values()))
    columns = {
        target: [(source, (scale * weight).numerator) for source, weight in column.items()]
        for target, column in total.items()
    }
    return columns, scale


def readable_states(shift_class):
    """Return the states on which the final row is read."""
    return tuple(key for key in shift_class.transitions.states if (key.i, key.j) in shift_class.patches)


def flat(state):
    """Return the expressions of a `ClassState` in the order of `class_names`."""
    rows = [entry for key in sorted(state.rows) for entry in state.rows[key]]
    return rows + list(state.digits) + [entry for loop in state.loops for entry in loop]


def unflattened(classes, expressions):
    """Return the `ClassState` of each class from the expressions in the order of `interface_names`."""
    entries = iter(expressions)
    states = []
    for shift_class in classes:
        rows = {key: (next(entries), next(entries), next(entries)) for key in shift_class.transitions.states}
        digits = (next(entries), next(entries))
        states.append(ClassState(rows, digits, ((next(entries), next(entries)), (next(entries), next(entries)))))
    return states


def row_names(shift_class, states):
    """Return names such as "s1/pu/2,0,+" for the rows of a class."""
    return [
        f"s{shift_class.index}/{kind}/{key.i},{key.j},{'+' if key.sign > 0 else '-'}"
        for key, kind in product(states, ("p", "pu", "pv"))
    ]


def class_names(shift_class):
    """Return the names of the interface values of one class, in order."""
    prefix = f"s{shift_class.index}"
    digits = [f"{prefix}/chi1/{coordinate}" for coordinate in COORDINATES]
    loops = [f"{prefix}/z/{coordinate}/{entry}" for coordinate in COORDINATES for entry in "pq"]
    return row_names(shift_class, shift_class.transitions.states) + digits + loops


def interface_names(classes):
    """Return the names of all values between two stages."""
    return [name for shift_class in classes for name in class_names(shift_class)]


def terminal_names(classes):
    """Return the names of the inputs of the closing block."""
    return [
        name
        for shift_class in classes
        for name in [*row_names(shift_class, readable_states(shift_class)), f"s{shift_class.index}/seam"]
    ]
