"""The exact range of each output of a network, everywhere or on a part of its inputs."""

from time import monotonic
from typing import NamedTuple

from exactrelu import display
from exactrelu.errors import Contradiction
from exactrelu.field import Rational, text
from exactrelu.planar.extremes import extremes
from exactrelu.planar.opinion import Side, confirm, fingerprint
from exactrelu.planar.places import place_of


class Bounds(NamedTuple):
    """The smallest and the largest value of an output, and points where they are taken; None where there is no bound.

    >>> from exactrelu import Network, Relu, bound
    >>> (found,) = bound(Network(1, [Relu(0)], [1])).outputs
    >>> found.minimum, found.maximum, found.argmax
    (mpq(0,1), None, None)
    """

    minimum: Rational | None
    argmin: tuple | None
    maximum: Rational | None
    argmax: tuple | None


class Bound(NamedTuple):
    """``outputs``: the `Bounds` of each output; ``pieces``: how many convex pieces were looked at.

    >>> from exactrelu import Network, bound
    >>> bound(Network(2, [], [1, 0]), box=[(0, 1), (2, 3)]).outputs[0].minimum
    mpq(2,1)
    """

    outputs: tuple
    pieces: int

    _repr_html_ = display.html


def bound(network, jobs=None, progress=None, box=None, on=None, *, announce=None):
    """Return the `Bound` of a network; the other arguments are those of `equal`.

    Raises `InputError` where more than two inputs vary, and `Contradiction` if the network, evaluated at some points,
    has a value outside of the range that was found, or another one where an end is taken.

    >>> from fractions import Fraction
    >>> from exactrelu import Builder, bound
    >>> b = Builder(2)
    >>> x, y = b.inputs
    >>> (found,) = bound(b.network([b.relu(x) - b.relu(3 * x - 1) + y]), box=[(0, 1), (0, 0)]).outputs
    >>> found.maximum, found.argmax
    (mpq(1,3), (mpq(1,3), mpq(0,1)))
    """
    began, place = monotonic(), place_of(network, box, on)
    found = extremes(place.network(network), place.polygon, jobs, progress, announce)
    outputs = []
    for number, (low, high) in enumerate(found.outputs):
        ends = []
        for end in (low, high):
            point = None if end.value is None else place.point(end.point)
            if point is not None and network.evaluate(point)[number] != end.value:
                claim = f"output {number} of the network was found to be {text(end.value)}"
                value = text(network.evaluate(point)[number])
                raise Contradiction(claim, tuple(map(text, point)), (("the network", value),))
            ends += [end.value, point]
        outputs.append(Bounds(*ends))
    _confirm(network, place, outputs, found.samples, began)
    return Bound(tuple(outputs), found.pieces)


def _confirm(network, place, outputs, samples, began):
    """Evaluate the network at some points, where its outputs have to lie between the bounds; see `confirm`."""
    def clipped(point):
        values = network.evaluate(point)
        return tuple(
            v if (each.minimum is None or each.minimum <= v) and (each.maximum is None or v <= each.maximum)
            else each.maximum if each.maximum is not None else each.minimum
            for v, each in zip(values, outputs, strict=True)
        )

    claim = f"the outputs were found to lie within their bounds {place.everywhere}"
    sides = Side("the network", network.evaluate), Side("the bound", clipped)
    confirm(claim, *sides, place.points(str(fingerprint(network)), samples), began)
