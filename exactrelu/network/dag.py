"""The flat network: a networkx DAG of affine and ReLU nodes with exact weights."""

from functools import cached_property
from typing import NamedTuple

import networkx as nx

from exactrelu import display
from exactrelu.errors import InputError, sequence, shown
from exactrelu.field import Rational, exact, integer, mpq


class Affine(NamedTuple):
    """The node  sum of weight * node + bias;  ``terms`` is a tuple of (node id, weight).

    >>> from exactrelu import Affine, Network
    >>> Network(2, [Affine(((0, 3), (1, -2)), 5)], [2]).evaluate((1, 4))
    (mpq(0,1),)
    """

    terms: tuple
    bias: Rational


class Relu(NamedTuple):
    """The node  max(0, node ``of``).

    >>> from exactrelu import Network, Relu
    >>> Network(1, [Relu(0)], [0, 1]).evaluate((-3,))
    (mpq(-3,1), mpq(0,1))
    """

    of: int


def references(node):
    """Return the tuple of the ids that a node refers to."""
    return (node.of,) if type(node) is Relu else tuple([source for source, _ in node.terms])


def coordinates_of(point, inputs):
    """Return the list of the ``inputs`` coordinates of a point, a sequence of exact numbers; raises `InputError`."""
    try:
        coordinates = list(point)
    except TypeError:
        raise InputError(f"expected a sequence of {inputs} coordinates, got {shown(point)}") from None
    if len(coordinates) != inputs:
        raise InputError(f"expected {inputs} coordinates, got {len(coordinates)}")
    return [exact(coordinate) for coordinate in coordinates]


def sources(node):
    """Return the tuple of the ids that a node reads: those that it refers to with a weight other than 0."""
    return (node.of,) if type(node) is Relu else tuple(source for source, weight in node.terms if weight)


class Network:
    """A ReLU network as a frozen `networkx.DiGraph`, `graph`.

    Nodes are the integers 0, 1, …: first the inputs, then affine and ReLU nodes in topological order. Node data: ``op``
    ("input", "affine" or "relu") and, for affine nodes, ``bias``; edge data: ``weight``. ``outputs`` is a tuple of
    node ids; ``marks`` names nodes (interfaces of blocks) and carries no authority.

    >>> from exactrelu import Affine, Network, Relu
    >>> absolute = Network(1, [Relu(0), Affine(((1, 2), (0, -1)), 0)], [2])
    >>> absolute, absolute.evaluate((-7,))
    (<Network: 1 input, 1 output, 1 ReLU node, 1 affine node>, (mpq(7,1),))
    """

    def __init__(self, inputs, nodes, outputs, marks=None):
        """Build from ``nodes``, a sequence of `Affine` and `Relu`; node k of it has id ``inputs + k``.

        Raises `InputError` for a weight that is not an exact number (a float, for instance) and for a node that
        refers to itself, to a later node or to none.
        """
        inputs = integer(inputs, "inputs", 0)
        graph = nx.DiGraph()
        graph.add_nodes_from(range(inputs), op="input")
        for k, node in enumerate(sequence(nodes, "nodes"), inputs):
            try:
                _add_node(graph, k, node)
            except InputError as error:
                raise InputError(f"node {k}: {error}") from None
        size = graph.number_of_nodes()
        self.graph = nx.freeze(graph)
        self.inputs = inputs
        self.outputs = tuple(_reference(output, size, "outputs: ") for output in sequence(outputs, "outputs"))
        self.marks = {name: _reference(node, size, "marks: ") for name, node in dict(marks or {}).items()}

    _repr_svg_ = display.svg

    def __repr__(self):
        units = sum(type(node) is Relu for node in self.nodes)
        rest = counted(len(self.nodes) - units, "affine node")
        return f"<Network: {described(self)}, {counted(units, 'ReLU node')}, {rest}>"

    @property
    def shape(self):
        """(number of inputs, number of outputs)."""
        return self.inputs, len(self.outputs)

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
        """Return the list of the exact values of all nodes at ``point``, a sequence of ``inputs`` exact numbers.

        Raises `InputError` for a point of another shape and for coordinates that are not exact.
        """
        values = coordinates_of(point, self.inputs)
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
        """Return the tuple of the exact outputs at ``point``; see `values`."""
        values = self.values(point)
        return tuple(values[k] for k in self.outputs)

    def flatten(self):
        """Return the network itself: it is flat."""
        return self


def counted(number, noun):
    """Return "1 input", "2 inputs" and the like."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def described(network):
    """Return the numbers of inputs and outputs in words, for whatever has a ``shape``."""
    inputs, outputs = network.shape
    return f"{counted(inputs, 'input')}, {counted(outputs, 'output')}"


def _add_node(graph, k, node):
    """Add `Affine` or `Relu` number ``k`` to the graph of those before; raises `InputError`."""
    if isinstance(node, Relu):
        graph.add_node(k, op="relu")
        graph.add_edge(_reference(node.of, k), k, weight=mpq(1))
        return
    if not isinstance(node, Affine):
        raise InputError(f"expected Affine(terms, bias) or Relu(of), got {shown(node)}")
    graph.add_node(k, op="affine", bias=exact(node.bias))
    for term in sequence(node.terms, "terms"):
        if len(sequence(term, "terms")) != 2:
            raise InputError(f"expected pairs (node, weight) as terms, got {shown(term)}")
        source = _reference(term[0], k)
        if graph.has_edge(source, k):
            raise InputError(f"node {source} occurs twice among its terms; add the weights")
        graph.add_edge(source, k, weight=exact(term[1]))


def _reference(node, bound, where=""):
    """Return the id of a node before ``bound`` as an ``int``; raises `InputError`."""
    if type(node) is not int:
        try:
            node = integer(node, "", 0)
        except InputError:
            node = shown(node)
    if type(node) is not int or not 0 <= node < bound:
        raise InputError(
            f"{where}refers to node {node}; expected an earlier node, an integer from 0 to {bound - 1}"
        )
    return node
