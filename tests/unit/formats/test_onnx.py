"""ONNX files: each operator is what the reference implementation computes, exactly, where floats do not round."""

from itertools import permutations

import numpy as np
import pytest
from onnx import TensorProto
from onnx_models import dyadic, model, reference, saved

from exactrelu.field import mpq
from exactrelu.formats.onnx_graph import read_graph
from exactrelu.formats.operators import OPERATORS
from exactrelu.planar import count_regions

W = np.array([[1.0, -0.5], [2.0, 0.25], [-1.5, 3.0]])
B = np.array([0.5, -1.0, 2.0])
IMAGE = (1, 2, 5, 4)
KERNEL = dyadic(np.random.default_rng(5), (4, 2, 3, 2))
GROUPED = dyadic(np.random.default_rng(6), (4, 1, 2, 2))


def one(op, inputs=(), constants=(), **attributes):
    """Return the nodes and constants of a model of one operator of x and further inputs."""
    return [(op, ["x", *inputs], ["y"], attributes)], constants


INTS = {"i": np.array([2, -1]), "axis": np.array([1])}
CASES = {
    "gemm": ((1, 2), *one("Gemm", ["w", "b"], {"w": W, "b": B}, transB=1)),
    "gemm_scaled": ((2, 1), *one("Gemm", ["w", "b"], {"w": W.T, "b": B}, transA=1, alpha=0.5, beta=-2.0)),
    "gemm_without_bias": ((1, 2), *one("Gemm", ["w"], {"w": W.T})),
    "gemm_of_the_right": ((2, 1), [("Gemm", ["w", "x"], ["y"], {})], {"w": W}),
    "matmul": ((1, 2), *one("MatMul", ["w"], {"w": W.T})),
    "matmul_of_the_right": ((2, 1), [("MatMul", ["w", "x"], ["y"], {})], {"w": W}),
    "matmul_of_vectors": ((2,), *one("MatMul", ["w"], {"w": W[0]})),
    "matmul_vector_by_matrix": ((2,), *one("MatMul", ["w"], {"w": W.T})),
    "matmul_matrix_by_vector": ((2,), [("MatMul", ["w", "x"], ["y"], {})], {"w": W}),
    "matmul_in_batches": ((2, 3, 2), *one("MatMul", ["w"], {"w": W.T})),
    "matmul_in_batches_right": ((2, 2, 3), [("MatMul", ["w", "x"], ["y"], {})], {"w": np.stack([W, -W])}),
    "add": ((2, 3), *one("Add", ["b"], {"b": B})),
    "sub": ((2, 3), [("Sub", ["b", "x"], ["y"], {})], {"b": B}),
    "mul": ((2, 3), *one("Mul", ["b"], {"b": B})),
    "mul_by_the_left": ((2, 3), [("Mul", ["b", "x"], ["y"], {})], {"b": B}),
    "div": ((1, 3), *one("Div", ["d"], {"d": np.array([0.5, -4.0, 2.0])})),
    "neg": ((3,), *one("Neg")),
    "sum": ((3,), *one("Sum", ["x", "b"], {"b": B})),
    "mean": ((3,), *one("Mean", ["b"], {"b": B})),
    "relu": ((3,), *one("Relu")),
    "leaky": ((3,), *one("LeakyRelu", alpha=0.125)),
    "p_relu": ((2, 3), *one("PRelu", ["s"], {"s": np.array([0.5, -1.0, 2.0])})),
    "abs": ((3,), *one("Abs")),
    "max": ((3,), *one("Max", ["b", "c"], {"b": B, "c": np.array([0.25])})),
    "min": ((3,), *one("Min", ["b"], {"b": B})),
    "clip": ((3,), *one("Clip", ["l", "h"], {"l": np.array(-1.0), "h": np.array(0.5)})),
    "clip_above": ((3,), *one("Clip", ["", "h"], {"h": np.array(0.5)})),
    "clip_the_wrong_way": ((3,), *one("Clip", ["l", "h"], {"l": np.array(1.0), "h": np.array(-0.5)})),
    "hard_sigmoid": ((3,), *one("HardSigmoid", alpha=0.25, beta=0.5)),
    "batch_normalization": (IMAGE, *one("BatchNormalization", ["s", "b", "m", "v"], {
        "s": np.array([1.0, -2.0]), "b": B[:2], "m": np.array([0.25, 1.0]), "v": np.array([3.75, 0.0])}, epsilon=0.25)),
    "reduce_sum": ((2, 3), *one("ReduceSum", ["axis"], INTS)),
    "reduce_sum_of_all": ((2, 3), *one("ReduceSum", keepdims=0)),
    "reduce_mean": ((2, 4), *one("ReduceMean", axes=[-1], keepdims=0)),
    "reshape": ((2, 3), *one("Reshape", ["s"], {"s": np.array([0, -1, 1])})),
    "flatten": (IMAGE, *one("Flatten", axis=2)),
    "flatten_from_behind": (IMAGE, *one("Flatten", axis=-1)),
    "transpose": ((2, 3), *one("Transpose")),
    "transpose_by": ((1, 2, 3), *one("Transpose", perm=[2, 0, 1])),
    "concat": ((2, 3), *one("Concat", ["x"], axis=-1)),
    "slice": ((2, 5), *one("Slice", ["s", "e", "a", "t"], {
        "s": np.array([-1]), "e": np.array([-(2**62)]), "a": np.array([1]), "t": np.array([-2])})),
    "slice_forward": ((2, 5), *one("Slice", ["s", "e"], {"s": np.array([0, -3]), "e": np.array([1, 2**62])})),
    "split": ((2, 4), [("Split", ["x", "s"], ["a", "y"], {"axis": 1})], {"s": np.array([1, 3])}),
    "split_evenly": ((2, 4), [("Split", ["x"], ["a", "y"], {"axis": -1})], {}),
    "gather": ((3, 2), *one("Gather", ["i"], INTS)),
    "squeeze": ((1, 3), *one("Squeeze")),
    "unsqueeze": ((2, 3), *one("Unsqueeze", ["axis"], INTS)),
    "expand": ((1, 3), *one("Expand", ["s"], {"s": np.array([2, 1])})),
    "tile": ((1, 3), *one("Tile", ["s"], {"s": np.array([2, 1])})),
    "identity": ((3,), *one("Identity")),
    "dropout": ((3,), *one("Dropout")),
    "cast": ((3,), [("Cast", ["x"], ["z"], {"to": TensorProto.DOUBLE}), ("Relu", ["z"], ["y"], {})], {}),
    "conv": (IMAGE, *one("Conv", ["k", "b"], {"k": KERNEL, "b": np.arange(4.0)}, pads=[1, 0, 2, 1], strides=[2, 1])),
    "conv_dilated": (IMAGE, *one("Conv", ["k"], {"k": KERNEL}, dilations=[2, 1], auto_pad="SAME_UPPER")),
    "conv_in_groups": (IMAGE, *one("Conv", ["k"], {"k": GROUPED}, group=2, auto_pad="SAME_LOWER")),
    "conv_of_a_line": ((1, 2, 5), *one("Conv", ["k"], {"k": KERNEL[:, :, 0]})),
    "average_pool": (IMAGE, *one("AveragePool", kernel_shape=[2, 2], strides=[1, 2])),
    "average_pool_padded": (IMAGE, *one("AveragePool", kernel_shape=[2, 2], pads=[1, 1, 0, 0], count_include_pad=1)),
    "average_pool_at_the_border": (IMAGE, *one("AveragePool", kernel_shape=[2, 1], pads=[1, 0, 0, 0])),
    "max_pool": (IMAGE, *one("MaxPool", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 1, 1, 0])),
    "global_average_pool": ((1, 2, 2, 4), *one("GlobalAveragePool")),
    "global_max_pool": (IMAGE, *one("GlobalMaxPool")),
    "pad": ((2, 3), *one("Pad", ["p", "v"], {"p": np.array([0, 1, 1, 2]), "v": np.array(0.5)})),
    "constants": ((1, 2), [
        ("Constant", [], ["c"], {"value_float": 0.5}), ("ConstantOfShape", ["s"], ["o"], {}),
        ("Cast", ["o"], ["d"], {"to": TensorProto.DOUBLE}), ("Cast", ["c"], ["e"], {"to": TensorProto.DOUBLE}),
        ("Add", ["x", "e"], ["z"], {}), ("Sub", ["z", "d"], ["y"], {})], {"s": np.array([1, 2])}),
    "shapes": ((2, 3), [
        ("Shape", ["x"], ["s"], {}), ("Size", ["x"], ["n"], {}), ("Gather", ["s", "i0"], ["rows"], {}),
        ("Div", ["n", "rows"], ["columns"], {}), ("Unsqueeze", ["columns", "i0"], ["c"], {}),
        ("Unsqueeze", ["rows", "i0"], ["r"], {}), ("Concat", ["c", "r"], ["t"], {"axis": 0}),
        ("Reshape", ["x", "t"], ["y"], {})], {"i0": np.array(0)}),
    "ranges": ((4,), [("Range", ["a", "b", "c"], ["i"], {}), ("Gather", ["x", "i"], ["y"], {})],
               {"a": np.array(3), "b": np.array(-1), "c": np.array(-2)}),
}
OLD = {
    "clip": ((3,), 6, *one("Clip", min=-1.0, max=0.5)),
    "slice": ((2, 5), 9, *one("Slice", starts=[1], ends=[-1], axes=[1])),
    "squeeze": ((1, 3), 11, *one("Squeeze", axes=[0])),
    "unsqueeze": ((3,), 11, *one("Unsqueeze", axes=[0, 2])),
    "split": ((2, 4), 11, [("Split", ["x"], ["a", "y"], {"axis": 1, "split": [1, 3]})], {}),
    "pad": ((2, 3), 2, *one("Pad", pads=[0, 1, 0, 2], value=0.5)),
    "reduce_sum": ((2, 3), 11, *one("ReduceSum", axes=[1])),
}


