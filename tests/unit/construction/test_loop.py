"""The embedding E and the controllers F of §3.1, proved on every segment between knots."""

import pytest
from segments import build, equal_on_line, is_affine_between

from exactrelu.construction.loop import controller, embedding, three_unit_controller
from exactrelu.field import mpq
from exactrelu.network import Relu

CONTROLLERS = [controller, three_unit_controller]


def E(t):
    """The embedding as printed in (3.1)."""
    if 3 * t <= 1:
        return (3 * t, 3 * t)
    if 3 * t <= 2:
        return (mpq(1), 2 - 3 * t)
    return (3 - 3 * t, mpq(0))


def r(t):
    """The residual map of §2.2 with its endpoint convention."""
    return 2 * t - (1 if 2 * t >= 1 else 0)


def twelfths(start, end):
    return [mpq(k, 12) for k in range(12 * start, 12 * end + 1)]


@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_embedding_is_periodic_on_the_window_and_rests_outside(length):
    """The embedding is E of the fractional part on [0, L] and (0, 0) outside."""

    def expected(t):
        return E(t - t.numerator // t.denominator) if 0 <= t <= length else (0, 0)

    network = build(1, lambda b, t: embedding(b, t, length))
    assert equal_on_line(network, expected, twelfths(-2, length + 2))
    assert is_affine_between(network, [mpq(-(2**70))], [mpq(-1)])
    assert is_affine_between(network, [mpq(length)], [mpq(2**70)])


@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_embedding_takes_three_units_a_period_and_one_more(length):
    """The embedding on [0, L] has 3L + 1 units."""
    network = build(1, lambda b, t: embedding(b, t, length))
    assert sum(type(node) is Relu for node in network.nodes) == 3 * length + 1


@pytest.mark.parametrize("F", CONTROLLERS)
def test_controller_transports_the_residual(F):
    """F(E(t)) = E(r(t)) for every t in [0, 1], the endpoint convention included (Proposition 3.1)."""
    network = build(1, lambda b, t: F(b, *embedding(b, t)))
    assert equal_on_line(network, lambda t: E(r(t)), twelfths(0, 1))


@pytest.mark.parametrize("F", CONTROLLERS)
def test_controller_iterates_transport_the_iterated_residual(F):
    """F³(E(t)) = E(r³(t)) for every t in [0, 1] (Corollary 3.2), and (0, 0) outside."""

    def cubed(b, t):
        p, q = embedding(b, t)
        for _ in range(3):
            p, q = F(b, p, q)
        return p, q

    network = build(1, cubed)
    knots = [t / 4 for t in twelfths(0, 4)]
    assert equal_on_line(network, lambda t: E(r(r(r(t)))), knots)
    assert network.evaluate([mpq(-1, 7)]) == network.evaluate([mpq(8, 7)]) == (0, 0)
