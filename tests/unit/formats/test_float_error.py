"""Runs in floating point stay within the bound that is proved for them, in any order of their sums."""

from math import floor
from random import Random

import numpy as np
import pytest
from command import answer, refusal
from networks import float_perceptron

from exactrelu import Affine, InputError, Network, Relu, float_error, write_network
from exactrelu.field import Quadratic, mpq

BOX = [(-1, mpq(3, 2)), (mpq(-1, 2), 1)]


def run_in_floats(network, point, kind, random):
    """Return the outputs of a network computed in floats, each sum in a random order."""
    values = [kind(t) for t in point]
    for node in network.nodes:
        if type(node) is Relu:
            values.append(max(values[node.of], kind(0)))
            continue
        terms = [kind(float(weight)) * values[source] for source, weight in node.terms] + [kind(float(node.bias))]
        random.shuffle(terms)
        total = terms[0]
        for term in terms[1:]:
            total = kind(total + term)
        values.append(total)
    return [values[output] for output in network.outputs]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(3))
def test_runs_stay_within_the_bound(seed, kind):
    """At random floats of the box the difference is at most the bound, and the bound is not far too large."""
    network, random = float_perceptron(seed, [12, 12]).flatten(), Random(seed)
    (most,) = float_error(network, BOX, kind.__name__)
    largest = 0
    for _ in range(60):
        point = [kind(random.uniform(float(low), float(high))) for low, high in BOX]
        (exact,) = network.evaluate([mpq(*float(t).as_integer_ratio()) for t in point])
        (found,) = run_in_floats(network, point, kind, random)
        largest = max(largest, abs(mpq(*float(found).as_integer_ratio()) - exact))
    assert 0 < largest <= most < 3000 * largest


def test_the_bound_counts_each_rounding():
    """The sum of n equal products that all round in one direction: the bound is above what it does, for every n."""
    tiny = mpq(1, 2**24)
    for count in (1, 2, 50):
        network = Network(1, [Affine(((0, 1),), k * tiny) for k in range(count)] + [
            Affine(tuple((k + 1, mpq(1, 3)) for k in range(count)), mpq(0))
        ], [count + 1])
        (most,) = float_error(network, [(1, 1)])
        (exact,) = network.evaluate((1,))
        (found,) = run_in_floats(network, [np.float32(1)], np.float32, Random(0))
        assert abs(mpq(*float(found).as_integer_ratio()) - exact) <= most


@pytest.mark.parametrize("size", [mpq(1, 10**30), mpq(1), mpq(10**30)])
def test_weights_in_a_field(size):
    """The bound is a rational for weights in Q(√D), too, and holds for their nearest floats."""
    root = Quadratic(0, 1, 2)
    network = Network(1, [Affine(((0, size * root),), size * (root - 1))], [1])
    (bound,) = float_error(network, [(0, 1)], "float64")
    weight, bias = (int(floor(x * 2**300)) / 2**300 for x in (size * root, size * (root - 1)))  # the nearest floats
    run = weight * 1.0 + bias
    assert type(bound) is type(mpq(0)) and 0 < bound < size / 10**14
    assert abs(mpq(*run.as_integer_ratio()) - network.evaluate((1,))[0]) <= bound


def test_what_has_no_bound_is_refused(tmp_path, capsys):
    """Overflow, boxes of another shape, unknown kinds; the command needs a box of all inputs, and gives the bound."""
    network = Network(2, [Affine(((0, mpq(2) ** 126), (1, 1)), 0)], [2])
    with pytest.raises(InputError, match="node 2 may overflow as float32"):
        float_error(network, [(0, 4), (0, 1)])
    with pytest.raises(InputError, match="a box of 2 pairs"):
        float_error(network, [(0, 4)])
    with pytest.raises(InputError, match="expected float32 or float64"):
        float_error(network, [(0, 1), (0, 1)], "float8")
    write_network(tmp_path / "net.json", Network(2, [Affine(((0, mpq(1, 3)),), 0)], [2]))
    assert "give the box" in refusal(capsys, "bound", tmp_path / "net.json", "--float-error", "float32")
    code, found = answer(capsys, "bound", tmp_path / "net.json", "--box", 0, 1, 0, 1, "--float-error", "float32")
    assert code == 0 and 0 < mpq(found["float_errors"][0]) < mpq(1, 10**6)
