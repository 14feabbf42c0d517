"""Mutants of a network: one weight, bias or unit changed, a term dropped, a small function added; plain evaluation."""

from fractions import Fraction

from crafted import plus

from exactrelu.field import mpq
from exactrelu.network import Affine, Network, Relu
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum

HAIR = mpq(1, 2**60)

CHANGES = {
    "plus one": lambda weight: weight + 1,
    "plus a hair": lambda weight: weight + HAIR,
    "sign": lambda weight: -weight,
    "dropped": lambda weight: None,
}
"""What is done to a weight; a bias is not dropped, and its sign is changed only if it is not 0."""

UNITS = {
    "opened": lambda of: Affine(((of, mpq(1)),), mpq(0)),
    "closed": lambda of: Affine((), mpq(0)),
}
"""What is put in the place of a ReLU unit."""


def mutants(network):
    """Return [(name, function that returns the mutant)] for all weights, biases and units of a flat network."""
    found = []
    for k, node in enumerate(network.nodes):
        if type(node) is not Affine:
            found += [(f"unit {k}: {kind}", _replacing(network, k, made(node.of))) for kind, made in UNITS.items()]
            continue
        for index, (source, weight) in enumerate(node.terms):
            for kind, change in CHANGES.items():
                term = () if kind == "dropped" else ((source, change(weight)),)
                terms = (*node.terms[:index], *term, *node.terms[index + 1 :])
                changed = node._replace(terms=terms)
                found.append((f"weight {index} of node {k}: {kind}", _replacing(network, k, changed)))
        for kind in ("plus one", "plus a hair", "sign") if node.bias else ("plus one", "plus a hair"):
            changed = node._replace(bias=CHANGES[kind](node.bias))
            found.append((f"bias of node {k}: {kind}", _replacing(network, k, changed)))
    return found


def _replacing(network, k, node):
    """Return a function that returns the network with node number k, inputs not counted, replaced."""
    return lambda: Network(network.inputs, [*network.nodes[:k], node, *network.nodes[k + 1 :]], network.outputs)


def with_bump(network, shape, point, width=mpq(1, 2**40), height=1):
    """Return the network with ``shape`` (`crafted.spike` or `crafted.plateau`) added about ``point``."""
    return plus(network, lambda b: shape(b, point, width, height))


def plain_value(network, point):
    """Return the one output at ``point`` in the standard library's `Fraction`: a separate evaluator."""
    values = [fraction(coordinate) for coordinate in point]
    for node in network.nodes:
        if type(node) is Affine:
            values.append(sum((fraction(w) * values[k] for k, w in node.terms), fraction(node.bias)))
        else:
            values.append(max(values[node.of], Fraction(0)))
    return values[network.outputs[0]]


def confirm(problem, n, network, found):
    """Assert that network and V^n g differ at a `Counterexample` as it says, by evaluators that share no code."""
    target = fraction(direct_sum(problem, n, *found.point))
    assert plain_value(network, found.point) == fraction(found.network) != target
    assert fraction(cascade(problem, n, *found.point)) == fraction(found.target) == target


def fraction(number):
    """Return a rational as a `Fraction` of Python integers."""
    return Fraction(int(number.numerator), int(number.denominator))


def with_hair(network, point, width=mpq(1, 2**20)):
    """Return the network plus a tent about a point, that wide and a hair high, as a flat network."""
    flat = network.flatten()
    nodes, d = list(flat.nodes), flat.inputs
    distance = []
    for i, t in enumerate(point):
        for sign in (1, -1):
            nodes += [Affine(((i, mpq(sign)),), -sign * t), Relu(d + len(nodes))]
            distance.append((d + len(nodes) - 1, -HAIR / width))
    nodes += [Affine(tuple(distance), HAIR), Relu(d + len(nodes))]
    nodes.append(Affine(((flat.outputs[0], mpq(1)), (d + len(nodes) - 1, mpq(1))), mpq(0)))
    return Network(d, nodes, [d + len(nodes) - 1])


def is_refuted(found, problem, n, network):
    """Return whether a `Verdict` is a refutation whose values are those of the network and of the direct sum."""
    point = found.counterexample.point
    values = network.evaluate(point)[0], direct_sum(problem, n, *point)
    return values == (found.counterexample.network, found.counterexample.target) and values[0] != values[1]
