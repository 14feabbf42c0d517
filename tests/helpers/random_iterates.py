"""Random problems of all kinds, and what certificates of format 2 say of V^n g at points and on segments.

The values are those of the second checker, so that the first one has to find them again.
"""

from fractions import Fraction

from random_schemes import random_scheme, scheme_points
from random_statements import HAIR, affine, network
from second_enumeration import translate_cells
from second_files import rational, read_problem
from second_numbers import quotient
from second_polyhedra import box_parts
from second_values import iterate_at, translates

from exactrelu.field import text
from exactrelu.scheme.files import problem_to_json


def random_problem(rng):
    """Return (problem, its JSON value, n); many are over Q(√D)."""
    problem = random_scheme(rng)
    return problem, problem_to_json(problem), rng.randint(0, 2 if problem.dimension < 3 else 1)


def over(field, found):
    """Return the JSON value of a network that has weights in a field."""
    return found if field.root is None else {**found, "field": {"sqrt": field.root}}


def refutations_at_points(rng):
    """Yield (certificate, "valid" or "invalid"): constant networks with the value of V^n g, and a hair more."""
    problem, value, n = random_problem(rng)
    for point in scheme_points(rng, problem, n, 2):
        point = [rational(text(t), problem.field.root) for t in point]
        height = iterate_at(read_problem(value), n, point)
        for hair, word in ((0, "invalid"), (HAIR, "valid")):
            constant = over(problem.field, network(len(point), [affine([], height + hair)], [len(point)]))
            statement = {"kind": "iterate", "domain": {}, "network": constant, "problem": value, "n": n}
            statement = {"kind": "refutation", "of": statement, "point": list(map(str, point))}
            yield {"format": "exactrelu-certificate/2", "statement": statement, "evidence": {"kind": "point"}}, word


def statement_on_a_segment(rng):
    """Return a certificate about V^n g on a segment, and a network that interpolates it, of 100 nodes at most."""
    while True:
        problem, value, n = random_problem(rng)
        start, way = (
            [Fraction(rng.randint(-3, 3), rng.randint(1, 4)) for _ in range(problem.dimension)] for _ in range(2)
        )
        low = Fraction(rng.randint(-3, 1), 2)
        high = low + Fraction(rng.randint(1, 5), 3)
        if any(way):
            found = interpolated(read_problem(value), n, start, way, (low, high))
            if len(found["nodes"]) <= 100:
                break
    points = [list(map(str, start)), [str(a + b) for a, b in zip(start, way)]]
    domain = {"points": points, "box": [[str(low), str(high)]]}
    found = over(problem.field, found)
    statement = {"kind": "iterate", "domain": domain, "problem": value, "n": n, "network": found}
    evidence = {"kind": "enumeration", "lines": [], "tree": [-1]}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": evidence}


def interpolated(problem, n, start, way, ends):
    """Return a network that is V^n g at the points start + u way, u between the ends."""
    (segment,) = box_parts([ends])
    knots = set(ends)
    for entry in translates(problem, n, list(zip(way, start)), segment):
        for sides, _ in translate_cells(*entry):
            knots |= {u for u in (quotient(-c, a) for a, c in sides if a) if ends[0] < u < ends[1]}
    knots = sorted(knots)
    values = [iterate_at(problem, n, [a + u * b for a, b in zip(start, way)]) for u in knots]
    inputs, nodes, terms, last = len(start), [], [], 0
    i = next(i for i, step in enumerate(way) if step)
    for k in range(len(knots) - 1):
        slope = quotient(values[k + 1] - values[k], knots[k + 1] - knots[k])
        nodes += [affine([(i, 1 / way[i])], -start[i] / way[i] - knots[k]), {"op": "relu", "of": inputs + 2 * k}]
        terms.append((inputs + 2 * k + 1, slope - last))
        last = slope
    return network(inputs, [*nodes, affine(terms, values[0])], [inputs + len(nodes)])
