"""The layered form computes the same function, and its counts are those of the layers that stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_layers import plain_layers
from random_networks import chains, networks, points, sums

from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Chain, Network, Relu, Sum
from exactrelu.network.layers import layered


def tent():
    """T(t) = 2 t₊ − 4 (t − 1/2)₊, one layer of two units."""
    b = Builder(1)
    (t,) = b.inputs
    return b.network([2 * b.relu(t) - 4 * b.relu(t - mpq(1, 2))])


@given(st.one_of(networks(outputs=2), chains(outputs=2), sums(outputs=2)), st.lists(points(2), min_size=1, max_size=5))
def test_the_layered_form_has_the_values_of_the_network(network, where):
    """Network, chain or sum: the layered form gives the same exact outputs at every point."""
    form = layered(network)
    for point in where:
        assert form.evaluate(point) == network.evaluate(point)


@given(chains(outputs=2), points(2))
def test_a_chain_and_its_expansion_have_layered_forms_with_equal_values(chain, point):
    """Layering block by block and layering the flat network give the same function."""
    assert layered(chain).evaluate(point) == layered(chain.flatten()).evaluate(point)


@given(st.one_of(networks(outputs=2), chains(outputs=2), sums(outputs=2)))
def test_the_counts_are_those_of_the_layers(network):
    """Width, depth, neurons, edges and largest weight are recounted from the rows; every row reads the layer below."""
    form = layered(network)
    assert form.depth == len(form.layers)
    assert form.width == max((len(layer.rows) for layer in form.layers), default=0)
    assert form.neurons == sum(len(layer.rows) for layer in form.layers)
    rows = [row for layer in (*form.layers, form.outputs) for row in layer.rows]
    assert form.edges == sum(len(row.terms) for row in rows)
    assert form.largest_weight == max(max([abs(row.bias), *(abs(w) for _, w in row.terms)]) for row in rows)
    below = form.inputs
    for layer in (*form.layers, form.outputs):
        for row in layer.rows:
            units = [unit for unit, _ in row.terms]
            assert units == sorted(set(units)) and all(0 <= unit < below for unit in units)
            assert all(weight != 0 for _, weight in row.terms)
        below = len(layer.rows)


@given(st.one_of(networks(outputs=2, most=25), chains(outputs=2)))
def test_the_layers_are_those_that_are_made_unit_by_unit(network):
    """Units on each layer, edges, largest weight and values are those of the plain twin, which makes every unit."""
    form, (layers, outputs) = layered(network), plain_layers(network)
    assert len(form.layers) == len(layers)
    for counted, plain in zip((*form.layers, form.outputs), (*layers, outputs), strict=True):
        assert len(counted) == len(plain)
        assert counted.edges == sum(len(terms) for terms, _ in plain)
        weights = [abs(weight) for terms, bias in plain for weight in (bias, *terms.values())]
        assert counted.largest_weight == max(weights, default=0)
        assert sorted(map(shape, counted.rows)) == sorted((sorted(terms.values()), bias) for terms, bias in plain)


def shape(row):
    """The weights of a row, sorted, and its bias: what does not depend on the order of the units."""
    return sorted(weight for _, weight in row.terms), row.bias


@given(networks(most=10))
def test_depth_is_the_longest_path_in_relu_nodes(network):
    """The layered form is no deeper than the most ReLU nodes on one path to an output."""
    longest = [0] * network.inputs
    for node in network.nodes:
        if isinstance(node, Relu):
            longest.append(longest[node.of] + 1)
        else:
            longest.append(max((longest[j] for j, _ in node.terms), default=0))
    assert layered(network).depth <= max(longest[k] for k in network.outputs)


def test_an_affine_network_has_depth_zero():
    """Without a ReLU unit that reaches the output there is no hidden layer."""
    b = Builder(2)
    x, y = b.inputs
    form = layered(b.network([3 * x - y / 2 + 7]))
    assert (form.depth, form.width, form.neurons, form.edges, form.largest_weight) == (0, 0, 0, 2, 7)


def test_a_value_of_known_sign_is_carried_by_one_unit_and_any_other_by_two():
    """(x₊ − 1)₊ + x₊ carries x₊ by one unit; (x₊ − 1)₊ + y carries y by two."""
    b = Builder(2)
    x, y = b.inputs
    once = b.relu(x)
    assert [len(layer.rows) for layer in layered(b.network([b.relu(once - 1) + once])).layers] == [1, 2]
    assert [len(layer.rows) for layer in layered(b.network([b.relu(once - 1) + y])).layers] == [3, 3]


def deep(t_of, depth, inputs=2):
    """A chain of ``depth`` layers, one ReLU of ReLU after the other, that starts at the expression ``t_of(inputs)``."""
    b = Builder(inputs)
    value = t_of(*b.inputs)
    for _ in range(depth):
        value = b.relu(value - 1)
    return Chain([b.network([value])])


def test_the_sign_of_a_block_output_is_known_to_the_next_block():
    """u₊ from one block is carried through the next by one unit; u, of no known sign, by two."""
    b = Builder(1)
    (t,) = b.inputs
    c = Builder(2)
    u, v = c.inputs
    end = c.network([c.relu(c.relu(u) - 1) + v])
    known = layered(Chain([b.network([b.relu(t), b.relu(-t)]), end]))
    unknown = layered(Chain([b.network([b.relu(t), b.relu(-t) - 5]), end]))
    assert [len(layer.rows) for layer in known.layers] == [2, 2, 2]
    assert [len(layer.rows) for layer in unknown.layers] == [2, 3, 3]
    assert unknown.evaluate([mpq(-3)]) == (mpq(-2),)


def test_a_value_of_two_units_is_carried_by_these_units():
    """2 x₊ − 3 y₊ is carried by x₊ and y₊, one edge each: no pair of opposite rows is made, in a block or in a sum."""
    b = Builder(2)
    x, y = b.inputs
    value = b.value(2 * b.relu(x) - 3 * b.relu(y))
    form = layered(b.network([b.relu(b.relu(value) - 1) + value]))
    assert [layer.edges for layer in form.layers] == [2, 4, 3]
    ended = Builder(2)
    x, y = ended.inputs
    short = Chain([ended.network([2 * ended.relu(x) - 3 * ended.relu(y)])])
    form = layered(Sum([short, deep(lambda x, y: x + y, 2)]))
    assert [layer.edges for layer in form.layers] == [4, 3]


def test_the_sign_of_a_sum_is_known_when_its_terms_agree():
    """x₊ + y₊ is carried by one unit, x₊ − y₊ by two, whichever comes first."""
    terms = {
        sign: [Chain([b.network([sign[k] * b.relu(b.inputs[k])])]) for k in (0, 1) for b in [Builder(2)]]
        for sign in ((1, 1), (1, -1), (-1, 1), (-1, -1))
    }
    for sign, short in terms.items():
        form = layered(Sum([*short, deep(lambda x, y: x - y, 2)]))
        assert [len(layer.rows) for layer in form.layers] == [3, 2 if sign[0] == sign[1] else 3]
        for point in ((mpq(1), mpq(2)), (mpq(2), mpq(1))):
            assert form.evaluate(point) == (sign[0] * point[0] + sign[1] * point[1],)


def test_weights_that_cancel_are_no_edges():
    """a − b + c with a = b has one weight after the blocks are fused."""
    b = Builder(1)
    (t,) = b.inputs
    c = Builder(3)
    u, v, w = c.inputs
    form = layered(Chain([b.network([b.relu(t), b.relu(t), b.relu(-t)]), c.network([c.relu(u - v + w)])]))
    assert [layer.edges for layer in form.layers] == [2, 1]


def test_a_value_known_to_be_negative_is_carried_by_one_unit():
    """v = −x₊ − 1 is carried as −(−v)₊ where a later layer reads it as one value."""
    b = Builder(1)
    (x,) = b.inputs
    v = b.value(-b.relu(x) - b.relu(-x) - 1)
    form = layered(b.network([v + b.relu(b.relu(v + 2) - 1)]))
    assert [len(layer.rows) for layer in form.layers] == [2, 2, 2]
    assert form.evaluate([mpq(5)]) == (mpq(-6),)


def test_nodes_that_reach_no_output_cost_nothing():
    """A deep branch that the output does not read, directly or by a weight 0, is left out."""
    nodes = [Relu(0), Relu(1), Affine(((2, mpq(1)),), mpq(1)), Relu(3), Affine(((1, mpq(2)), (4, mpq(0))), mpq(0))]
    form = layered(Network(1, nodes, [5]))
    assert (form.depth, form.width, form.neurons) == (1, 1, 1)


def test_constants_need_no_units():
    """A ReLU unit of a constant is a constant: a bias wherever it is read."""
    nodes = [Affine((), mpq(-3)), Relu(1), Relu(0), Affine(((3, mpq(1)), (2, mpq(5)), (1, mpq(1))), mpq(0))]
    form = layered(Network(1, nodes, [4]))
    assert (form.depth, form.neurons) == (1, 1)
    assert form.evaluate([mpq(2)]) == (mpq(-1),)


def test_the_affine_map_between_blocks_is_fused_into_the_next_layer():
    """T composed k times has k layers of two units: nothing is spent between the blocks."""
    form = layered(Chain([tent()] * 5))
    assert [len(layer.rows) for layer in form.layers] == [2] * 5
    assert form.evaluate([mpq(1, 3)]) == (mpq(2, 3),)


def test_outputs_that_the_next_block_does_not_read_cost_nothing():
    """Only the interfaces that reach the output are brought to the last level of their block."""
    b = Builder(1)
    (x,) = b.inputs
    block = b.network([b.relu(x - 1), b.relu(b.relu(x) - 1), x])
    c = Builder(3)
    form = layered(Chain([block, c.network([c.relu(c.inputs[0] - 1)])]))
    assert [len(layer.rows) for layer in form.layers] == [1, 1]


def test_equal_stages_of_a_long_chain_are_one_object_each():
    """A thousand equal stages are layered once and referred to a thousand times."""
    form = layered(Chain([tent()] * 1000))
    assert form.depth == 1000 and form.neurons == 2000
    assert len({id(layer) for layer in form.layers}) <= 3


def test_equal_stages_of_a_long_sum_are_one_object_each():
    """The merged layers of a sum of long chains are shared as well."""
    b = Builder(1)
    (t,) = b.inputs
    other = b.network([3 * b.relu(t) - 6 * b.relu(t - mpq(1, 2))])
    form = layered(Sum([Chain([tent()] * 700), Chain([other] * 1000)]))
    assert form.depth == 1000 and form.neurons == 4 * 1000 - 2  # the first layers are equal
    assert len({id(layer) for layer in form.layers}) <= 8


def test_the_terms_of_a_sum_that_have_ended_are_carried_as_one_value():
    """In 2T + T³ + T⁴ the shorter terms are added up and carried by two units at most."""
    terms = [Chain([tent()] * k) for k in (1, 1, 3, 4)]
    form = layered(Sum(terms))
    assert [len(layer.rows) for layer in form.layers] == [2, 4, 4, 4]
    assert form.evaluate([mpq(1, 7)]) == (mpq(2, 7) * 2 + mpq(6, 7) + mpq(2, 7),)


def test_equal_units_of_a_layer_are_one_unit():
    """Terms of a sum that share their first layers share the units."""
    b = Builder(1)
    (t,) = b.inputs
    first = b.network([b.relu(t), b.relu(t - 1)])
    c = Builder(2)
    p, q = c.inputs
    ends = [c.network([c.relu(p - 2 * q)]), c.network([c.relu(p - 3 * q)])]
    assert [len(layer.rows) for layer in layered(Sum([Chain([first, end]) for end in ends])).layers] == [2, 2]


def late_uses(count):
    """(t + 1)₊ + … + (t + count)₊ + t₊, where t₊ is made of t by ``count`` ReLU nodes, one after the other."""
    early = [node for k in range(1, count + 1) for node in (Affine(((0, mpq(1)),), mpq(k)), Relu(2 * k - 1))]
    late = [Relu(0), *(Relu(2 * count + k) for k in range(1, count))]
    ends = [*range(2, 2 * count + 1, 2), 3 * count]
    return Network(1, [*early, *late, Affine(tuple((k, mpq(1)) for k in ends), mpq(0))], [3 * count + 1])


def test_units_that_only_carry_are_counted_and_not_made():
    """A network of 12,000 nodes has 16 million units in its layered form; they are counted in no time."""
    form = layered(late_uses(4000))
    assert (form.depth, form.width, form.neurons, form.largest_weight) == (4000, 4001, 4000 * 4001, 4000)
    assert form.edges == 4001 * 4001
    assert layered(late_uses(20)).evaluate([mpq(-5)]) == (mpq(120),)


def test_the_wrong_number_of_coordinates_is_refused():
    """Evaluation at a point of another dimension raises ValueError."""
    with pytest.raises(ValueError, match="expected 1 coordinates, got 2"):
        layered(tent()).evaluate([mpq(1), mpq(2)])
