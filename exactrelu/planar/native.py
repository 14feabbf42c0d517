"""A `Bisection` in the compiled core: its arrays of integers, and what comes back from there, checked.

The core cuts bounded polygons depth first, in integers of 64 and 128 bits. Every sum and product in it is checked or
proven to fit; a part on which one does not fit is given back, and the plain twin, `Bisection`, does it. Where a
network has weights of more than 104 bits to begin with, or functions of one variable with numbers of more than 64,
there is no core for it.

The core is believed for no more than it must be. It compares the forms of each piece, at a point inside that is drawn
at run time, with an evaluation by other code: of the network as it was reduced to the box around the polygon, and, for
one piece of sixteen, of the network as it was given. Here the areas of the pieces of a polygon are compared with its
own, modulo a prime that is drawn at run time, and the number of pieces with that of the cuts. What does not fit
together is a `Contradiction`.
"""

import secrets
from array import array
from typing import NamedTuple

import numpy as np

from exactrelu.core import SWITCH, compiled
from exactrelu.cpwl.polygon import Polygon, coordinates, value
from exactrelu.errors import Contradiction
from exactrelu.field import is_prime, lcm, mpq, mpz, text
from exactrelu.network import Relu
from exactrelu.planar.bisection import Piece
from exactrelu.planar.variants import ZERO

DONE, OVERFLOW, MISMATCH, CONTRADICTION, STOPPED, NO_MEMORY, MISSING = range(7)
"""How a root ends, as in descend.h."""

MAX_OUTPUTS, MAX_SWITCHES, MAX_VARIANTS, MAX_VERTICES = 16, 64, 64, 22
"""What the core takes."""

SQUARES = (1 << 31) - 1
"""The largest number of a square in one direction; what lies beyond counts as that."""

WEIGHT = 104
"""The bits of a weight."""

COORDINATE = 1 << 54
"""No coordinate of a point in the core reaches this."""


class Compared(NamedTuple):
    """``pieces``: how many there are on the polygons that were compared; ``left``: pairs (number of a polygon,
    part of it that was given back, or all of it); ``unfinished``: parts for which there was no time.

    ``samples`` are points inside pieces, one for each polygon with a piece. ``differs`` is None, or a point inside a
    piece on which the forms were not those expected; then nothing else means anything.
    """

    pieces: int
    left: list
    unfinished: list
    samples: list
    differs: tuple | None


class _Root(NamedTuple):
    """A polygon for the core, its ``number`` among those asked about, and the forms expected on it times ``scale``.

    ``forms`` and ``scale`` are `halves`.
    """

    place: int
    number: int
    polygon: Polygon
    forms: array
    scale: array


