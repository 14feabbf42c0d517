"""Two readout branches suffice in every dimension."""

from exactrelu.construction.lattice import lattice_form
from exactrelu.lemmas.enumeration import difference, residual_pieces, unit_square_pieces
from exactrelu.lemmas.instances import EPSILON, special_atoms
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.lemmas.torus import TWO_BRANCHES, scalar_factor
from exactrelu.lemmas.zones import EXACT, diagonal_failure

STATEMENT = Statement(
    "Two branches",
    "two readout branches in every dimension",
    r"""
For every special atom $H$ of $\mathbb{R}^d$ ($H \geq 0$ with support in $[\varrho, 1 - \varrho]^d$) and every $u \in
[0, 1]^d$

$$H(u) = \min\bigl\lbrace H(\rho^-(E(u_1)), \ldots, \rho^-(E(u_d))), \ H(\rho^+(E(u_1)), \ldots, \rho^+(E(u_d)))
\bigr\rbrace .$$

If all coordinates are in the middle zone, both branches are $H(u)$. Otherwise $H(u) = 0$, no branch is negative, and
one of them is 0: with some $u_i$
in $[0, \bar\varepsilon]$, the second one, since it reads $u_i$ exactly, outside of $[\varrho, 1 - \varrho]$; with some
$u_i$ in $[1 - \bar\varepsilon, 1]$, the first.
""",
)

LEVELS = 2


def check(branches=TWO_BRANCHES, exact=EXACT):
    """Return the `Check`; ``branches`` are sign patterns, ``exact`` the pairs (zone, sign) of Lemma 3.6 (i)."""
    return STATEMENT.check(zones_fact(exact), network_fact(branches))


def zones_fact(exact=EXACT):
    """Every set of zones in which the coordinates can lie."""
    cases, witness = diagonal_failure(exact)
    return Fact(
        r"The minimum of the branches $(-, \ldots, -)$ and $(+, \ldots, +)$ is $H$. What they are depends only on"
        r" which of the three zones occur among the"
        r" coordinates: seven sets of zones.",
        FOR_ALL,
        r"all dimensions $d$, all special atoms, all $0 < \bar\varepsilon < \varrho < 1/2$, all $u \in [0, 1]^d$",
        cases,
        witness,
    )


def network_fact(branches):
    """The network of the plane, on every region of the unit square."""
    cases, witness = 0, None
    for name, function in special_atoms().items():
        pieces, shape = unit_square_pieces([function]), lattice_form(function.pieces())
        for n in range(1, LEVELS + 1):
            targets = residual_pieces(pieces, n)
            cases += len(targets)
            found = difference(scalar_factor(shape, n, EPSILON, branches), targets)
            if found is not None and witness is None:
                witness = {"atom": name, "n": n, **found}
    return Fact(
        r"The network with these two branches is $H(R_n)$.",
        INSTANCES,
        "all points of $[0, 1]^2$; atoms: " + ", ".join(special_atoms()),
        cases,
        witness,
        within={"n": (1, LEVELS), r"\bar\varepsilon": (EPSILON, EPSILON)},
    )
