"""V^n g against facts that hold for other reasons than the code's: closed forms, invariants, other evaluators."""

from itertools import product
from random import Random

import pytest
from gmpy2 import mpq
from random_problems import adversarial_points, random_mask, random_problem, random_seed

from exactrelu.cpwl.overlay import equal, find_difference, total
from exactrelu.refinement.cascade import cascade, residual
from exactrelu.refinement.cells import target_pieces
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.mask import coset_sums, iterated_mask
from exactrelu.refinement.mask import total as mask_total
from exactrelu.refinement.operator import apply_operator, iterate
from exactrelu.scheme import Problem, Seed, builtin_mask, builtin_problems, builtin_seed, smallest_window

EVALUATORS = (cascade, direct_sum)


def problem_with(mask, seed):
    return Problem("test", mask, smallest_window(mask, seed), seed)


@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_cascade_agrees_with_the_direct_sum(name):
    """Corollary 2.6 at adversarial points of every built-in problem, n = 0..4."""
    random, problem = Random(name), builtin_problems()[name]
    for n in range(5):
        for x, y in adversarial_points(random, problem, n, 12):
            assert cascade(problem, n, x, y) == direct_sum(problem, n, x, y)


@pytest.mark.parametrize("seed", range(25))
def test_cascade_agrees_with_the_direct_sum_on_random_problems(seed):
    """Corollary 2.6 for random masks and seeds anywhere in the plane, n = 0..3."""
    random = Random(seed)
    problem = random_problem(random)
    for n in range(4):
        for x, y in adversarial_points(random, problem, n, 12):
            assert cascade(problem, n, x, y) == direct_sum(problem, n, x, y)


@pytest.mark.parametrize("seed", range(10))
def test_the_answer_does_not_depend_on_the_window(seed):
    """A larger window, with other patches and matrices, gives the same function."""
    random = Random(seed)
    problem = random_problem(random)
    (x0, x1), (y0, y1) = problem.window
    wide = Problem("wide", problem.mask, ((x0 - 2, x1 + 1), (y0, y1 + 3)), problem.seed)
    for x, y in adversarial_points(random, wide, 3, 20):
        assert cascade(wide, 3, x, y) == cascade(problem, 3, x, y)


@pytest.mark.parametrize(
    ("mask", "seed", "factor"),
    [
        ("courant_M111", "courant", 1),
        ("courant_M111_anti", "courant_anti", 1),
        ("courant_upsampled3", "courant3", 1),
        ("shrinking_quarter_courant", "courant", mpq(1, 4)),
    ],
)
def test_fixed_points(mask, seed, factor):
    """The Courant hats are fixed points V g = g, as whole functions; with the mask divided by 4, V g = g / 4."""
    mask, g = builtin_mask(mask), builtin_seed(seed).function
    assert equal(apply_operator(mask, g), g.scaled(factor))
    problem = problem_with(mask, builtin_seed(seed))
    for x, y in adversarial_points(Random(1), problem, 4, 25):
        assert cascade(problem, 4, x, y) == direct_sum(problem, 4, x, y) == factor**4 * g.evaluate(x, y)


@pytest.mark.parametrize(
    ("mask", "seed"),
    [("bspline_tensor_2", "courant"), ("courant_M111", "courant_anti"), ("courant_M111", "window_edges")],
)
def test_other_pairs_are_not_fixed_points(mask, seed):
    """The fixed-point test can fail: the wrong diagonal, seed or mask is told apart at a point."""
    g = builtin_seed(seed).function
    image = apply_operator(builtin_mask(mask), g)
    point = find_difference(image, g)
    assert image.evaluate(*point) != g.evaluate(*point)


