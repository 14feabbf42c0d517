"""Section 7 of docs/certificate.md for the second checker: evidence by induction, stage by stage, nothing remembered.

Values of nodes are what a fact asks for: functions of one coordinate as in `second_checker`, linear combinations
{symbol: weight} with the symbol "1" for the constant, or pairs of such combinations. Each fact is one function.
"""

from fractions import Fraction
from itertools import product

from second_checker import (
    FLAT,
    ONE,
    ZERO,
    Enclosures,
    Polygon,
    Prepared,
    Unproved,
    added,
    at,
    crosses,
    half,
    hull,
    is_index,
    items,
    kinks,
    need,
    negated,
    positive,
    quadrant,
    rational,
    reference,
    shape,
    value_at,
)

BITS = tuple(product((0, 1), repeat=2))
CORNERS = ((0, 0), (1, 1), (1, 0))


# --- 7.1


def parse_induction(evidence, n, size):
    shape(evidence, "kind", "window", "width", "cascades")
    need(n > 0, "n = 0")
    window = [[rational(entry) for entry in items(side, 2)] for side in items(evidence["window"], 2)]
    need(all(low < high and {low.denominator, high.denominator} == {1} for low, high in window), "window")
    cascades = items(evidence["cascades"])
    need(3 <= len(cascades) <= 6, "number of cascades")
    return window, rational(evidence["width"]), [Cascade(cascade, n, size) for cascade in cascades]


class Cascade:
    """A cascade: its keys as attributes; at interface k < n the ``rows[k]`` are {(state, kind): node}."""

    def __init__(self, value, n, size):
        keys = "origin lengths end states rows selectors controllers final_states final_rows seams reading".split()
        shape(value, *keys)

        def nodes(array, length):
            return [reference(node, size) for node in items(array, length)]

        self.origin, self.end = ([rational(t) for t in items(value[key], 2)] for key in ("origin", "end"))
        self.lengths = items(value["lengths"], 2)
        need(all(is_index(length) and 1 <= length <= size for length in self.lengths), "lengths")
        self.states, self.final_states = (self.parse_states(value[key]) for key in ("states", "final_states"))
        rows = [(row, self.states) for row in items(value["rows"], n)] + [(value["final_rows"], self.final_states)]
        self.rows = [
            dict(zip(product(states, range(3)), nodes(row, 3 * len(states)), strict=True)) for row, states in rows
        ]
        self.selectors = [nodes(pair, 2) for pair in items(value["selectors"], n)]
        self.controllers = [nodes(four, 4) for four in items(value["controllers"], n)]
        self.seams = nodes(value["seams"], 2)
        self.reading = [(reference(items(term, 2)[0], size), rational(term[1])) for term in items(value["reading"])]

    def parse_states(self, value):
        states = [tuple(items(state, 3)) for state in items(value)]
        for i, j, sign in states:
            need(is_index(sign) and sign in (1, -1), "sign")
            need(all(is_index(k) and 0 <= k < length for k, length in zip((i, j), self.lengths, strict=True)), "cell")
        need(len(set(states)) == len(states), "state twice")
        return states


# --- 7.2


def prove(condition, message):
    if not condition:
        raise Unproved(message)


def evaluate(nodes, known, wanted, affine, relu):
    """Return the values of the nodes ``wanted``, as functions of the nodes in ``known``, {node: value}."""
    needed, waiting = set(), list(wanted)
    while waiting:
        k = waiting.pop()
        if k not in known and k not in needed:
            prove(k > 1, "a path goes around")
            needed.add(k)
            waiting += [nodes[k]] if isinstance(nodes[k], int) else nodes[k][0]
    values = dict(known)
    for k in sorted(needed):
        if isinstance(nodes[k], int):
            values[k] = relu(values[nodes[k]])
        else:
            values[k] = affine([(values[j], weight) for j, weight in nodes[k][0].items()], nodes[k][1])
    return [values[k] for k in wanted]


