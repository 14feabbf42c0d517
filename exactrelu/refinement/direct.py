"""The direct sum: V^n g at a point from the mask alone; no digits, no patches, no window."""

from exactrelu.field import integer, mpq, rational
from exactrelu.scheme import as_problem, refuse_beyond


def direct_sum(problem, n, x, y):
    """Return V^n g(x, y), the sum of c^(n)_k g(2^n (x, y) - k), for rational x, y in the user's coordinates, n >= 0.

    ``problem`` is a `Problem`, the name of a built-in one or the path of a problem file. Raises `InputError` for
    arguments that cannot be used.

    >>> from fractions import Fraction
    >>> from exactrelu import direct_sum
    >>> direct_sum("bilinear", 3, Fraction(3, 8), Fraction(1, 4))
    mpq(3,32)

    The sum is written out as V f(z) = sum of c_k f(2 z - k), n times over. Every V^m g vanishes outside of the smallest
    box that holds the support of g and all indices of the mask, so that only points in it are followed: the cost grows
    linearly with n.
    """
    problem, n = as_problem(problem), integer(n, "n", 0)
    refuse_beyond(problem, "the direct sum in the plane")
    g = problem.seed.function
    support = g.support_box()
    if support is None:
        return mpq(0)
    sides = zip(support, zip(*problem.mask, strict=True), strict=True)
    (x0, x1), (y0, y1) = ((min(low, *indices), max(high, *indices)) for (low, high), indices in sides)
    weights = {(rational(x), rational(y)): mpq(1)}
    for _ in range(n):
        finer = {}
        for (x, y), weight in weights.items():
            for (j, k), c in problem.mask.items():
                u, v = 2 * x - j, 2 * y - k
                if x0 <= u <= x1 and y0 <= v <= y1:
                    finer[u, v] = finer.get((u, v), 0) + weight * c
        weights = finer
    return sum((weight * g.evaluate(u, v) for (u, v), weight in weights.items()), mpq(0))
