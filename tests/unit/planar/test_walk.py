"""The walk in the compiled core against its plain twin and the other enumerators, in general position and in none."""

from array import array
from collections import Counter
from random import Random

import numpy as np
import pytest
from crafted import GENERATORS, network_of, tame
from networks import float_perceptron, oblique_tents, perceptron, ramp, tents

from exactrelu import core
from exactrelu.cpwl.polygon import box, plane, polygon_of
from exactrelu.errors import Contradiction
from exactrelu.field import mpq
from exactrelu.network import Affine, Network, Relu
from exactrelu.planar import count_regions, counting, native_walk
from exactrelu.planar.native_walk import counted, listed
from exactrelu.planar.walk import walked
from exactrelu.planar.walk_groups import groups_for_core

pytestmark = pytest.mark.skipif(core.compiled is None, reason=core.PATH)

DOMAINS = [
    box(mpq(-1, 3), mpq(2, 3), mpq(-3, 7), mpq(4, 7)), box(0, 1, 0, 1), box(0, mpq(1, 2**30), 0, 1),
    polygon_of([(mpq(-1, 7), mpq(-1, 5)), (3, 1), (1, 3)]), box(mpq(10) ** 9, mpq(10) ** 9 + 1, -1, 1),
    polygon_of([(0, 0), (1, 0), (2, 0), (2, 2), (1, 2), (0, 2), (0, 1)]),
]


def checked(monkeypatch, network, domain):
    """Assert that the core counts right or says nothing, and lists what its twin lists; return which."""
    network = network.flatten()
    found, regions = counted(network, domain), listed(network, domain)
    if regions is not None:
        assert_same(regions, walked(network, domain))
    if found is None:
        return "nothing"
    with monkeypatch.context() as patch:
        patch.setattr(counting, "counted", lambda network, domain, most: None)
        assert count_regions(network, domain, jobs=1) == found
    return "counted"


def assert_same(regions, others):
    """Assert that two `Regions` are the same, with the same numbers, their points up to rounding."""
    for name in ("offsets", "sides", "kinks", "units", "patterns"):
        assert np.array_equal(getattr(regions, name), getattr(others, name))
    assert [regions.line(k) for k in range(len(regions.kinks))] == [others.line(k) for k in range(len(others.kinks))]
    assert [regions.forms(k) for k in range(len(regions))] == [others.forms(k) for k in range(len(others))]
    size = np.abs(others.points).max()
    assert np.abs(regions.points - others.points).max() <= size * 2.0**-38
    assert np.array_equal(regions.pieces(), others.pieces())


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("seed", range(4))
def test_perceptrons_with_floats_for_weights(kind, seed, monkeypatch):
    """Weights of 16, 32 and 64 bits: every count is the exact one, and none is missing."""
    for widths in ([3], [6, 6], [4, 4, 4, 4]):
        network = float_perceptron([seed, len(widths)], widths, kind)
        assert {checked(monkeypatch, network, domain) for domain in DOMAINS} == {"counted"}


@pytest.mark.parametrize("denominator", (3, 64, 10**6))
def test_perceptrons_with_rational_weights(denominator, monkeypatch):
    """Thirds, which no double is, and k/64, whose kinks meet in corners."""
    for seed in range(4):
        network = perceptron(Random(seed), [5, 5], denominator, 2 * denominator)
        assert {checked(monkeypatch, network, domain) for domain in DOMAINS} == {"counted"}


