"""Dilations with a diagonal power, and which schemes have networks: instances certified everywhere."""

from itertools import permutations, product

from exactrelu.certification.methods import certify
from exactrelu.construction import small
from exactrelu.lemmas.result import INSTANCES, WITHIN_RANGE, Fact, Statement, Table
from exactrelu.linear import product as times
from exactrelu.scheme import load_problem
from exactrelu.scheme.powers import period, power

STATEMENT = Statement(
    "Schemes",
    "any dimension and dilation, components, masks that vary, a source, Q(√D), diagonal powers",
    r"""
Let $V_j f(z) = \sum_k c^{(j)}_k f(Az - k)$ with $r \times r$ matrices $c^{(j)}_k$ over $\mathbb{Q}$ or a field
$\mathbb{Q}(\sqrt D)$, and $g$ CPwL of compact support with values in that field; in the plane its vertices are
rational, in $\mathbb{R}^d$, $d \geq 3$, its stars are convex. Let $A$ be diagonal with integer entries $M_i \geq 2$.
Then for every $n$ each component of $V_1 \cdots V_n g$, and of the iterates of $f \mapsto V_j f + h$ with a source $h$
of the same kind, is a ReLU network with weights in the field, of depth $n + c$, and of a width that does not depend on
$n$ if the masks repeat.

The argument is that of the plane. The cascade of §2.6 has digits $0 \leq q_i < M_i$, and states $(\beta, l)$,
$l = 1, \dots, r$, where a cell $\beta$ had one; stage $j$ takes $T_q$ from the $j$-th mask. A source is read at every
level as the seed is at the end, and added up beside the cascade. No root is ever taken: good orbits, thresholds and
seams are rational, and what is read are products of coefficients.

If $A^m = J D$ with a signed permutation $J$ and a diagonal $D$ that commute, $m$ steps are one step with the dilation
$J D$ and a mask of products, and the $n - m \lfloor n/m \rfloor$ last steps make another CPwL seed. With
$h_j(z) = f_j(J^j z)$ the relation $f_{j-1}(z) = \sum_l c_l f_j(J D z - l)$ reads
$h_{j-1}(z) = \sum_l c_l h_j(D z - J^{-j} l)$: rotations and negative entries are masks that vary, with the period of
$J$. The depth is $\lfloor n/m \rfloor + c$, a family for each residue of $n$ modulo $m$.
""",
)

CERTIFIED = (
    ("spline_2", 3), ("ternary", 2), ("d4", 2), ("hermite", 2), ("ghm", 1), ("takagi", 3), ("d4_wavelet", 2),
    ("dilations", 1), ("quincunx_zp", 1), ("quincunx_zp", 2), ("sqrt3", 0),
)

DIMENSIONS = 3


def check(build=small.build, certified=CERTIFIED, power=power):
    """Return the `Check`; ``build`` is (problem, n) -> network, ``power`` (J, exponent) -> J^exponent."""
    return STATEMENT.check(untwisted_fact(power), instances_fact(build, certified))


def signed_permutations(d):
    """Yield the signed permutations of R^d as tuples of rows."""
    for order, signs in product(permutations(range(d)), product((1, -1), repeat=d)):
        yield tuple(tuple(sign * (k == i) for i in range(d)) for k, sign in zip(order, signs, strict=True))


def untwisted_fact(power):
    """J^(−j) (J D) J^(j−1) = D for all signed permutations and diagonal matrices that commute."""
    cases, witness = 0, None
    for d in range(1, DIMENSIONS + 1):
        for J, factors in product(signed_permutations(d), product((2, 3, 5), repeat=d)):
            D = tuple(tuple(M * (i == k) for k in range(d)) for i, M in enumerate(factors))
            if times(J, D) != times(D, J):
                continue
            for j in range(1, period(J) + 1):
                found = times(power(J, -j), times(times(J, D), power(J, j - 1)))
                cases += 1
                if found != D and witness is None:
                    witness = {"J": str(J), "D": str(factors), "j": j, "found": str(found)}
    return Fact(
        r"$J^{-j} (J D J^{j-1} z - l) = D z - J^{-j} l$ if $J D = D J$: the arguments of $h_j$ in $h_{j-1}(z)$.",
        WITHIN_RANGE,
        r"all $z$ and $l$, all signed permutations $J$, all $j$ up to the period of $J$; $D$ with entries 2, 3 and 5,"
        r" of which only it matters which are equal",
        cases,
        witness,
        within={"d": (1, DIMENSIONS)},
    )


def instances_fact(build, certified):
    """Networks of built-in schemes, certified everywhere with their own dilation."""
    rows, cases, witness = [], 0, None
    for name, n in certified:
        problem = load_problem(name)
        verdict = certify(problem, n, build(problem, n), jobs=1)
        cases += verdict.pieces
        rows.append((name, n, verdict.pieces, verdict.verdict))
        if not verdict and witness is None:
            found = verdict.counterexample
            witness = {"scheme": name, "n": n, "reason": verdict.reason} if found is None else {
                "scheme": name, "n": n, "point": found.point, "network": found.network, "V^n g": found.target
            }
    return Fact(
        r"The network is $V_1 \cdots V_n g$.",
        INSTANCES,
        r"all points of $\mathbb{R}^d$; schemes and $n$ of the table; the cases are pieces on which affine forms were"
        r" compared",
        cases,
        witness,
        table=Table(("scheme", "n", "pieces", "verdict"), tuple(rows)),
    )
