"""Evidence by induction over atoms for the second checker, written from section 8 of docs/certificate-1.md alone.

One function for each of the facts (a) to (h); those about the plane are in `second_pieces`. Nothing is remembered from
one interface to the next, so this is for small n. Functions of one coordinate are as in `second_checker`, linear
combinations {key: coefficient} as in `second_rows`.
"""

from fractions import Fraction
from itertools import combinations, pairwise, product

from second_checker import (
    ONE,
    ZERO,
    Unproved,
    added,
    is_index,
    items,
    need,
    negated,
    positive,
    rational,
    reference,
    shape,
)
from second_induction import LINE, same, turns, values_on
from second_pieces import atoms_of, moved_piece, pair_at, prove_start, prove_zero, scaled, sum_of_ranges
from second_rows import CONSTANT, DIGITS, combined, evaluate, first_places, prove

NODE, SYMBOL = 4, 5
"""Keys of combinations, besides `CONSTANT`: (NODE, node), (SYMBOL, age)."""

# --- 8.1: the form


class Term:
    """What the evidence says of one term."""

    def __init__(self, value, n, size):
        shape(value, "origin", "width", "lines", "transport", "controllers", "selectors", "patches", "cascades")
        self.origin = [rational(t) for t in items(value["origin"], 2)]
        self.width = rational(value["width"])
        self.lines = [tuple(items(line, 3)) for line in items(value["lines"])]
        for axis, first, length in self.lines:
            need(is_short(first) and is_index(length) and 1 <= length <= size, "line")
            reference(axis, 2)
        count = len(self.lines)
        self.transport = arrays_of_nodes(value["transport"], n + 1, 2 * count, size)
        self.controllers = arrays_of_nodes(value["controllers"], n - 1, 2 * count, size)
        self.selectors = arrays_of_nodes(value["selectors"], n, count, size)
        self.patches = {}
        for i, j, kappa in (items(patch, 3) for patch in items(value["patches"])):
            need(is_short(i) and is_short(j) and (i, j) not in self.patches, "patch")
            self.patches[i, j] = rational(kappa)
        self.cascades = [Cascade(cascade, self.lines, n, size) for cascade in items(value["cascades"])]

    def cells(self, line):
        """The range of the cells of a line."""
        _, first, length = self.lines[line]
        return range(first, first + length)


class Cascade:
    """What the evidence says of one cascade."""

    def __init__(self, value, lines, n, size):
        shape(value, "lines", "states", "value", "rows", "reading")
        self.lines = [reference(line, len(lines)) for line in items(value["lines"], 2)]
        need([lines[line][0] for line in self.lines] == [0, 1], "axes")
        self.states = [tuple(items(state, 3)) for state in items(value["states"])]
        for i, j, sign in self.states:
            need(is_short(i) and is_short(j) and is_index(sign), "state")
        signs = {sign for *_, sign in self.states}
        need(signs <= {0} or signs <= {1, -1}, "signs")
        need(len(set(self.states)) == len(self.states), "a state twice")
        self.value, self.reading = ([
            (reference(node, size), rational(weight)) for node, weight in (items(pair, 2) for pair in items(pairs))
        ] for pairs in (value["value"], value["reading"]))
        self.rows = arrays_of_nodes(value["rows"], n, len(self.states), size)


def is_short(value):
    return is_index(value) and abs(value) < 10**30


def arrays_of_nodes(value, count, length, size):
    return [[reference(node, size) for node in items(array, length)] for array in items(value, count)]


def parse_atoms(evidence, n, size):
    """Return the terms; raises `Unreadable`."""
    shape(evidence, "kind", "terms")
    need(n >= 1, "level")
    return [Term(value, n, size) for value in items(evidence["terms"])]


def prove_atoms(problem, n, network, terms):
    """Raise `Unproved` unless the facts (a) to (h) hold."""
    mask, seed = problem
    nodes, output = network
    pieces = [(corners, sides, negated(form)) for corners, sides, form in seed if any(form)]
    constant = ZERO
    for term in terms:
        prove(0 < term.width < Fraction(1, 2), "width")
        for line in range(len(term.lines)):
            prove_first_run(nodes, term, line)
            prove_second_run(nodes, term, line, n)
        atom, highest, signs = atoms_of(nodes, term, n)
        live = prove_live_cells(mask, term)
        for cascade, nowhere_negative in zip(term.cascades, signs):
            prove_start(nodes, term, cascade, n, highest, nowhere_negative)
            arrows = [[(a, *arrow) for arrow in arrows_from(mask, state)] for a, state in enumerate(cascade.states)]
            arrows = [arrow for found in arrows for arrow in found]
            prove_states(cascade, live, arrows)
            largest = largest_sum(cascade, arrows)
            for k in range(1, n):
                prove_step(nodes, term, cascade, arrows, highest * largest ** (k - 1), k)
            constant -= prove_reading(nodes, term, cascade, arrows, highest * largest ** (n - 1))
        for cell, kappa in term.patches.items():
            index = [2**n * term.origin[e] + cell[e] for e in (0, 1)]
            pieces += [moved_piece(piece, index, kappa) for piece in atom if kappa]
    reading = [pair for term in terms for cascade in term.cascades for pair in cascade.reading]
    prove_output(nodes, output, reading, constant)
    prove_zero(pieces)