@pytest.mark.parametrize("denominator", (1, 7, 2**30))
@pytest.mark.parametrize("widths", ([40], [20, 9], [9, 9, 9, 17], [3] * 6))
def test_what_is_kept_from_one_cell_to_the_next(widths, denominator, monkeypatch):
    """Sums over many sources, from all layers before; of equal, zero and dead units, too: whole, and with errors."""
    random, nodes, read = Random(str((widths, denominator))), [], [0, 1]

    def weight():
        return mpq(random.choice((0, 1)) * random.randint(-2 * denominator, 2 * denominator), denominator)

    for width in (*widths, 1):
        first = len(nodes) + 2
        for _ in range(width):
            new = Affine(tuple((source, weight()) for source in read), weight())
            nodes.append(random.choice([new, new, *nodes[first - 2 :][:1]]))
        read = read + list(range(first + width, first + 2 * width))
        nodes += map(Relu, range(first, first + width))
    network = Network(2, nodes, [len(nodes)])
    assert {checked(monkeypatch, network, domain) for domain in DOMAINS[1:4:2]} == {"counted"}


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(3))
def test_degenerate_networks(kind, block, monkeypatch):
    """Kinks that coincide, meet, vanish and hide each other; dead and doubled units; weights beyond all bounds."""
    ends = Counter()
    for seed in range(8 * block, 8 * block + 8):
        network = GENERATORS[kind](Random(f"generic {kind} {seed}")).flatten()
        for version in (network, tame(network)):
            ends[checked(monkeypatch, version, DOMAINS[seed % len(DOMAINS)])] += 1
    assert ends["counted"] >= 8


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(20))
def test_thousands_of_degenerate_networks(kind, block, monkeypatch):
    """The same as by default for fifty more networks, wild and tame, a test."""
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        network = GENERATORS[kind](Random(f"generic {kind} {seed}")).flatten()
        for version in (network, tame(network)):
            checked(monkeypatch, version, DOMAINS[seed % len(DOMAINS)])


@pytest.mark.parametrize("power", (*range(20, 70, 5), 200))
def test_kinks_that_are_nearly_one(power, monkeypatch):
    """Two kinks 2^-p apart, and three that miss a common point by 2^-p, are told apart."""
    hair = mpq(1, 2**power)
    third = mpq(1, 3)

    def star(b, x, y):
        units = [b.relu(x - third), b.relu(y - third), b.relu(x + y - 2 * third - hair)]
        return units[0] + 2 * units[1] + 5 * b.relu(units[2] + units[0] - units[1] - mpq(1, 5))

    for network in (network_of(star), ramp(power)):
        assert {checked(monkeypatch, network, domain) for domain in DOMAINS} == {"counted"}


@pytest.mark.parametrize("power", (1, 10, 20, 30, 40, 100))
def test_vertices_of_lines_that_are_nearly_parallel(power, monkeypatch):
    """Three lines meet in (1/3, 1/7), where two cross at an angle of 2^-p: that the third does, too, is not missed."""
    for slope in (-3, -1, 0, 1, 2):
        def function(b, x, y, slope=slope):
            x, y = x - mpq(1, 3), y - mpq(1, 7)
            return b.relu(x) + 2 * b.relu(x + y / 2**power) + 5 * b.relu(y + slope * x)

        assert {checked(monkeypatch, network_of(function), domain) for domain in DOMAINS} == {"counted"}


@pytest.mark.parametrize("y", (1, 5, 21845, 43691))
def test_vertices_are_off_by_more_than_their_lines(y, monkeypatch):
    """Two lines of integers, exact in doubles, meet in (1 − y, y) / 2^16 + (1/2, 0), where doubles are off by 2^-6."""
    unit, big = 2**16, 2**32
    x, y = mpq(1, 2) + mpq(1 - y, unit), mpq(y, unit)
    while (big * (x + y) + y).denominator > 1:
        big += 1
    for hair in (-1, 0, 1):
        def function(b, u, v, hair=hair):
            along = big * u + (big + 1) * v - (big * (x + y) + y)
            return b.relu(along) + 2 * b.relu(along + unit * (u + v - x - y)) + 5 * b.relu(3 * unit * (u - x) + hair)

        assert {checked(monkeypatch, network_of(function), domain) for domain in DOMAINS[:2]} == {"counted"}


