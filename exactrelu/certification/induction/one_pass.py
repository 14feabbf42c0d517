"""The proof by induction for networks of the construction one-pass, from facts about their blocks.

Whatever is assumed about a block is checked on the block itself; the names of the interfaces only say what to look
for. The statements of the facts, one after the other, are the proof. Each function here checks one kind of fact and
returns it, or raises `Unproved`.
"""

from typing import NamedTuple

from exactrelu.certification.induction.closing import check_gates, check_reading, gates_and_readings, reading_bound
from exactrelu.certification.induction.composition import Composition, composed, other_seams, start_classes
from exactrelu.certification.induction.facts import ONE_VARIABLE, Fact, Proof, Unproved, theorem
from exactrelu.certification.induction.loops import along, is_first_digit
from exactrelu.certification.induction.rows import bound_map, bounds_after, entries, shown
from exactrelu.certification.induction.seams import AXES, early_widths, overlap, seam_bumps, seam_width
from exactrelu.certification.induction.stages import check_loops, check_rows, check_selectors
from exactrelu.certification.induction.start import Grid, check_start, start_bounds
from exactrelu.proof.target import State
from exactrelu.field import mpq, text
from exactrelu.planar.univariate import IDENTITY


class Cascades(NamedTuple):
    """A network of one-pass: the `Composition` that it is, its shift classes, and {class: w}, the widths of the seams.

    ``readings`` {class: {input or node of the closing block: weight}} add up to the values y.
    """

    whole: Composition
    classes: tuple
    widths: dict
    readings: dict


def prove(problem, n, found):
    """Return the `Proof` that a `Cut` network equals V^n g on R², n ≥ 1; raises `Unproved` where a fact fails."""
    whole = composed(n, found)
    classes, bumps, widths = classes_with_seams(problem, whole)
    bounds, bound_fact = row_bounds(whole, classes)
    last_facts, readings = closing_facts(whole, classes, bounds)
    facts = [
        *orbit_facts(problem, whole, classes, bumps, widths), *row_facts(whole, classes), bound_fact, *last_facts,
        disjoint_fact(whole, classes, bumps),
    ]
    return Proof(theorem(n), tuple(facts), conclusion(n), Cascades(whole, classes, widths, readings))


def classes_with_seams(problem, whole):
    """Return the classes, {class: (β_x, β_y)} and {class: w}: the seam deficiencies, ≥ 1 where a residual is ≤ w."""
    classes = start_classes(problem, whole)
    bumps, widths = {}, {}
    for shift_class in classes:
        index = shift_class.index
        where = f"{whole.label(whole.last)}, class {index}"
        before, after = whole.inlets[whole.last - 1][index], whole.outlets[whole.last][index]
        bumps[index] = seam_bumps(whole.blocks[whole.last], before.loops, after.seam, where)
        widths[index] = seam_width(bumps[index], where)
    return tuple(c._replace(seams=other_seams(c, classes, widths)) for c in classes), bumps, widths


def orbit_facts(problem, whole, classes, bumps, widths):
    """Return the facts on interfaces, coordinates, controllers, seams, selectors and the rows at stage 0."""
    return [
        interface_fact(whole), coordinate_fact(whole, classes), *loop_facts(whole, classes),
        seam_fact(whole, bumps, widths), *selector_facts(whole, classes, bumps, widths),
        start_fact(problem, whole, classes, widths),
    ]


def interface_fact(whole):
    """Return the fact that the network is the composition of its blocks."""
    last, closing = whole.name(whole.last), whole.name(whole.last + 1)
    return Fact(
        "network",
        f"It is {closing} o {last} o ... o B_0: B_0 starts, B_1, ..., {last} are the stages, {closing} closes; "
        f"{whole.different} of these blocks are different.",
        "every path backwards from an interface ends in the one before it",
    )


def coordinate_fact(whole, classes):
    """Return the fact that says what the coordinates of the classes are."""
    listed = "; ".join(
        f"class {c.index} has s = ({', '.join(map(text, c.shift))}) and the window {c.lengths[0]} x {c.lengths[1]}"
        for c in classes
    )
    return Fact(
        whole.name(0),
        f"With o the corner of the window, t = (x, y) - o + s/2^n are the coordinates of a class: {listed}. In each "
        "coordinate let r(t) = 2t mod 1, r_0 = t mod 1 in the window of the class and 0 outside, r_j = r(r_(j-1)). "
        "The controllers leave B_0 as E(r_1).",
        ONE_VARIABLE, sum(6 * length for c in classes for length in c.lengths),
    )


