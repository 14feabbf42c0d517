"""Are two networks the same function on all of R²? Decided exactly, with a point where they differ if they are not.

The difference of the two networks is brought into normal form first (`normal`). If only ridges are left, it is zero if
and only if none is left. Otherwise what is left, and only that, is enumerated: the networks are equal if and only if
its affine form is zero on every piece of the plane. A refutation is evaluated again by the networks themselves.
"""

from contextlib import closing
from functools import lru_cache
from itertools import pairwise
from time import monotonic, monotonic_ns
from typing import NamedTuple

import numpy as np

from exactrelu.cpwl.polygon import Polygon, affine_at, finite, ideal, plane, short_step
from exactrelu.errors import Contradiction, InputError, UndecidedError
from exactrelu.field import Rational, mpq, text
from exactrelu.network import Affine, Network, Relu
from exactrelu.network.dag import references
from exactrelu.planar.batch import enumerate_cells, start
from exactrelu.planar.bisection import Bisection
from exactrelu.planar.native import Compared, native
from exactrelu.planar.normal import analysed
from exactrelu.planar.opinion import (
    SAMPLES,
    Reservoir,
    Side,
    chosen_points,
    confirm,
    contradiction,
    fingerprint,
    window_of,
)
from exactrelu.planar.pieces import common_pieces
from exactrelu.planar.pool import Lane, results
from exactrelu.planar.reference import planar
from exactrelu.planar.stages import plan

QUADRANTS = tuple(
    Polygon([finite(0, 0), ideal(x, 0), ideal(0, y)] if x * y > 0 else [finite(0, 0), ideal(0, y), ideal(x, 0)])
    for x in (1, -1)
    for y in (1, -1)
)

NOTHING = Compared(0, [], [], [], None)
"""What a core that is not there has compared."""

LEVEL = 3
"""Both networks are evaluated on the dyadic lattice of this level, too, before they are certified."""


class Difference(NamedTuple):
    """A point (x, y) at which output number ``output`` of the two networks has the values ``first`` != ``second``.

    >>> from exactrelu import Network, equal
    >>> equal(Network(2, [], [0, 1]), Network(2, [], [0, 0])).counterexample.output
    1
    """

    point: tuple
    first: Rational
    second: Rational
    output: int


class Equality(NamedTuple):
    """``verdict`` is "certified" (equal on all of R²), "refuted" (``counterexample`` is a `Difference`) or "undecided".

    Only "certified" is true in a condition; what is false may be undecided, for the ``reason`` that is given, so that
    ``not equality`` is no refutation. Where exactrelu is at odds with itself there is a ``contradiction``. ``pieces``
    counts the pieces that were compared: convex pieces of the plane, or strips between parallel kinks for functions of
    one linear form.

    >>> from exactrelu import Affine, Network, equal
    >>> found = equal(Network(2, [Affine((), 5)], [2]), Network(2, [Affine((), 7)], [2]))
    >>> bool(found), found.verdict, found.counterexample.first, found.counterexample.second
    (False, 'refuted', mpq(5,1), mpq(7,1))
    """

    verdict: str
    pieces: int
    counterexample: Difference | None
    reason: str | None = None
    contradiction: Contradiction | None = None

    def __bool__(self):
        return self.verdict == "certified"


def equal(first, second, jobs=None, progress=None):
    """Return the `Equality` of two networks with two inputs and equally many outputs, over all of R².

    All outputs are compared. ``jobs`` is the number of processes (None: one for each core), ``progress(done, total)``
    is told the number of pieces that were compared; the total is not known and equals it. Raises `InputError` for other
    numbers of inputs or outputs.

    Before it is "certified", both networks are evaluated at some points (`exactrelu.planar.opinion`): if they differ at
    one, it is "undecided" by a ``contradiction``.

    >>> from exactrelu import Network, Relu, equal
    >>> once, twice = Network(2, [Relu(0)], [2]), Network(2, [Relu(0), Relu(2)], [3])
    >>> assert equal(once, twice)
    >>> equal(once, Network(2, [], [0])).verdict
    'refuted'
    """
    try:
        return _decided(first, second, jobs, progress)
    except UndecidedError as stop:
        found = stop if isinstance(stop, Contradiction) else None
        return Equality("undecided", 0, None, str(stop), found)


