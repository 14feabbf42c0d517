"""exactrelu.refinement: masks, transition matrices, cascade, operator and cells, each against its definition."""

from itertools import product
from random import Random

import pytest
from gmpy2 import mpq
from random_problems import adversarial_points, random_mask, random_problem

from exactrelu.cpwl.overlay import equal
from exactrelu.cpwl.polygon import affine_at, box, coordinates
from exactrelu.errors import InputError
from exactrelu.refinement.cascade import cascade, digit, residual
from exactrelu.refinement.cells import all_cells, cell_pieces, cells_within, target_pieces
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.mask import coset_sums, iterated_mask, largest_coset_norm, total
from exactrelu.refinement.mesh import folded_mesh
from exactrelu.refinement.operator import apply_operator, iterate
from exactrelu.refinement.sum_rules import sum_rule_order
from exactrelu.refinement.transition import DIGITS, patches, row_times, sparse_rows, transition_matrix
from exactrelu.scheme import Mask, builtin_mask, builtin_problems, builtin_seed

SMALL = ("bilinear", "random_rational", "shifted", "single_c21", "ring", "window_edges", "haar", "zp", "zero")


@pytest.mark.parametrize("n", range(4))
def test_iterated_mask_is_the_product_of_symbols(n):
    """c^(n) has the symbol c(z) c(z^2) ... c(z^(2^(n-1))); its total is the n-th power of the total."""
    mask = random_mask(Random(n))
    product_of_symbols = {(0, 0): mpq(1)}
    for level in range(n):
        raised = {}
        for (a, b), p in product_of_symbols.items():
            for (j, k), c in mask.items():
                index = (a + 2**level * j, b + 2**level * k)
                raised[index] = raised.get(index, 0) + p * c
        product_of_symbols = raised
    assert iterated_mask(mask, n) == {index: c for index, c in product_of_symbols.items() if c}
    assert sum(iterated_mask(mask, n).values(), mpq(0)) == total(mask) ** n


def test_facts_about_masks():
    """Coset sums, B and the order of the sum rules of masks with known answers, negative indices included."""
    mask = Mask({(-1, 0): mpq(2), (1, 0): mpq(-3), (0, -2): mpq(1, 2)})
    assert coset_sums(mask) == {(0, 0): mpq(1, 2), (0, 1): 0, (1, 0): -1, (1, 1): 0}
    assert largest_coset_norm(mask) == 5 and sum_rule_order(mask) == 0
    for order in (1, 2, 3, 4):
        spline = builtin_mask(f"bspline_tensor_{order}")
        assert sum_rule_order(spline) == sum_rule_order(spline.shifted(-7, 3)) == order


@pytest.mark.parametrize("name", sorted(set(builtin_problems()) - {"dd4", "butterfly"}))
def test_transition_matrices_expand_the_operator(name):
    """Remark 2.3: column (alpha, beta) of T_q is V f on the quadrant q of every patch, for a bump f on that patch."""
    problem = builtin_problems()[name].normalized()[0]
    indices = patches(problem)
    for q in DIGITS:
        matrix = transition_matrix(problem, q)
        for row, (a, b) in enumerate(indices):
            # the point of patch (a, b) whose residual is the middle (1/2, 1/2) of the unit square
            x, y = a - 1 + (q[0] + mpq(1, 2)) / 2, b - 1 + (q[1] + mpq(1, 2)) / 2
            hits = {(2 * x - j, 2 * y - k): c for (j, k), c in problem.mask.items()}
            for column, (alpha, beta) in enumerate(indices):
                assert matrix[row][column] == hits.get((alpha - mpq(1, 2), beta - mpq(1, 2)), 0)


@pytest.mark.parametrize("name", ["bilinear", "random_rational", "random_zero_rows", "dd4_centred", "single_c00"])
def test_sparse_rows_are_the_transition_matrices(name):
    """The sparse form has the same entries, and row_times is the product with it."""
    problem = builtin_problems()[name]
    N = len(patches(problem))
    for q in DIGITS:
        dense, sparse = transition_matrix(problem, q), sparse_rows(problem, q)
        assert [[dict(row).get(k, 0) for k in range(N)] for row in sparse.values()] == [list(row) for row in dense]
        row = {k: mpq(k + 1, 3) for k in range(0, N, 2)}
        expected = [sum(c * dense[k][column] for k, c in row.items()) for column in range(N)]
        assert row_times(row, sparse) == {column: c for column, c in enumerate(expected) if c}


def test_digits_and_residuals():
    """Q1 and r with the endpoint convention Q1(1) = r(1) = 1; 2 t = Q1(t) + r(t)."""
    table = {0: (0, 0), mpq(1, 4): (0, mpq(1, 2)), mpq(1, 2): (1, 0), mpq(3, 4): (1, mpq(1, 2)), 1: (1, 1)}
    for t, (q, r) in table.items():
        assert (digit(mpq(t)), residual(mpq(t))) == (q, r)


@pytest.mark.parametrize("n", range(5))
def test_residual_iterates_are_affine_on_dyadic_squares(n):
    """Remark 2.2: r^n(t) = 2^n t - m on [m, m + 1) / 2^n."""
    for m in range(2**n):
        for part in (0, mpq(1, 3), mpq(6, 7)):
            t = (m + part) / mpq(2) ** n
            for _ in range(n):
                t = residual(t)
            assert t == part


@pytest.mark.parametrize("seed", range(6))
def test_apply_operator_is_the_defining_sum(seed):
    """V f has the values of the sum of c_k f(2 z - k), at random points and at all corners of its pieces."""
    random = Random(seed)
    problem = random_problem(random)
    f, mask = problem.seed.function, problem.mask
    image = apply_operator(mask, f)
    points = adversarial_points(random, problem, 1, 20) + list(image.vertices)
    for x, y in points:
        assert image.evaluate(x, y) == sum(c * f.evaluate(2 * x - j, 2 * y - k) for (j, k), c in mask.items())


