"""The construction `small`: depth n + 5 as `one-pass`, a quarter to a half of its width, weights that grow like Mⁿ.

d + 1 classes carry the cascade on grids that are moved by the slots of `exactrelu.construction.slots`: linear
functionals X of S = P ⊗ (1, u), as few as can be read in the end, of any sign. One loop a coordinate serves all classes
(`exactrelu.construction.hats`). Dimension, diagonal dilation, components, masks that vary and a source are data.

*A stage* is X ← Σ_I U_I [W_I X]_I for the sets I of thresholds of different coordinates, where the brackets of I ≠ ∅
let their value pass if the digits pass all thresholds of I (`exactrelu.construction.differences`),

    [y]_I = (y + ψ_I)₊ − (ψ_I)₊,   ψ_I = ψ_last − C Σ_{i ∈ I before the last} (−ψ_i)₊,   ψ_i = ± H_i θ(t_i),

with the θ of the slot and the threshold, the sign being that of the side that passes. H_i = 1/(N δ_i), so that
|ψ_i| ≥ 1 at distance ≥ δ_i from the seams; with C = 1 + max |ψ_last|, ψ_I ≥ 1 or ≤ −1. Rows of W are scaled so that
|W X| ≤ 1 on good orbits. The offsets (ψ_I)₊ are shared by all rows of I. To make ψ_I affine in what a stage is given,
the parts (−ψ_i)₊ of all coordinates but the last come one stage *early*; the last one is *late*, and its offsets are
units of its loop.

*Good orbits* are those with residuals r_j at distance ≥ δ_i = SEAM · M_i⁻ⁿ from all k/M_i in coordinate i for all
j < n: those with dist(r_n, Z) ≥ SEAM. On them X = Φ S / height, a power of two that bounds the rows of all stages, so
that the stages do not depend on it. Each class has a seam deficiency 0 ≤ D ≤ 1 in each coordinate, 1 for dist(r_n, Z) ≤
SEAM and 0 from WIDTH on; since the slots of the d + 1 classes differ by parts of a cell in each coordinate, some class
has D = 0, and the seam gates (`seam_gates`) give its value.

*Bad orbits* leave X with any values. What is read off X is bounded all the same (`exactrelu.construction.
signed_reading`), by a number that depends on n at most through the source, and the seam gates close for it.

*A source* h is read at the levels 0, …, n − 1 as the seed is at level n: its terms *wait* for their second layer in the
next stage, and are added to a *sum* of each class.

*Depth:* two layers to start, n stages, two for the reading, one for the gates: n + 5. A seed with so many shapes that
reading them at once would be wider than all other layers is read in more layers, and so are shapes with more than two
forms. n = 0 leaves out the stages.
"""

from itertools import accumulate, islice, pairwise
from operator import mul
from typing import NamedTuple

from exactrelu.construction.gate import bounded_below, bracket, is_zero, positive_gate, seam_gates
from exactrelu.construction.hats import closed, largest_threshold
from exactrelu.construction.levels import levels_of
from exactrelu.construction.selector import ramp
from exactrelu.construction.signed_reading import State, added, batches_of, first_layer, read, reading_bound, terms_of
from exactrelu.construction.slots import column_norm, orbit_bound, power_of_two
from exactrelu.construction.spaces import combination
from exactrelu.field import Rational, mpq
from exactrelu.network.builder import Builder, constant, linear_combination, total
from exactrelu.network.chain import Chain
from exactrelu.network.dag import Relu
from exactrelu.network.layers import layered
from exactrelu.scheme.powers import with_diagonal_power

class Scale(NamedTuple):
    """What depends on n: δ_i, H_i = 1/(N δ_i) and M_iⁿ of each coordinate, the height, a bound on sums of a source."""

    deltas: tuple
    steepness: tuple
    powers: tuple
    height: Rational
    limit: Rational


class Interface(NamedTuple):
    """What a stage is given, as expressions.

    ``states`` are X of each class; ``hats`` those at t_j of each coordinate; ``early`` the `Loop.positive_parts` of all
    coordinates but the last, times H. With a source ``waiting`` are the terms of each class that wait for their second
    layer, as pairs (height, first layer), and ``sums`` what has been added up.
    """

    states: list
    hats: list
    early: list
    waiting: list
    sums: list


