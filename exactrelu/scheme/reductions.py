"""Reductions: schemes of all kinds as one operator V f(w) = Σ c_k f(M w − k), M diagonal, with one mask of matrices.

* *Dilations with a diagonal power* (`exactrelu.scheme.powers`): masks of products, those of the first step of some more
  masks, at the point A^ρ z. They vary where the power has rotations or reflections.
* *Dilations that are diagonal in a rational basis*: A B = B D. The functions F_ρ(w) = f(B w − ρ), ρ one vector of each
  coset of B Z^d, satisfy F_ρ(w) = Σ_k c_k F_ρ'(D w − κ) with A ρ + k = B κ + ρ', and f(z) = F_0(B⁻¹ z).
* *Masks that are the same up to shifts*, c^(j)_k = c_{k − s_j}: the functions f_j(w + b_j) have the mask c if
  b_j = M b_{j−1} − s_j.
* *Masks that vary*: with one component for each of them, W (f_1, …, f_p) = (V_1 f_2, V_2 f_3, …, V_p f_s) is one
  operator, s being where the masks begin to repeat, and V_1 V_2 ⋯ V_n g is the first component of Wⁿ (g, …, g).
* *A source* that is a combination of hats which are refined by one mask: see `exactrelu.scheme.sources`.
"""

from functools import lru_cache
from math import lcm
from operator import add, sub
from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import determinant, inverse, null_space, product
from exactrelu.linear import times as matrix_times
from exactrelu.scheme.dilation import Dilation
from exactrelu.scheme.mask import MAX_COMPONENTS, Mask, Masks, number_of
from exactrelu.scheme.powers import MOST_COSETS, composed, diagonal_power, grouped, period, power, unit
from exactrelu.scheme.problem import Problem
from exactrelu.scheme.seed import Seed
from exactrelu.scheme.sources import with_hats
from exactrelu.scheme.sums import changed, copied, in_block, pieces_of, put, summed, times_value


class Reduced(NamedTuple):
    """What the n-th iterate of a problem is: the iterate number ``steps`` of another ``problem``, at matrix z + offset.

    That one has a positive diagonal dilation and one mask; a source is left where it is no combination of hats.
    """

    problem: Problem
    steps: int
    matrix: tuple
    offset: tuple

    @property
    def basis(self):
        """The inverse of the matrix."""
        return tuple(map(tuple, inverse(self.matrix)))

    def preimage(self, w):
        """Return the point z with matrix z + offset = w."""
        return matrix_times(self.basis, tuple(map(sub, w, self.offset)))


@lru_cache(maxsize=64)
def reduced(problem, n):
    """Return what the n-th iterate of a problem is, as a `Reduced`.

    Raises `InputError` if the dilation has neither a power of the kind that is needed nor a basis of rational
    eigenvectors, for a source with a dilation that is not diagonal, and for too many components.
    """
    matrix, offset = unit(problem.dimension), (mpq(0),) * problem.dimension
    if problem.dilation.factors is None:
        if problem.source is not None:
            raise InputError(
                f"{problem.name}: the construction small cannot do a source with the dilation {problem.dilation}, "
                "which is not diagonal with entries >= 2; exactrelu value can"
            )
        if diagonal_power(problem.dilation) is None:
            problem, matrix = in_eigenvectors(problem)
    m, J, factors = (1, matrix, None) if problem.dilation.factors else diagonal_power(problem.dilation)
    K, rest = divmod(n, m)
    if problem.dilation.factors is None:
        for _ in range(rest):
            matrix = product(problem.dilation.matrix, matrix)
        problem = with_power(problem, m, J, factors, K, rest)
    if problem.source is not None:
        problem = with_hats(problem)
    if problem.source is None:
        masks, *shifts = aligned(problem.masks)
        if len(masks.all) < len(problem.masks.all):
            problem, offset = moved(problem, masks, *shifts, K)
    if len(problem.masks.all) > 1:
        problem = stacked(problem)
    return Reduced(problem, K, matrix, offset)


