"""Loops for any dilation: hats about the parts of a circle, thresholds that tell digits, multiplication by M."""

from math import gcd

from exactrelu.construction import hats
from exactrelu.construction.hats import Loop, hat
from exactrelu.construction.slots import chosen_shifts
from exactrelu.field import mpq
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement

STATEMENT = Statement(
    "Loops",
    "one loop a coordinate, for any dilation and number of classes",
    r"""
In place of the triangle of §3, which is the loop of the dilation 2, a coordinate with the dilation $M \geq 2$ has the
loop $t \mapsto (h_0, \dots, h_{N-1})(t)$ of the hats of period 1 about the parts $c/N$, with $N > M$ prime to $M$. Its
*thresholds* $\theta_{s,k}$, affine in the hats, tell in the grid that is moved by $s/N$ whether the digit of
$r = t + s/N \bmod 1$ is at least $k$: they are negative for $0 < r < k/M$ and positive for $k/M < r < 1$, and at
distance $\delta$ from the ends at least $\min(1, N \delta)$ in absolute value. The positive parts of all thresholds,
$(M - 1) N$ units of one layer, give the hats at $M t$ as combinations.

In $\mathbb{R}^d$ there are $d + 1$ classes. In coordinate $i$, of the dilation $M_i$, their grids are moved by
different multiples of $1/N_i$, so that the strips about the seams of two of them, of half the width $1/(2N_i)$, are
disjoint there. The $N_i$ are chosen such that multiplication by the $M_i$ permutes the $d + 1$ shifts, in cycles of the
same lengths in all coordinates: this is so with one cycle if $M_i$ has the order $d + 1$ modulo $N_i$, as for $N_i =
M_i^{d+1} - 1$, and for $d = 2$ with $N_i = M_i + 1$ and the shifts $0, \pm 1$. Then all levels have the same grids. So
one coordinate spoils at most one class, $d$ coordinates spoil $d$ of them, and one is good at every point. Fewer than
$d + 1$ classes of this kind are never enough: where a class is good, the row of its cascade is locally constant, so
that its good points fall into uniformly bounded pieces with gaps between them, and $d$ families of such sets do not
cover $\mathbb{R}^d$ (Lebesgue's covering theorem).
""",
)

LARGEST = 12
"""The largest dilation that is looked at."""

DIMENSIONS = 4
"""The largest number of coordinates that is looked at."""


def check(threshold=hats.threshold_values, multiplication=hats.multiplication, shifts=chosen_shifts):
    """Return the `Check`; the arguments are those functions of `exactrelu.construction` that are under check."""
    return STATEMENT.check(threshold_fact(threshold), multiplication_fact(threshold, multiplication),
                           classes_fact(shifts))


def loops():
    """Return the loops with as few parts as can be, for one coordinate."""
    return [Loop(*chosen_shifts((M,))[0], M) for M in range(2, LARGEST + 1)]


def combined(values, loop, t):
    """Return the combination of the hats at t with these values at the parts."""
    return sum(value * height for value, height in zip(values, loop.hats_at(t), strict=True))


def threshold_fact(threshold):
    """Signs and sizes at all knots of θ and of the bound, the multiples of 1/(2 M N): both sides are affine between."""
    cases, witness = 0, None
    for loop in loops():
        N, M = loop
        for s, k in loop.thresholds:
            values = threshold(loop, s, k)
            for m in range(2 * M * N):
                r = mpq(m, 2 * M * N)
                found = combined(values, loop, r - mpq(s, N))
                side = (r > mpq(k, M)) - (r < mpq(k, M))
                least = min(mpq(1), N * min(r, 1 - r, abs(r - mpq(k, M))))
                cases += 1
                if side * found < least and witness is None:
                    witness = {"M": M, "s": s, "k": k, "r": r, "threshold": found}
    return Fact(
        r"$\theta_{s,k} \leq -\min(1, N \rho)$ for $0 \leq r \leq k/M$ and $\theta_{s,k} \geq \min(1, N \rho)$ for"
        r" $k/M \leq r \leq 1$, with the distance $\rho$ of $r$ to $0, k/M, 1$.",
        WITHIN_RANGE,
        r"all $t$, all $s$ and $k$; least $N$",
        cases,
        witness,
        within={"M": (2, LARGEST)},
    )


def multiplication_fact(threshold, multiplication):
    """The hats at M t at all knots of both sides, the multiples of 1/(M N)."""
    cases, witness = 0, None
    for loop in loops():
        N, M = loop
        rows, tables = multiplication(loop, ()), [threshold(loop, s, k) for s, k in loop.thresholds]
        for m in range(M * N):
            t = mpq(m, M * N)
            parts = [max(mpq(0), combined(values, loop, t)) for values in tables]
            for c, (on_parts, on_hats) in enumerate(rows):
                found = combined(on_hats, loop, t) + sum(w * part for w, part in zip(on_parts, parts, strict=True))
                cases += 1
                if found != hat(N, c, M * t) and witness is None:
                    witness = {"M": M, "c": c, "t": t, "hat at M t": hat(N, c, M * t), "found": found}
    return Fact(
        r"$h_c(Mt) = \sum_{s,k} \alpha_{s,k} (\theta_{s,k}(t))_+ + \sum_b \beta_b h_b(t)$ with the weights of the"
        r" project.",
        WITHIN_RANGE,
        r"all $t$, all $c$; least $N$",
        cases,
        witness,
        within={"M": (2, LARGEST)},
    )


def classes_fact(shifts):
    """The d + 1 shifts and where they go, in every coordinate."""
    cases, witness = 0, None
    for d in range(1, DIMENSIONS + 1):
        for factors in [(M,) * d for M in range(2, 6)] + [tuple(2 + (i + j) % 4 for i in range(d)) for j in range(4)]:
            parts, chosen = shifts(factors)
            images = {tuple(M * s % N for M, s, N in zip(factors, shift, parts, strict=True)) for shift in chosen}
            cases += d
            apart = all(len({shift[i] for shift in chosen}) == d + 1 for i in range(d))
            prime = all(gcd(M, N) == 1 for M, N in zip(factors, parts, strict=True))
            if not (apart and prime and images == set(chosen)) and witness is None:
                witness = {"dilations": str(factors), "parts": str(parts), "shifts": str(chosen)}
    return Fact(
        r"The grids of the $d + 1$ classes are moved by different multiples of $1/N_i$ in each coordinate, $N_i$ is"
        r" prime to $M_i$, and multiplication by the $M_i$ permutes these shifts.",
        WITHIN_RANGE,
        r"all levels, for equal dilations and for some that differ",
        cases,
        witness,
        within={"d": (1, DIMENSIONS), "M_i": (2, 5)},
    )
