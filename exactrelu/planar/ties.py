"""Where the largest of several affine outputs is not one alone: the decision boundary of an argmax."""

from itertools import pairwise

from exactrelu.cpwl.polygon import coordinates
from exactrelu.field import mpq


def changes(intervals):
    """Yield (t, outputs) for each t at which the set of the largest outputs is not what it is beside it.

    ``intervals`` are (low, high, forms) from left to right, without gaps; the first end may be None for −∞, the last
    one for ∞, and the form (a, c) of an output is a t + c. ``outputs`` are the largest ones at t, several unless
    others are equal to them throughout on one side.
    """
    pieces = [piece for interval in intervals for piece in _envelope(*interval)]
    for before, after in pairwise([None, *pieces, None]):
        t, forms = (before[1], before[2]) if after is None else (after[0], after[2])
        if t is not None:
            here = _largest([a * t + c for a, c in forms])
            if any(side is not None and side[3] != here for side in (before, after)):
                yield t, here


def _envelope(low, high, forms):
    """Yield (start, end, forms, the largest outputs between them) on parts of an interval, from left to right."""
    best = _largest([(-a, c) if low is None else (a * low + c, a) for a, c in forms])
    while True:
        slope, constant = forms[best[0]]
        ends = [(constant - c) / (a - slope) for a, c in forms if a > slope]  # those that grow more are larger one day
        end = min((end for end in ends if high is None or end < high), default=high)
        yield low, end, forms, best
        if end == high:
            return
        low, best = end, _largest([(a * end + c, a) for a, c in forms])


def _largest(keys):
    """Return the numbers of the largest of some keys."""
    most = max(keys)
    return tuple(k for k, key in enumerate(keys) if key == most)


def segments(polygon, forms):
    """Yield the segments (point, point, (i, j)) of a polygon on which outputs i and j are equal, and the largest."""
    points = [coordinates(vertex) for vertex in polygon.vertices]
    heights = [[a * x + b * y + c for x, y in points] for a, b, c in forms]
    least = max((min(row) for row in heights), default=mpq(0))
    near = [k for k, row in enumerate(heights) if max(row) >= least]  # the others are nowhere the largest
    for place, i in enumerate(near):
        for j in near[place + 1 :]:
            difference = [p - q for p, q in zip(heights[i], heights[j], strict=True)]
            if min(difference) <= 0 <= max(difference):
                yield from _equal_on(points, difference, forms, i, j)


def _equal_on(points, difference, forms, i, j):
    """Yield the segments of a polygon where forms i and j, with this ``difference`` at its corners, are the largest."""
    ends, edges = [], []
    for k, point in enumerate(points):
        before, at = difference[k - 1], difference[k]
        if before * at < 0:
            ends.append(_between(points[k - 1], point, before / (before - at)))
        if not at:
            ends.append(point)
            if not before:
                edges.append((points[k - 1], point))
    if not any(difference):
        segments = edges
    else:
        segments = [(min(ends), max(ends))] if len(ends) > 1 else []
    for segment in segments:
        low, high = mpq(0), mpq(1)
        for k, (a, b, c) in enumerate(forms):
            if k not in (i, j):
                alpha, beta, gamma = forms[i]
                start, end = ((alpha - a) * x + (beta - b) * y + gamma - c for x, y in segment)
                if start < 0 and end < 0:
                    low = high
                elif start < 0 or end < 0:
                    crossing = start / (start - end)
                    low, high = (max(low, crossing), high) if start < 0 else (low, min(high, crossing))
        if low < high:
            yield (*sorted((_between(*segment, low), _between(*segment, high))), (i, j))


def _between(first, second, t):
    """Return the point first + t (second − first)."""
    return tuple(p + t * (q - p) for p, q in zip(first, second, strict=True))