def _decided(first, second, jobs, progress):
    """Return the `Equality` of two networks, "certified" or "refuted"; see `equal`."""
    began = monotonic()
    network = difference_network(first, second)
    analysis = analysed(network)
    pieces, undecided = 0, list(range(len(network.outputs)))
    if analysis.is_complete:
        for output, node in enumerate(network.outputs):
            normal = analysis.normals[node]
            if normal.atoms:
                continue
            undecided.remove(output)
            sides = analysis.knots(source for source, _ in network.nodes[node - 2].terms)
            pieces += sum(len(knots) + 1 for knots in sides.values()) or 1
            if not normal.is_zero:
                return Equality("refuted", pieces, _checked(first, second, point_off(normal), output))
        network = remainder(network, analysis, undecided)
    if not undecided:
        _confirm(first, second, strip_points(network, analysis), began)
        return Equality("certified", pieces, None)
    compared, found, samples = _enumerated(network, jobs, progress)
    if found is None:
        _confirm(first, second, samples, began)
        return Equality("certified", pieces + compared, None)
    point, output = found
    return Equality("refuted", pieces + compared, _checked(first, second, point, undecided[output]))


def _enumerated(network, jobs, progress):
    """Return (pieces compared, None or (point, output) where an output of ``network`` is not zero, points inside)."""
    # Where every unit reaches the output, many cells at a time are faster; where closed gates hide most, pieces are.
    ways = [
        Lane(_compare_cells, plan(network), [start(plane())]),
        Lane(_compare_pieces, network, list(QUADRANTS)),
    ]
    compared, samples = [0] * len(ways), [[] for _ in ways]
    with closing(results(ways, jobs)) as tasks:
        for way, (count, found, chosen) in tasks:
            compared[way] += count
            samples[way] += chosen
            if found is not None:
                break
            if progress is not None:
                progress(max(compared), max(compared))
    return compared[way], found, samples[way]


def difference_network(first, second):
    """Return the network with the outputs of ``first`` minus those of ``second``; `InputError` if they do not match."""
    first, second = planar(first), planar(second)
    if len(first.outputs) != len(second.outputs):
        raise InputError(f"networks with {len(first.outputs)} and {len(second.outputs)} outputs cannot be equal")
    shift = len(first.nodes)
    place = [0, 1, *range(2 + shift, 2 + shift + len(second.nodes))]
    nodes = [*first.nodes, *(renumbered(node, place) for node in second.nodes)]
    outputs = []
    for plus, minus in zip(first.outputs, second.outputs, strict=True):
        minus = place[minus]
        nodes.append(Affine(((plus, mpq(1)), (minus, mpq(-1))) if plus != minus else (), mpq(0)))
        outputs.append(len(nodes) + 1)
    return Network(2, nodes, outputs)


def remainder(network, analysis, outputs):
    """Return the network of the ``outputs``, numbers of outputs of ``network``, after cancellation in normal form.

    It consists of the units that are left, one for each atom and each knot, and of what these are computed from.
    """
    nodes, ends = list(network.nodes), []

    def node(content):
        nodes.append(content)
        return len(nodes) + 1

    for output in outputs:
        (alpha, beta, gamma), ridges, atoms = analysis.normals[network.outputs[output]]
        terms = {0: alpha, 1: beta}
        for (p, q), jumps in ridges.items():
            for knot, jump in jumps.items():
                terms[node(Relu(node(Affine(((0, mpq(p)), (1, mpq(q))), -knot))))] = jump
        for atom, weight in atoms.items():
            unit, factor = analysis.atoms[atom]
            terms[unit] = weight / factor
        ends.append(node(Affine(tuple((source, weight) for source, weight in terms.items() if weight), gamma)))
    return pruned(nodes, ends)


