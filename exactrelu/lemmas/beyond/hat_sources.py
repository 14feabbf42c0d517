"""Sources that are combinations of hats on a Kuhn mesh: more components, and no source."""

from itertools import product

from exactrelu.construction import small
from exactrelu.field import mpq
from exactrelu.lemmas.beyond.scheme_instances import certified_fact, every_n_fact
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement
from exactrelu.scheme.sources import hat

STATEMENT = Statement(
    "Sources",
    "f ← Vf + h for a source on a Kuhn mesh is one operator without a source",
    r"""
Let the source $h$ be affine on the simplices of the Kuhn mesh with cells of sides $1/k_i$, and let the dilation be a
number $M$: on the line this is so for all $M$ and all $h$ with rational knots. Then $f \mapsto V f + h$ is a linear
operator with one mask of matrices, on $f$ and $k_1 \cdots k_d$ hats of that mesh, and all that is proved for such
operators holds for it: networks for every $n$, and one proof for all of them.

Proof. Let $\Lambda$ be the hat about 0 of the Kuhn mesh of $\mathbb{Z}^d$, and $\Lambda_i(z) = \Lambda(k z - i)$, $1
\leq i_j \leq k_j$, where $k z$ is taken coordinate by coordinate. Then $h = \sum_{m,i} h(m + i/k) \Lambda_i(\cdot -
m)$, since both sides are affine on the simplices of the mesh and agree at its vertices. As the mesh with cells of sides
$1/(M k_i)$ refines it, $\Lambda(x) = \sum_l \Lambda(l/M) \Lambda(M x - l)$, so that $\Lambda_i(z) = \sum_l \Lambda(l/M)
\Lambda_{i'}(M z - m')$ with $M i + l = k m' + i'$. The operator $W (f, (f_i)) = (V f + \sum h(m + i/k) \Lambda(l/M)
f_{i'}(M \cdot - M m - m'), (\sum \Lambda(l/M) f_{i'}(M \cdot - m')))$ keeps $(\Lambda_i)$, and takes $(f, (\Lambda_i))$
to $(V f + h, (\Lambda_i))$; its iterates of $(g, (\Lambda_i))$ have the first component $V^n g + \sum_{j < n} V^j h$.

Other sources are read at every level, beside the cascade; their networks are exact, too, and certified by enumeration.
""",
)

CERTIFIED = (("takagi", 3),)

EVERY_N = ("takagi",)

DIMENSIONS = 3

LARGEST = 4
"""The largest dilation that is looked at."""


def check(build=small.build, certified=CERTIFIED, every_n=EVERY_N, hat=hat):
    """Return the `Check`; ``build`` is (problem, n) -> network, ``hat`` is Λ."""
    return STATEMENT.check(refinement_fact(hat), certified_fact(build, certified), every_n_fact(build, every_n))


def refinement_fact(hat):
    """Both sides at vertices and midpoints of the finer mesh, on the simplices of which both are affine."""
    cases, witness = 0, None
    for d in range(1, DIMENSIONS + 1):
        for M in range(2, LARGEST + 1):
            weights = {l: hat([mpq(t, M) for t in l]) for l in product(range(1 - M, M), repeat=d)}
            for place in product(range(-2 * M - 1, 2 * M + 2), repeat=d):
                x = [mpq(t, 2 * M) for t in place]
                near = product(*(range(t // 2, t // 2 + 2) for t in place))
                found = sum(weights.get(l, 0) * hat([M * t - e for t, e in zip(x, l, strict=True)]) for l in near)
                cases += 1
                if found != hat(x) and witness is None:
                    witness = {"M": M, "x": str(place), "hat": hat(x), "sum": found}
    return Fact(
        r"$\Lambda(x) = \sum_l \Lambda(l/M) \Lambda(M x - l)$ with the hats of the project.",
        WITHIN_RANGE,
        r"all $x$: vertices and midpoints of edges of the mesh with cells of side $1/M$ in the support and beside it",
        cases,
        witness,
        within={"d": (1, DIMENSIONS), "M": (2, LARGEST)},
    )
