"""The triangle loop by its hats: one loop a coordinate, from which every slot reads its digits and its seams.

h_c(t) = max(0, 1 − 3|t − c/3|), of period 1, are the hats about the thirds c = 0, 1, 2 (mod 3). They add up to 1, so
that E(t) = (h_0, h_1)(t) runs around a triangle, whose corners are at the seams of the slots. The *medians*

    μ_s = h_{1−s} − h_{2−s},   μ_s(t) > 0 for 0 < r < 1/2 and < 0 for 1/2 < r < 1,   r = t + s/3 mod 1,

tell the digit of t in the slot s/3: |μ_s(t)| ≥ min(1, 3 dist(r, Z/2)). They add up to 0, h_c is
(1 + μ_{1−c} − μ_{2−c})/3, and their positive and negative parts are all that doubling needs: with k = 2c mod 3,

    h_c(2t) = 1/2 − |μ_{−k}| + (|μ_{1−k}| + |μ_{2−k}|)/2 − h_k/2.

Hats are triples (h_0, h_1, h_2) of expressions. Parts of medians are kept times a factor, their ``steepness``.
"""

from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.network.builder import linear_combination, total


class Medians(NamedTuple):
    """The parts (μ_s)₊ and (−μ_s)₊ for s = 0, 1, 2, times the steepness, as expressions."""

    plus: tuple
    minus: tuple

    def median(self, s):
        """Return μ_s, times the steepness."""
        return self.plus[s] - self.minus[s]

    def part(self, s, sign):
        """Return (sign · μ_s)₊, times the steepness."""
        return self.plus[s] if sign > 0 else self.minus[s]


def embedding(b, t, intervals, delta):
    """Return the hats at t on ``intervals`` (low, high), apart and in order, as ramps of one layer.

    On δ beyond an interval, and beyond the last one, they keep the value at its end.
    """
    places = []  # (t, where the hats there are taken)
    for low, high in intervals:
        inner = [mpq(k, 3) for k in range(floor(3 * low) + 1, ceil(3 * high))]
        places += [*((place, place) for place in (low, *inner, high)), (high + delta, high)]
    ramps = [b.relu(t - place) for place, _ in places]

    def interpolated(c):
        values = [(place, hat(c, at)) for place, at in places]
        slopes = [(after - before) / (right - left) for (left, before), (right, after) in pairwise(values)]
        changes = [after - before for before, after in pairwise([mpq(0), *slopes, mpq(0)])]
        return values[0][1] + linear_combination(changes, ramps)

    return closed(interpolated(0), interpolated(1))


def hat(c, t):
    """Return h_c(t) for a rational t."""
    offset = (t - mpq(c, 3)) % 1
    return max(mpq(0), 1 - 3 * min(offset, 1 - offset))


def closed(first, second):
    """Return (h_0, h_1, h_2) from h_0 and h_1."""
    return first, second, 1 - first - second


def median(hats, s):
    """Return μ_s."""
    return hats[(1 - s) % 3] - hats[(2 - s) % 3]


def medians(b, hats, steepness, spared):
    """Return the `Medians` of hats, five units of one layer.

    The part ``spared`` = (s, sign) is not a unit: it follows from Σ (μ_s)₊ = Σ (−μ_s)₊.
    """
    parts = {
        (s, sign): b.relu(sign * steepness * median(hats, s))
        for s in range(3) for sign in (1, -1) if (s, sign) != spared
    }
    _, sign = spared
    parts[spared] = total(part if side == -sign else -part for (_, side), part in parts.items())
    return Medians(*(tuple(parts[s, sign] for s in range(3)) for sign in (1, -1)))


def hats_of(parts, steepness):
    """Return the hats at t from the `Medians` at t."""
    signed = [parts.median(s) / steepness for s in range(3)]
    return tuple((1 + signed[(1 - c) % 3] - signed[(2 - c) % 3]) / 3 for c in range(3))


def doubled(parts, steepness):
    """Return the hats at 2t from the `Medians` at t."""
    hats = hats_of(parts, steepness)
    sizes = [(plus + minus) / steepness for plus, minus in zip(*parts)]
    answer = []
    for c in range(3):
        k = 2 * c % 3
        answer.append(mpq(1, 2) - sizes[-k % 3] + (sizes[(1 - k) % 3] + sizes[(2 - k) % 3] - hats[k]) / 2)
    return tuple(answer)
