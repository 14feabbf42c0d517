"""The activation regions of a network as a list: where they are, what the outputs are there, and which ones touch.

On bounded polygons the regions come from `exactrelu.planar.arrays`; elsewhere they are those of `activation_regions`,
and what is open on a region is read off at a point inside of it.
"""

from collections import defaultdict
from functools import cached_property, lru_cache

import networkx as nx
import numpy as np

from exactrelu.cpwl.polygon import coordinates, integral, line_through, plane
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network import Relu
from exactrelu.network.dag import coordinates_of
from exactrelu.planar.enumeration import activation_regions, region_arrays
from exactrelu.planar.merging import Components, extent, oriented, overlaps
from exactrelu.planar.places import place_of
from exactrelu.planar.ties import changes, segments


def region_list(network, box=None, on=None):
    """Return the `RegionList` of a network; ``box`` and ``on`` are those of `exactrelu.equal`.

    >>> from exactrelu import Network, Relu, region_list
    >>> regions = region_list(Network(2, [Relu(0)], [2]), box=[(-1, 1), (0, 1)])
    >>> len(regions), regions.area(1), regions.vertices(1)[0], regions.maps(1), regions.neighbours().tolist()
    (2, mpq(1,1), (mpq(0,1), mpq(0,1)), ((mpq(1,1), mpq(0,1), mpq(0,1)),), [[0, 1]])
    >>> regions.containing((0, 1)), regions.patterns.tolist()
    ([0, 1], [[False], [True]])

    Raises `InputError` where more than two inputs vary.
    """
    place = place_of(network, box, on)
    return list_of(place.network(network), place)


def list_of(network, place):
    """Return the `RegionList` of a flat network with two inputs that is one on a `Place`."""
    if place.polygon is not None:
        arrays = region_arrays(network, place.polygon)
        cells = [(arrays.polygon(k), arrays.forms(k)) for k in range(len(arrays))]
        return RegionList(network, place, cells, arrays.units, arrays.patterns, arrays)
    cells = list(activation_regions(network))
    units = np.array([k for k, node in enumerate(network.nodes, 2) if type(node) is Relu], dtype=np.int64)
    rows = [[value > 0 for value in _inputs_at(network, units, cell.interior_point())] for cell, _ in cells]
    return RegionList(network, place, cells, units, np.array(rows, dtype=bool).reshape(len(cells), len(units)))


