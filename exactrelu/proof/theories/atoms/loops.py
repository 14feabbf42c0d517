"""The facts on controllers, selectors and the carried copies of the input."""

from functools import partial
from itertools import pairwise
from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.network.ports import AXES
from exactrelu.proof.domains import Domain, point, ray
from exactrelu.proof.forms import combination, constant, minus, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Each, Everywhere, Same, Unproved
from exactrelu.proof.theories.atoms.family import READOUT, SPREAD, STAGE, START, TRANSPORT, Stage
from exactrelu.proof.theories.common import (
    HALF, THIRD, T, between, doubling, loop_cases, loop_form, loop_goals, outside, range_goals,
)

ALONG = "on all pieces of a coordinate t, unit by unit"

PIECES = (mpq(0), THIRD, HALF, 2 * THIRD, mpq(1))
"""Pieces of [0, 1] on which E is affine and the digit is one."""


class Role(NamedTuple):
    """What is asked at a `Place`: the fact of this ``name``, for a ``case``, with ``goals``.

    ``made()`` is (what is supposed, the judgement, how it is shown) of the `Claim`.
    """

    place: object
    name: str
    where: str
    case: tuple
    goals: tuple
    made: object

    def claim(self):
        """Return the `Claim`."""
        return Claim(self.name, self.where, self.case, *self.made())


def roles(family, term, parts):
    """Yield what is asked of controllers, selectors and copies of a term."""
    yield from starts(family, term, parts)
    yield from doublings(family, term, parts)
    yield from copied(family, term, parts)
    yield from restarts(family, term, parts)
    yield from first_digits(family, term, parts)
    yield from digits(family, term, parts)


def named(table, name, where, what):
    """Return the entry of a layout; raises `Unproved` without it."""
    if name not in table:
        raise Unproved(where, f"there is no {what} for {name}")
    return table[name]


def pair(table, name, where):
    """Return {"p": node, "q": node} of the controller of a line."""
    return dict(zip("pq", named(table, name, where, "controller"), strict=True))


def starts(family, term, parts):
    """Yield what is asked of the start block: controllers and copies, for t = x − o − d ε."""
    for name, line in term.lines.items():
        wanted = pair(term.start.after.loops, name, START)
        program = parts.part(term.start, {AXES[line.axis]: line.axis}, wanted, START)
        place = family.corner[line.axis], term.shift[line.axis]
        case = (parts.number("start", program, line, place),)
        made = partial(start, family, program, line, place)
        yield Role(term.place(START, axis=line.axis), "controllers", START, case, "pq", made)
    for axis, letter in enumerate(AXES):
        wanted = {"c": named(term.start.after.carried, letter, START, "copy")}
        program = parts.part(term.start, {letter: axis}, wanted, START)
        place = family.corner[axis], term.shift[axis]
        case = (parts.number("first copy", program, axis, place),)
        made = partial(first_copy, family, program, axis, place)
        yield Role(term.place(START, axis=axis), "copies", START, case, ("below", "inside", "above"), made)


def on_the_line(family, program, place, cases, cuts):
    """Return the judgement on all t and, where all n are meant, ε in [0, 1/2], for x = t + o + dε."""
    corner, shift = place
    env = {0: combination([(T, 1), (family.eps, shift)], corner)} | family.parameters(program)
    if family.n is not None:
        domain = Domain([point(t=0), ray(t=1), ray(t=-1)])
    else:
        domain = Domain([point(t=0, eps=0), point(t=0, eps=HALF), ray(t=1, eps=0), ray(t=-1, eps=0)])
    return Everywhere(program, domain, env, tuple(cases), cuts)


def start(family, program, line, place):
    """Return that a controller leaves S as E(t mod 1) in the cells of its line, as (0, 0) elsewhere."""
    nodes = tuple(program.outlets.values())
    words = (
        "with r_0 = t mod 1 in the cells of a controller, 0 outside of them, and r_(j+1) = 2 r_j mod 1, the "
        "controllers leave S as E(r_0)"
    )
    cases, cuts = loop_cases(words, nodes, line.ends, 1)
    cases = [*outside(line.ends, loop_goals(words, nodes, ({}, {}))), *cases]
    given = (
        "With o the corner of the window, t = (x, y) - o - d/2^n are the coordinates of a term, d being its shift. "
    )
    return given, on_the_line(family, program, place, cases, cuts), ALONG


