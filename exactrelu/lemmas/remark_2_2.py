"""Remark 2.2: the residual iterate R_n is affine on every dyadic square of level n, z -> 2^n z - m."""

from exactrelu.field import mpq
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import between, failure, positive
from exactrelu.refinement.cascade import residual

STATEMENT = Statement(
    "Remark 2.2",
    "residuals on dyadic squares",
    r"""
For $n \geq 1$ and $m = (m_1, m_2)$ with $0 \leq m_i \leq 2^n - 1$, let $I_{m,n}$ be the dyadic square of side $2^{-n}$
with the
lower left corner $2^{-n} m$, without its right and upper sides. On it $R_n(z) = 2^n z - m$. Both coordinates are
separate,
so that this is the statement $r^n(t) = 2^n t - m$ on $[m 2^{-n}, (m+1) 2^{-n})$ in one dimension.
""",
)


def check(residual=residual):
    """Return the `Check`; ``residual`` is the map r."""
    return STATEMENT.check(induction_step(residual), end_point(residual))


def induction_step(residual):
    """The step from n to n + 1, for every n and m: the digit of 2^n t - m is that of the half in which t lies."""
    s, scale, m = positive("s", "N", "m")

    def claim(t, scale, m, digit):
        return (residual(scale * t - m),), (2 * scale * t - (2 * m + digit),)

    cases = []
    for index in (m, 0 * m):
        for digit in (0, 1):
            low, high = ((index + mpq(digit + end, 2)) / scale for end in (0, 1))
            constant = {"scale": scale, "m": index, "digit": 0 * m + digit}
            cases += [{"t": point, **constant} for point in (low, between(low, high, s))]
    return Fact(
        r"If $r^n(t) = 2^n t - m$ on $[m 2^{-n}, (m+1) 2^{-n})$, then $r^{n+1}(t) = 2^{n+1} t - (2m + d)$ on its half"
        r" $d \in \lbrace 0, 1 \rbrace$, the right end point excluded.",
        FOR_ALL,
        r"all $n$ and $m \geq 0$ ($2^n$ and $m$ are symbols), all $t$ of the interval; $n = 0$ is trivial",
        len(cases),
        failure(claim, cases),
    )


def end_point(residual):
    """The step at t = 1, the right end of the last interval, m = 2^n − 1."""
    (m,) = positive("m")
    cases = [{"scale": last + 1, "m": last} for last in (0 * m, m)]
    return Fact(
        r"With $r(1) = 1$ the last interval, $m = 2^n - 1$, may be closed: $r(2^n - m) = 2^{n+1} - (2m + 1)$.",
        FOR_ALL,
        r"all $n$ ($m = 2^n - 1$ is a symbol), the point $t = 1$; $n = 0$ is trivial",
        len(cases),
        failure(lambda scale, m: ((residual(scale - m),), (2 * scale - (2 * m + 1),)), cases),
    )
