"""The layered form of one block: its nodes on levels, and the units that stand on them.

A ReLU node lies one level above what it needs. A unit is made on one level and only carried on those that follow, as
long as anything needs it; a value takes a place of its own at most once, on the level after the one on which it is
computed. So the units of all levels are known by the row, the first and the last level of each: as many entries as the
block has nodes and weights, however long values are carried. Widths, edges and weights are counted on these; the
carrying rows are made only when somebody asks for them.
"""

from itertools import accumulate
from typing import NamedTuple

from exactrelu.network.bounds import HALF_LINES, interval_bounds
from exactrelu.network.dag import Relu, sources
from exactrelu.network.rows import (
    ONE,
    ZERO,
    AffineMap,
    Row,
    carried_row,
    combination,
    largest_entry,
    needs_units,
    placed,
    unit_row,
)


class Form(NamedTuple):
    """Hidden layers, the affine map of the outputs on the last of them, and the known signs (or 0) of the outputs."""

    layers: tuple
    outputs: AffineMap
    signs: tuple


class Units:
    """The units of a block, numbered as they are made; equal rows of a level are one unit.

    ``rows[u]`` is the row of unit u on the level before ``first[u]`` (on the inputs for level 1); from ``first[u]`` to
    ``last[u]`` it is carried.
    """

    def __init__(self):
        self.rows, self.first, self.last = [], [], []
        self._known = {}

    def add(self, row, level):
        """Return the number of the unit (row)₊ on a level: above level 1 it may be one that is carried."""
        if level > 1 and len(row.terms) == 1 and row == unit_row(row.terms[0][0]):
            ((unit, _),) = row.terms
            self.keep(row, level)
            return unit
        if (level, row) not in self._known:
            self._known[level, row] = len(self.rows)
            self.rows.append(row)
            self.first.append(level)
            self.last.append(level)
        return self._known[level, row]

    def keep(self, row, level):
        """Carry the units that a row reads up to a level."""
        for unit, _ in row.terms:
            self.last[unit] = max(self.last[unit], level)

    def carry(self, row, sign, level, last):
        """Return the row that has the value of ``row``, a row on ``level``, on all levels from the next to ``last``."""
        if row.terms and (not level or needs_units(row, sign)):
            row = carried_row(row, sign, lambda part: self.add(part, level + 1))
        self.keep(row, last)
        return row

    def on_levels(self, depth):
        """Yield the list of the units on each level from 1 to ``depth``, in the order of their numbers."""
        made = [[] for _ in range(depth + 1)]
        for unit, level in enumerate(self.first):
            made[level].append(unit)
        here = []
        for level in range(1, depth + 1):
            # a unit that is carried may have been made, and numbered, after some of those that are new here
            here = sorted([unit for unit in here if self.last[unit] >= level] + made[level])
            yield here


class Level(AffineMap):
    """A hidden layer of a block, counted without its rows; these are made, for all levels, when they are asked for."""

    def __init__(self, levels, number, units, edges, largest_weight):
        self._levels, self._number, self._units = levels, number, units
        self.edges, self.largest_weight = edges, largest_weight

    def __len__(self):
        return self._units

    @property
    def rows(self):
        """The rows on the layer below."""
        return self._levels.rows(self._number)


class Levels:
    """The hidden layers of a block, levels 1 to ``depth``, that consist of ``units``."""

    def __init__(self, units, depth):
        self._units, self._depth, self._rows = units, depth, None

    def counted(self):
        """Return the tuple of the `Level`s."""
        made, left, edges = ([0] * (self._depth + 2) for _ in range(3))
        largest = [ZERO] * (self._depth + 2)
        for row, first, last in zip(self._units.rows, self._units.first, self._units.last, strict=True):
            made[first] += 1
            left[last + 1] += 1
            edges[first] += len(row.terms)
            largest[first] = max(largest[first], largest_entry(row))
        counts = list(accumulate(new - gone for new, gone in zip(made, left, strict=True)))
        levels = []
        for level in range(1, self._depth + 1):
            carrying = counts[level] - made[level]
            weight = max(largest[level], ONE) if carrying else largest[level]
            levels.append(Level(self, level, counts[level], edges[level] + carrying, weight))
        return tuple(levels)

    def rows(self, number):
        """Return the tuple of the rows of a level."""
        if self._rows is None:
            self._rows, below = [()], None
            for level, here in enumerate(self._units.on_levels(self._depth), 1):
                self._rows.append(tuple(self._row(unit, level, below) for unit in here))
                below = {unit: place for place, unit in enumerate(here)}
        return self._rows[number]

    def _row(self, unit, level, below):
        if self._units.first[unit] < level:
            return unit_row(below[unit])
        row = self._units.rows[unit]
        return row if below is None else placed(row, below)

    def on_top(self, rows):
        """Return the `AffineMap` of rows on the units of the last level (on the inputs if there is none)."""
        if not self._depth:
            return AffineMap(rows)
        top = (unit for unit, last in enumerate(self._units.last) if last == self._depth)
        places = {unit: place for place, unit in enumerate(top)}
        return AffineMap(placed(row, places) for row in rows)


