"""Sums of translated atoms: translation covariance (Lemma 5.3) and Remark 2.1 (ii) put together."""

from exactrelu.network import Builder, Chain, Sum, constant


def superposition(corner, n, classes, chain_of):
    """Return a `Sum` of one `Chain` for each `AtomClass`, their sum V^n g: the zero network if there is none.

    ``chain_of(atom, coefficients, origin)`` returns the `Chain` of Σ_k coefficients[k] · V^n H(z − origin), where H is
    the atom in patch k and the window is [0, L1] × [0, L2]. ``corner`` is the corner of the user's window: the origin
    of a class is at corner + 2⁻ⁿ · shift in the user's coordinates (Lemma 5.3).
    """
    if not classes:
        return Sum([Chain([Builder(2).network([constant(0)])])])
    return Sum(
        chain_of(
            members.atom,
            members.coefficients,
            tuple(start + shift / 2**n for start, shift in zip(corner, members.origin, strict=True)),
        )
        for members in classes
    )