def assert_same(found, shape, seed=1):
    """Assert that a model is read as a network with the values of the reference implementation."""
    points = dyadic(np.random.default_rng(seed), (6, int(np.prod(shape))))
    network = read_graph(found.SerializeToString(), "test.onnx").network
    values = [list(network.evaluate([mpq(*t.as_integer_ratio()) for t in point])) for point in points.tolist()]
    assert values == reference(found, points, shape)


@pytest.mark.parametrize("name", CASES)
def test_an_operator_is_that_of_the_reference(name):
    """At dyadic points, where no float rounds, the network has the values of the reference implementation."""
    shape, nodes, constants = CASES[name]
    assert_same(model(nodes, shape, constants), shape)


@pytest.mark.parametrize("name", OLD)
def test_operators_of_old_files(name):
    """What is an input today was an attribute once."""
    shape, version, nodes, constants = OLD[name]
    kind = TensorProto.FLOAT
    constants = {key: np.asarray(array, dtype=np.float32) for key, array in dict(constants).items()}
    assert_same(model(nodes, shape, constants, version, kind), shape)


def test_every_operator_has_a_case():
    """No operator is read that no case shows."""
    shown = {node[0] for _, nodes, _ in CASES.values() for node in nodes}
    assert shown == OPERATORS.keys()


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.float16])
def test_weights_are_the_numbers_that_the_floats_are(tmp_path, kind):
    """A weight 0.1 is the dyadic rational next to 1/10, not 1/10."""
    weight, number = np.array([[0.1]], dtype=kind), {np.float32: 1, np.float64: 11, np.float16: 10}[kind]
    path = saved(tmp_path / "n.onnx", [("MatMul", ["x", "w"], ["y"], {})], (1, 1), {"w": weight}, kind=number)
    (value,) = read_graph(path.read_bytes(), "n").network.evaluate((1,))
    assert value == mpq(*float(kind(0.1)).as_integer_ratio()) != mpq(1, 10)


