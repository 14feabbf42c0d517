"""Opinions (`exactrelu.planar.opinion`): values at points before long work, and before a network is certified.

The network is evaluated as it was given, block by block, and V^n g by the direct sum: nothing of cells, pieces, digits,
transition matrices or blocks that were recognised is used.
"""

import json

from exactrelu.certification.verdict import Counterexample
from exactrelu.network.chain import node_count
from exactrelu.planar.opinion import SHARE, Side, chosen_points, confirm, contradiction, early_difference, fingerprint
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.pieces import cell_at, window_of
from exactrelu.scheme import problem_to_json

LONG = 1 << 18
"""Where there are so many cells times nodes of the network the work may be long, and a few points are tried first."""


def confirm_iterate(problem, n, network, samples, began, share=SHARE):
    """Evaluate a network and V^n g before they are called equal, and return at how many points.

    ``samples`` are points of which the proof says something; ``began`` and ``share`` are those of `confirm`. Raises
    `Contradiction` at a difference.
    """
    claim = f"the network was found to equal V^{n} g at every point of R^{problem.dimension}"
    return confirm(claim, *_question(problem, n, network, samples), began, share)


def early_counterexample(task, cells):
    """Return a `Counterexample` found by evaluating network and V^n g at a few points, before long work.

    ``cells`` is how many there are. It is None if the two agree at these points, and where the work is short.
    """
    if cells * node_count(task.network) <= LONG:
        return None
    point = early_difference(*_question(task.problem, task.n, task.network, []))
    return None if point is None else counterexample(task, point)


def _question(problem, n, network, samples):
    """Return the network and V^n g as `Side`s, and points without end."""
    seed = f"{json.dumps(problem_to_json(problem))} {n} {fingerprint(network)}"
    target = Side(f"V^{n} g", lambda point: (direct_sum(problem, n, *point),))
    return Side("the network", network.evaluate), target, chosen_points(seed, samples, window_of(problem, n), n)


def counterexample(task, point):
    """Return the `Counterexample` at ``point``, both values computed anew; raises `Contradiction` if they agree."""
    (found,) = task.network.evaluate(point)
    target = direct_sum(task.problem, task.n, *point)
    if found == target:
        raise at_odds(f"the network was found to differ from V^{task.n} g", task.n, point, found, target)
    return Counterexample(point, found, target, cell_at(task.problem, task.n, point))


def at_odds(claim, n, point, found, target):
    """Return the `Contradiction` of a claim with the values of the network and of V^n g at a point."""
    return contradiction(claim, "the network", f"V^{n} g", point, (found,), (target,))
