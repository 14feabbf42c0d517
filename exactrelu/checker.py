"""The independent checker of exactrelu certificates: this one file, the standard library, and nothing else.

    python -I exactrelu/checker.py CERTIFICATE

answers whether the certificate proves the statement that stands in it: a problem (mask and seed g), a level n, a ReLU
network in full, and the claim that the network equals V^n g on all of R^2, or that it differs from it at a point. The
format, the rules of proof and the reasons why they are sound are in docs/certificate.md; the sections below follow it.
Exit codes: 0 valid, 1 invalid (the file does not prove its claim), 2 the file cannot be read, 3 interrupted.

All arithmetic is exact. A point of the plane is a triple of integers (X, Y, W), W >= 0: the point (X/W, Y/W), or for
W = 0 the end of the rays in direction (X, Y). A form (a, b, c) is a x + b y + c; at a point it has the value
a X + b Y + c W, at an ideal point thus its slope along the ray. Forms of network nodes are integers over one
denominator for each node, the same for the whole plane.
"""

import gzip
import json
import re
import sys
import zlib
from bisect import bisect_left, bisect_right
from fractions import Fraction
from itertools import chain, pairwise
from math import gcd, lcm
from typing import NamedTuple

FORMAT = "exactrelu-certificate/1"

MAX_BYTES = 1 << 28
"""The longest file that is read, before and after decompression."""
MAX_DIGITS = 100_000
"""The longest numeral, in characters."""
MAX_LEVEL = 100_000
"""The largest n."""
MAX_BITS = 1 << 33
"""The largest total size in bits of the numbers that follow from the statement, before the evidence is looked at."""
NUMBER_BITS = 512
"""What a number takes besides its digits, for the count of bits."""
MAX_SHIFTS = 1 << 22
"""The largest number of integer translates of the seed that are added up."""
MAX_PRODUCTS = 1 << 24
"""The largest number of products of coefficients in one step from V^m to V^(m+1)."""
MAX_PAIRS = 1 << 26
"""The largest number of pairs of triangles of the seed that lie over a common point of the x-axis."""


class Malformed(Exception):
    """Raised when the file cannot be read as a certificate, or lies beyond the limits above."""


class Invalid(Exception):
    """Raised when the certificate does not prove its claim."""


class Answer(NamedTuple):
    """``valid``: True, False, or None when the file cannot be read; what it states; why it is not valid, or None."""

    valid: bool | None
    statement: str | None
    reason: str | None


def check_file(path):
    """Return the `Answer` for the certificate file at ``path``; raises nothing but `KeyboardInterrupt`."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # safe: numerals are measured before they are converted, and shortened when shown
    statement = None
    try:
        certificate = read_certificate(path)
        statement = certificate.statement()
        certificate.check()
    except Invalid as error:
        return Answer(False, statement, str(error))
    except Malformed as error:
        return Answer(None, None, str(error))
    except MemoryError:
        return Answer(None, None, "there is not enough memory to check this file")
    finally:
        sys.set_int_max_str_digits(limit)
    return Answer(True, statement, None)


class Budget:
    """Counts the bits of the numbers derived from the statement, so that no short file asks for endless memory."""

    def __init__(self):
        self.left = MAX_BITS

    def spend(self, *numbers):
        """Count the integers ``numbers``; raises `Malformed` when the total passes the limit."""
        self.left -= sum(map(int.bit_length, numbers)) + NUMBER_BITS * len(numbers)
        if self.left < 0:
            raise Malformed(f"the numbers that the statement leads to take more than {MAX_BITS} bits")

    def spend_curve(self, curve, work):
        """Count the numbers of a `Curve`, for which ``work`` kinks were handled."""
        self.left -= NUMBER_BITS * work
        self.spend(*chain.from_iterable(curve.pieces))
        self.spend(*(part for kink in curve.kinks for part in kink.as_integer_ratio()))


# ---------------------------------------------------------------------------------------------- reading (section 1)


class Unfit:
    """A JSON float, NaN or Infinity: no field of the format admits one."""

    def __init__(self, text):
        self.text = text


def read_json(path):
    """Return the JSON value in the file, plain or gzip, with floats as `Unfit`; raises `Malformed`."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
            if data[:2] == b"\x1f\x8b":
                file.seek(0)
                with gzip.GzipFile(fileobj=file) as unpacked:
                    data = unpacked.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Malformed(f"the file is longer than {MAX_BYTES} bytes")
        return json.loads(
            data.decode("utf-8"),
            parse_int=_json_integer, parse_float=Unfit, parse_constant=Unfit, object_pairs_hook=_json_object,
        )
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise Malformed(f"the file is not readable JSON: {error}") from None
    except RecursionError:
        raise Malformed("the JSON is nested too deeply") from None


def _json_integer(text):
    if len(text) > MAX_DIGITS:
        raise Malformed(f"a number has more than {MAX_DIGITS} digits")
    return int(text)


def _json_object(pairs):
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Malformed("a key occurs twice in one object: " + ", ".join(short(key) for key, _ in pairs))
    return result


