"""V_1 … V_n g as affine pieces, for every scheme: any dimension, dilation and field, components, varying masks, source.

With w = Aⁿ z the function is a sum over levels j of terms

    weight · g(Aʲ z − k)        (j = n, the seed; j < n with the source h in its place),

whose weights, rows of products of the coefficients, are followed from j = 0 on for those k alone that lead to a given
box of w. In such a box the terms' simplices are laid over each other, one after the other. There are no digits, no
windows and no transition matrices.
"""

from functools import lru_cache
from itertools import product
from math import ceil, floor
from operator import mul

from exactrelu.cpwl.polygon import Polygon, finite, plane
from exactrelu.cpwl.polytope import box_polytope, outside_of, overlaid
from exactrelu.field import mpq
from exactrelu.linear import product as matrix_product


@lru_cache(maxsize=256)
def power(dilation, j):
    """Return A^j for an integer j, negative ones included, as rows of ``mpq``."""
    if not j:
        return tuple(tuple(mpq(i == k) for k in range(dilation.dimension)) for i in range(dilation.dimension))
    if j in (1, -1):
        return tuple(tuple(map(mpq, row)) for row in (dilation.matrix if j > 0 else dilation.inverse))
    half = power(dilation, int(j / 2))
    square = matrix_product(half, half)
    return matrix_product(square, power(dilation, 1 if j > 0 else -1)) if j % 2 else square


def image_of_box(matrix, box):
    """Return the least box ((low, high), …) that holds the image of a box under a matrix."""
    ends = [[sorted((a * low, a * high)) for a, (low, high) in zip(row, box, strict=True)] for row in matrix]
    return [tuple(map(sum, zip(*row, strict=True))) for row in ends]


@lru_cache(maxsize=64)
def lattice_box(problem, n):
    """Return ((low, high), …) with integer ends, low < high: w = Aⁿ z lies in it wherever V_1 … V_n g(z) may not be 0.

    For a diagonal dilation it is Mⁿ times the window. For another one, supp f_(j−1) ⊂ A⁻¹(supp f_j + indices).
    """
    factors, dilation = problem.dilation.factors, problem.dilation
    if factors:
        return tuple((low * M**n, high * M**n) for (low, high), M in zip(problem.window, factors, strict=True))
    indices = [(min(low for low, _ in side), max(high for _, high in side)) for side in _sides(problem)]
    found = problem.seed.support_box()
    for j in range(n - 1, -1, -1):
        # from here on the box is one of w: that of Aⁿ⁻ʲ f_j's support
        shifts = image_of_box(power(dilation, n - j - 1), indices)
        found = None if found is None else [(a + c, b + d) for (a, b), (c, d) in zip(found, shifts, strict=True)]
        own = None if problem.source is None else problem.source.support_box()
        if own is not None:
            found = _hull(found, image_of_box(power(dilation, n - j), own))
    if found is None:
        return ((0, 1),) * problem.dimension
    return tuple((floor(low), max(ceil(high), floor(low) + 1)) for low, high in found)


def _sides(problem):
    """Return for each coordinate the (low, high) of the indices of all masks."""
    return list(zip(*(mask.box() for mask in problem.masks.all), strict=True))


def _hull(box, other):
    if box is None:
        return other
    return [(min(a, c), max(b, d)) for (a, b), (c, d) in zip(box, other, strict=True)]


def weights_on(problem, n, sides):
    """Return for j = 0, …, n the {k: weights of the components} of the terms at level j that may matter in a box of w.

    The seed is read at the last level, the source at the others; levels at which nothing is read are empty.
    """
    reads, needed = [], set()
    for j in range(n, -1, -1):
        seed = problem.seed if j == n else problem.source
        here = _reached(seed, image_of_box(power(problem.dilation, j - n), sides))
        before = set() if j == n else _leading_to(problem, j + 1, needed)
        needed = before | here
        reads.append((here, needed))
    rows, answer = {(0,) * problem.dimension: _unit(problem)}, []
    for j, (here, needed) in enumerate(reversed(reads)):
        rows = {k: row for k, row in rows.items() if k in needed}
        answer.append({k: row for k, row in rows.items() if k in here})
        if j < n:
            rows = _refined(problem, j + 1, rows)
    return answer


def _unit(problem):
    return tuple(mpq(i == problem.component) for i in range(problem.components))


def _reached(seed, box):
    """Return the set of the integers k for which the support of g(· − k) may meet the interior of a box."""
    support = None if seed is None else seed.support_box()
    if support is None:
        return set()
    ranges = (
        range(floor(low - end) + 1, ceil(high - start))
        for (low, high), (start, end) in zip(box, support, strict=True)
    )
    return set(product(*ranges))


def _leading_to(problem, j, needed):
    """Return the set of the k from which the j-th step leads to one of the vectors ``needed``."""
    found, preimage = set(), problem.dilation.preimage
    for index in problem.masks.at(j):
        for k in needed:
            before = preimage(tuple(s - t for s, t in zip(k, index, strict=True)))
            if before is not None:
                found.add(before)
    return found


