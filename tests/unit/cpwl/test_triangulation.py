"""exactrelu.cpwl.triangulation: validated triangulations and their refinement."""

from itertools import combinations
from random import Random

import pytest
from functions import HEXAGON, RIM, random_data
from gmpy2 import mpq

from exactrelu.cpwl.polygon import coordinates, polygon_of
from exactrelu.cpwl.triangulation import Triangulation
from exactrelu.errors import InputError

HANGING = [(0, 0), (4, 0), (0, 4), (1, 0), (2, 0), (1, -1)]


def made(vertices, triangles):
    return Triangulation([(mpq(x), mpq(y)) for x, y in vertices], triangles)


def oriented(corners):
    a, b, c = corners
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return polygon_of((a, b, c) if turn > 0 else (a, c, b)) if turn else None


@pytest.mark.parametrize(
    ("vertices", "triangles", "reason"),
    [
        ([(0, 0), (1, 0), (0, 1), (1, 1)], [(0, 1, 2), (0, 1, 3)], "triangles 0 and 1 overlap"),
        ([(0, 0), (1, 0), (0, 1)], [(0, 1, 2), (2, 1, 0)], "triangles 0 and 1 overlap"),
        ([(0, 0), (4, 0), (0, 4), (1, 1), (2, 1), (1, 2)], [(0, 1, 2), (3, 4, 5)], "triangles 0 and 1 overlap"),
        ([(0, 0), (4, 0), (0, 4), (-1, 1), (5, 1), (2, 9)], [(0, 1, 2), (3, 4, 5)], "triangles 0 and 1 overlap"),
        ([(0, 0), (4, 0), (0, 4), (1, 0), (5, 0), (1, 1)], [(0, 1, 2), (3, 4, 5)], "triangles 0 and 1 overlap"),
        ([(0, 0), (2, 0), (1, 3), (0, 2), (2, 2), (1, -1)], [(0, 1, 2), (3, 4, 5)], "triangles 0 and 1 overlap"),
        ([(0, 0), (4, 0), (8, 0)], [(0, 1, 2)], "triangle 0: degenerate"),
        ([(0, 0), (4, 0), (8, 1)], [(0, 1, 3)], "triangle 0: there is no vertex 3"),
        ([(0, 0), (4, 0), (8, 1)], [(0, 1, 2), (0, -1, 2)], "triangle 1: there is no vertex -1"),
        ([(0, 0), (4, 0), (8, 1), (4, 0)], [(0, 1, 2)], "vertices 1 and 3 are the same point"),
    ],
)
def test_refused(vertices, triangles, reason):
    """Overlaps, degenerate triangles, wrong indices and coinciding vertices each have their own message."""
    with pytest.raises(InputError, match=reason):
        made(vertices, triangles)


def test_overlap_by_a_hair():
    """Two triangles that share an edge up to 2^-200 are told apart: beside each other, or overlapping."""
    hair = mpq(1, 2**200)
    for step, fine in ((hair, False), (-hair, True)):
        vertices = [(0, 0), (1, 0), (0, 1), (1, 1), (mpq(1, 2) - step, mpq(1, 2))]
        if fine:
            assert len(made(vertices, [(0, 1, 2), (1, 3, 4)]).triangles) == 2
        else:
            with pytest.raises(InputError, match="overlap"):
                made(vertices, [(0, 1, 2), (1, 3, 4)])


@pytest.mark.parametrize("seed", range(8))
def test_overlap_of_random_triangles(seed):
    """The sweep accepts a set of triangles exactly when no two have a common interior point, and names two that do."""
    random, accepted = Random(seed), 0
    for _ in range(150):
        vertices = sorted({(mpq(random.randint(0, 4)), mpq(random.randint(0, 4))) for _ in range(12)})
        triples = [random.sample(range(len(vertices)), 3) for _ in range(random.choice((2, 3, 5)))]
        polygons = [oriented([vertices[corner] for corner in triple]) for triple in triples]
        if None in polygons:
            continue
        disjoint = not any(one.clip(other) for one, other in combinations(polygons, 2))
        if disjoint:
            accepted += len(Triangulation(vertices, triples).triangles) == len(triples)
            continue
        with pytest.raises(InputError, match="overlap") as refused:
            Triangulation(vertices, triples)
        words = str(refused.value).split()
        assert polygons[int(words[1])].clip(polygons[int(words[3])])
    assert accepted > 3


@pytest.mark.parametrize("seed", range(20))
def test_one_displaced_vertex_is_refused_when_it_folds_the_mesh(seed):
    """Moving one vertex of a mesh far away overlaps triangles exactly when a pair of them really does."""
    random = Random(seed)
    vertices, triangles, _ = random_data(random, 4, 4)
    moved = random.randrange(len(vertices))
    vertices[moved] = (vertices[moved][0] + mpq(random.randint(-9, 9), 4), vertices[moved][1] + mpq(1, 3))
    polygons = [oriented([vertices[corner] for corner in triple]) for triple in triangles]
    if None in polygons:
        return
    if any(one.clip(other) for one, other in combinations(polygons, 2)):
        with pytest.raises(InputError, match="overlap"):
            Triangulation(vertices, triangles)
    else:
        assert Triangulation(vertices, triangles).is_conforming


