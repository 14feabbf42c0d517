"""exactrelu.planar.bisection against its plain twin `affine_pieces`, and on networks made to fool it."""

from random import Random

import numpy as np
import pytest
from crafted import GENERATORS, absolute, disguised, joined, leaks, network_of, spike, wrapping_spike
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from networks import oblique_tents, ramp, tents
from piecewise import check_pieces, domains, function_on, quadrants
from random_networks import networks

from exactrelu.cpwl.polygon import box, plane, polygon_of
from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Network, Relu, total
from exactrelu.planar.bisection import Bisection, Part
from exactrelu.planar.reference import activation_regions

UNIT = box(0, 1, 0, 1)
SQUARE = box(-1, 1, -1, 1)
HAIR = mpq(1, 2**60)
FAR = mpq(10) ** 9


@given(networks(most=10))
@settings(max_examples=60)
def test_any_small_network(network):
    """Pieces tile boxes, slivers and unbounded polygons, and carry the function of the plain twin: shrinkable cases."""
    check_pieces(network, [SQUARE, *quadrants()])


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("seed", range(4))
def test_random_networks_of_each_kind(kind, seed):
    """The same for networks with kinks that coincide, gates that cancel, weights beyond ``int64``, on all domains."""
    check_pieces(GENERATORS[kind](Random(f"{kind} {seed}")), domains())


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(10))
def test_hundreds_of_random_networks_of_each_kind(kind, block):
    """The same as by default for fifty more networks a test."""
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        check_pieces(GENERATORS[kind](Random(f"{kind} {seed}")), domains())


@pytest.mark.parametrize("seed", range(12))
def test_every_region_lies_in_one_function(seed):
    """On every activation region of the readable enumerator the pieces that meet it have its form."""
    network = GENERATORS["degenerate"](Random(seed))
    pieces = function_on(network, [SQUARE])[0]
    for cell, (form,) in activation_regions(network, SQUARE):
        assert {found for polygon, found in pieces if polygon.clip(cell)} == {form}


@pytest.mark.parametrize("exponent", range(44, 64, 2))
@pytest.mark.parametrize("point", [(mpq(0), mpq(0)), (mpq(1), mpq(1)), (mpq(1, 2), mpq(0)), (mpq(1, 2), mpq(1, 4))])
def test_opposite_units_that_agree_modulo_2_to_the_64_do_not_cancel(exponent, point):
    """A spike whose two terms differ by multiples of 2^64 at every vertex is not mistaken for zero."""
    network = network_of(lambda b, x, y: wrapping_spike(b, point, exponent))
    assert len({form for _, form in function_on(network, [SQUARE])[0]}) > 1
    check_pieces(network, [SQUARE, UNIT, *quadrants()])


@pytest.mark.parametrize("power", (30, 31, 32, 61, 62, 63, 64, 65, 126, 200))
@pytest.mark.parametrize("sign", (1, -1))
def test_weights_about_the_ends_of_int64(power, sign):
    """w ((x + y)₊ − (x + y − 1/w)₊) and its sums, for w near powers of two, beside small units and large biases."""
    for weight in (2**power - 1, 2**power, 2**power + 1):
        w = mpq(sign * weight)
        for function in (
            lambda b, x, y: w * b.relu(x + y) - w * b.relu(x + y - 1 / w) + b.relu(x - y),
            lambda b, x, y: b.relu(w * b.relu(w * x - y) - w * b.relu(y) + w),
            lambda b, x, y: b.relu(b.relu(w * x + w * y + w) - w * b.relu(x + y) - w + 1),
        ):
            check_pieces(network_of(function), [SQUARE])


def test_a_wide_level_before_a_narrow_one():
    """Levels in Python integers are followed by levels that would fit ``int64``, with undecided units in both."""
    network = network_of(lambda b, x, y: b.relu(b.relu(2**70 * (x + y)) / 2**70 + b.relu(x - y) - mpq(1, 3)))
    check_pieces(network, [SQUARE, *quadrants()])


