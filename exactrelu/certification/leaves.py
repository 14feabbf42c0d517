"""The checker's rules for the leaves of a tree (docs/certificate-1.md, section 7) on many leaves at once.

The numbers are integers of 64 bits, for polygons that are bounded and on which none of them can be longer. So the
certificate that is to be written is checked; what these numbers do not show the checker decides, polygon by polygon.
"""

from copy import copy
from math import lcm

import numpy

from exactrelu.checker1 import Invalid, Part, Region, Unresolved, sides

BITS = 60
"""The most bits of a size and a coordinate together: a value is at most three products of two such numbers."""


def check_tree(enumeration, polygon, position):
    """Raise `checker.Invalid` unless the tree that begins with entry ``position`` shows the equality on a polygon.

    ``enumeration`` is the checker's `Enumeration`; the answer is that of its own ``check_tree``.
    """
    evaluation = enumeration.evaluation
    evaluation.leave(0)
    evaluation.enter(polygon, evaluation.everything)
    pending, length = evaluation.needed(evaluation.everything), len(evaluation.trail)
    leaves = list(leaves_of(enumeration, polygon, position))
    forms = output_forms(evaluation, pending, [part for part, _, _ in leaves])
    for (part, translates, place), form in zip(leaves, forms, strict=True):
        if form is None or not agrees(enumeration.target, part, translates, form):
            evaluation.leave(length)
            evaluation.enter(part, pending)
            enumeration.check_leaf(part, pending, translates, place)


def leaves_of(enumeration, polygon, position):
    """Yield (polygon, translates near it, entry) of each leaf of the tree that begins with entry ``position``."""
    target = enumeration.target
    translates = target.translates
    for line in sides(polygon):
        _, translates = target.nearby(line, translates)
    stack = [(polygon, translates)]
    while stack:
        polygon, translates = stack.pop()
        parts = enumeration.parts(polygon, position)
        if parts:
            nearby = target.nearby(enumeration.lines[enumeration.tree[position]], translates)
            stack += reversed(list(zip(parts, nearby, strict=True)))
        else:
            yield polygon, translates, position
        position += 1


def agrees(target, polygon, translates, form):
    """Return whether V^n g has this form on a polygon."""
    try:
        target.check(polygon, translates, form)
    except Invalid:
        return False
    return True


def output_forms(evaluation, pending, polygons):
    """Return the rational form of the output on each of the ``polygons``, None where these numbers do not show it.

    The polygons lie in the one that the checker's ``evaluation`` entered last, where the slots ``pending`` were needed.
    """
    program = evaluation.program
    rows = _rows(program, pending)
    parts = [k for k in pending if type(program.slots[k]) is Part]
    bits = BITS - max(program.sizes[k] for k in rows).bit_length()
    regions = {}
    for place, polygon in enumerate(polygons):
        region = _region(program, parts, polygon)
        if region is not None and max(region.scale, *map(abs, sum(region.points, ()))).bit_length() <= bits:
            regions[place] = region
    forms = [None] * len(polygons)
    if regions:
        values = Values(evaluation, rows, pending, list(regions.values()))
        for column, place in enumerate(regions):
            forms[place] = _output(evaluation, values, column)
    return forms


def _output(evaluation, values, column):
    """Return the form of the output by the checker's own rule, None if the rule does not know it."""
    here, rows = copy(evaluation), values.rows
    here.forms = _Found(lambda k: tuple(values.forms[rows[k], :, column].tolist()))
    here.resolved = _Found(lambda k: values.resolved[rows[k], column])
    try:
        return here.output(values.slots[~values.resolved[:, column]].tolist())
    except Unresolved:
        return None


class _Found(dict):
    """The values of a function of slots, each found when it is looked up first."""

    def __init__(self, find):
        self._find = find

    def __missing__(self, k):
        return self.setdefault(k, self._find(k))


def _rows(program, pending):
    """Return {slot: row} for the slots ``pending``, what they are made from, and the output."""
    needed = {program.output, *pending}
    for k in pending:
        slot = program.slots[k]
        if type(slot) is int:
            needed.add(slot)
        elif type(slot) is tuple:
            needed.update(source for source, _ in slot[0])
    return {k: row for row, k in enumerate(sorted(needed))}


