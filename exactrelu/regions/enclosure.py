"""Bounds on a network over many convex polygons at once, in integer arrays.

Over each polygon a node is enclosed by an affine function plus an interval: node ∈ f + [lo, hi], with f given by its
values at the vertices. A node with lo = hi = 0 is *resolved*: it is affine on the polygon. Nodes of one variable start
exact (`exactrelu.regions.univariate`): resolved if they have no kink inside the polygon's extent, else 0 plus their
range. Affine nodes add enclosures; a ReLU unit passes f + [lo, hi] if that is ≥ 0 at all vertices, gives 0 if it is
≤ 0, and else 0 + [0, max]. All steps are sound inclusions, so a resolved output is affine on the polygon with those
vertex values, whatever the network.

Exactness. All numbers are integers: the value of node k at a vertex of a polygon is held as value · S_k · W, with S_k a
common denominator of the weights up to node k and W one of the polygon's coordinates. Before a level is computed in
``int64``, the bit lengths of the weights and of the largest magnitudes present bound every intermediate sum; where one
could pass 2⁶² the arrays become Python-integer arrays, which cannot overflow. Nothing is rounded but ranges of
undecided nodes, outwards.
"""

from typing import NamedTuple

import numpy as np
from gmpy2 import lcm

from exactrelu.regions.compiled import BITS, LIMIT, ReluLevel, integers, largest


class Extent(NamedTuple):
    """Polygons in integers: ``xs``, ``ys`` and ``weights`` (vertices, polygons), the vertices being xs / weights, ….

    All finite vertices of a polygon have the weight in ``scale`` (polygons), ideal ones have weight 0. ``finite`` holds
    the number of one finite vertex of each polygon.
    """

    xs: np.ndarray
    ys: np.ndarray
    weights: np.ndarray
    scale: np.ndarray
    finite: np.ndarray


