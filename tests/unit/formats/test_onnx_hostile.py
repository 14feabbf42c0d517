"""ONNX files that are damaged, hostile or outside of what is read: one line, exit code 2, no time and no memory."""

import numpy as np
import onnx
import pytest
from command import refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx_models import model

from exactrelu.errors import InputError
from exactrelu.formats.onnx_graph import read_onnx

RELU = [("Relu", ["x"], ["y"], {})]
IMAGE = (1, 1, 4, 4)


def one(op, *inputs, constants=(), shape=(1, 2), version=17, outputs=("y",), **attributes):
    """Return a model of one operator of x and further inputs."""
    return model([(op, ["x", *inputs], list(outputs), attributes)], shape, dict(constants), version)


def changed(change, nodes=RELU, constants=(), **settings):
    """Return a model after change(model)."""
    found = model(nodes, (1, 2), dict(constants), **settings)
    change(found)
    return found


def external(found):
    """Move the data of the first tensor into another file."""
    tensor = found.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"


def huge(found):
    """Say that a tensor has very many entries."""
    found.graph.initializer[0].dims[:] = [10**9, 10**9]


def short(found):
    """Take bytes of a tensor away."""
    found.graph.initializer[0].raw_data = b"\0" * 8


def text(found):
    """Make a tensor of strings."""
    found.graph.initializer[0].CopyFrom(helper.make_tensor("w", TensorProto.STRING, [1], [b"x"]))


def sparse(found):
    """Add a sparse tensor."""
    found.graph.sparse_initializer.add()


def function(found):
    """Add a function of the model's own."""
    found.functions.add(name="f", domain="custom")


def of_microsoft(found):
    """Take the node from another domain."""
    found.graph.node[0].domain = "com.microsoft"


def of_integers(found):
    """Make the input one of integers."""
    found.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64


def free(found):
    """Leave the second dimension free."""
    found.graph.input[0].type.tensor_type.shape.dim[1].dim_param = "K"


def wide(found):
    """Make the input very wide."""
    found.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 10**12


def without_input(found):
    """Leave no input: it is a constant."""
    found.graph.initializer.add(name="x", data_type=TensorProto.DOUBLE, dims=[1], double_data=[1.0])


def branch(found):
    """Make the node an If with a graph inside."""
    inner = helper.make_graph([helper.make_node("Identity", ["x"], ["z"])], "inner", [],
                              [helper.make_tensor_value_info("z", TensorProto.DOUBLE, [])])
    condition = onnx.numpy_helper.from_array(np.array(True), "c")
    found.graph.initializer.append(condition)
    found.graph.node[0].CopyFrom(helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner))


