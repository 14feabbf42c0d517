"""Proposition 5.1: boundary hats are not continuous, and max(0, min g_k) needs convex stars."""

from exactrelu.construction.atoms import decomposition
from exactrelu.construction.lattice import lattice, lattice_form
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.overlay import overlay
from exactrelu.cpwl.polygon import affine_at, box
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.lemmas.enumeration import difference
from exactrelu.lemmas.prop_5_1 import sum_fact
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.network import Builder

STATEMENT = Statement(
    "Prop. 5.1, hats",
    "nodal hats of interior vertices, and their formulas",
    r"""
The proof takes the nodal hats of all vertices of a triangulation of the window and calls each of them CPwL. The hat of
a vertex on the border, 0 outside the window, is not
continuous, so that it is no special atom, and $N$ is not "exactly the number of vertices". Only interior vertices give
atoms, and they are enough: $g$ vanishes on the border.

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
    """The hats of all vertices of the unit square that is cut into four triangles at its centre."""
    vertices = [(0, 0), (1, 0), (1, 1), (0, 1), (mpq(1, 2), mpq(1, 2))]
    triangles = [(k, (k + 1) % 4, 4) for k in range(4)]
    broken = [place for k, place in enumerate(vertices) if not is_continuous(hat_at(vertices, triangles, k))]
    witness = None
    if broken:
        witness = {
            "vertex": broken[0], "value from inside": 1, "value outside the window": 0,
            "vertices": len(vertices), "hats that are CPwL": len(vertices) - len(broken),
        }
    return Fact(
        r"The nodal hats of all vertices of a triangulation of the window, 0 outside, are CPwL, and the number $N$ of"
        r" special atoms is the number of vertices: the unit square, cut into four triangles at its centre.",
        FOR_ALL,
        "one triangulation",
        len(vertices),
        witness,
        printed=True,
    )


def hat_at(vertices, triangles, k):
    """Return the arguments of the nodal hat of vertex k."""
    return vertices, triangles, [int(index == k) for index in range(len(vertices))]


def is_continuous(arguments):
    """Return whether `CPwL` accepts a function, 0 outside the triangles, as continuous."""
    try:
        CPwL(*arguments)
    except InputError as error:
        if "not continuous" not in str(error):
            raise
        return False
    return True


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
        reading="As often written",
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