def combine(terms, bias):
    total = {"1": Fraction(bias)}
    for combination, weight in terms:
        for symbol, entry in combination.items():
            total[symbol] = total.get(symbol, ZERO) + weight * entry
    return {symbol: entry for symbol, entry in total.items() if entry}


def ranged(terms, bias):
    lows = [(low if weight > 0 else high, weight) for (low, high), weight in terms]
    highs = [(high if weight > 0 else low, weight) for (low, high), weight in terms]
    return combine(lows, bias), combine(highs, bias)


def ranged_relu(pair):
    low, high = pair
    return (low if min(low.values(), default=0) >= 0 else {}), {k: entry for k, entry in high.items() if entry > 0}


def function(points):
    """Return the function of one coordinate through ``points``, constant beyond them."""
    return ZERO, [(Fraction(t), Fraction(value)) for t, value in points], ZERO


def same(first, second):
    """Return whether two functions of one coordinate are equal everywhere."""
    knots = {t for t, _ in first[1] + second[1]}
    ends = (first[0], first[2]) == (second[0], second[2])
    return ends and all(value_at(first, t) == value_at(second, t) for t in knots)


def loop(origin, length, speed):
    """Return the coordinates of E(speed (t - origin) mod 1) on [origin, origin + length], (0, 0) elsewhere."""
    return [
        function([(origin + Fraction(k, 3 * speed), CORNERS[k % 3][e]) for k in range(3 * speed * length + 1)])
        for e in (0, 1)
    ]


# --- 7.3


class Setting:
    """What the statement and the evidence fix for all cascades."""

    def __init__(self, problem, n, network, window, width):
        (self.mask, seed), self.n, (self.nodes, self.output) = problem, n, network
        self.seed = [piece for piece in seed if any(piece[2])]
        self.window, self.width, self.corner = window, width, [side[0] for side in window]

    def shift(self, cascade):
        return [2**self.n * (low - start) for low, start in zip(self.corner, cascade.origin, strict=True)]


def prove_induction(problem, n, network, window, width, cascades):
    setting = Setting(problem, n, network, window, width)
    windows(setting, cascades)
    seams = [[coordinate(setting, cascade, axis) for axis in (0, 1)] for cascade in cascades]
    limits = []
    for cascade in cascades:
        arrows = states(setting, cascade)
        bounds = start(setting, cascade)
        for k in range(1, n + 1):
            bounds = step(setting, cascade, k, arrows, bounds)
        limits.append(reading(setting, cascade, bounds))
    gates(setting, cascades, limits)
    someone_is_open(setting, cascades, seams)


def windows(setting, cascades):
    """(a)"""
    prove(0 < setting.width < Fraction(1, 2), "width")
    for axis, (low, high) in enumerate(setting.window):
        points = [corner[axis] for corners, _, _ in setting.seed for corner in corners]
        prove(all(low <= t <= high for t in [*points, *(index[axis] for index in setting.mask)]), "window")
        for cascade in cascades:
            begin, length, end = cascade.origin[axis], cascade.lengths[axis], cascade.end[axis]
            prove(begin <= low and high <= end <= begin + length, "own window")
            prove(setting.shift(cascade)[axis] + high - low <= length, "own window of the seed")


def coordinate(setting, cascade, axis):
    """(b), (c), (d): return the seam as a function of t."""
    before, knots = [axis], [(ONE, [(ZERO, ZERO)], ONE)]
    begin, length = cascade.origin[axis], cascade.lengths[axis]
    for k in range(setting.n):
        controllers = cascade.controllers[k][2 * axis : 2 * axis + 2]
        wanted = [*controllers, cascade.selectors[k][axis]]
        *points, selector = evaluate(setting.nodes, dict(zip(before, knots)), wanted, added, positive)
        expected = loop(begin, length, 2)
        prove(len(kinks(points[0], None, None)) == len(kinks(expected[0], None, None)), "controllers")
        prove(all(same(*pair) for pair in zip(points, expected, strict=True)), "controllers")
        selects(selector, begin, length, setting.width * Fraction(2) ** (k - setting.n))
        before, knots, begin, length = controllers, loop(0, 1, 1), 0, 1
    (seam,) = evaluate(setting.nodes, dict(zip(before, knots)), [cascade.seams[axis]], added, positive)
    prove(all(value >= 0 for value in values(seam, 0, 1)), "seam")
    prove(all(value >= 1 for value in values(seam, 0, setting.width)), "seam")
    return seam


