"""The direct sum: V^n g at a point from the masks alone; no digits, no cells, no window, any dilation."""

from functools import lru_cache
from operator import sub

from exactrelu.field import integer, mpq
from exactrelu.scheme import as_problem


def direct_sum(problem, n, *z):
    """Return the wanted component of V_1 ... V_n g (see `exactrelu.scheme.problem`) at the point z, for n >= 0.

    ``problem`` is a `Problem`, the name of a built-in one or the path of a problem file; ``z`` are d exact numbers in
    the user's coordinates. Raises `InputError` for arguments that cannot be used.

    >>> from fractions import Fraction
    >>> from exactrelu import direct_sum
    >>> direct_sum("bilinear", 3, Fraction(3, 8), Fraction(1, 4))
    mpq(3,32)

    The value is the sum of c^(n)_k g(A^n z - k), with the coefficients of `exactrelu.refinement.mask.iterated_mask`. It
    is added up from the inside: the numbers f_j(A^j z - k) for all k follow from those of f_{j+1}, of which few are not
    zero, so that the cost grows linearly with n.
    """
    problem, n = as_problem(problem), integer(n, "n", 0)
    points = [problem.point(z)]
    for _ in range(n):
        points.append(problem.dilation.times(points[-1]))
    values = _components(problem.seed.translates(points[n]))
    for j in range(n, 0, -1):
        coarser = {} if problem.source is None else _components(problem.source.translates(points[j - 1]))
        groups = _by_coset(problem.masks.at(j), problem.dilation)
        for (k, l), value in values.items():
            for index, i, c in groups.get((problem.dilation.residue(k), l), ()):
                key = (problem.dilation.preimage(tuple(map(sub, k, index))), i)
                coarser[key] = coarser.get(key, 0) + c * value
        values = coarser
    return values.get(((0,) * problem.dimension, problem.component), mpq(0))


def _components(translates):
    """Return {(k, l): component l of g(z - k)} of `Seed.translates`."""
    return {(k, l): height for k, heights in translates.items() for l, height in enumerate(heights)}


@lru_cache(maxsize=64)
def _by_coset(mask, dilation):
    """Return {(residue, l): [(k, i, entry (i, l) of c_k), ...]} for all k with that residue."""
    groups = {}
    for i, row in enumerate(mask.entries):
        for k, l, c in row:
            groups.setdefault((dilation.residue(k), l), []).append((k, i, c))
    return groups
