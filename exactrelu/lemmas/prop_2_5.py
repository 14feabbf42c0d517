"""Proposition 2.5: the one-step cascade identity G_1(z) = T_{Q(z)} G(R(z)), for all masks and all continuous g."""

from exactrelu.field import mpq
from exactrelu.lemmas.expansion import (
    expanded_operator,
    expanded_product,
    generic_mask,
    outside_witness,
    patch_indices,
    point_classes,
    shown,
    window_range,
    windows,
)
from exactrelu.lemmas.matrices import MATRICES
from exactrelu.lemmas.result import FOR_ALL, WITHIN_RANGE, Fact, Statement
from exactrelu.lemmas.symbolic import along, between, failure, positive
from exactrelu.refinement.cascade import digit, residual

STATEMENT = Statement(
    "Prop. 2.5",
    "one-step cascade identity",
    r"""
Let the window $[0, L_1] \times [0, L_2]$ be preserved by $V$, let $g$ be continuous with support in it, and let $G$ and
$G_1$ be the
vectors of the patches of $g$ and $Vg$. Then

$$G_1(z) = T_{Q(z)} \, G(R(z)), \qquad z \in [0, 1]^2,$$

with the digits $Q$ and residuals $R$ of §2.2, the endpoint convention $Q_1(1) = r(1) = 1$ included. Continuity is used
where a
residual is 0 or 1 (see the findings).
""",
)

LARGEST = 3


def check(matrices=MATRICES, digit=digit, residual=residual):
    """Return the `Check`; ``matrices`` are functions (mask, lengths, q) -> T_q, ``digit`` and ``residual`` Q1 and r."""
    facts = [identity_fact(name, matrix, digit, residual) for name, matrix in matrices.items()]
    return STATEMENT.check(doubling_fact(digit, residual), *facts, all_windows_fact())


def doubling_fact(digit, residual):
    """2 t = Q1(t) + r(t), which the expansions build on."""
    (s,) = positive("s")
    cases = along((mpq(0), mpq(1, 2), mpq(1)), s)

    def claim(t):
        return (digit(t) + residual(t), digit(t) in (0, 1), 0 <= residual(t) <= 1), (2 * t, True, True)

    return Fact(
        r"$2t = Q_1(t) + r(t)$ with $Q_1(t) \in \lbrace 0, 1 \rbrace$ and $0 \leq r(t) \leq 1$.",
        FOR_ALL,
        r"all $t \in [0, 1]$, the end point $t = 1$ included",
        len(cases),
        failure(claim, cases),
    )


def identity_fact(name, matrix, digit, residual, zero_on_border=True):
    """The identity, coefficient by coefficient, at every class of points."""
    classes, doubt = point_classes(digit, residual)
    cases, witness = 0, outside_witness(classes)
    for lengths in windows(LARGEST):
        mask = generic_mask(lengths)
        for along_x in classes:
            for along_y in classes:
                product = matrix(mask, lengths, (along_x.digit, along_y.digit))
                for patch in patch_indices(lengths):
                    cases += 1
                    found = expanded_product(product, lengths, patch, along_x, along_y, zero_on_border)
                    expected = expanded_operator(lengths, patch, along_x, along_y, zero_on_border)
                    if found != expected and witness is None:
                        witness = {
                            "window": lengths, "patch": patch, "x": along_x.name, "y": along_y.name,
                            "T_Q G(R)": shown(found), "G_1": shown(expected),
                        }
    return Fact(
        rf"$G_1(z) = T_{{Q(z)}} G(R(z))$ with the matrices of the {name}.",
        WITHIN_RANGE,
        r"all masks (every coefficient a symbol), all continuous $g$, all $z \in [0, 1]^2$ (25 classes of points: four"
        " quadrants, edges and corners)",
        cases,
        witness or doubt,
        within=window_range(LARGEST),
    )


def all_windows_fact():
    """The bijection of the proof, one coordinate: k ↔ α = q + 2(a − 1) − k + 1, for windows of every size."""
    q, a, k, r = positive("q", "a", "k", "r")

    def claim(q, a, k, r):
        alpha = q + 2 * (a - 1) - k + 1
        return (q + 2 * (a - 1) - (alpha - 1), r + q + 2 * (a - 1) - k), (k, r + alpha - 1)

    cases = [{"q": q, "a": a, "k": k, "r": r}]
    places = argument_cases()
    return Fact(
        r"$\alpha = q + 2(a - 1) - k + 1$ matches the terms of both sides: the index of (2.3) is then $k$, and the"
        r" argument of $g$ is $r + \alpha - 1$, in $[0, L]$ if $1 \leq \alpha \leq L$, and otherwise not in the open"
        r" interval $(0, L)$, so that $g$ is 0 there.",
        FOR_ALL,
        r"windows of every size, all symbols free; all $r \in [0, 1]$, all integers $\alpha$",
        len(cases) + len(places),
        failure(claim, cases) or failure(argument_claim, places),
    )


def argument_cases():
    """Return cases (r, α, L): r at the ends of [0, 1] and between them, α in 1, …, L and outside."""
    s, below, above = positive("s", "below", "above")
    residuals = (0 * s, between(mpq(0), mpq(1), s), 0 * s + 1)
    cases = []
    for low in (0 * below, below):
        for high in (0 * above, above):
            # α = 1 + low and L = α + high; α = −low and L = 1 + high; α = L + 1 + low and L = 1 + high
            pairs = ((1 + low, 1 + low + high), (-low, 1 + high), (2 + high + low, 1 + high))
            cases += [{"r": r, "alpha": alpha, "length": length} for r in residuals for alpha, length in pairs]
    return cases


def argument_claim(r, alpha, length):
    """Whether r + α − 1 is in [0, L], and whether it is not in (0, L), where one of these is to be."""
    at, is_patch = r + alpha - 1, 1 <= alpha <= length
    return (0 <= at <= length if is_patch else not 0 < at < length,), (True,)
