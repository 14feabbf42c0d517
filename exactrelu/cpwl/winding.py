"""Overlap of polygons by a sweep over their common boundary: n log n orientation tests, no arithmetic but integers.

The number of polygons that cover a point is the winding number of their boundary chain about it. Polygons with
disjoint interiors are those for which it is 0 or 1 everywhere, and that is checked region by region, in the order in
which a line sweeps the plane from left to right (a vertical segment counts as leaning to the right, infinitesimally).
"""

from functools import cmp_to_key

from exactrelu.cpwl.polygon import coordinates, homogeneous, line_through, value


class _Overlap(Exception):
    """Raised inside the sweep with the witness (point, direction) of an overlap."""


class _Segment:
    """A segment of the status, from its left to its right end, with the covering number just above it."""

    __slots__ = ("above", "form", "jump", "left", "right")

    def __init__(self, left, right, jump):
        self.left, self.right, self.jump = left, right, jump
        self.form = line_through(left, right)
        self.above = None

    @property
    def direction(self):
        """(dx, dy) from left to right."""
        return (self.form[1], -self.form[0])


def overlap_witness(chain):
    """Return (point, direction) of a place that is covered more than once, or None when there is none.

    The place is infinitely near to the point: a step in the direction (dx, dy), then a much smaller one to its left.

    ``chain`` is a list of segments (left, right, jump): finite points, left before right in lexicographic order, jump
    the covering number above (to the left of left -> right) minus that below, 1 or -1. Segments on one line must not
    overlap. Together they must be the boundary of a sum of polygons.
    """
    starts = {}
    for left, right, jump in chain:
        starts.setdefault(left, []).append(_Segment(left, right, jump))
        starts.setdefault(right, [])
    status = []
    try:
        for point in sorted(starts, key=coordinates):
            _pass(status, point, starts[point])
    except _Overlap as overlap:
        return overlap.args
    return None


def _pass(status, point, arriving):
    """Move the sweep line over ``point``, where the ``arriving`` segments begin."""
    low = _first(status, lambda segment: value(segment.form, point) <= 0)
    high = _first(status, lambda segment: value(segment.form, point) < 0)
    staying = [segment for segment in status[low:high] if segment.right != point]
    middle = sorted(staying + arriving, key=_SLOPE)
    cover = status[low - 1].above if low else 0
    for segment in middle:
        cover += segment.jump
        if not 0 <= cover <= 1:
            raise _Overlap(point, segment.direction)
        segment.above = cover
    status[low:high] = middle
    if low and low < len(status):
        _check_crossing(status[low - 1], status[low])
    end = low + len(middle)
    if middle and end < len(status):
        _check_crossing(status[end - 1], status[end])


def _first(status, is_above):
    """Return the first index from which on the segments of the status satisfy ``is_above``."""
    low, high = 0, len(status)
    while low < high:
        middle = (low + high) // 2
        if is_above(status[middle]):
            high = middle
        else:
            low = middle + 1
    return low


def _compare_slopes(one, other):
    """Compare two segments through one point by their direction, from steep descent to vertical."""
    (dx, dy), (ex, ey) = one.direction, other.direction
    return dy * ex - dx * ey


_SLOPE = cmp_to_key(_compare_slopes)


def _check_crossing(below, above):
    """Raise `_Overlap` if the interiors of two neighbours in the status cross in a point to the right of the sweep."""
    at_left, at_right = value(above.form, below.left), value(above.form, below.right)
    across_left, across_right = value(below.form, above.left), value(below.form, above.right)
    if at_left * at_right < 0 and across_left * across_right < 0:
        at_left, at_right = abs(at_left), abs(at_right)
        crossing = homogeneous(*(at_right * p + at_left * q for p, q in zip(below.left, below.right, strict=True)))
        raise _Overlap(crossing, above.direction)  # to the right of the crossing, above the falling segment
