"""(2.2): the window is preserved by V if and only if it holds every mask index."""

from itertools import product

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.lemmas.expansion import window_range, windows
from exactrelu.lemmas.instances import unit_pyramid
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.lemmas.symbolic import between, failure, positive
from exactrelu.refinement.operator import apply_operator
from exactrelu.scheme import Problem, Seed

STATEMENT = Statement(
    "(2.2)",
    "the support window",
    r"""
The window $[0, L_1] \times [0, L_2]$ is preserved by $V$ (the support of $Vf$ lies in it whenever that of $f$ does) if
and only if
every mask index $k$ with $c_k \neq 0$ satisfies $0 \leq k_i \leq L_i$.

*If*: $f(2z - k)$ has its support in $(\mathrm{supp}\ f + k) / 2$. *Only if*: let $k_1 < 0$ or $k_1 > L_1$ (the
other coordinate is alike).
For $f$ positive inside the first, or the last, unit square of the window and zero outside it, the functions $f(2z - k)$
of
different indices live on different squares, so that nothing cancels, and one of them leaves the window.
""",
)

LARGEST = 3


def accepts(mask, lengths):
    """Return whether the project's `Problem` takes the window [0, L1] × [0, L2] for this mask."""
    pyramid = unit_pyramid(0, 0)
    seed = Seed(pyramid.vertices, pyramid.triangles, pyramid.values)
    try:
        Problem("window", mask, tuple((0, length) for length in lengths), seed)
    except InputError as error:
        if "not preserved" not in str(error):
            raise
        return False
    return True


def check(accepts=accepts):
    """Return the `Check`; ``accepts`` is the window test, a function (mask, lengths) -> bool."""
    return STATEMENT.check(sufficient_fact(), necessary_fact(), test_fact(accepts))


def sufficient_fact():
    """0 ≤ k ≤ L and 0 ≤ x ≤ L imply 0 ≤ (x + k)/2 ≤ L."""
    length, s, t = positive("length", "s", "t")
    sides = [[0 * s, between(0, length, variable), length] for variable in (s, t)]
    cases = [{"x": x, "k": k, "length": length} for x in sides[0] for k in sides[1]]
    return Fact(
        r"If $0 \leq k \leq L$ then $x \in [0, L]$ implies $(x + k)/2 \in [0, L]$.",
        FOR_ALL,
        "all $L$, $k$ and $x$, the ends included",
        len(cases),
        failure(lambda x, k, length: ((0 <= (x + k) / 2 <= length,), (True,)), cases),
    )


def necessary_fact():
    """An index outside moves the first or the last unit square out; different indices give disjoint squares."""
    below, above, length, k, gap = positive("below", "above", "length", "k", "gap")

    def claim(below, above, length, k, gap):
        first = (0 - below) / 2
        last = (length + (length + above)) / 2
        following = k + 1 + gap  # a larger integer, or the next one where the gap is 0
        return (first < 0, last > length, following / 2 >= (k + 1) / 2), (True, True, True)

    cases = [
        {"below": below, "above": above, "length": length, "k": sign * k, "gap": more}
        for sign in (1, 0, -1) for more in (0 * gap, gap)
    ]
    return Fact(
        r"For $k < 0$ the image $([0, 1] + k)/2$ of the first unit interval starts below 0; for $k > L$ the image"
        r" $([L-1, L] + k)/2$ of"
        r" the last one ends above $L$; images for different integers $k$ have disjoint interiors.",
        FOR_ALL,
        "all $L$ and $k$",
        len(cases),
        failure(claim, cases),
    )


def test_fact(accepts):
    """The project's test against the operator itself, for every single index in and around the window."""
    cases, witness = 0, None
    for lengths in windows(LARGEST):
        corners = list(product(*((0, length - 1) for length in lengths)))
        for index in product(*(range(-2, length + 3) for length in lengths)):
            cases += 1
            images = [apply_operator({index: mpq(1)}, unit_pyramid(*corner)).support_box() for corner in corners]
            preserved = all(
                0 <= low and high <= length
                for image in images
                for (low, high), length in zip(image, lengths, strict=True)
            )
            if accepts({index: mpq(1)}, lengths) != preserved and witness is None:
                witness = {"window": lengths, "index": index, "preserved": preserved}
    return Fact(
        "The test with which a problem file is accepted agrees with the operator applied to hats on the corner"
        " squares.",
        INSTANCES,
        "each index within distance 2 of the window",
        cases,
        witness,
        within=window_range(LARGEST),
    )
