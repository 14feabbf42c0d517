"""The exact signs of many integer forms at many points, by arrays of 64-bit words where these are proven to suffice.

A point (X, Y, W) of integers is kept beside its head: (x, y, w) = (X, Y, W) >> s, with s >= 0 chosen so that no entry
exceeds 2^30 in absolute value. A form (a, b, c) of 64-bit words has a head likewise. Since
X = 2^s (x + φ) and a = 2^r (α + ψ) with 0 <= φ, ψ < 1, the value of the form at the point, divided by 2^(r + s), is

    α x + β y + γ w + e,   |e| <= [r > 0] (|x| + |y| + |w|) + [s > 0] (|α| + |β| + |γ|) + [r > 0 and s > 0] 3.

The head's value is below 3 · 2^60 + 2^33 in absolute value and never overflows a word. If it exceeds the bound of the
error, or nothing was rounded (r = s = 0), its sign is the sign; every other pair is evaluated again with the integers
themselves. Forms of larger integers, in object arrays, are evaluated exactly at once.
"""

import numpy as np

HEAD = 30
"""The number of bits of a head."""


def head(point):
    """Return (x, y, w, whether anything was cut off), the leading bits of a point of integers."""
    X, Y, W = point
    shift = max(X.bit_length(), Y.bit_length(), W.bit_length()) - HEAD
    return (X >> shift, Y >> shift, W >> shift, 1) if shift > 0 else (X, Y, W, 0)


def heads(points):
    """Return the heads of a sequence of points as an array of 64-bit words, one row (x, y, w, rounded) each."""
    return np.array([head(point) for point in points], dtype=np.int64).reshape(-1, 4)


def sign_table(forms, points, point_heads):
    """Return the signs (int8, shape (n, u)) of u forms at each of n points, those in row k at point k.

    ``forms``: integers of shape (n, 3, u), 64-bit words below 2^62 or objects; ``points``: sequence of n integer
    triples; ``point_heads``: their `heads`.
    """
    if forms.dtype == object:
        return _exact_table(forms, points)
    largest = np.abs(forms).max(axis=1)
    shift = 8 * sum((largest >= 1 << bits).astype(np.int64) for bits in (30, 38, 46, 54))
    form_heads = forms >> shift[:, None, :]
    x, y, w, rounded = (column[:, None] for column in point_heads.T)
    values = form_heads[:, 0] * x + form_heads[:, 1] * y + form_heads[:, 2] * w
    cut = shift > 0
    error = cut * (np.abs(x) + np.abs(y) + w) + rounded * (np.abs(form_heads).sum(axis=1) + 3 * cut)
    signs = (values > error).astype(np.int8) - (values < -error)
    for row, column in zip(*np.nonzero((np.abs(values) <= error) & (error > 0)), strict=True):
        signs[row, column] = exact_sign(forms[row, :, column].tolist(), points[row])
    return signs


def exact_sign(form, point):
    """Return the sign of an integer form at an integer point."""
    value = form[0] * point[0] + form[1] * point[1] + form[2] * point[2]
    return (value > 0) - (value < 0)


def _exact_table(forms, points):
    """`sign_table` for forms of integers of any size."""
    X, Y, W = (column[:, None] for column in np.array(points, dtype=object).reshape(-1, 3).T)
    values = forms[:, 0] * X + forms[:, 1] * Y + forms[:, 2] * W
    return (values > 0).astype(np.int8) - (values < 0)