def test_triangles_that_only_touch_are_fine():
    """Triangles may touch in a vertex, in a vertex on an edge, and along part of an edge."""
    tips = [(0, 0), (4, 0), (0, -4), (1, 0), (0, 3), (3, 3)]
    for a, b, c, d in ((1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, 1, -1, 0), (1, 2, 3, 4), (-1, 5, 2, 0)):
        turned = [(a * x + b * y, c * x + d * y) for x, y in tips]
        assert made(turned, [(0, 1, 2), (3, 4, 5)]).is_conforming
    assert made([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)], [(0, 1, 2), (0, 3, 4)]).is_conforming
    assert not made(HANGING, [(0, 1, 2), (3, 4, 5)]).is_conforming
    assert made([], []).triangles == ()


def test_triangles_are_turned_counterclockwise():
    """Either orientation is accepted; the triangles kept are counterclockwise."""
    assert made([(0, 0), (1, 0), (0, 1)], [(0, 2, 1)]).triangles == ((0, 1, 2),)


def test_stars_and_links():
    """The centre of the hexagon is its only interior vertex, with all six triangles and the rim in order."""
    hexagon = made([(1, 1), *RIM], HEXAGON)
    assert [hexagon.is_interior(vertex) for vertex in range(7)] == [True] + [False] * 6
    assert hexagon.star(0) == tuple(range(6)) and hexagon.star(1) == (0, 5)
    assert hexagon.link(0) == (1, 2, 3, 4, 5, 6)
    with pytest.raises(ValueError, match="not interior"):
        hexagon.link(1)


def test_two_fans_at_one_vertex_do_not_make_it_interior():
    """A vertex where two separate triangles touch is not interior, nor is a vertex of no triangle."""
    bow = made([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (9, 9)], [(0, 1, 2), (0, 3, 4)])
    assert not bow.is_interior(0) and not bow.is_interior(5)


def test_hanging_nodes_are_found_and_removed():
    """Two nodes on the long edge of a triangle are listed in the direction of the edge; conforming() removes them."""
    mesh = made(HANGING, [(0, 1, 2), (3, 4, 5)])
    assert mesh.hanging_nodes() == {(0, 1): [3, 4]}
    conforming, means = mesh.conforming()
    assert conforming.is_conforming and means == ((0, 1, 2),)
    assert sum(area(conforming)) == sum(area(mesh))
    assert len(conforming.triangles) == 6


def test_hanging_nodes_of_several_triangles():
    """A column of unequal blocks: nodes of both sides hang on the common line and all are removed."""
    left = [(0, 0), (2, 0), (2, 3), (2, 6), (0, 6)]
    right = [(4, 0), (2, 2), (2, 4), (4, 6)]
    triangles = [(0, 1, 2), (0, 2, 4), (2, 3, 4), (5, 6, 1), (5, 7, 6), (5, 8, 7), (8, 3, 7)]
    mesh = made(left + right, triangles)
    nodes = mesh.hanging_nodes()
    assert sorted(node for found in nodes.values() for node in found) == [2, 6, 7]
    conforming, _ = mesh.conforming()
    assert conforming.is_conforming and sum(area(conforming)) == sum(area(mesh))
    assert conforming.is_interior(2) and conforming.is_interior(6) and conforming.is_interior(7)


def area(mesh):
    return [mesh.polygon(index).area() for index in range(len(mesh.triangles))]


@pytest.mark.parametrize("seed", range(5))
def test_refinement_makes_four_equal_triangles(seed):
    """Midpoint refinement quarters every triangle, keeps the old vertices first and stays conforming."""
    vertices, triangles, _ = random_data(Random(seed))
    mesh = Triangulation(vertices, triangles)
    fine, means = mesh.refined()
    assert fine.is_conforming and fine.vertices[: len(vertices)] == tuple(vertices)
    assert area(fine) == [whole / 4 for whole in area(mesh) for _ in range(4)]
    for vertex, (i, j) in zip(fine.vertices[len(vertices) :], means, strict=True):
        assert vertex == tuple((p + q) / 2 for p, q in zip(mesh.vertices[i], mesh.vertices[j], strict=True))


def test_a_large_mesh_and_a_large_overlap():
    """A mesh of 8192 triangles is validated, and one more triangle over a corner of it is found."""
    side = 64
    vertices = [(mpq(i), mpq(j)) for i in range(side + 1) for j in range(side + 1)]
    triangles = []
    for i in range(side):
        for j in range(side):
            a, b = i * (side + 1) + j, (i + 1) * (side + 1) + j
            triangles += [(a, b, b + 1), (a, b + 1, a + 1)]
    mesh = Triangulation(vertices, triangles)
    assert len(mesh.seams) == 4 * side
    extra = [(mpq(-1), mpq(1, 2)), (mpq(1, 3), mpq(1, 2)), (mpq(-1), mpq(1))]
    count = len(vertices)
    with pytest.raises(InputError, match=f"and {len(triangles)} overlap"):
        Triangulation(vertices + extra, [*triangles, (count, count + 1, count + 2)])


def test_triangle_polygons():
    """polygon(index) is the triangle with its three corners."""
    hexagon = made([(1, 1), *RIM], HEXAGON)
    assert [coordinates(vertex) for vertex in hexagon.polygon(0).vertices] == [(1, 1), (2, 1), (2, 2)]