def test_a_gate_beyond_int64_between_levels_that_fit():
    """Only the level of a gate of 2^70 is computed in Python integers: what it lets pass is held in ``int64`` again."""
    gates = [lambda b, x, y, k=k: b.relu(b.relu(x - y) - mpq(k, 7) - 2**70 * b.relu(y + 2)) for k in range(3)]
    network = network_of(lambda b, x, y: total([b.relu(x + y), *(gate(b, x, y) for gate in gates)]))
    bisection = Bisection(network)
    polygons = [UNIT, SQUARE]
    variant = bisection.variant(frozenset())
    parts = [Part(k, k, p, bisection.across(p, 0), bisection.across(p, 1)) for k, p in enumerate(polygons)]
    batch, _ = bisection._bounded(frozenset(), parts)
    assert any(level.terms.bits.max() > 60 for level in variant.levels) and batch.values.dtype == np.int64
    check_pieces(network, [SQUARE, *quadrants()])


@pytest.mark.parametrize("denominator", [3, 7, 3**40, 10**30 + 57])
def test_denominators_that_are_not_dyadic(denominator):
    """Kinks and polygons with coordinates over 3, 7, 3^40 and a large prime."""
    t = mpq(1, denominator)
    network = network_of(lambda b, x, y: b.relu(t * x + y / 3 - t) - b.relu(x / 7 - t * y) + absolute(b, x - t))
    check_pieces(network, [box(-t, 1, 0, 1 - t), polygon_of([(0, t), (1, 0), (t, 1)]), *quadrants()])


@pytest.mark.parametrize("power", [60, 200])
def test_thin_strips_are_found(power):
    """Two kinks 2^-60 and 2^-200 apart leave three pieces, along an oblique line and along an axis."""
    assert check_pieces(ramp(power), [UNIT]) >= 3
    width = mpq(1, 2**power)
    for network in (
        network_of(lambda b, x, y: b.relu(x - mpq(1, 3)) - b.relu(x - mpq(1, 3) - width) + b.relu(y - x)),
        network_of(lambda b, x, y: b.relu(b.relu(1 - absolute(b, x - y) / width) + b.relu(x + y) - 1)),
    ):
        assert len({form for _, form in function_on(network, [SQUARE])[0]}) >= 3
        check_pieces(network, [SQUARE, UNIT])


@pytest.mark.parametrize("point", [(0, 0), (1, 0), (mpq(1, 2), 0), (1, 1), (mpq(1, 3), mpq(2, 3)), (HAIR, 0)])
def test_spikes_at_corners_on_edges_and_inside(point):
    """A pyramid of half-width 2^-40 about a corner, a point on an edge, or a hair beside one, is found."""
    network = network_of(lambda b, x, y: spike(b, point, mpq(1, 2**40), HAIR))
    for polygon in (UNIT, SQUARE, box(0, 2, 0, 1)):
        assert len({form for _, form in function_on(network, [polygon])[0]}) > 1
    check_pieces(network, [UNIT, SQUARE, *quadrants()])


def test_leaks_far_outside_are_found():
    """Each leak is zero on a box of side 10^8, is found on the quadrants, and has its function there."""
    for name in leaks(Builder(2)):
        network = network_of(lambda b, x, y: leaks(b)[name])
        found = function_on(network, [box(-(10**8), 10**8, -(10**8), 10**8), *quadrants()])
        assert [form for _, form in found[0]] == [(0, 0, 0)], name
        assert any(any(form) for root in range(1, 5) for _, form in found[root]), name
        check_pieces(network, quadrants(), box(-4 * FAR, 4 * FAR, -4 * FAR, 4 * FAR))


def test_kinks_that_meet_in_a_point():
    """Sixteen kinks through one point, on every edge and corner of a box, and concurrent kinks of second layers."""
    star = [(k, 8 - k) for k in range(-8, 8)]
    for x0, y0 in ((0, 0), (1, 0), (1, 1), (mpq(1, 3), mpq(1, 2))):
        network = network_of(lambda b, x, y: total(b.relu(p * (x - x0) + q * (y - y0)) for p, q in star))
        check_pieces(network, [UNIT, SQUARE])
    network = network_of(lambda b, x, y: b.relu(total(b.relu(p * x + q * y) for p, q in star[::3]) - b.relu(x + y)))
    check_pieces(network, [SQUARE, *quadrants()])


def test_units_that_vanish_on_whole_cells():
    """(−|x|)₊, a unit of a zero unit, and a unit whose argument is zero on a half plane."""
    for network in (
        network_of(lambda b, x, y: b.relu(-absolute(b, x)) + y),
        network_of(lambda b, x, y: b.relu(b.relu(-absolute(b, x + y)))),
        network_of(lambda b, x, y: b.relu(-b.relu(x + y)) + b.relu(3 * b.relu(x - y) - b.relu(y - x))),
        network_of(lambda b, x, y: b.relu(b.relu(x) + b.relu(-absolute(b, y))) - b.relu(x)),
    ):
        check_pieces(network, domains())


