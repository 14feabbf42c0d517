"""The facts on what is carried at the start, and on the windows of the classes."""

from itertools import product

from exactrelu.network.ports import AXES
from exactrelu.proof.domains import Domain, Generator, point, ray
from exactrelu.proof.forms import combination, key, scaled
from exactrelu.proof.kernel import Case, Claim, Everywhere, Number, Numbers, Same
from exactrelu.proof.theories.small.composition import NETWORK, ROW, START, carried_cells, on_rows, states

COORDINATES = key("t0"), key("t1")


def claims(found):
    """Yield the claims on the start."""
    yield windows(found)
    for number in range(len(found.levels[0].classes)):
        yield from carried(found, number)


def windows(found):
    """Return the claim that the cells of each class fill the window of the problem."""
    numbers = []
    words = (
        "the cells of a class fill the window [0, L_1] x [0, L_2] up to grid lines of level n, which are seams of it"
    )
    for number, shift_class in enumerate(found.levels[0].classes):
        for axis, side in enumerate(found.problem.size):
            borders = found.borders(shift_class, axis)
            numbers.append(Number(f"low in {AXES[axis]}, {number}", words, -borders[0]))
            numbers.append(Number(f"high in {AXES[axis]}, {number}", words, borders[-1] - side))
            room = shift_class.lengths[axis] - shift_class.shift[axis] - side
            numbers.append(Number(f"room in {AXES[axis]}, {number}", words, room))
    return Claim("windows", NETWORK, (), "", Numbers(tuple(numbers)), "comparisons of constants")


def pieces(found, shift_class, axis):
    """Return (cell, generators) of the pieces of a coordinate but for the strips; the cell is None outside."""
    name, borders, wanted = f"t{axis}", found.borders(shift_class, axis), carried_cells(shift_class, axis)
    # there are strips only where something is carried on one side
    ends = [border + found.delta if {a - 1, a} & wanted else border for a, border in enumerate(borders)]
    inner = [
        (a, (point(**{name: ends[a]}), point(**{name: high}))) for a, high in enumerate(borders[1:])
    ]
    before = None, (point(**{name: borders[0]}), ray(**{name: -1}))
    behind = None, (point(**{name: ends[-1]}), ray(**{name: 1}))
    return [before, *inner, behind]


def carried(found, number):
    """Yield the claims that a class carries functionals of (1, u, v) in the cell of the point, and 0 outside."""
    program, shift_class = found.programs[0], found.levels[0].classes[number]
    places = enumerate(zip(COORDINATES, found.corner, strict=True))
    env = {axis: combination([(form, 1)], corner) for axis, (form, corner) in places}
    words = (
        "X is the vector of the functionals of (p, pu, pv) with p = 1 for the cell of the point and (u, v) its place "
        "in it, or 0 outside of the window"
    )
    for place, parts in enumerate(product(*(pieces(found, shift_class, axis) for axis in (0, 1)))):
        cell, generators = zip(*parts, strict=True)
        goals = []
        for name, functional in zip(states(number, shift_class), shift_class.functionals, strict=True):
            form = {} if None in cell else scaled(at_start(functional, cell, shift_class), 1 / found.height)
            goals.append(Same(name, words, program.outlets[name], form))
        domain = Domain(joint(*generators))
        given = "Let t be in no strip [b, b + d] behind a border b of cells, d = w/2^n, in a coordinate of a class: "
        judgement = Everywhere(program, domain, env, (Case((), {}, tuple(goals)),))
        yield Claim("start", START, (number, place), given, judgement, "on all rectangles, unit by unit")


def at_start(functional, cell, shift_class):
    """Return a functional of rows that are (1, u, v) in a cell and 0 elsewhere, as a form in the coordinates."""
    local = [
        combination([(form, 1)], shift - a) for form, shift, a in zip(COORDINATES, shift_class.shift, cell, strict=True)
    ]
    own = {place: weight for place, weight in functional.items() if place[0] == cell}
    one = combination([], 1)
    return on_rows(own, dict(zip(((kind, cell) for kind in ROW), (one, *local), strict=True)))


def joint(first, second):
    """Return the generators of the product of two polyhedra with different coordinates."""
    found = [Generator(1, a.values | b.values) for a in first for b in second if a.weight and b.weight]
    for own, other in ((first, second), (second, first)):
        still = {name: entry * 0 for name, entry in other[0].values.items()}
        found += [Generator(0, still | along.values) for along in own if not along.weight]
    return found
