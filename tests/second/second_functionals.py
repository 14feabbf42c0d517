"""Families of functionals, for the second checker of certificates of format 2: reading what section 7.2 of
docs/certificate.md says, forms, and the checks of numbers.

A place is ((a_1, …, a_d), l); in the variables of `Rows` it names a row. `second_steps` and `second_closing` have the
questions.
"""

from collections import namedtuple
from fractions import Fraction
from itertools import combinations, product
from math import ceil, floor, lcm

from second_files import diagonal, integer, items, keyed, need, rational, rationals
from second_polyhedra import integral, value
from second_programs import Polyhedron, Rows, combined, plus, require

Loop = namedtuple("Loop", "width size curves early")  # curves and early: lists of (place, values)
Class = namedtuple("Class", "shift lengths before functionals states bumps seam value passed affine terms shapes")
Shape = namedtuple("Shape", "forms weights terms")
Theory = namedtuple("Theory", "problem factors mask family corner limit loops classes")
ZERO, UNIT = Fraction(0), Fraction(1)


# --- reading


def read_functionals(problem, family, evidence):
    """Return what a certificate claims of a family of functionals."""
    factors = [row[i] for i, row in enumerate(problem.dilation)]
    need(len(problem.first) + len(problem.repeat) == 1 and not problem.source, "a mask that varies, or a source")
    need(problem.dilation == diagonal(factors) and all(2 <= m <= 64 for m in factors), "dilation")
    keyed(evidence, "kind", "corner", "limit", "loops", "classes")
    d, places, last = problem.dimension, family.stage.inputs, len(family.closing.nodes)
    corner = [integer(entry) for entry in items(evidence["corner"], d)]
    loops = [read_loop(loop, places) for loop in items(evidence["loops"], d)]
    found = items(evidence["classes"])
    need(len(found) <= 6, "number of classes")
    classes = [read_class(value, problem, len(found), places, last) for value in found]
    mask = problem.repeat[0]
    return Theory(problem, factors, mask, family, corner, rational(evidence["limit"], problem.root), loops, classes)


def pair(value):
    return items(value, 2)


def read_loop(loop, places):
    keyed(loop, "width", "curves", "early")
    both = [
        [(integer(place, 0, places - 1), rationals(values)) for place, values in map(pair, items(loop[key]))]
        for key in ("curves", "early")
    ]
    sizes = {len(values) for part in both for _, values in part}
    need(len(sizes) == 1 and 0 < max(sizes) <= 1000, "number of values of a loop")
    need(len({place for part in both for place, _ in part}) == sum(map(len, both)), "a place of a loop twice")
    return Loop(rational(loop["width"]), max(sizes), *both)


def read_class(value, problem, classes, places, last):
    keyed(value, *Class._fields)
    d, root = problem.dimension, problem.root
    lengths = [integer(length, 1, 1000) for length in items(value["lengths"], d)]

    def place(entry):
        cell = tuple(integer(a, 0, length - 1) for a, length in zip(entry, lengths))
        return cell, integer(entry[d], 0, problem.components - 1)

    def functional(entries):
        entries = [items(entry, d + 3) for entry in items(entries)]
        found = [(place(entry), integer(entry[d + 1], 0, d), rational(entry[d + 2], root)) for entry in entries]
        need(len({entry[:2] for entry in found}) == len(found), "an entry of the rows twice")
        return found

    def node(entry):
        return integer(entry, 0, last - 1)

    def terms(pairs):
        return [(node(unit), rational(height, root)) for unit, height in map(pair, items(pairs))]

    shapes = [Shape(
        [rationals(form, d + 1, root) for form in items(keyed(shape, *Shape._fields)["forms"])],
        [(place(entry), rational(entry[d + 1], root)) for entry in (items(e, d + 2) for e in items(shape["weights"]))],
        terms(shape["terms"]),
    ) for shape in items(value["shapes"])]
    for shape in shapes:
        weighted = {at for at, weight in shape.weights if weight}
        need(shape.forms and 0 < len(weighted) == len(shape.weights), "no form; no place, one twice or of weight 0")
    functionals = [functional(entries) for entries in items(value["functionals"])]
    return Class(
        rationals(value["shift"], d), lengths, integer(value["before"], 0, classes - 1), functionals,
        [integer(entry, 0, places - 1) for entry in items(value["states"], len(functionals))],
        [node(bump) for bump in items(value["bumps"], d)], node(value["seam"]),
        None if value["value"] is None else node(value["value"]),
        [(node(unit), rational(height, root), functional(entries))
         for unit, height, entries in (items(entry, 3) for entry in items(value["passed"]))],
        functional(value["affine"]), terms(value["terms"]), shapes,
    )


# --- forms


