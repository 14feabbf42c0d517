"""Activation regions as arrays: what they are, in numbers that are found when they are asked for.

A region is given by its sides, and a side by the number of a line, so that everything about it, also what other region
is on the other side, follows from integers. The corners stand beside them as floating-point numbers, for plots and
tables; they decide nothing.
"""

from collections import defaultdict
from functools import cached_property

import numpy as np

from exactrelu import display
from exactrelu.cpwl.polygon import Polygon, homogeneous, integral
from exactrelu.field import mpq, mpz
from exactrelu.planar.merging import Components, overlaps

WORD = 8
"""Bytes of a 64-bit word."""


class Integers:
    """Rows of integers, each of the same number of 64-bit words in two's complement, the lowest word first."""

    def __init__(self, data, words, columns):
        self.data, self.words, self.columns = data, words, columns

    @classmethod
    def of(cls, rows, columns):
        """Return rows of Python's integers, so many in each."""
        entries = [int(entry) for row in rows for entry in row]
        words = max((entry.bit_length() // (8 * WORD) + 1 for entry in entries), default=1)
        return cls(b"".join(entry.to_bytes(words * WORD, "little", signed=True) for entry in entries), words, columns)

    def __getstate__(self):
        """Return what is pickled and copied: the core hands out views of bytes, which cannot be."""
        return self.__dict__ | {"data": bytes(self.data)}

    def __len__(self):
        return len(self.data) // self._size if self._size else 0

    def __getitem__(self, row):
        """Return one row as a tuple of ``mpz``."""
        if not 0 <= row < len(self):
            raise IndexError("no such row")
        size, start = self.words * WORD, row * self._size
        places = range(start, start + self._size, size)
        return tuple(mpz(int.from_bytes(self.data[at : at + size], "little", signed=True)) for at in places)

    @property
    def _size(self):
        return self.words * WORD * self.columns

    def labels(self):
        """Return a number for each row, the same for equal rows, as an array."""
        if not self._size:
            return np.zeros(0, dtype=np.int64)
        rows = np.frombuffer(self.data, dtype=np.dtype((np.void, self._size)))
        return np.unique(rows, return_inverse=True)[1].reshape(-1)


class Regions:
    """The activation regions of a network with two inputs on a bounded polygon, as `region_arrays` finds them.

    Regions are numbered from 0, in no particular order. Arrays of numpy unless said otherwise:

    ``offsets`` (``int64``, one more than there are regions) and ``sides`` (``int64``): region k has the sides
    ``sides[offsets[k] : offsets[k + 1]]``, numbers of lines, counterclockwise;
    ``points`` (``float64``, shape (sides, 2)): the corner between a side and the next one of the region, rounded;
    ``kinks`` (``int64``): for each line the unit with a kink there, the number of a node, −1 for a side of the domain;
    ``units`` (``int64``): the numbers of all units, in topological order, and ``patterns`` (``bool``, shape (regions,
    units)): whether a unit is open on a region (its input is >= 0, and not zero throughout);
    ``scales``: a tuple of ``mpz``, one for each output.

    >>> from exactrelu import Network, Relu, box, region_arrays
    >>> regions = region_arrays(Network(2, [Relu(0)], [2]), box(-1, 1, 0, 1))
    >>> regions.offsets.tolist(), regions.patterns.tolist(), regions.kinks.tolist()
    ([0, 4, 8], [[False], [True]], [-1, -1, -1, -1, 2])
    >>> regions.polygon(1).area(), regions.forms(1), regions.neighbours().tolist()
    (mpq(1,1), ((mpq(1,1), mpq(0,1), mpq(0,1)),), [[0, 1, 4]])
    """

    def __init__(self, offsets, sides, points, kinks, units, patterns, lines, forms, scales):
        self.offsets, self.sides, self.points, self.kinks = offsets, sides, points, kinks
        self.units, self.patterns, self.scales = units, patterns, scales
        self._lines, self._forms, self._known = lines, forms, {}

    _repr_svg_ = display.svg

    def __len__(self):
        return len(self.offsets) - 1

    def line(self, number):
        """Return the primitive integer form (a, b, c) of a line a x + b y + c = 0, as ``mpz``."""
        if number not in self._known:
            self._known[number] = integral(self._lines[number])
        return self._known[number]

    def polygon(self, region):
        """Return a region as a `Polygon`."""
        lines = [self.line(side) for side in self.sides[self.offsets[region] : self.offsets[region + 1]].tolist()]
        return Polygon.trusted(tuple(meet(f, g) for f, g in zip(lines, lines[1:] + lines[:1], strict=True)))

    def forms(self, region):
        """Return the affine forms (alpha, beta, gamma) of all outputs on a region, as ``mpq``."""
        entries = self._forms[region] if self.scales else ()
        return tuple(
            tuple(mpq(entry, scale) for entry in entries[3 * k : 3 * k + 3]) for k, scale in enumerate(self.scales)
        )

    @cached_property
    def affine(self):
        """The forms of all outputs on all regions, rounded: ``float64``, shape (regions, outputs, 3)."""
        rows = [[list(map(float, form)) for form in self.forms(region)] for region in range(len(self))]
        return np.array(rows, dtype=np.float64).reshape(len(self), len(self.scales), 3)

    def neighbours(self):
        """Return rows (region, region, line), ``int64``: the pairs with a common edge, which is on that line.

        The first region is where the line's unit is closed, the second one where it is open.
        """
        return np.array(list(self._pairs(range(len(self)))), dtype=np.int64).reshape(-1, 3)

    def pieces(self):
        """Return for each region the number of its linear piece, ``int64``.

        A linear piece is made of regions with the same forms that are connected through edges.
        """
        labels = self._forms.labels() if self.scales else np.zeros(len(self), dtype=np.int64)
        alike = np.bincount(labels)[labels] > 1
        joined = Components(len(self))
        for first, second, _ in self._pairs(np.flatnonzero(alike).tolist(), labels):
            joined.join(first, second)
        roots = np.array([joined.find(region) for region in range(len(self))], dtype=np.int64)
        return np.unique(roots, return_inverse=True)[1].reshape(-1)

    def _pairs(self, regions, labels=None):
        """Yield (closed, open, line) for neighbours among ``regions``, only those with equal labels if there are any.

        Two regions were one when the line was found that separates them, so that both have it as a side.
        """
        column = {unit: j for j, unit in enumerate(self.units.tolist())}
        edges = defaultdict(lambda: ([], []))
        for region in regions:
            start, end = self.offsets[region : region + 2].tolist()
            sides = self.sides[start:end].tolist()
            label = 0 if labels is None else labels[region]
            for place, side in enumerate(sides):
                unit = self.kinks[side]
                if unit >= 0:
                    is_open = self.patterns[region, column[unit]]
                    edges[side, label][int(is_open)].append((region, sides[place - 1], sides[(place + 1) % len(sides)]))
        for (side, _), (closed, opened) in edges.items():
            if closed and opened:
                line = self.line(side)
                closed, opened = ([self._extent(line, *edge) for edge in edges] for edges in (closed, opened))
                for pair in overlaps(closed, opened):
                    yield (*pair, side)

    def _extent(self, line, region, before, after):
        """Return (start, end, region) of an edge on a line between two other lines, in the direction (−b, a)."""
        ends = []
        for other in (before, after):
            X, Y, W = meet(line, self.line(other))
            ends.append(mpq(line[0] * Y - line[1] * X, W))
        return min(ends), max(ends), region


def meet(f, g):
    """Return the point where two lines meet that are not parallel."""
    X, Y, W = (f[1] * g[2] - f[2] * g[1], f[2] * g[0] - f[0] * g[2], f[0] * g[1] - f[1] * g[0])
    return homogeneous(X, Y, W) if W > 0 else homogeneous(-X, -Y, -W)