class Composition(NamedTuple):
    """A network by its ``blocks``, and what its numbers mean: the `Level`s 0, …, n, the `Scale`, and how it reads.

    ``batches`` are those of `read`, ``limit`` bounds what is read; the last block has the ``marks`` of `closing_block`.
    """

    levels: tuple
    scale: Scale
    blocks: tuple
    batches: list
    limit: Rational


def build(problem, n):
    """Return a `Chain` that computes V^n g on R^d, for n ≥ 0, in the coordinates of ``problem``; V⁰ g is g.

    Raises `InputError` as `composition`.
    """
    found = composition(problem, n)
    return Chain(found.blocks, list(map(interface_names, found.levels)))


def composition(problem, n):
    """Return the `Composition` that `build` makes a chain of.

    A dilation that is not diagonal needs a power that is (`exactrelu.scheme.powers`). Raises `InputError` for other and
    for too large ones, and for seeds that `patches_of` refuses.
    """
    if n < 0:
        raise ValueError(f"the construction small needs n ≥ 0, got {n}")
    problem, n = with_diagonal_power(problem, n)
    normal, origin = problem.normalized()
    signed = any(weight < 0 for mask in normal.masks.all for row in mask.entries for _, _, weight in row)
    levels = levels_of(normal, n, signed)
    scale = scale_of(normal, levels, n)
    blocks, made = [start_block(normal, levels[0], origin, scale)], {}
    for here, following in pairwise(levels):
        key = id(here), id(following)
        if key not in made:
            made[key] = stage_block(here, following, scale)
        blocks.append(made[key])
    last = levels[-1]
    readings = [terms_of(slot.patches, space, signed) for slot, space in zip(last.slots, last.spaces, strict=True)]
    widest = max(layered(blocks[0]).width, *map(units, blocks[1:] or blocks))
    batches = batches_of(readings, widest)
    limit = scale.limit + max(map(reading_bound, readings))
    closing = closing_block(last, batches, scale.height, limit)
    return Composition(levels, scale, (*blocks, closing), batches, limit)


def scale_of(normal, levels, n):
    """Return the `Scale`."""
    frame = levels[0].frame
    norms = [column_norm(normal.masks.at(j), frame.factors) for j in range(1, n + 1)]
    powers = tuple(mpq(M) ** n for M in frame.factors)
    deltas = tuple(1 / (4 * frame.parts * power) for power in powers)
    height = power_of_two(max(accumulate(norms, mul, initial=mpq(1))))
    largest = max(reading_bound(terms) for level in levels for terms in level.reads)
    return Scale(deltas, tuple(1 / (frame.parts * delta) for delta in deltas), powers, height, n * largest)


def units(block):
    """Return the number of units of a block."""
    return sum(type(node) is Relu for node in block.nodes)


def start_block(normal, level, origin, scale):
    """Return the block z → X at level 0 and the loops at t_0, two layers."""
    b, frame = Builder(len(origin)), level.frame
    coordinates = [t - start for t, start in zip(b.inputs, origin, strict=True)]
    states, sides = [], [[(mpq(0), mpq(1))] for _ in coordinates]
    for slot, space in zip(level.slots, level.spaces, strict=True):
        keys = sorted({key for row in space.basis for key in row if key[0][1] == normal.component})
        along = []
        for i, t in enumerate(coordinates):
            wanted = sorted({cell[i] for (cell, _), _ in keys})
            borders = cell_borders(slot.shift[i], frame.parts, slot.lengths[i], scale.powers[i])
            sides[i] += [borders[a : a + 2] for a in wanted]
            along.append(cells_along(b, t, mpq(slot.shift[i], frame.parts), borders, wanted, scale.deltas[i]))
        rows = start_rows(b, keys, along)
        for row in space.basis:
            used = [key for key in row if key in rows]
            states.append(linear_combination(map(row.get, used), map(rows.get, used)) / scale.height)
    *hats, late = [
        loop.embedding(b, t, joined(own), delta)
        for loop, t, own, delta in zip(frame.loops, coordinates, sides, scale.deltas, strict=True)
    ]
    nothing = [constant(0) for name in interface_names(level) if name[0] in "wf"]
    return b.network([*states, *early_units(b, level, hats, scale), *map(b.relu, late[:-1]), *nothing])


