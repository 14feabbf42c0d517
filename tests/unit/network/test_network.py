"""Networks, chains and sums: exact evaluation, expansion, and the refusal of everything that is not exact."""

from fractions import Fraction

import networkx as nx
import pytest
from hypothesis import given
from random_networks import chains, networks, points, rationals, sums

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Chain, Network, Relu, Sum, constant, linear_combination, total
from exactrelu.network.bounds import HALF_LINES, LINE, Interval, interval_bounds


@given(chains(outputs=2), points(2))
def test_a_chain_and_its_expansion_are_equal(chain, point):
    """The flat network of a chain computes the composition of its blocks."""
    assert chain.flatten().evaluate(point) == chain.evaluate(point)


@given(sums(outputs=2), points(2))
def test_a_sum_and_its_expansion_are_equal(network, point):
    """The flat network of a sum computes the sum of its terms."""
    assert network.flatten().evaluate(point) == network.evaluate(point)


def test_the_interfaces_of_a_chain_are_marked_in_its_expansion():
    """Marks "term/block/name" name the nodes that hold the block outputs."""
    b = Builder(1)
    (t,) = b.inputs
    stage = b.network([b.relu(t), b.relu(-t)])
    c = Builder(2)
    end = c.network([c.inputs[0] - c.inputs[1]])
    flat = Sum([Chain([stage, end], [["plus", "minus"]])] * 2).flatten()
    assert set(flat.marks) == {"0/0/plus", "0/0/minus", "1/0/plus", "1/0/minus"}
    values = flat.values([mpq(-3)])
    assert [values[flat.marks[name]] for name in ("0/0/plus", "1/0/minus")] == [0, 3]


def test_blocks_that_do_not_fit_are_refused():
    """A chain needs matching interfaces and one name for each; a sum needs equal shapes."""
    b = Builder(1)
    one = b.network(b.inputs)
    two = b.network([b.inputs[0], b.inputs[0]])
    with pytest.raises(ValueError, match="2 outputs cannot feed one with 1 inputs"):
        Chain([two, one])
    with pytest.raises(ValueError, match="one name for each output"):
        Chain([one, one], [["a", "b"]])
    with pytest.raises(ValueError, match="at least one term"):
        Sum([])
    with pytest.raises(ValueError, match="same numbers of inputs and outputs"):
        Sum([Chain([one]), Chain([two])])


@pytest.mark.parametrize("weight", [0.5, float("nan"), True, "1/2", None, 1j])
def test_a_weight_that_is_not_an_exact_rational_is_refused(weight):
    """Floats, booleans, strings and complex numbers cannot become a weight, a bias, a factor or a coordinate."""
    b = Builder(1)
    (t,) = b.inputs
    for attempt in (
        lambda: Network(1, [Affine(((0, weight),), mpq(0))], [1]),
        lambda: Network(1, [Affine((), weight)], [1]),
        lambda: t * weight,
        lambda: t + weight,
        lambda: t / weight,
        lambda: constant(weight),
        lambda: linear_combination([weight], [t]),
        lambda: b.network([t]).evaluate([weight]),
    ):
        with pytest.raises(InputError, match="exact number"):
            attempt()


def test_integers_and_fractions_become_rationals():
    """int and Fraction weights are exact and accepted; every weight in the graph is an mpq."""
    network = Network(1, [Affine(((0, Fraction(1, 3)),), 2)], [1])
    assert network.evaluate([1]) == (mpq(7, 3),)
    assert {type(data["weight"]) for _, _, data in network.graph.edges(data=True)} == {type(mpq())}


@pytest.mark.parametrize("source", [1, 7, -1, True, 0.0, "0", None])
def test_a_node_may_only_refer_to_earlier_nodes(source):
    """A node that refers to itself, to a later node or to none is refused with its id."""
    with pytest.raises(InputError, match="node 1: refers to node"):
        Network(1, [Relu(source)], [1])
    with pytest.raises(InputError, match="node 1: refers to node"):
        Network(1, [Affine(((source, mpq(1)),), mpq(0))], [1])


def test_an_output_that_does_not_exist_and_a_repeated_term_are_refused():
    """Outputs are node ids; a node occurs once among the terms of another."""
    with pytest.raises(InputError, match="outputs: refers to node 1"):
        Network(1, [], [1])
    with pytest.raises(InputError, match="node 1: node 0 occurs twice"):
        Network(1, [Affine(((0, mpq(1)), (0, mpq(2))), mpq(0))], [1])


def test_the_graph_is_a_frozen_acyclic_digraph():
    """The networkx graph is a DAG and cannot be changed."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.maximum(x, y)])
    assert nx.is_directed_acyclic_graph(network.graph)
    with pytest.raises(nx.NetworkXError, match="[Ff]rozen"):
        network.graph.add_edge(0, 1)


@given(points(2))
def test_builder_gadgets(point):
    """max, min and clamp of the builder are the functions of these names; total and linear_combination are sums."""
    b = Builder(2)
    x, y = b.inputs
    first, second = point
    expressions = [b.maximum(x, y), b.minimum(x, y), b.clamp(x), total([x, y, y]), linear_combination([2, -3], [x, y])]
    expected = (max(point), min(point), min(max(first, 0), 1), first + 2 * second, 2 * first - 3 * second)
    assert b.network(expressions).evaluate(point) == expected


def test_equal_nodes_are_made_once():
    """The same ReLU of the same form is one node of the network."""
    b = Builder(1)
    (t,) = b.inputs
    assert b.relu(2 * t - 1).terms == b.relu(t + t - 1).terms
    assert b.relu(constant(-3)).terms == {}


@given(networks(outputs=2), points(2), rationals, rationals)
def test_interval_bounds_hold_at_every_point(network, point, x_end, y_end):
    """The value of every node lies in its interval when the inputs lie in theirs, bounded or not."""
    boxes = [
        (LINE, LINE),
        tuple(Interval(min(c, end), max(c, end)) for c, end in zip(point, (x_end, y_end))),
        tuple(HALF_LINES[1 if c >= 0 else -1] for c in point),
    ]
    for box in boxes:
        for value, (low, high) in zip(network.values(point), interval_bounds(network, box)):
            assert low is None or low <= value
            assert high is None or value <= high
