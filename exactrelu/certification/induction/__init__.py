"""Certification by induction: facts about the blocks of a network, each checked once, and an induction over stages."""

from time import monotonic

from exactrelu.certification.induction import atoms, one_pass
from exactrelu.certification.induction.blocks import cut
from exactrelu.certification.induction.facts import Proof, Unproved
from exactrelu.certification.induction.family import Sizes, prove_all
from exactrelu.certification.induction.refutation import counterexample
from exactrelu.certification.opinion import confirm_iterate
from exactrelu.certification.verdict import Verdict
from exactrelu.errors import InputError
from exactrelu.planar.opinion import SHARE

CONFIRMED = (1, 2, 7)
"""The n for which networks are evaluated before their whole family is certified."""

METHOD = "induction"


def certify(problem, n, network):
    """Return the `Verdict` on whether ``network`` (`Chain`, `Sum` or `Network`) equals V^n g on all of R², n ≥ 1.

    It is "certified" with a proof, "refuted" with a counterexample, or "undecided" with the fact that was not proved.
    Raises `InputError` for a network of another shape and for n < 1.
    """
    if n < 1:
        raise InputError(f"an induction over the stages needs n >= 1, got {n}; n = 0 is decided by enumeration")
    if network.shape != (2, 1):
        raise InputError("V^n g has two inputs and one output, but the network has {} and {}".format(*network.shape))
    began = monotonic()
    try:
        found = cut(network)
        construction = atoms if atoms.are_terms(found) else one_pass
        proof = construction.prove(problem, n, found)
    except Unproved as failure:
        found = counterexample(problem, n, network, failure.spot)
        verdict = "undecided" if found is None else "refuted"
        return Verdict(verdict, problem, n, network, METHOD, counterexample=found, reason=str(failure))
    confirm_iterate(problem, n, network, [], began)
    return Verdict("certified", problem, n, network, METHOD, pieces=proof.pieces, proof=proof)


def certify_all(problem, build):
    """Return the `Verdict` on whether the networks ``build(n)`` equal V^n g on all of R² for every n ≥ 1.

    It is "certified" with a proof and the sizes, or "undecided" with the fact that was not proved.
    """
    began = monotonic()
    try:
        proof, sizes = prove_all(problem, build)
    except Unproved as failure:
        return Verdict("undecided", problem, "all", None, METHOD, reason=str(failure))
    for n in CONFIRMED:
        confirm_iterate(problem, n, build(n), [], began, SHARE * len(CONFIRMED))
    return Verdict("certified", problem, "all", None, METHOD, pieces=proof.pieces, proof=proof, sizes=sizes)


__all__ = ["Proof", "Sizes", "certify", "certify_all"]
