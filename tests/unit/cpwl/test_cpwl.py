"""exactrelu.cpwl.cpwl and overlay: CPwL functions, exact equality, sums, nodal hats."""

from random import Random

import pytest
from functions import HEXAGON, RIM, STAR, courant, nonconvex_star, random_data, random_function, random_point
from gmpy2 import mpq

from exactrelu.cpwl.cpwl import CPwL, affine_through
from exactrelu.cpwl.overlay import equal, find_difference, overlay, total
from exactrelu.cpwl.polygon import affine_at, box, coordinates, plane
from exactrelu.errors import InputError

HAIR = mpq(1, 2**60)


def hat_formula(x, y):
    """The Courant hat by its formula max(0, 1 - max(|p|, |q|, |p - q|)) about (1, 1)."""
    p, q = x - 1, y - 1
    return max(mpq(0), 1 - max(abs(p), abs(q), abs(p - q)))


def test_courant_hat_against_its_formula():
    """The hat equals 1 - max(|p|, |q|, |p - q|), cut at 0, on a fine grid and a hair beside every kink."""
    hat = courant()
    for i in range(-2, 19):
        for j in range(-2, 19):
            for dx, dy in ((0, 0), (HAIR, 0), (0, -HAIR)):
                x, y = mpq(i, 8) + dx, mpq(j, 8) + dy
                assert hat.evaluate(x, y) == hat_formula(x, y)
    assert hat.evaluate(10**9, -(10**9)) == 0


def test_nonconvex_star_is_not_the_minimum_of_its_forms():
    """At (-7/8, 1) the hat on the non-convex star is 1/16, where max(0, min g_k) is 0."""
    star = nonconvex_star()
    x, y = mpq(-7, 8), mpq(1)
    assert star.evaluate(x, y) == mpq(1, 16)
    assert max(0, min(affine_at(form, x, y) for form in star.forms)) == 0


def test_values_at_vertices_and_linearity_on_triangles():
    """A random function has its values at the vertices and their mean at the centroid of every triangle."""
    for seed in range(10):
        vertices, triangles, values = random_data(Random(seed))
        f = CPwL(vertices, triangles, values)
        assert [f.evaluate(*vertex) for vertex in vertices] == values
        for corners in triangles:
            centroid = [sum(vertices[k][axis] for k in corners) / 3 for axis in (0, 1)]
            assert f.evaluate(*centroid) == sum(values[k] for k in corners) / 3


@pytest.mark.parametrize(
    ("vertices", "triangles", "values", "reason"),
    [
        ([(1, 1), *RIM], HEXAGON, [1] + [0] * 5, "7 vertices, but 6 values"),
        ([(1, 1), *RIM], HEXAGON, [1, 0, 0, 1, 0, 0, 0], r"at \(1, 2\) on the outer boundary, in triangle"),
        ([(1, 1), *RIM], HEXAGON[:-1], [1] + [0] * 6, r"at \(1, 1\) on the outer boundary"),
        ([(1, 1), *RIM, (9, 9)], HEXAGON, [1] + [0] * 6 + [1], "vertex 7 has the value 1"),
        ([(1, 1), *RIM, (1, 1)], HEXAGON, [1] + [0] * 6 + [2], "vertices 0 and 7 are the same point"),
        ([(1, 1), *RIM], [*HEXAGON, (0, 1, 2)], [1] + [0] * 6, "overlap"),
    ],
)
def test_refused(vertices, triangles, values, reason):
    """Wrong lengths, non-zero boundary values, stray values and overlaps each have their own message."""
    with pytest.raises(InputError, match=reason):
        CPwL(vertices, triangles, values)


def diamond(height):
    """Return a pyramid with a hanging node (3/2, 1) of the given height on one of its ridges."""
    vertices = [(0, 1), (1, 1), (2, 1), (1, 0), (1, 2), (mpq(3, 2), 1)]
    return CPwL(vertices, [(0, 3, 1), (0, 1, 4), (1, 3, 5), (5, 3, 2), (1, 2, 4)], [0, 1, 0, 0, 0, height])


