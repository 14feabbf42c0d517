"""The construction `small` against the direct sum, certified by enumeration, its mutants, depth, width and weights."""

from functools import cache
from random import Random

import pytest
from functions import HEXAGON, RIM, STAR, random_data
from network_mutants import confirm, mutants
from random_problems import HAIR, adversarial_points, random_mask, random_problem
from test_one_pass import SEEDS, pairs, problem_of

from exactrelu.certification.enumeration import certify
from exactrelu.construction import build, one_pass, small, small_blocks
from exactrelu.construction.slots import frame_of
from exactrelu.field import mpq
from exactrelu.network.layers import layered
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Problem, Seed, builtin_masks, builtin_problems, load_problem, smallest_window

WIDTHS = {"bilinear": 77, "biquadratic": 203, "zp": 159, "loop": 273, "box_112": 115, "nonconvex": 139, "haar": 52}
"""Units in the widest layer, for every n ≥ 4; for smaller n there may be fewer."""

LARGE = {"butterfly": 741, "dd4": 1052}
"""The same for windows of 6 × 6."""


def seam_points(random, problem, n, count):
    """Return points in, at the ends of, and a hair beside the strips along the grid lines of all slots and levels."""
    points, frame = [], frame_of(problem.normalized()[0])
    for _ in range(count):
        shifts, level = random.choice(list(frame.slots)), random.randint(0, n)
        point = []
        for (low, high), (N, M), part in zip(problem.window, frame.loops, shifts, strict=True):
            shift = mpq(M**level * part % N, N) + random.choice((0, mpq(random.randrange(M), M)))
            line = (random.randint(low * M**level, high * M**level) - shift) / mpq(M**level)
            width = mpq(1, 4 * N * M**n)
            offset = random.choice((0, width / M**level, width / 3, width, 2 * width, mpq(1, M**n)))
            point.append(line + random.choice((1, -1)) * offset + random.choice((0, 0, HAIR, -HAIR)))
        points.append(tuple(point))
    return points


