"""Shards that were found elsewhere, in a file or on another host, are believed; a random share of them is done again.

That finds mistakes, such as a folder of another program or a worker with a fault, the sooner the more there are. It is
no defence against somebody who means harm: a wrong shard among many may well not be in the share.
"""

from random import SystemRandom

from exactrelu.certification.shards import OUTSIDE, block_size
from exactrelu.errors import UndecidedError
from exactrelu.field import text
from exactrelu.planar.pool import Lane, results

SHARE = 50
"""One shard in so many is done again, and at least one."""

DISTRUST = "is not to be trusted; run again without it"
"""How the reason ends where a verdict would rest on something that was found to be wrong."""


def check_share(task, believed, work, jobs=None, progress=None):
    """Do a random share of shards again; raises `UndecidedError` if one of them comes out otherwise.

    ``believed`` is a list of pairs (`Outcome`, where it is from); none of them has a point, as a refutation is
    evaluated anyway. ``work``, ``jobs`` and ``progress`` are those of `exactrelu.certification.enumeration`.
    """
    chosen = {outcome.block: (outcome, origin) for outcome, origin in _share(believed)}
    done, total = 0, sum(map(block_size, chosen))
    for _, part in results([Lane(work, task, list(chosen))], jobs):
        for found in part:
            outcome, origin = chosen[found.block]
            if (found.pieces, found.point) != (outcome.pieces, outcome.point):  # samples may be others
                raise UndecidedError(
                    f"nothing was decided: {origin} has {_described(outcome)} for {_place(outcome.block)}, but done "
                    f"again here it has {_described(found)}: {origin} {DISTRUST}"
                )
            done += block_size(found.block)
            if progress is not None:
                progress(done, total)


def _share(believed):
    return SystemRandom().sample(believed, -(-len(believed) // SHARE))


def _described(outcome):
    where = "no difference" if outcome.point is None else f"a difference at ({', '.join(map(text, outcome.point))})"
    return f"{where} on {outcome.pieces} pieces"


def _place(block):
    if block == OUTSIDE:
        return "the unbounded regions"
    return "the cells " + " x ".join(f"{low}..{high - 1}" for low, high in block)
