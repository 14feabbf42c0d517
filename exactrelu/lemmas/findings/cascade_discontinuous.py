"""Proposition 2.5 uses the continuity of g where a residual is 0 or 1."""

from exactrelu.field import mpq
from exactrelu.lemmas.matrices import MATRICES
from exactrelu.lemmas.prop_2_5 import identity_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.refinement.cascade import digit, residual

STATEMENT = Statement(
    "Prop. 2.5, continuity",
    "the cascade identity needs continuity",
    r"""
The proof says: if a patch index lies outside the window, the corresponding point lies outside of $[0, L_1] \times [0,
L_2]$, and the term vanishes. With a residual 0 or 1 the
point lies on the border of the window, where $g$ vanishes because it is continuous, not because of its support. The
statement is for all $g$ with support in the
window; it fails for the indicator of the closed unit square. It holds for continuous $g$, and the paper applies it to
no other.
""",
)

POINT = (mpq(1, 2), mpq(1, 4))


def indicator(x, y):
    """Return the indicator of the closed unit square."""
    return mpq(0 <= x <= 1 and 0 <= y <= 1)


def check(matrices=MATRICES, digit=digit, residual=residual, g=indicator):
    """Return the `Check`; ``matrices`` are functions (mask, lengths, q) -> T_q, ``g`` is a function of (x, y)."""
    facts = [identity_fact(name, matrix, digit, residual) for name, matrix in matrices.items()]
    return STATEMENT.check(indicator_fact(matrices, digit, residual, g), *facts)


def indicator_fact(matrices, digit, residual, g):
    """Both sides for the indicator, the mask 1 on {0, 1}² and the window 1 × 1, at one point."""
    mask = {(j, k): mpq(1) for j in (0, 1) for k in (0, 1)}
    x, y = POINT
    operator = sum(c * g(2 * x - j, 2 * y - k) for (j, k), c in mask.items())
    q, r = (digit(x), digit(y)), (residual(x), residual(y))
    matrix = next(iter(matrices.values()))
    cascade = matrix(mask, (1, 1), q)[(1, 1), (1, 1)] * g(*r)
    witness = {"z": POINT, "V g(z)": operator, "T_Q(z) g(R(z))": cascade} if operator != cascade else None
    return Fact(
        r"$G_1(z) = T_{Q(z)} G(R(z))$ for every $g$ with support in the window: mask 1 on $\lbrace 0, 1 \rbrace^2$,"
        r" window $1 \times 1$, $g$ the indicator of the closed"
        r" unit square.",
        FOR_ALL,
        "one point",
        1,
        witness,
        printed=True,
    )
