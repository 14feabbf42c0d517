"""The independent checker of exactrelu certificates: this one file, the standard library, and nothing else.

    python -I exactrelu/checker1.py CERTIFICATE

answers whether the certificate proves the statement that stands in it: a problem (mask and seed g), a level n, a ReLU
network in full, and the claim that the network equals V^n g on all of R^2, or that it differs from it at a point. The
format, the rules of proof and the reasons why they are sound are in docs/certificate-1.md; the sections below follow
it. Exit codes: 0 valid, 1 invalid (the file does not prove its claim), 2 the file cannot be read, 3 interrupted.

All arithmetic is exact. A point of the plane is a triple of integers (X, Y, W), W >= 0: the point (X/W, Y/W), or for
W = 0 the ideal point in which the rays in direction (X, Y) end. A form (a, b, c) is a x + b y + c; its value at such a
triple is a X + b Y + c W, at an ideal point thus its slope along the rays. A polygon is the counterclockwise tuple of
its vertices; it lies in one quadrant of the plane, so that it consists of the non-negative combinations of them.
"""

import gc
import gzip
import io
import json
import re
import signal
import sys
import zlib
from bisect import bisect_left, bisect_right
from fractions import Fraction
from functools import lru_cache, partial
from itertools import chain, count, pairwise, product
from math import gcd, lcm
from typing import NamedTuple

FORMAT = "exactrelu-certificate/1"
OTHER_FORMAT = "a certificate of format 2 is read by checker.py, the file beside this one"

MAX_BYTES = 1 << 28
"""The longest file that is read, before and after decompression."""
MAX_MEMORY = 1 << 32
"""About the most bytes that the values of a file may take, as its brackets, commas and quotes tell."""
MAX_UNFIT = 1000
"""The most JSON floats that are kept for the reason."""
MAX_DIGITS = 100_000
"""The longest numeral, in characters."""
MAX_LEVEL = 100_000
"""The largest n."""
MAX_CASCADES = 6
"""The most cascades of evidence by induction: 2^k cases are looked at."""
MAX_PAIRS = 1 << 22
"""The most pairs of triangles of the seed that lie over a common point of the x-axis."""
MAX_BITS = 1 << 33
"""The most bits of all numbers together that are derived from the statement, before the evidence is looked at."""
NUMBER_BITS, PRODUCT_BITS, KINK_BITS = 512, 2048, 8192
"""What a number takes besides its bits in that count, a product of mask coefficients, and a kink taken over."""


LONG_BITS = 1 << 14
"""Numbers that are longer count by the square of their bits over this."""


class Malformed(Exception):
    """Raised when the file cannot be read as a certificate, or lies beyond the limits above."""


class Invalid(Exception):
    """Raised when the certificate does not prove its claim."""


class Answer(NamedTuple):
    """``valid``: True, False, or None when the file cannot be read; what it states; why it is not valid, or None.

    Only a valid one is true in a condition.
    """

    valid: bool | None
    statement: str | None
    reason: str | None

    def __bool__(self):
        return self.valid is True


def check_file(path):
    """Return the `Answer` for the certificate file at ``path``; raises nothing but `KeyboardInterrupt`."""
    return judged(lambda: read_file(path), Certificate.check)


def judged(read, check):
    """Return the `Answer` for the bytes that ``read()`` returns; ``check`` is called with the `Certificate` in them."""
    limit, collects = sys.get_int_max_str_digits(), gc.isenabled()
    sys.set_int_max_str_digits(0)  # safe: numerals are measured before they are converted
    gc.disable()  # nothing here refers to itself, and to look for what does takes as long as all the rest
    statement = None
    try:
        certificate = read_certificate(read())
        statement = certificate.statement()
        check(certificate)
    except Invalid as error:
        return Answer(False, statement, str(error))
    except Malformed as error:
        return Answer(None, None, str(error))
    except MemoryError:
        return Answer(None, None, "there is not enough memory to check this file")
    finally:
        sys.set_int_max_str_digits(limit)
        if collects:
            gc.enable()
    return Answer(True, statement, None)


# ---------------------------------------------------------------------------------------------- reading (section 1)


class Unfit(NamedTuple):
    """A JSON float, NaN or Infinity: no field of the format admits one."""

    text: str


def read_file(path):
    """Return the content of a file, unpacked if it is gzip; raises `Malformed`."""
    try:
        with open(path, "rb") if path != "-" else open(0, "rb", closefd=False) as file:  # 0 is standard input
            data = file.read(MAX_BYTES + 1)
        if data[:2] == b"\x1f\x8b" and len(data) <= MAX_BYTES:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise Malformed(f"the file is not readable JSON: {error}") from None
    return data


def read_json(data):
    """Return the JSON value in the content of a file, with floats as `Unfit`; raises `Malformed`."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"the file is longer than {MAX_BYTES} bytes")
    if len(data) + sum(weight * data.count(mark) for mark, weight in VALUE_BYTES.items()) > MAX_MEMORY:
        raise Malformed(f"the values in the file would take more than {MAX_MEMORY} bytes of memory")
    numbered = count(1)
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_int=json_integer, parse_float=lambda text: json_unfit(text, next(numbered)),
            parse_constant=lambda text: json_unfit(text, next(numbered)), object_pairs_hook=json_object,
        )
    except ValueError as error:
        raise Malformed(f"the file is not readable JSON: {error}") from None
    except RecursionError:
        raise Malformed("the JSON is nested too deeply") from None


VALUE_BYTES = {b"[": 64, b"{": 240, b'"': 28, b",": 40, b":": 40}
"""What an array, an object, a quotation mark and what separates two values take in memory, about."""


def json_unfit(text, number):
    """Return a float of JSON as `Unfit`; raises `Malformed` for one of more than `MAX_UNFIT`."""
    if number > MAX_UNFIT:
        raise Malformed(f"more than {MAX_UNFIT} numbers are JSON floats, such as {short(text)}")
    return Unfit(text)


def json_integer(text):
    """Return the integer of a JSON numeral; raises `Malformed` for one that is too long."""
    if len(text) > MAX_DIGITS:
        raise Malformed(f"a number has more than {MAX_DIGITS} digits")
    return int(text)


def json_object(pairs):
    """Return the dictionary of a JSON object; raises `Malformed` for a key that occurs twice."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Malformed("an object has a key twice; its keys are " + short(", ".join(key for key, _ in pairs)))
    return result


def short(value):
    """Return ``value`` as ASCII text of moderate length."""
    if isinstance(value, (int, Fraction)) and max(map(int.bit_length, value.as_integer_ratio())) > 200:
        return "a number of more than 60 digits"
    text = str(value) if isinstance(value, (int, Fraction)) else ascii(value)
    return text if len(text) <= 130 else text[:127] + "..."


def fields(value, where, *keys, optional=()):
    """Return the values of these keys of an object; raises `Malformed` unless it has them, and only optional others."""
    if not isinstance(value, dict):
        raise Malformed(f"{where}: expected an object")
    for key in keys:
        if key not in value:
            raise Malformed(f"{where}: the key {short(key)} is missing")
    for key in value:
        if key not in keys and key not in optional:
            raise Malformed(f"{where}: unknown key {short(key)}")
    return [value[key] for key in keys]


def choice(value, where, key, *names):
    """Return the value of the key of an object if it is one of the ``names``."""
    if type(value) is not dict or value.get(key) not in names:
        raise Malformed(f"{where}: expected an object in which {key} is {' or '.join(names)}")
    return value[key]


def array(value, where, length=None):
    """Return ``value`` if it is an array, of ``length`` entries if given."""
    if type(value) is not list or (length is not None and len(value) != length):
        raise Malformed(f"{where}: expected an array" + (f" of {length}" if length is not None else ""))
    return value


def integer(value, where, low, high):
    """Return ``value`` if it is an integer from ``low`` to ``high``."""
    if type(value) is not int or not low <= value <= high:
        raise Malformed(f"{where}: expected an integer from {low} to {high}")
    return value


NUMERAL = re.compile(r"(-?[0-9]+)(?:/([0-9]+)|\.([0-9]+))?", re.ASCII)


def number(value, where):
    """Return the rational that an integer or the text "p", "p/q" or "0.125" stands for."""
    if type(value) is int:
        return Fraction(value)
    try:
        rational = numeral(value) if type(value) is str and len(value) <= MAX_DIGITS else None
    except ZeroDivisionError:
        raise Malformed(f"{where}: the denominator is zero") from None
    if rational is None:
        shown = value.text if type(value) is Unfit else short(value)
        raise Malformed(f'{where}: expected a rational such as 3, "-7/16" or "0.125", got {shown}')
    return rational


@lru_cache(maxsize=512)  # weights recur: one object for equal ones saves time and memory
def numeral(text):
    """Return the rational that a text stands for, None if it stands for none; raises `ZeroDivisionError`."""
    match = NUMERAL.fullmatch(text)
    if match is None:
        return None
    whole, denominator, decimals = match.groups()
    if decimals is not None:
        return Fraction(int(whole + decimals), 10 ** len(decimals))
    return Fraction(int(whole), int(denominator or 1))


def numbers(values, where, length=None):
    """Return the list of the rationals of an array."""
    return [number(value, f"{where} {k}") for k, value in enumerate(array(values, where, length))]


