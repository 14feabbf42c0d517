"""Where do the outputs of a network differ from zero? Enumerated on a polygon or on the plane, in two ways at once.

Where every unit reaches an output, many cells at a time are faster; where closed gates hide most, pieces are.
"""

from contextlib import closing
from functools import lru_cache
from time import monotonic_ns

import numpy as np

from exactrelu.cpwl.polygon import Polygon, affine_at, finite, ideal, plane, short_step
from exactrelu.errors import Contradiction
from exactrelu.field import mpq, text
from exactrelu.planar.batch import enumerate_cells, start
from exactrelu.planar.bisection import Bisection
from exactrelu.planar.forecast import AtMost
from exactrelu.planar.native import Compared, native
from exactrelu.planar.opinion import SAMPLES, Reservoir
from exactrelu.planar.pieces import common_pieces
from exactrelu.planar.pool import Lane, results
from exactrelu.planar.stages import plan

QUADRANTS = tuple(
    Polygon([finite(0, 0), ideal(x, 0), ideal(0, y)] if x * y > 0 else [finite(0, 0), ideal(0, y), ideal(x, 0)])
    for x in (1, -1)
    for y in (1, -1)
)

NOTHING = Compared(0, [], [], [], None)
"""What a core that is not there has compared."""


def compared(network, polygon, jobs, progress, announce=None):
    """Return (pieces compared, None or (point, output) where an output of ``network`` is not zero, points inside).

    ``polygon`` is where, None for all of the plane; ``announce``, if given, is told an `Estimate`.
    """
    told = None if announce is None else AtMost(network, polygon or plane(), jobs, announce)
    ways = [
        Lane(compare_cells, plan(network), [start(polygon or plane())]),
        Lane(compare_pieces, network, [polygon] if polygon else list(QUADRANTS)),
    ]
    counts, samples = [0] * len(ways), [[] for _ in ways]
    with closing(results(ways, jobs)) as tasks:
        for way, (count, found, chosen) in tasks:
            counts[way] += count
            samples[way] += chosen
            if found is not None:
                break
            if told is not None:
                told.cells(counts[0], way)
            if progress is not None:
                progress(max(counts), max(counts))
    return counts[way], found, samples[way]


def compare_cells(network_plan, stack, deadline):
    """Work through a stack of chunks: ((cells with zero outputs, (point, output) where one is not zero, points inside
    some of these cells), the rest)."""
    final, stack = enumerate_cells(network_plan, stack, deadline)
    for batch in final:
        rows = np.flatnonzero((batch.forms != 0).any(axis=1))
        if len(rows):
            forms = batch.output_forms(rows[0], network_plan)
            output = next(k for k, form in enumerate(forms) if any(form))
            return (1, (point_inside(batch.polygon(rows[0]), forms[output]), output), []), []
    count = sum(len(batch.counts) for batch in final)
    cells = [(batch, row) for batch in final for row in _spread(range(len(batch.counts)))]
    return (count, None, [batch.polygon(row).interior_point() for batch, row in _spread(cells)]), stack


def _spread(entries):
    """Return at most `SAMPLES` of the entries, evenly spread."""
    return entries[:: 1 + len(entries) // SAMPLES]


@lru_cache(maxsize=1)
def twins(network):
    """Return (the `Bisection` of a network, its `Native` or None): made once in each process, when they are needed."""
    bisection = Bisection(network)
    return bisection, native(bisection, network)


def compare_pieces(network, polygons, deadline):
    """Work through polygons, as `compare_cells` does through chunks; bounded ones are for the compiled core."""
    bisection, core = twins(network)
    bounded = [polygon for polygon in polygons if polygon.is_bounded] if core else []
    zero = ((mpq(0), mpq(0), mpq(0)),) * len(network.outputs)
    found = core.compare(bounded, [zero] * len(bounded), deadline) if core else NOTHING
    if found.differs is not None:
        return (1, _where(network, found.differs, bounded), []), []
    waiting = [polygon for polygon in polygons if not (core and polygon.is_bounded)]
    given_back = [polygon for _, polygon in found.left]
    # the bounded parts of unbounded polygons are set aside, for the core and another time
    polygons, waiting, aside = (given_back, waiting, None) if given_back else (waiting, [], [] if core else None)
    cuts, done, chosen = [], set(), Reservoir(len(polygons))
    for piece in bisection.pieces(polygons, cuts, aside):
        output = next((k for k, values in enumerate(piece.values) if any(values)), None)
        if output is not None:
            _, forms = next(common_pieces(network, piece.polygon))
            return (found.pieces + len(done) + 1, (point_inside(piece.polygon, forms[output]), output), []), []
        done.add(piece.node)
        chosen.offer(piece.polygon)
        if monotonic_ns() > deadline:
            break
    samples = [*_spread(found.samples), *(polygon.interior_point() for polygon in chosen.entries)]
    left = [*found.unfinished, *waiting, *left_over(polygons, cuts, done)]
    return (found.pieces + len(done), None, samples), left


def _where(network, point, polygons):
    """Return (a point where an output of ``network`` is not zero, its number), given a point near by, or inside."""
    values = network.evaluate(point)
    if any(values):
        return point, next(k for k, v in enumerate(values) if v)
    for polygon in polygons:
        for part, forms in common_pieces(network, polygon):
            output = next((k for k, form in enumerate(forms) if any(form)), None)
            if output is not None:
                return point_inside(part, forms[output]), output
    claim = "the compiled core finds that the networks differ next to this point, its plain twin that they are equal"
    raise Contradiction(claim, tuple(map(text, point)), (("their difference", "0"),))


def left_over(polygons, cuts, done):
    """Return the polygons that a `Bisection` made of ``polygons`` by ``cuts``, but for the nodes ``done``."""
    parts = {node: parts for node, *parts in cuts}
    stack, left = list(enumerate(polygons)), []
    while stack:
        node, polygon = stack.pop()
        if node in parts:
            line, below, above = parts[node]
            stack.extend(zip((below, above), polygon.split(line), strict=True))
        elif node not in done:
            left.append(polygon)
    return left


def point_inside(polygon, form):
    """Return a point (x, y) inside ``polygon`` at which ``form``, not the zero form, is not zero."""
    x, y = polygon.interior_point()
    if affine_at(form, x, y):
        return (x, y)
    # The zeros of the form are a line through (x, y): a step across it, small enough to stay inside, leaves it.
    step = short_step(x, y, form[:2], polygon.half_planes())
    return (x + step * form[0], y + step * form[1])