W = np.ones((2, 2))
MATMUL = [("MatMul", ["x", "w"], ["y"], {})]
BIG = np.array([10**5, 10**5])
DENSE = [("MatMul", ["x", "w"], ["0"], {}), *(("Add", [f"{k}", f"{k}"], [f"{k + 1}"], {}) for k in range(60))]
NORM = {"s": np.ones(1), "b": np.ones(1), "m": np.ones(1), "v": np.array([2.0])}
CASES = {
    "external": (changed(external, MATMUL, {"w": W}), "tensor 'w': its data lie in another file, which is not opened"),
    "huge": (changed(huge, MATMUL, {"w": W}), "tensor 'w': 1000000000000000000 numbers are more than the limit"),
    "short": (changed(short, MATMUL, {"w": W}), "tensor 'w': a shape of 4 numbers, but data for 1"),
    "text": (changed(text, MATMUL, {"w": W}), "tensor 'w': STRING is not read; expected FLOAT, DOUBLE"),
    "complex": (model(MATMUL, (1, 2), {"w": W * 1j}), "tensor 'w': COMPLEX128 is not read; expected FLOAT"),
    "sparse": (changed(sparse), "sparse tensors are not read"),
    "function": (changed(function), "functions are not read; inline them"),
    "domain": (changed(of_microsoft), "node 'Relu': operators of 'com.microsoft' are not read; export with"),
    "integers": (changed(of_integers), "'x': expected a tensor of floats, got INT64"),
    "free": (changed(free), "input 'x': dimension 1 has no size; export it with a fixed one"),
    "wide": (changed(wide), "input 'x': more than 10000 numbers"),
    "no_input": (changed(without_input), "the graph has no input"),
    "branch": (changed(branch), "graphs inside of graphs are not read"),
    "cycle": (model([("Add", ["x", "z"], ["y"], {}), ("Relu", ["y"], ["z"], {})], (1, 2)), "not valid ONNX: Nodes"),
    "itself": (model([("Add", ["x", "y"], ["y"], {})], (1, 2)), "not valid ONNX: "),
    "missing": (model([("Add", ["x", "nowhere"], ["y"], {})], (1, 2)), "not valid ONNX: "),
    "no_output": (model(RELU, (1, 2), output="z"), "not valid ONNX: "),
    "nan": (model(MATMUL, (1, 2), {"w": W * np.nan}), "tensor 'w': nan at index [0, 0] is not a number"),
    "infinite": (model(MATMUL, (1, 2), {"w": W * np.inf}), "tensor 'w': inf at index [0, 0] is not a number"),
    "sigmoid": (one("Sigmoid"), "node 'y' (Sigmoid): it is not piecewise linear, and exact networks are; use Relu"),
    "softmax": (one("Softmax"), "where it is the last step, cut it off: the largest output stays the same"),
    "sign": (one("Sign"), "it jumps, and a network of affine and ReLU nodes is continuous"),
    "quantised": (one("QuantizeLinear", "s", constants={"s": np.array(1.0)}), "it rounds, which is no continuous"),
    "unknown": (one("DepthToSpace", shape=(1, 4, 2, 2), blocksize=2), "it is not read; simplify the file"),
    "square": (one("Mul", "x"), "a product of two values of the network is not piecewise linear"),
    "quadratic": (one("MatMul", "x", shape=(2, 2)), "a product of two values of the network is not piecewise linear"),
    "reciprocal": (model([("Div", ["w", "x"], ["y"], {})], (1, 2), {"w": W}), "a quotient by a value of the network"),
    "by_zero": (one("Div", "w", constants={"w": 0 * W}), "division by zero"),
    "shapes": (one("MatMul", "w", constants={"w": np.ones((3, 3))}), "the shapes (1, 2) and (3, 3) do not fit"),
    "broadcast": (one("Add", "w", constants={"w": np.ones((3,))}), "its inputs and attributes do not fit together"),
    "mixed": (one("Add", "w", constants={"w": np.ones(2, dtype=np.int64)}), "one input holds floats, the other one"),
    "reshape": (one("Reshape", "s", constants={"s": np.array([3])}), "its inputs and attributes do not fit together"),
    "expand": (one("Expand", "s", constants={"s": BIG}, shape=(1, 1)), "10000000000 numbers are more than the limit"),
    "tile": (one("Tile", "s", constants={"s": BIG}), "20000000000 numbers are more than the limit of 5000000"),
    "of_shape": (model([("ConstantOfShape", ["s"], ["c"], {}), ("Add", ["x", "c"], ["y"], {})], (1, 2), {"s": BIG}),
                 "10000000000 numbers are more than the limit"),
    "range": (model([("Range", ["a", "b", "c"], ["i"], {}), ("Gather", ["x", "i"], ["y"], {})], (1, 2),
                    {"a": np.array(0), "b": np.array(10**15), "c": np.array(1)}), "1000000000000000 numbers are more"),
    "outer": (one("Add", "w", constants={"w": np.ones((3000, 1))}, shape=(1, 3000)), "has more than 5000000 numbers"),
    "dense": (model(DENSE, (1, 300), {"w": np.ones((300, 200))}, output="60"), "has more than 5000000 numbers"),
    "pad": (one("Pad", "p", constants={"p": np.array([0, 0, 0, 10**12])}), "numbers are more than the limit"),
    "reflect": (one("Pad", "p", constants={"p": np.array([0, 1, 0, 0])}, mode="reflect"), "only padding with a con"),
    "indices": (one("MaxPool", shape=IMAGE, kernel_shape=[2, 2], outputs=("y", "i")), "expected an image, and one"),
    "ceil": (one("MaxPool", shape=IMAGE, kernel_shape=[2, 2], ceil_mode=1), "ceil_mode is not read"),
    "window": (one("MaxPool", shape=IMAGE, kernel_shape=[5, 5]), "the window is larger than the image"),
    "step": (one("MaxPool", shape=IMAGE, kernel_shape=[2, 2], strides=[0, 1]), "a window needs positive sizes"),
    "channels": (one("Conv", "w", constants={"w": np.ones((1, 2, 2, 2))}, shape=IMAGE), "1 channels, 1 groups and"),
    "irrational": (one("BatchNormalization", *NORM, constants=NORM, shape=IMAGE), "the root of variance + eps"),
    "training": (one("BatchNormalization", *NORM, constants=NORM, shape=IMAGE, training_mode=1), "export the model"),
    "moving_slope": (one("PRelu", "x"), "the slope depends on the inputs of the network"),
    "to_integers": (model([("Cast", ["x"], ["i"], {"to": 7}), ("Cast", ["i"], ["y"], {"to": 11})], (1, 2)),
                    "what is cast to integers depends on the inputs"),
    "rounding": (model([("Cast", ["w"], ["v"], {"to": 1}), ("Add", ["x", "v"], ["y"], {})], (1, 2), {"w": W / 10}),
                 "a cast that rounds constants to float32 is not read"),
    "axis": (one("Flatten", axis=7), "the shape (1, 2) has no axis 7"),
    "dimensions": (one("Unsqueeze", "a", constants={"a": np.arange(40)}), "more than 32 dimensions"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_refused(tmp_path, capsys, name):
    """Each file is refused with its own message, in one short line that begins with its name."""
    found, message = CASES[name]
    path = tmp_path / "net.onnx"
    path.write_bytes(found.SerializeToString())
    line = refusal(capsys, "eval", path, 0, 0)
    assert line.startswith(f"{path}: ") and message in line and len(line) < 400 + len(str(path))


@pytest.mark.parametrize("content", [b"", b"\x08\x08", b"not a model", b"{}", b"\x0a" * 100, bytes(range(256))])
def test_what_is_no_model(tmp_path, capsys, content):
    """Bytes that are no model are said to be none."""
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    line = refusal(capsys, "eval", path, 0)
    assert line.startswith(f"{path}: ") and ("no ONNX file" in line or "not valid ONNX" in line)


GOOD = model(
    [("Conv", ["x", "k"], ["c"], {"pads": [1, 0, 0, 1]}), ("Relu", ["c"], ["r"], {}), ("Flatten", ["r"], ["f"], {}),
     ("Gemm", ["f", "w", "b"], ["g"], {"transB": 1}), ("Clip", ["g", "l"], ["y"], {})],
    (1, 1, 3, 3), {"k": np.ones((1, 1, 2, 2)), "w": np.ones((2, 9)), "b": np.ones(2), "l": np.array(0.0)},
).SerializeToString()


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4),
       st.integers(1, len(GOOD)))
def test_damaged_files(changes, end):
    """A file some bytes of which are others, or that is cut off, is read or refused with one line."""
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    for damaged in (bytes(content), GOOD[:end]):
        try:
            read_onnx(damaged, "damaged")
        except InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 600
