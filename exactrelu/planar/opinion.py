"""A second opinion: what is about to be certified is evaluated on both sides, exactly, at points of its own choice.

Enumerations and proofs are made to be fast; to evaluate a function at a point is as plain as can be, and shares nothing
with them. So before two functions are called equal they are evaluated at points inside some of the pieces on which they
were compared, far away, at corners of dyadic cells, beside these and at random rationals. This proves nothing; but an
error of the program that shows at one of the points ends in a `Contradiction` instead of a wrong verdict.

The points are drawn from a digest of the question, so that they are the same in every run (but for those inside pieces,
where the work is divided by time): whoever reports a contradiction can show it again. They guard against errors of this
program; where a network differs on purpose it is the proof that has to find it.
"""

from collections.abc import Callable
from itertools import islice
from random import Random
from time import monotonic
from typing import NamedTuple

from exactrelu.cpwl.polygon import coordinates
from exactrelu.errors import Contradiction
from exactrelu.field import text
from exactrelu.network.dag import Network
from exactrelu.planar.probes import PARTS, probes

LEAST, MOST = 3, 1000
"""The least and the largest number of points."""

SHARE = 10
"""A second opinion takes at most one part in so many of the time of the run, once it has seen `LEAST` points."""

FIRST = 12
"""At so many points two functions are evaluated before work that may be long, in case they differ everywhere."""

SAMPLES = 8
"""In so many pieces of a share of the work a point is chosen."""


class Side(NamedTuple):
    """One of two functions: its ``name`` in messages, and how it is evaluated: a point goes to a tuple of values."""

    name: str
    evaluate: Callable


class Reservoir:
    """At most ``size`` of the entries that were offered, each with the same chance; the ``seed`` determines which."""

    def __init__(self, seed, size=SAMPLES):
        self.entries = []
        self._size = size
        self._seen = 0
        self._random = Random(seed).random

    def offer(self, entry):
        """Take the entry, perhaps in place of another one, or leave it."""
        self._seen += 1
        if len(self.entries) < self._size:
            self.entries.append(entry)
            return
        place = int(self._random() * self._seen)
        if place < self._size:
            self.entries[place] = entry


def confirm(claim, first, second, points, began, share=SHARE):
    """Evaluate two `Side`s at some of the ``points`` and return their number; raises `Contradiction` at a difference.

    ``claim`` says what is about to be certified; ``began`` is when the run did, on the monotonic clock, and it is given
    one part in ``share`` of the time since then.
    """
    now = monotonic()
    deadline = now + (now - began) / share
    count = 0
    for count, point in enumerate(islice(points, MOST), 1):
        values = first.evaluate(point), second.evaluate(point)
        if values[0] != values[1]:
            raise contradiction(claim, first.name, second.name, point, *values)
        if count >= LEAST and monotonic() >= deadline:
            break
    return count


def early_difference(first, second, points):
    """Return the first of `FIRST` of the ``points`` at which two `Side`s differ, None if they agree at all of them."""
    return next((point for point in islice(points, FIRST) if first.evaluate(point) != second.evaluate(point)), None)


def contradiction(claim, first, second, point, values, others):
    """Return the `Contradiction` that two functions, by their names, have these tuples of values at a point."""
    different = (k for k, pair in enumerate(zip(values, others, strict=True)) if pair[0] != pair[1])
    k = next(different, 0)
    output = f" at output {k}" if len(values) > 1 else ""
    named = tuple((name + output, text(value[k])) for name, value in ((first, values), (second, others)))
    return Contradiction(claim, tuple(map(text, point)), named)


def chosen_points(seed, samples, window, level):
    """Yield the points without end: the ``samples`` in random order by turns with `probes`, then these alone."""
    random = Random(seed)
    others = probes(random, window, level)
    for sample in random.sample(samples, len(samples)):
        yield sample
        yield next(others)
    yield from others


def points_within(seed, samples, polygon):
    """Yield points of a bounded polygon without end: the ``samples``, by turns with others, then these alone.

    The others are means of the corners with random weights, in part zero, so that some lie on the border.
    """
    random = Random(seed)
    corners = [coordinates(vertex) for vertex in polygon.vertices]

    def other():
        weights = [random.choice((0, random.randrange(PARTS))) for _ in corners]
        total = sum(weights)
        if not total:
            return random.choice(corners)
        return tuple(sum(w * t for w, t in zip(weights, entries)) / total for entries in zip(*corners, strict=True))

    for sample in random.sample(samples, len(samples)):
        yield sample
        yield other()
    while True:
        yield other()


def window_of(points):
    """Return ((x0, x1), (y0, y1)), integers: a window around some points, [-1, 1] x [-1, 1] around none."""
    sides = zip(*points, strict=True) if points else ((0,), (0,))
    return tuple((int(min(side) // 1) - 1, int(max(side) // 1) + 1) for side in sides)


def fingerprint(network):
    """Return an integer that is the same for the same `Network`, `Chain` or `Sum` in every run."""
    known = {}

    def of_block(block):
        if id(block) not in known:
            known[id(block)] = hash((block.inputs, block.nodes, block.outputs))
        return known[id(block)]

    if isinstance(network, Network):
        return of_block(network)
    return hash(tuple(tuple(map(of_block, term.blocks)) for term in network.terms))
