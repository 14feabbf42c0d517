"""ONNX models for the tests, made node by node, and their values by the reference implementation of ONNX."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from exactrelu.field import mpq


def model(nodes, shape, constants=(), version=17, kind=TensorProto.DOUBLE, output="y", batch=None):
    """Return the ``ModelProto`` with one input x of a shape, the output y and {name: array} as initializers.

    ``nodes`` are tuples (operator, inputs, outputs, attributes).
    """
    made = [helper.make_node(op, inputs, outputs, **attributes) for op, inputs, outputs, attributes in nodes]
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in dict(constants).items()]
    x = helper.make_tensor_value_info("x", kind, list(shape) if batch is None else [batch, *shape[1:]])
    y = helper.make_tensor_value_info(output, kind, [])
    graph = helper.make_graph(made, "test", [x], [y], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)


def saved(path, *arguments, **settings):
    """Write such a model and return its path."""
    onnx.save(model(*arguments, **settings), path)
    return path


def dyadic(random, shape, bound=8):
    """Return an array of multiples of 1/4, exact in every float."""
    return random.integers(-bound, bound + 1, size=shape) / 4.0


def reference(found, points, shape):
    """Return the outputs of a model at points, rows of floats, by the reference implementation, as lists of ``mpq``."""
    evaluator = ReferenceEvaluator(found)
    kind = helper.tensor_dtype_to_np_dtype(found.graph.input[0].type.tensor_type.elem_type)
    values = [evaluator.run(None, {"x": np.asarray(point, dtype=kind).reshape(shape)})[0] for point in points]
    return [[mpq(*float(entry).as_integer_ratio()) for entry in np.ravel(value)] for value in values]
