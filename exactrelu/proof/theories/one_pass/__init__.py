"""The theory of one-pass: facts on four programs imply that their networks equal V^n g for every n ≥ 1.

`claims` says what is to be shown of a family, in the order of the argument; `argument` what the conclusion needs, which
it finds on its own from the shift classes and states. So a claim, or one of its goals, that is left out is missed.
"""

from exactrelu.proof.kernel import prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.one_pass import closing, loops, network, stages, start
from exactrelu.proof.theories.one_pass.argument import CONCLUSION, demands, theorem
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
    facts = []
    total = None if progress is None else sum(1 for _ in claims(found))
    for claim in claims(found):  # one by one: what comes later may make no sense where an earlier one fails
        facts.append(prove(claim))
        if progress is not None:
            progress(len(facts), total)
    most = sizes(found)
    return concluded(facts, demands(found), theorem(most), CONCLUSION)._replace(blocks=found.programs), most


__all__ = ["Family", "claims", "family", "prove_all", "sizes"]
