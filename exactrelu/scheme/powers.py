"""Dilations with a diagonal power: V_1 ⋯ V_n g as iterates of a scheme with a positive diagonal dilation.

Let A^m = J D with a signed permutation J and a diagonal matrix D with entries ≥ 2 that commute. Of n = m K + ρ steps,
K ≥ 1, the first m + ρ and then each m are one step, with a mask of products:

    V_1 ⋯ V_n g(z) = U_1 ⋯ U_K g(A^ρ z),     U_j f(w) = Σ c_l f(J D w − l).

With h_j(w) = (U_{j+1} ⋯ U_K g)(J^j w) follows

    h_{j−1}(w) = Σ_l c_l h_j(D w − J^{−j} l),     h_K = g ∘ J^K,

so that h_0 = U_1 ⋯ U_K g is refined with D alone; J is left in the indices of the masks, and these have its period.
"""

from itertools import count
from math import lcm

from exactrelu.field import mpq
from exactrelu.linear import product
from exactrelu.linear import times as matrix_times
from exactrelu.scheme.dilation import Dilation
from exactrelu.scheme.mask import Mask, Masks

MOST_COSETS = 64
"""The largest |det A^m| of a power that is looked for."""


def diagonal_power(dilation):
    """Return (m, J, (M_1, …, M_d)) for the least m with A^m = J D as above; None if there is none."""
    matrix = dilation.matrix
    for m in count(1):
        if m > 1 and dilation.determinant**m > MOST_COSETS:
            return None
        if all(sum(map(bool, line)) == 1 for line in (*matrix, *zip(*matrix, strict=True))):
            J = tuple(tuple((entry > 0) - (entry < 0) for entry in row) for row in matrix)
            factors = tuple(abs(sum(column)) for column in zip(*matrix, strict=True))
            D = Dilation.diagonal(factors).matrix if min(factors) > 1 else None
            if D is not None and product(J, D) == product(D, J):
                return m, J, factors
        matrix = product(matrix, dilation.matrix)


def unit(d):
    """Return the unit matrix."""
    return tuple(tuple(int(i == k) for k in range(d)) for i in range(d))


def power(J, exponent):
    """Return J^exponent for a signed permutation and any integer; the inverse is the transpose."""
    matrix = J if exponent > 0 else tuple(zip(*J, strict=True))
    found = unit(len(J))
    for _ in range(abs(exponent) % period(J)):
        found = product(found, matrix)
    return found


def period(J):
    """Return the least p ≥ 1 with J^p = 1."""
    p, matrix = 1, tuple(map(tuple, J))
    while matrix != unit(len(J)):
        p, matrix = p + 1, product(matrix, J)
    return p


def grouped(problem, m, J, rest):
    """Return the `Masks` of h_{j−1} from h_j, j = 1, 2, …: products of m masks, the first one of m + ``rest``.

    Their indices are turned by J^{−j}.
    """
    start, length = lengths(problem, m, J, rest)

    def turned(j):
        rows = composed(problem, m * (j - 1) + rest, m) if j > 1 else composed(problem, 0, m + rest)
        back = power(J, -j)
        return Mask({tuple(map(int, matrix_times(back, l))): c for l, c in rows.items()})

    return Masks(tuple(map(turned, range(1, start + 1))), tuple(turned(start + j) for j in range(1, length + 1)))


def lengths(problem, m, J, rest):
    """Return how many masks of m steps, m + ``rest`` the first time, come before others that repeat, and how many
    these are."""
    masks = problem.masks
    return max(int(rest > 0), -(-(len(masks.first) - rest) // m)), lcm(len(masks.repeat), m * period(J)) // m


def composed(problem, start, count):
    """Return {k: coefficient} with V_{start+1} ⋯ V_{start+count} f(z) = Σ c_k f(A^count z − k), matrices as rows."""
    r = problem.components
    rows = {(0,) * problem.dimension: tuple(tuple(mpq(i == l) for l in range(r)) for i in range(r))}
    for j in range(start + 1, start + count + 1):
        finer = {}
        for k, matrix in rows.items():
            image = problem.dilation.times(k)
            for index, c in problem.masks.at(j).items():
                key = tuple(s + t for s, t in zip(image, index, strict=True))
                part = product(matrix, c if isinstance(c, tuple) else ((c,),))
                finer[key] = part if key not in finer else _added(finer[key], part)
        rows = finer
    return rows


def _added(first, second):
    return tuple(tuple(a + b for a, b in zip(*rows, strict=True)) for rows in zip(first, second, strict=True))
