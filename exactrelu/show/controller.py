"""The controller that carries the digits: the loop, its doubling, readouts, selectors, the strips and an orbit.

The curves are those of the code: each is a function of one variable that a small network computes, and its knots are
found exactly. Figure 1 of the paper is here right side up: ρ⁻ is modified next to t = 0, ρ⁺ next to t = 1.
"""

from itertools import pairwise

from exactrelu.construction.loop import THIRD, controller, embedding
from exactrelu.construction.readout import minus_readout, plus_readout
from exactrelu.construction.selector import digit_selectors
from exactrelu.field import mpq
from exactrelu.network.builder import Builder
from exactrelu.planar.univariate import univariate_nodes
from exactrelu.refinement.cascade import residual
from exactrelu.show.frames import PANEL
from exactrelu.show.svg import Picture, arrow, dot, heading, label, lowered, polyline, rect, segment

EPSILON = mpq(1, 8)
"""The seam width ε̄ that is drawn; those of the constructions are too narrow to be seen."""

MARGIN = mpq(1, 5)
"""The margin ϱ of the support that is drawn."""

DELTA = mpq(1, 24)
"""The width of the transition of a selector that is drawn."""

ORBIT_STRIP = mpq(1, 40)
ORBIT_START = mpq(37, 64), mpq(33, 128)
ORBIT_STEPS = 3

HALF = mpq(1, 2)
HEIGHT = 300


def curves(*outputs):
    """Return for t in [0, 1] the exact polygon t ↦ (t, values) of functions of the loop point E(t).

    Each of ``outputs`` is a function of a builder and the expressions p and q with E(t) = (p, q). The result lists
    (t, value of the first, value of the second, …) at 0, 1 and all knots between them.
    """
    b = Builder(2)
    p, q = embedding(b, b.inputs[0])
    network = b.network([output(b, p, q) for output in outputs])
    nodes = univariate_nodes(network)
    functions = [nodes[output][1] for output in network.outputs]
    knots = sorted({mpq(0), mpq(1), *(t for function in functions for t in function.knots_within(mpq(0), mpq(1)))})
    return [(t, *(function(t) for function in functions)) for t in knots]


def loop_points(start=mpq(0), end=mpq(1)):
    """Return the corners of the part E([start, end]) of the loop, its ends included."""
    return _part([(t, (p, q)) for t, p, q in curves(lambda b, p, q: p, lambda b, p, q: q)], start, end)


def doubled_points(start, end):
    """Return the corners of F(E([start, end])), its ends included."""
    knots = curves(lambda b, p, q: controller(b, p, q)[0], lambda b, p, q: controller(b, p, q)[1])
    return _part([(t, (p, q)) for t, p, q in knots], start, end)


def _part(knots, start, end):
    """Return the points of a polygon in the plane, given at its knots, from one parameter to another."""
    inner = [point for t, point in knots if start < t < end]
    return [_at(knots, start), *inner, _at(knots, end)]


def _at(knots, t):
    for (before, one), (after, other) in pairwise(knots):
        if before <= t <= after:
            share = (t - before) / (after - before)
            return tuple(a + share * (b - a) for a, b in zip(one, other))
    raise ValueError(f"the loop has parameters in [0, 1], got {t}")


def loop_panel():
    """Return E: once round the triangle, with ticks at sixths and the two stretches next to the seam."""
    def put(point):
        return 40 + 200 * point[0], 250 - 200 * point[1]

    triangle = [put(point) for point in loop_points()[:-1]]
    parts = [
        heading("E runs once round the loop Γ"),
        polyline("panel", 0, triangle, close=True),
        polyline("s2", 13, map(put, loop_points(mpq(0), EPSILON)), stroke_opacity=".3"),
        polyline("s1", 13, map(put, loop_points(1 - EPSILON, mpq(1))), stroke_opacity=".35"),
        polyline("line-ink", 2, triangle, close=True, stroke_linejoin="round"),
    ]
    for t in (mpq(1, 4), mpq(5, 12), mpq(3, 4)):
        (x, y), (X, Y) = map(put, loop_points(t, t + mpq(1, 100)))
        parts.append(arrow(x, y, X - x, Y - y, 7))
    places = (
        ("", -8, 18, ""), ("1/6", -9, 2, " end"), ("t = 1/3", 6, -8, ""), ("1/2", 9, 4, ""), ("t = 2/3", 9, 14, ""),
        ("5/6", 0, 20, " middle"),
    )
    for k, (words, dx, dy, anchor) in enumerate(places):
        x, y = put(loop_points(mpq(k, 6), mpq(1))[0])
        parts.append(dot("paper" if k else "ink", x, y, mpq(16, 5), "line-ink"))
        if words:
            parts.append(label(x + dx, y + dy, words, "ink" + anchor))
    parts += [
        label(14, 276, "t = 0 and t = 1:"), label(14, 291, "the seam, (0, 0)"),
        label(228, 42, "(1, 1)", "muted small end"), label(246, 284, "(1, 0)", "muted small"),
    ]
    description = (
        "The boundary of the triangle (0, 0), (1, 1), (1, 0). E(t) starts at (0, 0), reaches (1, 1) at t = 1/3 and "
        "(1, 0) at t = 2/3 and returns to (0, 0), the seam, at t = 1. The stretches next to the seam are marked."
    )
    return Picture("loop", "The loop Γ and its parametrisation E", description, PANEL, HEIGHT, "".join(parts))


