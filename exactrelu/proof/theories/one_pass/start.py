"""The facts on the start block: controllers, selectors, and the rows at stage 0."""

from itertools import pairwise, product

from exactrelu.network.ports import AXES, ROW
from exactrelu.proof.forms import combination, constant, key, minus
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Same, Strip
from exactrelu.proof.domains import UNIT, Domain, point, ray
from exactrelu.proof.theories.one_pass.family import EPS, ETA, START
from exactrelu.proof.theories.common import HALF, T, between, loop_cases, loop_goals, outside, range_goals
from exactrelu.proof.theories.one_pass.loops import ALONG, SELECTED, digit_cases, row_goals


def claims(family):
    """Yield the claims on the start block."""
    for shift_class in family.classes:
        for axis in (0, 1):
            yield controllers(family, shift_class, axis)
            yield selectors(family, shift_class, axis)
            yield cells(family, shift_class, axis)
        for state in shift_class.rows(family.programs[START].outlets):
            yield rows(family, shift_class, state)
            yield bounds(family, shift_class, state)


def line():
    """Return the domain of all t and of ε in [0, 1/2]."""
    return Domain([point(t=0, eps=0), point(t=0, eps=HALF), ray(t=1, eps=0), ray(t=-1, eps=0)])


def coordinate(family, shift_class, axis):
    """Return the forms of the coordinate of an axis, x = t + o − sε, and of ε."""
    moved = combination([(T, 1), (EPS, -shift_class.shift)], family.corner[axis])
    return {family.node(START, AXES[axis]): moved, family.node(START, "eps"): EPS}


def controllers(family, shift_class, axis):
    """Return the claim that the controllers leave the start block as E(2t mod 1), or (0, 0) outside of the window."""
    program, ends = family.programs[START], (0, shift_class.lengths[axis])
    nodes = shift_class.loop(program.outlets, axis)
    words = (
        "with r_0 = t mod 1 in the window of a class, 0 outside, and r_(j+1) = 2 r_j mod 1, the controllers leave B_0 "
        "as E(r_1)"
    )
    cases, cuts = loop_cases(words, nodes, ends, 2)
    cases = (*outside(ends, loop_goals(words, nodes, ({}, {}))), *cases)
    judgement = Everywhere(program, line(), coordinate(family, shift_class, axis), cases, cuts)
    given = "Let t = (x, y) - o + s/2^n, o the corner of the window, be the coordinates of a class: "
    return Claim("controllers", START, (shift_class.index, AXES[axis]), given, judgement, ALONG)


def selectors(family, shift_class, axis):
    """Return the claim that the first selectors are digits but for strips, and always in [0, δ]."""
    program, length = family.programs[START], shift_class.lengths[axis]
    node = shift_class.digit(program.outlets, axis)
    cases, cuts = digit_cases(family, node, length)
    cases = (*outside((0, length), range_goals(SELECTED, node, family.delta)), *cases)
    judgement = Everywhere(program, line(), coordinate(family, shift_class, axis), cases, cuts)
    return Claim("selectors", START, (shift_class.index, AXES[axis]), "", judgement, ALONG)


def sections(family, shift_class, axis):
    """Return the pieces (low, high, kind, cell) of a coordinate in the window of a class, the ends as forms.

    The kind is "strip" (2ⁿ t mod 1 is in [0, w]), "cell", or "beyond" the problem's window.
    """
    found = []
    for i in range(shift_class.lengths[axis]):
        is_cut = shift_class.shift and i == shift_class.lengths[axis] - 1
        ends = constant(i), *([combination([(EPS, 1)], i)] if is_cut else []), constant(i + 1)
        for kind, (low, high) in zip(("cell", "beyond"), pairwise(ends)):
            behind = combination([(low, 1), (family.delta, 1)])
            found += [(low, behind, "strip", i), (behind, high, kind, i)]
    return found


def cells(family, shift_class, axis):
    """Return the claim on the selectors of cells, times δ, and the residuals, times η."""
    program, length, delta = family.programs[START], shift_class.lengths[axis], family.delta
    marks = {i: found for i in range(length) if None not in (found := cell_marks(program, shift_class, axis, i))}
    always = tuple(
        goal for i, (selector, residual) in marks.items() for goal in (
            *range_goals("at all points the selectors of cells are", selector, delta, what=f", cell {i}"),
            *range_goals("at all points the residuals in cells are", residual, ETA, what=f", residual {i}"),
        )
    )
    cases, cuts = outside((0, length), always), [T]
    for low, high, kind, own in sections(family, shift_class, axis):
        goals = section_goals(family, shift_class, axis, low, kind, own, marks)
        cases.append(Case(between(low, high), {}, (*always, *goals)))
        cuts.append(minus(T, high))
    env = coordinate(family, shift_class, axis) | {family.node(START, "eta"): ETA}
    judgement = Everywhere(program, line(), env, tuple(cases), tuple(cuts), (("eta", "t", "eta t"),))
    return Claim("cells", START, (shift_class.index, AXES[axis]), "", judgement, ALONG)


