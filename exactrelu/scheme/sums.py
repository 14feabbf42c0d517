"""Sums of functions that are affine on simplices, as seeds; masks of matrices, put together from blocks."""

from operator import mul

from exactrelu.cpwl.polytope import box_polytope, overlaid, simplices_of
from exactrelu.cpwl.simplices import barycentric_forms, box_of
from exactrelu.field import mpq
from exactrelu.linear import times as matrix_times
from exactrelu.scheme.problem import Problem, smallest_window
from exactrelu.scheme.seed import Seed


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


def put(rows, size, k, coefficient, i, l):
    """Add a coefficient, a number or a matrix, to that of k in ``rows``, matrices of a ``size``, from (i, l) on."""
    entries = rows.setdefault(k, [[mpq(0)] * size for _ in range(size)])
    for above, row in enumerate(coefficient if isinstance(coefficient, tuple) else ((coefficient,),)):
        for left, entry in enumerate(row):
            entries[i + above][l + left] += entry


def changed(problem, masks, seed, dilation, source=None, window=None):
    """Return a problem with these parts and the name, component and field of another one."""
    window = smallest_window(masks, seed, dilation, source) if window is None else window
    return Problem(problem.name, masks, window, seed, dilation, source, problem.component, problem.field)
