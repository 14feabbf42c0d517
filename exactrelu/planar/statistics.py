"""Figures about the regions of a network: areas, gradients, ranges and integrals of the outputs."""

from typing import NamedTuple

from exactrelu.cpwl.polygon import coordinates
from exactrelu.field import Rational, floor, mpq

EXACT_BITS = 4096
"""With a longer denominator an integral is enclosed, not given."""

GRID = 2**200
"""An enclosure is made of multiples of 1/GRID for each region."""


class OutputStatistics(NamedTuple):
    """Exact figures about one output, gradients being those in the coordinates of the regions.

    ``lipschitz_1``, ``lipschitz_inf``: the largest quotients of a change of the output on a region by the distance in
    the norm that adds coordinates, and in the maximum norm; ``lipschitz_2_squared``: the square of that for the
    Euclidean norm. On a convex domain they are Lipschitz constants. ``minimum`` and ``maximum`` are None where there is
    no bound; ``integral`` is a pair (low, high) that encloses it, twice the same number where that is not too long,
    None on unbounded domains.

    >>> from exactrelu import Network, Relu, region_list, statistics
    >>> (found,) = statistics(region_list(Network(1, [Relu(0)], [1]))).outputs
    >>> found.lipschitz_1, found.minimum, found.maximum, found.integral
    (mpq(1,1), mpq(0,1), None, None)
    """

    lipschitz_1: Rational
    lipschitz_2_squared: Rational
    lipschitz_inf: Rational
    minimum: Rational | None
    maximum: Rational | None
    integral: tuple | None


class Statistics(NamedTuple):
    """``regions``, ``linear_pieces``, ``unbounded``: numbers; the least and the largest area of bounded regions.

    Areas are lengths with one coordinate, None if no region is bounded; ``outputs``: `OutputStatistics` of each output.

    >>> from exactrelu import Network, Relu, region_list, statistics
    >>> statistics(region_list(Network(2, [Relu(0)], [2])))[:5]
    (2, 2, 2, None, None)
    """

    regions: int
    linear_pieces: int
    unbounded: int
    smallest_area: Rational | None
    largest_area: Rational | None
    outputs: tuple


def statistics(regions):
    """Return the `Statistics` of a `RegionList`.

    >>> from exactrelu import Network, Relu, region_list, statistics
    >>> found = statistics(region_list(Network(2, [Relu(0)], [2]), box=[(-1, 2), (0, 1)]))
    >>> found.smallest_area, found.outputs[0].lipschitz_inf, found.outputs[0].maximum, found.outputs[0].integral
    (mpq(1,1), mpq(1,1), mpq(2,1), (mpq(2,1), mpq(2,1)))
    """
    areas = [regions.area(k) for k in range(len(regions))]
    bounded = [area for area in areas if area is not None]
    return Statistics(
        regions=len(regions),
        linear_pieces=int(regions.pieces.max()) + 1,
        unbounded=len(areas) - len(bounded),
        smallest_area=min(bounded, default=None),
        largest_area=max(bounded, default=None),
        outputs=tuple(_of_output(regions, output) for output in range(regions.outputs)),
    )


def _of_output(regions, output):
    """Return the `OutputStatistics` of an output."""
    forms = [regions.forms(k)[output] for k in range(len(regions))]
    gradients = {form[:2] for form in forms}
    ends = []
    for polygon, form in zip(regions.polygons, forms):
        ends += _ends(polygon, form)
    integral = None
    if regions.place.polygon is not None:
        integral = _enclosed(_integral(polygon, form) for polygon, form in zip(regions.polygons, forms))
    low = None if any(value is None and sign < 0 for value, sign in ends) else min(v for v, _ in ends if v is not None)
    high = None if any(value is None and sign > 0 for value, sign in ends) else max(v for v, _ in ends if v is not None)
    return OutputStatistics(
        lipschitz_1=max(max(abs(a), abs(b)) for a, b in gradients),
        lipschitz_2_squared=max(a * a + b * b for a, b in gradients),
        lipschitz_inf=max(abs(a) + abs(b) for a, b in gradients),
        minimum=low, maximum=high, integral=integral,
    )


def _ends(polygon, form):
    """Return pairs (value at a vertex, 0), and (None, ±1) for a ray along which the form tends to ±∞."""
    a, b, c = form
    found = []
    for X, Y, W in polygon.generators:
        along = a * X + b * Y
        if W:
            found.append((along / W + c, 0))
        elif along:
            found.append((None, 1 if along > 0 else -1))
    return found


def _integral(polygon, form):
    """Return the integral of a form over a bounded polygon, the sum of those over triangles."""
    a, b, c = form
    points = [coordinates(vertex) for vertex in polygon.vertices]
    (x0, y0), *others = points
    total = mpq(0)
    for (x1, y1), (x2, y2) in zip(others, others[1:]):
        twice = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        total += twice * (a * (x0 + x1 + x2) + b * (y0 + y1 + y2) + 3 * c)
    return total / 6


def _enclosed(numbers):
    """Return (low, high) around a sum of exact numbers, equal where it is a fraction that is not too long."""
    exact, low, high = mpq(0), 0, 0
    for number in numbers:
        scaled = floor(number * GRID)
        low += scaled
        high += scaled + (scaled != number * GRID)
        if exact is not None:
            exact += number
            exact = exact if exact.denominator.bit_length() <= EXACT_BITS else None
    return (mpq(low, GRID), mpq(high, GRID)) if exact is None else (exact, exact)
