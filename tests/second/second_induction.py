"""Evidence by induction for the second checker, written from section 7 of docs/certificate-1.md alone.

One function for each of the facts (a) to (j); those about rows are in `second_rows`. Nothing is remembered from one
interface to the next, so this is for small n.
"""

from fractions import Fraction
from itertools import combinations, pairwise, product
from math import floor

from second_checker import (
    ONE,
    ZERO,
    Polygon,
    added,
    half,
    hull,
    is_index,
    items,
    moved,
    need,
    positive,
    rational,
    reference,
    shape,
    value_at,
)
from second_rows import (
    CONSTANT,
    DIGITS,
    SQUARE,
    arrows,
    combined,
    evaluate,
    first_places,
    largest_sum,
    prove,
    prove_reading,
    prove_start,
    prove_step,
    reading_limit,
    step_bounds,
)

# --- 7.1: the form


class Cascade:
    """What the evidence says of one cascade, and what follows from it; pairs are (x, y)."""

    def __init__(self, value, n, size):
        names = ("rows", "selectors", "controllers", "final_rows", "seams", "reading")
        shape(value, "origin", "lengths", "end", "states", "final_states", *names)
        self.origin, self.end = ([rational(t) for t in items(value[key], 2)] for key in ("origin", "end"))
        self.lengths = items(value["lengths"], 2)
        need(all(is_index(length) and 1 <= length <= size for length in self.lengths), "lengths")
        self.states, self.final_states = (self.listed(value[key]) for key in ("states", "final_states"))

        def numbers(array, count):
            return [reference(k, size) for k in items(array, count)]

        self.rows = [numbers(row, 3 * len(self.states)) for row in items(value["rows"], n)]
        self.rows.append(numbers(value["final_rows"], 3 * len(self.final_states)))
        self.selectors = [numbers(array, 2) for array in items(value["selectors"], n)]
        self.controllers = [numbers(array, 4) for array in items(value["controllers"], n)]
        self.seams = numbers(value["seams"], 2)
        pairs = [items(pair, 2) for pair in items(value["reading"])]
        self.reading = [(reference(node, size), rational(weight)) for node, weight in pairs]
        self.read = [node for node, _ in self.reading]

    def listed(self, value):
        states = []
        for state in items(value):
            i, j, sign = items(state, 3)
            state = (reference(i, self.lengths[0]), reference(j, self.lengths[1]), sign)
            need(is_index(sign) and sign in (1, -1) and state not in states, "states")
            states.append(state)
        return states

    def pair(self, k, axis):
        """The two controllers of a coordinate at interface k."""
        return self.controllers[k][2 * axis : 2 * axis + 2]


def parse_induction(evidence, n, size):
    """Return (window, width, cascades); raises `Unreadable`."""
    shape(evidence, "kind", "window", "width", "cascades")
    need(n >= 1, "level")
    window = [[rational(t) for t in items(side, 2)] for side in items(evidence["window"], 2)]
    need(all(t.denominator == 1 for side in window for t in side) and all(a < b for a, b in window), "window")
    cascades = items(evidence["cascades"])
    need(3 <= len(cascades) <= 6, "cascades")
    return [[int(t) for t in side] for side in window], rational(evidence["width"]), [
        Cascade(value, n, size) for value in cascades
    ]


def prove_induction(problem, n, network, window, width, cascades):
    """Raise `Unproved` unless the facts (a) to (j) hold."""
    mask, seed = problem
    nodes, output = network
    pieces = [piece for piece in seed if any(piece[2])]
    corner = [side[0] for side in window]
    for cascade in cascades:
        cascade.shift = [2**n * (corner[e] - cascade.origin[e]) for e in (0, 1)]
    prove_windows(mask, pieces, window, width, cascades)
    for cascade in cascades:
        for axis in (0, 1):
            prove_controllers(nodes, cascade, axis)
        seams = [prove_seam(nodes, cascade, axis, n, width) for axis in (0, 1)]
        for axis in (0, 1):
            two_sided = min(values_on(seams[axis], ONE - width, ONE)) >= 1
            prove_selectors(nodes, cascade, axis, n, width, width if two_sided else ZERO)
        cascade.spoilt = [moved_intervals(seams[axis], cascade.shift[axis]) for axis in (0, 1)]
        prove_states(mask, pieces, corner, cascade)
        bounds = prove_start(nodes, cascade, n, width)
        largest = largest_sum(mask, corner, cascade)
        for k in range(1, n + 1):
            targets = cascade.final_states if k == n else cascade.states
            prove_step(nodes, mask, corner, cascade, k, targets, largest ** (k - 1))
            bounds = step_bounds(nodes, cascade, k, bounds)
        prove_reading(nodes, pieces, corner, cascade)
        cascade.limit = reading_limit(nodes, cascade, bounds)
    prove_gates(nodes, output, cascades, bool(pieces))
    for axis in (0, 1):
        prove_someone_open([cascade.spoilt[axis] for cascade in cascades])