def first_copy(family, program, axis, place):
    """Return what is claimed of a copy of a coordinate that leaves S."""
    (node,) = program.outlets.values()
    length = constant(family.problem.size[axis])
    words = "beside the controllers a copy of t is carried: it leaves S as min(t, L), for t <= 0 as something <= 0"
    cases = (
        Case(between(None, {}), {}, (AtLeast("below", words, ((node, mpq(-1)),), {}),)),
        Case(between({}, length), {}, (Same("inside", words, node, T),)),
        Case(between(length, None), {}, (Same("above", words, node, length),)),
    )
    return "", on_the_line(family, program, place, cases, (T, minus(T, length))), ALONG


def doublings(family, term, parts):
    """Yield what is asked of the controllers in transports and stages: F(E(t)) = E(2t mod 1)."""
    for where, stage in term.looping(family.n):
        block = stage.block
        behind = "T_k as E(r_k)" if where == TRANSPORT else "A_j as E(r_(j+1))"
        words = f"controllers E(t) become E(2t mod 1) for t in [0, 1], so that they leave {behind}"
        for name, line in term.lines.items():
            program = parts.part(
                block, pair(block.before.loops, name, where), pair(block.after.loops, name, where), where
            )
            case = (parts.number("controllers", program),)
            # T_k reads r_(k-1), A_j reads r_j
            place = term.place(where, stage.first, stage.first - (where == TRANSPORT), line.axis)
            yield Role(place, "controllers", where, case, "pq", partial(doubled, program, words))


def doubled(program, words):
    """Return that a controller, the input and output of a program, is led from E(t) to E(2t mod 1)."""
    return "", doubling(program, (0, 1), tuple(program.outlets.values()), words), ALONG


def copied(family, term, parts):
    """Yield what is asked of the copies in transports and in the readout: the positive part of min(t, L)."""
    for where, stage in (*((TRANSPORT, stage) for stage in term.transports), (READOUT, Stage(term.readout, 0, 0))):
        block = stage.block
        for axis, letter in enumerate(AXES):
            given = {"c": named(block.before.carried, letter, where, "copy")}
            program = parts.part(block, given, {"c": named(block.after.carried, letter, where, "copy")}, where)
            length = mpq(family.problem.size[axis])
            case = (parts.number("copies", program, length),)
            made = partial(copy, program, length, where)
            yield Role(term.place(where, stage.first), "copies", where, case, ("below", "inside"), made)


def copy(program, length, where):
    """Return that a copy c ≤ L becomes max(0, c)."""
    (node,) = program.outlets.values()
    words = f"the copies of t leave {where} as t in [0, L], as 0 for t <= 0 and as L for t >= L"
    cases = (
        Case(between(None, {}), {}, (Same("below", words, node, {}),)),
        Case(between({}, None), {}, (Same("inside", words, node, T),)),
    )
    domain = Domain([point(t=0), point(t=length), ray(t=-1)])
    return "", Everywhere(program, domain, {0: T}, cases, (T,)), ALONG


def restarted(family, term, parts, kind, name, wanted, *more):
    """Return (the part of the spread block that makes a value of a line from a copy, [0, L], the case of a fact)."""
    line = term.lines[name]
    given = {"c": named(term.spread.before.carried, AXES[line.axis], SPREAD, "copy")}
    program = parts.part(term.spread, given, wanted, SPREAD)
    length = mpq(family.problem.size[line.axis])
    return program, length, (parts.number(kind, program, line, length, *more),)


def restarts(family, term, parts):
    """Yield what is asked of the controllers that leave the spread block."""
    for name, line in term.lines.items() if term.stages else ():
        wanted = pair(term.spread.after.loops, name, SPREAD)
        program, length, case = restarted(family, term, parts, "restart", name, wanted)
        made = partial(restart, family, program, line, length)
        yield Role(term.place(SPREAD, axis=line.axis), "controllers", SPREAD, case, "pq", made)