def _region(program, parts, polygon):
    """Return the checker's `Region` of a bounded polygon, on the scale that the slots ``parts`` need, else None."""
    if not all(W for _, _, W in polygon):
        return None
    region = Region(polygon, program.grids)
    scale = region.scale
    for axis, grid in enumerate(program.grids):
        first, last = region.inside[axis]
        scale = lcm(scale, *(kink.denominator for kink in grid[first:last]))
    region.refine(scale)
    return region


class Values:
    """Slots on polygons: ``forms[row, :, column]`` + something in [``low[row, column]``, ``high[row, column]``].

    Where a slot is ``resolved``, both of these are 0.
    """

    def __init__(self, evaluation, rows, pending, regions):
        self.rows, self.slots, shape = rows, numpy.array(list(rows)), (len(rows), len(regions))
        self.forms = numpy.zeros((shape[0], 3, shape[1]), numpy.int64)
        self.low, self.high = numpy.zeros(shape, numpy.int64), numpy.zeros(shape, numpy.int64)
        self.resolved = numpy.zeros(shape, bool)
        self._place(regions)
        slots, waiting = evaluation.program.slots, set(pending)
        for k, row in rows.items():
            slot = slots[k]
            if k not in waiting:  # it was resolved before
                self.forms[row] = numpy.array(evaluation.forms[k], numpy.int64)[:, None]
                self.resolved[row] = True
            elif type(slot) is int:
                self._relu(row, rows[slot])
            elif type(slot) is Part:
                self._part(row, slot, regions)
            else:
                self._affine(row, [rows[source] for source, _ in slot[0]], self._weights(evaluation.program, slot[0]))
                self.forms[row, 2] += slot[1]

    def _place(self, regions):
        most = max(len(region.points) for region in regions)
        points = [region.points + region.points[:1] * (most - len(region.points)) for region in regions]
        self._x, self._y = numpy.array(points, numpy.int64).transpose(2, 1, 0)
        self._scale = numpy.array([region.scale for region in regions], numpy.int64)
        self._inside = numpy.array([region.inside for region in regions])

    def _relu(self, row, source):
        a, b, c = self.forms[source]
        values = a * self._x + b * self._y
        constant = c * self._scale
        low = values.min(0) + constant + self.low[source]
        high = values.max(0) + constant + self.high[source]
        is_positive = (low >= 0) & (high > 0)
        self.forms[row] = self.forms[source] * is_positive
        self.low[row] = self.low[source] * is_positive
        self.high[row] = numpy.where(is_positive, self.high[source], numpy.maximum(high, 0))
        self.resolved[row] = (high <= 0) | (is_positive & self.resolved[source])

    def _part(self, row, part, regions):
        first, last = numpy.searchsorted(part.ranks, self._inside[:, part.axis].T)
        is_affine = first == last
        slopes, constants = numpy.array(part.curve.pieces, numpy.int64)[first].T
        self.forms[row, part.axis] = slopes * is_affine
        self.forms[row, 2] = constants * is_affine
        self.resolved[row] = is_affine
        for column in numpy.flatnonzero(~is_affine):
            region = regions[column]
            bounds = part.curve.range(first[column], last[column], region.ends[part.axis], region.scale)
            self.low[row, column], self.high[row, column] = bounds

    @staticmethod
    def _weights(program, terms):
        """Return the weights; those of slots that are 0 everywhere may have any length."""
        return numpy.array([weight if program.sizes[source] else 0 for source, weight in terms], numpy.int64)

    def _affine(self, row, sources, weights):
        flat = self.forms.reshape(len(self.forms), -1)
        self.forms[row] = (weights @ flat[sources]).reshape(3, -1)
        positive, negative = numpy.maximum(weights, 0), numpy.minimum(weights, 0)
        self.low[row] = positive @ self.low[sources] + negative @ self.high[sources]
        self.high[row] = positive @ self.high[sources] + negative @ self.low[sources]
        self.resolved[row] = self.resolved[sources].all(0)
