"""The window hypothesis is a condition on the mask, and a shift always attains it."""

from exactrelu.cpwl.overlay import find_difference
from exactrelu.lemmas.eq_2_2 import necessary_fact, sufficient_fact
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.lemmas.symbolic import failure, positive
from exactrelu.refinement.operator import iterate
from exactrelu.scheme import Problem, load_problem

STATEMENT = Statement(
    "Window",
    "the window hypothesis, and how to attain it",
    r"""
The hypothesis (2.2) of Theorem 1.1 says nothing more than that the mask indices lie in $[0, L_1] \times [0, L_2]$. One
integer vector $s$, the same for mask, seed and output, always
achieves it: with $c'_k = c_{k-s}$ and $g'(z) = g(z - s)$

$$V'^n g'(z) = (V^n g)(z - s), \qquad n \geq 0,$$

and for $s$ large enough all indices of $c'$ and the support of $g'$ have coordinates $\geq 0$. So the theorem holds for
every finite mask and every compactly supported CPwL seed, without
the hypothesis. The window need not have integer sides either: if $[0, \ell_1] \times [0, \ell_2]$ is preserved, so is
$[0, \lceil \ell_1 \rceil] \times [0, \lceil \ell_2 \rceil]$.
""",
)

PROBLEMS = ("shifted", "dd4_centred", "single_c21")


def check(normalize=Problem.normalized):
    """Return the `Check`; ``normalize`` is problem -> (problem on [0, L1] × [0, L2], shift)."""
    return STATEMENT.check(sufficient_fact(), necessary_fact(), covariance_fact(), normalized_fact(normalize))


def covariance_fact():
    """The arguments of g in V' g' and in (V g)(· − s), and the step from n to n + 1."""
    z, k, s = positive("z", "k", "s")

    def claim(z, k, s):
        # the term of index k + s of V' at g'(w) = g(w − s), against the term k of V at z − s
        return (2 * z - (k + s) - s,), (2 * (z - s) - k,)

    cases = [{"z": z, "k": k, "s": sign * s} for sign in (1, -1)]
    return Fact(
        r"$2z - (k + s) - s = 2(z - s) - k$: so $V' g' = (Vg)(\cdot - s)$ for every $g$, and $V'^{n+1} g' = V' \bigl("
        r" (V^n g)(\cdot - s) \bigr) = (V^{n+1} g)(\cdot - s)$.",
        FOR_ALL,
        "all masks, all $g$, all $s$ and $n$, one coordinate; an identity of polynomials",
        len(cases),
        failure(claim, cases),
    )


def normalized_fact(normalize):
    """The project's normalisation: the window starts at 0, holds all indices, and the iterates are those moved by s."""
    cases, witness = 0, None
    for name in PROBLEMS:
        problem = load_problem(name)
        normal, (sx, sy) = normalize(problem)
        (x0, x1), (y0, y1) = normal.window
        fits = (x0, y0) == (0, 0) and all(0 <= j <= x1 and 0 <= k <= y1 for j, k in normal.mask)
        cases += 1
        point = find_difference(iterate(problem, 1), iterate(normal, 1).shifted(sx, sy))
        if (not fits or point is not None) and witness is None:
            witness = {"problem": name, "window": normal.window, "shift": (sx, sy), "differs at": point}
    return Fact(
        r"The project's normalization: the window starts at $(0, 0)$, holds all mask indices, and $Vg$ is that of the"
        r" normalized problem moved by $s$.",
        INSTANCES,
        "all points of the plane, $n = 1$, problems " + ", ".join(PROBLEMS),
        cases,
        witness,
    )
