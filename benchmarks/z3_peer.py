"""The peer: z3 proves, over the reals, that two networks with two inputs and one output are the same function."""

import z3

from exactrelu.network import Relu


def prove_equal(first, second, patience):
    """Return z3's answer to "they differ somewhere", "unsat" if they are equal; it may take ``patience`` seconds."""
    inputs = list(z3.Reals("x y"))
    outputs = [_output(network, inputs) for network in (first, second)]
    solver = z3.Solver()
    solver.add(outputs[0] != outputs[1])
    solver.set("timeout", 1000 * patience)
    answer = str(solver.check())
    return answer if answer != "unknown" else f"unknown after {patience} s"


def _output(network, inputs):
    values = list(inputs)
    for node in network.nodes:
        if type(node) is Relu:
            values.append(z3.If(values[node.of] > 0, values[node.of], z3.RealVal(0)))
        else:
            terms = [z3.RealVal(str(weight)) * values[source] for source, weight in node.terms]
            values.append(z3.Sum([*terms, z3.RealVal(str(node.bias))]))
    return values[network.outputs[0]]
