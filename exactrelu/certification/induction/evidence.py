"""Evidence by induction for certificates of format 1 (docs/certificate.md): where the cascades of a network are."""

from exactrelu.certification.induction.atom_evidence import atom_evidence
from exactrelu.certification.induction.blocks import steps_or_whole
from exactrelu.certification.induction.small_network import is_small
from exactrelu.errors import UndecidedError


def induction_evidence(problem, network, proof):
    """Return the `AtomEvidence` of a network, given the `Proof` that it equals V^n g.

    Raises `InputError` where a certificate has no place for what it is, and `UndecidedError` for networks of the
    construction small.
    """
    if is_small(steps_or_whole(network)):
        raise UndecidedError(
            "the network is certified, but certificates have no place yet for inductions over networks of small; the "
            "method enumerate writes one"
        )
    return atom_evidence(problem, network, proof.examined)
