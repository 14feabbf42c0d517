"""The producer of split trees: the plane, cut by explicit lines into polygons on each of which a network is affine.

The quadrants are cut along the border of a box of cells of the lattice A⁻ⁿ Z² outside of which V^n g is zero, and of a
ring of cells around it, then into these cells, as far as V^n g is not zero on them; each cell, and each region on which
it is zero, is cut further by the bisection (`exactrelu.planar`), which records its cuts. The line is a strip of the
plane. Where the leaves lie is no matter of trust: whoever checks the tree follows the cuts.
"""

from functools import lru_cache
from itertools import chain
from math import ceil, floor

from exactrelu.certification.trees import TreeRecorder
from exactrelu.cpwl.polygon import integral, plane, value
from exactrelu.field import mpq
from exactrelu.planar.bisection import Bisection
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.planar.reference import planar
from exactrelu.refinement.live import is_live
from exactrelu.refinement.pieces import lattice_box, power, weights_on

BATCH = 64
"""The most polygons that are handed to the bisection at once."""


def split_tree(problem, n, network, jobs=None, progress=None):
    """Return a `SplitTree` of the plane, quadrant by quadrant, on whose leaves the flat ``network`` is affine.

    ``problem`` is one of the plane over Q, with any dilation and masks, or of the line: then it is a tree of the line,
    half by half. ``jobs`` is the number of processes, None for one a core; the tree does not depend on it.
    ``progress(done, total)`` is told how many of the cells and unbounded regions are done.
    """
    network, plan = planar(network), list(_regions(problem, n))
    regions = [step for step in plan if not isinstance(step, tuple)]
    starts = range(0, len(regions), BATCH)
    trees, done = {}, 0
    for _, part in results([Lane(_work, network, [(start, regions[start : start + BATCH]) for start in starts])], jobs):
        for start, found in part:
            trees[start] = found
            done += len(found)
        if progress is not None:
            progress(done, len(regions))
    grafts = chain.from_iterable(trees[start] for start in starts)
    return _recorded(problem, plan, lambda recorder: recorder.graft(next(grafts)))


def cell_tree(problem, n):
    """Return a `SplitTree` whose leaves are the cells and unbounded regions of `split_tree`, of the plane or the line.

    Over Q(√D) there is no bisection that cuts them further: whoever checks the tree has to, along zeros of units.
    """
    return _recorded(problem, _regions(problem, n), TreeRecorder.leaf)


def _recorded(problem, plan, finish):
    """Return the `SplitTree` of a plan of `_regions`; ``finish`` is told of the recorder at each polygon of it."""
    recorder = TreeRecorder()
    for step in plan:
        if isinstance(step, tuple):
            recorder.cut(step)
        else:
            finish(recorder)
    return recorder.tree() if problem.dimension == 2 else on_line(recorder.tree())


def on_line(tree):
    """Return a `SplitTree` of the line, given one of the strip 0 ≤ y ≤ 1 for a network that does not read y."""
    return tree._replace(lines=[(a, c) for a, _, c in tree.lines])


def parts_of(ends):
    """Return the parts of a box whose trees follow each other: it is cut at 0 where a coordinate has no ends.

    ``ends`` is a pair (low, high) for each coordinate, or (None, None). With one coordinate it is a strip 0 ≤ y ≤ 1.
    """
    parts = [plane()]
    for axis, (low, high) in enumerate([*ends, (mpq(0), mpq(1))][:2]):
        slopes = mpq(axis == 0), mpq(axis == 1)
        if low is None:
            parts = [half for part in parts for half in part.split((*slopes, mpq(0)))]
        else:
            parts = [part.split((*slopes, -low))[1].split((*slopes, -high))[0] for part in parts]
    return parts


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


@lru_cache(maxsize=1)
def _prepared(network):
    """Return the `Bisection` of a network; a worker prepares its network once."""
    return Bisection(network)


def _regions(problem, n):
    """Yield the cuts (integer forms) of the quadrants and, where no more follow, the `Polygon`s, in preorder."""
    lattice = [(*row, *(mpq(0),) * (2 - len(row))) for row in power(problem.dilation, n)]
    box = lattice_box(problem, n)
    for polygon in parts_of([(None, None)] * problem.dimension):
        stack = [polygon]
        while stack:
            polygon = stack.pop()
            cut = _next_cut(problem, n, box, [_side(polygon, form) for form in lattice])
            if cut is None:
                yield polygon
                continue
            axis, place = cut
            line = integral((*lattice[axis], mpq(-place)))
            yield line
            stack += reversed(polygon.split(line))


def _side(polygon, slopes):
    """Return the range (low, high) of a linear form on a polygon, None for an end that it does not have."""
    form = (*slopes, mpq(0))
    ends = [(value(form, vertex), vertex[2]) for vertex in polygon.vertices]
    finite = [mpq(v, W) for v, W in ends if W]
    return (
        None if any(v < 0 for v, W in ends if not W) else min(finite),
        None if any(v > 0 for v, W in ends if not W) else max(finite),
    )


def _next_cut(problem, n, box, sides):
    """Return (axis, place) of the next cut of a polygon on which Aⁿ z has the ranges ``sides``, or None.

    The borders of the ring and of the box come first; then the longer side of what lies in the box is halved, down to
    single cells, unless V^n g is zero on it.
    """
    for axis, (low, high) in enumerate(box):
        for place in (low - 1, high + 1, low, high):
            if _is_between(place, sides[axis]):
                return axis, place
    if any(None in side for side in sides):
        return None
    cells = [(floor(low), ceil(high)) for low, high in sides]
    axis = max(range(len(cells)), key=lambda axis: cells[axis][1] - cells[axis][0])
    low, high = cells[axis]
    return None if high - low == 1 or _is_zero(problem, n, cells) else (axis, (low + high) // 2)


def _is_between(place, side):
    return (side[0] is None or side[0] < place) and (side[1] is None or place < side[1])


def _is_zero(problem, n, cells):
    """Return whether V^n g is zero as a matter of course on a box of cells ((low, high), …)."""
    if problem.beyond():
        return not any(weights_on(problem, n, cells))
    return not is_live(problem, n, [
        [end - (low << n) for end in side] for side, (low, _) in zip(cells, problem.window, strict=True)
    ])


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