def values(function, low, high):
    """Return the values at the ends of an interval and at the kinks inside of it."""
    return [value_at(function, t) for t in (low, *kinks(function, low, high), high)]


def selects(selector, begin, length, d):
    prove(not selector[0] and not selector[2], "a selector is not bounded")
    prove(all(0 <= value <= 1 for _, value in selector[1]), "a selector leaves [0, 1]")
    for i, digit in product(range(length), (0, 1)):
        jump = begin + i + Fraction(digit, 2)
        prove(set(values(selector, jump + d, jump + Fraction(1, 2))) == {digit}, "a selector is no digit")


def states(setting, cascade):
    """(e): return {q: {target: {source: weight}}} for sources among the states."""
    cells = list(product(*map(range, cascade.lengths)))
    arrows = {q: {} for q in BITS}
    for q, a, b, sign in product(BITS, cells, cells, (1, -1)):
        index = tuple(int(d + 2 * i - j + low) for d, i, j, low in zip(q, a, b, setting.corner, strict=True))
        if index in setting.mask:
            target = (*b, sign if setting.mask[index] > 0 else -sign)
            arrows[q].setdefault(target, {})[(*a, sign)] = abs(setting.mask[index])
    pairs = {(source, target) for q in BITS for target, sources in arrows[q].items() for source in sources}
    readable = {(*cell, sign) for cell in cells if meets_seed(setting, cascade, cell) for sign in (1, -1)}
    matters, size = set(readable), -1
    while size < len(matters):
        size = len(matters)
        matters |= {source for source, target in pairs if target in matters}
    listed = set(cascade.states)
    reached = {target for source, target in pairs if source in listed}
    prove({state for state in matters if state[2] > 0} | (reached & matters) <= listed, "a state is missing")
    prove(reached & readable <= set(cascade.final_states), "a final state is missing")
    return {
        q: {target: {s: w for s, w in sources.items() if s in listed} for target, sources in by_target.items()}
        for q, by_target in arrows.items()
    }


def moves(setting, cascade, cell):
    """Return what is added to (u, v) to come to where g is read in a cell."""
    return [i + low - s for i, low, s in zip(cell, setting.corner, setting.shift(cascade), strict=True)]


def read_pieces(setting, cascade, cell):
    """Return (sides, form) in (u, v) of the triangles of g, seen from a cell."""
    dx, dy = moves(setting, cascade, cell)

    def seen(form):
        return (form[0], form[1], form[2] + form[0] * dx + form[1] * dy)

    return [([seen(side) for side in sides], seen(form)) for _, sides, form in setting.seed]


def box(x0, x1, y0, y1):
    return Polygon([(ONE, ZERO, -x0), (-ONE, ZERO, x1), (ZERO, ONE, -y0), (ZERO, -ONE, y1)])


def intersect(polygon, sides):
    """Return the part of a polygon where all sides are >= 0, None if it has no interior."""
    for side in sides:
        if hull(polygon, side)[1] <= 0:
            return None
        if crosses(polygon, side):
            polygon = half(polygon, side)
    return polygon


def meets_seed(setting, cascade, cell):
    square = box(0, 1, 0, 1)
    return any(intersect(square, sides) for sides, _ in read_pieces(setting, cascade, cell))


