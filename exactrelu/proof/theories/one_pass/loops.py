"""The facts on controllers, selectors and seam deficiencies, and what they share with those of the start block."""

from itertools import pairwise

from exactrelu.field import mpq
from exactrelu.network.ports import AXES, ROW
from exactrelu.proof.forms import combination, constant, key, minus, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Everywhere, Number, Numbers, Same
from exactrelu.proof.domains import Domain, point
from exactrelu.proof.theories.one_pass.family import EPS, LAST, STAGE, inputs

T = key("t")
HALF, THIRD = mpq(1, 2), mpq(1, 3)

SIXTHS = tuple(mpq(k, 6) for k in range(7))

ALONG = "on all pieces of a coordinate t and eps, unit by unit"


def between(low, high):
    """Return the forms that are ≥ 0 where low ≤ t ≤ high; None stands for no bound."""
    return (*([] if low is None else [minus(T, low)]), *([] if high is None else [minus(high, T)]))


def loop_form(t, place):
    """Return E(r) as forms (p, q), r = ``t`` − an integer being a form on a third of [0, 1] in which ``place`` lies.

    ``t`` is a form, ``place`` a rational that it is somewhere on the piece.
    """
    whole = place // 1
    r = combination([(t, 1)], -whole)
    if place - whole < THIRD:
        return scaled(r, 3), scaled(r, 3)
    if place - whole < 2 * THIRD:
        return constant(1), combination([(r, -3)], mpq(2))
    return combination([(r, -3)], mpq(3)), {}


def strips(width):
    """Return the pieces (low, high, digit) of [0, 1], as forms in ε; the digit is None where none is claimed."""
    delta = scaled(EPS, width)
    behind, before = combination([(delta, HALF)], HALF), combination([(delta, -1)], mpq(1))
    ends = constant(0), constant(HALF), behind, before, constant(1)
    return tuple((low, high, digit) for (low, high), digit in zip(pairwise(ends), (0, None, 1, None), strict=True))


def digit_goals(node, digit, delta):
    """Return the goals on a selector, times δ, where the digit is this one, or None."""
    words = "the selectors are the digits of r_j, but for r_j in [1/2, 1/2 + d/2] u [1 - d, 1), d = w/2^n"
    return () if digit is None else (Same("digit", words, node, delta if digit else {}),)


def range_goals(words, node, most, top="1", what=""):
    """Return the goals that a value, called ``words``, is ≥ 0 and at most a form, called ``top``.

    They are named "low" and "high", and ``what`` of several values it is.
    """
    return (
        AtLeast(f"low{what}", f"{words} >= 0", ((node, mpq(1)),), {}),
        AtLeast(f"high{what}", f"{words} <= {top}", ((node, mpq(-1)),), most),
    )


def loop_goals(words, nodes, forms):
    """Return the goals that a controller, its nodes (p, q), is at a point given by forms."""
    return tuple(Same(name, words, node, form) for name, node, form in zip("pq", nodes, forms, strict=True))


def row_goals(words, state, nodes, forms):
    """Return the goals that the row of a state, its nodes (p, pu, pv), has these forms; named such as "pu/2,0,1"."""
    return tuple(
        Same(entry_name(kind, state), words, node, form) for kind, node, form in zip(ROW, nodes, forms, strict=True)
    )


def entry_name(kind, state):
    """Return how an entry of the row of a state is called among the goals of a fact."""
    return f"{kind}/{','.join(map(str, state))}"


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


def orbit_domain():
    """Return the domain of t in [0, 1] and ε in [0, 1/2]."""
    return Domain([point(t=t, eps=eps) for t in (0, 1) for eps in (0, HALF)])


def controllers(family, shift_class, axis):
    """Return the claim that a stage leads controllers from E(t) to E(2t mod 1)."""
    program = family.programs[STAGE]
    before, after = shift_class.loop(inputs(program), axis), shift_class.loop(program.outlets, axis)
    words = "controllers E(t) become E(2t mod 1) for t in [0, 1], so that they leave B_j as E(r_(j+1))"
    cases = []
    for low, high in pairwise(SIXTHS):
        middle = (low + high) / 2
        env = dict(zip(before, loop_form(T, middle), strict=True))
        goals = loop_goals(words, after, loop_form(scaled(T, 2), 2 * middle))
        cases.append(Case(between(constant(low), constant(high)), env, goals))
    cuts = tuple(minus(T, constant(low)) for low in SIXTHS)
    judgement = Everywhere(program, orbit_domain(), {}, tuple(cases), cuts)
    return Claim("controllers", STAGE, (shift_class.index, AXES[axis]), "", judgement, ALONG)


