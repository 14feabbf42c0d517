"""Figure 1: the caption has the sides of the readouts swapped."""

from exactrelu.construction.readout import minus_readout
from exactrelu.field import mpq
from exactrelu.lemmas.lemma_3_6 import exactness_fact
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, positive
from exactrelu.lemmas.torus import READOUTS

STATEMENT = Statement(
    "Fig. 1",
    "the sides of the readouts",
    r"""
The caption says that $\rho^-$ is modified on $[1 - \varepsilon, 1]$ and $\rho^+$ on $[0, \varepsilon]$. It is the other
way round, as Lemma 3.6 (i) says: $\rho^-$ is
modified on $[0, \bar\varepsilon]$ and $\rho^+$ on $[1 - \bar\varepsilon, 1]$. No function can do what the caption says:
a readout that is exact on $[0, 1 - \varepsilon]$ has the value 0
at $E(0)$, but Lemma 3.6 gives $\rho^-(E(1)) = 1$, and $E(0) = E(1)$. (The caption also writes $\rho$ for $\varrho$ and
$\varepsilon$ for $\bar\varepsilon$.)
""",
)

EPSILON = mpq(1, 16)


def check(readouts=READOUTS):
    """Return the `Check`; ``readouts`` maps signs to formulas of (builder, p, q, ε)."""
    return STATEMENT.check(caption_fact(), *(exactness_fact(sign, readout) for sign, readout in readouts.items()))


def caption_fact(readout=minus_readout):
    """ρ⁻(E(t)) = t on [0, 1 − ε], as the caption has it, at t = 0."""
    (s,) = positive("s")
    start, end = printed_embedding(0 * s), printed_embedding(1 + 0 * s)
    value = readout(POINTWISE, *start, EPSILON).number()
    witness = None
    if start == end and value != 0:
        witness = {"t": mpq(0), "E(0) = E(1)": tuple(entry.number() for entry in start), "rho^-(E(0))": value}
    return Fact(
        r"$\rho^-(E(t)) = t$ for $t \in [0, 1 - \varepsilon]$, that is outside the shaded strip of the left part of"
        r" the figure.",
        FOR_ALL,
        "the end point of the strip",
        1,
        witness,
        printed=True,
    )
