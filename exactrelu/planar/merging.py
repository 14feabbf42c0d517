"""Linear pieces: how many there are once cells that share an edge and have the same affine form are merged.

Two cells of one chunk often share an edge, named by the numbers of its vertices: those are joined first, and the edge
is forgotten. What is left of their borders may touch in T-junctions, where an edge of one cell borders on several
others. Such edges are grouped by their line; along each line, those with their cell to the left and to the right are
swept together, and two that overlap in more than a point are joined.
"""

from collections import defaultdict

from exactrelu.cpwl.polygon import integral, line_through
from exactrelu.field import mpq


class Components:
    """Disjoint sets of the numbers 0 … size − 1; ``count`` says how many sets there are."""

    def __init__(self, size):
        self.parent = list(range(size))
        self.count = size

    def find(self, index):
        """Return the representative of the set that contains ``index``."""
        parent = self.parent
        while parent[index] != index:
            parent[index] = index = parent[parent[index]]
        return index

    def join(self, first, second):
        """Unite the sets of two numbers."""
        first, second = self.find(first), self.find(second)
        if first != second:
            self.parent[first] = second
            self.count -= 1


def borders(cells):
    """Return the border of each piece of ``cells``, lists of vertex numbers, that is connected through whole edges.

    A border is the list of the edges (i, j), their cell to the left, that are not shared by two cells of the piece.
    """
    joined, edges = Components(len(cells)), {}
    for index, ids in enumerate(cells):
        last = ids[-1]
        for vertex in ids:
            other = edges.pop((vertex, last), None)
            if other is None:
                edges[last, vertex] = index
            else:
                joined.join(index, other)
            last = vertex
    found = defaultdict(list)
    for edge, index in edges.items():
        found[joined.find(index)].append(edge)
    # Cells that cover the whole plane leave no edge but those of the horizon, so that every piece has a border.
    return list(found.values())


def connected(pieces):
    """Return the number of connected components of pieces given by their borders, lists of edges (u, v) of points.

    The pieces have disjoint interiors and lie to the left of their edges; they are connected through edges that overlap
    in more than a point, not through corners.
    """
    lines = defaultdict(lambda: ([], []))
    for index, border in enumerate(pieces):
        for u, v in border:
            if u[2] or v[2]:
                line, left = oriented(integral(line_through(u, v)))
                lines[line][left].append((*extent(line, u, v), index))
    joined = Components(len(pieces))
    for right, left in lines.values():
        for first, second in overlaps(right, left):
            joined.join(first, second)
    return joined.count


def oriented(line):
    """Return (line, whether it was kept): the integer form with its first non-zero slope positive."""
    if line[0] > 0 or (not line[0] and line[1] > 0):
        return line, True
    return (-line[0], -line[1], -line[2]), False


def extent(line, u, v):
    """Return (start, end) of the edge uv along its line, as comparable pairs: (±1, 0) at infinity, (0, t) elsewhere."""
    alpha, beta, _ = line
    ends = []
    for X, Y, W in (u, v):
        along = alpha * Y - beta * X
        ends.append((0, mpq(along, W)) if W else (1 if along > 0 else -1, 0))
    return min(ends), max(ends)


def overlaps(right, left):
    """Yield the pairs of indices of intervals (start, end, index) of the two lists that overlap in more than a point.

    The intervals of one list have disjoint interiors: they are edges of disjoint pieces on one side of a line.
    """
    right, left = sorted(right), sorted(left)
    i = j = 0
    while i < len(right) and j < len(left):
        if max(right[i][0], left[j][0]) < min(right[i][1], left[j][1]):
            yield right[i][2], left[j][2]
        if right[i][1] <= left[j][1]:
            i += 1
        else:
            j += 1
