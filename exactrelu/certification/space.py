"""Certification by enumeration in any dimension and over any field, a cell at a time, in plain Python.

Space is cut into the cells of the lattice A⁻ⁿ Z^d in a box outside of which V^n g is zero, and the unbounded regions
about it. On each of them `exactrelu.refinement.pieces` says what V^n g is and `exactrelu.planar.space` what the network
is, piece by piece; the network equals V^n g everywhere if and only if the affine forms agree on every piece. The plane
over Q is done faster by `exactrelu.certification.enumeration`.
"""

from math import prod
from time import monotonic

from exactrelu.certification.opinion import confirm_iterate, counterexample, early_counterexample
from exactrelu.certification.shards import METHOD, Outcome, Task
from exactrelu.certification.verdict import Verdict
from exactrelu.core import PLAIN
from exactrelu.cpwl.polytope import at
from exactrelu.errors import InputError
from exactrelu.planar.opinion import Reservoir
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.planar.reference import check_weights
from exactrelu.planar.space import pieces
from exactrelu.refinement.pieces import (
    cells_of, lattice_box, outside_polytopes, pieces_on, polytope_of, weights_on,
)


def certify(problem, n, network, jobs=None, progress=None):
    """Return the `Verdict` on whether ``network`` equals V_1 ⋯ V_n g, with a source or not, at every point of R^d.

    ``network`` has d inputs and one output; nothing else is believed of it. ``jobs`` is the number of processes, None
    for one a core; ``progress(done, total)`` is told of cells. Raises `InputError` for a network of another shape.
    """
    began, d = monotonic(), problem.dimension
    if network.shape != (d, 1):
        raise InputError(f"V^n g has {d} inputs and one output, but the network has {network.shape[0]} and "
                         f"{network.shape[1]}")
    task = Task(problem, n, network.flatten())
    check_weights(task.network, problem.field)
    box = lattice_box(problem, n)
    total, outside = prod(high - low for low, high in box), len(outside_polytopes(problem, n, box))
    found = early_counterexample(task, total)
    if found is not None:
        return Verdict("refuted", problem, n, network, METHOD, counterexample=found)
    left, done, count, chosen = total + outside, 0, 0, Reservoir(n)
    for _, part in results([Lane(work, task, [*range(outside), *cells_of(box)])], jobs):
        for outcome in part:
            left, done = left - 1, done + (type(outcome.block) is not int)
            count += outcome.pieces
            if outcome.point is not None:
                found = counterexample(task, outcome.point)
                return Verdict("refuted", problem, n, network, METHOD, done, count, found, engine=PLAIN)
            for sample in outcome.samples:
                chosen.offer(sample)
        if progress is not None:
            progress(done, total)
    if left:
        raise AssertionError(f"nothing is known of {left} cells and unbounded regions")
    confirm_iterate(problem, n, network, chosen.entries, began)
    return Verdict("certified", problem, n, network, METHOD, total, count, engine=PLAIN)


def work(task, blocks, deadline):
    """Return (the `Outcome`s of the blocks done before the deadline, one at least; the blocks left over).

    A block is a cell ((low, high), …) of Aⁿ z, or the number of an unbounded region.
    """
    found = []
    for block in in_time(blocks, deadline):
        found.append(compare(task, block))
        if found[-1].point is not None:
            break
    return found, blocks


def compare(task, block):
    """Return the `Outcome` of a block."""
    count, chosen = 0, Reservoir(0, 1)
    for target, form in targets_on(task, block):
        for part, (found,) in pieces(task.network, target):
            count += 1
            if found != form:
                return Outcome(block, count, point_off(part, found, form))
            chosen.offer(part)
    return Outcome(block, count, None, tuple(part.interior_point() for part in chosen.entries))


def targets_on(task, block):
    """Return [(polytope, form of V^n g on it)] for a block."""
    problem, n = task.problem, task.n
    if type(block) is int:
        region = outside_polytopes(problem, n, lattice_box(problem, n))[block]
        return [(region, (0,) * (problem.dimension + 1))]
    return pieces_on(problem, n, weights_on(problem, n, block), block, polytope_of(problem, n, block))


def point_off(part, found, form):
    """Return a point of a polytope at which two forms differ that are not equal: a vertex, or one on a ray."""
    difference = tuple(p - q for p, q in zip(found, form, strict=True))
    vertices = [g for g in part.generators if g[-1]]
    for vertex in vertices:
        if at(difference, vertex):
            return vertex[:-1]
    # the forms agree at all vertices: one step along a ray on which the slopes differ they do not
    ray = next(g for g in part.generators if not g[-1] and at(difference, g))
    return tuple(map(sum, zip(vertices[0][:-1], ray[:-1], strict=True)))
