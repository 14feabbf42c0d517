"""Theorem 3.7: four branches are more than needed."""

from exactrelu.construction.lattice import lattice_form
from exactrelu.lemmas.beyond.two_branches import zones_fact
from exactrelu.lemmas.enumeration import difference, residual_pieces, unit_square_pieces
from exactrelu.lemmas.instances import EPSILON, special_atoms
from exactrelu.lemmas.result import INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.torus import TWO_BRANCHES, scalar_factor

STATEMENT = Statement(
    "Thm. 3.7, branches",
    "two branches suffice",
    r"""
The theorem takes the minimum over the four branches $(\sigma, \tau)$, and says so as if all were needed. The two
branches $(-, -)$ and $(+, +)$ suffice, here and
in every dimension (where the paper's scheme has $2^d$): if some coordinate is in a seam zone, the branch that reads it
exactly reads it outside of
$[\varrho, 1 - \varrho]$, and is 0 whatever the other coordinates are. One branch does not suffice.
""",
)


def check(branches=TWO_BRANCHES):
    """Return the `Check`; ``branches`` are the sign patterns that are claimed to suffice."""
    return STATEMENT.check(zones_fact(), network_fact(branches), *(single_fact(signs) for signs in branches))


def wrong_at(branches, function):
    """Return where the minimum over ``branches`` is not H(R_1), None if it is."""
    targets = residual_pieces(unit_square_pieces([function]), 1)
    return difference(scalar_factor(lattice_form(function.pieces()), 1, EPSILON, branches), targets)


def network_fact(branches):
    """The network with two branches, on the whole unit square."""
    atoms = special_atoms()
    found = {name: wrong_at(branches, function) for name, function in atoms.items()}
    witness = next(({"atom": name, **at} for name, at in found.items() if at is not None), None)
    return Fact(
        r"$H(R_n) = \min\lbrace H(\rho^{-,-}(z_n)), H(\rho^{+,+}(z_n)) \rbrace$ for the real network.",
        INSTANCES,
        r"all points of $[0, 1]^2$, $n = 1$; the cases are the atoms " + ", ".join(atoms),
        len(atoms),
        witness,
    )


def single_fact(signs):
    """One branch alone is wrong in its seam zone."""
    found = wrong_at((signs,), special_atoms()["pyramid"])
    rows = () if found is None else ((found["point"], *found["network"], *found["expected"]),)
    return Fact(
        rf"The branch $({', '.join(signs)})$ alone does not suffice: two is the least number of these branches.",
        INSTANCES,
        "the pyramid, $n = 1$, at the point of the table",
        1,
        {"the branch is enough": signs} if found is None else None,
        table=Table(("z", "branch", "H(R_1(z))"), rows),
    )
