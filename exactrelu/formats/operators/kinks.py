"""Operators of ONNX that are continuous and piecewise linear in each entry: made of ReLU units."""

import numpy as np

from exactrelu.field import mpq
from exactrelu.formats.numbers import exact_value
from exactrelu.formats.operators.call import numbers
from exactrelu.network.builder import as_expression

ONE = mpq(1)


def _relu(call):
    return call.elementwise(call.builder.relu, call.real())


def _leaky(call, entry, slope):
    """Return x where x >= 0 and slope · x where x <= 0:  slope x + (1 − slope) x₊."""
    return slope * entry + (ONE - slope) * call.builder.relu(entry)


def _leaky_relu(call):
    slope = exact_value(call.attributes.get("alpha", np.float32(0.01)))
    return call.elementwise(lambda entry: _leaky(call, entry, slope), call.units(call.real()))


def _p_relu(call):
    slopes = call.constant(1, "the slope")
    array = call.units(call.real())
    slopes = np.broadcast_to(slopes, array.shape)
    return call.elementwise(lambda entry, slope: _leaky(call, entry, slope), array, slopes)


def _abs(call):
    return call.elementwise(lambda entry: 2 * call.builder.relu(entry) - entry, call.units(call.real()))


def _extreme(call):
    """Max and Min of any number of arrays."""
    pick = call.builder.maximum if call.name == "Max" else call.builder.minimum
    found = call.real()
    for index in range(1, len(call.inputs)):
        arrays = call.units(found), call.units(call.real(index))
        found = call.elementwise(lambda a, b: as_expression(pick(as_expression(a), b)), *arrays)
    return found


def _clip(call):
    """min(high, max(low, x)), as ONNX has it also where low > high."""
    b, array = call.builder, call.real()
    low, high = (_bound(call, index, name) for index, name in ((1, "min"), (2, "max")))
    if low is not None:
        array = call.elementwise(lambda entry: low + b.relu(entry - low), call.units(array))
    if high is not None:
        array = call.elementwise(lambda entry: high - b.relu(high - entry), call.units(array))
    return array


def _bound(call, index, name):
    """Return a bound of Clip, an attribute in old files and an input in new ones, None if there is none."""
    if name in call.attributes:
        bound = call.attributes[name]
        return None if abs(bound) >= np.finfo(np.float32).max else exact_value(bound)
    if call.optional(index) is None:
        return None
    return numbers(call.constant(index, f"the bound {name}")).item()


def _hard_sigmoid(call):
    """min(1, max(0, alpha x + beta))."""
    alpha = exact_value(call.attributes.get("alpha", np.float32(0.2)))
    beta = exact_value(call.attributes.get("beta", 0.5))
    return call.elementwise(lambda entry: call.builder.clamp(alpha * entry + beta), call.units(call.real()))


OPERATORS = {
    "Abs": _abs, "Clip": _clip, "HardSigmoid": _hard_sigmoid, "LeakyRelu": _leaky_relu, "Max": _extreme,
    "Min": _extreme, "PRelu": _p_relu, "Relu": _relu,
}
