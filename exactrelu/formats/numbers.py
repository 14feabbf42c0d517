"""Floats in files as the exact numbers that they are, and exact numbers as floats where they are floats."""

import numpy as np

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network.files import MAX_TERMS

FLOATS = ("float64", "float32", "float16")
"""The kinds of floats that are read: each of them is a dyadic rational."""

_exact = np.frompyfunc(lambda number: mpq(*number.as_integer_ratio()), 1, 1)
_integral = np.frompyfunc(mpq, 1, 1)


def exact_array(array, where):
    """Return an array of finite floats or of integers as one of ``mpq``, exactly; raises `InputError` for others.

    >>> import numpy as np
    >>> exact_array(np.array([0.1, 0.5], dtype=np.float32), "b")
    array([mpq(13421773,134217728), mpq(1,2)], dtype=object)
    """
    check_size(array.size, where)
    if array.dtype.kind in "iu":
        return _objects(_integral, array)
    if array.dtype.newbyteorder("=").name not in FLOATS:
        raise InputError(f"{where}: expected {', '.join(FLOATS)} or integers, got {array.dtype}")
    if not np.isfinite(array).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{where}: {array[place]} at index {list(place)} is not a number that a weight can be")
    return _objects(_exact, array.astype(np.float64))


def _objects(function, array):
    """Return the array of the values of a function of Python numbers on an array."""
    return np.asarray(function(array.astype(object)), dtype=object).reshape(array.shape)


def check_size(entries, where):
    """Raise `InputError` if an array has more ``entries`` than a network may have terms."""
    if entries > MAX_TERMS:
        raise InputError(f"{where}: {entries} numbers are more than the limit of {MAX_TERMS}")


def exact_value(value):
    """Return a finite float of any kind as the ``mpq`` that it is."""
    return mpq(*float(value).as_integer_ratio())


def nearest(number, kind):
    """Return the float of a ``kind`` ("float32", "float64") next to a rational, ∞ or −∞ if it is too large for it."""
    try:
        value = int(number.numerator) / int(number.denominator)  # Python rounds the quotient of two integers correctly
    except OverflowError:
        value = np.inf if number > 0 else -np.inf
    with np.errstate(over="ignore"):
        value = np.dtype(kind).type(value)
    if not np.isfinite(value) or exact_value(value) == number:
        return value
    beside = (np.nextafter(value, np.dtype(kind).type(end)) for end in (-np.inf, np.inf))
    close = filter(np.isfinite, (value, *beside))  # float32 by way of float64 may be one step off
    return min(close, key=lambda other: abs(exact_value(other) - number))


def fits(number, kind):
    """Return whether a rational is a float of a ``kind``."""
    value = nearest(number, kind)
    return bool(np.isfinite(value)) and exact_value(value) == number
