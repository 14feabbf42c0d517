"""Reading of certificates of format 2, written from docs/certificate.md alone; it imports nothing of the package.

What has not the form of that page raises `Unreadable`; what has it, but proves nothing, raises `Unproved` elsewhere.
Numbers are Fractions, a form in s coordinates is a tuple of s coefficients and a constant.
"""

import gzip
import json
import re
import zlib
from collections import namedtuple
from fractions import Fraction
from math import isqrt

from second_numbers import IRRATIONAL, RATIONAL, Root, quotient

DIGITS, LARGEST = 100_000, 10**100_000

# nodes: None for an input, a number for the ReLU of a node, ({node: weight}, bias) for an affine node
Network = namedtuple("Network", "inputs nodes outputs")
# dilation: rows of integers; first, repeat: lists of masks {index: matrix}; seed, source: lists of simplices
Problem = namedtuple("Problem", "dimension components dilation first repeat seed source component root")
# corners: d + 1 points; values: their vectors; coordinates: d + 1 forms, the barycentric coordinates
Simplex = namedtuple("Simplex", "corners values coordinates")
# origin and directions: the point of u is origin + the sum of u_i directions_i; box: pairs of ends, None where infinite
Domain = namedtuple("Domain", "origin directions box")
Statement = namedtuple("Statement", "kind domain networks root epsilon bounds never problem n", defaults=[None] * 5)
Enumeration = namedtuple("Enumeration", "lines tree margin weight")


class Unreadable(Exception):
    """Raised for a file that has not the form of the page."""


class Unproved(Exception):
    """Raised for a certificate that does not prove its statement."""


def need(condition, message):
    if not condition:
        raise Unreadable(message)


class Unfit:
    """What stands for a JSON float, an infinity or NaN: no rational."""


def load(data):
    """Return the JSON value of the bytes of a file."""
    try:
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        unfit = {"parse_float": lambda text: Unfit, "parse_constant": lambda text: Unfit}
        return json.loads(data.decode("utf-8"), object_pairs_hook=unique, **unfit)
    except (ValueError, OSError, EOFError, zlib.error, RecursionError) as error:
        raise Unreadable(str(error)) from None


def unique(pairs):
    need(len({key for key, _ in pairs}) == len(pairs), "a key twice")
    return dict(pairs)


def keyed(value, *keys, maybe=()):
    """Return the object without nulls for keys of ``maybe``; it has all of the keys, and no others than these."""
    need(isinstance(value, dict) and set(keys) <= set(value) <= {*keys, *maybe}, f"expected the keys {keys}")
    return {key: entry for key, entry in value.items() if key in keys or entry is not None}


def items(value, size=None):
    need(isinstance(value, list) and size in (None, len(value)), f"expected a list, size {size}")
    return value


def integer(value, low=None, high=None):
    """Return the integer, which is between low and high; both may be None."""
    need(isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST, "expected an integer")
    need((low is None or low <= value) and (high is None or value <= high), f"not between {low} and {high}")
    return value


def rational(value, root=None):
    """Return the number; ``root`` is D where those of Q(√D) may stand."""
    if not isinstance(value, str):
        return Fraction(integer(value))
    need(len(value) <= DIGITS, "a numeral that is too long")
    need(all(part.strip("0") for part in re.findall("/([0-9]+)", value)), "zero denominator")
    if re.fullmatch(f"-?{RATIONAL}", value):
        return Fraction(value)
    match = IRRATIONAL.fullmatch(value)
    need(match and match[4] == str(root) and (match[1] is None or match[2]) and match[2] != "+" * (match[1] is None),
         f"no number: {value:.50}")
    a, b = Fraction(match[1] or 0), Fraction(match[2] + (match[3] or "1"))
    return Root(a, b, root) if b else a


def rationals(value, size=None, root=None):
    return tuple(rational(entry, root) for entry in items(value, size))


