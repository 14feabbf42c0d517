"""The cascade identity, Corollary 2.6: V^n g at a point by dyadic digits, residuals and transition matrices."""

from functools import lru_cache

from exactrelu.field import mpq, rational
from exactrelu.refinement.transition import patches, row_times, sparse_rows


def digit(t):
    """Return Q1(t) = floor(2 t) for t in [0, 1), and 1 for t = 1."""
    return 1 if 2 * t >= 1 else 0


def residual(t):
    """Return r(t) = 2 t - Q1(t) for t in [0, 1]; r(1) = 1."""
    return 2 * t - digit(t)


def cascade(problem, n, x, y):
    """Return V^n g(x, y) for rational x, y in the user's coordinates, n >= 0."""
    normal, (sx, sy) = _normalized(problem)
    x, y = rational(x) - sx, rational(y) - sy
    L1, L2 = normal.size
    if not (0 <= x <= L1 and 0 <= y <= L2):
        return mpq(0)
    a, b = min(int(x // 1) + 1, L1), min(int(y // 1) + 1, L2)
    u, v = x - (a - 1), y - (b - 1)
    row = {(a - 1) * L2 + b - 1: mpq(1)}
    for _ in range(n):
        row = row_times(row, sparse_rows(normal, (digit(u), digit(v))))
        u, v = residual(u), residual(v)
    g, indices = normal.seed.function, patches(normal)
    answer = mpq(0)
    for position, c in row.items():
        alpha, beta = indices[position]
        answer += c * g.evaluate(u + alpha - 1, v + beta - 1)
    return answer


@lru_cache(maxsize=64)
def _normalized(problem):
    return problem.normalized()
