"""Networks as ONNX files: a Gemm and a Relu for each layer, and one Div at the end where units were scaled."""

import numpy as np

from exactrelu.formats.dense import dense_of
from exactrelu.formats.extras import needed

OPSET, IR_VERSION = 13, 8
"""The versions of ONNX that are written, which are old enough for most programs."""


def onnx_of(network, kind, where, rounded=False):
    """Return (bytes of the ONNX file, numbers that were rounded) of a network; see `dense_of`.

    The input is ``x``, of the shape [N, inputs] with a free N, the output ``y``, of the shape [N, outputs].
    """
    onnx = needed("onnx", where)
    helper, from_array = onnx.helper, onnx.numpy_helper.from_array
    dense = dense_of(network, kind, where, rounded)
    float_type = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    nodes, tensors, last = [], [], len(dense.weights) - 1
    value = "x"
    for k, (weights, biases) in enumerate(zip(dense.weights, dense.biases, strict=True)):
        tensors += [from_array(weights, f"W{k}"), from_array(biases, f"b{k}")]
        end = "y" if k == last and dense.divisor is None else f"z{k}"
        nodes.append(helper.make_node("Gemm", [value, f"W{k}", f"b{k}"], [end], f"layer{k}", transB=1))
        if k < last:
            nodes.append(helper.make_node("Relu", [end], [f"a{k}"], f"relu{k}"))
        value = f"a{k}" if k < last else end
    if dense.divisor is not None:
        tensors.append(from_array(dense.divisor, "divisor"))
        nodes.append(helper.make_node("Div", [value, "divisor"], ["y"], "divisor"))
    ends = [
        [helper.make_tensor_value_info(name, float_type, ["N", size])]
        for name, size in (("x", network.inputs), ("y", len(dense.biases[-1])))
    ]
    graph = helper.make_graph(nodes, "exactrelu", *ends, tensors)
    versions = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION, producer_name="exactrelu")
    return model.SerializeToString(deterministic=True), dense.rounded
