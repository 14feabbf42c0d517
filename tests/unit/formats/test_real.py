"""Public files of verification benchmarks, which are not kept here: run with  pytest --real DIR  where they are."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from exactrelu import Slice, count_regions, prove, read_network, read_property
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq
from exactrelu.planar.properties import is_bad

TOLERANCE = 1e-4
"""How far a float32 run may be from the exact network, relative to its largest output; no verdict depends on it."""


@pytest.fixture
def real(request):
    """The folder of --real; the test is skipped where there is none."""
    folder = request.config.getoption("--real")
    if folder is None:
        pytest.skip("needs public networks: pytest --real DIR")
    return Path(folder)


def found(folder, pattern):
    """Return the only file of a folder with such a name; the test is skipped if it is not there."""
    names = sorted(folder.glob(pattern))
    if len(names) != 1:
        pytest.skip(f"no file {pattern} in {folder}")
    return names[0]


def test_a_slice_of_the_aircraft_controller(real):
    """ACAS Xu as .nnet, at ψ = 0.5, v_own = 200, v_int = 180: 756 regions on [0, 1000] × [−1/4, 1/4], 44,387 on all."""
    network = read_network(found(real, "acas.nnet"))
    plane = Slice.fixed(5, {2: mpq(1, 2), 3: 200, 4: 180}).of(network)
    first = type(plane)(2, plane.nodes, plane.outputs[:1])
    assert count_regions(first, box(0, 1000, mpq(-1, 4), mpq(1, 4))) == (756, 756)
    around = mpq(3141593, 10**6)
    assert count_regions(first, box(0, 60760, -around, around)) == (44387, 44387)


def test_a_two_level_lattice(real):
    """The network tllBench N = M = 8 as ONNX has 433 regions and 5 linear pieces on [−2, 2]²."""
    network = read_network(found(real, "tllBench*N=M=8_*instance_0_0.onnx"))
    assert count_regions(network, box(-2, 2, -2, 2)) == (433, 5)


@pytest.mark.parametrize("size, number, verdict", [
    (8, 0, "refuted"), (8, 1, "refuted"), (8, 2, "refuted"), (8, 3, "certified"),
    (16, 0, "certified"), (16, 1, "refuted"), (16, 2, "certified"), (16, 3, "refuted"),
])
def test_queries_have_the_verdicts_of_others(real, size, number, verdict):
    """The queries tllverifybench of VNN-COMP 2022 about lattices N = M = 8 and 16: all tools agree on them."""
    network = read_network(found(real, f"tllBench*N=M={size}_*instance_{size // 8 - 1}_{number}.onnx"))
    claim = read_property(found(real, f"property_N={size}_{number}.vnnlib"))
    decision = prove(network, claim)
    assert decision.verdict == verdict
    if verdict == "refuted":
        assert is_bad(claim, decision.point, network.evaluate(decision.point))


def test_onnx_files_have_the_values_of_the_reference(real):
    """At random points, each ONNX file of the folder is near what the float32 reference implementation computes."""
    names = sorted(real.glob("*.onnx"))
    if not names:
        pytest.skip(f"no ONNX files in {real}")
    random = np.random.default_rng(1)
    for name in names:
        network, evaluator = read_network(name), ReferenceEvaluator(onnx.load(name))
        (given,) = [value for value in evaluator.proto_.graph.input if value.name in evaluator.input_names]
        shape = [size.dim_value or 1 for size in given.type.tensor_type.shape.dim]
        for _ in range(5):
            point = random.uniform(-1, 1, shape).astype(np.float32)
            (values,) = evaluator.run(None, {given.name: point})
            exact = network.evaluate([mpq(*float(t).as_integer_ratio()) for t in point.ravel()])
            scale = max(1.0, *(abs(float(value)) for value in exact))
            assert np.allclose(np.ravel(values), [float(value) for value in exact], rtol=0, atol=TOLERANCE * scale)