class RegionList:
    """The activation regions of a network on a ``place``, numbered from 0, in no particular order.

    Points and forms are in the ``dimension`` coordinates of the place along which something changes, exact (``mpq``).
    ``polygons`` are the regions with two coordinates; with fewer, all of them have the same extent along the others.
    ``units`` (``int64``) are the numbers of the nodes that are units, in the network of these coordinates, and
    ``patterns`` (``bool``, shape (regions, units)) tells whether a unit is open on a region.

    >>> from exactrelu import Network, Relu, region_list
    >>> region_list(Network(1, [Relu(0)], [1]), box=[(-1, 2)])
    <RegionList: 2 regions on [-1, 2]>
    """

    def __init__(self, network, place, cells, units, patterns, arrays=None):
        self.place, self.dimension, self.outputs = place, place.dimension, len(network.outputs)
        self.polygons = [polygon for polygon, _ in cells]
        self.units, self.patterns = units, patterns
        self._network, self._forms, self._arrays = network, [forms for _, forms in cells], arrays
        self._coordinates = lru_cache(maxsize=None)(coordinates)  # a corner belongs to several regions

    def __len__(self):
        return len(self.polygons)

    def __repr__(self):
        return f"<RegionList: {len(self)} regions on {self.place.name}>"

    def forms(self, region):
        """Return the forms (alpha, beta, gamma) of the outputs on a region, as ``mpq``."""
        return self._forms[region]

    def maps(self, region):
        """Return for each output its coefficients on a region, one for each coordinate and the constant."""
        return tuple((*form[: self.dimension], form[2]) for form in self._forms[region])

    def vertices(self, region):
        """Return the vertices of a region, counterclockwise; the ends in order with one coordinate."""
        vertices = (vertex for vertex in self.polygons[region].vertices if vertex[2])
        points = [self._coordinates(vertex)[: self.dimension] for vertex in vertices]
        return points if self.dimension == 2 else sorted(set(points))

    def rays(self, region):
        """Return the directions in which a region goes on for ever, its extreme rays, in integers."""
        rays = [vertex[: self.dimension] for vertex in self.polygons[region].vertices if not vertex[2]]
        rays = [tuple(map(mpq, ray)) for ray in rays if any(ray)]
        return rays if self.dimension == 2 else sorted(set(rays))

    def area(self, region):
        """Return the area of a region, its length with one coordinate; None if it is unbounded."""
        if self.place.polygon is None and not (self.dimension == 1 and len(self.vertices(region)) == 2):
            polygon = self.polygons[region]
            return polygon.area() if self.dimension == 2 and polygon.is_bounded else None
        if self.dimension == 1:
            (low,), (high,) = self.vertices(region)
            return high - low
        return self.polygons[region].area()

    def neighbours(self):
        """Return rows (region, region), ``int64``, in order: the pairs with a common edge of positive length."""
        if self._arrays is not None:
            pairs = np.unique(np.sort(self._arrays.neighbours()[:, :2], axis=1), axis=0)
        else:
            pairs = np.array(sorted(set(self._touching())), dtype=np.int64)
        return pairs.reshape(-1, 2)

    def _intervals(self):
        """Return (low, high, maps) of the regions in one coordinate, from left to right; None is an infinite end."""
        found = []
        for region in range(len(self)):
            points, rays = self.vertices(region), self.rays(region)
            low, high = None if (-1,) in rays else points[0][0], None if (1,) in rays else points[-1][0]
            found.append((low is not None, low, high, self.maps(region)))
        return [interval for _, *interval in sorted(found, key=lambda interval: interval[:2])]

    def _touching(self):
        """Yield pairs of regions, the smaller number first, whose edges overlap."""
        edges = defaultdict(lambda: ([], []))
        for region, polygon in enumerate(self.polygons):
            for u, v in polygon.edges():
                if u[2] or v[2]:
                    line, left = oriented(integral(line_through(u, v)))
                    edges[line][left].append((*extent(line, u, v), region))
        for right, left in edges.values():
            for pair in overlaps(right, left):
                yield tuple(sorted(pair))

    def graph(self):
        """Return the regions and their `neighbours` as a ``networkx.Graph``; ``piece`` is the linear piece of a node.

        >>> from exactrelu import Network, Relu, region_list
        >>> sorted(region_list(Network(2, [Relu(0), Relu(1)], [2, 3])).graph().degree())
        [(0, 2), (1, 2), (2, 2), (3, 2)]
        """
        graph = nx.Graph()
        graph.add_nodes_from((k, {"piece": piece}) for k, piece in enumerate(self.pieces.tolist()))
        graph.add_edges_from(self.neighbours().tolist())
        return graph

    @cached_property
    def pieces(self):
        """The number of the linear piece of each region, ``int64``: regions with equal forms, connected by edges."""
        if self._arrays is not None:
            return self._arrays.pieces()
        joined = Components(len(self))
        for first, second in self._touching():
            if self._forms[first] == self._forms[second]:
                joined.join(first, second)
        return np.unique([joined.find(k) for k in range(len(self))], return_inverse=True)[1].reshape(-1)

    def containing(self, point):
        """Return the numbers of the regions that contain a point, several on a kink; none outside of the box.

        A region contains the point exactly if it is open where the unit's input is positive at the point, and closed
        where that is negative: units whose input is zero there have the value zero on either side.
        """
        point = tuple(coordinates_of(point, self.dimension)) + (mpq(0),) * (2 - self.dimension)
        if not (self.place.polygon or plane()).contains(*point):
            return []
        values = _inputs_at(self._network, self.units, point)
        opened = np.array([value > 0 for value in values], dtype=bool)
        closed = np.array([value < 0 for value in values], dtype=bool)
        fits = ~(self.patterns & closed).any(axis=1) & ~(~self.patterns & opened).any(axis=1)
        return np.flatnonzero(fits).tolist()

    def decision_boundary(self):
        """Return where the largest output is not one alone: sorted segments (point, point, outputs) in two coordinates.

        ``outputs`` are the numbers of the two largest ones, equal on the segment, and every other output is at most as
        large. A segment lies in one region; one on an edge of two regions is named once if it is the same in both. A
        region throughout which two largest outputs are equal has only its edges here. In one coordinate these are
        points (point, outputs), where the largest outputs change, or others are equal to them at this point alone;
        ``outputs`` are all of the largest ones there. Raises `InputError` for regions that are unbounded in two
        coordinates, and where none varies.

        >>> from exactrelu import Network, region_list
        >>> region_list(Network(2, [], [0, 1]), box=[(0, 1), (0, 1)]).decision_boundary()
        [((mpq(0,1), mpq(0,1)), (mpq(1,1), mpq(1,1)), (0, 1))]
        >>> region_list(Network(1, [Relu(0)], [0, 1])).decision_boundary()
        [((mpq(0,1),), (0, 1))]
        """
        if self.dimension == 1:
            return [((t,), outputs) for t, outputs in changes(self._intervals())]
        if self.place.polygon is None or not self.dimension:
            raise InputError("a decision boundary is listed on a box of two coordinates: give box=[(-1, 1), (-1, 1)]")
        return sorted({tie for polygon, forms in zip(self.polygons, self._forms) for tie in segments(polygon, forms)})


def _inputs_at(network, units, point):
    """Return the inputs of the units of a network at a point."""
    values, nodes = network.values(point), network.nodes
    return [values[nodes[unit - 2].of] for unit in units.tolist()]
