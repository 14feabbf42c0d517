"""The flat network: a networkx DAG of affine and ReLU nodes with rational weights."""

from functools import cached_property
from typing import NamedTuple

import networkx as nx

from exactrelu.errors import InputError
from exactrelu.field import Rational, mpq, rational


class Affine(NamedTuple):
    """The node  sum of weight * node + bias;  ``terms`` is a tuple of (node id, weight)."""

    terms: tuple
    bias: Rational


class Relu(NamedTuple):
    """The node  max(0, node ``of``)."""

    of: int


def references(node):
    """Return the tuple of the ids that a node refers to."""
    return (node.of,) if type(node) is Relu else tuple(source for source, _ in node.terms)


def sources(node):
    """Return the tuple of the ids that a node reads: those that it refers to with a weight other than 0."""
    return (node.of,) if type(node) is Relu else tuple(source for source, weight in node.terms if weight)


class Network:
    """A ReLU network as a frozen `networkx.DiGraph`.

    Nodes are the integers 0, 1, …: first the inputs, then affine and ReLU nodes in topological order. Node data: ``op``
    ("input", "affine" or "relu") and, for affine nodes, ``bias``; edge data: ``weight``. ``outputs`` is a tuple of
    node ids; ``marks`` names nodes (interfaces of blocks) and carries no authority.
    """

    def __init__(self, inputs, nodes, outputs, marks=None):
        """Build from ``nodes``, a sequence of `Affine` and `Relu`; node k of it has id ``inputs + k``.

        Raises `TypeError` for a weight that is not an exact rational (floats among them) and `InputError` for a node
        that refers to itself, to a later node or to none.
        """
        graph = nx.DiGraph()
        graph.add_nodes_from(range(inputs), op="input")
        for position, node in enumerate(nodes):
            _add_node(graph, inputs + position, node)
        for output in outputs:
            _check_reference(output, graph.number_of_nodes(), "outputs")
        self.graph = nx.freeze(graph)
        self.inputs = inputs
        self.outputs = tuple(outputs)
        self.marks = dict(marks or {})

    @cached_property
    def nodes(self):
        """The affine and ReLU nodes as a tuple of `Affine` and `Relu`, in topological order."""
        graph = self.graph
        return tuple(
            Relu(next(iter(graph.pred[k])))
            if graph.nodes[k]["op"] == "relu"
            else Affine(tuple((j, data["weight"]) for j, data in graph.pred[k].items()), graph.nodes[k]["bias"])
            for k in range(self.inputs, graph.number_of_nodes())
        )

    def __len__(self):
        """The number of nodes, inputs included."""
        return self.graph.number_of_nodes()

    def values(self, point):
        """Return the list of the exact values of all nodes at ``point``, a sequence of ``inputs`` rationals."""
        if len(point) != self.inputs:
            raise ValueError(f"expected {self.inputs} coordinates, got {len(point)}")
        values = [rational(coordinate) for coordinate in point]
        zero = mpq(0)
        for node in self.nodes:
            if type(node) is Relu:
                value = values[node.of]
                values.append(value if value > 0 else zero)
            else:
                total = node.bias
                for j, weight in node.terms:
                    total += weight * values[j]
                values.append(total)
        return values

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``."""
        values = self.values(point)
        return tuple(values[k] for k in self.outputs)

    def flatten(self):
        """Return the network itself: it is flat."""
        return self


def _add_node(graph, identifier, node):
    if isinstance(node, Relu):
        _check_reference(node.of, identifier, f"node {identifier}")
        graph.add_node(identifier, op="relu")
        graph.add_edge(node.of, identifier, weight=mpq(1))
        return
    graph.add_node(identifier, op="affine", bias=rational(node.bias))
    for source, weight in node.terms:
        _check_reference(source, identifier, f"node {identifier}")
        if graph.has_edge(source, identifier):
            raise InputError(f"node {identifier}: node {source} occurs twice among its terms; add the weights")
        graph.add_edge(source, identifier, weight=rational(weight))


def _check_reference(source, bound, where):
    if isinstance(source, bool) or not isinstance(source, int) or not 0 <= source < bound:
        raise InputError(
            f"{where}: refers to node {source!r}; expected an earlier node, an integer from 0 to {bound - 1}"
        )
