"""Convex polygons of the plane, bounded or not, over homogeneous integer points: the cells that everything is cut into.

A point is a tuple (X, Y, W) of ``mpz`` with gcd 1 and W >= 0: the finite point (X/W, Y/W), or, for W = 0, the ideal
point in the direction (X, Y), the end of a ray. A form (alpha, beta, gamma) stands for alpha x + beta y + gamma; its
value at a point is alpha X + beta Y + gamma W, whose sign at an ideal point is that of the slope along the ray.

In these coordinates an unbounded polygon is a convex polygon on a closed hemisphere, and one cutting rule serves the
triangle, the strip, the half plane and the whole plane. Edges are arcs shorter than a half circle: consecutive
vertices are never antipodal, so a full boundary line carries an auxiliary finite vertex, and the horizon of a half
plane an auxiliary ideal one.
The vertices of the whole plane are ideal, so that they do not tell a constant from zero: signs and ranges of forms are
read at the `Polygon.generators`.
"""

from itertools import pairwise

from exactrelu.errors import InputError
from exactrelu.field import Integer, gcd, lcm, mpq, mpz, rational

ORIGIN = (mpz(0), mpz(0), mpz(1))


def homogeneous(X, Y, W):
    """Return the point (X : Y : W), integers with W >= 0 and not all zero, divided by their gcd."""
    common = gcd(gcd(X, Y), W)
    if common == 1:
        return (X, Y, W)
    return (X // common, Y // common, W // common)


def finite(x, y):
    """Return the finite point with the rational coordinates (x, y)."""
    x, y = rational(x), rational(y)
    W = lcm(x.denominator, y.denominator)
    return (x.numerator * (W // x.denominator), y.numerator * (W // y.denominator), W)


def ideal(dx, dy):
    """Return the ideal point in the rational direction (dx, dy), not (0, 0); raises `InputError` for (0, 0)."""
    X, Y, _ = finite(dx, dy)
    if not X and not Y:
        raise InputError("an ideal point needs a direction other than (0, 0)")
    return homogeneous(X, Y, mpz(0))


def coordinates(point):
    """Return (x, y) as ``mpq`` of a finite point; raises `InputError` for an ideal one."""
    X, Y, W = point
    if not W:
        raise InputError("an ideal point has no coordinates")
    return (mpq(X, W), mpq(Y, W))


def value(form, point):
    """Return alpha X + beta Y + gamma W; its sign is the form's sign at the point (at an ideal point: of its slope)."""
    return form[0] * point[0] + form[1] * point[1] + form[2] * point[2]


def affine_at(form, x, y):
    """Return alpha x + beta y + gamma."""
    return form[0] * x + form[1] * y + form[2]


def short_step(x, y, direction, lines):
    """Return a step > 0 along ``direction`` from (x, y), on none of ``lines``, after which no line has been reached."""
    step = mpq(1)
    for line in lines:
        slope = abs(line[0] * direction[0] + line[1] * direction[1])
        if slope:
            step = min(step, abs(affine_at(line, x, y)) / (2 * slope))
    return step


def integral(form):
    """Return the primitive integer form with the same sign everywhere: ``form`` times a positive rational."""
    alpha, beta, gamma = form
    if not type(alpha) is type(beta) is type(gamma) is Integer:
        scale = lcm(lcm(alpha.denominator, beta.denominator), gamma.denominator)
        alpha, beta, gamma = (entry.numerator * (scale // entry.denominator) for entry in form)
    common = gcd(gcd(alpha, beta), gamma)
    return (alpha // common, beta // common, gamma // common) if common > 1 else (alpha, beta, gamma)


def line_through(u, v):
    """Return the integer form det(u, v, .): zero on the line through two points, positive to its left.

    For two ideal points it is the constant of the horizon, (0, 0, positive) when v is less than a half turn to the
    left of u; it is zero when u and v are equal or antipodal.
    """
    return (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])


def crossing_point(u, v, at_u, at_v):
    """Return the point where a form with the values ``at_u``, ``at_v`` of opposite strict signs vanishes on edge uv."""
    if at_u > 0:
        at_v = -at_v
    else:
        at_u = -at_u
    return homogeneous(at_v * u[0] + at_u * v[0], at_v * u[1] + at_u * v[1], at_v * u[2] + at_u * v[2])


def point_on_line(form):
    """Return one finite point on the line ``form`` = 0 of an integer form that is not constant."""
    alpha, beta, gamma = form
    if alpha:
        return homogeneous(-gamma if alpha > 0 else gamma, mpz(0), abs(alpha))
    return homogeneous(mpz(0), -gamma if beta > 0 else gamma, abs(beta))


class Polygon:
    """A closed convex polygon with interior points: `vertices`, counterclockwise, finite or ideal.

    The whole plane is the polygon of four ideal points. Three consecutive vertices may lie on one line.

    >>> from exactrelu import half_plane
    >>> strip = half_plane(0, 1, 0) & half_plane(0, -1, 1)
    >>> strip.is_bounded, strip.interior_point()
    (False, (mpq(0,1), mpq(1,2)))
    """

    __slots__ = ("vertices",)

    def __init__(self, vertices):
        """Check every invariant of the class; raises `InputError` naming the one that fails."""
        self.vertices = tuple(vertices)
        _check(self.vertices)

    @classmethod
    def trusted(cls, vertices):
        """Return the polygon of vertices (a tuple) that are known to satisfy the invariants, unchecked: hot path."""
        polygon = cls.__new__(cls)
        polygon.vertices = vertices
        return polygon

    def __eq__(self, other):
        if not isinstance(other, Polygon):
            return NotImplemented
        return self._from_least_vertex() == other._from_least_vertex()

    def __hash__(self):
        return hash(self._from_least_vertex())

    def __repr__(self):
        return f"Polygon({[tuple(int(entry) for entry in vertex) for vertex in self.vertices]})"

    def _from_least_vertex(self):
        """Return the vertices rotated so that the least one comes first: the same for every starting point."""
        start = self.vertices.index(min(self.vertices))
        return self.vertices[start:] + self.vertices[:start]

    @property
    def generators(self):
        """The points of which a polygon consists of the non-negative combinations: its vertices, as a rule.

        The vertices of the whole plane, and of no other polygon, are all ideal, so that the origin is added to them.
        A form is >= 0 on the polygon if and only if it is at these points, and zero if and only if it is zero at them.
        """
        return self.vertices if any(W for _, _, W in self.vertices) else (*self.vertices, ORIGIN)

    @property
    def is_bounded(self):
        """Whether no vertex is ideal."""
        return all(vertex[2] for vertex in self.vertices)

    def edges(self):
        """Return the pairs (u, v) of consecutive vertices, the interior to the left; two ideal ends: the horizon."""
        return list(pairwise(self.vertices + self.vertices[:1]))

    def half_planes(self):
        """Return primitive integer forms, each >= 0 on the polygon and zero along one edge; none for the plane."""
        forms = (line_through(u, v) for u, v in self.edges() if u[2] or v[2])
        return list(dict.fromkeys(integral(form) for form in forms))

    def contains(self, x, y):
        """Return whether the closed polygon contains the point (x, y)."""
        point = finite(x, y)
        return all(value(form, point) >= 0 for form in self.half_planes())

    def interior_point(self):
        """Return rational coordinates (x, y) of one point in the open interior."""
        X, Y, W = (sum(entries) for entries in zip(*self.generators, strict=True))
        return (mpq(X, W), mpq(Y, W))

    def split(self, form):
        """Return (negative, positive): the parts where ``form`` <= 0 and >= 0, as polygons.

        A part is None when the interior has no point at which the form has that strict sign. Both are None when the
        form is zero throughout.
        """
        form = alpha, beta, gamma = integral(form)
        if not alpha and not beta:
            return (self if gamma < 0 else None, self if gamma > 0 else None)
        vertices = self.vertices
        values = [alpha * X + beta * Y + gamma * W for X, Y, W in vertices]
        if min(values) >= 0:
            return (None, self)
        if max(values) <= 0:
            return (self, None)
        return _cut(form, vertices, values)

    def __and__(self, other):
        """Return the intersection with another polygon; raises `InputError` when it has no interior point."""
        if not isinstance(other, Polygon):
            return NotImplemented
        part = self.clip(other)
        if part is None:
            raise InputError("the polygons have no interior point in common")
        return part

    def clip(self, other):
        """Return the intersection with another polygon, or None when it has no interior point."""
        part = self
        for form in other.half_planes():
            part = part.split(form)[1]
            if part is None:
                return None
        return part

    def area(self):
        """Return the area of a bounded polygon; raises `InputError` for an unbounded one."""
        if not self.is_bounded:
            raise InputError("an unbounded polygon has no area")
        total, denominator = mpz(0), mpz(1)
        for _, _, W in self.vertices:
            denominator *= W
        for (X0, Y0, W0), (X1, Y1, W1) in self.edges():
            total += (X0 * Y1 - X1 * Y0) * (denominator // (W0 * W1))
        return mpq(total, 2 * denominator)


def _cut(form, vertices, values):
    """Return the two parts of a polygon that the line ``form`` = 0 crosses; ``values`` has both strict signs."""
    negative, positive, ends = [], [], []
    last, at_last = vertices[-1], values[-1]
    for vertex, at_vertex in zip(vertices, values, strict=True):
        if (at_last < 0 < at_vertex) or (at_vertex < 0 < at_last):
            crossing = crossing_point(last, vertex, at_last, at_vertex)
            negative.append(crossing)
            positive.append(crossing)
            ends.append(crossing)
        if at_vertex <= 0:
            negative.append(vertex)
        if at_vertex >= 0:
            positive.append(vertex)
        if not at_vertex:
            ends.append(vertex)
        last, at_last = vertex, at_vertex
    if not ends[0][2] and not ends[1][2]:
        middle = point_on_line(form)
        _insert_between(negative, ends, middle)
        _insert_between(positive, ends, middle)
    return (Polygon.trusted(tuple(negative)), Polygon.trusted(tuple(positive)))


def _insert_between(part, ends, middle):
    """Insert ``middle`` into the list of vertices ``part`` between the two neighbours ``ends``, in either order."""
    index = part.index(ends[0])
    part.insert(index + 1 if part[(index + 1) % len(part)] == ends[1] else index, middle)


def _check(vertices):
    """Raise `InputError` unless the vertices are those of a `Polygon`."""
    for vertex in vertices:
        if len(vertex) != 3 or any(type(entry) is not Integer for entry in vertex):
            raise InputError("a vertex is a triple of mpz, made by finite() or ideal()")
        if vertex[2] < 0 or gcd(gcd(vertex[0], vertex[1]), vertex[2]) != 1:
            raise InputError("a vertex (X, Y, W) has W >= 0 and gcd 1")
    if len(vertices) < 3 or len(set(vertices)) < len(vertices):
        raise InputError("a polygon has three or more different vertices")
    forms = [line_through(u, v) for u, v in pairwise(vertices + vertices[:1])]
    if not all(any(form) for form in forms):
        raise InputError("consecutive vertices are antipodal: put another vertex between them")
    values = [value(form, vertex) for form in forms for vertex in vertices]
    if min(values) < 0:
        raise InputError("the vertices are not those of a convex polygon in counterclockwise order")
    if any(vertex[2] for vertex in vertices):
        if not max(values):
            raise InputError("the polygon has no interior")
    elif min(form[2] for form in forms) < 0 or _turns(vertices) != 1:
        raise InputError("ideal vertices alone must go round the horizon once, counterclockwise")


def _turns(vertices):
    """Return how often a counterclockwise sequence of ideal points passes from the lower into the upper half turn."""
    upper = [Y > 0 or (Y == 0 and X > 0) for X, Y, _ in vertices]
    return sum(after and not before for before, after in pairwise([upper[-1], *upper]))


def plane():
    """Return the whole plane.

    >>> from exactrelu import plane
    >>> plane().is_bounded, plane().contains(10**100, -1)
    (False, True)
    """
    return Polygon.trusted((ideal(1, 0), ideal(0, 1), ideal(-1, 0), ideal(0, -1)))


def box(x0, x1, y0, y1):
    """Return the rectangle [x0, x1] x [y0, y1] with rational ends; raises `InputError` unless x0 < x1 and y0 < y1.

    >>> from fractions import Fraction
    >>> from exactrelu import box
    >>> box(0, 2, Fraction(-1, 2), 1).area()
    mpq(3,1)
    """
    if not (rational(x0) < rational(x1) and rational(y0) < rational(y1)):
        raise InputError(f"expected a box with x0 < x1 and y0 < y1, got [{x0}, {x1}] x [{y0}, {y1}]")
    return Polygon([finite(x0, y0), finite(x1, y0), finite(x1, y1), finite(x0, y1)])


def half_plane(a, b, c):
    """Return the half plane a x + b y + c >= 0 for rational a, b, c; raises `InputError` if a and b are 0.

    ``&`` intersects: a wedge is made of two half planes, a strip of two that are parallel.

    >>> from exactrelu import half_plane
    >>> quadrant = half_plane(1, 0, 0) & half_plane(0, 1, 0)
    >>> quadrant.contains(1, 7), quadrant.contains(1, -7)
    (True, False)
    """
    form = tuple(map(rational, (a, b, c)))
    if not any(form[:2]):
        raise InputError("a half plane a x + b y + c >= 0 needs an a or b other than 0")
    return plane().split(form)[1]


def polygon_of(points):
    """Return the bounded polygon with the rational points (x, y), given in counterclockwise order.

    Raises `InputError` unless it is convex and has an interior.

    >>> from exactrelu import polygon_of
    >>> polygon_of([(0, 0), (1, 0), (0, 1)]).area()
    mpq(1,2)
    """
    return Polygon([finite(x, y) for x, y in points])
