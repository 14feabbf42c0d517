"""The facts on the start: what is carried, and where the loops are."""

from functools import partial
from itertools import pairwise, product

from exactrelu.field import mpq
from exactrelu.proof.domains import Domain, Generator, point, ray
from exactrelu.proof.forms import ONE, combination, constant, key, minus, scaled
from exactrelu.proof.kernel import Case, Claim, Everywhere, Same
from exactrelu.proof.theories.small.family import carried_cells, eps, kappa, on_rows, renamed, states

ALONG = "on all pieces of a coordinate, unit by unit"


def claims(found):
    """Yield the claims on the start."""
    for start in found.starts:
        for axis in found.axes:
            yield from loops(found, start, axis)
        for number in range(len(found.classes)):
            yield from carried(found, start, number)


def ends_of(found, start, axis):
    """Return the least and the largest ε of a start in a coordinate, 0 standing for all that are small enough."""
    largest = mpq(1, found.factors[axis] ** start.first)
    return (mpq(0), largest) if start.period else (largest,)


def at(found, axis, form, end):
    """Return the value of a form in ε where ε is ``end``."""
    return form.get(ONE, mpq(0)) + form.get(eps(found.letters[axis]), 0) * end


def between(found, start, axis, low, high):
    """Return generators of (t, ε) for t from ``low`` to ``high``, forms in ε, None for infinity."""
    t, small = f"t{axis}", eps(found.letters[axis])
    generators = []
    for end in ends_of(found, start, axis):
        places = dict.fromkeys(at(found, axis, form, end) for form in (low, high) if form is not None)
        generators += [point(**{t: place, small: end}) for place in places]
    if low is None or high is None:
        generators.append(ray(**{t: -1 if low is None else 1, small: 0}))
    return generators


def intervals(found, start, axis):
    """Return the intervals (low, high), apart and in order, that the cells of all classes make up where any is carried.

    The ends are forms in ε. On these the loops have to be right.
    """
    sides, middle = [], ends_of(found, start, axis)[-1] / found.factors[axis] ** start.period

    def place(form):
        return at(found, axis, form, middle)

    for shift_class in found.classes:
        borders = found.borders(shift_class, axis, start)
        sides += [(borders[a], borders[a + 1]) for a in carried_cells(found, shift_class, axis)]
    joined = []
    for low, high in sorted(sides, key=lambda ends: [place(end) for end in ends]):
        if joined and place(low) <= place(joined[-1][1]):
            low, before = joined.pop()
            high = max(before, high, key=place)
        joined.append((low, high))
    return joined


def delta(found, start, axis):
    """Return the form δ = w ε."""
    return scaled(found.small(axis, start), found.widths[axis])


