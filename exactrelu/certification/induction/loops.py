"""Facts of one variable: the loop E of (3.1), blocks as functions along it, selectors, strips.

Functions are exact `Piecewise` functions on all of R, so an equality of two of them is an equality everywhere. Numbers
may be of any ordered field that contains the rationals.
"""

from itertools import pairwise

from exactrelu.certification.induction.facts import Unproved
from exactrelu.field import mpq
from exactrelu.planar.univariate import Piecewise, affine_combination, positive_part

THIRD = mpq(1, 3)
HALF = mpq(1, 2)
ZERO = mpq(0)
MAX_KINKS = 1 << 20
"""The most kinks of functions that lead to values of one coordinate: a small network can have exponentially many."""

CORNERS = ((mpq(0), mpq(0)), (mpq(1), mpq(1)), (mpq(1), mpq(0)))
"""E at 0, 1/3 and 2/3."""


def interpolated(points):
    """Return the `Piecewise` function through ``points`` (t, value), t increasing, constant beyond them."""
    slopes = [mpq(0), *((h1 - h0) / (t1 - t0) for (t0, h0), (t1, h1) in pairwise(points)), mpq(0)]
    segments, knots = [(mpq(0), points[0][1])], []
    for (t, height), slope in zip(points, slopes[1:], strict=True):
        if slope != segments[-1][0]:
            knots.append(t)
            segments.append((slope, height - slope * t))
    return Piecewise(tuple(knots), tuple(segments))


def loop(length=1, doublings=0, origin=ZERO):
    """Return p and q of t ↦ E(2^doublings (t − origin) mod 1) on [origin, origin + length], (0, 0) outside."""
    scale = mpq(1, 3 * 2**doublings)
    steps = range(3 * length * 2**doublings + 1)
    return tuple(interpolated([(origin + k * scale, CORNERS[k % 3][entry]) for k in steps]) for entry in (0, 1))


def along(block, positions, feeds, where):
    """Return the outputs at ``positions`` as `Piecewise` functions, given those of the inputs in ``feeds``.

    Raises `Unproved` if they depend on any other input, or have too many kinks.
    """
    part = block.part(positions)
    others = part.used_inputs() - feeds.keys()
    if others:
        raise Unproved(where, f"a value of one coordinate reads {len(others)} other inputs of the block")
    kinks = 0

    def counted(function):
        nonlocal kinks
        kinks += len(function.knots)
        if kinks > MAX_KINKS:
            raise Unproved(where, f"functions of one coordinate have more than {MAX_KINKS} kinks in all")
        return function

    return part.run(
        [feeds.get(k) for k in range(block.inputs)],
        lambda terms, bias: counted(affine_combination(terms, bias)), lambda f: counted(positive_part(f)),
    )


def doubling_error(block, before, after, where):
    """Return None if F∘E = E∘r on [0, 1], F the ``block`` from the positions ``before`` of a controller to ``after``.

    Otherwise return (t, (low, high)): a t in [0, 1) at which they differ, and an interval that holds all of them.
    """
    found = along(block, after, dict(zip(before, loop(), strict=True)), where)
    for function, wanted in zip(found, loop(1, 1), strict=True):
        if function != wanted:
            return first_difference(function, wanted) % 1, differing(function, wanted)
    return None


def digit_error(block, before, position, width, where):
    """Return None, or a t in [0, 1] at which the output at ``position`` is no selector, given E(t) at ``before``.

    ``before`` may be empty, for an output that depends on nothing.
    """
    (function,) = along(block, [position], dict(zip(before, loop(), strict=False)), where)
    return selector_error(function, mpq(0), 1, width)


def is_first_digit(function, low, length, width):
    """Return whether a function is a selector χ₁ on [low, low + length], see `selector_error`, and in [0, 1] on R."""
    span = function.range_on(None, None)
    if span is None or span[0] < 0 or span[1] > 1:
        return False
    return selector_error(function, low, length, width) is None


def first_difference(found, expected):
    """Return a t at which two different `Piecewise` functions differ."""
    knots = sorted({*found.knots, *expected.knots})
    candidates = [*knots, *((a + b) / 2 for a, b in pairwise(knots))]
    candidates += [knots[0] - 1, knots[0] - 2, knots[-1] + 1, knots[-1] + 2] if knots else [mpq(0), mpq(1)]
    return next(t for t in candidates if found(t) != expected(t))


def differing(found, expected):
    """Return (low, high), the ends of the part of [0, 1] on which two functions, different there, differ."""
    knots = sorted({mpq(0), mpq(1), *found.knots_within(0, 1), *expected.knots_within(0, 1)})
    parts = [part for part in pairwise(knots) if found.on(*part) != expected.on(*part)]
    return (parts[0][0], parts[-1][1]) if parts else (mpq(0), mpq(1))


def selector_error(function, low, length, width):
    """Return None, or a t at which ``function`` is no selector χ₁ on [low, low + length].

    On each period [i, i + 1] it has to be 0 on [width, 1/2], 1 on [1/2 + width, 1] and within [0, 1] throughout.
    """
    for index in range(length):
        start = low + index
        parts = (start + width, start + HALF, 0), (start + HALF + width, start + 1, 1)
        for begin, end, level in parts:
            if begin < end and function.on(begin, end) != (0, level):
                inside = [begin, *function.knots_within(begin, end), end]
                return next(t for t in (*inside, *((a + b) / 2 for a, b in pairwise(inside))) if function(t) != level)
    lowest, highest = function.range_on(low, low + length)
    if lowest < 0 or highest > 1:
        knots = (low, *function.knots_within(low, low + length), low + length)
        return next(t for t in knots if not 0 <= function(t) <= 1)
    return None
