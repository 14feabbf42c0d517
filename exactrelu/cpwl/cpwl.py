"""Compactly supported continuous piecewise linear functions of the plane, given by values on a triangulation."""

from functools import cached_property

from exactrelu.cpwl.polygon import affine_at, coordinates, finite, integral, line_through
from exactrelu.cpwl.triangulation import Triangulation
from exactrelu.errors import InputError
from exactrelu.field import mpq, rational, text

ZERO = (mpq(0), mpq(0), mpq(0))
"""The form of the zero function."""


class CPwL:
    """The function with given ``values`` at the vertices, affine on every triangle, zero outside; immutable.

    ``vertices`` are pairs of rationals, ``triangles`` index triples in either orientation, ``values`` rationals, one
    for each vertex. Two vertices at one point are merged when their values agree; a vertex of no triangle is allowed
    when its value is 0. A hanging node is allowed when the function is continuous all the same. Raises `InputError`
    for everything that `Triangulation` refuses and for a function that is not continuous on the whole plane.
    """

    def __init__(self, vertices, triangles, values):
        vertices = [(rational(x), rational(y)) for x, y in vertices]
        values = [rational(height) for height in values]
        if len(values) != len(vertices):
            raise InputError(f"{len(vertices)} vertices, but {len(values)} values")
        vertices, triangles, values = merged(vertices, triangles, values)
        self._set(Triangulation(vertices, triangles), values)
        self._check_unused()
        self._check_continuous()

    @classmethod
    def _on(cls, triangulation, values):
        """Return the function with values that are known to be continuous on a triangulation, unchecked."""
        function = cls.__new__(cls)
        function._set(triangulation, values)
        return function

    def _set(self, triangulation, values):
        self.triangulation = triangulation
        self.values = tuple(values)
        self.forms = tuple(self._form_on(corners) for corners in triangulation.triangles)

    @property
    def vertices(self):
        """The vertices of the triangulation."""
        return self.triangulation.vertices

    @property
    def triangles(self):
        """The triangles, counterclockwise."""
        return self.triangulation.triangles

    @property
    def is_zero(self):
        """Whether the function vanishes everywhere."""
        return not any(any(form) for form in self.forms)

    def evaluate(self, x, y):
        """Return the value at the rational point (x, y)."""
        form = form_at(self.pieces_with_sides, x, y)
        return affine_at(form, rational(x), rational(y))

    def pieces(self):
        """Return the list of (triangle as a `Polygon`, form); outside of all of them the function is zero."""
        return [(self.triangulation.polygon(index), form) for index, form in enumerate(self.forms)]

    @cached_property
    def pieces_with_sides(self):
        """The pieces as (corners, sides, form): three points, integer forms >= 0 inside; zero forms are left out."""
        pieces = []
        for corners, form in zip(self.triangles, self.forms, strict=True):
            if any(form):
                a, b, c = (self.triangulation.points[corner] for corner in corners)
                sides = tuple(integral(line_through(u, v)) for u, v in ((a, b), (b, c), (c, a)))
                pieces.append(((a, b, c), sides, form))
        return tuple(pieces)

    def support_box(self):
        """Return ((x0, x1), (y0, y1)), the least rectangle that holds the support, or None for the zero function."""
        corners = [coordinates(point) for points, _, _ in self.pieces_with_sides for point in points]
        if not corners:
            return None
        xs, ys = zip(*corners, strict=True)
        return ((min(xs), max(xs)), (min(ys), max(ys)))

    def kinks(self):
        """Return (u, v, left form, right form) for the segments, point u to point v, across which the form changes."""
        points, forms, edges = self.triangulation.points, self.forms, self.triangulation.edges
        shared = [
            (points[i], points[j], forms[left], forms[edges[j, i]])
            for (i, j), left in edges.items()
            if i < j and (j, i) in edges
        ]
        seams = [
            (points[u], points[v], _form_or_zero(forms, left), _form_or_zero(forms, right))
            for u, v, left, right in self.triangulation.seams
        ]
        return [kink for kink in shared + seams if kink[2] != kink[3]]

    def shifted(self, dx, dy):
        """Return the function z -> f(z - (dx, dy))."""
        return self.dilated(1, dx, dy)

    def dilated(self, factor, dx, dy):
        """Return the function z -> f(factor z - (dx, dy)) for a rational factor > 0."""
        factor, dx, dy = rational(factor), rational(dx), rational(dy)
        return CPwL._on(self.triangulation.dilated(factor, dx, dy), self.values)

    def scaled(self, factor):
        """Return ``factor`` times the function."""
        factor = rational(factor)
        return CPwL._on(self.triangulation, [factor * height for height in self.values])

    def refined(self):
        """Return the same function with every triangle cut into four at the midpoints of its edges."""
        return self._with_means(*self.triangulation.refined())

    def conforming(self):
        """Return the same function on a triangulation without hanging nodes."""
        return self._with_means(*self.triangulation.conforming())

    def hat(self, vertex):
        """Return the nodal hat: 1 at the vertex, 0 at all others, its triangles only those of the star (Prop. 5.1).

        Raises ``ValueError`` unless the vertex is interior and the triangulation conforming.
        """
        if not self.triangulation.is_conforming:
            raise ValueError("a nodal hat needs a conforming triangulation")
        rim = self.triangulation.link(vertex)
        triangles = [(0, 1 + k, 1 + (k + 1) % len(rim)) for k in range(len(rim))]
        corners = [self.vertices[index] for index in (vertex, *rim)]
        return CPwL._on(Triangulation(corners, triangles), [mpq(1)] + [mpq(0)] * len(rim))

    def integral(self):
        """Return the integral over the plane."""
        return sum(
            (polygon.area() * sum(self.values[corner] for corner in corners) / 3
             for (polygon, _), corners in zip(self.pieces(), self.triangles, strict=True)),
            mpq(0),
        )

    def _with_means(self, triangulation, means):
        added = [sum(self.values[index] for index in group) / len(group) for group in means]
        return CPwL._on(triangulation, [*self.values, *added])

    def _form_on(self, corners):
        """Return the affine form with the function's values at three corners."""
        return affine_through([(*self.vertices[corner], self.values[corner]) for corner in corners])

    def _check_unused(self):
        used = {corner for corners in self.triangles for corner in corners}
        for vertex, height in enumerate(self.values):
            if height and vertex not in used:
                raise InputError(f"vertex {vertex} has the value {_short(height)}, but is a corner of no triangle")

    def _check_continuous(self):
        """Raise `InputError` unless the traces of both sides agree at both ends of every seam."""
        for u, v, left, right in self.triangulation.seams:
            for vertex in (u, v):
                x, y = self.vertices[vertex]
                at_left, at_right = (affine_at(_form_or_zero(self.forms, side), x, y) for side in (left, right))
                if at_left == at_right:
                    continue
                place = f"({_short(x)}, {_short(y)})"
                if left is None or right is None:
                    triangle, height = (right, at_right) if left is None else (left, at_left)
                    raise InputError(
                        f"the value at {place} on the outer boundary, in triangle {triangle}, is {_short(height)};"
                        " it has to be 0, or the function is not continuous"
                    )
                raise InputError(
                    f"not conforming: triangles {left} and {right} meet along an edge, but have the values"
                    f" {_short(at_left)} and {_short(at_right)} at {place}, so the function is not continuous"
                )