def start(setting, cascade):
    """(f): return {(state, kind): bound}."""
    bounds = {}
    for (state, kind), node in cascade.rows[0].items():
        low = [origin + i for origin, i in zip(cascade.origin, state, strict=False)]
        high = [min(t + 1, end) for t, end in zip(low, cascade.end, strict=True)]
        prepared = Prepared(*alone(setting.nodes, node))
        strips = [strip_ends(setting, cascade, axis, low[axis], prepared) for axis in (0, 1)]
        for (x0, x1), (y0, y1) in product(*strips):
            inside = state[2] > 0 and low[0] <= x0 and x1 <= high[0] and low[1] <= y0 and y1 <= high[1]
            right = [(ZERO, ZERO, ONE), (ONE, ZERO, -low[0]), (ZERO, ONE, -low[1])][kind]
            form = Enclosures(prepared, box(x0, x1, y0, y1)).form()
            prove(form == (right if inside else FLAT), "a row does not start right")
        ends = []
        for signs in product((1, -1), repeat=2):
            polygon = quadrant(*signs)
            form, least, most = Enclosures(prepared, polygon).known[prepared.output]
            lowest, highest = hull(polygon, form)
            prove(None not in (least, most, lowest, highest) and lowest + least >= 0, "a row is not bounded")
            ends.append(highest + most)
        bounds[state, kind] = max(ends)
    return bounds


def alone(nodes, output):
    """Return (nodes, output) of the network that a node is the output of."""
    needed, waiting = set(), [output]
    while waiting:
        k = waiting.pop()
        if k > 1 and k not in needed:
            needed.add(k)
            waiting += [nodes[k]] if isinstance(nodes[k], int) else nodes[k][0]
    place = {k: position for position, k in enumerate([0, 1, *sorted(needed)])}
    kept = [None, None]
    for k in sorted(needed):
        if isinstance(nodes[k], int):
            kept.append(place[nodes[k]])
        else:
            kept.append(({place[j]: weight for j, weight in nodes[k][0].items()}, nodes[k][1]))
    return kept, place[output]


def strip_ends(setting, cascade, axis, low, prepared):
    """Return the pairs of ends of the strips across an axis that are not left aside."""
    begin, length = cascade.origin[axis], cascade.lengths[axis]
    lines = {begin, begin + length, low, low + 1, cascade.end[axis]}
    for key, part in prepared.parts.items():
        if key[0] == "xy"[axis]:
            lines |= set(kinks(part, begin, begin + length))
    ordered = sorted(lines)
    found = []
    for one, other in zip(ordered, ordered[1:]):
        first, last = (2**setting.n * (t - begin) for t in (one, other))
        if last - first // 1 > setting.width:
            found.append((one, other))
    return found


def signs(corners, limit):
    """Return max(0, .) for combinations of rows, (u, v) in the hull of ``corners``, p up to a limit (None: any p)."""

    def factors(e, corner):
        total = {}
        for symbol, weight in e.items():
            if symbol != "1":
                state, kind = symbol
                total[state] = total.get(state, ZERO) + weight * (1, *corner)[kind]
        return list(total.values())

    def relu(e):
        constant, all_factors = e.get("1", ZERO), [factors(e, corner) for corner in corners]
        for sign, answer in ((1, e), (-1, {})):
            worst = [sum(sign * f for f in found if sign * f < 0) for found in all_factors]
            if limit is None:
                if sign * constant >= 0 and not any(worst):
                    return answer
            elif sign * constant + limit * min(worst) >= 0:
                return answer
        raise Undecided(e)

    return relu


class Undecided(Unproved):
    """Raised for a combination that has not one sign; ``args[0]`` is it."""


def symbols(row):
    """Return {node: symbol} for {(state, kind): node}, the first place of a node that is named twice."""
    found = {}
    for symbol, node in row.items():
        found.setdefault(node, symbol)
    return found


