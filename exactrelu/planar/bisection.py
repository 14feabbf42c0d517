"""The fast way to affine pieces: bounded polygons are bounded in batches and cut only where an output needs it.

The plain twin is `exactrelu.planar.pieces`, the compiled one `exactrelu.planar.native`. A polygon whose outputs are all
resolved (`exactrelu.planar.enclosure`) is a piece. Any other one is cut: at a kink of a node of one variable that keeps
an output undecided, the first such node of the network first, at its middle kink inside the polygon; if there is none,
along the line on which a ReLU unit with a resolved pre-activation changes sign. Polygons on which the same switches
vanish (`exactrelu.planar.variants`) are processed together; a bounded one is cut at the kinks of the switches that its
variant still uses before anything is computed. What becomes of a polygon depends on nothing but itself.
"""

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

import numpy as np

from exactrelu.cpwl.polygon import Polygon, integral, value
from exactrelu.field import lcm, mpq, mpz
from exactrelu.network.dag import references
from exactrelu.planar.compiled import common_denominator, compiled, integers
from exactrelu.planar.enclosure import Batch, extent
from exactrelu.planar.summands import opened
from exactrelu.planar.univariate import node_axes, separated, univariate_nodes
from exactrelu.planar.variants import ZERO, Specializer

ENTRIES = 1 << 18
"""About so many nodes times polygons are bounded at once: few enough for the processor's caches."""

BATCHES = (64, 256)
"""The least and most polygons that are bounded at once if there are as many: enough to hide the interpreter."""

STRIPS = 1 << 10
"""So many intervals are remembered from one call to the next, with what is known of them."""

SMALL = 24
"""Polygons with denominators of up to this many bits go into batches of their own, which then fit into ``int64``."""


class Strip:
    """An interval of x (``axis`` 0) or of y (1), from ``low`` to ``high``, None standing for −∞ and +∞.

    ``zeros`` is the set of the switches that vanish on it. There is one object for each interval, so that it is a key
    that is fast to hash.
    """

    def __init__(self, axis, low, high, zeros):
        self.axis = axis
        self.low = low
        self.high = high
        self.zeros = zeros


class Part(NamedTuple):
    """A polygon on its way: the ``root`` it was cut from, its ``node`` in the tree of cuts, and its extents."""

    root: int
    node: int
    polygon: Polygon
    x: Strip
    y: Strip


class Piece(NamedTuple):
    """A polygon on which every output is affine; ``values`` holds, for each output, the values at its generators.

    At an ideal point the value is the slope along the ray.
    """

    root: int
    node: int
    polygon: Polygon
    values: tuple


