"""Where V^n g is not zero: the rectangles fill the window, and what is not live is zero."""

from itertools import product
from random import Random

import pytest
from random_problems import random_problem

from exactrelu.cpwl.polygon import affine_at, box, coordinates
from exactrelu.field import mpq
from exactrelu.scheme import Mask, Problem, builtin_problems, builtin_seed, smallest_window
from exactrelu.refinement.cells import all_cells, cell_pieces, target_on
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.live import has_more_cells, is_live, live_steps, rectangles
from exactrelu.refinement.transition import DIGITS, patches, transition_matrix


def sparse(reach):
    """The Courant hat under the mask (1/2, 1) with the indices (0, 0) and (reach, 0): far apart, nothing between."""
    mask, seed = Mask({(0, 0): mpq(1, 2), (reach, 0): mpq(1)}), builtin_seed("courant")
    return Problem("sparse", mask, smallest_window(mask, seed), seed)


def problems():
    """Built-in problems, sparse ones and random ones with gaps in their masks."""
    yield from (builtin_problems()[name] for name in ("bilinear", "shifted", "random_zero_rows", "single_c21", "zero"))
    yield sparse(3)
    yield sparse(7)
    for seed in range(8):
        yield random_problem(Random(seed))


def point_in(random, problem, n, sides):
    """A random point of a rectangle of cells, sometimes a corner of a cell."""
    grid = random.choice((1, 1, 3, 2**40))
    return tuple(
        start + mpq(random.randint(low * grid, high * grid), grid * 2**n)
        for (low, high), (start, _) in zip(sides, problem.window)
    )


def test_rectangles_fill_the_window_and_are_zero_unless_live():
    """They are disjoint and have all cells; live ones have short sides, and at points of the others V^n g = 0."""
    random = Random(5)
    for problem, n, largest in product(problems(), range(4), (1, 2, 16)):
        found, cells = list(rectangles(problem, n, largest)), set()
        for sides, live in found:
            own = set(product(*(range(*side) for side in sides)))
            assert own and not own & cells
            cells |= own
            assert is_live(problem, n, sides) == live
            if live:
                assert max(high - low for low, high in sides) <= largest
            else:
                points = [point_in(random, problem, n, sides) for _ in range(4)]
                assert not any(direct_sum(problem, n, *point) for point in points)
        assert cells == set(product(*(range(length << n) for length in problem.size)))


def test_a_rectangle_is_live_if_a_cell_in_it_may_be_nonzero():
    """Any rectangle, also of odd sides and beyond the window, is live wherever one of its cells has a nonzero piece."""
    random = Random(6)
    for problem in problems():
        n = random.randint(0, 3)
        nonzero = {cell for cell, pieces in all_cells(problem, n) if any(any(form) for _, form in pieces)}
        for _ in range(60):
            sides = [sorted(random.sample(range(-2, (length << n) + 3), 2)) for length in problem.size]
            within = {cell for cell in nonzero if all(low <= m < high for m, (low, high) in zip(cell, sides))}
            assert is_live(problem, n, sides) or not within


def test_live_patches_are_those_with_a_way_to_the_seed():
    """With m steps to come a patch is live if the product of some m matrices has an arrow from it to a patch of g."""
    for problem in problems():
        N, matrices = len(patches(problem)), [transition_matrix(problem, q) for q in DIGITS]
        arrows = [{column for matrix in matrices for column in range(N) if matrix[row][column]} for row in range(N)]
        steps, live = live_steps(problem), set(live_steps(problem).live(0))
        for m in range(5):
            assert steps.live(m) == live
            live = {row for row in range(N) if arrows[row] & live}


def test_the_target_on_a_rectangle_is_that_on_its_cells():
    """The pieces fill the rectangle and have the values of V^n g; one piece is enough if it is zero there."""
    random = Random(7)
    for problem in problems():
        n = random.randint(0, 3)
        for sides in [sides for sides, _ in rectangles(problem, n, random.choice((1, 4, 16)))] + [((-2, 0), (-3, 2))]:
            pieces = target_on(problem, n, sides)
            ends = [
                (start + mpq(low, 2**n), start + mpq(high, 2**n))
                for (low, high), (start, _) in zip(sides, problem.window)
            ]
            assert sum(polygon.area() for polygon, _ in pieces) == box(*ends[0], *ends[1]).area()
            for polygon, form in random.sample(pieces, min(len(pieces), 6)):
                for point in [polygon.interior_point(), coordinates(random.choice(polygon.vertices))]:
                    assert affine_at(form, *point) == direct_sum(problem, n, *point)
            if not is_live(problem, n, sides):
                assert len(pieces) == 1 and not any(pieces[0][1])


def test_a_rectangle_across_the_border_is_refused():
    """Where V^n g is zero on one part by reason of the window, and not on the other, the caller has to cut."""
    with pytest.raises(ValueError, match="only partly"):
        target_on(builtin_problems()["bilinear"], 1, ((-1, 1), (0, 1)))


def test_cells_are_counted_up_to_a_limit():
    """The limit on cells is one on live cells: of millions of cells those of two hats are few; deep levels end soon."""
    assert not has_more_cells(sparse(1000), 6, 100_000) and has_more_cells(sparse(1000), 6, 1000)
    bilinear = builtin_problems()["bilinear"]
    assert not has_more_cells(bilinear, 3, 256) and has_more_cells(bilinear, 3, 255)
    assert has_more_cells(bilinear, 10_000, 2**16)


def test_work_is_for_what_is_live():
    """Two hats 1000 apart: a handful of rectangles; a single coefficient: one cell, whatever n is."""
    found = list(rectangles(sparse(1000), 1, 16))
    assert len(found) < 60 and sum(live for _, live in found) <= 4
    assert sum((b - a) * (d - c) for ((a, b), (c, d)), live in found if live) <= 500
    assert [len(live_steps(sparse(1000)).live(m)) for m in (0, 1, 3, 8)] == [4, 2, 8, 256]
    single = builtin_problems()["single_c21"]
    corners = [sides for sides, live in rectangles(single, 300, 1) if live]
    assert len(corners) == 1
    for (m1, _), (m2, _) in corners:
        assert any(any(form) for _, form in cell_pieces(single, 300, m1, m2))
