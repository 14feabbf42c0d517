"""exactrelu.planar.univariate: exact functions of one variable, and the nodes of a network that are such functions."""

from itertools import pairwise
from random import Random

import pytest
from crafted import with_zero_weights
from hypothesis import given
from hypothesis import strategies as st
from networks import degenerate, iterated, tents
from random_networks import networks, points, rationals

from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Network, Relu
from exactrelu.planar.univariate import (
    IDENTITY,
    affine_combination,
    node_axes,
    positive_part,
    separated,
    univariate_nodes,
)

HAIR = mpq(1, 2**200)


@st.composite
def functions(draw, depth=3):
    """Piecewise linear functions made by combinations and positive parts from t, with up to a few dozen knots."""
    function = IDENTITY
    known = [IDENTITY]
    for _ in range(draw(st.integers(0, depth))):
        terms = [(f, draw(rationals)) for f in known]
        function = affine_combination(terms, draw(rationals))
        known += [function, positive_part(function)]
    return draw(st.sampled_from(known))


def check(function):
    """Assert the invariants of a `Piecewise`: increasing knots, continuity, a change of slope at every knot."""
    assert len(function.segments) == len(function.knots) + 1
    assert all(s < t for s, t in pairwise(function.knots))
    for knot, (before, low), (after, high) in zip(function.knots, function.segments, function.segments[1:]):
        assert before * knot + low == after * knot + high and before != after


def probes(function):
    """Return points at, a hair beside and between the knots, and far outside."""
    found = [mpq(0), mpq(-(10**40)), mpq(10**40)]
    for knot in function.knots:
        found += [knot - HAIR, knot, knot + HAIR]
    return found + [(s + t) / 2 for s, t in pairwise(function.knots)]


@given(functions())
def test_positive_part(function):
    """max(0, f) at, beside and between all knots; nothing is left of −|f|."""
    positive = positive_part(function)
    check(positive)
    for t in {*probes(function), *probes(positive)}:
        assert positive(t) == max(0, function(t))
    opposite = positive_part(affine_combination([(function, mpq(-1))], mpq(0)))
    negative = affine_combination([(positive, mpq(-1)), (opposite, mpq(-1))], mpq(0))
    assert positive_part(negative) == ((), ((0, 0),))


@given(functions(), functions(), rationals, rationals, rationals)
def test_affine_combination(first, second, a, b, bias):
    """a f + b g + c at all knots; f − f is the constant 0 without knots."""
    combined = affine_combination([(first, a), (second, b)], bias)
    check(combined)
    for t in {*probes(first), *probes(second)}:
        assert combined(t) == a * first(t) + b * second(t) + bias
    assert affine_combination([(first, a), (first, -a)], bias) == ((), ((0, bias),))


ends = st.one_of(st.none(), rationals)


@given(functions(), ends, ends)
def test_restriction_to_an_interval(function, low, high):
    """`on`, `range_on` and `knots_within` agree with the values at the ends and knots, also on half lines."""
    if low is not None and high is not None and low >= high:
        return
    inside = tuple(t for t in function.knots if (low is None or low < t) and (high is None or t < high))
    assert function.knots_within(low, high) == inside
    segment = function.on(low, high)
    assert (segment is None) == bool(inside)
    tests = [t for t in (low, high, *inside) if t is not None] or [mpq(0)]
    far = [t for t, end in ((min(tests) - 10**9, low), (max(tests) + 10**9, high)) if end is None]
    if segment is not None:
        assert all(segment[0] * t + segment[1] == function(t) for t in tests + far)
    bounds = function.range_on(low, high)
    if bounds is None:
        assert any(function(t) != function(t + 1) for t in far)
    else:
        values = [function(t) for t in tests + far]
        assert bounds == (min(values), max(values))


@pytest.mark.parametrize("kink", [mpq(1, 2), mpq(1, 3), mpq(1, 7)])
def test_iterated_tents_have_their_knots(kink):
    """T⁴ has 2⁴ − 1 knots inside [0, 1] and one at 0, and vanishes at the right places."""
    b = Builder(2)
    network = b.network([iterated(b, b.inputs[1], 4, kink)])
    axis, function = univariate_nodes(network)[network.outputs[0]]
    check(function)
    assert axis == 1 and len(function.knots_within(mpq(0), mpq(1))) == 15
    assert function(mpq(0)) == function(mpq(1)) == 0 and function.range_on(mpq(0), mpq(1)) == (0, 1)