def extent(polygons):
    """Return the `Extent` of polygons, sequences of homogeneous points with at least one finite point.

    Shorter ones repeat their last vertex. At an ideal point "value" means slope: that of the function along the ray.
    """
    count = max(map(len, polygons))
    columns, scale, finite = [], [], []
    for vertices in polygons:
        common = lcm(*(w for _, _, w in vertices if w))
        column = [
            (int(X * (common // w)), int(Y * (common // w)), int(common)) if w else (int(X), int(Y), 0)
            for X, Y, w in vertices
        ]
        columns.append(column + column[-1:] * (count - len(column)))
        scale.append(int(common))
        finite.append(next(i for i, vertex in enumerate(vertices) if vertex[2]))
    points = integers([[list(point) for point in column] for column in columns])
    return Extent(points[:, :, 0].T, points[:, :, 1].T, points[:, :, 2].T, integers(scale), np.array(finite))


class Batch:
    """The forward pass of a `Compiled` variant over polygons.

    ``table`` holds arrays (used nodes, polygons): slopes, intercepts, low and high of the univariate nodes, scaled by
    S_k, and whether a node is unbounded; ``axes`` their inputs. On an unbounded polygon a node can have no finite
    interval at all; then the polygon is unresolved, and what comes after that node is not looked at.

    ``values`` (slots, vertices, polygons) holds f, ``low`` and ``high`` (slots, polygons) the intervals; ``unresolved``
    the polygons with an output that is not resolved.
    """

    def __init__(self, variant, where, axes, table):
        self.variant = variant
        self.where = where
        count, (vertices, polygons) = len(variant.slots), where.xs.shape
        kind = np.int64 if where.weights.dtype == where.xs.dtype == np.int64 else object
        self.values = np.zeros((count, vertices, polygons), dtype=kind)
        self.low = np.zeros((count, polygons), dtype=kind)
        self.high = np.zeros((count, polygons), dtype=kind)
        self.undecided = np.zeros((count, polygons), dtype=bool)
        self._passes = np.zeros((count, polygons), dtype=bool)
        self._mixed = np.zeros((count, polygons), dtype=bool)
        self._bits = np.zeros(count, dtype=int)
        self._ideal = where.weights == 0 if not where.weights.all() else None
        self._lost = np.zeros(polygons, dtype=bool)
        self._first_lost = np.zeros((count, polygons), dtype=bool)
        self._cancelled = {}
        if len(axes):
            self._enter_univariate(axes, *table)
        for level in variant.levels:
            (self._relu if type(level) is ReluLevel else self._affine)(level)
        self.unresolved = self._lost.copy()
        for slot, terms in variant.sums:
            self._cancel(slot, terms)
        for k in variant.outputs:
            if k in variant.slots:
                self.unresolved |= self.undecided[variant.slots[k]]

    def _store(self, out, values, low=None, high=None):
        if values.dtype == object and self.values.dtype != object:
            self.values, self.low, self.high = map(_widened, (self.values, self.low, self.high))
        self.values[out] = values
        peaks = np.maximum(values.max(axis=(1, 2)), -values.min(axis=(1, 2)))
        if low is not None:
            self.low[out], self.high[out] = low, high
            self.undecided[out] = low != high
            peaks = np.maximum(peaks, np.maximum(high.max(axis=1), -low.min(axis=1)))
        self._bits[out] = [int(peak).bit_length() for peak in peaks]

    def _enter_univariate(self, axes, slopes, intercepts, low, high, unbounded):
        where = self.where
        points = np.where((axes == 0)[:, None, None], where.xs[None], where.ys[None])
        weights, scale = where.weights, where.scale
        bound = largest(slopes) * largest(points) + max(map(largest, (intercepts, low, high))) * largest(scale)
        if bound >= LIMIT:
            parts = (slopes, intercepts, low, high, points, weights, scale)
            slopes, intercepts, low, high, points, weights, scale = (part.astype(object) for part in parts)
        out = slice(0, len(axes))
        for slot, flags in enumerate(unbounded):
            self._lose(slot, flags)
        self._store(out, slopes[:, None] * points + intercepts[:, None] * weights[None], low * scale, high * scale)

    def _lose(self, slot, unbounded):
        """Note the polygons on which the node at ``slot`` is the first without a finite interval."""
        first = unbounded & ~self._lost
        if first.any():
            self._first_lost[slot] = first
            self._lost |= first

    def _affine(self, level):
        bits = [int((weight_bits + self._bits[sources]).max()) for sources, _, weight_bits in level.terms]
        bits.append(largest(level.bias).bit_length() + largest(self.where.scale).bit_length())
        fits = max(bits) + len(bits).bit_length() <= BITS and self.values.dtype != object
        widen = _same if fits else _widened
        values = widen(level.bias)[:, None, None] * widen(self.where.weights)[None]
        low = high = None
        if any(self.undecided[sources].any() for sources, _, _ in level.terms):
            low, high = (np.zeros((len(values), values.shape[2]), dtype=values.dtype) for _ in range(2))
        for sources, weights, _ in level.terms:
            weights, some = widen(weights), slice(0, len(sources))
            part = widen(self.values[sources])  # a copy
            part *= weights[:, None, None]
            values[some] += part
            if low is not None:
                down, up = (weights[:, None] * widen(ends[sources]) for ends in (self.low, self.high))
                low[some] += np.minimum(down, up)
                high[some] += np.maximum(down, up)
        self._store(level.out, values, low, high)

    def _relu(self, level):
        before = self.values[level.of]
        low, high = self.low[level.of], self.high[level.of]
        least, most, falls, rises = self._extremes(before)
        least, most = least + low, most + high
        passes = (least >= 0) & ~falls
        mixed = ~passes & ((most > 0) | rises)
        values = np.where(passes[:, None, :], before, 0)
        self._passes[level.out], self._mixed[level.out] = passes | mixed, mixed
        if rises.any():
            for slot, flags in enumerate(mixed & rises, level.out.start):
                self._lose(slot, flags)
        if not (mixed.any() or self.undecided[level.of].any()):
            self._store(level.out, values)
            return
        # a unit without a finite interval is undecided, whatever stands in its place
        high = np.where(mixed, np.maximum(most, 1), np.where(passes, high, 0))
        self._store(level.out, values, np.where(passes, low, 0), high)

    def _extremes(self, values):
        """Return the least and largest value at finite vertices, and whether a slope at an ideal one is < 0, is > 0."""
        if self._ideal is None:
            none = np.zeros(values.shape[::2], dtype=bool)
            return values.min(axis=1), values.max(axis=1), none, none
        inner = values[:, self.where.finite, np.arange(values.shape[2])][:, None, :]
        finite = np.where(self._ideal[None], inner, values)
        slopes = np.where(self._ideal[None], values, 0)
        return finite.min(axis=1), finite.max(axis=1), slopes.min(axis=1) < 0, slopes.max(axis=1) > 0

    def _crossing(self, slot):
        """Return the polygons in which the ReLU unit at ``slot`` changes sign along a known line, and its source."""
        of = next(level.of[slot - level.out.start] for level in self.variant.levels
                  if type(level) is ReluLevel and level.out.start <= slot < level.out.stop)
        return self._mixed[slot] & ~self.undecided[of], of

    def _cancel(self, slot, terms):
        """Take from an output's sum the undecided ReLU units that cancel: c f₊ − d h₊ = 0 where c f = d h, c, d > 0."""
        units = [(j, weight, *self._crossing(j)) for j, weight in terms if self._mixed[j].any()]
        for j, weight, here, first in units:
            for i, opposite, there, second in units:
                if weight > 0 > opposite:
                    both = here & there & ~self._gone(slot, j) & ~self._gone(slot, i)
                    if both.any():
                        f, h = (self.values[source][:, both].astype(object) for source in (first, second))
                        both[both] = (f * weight + h * opposite == 0).all(axis=0)
                        for k in (i, j):
                            self._cancelled[slot, k] = self._gone(slot, k) | both
        if self._cancelled:
            left = [self.undecided[j] & ~self._gone(slot, j) for j, _ in terms]
            self.undecided[slot] = np.logical_or.reduce(left)

    def _gone(self, slot, k):
        return self._cancelled.get((slot, k), np.zeros_like(self._lost))

    def needed(self):
        """Return a boolean array (slots, polygons): where the node's own interval reaches an undecided output."""
        needed = self._first_lost.copy()
        for k in self.variant.outputs:
            if k in self.variant.slots:
                needed[self.variant.slots[k]] |= self.undecided[self.variant.slots[k]] & ~self._lost
        cancelling = {slot for slot, _ in self._cancelled}
        for level in reversed(self.variant.levels):
            flags = needed[level.out]
            if type(level) is ReluLevel:
                needed[level.of] |= flags & self._passes[level.out] & self.undecided[level.of]
                continue
            sources, starts, units = level.pairs
            if cancelling & set(range(level.out.start, level.out.stop)):
                self._pass_to_terms(needed)
                flags = flags.copy()
                flags[[slot - level.out.start for slot in cancelling if level.out.start <= slot < level.out.stop]] = False
            if len(units):
                needed[sources] |= np.logical_or.reduceat(flags[units], starts, axis=0) & self.undecided[sources]
        return needed

    def _pass_to_terms(self, needed):
        """Pass on from the outputs in which units cancel, term by term."""
        for slot, terms in self.variant.sums:
            for j, _ in terms:
                needed[j] |= needed[slot] & self.undecided[j] & ~self._gone(slot, j)

    def crossings(self):
        """Yield (slot, polygons, values of the pre-activation) of the ReLU units that change sign along a known line."""
        for level in self.variant.levels:
            if type(level) is ReluLevel:
                crossing = self._mixed[level.out] & ~self.undecided[level.of]
                for unit in np.flatnonzero(crossing.any(axis=1)):
                    yield level.out.start + unit, crossing[unit], self.values[level.of[unit]]


def _same(array):
    return array


def _widened(array):
    return array.astype(object)
