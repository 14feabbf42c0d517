"""The seam gates of one-pass: an inclusion-exclusion sum of gates that picks a value that is right somewhere."""

from collections import Counter
from itertools import combinations, product

from exactrelu.construction.loop import embedding
from exactrelu.construction.one_pass import SEAM, SHIFTS, seam_bump
from exactrelu.field import mpq
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.result import FOR_ALL, WITHIN_RANGE, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, along, between, failure, positive
from exactrelu.refinement.cascade import residual

STATEMENT = Statement(
    "Seam gates",
    "the closing sum of one-pass",
    r"""
Let $y_0, y_1, y_2$ be values with $\lvert y_s \rvert \leq a$ and $D_s \geq 0$ deficiencies, such that $y_s = v$
wherever $D_s < 1$, and some $D_i$ is 0. With the one-layer gate $G = G_a$

$$v = - \sum_{\emptyset \neq A \subseteq \lbrace 0, 1, 2 \rbrace} (-1)^{\lvert A \rvert} \, G\Bigl( \sum_{s \in
A} D_s, \ y_{\min A} \Bigr) .$$

For $D_i = 0$ the terms $A$ and $A \cup \lbrace i \rbrace$ cancel: their deficiencies are equal, and their values too,
unless a class with a wrong value is in $A$, and then both gates are closed. What is left is $A = \lbrace i \rbrace$,
the open gate on $v$.

In `one-pass` there are three cascades, with dyadic grids moved by $s = 1/3, 2/3, 0$ cells, and $D_s$ is the
sum of two bumps on the loops: $\geq 1$ for a terminal residual in $[0, 1/12]$ or $[11/12, 1]$, 0 for one in $[1/6,
5/6]$. Bad orbits end where it is $\geq 1$ (Lemma 4.1 with $\delta_n = 2^{-n}/12$); in each coordinate at most one of
the three bumps is not 0. So $D_s = 0$ for some $s$ at every point.
""",
)

CLASSES = len(SHIFTS)
"""The number of cascades of one-pass."""

LONGEST = 3


def subset_sum(m):
    """Return the terms [(sign, A, min A)] of the sum, as `one_pass.closing_program` has them."""
    return [
        (1 if size % 2 else -1, chosen, chosen[0])
        for size in range(1, m + 1)
        for chosen in combinations(range(m), size)
    ]


def check(terms=subset_sum, bump=seam_bump, shifts=SHIFTS):
    """Return the `Check`; ``terms`` lists the sum, ``bump`` is a formula of (builder, p, q)."""
    return STATEMENT.check(
        identity_fact(terms), bump_fact(bump), disjoint_fact(bump, shifts), localization_fact(), outside_fact(bump)
    )


def identity_fact(terms):
    """Every class open (D = 0), half open (0 < D < 1, right value) or closed (D ≥ 1, any value), one at least open."""
    cases, witness = 0, None
    for states in product(("open", "half open", "closed"), repeat=CLASSES):
        if "open" not in states:
            continue
        cases += 1
        total = Counter()
        for sign, chosen, read in terms(CLASSES):
            if any(states[s] == "closed" for s in chosen):
                continue  # the gate is closed, whatever its value
            # one symbol for each set of half-open classes, whose deficiencies add up, and value that is gated
            half_open = tuple(s for s in chosen if states[s] == "half open")
            total[half_open, f"y_{read}" if states[read] == "closed" else "v"] += sign
        left = {term: count for term, count in total.items() if count}
        if left != {((), "v"): 1} and witness is None:
            witness = {"classes": states, "what is left": str(sorted(left.items()))}
    return Fact(
        r"The sum is $v$, as a sum of symbols $G(\sum_{s \in A} D_s, v)$.",
        FOR_ALL,
        "all values and deficiencies as assumed: each class open, half open or closed, one at least open",
        cases,
        witness,
    )


