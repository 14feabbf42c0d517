"""How many activation regions and linear pieces a network has, by the fastest way that its structure allows."""

from array import array
from collections import defaultdict
from contextlib import closing
from itertools import chain
from typing import NamedTuple

from exactrelu.planar.arrangement import count_cells
from exactrelu.planar.batch import enumerate_cells, start
from exactrelu.planar.native_walk import counted
from exactrelu.planar.merging import borders, connected
from exactrelu.planar.normal import analysed
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


def count_regions(network, domain=None, jobs=None, progress=None):
    """Return the `RegionCount` of a network with two inputs on ``domain``, a `Polygon`, bounded or not (None: R²).

    ``jobs`` is the number of processes (None: one for each core). ``progress(done, total)`` is told the number of cells
    that are final; the total is not known and equals it. Raises `InputError` for other than two inputs.

    >>> from exactrelu import Network, Relu, box, count_regions
    >>> network = Network(2, [Relu(0), Relu(1), Relu(2)], [2])
    >>> count_regions(network), count_regions(network, box(1, 2, -1, 1))
    (RegionCount(regions=4, linear_pieces=2), RegionCount(regions=2, linear_pieces=1))
    """
    network, domain = planar(network), domain_of(domain)
    analysis = analysed(network, atoms=False)
    if analysis.is_arrangement:
        # The outputs are sums of ridges: they have a kink along the whole of each line on which one of them has a knot.
        return RegionCount(count_cells(analysis.lines, domain), count_cells(analysis.knots(network.outputs), domain))
    found = counted(network, domain)
    if found is not None:
        if progress is not None:
            progress(found[0], found[0])
        return RegionCount(*found)
    regions, alike = 0, defaultdict(list)
    with closing(results([Lane(_count, plan(network), [start(domain)])], jobs)) as tasks:
        for _, batches in tasks:
            for count, points, pieces in batches:
                regions += count
                for form, border in pieces:
                    alike[form].append((points, border))
            if progress is not None:
                progress(regions, regions)
    return RegionCount(regions, sum(map(_components, alike.values())))


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
