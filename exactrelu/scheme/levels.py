"""What a reduced problem has to do with the given one, level by level: the data from which a checker sees it.

Behind j stages the functions of the reduced problem are those of the given one at other points, component by
component: it is enough to say which, at which points, and how many steps a stage is.
"""

from operator import add
from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.linear import inverse, product
from exactrelu.linear import times as matrix_times
from exactrelu.scheme.mask import number_of
from exactrelu.scheme.powers import diagonal_power, lengths, power, unit
from exactrelu.scheme.problem import Problem
from exactrelu.scheme.reductions import aligned, coset_vectors, in_eigenvectors, places_of, reduced, with_power
from exactrelu.scheme.sources import with_hats


class Level(NamedTuple):
    """Component l at w is component c of the given problem's function at ``matrix`` w + b: ``components`` {l: (c, b)}.

    A stage from here is so many ``steps`` of the given problem.
    """

    steps: int
    matrix: tuple
    components: dict


class Levels(NamedTuple):
    """The ``levels`` behind 0, 1, … stages, behind the last of which comes level ``back``.

    They are of the problem ``sourceless``, the given one or that with hats for its source; ``rest`` steps are in the
    seed of the reduced problem.
    """

    sourceless: Problem
    levels: list
    back: int
    rest: int


def levels(problem, n):
    """Return the `Levels` of the reduced problem for n; raises `InputError` as `reduced`."""
    found, d = reduced(problem, n), problem.dimension
    if problem.source is not None:
        problem = with_hats(problem)
    sourceless, basis = problem, unit(d)
    components = [(c, (mpq(0),) * d) for c in range(problem.components)]
    if diagonal_power(problem.dilation) is None:
        problem, back = in_eigenvectors(problem)
        basis = inverse(back)
        components = [(c, tuple(-t for t in rho)) for rho in coset_vectors(back) for c, _ in components]
    m, J, factors = diagonal_power(problem.dilation)
    K, rest = divmod(n, m)
    masks = problem.masks
    if problem.dilation.factors is None:
        masks = with_power(problem, m, J, factors, K, rest).masks
    plain, *shifts = aligned(masks)
    places = [(mpq(0),) * d] * (len(masks.first) + len(masks.repeat))
    if len(plain.all) < len(masks.all):
        places, masks = places_of(factors, *shifts), plain

    def level(j):
        matrix = product(basis, power(J, j)) if j else found.basis
        shift = matrix_times(matrix, places[number_of(j, *shifts)])
        copy = number_of(j, masks.first, masks.repeat) * len(components)
        own = {copy + l: (c, tuple(map(add, b, shift))) for l, (c, b) in enumerate(components)}
        return Level(m if j or not K else m + rest, matrix, own)

    if not K:
        return Levels(sourceless, [level(0)], 0, rest)
    start, size = lengths(problem, m, J, rest)
    return Levels(sourceless, list(map(level, range(start + size))), start, 0)
