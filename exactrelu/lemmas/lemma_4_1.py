"""Lemma 4.1: boundary localization, what enters the transition set ends in the layer [0, ϱ) where H vanishes."""

from exactrelu.construction.choices import Choices
from exactrelu.field import mpq
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import Exponent, between, failure, positive
from exactrelu.refinement.cascade import residual

STATEMENT = Statement(
    "Lemma 4.1",
    "boundary localization",
    r"""
Let $\delta_n = \bar\delta \varrho 2^{-n}$ and $J_n = [0, \delta_n] \cup [1/2, 1/2 + \delta_n]$. If $r^{j-1}(x) \in J_n$
or $r^{j-1}(y) \in J_n$ for some
$1 \leq j \leq n$, then $H(R_n(x, y)) = 0$ for every special atom $H$.

The steps, for one coordinate: $r$ maps $J_n$ into $[0, 2\delta_n]$; as long as $w < 1/2$ it maps $[0, w]$ into $[0,
2w]$; so
$r^n \in [0, 2^{n-j+1} \delta_n]$, and $2^{n-j+1} \delta_n = \bar\delta \varrho 2^{1-j} \leq \bar\delta \varrho <
\varrho < 1/2$.
""",
)


def check(residual=residual, width=Choices.transition_width):
    """Return the `Check`; ``residual`` is r, ``width`` the project's δ_n as a function of its choices and n."""
    return STATEMENT.check(enter_fact(residual), double_fact(residual), width_fact(), project_width_fact(width))


def enter_fact(residual):
    """r maps both parts of J_n into [0, 2 δ_n]."""
    s, w = positive("s", "w")
    delta = between(mpq(0), mpq(1, 4), w)  # δ_n ≤ δ̄ ϱ / 2 < 1/4
    half = mpq(1, 2)
    points = [start + offset for start in (0 * w, half + 0 * w) for offset in (0 * w, between(0 * w, delta, s), delta)]
    cases = [{"t": t, "delta": delta} for t in points]
    return Fact(
        r"If $t \in J_n$ then $r(t) \in [0, 2 \delta_n]$.",
        FOR_ALL,
        r"all $\delta_n \in (0, 1/4)$, all $t \in J_n$",
        len(cases),
        failure(lambda t, delta: ((0 <= residual(t) <= 2 * delta,), (True,)), cases),
    )


def double_fact(residual):
    """r maps [0, w] into [0, 2 w] while w < 1/2."""
    s, v = positive("s", "v")
    w = between(mpq(0), mpq(1, 2), v)
    cases = [{"t": t, "w": w} for t in (0 * w, between(0 * w, w, s), w)]
    return Fact(
        r"If $0 \leq t \leq w < 1/2$ then $r(t) = 2t \in [0, 2w]$.",
        FOR_ALL,
        r"all $w \in (0, 1/2)$, all $t$",
        len(cases),
        failure(lambda t, w: ((residual(t), residual(t) <= 2 * w), (2 * t, True)), cases),
    )


def width_fact():
    """The widths 2^(i−j+1) δ_n for i = j, …, n are below ϱ, with N = 2^n and J = 2^j, I = 2^i as symbols."""
    bar, rho, n, i, j = positive("bar", "rho", "n", "i", "j")
    # 2^j = 2 + j' with j' ≥ 0 (j ≥ 1), 2^i = 2^j (1 + i'), 2^n = 2^i (1 + n'), so that j ≤ i ≤ n
    cases = []
    for extra_j in (0 * j, j):
        for extra_i in (0 * i, i):
            for extra_n in (0 * n, n):
                power_j = 2 + extra_j
                power_i = power_j * (1 + extra_i)
                power_n = power_i * (1 + extra_n)
                cases.append({
                    "bar": between(mpq(0), mpq(1), bar), "rho": between(mpq(0), mpq(1, 2), rho),
                    "power_n": power_n, "power_i": power_i, "power_j": power_j,
                })

    def claim(bar, rho, power_n, power_i, power_j):
        delta = bar * rho / power_n
        w = 2 * power_i / power_j * delta
        end = 2 * power_n / power_j * delta
        return (w < rho, w < mpq(1, 2), end, end <= bar * rho), (True, True, 2 * bar * rho / power_j, True)

    return Fact(
        r"For $i = j, \ldots, n$ the layer $[0, 2^{i-j+1} \delta_n]$ is narrower than $\varrho < 1/2$; the last one"
        r" has the width"
        r" $2^{n-j+1} \delta_n = \bar\delta \varrho 2^{1-j} \leq \bar\delta \varrho$.",
        FOR_ALL,
        r"all $1 \leq j \leq i \leq n$ (their powers of 2 are symbols), all $0 < \bar\delta < 1$, $0 < \varrho < 1/2$",
        len(cases),
        failure(claim, cases),
    )


def project_width_fact(width):
    """The project's δ_n has 2^n δ_n < ϱ, which is all that the argument needs."""
    bar, rho, power = positive("bar", "rho", "power")
    cases = [
        {"bar": between(mpq(0), mpq(1), bar), "rho": between(mpq(0), mpq(1, 2), rho), "power": 2 + extra}
        for extra in (0 * power, power)
    ]

    def claim(bar, rho, power):
        choices = Choices(rho=rho, epsilon=rho / 2, delta=bar)
        end = power * width(choices, Exponent(power))
        return (0 < end, end < rho), (True, True)

    return Fact(
        r"The project's $\delta_n$ satisfies $0 < 2^n \delta_n < \varrho$.",
        FOR_ALL,
        r"all $n \geq 1$ ($2^n \geq 2$ is a symbol), all $0 < \bar\delta < 1$, $0 < \varrho < 1/2$",
        len(cases),
        failure(claim, cases),
    )