def restart(family, program, line, length):
    """Return that a controller leaves P as E(r_1)."""
    nodes = tuple(program.outlets.values())
    words = "from the copies the controllers start again, and leave P as E(r_1)"
    cases, cuts = loop_cases(words, nodes, line.ends, 2)
    cases = (*outside(line.ends, loop_goals(words, nodes, ({}, {}))), *cases)
    env = {0: T} | family.parameters(program)
    return "", Everywhere(program, Domain([point(t=0), point(t=length)]), env, cases, cuts), ALONG


def first_digits(family, term, parts):
    """Yield what is asked of the selectors that leave the spread block."""
    for name, line in term.lines.items():
        wanted = {"chi": named(term.spread.after.digits, name, SPREAD, "selector")}
        program, length, case = restarted(family, term, parts, "first digits", name, wanted, term.width)
        made = partial(first_digit, family, program, line, length, term.width)
        yield Role(term.place(SPREAD, axis=line.axis), "selectors", SPREAD, case, ("low", "high", "digit"), made)


def first_digit(family, program, line, length, width):
    """Return that a selector leaves P as the digit of r_0, but for strips, and always in [0, 1]."""
    judgements = []
    env = {0: T} | family.parameters(program)
    first, last = line.ends
    for low, high in ((mpq(0), mpq(first)), (mpq(last), length)):
        if low < high:
            (node,) = program.outlets.values()
            judgements.append(along(family, program, low, high, env, (Case((), {}, selected(family, node)),)))
    for cell in line.cells:
        for low, high in pairwise(PIECES):
            judgements.append(digit_on(family, program, env, cell, low, high, scaled(family.eps, width)))
    return "", Each(tuple(judgements)), ALONG


def along(family, program, low, high, env, cases, cuts=()):
    """Return the judgement on t from ``low`` to ``high``."""
    return Everywhere(program, Domain(family.along(low, high)), env, cases, cuts, family.products)


def selected(family, node):
    """Return the goals on a selector at all points."""
    return range_goals("at all points the selectors are", node, family.one)


def digit_on(family, program, env, cell, low, high, strip):
    """Return the judgement on a selector for t − ``cell`` in a piece of [0, 1]; ``strip`` is the width of strips."""
    (node,) = program.outlets.values()
    words = "the selectors are the digits of r_j, but for r_j in J_j = [0, e) u [1/2, 1/2 + e), e = w/2^(n-j)"
    digit = int(low >= HALF)
    begin = constant(cell + digit * HALF)
    end = combination([(begin, 1), (strip, 1)])
    exact = Same("digit", words, node, family.one if digit else {})
    cases = (
        Case(between(end, None), {}, (*selected(family, node), exact)),
        Case(between(begin, end), {}, selected(family, node)),
    )
    return along(family, program, cell + low, cell + high, env, cases, (minus(T, end),))


def digits(family, term, parts):
    """Yield what is asked of the selectors that leave the stages."""
    for stage in term.stages:
        block = stage.block
        for name, line in term.lines.items():
            wanted = {"chi": named(block.after.digits, name, STAGE, "selector")}
            program = parts.part(block, pair(block.before.loops, name, STAGE), wanted, STAGE)
            width = term.width * 2**stage.first
            case = (parts.number("digits", program, width),)
            made = partial(digit, family, program, width)
            place = term.place(STAGE, stage.first, stage.first, line.axis)
            yield Role(place, "selectors", STAGE, case, ("low", "high", "digit"), made)


def digit(family, program, width):
    """Return that a selector leaves A_j as the digit of r_j, but for strips, and in [0, 1] on E([0, 1])."""
    judgements = []
    for low, high in pairwise(PIECES):
        env = dict(enumerate(loop_form(T, (low + high) / 2))) | family.parameters(program)
        judgements.append(digit_on(family, program, env, 0, low, high, scaled(family.eps, width)))
    return "", Each(tuple(judgements)), ALONG