def read_root(*values):
    """Return the one D of the networks and problems among some values; None if none has a field."""
    roots = set()
    for value in values:
        if isinstance(value, dict) and value.get("field") is not None:
            roots.add(integer(keyed(value["field"], "sqrt")["sqrt"], 2, 10**12))
    need(len(roots) < 2, "two fields")
    need(all(root % (p * p) for root in roots for p in range(2, isqrt(root) + 1)), "a field of a square")
    return min(roots, default=None)


# --- section 2


def read_node(value, earlier, root=None):
    """Return an affine or a ReLU node that may refer to the first ``earlier`` nodes."""
    need(isinstance(value, dict), "expected a node")
    if value.get("op") == "relu":
        return integer(keyed(value, "op", "of")["of"], 0, earlier - 1)
    need(keyed(value, "op", "terms", "bias")["op"] == "affine", "no such operation")
    terms = {}
    for term in items(value["terms"]):
        source = integer(items(term, 2)[0], 0, earlier - 1)
        need(source not in terms, "a node twice among the terms")
        terms[source] = rational(term[1], root)
    return terms, rational(value["bias"], root)


def read_network(value, inputs=None, outputs=None):
    """Return the network; ``inputs`` and ``outputs`` are their numbers where these are known."""
    keyed(value, "format", "inputs", "nodes", "outputs", maybe=["marks", "field"])
    need(value["format"] == "exactrelu-network/1", "format of a network")
    nodes, root = [None] * integer(value["inputs"], inputs or 1, inputs), read_root(value)
    for node in items(value["nodes"]):
        nodes.append(read_node(node, len(nodes), root))
    ends = [integer(node, 0, len(nodes) - 1) for node in items(value["outputs"], outputs)]
    need(ends, "no output")
    return Network(value["inputs"], nodes, ends)


def read_domain(value, inputs, root):
    value = keyed(value, maybe=["points", "box"])
    if "points" in value:
        origin, *others = (rationals(point, inputs, root) for point in items(value["points"]) or [None])
        need(1 <= len(others) <= inputs, "number of points")
        directions = [tuple(a - b for a, b in zip(other, origin)) for other in others]
    else:
        origin = (Fraction(0),) * inputs
        directions = [tuple(Fraction(i == j) for j in range(inputs)) for i in range(inputs)]
    box = [(None, None)] * len(directions)
    if "box" in value:
        box = [
            tuple(None if end is None else rational(end, root) for end in items(pair, 2))
            for pair in items(value["box"], len(directions))
        ]
    need(all(None in pair or pair[0] <= pair[1] for pair in box), "an interval that is empty")
    return Domain(origin, directions, box)


# --- problems


def read_problem(value):
    """Return a problem of the format 1 or 2."""
    need(isinstance(value, dict), "problem")
    is_plain = value.get("format") == "exactrelu-problem/1"
    more = [] if is_plain else ["masks", "dilation", "source", "component", "field"]
    value = keyed(value, "format", "name", "seed", maybe=["mask", "window", "comment", *more])
    need(is_plain or value["format"] == "exactrelu-problem/2", "format of a problem")
    need(isinstance(value["name"], str) and ("mask" in value) != ("masks" in value), "name, or mask or masks")
    seed = keyed(value["seed"], "vertices", "values", maybe=["triangles", "simplices"])
    need(not is_plain or "triangles" in seed, "format 1 has triangles")
    corners = items(seed["vertices"])
    dimension = 2 if is_plain or not corners else len(items(corners[0]))
    components, root = 1 if is_plain else None, read_root(value)
    need(1 <= dimension <= 8, "number of coordinates")
    seed, components = read_seed(value["seed"], dimension, components, root)
    source = read_seed(value["source"], dimension, components, root)[0] if "source" in value else []
    masks = value.get("masks", [value.get("mask")])
    if isinstance(masks, list):
        masks = {"first": [], "repeat": masks}
    keyed(masks, "first", "repeat")
    first, repeat = (
        [read_mask(mask, dimension, components, root) for mask in items(masks[part])] for part in ("first", "repeat")
    )
    need(repeat, "no mask that repeats")
    component = integer(value.get("component", 0), 0, components - 1)
    dilation = read_dilation(value.get("dilation", 2), dimension)
    return Problem(dimension, components, dilation, first, repeat, seed, source, component, root)


