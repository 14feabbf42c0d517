"""Values of networks and of V^n g, exactly, from the definition; in any dimension, with any mask, dilation and source.

V^n g = V_1 ⋯ V_n g is a sum of rows of coefficients times translates: row · g(A^n z - k), and row · h(A^m z - k) with
m < n where there is a source. Near a polyhedron few translates matter, and at a point, which is one, too.
"""

from fractions import Fraction
from itertools import chain, combinations

from second_files import Unproved, Unreadable, product
from second_numbers import quotient
from second_polyhedra import clipped, simplex, value

MOST = 1_000_000


def evaluate(network, point):
    """Return the outputs of a network at a point."""
    numbers = list(point)
    for node in network.nodes[network.inputs :]:
        if isinstance(node, int):
            numbers.append(max(numbers[node], Fraction(0)))
        else:
            numbers.append(sum((weight * numbers[source] for source, weight in node[0].items()), node[1]))
    return [numbers[node] for node in network.outputs]


def seed_at(simplices, point):
    """Return the vector of values of a seed with simplices that agree; () stands for 0, outside of them."""
    for entry in simplices:
        weights = [value(form, (*point, 1)) for form in entry.coordinates]
        if min(weights) >= 0:
            return tuple(sum(w * v for w, v in zip(weights, column)) for column in zip(*entry.values))
    return ()


def iterate_at(problem, n, point):
    """Return V^n g at a point."""
    total = Fraction(0)
    for simplices, forms, row in translates(problem, n, [(entry,) for entry in point], {(1,): frozenset()}):
        total += sum(a * b for a, b in zip(row, seed_at(simplices, [form[0] for form in forms])))
    return total


def require_agreement(problem):
    """Require that any two simplices of the seed, and of the source, have the same values where they meet."""
    require_function(problem.seed)
    require_function(problem.source)


def require_function(simplices):
    for one, other in combinations(simplices, 2):
        ranges = zip(zip(*one.corners), zip(*other.corners))
        if any(max(a) < min(b) or max(b) < min(a) for a, b in ranges):
            continue
        common = simplex(one.corners)
        for form in other.coordinates:
            common = clipped(common, form)
        points = [[quotient(entry, w) for entry in point] for *point, w in common]
        if any(seed_at([one], point) != seed_at([other], point) for point in points):
            raise Unproved("two simplices have different values where they meet")


def mask_of(problem, m):
    """Return the mask of V_(m + 1)."""
    first, repeat = problem.first, problem.repeat
    return first[m] if m < len(first) else repeat[(m - len(first)) % len(repeat)]


def later(problem, m):
    """Return the problem with the masks of V_(m + 1), V_(m + 2), …"""
    first, repeat = problem.first, problem.repeat
    start = max(0, m - len(first)) % len(repeat)
    return problem._replace(first=first[m:], repeat=repeat[start:] + repeat[:start])


def refined(rows, dilation, mask):
    """Return {index: row}: the rows times (V f)(A^m z - k) are, in sum, these rows times f(A^(m + 1) z - k)."""
    found = {}
    for index, row in rows.items():
        base = [value(line, index) for line in dilation]
        for step, matrix in mask.items():
            target = tuple(a + b for a, b in zip(base, step))
            (new,) = product([row], matrix)
            found[target] = [a + b for a, b in zip(found[target], new)] if target in found else new
    if len(found) > MOST:
        raise Unreadable("too many translates")
    return found


def unit_row(problem, component):
    return [Fraction(j == component) for j in range(problem.components)]


def translates(problem, n, place, polyhedron):
    """Yield (simplices, forms in u of A^m z - k, row) for all translates that may differ from 0 on a polyhedron.

    ``place`` has the forms in u of the coordinates of z.
    """
    box = support(problem)
    rows = {(0,) * problem.dimension: unit_row(problem, problem.component)}
    for m in range(n + 1):
        ends = [extent(polyhedron, form) for form in place]
        near = {
            index: row for index, row in rows.items()
            if any(row) and all(
                (None in (low, b) or low - k <= b) and (None in (high, a) or high - k >= a)
                for (low, high), k, (a, b) in zip(ends, index, box)
            )
        }
        for simplices in [problem.seed] if m == n else [problem.source] if problem.source else []:
            for index, row in near.items():
                yield simplices, [(*form[:-1], form[-1] - k) for form, k in zip(place, index)], row
        if m == n:
            return
        rows = refined(near, problem.dilation, mask_of(problem, m))
        place = product(problem.dilation, place)


def extent(polyhedron, form):
    """Return the least and the largest value of a form on a polyhedron, None where there is none."""
    heights = [quotient(value(form, generator), generator[-1]) for generator in polyhedron if generator[-1]]
    slopes = [value(form, generator) for generator in polyhedron if not generator[-1]]
    return (
        None if any(slope < 0 for slope in slopes) else min(heights),
        None if any(slope > 0 for slope in slopes) else max(heights),
    )


def support(problem):
    """Return the ends of a box that holds the supports of all V^m g; without ends unless A is diagonal, entries > 1.

    With M the entry of a coordinate, f supported in [a, b] and indices k, V f is supported where Mz - k is in [a, b].
    """
    A, corners = problem.dilation, [corner for entry in (*problem.seed, *problem.source) for corner in entry.corners]
    if any((entry < 2 if i == j else entry) for i, row in enumerate(A) for j, entry in enumerate(row)):
        return [(None, None)] * problem.dimension
    indices = list(chain(*problem.first, *problem.repeat))
    ends = [
        [corner[i] for corner in corners] + [Fraction(index[i], row[i] - 1) for index in indices]
        for i, row in enumerate(A)
    ]
    return [(min(column), max(column)) for column in ends]
