"""Polyhedra without lines, by their vertices and extreme rays, in any dimension, exactly.

A polyhedron is a dictionary {generator: names of half-spaces at whose border it is}. A generator has integers (over
Q(√D) other numbers, too): it is (w u, w) with w > 0 for a point u, or (u, 0) for a direction. A form (a, c), times a
generator, is w times the value a u + c at a point and the slope a u in a direction; it is >= 0 on the polyhedron if and
only if it is so for each one.
"""

from fractions import Fraction
from itertools import product
from math import gcd, lcm
from operator import mul

from second_numbers import Root, quotient


def value(form, generator):
    return sum(map(mul, form, generator))


def values(polyhedron, form):
    return [value(form, generator) for generator in polyhedron]


def negated(form):
    return tuple(-entry for entry in form)


def clipped(polyhedron, form):
    """Return the part of the polyhedron where the form is >= 0.

    Two generators span an edge only if they are at the border of d - 1 common half-spaces; where they do not, what is
    between them is in the polyhedron nevertheless.
    """
    form, name, result, beyond = integral(form), object(), {}, []
    for generator, borders in polyhedron.items():
        height = value(form, generator)
        if height < 0:
            beyond.append((generator, borders, height))
        else:
            result[generator] = borders if height else borders | {name}
    inside = [(generator, borders, value(form, generator)) for generator, borders in result.items()]
    for one, borders, height in inside:
        for other, others, depth in beyond:
            common = borders & others
            if height and len(common) >= len(one) - 2:
                between = integral([height * b - depth * a for a, b in zip(one, other)])
                result[between] = result.get(between, frozenset()) | common | {name}
    return result


def integral(numbers):
    """Return the positive multiple with integers that have no common divisor, or, over Q(√D), the last entry ±1."""
    if any(isinstance(entry, Root) for entry in numbers):
        last = abs(next(entry for entry in reversed(numbers) if entry))
        return tuple(quotient(entry, last) for entry in numbers)
    scale = lcm(*(entry.denominator for entry in numbers))
    numbers = [entry.numerator * (scale // entry.denominator) for entry in numbers]
    divisor = gcd(*numbers) or 1
    return tuple(entry // divisor for entry in numbers)


def crosses(polyhedron, form):
    """Return whether the form takes both strict signs on the polyhedron."""
    heights = values(polyhedron, form)
    return min(heights) < 0 < max(heights)


def is_empty(polyhedron):
    return not any(generator[-1] for generator in polyhedron)


def orthant(apex, signs):
    """Return the points u with signs_i (u_i - apex_i) >= 0."""
    size = len(apex)
    result = {integral((*apex, 1)): frozenset(range(size))}
    for i, sign in enumerate(signs):
        ray = tuple(sign * (i == j) for j in range(size + 1))
        result[ray] = frozenset(range(size + 1)) - {i}
    return result


def box_parts(box):
    """Return the parts of a box, which is cut at 0 along each coordinate neither end of which is given."""
    zero, parts = Fraction(0), []
    for pairs in product(*([(None, zero), (zero, None)] if pair == (None, None) else [pair] for pair in box)):
        part = orthant(
            [high if low is None else low for low, high in pairs], [-1 if low is None else 1 for low, _ in pairs]
        )
        for i, (low, high) in enumerate(pairs):
            if low is not None and high is not None:
                part = clipped(part, tuple(-(i == j) for j in range(len(box))) + (high,))
        parts.append(part)
    return parts


def simplex(corners):
    """Return the simplex with d + 1 corners in d dimensions."""
    everything = frozenset(range(len(corners)))
    return {integral((*corner, 1)): everything - {j} for j, corner in enumerate(corners)}
