"""The fast way to affine pieces: bounded polygons are bounded in batches and cut only where an output needs it.

The plain twin is `exactrelu.regions.pieces`. A polygon whose outputs are all resolved (`exactrelu.regions.enclosure`) is a
piece. Any other one is cut: first at a kink of a node of one variable that keeps an output undecided, the last such
node of the network first (what comes late, like a final gate, can hide much), at its middle kink inside the polygon;
if there is none, along the line on which a ReLU unit with a resolved pre-activation changes sign. Polygons on which the
same switches vanish (`exactrelu.regions.variants`) are processed together.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from gmpy2 import mpq, mpz

from exactrelu.geometry.polygon import Polygon, integral, value
from exactrelu.regions.enclosure import Batch, compiled, extent, integers
from exactrelu.regions.univariate import univariate_nodes
from exactrelu.regions.variants import ZERO, Specializer

BATCH = 2048
"""The most polygons that are bounded at once: enough to hide the interpreter, few enough to fit into memory."""

SMALL = 24
"""Polygons with denominators of up to this many bits go into batches of their own, which then fit into ``int64``."""


class Part(NamedTuple):
    """A polygon on its way: the ``root`` it was cut from, its ``node`` in the tree of cuts, and its extents."""

    root: int
    node: int
    polygon: Polygon
    x: tuple
    y: tuple


class Piece(NamedTuple):
    """A polygon on which every output is affine; ``values`` holds, for each output, the values at its vertices."""

    root: int
    node: int
    polygon: Polygon
    values: tuple


class Bisection:
    """Cuts polygons into pieces on which a flat network with two inputs is affine."""

    def __init__(self, network):
        self._functions = univariate_nodes(network)
        self._specializer = Specializer(network, self._functions.keys())
        self._outputs = network.outputs
        self._compiled = {}
        self._zeros = {}
        self._tables = defaultdict(dict)

    def pieces(self, polygons, cuts=None):
        """Yield the `Piece`s of the bounded ``polygons``; root i is polygon i, and so is node i.

        If ``cuts`` is a list, (node, line, node below, node above) is appended to it for every cut; lines are integer
        forms, and below is where the line is ≤ 0.
        """
        waiting = defaultdict(list)
        count = len(polygons)
        for root, polygon in enumerate(polygons):
            part = _part(root, root, polygon)
            waiting[self._bucket(part)].append(part)
        while waiting:
            bucket = max(waiting, key=lambda key: len(waiting[key]))
            chosen, rest = waiting[bucket][:BATCH], waiting[bucket][BATCH:]
            if rest:
                waiting[bucket] = rest
            else:
                del waiting[bucket]
            batch, found = self._bounded(bucket[0], chosen)
            yield from found
            for part, line in self._cuts(batch, chosen):
                below, above = part.polygon.split(line)
                if cuts is not None:
                    cuts.append((part.node, line, count, count + 1))
                for polygon in (below, above):
                    child = _part(part.root, count, polygon)
                    count += 1
                    waiting[self._bucket(child)].append(child)

    def _bucket(self, part):
        """Return what parts of one batch have in common: the switches that are zero on them, and small coordinates."""
        small = all(W.bit_length() <= SMALL for _, _, W in part.polygon.vertices)
        return self._vanishing_on(0, part.x) | self._vanishing_on(1, part.y), small

    def _vanishing_on(self, axis, interval):
        key = (axis, interval)
        if key not in self._zeros:
            self._zeros[key] = frozenset(
                k
                for k in self._specializer.switches
                if self._functions[k][0] == axis and self._functions[k][1].on(*interval) == (0, 0)
            )
        return self._zeros[key]

    def _bounded(self, zeros, parts):
        """Return the `Batch` over ``parts`` and the list of `Piece`s found among them."""
        variant = self._variant(zeros)
        xs, ys, weights = extent([part.polygon.vertices for part in parts])
        batch = Batch(variant, (xs, ys), weights, self._gathered(variant, parts))
        return batch, [self._piece(batch, parts[column], column) for column in np.flatnonzero(~batch.unresolved)]

    def _piece(self, batch, part, column):
        size = len(part.polygon.vertices)
        values = []
        for k in batch.variant.outputs:
            if k == ZERO:
                values.append((mpq(0),) * size)
            else:
                scale = mpz(batch.variant.scales[k]) * int(batch.weights[column])
                values.append(tuple(mpq(int(v), scale) for v in batch.outputs[k].values[:size, column]))
        return Piece(part.root, part.node, part.polygon, tuple(values))

    def _variant(self, zeros):
        if zeros not in self._compiled:
            steps, outputs = self._specializer.variant(zeros)
            self._compiled[zeros] = compiled(steps, outputs, self._functions)
        return self._compiled[zeros]

    def _gathered(self, variant, parts):
        """Return the tables of the used univariate nodes for a `Batch`, one entry a polygon."""
        positions = []
        for axis in (0, 1):
            index = {}
            column = [index.setdefault(part.y if axis else part.x, len(index)) for part in parts]
            positions.append((list(index), np.array(column)))
        tables = {}
        for k in variant.used:
            axis, function = self._functions[k]
            intervals, column = positions[axis]
            known = self._tables[k]
            for interval in intervals:
                if interval not in known:
                    known[interval] = _scaled_row(function, interval, variant.scales[k])
            tables[k] = (axis, *(integers(entries)[column] for entries in zip(*(known[i] for i in intervals))))
        return tables

    def _cuts(self, batch, parts):
        """Return [(part, line)] for the parts with an undecided output."""
        if not batch.unresolved.any():
            return []
        needed = batch.needed()
        open_columns = batch.unresolved.copy()
        found = []
        for k in reversed(batch.variant.used):
            if k in needed:
                axis, function = self._functions[k]
                for column in np.flatnonzero(needed[k] & open_columns):
                    found.append((parts[column], _kink_line(axis, function, parts[column])))
                open_columns &= ~needed[k]
        for k, (crossing, values) in batch.crossings.items():
            if k in needed:
                chosen = crossing & needed[k] & open_columns
                for column in np.flatnonzero(chosen):
                    polygon = parts[column].polygon
                    found.append((parts[column], _zero_line(polygon.vertices, values[:, column])))
                open_columns &= ~chosen
        if open_columns.any():
            raise AssertionError("an undecided polygon has neither a kink nor a crossing inside")
        return found


def _part(root, node, polygon):
    xs = [mpq(X, W) for X, _, W in polygon.vertices]
    ys = [mpq(Y, W) for _, Y, W in polygon.vertices]
    return Part(root, node, polygon, (min(xs), max(xs)), (min(ys), max(ys)))


def _scaled_row(function, interval, scale):
    """Return (slope, intercept, low, high) times ``scale`` on an interval; low and high rounded outwards."""
    segment = function.on(*interval)
    if segment is not None:
        return int(segment[0] * scale), int(segment[1] * scale), 0, 0
    low, high = function.range_on(*interval)
    return 0, 0, int(low * scale // 1), -int(-high * scale // 1)


def _kink_line(axis, function, part):
    """Return the line through the middle kink of a function of one variable inside a part's extent."""
    knots = function.knots_within(*(part.y if axis else part.x))
    knot = knots[len(knots) // 2]
    return (mpz(0), knot.denominator, -knot.numerator) if axis else (knot.denominator, mpz(0), -knot.numerator)


def _zero_line(vertices, values):
    """Return the integer form that is proportional to the ``values`` of an affine function at the vertices."""
    (X0, Y0, W0), (X1, Y1, W1) = vertices[:2]
    for (X2, Y2, W2), third in zip(vertices[2:], values[2:]):
        determinant = X0 * (Y1 * W2 - Y2 * W1) - Y0 * (X1 * W2 - X2 * W1) + W0 * (X1 * Y2 - X2 * Y1)
        if determinant:
            break
    # Cramer's rule for form · (X, Y, W) = value · W at three vertices that are not collinear
    a, b, c = (mpz(int(v)) * W for v, W in ((values[0], W0), (values[1], W1), (third, W2)))
    sign = 1 if determinant > 0 else -1
    form = (
        sign * (a * (Y1 * W2 - Y2 * W1) - b * (Y0 * W2 - Y2 * W0) + c * (Y0 * W1 - Y1 * W0)),
        sign * (-a * (X1 * W2 - X2 * W1) + b * (X0 * W2 - X2 * W0) - c * (X0 * W1 - X1 * W0)),
        sign * (a * (X1 * Y2 - X2 * Y1) - b * (X0 * Y2 - X2 * Y0) + c * (X0 * Y1 - X1 * Y0)),
    )
    return integral(form)


def values_match(piece, form):
    """Return whether the first output of a `Piece` is ``form`` on it: equal at all vertices, hence everywhere."""
    return all(value(form, vertex) == at * vertex[2] for vertex, at in zip(piece.polygon.vertices, piece.values[0]))
