"""Lemma 3.6: the terminal readouts ρ⁻ and ρ⁺, exact away from complementary seam neighbourhoods."""

from exactrelu.construction.loop import embedding
from exactrelu.construction.readout import minus_readout, plus_readout
from exactrelu.field import mpq
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, WITHIN_RANGE, Fact, Statement, Table
from exactrelu.lemmas.symbolic import POINTWISE, along, between, failure, positive
from exactrelu.lemmas.zones import branch_failure
from exactrelu.network import Builder
from exactrelu.network.layers import layered

THIRD = mpq(1, 3)

EPSILON = mpq(1, 16)
"""The seam width of the readouts whose size is given: (iii)."""

STATEMENT = Statement(
    "Lemma 3.6",
    "one-dimensional readouts",
    r"""
For $0 < \bar\varepsilon < \varrho < 1/2$ there are CPwL functions $\rho^-, \rho^+$ of the plane, with values in $[0,
1]$ on $\Gamma$, such that

* (i) $\rho^-(E(t)) = t$ for $t \in [\bar\varepsilon, 1]$ and $\rho^+(E(t)) = t$ for $t \in [0, 1 - \bar\varepsilon]$;
* (ii) $h(t) = \min\lbrace h(\rho^-(E(t))), h(\rho^+(E(t))) \rbrace$ for every $h \geq 0$ with support in $[\varrho, 1 -
  \varrho]$;
* (iii) $\rho^\pm \circ E$ have exact finite ReLU realizations.

The project's readouts have one unit each, with $K = (1 - \bar\varepsilon) / (3 \bar\varepsilon)$ and $\bar\varepsilon
\leq 1/3$ (a larger $\bar\varepsilon$
may be lowered to $1/3$: (i) then says more):

$$\rho^+(p, q) = \min\lbrace K(p - q) + q/3, \ 1 - (p + q)/3 \rbrace, \qquad
\rho^-(p, q) = 1 - (p + q)/3 - \min\lbrace (K - 2/3) q, \ 1 - p \rbrace .$$
""",
)


def check(minus=minus_readout, plus=plus_readout):
    """Return the `Check`; the readouts are formulas of (builder, p, q, ε)."""
    return STATEMENT.check(
        exactness_fact("-", minus), exactness_fact("+", plus), branches_fact(), realization_fact(minus, plus)
    )


def exactness_fact(sign, readout):
    """(i): the readout is t where it is to be exact, linear across its seam zone, and in [0, 1] everywhere on Γ."""
    s, w = positive("s", "w")
    cases = []
    for epsilon in (between(mpq(0), THIRD, w), THIRD + 0 * w):
        seam = epsilon if sign == "-" else 1 - epsilon
        cases += along((mpq(0), seam, THIRD, 2 * THIRD, mpq(1)), s, epsilon=epsilon)

    def claim(t, epsilon):
        value = readout(POINTWISE, *printed_embedding(t), epsilon)
        return (value, 0 <= value <= 1), (expected(sign, t, epsilon), True)

    return Fact(
        rf"$\rho^{sign}(E(t)) = t$ on its interval of (i), linear on the rest, and $0 \leq \rho^{sign}(E(t)) \leq 1$"
        rf" for all $t$.",
        FOR_ALL,
        r"all $\bar\varepsilon \in (0, 1/3]$, all $t \in [0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def expected(sign, t, epsilon):
    """Return t, or on the seam zone the line from the exact end to the value at the other end of the loop."""
    if sign == "+":
        return t if t <= 1 - epsilon else (1 - epsilon) * (1 - t) / epsilon
    return t if t >= epsilon else 1 - (1 - epsilon) * t / epsilon


def branches_fact():
    """(ii) from (i) alone, by the zones in which t can lie."""
    cases, witness = branch_failure(("-", "+"), dimensions=1)
    return Fact(
        r"(ii) follows from (i), $h \geq 0$ and $h = 0$ outside $[\varrho, 1 - \varrho]$: in a seam zone the branch"
        r" that is exact there"
        r" is $h(t) = 0$, and the other is $\geq 0$; elsewhere both are $h(t)$.",
        FOR_ALL,
        r"all $h$, all $0 < \bar\varepsilon < \varrho < 1/2$, all $t \in [0, 1]$, by zones",
        cases,
        witness,
    )


def realization_fact(minus, plus):
    """(iii): ρ± ∘ E as layered networks."""
    rows, witness = [], None
    for name, readout in (("minus", minus), ("plus", plus)):
        b = Builder(1)
        form = layered(b.network([readout(b, *embedding(b, *b.inputs), EPSILON)]))
        rows.append((name, form.depth, form.width))
        if form.depth != 2:
            witness = {"readout": name, "depth": form.depth}
    return Fact(
        r"(iii) $\rho^\pm \circ E$ are networks with two hidden layers.",
        WITHIN_RANGE,
        "the layered networks themselves",
        len(rows),
        witness,
        table=Table(("readout", "hidden layers", "width"), tuple(rows)),
        within={r"\bar\varepsilon": (EPSILON, EPSILON)},
    )
