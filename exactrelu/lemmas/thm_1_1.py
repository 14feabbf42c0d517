"""Theorem 1.1: V^n g is exactly a ReLU network of width C_0 and depth C_1 n, for every CPwL seed."""

from exactrelu.certification.induction import sizes_all
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.data import table
from exactrelu.lemmas.result import Statement
from exactrelu.lemmas.whole import certified_fact, every_n_fact, sizes_fact
from exactrelu.scheme import load_problem

STATEMENT = Statement(
    "Thm. 1.1",
    "exact realization of refinement iterates",
    r"""
Let $V$ be a refinement operator with finitely many coefficients, and $g$ compactly supported and CPwL, with a window
that holds its support and
is preserved by $V$. There are constants $C_0, C_1$, depending only on the support of the mask, the window and the
complexity of $g$, with

$$V^n g \in \Upsilon_{C_0, C_1 n}(\mathrm{ReLU}; 2, 1), \qquad n \geq 1 .$$

The proof is the chain of the statements above: Prop. 5.1 and Lemma 5.3 reduce $g$ to atoms, Thm. 4.5 does these, Remark
2.1 adds them up.
Checked here is the end of the chain: the networks of the project's four constructions against the specification of
$V^n g$, and, for every problem that is built in, the theorem itself for every $n$, with its constants.
""",
)

CERTIFIED = (
    ("haar", "one-pass", 3),
    ("haar", "compact", 3),
    ("haar", "paper", 2),
    ("a_n_witness", "compact", 3),
    ("difference", "one-pass", 2),
    ("difference", "compact", 2),
    ("difference", "paper", 2),
    ("single_c21", "paper", 2),
    ("bilinear", "one-pass", 2),
    ("bilinear", "small", 2),
    ("random_rational", "small", 1),
    ("bilinear", "compact", 1),
    ("nonconvex", "one-pass", 1),
    ("random_rational", "one-pass", 1),
    ("shifted", "one-pass", 1),
)

EVERY_N = tuple(table("problems"))
"""Problems for which the theorem is proved for every n, with the construction one-pass: all that are built in."""

SIZED = ("haar", "bilinear")

LEVELS = 8


def check(constructions=CONSTRUCTIONS, certified=CERTIFIED, sized=SIZED, every_n=EVERY_N):
    """Return the `Check`; ``constructions`` maps names to (problem, n) -> network."""

    def network(name, construction, n):
        return constructions[construction](load_problem(name), n)

    return STATEMENT.check(
        every_n_fact(every_n, lambda name, n: network(name, "one-pass", n)),
        certified_fact(
            r"The network is $V^n g$.", certified, network, lambda name, construction: load_problem(name)
        ),
        sizes_fact(
            r"The width is at most $W$, and the depth at most $L$, which is at most $C_1 n$, for every $n \geq 1$.",
            [(name, construction) for name in sized for construction in constructions],
            network,
            LEVELS,
            lambda name, construction: sizes_all(load_problem(name), construction),
        ),
    )
