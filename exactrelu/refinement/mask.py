"""Facts about masks: iterated masks, coset sums, the bound B, the order of the sum rules."""

from functools import lru_cache
from itertools import product
from operator import add

from exactrelu.field import mpq
from exactrelu.scheme.dilation import as_dilation
from exactrelu.scheme.mask import Mask, Masks

COSETS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The classes of Z^2 modulo 2 Z^2."""


@lru_cache(maxsize=64)
def iterated_mask(mask, n, dilation=2):
    """Return {k: c^(n)_k} for n >= 0, zero coefficients left out, with V_1 ... V_n f(z) = Σ c^(n)_k f(A^n z - k).

    ``mask`` is a `Mask` or `Masks`, ``dilation`` a number or a `Dilation`. c^(0) is 1 at 0, and c^(n)_k is the sum of
    c^(n-1)_j c_i, with the n-th mask, over k = A j + i; coefficients are numbers or matrices as in a `Mask`.
    """
    masks = mask if isinstance(mask, Masks) else Masks((), (mask,))
    rows = _iterated_rows(masks, n, as_dilation(dilation, masks.dimension))
    answer = {}
    for i, row in enumerate(rows):
        for (k, l), c in row.items():
            answer.setdefault(k, [[mpq(0)] * len(rows) for _ in rows])[i][l] = c
    return dict(Mask(answer)) if answer else {}


@lru_cache(maxsize=64)
def _iterated_rows(masks, n, dilation):
    """Return for each i the row {(k, l): entry (i, l) of c^(n)_k}."""
    if not n:
        return tuple({((0,) * masks.dimension, i): mpq(1)} for i in range(masks.components))
    answers = []
    for row in _iterated_rows(masks, n - 1, dilation):
        answer = {}
        for (j, m), weight in row.items():
            image = dilation.times(j)
            for i, l, c in masks.at(n).entries[m]:
                key = (tuple(map(add, image, i)), l)
                answer[key] = answer.get(key, 0) + weight * c
        answers.append({key: c for key, c in answer.items() if c})
    return tuple(answers)


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
