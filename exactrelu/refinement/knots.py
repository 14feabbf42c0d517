"""V^n g on the line by the changes of its slope, an interval at a time.

A continuous piecewise linear function f of one variable with compact support is determined by its knots and the
changes of slope there, {t: jump}: it is the sum of jump * (x − t)₊. A step of refinement acts on these alone:
f(M x − k) changes its slope at (t + k)/M, by M times as much. There are no digits and no transition matrices.
"""

from functools import lru_cache
from math import floor

from exactrelu.field import mpq

FINEST = 256
"""About the most cells of an interval that is looked at as a whole."""


def step_above(problem, n):
    """Return the largest m <= n such that a cell of level m has `FINEST` cells of level n or more, 0 if none has."""
    (M,) = problem.dilation.factors
    m = n
    while m and M ** (n - m) < FINEST:
        m -= 1
    return m


def jumps_within(problem, n, m, cell):
    """Return {t: jump of the slope of V_1 ... V_n g at t} inside of the interval (cell, cell + 1) / M^m, 0 <= m <= n.

    ``problem`` is one on the line, with a diagonal dilation M.
    """
    (M,) = problem.dilation.factors
    parts, found = _by_cells(problem, n, m), {}
    row, scale = {(cell, problem.component): mpq(1)}, mpq(1)  # f_j on (cell, cell + 1) / M^(m - j), times a weight
    for j in range(m + 1):
        size = M ** (m - j)
        read = parts if j == m else _source_by_cells(problem, size)
        for (place, l), weight in row.items():
            for t, jumps in read.get(place, ()):
                if jumps[l]:
                    at = (cell + t * size - place) / M**m
                    found[at] = found.get(at, 0) + weight * scale * jumps[l]
        if j < m:
            row = _refined(problem, j + 1, row, size // M)
            scale *= M
    return {t: jump for t, jump in found.items() if jump}


def _refined(problem, j, row, size):
    """Return the row of f_j given that of f_{j-1}, {(place, component): weight}, places in units of 1/size."""
    finer, ((low, high),) = {}, problem.window
    for (place, i), weight in row.items():
        for (k,), l, c in problem.masks.at(j).entries[i]:
            target = place - k * size
            if low * size <= target < high * size:
                finer[target, l] = finer.get((target, l), 0) + weight * c
    return finer


@lru_cache(maxsize=4)
def _by_cells(problem, n, m):
    """Return {b: [(t, jumps of all components)]} for the knots of f_m = V_(m+1) ... V_n g in the intervals (b, b + 1).

    With a source, f_m has its part in it.
    """
    (M,) = problem.dilation.factors
    jumps = seed_jumps(problem.seed)
    for j in range(n, m, -1):
        coarser = {}
        for t, heights in jumps.items():
            for i, row in enumerate(problem.masks.at(j).entries):
                for (k,), l, c in row:
                    if heights[l]:
                        into = coarser.setdefault((t + k) / M, [mpq(0)] * problem.components)
                        into[i] += M * c * heights[l]
        if problem.source is not None:
            for t, heights in seed_jumps(problem.source).items():
                into = coarser.setdefault(t, [mpq(0)] * problem.components)
                coarser[t] = [a + b for a, b in zip(into, heights, strict=True)]
        jumps = {t: heights for t, heights in coarser.items() if any(heights)}
    return _sorted_into(jumps, 1)


@lru_cache(maxsize=64)
def _source_by_cells(problem, size):
    """Return {place: [(t, jumps)]} for the knots of the source in the intervals (place, place + 1) / size."""
    return {} if problem.source is None else _sorted_into(seed_jumps(problem.source), size)


def _sorted_into(jumps, size):
    """Return {place: [(t, jumps)]} for the knots inside of the intervals (place, place + 1) / size."""
    found = {}
    for t, heights in jumps.items():
        place = int(floor(t * size))
        if t * size != place:
            found.setdefault(place, []).append((t, heights))
    return found


def seed_jumps(seed):
    """Return {t: tuple of the jumps of the slopes of all components at t} for a `Seed` on the line."""
    found = {}
    for ends in seed.simplices:
        first, last = sorted(ends, key=lambda end: seed.vertices[end])
        (a,), (b,) = seed.vertices[first], seed.vertices[last]
        values = [value if isinstance(value, tuple) else (value,) for value in (seed.values[first], seed.values[last])]
        slopes = [(high - low) / (b - a) for low, high in zip(*values, strict=True)]
        for t, sign in ((a, 1), (b, -1)):
            found[t] = tuple(x + sign * s for x, s in zip(found.get(t, (mpq(0),) * len(slopes)), slopes, strict=True))
    return {t: heights for t, heights in found.items() if any(heights)}
