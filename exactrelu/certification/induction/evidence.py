"""Evidence by induction for certificates of format 1 (docs/certificate.md): where the cascades of a network are."""

from exactrelu.certification.induction.atom_evidence import atom_evidence


def induction_evidence(network, proof):
    """Return the `AtomEvidence` of a network, given the `Proof` that it equals V^n g.

    Raises `InputError` where a certificate has no place for what it is.
    """
    return atom_evidence(network, proof.examined)
