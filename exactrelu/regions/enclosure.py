"""Bounds on a network over many convex polygons at once, in integer arrays.

Over each polygon a node is enclosed by an affine function plus an interval: node ∈ f + [lo, hi], with f given by its
values at the vertices. A node with lo = hi = 0 is *resolved*: it is affine on the polygon. Nodes of one variable start
exact (`exactrelu.regions.univariate`): resolved if they have no kink inside the polygon's extent, else 0 plus their
range. Affine nodes add enclosures; a ReLU unit passes f + [lo, hi] if that is ≥ 0 at all vertices, gives 0 if it is
≤ 0, and else 0 + [0, max]. All steps are sound inclusions, so a resolved output is affine on the polygon with those
vertex values, whatever the network.

Exactness. All numbers are integers: the value of node k at a vertex of a polygon is held as value · S_k · W, with S_k a
common denominator of the weights up to node k and W one of the polygon's coordinates. Before a node is computed in
``int64``, a bound on every intermediate sum is computed in Python integers from the largest magnitudes present; where it
could pass 2⁶² the arrays become Python-integer arrays, which cannot overflow. Nothing is rounded but ranges of
undecided nodes, outwards.
"""

from typing import NamedTuple

import numpy as np
from gmpy2 import lcm

from exactrelu.network.dag import Relu

LIMIT = 2**62
"""No intermediate result in ``int64`` reaches this."""


class Enclosure(NamedTuple):
    """f at the vertices, an array (vertices, polygons), and ``low``, ``high``, arrays (polygons) or None for zero."""

    values: np.ndarray
    low: np.ndarray | None
    high: np.ndarray | None

    @property
    def undecided(self):
        """Boolean array: for which polygons the enclosure has an interval; None if for none."""
        return None if self.low is None else self.low != self.high


class ReluStep(NamedTuple):
    """Node ``id`` is the positive part of node ``of``."""

    id: int
    of: int


class AffineStep(NamedTuple):
    """Node ``id`` is bias + Σ weight · node over ``terms``, all in integers."""

    id: int
    terms: tuple
    bias: int


class Compiled(NamedTuple):
    """A variant of a network in integers: its ``steps``, the ``used`` univariate nodes, ``scales`` {id: S_k}.

    ``switches`` are the used switches, the last one first. ``dropped`` maps a step's id to the nodes that no later step
    and no output needs.
    """

    steps: tuple
    outputs: tuple
    used: tuple
    switches: tuple
    scales: dict
    dropped: dict


def compiled(steps, outputs, univariate, switches):
    """Return the `Compiled` variant of ``steps`` (see `Specializer.variant`); ``univariate`` maps ids to functions."""
    used = {source for _, node in steps for source in _sources(node) if source in univariate}
    used = tuple(sorted(used.union(k for k in outputs if k in univariate)))
    scales = {k: _denominator(univariate[k][1]) for k in used}
    integer_steps, last_use = [], {}
    for k, node in steps:
        last_use.update(dict.fromkeys(_sources(node), k))
        if type(node) is Relu:
            scales[k] = scales[node.of]
            integer_steps.append(ReluStep(k, node.of))
            continue
        scale = node.bias.denominator
        for source, weight in node.terms:
            scale = lcm(scale, (weight / scales[source]).denominator)
        scales[k] = scale
        terms = tuple((source, int(weight * scale / scales[source])) for source, weight in node.terms)
        integer_steps.append(AffineStep(k, terms, int(node.bias * scale)))
    dropped = {}
    for source, k in last_use.items():
        if source not in outputs:
            dropped.setdefault(k, []).append(source)
    kept = tuple(k for k in reversed(used) if k in switches)
    return Compiled(tuple(integer_steps), outputs, used, kept, scales, dropped)


def _sources(node):
    return (node.of,) if type(node) is Relu else tuple(source for source, _ in node.terms)


