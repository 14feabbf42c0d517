"""Which schemes have networks: instances certified everywhere, for one n and for every n."""

from exactrelu.construction import small
from exactrelu.lemmas.beyond.scheme_instances import certified_fact, every_n_fact
from exactrelu.lemmas.result import Statement

STATEMENT = Statement(
    "Schemes",
    "any dimension and diagonal dilation, components, masks that vary, a source, Q(√D)",
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

Other dilations, masks that vary, and sources made of hats are led back to one mask of matrices and a diagonal dilation:
see the pages on powers, eigenvectors, masks that vary and sources. The proof by induction is one for all of these: in a
stage nothing depends on $n$ but $M_i^{-n}$, $M_i^n$ and a scale, which are values in the blocks.
""",
)

CERTIFIED = (
    ("spline_2", 3), ("ternary", 2), ("d4", 2), ("hermite", 2), ("ghm", 1),
    ("dilations", 1),
)

EVERY_N = ("spline_2", "ternary", "d4", "hermite", "ghm", "dilations")


def check(build=small.build, certified=CERTIFIED, every_n=EVERY_N):
    """Return the `Check`; ``build`` is (problem, n) -> network."""
    return STATEMENT.check(certified_fact(build, certified), every_n_fact(build, every_n))
