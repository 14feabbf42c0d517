"""The direct sum: V^n g at a point from the iterated mask alone; no digits, no patches, no window."""

from math import ceil, floor

from exactrelu.field import mpq, rational
from exactrelu.refinement.mask import iterated_mask


def direct_sum(problem, n, x, y):
    """Return V^n g(x, y), the sum of c^(n)_k g(2^n (x, y) - k), for rational x, y in the user's coordinates, n >= 0."""
    g = problem.seed.function
    support = g.support_box()
    if support is None:
        return mpq(0)
    coefficients = iterated_mask(problem.mask, n)
    (x0, x1), (y0, y1) = support
    x, y = rational(x) * 2**n, rational(y) * 2**n
    answer = mpq(0)
    for j in range(ceil(x - x1), floor(x - x0) + 1):
        for k in range(ceil(y - y1), floor(y - y0) + 1):
            if (j, k) in coefficients:
                answer += coefficients[j, k] * g.evaluate(x - j, y - k)
    return answer
