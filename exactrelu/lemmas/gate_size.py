"""The size of a gate on N states: Lemma 2.7 and the gate of one layer."""

from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Table
from exactrelu.network import Builder
from exactrelu.network.layers import layered


def gate_size_fact(sentence, gated, expected, most):
    """Return the `Fact` that a gate has the size ``expected``(N) = (width, depth) for N = 1, …, ``most`` states.

    ``gated(b, control, states)`` returns the expressions of the gated states; control and states are inputs.
    """
    rows, witness = [], None
    for components in range(1, most + 1):
        b = Builder(components + 1)
        control, *states = b.inputs
        form = layered(b.network(gated(b, control, states)))
        rows.append((components, form.width, form.depth))
        if (form.width, form.depth) != expected(components) and witness is None:
            witness = {"N": components, "width": form.width, "depth": form.depth}
    return Fact(
        sentence,
        WITHIN_RANGE,
        "the layered networks themselves",
        len(rows),
        witness,
        table=Table(("N", "width", "depth"), tuple(rows)),
        within={"N": (1, most)},
    )