def loop_facts(whole, classes):
    """Return the facts on the controllers, one for each kind of stage."""
    facts = []
    for stages in whole.kinds(1, whole.last - 1):
        for shift_class in classes:
            check_loops(whole, stages[0], shift_class)
        facts.append(Fact(
            whole.title(stages),
            "F(E(t)) = E(r(t)) for t in [0, 1]. Hence, by induction, the controllers leave B_j as E(r_(j+1)).",
            ONE_VARIABLE, 12 * len(classes),
        ))
    return facts


def seam_fact(whole, bumps, widths):
    """Return the fact on the seam deficiencies."""
    return Fact(
        whole.name(whole.last),
        "The seam deficiency of a class is D = b(r_n(x)) + b'(r_n(y)) with b, b' >= 0, and D >= 1 if r_n(x) or r_n(y) "
        f"is in [0, w], w = {text(min(widths.values()))}.",
        ONE_VARIABLE, sum(len(bump.segments) for pair in bumps.values() for bump in pair),
    )


def selector_facts(whole, classes, bumps, widths):
    """Return the facts on the selectors, one for each kind of block that makes them."""
    early = {index: early_widths(bumps[index], width) for index, width in widths.items()}
    for shift_class in classes:
        check_start_selectors(whole, shift_class, widths[shift_class.index], early[shift_class.index])
    facts = [selector_fact(whole.name(0), "R")]
    for stages in whole.kinds(1, whole.last - 1):
        for shift_class in classes:
            scale = whole.step * 2 ** stages[0]
            before = tuple(width * scale for width in early[shift_class.index])
            check_selectors(whole, stages[0], shift_class, widths[shift_class.index] * scale, before)
        facts.append(selector_fact(whole.title(stages), "E([0, 1])"))
    return facts


def check_start_selectors(whole, shift_class, width, early):
    """Check that the selectors of the start block are exact off strips: ``width`` and ``early`` · 2⁻ⁿ wide."""
    where = f"{whole.label(0)}, class {shift_class.index}"
    for axis, position in enumerate(whole.outlets[0][shift_class.index].digits):
        (function,) = along(whole.blocks[0], [position], {axis: IDENTITY}, where)
        strips = width * whole.step, early[axis] * whole.step
        if not is_first_digit(function, shift_class.origin[axis], shift_class.lengths[axis], *strips):
            reason = f"the selector of {AXES[axis]} is not the first digit, or leaves [0, 1]"
            raise Unproved(where, reason, shift_class.spot(0))


def selector_fact(label, domain):
    """Return the fact on the selectors of a kind of block."""
    return Fact(
        label,
        f"The selectors are in [0, 1] on all of {domain}, and equal to the digit of r_j (0 on [0, 1/2), 1 on [1/2, 1)) "
        "unless r_j is in J_j = [0, d) u [1/2, 1/2 + d), d = w/2^(n-j), or, D being >= 1 also if r_n is in [1 - w, 1), "
        "in [1/2 - d, 1/2) u [1 - d, 1).",
        ONE_VARIABLE, 4,
    )


def start_fact(problem, whole, classes, widths):
    """Return the fact on the rows at stage 0, and that no live state is missing anywhere."""
    rectangles = 0
    for shift_class in classes:
        index, width = shift_class.index, widths[shift_class.index]
        check_states(whole, shift_class)
        grid = Grid(
            shift_class.origin, shift_class.lengths, problem.window,
            lambda low, high, width=width: low / whole.step % 1 + (high - low) / whole.step <= width,
        )
        where = f"{whole.label(0)}, class {index}"
        rectangles += check_start(whole.blocks[0], whole.outlets[0][index], grid, where, shift_class.spot(0))
    return Fact(
        whole.name(0),
        "Where 2^n t mod 1 is not in [0, w) in either coordinate and t is in the cell [i, i+1) x [j, j+1) of the "
        "window of a class, the rows leave B_0 as p = e_ij, pu = r_0(x) e_ij, pv = r_0(y) e_ij; or as zero, and the "
        "point is not inside of the window of g.",
        "affine forms on rectangles, unit by unit", rectangles,
    )


