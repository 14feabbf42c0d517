"""The construction `paper` against the direct sum, its depth and width, its choices, and the printed gate bound."""

from random import Random

import pytest
from exactness import disagreements
from functions import HEXAGON, RIM
from gmpy2 import mpq
from random_problems import random_mask

from exactrelu.construction import compact, paper
from exactrelu.construction.choices import Choices, corrected_gate_bound, printed_gate_bound
from exactrelu.construction.loop import three_unit_controller
from exactrelu.network.layers import layered
from exactrelu.planar import equal
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Problem, Seed, builtin_masks, load_problem, smallest_window


def one_atom(mask):
    """Return the problem of a mask and a hat that fills [ϱ, 1 − ϱ]² for ϱ = 1/8, on its smallest window."""
    vertices = [(mpq(1, 8) + mpq(3, 8) * x, mpq(1, 8) + mpq(3, 8) * y) for x, y in [(1, 1), *RIM]]
    seed = Seed(vertices, HEXAGON, [1, 0, 0, 0, 0, 0, 0])
    return Problem("one atom", mask, smallest_window(mask, seed), seed)


def small_windows():
    """Return the names of the built-in masks with a window of at most nine cells."""
    return [name for name, mask in builtin_masks().items() if patches(one_atom(mask)) <= 9]


def patches(problem):
    return problem.size[0] * problem.size[1]


@pytest.mark.parametrize("name", small_windows())
@pytest.mark.parametrize("n", [1, 3])
def test_one_atom_under_every_small_mask(name, n):
    """V^n H is exact for an atom under the built-in masks: signs, zero rows, B < 1, non-square windows."""
    problem = one_atom(builtin_masks()[name])
    assert disagreements(problem, n, paper.build(problem, n), 40) == []


@pytest.mark.parametrize("seed", range(5))
def test_one_atom_under_random_masks(seed):
    """V^n H is exact for an atom under masks with signs and negative indices."""
    problem = one_atom(random_mask(Random(seed), reach=1, count=4))
    assert disagreements(problem, 2, paper.build(problem, 2), 40) == []


@pytest.mark.parametrize("build", [paper.build, compact.build])
@pytest.mark.parametrize(
    ("mask", "window"),
    [
        ({(2, 2): 1}, ((0, 2), (0, 2))),
        ({(3, 1): -2}, ((0, 3), (0, 2))),
        ({(-1, -1): 3, (1, 0): -1}, ((-3, 2), (-2, 1))),
        ({(2, 0): 1, (2, 1): -1}, ((-1, 2), (0, 1))),
    ],
)
def test_windows_larger_than_necessary(build, mask, window):
    """V²H is exact on windows with patches that no orbit reaches."""
    problem = Problem("window", Mask(mask), window, one_atom({(0, 0): 1}).seed)
    assert disagreements(problem, 2, build(problem, 2), 40) == []


@pytest.mark.parametrize("name", ["bilinear", "nonconvex", "shifted", "hanging", "zero"])
def test_seeds_of_many_atoms(name):
    """V^n g is exact for seeds that need many atoms, non-convex stars and a shifted window among them."""
    problem = load_problem(name)
    assert disagreements(problem, 1, paper.build(problem, 1), 16) == []


@pytest.mark.parametrize("name", ["haar", "single_c21", "difference"])
def test_equal_to_compact_on_the_whole_plane(name):
    """The constructions paper and compact are the same function on every piece of the plane."""
    problem = load_problem(name)
    assert equal(paper.build(problem, 1), compact.build(problem, 1)).verdict == "certified"


def test_the_printed_gate_bound_is_too_small():
    """On the witness B = 1/2, M_H = 8, n = 3, z = (1/16, 1/16) the printed a_n gives 1/4 instead of 1."""
    problem, point = load_problem("a_n_witness"), (mpq(1, 16), mpq(1, 16))
    printed = paper.build(problem, 3, Choices(gate_bound=printed_gate_bound))
    assert direct_sum(problem, 3, *point) == 1
    assert printed.evaluate(point) == (mpq(1, 4),)
    assert paper.build(problem, 3).evaluate(point) == (1,)


@pytest.mark.parametrize(("norm", "height"), [(mpq(1, 2), 8), (2, 8), (1, 1), (mpq(1, 2), mpq(1, 2)), (0, 3)])
def test_the_corrected_gate_bound_covers_every_stage(norm, height):
    """a_n = M_H max(1, B, Bⁿ) is at least M_H B^j for j = 0, …, n."""
    assert all(corrected_gate_bound(mpq(norm), height, 4) >= height * norm**j for j in range(5))


CHOICES = [
    Choices(controller=three_unit_controller),
    Choices(rho=mpq(1, 9), epsilon=mpq(1, 10), delta=mpq(1, 9)),
    Choices(rho=mpq(1, 20), epsilon=mpq(1, 21), delta=mpq(99, 100)),
]


@pytest.mark.parametrize("choices", CHOICES)
def test_every_choice_works(choices):
    """V^n H is exact with the other controller and other ϱ, ε̄ and δ̄."""
    problem = one_atom(builtin_masks()["random_rational_3x2"])
    assert disagreements(problem, 2, paper.build(problem, 2, choices), 40, choices) == []


@pytest.mark.parametrize("wrong", [{"epsilon": mpq(1, 8)}, {"epsilon": mpq(0)}, {"rho": mpq(1, 2)}, {"delta": mpq(1)}])
def test_choices_out_of_range_are_refused(wrong):
    """ε̄ < ϱ < 1/2 and δ̄ < 1 are required."""
    with pytest.raises(ValueError, match="expected 0 <"):
        Choices(**wrong)


@pytest.mark.parametrize("name", ["bilinear", "haar", "courant_anti"])
def test_depth_and_width(name):
    """Depth 5n + 8 for atoms of six forms; width at most N·max(8N + 12, 26) for each atom."""
    problem = load_problem(name)
    for n in (1, 3):
        network = paper.build(problem, n)
        assert layered(network.terms[0]).depth == 5 * n + 8
        cells = patches(problem)
        assert layered(network.terms[0]).width <= cells * max(8 * cells + 12, 26)


def test_stages_are_shared():
    """All stages of all atoms are one block, so are all steps of the controller; the names fit the flat network."""
    network = paper.build(load_problem("bilinear"), 5)
    blocks = [id(block) for chain in network.terms for block in chain.blocks]
    coefficients = {mpq(1), mpq(2, 3), mpq(1, 3)}
    assert len(set(blocks)) == len(network.terms) + 4 + len(coefficients)
    marks = network.terms[0].flatten().marks
    assert "0/0/z/x0/p" in marks and "0/7/phi/0,0/0,0" in marks


def test_n_is_at_least_one():
    """n = 0 raises ValueError: V⁰g = g is not built by the recursion."""
    with pytest.raises(ValueError, match="n ≥ 1"):
        paper.build(load_problem("bilinear"), 0)
