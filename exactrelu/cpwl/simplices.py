"""Simplices of R^d with exact vertices: coordinates in them, whether they overlap, where functions on them jump.

A simplex is a tuple of d + 1 ``corners``, points of R^d; a form is a tuple (a_1, ..., a_d, c), the affine function
a·z + c. The plane with rational vertices has a faster way to the same answers: `exactrelu.cpwl.triangulation`.
"""

from collections import defaultdict
from itertools import combinations, count

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import inverse, null_space

MAX_PAIRS = 2_000_000
"""The most pairs of simplices whose bounding boxes meet."""


def barycentric_forms(corners):
    """Return the d + 1 forms that are 1 at one corner and 0 at the others; None if the simplex is degenerate."""
    columns = inverse([(*corner, 1) for corner in corners])
    return None if columns is None else tuple(zip(*columns, strict=True))


def value(form, z):
    """Return the form at the point z."""
    return sum((a * t for a, t in zip(form, z, strict=False)), form[-1])


def box_of(points):
    """Return ((low, high), ...), the least box that holds the points."""
    return tuple((min(side), max(side)) for side in zip(*points, strict=True))


def overlap(simplices, forms):
    """Return the indices of two simplices with a common interior point; None if there are none.

    ``forms`` are the `barycentric_forms` of each. Raises `InputError` for more than `MAX_PAIRS` pairs whose bounding
    boxes meet.
    """
    for tried, (i, k) in enumerate(_meeting_boxes([box_of(corners) for corners in simplices])):
        if tried == MAX_PAIRS:
            raise InputError(f"the boxes about the simplices meet in more than {MAX_PAIRS} pairs")
        if not _separated(simplices[i], forms[i], simplices[k], forms[k]):
            return min(i, k), max(i, k)
    return None


def _meeting_boxes(boxes):
    """Yield the pairs (i, k) of indices of boxes whose interiors meet."""
    import numpy as np  # late, as most seeds need none of this

    low, high = (np.empty((len(boxes), len(boxes[0]) if boxes else 0), dtype=np.int64) for _ in range(2))
    for axis, sides in enumerate(zip(*boxes, strict=True)):
        ranks = {t: position for position, t in enumerate(sorted({t for side in sides for t in side}))}
        for i, (start, end) in enumerate(sides):
            low[i, axis], high[i, axis] = ranks[start], ranks[end]
    if not boxes:
        return
    order = np.argsort(low[:, 0], kind="stable")
    low, high = low[order], high[order]
    ends = np.searchsorted(low[:, 0], high[:, 0])
    for i, end in enumerate(ends):
        meeting = np.all((low[i + 1 : end] < high[i]) & (high[i + 1 : end] > low[i]), axis=1)
        for k in np.flatnonzero(meeting):
            yield int(order[i]), int(order[i + 1 + k])


def _separated(one, one_forms, other, other_forms):
    """Return whether the interiors of two simplices have no point in common.

    Then a hyperplane has one on either side. Such hyperplanes are a pointed cone, which has extreme rays: one of them
    passes through d corners of the two that do not lie on a plane of lower dimension. Sides come first, as they mostly
    do.
    """
    for forms, corners in ((one_forms, other), (other_forms, one)):
        if any(all(value(form, corner) <= 0 for corner in corners) for form in forms):
            return True
    for points in combinations((*one, *other), len(one) - 1):
        basis = null_space([(*point, 1) for point in points], len(one))
        if len(basis) != 1:
            continue
        at_one, at_other = ([value(basis[0], corner) for corner in corners] for corners in (one, other))
        if max(at_one) <= 0 <= min(at_other) or max(at_other) <= 0 <= min(at_one):
            return True
    return False