def short(value):
    """Return ``value`` as ASCII text of at most 60 characters."""
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"
    text = ascii(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def fields(value, where, required, optional=()):
    """Return ``value`` if it is an object with all ``required`` keys and none beyond the ``optional`` ones."""
    if not isinstance(value, dict):
        raise Malformed(f"{where}: expected an object")
    for key in required:
        if key not in value:
            raise Malformed(f"{where}: the key {short(key)} is missing")
    for key in value:
        if key not in required and key not in optional:
            raise Malformed(f"{where}: unknown key {short(key)}")
    return value


def array(value, where, length=None):
    """Return ``value`` if it is an array, of ``length`` entries if given."""
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise Malformed(f"{where}: expected an array" + (f" of {length}" if length is not None else ""))
    return value


def integer(value, where, low, high):
    """Return ``value`` if it is an integer from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Malformed(f"{where}: expected an integer from {low} to {high}")
    return value


NUMERAL = re.compile(r"(-?[0-9]+)(?:/([0-9]+)|\.([0-9]+))?", re.ASCII)


def number(value, where):
    """Return the rational that an integer or the text "p", "p/q" or "0.125" stands for."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    match = NUMERAL.fullmatch(value) if isinstance(value, str) and len(value) <= MAX_DIGITS else None
    if match is None:
        shown = short(value.text if isinstance(value, Unfit) else value)
        raise Malformed(f'{where}: expected a rational such as 3, "-7/16" or "0.125", got {shown}')
    numerator, denominator, decimals = match.groups()
    if decimals is not None:
        return Fraction(int(numerator + decimals), 10 ** len(decimals))
    if denominator is not None and not int(denominator):
        raise Malformed(f"{where}: the denominator is zero")
    return Fraction(int(numerator), int(denominator or 1))


def shared_denominator(rationals):
    """Return (integers, denominator): the rationals over their least common denominator."""
    denominator = lcm(*(value.denominator for value in rationals))
    return [value.numerator * (denominator // value.denominator) for value in rationals], denominator


# ------------------------------------------------------------------------------------------ the problem (section 2)


class Piece(NamedTuple):
    """A triangle on which the seed is not zero: corners (X, Y), forms of its edges (>= 0 inside), form of the seed."""

    corners: tuple
    edges: tuple
    form: tuple


class Seed(NamedTuple):
    """The seed g: `Piece`s with integer corners over ``scale``, forms over ``denominator``, and a bounding box."""

    scale: int
    denominator: int
    pieces: tuple
    box: tuple


MASK_INDEX = re.compile(r"(-?[0-9]{1,30}),(-?[0-9]{1,30})", re.ASCII)


def read_problem(value):
    """Return (name, mask, seed), the mask as a dictionary of rationals that are not zero."""
    fields(value, "problem", ("format", "name", "mask", "seed"), ("window",))
    if value["format"] != "exactrelu-problem/1":
        raise Malformed('problem: expected "format": "exactrelu-problem/1"')
    if not isinstance(value["name"], str):
        raise Malformed("problem: expected a text as name")
    mask = read_mask(value["mask"])
    seed = read_seed(value["seed"])
    if "window" in value:
        check_window(value["window"], mask, seed)
    return value["name"], mask, seed


def read_mask(value):
    """Return the mask as a dictionary from index pairs to non-zero rationals."""
    mask = {}
    if not isinstance(value, dict):
        raise Malformed("mask: expected an object")
    for key, entry in value.items():
        match = MASK_INDEX.fullmatch(key)
        if match is None:
            raise Malformed(f"mask: {short(key)} is not an index such as \"0,-1\"")
        index = (int(match[1]), int(match[2]))
        if index in mask:
            raise Malformed(f"mask: the index {index} occurs twice")
        mask[index] = number(entry, f"mask {key}")
    mask = {index: entry for index, entry in mask.items() if entry}
    if not mask:
        raise Malformed("mask: no coefficient differs from zero")
    return mask


def check_window(value, mask, seed):
    """Raise `Malformed` unless ``value`` is a window that holds all mask indices and the support of the seed."""
    sides = [[0, side] if isinstance(side, int) else side for side in array(value, "window", 2)]
    for axis, side in enumerate(sides):
        low, high = (integer(end, "window", -(10**30), 10**30) for end in array(side, "window", 2))
        if not low < high or not all(low <= index[axis] <= high for index in mask):
            raise Malformed("window: a side is empty or does not hold every mask index, so it is not preserved")
        if seed.pieces and not low * seed.scale <= seed.box[axis][0] <= seed.box[axis][1] <= high * seed.scale:
            raise Malformed("window: it does not hold the support of the seed")


def read_seed(value):
    """Return the `Seed`; raises `Malformed` unless its triangles do not overlap and the function is continuous."""
    fields(value, "seed", ("vertices", "triangles", "values"))
    points = [
        number(entry, f"seed vertex {k}")
        for k, pair in enumerate(array(value["vertices"], "seed vertices"))
        for entry in array(pair, f"seed vertex {k}", 2)
    ]
    flat, scale = shared_denominator(points)
    vertices = list(zip(flat[0::2], flat[1::2]))
    heights = [number(entry, f"seed value {k}") for k, entry in enumerate(array(value["values"], "seed values"))]
    if len(heights) != len(vertices):
        raise Malformed(f"seed: {len(vertices)} vertices, but {len(heights)} values")
    triangles = []
    for k, triple in enumerate(array(value["triangles"], "seed triangles")):
        where = f"seed triangle {k}"
        p, q, r = (integer(j, where, 0, len(vertices) - 1) for j in array(triple, where, 3))
        turn = orientation(vertices[p], vertices[q], vertices[r])
        if not turn:
            raise Malformed(f"{where}: its vertices lie on one line")
        triangles.append((p, q, r) if turn > 0 else (p, r, q))
    for k in set(range(len(vertices))).difference(*triangles):
        if heights[k]:
            raise Malformed(f"seed: vertex {k} has a value, but is a corner of no triangle")
    check_apart([tuple(vertices[j] for j in triangle) for triangle in triangles])
    check_continuous(triangles, vertices, heights)
    pieces, forms = [], []
    for triangle in triangles:
        if any(heights[j] for j in triangle):
            corners = tuple(vertices[j] for j in triangle)
            pieces.append((corners, tuple(edge_form(u, v, scale) for u, v in pairwise(corners + corners[:1]))))
            forms += interpolate(corners, [heights[j] for j in triangle], scale)
    forms, denominator = shared_denominator(forms)
    pieces = tuple(Piece(*piece, tuple(forms[3 * k : 3 * k + 3])) for k, piece in enumerate(pieces))
    corners = [corner for piece in pieces for corner in piece.corners] or [(0, 0)]
    box = tuple((min(side), max(side)) for side in zip(*corners))
    return Seed(scale, denominator, pieces, box)


def orientation(u, v, w):
    """Return twice the signed area of the triangle: positive for a left turn."""
    return (v[0] - u[0]) * (w[1] - u[1]) - (v[1] - u[1]) * (w[0] - u[0])


def edge_form(u, v, scale):
    """Return the integer form that is zero on the line through u/scale and v/scale, positive to its left."""
    return (scale * (u[1] - v[1]), scale * (v[0] - u[0]), u[0] * v[1] - u[1] * v[0])


def interpolate(corners, heights, scale):
    """Return the rational form with the given values at the corners of a triangle."""
    (ux, uy), (vx, vy), (wx, wy) = corners
    area = Fraction(orientation(*corners))
    a = ((heights[1] - heights[0]) * (wy - uy) - (heights[2] - heights[0]) * (vy - uy)) * scale / area
    b = ((heights[2] - heights[0]) * (vx - ux) - (heights[1] - heights[0]) * (wx - ux)) * scale / area
    return a, b, heights[0] - (a * ux + b * uy) / scale


def check_apart(triangles):
    """Raise `Malformed` if two of the counterclockwise triangles have a common interior point."""
    boxes = [(*sorted(x for x, _ in corners)[::2], *sorted(y for _, y in corners)[::2]) for corners in triangles]
    active, pairs = [], 0
    for k in sorted(range(len(triangles)), key=boxes.__getitem__):
        left, _, low, high = boxes[k]
        active = [j for j in active if boxes[j][1] > left]
        pairs += len(active)
        if pairs > MAX_PAIRS:
            raise Malformed(f"seed: more than {MAX_PAIRS} pairs of triangles lie over a common point of the x-axis")
        for j in active:
            if boxes[j][2] < high and low < boxes[j][3]:
                if not separated(triangles[j], triangles[k]) and not separated(triangles[k], triangles[j]):
                    raise Malformed(f"seed: triangles {min(j, k)} and {max(j, k)} overlap")
        active.append(k)


def separated(first, second):
    """Return whether the line of an edge of the first triangle has the second one on its outer side."""
    return any(
        all(orientation(first[j - 1], first[j], corner) <= 0 for corner in second) for j in range(3)
    )


def check_continuous(triangles, vertices, heights):
    """Raise `Malformed` if the seed jumps across an edge.

    Along each line the values of the triangles on one side, minus those on the other, are a piecewise linear function
    of one variable; it vanishes exactly if its changes of slope and intercept at every end of an edge cancel. An edge
    run through with the triangle to its left adds its values where it begins and takes them away where it ends: for
    edges in the opposite direction, with the triangle on the other side, that is the minus.
    """
    changes = {}
    for triangle in triangles:
        for p, q in pairwise(triangle + triangle[:1]):
            a, b, c = edge_form(vertices[p], vertices[q], 1)
            common = gcd(a, b, c) if (a, b) > (0, 0) else -gcd(a, b, c)
            line, axis = (a // common, b // common, c // common), 0 if b else 1
            s, t = vertices[p][axis], vertices[q][axis]
            slope = (heights[q] - heights[p]) / (t - s)
            for end, step in ((s, 1), (t, -1)):
                old = changes.get((line, end), (0, 0))
                changes[line, end] = (old[0] + step * slope, old[1] + step * (heights[p] - slope * s))
    for (line, _), change in changes.items():
        if change != (0, 0):
            raise Malformed(f"seed: it jumps across an edge on the line {short(line)} (times the common denominator)")


# ------------------------------------------------------------------------------------------ the network (section 3)


class Network(NamedTuple):
    """Nodes 0 and 1 are x and y, node 2 + k is ``nodes[k]``: an integer j for max(0, node j), or (terms, bias)."""

    nodes: tuple
    output: int


def read_network(value):
    """Return the `Network` with two inputs and one output."""
    fields(value, "network", ("format", "inputs", "nodes", "outputs"), ("marks",))
    if value["format"] != "exactrelu-network/1":
        raise Malformed('network: expected "format": "exactrelu-network/1"')
    integer(value["inputs"], "network inputs", 2, 2)
    nodes = tuple(read_node(node, 2 + k) for k, node in enumerate(array(value["nodes"], "network nodes")))
    (output,) = array(value["outputs"], "network outputs", 1)
    marks = value.get("marks", {})
    for name, node in fields(marks, "network marks", (), marks).items():
        integer(node, f"network mark {short(name)}", 0, len(nodes) + 1)
    return Network(nodes, integer(output, "network output", 0, len(nodes) + 1))


def read_node(value, identifier):
    """Return node ``identifier``: the index j of max(0, node j), or (terms, bias) without terms of weight 0."""
    where = f"node {identifier}"
    if not isinstance(value, dict) or value.get("op") not in ("affine", "relu"):
        raise Malformed(f'{where}: expected an object with "op": "affine" or "op": "relu"')
    if value["op"] == "relu":
        return integer(fields(value, where, ("op", "of"))["of"], f"{where} of", 0, identifier - 1)
    fields(value, where, ("op", "terms", "bias"))
    terms = {}
    for term in array(value["terms"], f"{where} terms"):
        source = integer(array(term, f"{where} term", 2)[0], f"{where} term", 0, identifier - 1)
        if source in terms:
            raise Malformed(f"{where}: node {source} occurs twice among its terms")
        terms[source] = number(term[1], f"{where} weight of node {source}")
    return tuple((source, weight) for source, weight in terms.items() if weight), number(value["bias"], f"{where} bias")


def value_at(network, point):
    """Return the exact value of the network at a point, a pair of rationals."""
    budget = Budget()
    values = list(point)
    for node in network.nodes:
        if isinstance(node, int):
            values.append(max(values[node], Fraction(0)))
        else:
            values.append(sum((weight * values[source] for source, weight in node[0]), node[1]))
        budget.spend(*values[-1].as_integer_ratio())
    return values[network.output]


# ------------------------------------------------------------------------------------------- the target (section 4)


def iterated_mask(mask, n, box=None, point=None):
    """Return the coefficients c^(n)_k: V^n g(z) = sum of c^(n)_k g(2^n z - k) over k.

    With ``point``, only those that matter there: V^m g vanishes outside of ``box`` for every m.
    """
    budget = Budget()
    coefficients = {(0, 0): Fraction(1)}
    for _ in range(n):
        if len(coefficients) * len(mask) > MAX_PRODUCTS:
            raise Malformed(f"a step of the iteration needs more than {MAX_PRODUCTS} products of coefficients")
        finer = {}
        if point is not None:
            point = (2 * point[0], 2 * point[1])
        for (j, k), outer in coefficients.items():
            for (p, q), entry in mask.items():
                shift = (2 * j + p, 2 * k + q)
                if point is None or all(low <= z - s <= high for (low, high), z, s in zip(box, point, shift)):
                    finer[shift] = finer.get(shift, 0) + outer * entry
        if len(finer) > MAX_SHIFTS:
            raise Malformed(f"V^n g is a sum of more than {MAX_SHIFTS} translates")
        coefficients = {shift: entry for shift, entry in finer.items() if entry}
        for entry in coefficients.values():
            budget.spend(*entry.as_integer_ratio())
    return coefficients


def seed_at(seed, x, y):
    """Return g(x, y)."""
    for piece in seed.pieces:
        if all(a * x + b * y + c >= 0 for a, b, c in piece.edges):
            a, b, c = piece.form
            return (a * x + b * y + c) / seed.denominator
    return Fraction(0)


def target_at(mask, seed, n, point):
    """Return V^n g at a point, a pair of rationals."""
    box = tuple(
        (min(Fraction(ends[0], seed.scale), *indices), max(Fraction(ends[1], seed.scale), *indices))
        for ends, indices in zip(seed.box, zip(*mask))
    )
    scale = 2**n
    return sum(
        entry * seed_at(seed, scale * point[0] - j, scale * point[1] - k)
        for (j, k), entry in iterated_mask(mask, n, box, point).items()
    )


class Translate(NamedTuple):
    """One term c^(n)_k g(2^n z - k): its support box in homogeneous integers, k, and c^(n)_k over a denominator."""

    xs: tuple
    ys: tuple
    shift: tuple
    coefficient: int


class Target:
    """V^n g as a sum of translates of the seed, for comparison on polygons."""

    def __init__(self, mask, seed, n):
        self.seed, self.scale = seed, 2**n
        shifts = iterated_mask(mask, n)
        entries, denominator = shared_denominator(shifts.values())
        self.denominator = denominator * seed.denominator
        self.unit = seed.scale * self.scale
        self.translates = [
            Translate(
                tuple(end + j * seed.scale for end in seed.box[0]), tuple(end + k * seed.scale for end in seed.box[1]),
                (j, k), entry,
            )
            for (j, k), entry in zip(shifts, entries)
        ]

    def sides(self, line, translates):
        """Return the translates whose support box reaches to the negative side of the line, and to the positive."""
        a, b, c = line
        left, right = (0, 1) if a > 0 else (1, 0)
        low, high = (0, 1) if b > 0 else (1, 0)
        c *= self.unit
        negative = [t for t in translates if a * t.xs[left] + b * t.ys[low] + c < 0]
        positive = [t for t in translates if a * t.xs[right] + b * t.ys[high] + c > 0]
        return shorter(negative, translates), shorter(positive, translates)

    def form(self, polygon, translates):
        """Return the form of V^n g on the polygon, integers over `denominator`; other translates vanish there.

        Raises `Invalid` when the polygon is not on one side of an edge of a triangle of a translate, nor separated
        from that triangle.
        """
        form = (0, 0, 0)
        sides = [line_through(u, v) for u, v in pairwise(polygon + polygon[:1])]
        for _, _, (j, k), coefficient in translates:
            corners = [(self.scale * X - j * W, self.scale * Y - k * W, W) for X, Y, W in polygon]
            for piece in self.seed.pieces:
                position = self._position(corners, piece)
                if position > 0:
                    a, b, c = piece.form
                    a, b, c = self.scale * a, self.scale * b, c - j * a - k * b
                    form = tuple(old + coefficient * new for old, new in zip(form, (a, b, c)))
                elif position == 0 and not self._is_outside(sides, piece, j, k):
                    raise Invalid(f"the seed's translate by ({j}, {k}) has a triangle that lies there only in part")
        return form

    def _position(self, corners, piece):
        """Return 1 if the polygon of ``corners`` lies in the triangle, -1 beyond one of its edges, 0 otherwise."""
        inside = 1
        for a, b, c in piece.edges:
            values = [a * X + b * Y + c * W for X, Y, W in corners]
            if max(values) <= 0:
                return -1
            if min(values) < 0:
                inside = 0
        return inside

    def _is_outside(self, sides, piece, j, k):
        """Return whether the triangle, moved by (j, k), lies beyond one of the ``sides`` of the polygon."""
        scale = self.seed.scale
        corners = [(x + j * scale, y + k * scale) for x, y in piece.corners]
        return any(all(a * x + b * y + c * self.unit <= 0 for x, y in corners) for a, b, c in sides)


# -------------------------------------------------------------------------------------------- polygons (section 5)

def quadrant(x, y):
    """Return the quadrant of the plane with the signs x, y (1 or -1) as a counterclockwise polygon."""
    ends = ((x, 0, 0), (0, y, 0))
    return ((0, 0, 1), *(ends if x == y else ends[::-1]))


QUADRANTS = (quadrant(-1, -1), quadrant(-1, 1), quadrant(1, -1), quadrant(1, 1))


def line_through(u, v):
    """Return the form that is zero on the line through two points, positive to its left; for two ideal points (0, 0, 1)
    times a positive number."""
    return (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])


def cut(polygon, line):
    """Return the parts of a polygon where the line's form is <= 0 and >= 0, or None if they are not both proper.

    A polygon is the counterclockwise tuple of its vertices, finite and ideal, and lies in one quadrant: it contains
    no line, so that it consists of the non-negative combinations of its vertices.
    """
    a, b, c = line
    values = [a * X + b * Y + c * W for X, Y, W in polygon]
    if min(values) >= 0 or max(values) <= 0:
        return None
    negative, positive = [], []
    last, before = polygon[-1], values[-1]
    for vertex, value in zip(polygon, values):
        if before < 0 < value or value < 0 < before:
            p, q = abs(value), abs(before)
            X, Y, W = (p * s + q * t for s, t in zip(last, vertex))
            common = gcd(X, Y, W)
            crossing = (X // common, Y // common, W // common)
            negative.append(crossing)
            positive.append(crossing)
        if value <= 0:
            negative.append(vertex)
        if value >= 0:
            positive.append(vertex)
        last, before = vertex, value
    return tuple(negative), tuple(positive)


def shown_polygon(polygon):
    """Return the polygon as text for a reason."""
    return ", ".join(
        f"({short(Fraction(X, W))}, {short(Fraction(Y, W))})" if W else f"direction ({short(X)}, {short(Y)})"
        for X, Y, W in polygon
    )


# --------------------------------------------------------------------------------- functions of one coordinate (6)


class Curve(NamedTuple):
    """A continuous piecewise linear function of one coordinate t: s t + c for (s, c) = ``pieces[i]``, to the left of
    ``kinks[i]`` and to the right of ``kinks[i - 1]``; at each kink the slope really changes."""

    pieces: list
    kinks: list


def curve_sum(terms, bias):
    """Return the curve  sum of weight * curve + bias  of pairs (integer weight, curve)."""
    pieces, kinks, changes = [(0, bias)], [], {}
    for weight, curve in terms:
        s, c = pieces[0]
        pieces[0] = (s + weight * curve.pieces[0][0], c + weight * curve.pieces[0][1])
        for kink, (s, c), (t, d) in zip(curve.kinks, curve.pieces, curve.pieces[1:]):
            old = changes.get(kink, (0, 0))
            changes[kink] = (old[0] + weight * (t - s), old[1] + weight * (d - c))
    for kink in sorted(changes):
        if changes[kink][0]:
            (s, c), (t, d) = pieces[-1], changes[kink]
            pieces.append((s + t, c + d))
            kinks.append(kink)
    return Curve(pieces, kinks)


def curve_relu(curve):
    """Return the curve max(0, curve)."""
    pieces, kinks = [], []
    for (s, c), start, end in zip(curve.pieces, [None, *curve.kinks], [*curve.kinks, None]):
        root = Fraction(-c, s) if s else None
        if root is None or (start is not None and root <= start):
            parts = ((start, s > 0 or (not s and c > 0)),)
        elif end is not None and root >= end:
            parts = ((start, s < 0),)
        else:
            parts = ((start, s < 0), (root, s > 0))
        for kink, is_positive in parts:
            piece = (s, c) if is_positive else (0, 0)
            if not pieces or pieces[-1] != piece:
                if pieces:
                    kinks.append(kink)
                pieces.append(piece)
    return Curve(pieces, kinks)


def curve_range(curve, first, last, ends, scale):
    """Return (low, high), ``scale`` times the exact range over ``ends``; None for an infinite bound.

    ``ends`` are two rationals or None (infinite) and the kinks strictly between them are those from index ``first`` to
    ``last`` - 1; ``scale`` is a multiple of all their denominators.
    """
    start, end = ends
    points = [(piece, t) for piece, t in zip(curve.pieces[first:last], curve.kinks[first:last])]
    points += [(curve.pieces[first], start)] if start is not None else []
    points += [(curve.pieces[last], end)] if end is not None else []
    values = [s * t.numerator * (scale // t.denominator) + c * scale for (s, c), t in points]
    slopes = [-curve.pieces[first][0]] if start is None else []
    slopes += [curve.pieces[last][0]] if end is None else []
    low = None if any(slope < 0 for slope in slopes) else min(values)
    high = None if any(slope > 0 for slope in slopes) else max(values)
    return low, high


# ------------------------------------------------------------------------- evaluation of networks on polygons (7)


class Part(NamedTuple):
    """A slot: a function of one coordinate (axis 0 or 1), its kinks also as places among all kinks of that axis."""

    axis: int
    curve: Curve
    ranks: list


class Entry(NamedTuple):
    """What is known of a node for all of the plane: which coordinates it depends on (1: x, 2: y, 3: both, 0: neither),
    its denominator, and its `Curve` or, if it depends on both, its slot."""

    axes: int
    denominator: int
    content: object


class Program:
    """A network prepared for evaluation: `slots` in topological order, `denominators` and `nodes` (ids) beside them.

    Nodes that depend on both coordinates have slots: an integer j stands for max(0, slot j), a pair (terms, bias) for
    the sum of weight * slot over its terms (slot, weight), plus bias. A form of slot k has integer coefficients over
    ``denominators[k]``, and the weights are the integers that go with that. The terms of an affine node that depend on
    at most one coordinate are added up first, into a `Part` for each: kinks that cancel in that sum are gone.
    """

    def __init__(self, network):
        self.slots, self.denominators, self.nodes = [], [], []
        self._sizes, self._parts, self._budget = [], {}, Budget()
        identity = Curve([(1, 0)], [])
        entries = [Entry(1, 1, identity), Entry(2, 1, identity)]
        for identifier, node in enumerate(network.nodes, 2):
            entries.append((self._relu if isinstance(node, int) else self._affine)(entries, node, identifier))
        axes, _, content = entries[network.output]
        self.output = content if axes == 3 else self._part(max(axes - 1, 0), entries, [(network.output, Fraction(1))])
        self.grids = tuple(self._rank(axis) for axis in (0, 1))

    def _relu(self, entries, source, identifier):
        axes, denominator, content = entries[source]
        if axes == 3:
            return Entry(3, denominator, self._slot(content, denominator, identifier, self._sizes[content]))
        curve = curve_relu(content)
        self._budget.spend_curve(curve, len(content.kinks))
        return Entry(axes, denominator, curve)

    def _affine(self, entries, node, identifier):
        terms, bias = node
        axes = 0
        for source, _ in terms:
            axes |= entries[source].axes
        if axes < 3:
            curve, denominator = self._curve(entries, terms, bias)
            return Entry(axes, denominator, curve)
        groups = ([], [], [])
        for term in terms:
            groups[max(entries[term[0]].axes - 1, 0)].append(term)
        summands = [(entries[source].content, weight) for source, weight in groups[2]]
        for axis in (0, 1):
            if groups[axis]:
                factor = groups[axis][0][1]
                part = self._part(axis, entries, [(source, weight / factor) for source, weight in groups[axis]])
                summands.append((part, factor))
        ratios = [weight / self.denominators[slot] for slot, weight in summands]
        (constant, *weights), denominator = shared_denominator([bias, *ratios])
        summands = [(slot, weight) for (slot, _), weight in zip(summands, weights)]
        size = abs(constant) + sum(abs(weight) * self._sizes[slot] for slot, weight in summands)
        self._budget.spend(*weights)
        return Entry(3, denominator, self._slot((summands, constant), denominator, identifier, size))

    def _curve(self, entries, terms, bias):
        """Return (curve, denominator) of  sum of weight * node + bias  over nodes that depend on one coordinate."""
        ratios = [weight / entries[source].denominator for source, weight in terms]
        (constant, *weights), denominator = shared_denominator([bias, *ratios])
        curves = [entries[source].content for source, _ in terms]
        curve = curve_sum(zip(weights, curves), constant)
        self._budget.spend_curve(curve, sum(len(summand.kinks) for summand in curves))
        return curve, denominator

    def _part(self, axis, entries, terms):
        """Return the slot of the sum of ``terms``, which depend on the one coordinate at most."""
        key = (axis, *terms)
        if key not in self._parts:
            curve, denominator = self._curve(entries, terms, Fraction(0))
            size = max(abs(entry) for piece in curve.pieces for entry in piece)
            self._parts[key] = self._slot(Part(axis, curve, []), denominator, terms[0][0], size)
        return self._parts[key]

    def _slot(self, slot, denominator, identifier, size):
        """Append a slot whose forms have coefficients up to ``size`` in absolute value, and return its index."""
        self._budget.spend(denominator, size)
        self.slots.append(slot)
        self.denominators.append(denominator)
        self.nodes.append(identifier)
        self._sizes.append(size)
        return len(self.slots) - 1

    def _rank(self, axis):
        """Fill in the ranks of the parts of one axis and return the sorted list of all their kinks."""
        parts = [slot for slot in self.slots if isinstance(slot, Part) and slot.axis == axis]
        grid = sorted({kink for part in parts for kink in part.curve.kinks})
        rank = {kink: place for place, kink in enumerate(grid)}
        for part in parts:
            part.ranks.extend(map(rank.__getitem__, part.curve.kinks))
        return grid


ZERO = (0, 0, 0)


class Evaluation:
    """The partial evaluation of a `Program` on one polygon after another, each inside one of those entered before.

    A slot with a form is resolved: it has that form on the polygon, and so on everything inside. The bounds of an open
    slot hold on the polygon entered last; None is an infinite bound. `trail` lists the resolved slots, so that `leave`
    can take back what does not hold on the next polygon.
    """

    def __init__(self, program):
        self.program = program
        size = len(program.slots)
        self.forms, self.lows, self.highs, self.trail = [None] * size, [None] * size, [None] * size, []
        self.everything = self._open(range(size))

    def enter(self, polygon, pending):
        """Resolve what can be resolved of the slots ``pending`` on the polygon, and return those that still matter."""
        forms, slots, lows, highs = self.forms, self.program.slots, self.lows, self.highs
        points, ideal, scale = self._enter_parts(polygon, pending)
        trail = self.trail
        for k in pending:
            slot = slots[k]
            if forms[k] is not None or type(slot) is Part:
                continue
            if type(slot) is int:
                form = forms[slot]
                if form is None:
                    low, high = lows[slot], highs[slot]
                else:
                    low, high = bounds(form, points, ideal, scale)
                    if low is not None and low >= 0:
                        forms[k] = form
                        trail.append(k)
                        continue
                if high is not None and high <= 0:
                    forms[k] = ZERO
                    trail.append(k)
                else:
                    lows[k] = 0 if low is None or low < 0 else low
                    highs[k] = high
                continue
            a = b = low = high = 0
            terms, c = slot
            is_open = False
            for source, weight in terms:
                form = forms[source]
                if form is None:
                    is_open = True
                    down, up = (lows[source], highs[source]) if weight > 0 else (highs[source], lows[source])
                    low = None if low is None or down is None else low + weight * down
                    high = None if high is None or up is None else high + weight * up
                elif form is not ZERO:
                    a += weight * form[0]
                    b += weight * form[1]
                    c += weight * form[2]
            if is_open:
                down, up = bounds((a, b, c), points, ideal, scale)
                lows[k] = None if low is None or down is None else low + down
                highs[k] = None if high is None or up is None else high + up
            else:
                forms[k] = (a, b, c) if a or b or c else ZERO
                trail.append(k)
        return self._open(pending)

    def _enter_parts(self, polygon, pending):
        """Resolve the parts among ``pending``, bound the others; return (points, ideal, scale): the finite vertices as
        integers over ``scale``, a common denominator of all bounds, and the ideal ones."""
        finite = [vertex for vertex in polygon if vertex[2]]
        ideal = [(X, Y) for X, Y, W in polygon if not W]
        scale = lcm(*(W for _, _, W in finite))
        ends = tuple(coordinate_range(finite, ideal, axis) for axis in (0, 1))
        inside = [kinks_inside(grid, *ends[axis]) for axis, grid in enumerate(self.program.grids)]
        unresolved = []
        for k in pending:
            part = self.program.slots[k]
            if type(part) is not Part or self.forms[k] is not None:
                continue
            first, last = (bisect_left(part.ranks, rank) for rank in inside[part.axis])
            if first == last:
                s, c = part.curve.pieces[first]
                self.forms[k] = (0, s, c) if part.axis else (s, 0, c)
                self.trail.append(k)
            else:
                unresolved.append((k, part, first, last))
                scale = lcm(scale, *(kink.denominator for kink in part.curve.kinks[first:last]))
        for k, part, first, last in unresolved:
            self.lows[k], self.highs[k] = curve_range(part.curve, first, last, ends[part.axis], scale)
        return [(X * (scale // W), Y * (scale // W)) for X, Y, W in finite], ideal, scale

    def _open(self, pending):
        """Return the slots of ``pending`` that are open and reach the output through open slots, in order."""
        program, forms = self.program, self.forms
        needed, reached = {program.output}, []
        for k in reversed(pending):
            if k in needed and forms[k] is None:
                reached.append(k)
                slot = program.slots[k]
                if type(slot) is int:
                    needed.add(slot)
                elif type(slot) is not Part:
                    needed.update(source for source, _ in slot[0])
        reached.reverse()
        return shorter(reached, pending)

    def leave(self, length):
        """Take back all that was resolved since the trail had this length."""
        for k in self.trail[length:]:
            self.forms[k] = None
        del self.trail[length:]

    def output(self, pending):
        """Return (form, denominator) of the network on the polygon entered last; raises `Invalid` if it has none."""
        output = self.program.output
        form = self.forms[output]
        if form is not None:
            return form, self.program.denominators[output]
        return self._sum_with_cancellation(pending), 2 * self.program.denominators[output]

    def _sum_with_cancellation(self, pending):
        """Return twice the form of the output as a sum of units max(0, f) = f/2 + |f|/2 in which all |f| cancel."""
        weights, form, absolute = {self.program.output: 1}, ZERO, {}
        for k in reversed(pending):
            weight = weights.pop(k, 0)
            slot = self.program.slots[k]
            if not weight:
                continue
            if type(slot) is Part or (type(slot) is int and self.forms[slot] is None):
                raise Invalid(f"the network is not known to be affine there: node {self.program.nodes[k]} is not")
            if type(slot) is int:
                inner = self.forms[slot]
                form = tuple(old + weight * new for old, new in zip(form, inner))
                size = gcd(*inner) if inner > ZERO else -gcd(*inner)
                line = tuple(entry // size for entry in inner)
                absolute.setdefault(line, [0, k])[0] += weight * abs(size)
                continue
            terms, bias = slot
            form = (form[0], form[1], form[2] + 2 * weight * bias)
            for source, factor in terms:
                inner = self.forms[source]
                if inner is None:
                    weights[source] = weights.get(source, 0) + weight * factor
                else:
                    form = tuple(old + 2 * weight * factor * new for old, new in zip(form, inner))
        for weight, k in absolute.values():
            if weight:
                raise Invalid(f"the network is not affine there: node {self.program.nodes[k]} changes its sign")
        return form


def shorter(new, old):
    """Return the list ``new``, a part of ``old``, or ``old`` itself unless that saves much: then both share memory."""
    return new if 8 * len(new) < 7 * len(old) else old


def bounds(form, points, ideal, scale):
    """Return (low, high): ``scale`` times the exact range of the form over a polygon, None for an infinite bound."""
    a, b, c = form
    c *= scale
    if not a and not b:
        return c, c
    values = [a * x + b * y + c for x, y in points]
    low, high = min(values), max(values)
    for X, Y in ideal:
        slope = a * X + b * Y
        if slope < 0:
            low = None
        elif slope > 0:
            high = None
    return low, high


def coordinate_range(finite, ideal, axis):
    """Return the range of a coordinate over a polygon, None for an infinite end."""
    values = [Fraction(vertex[axis], vertex[2]) for vertex in finite]
    directions = [direction[axis] for direction in ideal]
    return (
        None if any(direction < 0 for direction in directions) else min(values),
        None if any(direction > 0 for direction in directions) else max(values),
    )


def kinks_inside(grid, low, high):
    """Return the range of indices of the sorted list ``grid`` whose entries lie strictly between the two ends."""
    return (0 if low is None else bisect_right(grid, low)), (len(grid) if high is None else bisect_left(grid, high))


# ------------------------------------------------------------------------------------------------ evidence (section 8)


def check_enumeration(evidence, mask, seed, n, network):
    """Raise `Invalid` unless the tree of splits proves that the network equals V^n g on all of R^2."""
    lines = [read_line(line, k) for k, line in enumerate(array(evidence["lines"], "evidence lines"))]
    tree = array(evidence["tree"], "evidence tree")
    for k, entry in enumerate(tree):
        integer(entry, f"evidence tree entry {k}", -1, len(lines) - 1)
    target, evaluation = Target(mask, seed, n), Evaluation(Program(network))
    position = leaves = 0
    for polygon in QUADRANTS:
        stack = [(polygon, evaluation.everything, target.translates, 0)]
        while stack:
            polygon, pending, translates, length = stack.pop()
            evaluation.leave(length)
            if position == len(tree):
                raise Invalid("the tree ends before its leaves cover the plane")
            pending = evaluation.enter(polygon, pending)
            if tree[position] < 0:
                try:
                    compare(target, translates, evaluation, pending, polygon)
                except Invalid as error:
                    place = f"leaf {leaves}, the polygon {shown_polygon(polygon)}"
                    raise Invalid(f"tree entry {position}, {place}: {error}") from None
                leaves += 1
            else:
                line = lines[tree[position]]
                parts = cut(polygon, line)
                if parts is None:
                    raise Invalid(f"tree entry {position}: its line does not cut the polygon {shown_polygon(polygon)}")
                negative, positive = target.sides(line, translates)
                stack.append((parts[1], pending, positive, len(evaluation.trail)))
                stack.append((parts[0], pending, negative, len(evaluation.trail)))
            position += 1
    if position < len(tree):
        raise Invalid(f"tree entry {position}: the plane is covered before")


def read_line(value, k):
    """Return a line (a, b, c) of integers, a and b not both 0: a x + b y + c = 0."""
    line = tuple(number(entry, f"evidence line {k}") for entry in array(value, f"evidence line {k}", 3))
    if any(entry.denominator > 1 for entry in line) or not (line[0] or line[1]):
        raise Malformed(f"evidence line {k}: expected three integers, the first two not both zero")
    return tuple(entry.numerator for entry in line)


def compare(target, translates, evaluation, pending, polygon):
    """Raise `Invalid` unless the target and the network are affine on the polygon, with the same form."""
    wanted = target.form(polygon, translates)
    found, denominator = evaluation.output(pending)
    if any(p * target.denominator != q * denominator for p, q in zip(found, wanted)):
        values = [", ".join(short(Fraction(entry, scale)) for entry in form)
                  for form, scale in ((found, denominator), (wanted, target.denominator))]
        raise Invalid(f"the network has the form ({values[0]}) there and V^n g the form ({values[1]})")


def check_point(claim, mask, seed, n, network):
    """Raise `Invalid` unless the network and V^n g have the claimed, different values at the claimed point."""
    point = tuple(number(entry, "claim point") for entry in array(claim["point"], "claim point", 2))
    values = (value_at(network, point), target_at(mask, seed, n, point))
    for name, value in zip(("network", "target"), values):
        if number(claim[name], f"claim {name}") != value:
            raise Invalid(f"the value of the {name} at the point is {short(value)}, not {short(claim[name])}")
    if values[0] == values[1]:
        raise Invalid("the two values are equal")


# ------------------------------------------------------------------------------------------- certificates (section 9)


class Certificate(NamedTuple):
    """A certificate as read: the statement in parts, and the claim and the evidence as JSON objects."""

    name: str
    mask: dict
    seed: Seed
    n: int
    network: Network
    claim: dict
    evidence: dict

    def statement(self):
        """Return what is claimed, in one sentence."""
        relus = sum(isinstance(node, int) for node in self.network.nodes)
        subject = f"the network ({relus} ReLU nodes) "
        target = f"V^{self.n} g of the problem {short(self.name)}"
        if self.claim["kind"] == "equal":
            return f"{subject} equals {target} at every point of R^2"
        point = ", ".join(short(entry) for entry in self.claim["point"])
        return f"{subject} differs from {target} at ({point})"

    def check(self):
        """Raise `Invalid` unless the evidence proves the claim."""
        statement = (self.mask, self.seed, self.n, self.network)
        if self.evidence["kind"] == "point":
            check_point(self.claim, *statement)
        else:
            check_enumeration(self.evidence, *statement)


CLAIMS = {"equal": ("kind",), "differs": ("kind", "point", "network", "target")}
EVIDENCE = {
    "enumeration": ("equal", ("kind", "lines", "tree")),
    "point": ("differs", ("kind",)),
}
"""For each kind of evidence the claim that it can prove, and its fields."""


def read_certificate(path):
    """Return the `Certificate` in a file; raises `Malformed`."""
    value = fields(read_json(path), "certificate", ("format", "problem", "n", "network", "claim", "evidence"))
    if value["format"] != FORMAT:
        raise Malformed(f'certificate: expected "format": "{FORMAT}"')
    claim = value["claim"]
    if not isinstance(claim, dict) or claim.get("kind") not in CLAIMS:
        raise Malformed('claim: expected an object with "kind": "equal" or "differs"')
    fields(claim, "claim", CLAIMS[claim["kind"]])
    evidence = value["evidence"]
    if not isinstance(evidence, dict) or evidence.get("kind") not in EVIDENCE:
        raise Malformed(f"evidence: expected an object with a kind among {', '.join(EVIDENCE)}")
    proves, keys = EVIDENCE[evidence["kind"]]
    fields(evidence, "evidence", keys)
    if claim["kind"] != proves:
        raise Malformed(f'evidence: its kind proves claims of the kind "{proves}" only')
    name, mask, seed = read_problem(value["problem"])
    n = integer(value["n"], "n", 0, MAX_LEVEL)
    return Certificate(name, mask, seed, n, read_network(value["network"]), claim, evidence)


def main(arguments):
    """Check the file named by the only argument, print the answer and return the exit code."""
    if len(arguments) != 1:
        print("usage: python checker.py CERTIFICATE", file=sys.stderr)
        return 2
    try:
        valid, statement, reason = check_file(arguments[0])
    except KeyboardInterrupt:
        print("interrupted: nothing was decided", file=sys.stderr)
        return 3
    if valid is None:
        print(f"cannot be read: {reason}", file=sys.stderr)
        return 2
    print(f"valid: {statement}" if valid else f"invalid: {reason}")
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