def test_a_dense_product_of_a_dense_product_keeps_its_structure():
    """1000 → 1 → 1000 → 1 has about as many terms as its file has weights, not a product of them."""
    wide, tall = np.ones((30, 1)), np.ones((1, 30))
    nodes = [("MatMul", ["x", "w"], ["a"], {}), ("MatMul", ["a", "t"], ["b"], {}), ("MatMul", ["b", "w"], ["y"], {})]
    network = read_graph(model(nodes, (1, 30), {"w": wide, "t": tall}).SerializeToString(), "n").network
    assert network.graph.number_of_edges() < 150


def test_nodes_in_any_order():
    """A file whose nodes stand before those that they read is the same network; the validator alone would refuse it."""
    nodes = [("Constant", [], ["c"], {"value_float": 0.5}), ("Add", ["x", "c"], ["s"], {}), ("Relu", ["s"], ["r"], {}),
             ("Sub", ["r", "c"], ["y"], {})]
    for order in permutations(nodes):
        found = model(order, (1, 2), kind=TensorProto.FLOAT)
        assert read_graph(found.SerializeToString(), "n").network.evaluate((1, -2)) == (1, mpq(-1, 2))


def test_a_free_batch_is_one_point():
    """A first dimension without a size is a batch of one point."""
    found = model([("Relu", ["x"], ["y"], {})], (1, 2), batch="N")
    assert read_graph(found.SerializeToString(), "n").network.shape == (2, 2)


def test_regions_do_not_depend_on_how_a_file_writes_a_layer():
    """Gemm, or MatMul and Add: the same regions."""
    random = np.random.default_rng(3)
    w, b, v = dyadic(random, (5, 2)), dyadic(random, (5,)), dyadic(random, (1, 5))
    first = [("Gemm", ["x", "w", "b"], ["h"], {"transB": 1}), ("Relu", ["h"], ["r"], {}),
             ("Gemm", ["r", "v"], ["y"], {"transB": 1})]
    second = [("MatMul", ["x", "w"], ["m"], {}), ("Add", ["b", "m"], ["h"], {}), ("Relu", ["h"], ["r"], {}),
              ("MatMul", ["r", "v"], ["y"], {})]
    counts = [
        count_regions(read_graph(model(nodes, (1, 2), constants).SerializeToString(), "n").network)
        for nodes, constants in ((first, {"w": w, "b": b, "v": v}), (second, {"w": w.T, "b": b, "v": v.T}))
    ]
    assert counts[0] == counts[1] and counts[0].regions > 5


def test_padding_that_is_negative_cuts():
    """Pad by −1 in front takes the first entry away."""
    found = model([("Pad", ["x", "p"], ["y"], {})], (3,), {"p": np.array([-1, 1])})
    assert read_graph(found.SerializeToString(), "n").network.evaluate((1, 2, 3)) == (2, 3, 0)
