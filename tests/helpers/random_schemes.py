"""Random problems of all kinds: any dimension, dilation, number of components, field, masks that vary, a source."""

from itertools import permutations, product
from random import Random

from gmpy2 import mpq

from exactrelu.field import RATIONALS, Field
from exactrelu.scheme import Mask, Masks, Problem, Seed, builtin_seed, smallest_window
from exactrelu.scheme.dilation import as_dilation

HAIR = mpq(1, 2**60)

HAT = builtin_seed("hat")

MATRICES = {
    1: ([[-2]], [[-3]]),
    2: (
        [[1, 1], [1, -1]], [[1, -1], [1, 1]], [[1, 2], [-2, -1]], [[2, 1], [0, 2]], [[2, -1], [1, 2]], [[0, 2], [1, 0]],
        [[-2, 0], [0, 3]], [[2, 1], [0, 4]], [[0, 3], [-2, 0]], [[1, -4], [1, 1]],
    ),
    3: ([[0, 0, 2], [1, 0, 0], [0, 1, 0]], [[1, 1, 0], [1, -1, 0], [0, 0, 2]], [[2, 0, 0], [0, -2, 0], [0, 0, 2]]),
}


def kuhn_mesh(d, cells=2):
    """Return (vertices, simplices) of the Kuhn triangulation of [0, cells]^d: d! simplices a unit cube."""
    vertices = list(product(range(cells + 1), repeat=d))
    position = {vertex: index for index, vertex in enumerate(vertices)}
    simplices = []
    for corner in product(range(cells), repeat=d):
        for order in permutations(range(d)):
            path = [corner]
            for axis in order:
                path.append(tuple(t + (i == axis) for i, t in enumerate(path[-1])))
            simplices.append(tuple(position[vertex] for vertex in path))
    return vertices, simplices


def random_number(random, field):
    """Return a number of the field; small, with signs, and now and then zero."""
    def fraction():
        return mpq(random.choice((-5, -3, -1, 0, 1, 2, 7)), random.randint(1, 6))

    return fraction() if field.root is None else fraction() + fraction() * field.parse(f"sqrt({field.root})", "root")


def random_value(random, field, r):
    """Return a number, or a tuple of r numbers."""
    return random_number(random, field) if r == 1 else tuple(random_number(random, field) for _ in range(r))


def random_kuhn_seed(random, d, r=1, field=RATIONALS):
    """Return a seed on a Kuhn mesh, stretched, sheared and moved, with random values at its inner vertices."""
    vertices, simplices = kuhn_mesh(d)
    steps = [mpq(random.randint(1, 4), random.randint(1, 4)) for _ in range(d)]
    shear = mpq(random.choice((0, 0, 1, -1)), 3)
    offset = [mpq(random.randint(-3, 3), random.randint(1, 3)) for _ in range(d)]
    zero = 0 if r == 1 else (0,) * r
    moved, values = [], []
    for vertex in vertices:
        point = [t * step + start for t, step, start in zip(vertex, steps, offset, strict=True)]
        point[0] += shear * sum(point[1:])
        moved.append(tuple(point))
        inside = all(0 < t < 2 for t in vertex)
        values.append(random_value(random, field, r) if inside else zero)
    return Seed(moved, simplices, values)


def random_scheme_mask(random, d, r=1, field=RATIONALS, reach=2, count=5):
    """Return a mask with up to ``count`` random coefficients at indices in [-reach, reach]^d."""
    def coefficient():
        return random_number(random, field) if r == 1 else [random_value(random, field, r) for _ in range(r)]

    zero = tuple(random.randint(-reach, reach) for _ in range(d))
    indices = [tuple(random.randint(-reach, reach) for _ in range(d)) for _ in range(count)]
    one = 1 if r == 1 else [[int(i == (k + 1) % r) for k in range(r)] for i in range(r)]
    return Mask({index: coefficient() for index in indices} | {zero: one})


def random_dilation(random, d, diagonal=None):
    """Return a dilation of R^d: a number, one for each coordinate, or a matrix; diagonal or not, if that is wanted."""
    if diagonal is False or (diagonal is None and random.random() < 0.4):
        return as_dilation(random.choice(MATRICES[d]), d)
    return as_dilation(random.choice((2, 3, [random.randint(2, 4) for _ in range(d)])), d)


def random_scheme(random, dimension=None, diagonal=None):
    """Return a random `Problem`."""
    d = dimension or random.choice((1, 1, 2, 2, 3))
    r = random.choice((1, 1, 2, 3)) if d < 3 else random.choice((1, 1, 2))
    field = random.choice((RATIONALS, RATIONALS, Field(2), Field(3), Field(5)))
    dilation = random_dilation(random, d, diagonal)
    masks = random_scheme_mask(random, d, r, field)
    if random.random() < 0.4:
        first, repeat = (
            tuple(random_scheme_mask(random, d, r, field) for _ in range(count))
            for count in (random.randint(0, 2), random.randint(1, 2))
        )
        masks = Masks(first, repeat)
    seed = random_kuhn_seed(random, d, r, field)
    source = random_kuhn_seed(random, d, r, field) if random.random() < 0.4 else None
    window = smallest_window(masks, seed, dilation, source)
    return Problem("random", masks, window, seed, dilation, source, random.randrange(r), field)


def scheme_points(random, problem, n, count):
    """Return points: far outside, at random, n steps back from points of simplices and their faces, or a hair off."""
    d, points = problem.dimension, [(mpq(10) ** 30,) * problem.dimension]
    seeds = [problem.seed] + ([] if problem.source is None else [problem.source])
    indices = [k for mask in problem.masks.all for k in mask]
    for _ in range(count):
        seed = random.choice(seeds)
        if random.random() < 0.8:
            weights = [random.choice((0, 1, 1, 2, 3)) for _ in range(d)] + [1]
            corners = [seed.vertices[corner] for corner in random.choice(seed.simplices)]
            random.shuffle(corners)
            point = tuple(
                sum(w * t for w, t in zip(weights, side, strict=True)) / mpq(sum(weights))
                for side in zip(*corners, strict=True)
            )
        else:
            point = tuple(mpq(random.randint(-30, 60), random.choice((7, 8, 9, 12))) for _ in range(d))
        for _ in range(n):
            k = random.choice(indices)
            point = tuple(
                sum(a * (t + j) for a, t, j in zip(row, point, k, strict=True)) for row in problem.dilation.inverse
            )
        points.append(tuple(t + random.choice((0, 0, HAIR, -HAIR)) for t in point))
    return points


def kuhn_hat(d, height=1):
    """Return the hat about the middle of [0, 1]^d on a Kuhn mesh."""
    vertices, simplices = kuhn_mesh(d)
    return Seed(
        [[mpq(t, 2) for t in vertex] for vertex in vertices], simplices, [height * int({*v} == {1}) for v in vertices]
    )


def random_diagonal_scheme(seed, d):
    """Return a random `Problem` with a diagonal dilation; some are over Q(√D)."""
    return random_scheme(Random(seed), d, True)


def line(coefficients, dilation=2, seed=HAT, **rest):
    """Return a problem on the line with masks {index: coefficient}, or a list of them."""
    masks = Mask(coefficients) if isinstance(coefficients, dict) else Masks((), tuple(map(Mask, coefficients)))
    source = rest.get("source")
    return Problem("line", masks, smallest_window(masks, seed, dilation, source), seed, dilation, **rest)
