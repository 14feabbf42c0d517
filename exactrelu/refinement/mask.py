"""Facts about masks: iterated masks, coset sums, column and row norms."""

from functools import lru_cache
from operator import add

from exactrelu.field import mpq
from exactrelu.scheme.dilation import as_dilation
from exactrelu.scheme.mask import Mask, Masks


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
    """Return the sum of all coefficients, numbers."""
    return sum(mask.values())


def coset_sums(mask, dilation=2):
    """Return {e: the sum of c_k over k = e modulo A Z^d} for the representatives e (`Dilation.cosets`); for numbers."""
    dilation = as_dilation(dilation, mask.dimension)
    sums = dict.fromkeys(dilation.cosets, mpq(0))
    for k, c in mask.items():
        sums[dilation.residue(k)] += c
    return sums


def largest_coset_norm(mask, dilation=2):
    """Return B, the largest sum of the absolute values in one column of a coset, over k = e modulo A Z^d and all rows.

    For numbers, that of |c_k|: the norm of the subdivision operator on bounded sequences. It is the largest column sum
    of the matrices |T_q|, so that the entries of a row times n of them are at most B^n times its largest one.
    """
    dilation = as_dilation(dilation, mask.dimension)
    sums = {}
    for row in mask.entries:
        for k, l, c in row:
            key = (dilation.residue(k), l)
            sums[key] = sums.get(key, 0) + abs(c)
    return max(sums.values())


def largest_row_norm(mask):
    """Return R, the largest sum of the absolute values in one row, over all k: the norm of V on bounded functions.

    For numbers it is Σ |c_k|. It bounds the row sums of the matrices |T_q|, and so the sum of |p_b| of a row p times
    n of them: R^n times that of p.
    """
    return max(sum(abs(c) for _, _, c in row) for row in mask.entries)