def on_rows(functional, row):
    """Return the form of a functional; ``row(place, k)`` is that of an entry of the rows."""
    return combined([(row(place, k), weight) for place, k, weight in functional])


def variable(place, k):
    return {("", (place, k)): UNIT}


def states_of(cls, row=variable):
    return {place: on_rows(functional, row) for place, functional in zip(cls.states, cls.functionals)}


def cube(d, low=-1, high=1):
    """Return rows with p in [low, high] at the points u of the unit cube."""
    corners = {
        (*corner, 1): frozenset((i, end) for i, end in enumerate(corner)) for corner in product((0, 1), repeat=d)
    }
    return Rows(Polyhedron([f"u{i}" for i in range(d)], corners), low, high)


def interval(name, low, high):
    end = (1, 0) if high is None else integral((high, 1))
    return Polyhedron([name], {integral((low, 1)): frozenset(["low"]), end: frozenset(["high"])})


def pieces(block, argument, size):
    """Yield (piece of a block, z) such that size · argument is in [z, z + 1] on it; these cover the block."""
    row = block.row(argument)
    ends = [Fraction(value(row, generator) * size) / generator[-1] for generator in block.generators if generator[-1]]
    first, last = floor(min(ends)), ceil(max(ends))
    for z in range(first, max(last, first + 1)):
        part = block.clipped(plus(argument, {"1": UNIT}, Fraction(-z, size)))
        part = part.clipped(plus({"1": Fraction(z + 1, size)}, argument, -1))
        if not part.is_empty():
            yield part, z


def on_loop(values, argument, z):
    """Return {variable: coefficient} of the function of period 1 with these values; N · argument is in [z, z + 1]."""
    low, high = values[z % len(values)], values[(z + 1) % len(values)]
    return plus({"1": low - (high - low) * z}, argument, (high - low) * len(values))


def sides(block, form):
    """Yield (part of the block, whether the form is >= 0 on it)."""
    for sign in (1, -1):
        part = block.clipped(plus({}, form, sign))
        if not part.is_empty():
            yield part, sign > 0


def as_form(part):
    return {("", name): coefficient for name, coefficient in part.items() if coefficient}


# --- numbers


def check_numbers(theory):
    """The list below the table."""
    problem, family, classes = theory.problem, theory.family, theory.classes
    d = problem.dimension
    require(0 < family.factor <= 1 and family.base >= 1 and theory.limit >= 0, "factor, base or limit")
    sums = {}
    for index, matrix in theory.mask.items():
        for l in range(problem.components):
            key = (*(k % m for k, m in zip(index, theory.factors)), l)
            sums[key] = sums.get(key, 0) + sum(abs(row[l]) for row in matrix)
    require(family.base >= max(sums.values()), "base")
    require(len(classes) > d, "number of classes")
    for i, (m, loop) in enumerate(zip(theory.factors, theory.loops)):
        shifts = [cls.shift[i] for cls in classes]
        require(loop.width > 0 and all(0 <= shift < 1 for shift in shifts), "width or shift")
        for a, b in combinations(shifts, 2):
            require(4 * loop.width <= (a - b) % 1 <= 1 - 4 * loop.width, "shifts are too near")
        for cls in classes:
            require((classes[cls.before].shift[i] * m - cls.shift[i]) % 1 == 0, "class before")
            for k in range(loop.size):
                residual = (Fraction(k, loop.size) + cls.shift[i]) * m % 1
                require(residual == 0 or loop.width <= residual <= 1 - loop.width, "bend")
        low, high = box(theory, i)
        for cls in classes:
            require(-cls.shift[i] <= low and high <= cls.lengths[i] - cls.shift[i], "support")
            if cls.shift[i]:
                require(0 <= low and high <= cls.lengths[i] - 1, "support and borders")
        for _, period, _ in family.starts:
            require(all(shift * (m**period - 1) % 1 == 0 for shift in shifts), "period of a start")
    latest = max((first for first, *_ in family.starts), default=0)
    rhythm = lcm(*(period or 1 for _, period, _ in family.starts))
    require(rhythm <= 10**6 and all(start_of(family, n) for n in range(1, latest + rhythm + 1)), "a start is missing")


def start_of(family, n):
    """Return the start for n."""
    fits = (
        program for first, period, program in family.starts
        if n == first or period and n > first and (n - first) % period == 0
    )
    return next(fits, None)


def box(theory, i):
    """Return the ends of W along a coordinate, minus the corner."""
    ends = [
        corner[i] for simplex in theory.problem.seed if any(map(any, simplex.values)) for corner in simplex.corners
    ]
    ends += [Fraction(index[i], theory.factors[i] - 1) for index in theory.mask]
    return min(ends) - theory.corner[i], max(ends) - theory.corner[i]
