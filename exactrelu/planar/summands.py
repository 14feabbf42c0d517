"""Networks whose output is a sum of sub-networks that share nothing but the inputs.

Enumerating the sum as one network overlays the kinks of all its summands, which multiplies; summand by summand they
add. `Ledger` does the adding: a continuous function that is affine on finitely many convex pieces of a polygon is
affine on the whole polygon if and only if, along every line, the jumps of its normal derivative across the edges of its
pieces cancel, and these jumps can be entered piece by piece and summand by summand.
"""

from heapq import heapify, heappop, heappush

import networkx as nx

from exactrelu.cpwl.polygon import affine_at, integral, line_through, short_step
from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Network


def opened(network):
    """Return an equal flat network in which no output has an affine node as a term: its terms are there instead.

    What cancels in a sum can then be seen in it, though it may be scaled, or added to others, by later affine nodes.
    """
    nodes, outputs = list(network.nodes), []
    for output in network.outputs:
        node = network.nodes[output - network.inputs] if output >= network.inputs else None
        if type(node) is Affine and any(_is_affine(network, source) for source, _ in node.terms):
            nodes.append(_with_opened_terms(network, node))
            output = network.inputs + len(nodes) - 1
        outputs.append(output)
    return Network(network.inputs, nodes, outputs) if len(nodes) > len(network.nodes) else network


def _is_affine(network, k):
    return k >= network.inputs and type(network.nodes[k - network.inputs]) is Affine


def _with_opened_terms(network, node):
    # sources come before what uses them, so that each is opened once, when its whole weight is known
    weights, kept, bias = dict(node.terms), {}, node.bias
    waiting = [-k for k in weights]
    heapify(waiting)
    while waiting:
        k = -heappop(waiting)
        weight = weights.pop(k)
        if not _is_affine(network, k):
            kept[k] = weight
            continue
        inner = network.nodes[k - network.inputs]
        bias += weight * inner.bias
        for source, factor in inner.terms:
            if source not in weights:
                heappush(waiting, -source)
            weights[source] = weights.get(source, 0) + weight * factor
    return Affine(tuple(sorted((k, weight) for k, weight in kept.items() if weight)), bias)


def summands(network):
    """Return flat networks with one output each that add up to the one output of ``network`` and share no node.

    There is only one if the output is not a sum, or if its terms, affine nodes `opened`, are connected.
    """
    network = opened(network)
    (output,) = network.outputs
    node = network.nodes[output - network.inputs] if output >= network.inputs else None
    if type(node) is not Affine:
        return [network]
    inner = network.graph.subgraph(nx.ancestors(network.graph, output).difference(range(network.inputs)))
    parts = [sorted(part) for part in nx.connected_components(inner.to_undirected(as_view=True))]
    if len(parts) < 2:
        return [network]
    place = {k: number for number, part in enumerate(parts) for k in part}
    terms = [[] for _ in parts]
    for source, weight in node.terms:
        # a term that is an input belongs to no part, and any will do
        terms[place.get(source, 0)].append((source, weight))
    biases = [node.bias, *[mpq(0)] * (len(parts) - 1)]
    return [_part(network, *of) for of in zip(parts, terms, biases, strict=True)]


def _part(network, part, terms, bias):
    renamed = {k: k for k in range(network.inputs)}
    nodes = []
    for k in part:
        node = network.nodes[k - network.inputs]
        if type(node) is Affine:
            nodes.append(Affine(tuple((renamed[source], weight) for source, weight in node.terms), node.bias))
        else:
            nodes.append(node._replace(of=renamed[node.of]))
        renamed[k] = network.inputs + len(nodes) - 1
    nodes.append(Affine(tuple((renamed[source], weight) for source, weight in terms), bias))
    return Network(network.inputs, nodes, [network.inputs + len(nodes) - 1])


class Ledger:
    """The jumps of the normal derivative of a sum of continuous functions along the lines inside a polygon."""

    def __init__(self, polygon):
        self._border = {_unsigned(integral(line_through(u, v))) for u, v in polygon.edges()}
        self._lines = {}

    def enter(self, polygon, form):
        """Enter a piece of a summand: a bounded polygon inside, and the summand's affine form on it."""
        for u, v in polygon.edges():
            line = _unsigned(integral(line_through(u, v)))
            if line in self._border:
                continue
            alpha, beta, _ = line
            start, end = (mpq(alpha * Y - beta * X, W) for X, Y, W in (u, v))
            # counterclockwise, the outer normal is −(alpha, beta) where the edge runs in the direction of growing t
            slope = form[0] * alpha + form[1] * beta
            if start > end:
                start, end, slope = end, start, -slope
            changes = self._lines.setdefault(line, {})
            changes[start] = changes.get(start, 0) - slope
            changes[end] = changes.get(end, 0) + slope

    def kink(self):
        """Return (point, normal) inside an edge across which the sum has a kink, None if the sum is affine.

        The point is on no other line of the ledger, so that near it the sum is affine on either side of the edge.
        """
        for line, changes in self._lines.items():
            places = sorted(t for t, change in changes.items() if change)
            if places:
                alpha, beta, gamma = line
                start, squares = places[0], alpha * alpha + beta * beta
                end = min([places[1], *(t for t in self._crossings(line) if t > start)])
                t = (start + end) / 2
                # the point of the line with alpha y − beta x = t
                return ((-alpha * gamma - beta * t) / squares, (alpha * t - beta * gamma) / squares), (alpha, beta)
        return None

    def clear_step(self, point, normal):
        """Return a step > 0 so that, between ``point`` ± step · ``normal``, there is no other line of the ledger.

        The point and normal are those of a `kink`: both ends are inside the polygon, and the sum is affine before and
        after the point.
        """
        others = [line for line in (*self._lines, *self._border) if line[:2] != normal or affine_at(line, *point)]
        return short_step(*point, normal, others)

    def _crossings(self, line):
        """Yield the t = alpha y − beta x of the points in which the other lines meet a line."""
        alpha, beta, gamma = line
        for a, b, c in self._lines:
            if alpha * b != beta * a:
                yield mpq(gamma * (alpha * a + beta * b) - c * (alpha * alpha + beta * beta), alpha * b - beta * a)


def _unsigned(line):
    return line if line > (0, 0, 0) else tuple(-entry for entry in line)
