"""How many activation regions and linear pieces a network has, by the fastest way that its structure allows."""

from collections import defaultdict
from time import monotonic_ns
from typing import NamedTuple

from exactrelu.regions.arrangement import count_cells
from exactrelu.regions.batch import advance, cells_of, finished, start
from exactrelu.regions.merging import connected
from exactrelu.regions.normal import analysed
from exactrelu.regions.pool import results
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
    that are final; the total is not known and equals it. Raises `InputError` for a network that does not have two inputs.
    """
    network = planar(network)
    analysis = analysed(network, atoms=False)
    if analysis.is_arrangement:
        # The outputs are sums of ridges: they have a kink along the whole of each line on which one of them has a knot.
        return RegionCount(count_cells(analysis.lines, domain), count_cells(analysis.knots(network.outputs), domain))
    regions, alike = 0, defaultdict(list)
    for batches in results(_enumerate, plan(network), [start(domain)], jobs):
        for batch in batches:
            regions += len(batch.counts)
            for row, form in enumerate(batch.forms.tolist()):
                alike[tuple(form)].append((batch, row))
        if progress is not None:
            progress(regions, regions)
    return RegionCount(regions, sum(map(_components, alike.values())))


def _enumerate(network_plan, stack, deadline):
    """Advance the chunks on the stack and return (`Cells` that are final, chunks left over)."""
    final = []
    while stack and monotonic_ns() < deadline:
        chunk = stack.pop()
        if finished(chunk, network_plan):
            final.append(cells_of(chunk, network_plan))
        else:
            stack.extend(advance(chunk, network_plan))
    return final, stack


def _components(places):
    """Return the number of connected pieces of the cells at ``places``, pairs (batch, row)."""
    return 1 if len(places) == 1 else connected([batch.polygon(row) for batch, row in places])