def step(setting, cascade, k, arrows, bounds):
    """(g): return the bounds at interface k from those at interface k - 1."""
    old, new = cascade.rows[k - 1], cascade.rows[k]
    name, listed = symbols(old), {*cascade.states, *cascade.final_states}
    sums = [sum(sources.values()) for q in BITS for target, sources in arrows[q].items() if target in listed]
    limit = max([ONE, *sums]) ** (setting.n - 1)
    for q in BITS:
        known = {selector: ({"1": ONE} if digit else {}) for digit, selector in zip(q, cascade.selectors[k - 1])}
        known |= {node: {symbol: ONE} for node, symbol in name.items()}
        corners = [(Fraction(q[0] + x, 2), Fraction(q[1] + y, 2)) for x, y in BITS]
        found = evaluate(setting.nodes, known, list(new.values()), combine, signs(corners, limit))
        for (target, kind), e in zip(new, found, strict=True):
            terms = []
            for source, weight in arrows[q].get(target, {}).items():
                p, entry = known[old[source, 0]], known[old[source, kind]]
                terms += [(entry, 2 * weight), (p, -q[kind - 1] * weight)] if kind else [(p, weight)]
            prove(e == combine(terms, 0), "a row is not moved on by the matrix")
    known = dict.fromkeys(cascade.selectors[k - 1], ({}, {"1": ONE}))
    known |= {node: ({}, {symbol: ONE}) for node, symbol in name.items()}
    found = evaluate(setting.nodes, known, list(new.values()), ranged, ranged_relu)
    prove(all(weight >= 0 for low, _ in found for weight in low.values()), "a row may be negative")
    return {symbol: at_bounds(high, bounds) for symbol, (_, high) in zip(new, found, strict=True)}


def at_bounds(combination, bounds):
    return sum((weight * (ONE if s == "1" else bounds[s]) for s, weight in combination.items()), ZERO)


def reading(setting, cascade, bounds):
    """(h): return the limit Y."""
    row, nodes = cascade.rows[-1], [node for node, _ in cascade.reading]
    name, weights = symbols(row), [weight for _, weight in cascade.reading]
    pieces = {state: read_pieces(setting, cascade, state[:2]) for state in cascade.final_states}
    waiting = [box(0, 1, 0, 1)]
    for side in {side for found in pieces.values() for sides, _ in found for side in sides}:
        waiting = [
            part for polygon in waiting
            for part in ([half(polygon, side), half(polygon, negated(side))] if crosses(polygon, side) else [polygon])
        ]
    while waiting:
        polygon = waiting.pop()
        known = {node: {symbol: ONE} for node, symbol in name.items()}
        try:
            found = evaluate(setting.nodes, known, nodes, combine, signs(sorted(polygon.corners), None))
        except Undecided as unit:
            lines = [line for line in factor_lines(unit.args[0]) if crosses(polygon, line)]
            prove(lines, "a unit has not one sign")
            waiting += [half(polygon, lines[0]), half(polygon, negated(lines[0]))]
            continue
        wanted = []
        middle = [sum(side) / len(polygon.corners) for side in zip(*polygon.corners)]
        for state in cascade.final_states:
            inside = (form for sides, form in pieces[state] if all(at(side, middle) >= 0 for side in sides))
            a, b, c = next(inside, FLAT)
            wanted.append(({(state, kind): entry for kind, entry in enumerate((c, a, b))}, state[2]))
        y = combine(zip(found, weights, strict=True), 0)
        prove(y == combine(wanted, 0), "another sum is read")
    known = {node: ({}, {symbol: ONE}) for node, symbol in name.items()}
    found = evaluate(setting.nodes, known, nodes, ranged, ranged_relu)
    low, high = (at_bounds(end, bounds) for end in ranged(list(zip(found, weights, strict=True)), 0))
    return max(abs(low), abs(high))


