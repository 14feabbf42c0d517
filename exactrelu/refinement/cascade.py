"""The cascade: V^n g at a point by digits, residuals and cells (Corollary 2.6), or by following points through A.

For a diagonal dilation M and a window [0, L_1] x ... x [0, L_d], the point z = a + u with a cell a of the window and u
in [0, 1]^d has the digits q of u and the residual M u - q, and V f(a + u) is the sum over all cells b of
T_q[a, b] f(b + M u - q) with T_q[a, b] = c_{q + M a - b}, (2.3). Other dilations have no digits.
"""

from functools import lru_cache
from math import ceil, floor

from exactrelu.field import mpq
from exactrelu.linear import product


def digit(t, M=2):
    """Return floor(M t) for t in [0, 1), and M - 1 for t = 1; for M = 2 this is Q1(t)."""
    low, high = 0, M - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if M * t >= middle else (low, middle - 1)
    return low


def residual(t, M=2):
    """Return M t - `digit` of t, for t in [0, 1]: r(t); r(1) = 1."""
    return M * t - digit(t, M)


def cascade(problem, n, *z):
    """Return the wanted component of V_1 ... V_n g (see `exactrelu.scheme.problem`) at the point z, for n >= 0.

    ``z`` are d exact numbers in the user's coordinates. Raises `InputError` for others (`Problem.point`).
    """
    z = problem.point(z)
    return _by_points(problem, n, z) if problem.dilation.factors is None else _by_digits(problem, n, z)


def _by_digits(problem, n, z):
    """Return the value by carrying the row e_a^T T_q1 ... T_qj, {(cell, component): weight}, and the residual."""
    normal, shift, matrices = _normalized(problem)
    z = [t - s for t, s in zip(z, shift, strict=True)]
    if not all(0 <= t <= length for t, length in zip(z, normal.size, strict=True)):
        return mpq(0)
    cell = tuple(min(floor(t), length - 1) for t, length in zip(z, normal.size, strict=True))
    u = [t - a for t, a in zip(z, cell, strict=True)]
    row, answer, factors = {(cell, normal.component): mpq(1)}, mpq(0), normal.dilation.factors
    for j in range(1, n + 1):
        if normal.source is not None:
            answer += _read(row, normal.source, u)
        q = tuple(digit(t, M) for t, M in zip(u, factors, strict=True))
        u = [M * t - d for t, M, d in zip(u, factors, q, strict=True)]
        row = matrices.times(row, normal.masks.at(j), q)
    return answer + _read(row, normal.seed, u)


class _Matrices:
    """The rows of the matrices T_q of a normalised problem, made when they are asked for."""

    def __init__(self, problem):
        self._problem, self._rows = problem, {}

    def times(self, row, mask, q):
        """Return the ``row`` {(cell, component): weight} times T_q of the mask."""
        answer = {}
        for place, weight in row.items():
            known = (mask, q, place)
            if known not in self._rows:
                self._rows[known] = self._row(mask, q, *place)
            for key, c in self._rows[known]:
                answer[key] = answer.get(key, 0) + weight * c
        return {key: weight for key, weight in answer.items() if weight}

    def _row(self, mask, q, a, i):
        """Return the entries of row (a, i) that are not zero, as pairs ((b, l), c)."""
        start = [d + M * s for d, M, s in zip(q, self._problem.dilation.factors, a, strict=True)]
        entries = ((tuple(s - t for s, t in zip(start, k, strict=True)), l, c) for k, l, c in mask.entries[i])
        size = self._problem.size
        return [((b, l), c) for b, l, c in entries if all(0 <= t < length for t, length in zip(b, size, strict=True))]


def _read(row, seed, u):
    """Return the sum of row[b, l] times component l of the seed at b + u."""
    values = seed.translates(u)
    pairs = ((weight, values.get(tuple(-t for t in b)), l) for (b, l), weight in row.items())
    return sum((weight * heights[l] for weight, heights, l in pairs if heights is not None), mpq(0))


@lru_cache(maxsize=64)
def _normalized(problem):
    """Return `Problem.normalized` and the matrices of the window."""
    normal, shift = problem.normalized()
    return normal, shift, _Matrices(normal)


def _by_points(problem, n, z):
    """Return the value by f_{j-1}(z) = Σ c_k f_j(A z - k) itself: {(point, component): weight} at each level.

    A point is dropped where f_j is known to vanish.
    """
    boxes = _support_boxes(problem, n)
    row, answer = {(z, problem.component): mpq(1)}, mpq(0)
    for j in range(n + 1):
        row = {
            (point, l): weight
            for (point, l), weight in row.items()
            if boxes[n - j] and all(low <= t <= high for t, (low, high) in zip(point, boxes[n - j], strict=True))
        }
        read = problem.seed if j == n else problem.source
        if read is not None:
            answer += sum(weight * read.evaluate(point, l) for (point, l), weight in row.items())
        if j < n:
            finer = {}
            for (point, l), weight in row.items():
                image = problem.dilation.times(point)
                for k, m, c in problem.masks.at(j + 1).entries[l]:
                    key = (tuple(s - t for s, t in zip(image, k, strict=True)), m)
                    finer[key] = finer.get(key, 0) + weight * c
            row = finer
    return answer


def _support_boxes(problem, n):
    """Return for m = 0..n an integer box that holds the support of what m steps make of seed and source; None if empty.

    It is that of A^-m g, or A^-i h for i < m, translated by sums of A^-i k: for each coordinate the sum of the bounds.
    """
    indices = [(min(side), max(side)) for side in zip(*(k for mask in problem.masks.all for k in mask), strict=True)]
    seeds = [None if part is None else part.support_box() for part in (problem.seed, problem.source)]
    power = tuple(tuple(mpq(int(i == k)) for k in range(problem.dimension)) for i in range(problem.dimension))
    sums, found, boxes = [(mpq(0), mpq(0))] * problem.dimension, [], []
    for m in range(n + 1):
        at_end, at_source = (None if box is None else _sum_of_boxes(_image(power, box), sums) for box in seeds)
        here = [box for box in (*found, at_end) if box is not None]
        boxes.append(_hull(here) if here else None)
        found.append(at_source)
        found = [_hull([box for box in found if box is not None])] if any(found) else []
        power = product(problem.dilation.inverse, power)
        sums = _sum_of_boxes(sums, _image(power, indices))
    return boxes


def _image(matrix, box):
    """Return the least box that holds the image of a box."""
    ends = [[(min(a * low, a * high), max(a * low, a * high)) for a, (low, high) in zip(row, box)] for row in matrix]
    return [(sum(low for low, _ in row), sum(high for _, high in row)) for row in ends]


def _sum_of_boxes(one, other):
    return [(a + c, b + d) for (a, b), (c, d) in zip(one, other, strict=True)]


def _hull(boxes):
    """Return the least box with integer ends that holds some boxes."""
    sides = [tuple(zip(*side, strict=True)) for side in zip(*boxes, strict=True)]
    return [(floor(min(lows)), ceil(max(highs))) for lows, highs in sides]
