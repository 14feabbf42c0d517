"""Dilations with a diagonal power: V_1 ⋯ V_n g as iterates of a scheme with a positive diagonal dilation.

Let A^m = J D with a signed permutation J and a diagonal matrix D with entries ≥ 2 that commute. Of n = m K + ρ steps
the first m K are K operators U_j f(z) = Σ c_l f(J D z − l), whose masks are products, and the others make another CPwL
seed, g′ = V_{mK+1} ⋯ V_n g. With h_j(z) = (U_{j+1} ⋯ U_K g′)(J^j z),

    h_{j−1}(z) = Σ_l c_l h_j(D z − J^{−j} l),     h_K = g′ ∘ J^K,

so that h_0 = V_1 ⋯ V_n g is refined with D alone; J is left in the indices of the masks, and these have its period.
"""

from itertools import product as product_of
from math import lcm
from operator import mul

from exactrelu.cpwl.polytope import box_polytope, overlaid, simplices_of
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import inverse, product
from exactrelu.linear import times as matrix_times
from exactrelu.scheme.dilation import Dilation
from exactrelu.scheme.mask import Mask, Masks
from exactrelu.scheme.problem import Problem, smallest_window
from exactrelu.scheme.seed import Seed

MOST_COSETS = 64
"""The largest |det A^m| of a power that is looked for."""


def with_diagonal_power(problem, n):
    """Return (problem, K) with a positive diagonal dilation whose K-th iterate is the n-th one of the ``problem``.

    Raises `InputError` if no power of the dilation is of the kind that is needed, and for a source.
    """
    if problem.dilation.factors:
        return problem, n
    if problem.source is not None:
        raise InputError(
            f"{problem.name}: the construction small cannot do a source with the dilation {problem.dilation}, which is "
            "not diagonal with entries >= 2; exactrelu value can"
        )
    m, J, factors = diagonal_power(problem.dilation)
    K, rest = divmod(n, m)
    masks, seed = grouped(problem, m, J), remaining_seed(problem, m * K, rest, power(J, K))
    dilation = Dilation.diagonal(factors)
    window = smallest_window(masks, seed, dilation)
    return Problem(problem.name, masks, window, seed, dilation, None, problem.component, problem.field), K


def diagonal_power(dilation):
    """Return (m, J, (M_1, …, M_d)) for the least m with A^m = J D as above; raises `InputError` if there is none."""
    m, matrix = 1, dilation.matrix
    while dilation.determinant**m <= MOST_COSETS:
        if all(sum(map(bool, line)) == 1 for line in (*matrix, *zip(*matrix, strict=True))):
            J = tuple(tuple((entry > 0) - (entry < 0) for entry in row) for row in matrix)
            factors = tuple(abs(sum(column)) for column in zip(*matrix, strict=True))
            D = Dilation.diagonal(factors).matrix if min(factors) > 1 else None
            if D is not None and product(J, D) == product(D, J):
                return m, J, factors
        m, matrix = m + 1, product(matrix, dilation.matrix)
    raise InputError(
        f"the construction small needs a power A^m, |det A^m| <= {MOST_COSETS}, that is a signed permutation times a "
        f"diagonal matrix with entries >= 2, the two commuting; the dilation {dilation} has none, exactrelu value can"
    )


def power(J, exponent):
    """Return J^exponent for a signed permutation and any integer; the inverse is the transpose."""
    matrix = J if exponent > 0 else tuple(zip(*J, strict=True))
    found = tuple(tuple(int(i == k) for k in range(len(J))) for i in range(len(J)))
    for _ in range(abs(exponent) % period(J)):
        found = product(found, matrix)
    return found


def period(J):
    """Return the least p ≥ 1 with J^p = 1."""
    one = tuple(tuple(int(i == k) for k in range(len(J))) for i in range(len(J)))
    p, matrix = 1, tuple(map(tuple, J))
    while matrix != one:
        p, matrix = p + 1, product(matrix, J)
    return p


def grouped(problem, m, J):
    """Return the `Masks` of h_{j−1} from h_j, j = 1, 2, …: products of m masks with indices turned by J^{−j}."""
    masks = problem.masks
    start = -(-len(masks.first) // m)
    length = lcm(len(masks.repeat), m * period(J)) // m

    def turned(j):
        rows = composed(problem, m * (j - 1), m)
        back = power(J, -j)
        return Mask({tuple(map(int, matrix_times(back, l))): c for l, c in rows.items()})

    return Masks(tuple(map(turned, range(1, start + 1))), tuple(turned(start + j) for j in range(1, length + 1)))


def composed(problem, start, count):
    """Return {k: coefficient} with V_{start+1} ⋯ V_{start+count} f(z) = Σ c_k f(A^count z − k), matrices as rows."""
    r = problem.components
    rows = {(0,) * problem.dimension: tuple(tuple(mpq(i == l) for l in range(r)) for i in range(r))}
    for j in range(start + 1, start + count + 1):
        finer = {}
        for k, matrix in rows.items():
            image = problem.dilation.times(k)
            for index, c in problem.masks.at(j).items():
                key = tuple(s + t for s, t in zip(image, index, strict=True))
                part = product(matrix, c if isinstance(c, tuple) else ((c,),))
                finer[key] = part if key not in finer else _added(finer[key], part)
        rows = finer
    return rows


def remaining_seed(problem, start, count, J):
    """Return the `Seed` of z -> V_{start+1} ⋯ V_{start+count} g(J z), with a triangulation of its own if count > 0."""
    matrix = J
    for _ in range(count):
        matrix = product(problem.dilation.matrix, matrix)
    seed, back = problem.seed, inverse(matrix)
    if not count or seed.support_box() is None:
        vertices = [matrix_times(back, vertex) for vertex in seed.vertices]
        return Seed(vertices, seed.simplices, seed.values)
    return _summed(composed(problem, start, count), seed, matrix, back)


def _summed(rows, seed, matrix, back):
    """Return the `Seed` of z -> Σ c_k g(matrix z − k)."""
    d, r = seed.dimension, seed.components
    terms, points = [], []
    corners, columns = list(product_of(*seed.support_box())), tuple(zip(*matrix, strict=True))
    for k, c in rows.items():
        points += [matrix_times(back, [a + b for a, b in zip(k, corner, strict=True)]) for corner in corners]
        for piece in seed.pieces:
            facets = [(*matrix_times(columns, form[:-1]), form[-1] - sum(map(mul, form, k))) for form in piece.forms]
            values = [matrix_times(c, heights) for heights in piece.values]
            form = tuple(
                sum(value[i] * facet[t] for value, facet in zip(values, facets, strict=True))
                for i in range(r) for t in range(d + 1)
            )
            terms.append((facets, form))
    box = [(min(side), max(side)) for side in zip(*points, strict=True)]
    parts = [(box_polytope(box), (mpq(0),) * (r * (d + 1)))]
    for facets, form in terms:
        parts = overlaid(parts, facets, form)
    vertices, simplices, heights = {}, [], []
    for part, form in parts:
        if any(form):
            for simplex in simplices_of(part):
                for corner in simplex:
                    if corner not in vertices:
                        vertices[corner] = len(vertices)
                        at = (*corner, 1)
                        heights.append(tuple(sum(map(mul, form[i * (d + 1) :], at)) for i in range(r)))
                simplices.append(tuple(vertices[corner] for corner in simplex))
    return Seed(tuple(vertices), simplices, heights)


def _added(first, second):
    return tuple(tuple(a + b for a, b in zip(*rows, strict=True)) for rows in zip(first, second, strict=True))
