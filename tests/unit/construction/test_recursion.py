"""The matrices, the structural zeros and the recursive step of Theorem 4.3."""

from itertools import product
from random import Random

import pytest
from gmpy2 import mpq
from random_problems import random_problem

from exactrelu.construction.recursion import (
    DIGITS,
    live_patches,
    recursive_step,
    transition_matrices,
    transition_matrix,
    transition_norm,
)
from exactrelu.network import Builder
from exactrelu.network.layers import layered
from exactrelu.refinement.transition import patches
from exactrelu.refinement.transition import transition_matrix as specified
from exactrelu.scheme import builtin_masks, load_problem


def dense(matrix, lengths):
    """Return {(target, source): entry} as rows, patches in lexicographic order."""
    order = list(product(*map(range, lengths)))
    return tuple(tuple(matrix.get((target, source), 0) for source in order) for target in order)


def vector_times(row, matrix):
    """Return the row vector {patch: entry} times a matrix {(target, source): entry}."""
    answer = {}
    for (target, source), entry in matrix.items():
        answer[source] = answer.get(source, 0) + row.get(target, 0) * entry
    return answer


@pytest.mark.parametrize("seed", range(8))
def test_matrices_are_those_of_the_specification(seed):
    """The construction's own T_q of (2.3) equal those of the specification, on random masks and windows."""
    problem = random_problem(Random(seed))
    normal = problem.normalized()[0]
    assert len(patches(problem)) == normal.size[0] * normal.size[1]
    for q in DIGITS:
        assert dense(transition_matrix(normal.mask, normal.size, q), normal.size) == specified(problem, q)


@pytest.mark.parametrize("name", sorted(builtin_masks()))
def test_norm_is_the_largest_coset_norm(name):
    """B is the largest ℓ¹-norm of a coset of the mask, on a window that is large enough to hold it."""
    mask = builtin_masks()[name]
    lengths = tuple(max(index[axis] for index in mask) + 1 for axis in (0, 1))
    cosets = [
        sum(abs(c) for index, c in mask.items() if tuple(entry % 2 for entry in index) == q) for q in DIGITS
    ]
    assert transition_norm(transition_matrices(mask, lengths)) == max(cosets)


@pytest.mark.parametrize("name", ["random_zero_rows", "single_c21", "shifted", "butterfly"])
def test_live_patches_are_what_products_of_matrices_touch(name):
    """e_ℓᵀ T_{q_1} ⋯ T_{q_j} is zero on patches that are not live, unless they never reach the component 11."""
    normal = load_problem(name).normalized()[0]
    matrices = transition_matrices(normal.mask, normal.size)
    random = Random(name)
    for start in product(*map(range, normal.size)):
        live = live_patches(matrices, start, (0, 0))
        touched = {patch: mpq(1) for patch in [start]}
        for _ in range(6):
            following = vector_times(touched, random.choice(list(matrices.values())))
            touched = {patch: mpq(1) for patch, entry in following.items() if entry}
            lost = set(touched) - set(live)
            for _ in range(6):
                lost = {source for matrix in matrices.values() for target, source in matrix if target in lost}
                assert (0, 0) not in lost


@pytest.mark.parametrize("seed", range(4))
def test_recursive_step_multiplies_by_the_selected_matrix(seed):
    """With binary selectors and |T_qᵀΦ| ≤ a the step is Φ ↦ T_qᵀ Φ; at Φ = 0 it is 0 for all selectors; four layers."""
    random = Random(seed)
    normal = random_problem(random).normalized()[0]
    matrices = transition_matrices(normal.mask, normal.size)
    order = list(product(*map(range, normal.size)))
    bound = transition_norm(matrices)
    b = Builder(len(order) + 2)
    *entries, chi_x, chi_y = b.inputs
    selectors = ((1 - chi_x, chi_x), (1 - chi_y, chi_y))
    step = recursive_step(b, matrices, dict(zip(order, entries, strict=True)), selectors, bound, order)
    network = b.network([step[patch] for patch in step])
    assert layered(network).depth == 4
    state = {patch: mpq(random.randint(-8, 8), 8) for patch in order}
    for q in DIGITS:
        expected = vector_times(state, matrices[q])
        assert network.evaluate([*state.values(), *q]) == tuple(expected.get(patch, 0) for patch in step)
    assert not any(network.evaluate([*[mpq(0)] * len(order), mpq(1, 3), mpq(2, 7)]))