def check_states(whole, shift_class):
    """Check that every live state of a class has a row at every stage, and is read at the end if g is not 0 there."""
    index, target = shift_class.index, shift_class.target
    live = target.reached({State(*patch, 1) for patch in target.patches}) & target.reaching(target.supported)
    read = {state for state in live if state[:2] in target.supported}
    for k in {id(layouts): k for k, layouts in enumerate(whole.outlets)}.values():
        missing = sorted((live if k < whole.last else read) - whole.outlets[k][index].rows.keys())
        if missing:
            reason = f"class {index}: the state {tuple(missing[0])} is live, but has no row"
            raise Unproved(f"the interface after {whole.label(k)}", reason, shift_class.spot(0))


def row_facts(whole, classes):
    """Return the facts on the rows of good orbits, one for each kind of stage."""
    facts = []
    for stages in whole.kinds(1, whole.last):
        for shift_class in classes:
            norm = shift_class.norm
            check_rows(whole, stages[0], shift_class, max(norm ** (stages[0] - 1), norm ** (stages[-1] - 1)))
        facts.append(row_fact(whole, stages, classes, "the gates of the other digits are closed"))
    return facts


def row_fact(whole, stages, classes, gates):
    """Return the fact on the rows of good orbits for equal blocks; ``gates`` says what holds for the closed gates."""
    norm = max(shift_class.norm for shift_class in classes)
    return Fact(
        whole.title(stages),
        "Let the selectors be the digits q, p >= 0 with entries of at most B^(j-1), pu = u p, pv = v p with (u, v) in "
        "the quadrant of q. Then p, pu, pv become T_q^T p, T_q^T (2 pu - q_1 p), T_q^T (2 pv - q_2 p), with entries of "
        f"p of at most B^j, B = {text(norm)}; {gates}.",
        "linear forms, unit by unit, for the 4 pairs of digits, with exact bounds", 4 * len(classes),
    )


def row_bounds(whole, classes):
    """Return ({class: {(state, kind): bound}} of the rows that are read, on all orbits; the fact that they hold)."""
    bounds = {}
    for shift_class in classes:
        index = shift_class.index
        current = start_bounds(whole.blocks[0], whole.outlets[0][index], f"{whole.label(0)}, class {index}")
        maps = stage_bound_maps(whole, index)
        bounds[index] = bounds_after(current, [maps[k] for k in range(1, whole.last + 1)])
    largest = max((bound for rows in bounds.values() for bound in rows.values()), default=mpq(0))
    return bounds, bound_fact(whole, f"at the end they are at most {shown(largest)}")


def stage_bound_maps(whole, index):
    """Return {k: `BoundMap` of the rows of a class in stage k}."""
    maps = {}
    for stages in whole.kinds(1, whole.last):
        k = stages[0]
        where = f"{whole.label(k)}, class {index}"
        found = bound_map(whole.blocks[k], whole.inlets[k - 1][index], whole.outlets[k][index], where)
        maps.update(dict.fromkeys(stages, found))
    return maps


def bound_fact(whole, consequence):
    """Return the fact on the bounds of the rows on all orbits."""
    return Fact(
        f"{whole.name(0)}, ..., {whole.name(whole.last)}",
        "On all of R^2, bad orbits included, the rows are between 0 and bounds that a stage multiplies by a fixed "
        f"matrix; {consequence}.",
        "exact bounds of every unit as linear functions of those of the rows, for all selectors in [0, 1]",
    )


def closing_facts(whole, classes, bounds):
    """Return the facts on the closing block, for rows within ``bounds``, and the readings of `Cascades`."""
    closing, layouts = whole.blocks[whole.last + 1], whole.inlets[whole.last]
    where = whole.label(whole.last + 1)
    gates, readings = gates_and_readings(closing, layouts, where)
    factors, pieces = check_readings(whole, classes, readings)
    limits = value_limits(whole, classes, readings, factors, bounds)
    cases = check_gates(gates, factors, limits, is_zero(classes), where)
    largest = max(limits.values(), default=mpq(0))
    facts = [reading_fact(whole, pieces, f"on all orbits |y| <= {shown(largest)}"), gate_fact(whole, cases)]
    return facts, {
        index: {key: weight / factors[index] for key, weight in reading.items()} for index, reading in readings.items()
    }


