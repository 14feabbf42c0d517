"""Seeds on the unit cells of a grid, in any dimension: an affine form and multiples of *shapes* max(0, min ℓ_i).

The shapes are the same for all cells and components, as far as they can be: what is read of them is a number for each.

* On the line: kinks (ℓ)₊.
* In the plane: kinks and tents max(0, min(ℓ_1, ℓ_2)), by `exactrelu.construction.kinks`, for any triangulation.
* In higher dimensions the function is the sum of its values times nodal hats. A hat with a convex star is
  max(0, min_k ℓ_k), ℓ_k its affine forms on the simplices of the star: all ℓ_k are ≥ 0 at the vertices of the star. A
  ray from the vertex through a simplex T_k leaves the star where ℓ_k = 0 ≤ ℓ_j, and all are 1 at the vertex; so ℓ_k is
  the least on T_k, and beyond the star ℓ_k < 0.
"""

from collections import Counter, defaultdict
from itertools import combinations, product
from math import ceil, floor
from typing import NamedTuple

from exactrelu.construction.kinks import patch_forms
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.simplices import barycentric_forms, value
from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq, text


class Patch(NamedTuple):
    """A function on a cell: an ``affine`` form and ``shapes`` {forms: weight ≠ 0}, in the coordinates of the cell.

    A form (a_1, …, a_d, c) is a·u + c; the shape of a tuple of forms is max(0, min of the forms).
    """

    affine: tuple
    shapes: dict

    def __call__(self, *u):
        bent = (weight * shape(forms, u) for forms, weight in self.shapes.items())
        return value(self.affine, u) + sum(bent)


def shape(forms, u):
    """Return max(0, min of the forms) at u."""
    return max(mpq(0), min(value(form, u) for form in forms))


def patches_of(seed, lengths):
    """Return {(cell, component): `Patch`} of a seed on the cells ∏ [a_i, a_i + 1], 0 ≤ a_i < lengths_i; zeros left out.

    Raises `InputError` for a seed in R^d, d ≥ 3, with a value ≠ 0 at a vertex whose star is not convex, or not made of
    whole facets.
    """
    if seed.dimension is None:
        return {}
    make = {1: _on_line, 2: _on_plane}.get(seed.dimension, _by_hats)
    found = {}
    for component in range(seed.components):
        for cell, patch in make(seed, component, lengths).items():
            if any(patch.affine) or patch.shapes:
                found[cell, component] = patch
    return found


def _on_line(seed, component, lengths):
    jumps = defaultdict(mpq)
    for piece in seed.pieces:
        slope = sum(form[0] * heights[component] for form, heights in zip(piece.forms, piece.values, strict=True))
        jumps[piece.box[0][0]] += slope
        jumps[piece.box[0][1]] -= slope
    found = {}
    for a in range(lengths[0]):
        before = [(jump, point) for point, jump in jumps.items() if point <= a]
        slope, level = sum((jump for jump, _ in before), mpq(0)), sum((jump * (a - p) for jump, p in before), mpq(0))
        kinks = {((mpq(1), a - p),): jump for p, jump in sorted(jumps.items()) if a < p < a + 1 and jump}
        found[a,] = Patch((slope, level), kinks)
    return found


def _on_plane(seed, component, lengths):
    found = {}
    for weight, function in _rational_parts(seed, component):
        for cell, form in patch_forms(function.pieces(), lengths).items():
            part = Patch(form.affine, {(line,): c for line, c in form.kinks.items()} | {
                tuple(tent): c for tent, c in form.tents.items()
            })
            found[cell] = _added(found.get(cell), weight, part)
    return found


def _rational_parts(seed, component):
    """Return pairs (weight, `CPwL`) whose sum is a component of a seed with rational vertices."""
    heights = [height[component] if isinstance(height, tuple) else height for height in seed.values]
    if any(type(t) is Quadratic for vertex in seed.vertices for t in vertex):
        raise InputError("the construction small needs a seed in the plane with rational vertices")
    roots = {height.D for height in heights if type(height) is Quadratic}
    rational = [height.a if type(height) is Quadratic else height for height in heights]
    found = [(mpq(1), CPwL(seed.vertices, seed.simplices, rational))]
    for root in roots:
        surds = [height.b if type(height) is Quadratic else mpq(0) for height in heights]
        found.append((Quadratic(0, 1, root), CPwL(seed.vertices, seed.simplices, surds)))
    return found


