"""Random problems, and points where an evaluator of V^n g is most likely to go wrong."""

from functions import random_data
from gmpy2 import mpq

from exactrelu.construction import one_pass
from exactrelu.scheme import Mask, Problem, Seed, smallest_window

HAIR = mpq(1, 2**60)


def random_mask(random, reach=2, count=6):
    """Return a mask with up to ``count`` random rational coefficients at indices in [-reach, reach]^2."""
    indices = [(random.randint(-reach, reach), random.randint(-reach, reach)) for _ in range(count)]
    return Mask({index: mpq(random.choice((-5, -1, 1, 2, 7)), random.randint(1, 6)) for index in indices})


def random_seed(random):
    """Return a small random seed anywhere near the origin, now and then the function 0."""
    vertices, triangles, values = random_data(random, 2, 2)
    return Seed(vertices, triangles, values if random.random() < 0.9 else [mpq(0)] * len(values))


def random_problem(random):
    """Return a problem with a random mask and seed on their smallest window."""
    mask, seed = random_mask(random), random_seed(random)
    return Problem("random", mask, smallest_window(mask, seed), seed)


def adversarial_points(random, problem, n, count):
    """Return points: dyadic corners, images of the seed's vertices, a hair beside both, window edges, far outside."""
    (x0, x1), (y0, y1) = problem.window
    points = [(mpq(10) ** 30, mpq(0)), (mpq(x0) - HAIR, mpq(y0)), (mpq(x1), mpq(y1)), (mpq(x1) + HAIR, mpq(y1))]
    for _ in range(count):
        scale = 2 ** random.randint(0, n + 1)
        corner = tuple(mpq(random.randint(a * scale, b * scale), scale) for a, b in problem.window)
        vx, vy = random.choice(problem.seed.vertices)
        j, k = (random.randint((2**n - 1) * a, (2**n - 1) * b) for a, b in problem.window)
        kink = ((vx + j) / 2**n, (vy + k) / 2**n)
        anywhere = tuple(mpq(random.randint(997 * (a - 1), 997 * (b + 1)), 997) for a, b in problem.window)
        for x, y in (corner, kink):
            points.append((x + random.choice((-HAIR, 0, 0, HAIR)), y + random.choice((-HAIR, 0, 0, HAIR))))
        points.append((random.choice((corner[0], mpq(x0), mpq(x1))), kink[1]))
        points.append(anywhere)
    return points


def strip_points(random, problem, n, count):
    """Return points in, and at the ends of, the strips along the dyadic lines of the three moved grids."""
    points = []
    for _ in range(count):
        shift = random.choice(one_pass.SHIFTS)
        point = []
        for low, high in problem.window:
            scale = 2 ** random.randint(0, n)
            line = mpq(random.randint(low * scale, high * scale), scale) - shift / 2**n
            width = one_pass.SEAM / 2**n
            offset = random.choice((0, width / 2**n, width / 2, width, 2 * width, width / 3, mpq(1, 2**n)))
            point.append(line + random.choice((1, 1, -1)) * offset + random.choice((0, 0, HAIR, -HAIR)))
        points.append(tuple(point))
    return points
