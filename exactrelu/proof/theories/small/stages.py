"""The fact on a stage: functionals of the rows of good orbits become those of the next rows."""

from itertools import product

from exactrelu.field import mpq
from exactrelu.proof.domains import HALF_LINE, LINE, Domain, Shape, SignedRows, point
from exactrelu.proof.forms import combination, key, minus, scaled
from exactrelu.proof.kernel import AtLeast, Case, Claim, Everywhere, Same
from exactrelu.proof.theories.common import curve_value, inputs
from exactrelu.proof.theories.small.family import STAGE, eps, on_rows, states, transitions

ABOVE_ONE = Shape([(mpq(1),)], HALF_LINE.rays)
"""All numbers ≥ 1."""


def claims(found):
    """Yield the claims on the stage."""
    for number in range(len(found.classes)):
        yield nothing(found, number)
        for q in found.digits:
            yield step(found, number, q)


def cube(found):
    """Return the rows with entries of at most 1 in absolute value, and any u in [0, 1]^d."""
    return SignedRows(product((mpq(0), mpq(1)), repeat=len(found.axes)))


def step(found, number, q):
    """Return the claim that X = Φ S becomes Φ' S' for digits q, S' = (p', p'u') being the next rows.

    The residuals have distance at least δ from all k/M: hats are in the convex hull of those at such residuals.
    """
    program, after, nodes = found.stage, found.classes[number], inputs(found.stage)
    before = found.classes[after.before]
    env = found.parameters(program) | {
        nodes[own]: on_rows(functional)
        for own, functional in zip(states(after.before, before), before.functionals, strict=True)
    }
    domain = Domain([point()])
    domain.add(found.rows_of(before), cube(found))
    goals = []
    for axis in found.axes:
        hats = found.hats_along(axis)
        domain.add((eps(found.letters[axis]), *hats), Shape(list(arc(found, before, axis, q[axis]))))
        env |= {nodes[name]: key(name) for name in hats}
        for name, sign in sides(found, before, axis, q[axis]).items():
            form = found.combined(axis, found.early[name][1])
            if sign < 0:
                words = "early parts of thresholds that are passed are 0"
                goals.append(AtLeast(name, words, (), scaled(form, -1)))
                env[nodes[name]] = {}
            elif sign > 0:
                words = "early parts of thresholds that are not passed are >= 1"
                goals.append(AtLeast(name, words, (), minus(form, key(eps(found.letters[axis])))))
                domain.add((name,), ABOVE_ONE)
                env[nodes[name]] = key(name)
    rows = next_rows(found, before, q)
    words = "X becomes eta times the functionals of p' = T_q^T p and p'u' = T_q^T (M pu - q p), in each coordinate"
    for own, functional in zip(states(number, after), after.functionals, strict=True):
        kept = {(place, k): weight for (place, k), weight in functional.items() if (k, place) in rows}
        goals.append(Same(own, words, program.outlets[own], on_rows(kept, rows)))
    given = (
        "Let X be the functionals of rows (p, pu) with |p| <= 1 and u in [0, 1]^d, and let the residuals have the "
        "digits q and a distance of at least d = w/M^n from all k/M, in each coordinate: "
    )
    check = "as forms in rows and hats, unit by unit"
    judgement = Everywhere(program, domain, env, (Case((), {}, tuple(goals)),), inverses=found.inverses)
    return Claim("step", STAGE, (number, *q), given, judgement, check)


def arc(found, shift_class, axis, digit):
    """Yield the corners (ε, hats) of the hull of the hats at residuals with a digit, at distance ≥ wε from all k/M."""
    M, N, w, shift = found.factors[axis], found.parts[axis], found.widths[axis], shift_class.shift[axis]
    low, high = mpq(digit, M), mpq(digit + 1, M)
    knots = [mpq(k, N) for k in range(N + 1) if low < mpq(k, N) < high]
    for small in (mpq(0), mpq(1, M)):
        for r in (low + w * small, *knots, high - w * small):
            yield (small, *(curve_value(values, r - shift) for values in found.hats_along(axis).values()))


def sides(found, shift_class, axis, digit):
    """Return {name: sign} of the early parts of the thresholds of a class: the sign of their forms at a digit.

    These are the forms that vanish at the seam of the class.
    """
    M, shift, found_sides = found.factors[axis], shift_class.shift[axis], {}
    for name, values in found.early_along(axis).items():
        if curve_value(values, -shift) == 0:
            form = curve_value(values, mpq(2 * digit + 1, 2 * M) - shift)
            found_sides[name] = 1 if form > 0 else -1
    return found_sides


def nothing(found, number):
    """Return the claim that X = 0 becomes 0, whatever the loops are."""
    program, after = found.stage, found.classes[number]
    before = set(states(after.before, found.classes[after.before]))
    env = {place: {} if own in before else key(own) for place, own in enumerate(program.inlets)}
    small = [eps(letter) for letter in found.letters]
    free = [own for own in program.inlets if own not in before]
    domain = Domain([point()], [((own,), LINE, None) for own in (*free, *small)])
    words = "X = 0 becomes 0, whatever the loops are"
    goals = tuple(Same(own, words, program.outlets[own], {}) for own in states(number, after))
    judgement = Everywhere(
        program, domain, found.parameters(program) | env, (Case((), {}, goals),), has_symbols=True,
        inverses=found.inverses,
    )
    return Claim("nothing", STAGE, (number,), "", judgement, "as forms in undecided units, which cancel")


def next_rows(found, shift_class, q):
    """Return {key: form} of the rows p' = T_qᵀ p, p'u' of the next level in those of a class."""
    rows = {}
    for target, sources in transitions(found.problem, shift_class, q).items():
        p = combination([(key((0, place)), weight) for place, weight in sources])
        rows[0, target] = p
        for axis, (M, digit) in enumerate(zip(found.factors, q, strict=True), 1):
            multiplied = [(key((axis, place)), M * weight) for place, weight in sources]
            rows[axis, target] = combination([*multiplied, (p, -digit)])
    return rows
