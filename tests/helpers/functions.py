"""CPwL functions for tests: the Courant hat, and random functions on sheared, uneven grids with random diagonals."""

from gmpy2 import mpq

from exactrelu.cpwl.cpwl import CPwL

RIM = [(2, 1), (2, 2), (1, 2), (0, 1), (0, 0), (1, 0)]
HEXAGON = [(0, k, k % 6 + 1) for k in range(1, 7)]
STAR = [(0, 0), (2, 0), (mpq(1, 2), mpq(1, 2)), (0, 2), (-2, 0), (0, -2)]


def courant():
    """Return the Courant hat with its peak 1 at (1, 1)."""
    return CPwL([(1, 1), *RIM], HEXAGON, [1] + [0] * 6)


def nonconvex_star():
    """Return the hat about (0, 0) on a star with a reflex corner at (1/2, 1/2)."""
    return CPwL(STAR, [(0, k, k % 5 + 1) for k in range(1, 6)], [1, 0, 0, 0, 0, 0])


def random_data(random, columns=3, rows=3):
    """Return (vertices, triangles, values) of a random CPwL function with (columns - 1)(rows - 1) free values.

    Some of these may be 0 or equal, so that it is zero or constant on triangles inside of its support; not all are 0.
    """
    xs, ys = uneven(random, columns), uneven(random, rows)
    shear = mpq(random.randint(-2, 2), 3)
    vertices = [(x + shear * y, y) for x in xs for y in ys]
    free = iter(heights(random, (columns - 1) * (rows - 1)))
    values = [
        next(free) if 0 < i < columns and 0 < j < rows else mpq(0) for i in range(columns + 1) for j in range(rows + 1)
    ]
    triangles = []
    for i in range(columns):
        for j in range(rows):
            a, b = i * (rows + 1) + j, (i + 1) * (rows + 1) + j
            square = (a, b, b + 1, a + 1) if random.random() < 0.5 else (b, b + 1, a + 1, a)
            triangles += [square[:3], (square[0], square[2], square[3])]
    return vertices, triangles, values


def heights(random, count):
    """Return so many random values, not all of them 0; none, if ``count`` is 0, as on a grid without inner points."""
    values = [mpq(random.randint(-9, 9), random.randint(1, 5)) for _ in range(count)]
    found = [random.choice((mpq(0), mpq(1), *[value] * 6)) for value in values]
    return found if any(found) or not count else heights(random, count)


def random_function(random, columns=3, rows=3):
    """Return the random CPwL function of `random_data`."""
    return CPwL(*random_data(random, columns, rows))


def uneven(random, count):
    """Return count + 1 increasing rationals with random steps."""
    points = [mpq(random.randint(-4, 4), 2)]
    for _ in range(count):
        points.append(points[-1] + mpq(random.randint(1, 6), random.randint(2, 5)))
    return points


def random_point(random, function, near=()):
    """Return a random point in or about the support, or on, or a hair beside, one of the points ``near``."""
    if near and random.random() < 0.5:
        x, y = random.choice(near)
        hair = mpq(1, 2**60)
        return (x + random.choice((-hair, 0, hair)), y + random.choice((-hair, 0, hair)))
    (x0, x1), (y0, y1) = function.support_box() or ((0, 1), (0, 1))
    u, v = (mpq(random.randint(-4, 20), 16) for _ in range(2))
    return (x0 + u * (x1 - x0), y0 + v * (y1 - y0))