@pytest.mark.parametrize("name", SMALL)
def test_cells_fill_the_window_and_carry_the_function(name):
    """The pieces of all cells fill the window, and each form has the direct sum's values in and around its polygon."""
    random, problem = Random(name), builtin_problems()[name]
    (x0, x1), (y0, y1) = problem.window
    for n in range(3):
        pieces = target_pieces(problem, n)
        assert sum(polygon.area() for polygon, _ in pieces) == (x1 - x0) * (y1 - y0)
        for polygon, form in random.sample(pieces, min(len(pieces), 40)):
            for point in [polygon.interior_point(), *(coordinates(vertex) for vertex in polygon.vertices)]:
                assert affine_at(form, *point) == direct_sum(problem, n, *point)


@pytest.mark.parametrize("name", SMALL)
def test_each_cell_is_its_dyadic_square(name):
    """Cell (m1, m2) of level n is the square of side 2^-n at (x0, y0) + (m1, m2) / 2^n; access in any order agrees."""
    problem = builtin_problems()[name]
    (x0, _), (y0, _) = problem.window
    for n in range(3):
        cells = dict(all_cells(problem, n))
        assert set(cells) == set(product(*(range(length << n) for length in problem.size)))
        for (m1, m2), pieces in cells.items():
            assert cell_pieces(problem, n, m1, m2) == pieces
            side = mpq(1, 2**n)
            corner = (x0 + m1 * side, y0 + m2 * side)
            square = box(corner[0], corner[0] + side, corner[1], corner[1] + side)
            assert sum(polygon.clip(square).area() for polygon, _ in pieces) == square.area()


def test_cells_within_a_coarser_cell():
    """The level-4 cells within a level-1 cell are the 64 with its digits in front."""
    problem = builtin_problems()["random_rational"]
    found = dict(cells_within(problem, 4, 1, 3, 2))
    assert set(found) == {(24 + i, 16 + j) for i in range(8) for j in range(8)}
    assert all(cell_pieces(problem, 4, *cell) == pieces for cell, pieces in found.items())
    assert list(cells_within(problem, 2, 2, 5, 5)) == [((5, 5), cell_pieces(problem, 2, 5, 5))]


def test_deep_cells_are_cheap():
    """A single cell of level 200, far too many to list, has the cascade's values."""
    problem = builtin_problems()["random_rational"]
    n = 200
    m1, m2 = (3 << n) // 7, (2 << n) // 3
    for polygon, form in cell_pieces(problem, n, m1, m2):
        for point in [polygon.interior_point(), *(coordinates(vertex) for vertex in polygon.vertices)]:
            assert affine_at(form, *point) == cascade(problem, n, *point)


def test_cells_outside_of_the_window():
    """A cell that the window does not have is a ValueError."""
    problem = builtin_problems()["bilinear"]
    for m1, m2 in ((-1, 0), (0, 8), (8, 0)):
        with pytest.raises(ValueError, match="no cell"):
            cell_pieces(problem, 2, m1, m2)


@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_folded_mesh(name):
    """All patches are affine on the polygons of the folded mesh, which fill the unit square."""
    problem = builtin_problems()[name]
    mesh, normal = folded_mesh(problem), problem.normalized()[0]
    assert sum(polygon.area() for polygon, _ in mesh) == 1
    g, indices = normal.seed.function, patches(problem)
    for polygon, forms in mesh:
        for u, v in [polygon.interior_point(), *(coordinates(vertex) for vertex in polygon.vertices)]:
            values = [g.evaluate(u + a - 1, v + b - 1) for a, b in indices]
            assert [affine_at(forms.get(k, (0, 0, 0)), u, v) for k in range(len(indices))] == values


def test_folded_meshes_are_coarse():
    """The Courant hat folds to two triangles, on windows of any size, and a cell without kinks is one piece."""
    for name in ("bilinear", "dd4", "shifted", "courant_upsampled"):
        assert len(folded_mesh(builtin_problems()[name])) == 2
    assert len(folded_mesh(builtin_problems()["zero"])) == 1
    corner = cell_pieces(builtin_problems()["haar"], 3, 0, 0)
    assert len(corner) == 12 and len(cell_pieces(builtin_problems()["single_c00"], 3, 7, 7)) == 1


@pytest.mark.parametrize("name", ["bilinear", "random_rational", "nonconvex"])
def test_iterate_is_the_function_of_all_pieces(name):
    """V^2 g made by the operator equals V^2 g on the cells: same values at all corners of both."""
    problem = builtin_problems()[name]
    whole = iterate(problem, 2)
    corners = {coordinates(v) for polygon, _ in target_pieces(problem, 2) for v in polygon.vertices}
    corners = sorted(corners | set(whole.vertices))
    for x, y in Random(name).sample(corners, min(200, len(corners))):
        assert whole.evaluate(x, y) == cascade(problem, 2, x, y)
    assert equal(iterate(problem, 0), problem.seed.function)


def test_level_zero_is_the_seed():
    """V^0 g = g for both evaluators, and outside of the window the cascade is 0."""
    problem = builtin_problems()["random_rational"]
    g = builtin_seed("mixed_signs").function
    for x, y in [*g.vertices, (mpq(2, 3), mpq(1, 3)), (mpq(-1), mpq(5))]:
        assert cascade(problem, 0, x, y) == direct_sum(problem, 0, x, y) == g.evaluate(x, y)
    for evaluate in (cascade, direct_sum):
        with pytest.raises(InputError):
            evaluate(problem, 1, 0.5, 0)
