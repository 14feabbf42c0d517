"""Where a question about a network is asked: a slice of its inputs and a polygon in the coordinates of that slice.

The enumerations of this room are about two inputs. A slice with fewer coordinates has more of them here, along which
nothing changes: their direction is zero, and a box has the side [0, 1] there.
"""

from typing import NamedTuple

from exactrelu.cpwl.polygon import Polygon
from exactrelu.cpwl.polygon import box as rectangle
from exactrelu.errors import InputError, sequence
from exactrelu.field import mpq, rational, text
from exactrelu.network import as_network
from exactrelu.network.restriction import Slice, slice_of
from exactrelu.planar.opinion import chosen_points, points_within, window_of

LEVEL = 3
"""Networks are evaluated on the dyadic lattice of this level, too, before anything is certified about them."""


class Place(NamedTuple):
    """A ``slice`` with two coordinates, the ``polygon`` in them, None for all of the plane, and the ``name``.

    ``dimension`` counts the coordinates along which something changes; ``question`` are the box and the slice as they
    were given.
    """

    slice: Slice
    polygon: Polygon | None
    dimension: int
    name: str
    question: dict

    def network(self, network):
        """Return the network with two inputs that ``network`` is here."""
        return self.slice.of(network)

    def points(self, seed, samples):
        """Yield points of the inputs of a network here, without end, the ``samples`` of coordinates among them.

        The others are chosen by the ``seed``; see `exactrelu.planar.opinion`.
        """
        if self.polygon is None:
            return map(self.point, chosen_points(seed, samples, window_of(samples), LEVEL))
        return map(self.point, points_within(seed, samples, self.polygon))

    @property
    def everywhere(self):
        """The place in words: at every point of it."""
        return f"at every point of {self.name}"

    def point(self, coordinates):
        """Return the point of the inputs of a network, given its two coordinates here."""
        return self.slice.point(coordinates)


def place_of(network, box=None, on=None):
    """Return the `Place` of a question about a network.

    ``on`` is a `Slice` of its inputs, None for all of them; ``box`` a sequence of pairs (low, high), one for each
    coordinate of the slice, None for everywhere. A side without width fixes its coordinate. Raises `InputError` if more
    than two coordinates are left.

    >>> from exactrelu import Network
    >>> place_of(Network(3, [], [0]), [(0, 1), (2, 2), (-1, 1)]).name
    '[0, 1] x [2, 2] x [-1, 1]'
    """
    inputs = as_network(network).inputs
    chosen = slice_of(on, inputs)
    sides, name = [None] * chosen.dimension, "R^2" if chosen.dimension == 2 else f"R^{chosen.dimension}"
    if box is not None:
        sides = [_side(side, k) for k, side in enumerate(sequence(box, "box"))]
        name = " x ".join(f"[{text(low)}, {text(high)}]" for low, high in sides) or name
        if len(sides) != chosen.dimension:
            raise InputError(f"a box here is {chosen.dimension} pairs (low, high), got {len(sides)}")
    fixed = {k: side[0] for k, side in enumerate(sides) if side is not None and side[0] == side[1]}
    left = [side for k, side in enumerate(sides) if k not in fixed]
    if len(left) > 2:
        raise InputError(
            f"{len(left)} inputs vary, and regions are those of two at most: fix the others (--fix I=V, or equal ends "
            "of a side of the box), or take a plane (--plane P0 P1 P2); Slice.fixed and Slice.plane in Python"
        )
    chosen = chosen.then(Slice.fixed(chosen.dimension, fixed))
    directions = chosen.directions + ((mpq(0),) * inputs,) * (2 - len(left))
    polygon = None
    if box is not None:
        ends = left + [(mpq(0), mpq(1))] * (2 - len(left))
        polygon = rectangle(*ends[0], *ends[1])
    return Place(Slice(chosen.origin, directions), polygon, len(left), name, {"box": box, "on": on})


def _side(side, k):
    """Return (low, high) of a side of a box."""
    ends = sequence(side, f"side {k} of the box")
    if len(ends) != 2:
        raise InputError(f"side {k} of the box: expected a pair (low, high), got {len(ends)} numbers")
    low, high = map(rational, ends)
    if low > high:
        raise InputError(f"side {k} of the box: expected low <= high, got [{text(low)}, {text(high)}]")
    return low, high