def periodic_sum(problem, n, x, y):
    """Return the sum of V^n g(z - k) over all integer vectors k for which the point lies in the window."""
    (x0, x1), (y0, y1) = problem.window
    return sum(
        cascade(problem, n, x - x // 1 + j, y - y // 1 + k)
        for j, k in product(range(x0 - 1, x1 + 1), range(y0 - 1, y1 + 1))
    )


@pytest.mark.parametrize(
    "name",
    ["bspline_tensor_2", "courant_M111_anti", "dd4_tensor", "shrinking_quarter_courant", "growing_haar_3", "ZP_M1111"],
)
def test_partition_of_unity(name):
    """With equal coset sums s, the translates of V^n g add up to s^n, since those of the Courant hat add up to 1."""
    problem = problem_with(builtin_mask(name), builtin_seed("courant"))
    (s,) = set(coset_sums(problem.mask).values())
    for n in range(4):
        for x, y in adversarial_points(Random(name), problem, n, 2):
            assert periodic_sum(problem, n, x, y) == s**n


def test_cascade_and_direct_sum_for_large_n():
    """Both are evaluated in time for n in the thousands, and agree there."""
    for name in ("bilinear", "random_rational"):
        problem, (_, y) = builtin_problems()[name], (mpq(1, 3), mpq(2, 7))
        for x in (mpq(1, 3), mpq(355, 997), mpq(3, 1024)):
            assert cascade(problem, 1000, x, y) == direct_sum(problem, 1000, x, y) != 0


def test_partition_of_unity_fails_without_the_sum_rule():
    """For the random mask the translates of V g do not add up to a constant."""
    problem = problem_with(builtin_mask("random_rational_3x2"), builtin_seed("courant"))
    assert len({periodic_sum(problem, 1, mpq(x, 4), mpq(y, 4)) for x in range(4) for y in range(4)}) > 1


@pytest.mark.parametrize("name", ["bilinear", "random_rational", "shifted", "ring", "single_c21", "difference", "zp"])
def test_integrals(name):
    """The integral of V^n g, over all its pieces, is that of g times the n-th power of (sum of c) / 4."""
    problem = builtin_problems()[name]
    factor, whole = mask_total(problem.mask) / 4, problem.seed.function.integral()
    for n in range(3):
        assert pieces_integral(target_pieces(problem, n)) == factor**n * whole
        assert iterate(problem, n).integral() == factor**n * whole


def pieces_integral(pieces):
    """Return the sum of the integrals of affine forms over bounded polygons, each cut into a fan of triangles."""
    answer = mpq(0)
    for polygon, (alpha, beta, gamma) in pieces:
        (x0, y0), *rest = [(mpq(X, W), mpq(Y, W)) for X, Y, W in polygon.vertices]
        for (x1, y1), (x2, y2) in zip(rest, rest[1:], strict=False):
            area = ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
            answer += area * (alpha * (x0 + x1 + x2) / 3 + beta * (y0 + y1 + y2) / 3 + gamma)
    return answer


@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_haar(evaluate):
    """For the Haar mask, V^n H(z) = H(R_n z) on the unit square for an atom H inside it."""
    problem = builtin_problems()["haar"]
    H = problem.seed.function
    for n in range(6):
        for x, y in adversarial_points(Random(n), problem, n, 10):
            if 0 <= x <= 1 and 0 <= y <= 1:
                u, v = x, y
                for _ in range(n):
                    u, v = residual(u), residual(v)
                assert evaluate(problem, n, x, y) == H.evaluate(u, v)


@pytest.mark.parametrize("name", ["degenerate_single_c00", "degenerate_single_c11", "degenerate_single_c21_w2"])
@pytest.mark.parametrize("seed", ["unit_atom", "mixed_signs", "courant_stretched"])
def test_single_entry_masks(name, seed):
    """A mask with the one coefficient w at k gives V^n g(z) = w^n g(2^n z - (2^n - 1) k)."""
    ((j, k), w), *_ = builtin_mask(name).items()
    problem, g = problem_with(builtin_mask(name), builtin_seed(seed)), builtin_seed(seed).function
    for n in (1, 2, 5, 30):
        for x, y in adversarial_points(Random(n), problem, n, 8):
            exact = w**n * g.evaluate(2**n * x - (2**n - 1) * j, 2**n * y - (2**n - 1) * k)
            assert cascade(problem, n, x, y) == direct_sum(problem, n, x, y) == exact


@pytest.mark.parametrize("name", ["bilinear", "random_rational", "nonconvex", "shifted"])
@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_semigroup(name, evaluate):
    """V^(n + m) g = V^n (V^m g), with V^m g made as a whole function."""
    problem = builtin_problems()[name]
    for n, m in ((1, 1), (2, 1), (1, 2)):
        f = iterate(problem, m)
        later = Problem("later", problem.mask, problem.window, Seed(f.vertices, f.triangles, f.values))
        for x, y in adversarial_points(Random(name), problem, n + m, 8):
            assert evaluate(later, n, x, y) == evaluate(problem, n + m, x, y)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_linearity(seed, evaluate):
    """V^n (a f + b g) = a V^n f + b V^n g for random seeds on different triangulations."""
    random = Random(seed)
    mask, f, g = random_mask(random), random_seed(random), random_seed(random)
    a, b = mpq(random.randint(-5, 5), 3), mpq(7, 2)
    sum_of_both = total([(a, f.function), (b, g.function)])
    both = Seed(sum_of_both.vertices, sum_of_both.triangles, sum_of_both.values)
    problems = [problem_with(mask, part) for part in (both, f, g)]
    for x, y in adversarial_points(random, problems[0], 2, 15):
        at_both, at_f, at_g = (evaluate(problem, 2, x, y) for problem in problems)
        assert at_both == a * at_f + b * at_g


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_translation_covariance(seed, evaluate):
    """Lemma 5.3: V^n of g(z - s) is (V^n g)(z - s / 2^n), for every rational vector s."""
    random = Random(seed)
    problem = random_problem(random)
    s, t = mpq(random.randint(-9, 9), 7), mpq(random.randint(-9, 9), 4)
    moved = problem_with(problem.mask, problem.seed.shifted(s, t))
    for n in range(4):
        for x, y in adversarial_points(random, moved, n, 6):
            assert evaluate(moved, n, x, y) == evaluate(problem, n, x - s / 2**n, y - t / 2**n)


@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_normalisation_shifts_the_iterates(name):
    """V^n g(z) is the normalised V^n g at z minus the shift."""
    problem = builtin_problems()[name]
    normal, (sx, sy) = problem.normalized()
    for x, y in adversarial_points(Random(name), problem, 3, 5):
        assert direct_sum(problem, 3, x, y) == direct_sum(normal, 3, x - sx, y - sy)


@pytest.mark.parametrize("name", ["dd4_centred", "butterfly_centred"])
@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_interpolatory_masks(name, evaluate):
    """DD4 and butterfly, centred at 0, keep the values at integers: V^n g(k) is 1 at k = 0 and 0 elsewhere."""
    problem = builtin_problems()[name]
    for n in range(5):
        for j, k in product(range(-4, 5), repeat=2):
            assert evaluate(problem, n, j, k) == (1 if j == k == 0 else 0)


@pytest.mark.parametrize("name", ["bilinear", "loop", "dd4", "zp", "quincunx_bilinear"])
def test_grid_values_are_the_iterated_mask(name):
    """With the Courant seed, V^n g(k / 2^n) = c^(n) at k - (1, 1), a discrete convolution."""
    problem = builtin_problems()[name]
    for n in range(3):
        coefficients = iterated_mask(problem.mask, n)
        L1, L2 = problem.size
        for j, k in product(range(-1, (L1 << n) + 2), range(-1, (L2 << n) + 2)):
            point = (mpq(j, 2**n), mpq(k, 2**n))
            expected = coefficients.get((j - 1, k - 1), 0)
            assert cascade(problem, n, *point) == expected
            assert direct_sum(problem, n, *point) == expected


def test_the_witness_against_the_printed_gate_bound():
    """For c = 1/2 on {0,1}^2 and 8 times the hat about (1/2, 1/2), V^3 H(1/16, 1/16) = 1."""
    problem = builtin_problems()["a_n_witness"]
    point = (mpq(1, 16), mpq(1, 16))
    assert cascade(problem, 3, *point) == direct_sum(problem, 3, *point) == 1


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_thousands_of_adversarial_points(name):
    """Corollary 2.6 at a thousand adversarial points for each n = 0..5 of every built-in problem."""
    random, problem = Random(name), builtin_problems()[name]
    for n in range(6):
        for x, y in adversarial_points(random, problem, n, 250):
            assert cascade(problem, n, x, y) == direct_sum(problem, n, x, y)
