"""Convex polytopes of R^d, bounded or not, over Q or Q(√D): vertices and rays, and which facets each of them lies on.

A generator is a tuple (z_1, …, z_d, w): the vertex z for w = 1, the direction of a ray for w = 0. A form is a tuple
(a_1, …, a_d, c), the affine function a·z + c; its value at a ray is the slope along it. Polytopes here have interior
points and contain no line, so that they are the convex hulls of their generators, and a form has a sign on one of them
if and only if it has it at the generators. This is the double description method (Motzkin, Raiffa, Thompson and Thrall,
1953), readable rather than fast; the plane over Q has `exactrelu.cpwl.polygon`.
"""

from itertools import product
from operator import mul

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import rank


class Polytope:
    """The convex hull of ``generators``; bit k of ``tight[i]`` says that generator i lies on the facet number k.

    A facet may have been cut away: then no part of the boundary lies on it, and it does no harm. ``facets`` counts all.
    """

    __slots__ = ("facets", "generators", "tight")

    def __init__(self, generators, tight, facets):
        self.generators, self.tight, self.facets = generators, tight, facets

    @property
    def is_bounded(self):
        """Whether no generator is a ray."""
        return all(generator[-1] for generator in self.generators)

    @property
    def vertices(self):
        """The vertices, as points of R^d."""
        return [generator[:-1] for generator in self.generators if generator[-1]]

    def interior_point(self):
        """Return one point in the open interior: the mean of the vertices plus all rays."""
        count = len(self.vertices)
        return tuple(
            sum(t / count if w else t for t, w in zip(side, [g[-1] for g in self.generators], strict=True))
            for side in list(zip(*self.generators, strict=True))[:-1]
        )

    def image(self, matrix):
        """Return the image under an invertible matrix."""
        mapped = (tuple(sum(map(mul, row, g)) for row in matrix) for g in self.generators)
        found = tuple((*z, g[-1]) for z, g in zip(mapped, self.generators, strict=True))
        return Polytope(found, self.tight, self.facets)

    def split(self, form):
        """Return (negative, positive): the parts where ``form`` ≤ 0 and ≥ 0, as polytopes.

        A part is None when the interior has no point at which the form has that strict sign. Both are None when the
        form is zero throughout.
        """
        values = [at(form, generator) for generator in self.generators]
        below, above = any(v < 0 for v in values), any(v > 0 for v in values)
        if not (below and above):
            return self if below else None, self if above else None
        bit, parts = 1 << self.facets, ([], [])
        for generator, tight, v in zip(self.generators, self.tight, values, strict=True):
            if not v:
                parts[0].append((generator, tight | bit))
                parts[1].append((generator, tight | bit))
            else:
                parts[v > 0].append((generator, tight))
        for i, v in enumerate(values):
            for k, w in enumerate(values):
                if v < 0 < w and self._adjacent(i, k):
                    pairs = zip(self.generators[i], self.generators[k], strict=True)
                    crossing = _normalised([w * s - v * t for s, t in pairs])
                    for part in parts:
                        part.append((crossing, self.tight[i] & self.tight[k] | bit))
        return tuple(Polytope(*zip(*part, strict=True), self.facets + 1) for part in parts)

    def _adjacent(self, i, k):
        """Return whether two generators are the ends of an edge: no other one lies on all facets that they share."""
        shared = self.tight[i] & self.tight[k]
        if shared.bit_count() < len(self.generators[0]) - 2:
            return False
        return not any(tight & shared == shared for m, tight in enumerate(self.tight) if m not in (i, k))


def at(form, generator):
    """Return the value of a form at a vertex, or its slope along a ray."""
    return sum(map(mul, form, generator))


def box_polytope(sides):
    """Return the product of the intervals [low, high]; one end of each may be None, standing for −∞ or +∞.

    >>> from exactrelu.cpwl.polytope import box_polytope
    >>> corner = box_polytope([(0, None), (None, 1)])
    >>> corner.vertices, [tuple(map(int, ray)) for ray in corner.generators[1:]]
    ([(mpq(0,1), mpq(1,1))], [(1, 0, 0), (0, -1, 0)])
    """
    d = len(sides)
    if any(low is None and high is None or None not in (low, high) and low >= high for low, high in sides):
        raise InputError("a box needs sides with low < high, one end of which may be missing")
    infinity = 1 << 2 * d  # rays lie on the facet w = 0 of the cone over the polytope
    walls = [[(2 * i + e, end) for e, end in enumerate(side) if end is not None] for i, side in enumerate(sides)]
    generators, tight = [], []
    for corner in product(*walls):
        generators.append((*(mpq(end) for _, end in corner), mpq(1)))
        tight.append(sum(1 << number for number, _ in corner))
    for i, side in enumerate(sides):
        if None in side:
            ray = [mpq(0)] * (d + 1)
            ray[i] = mpq(1 if side[1] is None else -1)
            generators.append(tuple(ray))
            tight.append(infinity + sum(1 << number for k, own in enumerate(walls) if k != i for number, _ in own))
    return Polytope(tuple(generators), tuple(tight), 2 * d + 1)


def outside_of(sides):
    """Return polytopes that fill R^d outside of a box ((low, high), …), with disjoint interiors: 3^d − 1 of them."""
    choices = [((None, low), (low, high), (high, None)) for low, high in sides]
    return [box_polytope(chosen) for chosen in product(*choices) if chosen != tuple(map(tuple, sides))]


def overlaid(parts, facets, form):
    """Return ``parts``, pairs (polytope or polygon, tuple), with the tuple ``form`` added where all ``facets`` are ≥ 0.

    Parts that the set of these points cuts are replaced by several.
    """
    found = []
    for part, before in parts:
        inside, outside = part, []
        for facet in facets:
            below, inside = inside.split(facet)
            if inside is None:
                break
            if below is not None:
                outside.append((below, before))
        if inside is None:
            found.append((part, before))
        else:
            found += [*outside, (inside, tuple(map(sum, zip(before, form, strict=True))))]
    return found


def simplices_of(polytope):
    """Return simplices, tuples of d + 1 vertices, that fill a bounded `Polytope` with disjoint interiors."""
    points, d = polytope.vertices, len(polytope.generators[0]) - 1
    facets = [
        frozenset(i for i, tight in enumerate(polytope.tight) if tight >> k & 1) for k in range(polytope.facets)
    ]

    def cut(face, dimension):
        """Return the simplices of a face, tuples of numbers of vertices: pyramids over the facets beyond its apex."""
        if len(face) == dimension + 1:
            return [tuple(sorted(face))]
        apex, found = min(face), []
        for facet in {face & facet for facet in facets}:
            if apex not in facet and spanned(facet) == dimension - 1:
                found += [(apex, *simplex) for simplex in cut(facet, dimension - 1)]
        return found

    def spanned(face):
        """Return the dimension of the affine space that some vertices span, −1 for none."""
        return rank([(*points[i], 1) for i in face]) - 1 if face else -1

    return [tuple(points[i] for i in simplex) for simplex in cut(frozenset(range(len(points))), d)]


def _normalised(generator):
    """Return a generator with w = 1, or a ray divided by the absolute value of its first entry that is not 0."""
    scale = generator[-1] or abs(next(t for t in generator if t))
    return tuple(t / scale for t in generator)
