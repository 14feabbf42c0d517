"""The blocks of `small`, as networks for one n or as programs for all: see `exactrelu.construction.small`.

A function ``make`` makes a builder of given inlets, an `InstanceBuilder` or a `ProgramBuilder` with the `parameters`; a
block is returned as (builder, outlets, marks).
"""

from itertools import islice
from typing import NamedTuple

from exactrelu.construction.gate import bounded_below, bracket, is_zero, positive_gate, seam_gates
from exactrelu.construction.hats import Place, closed, fixed, largest_threshold
from exactrelu.construction.selector import scaled_ramp
from exactrelu.construction.signed_reading import State, added, first_layer, read
from exactrelu.construction.slots import orbit_bound
from exactrelu.construction.spaces import combination
from exactrelu.field import mpq
from exactrelu.network.builder import constant, linear_combination, total

ETA = "eta"
"""The parameter η, one by the height."""


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


def eps(letter):
    """Return the name of the parameter ε = M⁻ⁿ of a coordinate."""
    return f"eps/{letter}"


def kappa(letter):
    """Return the name of the parameter κ = Mⁿ of a coordinate."""
    return f"kappa/{letter}"


def parameters(frame, n, height):
    """Return {name: number} of the parameters for n."""
    found = {ETA: 1 / height}
    for letter, M in zip(coordinate_names(len(frame.factors)), frame.factors, strict=True):
        found |= {eps(letter): 1 / mpq(M) ** n, kappa(letter): mpq(M) ** n}
    return found


def start_block(make, normal, level, place, n):
    """Return (builder, outlets, marks) of the block z → X at level 0 and the loops at t_0, two layers.

    ``make`` makes a builder of given inlets; t_0 = matrix z + offset for the pair ``place``. A program is right for all
    n for which `cell_borders` are what they are.
    """
    frame, letters = level.frame, coordinate_names(normal.dimension)
    b = make(letters)
    inputs = b.inputs[: len(letters)]
    coordinates = [linear_combination(row, inputs) + start for row, start in zip(*place, strict=True)]
    states, sides = [], [[(fixed(mpq(0)), fixed(mpq(1)))] for _ in coordinates]
    for slot, space in zip(level.slots, level.spaces, strict=True):
        keys = sorted({key for row in space.basis for key in row if key[0][1] == normal.component})
        along = []
        for i, (t, letter) in enumerate(zip(coordinates, letters, strict=True)):
            wanted = sorted({cell[i] for (cell, _), _ in keys})
            loop = frame.loops[i]
            shift, power = mpq(slot.shift[i], loop.parts), loop.factor**n
            small = Place(mpq(1, power), b.parameters[eps(letter)])
            borders = cell_borders(shift, slot.lengths[i], shift * power % 1, small)
            sides[i] += [tuple(borders[a : a + 2]) for a in wanted]
            along.append(cells_along(b, letter, t, shift, borders, wanted, loop.parts))
        rows = start_rows(b, keys, along)
        for row in space.basis:
            used = [key for key in row if key in rows]
            states.append(b.multiple(ETA, linear_combination(map(row.get, used), map(rows.get, used))))
    *hats, late = [
        loop.embedding(b, t, joined(own)) for loop, t, own in zip(frame.loops, coordinates, sides, strict=True)
    ]
    nothing = [constant(0) for name in interface_names(level) if name[0] in "wf"]
    values = [*states, *early_units(b, level, hats), *map(b.relu, late[:-1]), *nothing]
    return b, dict(zip(interface_names(level), values, strict=True)), None


def cell_borders(shift, length, last, small):
    """Return the borders of the cells of a grid moved by a ``shift`` along a window, in the window's coordinate.

    V^n g vanishes outside of the window: of the first and the last cell of a moved grid only what lies in it counts, up
    to the next grid line of level n, which is a seam of the class; ``last`` is Mⁿ σ mod 1, and ``small`` M⁻ⁿ, a
    `Place`.
    """
    borders = [fixed(a - shift) for a in range(length + 1)]
    if shift:
        borders[0] = Place(*(-last * value for value in small))
        borders[-1] = Place(*(length - 1 + (1 - last) * value for value in small))
    return borders


def joined(intervals):
    """Return the union of intervals, pairs of `Place`s, as intervals that are apart, in order."""
    found = []
    for low, high in sorted(intervals, key=lambda ends: [end.number for end in ends]):
        if found and low.number <= found[-1][1].number:
            low, before = found.pop()
            high = max(before, high, key=lambda end: end.number)
        found.append((low, high))
    return found


def cells_along(b, letter, t, shift, borders, wanted, parts):
    """Return {a: (selector, residual)} for the ``wanted`` cells a of a grid moved by ``shift`` along a coordinate."""
    found, delta = {}, b.parameters[eps(letter)] / (4 * parts)
    for a in wanted:
        first, second = (scaled_ramp(b, t, border.expression, delta) for border in borders[a : a + 2])
        r = t + shift - a
        found[a] = b.multiple(kappa(letter), 4 * parts * (first - second)), b.relu(r) - b.relu(r - 1)
    return found


