"""Dense layers: lists of weights and biases that make a perceptron, between networks and files of arrays."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from exactrelu.errors import InputError
from exactrelu.field import gcd, lcm, mpq
from exactrelu.formats.numbers import check_size, fits, nearest
from exactrelu.network import Builder, linear_combination
from exactrelu.network.files import MAX_INPUTS
from exactrelu.network.layers import layered
from exactrelu.network.rows import AffineMap, Row


class Dense(NamedTuple):
    """The perceptron  x ↦ (W_k r(… r(W_0 x + b_0) …) + b_k) / divisor  with r the positive part in each entry.

    ``weights`` are arrays (outputs of the layer, its inputs) and ``biases`` arrays of ``mpq``; ``divisor`` holds a
    number for each output, or is None. ``rounded`` says how many of the numbers are not exact.
    """

    weights: tuple
    biases: tuple
    divisor: np.ndarray | None = None
    rounded: int = 0


def network_of(dense, where):
    """Return the `Network` of a `Dense` whose shapes have been checked one by one but not against each other."""
    inputs = dense.weights[0].shape[1]
    if not 1 <= inputs <= MAX_INPUTS:
        raise InputError(f"{where}: expected 1 to {MAX_INPUTS} inputs, got {inputs}")
    check_size(sum(weights.size for weights in dense.weights), where)
    b = Builder(inputs)
    values = list(b.inputs)
    for k, (weights, biases) in enumerate(zip(dense.weights, dense.biases, strict=True)):
        if weights.shape[1] != len(values) or biases.shape != weights.shape[:1]:
            raise InputError(
                f"{where}: layer {k} has weights of the shape {weights.shape} and biases of the shape {biases.shape}; "
                f"expected weights of the shape (outputs, {len(values)}) and as many biases as outputs"
            )
        if k:
            values = list(map(b.relu, values))
        values = [linear_combination(row, values) + bias for row, bias in zip(weights, biases, strict=True)]
    if not values:
        raise InputError(f"{where}: the last layer has no outputs")
    if dense.divisor is not None:
        if dense.divisor.shape != (len(values),) or not all(dense.divisor):
            raise InputError(f"{where}: expected a divisor other than 0 for each of the {len(values)} outputs")
        values = [value / divisor for value, divisor in zip(values, dense.divisor, strict=True)]
    return b.network(values)


def dense_of(network, kind, where, rounded=False):
    """Return the `Dense` form of a network in floats of a ``kind`` ("float32" or "float64"), with exact numbers.

    Where weights are no floats of this kind, every unit is scaled: the positive part is positively homogeneous, so that
    units times c > 0 and what reads them divided by c make the same function. The scaled weights are integers, and one
    division at the end makes up for all factors. Raises `InputError` with the layer where even these do not fit, unless
    numbers may be ``rounded``: then those of the network itself are.
    """
    form = layered(network)
    maps = (*form.layers, form.outputs)
    widths = (form.inputs, *map(len, maps))
    check_size(sum(a * b for a, b in pairwise(widths)), where)
    found, misfits = _as_floats(form.inputs, maps, kind)
    if misfits and not rounded:
        maps, divisors = scaled_maps(form.inputs, maps)
        found, misfits = _as_floats(form.inputs, maps, kind)
        found = found._replace(divisor=np.array([nearest(divisor, kind) for divisor in divisors]))
        if not misfits and not all(fits(divisor, kind) for divisor in divisors):
            misfits = [(len(maps) - 1, "its divisor")]
    arrays = [*found.weights, *found.biases] + ([] if found.divisor is None else [found.divisor])
    if not all(np.isfinite(array).all() for array in arrays):
        raise InputError(f"{where}: the network has numbers that are too large for {kind}")
    if misfits and not rounded:
        layer, what = misfits[0]
        raise InputError(
            f"{where}: not written: {what} in layer {layer} of {len(maps)} is no {kind}, also with all units scaled to "
            f"integer weights; {'float64 may hold it, ' if kind == 'float32' else ''}exactrelu JSON holds any rational "
            "number, and the nearest floats are another function (exactrelu convert --float64, --round)"
        )
    return found._replace(rounded=len(misfits))


def _as_floats(width, maps, kind):
    """Return (the `Dense` of affine maps in the nearest floats, the pairs (layer, what) of numbers that are none)."""
    weights, biases, misfits = [], [], []

    def as_float(number, layer, what):
        if not fits(number, kind):
            misfits.append((layer, what))
        return nearest(number, kind)

    for layer, affine in enumerate(maps):
        weights.append(np.zeros((len(affine), width), dtype=kind))
        for k, row in enumerate(affine.rows):
            for unit, weight in row.terms:
                weights[-1][k, unit] = as_float(weight, layer, "a weight")
        biases.append(np.array([as_float(row.bias, layer, "a bias") for row in affine.rows], dtype=kind))
        width = len(affine)
    return Dense(tuple(weights), tuple(biases)), misfits


def scaled_maps(inputs, maps):
    """Return (the maps with units scaled to integer weights without a common factor, the divisors of the outputs).

    ``maps`` are the affine maps of a layered network with so many inputs.
    """
    factors, found = [mpq(1)] * inputs, []
    for layer, affine in enumerate(maps):
        rows, scales = [], []
        for row in affine.rows:
            terms = [(unit, weight / factors[unit]) for unit, weight in row.terms]
            scale = _integer_scale([row.bias, *(weight for _, weight in terms)], layer == len(maps) - 1)
            rows.append(Row(tuple((unit, weight * scale) for unit, weight in terms), row.bias * scale))
            scales.append(scale)
        found.append(AffineMap(rows))
        factors = scales
    return found, factors


def _integer_scale(numbers, whole):
    """Return the least c > 0 for which c times each of the numbers is an integer; an integer if ``whole``."""
    scale = lcm(1, *(number.denominator for number in numbers))
    common = gcd(0, *((number * scale).numerator for number in numbers))
    return mpq(scale) if whole or not common else mpq(scale, common)
