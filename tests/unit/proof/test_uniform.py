"""Numbers that depend on n, as in the proofs for all n of the constructions with atoms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.template import dyadic, growth_of
from exactrelu.certification.induction.uniform import NotUniform, Uniform, symbol
from exactrelu.field import mpq

FRACTIONS = st.fractions(-9, 9, max_denominator=9).map(mpq)


def number(a, b, c, first=1):
    """Return a + b h + c/h."""
    h = symbol(first)
    return a + b * h + c / h


def value(x, n):
    """Return the value of a number for n."""
    return x.at(n) if type(x) is Uniform else x


@given(FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS, st.integers(1, 40))
def test_arithmetic(a, b, c, d, e, f, n):
    """Sums, differences, products and quotients have the values for n that the values for n have."""
    x, y = number(a, b, c), number(d, e, f)
    p, q = value(x, n), value(y, n)
    assert value(x + y, n) == p + q and value(x - y, n) == p - q and value(x * y, n) == p * q
    if not (d == e == f == 0) and q:
        assert value(x / y, n) == p / q
    assert value(x - x, n) == 0 and type(x - x) is not Uniform and hash(x + y) == hash(y + x)


@given(FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS)
def test_order(a, b, c, d):
    """A comparison that is made is that of the values for every n; one that is not is not the same for all h."""
    x = number(a, b, c)
    try:
        less = x < d
    except NotUniform:
        ends = {value(x, 1) < d, value(x, 60) < d}
        assert len(ends) == 2 or any(value(x, k) == d for k in range(1, 60)) or b and c
        return
    assert {value(x, n) < d for n in range(1, 60)} == {less}


def test_order_is_decided_at_the_end_of_the_range():
    """h < 1/2 holds for all n ≥ 2, but not for n = 1; modulo 1 only integers times powers of 2ⁿ vanish."""
    assert symbol(2) < mpq(1, 2)
    with pytest.raises(NotUniform):
        symbol(1) < mpq(1, 2)  # noqa: B015
    assert (mpq(7, 3) + 5 / symbol(1)) % 1 == mpq(1, 3)
    for x in (symbol(1), 1 / (3 * symbol(1)), 1 / (1 + symbol(1))):
        with pytest.raises(NotUniform):
            x % 1


@given(FRACTIONS, FRACTIONS, FRACTIONS, st.integers(1, 5))
def test_fits(a, b, c, first):
    """Three values determine a + b h + c/h, and a fourth one that does not fit is noticed."""
    expected = number(a, b, c, first)
    values = {n: value(expected, n) for n in range(first, first + 4)}
    found = dyadic(values, symbol(first))
    assert value(found - expected, 1) == 0
    with pytest.raises(Unproved):
        dyadic(values | {first + 3: values[first + 3] + 1}, symbol(first))


def test_growth():
    """Bounds of gates are powers times a constant."""
    assert growth_of({n: mpq(2) * 3**n for n in range(1, 6)}) == (2, 3)
    for bounds in ({1: mpq(1), 2: mpq(2), 3: mpq(3)}, {1: mpq(1), 2: mpq(1, 2), 3: mpq(1, 4)}):
        with pytest.raises(Unproved):
            growth_of(bounds)
