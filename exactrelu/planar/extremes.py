"""The smallest and the largest value of each output of a network on a polygon or on the plane, and where.

On a region the outputs are affine, so that they are extreme at its corners, or have no bound along one of its rays.
Outputs are continuous: a corner has one value in all regions around it. Regions of a bounded polygon that are not too
many come from the compiled core; others are looked at in batches, a corner once in each, and larger pieces beside them.
The readable twin, `plain_extremes`, walks through `exactrelu.planar.reference`.
"""

from contextlib import closing
from time import monotonic_ns
from typing import NamedTuple

import numpy as np

from exactrelu.cpwl.polygon import coordinates, plane, value
from exactrelu.field import Rational, mpq
from exactrelu.planar.batch import enumerate_cells, start
from exactrelu.planar.differences import QUADRANTS, left_over, twins
from exactrelu.planar.forecast import AtMost
from exactrelu.planar.native_walk import contradiction, listed
from exactrelu.planar.opinion import SAMPLES
from exactrelu.planar.pool import Lane, results
from exactrelu.planar.reference import activation_regions, planar
from exactrelu.planar.stages import plan

AT_ONCE, STEPS = 1 << 16, 1 << 24
"""The most regions, and regions times nodes, that are looked at one by one: deep networks have fewer larger pieces."""


class Extreme(NamedTuple):
    """A ``value`` of an output and the ``point`` (x, y) where it is taken.

    Without a bound the value is None, and from the point on the output tends to −∞ or ∞ along the ``ray`` (dx, dy), and
    is affine on it.
    """

    value: Rational | None
    point: tuple
    ray: tuple | None = None


class Extremes(NamedTuple):
    """For each output a pair (minimum, maximum) of `Extreme`; the number of ``pieces``; points inside some of them."""

    outputs: tuple
    pieces: int
    samples: list


def extremes(network, polygon=None, jobs=None, progress=None, announce=None):
    """Return the `Extremes` of a network with two inputs on a `Polygon`, None for the plane.

    ``jobs``, ``progress`` and ``announce`` are those of `exactrelu.planar.equal`.
    """
    network = planar(network)
    found = None if polygon is None else _in_regions(network, polygon)
    if found is not None:
        if progress is not None:
            progress(found.pieces, found.pieces)
        return found
    told = None if announce is None else AtMost(network, polygon or plane(), jobs, announce)
    ways = [
        Lane(_in_cells, plan(network), [start(polygon or plane())]),
        Lane(_in_pieces, network, [polygon] if polygon else list(QUADRANTS)),
    ]
    best = [[(None, None)] * len(network.outputs) for _ in ways]
    counts, samples = [0] * len(ways), [[] for _ in ways]
    with closing(results(ways, jobs)) as tasks:
        for way, (found, count, chosen) in tasks:
            best[way] = _best(best[way], found)
            counts[way] += count
            samples[way] += chosen
            if told is not None:
                told.cells(counts[0], way)
            if progress is not None:
                progress(max(counts), max(counts))
    return Extremes(tuple(best[way]), counts[way], samples[way])


def plain_extremes(network, polygon=None):
    """Return the pairs (minimum, maximum) of `Extreme`, as `extremes` does, of a network, region by region."""
    best = [(None, None)] * len(network.outputs)
    for cell, forms in activation_regions(network, polygon or plane()):
        for output, form in enumerate(forms):
            values = [value(form, point) for point in cell.generators]
            (best[output],) = _best([best[output]], [_of_cell(cell.generators, values, cell.interior_point())])
    return tuple(best)


def point_beyond(network, output, extreme, most):
    """Return a point of the ray of an `Extreme` without a bound where the output is larger than ``most`` in size."""
    (x, y), (dx, dy) = extreme.point, extreme.ray
    here, there = (network.evaluate(point)[output] for point in ((x, y), (x + dx, y + dy)))
    steps = (most + abs(here) + 1) / abs(there - here)
    return x + steps * dx, y + steps * dy


def _of_cell(points, values, inside):
    """Return (minimum, maximum) of a form on a cell, given its generators and what `value` is at them.

    ``inside`` is a point inside of the cell, from which a ray along an ideal one goes on inside of it.
    """
    finite = [(mpq(v) / point[2], point) for v, point in zip(values, points, strict=True) if point[2]]
    found = []
    for sign in (-1, 1):
        ray = next((point for v, point in zip(values, points) if not point[2] and sign * v > 0), None)
        if ray is not None:
            found.append(Extreme(None, inside, (mpq(ray[0]), mpq(ray[1]))))
        else:
            best = max(finite, key=lambda entry: sign * entry[0])
            found.append(Extreme(best[0], coordinates(best[1])))
    return tuple(found)


