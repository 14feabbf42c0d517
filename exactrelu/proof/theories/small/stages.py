"""The fact on a stage: functionals of the rows of good orbits become those of the next rows."""

from itertools import pairwise, product

from exactrelu.field import mpq
from exactrelu.proof.domains import LINE, Domain, SignedRows, point
from exactrelu.proof.forms import combination, key
from exactrelu.proof.kernel import Case, Claim, Each, Everywhere, Number, Numbers, Same
from exactrelu.proof.theories.small.composition import (
    NETWORK, ROW, SIXTHS, curve_form, growth, inputs, on_rows, row_keys, states, transitions,
)
from exactrelu.proof.theories.small.loops import along
from exactrelu.refinement.transition import DIGITS

SQUARE = SignedRows(product((0, 1), repeat=2))
"""Rows with entries of at most 1 in absolute value, and any (u, v) in [0, 1]²."""


def claims(found):
    """Yield the claims on the stages."""
    yield parameters(found)
    for name, j in found.stages:
        for number in range(len(found.levels[j].classes)):
            yield moves(found, name, j, number)
            yield nothing(found, name, j, number)
            for q in DIGITS:
                yield step(found, name, j, number, q)


def parameters(found):
    """Return the claim that rows divided by the height have entries of at most 1 at all levels."""
    words = "B^n is at most the height of the rows, B >= 1 bounding the growth of entries of p in a stage"
    numbers = (
        Number("height", words, found.height - growth(found.problem) ** found.n),
        Number("height > 0", words, found.height - 1),
        Number("width > 0", "w > 0", mpq(found.width.numerator - 1)),
    )
    return Claim("parameters", NETWORK, (), "", Numbers(numbers), "comparisons of constants")


def moves(found, name, j, number):
    """Return the claim that a class moves on to the slot of 2 σ mod 1, with a window that holds that of the problem."""
    after = found.levels[j].classes[number]
    before = found.levels[j - 1].classes[after.before]
    words = "the grid of a class is moved by 2 sigma mod 1 at the next level"
    numbers = []
    for axis, side in enumerate(found.problem.size):
        distance = abs(after.shift[axis] - 2 * before.shift[axis] % 1)
        numbers.append(Number(f"moved, {axis}", words, -distance))
        room = after.lengths[axis] - after.shift[axis] - side
        numbers.append(Number(f"room, {axis}", words, room))
    return Claim("slots", name, (number,), "", Numbers(tuple(numbers)), "comparisons of constants")


def step(found, name, j, number, q):
    """Return the claim that X = Φ S becomes Φ' S' for digits q, S' = (p', p'u', p'v') being the next rows.

    The residuals have distance at least δ from 0, 1/2 and 1.
    """
    program, after = found.programs[j], found.levels[j].classes[number]
    level, nodes = found.levels[j - 1], inputs(found.programs[j])
    before = level.classes[after.before]
    env = {
        nodes[own]: on_rows(functional)
        for own, functional in zip(states(after.before, before), before.functionals, strict=True)
    }
    rows = next_rows(found.problem, before, q)
    wanted = [
        on_rows(
            {(cell, k): weight for (cell, k), weight in functional.items() if (ROW[k], cell) in rows},
            rows,
        ) for functional in after.functionals
    ]
    words = "X becomes the functionals of p' = T_q^T p, p'u' = T_q^T (2 pu - q_1 p), p'v' = T_q^T (2 pv - q_2 p)"
    judgements = []
    for place, (first, second) in enumerate(product(*(residuals(found.delta, digit) for digit in q))):
        loops = {}
        for axis, ends in enumerate((first, second)):
            shift = before.shift[axis]
            t = combination([(key(f"r{axis}"), 1)], -shift)
            for own, values in along(level, axis).items():
                loops[nodes[own]] = curve_form(values, t, sum(ends) / 2 - shift)
        domain = Domain([point(r0=a, r1=b) for a in first for b in second])
        domain.add(row_keys(before), SQUARE)
        goals = tuple(
            Same(f"{own}, {place}", words, program.outlets[own], form)
            for own, form in zip(states(number, after), wanted, strict=True)
        )
        judgements.append(Everywhere(program, domain, env | loops, (Case((), {}, goals),)))
    given = (
        "Let X be the functionals of rows (p, pu, pv) with |p| <= 1 and (u, v) in [0, 1]^2, and let the residuals have "
        "the digits q and a distance of at least d from 0, 1/2, 1: "
    )
    check = "as forms in rows and residuals, unit by unit"
    return Claim("step", name, (number, *q), given, Each(tuple(judgements)), check)


def nothing(found, name, j, number):
    """Return the claim that X = 0 becomes 0, whatever the loops are."""
    program, after = found.programs[j], found.levels[j].classes[number]
    before = set(states(after.before, found.levels[j - 1].classes[after.before]))
    env = {place: {} if own in before else key(own) for own, place in inputs(program).items()}
    domain = Domain([point()], [((own,), LINE, None) for own in program.inlets if own not in before])
    words = "X = 0 becomes 0, whatever the loops are"
    goals = tuple(Same(own, words, program.outlets[own], {}) for own in states(number, after))
    judgement = Everywhere(program, domain, env, (Case((), {}, goals),), has_symbols=True)
    return Claim("nothing", name, (number,), "", judgement, "as forms in undecided units, which cancel")


def residuals(delta, digit):
    """Return the pieces (low, high) of the residuals with a digit at distance ≥ δ from 0, 1/2 and 1."""
    low, high = mpq(digit, 2) + delta, mpq(digit + 1, 2) - delta
    return list(pairwise([low, *(k for k in SIXTHS if low < k < high), high]))


def next_rows(normal, shift_class, q):
    """Return {key: form} of the rows p' = T_qᵀ p, p'u', p'v' of the next level in those of a class."""
    found = {}
    for target, sources in transitions(normal, shift_class, q).items():
        p = combination([(key(("p", cell)), weight) for cell, weight in sources])
        found["p", target] = p
        for kind, digit in zip(("pu", "pv"), q, strict=True):
            doubled = [(key((kind, cell)), 2 * weight) for cell, weight in sources]
            found[kind, target] = combination([*doubled, (p, -digit)])
    return found
