"""Operators of ONNX that are affine: products with constants, sums, means, normalisations."""

import numpy as np

from exactrelu.field import iroot, mpq
from exactrelu.formats.numbers import exact_value
from exactrelu.formats.operators.call import depends, numbers
from exactrelu.network import total
from exactrelu.network.builder import Expression

ZERO = mpq(0)


def product(call, left, right):
    """Return the matrix product of two arrays of one or more dimensions, as numpy's, one of them of constants."""
    if depends(left) and depends(right):
        raise call.refused("a product of two values of the network is not piecewise linear")
    if depends(right):  # (A B)ᵀ = Bᵀ Aᵀ
        if right.ndim == 1 or left.ndim == 1:
            return product(call, *((array.T if array.ndim < 3 else array.swapaxes(-1, -2)) for array in (right, left)))
        return product(call, right.swapaxes(-1, -2), left.swapaxes(-1, -2)).swapaxes(-1, -2)
    rows = left[None] if left.ndim == 1 else left
    columns = numbers(right[:, None] if right.ndim == 1 else right)
    if rows.shape[-1] != columns.shape[-2]:
        raise call.refused(f"the shapes {left.shape} and {right.shape} do not fit together")
    batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    size = int(np.prod(batch, dtype=object)) * rows.shape[-2] * columns.shape[-1]
    call.spend(size * rows.shape[-1])
    rows = np.broadcast_to(call.units(rows), batch + rows.shape[-2:])
    columns = np.broadcast_to(columns, batch + columns.shape[-2:])
    found = np.empty((*batch, rows.shape[-2], columns.shape[-1]), dtype=object)
    for place in np.ndindex(*batch):
        for i, row in enumerate(rows[place]):
            for j, column in enumerate(columns[place].T):
                found[(*place, i, j)] = combination(column, row)
    if left.ndim == 1:
        found = found[..., 0, :]
    return found[..., 0] if right.ndim == 1 else found


def combination(weights, entries):
    """Return  Σ weight * entry  over the two sequences, ``mpq`` and entries of an array: a `linear_combination`.

    Most weights of a file pass through here; they are known to be exact, so that none is looked at again.
    """
    terms, bias = {}, ZERO
    for weight, entry in zip(weights, entries, strict=True):
        if not weight:
            continue
        if type(entry) is Expression:
            bias += weight * entry.bias
            for node, factor in entry.terms.items():
                terms[node] = terms[node] + weight * factor if node in terms else weight * factor
        else:
            bias += weight * entry
    return Expression(terms, bias)


def _gemm(call):
    left, right = call.real(0), call.real(1)
    if left.ndim != 2 or right.ndim != 2:
        raise call.refused(f"expected two matrices, got the shapes {left.shape} and {right.shape}")
    alpha, beta = (exact_value(call.attributes.get(name, 1.0)) for name in ("alpha", "beta"))
    left = left.T if call.attributes.get("transA") else left
    right = right.T if call.attributes.get("transB") else right
    found = product(call, left, right)
    found = call.elementwise(lambda entry: alpha * entry, found) if alpha != 1 else found
    if call.optional(2) is None:
        return found
    bias = call.real(2)
    return call.elementwise(lambda a, b: a + beta * b, found, np.broadcast_to(bias, found.shape))


def _matmul(call):
    return product(call, call.real(0), call.real(1))


def _sum(call):
    found = _first(call)
    for array in call.inputs[1:]:
        found = _arithmetic(call, lambda a, b: a + b, found, array)
    return found


def _mean(call):
    found, count = _sum(call), len(call.inputs)
    return call.elementwise(lambda entry: entry * mpq(1, count), found)


def _first(call):
    return call.inputs[0]


def _arithmetic(call, function, first, second):
    """Return function(first, second), for arrays of exact entries or, both, of integers."""
    if (first.dtype == object) != (second.dtype == object):
        raise call.refused("one input holds floats, the other one integers")
    if first.dtype == object:
        return call.elementwise(function, first, second)
    call.spend(np.prod(np.broadcast_shapes(first.shape, second.shape), dtype=object))
    found = np.frompyfunc(function, 2, 1)(first.astype(object), second.astype(object))
    return np.asarray(found, dtype=object).astype(np.int64)