def doubling_panel():
    """Return F: each half of the loop is laid once round the whole loop, one drawn inside of the other."""
    def before(point):
        return 26 + 112 * point[0], 200 - 112 * point[1]

    def after(point, size=mpq(1)):
        return tuple(
            start + sign * 118 * (centre + size * (t - centre))
            for start, sign, centre, t in zip((188, 200), (1, -1), (2 * THIRD, THIRD), point)
        )

    dashed = {"stroke_dasharray": "7 3", "stroke_linejoin": "round"}
    first, second = (mpq(0), HALF), (HALF, mpq(1))
    (x, y), (X, Y) = before(loop_points()[0]), before(loop_points(*second)[0])
    parts = [
        heading("F(E(t)) = E(2t mod 1)", "each half covers the whole loop once"),
        polyline("s0", 4, map(before, loop_points(*first)), stroke_linejoin="round"),
        polyline("s1", 4, map(before, loop_points(*second)), **dashed),
        polyline("s0", 4, map(after, doubled_points(*first)), stroke_linejoin="round"),
        polyline("s1", 4, (after(point, mpq(82, 100)) for point in doubled_points(*second)), **dashed),
        segment("line-ink", mpq(3, 2), 142, 140, 176, 140), arrow(178, 140, 1, 0, 7),
        label(160, 131, "F", "ink math middle"),
        dot("ink", x, y, 3), label(x + 4, y + 17, "0 = 1", "muted small middle"),
        dot("ink", X, Y, 3), label(X - 7, Y + 4, "1/2", "muted small end"),
        dot("ink", 188, 200, 3), label(192, 217, "0 = 1", "muted small middle"),
        segment("s0", 4, 14, 246, 42, 246), label(50, 250, "t in [0, 1/2): digit 0"),
        segment("s1", 4, 14, 268, 42, 268, stroke_dasharray="7 3"), label(50, 272, "t in [1/2, 1): digit 1"),
    ]
    description = (
        "Left: the loop in two halves, t in [0, 1/2) solid and t in [1/2, 1) dashed. Right, after F: each half covers "
        "the whole loop once, one drawn inside of the other."
    )
    return Picture("doubling", "The controller F doubles on the loop", description, PANEL, HEIGHT, "".join(parts))


def _unit(point):
    """Return the place of a point of the unit square in a panel."""
    return 56 + 240 * mpq(point[0]), 262 - 200 * mpq(point[1])


def _unit_rect(cls, opacity, x0, x1, y0, y1):
    left, top = _unit((x0, y1))
    return rect(cls, left, top, 240 * mpq(x1 - x0), 200 * mpq(y1 - y0), fill_opacity=opacity)


def _unit_frame(title, subtitle, across, upwards):
    """Return a heading and the unit square with its ticks, pairs (number, words)."""
    (left, bottom), (right, top) = _unit((0, 0)), _unit((1, 1))
    parts = [
        heading(title, subtitle),
        rect("line-muted", left, top, right - left, bottom - top, stroke_width=mpq(4, 5)),
        label(176, 294, "t", "muted math middle"),
    ]
    for number, words in across:
        x, _ = _unit((number, 0))
        parts.append(segment("line-muted", 1, x, bottom, x, bottom + 4))
        parts.append(label(x, bottom + 17, words, "muted small middle"))
    for number, words in upwards:
        _, y = _unit((0, number))
        parts.append(segment("line-muted", 1, left - 4, y, left, y))
        parts.append(label(left - 7, y + 4, words, "muted small end"))
    return "".join(parts)


def readout_panel(sign):
    """Return ρ⁻ or ρ⁺ over the loop, by its sign "-" or "+": the identity but for the seam strip."""
    is_minus = sign == "-"
    readout, name = (minus_readout, "ρ⁻") if is_minus else (plus_readout, "ρ⁺")
    points = curves(lambda b, p, q: readout(b, p, q, EPSILON))
    strip = (mpq(0), EPSILON) if is_minus else (1 - EPSILON, mpq(1))
    exact = "[ε, 1]" if is_minus else "[0, 1 − ε]"
    ends = [(0, "0"), (EPSILON, "ε") if is_minus else (1 - EPSILON, "1 − ε"), (1, "1")]
    heights = [(0, "0"), (MARGIN, "ϱ"), (1 - MARGIN, "1 − ϱ"), (1, "1")]
    side, anchor = (24, "") if is_minus else (-24, " end")
    middle, height = _unit(((strip[0] + strip[1]) / 2, mpq(9, 10)))
    support = _unit((HALF, MARGIN if is_minus else 1 - MARGIN))
    parts = [
        _unit_rect("c0", ".12", 0, 1, MARGIN, 1 - MARGIN),
        _unit_rect("c2" if is_minus else "c1", ".28", *strip, 0, 1),
        _unit_frame(f"{name}(E(t))", f"equal to t for t in {exact}", ends, heights),
        polyline("line-muted", mpq(6, 5), map(_unit, ((0, 0), (1, 1))), stroke_dasharray="4 4"),
        polyline("line-ink", mpq(12, 5), map(_unit, points), stroke_linejoin="round"),
        label(middle + side, height, "seam strip", "ink small" + anchor),
        label(support[0] + (40 if is_minus else -40), support[1] + 4, "support of h", "ink small middle"),
    ]
    where = (
        "[0, ε], at the left, where it falls from 1 to ε" if is_minus
        else "[1 − ε, 1], at the right, where it falls from 1 − ε to 0"
    )
    description = (
        f"{name}(E(t)) for t in [0, 1] is the identity (dashed) on {exact} and differs from it in the seam strip "
        f"{where}. The horizontal strip [ϱ, 1 − ϱ] is the support of an atom."
    )
    ident = "readout-minus" if is_minus else "readout-plus"
    return Picture(ident, f"The readout {name}", description, PANEL, HEIGHT, "".join(parts))


