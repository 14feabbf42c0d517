"""What `second_induction` computes with, and its facts about rows: (f), (g) and (h) of docs/certificate-1.md.

Three kinds of values run through the same `evaluate`: functions of one coordinate (as in `second_checker`), linear
combinations {key: coefficient}, and pairs of such (the ranges).
"""

from fractions import Fraction
from itertools import pairwise, product
from math import floor

from second_checker import (
    ONE,
    ZERO,
    Enclosures,
    Polygon,
    Prepared,
    Unproved,
    at,
    compare_target,
    crosses,
    half,
    hull,
    moved,
    negated,
    quadrant,
)

DIGITS = list(product((0, 1), repeat=2))
CONSTANT = (2,)  # the key of the constant; (4, node) is that of a node of a row; see `gate_possibility` for all keys
SQUARE = [(ONE, ZERO, ZERO), (-ONE, ZERO, ONE), (ZERO, ONE, ZERO), (ZERO, -ONE, ONE)]


def prove(condition, message):
    if not condition:
        raise Unproved(message)


# --- 7.2: words


def between(nodes, targets, known):
    """Return, in order, the nodes that the targets are computed by from the known ones; raises `Unproved`."""
    waiting, found = list(targets), set()
    while waiting:
        k = waiting.pop()
        if k in known or k in found:
            continue
        prove(k > 1, "not a function of these nodes")
        found.add(k)
        waiting += [nodes[k]] if isinstance(nodes[k], int) else nodes[k][0]
    return sorted(found)


def evaluate(nodes, targets, known, total, unit):
    """Return the values of the targets, given those of ``known``, and what sums and positive parts are."""
    values = dict(known)
    for k in between(nodes, targets, known):
        if isinstance(nodes[k], int):
            values[k] = unit(values[nodes[k]])
        else:
            values[k] = total([(values[source], weight) for source, weight in nodes[k][0].items()], nodes[k][1])
    return [values[k] for k in targets]


def first_places(names, values):
    """Return {node: value}, where the first place of a node counts."""
    known = {}
    for node, value in zip(names, values, strict=True):
        known.setdefault(node, value)
    return known


def combined(terms, bias):
    """Return the sum of weight * combination, plus a constant."""
    result = {CONSTANT: bias}
    for combination, weight in terms:
        for key, entry in combination.items():
            result[key] = result.get(key, ZERO) + weight * entry
    return {key: entry for key, entry in result.items() if entry}


def arrows(mask, corner, cascade, state):
    """Yield (digits, state, weight) for all arrows from a state: the index q + 2a - b + corner is in the mask."""
    *a, sign = state
    for q, (index, entry) in product(DIGITS, mask.items()):
        b = tuple(q[e] + 2 * a[e] + corner[e] - index[e] for e in (0, 1))
        if all(0 <= b[e] < cascade.lengths[e] for e in (0, 1)):
            yield q, (*b, sign if entry > 0 else -sign), abs(entry)


# --- (f) rows at the start