def _mul(call):
    first, second = call.inputs
    if depends(first) and depends(second):
        raise call.refused("a product of two values of the network is not piecewise linear")
    if depends(second):
        first, second = second, first
    second = second if second.dtype != object else numbers(second)
    return _arithmetic(call, lambda a, b: a * b, first, second)


def _div(call):
    first, second = call.inputs
    if depends(second):
        raise call.refused("a quotient by a value of the network is not piecewise linear")
    second = second if second.dtype != object else numbers(second)
    if not all(second.flat):
        raise call.refused("division by zero")
    if first.dtype != object:
        return _arithmetic(call, lambda a, b: abs(a) // abs(b) * (1 if a * b >= 0 else -1), first, second)
    return _arithmetic(call, lambda a, b: a / b, first, second)


def _sub(call):
    return _arithmetic(call, lambda a, b: a - b, *call.inputs)


def _neg(call):
    return call.elementwise(lambda entry: -entry, call.real())


def _reduced(call):
    """ReduceSum and ReduceMean: sums along axes, all of them by default."""
    array = call.real()
    axes = call.integers(1, "axes")
    if not axes and call.attributes.get("noop_with_empty_axes"):
        return array
    axes = sorted({range(array.ndim)[axis] for axis in axes or range(array.ndim)})
    count = int(np.prod([array.shape[axis] for axis in axes], dtype=object))
    call.spend(array.size)
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    entries = call.units(array).transpose(*kept, *axes).reshape([array.shape[axis] for axis in kept] + [count])
    found = np.empty(entries.shape[:-1], dtype=object)
    for place in np.ndindex(*found.shape):
        found[place] = total(entries[place])
        if call.name == "ReduceMean":
            found[place] = found[place] * mpq(1, count)
    if call.attributes.get("keepdims", 1):
        found = found.reshape([1 if axis in axes else side for axis, side in enumerate(array.shape)])
    return found


def _batch_normalization(call):
    """(x − mean) · scale / √(variance + ε) + bias, where the root is rational."""
    array = call.real()
    if call.attributes.get("training_mode") or call.outputs > 1:
        raise call.refused("it is in training mode; export the model in evaluation mode (model.eval())")
    names = ("the scale", "the bias", "the mean", "the variance")
    scale, bias, mean, variance = (call.constant(k, name) for k, name in enumerate(names, 1))
    epsilon = exact_value(call.attributes.get("epsilon", np.float32(1e-5)))
    if array.ndim < 2 or any(part.shape != array.shape[1:2] for part in (scale, bias, mean, variance)):
        raise call.refused(f"expected four numbers for each channel of the shape {array.shape}")
    factors = []
    for weight, square in zip(scale, variance, strict=True):
        roots = [iroot(part, 2) for part in (square + epsilon).as_integer_ratio()] if square + epsilon > 0 else []
        if not roots or not all(is_square for _, is_square in roots):
            raise call.refused(
                "the root of variance + epsilon is not rational, so that no exact network has it; fold it into the "
                "layer before, which rounds once (PyTorch exports a model in evaluation mode so)"
            )
        (above, _), (below, _) = roots
        factors.append(weight * below / above)
    sides = [1, -1] + [1] * (array.ndim - 2)
    factors, shifts = np.array(factors, dtype=object), np.array(bias, dtype=object)
    shifts = shifts - factors * mean
    return call.elementwise(lambda x, a, b: x * a + b, array, factors.reshape(sides), shifts.reshape(sides))


OPERATORS = {
    "Add": _sum, "BatchNormalization": _batch_normalization, "Div": _div, "Gemm": _gemm, "MatMul": _matmul,
    "Mean": _mean, "Mul": _mul, "Neg": _neg, "ReduceMean": _reduced, "ReduceSum": _reduced, "Sub": _sub, "Sum": _sum,
}
