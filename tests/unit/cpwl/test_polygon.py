"""exactrelu.cpwl.polygon: exact splitting of convex polygons, bounded or not."""

from itertools import pairwise
from random import Random

import pytest
from gmpy2 import mpq, mpz
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.cpwl.polygon import (
    Polygon,
    affine_at,
    box,
    coordinates,
    finite,
    homogeneous,
    ideal,
    integral,
    line_through,
    plane,
    polygon_of,
    value,
)
from exactrelu.errors import InputError

small = st.fractions(min_value=-3, max_value=3, max_denominator=4).map(lambda q: mpq(q.numerator, q.denominator))
forms = st.tuples(small, small, small)


def half_plane(form):
    return plane().split(form)[1]


def split_all(cells, form):
    """Return the cells cut by one line; every part is checked against the invariants and its strict sign."""
    answer = []
    for cell in cells:
        parts = cell.split(form)
        if parts == (None, None):
            assert not any(form)
            parts = (cell, None)
        else:
            for part, sign in zip(parts, (-1, 1), strict=True):
                if part is not None:
                    assert affine_at(form, *part.interior_point()) * sign > 0
                    assert all(value(form, vertex) * sign >= 0 for vertex in part.vertices)
        answer.extend(part for part in parts if part is not None)
    for cell in answer:
        assert Polygon(cell.vertices) == cell
    return answer


@given(st.lists(forms, max_size=7))
def test_cells_of_an_arrangement_are_polygons_with_the_right_signs(lines):
    """Cutting the plane by any lines, in any position, gives valid polygons on the right side of every line."""
    cells = [plane()]
    for form in lines:
        cells = split_all(cells, form)
    signs = {tuple((affine_at(f, *cell.interior_point()) > 0) for f in lines if f[0] or f[1]) for cell in cells}
    assert len(signs) == len(cells)


@given(st.lists(forms, max_size=6))
def test_cells_of_a_bounded_polygon_fill_it(lines):
    """The areas of the cells of a square add up to the area of the square, exactly."""
    cells = [box(-1, 2, mpq(-1, 3), mpq(5, 7))]
    whole = cells[0].area()
    for form in lines:
        cells = split_all(cells, form)
    assert sum(cell.area() for cell in cells) == whole == 3 * (mpq(5, 7) + mpq(1, 3))


@pytest.mark.parametrize("n", range(8))
def test_lines_in_general_position_make_the_known_number_of_cells(n):
    """Tangents x -> 2 a x - a^2 of the parabola are in general position: n of them make 1 + n + n (n - 1) / 2 cells."""
    cells = [plane()]
    for a in range(n):
        cells = split_all(cells, (mpq(2 * a), mpq(-1), mpq(-a * a)))
    assert len(cells) == 1 + n + n * (n - 1) // 2


@pytest.mark.parametrize("n", range(1, 7))
def test_concurrent_lines_make_twice_as_many_sectors(n):
    """n lines through one point make 2 n sectors; lines that meet in a vertex of every cell cut no extra one."""
    cells = [plane()]
    for a in range(n):
        cells = split_all(cells, (mpq(a), mpq(-1), mpq(1, 3)))
    assert len(cells) == 2 * n


def test_parallel_lines_make_strips():
    """Three parallel lines make two half planes and two strips, with an auxiliary finite vertex on every line."""
    cells = [plane()]
    for c in (0, 1, 5):
        cells = split_all(cells, (mpq(1), mpq(2), mpq(-c)))
    assert len(cells) == 4
    assert all(any(vertex[2] for vertex in cell.vertices) for cell in cells)
    assert not any(cell.is_bounded for cell in cells)


def test_line_through_vertices_along_edges_and_outside():
    """A line through two vertices cuts, one along an edge or through one vertex only touches, one outside misses."""
    square = box(0, 1, 0, 1)
    low, high = square.split((mpq(1), mpq(-1), mpq(0)))
    assert (low.area(), high.area()) == (mpq(1, 2), mpq(1, 2))
    assert len(low.vertices) == len(high.vertices) == 3
    assert square.split((mpq(0), mpq(1), mpq(0))) == (None, square)
    assert square.split((mpq(0), mpq(1), mpq(-1))) == (square, None)
    assert square.split((mpq(1), mpq(1), mpq(0))) == (None, square)
    assert square.split((mpq(1), mpq(1), mpq(7))) == (None, square)