def bump_fact(bump):
    """The bump on the loop: its formula on the thirds, ≥ 1 within SEAM of the seam, 0 from 2 SEAM on."""
    (s,) = positive("s")
    knots = (mpq(0), SEAM, 2 * SEAM, mpq(1, 3), mpq(2, 3), 1 - 2 * SEAM, 1 - SEAM, mpq(1))
    cases = along(knots, s)

    def claim(t):
        found = bump(POINTWISE, *printed_embedding(t))
        near = t <= SEAM or t >= 1 - SEAM
        away = t >= 2 * SEAM and t <= 1 - 2 * SEAM
        return (found >= 0, found >= 1 if near else True, found == 0 if away else True), (True, True, True)

    return Fact(
        r"The bump is $\geq 0$, $\geq 1$ for $t \in [0, 1/12] \cup [11/12, 1]$, and 0 for $t \in [1/6, 5/6]$.",
        FOR_ALL,
        r"all $t \in [0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def disjoint_fact(bump, shifts):
    """On the circle, at most one of the bumps of the moved grids is not 0."""
    (s,) = positive("s")
    knots = {mpq(0), mpq(1)}
    for shift in shifts:
        knots |= {(knot - shift) % 1 for knot in (mpq(0), 2 * SEAM, mpq(1, 3), mpq(2, 3), 1 - 2 * SEAM)}
    cases = along(knots, s)

    def claim(t):
        moved = [t + shift if t + shift <= 1 else t + shift - 1 for shift in shifts]
        spoilt = sum(bump(POINTWISE, *printed_embedding(u)) != 0 for u in moved)
        return (spoilt <= 1,), (True,)

    return Fact(
        r"At every $t$ at most one of the bumps of the grids moved by $1/3$, $2/3$ and 0 is not 0; so in the plane at"
        r" most two of three classes are spoilt, one for each coordinate.",
        FOR_ALL,
        r"all $t$ of the circle",
        len(cases),
        failure(claim, cases),
    )


def localization_fact():
    """What enters a transition set, of a digit or of a cell, ends in [0, SEAM]."""
    s, power, extra = positive("s", "power", "extra")
    cases = []
    for later in (0 * extra, extra):
        power_n = 1 + power  # 2^n ≥ 1
        delta = SEAM / power_n
        power_j = 1 + later  # 2^j with j = 0 for the cell selectors, j ≥ 1 for the digits of stage j
        for t in (0 * s, between(0 * s, delta, s), delta):
            cases.append({"t": t, "power_n": power_n, "power_j": power_j})

    def claim(t, power_n, power_j):
        # Lemma 4.1: after the transition at stage j the residual doubles until stage n
        return (power_n / power_j * t <= SEAM / power_j, SEAM / power_j <= SEAM), (True, True)

    doubling = [{"t": between(mpq(0), SEAM, s)}]

    def doubles(t):
        return (residual(t),), (2 * t,)

    return Fact(
        r"With $\delta_n = 2^{-n}/12$: a residual that enters $[0, \delta_n]$ after stage $j$ (for $j = 0$: an input"
        r" in $[i, i + \delta_n]$ of a cell) is at most $2^{n-j} \delta_n \leq 1/12$ at stage $n$.",
        FOR_ALL,
        r"all $0 \leq j \leq n$ (their powers of 2 are symbols), all residuals",
        len(cases) + len(doubling),
        failure(claim, cases) or failure(doubles, doubling),
    )


def outside_fact(bump):
    """Outside of the window the embedding is (0, 0), where the bump is ≥ 1: the class is closed."""
    s, n = positive("s", "n")
    cases = [{"t": t, "length": length + 0 * n} for length in range(1, LONGEST + 1) for t in (-s, length + s)]

    def claim(t, length):
        point = embedding(POINTWISE, t, int(length.number()))
        return (*point, bump(POINTWISE, *point) >= 1), (0, 0, True)

    return Fact(
        r"Outside of its window the loop state of a class is $(0, 0)$, and its bump is $\geq 1$.",
        WITHIN_RANGE,
        r"all $t < 0$ and $t > L$",
        len(cases),
        failure(claim, cases),
        within={"L": (1, LONGEST)},
    )
