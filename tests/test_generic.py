"""Counting by proven floating-point signs: the right number or none, against the readable enumerator."""

from array import array
from collections import Counter
from random import Random

import numpy as np
import pytest
from crafted import GENERATORS, network_of, tame
from networks import float_perceptron, oblique_tents, perceptron, ramp, tents

from exactrelu import core
from exactrelu.cpwl.polygon import box, plane, polygon_of
from exactrelu.field import mpq
from exactrelu.network import Affine, Network, Relu
from exactrelu.planar import count_regions, counting, generic
from exactrelu.planar.generic import count_generic

pytestmark = pytest.mark.skipif(core.compiled is None, reason=core.PATH)

DOMAINS = [
    box(mpq(-1, 3), mpq(2, 3), mpq(-3, 7), mpq(4, 7)), box(0, 1, 0, 1), box(0, mpq(1, 2**30), 0, 1),
    polygon_of([(mpq(-1, 7), mpq(-1, 5)), (3, 1), (1, 3)]), box(mpq(10) ** 9, mpq(10) ** 9 + 1, -1, 1),
]


def checked(monkeypatch, network, domain):
    """Assert that `count_generic` is right or says nothing, and return which."""
    found = count_generic(network.flatten(), domain)
    if found is None:
        return "nothing"
    with monkeypatch.context() as patch:
        patch.setattr(counting, "count_generic", lambda network, domain: None)
        assert count_regions(network, domain, jobs=1) == (found, found)
    return "counted"


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("seed", range(6))
def test_perceptrons_with_floats_for_weights(kind, seed, monkeypatch):
    """Weights of 16, 32 and 64 bits: every count is the exact one, and hardly any is missing."""
    ends = Counter()
    for widths in ([3], [6, 6], [8, 8], [4, 4, 4, 4]):
        network = float_perceptron([seed, len(widths)], widths, kind)
        ends.update(checked(monkeypatch, network, domain) for domain in DOMAINS)
    assert ends["counted"] >= 8


@pytest.mark.parametrize("denominator", (3, 64, 10**6))
def test_perceptrons_with_rational_weights(denominator, monkeypatch):
    """Thirds, which no double is, and k/64, whose kinks meet in corners."""
    ends = Counter()
    for seed in range(8):
        network = perceptron(Random(seed), [5, 5], denominator, 2 * denominator)
        ends.update(checked(monkeypatch, network, domain) for domain in DOMAINS)
    assert ends["counted"] >= 8


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(3))
def test_degenerate_networks_are_counted_right_or_not_at_all(kind, block, monkeypatch):
    """Kinks that coincide, meet, vanish and hide each other; dead and doubled units; weights beyond all bounds."""
    for seed in range(10 * block, 10 * block + 10):
        network = GENERATORS[kind](Random(f"generic {kind} {seed}")).flatten()
        for version in (network, tame(network)):
            checked(monkeypatch, version, DOMAINS[seed % len(DOMAINS)])


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(20))
def test_thousands_of_degenerate_networks(kind, block, monkeypatch):
    """The same as by default for fifty more networks, wild and tame, a test."""
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        network = GENERATORS[kind](Random(f"generic {kind} {seed}")).flatten()
        for version in (network, tame(network)):
            checked(monkeypatch, version, DOMAINS[seed % len(DOMAINS)])


@pytest.mark.parametrize("power", range(20, 70, 3))
def test_kinks_that_are_nearly_one(power, monkeypatch):
    """Two kinks 2^-p apart, and three that miss a common point by 2^-p, are told apart or nothing is said."""
    hair = mpq(1, 2**power)
    third = mpq(1, 3)

    def star(b, x, y):
        units = [b.relu(x - third), b.relu(y - third), b.relu(x + y - 2 * third - hair)]
        return units[0] + 2 * units[1] + 5 * b.relu(units[2] + units[0] - units[1] - mpq(1, 5))

    for network in (network_of(star), ramp(power)):
        ends = {checked(monkeypatch, network, domain) for domain in DOMAINS}
        assert power < 40 or "nothing" in ends


@pytest.mark.parametrize("power", (1, 10, 20, 30, 40))
def test_vertices_of_lines_that_are_nearly_parallel(power, monkeypatch):
    """Three lines meet in (1/3, 1/7), where two cross at an angle of 2^-p: that the third does, too, is not missed."""
    for slope in (-3, -1, 0, 1, 2):
        def function(b, x, y, slope=slope):
            x, y = x - mpq(1, 3), y - mpq(1, 7)
            return b.relu(x) + 2 * b.relu(x + y / 2**power) + 5 * b.relu(y + slope * x)

        assert {checked(monkeypatch, network_of(function), domain) for domain in DOMAINS[:2]} == {"nothing"}