def test_constant_forms_do_not_cut():
    """A constant has one sign everywhere, also on the plane, whose vertices are all ideal; zero has none."""
    for polygon in (plane(), half_plane((1, 0, 0)), box(0, 1, 0, 1)):
        assert polygon.split((mpq(0), mpq(0), mpq(1, 7))) == (None, polygon)
        assert polygon.split((mpq(0), mpq(0), mpq(-5))) == (polygon, None)
        assert polygon.split((mpq(0), mpq(0), mpq(0))) == (None, None)


def test_generators_tell_constants_from_zero():
    """At its generators a form has the signs that it has on the polygon, also on the plane and if it is constant."""
    strip = half_plane((1, 0, 0)).split((mpq(1), mpq(0), mpq(-1)))[0]
    wedge = half_plane((1, 0, 0)).split((mpq(1), mpq(1), mpq(0)))[1]
    for polygon in (plane(), half_plane((1, -2, 3)), half_plane((0, 0, 1)), strip, wedge, box(0, 1, 0, 1)):
        for gamma in (mpq(1, 7), mpq(0), mpq(-5)):
            values = {value((mpq(0), mpq(0), gamma), point) for point in polygon.generators}
            assert (max(values) > 0, min(values) < 0) == (gamma > 0, gamma < 0)
        assert set(polygon.generators) - set(polygon.vertices) <= {(0, 0, 1)}
        assert polygon.contains(*polygon.interior_point())


def test_half_plane_touched_at_infinity():
    """A line parallel to the boundary of a half plane, outside of it, meets it in ideal points only: no cut."""
    upper = half_plane((0, 1, 0))
    assert upper.split((mpq(0), mpq(1), mpq(1))) == (None, upper)
    strip, above = upper.split((mpq(0), mpq(1), mpq(-1)))
    assert strip.contains(10**9, mpq(1, 2)) and not strip.contains(0, 2) and above.contains(-(10**9), 2)
    assert strip.split((mpq(0), mpq(-1), mpq(1))) == (None, strip)


def test_thin_strip_and_large_weights():
    """A strip 2^-200 thin under weights of 2^60 is found, has interior points, and is cut again in the middle."""
    steep = 2**60
    rest = plane().split((mpq(steep), mpq(1, steep), mpq(0)))[1]
    strip, _ = rest.split((mpq(steep), mpq(1, steep), -mpq(1, 2**200)))
    x, y = strip.interior_point()
    assert 0 < steep * x + y / steep < mpq(1, 2**200)
    parts = strip.split((mpq(1, steep), -mpq(steep), mpq(1, 3)))
    assert all(part is not None and Polygon(part.vertices) == part for part in parts)


def test_forms_may_be_rationals_or_integers():
    """A form and its positive multiples, rational or integer, split alike."""
    square = box(0, 1, 0, 1)
    assert square.split((mpq(1, 2), mpq(1, 3), mpq(-1, 4))) == square.split((mpz(6), mpz(4), mpz(-3)))
    assert integral((mpq(1, 2), mpq(1, 3), mpq(-1, 4))) == (6, 4, -3)
    assert integral((mpz(4), mpz(6), mpz(8))) == (2, 3, 4)
    assert integral((mpq(0), mpq(0), mpq(0))) == (0, 0, 0)


def test_clip_is_the_intersection():
    """The clip of random triangles has the same area both ways and holds exactly the points of both."""
    random = Random(7)
    for _ in range(200):
        one, other = (random_triangle(random) for _ in range(2))
        both, back = one.clip(other), other.clip(one)
        assert (both is None) == (back is None)
        if both is not None:
            assert both.area() == back.area() <= min(one.area(), other.area())
            assert one.contains(*both.interior_point()) and other.contains(*both.interior_point())
        for x in range(-4, 5):
            inside = one.contains(x, 1) and other.contains(x, 1)
            assert both is None or both.contains(x, 1) == inside


def random_triangle(random):
    while True:
        a, b, c = ((mpq(random.randint(-4, 4)), mpq(random.randint(-4, 4))) for _ in range(3))
        turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if turn:
            return polygon_of((a, b, c) if turn > 0 else (a, c, b))


def test_clip_with_unbounded_polygons():
    """The plane clips nothing; two opposite half planes meet in a strip, or in nothing with interior points."""
    square = box(0, 1, 0, 1)
    assert square.clip(plane()) == square == plane().clip(square)
    assert half_plane((0, 1, 0)).clip(half_plane((0, -1, 1))).interior_point()[1] < 1
    assert half_plane((0, 1, 0)).clip(half_plane((0, -1, 0))) is None


