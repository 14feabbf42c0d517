"""Linear pieces: how many there are once cells that share an edge and have the same affine form are merged.

Cells meet in T-junctions, so that an edge of one may border on several others. The edges are grouped by their line and
the form of their cell; along each line, the cells to its left and to its right are swept together, and two of them that
overlap in more than a point are joined.
"""

from collections import defaultdict

from gmpy2 import mpq

from exactrelu.geometry.polygon import integral, line_through


def linear_pieces(cells):
    """Return the number of connected pieces of equal form; ``cells`` is an iterable of (polygon, hashable form).

    The polygons have disjoint interiors. Pieces are connected through edges of positive length, not through corners.
    """
    alike = defaultdict(list)
    for polygon, form in cells:
        alike[form].append(polygon)
    return sum(connected(polygons) for polygons in alike.values())


def connected(polygons):
    """Return the number of components of the union of ``polygons``, connected through edges of positive length."""
    if len(polygons) == 1:
        return 1
    lines = defaultdict(lambda: ([], []))
    for index, polygon in enumerate(polygons):
        for u, v in polygon.edges():
            if u[2] or v[2]:
                line, left = _oriented(integral(line_through(u, v)))
                lines[line][left].append((*_extent(line, u, v), index))
    joined = Components(len(polygons))
    for right, left in lines.values():
        for first, second in _overlaps(right, left):
            joined.join(first, second)
    return joined.count


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


def _oriented(line):
    """Return (line, whether it was kept): the integer form with its first non-zero slope positive."""
    if line[0] > 0 or (not line[0] and line[1] > 0):
        return line, True
    return (-line[0], -line[1], -line[2]), False


def _extent(line, u, v):
    """Return (start, end) of the edge uv along its line, as comparable pairs: (±1, 0) at infinity, (0, t) elsewhere."""
    alpha, beta, _ = line
    ends = []
    for X, Y, W in (u, v):
        along = alpha * Y - beta * X
        ends.append((0, mpq(along, W)) if W else (1 if along > 0 else -1, 0))
    return min(ends), max(ends)


def _overlaps(right, left):
    """Yield the pairs of indices of intervals (start, end, index) of the two lists that overlap in more than a point.

    The intervals of one list have disjoint interiors: they are edges of disjoint polygons on one side of a line.
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