def cell_borders(part, parts, length, power):
    """Return the borders of the cells of a grid moved by part/parts along a window, in the window's coordinate.

    V^n g vanishes outside of the window: of the first and the last cell of a moved grid only what lies in it counts, up
    to the next grid line of level n, which is a seam of the class; ``power`` is Mⁿ.
    """
    borders = [a - mpq(part, parts) for a in range(length + 1)]
    if part:
        last = mpq(int(power) * part % parts, parts)
        borders[0], borders[-1] = -last / power, length - 1 + (1 - last) / power
    return borders


def joined(intervals):
    """Return the union of intervals (low, high) as intervals that are apart, in order."""
    found = []
    for low, high in sorted(map(tuple, intervals)):
        if found and low <= found[-1][1]:
            low, high = found[-1][0], max(high, found.pop()[1])
        found.append((low, high))
    return found


def cells_along(b, t, shift, borders, wanted, delta):
    """Return {a: (selector, residual)} for the ``wanted`` cells a of a grid moved by ``shift`` along a coordinate."""
    found = {}
    for a in wanted:
        first, second = (ramp(b, t, border, delta) for border in borders[a : a + 2])
        r = t + shift - a
        found[a] = first - second, b.relu(r) - b.relu(r - 1)
    return found


def start_rows(b, keys, along):
    """Return {(place, k): P for k = 0, P u_k else} at level 0 for the ``keys``; ``along`` has each side's cells."""
    found = {}
    for place, k in keys:
        selectors, residuals = zip(*(side[a] for side, a in zip(along, place[0], strict=True)), strict=True)
        value = residuals[k - 1] if k else constant(1)
        (found[place, k],) = positive_gate(b, len(selectors) - total(selectors), [value], 1)
    return found


def early_units(b, level, hats, scale):
    """Return the units of the early loops for an interface, as one list, from the hats at t_j; these are ≥ 0."""
    found = []
    for i, (loop, own) in enumerate(zip(level.frame.loops, hats, strict=False)):
        parts = loop.positive_parts(b, own, level.signs(i, -1), scale.steepness[i])
        found += [*map(b.relu, own[:-1]), *parts.values()]
    return found


def stage_block(level, following, scale):
    """Return the block of a stage, one hidden layer for kinks and tents: from a `Level` to the ``following`` one."""
    b, frame = Builder(len(interface_names(level))), level.frame
    here = interface(level, b.inputs)
    states, waiting, sums = [], [], []
    for k, space in zip(following.before, following.spaces, strict=True):
        condition = conditions(level, k, here, scale)
        states += next_state(b, level.spaces[k], len(space), level.steps[k], here.states[k], condition)
        if level.has_source:
            state = State(level.spaces[k], here.states[k])
            waiting += [first_layer(b, state, term) for term in level.reads[k]]
            sums.append(added(b, here.sums[k], here.waiting[k], scale.limit))
    hats = [
        loop.multiplied(own, parts, level.signs(i, -1), scale.steepness[i])
        for i, (loop, own, parts) in enumerate(zip(frame.loops, here.hats, here.early, strict=False))
    ]
    late, own = frame.loops[-1], here.hats[-1]
    parts = late.positive_parts(b, own, level.signs(-1, 1), scale.steepness[-1])
    carried = closed(list(map(b.relu, own[:-1])))
    last = late.multiplied(carried, parts, level.signs(-1, 1), scale.steepness[-1])[:-1]
    return b.network([*states, *early_units(b, following, hats, scale), *last, *waiting, *sums])


def conditions(level, number, here, scale):
    """Return {I: ψ_I} for the sets I ≠ ∅ of thresholds in the stage of a class."""
    step, shift, found = level.steps[number], level.slots[number].shift, {}
    for chosen in step.differences:
        if chosen:
            *before, (i, k) = chosen
            loop, steepness = level.frame.loops[i], scale.steepness[i]
            form = step.side(i, k) * steepness * loop.threshold(here.hats[i], shift[i], k)
            opposite = total(here.early[other][shift[other], threshold] for other, threshold in before)
            found[chosen] = form - (steepness * largest_threshold(loop, k) + 1) * opposite
    return found


