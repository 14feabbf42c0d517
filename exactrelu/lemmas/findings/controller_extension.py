"""Proposition 3.1: the extension "on a surrounding region" is not yet a map of the plane."""

from exactrelu.construction.loop import controller, three_unit_controller
from exactrelu.cpwl.polygon import box, coordinates, plane
from exactrelu.field import mpq
from exactrelu.lemmas.prop_3_1 import controller_fact
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement, Table
from exactrelu.network import Builder
from exactrelu.planar.pieces import common_pieces

STATEMENT = Statement(
    "Prop. 3.1, extension",
    "a global controller",
    r"""
The proof extends $F_\Gamma$ to the triangle and then "by any fixed piecewise affine rule on a finite polygonal
subdivision of a surrounding polygonal region". A bounded
region does not give a map $F : \mathbb{R}^2 \to \mathbb{R}^2$, and a network is one; what is left to do is an extension
to all of the plane with finitely many pieces. The two
explicit maps of Prop. 3.1 are such extensions.
""",
)

CONTROLLERS = {"five units": controller, "three units": three_unit_controller}

TRIANGLE = ((mpq(0), mpq(0)), (mpq(1), mpq(0)), (mpq(1), mpq(1)))
"""The corners of the triangle on which the proof interpolates."""


def check(controllers=CONTROLLERS):
    """Return the `Check`; ``controllers`` are the global maps."""
    facts = [controller_fact(name, F) for name, F in controllers.items()]
    return STATEMENT.check(region_fact(), *facts, *(pieces_fact(name, F) for name, F in controllers.items()))


def region_fact(corners=TRIANGLE):
    """A point beyond a bounded region: twice as far as its farthest corner, for the triangle itself."""
    point = (2 * max(max(abs(x), abs(y)) for x, y in corners), mpq(0))
    return Fact(
        r"The construction of the proof defines $F$ on $\mathbb{R}^2$. (Its region is bounded: the point below is not"
        r" in the triangle; for a larger region take one"
        " farther away.)",
        FOR_ALL,
        "the triangle of the proof; a larger region is bounded, too",
        1,
        None if in_triangle(point, *corners) else {"point without a value": point},
        printed=True,
    )


def in_triangle(point, a, b, c):
    """Return whether a point lies in the closed triangle abc."""
    turns = [
        (v[0] - u[0]) * (point[1] - u[1]) - (v[1] - u[1]) * (point[0] - u[0]) for u, v in ((a, b), (b, c), (c, a))
    ]
    return min(turns) >= 0 or max(turns) <= 0


def pieces_fact(name, F):
    """The affine pieces of F, as many as F has cells, fill a box beyond all vertices; so they do the plane."""
    b = Builder(2)
    network = b.network(F(b, *b.inputs))
    pieces = list(common_pieces(network, plane()))
    corners = [coordinates(vertex) for polygon, _ in pieces for vertex in polygon.generators if vertex[2]]
    half = 1 + max(abs(entry) for corner in corners for entry in corner)
    inside = list(common_pieces(network, box(-half, half, -half, half)))
    filled = sum(polygon.area() for polygon, _ in inside)
    forms = {forms for _, forms in pieces}
    is_all = filled == 4 * half * half and forms == {found for _, found in inside}
    return Fact(
        rf"The map $F$ of {name} is affine on finitely many convex pieces that fill the plane.",
        FOR_ALL,
        r"all points of $\mathbb{R}^2$: the pieces fill a square that has all their vertices inside, and there are no"
        r" other affine maps beyond it",
        len(forms),
        None if is_all else {"half side of the square": half, "area of the pieces": filled},
        table=Table(("map", "different affine maps"), ((name, len(forms)),)),
    )