def pruned(nodes, outputs):
    """Return the network of ``outputs`` and those of ``nodes``, numbered from 2, that they are computed from."""
    needed = set(outputs)
    for number in range(len(nodes) + 1, 1, -1):
        if number in needed:
            needed.update(references(nodes[number - 2]))
    kept = sorted(needed.difference((0, 1)))
    place = {0: 0, 1: 1, **{number: index for index, number in enumerate(kept, 2)}}
    return Network(2, [renumbered(nodes[number - 2], place) for number in kept], [place[output] for output in outputs])


def renumbered(node, place):
    """Return the node with each node k that it refers to replaced by place[k]."""
    if type(node) is Relu:
        return Relu(place[node.of])
    return Affine(tuple((place[source], weight) for source, weight in node.terms), node.bias)


def _compare_cells(network_plan, stack, deadline):
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
def _twins(network):
    """Return (the `Bisection` of a network, its `Native` or None): made once in each process, when they are needed."""
    bisection = Bisection(network)
    return bisection, native(bisection, network)


def _compare_pieces(network, polygons, deadline):
    """Work through polygons, as `_compare_cells` does through chunks; bounded ones are for the compiled core."""
    bisection, core = _twins(network)
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
    left = [*found.unfinished, *waiting, *_left_over(polygons, cuts, done)]
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


def _left_over(polygons, cuts, done):
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


def point_off(normal):
    """Return a point (x, y) at which a `Normal` without atoms, not zero, is not zero."""
    if not normal.ridges:
        return point_inside(plane(), normal.form)
    (p, q), jumps = next(iter(normal.ridges.items()))
    knot = next(iter(jumps))
    others = [
        (mpq(r), mpq(s), -level)
        for (r, s), levels in normal.ridges.items()
        for level in levels
        if (r, s, level) != (p, q, knot)
    ]
    # A point of the line p x + q y = knot beyond all its crossings with other lines: there the function has a kink
    # across this line, and no other nearby, so that it is not zero on both sides of it.
    norm = p * p + q * q
    x, y = mpq(p) * knot / norm, mpq(q) * knot / norm
    crossings = [-affine_at(line, x, y) / (line[1] * p - line[0] * q) for line in others if line[1] * p != line[0] * q]
    t = max(crossings, default=mpq(0)) + 1
    x, y = x - t * q, y + t * p
    step = short_step(x, y, (mpq(p), mpq(q)), others)
    return next(
        (u, v)
        for u, v in ((x + k * step * p, y + k * step * q) for k in (-1, 0, 1))
        if value_at(normal, u, v)
    )


def value_at(normal, x, y):
    """Return the value of a `Normal` without atoms at (x, y)."""
    return affine_at(normal.form, x, y) + sum(
        jump * max(p * x + q * y - knot, mpq(0))
        for (p, q), jumps in normal.ridges.items()
        for knot, jump in jumps.items()
    )


def strip_points(network, analysis):
    """Return points inside some of the strips between parallel kinks of what the ``network``'s outputs are made of."""
    chosen = Reservoir(len(network.nodes))
    for output in network.outputs:
        for (p, q), knots in analysis.knots(source for source, _ in network.nodes[output - 2].terms).items():
            for low, high in pairwise(sorted(knots)):
                level = (low + high) / 2 / (p * p + q * q)
                chosen.offer((p * level, q * level))
    return chosen.entries


def _confirm(first, second, samples, began):
    """Evaluate both networks before they are certified, at ``samples`` among other points; see `confirm`."""
    claim = "the networks were found to be equal at every point of R^2"
    points = chosen_points(f"{fingerprint(first)} {fingerprint(second)}", samples, window_of(samples), LEVEL)
    confirm(claim, Side("the first network", first.evaluate), Side("the second", second.evaluate), points, began)


def _checked(first, second, point, output):
    """Return the `Difference` at ``point``, from evaluating both networks; raises `Contradiction` if there is none."""
    values = first.evaluate(point), second.evaluate(point)
    if values[0][output] == values[1][output]:
        claim = f"output {output} of the networks was found to differ"
        raise contradiction(claim, "the first network", "the second", point, *([value[output]] for value in values))
    return Difference(point, values[0][output], values[1][output], output)
