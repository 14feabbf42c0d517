"""The construction `compact` against the direct sum, and its depth and width."""

from random import Random

import pytest
from exactness import disagreements
from gmpy2 import mpq
from random_problems import random_mask, random_problem
from test_paper import CHOICES, one_atom, patches

from exactrelu.construction import compact
from exactrelu.network.layers import layered
from exactrelu.refinement.cascade import cascade
from exactrelu.scheme import builtin_masks, builtin_problems, load_problem


@pytest.mark.parametrize("name", sorted(builtin_masks()))
@pytest.mark.parametrize("n", [1, 4])
def test_one_atom_under_every_mask(name, n):
    """V^n H is exact for an atom under all built-in masks."""
    problem = one_atom(builtin_masks()[name])
    assert disagreements(problem, n, compact.build(problem, n), 32) == []


@pytest.mark.parametrize("seed", range(6))
def test_one_atom_under_random_masks(seed):
    """V^n H is exact for an atom under masks with signs and negative indices."""
    problem = one_atom(random_mask(Random(seed)))
    assert disagreements(problem, 3, compact.build(problem, 3), 32) == []


@pytest.mark.parametrize("name", sorted(set(builtin_problems()) - {"courant_upsampled", "ring", "dd4", "butterfly"}))
def test_built_in_problems(name):
    """V²g is exact for the built-in problems, non-convex stars, shifted windows and the zero seed among them."""
    problem = load_problem(name)
    assert disagreements(problem, 2, compact.build(problem, 2), 16) == []


@pytest.mark.parametrize("seed", [2, 4])
def test_random_problems(seed):
    """V^n g is exact for random masks and seeds anywhere in the plane."""
    problem = random_problem(Random(seed))
    assert disagreements(problem, 2, compact.build(problem, 2), 8) == []


@pytest.mark.parametrize("name", ["bilinear", "random_rational"])
def test_deep_networks_equal_the_cascade(name):
    """V^60 g is exact where the cascade identity gives it, near a dyadic point of level 60 too."""
    problem, n = load_problem(name), 60
    network = compact.build(problem, n)
    points = [(mpq(5, 7), mpq(3, 11)), (1 + mpq(5, 2**60), mpq(4, 3) - mpq(1, 2**61)), (mpq(1, 2), mpq(3, 2**59))]
    assert [network.evaluate(point)[0] for point in points] == [cascade(problem, n, *point) for point in points]
    assert any(cascade(problem, n, *point) for point in points)


@pytest.mark.parametrize("choices", CHOICES[1:])
def test_every_choice_works(choices):
    """V^n H is exact with other ϱ, ε̄ and δ̄."""
    problem = one_atom(builtin_masks()["random_rational_3x2"])
    assert disagreements(problem, 2, compact.build(problem, 2, choices), 40, choices) == []


@pytest.mark.parametrize("name", ["bilinear", "loop", "difference", "quincunx_bilinear"])
def test_depth_and_width(name):
    """Depth 2n + 4 + ⌈log₂ m⌉ ≤ 2n + 5 + ⌈log₂ 2m⌉ for atoms of m forms; width at most 8N + 14 for each atom."""
    problem = load_problem(name)
    for n in (1, 2, 5):
        chain = layered(compact.build(problem, n).terms[0])
        assert chain.depth == 2 * n + 4 + 3
        assert chain.width <= 8 * patches(problem) + 14


def test_blocks_are_shared():
    """Nine classes of atoms in six sets of patches share one controller, one readout and six stages."""
    network = compact.build(load_problem("bilinear"), 50)
    blocks = {id(block) for chain in network.terms for block in chain.blocks}
    assert len(network.terms) == 9
    assert len(blocks) == 9 + 1 + 1 + 6 + 6 + 9
    assert "0/53/phi/0,0,+" in network.terms[0].flatten().marks


def test_n_is_at_least_one():
    """n = 0 raises ValueError: V⁰g = g is not built by the recursion."""
    with pytest.raises(ValueError, match="n ≥ 1"):
        compact.build(load_problem("bilinear"), 0)
