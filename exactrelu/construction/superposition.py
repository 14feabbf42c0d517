"""Sums of translated atoms: Proposition 5.1, translation covariance (Lemma 5.3) and Remark 2.1 (ii) put together."""

from exactrelu.construction.atoms import decomposition
from exactrelu.network import Builder, Chain, Sum, constant


def superposition(problem, n, rho, chain_of):
    """Return Σ_ν a_ν (V^n H_ν)(z − 2⁻ⁿ δ_ν) in the coordinates of ``problem``, a `Sum` of one `Chain` for each atom.

    ``chain_of(normal, atom, coefficient, origin)`` returns the `Chain` of coefficient · (V^n H)(z − origin), where
    ``normal`` is the problem with the window [0, L1] × [0, L2]. The zero seed gives the zero network.
    """
    normal, corner = problem.normalized()
    terms = decomposition(normal.seed.function, rho)
    if not terms:
        return Sum([Chain([Builder(2).network([constant(0)])])])
    return Sum(
        chain_of(
            normal,
            term.atom,
            term.coefficient,
            tuple(start + shift / 2**n for start, shift in zip(corner, term.shift, strict=True)),
        )
        for term in terms
    )
