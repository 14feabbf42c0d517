"""Two-sided rational bounds of the joint spectral radius of the matrices T_q of a mask, in exact arithmetic.

The joint spectral radius of matrices is the limit of the largest ‖T_q1 ... T_qn‖^(1/n). With sum rules of order m the
columns v with Σ_a p(a) v_a = 0 for all polynomials p of degree < m (for matrix masks: with (p ∗ y)(-a) for p(a)) are a
common invariant subspace W_m. If the radius on W_1 is < 1, subdivision converges uniformly, and φ is continuous.
"""

from heapq import heappop, heappush
from itertools import count, product
from math import comb, floor
from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.field import Quadratic, iroot, lcm, mpq, mpz, text
from exactrelu.linear import characteristic_polynomial, echelon, null_space, times
from exactrelu.linear import product as matrix_product
from exactrelu.refinement.lattice import closed_points, transition_rows
from exactrelu.refinement.sum_rules import convolved, exponents, exponents_of_degree
from exactrelu.scheme.dilation import is_expanding

MAX_STATES = 100
"""The most states of transition matrices."""

WORK = 2_000_000
"""How many multiplications of matrix entries are spent on upper bounds."""

MAX_WORK = 200_000_000
"""The largest number of matrices, times the fourth power of their dimension, times the digits of an entry."""

MAX_PRODUCTS = 500
"""The most products that are made for an upper bound."""

MAX_WORDS = 40
"""The most products whose spectral radius is looked at for a lower bound."""

BITS = 32
"""Roots are rounded, away from what they bound, to multiples of 2^-BITS."""

PRECISION = 24
"""Spectral radii are found to this number of binary digits."""


class Radius(NamedTuple):
    """``lower`` <= joint spectral radius <= ``upper`` of the T_q, over ``states`` of vectors and components, on W_m.

    ``order`` is m, and ``dimension`` that of W_m; ``products`` were looked at, of up to ``length`` matrices.
    """

    lower: object
    upper: object
    order: int
    states: int
    dimension: int
    products: int
    length: int