def over_common_denominator(rationals):
    """Return (integers, denominator): the rationals over their least common denominator."""
    denominator = lcm(*(value.denominator for value in rationals))
    return [value.numerator * (denominator // value.denominator) for value in rationals], denominator


class Budget:
    """Counts the bits of numbers that are derived from the statement, so that no small file takes endless memory."""

    def __init__(self):
        self.left = MAX_BITS

    def spend(self, *integers, work=0):
        """Count the integers, and the work done to find them; both in bits.

        What is done with long numbers takes up to the square of their length, so that this is counted for them.
        """
        sizes = list(map(int.bit_length, integers))
        total = sum(sizes)
        if total > LONG_BITS:
            total += sum(size * size for size in sizes) // LONG_BITS
        self.left -= total + NUMBER_BITS * len(integers) + work
        if self.left < 0:
            raise Malformed(f"the numbers that the statement leads to take more than {MAX_BITS} bits")

    def rationals(self, values):
        """Count rationals and return them; anything else, such as a float, has no numerator and ends the check."""
        self.spend(*chain.from_iterable((value.numerator, value.denominator) for value in values))
        return values

    def curve(self, function, curves, *arguments):
        """Return the curve function(*arguments), which is made from the ``curves``, and count it."""
        self.spend(work=KINK_BITS * sum(len(curve.kinks) for curve in curves))
        curve = function(*arguments)
        self.rationals([*chain(*curve.pieces), *curve.kinks])
        return curve


# ------------------------------------------------------------------------------------------ polygons (section 2)

ZERO = (0, 0, 0)


def quadrant(x, y):
    """Return the quadrant of the plane with the signs x, y (1 or -1)."""
    ends = ((x, 0, 0), (0, y, 0))
    return ((0, 0, 1), *(ends if x == y else ends[::-1]))


QUADRANTS = (quadrant(-1, -1), quadrant(-1, 1), quadrant(1, -1), quadrant(1, 1))


def sides(polygon):
    """Return one integer form for each edge, zero on its line and positive inside; (0, 0, positive) on the horizon."""
    return [
        (b * w - c * v, c * u - a * w, a * v - b * u)
        for (a, b, c), (u, v, w) in pairwise((*polygon, polygon[0]))
    ]


def is_within(forms, points):
    """Return whether all forms are >= 0 at all points."""
    return all(a * X + b * Y + c * W >= 0 for a, b, c in forms for X, Y, W in points)


def is_beyond(forms, points):
    """Return whether one of the forms is <= 0 at all points."""
    return any(all(a * X + b * Y + c * W <= 0 for X, Y, W in points) for a, b, c in forms)


def primitive(form):
    """Return (line, factor): form = factor * line with coprime integers in line, the first that is not 0 positive."""
    factor = gcd(*form) if form > (0,) * len(form) else -gcd(*form)
    return tuple(entry // factor for entry in form), factor


def cut(polygon, line):
    """Return the parts of the polygon where the line's form is <= 0 and >= 0, None unless it has both signs inside."""
    a, b, c = line
    values = [a * X + b * Y + c * W for X, Y, W in polygon]
    if min(values) >= 0 or max(values) <= 0:
        return None
    negative, positive = [], []
    last, before = polygon[-1], values[-1]
    for vertex, value in zip(polygon, values, strict=True):
        if before < 0 < value or value < 0 < before:
            entries = [abs(value) * s + abs(before) * t for s, t in zip(last, vertex, strict=True)]
            crossing = tuple(entry // gcd(*entries) for entry in entries)
            negative.append(crossing)
            positive.append(crossing)
        if value <= 0:
            negative.append(vertex)
        if value >= 0:
            positive.append(vertex)
        last, before = vertex, value
    return tuple(negative), tuple(positive)


def shown(polygon):
    """Return the polygon as text for a reason."""
    return ", ".join(
        f"({short(Fraction(X, W))}, {short(Fraction(Y, W))})" if W else f"direction ({short(X)}, {short(Y)})"
        for X, Y, W in polygon
    )


# ------------------------------------------------------------------------------------------ the problem (section 3)


class Seed(NamedTuple):
    """The seed g: (corners, sides, form) for each triangle on which it is not zero, and zero elsewhere.

    Corners are points with W = ``scale``, forms of g have integer coefficients over ``denominator``.
    """

    pieces: tuple
    scale: int
    denominator: int

    def box(self):
        """Return ((x0, x1), (y0, y1)), integers over ``scale``: bounds on the support."""
        corners = [corner for piece in self.pieces for corner in piece[0]] or [(0, 0, 1)]
        return tuple((min(side), max(side)) for side in tuple(zip(*corners, strict=True))[:2])


MASK_INDEX = re.compile(r"(-?[0-9]{1,30}),(-?[0-9]{1,30})", re.ASCII)


def read_problem(value):
    """Return (name, mask, seed): the mask as a dictionary from pairs of integers to rationals that are not zero."""
    choice(value, "problem", "format", "exactrelu-problem/1")
    _, name, mask, seed = fields(value, "problem", "format", "name", "mask", "seed", optional=("window",))
    if type(name) is not str or type(mask) is not dict:
        raise Malformed("problem: expected a text as name and an object as mask")
    coefficients = {}
    for key, entry in mask.items():
        match = MASK_INDEX.fullmatch(key)
        index = match and (int(match[1]), int(match[2]))
        if not match or index in coefficients:
            raise Malformed(f'mask: {short(key)} is not an index such as "0,-1", or one that occurs twice')
        coefficients[index] = number(entry, f"mask {key}")
    if not any(coefficients.values()):
        raise Malformed("mask: no coefficient differs from zero")
    return name, {index: entry for index, entry in coefficients.items() if entry}, read_seed(seed)


def read_seed(value):
    """Return the `Seed`; raises `Malformed` unless its triangles do not overlap and the function is continuous."""
    vertices, triangles, heights = fields(value, "seed", "vertices", "triangles", "values")
    pairs = [numbers(pair, f"seed vertex {k}", 2) for k, pair in enumerate(array(vertices, "seed vertices"))]
    heights = numbers(heights, "seed values", len(pairs))
    entries, scale = over_common_denominator(list(chain(*pairs)))
    vertices = [(X, Y, scale) for X, Y in zip(entries[0::2], entries[1::2], strict=True)]
    pieces = []
    for k, triple in enumerate(array(triangles, "seed triangles")):
        where = f"seed triangle {k}"
        indices = [integer(j, where, 0, len(vertices) - 1) for j in array(triple, where, 3)]
        corners = tuple(vertices[j] for j in indices)
        if not is_within(sides(corners), corners):
            indices.reverse()
            corners = corners[::-1]
        if is_beyond(sides(corners), corners):
            raise Malformed(f"{where}: its vertices lie on one line")
        pieces.append((corners, sides(corners), [heights[j] for j in indices]))
    used = {corner for piece in pieces for corner in piece[0]}
    if any(height and vertex not in used for vertex, height in zip(vertices, heights, strict=True)):
        raise Malformed("seed: a vertex has a value that is not 0, but is a corner of no triangle")
    check_apart(pieces)
    check_continuous(pieces)
    pieces = [piece for piece in pieces if any(piece[2])]
    forms, denominator = over_common_denominator([entry for piece in pieces for entry in interpolate(*piece)])
    return Seed(
        tuple((*piece[:2], forms[3 * k : 3 * k + 3]) for k, piece in enumerate(pieces)), scale, denominator
    )


def interpolate(corners, edges, heights):
    """Return the rational form with the given values at the three corners: each value times the opposite edge's form,
    which has the same value at the opposite corner for all three edges."""
    (a, b, c), (X, Y, W) = edges[0], corners[2]
    factor = Fraction(W, a * X + b * Y + c * W)
    weights = (heights[2] * factor, heights[0] * factor, heights[1] * factor)
    return [sum(weight * edge[k] for weight, edge in zip(weights, edges, strict=True)) for k in range(3)]


def check_apart(pieces):
    """Raise `Malformed` if two of the counterclockwise triangles have a common interior point."""
    active, pairs = [], 0
    for piece in sorted(pieces, key=lambda piece: min(piece[0])):
        active = [other for other in active if max(other[0])[0] > min(piece[0])[0]]
        pairs += len(active)
        if pairs > MAX_PAIRS:
            raise Malformed(f"seed: more than {MAX_PAIRS} pairs of triangles lie over a common point of the x-axis")
        for other in active:
            if not is_beyond(piece[1], other[0]) and not is_beyond(other[1], piece[0]):
                raise Malformed(f"seed: the triangles {shown(other[0])} and {shown(piece[0])} overlap")
        active.append(piece)


def check_continuous(pieces):
    """Raise `Malformed` if the seed jumps across an edge: the values along it are a piecewise linear function."""
    edges = []
    for corners, lines, heights in pieces:
        for k, line in enumerate(lines):
            u, v, at_u, at_v = corners[k], corners[k - 2], heights[k], heights[k - 2]
            axis = 0 if line[1] else 1
            slope = (at_v - at_u) / (v[axis] - u[axis])
            edges.append((line, u, v, (slope, at_u - slope * u[axis])))
    end = first_jump(edges)
    if end is not None:
        raise Malformed(f"seed: the function jumps across an edge at {shown([end])}")


def first_jump(edges):
    """Return a point at which a jump begins or ends, None if there is none, of a sum of functions that are zero but on
    a convex polygon each; of the edges are given the line, start and end, the polygon to the left, and some numbers.

    Along each line the sum of the numbers of polygons on one side, minus those on the other, is constant but for the
    ends of edges; it vanishes exactly if its changes there cancel. An edge run through with its polygon to the left
    adds its numbers where it begins and takes them away where it ends: for edges in the opposite direction, the minus.
    """
    changes = {}
    for line, start, end, entries in edges:
        for point, sign in ((start, 1), (end, -1)):
            key = (primitive(line)[0], point)
            old = changes.get(key, (0,) * len(entries))
            changes[key] = tuple(before + sign * entry for before, entry in zip(old, entries, strict=True))
    return next((point for (_, point), change in changes.items() if any(change)), None)


# ------------------------------------------------------------------------------------------ the network (section 4)


class Network(NamedTuple):
    """Nodes 0 and 1 are x and y, node 2 + k is ``nodes[k]``: an integer j for max(0, node j), or (terms, bias)."""

    nodes: tuple
    output: int

    def value(self, point):
        """Return the exact value at a point, a pair of rationals."""
        budget, values = Budget(), list(point)
        for node in self.nodes:
            if type(node) is int:
                values.append(max(values[node], Fraction(0)))
            else:
                values.append(sum((weight * values[source] for source, weight in node[0]), node[1]))
            budget.rationals(values[-1:])
        return values[self.output]


def sources(node):
    """Return the nodes that a node, as in `Network`, refers to."""
    return [node] if type(node) is int else [source for source, _ in node[0]]


def read_network(value):
    """Return the `Network` with two inputs and one output."""
    choice(value, "network", "format", "exactrelu-network/1")
    _, inputs, nodes, outputs = fields(value, "network", "format", "inputs", "nodes", "outputs", optional=("marks",))
    integer(inputs, "network inputs", 2, 2)
    nodes = tuple(read_node(node, k) for k, node in enumerate(array(nodes, "network nodes"), 2))
    return Network(nodes, integer(array(outputs, "network outputs", 1)[0], "network output", 0, len(nodes) + 1))


def read_node(value, k):
    """Return node k: the index j of max(0, node j), or (terms, bias) without terms of weight 0."""
    if choice(value, f"node {k}", "op", "affine", "relu") == "relu":
        return integer(fields(value, f"node {k}", "op", "of")[1], f"node {k} of", 0, k - 1)
    _, terms, bias = fields(value, f"node {k}", "op", "terms", "bias")
    weights = {}
    for term in array(terms, f"node {k} terms"):
        source, weight = array(term, f"node {k} term", 2)
        if integer(source, f"node {k} term", 0, k - 1) in weights:
            raise Malformed(f"node {k}: node {source} occurs twice among its terms")
        weights[source] = number(weight, f"node {k} weight of node {source}")
    return tuple((source, weight) for source, weight in weights.items() if weight), number(bias, f"node {k} bias")


# ------------------------------------------------------------------------------------------- the target (section 5)


def iterated_mask(mask, n, is_needed=None):
    """Return (coefficients, denominator): V^n g(z) = sum of c^(n)_k g(2^n z - k), the c^(n)_k that are not 0 by index.

    With ``is_needed``, only those of indices k with is_needed(m, k) at every step m on the way.
    """
    budget = Budget()
    entries, denominator = over_common_denominator(mask.values())
    coefficients = {(0, 0): 1}
    for m in range(1, n + 1):
        budget.spend(work=PRODUCT_BITS * len(coefficients) * len(entries))
        finer = {}
        for (j, k), outer in coefficients.items():
            for (p, q), entry in zip(mask, entries, strict=True):
                index = (2 * j + p, 2 * k + q)
                if is_needed is None or is_needed(m, index):
                    finer[index] = finer.get(index, 0) + outer * entry
        coefficients = {index: entry for index, entry in finer.items() if entry}
        budget.spend(*coefficients.values(), *chain(*coefficients))
    return coefficients, denominator**n


def target_value(mask, seed, n, point):
    """Return V^n g at a point, a pair of rationals.

    The box that holds the support of g and all mask indices holds the support of every V^m g: only translates whose
    box contains the point are followed.
    """
    box = [
        (min(Fraction(low, seed.scale), *indices), max(Fraction(high, seed.scale), *indices))
        for (low, high), indices in zip(seed.box(), zip(*mask, strict=True), strict=True)
    ]

    def is_needed(m, index):
        return all(low <= 2**m * z - k <= high for (low, high), z, k in zip(box, point, index, strict=True))

    total = Fraction(0)
    coefficients, denominator = iterated_mask(mask, n, is_needed)
    for (j, k), entry in coefficients.items():
        x, y = 2**n * point[0] - j, 2**n * point[1] - k
        forms = [form for _, edges, form in seed.pieces if is_within(edges, [(x, y, 1)])]
        if forms:
            total += entry * (forms[0][0] * x + forms[0][1] * y + forms[0][2])
    return total / (denominator * seed.denominator)


class Target:
    """V^n g for comparison on polygons: the sum of the translates (index k, c^(n)_k over `denominator`) of g."""

    def __init__(self, mask, seed, n):
        coefficients, denominator = iterated_mask(mask, n)
        self.seed, self.level, self.denominator = seed, 2**n, denominator * seed.denominator
        self.translates = list(coefficients.items())

    def nearby(self, line, translates):
        """Return the translates whose boxes reach to the negative side of the line, and those to the positive."""
        (x0, x1), (y0, y1) = self.seed.box()
        a, b, c = (entry * factor for entry, factor in zip(line, (1, 1, self.level * self.seed.scale), strict=True))
        low = c + min(a * x0, a * x1) + min(b * y0, b * y1)
        high = c + max(a * x0, a * x1) + max(b * y0, b * y1)
        a, b = a * self.seed.scale, b * self.seed.scale
        negative = [translate for translate in translates if low + a * translate[0][0] + b * translate[0][1] < 0]
        positive = [translate for translate in translates if high + a * translate[0][0] + b * translate[0][1] > 0]
        return shorter(negative, translates), shorter(positive, translates)

    def check(self, polygon, translates, form):
        """Raise `Invalid` unless V^n g has this form (rational) on the polygon, where all other translates vanish."""
        pieces, level = [], self.level
        for (j, k), coefficient in translates:
            points = [(level * X - j * W, level * Y - k * W, W) for X, Y, W in polygon]
            for corners, edges, piece in self.seed.pieces:
                if not is_beyond(edges, points):
                    corners = [(X + j * W, Y + k * W, level * W) for X, Y, W in corners]
                    *edges, (a, b, c) = [(level * a, level * b, c - j * a - k * b) for a, b, c in (*edges, piece)]
                    pieces.append((corners, edges, (coefficient * a, coefficient * b, coefficient * c)))
        for part, total in sums(polygon, pieces):
            if any(entry != self.denominator * wanted for entry, wanted in zip(total, form, strict=True)):
                network = ", ".join(map(short, form))
                target = ", ".join(short(Fraction(entry, self.denominator)) for entry in total)
                raise Invalid(f"the network has the form ({network}), V^n g the form ({target}) on {shown(part)}")


def sums(polygon, pieces):
    """Yield (part, form): parts that cover the polygon, and the form there of the sum of the ``pieces``: (corners,
    sides, form) for a form on a convex polygon, 0 elsewhere.

    The polygon is cut along the sides of the pieces until each of these contains it or has no interior point of it.
    """
    stack = [(polygon, pieces, ZERO)]
    while stack:
        polygon, pieces, total = stack.pop()
        own, crossing = sides(polygon), []
        for corners, edges, form in pieces:
            if is_within(edges, polygon):
                total = tuple(old + new for old, new in zip(total, form, strict=True))
            elif not is_beyond(edges, polygon) and not is_beyond(own, corners):
                crossing.append((corners, edges, form))
        if crossing:
            halves = next(filter(None, (cut(polygon, line) for line in crossing[len(crossing) // 2][1])))
            stack.extend((half, crossing, total) for half in halves)
        else:
            yield polygon, total


def shorter(new, old):
    """Return the list ``new``, a part of ``old``, or ``old`` itself unless that saves much: the stack stays small."""
    return new if 8 * len(new) < 7 * len(old) else old


# ------------------------------------------------------------------------- functions of one coordinate (section 6)


class Curve(NamedTuple):
    """A continuous piecewise linear function of one coordinate t: s t + c for (s, c) = ``pieces[i]``, to the left of
    ``kinks[i]`` and to the right of ``kinks[i - 1]``; at each kink the slope really changes."""

    pieces: list
    kinks: list

    def range(self, first, last, ends, scale):
        """Return (low, high), ``scale`` times the range between the ``ends``; None is an infinite bound.

        The ends are rationals or None (infinite); ``kinks[first:last]`` are the kinks strictly between them;
        ``scale`` is a multiple of the denominators of all of these.
        """
        points, slopes = list(zip(self.pieces[first:last], self.kinks[first:last], strict=True)), []
        for piece, end, outwards in zip((self.pieces[first], self.pieces[last]), ends, (-1, 1), strict=True):
            if end is None:
                slopes.append(outwards * piece[0])
            else:
                points.append((piece, end))
        return bounds([s * (t.numerator * (scale // t.denominator)) + c * scale for (s, c), t in points], slopes)


def bounds(values, slopes):
    """Return (low, high) of values at points and along rays from them with the slopes; None is an infinite bound."""
    low, high = min(values), max(values)
    if slopes:
        return (None if min(slopes) < 0 else low), (None if max(slopes) > 0 else high)
    return low, high


def curve_sum(terms, bias):
    """Return the curve  sum of weight * curve + bias  of pairs (integer weight, curve)."""
    pieces, kinks, changes = [(0, bias)], [], {}
    for weight, curve in terms:
        pieces[0] = tuple(old + weight * new for old, new in zip(pieces[0], curve.pieces[0], strict=True))
        for kink, ((s, c), (t, d)) in zip(curve.kinks, pairwise(curve.pieces), strict=True):
            old = changes.get(kink, (0, 0))
            changes[kink] = (old[0] + weight * (t - s), old[1] + weight * (d - c))
    for kink in sorted(changes):
        if changes[kink][0]:
            pieces.append(tuple(old + new for old, new in zip(pieces[-1], changes[kink], strict=True)))
            kinks.append(kink)
    return Curve(pieces, kinks)


def curve_relu(curve):
    """Return the curve max(0, curve)."""
    pieces, kinks = [], []
    for (s, c), start, end in zip(curve.pieces, [None, *curve.kinks], [*curve.kinks, None], strict=True):
        root = Fraction(-c, s) if s else None
        if root is None or (start is not None and root <= start):
            parts = ((start, s > 0 or (not s and c > 0)),)
        elif end is not None and root >= end:
            parts = ((start, s < 0),)
        else:
            parts = ((start, s < 0), (root, s > 0))
        for kink, is_positive in parts:
            piece = (s, c) if is_positive else (0, 0)
            if not pieces:
                pieces.append(piece)
            elif pieces[-1] != piece:
                pieces.append(piece)
                kinks.append(kink)
    return Curve(pieces, kinks)


# ------------------------------------------------------------------ evaluation of networks on polygons (section 7)


class Part(NamedTuple):
    """A slot: a function of the coordinate ``axis`` (0 or 1); ``ranks`` places its kinks among those of the axis."""

    axis: int
    curve: Curve
    ranks: list


class Node(NamedTuple):
    """A node prepared for all of the plane: does it depend on x (axes & 1), on y (axes & 2); its denominator; its
    `Curve`, or its slot if it depends on both."""

    axes: int
    denominator: int
    content: Curve | int


class Program:
    """A network prepared for evaluation: `slots` in topological order, with `denominators`, `sizes` and node ids.

    A node that depends on both coordinates has a slot: an integer j stands for max(0, slot j), a pair (terms, bias) for
    the sum of weight * slot over its terms (slot, weight), plus bias. The terms of such an affine node that depend on x
    alone are added up first, those that depend on y alone as well: each sum is a slot, a `Part`, the same for sums that
    are multiples of each other. On every polygon, the form of slot k has integer coefficients over ``denominators[k]``,
    at most ``sizes[k]``; the weights are the integers that go with that.
    """

    def __init__(self, network, budget):
        self.slots, self.denominators, self.sizes, self.ids = [], [], [], []
        self._parts, self._budget = {}, budget
        nodes = [Node(axes, 1, Curve([(1, 0)], [])) for axes in (1, 2)]
        for k, node in enumerate(network.nodes, 2):
            nodes.append(self._relu(nodes[node], k) if type(node) is int else self._affine(nodes, *node, k))
        axes, _, content = nodes[network.output]
        self.output = content if axes == 3 else self._part(nodes, axes, [(network.output, Fraction(1))], network.output)
        self.grids = [self._rank(axis) for axis in (0, 1)]

    def _relu(self, node, k):
        axes, denominator, content = node
        if axes == 3:
            return Node(3, denominator, self._slot(content, denominator, self.sizes[content], k))
        return Node(axes, denominator, self._budget.curve(curve_relu, [content], content))

    def _affine(self, nodes, terms, bias, k):
        axes = 0
        for source, _ in terms:
            axes |= nodes[source].axes
        if axes < 3:
            return Node(axes, *self._curve(nodes, terms, bias))
        summands = [(nodes[source].content, weight) for source, weight in terms if nodes[source].axes == 3]
        for axes in (1, 2):
            group = sorted((source, weight) for source, weight in terms if max(nodes[source].axes, 1) == axes)
            if group:
                factor = group[0][1]
                scaled = [(source, weight / factor) for source, weight in group]
                summands.append((self._part(nodes, axes, scaled, k), factor))
        slots = [slot for slot, _ in summands]
        weights, bias, denominator = self._weights([(w, self.denominators[slot]) for slot, w in summands], bias)
        size = abs(bias) + sum(abs(weight) * self.sizes[slot] for slot, weight in zip(slots, weights, strict=True))
        return Node(3, denominator, self._slot((list(zip(slots, weights, strict=True)), bias), denominator, size, k))

    def _part(self, nodes, axes, terms, k):
        """Return the slot of the sum of ``terms``, which depend on the coordinate of ``axes`` at most."""
        key = (axes, *terms)
        if key not in self._parts:
            denominator, curve = self._curve(nodes, terms, Fraction(0))
            size = max(abs(entry) for piece in curve.pieces for entry in piece)
            self._parts[key] = self._slot(Part(axes // 2, curve, []), denominator, size, k)
        return self._parts[key]

    def _curve(self, nodes, terms, bias):
        """Return (denominator, curve) of  sum of weight * node + bias  for terms that depend on one coordinate."""
        weights, bias, denominator = self._weights([(w, nodes[source].denominator) for source, w in terms], bias)
        curves = [nodes[source].content for source, _ in terms]
        return denominator, self._budget.curve(curve_sum, curves, zip(weights, curves, strict=True), bias)

    def _weights(self, pairs, bias):
        """Return (weights, bias, denominator), integers, of a sum of values that are integers over denominators."""
        ratios = [weight / divisor for weight, divisor in pairs]
        (bias, *weights), denominator = over_common_denominator([bias, *ratios])
        self._budget.spend(denominator, bias, *weights)
        return weights, bias, denominator

    def _slot(self, slot, denominator, size, k):
        self._budget.spend(size)
        self.slots.append(slot)
        self.denominators.append(denominator)
        self.sizes.append(size)
        self.ids.append(k)
        return len(self.slots) - 1

    def _rank(self, axis):
        """Fill in the ranks of the parts of one axis and return the sorted list of all their kinks."""
        parts = [slot for slot in self.slots if type(slot) is Part and slot.axis == axis]
        grid = sorted({kink for part in parts for kink in part.curve.kinks})
        rank = {kink: place for place, kink in enumerate(grid)}
        for part in parts:
            part.ranks.extend(rank[kink] for kink in part.curve.kinks)
        return grid


class Region:
    """A polygon prepared for evaluation: its vertices, the finite ones over the common denominator `scale`; for each
    axis its `ends` (None: infinite) and the range `inside` of the kinks, among all of the axis, strictly between."""

    def __init__(self, polygon, grids):
        self.finite = [vertex for vertex in polygon if vertex[2]]
        self.ideal = [(X, Y) for X, Y, W in polygon if not W]
        self.refine(lcm(*(W for _, _, W in self.finite)))
        self.ends, self.inside = [], []
        for axis, grid in enumerate(grids):
            low, high = bounds([point[axis] for point in self.points], [direction[axis] for direction in self.ideal])
            low, high = (None if end is None else Fraction(end, self.scale) for end in (low, high))
            self.ends.append((low, high))
            self.inside.append((
                0 if low is None else bisect_right(grid, low), len(grid) if high is None else bisect_left(grid, high)
            ))

    def refine(self, scale):
        """Set the common denominator, a multiple of those of the vertices."""
        self.scale = scale
        self.points = [(X * (scale // W), Y * (scale // W)) for X, Y, W in self.finite]

    def range(self, form):
        """Return (low, high), `scale` times the exact range of the form; None is an infinite bound."""
        a, b, c = form
        c *= self.scale
        if not a and not b:
            return c, c
        values = [a * x + b * y + c for x, y in self.points]
        if self.ideal:
            return bounds(values, [a * X + b * Y for X, Y in self.ideal])
        return min(values), max(values)


class Evaluation:
    """The partial evaluation of a `Program` on one polygon after another, each inside one of those entered before.

    On the polygon entered last, slot k is ``forms[k]`` plus something between the ``bounds[k]``, integers over its
    denominator and the region's scale, or None (infinite). A slot that is `resolved` is just its form there, and so on
    everything inside; `trail` lists these slots, so that `leave` can take back what does not hold on the next polygon.
    """

    def __init__(self, program):
        size = len(program.slots)
        self.program, self.trail = program, []
        self.forms, self.bounds, self.resolved = [None] * size, [None] * size, [False] * size
        self.everything = self.needed(list(range(size)))

    def enter(self, polygon, pending):
        """Evaluate the slots ``pending`` on the polygon."""
        self.region = Region(polygon, self.program.grids)
        self._enter_parts(self.region, pending)
        slots = self.program.slots
        for k in pending:
            slot = slots[k]
            if type(slot) is int:
                self._enter_relu(k, slot)
            elif type(slot) is tuple:
                self._enter_affine(k, *slot)

    def _set(self, k, form, bounds):
        self.forms[k], self.bounds[k] = form, bounds
        if bounds is None:
            self.resolved[k] = True
            self.trail.append(k)

    def _enter_parts(self, region, pending):
        """Resolve the parts without a kink inside the region, bound the others, and set the region's scale."""
        open_parts, scale = [], region.scale
        for k in pending:
            part = self.program.slots[k]
            if not self.resolved[k] and type(part) is Part:
                first, last = (bisect_left(part.ranks, rank) for rank in region.inside[part.axis])
                if first == last:
                    s, c = part.curve.pieces[first]
                    self._set(k, (0, s, c) if part.axis else (s, 0, c), None)
                else:
                    open_parts.append((k, part, first, last))
                    scale = lcm(scale, *(kink.denominator for kink in part.curve.kinks[first:last]))
        region.refine(scale)
        for k, part, first, last in open_parts:
            self._set(k, ZERO, part.curve.range(first, last, region.ends[part.axis], scale))

    def enclosure(self, k):
        """Return (low, high): integers like `bounds`, between which slot k lies on the polygon entered last."""
        low, high = self.region.range(self.forms[k])
        interval = self.bounds[k]
        if interval is not None:
            down, up = interval
            low = None if low is None or down is None else low + down
            high = None if high is None or up is None else high + up
        return low, high

    def output_range(self, polygon):
        """Return rationals (low, high), None if infinite, between which the output lies on a polygon."""
        self.leave(0)
        self.enter(polygon, self.everything)
        scale = self.region.scale * self.program.denominators[self.program.output]
        return tuple(None if end is None else Fraction(end, scale) for end in self.enclosure(self.program.output))

    def _enter_relu(self, k, source):
        """Evaluate slot k, max(0, slot ``source``)."""
        low, high = self.enclosure(source)
        if high is not None and high <= 0:
            self._set(k, ZERO, None)
        elif low is not None and low >= 0:
            self._set(k, self.forms[source], self.bounds[source])
        else:
            self.forms[k], self.bounds[k] = ZERO, (0, high)

    def _enter_affine(self, k, terms, bias):
        """Evaluate slot k, the sum of weight * slot over its terms, plus bias."""
        forms, enclosures = self.forms, self.bounds
        a = b = low = high = 0
        c, is_resolved = bias, True
        for source, weight in terms:
            form, interval = forms[source], enclosures[source]
            if form is not ZERO:
                x, y, z = form
                a += weight * x
                b += weight * y
                c += weight * z
            if interval is not None:
                is_resolved = False
                down, up = interval if weight > 0 else interval[::-1]
                low = None if low is None or down is None else low + weight * down
                high = None if high is None or up is None else high + weight * up
        self._set(k, (a, b, c) if a or b or c else ZERO, None if is_resolved else (low, high))

    def needed(self, pending):
        """Return the slots of ``pending`` that are open on the polygon entered last, and reach the output through open
        slots, in order."""
        needed, reached, slots, resolved = {self.program.output}, [], self.program.slots, self.resolved
        for k in reversed(pending):
            if k in needed and not resolved[k]:
                reached.append(k)
                slot = slots[k]
                if type(slot) is int:
                    needed.add(slot)
                elif type(slot) is tuple:
                    needed.update([source for source, _ in slot[0]])
        reached.reverse()
        return shorter(reached, pending)

    def leave(self, length):
        """Take back all that was resolved since the trail had this length."""
        for k in self.trail[length:]:
            self.resolved[k] = False
        del self.trail[length:]

    def output(self, pending):
        """Return the rational form of the network on the polygon entered last; raises `Invalid` if it is not known.

        An output that is open is expanded into open units, with max(0, e) = e/2 + |e|/2: it is affine if all weights
        of open slots and of all |e| add up to 0. Equal e, up to a factor, are recognised by `_expression`.
        """
        one = 1 << len(pending)  # all weights are integers over this, halved at most once for each slot
        weights, absolute, total = {}, {}, [0, 0, 0]
        self._add(weights, total, self.program.output, one)
        for k in reversed(pending if weights else ()):
            weight, slot = weights.pop(k, 0), self.program.slots[k]
            if not weight:
                continue
            if type(slot) is Part:
                raise Invalid(f"the network is not known to be affine there: node {self.program.ids[k]} has a kink")
            terms, bias = slot if type(slot) is not int else ([(slot, 1)], 0)
            if type(slot) is int:
                weight //= 2
                line, factor = self._expression(slot)
                absolute.setdefault(line, [0, k])[0] += weight * factor
            total[2] += weight * bias
            for source, factor in terms:
                self._add(weights, total, source, weight * factor)
        for weight, k in absolute.values():
            if weight:
                raise Invalid(f"the network is not known to be affine there: node {self.program.ids[k]} changes sign")
        return [Fraction(entry, one * self.program.denominators[self.program.output]) for entry in total]

    def _add(self, weights, total, source, weight):
        """Add ``weight`` times the slot ``source`` to the form ``total`` if it is resolved, else to the ``weights``."""
        if self.resolved[source]:
            if self.forms[source] is not ZERO:
                for place, entry in enumerate(self.forms[source]):
                    total[place] += weight * entry
        else:
            weights[source] = weights.get(source, 0) + weight

    def _expression(self, k):
        """Return (key, factor) of slot k as a form plus open slots: |slot k| is factor times a function of the key."""
        form, slot = self.forms[k], self.program.slots[k]
        terms = []
        if not self.resolved[k]:
            terms, form = [(k, 1)], ZERO
            if type(slot) is tuple:
                total, weights = [0, 0, slot[1]], {}
                for source, weight in slot[0]:
                    self._add(weights, total, source, weight)
                terms, form = sorted(weights.items()), total
        line, factor = primitive((*(weight for _, weight in terms), *form))
        return (tuple(source for source, _ in terms), line), abs(factor)


# ------------------------------------------------------------------------------------------------ evidence (section 8)


class Enumeration:
    """A tree of splits that is to prove that a network equals V^n g on all of R^2.

    `check` goes through the four trees of the quadrants. Every tree in them can be checked for itself as well: what is
    known on a polygon before it is cut is known on its parts, too, and only found again.
    """

    def __init__(self, lines, tree, mask, seed, n, network):
        self.lines = [read_line(line, f"evidence line {k}") for k, line in enumerate(array(lines, "evidence lines"))]
        for k, entry in enumerate(array(tree, "evidence tree")):
            integer(entry, f"evidence tree entry {k}", -1, len(self.lines) - 1)
        self.tree, self.target, self.evaluation = tree, Target(mask, seed, n), Evaluation(Program(network, Budget()))

    def check(self):
        """Raise `Invalid` unless the trees of the quadrants follow each other, and prove the equality there."""
        position = 0
        for polygon in QUADRANTS:
            position = self.check_tree(polygon, position)
        self.check_end(position)

    def check_tree(self, polygon, position):
        """Show the equality on a polygon by the tree that begins with entry ``position``; return where it ends."""
        translates = self.target.translates
        for line in sides(polygon):
            _, translates = self.target.nearby(line, translates)
        stack = [(polygon, self.evaluation.everything, translates, 0)]
        while stack:
            polygon, pending, translates, length = stack.pop()
            parts = self.parts(polygon, position)
            self.evaluation.leave(length)
            self.evaluation.enter(polygon, pending)
            if parts:
                pending = self.evaluation.needed(pending)
                nearby = self.target.nearby(self.lines[self.tree[position]], translates)
                for part, near in reversed(list(zip(parts, nearby, strict=True))):
                    stack.append((part, pending, near, len(self.evaluation.trail)))
            else:
                self.check_leaf(polygon, pending, translates, position)
            position += 1
        return position

    def check_leaf(self, polygon, pending, translates, position):
        """Show the equality on a leaf."""
        try:
            self.target.check(polygon, translates, self.evaluation.output(pending))
        except Invalid as error:
            raise self.invalid(polygon, position, error) from None

    def parts(self, polygon, position):
        """Return the two parts into which an entry of the tree cuts a polygon, none for a leaf."""
        if position == len(self.tree):
            raise Invalid(f"the tree ends before its leaves cover the plane: next is the polygon {shown(polygon)}")
        if self.tree[position] < 0:
            return ()
        parts = cut(polygon, self.lines[self.tree[position]])
        if parts is None:
            raise self.invalid(polygon, position, "the line does not cut it")
        return parts

    def invalid(self, polygon, position, reason):
        """Return the `Invalid` at an entry of the tree."""
        return Invalid(f"tree entry {position}, the polygon {shown(polygon)}: {reason}")

    def check_end(self, position):
        """Raise `Invalid` if the tree goes on after its last leaf."""
        if position < len(self.tree):
            raise Invalid(f"tree entry {position}: the plane is covered before")


def read_line(value, where):
    """Return the line a x + b y + c = 0 as a triple of integers, a and b not both 0."""
    line = numbers(value, where, 3)
    if any(entry.denominator > 1 for entry in line) or not (line[0] or line[1]):
        raise Malformed(f"{where}: expected three integers, the first two not both 0")
    return tuple(entry.numerator for entry in line)


def check_point(claim, mask, seed, n, network):
    """Raise `Invalid` unless the network and V^n g have the claimed values at the claimed point, and these differ."""
    for name, claimed, value in (
        ("the network", claim.network, network.value(claim.point)),
        ("V^n g", claim.target, target_value(mask, seed, n, claim.point)),
    ):
        if claimed != value:
            raise Invalid(f"the value of {name} at the point is {short(value)}, not {short(claimed)}")
    if claim.network == claim.target:
        raise Invalid("the two values at the point are equal")


# ------------------------------------------------------------------------------------ evidence by induction (section 9)


def read_nodes(where, size, value, name, length):
    """Return an array of ``length`` nodes as a tuple."""
    return tuple(integer(k, f"{where} {name}", 0, size - 1) for k in array(value, f"{where} {name}", length))


def read_levels(where, size, value, name, count, length):
    """Return ``count`` such arrays as a tuple."""
    arrays = enumerate(array(value, f"{where} {name}", count))
    return tuple(read_nodes(where, size, row, f"{name} {k}", length) for k, row in arrays)


def read_weights(where, size, value, name):
    """Return an array of pairs (node, weight) as a tuple."""
    where = f"{where} {name}"
    pairs = [array(pair, where, 2) for pair in array(value, where)]
    return tuple((integer(k, where, 0, size - 1), number(weight, where)) for k, weight in pairs)


def different(values, where, name):
    """Return the values as a tuple; raises `Malformed` if two are equal."""
    if len(set(values)) < len(values):
        raise Malformed(f"{where}: a {name} occurs twice")
    return tuple(values)


class Block(NamedTuple):
    """Some nodes of a network as functions of others, numbered anew: first the inputs, then ``nodes`` as in `Network`.

    ``inputs[k]`` is the number of the input in place k: less than k if the same node stands in an earlier place.
    """

    inputs: tuple
    nodes: tuple
    outputs: tuple

    def size(self):
        """Return the number of nodes and terms."""
        return sum(1 if type(node) is int else 1 + len(node[0]) for node in self.nodes)

    def run(self, values, add, positive):
        """Return the outputs on inputs with these values: ``add`` makes the sum of weight * value over pairs (weight,
        value), plus a bias, and ``positive`` makes max(0, value)."""
        return self.resume(list(values), add, positive)

    def resume(self, values, add, positive):
        """Return the outputs likewise, for values of the inputs and perhaps of some nodes, those of the others being
        appended one by one."""
        for node in self.nodes[len(values) - len(self.inputs) :]:
            if type(node) is int:
                values.append(positive(values[node]))
            else:
                values.append(add([(weight, values[source]) for source, weight in node[0]], node[1]))
        return [values[k] for k in self.outputs]


def loop(origin, length, steps):
    """Return the curves p and q of E(steps (t - origin) mod 1) for t in [origin, origin + length], (0, 0) elsewhere:
    E runs once around the triangle (0, 0), (1, 1), (1, 0), a third of the time for each side."""
    curves = []
    for slopes in ((3, 0, -3), (3, -3, 0)):
        pieces, kinks, value = [(0, 0)], [], 0
        for k in range(3 * steps * length + 1):
            slope = steps * slopes[k % 3] if k < 3 * steps * length else 0
            t = origin + Fraction(k, 3 * steps)
            if slope != pieces[-1][0]:
                pieces.append((slope, value - slope * t))
                kinks.append(t)
            value += Fraction(slope, 3 * steps)
        curves.append(Curve(pieces, kinks))
    return curves


def samples(curve, low, high):
    """Return the values of a curve at ``low``, at ``high`` and at its kinks between them: all are attained, and none
    on [low, high] is less than all of them, or greater."""
    points = [low, *curve.kinks[bisect_right(curve.kinks, low) : bisect_left(curve.kinks, high)], high]
    return [s * t + c for t in points for s, c in [curve.pieces[bisect_left(curve.kinks, t)]]]


def before(curve, end, key):
    """Return what a curve is to the left of ``end``, None being infinite, as a combination with a key for t."""
    slope, value = curve.pieces[len(curve.kinks) if end is None else bisect_left(curve.kinks, end)]
    return {name: entry for name, entry in ((key, slope), (CONSTANT, value)) if entry}


CONSTANT, VALUE = -1, -2
"""The keys of the constant, and of V^n g or h, in a combination: a dictionary from keys to rationals that are not 0."""


class Ambiguous(Exception):
    """Raised when no sign of a unit of a block is known. ``args[0]`` says where to cut: for `Induction.signed` the
    (c, a, b) of those p_s (a u + b v + c) in it with both signs, for `Atoms.on_polygon` the line of the unit."""


LOOP = loop(0, 1, 1)
DIGITS = tuple(product((0, 1), repeat=2))
UNIT_SQUARE = ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))


def rectangle(x0, x1, y0, y1):
    """Return the polygon with these rational sides."""
    (x0, x1, y0, y1), scale = over_common_denominator([x0, x1, y0, y1])
    return tuple((x, y, scale) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def moved(polygon, shift):
    """Return the polygon moved by two rationals."""
    (dx, dy), scale = over_common_denominator(shift)
    return tuple((X * scale + dx * W, Y * scale + dy * W, W * scale) for X, Y, W in polygon)


def bounded_by(spans):
    """Return bounds for `Proof.positive` of combinations whose keys are in ``spans``: {key: (low, high)}, None being
    infinite."""

    def bounds(combination, _):
        low = high = 0
        for key, weight in combination.items():
            down, up = spans[key] if weight > 0 else spans[key][::-1]
            low = None if low is None or down is None else low + weight * down
            high = None if high is None or up is None else high + weight * up
        return low, high

    return bounds


def check_selector(selector, origin, length, width, early, where):
    """Raise `Invalid` unless a curve is between 0 and 1 everywhere, and the first binary digit of t - origin mod 1 from
    width after each of its jumps on until early before the next, for t in [origin, origin + length]."""
    ends = [origin, origin + length, *selector.kinks]
    values = samples(selector, min(ends), max(ends))
    if selector.pieces[0][0] or selector.pieces[-1][0] or min(values) < 0 or max(values) > 1:
        raise Invalid(f"{where}: the selector leaves [0, 1]")
    for k in range(2 * length):
        start = origin + Fraction(k, 2)
        if any(value != k % 2 for value in samples(selector, start + width, start + Fraction(1, 2) - early)):
            raise Invalid(f"{where}: the selector is not the digit next to {short(start)}")


class Line(NamedTuple):
    """A controller of the coordinate ``axis``: r_0 is t - origin mod 1 for t in [origin, origin + length].

    Its selectors are digits but for strips of some width behind the jumps of the digit, and ``early`` before them.
    """

    axis: int
    origin: Fraction
    length: int
    width: Fraction
    early: Fraction = Fraction(0)


class Proof:
    """What both kinds of evidence by induction need: blocks, linear combinations, controllers and arrows."""

    corner = (0, 0)
    """From where cells are counted."""

    def __init__(self, mask, seed, n, network):
        self.mask, self.seed, self.n, self.network = mask, seed, n, network
        self.step, self.budget, self.known = Fraction(1, 2**n), Budget(), {}

    def block(self, inputs, outputs, where):
        """Return the `Block` from the nodes ``inputs`` to the nodes ``outputs``; equal parts give equal ones.

        Raises `Invalid` if an output depends on x or y on a path that meets none of the inputs.
        """
        number_of = {}
        for k, node in enumerate(inputs):
            number_of.setdefault(node, k)
        found, _ = self.walk(number_of, outputs, where)
        nodes = []
        for k in found:
            node = self.network.nodes[k - 2]
            number_of[k] = len(inputs) + len(nodes)
            if type(node) is int:
                nodes.append(number_of[node])
            else:
                nodes.append((tuple((number_of[source], weight) for source, weight in node[0]), node[1]))
        return Block(tuple(number_of[k] for k in inputs), tuple(nodes), tuple(number_of[k] for k in outputs))

    def walk(self, inputs, outputs, where):
        """Return (nodes, met): the nodes on the ways from the ``inputs`` to the ``outputs``, in order, and the set of
        inputs from which there is one; raises `Invalid` as `block` does."""
        met, found, waiting = set(), set(), list(outputs)
        while waiting:
            k = waiting.pop()
            if k in inputs:
                met.add(k)
            elif k not in found:
                if k < 2:
                    name = f"node {max(outputs)}, or one beside it,"
                    raise Invalid(f"{where}: {name} depends on {'xy'[k]} in another way")
                found.add(k)
                earlier = sources(self.network.nodes[k - 2])
                self.budget.spend(work=NUMBER_BITS * (1 + len(earlier)))
                waiting.extend(earlier)
        return sorted(found), met

    def add(self, terms, bias):
        """Return the combination  sum of weight * combination + bias  of pairs (weight, combination)."""
        total = {CONSTANT: bias}
        for weight, combination in terms:
            for key, entry in combination.items():
                total[key] = total.get(key, 0) + weight * entry
        total = {key: entry for key, entry in total.items() if entry}
        self.budget.rationals(total.values())
        self.budget.spend(work=NUMBER_BITS * sum(len(combination) for _, combination in terms))  # they may cancel
        return total

    def solve(self, terms, total):
        """Return (place, combination): what  sum of weight * value = total  says of the first value in pairs (weight,
        value) with a weight that is not 0; None if there is none."""
        for place, (weight, _) in enumerate(terms):
            if weight:
                others = [(-w / weight, value) for w, value in (*terms[:place], *terms[place + 1 :])]
                return place, self.add([(1 / weight, total), *others], 0)
        return None

    def positive(self, bounds, first):
        """Return max(0, .) for combinations that lie between bounds(combination, symbols), (low, high), None: infinite.

        Without a sign it becomes a symbol: a key from ``first`` on for all max(0, e) with e a multiple of one
        combination, ``symbols[key]``; or raises `Ambiguous` if ``first`` is None.
        """
        symbols, keys = {}, {}

        def positive(combination):
            self.budget.spend(work=NUMBER_BITS * len(combination))
            low, high = bounds(combination, symbols)
            if low is not None and low >= 0:
                return combination
            if high is not None and high <= 0:
                return {}
            if first is None:
                raise Ambiguous
            line = sorted(combination.items())
            factor = line[0][1]
            line = tuple((key, Fraction(weight) / factor) for key, weight in line)  # of two int it would be a float
            key = keys.setdefault(line, first + len(keys))
            symbols.setdefault(key, dict(line))
            # max(0, factor e) for e with the first weight 1; if the factor is negative, e+ - e instead of (-e)+
            return self.add([(abs(factor), {key: 1}), (0 if factor > 0 else 1, combination)], 0)

        return positive

    def curves(self, found, inputs):
        """Return the outputs of a block as curves, given those of its inputs."""

        def add(terms, bias):
            return self.budget.curve(curve_sum, [curve for _, curve in terms], terms, bias)

        return found.run(inputs, add, lambda curve: self.budget.curve(curve_relu, [curve], curve))

    def along(self, line, steps, controllers, selectors, where):
        """Show the facts about the two controllers and the selector (or none) of a `Line` at each interface.

        For its coordinate t let r_0 be t - origin mod 1 on the line, 0 elsewhere, r_(k+1) = 2 r_k mod 1. At interface k
        the controllers are E(steps r_k mod 1), steps 1 or 2, at k >= 1 because they are made so from those before. The
        selector is the digit of r_k unless r_k or r_k - 1/2 is in [0, width 2^(k-n)], or behind [-early 2^(k-n), 0].
        """
        axis, origin, length, width, early = line
        inputs = (axis,)
        for k in range(max(len(controllers), len(selectors))):
            place = f"{where}, interface {k}"
            found = self.block(inputs, (*chain(*controllers[k : k + 1]), *selectors[k : k + 1]), place)
            if k == 0:
                curves = self.curves(found, [Curve([(1, 0)], [])])
            elif found in self.known:
                curves = self.known[found]
            else:
                curves = self.known[found] = self.curves(found, LOOP)
            if k < len(controllers):
                if len(curves[0].kinks) != 3 * steps * length + 1 or curves[:2] != loop(origin, length, steps):
                    raise Invalid(f"{place}: the controllers are not E(r(t))")
                inputs = controllers[k]
            if k < len(selectors):
                scale = 2**k * self.step
                check_selector(curves[-1], origin, length, width * scale, early * scale, place)
            origin, length, steps = 0, 1, 2

    def is_bad(self, line, low, high):
        """Return whether 2^n (t - origin) mod 1 is in [0, width] for all t in [low, high]."""
        return (low - line.origin) / self.step % 1 + (high - low) / self.step <= line.width

    def arrows(self, state):
        """Yield (q, target, weight): the state (i, j, sign) is moved on for the digits q to (i', j', sign c) with the
        weight |c|, c = c_(q + 2 (i, j) - (i', j')) not 0; if the sign is 0, to (i', j', 0) with the weight c."""
        self.budget.spend(work=PRODUCT_BITS * 4 * len(self.mask))
        i, j, sign = state
        (left, low), place = self.corner, (2 * i, 2 * j)
        for q, ((k, m), c) in product(DIGITS, self.mask.items()):
            x, y = q[0] + place[0] - k + left, q[1] + place[1] - m + low
            yield q, (x, y, sign if c > 0 else -sign), abs(c) if sign else c

    def columns(self, states):
        """Return {q: {target: [(place among the states, weight)]}}: the arrows from these states."""
        columns = {q: {} for q in DIGITS}
        for place, state in enumerate(states):
            for q, target, weight in self.arrows(state):
                columns[q].setdefault(target, []).append((place, weight))
        return columns

    def largest(self, columns, targets):
        """Return N, the largest sum of |weights| of the arrows to one of the targets: rows grow N times in a step."""
        lists = [column for q in DIGITS for target, column in columns[q].items() if target in targets]
        return max((sum(abs(weight) for _, weight in column) for column in lists), default=Fraction(0))

    def power(self, norm, k):
        """Return N^k."""
        length = k * max(map(int.bit_length, norm.as_integer_ratio()))
        self.budget.spend(work=length * (1 + length // LONG_BITS))
        return norm**k

    def limits(self, norm, blocks):
        """Yield (block, k, N^k) for each different one of some blocks, number k being that after interface k, for the k
        with the largest N^k among those of equal blocks."""
        places = {}
        for k, found in enumerate(blocks):
            if norm > 1 or found not in places:
                places[found] = k
        for found, k in places.items():
            yield found, k, self.power(norm, k)


# ------------------------------------------------------------------------------------------- shift classes (section 10)


class Cascade(NamedTuple):
    """What the evidence says of one cascade: where its grid starts and its window ends, and which nodes are what.

    For each coordinate the ``origin``, the number ``lengths`` of its cells, and the ``end`` up to which rows are right.
    ``states`` (i, j, sign) have rows at the interfaces k < n: ``rows[k]`` has the nodes p, pu, pv of each in turn.
    ``selectors[k]`` are two nodes, ``controllers[k]`` four: (p, q) for x, (p, q) for y. At interface n there are the
    ``final_rows`` of ``final_states`` and two ``seams``; ``reading`` is a list of (node, weight).
    """

    origin: tuple
    lengths: tuple
    end: tuple
    states: tuple
    rows: tuple
    selectors: tuple
    controllers: tuple
    final_states: tuple
    final_rows: tuple
    seams: tuple
    reading: tuple


def read_induction(value, n, size):
    """Return (window, width, cascades) of evidence by induction for a network with the nodes 0 to size - 1."""
    _, window, width, cascades = fields(value, "evidence", "kind", "window", "width", "cascades")
    if not n:
        raise Malformed("evidence by induction is for n >= 1")
    window = [numbers(side, "evidence window", 2) for side in array(window, "evidence window", 2)]
    if any(low.denominator > 1 or high.denominator > 1 or low >= high for low, high in window):
        raise Malformed("evidence window: expected two pairs of integers, the first less than the second")
    cascades = array(cascades, "evidence cascades")
    if not 3 <= len(cascades) <= MAX_CASCADES:
        raise Malformed(f"evidence cascades: expected 3 to {MAX_CASCADES}")
    read = [read_cascade(cascade, f"cascade {k}", n, size) for k, cascade in enumerate(cascades)]
    return window, number(width, "evidence width"), read


def read_cascade(value, where, n, size):
    """Return the `Cascade` that an object of the evidence stands for."""
    origin, lengths, end, states, rows, selectors, controllers, final_states, final_rows, seams, reading = fields(
        value, where, "origin", "lengths", "end", "states", "rows", "selectors", "controllers",
        "final_states", "final_rows", "seams", "reading",
    )

    nodes, levels = partial(read_nodes, where, size), partial(read_levels, where, size)
    lengths = tuple(integer(length, f"{where} lengths", 1, size) for length in array(lengths, f"{where} lengths", 2))
    states, final_states = (read_states(part, where, lengths) for part in (states, final_states))
    return Cascade(
        tuple(numbers(origin, f"{where} origin", 2)), lengths, tuple(numbers(end, f"{where} end", 2)),
        states, levels(rows, "rows", n, 3 * len(states)), levels(selectors, "selectors", n, 2),
        levels(controllers, "controllers", n, 4), final_states, nodes(final_rows, "final_rows", 3 * len(final_states)),
        nodes(seams, "seams", 2), read_weights(where, size, reading, "reading"),
    )


def read_states(value, where, lengths):
    """Return states as a tuple of different (i, j, sign), cells of the window counted from 0 and 1 or -1."""
    states = []
    for state in array(value, f"{where} states"):
        i, j, sign = array(state, f"{where} state", 3)
        if integer(sign, f"{where} sign", -1, 1) == 0:
            raise Malformed(f"{where}: a sign is 0")
        cell = (integer(k, f"{where} cell", 0, length - 1) for k, length in zip((i, j), lengths, strict=True))
        states.append((*cell, sign))
    return different(states, where, "state")


class Induction(Proof):
    """The facts (a) to (j) of docs/certificate-1.md, section 7, from which equality follows; on the network itself."""

    def __init__(self, mask, seed, n, network, window, width):
        super().__init__(mask, seed, n, network)
        self.corner, self.far = (tuple(map(int, ends)) for ends in zip(*window, strict=True))
        self.width, self.target = width, Target(mask, seed, 0)

    def check(self, cascades):
        """Raise `Invalid` unless all facts hold."""
        if not 0 < self.width < Fraction(1, 2):
            raise Invalid("the width of the seams is not between 0 and 1/2")
        for axis, side in enumerate(self.seed.box()):
            points = [Fraction(end, self.seed.scale) for end in side] if self.seed.pieces else []
            points.extend(index[axis] for index in self.mask)
            if not self.corner[axis] <= min(points) <= max(points) <= self.far[axis]:
                raise Invalid(f"the window does not hold the seed and all indices of the mask in {'xy'[axis]}")
        arcs, limits = ([], []), []
        for k, cascade in enumerate(cascades):
            shift = self.shift(cascade, f"cascade {k}")
            for axis in (0, 1):
                seam = self.controllers(cascade, axis, f"cascade {k}, {'xy'[axis]}")
                arcs[axis].extend(positive_arcs(seam, shift[axis]))
            limits.append(self.rows(cascade, shift, f"cascade {k}"))
        self.gates(cascades, limits)
        for axis in (0, 1):
            if any(start < end for (_, end), (start, _) in pairwise(sorted(arcs[axis]))):
                raise Invalid(f"the seams of two cascades overlap in {'xy'[axis]}")

    def shift(self, cascade, where):
        """Return s: by how many cells of level n the window stands from the corner of the cascade's own; fact (a)."""
        shift = []
        for origin, length, end, low, high in zip(*cascade[:3], self.corner, self.far, strict=True):
            shift.append((low - origin) / self.step)
            if not (origin <= low and high <= end <= origin + length and shift[-1] + high - low <= length):
                raise Invalid(f"{where}: its own window, or its end, does not fit the window")
        return shift

    def add_ranges(self, terms, bias):
        """Return the same for pairs (low, high) of combinations, between which the values lie."""
        return tuple(
            self.add([(weight, pair[end if weight > 0 else 1 - end]) for weight, pair in terms], bias) for end in (0, 1)
        )

    def signed(self, corners, limit):
        """Return max(0, .) for combinations of rows p_s, p_s u, p_s v, which have the keys 3 s, 3 s + 1, 3 s + 2.

        (u, v) is in the polygon with these corners, and 0 <= p_s <= limit W, W that of all corners, or 0 <= p_s if the
        limit is None. If the sign is not the same for all of them, it raises `Ambiguous`.
        """

        @lru_cache(maxsize=4096)
        def at_corners(c, a, b):
            return [a * X + b * Y + c * W for X, Y, W in corners]

        def positive(combination):
            self.budget.spend(work=NUMBER_BITS * len(combination))
            weights = {}
            for key, weight in combination.items():
                weights.setdefault(key // 3, [0, 0, 0])[key % 3] = weight
            constant = weights.pop(CONSTANT // 3, (0, 0, 0))[CONSTANT % 3]
            lines = [tuple(entries) for entries in weights.values()]
            values = [at_corners(*line) for line in lines]
            # for each (u, v) the extremes have p_s = 0 or p_s = limit; these are concave and convex in (u, v)
            low = min((sum(v for v in column if v < 0) for column in zip(*values, strict=True)), default=0)
            high = max((sum(v for v in column if v > 0) for column in zip(*values, strict=True)), default=0)
            if (low == 0 <= constant) if limit is None else constant + limit * low >= 0:
                return combination
            if (high == 0 >= constant) if limit is None else constant + limit * high <= 0:
                return {}
            raise Ambiguous([line for line, row in zip(lines, values, strict=True) if min(row) < 0 < max(row)])

        return positive

    def positive_range(self, pair):
        """Return max(0, .) for a pair (low, high) of combinations of inputs that are >= 0."""
        low, high = pair
        self.budget.spend(work=NUMBER_BITS * (len(low) + len(high)))
        low = {} if any(weight < 0 for weight in low.values()) else low
        return low, {key: weight for key, weight in high.items() if weight > 0}

    # -------------------------------------------------------------------- facts about functions of one coordinate

    def controllers(self, cascade, axis, where):
        """Return the seam as a curve along E(t), t in [0, 1], once (b), (c) and (d) are shown for a coordinate."""
        controllers = [nodes[2 * axis : 2 * axis + 2] for nodes in cascade.controllers]
        selectors = [nodes[axis] for nodes in cascade.selectors]
        (seam,) = self.curves(self.block(controllers[-1], (cascade.seams[axis],), f"{where}, seam"), LOOP)
        early = self.width if min(samples(seam, 1 - self.width, 1)) >= 1 else Fraction(0)
        if min(samples(seam, 0, 1)) < 0 or min(samples(seam, 0, self.width)) < 1:
            raise Invalid(f"{where}: the seam is negative somewhere, or less than 1 where t <= width")
        self.along(self.line(cascade, axis)._replace(early=early), 2, controllers, selectors, where)
        return seam

    def line(self, cascade, axis):
        """Return the `Line` of a cascade for a coordinate."""
        return Line(axis, cascade.origin[axis], cascade.lengths[axis], self.width)

    # ---------------------------------------------------------------------------------------------- facts about rows

    def rows(self, cascade, shift, where):
        """Return the limit Y of what a cascade reads on R^2, once facts (e) to (h) are shown for it."""
        columns = self.transitions(cascade, shift, where)
        norm = self.largest(columns, {*cascade.states, *cascade.final_states})
        bounds, scale = over_common_denominator(self.start(cascade, where))
        targets = [(rows, cascade.states) for rows in cascade.rows[1:]] + [(cascade.final_rows, cascade.final_states)]
        blocks, growth, same = [], {}, {}
        for k, (rows, states) in enumerate(targets):
            inputs, place = (*cascade.rows[k], *cascade.selectors[k]), f"{where}, rows at interface {k + 1}"
            found = self.block(inputs, rows, place), states
            blocks.append(same.setdefault(found, found))
        for (found, states), k, limit in self.limits(norm, blocks):
            place = f"{where}, rows at interface {k + 1}"
            self.check_step(found, columns, states, limit, place)
            growth[found] = self.growth(found, place)
        for found, _ in blocks:
            weights, divisor = growth[found]
            bounds.append(scale)  # the key CONSTANT is the last place
            bounds, scale = [sum(weight * bounds[j] for j, weight in row) for row in weights], scale * divisor
            size = max([scale, *bounds]).bit_length()
            self.budget.spend(scale, work=sum(map(len, weights)) * (NUMBER_BITS + size) // 64)
        return self.reading(cascade, shift, [Fraction(bound, scale) for bound in bounds], f"{where}, reading")

    def transitions(self, cascade, shift, where):
        """Return the arrows from the states of a cascade as `columns`; raises `Invalid` if a state matters, but is not
        listed: fact (e)."""
        (width, height), work = cascade.lengths, PRODUCT_BITS * 2 * len(self.seed.pieces)
        self.budget.spend(work=work * width * height)
        cells, sources = list(product(range(width), range(height))), {}
        for state in ((*cell, sign) for cell in cells for sign in (1, -1)):
            for _, target, _ in self.arrows(state):
                if 0 <= target[0] < width and 0 <= target[1] < height:
                    sources.setdefault(target, []).append(state)
        readable = {(*cell, sign) for cell in cells for sign in (1, -1) if self.is_readable(self.moved(cell, shift))}
        wanted, waiting, listed = set(readable), list(readable), {*cascade.states}
        while waiting:
            for source in sources.get(waiting.pop(), ()):
                if source not in wanted:
                    wanted.add(source)
                    waiting.append(source)
        for state in wanted:
            is_reached = any(source in listed for source in sources.get(state, ()))
            if state not in listed and (is_reached or state[2] > 0):
                raise Invalid(f"{where}: the state {state} matters, but is not listed")
            if state in readable and is_reached and state not in cascade.final_states:
                raise Invalid(f"{where}: the state {state} matters at the end, but is not listed")
        return self.columns(cascade.states)

    def moved(self, cell, shift, polygon=UNIT_SQUARE):
        """Return the polygon of the unit square moved to where the seed is read for this cell."""
        return moved(polygon, [i + b - s for i, b, s in zip(cell, self.corner, shift, strict=True)])

    def is_readable(self, square):
        """Return whether the seed is anything but zero on the polygon."""
        return any(
            not is_beyond(edges, square) and not is_beyond(sides(square), corners)
            for corners, edges, _ in self.seed.pieces
        )

    def start(self, cascade, where):
        """Return bounds of the rows at interface 0, for all of R^2, once they are right: fact (f).

        The row of (i, j, 1) is 1, u, v at (x, y) = origin + (i, j) + (u, v), (u, v) in the unit square, up to the end,
        and 0 elsewhere, as is that of (i, j, -1). Strips where 2^n t mod 1 is in [0, width] are left aside.
        """
        bounds = []
        for k, node in enumerate(cascade.rows[0]):
            (*cell, sign), place = cascade.states[k // 3], f"{where}, rows at interface 0, number {k}"
            found = self.block((0, 1), (node,), place)
            evaluation = Evaluation(Program(Network(found.nodes, found.outputs[0]), self.budget))
            x, y = (origin + i for origin, i in zip(cascade.origin, cell, strict=True))
            one = ((0, 0, 1), (1, 0, -x), (0, 1, -y))[k % 3]
            grids = evaluation.program.grids
            sections = (self.sections(cascade, axis, low, grids[axis]) for axis, low in enumerate((x, y)))
            for (x0, x1, in_x), (y0, y1, in_y) in product(*sections):
                self.budget.spend(work=PRODUCT_BITS * found.size())
                polygon = rectangle(x0, x1, y0, y1)
                evaluation.leave(0)
                try:
                    evaluation.enter(polygon, evaluation.everything)
                    form = tuple(evaluation.output(evaluation.everything))
                except Invalid:
                    form = None
                if form != (one if in_x and in_y and sign > 0 else ZERO):
                    raise Invalid(f"{place}: not right on {shown(polygon)}")
            ranges = [end for quadrant in QUADRANTS for end in evaluation.output_range(quadrant)]
            if None in ranges or min(ranges) < 0:
                raise Invalid(f"{place}: not known to be >= 0 and bounded")
            bounds.append(max(ranges))
        return bounds

    def sections(self, cascade, axis, low, kinks):
        """Return intervals (a, b, is it in the cell [low, low + 1], and before the end) of a coordinate: they cover the
        cascade's own window but for those where 2^n t mod 1 is in [0, width] all along."""
        line, end = self.line(cascade, axis), cascade.end[axis]
        _, origin, length, *_ = line
        inside = (kink for kink in kinks if origin < kink < origin + length)
        ends = sorted({origin, low, low + 1, end, origin + length, *inside})
        return [
            (a, b, low <= a and b <= min(low + 1, end))
            for a, b in pairwise(ends) if not self.is_bad(line, a, b)
        ]

    def check_step(self, found, columns, states, limit, where):
        """Raise `Invalid` unless a block makes T_q^T p, T_q^T (2 pu - q_1 p), T_q^T (2 pv - q_2 p) of p, pu = u p and
        pv = v p, if the selectors are q, (u, v) is in the quadrant of q in the unit square, 0 <= p <= limit: fact (g).
        """
        for q in DIGITS:
            corners = [(q[0] + x, q[1] + y, 2) for x, y in DIGITS]
            inputs = [{k: 1} for k in range(len(found.inputs) - 2)] + [{CONSTANT: 1} if digit else {} for digit in q]
            try:
                values = found.run(inputs, self.add, self.signed(corners, limit / 2))
            except Ambiguous:
                raise Invalid(f"{where}: under the digits {q} a unit has not one sign") from None
            for k, value in enumerate(values):
                terms, kind = [], k % 3
                for source, weight in columns[q].get(states[k // 3], ()):
                    p, entry = (inputs[found.inputs[3 * source + part]] for part in (0, kind))
                    terms += [(2 * weight, entry), (-q[kind - 1] * weight, p)] if kind else [(weight, p)]
                if value != self.add(terms, 0):
                    raise Invalid(f"{where}: under the digits {q} number {k} is not the entry of the matrix")

    def growth(self, found, where):
        """Return (weights, divisor): output k of the block is at most the sum of w / divisor * bound of input j over
        the (j, w) in weights[k], and at least 0, if the inputs are at least 0 and the last two, selectors, at most 1.
        The input CONSTANT has the bound 1."""
        inputs = [({}, {k: 1}) for k in range(len(found.inputs) - 2)] + [({}, {CONSTANT: 1})] * 2
        ranges = found.run(inputs, self.add_ranges, self.positive_range)
        if any(weight < 0 for low, _ in ranges for weight in low.values()):
            raise Invalid(f"{where}: not known to be >= 0")
        weights, divisor = over_common_denominator([Fraction(weight) for _, high in ranges for weight in high.values()])
        weights = iter(weights)
        return [[(j, next(weights)) for j in high] for _, high in ranges], divisor

    def reading(self, cascade, shift, bounds, where):
        """Return a bound of |y|, y the reading, once y is the sum of sign p_s g((u, v) + (i, j) + corner - shift) over
        the final states s = (i, j, sign), for all p >= 0 and (u, v) in the unit square: fact (h)."""
        weights = [weight for _, weight in cascade.reading]
        found = self.block(cascade.final_rows, [node for node, _ in cascade.reading], where)
        inputs = [{k: 1} for k in range(len(found.inputs))]
        stack = [UNIT_SQUARE]
        while stack:
            polygon = stack.pop()
            self.budget.spend(work=PRODUCT_BITS * (found.size() + len(inputs) * len(self.seed.pieces) + 1))
            try:
                values = found.run(inputs, self.add, self.signed(polygon, None))
            except Ambiguous as unit:
                if not unit.args[0]:
                    raise Invalid(f"{where}: a unit has not one sign on {shown(polygon)}") from None
                c, a, b = unit.args[0][0]
                stack.extend(cut(polygon, over_common_denominator([Fraction(a), Fraction(b), Fraction(c)])[0]))
                continue
            y = self.add(list(zip(weights, values, strict=True)), 0)
            for k, (*cell, sign) in enumerate(cascade.final_states):
                c, a, b = (sign * y.pop(3 * k + part, 0) for part in range(3))
                dx, dy = (i + low - s for i, low, s in zip(cell, self.corner, shift, strict=True))
                place, form = self.moved(cell, shift, polygon), (a, b, c - a * dx - b * dy)
                try:
                    self.target.check(place, self.target.translates, form)
                except Invalid as error:
                    raise Invalid(f"{where}: for the state {(*cell, sign)}: {error}") from None
            if y:
                raise Invalid(f"{where}: it has a part that no row has")
        values = found.run([({}, entry) for entry in inputs], self.add_ranges, self.positive_range)
        bounds.append(1)  # the key CONSTANT is the last place
        low, high = (
            sum(weight * bounds[k] for k, weight in end.items())
            for end in self.add_ranges(list(zip(weights, values, strict=True)), 0)
        )
        return max(-low, high, 0)

    # --------------------------------------------------------------------------------------------- facts about gates

    def gates(self, cascades, limits):
        """Raise `Invalid` unless the output is V wherever each reading y_s is V, or else the seams b_s + b'_s >= 1; all
        seams are >= 0, all |y_s| <= limits[s]; and V = 0, or a cascade that reads V has the seams 0: fact (i)."""
        seams = [node for cascade in cascades for node in cascade.seams]
        readings = [node for cascade in cascades for node, _ in cascade.reading]
        if len({*seams}) < len(seams) or {*seams} & {*readings}:
            raise Invalid("a node of the seams is named twice")
        found = self.block((*seams, *readings), (self.network.output,), "the output")
        for good in product((True, False), repeat=len(cascades)):
            self.check_gates(found, cascades, limits, good, None)
            for open_one, is_good in enumerate(good if self.seed.pieces else ()):
                if is_good:
                    self.check_gates(found, cascades, limits, good, open_one)

    def check_gates(self, found, cascades, limits, good, open_one):
        """Raise `Invalid` unless the output is V in one case: those cascades that are ``good`` read V, the others have
        seams b + b' >= 1, and V is 0, or the seams of the cascade ``open_one``, which is good, are 0.

        Keys of combinations are the inputs of the block, V, y_s of the cascades that are not good, and units without a
        sign, each a key for all max(0, e) with e a multiple of one combination.
        """
        count = len(cascades)
        values = [{} if s // 2 == open_one else {s: 1} for s in range(2 * count)]
        spans = {VALUE: min([limits[s] for s in range(count) if good[s]], default=0)}
        for s, cascade in enumerate(cascades):
            key = VALUE if good[s] else VALUE - 1 - s
            spans.setdefault(key, limits[s])
            first, y = len(values), {} if good[s] and open_one is None else {key: 1}
            values += [{found.inputs[first + k]: 1} for k in range(len(cascade.reading))]
            terms = [(weight, value) for (_, weight), value in zip(cascade.reading, values[first:], strict=True)]
            solved = self.solve(terms, y)
            if solved is not None:
                values[found.inputs[first + solved[0]]] = solved[1]

        def bounds(combination, _):
            low = high = combination.get(CONSTANT, 0)
            for s in range(count):
                least, pair = (0 if good[s] else 1), (combination.get(2 * s, 0), combination.get(2 * s + 1, 0))
                low = None if low is None or min(pair) < 0 else low + least * min(pair)
                high = None if high is None or max(pair) > 0 else high + least * max(pair)
            for key, weight in combination.items():
                is_unit, span = key >= len(values), abs(weight) * spans.get(key, 0)
                is_known = key == CONSTANT or key in spans or key < 2 * count
                low = low - span if low is not None and (is_known or (is_unit and weight > 0)) else None
                high = high + span if high is not None and (is_known or (is_unit and weight < 0)) else None
            return low, high

        (output,) = found.run(values, self.add, self.positive(bounds, len(values)))
        if output != ({} if open_one is None else {VALUE: 1}):
            case = "V = 0" if open_one is None else f"cascade {open_one} is open"
            raise Invalid(f"the output is not V where {case} and the cascades that read V are {[*good]}")


def positive_arcs(curve, shift):
    """Return intervals of [0, 1] that hold each t, perhaps as an end, with curve((t + shift) mod 1) > 0; for a curve
    >= 0 that is equal at 0 and 1. Intervals of two curves overlap if both are positive at a common t."""
    arcs = []
    for low, high in pairwise([0, *curve.kinks[bisect_right(curve.kinks, 0) : bisect_left(curve.kinks, 1)], 1]):
        if any(samples(curve, low, high)):
            start = (low - shift) % 1
            end = start + high - low
            arcs.extend([(start, end)] if end <= 1 else [(start, 1), (0, end - 1)])
    return arcs


# --------------------------------------------------------------------------------------------------- atoms (section 11)


class Term(NamedTuple):
    """What the evidence says of one term: ``lines`` (axis, first, length), with two nodes each at the interfaces of the
    first run, ``transport``, and of the second, ``controllers``, one in ``selectors``; ``patches`` ((i, j), kappa)."""

    origin: tuple
    width: Fraction
    lines: tuple
    transport: tuple
    controllers: tuple
    selectors: tuple
    patches: tuple
    cascades: tuple


class Rows(NamedTuple):
    """What the evidence says of a cascade of a term: the numbers of its two ``lines``, the ``states`` (i, j, sign), of
    which ``rows[k]`` has the nodes, the (node, weight) that make up h, and those that are read."""

    lines: tuple
    states: tuple
    value: tuple
    rows: tuple
    reading: tuple


LONG = 10**30 - 1
"""The largest integer of 30 digits."""


def read_atoms(value, n, size):
    """Return the terms of evidence by atoms for a network with the nodes 0 to size - 1."""
    _, terms = fields(value, "evidence", "kind", "terms")
    if not n:
        raise Malformed("evidence by induction is for n >= 1")
    return [read_term(term, f"term {k}", n, size) for k, term in enumerate(array(terms, "evidence terms"))]


def read_term(value, where, n, size):
    """Return the `Term` that an object of the evidence stands for."""
    origin, width, lines, transport, controllers, selectors, patches, cascades = fields(
        value, where, "origin", "width", "lines", "transport", "controllers", "selectors", "patches", "cascades"
    )
    levels = partial(read_levels, where, size)
    lines = [array(line, f"{where} line", 3) for line in array(lines, f"{where} lines")]
    for axis, first, length in lines:
        integer(axis, f"{where} axis", 0, 1)
        integer(first, f"{where} first cell", -LONG, LONG)
        integer(length, f"{where} length", 1, size)
    patches = [array(patch, f"{where} patch", 3) for patch in array(patches, f"{where} patches")]
    cells = [tuple(integer(k, f"{where} patch", -LONG, LONG) for k in patch[:2]) for patch in patches]
    weights = [number(patch[2], f"{where} patch") for patch in patches]
    pair = 2 * len(lines)
    return Term(
        tuple(numbers(origin, f"{where} origin", 2)), number(width, f"{where} width"), tuple(map(tuple, lines)),
        levels(transport, "transport", n + 1, pair), levels(controllers, "controllers", n - 1, pair),
        levels(selectors, "selectors", n, len(lines)),
        tuple(zip(different(cells, where, "patch"), weights, strict=True)),
        tuple(
            read_rows(cascade, f"{where}, cascade {k}", n, size, lines)
            for k, cascade in enumerate(array(cascades, f"{where} cascades"))
        ),
    )


def read_rows(value, where, n, size, lines):
    """Return the `Rows` that an object of the evidence stands for."""
    own, states, h, rows, reading = fields(value, where, "lines", "states", "value", "rows", "reading")
    own = tuple(integer(k, f"{where} lines", 0, len(lines) - 1) for k in array(own, f"{where} lines", 2))
    if [lines[k][0] for k in own] != [0, 1]:
        raise Malformed(f"{where}: expected a line of x and one of y")
    states = [tuple(array(state, f"{where} state", 3)) for state in array(states, f"{where} states")]
    for i, j, sign in states:
        integer(i, f"{where} state", -LONG, LONG)
        integer(j, f"{where} state", -LONG, LONG)
        integer(sign, f"{where} sign", -1, 1)
    if len({sign == 0 for _, _, sign in states}) > 1:
        raise Malformed(f"{where}: some signs are 0, others are not")
    return Rows(
        own, different(states, where, "state"), read_weights(where, size, h, "value"),
        read_levels(where, size, rows, "rows", n, len(states)), read_weights(where, size, reading, "reading"),
    )


class Atom(NamedTuple):
    """A function H = max(0, h) on the unit square: ``pieces`` (corners, form) where it is positive, the ``least`` value
    of h and the ``most``, that of H."""

    pieces: list
    least: Fraction
    most: Fraction


MAX_SYMBOLS = 8
"""The most symbols in a combination whose range is asked for: 2^k cases are looked at."""


class Atoms(Proof):
    """The facts (a) to (h) of docs/certificate-1.md, section 8, from which equality follows."""

    def check(self, terms):
        """Raise `Invalid` unless all facts hold."""
        pieces, readings, constants = [], [], Fraction(0)
        for k, term in enumerate(terms):
            where = f"term {k}"
            lines = self.lines(term, where)
            tables, first = self.tables(term, where), None
            for s, (cascade, columns) in enumerate(zip(term.cascades, tables, strict=True)):
                place, own = f"{where}, cascade {s}", [lines[m] for m in cascade.lines]
                atom = self.atom(term, cascade, own, place)
                first = first or atom
                if atom is not first:
                    difference = [*atom.pieces, *(placed(piece, -1, (0, 0)) for piece in first.pieces)]
                    self.vanish(difference, f"{place}: H is not that of cascade 0")
                self.start(term, cascade, own, atom, place)
                constants += self.rows(term, cascade, columns, atom.most, place)
                readings.extend(cascade.reading)
            patches = [(cell, weight) for cell, weight in term.patches if weight and first]
            for cell, weight in patches:
                shift = [o / self.step + b for o, b in zip(term.origin, cell, strict=True)]
                self.budget.rationals(shift)
                self.budget.spend(work=KINK_BITS * sum(len(corners) for corners, _ in first.pieces))
                pieces.extend(placed(piece, weight, shift) for piece in first.pieces)
        self.output(readings, constants)
        divisor = Fraction(-1, self.seed.denominator)
        pieces.extend((corners, tuple(divisor * entry for entry in form)) for corners, _, form in self.seed.pieces)
        self.vanish(pieces, "the atoms do not add up to the seed")

    def vanish(self, pieces, reason):
        """Raise `Invalid` for this reason unless pieces (corners, form) add up to 0: as they do so far away, this is so
        if the form of the sum does not change across any edge."""
        edges = []
        for corners, form in pieces:
            corners = [tuple(entry // gcd(*corner) for entry in corner) for corner in corners]
            ends = pairwise((*corners, corners[0]))
            edges.extend((line, start, end, form) for line, (start, end) in zip(sides(corners), ends, strict=True))
            self.budget.spend(*chain(*corners))
            self.budget.rationals(form)
        point = first_jump(edges)
        if point is not None:
            raise Invalid(f"{reason} next to {shown([point])}")

    def lines(self, term, where):
        """Return the `Line`s of a term once their controllers and selectors are right: facts (a) and (b)."""
        if not 0 < term.width < Fraction(1, 2):
            raise Invalid(f"{where}: the width is not between 0 and 1/2")
        lines = [Line(axis, term.origin[axis] + first, length, term.width) for axis, first, length in term.lines]
        for m, line in enumerate(lines):
            runs = [[nodes[2 * m : 2 * m + 2] for nodes in levels] for levels in (term.transport, term.controllers)]
            self.along(line, 1, runs[0], (), f"{where}, line {m}, first run")
            self.along(line, 2, runs[1], [nodes[m] for nodes in term.selectors], f"{where}, line {m}")
        return lines

    # ------------------------------------------------------------------------------------------------ facts about atoms

    def atom(self, term, cascade, lines, where):
        """Return the `Atom` that a cascade reads off from the controllers at interface n: fact (c)."""
        nodes = chain(*(term.transport[-1][2 * m : 2 * m + 2] for m in cascade.lines))
        found = self.block(tuple(nodes), [node for node, _ in cascade.value], where)
        key = (found, tuple(weight for _, weight in cascade.value), term.width)
        if key not in self.known:
            self.known[key] = self.read_off(*key, where)
        return self.known[key]

    def read_off(self, found, weights, width, where):
        """Return the `Atom` of h = sum of weight * output of a block at (E(u), E(v)), if h <= 0 for u or v <= width.

        The unit square is cut into polygons on which E is affine and no unit changes its sign; the values that are
        known on a polygon are those on its parts.
        """
        ends = sorted({Fraction(k, 3) for k in range(4)} | {width})
        stack = [
            (rectangle(*u, *v), [before(curve, side[1], axis) for axis, side in enumerate((u, v)) for curve in LOOP])
            for u, v in product(pairwise(ends), repeat=2)
        ]
        atom = Atom([], None, Fraction(0))
        while stack:
            polygon, values = stack.pop()
            self.budget.spend(*chain(*polygon), work=NUMBER_BITS * len(values))
            values = list(values)
            try:
                outputs = found.resume(values, self.add, partial(self.on_polygon, polygon))
            except Ambiguous as unit:
                stack.extend((half, values) for half in cut(polygon, unit.args[0]))
                continue
            h = self.add(list(zip(weights, outputs, strict=True)), 0)
            form = tuple(h.get(key, Fraction(0)) for key in (0, 1, CONSTANT))
            heights = [(form[0] * X + form[1] * Y) / W + form[2] for X, Y, W in polygon]
            least = min(heights) if atom.least is None else min(atom.least, *heights)
            atom = Atom(atom.pieces, least, max(atom.most, *heights))
            if max(heights) > 0:
                if min(heights) < 0:
                    _, polygon = cut(polygon, over_common_denominator(form)[0])
                if any(min(X, Y) < width * W for X, Y, W in polygon):
                    raise Invalid(f"{where}: h is positive next to the border of the unit square, on {shown(polygon)}")
                atom.pieces.append((polygon, form))
        return atom

    def on_polygon(self, polygon, combination):
        """Return max(0, .) for a form as a combination with the keys 0 and 1; raises `Ambiguous` with the line along
        which it changes its sign."""
        self.budget.spend(work=NUMBER_BITS * len(polygon))
        line, _ = over_common_denominator([Fraction(combination.get(key, 0)) for key in (0, 1, CONSTANT)])
        a, b, c = line
        values = [a * X + b * Y + c * W for X, Y, W in polygon]
        if min(values) >= 0:
            return combination
        if max(values) <= 0:
            return {}
        raise Ambiguous(line)

    def output(self, readings, constants):
        """Raise `Invalid` unless the output is the sum of the readings minus the constants: the first half of (h)."""
        found = self.block([node for node, _ in readings], (self.network.output,), "the output")
        keys = [{k: 1} for k in range(len(readings))]
        if any(type(node) is int for node in found.nodes):
            raise Invalid("the output depends on the readings through ReLU nodes")
        (output,) = found.run(keys, self.add, None)
        terms = [(weight, keys[k]) for (_, weight), k in zip(readings, found.inputs, strict=True)]
        if output != self.add(terms, -constants):
            raise Invalid("the output is not the sum of the readings")

    # ------------------------------------------------------------------------------------------------- facts about rows

    def tables(self, term, where):
        """Return the `columns` of the states of each cascade; raises `Invalid` if a live state is not listed: fact (e).

        The cells a of live states are those of patches, and (b + k) // 2 for live cells b and mask indices k, as
        c_(q + 2a - b) = c_k for just one pair of digits q and cell a.
        """
        boxes = []
        for cascade in term.cascades:
            box = [(term.lines[m][1], term.lines[m][1] + term.lines[m][2]) for m in cascade.lines]
            self.budget.spend(work=NUMBER_BITS * len(boxes))
            for other in boxes:
                if all(low < end and start < high for (low, high), (start, end) in zip(box, other, strict=True)):
                    raise Invalid(f"{where}: two cascades have a cell in common")
            boxes.append(box)
        listed = [{*cascade.states} for cascade in term.cascades]
        waiting = [cell for cell, weight in term.patches if weight]
        live = {*waiting}
        while waiting:
            i, j = cell = waiting.pop()
            self.budget.spend(work=PRODUCT_BITS * len(self.mask) + NUMBER_BITS * len(boxes))
            owners = (s for s, box in enumerate(boxes) if all(a <= k < b for (a, b), k in zip(box, cell, strict=True)))
            owner = next(owners, None)
            if owner is None or not {(*cell, 0), (*cell, 1)} & listed[owner]:
                raise Invalid(f"{where}: the cell {cell} is live, but its state is not listed")
            new = {((i + k) // 2, (j + m) // 2) for k, m in self.mask} - live
            live |= new
            waiting.extend(new)
        tables = [self.columns(cascade.states) for cascade in term.cascades]
        for columns, states in zip(tables, listed, strict=True):
            for state in chain(*columns.values()):
                if state[:2] in live and state not in states:
                    raise Invalid(f"{where}: the state {state} is live, but it is not listed")
        return tables

    def start(self, term, cascade, lines, atom, where):
        """Raise `Invalid` unless the rows at interface 0 are 0 where h <= 0, and where h is from 0 to the largest value
        of the atom, h in the cell of their state and 0 in the others of the cascade: fact (d)."""
        nodes = tuple(node for node, _ in cascade.value)
        functions = self.functions(nodes, cascade.rows[0], where)
        known = {*nodes, *functions}
        h = ({}, (0, 0)) if atom.least >= 0 else ({VALUE: 1}, (None, 0))
        for k, (node, (*cell, sign)) in enumerate(zip(cascade.rows[0], cascade.states, strict=True)):
            place = f"{where}, rows at interface 0, number {k}"
            _, met = self.walk(known, (node,), place)
            ends = sorted(met.difference(nodes))
            found = self.block((*nodes, *ends), (node,), place)
            sections = [
                self.sections(line, term.origin[line.axis] + i, [functions[end] for end in ends])
                for line, i in zip(lines, cell, strict=True)
            ]
            for (x, in_x, forms_x), (y, in_y, forms_y) in product(*sections):
                forms = [other if one is None else one for one, other in zip(forms_x, forms_y, strict=True)]
                spans = {0: x, 1: y, CONSTANT: (1, 1)}
                cases = [(*h, {})]
                if in_x is not None and in_y is not None:
                    cases.append(({VALUE: 1}, (0, atom.most), {VALUE: 1} if in_x and in_y and sign >= 0 else {}))
                for value, span, wanted in cases:
                    if self.row(found, cascade.value, forms, value, {**spans, VALUE: span}) != wanted:
                        x, y, span = map(shown_range, (x, y, span))
                        raise Invalid(f"{place}: not right for x in {x}, y in {y}, h in {span}")

    def row(self, found, pairs, forms, value, spans):
        """Return what a row is for h = ``value`` on a rectangle, None if a unit has no sign."""
        self.budget.spend(work=PRODUCT_BITS * (1 + found.size() + len(found.inputs)))
        count = len(pairs)
        inputs = [*({2 + k: 1} for k in found.inputs[:count]), *forms]
        solved = self.solve([(weight, entry) for (_, weight), entry in zip(pairs, inputs, strict=False)], value)
        if solved is not None:
            inputs[found.inputs[solved[0]]] = solved[1]
        spans.update((2 + k, (None, None)) for k in range(count))
        try:
            return found.run(inputs, self.add, self.positive(bounded_by(spans), None))[0]
        except Ambiguous:
            return None

    def functions(self, nodes, rows, where):
        """Return {node: (axis, curve)} for those nodes on the ways to the rows that depend on x alone, or on nothing
        (axis 0), or on y alone, and on none of ``nodes``."""
        identity = Curve([(1, 0)], [])
        axes, curves = {**dict.fromkeys(nodes, 4), 0: 1, 1: 2}, {0: identity, 1: identity}
        for k in self.walk(axes, rows, where)[0]:
            node, axes[k] = self.network.nodes[k - 2], 0
            for source in sources(node):
                axes[k] |= axes[source]
            if axes[k] < 3 and type(node) is int:
                curves[k] = self.budget.curve(curve_relu, [curves[node]], curves[node])
            elif axes[k] < 3:
                terms = [(weight, curves[source]) for source, weight in node[0]]
                curves[k] = self.budget.curve(curve_sum, [curve for _, curve in terms], terms, node[1])
        return {k: (axes[k] // 2, curve) for k, curve in curves.items()}

    def sections(self, line, low, functions):
        """Return (interval, is it in the cell, forms) for intervals of a coordinate that cover R, None being infinite.

        The cell is [low, low + 1]; the second entry is None outside of the line and in bad strips. The forms are those
        of the ``functions`` (axis, curve) of this coordinate, as combinations with the key axis, None for the others.
        """
        curves = [curve if axis == line.axis else None for axis, curve in functions]
        kinks = chain(*(curve.kinks for curve in curves if curve is not None))
        start, end = line.origin, line.origin + line.length
        cuts, sections = sorted({start, low, low + 1, end, *kinks}), []
        self.budget.rationals(cuts)
        self.budget.spend(work=NUMBER_BITS * len(cuts) * len(curves))
        for a, b in pairwise([None, *cuts, None]):
            forms = [None if curve is None else before(curve, b, line.axis) for curve in curves]
            is_inside = a is not None and b is not None and start <= a and b <= end and not self.is_bad(line, a, b)
            sections.append(((a, b), (low <= a and b <= low + 1) if is_inside else None, forms))
        return sections

    def rows(self, term, cascade, columns, most, where):
        """Return the constant c of the reading of a cascade once facts (f) and (g) are shown."""
        states, selectors = cascade.states, [[nodes[m] for m in cascade.lines] for nodes in term.selectors]
        norm, blocks, same = self.largest(columns, {*states}), [], {}
        for k in range(self.n - 1):
            inputs, place = (*cascade.rows[k], *selectors[k]), f"{where}, rows at interface {k + 1}"
            found = self.block(inputs, cascade.rows[k + 1], place)
            blocks.append(same.setdefault(found, found))
        for found, k, limit in self.limits(norm, blocks):
            place, limit = f"{where}, rows at interface {k + 1}", most * limit
            if self.known.get((found, states), -1) < limit:
                if any(self.stage(found, None, columns, [[(state, 1)] for state in states], states, limit, place)):
                    raise Invalid(f"{place}: a constant is added")
                self.known[found, states] = limit
        nodes, weights = [node for node, _ in cascade.reading], [weight for _, weight in cascade.reading]
        found = self.block((*cascade.rows[-1], *selectors[-1]), nodes, f"{where}, reading")
        self.budget.spend(work=PRODUCT_BITS * len(term.patches))
        wanted = [
            ((*cell, sign), kappa * (sign or 1))
            for cell, kappa in term.patches for sign in ((0,) if states and not states[0][2] else (1, -1))
        ]
        limit = most * self.power(norm, self.n - 1)
        return self.stage(found, weights, columns, [wanted], states, limit, f"{where}, reading")[0]

    def stage(self, found, weights, columns, wanted, states, limit, where):
        """Return the constants c so that output k of a block is the sum of factor * weight * row over the (target,
        factor) in wanted[k] and the arrows that lead to the target, plus c, for each pair of digits, and c if the rows
        are 0. With ``weights`` the only output is the sum of weight * output."""
        count = len(states)
        keys, constants = [{k: 1} for k in range(count + 2)], [0] * len(wanted)
        spans = {k: (0 if state[2] else -limit, limit) for k, state in enumerate(states)}
        spans.update({CONSTANT: (1, 1), count: (0, 1), count + 1: (0, 1)})
        bounds = self.with_symbols(bounded_by(spans), count + 2)
        for q in (*DIGITS, None):
            case = "where the rows are 0" if q is None else f"under the digits {q}"
            if q is None:
                inputs = [*({} for _ in states), *keys[count:]]
            else:
                inputs = [*keys[:count], *({CONSTANT: 1} if digit else {} for digit in q)]
            try:
                values = found.run(inputs, self.add, self.positive(bounds, count + 2))
            except Ambiguous:
                raise Invalid(f"{where}: {case} a unit has too many symbols in it") from None
            if weights is not None:
                values = [self.add(list(zip(weights, values, strict=True)), 0)]
            for k, (value, targets) in enumerate(zip(values, wanted, strict=True)):
                terms = [
                    (-factor * weight, inputs[found.inputs[source]])
                    for target, factor in targets for source, weight in columns.get(q, {}).get(target, ())
                ]
                rest = self.add([(1, value), *terms], 0)
                constants[k] = rest.pop(CONSTANT, 0)  # what value is if all rows are 0, so the same in all cases
                if rest:
                    raise Invalid(f"{where}: {case} number {k} is not right")
        return constants

    def with_symbols(self, plain, first):
        """Return bounds of combinations, ``plain`` being those of combinations without symbols, keys from ``first`` on.

        The newest symbol max(0, e) in a combination is 0 or e, and not less than either.
        """

        def ranged(combination, symbols):
            newest = max(combination, default=CONSTANT)
            if newest < first:
                return plain(combination, symbols)
            rest = {key: weight for key, weight in combination.items() if key != newest}
            weight = combination[newest]
            pairs = ranged(rest, symbols), ranged(self.add([(1, rest), (weight, symbols[newest])], 0), symbols)
            return tuple((max if weight > 0 else min)(ends) for ends in zip(*pairs, strict=True))

        def bounds(combination, symbols):
            found, waiting = set(), [combination]
            while waiting:
                new = {key for key in waiting.pop() if key >= first} - found
                found |= new
                waiting.extend(symbols[key] for key in new)
            if len(found) > MAX_SYMBOLS:
                raise Ambiguous
            return ranged(combination, symbols)

        return bounds


def placed(piece, factor, shift):
    """Return a piece (corners, form) times a rational factor, moved by two rationals."""
    corners, (a, b, c) = piece
    return moved(corners, shift), (factor * a, factor * b, factor * (c - a * shift[0] - b * shift[1]))


def shown_range(span):
    """Return an interval as text for a reason."""
    low, high = ("infinity" if end is None else short(end) for end in span)
    return f"[{'-' if span[0] is None else ''}{low}, {high}]"


# -------------------------------------------------------------------------------------------- certificates (section 12)


class Difference(NamedTuple):
    """The claim that network and V^n g have these values, which differ, at a point."""

    point: tuple
    network: Fraction
    target: Fraction


class Certificate(NamedTuple):
    """A certificate as read; ``claim`` is a `Difference`, or None for the claim of equality on the plane."""

    name: str
    mask: dict
    seed: Seed
    n: int
    network: Network
    claim: Difference | None
    kind: str
    evidence: tuple

    def statement(self):
        """Return what is claimed, in one sentence."""
        units = sum(type(node) is int for node in self.network.nodes)
        network, target = f"the network with {units} ReLU nodes", f"V^{self.n} g of the problem {short(self.name)}"
        if self.claim is None:
            return f"{network} equals {target} at every point of R^2"
        x, y, value, wanted = map(short, (*self.claim.point, self.claim.network, self.claim.target))
        return f"{network} has the value {value} at ({x}, {y}), and {target} the value {wanted}"

    def question(self):
        """Return what is claimed something of: mask, seed, n and network."""
        return self.mask, self.seed, self.n, self.network

    def check(self):
        """Raise `Invalid` unless the evidence proves the claim."""
        if self.claim is not None:
            check_point(self.claim, *self.question())
        elif self.kind == "induction":
            window, width, cascades = self.evidence
            Induction(*self.question(), window, width).check(cascades)
        elif self.kind == "atoms":
            Atoms(*self.question()).check(self.evidence)
        else:
            Enumeration(*self.evidence, *self.question()).check()


def read_certificate(data):
    """Return the `Certificate` in the content of a file; raises `Malformed`."""
    value = read_json(data)
    if type(value) is dict and value.get("format") == "exactrelu-certificate/2":
        raise Malformed(OTHER_FORMAT)
    choice(value, "certificate", "format", FORMAT)
    _, problem, n, network, claim, evidence = fields(
        value, "certificate", "format", "problem", "n", "network", "claim", "evidence"
    )
    name, mask, seed = read_problem(problem)
    n, network = integer(n, "n", 0, MAX_LEVEL), read_network(network)
    if choice(claim, "claim", "kind", "equal", "differs") == "equal":
        fields(claim, "claim", "kind")
        claim, kind = None, choice(evidence, "evidence for equality", "kind", "enumeration", "induction", "atoms")
        if kind == "induction":
            evidence = read_induction(evidence, n, len(network.nodes) + 2)
        elif kind == "atoms":
            evidence = read_atoms(evidence, n, len(network.nodes) + 2)
        else:
            _, *evidence = fields(evidence, "evidence", "kind", "lines", "tree")
    else:
        _, point, found, wanted = fields(claim, "claim", "kind", "point", "network", "target")
        point = tuple(numbers(point, "claim point", 2))
        claim = Difference(point, number(found, "claim network"), number(wanted, "claim target"))
        kind = choice(evidence, "evidence for a difference", "kind", "point")
        fields(evidence, "evidence", "kind")
    return Certificate(name, mask, seed, n, network, claim, kind, evidence)


def main(arguments):
    """Check the file named by the only argument, print the answer and return the exit code."""
    if len(arguments) != 1:
        print("usage: python checker1.py CERTIFICATE (- is standard input)", file=sys.stderr)
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


def listen():
    """Let SIGTERM and SIGHUP, unless they are ignored, end the program as Ctrl-C does."""
    for signum in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(signum) == signal.SIG_DFL:
            signal.signal(signum, signal.default_int_handler)


if __name__ == "__main__":
    listen()
    sys.exit(main(sys.argv[1:]))
