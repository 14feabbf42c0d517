"""Proposition 3.1: the loop controller, F(E(t)) = E(r(t)) for a global CPwL map F of the plane."""

from exactrelu.construction.loop import controller, embedding, three_unit_controller
from exactrelu.lemmas.loop_spec import SIXTHS, printed_embedding
from exactrelu.lemmas.result import FOR_ALL, Fact, Statement, Table
from exactrelu.lemmas.symbolic import POINTWISE, along, failure, positive
from exactrelu.network import Builder
from exactrelu.network.layers import layered
from exactrelu.refinement.cascade import residual

STATEMENT = Statement(
    "Prop. 3.1",
    "exact loop controller",
    r"""
Let $E : [0, 1] \to \Gamma$ run once around the boundary of the triangle $(0,0), (1,1), (1,0)$: $E(t) = (3t, 3t)$, then
$(1, 2 - 3t)$, then $(3 - 3t, 0)$ on the three thirds, (3.1). There is a CPwL map $F$ of the plane with

$$F(E(t)) = E(r(t)), \qquad 0 \leq t \leq 1,$$

and $F$ has an exact ReLU realization. The project uses two explicit global maps, each of one hidden layer:

$$F(p, q) = \bigl(1 - 2q_+ - (1 - 2p)_+ + 2(2q - p)_+, \quad 2q_+ - 2(p + q - 1)_+ + (2p - 2q - 1)_+\bigr),$$

and, with three units beside $p$ and $q$ themselves,

$$F(p, q) = \bigl(2p - (2p-1)_+ + 2(2q-1)_+ - 2(p+q-1)_+, \quad 2q + (2p-1)_+ + (2q-1)_+ - 4(p+q-1)_+\bigr).$$
""",
)

CONTROLLERS = {"five units": controller, "three units": three_unit_controller}


def check(controllers=CONTROLLERS, embed=embedding):
    """Return the `Check`; ``controllers`` are the maps F, ``embed`` the network formula of E, by (builder, t)."""
    facts = [embedding_fact(embed)]
    facts += [controller_fact(name, F) for name, F in controllers.items()]
    facts += [printed_sides_fact(name, F) for name, F in controllers.items()]
    return STATEMENT.check(*facts, sizes_fact(controllers, embed))


def embedding_fact(embed):
    """The network formula of E is (3.1) on [0, 1]; E(0) = E(1)."""
    (s,) = positive("s")
    cases = along(SIXTHS, s)
    return Fact(
        r"The network formula of $E$ is (3.1); in particular $E(0) = E(1) = (0, 0)$.",
        FOR_ALL,
        r"all $t \in [0, 1]$",
        len(cases),
        failure(lambda t: (embed(POINTWISE, t), printed_embedding(t)), cases),
    )


def controller_fact(name, F):
    """F(E(t)) = E(r(t)) at all knots of both sides and between them."""
    (s,) = positive("s")
    cases = along(SIXTHS, s)

    def claim(t):
        return F(POINTWISE, *printed_embedding(t)), printed_embedding(residual(t))

    return Fact(
        rf"$F(E(t)) = E(r(t))$ for the map $F$ of {name}.",
        FOR_ALL,
        r"all $t \in [0, 1]$: the knots of both sides and the open intervals between them",
        len(cases),
        failure(claim, cases),
    )


def printed_sides_fact(name, F):
    """F on the three sides of the triangle is the map F_Γ that the proof prints."""
    (s,) = positive("s")
    sides = {0: lambda t: (t, t), 1: lambda t: (1 + 0 * t, t), 2: lambda t: (t, 0 * t)}
    printed = {
        0: (lambda t: (2 * t, 2 * t), lambda t: (1 + 0 * t, 2 - 2 * t)),
        1: (lambda t: (1 - 2 * t, 1 - 2 * t), lambda t: (2 * t - 1, 0 * t)),
        2: (lambda t: (2 * t, 0 * t), lambda t: (1 + 0 * t, 2 * t - 1)),
    }

    def claim(t, side):
        k = int(side.number())
        lower, upper = printed[k]
        return F(POINTWISE, *sides[k](t)), (lower if 2 * t <= 1 else upper)(t)

    cases = [case for k in sides for case in along(SIXTHS[::3], s, side=0 * s + k)]
    return Fact(
        rf"On the sides $(s, s)$, $(1, s)$, $(s, 0)$ of $\Gamma$ the map $F$ of {name} is the map $F_\Gamma$ of six"
        rf" pieces that"
        " the proof prints.",
        FOR_ALL,
        r"all points of $\Gamma$",
        len(cases),
        failure(claim, cases),
    )


def sizes_fact(controllers, embed):
    """E and F as layered networks: one hidden layer each."""
    rows = []
    b = Builder(1)
    networks = {"E": b.network(embed(b, *b.inputs))}
    for name, F in controllers.items():
        b = Builder(2)
        networks[f"F, {name}"] = b.network(F(b, *b.inputs))
    for name, network in networks.items():
        form = layered(network)
        rows.append((name, form.depth, form.width, form.largest_weight))
    deep = next((row for row in rows if row[1] != 1), None)
    return Fact(
        r"$E$ and $F$ have exact realizations with one hidden layer.",
        FOR_ALL,
        "the layered networks themselves",
        len(rows),
        None if deep is None else {"map": deep[0], "depth": deep[1]},
        table=Table(("map", "hidden layers", "width", "largest weight"), tuple(rows)),
    )
