"""Induction and enumeration never contradict each other: on right networks, and on hundreds of mutants of them."""

from collections import Counter
from random import Random

import pytest
from network_mutants import confirm, mutants
from networks import with_degenerate_units
from twins import with_change

from exactrelu.certification import enumeration
from exactrelu.certification.induction import certify
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.network import Network
from exactrelu.scheme import builtin_problems, load_problem

DEFAULT = [
    ("single_c11", "compact", 1, 40),
    ("difference", "compact", 1, 20),
    ("haar", "compact", 2, 8),
    ("haar", "paper", 1, 12),
    ("haar", "one-pass", 1, 12),
]
"""(problem, construction, n, number of mutants): a fixed random choice of all mutants."""

THOROUGH = [
    ("single_c11", "compact", 1, 400),
    ("difference", "compact", 1, 400),
    ("haar", "compact", 2, 200),
    ("single_c21", "compact", 2, 150),
    ("haar", "paper", 1, 300),
    ("a_n_witness", "paper", 2, 60),
    ("haar", "one-pass", 1, 200),
    ("single_c11", "one-pass", 1, 150),
    ("difference", "one-pass", 1, 150),
    ("bilinear", "one-pass", 1, 30),
]

ONE_STEP = ("haar", "difference", "single_c00", "single_c11", "single_c21", "a_n_witness", "zero")
"""Problems that enumeration decides in about a second for n = 1."""


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("name", ONE_STEP)
def test_right_networks(name, construction):
    """Both methods certify what the constructions make."""
    problem = load_problem(name)
    network = CONSTRUCTIONS[construction](problem, 1)
    assert enumeration.certify(problem, 1, network.flatten(), jobs=1).verdict == "certified"
    assert certify(problem, 1, network).verdict == "certified"


@pytest.mark.exhaustive
@pytest.mark.parametrize("construction", ["one-pass", "compact"])
@pytest.mark.parametrize("name", builtin_problems())
def test_all_right_networks(name, construction):
    """The same for every built-in problem."""
    problem = load_problem(name)
    network = CONSTRUCTIONS[construction](problem, 1)
    assert certify(problem, 1, network).verdict == enumeration.certify(problem, 1, network).verdict == "certified"


def check_mutants(name, construction, n, count):
    """Assert that no verdict on a mutant contradicts the other method; return {(induction, enumeration): number}."""
    problem, verdicts = load_problem(name), Counter()
    flat = CONSTRUCTIONS[construction](problem, n).flatten()
    for description, made in Random(f"{name} {construction} {n}").sample(mutants(flat), count):
        bare = made()
        mutant = Network(bare.inputs, bare.nodes, bare.outputs, flat.marks)
        found, other = certify(problem, n, mutant), enumeration.certify(problem, n, mutant, jobs=1)
        verdicts[found.verdict, other.verdict] += 1
        assert {found.verdict, other.verdict} != {"certified", "refuted"}, description
        if found.verdict == "refuted":
            confirm(problem, n, mutant, found.counterexample)
    return verdicts


def check_agreement(name, construction, n, count):
    """Assert that no verdict contradicts the other, and that induction refutes most of what enumeration refutes."""
    verdicts = check_mutants(name, construction, n, count)
    refuted, missed = verdicts["refuted", "refuted"], verdicts["undecided", "refuted"]
    assert refuted > 2 * missed and refuted > count // 5


@pytest.mark.parametrize(("name", "construction", "n", "count"), DEFAULT)
def test_mutants(name, construction, n, count):
    """A mutant that is certified is equal by enumeration, too, and one that is refuted is refuted by both."""
    check_agreement(name, construction, n, count)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "construction", "n", "count"), THOROUGH)
def test_hundreds_of_mutants(name, construction, n, count):
    """The same for hundreds of mutants of each construction."""
    check_agreement(name, construction, n, count)


def check_disguised(name, construction, n, count):
    """Assert that no verdicts on copies with degenerate units, half of them changed, contradict each other."""
    problem, verdicts = load_problem(name), Counter()
    flat = CONSTRUCTIONS[construction](problem, n).flatten()
    for seed in range(count):
        random = Random(f"{name} {construction} {n} {seed}")
        network = with_degenerate_units(random, flat, random.choice((0.01, 0.03, 0.1)))
        if seed % 2:
            changed = with_change(random, network)
            network = Network(2, changed.nodes, changed.outputs, network.marks)
        found, other = certify(problem, n, network), enumeration.certify(problem, n, network, jobs=1)
        verdicts[found.verdict] += 1
        assert {found.verdict, other.verdict} != {"certified", "refuted"}, seed
        assert seed % 2 or other.verdict == "certified"
    return verdicts


@pytest.mark.parametrize(("name", "construction", "n"), [("single_c11", "compact", 1), ("difference", "paper", 1)])
def test_networks_with_degenerate_units(name, construction, n):
    """What is certified by induction is equal, constant, dead, doubled, opposite units or not."""
    assert check_disguised(name, construction, n, 16)["certified"] > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "construction", "n", "count"), THOROUGH)
def test_hundreds_of_networks_with_degenerate_units(name, construction, n, count):
    """The same for as many as there are mutants."""
    check_disguised(name, construction, n, count)
