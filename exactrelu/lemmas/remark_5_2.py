"""Remark 5.2: the number of atoms depends on the size of the support, not only on the number of pieces."""

from exactrelu.construction.atoms import decomposition
from exactrelu.field import mpq
from exactrelu.lemmas.instances import RHO
from exactrelu.lemmas.result import INSTANCES, Fact, Statement, Table
from exactrelu.scheme import builtin_seeds

STATEMENT = Statement(
    "Remark 5.2",
    "the number of atoms",
    r"""
The number $N$ of atoms in Prop. 5.1 depends on the geometric scale of $g$, not only on its combinatorics: a function
with few
affine pieces needs many atoms if its support is large. An atom fits into a square of side $1 - 2\varrho$, so that at
least
$\mathrm{area}(\mathrm{supp}\ g) / (1 - 2\varrho)^2$ atoms are needed, whatever their shapes.
""",
)

SCALES = (1, 2, 4)


def check(decompose=decomposition):
    """Return the `Check`; ``decompose`` is (CPwL, ϱ) -> terms."""
    return STATEMENT.check(growth_fact(decompose))


def growth_fact(decompose):
    """The Courant hat, magnified: six pieces always, more and more atoms, never fewer than the area asks for."""
    hat = builtin_seeds()["courant"].function
    rows, witness = [], None
    for scale in SCALES:
        function = hat.dilated(mpq(1, scale), 0, 0)
        area = sum(polygon.area() for polygon, form in function.pieces() if any(form))
        least = -(-area // (1 - 2 * RHO) ** 2)
        count = len(decompose(function, RHO))
        rows.append((scale, len(function.triangles), least, count))
        if count < least or (len(rows) > 1 and count <= rows[-2][3]):
            witness = witness or {"scale": scale, "atoms": count, "least": least}
    return Fact(
        "The Courant hat magnified: always six affine pieces, more and more atoms, never fewer than the area asks for.",
        INSTANCES,
        rf"$\varrho = {RHO}$, the project's decomposition",
        len(rows),
        witness,
        table=Table(("scale", "triangles", "least number by area", "atoms"), tuple(rows)),
    )
