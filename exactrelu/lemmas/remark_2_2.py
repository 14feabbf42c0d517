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

LEVELS = 6


def check(residual=residual):
    """Return the `Check`; ``residual`` is the map r."""
    return STATEMENT.check(induction_step(residual), small_levels(residual))


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


def small_levels(residual):
    """The identity itself on every dyadic interval of the first levels, and the end point t = 1."""
    (s,) = positive("s")

    def claim(t, n, m):
        value = t
        for _ in range(int(n.number())):
            value = residual(value)
        return (value,), (2 ** int(n.number()) * t - m,)

    zero = 0 * s
    cases = []
    for n in range(1, LEVELS + 1):
        for m in range(2**n):
            low, high = mpq(m, 2**n), mpq(m + 1, 2**n)
            points = [low + zero, between(low, high, s)] + ([zero + 1] if high == 1 else [])
            cases += [{"t": t, "n": zero + n, "m": zero + m} for t in points]
    return Fact(
        r"$r^n(t) = 2^n t - m$ on every dyadic interval of level $n$. With $r(1) = 1$ the last one may be closed.",
        FOR_ALL,
        rf"$1 \leq n \leq {LEVELS}$, all intervals, all $t$ in $[0, 1]$",
        len(cases),
        failure(claim, cases),
    )