@pytest.mark.parametrize("network", [
    Network(2, [], [0]),
    Network(2, [], [1]),
    Network(2, [Relu(0)], [2]),
    Network(2, [Relu(1), Relu(2), Relu(3)], [4]),
    Network(2, [Affine(((0, mpq(1)), (1, mpq(-1))), mpq(0)), Relu(2)], [3]),
    Network(2, [Affine(((0, mpq(1)), (1, mpq(-1))), mpq(0)), Relu(2), Relu(3)], [4]),
    Network(2, [Affine((), mpq(-7, 3))], [2]),
    Network(2, [Affine((), mpq(0)), Relu(2), Affine(((3, mpq(1)),), mpq(0))], [4]),
    Network(2, [Affine(((0, mpq(0)), (1, mpq(0))), mpq(5)), Relu(2)], [3]),
    Network(2, [Affine(((0, mpq(2**80)), (1, mpq(1, 2**80))), mpq(1, 3))], [2]),
    Network(2, [Affine(((0, mpq(1)), (1, mpq(1))), mpq(0)), Affine(((2, mpq(1)), (0, mpq(-1))), mpq(0)), Relu(3)], [2]),
])
def test_outputs_of_every_kind(network):
    """An input, units and units of units, constants, an affine form with huge weights, an output in the middle."""
    check_pieces(network, domains())


def test_networks_of_one_variable_and_of_one_oblique_form():
    """Functions of y alone, and of x − 2y alone, on all domains: the only kinks are parallel."""
    check_pieces(network_of(lambda b, x, y: b.relu(absolute(b, y - mpq(1, 3)) - mpq(1, 2**70))), domains())
    check_pieces(network_of(lambda b, x, y: b.relu(absolute(b, x - 2 * y) - mpq(1, 2**70))), domains())


def test_a_network_without_nodes_of_one_variable():
    """Where everything of one variable has weight 0 only a constant is left to bound."""
    network = Network(2, [Affine(((0, mpq(0)), (1, mpq(0))), mpq(1)), Affine(((0, mpq(1)), (1, mpq(1))), mpq(0)),
                          Affine(((2, mpq(3)), (3, mpq(0))), mpq(1)), Relu(4)], [5])
    check_pieces(network, domains())


@pytest.mark.parametrize("build", [tents, oblique_tents])
def test_tents(build):
    """T³(x) + T³(y), straight and oblique, has 4³ pieces at least on the unit square and the plain twin's function."""
    assert check_pieces(build(3), [UNIT, *quadrants()]) >= 4**3 // 2


def test_several_outputs():
    """All outputs are affine on every piece, also where one is computed from another that cancels, or is repeated."""
    b = Builder(2)
    x, y = b.inputs
    cancelling = b.value(b.relu(x + y) - b.relu(2 * x + 2 * y) / 2)
    outputs = [cancelling + 0, b.relu(cancelling), b.relu(cancelling + b.relu(x - y)), x, cancelling, b.relu(y - x)]
    network = b.network(outputs)
    pieces = list(Bisection(network).pieces([SQUARE, *quadrants()]))
    for piece in pieces:
        for (X, Y, W), *values in zip(piece.polygon.vertices, *piece.values, strict=True):
            if W:
                assert tuple(values) == network.evaluate((mpq(X, W), mpq(Y, W)))
    assert sum(piece.polygon.area() for piece in pieces if piece.root == 0) == SQUARE.area()
    assert {piece.root for piece in pieces} == set(range(5))


@pytest.mark.parametrize("seed", range(10))
def test_a_network_minus_its_disguised_copy_is_zero(seed):
    """The same function from other nodes: the difference is zero on all domains; plus a hair it is not."""
    random = Random(seed)
    network = GENERATORS[random.choice(sorted(GENERATORS))](random)
    difference = joined([network, disguised(random, network)], [1, -1])
    assert {form for pieces in function_on(difference, domains()).values() for _, form in pieces} == {(0, 0, 0)}
    other = joined([difference, network_of(lambda b, x, y: spike(b, (mpq(1, 5), mpq(1, 2)), HAIR, HAIR))], [1, 1])
    assert len({form for _, form in function_on(other, [UNIT])[0]}) > 1