@pytest.mark.parametrize("power", (10, 16, 20, 24))
def test_vertices_of_lines_that_are_known_badly(power, monkeypatch):
    """A line that cancellation has moved in doubles meets another one where a third does: that is not missed."""
    big = 2**power + mpq(1, 3**20)

    def function(b, x, y):
        inner, same = b.relu(x + y + 3), b.relu(x + y + 3 + b.relu(y - 9))
        moved = b.relu(big * inner + x - mpq(1, 3) - big * same)
        for _ in range(3):  # in layers behind that one
            x, y = b.relu(x + 5) - 5, b.relu(y + 5) - 5
        return moved + 2 * b.relu(y - mpq(1, 7)) + 5 * b.relu(b.relu(x + y + 4) - mpq(10, 21) - 4)

    assert {checked(monkeypatch, network_of(function), domain) for domain in DOMAINS[:2]} == {"counted"}


def test_what_underflows_is_not_taken_for_zero(monkeypatch):
    """2^-1160 (x − 1/3) is zero in doubles, but its unit has a kink; with integers it is found."""
    nodes = [Affine(((0, mpq(1)),), mpq(-1, 3))]
    nodes += [Affine(((k, mpq(1, 2**290)),), mpq(0)) for k in range(2, 6)]
    network = Network(2, [*nodes, Relu(6)], [7])
    assert {checked(monkeypatch, network, domain) for domain in DOMAINS[:2]} == {"counted"}
    assert counted(network, DOMAINS[0]) == (2, 2)


@pytest.mark.parametrize("power", (16, 60, 160, 260))
def test_cancellation_is_paid_for(power, monkeypatch):
    """10^p (x + y)₊ − 10^p (x + y)₊ + x − 1/3, whose difference doubles lose, has its kink where it is."""
    big = mpq(10) ** power if power < 90 else mpq(2) ** power

    def function(b, x, y):
        inner = b.relu(x + y + 3)
        return b.relu(big * inner + x - mpq(1, 3) - big * b.relu(x + y + 3 + b.relu(y - 9)))

    assert {checked(monkeypatch, network_of(function), domain) for domain in DOMAINS[:4]} == {"counted"}


@pytest.mark.parametrize("network", [tents(3), tents(3, mpq(1, 3)), oblique_tents(3), oblique_tents(2, mpq(1, 3))])
def test_tents(network, monkeypatch):
    """Kinks that all meet in corners of the others."""
    assert {checked(monkeypatch, network, domain) for domain in DOMAINS} == {"counted"}


@pytest.mark.parametrize("count", (2, 40, pytest.param(2000, marks=pytest.mark.exhaustive)))
def test_thousands_of_kinks_on_one_line(count, monkeypatch):
    """Units k (x + y − 1)₊ have one kink, whatever their number, and cut once."""
    def function(b, x, y):
        return sum(((-1) ** k * b.relu(k * (x + y - 1)) for k in range(1, count)), start=b.relu(x - y))

    for domain in DOMAINS[:2]:
        assert checked(monkeypatch, network_of(function), domain) == "counted"


def test_constants_inputs_and_networks_without_units(monkeypatch):
    """Outputs that are inputs, constants or zero, several of them, or none at all."""
    for network in (Network(2, [], [0, 1]), Network(2, [], []), Network(2, [Affine((), mpq(-7, 3))], [2, 0]),
                    Network(2, [Affine((), mpq(0)), Relu(2)], [3]), Network(2, [Relu(1), Relu(2), Relu(3)], [4, 0]),
                    Network(2, [Relu(0), Relu(1)], [])):
        assert {checked(monkeypatch, network, domain) for domain in DOMAINS} == {"counted"}


def test_what_the_core_does_not_take():
    """The plane, and numbers beyond doubles and beyond sixteen words, are for others."""
    plain = network_of(lambda b, x, y: b.relu(x) + 3 * b.relu(x + y))
    assert counted(plain.flatten(), DOMAINS[0]) == (4, 4) and counted(plain.flatten(), plane()) is None
    for weight in (mpq(2) ** 400, mpq(1, 2**400)):
        network = network_of(lambda b, x, y, w=weight: b.relu(x + y * w)).flatten()
        assert counted(network, DOMAINS[0]) is None and listed(network, DOMAINS[0]) is None
    long = [Affine(((k, mpq(10**80 + 1, 10**80)), (0, mpq(-1))), mpq(1, 3)) for k in range(1, 6)]
    deep = Network(2, [*long, Relu(6)], [7])
    assert counted(deep, DOMAINS[1]) == (2, 2) and listed(deep, DOMAINS[1]) is None