def test_hanging_nodes_are_accepted_exactly_when_the_function_is_continuous():
    """A hanging node is fine at the height of the ridge and refused 2^-60 above it."""
    pyramid = diamond(mpq(1, 2))
    assert pyramid.evaluate(mpq(5, 4), 1) == mpq(3, 4)
    with pytest.raises(InputError, match="not conforming: triangles"):
        diamond(mpq(1, 2) + HAIR)
    with pytest.raises(ValueError, match="conforming"):
        pyramid.hat(1)
    smooth = pyramid.conforming()
    assert equal(smooth, pyramid) and smooth.triangulation.is_conforming
    assert smooth.hat(5).evaluate(mpq(3, 2), 1) == 1


def test_coinciding_vertices_and_unused_zeros_are_harmless():
    """A mesh given triangle by triangle, each with its own vertices, is the same function; so is one with a spare 0."""
    hat = courant()
    soup = [hat.vertices[corner] for corners in HEXAGON for corner in corners]
    heights = [hat.values[corner] for corners in HEXAGON for corner in corners]
    loose = CPwL(soup, [(3 * k, 3 * k + 1, 3 * k + 2) for k in range(6)], heights)
    assert equal(loose, hat) and len(loose.vertices) == 7
    assert equal(CPwL([(1, 1), *RIM, (9, 9)], HEXAGON, [1] + [0] * 7), hat)


def test_empty_function_is_zero():
    """No triangles at all make the zero function, without support."""
    zero = CPwL((), (), ())
    assert zero.is_zero and zero.support_box() is None and zero.evaluate(1, 1) == 0 and zero.integral() == 0
    assert equal(zero, courant().scaled(0)) and not equal(zero, courant())


def test_floats_are_refused():
    """A float vertex, value or argument is refused."""
    with pytest.raises(InputError):
        CPwL([(1.0, 1), *RIM], HEXAGON, [1] + [0] * 6)
    with pytest.raises(InputError):
        CPwL([(1, 1), *RIM], HEXAGON, [1.0] + [0] * 6)
    with pytest.raises(InputError):
        courant().evaluate(0.5, 1)


def test_support_box_leaves_out_zero_triangles():
    """Triangles on which the function vanishes do not count for the support."""
    wide = CPwL([(1, 1), *RIM, (9, 9)], [*HEXAGON, (1, 7, 2)], [1] + [0] * 7)
    assert wide.support_box() == ((0, 2), (0, 2)) == courant().support_box()
    assert courant().shifted(mpq(1, 3), -5).support_box() == ((mpq(1, 3), mpq(7, 3)), (-5, -3))


def test_kinks_are_the_edges_where_the_form_changes():
    """The hat has its 6 spokes and 6 rim edges as kinks, also after refinement makes coplanar triangles."""
    assert len(courant().kinks()) == 12
    assert len(courant().refined().kinks()) == 24
    assert CPwL([(1, 1), *RIM], HEXAGON, [0] * 7).kinks() == []
    for u, v, left, right in courant().kinks():
        assert all(affine_at(left, *coordinates(p)) == affine_at(right, *coordinates(p)) for p in (u, v))


@pytest.mark.parametrize("seed", range(6))
def test_equality_with_refinements_shifts_and_perturbations(seed):
    """A function equals its refinements, and differs, at the witness, from shifts, multiples and one changed value."""
    random = Random(seed)
    vertices, triangles, values = random_data(random)
    f = CPwL(vertices, triangles, values)
    assert equal(f, f.refined()) and equal(f.refined().refined(), f)
    assert equal(f.shifted(3, mpq(1, 7)).shifted(-3, mpq(-1, 7)), f) and equal(f.scaled(2).scaled(mpq(1, 2)), f)
    inner = [k for k in range(len(vertices)) if f.triangulation.is_interior(k)]
    changed = list(values)
    changed[random.choice(inner)] += HAIR
    for other in (CPwL(vertices, triangles, changed), f.shifted(HAIR, 0), f.scaled(1 + HAIR)):
        for one, two in ((f, other), (other, f)):
            point = find_difference(one, two)
            assert point is not None and one.evaluate(*point) != two.evaluate(*point)


