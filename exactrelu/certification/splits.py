"""The producer of split trees: the plane, cut by explicit lines into polygons on each of which a network is affine.

The quadrants are cut along the border of the window and a ring of dyadic cells of level n around it, then into these
cells, as far as V^n g is not zero on them; each cell, and each region on which it is zero, is cut further by the
bisection (`exactrelu.planar`), which records its cuts. Where the leaves lie is no matter of trust: whoever checks the
tree follows the cuts.
"""

from functools import lru_cache
from itertools import chain

from exactrelu.certification.settling import evaluation_of, settled
from exactrelu.certification.trees import TreeRecorder
from exactrelu.cpwl.polygon import integral, plane
from exactrelu.field import mpq, mpz
from exactrelu.planar.bisection import Bisection
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.refinement.live import is_live, middle

BATCH = 64
"""The most polygons that are handed to the bisection at once."""


def split_tree(problem, n, network, jobs=None, progress=None, settle=False):
    """Return a `SplitTree` of the plane, quadrant by quadrant, on whose leaves the flat ``network`` is affine.

    With ``settle`` it has all the cuts that the rules of the format need to see that, which are seldom more than those
    that the bisection needs (`exactrelu.certification.settling`). ``jobs`` is the number of processes, None for one a
    core; the tree does not depend on it. ``progress(done, total)`` is told how many of the cells and unbounded regions
    are done.
    """
    plan = list(_regions(problem, n))
    regions = [step for step in plan if not isinstance(step, tuple)]
    starts = range(0, len(regions), BATCH)
    trees, done = {}, 0
    work = _settled_work if settle else _work
    for _, part in results([Lane(work, network, [(start, regions[start : start + BATCH]) for start in starts])], jobs):
        for start, found in part:
            trees[start] = found
            done += len(found)
        if progress is not None:
            progress(done, len(regions))
    recorder, grafts = TreeRecorder(), chain.from_iterable(trees[start] for start in starts)
    for step in plan:
        if isinstance(step, tuple):
            recorder.cut(step)
        else:
            recorder.graft(next(grafts))
    return recorder.tree()


def bisected(network, polygons):
    """Return one `SplitTree` of ``polygons``, one after the other, on whose leaves the flat ``network`` is affine."""
    recorder = TreeRecorder()
    for tree in _bisected(Bisection(network), list(polygons)):
        recorder.graft(tree)
    return recorder.tree()


def _work(network, batches, deadline):
    """Return ([(start, trees)] of the batches done before the deadline, of one at least, and the batches left over)."""
    found = [(start, _bisected(_prepared(network), polygons)) for start, polygons in in_time(batches, deadline)]
    return found, batches


def _settled_work(network, batches, deadline):
    """Return the same as `_work`, with all the cuts that the rules of the format need."""
    found, evaluation = [], _evaluation(network)
    for start, polygons in in_time(batches, deadline):
        trees = zip(polygons, _bisected(_prepared(network), polygons), strict=True)
        found.append((start, [settled(evaluation, polygon, tree) for polygon, tree in trees]))
    return found, batches


@lru_cache(maxsize=1)
def _prepared(network):
    """Return the `Bisection` of a network; a worker prepares its network once."""
    return Bisection(network)


@lru_cache(maxsize=1)
def _evaluation(network):
    """Return the checker's evaluation of a network, likewise."""
    return evaluation_of(network)


def _regions(problem, n):
    """Yield the cuts (integer forms) of the quadrants and, where no more follow, the `Polygon`s, in preorder."""
    scale = 2**n
    places = [(low * scale - 1, high * scale + 1, low * scale, high * scale) for low, high in problem.window]
    below, above = plane().split((mpq(1), mpq(0), mpq(0)))
    for x_side, xs in ((below, (None, 0)), (above, (0, None))):
        for polygon, ys in zip(x_side.split((mpq(0), mpq(1), mpq(0))), ((None, 0), (0, None)), strict=True):
            stack = [(polygon, (xs, ys))]
            while stack:
                polygon, sides = stack.pop()
                cut = _next_cut(problem, n, sides, places)
                if cut is None:
                    yield polygon
                    continue
                axis, place = cut
                line = integral((mpz(scale * (axis == 0)), mpz(scale * (axis == 1)), mpz(-place)))
                yield line
                halves = polygon.split(line)
                low, high = sides[axis]
                for half, side in ((halves[1], (place, high)), (halves[0], (low, place))):
                    stack.append((half, (side, sides[1]) if axis == 0 else (sides[0], side)))


def _next_cut(problem, n, sides, places):
    """Return (axis, place) of the next cut of the rectangle ``sides``, in units of the cells' side, or None.

    The ``places`` of each axis come first, the borders of ring and window; then the longer side of a rectangle in the
    window is halved, down to single cells, unless V^n g is zero on it.
    """
    for axis in (0, 1):
        for place in places[axis]:
            if _is_between(place, sides[axis]):
                return axis, place
    if any(None in side for side in sides):
        return None
    lengths = [high - low for low, high in sides]
    axis = 0 if lengths[0] >= lengths[1] else 1
    in_window = [[end - (low << n) for end in side] for side, (low, _) in zip(sides, problem.window, strict=True)]
    if lengths[axis] == 1 or not is_live(problem, n, in_window):
        return None
    return axis, middle(sides[axis], n)


def _is_between(place, side):
    return (side[0] is None or side[0] < place) and (side[1] is None or place < side[1])


def _bisected(bisection, polygons):
    """Return the `SplitTree` of each of the polygons."""
    cuts = []
    for _ in bisection.pieces(polygons, cuts):
        pass
    children = {node: (line, below, above) for node, line, below, above in cuts}
    return [_tree_below(root, children) for root in range(len(polygons))]


def _tree_below(root, children):
    """Return the `SplitTree` of the node ``root``; ``children`` maps a node that was cut to (line, below, above)."""
    recorder, stack = TreeRecorder(), [root]
    while stack:
        node = stack.pop()
        if node in children:
            line, below, above = children[node]
            recorder.cut(line)
            stack += [above, below]
        else:
            recorder.leaf()
    return recorder.tree()
