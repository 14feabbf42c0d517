"""Arrangements of full lines: the regions of a network all of whose units are ridges, counted without listing them.

Each line is added to those before it and cuts one cell into two along each of its segments: it adds one cell more than
it has different crossings with earlier lines inside the domain. Parallel lines do not cross, and two families of
parallel lines never meet in threes, so that their crossings on one line are counted by bisection: n lines each way take
O(n log n) steps for n² cells.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from exactrelu.cpwl.polygon import value
from exactrelu.field import mpq
from exactrelu.network.bounds import Interval
from exactrelu.planar.pieces import form_range


class Family(NamedTuple):
    """The lines p x + q y = c for the sorted ``levels`` c, all of which pass through the interior of a domain."""

    slopes: tuple
    levels: list

    def form(self, level):
        """Return the form that is zero on the line of this level."""
        return (self.slopes[0], self.slopes[1], -level)


def families(lines, domain):
    """Return the `Family` of each direction in ``lines``, (p, q) mapped to levels, that crosses the open ``domain``."""
    found = []
    for slopes, levels in lines.items():
        levels = sorted(levels)
        first, last = numbers_within(levels, form_range((*slopes, 0), domain))
        if first < last:
            found.append(Family(slopes, levels[first:last]))
    return sorted(found, key=lambda family: len(family.levels))


def count_cells(lines, domain):
    """Return the number of cells into which ``lines``, (p, q) mapped to levels, cut the open convex ``domain``."""
    found = families(lines, domain)
    cells = 1
    for index, family in enumerate(found):
        cells += len(family.levels)
        for level in family.levels:
            cells += _crossings(family, level, found[:index], domain)
    return cells


def _crossings(family, level, earlier, domain):
    """Return at how many different points inside ``domain`` a line meets the lines of the ``earlier`` families."""
    ends = chord(domain, family.form(level))
    if len(earlier) == 1:
        first, last = numbers_within(earlier[0].levels, range_between(ends, earlier[0].slopes))
        return last - first
    p, q = family.slopes
    points = set()
    for other in earlier:
        r, s = other.slopes
        first, last = numbers_within(other.levels, range_between(ends, other.slopes))
        # On the line, t = q x − p y tells the points apart, and p x + q y = level makes r x + s y a multiple of it.
        norm, turn, along = p * p + q * q, r * q - s * p, (r * p + s * q) * level
        points.update((norm * c - along) / turn for c in other.levels[first:last])
    return len(points)


def chord(domain, line):
    """Return the two ends, points that may have common factors, of the part of the line ``line`` = 0 in ``domain``.

    The line passes through the interior of the domain.
    """
    ends = []
    u, at_u = domain.vertices[-1], value(line, domain.vertices[-1])
    for v in domain.vertices:
        at_v = value(line, v)
        if at_u * at_v < 0:
            part, rest = abs(at_v), abs(at_u)
            ends.append(tuple(part * a + rest * b for a, b in zip(u, v, strict=True)))
        elif not at_v:
            ends.append(v)
        u, at_u = v, at_v
    return ends


def range_between(ends, slopes):
    """Return the `Interval` of p x + q y between two points, ``slopes`` being (p, q); None where it is unbounded.

    p x + q y is not constant between the two points.
    """
    p, q = slopes
    values = [(p * X + q * Y, W) for X, Y, W in ends]
    finite = [mpq(at) / W for at, W in values if W]
    low = None if any(at < 0 for at, W in values if not W) else min(finite)
    return Interval(low, None if any(at > 0 for at, W in values if not W) else max(finite))


def numbers_within(levels, interval):
    """Return (first, last): ``levels[first:last]``, of a sorted list, are those strictly inside an `Interval`."""
    low, high = interval
    return (
        0 if low is None else bisect_right(levels, low),
        len(levels) if high is None else bisect_left(levels, high),
    )
