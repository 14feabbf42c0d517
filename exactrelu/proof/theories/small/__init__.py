"""The theory of small: facts on a family of programs imply that their networks equal V^n g for every n ≥ 1.

`claims` says what is to be shown of a family, in the order of the argument; `argument` what the conclusion needs, which
it finds on its own. So a claim, or one of its goals, that is left out is missed. The dimension, the dilations in the
coordinates and the number of components are data of the problem.
"""

from functools import partial

from exactrelu.proof.proofs import concluded, proved, theorem_for_all
from exactrelu.proof.theories.small import closing, loops, network, stages, start
from exactrelu.proof.theories.small.argument import CONCLUSION, demands
from exactrelu.proof.theories.small.family import CLOSING, STAGE, Family, Moved, Reading, Start, growth
from exactrelu.proof.theories.small.network import sizes


def claims(found):
    """Yield the claims on a `Family`, in the order of the argument."""
    for part in (network, start, loops, stages, closing):
        yield from part.claims(found)


def prove_all(found):
    """Return (`Proof`, `Sizes`) that the networks of a `Family` equal V^n g on R^d for every n ≥ 1.

    Raises `Unproved` where a fact fails.
    """
    facts, most = proved(partial(claims, found)), sizes(found)
    blocks = {start.where: start.program for start in found.starts} | {STAGE: found.stage, CLOSING: found.closing}
    theorem = theorem_for_all(most, found.least, len(found.axes), not found.problem.beyond())
    return concluded(facts, demands(found), theorem, CONCLUSION)._replace(blocks=blocks), most


__all__ = ["Family", "Moved", "Reading", "Start", "claims", "growth", "prove_all", "sizes"]
