"""The facts for all n about the networks of the construction one-pass.

They are those for one n (`one_pass`), on blocks whose weights are functions of h = 2⁻ⁿ (`template`): every comparison
of numbers on the way holds for all n at once (`uniform`). What grows with n, the bounds of the gates and of the values
that they see, is divided out.
"""

from exactrelu.certification.induction import one_pass
from exactrelu.certification.induction.closing import check_gates, gates_and_readings
from exactrelu.certification.induction.composition import composed
from exactrelu.certification.induction.facts import Fact, Unproved
from exactrelu.certification.induction.rows import bounds_after
from exactrelu.certification.induction.stages import check_rows
from exactrelu.certification.induction.start import start_bounds
from exactrelu.certification.induction.template import family
from exactrelu.field import Rational, mpq, text


def facts_for_all(problem, networks):
    """Return the facts for all n from the first n on, given the `Cut` networks {n: `Cut`} for some n.

    Raises `Unproved`, and `NotUniform` where an argument depends on n.
    """
    found = family({n: composed(n, network) for n, network in networks.items()})
    whole = found.whole
    classes, bumps, widths = one_pass.classes_with_seams(problem, whole)
    return [
        template_fact(found), *one_pass.orbit_facts(problem, whole, classes, bumps, widths),
        *row_facts(found, classes), *closing_facts(found, classes), one_pass.disjoint_fact(whole, classes, bumps),
    ]


def template_fact(found):
    """Return the fact that says which networks are meant."""
    members = list(found.members)
    return Fact(
        "network",
        f"For n >= {found.first} the blocks have one shape, and the same weights but these: a + b 2^-n + c 2^n "
        f"in the start and the selectors; the bound a_n = {found.growth} of the gates in the stages; the limit L_n of "
        "the closing gates. All rows have degree 1 in (rows, a_n) and all closing gates in (y, L_n).",
        f"weight by weight on the networks for n = {members[0]}, ..., {members[-1]}",
    )


def row_facts(found, classes):
    """Return the facts on the rows of good orbits for a stage and the last one, bounds divided by a_n / a_1."""
    facts = []
    whole, growth = found.whole, found.growth
    for k in (1, 2):
        for shift_class in classes:
            if shift_class.norm > growth.base:
                raise Unproved(whole.label(k), f"rows may grow by {text(shift_class.norm)} a stage, faster than a_n")
            check_rows(whole, k, shift_class, mpq(1))
        gates = (
            "the gates of the other digits are closed: if p is at most 1 and their bound a_1, hence if p is at most "
            "a_n/a_1, and B^(j-1) is"
        )
        facts.append(one_pass.row_fact(whole, [k], classes, gates))
    return facts


def closing_facts(found, classes):
    """Return the facts on the bounds of the rows, on the reading and on the seam gates, on all orbits and for all n."""
    whole = found.whole
    gates, readings = gates_and_readings(whole.blocks[-1], whole.inlets[-1], whole.label(3))
    factors, pieces = one_pass.check_readings(whole, classes, readings)
    check_limits(found, classes, readings, factors)
    members = list(found.limits)
    return [
        one_pass.bound_fact(whole, "after n stages they are at most P_n = M' M^(n-1) P_0, for every n"),
        one_pass.reading_fact(
            whole, pieces,
            "on all orbits |y| <= Y_n, what exact interval arithmetic gives for rows between 0 and P_n; L_n may be any "
            f"number >= Y_n, and is one for n = {members[0]}, ..., {members[-1]}",
        ),
        gate_fact(whole, classes, gates, factors),
    ]


def check_limits(found, classes, readings, factors):
    """Check that the limits of the closing gates are large enough, as far as they are known."""
    whole = found.whole
    starts, maps = {}, {}
    for index in (shift_class.index for shift_class in classes):
        where = f"{whole.label(0)}, class {index}"
        found_bounds = start_bounds(whole.blocks[0], whole.outlets[0][index], where)
        starts[index] = {entry: constant_bound(bound, where) for entry, bound in found_bounds.items()}
        maps[index] = one_pass.stage_bound_maps(whole, index)
    for n, limit in found.limits.items():
        bounds = {index: iterated(starts[index], maps[index], n) for index in starts}
        needed = max(one_pass.value_limits(whole, classes, readings, factors, bounds).values())
        if limit < needed:
            raise Unproved(whole.label(3), f"the limit for n = {n} is less than what the closing gates may see")


def constant_bound(bound, where):
    """Return a bound ≥ ``bound`` for all n: itself if it is constant, else 1."""
    if type(bound) is Rational:
        return bound
    if bound > 1:
        raise Unproved(where, "the rows are not bounded by 1, nor by anything that does not depend on n")
    return mpq(1)


def iterated(start, maps, n):
    """Return the bounds of the rows after n stages, ``maps`` {1: of a stage, 2: of the last one}."""
    return bounds_after(start, [maps[1]] * (n - 1) + [maps[2]])


def gate_fact(whole, classes, gates, factors):
    """Return the fact on the seam gates, for y and L_n divided by L_n."""
    if any(None in form for form in (gates.output, *(argument for _, argument in gates.units))):
        raise Unproved(whole.label(3), "a closing gate has a constant, so its values do not scale with L_n")
    limits = {shift_class.index: mpq(1) for shift_class in classes}
    return one_pass.gate_fact(whole, check_gates(gates, factors, limits, one_pass.is_zero(classes), whole.label(3)))
