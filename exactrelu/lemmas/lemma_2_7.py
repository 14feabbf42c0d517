"""Lemma 2.7: the product gadget Π_a(λ, y), its three identities and its size."""

from itertools import pairwise

from exactrelu.construction.gate import product_gadget
from exactrelu.field import mpq
from exactrelu.lemmas.gate_size import gate_size_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, between, failure, positive

STATEMENT = Statement(
    "Lemma 2.7",
    "product gadget",
    r"""
For $a > 0$, $\lambda \in [0, 1]$ and $y \in \mathbb{R}^N$ let, componentwise,

$$\Pi_a(\lambda, y) = -(\lambda a - y)_+ - \bigl((1 - \lambda) a - (-y)_+\bigr)_+ + a .$$

Then $\Pi_a$ is a network of width $2N + 1$ and depth 2, and for $y \in [-a, a]^N$ and $\lambda \in [0, 1]$

$$\Pi_a(1, y) = y, \qquad \Pi_a(0, y) = 0, \qquad \Pi_a(\lambda, 0) = 0.$$
""",
)

MOST_COMPONENTS = 8


def check(gadget=product_gadget):
    """Return the `Check`; ``gadget`` is a formula of (builder, λ, states, a)."""
    return STATEMENT.check(open_fact(gadget), closed_fact(gadget), zero_fact(gadget), size_fact(gadget))


def _value(gadget, selector, y, a):
    return tuple(gadget(POINTWISE, selector, [y], a))


def _range():
    """Return a > 0 and y at and between the knots −a, 0, a, as cases."""
    a, s = positive("a", "s")
    knots = (-a, 0 * a, a)
    return [{"a": a, "y": y} for y in (*knots, *(between(u, v, s) for u, v in pairwise(knots)))]


def open_fact(gadget):
    """Π_a(1, y) = y for |y| ≤ a, and min(y, a) beyond."""
    cases = _range()
    a, s = positive("a", "s")
    outside = [{"a": a, "y": -a - s}, {"a": a, "y": a + s}]
    return Fact(
        r"$\Pi_a(1, y) = y$ for $-a \leq y \leq a$; for all other $y$ it is $\min(y, a)$.",
        FOR_ALL,
        r"all $a > 0$, all $y \in \mathbb{R}$",
        len(cases) + len(outside),
        failure(lambda a, y: (_value(gadget, 1 + 0 * a, y, a), (min(y, a),)), cases + outside),
    )


def closed_fact(gadget):
    """Π_a(0, y) = 0 for |y| ≤ a, and min(0, a + y) beyond."""
    cases = _range()
    a, s = positive("a", "s")
    outside = [{"a": a, "y": -a - s}, {"a": a, "y": a + s}]

    def claim(a, y):
        return _value(gadget, 0 * a, y, a), (0 * a if a + y >= 0 else a + y,)

    return Fact(
        r"$\Pi_a(0, y) = 0$ for $-a \leq y \leq a$; for all other $y$ it is $\min(0, a + y)$.",
        FOR_ALL,
        r"all $a > 0$, all $y \in \mathbb{R}$",
        len(cases) + len(outside),
        failure(claim, cases + outside),
    )


def zero_fact(gadget):
    """Π_a(λ, 0) = 0 for λ in [0, 1], in the limit y → 0 too, where the gadget has its units."""
    a, s = positive("a", "s")
    zero = 0 * a
    cases = [{"a": a, "selector": selector} for selector in (zero, between(mpq(0), mpq(1), s), zero + 1)]

    def claim(a, selector):
        b = POINTWISE
        units = a - b.relu(selector * a) - b.relu((1 - selector) * a - b.relu(0 * a))
        return (*_value(gadget, selector, 0 * a, a), units), (0, 0)

    return Fact(
        r"$\Pi_a(\lambda, 0) = 0$.",
        FOR_ALL,
        r"all $a > 0$, all $\lambda \in [0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def size_fact(gadget):
    """The layered network of Π_a has width 2N + 1 and depth 2."""

    def gated(b, selector, states):
        # λ = λ₊ is read off one unit of the first layer; with y₊ and (−y)₊ these are 2N + 1
        return gadget(b, b.relu(selector), states, mpq(1))

    sentence = r"Width $2N + 1$ and depth 2, with $\lambda_+$ for $\lambda$, which is the same on $[0, 1]$."
    return gate_size_fact(sentence, gated, lambda components: (2 * components + 1, 2), MOST_COMPONENTS)