def next_state(b, space, size, step, state, condition):
    """Return X at the next level, ``size`` numbers: Σ_I U_I [W_I X]_I for X = ``state``."""
    entries = [[] for _ in range(size)]
    for chosen, (U, W) in step.differences.items():
        passed = []
        for row in W:
            bound = orbit_bound(combination(row, space.basis))
            value = linear_combination(row.values(), [state[i] for i in row]) / bound
            passed.append(bound * (bracket(b, condition[chosen], value) if chosen else bounded_below(b, value, 1)))
        for summands, row in zip(entries, U, strict=True):
            summands.append(linear_combination(row.values(), [passed[k] for k in row]))
    return list(map(total, entries))


def closing_block(level, batches, height, limit):
    """Return the block that reads each class and adds them up through the seam gates.

    It has marks: "s0/value" is what is read of a class, "s0/seam" its deficiency, the sum of "s0/seam/0", …, one a
    coordinate; and those of `read`.
    """
    b = Builder(len(interface_names(level)))
    here = interface(level, b.inputs)
    seams = [seams_along(b, level.frame.parts, slot, here.hats) for slot in level.slots]
    deficiencies = [b.value(total(along)) for along in seams]
    states, marks = [State(space, entries) for space, entries in zip(level.spaces, here.states, strict=True)], {}
    values = read(b, states, batches, limit, here.sums, here.waiting, marks)
    values = [value if is_zero(value) else b.value(value) for value in values]
    for k, (value, deficiency, along) in enumerate(zip(values, deficiencies, seams, strict=True)):
        marks |= {f"s{k}/value": value} if not is_zero(value) else {}
        marks |= {f"s{k}/seam": deficiency} | {f"s{k}/seam/{i}": summand for i, summand in enumerate(along)}
    return b.network([height * seam_gates(b, deficiencies, values, limit)], marks)


def seams_along(b, parts, slot, hats):
    """Return for each coordinate 1 within SEAM of the seams of the slot, 0 from WIDTH on, ≥ 0 between.

    SEAM is a quarter of a part and WIDTH a half. Its two layers are 1 − (1 − (…)₊)₊: a node of one coordinate that
    vanishes where it should.
    """
    along = []
    for own, part in zip(hats, slot.shift, strict=True):
        near = b.relu(4 * own[-part % parts] - 2)
        along.append(b.value(1 - b.relu(1 - near)))
    return along


def interface(level, expressions):
    """Return the `Interface` whose values, in the order of `interface_names`, the expressions are."""
    entries = iter(expressions)

    def following(count):
        return tuple(islice(entries, count))

    states, hats, early = [following(len(space)) for space in level.spaces], [], []
    for loop in level.frame.loops[:-1]:
        hats.append(closed(following(loop.parts - 1)))
        early.append(dict(zip(loop.thresholds, following(len(loop.thresholds)), strict=True)))
    hats.append(closed(following(level.frame.parts - 1)))
    waiting = [
        [(term.height, argument) for term, argument in zip(terms, following(len(terms)), strict=True)]
        for terms in level.waiting
    ]
    sums = following(len(level.slots)) if level.has_source else (constant(0),) * len(level.slots)
    return Interface(states, hats, early, waiting, sums)


def interface_names(level):
    """Return the names of the values of an interface, in order, such as "s1/4", "x/h0", "x/t2.1", "w1/0" and "f1"."""
    names = [f"s{k}/{i}" for k, space in enumerate(level.spaces) for i in range(len(space))]
    for coordinate, loop in zip(coordinate_names(len(level.frame.loops)), level.frame.loops, strict=True):
        names += [f"{coordinate}/h{c}" for c in range(loop.parts - 1)]
        if loop is not level.frame.loops[-1]:
            names += [f"{coordinate}/t{s}.{k}" for s, k in loop.thresholds]
    names += [f"w{k}/{i}" for k, terms in enumerate(level.waiting) for i in range(len(terms))]
    return names + [f"f{k}" for k in range(len(level.slots)) if level.has_source]


def coordinate_names(dimension):
    """Return the names of the coordinates: x, y, z, or x1, x2, … if there are more."""
    return "xyz"[:dimension] if dimension <= 3 else [f"x{i}" for i in range(1, dimension + 1)]
