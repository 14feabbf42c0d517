"""Facts about masks: iterated masks, coset sums, the bound B, the order of the sum rules."""

from functools import lru_cache
from itertools import product

from exactrelu.field import mpq

COSETS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The classes of Z^2 modulo 2 Z^2."""


@lru_cache(maxsize=16)
def iterated_mask(mask, n):
    """Return {k: c^(n)_k} for n >= 0, zero coefficients left out, with V^n f(z) = sum of c^(n)_k f(2^n z - k).

    c^(0) is 1 at (0, 0), and c^(n)_k is the sum of c_j c^(n-1)_i over k = 2^(n-1) j + i. For `Mask` objects.
    """
    if not n:
        return {(0, 0): mpq(1)}
    scale, answer = 2 ** (n - 1), {}
    for (i0, i1), inner in iterated_mask(mask, n - 1).items():
        for (j0, j1), outer in mask.items():
            index = (scale * j0 + i0, scale * j1 + i1)
            answer[index] = answer.get(index, 0) + outer * inner
    return {index: c for index, c in answer.items() if c}


def total(mask):
    """Return the sum of all coefficients."""
    return sum(mask.values())


def coset_sums(mask):
    """Return {e: the sum of c_k over k = e modulo 2} for the four cosets e."""
    return {coset: sum((c for _, c in _coset(mask, coset)), mpq(0)) for coset in COSETS}


def largest_coset_norm(mask):
    """Return B, the largest sum of |c_k| over one coset: the norm of V in the supremum norm."""
    return max(sum((abs(c) for _, c in _coset(mask, coset)), mpq(0)) for coset in COSETS)


def sum_rule_order(mask):
    """Return the largest m such that sum of c_k p(k) over a coset is the same for all cosets, for deg p < m."""
    order = 0
    while all(_moments_agree(mask, (order - power, power)) for power in range(order + 1)):
        order += 1
    return order


def _coset(mask, coset):
    """Return the pairs (k, c_k) with k = coset modulo 2."""
    return [(index, c) for index, c in mask.items() if (index[0] % 2, index[1] % 2) == coset]


def _moments_agree(mask, powers):
    (a, b), moments = powers, set()
    for coset in product((0, 1), repeat=2):
        moments.add(sum((c * j**a * k**b for (j, k), c in _coset(mask, coset)), mpq(0)))
    return len(moments) == 1
