"""Operators of ONNX that move entries, and those that compute the shapes and indices for it."""

import numpy as np

from exactrelu.field import mpq
from exactrelu.formats.numbers import check_size, exact_array, exact_value, fits
from exactrelu.formats.operators.call import depends, numbers

FLOATS = {1: "float32", 10: "float16", 11: "float64"}
"""The kinds of floats that a cast may go to, by their numbers in ONNX."""

INTEGERS = (2, 3, 4, 5, 6, 7, 12)
"""The kinds of integers, by their numbers in ONNX."""


def _identity(call):
    return call.inputs[0]


def _dropout(call):
    """The identity: what is left out in training is left out nowhere else."""
    if call.optional(2) is not None and call.optional(2).any():
        raise call.refused("it is in training mode; export the model in evaluation mode (model.eval())")
    return call.inputs[0]


def _constant(call):
    a = call.attributes
    if "value" in a:
        return a["value"]
    if "value_float" in a:
        return np.array(exact_value(a["value_float"]), dtype=object)
    if "value_floats" in a:
        return exact_array(np.array(a["value_floats"], dtype=np.float64), call.place)
    if "value_int" in a or "value_ints" in a:
        return np.array(a.get("value_int", a.get("value_ints")), dtype=np.int64)
    raise call.refused("a constant that is no tensor of numbers is not read")


def _constant_of_shape(call):
    shape = call.integers(0)
    check_size(_product(shape), call.place)
    value = call.attributes.get("value", np.array([mpq(0)], dtype=object))
    return np.full(shape, value.item(), dtype=value.dtype)


def _reshape(call):
    array, shape = call.inputs[0], call.integers(1, "shape")
    if not call.attributes.get("allowzero"):
        shape = [array.shape[k] if side == 0 else side for k, side in enumerate(shape)]
    return array.reshape(shape)


def _flatten(call):
    array, axis = call.inputs[0], call.attributes.get("axis", 1)
    if not -array.ndim <= axis <= array.ndim:
        raise call.refused(f"the shape {array.shape} has no axis {axis}")
    axis = axis + array.ndim if axis < 0 else axis
    return array.reshape(_product(array.shape[:axis]), _product(array.shape[axis:]))


def _transpose(call):
    return call.inputs[0].transpose(call.attributes.get("perm"))


def _concat(call):
    if len({array.dtype for array in call.inputs}) > 1:
        raise call.refused("some inputs hold floats, others integers")
    return np.concatenate(call.inputs, axis=call.attributes.get("axis", 1))


def _slice(call):
    array = call.inputs[0]
    starts, ends = call.integers(1, "starts"), call.integers(2, "ends")
    axes = call.integers(3, "axes")
    axes = range(len(starts)) if axes is None else axes
    steps = call.integers(4) or [1] * len(starts)
    parts = [slice(None)] * array.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if not step:
            raise call.refused("a step of zero")
        axis = range(array.ndim)[axis]
        side = array.shape[axis]
        start, end = (index + side if index < 0 else index for index in (start, end))
        if step > 0:
            parts[axis] = slice(min(max(start, 0), side), min(max(end, 0), side), step)
        else:
            end = min(max(end, -1), side - 1)
            parts[axis] = slice(min(max(start, 0), side - 1), None if end < 0 else end, step)
    return array[tuple(parts)]


def _split(call):
    array = call.inputs[0]
    axis = range(array.ndim)[call.attributes.get("axis", 0)]
    sizes, side = call.integers(1, "split"), array.shape[axis]
    if sizes is None:
        part = -(-side // call.attributes.get("num_outputs", call.outputs))
        sizes = [max(min(part, side - k * part), 0) for k in range(call.outputs)]
    if sum(sizes) != side or min(sizes, default=0) < 0 or len(sizes) != call.outputs:
        raise call.refused(f"parts of the sizes {sizes[:8]} do not make up {side}")
    return np.split(array, np.cumsum(sizes)[:-1], axis=axis)


def _gather(call):
    array, indices = call.inputs[0], call.inputs[1]
    if indices.dtype == object:
        raise call.refused("the indices are floats; expected integers")
    axis = range(array.ndim)[call.attributes.get("axis", 0)]
    check_size(array.size // max(array.shape[axis], 1) * indices.size, call.place)
    return np.asarray(np.take(array, indices, axis=axis), dtype=array.dtype)


def _squeeze(call):
    axes = call.integers(1, "axes")
    return call.inputs[0].squeeze(None if axes is None else tuple(axes))


def _unsqueeze(call):
    axes = call.integers(1, "axes")
    if call.inputs[0].ndim + len(axes) > 32:
        raise call.refused("more than 32 dimensions")
    return np.expand_dims(call.inputs[0], tuple(axes))


def _shape(call):
    shape = call.inputs[0].shape
    return np.array(shape[call.attributes.get("start", 0) : call.attributes.get("end")], dtype=np.int64)


def _size(call):
    return np.array(call.inputs[0].size, dtype=np.int64)


def _expand(call):
    array = call.inputs[0]
    shape = np.broadcast_shapes(array.shape, tuple(call.integers(1)))
    check_size(_product(shape), call.place)
    return np.broadcast_to(array, shape)


def _tile(call):
    array, repeats = call.inputs[0], call.integers(1)
    if min(repeats, default=0) < 0 or len(repeats) != array.ndim:
        raise call.refused(f"expected a number of copies for each of {array.ndim} dimensions, got {repeats[:8]}")
    check_size(array.size * _product(repeats), call.place)
    return np.tile(array, repeats)


def _cast(call):
    """Between kinds of floats and from integers to floats: real arithmetic rounds nowhere, constants have to fit."""
    array, kind = call.inputs[0], call.attributes["to"]
    if kind in FLOATS:
        array = exact_array(array, call.place) if array.dtype != object else array
        if not depends(array) and any(not fits(entry, FLOATS[kind]) for entry in numbers(array).flat):
            raise call.refused(f"a cast that rounds constants to {FLOATS[kind]} is not read; round them in the file")
        return array
    if kind not in INTEGERS:
        raise call.refused("a cast to what is no number is not read")
    if array.dtype != object:
        return array
    whole = call.constant(0, "what is cast to integers")
    if any(entry.denominator != 1 or abs(entry) >= 2**63 for entry in whole.flat):
        raise call.refused("a cast to integers that rounds is not read")
    return np.array([int(entry) for entry in whole.flat], dtype=np.int64).reshape(whole.shape)


def _range(call):
    start, limit, step = (call.inputs[k] for k in range(3))
    if any(array.dtype == object for array in (start, limit, step)) or not step.item():
        raise call.refused("expected three integers, the last one not 0")
    found = range(start.item(), limit.item(), step.item())
    check_size(len(found), call.place)
    return np.array(found, dtype=np.int64)


def _product(sides):
    """Return the product of integers, without a limit on their size."""
    return int(np.prod(np.array(sides, dtype=object))) if len(sides) else 1


OPERATORS = {
    "Cast": _cast, "Concat": _concat, "Constant": _constant, "ConstantOfShape": _constant_of_shape,
    "Dropout": _dropout, "Expand": _expand, "Flatten": _flatten, "Gather": _gather, "Identity": _identity,
    "Range": _range, "Reshape": _reshape, "Shape": _shape, "Size": _size, "Slice": _slice, "Split": _split,
    "Squeeze": _squeeze, "Tile": _tile, "Transpose": _transpose, "Unsqueeze": _unsqueeze,
}
