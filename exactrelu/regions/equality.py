"""Are two networks the same function on all of R²? Decided exactly, with a point where they differ if they are not.

The difference of the two networks is one network; they are equal if and only if its affine form is zero on every piece
of the plane. A form that is not zero on a full-dimensional piece is not zero at one of a few points of its interior.
"""

from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.geometry.polygon import affine_at, plane
from exactrelu.network import Affine, Network, Relu
from exactrelu.rational import Rational, mpq
from exactrelu.regions.pieces import common_pieces
from exactrelu.regions.reference import planar


class Difference(NamedTuple):
    """A point (x, y) at which output number ``output`` of the two networks has the values ``first`` != ``second``."""

    point: tuple
    first: Rational
    second: Rational
    output: int


class Equality(NamedTuple):
    """``verdict`` is "certified" (equal on all of R²) or "refuted"; ``pieces`` counts the pieces that were compared."""

    verdict: str
    pieces: int
    counterexample: Difference | None


def equal(first, second, jobs=None, progress=None):
    """Return the `Equality` of two networks with two inputs and equally many outputs, over all of R².

    All outputs are compared. ``jobs`` is the number of processes (None: one for each core), ``progress(done, total)``
    is told how far the work has come. Raises `InputError` for other numbers of inputs or outputs.
    """
    difference = difference_network(first, second)
    pieces = 0
    for polygon, forms in common_pieces(difference, plane()):
        pieces += 1
        if progress is not None:
            progress(pieces, pieces)
        for output, form in enumerate(forms):
            if any(form):
                point = point_off(form, polygon)
                return Equality("refuted", pieces, evaluated(first, second, point, output))
    return Equality("certified", pieces, None)


def difference_network(first, second):
    """Return the network with the outputs of ``first`` minus those of ``second``; `InputError` if they do not match."""
    first, second = planar(first), planar(second)
    if len(first.outputs) != len(second.outputs):
        raise InputError(f"networks with {len(first.outputs)} and {len(second.outputs)} outputs cannot be equal")
    shift = len(first.nodes)

    def moved(node):
        return node if node < 2 else node + shift

    nodes = list(first.nodes)
    for node in second.nodes:
        if type(node) is Relu:
            nodes.append(Relu(moved(node.of)))
        else:
            nodes.append(Affine(tuple((moved(source), weight) for source, weight in node.terms), node.bias))
    outputs = []
    for plus, minus in zip(first.outputs, map(moved, second.outputs), strict=True):
        terms = ((plus, mpq(1)), (minus, mpq(-1))) if plus != minus else ()
        nodes.append(Affine(terms, mpq(0)))
        outputs.append(len(nodes) + 1)
    return Network(2, nodes, outputs)


def point_off(form, polygon):
    """Return a point (x, y) inside ``polygon`` at which ``form``, not the zero form, is not zero."""
    x, y = polygon.interior_point()
    if affine_at(form, x, y):
        return (x, y)
    # The zeros of the form are a line through (x, y): a step across it, small enough to stay inside, leaves it.
    dx, dy = form[0], form[1]
    for half_plane in polygon.half_planes():
        slack = affine_at(half_plane, x, y)
        slope = abs(half_plane[0] * dx + half_plane[1] * dy)
        if slope >= slack:
            dx, dy = (d * slack / (2 * slope) for d in (dx, dy))
    return (x + dx, y + dy)


def evaluated(first, second, point, output):
    """Return the `Difference` at ``point``, from evaluating both networks themselves; it is a real one or an error."""
    values = first.evaluate(point)[output], second.evaluate(point)[output]
    if values[0] == values[1]:
        raise AssertionError(f"the networks agree at {point}, where their difference was found not to be zero")
    return Difference(point, *values, output)
