"""The fast way to affine pieces: bounded polygons are bounded in batches and cut only where an output needs it.

The plain twin is `exactrelu.regions.pieces`. A polygon whose outputs are all resolved (`exactrelu.regions.enclosure`) is a
piece. Any other one is cut: first at a kink of a node of one variable that keeps an output undecided, the last such
node of the network first (what comes late, like a final gate, can hide much), at its middle kink inside the polygon;
if there is none, along the line on which a ReLU unit with a resolved pre-activation changes sign. Polygons on which the
same switches vanish (`exactrelu.regions.variants`) are processed together; a part that was cut is cut at the kinks of
the switches that its variant still uses before anything is computed again.
"""

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

import numpy as np
from gmpy2 import lcm, mpq, mpz

from exactrelu.geometry.polygon import Polygon, integral, value
from exactrelu.regions.compiled import compiled, integers
from exactrelu.regions.enclosure import Batch, extent
from exactrelu.regions.univariate import separated, univariate_nodes
from exactrelu.regions.variants import ZERO, Specializer

BATCH = 256
"""The most polygons that are bounded at once: enough to hide the interpreter, few enough for the processor's caches."""

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
    """A polygon on which every output is affine; ``values`` holds, for each output, the values at its vertices.

    At an ideal vertex the value is the slope along the ray.
    """

    root: int
    node: int
    polygon: Polygon
    values: tuple


class Bisection:
    """Cuts polygons into pieces on which a flat network with two inputs is affine."""

    def __init__(self, network):
        network = separated(network)
        self._functions = univariate_nodes(network)
        self._specializer = Specializer(network, self._functions.keys())
        self._compiled = {}
        self._zeros = {}
        self._tables = defaultdict(dict)

    def pieces(self, polygons, cuts=None):
        """Yield the `Piece`s of the ``polygons``, each with a finite vertex; root i is polygon i, and so is node i.

        If ``cuts`` is a list, (node, line, node below, node above) is appended to it for every cut; lines are integer
        forms, and below is where the line is ≤ 0.
        """
        waiting = defaultdict(list)
        for root, polygon in enumerate(polygons):
            part = _part(root, root, polygon)
            waiting[self._bucket(part)].append(part)
        fresh = []
        count = len(polygons)

        def halves(part, line):
            nonlocal count
            if cuts is not None:
                cuts.append((part.node, line, count, count + 1))
            count += 2
            below, above = part.polygon.split(line)
            return _part(part.root, count - 2, below), _part(part.root, count - 1, above)

        while fresh or waiting:
            while fresh:
                part = fresh.pop()
                bucket = self._bucket(part)
                line = self._switch_line(bucket[0], part)
                if line is None:
                    waiting[bucket].append(part)
                else:
                    fresh.extend(halves(part, line))
            bucket = max(waiting, key=lambda key: len(waiting[key]))
            chosen, rest = waiting[bucket][:BATCH], waiting[bucket][BATCH:]
            if rest:
                waiting[bucket] = rest
            else:
                del waiting[bucket]
            batch, found = self._bounded(bucket[0], chosen)
            yield from found
            for part, line in self._cuts(batch, chosen):
                fresh.extend(halves(part, line))

    def _switch_line(self, zeros, part):
        """Return the line of a kink, inside the part, of a switch that its variant still uses; None if there is none."""
        for k in self._variant(zeros).switches:
            axis, function = self._functions[k]
            if function.on(*(part.y if axis else part.x)) is None:
                return _kink_line(axis, function, part)
        return None

    def _bucket(self, part):
        """Return what parts of one batch have in common: the switches that vanish on them, and their kind."""
        small = all(W.bit_length() <= SMALL for _, _, W in part.polygon.vertices)
        zeros = self._specializer.useful(self._vanishing_on(0, part.x) | self._vanishing_on(1, part.y))
        return zeros, small, part.polygon.is_bounded

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
        where = extent([part.polygon.vertices for part in parts])
        batch = Batch(variant, where, *self._gathered(variant, parts))
        return batch, [self._piece(batch, parts[column], column) for column in np.flatnonzero(~batch.unresolved)]

    def _piece(self, batch, part, column):
        vertices = part.polygon.vertices
        values = []
        for k in batch.variant.outputs:
            if k == ZERO:
                values.append((mpq(0),) * len(vertices))
                continue
            scale = mpz(batch.variant.scales[k])
            weight = int(batch.where.scale[column])
            held = batch.values[batch.variant.slots[k], : len(vertices), column]
            values.append(tuple(mpq(int(v), scale * weight if w else scale) for v, (_, _, w) in zip(held, vertices)))
        return Piece(part.root, part.node, part.polygon, tuple(values))

    def _variant(self, zeros):
        if zeros not in self._compiled:
            steps, outputs = self._specializer.variant(zeros)
            self._compiled[zeros] = compiled(steps, outputs, self._functions, self._specializer.switches)
        return self._compiled[zeros]

    def _gathered(self, variant, parts):
        """Return the axes and the table of the used univariate nodes for a `Batch`."""
        positions = []
        for axis in (0, 1):
            index = {}
            column = [index.setdefault(part.y if axis else part.x, len(index)) for part in parts]
            positions.append((list(index), np.array(column)))
        axes, rows = [], []
        for k in variant.used:
            axis, function = self._functions[k]
            intervals, column = positions[axis]
            known = self._tables[k]
            for interval in intervals:
                if interval not in known:
                    known[interval] = _scaled_row(function, interval, variant.scales[k])
            axes.append(axis)
            rows.append(np.array([known[interval] for interval in intervals], dtype=object)[column])
        if not rows:
            return np.array([]), ()
        table = np.stack(rows)
        return np.array(axes), (*(integers(table[:, :, i]) for i in range(4)), table[:, :, 4].astype(bool))

    def _cuts(self, batch, parts):
        """Return [(part, line)] for the parts with an undecided output."""
        if not batch.unresolved.any():
            return []
        needed = batch.needed()
        open_columns = batch.unresolved.copy()
        found = []
        for slot in reversed(range(len(batch.variant.used))):
            chosen = needed[slot] & open_columns
            if chosen.any():
                axis, function = self._functions[batch.variant.used[slot]]
                for column in np.flatnonzero(chosen):
                    found.append((parts[column], _kink_line(axis, function, parts[column])))
                open_columns &= ~chosen
        for slot, crossing, values in batch.crossings():
            chosen = crossing & needed[slot] & open_columns
            for column in np.flatnonzero(chosen):
                polygon = parts[column].polygon
                found.append((parts[column], _zero_line(polygon.vertices, values[:, column])))
            open_columns &= ~chosen
        if open_columns.any():
            raise AssertionError("an undecided polygon has neither a kink nor a crossing inside")
        return found