def wrong_points(problem, n, count):
    """Return the points, among adversarial ones, where the network differs from V^n g by the direct sum."""
    random = Random(f"{problem.name} {n}")
    network = small.build(problem, n)
    points = adversarial_points(random, problem, n, count // 2) + seam_points(random, problem, n, count)
    return [point for point in points if network.evaluate(point) != (direct_sum(problem, n, *point),)]


def is_certified(problem, n):
    return certify(problem, n, small.build(problem, n), jobs=1).verdict == "certified"


@pytest.mark.parametrize(("mask", "seed", "levels"), [pair for pair in pairs() if pair[0] != "dd4_tensor"])
def test_every_mask_with_two_seeds(mask, seed, levels):
    """V^n g is exact at dyadic corners, images of the seed's vertices, in strips, a hair beside, far outside.

    The mask whose spaces take some seconds is left to the exhaustive run.
    """
    for n in levels:
        assert wrong_points(problem_of(mask, seed), n, 6) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("mask", builtin_masks())
@pytest.mark.parametrize("seed", SEEDS)
def test_every_mask_with_every_seed(mask, seed):
    """The same for all pairs, n = 0, …, 3, at more points."""
    for n in range(4):
        assert wrong_points(problem_of(mask, seed), n, 40) == []


@pytest.mark.parametrize("seed", range(8))
def test_random_problems(seed):
    """V^n g is exact for random masks and seeds anywhere in the plane, signs and large and small norms among them."""
    problem = random_problem(Random(seed))
    assert wrong_points(problem, seed % 4, 10) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_random_problems(seed):
    """The same for more problems, on windows that may be larger than necessary."""
    random = Random(seed)
    mask, own = random_mask(random, count=random.randint(1, 6)), Seed(*random_data(random, random.randint(1, 3), 2))
    (x0, x1), (y0, y1) = smallest_window(mask, own)
    problem = Problem("random", mask, ((x0 - random.randint(0, 1), x1), (y0, y1 + random.randint(0, 1))), own)
    for n in range(3):
        assert wrong_points(problem, n, 12) == []


@pytest.mark.parametrize(
    "name", ["a_n_witness", "courant_shrinking", "haar_growing", "needle", "ring", "shifted", "zero"]
)
def test_special_problems(name):
    """B < 1 and B > 1, a needle of width 2^-20, a ring, windows at negative coordinates, the zero seed."""
    assert wrong_points(load_problem(name), 2, 12) == []


FIVE = [(0, k, k % 5 + 1) for k in range(1, 6)]

DEGENERATE = {
    "zero": (Mask({(0, 0): mpq(1), (1, 1): mpq(-2)}), Seed([(0, 0), (1, 0), (0, 1)], [(0, 1, 2)], [0] * 3)),
    "beyond": (Mask({(3, -2): mpq(-5, 3)}), Seed([(1, 1), *RIM], HEXAGON, [mpq(-7, 2), *[0] * 6])),
    "small": (Mask({(0, 0): mpq(1, 9)}), Seed(STAR, FIVE, [1] + [0] * 5)),
    "thirds": (
        Mask({(0, 0): mpq(3), (1, 0): mpq(-1), (2, 1): mpq(1, 2)}),
        Seed([(x / mpq(3), y / mpq(3) + 1) for x, y in STAR], FIVE, [2] + [0] * 5),
    ),
}


@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize("n", range(3))
def test_degenerate_problems(name, n):
    """Zero seeds, masks of one coefficient, far from the seed, a star that is not convex, in thirds of a cell."""
    mask, seed = DEGENERATE[name]
    assert wrong_points(Problem(name, mask, smallest_window(mask, seed), seed), n, 12) == []


def test_a_window_larger_than_necessary():
    """One more row and column of cells on either side change nothing."""
    problem = load_problem("difference")
    (x0, x1), (y0, y1) = problem.window
    wide = Problem("wide", problem.mask, ((x0 - 1, x1), (y0, y1 + 1)), problem.seed)
    assert wrong_points(wide, 2, 24) == []


def test_large_n():
    """V²⁰⁰ g of the built-in problem is exact at points of high and of low resolution; the stages are one block."""
    problem = load_problem("bilinear")
    network = small.build(problem, 200)
    assert len({id(block) for block in network.blocks}) == 3
    points = ((mpq(1, 3), mpq(4, 3)), (mpq(2**199 + 1, 2**200), mpq(1)), (mpq(10**60 + 1, 10**60), mpq(7, 5)))
    for point in points:
        assert network.evaluate(point) == (cascade(problem, 200, *point),)


@pytest.mark.parametrize("name", WIDTHS)
def test_depth_and_width(name):
    """Depth n + 5, and one and the same width for n = 4 and n = 6, less than that of `one-pass`."""
    problem = load_problem(name)
    forms = {n: layered(small.build(problem, n)) for n in (0, 1, 2, 4, 6)}
    assert [form.depth for form in forms.values()] == [n + 5 for n in forms]
    assert forms[4].width == forms[6].width == WIDTHS[name] < layered(one_pass.build(problem, 3)).width
    assert max(form.width for form in forms.values()) == WIDTHS[name]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", LARGE)
def test_the_width_of_large_windows(name):
    """The same for masks of 6 × 6 coefficients."""
    assert layered(small.build(load_problem(name), 8)).width == LARGE[name]


def test_bilinear_has_one_width_for_every_n():
    """77 units a layer and n + 5 layers from n = 2 on."""
    forms = [layered(small.build(load_problem("bilinear"), n)) for n in (1, 2, 3, 4, 20)]
    assert [form.width for form in forms] == [74, 77, 77, 77, 77]
    assert [form.depth for form in forms] == [6, 7, 8, 9, 25]


def test_a_reading_in_several_layers():
    """A signed mask whose reading is wider than a stage is read in more layers, none of them wider than a stage."""
    problem = load_problem("difference")
    forms = [layered(small.build(problem, n)) for n in (3, 4)]
    assert [form.width for form in forms] == [73, 73] and [form.depth for form in forms] == [10, 11]


@pytest.mark.parametrize(
    ("name", "growth"), [("bilinear", 2), ("zp", 2), ("haar_growing", 2), ("random_rational", 32)]
)
def test_weights_grow_with_two_or_with_the_norm(name, growth):
    """From one n to the next weights get at most twice as large, or by the power of two next to B if that is more."""
    weights = [layered(small.build(load_problem(name), n)).largest_weight for n in (4, 5, 6)]
    assert all(after <= growth * before for before, after in zip(weights, weights[1:], strict=False))
    assert weights[0] < layered(one_pass.build(load_problem(name), 4)).largest_weight


def test_names_fit_the_flat_network():
    """States of each slot, early and late loops are named between all blocks."""
    marks = build(load_problem("bilinear"), 2, "small").flatten().marks
    names = ("s0/3", "s2/16", "x/h0", "x/h1", "x/t0.1", "x/t2.1", "y/h0", "y/h1")
    assert {f"0/{j}/{name}" for j in range(3) for name in names} <= marks.keys()
    assert len(marks) == 3 * (4 + 17 + 17 + 5 + 2)


def test_n_is_not_negative():
    """n = −1 raises ValueError."""
    with pytest.raises(ValueError, match="n ≥ 0"):
        small.build(load_problem("bilinear"), -1)


@pytest.mark.parametrize(
    ("name", "n"),
    [("bilinear", 0), ("bilinear", 1), ("bilinear", 2), ("difference", 1), ("random_rational", 1), ("nonconvex", 1),
     ("haar_growing", 2), ("a_n_witness", 1), ("shifted", 1), ("needle", 1), ("zero", 1), ("single_c21", 2)],
)
def test_certified_on_the_plane(name, n):
    """Equal to V^n g at every point of R², by enumeration."""
    assert is_certified(load_problem(name), n)


@pytest.mark.exhaustive
@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize(("mask", "seed", "levels"), pairs())
def test_every_mask_with_two_seeds_is_certified(mask, seed, levels, n):
    """Every built-in mask with two seeds, on all of R²."""
    assert is_certified(problem_of(mask, seed), n)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_built_in_problems_are_certified(name):
    """All built-in problems for n = 1 and n = 2, on all of R²."""
    assert is_certified(load_problem(name), 1) and is_certified(load_problem(name), 2)


@cache
def flat(name, n):
    return small.build(load_problem(name), n).flatten()


def check_mutants(name, n, count):
    """Refute mutants with confirmed points, or find them equal by enumeration; many have to be refuted."""
    problem, refuted = load_problem(name), 0
    for _, made in Random(f"{name} {n}").sample(mutants(flat(name, n)), count):
        mutant = made()
        found = certify(problem, n, mutant, jobs=1)
        if found.verdict == "refuted":
            confirm(problem, n, mutant, found.counterexample)
            refuted += 1
    assert 3 * refuted > count


@pytest.mark.parametrize(("name", "n", "count"), [("haar", 1, 12), ("difference", 1, 8), ("bilinear", 1, 4)])
def test_mutants_are_refuted(name, n, count):
    """Changes of one weight by 1 or by 2^-60, of a sign, or of a unit are noticed, with a point, or change nothing."""
    check_mutants(name, n, count)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "n", "count"), [("haar", 2, 300), ("difference", 2, 200), ("bilinear", 2, 150)])
def test_hundreds_of_mutants(name, n, count):
    """The same for more of them."""
    check_mutants(name, n, count)


def test_brackets_that_do_not_close_are_refuted(monkeypatch):
    """Brackets that close for small values only make a wrong network, and enumeration says so."""
    problem = load_problem("bilinear")

    def leaking(b, condition, value):
        return (b.relu(32 * value + condition) - b.relu(condition)) / 32

    monkeypatch.setattr(small_blocks, "bracket", leaking)
    network = small.build(problem, 1)
    found = certify(problem, 1, network, jobs=1)
    assert found.verdict == "refuted"
    confirm(problem, 1, network.flatten(), found.counterexample)