# --- (a) and (b): functions of one coordinate


def along(nodes, targets, axis, pair=None):
    """Return the targets as functions of the coordinate, or of t if the pair of nodes is E(t)."""
    known = {axis: LINE} if pair is None else first_places(pair, turns(ZERO, 3, ONE))
    return evaluate(nodes, targets, known, added, positive)


def prove_first_run(nodes, term, line):
    axis, first, length = term.lines[line]
    found = along(nodes, pair_at(term.transport[0], line), axis)
    prove(all(map(same, found, turns(term.origin[axis] + first, 3 * length, ONE))), "transport, interface 0")
    prove_doublings(nodes, term.transport, line, axis)


def prove_doublings(nodes, arrays, line, axis):
    for one, other in pairwise(arrays):
        found = along(nodes, pair_at(other, line), axis, pair_at(one, line))
        prove(all(map(same, found, turns(ZERO, 6, Fraction(1, 2)))), "controllers are not doubled")


def prove_second_run(nodes, term, line, n):
    axis, first, length = term.lines[line]
    start = term.origin[axis] + first
    if term.controllers:
        found = along(nodes, pair_at(term.controllers[0], line), axis)
        prove(all(map(same, found, turns(start, 6 * length, Fraction(1, 2)))), "controllers, interface 0")
    prove_doublings(nodes, term.controllers, line, axis)
    for k in range(n):
        pair = pair_at(term.controllers[k - 1], line) if k else None
        (function,) = along(nodes, [term.selectors[k][line]], axis, pair)
        prove(function[0] == function[2] == 0, "selector unbounded")
        prove(all(0 <= value <= 1 for _, value in function[1]), "selector outside of [0, 1]")
        d = term.width * Fraction(2) ** (k - n)
        for i in range(1 if k else length):
            for digit in (0, 1):
                low = (ZERO if k else start) + i + Fraction(digit, 2)
                prove(set(values_on(function, low + d, low + Fraction(1, 2))) == {digit}, "selector is no digit")


# --- (e) states


def arrows_from(mask, state):
    """Yield (digits, state, weight) for all arrows from a state."""
    *a, sign = state
    for q, (index, entry) in product(DIGITS, mask.items()):
        b = [q[e] + 2 * a[e] - index[e] for e in (0, 1)]
        yield q, (*b, sign if entry > 0 else -sign), abs(entry) if sign else entry


