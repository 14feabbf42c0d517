"""Corollary 3.2: F^n(E(t)) = E(r^n(t)) for every n, by induction from Proposition 3.1."""

from exactrelu.construction.loop import controller
from exactrelu.field import mpq
from exactrelu.lemmas.prop_3_1 import controller_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import along, failure, positive
from exactrelu.refinement.cascade import residual

STATEMENT = Statement(
    "Cor. 3.2",
    "transport of the loop state",
    r"""
For every $n \geq 0$ and $t \in [0, 1]$: $F^n(E(t)) = E(r^n(t))$. The case $n = 0$ is trivial, and the step from $n$ to
$n + 1$ is Prop. 3.1 at the point $r^n(t) \in [0, 1]$.
""",
)


def check(F=controller):
    """Return the `Check`; ``F`` is the controller, a formula of (builder, p, q)."""
    step = controller_fact("the step", F)._replace(
        claim=r"The step: $F(E(u)) = E(r(u))$ for $u = r^n(t)$; together with $r(u) \in [0, 1]$ it gives all $n$.",
        scope=r"all $n$, all $u \in [0, 1]$",
    )
    return STATEMENT.check(step, range_fact())


def range_fact():
    """r maps [0, 1] into [0, 1]."""
    (s,) = positive("s")
    cases = along((mpq(0), mpq(1, 2), mpq(1)), s)
    return Fact(
        r"$0 \leq r(u) \leq 1$ for $0 \leq u \leq 1$.",
        FOR_ALL,
        r"all $u \in [0, 1]$",
        len(cases),
        failure(lambda t: ((0 <= residual(t) <= 1,), (True,)), cases),
    )