class Bisection:
    """Cuts polygons into pieces on which a flat network with two inputs is affine."""

    def __init__(self, network):
        network = separated(opened(network))
        alone = frozenset(k for k, axis in node_axes(network).items() if axis is not None)
        others = (node for k, node in enumerate(network.nodes, network.inputs) if k not in alone)
        used = {k for node in others for k in references(node)}.union(network.outputs)
        # most functions only serve to make others, and may have many knots
        self.functions = univariate_nodes(network, wanted=used)
        self.denominators = {k: common_denominator(function) for k, (_, function) in self.functions.items()}
        self.specializer = Specializer(network, alone)
        self._compiled = {}
        self._strips = {}
        self._kinks = {}
        self._tables = {}

    def pieces(self, polygons, cuts=None, aside=None):
        """Yield the `Piece`s of the ``polygons``; root i is polygon i, and so is node i.

        If ``cuts`` is a list, (node, line, node below, node above) is appended to it for every cut; lines are integer
        forms, and below is where the line is ≤ 0. If ``aside`` is a list, bounded parts are appended to it, uncut.
        """
        self._forget()
        waiting = defaultdict(list)
        fresh = [Part(k, k, p, self.across(p, 0), self.across(p, 1)) for k, p in enumerate(polygons)]
        count = len(polygons)

        def parts_of(part, line):
            nonlocal count
            if cuts is not None:
                cuts.append((part.node, line, count, count + 1))
            count += 2
            below, above = self.halves(part, line)
            return Part(part.root, count - 2, *below), Part(part.root, count - 1, *above)

        while fresh or waiting:
            while fresh:
                part = fresh.pop()
                if aside is not None and part.polygon.is_bounded:
                    aside.append(part)
                    continue
                bucket = self._bucket(part)
                line = self._switch_line(bucket[0], part)
                if line is None:
                    waiting[bucket].append(part)
                else:
                    fresh.extend(parts_of(part, line))
            if not waiting:
                return
            bucket = max(waiting, key=lambda key: len(waiting[key]))
            most = min(max(ENTRIES // len(self.variant(bucket[0]).slots), BATCHES[0]), BATCHES[1])
            chosen, rest = waiting[bucket][:most], waiting[bucket][most:]
            if rest:
                waiting[bucket] = rest
            else:
                del waiting[bucket]
            batch, found = self._bounded(bucket[0], chosen)
            yield from found
            for part, line in self._cuts(batch, chosen):
                fresh.extend(parts_of(part, line))

    def _forget(self):
        """Drop what is known of intervals when it gets much: it only saves time, and memory has to stay flat."""
        if len(self._strips) > STRIPS:
            self._strips, self._kinks, self._tables = {}, {}, {}

    def across(self, polygon, axis):
        """Return the `Strip` of a coordinate on a polygon."""
        finite = [mpq(vertex[axis], vertex[2]) for vertex in polygon.vertices if vertex[2]]
        slopes = [vertex[axis] for vertex in polygon.vertices if not vertex[2]]
        low = None if min(slopes, default=0) < 0 else min(finite)
        return self._strip(axis, low, None if max(slopes, default=0) > 0 else max(finite))

    def _strip(self, axis, low, high):
        key = (axis, low, high)
        if key not in self._strips:
            own = ((k, *self.functions[k]) for k in self.specializer.switches)
            zeros = frozenset(k for k, along, function in own if along == axis and function.on(low, high) == (0, 0))
            self._strips[key] = Strip(axis, low, high, zeros)
        return self._strips[key]

    def halves(self, part, line):
        """Return (polygon, its strip of x, its strip of y) for the parts of a part below and above a line."""
        halves = part.polygon.split(line)
        strips = [[self.across(half, axis) if line[1 - axis] else None for axis in (0, 1)] for half in halves]
        for axis, whole in enumerate((part.x, part.y)):
            if line[1 - axis] == 0:
                # the line is where this coordinate has one value; below it is where it is less, if it has that sign
                place = mpq(-line[2], line[axis])
                less, more = self._strip(axis, whole.low, place), self._strip(axis, place, whole.high)
                strips[0][axis], strips[1][axis] = (less, more) if line[axis] > 0 else (more, less)
        return tuple((half, *pair) for half, pair in zip(halves, strips, strict=True))

    def _switch_line(self, zeros, part):
        """Return the line of a kink inside a bounded part of a switch that its variant still uses, None without one."""
        if not part.polygon.is_bounded:
            return None
        found = [kink for kink in (self._first_kink(zeros, part.x), self._first_kink(zeros, part.y)) if kink]
        return min(found)[1] if found else None

    def _first_kink(self, zeros, strip):
        """Return (place among the switches, line) for the first switch used on a strip with a kink in it, or None."""
        key = (zeros, strip)
        if key not in self._kinks:
            own = ((place, *self.functions[k]) for place, k in enumerate(self.variant(zeros).switches))
            lines = ((place, f) for place, axis, f in own if axis == strip.axis and f.on(strip.low, strip.high) is None)
            self._kinks[key] = next(((place, _kink_line(f, strip)) for place, f in lines), None)
        return self._kinks[key]

    def _bucket(self, part):
        """Return what parts of one batch have in common: the switches that vanish on them, and their kind."""
        small = all(W.bit_length() <= SMALL for _, _, W in part.polygon.vertices)
        return self.specializer.useful(part.x.zeros | part.y.zeros), small, part.polygon.is_bounded

    def _bounded(self, zeros, parts):
        """Return the `Batch` over ``parts`` and the list of `Piece`s found among them."""
        variant = self.variant(zeros)
        where = extent([part.polygon.generators for part in parts])
        batch = Batch(variant, where, *self._gathered(variant, parts))
        return batch, [self._piece(batch, parts[column], column) for column in np.flatnonzero(~batch.unresolved)]

    def _piece(self, batch, part, column):
        points = part.polygon.generators
        values = []
        for k in batch.variant.outputs:
            if k == ZERO:
                values.append((mpq(0),) * len(points))
                continue
            scale = mpz(batch.variant.scales[k])
            weight = int(batch.where.scale[column])
            held = batch.values[batch.variant.slots[k], : len(points), column]
            values.append(tuple(mpq(int(v), scale * weight if w else scale) for v, (_, _, w) in zip(held, points)))
        return Piece(part.root, part.node, part.polygon, tuple(values))

    def variant(self, zeros):
        """Return the `Compiled` variant for a frozenset of switches that vanish."""
        if zeros not in self._compiled:
            steps, outputs = self.specializer.variant(zeros)
            self._compiled[zeros] = compiled(steps, outputs, self.denominators, self.specializer.switches)
        return self._compiled[zeros]

    def _gathered(self, variant, parts):
        """Return the axes and the table of the used univariate nodes for a `Batch`."""
        axes = np.array([self.functions[k][0] for k in variant.used], dtype=int)
        if not len(axes):
            return axes, ()
        columns = [self._rows(variant, [part.y if axis else part.x for part in parts]) for axis in (0, 1)]
        table = np.where((axes == 0)[:, None], *columns)
        return axes, (*(table[i] for i in range(4)), table[4].astype(bool))

    def _rows(self, variant, strips):
        """Return the array (5, used nodes, strips) of `_scaled_row`s, those of nodes of the other axis being 0."""
        index, tables = {}, self._tables.setdefault(variant.used, {})
        columns = [index.setdefault(strip, len(index)) for strip in strips]
        for strip in index:
            if strip not in tables:
                own = ((self.functions[k], variant.scales[k]) for k in variant.used)
                tables[strip] = integers(
                    [_scaled_row(f, strip, scale) if axis == strip.axis else (0,) * 5 for (axis, f), scale in own]
                )
        return np.stack([tables[strip] for strip in index]).transpose(2, 1, 0)[:, :, columns]

    def _cuts(self, batch, parts):
        """Return [(part, line)] for the parts with an undecided output."""
        columns = np.flatnonzero(batch.unresolved)
        needed = batch.needed(columns)
        left = np.ones(len(columns), dtype=bool)
        found = []
        for k in batch.variant.used:
            chosen = needed[batch.variant.slots[k]] & left
            if chosen.any():
                axis, function = self.functions[k]
                for part in (parts[column] for column in columns[chosen]):
                    found.append((part, _kink_line(function, part.y if axis else part.x)))
                left &= ~chosen
        columns = columns[left]
        for slot, chosen in batch.crossings(columns, needed[:, left]):
            for column, values in zip(columns[chosen], batch.before(slot, columns[chosen]).T):
                found.append((parts[column], _zero_line(parts[column].polygon.generators, values)))
        return found


def _scaled_row(function, strip, scale):
    """Return (slope, intercept, low, high, unbounded) times ``scale`` on a strip; low and high rounded outwards.

    A function that is undecided and unbounded on the strip gets a width that only says that it is undecided.
    """
    segment = function.on(strip.low, strip.high)
    if segment is not None:
        return int(segment[0] * scale), int(segment[1] * scale), 0, 0, 0
    bounds = function.range_on(strip.low, strip.high)
    if bounds is None:
        return 0, 0, 0, 1, 1
    low, high = bounds
    return 0, 0, int(low * scale // 1), -int(-high * scale // 1), 0


def _kink_line(function, strip):
    """Return the line through the middle kink of a function of one variable inside a strip."""
    knots = function.knots_within(strip.low, strip.high)
    knot = knots[len(knots) // 2]
    line = (knot.denominator, mpz(0), -knot.numerator)
    return (line[1], line[0], line[2]) if strip.axis else line


def _zero_line(points, values):
    """Return the integer form that is proportional to an affine function with these ``values`` at the generators."""
    # values are per unit of weight at finite points and slopes at ideal ones: bring them to one scale
    common = lcm(*(w for _, _, w in points if w))
    scaled = [mpz(int(v)) if w else int(v) * common for v, (_, _, w) in zip(values, points)]
    return integral(_form_through(points, scaled))


def piece_form(piece):
    """Return the affine form (alpha, beta, gamma) of the first output on a `Piece`."""
    return _form_through(piece.polygon.generators, piece.values[0])


def _form_through(points, values):
    """Return the form with these values at the points, slopes at ideal ones, by Cramer's rule at three of them."""
    for chosen in combinations(range(len(points)), 3):
        (X0, Y0, W0), (X1, Y1, W1), (X2, Y2, W2) = (points[i] for i in chosen)
        minors = (Y1 * W2 - Y2 * W1, X1 * W2 - X2 * W1, X1 * Y2 - X2 * Y1)
        determinant = X0 * minors[0] - Y0 * minors[1] + W0 * minors[2]
        if determinant:
            break
    a, b, c = (mpq(values[i] * (points[i][2] or 1), determinant) for i in chosen)
    return (
        a * minors[0] - b * (Y0 * W2 - Y2 * W0) + c * (Y0 * W1 - Y1 * W0),
        -a * minors[1] + b * (X0 * W2 - X2 * W0) - c * (X0 * W1 - X1 * W0),
        a * minors[2] - b * (X0 * Y2 - X2 * Y0) + c * (X0 * Y1 - X1 * Y0),
    )


def values_match(piece, form):
    """Return whether the first output of a `Piece` is ``form`` on it: equal at its generators, hence everywhere."""
    return all(
        value(form, point) == at * (point[2] or 1) for point, at in zip(piece.polygon.generators, piece.values[0])
    )