@pytest.mark.parametrize("kind", (np.float32, np.float64))
def test_integers_are_as_long_as_they_need_to_be(kind):
    """Each layer of a perceptron has more words, and all of them are what the bound says."""
    groups = groups_for_core(float_perceptron(1, [5] * 5, kind), True)
    words = [groups.rows[start + 5] for start in range(0, len(groups.rows), 7) if not groups.rows[start]]
    assert words == sorted(words) and words[0] == 1 and 3 <= words[-1] <= 10
    whole = groups_for_core(perceptron(Random(1), [5] * 3), True)
    assert [whole.rows[start + 4] for start in range(0, len(whole.rows), 7)] == [1, 1, 0, 1, 0, 1, 0, 1]


def test_the_count_is_taken():
    """`count_regions` on a box takes it."""
    network = float_perceptron(7, [8, 8], np.float32)
    found = counted(network, DOMAINS[0])
    assert found is not None and count_regions(network, DOMAINS[0]) == found


def test_no_more_regions_are_counted_than_asked_for():
    """As many as the limit are counted, and one more is known to be more."""
    network = float_perceptron(7, [8, 8], np.float32)
    regions, pieces = counted(network, DOMAINS[0])
    assert counted(network, DOMAINS[0], regions) == (regions, pieces)
    for most in (1, regions - 1):
        assert counted(network, DOMAINS[0], most) == (most + 1, most + 1)


@pytest.mark.parametrize("limit", ("AT_ONCE", "STEPS"))
def test_what_is_not_counted_at_once_is_counted(limit, monkeypatch):
    """The time of more regions is estimated first; the counts are the same."""
    network, said = float_perceptron(7, [8, 8], np.float32), []
    found = count_regions(network, DOMAINS[0], announce=said.append)
    assert not said and found == counted(network, DOMAINS[0])
    monkeypatch.setattr(counting, limit, 9)
    assert count_regions(network, DOMAINS[0], announce=said.append) == found and said


def test_forms_are_told_apart_by_their_intervals():
    """Intervals that touch in every coefficient are not told apart, in whatever order, and one that is clear is."""
    def estimates(*rows):
        return np.array([[row] for row in rows], dtype=float)

    numbers, all_differ = np.arange(3), native_walk._all_differ
    assert all_differ(estimates((0, 0, 0, 1e-9), (1, 0, 0, 1e-9), (0, 1, 0, 1e-9)), numbers, 1.0)
    assert not all_differ(estimates((0, 0, 0, 1), (1, 0, 0, 1), (0, 0, 0, 0)), numbers, 1.0)
    assert all_differ(estimates((0, 0, 0, 1), (5, 0, 0, 1), (0, 0, 2.5, 1)), numbers, 1.0)
    assert not all_differ(estimates((0, 0, 0, 9), (5, 0, 0, 0), (-5, 0, 0, 0)), numbers, 1.0)
    assert all_differ(estimates((0, 0, 0, 9), (5, 0, 0, 0), (-5, 0, 0, 0)), numbers, 100.0)


def test_wrong_forms_are_a_contradiction(monkeypatch):
    """If the core's network is not the one that was given, an evaluation inside a region says so."""
    network = network_of(lambda b, x, y: b.relu(3 * x + y - 1) + b.relu(x - y)).flatten()
    other = network_of(lambda b, x, y: b.relu(3 * x + y - 2) + b.relu(x - y)).flatten()
    monkeypatch.setattr(native_walk, "groups_for_core", lambda _, with_integers: groups_for_core(other, with_integers))
    with pytest.raises(Contradiction, match="EXACTRELU_CORE=0"):
        listed(network, DOMAINS[1])


