"""How many activation regions and linear pieces a network has, by the fastest way that its structure allows."""

from collections import defaultdict
from typing import NamedTuple

from exactrelu.regions.arrangement import count_cells
from exactrelu.regions.batch import enumerate_cells, start
from exactrelu.regions.merging import borders, connected
from exactrelu.regions.normal import analysed
from exactrelu.regions.pool import Lane, results
from exactrelu.regions.reference import planar
from exactrelu.regions.stages import plan


class RegionCount(NamedTuple):
    """``regions``: full-dimensional convex cells on which no unit changes sign; ``linear_pieces``: cells that share an
    edge and have the same affine forms, counted as one."""

    regions: int
    linear_pieces: int


def count_regions(network, domain, jobs=None, progress=None):
    """Return the `RegionCount` of a network with two inputs on ``domain``, a `Polygon`, bounded or not.

    ``jobs`` is the number of processes (None: one for each core). ``progress(done, total)`` is told the number of cells
    that are final; the total is not known and equals it. Raises `InputError` for other than two inputs.
    """
    network = planar(network)
    analysis = analysed(network, atoms=False)
    if analysis.is_arrangement:
        # The outputs are sums of ridges: they have a kink along the whole of each line on which one of them has a knot.
        return RegionCount(count_cells(analysis.lines, domain), count_cells(analysis.knots(network.outputs), domain))
    regions, alike = 0, defaultdict(list)
    for _, (count, pieces) in results([Lane(_count, plan(network), [start(domain)])], jobs):
        regions += count
        for form, border in pieces:
            alike[form].append(border)
        if progress is not None:
            progress(regions, regions)
    return RegionCount(regions, sum(1 if len(pieces) == 1 else connected(pieces) for pieces in alike.values()))


def _count(network_plan, stack, deadline):
    """Work through a stack of chunks: ((number of final cells, their pieces by form: (form, border)), the rest)."""
    batches, stack = enumerate_cells(network_plan, stack, deadline)
    pieces = [piece for batch in batches for piece in _pieces(batch)]
    return (sum(len(batch.counts) for batch in batches), pieces), stack


def _pieces(batch):
    """Return (form, border) for each piece of equal form of a batch of cells, as far as whole edges connect it."""
    alike = defaultdict(list)
    corners = zip(batch.corners.tolist(), batch.counts.tolist(), batch.forms.tolist(), strict=True)
    for ids, count, form in corners:
        alike[tuple(form)].append(ids[:count])
    points = batch.points
    return [
        (form, [(points[i], points[j]) for i, j in border])
        for form, cells in alike.items()
        for border in borders(cells)
    ]
