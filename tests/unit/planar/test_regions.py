"""exactrelu.planar: activation regions, affine pieces and their numbers."""

from itertools import combinations
from math import comb
from random import Random

import pytest
from folders import CASES
from networks import arrangement, degenerate, iterated, oblique_tents, perceptron, ramp, tents

from exactrelu.cpwl.polygon import affine_at, box, coordinates, plane, polygon_of
from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq
from exactrelu.formats import read_network
from exactrelu.network import Affine, Builder, Network, Relu
from exactrelu.planar import activation_regions, affine_pieces, count_regions
from exactrelu.planar.merging import connected

UNIT = box(0, 1, 0, 1)
KINKS = (mpq(1, 2), mpq(1, 3), mpq(1, 7))


def general_position(random, n):
    """Return the forms of n lines with pairwise different slopes, no three of which pass through one point."""
    while True:
        forms = [(random.randint(-9, 9), random.randint(-9, 9), random.randint(-99, 99)) for _ in range(n)]
        crossings = [a[0] * b[1] - a[1] * b[0] for a, b in combinations(forms, 2)]
        concurrent = [
            a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
            for a, b, c in combinations(forms, 3)
        ]
        if all(crossings) and all(concurrent):
            return forms


def centre(polygon):
    """Return an interior point of a bounded polygon that is not its middle: a weighted mean of its vertices."""
    points = [coordinates(vertex) for vertex in polygon.vertices]
    weights = range(1, len(points) + 1)
    return tuple(sum(w * p[k] for w, p in zip(weights, points, strict=True)) / sum(weights) for k in (0, 1))


def components(polygons):
    """Return the number of connected pieces of the union of polygons."""
    return connected([polygon.edges() for polygon in polygons])


def neighbours_agree(cells):
    """Whether the forms of all cells that share a vertex have the same values there."""
    seen = {}
    for polygon, forms in cells:
        for vertex in polygon.vertices:
            if vertex[2]:
                values = tuple(affine_at(form, *coordinates(vertex)) for form in forms)
                if seen.setdefault(vertex, values) != values:
                    return False
    return True


@pytest.mark.parametrize("kink", KINKS)
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_tents_have_4_to_the_k_regions(k, kink):
    """T^k(x) + T^k(y) has exactly 4^k activation regions on the unit square, all with different forms next door."""
    assert len(list(activation_regions(tents(k, kink), UNIT))) == 4**k
    assert count_regions(tents(k, kink), UNIT) == (4**k, 4**k)


@pytest.mark.parametrize("domain", [UNIT, plane()])
def test_a_ramp_of_width_2_to_the_minus_200_is_found(domain):
    """Two parallel kinks 2^-200 apart leave three regions, the middle one of that width."""
    assert count_regions(ramp(200), domain) == (3, 3)
    forms = {form for _, (form,) in activation_regions(ramp(200), domain)}
    assert forms == {(0, 0, 0), (1, 1, -1), (0, 0, mpq(1, 2**200))}


@pytest.mark.parametrize("name, regions, pieces", [
    ("false-equal/mlp1", 8, 7), ("plane-counts/min_1076", 6, 1), ("plane-counts/min_805", 6, 1),
])
def test_regions_of_the_plane_beside_units_of_positive_constants(name, regions, pieces):
    """A unit that is positive everywhere, made before anything is cut, leaves the kinks of what it is added to."""
    network = read_network(CASES / f"{name}.json")
    assert count_regions(network, plane()) == (regions, pieces)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_lines_in_general_position_cut_the_plane_into_the_classical_number_of_cells(n):
    """n lines in general position cut all of R² into 1 + n + C(n, 2) cells, 2n of them unbounded."""
    cells = list(activation_regions(arrangement(general_position(Random(n), n)), plane()))
    assert len(cells) == 1 + n + comb(n, 2)
    assert sum(not polygon.is_bounded for polygon, _ in cells) == 2 * n


def test_parallel_and_concurrent_lines_of_the_plane():
    """n parallel lines leave n + 1 strips of the plane, n lines through one point leave 2n sectors."""
    assert count_regions(arrangement([(2, 3, c) for c in range(7)]), plane()).regions == 8
    assert count_regions(arrangement([(c, 1, 0) for c in range(7)]), plane()).regions == 14


@pytest.mark.parametrize("seed", range(60))
def test_regions_of_degenerate_networks_tile_the_box_and_carry_the_right_forms(seed):
    """The areas add up exactly, no unit changes sign inside, forms agree with evaluation and across common vertices."""
    random = Random(seed)
    network = degenerate(random, random.randint(2, 25), outputs=2)
    domain = box(mpq(-1, 3), 2, -1, 1)
    cells = list(activation_regions(network, domain))
    assert sum(polygon.area() for polygon, _ in cells) == domain.area()
    for polygon, forms in cells:
        x, y = centre(polygon)
        assert tuple(affine_at(form, x, y) for form in forms) == network.evaluate((x, y))
        corners = [network.values(coordinates(vertex)) for vertex in polygon.vertices]
        for node in network.nodes:
            if type(node) is Relu:
                values = [values[node.of] for values in corners]
                assert min(values) >= 0 or max(values) <= 0
    assert neighbours_agree(cells)