def test_equality_does_not_depend_on_the_first_vertex():
    """A polygon equals itself with its vertices rotated, and hashes alike."""
    vertices = box(0, 2, 0, 1).vertices
    rotated = Polygon(vertices[2:] + vertices[:2])
    assert rotated == box(0, 2, 0, 1) and hash(rotated) == hash(box(0, 2, 0, 1))
    assert rotated != box(0, 2, 0, 2) and rotated != "polygon"


def test_edges_have_the_interior_on_their_left():
    """Every side of a polygon is non-negative on all vertices; the edge at the horizon gives no side."""
    quadrant = half_plane((1, 0, 0)).clip(half_plane((0, 1, 0)))
    assert sorted(quadrant.half_planes()) == [(0, 1, 0), (1, 0, 0)]
    assert plane().half_planes() == []
    for u, v in box(0, 1, 0, 1).edges():
        assert all(value(line_through(u, v), vertex) >= 0 for vertex in box(0, 1, 0, 1).vertices)


@pytest.mark.parametrize(
    ("vertices", "reason"),
    [
        ([finite(0, 0), finite(1, 0)], "three or more"),
        ([finite(0, 0), finite(1, 0), finite(1, 0)], "three or more different"),
        ([finite(0, 0), finite(1, 0), finite(2, 0)], "no interior|convex"),
        ([finite(0, 0), finite(0, 1), finite(1, 0)], "counterclockwise"),
        ([finite(0, 0), finite(3, 0), finite(1, 1), finite(0, 3)], "convex"),
        ([finite(0, 0), finite(1, 1), finite(1, 0), finite(0, 1)], "convex"),
        ([ideal(1, 0), ideal(-1, 0), finite(0, 0)], "antipodal"),
        ([ideal(1, 0), ideal(0, 1), ideal(-1, 1)], "antipodal|horizon"),
        ([ideal(1, 0), ideal(0, -1), ideal(-1, 0), ideal(0, 1)], "horizon"),
        ([(0, 0, 1), (1, 0, 1), (0, 1, 1)], "mpz"),
        ([(mpz(0), mpz(0), mpz(2)), finite(1, 0), finite(0, 1)], "gcd"),
        ([(mpz(0), mpz(0), mpz(-1)), finite(1, 0), finite(0, 1)], "W >= 0"),
    ],
)
def test_invalid_polygons_are_refused(vertices, reason):
    """The constructor names the invariant that fails."""
    with pytest.raises(ValueError, match=reason):
        Polygon(vertices)


def test_a_star_that_goes_round_twice_is_refused():
    """The vertices of a pentagon in the order of the pentagram are not convex."""
    pentagon = [finite(0, -3), finite(3, -1), finite(2, 3), finite(-2, 3), finite(-3, -1)]
    Polygon(pentagon)
    with pytest.raises(ValueError, match="convex"):
        Polygon(pentagon[::2] + pentagon[1::2])


def test_points():
    """Points are reduced; an ideal point has a direction and no coordinates; floats are refused."""
    assert finite(mpq(1, 2), mpq(1, 3)) == (3, 2, 6)
    assert ideal(mpq(1, 2), -1) == (1, -2, 0)
    assert homogeneous(mpz(4), mpz(6), mpz(2)) == (2, 3, 1)
    assert coordinates(finite(mpq(-7, 16), 1)) == (mpq(-7, 16), 1)
    with pytest.raises(ValueError, match="direction"):
        ideal(0, 0)
    with pytest.raises(ValueError, match="no coordinates"):
        coordinates(ideal(1, 0))
    with pytest.raises(InputError, match="float"):
        finite(0.5, 0)


def test_areas_of_fans():
    """The triangles of a fan about an interior point of a polygon have its area together."""
    polygon = polygon_of([(0, 0), (5, mpq(-1, 2)), (7, 3), (mpq(1, 3), 4)])
    centre = polygon.interior_point()
    corners = [coordinates(vertex) for vertex in polygon.vertices]
    fan = [polygon_of([centre, p, q]) for p, q in pairwise([*corners, corners[0]])]
    assert sum(triangle.area() for triangle in fan) == polygon.area()
    with pytest.raises(ValueError, match="no area"):
        plane().area()
