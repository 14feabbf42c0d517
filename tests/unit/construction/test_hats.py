"""exactrelu.construction.hats: loops by their hats, thresholds and multiplication, at all of their knots."""

from random import Random

import pytest

from exactrelu.construction import hats
from exactrelu.construction.hats import Loop
from exactrelu.field import mpq
from exactrelu.network import Builder, constant
from exactrelu.planar.univariate import univariate_nodes

STEEPNESS = mpq(12)


def steep(expression):
    """Return H times an expression."""
    return STEEPNESS * expression


def flat(expression):
    """Return an expression divided by H."""
    return expression / STEEPNESS


LOOPS = [Loop(N, M) for N, M in ((3, 2), (5, 2), (4, 3), (5, 4), (6, 5), (7, 2), (8, 7), (8, 3))]


def knots(loop, fineness=1):
    """Return all multiples of 1/(fineness M N) in two periods."""
    count = fineness * loop.parts * loop.factor
    return [mpq(k, count) for k in range(-count, count)]


def hats_at(loop, t):
    """Return the hats at t as constants."""
    return tuple(constant(h) for h in loop.hats_at(t))


def random_signs(loop, random):
    return {pair: random.choice((1, -1)) for pair in loop.thresholds if random.random() < 0.7}


@pytest.mark.parametrize("loop", LOOPS)
def test_hats_add_up_to_one(loop):
    """Each is 1 at its part and 0 at the others; all are affine between parts, of period 1, and add up to 1."""
    N = loop.parts
    for c in range(N):
        for k in range(-N, 2 * N):
            assert hats.hat(N, c, mpq(k, N)) == int((k - c) % N == 0)
    for t in knots(loop):
        assert sum(loop.hats_at(t)) == 1
        assert hats.closed(hats_at(loop, t)[:-1])[-1].bias == loop.hats_at(t)[-1]


@pytest.mark.parametrize("loop", LOOPS)
def test_thresholds_tell_digits(loop):
    """θ_{s,k} is > 0 for digits ≥ k of t + s/N and < 0 for others, at least min(1, N dist) from its zeros."""
    for t in knots(loop, 3):
        for s, k in loop.thresholds:
            r = (t + mpq(s, loop.parts)) % 1
            least = min(mpq(1), loop.parts * min(r, 1 - r, abs(r - mpq(k, loop.factor))))
            found = loop.threshold(hats_at(loop, t), s, k).bias
            assert (found if r > mpq(k, loop.factor) else -found) >= least and (least == 0) == (found == 0)
            assert abs(found) <= hats.largest_threshold(loop, k)


@pytest.mark.parametrize("loop", LOOPS)
def test_multiplication(loop):
    """The hats at M t from the hats and one-sided parts at t, of any signs, at all knots of both sides, Z/(MN)."""
    signs = random_signs(loop, Random(loop.parts))
    for t in knots(loop):
        here = hats_at(loop, t)
        parts = loop.positive_parts(Builder(1), here, signs, steep)
        for (s, k), part in parts.items():
            assert part.bias == STEEPNESS * max(0, signs.get((s, k), 1) * loop.threshold(here, s, k).bias)
        found = loop.multiplied(here, parts, signs, flat)
        assert tuple(h.bias for h in found) == loop.hats_at(loop.factor * t)


@pytest.mark.parametrize("loop", LOOPS)
def test_units_of_a_loop(loop):
    """A multiplication takes N (M − 1) units: as many as there are knots of the one side that the other has not."""
    b = Builder(loop.parts - 1)
    here = hats.closed(b.inputs)
    parts = loop.positive_parts(b, here, {}, steep)
    network = b.network(loop.multiplied(here, parts, {}, flat))
    assert sum(type(node).__name__ == "Relu" for node in network.nodes) == loop.parts * (loop.factor - 1)


@pytest.mark.parametrize("loop", LOOPS[:3])
def test_the_embedding(loop):
    """Hats on the intervals; the value at an end next to it and beyond the last one; values in [0, 1] elsewhere."""
    b = Builder(2)
    intervals, delta = [(mpq(-1, 3), mpq(1, 2)), (mpq(9, 2), mpq(5))], mpq(1, 4 * loop.parts)
    network = b.network(loop.embedding(b, b.inputs[0], [tuple(map(hats.fixed, ends)) for ends in intervals]))
    functions = [univariate_nodes(network)[k][1] for k in network.outputs]
    for c, function in enumerate(functions):
        for low, high in intervals:
            inner = [mpq(k, 60) for k in range(-60, 305) if low <= mpq(k, 60) <= high]
            assert [function(t) for t in inner] == [loop.hats_at(t)[c] for t in inner]
            assert function.range_on(high, high + delta) == (loop.hats_at(high)[c],) * 2
        assert function.range_on(mpq(5), None) == (loop.hats_at(mpq(5))[c],) * 2
        assert function.range_on(None, mpq(-1, 3)) == (loop.hats_at(mpq(-1, 3))[c],) * 2
        assert 0 <= function.range_on(None, None)[0] <= function.range_on(None, None)[1] <= 1
