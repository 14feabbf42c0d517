"""Are two networks the same function, everywhere or on a box? Decided exactly, with a point where they differ if not.

The difference of the two networks is brought into normal form first (`normal`). If only ridges are left, it is zero if
and only if none is left. Otherwise what is left, and only that, is enumerated: the networks are equal if and only if
its affine form is zero on every piece of the plane, or of the box. How far they are from each other is the largest
absolute value of the difference (`extremes`). A refutation is evaluated again by the networks themselves.
"""

from itertools import islice, pairwise
from time import monotonic
from typing import NamedTuple

from exactrelu import display
from exactrelu.cpwl.polygon import affine_at, plane, short_step
from exactrelu.errors import Contradiction, InputError, UndecidedError
from exactrelu.field import Rational, mpq, rational, text
from exactrelu.network import Affine, Network, Relu, as_network
from exactrelu.network.chain import node_count
from exactrelu.network.dag import references
from exactrelu.network.restriction import renumbered
from exactrelu.planar.differences import compared, point_inside
from exactrelu.planar.extremes import extremes, point_beyond
from exactrelu.planar.normal import analysed
from exactrelu.planar.opinion import FIRST, Reservoir, Side, confirm, contradiction, fingerprint
from exactrelu.planar.places import place_of
from exactrelu.planar.reference import planar

LONG = 1 << 14
"""Networks with so many nodes together may take long, and a few points are tried first."""


class Difference(NamedTuple):
    """A point at which output number ``output`` of the two networks has the values ``first`` != ``second``.

    >>> from exactrelu import Network, equal
    >>> equal(Network(2, [], [0, 1]), Network(2, [], [0, 0])).counterexample.output
    1
    """

    point: tuple
    first: Rational
    second: Rational
    output: int


