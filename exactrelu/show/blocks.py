"""The blocks of a network or family as words and lines: programs, where what depends on n is a value."""

from exactrelu.field import text
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import references


def introduction(blocks):
    """Return the paragraph on ``blocks`` {name: `Program`} as a whole: what in them depends on n."""
    names = list(dict.fromkeys(name for program in blocks.values() for name in program.parameters))
    if not names:
        return "Blocks. The network is made of these."
    return (
        f"Blocks. Their weights do not depend on n; what depends on n are the parameters {', '.join(names)}, which are "
        "values in them. No other n can differ: the network for n is these blocks, with the numbers for n as values."
    )


def in_words(program):
    """Return what a program has: inputs, units, sums and products, weights, and how parameters occur."""
    found = counts(program)
    uses = "; ".join(
        f"{name} in {sums} sums and {products} products" for name, (sums, products) in found["parameters"].items()
    )
    weights = "" if found["least"] is None else f", weights from {found['least']} to {found['largest']}"
    return (
        f"takes {found['inputs']} values and gives {found['outputs']}: {found['units']} units, {found['sums']} sums"
        f"{weights}; parameters: {uses or 'none'}."
    )


def counts(program):
    """Return the JSON object of what a program has; ``parameters`` {name: [sums, products] in which it occurs}."""
    places = range(len(program.inlets), program.inputs)
    uses = {name: [0, 0] for name in program.parameters}
    weights, units, sums = [], 0, 0
    for node in program.nodes:
        units += type(node) is Relu
        if type(node) is Affine:
            sums += 1
            weights += [weight for _, weight in node.terms] + [node.bias] * (node.bias != 0)
        if type(node) is not Relu:
            for place, name in zip(places, program.parameters, strict=True):
                uses[name][type(node) is not Affine] += place in references(node)
    return {
        "inputs": len(program.inlets), "outputs": len(program.outlets), "units": units, "sums": sums,
        "least": text(min(weights)) if weights else None, "largest": text(max(weights)) if weights else None,
        "parameters": {name: found for name, found in uses.items() if any(found)},
    }


def listing(program):
    """Return the lines of a program: its nodes, each a sum, product or positive part of earlier ones; its outputs."""
    names = [*program.inlets, *program.parameters, *(f"v{k}" for k in range(len(program.nodes)))]
    lines = []
    for k, node in enumerate(program.nodes, program.inputs):
        lines.append(f"  {names[k]} = {_node(node, names)}")
    return [*lines, *(f"  gives {name} = {names[k]}" for name, k in program.outlets.items())]


def _node(node, names):
    if type(node) is Relu:
        return f"max(0, {names[node.of]})"
    if type(node) is not Affine:
        return f"{names[node.parameter]} * {names[node.of]}"
    terms = [f"{_factor(weight)}{names[source]}" for source, weight in node.terms]
    terms += [text(node.bias)] if node.bias or not terms else []
    return " + ".join(terms).replace("+ -", "- ")


def _factor(weight):
    return {1: "", -1: "-"}.get(weight, f"{text(weight)} ")