class Native:
    """A `Bisection` of ``network``, a flat network, in the compiled core."""

    def __init__(self, bisection, network):
        """Raise ``OverflowError`` for a network that the core does not take."""
        self._bisection, self._network = bisection, network
        self._switches = sorted(bisection.specializer.switches)
        if len(network.outputs) > MAX_OUTPUTS or len(self._switches) > MAX_SWITCHES:
            raise OverflowError("too many outputs or switches for the core")
        self._outputs = len(network.outputs)
        self._numbers = {k: number for number, k in enumerate(sorted(bisection.functions))}
        self._known = set()
        groups = [sum(1 << self._switches.index(k) for k in group) for group in bisection.specializer.groups]
        switches = words(self._numbers[k] for k in self._switches)
        self._handle = compiled.network(switches, _bits(groups), *_given(network))
        for k in sorted(bisection.functions):
            compiled.add_function(self._handle, *_function(*bisection.functions[k], bisection.denominators[k]))

    def compare(self, polygons, forms, deadline=0):
        """Return the `Compared` of bounded ``polygons`` with ``forms``, a tuple of one for each output for each.

        After the ``deadline`` on the clock `time.monotonic_ns`, if it is not 0, the rest is unfinished.
        """
        compared, _ = self._cut(polygons, forms, False, deadline)
        return compared

    def pieces(self, polygons):
        """Yield the `Piece`s of bounded ``polygons``, those that `Bisection.pieces` yields, with no ``node``."""
        zero = ((mpq(0), mpq(0), mpq(0)),) * self._outputs
        compared, listed = self._cut(polygons, [zero] * len(polygons), True, 0)
        for number, polygon, forms in listed:
            values = (tuple(value(form, vertex) / (vertex[2] or 1) for vertex in polygon.vertices) for form in forms)
            yield Piece(number, None, polygon, tuple(values))
        for piece in self._bisection.pieces([polygon for _, polygon in compared.left]):
            yield piece._replace(root=compared.left[piece.root][0], node=None)

    def collected(self, polygons, deadline):
        """Return ([(polygon, forms) of the pieces of bounded ``polygons``], parts given back, unfinished parts)."""
        zero = ((mpq(0), mpq(0), mpq(0)),) * self._outputs
        compared, listed = self._cut(polygons, [zero] * len(polygons), True, deadline)
        pieces = [(polygon, forms) for _, polygon, forms in listed]
        return pieces, [polygon for _, polygon in compared.left], compared.unfinished

    def _cut(self, polygons, forms, collect, deadline):
        """Return (`Compared`, [(number, polygon, forms) of each piece]); pieces are either compared or collected."""
        waiting, left = _roots(polygons, forms)
        pieces, unfinished, samples, listed = 0, [], [], []
        while waiting:
            prime, ends, found, rest, given_back = self._run(waiting, collect, deadline)
            again = []
            for root, (status, count, over, cuts, area, wanted, *point) in zip(waiting, ends.tolist(), strict=True):
                if status == MISMATCH:
                    return Compared(0, [], [], [], _coordinates(point)), []
                if status == MISSING and self._add_variant(wanted % (1 << 64)):
                    again.append(root)
                elif status == MISSING:
                    left.append((root.number, root.polygon))
                elif status != DONE or count + over != cuts + 1 or area != _area(root.polygon, prime):
                    raise self._contradiction(root, point)
                else:
                    pieces += count
                    samples += [_coordinates(point)] if count else []
            listed += _listed(found, waiting, self._outputs)
            unfinished += [polygon for _, polygon, _ in _listed(rest, waiting, 0)]
            left += [(number, polygon) for number, polygon, _ in _listed(given_back, waiting, 0)]
            waiting = again
        return Compared(pieces, left, unfinished, samples, None), listed

    def _contradiction(self, root, point):
        """Return the error for pieces of a root that cannot be right, or not all of them, with a point inside."""
        point = _coordinates(point) if point[2] else root.polygon.interior_point()
        values = self._network.evaluate(point)
        return Contradiction(
            f"the pieces that the compiled core finds of {root.polygon!r} are not those of the network "
            f"(with {SWITCH}=0 the core is not used)",
            tuple(map(text, point)), tuple((f"output {k} of the network", text(v)) for k, v in enumerate(values)),
        )

    def _run(self, roots, collect, deadline):
        """Return (the prime drawn, and as arrays: the rows, the pieces, the unfinished parts, those given back)."""
        prime = _drawn_prime()
        ends, *lists = compiled.run(
            self._handle,
            words(len(root.polygon.vertices) for root in roots),
            words(entry for root in roots for vertex in root.polygon.vertices for entry in vertex),
            words(half for root in roots for half in root.forms),
            words(half for root in roots for half in root.scale),
            words(root.place for root in roots),
            collect, prime, 1 + secrets.randbelow(2**64 - 1), deadline,
        )
        ends, *lists = (np.frombuffer(part, dtype=np.int64) for part in (ends, *lists))
        return prime, ends.reshape(-1, 9), *lists

    def _add_variant(self, wanted):
        """Give the core the variant for the switches in the bits of ``wanted``; return whether it takes it."""
        if wanted in self._known:
            return True
        if len(self._known) == MAX_VARIANTS:
            return False
        zeros = frozenset(k for place, k in enumerate(self._switches) if wanted >> place & 1)
        try:
            compiled.add_variant(self._handle, wanted, *self._variant(self._bisection.variant(zeros)))
        except OverflowError:
            return False
        self._known.add(wanted)
        return True

    def _variant(self, variant):
        """Return the arrays of a `exactrelu.planar.compiled.Compiled` variant."""
        rectified, starts, sources, weights = [], [0], [], []
        for level in variant.levels:
            terms = level.terms
            rectified += [level.rectified] * (len(terms.starts) - 1)
            starts += [starts[-1] + start for start in terms.starts[1:].tolist()]
            sources += terms.sources.tolist()
            weights += terms.weights.tolist()
        sums = {slot for slot, _ in variant.sums}
        outputs = [0 if k == ZERO else variant.slots[k] for k in variant.outputs]
        return (
            words(self._numbers[k] for k in variant.used),
            words(rectified), words(starts), words(sources), halves(weights, WEIGHT),
            words(outputs), words(slot in sums for slot in outputs),
            halves(1 if k == ZERO else variant.scales[k] for k in variant.outputs),
            words(self._numbers[k] for k in variant.switches),
        )


def native(bisection, network):
    """Return the `Native` of a `Bisection`, None where there is no core or it does not take the network."""
    if compiled is None:
        return None
    try:
        return Native(bisection, network)
    except OverflowError:
        return None


def words(numbers):
    """Return integers as an array of 64-bit words; raises ``OverflowError`` if one does not fit."""
    return array("q", map(int, numbers))


def halves(numbers, bits=128):
    """Return integers as an array of 64-bit words, two for each: the high half, with the sign, and the low one.

    Raises ``OverflowError`` if one needs more than ``bits`` bits.
    """
    found = array("q")
    for number in map(int, numbers):
        if not -1 << bits - 1 <= number < 1 << bits - 1:
            raise OverflowError(f"a number of more than {bits} bits")
        low = number % 2**64
        found.extend((number >> 64, low - (low >> 63 << 64)))
    return found


def _bits(sets):
    """Return sets of up to 64 bits as an array."""
    return array("Q", sets)


