"""Correctness of the construction one-pass, which needs no atoms."""

from exactrelu.certification.induction import sizes_all
from exactrelu.construction import one_pass
from exactrelu.lemmas.result import Statement
from exactrelu.lemmas.whole import certified_fact, every_n_fact, sizes_fact
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "one-pass",
    "correctness of the construction one-pass",
    r"""
`one-pass` computes $V^n g$ with depth $n + 5$, and needs no decomposition into atoms (§5), no scalar factor before the
cascade and no second pass of the controller. The argument, of which the pages named here check the parts and this one
checks instances of the whole:

* the row of the cascade times $1, u, v$ goes through one-layer gates exactly on good orbits (*Carried rows*, *Doubled
  cascade*, *Cells*, *One-layer gate*);
* $\sum_\beta p_\beta g_\beta(u, v)$ is read off at the end by positively homogeneous formulas of two layers (*Patch
  form*);
* of three cascades with dyadic grids moved by $1/3$, $2/3$ and 0 cells (Lemma 5.3: an input shift $2^{-n} s$ moves the
  seed by $s$) one is good at every point, and the closing sum of gates picks it (*Seam gates*).

Two layers to start, $n$ stages, two to read, one to close: $n + 5$.
""",
)

CERTIFIED = (
    ("haar", 2),
    ("a_n_witness", 2),
    ("difference", 2),
    ("single_c21", 3),
    ("bilinear", 1),
    ("nonconvex", 1),
    ("random_zero_rows", 1),
    ("window_edges", 1),
)

EVERY_N = ("a_n_witness", "difference", "nonconvex", "shifted")

SIZED = (("haar",), ("bilinear",), ("difference",), ("random_rational",))

LEVELS = 8


def check(build=one_pass.build, certified=CERTIFIED, every_n=EVERY_N):
    """Return the `Check`; ``build`` is (problem, n) -> network."""

    def network(name, n):
        return build(load_problem(name), n)

    sizes = r"The width is at most $W$, the depth at most $L = n + c$ with $c \leq 5$, for every $n \geq 1$."
    return STATEMENT.check(
        every_n_fact(every_n, network),
        certified_fact(r"The network is $V^n g$.", certified, network, load_problem),
        sizes_fact(sizes, SIZED, network, LEVELS, lambda name: sizes_all(load_problem(name), "one-pass")),
    )
