"""Arrangements of full lines: the regions of a network all of whose units are ridges, counted without listing them.

Each line is added to those before it and cuts one cell into two along each of its segments: it adds one cell more than
it has different crossings with earlier lines inside the domain. Parallel lines do not cross, and two families of
parallel lines never meet in threes, so that their crossings on one line are counted by bisection: n lines each way take
O(n log n) steps for n² cells.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from exactrelu.geometry.polygon import value
from exactrelu.rational import mpq
from exactrelu.regions.pieces import form_range


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
        low, high = form_range((*slopes, 0), domain)
        inside = sorted(level for level in levels if (low is None or low < level) and (high is None or level < high))
        if inside:
            found.append(Family(slopes, inside))
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
    """Return the number of different points inside ``domain`` where the line meets lines of the ``earlier`` families."""
    if len(earlier) == 1:
        return len(levels_on(domain, family.form(level), earlier[0]))
    p, q = family.slopes
    points = set()
    for other in earlier:
        r, s = other.slopes
        # On the line, t = q x − p y tells the points apart, and p x + q y = level makes r x + s y a multiple of it.
        norm, turn, along = p * p + q * q, r * q - s * p, (r * p + s * q) * level
        points.update((norm * c - along) / turn for c in levels_on(domain, family.form(level), other))
    return len(points)


def levels_on(domain, line, family):
    """Return the levels of the lines of ``family`` that meet the line ``line`` = 0 in the open convex ``domain``."""
    (low, high), levels = chord(domain, line, (*family.slopes, 0)), family.levels
    first = 0 if low is None else bisect_right(levels, low)
    return levels[first : None if high is None else bisect_left(levels, high)]


def chord(domain, line, form):
    """Return (low, high), the range of ``form`` on the line ``line`` = 0 inside ``domain``; None where it is unbounded.

    The line passes through the interior of the domain and is not parallel to those of ``form``.
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
    finite = [mpq(value(form, end)) / end[2] for end in ends if end[2]]
    slopes = [value(form, end) for end in ends if not end[2]]
    low = None if any(slope < 0 for slope in slopes) else min(finite)
    return low, None if any(slope > 0 for slope in slopes) else max(finite)
