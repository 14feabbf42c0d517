"""Points at which a difference may show: in a window and next to it, on dyadic lattices and beside them, far away."""

from exactrelu.field import mpq

PARTS = 997
"""Random residuals are multiples of 1/997 of their range, so that no orbit is periodic for small n."""

BESIDE = (0, 0, mpq(1, 2**62), mpq(-1, 2**62))
"""How far from the lattice points are taken: kinks meet there, and those of a network that is a hair off lie beside."""

FAR = 100
"""Points far away are up to 2^100 times a small vector from the window."""


def probes(random, window, level):
    """Yield points without end: far out along a ray, at a corner of a dyadic cell, anywhere, and so on.

    ``window`` is ((x0, x1), (y0, y1)), integers, or has one side or more; the cells have the side 2^-level.
    """
    while True:
        yield far_point(random, window)
        yield corner(random, window, level)
        yield point_near(random, window, level)


def far_point(random, window):
    """Return a random point on a ray that starts at a corner of the window, in one of many rational directions."""
    direction = ()
    while not any(direction):
        direction = [random.randint(-5, 5) for _ in window]
    length = mpq(2) ** random.randrange(FAR)
    return tuple(random.choice(side) + entry * length for side, entry in zip(window, direction, strict=True))


def corner(random, window, level):
    """Return a random corner of a dyadic cell in the window or in the ring of cells around it."""
    return tuple(low + mpq(random.randint(-1, ((high - low) << level) + 1), 2**level) for low, high in window)


def point_near(random, window, level):
    """Return a random point; each coordinate is one of those of `coordinate`."""
    return tuple(low + coordinate(random, (high - low) << level) / 2**level for low, high in window)


def coordinate(random, cells):
    """Return a random coordinate, in units of cells of a window of that many ``cells``.

    Half of the time it is anywhere in the window; else in it or next to it: close to the end of a cell, on a lattice
    or beside it; or else far away.
    """
    residual = mpq(random.randrange(PARTS), PARTS)
    kind = random.randrange(8)
    if kind < 4:
        return random.randrange(cells) + residual
    if kind == 4:
        return random.randint(-1, cells + 1) + residual / 16
    if kind == 5:
        return (2 * residual - 1) * 2 ** random.randrange(FAR)
    return random.randint(-1, cells) + mpq(random.randrange(24), 24) + random.choice(BESIDE)
