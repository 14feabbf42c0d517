"""The one-layer gate G_a(d, y): open at deficiency 0 for every y, closed at deficiency ≥ 1 for |y| ≤ a."""

from exactrelu.construction.gate import gate, positive_gate
from exactrelu.construction.selector import deficiency
from exactrelu.field import mpq
from exactrelu.lemmas.gate_size import gate_size_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, between, failure, positive

STATEMENT = Statement(
    "One-layer gate",
    "a gate of one layer",
    r"""
Let $d = \sum_i (1 - \chi_i) \geq 0$ be the deficiency of some selectors with values in $[0, 1]$: it is 0 if all are
open, and $\geq 1$ if one is closed. The gate

$$G_a(d, y) = (y - a d)_+ - (-y - a d)_+, \qquad a > 0,$$

has one layer and $2N$ units for $y \in \mathbb{R}^N$ (half of them if $y \geq 0$ is known), where the product gadget of
Lemma 2.7 needs two layers, $2N + 1$ units, and one gadget a selector. It satisfies, componentwise,

* $G_a(0, y) = y$ for every $y$, with no bound on $y$;
* $G_a(d, y) = 0$ for $d \geq 1$ and $\lvert y \rvert \leq a$; more precisely $G_a(d, y) = 0$ exactly if $\lvert y
  \rvert \leq a d$;
* $G_a(d, 0) = 0$, and $\lvert G_a(d, y) \rvert \leq \lvert y \rvert$ with the sign of $y$, for all $d \geq 0$.
""",
)

MOST_COMPONENTS = 6


def check(gate=gate, positive_gate=positive_gate):
    """Return the `Check`; both gates are formulas of (builder, d, states, a)."""
    return STATEMENT.check(
        open_fact(gate), closed_fact(gate), between_fact(gate), positive_fact(positive_gate), deficiency_fact(),
        size_fact(gate),
    )


def value(gate, d, y, a):
    """Return the gate at one state."""
    return tuple(gate(POINTWISE, d, [y], a))


def open_fact(gate):
    """G_a(0, y) = y."""
    a, y = positive("a", "y")
    cases = [{"a": a, "y": sign * y} for sign in (1, 0, -1)]
    return Fact(
        r"$G_a(0, y) = y$.",
        FOR_ALL,
        r"all $a > 0$, all $y \in \mathbb{R}$",
        len(cases),
        failure(lambda a, y: (value(gate, 0 * a, y, a), (y,)), cases),
    )


def closed_fact(gate):
    """G_a(d, y) = 0 for d ≥ 1, |y| ≤ a."""
    a, extra, s = positive("a", "extra", "s")
    sizes = (0 * a, between(0 * a, a, s), a)
    cases = [
        {"a": a, "d": 1 + more, "y": sign * size} for more in (0 * extra, extra) for size in sizes for sign in (1, -1)
    ]
    return Fact(
        r"$G_a(d, y) = 0$ for $d \geq 1$ and $\lvert y \rvert \leq a$.",
        FOR_ALL,
        r"all $a > 0$, $d \geq 1$, $y \in [-a, a]$",
        len(cases),
        failure(lambda a, d, y: (value(gate, d, y, a), (0,)), cases),
    )


def between_fact(gate):
    """For any d ≥ 0 the gate shrinks y towards 0: by a d, and to 0 exactly if |y| ≤ a d."""
    a, d, s = positive("a", "d", "s")
    cases = []
    for gap in (0 * d, d):
        sizes = (0 * a, between(0 * a, a * gap, s), a * gap, a * gap + s)
        cases += [{"a": a, "d": gap, "y": sign * size} for sign in (1, -1) for size in sizes]

    def claim(a, d, y):
        found = value(gate, d, y, a)
        size = abs(y)
        shrunk = size - a * d if size > a * d else 0 * a
        return (*found, shrunk <= size), (shrunk if y >= 0 else -shrunk, True)

    return Fact(
        r"For every $d \geq 0$ the gate moves $y$ by $a d$ towards 0 and stops there: $G_a(d, 0) = 0$ and $\lvert"
        r" G_a(d, y) \rvert \leq \lvert y \rvert$.",
        FOR_ALL,
        r"all $a > 0$, $d \geq 0$, $y \in \mathbb{R}$",
        len(cases),
        failure(claim, cases),
    )


def positive_fact(positive_gate):
    """(y − a d)₊ is G_a(d, y) for y ≥ 0, and at most y₊ for every y."""
    a, d, s = positive("a", "d", "s")
    cases = [{"a": a, "d": gap, "y": y} for gap in (0 * d, d) for y in (-s, 0 * s, a * gap, a * gap + s)]
    cases += [{"a": a, "d": d, "y": between(0 * a, a * d, s)}]

    def claim(a, d, y):
        (found,) = value(positive_gate, d, y, a)
        limit = y if y >= 0 else 0 * a
        return (found, 0 <= found <= limit), (y - a * d if y > a * d else 0 * a, True)

    return Fact(
        r"The half gate $(y - a d)_+$ is $G_a(d, y)$ for $y \geq 0$; for every $y$ it lies between 0 and $y_+$.",
        FOR_ALL,
        r"all $a > 0$, $d \geq 0$, $y \in \mathbb{R}$",
        len(cases),
        failure(claim, cases),
    )


def deficiency_fact():
    """The deficiency of two selectors."""
    u, v = positive("u", "v")
    firsts, seconds = ((0 * w, between(mpq(0), mpq(1), w), 0 * w + 1) for w in (u, v))
    cases = [{"u": first, "v": second} for first in firsts for second in seconds]

    def claim(u, v):
        d = deficiency(u, v)
        return (d >= 0, d == 0, d >= 1 if u == 0 or v == 0 else True), (True, u == 1 and v == 1, True)

    return Fact(
        "The deficiency of two selectors is $\\geq 0$; it is 0 exactly if both are 1, and $\\geq 1$ if one of them is"
        " 0.",
        FOR_ALL,
        "all selectors with values in $[0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def size_fact(gate):
    """One layer of 2N units."""
    return gate_size_fact(
        "One layer of $2N$ units.",
        lambda b, d, states: gate(b, d, states, mpq(1)),
        lambda components: (2 * components, 1),
        MOST_COMPONENTS,
    )
