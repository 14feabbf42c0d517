"""Networks as graphs for other programs: GraphML and DOT, with weights as texts "p/q". They are written, not read."""

import io

import networkx as nx

from exactrelu.field import text
from exactrelu.network import as_network


def graphml_of(network):
    """Return the bytes of a GraphML file: nodes with ``op``, ``bias`` and ``output``, edges with ``weight``.

    ``output`` is the number of an output, or several with commas between.
    """
    stream = io.BytesIO()
    nx.write_graphml(labelled(network), stream)
    return stream.getvalue()


def dot_of(network):
    """Return the bytes of a DOT file, which Graphviz draws from the left to the right."""
    graph = labelled(network)
    shapes = {"input": "circle", "affine": "box", "relu": "ellipse"}
    lines = ["digraph network {", "  rankdir=LR;"]
    for node, data in graph.nodes(data=True):
        name = {"input": f"x{node}", "affine": data.get("bias", ""), "relu": "relu"}[data["op"]]
        bold = ", peripheries=2" if "output" in data else ""
        lines.append(f'  {node} [label="{name}", shape={shapes[data["op"]]}{bold}];')
    for source, target, data in graph.edges(data=True):
        label = f' [label="{data["weight"]}"]' if graph.nodes[target]["op"] == "affine" else ""
        lines.append(f"  {source} -> {target}{label};")
    return "\n".join([*lines, "}", ""]).encode()


def labelled(network):
    """Return the graph of a network, a copy, with texts in place of rationals and the outputs marked."""
    network = as_network(network).flatten()
    graph = nx.DiGraph()
    for node, data in network.graph.nodes(data=True):
        graph.add_node(node, **{key: value if isinstance(value, str) else text(value) for key, value in data.items()})
    for source, target, data in network.graph.edges(data=True):
        graph.add_edge(source, target, weight=text(data["weight"]))
    for number, node in enumerate(network.outputs):
        before = graph.nodes[node].get("output")
        graph.nodes[node]["output"] = str(number) if before is None else f"{before},{number}"
    return graph
