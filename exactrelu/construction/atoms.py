"""Proposition 5.1: a compactly supported CPwL seed as a finite sum of translated special atoms (Definition 2.8).

The atoms are nodal hats of a refined triangulation. Only vertices with g ≠ 0 give atoms; they are interior, since g is
continuous and zero outside, and their hats are continuous. A hat is moved so that the box of its support is centred in
the unit square: hats that are translates of each other give one and the same special atom.
"""

from math import ceil
from typing import NamedTuple

from exactrelu.construction.lattice import LatticeForm, lattice_form
from exactrelu.construction.subdivision import bisected, subdivided
from exactrelu.rational import Rational, mpq

COARSEST = 4
"""Bisection prepares triangulations for a regular subdivision into up to this many parts an edge."""


class SpecialAtom(NamedTuple):
    """H ≥ 0 with support in [ϱ, 1 − ϱ]² (Definition 2.8): its `LatticeForm` and its maximum M_H (``height``)."""

    shape: LatticeForm
    height: Rational


class Term(NamedTuple):
    """The summand z -> coefficient · H(z − shift) of (5.1); ``atom`` is H, the same object for equal atoms."""

    coefficient: Rational
    shift: tuple
    atom: SpecialAtom


def decomposition(seed, rho):
    """Return the tuple of `Term` of the `CPwL` function ``seed``, which is their sum (Proposition 5.1).

    Every support lies in shift + [ϱ, 1 − ϱ]², 0 < ϱ = ``rho`` < 1/2. A seed that is a special atom up to sign and
    translation, and the maximum of 0 and a concave function, is its own decomposition; otherwise the atoms are the
    nodal hats of the triangulation with the fewest atoms among those of `refinements`.
    """
    if seed.is_zero:
        return ()
    side = 1 - 2 * rho
    known = {}
    whole = _as_one_term(seed, side, known)
    if whole is not None:
        return (whole,)
    mesh = min(refinements(seed.conforming(), side), key=lambda fine: len(_nodes(fine)))
    return tuple(_term(mesh.hat(vertex), mesh.values[vertex], known) for vertex in _nodes(mesh))


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

    A hat is no smaller than the triangles at its vertex; and with four parts or more, a triangle on which the function is
    not zero has an interior node with g ≠ 0, whose support is twice as wide as the small triangles.
    """
    heights = function.values
    reach = max(
        _diameter([function.vertices[corner] for corner in corners]) / side
        for corners in function.triangles
        if any(heights[corner] for corner in corners)
    )
    return ceil(2 * reach) if reach > 3 else ceil(reach)


def _as_one_term(seed, side, known):
    """Return the seed as one `Term` if it is one, else None."""
    (x0, x1), (y0, y1) = seed.support_box()
    sign = 1 if max(seed.values) > 0 else -1
    if max(x1 - x0, y1 - y0) > side or min(sign * height for height in seed.values) < 0:
        return None
    term = _term(seed.scaled(sign), mpq(sign), known)
    return term if len(term.atom.shape.sets) == 1 else None


def _term(function, coefficient, known):
    """Return coefficient · function, a non-negative `CPwL` function, as a `Term`; ``known`` holds the atoms so far."""
    (x0, x1), (y0, y1) = function.support_box()
    shift = ((x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2)
    moved = function.shifted(-shift[0], -shift[1])
    atom = SpecialAtom(lattice_form(moved.pieces()), max(function.values))
    return Term(coefficient, shift, known.setdefault(atom, atom))


def _nodes(mesh):
    """Return the vertices with g ≠ 0."""
    return [vertex for vertex, height in enumerate(mesh.values) if height]


def _all_fit(mesh, side):
    """Return whether the hats of all vertices with g ≠ 0 have ℓ∞-diameter ≤ ``side``."""
    return all(_diameter([mesh.vertices[rim] for rim in mesh.triangulation.link(vertex)]) <= side for vertex in _nodes(mesh))


def _diameter(points):
    """Return the ℓ∞-diameter of points (x, y, …)."""
    return max(max(entries) - min(entries) for entries in list(zip(*points, strict=True))[:2])
