"""Reductions: schemes of all kinds as one operator V f(w) = Σ c_k f(M w − k), M diagonal, with one mask of matrices.

* *Dilations with a diagonal power* (`exactrelu.scheme.powers`): masks of products, those of the first step of some more
  masks, at the point A^ρ z. They vary where the power has rotations or reflections.
* *Dilations that are diagonal in a rational basis*: A B = B D. The functions F_ρ(w) = f(B w − ρ), ρ one vector of each
  coset of B Z^d, satisfy F_ρ(w) = Σ_k c_k F_ρ'(D w − κ) with A ρ + k = B κ + ρ', and f(z) = F_0(B⁻¹ z).
* *Masks that are the same up to shifts*, c^(j)_k = c_{k − s_j}: the functions f_j(w + b_j) have the mask c if
  b_j = M b_{j−1} − s_j.
* *Masks that vary*: with one component for each of them, W (f_1, …, f_p) = (V_1 f_2, V_2 f_3, …, V_p f_s) is one
  operator, s being where the masks begin to repeat, and V_1 V_2 ⋯ V_n g is the first component of Wⁿ (g, …, g).
* *A source* h that is affine on the cells of a Kuhn mesh is a combination of the hats of that mesh, h = Σ h_{m,i} Λ_i(· −
  m), and these are refined by one mask, Λ_i = Σ a Λ_i'(M · − k): f ↦ V f + h is one operator on (f, Λ_1, Λ_2, …).
"""

from functools import lru_cache
from itertools import permutations
from itertools import product as product_of
from math import lcm
from operator import add, mul, sub
from typing import NamedTuple

from exactrelu.cpwl.polytope import box_polytope, overlaid, simplices_of
from exactrelu.cpwl.simplices import barycentric_forms, box_of
from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq
from exactrelu.linear import inverse, null_space, product
from exactrelu.linear import times as matrix_times
from exactrelu.scheme.dilation import Dilation
from exactrelu.scheme.mask import MAX_COMPONENTS, Mask, Masks
from exactrelu.scheme.powers import MOST_COSETS, composed, diagonal_power, grouped, period, power, unit
from exactrelu.scheme.problem import Problem, smallest_window
from exactrelu.scheme.seed import Seed


class Reduced(NamedTuple):
    """What the n-th iterate of a problem is: the iterate number ``steps`` of another ``problem``, at matrix z + offset.

    That one has a positive diagonal dilation and one mask; a source is left where it is no combination of hats.
    """

    problem: Problem
    steps: int
    matrix: tuple
    offset: tuple


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
                f"{problem.name}: the construction small cannot do a source with the dilation {problem.dilation}, which "
                "is not diagonal with entries >= 2; exactrelu value can"
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
    pairs = []
    for value in range(-MOST_COSETS, MOST_COSETS + 1) if A.determinant <= MOST_COSETS else ():
        rows = [[a - value * (i == k) for k, a in enumerate(row)] for i, row in enumerate(A.matrix)]
        for vector in null_space(rows, d):
            scale = lcm(*(int(t.denominator) for t in vector))
            pairs.append((value, [int(t * scale) for t in vector]))
    if len(pairs) < d:
        raise InputError(
            f"{problem.name}: the construction small needs a power A^m, |det A^m| <= {MOST_COSETS}, that is a signed "
            "permutation times a diagonal matrix with entries >= 2, the two commuting, or d rational eigenvectors; the "
            f"dilation {A} has neither, exactrelu value can"
        )
    values, vectors = zip(*pairs, strict=True)
    B, back = tuple(zip(*vectors, strict=True)), inverse(tuple(zip(*vectors, strict=True)))
    places = {}
    waiting = [(0,) * d]
    for rho in waiting:
        key = tuple(t % 1 for t in matrix_times(back, rho))
        if key not in places:
            check_components(problem, r * (len(places) + 1))
            places[key] = len(places), rho
            waiting += [tuple(t + (i == k) for k, t in enumerate(rho)) for i in range(d)]
    D = Dilation(tuple(tuple(value * (i == k) for k in range(d)) for i, value in enumerate(values)))

    def vector_mask(mask):
        rows = {}
        for number, rho in places.values():
            start = A.times(rho)
            for k, c in mask.items():
                image = tuple(map(add, start, k))
                target, other = places[tuple(t % 1 for t in matrix_times(back, image))]
                kappa = tuple(map(int, matrix_times(back, tuple(map(sub, image, other)))))
                entries = rows.setdefault(kappa, [[mpq(0)] * (r * len(places)) for _ in range(r * len(places))])
                for i, l, entry in entries_of(c):
                    entries[number * r + i][target * r + l] += entry
        return Mask(rows)

    terms = []
    for number, rho in places.values():
        for corners, values in pieces_of(problem.seed):
            moved = [matrix_times(back, tuple(map(add, corner, rho))) for corner in corners]
            terms.append((moved, [in_block(value, number, len(places)) for value in values]))
    masks = Masks(*(tuple(map(vector_mask, part)) for part in (problem.masks.first, problem.masks.repeat)))
    seed = summed(terms, d)
    return changed(problem, masks, seed, D), tuple(map(tuple, back))


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


