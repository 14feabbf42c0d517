"""Dilations with a diagonal power: rotations and reflections that are undone, a family for each residue of n."""

from itertools import permutations, product

from exactrelu.construction import small
from exactrelu.lemmas.beyond.scheme_instances import certified_fact, every_n_fact
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement
from exactrelu.linear import product as times
from exactrelu.scheme.powers import period, power

STATEMENT = Statement(
    "Powers",
    "dilations of which a power is diagonal but for signs and the order of coordinates",
    r"""
Let $A^m = J D$ with a signed permutation $J$ and a diagonal matrix $D$ with entries $\geq 2$ that commute, as for both
quincunx matrices ($m = 2$) and the one of $\sqrt 3$ ($A^2 = -3$). Then for $n = m k + \rho$, $0 \leq \rho < m$, the
function $V_1 \cdots V_n g$ is the $k$-th iterate of a scheme with the dilation $D$, at the point $A^\rho z$. So it has
networks of depth $\lfloor n/m \rfloor + c$ and of bounded width, and they are proved for all $n$ in finitely many
families.

Proof. With the coefficients $c_l$ of a product of masks, $V_{i+1} \cdots V_{i+s} f(z) = \sum_l c_l f(A^s z - l)$. For
$k \geq 1$ take $s = m + \rho$ in the first step, $w = A^\rho z$, and $s = m$ in all others: $V_1 \cdots V_n g(z) = U_1
\cdots U_k g(w)$ with $U_j f(w) = \sum_l c^{(j)}_l f(J D w - l)$. Let $f_j = U_{j+1} \cdots U_k g$ and $h_j(w) = f_j(J^j
w)$. Then $f_{j-1}(w) = \sum_l c^{(j)}_l f_j(J D w - l)$ reads $h_{j-1}(w) = \sum_l c^{(j)}_l h_j(D w - J^{-j} l)$, and
$h_k = g \circ J^k$. The masks vary with the period of $J$ (see the page on masks that vary) and the seed with $k$
modulo that period, whence the families. If the masks of the steps are the same but for shifts, $c^{(j)}_l = c_{l -
s_j}$, then the functions $h_j(w + b_j)$ with $b_j = D b_{j-1} - s_j$ have the one mask $c$, and no component is added:
so it is for the quincunx scheme with quarter turns. For $n < m$ no step is left, and $V_1 \cdots V_n g$ is a CPwL
function of $w$.
""",
)

CERTIFIED = (("quincunx_zp", 1), ("quincunx_zp", 2), ("sqrt3", 0))

EVERY_N = ("quincunx_zp",)

DIMENSIONS = 3


def check(build=small.build, certified=CERTIFIED, every_n=EVERY_N, power=power):
    """Return the `Check`; ``build`` is (problem, n) -> network, ``power`` (J, exponent) -> J^exponent."""
    return STATEMENT.check(untwisted_fact(power), certified_fact(build, certified), every_n_fact(build, every_n))


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
