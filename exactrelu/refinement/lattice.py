"""The matrices T_q of a mask for any dilation, on finite sets of integer vectors: no window is needed.

T_q[a, b] = c_{q + A a - b} for the digits q, one from each coset of A Z^d. The entry of a column at b is passed on to
the vectors a = A⁻¹(b + k - q), which come closer and closer to a bounded set.
"""

from itertools import product
from math import ceil, floor, prod
from operator import add, sub

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import inverse, times
from exactrelu.linear import product as matrix_product
from exactrelu.refinement.sum_rules import exponents

MAX_PATHS = 2_000_000
"""The most pairs of an integer vector and a step that are looked at."""

CUT = mpq(1, 2**20)
"""Where a sum of powers of A⁻¹ is cut off."""


def transition_rows(mask, dilation, points, q):
    """Return T_q as rows over the states (a, i), i = 0, ..., r - 1, for the integer vectors a in ``points``."""
    states = [(a, i) for a in points for i in range(mask.components)]
    position = {state: number for number, state in enumerate(states)}
    rows = [[mpq(0)] * len(states) for _ in states]
    for (a, i), row in zip(states, rows, strict=True):
        image = [s + t for s, t in zip(q, dilation.times(a), strict=True)]
        for k, l, c in mask.entries[i]:
            b = tuple(s - t for s, t in zip(image, k, strict=True))
            if (b, l) in position:
                row[position[b, l]] = c
    return rows


def closed_points(mask, dilation, m, limit):
    """Return the least set of integer vectors, sorted, that holds a simplex and that b -> A⁻¹(b + k - q) maps into it.

    The simplex is that of the vectors β + ν, ν >= 0, |ν| <= m, in the middle of where all ends. For each k there is one
    digit q for which b + k - q has an integer preimage. Raises `InputError` for more than ``limit`` vectors.
    """
    box = _attractor_box([tuple(-t for t in k) for k in mask], dilation)
    start = [floor((low + high) / 2 - mpq(m, mask.dimension + 1)) for low, high in box]
    found = {tuple(map(add, start, nu)) for nu in exponents(mask.dimension, m + 1)}
    waiting = list(found)
    while waiting:
        b = waiting.pop()
        for k in mask:
            reached = tuple(map(add, b, k))
            a = dilation.preimage(tuple(map(sub, reached, dilation.residue(reached))))
            if a not in found:
                found.add(a)
                waiting.append(a)
        if len(found) > limit or len(found) * len(mask) > MAX_PATHS:
            raise InputError(f"the transition matrices have more states than the limit of {limit}")
    return sorted(found)


def recurrent_points(mask, dilation, digits):
    """Return the integer vectors a, sorted, with an infinite path a -> A a + q - k that stays bounded.

    k are indices of the mask, q digits. Raises `InputError` for more than `MAX_PATHS` steps to be looked at.
    """
    steps = sorted({tuple(s - t for s, t in zip(q, k, strict=True)) for q in digits for k in mask})
    ranges = [range(ceil(low), floor(high) + 1) for low, high in _attractor_box(steps, dilation)]
    paths = prod(map(len, ranges)) * len(steps)
    if paths > MAX_PATHS:
        raise InputError(f"there are {paths} steps between integer vectors, more than the limit {MAX_PATHS}")
    alive = set(product(*ranges))
    predecessors, ways = {}, dict.fromkeys(alive, 0)
    for a in alive:
        image = dilation.times(a)
        for step in steps:
            b = tuple(s + t for s, t in zip(image, step, strict=True))
            if b in alive:
                ways[a] += 1
                predecessors.setdefault(b, []).append(a)
    dead = [a for a in alive if not ways[a]]
    while dead:
        b = dead.pop()
        alive.remove(b)
        for a in predecessors.get(b, ()):
            ways[a] -= 1
            if not ways[a]:
                dead.append(a)
    return sorted(alive)


def _attractor_box(steps, dilation):
    """Return a box that holds all bounded orbits of a -> A a + s, s in ``steps``: the sums of -A⁻ⁱ s_i, i >= 1.

    With s = m + δ about the middle m of the steps, |δ| <= h, the first part adds up to -(A - 1)⁻¹ m, and the second is
    at most the sum of |A⁻ⁱ| h, entry by entry. That is cut off where |A⁻ⁱ| has row sums <= ε; the rest is at most
    ε/(1 - ε) times the largest entry of what was added up.
    """
    sides = [(min(side), max(side)) for side in zip(*steps, strict=True)]
    middle, spread = ([mpq(high + sign * low) / 2 for low, high in sides] for sign in (1, -1))
    less = [[entry - (i == k) for k, entry in enumerate(row)] for i, row in enumerate(dilation.matrix)]
    centre = times(inverse(less), [-t for t in middle])
    power, reach, epsilon = dilation.inverse, [mpq(0)] * len(sides), mpq(1)
    while epsilon > CUT:
        size = [[abs(entry) for entry in row] for row in power]
        reach = [t + part for t, part in zip(reach, times(size, spread), strict=True)]
        epsilon = max(sum(row) for row in size)
        power = matrix_product(dilation.inverse, power)
    rest = epsilon / (1 - epsilon) * max(reach)
    return [(t - r - rest, t + r + rest) for t, r in zip(centre, reach, strict=True)]
