"""What `second_atoms` needs of section 8 of docs/certificate-1.md in the plane: the facts (c), (d) and the sum of (h).

The pieces of a function are (corners, sides, form), the sides being forms >= 0 on a polygon; it is zero outside.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product
from math import floor

from second_checker import (
    FLAT,
    ONE,
    ZERO,
    Polygon,
    added,
    at,
    compare_target,
    crosses,
    half,
    hull,
    is_apart,
    moved,
    negated,
    positive,
    quadrant,
    value_at,
)
from second_induction import LINE, turns
from second_rows import CONSTANT, Cut, between, combined, evaluate, first_places, kink_places, prove

H, X, Y, VALUE = (1,), (6,), (7,), 8
"""Keys of combinations, besides `CONSTANT`; (VALUE, place) is that of a node of `value`."""


def pair_at(array, line):
    """Return the two nodes of a line."""
    return array[2 * line : 2 * line + 2]


def sum_of_ranges(*ranges):
    """Return the range of a sum; None stands for an infinite end."""
    return tuple(None if None in ends else sum(ends) for ends in zip(*ranges))


def scaled(ends, factor):
    """Return the range of factor · t for t in a range."""
    if not factor:
        return ZERO, ZERO
    low, high = (None if t is None else factor * t for t in (ends if factor > 0 else ends[::-1]))
    return low, high


# --- (c) and (h): atoms and their sum


def atoms_of(nodes, term, n):
    """Return (pieces of H, M, [whether h is nowhere negative, for each cascade])."""
    atoms, signs = [], []
    for cascade in term.cascades:
        atoms.append([])
        signs.append(True)
        for polygon, form in h_of(nodes, term, cascade, n):
            low, high = hull(polygon, form)
            signs[-1] = signs[-1] and low >= 0
            if min(x for corner in polygon.corners for x in corner) < term.width:
                prove(high <= 0, "h > 0 next to the border")
            elif high > 0:
                part = half(polygon, form) if low < 0 else polygon
                atoms[-1].append((part.corners, part.sides, form))
    for atom in (other for other in atoms[1:] if other != atoms[0]):
        prove_zero(atoms[0] + [moved_piece(piece, (0, 0), -1) for piece in atom])
    atom = atoms[0] if atoms else []
    return atom, max([ZERO, *(at(form, corner) for corners, _, form in atom for corner in corners)]), signs


def h_of(nodes, term, cascade, n):
    """Return (polygon, form of h) for polygons that cover the unit square, none on both sides of u = w or v = w."""
    names = [node for line in cascade.lines for node in pair_at(term.transport[n], line)]
    order = between(nodes, [node for node, _ in cascade.value], set(names))
    number = first_places(names, range(4)) | {k: 4 + place for place, k in enumerate(order)}
    part = tuple(
        number[nodes[k]] if isinstance(nodes[k], int)
        else (tuple((number[source], weight) for source, weight in nodes[k][0].items()), nodes[k][1])
        for k in order
    )
    return h_on_square(part, tuple((number[node], weight) for node, weight in cascade.value), term.width)


@lru_cache(maxsize=100)
def h_on_square(part, value, width):
    """Return what `h_of` does; nodes 0 to 3 are (E(u), E(v)), ``part`` those that follow. (Many terms have one h.)"""
    nodes = [None] * 4 + [node if isinstance(node, int) else (dict(node[0]), node[1]) for node in part]
    found, stops = [], sorted({width, *(Fraction(j, 3) for j in range(4))})
    for strip in product(pairwise(stops), repeat=2):
        forms = []
        for axis, (low, high) in enumerate(strip):
            forms += [form_on(axis, low, high, corner) for corner in turns(ZERO, 3, ONE)]
        waiting = [rectangle(strip)]
        while waiting:
            polygon = waiting.pop()
            try:
                targets = [node for node, _ in value]
                values = evaluate(nodes, targets, dict(enumerate(forms)), added_forms, unit_on(polygon))
            except Cut as cut:
                (line,) = cut.args
                waiting += [half(polygon, line), half(polygon, negated(line))]
            else:
                h = added_forms([(form, weight) for form, (_, weight) in zip(values, value)], ZERO)
                found.append((polygon, h))
    return found


def rectangle(strip):
    (a, b), (c, d) = strip
    return Polygon([(ONE, ZERO, -a), (-ONE, ZERO, b), (ZERO, ONE, -c), (ZERO, -ONE, d)])


def form_on(axis, low, high, function):
    """Return the form in (u, v) of a function of one of them that is affine between two places."""
    start, end = value_at(function, low), value_at(function, high)
    slope = (end - start) / (high - low)
    return (ZERO if axis else slope, slope if axis else ZERO, start - slope * low)


def added_forms(terms, bias):
    return tuple(sum((weight * form[e] for form, weight in terms), bias if e == 2 else ZERO) for e in range(3))


def unit_on(polygon):
    def unit(form):
        if crosses(polygon, form):
            raise Cut(form)
        return form if hull(polygon, form)[1] > 0 else FLAT

    return unit


def moved_piece(piece, index, factor):
    """Return the piece of factor · f(z − index) for one of f."""
    corners, sides, form = piece
    return (
        {(x + index[0], y + index[1]) for x, y in corners},
        [moved(side, 0, index) for side in sides],
        tuple(factor * entry for entry in moved(form, 0, index)),
    )


def prove_zero(pieces):
    """Require that functions, each given on a polygon and zero outside, add up to 0 on the plane."""
    waiting = [(quadrant(x, y), pieces) for x, y in product((1, -1), repeat=2)]
    while waiting:
        polygon, near = waiting.pop()
        near = [piece for piece in near if not is_apart(polygon, piece[1])]
        line = middle_line(polygon, near) if len(near) > 6 else None
        if line is None:
            compare_target([piece[1:] for piece in near], polygon, FLAT)
        else:
            waiting += [(half(polygon, line), near), (half(polygon, negated(line)), near)]


def middle_line(polygon, pieces):
    """Return a line that cuts the polygon, vertical or horizontal, in the middle of the corners; None if none does."""
    best = None
    for axis in (0, 1):
        lines = [((ONE, ZERO, -p[0]), (ZERO, ONE, -p[1]))[axis] for corners, _, _ in pieces for p in corners]
        lines = sorted((line for line in lines if crosses(polygon, line)), key=lambda line: line[2])
        if lines and (best is None or len(lines) > best[0]):
            best = len(lines), lines[len(lines) // 2]
    return best and best[1]


# --- (d) rows at the start


def prove_start(nodes, term, cascade, n, highest, nowhere_negative):
    start = Start(nodes, cascade)
    cells = [term.cells(line) for line in cascade.lines]
    for row, (*cell, sign) in zip(cascade.rows[0], cascade.states):
        ends = start.ends(row)
        strips = []
        for axis in (0, 1):
            stops = {cell[axis], cell[axis] + 1, cells[axis].start, cells[axis].stop}
            stops = {term.origin[axis] + t for t in stops}
            stops.update(t for k in ends if start.axis[k] == axis for t in kink_places(start.functions[k]))
            strips.append(list(pairwise([None, *sorted(stops), None])))
        for strip in product(*strips):
            found = start.row_on(row, ends, strip, (ZERO, ZERO) if nowhere_negative else (None, ZERO))
            prove(found == {}, "a row is not 0 where h <= 0")
            if any(
                None in strip[e] or not lies_in(strip[e], term.origin[e] + cells[e].start, len(cells[e]))
                or 2**n * (strip[e][1] - term.origin[e]) <= floor(2**n * (strip[e][0] - term.origin[e])) + term.width
                for e in (0, 1)
            ):
                continue
            right = sign >= 0 and all(lies_in(strip[e], term.origin[e] + cell[e], 1) for e in (0, 1))
            found = start.row_on(row, ends, strip, (ZERO, highest))
            prove(found == ({H: ONE} if right else {}), "a row at the start")


def lies_in(interval, start, length):
    return start <= interval[0] and interval[1] <= start + length


class Start:
    """The nodes before the rows of a cascade at interface 0: ``functions`` of one coordinate, and those of `value`."""

    def __init__(self, nodes, cascade):
        self.nodes = nodes
        places = first_places([node for node, _ in cascade.value], range(len(cascade.value)))
        self.value = {node: {(VALUE, place): ONE} for node, place in places.items()}
        first = next((place for place, (_, weight) in enumerate(cascade.value) if weight), None)
        if first is not None:
            others = [(self.value[node], -w) for place, (node, w) in enumerate(cascade.value) if place != first]
            node, weight = cascade.value[first]
            solved = combined([({H: ONE}, ONE), *others], ZERO)
            self.value = self.value | {node: combined([(solved, 1 / weight)], ZERO)}
        self.find_functions(cascade.rows[0])

    def find_functions(self, rows):
        """Find the x-nodes and y-nodes, and the functions that they are."""
        behind = {0: {0}, 1: {1}} | {node: {VALUE} for node in self.value}
        self.functions, self.axis = {}, {}
        for k in sorted({0, 1, *between(self.nodes, rows, {0, 1, *self.value})}):
            sources = self.sources(k)
            if k not in behind:
                behind[k] = set().union(*(behind[source] for source in sources))
            if behind[k] not in (set(), {0}, {1}):
                continue
            self.axis[k] = 1 if behind[k] == {1} else 0
            if k < 2:
                self.functions[k] = LINE
            elif isinstance(self.nodes[k], int):
                self.functions[k] = positive(self.functions[sources[0]])
            else:
                terms, bias = self.nodes[k]
                self.functions[k] = added([(self.functions[j], weight) for j, weight in terms.items()], bias)

    def sources(self, k):
        """Return the nodes that a node is made of."""
        node = self.nodes[k]
        return [] if node is None else [node] if isinstance(node, int) else list(node[0])

    def ends(self, row):
        """Return the x-nodes and y-nodes that are met first on the paths backwards from a row."""
        ends, waiting, seen = set(), [row], set()
        while waiting:
            k = waiting.pop()
            if k in seen or k in self.value:
                continue
            seen.add(k)
            if k in self.functions:
                ends.add(k)
            else:
                waiting += self.sources(k)
        return ends

    def row_on(self, row, ends, strip, heights):
        """Return a row as a combination on a rectangle, h being in a range (if this is 0, it is the constant 0)."""
        known = {k: linear_on(self.functions[k], *strip[self.axis[k]], (X, Y)[self.axis[k]]) for k in ends}
        for node, value in self.value.items():
            known[node] = {key: entry for key, entry in value.items() if key != H or heights != (ZERO, ZERO)}

        def unit(e):
            whole = (None, None)
            low, high = sum_of_ranges((e.get(CONSTANT, ZERO),) * 2, *(
                scaled({X: strip[0], Y: strip[1], H: heights}.get(key, whole), entry)
                for key, entry in e.items() if key != CONSTANT
            ))
            if low is not None and low >= 0:
                return e
            prove(high is not None and high <= 0, "a unit at the start has not one sign")
            return {}

        return evaluate(self.nodes, [row], known, combined, unit)[0]


def linear_on(function, low, high, key):
    """Return a function that is affine between two places as a combination."""
    start = low if low is not None else high - 1
    end = high if high is not None else start + 1
    slope = (value_at(function, end) - value_at(function, start)) / (end - start)
    return combined([({key: ONE}, slope)], value_at(function, start) - slope * start)
