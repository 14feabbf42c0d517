"""Proofs on segments: when a network is affine between two points, and so is decided by its values at the ends."""

from itertools import pairwise

from exactrelu.network import Builder, Relu


def build(inputs, function):
    """Return the network of ``function(b, *inputs)``, which returns a sequence of expressions."""
    b = Builder(inputs)
    return b.network(function(b, *b.inputs))


def is_affine_between(network, start, end):
    """Return whether no unit of ``network`` changes its sign strictly between two points.

    Node by node: if all earlier nodes are affine on the segment, the argument of a unit is, and it keeps its sign when
    its values at the ends are not of opposite signs.
    """
    first, second = network.values(start), network.values(end)
    arguments = [node.of for node in network.nodes if type(node) is Relu]
    return all(first[k] * second[k] >= 0 for k in arguments)


def equal_on_line(network, function, knots):
    """Return whether a network of one input equals ``function`` on [first knot, last knot].

    ``function`` must be affine between consecutive knots (closed from both sides); the caller vouches for that.
    """
    knots = sorted(knots)
    return all(is_affine_between(network, [s], [t]) for s, t in pairwise(knots)) and all(
        network.evaluate([t]) == tuple(function(t)) for t in knots
    )