def selectors(family, shift_class, axis):
    """Return the claim that selectors are digits but for strips, and always in [0, δ]."""
    program, delta = family.programs[STAGE], family.delta
    node, before = shift_class.digit(program.outlets, axis), shift_class.loop(inputs(program), axis)
    cases = []
    for low, high, digit in strips(family.width):
        for third in range(3):
            ends = mpq(third, 3), mpq(third + 1, 3)
            env = dict(zip(before, loop_form(T, sum(ends) / 2), strict=True))
            condition = (*between(low, high), *between(*map(constant, ends)))
            goals = (*range_goals(SELECTED, node, delta), *digit_goals(node, digit, delta))
            cases.append(Case(condition, env, goals))
    cuts = tuple(minus(T, form) for form in (
        constant(THIRD), constant(2 * THIRD), *(high for _, high, _ in strips(family.width)),
    ))
    judgement = Everywhere(program, orbit_domain(), {family.node(STAGE, "eps"): EPS}, tuple(cases), cuts)
    return Claim("selectors", STAGE, (shift_class.index, AXES[axis]), "", judgement, ALONG)


def seams(family, shift_class, axis):
    """Return the claim on a summand of the seam deficiency: ≥ 0, ≥ 1 next to the seam, 0 far from it."""
    program, width = family.programs[LAST], family.width
    node = family.node(LAST, shift_class.mark("seam", axis))
    before = shift_class.loop(inputs(program), axis)
    ends = sorted({mpq(0), width, 2 * width, THIRD, 2 * THIRD, 1 - 2 * width, 1 - width, mpq(1)})
    always = AtLeast("b >= 0", "the summands b(r_n) of the seam deficiency are >= 0", ((node, mpq(1)),), {})
    near = AtLeast("b >= 1", "b(r_n) >= 1 for r_n in [0, w] u [1 - w, 1]", ((node, mpq(1)),), constant(-1))
    far = Same("b = 0", "b(r_n) = 0 for r_n in [2w, 1 - 2w]", node, {})
    cases = []
    for low, high in pairwise(ends):
        env = dict(zip(before, loop_form(T, (low + high) / 2), strict=True))
        goals = [always]
        if high <= width or low >= 1 - width:
            goals.append(near)
        elif low >= 2 * width and high <= 1 - 2 * width:
            goals.append(far)
        cases.append(Case(between(constant(low), constant(high)), env, tuple(goals)))
    cuts = tuple(minus(T, constant(end)) for end in ends)
    domain = Domain([point(t=0), point(t=1)])
    judgement = Everywhere(program, domain, {}, tuple(cases), cuts)
    return Claim("seams", LAST, (shift_class.index, AXES[axis]), "", judgement, "on all pieces of r_n, unit by unit")


def deficiency(family, shift_class):
    """Return the claim that the seam deficiency is the sum of its two summands."""
    program = family.programs[LAST]
    parts = [(family.node(LAST, shift_class.mark("seam", axis)), key(f"b{axis}")) for axis in (0, 1)]
    words = "the seam deficiency of a class is D = b(r_n(x)) + b(r_n(y))"
    goal = Same("sum", words, shift_class.seam(program.outlets), combination([(form, 1) for _, form in parts]))
    domain = Domain([point(b0=0, b1=0)])
    judgement = Everywhere(program, domain, dict(parts), (Case((), {}, (goal,)),))
    return Claim("deficiency", LAST, (shift_class.index,), "", judgement, "as a form in its summands")


def disjoint(family):
    """Return the claim that in each coordinate one class at most has b > 0."""
    places = sorted(-shift_class.shift % 1 for shift_class in family.classes)
    words = (
        "r_n of different classes differ by at least 4w mod 1 in a coordinate, so that at most one of them has b > 0; "
        "there are three, so that some class has D = 0 at each point of the window of g"
    )
    gaps = [after - before for before, after in pairwise([*places, places[0] + 1])]
    numbers = [Number("apart", words, gap - 4 * family.width) for gap in gaps]
    numbers.append(Number("three", words, mpq(len(places) - 3)))
    return Claim("disjoint", LAST, (), "", Numbers(tuple(numbers)), "shifts mod 1, exactly")