class Equality(NamedTuple):
    """``verdict`` is "certified" (equal wherever it was asked), "refuted" (with a `Difference`) or "undecided".

    Only "certified" is true in a condition; what is false may be undecided, for the ``reason`` that is given, so that
    ``not equality`` is no refutation. Where exactrelu is at odds with itself there is a ``contradiction``. ``pieces``
    counts the pieces that were compared: convex pieces of the plane, or strips between parallel kinks for functions of
    one linear form. If the question was ``within`` a bound, ``largest_difference`` is the largest absolute value of a
    difference and ``at`` a point where it is taken; they are None where it has no bound, and, with no
    ``pieces``, where the search for it was stopped, as by an interrupt, but a point had been found to refute before.

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
    largest_difference: Rational | None = None
    at: tuple | None = None

    _repr_html_ = display.html

    def __bool__(self):
        return self.verdict == "certified"


def equal(first, second, jobs=None, progress=None, box=None, on=None, within=None, *, announce=None):
    """Return the `Equality` of two networks with equally many inputs and outputs, everywhere or on a part of R^m.

    All outputs are compared. ``box`` is a sequence of pairs (low, high), one for each input, ``on`` a `Slice` of the
    inputs (a line, a plane, some fixed), and then the box is one in its coordinates; two of them may vary. With
    ``within``, a rational ≥ 0, the question is whether the outputs differ by no more than that, and the largest
    difference is found. ``jobs`` is the number of processes (None: one for each core); ``progress(done, total)`` is
    told the number of pieces that were compared; the total is not known and equals it. ``announce``, if given, is told
    an `Estimate` of the time if the work takes more than a moment. Raises `InputError` for other numbers of inputs or
    outputs.

    Before it is "certified", both networks are evaluated at some points (`exactrelu.planar.opinion`): if they differ at
    one, it is "undecided" by a ``contradiction``.

    >>> from exactrelu import Network, Relu, equal
    >>> once, twice = Network(2, [Relu(0)], [2]), Network(2, [Relu(0), Relu(2)], [3])
    >>> assert equal(once, twice)
    >>> equal(once, Network(2, [], [0])).verdict
    'refuted'
    >>> assert equal(once, Network(2, [], [0]), box=[(0, 1), (-1, 1)])
    >>> equal(once, Network(2, [], [0]), box=[(-3, 1), (-1, 1)], within=4).largest_difference
    mpq(3,1)
    """
    try:
        place = place_of(first, box, on)
        if as_network(second).inputs != first.inputs:
            raise InputError(f"networks with {first.inputs} and {second.inputs} inputs cannot be equal")
        if within is None:
            return _decided(first, second, place, jobs, progress, announce)
        return _near(first, second, place, rational(within), jobs, progress, announce)
    except UndecidedError as stop:
        found = stop if isinstance(stop, Contradiction) else None
        return Equality("undecided", 0, None, str(stop), found)


def _decided(first, second, place, jobs, progress, announce):
    """Return the `Equality` of two networks in a `Place`, "certified" or "refuted"; see `equal`."""
    began = monotonic()
    difference = _early(first, second, place, 0)
    if difference is not None:
        return Equality("refuted", 0, difference)
    network = difference_network(place.network(first), place.network(second))
    analysis = analysed(network)
    pieces, undecided = 0, list(range(len(network.outputs)))
    if analysis.is_complete:
        for output, node in enumerate(network.outputs):
            normal = analysis.normals[node]
            if normal.atoms or (place.polygon and not normal.is_zero):  # what is not zero may be zero on a polygon
                continue
            undecided.remove(output)
            sides = analysis.knots(source for source, _ in network.nodes[node - 2].terms)
            pieces += sum(len(knots) + 1 for knots in sides.values()) or 1
            if not normal.is_zero:
                return Equality("refuted", pieces, _checked(first, second, place, point_off(normal), output))
        network = remainder(network, analysis, undecided)
    if not undecided:
        _confirm(first, second, place, strip_points(network, analysis), began)
        return Equality("certified", pieces, None)
    count, found, samples = compared(network, place.polygon, jobs, progress, announce)
    if found is None:
        _confirm(first, second, place, samples, began)
        return Equality("certified", pieces + count, None)
    point, output = found
    return Equality("refuted", pieces + count, _checked(first, second, place, point, undecided[output]))


def _early(first, second, place, most):
    """Return a `Difference` of more than ``most``, found by evaluating large networks at a few points, or None."""
    if first.shape != second.shape or node_count(first) + node_count(second) <= LONG:
        return None
    for point in islice(place.points(f"{fingerprint(first)} {fingerprint(second)}", []), FIRST):
        for output, (v, w) in enumerate(zip(first.evaluate(point), second.evaluate(point), strict=True)):
            if abs(v - w) > most:
                return Difference(point, v, w, output)
    return None


def _near(first, second, place, most, jobs, progress, announce):
    """Return the `Equality` of two networks up to differences of at most ``most``."""
    if most < 0:
        raise InputError(f"within: expected a difference >= 0, got {text(most)}")
    began = monotonic()
    difference = _early(first, second, place, most)
    network = difference_network(place.network(first), place.network(second))
    try:
        found = extremes(network, place.polygon, jobs, progress, announce)
    except (KeyboardInterrupt, UndecidedError):
        if difference is None:
            raise
        return Equality("refuted", 0, difference)
    ends = [(output, end) for output, ends in enumerate(found.outputs) for end in ends]
    output, largest = max(ends, key=lambda entry: (entry[1].value is None, abs(entry[1].value or 0)))
    height = largest.value
    if height is None:
        difference = _checked(first, second, place, point_beyond(network, output, largest, most), output)
        return Equality("refuted", found.pieces, difference)
    difference = _checked(first, second, place, largest.point, output, height)
    if abs(height) > most:
        return Equality("refuted", found.pieces, difference, None, None, abs(height), difference.point)
    _confirm(first, second, place, found.samples, began, most)
    return Equality("certified", found.pieces, None, None, None, abs(height), difference.point)


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


def _confirm(first, second, place, samples, began, most=None):
    """Evaluate both networks before they are certified, at ``samples`` among other points; see `confirm`.

    They are to be equal there, or to differ by no more than ``most``.
    """
    points = place.points(f"{fingerprint(first)} {fingerprint(second)}", samples)
    if most is None:
        claim = f"the networks were found to be equal {place.everywhere}"
        confirm(claim, Side("the first network", first.evaluate), Side("the second", second.evaluate), points, began)
        return

    def evaluate(point):
        return tuple(v - w for v, w in zip(first.evaluate(point), second.evaluate(point), strict=True))

    def clipped(point):
        return tuple(min(max(difference, -most), most) for difference in evaluate(point))

    claim = f"the networks were found to differ by no more than {text(most)} {place.everywhere}"
    confirm(claim, Side("their difference", evaluate), Side("what was found of it", clipped), points, began)


def _checked(first, second, place, coordinates, output, difference=None):
    """Return the `Difference` at a point, from evaluating both networks.

    Raises `Contradiction` if there is none, or if it is not the ``difference`` that was found.
    """
    point = place.point(coordinates)
    values = first.evaluate(point), second.evaluate(point)
    found = values[0][output] - values[1][output]
    if found != difference if difference is not None else not found:
        claim = f"output {output} of the networks was found to differ" + (
            "" if difference is None else f" by {text(difference)}"
        )
        raise contradiction(claim, "the first network", "the second", point, *([value[output]] for value in values))
    return Difference(point, values[0][output], values[1][output], output)