def selector_panel():
    """Return χ₀ and χ₁ over the loop, with the strips J on which they are no digits."""
    points = curves(lambda b, p, q: digit_selectors(b, p, q, DELTA)[0])
    parts = [_unit_rect("c3", ".28", start, start + DELTA, 0, 1) for start in (mpq(0), HALF)]
    parts += [
        _unit_frame(
            "Selectors χ₀, χ₁ on the loop", "digits of t, except on J = [0, δ] ∪ [1/2, 1/2 + δ]",
            [(0, "0"), (HALF, "1/2"), (1, "1")], [(0, "0"), (1, "1")],
        ),
        polyline("s0", mpq(12, 5), map(_unit, points)),
        polyline("s1", mpq(12, 5), (_unit((t, 1 - height)) for t, height in points), stroke_dasharray="7 3"),
        label(_unit((mpq(3, 10), 0))[0], 82, "χ₀", "ink math"), label(_unit((mpq(8, 10), 0))[0], 82, "χ₁", "ink math"),
    ]
    description = (
        "χ₀ (solid) is 1 on the first half and 0 on the second, χ₁ = 1 − χ₀ (dashed) the other way round. Both run "
        "through [0, 1] on two narrow strips J to the right of 0 and of 1/2."
    )
    return Picture("selectors", "Digit selectors", description, PANEL, HEIGHT, "".join(parts))


def orbit_panel():
    """Return the square with the transition strips, a support box, and an orbit that meets a strip."""
    def put(point):
        return 40 + 230 * mpq(point[0]), 262 - 230 * mpq(point[1])

    orbit = [ORBIT_START]
    for _ in range(ORBIT_STEPS):
        orbit.append(tuple(residual(t) for t in orbit[-1]))
    parts = [heading("An orbit that meets a strip ends outside"), rect("panel", 40, 32, 230, 230)]
    for start in (mpq(0), HALF):
        (x, y), width = put((start, start + ORBIT_STRIP)), 230 * ORBIT_STRIP
        parts.append(rect("c3", x, 32, width, 230, fill_opacity=".28"))
        parts.append(rect("c3", 40, y, 230, width, fill_opacity=".28"))
    (x, y), size = put((MARGIN, 1 - MARGIN)), 230 * (1 - 2 * MARGIN)
    parts += [
        rect("c0", x, y, size, size, fill_opacity=".12"), rect("s0", x, y, size, size, stroke_width=mpq(7, 5)),
        rect("line-ink", 40, 32, 230, 230, stroke_width=1),
        polyline("line-ink", mpq(6, 5), map(put, orbit), stroke_dasharray="3 3"),
    ]
    for number, point in enumerate(orbit):
        x, y = put(point)
        is_last, is_bad = number == ORBIT_STEPS, any(t % HALF <= ORBIT_STRIP for t in point)
        parts.append(dot("paper" if is_last else "c3" if is_bad else "ink", x, y, mpq(9, 2), "line-ink"))
        name = f"R{lowered(number)}"
        parts.append(label(x - 9, y - 6, name, "ink math end") if is_bad else label(x + 8, y - 7, name, "ink math"))
    parts += [
        label(155, 96, "support box", "ink small middle"), label(40, 280, "0", "muted small"),
        label(270, 280, "1", "muted small end"), label(155, 280, "1/2", "muted small middle"),
    ]
    description = (
        "The unit square with thin transition strips to the right of 0 and 1/2 in each coordinate, the support box of "
        f"an atom, and a residual orbit R0, …, R{ORBIT_STEPS}: one point lies in a strip, so the last one lies outside "
        "of the support box."
    )
    title = "Transition strips, support box, residual orbit"
    return Picture("orbit", title, description, PANEL, HEIGHT, "".join(parts))


def panels():
    """Return the six pictures, in the order of the argument."""
    return [
        loop_panel(), doubling_panel(), readout_panel("-"), readout_panel("+"), selector_panel(), orbit_panel(),
    ]