def section_goals(family, shift_class, axis, low, kind, own, marks):
    """Return the goals on a piece of a coordinate; ``marks`` {cell: (selector, residual)}."""
    if kind == "strip":
        words = "what is left out are strips with 2^n t mod 1 in [0, w]"
        return (Strip("strips", words, low, family.width, T, EPS),)
    words = (
        "but for strips, the selector of the cell of t is 1, the residual in it r_0, and other selectors are 0; or all "
        "are 0 and t is beyond the window of g"
    )
    goals = []
    if kind == "beyond":
        (_, side), past = family.problem.window[axis], combination([(T, 1), (EPS, -shift_class.shift)])
        goals.append(AtLeast("beyond", words, (), combination([(past, 1)], -side)))
    for i, (selector, residual) in marks.items():
        is_own = kind == "cell" and i == own
        goals.append(Same(f"cell {i}", words, selector, family.delta if is_own else {}))
        if is_own:
            goals.append(Same(f"residual {i}", words, residual, combination([(key("eta t"), 1), (ETA, -i)])))
    return tuple(goals)


def cell_marks(program, shift_class, axis, cell):
    """Return the nodes of the selector of a cell and of the residual in it, None where the program has none."""
    names = (shift_class.mark(kind, axis, cell) for kind in ("cell", "residual"))
    return tuple(program.marks.get(name) for name in names)


def rows(family, shift_class, state):
    """Return the claim on the row of a state at stage 0, off the strips, given cell selectors and residuals."""
    program = family.programs[START]
    row = shift_class.rows(program.outlets)[state]
    words = (
        "but for points in such strips, p = e_ij, pu = r_0(x) e_ij, pv = r_0(y) e_ij leave B_0, (i, j) being the cell "
        "of t, or else 0 where the point is beyond the window of g"
    )
    # η ≤ wε is one of the comparisons of numbers
    domain = Domain([ray(eps=1, eta=0), ray(eps=1, eta=family.width)])
    for axis in (0, 1):
        domain.add((f"eta u{axis}",), UNIT, ETA)
    judgements = []
    for own in product((True, False), repeat=2):
        env = {family.node(START, "eps"): EPS, family.node(START, "eta"): ETA}
        for axis, is_own in enumerate(own):
            selector, residual = cell_marks(program, shift_class, axis, state[axis])
            if selector is not None:
                env |= {selector: family.delta if is_own else {}, residual: key(f"eta u{axis}")}
        forms = (ETA, key("eta u0"), key("eta u1")) if all(own) and state.sign > 0 else ({}, {}, {})
        goals = row_goals(words, state, row, forms)
        judgements.append(Everywhere(program, domain, env, (Case((), {}, goals),)))
    check = "as forms in eps, eta and eta u, eta v, unit by unit"
    return Claim("rows", START, (shift_class.index, *state), "", Each(tuple(judgements)), check)


def bounds(family, shift_class, state):
    """Return the claim that a row at stage 0 is in [0, η] at all points."""
    program = family.programs[START]
    domain = Domain([point(eps=0, eta=0), ray(eps=1, eta=0), ray(eps=0, eta=1)])
    env = {family.node(START, "eps"): EPS, family.node(START, "eta"): ETA}
    for axis in (0, 1):
        selector, residual = cell_marks(program, shift_class, axis, state[axis])
        if selector is not None:
            domain.add((f"delta cell{axis}",), UNIT, family.delta)
            domain.add((f"eta u{axis}",), UNIT, ETA)
            env |= {selector: key(f"delta cell{axis}"), residual: key(f"eta u{axis}")}
    words = "at all points of R^2, in strips or not, entries of rows leave B_0"
    row = zip(ROW, shift_class.rows(program.outlets)[state], strict=True)
    goals = [goal for kind, node in row for goal in range_goals(words, node, ETA, what=f", {kind}")]
    judgement = Everywhere(program, domain, env, (Case((), {}, tuple(goals)),), has_symbols=True)
    check = "every unit between 0 and the largest value of its argument"
    return Claim("bounds", START, (shift_class.index, *state), "", judgement, check)
