"""What work there will be, before it is done: estimates for people who wait. No verdict depends on anything here."""

import os
import random
from statistics import fmean
from time import monotonic
from typing import NamedTuple

from exactrelu.network import Affine
from exactrelu.planar.reference import COORDINATES, descended

DESCENTS = 64
"""The most random descents."""

TERMS = 1 << 17
"""The most terms of a network in which random descents are made: one takes a second or less."""

SMALLER = 0.9
"""With this probability a descent goes on with the half that has fewer ideal vertices: it has more regions, mostly."""

SECONDS = 0.2
"""The time for random descents, though one is always made."""

FEW = 1 << 12
"""Regions that are counted in no time: as soon as so few are expected, no more descents are made."""


class Estimate(NamedTuple):
    """The ``seconds`` that some work takes on this machine, None if they are not known, and the ``basis`` of that.

    ``bound`` is "about", "at least" or "at most about".
    """

    seconds: float | None
    basis: str
    bound: str = "about"


class Expected(NamedTuple):
    """How many ``regions`` are expected, from so many random ``descents``."""

    regions: float
    descents: int

    def __str__(self):
        return f"{self.regions:.2g} activation regions expected from {self.descents} random descents"


def expected_regions(network, domain):
    """Return how many activation regions of a flat network on ``domain`` are `Expected`, None for a large network.

    Where a unit cuts, a random descent goes on with one half, and notes how probable that was. The inverse of the
    probability of all its choices has the number of regions as its mean (D. E. Knuth, Estimating the efficiency of
    backtrack programs, 1975, Theorem 1), but varies much: a mean of few descents is too small more often than too
    large.
    """
    if sum(len(node.terms) for node in network.nodes if type(node) is Affine) > TERMS:
        return None
    source, weights, end = random.Random(0), [], monotonic() + SECONDS
    while len(weights) < DESCENTS and (not weights or monotonic() < end):
        weights.append(_weight(network, domain, source))
        if len(weights) == DESCENTS // 8 and max(weights) < FEW:
            break
    return Expected(fmean(weights), len(weights))


def _weight(network, domain, source):
    """Return one over the probability of all choices of one random descent, as a float, infinity included."""
    weight = 1.0

    def one_half(halves, _):
        nonlocal weight
        first, second = halves
        ideal = [sum(not vertex[2] for vertex in half.vertices) for half in halves]
        likely = 0.5 if ideal[0] == ideal[1] else SMALLER if ideal[0] < ideal[1] else 1 - SMALLER
        chosen, probability = (first, likely) if source.random() < likely else (second, 1 - likely)
        weight /= probability
        return chosen

    descended(network, domain, list(COORDINATES), one_half)
    return weight


class AtMost:
    """``announce`` is told an `Estimate` of an enumeration of a flat network on ``domain`` by cells and by pieces.

    The two take turns, and the one that ends first is enough: pieces may be far fewer than cells.
    """

    def __init__(self, network, domain, jobs, announce):
        self._expected, self._jobs, self._announce = expected_regions(network, domain), jobs, announce
        announce(Estimate(None, str(self._expected or "so large a network may have any number of regions")))
        self._began = monotonic()

    def cells(self, done, turn):
        """Announce the time, once, as soon as both have had a ``turn``, 0 and 1, and so many cells are done."""
        if self._announce is None or self._expected is None or not (turn and done):
            return
        seconds = monotonic() - self._began
        rate = f"{2 * done / seconds:.0f} a second in one process"
        left = max(self._expected.regions, done) * seconds / done / cores(self._jobs)
        self._announce(Estimate(left, f"{self._expected}, {rate}", "at most about"))
        self._announce = None


def cores(jobs):
    """Return how many processors ``jobs`` processes can use here, None standing for one process a core."""
    here = len(os.sched_getaffinity(0))
    return here if jobs is None else min(here, jobs)