def block_form(block, wanted, signs):
    """Return the `Form` of one block, given the known signs of its inputs.

    ``wanted`` are the positions of the outputs that anything needs; the others are made constant 0.
    """
    bounds = interval_bounds(block, [HALF_LINES[sign] for sign in signs])
    level = _levels(block, needed_nodes(block, wanted))
    depth = max(level.values(), default=0)
    last_use = _last_uses(block, level, wanted, depth)
    units, rows, above = Units(), {}, {}
    # from level to level: what is carried from one is known when the next is begun
    for k in sorted(level, key=level.__getitem__):
        here = level[k]
        if _is_relu(block, k) and here:
            rows[k] = unit_row(units.add(rows[_sources(block, k)[0]], here))
        else:
            rows[k] = _row_here(block, k, {j: (rows if level[j] == here else above)[j] for j in _sources(block, k)})
        if last_use[k] > here:
            above[k] = units.carry(rows[k], bounds[k].sign, here, last_use[k])
    levels = Levels(units, depth)
    ends = [rows[k] if level[k] == depth else above[k] for i, k in enumerate(block.outputs) if i in wanted]
    tops = dict(zip(sorted(wanted), levels.on_top(ends).rows, strict=True))
    outputs = [(tops[i], bounds[k].sign) if i in wanted else (Row((), ZERO), 1) for i, k in enumerate(block.outputs)]
    return Form(levels.counted(), AffineMap(row for row, _ in outputs), tuple(sign for _, sign in outputs))


def needed_inputs(block, wanted):
    """Return the set of the inputs that reach one of the outputs at the positions ``wanted``."""
    return frozenset(k for k in needed_nodes(block, wanted) if k < block.inputs)


def needed_nodes(block, wanted):
    """Return the sorted list of the nodes that reach one of the outputs at the positions ``wanted``."""
    needed = {block.outputs[i] for i in wanted}
    for k in range(len(block) - 1, block.inputs - 1, -1):
        if k in needed:
            needed.update(_sources(block, k))
    return sorted(needed)


def _is_relu(block, k):
    return k >= block.inputs and type(block.nodes[k - block.inputs]) is Relu


def _sources(block, k):
    """Return the ids of the nodes that node ``k``, perhaps an input, depends on."""
    return () if k < block.inputs else sources(block.nodes[k - block.inputs])


def _levels(block, needed):
    """Return {node: level} in the order of ``needed``: inputs and constants 0, a ReLU one more than what it needs."""
    level, constants = {}, set()
    for k in needed:
        read = _sources(block, k)
        if k >= block.inputs and constants.issuperset(read):
            constants.add(k)
        level[k] = max((level[source] for source in read), default=0)
        if _is_relu(block, k) and k not in constants:
            level[k] += 1
    return level


def _last_uses(block, level, wanted, depth):
    """Return {node: the last level at which an affine node, or an output on level ``depth``, reads it}."""
    last_use = dict(level)
    for k in level:
        if not _is_relu(block, k):
            for source in _sources(block, k):
                last_use[source] = max(last_use[source], level[k])
    return last_use | {block.outputs[i]: depth for i in wanted}


def _row_here(block, k, rows):
    """Return the row of input, affine node or constant ReLU node ``k`` on the level of what it needs."""
    if k < block.inputs:
        return unit_row(k)
    if _is_relu(block, k):
        return Row((), max(rows[_sources(block, k)[0]].bias, ZERO))
    node = block.nodes[k - block.inputs]
    return combination(Row(tuple((j, weight) for j, weight in node.terms if weight), node.bias), rows)
