"""How many activation regions and linear pieces a network has, by the fastest way that its structure allows."""

from array import array
from collections import defaultdict
from contextlib import closing
from itertools import chain
from time import monotonic
from typing import NamedTuple

from exactrelu.errors import UndecidedError
from exactrelu.planar.arrangement import count_cells
from exactrelu.planar.batch import enumerate_cells, start
from exactrelu.planar.forecast import Estimate, cores, expected_regions
from exactrelu.planar.merging import borders, connected
from exactrelu.planar.native_walk import counted
from exactrelu.planar.normal import LIMIT, analysed
from exactrelu.planar.pool import Lane, results
from exactrelu.planar.reference import domain_of, planar
from exactrelu.planar.stages import plan


class RegionCount(NamedTuple):
    """``regions``: full-dimensional convex cells on which no unit changes sign; ``linear_pieces``: cells that share an
    edge and have the same affine forms, counted as one.

    >>> from exactrelu import build, count_regions
    >>> count_regions(build("zero", 1)).linear_pieces
    1
    """

    regions: int
    linear_pieces: int


MOST = 1 << 26
"""The most regions that are counted one by one unless more are asked for: what is kept of them takes gigabytes."""

AT_ONCE, STEPS = 1 << 16, 1 << 25
"""The most regions, and regions times nodes, that are counted in the core before the time is estimated."""

BY_FAR = 100
"""Where more than so many times the limit are expected, nothing is counted: by Markov's inequality, as the expected
number has the true one as its mean, in at most one case of so many there are no more than the limit."""


def count_regions(network, domain=None, jobs=None, progress=None, *, most=MOST, announce=None):
    """Return the `RegionCount` of a network with two inputs on ``domain``, a `Polygon`, bounded or not (None: R²).

    ``jobs`` is the number of processes (None: one for each core). ``progress(done, total)`` is told the number of cells
    that are final; the total is not known and equals it. ``announce``, if given, is told an `Estimate` of the time if
    the work takes more than a moment. Raises `InputError` for other than two inputs, and `UndecidedError` for more than
    ``most`` regions that have to be kept one by one, at once if far more are expected.

    >>> from exactrelu import Network, Relu, box, count_regions
    >>> network = Network(2, [Relu(0), Relu(1), Relu(2)], [2])
    >>> count_regions(network), count_regions(network, box(1, 2, -1, 1))
    (RegionCount(regions=4, linear_pieces=2), RegionCount(regions=2, linear_pieces=1))
    """
    network, domain = planar(network), domain_of(domain)
    found = _arranged(network, domain, LIMIT // 16)  # most networks that are no arrangement show it at once
    if found is not None:
        return found
    few = min(most, AT_ONCE, STEPS // len(network))
    found = counted(network, domain, few)
    if found is not None and (found[0] <= few or few == most):
        return _within(found, most, progress)
    is_for_core = found is not None
    expected = expected_regions(network, domain)
    if announce is not None:
        announce(Estimate(None, str(expected or "so large a network may have any number of regions")))
    if expected is not None and expected.regions > BY_FAR * most:
        raise too_many(most, f"; {expected}")
    found = _arranged(network, domain, LIMIT)
    if found is not None:
        return found
    found = counted(network, domain, most) if is_for_core else None
    if found is not None:
        return _within(found, most, progress)
    regions, alike, began = 0, defaultdict(list), monotonic()
    with closing(results([Lane(_count, plan(network), [start(domain)])], jobs)) as tasks:
        for _, batches in tasks:
            for count, points, pieces in batches:
                regions += count
                for form, border in pieces:
                    alike[form].append((points, border))
            if regions > most:
                raise too_many(most)
            if announce is not None and expected is not None and regions:
                announce(in_all(expected, regions, monotonic() - began, jobs))
                announce = None
            if progress is not None:
                progress(regions, regions)
    return RegionCount(regions, sum(map(_components, alike.values())))


def _arranged(network, domain, limit):
    """Return the `RegionCount` of an arrangement of lines, None for other networks and beyond ``limit`` summands."""
    analysis = analysed(network, limit, atoms=False)
    if not analysis.is_arrangement:
        return None
    # The outputs are sums of ridges: they have a kink along the whole of each line on which one of them has a knot.
    return RegionCount(count_cells(analysis.lines, domain), count_cells(analysis.knots(network.outputs), domain))


def _within(found, most, progress):
    """Return the `RegionCount` of what the core has counted; raises `UndecidedError` for more than ``most`` regions."""
    if found[0] > most:
        raise too_many(most)
    if progress is not None:
        progress(found[0], found[0])
    return RegionCount(*found)


def too_many(most, expected=""):
    """Return the error for more than ``most`` regions."""
    return UndecidedError(
        f"nothing was decided: there are more activation regions than the limit of {most}{expected}; count them on a "
        "smaller --box, or raise the limit: --most N (most=N in Python)"
    )


def in_all(expected, done, seconds, jobs):
    """Return the `Estimate` of the time for all regions that are `Expected`, given how long the first ones took."""
    rate = f"{done / seconds:.0f} a second in one process"
    return Estimate(max(expected.regions, done) * seconds / done / cores(jobs), f"{expected}, {rate}")


def _count(network_plan, stack, deadline):
    """Work through a stack of chunks: (what `_pieces` returns for each batch of final cells, the rest of the stack)."""
    batches, stack = enumerate_cells(network_plan, stack, deadline)
    return list(map(_pieces, batches)), stack


def _pieces(batch):
    """Return (number of cells, points, pieces) of a batch, as far as whole edges connect its cells.

    A piece is (form, border), a border the array i, j, k, l, … of its edges ij, kl, …, numbers of points: there may be
    millions, so that they are kept small.
    """
    alike = defaultdict(list)
    for ids, count, form in zip(batch.corners.tolist(), batch.counts.tolist(), batch.forms.tolist(), strict=True):
        alike[tuple(form)].append(ids[:count])
    return len(batch.counts), batch.points, [
        (form, array("l", chain.from_iterable(border))) for form, cells in alike.items() for border in borders(cells)
    ]


def _components(places):
    """Return the number of connected pieces among ``places``, pairs (points, border)."""
    if len(places) == 1:
        return 1
    return connected([
        [(points[i], points[j]) for i, j in zip(border[::2], border[1::2], strict=True)] for points, border in places
    ])