def prove_live_cells(mask, term):
    """Return the cells of the live states, each of which has to be among the states of the cascade with this cell."""
    for one, other in combinations(term.cascades, 2):
        apart = [not set(term.cells(one.lines[e])) & set(term.cells(other.lines[e])) for e in (0, 1)]
        prove(any(apart), "two cascades with a common cell")
    live, waiting = set(), [cell for cell, kappa in term.patches.items() if kappa]
    while waiting:
        a = waiting.pop()
        if a in live:
            continue
        live.add(a)
        homes = [cascade for cascade in term.cascades if all(a[e] in term.cells(cascade.lines[e]) for e in (0, 1))]
        prove(any({(*a, 0), (*a, 1)} & set(cascade.states) for cascade in homes), "a live state is missing")
        for q, index in product(DIGITS, mask):
            double = [index[e] - q[e] + a[e] for e in (0, 1)]
            if double[0] % 2 == double[1] % 2 == 0:
                waiting.append((double[0] // 2, double[1] // 2))
    return live


def prove_states(cascade, live, arrows):
    for _, _, target, _ in arrows:
        prove(target[:2] not in live or target in cascade.states, "a state is missing behind an arrow")


# --- (f) to (h): linear combinations


def largest_sum(cascade, arrows):
    """Return N; arrows are (number of a state, digits, target, weight)."""
    sums = {}
    for _, q, target, weight in arrows:
        if target in cascade.states:
            sums[q, target] = sums.get((q, target), ZERO) + abs(weight)
    return max(sums.values(), default=ZERO)


class Signs:
    """Signs of combinations of keys in given ranges, and the symbols that were needed."""

    def __init__(self, ranges):
        self.ranges, self.symbols, self.ages = ranges, [], {}

    def unit(self, e):
        """Return max(0, e)."""
        prove(len(self.symbols_behind(e)) <= 8, "more than 8 symbols")
        low, high = self.range(e)
        if low >= 0:
            return e
        if high <= 0:
            return {}
        size = abs(e[min(e)])
        inner = {key: entry / e[min(e)] for key, entry in e.items()}
        key = tuple(sorted(inner.items()))
        if key not in self.ages:
            self.ages[key] = len(self.symbols)
            self.symbols.append(inner)
        symbol = {(SYMBOL, self.ages[key]): size}
        return symbol if e[min(e)] > 0 else combined([(symbol, ONE), (e, ONE)], ZERO)

    def symbols_behind(self, e):
        """Return the ages of the symbols in a combination, in those that they stand for, and so on."""
        ages = {key[1] for key in e if key[0] == SYMBOL}
        return ages.union(*(self.symbols_behind(self.symbols[age]) for age in ages))

    def range(self, e):
        newest = max((key for key in e if key[0] == SYMBOL), default=None)
        if newest is None:
            total = (e.get(CONSTANT, ZERO),) * 2
            for key in e.keys() - {CONSTANT}:
                total = sum_of_ranges(total, scaled(self.ranges[key], e[key]))
            return total
        rest = {key: entry for key, entry in e.items() if key != newest}
        other = combined([(rest, ONE), (self.symbols[newest[1]], e[newest])], ZERO)
        better = max if e[newest] > 0 else min
        return tuple(map(better, self.range(rest), self.range(other)))


def for_digits(nodes, term, cascade, limit, k, targets):
    """Yield (q, the targets as combinations) for all pairs of digits, and with q None where the rows are 0."""
    rows, selectors = cascade.rows[k], [term.selectors[k][line] for line in cascade.lines]
    lowest = -limit if any(sign == 0 for *_, sign in cascade.states) else ZERO
    for q in DIGITS:
        values = [{(NODE, node): ONE} for node in rows] + [{CONSTANT: ONE} if digit else {} for digit in q]
        signs = Signs({(NODE, node): (lowest, limit) for node in rows})
        yield q, evaluate(nodes, targets, first_places(rows + selectors, values), combined, signs.unit)
    values = [{} for _ in rows] + [{(NODE, node): ONE} for node in selectors]
    signs = Signs({(NODE, node): (ZERO, ONE) for node in selectors})
    yield None, evaluate(nodes, targets, first_places(rows + selectors, values), combined, signs.unit)


def prove_step(nodes, term, cascade, arrows, limit, k):
    old = cascade.rows[k - 1]
    for q, found in for_digits(nodes, term, cascade, limit, k - 1, cascade.rows[k]):
        wanted = {state: [] for state in cascade.states}
        for a, digits, target, weight in arrows:
            if digits == q and target in wanted:
                wanted[target].append(({(NODE, old[a]): ONE}, weight))
        prove(found == [combined(terms, ZERO) for terms in wanted.values()], "step")


def prove_reading(nodes, term, cascade, arrows, limit):
    """Return the constant c."""
    constants = set()
    last, weights = cascade.rows[-1], [weight for _, weight in cascade.reading]
    for q, found in for_digits(nodes, term, cascade, limit, len(cascade.rows) - 1, [k for k, _ in cascade.reading]):
        wanted = [
            ({(NODE, last[a]): ONE}, weight * (target[2] or 1) * term.patches.get(target[:2], ZERO))
            for a, digits, target, weight in arrows if digits == q
        ]
        value = combined(zip(found, weights), ZERO)
        constants.add(value.pop(CONSTANT, ZERO))
        prove(value == combined(wanted, ZERO) and len(constants) == 1, "reading")
    return constants.pop()


def prove_output(nodes, output, reading, constant):
    """Require that the output is the sum of the readings, plus a constant."""

    def unit(e):
        raise Unproved("a unit behind the readings")

    known = {node: {(NODE, node): ONE} for node, _ in reading}
    (found,) = evaluate(nodes, [output], known, combined, unit)
    prove(found == combined([(known[node], weight) for node, weight in reading], constant), "the sum of the readings")
