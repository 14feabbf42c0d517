"""Dilations with a basis of rational eigenvectors: a vector of functions with a diagonal dilation."""

from itertools import product
from operator import add

from exactrelu.construction import small
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.lemmas.beyond.scheme_instances import certified_fact, every_n_fact
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement
from exactrelu.linear import inverse, times
from exactrelu.linear import product as matrix_product
from exactrelu.scheme import Dilation, Mask, Problem, Seed
from exactrelu.scheme.powers import diagonal_power
from exactrelu.scheme.reductions import coset_vectors, eigenvectors, in_eigenvectors

STATEMENT = Statement(
    "Eigenvectors",
    "dilations with rational eigenvectors through masks of matrices",
    r"""
Let $A B = B D$ with an integer matrix $B$ of eigenvectors and a diagonal integer matrix $D$; the eigenvalues of an
integer matrix are integers if they are rational. Let $\rho$ run through one vector of each of the
$r = \lvert\det B\rvert$ cosets of $B \mathbb{Z}^d$ in $\mathbb{Z}^d$, 0 among them, and $F_\rho(w) = f(B w - \rho)$.
Then $f \mapsto V f$ is an
operator with the dilation $D$ and one mask of $r \times r$ matrices on the vectors $(F_\rho)$, and $V^n g(z)$ is the
component for $\rho = 0$ of its $n$-th iterate at $B^{-1} z$. If $D$ has negative entries, the page on powers does the
rest.

Proof. $(V f)(B w - \rho) = \sum_k c_k f(A B w - A \rho - k) = \sum_k c_k f(B D w - (A \rho + k))$. With $A \rho + k = B
\kappa + \rho'$ the summand is $c_k F_{\rho'}(D w - \kappa)$.

What is left has no such way: for a Jordan block the line $x = 0$ has the slope $2/j$ after $j$ steps, for an irrational
rotation infinitely many directions come up, so that no finite number of classes avoids all seams.
""",
)

CERTIFIED = (("tile", 1),)

EVERY_N = ("tile",)

LARGEST = 3
"""The largest modulus of an entry of the matrices that are looked at."""


def check(build=small.build, certified=CERTIFIED, every_n=EVERY_N, in_eigenvectors=in_eigenvectors):
    """Return the `Check`; ``build`` is (problem, n) -> network, ``in_eigenvectors`` makes the vector."""
    return STATEMENT.check(
        coefficients_fact(in_eigenvectors), certified_fact(build, certified), every_n_fact(build, every_n)
    )


def matrices():
    """Yield the dilations of the plane with small entries that have eigenvectors and no diagonal power."""
    for entries in product(range(-LARGEST, LARGEST + 1), repeat=4):
        try:
            dilation = Dilation((entries[:2], entries[2:]))
        except InputError:  # not all eigenvalues are larger than 1 in modulus
            continue
        if diagonal_power(dilation) is None and len(eigenvectors(dilation)) == 2:
            yield dilation


def coefficients_fact(in_eigenvectors):
    """A ρ + k = B κ + ρ' for all entries of the mask of matrices, that of one coefficient, and A B = B D."""
    cases, witness, seed = 0, None, Seed((), (), ())
    for dilation in matrices():
        for k in product(range(-2, 3), repeat=2):
            found, back = in_eigenvectors(Problem("one", Mask({k: mpq(1)}), None, seed, dilation))
            B, rhos = inverse(back), coset_vectors(back)
            entries = [(i, l, kappa) for i, row in enumerate(found.mask.entries) for kappa, l, _ in row]
            right = [
                tuple(map(add, times(dilation.matrix, rhos[i]), k)) == tuple(map(add, times(B, kappa), rhos[l]))
                for i, l, kappa in entries
            ]
            diagonal = matrix_product(dilation.matrix, B) == matrix_product(B, found.dilation.matrix)
            cases += len(entries)
            if not (all(right) and diagonal and len(entries) == len(rhos)) and witness is None:
                witness = {"A": str(dilation), "k": str(k), "entries": str(entries)}
    return Fact(
        r"The entries of the mask of matrices are $c_k$ at $\kappa$ in row $\rho$ and column $\rho'$ with"
        r" $A \rho + k = B \kappa + \rho'$, one for each $\rho$ and $k$, and $A B = B D$.",
        WITHIN_RANGE,
        r"all $2 \times 2$ matrices with rational eigenvectors and without a diagonal power; masks being sums of"
        r" coefficients at one $k$",
        cases,
        witness,
        within={"|a_{ij}|": (0, LARGEST), "k_i": (-2, 2)},
    )
