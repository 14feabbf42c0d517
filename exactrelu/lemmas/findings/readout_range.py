"""Lemma 3.6: values in [0, 1] on the whole plane need a clamp."""

from exactrelu.cpwl.polygon import coordinates, plane
from exactrelu.field import mpq
from exactrelu.lemmas.lemma_3_6 import exactness_fact
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, Fact, Statement
from exactrelu.lemmas.symbolic import POINTWISE, between, failure, positive
from exactrelu.lemmas.torus import READOUTS
from exactrelu.network import Builder
from exactrelu.planar import affine_pieces

STATEMENT = Statement(
    "Lemma 3.6, range",
    "values of the readouts off the loop",
    r"""
The lemma asks for $\rho^\pm : \mathbb{R}^2 \to [0, 1]$ and leaves it open how to have these values off $\Gamma$.
Formulas with (i)–(iii) have them on $\Gamma$ only, unless clamped:
the unclamped ones of the project take other values elsewhere. The values off $\Gamma$ are never used, since the
controller state stays on $\Gamma$ (Prop. 3.3);
with a clamp, one more layer, the lemma holds as stated.
""",
)

EPSILON = mpq(1, 16)


def check(readouts=READOUTS):
    """Return the `Check`; ``readouts`` maps signs to formulas of (builder, p, q, ε)."""
    clamped = {sign: clamped_readout(readout) for sign, readout in readouts.items()}
    return STATEMENT.check(
        *(unclamped_fact(sign, readout) for sign, readout in readouts.items()),
        *(exactness_fact(sign, readout) for sign, readout in clamped.items()),
        range_fact(),
    )


def clamped_readout(readout):
    """Return min(1, max(0, ρ)) as a formula of (builder, p, q, ε)."""
    return lambda b, p, q, epsilon: b.clamp(readout(b, p, q, epsilon))


def out_of_range(readout):
    """Return a point at which the readout is not in [0, 1], found on its affine pieces; None if there is none."""
    b = Builder(2)
    network = b.network([readout(b, *b.inputs, EPSILON)])
    for polygon, form in affine_pieces(network, plane()):
        corner = next(coordinates(vertex) for vertex in polygon.generators if vertex[2])
        for vertex in polygon.generators:
            # one step along a ray is enough: if the slope is not 0, the values are unbounded
            point = coordinates(vertex) if vertex[2] else (corner[0] + 2 * vertex[0], corner[1] + 2 * vertex[1])
            (value,) = network.evaluate(point)
            if not 0 <= value <= 1 or (not vertex[2] and form[0] * vertex[0] + form[1] * vertex[1]):
                return {"point": point, "rho": value}
    return None


def unclamped_fact(sign, readout):
    """The formula without a clamp."""
    return Fact(
        rf"The formula of $\rho^{sign}$ has its values in $[0, 1]$ on $\mathbb{{R}}^2$.",
        INSTANCES,
        rf"$\bar\varepsilon = {EPSILON}$, one point",
        1,
        out_of_range(readout),
        printed=True,
        reading="Without a clamp",
    )


def range_fact(clamped=clamped_readout):
    """The clamp of any value, at and between its knots and beyond them."""
    (s,) = positive("s")
    cases = [{"value": value} for value in (-s, 0 * s, between(mpq(0), mpq(1), s), 0 * s + 1, 1 + s)]
    formula = clamped(lambda b, p, q, epsilon: p)

    def claim(value):
        return (0 <= formula(POINTWISE, value, value, EPSILON) <= 1,), (True,)

    return Fact(
        r"The clamped $\rho^\pm$ have their values in $[0, 1]$ on $\mathbb{R}^2$: a clamped value is in $[0, 1]$,"
        " whatever it was.",
        FOR_ALL,
        r"all values in $\mathbb{R}$, hence all readouts, all $\bar\varepsilon$ and all points of the plane",
        len(cases),
        failure(claim, cases),
    )
