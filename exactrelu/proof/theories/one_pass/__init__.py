"""The theory of one-pass: facts on four programs imply that their networks equal V^n g for every n ≥ 1.

`claims` says what is to be shown of a family, in the order of the argument; `argument` what the conclusion needs, which
it finds on its own from the shift classes and states. So a claim, or one of its goals, that is left out is missed.
"""

from functools import partial

from exactrelu.proof.proofs import concluded, proved, theorem_for_all
from exactrelu.proof.theories.one_pass import closing, loops, network, stages, start
from exactrelu.proof.theories.one_pass.argument import CONCLUSION, demands
from exactrelu.proof.theories.one_pass.family import Family, family
from exactrelu.proof.theories.one_pass.network import sizes


def claims(found):
    """Yield the claims on a `Family`, in the order of the argument."""
    for part in (network, start, loops, stages, closing):
        yield from part.claims(found)


def prove_all(found, progress=None):
    """Return (`Proof`, `Sizes`) that the networks of a `Family` equal V^n g on R² for every n ≥ 1.

    ``progress(done, total)`` is told how many of the facts are proved. Raises `Unproved` where one fails.
    """
    facts, most = proved(partial(claims, found), progress), sizes(found)
    return concluded(facts, demands(found), theorem_for_all(most), CONCLUSION)._replace(blocks=found.programs), most


__all__ = ["Family", "claims", "family", "prove_all", "sizes"]
