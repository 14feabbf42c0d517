"""The digit selectors of §4.1 and the cell selectors of the window, proved on every segment between knots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segments import build, equal_on_line

from exactrelu.construction.loop import embedding
from exactrelu.construction.selector import cell_selectors, deficiency, digit_selectors
from exactrelu.field import mpq

WIDTHS = [mpq(1, 6), mpq(1, 7), mpq(1, 16), mpq(1, 2**60)]


def selectors_of(delta):
    return build(1, lambda b, t: digit_selectors(b, *embedding(b, t), delta))


@pytest.mark.parametrize("delta", WIDTHS)
def test_digit_selectors_are_the_indicators_outside_the_transition_set(delta):
    """χ₀(E(t)) and χ₁(E(t)) are the indicators of [0, 1/2) and [1/2, 1] outside [0, δ] ∪ [1/2, 1/2 + δ] (§4.1 (ii))."""
    network = selectors_of(delta)
    assert equal_on_line(network, lambda t: (1, 0), [delta, mpq(1, 3), mpq(1, 2)])
    assert equal_on_line(network, lambda t: (0, 1), sorted({mpq(1, 2) + delta, mpq(2, 3), mpq(1)}))


@pytest.mark.parametrize("delta", WIDTHS)
def test_digit_selectors_run_monotonically_through_the_transition_set(delta):
    """χ₀ climbs from 0 to 1 on [0, δ], falls from 1 to 0 right of 1/2 within δ/(2 − 6δ) ≤ δ; χ₀ + χ₁ = 1 (§4.1 (i))."""
    network = selectors_of(delta)
    half, fall = mpq(1, 2), delta / (2 - 6 * delta)
    assert equal_on_line(network, lambda t: (t / delta, 1 - t / delta), [mpq(0), delta])
    assert equal_on_line(network, lambda t: (1 - (t - half) / fall, (t - half) / fall), [half, half + fall])
    assert equal_on_line(network, lambda t: (0, 1), sorted({half + fall, half + delta}))


@pytest.mark.parametrize("delta", [mpq(0), mpq(-1, 8), mpq(1, 5)])
def test_digit_selectors_refuse_a_transition_that_does_not_fit(delta):
    """A transition width outside (0, 1/6] raises ValueError."""
    with pytest.raises(ValueError, match=r"\(0, 1/6\]"):
        selectors_of(delta)


@given(st.fractions(-10, 10).map(lambda t: mpq(t.numerator, t.denominator)), st.sampled_from(WIDTHS))
def test_cell_selectors_single_out_the_integer_cell(t, delta):
    """Outside the transitions [i, i + δ] exactly the selector of the cell of t is 1, none outside the window."""
    length = 3
    network = build(1, lambda b, x: cell_selectors(b, x, length, delta))
    values = network.evaluate([t])
    cell = t.numerator // t.denominator
    assert all(0 <= value <= 1 for value in values) and sum(values) <= 1
    if t - cell >= delta:
        assert values == tuple(int(i == cell) for i in range(length))


@given(st.tuples(*[st.sampled_from([mpq(0), mpq(1, 3), mpq(1)])] * 2))
def test_deficiency_tells_open_pairs_from_closed_ones(values):
    """The deficiency of a pair of selectors is 0 at (1, 1) and at least 1 if one of them is 0."""
    (d,) = build(2, lambda b, x, y: [deficiency(x, y)]).evaluate(values)
    assert d >= 0 and (d == 0) == (values == (1, 1))
    assert d >= 1 or 0 not in values
