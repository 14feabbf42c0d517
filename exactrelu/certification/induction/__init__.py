"""Certification by induction: facts about the blocks of a network, each checked once, and an induction over stages."""

from math import prod
from time import monotonic

from exactrelu.certification.induction import atoms, one_pass_family, small_network
from exactrelu.certification.induction.blocks import cut, steps_of, steps_or_whole
from exactrelu.certification.induction.forecast import estimate
from exactrelu.certification.induction.refutation import counterexample
from exactrelu.certification.opinion import confirm_iterate
from exactrelu.certification.verdict import Verdict, check_shape
from exactrelu.construction import compact, paper
from exactrelu.errors import InputError
from exactrelu.network import Network
from exactrelu.planar.opinion import SHARE
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.levels import Sizes
from exactrelu.proof.proofs import Proof
from exactrelu.proof.theories import one_pass

CONFIRMED = (1, 2, 7)
"""The n for which networks are evaluated before their whole family is certified."""

METHOD = "induction"

MOST_CELLS = 1000
"""The most unit cells of a window for which the sizes of all n are counted."""


def certify(problem, n, network, progress=None, announce=None):
    """Return the `Verdict` on whether ``network`` (`Chain`, `Sum` or `Network`) equals V^n g on all of R^d, n ≥ 1.

    It is "certified" with a proof, "refuted" with a counterexample, or "undecided" with the fact that was not proved.
    ``progress(done, total)`` is told of the facts about a network of one-pass, ``announce`` an `Estimate` of the time
    before the work. Raises `InputError` for a network of another shape and for n < 1.
    """
    if n < 1:
        raise InputError(f"an induction over the stages needs n >= 1, got {n}; n = 0 is decided by enumeration")
    check_shape(problem, network)
    began = monotonic()
    if announce is not None:
        announce(estimate(n, network))
    try:
        proof = prove(problem, n, network, progress)
    except Unproved as failure:
        spots = [failure.spot] if failure.spot is None else [failure.spot, failure.spot.anywhere()]
        tries = (counterexample(problem, n, network, spot) for spot in spots)
        found = next((found for found in tries if found is not None), None)
        verdict = "undecided" if found is None else "refuted"
        return Verdict(verdict, problem, n, network, METHOD, counterexample=found, reason=str(failure))
    confirm_iterate(problem, n, network, [], began)
    return Verdict("certified", problem, n, network, METHOD, pieces=proof.pieces, proof=proof)


def prove(problem, n, network, progress=None):
    """Return the `Proof` that a network equals V^n g on R², n ≥ 1; raises `Unproved` where a fact fails.

    A network that is the one for n of the family of one-pass or of small is proved by that family, whatever its marks
    say; a sum of chains with the interfaces of atoms has a proof of its own.
    """
    found = reason = None
    try:
        found = cut(network)
    except Unproved as failure:
        reason = failure
    if found is not None and atoms.are_terms(found):
        return atoms.prove(problem, n, found)
    ways = [] if found is None or len(found.terms) > 1 else [steps_of(found)]
    if isinstance(network, Network):
        ways.append([(network, None, None)])
    if not ways:
        raise reason or Unproved("the network", "it is a sum of several terms that have no interfaces of atoms")
    if problem.beyond() or small_network.is_small(ways[0]):
        return small_network.prove_member(problem, n, ways)
    try:
        return one_pass_family.prove_member(problem, n, ways, progress)
    except Unproved as failure:
        if not getattr(network, "marks", True):
            return small_network.prove_member(problem, n, ways)
        raise reason or failure from None


def is_sum_of_atoms(network):
    """Return whether a network has the interfaces of a construction with atoms."""
    try:
        return atoms.are_terms(cut(network))
    except Unproved:
        return False


def certify_all(problem, build, progress=None, announce=None):
    """Return the `Verdict` on whether the networks ``build(n)`` equal V^n g on all of R^d for every n ≥ 1.

    It is "certified" with a proof and the sizes, or "undecided" with the fact that was not proved. ``progress(done,
    total)`` is told of the facts about networks of one-pass, ``announce`` an `Estimate` of the time before the work.
    """
    began = monotonic()
    first = build(1)
    if announce is not None:
        announce(estimate(1, first))
    try:
        if is_sum_of_atoms(first):
            proof, sizes = atoms.prove_members(problem, {n: cut(build(n)) for n in CONFIRMED}, progress)
        else:
            members = {n: steps_or_whole(build(n)) for n in CONFIRMED}
            if small_network.is_small(members[1]):
                proof, sizes = small_network.prove_members(problem, members)
            else:
                proof, sizes = one_pass_family.prove_members(problem, members, progress)
    except Unproved as failure:
        return Verdict("undecided", problem, "all", None, METHOD, reason=str(failure))
    for n in CONFIRMED:
        confirm_iterate(problem, n, build(n), [], began, SHARE * len(CONFIRMED))
    return Verdict("certified", problem, "all", None, METHOD, pieces=proof.pieces, proof=proof, sizes=sizes)


def sizes_all(problem, construction):
    """Return the `Sizes` of the networks of a construction for every n ≥ 1, counted on the levels of their blocks.

    It is not asked what they compute. Raises `Unproved` where there are no blocks for all n, and for windows of more
    than `MOST_CELLS` unit cells.
    """
    cells = prod(high - low for low, high in problem.window or ())
    if cells > MOST_CELLS:
        raise Unproved("the family", f"the window has {cells} unit cells, more than the limit of {MOST_CELLS}")
    if construction == "one-pass":
        return one_pass.sizes(one_pass_family.programs(problem).family)
    if construction == "small":
        return small_network.sizes_all(problem)
    known = {"compact": compact, "paper": paper}
    if construction not in known:
        raise Unproved("the family", f"nothing is known of the blocks of {construction}")
    return atoms.sizes_all(problem, known[construction])


__all__ = ["Proof", "Sizes", "Unproved", "certify", "certify_all", "sizes_all"]
