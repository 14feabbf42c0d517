"""Points that may show a difference where a fact was not proved: evaluated exactly, so that a hit is a refutation."""

from random import Random

from exactrelu.certify.verdict import Counterexample
from exactrelu.rational import mpq
from exactrelu.refinement.cascade import cascade

POINTS = 200
"""The most points that are tried."""

OPERATIONS = 1_000_000
"""About how many operations on rationals may be spent on them: fewer points for deeper networks, but at least four."""

PARTS = 997
"""Random residuals are multiples of 1/997 of their range, so that no orbit is periodic for small n."""


def counterexample(problem, n, network, spot, seed=0):
    """Return a `Counterexample` with both values computed exactly, None if none of the points tried is one.

    ``spot`` (`Spot` or None) says where a fact failed. The points are the same for the same ``seed``.
    """
    random = Random(seed)
    count = max(4, min(POINTS, OPERATIONS // (1 + _cost(network))))
    for attempt in range(count):
        near = spot is not None and attempt % 4 != 3
        x, y = point_at(random, spot, n) if near else point_of(random, problem, n)
        (found,) = network.evaluate((x, y))
        target = cascade(problem, n, x, y)
        if found != target:
            return Counterexample((x, y), found, target, cell_of(problem, n, x, y))
    return None


def _cost(network):
    """Return the number of nodes and edges that an evaluation visits."""
    blocks = [network] if not hasattr(network, "terms") else [part for term in network.terms for part in term.blocks]
    sizes = {id(part): part.graph.number_of_nodes() + part.graph.number_of_edges() for part in blocks}
    return sum(sizes[id(part)] for part in blocks)


def point_at(random, spot, n):
    """Return a random point whose residuals at the stage of ``spot`` lie in its intervals, or very close to them.

    For most of the points, the residuals r^n are moved into the seams of other classes.
    """
    point = []
    is_moved = random.random() < 0.75
    for origin, length, interval, seams in zip(spot.origin, spot.lengths, spot.residual, spot.seams, strict=True):
        residual = _between(random, *interval)
        if is_moved and seams and interval[0] < interval[1]:
            scale = 2 ** (n - min(n, spot.stage))
            residual = (residual * scale // 1 + _between(random, *random.choice(seams))) / scale
        point.append(origin + (random.randrange(length << spot.stage) + residual) / 2**spot.stage)
    return tuple(point)


def _between(random, low, high):
    return low + (high - low) * mpq(random.randrange(PARTS), PARTS)


def point_of(random, problem, n):
    """Return a random point of the window or next to it, half of them within 2⁻ⁿ of a corner of a dyadic cell."""
    point = []
    for low, high in problem.window:
        cells = (high - low) * 2**n
        whole = random.randint(-2, cells + 2) if random.random() < 0.5 else random.randint(0, cells)
        point.append(low + (whole + mpq(random.randrange(-PARTS, PARTS), PARTS)) / 2**n)
    return tuple(point)


def cell_of(problem, n, x, y):
    """Return the dyadic cell (m1, m2) of level n with the point, None outside of the window."""
    cell = tuple(int((t - low) * 2**n // 1) for t, (low, _) in zip((x, y), problem.window, strict=True))
    inside = all(0 <= m < (high - low) * 2**n for m, (low, high) in zip(cell, problem.window, strict=True))
    return cell if inside else None
