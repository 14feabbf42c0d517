"""The max-min form of a non-negative CPwL function, with one index set for each cell of the arrangement."""

from itertools import product

from exactrelu.construction.lattice import lattice, lattice_form
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.overlay import overlay
from exactrelu.cpwl.polygon import box
from exactrelu.lemmas.enumeration import difference
from exactrelu.lemmas.instances import special_atoms
from exactrelu.lemmas.result import INSTANCES, Fact, Statement, Table
from exactrelu.network import Builder

STATEMENT = Statement(
    "Max-min form",
    "atoms as maxima of minima",
    r"""
A CPwL function $H \geq 0$ with affine pieces $g_1, \ldots, g_m$ beside the zero outside its support is

$$H = \max\Bigl(0, \ \max_S \min_{k \in S} g_k \Bigr), \qquad S = \lbrace k : g_k \geq H \text{ on the cell} \rbrace,$$

with one set $S$ for each cell on which $H > 0$ is affine and no $g_k - H$ changes its sign. On its own cell $\min_S g_k
= H$. Elsewhere $\min_S g_k \leq H$: along the segment from a point $y$ of the cell to any $z$ the function has finitely
many pieces, and one of
those with $g_k(y) \geq H(y)$ has $g_k(z) \leq H(z)$. So sets that contain another one may be left out. A hat with a
convex star needs one set only.
""",
)

RADII = (1, 2, 3)

DIRECTIONS = ((1, 0), (1, 1), (0, 1), (-1, 0), (0, -1))


def stars():
    """Return the hats about (0, 0) on all stars with a rim point on each of five rays, at distance 1, 2 (or 3)."""
    functions = []
    for radii in product(RADII, RADII[:2], RADII, RADII[:2], RADII[:2]):
        rim = [(radius * dx, radius * dy) for radius, (dx, dy) in zip(radii, DIRECTIONS, strict=True)]
        functions.append(CPwL([(0, 0), *rim], [(0, k, k % 5 + 1) for k in range(1, 6)], [1, 0, 0, 0, 0, 0]))
    return functions


def check(form_of=lattice_form):
    """Return the `Check`; ``form_of`` makes the max-min form from pieces."""
    return STATEMENT.check(functions_fact(form_of), stars_fact(form_of))


def wrong_at(form_of, function):
    """Return where the network of the max-min form is not the function, None if it is nowhere."""
    b = Builder(2)
    network = b.network([b.relu(lattice(b, form_of(function.pieces()), *b.inputs))])
    (x0, x1), (y0, y1) = function.support_box()
    return difference(network, overlay([function], box(x0 - 1, x1 + 1, y0 - 1, y1 + 1)))


def functions_fact(form_of):
    """The atoms of the other checks."""
    rows, witness = [], None
    for name, function in special_atoms().items():
        form = form_of(function.pieces())
        rows.append((name, len(form.forms), len(form.sets)))
        found = wrong_at(form_of, function)
        if found is not None and witness is None:
            witness = {"atom": name, **found}
    return Fact(
        "The atoms of the other checks.",
        INSTANCES,
        "all points of a box around the support",
        len(rows),
        witness,
        table=Table(("atom", "affine pieces", "sets"), tuple(rows)),
    )


def stars_fact(form_of):
    """All stars of a family, convex and not."""
    cases = several = 0
    witness = None
    for function in stars():
        cases += 1
        several += len(form_of(function.pieces()).sets) > 1
        found = wrong_at(form_of, function)
        if found is not None and witness is None:
            witness = {"rim": function.vertices[1:], **found}
    return Fact(
        r"All hats about $(0, 0)$ with rim points on the rays $(1,0), (1,1), (0,1), (-1,0), (0,-1)$, at distances 1,"
        r" 2, 3 on the first and third and 1, 2 on the others.",
        INSTANCES,
        "all points of a box around the support",
        cases,
        witness,
        table=Table(("stars", "of these with more than one set"), ((cases, several),)),
    )
