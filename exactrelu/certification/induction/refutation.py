"""Points that may show a difference where a fact was not proved: evaluated exactly, so that a hit is a refutation."""

from math import prod
from random import Random
from typing import NamedTuple

from exactrelu.certification.verdict import Counterexample
from exactrelu.field import mpq
from exactrelu.planar.opinion import contradiction
from exactrelu.planar.probes import PARTS, point_near
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.pieces import cell_at, window_of

POINTS = 300
"""The most points that are tried."""

OPERATIONS = 1_000_000
"""About how many operations on rationals may be spent on them: fewer points for deeper networks, but at least four."""

ANYWHERE = (mpq(0), mpq(1))
"""The interval of a residual of which nothing is known."""


class Spot(NamedTuple):
    """Where a fact on one shift class or term failed: candidates for points at which the network is wrong.

    ``origin`` is where its dyadic grid starts, ``lengths`` are the sides of its window; the residual r^k at ``stage`` k
    lies in the intervals ``residual``. ``seams`` has, for each coordinate, intervals of the residual r^n in which this
    class shows: another one is shut, or the atom is not zero.
    """

    stage: int
    origin: tuple
    lengths: tuple
    residual: tuple
    seams: tuple

    def anywhere(self):
        """Return the spot with all residuals at its stage."""
        return self._replace(residual=(ANYWHERE, ANYWHERE))


def counterexample(problem, n, network, spot, seed=0):
    """Return a `Counterexample` with both values computed exactly, None if none of the points tried is one.

    ``spot`` (`Spot` or None) says where a fact failed. The points are the same for the same ``seed``.
    """
    random = Random(seed)
    count = max(4, min(POINTS, OPERATIONS // (1 + _cost(network) + _target_cost(problem, n))))
    for attempt in range(count):
        near = spot is not None and attempt % 3 != 2
        point = point_at(random, spot, n) if near else point_near(random, window_of(problem, n), n)
        (found,) = network.evaluate(point)
        target = cascade(problem, n, *point)
        if found != target:
            confirm_target(problem, n, point, target)
            return Counterexample(point, found, target, cell_at(problem, n, point))
    return None


def confirm_target(problem, n, point, target):
    """Raise `Contradiction` unless the direct sum gives the value ``target`` of V^n g, too."""
    other = direct_sum(problem, n, *point)
    if other != target:
        names = f"V^{n} g by the cascade", f"V^{n} g by the direct sum"
        raise contradiction(f"the network was found to differ from V^{n} g", *names, point, (target,), (other,))


def _target_cost(problem, n):
    """Return about how many products V^n g takes at a point: in n steps every coefficient moves entries of a row."""
    sides = (high - low for low, high in window_of(problem, n))
    return int(n * prod(sides)) * max(map(len, problem.masks.all)) // problem.dilation.determinant


def _cost(network):
    """Return the number of nodes and edges that an evaluation visits."""
    blocks = [network] if not hasattr(network, "terms") else [part for term in network.terms for part in term.blocks]
    sizes = {id(part): part.graph.number_of_nodes() + part.graph.number_of_edges() for part in blocks}
    return sum(sizes[id(part)] for part in blocks)


def point_at(random, spot, n):
    """Return a random point whose residuals at the stage of ``spot`` lie in its intervals, or very close to them.

    Most of the residuals r^n are moved into the ``seams`` of the spot.
    """
    point = []
    for origin, length, interval, seams in zip(spot.origin, spot.lengths, spot.residual, spot.seams, strict=True):
        residual = _between(random, *interval)
        if seams and interval[0] < interval[1] and random.random() < 0.7:
            scale = 2 ** (n - min(n, spot.stage))
            residual = (residual * scale // 1 + _between(random, *random.choice(seams))) / scale
        point.append(origin + (random.randrange(length << spot.stage) + residual) / 2**spot.stage)
    return tuple(point)


def _between(random, low, high):
    return low + (high - low) * mpq(random.randrange(PARTS), PARTS)
