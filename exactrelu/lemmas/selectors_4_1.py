"""§4.1 (i)–(iii): the digit selectors χ_0 and χ_1 on the loop, with transition width δ."""

from exactrelu.construction.choices import DEFAULT
from exactrelu.construction.selector import digit_selectors
from exactrelu.field import mpq
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement, Table
from exactrelu.lemmas.symbolic import POINTWISE, Units, along, between, failure, positive
from exactrelu.network import Builder
from exactrelu.network.layers import layered

STATEMENT = Statement(
    "§4.1 (i)–(iii)",
    "digit selectors",
    r"""
Let $\delta_n = \bar\delta \varrho 2^{-n}$ with $0 < \bar\delta < 1$ and $J_n = [0, \delta_n] \cup [1/2, 1/2 +
\delta_n]$. There are CPwL functions
$\chi_0, \chi_1$ of the plane with values in $[0, 1]$ such that

* (i) $\chi_0 + \chi_1 = 1$ on $\Gamma$;
* (ii) $\chi_0(E(t))$ is 1 for $t < 1/2$ and 0 for $t \geq 1/2$, and $\chi_1(E(t))$ the other way round, for $t \in [0,
  1]$ outside $J_n$;
* (iii) they have realizations whose width and depth do not depend on $n$, with weights of size at most $C 2^n$.

The project's selectors have two units, for any $0 < \delta \leq 1/6$ (and (ii) for a smaller $\delta$ says more):

$$\chi_0(p, q) = \min\Bigl\lbrace 1, \Bigl(\frac{q - (1 - 6\delta)(p - q)}{3\delta}\Bigr)_+ \Bigr\rbrace, \qquad \chi_1
= 1 - \chi_0 .$$
""",
)

SIXTH = mpq(1, 6)
LEVELS = range(1, 7)
"""The n of the table."""


def check(selectors=digit_selectors, choices=DEFAULT):
    """Return the `Check`; ``selectors`` is a formula of (builder, p, q, δ), ``choices`` gives δ_n."""
    return STATEMENT.check(values_fact(selectors), digits_fact(selectors), weights_fact(selectors, choices))


def loop_cases():
    """Return cases (t, δ): t at and between the knots of the selectors and of E, 0 < δ < 1/6 and δ = 1/6."""
    s, w = positive("s", "w")
    third, half = mpq(1, 3), mpq(1, 2)
    cases = []
    for delta in (between(mpq(0), SIXTH, w), SIXTH + 0 * w):
        zero_of_chi0 = (1 - 2 * delta) / (2 - 6 * delta)  # in the second transition interval
        cases += along((mpq(0), delta, third, half, zero_of_chi0, half + delta, 2 * third, mpq(1)), s, delta=delta)
    return cases


def is_transition(t, delta):
    """Return whether t is in the transition set [0, δ] ∪ [1/2, 1/2 + δ]."""
    half = mpq(1, 2)
    return t <= delta or (t >= half and t <= half + delta)


def values_fact(selectors):
    """(i) and values in [0, 1]; on the transition set the selectors run linearly through [0, 1]."""
    cases = loop_cases()

    def claim(t, delta):
        chi0, chi1 = selectors(POINTWISE, *printed_embedding(t), delta)
        return (chi0 + chi1, 0 <= chi0 <= 1, 0 <= chi1 <= 1), (1, True, True)

    return Fact(
        r"(i) $\chi_0 + \chi_1 = 1$, and both lie in $[0, 1]$.",
        FOR_ALL,
        r"all $\delta \in (0, 1/6]$, all $t \in [0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def digits_fact(selectors):
    """(ii): outside of [0, δ] ∪ [1/2, 1/2 + δ] the selectors are the digits."""
    cases = loop_cases()

    def claim(t, delta):
        found = selectors(POINTWISE, *printed_embedding(t), delta)
        if is_transition(t, delta):
            return (), ()
        return found, (1, 0) if t < mpq(1, 2) else (0, 1)

    outside = sum(not is_transition(**case) for case in cases)
    return Fact(
        r"(ii) Outside of $[0, \delta] \cup [1/2, 1/2 + \delta]$ the selectors are the indicators of the digits; at $t"
        r" = 1$, where $E(1) = E(0)$,"
        r" the digit is 1.",
        FOR_ALL,
        r"all $\delta \in (0, 1/6]$, all $t \in [0, 1]$ outside the transition set",
        outside,
        failure(claim, cases),
    )


def weights_fact(selectors, choices):
    """(iii): one hidden layer of two units, weights at most C 2^n, as functions of δ."""
    (w,) = positive("w")
    cases = [{"delta": between(mpq(0), SIXTH, w)}, {"delta": SIXTH + 0 * w}]
    rows = tuple(row(selectors, choices, n) for n in LEVELS)

    def claim(delta):
        b = Units(1 + 0 * delta, "p", "q")
        outputs = selectors(b, *b.inputs, delta)
        numbers = [number for form in (*b.arguments, *outputs) for number in (*form.weights.values(), form.bias)]
        is_one_layer = all(set(form.weights) <= {"p", "q"} for form in b.arguments)
        return (len(b.arguments), is_one_layer, all(abs(number) <= 2 / delta for number in numbers)), (2, True, True)

    return Fact(
        r"(iii) One hidden layer of two units for each $\delta$, with weights of at most $2/\delta$; for $\delta_n ="
        r" \bar\delta \varrho 2^{-n}$ that is $C 2^n$ with $C = 2/(\bar\delta\varrho)$. The table has the layered"
        rf" networks for $\varrho = {choices.rho}$, $\bar\delta = {choices.delta}$, with"
        rf" $C = {2 / (choices.delta * choices.rho)}$.",
        FOR_ALL,
        r"all $\delta \in (0, 1/6]$: units and weights are read off the formula, $\delta$ being a symbol",
        len(cases),
        failure(claim, cases),
        table=Table(("n", "hidden layers", "width", "largest weight"), rows),
    )


def row(selectors, choices, n):
    """Return n, and depth, width and largest weight of the layered network with δ_n."""
    b = Builder(2)
    form = layered(b.network(selectors(b, *b.inputs, choices.transition_width(n))))
    return n, form.depth, form.width, form.largest_weight
