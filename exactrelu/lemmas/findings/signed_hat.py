"""Lemma 3.6 (ii): "special-hat" is not defined, and the identity fails for functions that are not ≥ 0."""

from exactrelu.construction.readout import minus_readout, plus_readout
from exactrelu.field import mpq
from exactrelu.lemmas.lemma_3_6 import branches_fact
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, positive

STATEMENT = Statement(
    "Lemma 3.6 (ii), sign",
    "special hats have to be non-negative",
    r"""
Part (ii) is about "every one-dimensional special-hat $h$ satisfying $\mathrm{supp}\ h \subset [\varrho, 1 -
\varrho]$"; the paper does not define special-hats. What is needed beside the support
is $h \geq 0$, as Definition 2.8 has it for atoms: in a seam zone the branch that is not exact runs through all of $[0,
1]$, and where $h$ is negative the minimum takes it.
""",
)

EPSILON = mpq(1, 16)


def hat(t):
    """Return the negative hat −max(0, 1 − 4 |t − 1/2|), with its support in [1/4, 3/4]."""
    return -max(mpq(0), 1 - 4 * abs(t - mpq(1, 2)))


def check(minus=minus_readout, plus=plus_readout, h=hat):
    """Return the `Check`; the readouts are formulas of (builder, p, q, ε), ``h`` a function of t."""
    return STATEMENT.check(negative_fact(minus, plus, h), branches_fact())


def negative_fact(minus, plus, h):
    """The identity for a negative hat at a point of the right seam zone."""
    (s,) = positive("s")
    t = 1 - EPSILON / 2
    state = printed_embedding(t + 0 * s)
    values = [h((readout(POINTWISE, *state, EPSILON) + 0 * s).number()) for readout in (minus, plus)]
    witness = {"t": t, "h(t)": h(t), "minimum of the branches": min(values)} if min(values) != h(t) else None
    return Fact(
        r"(ii) for every CPwL $h$ with support in $[\varrho, 1 - \varrho]$: $h(t) = -(1 - 4 \lvert t - 1/2 \rvert)_+$.",
        FOR_ALL,
        rf"one point, $\bar\varepsilon = {EPSILON}$",
        1,
        witness,
        printed=True,
    )
