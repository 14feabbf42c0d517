"""A second checker of certificates, written from docs/certificate-1.md alone: slow, plain, and in another style.

Everything is a `Fraction`; a polygon is a list of half-planes, and what is needed of it (vertices, rays) is computed
from them; every leaf is looked at on its own, nothing is inherited; V^n g is compared by clipping the leaf with one
triangle of one translate after the other. Evidence by induction is in `second_induction` and `second_atoms`.
`judge(path)` answers "valid", "invalid" or "unreadable".
"""

import gzip
import json
import re
import sys
import zlib
from fractions import Fraction
from itertools import combinations

LARGEST = 10**100_000


class Unreadable(Exception):
    """Raised for a file that has not the form of section 1 to 5, or whose problem is not well posed."""


class Unproved(Exception):
    """Raised for a certificate that does not prove its claim."""


def judge(path):
    """Return "valid", "invalid" or "unreadable" for the certificate in a file."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return judge_value(load(path))
    except Unreadable:
        return "unreadable"
    finally:
        sys.set_int_max_str_digits(limit)


def judge_value(certificate):
    """Return "valid" or "invalid" for the JSON value of a certificate; raises `Unreadable`."""
    problem, n, network, claim, evidence = parse(certificate)
    try:
        if claim is None:
            prove_equality(problem, n, network, *evidence)
        else:
            prove_difference(problem, n, network, *claim)
    except Unproved:
        return "invalid"
    return "valid"


# --- sections 1 to 5: the form of the file


def need(condition, message):
    if not condition:
        raise Unreadable(message)


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    try:
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        return json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_float=lambda text: Unfit)
    except (ValueError, OSError, EOFError, zlib.error, RecursionError) as error:
        raise Unreadable(str(error)) from None


class Unfit:
    """What stands for a JSON float: no rational."""


def unique(pairs):
    need(len({key for key, _ in pairs}) == len(pairs), "a key twice")
    return dict(pairs)


def is_index(value):
    return isinstance(value, int) and not isinstance(value, bool)


def rational(value):
    if isinstance(value, str):
        need(len(value) <= 100_000, "numeral too long")
        need(re.fullmatch("-?[0-9]+(/[0-9]+|[.][0-9]+)?", value), f"not a rational: {value:.50}")
        need("/" not in value or value.split("/")[1].strip("0"), "zero denominator")
        return Fraction(value)
    need(is_index(value) and abs(value) < LARGEST, "not a rational")
    return Fraction(value)


def shape(value, *keys, maybe=()):
    need(isinstance(value, dict) and set(keys) <= set(value) <= {*keys, *maybe}, f"expected the keys {keys}")
    return value


def items(value, size=None):
    need(isinstance(value, list) and size in (None, len(value)), f"expected an array, size {size}")
    return value


def reference(value, bound):
    need(is_index(value) and 0 <= value < bound, "index out of range")
    return value


def parse(certificate):
    shape(certificate, "format", "problem", "n", "network", "claim", "evidence")
    need(certificate["format"] == "exactrelu-certificate/1", "version")
    n, claim, evidence = certificate["n"], certificate["claim"], certificate["evidence"]
    need(is_index(n) and 0 <= n <= 100_000, "level")
    need(isinstance(claim, dict) and isinstance(evidence, dict), "objects")
    if claim.get("kind") == "equal":
        shape(claim, "kind")
        if evidence.get("kind") == "induction":
            from second_induction import parse_induction  # it builds on this module

            network = parse_network(certificate["network"])
            evidence = parse_induction(evidence, n, len(network[0]))
            return parse_problem(certificate["problem"]), n, network, None, evidence
        if evidence.get("kind") == "atoms":
            from second_atoms import parse_atoms  # it builds on this module

            network = parse_network(certificate["network"])
            evidence = parse_atoms(evidence, n, len(network[0]))
            return parse_problem(certificate["problem"]), n, network, None, (evidence,)
        shape(evidence, "kind", "lines", "tree")
        need(evidence["kind"] == "enumeration", "kind of evidence")
        lines = [tuple(rational(entry) for entry in items(line, 3)) for line in items(evidence["lines"])]
        need(all(line[:2] != (0, 0) and {entry.denominator for entry in line} == {1} for line in lines), "lines")
        tree = items(evidence["tree"])
        need(all(is_index(entry) and -1 <= entry < len(lines) for entry in tree), "tree")
        claim, evidence = None, (lines, tree)
    else:
        need(shape(claim, "kind", "point", "network", "target")["kind"] == "differs", "kind of claim")
        need(shape(evidence, "kind")["kind"] == "point", "kind of evidence")
        point = tuple(rational(entry) for entry in items(claim["point"], 2))
        claim = (point, rational(claim["network"]), rational(claim["target"]))
    return parse_problem(certificate["problem"]), n, parse_network(certificate["network"]), claim, evidence


def parse_problem(problem):
    shape(problem, "format", "name", "mask", "seed", maybe=["window"])
    need(problem["format"] == "exactrelu-problem/1" and isinstance(problem["name"], str), "problem")
    need(isinstance(problem["mask"], dict), "mask")
    mask = {}
    for key, entry in problem["mask"].items():
        need(re.fullmatch("-?[0-9]{1,30},-?[0-9]{1,30}", key), "index")
        index = tuple(map(int, key.split(",")))
        need(index not in mask, "index twice")
        mask[index] = rational(entry)
    mask = {index: entry for index, entry in mask.items() if entry}
    need(mask, "mask of zeros")
    seed = shape(problem["seed"], "vertices", "triangles", "values")
    vertices = [tuple(rational(entry) for entry in items(vertex, 2)) for vertex in items(seed["vertices"])]
    values = [rational(value) for value in items(seed["values"], len(vertices))]
    triangles = [[reference(j, len(vertices)) for j in items(t, 3)] for t in items(seed["triangles"])]
    corners = {vertices[j] for triangle in triangles for j in triangle}
    need(all(vertex in corners for vertex, value in zip(vertices, values) if value), "value of no triangle")
    seed = [seed_piece([vertices[j] for j in triangle], [values[j] for j in triangle]) for triangle in triangles]
    check_seed(seed)
    return mask, seed


def parse_network(network):
    shape(network, "format", "inputs", "nodes", "outputs", maybe=["marks"])
    need(network["format"] == "exactrelu-network/1" and is_index(network["inputs"]), "network")
    need(network["inputs"] == 2, "inputs")
    nodes = [None, None]
    for node in items(network["nodes"]):
        need(isinstance(node, dict), "node")
        if node.get("op") == "relu":
            nodes.append(reference(shape(node, "op", "of")["of"], len(nodes)))
        else:
            need(shape(node, "op", "terms", "bias")["op"] == "affine", "op")
            terms = {}
            for term in items(node["terms"]):
                source = reference(items(term, 2)[0], len(nodes))
                need(source not in terms, "term twice")
                terms[source] = rational(term[1])
            nodes.append(({source: weight for source, weight in terms.items() if weight}, rational(node["bias"])))
    return nodes, reference(items(network["outputs"], 1)[0], len(nodes))


# --- polygons: lists of half-planes a x + b y + c >= 0


def at(form, point):
    """The value of a form at a point (x, y)."""
    return form[0] * point[0] + form[1] * point[1] + form[2]


def negated(form):
    return tuple(-entry for entry in form)


class Polygon:
    """An intersection of half-planes that contains no line, with vertices and the directions of extreme rays."""

    def __init__(self, sides):
        self.corners, self.rays = set(), set()
        for (a, b, c), (d, e, f) in combinations(sides, 2):
            det = a * e - b * d
            if det:
                point = ((b * f - c * e) / det, (c * d - a * f) / det)
                if point not in self.corners and all(at(side, point) >= 0 for side in sides):
                    self.corners.add(point)
        for a, b, _ in sides:
            for ray in ((b, -a), (-b, a)):
                if all(side[0] * ray[0] + side[1] * ray[1] >= 0 for side in sides):
                    size = abs(ray[0]) + abs(ray[1])
                    self.rays.add((ray[0] / size, ray[1] / size))
        # half-planes that touch the polygon in a vertex only, or not at all, are idle
        self.sides = [
            side for side in sides
            if sum(at(side, corner) == 0 for corner in self.corners)
            + sum(side[0] * x + side[1] * y == 0 for x, y in self.rays) > 1
        ]


def hull(polygon, form):
    """Return the range of a form over a polygon as (low, high), None standing for an infinite end."""
    if not form[0] and not form[1]:
        return form[2], form[2]
    values = [at(form, corner) for corner in polygon.corners]
    slopes = [form[0] * ray[0] + form[1] * ray[1] for ray in polygon.rays]
    return (None if any(s < 0 for s in slopes) else min(values), None if any(s > 0 for s in slopes) else max(values))


def crosses(polygon, form):
    """Return whether the form takes both strict signs on the polygon."""
    low, high = hull(polygon, form)
    return (low is None or low < 0) and (high is None or high > 0)


def half(polygon, form):
    """Return the part of the polygon where the form is >= 0."""
    return Polygon([*polygon.sides, form])


ONE, ZERO = Fraction(1), Fraction(0)
FLAT = (ZERO, ZERO, ZERO)


def quadrant(x, y):
    return Polygon([(Fraction(x), ZERO, ZERO), (ZERO, Fraction(y), ZERO)])


# --- section 2: the seed and V^n g


def seed_piece(corners, values):
    """Return (corners, sides, form) of a triangle; sides are forms >= 0 inside."""
    sides = []
    for k in range(3):
        (x0, y0), (x1, y1), third = corners[k], corners[k - 1], corners[k - 2]
        side = (y0 - y1, x1 - x0, x0 * y1 - x1 * y0)
        height = at(side, third)
        need(height, "degenerate triangle")
        sides.append(tuple(entry / height for entry in side))  # the barycentric coordinate of the third corner
    form = tuple(sum(values[k - 2] * sides[k][e] for k in range(3)) for e in range(3))
    return corners, tuple(sides), form


def check_seed(seed):
    """Require that the triangles do not overlap, and that the function is continuous."""
    for (_, sides, _), (_, others, _) in combinations(seed, 2):
        polygon = Polygon(sides)
        for side in others:
            if polygon is not None:
                polygon = half(polygon, side) if hull(polygon, side)[1] > 0 else None
        need(polygon is None, "overlap")
    for corners, _, _ in seed:
        for start, end in combinations(corners, 2):
            check_edge(seed, start, end)


def check_edge(seed, start, end):
    """Require that the function does not jump across the edge from ``start`` to ``end``, between all corners on it."""
    line = (start[1] - end[1], end[0] - start[0], start[0] * end[1] - end[0] * start[1])
    axis = 0 if start[0] != end[0] else 1
    low, high = sorted((start, end), key=lambda point: point[axis])
    stops = {corner for corners, _, _ in seed for corner in corners if at(line, corner) == 0}
    stops = sorted((s for s in stops if low[axis] <= s[axis] <= high[axis]), key=lambda point: point[axis])
    for one, other in zip(stops, stops[1:]):
        middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        sides = {1: FLAT, -1: FLAT}
        for corners, edges, form in seed:
            values = [at(line, corner) for corner in corners]
            if all(at(edge, middle) >= 0 for edge in edges) and (min(values) >= 0 or max(values) <= 0):
                sides[1 if max(values) > 0 else -1] = form
        for point in (one, other):
            need(at(sides[1], point) == at(sides[-1], point), "jump")


def iterate(mask, n):
    """Return the coefficients of V^n, from V^(m+1) g(z) = sum of c_i V^m g(2z - i)."""
    coefficients = {(0, 0): ONE}
    for m in range(n):
        larger = {}
        for (p, q), outer in mask.items():
            for (j, k), inner in coefficients.items():
                index = (2**m * p + j, 2**m * q + k)
                larger[index] = larger.get(index, ZERO) + outer * inner
        coefficients = larger
    return {index: entry for index, entry in coefficients.items() if entry}


def moved(form, n, index):
    """Return the form of  f(2^n z - index)  from that of f."""
    return (2**n * form[0], 2**n * form[1], form[2] - form[0] * index[0] - form[1] * index[1])


def is_apart(polygon, sides):
    """Return whether one of the forms is nowhere > 0 on the polygon."""
    return any(high is not None and high <= 0 for _, high in (hull(polygon, side) for side in sides))


def compare_target(pieces, polygon, form):
    """Require that the sum of ``pieces`` (sides, form), each zero outside of its sides, is ``form`` on the polygon."""
    stack = [(polygon, FLAT, 0)]
    while stack:
        polygon, total, k = stack.pop()
        while k < len(pieces) and is_apart(polygon, pieces[k][0]):
            k += 1
        if k == len(pieces):
            if total != tuple(form):
                raise Unproved("another form")
            continue
        crossing = [side for side in pieces[k][0] if crosses(polygon, side)]
        if crossing:
            stack += [(half(polygon, crossing[0]), total, k), (half(polygon, negated(crossing[0])), total, k)]
        else:
            stack.append((polygon, tuple(map(sum, zip(total, pieces[k][1]))), k + 1))


# --- functions of one coordinate: (slope at the left end, [(t, value)] with at least one t, slope at the right end)


def value_at(function, t):
    left, knots, right = function
    if t <= knots[0][0]:
        return knots[0][1] + left * (t - knots[0][0])
    for (s, u), (e, v) in zip(knots, knots[1:]):
        if t <= e:
            return u + (v - u) * (t - s) / (e - s)
    return knots[-1][1] + right * (t - knots[-1][0])


def on_knots(functions):
    return sorted({t for _, knots, _ in functions for t, _ in knots}) or [ZERO]


def added(terms, bias):
    functions = [function for function, _ in terms]
    knots = [(t, bias + sum(w * value_at(f, t) for f, w in terms)) for t in on_knots(functions)]
    return sum(w * f[0] for f, w in terms), knots, sum(w * f[2] for f, w in terms)


def positive(function):
    left, knots, right = function
    roots = set()
    for (s, u), (e, v) in zip(knots, knots[1:]):
        if u * v < 0:
            roots.add(s + (e - s) * u / (u - v))
    if left * knots[0][1] > 0:
        roots.add(knots[0][0] - knots[0][1] / left)
    if right * knots[-1][1] < 0:
        roots.add(knots[-1][0] - knots[-1][1] / right)
    points = [(t, max(value_at(function, t), ZERO)) for t in sorted(roots | {t for t, _ in knots})]
    # beyond the last knots the function keeps its sign, that of the slope unless it is constant
    return min(left, ZERO), points, max(right, ZERO)


def kinks(function, low, high):
    """Return the t strictly between two ends (None: infinite) at which the slope changes."""
    left, knots, right = function
    slopes = [left, *((v - u) / (e - s) for (s, u), (e, v) in zip(knots, knots[1:])), right]
    inside = [
        t for (t, _), before, after in zip(knots, slopes, slopes[1:])
        if before != after and (low is None or low < t) and (high is None or t < high)
    ]
    return inside


# --- section 6


class Enclosures:
    """The enclosures (form, low, high) of all parts and nodes on one polygon; parts have the keys ("x" or "y", …)."""

    def __init__(self, network, polygon):
        self.nodes, self.output = network.nodes, network.output
        self.network, self.polygon = network, polygon
        self.known = {}
        for k in network.order:
            self.known[k] = self.part(k) if k in network.parts else self.node(k)

    def is_open(self, k):
        return self.known[k][1:] != (ZERO, ZERO)

    def part(self, k):
        function, axis = self.network.parts[k], 0 if k[0] == "x" else 1
        coordinate = (ONE, ZERO, ZERO) if axis == 0 else (ZERO, ONE, ZERO)
        low, high = hull(self.polygon, coordinate)
        inside = kinks(function, low, high)
        if not inside:
            start = low if low is not None else high - 1 if high is not None else ZERO
            end = high if high is not None else start + 1
            slope = (value_at(function, end) - value_at(function, start)) / (end - start)
            form = [ZERO, ZERO, value_at(function, start) - slope * start]
            form[axis] = slope
            return tuple(form), ZERO, ZERO
        values = [value_at(function, t) for t in (*inside, low, high) if t is not None]
        return (
            FLAT,
            None if (low is None and function[0] > 0) or (high is None and function[2] < 0) else min(values),
            None if (low is None and function[0] < 0) or (high is None and function[2] > 0) else max(values),
        )

    def node(self, k):
        if isinstance(self.nodes[k], int):
            form, low, high = self.known[self.nodes[k]]
            least, most = hull(self.polygon, form)
            least = None if least is None or low is None else least + low
            most = None if most is None or high is None else most + high
            if most is not None and most <= 0:
                return FLAT, ZERO, ZERO
            if least is not None and least >= 0:
                return form, low, high
            return FLAT, ZERO, most
        terms, bias = self.network.terms[k]
        form, low, high = (ZERO, ZERO, bias), ZERO, ZERO
        for source, weight in terms.items():
            inner, down, up = self.known[source]
            if weight < 0:
                down, up = up, down
            form = tuple(old + weight * new for old, new in zip(form, inner))
            low = None if low is None or down is None else low + weight * down
            high = None if high is None or up is None else high + weight * up
        return form, low, high

    def expression(self, terms, bias):
        """Return (form, {open node or part: weight}) of a sum."""
        form, weights = (ZERO, ZERO, bias), {}
        for source, weight in terms.items():
            if self.is_open(source):
                weights[source] = weight
            else:
                form = tuple(old + weight * new for old, new in zip(form, self.known[source][0]))
        return form, weights

    def form(self):
        """Return the form of the output; raises `Unproved` if it does not count as affine."""
        if not self.is_open(self.output):
            return self.known[self.output][0]
        weights, form, notes = {self.output: ONE}, FLAT, {}
        for k in reversed(self.network.order):
            weight = weights.get(k, ZERO)
            if not weight or not self.is_open(k):
                continue
            if k in self.network.parts:
                raise Unproved("a part is left over")
            if isinstance(self.nodes[k], int):
                inner, factor = {self.nodes[k]: ONE}, weight / 2
                key, size = self.direction(self.nodes[k])
                notes[key] = notes.get(key, ZERO) + factor * size
                constant, opened = self.expression(inner, ZERO)
            else:
                factor = weight
                constant, opened = self.expression(*self.network.terms[k])
            form = tuple(old + factor * new for old, new in zip(form, constant))
            for source, inner in opened.items():
                weights[source] = weights.get(source, ZERO) + factor * inner
        if any(notes.values()):
            raise Unproved("units do not cancel")
        return form

    def direction(self, k):
        """Return (key, size): the expression of node k is ± size times one that depends on the key alone."""
        if not self.is_open(k):
            form, weights = self.known[k][0], {}
        elif isinstance(self.nodes[k], int):
            form, weights = FLAT, {k: ONE}
        else:
            form, weights = self.expression(*self.network.terms[k])
        entries = [(str(source), weight) for source, weight in sorted(weights.items(), key=str)]
        entries += list(zip("xy1", form))
        size = next(entry for _, entry in entries if entry)
        return tuple((name, entry / size) for name, entry in entries), abs(size)


class Prepared:
    """The network of section 6: the ``order`` of parts and nodes, ``parts`` as functions, rewritten ``terms``."""

    def __init__(self, nodes, output):
        self.nodes, self.output = nodes, output
        self.depends, self.functions = [{"x"}, {"y"}], [(ONE, [(ZERO, ZERO)], ONE)] * 2
        self.order, self.parts, self.terms = [], {}, {}
        for k, node in enumerate(nodes[2:], 2):
            sources = [node] if isinstance(node, int) else node[0]
            self.depends.append(set().union(*(self.depends[source] for source in sources)))
            if len(self.depends[k]) < 2:
                self.functions.append(
                    positive(self.functions[node]) if isinstance(node, int)
                    else added([(self.functions[source], weight) for source, weight in node[0].items()], node[1])
                )
                continue
            self.functions.append(None)
            if not isinstance(node, int):
                self.terms[k] = (self.rewritten(node[0]), node[1])
            self.order.append(k)
        if len(self.depends[output]) < 2:
            ((self.output, _),) = self.rewritten({output: ONE}).items()

    def rewritten(self, terms):
        result = {source: weight for source, weight in terms.items() if len(self.depends[source]) == 2}
        for letter, kinds in (("x", ({"x"}, set())), ("y", ({"y"},))):
            group = sorted((source, weight) for source, weight in terms.items() if self.depends[source] in kinds)
            if group:
                factor = group[0][1]
                key = (letter, *((source, weight / factor) for source, weight in group))
                if key not in self.parts:
                    self.parts[key] = added([(self.functions[j], weight / factor) for j, weight in group], ZERO)
                    self.order.append(key)
                result[key] = factor
        return result


# --- the kinds of proof


def prove_equality(problem, n, network, *evidence):
    if len(evidence) == 3:
        from second_induction import prove_induction  # it builds on this module

        prove_induction(problem, n, network, *evidence)
    elif len(evidence) == 1:
        from second_atoms import prove_atoms  # it builds on this module

        prove_atoms(problem, n, network, *evidence)
    else:
        prove_enumeration(problem, n, network, *evidence)


def prove_enumeration(problem, n, network, lines, tree):
    mask, seed = problem
    pieces = [
        (tuple(moved(side, n, index) for side in sides), tuple(entry * value for value in moved(form, n, index)))
        for index, entry in iterate(mask, n).items()
        for _, sides, form in seed
        if any(form)
    ]
    prepared, entries = Prepared(*network), iter(tree)

    def follow(polygon):
        entry = next(entries, None)
        if entry is None:
            raise Unproved("the tree ends early")
        if entry < 0:
            near = [piece for piece in pieces if not is_apart(polygon, piece[0])]
            compare_target(near, polygon, Enclosures(prepared, polygon).form())
            return []
        if not crosses(polygon, lines[entry]):
            raise Unproved("a line does not cut")
        return [half(polygon, negated(lines[entry])), half(polygon, lines[entry])]

    waiting = [quadrant(1, 1), quadrant(1, -1), quadrant(-1, 1), quadrant(-1, -1)]
    while waiting:
        waiting += reversed(follow(waiting.pop()))
    if next(entries, None) is not None:
        raise Unproved("the tree goes on")


def prove_difference(problem, n, network, point, value, wanted):
    mask, seed = problem
    nodes, output = network
    values = list(point)
    for node in nodes[2:]:
        if isinstance(node, int):
            values.append(max(ZERO, values[node]))
        else:
            values.append(node[1] + sum(weight * values[source] for source, weight in node[0].items()))
    corners = [corner for corners, _, form in seed if any(form) for corner in corners]
    box = [(min(side), max(side)) for side in zip(*corners, *mask)]

    def step(points):
        """Turn {z: weight} for a sum of weight * V^m g(z) into the same for V^(m-1); V^m g is 0 outside of the box."""
        finer = {}
        for z, weight in points.items():
            for index, entry in mask.items():
                w = (2 * z[0] - index[0], 2 * z[1] - index[1])
                if all(low <= t <= high for t, (low, high) in zip(w, box)):
                    finer[w] = finer.get(w, ZERO) + weight * entry
        return finer

    points = {point: ONE}
    for _ in range(n):
        points = step(points)
    target = sum(weight * seed_value(seed, z) for z, weight in points.items())
    if (values[output], target) != (value, wanted) or value == wanted:
        raise Unproved("the values are not these")


def seed_value(seed, point):
    return next((at(form, point) for _, sides, form in seed if all(at(side, point) >= 0 for side in sides)), ZERO)
