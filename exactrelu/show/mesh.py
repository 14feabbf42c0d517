"""What a picture draws of convex pieces: outlines of equal labels, the edges where labels change, and who touches whom.

All of it is exact: two pieces share an edge if they overlap in more than a point along a line, however their vertices
lie (T-junctions are common). Nothing depends on the order of sets, so that a picture has the same bytes every time.
"""

from collections import defaultdict
from itertools import pairwise

from exactrelu.cpwl.polygon import coordinates, integral, line_through


class Mesh:
    """Bounded convex polygons with disjoint interiors, each with a label; labels can be compared.

    ``pieces`` are pairs (`Polygon`, label); ``outside`` is the label of what they leave uncovered, None if there is
    nothing to be said about it.

    ``bends``: segments (p, q) at which the label changes, those towards ``outside`` included; ``seams``: segments
    between two pieces with one label; ``rims``: segments with nothing on the other side. ``shared`` lists (left,
    right, line, middle) for every two pieces that share an edge, by their numbers, where the integer form ``line`` is
    positive on the left one; ``touching`` holds the pairs of different labels that share an edge; ``bends_of`` has the
    bends of each piece. Segments are joined along their line as far as they go.
    """

    def __init__(self, pieces, outside=None):
        self.bends, self.seams, self.rims, self.shared = [], [], [], []
        self.touching, self.bends_of = set(), defaultdict(list)
        self._edges, self._outside = defaultdict(list), outside
        lines = _by_line(pieces)
        for line in sorted(lines):
            self._sweep(line, lines[line])

    def outline(self, label):
        """Return the closed polygons that bound the pieces with a label, these to the left."""
        return _closed(self._edges[label])

    @property
    def labels(self):
        """The labels with an outline, in their order."""
        return sorted(self._edges)

    def _sweep(self, line, sides):
        """Go along a line and enter what lies to the left and to the right of each part of it."""
        sides = [sorted(side, key=lambda item: item[:2]) for side in sides]
        ends = sorted({end for side in sides for item in side for end in item[:2]})
        at, runs = [0, 0], []
        for start, end in pairwise(ends):
            here = []
            for which, side in enumerate(sides):
                while at[which] < len(side) and side[at[which]][1] <= start:
                    at[which] += 1
                covered = at[which] < len(side) and side[at[which]][0] <= start
                here.append(side[at[which]][2:] if covered else None)
            if here == [None, None]:
                continue
            kind = self._enter(line, start, end, *here)
            if runs and runs[-1][0] is kind and runs[-1][2] == start:
                runs[-1][2] = end
            else:
                runs.append([kind, start, end])
        for kind, start, end in runs:
            if kind is not None:
                kind.append((start, end))

    def _enter(self, line, start, end, left, right):
        """Enter one part of a line between (label, number) on its two sides; return the list that it belongs to."""
        known = [side for side in (left, right) if side is not None]
        if len(known) == 2:
            self.shared.append((left[1], right[1], line, _middle(start, end)))
            if left[0] != right[0]:
                self.touching.add(tuple(sorted((left[0], right[0]))))
        labels = [self._outside if side is None else side[0] for side in (left, right)]
        if len(known) == 2 and labels[0] == labels[1]:
            return self.seams
        # to the left of a line that runs with its smaller points first, or last
        for side, ends in zip((left, right), ((start, end), (end, start))):
            if side is not None:
                self._edges[side[0]].append(ends if _is_forward(line) else ends[::-1])
        if len(known) == 1 and self._outside is None:
            return self.rims
        if labels[0] == labels[1]:
            return None
        for label, number in known:
            self.bends_of[number].append((start, end))
        return self.bends


def _by_line(pieces):
    """Return {line: (edges of pieces to the left, edges of pieces to the right)}; an edge is (from, to, label, number).

    The primitive integer form of a line has its first entry that is not zero positive; "left" is where it is positive.
    Along a line points are in their order by x, then y.
    """
    lines = defaultdict(lambda: ([], []))
    for number, (polygon, label) in enumerate(pieces):
        points = {vertex: coordinates(vertex) for vertex in polygon.vertices}
        for u, v in polygon.edges():
            line = integral(line_through(u, v))
            is_right = line[0] < 0 or (line[0] == 0 and line[1] < 0)
            if is_right:
                line = tuple(-entry for entry in line)
            start, end = sorted((points[u], points[v]))
            lines[line][is_right].append((start, end, label, number))
    return lines


def _is_forward(line):
    """Return whether what lies to the positive side of a line is to the left of one who walks along growing (x, y)."""
    # the direction (beta, -alpha) has the positive side to its left, and alpha >= 0
    return line[1] > 0


def _middle(start, end):
    return tuple((a + b) / 2 for a, b in zip(start, end))


def _closed(edges):
    """Return closed polygons, lists of points without straight angles, made of directed edges."""
    following = defaultdict(list)
    for start, end in edges:
        following[start].append(end)
    polygons = []
    for start in sorted(following):
        while following[start]:
            points, here = [start], following[start].pop()
            while here != start:
                points.append(here)
                here = following[here].pop()
            polygons.append(_corners(points))
    return polygons


def _corners(points):
    """Return the points of a closed polygon at which it turns."""
    return [
        point
        for before, point, after in zip((points[-1], *points), points, (*points[1:], points[0]))
        if (point[0] - before[0]) * (after[1] - point[1]) != (point[1] - before[1]) * (after[0] - point[0])
    ]