def radius(mask, dilation, rules):
    """Return the `Radius` on W_m, with the order m of the `SumRules`; raises `InputError` for too many states."""
    points = closed_points(mask, dilation, rules.order, MAX_STATES // mask.components)
    basis = _basis(mask, points, rules)
    digits = max(len(text(c)) for row in mask.entries for _, _, c in row)
    if dilation.determinant * len(basis) ** 4 * digits > MAX_WORK:
        words = f"{dilation.determinant} matrices of dimension {len(basis)}, entries of {digits} digits"
        raise InputError(f"{words}: more than this is done for")
    restricted = [_on_subspace(transition_rows(mask, dilation, points, q), basis) for q in dilation.cosets]
    lower, upper, products, length = joint_spectral_radius(restricted)
    return Radius(lower, upper, rules.order, len(points) * mask.components, len(basis), products, length)


def _basis(mask, points, rules):
    """Return a basis of W_m: of differences ∇^μ δ_a of order m as far as they go, as these lead to small norms."""
    size, position = len(points) * mask.components, {a: number for number, a in enumerate(points)}
    if not rules.order:
        return [[mpq(int(i == k)) for k in range(size)] for i in range(size)]
    conditions = [
        [entry for a in points for entry in convolved(rules.y, mu, [-t for t in a])]
        for mu in exponents(mask.dimension, rules.order)
    ]
    complete = null_space(conditions, size)
    candidates = []
    if mask.components == 1:
        for mu in sorted(exponents_of_degree(mask.dimension, rules.order), key=max):
            for a in points:
                vector = _difference(mu, a, position)
                if vector is not None:
                    candidates.append(vector)
    return independent([*candidates, *complete])


def _difference(mu, a, position):
    """Return the column ∇^μ δ, placed at a, or None if it does not fit in."""
    vector = [mpq(0)] * len(position)
    for nu in product(*(range(m + 1) for m in mu)):
        place = tuple(s + t for s, t in zip(a, nu, strict=True))
        if place not in position:
            return None
        sign = -1 if sum(nu) % 2 else 1
        weight = sign
        for m, n in zip(mu, nu, strict=True):
            weight *= comb(m, n)
        vector[position[place]] += weight
    return vector


def independent(vectors):
    """Return the vectors that do not depend on those before them."""
    return [vectors[k] for k in echelon(list(zip(*vectors, strict=True)))[1]]


def _on_subspace(rows, basis):
    """Return the matrix of a map, given by rows, on an invariant subspace with this basis."""
    images = [times(rows, vector) for vector in basis]
    columns = [*basis, *images]
    reduced, pivots = echelon(list(zip(*columns, strict=True)))
    if pivots != list(range(len(basis))):
        raise AssertionError("the subspace is not invariant")
    return [row[len(basis) :] for row in reduced]


def joint_spectral_radius(matrices):
    """Return (lower, upper, products, length): rational bounds, and how many products, how long at most, were made.

    Lower bounds are spectral radii of products. Upper bounds follow G. Gripenberg (Computing the joint spectral radius,
    Linear Algebra Appl. 234, 1996): each infinite product begins with one of finitely many, the leaves of a tree, each
    of which has a factor P of j matrices at its beginning with ‖P‖^(1/j) <= u; then the radius is at most u. The leaf
    with the largest u is replaced by its children until the work is done.
    """
    size = len(matrices[0])
    if not size:
        return mpq(0), mpq(0), 0, 0
    scale, integral = _without_denominators(matrices)
    least, products, longest = _lower_bound(integral, size)
    upper = None
    for norm in (_column_norm, _row_norm):
        found, made, length = _upper_bound(integral, norm, least, min(WORK // size**3, MAX_PRODUCTS))
        upper = found if upper is None else min(upper, found)
        products, longest = products + made, max(longest, length)
    return least / scale, upper / scale, products, longest


def _upper_bound(matrices, norm, least, budget):
    """Return (upper, products, length) of the tree for one norm."""
    order, products, longest = count(), 0, 0
    leaves = [(-_root(max(map(norm, matrices)), 1, up=True), next(order), None, 0)]
    while True:
        bound, _, prefix, length = heappop(leaves)
        if -bound <= least or (products and products + len(matrices) > max(budget, len(matrices))):
            return max(-bound, least), products, longest
        for matrix in matrices:
            word = matrix if prefix is None else matrix_product(prefix, matrix)
            products, longest = products + 1, max(longest, length + 1)
            here = _root(norm(word), length + 1, up=True)
            heappush(leaves, (-here if prefix is None else max(bound, -here), next(order), word, length + 1))


def _lower_bound(matrices, size):
    """Return (lower, products, length) from the spectral radii of short products, one of each necklace."""
    best, made = mpq(0), 0
    for length in count(1):
        words = [
            word
            for word in product(range(len(matrices)), repeat=length)
            if word == min(word[k:] + word[:k] for k in range(length))
        ]
        if made and (made + len(words) > MAX_WORDS or made * size**4 > WORK):
            return best, made, length - 1
        for word in words:
            matrix = matrices[word[0]]
            for letter in word[1:]:
                matrix = matrix_product(matrix, matrices[letter])
            made += 1
            best = max(best, _root(spectral_radius_below(matrix, best**length), length, up=False))


def spectral_radius_below(matrix, known=0):
    """Return a rational that is at most the spectral radius, and nearly equal; or ``known``, if that is as good."""
    polynomial = characteristic_polynomial(matrix)
    above = min(_column_norm(matrix), _row_norm(matrix))
    step = mpq(2) ** (floor(above).bit_length() - PRECISION)
    low, high = floor(known / step), floor(above / step) + 1
    if not _has_root_beyond(polynomial, (low + 1) * step):
        return mpq(known)
    low += 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _has_root_beyond(polynomial, middle * step) else (low, middle)
    return low * step


def _has_root_beyond(polynomial, modulus):
    """Return whether a polynomial, given from its constant term on, has a root of at least this modulus > 0."""
    scaled = [c * modulus**power for power, c in enumerate(polynomial)]
    return not is_expanding(scaled[::-1])


def _without_denominators(matrices):
    """Return (scale, matrices times scale), with integers in place of rationals where they are all rational."""
    entries = [entry for matrix in matrices for row in matrix for entry in row]
    parts = [part for c in entries for part in ((c.a, c.b) if type(c) is Quadratic else (c,))]
    scale = lcm(*(part.denominator for part in parts)) if len(parts) > 1 else mpz(parts[0].denominator)
    return scale, [
        tuple(tuple(c * scale if type(c) is Quadratic else mpz(c * scale) for c in row) for row in matrix)
        for matrix in matrices
    ]


def _column_norm(matrix):
    return max(sum(map(abs, column)) for column in zip(*matrix, strict=True))


def _row_norm(matrix):
    return max(sum(map(abs, row)) for row in matrix)


def _root(number, degree, up):
    """Return a multiple of 2^-BITS next to the root of a number >= 0, above or below; the root itself if it is one."""
    scaled = number * mpz(2) ** (BITS * degree)
    whole = floor(scaled)
    root, exact = iroot(mpz(whole), degree)
    return mpq(root + (up and not (exact and whole == scaled)), 2**BITS)
