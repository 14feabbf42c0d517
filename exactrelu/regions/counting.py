"""How many activation regions and linear pieces a network has, by the fastest way that its structure allows."""

from typing import NamedTuple

from exactrelu.regions.arrangement import count_cells
from exactrelu.regions.merging import linear_pieces
from exactrelu.regions.normal import analysed
from exactrelu.regions.reference import activation_regions, planar


class RegionCount(NamedTuple):
    """``regions``: full-dimensional convex cells on which no unit changes sign; ``linear_pieces``: cells that share an
    edge and have the same affine forms, counted as one."""

    regions: int
    linear_pieces: int


def count_regions(network, domain, jobs=None, progress=None):
    """Return the `RegionCount` of a network with two inputs on ``domain``, a `Polygon`, bounded or not.

    ``jobs`` is the number of processes (None: one for each core), ``progress(done, total)`` is told how far the work
    has come. Raises `InputError` for a network that does not have two inputs.
    """
    network = planar(network)
    analysis = analysed(network, atoms=False)
    if analysis.is_arrangement:
        # The outputs are sums of ridges: they have a kink along the whole of each line on which one of them has a knot.
        return RegionCount(count_cells(analysis.lines, domain), count_cells(analysis.knots(network.outputs), domain))
    cells = []
    for cell in activation_regions(network, domain):
        cells.append(cell)
        if progress is not None:
            progress(len(cells), len(cells))
    return RegionCount(len(cells), linear_pieces(cells))
