"""How far a run in floating point can be from the exact network: a running error analysis over a box.

What is assumed of the run: inputs are floats of its kind in the box; each affine node is computed as a sum of products,
in any order, with or without fused operations, of weights and a bias rounded to nearest; each operation rounds to
nearest, and results that underflow are rounded or set to zero. Nothing is assumed of the order of sums, so that the
bound holds for every machine and library that keeps to that; it does not for formats with fewer digits (TF32, bfloat16)
and for algorithms that are no sums of products (Winograd's).

With u the unit roundoff, a sum of k products and a bias has each term rounded at most k + 2 times (weight, product, k
additions): its error is at most γ Σ|terms| with γ = (k + 2) u / (1 − (k + 2) u) (Higham, Accuracy and Stability of
Numerical Algorithms, section 3.1), beside what underflows. Errors of earlier nodes pass through weights, and through a
ReLU unchanged or smaller.
"""

from math import ceil, floor
from typing import NamedTuple

from exactrelu.errors import InputError, sequence, shown
from exactrelu.field import Quadratic, mpq, rational
from exactrelu.network import Relu, as_network
from exactrelu.network.bounds import Interval, interval_bounds

DIGITS = 64
"""Bounds are rounded up to so many binary digits, as exact ones would grow with each layer."""


class _Floats(NamedTuple):
    """The unit roundoff, the smallest normal number, and a power of 2 below which nothing overflows."""

    unit: object
    smallest: object
    largest: object


_KINDS = {
    "float32": _Floats(mpq(1, 2**24), mpq(1, 2**126), mpq(2) ** 127),
    "float64": _Floats(mpq(1, 2**53), mpq(1, 2**1022), mpq(2) ** 1023),
}


def float_error(network, box, kind="float32"):
    """Return for each output a rational bound of \\|run in floats − exact output\\| at all points of a box.

    ``box`` has a pair (low, high) for each of any number of inputs; ``kind`` is "float32" or "float64". What is assumed
    of the run is said in `exactrelu.formats.float_error`. Raises `InputError` where the run may overflow.

    >>> from exactrelu import Affine, Network, float_error
    >>> (error,) = float_error(Network(2, [Affine(((0, 1), (1, -1)), 0)], [2]), [(0, 1), (0, 1)])
    >>> 0 < error < 1e-6
    True
    """
    if kind not in _KINDS:
        raise InputError(f"the kind of floats: expected float32 or float64, got {shown(kind)}")
    floats, flat = _KINDS[kind], as_network(network).flatten()
    sides = [tuple(map(rational, sequence(side, "a side of the box"))) for side in sequence(box, "box")]
    if len(sides) != flat.inputs or any(len(side) != 2 or side[0] > side[1] for side in sides):
        raise InputError(f"expected a box of {flat.inputs} pairs (low, high) with low <= high")
    sizes = [max(abs(low), abs(high)) for low, high in interval_bounds(flat, [Interval(*side) for side in sides])]
    if max(sizes[: flat.inputs], default=0) >= floats.largest:
        raise InputError(f"inputs of this box may overflow as {kind}")
    errors = [mpq(0)] * flat.inputs
    for number, node in enumerate(flat.nodes, flat.inputs):
        errors.append(errors[node.of] if type(node) is Relu else _of_sum(number, node, sizes, errors, floats, kind))
    return tuple(errors[output] for output in flat.outputs)


def _of_sum(number, node, sizes, errors, floats, kind):
    """Return a bound of the error of an affine node."""
    terms, passed, count = abs(node.bias), mpq(0), len(node.terms)
    lost = (2 * count + 2) * floats.smallest  # a bias, products and additions that underflow
    for source, weight in node.terms:
        size, weight = sizes[source] + errors[source], abs(weight)
        terms += weight * size
        passed += weight * errors[source]
        if weight < floats.smallest:
            lost += floats.smallest * size
        elif weight >= floats.largest:
            raise InputError(f"a weight of node {number} may overflow as {kind}")
    rounding = (count + 2) * floats.unit
    if 2 * rounding > 1 or 2 * (terms + lost) >= floats.largest:
        raise InputError(f"node {number} may overflow as {kind}, or has too many terms: take a smaller box")
    # what has underflowed is rounded again, too: at most doubled, as γ <= 1
    return _rounded_up(passed + rounding / (1 - rounding) * terms + 2 * lost)


def _rounded_up(number):
    """Return a rational >= ``number`` >= 0 with about `DIGITS` binary digits."""
    if type(number) is Quadratic:
        scale = mpq(2) ** (2 * DIGITS + floor(1 / number).bit_length())
        number = ceil(number * scale) / scale
    shift = DIGITS - number.numerator.bit_length() + number.denominator.bit_length()
    scale = mpq(2) ** shift
    scaled = number * scale
    return mpq(-(-scaled.numerator // scaled.denominator)) / scale if number else number
