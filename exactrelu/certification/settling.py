"""Cuts that the format's rules need beyond those of the bisection.

The bisection sees more of what cancels in a network than the rules by which the leaves of a certificate are judged
(docs/certificate-1.md, section 6): nodes that are equal are one for it, for instance. Where the rules do not say that a
network is affine on a leaf, the leaf is cut along a kink that keeps them from it, until they do. The rules are those of
the checker itself; what is found here is checked by it again, as a whole.
"""

from bisect import bisect_left
from fractions import Fraction

from exactrelu import checker1
from exactrelu.certification.trees import TreeRecorder
from exactrelu.errors import UndecidedError
from exactrelu.network.dag import Relu

MOST = 1 << 22
"""The most entries of the tree of one cell or region."""


def evaluation_of(network):
    """Return the checker's `Evaluation` of a flat network with two inputs and one output."""
    nodes = tuple(node.of if type(node) is Relu else (_terms(node), _fraction(node.bias)) for node in network.nodes)
    return checker1.Evaluation(checker1.Program(checker1.Network(nodes, network.outputs[0]), checker1.Budget()))


def _terms(node):
    return tuple((source, _fraction(weight)) for source, weight in node.terms if weight)


def _fraction(number):
    return Fraction(int(number.numerator), int(number.denominator))


def settled(evaluation, polygon, tree):
    """Return a `SplitTree` of a `Polygon`, its part of ``tree`` first, on whose leaves the rules say what is affine.

    Raises `UndecidedError` for more than `MOST` entries.
    """
    recorder, entries, count = TreeRecorder(), iter(tree.preorder), 0
    vertices = tuple(tuple(map(int, vertex)) for vertex in polygon.vertices)
    stack = [(vertices, evaluation.everything, 0, True)]
    while stack:
        part, pending, length, is_given = stack.pop()
        evaluation.leave(length)
        evaluation.enter(part, pending)
        entry = next(entries) if is_given else -1
        if entry >= 0:
            line = tree.lines[entry]
        else:
            is_given, line = False, line_that_is_needed(evaluation, pending)
        if line is None:
            recorder.leaf()
            continue
        count += 1
        if count > MOST:
            raise UndecidedError(
                f"there is no certificate: by the rules of its format the network is affine on no fewer than {MOST} "
                "parts of a cell, although the verdict needs fewer"
            )
        recorder.cut(line)
        pending = evaluation.needed(pending)
        for half in reversed(checker1.cut(part, tuple(map(int, line)))):
            stack.append((half, pending, len(evaluation.trail), is_given))
    return recorder.tree()


def line_that_is_needed(evaluation, pending):
    """Return a line that cuts the polygon entered last, None if the rules say that the network is affine on it."""
    try:
        evaluation.output(pending)
    except checker1.Unresolved as failure:
        return line_inside(evaluation, failure.slot)
    return None


def line_inside(evaluation, k):
    """Return the line of a kink of slot k, which is open on the polygon entered last, or of one that it is made from.

    That is a kink of a function of one coordinate, or the zeros of an affine argument of a unit: one with both signs.
    """
    while True:
        slot = evaluation.program.slots[k]
        if type(slot) is checker1.Part:
            first, last = (bisect_left(slot.ranks, rank) for rank in evaluation.region.inside[slot.axis])
            kink = slot.curve.kinks[(first + last) // 2]
            line = (kink.denominator, 0, -kink.numerator)
            return (line[1], line[0], line[2]) if slot.axis else line
        if type(slot) is int and evaluation.resolved[slot]:
            return checker1.primitive(evaluation.forms[slot])[0]
        k = slot if type(slot) is int else next(source for source, _ in slot[0] if not evaluation.resolved[source])