def _refined(problem, j, rows):
    """Return the rows {k: weights} of f_j, given those of f_(j−1)."""
    finer = {}
    for k, row in rows.items():
        image = problem.dilation.times(k)
        for weight, entries in zip(row, problem.masks.at(j).entries, strict=True):
            if weight:
                for index, l, c in entries:
                    key = tuple(s + t for s, t in zip(image, index, strict=True))
                    finer.setdefault(key, [mpq(0)] * problem.components)[l] += weight * c
    return {key: tuple(row) for key, row in finer.items() if any(row)}


def pieces_on(problem, n, weights, sides, cell):
    """Return the list of (part, form) of V_1 … V_n g on a ``cell``, a `Polygon` or `Polytope`.

    ``sides`` is the box of w in which Aⁿ times the cell lies, and ``weights`` are those `weights_on` a box that holds
    it. The parts fill the cell; it is the only one if the function is affine on it.
    """
    zero = (mpq(0),) * (problem.dimension + 1)
    parts = [(cell, zero)]
    for j, rows in enumerate(weights):
        seed = problem.seed if j == n else problem.source
        if not rows or seed is None:
            continue
        matrix = power(problem.dilation, j)
        box = image_of_box(power(problem.dilation, j - n), sides)
        for piece in seed.pieces:
            for k in product(*(
                range(floor(low - end) + 1, ceil(high - start))
                for (low, high), (start, end) in zip(box, piece.box, strict=True)
            )):
                if k in rows:
                    facets = [_pulled_back(form, matrix, k) for form in piece.forms]
                    heights = [sum(map(mul, rows[k], values)) for values in piece.values]
                    parts = overlaid(parts, facets, _sum(heights, facets))
    if all(form == parts[0][1] for _, form in parts):
        return [(cell, parts[0][1])]
    return parts


def _pulled_back(form, matrix, k):
    """Return the form z -> form(matrix z − k)."""
    *slopes, constant = form
    columns = zip(*matrix, strict=True)
    return (*(sum(map(mul, slopes, column)) for column in columns), constant - sum(map(mul, slopes, k)))


def _sum(factors, forms):
    return tuple(sum(map(mul, factors, column)) for column in zip(*forms, strict=True))


def target_on(problem, n, sides):
    """Return the list of (Polygon, form) of V_1 … V_n g on a rectangle of cells of the plane, a box of w = Aⁿ z.

    A rectangle on which it is zero as a matter of course is one polygon.
    """
    weights = weights_on(problem, n, sides)
    if not any(weights):
        return [(polygon_of_box(problem, n, sides), (mpq(0),) * 3)]
    return [
        piece for cell in cells_of(sides)
        for piece in pieces_on(problem, n, weights, cell, polygon_of_box(problem, n, cell))
    ]


def ringed(box):
    """Return a box with a ring of cells about it."""
    return tuple((low - 1, high + 1) for low, high in box)


def shards(box, side):
    """Yield boxes with sides of at most that many cells that fill a box and a ring of cells about it."""
    ranges = [[(low - 1, low), *_cut(low, high, side), (high, high + 1)] for low, high in box]
    yield from product(*ranges)


def _cut(low, high, side):
    return [(start, min(start + side, high)) for start in range(low, high, side)]


def window_of(problem, n):
    """Return ((low, high), …) with integer ends: V_1 … V_n g is zero at the points outside."""
    if problem.window is not None:
        return problem.window
    sides = image_of_box(power(problem.dilation, -n), lattice_box(problem, n))
    return tuple((floor(low), ceil(high)) for low, high in sides)


def cells_of(sides):
    """Yield the unit cells ((m_1, m_1 + 1), …) of a box with integer ends."""
    for corner in product(*(range(low, high) for low, high in sides)):
        yield tuple((m, m + 1) for m in corner)


def cell_at(problem, n, z):
    """Return the number of a cell of level n, from the corner of `lattice_box` on, in which z lies; None outside."""
    cell = []
    w = (sum(map(mul, row, z)) for row in power(problem.dilation, n))
    for t, (low, high) in zip(w, lattice_box(problem, n), strict=True):
        if not low <= t <= high:
            return None
        cell.append(int(min(floor(t), high - 1) - low))
    return tuple(cell)


def polytope_of(problem, n, sides):
    """Return the `Polytope` of the points z with Aⁿ z in a box."""
    return box_polytope(sides).image(power(problem.dilation, -n))


def polygon_of_box(problem, n, sides):
    """Return the `Polygon` of the points z of the plane with Aⁿ z in a box ((low, high), (low, high))."""
    (a, b), (c, d) = sides
    matrix = power(problem.dilation, -n)
    corners = [tuple(sum(map(mul, row, w)) for row in matrix) for w in ((a, c), (b, c), (b, d), (a, d))]
    (p, q), (r, s) = matrix
    return Polygon.trusted(tuple(finite(*corner) for corner in (corners if p * s > q * r else corners[::-1])))


def outside_polytopes(problem, n, sides):
    """Return polytopes that fill the space of the points z with Aⁿ z outside of a box."""
    return [region.image(power(problem.dilation, -n)) for region in outside_of(sides)]


def outside_polygons(problem, n, sides):
    """Return four polygons that fill the plane of the points z with Aⁿ z outside of a box."""
    matrix, found, middle = power(problem.dilation, n), [], plane()
    for row, (low, high) in zip(matrix, sides, strict=True):
        less, rest = middle.split((*row, mpq(-low)))
        middle, more = rest.split((*row, mpq(-high)))
        found += [less, more]
    return found
