"""How large rows may be in an induction: M B^(k-1) before stage k, also where B < 1."""

import pytest

from exactrelu.certification import induction
from exactrelu.certification.enumeration import certify
from exactrelu.construction import compact
from exactrelu.construction.choices import DEFAULT
from exactrelu.field import mpq
from exactrelu.network import Chain
from exactrelu.scheme import load_problem

HAIR = mpq(1, 2**60)
N = 3


def narrow_compact(problem, bound):
    """Return compact for n = 3 and a seed of one atom, its gates closing in stage k up to M_H bound(B, k)."""
    normal, _ = problem.normalized()
    terms = compact.decomposition(normal.seed.function, DEFAULT.rho)
    ((atom, _, coefficients),) = compact.translation_classes(terms)
    transitions = compact.Transitions(normal.mask, normal.size, compact.readable(coefficients))
    bounds = [atom.height * bound(transitions.norm(), k) for k in range(1, N + 1)]
    (chain,) = compact.build(problem, N).terms
    stages = [compact.stage_block(transitions, each, DEFAULT.transition_width(N)) for each in bounds[:-1]]
    last = compact.last_block(transitions, bounds[-1], coefficients)
    return Chain([*chain.blocks[: N + 3], *stages, last], chain.names)


def bound(norm, k):
    """Return what the gates of stage k have to close up to, in units of M_H: entries of T_q^T p."""
    return norm**k


@pytest.mark.parametrize("name", ["haar_growing", "a_n_witness", "haar"])
def test_gates_that_are_just_wide_enough(name):
    """Such networks are proved; with gates a hair narrower they are not."""
    problem = load_problem(name)
    network = narrow_compact(problem, bound)
    found = induction.certify(problem, N, network)
    assert (found.verdict, found.reason) == ("certified", None)
    for stage in range(1, N + 1):
        narrow = narrow_compact(problem, lambda norm, k, stage=stage: bound(norm, k) - (HAIR if k == stage else 0))
        assert induction.certify(problem, N, narrow).verdict != "certified"


def test_gates_that_are_too_narrow_make_a_difference():
    """Gates of compact that close up to half of what they have to leave a wrong network, which is refuted."""
    problem = load_problem("haar_growing")
    narrow = narrow_compact(problem, lambda norm, k: norm**k / 2)
    assert certify(problem, N, narrow, jobs=1).verdict == "refuted"


@pytest.mark.parametrize(("name", "widest"), [("haar_growing", 2), ("a_n_witness", 1)])
def test_equal_stages_need_the_widest_gates(name, widest):
    """Stages 1 and 2 are equal: their gates have to be wide enough for the second if B > 1, for the first if B < 1."""
    problem = load_problem(name)
    wide, narrow = (
        narrow_compact(problem, lambda norm, k, j=j: bound(norm, j if k < N else N)) for j in (widest, 3 - widest)
    )
    assert induction.certify(problem, N, wide).verdict == "certified"
    assert induction.certify(problem, N, narrow).verdict != "certified"
