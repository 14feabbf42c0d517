"""The folded mesh: convex polygons that fill the unit square, on each of which every patch of g is affine."""

from functools import lru_cache

from exactrelu.cpwl.cpwl import ZERO
from exactrelu.cpwl.overlay import overlay
from exactrelu.cpwl.polygon import box
from exactrelu.refinement.transition import patches
from exactrelu.scheme import refuse_beyond


@lru_cache(maxsize=16)
def folded_mesh(problem):
    """Return the tuple of (Polygon, forms): convex polygons that fill [0,1]^2, cut only where some patch has a kink.

    ``forms`` maps the positions, in the order of `patches`, of the patches g_ab that are not zero everywhere to their
    affine forms on the polygon, in the coordinates (u, v) of the unit square.
    """
    refuse_beyond(problem, "the specification by dyadic cells")
    g, indices = problem.normalized()[0].seed.function, patches(problem)
    reached = [position for position, patch in enumerate(indices) if _meets(g.support_box(), patch)]
    shifted = [g.shifted(1 - a, 1 - b) for a, b in (indices[position] for position in reached)]
    mesh = list(overlay(shifted, box(0, 1, 0, 1)))
    used = [k for k in range(len(reached)) if any(forms[k] != ZERO for _, forms in mesh)]
    return tuple((polygon, {reached[k]: forms[k] for k in used}) for polygon, forms in mesh)


def active_patches(problem):
    """Return the frozenset of the positions of the patches of g that are not zero everywhere."""
    ((_, forms), *_) = folded_mesh(problem)
    return frozenset(forms)


def _meets(support, patch):
    """Return whether the support box, None if empty, and the unit square of a patch have common interior points."""
    if support is None:
        return False
    return all(low < index and index - 1 < high for (low, high), index in zip(support, patch, strict=True))
