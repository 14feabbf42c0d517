"""The activation regions of a network, one after the other, by the fastest way that its structure allows."""

from exactrelu.errors import InputError
from exactrelu.planar.batch import cells
from exactrelu.planar.grid import grid_cells, is_grid
from exactrelu.planar.native_walk import listed
from exactrelu.planar.normal import analysed
from exactrelu.planar.reference import domain_of, planar
from exactrelu.planar.walk import walked


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


def region_arrays(network, domain):
    """Return the activation regions of ``network`` on a bounded `Polygon`, as `Regions`: arrays, and more on demand.

    >>> from exactrelu import Network, Relu, box, region_arrays
    >>> regions = region_arrays(Network(2, [Relu(0)], [2]), box(-1, 1, 0, 1))
    >>> len(regions), regions.affine.tolist()
    (2, [[[0.0, 0.0, 0.0]], [[1.0, 0.0, 0.0]]])

    Raises `InputError` for other than two inputs, and for an unbounded domain.
    """
    network, domain = planar(network), domain_of(domain)
    if not domain.is_bounded:
        raise InputError("regions are listed as arrays on a bounded polygon: give one, such as box(-1, 1, -1, 1)")
    regions = listed(network, domain)
    return walked(network, domain) if regions is None else regions