def prove_start(nodes, cascade, n, width):
    """Return the bounds B_0 of the rows."""
    bounds = []
    for place, node in enumerate(cascade.rows[0]):
        order = [0, 1, *between(nodes, [node], {0, 1})]
        number = {k: new for new, k in enumerate(order)}
        part = [None, None]
        for k in order[2:]:
            if isinstance(nodes[k], int):
                part.append(number[nodes[k]])
            else:
                part.append(({number[source]: weight for source, weight in nodes[k][0].items()}, nodes[k][1]))
        prepared = Prepared(part, number[node])
        prove_row(prepared, cascade, cascade.states[place // 3], place % 3, n, width)
        highest = ZERO
        for x, y in product((1, -1), repeat=2):
            polygon = quadrant(x, y)
            form, low, high = Enclosures(prepared, polygon).known[prepared.output]
            least, most = hull(polygon, form)
            prove(None not in (least, low, most, high) and least + low >= 0, "row negative or unbounded")
            highest = max(highest, most + high)
        bounds.append(highest)
    return bounds


def prove_row(prepared, cascade, state, kind, n, width):
    """Require that a row is right on the own window but for strips."""
    strips, cell = [], [cascade.origin[e] + state[e] for e in (0, 1)]
    for axis in (0, 1):
        low, high = cascade.origin[axis], cascade.origin[axis] + cascade.lengths[axis]
        lines = {low, high, cell[axis], cell[axis] + 1, cascade.end[axis]}
        lines.update(t for key, part in prepared.parts.items() if key[0] == "xy"[axis] for t in kink_places(part))
        strips.append([
            (a, b) for a, b in pairwise(sorted(t for t in lines if low <= t <= high))
            if 2**n * (b - low) > floor(2**n * (a - low)) + width
        ])
    right = [(ZERO, ZERO, ONE), (ONE, ZERO, -cell[0]), (ZERO, ONE, -cell[1])][kind]
    for strip in product(*strips):
        sides = []
        for (a, b), unit in zip(strip, ((1, 0), (0, 1))):
            sides += [(ONE * unit[0], ONE * unit[1], -a), (-ONE * unit[0], -ONE * unit[1], b)]
        inside = state[2] == 1 and all(
            cell[e] <= strip[e][0] and strip[e][1] <= min(cell[e] + 1, cascade.end[e]) for e in (0, 1)
        )
        form = Enclosures(prepared, Polygon(sides)).form()
        prove(tuple(form) == (right if inside else (ZERO, ZERO, ZERO)), "row")


def kink_places(function):
    """Return where the slope of a function changes."""
    left, knots, right = function
    slopes = [left, *((v - u) / (t - s) for (s, u), (t, v) in pairwise(knots)), right]
    return [t for (t, _), before, after in zip(knots, slopes, slopes[1:]) if before != after]


# --- (g) steps


def largest_sum(mask, corner, cascade):
    """Return N."""
    sums = {}
    for state in cascade.states:
        for q, target, weight in arrows(mask, corner, cascade, state):
            if target in cascade.states or target in cascade.final_states:
                sums[q, target] = sums.get((q, target), ZERO) + weight
    return max(sums.values(), default=ZERO)


def factors(combination, places):
    """Return {number of a state: form in (u, v)}, the factors of its p in a combination of nodes, p u and p v."""
    forms = {}
    for (_, *node), entry in ((key, entry) for key, entry in combination.items() if key != CONSTANT):
        a, kind = divmod(places[node[0]], 3)
        forms.setdefault(a, [ZERO, ZERO, ZERO])[kind - 1] += entry  # kind 0, 1, 2: p, pu, pv
    return forms


def prove_step(nodes, mask, corner, cascade, k, targets, largest):
    for q in DIGITS:
        found = rows_for_digits(nodes, cascade, k, q, largest)
        wanted = {target: [[], [], []] for target in targets}
        for a, state in enumerate(cascade.states):
            p, pu, pv = ({(4, node): ONE} for node in cascade.rows[k - 1][3 * a : 3 * a + 3])
            for digits, target, weight in arrows(mask, corner, cascade, state):
                if digits == q and target in wanted:
                    wanted[target][0] += [(p, weight)]
                    wanted[target][1] += [(pu, 2 * weight), (p, -q[0] * weight)]
                    wanted[target][2] += [(pv, 2 * weight), (p, -q[1] * weight)]
        prove(found == [combined(terms, ZERO) for target in targets for terms in wanted[target]], "step")


def rows_for_digits(nodes, cascade, k, q, largest):
    """Return the rows at interface k as combinations of those before, for one pair of digits."""
    old = cascade.rows[k - 1]
    places = first_places(old, range(len(old)))
    square = [(Fraction(q[0] + i, 2), Fraction(q[1] + j, 2)) for i, j in DIGITS]

    def unit(e):
        """The least and the largest value of e are at corners of the square, with each p at 0 or ``largest``."""
        constant, forms = e.get(CONSTANT, ZERO), factors(e, places).values()
        values = [[largest * at(form, point) for form in forms] for point in square]
        if all(constant + sum(max(t, ZERO) for t in line) <= 0 for line in values):
            return {}
        prove(all(constant + sum(min(t, ZERO) for t in line) >= 0 for line in values), "a unit has not one sign")
        return e

    known = {node: {(4, node): ONE} for node in old}
    for axis in (0, 1):
        known.setdefault(cascade.selectors[k - 1][axis], {CONSTANT: ONE} if q[axis] else {})
    return evaluate(nodes, cascade.rows[k], known, combined, unit)


def total_range(terms, bias):
    lows = [(pair[0] if weight > 0 else pair[1], weight) for pair, weight in terms]
    highs = [(pair[1] if weight > 0 else pair[0], weight) for pair, weight in terms]
    return combined(lows, bias), combined(highs, bias)


def unit_range(pair):
    low, high = pair
    low = low if all(entry >= 0 for entry in low.values()) else {}
    return low, {key: entry for key, entry in high.items() if entry > 0}


def valued(combination, bounds):
    """Return the value of an affine function of the bounds {key: bound}."""
    return sum((entry * bounds[key] for key, entry in combination.items()), ZERO)


def between_bounds(row, bounds):
    """Return the ranges of the nodes of a row as ``known`` values, and {key: bound}."""
    known = {node: ({}, {(4, node): ONE}) for node in row}
    return known, first_places([CONSTANT, *((4, node) for node in row)], [ONE, *bounds])


def step_bounds(nodes, cascade, k, bounds):
    """Return the bounds B_k from B_(k-1)."""
    known, inputs = between_bounds(cascade.rows[k - 1], bounds)
    for node in cascade.selectors[k - 1]:
        known.setdefault(node, ({}, {CONSTANT: ONE}))
    pairs = evaluate(nodes, cascade.rows[k], known, total_range, unit_range)
    prove(all(entry >= 0 for low, _ in pairs for entry in low.values()), "a row may be negative")
    return [valued(high, inputs) for _, high in pairs]


# --- (h) reading


class Cut(Exception):
    """Raised with a line along which a polygon has to be cut."""


def prove_reading(nodes, pieces, corner, cascade):
    waiting = [Polygon(SQUARE)]
    while waiting:
        polygon = waiting.pop()
        try:
            forms = read_on(polygon, nodes, cascade)
        except Cut as cut:
            (line,) = cut.args
            waiting += [half(polygon, line), half(polygon, negated(line))]
            continue
        for b, (*cell, sign) in enumerate(cascade.final_states):
            index = [cascade.shift[e] - corner[e] - cell[e] for e in (0, 1)]
            g = [
                (tuple(moved(side, 0, index) for side in sides), tuple(sign * t for t in moved(form, 0, index)))
                for _, sides, form in pieces
            ]
            compare_target(g, polygon, forms.get(b, (ZERO, ZERO, ZERO)))


def read_on(polygon, nodes, cascade):
    """Return the factors of y on a polygon in the unit square; raises `Cut`."""
    row = cascade.rows[-1]
    places = first_places(row, range(len(row)))

    def unit(e):
        forms = factors(e, places).values()
        for form in forms:
            if crosses(polygon, form):
                raise Cut(tuple(form))
        ranges = [hull(polygon, form) for form in forms] + [(e.get(CONSTANT, ZERO),) * 2]
        if all(high <= 0 for _, high in ranges):
            return {}
        prove(all(low >= 0 for low, _ in ranges), "a unit of the reading has not one sign")
        return e

    values = evaluate(nodes, cascade.read, {node: {(4, node): ONE} for node in row}, combined, unit)
    y = combined([(value, weight) for value, (_, weight) in zip(values, cascade.reading)], ZERO)
    prove(CONSTANT not in y, "a constant is read")
    return factors(y, places)


def reading_limit(nodes, cascade, bounds):
    """Return Y."""
    known, inputs = between_bounds(cascade.rows[-1], bounds)
    pairs = evaluate(nodes, cascade.read, known, total_range, unit_range)
    y = total_range([(pair, weight) for pair, (_, weight) in zip(pairs, cascade.reading)], ZERO)
    return max(abs(valued(end, inputs)) for end in y)