def test_gates_that_cancel_only_where_their_deficiencies_vanish():
    """(y − a(D + D'))₊ − (y − a D)₊ is zero where D' = 0 and is found where it is not, however rare that is."""
    for far in (mpq(1, 3), mpq(2) - HAIR, mpq(10) ** 12):
        network = network_of(lambda b, x, y: _cancelling_gates(b, x, y, far))
        check_pieces(network, [SQUARE, box(0, 2, 0, 2), *quadrants()], box(-4 * far, 4 * far, -4 * far, 4 * far))
    found = function_on(network_of(lambda b, x, y: _cancelling_gates(b, x, y, mpq(2) - HAIR)), [box(0, 2, 0, 2)])
    assert len({form for _, form in found[0]}) > 1


def _cancelling_gates(b, x, y, far):
    value = b.relu(x + y + 1) - b.relu(x - y)
    first, second = absolute(b, b.relu(x) - 1), b.relu(y - far)
    return b.relu(value - 9 * (first + second)) - b.relu(value - 9 * first)


def test_the_order_and_number_of_polygons_do_not_matter():
    """Polygons cut together, one by one, or twice have the same function; roots are their positions."""
    network = GENERATORS["gated"](Random(5))
    polygons = domains()
    together = function_on(network, polygons)
    for root, polygon in enumerate(polygons):
        (alone,) = function_on(network, [polygon]).values()
        for first, form in together[root]:
            assert {other for second, other in alone if first.clip(second)} == {form}
    assert sorted(function_on(network, [UNIT] * 3)) == [0, 1, 2]


def test_half_planes_and_unbounded_slopes():
    """Units that grow along a ray, against one, and along an edge of a half plane only."""
    for direction in ((1, 0), (0, 1), (1, -1), (3, -1), (-1, -1)):
        for part in plane().split((mpq(direction[0]), mpq(direction[1]), mpq(1, 3))):
            for p, q in ((1, 0), (-1, 0), (1, 1), (direction[1], -direction[0]), direction):
                network = network_of(lambda b, x, y: b.relu(p * x + q * y - 2) - b.relu(b.relu(y - x) - b.relu(x)))
                check_pieces(network, [part])


def test_an_undecided_unit_that_passes_keeps_its_interval():
    """Bounds of a unit that passes an undecided value on are bounds of that value, not of something around zero."""
    network = network_of(lambda b, x, y: b.relu(b.relu(b.relu(x + y) + 10) - mpq(23, 2)))
    check_pieces(network, [SQUARE, *quadrants()])


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("axis", [0, 1])
def test_units_that_change_sign_along_an_axis(axis, sign):
    """A unit of both inputs changes sign along x = 0 or y = 0, rising or falling, before hats on either side matter."""

    def function(b, *point):
        t, other = point[axis], b.relu(point[1 - axis])
        hats = [b.relu(s * t - 1) - 2 * b.relu(s * t - 2) + b.relu(s * t - 3) for s in (1, -1)]
        return b.relu(other + sign * t) + b.relu(hats[0] + other - mpq(1, 8)) - b.relu(hats[1] + other - mpq(1, 7))

    check_pieces(network_of(function), [SQUARE])
    check_pieces(network_of(function), [plane()])
    check_pieces(network_of(function), quadrants())


LINES = st.tuples(*[st.integers(-3, 3)] * 2, st.integers(-9, 9)).filter(lambda line: line[:2] != (0, 0))


@given(st.sampled_from([plane(), SQUARE, *quadrants()]), st.lists(LINES, max_size=4), LINES)
def test_strips_of_halves(polygon, cuts, line):
    """The strips of the two parts of a polygon are their extents, whatever the line, and however it is written."""
    for cut in cuts:
        polygon = polygon.split(cut)[0] or polygon
    assume(None not in polygon.split(line) and any(vertex[2] for vertex in polygon.vertices))
    bisection = Bisection(network_of(lambda b, x, y: b.relu(x + y)))
    part = Part(0, 0, polygon, bisection.across(polygon, 0), bisection.across(polygon, 1))
    for half, *strips in bisection.halves(part, line):
        assert strips == [bisection.across(half, axis) for axis in (0, 1)]