def _part(root, node, polygon):
    return Part(root, node, polygon, _interval(polygon, 0), _interval(polygon, 1))


def _interval(polygon, axis):
    """Return the (low, high) of a coordinate on the polygon, None standing for −∞ and +∞."""
    finite = [mpq(vertex[axis], vertex[2]) for vertex in polygon.vertices if vertex[2]]
    slopes = [vertex[axis] for vertex in polygon.vertices if not vertex[2]]
    return None if min(slopes, default=0) < 0 else min(finite), None if max(slopes, default=0) > 0 else max(finite)


def _scaled_row(function, interval, scale):
    """Return (slope, intercept, low, high, unbounded) times ``scale`` on an interval; low and high rounded outwards.

    A function that is undecided and unbounded on the interval gets a width that only says that it is undecided.
    """
    segment = function.on(*interval)
    if segment is not None:
        return int(segment[0] * scale), int(segment[1] * scale), 0, 0, False
    bounds = function.range_on(*interval)
    if bounds is None:
        return 0, 0, 0, 1, True
    low, high = bounds
    return 0, 0, int(low * scale // 1), -int(-high * scale // 1), False


def _kink_line(axis, function, part):
    """Return the line through the middle kink of a function of one variable inside a part's extent."""
    knots = function.knots_within(*(part.y if axis else part.x))
    knot = knots[len(knots) // 2]
    return (mpz(0), knot.denominator, -knot.numerator) if axis else (knot.denominator, mpz(0), -knot.numerator)


def _zero_line(vertices, values):
    """Return the integer form that is proportional to an affine function with these ``values`` at the vertices."""
    # values are per unit of weight at finite vertices and slopes at ideal ones: bring them to one scale
    common = lcm(*(w for _, _, w in vertices if w))
    return integral(_form_through(vertices, [mpz(int(v)) if w else int(v) * common for v, (_, _, w) in zip(values, vertices)]))


def piece_form(piece):
    """Return the affine form (alpha, beta, gamma) of the first output on a `Piece`."""
    return _form_through(piece.polygon.vertices, piece.values[0])


def _form_through(vertices, values):
    """Return the form with these values at the vertices, slopes at ideal ones, by Cramer's rule at three of them."""
    for chosen in combinations(range(len(vertices)), 3):
        (X0, Y0, W0), (X1, Y1, W1), (X2, Y2, W2) = (vertices[i] for i in chosen)
        minors = (Y1 * W2 - Y2 * W1, X1 * W2 - X2 * W1, X1 * Y2 - X2 * Y1)
        determinant = X0 * minors[0] - Y0 * minors[1] + W0 * minors[2]
        if determinant:
            break
    a, b, c = (mpq(values[i] * (vertices[i][2] or 1), determinant) for i in chosen)
    return (
        a * minors[0] - b * (Y0 * W2 - Y2 * W0) + c * (Y0 * W1 - Y1 * W0),
        -a * minors[1] + b * (X0 * W2 - X2 * W0) - c * (X0 * W1 - X1 * W0),
        a * minors[2] - b * (X0 * Y2 - X2 * Y0) + c * (X0 * Y1 - X1 * Y0),
    )


def values_match(piece, form):
    """Return whether the first output of a `Piece` is ``form`` on it: equal at all vertices, hence everywhere."""
    return all(
        value(form, vertex) == at * (vertex[2] or 1) for vertex, at in zip(piece.polygon.vertices, piece.values[0])
    )
