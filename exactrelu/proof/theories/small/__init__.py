"""The theory of small: facts on the blocks of a network for one n imply that it equals V^n g.

`claims` says what is to be shown of a composition, in the order of the argument; `argument` what the conclusion needs,
which it finds on its own. So a claim, or one of its goals, that is left out is missed.
"""

from exactrelu.proof.kernel import Claim, Each, Listed, prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.small import closing, loops, stages, start
from exactrelu.proof.theories.small.argument import CONCLUSION, demands
from exactrelu.proof.theories.small.composition import NETWORK, Composition, Level, Moved, Reading


def claims(found):
    """Yield the claims on a `Composition`, in the order of the argument."""
    yield blocks(found)
    for part in (start, loops, stages, closing):
        yield from part.claims(found)


def blocks(found):
    """Return the claim that what a block gives is what the next one takes."""
    words = (
        "the network is B_(n+1) o B_n o ... o B_0; a block gives what the next one takes: X of each class, functionals "
        "of the rows divided by a height, and the loops of both coordinates"
    )
    judgements = []
    for j, (before, after) in enumerate(zip(found.programs, found.programs[1:], strict=False)):
        given, taken = tuple(before.outlets), after.inlets
        judgements.append(Listed(f"{j}, given", words, frozenset(given), taken, ()))
        judgements.append(Listed(f"{j}, taken", words, frozenset(taken), given, ()))
    return Claim("blocks", NETWORK, (), "", Each(tuple(judgements)), "names of the values between blocks")


def prove_all(found, theorem):
    """Return the `Proof` of a theorem on a `Composition`: that it equals V^n g on R²; raises `Unproved`."""
    facts = [prove(claim) for claim in claims(found)]
    return concluded(facts, demands(found), theorem, CONCLUSION)


__all__ = ["Composition", "Level", "Moved", "Reading", "claims", "prove_all"]
