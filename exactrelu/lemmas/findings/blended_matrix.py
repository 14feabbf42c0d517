"""§4.2: the blended matrix M̂_j is not CPwL, but piecewise bilinear."""

from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.selector import digit_selectors
from exactrelu.field import mpq
from exactrelu.lemmas.lemma_4_2 import blend, one_hot_fact, regions_fact
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, between, failure, positive

STATEMENT = Statement(
    "§4.2, M̂_j",
    "the blended matrix is not CPwL",
    r"""
The text calls $\widehat{M}_j = \sum_q \chi_{q_1}(z^{(1)}_{j-1}) \chi_{q_2}(z^{(2)}_{j-1}) T_q$ a CPwL convex
combination of the four matrices. It is a convex combination, but a product of two CPwL functions
of different variables is bilinear, not affine, where both vary: that is where both coordinates are in the transition
set. The identity of Lemma 4.2 is not
affected, since $H(R_n) = 0$ there, and the network does not compute $\widehat{M}_j$.
""",
)


def check(selectors=digit_selectors, blend=blend):
    """Return the `Check`; ``selectors`` is a formula of (builder, p, q, δ), ``blend`` makes the weights of M̂_j."""
    return STATEMENT.check(
        affine_fact(selectors, blend), convex_fact(blend), one_hot_fact(blend),
        regions_fact(selectors, DEFAULT.transition_width, {"hexagon": 2}),
    )


def affine_fact(selectors, blend):
    """The weight χ_0(E(x)) χ_0(E(y)) of T_(0,0) along the diagonal of the square [0, δ]²."""
    (s,) = positive("s")
    delta = DEFAULT.transition_width(1)
    at_corners = [selectors(POINTWISE, *printed_embedding(t + 0 * s), delta) for t in (mpq(0), delta / 2, delta)]
    low, middle, high = (blend(chi, chi)[0, 0].number() for chi in at_corners)
    witness = None
    if 2 * middle != low + high:
        witness = {
            "corners of a square": ((mpq(0), mpq(0)), (delta, delta)), "weight at the corners": (low, high),
            "weight at the middle": middle, "mean of the corners": (low + high) / 2,
        }
    return Fact(
        r"The weights of $\widehat{M}_1$ are CPwL: the weight $\chi_0(E(x)) \chi_0(E(y))$ of $T_{(0,0)}$ on $[0,"
        r" \delta_1]^2$, where each factor is affine and $x$, $y$ are on no kink.",
        FOR_ALL,
        r"the diagonal of one square; a CPwL function has finitely many kinks on it, and this one is $(t/\delta_1)^2$",
        1,
        witness,
        printed=True,
    )


def convex_fact(blend):
    """The four weights are products of numbers in [0, 1] and add up to 1."""
    u, v = positive("u", "v")
    firsts, seconds = ((0 * w, between(mpq(0), mpq(1), w), 0 * w + 1) for w in (u, v))
    cases = [{"u": first, "v": second} for first in firsts for second in seconds]

    def claim(u, v):
        weights = blend((u, 1 - u), (v, 1 - v)).values()
        return (sum(weights), min(weight >= 0 for weight in weights)), (1, True)

    return Fact(
        r"The weights are $\geq 0$ and add up to 1; they are bilinear in the selectors.",
        FOR_ALL,
        r"all values of the selectors in $[0, 1]$",
        len(cases),
        failure(claim, cases),
    )
