"""The integer part of the input as one more digit: cell selectors, and the embedding that is periodic on the window."""

from itertools import pairwise

from exactrelu.construction.loop import embedding
from exactrelu.construction.selector import cell_selectors
from exactrelu.field import mpq
from exactrelu.lemmas.loop_spec import SIXTHS, printed_embedding
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, along, between, failure, positive

STATEMENT = Statement(
    "Cells",
    "cell selectors and the periodic embedding",
    r"""
`compact` and `one-pass` use one controller for the whole window instead of one for each patch (Lemma 4.4). The
embedding is $E(t \bmod 1)$ on $[0, L]$ and $(0, 0)$ outside, one layer of $3L + 1$ units. The cell $[i, i + 1]$ of $t$
is selected by $\sigma_i = r_i - r_{i+1}$ with the ramps $r_i(t) = \min(1, ((t - i)/\delta)_+)$, where the last ramp may
start earlier than at $L$, at some $e \in (L - 1, L]$:

* $0 \leq \sigma_i \leq 1$, $\sigma_i = 1$ on $[i + \delta, i + 1]$ and $0$ outside $[i, i + 1 + \delta]$ (with $e$ for
  $L$ in the last cell);
* $\sum_i \sigma_i = r_0 - r_L$: outside $[0, L + \delta]$ no cell is selected.

A coordinate in $[i, i + \delta]$, where two selectors are neither 0 nor 1, is like one in the transition set of a
digit: its residual $R_n$ lies in $[0, 2^n \delta]$.
""",
)

LONGEST = 4


def check(selectors=cell_selectors, embed=embedding):
    """Return the `Check`; ``selectors`` is a formula of (builder, t, length, δ, end), ``embed`` of its first three."""
    return STATEMENT.check(selectors_fact(selectors), embedding_fact(embed))


def selectors_fact(selectors):
    """All selectors at and between all their knots, with δ < 1/2 and the end e free in (L − 1 + δ, L]."""
    s, w, v = positive("s", "w", "v")
    zero = 0 * s
    cases = []
    for length in range(1, LONGEST + 1):
        delta = between(mpq(0), mpq(1, 2), w)
        for end in (length + zero, between(length - 1 + delta, mpq(length), v)):
            knots = [zero + i for i in range(length)] + [i + delta for i in range(length)] + [end, end + delta]
            knots = [zero - 1, *knots, zero + length + 2]
            cases += along(knots, s, delta=delta, length=zero + length, end=end)

    def claim(t, delta, length, end):
        count = int(length.number())
        found = selectors(POINTWISE, t, count, delta, end)
        starts = [*range(count), end]
        expected = []
        for i, (start, stop) in enumerate(pairwise(starts)):
            sure = t >= start + delta and t <= stop
            none = t <= start or t >= stop + delta
            expected.append((1, True) if sure else (0, True) if none else (found[i], 0 <= found[i] <= 1))
        outside = t <= 0 or t >= end + delta
        pairs = tuple((value, True) for value in found)
        return (pairs, sum(found) == 0 if outside else True), (tuple(expected), True)

    return Fact(
        r"The selectors are 1, 0 and in $[0, 1]$ where they are to be.",
        WITHIN_RANGE,
        r"all $\delta \in (0, 1/2)$, $e = L$ and all $e \in (L - 1 + \delta, L)$, all $t \in \mathbb{R}$ (beyond the"
        " outer knots nothing changes)",
        len(cases),
        failure(claim, cases),
        within={"L": (1, LONGEST)},
    )


def embedding_fact(embed):
    """E is periodic on the window and (0, 0) outside."""
    (s,) = positive("s")
    cases = []
    for length in range(1, LONGEST + 1):
        knots = [whole + sixth for whole in range(length) for sixth in SIXTHS[:-1]] + [mpq(length)]
        cases += along([mpq(-1), *knots, mpq(length + 1)], s, length=0 * s + length)

    def claim(t, length):
        count = int(length.number())
        whole = next((i for i in range(count) if i <= t <= i + 1), None)
        expected = (0, 0) if whole is None else printed_embedding(t - whole)
        return embed(POINTWISE, t, count), expected

    return Fact(
        r"The network formula is $E(t \bmod 1)$ on $[0, L]$ and $(0, 0)$ outside.",
        WITHIN_RANGE,
        r"all $t \in \mathbb{R}$ (beyond the outer knots nothing changes)",
        len(cases),
        failure(claim, cases),
        within={"L": (1, LONGEST)},
    )