def factor_lines(e):
    """Return the (a, b, c) with the part p (a u + b v + c) of a combination, for all states."""
    states = sorted({symbol[0] for symbol in e if symbol != "1"})
    return [(e.get((state, 1), ZERO), e.get((state, 2), ZERO), e.get((state, 0), ZERO)) for state in states]


def gates(setting, cascades, limits):
    """(i)"""
    seams = [node for cascade in cascades for node in cascade.seams]
    read = {node for cascade in cascades for node, _ in cascade.reading}
    prove(len(set(seams)) == len(seams) and not read & set(seams), "a seam is named twice")
    for good in product((True, False), repeat=len(cascades)):
        opened = [s for s, is_good in enumerate(good) if is_good and setting.seed]
        for case in (None, *opened):
            expected = {} if case is None else {"V": ONE}
            prove(output(setting, cascades, limits, good, case) == expected, "the gates fail")


def output(setting, cascades, limits, good, opened):
    """Return the output as a combination; ``opened`` is the cascade with the seams 0, or None for V = 0."""
    known, spans = {}, {"1": (ONE, ONE)}
    for cascade in cascades:
        known |= {node: {f"node {node}": ONE} for node, _ in cascade.reading}
    for s, cascade in enumerate(cascades):
        value = {} if good[s] and opened is None else {"V": ONE} if good[s] else {f"y {s}": ONE}
        spans[f"y {s}"] = (-limits[s], limits[s])
        for axis, node in enumerate(cascade.seams):
            known[node] = {} if s == opened else {f"seam {s} {axis}": ONE}
        pivot = next((position for position, (_, weight) in enumerate(cascade.reading) if weight), None)
        if pivot is not None:
            node, weight = cascade.reading[pivot]
            others = [term for position, term in enumerate(cascade.reading) if position != pivot]
            terms = [({f"node {other}": ONE}, -factor / weight) for other, factor in others]
            known[node] = combine([(value, 1 / weight), *terms], 0)
    top = min((limits[s] for s, is_good in enumerate(good) if is_good), default=ZERO)
    spans["V"] = (-top, top)
    units = {}

    def least(e):
        """Return the least value of a combination, None for -infinity."""
        total = ZERO
        for s, is_good in enumerate(good):
            pair = [e.get(f"seam {s} {axis}", ZERO) for axis in (0, 1)]
            if min(pair) < 0:
                return None
            total += 0 if is_good else min(pair)
        for symbol, weight in e.items():
            if symbol.startswith("node") or (symbol.startswith("unit") and weight < 0):
                return None
            total += min(weight * end for end in spans.get(symbol, (ZERO, ZERO)))
        return total

    def relu(e):
        low, minus_high = least(e), least({symbol: -weight for symbol, weight in e.items()})
        if low is not None and low >= 0:
            return e
        if minus_high is not None and minus_high >= 0:
            return {}
        # for e and -e the same symbol: that for which the first weight is positive
        (_, lead), *_ = ordered = sorted(e.items())
        key = tuple((symbol, weight / lead) for symbol, weight in ordered)
        unit = {units.setdefault(key, f"unit {len(units)}"): abs(lead)}
        return unit if lead > 0 else combine([(unit, ONE), (e, ONE)], 0)

    return evaluate(setting.nodes, known, [setting.output], combine, relu)[0]


def someone_is_open(setting, cascades, seams):
    """(j): in the middle of each interval without a kink, at most one seam is not 0."""
    for axis in (0, 1):
        found = []
        for cascade, pair in zip(cascades, seams, strict=True):
            s = setting.shift(cascade)[axis]
            found.append((pair[axis], s, [(t - s) % 1 for t in (0, *kinks(pair[axis], 0, 1))]))
        ends = sorted({ZERO, ONE, *(t for _, _, own in found for t in own)})
        for one, other in zip(ends, ends[1:]):
            middle = (one + other) / 2
            prove(sum(value_at(seam, (middle + s) % 1) > 0 for seam, s, _ in found) < 2, "two seams overlap")
