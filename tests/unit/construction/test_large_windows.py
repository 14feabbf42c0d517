"""Constructions on large windows: n stages get the states that they use, and the networks are right."""

from random import Random

import pytest
from random_problems import adversarial_points

from exactrelu.certification.methods import certify
from exactrelu.construction import CONSTRUCTIONS, build, recursion, states
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network import Builder, Chain, Sum
from exactrelu.network.layers import layered
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Problem, builtin_seed, load_problem, smallest_window

SMALL = ("bilinear", "haar_growing", "random_rational", "random_zero_rows", "shifted", "single_c21", "zero")


def apart(*reach):
    """The Courant hat under a mask of two coefficients, one far from the other."""
    mask, seed = Mask({(0, 0): mpq(1, 2), reach: mpq(1)}), builtin_seed("courant")
    return Problem("apart", mask, smallest_window(mask, seed), seed)


@pytest.fixture
def nothing_shared(monkeypatch):
    """Constructions restrict the states to what n stages use, however few there are."""
    monkeypatch.setattr(states, "SHARED", 0)
    monkeypatch.setattr(recursion, "SHARED", 0)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("name", SMALL)
def test_restricted_states_compute_the_same(nothing_shared, name, construction):
    """With the states that n stages use, and E on the cells that start, networks have the values of V^n g."""
    random, problem = Random(name), load_problem(name)
    for n in (1, 2):
        network = build(problem, n, construction)
        for point in adversarial_points(random, problem, n, 6):
            assert network.evaluate(point) == (direct_sum(problem, n, *point),)


@pytest.mark.parametrize(
    ("name", "construction"),
    [("shifted", "one-pass"), ("random_zero_rows", "one-pass"), ("single_c21", "compact"), ("single_c21", "paper")],
)
def test_restricted_networks_are_certified(nothing_shared, name, construction):
    """At every point of the plane, also in dead cells and in the strips beside them, where E ends."""
    problem = load_problem(name)
    assert certify(problem, 1, build(problem, 1, construction), jobs=1).verdict == "certified"


def test_states_that_the_stages_use():
    """Two coefficients 1000 apart: n stages start in 2^n columns of the window, the last is that of the hat."""
    problem = apart(1000, 0)
    ends = {states.State(i, j, sign) for i in (0, 1) for j in (0, 1) for sign in (1, -1)}
    for n in range(1, 5):
        transitions = states.Transitions(problem.mask, problem.size, ends, n)
        assert not transitions.are_shared and len(transitions.start) == 2**n
        assert {state for rows in transitions.columns.values() for state in rows} <= set(transitions.states)
    assert len(states.Transitions(problem.mask, problem.size, ends).states) > 1000


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_two_hats_far_apart(construction):
    """The network for n = 1 has some hundred units instead of thousands, and is right in all of the window."""
    problem = apart(1000, 0)
    network = build(problem, 1, construction)
    assert layered(network).neurons < 2000
    if construction == "paper":
        for point in adversarial_points(Random(1), problem, 1, 40):
            assert network.evaluate(point) == (direct_sum(problem, 1, *point),)
    else:
        verdict = certify(problem, 1, network, jobs=1)
        assert verdict.verdict == "certified" and verdict.cells == 2002 * 6 and verdict.pieces < 6000


def test_a_wrong_network_is_refuted_far_from_the_hats():
    """A bump in the middle of a rectangle on which V g is zero is found, and one beside a hat."""
    problem = apart(1000, 0)
    for place in (mpq(501, 2), mpq(3, 2)):
        b = Builder(2)
        x, y = b.inputs
        bump = b.relu(mpq(1, 2**40) - b.relu(x - place) - b.relu(place - x) - b.relu(y - 1) - b.relu(1 - y))
        wrong = Sum([*build(problem, 1).terms, Chain([b.network([bump])])])
        found = certify(problem, 1, wrong, jobs=1).counterexample
        assert found.network != found.target == direct_sum(problem, 1, *found.point)


def test_what_is_too_large_is_refused_at_once():
    """A full mask of 100 x 100 coefficients: n = 1 has a network, n = 2 would have millions of weights a stage."""
    mask, seed = Mask({(j, k): mpq(1) for j in range(99) for k in range(99)}), builtin_seed("courant")
    problem = Problem("full", mask, smallest_window(mask, seed), seed)
    with pytest.raises(InputError, match="more than 102 states, .* take a smaller n"):
        build(problem, 2)
    with pytest.raises(InputError, match="more than 102 states"):
        build(problem, 2, "paper")
