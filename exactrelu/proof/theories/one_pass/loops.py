"""The facts on controllers, selectors and seam deficiencies, and what they share with those of the start block."""

from itertools import pairwise

from exactrelu.field import mpq
from exactrelu.network.ports import AXES, ROW
from exactrelu.proof.domains import Domain, point
from exactrelu.proof.forms import combination, constant, minus
from exactrelu.proof.kernel import AtLeast, Case, Claim, Everywhere, Same
from exactrelu.proof.theories import common
from exactrelu.proof.theories.common import HALF, T, between, inputs, loop_form, range_goals
from exactrelu.proof.theories.one_pass.family import EPS, LAST, STAGE

ALONG = "on all pieces of a coordinate t and eps, unit by unit"

SELECTED = "at all points the selectors are"


def claims(family):
    """Yield the claims on controllers, selectors and seams behind the start block."""
    for shift_class in family.classes:
        for axis in (0, 1):
            yield controllers(family, shift_class, axis)
            yield selectors(family, shift_class, axis)
            yield seams(family, shift_class, axis)
        yield deficiency(family, shift_class)
    yield disjoint(family)


def row_goals(words, state, nodes, forms):
    """Return the goals that the row of a state, its nodes (p, pu, pv), has these forms; named such as "pu/2,0,1"."""
    return tuple(
        Same(entry_name(kind, state), words, node, form) for kind, node, form in zip(ROW, nodes, forms, strict=True)
    )


def entry_name(kind, state):
    """Return how an entry of the row of a state is called among the goals of a fact."""
    return f"{kind}/{','.join(map(str, state))}"


def controllers(family, shift_class, axis):
    """Return the claim that a stage leads controllers from E(t) to E(2t mod 1)."""
    program = family.programs[STAGE]
    before, after = shift_class.loop(inputs(program), axis), shift_class.loop(program.outlets, axis)
    words = "controllers E(t) become E(2t mod 1) for t in [0, 1], so that they leave B_j as E(r_(j+1))"
    judgement = common.doubling(program, before, after, words)
    return Claim("controllers", STAGE, (shift_class.index, AXES[axis]), "", judgement, ALONG)


def selectors(family, shift_class, axis):
    """Return the claim that selectors are digits but for strips, and always in [0, δ]."""
    program = family.programs[STAGE]
    node, before = shift_class.digit(program.outlets, axis), shift_class.loop(inputs(program), axis)
    cases, cuts = digit_cases(family, node, 1, before)
    domain = Domain([point(t=t, eps=eps) for t in (0, 1) for eps in (0, HALF)])
    judgement = Everywhere(program, domain, {family.node(STAGE, "eps"): EPS}, tuple(cases), cuts)
    return Claim("selectors", STAGE, (shift_class.index, AXES[axis]), "", judgement, ALONG)


def digit_cases(family, node, length, before=()):
    """Return (cases, cuts) for a selector, times δ, in ``length`` cells: the digit is claimed but for strips.

    If there are nodes ``before``, these are at E(t).
    """
    words = "the selectors are the digits of r_j, but for r_j in [1/2, 1/2 + d/2] u [1 - d, 1), d = w/2^n"
    always = range_goals(SELECTED, node, family.delta)
    cases, cuts = [], [T]
    for third in range(3 * length):
        ends = mpq(third, 3), mpq(third + 1, 3)
        env = dict(zip(before, loop_form(T, sum(ends) / 2), strict=False))
        cuts.append(minus(T, constant(ends[1])))
        for low, high, digit in strips(family, third // 3):
            condition = (*between(low, high), *between(*map(constant, ends)))
            exact = [] if digit is None else [Same("digit", words, node, family.delta if digit else {})]
            cases.append(Case(condition, env, (*always, *exact)))
    cuts += [minus(T, high) for cell in range(length) for _, high, _ in strips(family, cell)]
    return cases, tuple(cuts)


def strips(family, cell):
    """Return the pieces (low, high, digit) of a cell, as forms in ε; the digit is None where none is claimed."""
    behind, before = combination([(family.delta, HALF)], cell + HALF), combination([(family.delta, -1)], cell + 1)
    ends = constant(cell), constant(cell + HALF), behind, before, constant(cell + 1)
    return tuple((low, high, digit) for (low, high), digit in zip(pairwise(ends), (0, None, 1, None), strict=True))


def seams(family, shift_class, axis):
    """Return the claim on a summand of the seam deficiency: ≥ 0, ≥ 1 next to the seam, 0 far from it."""
    program, node = family.programs[LAST], family.node(LAST, shift_class.mark("seam", axis))
    before = shift_class.loop(inputs(program), axis)
    always = AtLeast("b >= 0", "b(r_n) >= 0 for all r_n", ((node, mpq(1)),), {})

    def curves(place):
        return dict(zip(before, loop_form(T, place), strict=True))

    case = shift_class.index, AXES[axis]
    return common.seams(LAST, case, program, node, curves, (always,), family.width, 3)


def deficiency(family, shift_class):
    """Return the claim that the seam deficiency is the sum of its two summands."""
    program = family.programs[LAST]
    summands = [family.node(LAST, shift_class.mark("seam", axis)) for axis in (0, 1)]
    words = "the seam deficiency of a class is D = b(r_n(x)) + b(r_n(y))"
    return common.deficiency(LAST, (shift_class.index,), program, summands, shift_class.seam(program.outlets), words)


def disjoint(family):
    """Return the claim that in each coordinate one class at most has b > 0."""
    words = (
        "r_n of different classes differ by at least 4w mod 1 in a coordinate, so that at most one of them has b > 0; "
        "there are three, so that some class has D = 0 at each point of the window of g"
    )
    return common.disjoint(LAST, words, [2 * (own.shift,) for own in family.classes], 2 * (family.width,))