def _denominator(function):
    scale = 1
    for slope, intercept in function.segments:
        scale = lcm(scale, lcm(slope.denominator, intercept.denominator))
    return scale


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


def integers(nested):
    """Return the array of the integers of nested lists: ``int64`` if they fit, else of Python integers."""
    array = np.array(nested, dtype=object)
    if array.size and max(array.max(), -array.min()) < LIMIT:
        return array.astype(np.int64)
    return array


def largest(array):
    """Return the largest absolute value of an array as a Python integer."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


class Batch:
    """The forward pass of a `Compiled` variant over polygons: ``outputs``, and what keeps them undecided.

    ``tables`` maps each used univariate node to (axis, slopes, intercepts, low, high, unbounded), arrays with one entry
    a polygon, scaled by S_k. On an unbounded polygon a node can have no finite interval at all; then the polygon is
    unresolved, and what comes after that node is not looked at.
    ``crossings`` maps the ReLU units that change sign inside some polygons, with a resolved pre-activation, to
    (boolean array of those polygons, the pre-activation's values).
    """

    def __init__(self, variant, where, tables):
        self.variant = variant
        self.where = where
        self.undecided = {}
        self.crossings = {}
        self._ideal = where.weights == 0 if not where.weights.all() else None
        self._unbounded = {}
        self._lost = np.zeros(len(where.scale), dtype=bool)
        self._passes = {}
        self._sizes = {}
        self._cancelled = {}
        nodes = {}
        for k in variant.used:
            nodes[k] = self._univariate(k, tables[k])
            self._register(k, nodes[k])
        for step in variant.steps:
            if type(step) is ReluStep:
                nodes[step.id] = self._relu(step, nodes)
                self._register(step.id, nodes[step.id], step.of)
            else:
                nodes[step.id] = self._affine(step, nodes)
                self._register(step.id, nodes[step.id])
            for source in variant.dropped.get(step.id, ()):
                del nodes[source]
        self.outputs = {k: nodes[k] for k in variant.outputs if k in nodes}
        self.unresolved = self._lost.copy()
        for enclosure in self.outputs.values():
            if enclosure.undecided is not None:
                self.unresolved |= enclosure.undecided

    def _register(self, k, enclosure, of=None):
        """Note the size of a node, a bound on all its numbers; a resolved ReLU unit has at most that of its source."""
        if of is not None and enclosure.low is None:
            self._sizes[k] = self._sizes[of]
        else:
            self._sizes[k] = max(largest(part) for part in enclosure if part is not None)
        self.undecided[k] = enclosure.undecided

    def _lose(self, k, unbounded):
        """Note the polygons on which node k is the first without a finite interval."""
        first = unbounded & ~self._lost
        if first.any():
            self._unbounded[k] = first
            self._lost = self._lost | first

    def _univariate(self, k, table):
        axis, slopes, intercepts, low, high, unbounded = table
        where = self.where
        points = where.ys if axis else where.xs
        bound = largest(slopes) * largest(points) + max(map(largest, (intercepts, low, high))) * largest(where.scale)
        parts = [slopes, intercepts, points, where.weights, where.scale, low, high]
        slopes, intercepts, points, weights, scale, low, high = parts if bound < LIMIT else map(_widened, parts)
        self._lose(k, unbounded)
        values = slopes * points + intercepts * weights
        if not (low.any() or high.any()):
            return Enclosure(values, None, None)
        return Enclosure(values, low * scale, high * scale)

    def _affine(self, step, nodes):
        # max(1, size): a weight must fit even where it meets zeros only
        bound = abs(step.bias) * largest(self.where.scale)
        bound += sum(abs(weight) * max(1, self._sizes[j]) for j, weight in step.terms)
        widen = _same if bound < LIMIT else _widened
        values = widen(self.where.weights) * step.bias
        low = high = None
        if step.id in self.variant.outputs:
            self._cancel(step, widen)
        for j, weight in step.terms:
            part = nodes[j]
            values = values + widen(part.values) * weight
            if part.low is not None:
                down, up = (part.low, part.high) if weight > 0 else (part.high, part.low)
                cancelled = self._cancelled.get((step.id, j))
                if cancelled is not None:
                    down, up = np.where(cancelled, 0, down), np.where(cancelled, 0, up)
                down, up = widen(down) * weight, widen(up) * weight
                low, high = (down, up) if low is None else (low + down, high + up)
        return Enclosure(values, low, high)

    def _cancel(self, step, widen):
        """Note for which polygons undecided ReLU units cancel in an output: c f₊ − d h₊ = 0 where c f = d h, c, d > 0."""
        crossing = [(j, weight) for j, weight in step.terms if j in self.crossings]
        for j, weight in crossing:
            for i, opposite in crossing:
                if weight > 0 > opposite:
                    (here, first), (there, second) = self.crossings[j], self.crossings[i]
                    both = here & there & ~self._paired(step, j) & ~self._paired(step, i)
                    if both.any():
                        both &= (widen(first) * weight + widen(second) * opposite == 0).all(axis=0)
                        for k in (i, j):
                            self._cancelled[step.id, k] = self._paired(step, k) | both

    def _paired(self, step, k):
        return self._cancelled.get((step.id, k), np.zeros_like(self._lost))

    def _relu(self, step, nodes):
        before = nodes[step.of]
        least, most, falls, rises = self._extremes(before.values)
        if before.low is not None:
            least, most = least + before.low, most + before.high
        passes = (least >= 0) & ~falls
        mixed = ~passes & ((most > 0) | rises)
        self._lose(step.id, mixed & rises)
        # a unit without a finite interval is undecided, whatever stands in its place
        most = np.maximum(most, 1)
        self._passes[step.id] = passes | mixed
        values = np.where(passes, before.values, 0)
        if before.low is None and not mixed.any():
            return Enclosure(values, None, None)
        crossing = mixed if before.low is None else mixed & (before.low == before.high)
        if crossing.any():
            self.crossings[step.id] = (crossing, before.values)
        below, above = (0, 0) if before.low is None else (before.low, before.high)
        low = np.where(passes, below, np.zeros_like(most))
        return Enclosure(values, low, np.where(mixed, most, np.where(passes, above, np.zeros_like(most))))

    def _extremes(self, values):
        """Return the least and largest value at finite vertices, and whether a slope at an ideal one is < 0, is > 0."""
        if self._ideal is None:
            none = np.zeros_like(self._lost)
            return values.min(axis=0), values.max(axis=0), none, none
        inner = values[self.where.finite, np.arange(values.shape[1])]
        finite = np.where(self._ideal, inner, values)
        slopes = np.where(self._ideal, values, 0)
        return finite.min(axis=0), finite.max(axis=0), slopes.min(axis=0) < 0, slopes.max(axis=0) > 0

    def needed(self):
        """Return {id: boolean array}: for which polygons the node's own interval reaches an undecided output."""
        needed = {k: flags.copy() for k, flags in self._unbounded.items()}
        for k in self.outputs:
            self._pass_on(needed, k, ~self._lost)
        for step in reversed(self.variant.steps):
            flags = needed.get(step.id)
            if flags is None:
                continue
            if type(step) is ReluStep:
                self._pass_on(needed, step.of, flags & self._passes[step.id])
            else:
                for j, _ in step.terms:
                    cancelled = self._cancelled.get((step.id, j))
                    self._pass_on(needed, j, flags if cancelled is None else flags & ~cancelled)
        return needed

    def _pass_on(self, needed, j, flags):
        undecided = self.undecided[j]
        if undecided is not None:
            flags = flags & undecided
            needed[j] = flags if j not in needed else needed[j] | flags


def _same(array):
    return array


def _widened(array):
    return array.astype(object)