def _by_hats(seed, component, lengths):
    found = {}
    for height, forms, box in _nodal_hats(seed, component):
        ranges = (
            range(max(0, floor(low)), min(length, ceil(high))) for (low, high), length in zip(box, lengths, strict=True)
        )
        for cell in product(*ranges):
            local = {(*form[:-1], value(form, cell)) for form in forms}
            part = _clipped(sorted(local), len(cell))
            if part is not None:
                found[cell] = _added(found.get(cell), height, part)
    return found


def _nodal_hats(seed, component):
    """Yield (value, forms, box of the support) of the nodal hats whose sum is a component of a seed."""
    stars = defaultdict(list)
    positions = [tuple(vertex) for vertex in seed.vertices]
    heights = {}
    for corners in seed.simplices:
        points = tuple(positions[corner] for corner in corners)
        forms = barycentric_forms(points)
        for corner, point, form in zip(corners, points, forms, strict=True):
            stars[point].append((points, form))
            height = seed.values[corner]
            heights[point] = height[component] if isinstance(height, tuple) else height
    for point, star in stars.items():
        if heights[point]:
            corners = {corner for points, _ in star for corner in points}
            facets = Counter(
                frozenset(facet) for points, _ in star for facet in combinations(points, len(point)) if point in facet
            )
            is_convex = all(value(form, corner) >= 0 for _, form in star for corner in corners)
            if set(facets.values()) != {2} or not is_convex:
                raise InputError(
                    f"the construction small needs convex stars in {len(point)} dimensions; that of the vertex "
                    f"({', '.join(map(text, point))}) of the seed is not convex, or not made of whole facets"
                )
            box = [(min(side), max(side)) for side in zip(*corners, strict=True)]
            yield heights[point], [form for _, form in star], box


def _clipped(forms, dimension):
    """Return max(0, min of the forms) on the unit cube as a `Patch` with as few forms as possible; None if it is 0."""
    if min(_range(form)[1] for form in forms) <= 0:
        return None
    kept = list(forms)
    for form in forms:
        if any(other is not form and _range(_less(form, other))[0] >= 0 for other in kept):
            kept.remove(form)
    needs_zero, zero = any(_range(form)[0] < 0 for form in kept), (mpq(0),) * (dimension + 1)
    if len(kept) == 1 and not needs_zero:
        return Patch(kept[0], {})
    if len(kept) == 1:
        return _kink(zero, kept[0], mpq(1))
    if len(kept) == 2 and not needs_zero:
        return _kink(kept[0], _less(*kept), mpq(-1))  # min(a, b) = a − (a − b)₊
    return Patch(zero, {tuple(kept): mpq(1)})


def _kink(affine, form, weight):
    """Return the `Patch` affine + weight · (form)₊, the form turned and scaled so that its first entry is 1."""
    scale = next(entry for entry in form if entry)
    line = tuple(entry / scale for entry in form)
    if scale < 0:  # (ℓ)₊ = ℓ + (−ℓ)₊
        affine = tuple(a + weight * entry for a, entry in zip(affine, form, strict=True))
    return Patch(affine, {(line,): weight * abs(scale)})


def _range(form):
    """Return the least and the largest value of a form on the unit cube."""
    return form[-1] + sum(a for a in form[:-1] if a < 0), form[-1] + sum(a for a in form[:-1] if a > 0)


def _less(first, second):
    return tuple(p - q for p, q in zip(first, second, strict=True))


def _added(patch, weight, part):
    """Return the patch, None for the zero function, plus a multiple of another."""
    if patch is None:
        patch = Patch((mpq(0),) * len(part.affine), {})
    affine = tuple(p + weight * q for p, q in zip(patch.affine, part.affine, strict=True))
    shapes = dict(patch.shapes)
    for forms, c in part.shapes.items():
        shapes[forms] = shapes.get(forms, 0) + weight * c
    return Patch(affine, {forms: c for forms, c in shapes.items() if c})
