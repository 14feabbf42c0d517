"""Reductions, for the second checker of certificates of format 2: section 7.4 of docs/certificate.md.

What is compared as a function is a list of translates, as in `second_values`; the difference is to be 0 everywhere.
"""

from collections import namedtuple
from itertools import accumulate

from second_enumeration import compare
from second_families import prove_theory, read_theory
from second_files import integer, items, keyed, need, product, rationals, read_problem
from second_functionals import start_of
from second_polyhedra import box_parts, value
from second_programs import require
from second_values import later, mask_of, refined, require_agreement, translates, unit_row

# stages: [K_0, K']; place: (matrix, offset); back: the level that comes behind the last one; theory: that of 7.2
Part = namedtuple("Part", "first period stages place theory eta rest levels back")
# points: {component of Q: (component of P, b)}
Level = namedtuple("Level", "steps matrix points")


# --- reading


def read_matrix(value, d):
    return [rationals(row, d) for row in items(value, d)]


def read_parts(problem, root, families, evidence, member=None):
    """Return (problem without a source or None, parts).

    ``root`` is that of the statement, and ``member`` is (n, network) where it is about one network.
    """
    need(evidence.get("kind") == "reduction", "kind of evidence")
    evidence = keyed(evidence, "kind", "parts", *(["families"] if member else []), maybe=["sourceless"])
    wider = read_like(problem, evidence["sourceless"]) if "sourceless" in evidence else None
    need(not (wider or problem).source, "a problem without a source is missing, or has one")
    entries = items(families)
    need(0 < len(entries) and (member is None or len(entries) == 1), "number of families")
    pairs = zip(entries, items(evidence["parts"], len(entries)))
    parts = [read_part(wider or problem, *pair, member) for pair in pairs]
    roots = {root, *(other.root for other in (wider or problem, *(part.theory.problem for part in parts)))}
    need(len(roots - {None}) < 2, "two fields")
    return wider, parts


def read_like(problem, value):
    found = read_problem(value)
    need(found.dimension == problem.dimension, "another dimension")
    return found


def read_part(problem, entry, value, member):
    keyed(entry, "first", "period", "stages", "matrix", "offset", "family")
    keyed(value, "problem", "rest", "levels", "return", "theory")
    d, other = problem.dimension, read_like(problem, value["problem"])
    first, period = integer(entry["first"], 1, 100_000), integer(entry["period"], 0, 1000)
    need(member is None or (first, period) == (member[0], 0), "a family for another n")
    stages = [integer(count, 0, high) for count, high in zip(items(entry["stages"], 2), (100_000, 1000))]
    levels = [read_level(problem, other, level) for level in items(value["levels"])]
    need(len(levels) <= 1000, "too many levels")
    place = read_matrix(entry["matrix"], d), rationals(entry["offset"], d)
    rest, back = integer(value["rest"], 0, 1000), integer(value["return"], 0, len(levels) - 1)
    member = member and (stages[0], member[1])
    theory, eta = read_theory(other, entry["family"], value["theory"], member, 0 if stages[0] == 0 else 1)
    return Part(first, period, stages, place, theory, eta, rest, levels, back)


def read_level(problem, other, value):
    keyed(value, "steps", "matrix", "components")
    points, d = {}, problem.dimension
    for l, c, b in (items(entry, 3) for entry in items(value["components"])):
        need(integer(l, 0, other.components - 1) not in points, "a component twice")
        points[l] = integer(c, 0, problem.components - 1), rationals(b, d)
    return Level(integer(value["steps"], 1, 1000), read_matrix(value["matrix"], d), points)


# --- which level comes when


def level_behind(part, stages):
    """Return the number in the list of the level behind some stages."""
    return stages if stages < len(part.levels) else part.back + (stages - part.back) % (len(part.levels) - part.back)


def steps_made(part, stages):
    """Return P_j for j stages."""
    sums = [0, *accumulate(level.steps for level in part.levels)]
    rounds = (stages - level_behind(part, stages)) // (len(part.levels) - part.back)
    return sums[level_behind(part, stages)] + rounds * (sums[-1] - sums[part.back])


def counts(part):
    """Return the (n, K) of an entry, so many that levels come in the same order behind them, again and again."""
    times = range(2 * len(part.levels) + 1 if part.period else 1)
    return [(part.first + t * part.period, part.stages[0] + t * part.stages[1]) for t in times]


# --- the checks


