"""Proposition 5.1: boundary hats are not continuous, and max(0, min g_k) needs convex stars."""

from exactrelu.construction.atoms import decomposition
from exactrelu.construction.lattice import lattice, lattice_form
from exactrelu.errors import InputError
from exactrelu.geometry.cpwl import CPwL
from exactrelu.geometry.overlay import overlay
from exactrelu.geometry.polygon import affine_at, box
from exactrelu.lemmas.enumeration import difference
from exactrelu.lemmas.prop_5_1 import sum_fact
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.network import Builder
from exactrelu.rational import mpq

STATEMENT = Statement(
    "Prop. 5.1, hats",
    "nodal hats of interior vertices, and their formulas",
    r"""
The proof takes the nodal hats of all vertices of a triangulation of the window and calls each of them CPwL. The hat of
a vertex on the border, 0 outside the window, is not
continuous, so that it is no special atom. Only interior vertices give atoms, and they are enough: $g$ vanishes on the
border.

A hat is often written $\max(0, \min_k g_k)$ with its affine pieces $g_k$. That is right for a convex star only. For
every star the max-min form
$\max(0, \max_S \min_{k \in S} g_k)$ is right, with one set $S = \lbrace k : g_k \geq H \rbrace$ for each cell of the
arrangement of the lines $g_i = g_j$.
""",
)

STAR = [(0, 0), (2, 0), (mpq(1, 2), mpq(1, 2)), (0, 2), (-2, 0), (0, -2)]
"""The centre and the rim of a star with a reflex corner at (1/2, 1/2)."""

POINT = (mpq(-7, 8), mpq(1))

SEEDS = ("window_edges", "nonconvex_star")


def reflex_hat():
    """Return the hat about (0, 0) on the star."""
    return CPwL(STAR, [(0, k, k % 5 + 1) for k in range(1, 6)], [1, 0, 0, 0, 0, 0])


def check(form_of=lattice_form, decompose=decomposition):
    """Return the `Check`; ``form_of`` makes the max-min form from pieces, ``decompose`` is (CPwL, ϱ) -> terms."""
    return STATEMENT.check(border_fact(), minimum_fact(), lattice_fact(form_of), sum_fact(decompose, SEEDS))


def border_fact():
    """The hat of the corner (0, 0) of the window, 1 there and 0 at the other corners."""
    corners, triangles = [(0, 0), (1, 0), (1, 1), (0, 1)], [(0, 1, 2), (0, 2, 3)]
    try:
        CPwL(corners, triangles, [1, 0, 0, 0])
    except InputError as error:
        if "not continuous" not in str(error):
            raise
        witness = {"vertex": (mpq(0), mpq(0)), "value from inside": mpq(1), "value outside the window": mpq(0)}
    else:
        witness = None
    return Fact(
        r"The nodal hats of all vertices of a triangulation of the window, 0 outside, are CPwL: the hat of the corner"
        r" $(0, 0)$ of the unit square.",
        FOR_ALL,
        "one vertex on the border",
        1,
        witness,
        printed=True,
    )


def minimum_fact():
    """max(0, min over all pieces) of the reflex hat at one point."""
    hat = reflex_hat()
    simple = max(mpq(0), min(affine_at(form, *POINT) for form in hat.forms))
    value = hat.evaluate(*POINT)
    return Fact(
        r"A nodal hat is $\max(0, \min_k g_k)$ with its affine pieces $g_k$: the star with rim $(2,0), (1/2,1/2),"
        r" (0,2), (-2,0), (0,-2)$.",
        FOR_ALL,
        "one point",
        1,
        {"point": POINT, "max(0, min g_k)": simple, "H": value} if simple != value else None,
        printed=True,
    )


def lattice_fact(form_of):
    """The max-min form of the reflex hat as a network, on a box around its support."""
    hat = reflex_hat()
    b = Builder(2)
    network = b.network([b.relu(lattice(b, form_of(hat.pieces()), *b.inputs))])
    targets = overlay([hat], box(-3, 3, -3, 3))
    return Fact(
        r"The max-min form of the same hat is right; the cases are its pieces.",
        INSTANCES,
        r"all points of $[-3, 3]^2$",
        len(targets),
        difference(network, targets),
    )