def _given(network):
    """Return the arrays of a flat network, each node held times a common denominator of its weights."""
    scales, rectified, starts, sources, weights, biases = [1, 1], [], [0], [], [], []
    for node in network.nodes:
        is_unit = type(node) is Relu
        terms, bias = (((node.of, mpq(1)),), mpq(0)) if is_unit else (node.terms, node.bias)
        scale = bias.denominator
        for source, weight in terms:
            scale = lcm(scale, (weight / scales[source]).denominator)
        scales.append(scale)
        rectified.append(is_unit)
        sources += [source for source, _ in terms]
        weights += [weight * scale / scales[source] for source, weight in terms]
        starts.append(len(sources))
        biases.append(bias * scale)
    ends = network.outputs
    small, large = map(words, (rectified, starts, sources)), (halves(part, WEIGHT) for part in (weights, biases))
    return *small, *large, words(ends), halves(scales[end] for end in ends)


def _function(axis, function, scale):
    """Return the axis and the arrays of a function of one variable, times ``scale``, its common denominator."""
    values = [function(knot) * scale for knot in function.knots]
    return (
        axis,
        words(knot.numerator for knot in function.knots),
        words(knot.denominator for knot in function.knots),
        words(slope * scale for slope, _ in function.segments),
        words(intercept * scale for _, intercept in function.segments),
        words(value // 1 for value in values),
        words(-(-value // 1) for value in values),
    )


def _roots(polygons, forms):
    """Return (the `_Root`s of the polygons that the core takes, in order, pairs (number, polygon) of the others)."""
    taken, left = [], []
    for number, (polygon, expected) in enumerate(zip(polygons, map(_expected, forms), strict=True)):
        if expected is not None and _fits(polygon):
            taken.append((number, polygon, *expected))
        else:
            left.append((number, polygon))
    places = _places([polygon for _, polygon, _, _ in taken])
    return sorted(_Root(place, *root) for place, root in zip(places, taken, strict=True)), left


def _fits(polygon):
    """Whether the core takes a polygon."""
    return len(polygon.vertices) <= MAX_VERTICES and all(
        W and abs(X) < COORDINATE and abs(Y) < COORDINATE and W < COORDINATE for X, Y, W in polygon.vertices
    )


def _expected(forms):
    """Return (the entries of forms times a common denominator, that denominator), None if they do not fit."""
    entries = [entry for form in forms for entry in form]
    scale = lcm(1, *(entry.denominator for entry in entries))
    try:
        return halves(entry * scale for entry in entries), halves([scale])
    except OverflowError:
        return None


def _listed(found, roots, outputs):
    """Yield (number of the root, polygon, forms of the outputs) for the pieces in an array that the core has made."""
    at = 0
    while at < len(found):
        number, count = found[at : at + 2].tolist()
        end = at + 2 + 3 * count
        vertices = found[at + 2 : end].reshape(-1, 3).tolist()
        forms = []
        for row in found[end : end + 8 * outputs].reshape(-1, 8).tolist():
            *entries, scale = (mpz(high * 2**64 + low % 2**64) for high, low in zip(row[::2], row[1::2], strict=True))
            forms.append(tuple(mpq(entry, scale) for entry in entries))
        yield roots[number].number, Polygon.trusted(tuple(tuple(map(mpz, point)) for point in vertices)), tuple(forms)
        at = end + 8 * outputs


def _places(polygons):
    """Return a number for each bounded polygon, such that those with high bits in common are near each other.

    The plane is cut into squares about as large as the polygons, which are numbered along a Z-shaped curve.
    """
    if not polygons:
        return []
    lows, highs = zip(*map(_corners, polygons), strict=True)
    sizes = [max(b - a for a, b in zip(low, high, strict=True)) for low, high in zip(lows, highs, strict=True)]
    side = sorted(sizes)[len(sizes) // 2]
    corner = [min(entries) for entries in zip(*lows, strict=True)]
    places = []
    for low, high in zip(lows, highs, strict=True):
        x, y = (int((a + b - 2 * c) / (2 * side)) for a, b, c in zip(low, high, corner, strict=True))
        # the binary digits of both numbers in turns: read in base 4, those of one are every other digit
        places.append(2 * int(f"{min(x, SQUARES):b}", 4) + int(f"{min(y, SQUARES):b}", 4))
    return places


def _corners(polygon):
    """Return the lower left and the upper right corner of the smallest rectangle around a bounded polygon."""
    points = list(map(coordinates, polygon.vertices))
    return [[extreme(entries) for entries in zip(*points, strict=True)] for extreme in (min, max)]


def _coordinates(point):
    """Return the coordinates of a finite point, integers that need not be coprime."""
    X, Y, W = point
    return mpq(X, W), mpq(Y, W)


def _drawn_prime():
    """Return a random prime between 2^60 and 2^61."""
    while True:
        number = (1 << 60) + secrets.randbits(60)
        if is_prime(number):
            return number


def _area(polygon, prime):
    """Return twice the area of a bounded polygon modulo a prime that divides no denominator."""
    twice = 2 * polygon.area()
    return int(twice.numerator * pow(int(twice.denominator), -1, prime) % prime)