@pytest.mark.parametrize("seed", range(60))
def test_affine_pieces_tile_the_box_and_are_at_most_the_regions(seed):
    """Pieces cover the box without overlap, carry the output's form, and are no more than the activation regions."""
    random = Random(1000 + seed)
    network = degenerate(random, random.randint(2, 25))
    pieces = list(affine_pieces(network, UNIT))
    assert sum(polygon.area() for polygon, _ in pieces) == 1
    for polygon, form in pieces:
        x, y = centre(polygon)
        assert affine_at(form, x, y) == network.evaluate((x, y))[0]
    assert len(pieces) <= len(list(activation_regions(network, UNIT)))


@pytest.mark.parametrize("seed", range(40))
def test_regions_of_the_plane_restrict_to_those_of_a_box(seed):
    """Clipping the regions of all of R² to a box gives the regions of the box, with the same forms."""
    random = Random(2000 + seed)
    network = degenerate(random, random.randint(2, 20))
    clipped = {
        (part, forms) for polygon, forms in activation_regions(network, plane()) if (part := polygon.clip(UNIT))
    }
    inside = {(polygon, forms) for polygon, forms in activation_regions(network, UNIT)}
    assert {(frozenset(p.vertices), f) for p, f in clipped} >= {(frozenset(p.vertices), f) for p, f in inside}
    assert len(clipped) == len(inside)


def test_a_closed_gate_hides_everything_behind_it():
    """(−T^5(x) − T^5(y) − 300)₊ is zero on the square: one affine piece, although there are 4^5 activation regions."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.relu(-iterated(b, x, 5) - iterated(b, y, 5) - 300)])
    assert len(list(affine_pieces(network, UNIT))) == 1


def test_merging_goes_through_edges_but_not_through_corners():
    """Two squares that share part of an edge are one piece, two that share a corner are two."""
    assert components([box(0, 1, 0, 1), box(1, 2, mpq(1, 2), 2)]) == 1
    assert components([box(0, 1, 0, 1), box(1, 2, 1, 2)]) == 2
    assert components([box(0, 1, 0, 1), box(0, 1, 2, 3), box(1, 2, 0, 3)]) == 1
    assert components([box(0, 1, 0, 3), box(1, 2, 0, 1), box(1, 2, 2, 3)]) == 1
    assert components([box(0, 1, 0, 2), box(1, 2, 0, 1), box(1, 2, 1, 2), box(3, 4, 0, 1)]) == 2


def test_cells_cut_by_dead_units_are_merged_again():
    """A unit that reaches no output cuts regions, not linear pieces, on a box, a triangle and the plane."""
    b = Builder(2)
    x, y = b.inputs
    b.relu(x - y)
    b.relu(x + y)
    b.relu(2 * x + y - mpq(1, 5))
    network = b.network([b.relu(x) + y])
    assert count_regions(network, box(-1, 1, -1, 1)) == (10, 2)
    assert count_regions(network, plane()) == (10, 2)
    assert count_regions(network, polygon_of([(0, 0), (1, 0), (0, 1)])) == (4, 1)


def test_constant_networks_have_one_region():
    """A network without units, or with units that never change sign, has one region and one linear piece anywhere."""
    b = Builder(2)
    x, _ = b.inputs
    for network in (Network(2, [], [0]), b.network([b.relu(b.relu(0 * x - 1)), x])):
        assert count_regions(network, plane()) == count_regions(network, UNIT) == (1, 1)


def test_progress_is_told():
    """The callback sees a growing number of finished cells, never more than the total."""
    calls = []
    count_regions(perceptron(Random(1), [8, 8]), UNIT, jobs=1, progress=lambda *call: calls.append(call))
    assert calls == sorted(calls) and all(done <= total for done, total in calls)


def test_networks_with_other_than_two_inputs_are_refused():
    """One line says that two inputs were expected."""
    network = Network(3, [], [0])
    for call in (lambda: list(activation_regions(network, UNIT)), lambda: count_regions(network, UNIT),
                 lambda: list(affine_pieces(network, UNIT))):
        with pytest.raises(InputError, match="expected a network with 2 inputs, got 3"):
            call()
    with pytest.raises(InputError, match="one output, got 2"):
        list(affine_pieces(Network(2, [], [0, 1]), UNIT))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_oblique_tents_have_the_regions_of_a_clipped_grid(k):
    """The regions of T^k((x+y)/2) + T^k((x−y+1)/2) on the square are the grid cells with interior points in it."""
    lines = [mpq(j, 2**k) for j in range(2**k + 1)]
    cells = sum(
        any(
            0 < x < 1 and 0 < y < 1
            for s in (lines[i] + (lines[i + 1] - lines[i]) * mpq(p, 16) for p in range(1, 16))
            for t in (lines[j] + (lines[j + 1] - lines[j]) * mpq(p, 16) for p in range(1, 16))
            for x, y in [(s + t - mpq(1, 2), s - t + mpq(1, 2))]
        )
        for i in range(2**k)
        for j in range(2**k)
    )
    assert len(list(activation_regions(oblique_tents(k), UNIT))) == cells


def test_irrational_weights_are_refused():
    """A network over Q(√2) has regions, but not for this enumeration."""
    network = Network(2, [Affine(((0, Quadratic(0, 1, 2)), (1, 1)), 0), Relu(2)], [3])
    with pytest.raises(InputError, match=r"node 2 has the weight sqrt\(2\): this enumeration is about weights in Q"):
        count_regions(network)