@pytest.mark.parametrize("seed", range(6))
def test_sums_agree_with_sums_of_values(seed):
    """The sum of random functions on different meshes has the sum of their values, at and beside all vertices."""
    random = Random(seed)
    terms = [(mpq(random.randint(-3, 3), 2), random_function(random, 2, 2)) for _ in range(3)]
    whole = total(terms)
    near = [vertex for _, f in terms for vertex in f.vertices]
    for _ in range(300):
        x, y = random_point(random, random.choice(terms)[1], near)
        assert whole.evaluate(x, y) == sum(c * f.evaluate(x, y) for c, f in terms)
    assert whole.integral() == sum(c * f.integral() for c, f in terms)
    assert total([(1, whole), *((-c, f) for c, f in terms)]).is_zero


@pytest.mark.parametrize("seed", range(6))
def test_the_sum_of_nodal_hats_is_the_function(seed):
    """Proposition 5.1: a function is the sum of its values times the nodal hats of the interior vertices."""
    f = random_function(Random(seed), 3, 3)
    inner = [k for k in range(len(f.vertices)) if f.triangulation.is_interior(k)]
    assert len(inner) == 4
    assert equal(total([(f.values[k], f.hat(k)) for k in inner]), f)
    assert not equal(total([(f.values[k], f.hat(k)) for k in inner[1:]] + [(1, f.hat(inner[0]).scaled(99))]), f)
    with pytest.raises(ValueError, match="not interior"):
        f.hat(0)


@pytest.mark.parametrize("seed", range(4))
def test_overlay_fills_the_domain_with_affine_cells(seed):
    """The cells of an overlay have the domain's area together, and all functions have the cell's forms on it."""
    random = Random(seed)
    functions = [random_function(random, 2, 2) for _ in range(2)]
    domain = box(-2, 3, -2, 3)
    cells = overlay(functions, domain)
    assert sum(cell.area() for cell, _ in cells) == domain.area()
    for cell, forms in cells:
        for f, form in zip(functions, forms, strict=True):
            for point in [cell.interior_point(), *(coordinates(vertex) for vertex in cell.vertices)]:
                assert f.evaluate(*point) == affine_at(form, *point)


def test_overlay_is_coarse():
    """Without kinks nothing is cut; with the hat's diagonal alone a square is cut in two; the plane works too."""
    assert len(overlay([courant()], box(4, 5, 4, 5))) == 1
    assert len(overlay([courant().refined().refined()], box(1, 2, 1, 2))) == 2
    assert len(overlay([], plane())) == 1
    cells = overlay([courant()], plane())
    assert sum(not cell.is_bounded for cell, _ in cells) >= 4
    assert sum(cell.area() for cell, (form,) in cells if any(form)) == 3


def test_integral_of_the_hat_and_change_of_variables():
    """The hat has the integral 1, and f(a z - d) that of f divided by a^2."""
    assert courant().integral() == 1
    f = random_function(Random(1))
    dilated = f.dilated(mpq(3, 2), 5, mpq(-1, 3))
    assert dilated.integral() == f.integral() / mpq(9, 4)
    x, y = mpq(7, 11), mpq(3, 13)
    assert dilated.evaluate(x, y) == f.evaluate(mpq(3, 2) * x - 5, mpq(3, 2) * y + mpq(1, 3))


def test_pieces_are_the_triangles():
    """pieces() has every triangle with the form that takes the values of its corners."""
    pieces = nonconvex_star().pieces()
    assert len(pieces) == 5
    for polygon, form in pieces:
        heights = [affine_at(form, *coordinates(vertex)) for vertex in polygon.vertices]
        assert heights == [1 if coordinates(vertex) == STAR[0] else 0 for vertex in polygon.vertices]


def test_affine_through_three_points():
    """The form through three heights is recovered."""
    form = (mpq(2, 3), mpq(-5), mpq(1, 7))
    points = [(mpq(0), mpq(1)), (mpq(3, 2), mpq(-1)), (mpq(2), mpq(2))]
    assert affine_through([(x, y, affine_at(form, x, y)) for x, y in points]) == form
