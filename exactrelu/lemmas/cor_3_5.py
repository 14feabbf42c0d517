"""Corollary 3.5: the controller z_n as a network of fixed width and depth n + 1."""

from exactrelu.construction.loop import controller
from exactrelu.lemmas.result import FOR_ALL, WITHIN_RANGE, Fact, Statement, Table
from exactrelu.lemmas.torus import torus_controller, transport_block
from exactrelu.network.layers import layered

STATEMENT = Statement(
    "Cor. 3.5",
    "width and depth of the controller",
    r"""
There are constants $C_0, C_1$ with $z_n \in \Upsilon_{C_0, C_1 n}(\mathrm{ReLU}; 2, 4)$ for every $n \geq 1$ (not for
$n = 0$, see the findings). Here the
depth is $n + 1$, at most $2n$: one layer for $\mathcal{E}$ and one for each $\mathcal{F}$, with the same width for all
$n$.
""",
)

LEVELS = 40


def check(F=controller):
    """Return the `Check`; ``F`` is the controller, a formula of (builder, p, q)."""
    return STATEMENT.check(block_fact(F), sizes_fact(F))


def block_fact(F):
    """One step is one layer, so each further step adds one layer of the same width."""
    form = layered(torus_controller(3, F))
    step = layered(transport_block(F))
    repeated = form.layers[2].rows == form.layers[3].rows
    holds = step.depth == 1 and form.depth == 4 and repeated
    return Fact(
        r"The step $\mathcal{F}$ is one layer, and from the second step on all steps are the same layer: so the depth"
        r" is $n + 1$ and the width"
        r" does not depend on $n$.",
        FOR_ALL,
        r"all $n \geq 1$, by the block structure",
        1,
        None if holds else {"depth of the step": step.depth, "depth for n = 3": form.depth},
    )


def sizes_fact(F):
    """The layered networks for n = 1, …, LEVELS."""
    rows, witness = [], None
    for n in range(1, LEVELS + 1):
        form = layered(torus_controller(n, F))
        rows.append((n, form.width, form.depth, form.largest_weight))
        if (form.depth, form.width) != (n + 1, rows[0][1]) and witness is None:
            witness = {"n": n, "width": form.width, "depth": form.depth}
    return Fact(
        "Width and depth of the layered networks themselves: $W$ is constant, $L = n + 1$.",
        WITHIN_RANGE,
        "the layered networks themselves",
        len(rows),
        witness,
        table=Table(("n", "width", "depth", "largest weight"), (*rows[:3], rows[-1])),
        within={"n": (1, LEVELS)},
    )
