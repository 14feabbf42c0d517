"""Cutting a chunk of cells along the kinks of one group of units.

All signs at all vertices come from one table. A unit that has one sign at the generators of a cell (its vertices, and
the origin, too, if it is the whole plane) has it on every part of the cell, so that only the few pairs with both signs
are looked at again, unit by unit, after the cuts of the units before. A cut adds at most three vertices; their signs
for the rest of the group are computed as they appear.
"""

from typing import NamedTuple

import numpy as np

from exactrelu.cpwl.polygon import crossing_point, point_on_line
from exactrelu.field import mpz
from exactrelu.planar.signs import heads, sign_table

CROSSING = 2
"""Marks, among the signs of units on cells, those that have both."""


class Parts(NamedTuple):
    """The parts of the cells of a chunk: ``points``, ``heads``, ``corners`` and ``counts`` as in a chunk.

    ``whole``: the number of the cell that each is a part of; ``origin``: the row of its forms; ``signs``: +1 where a
    unit is open on a part (its input is >= 0 and not zero throughout), −1 where it is closed (its input is <= 0).
    """

    points: list
    heads: np.ndarray
    corners: np.ndarray
    counts: np.ndarray
    whole: np.ndarray
    origin: np.ndarray
    signs: np.ndarray


def cut(chunk, inputs, origin):
    """Return the `Parts` of a chunk that is cut along the zeros of the inputs of a group of units.

    ``inputs`` are integer forms of shape (n, 3, units), those in row ``origin[k]`` for cell k.
    """
    cuts = _Cuts(chunk, inputs, origin)
    for unit in range(inputs.shape[2]):
        rows = cuts.crossed(unit)
        if len(rows):
            cuts.cut_rows(rows, unit)
    return Parts(cuts.points, cuts.heads, cuts.corners, cuts.counts, cuts.whole, cuts.origin, cuts.status)


class _Cuts:
    """The cells while they are cut.

    ``table`` has the sign of each unit at each vertex, ``status`` its sign on each cell, or `CROSSING`, as it was found
    when all were ``fresh``.
    """

    def __init__(self, chunk, inputs, origin):
        self.inputs, self.origin = inputs, origin
        self.points, self.heads = list(chunk.points), chunk.heads
        self.corners, self.counts = chunk.corners, chunk.counts
        self.whole, self.fresh = np.arange(len(chunk.counts)), True
        # the origin belongs to no cell any more once the plane has been cut
        owner = np.zeros(len(self.points), dtype=np.int64)
        owner[self.corners] = origin[:, None]
        self.table = sign_table(inputs[owner], self.points, self.heads)
        self.status = _signs_on_cells(self.table[self.corners])

    def crossed(self, unit):
        """Return the cells that have both strict signs of a unit inside."""
        rows = np.flatnonzero(self.status[:, unit] == CROSSING)
        if len(rows) and not self.fresh:
            status = _signs_on_cells(self.table[self.corners[rows], unit])
            self.status[rows, unit] = status
            rows = rows[status == CROSSING]
        return rows

    def cut_rows(self, rows, unit):
        """Cut the cells ``rows``: the negative parts take their rows, the positive ones are appended."""
        before, crossings, owners, negative, positive = len(self.points), {}, [], [], []
        corners, origins = self.corners[rows], self.origin[rows]
        for ids, count, signs, form, origin in zip(
            corners.tolist(), self.counts[rows].tolist(), self.table[corners, unit].tolist(),
            self.inputs[origins, :, unit].tolist(), origins.tolist(), strict=True,
        ):
            below, above = self._parts(ids[:count], signs[:count], form, crossings)
            negative.append(below)
            positive.append(above)
            owners.extend([origin] * (len(self.points) - before - len(owners)))
        self._add_vertices(before, owners, unit)
        self._replace_rows(rows, negative, positive)
        self.status[rows, unit] = -1
        self.status = np.concatenate([self.status, self.status[rows]])
        self.status[-len(rows) :, unit] = 1
        self.origin = np.concatenate([self.origin, origins])
        self.whole = np.concatenate([self.whole, self.whole[rows]])
        self.fresh = False

    def _parts(self, ids, signs, form, crossings):
        """Return the vertex numbers of the two parts of a cell; ``crossings`` has the cut edges of its neighbours."""
        negative, positive, ends = [], [], []
        last, last_sign = ids[-1], signs[-1]
        for vertex, sign in zip(ids, signs, strict=True):
            if sign * last_sign < 0:
                edge = (last, vertex) if last < vertex else (vertex, last)
                if edge not in crossings:
                    crossings[edge] = self._new(self._crossing(*edge, form))
                ends.append(crossings[edge])
                negative.append(ends[-1])
                positive.append(ends[-1])
            if sign <= 0:
                negative.append(vertex)
            if sign >= 0:
                positive.append(vertex)
            if not sign:
                ends.append(vertex)
            last, last_sign = vertex, sign
        if not any(self.points[end][2] for end in ends):
            middle = self._new(point_on_line([mpz(entry) for entry in form]))
            _insert_between(negative, ends, middle)
            _insert_between(positive, ends, middle)
        return negative, positive

    def _crossing(self, first, second, form):
        u, v = self.points[first], self.points[second]
        return crossing_point(u, v, *(form[0] * X + form[1] * Y + form[2] * W for X, Y, W in (u, v)))

    def _new(self, point):
        self.points.append(point)
        return len(self.points) - 1

    def _add_vertices(self, before, owners, unit):
        """Compute the heads of the vertices from number ``before`` on, and their signs for the units after ``unit``."""
        points = self.points[before:]
        self.heads = np.concatenate([self.heads, heads(points)])
        table = np.zeros((len(points), self.table.shape[1]), dtype=np.int8)
        later = self.inputs[np.array(owners, dtype=np.int64), :, unit + 1 :]
        table[:, unit + 1 :] = sign_table(later, points, self.heads[before:])
        self.table = np.concatenate([self.table, table])

    def _replace_rows(self, rows, negative, positive):
        width = max(map(len, negative + positive))
        if width > self.corners.shape[1]:
            self.corners = np.pad(self.corners, ((0, 0), (0, width - self.corners.shape[1])), mode="edge")
        width = self.corners.shape[1]
        padded = np.array([ids + ids[-1:] * (width - len(ids)) for ids in negative + positive])
        lengths = np.array([len(ids) for ids in negative + positive])
        self.corners = np.concatenate([self.corners, padded[len(rows) :]])
        self.counts = np.concatenate([self.counts, lengths[len(rows) :]])
        self.corners[rows], self.counts[rows] = padded[: len(rows)], lengths[: len(rows)]


def _signs_on_cells(signs):
    """Return the sign of units on cells from those at generators, axis 1: +1, −1 (also for zero) or `CROSSING`."""
    high, low = signs.max(axis=1), signs.min(axis=1)
    return np.where(high > 0, np.where(low < 0, np.int8(CROSSING), np.int8(1)), np.int8(-1))


def _insert_between(part, ends, middle):
    """Insert ``middle`` into the list of vertices ``part`` between the two neighbours ``ends``, in either order."""
    index = part.index(ends[0])
    part.insert(index + 1 if part[(index + 1) % len(part)] == ends[1] else index, middle)
