"""exactrelu.planar.equality: equality of two networks on all of R²."""

from random import Random

import pytest
from folders import CASES
from networks import degenerate, hats, perceptron, ramp, tents

from exactrelu.cpwl.polygon import Polygon, affine_at, finite, ideal, plane
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.formats import read_network
from exactrelu.network import Affine, Builder, Network, Relu, total
from exactrelu.planar import activation_regions, equal, equality, pool
from exactrelu.planar.differences import point_inside
from exactrelu.planar.equality import difference_network
from exactrelu.planar.normal import analysed
from exactrelu.planar.pieces import common_pieces

INPUTS = CASES / "false-equal"


def is_refuted(first, second):
    """Whether the networks are refuted with a point at which they really have the two values that are named."""
    verdict, _, found, *_ = equal(first, second)
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


@pytest.mark.parametrize("first, second, values", [
    ("mlp1", "mlp5", (1, 5)), ("mlp1", "mlp0", (1, 0)), ("A", "B", (1, 0)), ("B", "G", (0, 1)),
])
def test_units_of_positive_constants_are_open_on_the_whole_plane(first, second, values):
    """Networks that differ by what a constant unit adds, at (0, 0) by these values, are refuted."""
    first, second = (read_network(INPUTS / f"{name}.json") for name in (first, second))
    assert (first.evaluate((0, 0)), second.evaluate((0, 0))) == tuple((value,) for value in values)
    assert is_refuted(first, second) and is_refuted(second, first)


def test_a_constant_unit_is_the_bias_that_it_adds():
    """x₊ + y + (1)₊, rectified, is x₊ + y + 1 plus the positive part of its opposite."""
    first, second = (read_network(INPUTS / f"{name}.json") for name in "AG")
    assert equal(first, second).verdict == equal(second, first).verdict == "certified"


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
    with pytest.raises(InputError, match="with 2 and 3 inputs"):
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


def flipped(network):
    """Return the network with every unit max(0, z) written as z + max(0, −z), which no normal form sees through."""
    nodes, moved = [], [0, 1]
    for node in network.nodes:
        if type(node) is Relu:
            source, unit = moved[node.of], len(nodes) + 3
            nodes += [Affine(((source, mpq(-1)),), mpq(0)), Relu(unit - 1)]
            nodes.append(Affine(((unit, mpq(1)), (source, mpq(1))), mpq(0)))
        else:
            nodes.append(Affine(tuple((moved[source], weight) for source, weight in node.terms), node.bias))
        moved.append(len(nodes) + 1)
    return Network(2, nodes, [moved[output] for output in network.outputs])


@pytest.mark.parametrize("seed", range(40))
def test_networks_equal_their_flipped_copies_by_enumeration(seed):
    """z + max(0, −z) is max(0, z): what does not cancel is enumerated, by cells and by pieces, to the same end."""
    random = Random(seed)
    network = degenerate(random, random.randint(4, 14)) if seed % 2 else perceptron(random, [4, 3])
    copy = flipped(network)
    assert equal(network, copy).verdict == "certified"
    difference = difference_network(network, copy)
    for way in (common_pieces, activation_regions):
        assert all(forms == ((0, 0, 0),) for _, forms in way(difference, plane()))


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_weight_of_a_perceptron_is_found(monkeypatch, jobs):
    """A flipped perceptron with one weight changed by 2^-60 is refuted, in one process and in two."""
    monkeypatch.setattr(pool, "ALONE", 1)
    network = perceptron(Random(6), [8, 8])
    copy = flipped(network)
    nodes = list(copy.nodes)
    changed = max(k for k, node in enumerate(nodes) if type(node) is Affine)
    (source, weight), *rest = nodes[changed].terms
    nodes[changed] = nodes[changed]._replace(terms=((source, weight + mpq(1, 2**60)), *rest))
    mutant = Network(2, nodes, copy.outputs)
    assert equal(network, copy, jobs=jobs).verdict == "certified"
    assert is_refuted(network, mutant)


def test_a_deep_tent_with_one_tooth_changed_is_refuted():
    """The closed form of T^8(x) + T^8(y) with one of its 768 kinks moved by 2^-60 is another function."""
    closed = hats(8)
    nodes = list(closed.nodes)
    changed = next(k for k, node in enumerate(nodes) if type(node) is Affine and node.bias == mpq(-77, 256))
    nodes[changed] = nodes[changed]._replace(bias=nodes[changed].bias + mpq(1, 2**60))
    assert equal(tents(8), closed).verdict == "certified"
    assert is_refuted(tents(8), Network(2, nodes, closed.outputs))


def test_ridges_of_several_directions_that_cross_are_refuted_beside_their_kinks():
    """A difference that is a sum of ridges in four directions, zero along whole regions, is found."""
    b = Builder(2)
    x, y = b.inputs
    lines = [b.relu(form - k) for form in (x, y, x + y, x - y) for k in range(-2, 3)]
    first = b.network([total(lines)])
    assert is_refuted(first, b.network([total(lines[:-1])]))
    assert is_refuted(first, b.network([total(lines) + b.relu(3 * x + y)]))
    assert is_refuted(first, b.network([total(lines) + mpq(1, 10**9)]))
    assert is_refuted(first, b.network([total(lines) + mpq(1, 7) * x]))


def test_units_of_opposite_inputs_are_different_functions():
    """max(0, z) and −max(0, −z), with a z that is no ridge, are refuted, and so are their sum and 0."""
    b = Builder(2)
    x, y = b.inputs
    z = b.relu(x) - b.relu(y)
    assert is_refuted(b.network([b.relu(z)]), b.network([-b.relu(-z)]))
    assert is_refuted(b.network([b.relu(z) + b.relu(-3 * z) / 3]), b.network([0 * x]))


def test_units_below_a_threshold_are_not_carried():
    """max(0, u − 1) is not u − 1, nor is max(0, 2u − v) equal to 2u − v, for units u, v that are no ridges."""
    b = Builder(2)
    x, y = b.inputs
    u, v = b.relu(b.relu(x) - b.relu(y)), b.relu(x + b.relu(y))
    for z in (u - 1, 2 * u - v, u + x, u + b.relu(x) - b.relu(y)):
        assert is_refuted(b.network([b.relu(z)]), b.network([z]))


def test_values_that_a_layered_network_carries_through_units_cancel():
    """max(0, u) = u for a unit u and for sums of units with positive weights: one piece is enough."""
    b = Builder(2)
    x, y = b.inputs
    u, v = b.relu(b.relu(x) - b.relu(y)), b.relu(x + b.relu(y))
    result = equal(b.network([2 * u + v]), b.network([b.relu(b.relu(2 * u + v))]))
    assert result.verdict == "certified" and result.pieces == 1


def test_normal_forms_that_grow_too_large_give_way_to_enumeration(monkeypatch):
    """With a limit of ten summands the tents are still compared, on all of their pieces."""
    monkeypatch.setattr(equality, "analysed", lambda network: analysed(network, limit=10))
    assert equal(tents(3), hats(3)).verdict == "certified"
    assert is_refuted(tents(3), hats(4))
