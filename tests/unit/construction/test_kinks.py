"""exactrelu.construction.kinks: the patches of a seed as an affine form, kinks along whole lines, and wedge tents."""

from math import ceil, floor
from random import Random

import pytest
from functions import courant, nonconvex_star, random_function
from gmpy2 import mpq

from exactrelu.construction.kinks import PatchForm, Tent, patch_forms
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.polygon import affine_at, box, coordinates, line_through, polygon_of
from exactrelu.scheme import builtin_seeds

SHIFTS = (mpq(0), mpq(1, 3), mpq(2, 3))
UNIT = box(0, 1, 0, 1)


def in_window(function):
    """Return the function moved by integers into the window [0, L1] × [0, L2], and (L1, L2)."""
    (x0, x1), (y0, y1) = function.support_box()
    dx, dy = -floor(x0), -floor(y0)
    return function.shifted(dx, dy), (ceil(x1) + dx, ceil(y1) + dy)


def lines_of(form):
    """Return the lines across which a `PatchForm` can have a kink."""
    tents = [line for tent in form.tents for line in (*tent, tuple(a - b for a, b in zip(*tent, strict=True)))]
    return [*form.kinks, *tents]


def edges_of(function, i, j):
    """Return the lines of the edges of all pieces of a function, in the coordinates of the patch (i, j)."""
    lines = {line_through(u, v) for polygon, _ in function.pieces() for u, v in polygon.edges()}
    return [(a, b, c + a * i + b * j) for a, b, c in lines]


def is_the_patch(form, function, i, j):
    """Return whether a `PatchForm` is the function on the patch: both are affine on the cells, so corners decide."""
    cells = [UNIT]
    for line in [*lines_of(form), *edges_of(function, i, j)]:
        cells = [part for cell in cells for part in cell.split(line) if part is not None]
    corners = {coordinates(vertex) for cell in cells for vertex in cell.vertices}
    return all(form(u, v) == function.evaluate(u + i, v + j) for u, v in corners)


def check(function, lengths):
    """Assert that all patches of the window are right, those left out being zero; return the patch forms."""
    forms = patch_forms(function.pieces(), lengths)
    zero = PatchForm((mpq(0),) * 3, {}, {})
    for i in range(lengths[0]):
        for j in range(lengths[1]):
            assert is_the_patch(forms.get((i, j), zero), function, i, j), (i, j)
    assert not any(form.is_zero for form in forms.values())
    return forms


@pytest.mark.parametrize("name", sorted(set(builtin_seeds()) - {"zero", "courant3"}))
@pytest.mark.parametrize("shift", SHIFTS)
def test_built_in_seeds(name, shift):
    """Every built-in seed on every patch, on the three grids of `one-pass`: hanging nodes, rings, needles, stars."""
    check(*in_window(builtin_seeds()[name].function.shifted(shift, shift)))


@pytest.mark.parametrize("seed", range(12))
def test_random_functions(seed):
    """Random functions on sheared, uneven grids, whose vertices lie inside patches, on their edges and corners."""
    random = Random(seed)
    function = random_function(random, 2, 2).shifted(random.choice(SHIFTS), random.choice(SHIFTS))
    check(*in_window(function))


def test_a_hat_without_vertices_inside_patches_has_no_tents():
    """The Courant hat on its own grid has one kink, along the diagonal, in each of four patches."""
    forms = check(courant(), (2, 2))
    assert len(forms) == 4 and all(form.kinks.keys() == {(1, -1, 0)} and not form.tents for form in forms.values())


def test_a_vertex_inside_a_patch_needs_tents():
    """A star about an inner point of a patch has kinks that end there: tents with their vertex at that point."""
    function = nonconvex_star().shifted(mpq(5, 2), mpq(7, 3))
    forms = check(*in_window(function))
    tents = {tent for form in forms.values() for tent in form.tents}
    assert tents and all(any(tent(u, v) > 0 for u in GRID for v in GRID) for tent in tents)


GRID = [mpq(k, 12) for k in range(13)]


def test_tents_of_one_vertex_are_shared_by_all_patches():
    """Patches with vertices at one place of the unit square use the same tents, so that they share units."""
    one = courant().shifted(mpq(1, 3), mpq(1, 3))
    two = CPwL(
        [*one.vertices, *((x + 3, y) for x, y in one.vertices)],
        [*one.triangles, *(tuple(k + len(one.vertices) for k in corners) for corners in one.triangles)],
        [*one.values, *(7 * height for height in one.values)],
    )
    forms = check(two, (6, 3))
    for (i, j), form in forms.items():
        if i < 3:
            other = forms[i + 3, j]
            assert other.tents == {tent: 7 * weight for tent, weight in form.tents.items()}
            assert other.kinks == {line: 7 * jump for line, jump in form.kinks.items()}


def test_a_tent_is_zero_outside_of_its_cone():
    """max(0, min(a, b)) for the cone between (1, 0) and (0, 1) about (1/2, 1/2)."""
    tent = Tent((mpq(0), mpq(1), mpq(-1, 2)), (mpq(1), mpq(0), mpq(-1, 2)))
    for u in GRID:
        for v in GRID:
            inside = u > mpq(1, 2) and v > mpq(1, 2)
            assert (tent(u, v) > 0) == inside
            assert tent(u, v) == max(0, min(affine_at(tent.left, u, v), affine_at(tent.right, u, v)))


def test_functions_that_are_not_continuous_are_refused():
    """A jump across an edge inside a patch, and pieces around a vertex that do not fit, raise ValueError."""
    half = polygon_of([(0, 0), (mpq(1, 2), 0), (mpq(1, 2), 1), (0, 1)])
    with pytest.raises(ValueError, match="not continuous"):
        patch_forms([(half, (mpq(0), mpq(0), mpq(1)))], (1, 1))
    quarter = polygon_of([(0, 0), (mpq(1, 2), 0), (mpq(1, 2), mpq(1, 2)), (0, mpq(1, 2))])
    with pytest.raises(ValueError, match="not continuous"):
        patch_forms([(quarter, (mpq(-1), mpq(0), mpq(1, 2)))], (1, 1))


def test_the_zero_function_has_no_patches():
    """No pieces, and pieces with the form 0, leave nothing."""
    assert patch_forms([], (2, 3)) == {}
    assert patch_forms([(UNIT, (mpq(0),) * 3)], (1, 1)) == {}