def test_what_underflows_is_not_taken_for_zero(monkeypatch):
    """2^-1160 (x − 1/3) is zero in doubles, but its unit has a kink."""
    nodes = [Affine(((0, mpq(1)),), mpq(-1, 3))]
    nodes += [Affine(((k, mpq(1, 2**290)),), mpq(0)) for k in range(2, 6)]
    network = Network(2, [*nodes, Relu(6)], [7])
    assert {checked(monkeypatch, network, domain) for domain in DOMAINS[:2]} == {"nothing"}


def test_cancellation_is_paid_for(monkeypatch):
    """10^16 (x + y)₊ − 10^16 (x + y)₊ + x − 1/3, whose difference doubles lose, is not decided by them."""
    big = mpq(10) ** 16

    def function(b, x, y):
        inner = b.relu(x + y + 3)
        return b.relu(big * inner + x - mpq(1, 3) - big * b.relu(x + y + 3 + b.relu(y - 9)))

    assert {checked(monkeypatch, network_of(function), domain) for domain in DOMAINS[:2]} == {"nothing"}


def test_what_is_not_in_general_position_is_left_to_integers():
    """Tents, equal forms on two regions, the plane, polygons with many sides and weights beyond doubles: no count."""
    for network in (tents(3), oblique_tents(3)):
        assert count_generic(network.flatten(), box(0, 1, 0, 1)) is None
    domain = DOMAINS[0]
    flat = network_of(lambda b, x, y: b.relu(b.relu(x) + b.relu(y) - 10) + b.relu(x - mpq(1, 9)))
    assert count_regions(flat, domain).linear_pieces == 2 and count_generic(flat, domain) is None
    plain = network_of(lambda b, x, y: b.relu(x) + 3 * b.relu(x + y))
    assert count_generic(plain, domain) == 4 and count_generic(plain, plane()) is None
    circle = polygon_of(sorted((mpq(k, 50), mpq(k * k, 2500)) for k in range(-30, 31)))
    assert count_generic(plain, circle) is None
    for weight in (mpq(2) ** 400, mpq(1, 2**400)):
        assert count_generic(network_of(lambda b, x, y, w=weight: b.relu(x + y * w)), domain) is None


def test_the_count_is_taken():
    """`count_regions` on a box takes it, and asks the integers where there is none."""
    network = float_perceptron(7, [8, 8], np.float32)
    found = count_generic(network, DOMAINS[0])
    assert found is not None and count_regions(network, DOMAINS[0]) == (found, found)
    assert count_regions(oblique_tents(2), box(0, 1, 0, 1)).regions > 0


def test_forms_are_told_apart_by_their_intervals():
    """Intervals that touch in every coefficient are not told apart, in whatever order, and one that is clear is."""
    def estimates(*rows):
        return np.array([[row] for row in rows], dtype=float)

    numbers = np.arange(3)
    assert generic._all_differ(estimates((0, 0, 0, 1e-9), (1, 0, 0, 1e-9), (0, 1, 0, 1e-9)), numbers, 1.0)
    assert not generic._all_differ(estimates((0, 0, 0, 1), (1, 0, 0, 1), (0, 0, 0, 0)), numbers, 1.0)
    assert generic._all_differ(estimates((0, 0, 0, 1), (5, 0, 0, 1), (0, 0, 2.5, 1)), numbers, 1.0)
    assert not generic._all_differ(estimates((0, 0, 0, 9), (5, 0, 0, 0), (-5, 0, 0, 0)), numbers, 1.0)
    assert generic._all_differ(estimates((0, 0, 0, 9), (5, 0, 0, 0), (-5, 0, 0, 0)), numbers, 100.0)


def test_arrays_that_make_no_sense_are_refused():
    """Groups out of order, sources that come later and missing weights end in ValueError, not in memory."""
    def words(*numbers):
        return array("q", numbers)

    sides = array("d", [0, 1, 0, 0, -1, 0, 1, 0, 0, -1, 1, 0, 1, 0, 0, 0])
    good = [words(0, 2, 3, 2, 1, 3, 4, 1), words(0, 1, 2), array("d", [1, 2]), array("d", [-0.9]), words(3), sides]
    assert core.compiled.count(*good, 1.0)[:2] == (0, 2)
    for place, bad in ((0, words(0, 3, 4, 2, 1, 4, 5, 1)), (0, words(0, 2, 3, 3, 1, 3, 4, 1)), (0, words(1, 2, 3, 1)),
                       (1, words(0, 2, 2)), (1, words(0, 1, 3)), (1, words(0, 1)), (2, array("d", [1])),
                       (3, array("d")), (4, words(4)), (4, words(-1)), (5, sides[:8]), (5, sides[:15])):
        with pytest.raises(ValueError):
            core.compiled.count(*good[:place], bad, *good[place + 1 :], 1.0)
