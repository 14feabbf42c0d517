"""Bounds on a network over many convex polygons at once, in integer arrays.

Over each polygon a node is enclosed by an affine function plus an interval: node ∈ f + [lo, hi], with f given by its
values at the generators: the vertices, and for the whole plane the origin, too. A node with lo = hi = 0 is *resolved*:
it is affine on the polygon. Nodes of one variable start exact (`exactrelu.planar.univariate`): resolved if they have no
kink inside the polygon's extent, else 0 plus their range. Affine nodes add enclosures; a ReLU unit passes f + [lo, hi]
if that is ≥ 0 at all generators, gives 0 if it is ≤ 0, and else 0 + [0, max]. All steps are sound inclusions, so a
resolved output is affine on the polygon with those values, whatever the network.

Exactness. All numbers are integers: the value of node k at a point of a polygon is held as value · S_k · W, with S_k a
common denominator of the weights up to node k and W one of the polygon's coordinates. Let Q be a bound of 2 |f| +
|lo + hi| + (hi − lo) for a node on all polygons. A level is computed in ``int64`` only if Σ |weight| Q < 2⁶³ for each
of its nodes: this bounds all that is added up on the way, to the extremes of 2 f + [2 lo, 2 hi]. Otherwise it is
computed in Python integers, which cannot overflow; and if what is kept of it does not fit, the arrays become arrays of
Python integers. Nothing is rounded but ranges of undecided nodes, outwards.
"""

from itertools import chain
from typing import NamedTuple

import numpy as np

from exactrelu.planar.compiled import LIMIT, integers, largest

BITS = 63
"""Integers below 2^63 in absolute value are those of ``int64``."""

POWERS = np.array([1 << k for k in range(BITS)])


class Extent(NamedTuple):
    """Polygons in integers: ``xs``, ``ys`` and ``weights`` (points, polygons), the generators being xs / weights, ….

    All finite points of a polygon have the weight in ``scale`` (polygons), ideal ones have weight 0. ``finite`` holds
    the number of one finite point of each polygon.
    """

    xs: np.ndarray
    ys: np.ndarray
    weights: np.ndarray
    scale: np.ndarray
    finite: np.ndarray