def is_zero(classes):
    """Return whether the seed is the zero function."""
    return not classes[0].target.supported


def check_readings(whole, classes, readings):
    """Return ({class: factor of its reading}, number of pieces); a class without a reading has the factor 1."""
    closing, layouts = whole.blocks[whole.last + 1], whole.inlets[whole.last]
    factors, pieces = {}, 0
    for shift_class in classes:
        index = shift_class.index
        factors[index] = mpq(1)
        if index in readings:
            where = f"{whole.label(whole.last + 1)}, class {index}"
            spot = shift_class.spot(whole.last)
            factors[index], count = check_reading(
                closing, layouts[index], shift_class.target, readings[index], where, spot
            )
            pieces += count
    return factors, pieces


def value_limits(whole, classes, readings, factors, bounds):
    """Return {class: bound of |y|} for rows within ``bounds``, 0 for a class without a reading."""
    closing, layouts = whole.blocks[whole.last + 1], whole.inlets[whole.last]
    limits = {}
    for index in (shift_class.index for shift_class in classes):
        limits[index] = mpq(0)
        if index in readings:
            spans = {position: bounds[index][entry] for position, entry in entries(layouts[index]).items()}
            limits[index] = reading_bound(closing, readings[index], spans) / abs(factors[index])
    return limits


def reading_fact(whole, pieces, consequence):
    """Return the fact on what is read off the rows."""
    return Fact(
        whole.name(whole.last + 1),
        "From rows p >= 0, pu = u p, pv = v p each class reads y = the sum of +- p_b g_b(u, v) over the patches b, for "
        f"all u, v in [0, 1]; {consequence}.",
        "affine forms on pieces of the unit square where every unit has one sign, whatever p", pieces,
    )


def gate_fact(whole, cases):
    """Return the fact on the seam gates."""
    return Fact(
        whole.name(whole.last + 1),
        "Let each class be good (y = V) or have D >= 1 and |y| bounded as above. Then the output is V if V = 0, and "
        "also if some good class has D = 0.",
        f"gates as forms in y, D and undecided units, which cancel, in {cases} cases",
    )


def disjoint_fact(whole, classes, bumps):
    """Return the fact that one class is always open in the window."""
    for axis in (0, 1):
        pair = overlap({c.index: bumps[c.index][axis] for c in classes}, {c.index: c.shift[axis] for c in classes})
        if pair is not None:
            raise Unproved(whole.label(whole.last), f"the seams of the classes {pair} overlap in {AXES[axis]}")
    if len(classes) < 3:
        raise Unproved(whole.label(whole.last), f"{len(classes)} classes: both coordinates together may spoil them all")
    return Fact(
        whole.name(whole.last),
        f"In each coordinate at most one of the {len(classes)} classes has b > 0 at a point of the window; so at most "
        "two have D > 0, and some class has D = 0.",
        "arcs of 2^n (x - o) mod 1, with exact ends",
    )


def conclusion(n):
    """Return the induction, written out; ``n`` may be the letter."""
    closing = f"B_{n + 1}" if type(n) is int else "B_(n+1)"
    return (
        "Fix a point and a class. If the point is outside of the window of the class, then r_n = 0. If 2^n t mod 1 is "
        "in [0, w) in a coordinate, then so is r_n there; if some r_j, 0 <= j < n, is in J_j, then r_n is in [0, w], "
        "since r doubles the distance to the breakpoint behind (or in [1 - w, 1), if J_j has two sides). In all these "
        "cases D >= 1: the class is bad, and |y| is bounded. Otherwise every selector is a digit, and by induction on "
        "j the rows leave B_j as p_j = "
        "T_q(j)^T ... T_q(1)^T e_ij (or 0), p_j u_j and p_j v_j with (u_j, v_j) = r_j and entries of p_j of at most "
        "B^j; so y = the sum of p_n,b g_b(u_n, v_n) = V^n g at the point (Corollary 2.6, and translation by s/2^n): "
        "the class is good. Outside of the window V^n g = 0, and inside of it some class has D = 0; it is good. In "
        f"both cases the output of {closing} is V^n g. QED"
    )