def start_rows(b, keys, along):
    """Return {(place, k): P for k = 0, P u_k else} at level 0 for the ``keys``; ``along`` has each side's cells."""
    found = {}
    for place, k in keys:
        selectors, residuals = zip(*(side[a] for side, a in zip(along, place[0], strict=True)), strict=True)
        value = residuals[k - 1] if k else constant(1)
        (found[place, k],) = positive_gate(b, len(selectors) - total(selectors), [value], 1)
    return found


def early_units(b, level, hats):
    """Return the units of the early loops for an interface, as one list, from the hats at t_j; these are ≥ 0."""
    found = []
    for i, (loop, own) in enumerate(zip(level.frame.loops, hats, strict=False)):
        parts = loop.positive_parts(b, own, level.signs(i, -1), steepened(b, level, i))
        found += [*map(b.relu, own[:-1]), *parts.values()]
    return found


def steepened(b, level, i):
    """Return the function · H_i of expressions, H_i = 1/(N δ_i) = 4 κ_i."""
    letter = coordinate_names(len(level.frame.loops))[i]
    return lambda expression: b.multiple(kappa(letter), 4 * expression)


def flattened(b, level, i):
    """Return the function · / H_i of expressions."""
    letter = coordinate_names(len(level.frame.loops))[i]
    return lambda expression: b.multiple(eps(letter), expression / 4)


def stage_block(make, level, following, limit):
    """Return (builder, outlets, marks) of a stage to the ``following`` `Level`, one layer for kinks and tents."""
    b, frame = make(interface_names(level)), level.frame
    here = interface(level, b.inputs[:len(b.inlets)])
    states, waiting, sums = [], [], []
    for k, space in zip(following.before, following.spaces, strict=True):
        condition = conditions(b, level, k, here)
        states += next_state(b, level.spaces[k], len(space), level.steps[k], here.states[k], condition)
        if level.has_source:
            state = State(level.spaces[k], here.states[k])
            waiting += [first_layer(b, state, term) for term in level.reads[k]]
            sums.append(added(b, here.sums[k], here.waiting[k], limit))
    hats = [
        loop.multiplied(own, parts, level.signs(i, -1), flattened(b, level, i))
        for i, (loop, own, parts) in enumerate(zip(frame.loops, here.hats, here.early, strict=False))
    ]
    late, own, final = frame.loops[-1], here.hats[-1], len(frame.loops) - 1
    parts = late.positive_parts(b, own, level.signs(-1, 1), steepened(b, level, final))
    carried = closed(list(map(b.relu, own[:-1])))
    last = late.multiplied(carried, parts, level.signs(-1, 1), flattened(b, level, final))[:-1]
    values = [*states, *early_units(b, following, hats), *last, *waiting, *sums]
    return b, dict(zip(interface_names(following), values, strict=True)), None


def conditions(b, level, number, here):
    """Return {I: ψ_I} for the sets I ≠ ∅ of thresholds in the stage of a class."""
    step, shift, found = level.steps[number], level.slots[number].shift, {}
    for chosen in step.differences:
        if chosen:
            *before, (i, k) = chosen
            loop = level.frame.loops[i]
            form = step.side(i, k) * loop.threshold(here.hats[i], shift[i], k)
            opposite = total(here.early[other][shift[other], threshold] for other, threshold in before)
            found[chosen] = steepened(b, level, i)(form - largest_threshold(loop, k) * opposite) - opposite
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


def closing_block(make, level, reading):
    """Return (builder, outlets, marks) of the block that reads each class and adds them up through the seam gates.

    It has marks: "s0/value" is what is read of a class, "s0/seam" its deficiency, the sum of "s0/seam/0", …, one a
    coordinate; and those of `read`. The value is V^n g divided by the height.
    """
    b = make(interface_names(level))
    here = interface(level, b.inputs[:len(b.inlets)])
    seams = [seams_along(b, slot, here.hats) for slot in level.slots]
    deficiencies = [b.value(total(along)) for along in seams]
    states, marks = [State(space, entries) for space, entries in zip(level.spaces, here.states, strict=True)], {}
    values = read(b, states, reading.batches, reading.limit, here.sums, here.waiting, marks)
    values = [value if is_zero(value) else b.value(value) for value in values]
    for k, (value, deficiency, along) in enumerate(zip(values, deficiencies, seams, strict=True)):
        marks |= {f"s{k}/value": value} if not is_zero(value) else {}
        marks |= {f"s{k}/seam": deficiency} | {f"s{k}/seam/{i}": summand for i, summand in enumerate(along)}
    return b, {"value": seam_gates(b, deficiencies, values, reading.limit)}, marks


def seams_along(b, slot, hats):
    """Return for each coordinate 1 within SEAM of the seams of the slot, 0 from WIDTH on, ≥ 0 between.

    SEAM is a quarter of a part and WIDTH a half. Its two layers are 1 − (1 − (…)₊)₊: a node of one coordinate that
    vanishes where it should.
    """
    along = []
    for own, part in zip(hats, slot.shift, strict=True):
        near = b.relu(4 * own[-part % len(own)] - 2)
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
    hats.append(closed(following(level.frame.loops[-1].parts - 1)))
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
