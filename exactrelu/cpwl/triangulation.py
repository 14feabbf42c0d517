"""Validated triangulations with rational vertices: no overlap, hanging nodes allowed and known.

A triangle's edge that is not shared whole with a neighbour lies on a line with other such edges; cut at all their
ends, they become *seams*, each with at most one triangle on either side. What a function on the triangulation has to
satisfy to be continuous, and zero at its boundary, is said on the seams alone (`exactrelu.cpwl.cpwl`).
"""

from collections import defaultdict
from copy import copy
from functools import cached_property
from itertools import pairwise

from exactrelu.cpwl.polygon import Polygon, finite, integral, line_through, value
from exactrelu.cpwl.winding import overlap_witness
from exactrelu.errors import InputError


class Triangulation:
    """Triangles, counterclockwise index triples into `vertices`, with disjoint interiors; immutable.

    ``vertices`` are pairs of ``mpq`` and all different. Raises `InputError`, naming the triangle or vertex, for an
    index that is out of range, a degenerate triangle, two vertices at one point and two triangles that overlap.
    """

    def __init__(self, vertices, triangles):
        self.vertices = tuple(vertices)
        self.points = tuple(finite(x, y) for x, y in self.vertices)
        _check_distinct(self.points)
        self.triangles = tuple(_oriented(self.points, index, corners) for index, corners in enumerate(triangles))
        self.seams = tuple(self._find_seams())
        self._check_overlap()

    @cached_property
    def edges(self):
        """Return {(i, j): triangle} of all directed edges, the triangle to the left of each."""
        owner = {}
        for index, (a, b, c) in enumerate(self.triangles):
            for edge in ((a, b), (b, c), (c, a)):
                if edge in owner:
                    raise InputError(f"triangles {owner[edge]} and {index} overlap")
                owner[edge] = index
        return owner

    def polygon(self, index):
        """Return triangle ``index`` as a `Polygon`."""
        return Polygon.trusted(tuple(self.points[corner] for corner in self.triangles[index]))

    def is_interior(self, vertex):
        """Return whether the triangles at ``vertex`` surround it, each sharing whole edges with the next."""
        spokes = self._spokes[vertex]
        return bool(spokes) and set(spokes) == set(spokes.values())

    def star(self, vertex):
        """Return the indices of the triangles at ``vertex``, in ascending order."""
        return self._stars[vertex]

    def link(self, vertex):
        """Return the neighbours of an interior vertex in counterclockwise order, starting from the least index.

        Raises ``ValueError`` for a vertex that is not interior.
        """
        if not self.is_interior(vertex):
            raise ValueError(f"vertex {vertex} is not interior")
        spokes = self._spokes[vertex]
        cycle = [min(spokes)]
        while spokes[cycle[-1]] != cycle[0]:
            cycle.append(spokes[cycle[-1]])
        return tuple(cycle)

    @cached_property
    def is_conforming(self):
        """Whether no vertex lies inside an edge that has triangles on both sides."""
        return all(left is None or right is None for _, _, left, right in self.seams)

    @cached_property
    def _spokes(self):
        """For each vertex v the map b -> c of the triangles (v, b, c)."""
        spokes = [{} for _ in self.vertices]
        for a, b, c in self.triangles:
            spokes[a][b], spokes[b][c], spokes[c][a] = c, a, b
        return spokes

    @cached_property
    def _stars(self):
        stars = [[] for _ in self.vertices]
        for index, corners in enumerate(self.triangles):
            for corner in corners:
                stars[corner].append(index)
        return tuple(map(tuple, stars))

    def _find_seams(self):
        """Yield (u, v, left, right): vertices with u before v lexicographically, triangles or None on either side."""
        on_line = defaultdict(list)
        for (i, j), triangle in self.edges.items():
            if (j, i) not in self.edges:
                start, end = sorted((i, j), key=self.vertices.__getitem__)
                on_line[integral(line_through(self.points[start], self.points[end]))].append((start, end, triangle, i))
        for edges in on_line.values():
            yield from self._cut_line(edges)

    def _cut_line(self, edges):
        """Yield the seams of the unshared edges (start, end, triangle, first corner) on one line."""
        events = defaultdict(list)
        for edge in edges:
            events[edge[0]].append(edge)
            events[edge[1]].append(edge)
        sides = {True: None, False: None}  # the triangle to the left and to the right at present
        last = None
        for vertex in sorted(events, key=self.vertices.__getitem__):
            if sides[True] is not None or sides[False] is not None:
                yield (last, vertex, sides[True], sides[False])
            here = events[vertex]
            for start, end, _, first in here:
                if end == vertex:
                    sides[first == start] = None
            for start, _, triangle, first in here:
                if start == vertex:
                    other = sides[first == start]
                    if other is not None:
                        raise InputError(f"triangles {min(other, triangle)} and {max(other, triangle)} overlap")
                    sides[first == start] = triangle
            last = vertex

    def _check_overlap(self):
        """Raise `InputError` naming two triangles if any overlap."""
        boundary = [
            (self.points[u], self.points[v], 1 if right is None else -1)
            for u, v, left, right in self.seams
            if left is None or right is None
        ]
        witness = overlap_witness(boundary)
        if witness is None:
            return
        covering = [index for index in range(len(self.triangles)) if _covers(self.polygon(index), *witness)]
        raise InputError(f"triangles {covering[0]} and {covering[1]} overlap")

    def hanging_nodes(self):
        """Return {(i, j): [vertices]} for directed edges of triangles that pass through other vertices, in order.

        Only where triangles lie on both sides; a vertex that touches the outer boundary from outside is not listed.
        """
        inside = defaultdict(set)
        for u, v, left, right in self.seams:
            if left is not None and right is not None:
                for triangle in (left, right):
                    edge = self._edge_through(triangle, u, v)
                    inside[edge].update({u, v} - set(edge))
        order = self.vertices.__getitem__
        return {
            (i, j): sorted(nodes, key=order, reverse=order(i) > order(j))
            for (i, j), nodes in inside.items()
            if nodes
        }

    def dilated(self, factor, dx, dy):
        """Return the triangulation of the points (z + (dx, dy)) / factor, for rationals with factor > 0."""
        image = copy(self)
        image.vertices = tuple(((x + dx) / factor, (y + dy) / factor) for x, y in self.vertices)
        image.points = tuple(finite(x, y) for x, y in image.vertices)
        return image

    def conforming(self):
        """Return (triangulation, means) without hanging nodes.

        A triangle with hanging nodes is cut into a fan about its centroid. ``means`` says what the vertices added at
        the end of `vertices` are: each the mean of the old vertices of one index tuple.
        """
        hanging = self.hanging_nodes()
        triangles, means = [], []
        for a, b, c in self.triangles:
            rim = [a, *hanging.get((a, b), ()), b, *hanging.get((b, c), ()), c, *hanging.get((c, a), ())]
            if len(rim) == 3:
                triangles.append((a, b, c))
            else:
                centre = len(self.vertices) + len(means)
                means.append((a, b, c))
                triangles.extend((centre, u, v) for u, v in pairwise([*rim, a]))
        return self._with_means(triangles, means), tuple(means)

    def refined(self):
        """Return (triangulation, means): every triangle cut into four at the midpoints of its edges.

        ``means`` says what the added vertices are, as in `conforming`.
        """
        means = {}

        def midpoint(i, j):
            return means.setdefault((min(i, j), max(i, j)), len(self.vertices) + len(means))

        triangles = []
        for a, b, c in self.triangles:
            ab, bc, ca = midpoint(a, b), midpoint(b, c), midpoint(c, a)
            triangles += [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        return self._with_means(triangles, means), tuple(means)

    def _with_means(self, triangles, means):
        """Return the triangulation whose vertices are the old ones and the means of some of them."""
        added = (
            tuple(sum(self.vertices[index][axis] for index in group) / len(group) for axis in (0, 1))
            for group in means
        )
        return Triangulation((*self.vertices, *added), triangles)

    def _edge_through(self, triangle, u, v):
        """Return the directed edge (i, j) of the triangle on the line through u and v."""
        line = line_through(self.points[u], self.points[v])
        a, b, c = self.triangles[triangle]
        return next(
            (i, j)
            for i, j in ((a, b), (b, c), (c, a))
            if not value(line, self.points[i]) and not value(line, self.points[j])
        )


def _check_distinct(points):
    first = {}
    for index, point in enumerate(points):
        if first.setdefault(point, index) != index:
            raise InputError(f"vertices {first[point]} and {index} are the same point")


def _oriented(points, index, corners):
    """Return the corners in counterclockwise order."""
    for corner in corners:
        if not 0 <= corner < len(points):
            raise InputError(f"triangle {index}: there is no vertex {corner} (vertices are 0 to {len(points) - 1})")
    a, b, c = corners
    turn = value(line_through(points[a], points[b]), points[c])
    if not turn:
        raise InputError(f"triangle {index}: degenerate, its corners {a}, {b}, {c} lie on one line")
    return (a, b, c) if turn > 0 else (a, c, b)


def _covers(polygon, point, direction):
    """Return whether the polygon covers the place next to the point, in the sense of `overlap_witness`."""
    dx, dy = direction
    steps = (point, (dx, dy, 0), (-dy, dx, 0))
    return all(tuple(value(form, step) for step in steps) > (0, 0, 0) for form in polygon.half_planes())