def residues(problem):
    """Return pairs (first, period): the n ≥ 1 with the same reduced problem are first, first + period, …, one n for 0.

    Raises `InputError` as `reduced`.
    """
    m, J, masks = *power_of(problem), problem.masks
    most = lcm(len(masks.repeat), m * period(J))
    start = m * max(1, -(-len(masks.first) // m))

    def is_same(n, later):
        one, other = reduced(problem, n), reduced(problem, n + later)
        return one._replace(steps=0) == other._replace(steps=0)

    step = next(
        k for k in range(m, most + 1, m)
        if most % k == 0 and all(is_same(n, k) for n in range(start, start + most))
    )
    found = {n: step for n in range(start, start + step)}
    for n in reversed(range(m, start)):
        if n + step in found and is_same(n, step):
            del found[n + step]
            found[n] = step
        else:
            found[n] = 0
    return sorted((dict.fromkeys(range(1, m), 0) | found).items())


def steps_of_power(problem):
    """Return m, the number of steps that make one step of the reduced problem."""
    m, _ = power_of(problem)
    return m


def power_of(problem):
    """Return (m, J) for the dilation, or for that in eigenvectors."""
    if diagonal_power(problem.dilation) is None:
        problem, _ = in_eigenvectors(problem)
    return diagonal_power(problem.dilation)[:2]


def in_eigenvectors(problem):
    """Return (problem, B⁻¹) for a dilation A with A B = B D: the vector of the F_ρ, of which the one for 0 is meant.

    Raises `InputError` if there are no d independent integer eigenvectors.
    """
    A, d, r = problem.dilation, problem.dimension, problem.components
    pairs = eigenvectors(A)
    if len(pairs) < d:
        raise InputError(
            f"{problem.name}: the construction small needs a power A^m, |det A^m| <= {MOST_COSETS}, that is a signed "
            "permutation times a diagonal matrix with entries >= 2, the two commuting, or d rational eigenvectors; the "
            f"dilation {A} has neither, exactrelu value can"
        )
    values, vectors = zip(*pairs, strict=True)
    back = tuple(map(tuple, inverse(tuple(zip(*vectors, strict=True)))))
    check_components(problem, r * int(abs(1 / determinant(back))))
    rhos = coset_vectors(back)
    numbers = {fractions(back, rho): number for number, rho in enumerate(rhos)}
    D = Dilation(tuple(tuple(value * (i == k) for k in range(d)) for i, value in enumerate(values)))

    def vector_mask(mask):
        rows = {}
        for number, rho in enumerate(rhos):
            start = A.times(rho)
            for k, c in mask.items():
                image = tuple(map(add, start, k))
                other = numbers[fractions(back, image)]
                kappa = tuple(map(int, matrix_times(back, tuple(map(sub, image, rhos[other])))))
                put(rows, r * len(rhos), kappa, c, number * r, other * r)
        return Mask(rows)

    terms = [
        ([matrix_times(back, tuple(map(add, corner, rho))) for corner in corners],
         [in_block(value, number, len(rhos)) for value in heights])
        for number, rho in enumerate(rhos) for corners, heights in pieces_of(problem.seed)
    ]
    masks = Masks(*(tuple(map(vector_mask, part)) for part in (problem.masks.first, problem.masks.repeat)))
    return changed(problem, masks, summed(terms, d), D), back


def eigenvectors(A):
    """Return pairs (integer eigenvalue, integer eigenvector) of a `Dilation`, the vectors being independent."""
    found = []
    for value in range(-MOST_COSETS, MOST_COSETS + 1) if A.determinant <= MOST_COSETS else ():
        rows = [[a - value * (i == k) for k, a in enumerate(row)] for i, row in enumerate(A.matrix)]
        for vector in null_space(rows, A.dimension):
            scale = lcm(*(int(t.denominator) for t in vector))
            found.append((value, [int(t * scale) for t in vector]))
    return found


def coset_vectors(back):
    """Return one integer vector of each coset of B Z^d, 0 first, given the inverse of B."""
    d, found, waiting = len(back), {}, [(0,) * len(back)]
    for rho in waiting:
        key = fractions(back, rho)
        if key not in found:
            found[key] = rho
            waiting += [tuple(t + (i == k) for k, t in enumerate(rho)) for i in range(d)]
    return list(found.values())


def fractions(back, vector):
    """Return B⁻¹ times a vector modulo 1: what the vectors of one coset have in common."""
    return tuple(t % 1 for t in matrix_times(back, vector))


def with_power(problem, m, J, factors, K, rest):
    """Return the problem whose K-th iterate at A^rest z is the n-th one of the ``problem``, n = m K + rest."""
    d, seed = problem.dimension, problem.seed
    if K:
        back = power(J, -K)
        vertices = [matrix_times(back, vertex) for vertex in seed.vertices]
        order = sorted(range(len(vertices)), key=vertices.__getitem__)
        places = {number: place for place, number in enumerate(order)}
        simplices = sorted(tuple(sorted(places[corner] for corner in corners)) for corners in seed.simplices)
        seed = Seed([vertices[i] for i in order], simplices, [seed.values[i] for i in order])
    elif rest:
        terms = [
            ([tuple(map(add, corner, k)) for corner in corners], [times_value(c, value) for value in values])
            for k, c in composed(problem, 0, rest).items() for corners, values in pieces_of(seed)
        ]
        seed = summed(terms, d)
    masks = grouped(problem, m, J, rest if K else 0)
    return changed(problem, masks, seed, Dilation.diagonal(factors))


def aligned(masks):
    """Return (`Masks` whose boxes begin at 0, shifts of the first ones, shifts of those that repeat)."""
    corners = [[tuple(low for low, _ in mask.box()) for mask in part] for part in (masks.first, masks.repeat)]
    parts = zip((masks.first, masks.repeat), corners, strict=True)
    found = [
        tuple(mask.shifted(*(-t for t in corner)) for mask, corner in zip(part, own, strict=True))
        for part, own in parts
    ]
    return Masks(*found), *corners


def moved(problem, masks, first, repeat, K):
    """Return (problem, offset): the functions f_j(w + b_j), of other ``masks``, the K-th iterate being that at w − b_0.

    The shifts are those of the ``first`` masks and of those that ``repeat``.
    """
    places = places_of(problem.dilation.factors, first, repeat)
    at = places[number_of(K, first, repeat)]
    seed = problem.seed.shifted(*(-t for t in at))
    return changed(problem, masks, seed, problem.dilation), tuple(-t for t in places[0])


def places_of(factors, first, repeat):
    """Return the list of the b_j, for the shifts of the ``first`` masks and of those that ``repeat``."""

    def before(b, s):
        return tuple((t + entry) / M for t, entry, M in zip(b, s, factors, strict=True))

    b = (mpq(0),) * len(factors)
    for s in reversed(repeat):
        b = before(b, s)
    # b = M^{-p} b + what was found
    whole = [mpq(M) ** len(repeat) for M in factors]
    places = [tuple(t * scale / (scale - 1) for t, scale in zip(b, whole, strict=True))]
    for s in reversed((*first, *repeat)):
        places.insert(0, before(places[0], s))
    return places


def stacked(problem):
    """Return the problem with one component, or r of them, for each of the masks."""
    masks, r = (*problem.masks.first, *problem.masks.repeat), problem.components
    count, start = len(masks), len(problem.masks.first)
    check_components(problem, r * count)
    rows = {}
    for number, mask in enumerate(masks):
        following = number + 1 if number + 1 < count else start
        for k, c in mask.items():
            put(rows, r * count, k, c, number * r, following * r)
    seed, source = (part and copied(part, count) for part in (problem.seed, problem.source))
    return changed(problem, Masks((), (Mask(rows),)), seed, problem.dilation, source, problem.window)


def check_components(problem, count):
    """Raise `InputError` for more components than there may be."""
    if count > MAX_COMPONENTS:
        raise InputError(
            f"{problem.name}: the construction small would need more than {MAX_COMPONENTS} components, the limit; "
            "exactrelu value has no such limit"
        )
