"""Regions as arrays, from the core and from the plain walk: their exact polygons, patterns, forms and neighbours."""

import pickle
from itertools import combinations
from random import Random

import numpy as np
import pytest
from crafted import GENERATORS, network_of, tame
from networks import float_perceptron, oblique_tents, perceptron

from exactrelu import InputError, Network, Relu, plane, region_arrays
from exactrelu.cpwl.polygon import Polygon, box, polygon_of
from exactrelu.field import mpq
from exactrelu.planar import enumeration, reference
from exactrelu.planar.arrays import Integers
from exactrelu.planar.walk import walked

DOMAINS = [
    box(0, 1, 0, 1), box(mpq(-1, 3), mpq(2, 3), mpq(-3, 7), mpq(4, 7)),
    polygon_of([(0, 0), (1, 0), (2, 0), (2, 2), (1, 2), (0, 2), (0, 1)]),
]

NETWORKS = [
    *(tame(GENERATORS[kind](Random(f"arrays {kind}")).flatten()) for kind in sorted({*GENERATORS} - {"huge"})),
    perceptron(Random(4), [5, 4], 3, 6).flatten(), float_perceptron(3, [6, 5]), oblique_tents(2).flatten(),
    Network(2, [], [0, 1, 0]), Network(2, [Relu(0)], []),
]


@pytest.fixture(params=("as it comes", "plain"))
def arrays(request, monkeypatch):
    """`region_arrays`, with the core if there is one, and without."""
    if request.param == "plain":
        monkeypatch.setattr(enumeration, "listed", lambda network, domain: None)
    return region_arrays


def corners(polygon):
    """Return the corners of a polygon without those at straight angles, from the least on."""
    points = polygon.vertices
    kept = [
        v for u, v, w in zip(points[-1:] + points[:-1], points, points[1:] + points[:1], strict=True)
        if sum(a * b for a, b in zip(v, cross(u, w), strict=True))
    ]
    start = kept.index(min(kept))
    return tuple(kept[start:] + kept[:start])


def cross(u, v):
    """Return the cross product of two triples."""
    return u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]


def test_regions_can_be_pickled(arrays):
    """What is read back has the same polygons and forms."""
    regions = arrays(NETWORKS[0], DOMAINS[0])
    again = pickle.loads(pickle.dumps(regions))
    for region in range(len(regions)):
        assert (again.polygon(region), again.forms(region)) == (regions.polygon(region), regions.forms(region))


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_regions_are_those_of_the_readable_enumerator(number, arrays):
    """The same polygons with the same forms; each polygon keeps every invariant, and its points are its corners."""
    network, domain = NETWORKS[number], DOMAINS[number % len(DOMAINS)]
    regions = arrays(network, domain)
    found = sorted((corners(Polygon(regions.polygon(k).vertices)), regions.forms(k)) for k in range(len(regions)))
    expected = sorted((corners(cell), forms) for cell, forms in reference.activation_regions(network, domain))
    assert found == expected
    assert regions.affine.shape == (len(regions), len(network.outputs), 3)
    for k in range(len(regions)):
        points = regions.points[regions.offsets[k] : regions.offsets[k + 1]]
        exact = [(float(mpq(X, W)), float(mpq(Y, W))) for X, Y, W in regions.polygon(k).vertices]
        assert np.allclose(points, exact, rtol=0, atol=1e-10)
        assert np.array_equal(regions.affine[k], np.array(regions.forms(k), dtype=float).reshape(-1, 3))


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_patterns_say_which_units_are_open(number, arrays):
    """At a point inside a region a unit is positive if and only if it is open; and no two regions have one pattern."""
    network, domain = NETWORKS[number], DOMAINS[number % len(DOMAINS)]
    regions = arrays(network, domain)
    units = [k for k, node in enumerate(network.nodes, 2) if type(node) is Relu]
    assert sorted(regions.units.tolist()) == units
    whole = Network(2, network.nodes, regions.units.tolist())
    for k in range(len(regions)):
        values = whole.evaluate(regions.polygon(k).interior_point())
        assert [value > 0 for value in values] == regions.patterns[k].tolist()
    assert len({bytes(pattern) for pattern in regions.patterns}) == len(regions)


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_neighbours_have_an_edge_in_common(number, arrays):
    """Two regions are neighbours if and only if their polygons have more than a point of the line in common."""
    network, domain = NETWORKS[number], DOMAINS[number % len(DOMAINS)]
    regions = arrays(network, domain)
    polygons = [regions.polygon(k) for k in range(len(regions))]
    expected = set()
    for first, second in combinations(range(len(regions)), 2):
        for form in polygons[first].half_planes():
            if tuple(-entry for entry in form) in polygons[second].half_planes() and overlap(
                form, polygons[first], polygons[second]
            ):
                expected.add((first, second))
    found = regions.neighbours().tolist()
    assert {(min(pair), max(pair)) for *pair, _ in found} == expected and len(found) == len(expected)
    column = {unit: j for j, unit in enumerate(regions.units.tolist())}
    for closed, opened, line in found:
        unit = column[regions.kinks[line]]
        assert not regions.patterns[closed, unit] and regions.patterns[opened, unit]
        sides = [polygons[k].half_planes() for k in (closed, opened)]
        assert all({regions.line(line), tuple(-entry for entry in regions.line(line))} & set(forms) for forms in sides)