def read_seed(value, dimension, components, root):
    """Return (simplices, number of components) of a seed or source; ``components`` is None if it is not known."""
    value = keyed(value, "vertices", "values", maybe=["triangles", "simplices"])
    need(("triangles" in value) != ("simplices" in value), "either triangles or simplices")
    vertices = [rationals(vertex, dimension, root) for vertex in items(value["vertices"])]
    vectors = [entry if isinstance(entry, list) else [entry] for entry in items(value["values"], len(vertices))]
    components = components or (len(vectors[0]) if vectors else 1)
    vectors = [rationals(vector, components, root) for vector in vectors]
    need(components >= 1, "no component")
    simplices = []
    for entry in items(value.get("simplices", value.get("triangles"))):
        chosen = [integer(j, 0, len(vertices) - 1) for j in items(entry, dimension + 1)]
        corners = tuple(vertices[j] for j in chosen)
        inverse = inverted([[*corner, Fraction(1)] for corner in corners])
        need(inverse, "a simplex is degenerate")
        simplices.append(Simplex(corners, tuple(vectors[j] for j in chosen), tuple(zip(*inverse))))
    used = {corner for entry in simplices for corner in entry.corners}
    need(all(vertex in used for vertex, vector in zip(vertices, vectors) if any(vector)), "a value of no simplex")
    return simplices, components


def read_mask(value, dimension, components, root):
    """Return {index: rows of a matrix} without zeros."""
    need(isinstance(value, dict), "mask")
    mask = {}
    for key, entry in value.items():
        need(re.fullmatch("-?[0-9]{1,30}(,-?[0-9]{1,30})*", key), "index")
        index = tuple(map(int, key.split(",")))
        need(len(index) == dimension and index not in mask, "an index twice, or of another size")
        if isinstance(entry, list):
            mask[index] = tuple(rationals(row, components, root) for row in items(entry, components))
        else:
            need(components == 1, "a coefficient is a matrix where there are components")
            mask[index] = ((rational(entry, root),),)
    mask = {index: matrix for index, matrix in mask.items() if any(map(any, matrix))}
    need(mask, "a mask of zeros")
    return mask


def read_dilation(value, dimension):
    """Return the rows of the matrix A."""
    rows = value if isinstance(value, list) else [value] * dimension
    if not any(isinstance(row, list) for row in rows):
        rows = diagonal(rows)
    return [[integer(entry, -(10**30), 10**30) for entry in items(row, dimension)] for row in items(rows, dimension)]


def reached(wanted, sources):
    """Return the nodes that the wanted ones need, in order; ``sources(node)`` are those that a node is made of."""
    found, waiting = set(), list(wanted)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += sources(node)
    return sorted(found)


def ancestors(nodes, wanted):
    """Return the nodes of a network that the wanted ones need, in order."""
    return reached(wanted, lambda k: [nodes[k]] if isinstance(nodes[k], int) else nodes[k][0] if nodes[k] else [])


# --- matrices


def diagonal(numbers):
    return [[number if i == j else 0 for j in range(len(numbers))] for i, number in enumerate(numbers)]


def product(rows, columns):
    """Return the product of two matrices, given by rows both."""
    return [[sum(a * b for a, b in zip(row, column)) for column in zip(*columns)] for row in rows]


