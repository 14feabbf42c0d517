"""Polytopes in R^d by their vertices, cut along hyperplanes; functions that are affine on simplices, on unit cells.

A vertex carries the numbers of the hyperplanes on which it lies: two are the ends of an edge if no third one lies on
all hyperplanes that these have in common. Forms (a_1, …, a_d, c) are a·u + c.
"""

from itertools import product
from typing import NamedTuple

from exactrelu.cpwl.simplices import value
from exactrelu.field import mpq


class Polytope(NamedTuple):
    """``vertices`` {point: frozenset of numbers of hyperplanes}; ``planes`` is how many numbers were given away."""

    vertices: dict
    planes: int

    @property
    def centre(self):
        """An inner point."""
        return tuple(sum(side) / len(self.vertices) for side in zip(*self.vertices, strict=True))

    def cut(self, form):
        """Return the parts where a form is ≥ 0 and ≤ 0, those that are not of lower dimension."""
        heights = {point: value(form, point) for point in self.vertices}
        if min(heights.values()) >= 0 or max(heights.values()) <= 0:
            return [self]
        border = {point: on | {self.planes} for point, on in self.vertices.items() if heights[point] == 0}
        for above, first in self.vertices.items():
            for below, second in self.vertices.items():
                if heights[below] < 0 < heights[above] and self._is_edge(above, below, first & second):
                    weight = heights[above] / (heights[above] - heights[below])
                    point = tuple(a + weight * (b - a) for a, b in zip(above, below, strict=True))
                    border[point] = first & second | {self.planes}
        return [
            Polytope({p: on for p, on in self.vertices.items() if sign * heights[p] > 0} | border, self.planes + 1)
            for sign in (1, -1)
        ]

    def _is_edge(self, first, second, common):
        return not any(common <= on for point, on in self.vertices.items() if point not in (first, second))


def unit_cube(dimension):
    """Return the `Polytope` [0, 1]^d."""
    corners = product((mpq(0), mpq(1)), repeat=dimension)
    return Polytope(
        {corner: frozenset(2 * i + int(t) for i, t in enumerate(corner)) for corner in corners}, 2 * dimension
    )


def arrangement(polytopes, forms):
    """Return the parts of polytopes on both sides of all hyperplanes on which forms vanish."""
    for form in forms:
        polytopes = [part for polytope in polytopes for part in polytope.cut(form)]
    return polytopes


def on_cells(seed, shift, lengths):
    """Return [(polytope, {(cell, component): form})], polytopes that fill [0, 1]^d, the functions g(β + u − σ) on them.

    The cells β are those of a window with sides ``lengths``, σ is the ``shift``; what is 0 is left out.
    """
    parts = [(unit_cube(len(lengths)), {})]
    for piece in seed.pieces:
        ranges = []
        for (low, high), s, length in zip(piece.box, shift, lengths, strict=True):
            first, last = (low + s) // 1, -(-(high + s) // 1)
            ranges.append(range(max(0, int(first)), min(length, int(last))))
        for cell in product(*ranges):
            moved = [beta - s for beta, s in zip(cell, shift, strict=True)]
            borders = [(*form[:-1], value(form, moved)) for form in piece.forms]
            forms = {}
            for component, heights in enumerate(zip(*piece.values, strict=True)):
                sides = zip(*borders, strict=True)
                forms[cell, component] = tuple(
                    sum(height * entry for height, entry in zip(heights, side, strict=True)) for side in sides
                )
            parts = [part for own in parts for part in _refined(*own, borders, forms)]
    return [(part, {place: form for place, form in forms.items() if any(form)}) for part, forms in parts]


def _refined(polytope, found, borders, forms):
    """Yield the parts of a polytope inside and outside of a simplex, {form of a border ≥ 0}; ``found`` grows inside."""
    inside = polytope
    if any(max(value(form, point) for point in polytope.vertices) <= 0 for form in borders):
        yield polytope, found
        return
    for form in borders:
        parts = inside.cut(form)
        inside = next((part for part in parts if value(form, part.centre) > 0), None)
        yield from ((part, found) for part in parts if part is not inside)
        if inside is None:
            return
    yield inside, found | forms