def check_part(problem, part):
    """Raise `Unproved` unless the networks of a part are V^n g of a problem without a source."""
    d, levels, other = problem.dimension, part.levels, part.theory.problem
    require(part.period or not part.stages[1], "stages that are never added")
    for n, K in counts(part):
        require(steps_made(part, K) + part.rest == n, "the stages do not make n steps")
    most = max(K for _, K in counts(part))
    if most >= len(levels):
        again = steps_made(part, len(levels)) - steps_made(part, part.back)
        require(steps_made(part, part.back) >= len(problem.first), "masks that do not repeat")
        require(again % len(problem.repeat) == 0, "masks that repeat otherwise")
    (matrix, offset), start = part.place, levels[0]
    identity = [[int(i == j) for j in range(d)] for i in range(d)]
    point = tuple(-value(row, offset) for row in start.matrix)
    require(product(start.matrix, matrix) == identity, "the matrix of the first level")
    require(start.points.get(other.component) == (problem.component, point), "the place of the component")
    for j in range(min(most, len(levels))):
        check_step(problem, other, steps_made(part, j), levels[j], levels[level_behind(part, j + 1)])
    for j in {level_behind(part, K) for _, K in counts(part)}:
        check_seed(later(problem, steps_made(part, j)), other, part.rest, levels[j])
    prove_theory(part.theory)
    require(part.stages[0] > 0 or start_of(part.theory.family, 0), "a start for no stages")


def check_step(problem, other, made, level, behind):
    power = [[int(i == j) for j in range(problem.dimension)] for i in range(problem.dimension)]
    for _ in range(level.steps):
        power = product(problem.dilation, power)
    require(product(behind.matrix, other.dilation) == product(power, level.matrix), "matrices and dilations")
    for l, (c, b) in level.points.items():
        rows = {(0,) * problem.dimension: unit_row(problem, c)}
        for m in range(made, made + level.steps):
            rows = refined(rows, problem.dilation, mask_of(problem, m))
        rest, place = {}, [value(row, b) for row in power]
        for index, row in rows.items():
            for i, entry in enumerate(row):
                add(rest, (i, tuple(a - k for a, k in zip(place, index))), entry)
        for index, rows in other.repeat[0].items():
            for l2, entry in enumerate(rows[l]):
                if entry:
                    require(l2 in behind.points, "a component of which nothing is said")
                    c2, b2 = behind.points[l2]
                    add(rest, (c2, tuple(a - value(row, index) for a, row in zip(b2, behind.matrix))), -entry)
        require(not any(rest.values()), "a step is another one")


def add(sums, key, entry):
    sums[key] = sums.get(key, 0) + entry


def check_seed(problem, other, rest, level):
    """The seed of the reduced problem is V_1 ⋯ V_rest g of the problem."""
    for l, (c, b) in level.points.items():
        place = [(*row, start) for row, start in zip(level.matrix, b)]
        require_same(problem._replace(component=c), rest, place, other.seed, unit_row(other, l))


def require_same(problem, n, place, seed, row):
    """Require that row · seed is V^n g at all points, ``place`` being the forms of z in the coordinates of the seed."""
    d = problem.dimension
    unit = [tuple(int(i == j) for j in range(d + 1)) for i in range(d)]
    for part in box_parts([(None, None)] * d):
        opposite = seed, unit, [-entry for entry in row]
        compare([opposite, *translates(problem, n, place, part)], part, (0,) * (d + 1))


def check_sourceless(problem, wider):
    """Raise `Unproved` unless the problem ``wider`` leads (f, E) to (V f + h, E)."""
    r, d = problem.components, problem.dimension
    require((wider.dilation, wider.component) == (problem.dilation, problem.component), "dilation or component")
    require(len(wider.first) == len(problem.first) and len(wider.repeat) == len(problem.repeat), "number of masks")
    require(wider.components >= r, "number of components")
    unit = [tuple(int(i == j) for j in range(d + 1)) for i in range(d)]
    masks = wider.first + wider.repeat
    for own, mask in zip(problem.first + problem.repeat, masks):
        upper = {index: tuple(row[:r] for row in rows[:r]) for index, rows in mask.items()}
        require({index: rows for index, rows in upper.items() if any(map(any, rows))} == own, "another mask")
        require(not any(any(row[:r]) for rows in mask.values() for row in rows[r:]), "E depends on f")
    for i in range(wider.components):
        row = unit_row(wider, i)
        if i < r:
            require_same(problem._replace(component=i), 0, unit, wider.seed, row)
        for mask in masks:
            added = {index: [(0,) * r + tuple(entries[r:]) for entries in rows] for index, rows in mask.items()}
            step = wider._replace(component=i, first=[], repeat=[added])
            seed, row = (problem.source, unit_row(problem, i)) if i < r else (wider.seed, unit_row(wider, i))
            require_same(step, 1, unit, seed, row)


def check_reduction(problem, wider, parts):
    """Raise `Unproved` unless for each n of a part its network is V^n g of the problem."""
    if wider:
        check_sourceless(problem, wider)
    for other in filter(None, (wider, *(part.theory.problem for part in parts))):
        require_agreement(other)
    for part in parts:
        check_part(wider or problem, part)
