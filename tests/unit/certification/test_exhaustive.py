"""Every built-in mask and seed certified on all of R², with every construction as far as its size allows.

`one-pass`: all masks with all seeds for n = 1, and for n = 0 and n = 2 where the window has at most nine cells.
`compact`: for n = 1 all masks with three seeds and all seeds with three masks, for n = 2 all masks with one seed.
`paper`: seeds of one atom, at most six cells.
"""

from functools import cache

import pytest

from exactrelu.certification.enumeration import certify
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.planar import equal
from exactrelu.scheme import Problem, builtin_masks, builtin_problems, builtin_seeds, smallest_window

MASKS = sorted(builtin_masks())
SEEDS = sorted(set(builtin_seeds()) - {"courant3"})
"""All seeds but one that needs a window of 6 × 6; that is the problem `courant_upsampled`."""

SMALL = {"one-pass": 9, "paper": 6}
"""The most cells of a window, for n = 2 with `one-pass` and at all with `paper`."""


@cache
def problem_of(mask, seed):
    """Return the problem of a built-in mask and a built-in seed on their smallest window."""
    mask, seed = builtin_masks()[mask], builtin_seeds()[seed]
    return Problem("test", mask, smallest_window(mask, seed), seed)


def cells(problem):
    return problem.size[0] * problem.size[1]


def pairs(seeds, most=None):
    """Return the (mask, seed) whose window has at most ``most`` cells."""
    return [
        (mask, seed) for mask in MASKS for seed in seeds if most is None or cells(problem_of(mask, seed)) <= most
    ]


def is_certified(problem, n, construction):
    return certify(problem, n, build(problem, n, construction), jobs=1).verdict == "certified"


@pytest.mark.exhaustive
@pytest.mark.parametrize(("mask", "seed"), pairs(SEEDS))
def test_one_pass_for_n_1(mask, seed):
    """Every mask with every seed."""
    assert is_certified(problem_of(mask, seed), 1, "one-pass")


@pytest.mark.exhaustive
@pytest.mark.parametrize(("mask", "seed"), pairs(SEEDS, SMALL["one-pass"]))
def test_one_pass_for_n_2(mask, seed):
    """Every mask with every seed whose window is at most 3 × 3."""
    assert is_certified(problem_of(mask, seed), 2, "one-pass")


@pytest.mark.exhaustive
@pytest.mark.parametrize(("mask", "seed"), pairs(SEEDS, SMALL["one-pass"]))
def test_one_pass_for_n_0(mask, seed):
    """V⁰g = g: every seed in every window that some mask gives it, up to 3 × 3."""
    assert is_certified(problem_of(mask, seed), 0, "one-pass")


@pytest.mark.exhaustive
@pytest.mark.parametrize(("mask", "seed"), pairs(["courant", "mixed_signs", "unit_atom"]))
def test_compact_for_n_1(mask, seed):
    """Every mask with the Courant hat, with a seed of mixed signs, and with one atom."""
    assert is_certified(problem_of(mask, seed), 1, "compact")


@pytest.mark.exhaustive
@pytest.mark.parametrize("mask", ["haar_half", "difference_zero_sum", "degenerate_single_c11"])
@pytest.mark.parametrize("seed", SEEDS)
def test_compact_for_every_seed(mask, seed):
    """Every seed, with a mask of each sign and one that shifts."""
    assert is_certified(problem_of(mask, seed), 1, "compact")


@pytest.mark.exhaustive
@pytest.mark.parametrize("mask", MASKS)
def test_compact_for_n_2(mask):
    """Every mask with an atom inside the unit square."""
    assert is_certified(problem_of(mask, "unit_atom"), 2, "compact")


@pytest.mark.exhaustive
@pytest.mark.parametrize(("mask", "seed"), pairs(["unit_atom", "hat8"], SMALL["paper"]))
def test_paper_for_n_1(mask, seed):
    """Every mask with a small window with an atom inside the unit square."""
    assert is_certified(problem_of(mask, seed), 1, "paper")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_built_in_problems(name):
    """All built-in problems for n = 1, shifted and large windows and the fixed points among them."""
    assert is_certified(builtin_problems()[name], 1, "one-pass")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["bilinear", "haar", "random_rational", "a_n_witness"])
def test_the_built_in_problem_for_n_3(name):
    """What `exactrelu certify` does without arguments, and three problems more."""
    assert is_certified(builtin_problems()[name], 3, "one-pass")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["haar", "difference", "single_c11", "single_c21"])
@pytest.mark.parametrize(("first", "second"), [("one-pass", "compact"), ("compact", "paper"), ("paper", "one-pass")])
def test_the_constructions_are_equal(name, first, second):
    """Two constructions are one function on all of R², decided without the specification."""
    problem = builtin_problems()[name]
    networks = [CONSTRUCTIONS[construction](problem, 1) for construction in (first, second)]
    assert equal(*networks, jobs=1).verdict == "certified"


@pytest.mark.parametrize("mask", ["haar_half", "random_rational_3x2", "difference_zero_sum", "degenerate_single_c11"])
def test_one_pass_for_n_1_by_default(mask):
    """Four masks with a seed of their own: what of the exhaustive run every run does."""
    assert is_certified(problem_of(mask, "hanging_node" if mask == "haar_half" else "mixed_signs"), 1, "one-pass")


@pytest.mark.parametrize("construction", ["compact", "paper"])
def test_other_constructions_by_default(construction):
    """One atom under a mask with signs."""
    assert is_certified(builtin_problems()["difference"], 1, construction)