def test_regions_that_do_not_fill_the_domain_are_a_contradiction(monkeypatch):
    """A side that is y = 0 in doubles and 2 y = 1 in integers gives parts that are not those of the square."""
    floats = (0, 1, 0, 0, -1, 0, 1, 0, 0, -1, 1, 0, 1, 0, 0, 0)
    rows = array("q", (0, 0, 2, 0, 1, 1, 1, 0, 2, 3, 2, 0, 1, 1, 1, 3, 4, 1, 0, 0, 1))
    for bottom, ended in (((0, 1, 0), 0), ((0, 2, -1), native_walk.IMPOSSIBLE)):
        exact = array("q", (*bottom, -1, 0, 1, 0, -1, 1, 1, 0, 0))
        assert core.compiled.regions(
            rows, array("q", (0, 1, 2)), array("d", (1e-6, 1)), array("d", (-3e-7,)), array("q", (10, 10**7)),
            array("q", (-3,)), array("q", (3,)), array("d", floats), exact, 1.0, (1, 1, 1, 1, 9),
        )[0] == ended
    network = network_of(lambda b, x, y: b.relu(x - y)).flatten()

    class Core:
        @staticmethod
        def regions(*_):
            return (native_walk.IMPOSSIBLE, *core.compiled.regions(*_)[1:])

    monkeypatch.setattr(native_walk, "compiled", Core)
    for ask in (counted, listed):
        with pytest.raises(Contradiction, match="EXACTRELU_CORE=0"):
            ask(network, DOMAINS[0])


def test_arrays_that_make_no_sense_are_refused():
    """Groups out of order, sources that come later and missing weights end in ValueError, not in memory."""
    def words(*numbers):
        return array("q", numbers)

    def doubles(*numbers):
        return array("d", numbers)

    sides = doubles(0, 1, 0, 0, -1, 0, 1, 0, 0, -1, 1, 0, 1, 0, 0, 0)
    exact = words(0, 1, 0, -1, 0, 1, 0, -1, 1, 1, 0, 0)
    inputs = (0, 0, 2, 0, 1, 1, 1)
    rows = words(*inputs, 0, 2, 3, 2, 0, 1, 1, 1, 3, 4, 1, 0, 0, 1)
    good = [rows, words(0, 1, 2), doubles(1, 2), doubles(-0.9), words(10, 20), words(-9), words(3), sides, exact]
    numbers = (1, 1, 1, 1, 9)
    assert core.compiled.regions(*good, 1.0, numbers)[:2] == (0, 2)
    bad = [
        (0, words(*inputs, 0, 3, 4, 2, 0, 1, 1, 1, 4, 5, 1, 0, 0, 1)), (0, words(*inputs[:-1])), (0, words()),
        (0, words(*inputs, 0, 2, 3, 3, 0, 1, 1, 1, 3, 4, 1, 0, 0, 1)), (0, words(1, *inputs[1:])),
        (0, words(*inputs, 0, 2, 3, 2, 0, 17, 1, 1, 3, 4, 1, 0, 0, 1)),
        (0, words(*inputs, 0, 2, 3, 2, 0, 1, 0, 1, 3, 4, 1, 0, 0, 1)),
        (0, words(*inputs, 0, 2, 3, 2, 1, 2, 1, 1, 3, 4, 1, 0, 0, 1)),
        (1, words(0, 2, 2)), (1, words(0, 1, 3)), (1, words(1, 0, 2)), (1, words(0, 0, 2)), (1, words(0, 1)),
        (2, doubles(1)), (3, doubles()), (4, words(10)), (5, words()), (6, words(4)), (6, words(-1)),
        (7, sides[:8]), (7, sides[:15]), (8, exact[:11]),
    ]
    for place, wrong in bad:
        with pytest.raises(ValueError):
            core.compiled.regions(*good[:place], wrong, *good[place + 1 :], 1.0, numbers)
    for place, wrong in ((1, 0), (1, 17), (2, 0), (2, 17), (3, 0), (3, 17)):
        with pytest.raises(ValueError):
            core.compiled.regions(*good, 1.0, (*numbers[:place], wrong, *numbers[place + 1 :]))
    with pytest.raises(TypeError):
        core.compiled.regions(*good, 1.0, numbers[:4])
