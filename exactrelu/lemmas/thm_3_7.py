"""Theorem 3.7: H(R_n) is the minimum of four readout branches of the controller state, for every special atom."""

from exactrelu.construction.lattice import lattice_form
from exactrelu.lemmas.enumeration import difference, residual_pieces, unit_square_pieces
from exactrelu.lemmas.instances import EPSILON, special_atoms
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.torus import FOUR_BRANCHES, READOUTS, scalar_factor
from exactrelu.lemmas.zones import EXACT, branch_failure
from exactrelu.network.layers import layered

STATEMENT = Statement(
    "Thm. 3.7",
    "scalar factor of a special atom",
    r"""
Let $H$ be a special atom. For every $n \geq 1$ and $(x, y) \in [0, 1]^2$, with $\rho^{\sigma,\tau}(z_1, z_2) =
(\rho^\sigma(z_1), \rho^\tau(z_2))$,

$$H(R_n(x, y)) = \min_{\sigma, \tau \in \lbrace -, + \rbrace} H\bigl(\rho^{\sigma,\tau}(z_n(x, y))\bigr),$$

and the right-hand side is a network of fixed width and depth $O(n)$. By Prop. 3.3 it is enough to compare both sides at
$z_n = (E(u), E(v))$ for all $(u, v) \in [0, 1]^2$; the cases are the zones $[0, \bar\varepsilon]$, $[\bar\varepsilon, 1
- \bar\varepsilon]$, $[1 - \bar\varepsilon, 1]$ of $u$ and $v$.
""",
)

LEVELS = 3
DEPTHS = 20


def check(branches=FOUR_BRANCHES, readouts=READOUTS, exact=EXACT, atoms=None):
    """Return the `Check`; ``branches`` are sign patterns, ``exact`` the pairs (zone, sign) of Lemma 3.6 (i)."""
    atoms = special_atoms() if atoms is None else atoms
    return STATEMENT.check(zones_fact(exact), network_fact(branches, readouts, atoms), sizes_fact(branches, atoms))


def zones_fact(exact):
    """The case distinction of the proof, on what Lemma 3.6 (i) and Definition 2.8 give."""
    cases, witness = branch_failure("-+", 2, exact)
    return Fact(
        r"In each of the nine zones the minimum is $H(u, v)$: where both coordinates are in the middle all four"
        r" branches are $H(u, v)$; elsewhere"
        r" $H(u, v) = 0$, no branch is negative, and the one that reads both coordinates exactly is 0.",
        FOR_ALL,
        r"all special atoms, all $0 < \bar\varepsilon < \varrho < 1/2$, all $n$, all $(x, y)$",
        cases,
        witness,
    )


def network_fact(branches, readouts, atoms):
    """The real network against H(R_n) on every region of the unit square."""
    cases, witness = 0, None
    for name, function in atoms.items():
        pieces, shape = unit_square_pieces([function]), lattice_form(function.pieces())
        for n in range(1, LEVELS + 1):
            targets = residual_pieces(pieces, n)
            cases += len(targets)
            found = difference(scalar_factor(shape, n, EPSILON, branches, readouts=readouts), targets)
            if found is not None and witness is None:
                witness = {"atom": name, "n": n, **found}
    return Fact(
        r"The network, controller and readouts and all, is $H(R_n)$.",
        INSTANCES,
        "all points of $[0, 1]^2$; atoms: " + ", ".join(atoms),
        cases,
        witness,
        within={"n": (1, LEVELS), r"\bar\varepsilon": (EPSILON, EPSILON)},
    )


def sizes_fact(branches, atoms):
    """Width and depth as functions of n."""
    rows, witness = [], None
    for name, function in atoms.items():
        shape = lattice_form(function.pieces())
        forms = [layered(scalar_factor(shape, n, EPSILON, branches)) for n in range(1, DEPTHS + 1)]
        first = forms[0]
        rows.append((name, len(shape.forms), first.width, f"n + {first.depth - 1}"))
        for n, form in enumerate(forms, 1):
            if (form.width, form.depth) != (first.width, first.depth + n - 1) and witness is None:
                witness = {"atom": name, "n": n, "width": form.width, "depth": form.depth}
    return Fact(
        "The width does not depend on $n$, and the depth grows by one layer from $n$ to $n + 1$.",
        INSTANCES,
        "the layered networks themselves",
        len(rows) * DEPTHS,
        witness,
        table=Table(("atom", "affine pieces", "width", "depth"), tuple(rows)),
        within={"n": (1, DEPTHS)},
    )
