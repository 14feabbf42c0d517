"""exactrelu.construction.states: the signed row cascade as one of non-negative rows, restricted to what matters."""

from itertools import product
from random import Random

import pytest
from gmpy2 import mpq
from random_problems import random_problem

from exactrelu.construction.states import DIGITS, State, Transitions
from exactrelu.refinement.transition import patches, transition_matrix
from exactrelu.scheme import builtin_problems

NAMES = sorted(name for name, problem in builtin_problems().items() if problem.size[0] * problem.size[1] <= 16)


def all_states(lengths):
    return {State(i, j, sign) for i, j, sign in product(range(lengths[0]), range(lengths[1]), (1, -1))}


def signed_entries(problem, q):
    """Return {(source patch, target patch): entry} of T_q from the specification, patches counted from 0."""
    indices = [(a - 1, b - 1) for a, b in patches(problem)]
    matrix = transition_matrix(problem, q)
    return {(s, t): matrix[k][m] for k, s in enumerate(indices) for m, t in enumerate(indices) if matrix[k][m]}


def step(transitions, rows, q):
    """Return the rows {state: entry} after one stage under digit pair q."""
    return {
        state: sum(weight * rows.get(source, 0) for source, weight in column)
        for state, column in transitions.columns[q].items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_the_signed_entries_of_the_matrices(name):
    """On the kept states, an entry of T_q is the weight with the sign that leads from its source to its target."""
    problem, _ = builtin_problems()[name].normalized()
    transitions = Transitions(problem.mask, problem.size, all_states(problem.size))
    kept = set(transitions.states)
    for q in DIGITS:
        expected = {}
        for (source, target), entry in signed_entries(problem, q).items():
            for sign in (1, -1):
                state = State(*target, sign)
                origin = State(*source, sign if entry > 0 else -sign)
                if state in kept and origin in kept:
                    expected[origin, state] = abs(entry)
        found = {(origin, state): w for state, column in transitions.columns[q].items() for origin, w in column}
        assert found == expected and all(weight > 0 for weight in found.values())


def check_rows(problem, random, count=6):
    """Assert that p⁺ − p⁻ is the row of the matrices on the readable patches, for random cells and digits."""
    indices = [(a - 1, b - 1) for a, b in patches(problem)]
    readable = set(random.sample(indices, max(1, len(indices) // 2)))
    transitions = Transitions(problem.mask, problem.size, {State(i, j, s) for i, j in readable for s in (1, -1)})
    matrices = {q: signed_entries(problem, q) for q in DIGITS}
    for _ in range(count):
        cell = random.choice(indices)
        row = {cell: mpq(1)}
        rows = {state: mpq(1) for state in transitions.start if (state.i, state.j) == cell}
        for _ in range(random.randint(0, 4)):
            q = random.choice(DIGITS)
            after = {}
            for (source, target), entry in matrices[q].items():
                after[target] = after.get(target, 0) + row.get(source, 0) * entry
            row, rows = after, step(transitions, rows, q)
        assert all(entry >= 0 for entry in rows.values())
        for i, j in readable:
            assert row.get((i, j), 0) == rows.get(State(i, j, 1), 0) - rows.get(State(i, j, -1), 0)


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_built_in_problems(name):
    """The restricted cascade of non-negative rows gives the signed row where it is read."""
    check_rows(builtin_problems()[name].normalized()[0], Random(name))


@pytest.mark.parametrize("seed", range(15))
def test_rows_of_random_problems(seed):
    """The same for random masks with signs."""
    random = Random(seed)
    check_rows(random_problem(random).normalized()[0], random)


@pytest.mark.parametrize("name", NAMES)
def test_the_norm_is_at_most_the_largest_coset_norm(name):
    """B is at most the largest column sum of the |T_q|, and that at most the largest sum of |c_k| over a coset."""
    problem, _ = builtin_problems()[name].normalized()
    cosets = {}
    for (j, k), c in problem.mask.items():
        cosets[j % 2, k % 2] = cosets.get((j % 2, k % 2), 0) + abs(c)
    norm = Transitions(problem.mask, problem.size, all_states(problem.size)).norm()
    sums = {}
    for q in DIGITS:
        for (_, target), entry in signed_entries(problem, q).items():
            sums[q, target] = sums.get((q, target), 0) + abs(entry)
    assert norm <= max(sums.values()) <= max(cosets.values())


@pytest.mark.parametrize("name", NAMES)
def test_rows_grow_by_the_norm_at_most(name):
    """After j stages no entry, and no p⁺ + p⁻, of a row is larger than B^j, for all digits of two stages."""
    problem, _ = builtin_problems()[name].normalized()
    transitions = Transitions(problem.mask, problem.size, all_states(problem.size))
    norm = transitions.norm()
    for first, second in product(DIGITS, repeat=2):
        for state in transitions.start:
            rows = step(transitions, step(transitions, {state: mpq(1)}, first), second)
            for i, j in {(state.i, state.j) for state in rows}:
                assert rows.get(State(i, j, 1), 0) + rows.get(State(i, j, -1), 0) <= norm**2


@pytest.mark.parametrize("name", NAMES)
def test_every_state_matters(name):
    """Each kept state is reached from a start and reaches a readable state; negative ones only for masks with signs."""
    problem, _ = builtin_problems()[name].normalized()
    readable = {State(0, 0, 1), State(0, 0, -1)}
    transitions = Transitions(problem.mask, problem.size, readable)
    arrows = {(o, s) for q in DIGITS for s, column in transitions.columns[q].items() for o, _ in column}
    reached, reaching = set(transitions.start), readable & set(transitions.states)
    for _ in transitions.states:
        reached |= {s for o, s in arrows if o in reached}
        reaching |= {o for o, s in arrows if s in reaching}
    assert reached == reaching == set(transitions.states)
    assert all(state.sign == 1 for state in transitions.start)
    if min(problem.mask.values()) > 0:
        assert all(state.sign == 1 for state in transitions.states)


def test_nothing_to_read_leaves_no_states():
    """Without readable states there are no states, no columns and the norm 0."""
    problem, _ = builtin_problems()["bilinear"].normalized()
    transitions = Transitions(problem.mask, problem.size, set())
    assert transitions.states == transitions.start == () and transitions.norm() == 0
    assert all(columns == {} for columns in transitions.columns.values())