def loop_pieces(found, start, axis):
    """Return (low, high, where the loops are): t itself, or the end of an interval for δ beyond it."""
    pieces, step = [], knots_apart(found, axis)
    for low, high in intervals(found, start, axis):
        lows, highs = ([at(found, axis, form, e) for e in ends_of(found, start, axis)] for form in (low, high))
        first, last = int(max(lows) // step) + 1, int(-(-min(highs) // step))
        inner = [constant(k * step) for k in range(first, last)]
        pieces += [(*piece, key(f"t{axis}")) for piece in pairwise([low, *inner, high])]
        pieces.append((high, combination([(high, 1), (delta(found, start, axis), 1)]), high))
    return pieces


def knots_apart(found, axis):
    """Return 1/(MN), the distance of points between which all loops are affine."""
    return mpq(1, found.factors[axis] * found.parts[axis])


def loops(found, start, axis):
    """Yield the claims that the loops are at t, on the cells of the classes, and keep their value on δ beyond these."""
    program, t, letter = start.program, f"t{axis}", found.letters[axis]
    words = "loops are those at t on all cells that a class carries, and for d = w/M^n beyond these where they end"
    steep = partial(renamed, {ONE: kappa(letter), t: f"kappa {t}", eps(letter): ONE})
    if not start.period:
        steep = partial(scaled, factor=mpq(found.factors[axis]) ** start.first)
    step = knots_apart(found, axis)
    env = found.parameters(program, start) | found.point(program)
    for number, (low, high, place) in enumerate(loop_pieces(found, start, axis)):
        domain = Domain(between(found, start, axis, low, high))
        values = [generator.at(place) for generator in domain.generators]
        first, last = int(min(values) // step), int(-(-max(values) // step))
        cases, cuts = [], []
        for k in range(first, max(last, first + 1)):
            forms = found.loops_at(axis, place, (k + mpq(1, 2)) * step, steep)
            goals = tuple(Same(name, words, program.outlets[name], form) for name, form in forms.items())
            condition = minus(place, constant(k * step)), minus(constant((k + 1) * step), place)
            cases.append(Case(condition, {}, goals))
            cuts.append(minus(place, constant(k * step)))
        judgement = Everywhere(
            program, domain, env, tuple(cases), tuple(cuts), ((kappa(letter), t, f"kappa {t}"),),
            inverses=found.inverses,
        )
        yield Claim("loops", start.where, (letter, number), "", judgement, ALONG)


def pieces(found, start, shift_class, axis):
    """Return (cell, generators) of the pieces of a coordinate but for the strips; the cell is None outside."""
    borders, wanted = found.borders(shift_class, axis, start), carried_cells(found, shift_class, axis)
    # there are strips only where something is carried on one side
    ends = [
        combination([(border, 1), (delta(found, start, axis), 1)]) if {a - 1, a} & wanted else border
        for a, border in enumerate(borders)
    ]
    inner = ((a, ends[a], high) for a, high in enumerate(borders[1:]))
    places = [(None, None, borders[0]), *inner, (None, ends[-1], None)]
    return [(cell, between(found, start, axis, low, high)) for cell, low, high in places]


def carried(found, start, number):
    """Yield the claims that a class carries functionals of (1, u) in the cell of the point, and 0 outside."""
    program, shift_class = start.program, found.classes[number]
    env = found.parameters(program, start) | found.point(program)
    words = (
        "X is eta times the functionals of (p, p u) with p = 1 for the cell of the point and u its place in it, or 0 "
        "outside of the window"
    )
    given = "Let t be in no strip [b, b + d] behind a border b of cells, d = w/M^n, in a coordinate of a class: "
    products = tuple(("eta", f"t{axis}", f"eta t{axis}") for axis in found.axes)
    for place, parts in enumerate(product(*(pieces(found, start, shift_class, axis) for axis in found.axes))):
        cell, generators = zip(*parts, strict=True)
        goals = []
        for name, functional in zip(states(number, shift_class), shift_class.functionals, strict=True):
            form = {} if None in cell else at_start(found, functional, cell, shift_class)
            goals.append(Same(name, words, program.outlets[name], form))
        judgement = Everywhere(
            program, Domain(joint(generators)), env, (Case((), {}, tuple(goals)),), (), products,
            inverses=found.inverses,
        )
        yield Claim("start", start.where, (number, place), given, judgement, "on all boxes, unit by unit")


def at_start(found, functional, cell, shift_class):
    """Return η times a functional of rows that are (1, u) in a cell and 0 elsewhere, as a form in products with η."""
    own = cell, found.problem.component
    values = {(0, own): key("eta")}
    for axis, (a, shift) in enumerate(zip(cell, shift_class.shift, strict=True)):
        values[1 + axis, own] = combination([(key(f"eta t{axis}"), 1), (key("eta"), shift - a)])
    return on_rows({where: weight for where, weight in functional.items() if where[0] == own}, values)


def joint(parts):
    """Return the generators of the product of polyhedra with different coordinates."""
    found, *others = parts
    for second in others:
        first, found = found, []
        found += [Generator(1, a.values | b.values) for a in first for b in second if a.weight and b.weight]
        for own, other in ((first, second), (second, first)):
            still = {name: entry * 0 for name, entry in other[0].values.items()}
            found += [Generator(0, still | along.values) for along in own if not along.weight]
    return found
