"""Lemma 5.3: translation covariance, V^n g(· − δ) = (V^n g)(· − 2^{−n} δ)."""

from exactrelu.cpwl.overlay import find_difference
from exactrelu.field import mpq
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.lemmas.symbolic import failure, positive
from exactrelu.refinement.mask import iterated_mask
from exactrelu.refinement.operator import apply_operator
from exactrelu.scheme import builtin_masks, builtin_seeds

STATEMENT = Statement(
    "Lemma 5.3",
    "translation covariance",
    r"""
For $\delta \in \mathbb{R}^2$ and $g_\delta(z) = g(z - \delta)$: $V^n g_\delta(z) = (V^n g)(z - 2^{-n} \delta)$, for
every $n \geq 1$ and every $z$.
With $V^n g(z) = \sum_k c^{(n)}_k g(2^n z - k)$ both sides have the same coefficients, and the same arguments
$2^n z - k - \delta = 2^n (z - 2^{-n} \delta) - k$.
""",
)

MASKS = ("courant_M111", "bspline_tensor_2", "random_rational_3x2")
SHIFTS = ((mpq(1, 3), mpq(-2, 7)), (mpq(5, 2), mpq(1)))


def printed_factor(n):
    """Return 2^{−n}."""
    return mpq(1, 2**n)


def check(factor=printed_factor, masks=MASKS):
    """Return the `Check`; ``factor`` is n -> the factor 2^{−n} of the shift."""
    return STATEMENT.check(arguments_fact(), iteration_fact(masks), functions_fact(factor, masks))


def arguments_fact():
    """The arguments of g agree, with 2^n a symbol; and the induction step of V^n g = Σ c^(n)_k g(2^n z − k)."""
    z, scale, k, j, delta = positive("z", "N", "k", "j", "delta")

    def claim(z, scale, k, j, delta):
        moved = scale * (z - delta / scale) - k
        # V (V^n g): the term j of V at the term k of V^n
        return (scale * z - k - delta, scale * (2 * z - j) - k), (moved, 2 * scale * z - (scale * j + k))

    return Fact(
        r"$2^n z - k - \delta = 2^n(z - 2^{-n}\delta) - k$, and the term $j$ of $V$ at the term $k$ of $V^n$ has the"
        r" index $2^n j + k$ of $V^{n+1}$.",
        FOR_ALL,
        r"all $n$ ($2^n$ is a symbol), $k$, $j$, $\delta$, $z$, one coordinate; identities of polynomials",
        1,
        failure(claim, [{"z": z, "scale": scale, "k": k, "j": j, "delta": delta}]),
    )


def iteration_fact(masks):
    """The project's c^(n) are those of the induction."""
    cases, witness = 0, None
    for name in masks:
        mask = builtin_masks()[name]
        for n in range(1, 4):
            expected = {}
            for (i1, i2), inner in iterated_mask(mask, n - 1).items():
                for (j1, j2), outer in mask.items():
                    index = (2 ** (n - 1) * j1 + i1, 2 ** (n - 1) * j2 + i2)
                    expected[index] = expected.get(index, 0) + outer * inner
            cases += len(expected)
            found = iterated_mask(mask, n)
            off = next((index for index, c in expected.items() if found.get(index, 0) != c), None)
            if off is not None and witness is None:
                witness = {"mask": name, "n": n, "index": off}
    return Fact(
        r"The project's coefficients $c^{(n)}_k$ satisfy this recursion.",
        INSTANCES,
        "masks " + ", ".join(masks),
        cases,
        witness,
        within={"n": (1, 3)},
    )


def functions_fact(factor, masks):
    """Both sides as whole CPwL functions."""
    seed = builtin_seeds()["courant"].function
    cases, witness = 0, None
    for name in masks:
        mask = builtin_masks()[name]
        for dx, dy in SHIFTS:
            moved, fixed = seed.shifted(dx, dy), seed
            for n in (1, 2):
                moved, fixed = apply_operator(mask, moved), apply_operator(mask, fixed)
                cases += 1
                point = find_difference(moved, fixed.shifted(factor(n) * dx, factor(n) * dy))
                if point is not None and witness is None:
                    witness = {"mask": name, "n": n, "delta": (dx, dy), "point": point}
    return Fact(
        "Both sides are equal as functions on the plane.",
        INSTANCES,
        "all points of the plane; the Courant hat, two shifts, masks " + ", ".join(masks),
        cases,
        witness,
        within={"n": (1, 2)},
    )
