"""Corollary 3.5 is false at n = 0: depth C_1 · 0 is an affine map, and E is not affine."""

from exactrelu.construction.loop import controller
from exactrelu.field import mpq
from exactrelu.lemmas.cor_3_5 import sizes_fact
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement

STATEMENT = Statement(
    "Cor. 3.5, n = 0",
    "the controller needs n ≥ 1",
    r"""
The corollary states $z_n \in \Upsilon_{C_0, C_1 n}$ for $n \geq 0$. For $n = 0$ the depth is $C_1 \cdot 0 = 0$ hidden
layers, so that $z_0 = \mathcal{E}$ would be affine. It is
not. For $n \geq 1$ the statement holds; as $z_n \in \Upsilon_{C_0, C_1 (n + 1)}$ it holds for $n = 0$ too.
""",
)


def check(E=printed_embedding, F=controller):
    """Return the `Check`; ``E`` is the embedding as a function of t, ``F`` the controller's formula."""
    return STATEMENT.check(affine_fact(E), sizes_fact(F))


def affine_fact(E):
    """E at the ends and the middle of an interval."""
    ends = (mpq(0), mpq(2, 3))
    middle = sum(ends) / 2
    means = tuple((u + v) / 2 for u, v in zip(*map(E, ends), strict=True))
    witness = None
    if E(middle) != means:
        witness = {"t": ends, "E at the middle 1/3": E(middle), "mean of E at the ends": means}
    return Fact(
        r"$z_0 = \mathcal{E}$ has a realization of depth 0, that is, $E$ is affine.",
        FOR_ALL,
        "one interval and its middle",
        1,
        witness,
        printed=True,
    )
