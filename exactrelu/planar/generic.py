"""Counting the regions of a network in general position, by floating-point numbers with proven bounds.

The compiled core (regions.c, where the proof is) walks through the network with doubles: every sign that it takes is
proven, with a bound of all errors, those of the weights among them. Where one is not, because kinks meet in a point,
coincide, or nearly do, it gives up, and so does `count_generic`; then integers have to decide. The forms of the outputs
come with bounds, too: if no two regions can have the same forms, there are as many linear pieces as regions.
"""

from array import array

import numpy as np

from exactrelu.core import compiled
from exactrelu.cpwl.polygon import coordinates
from exactrelu.network import Relu
from exactrelu.planar.stages import groups_of

COUNTED = 0
"""How a count ends if all is proven, as in regions.h."""

MOST = 2.0**300
"""Weights and coefficients are at most this and at least its inverse in modulus, or zero."""

ENTRIES = 2**24
"""The most weights, those that are zero counted as well."""

TERMS = 2**20
"""The most terms of a node."""

SIDES = 20
"""The most sides of a domain."""


def count_generic(network, domain):
    """Return the number of activation regions of a flat network on ``domain``, which is that of its linear pieces.

    None where that is not proven: without the core, on an unbounded domain, and unless network and domain are in
    general position and no two regions have the same forms.
    """
    if compiled is None or not domain.is_bounded or len(domain.vertices) > SIDES:
        return None
    try:
        arrays = _arrays(network)
        sides, bound = _sides(domain)
    except OverflowError:
        return None
    ended, regions, found = compiled.count(*arrays, sides, bound)
    if ended != COUNTED:
        return None
    forms = np.frombuffer(found, dtype=np.float64).reshape(regions, len(network.outputs), 4)
    return regions if _all_differ(forms, np.arange(regions), bound) else None


def _arrays(network):
    """Return the arrays of a flat network, its nodes in groups; raises ``OverflowError`` if the core takes no such."""
    rows, sources, weights, biases, place = [], [], [], [], {0: 0, 1: 1}
    entries = 0
    for nodes in groups_of(network)[1:]:
        contents, first = [network.nodes[node - 2] for node in nodes], len(place)
        if type(contents[0]) is Relu:
            used = [place[content.of] for content in contents]
            rows += [True, first, first + len(nodes), len(used)]
        else:
            used = sorted({place[source] for content in contents for source, _ in content.terms})
            entries += len(used) * len(nodes)
            if entries > ENTRIES or len(used) >= TERMS:
                raise OverflowError("a network with too many weights")
            matrix, row = np.zeros((len(used), len(nodes))), {source: i for i, source in enumerate(used)}
            for column, content in enumerate(contents):
                for source, weight in content.terms:
                    matrix[row[place[source]], column] = _double(weight)
            weights.append(matrix.ravel())
            biases += [_double(content.bias) for content in contents]
            rows += [False, first, first + len(nodes), len(used)]
        sources += used
        place.update({node: first + i for i, node in enumerate(nodes)})
    weights = np.concatenate([np.zeros(0), *weights])
    ends = array("q", (place[output] for output in network.outputs))
    return array("q", rows), array("q", sources), weights, array("d", biases), ends


def _double(number):
    """Return the double next to a rational, off by at most 2^-52 of it; ``OverflowError`` for very large or small."""
    double = float(number)
    if number and not 1 / MOST <= abs(double) <= MOST:
        raise OverflowError("a number that is too large or too small")
    return double


def _sides(domain):
    """Return (rows (a, b, c, error) of the edges of a polygon, a bound of its coordinates)."""
    points = [coordinates(vertex) for vertex in domain.vertices]
    bound = 2 * _double(max(abs(t) for point in points for t in point))
    rows = []
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        form = [_double(entry) for entry in (y0 - y1, x1 - x0, x0 * y1 - x1 * y0)]
        size = (abs(form[0]) + abs(form[1])) * bound + abs(form[2])
        rows += [*form, size * 2.0**-51]
    return array("d", rows), bound


def _all_differ(forms, regions, bound):
    """Whether it is proven that no two of the ``regions``, numbers of rows of ``forms``, have the same forms.

    A coefficient lies within its error of what was computed; its interval is widened by more than it is rounded.
    """
    waiting = [(regions, 0)] if len(regions) > 1 else []
    while waiting:
        chosen, column = waiting.pop()
        if column == 3 * forms.shape[1]:
            return False
        output, entry = divmod(column, 3)
        values, errors = forms[chosen, output, entry], forms[chosen, output, 3]
        errors = (errors if entry == 2 else errors / bound) + np.abs(values) * 2.0**-50
        order = np.argsort(values - errors, kind="stable")
        lows, highs = (values - errors)[order], np.maximum.accumulate((values + errors)[order])
        starts = np.flatnonzero(np.concatenate([[True], lows[1:] > highs[:-1], [True]]))
        for start in np.flatnonzero(np.diff(starts) > 1):
            waiting.append((chosen[order[starts[start] : starts[start + 1]]], column + 1))
    return True
