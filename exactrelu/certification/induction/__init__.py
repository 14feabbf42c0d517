"""Certification by induction: facts about the blocks of a network, each checked once, and an induction over stages."""

from typing import NamedTuple

from exactrelu.certification.induction import atoms, one_pass
from exactrelu.certification.induction.blocks import cut
from exactrelu.certification.induction.facts import Proof, Unproved
from exactrelu.certification.induction.family import Sizes, prove_all
from exactrelu.certification.induction.refutation import counterexample
from exactrelu.certification.verdict import Counterexample
from exactrelu.errors import InputError


class Induction(NamedTuple):
    """The verdict of a proof by induction: a `Verdict` (no cells visited) with the ``proof``, or why there is none.

    ``sizes`` are those of a whole family.
    """

    verdict: str
    cells: int
    pieces: int
    counterexample: Counterexample | None = None
    proof: Proof | None = None
    reason: str | None = None
    sizes: Sizes | None = None


def certify(problem, n, network):
    """Return the `Induction` on whether ``network`` (`Chain`, `Sum` or `Network`) equals V^n g on all of R², n ≥ 1.

    It is "certified" with a proof, "refuted" with a counterexample, or "undecided" with the fact that was not proved.
    Raises `InputError` for a network of another shape and for n < 1.
    """
    if n < 1:
        raise InputError(f"an induction over the stages needs n >= 1, got {n}; n = 0 is decided by --method enumerate")
    outputs = len(network.outputs if hasattr(network, "outputs") else network.terms[0].blocks[-1].outputs)
    if network.inputs != 2 or outputs != 1:
        raise InputError(f"V^n g has two inputs and one output, but the network has {network.inputs} and {outputs}")
    try:
        found = cut(network)
        construction = atoms if atoms.are_terms(found) else one_pass
        proof = construction.prove(problem, n, found)
    except Unproved as failure:
        found = counterexample(problem, n, network, failure.spot)
        return Induction("undecided" if found is None else "refuted", 0, 0, found, reason=str(failure))
    return Induction("certified", 0, proof.pieces, proof=proof)


def certify_all(problem, build):
    """Return the `Induction` on whether the networks ``build(n)`` equal V^n g on all of R² for every n ≥ 1.

    It is "certified" with a proof and the sizes, or "undecided" with the fact that was not proved.
    """
    try:
        proof, sizes = prove_all(problem, build)
    except Unproved as failure:
        return Induction("undecided", 0, 0, reason=str(failure))
    return Induction("certified", 0, proof.pieces, proof=proof, sizes=sizes)


__all__ = ["Induction", "Proof", "Sizes", "certify", "certify_all"]
