"""ONNX files: parsed, checked, and everything refused that has no meaning here, before any tensor is made."""

import math

import networkx as nx
import numpy as np

from exactrelu.errors import InputError
from exactrelu.formats.extras import needed
from exactrelu.formats.numbers import check_size, exact_array
from exactrelu.network.files import MAX_INPUTS

MAX_NODES = 100_000
"""The most nodes of an ONNX graph."""

_KINDS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")
_INTEGERS = ("INT64", "INT32", "INT16", "INT8", "UINT8", "UINT16", "UINT32", "BOOL")


def parse_model(content, where):
    """Return the ``ModelProto`` in the bytes of an ONNX file, checked; raises `InputError`."""
    onnx = needed("onnx", where)
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load_model_from_string(content)
    except DecodeError:
        raise InputError(f"{where}: damaged, or no ONNX file: it is no protobuf message of a model") from None
    if not model.HasField("graph"):
        raise InputError(f"{where}: no ONNX file: there is no graph in it")
    graph = model.graph
    if len(graph.node) > MAX_NODES:
        raise InputError(f"{where}: {len(graph.node)} nodes are more than the limit of {MAX_NODES}")
    if graph.sparse_initializer:
        raise InputError(f"{where}: sparse tensors are not read; write them as dense ones")
    if model.functions:
        raise InputError(f"{where}: functions are not read; inline them: onnx.inliner.inline_local_functions")
    for tensor in _tensors(graph):
        check_tensor(tensor, where)
    for node in graph.node:
        if node.domain not in ("", "ai.onnx"):
            raise InputError(
                f"{where}: node {_short(node.name or node.op_type)}: operators of {_short(node.domain)} are not read; "
                "export with the standard operators of ONNX"
            )
    _sort(graph)
    try:
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, ValueError, RuntimeError) as error:
        raise InputError(f"{where}: not valid ONNX: {' '.join(str(error).split())[:200]}") from None
    return model


def _sort(graph):
    """Put the nodes of a graph behind those that they read, as ONNX demands it and not every program writes it."""
    made = {name: k for k, node in enumerate(graph.node) for name in node.output if name}
    reads = [(made[name], k) for k, node in enumerate(graph.node) for name in node.input if name in made]
    if all(source < k for source, k in reads):
        return
    order = nx.DiGraph(reads)
    order.add_nodes_from(range(len(graph.node)))
    if nx.is_directed_acyclic_graph(order):  # else the validator says which node reads what is not there
        nodes = [type(graph.node[k]).FromString(graph.node[k].SerializeToString()) for k in nx.topological_sort(order)]
        del graph.node[:]
        graph.node.extend(nodes)


def _tensors(graph):
    """Yield the tensors of a graph and of the attributes of its nodes."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def check_tensor(tensor, where):
    """Raise `InputError` for data in another file, kinds that are no numbers, and shapes that are not the data's."""
    onnx = needed("onnx", where)
    place = f"{where}: tensor {_short(tensor.name)}"
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise InputError(
            f"{place}: its data lie in another file, which is not opened; onnx.save(onnx.load(FILE), OTHER) puts them "
            "into one"
        )
    kind = kind_name(tensor.data_type)
    if kind not in _KINDS + _INTEGERS:
        raise InputError(f"{place}: {kind} is not read; expected {', '.join(_KINDS)} or integers")
    size = math.prod(tensor.dims)
    if min(tensor.dims, default=0) < 0:
        raise InputError(f"{place}: a shape with a negative entry")
    check_size(size, place)
    if tensor.HasField("raw_data"):
        held = len(tensor.raw_data) / onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    else:
        held = max(len(getattr(tensor, f"{name}_data")) for name in ("float", "double", "int32", "int64", "uint64"))
    if held != size:
        raise InputError(f"{place}: a shape of {size} numbers, but data for {held:g}")


def kind_name(number):
    """Return the name of the kind of the entries of a tensor, given its number in ONNX."""
    from onnx import TensorProto

    known = TensorProto.DataType.values()
    return TensorProto.DataType.Name(number) if number in known else f"the kind {number}"


def array_of(tensor, where):
    """Return a tensor: floats as an array of ``mpq``, integers as an array of ``int64``."""
    from onnx import numpy_helper

    place = f"{where}: tensor {_short(tensor.name)}"
    try:
        array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError) as error:
        raise InputError(f"{place}: cannot be read: {_short(error)}") from None
    if kind_name(tensor.data_type) in _INTEGERS:
        return array.astype(np.int64)
    return exact_array(array if array.dtype.kind == "f" else array.astype(np.float32), place)


def float_kind(value, where):
    """Return the name of the kind of an input or output, which has to be one of floats."""
    kind = kind_name(value.type.tensor_type.elem_type)
    if not value.type.HasField("tensor_type") or kind not in _KINDS:
        raise InputError(f"{where}: {_short(value.name)}: expected a tensor of floats, got {kind}")
    return kind


def shape_of(value, where):
    """Return the shape of an input as a tuple; a dimension without a size is the batch, of size 1, if it is the first.

    Raises `InputError` for other dimensions without a size, and for more numbers than a network may have inputs.
    """
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        raise InputError(f"{where}: input {_short(value.name)}: no shape; export it with one")
    shape = []
    for k, dimension in enumerate(tensor.shape.dim):
        if not dimension.dim_value and k == 0:
            shape.append(1)
        elif dimension.dim_value < 1:
            raise InputError(
                f"{where}: input {_short(value.name)}: dimension {k} has no size; export it with a fixed one (only the "
                "first, the batch, may be free)"
            )
        else:
            shape.append(dimension.dim_value)
    if math.prod(shape) > MAX_INPUTS:
        raise InputError(f"{where}: input {_short(value.name)}: more than {MAX_INPUTS} numbers")
    return tuple(shape)


def _short(value):
    """Return a name of the file, for messages."""
    return repr(str(value)[:60])
