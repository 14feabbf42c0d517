"""Remark 2.3: vectorization, a function on the window as its patches; the operator acts on the vector of patches."""

from exactrelu.cpwl.overlay import overlay
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq
from exactrelu.lemmas.result import INSTANCES, Fact, Statement
from exactrelu.refinement.operator import apply_operator
from exactrelu.refinement.transition import DIGITS, patches, transition_matrix
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Remark 2.3",
    "the refinement step on the vector of patches",
    r"""
A function with support in the window $[0, L_1] \times [0, L_2]$ is known from its patches $f_{a,b}(u, v) = f(u + a - 1,
v + b - 1)$ on
$[0, 1]^2$, and the refinement step acts on the vector of patches alone: on the quadrant $q$ of the unit square the
patches of
$Vf$ are $T_q$ times the patches of $f$ at the doubled point, for every $f$ with support in the window.
""",
)

PROBLEMS = ("courant", "bilinear", "random_rational", "nonconvex")


def check(matrix=transition_matrix, problems=PROBLEMS):
    """Return the `Check`; ``matrix`` is a function (problem, q) -> rows of T_q."""
    return STATEMENT.check(quadrants_fact(matrix, problems))


def quadrants_fact(matrix, problems):
    """V g, made as one CPwL function without digits and patches, against T_q G on every quadrant of every patch."""
    cases, witness = 0, None
    for name in problems:
        problem = load_problem(name).normalized()[0]
        g = problem.seed.function
        image = apply_operator(problem.mask, g)
        indices = patches(problem)
        for q in DIGITS:
            rows = matrix(problem, q)
            for (a, b), row in zip(indices, rows, strict=True):
                x, y = a - 1 + mpq(q[0], 2), b - 1 + mpq(q[1], 2)
                # the patch (α, β) of g at r = 2 z − q, as a function of the point of the window
                sources = [
                    g.dilated(2, 2 * (a - 1) + q[0] - (alpha - 1), 2 * (b - 1) + q[1] - (beta - 1))
                    for alpha, beta in indices
                ]
                domain = box(x, x + mpq(1, 2), y, y + mpq(1, 2))
                for cell, (found, *forms) in overlay([image, *sources], domain):
                    cases += 1
                    expected = tuple(sum(c * form[k] for c, form in zip(row, forms, strict=True)) for k in range(3))
                    if found != expected and witness is None:
                        witness = {"problem": name, "q": q, "patch": (a, b), "point": cell.interior_point()}
    return Fact(
        r"The patches of $Vg$ on the quadrant $q$ are $T_q$ times the patches of $g$; $Vg$ is computed here as one"
        r" function, by overlays"
        r" of the summands of (2.1).",
        INSTANCES,
        "all points of the window, problems " + ", ".join(problems),
        cases,
        witness,
    )
