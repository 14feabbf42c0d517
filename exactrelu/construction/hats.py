"""A loop by its hats: one a coordinate, from which every slot reads its digits and its seams, for any dilation M ≥ 2.

h_c(t) = max(0, 1 − N|t − c/N|), of period 1, are the hats about the parts c/N, c = 0, …, N − 1 (mod N), of the circle;
N > M is prime to M. They add up to 1, so that t ↦ (h_0, …, h_{N−2})(t) is a closed curve. Every continuous function of
period 1 that is affine between neighbouring parts is a combination of them. Among these are the *thresholds*
θ_{s,k}, s = 0, …, N − 1, k = 1, …, M − 1, with the residual r = t + s/N mod 1:

    θ_{s,k}(t) < 0 for 0 < r < k/M and > 0 for k/M < r < 1,    |θ_{s,k}(t)| ≥ min(1, N dist(r, {0, k/M, 1})),

which tell in the slot s/N whether the digit ⌊M r⌋ is at least k. Their zeros at r = k/M are, for all s and k, the
points of Z/(MN) outside of Z/N, each once. So their positive parts are all that multiplication by M needs:

    h_c(M t) = Σ_{s,k} α_{s,k} (θ_{s,k})₊ + Σ_b β_b h_b(t),

α_{s,k} being the kink of h_c(M ·) at that point divided by the slope of θ_{s,k} there; what is left has its kinks at
parts alone. For N = 3 and M = 2 the curve is a triangle, and −θ_{s,1} is the median of a corner.
"""

from functools import cache
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from exactrelu.field import Rational, mpq
from exactrelu.network.builder import constant, linear_combination, total


class Place(NamedTuple):
    """A place of a coordinate that may depend on n: its ``number`` for some n, its ``expression`` for all n."""

    number: Rational
    expression: object


def fixed(number):
    """Return the `Place` that is a number for all n."""
    return Place(number, constant(number))


class Loop(NamedTuple):
    """The loop of a coordinate: the number N of ``parts`` and the dilation M, ``factor``."""

    parts: int
    factor: int

    @property
    def thresholds(self):
        """All pairs (s, k)."""
        return [(s, k) for s in range(self.parts) for k in range(1, self.factor)]

    def hats_at(self, t):
        """Return (h_0, …, h_{N−1})(t) for a rational t."""
        return tuple(hat(self.parts, c, t) for c in range(self.parts))

    def embedding(self, b, t, intervals):
        """Return the hats at t on ``intervals``, pairs of `Place`s, apart and in order, as ramps of one layer.

        On 1/(4N) beyond an interval, and beyond the last one, they keep the value at its end. Only the first and the
        last place may depend on n, and no part of the circle is passed as they do.
        """
        places = []  # (t, where the hats there are taken)
        for low, high in intervals:
            first, last = floor(self.parts * low.number) + 1, ceil(self.parts * high.number)
            inner = [fixed(mpq(k, self.parts)) for k in range(first, last)]
            places += [(place, place.number) for place in (low, *inner, high)]
            if high is not intervals[-1][1]:
                places.append((fixed(high.number + mpq(1, 4 * self.parts)), high.number))
        ramps = [b.relu(t - place.expression) for place, _ in places]
        (first, _), (second, at), *_ = places

        def interpolated(c):
            values = [(place.number, hat(self.parts, c, at)) for place, at in places]
            slopes = [(after - before) / (right - left) for (left, before), (right, after) in pairwise(values)]
            changes = [after - before for before, after in pairwise([mpq(0), *slopes, mpq(0)])]
            start = hat(self.parts, c, at) - slopes[0] * (second.expression - first.expression)
            return start + linear_combination(changes, ramps)

        return closed([interpolated(c) for c in range(self.parts - 1)])

    def threshold(self, hats, s, k):
        """Return θ_{s,k}, given the hats as expressions or numbers."""
        return linear_combination(threshold_values(self, s, k), hats)

    def positive_parts(self, b, hats, signs, steep):
        """Return {(s, k): (± H θ_{s,k})₊}, units of one layer; ``signs`` are 1 where not given, ``steep`` is · H."""
        return {
            (s, k): b.relu(steep(signs.get((s, k), 1) * self.threshold(hats, s, k))) for s, k in self.thresholds
        }

    def multiplied(self, hats, positive, signs, flat):
        """Return the hats at M t from the hats and `positive_parts` at t; ``flat`` is the function · / H."""
        rows = multiplication(self, tuple(sorted(signs.items())))
        return closed([
            linear_combination(on_hats, hats) + flat(linear_combination(on_parts, positive.values()))
            for on_parts, on_hats in rows[:-1]
        ])


def hat(parts, c, t):
    """Return h_c(t) for a rational t."""
    offset = (t - mpq(c, parts)) % 1
    return max(mpq(0), 1 - parts * min(offset, 1 - offset))


def closed(hats):
    """Return all hats from all but the last."""
    return *hats, 1 - total(hats)


def largest_threshold(loop, k):
    """Return the maximum of θ_{s,k} in absolute value."""
    return max(map(abs, threshold_values(loop, 0, k)))


@cache
def threshold_values(loop, s, k):
    """Return the values of θ_{s,k} at the parts 0, …, N − 1: 0 at r = 0, ±1 but next to the zero r = k/M.

    There they are the differences to the zero in such a unit that the smaller one is 1.
    """
    N, zero = loop.parts, mpq(loop.parts * k, loop.factor)
    below = floor(zero)
    unit = min(zero - below, below + 1 - zero)
    values = []
    for c in range(N):
        r = (c + s) % N
        if r in (below, below + 1):
            values.append((r - zero) / unit)
        else:
            values.append(mpq((r > below) - (0 < r < below)))
    return tuple(values)


@cache
def multiplication(loop, signs):
    """Return for each hat h_c(M ·) the weights of all `Loop.positive_parts` and of all hats, those at t."""
    N, M, signs = loop.parts, loop.factor, dict(signs)
    tables = {pair: threshold_values(loop, *pair) for pair in loop.thresholds}

    rows = []
    for c in range(N):
        weights = []
        for s, k in loop.thresholds:
            zero = mpq(k, M) - mpq(s, N)
            below = floor(zero * N)
            slope = N * (tables[s, k][(below + 1) % N] - tables[s, k][below % N])
            step = mpq(1, M * N)
            values = [hat(N, c, M * (zero + side * step)) for side in (-1, 0, 1)]
            weights.append((values[0] - 2 * values[1] + values[2]) / step / slope)
        rest = []
        for b in range(N):
            parts = (
                weight * max(mpq(0), signs.get(pair, 1) * tables[pair][b])
                for pair, weight in zip(loop.thresholds, weights, strict=True)
            )
            rest.append(hat(N, c, M * mpq(b, N)) - sum(parts))
        rows.append((tuple(weights), tuple(rest)))
    return tuple(rows)
