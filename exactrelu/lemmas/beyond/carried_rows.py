"""The rows of one-pass: p, pu and pv through the stages, exact on good orbits and bounded on all."""

from exactrelu.construction.one_pass import SEAM, bounds, closing_program, shift_classes
from exactrelu.field import mpq
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.symbolic import between, failure, positive
from exactrelu.refinement.cascade import digit, residual
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Carried rows",
    "the row, and the row times the residual",
    r"""
`one-pass` carries the row $p_j = e_{\mathrm{cell}}^\top T_{Q_1} \cdots T_{Q_j}$ (as two non-negative rows, see the
doubled cascade) and $p_j u_j$, $p_j v_j$ with the residuals $(u_j, v_j) = R_j$. Stage $j$ is one layer of half gates,

$$p \leftarrow \sum_q G(d_q, \ T_q^\top p), \quad pu \leftarrow \sum_q G(d_q, \ T_q^\top (2 pu - q_1 p)), \quad pv
\leftarrow \sum_q G(d_q, \ T_q^\top (2 pv - q_2 p)).$$

On a good orbit exactly one $d_q$ is 0, that of $q = Q_j$, and then $2pu - q_1 p = p (2u - q_1) = p \, r(u) \geq 0$. The
other $d_q$ are $\geq 1$, and their gates are closed, since what they see is at most $2 B^j$, and the bound of all gates
is at least that: $a_n = \delta_n / \eta_n \geq 2 \max(1, B)^n$ with $\delta_n = w 2^{-n}$, $\eta_n = c / \rho^n$,
$2 c \leq w$ and $\rho \geq 2 \max(1, B)$. On every orbit, good or bad, all entries are $\geq 0$ and at most what the
sums of the open gates allow, so that the value that is read has a bound for the seam gates.
""",
)

PROBLEMS = ("haar", "a_n_witness", "bilinear", "difference", "random_rational")

LEVELS = 6


def stage_bound(classes, n):
    """Return a_n = δ_n/η_n, the bound of the gates of all stages: what they see divided by η is compared with δ."""
    factor, base = bounds(classes, closing_program(classes))
    return SEAM / 2**n * base**n / factor


def check(bound=stage_bound, digit=digit, residual=residual):
    """Return the `Check`; ``bound`` is (classes, n) -> the bound of the gates, ``digit`` and ``residual`` Q1 and r."""
    return STATEMENT.check(update_fact(digit, residual), closed_fact(), norm_fact(), bound_fact(bound))


def update_fact(digit, residual):
    """2 pu − q p = p r(u) for q = Q1(u), u in [0, 1]."""
    s, p = positive("s", "p")
    half = mpq(1, 2)
    points = [0 * s, between(mpq(0), half, s), half + 0 * s, between(half, mpq(1), s), 1 + 0 * s]
    cases = [{"u": u, "p": weight} for u in points for weight in (0 * p, p)]

    def claim(u, p):
        entry = 2 * (p * u) - digit(u) * p
        return (entry, entry >= 0), (p * residual(u), True)

    return Fact(
        r"$2pu - Q_1(u) p = p \, r(u) \geq 0$.",
        FOR_ALL,
        r"all $p \geq 0$, all $u \in [0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def closed_fact():
    """What a gate of another digit sees: |2 pu − q p| ≤ 2 p."""
    s, p = positive("s", "p")
    points = (0 * s, between(mpq(0), mpq(1), s), 1 + 0 * s)
    cases = [{"u": u, "p": weight, "q": 0 * p + q} for u in points for weight in (0 * p, p) for q in (0, 1)]

    def claim(u, p, q):
        entry = 2 * (p * u) - q * p
        return (-p <= entry <= 2 * p,), (True,)

    return Fact(
        r"$-p \leq 2pu - q p \leq 2p$ for both digits $q$.",
        FOR_ALL,
        r"all $p \geq 0$, all $u \in [0, 1]$",
        len(cases),
        failure(claim, cases),
    )


def norm_fact():
    """2 B^j ≤ 2 max(1, B^n) for 0 ≤ j ≤ n."""
    factor, power, rest = positive("factor", "power", "rest")
    shrinking = between(mpq(0), mpq(1), factor)
    cases = [{"low": power, "high": power * (1 + more)} for more in (0 * rest, rest)]
    cases += [{"low": shrinking, "high": 1 + 0 * factor}]
    return Fact(
        r"$2 B^j \leq 2 \max(1, B^n)$ for $0 \leq j \leq n$: $B^n = B^j B^{n-j}$ with $B^{n-j} \geq 1$ for $B \geq"
        r" 1$, and $B^j \leq 1$ for $B \leq 1$.",
        FOR_ALL,
        "all $B$, $j$, $n$ (powers of $B$ are symbols)",
        len(cases),
        failure(lambda low, high: ((2 * low <= 2 * high,), (True,)), cases),
    )


def bound_fact(bound):
    """The project's bound on the gates of real problems is at least 2 B^j for all stages."""
    rows, cases, witness = [], 0, None
    for name in PROBLEMS:
        classes = shift_classes(load_problem(name).normalized()[0])
        norm = max(shift_class.transitions.norm() for shift_class in classes)
        rows.append((name, norm, bound(classes, 1), bound(classes, LEVELS)))
        for n in range(1, LEVELS + 1):
            for j in range(n + 1):
                cases += 1
                if bound(classes, n) < 2 * norm**j and witness is None:
                    witness = {"problem": name, "n": n, "j": j, "2 B^j": 2 * norm**j, "bound": bound(classes, n)}
    return Fact(
        r"The bound of the project's gates is at least $2B^j$ for all stages.",
        INSTANCES,
        r"$0 \leq j \leq n$; problems of the table",
        cases,
        witness,
        table=Table(("problem", "B", "bound, n = 1", f"bound, n = {LEVELS}"), tuple(rows)),
        within={"n": (1, LEVELS)},
    )
