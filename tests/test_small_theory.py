"""The theory of small: networks for one n are proved, facts are all needed, and blocks that are wrong fail."""

from functools import cache
from random import Random

import pytest

from exactrelu.certification.induction import certify, small_network
from exactrelu.certification.induction.evidence import induction_evidence
from exactrelu.construction import small
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Network, references
from exactrelu.proof.kernel import Unproved, prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.small import claims, prove_all
from exactrelu.proof.theories.small.argument import demands
from exactrelu.scheme import builtin_problems, load_problem

HAIR = mpq(1, 2**60)


@cache
def composition(name, n):
    """Return the composition that the theory is asked about, for a built-in problem."""
    return small_network.composition(load_problem(name), n)


@pytest.mark.parametrize("name", ["bilinear", "haar", "haar_growing", "nonconvex", "zero"])
def test_small_for_one_n(name):
    """Networks for masks and seeds of all kinds are proved, as chains and flat, with marks and without."""
    problem = load_problem(name)
    for n in (1, 2, 40):
        network = small.build(problem, n)
        found = certify(problem, n, network)
        assert (found.verdict, found.reason) == ("certified", None)
    flat = small.build(problem, 2).flatten()
    for network in (flat, Network(2, flat.nodes, flat.outputs)):
        assert certify(problem, 2, network).verdict == "certified"


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem(name):
    """The same for every built-in problem."""
    problem = load_problem(name)
    for n in (1, 2, 3, 60):
        assert certify(problem, n, small.build(problem, n)).verdict == "certified"


def test_the_wrong_n_is_refuted():
    """A network for another n is refuted with a point."""
    problem = load_problem("haar")
    assert certify(problem, 2, small.build(problem, 1)).verdict == "refuted"


def test_each_fact_is_needed():
    """Without any single fact, or without one goal of it, nothing is concluded."""
    found = composition("haar", 1)
    facts = [prove(claim) for claim in claims(found)]
    assert concluded(facts, demands(found), "", "").facts
    wanted = {(d.name, d.where, d.case, d.goal) for d in demands(found)}
    given = [(fact.name, fact.where, fact.case, goal) for fact in facts for goal, _ in fact.established]
    assert len(given) == len(set(given)) and set(given) == wanted
    for k in range(len(facts)):
        with pytest.raises(Unproved, match="is missing"):
            concluded(facts[:k] + facts[k + 1 :], demands(found), "", "")


def live_weights(program):
    """Return the (node, term) of the weights, and (node, -1) of the biases, that outputs depend on."""
    live, waiting = set(), list(program.outlets.values())
    while waiting:
        k = waiting.pop() - program.inputs
        if k >= 0 and k not in live:
            live.add(k)
            waiting += references(program.nodes[k])
    kinds = ((k, program.nodes[k]) for k in sorted(live))
    return [(k, term) for k, node in kinds if type(node) is Affine for term in range(-1, len(node.terms))]


def with_weight(found, j, place, change):
    """Return a composition whose block j has a weight, or bias, changed."""
    program, (k, term) = found.programs[j], place
    node = program.nodes[k]
    terms = tuple((source, w + change * (i == term)) for i, (source, w) in enumerate(node.terms))
    node = Affine(terms, node.bias + change * (term < 0))
    other = program._replace(nodes=(*program.nodes[:k], node, *program.nodes[k + 1 :]))
    return found._replace(programs=tuple(other if entry is program else entry for entry in found.programs))


def test_stages_with_another_weight():
    """A weight of the stage that is wrong by 2^-60 leaves some fact unproved; so does almost any in other blocks."""
    found, random = composition("bilinear", 2), Random(1)
    for j, harmless in ((1, 0), (0, 8), (3, 2)):
        places = random.sample(live_weights(found.programs[j]), 30)
        passed = 0
        for place in places:
            try:
                prove_all(with_weight(found, j, place, random.choice((1, -1)) * HAIR), "")
                passed += 1
            except Unproved:
                pass
        assert passed <= harmless


OTHERS = [
    lambda f: f._replace(height=f.height / 2),
    lambda f: f._replace(limit=f.limit - HAIR),
    lambda f: f._replace(width=f.width + HAIR),
    lambda f: f._replace(width=f.width / 2),
    lambda f: f._replace(corner=(f.corner[0] + HAIR, f.corner[1])),
]


@pytest.mark.parametrize("change", OTHERS, ids=range(len(OTHERS)))
def test_numbers_that_do_not_fit(change):
    """With another height, limit, width or corner some fact fails."""
    with pytest.raises(Unproved):
        prove_all(change(composition("bilinear", 2)), "")


def test_certificates_have_no_place_for_it():
    """There is no evidence of an induction over a network of small; the reason names the method that has one."""
    problem = load_problem("haar")
    network = small.build(problem, 1)
    with pytest.raises(UndecidedError, match="the method enumerate"):
        induction_evidence(problem, network, certify(problem, 1, network).proof)
