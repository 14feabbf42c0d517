"""Soundness by mutation: every mutant of a right network is refuted, or shown to be the same function another way.

A refutation names a point; there the mutant is evaluated in the standard library's fractions, and V^n g by the direct
sum and by the cascade. A mutant that is certified is compared with the network that it was made from by `equal`, which
shares no code with certification but polygons.
"""

from functools import cache
from random import Random

import pytest
from crafted import leaks, plateau, plus, spike
from gmpy2 import mpq
from network_mutants import HAIR, confirm, fraction, mutants, plain_value, with_bump

from exactrelu.certification.enumeration import certify
from exactrelu.construction import CONSTRUCTIONS, paper
from exactrelu.construction.choices import Choices, printed_gate_bound
from exactrelu.network import Builder
from exactrelu.planar import equal
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Problem, Seed, load_problem

DEFAULT = [
    ("difference", "compact", 1, 40),
    ("single_c11", "compact", 1, 40),
    ("single_c21", "compact", 1, 30),
    ("haar", "paper", 1, 12),
    ("a_n_witness", "paper", 1, 12),
    ("haar", "one-pass", 1, 5),
]
"""(problem, construction, n, number of mutants) of the default run: a fixed random choice of all mutants."""

THOROUGH = [
    ("difference", "compact", 1, None),
    ("single_c00", "compact", 2, 200),
    ("single_c11", "paper", 1, None),
    ("a_n_witness", "paper", 2, 60),
    ("haar", "one-pass", 1, 250),
    ("difference", "one-pass", 1, 150),
    ("single_c21", "one-pass", 2, 60),
    ("bilinear", "one-pass", 1, 60),
]
"""The same for the exhaustive run; None for all mutants."""

SMALL = [("haar", "compact"), ("single_c11", "paper"), ("single_c00", "one-pass")]


@cache
def built(name, construction, n):
    """Return the flat network of a built-in problem, certified."""
    problem = load_problem(name)
    network = CONSTRUCTIONS[construction](problem, n).flatten()
    assert certify(problem, n, network, jobs=1).verdict == "certified"
    return network


def is_refuted(problem, n, network):
    """Return whether a network is refuted, with the point confirmed by three evaluators that share no code."""
    verdict = certify(problem, n, network, jobs=1)
    if verdict.verdict == "certified":
        return False
    confirm(problem, n, network, verdict.counterexample)
    return True


def chosen_mutants(name, construction, n, count):
    """Return ``count`` of all mutants, always the same ones; all of them if ``count`` is None."""
    found = mutants(built(name, construction, n))
    return found if count is None else Random(f"{name} {construction} {n}").sample(found, count)


def check_mutants(name, construction, n, count):
    """Assert that every mutant is refuted or the same function; return the number of each."""
    problem, refuted, same = load_problem(name), 0, 0
    for label, mutant in chosen_mutants(name, construction, n, count):
        network = mutant()
        if is_refuted(problem, n, network):
            refuted += 1
        else:
            same += 1
            assert equal(network, built(name, construction, n), jobs=1).verdict == "certified", label
    return refuted, same


@pytest.mark.parametrize(("name", "construction", "n", "count"), DEFAULT)
def test_mutants_are_refuted_or_the_same_function(name, construction, n, count):
    """A fixed choice of mutants of small problems under all three constructions."""
    refuted, same = check_mutants(name, construction, n, count)
    assert refuted + same == count and refuted > count // 5


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "construction", "n", "count"), THOROUGH)
def test_thousands_of_mutants(name, construction, n, count):
    """All mutants of small networks, and many of larger ones."""
    refuted, same = check_mutants(name, construction, n, count)
    assert refuted > same // 5


@pytest.mark.parametrize(("name", "construction"), SMALL)
def test_bumps(name, construction):
    """A bump of width 2^-40 at the middle, corner and edge of cells, a hair beside, and on the ring is refuted."""
    problem, network = load_problem(name), built(name, construction, 1)
    places = [(mpq(1, 4), mpq(1, 4)), (mpq(1, 2), mpq(1, 2)), (mpq(1, 2), mpq(1, 3)), (HAIR, mpq(2, 3)), (mpq(5, 4), 1)]
    for number, point in enumerate(places):
        shape = (spike, plateau)[number % 2]
        assert is_refuted(problem, 1, with_bump(network, shape, point, height=(-1) ** number * HAIR))


@pytest.mark.parametrize(("name", "construction"), SMALL)
@pytest.mark.parametrize("leak", leaks(Builder(2)))
def test_leaks(name, construction, leak):
    """A leak beyond 10^9 is refuted, whatever the network that it is added to."""
    network = plus(built(name, construction, 1), lambda b: leaks(b)[leak])
    assert is_refuted(load_problem(name), 1, network)


@pytest.mark.parametrize(("name", "construction"), SMALL)
def test_networks_of_problems_that_are_a_hair_off(name, construction):
    """A coefficient of the mask, a height or a vertex of the seed changed by 2^-60 gives a network that is refuted."""
    problem = load_problem(name)
    vertices, triangles, values = problem.seed.vertices, problem.seed.simplices, problem.seed.values
    peak = next(k for k, height in enumerate(values) if height)
    (index, coefficient), *others = problem.mask.items()
    (x, y), top = vertices[peak], values[peak]
    changed = [
        (Mask({index: coefficient + HAIR, **dict(others)}), problem.seed),
        (problem.mask, Seed(vertices, triangles, (*values[:peak], top + HAIR, *values[peak + 1 :]))),
        (problem.mask, Seed((*vertices[:peak], (x - HAIR, y), *vertices[peak + 1 :]), triangles, values)),
    ]
    for mask, seed in changed:
        other = CONSTRUCTIONS[construction](Problem("a hair off", mask, problem.window, seed), 1).flatten()
        assert is_refuted(problem, 1, other)


def test_the_printed_gate_bound_is_refuted():
    """With a_n as printed the construction is wrong for c = 1/2, H = 8 hat, n = 3, and right with the corrected one."""
    problem = load_problem("a_n_witness")
    printed = paper.build(problem, 3, Choices(gate_bound=printed_gate_bound)).flatten()
    assert is_refuted(problem, 3, printed)
    point = (mpq(1, 16), mpq(1, 16))
    assert plain_value(printed, point) == fraction(mpq(1, 4)) and direct_sum(problem, 3, *point) == 1


@pytest.mark.exhaustive
def test_the_corrected_gate_bound_is_certified():
    """With a_n = M_H max(1, B, Bⁿ) the construction `paper` is right for the witness against the printed bound."""
    problem = load_problem("a_n_witness")
    assert certify(problem, 3, paper.build(problem, 3), jobs=1).verdict == "certified"
