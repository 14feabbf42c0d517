"""Certification by enumeration on the line: all kinks of the network beside all of V^n g, an interval at a time.

The window is cut into intervals, each of some hundreds of cells of level n. On each of them the network is computed as
a piecewise linear function (`exactrelu.planar.line`), and the changes of slope of V^n g inside follow from the mask
(`exactrelu.refinement.knots`). If both change their slopes at the same places by as much, their difference is affine
there, and zero if it is zero at two points, at which both are evaluated. Beyond the window both have to be zero.
"""

from itertools import pairwise
from time import monotonic
from typing import NamedTuple

from exactrelu.certification.opinion import at_odds, confirm_iterate, counterexample, early_counterexample
from exactrelu.certification.shards import METHOD, Task, difference_at
from exactrelu.certification.verdict import Verdict, check_shape
from exactrelu.core import PLAIN
from exactrelu.field import mpq
from exactrelu.planar.line import outputs_on
from exactrelu.planar.opinion import Reservoir
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.planar.reference import check_weights
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.knots import jumps_within, step_above


class Compared(NamedTuple):
    """What comes out of an interval: the number of ``pieces``, a point where the two differ or None, one inside."""

    pieces: int
    point: object
    inside: object


def certify(problem, n, network, jobs=None, progress=None):
    """Return the `Verdict` on whether ``network`` equals V_1 ⋯ V_n g, with a source or not, at every point of the line.

    ``network`` has one input and one output; nothing else is believed of it. ``jobs`` is the number of processes, None
    for one a core; ``progress(done, total)`` is told of cells. Raises `InputError` for a network of another shape.
    """
    began = monotonic()
    check_shape(problem, network)
    task = Task(problem, n, network.flatten())
    check_weights(task.network, problem.field)
    (M,), m = problem.dilation.factors, step_above(problem, n)
    ((low, high),) = problem.window
    found = early_counterexample(task, (high - low) * M**n)
    if found is not None:
        return Verdict("refuted", problem, n, network, METHOD, counterexample=found)
    places = [None, *range(low * M**m, high * M**m)]
    total, size = len(places) - 1, M ** (n - m)
    done, pieces, chosen = 0, 0, Reservoir(n)
    for _, part in results([Lane(work, task, places)], jobs):
        for place, found in part:
            done, pieces = done + (place is not None), pieces + found.pieces
            if found.point is not None:
                difference = counterexample(task, (found.point,))
                return Verdict("refuted", problem, n, network, METHOD, done * size, pieces, difference, engine=PLAIN)
            if found.inside is not None:
                chosen.offer((found.inside,))
        if progress is not None:
            progress(done * size, total * size)
    if done != total:
        raise AssertionError(f"nothing is known of {total - done} intervals")
    confirm_iterate(problem, n, network, chosen.entries, began)
    return Verdict("certified", problem, n, network, METHOD, total * size, pieces, engine=PLAIN)


def work(task, places, deadline):
    """Return ([(place, `Compared`)] for the places done before the deadline, one at least; the places left over)."""
    found = []
    for place in in_time(places, deadline):
        found.append((place, beyond(task) if place is None else compare(task, place)))
        if found[-1][1].point is not None:
            break
    return found, places


def compare(task, cell):
    """Return the `Compared` of the interval (cell, cell + 1) / M^m with the m of `step_above`."""
    problem, n = task.problem, task.n
    (M,), m = problem.dilation.factors, step_above(problem, n)
    low, high = mpq(cell, M**m), mpq(cell + 1, M**m)
    (output,) = outputs_on(task.network, low, high)
    slopes = pairwise(slope for slope, _ in output.segments)
    jumps = {t: after - before for t, (before, after) in zip(output.knots, slopes, strict=True)}
    expected = jumps_within(problem, n, m, cell)
    knots = [low, *sorted({*jumps, *expected}), high]
    inside = (knots[0] + knots[1]) / 2
    if all(output(t) == direct_sum(problem, n, t) for t in (low, inside)) and jumps == expected:
        return Compared(len(knots) - 1, None, inside)
    # the difference is affine between neighbouring knots, so that one of them is a point where it is not zero
    return Compared(len(knots) - 1, first_off(task, sorted([*knots, inside])), None)


def beyond(task):
    """Return the `Compared` of both sides of the window, where V^n g is zero."""
    ((low, high),) = task.problem.window
    for end, side, step in ((low, (None, low), -1), (high, (high, None), 1)):
        (output,) = outputs_on(task.network, *side)
        if output.knots or any(output.segments[0]):
            knots = sorted([mpq(end), *output.knots], key=lambda t: step * t)
            return Compared(len(knots), first_off(task, [*knots, knots[-1] + step]), None)
    return Compared(2, None, None)


def first_off(task, points):
    """Return the first of the points at which network and V^n g differ; raises `Contradiction` if there is none."""
    for t in points:
        if difference_at(task, (t,)):
            return t
    claim, t = f"the network was found to differ from V^{task.n} g", points[0]
    raise at_odds(claim, task.n, (t,), task.network.evaluate((t,))[0], direct_sum(task.problem, task.n, t))
