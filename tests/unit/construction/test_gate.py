"""The product gadget of Lemma 2.7 and the one-layer gates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segments import build

from exactrelu.construction.gate import gate, positive_gate, product_gadget
from exactrelu.field import mpq
from exactrelu.network import Relu, constant

numbers = st.fractions(-100, 100).map(lambda t: mpq(t.numerator, t.denominator))
bounds = st.sampled_from([mpq(1, 2**60), mpq(1, 2), mpq(1), mpq(7, 3), mpq(2**60)])
unit = st.fractions(0, 1).map(lambda t: mpq(t.numerator, t.denominator))


def apply(function, control, state, bound):
    return build(2, lambda b, s, y: function(b, s, [y], bound)).evaluate([control, state])[0]


@given(numbers, bounds, unit)
def test_product_gadget(y, a, selector):
    """Π_a(1, y) = min(y, a), Π_a(0, y) = min(0, a + y) and Π_a(λ, 0) = 0 (Lemma 2.7, for all y)."""
    assert apply(product_gadget, mpq(1), y, a) == min(y, a)
    assert apply(product_gadget, mpq(0), y, a) == min(mpq(0), a + y)
    assert apply(product_gadget, selector, mpq(0), a) == 0


@given(numbers, bounds, st.sampled_from([mpq(0), mpq(1, 3), mpq(1), mpq(2)]))
def test_gate(y, a, d):
    """G_a(0, y) = y for every y; G_a(d, y) = 0 for d ≥ 1 and |y| ≤ a; G_a(d, 0) = 0."""
    assert apply(gate, mpq(0), y, a) == y
    assert apply(gate, d, mpq(0), a) == 0
    if d >= 1:
        assert apply(gate, d, max(-a, min(y, a)), a) == 0


@given(numbers, bounds, st.sampled_from([mpq(0), mpq(1, 3), mpq(1), mpq(2)]))
def test_positive_gate_is_the_gate_on_non_negative_states(y, a, d):
    """For y ≥ 0 and d ≥ 0 the gate of one term equals the gate of two."""
    assert apply(positive_gate, d, abs(y), a) == apply(gate, d, abs(y), a)


@pytest.mark.parametrize(("function", "units"), [(product_gadget, 3), (gate, 2), (positive_gate, 1)])
def test_gates_spend_no_unit_on_zero(function, units):
    """A state that is identically zero passes a gate without units; the product gadget shares none between states."""
    network = build(2, lambda b, s, y: function(b, s, [y, constant(0), y + 1], mpq(1)))
    assert sum(type(node) is Relu for node in network.nodes) == 2 * units
    assert network.evaluate([mpq(0), mpq(0)])[1] == 0
