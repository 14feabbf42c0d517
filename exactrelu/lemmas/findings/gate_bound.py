"""§4.3: the printed gate bound a_n = max(1, Bⁿ M_H) is too small when B < 1 < M_H."""

from exactrelu.certification.enumeration import certify
from exactrelu.construction import paper
from exactrelu.construction.choices import Choices, corrected_gate_bound, printed_gate_bound
from exactrelu.field import mpq
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.lemmas.thm_4_3 import bound_fact
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "§4.3, a_n",
    "the gate bound",
    r"""
The paper takes $a_n = \max\lbrace 1, B^n M_H \rbrace$ and argues that on a good orbit $\lVert \Phi_j \rVert \leq B^j
M_H \leq a_n$ for all $j \leq n$. If $B < 1 < M_H$
the second inequality fails for $j < n$: a gate cuts off a state that it should let pass, and the network is not $V^n
H$.

Correct is $a_n = M_H \max(1, B, B^n)$. Theorem 1.1 is not affected: nodal hats have $M_H = 1$.
""",
)

POINT = (mpq(1, 16), mpq(1, 16))
N = 3


def check(printed=printed_gate_bound, corrected=corrected_gate_bound):
    """Return the `Check`; both are functions (B, M_H, n) -> a_n."""
    return STATEMENT.check(inequality_fact(printed), printed_fact(printed), bound_fact(), corrected_fact(corrected))


def inequality_fact(bound):
    """B^j M_H ≤ a_n for j = 1, …, n, at the norms of the witness."""
    norm, height = mpq(1, 2), mpq(8)
    off = next((j for j in range(1, N + 1) if norm**j * height > bound(norm, height, N)), None)
    witness = None if off is None else {
        "B": norm, "M_H": height, "n": N, "j": off, "B^j M_H": norm**off * height, "a_n": bound(norm, height, N),
    }
    return Fact(
        r"$B^j M_H \leq a_n = \max\lbrace 1, B^n M_H \rbrace$ for $1 \leq j \leq n$.",
        FOR_ALL,
        "the norms of the witness",
        N,
        witness,
        printed=True,
    )


def network(bound):
    """Return the problem of the witness and the network of the paper's construction with this a_n."""
    problem = load_problem("a_n_witness")
    return problem, paper.build(problem, N, Choices(gate_bound=bound))


def printed_fact(bound):
    """The network with the printed bound at the point of the witness."""
    problem, built = network(bound)
    (found,) = built.evaluate(POINT)
    target = direct_sum(problem, N, *POINT)
    witness = {"n": N, "z": POINT, "network": found, "V^n H": target} if found != target else None
    return Fact(
        r"With $a_n = \max\lbrace 1, B^n M_H \rbrace$ the network of Thm. 4.3 is $V^n H$: mask $1/2$ on $\lbrace 0, 1"
        r" \rbrace^2$ (so $B = 1/2$), $H$ 8 times a hat with its"
        r" peak at $(1/2, 1/2)$.",
        INSTANCES,
        "one point",
        1,
        witness,
        printed=True,
    )


def corrected_fact(bound):
    """The same problem with the corrected bound, on the whole plane."""
    cells, witness = 0, None
    for n in range(1, N + 1):
        problem = load_problem("a_n_witness")
        verdict = certify(problem, n, paper.build(problem, n, Choices(gate_bound=bound)), jobs=1)
        cells += verdict.cells
        if verdict.counterexample is not None and witness is None:
            witness = {"n": n, "point": verdict.counterexample.point, "network": verdict.counterexample.network}
    return Fact(
        r"With $a_n = M_H \max(1, B, B^n)$ the network of the same problem is $V^n H$.",
        INSTANCES,
        r"all points of $\mathbb{R}^2$; the cases are dyadic cells",
        cells,
        witness,
        within={"n": (1, N)},
    )
