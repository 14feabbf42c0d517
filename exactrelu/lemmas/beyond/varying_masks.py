"""Masks that vary, as one mask of matrices: which mask a component has in every step."""

from exactrelu.construction import small
from exactrelu.field import mpq
from exactrelu.lemmas.beyond.scheme_instances import certified_fact, every_n_fact
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement
from exactrelu.scheme import Mask, Masks, Problem, builtin_seed
from exactrelu.scheme.reductions import stacked

STATEMENT = Statement(
    "Masks that vary",
    "a sequence of masks that repeats is one mask of matrices; wavelets",
    r"""
Let $V_1, V_2, \dots$ have masks $c^{(1)}, c^{(2)}, \dots$ with $c^{(j+q)} = c^{(j)}$ for $j > s$, of numbers or of
matrices. With $p = s + q$ let $W (f_1, \dots, f_p) = (V_1 f_2, V_2 f_3, \dots, V_p f_{s+1})$. This is one operator of
the same kind, with a mask of $p$ times as many rows, and $V_1 \cdots V_n g$ is the first component of $W^n (g, \dots,
g)$, for every $n$. So all that is proved for one mask holds for masks that vary. A wavelet $\psi = \sum_k d_k \varphi(A
\cdot - k)$ has $s = q = 1$, its own mask before that of $\varphi$.

Proof. The components of $W^n G$ are $V_i$ applied to those of $W^{n-1} G$, and the one after $i$ is $i + 1$, or $s + 1$
after $p$: starting with the first, these are the indices of $c^{(1)}, c^{(2)}, \dots$. A network does not carry all
components apart: of the rows, one of which is not zero at a level, linear functionals are carried, and a functional
that is read of all components alike stays one functional.
""",
)

CERTIFIED = (("d4_wavelet", 2),)

EVERY_N = ("d4_wavelet",)

LARGEST = 4
"""The most masks that come first, and that repeat."""

STEPS = 12

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)


def check(build=small.build, certified=CERTIFIED, every_n=EVERY_N, stacked=stacked):
    """Return the `Check`; ``build`` is (problem, n) -> network, ``stacked`` makes one mask."""
    return STATEMENT.check(order_fact(stacked), certified_fact(build, certified), every_n_fact(build, every_n))


def order_fact(stacked):
    """The product of the matrices, the masks being one coefficient each, different primes."""
    cases, witness, seed = 0, None, builtin_seed("hat")
    for s in range(LARGEST + 1):
        for q in range(1, LARGEST + 1):
            given = [Mask({0: mpq(prime)}) for prime in PRIMES[: s + q]]
            masks = Masks(tuple(given[:s]), tuple(given[s:]))
            if len(masks.all) == 1:
                continue
            problem = stacked(Problem("primes", masks, ((0, 2),), seed))
            matrix, row, wanted = problem.mask[0,], [mpq(1)] + [mpq(0)] * (problem.components - 1), mpq(1)
            for n in range(1, STEPS + 1):
                row = [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*matrix, strict=True)]
                wanted *= masks.at(n)[0,]
                cases += 1
                if (sorted(row)[-1] != wanted or sum(map(bool, row)) != 1) and witness is None:
                    witness = {"s": s, "q": q, "n": n, "row": str(row), "product": wanted}
    return Fact(
        r"The first row of $W^n$ has one entry, the product of the coefficients of $V_1, \dots, V_n$,"
        r" which are primes.",
        WITHIN_RANGE,
        r"all masks, as products of different primes tell which factors there are",
        cases,
        witness,
        within={"s": (0, LARGEST), "q": (1, LARGEST), "n": (1, STEPS)},
    )