def _best(first, second):
    """Return the better of two lists of pairs (minimum, maximum) of `Extreme`, pair by pair."""
    return [tuple(map(_better, (False, True), *pairs)) for pairs in zip(first, second, strict=True)]


def _better(is_maximum, first, second):
    """Return the larger (or smaller) of two `Extreme`s, either of which may be None; no bound is the largest."""
    if first is None or second is None:
        return first or second
    if first.value is None or second.value is None:
        return first if first.value is None else second
    return first if (first.value >= second.value) == is_maximum else second


def _in_regions(network, polygon):
    """Return the `Extremes` on a polygon from its regions in the compiled core; None if it does not find them all soon.

    Raises `Contradiction` where two regions have different values at a corner that they share.
    """
    regions = listed(network, polygon, min(AT_ONCE, STEPS // len(network)))
    if regions is None:
        return None
    heights, samples = {}, []
    for region in range(len(regions)):
        cell, forms = regions.polygon(region), regions.forms(region)
        for corner in cell.vertices:
            found = tuple(value(form, corner) / corner[2] for form in forms)
            if heights.setdefault(corner, found) != found:
                raise contradiction(network, coordinates(corner))
        if region < SAMPLES:
            samples.append(cell.interior_point())
    outputs = []
    for output in range(len(network.outputs)):
        ends = (choose(heights.items(), key=lambda entry: entry[1][output]) for choose in (min, max))
        outputs.append(tuple(Extreme(found[output], coordinates(corner)) for corner, found in ends))
    return Extremes(tuple(outputs), len(regions), samples)


def _in_cells(network_plan, stack, deadline):
    """Work through a stack of chunks: ((extremes of each output, cells, points inside some of them), the rest)."""
    final, stack = enumerate_cells(network_plan, stack, deadline)
    best = [(None, None)] * len(network_plan.outputs)
    for batch in final:
        scales = (scale for _, _, scale in network_plan.outputs)
        best = _best(best, [_of_batch(batch, output, scale) for output, scale in enumerate(scales)])
    count = sum(len(batch.counts) for batch in final)
    samples = [batch.polygon(0).interior_point() for batch in final[:SAMPLES]]
    return (best, count, samples), stack


def _of_batch(batch, output, scale):
    """Return (minimum, maximum) of an output, whose forms have been multiplied by ``scale``, on a batch of cells."""
    corners, first = np.unique(batch.corners, return_index=True)
    forms = batch.forms[first // batch.corners.shape[1], 3 * output : 3 * output + 3].tolist()
    points = [batch.points[corner] for corner in corners.tolist()]
    values = [value(form, point) for form, point in zip(forms, points, strict=True)]
    found = []
    for extreme in _of_cell(points, values, None):
        if extreme.value is None:
            row = first[points.index(tuple(map(int, extreme.ray)) + (0,))] // batch.corners.shape[1]
            found.append(extreme._replace(point=batch.polygon(row).interior_point()))
        else:
            found.append(extreme._replace(value=extreme.value / scale))
    return tuple(found)


def _in_pieces(network, polygons, deadline):
    """Work through polygons as `_in_cells` does through chunks; bounded ones are for the compiled core."""
    bisection, core = twins(network)
    best, samples = [(None, None)] * len(network.outputs), []
    bounded = [polygon for polygon in polygons if core and polygon.is_bounded]
    pieces, given_back, unfinished = core.collected(bounded, deadline) if bounded else ([], [], [])
    for polygon, forms in pieces:
        values = [[value(form, point) for point in polygon.vertices] for form in forms]
        best = _best(best, [_of_cell(polygon.vertices, heights, None) for heights in values])
    count = len(pieces)
    samples += [polygon.interior_point() for polygon, _ in pieces[:SAMPLES]]
    waiting = [polygon for polygon in polygons if not (core and polygon.is_bounded)]
    polygons, waiting, aside = (given_back, waiting, None) if given_back else (waiting, [], [] if core else None)
    cuts, done = [], set()
    for piece in bisection.pieces(polygons, cuts, aside):
        points, inside = piece.polygon.generators, piece.polygon.interior_point()
        heights = ([v * (point[2] or 1) for v, point in zip(values, points)] for values in piece.values)
        best = _best(best, [_of_cell(points, each, inside) for each in heights])
        done.add(piece.node)
        if len(samples) < 2 * SAMPLES:
            samples.append(inside)
        if monotonic_ns() > deadline:
            break
    return (best, count + len(done), samples), [*unfinished, *waiting, *left_over(polygons, cuts, done)]
