"""exactrelu.regions.equality: equality of two networks on all of R²."""

from random import Random

import pytest
from networks import degenerate, hats, perceptron, ramp, tents

from exactrelu.errors import InputError
from exactrelu.geometry.polygon import Polygon, affine_at, finite, ideal, plane
from exactrelu.network import Affine, Builder, Network, Relu
from exactrelu.rational import mpq
from exactrelu.regions import equal
from exactrelu.regions.equality import point_inside


def is_refuted(first, second):
    """Whether the networks are refuted with a point at which they really have the two values that are named."""
    verdict, _, found = equal(first, second)
    if verdict != "refuted":
        return False
    values = first.evaluate(found.point)[found.output], second.evaluate(found.point)[found.output]
    return values == (found.first, found.second) and found.first != found.second


def rescaled(network, factor):
    """Return the network with every unit max(0, z) written as max(0, factor z)/factor."""
    nodes, moved = [], [0, 1]
    for node in network.nodes:
        if type(node) is Relu:
            nodes += [Affine(((moved[node.of], mpq(factor)),), mpq(0)), Relu(len(nodes) + 2)]
            nodes.append(Affine(((len(nodes) + 1, 1 / mpq(factor)),), mpq(0)))
        else:
            nodes.append(Affine(tuple((moved[source], weight) for source, weight in node.terms), node.bias))
        moved.append(len(nodes) + 1)
    return Network(2, nodes, [moved[output] for output in network.outputs])


@pytest.mark.parametrize("k", [2, 3, 4])
def test_tents_are_their_closed_form(k):
    """T^k(x) + T^k(y) is the sum of 2^(k−1) hats in each variable on all of R²."""
    result = equal(tents(k), hats(k))
    assert result.verdict == "certified" and result.pieces > 0 and result.counterexample is None


def test_tents_of_different_depth_are_refuted():
    """T³ and T² differ, and the point where they do is confirmed by evaluation."""
    assert is_refuted(tents(3), tents(2))


def test_a_spike_of_width_2_to_the_minus_200_is_found():
    """A network plus a ramp of height 2^-200 is another function."""
    b = Builder(2)
    x, y = b.inputs
    first = b.network([b.relu(x - y)])
    t = x + y - mpq(1, 3)
    second = b.network([b.relu(x - y) + b.relu(t) - 2 * b.relu(t - mpq(1, 2**200)) + b.relu(t - mpq(2, 2**200))])
    assert is_refuted(first, second)
    assert is_refuted(ramp(200), ramp(199))


def test_a_difference_far_outside_is_found():
    """(x − 10^30)₊ changes the function beyond x = 10^30 only."""
    b = Builder(2)
    x, y = b.inputs
    assert is_refuted(b.network([b.relu(y)]), b.network([b.relu(y) + b.relu(x - 10**30)]))


@pytest.mark.parametrize("seed", range(60))
def test_degenerate_networks_equal_their_rescaled_copies_and_no_mutants(seed):
    """max(0, cz)/c is max(0, z) for c > 0; one bias changed is refuted or leaves every sampled value as it was."""
    random = Random(seed)
    network = degenerate(random, random.randint(2, 18), outputs=2)
    assert equal(network, rescaled(network, mpq(3, 7))).verdict == "certified"
    nodes = list(network.nodes)
    affine = [k for k, node in enumerate(nodes) if type(node) is Affine]
    if affine:
        k = random.choice(affine)
        nodes[k] = nodes[k]._replace(bias=nodes[k].bias + random.choice((1, mpq(-1, 2**60))))
        mutant = Network(2, nodes, network.outputs)
        if not is_refuted(network, mutant):
            points = [(mpq(random.randint(-64, 64), 16), mpq(random.randint(-64, 64), 16)) for _ in range(50)]
            assert all(network.evaluate(point) == mutant.evaluate(point) for point in points)


def test_a_perceptron_equals_its_rescaled_copy():
    """Two layers of eight random units, and the same with every unit scaled by 5."""
    network = perceptron(Random(4), [8, 8])
    assert equal(network, rescaled(network, 5)).verdict == "certified"


def test_all_outputs_are_compared():
    """A difference in the second output alone is found and attributed to it."""
    b = Builder(2)
    x, y = b.inputs
    result = equal(b.network([x, b.relu(y)]), b.network([x, y]))
    assert result.verdict == "refuted" and result.counterexample.output == 1


def test_networks_that_do_not_match_are_refused():
    """Two and three inputs, one and two outputs: `InputError`."""
    with pytest.raises(InputError, match="2 inputs, got 3"):
        equal(Network(2, [], [0]), Network(3, [], [0]))
    with pytest.raises(InputError, match="1 and 2 outputs"):
        equal(Network(2, [], [0]), Network(2, [], [0, 1]))


@pytest.mark.parametrize("polygon", [
    plane(),
    Polygon([finite(0, 0), ideal(1, 0), ideal(0, 1)]),
    Polygon([finite(0, 0), finite(mpq(1, 10**9), 0), finite(0, 1)]),
])
def test_point_inside_leaves_the_zero_line_without_leaving_the_polygon(polygon):
    """A form that vanishes at the interior point is not zero at the point returned, which is strictly inside."""
    x, y = polygon.interior_point()
    for alpha, beta in ((1, 0), (0, 1), (3, -5), (-10**20, 1)):
        form = (mpq(alpha), mpq(beta), -alpha * x - beta * y)
        point = point_inside(polygon, form)
        assert affine_at(form, *point) != 0
        assert all(affine_at(half_plane, *point) > 0 for half_plane in polygon.half_planes())
