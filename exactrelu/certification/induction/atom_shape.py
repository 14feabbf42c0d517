"""The scalar factor H(R_n) of a term: its readout as a function of the residuals (t, s) in the unit square, exactly."""

from itertools import pairwise
from typing import NamedTuple

from exactrelu.certification.induction.blocks import Block
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.loops import loop
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.polygon import affine_at, box, coordinates
from exactrelu.field import Rational, mpq
from exactrelu.network import Builder, Chain, Network, total
from exactrelu.planar import affine_pieces


class Shape(NamedTuple):
    """A function h on the unit square, by where it is positive: H = max(0, h) there and 0 elsewhere.

    ``support`` is a tuple of (polygon, form) with h > 0 inside; h ≤ 0 wherever a coordinate is in [0, ``margin``];
    ``low`` and ``high`` are the extremes of h; ``pieces`` is the number of pieces on which it was determined.
    """

    support: tuple
    margin: Rational
    low: Rational
    high: Rational
    pieces: int

    def function(self):
        """Return H as a `CPwL` function; raises `InputError` if it is not continuous and zero on its boundary."""
        height, triangles = {}, []
        for polygon, form in self.support:
            first, *others = _corners(polygon)
            height.update((corner, affine_at(form, *corner)) for corner in (first, *others))
            triangles += [(first, p, q) for p, q in pairwise(others) if _is_bent(first, p, q)]
        index = {corner: k for k, corner in enumerate(height)}
        return CPwL(height, [tuple(index[corner] for corner in corners) for corners in triangles], height.values())

    def peak(self):
        """Return, for each coordinate, intervals of residuals about a point where h is large: a pair of tuples."""
        corners = [(affine_at(form, *corner), corner) for polygon, form in self.support for corner in _corners(polygon)]
        if not corners:
            return ((), ())
        _, top = max(corners)
        ends = [[corner[axis] for _, corner in corners] for axis in (0, 1)]
        return tuple(
            ((t + (min(along) - t) / 4, t + (max(along) - t) / 4),) for t, along in zip(top, ends, strict=True)
        )


def _corners(polygon):
    return [coordinates(vertex) for vertex in polygon.vertices]


def _is_bent(first, second, third):
    """Return whether three points are not on one line."""
    (x0, y0), (x1, y1), (x2, y2) = first, second, third
    return (x1 - x0) * (y2 - y0) != (x2 - x0) * (y1 - y0)


def shape_of(readout, reader):
    """Return the `Shape` of reader ∘ readout ∘ (E × E).

    ``readout`` is a `Block` with the inputs p, q of x and p, q of y; ``reader`` reads its outputs and has one output.
    """
    network = Chain([double_loop(), as_network(readout), as_network(reader)]).flatten()
    support, low, high, count = [], None, None, 0
    for polygon, form in affine_pieces(network, box(0, 1, 0, 1)):
        heights = [affine_at(form, *corner) for corner in _corners(polygon)]
        low = min(heights) if low is None else min(low, *heights)
        high = max(heights) if high is None else max(high, *heights)
        count += 1
        if max(heights) > 0:
            positive = polygon if min(heights) >= 0 else polygon.split(form)[1]
            support.append((positive, form))
    ends = [entry for polygon, _ in support for corner in _corners(polygon) for entry in corner]
    return Shape(tuple(support), min(ends, default=mpq(1)), low, high, count)


def double_loop():
    """Return the network (t, s) → E(t), E(s)."""
    b = Builder(2)
    outputs = []
    for t in b.inputs:
        for function in loop():
            slopes = [slope for slope, _ in function.segments]
            bends = zip(function.knots, slopes, slopes[1:], strict=False)
            outputs.append(total((after - before) * b.relu(t - knot) for knot, before, after in bends))
    return b.network(outputs)


def as_network(block):
    """Return a `Block` as a `Network`."""
    return Network(block.inputs, block.nodes, block.outputs)


def selected(block, positions, inputs, where):
    """Return the `Block` of the outputs at ``positions`` as functions of ``inputs`` alone, in this order.

    Raises `Unproved` if they depend on any other input.
    """
    part = block.part(positions)
    if part.used_inputs() - set(inputs):
        raise Unproved(where, "the readout of the atom reads more than the controllers of its coordinates")
    number = {source: k for k, source in enumerate(inputs)}
    number.update({k: k - part.inputs + len(inputs) for k in range(part.inputs, part.inputs + len(part.nodes))})
    nodes = tuple(
        node._replace(of=number[node.of])
        if hasattr(node, "of")
        else node._replace(terms=tuple((number[source], weight) for source, weight in node.terms))
        for node in part.nodes
    )
    return Block(len(inputs), nodes, tuple(number[output] for output in part.outputs))
