"""The construction `one-pass` against the direct sum, its depth and width, and the parts that it is made of."""

from random import Random

import pytest
from gmpy2 import mpq
from random_problems import adversarial_points, random_problem, strip_points

from exactrelu.construction import one_pass
from exactrelu.construction.loop import embedding
from exactrelu.network import Affine, Builder
from exactrelu.network.layers import layered
from exactrelu.planar.univariate import univariate_nodes
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Problem, builtin_masks, builtin_seeds, load_problem, smallest_window

LEVELS = ((4, (0, 1, 2, 3), (0, 1, 2, 3)), (16, (0, 2), (1, 3)), (49, (1,), (2,)))
"""Up to this many cells of the window, the n of a mask's first and second seed in the default run."""

SEEDS = sorted(set(builtin_seeds()) - {"courant3", "zero"})


def problem_of(mask, seed):
    """Return the problem of a built-in mask and a built-in seed on their smallest window."""
    mask, seed = builtin_masks()[mask], builtin_seeds()[seed]
    return Problem("test", mask, smallest_window(mask, seed), seed)


def pairs():
    """Return two seeds for each mask, as (mask, seed, levels); all seeds occur."""
    found = []
    for number, mask in enumerate(builtin_masks()):
        for part, seed in enumerate((SEEDS[number % len(SEEDS)], SEEDS[(5 * number + 7) % len(SEEDS)])):
            L1, L2 = problem_of(mask, seed).size
            found.append((mask, seed, next(levels[part] for most, *levels in LEVELS if L1 * L2 <= most)))
    return found


def wrong_points(problem, n, count):
    """Return the points, among adversarial ones, where the network differs from V^n g by the direct sum."""
    random = Random(f"{problem.name} {n}")
    network = one_pass.build(problem, n)
    points = adversarial_points(random, problem, n, count // 8) + strip_points(random, problem, n, count)
    return [point for point in points if network.evaluate(point) != (direct_sum(problem, n, *point),)]


@pytest.mark.parametrize(("mask", "seed", "levels"), pairs())
def test_every_mask_with_two_seeds(mask, seed, levels):
    """V^n g is exact at dyadic corners, images of the seed's vertices, in strips, a hair beside, far outside."""
    for n in levels:
        assert wrong_points(problem_of(mask, seed), n, 8) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("mask", builtin_masks())
@pytest.mark.parametrize("seed", SEEDS)
def test_every_mask_with_every_seed(mask, seed):
    """The same for all pairs, n = 0, …, 3, at more points."""
    for n in range(4):
        assert wrong_points(problem_of(mask, seed), n, 60) == []


@pytest.mark.parametrize("seed", range(6))
def test_random_problems(seed):
    """V^n g is exact for random masks and seeds anywhere in the plane, signs and large and small norms among them."""
    problem = random_problem(Random(seed))
    assert wrong_points(problem, seed % 4, 8) == []


@pytest.mark.parametrize("name", ["a_n_witness", "needle", "ring", "shifted", "zero"])
def test_special_problems(name):
    """B < 1 < M_H, a needle of width 2^-20, a ring, windows at negative coordinates, the zero seed."""
    assert wrong_points(load_problem(name), 2, 8) == []


def test_a_window_larger_than_necessary():
    """One more row and column of cells on either side change nothing."""
    problem = load_problem("difference")
    (x0, x1), (y0, y1) = problem.window
    wide = Problem("wide", problem.mask, ((x0 - 1, x1), (y0, y1 + 1)), problem.seed)
    assert wrong_points(wide, 2, 30) == []


def test_large_n():
    """V²⁰⁰ g of the built-in problem is exact at points of high and of low resolution; the stages are one block."""
    problem = load_problem("bilinear")
    network = one_pass.build(problem, 200)
    assert len({id(block) for block in network.blocks}) == 4
    points = ((mpq(1, 3), mpq(4, 3)), (mpq(2**199 + 1, 2**200), mpq(1)), (mpq(10**60 + 1, 10**60), mpq(7, 5)))
    for point in points:
        assert network.evaluate(point) == (cascade(problem, 200, *point),)


@pytest.mark.parametrize("name", ["bilinear", "haar", "difference", "nonconvex", "shifted", "window_edges"])
def test_depth_and_width(name):
    """Depth n + 5 at most for every mask and seed, and one and the same width for n = 3 and n = 6."""
    problem = load_problem(name)
    forms = {n: layered(one_pass.build(problem, n)) for n in (1, 3, 6)}
    assert all(form.depth <= n + 5 for n, form in forms.items())
    assert forms[6].depth - forms[3].depth == 3 and forms[3].width == forms[6].width


def test_the_width_of_the_built_in_problem():
    """At most 400 units a layer and n + 8 layers for `bilinear`, for every n ≥ 3 with one width."""
    forms = [layered(one_pass.build(load_problem("bilinear"), n)) for n in (3, 4, 9)]
    assert len({form.width for form in forms}) == 1 and forms[0].width <= 400
    assert [form.depth - n for form, n in zip(forms, (3, 4, 9), strict=True)] == [forms[0].depth - 3] * 3
    assert forms[0].depth <= 3 + 8


def test_the_seam_bump():
    """The seam deficiency on the loop: ≥ 1 within SEAM of the seam, 0 from 2 SEAM on, from all of its knots."""
    b = Builder(2)
    t = b.inputs[0]
    network = b.network([one_pass.seam_bump(b, *embedding(b, t))])
    _, bump = univariate_nodes(network)[network.outputs[0]]
    seam = one_pass.SEAM
    assert bump.range_on(mpq(0), seam)[0] == bump.range_on(1 - seam, mpq(1))[0] == 1
    assert bump.range_on(2 * seam, 1 - 2 * seam) == (0, 0)
    assert bump.range_on(None, None)[0] == 0


def test_shifts_of_three_classes_spoil_each_coordinate_once():
    """The strips of width 4 SEAM about the grids moved by 0, 1/3 and 2/3 are disjoint mod 1."""
    starts = sorted((-shift - 2 * one_pass.SEAM) % 1 for shift in one_pass.SHIFTS)
    following = [*starts[1:], starts[0] + 1]
    assert all(start + 4 * one_pass.SEAM <= after for start, after in zip(starts, following, strict=True))


def test_stages_have_short_weights():
    """For n = 1000 all numbers of a stage have few digits, but for three in each of its six selectors."""
    _, stage, *_, last, _ = one_pass.build(load_problem("bilinear"), 1000).blocks
    for block, most in ((stage, 18), (last, 0)):
        affine = [node for node in block.nodes if type(node) is Affine]
        numbers = [number for node in affine for number in (node.bias, *(weight for _, weight in node.terms))]
        assert sum(number.numerator.bit_length() + number.denominator.bit_length() > 20 for number in numbers) == most


def test_names_fit_the_flat_network():
    """Rows, selectors and loops of each class are named between the stages, rows and seams at the end."""
    marks = one_pass.build(load_problem("bilinear"), 2).flatten().marks
    assert {"0/0/s0/p/0,0,+", "0/1/s2/chi1/x", "0/1/s1/z/y/q", "0/2/s1/seam"} <= marks.keys()


def test_n_is_not_negative():
    """n = −1 raises ValueError."""
    with pytest.raises(ValueError, match="n ≥ 0"):
        one_pass.build(load_problem("bilinear"), -1)