# --- (a) windows


def prove_windows(mask, pieces, window, width, cascades):
    prove(0 < width < Fraction(1, 2), "width")
    for axis, (low, high) in enumerate(window):
        ends = [index[axis] for index in mask] + [point[axis] for corners, _, _ in pieces for point in corners]
        prove(all(low <= t <= high for t in ends), "window")
        for cascade in cascades:
            origin, length = cascade.origin[axis], cascade.lengths[axis]
            prove(origin <= low and high <= cascade.end[axis] <= origin + length, "own window")
            prove(cascade.shift[axis] + high - low <= length, "own window, at the end")


# --- (b) to (d), (j): functions of one coordinate

LINE = (ONE, [(ZERO, ZERO)], ONE)
CORNERS = [(0, 0), (1, 1), (1, 0)]  # of the triangle, at t = 0, 1/3, 2/3


def turns(start, thirds, scale):
    """Return t -> E((t - start) / scale mod 1) for ``thirds`` thirds of a turn from ``start``, (0, 0) elsewhere."""
    return [
        (ZERO, [(start + scale * Fraction(j, 3), Fraction(CORNERS[j % 3][e])) for j in range(thirds + 1)], ZERO)
        for e in (0, 1)
    ]


def same(function, other):
    knots = (t for t, _ in [*function[1], *other[1]])
    return function[::2] == other[::2] and all(value_at(function, t) == value_at(other, t) for t in knots)


def values_on(function, low, high):
    """Return values between whose least and largest the function lies on [low, high]."""
    return [value_at(function, t) for t in (low, high)] + [v for t, v in function[1] if low < t < high]


def along(nodes, cascade, targets, axis, k):
    """Return the targets as functions of t if the controllers at interface k are E(t); k = -1: of the coordinate."""
    known = {axis: LINE} if k < 0 else first_places(cascade.pair(k, axis), turns(ZERO, 3, ONE))
    return evaluate(nodes, targets, known, added, positive)


def prove_controllers(nodes, cascade, axis):
    for k in range(len(cascade.controllers)):
        if k == 0:
            wanted = turns(cascade.origin[axis], 6 * cascade.lengths[axis], Fraction(1, 2))
        else:
            wanted = turns(ZERO, 6, Fraction(1, 2))
        found = along(nodes, cascade, cascade.pair(k, axis), axis, k - 1)
        prove(all(map(same, found, wanted)), "controllers")


def prove_selectors(nodes, cascade, axis, n, width, before):
    for k in range(n):
        (function,) = along(nodes, cascade, [cascade.selectors[k][axis]], axis, k - 1)
        prove(function[0] == function[2] == 0, "selector unbounded")
        prove(all(0 <= value <= 1 for _, value in function[1]), "selector outside of [0, 1]")
        start, length = (cascade.origin[axis], cascade.lengths[axis]) if k == 0 else (ZERO, 1)
        d = width * Fraction(2) ** (k - n)
        for i in range(length):
            for digit in (0, 1):
                low = start + i + Fraction(digit, 2)
                high = low + Fraction(1, 2) - before * Fraction(2) ** (k - n)
                prove(set(values_on(function, low + d, high)) == {digit}, "selector is no digit")


def prove_seam(nodes, cascade, axis, n, width):
    """Return the seam as a function of t."""
    (function,) = along(nodes, cascade, [cascade.seams[axis]], axis, n - 1)
    prove(min(values_on(function, ZERO, ONE)) >= 0, "seam negative")
    prove(min(values_on(function, ZERO, width)) >= 1, "seam too small")
    return function


def moved_intervals(function, shift):
    """Return the intervals on which a function on [0, 1] is not zero throughout, moved by -shift mod 1."""
    stops = sorted({ZERO, ONE, *(t for t, _ in function[1] if 0 < t < 1)})
    moved_there = []
    for low, high in pairwise(stops):
        if value_at(function, low) or value_at(function, high):
            start = (low - shift) % 1
            end = start + high - low
            moved_there += [(start, end)] if end <= 1 else [(start, ONE), (ZERO, end - 1)]
    return moved_there


def prove_someone_open(spoilt):
    for one, other in combinations(spoilt, 2):
        for (low, high), (start, end) in product(one, other):
            prove(high <= start or end <= low, "seams overlap")


# --- (e) states


