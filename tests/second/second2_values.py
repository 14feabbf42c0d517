"""Values of networks and of V^n g, exactly, from the definition; in any dimension, with any mask, dilation and source.

V^n g = V_1 ⋯ V_n g is a sum of rows of coefficients times translates: row · g(A^n z - k), and row · h(A^m z - k) with
m < n where there is a source. Near a polyhedron few translates matter, and at a point, which is one, too.
"""

from fractions import Fraction
from itertools import chain, combinations

from second2_files import Unproved, inverted, product
from second2_polyhedra import clipped, simplex, value


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
    for simplices in (problem.seed, problem.source):
        for one, other in combinations(simplices, 2):
            ranges = zip(zip(*one.corners), zip(*other.corners))
            if any(max(a) < min(b) or max(b) < min(a) for a, b in ranges):
                continue
            common = simplex(one.corners)
            for form in other.coordinates:
                common = clipped(common, form)
            points = [[Fraction(entry, w) for entry in point] for *point, w in common]
            if any(seed_at([one], point) != seed_at([other], point) for point in points):
                raise Unproved("two simplices have different values where they meet")


def mask_of(problem, m):
    """Return the mask of V_(m + 1)."""
    first, repeat = problem.first, problem.repeat
    return first[m] if m < len(first) else repeat[(m - len(first)) % len(repeat)]


def translates(problem, n, place, polyhedron):
    """Yield (simplices, forms in u of A^m z - k, row) for all translates that may differ from 0 on a polyhedron.

    ``place`` has the forms in u of the coordinates of z.
    """
    centre, radius = support(problem)
    rows = {(0,) * problem.dimension: [Fraction(j == problem.component) for j in range(problem.components)]}
    for m in range(n + 1):
        ends = [extent(polyhedron, form) for form in place]
        near = {
            index: row for index, row in rows.items()
            if any(row) and all(
                (low is None or low - k <= c + radius) and (high is None or high - k >= c - radius)
                for (low, high), k, c in zip(ends, index, centre)
            )
        }
        for simplices in [problem.seed] if m == n else [problem.source] if problem.source else []:
            for index, row in near.items():
                yield simplices, [(*form[:-1], form[-1] - k) for form, k in zip(place, index)], row
        if m == n:
            return
        rows = {}
        for index, row in near.items():
            base = [value(line, index) for line in problem.dilation]
            for step, matrix in mask_of(problem, m).items():
                target = tuple(a + b for a, b in zip(base, step))
                (new,) = product([row], matrix)
                rows[target] = [a + b for a, b in zip(rows[target], new)] if target in rows else new
        place = product(problem.dilation, place)


def extent(polyhedron, form):
    """Return the least and the largest value of a form on a polyhedron, None where there is none."""
    heights = [Fraction(value(form, generator), generator[-1]) for generator in polyhedron if generator[-1]]
    slopes = [value(form, generator) for generator in polyhedron if not generator[-1]]
    return (
        None if any(slope < 0 for slope in slopes) else min(heights),
        None if any(slope > 0 for slope in slopes) else max(heights),
    )


def support(problem):
    """Return (centre, radius) of a cube that holds the supports of all V^m g, by norms of powers of B = A^-1.

    With t = A t - k_0, all z - t in the support of V^m g are sums of B^j (k - k_0), j = 1, …, m, and B^m (s - t), with
    indices k of masks and s in the support of the seed; for a source likewise. If |B^p| <= 1/2, then the sum of all
    |B^j| is at most twice that of the first p, and the largest one is among 1, |B|, …, |B^(p - 1)|.
    """
    indices = list(chain(*problem.first, *problem.repeat))
    corners = [corner for entry in (*problem.seed, *problem.source) for corner in entry.corners]
    middle = [Fraction(min(column) + max(column), 2) for column in zip(*indices)]
    less = [[entry - (i == j) for j, entry in enumerate(row)] for i, row in enumerate(problem.dilation)]
    centre = [row[0] for row in product(inverted(less), [[entry] for entry in middle])]
    reach = max(abs(a - b) for index in indices for a, b in zip(index, middle))
    spread = max((abs(a - b) for corner in corners for a, b in zip(corner, centre)), default=0)
    inverse = power = inverted(problem.dilation)
    norms = [Fraction(1)]
    while norms[-1] > Fraction(1, 2):
        norms.append(max(sum(map(abs, row)) for row in power))
        power = product(power, inverse)
    return centre, 2 * reach * sum(norms[1:]) + spread * max(norms)
