"""Proposition 3.3: the torus controller, (F × F)^n (E(x), E(y)) = (E(r^n(x)), E(r^n(y)))."""

from itertools import pairwise, product

from exactrelu.construction.loop import controller
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq
from exactrelu.lemmas.enumeration import difference, residual_pieces
from exactrelu.lemmas.loop_spec import printed_embedding
from exactrelu.lemmas.prop_3_1 import controller_fact
from exactrelu.lemmas.result import INSTANCES, Fact, Statement
from exactrelu.lemmas.torus import torus_controller

STATEMENT = Statement(
    "Prop. 3.3",
    "exact torus controller",
    r"""
With $\mathcal{E}(x, y) = (E(x), E(y))$ and $\mathcal{F}(z_1, z_2) = (F(z_1), F(z_2))$, for every $n \geq 0$ and $(x, y)
\in [0, 1]^2$

$$z_n(x, y) := \mathcal{F}^n(\mathcal{E}(x, y)) = (E(r^n(x)), E(r^n(y))) .$$

Both coordinates are separate, so that this is Cor. 3.2 twice; the step from $n$ to $n + 1$ is Prop. 3.1.
""",
)

LEVELS = 4

THIRDS = (mpq(0), mpq(1, 3), mpq(2, 3), mpq(1))


def check(F=controller):
    """Return the `Check`; ``F`` is the controller, a formula of (builder, p, q)."""
    step = controller_fact("the step", F)._replace(
        claim=r"The step in each coordinate: $F(E(u)) = E(r(u))$ for $u = r^n(x)$ or $r^n(y)$.",
        scope=r"all $n \geq 0$, all $u \in [0, 1]$",
    )
    return STATEMENT.check(step, network_fact(F))


def embedding_pieces():
    """Return the pieces (polygon, four forms) of (E(x), E(y)) on the unit square: nine squares of side 1/3."""
    pieces = []
    for (x0, x1), (y0, y1) in product(pairwise(THIRDS), repeat=2):
        forms = [*_forms(x0, x1, 0), *_forms(y0, y1, 1)]
        pieces.append((box(x0, x1, y0, y1), tuple(forms)))
    return pieces


def _forms(low, high, axis):
    """Return the forms of p and q of E on [low, high], from the values of (3.1) at both ends."""
    ends = zip(printed_embedding(low), printed_embedding(high), strict=True)
    for at_low, at_high in ends:
        slope = (at_high - at_low) / (high - low)
        yield (slope, mpq(0), at_low - slope * low) if axis == 0 else (mpq(0), slope, at_low - slope * low)


def network_fact(F):
    """The network of z_n on the whole unit square."""
    cases, witness = 0, None
    for n in range(1, LEVELS + 1):
        targets = residual_pieces(embedding_pieces(), n)
        cases += len(targets)
        found = difference(torus_controller(n, F), targets)
        if found is not None and witness is None:
            witness = {"n": n, **found}
    return Fact(
        r"The network of $z_n$ has the four components of $(E(r^n(x)), E(r^n(y)))$ on every square of side $2^{-n}/3$.",
        INSTANCES,
        "all points of $[0, 1]^2$",
        cases,
        witness,
        within={"n": (1, LEVELS)},
    )
