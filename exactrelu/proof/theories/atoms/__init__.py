"""The theory of sums of atoms, the constructions compact and paper, for one n or for every n ≥ 1.

`roles` says what is asked of the blocks of a family, in the order of the argument; of equal parts of blocks it is asked
once. So a claim that is left out, or one of its goals, is missed by the conclusion.
"""

from exactrelu.proof.kernel import Unproved, prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.atoms.argument import CONCLUSION, demands, roles
from exactrelu.proof.theories.atoms.family import Family, Term
from exactrelu.proof.theories.atoms.network import sizes


def asked(found):
    """Yield what is asked of a `Family`, each once, in the order of the argument."""
    seen = set()
    for role in roles(found):
        entry = role.name, role.where, role.case
        if entry not in seen:
            seen.add(entry)
            yield role


def prove_all(found, theorem, progress=None):
    """Return the `Proof` of a theorem about a `Family`; ``progress(done, total)`` is told of the facts.

    Raises `Unproved`, its spot being the `Place` where something is not proved.
    """
    facts = []
    total = None if progress is None else sum(1 for _ in asked(found))
    for role in asked(found):
        try:
            facts.append(prove(role.claim()))
        except Unproved as failure:
            raise Unproved(role.place.label, failure.reason, role.place._replace(part=failure.spot)) from None
        if progress is not None:
            progress(len(facts), total)
    return concluded(facts, demands(found), theorem, CONCLUSION)._replace(blocks=found.blocks)


__all__ = ["Family", "Term", "asked", "demands", "prove_all", "sizes"]