def test_functions_of_x_and_of_y_that_are_made_in_the_same_way_are_one():
    """T⁴(x) and T⁴(y) are one object, whose kinks count once: all of its nodes have 89; T⁴ with another kink is not."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([iterated(b, x, 4), iterated(b, y, 4)])
    found = univariate_nodes(network, most=89)
    (axis, one), (other_axis, other) = (found[k] for k in network.outputs)
    assert (axis, other_axis) == (0, 1) and one is other
    with pytest.raises(UndecidedError):
        univariate_nodes(network, most=88)
    network = b.network([iterated(b, x, 4), iterated(b, y, 4, mpq(1, 3))])
    (_, one), (_, other) = (univariate_nodes(network)[k] for k in network.outputs)
    assert one != other


def test_a_ramp_of_width_2_to_the_minus_200_has_both_knots():
    """(x − 1/3)₊ − (x − 1/3 − 2^-200)₊ keeps two knots and the height 2^-200."""
    b = Builder(2)
    x = b.inputs[0]
    network = b.network([b.relu(x - mpq(1, 3)) - b.relu(x - mpq(1, 3) - HAIR)])
    _, function = univariate_nodes(network)[network.outputs[0]]
    assert function.knots == (mpq(1, 3), mpq(1, 3) + HAIR) and function.range_on(None, None) == (0, HAIR)


@given(networks(), points(2))
def test_univariate_nodes_are_what_evaluation_says(network, point):
    """Every univariate node has the value of its function at its own coordinate, and does not change with the other."""
    values = network.values(point)
    moved = {axis: network.values((point[0] + 5 * axis, point[1] + 5 * (1 - axis))) for axis in (0, 1)}
    found = univariate_nodes(network)
    for k, (axis, function) in found.items():
        check(function)
        assert function(point[axis]) == values[k] == moved[axis][k]
    assert found.keys() == {k for k, axis in node_axes(network).items() if axis is not None}


@given(networks(outputs=2), points(2))
def test_separated_networks_are_the_same_function(network, point):
    """Gathering the terms of one variable changes no output, with weights 0 and repeated outputs among them."""
    assert separated(network).evaluate(point) == network.evaluate(point)
    assert separated(with_zero_weights(network)).evaluate(point) == network.evaluate(point)


@pytest.mark.parametrize("seed", range(20))
def test_separated_nodes_use_one_node_of_each_variable(seed):
    """An affine node of both inputs uses at most one node of each input alone; separating again changes nothing."""
    network = separated(degenerate(Random(seed), 25))
    axes = node_axes(network)
    for k, node in enumerate(network.nodes, 2):
        if type(node) is Affine and axes[k] is None:
            used = [axes[source] for source, _ in node.terms if axes[source] is not None]
            assert len(used) == len(set(used))
    again = separated(network)
    assert again.nodes == network.nodes and again.outputs == network.outputs


def test_cancelling_terms_of_one_variable_become_one_function_without_kinks():
    """x₊ − (−x)₊ + y₊ in a unit: the node of x alone is x, without a knot."""
    b = Builder(2)
    x, y = b.inputs
    network = separated(b.network([b.relu(b.relu(x) - b.relu(-x) + b.relu(y - x))]))
    assert any(function == IDENTITY for k, (_, function) in univariate_nodes(network).items() if k > 1)


def test_constants_and_inputs_are_functions_of_x():
    """A constant node counts as a function of x; the inputs are the identity."""
    network = Network(2, [Affine((), mpq(-3)), Relu(2), Affine(((3, mpq(2)), (1, mpq(1))), mpq(1))], [4])
    found = univariate_nodes(network)
    assert found[0] == (0, IDENTITY) and found[1] == (1, IDENTITY)
    assert found[2] == (0, ((), ((0, -3),))) and found[3] == (0, ((), ((0, 0),)))
    assert node_axes(network)[4] is None and node_axes(tents(1))[2] == 0