def readable_cells(pieces, corner, cascade):
    """Return the cells of the own window on whose squares g is not zero throughout."""
    offset = [cascade.shift[e] - corner[e] for e in (0, 1)]
    cells = set()
    for corners, sides, _ in pieces:
        spans = []
        for e in (0, 1):
            ends = [floor(point[e] + offset[e]) for point in corners]
            spans.append(range(max(0, min(ends)), min(cascade.lengths[e], max(ends) + 1)))
        for cell in product(*spans):
            polygon = Polygon(SQUARE)
            for side in sides:
                side = moved(side, 0, [offset[e] - cell[e] for e in (0, 1)])
                polygon = half(polygon, side) if polygon and hull(polygon, side)[1] > 0 else None
            if polygon:
                cells.add(cell)
    return cells


def prove_states(mask, pieces, corner, cascade):
    readable = readable_cells(pieces, corner, cascade)
    matters, waiting = set(), list(readable)
    while waiting:
        b = waiting.pop()
        if b in matters:
            continue
        matters.add(b)
        for q, index in product(DIGITS, mask):
            double = [index[e] - corner[e] - q[e] + b[e] for e in (0, 1)]
            if all(t % 2 == 0 and 0 <= t // 2 < cascade.lengths[e] for e, t in enumerate(double)):
                waiting.append((double[0] // 2, double[1] // 2))
    prove(all((*cell, 1) in cascade.states for cell in matters), "a state is missing")
    for state in cascade.states:
        for _, target, _ in arrows(mask, corner, cascade, state):
            prove(target[:2] not in matters or target in cascade.states, "a state is missing behind an arrow")
            prove(target[:2] not in readable or target in cascade.final_states, "a final state is missing")


# --- (i) gates


def prove_gates(nodes, output, cascades, nonzero):
    seams = [node for cascade in cascades for node in cascade.seams]
    readings = {node for cascade in cascades for node in cascade.read}
    prove(len(set(seams)) == len(seams) and not readings & set(seams), "seams")
    for good in product((True, False), repeat=len(cascades)):
        prove(gate_possibility(nodes, output, cascades, good, None) == {}, "the output is not 0 where V is")
        for c in range(len(cascades)):
            if nonzero and good[c]:
                prove(gate_possibility(nodes, output, cascades, good, c) == {(1,): ONE}, "the output is not V")


def gate_possibility(nodes, output, cascades, good, opened):
    """Return the output as a combination, the seams of cascade ``opened`` being 0; V = 0 if this is None.

    The keys are, in the order of the specification, (0, -c): y of a cascade that is not good; (1,): V; (2,): the
    constant; (3, c, axis): seams; (4, place): a node of a reading; (5, age): a symbol.
    """
    known, symbols = {}, {}
    for c, cascade in enumerate(cascades):
        for axis in (0, 1):
            known[cascade.seams[axis]] = {} if c == opened else {(3, c, axis): ONE}
    read = [node for cascade in cascades for node in cascade.read]
    unknown = {node: {(4, place): ONE} for node, place in first_places(read, range(len(read))).items()}
    for c, cascade in enumerate(cascades):
        first = next((place for place, (_, weight) in enumerate(cascade.reading) if weight), None)
        if first is not None:
            y = {(0, -c): ONE} if not good[c] else {} if opened is None else {(1,): ONE}
            others = [(unknown[node], -w) for place, (node, w) in enumerate(cascade.reading) if place != first]
            node, weight = cascade.reading[first]
            known.setdefault(node, combined([(combined([(y, ONE), *others], ZERO), 1 / weight)], ZERO))
    known = unknown | known
    v_limit = min((cascade.limit for c, cascade in enumerate(cascades) if good[c]), default=None)

    def is_positive(e):
        """Whether the bounds show that e >= 0."""
        low = e.get(CONSTANT, ZERO) - abs(e.get((1,), ZERO)) * (v_limit or ZERO)
        for c, cascade in enumerate(cascades):
            pair = [e.get((3, c, axis), ZERO) for axis in (0, 1)]
            if not good[c]:
                low += min(pair) - abs(e.get((0, -c), ZERO)) * cascade.limit
            if min(pair) < 0:
                return False
        return low >= 0 and all(key[0] != 4 and (key[0] != 5 or entry > 0) for key, entry in e.items())

    def unit(e):
        minus = {key: -entry for key, entry in e.items()}
        if is_positive(e):
            return e
        if is_positive(minus):
            return {}
        size = e[min(e)]
        key = tuple((key, entry / abs(size)) for key, entry in sorted((e if size > 0 else minus).items()))
        symbol = combined([({(5, symbols.setdefault(key, len(symbols))): ONE}, abs(size))], ZERO)
        return symbol if size > 0 else combined([(symbol, ONE), (e, ONE)], ZERO)

    return evaluate(nodes, [output], known, combined, unit)[0]
