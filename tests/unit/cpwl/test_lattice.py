"""The max-min form of nodal hats and other functions ≥ 0, and trees of minima and maxima."""

from random import Random

import pytest
from arrangements import lattice_cells
from functions import courant, nonconvex_star, random_function
from gmpy2 import mpq
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.construction.lattice import LatticeForm, lattice, lattice_form, maximum, minimum
from exactrelu.cpwl.cpwl import CPwL, form_at
from exactrelu.cpwl.polygon import plane
from exactrelu.network import Builder
from exactrelu.network.layers import layered


def is_equal(shape, function):
    """Return whether a lattice form equals a CPwL function on the whole plane, by comparing forms on all cells."""
    sides = [side for _, sides, _ in function.pieces_with_sides for side in sides]
    return all(
        form == form_at(function.pieces_with_sides, *cell.interior_point())
        for cell, form in lattice_cells(shape, plane(), sides)
    )


def random_star(random):
    """Return a nodal hat of a random triangulation, its star convex or not."""
    function = random_function(random, 2, 2)
    moved = [(x + mpq(random.randint(-1, 1), 20), y + mpq(random.randint(-1, 1), 20)) for x, y in function.vertices]
    return CPwL(moved, function.triangles, [int(vertex == 4) for vertex in range(9)])


@pytest.mark.parametrize("seed", range(20))
def test_hats_on_random_stars_equal_their_lattice_form(seed):
    """The lattice form of a nodal hat is the hat, on every cell of the plane."""
    hat = random_star(Random(seed))
    assert is_equal(lattice_form(hat.pieces()), hat)


def test_functions_with_several_peaks_equal_their_lattice_form():
    """The lattice form serves every CPwL function ≥ 0, a sum of two separate hats for one."""
    vertices, triangles = courant().vertices, courant().triangles
    far = [(x + 5, y) for x, y in vertices]
    of_far = [tuple(corner + 7 for corner in corners) for corners in triangles]
    two = CPwL([*vertices, *far], [*triangles, *of_far], [1, *[0] * 6, 3, *[0] * 6])
    assert is_equal(lattice_form(two.pieces()), two)


def test_convex_stars_need_one_set():
    """For the Courant hat the lattice form is max(0, min of its six forms)."""
    shape = lattice_form(courant().pieces())
    assert shape.sets == (tuple(range(6)),)


def test_a_nonconvex_star_is_not_a_minimum_of_its_forms():
    """At (−7/8, 1) the hat of the non-convex star is 1/16, where max(0, min g_k) is 0."""
    hat, point = nonconvex_star(), (mpq(-7, 8), mpq(1))
    shape = lattice_form(hat.pieces())
    simple = LatticeForm(shape.forms, (tuple(range(5)),))
    assert hat.evaluate(*point) == shape.evaluate(*point) == mpq(1, 16)
    assert simple.evaluate(*point) == 0 and not is_equal(simple, hat)


def test_translates_have_the_same_lattice_form():
    """The lattice form of a function depends on the function alone, not on the order of its triangles."""
    hat = nonconvex_star()
    turned = CPwL(hat.vertices, hat.triangles[2:] + hat.triangles[:2], hat.values)
    assert lattice_form(hat.pieces()) == lattice_form(turned.pieces())
    assert lattice_form(hat.pieces()) == lattice_form(hat.shifted(mpq(1, 7), 3).shifted(mpq(-1, 7), -3).pieces())


def test_a_function_with_negative_values_is_refused():
    """A function that is negative in a corner of a piece raises ValueError."""
    with pytest.raises(ValueError, match="negative"):
        lattice_form(courant().scaled(-1).pieces())


@pytest.mark.parametrize("hat", [courant(), nonconvex_star()])
def test_the_network_of_a_lattice_form_has_its_values(hat):
    """``lattice`` computes the max-min of the forms, so that its positive part is the function."""
    shape = lattice_form(hat.pieces())
    b = Builder(2)
    network = b.network([b.relu(lattice(b, shape, *b.inputs))])
    points = [(mpq(i, 8), mpq(j, 8)) for i in range(-17, 18, 3) for j in range(-17, 18, 3)]
    assert all(network.evaluate(point) == (hat.evaluate(*point),) for point in points)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_trees_of_minima_and_maxima(values):
    """The trees compute min and max and are ⌈log₂ m⌉ layers deep."""
    b = Builder(len(values))
    network = b.network([minimum(b, b.inputs), maximum(b, b.inputs)])
    assert network.evaluate(values) == (min(values), max(values))
    assert layered(network).depth == (len(values) - 1).bit_length()
