"""Pieces on which the outputs are affine, cut only along the units that can still reach an output.

On each piece the network is reduced before anything is cut: exact bounds over the piece tell which units are closed
(their ReLU is zero), which are open (their ReLU does nothing) and which are undecided; whatever is known is folded into
the nodes that use it, and whatever no longer reaches an output is dropped, so that a closed gate hides everything
behind it. Only then the piece is cut along an undecided unit. The two parts inherit the reduced network.

In a reduced network a step (id, gate, form, terms) stands for  form + sum of weight * node  over the pairs
(node, weight) in ``terms``, earlier steps with weights other than 0, or, if ``gate`` holds, for the positive part of
that.
"""

from typing import NamedTuple

from exactrelu.cpwl.polygon import Polygon, value
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network import Relu
from exactrelu.network.bounds import Interval
from exactrelu.planar.reference import COORDINATES, ZERO, domain_of, planar


class Step(NamedTuple):
    """A node of a reduced network, see above."""

    id: int
    gate: bool
    form: tuple
    terms: tuple


class Piece(NamedTuple):
    """A polygon, the steps still undecided on it, and the forms of the outputs known so far, by node id."""

    polygon: Polygon
    steps: tuple
    outputs: dict


def affine_pieces(network, domain=None):
    """Return an iterator over (polygon, form) for pieces of ``domain`` on which the one output of a network is affine.

    ``domain`` is a `Polygon`, bounded or not, None for the plane. The polygons cover it, are full-dimensional and have
    disjoint interiors; neighbours may have the same form (alpha, beta, gamma), which is alpha x + beta y + gamma.
    Raises `InputError` for a network that does not have two inputs and one output.

    >>> from exactrelu import Network, Relu, affine_pieces
    >>> sorted(form for _, form in affine_pieces(Network(2, [Relu(0)], [2])))
    [(mpq(0,1), mpq(0,1), mpq(0,1)), (mpq(1,1), mpq(0,1), mpq(0,1))]
    """
    network, domain = planar(network), domain_of(domain)
    if len(network.outputs) != 1:
        raise InputError(f"affine pieces are those of a network with one output, got {len(network.outputs)}")
    return ((polygon, form) for polygon, (form,) in common_pieces(network, domain))


def common_pieces(network, domain):
    """Yield (polygon, forms) for pieces on which all outputs of ``network`` are affine, one form for each of them."""
    network = planar(network)
    stack = [whole(network, domain)]
    while stack:
        piece, children = advance(stack.pop(), network.outputs)
        if not children:
            yield piece.polygon, tuple(piece.outputs[output] for output in network.outputs)
        stack.extend(children)


def whole(network, domain):
    """Return ``domain`` as a `Piece` of the flat ``network`` on which nothing but the inputs is decided."""
    steps = []
    for k, node in enumerate(network.nodes, network.inputs):
        if type(node) is Relu:
            steps.append(Step(k, True, ZERO, ((node.of, mpq(1)),)))
        else:
            terms = tuple((source, weight) for source, weight in node.terms if weight)
            steps.append(Step(k, False, (ZERO[0], ZERO[1], node.bias), terms))
    inputs = [Step(k, False, form, ()) for k, form in enumerate(COORDINATES)]
    return Piece(domain, (*inputs, *steps), {})


def advance(piece, outputs):
    """Return (reduced piece, parts): the two parts of its first cut, none if all outputs are affine on it."""
    piece = reduced(piece, outputs)
    gate = next((step for step in piece.steps if step.gate), None)
    if gate is None:
        return piece, ()
    # Earlier steps without a gate have been folded, so the first gate depends on x and y alone, and it was undecided.
    negative, positive = piece.polygon.split(gate.form)
    return piece, (piece._replace(polygon=negative), piece._replace(polygon=positive))


def reduced(piece, outputs):
    """Return ``piece`` with every step decided that exact bounds decide, and without those that reach no output."""
    known, bounds, steps = {}, {}, []
    for step in piece.steps:
        step = _folded(step, known)
        interval = _bounds(step, piece.polygon, bounds)
        if step.gate and interval.sign < 0:
            known[step.id] = ZERO
            continue
        if step.gate and interval.sign > 0:
            step = step._replace(gate=False)
        if not step.gate and not step.terms:
            known[step.id] = step.form
            continue
        bounds[step.id] = _positive_part(interval) if step.gate else interval
        steps.append(step)
    found = {output: known[output] for output in outputs if output in known}
    return Piece(piece.polygon, _needed(steps, outputs), {**piece.outputs, **found})


def _folded(step, known):
    """Return ``step`` with the nodes whose forms are known moved from its terms into its form."""
    if not any(node in known for node, _ in step.terms):
        return step
    alpha, beta, gamma = step.form
    terms = []
    for node, weight in step.terms:
        if node in known:
            a, b, c = known[node]
            alpha += weight * a
            beta += weight * b
            gamma += weight * c
        else:
            terms.append((node, weight))
    return step._replace(form=(alpha, beta, gamma), terms=tuple(terms))


def _needed(steps, outputs):
    """Return the steps from which an output is reached, as a tuple in the same order."""
    reached, kept = set(outputs), []
    for step in reversed(steps):
        if step.id in reached:
            reached.update(node for node, _ in step.terms)
            kept.append(step)
    return tuple(reversed(kept))


def form_range(form, polygon):
    """Return the exact `Interval` of the values of ``form`` on ``polygon``: None where they are unbounded."""
    low, high, falls, rises = None, None, False, False
    for point in polygon.generators:
        at = value(form, point)
        if not point[2]:
            falls, rises = falls or at < 0, rises or at > 0
            continue
        at = mpq(at) / point[2]  # the quotient of two mpz would be a float
        low = at if low is None else min(low, at)
        high = at if high is None else max(high, at)
    return Interval(None if falls else low, None if rises else high)


def _bounds(step, polygon, bounds):
    """Return an `Interval` that contains the values of a step (before its gate) on ``polygon``."""
    low, high = form_range(step.form, polygon)
    for node, weight in step.terms:
        down, up = bounds[node] if weight > 0 else reversed(bounds[node])
        low = None if low is None or down is None else low + weight * down
        high = None if high is None or up is None else high + weight * up
    return Interval(low, high)


def _positive_part(interval):
    low, high = interval
    return Interval(mpq(0) if low is None else max(low, mpq(0)), None if high is None else max(high, mpq(0)))
