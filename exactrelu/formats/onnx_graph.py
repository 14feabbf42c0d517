"""From an ONNX graph to a network: its nodes are carried out on arrays of exact expressions instead of floats.

An array holds exact numbers and `Expression`s, or integers (shapes and indices). Products make an affine node of each
sum that they read, so that a network keeps the structure of its file; sums and the movements of entries make none.
"""

from typing import NamedTuple

import numpy as np

from exactrelu.errors import InputError
from exactrelu.formats.onnx_model import array_of, float_kind, parse_model, shape_of
from exactrelu.formats.operators import OPERATORS
from exactrelu.formats.operators.call import Call, Work
from exactrelu.formats.operators.refused import way_out
from exactrelu.network import Builder
from exactrelu.network.files import MAX_INPUTS


class Graph(NamedTuple):
    """A ``network``, the ``operators`` of its file in order, and the kinds of floats of its weights."""

    network: object
    operators: tuple
    kinds: tuple


def read_onnx(content, where):
    """Return the `Network` in the bytes of an ONNX file; see `read_graph`."""
    return read_graph(content, where).network


def read_graph(content, where):
    """Return the `Graph` in the bytes of an ONNX file; raises `InputError` with the node that cannot be used.

    Inputs and outputs are numbered through all inputs and outputs of the graph, each in the order of its entries.
    """
    model = parse_model(content, where)
    graph = model.graph
    values = {tensor.name: array_of(tensor, where) for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in values]
    if not inputs:
        raise InputError(f"{where}: the graph has no input")
    kinds = {float_kind(value, where) for value in (*inputs, *graph.output)}
    shapes = [shape_of(value, where) for value in inputs]
    sizes = [int(np.prod(shape)) for shape in shapes]
    if not 1 <= sum(sizes) <= MAX_INPUTS:
        raise InputError(f"{where}: expected 1 to {MAX_INPUTS} inputs, got {sum(sizes)}")
    builder = Builder(sum(sizes))
    expressions = np.array(builder.inputs, dtype=object)
    for value, shape, start in zip(inputs, shapes, np.cumsum([0, *sizes])):
        values[value.name] = expressions[start : start + int(np.prod(shape))].reshape(shape)
    version = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 1)
    work = Work()
    for node in graph.node:
        place = f"{where}: node {(node.name or node.output[0])[:60]!r} ({node.op_type[:40]})"
        call = _call(node, values, version, builder, work, place)
        if node.op_type not in OPERATORS:
            raise call.refused(way_out(node.op_type))
        found = _carried_out(call, OPERATORS[node.op_type])
        for name, array in zip(node.output, found, strict=False):
            work.spend(array.size, place)
            values[name] = array
    outputs = []
    for value in graph.output:
        if value.name not in values:
            raise InputError(f"{where}: the output {value.name[:60]!r} is computed by no node that is read")
        if values[value.name].dtype != object:
            raise InputError(f"{where}: the output {value.name[:60]!r} holds integers; expected floats")
        outputs += values[value.name].ravel().tolist()
    if not outputs:
        raise InputError(f"{where}: the outputs hold no numbers")
    return Graph(builder.network(outputs), tuple(node.op_type for node in graph.node), tuple(sorted(kinds)))


def _call(node, values, version, builder, work, place):
    """Return the `Call` of a node, its inputs and attributes looked up."""
    from onnx import AttributeProto, helper

    attributes = {}
    for attribute in node.attribute:
        if attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS):
            raise InputError(f"{place}: {way_out(node.op_type)}")
        found = helper.get_attribute_value(attribute)
        attributes[attribute.name] = array_of(found, place) if attribute.type == AttributeProto.TENSOR else found
    arguments = []
    for name in node.input:
        if name and name not in values:
            raise InputError(f"{place}: its input {name[:60]!r} is an output of a node that is not read")
        arguments.append(values[name] if name else None)
    return Call(node.op_type, arguments, attributes, version, len(node.output), builder, work, place)


def _carried_out(call, operator):
    """Return the list of the output arrays of a `Call`."""
    try:
        found = operator(call)
    except InputError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, ZeroDivisionError) as error:
        # the shapes and attributes of the file do not fit together: numpy, or the operator, says in which way
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise call.refused(f"its inputs and attributes do not fit together: {reason}") from None
    return found if isinstance(found, list) else [found]
