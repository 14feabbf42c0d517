"""Masks made of others: box splines from directions, tensor products, products of symbols and convolutions.

The symbol of a mask is the Laurent polynomial a(z) = Σ c_k z^k. A refinable function φ = Vφ with the dilation A has the
mean 1 only if a(1) = |det A|.
"""

from operator import add

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import rank
from exactrelu.scheme.dilation import Dilation, as_dilation
from exactrelu.scheme.mask import Mask

MAX_DIRECTIONS = 64
"""The most directions of a box spline."""

MAX_COEFFICIENTS = 100_000
"""The most coefficients of a product."""


def box_spline(directions, M=2):
    """Return the mask of the box spline with these directions, vectors of Z^d that span R^d, for the dilation M >= 2.

    Its symbol is M^d times the product of (1 + z^v + ... + z^{(M-1)v})/M over the directions v (de Boor, Höllig,
    Riemenschneider, Box Splines, 1993). Raises `InputError` for directions that do not span R^d.

    >>> from exactrelu import box_spline
    >>> box_spline([(1, 0), (0, 1), (1, 1)])[1, 1], len(box_spline([(1,)] * 4))
    (mpq(1,1), 5)
    """
    directions = [tuple(v) for v in directions]
    if not directions or len({len(v) for v in directions}) > 1:
        raise InputError("the directions of a box spline have to be vectors of one length, at least one")
    d = len(directions[0])
    if len(directions) > MAX_DIRECTIONS:
        raise InputError(f"{len(directions)} directions are more than the limit {MAX_DIRECTIONS}")
    if rank(directions) < d:
        raise InputError(f"the directions of a box spline have to span R^{d}; their rank is {rank(directions)}")
    mask = Mask({(0,) * d: mpq(M) ** d})
    for v in directions:
        mask = times(mask, Mask({tuple(j * t for t in v): mpq(1, M) for j in range(M)}))
    return mask


def times(first, second):
    """Return the mask whose symbol is the product of two symbols, of matrices in this order if they are matrices."""
    if len(first) * len(second) > MAX_COEFFICIENTS:
        raise InputError(f"the product of masks with {len(first)} and {len(second)} coefficients is too large")
    rows = [{} for _ in range(first.components)]
    for row, entries in zip(rows, first.entries, strict=True):
        for j, m, a in entries:
            for k, l, b in second.entries[m]:
                key = (tuple(map(add, j, k)), l)
                row[key] = row.get(key, 0) + a * b
    return _of_rows(rows)


def convolution(first, second, dilation=2):
    """Return the mask of the convolution φ * ψ of two refinable functions, from their masks, which are numbers.

    It is the product of the symbols divided by |det A|.

    >>> from exactrelu import box_spline, convolution
    >>> hat = box_spline([(1,), (1,)])
    >>> convolution(hat, hat) == box_spline([(1,)] * 4)
    True
    """
    if first.components > 1 or second.components > 1:
        raise InputError("the convolution of functions with several components has no mask of this kind")
    determinant = as_dilation(dilation, first.dimension).determinant
    return Mask({k: c / determinant for k, c in times(first, second).items()})


def tensor(first, second):
    """Return the mask of φ(x) ψ(y) on R^(d + e); of Kronecker products if the coefficients are matrices.

    Its dilation is `tensor_dilation` of the two dilations.

    >>> from exactrelu import box_spline, tensor
    >>> tensor(box_spline([(1,)] * 2), box_spline([(1,)] * 2)) == box_spline([(1, 0), (0, 1)] * 2)
    True
    """
    if len(first) * len(second) > MAX_COEFFICIENTS:
        raise InputError(f"the product of masks with {len(first)} and {len(second)} coefficients is too large")
    s, rows = second.components, []
    for one in first.entries:
        for other in second.entries:
            rows.append({((*j, *k), m * s + l): a * b for j, m, a in one for k, l, b in other})
    return _of_rows(rows)


def tensor_dilation(first, second):
    """Return the block diagonal `Dilation` with two blocks."""
    d, e = first.dimension, second.dimension
    return Dilation((*((*row, *(0,) * e) for row in first.matrix), *((*(0,) * d, *row) for row in second.matrix)))


def _of_rows(rows):
    """Return the mask with these rows {(k, l): entry} of coefficients."""
    coefficients = {}
    for i, row in enumerate(rows):
        for (k, l), c in row.items():
            coefficients.setdefault(k, [[mpq(0)] * len(rows) for _ in rows])[i][l] = c
    return Mask(coefficients)
