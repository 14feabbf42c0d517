"""The activation regions of a network, one after the other, by the fastest way that its structure allows."""

from exactrelu.planar.batch import cells
from exactrelu.planar.grid import grid_cells, is_grid
from exactrelu.planar.normal import analysed
from exactrelu.planar.reference import domain_of, planar


def activation_regions(network, domain=None):
    """Return an iterator over (cell, forms) for every activation region of ``network``, in no particular order.

    A region is a maximal convex `Polygon` on which no unit of the network changes sign, those that reach no output
    included.

    The regions and forms are those of `reference.activation_regions`: ``network`` has two inputs and any number of
    outputs, ``domain`` is a `Polygon`, bounded or not, None for the plane, ``forms`` holds one form
    (alpha, beta, gamma) of ``mpq`` for each output, which is alpha x + beta y + gamma on the cell. A straight angle of
    a cell may carry a vertex. Raises `InputError` for a network that does not have two inputs.

    >>> from exactrelu import Network, Relu, activation_regions
    >>> sorted(forms for _, forms in activation_regions(Network(2, [Relu(0)], [2])))
    [((mpq(0,1), mpq(0,1), mpq(0,1)),), ((mpq(1,1), mpq(0,1), mpq(0,1)),)]
    """
    network, domain = planar(network), domain_of(domain)
    analysis = analysed(network, atoms=False)
    if is_grid(analysis):
        return grid_cells(analysis, network.outputs, domain)
    return cells(network, domain)
