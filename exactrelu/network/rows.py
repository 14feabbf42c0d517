"""Affine forms on the units of a layer, and the affine maps between layers that they make up."""

from functools import cached_property
from typing import NamedTuple

from exactrelu.field import Rational, mpq

ZERO, ONE = mpq(0), mpq(1)


class Row(NamedTuple):
    """The affine form  Σ weight * unit + bias  on a layer: ``terms`` are (unit, weight), sorted, no weight 0."""

    terms: tuple
    bias: Rational


class AffineMap:
    """An affine map between layers: `rows`, one for each unit (or output) that it feeds; its length is their number."""

    def __init__(self, rows):
        self.rows = tuple(rows)

    def __len__(self):
        return len(self.rows)

    @cached_property
    def edges(self):
        """The number of non-zero weights."""
        return sum(len(row.terms) for row in self.rows)

    @cached_property
    def largest_weight(self):
        """The largest absolute value of a weight or bias."""
        return max(map(largest_entry, self.rows), default=ZERO)

    def apply(self, values):
        """Return the list of the values of the rows, given those of the layer that they read."""
        return [sum((weight * values[unit] for unit, weight in row.terms), row.bias) for row in self.rows]


def largest_entry(row):
    """Return the largest absolute value of a weight or the bias of a row."""
    return max(map(abs, (row.bias, *(weight for _, weight in row.terms))))


def unit_row(unit):
    """Return the row that is the value of one unit."""
    return Row(((unit, ONE),), ZERO)


def signed(row, sign):
    """Return the row, or its negative for ``sign`` −1."""
    return row if sign > 0 else Row(tuple((unit, -weight) for unit, weight in row.terms), -row.bias)


def combination(node, rows):
    """Return the row  Σ weight * rows[source] + bias  of a node or row with ``terms`` (source, weight) and ``bias``."""
    weights, bias = {}, node.bias
    for source, weight in node.terms:
        terms, constant = rows[source]
        bias += weight * constant
        for unit, factor in terms:
            weights[unit] = weights.get(unit, ZERO) + weight * factor
    return Row(tuple(sorted((unit, weight) for unit, weight in weights.items() if weight)), bias)


def placed(row, places):
    """Return the row that reads the unit ``places[unit]`` in place of each unit; several may have the same place."""
    weights = {}
    for unit, weight in row.terms:
        place = places[unit]
        weights[place] = weights[place] + weight if place in weights else weight
    terms = weights.items() if len(weights) == len(row.terms) else [entry for entry in weights.items() if entry[1]]
    return Row(tuple(sorted(terms)), row.bias)


def needs_units(row, sign):
    """Return whether carrying a row on ReLU units takes fewer units of its own than it reads.

    The units that it reads are ≥ 0, so that each is carried by one; its own are one where its ``sign`` is known (+1 or
    −1), two where it is not (0).
    """
    return len(row.terms) > (1 if sign else 2)


def carried_row(row, sign, add):
    """Return the row that reads the value of ``row``, whose sign may be known, off units (±row)₊ that ``add`` makes."""
    parts = (sign,) if sign else (1, -1)
    return Row(tuple(sorted((add(signed(row, part)), mpq(part)) for part in parts)), ZERO)
