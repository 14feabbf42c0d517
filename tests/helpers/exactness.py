"""Points where a construction is most likely to go wrong, and its disagreements with the direct sum there."""

from random import Random

from gmpy2 import mpq
from random_problems import HAIR, adversarial_points

from exactrelu.construction.atoms import decomposition
from exactrelu.construction.choices import DEFAULT
from exactrelu.refinement.direct import direct_sum


def seam_points(random, problem, n, count, choices=DEFAULT):
    """Return points in and at the ends of the strips of width δ_n along the dyadic lines of some atom's network."""
    normal, corner = problem.normalized()
    shifts = [term.shift for term in decomposition(normal.seed.function, choices.rho)] or [(mpq(0), mpq(0))]
    delta = choices.transition_width(n)
    points = []
    for _ in range(count):
        shift = random.choice(shifts)
        point = []
        for axis in (0, 1):
            scale = 2 ** random.randint(0, n + 1)
            line = corner[axis] + shift[axis] / 2**n + mpq(random.randint(0, scale * normal.size[axis]), scale)
            margin = choices.rho / 2**n
            offsets = (0, delta / 3, delta / 2, delta, margin, margin + HAIR, 5 * margin / 4, 3 * margin / 2)
            point.append(line + random.choice((1, 1, -1)) * random.choice(offsets) + random.choice((0, 0, HAIR, -HAIR)))
        points.append(tuple(point))
    return points


def disagreements(problem, n, network, count, choices=DEFAULT):
    """Return the points, among random and adversarial ones, where the network differs from V^n g by the direct sum."""
    random = Random(f"{problem.name} {n}")
    points = adversarial_points(random, problem, n, count // 8) + seam_points(random, problem, n, count // 2, choices)
    return [point for point in points if network.evaluate(point) != (direct_sum(problem, n, *point),)]
