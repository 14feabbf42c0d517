"""Definition 2.8: special atoms, and the recogniser that decides whether a function is one."""

from itertools import product

from exactrelu.cpwl.cpwl import CPwL
from exactrelu.field import mpq
from exactrelu.lemmas.atoms import atom_failure
from exactrelu.lemmas.instances import RHO, special_atoms
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement, Table
from exactrelu.lemmas.symbolic import failure, positive

STATEMENT = Statement(
    "Def. 2.8",
    "special atoms",
    r"""
For fixed $0 < \varrho < 1/2$, a special atom is a compactly supported CPwL function $H \geq 0$ whose support lies in
$[\varrho, 1 - \varrho]^2$. A function given by values on a triangulation is one if and only if no value is negative and
every
triangle on which it is not zero lies in that square; a function that is none has a corner of a triangle as a witness.
""",
)


def check(recognise=atom_failure):
    """Return the `Check`; ``recognise`` is a function (CPwL, ϱ) -> witness or None."""
    return STATEMENT.check(corners_fact(), accepted_fact(recognise), refused_fact(recognise))


def corners_fact():
    """Corners decide: on a triangle the value is a convex combination of those at the corners."""
    u, v, w, f, g, h = positive("u", "v", "w", "f", "g", "h")
    cases = []
    for places in product((0, 1), repeat=3):
        if any(places):
            weights = [size * is_there for size, is_there in zip((u, v, w), places, strict=True)]
            shares = {name: weight / sum(weights) for name, weight in zip("uvw", weights, strict=True)}
            cases += [
                {**shares, **dict(zip("fgh", (f * one, g * two, h * three), strict=True))}
                for one, two, three in product((0, 1), repeat=3)
            ]

    def claim(u, v, w, f, g, h):
        return (u + v + w, u * f + v * g + w * h >= 0), (1, True)

    return Fact(
        "On a triangle with values $\\geq 0$ at the corners the function is $\\geq 0$.",
        FOR_ALL,
        "all triangles, all values, 0 among them, all points, corners and sides among them (barycentric coordinates)",
        len(cases),
        failure(claim, cases),
    )


def accepted_fact(recognise):
    """The atoms of the other checks are special atoms."""
    rows, witness = [], None
    for name, function in special_atoms().items():
        rows.append((name, len(function.triangles), max(function.values)))
        witness = witness or recognise(function, RHO)
    return Fact(
        rf"The atoms of the other checks are special atoms for $\varrho = {RHO}$.",
        INSTANCES,
        "all points of the plane",
        len(rows),
        witness,
        table=Table(("atom", "triangles", "maximum"), tuple(rows)),
    )


def refused_fact(recognise):
    """Functions that fail one condition each are refused, at the point where it fails."""
    hexagon = special_atoms()["hexagon"]
    two = special_atoms()["two peaks"]
    bad = {
        "negative": hexagon.scaled(-1),
        "one negative peak": CPwL(two.vertices, two.triangles, [*two.values[:-1], mpq(-1)]),
        "moved too far to the right": hexagon.shifted(mpq(1, 64), 0),
        "moved too far down": hexagon.shifted(0, -mpq(1, 64)),
        "too large": hexagon.dilated(mpq(7, 8), -mpq(1, 16), -mpq(1, 16)),
    }
    rows, witness = [], None
    for name, function in bad.items():
        found = recognise(function, RHO)
        if found is None:
            witness = witness or {"accepted": name}
        else:
            what, where = next(iter(found.items()))
            rows.append((name, what, where))
    return Fact(
        "Functions that violate one condition are refused, with a point where it fails.",
        INSTANCES,
        rf"$\varrho = {RHO}$",
        len(bad),
        witness,
        table=Table(("function", "fails at the", "namely"), tuple(rows)),
    )