def with_hats(problem):
    """Return the problem on (f, hats of a Kuhn mesh) if its source is a combination of these, or else itself."""
    (M, *others), d, r = problem.dilation.factors, problem.dimension, problem.components
    source = pieces_of(problem.source)
    points = [corner for corners, _ in source for corner in corners]
    if not points or set(others) - {M} or any(type(t) is Quadratic for point in points for t in point):
        return problem
    sides = tuple(lcm(*(int(t.denominator) for t in along)) for along in zip(*points, strict=True))
    hats = {i: r + number for number, i in enumerate(product_of(*(range(1, k + 1) for k in sides)))}
    if (r + len(hats)) * len(problem.masks.all) > MAX_COMPONENTS:
        return problem
    lows, highs = zip(*box_of(points), strict=True)
    nodes = product_of(*(range(int(k * low) + 1, int(k * high)) for k, low, high in zip(sides, lows, highs, strict=True)))
    values = {node: values_at(problem.source, tuple(map(mpq, node, sides)), r) for node in nodes}
    values = {node: value for node, value in values.items() if any(value)}
    interpolated = [
        (corners, [tuple(-t * h for t in value) for h in heights])
        for node, value in values.items() for corners, heights in hat_pieces(node, sides)
    ]
    if summed([*source, *interpolated], d).support_box() is not None:
        return problem
    weights = {l: hat([mpq(t, M) for t in l]) for l in product_of(range(1 - M, M), repeat=d)}
    size = r + len(hats)

    def finer(node):
        """Yield (m, number of i, a) with the hat about a node being Σ a Λ_i(M · − m)."""
        for l, weight in weights.items():
            if weight:
                image = [M * t + entry for t, entry in zip(node, l, strict=True)]
                m = tuple((t - 1) // k for t, k in zip(image, sides, strict=True))
                yield m, hats[tuple(t - k * e for t, k, e in zip(image, sides, m, strict=True))], weight

    def larger(mask):
        rows = {}

        def put(m, i, l, entry):
            rows.setdefault(m, [[mpq(0)] * size for _ in range(size)])[i][l] += entry

        for k, c in mask.items():
            for i, l, entry in entries_of(c):
                put(k, i, l, entry)
        for node, value in values.items():
            for m, l, weight in finer(node):
                for i, entry in enumerate(value):
                    put(m, i, l, entry * weight)
        for node, own in hats.items():
            for m, l, weight in finer(node):
                put(m, own, l, weight)
        return Mask(rows)

    terms = [
        (corners, [(*value, *(mpq(0),) * len(hats)) for value in heights])
        for corners, heights in pieces_of(problem.seed)
    ]
    for node, own in hats.items():
        terms += [
            (corners, [tuple(h * (k == own) for k in range(size)) for h in heights])
            for corners, heights in hat_pieces(node, sides)
        ]
    masks = Masks(*(tuple(map(larger, part)) for part in (problem.masks.first, problem.masks.repeat)))
    return changed(problem, masks, summed(terms, d), problem.dilation)


def values_at(seed, point, r):
    """Return the values of all components of a seed at a point."""
    return tuple(seed.evaluate(point, component) for component in range(r))


def hat(x):
    """Return the hat about 0 of the Kuhn mesh of Z^d at x."""
    return max(mpq(0), 1 + min(0, *x) - max(0, *x))


def hat_pieces(node, sides):
    """Return [(corners, values)]: the simplices about node/k of the Kuhn mesh with cells of the sides 1/k_i."""
    found = []
    for cube in product_of(*(range(t - 1, t + 1) for t in node)):
        for order in permutations(range(len(node))):
            path = [cube]
            for axis in order:
                path.append(tuple(t + (i == axis) for i, t in enumerate(path[-1])))
            if tuple(node) in path:
                corners = [tuple(map(mpq, corner, sides)) for corner in path]
                found.append((corners, [mpq(corner == tuple(node)) for corner in path]))
    return found


def aligned(masks):
    """Return (`Masks` whose boxes begin at 0, shifts of the first ones, shifts of those that repeat)."""
    corners = [[tuple(low for low, _ in mask.box()) for mask in part] for part in (masks.first, masks.repeat)]
    parts = zip((masks.first, masks.repeat), corners, strict=True)
    found = [
        tuple(mask.shifted(*(-t for t in corner)) for mask, corner in zip(part, own, strict=True)) for part, own in parts
    ]
    return Masks(*found), *corners


def moved(problem, masks, first, repeat, K):
    """Return (problem, offset): the functions f_j(w + b_j), of other ``masks``, the K-th iterate being that at w − b_0.

    The shifts are those of the ``first`` masks and of those that ``repeat``.
    """
    factors = problem.dilation.factors

    def before(b, s):
        return tuple((t + entry) / M for t, entry, M in zip(b, s, factors, strict=True))

    b = (mpq(0),) * problem.dimension
    for s in reversed(repeat):
        b = before(b, s)
    # b = M^{-p} b + what was found
    whole = [mpq(M) ** len(repeat) for M in factors]
    places = [tuple(t * scale / (scale - 1) for t, scale in zip(b, whole, strict=True))]
    for s in reversed((*first, *repeat)):
        places.insert(0, before(places[0], s))
    at = places[K if K < len(first) else len(first) + (K - len(first)) % len(repeat)]
    seed = problem.seed.shifted(*(-t for t in at))
    return changed(problem, masks, seed, problem.dilation), tuple(-t for t in places[0])


def stacked(problem):
    """Return the problem with one component, or r of them, for each of the masks."""
    masks, r = (*problem.masks.first, *problem.masks.repeat), problem.components
    count, start = len(masks), len(problem.masks.first)
    check_components(problem, r * count)
    rows = {}
    for number, mask in enumerate(masks):
        following = number + 1 if number + 1 < count else start
        for k, c in mask.items():
            entries = rows.setdefault(k, [[mpq(0)] * (r * count) for _ in range(r * count)])
            for i, l, entry in entries_of(c):
                entries[number * r + i][following * r + l] += entry
    seed, source = (part and copied(part, count) for part in (problem.seed, problem.source))
    return changed(problem, Masks((), (Mask(rows),)), seed, problem.dilation, source, problem.window)


def changed(problem, masks, seed, dilation, source=None, window=None):
    """Return a problem with these parts and the name, component and field of another one."""
    window = smallest_window(masks, seed, dilation, source) if window is None else window
    return Problem(problem.name, masks, window, seed, dilation, source, problem.component, problem.field)


def check_components(problem, count):
    """Raise `InputError` for more components than there may be."""
    if count > MAX_COMPONENTS:
        raise InputError(
            f"{problem.name}: the construction small would need more than {MAX_COMPONENTS} components, the limit; "
            "exactrelu value has no such limit"
        )


def entries_of(coefficient):
    """Return the (i, l, entry) of a coefficient, a number or a matrix."""
    rows = coefficient if isinstance(coefficient, tuple) else ((coefficient,),)
    return [(i, l, entry) for i, row in enumerate(rows) for l, entry in enumerate(row)]


def tuple_of(value):
    """Return a value of a seed as a tuple of its components."""
    return value if isinstance(value, tuple) else (value,)


def times_value(matrix, value):
    """Return a matrix times a value of a seed."""
    return matrix_times(matrix, tuple_of(value))


def in_block(value, number, count):
    """Return a value as block ``number`` of ``count`` blocks, the others being 0."""
    zero = (mpq(0),) * len(tuple_of(value))
    return sum((tuple_of(value) if k == number else zero for k in range(count)), ())


def copied(seed, count):
    """Return the seed with ``count`` times its components."""
    return Seed(seed.vertices, seed.simplices, [tuple_of(value) * count for value in seed.values])


def pieces_of(seed):
    """Return [(corners, values at them)] of the simplices of a seed."""
    return [
        ([seed.vertices[corner] for corner in corners], [tuple_of(seed.values[corner]) for corner in corners])
        for corners in seed.simplices
    ]


def summed(terms, d):
    """Return the `Seed` in d coordinates that is the sum of functions, each affine on a simplex: (corners, values)."""
    terms = [(corners, values) for corners, values in terms if any(map(any, values))]
    if not terms:
        return Seed((), (), ())
    size = (d + 1) * len(terms[0][1][0])
    parts = [(box_polytope(box_of([corner for corners, _ in terms for corner in corners])), (mpq(0),) * size)]
    for corners, values in terms:
        facets = barycentric_forms(corners)
        form = tuple(
            sum(value[i] * facet[t] for value, facet in zip(values, facets, strict=True))
            for i in range(len(values[0])) for t in range(d + 1)
        )
        parts = overlaid(parts, facets, form)
    vertices, simplices, heights = {}, [], []
    for part, form in parts:
        if any(form):
            forms = [form[k : k + d + 1] for k in range(0, size, d + 1)]
            for simplex in simplices_of(part):
                for corner in simplex:
                    if corner not in vertices:
                        vertices[corner] = len(vertices)
                        heights.append(tuple(sum(map(mul, own, (*corner, 1))) for own in forms))
                simplices.append(tuple(vertices[corner] for corner in simplex))
    return Seed(tuple(vertices), simplices, heights)
