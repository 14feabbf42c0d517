"""Proposition 5.1: a compactly supported CPwL seed as a finite sum of translated special atoms (Definition 2.8).

The atoms are nodal hats of a refined triangulation. Only vertices with g ≠ 0 give atoms; they are interior, since g is
continuous and zero outside, and their hats are continuous. Hats that are translates of each other give one and the same
special atom, and the shifts δ_ν fall into few classes mod 1 (`exactrelu.construction.offsets`).
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import NamedTuple

from exactrelu.construction.lattice import lattice_form
from exactrelu.construction.offsets import offsets
from exactrelu.construction.subdivision import bisected, subdivided
from exactrelu.cpwl.cpwl import affine_through
from exactrelu.cpwl.polygon import Polygon, finite, line_through, value
from exactrelu.field import Rational, mpq

COARSEST = 4
"""Bisection prepares triangulations for a regular subdivision into up to this many parts an edge."""


@dataclass(frozen=True)
class SpecialAtom:
    """H ≥ 0 with support in [ϱ, 1 − ϱ]² (Definition 2.8), given by its ``triangles``, sorted corners (x, y, value).

    Functions on the same triangles, in sorted order, compare equal; the lattice form is found when it is asked for.
    """

    triangles: tuple

    @property
    def height(self):
        """The maximum M_H."""
        return max(h for corners in self.triangles for _, _, h in corners)

    @cached_property
    def shape(self):
        """The `LatticeForm` of H."""
        return lattice_form([(_counterclockwise(corners), affine_through(corners)) for corners in self.triangles])

    def moved(self, dx, dy):
        """Return the atom z -> H(z − (dx, dy))."""
        return SpecialAtom(tuple(tuple((x + dx, y + dy, h) for x, y, h in corners) for corners in self.triangles))


class Term(NamedTuple):
    """The summand z -> coefficient · H(z − shift) of (5.1); ``atom`` is H, the same object for equal atoms."""

    coefficient: Rational
    shift: tuple
    atom: SpecialAtom


class AtomClass(NamedTuple):
    """The sum of c · H(z − origin − k) over ``coefficients`` {patch k: c}: terms with the same H and shift mod 1."""

    atom: SpecialAtom
    origin: tuple
    coefficients: dict


def decomposition(seed, rho, cost=len):
    """Return the tuple of `Term` of the `CPwL` function ``seed``, which is their sum (Proposition 5.1).

    Every support lies in shift + [ϱ, 1 − ϱ]², 0 < ϱ = ``rho`` < 1/2. A seed that is a special atom up to sign and
    translation, and the maximum of 0 and a concave function, is its own decomposition; otherwise the atoms are the
    nodal hats of a triangulation, the one of `refinements` whose terms have the least ``cost``.
    """
    if seed.is_zero:
        return ()
    side = 1 - 2 * rho
    whole = _as_one_hat(seed, side)
    if whole is not None:
        return _terms([whole], rho)
    return min((_nodal_terms(mesh, rho) for mesh in refinements(seed.conforming(), side)), key=cost)


def translation_classes(terms):
    """Return the tuple of `AtomClass` of the terms of a decomposition.

    The origin of a class is its least shift in each coordinate; if all supports lie in a window [0, L1] × [0, L2], the
    patches lie in it, counted from 0.
    """
    classes = {}
    for term in terms:
        residue = tuple(entry - entry.numerator // entry.denominator for entry in term.shift)
        classes.setdefault((term.atom, residue), []).append(term)
    return tuple(_atom_class(atom, members) for (atom, _), members in classes.items())


def _atom_class(atom, members):
    origin = tuple(min(term.shift[axis] for term in members) for axis in (0, 1))
    patches = [tuple(int(entry - least) for entry, least in zip(term.shift, origin, strict=True)) for term in members]
    return AtomClass(atom, origin, {patch: term.coefficient for patch, term in zip(patches, members, strict=True)})


def refinements(function, side):
    """Return triangulations of a conforming `CPwL` function on which every nodal hat that it needs fits.

    A hat fits if the ℓ∞-diameter of its support is at most ``side``. The first is the coarsest regular subdivision of
    all triangles; the others bisect triangles on which the function is not zero until the regular subdivision into k
    parts, k = 1, …, `COARSEST`, is fine enough: better where triangles are long or of different sizes.
    """
    parts = _fewest_parts(function, side)
    while not _all_fit(fine := subdivided(function, parts), side):
        parts += 1
    candidates = [fine]
    for k in range(1, min(parts, COARSEST + 1)):
        def is_small(corners, reach=k * side):
            return not any(height for _, _, height in corners) or 2 * _diameter(corners) <= reach

        fine = subdivided(bisected(function, is_small), k)
        if _all_fit(fine, side):
            candidates.append(fine)
    return candidates


def _fewest_parts(function, side):
    """Return a number of parts an edge below which no regular subdivision fits.

    A hat is no smaller than the triangles at its vertex; and with four parts or more, a triangle on which the function
    is not zero has an interior node with g ≠ 0, whose support is twice as wide as the small triangles.
    """
    heights = function.values
    reach = max(
        _diameter([function.vertices[corner] for corner in corners]) / side
        for corners in function.triangles
        if any(heights[corner] for corner in corners)
    )
    return ceil(2 * reach) if reach > 3 else ceil(reach)


def _as_one_hat(seed, side):
    """Return the seed as (±1, function ≥ 0) if it is ± a special atom of one index set up to translation, else None."""
    sign = 1 if max(seed.values) > 0 else -1
    if max(_size(seed)) > side or min(sign * height for height in seed.values) < 0:
        return None
    positive = seed.scaled(sign)
    return (mpq(sign), positive) if len(lattice_form(positive.pieces()).sets) == 1 else None


def _nodal_terms(mesh, rho):
    """Return the terms of the nodal expansion on a triangulation."""
    return _terms([(mesh.values[vertex], mesh.hat(vertex)) for vertex in _nodes(mesh)], rho)


def _terms(summands, rho):
    """Return the terms of Σ coefficient · function over ``summands``, translates with one and the same atom."""
    groups = {}
    for coefficient, function in summands:
        corner = tuple(low for low, _ in function.support_box())
        groups.setdefault((_from_corner(function, corner), _size(function)), []).append((coefficient, corner))
    places = [
        offsets([([corner[axis] for _, corner in members], size[axis]) for (_, size), members in groups.items()], rho)
        for axis in (0, 1)
    ]
    terms = []
    for ((at_zero, _), members), place in zip(groups.items(), zip(*places, strict=True), strict=True):
        atom = at_zero.moved(*place)
        for coefficient, corner in members:
            terms.append(Term(coefficient, tuple(entry - c for entry, c in zip(corner, place, strict=True)), atom))
    return tuple(terms)


def _from_corner(function, corner):
    """Return the function with the corner of its support box moved to (0, 0), as a `SpecialAtom` still to be placed."""
    moved = [(x - corner[0], y - corner[1], h) for (x, y), h in zip(function.vertices, function.values, strict=True)]
    return SpecialAtom(tuple(sorted(tuple(sorted(moved[k] for k in corners)) for corners in function.triangles)))


def _counterclockwise(corners):
    """Return the triangle with these corners (x, y, value) as a `Polygon`."""
    a, b, c = (finite(x, y) for x, y, _ in corners)
    return Polygon((a, b, c) if value(line_through(a, b), c) > 0 else (a, c, b))


def _size(function):
    """Return the sides of the least rectangle that holds the support."""
    return tuple(high - low for low, high in function.support_box())


def _nodes(mesh):
    """Return the vertices with g ≠ 0."""
    return [vertex for vertex, height in enumerate(mesh.values) if height]


def _all_fit(mesh, side):
    """Return whether the hats of all vertices with g ≠ 0 have ℓ∞-diameter ≤ ``side``."""
    links = (mesh.triangulation.link(vertex) for vertex in _nodes(mesh))
    return all(_diameter([mesh.vertices[corner] for corner in link]) <= side for link in links)


def _diameter(points):
    """Return the ℓ∞-diameter of points (x, y, …)."""
    return max(max(entries) - min(entries) for entries in list(zip(*points, strict=True))[:2])
