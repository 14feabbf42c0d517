"""exactrelu.construction.hats: the loop as hats, its medians and doubling, at all of their knots."""

import pytest

from exactrelu.construction import hats as loop
from exactrelu.field import mpq
from exactrelu.network import Builder, constant
from exactrelu.planar.univariate import univariate_nodes

SIXTHS = [mpq(k, 6) for k in range(-6, 13)]
STEEPNESS = mpq(12)


def hats_at(t):
    """Return the three hats at t as constants."""
    return tuple(constant(loop.hat(c, t)) for c in range(3))


def medians_at(t, spared=(0, 1)):
    return loop.medians(Builder(2), hats_at(t), STEEPNESS, spared)


def test_hats_add_up_to_one():
    """Each is 1 at its third, 0 at the others; all are affine between thirds."""
    assert [[loop.hat(c, mpq(k, 3)) for k in range(-1, 4)] for c in range(3)] == [
        [0, 1, 0, 0, 1], [0, 0, 1, 0, 0], [1, 0, 0, 1, 0]
    ]
    for t in SIXTHS:
        assert sum(loop.hat(c, t) for c in range(3)) == 1 and loop.closed(*hats_at(t)[:2])[2].bias == loop.hat(2, t)


@pytest.mark.parametrize("spared", [(s, sign) for s in range(3) for sign in (1, -1)])
def test_medians_tell_digits(spared):
    """μ_s is > 0 for the digit 0 of t + s/3 and < 0 for the digit 1, at least min(1, 3 dist(t + s/3, Z/2))."""
    for t in [mpq(k, 24) for k in range(-24, 48)]:
        parts = medians_at(t, spared)
        for s in range(3):
            r = (t + mpq(s, 3)) % 1
            least = min(mpq(1), 3 * min(r, 1 - r, abs(r - mpq(1, 2))))
            signed = parts.median(s).bias / STEEPNESS
            assert (signed if r < mpq(1, 2) else -signed) >= least and (least == 0) == (signed == 0)
            assert signed == loop.median(hats_at(t), s).bias
            assert [parts.part(s, sign).bias for sign in (1, -1)] == [
                STEEPNESS * max(signed, 0), STEEPNESS * max(-signed, 0)
            ]


def test_medians_are_five_units():
    """The sixth part is a combination of five units, on the whole plane of the loop."""
    b = Builder(2)
    hats = loop.closed(*b.inputs)
    parts = loop.medians(b, hats, STEEPNESS, (1, -1))
    network = b.network([*parts.plus, *parts.minus])
    assert sum(type(node).__name__ == "Relu" for node in network.nodes) == 5
    for point in ((mpq(5), mpq(-7)), (mpq(1, 3), mpq(1, 5)), (mpq(-2), mpq(0))):
        values = network.evaluate(point)
        signed = [loop.median((*point, 1 - sum(point)), s) for s in range(3)]
        assert values == tuple(STEEPNESS * max(sign * m, 0) for sign in (1, -1) for m in signed)


def test_hats_come_back_from_medians():
    """h_c = (1 + μ_{1−c} − μ_{2−c}) / 3."""
    for t in SIXTHS:
        assert [h.bias for h in loop.hats_of(medians_at(t), STEEPNESS)] == [loop.hat(c, t) for c in range(3)]


def test_doubling():
    """The hats at 2t from the medians at t, at all knots of both sides, multiples of 1/6."""
    for t in SIXTHS:
        assert [h.bias for h in loop.doubled(medians_at(t), STEEPNESS)] == [loop.hat(c, 2 * t) for c in range(3)]


def test_the_embedding():
    """Hats on the intervals; the value at an end on δ beyond it and beyond the last one; values in [0, 1] elsewhere."""
    b = Builder(2)
    intervals, delta = [(mpq(-1, 3), mpq(1, 2)), (mpq(9, 2), mpq(5))], mpq(1, 50)
    network = b.network(loop.embedding(b, b.inputs[0], intervals, delta))
    functions = [univariate_nodes(network)[k][1] for k in network.outputs]
    for c, function in enumerate(functions):
        for low, high in intervals:
            inner = [mpq(k, 12) for k in range(-12, 61) if low <= mpq(k, 12) <= high]
            assert [function(t) for t in inner] == [loop.hat(c, t) for t in inner]
            assert function.range_on(high, high + delta) == (loop.hat(c, high),) * 2
        assert function.range_on(mpq(5), None) == (loop.hat(c, mpq(5)),) * 2
        assert function.range_on(None, mpq(-1, 3)) == (loop.hat(c, mpq(-1, 3)),) * 2
        assert 0 <= function.range_on(None, None)[0] <= function.range_on(None, None)[1] <= 1
