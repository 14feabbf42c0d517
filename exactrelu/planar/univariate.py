"""Exact continuous piecewise linear functions of one variable, and the nodes of a network that are such functions.

The controllers and selectors of the constructions depend on one coordinate only. As functions of it they have O(2ⁿ)
kinks, while the plane has 4ⁿ cells; and many kinks of a controller are invisible in what is computed from it. So the
nodes of one variable are computed once, as functions, and only the kinks of those that others use ever matter.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Network, Relu, references
from exactrelu.planar import ridges

MAX_KNOTS = 1 << 24
"""The most knots of all functions of a network together, about 4 GB: layers can double them, one after the other."""


class Piecewise(NamedTuple):
    """A continuous piecewise linear function on R: ``knots`` in increasing order, one (slope, intercept) a segment.

    Segment i lies between knots i − 1 and i; neighbouring segments have different slopes.
    """

    knots: tuple
    segments: tuple

    def __call__(self, t):
        slope, intercept = self.segments[bisect_right(self.knots, t)]
        return slope * t + intercept

    def on(self, low, high):
        """Return the (slope, intercept) of the function on [low, high], None if it has a knot strictly inside.

        Here and below ``low`` may be None for −∞ and ``high`` None for +∞.
        """
        first, last = self._inner(low, high)
        return self.segments[first] if last <= first else None

    def range_on(self, low, high):
        """Return the exact (minimum, maximum) on [low, high], None if the function is unbounded there."""
        first, last = self._inner(low, high)
        if low is None and self.segments[first][0] or high is None and self.segments[last][0]:
            return None
        ends = [t for t in (low, high) if t is not None]
        values = [self(t) for t in (*ends, *self.knots[first:last])] or [self.segments[first][1]]
        return min(values), max(values)

    def knots_within(self, low, high):
        """Return the knots strictly between ``low`` and ``high``."""
        first, last = self._inner(low, high)
        return self.knots[first:last]

    def within(self, low, high):
        """Return the function without its knots outside of (low, high), equal to it on [low, high]."""
        first, last = self._inner(low, high)
        return Piecewise(self.knots[first:last], self.segments[first : max(first, last) + 1])

    def _inner(self, low, high):
        """Return the slice (first, last) of the knots strictly between ``low`` and ``high``."""
        first = 0 if low is None else bisect_right(self.knots, low)
        last = len(self.knots) if high is None else bisect_left(self.knots, high)
        return first, last


IDENTITY = Piecewise((), ((mpq(1), mpq(0)),))


def affine_combination(terms, bias):
    """Return the function  bias + Σ weight * function  over the pairs (function, weight)."""
    slope, intercept, jumps = mpq(0), bias, {}
    for function, weight in terms:
        slope += weight * function.segments[0][0]
        intercept += weight * function.segments[0][1]
        for knot, jump in _jumps(function):
            jumps[knot] = jumps.get(knot, 0) + weight * jump
    return _piecewise(slope, intercept, jumps)


def positive_part(function):
    """Return max(0, function)."""
    slope, intercept = function.segments[0]
    ridge, _ = ridges.positive_part(ridges.Ridge(intercept, slope, dict(_jumps(function))))
    return _piecewise(ridge.slope, ridge.intercept, ridge.jumps)


def _jumps(function):
    """Yield (knot, change of slope there)."""
    for knot, (before, _), (after, _) in zip(function.knots, function.segments, function.segments[1:]):
        yield knot, after - before


def _piecewise(slope, intercept, jumps):
    knots, segments, slopes = [], [(slope, intercept)], {slope: slope}  # few slopes, in many segments
    for knot, jump in sorted(jumps.items()):
        if jump:
            slope, intercept = slope + jump, intercept - jump * knot
            slope = slopes.setdefault(slope, slope)
            knots.append(knot)
            segments.append((slope, intercept))
    return Piecewise(tuple(knots), tuple(segments))


def separated(network):
    """Return an equal flat network in which an affine node of both inputs uses at most one node of each input alone.

    The terms that depend on one input are gathered into a node of their own: as one function they may be bounded, or
    without kinks, where they are not one by one.
    """
    nodes, renamed, known = [], {k: k for k in range(network.inputs)}, {}
    axes = node_axes(network)

    def added(node):
        key = (type(node), node)
        if key not in known:
            nodes.append(node)
            known[key] = network.inputs + len(nodes) - 1
        return known[key]

    for k, node in enumerate(network.nodes, network.inputs):
        if type(node) is Relu:
            renamed[k] = added(Relu(renamed[node.of]))
            continue
        parts = {}
        for source, weight in node.terms:
            parts.setdefault(axes[source], []).append((renamed[source], weight))
        if len(parts) > 1:
            for axis in (0, 1):
                if len(parts.get(axis, ())) > 1:
                    parts[axis] = [(added(Affine(_added_up(parts[axis]), mpq(0))), mpq(1))]
        renamed[k] = added(Affine(_added_up(term for part in parts.values() for term in part), node.bias))
    return Network(network.inputs, nodes, [renamed[k] for k in network.outputs])


def _added_up(terms):
    weights = {}
    for source, weight in terms:
        weights[source] = weights.get(source, 0) + weight
    return tuple(sorted(weights.items()))


def node_axes(network):
    """Return {id: 0, 1 or None}: the input that a node of a flat network depends on, None for both, 0 for none."""
    axes = {0: 0, 1: 1}
    for k, node in enumerate(network.nodes, network.inputs):
        found = {axes[source] for source in references(node)}
        axes[k] = 0 if not found else found.pop() if len(found) == 1 else None
    return axes


def univariate_nodes(network, most=MAX_KNOTS, wanted=None):
    """Return {node id: (axis, Piecewise)} for the nodes of a flat network that depend on one input at most.

    ``axis`` is 0 for x and 1 for y; a constant node counts as a function of x. With ``wanted``, a set of ids, only
    those among them are returned, and any other function is dropped after its last use. Nodes that are made in the same
    way share one. Raises `UndecidedError` if the functions have more than ``most`` knots in all, with those that were
    dropped.
    """
    axes = node_axes(network)
    kinds, makers = _kinds([(k, node) for k, node in enumerate(network.nodes, network.inputs) if axes[k] is not None])
    last = {kinds[source]: kind for kind, node in makers.items() for source in references(node)}
    kept = set(kinds.values()) if wanted is None else {kinds[k] for k in wanted if k in kinds}
    functions, left = {kinds[0]: IDENTITY}, most
    for kind, node in makers.items():
        if type(node) is Relu:
            functions[kind] = positive_part(functions[kinds[node.of]])
        else:
            terms = [(functions[kinds[source]], weight) for source, weight in node.terms]
            functions[kind] = affine_combination(terms, node.bias)
        left -= len(functions[kind].knots)
        if left < 0:
            raise UndecidedError(f"the nodes that depend on one coordinate have more than {most} kinks in all")
        for done in {kind, *[kinds[source] for source in references(node)]}:
            if done not in kept and last.get(done, kind) == kind:
                del functions[done]
    return {k: (axes[k], functions[kind]) for k, kind in kinds.items() if wanted is None or k in wanted}


def _kinds(nodes):
    """Return ({id: kind}, {kind: a node of it}) of the inputs and pairs (id, node) that depend on one of them at most.

    Two nodes of one kind are made in the same way, and are the same function, be it of x or of y.
    """
    kinds, known, makers = {0: 0, 1: 0}, {}, {}
    for k, node in nodes:
        if type(node) is Relu:
            key = kinds[node.of]
        else:
            key = (tuple(sorted([(kinds[source], weight) for source, weight in node.terms])), node.bias)
        kinds[k] = known.setdefault(key, 1 + len(known))
        makers.setdefault(kinds[k], node)
    return kinds, makers