def first_jump(vertices, simplices, values):
    """Return (point, indices of simplices) with a point near which a function is not continuous on R^d; None if none.

    The function is affine on each of the ``simplices``, tuples of d + 1 indices into ``vertices``, which do not
    overlap, and zero outside; ``values`` has a tuple of numbers for each vertex. A facet that two simplices share needs
    no check. The others count as long as the function is not zero on them; in each hyperplane the functions from
    either side have to be the same.
    """
    owners = defaultdict(list)
    for index, corners in enumerate(simplices):
        for facet in combinations(sorted(corners), len(corners) - 1):
            owners[facet].append(index)
    hyperplanes = defaultdict(list)
    for facet, indices in owners.items():
        if len(indices) == 1 and any(any(values[corner]) for corner in facet):
            (form,) = null_space([(*vertices[corner], 1) for corner in facet], len(facet) + 1)
            hyperplanes[_normalised(form)].append((facet, indices[0]))
    for form, facets in hyperplanes.items():
        terms = []
        for facet, index in facets:
            (tip,) = set(simplices[index]) - set(facet)
            sign = 1 if value(form, vertices[tip]) > 0 else -1
            heights = [tuple(sign * height for height in values[corner]) for corner in facet]
            terms.append((tuple(vertices[corner] for corner in facet), heights))
        point = nonzero_near(terms)
        if point is not None:
            return point, sorted(index for facet, index in facets if point in {vertices[corner] for corner in facet})
    return None


def _normalised(form):
    """Return the form divided by its first entry that is not 0: the same for each form with the same zeros."""
    leading = next(entry for entry in form if entry)
    return tuple(entry / leading for entry in form)


def nonzero_near(terms):
    """Return a point near which Σ f 1_T is not zero almost everywhere, or None if there is none.

    ``terms`` are pairs of the corners of a simplex T and the values of an affine, vector-valued function f at them; all
    the simplices, of the same dimension e, lie in one affine space of that dimension.

    A simplex is a signed sum of cones at its corners, turned so that a linear form ξ increases along all their edges
    (J. Lawrence, Polytope volume computation, Math. Comp. 57, 1991). Near the apex with the least ξ only the cones
    at this apex are seen, so that the sum vanishes if and only if it does at each apex alone. There, on the slice
    ξ = 1 of the cones, constant and linear parts of the functions have to vanish apart: sums on simplices of dimension
    e - 1.
    """
    if len(terms[0][0]) == 1:
        total = [sum(entries) for entries in zip(*(values[0] for _, values in terms), strict=True)]
        return terms[0][0][0] if any(total) else None
    direction = _generic_direction([corners for corners, _ in terms])
    at_apex = defaultdict(list)
    for corners, values in terms:
        heights = [_dot(direction, corner) for corner in corners]
        for apex, value_there, height in zip(corners, values, heights, strict=True):
            sign, slice_corners, slice_values = 1, [], []
            for corner, other, level in zip(corners, values, heights, strict=True):
                if corner is not apex:
                    rise = level - height
                    sign = sign if rise > 0 else -sign
                    slice_corners.append(tuple((s - t) / rise for s, t in zip(corner, apex, strict=True)))
                    slice_values.append([(p - q) / rise for p, q in zip(other, value_there, strict=True)])
            slice_values = [[sign * entry for entry in (*value_there, *slopes)] for slopes in slice_values]
            at_apex[apex].append((tuple(slice_corners), slice_values))
    for apex in sorted(at_apex, key=lambda apex: _dot(direction, apex)):
        if nonzero_near(at_apex[apex]) is not None:
            return apex
    return None


def _generic_direction(simplices):
    """Return a vector that is not orthogonal to any edge of the simplices: (1, N, N², ...) for the least such N."""
    edges = {
        tuple(s - t for s, t in zip(*pair, strict=True)) for corners in simplices for pair in combinations(corners, 2)
    }
    for N in count(1):
        direction = [mpq(N) ** power for power in range(len(simplices[0][0]))]
        if all(_dot(direction, edge) for edge in edges):
            return direction


def _dot(direction, point):
    return sum(a * t for a, t in zip(direction, point, strict=True))