def affine_through(heights):
    """Return the form with the heights h at three points (x, y, h) that are not on one line."""
    (x0, y0, h0), (x1, y1, h1), (x2, y2, h2) = heights
    x1, y1, h1, x2, y2, h2 = x1 - x0, y1 - y0, h1 - h0, x2 - x0, y2 - y0, h2 - h0
    area = x1 * y2 - x2 * y1
    alpha, beta = (h1 * y2 - h2 * y1) / area, (x1 * h2 - x2 * h1) / area
    return (alpha, beta, h0 - alpha * x0 - beta * y0)


def form_at(pieces, x, y):
    """Return the form of the first of ``pieces`` (`CPwL.pieces_with_sides`) that holds the point; `ZERO` if none."""
    X, Y, W = finite(x, y)
    for _, sides, form in pieces:
        if all(alpha * X + beta * Y + gamma * W >= 0 for alpha, beta, gamma in sides):
            return form
    return ZERO


def _form_or_zero(forms, triangle):
    return ZERO if triangle is None else forms[triangle]


def merged(vertices, triangles, values):
    """Return (vertices, triangles, values) with vertices at one point merged; raises `InputError` if values differ."""
    first, kept = {}, []
    for index, vertex in enumerate(vertices):
        twin = first.setdefault(vertex, index)
        if twin == index:
            kept.append(index)
        elif values[twin] != values[index]:
            raise InputError(f"vertices {twin} and {index} are the same point with different values")
    if len(kept) == len(vertices):
        return vertices, triangles, values
    position = {vertices[index]: new for new, index in enumerate(kept)}
    triangles = [
        tuple(position[vertices[corner]] if 0 <= corner < len(vertices) else corner for corner in corners)
        for corners in triangles
    ]
    return [vertices[index] for index in kept], triangles, [values[index] for index in kept]


def _short(number):
    """Return a rational for a message, cut when it is long."""
    numeral = text(number)
    return numeral if len(numeral) <= 40 else f"{numeral[:37]}..."
