"""Theorem 4.5: V^n H of a special atom as a network on the whole plane, fixed width and depth O(n)."""

from exactrelu.certification.induction import sizes_all
from exactrelu.construction import paper
from exactrelu.construction.choices import DEFAULT
from exactrelu.lemmas.result import Statement
from exactrelu.lemmas.thm_4_3 import atom_problem
from exactrelu.lemmas.whole import certified_fact, sizes_fact

STATEMENT = Statement(
    "Thm. 4.5",
    "special-atom theorem",
    r"""
For a special atom $H$ there are constants with $V^n H \in \Upsilon_{C_0, C_1 n}(\mathrm{ReLU}; 2, 1)$ for $n \geq 1$:
the networks of Thm. 4.3, one for each
patch of the window, glued by Lemma 4.4. Here this is the construction `paper`; its depth is $5n + c$.
""",
)

WINDOWS = {
    # mask: (window, atom)
    "haar_half": ((1, 1), "hexagon"),
    "growing_haar_3": ((1, 1), "reflex star"),
    "difference_zero_sum": ((1, 1), "two peaks"),
    "degenerate_single_c21_w2": ((2, 1), "pyramid"),
    "courant_M111": ((2, 2), "hexagon"),
}

CERTIFIED = (
    ("haar_half", 3),
    ("growing_haar_3", 2),
    ("difference_zero_sum", 2),
    ("degenerate_single_c21_w2", 2),
    ("courant_M111", 1),
)

LEVELS = 10


def problem_of(mask):
    """Return the problem of a mask of the table."""
    return atom_problem(mask, *WINDOWS[mask])


def check(choices=DEFAULT, build=paper.build, certified=CERTIFIED):
    """Return the `Check`; ``build`` is (problem, n, choices) -> network, ``certified`` has pairs (mask, n)."""

    def network(mask, n):
        return build(problem_of(mask), n, choices)

    return STATEMENT.check(
        certified_fact(r"The glued network is $V^n H$.", certified, network, problem_of),
        sizes_fact(
            r"The width is at most $W$, and the depth, which grows by 5 from $n$ to $n + 1$, at most $L$, hence at most"
            r" $C_1 n$, for every $n \geq 1$.",
            [(mask,) for mask in WINDOWS],
            network,
            LEVELS,
            lambda mask: sizes_all(problem_of(mask), "paper"),
        ),
    )