def inverted(matrix):
    """Return the rows of the inverse, by elimination; None if there is none."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [quotient(entry, rows[k][k]) for entry in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k])]
    return [row[size:] for row in rows]


# --- sections 3 and 4


def read_statement(value):
    """Return a statement of one of the first five kinds."""
    need(isinstance(value, dict) and isinstance(value.get("kind"), str), "kind of a statement")
    kind = value["kind"]
    if kind in ("equal", "within"):
        keyed(value, "kind", "domain", "networks", *(["epsilon"] if kind == "within" else []))
        first, second = items(value["networks"], 2)
        root, first = read_root(first, second), read_network(first)
        networks = [first, read_network(second, first.inputs, len(first.outputs))]
        epsilon = rational(value.get("epsilon", 0), root)
        need(epsilon >= 0, "epsilon is negative")
        return Statement(kind, read_domain(value["domain"], first.inputs, root), networks, root, epsilon)
    if kind == "iterate":
        keyed(value, "kind", "domain", "network", "problem", "n")
        problem, n = read_problem(value["problem"]), integer(value["n"], 0, 100_000)
        root = read_root(value["network"], value["problem"])
        networks = [read_network(value["network"], problem.dimension, 1)]
        domain = read_domain(value["domain"], problem.dimension, root)
        return Statement(kind, domain, networks, root, problem=problem, n=n)
    need(kind in ("bound", "property"), "no such statement")
    keyed(value, "kind", "domain", "network", "bounds" if kind == "bound" else "never")
    network, root = read_network(value["network"]), read_root(value["network"])
    domain, sizes = read_domain(value["domain"], network.inputs, root), (network.inputs, len(network.outputs))
    if kind == "property":
        need(items(value["never"]) and all(map(items, value["never"])), "a list that is empty")
        never = [[read_inequality(entry, *sizes, root) for entry in case] for case in value["never"]]
        return Statement(kind, domain, [network], root, never=never)
    bounds = []
    for entry in items(value["bounds"], sizes[1]):
        keyed(entry, "least", "most")
        bounds.append([read_bound(entry[end], len(domain.box), root) for end in ("least", "most")])
    need(any(any(pair) for pair in bounds), "no bound")
    return Statement(kind, domain, [network], root, bounds=bounds)


def read_bound(value, coordinates, root):
    """Return (value, point), the point perhaps None; None if there is no bound."""
    if value is None:
        return None
    keyed(value, "value", "at")
    at = None if value["at"] is None else rationals(value["at"], coordinates, root)
    return rational(value["value"], root), at


def read_inequality(value, inputs, outputs, root):
    """Return (weights of inputs, weights of outputs, constant, whether it is strict)."""
    value = keyed(value, "inputs", "outputs", "constant", maybe=["strict"])
    need(value.get("strict", True) is True, "strict is true, or not there")
    weights = (rationals(value[key], size, root) for key, size in (("inputs", inputs), ("outputs", outputs)))
    return *weights, rational(value["constant"], root), "strict" in value


def read_enumeration(value, statement):
    """Return the evidence by enumeration for a statement."""
    kinds = {tuple(sorted({entry[3] for entry in case})) for case in statement.never or ()}
    numbers = [*(["margin"] if (False,) in kinds else []), *(["weight"] if (False, True) in kinds else [])]
    keyed(value, "kind", "lines", "tree", *numbers)
    need(value["kind"] == "enumeration", "kind of evidence")
    coordinates = len(statement.domain.box)
    need(coordinates <= 2, "more than two coordinates")
    lines = [rationals(line, coordinates + 1, statement.root) for line in items(value["lines"])]
    need(all(any(line[:-1]) and all(entry.denominator == 1 for entry in line) for line in lines), "lines")
    tree = [integer(entry, -1, len(lines) - 1) for entry in items(value["tree"])]
    margin, weight = (rational(value.get(key, 1), statement.root) for key in ("margin", "weight"))
    need(margin > 0 and weight >= 0, "margin or weight")
    return Enumeration(lines, tree, margin, weight)
