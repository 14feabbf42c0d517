"""The activation regions of a network, one after the other, by the fastest way that its structure allows."""

from exactrelu.planar.batch import cells
from exactrelu.planar.grid import grid_cells, is_grid
from exactrelu.planar.normal import analysed
from exactrelu.planar.reference import planar


def activation_regions(network, domain):
    """Yield (cell, forms) for every activation region of ``network`` inside ``domain``, in no particular order.

    The regions and forms are those of `reference.activation_regions`: ``network`` has two inputs and any number of
    outputs, ``domain`` is a `Polygon`, bounded or not, ``forms`` holds one form (alpha, beta, gamma) of ``mpq`` for
    each output. A straight angle of a cell may carry a vertex. Raises `InputError` for a network that does not have two
    inputs.
    """
    network = planar(network)
    analysis = analysed(network, atoms=False)
    if is_grid(analysis):
        return grid_cells(analysis, network.outputs, domain)
    return cells(network, domain)
