"""Operators of ONNX that slide a window over an image of any dimension: convolutions, pools, padding."""

from itertools import product
from typing import NamedTuple

import numpy as np

from exactrelu.field import mpq
from exactrelu.formats.numbers import check_size, exact_value
from exactrelu.formats.operators.affine import combination
from exactrelu.formats.operators.call import numbers
from exactrelu.network import total
from exactrelu.network.builder import as_expression

ZERO = mpq(0)


class Window(NamedTuple):
    """A window: for each dimension of the image its size, step, spacing, padding before and after, and places."""

    kernel: tuple
    strides: tuple
    dilations: tuple
    before: tuple
    after: tuple
    places: tuple

    def entries(self, place, sides):
        """Yield (offset in the kernel, index in the image or None in the padding) of the window at a place."""
        for offset in product(*map(range, self.kernel)):
            index = tuple(
                p * step + k * gap - pad
                for p, step, k, gap, pad in zip(place, self.strides, offset, self.dilations, self.before)
            )
            yield offset, index if all(0 <= i < side for i, side in zip(index, sides)) else None


def window_of(call, sides, kernel):
    """Return the `Window` of a `Call` on an image with these sides."""
    count = len(sides)
    strides, dilations = (tuple(call.attributes.get(name, [1] * count)) for name in ("strides", "dilations"))
    pads = tuple(call.attributes.get("pads", [0] * 2 * count))
    if not len(kernel) == len(strides) == len(dilations) == len(pads) // 2 == count:
        raise call.refused(f"expected a window of {count} dimensions, for an image of the shape {tuple(sides)}")
    if min((*kernel, *strides, *dilations), default=1) < 1 or min(pads, default=0) < 0:
        raise call.refused("a window needs positive sizes, and padding that is not negative")
    if call.attributes.get("ceil_mode"):
        raise call.refused("ceil_mode is not read; pad the image instead")
    spans = [gap * (k - 1) + 1 for k, gap in zip(kernel, dilations)]
    automatic = call.attributes.get("auto_pad", b"NOTSET")
    if automatic in (b"SAME_UPPER", b"SAME_LOWER"):
        missing = [max((-(-n // s) - 1) * s + span - n, 0) for n, s, span in zip(sides, strides, spans)]
        small, large = tuple(m // 2 for m in missing), tuple(m - m // 2 for m in missing)
        before, after = (small, large) if automatic == b"SAME_UPPER" else (large, small)
    elif automatic == b"VALID":
        before = after = (0,) * count
    else:
        before, after = pads[:count], pads[count:]
    places = tuple((n + p + q - span) // s + 1 for n, p, q, span, s in zip(sides, before, after, spans, strides))
    if min(places, default=1) < 1:
        raise call.refused(f"the window is larger than the image of the shape {tuple(sides)}")
    return Window(tuple(kernel), strides, dilations, before, after, places)


def _conv(call):
    array, weights = call.real(), call.constant(1, "the kernel")
    group = call.attributes.get("group", 1)
    if array.ndim < 3 or weights.ndim != array.ndim or group < 1:
        raise call.refused(f"an image of the shape {array.shape} and a kernel of the shape {weights.shape}")
    filters, depth = weights.shape[:2]
    if array.shape[1] != depth * group or filters % group:
        raise call.refused(f"{array.shape[1]} channels, {group} groups and a kernel of the shape {weights.shape}")
    window = window_of(call, array.shape[2:], weights.shape[2:])
    size = array.shape[0] * _product(window.places)
    call.spend(size * weights.size)
    bias = [ZERO] * filters if call.optional(2) is None else call.constant(2, "the bias")
    array, found = call.units(array), np.empty((array.shape[0], filters, *window.places), dtype=object)
    for place in product(*map(range, window.places)):
        inside = [(offset, index) for offset, index in window.entries(place, array.shape[2:]) if index is not None]
        for image, k in product(range(array.shape[0]), range(filters)):
            first = k // (filters // group) * depth
            terms = [
                (weights[(k, channel, *offset)], array[(image, first + channel, *index)])
                for channel in range(depth)
                for offset, index in inside
            ]
            found[(image, k, *place)] = combination(*zip(*terms)) + bias[k] if terms else bias[k]
    return found


def _pooled(call, pool):
    """Return the array of pool(entries of the window, its size) over each window of each channel."""
    array = call.real()
    if array.ndim < 3 or call.outputs > 1:
        raise call.refused(f"expected an image, and one output, for the shape {array.shape}")
    window = window_of(call, array.shape[2:], call.attributes["kernel_shape"])
    call.spend(array.shape[0] * array.shape[1] * _product(window.places) * _product(window.kernel))
    array, found = call.units(array), np.empty((*array.shape[:2], *window.places), dtype=object)
    for place in product(*map(range, window.places)):
        inside = [index for _, index in window.entries(place, array.shape[2:]) if index is not None]
        if not inside:
            raise call.refused("a window that lies in the padding alone")
        for image, channel in product(*map(range, array.shape[:2])):
            entries = [array[(image, channel, *index)] for index in inside]
            found[(image, channel, *place)] = pool(entries, _product(window.kernel))
    return found


def _average_pool(call):
    padded = call.attributes.get("count_include_pad", 0)
    return _pooled(call, lambda entries, size: total(entries) * mpq(1, size if padded else len(entries)))


def _max_pool(call):
    return _pooled(call, lambda entries, _: largest(call.builder, entries))


def largest(builder, entries):
    """Return the maximum of entries, as a tree of maxima of two."""
    while len(entries) > 1:
        pairs = [
            builder.value(builder.maximum(as_expression(a), b)) for a, b in zip(entries[::2], entries[1::2])
        ]
        entries = pairs + (entries[-1:] if len(entries) % 2 else [])
    return entries[0]


def _global(call):
    """GlobalAveragePool and GlobalMaxPool: one number for each channel."""
    array = call.units(call.real())
    if array.ndim < 3:
        raise call.refused(f"expected an image, got the shape {array.shape}")
    call.spend(array.size)
    found = np.empty(array.shape[:2] + (1,) * (array.ndim - 2), dtype=object)
    for image, channel in product(*map(range, array.shape[:2])):
        entries = array[image, channel].ravel().tolist()
        mean = call.name == "GlobalAveragePool"
        found[image, channel] = total(entries) * mpq(1, len(entries)) if mean else largest(call.builder, entries)
    return found


def _pad(call):
    """Pad with a constant, or cut where a number is negative."""
    array, pads = call.inputs[0], call.integers(1, "pads")
    if call.attributes.get("mode", b"constant") != b"constant":
        raise call.refused("only padding with a constant is read")
    axes = call.integers(3) if call.optional(3) is not None else list(range(array.ndim))
    axes = [range(array.ndim)[axis] for axis in axes]
    if len(pads) != 2 * len(axes):
        raise call.refused(f"expected {2 * len(axes)} numbers of padding, got {len(pads)}")
    widths = [(0, 0)] * array.ndim
    for k, axis in enumerate(axes):
        widths[axis] = (pads[k], pads[k + len(axes)])
    check_size(_product([side + max(a, 0) + max(b, 0) for side, (a, b) in zip(array.shape, widths)]), call.place)
    if call.optional(2) is not None:
        value = numbers(call.constant(2, "the padding")).item()
    else:
        value = exact_value(call.attributes.get("value", 0.0))
    array = np.pad(call.real(), [(max(a, 0), max(b, 0)) for a, b in widths], constant_values=value)
    return array[tuple(slice(max(-a, 0), side - max(-b, 0)) for side, (a, b) in zip(array.shape, widths))]


def _product(sides):
    return int(np.prod(np.array(sides, dtype=object))) if len(sides) else 1


OPERATORS = {
    "AveragePool": _average_pool, "Conv": _conv, "GlobalAveragePool": _global, "GlobalMaxPool": _global,
    "MaxPool": _max_pool, "Pad": _pad,
}