def extent(polygons):
    """Return the `Extent` of polygons, given by their generators, at least one of which is finite.

    Shorter ones repeat their last point. At an ideal point "value" means slope: that of the function along the ray.
    """
    count = max(map(len, polygons))
    padded = [point for points in polygons for point in (*points, *points[-1:] * (count - len(points)))]
    flat = np.fromiter(chain.from_iterable(padded), dtype=object, count=3 * len(padded))
    points = flat.reshape(len(polygons), count, 3).transpose(1, 0, 2)
    weights = points[:, :, 2]
    is_finite = weights != 0
    divisors = np.where(is_finite, weights, 1)
    scale = np.lcm.reduce(divisors, axis=0)
    factors = np.where(is_finite, scale // divisors, 1)
    xs, ys = (integers(points[:, :, axis] * factors) for axis in (0, 1))
    return Extent(xs, ys, integers(np.where(is_finite, scale, 0)), integers(scale), is_finite.argmax(axis=0))


class Batch:
    """The forward pass of a `Compiled` variant over polygons.

    ``table`` holds arrays (used nodes, polygons): slopes, intercepts, low and high of the univariate nodes, scaled by
    S_k, and whether a node is unbounded; ``axes`` their inputs. On an unbounded polygon a node can have no finite
    interval at all; then the polygon is unresolved, and what comes after that node is not looked at.

    ``values`` (slots, points, polygons) holds f, ``middle`` and ``spread`` (slots, polygons) hold lo + hi and
    hi − lo; a node is ``undecided`` where its spread is not 0; ``unresolved`` are the polygons with an undecided
    output.
    """

    def __init__(self, variant, where, axes, table):
        self.variant = variant
        self.where = where
        count, (points, polygons) = len(variant.slots), where.xs.shape
        kind = np.int64 if where.weights.dtype == where.xs.dtype == np.int64 else object
        self.values = np.empty((count, points, polygons), dtype=kind)
        self.middle = np.zeros((count, polygons), dtype=kind)
        self.spread = np.zeros((count, polygons), dtype=kind)
        self.undecided = np.zeros((count, polygons), dtype=bool)
        self._passes = np.ones((count, polygons), dtype=bool)
        self._crosses = np.zeros((count, polygons), dtype=bool)
        self._peaks = np.zeros(count, dtype=object)  # Q, and its bits
        self._bits = np.zeros(count, dtype=int)
        self._ideal = where.weights == 0 if not where.weights.all() else None
        self._lost = np.zeros(polygons, dtype=bool)
        self._first_lost = np.zeros((count, polygons), dtype=bool)
        self._cancelled = {}
        self._store(slice(0, 1), where.weights[None])
        if len(axes):
            self._enter_univariate(axes, *table)
        for level in variant.levels:
            self._enter(level)
        self.unresolved = self._lost.copy()
        for slot, terms in variant.sums:
            self._cancel(slot, terms)
        for k in variant.outputs:
            if k in variant.slots:
                self.unresolved |= self.undecided[variant.slots[k]]

    def _store(self, out, values, middle=None, spread=None, peaks=None):
        """Keep the enclosures of the nodes at ``out``; ``peaks`` are bounds of their |values|, if known."""
        if peaks is None:
            peaks = np.maximum(values.max(axis=(1, 2)), -values.min(axis=(1, 2)))
        parts = [peaks] if middle is None else [peaks, abs(middle).max(axis=1), spread.max(axis=1)]
        if max(map(largest, parts)) >= LIMIT:
            parts = [part.astype(object) for part in parts]
        tops = sum(parts, parts[0])
        if values.dtype == object and self.values.dtype != object and largest(tops) >> BITS:
            held = (self.values, self.middle, self.spread)
            self.values, self.middle, self.spread = (array.astype(object) for array in held)
        # Python integers that fit go into int64 as they are: numpy raises OverflowError for any other
        self.values[out] = values
        if middle is not None:
            self.middle[out], self.spread[out] = middle, spread
            self.undecided[out] = spread != 0
        self._peaks[out] = tops
        self._bits[out] = _bit_lengths(tops)

    def _enter_univariate(self, axes, slopes, intercepts, low, high, unbounded):
        where = self.where
        points = np.where((axes == 0)[:, None, None], where.xs[None], where.ys[None])
        weights, scale = where.weights, where.scale
        bound = largest(slopes) * largest(points) + 2 * max(map(largest, (intercepts, low, high))) * largest(scale)
        if bound >= LIMIT:
            parts = (slopes, intercepts, low, high, points, weights, scale)
            slopes, intercepts, low, high, points, weights, scale = (part.astype(object) for part in parts)
        out = slice(1, 1 + len(axes))
        for slot, flags in enumerate(unbounded, 1):
            self._lose(slot, flags)
        values = slopes[:, None] * points + intercepts[:, None] * weights[None]
        self._store(out, values, (low + high) * scale, (high - low) * scale)

    def _lose(self, slot, unbounded):
        """Note the polygons on which the node at ``slot`` is the first without a finite interval."""
        first = unbounded & ~self._lost
        if first.any():
            self._first_lost[slot] = first
            self._lost |= first

    def _enter(self, level):
        """Compute the enclosures of a level."""
        terms, before = level.terms, slice(0, level.out.start)
        is_open = self.undecided[terms.sources].any()
        fits = self._fits(level)
        values, middle, spread = level.product(self.values[before], fits), None, None
        if is_open:
            middle = level.product(self.middle[before], fits)
            spread = level.product(self.spread[before], fits, absolute=True)
        if level.rectified:
            self._store(level.out, *self._rectified(level.out, values, middle, spread))
        else:
            self._store(level.out, values, middle, spread)

    def _fits(self, level):
        """Return whether Σ |weight| Q < 2⁶³ for all nodes of a level."""
        terms = level.terms
        # each sum has at most so many terms of at most so many bits; if that is too much, it is added up
        count = int(np.diff(terms.starts).max())
        if int((terms.bits + self._bits[terms.sources]).max(initial=0)) + count.bit_length() <= BITS:
            return True
        return not largest(level.product(self._peaks[: level.out.start], fits=False, absolute=True)) >> BITS

    def _rectified(self, out, values, middle, spread):
        """Return (values, middle, spread, peaks) of the positive parts of enclosures: the ReLU units at ``out``."""
        least, most, falls, rises = self._extremes(values)
        peaks = np.maximum(most, -least) if self._ideal is None else None
        least, most = 2 * least, 2 * most
        if spread is not None:
            least += middle - spread
            most += middle + spread
        passes = (least >= 0) & ~falls
        mixed = ~passes & ((most > 0) | rises)
        values *= passes[:, None, :]
        if peaks is not None:
            peaks = (peaks * passes).max(axis=1)
        self._passes[out] = passes | mixed
        self._crosses[out] = mixed if spread is None else mixed & (spread == 0)
        if rises.any():
            for slot, flags in enumerate(mixed & rises, out.start):
                self._lose(slot, flags)
        if spread is None:
            if not mixed.any():
                return values, None, None, peaks
            middle = spread = np.zeros_like(least)
        # a unit without a finite interval is undecided, whatever stands in its place
        tops = np.where(mixed, np.maximum(most >> 1, 1), 0)
        return values, tops + middle * passes, tops + spread * passes, peaks

    def _extremes(self, values):
        """Return the least and largest value at finite points, and whether a slope at an ideal one is < 0, is > 0."""
        if self._ideal is None:
            none = np.zeros(values.shape[::2], dtype=bool)
            return values.min(axis=1), values.max(axis=1), none, none
        inner = values[:, self.where.finite, np.arange(values.shape[2])][:, None, :]
        finite = np.where(self._ideal[None], inner, values)
        slopes = np.where(self._ideal[None], values, 0)
        return finite.min(axis=1), finite.max(axis=1), slopes.min(axis=1) < 0, slopes.max(axis=1) > 0

    def before(self, slot, polygons):
        """Return the values (points, polygons) that the ReLU unit at ``slot`` takes the positive part of.

        They mean something on ``polygons`` (indices or flags) on which all sources of the unit are resolved.
        """
        level = next(level for level in self.variant.levels if level.out.start <= slot < level.out.stop)
        unit, terms = slot - level.out.start, level.terms
        own = slice(terms.starts[unit], terms.starts[unit + 1])
        parts = self.values[terms.sources[own]][:, :, polygons].astype(object)
        return (parts * terms.weights[own].astype(object)[:, None, None]).sum(axis=0)

    def _cancel(self, slot, terms):
        """Take from an output's sum the undecided ReLU units that cancel: c f₊ − d h₊ = 0 where c f = d h, c, d > 0."""
        units = [(j, weight) for j, weight in terms if self._crosses[j].any()]
        for j, weight in units:
            for i, opposite in units:
                if weight > 0 > opposite:
                    both = self._crosses[j] & self._crosses[i] & ~self._gone(slot, j) & ~self._gone(slot, i)
                    if both.any():
                        f, h = self.before(j, both), self.before(i, both)
                        both[both] = (f * weight + h * opposite == 0).all(axis=0)
                        for k in (i, j):
                            self._cancelled[slot, k] = self._gone(slot, k) | both
        if self._cancelled:
            left = [self.undecided[j] & ~self._gone(slot, j) for j, _ in terms]
            self.undecided[slot] = np.logical_or.reduce(left)

    def _gone(self, slot, k):
        return self._cancelled.get((slot, k), np.zeros_like(self._lost))

    def needed(self, columns):
        """Return a boolean array (slots, columns): where a node's own interval reaches an undecided output.

        ``columns`` are numbers of polygons.
        """
        needed, undecided = self._first_lost[:, columns], self.undecided[:, columns]
        passes, lost = self._passes[:, columns], self._lost[columns]
        for k in self.variant.outputs:
            if k in self.variant.slots:
                needed[self.variant.slots[k]] |= undecided[self.variant.slots[k]] & ~lost
        cancelling = {slot for slot, _ in self._cancelled}
        for level in reversed(self.variant.levels):
            flags = needed[level.out] & passes[level.out]
            sources, starts, units = level.pairs
            own = [slot for slot in cancelling if level.out.start <= slot < level.out.stop]
            if own:
                self._pass_to_terms(needed, undecided, columns)
                flags[[slot - level.out.start for slot in own]] = False
            if len(units):
                needed[sources] |= np.logical_or.reduceat(flags[units], starts, axis=0) & undecided[sources]
        return needed

    def _pass_to_terms(self, needed, undecided, columns):
        """Pass on from the outputs in which units cancel, term by term."""
        for slot, terms in self.variant.sums:
            for j, _ in terms:
                needed[j] |= needed[slot] & undecided[j] & ~self._gone(slot, j)[columns]

    def crossings(self, columns, needed):
        """Yield (slot, flags of ``columns``): the first of the ``needed`` units that changes sign along a known line.

        Raises ``AssertionError`` if there is none in a polygon.
        """
        if len(columns):
            crosses = self._crosses[:, columns] & needed
            first = crosses.argmax(axis=0)
            if not crosses[first, np.arange(len(columns))].all():
                raise AssertionError("an undecided polygon has neither a kink nor a crossing inside")
            for slot in np.unique(first):
                yield slot, first == slot


def _bit_lengths(numbers):
    """Return the bit lengths of integers >= 0."""
    if numbers.dtype == object:
        return [number.bit_length() for number in numbers]
    return np.searchsorted(POWERS, numbers, side="right")
