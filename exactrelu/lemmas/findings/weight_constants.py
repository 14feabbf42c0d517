"""Theorem 4.3: the bound C_2 Λⁿ on the weights depends on the mask's coefficients, not only on its support."""

from exactrelu.construction.choices import DEFAULT
from exactrelu.field import mpq
from exactrelu.lemmas.instances import special_atoms
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, WITHIN_RANGE, Fact, Statement, Table
from exactrelu.lemmas.symbolic import failure, positive
from exactrelu.lemmas.thm_4_3 import INSTANCES_OF_MASKS, realization, weights_fact
from exactrelu.network.layers import layered
from exactrelu.scheme import Mask, Problem, Seed

STATEMENT = Statement(
    "Thm. 4.3, weights",
    "the weights depend on the mask coefficients",
    r"""
The theorem bounds the weights by $C_2 \Lambda^n$ with constants "depending only on the support window, the mask
support, and $H$". They cannot depend on the support of the mask alone: with
$s V$ for $V$ the iterate is $s^n V^n H$, while a network of given width $W$ and depth $L$ with weights and biases of
size at most $A$ has values of size at most $N_L$ on $[0, 1]^2$, where
$N_0 = 1$ and each affine map gives $N_{k+1} = A (\max(W, 2) N_k + 1)$. So for large $s$ there is no such network.
Correct: $\Lambda$ depends on $B$, hence on the coefficients; $\Lambda = 2 \max(1, B)$ does.
""",
)

STEPS = 3

FACTORS = tuple(mpq(10) ** k for k in (0, 2, 4, 6))


def scaled_problem(factor):
    """Return the problem of the mask ``factor`` on {0, 1}² with the hexagonal atom, on the unit window."""
    atom = special_atoms()["hexagon"]
    mask = Mask({(j, k): factor for j in (0, 1) for k in (0, 1)})
    return Problem("scaled", mask, ((0, 1), (0, 1)), Seed(atom.vertices, atom.triangles, atom.values))


def largest_value(width, depth, weight):
    """Return N_{depth + 1}, a bound on [0, 1]² for networks of this width and depth and weights up to ``weight``."""
    bound = mpq(1)
    for _ in range(depth + 1):
        bound = weight * (max(width, 2) * bound + 1)
    return bound


def check(choices=DEFAULT, largest=largest_value):
    """Return the `Check`; ``choices`` has the free parameters, ``largest`` bounds values by (width, depth, weight)."""
    return STATEMENT.check(
        printed_fact(choices, largest),
        bound_fact(largest),
        growth_fact(choices),
        weights_fact(choices, {"growing_haar_3": INSTANCES_OF_MASKS["growing_haar_3"]}),
    )


def printed_fact(choices, largest):
    """Width, depth and weights of the network for s = 1, n = 1, and an s for which they do not allow V H."""
    form = layered(realization(scaled_problem(mpq(1)), 1, (0, 0), choices))
    bound = largest(form.width, form.depth, form.largest_weight)
    factor = mpq(int(bound) + 1)
    peak = factor * max(special_atoms()["hexagon"].values)
    witness = None
    if peak > bound:
        witness = {
            "width": form.width, "depth": form.depth, "largest weight": form.largest_weight,
            "these allow values below": f"2^{int(bound).bit_length()}",
            "s": f"the least integer above that bound, of {int(factor).bit_length()} bits",
        }
    return Fact(
        r"One pair $C_2, \Lambda$ serves all masks with the same support: the masks $s$ on $\lbrace 0, 1 \rbrace^2$,"
        r" $n = 1$, with the width, the depth and the largest weight of the network for $s = 1$.",
        FOR_ALL,
        r"one $s$, at which $\max V H = s \max H$ exceeds what these constants allow; so it does for any other"
        r" constants, with another $s$",
        1,
        witness,
        printed=True,
    )


def bound_fact(largest):
    """One affine map: |Σ w_i t_i + b| ≤ A (W N + 1), and ReLU does not increase it."""
    weight, extra = positive("weight", "extra")
    widths, depths = (2 + 0 * extra, 2 + extra), [0 * extra + depth for depth in range(STEPS + 1)]
    cases = [{"weight": weight, "width": width, "depth": depth} for width in widths for depth in depths]

    def claim(weight, width, depth):
        layers = int(depth.number())
        before = largest(width, layers - 1, weight) if layers else 1
        return (largest(width, layers, weight),), (width * (weight * before) + weight,)

    return Fact(
        r"$\lvert \sum_{i \leq W} w_i t_i + b \rvert \leq W A N + A$ for $\lvert w_i \rvert, \lvert b \rvert \leq A$"
        r" and $\lvert t_i \rvert \leq N$: the recursion of $N_k$.",
        WITHIN_RANGE,
        "all $A$ and $W \\geq 2$, the first steps of the recursion",
        len(cases),
        failure(claim, cases),
        within={"k": (0, STEPS)},
    )


def growth_fact(choices):
    """The real networks for growing s: same shape, growing weights."""
    rows, witness = [], None
    for factor in FACTORS:
        form = layered(realization(scaled_problem(factor), 1, (0, 0), choices))
        rows.append((factor, form.width, form.depth, form.largest_weight))
        if (form.width, form.depth) != rows[0][1:3] and witness is None:
            witness = {"s": factor, "width": form.width, "depth": form.depth}
    return Fact(
        "Width and depth do depend on the support of the mask alone; the largest weight grows with the coefficients.",
        INSTANCES,
        "the layered networks themselves, $n = 1$, the $s$ of the table",
        len(rows),
        witness,
        table=Table(("s", "width", "depth", "largest weight"), tuple(rows)),
    )
