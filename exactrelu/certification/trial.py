"""A trial before an enumeration: a few squares of cells, drawn at random, are timed. What is found there is found again
later."""

from random import Random
from time import monotonic, monotonic_ns

from exactrelu.certification.shards import OUTSIDE, SHARD, block_size, block_targets
from exactrelu.planar.forecast import Estimate, cores

SIDE = 4
"""Squares of so many times so many cells are cut, after a single cell, which finds all tables empty: neighbours share
work, as in the enumeration itself."""

ROUNDS = 3
"""So many times, at least, while there is time."""

LONG = 0.25
"""Seconds of a trial that is long enough."""

MOST = 2.0
"""Seconds after which a trial is stopped: then it is known how long the work takes at least."""

SHORT = 2.0
"""Seconds of an enumeration of which nobody needs to know more."""


def estimate(task, blocks, bisections, natives, jobs):
    """Return the `Estimate` of the time in which ``jobs`` processes compare the ``blocks`` of a `Task`.

    It is the time that a cell takes in some random squares times the number of cells, and leaves out what is unbounded:
    it is None if nothing else is left. Blocks that are larger than shards are one polygon, as V^n g is zero on them;
    they count as one cell.
    """
    blocks = [block for block in blocks if block != OUTSIDE]
    if not blocks:
        return None
    sizes = [size if size <= SHARD * SHARD else 1 for size in map(block_size, blocks)]
    whole, source = sum(sizes), Random(0)

    def timed(side):
        (block,) = source.choices(blocks, sizes)
        count, part = _square(source, block, side)
        targets = block_targets(task.problem, task.n, part)
        start = monotonic()
        is_done = _cut(bisections, natives, targets, start + MOST)
        return monotonic() - start, count, is_done

    seconds, done, is_done = timed(1)
    rounds = 0
    while is_done and (not rounds or (seconds < LONG and (rounds < ROUNDS or seconds * whole / done > SHORT))):
        more, count, is_done = timed(SIDE)
        seconds, done = (seconds + more, done + count) if rounds else (more, count)
        rounds += 1
    basis = f"{done} cells, drawn from {whole}, took {'' if is_done else 'more than '}{seconds:.2g} s in one process"
    return Estimate(seconds * whole / done / cores(jobs), basis, "about" if is_done else "at least")


def _square(source, block, side):
    """Return (number of cells, they) of a random square in a block, of all of it if V^n g is zero there: one cell."""
    if block_size(block) > SHARD * SHARD:
        return 1, block
    lows = (source.randrange(low, max(low, high - side) + 1) for low, high in block)
    part = tuple((low, min(low + side, high)) for low, (_, high) in zip(lows, block, strict=True))
    return block_size(part), part


def _cut(bisections, natives, targets, end):
    """Find the pieces of the targets, (polygon, form); return whether that was done before the ``end``."""
    polygons = [polygon for polygon, _ in targets]
    for bisection, core in zip(bisections, natives, strict=True):
        left, ways = polygons, bisection
        if core is not None and len(bisections) > 1:
            ways = core
        elif core is not None:
            now = monotonic_ns()
            found = core.compare(polygons, [(form,) for _, form in targets], now + int((end - monotonic()) * 1e9))
            if found.unfinished:
                return False
            left = [polygon for _, polygon in found.left]
        for _ in ways.pieces(left):
            if monotonic() > end:
                return False
    return True
