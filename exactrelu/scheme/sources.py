"""Sources that are affine on the simplices of a Kuhn mesh: hats of the mesh in their place, as more components.

Let Λ be the hat about 0 of the Kuhn mesh of Z^d, and Λ_i(z) = Λ(k z − i), 1 ≤ i_j ≤ k_j, hats of the mesh with cells of
sides 1/k_j. Then h = Σ h(m + i/k) Λ_i(· − m), and for a dilation M the hats are refined by one mask: Λ(x) is the sum of
Λ(l/M) Λ(M x − l), so that Λ_i(z) = Σ_l Λ(l/M) Λ_i'(M z − m) with M i + l = k m + i'. So f ↦ V f + h is one operator on
(f, (Λ_i)).
"""

from itertools import permutations
from itertools import product as product_of
from math import lcm, prod

from exactrelu.cpwl.simplices import box_of
from exactrelu.field import Quadratic, mpq
from exactrelu.scheme.mask import MAX_COMPONENTS, Mask, Masks
from exactrelu.scheme.sums import changed, pieces_of, put, summed


def with_hats(problem):
    """Return the problem on (f, hats of a Kuhn mesh) if its source is a combination of these, or else itself."""
    (M, *others), r = problem.dilation.factors, problem.components
    sides = sides_of(problem.source)
    if sides is None or set(others) - {M} or (r + prod(sides)) * len(problem.masks.all) > MAX_COMPONENTS:
        return problem
    values = combination_of_hats(problem.source, sides)
    if values is None:
        return problem
    hats = {i: r + number for number, i in enumerate(product_of(*(range(1, k + 1) for k in sides)))}
    size = r + len(hats)
    terms = [
        (corners, [(*value, *(mpq(0),) * len(hats)) for value in heights])
        for corners, heights in pieces_of(problem.seed)
    ]
    for node, own in hats.items():
        terms += [
            (corners, [tuple(h * (k == own) for k in range(size)) for h in heights])
            for corners, heights in hat_pieces(node, sides)
        ]
    finer = refined_hats([*values, *hats], sides, hats, M)

    def larger(mask):
        rows = {}
        for k, c in mask.items():
            put(rows, size, k, c, 0, 0)
        for node, value in values.items():
            for m, l, weight in finer[node]:
                for i, entry in enumerate(value):
                    put(rows, size, m, entry * weight, i, l)
        for node, own in hats.items():
            for m, l, weight in finer[node]:
                put(rows, size, m, weight, own, l)
        return Mask(rows)

    masks = Masks(*(tuple(map(larger, part)) for part in (problem.masks.first, problem.masks.repeat)))
    return changed(problem, masks, summed(terms, problem.dimension), problem.dilation)


def sides_of(source):
    """Return (k_1, …, k_d) such that the vertices are multiples of the 1/k_i; None if there are none, or other ones."""
    points = [corner for corners, _ in pieces_of(source) for corner in corners]
    if not points or any(type(t) is Quadratic for point in points for t in point):
        return None
    return tuple(lcm(*(int(t.denominator) for t in along)) for along in zip(*points, strict=True))


def combination_of_hats(source, sides):
    """Return {node: values ≠ 0}: the source at the vertices node/k of the Kuhn mesh; None if it is not affine between.
    """
    pieces = pieces_of(source)
    box = box_of([corner for corners, _ in pieces for corner in corners])
    ranges = (range(int(k * low) + 1, int(k * high)) for k, (low, high) in zip(sides, box, strict=True))
    values = {node: values_at(source, tuple(map(mpq, node, sides))) for node in product_of(*ranges)}
    values = {node: value for node, value in values.items() if any(value)}
    less = [
        (corners, [tuple(-t * h for t in value) for h in heights])
        for node, value in values.items() for corners, heights in hat_pieces(node, sides)
    ]
    return values if summed([*pieces, *less], len(sides)).support_box() is None else None


def refined_hats(nodes, sides, hats, M):
    """Return {node: [(m, number of i, a)]}: the hat about node/k is Σ a Λ_i(M · − m); ``hats`` is {i: number}."""
    weights = {l: hat([mpq(t, M) for t in l]) for l in product_of(range(1 - M, M), repeat=len(sides))}
    found = {}
    for node in nodes:
        found[node] = []
        for l, weight in weights.items():
            if weight:
                image = [M * t + entry for t, entry in zip(node, l, strict=True)]
                m = tuple((t - 1) // k for t, k in zip(image, sides, strict=True))
                i = tuple(t - k * e for t, k, e in zip(image, sides, m, strict=True))
                found[node].append((m, hats[i], weight))
    return found


def values_at(seed, point):
    """Return the values of all components of a seed at a point."""
    return tuple(seed.evaluate(point, component) for component in range(seed.components))


def hat(x):
    """Return the hat about 0 of the Kuhn mesh of Z^d at x."""
    return max(mpq(0), 1 + min(0, *x) - max(0, *x))


def hat_pieces(node, sides):
    """Return [(corners, values)]: the simplices about node/k of the Kuhn mesh with cells of the sides 1/k_i."""
    found = []
    for cube in product_of(*(range(t - 1, t + 1) for t in node)):
        for order in permutations(range(len(node))):
            path = [cube]
            for axis in order:
                path.append(tuple(t + (i == axis) for i, t in enumerate(path[-1])))
            if tuple(node) in path:
                corners = [tuple(map(mpq, corner, sides)) for corner in path]
                found.append((corners, [mpq(corner == tuple(node)) for corner in path]))
    return found