def overlap(line, *polygons):
    """Whether the edges of polygons on a line overlap in more than a point."""
    ends = []
    for polygon in polygons:
        on = [(X, Y, W) for X, Y, W in polygon.vertices if not line[0] * X + line[1] * Y + line[2] * W]
        places = [mpq(line[0] * Y - line[1] * X, W) for X, Y, W in on]
        ends.append((min(places), max(places)))
    return max(low for low, _ in ends) < min(high for _, high in ends)


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_linear_pieces_are_neighbours_with_equal_forms(number, arrays):
    """Two neighbours are in one piece if and only if they have the same forms, and pieces are connected."""
    network, domain = NETWORKS[number], DOMAINS[number % len(DOMAINS)]
    regions = arrays(network, domain)
    pieces = regions.pieces().tolist()
    linked = set()
    for first, second, _ in regions.neighbours().tolist():
        alike = regions.forms(first) == regions.forms(second)
        assert (pieces[first] == pieces[second]) >= alike
        linked |= {(first, second)} if alike else set()
    for piece in set(pieces):
        members = {k for k, other in enumerate(pieces) if other == piece}
        assert len({regions.forms(k) for k in members}) == 1
        reached, waiting = set(), [min(members)]
        while waiting:
            k = waiting.pop()
            if k not in reached:
                reached.add(k)
                waiting += [b for a, b in linked if a == k] + [a for a, b in linked if b == k]
        assert reached == members
    assert set(pieces) == set(range(len(set(pieces))))


def test_edges_that_meet_in_a_point_do_not_connect():
    """Two quadrants where the function is zero meet in the origin only; an edge that ends inside another connects."""
    quadrants = network_of(lambda b, x, y: b.relu(x - b.relu(x + y)) + b.relu(y - b.relu(x + y)))
    regions = region_arrays(quadrants, box(-1, 1, -1, 1))
    assert len(regions) == 6 and len({regions.forms(k) for k in range(6)}) == 5
    assert len(set(regions.pieces().tolist())) == 6
    step = network_of(lambda b, x, y: b.relu(b.relu(x) - b.relu(y) - 5) + b.relu(x - mpq(1, 9)))
    regions = region_arrays(step, box(-1, 1, -1, 1))
    assert len(regions) == 6 and sorted(regions.pieces().tolist()) == [0, 0, 0, 0, 1, 1]


def test_integers_of_every_size():
    """Rows of integers of one, two and many words are what they were, and equal rows have equal labels."""
    rows = [(0, -1, 2**63 - 1), (2**63, -(2**63), 2**200), (0, -1, 2**63 - 1), (0, -1, -(2**63))]
    for chosen in (rows[:1], rows, rows[2:], []):
        integers = Integers.of(chosen, 3)
        assert [integers[k] for k in range(len(integers))] == chosen
        labels = integers.labels().tolist()
        assert [[a == b for b in labels] for a in labels] == [[a == b for b in chosen] for a in chosen]
        for place in (-1, len(chosen)):
            with pytest.raises(IndexError):
                integers[place]


def test_what_is_refused():
    """The plane, and networks with three inputs."""
    with pytest.raises(InputError, match="bounded polygon"):
        region_arrays(NETWORKS[0], plane())
    with pytest.raises(InputError, match="2 inputs"):
        region_arrays(Network(3, [], [0]), DOMAINS[0])


def test_the_plain_walk_is_taken_where_the_core_is_not(monkeypatch):
    """Without the core, or where it gives up, the arrays are the twin's."""
    monkeypatch.setattr(enumeration, "listed", lambda network, domain: None)
    regions, others = region_arrays(NETWORKS[0], DOMAINS[0]), walked(NETWORKS[0], DOMAINS[0])
    assert np.array_equal(regions.sides, others.sides) and np.array_equal(regions.points, others.points)
