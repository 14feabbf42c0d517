"""Why the facts imply the theorem: what the conclusion needs, found from levels, classes and readings alone."""

from itertools import pairwise, product

from exactrelu.network.ports import AXES
from exactrelu.proof.proofs import Demand
from exactrelu.proof.theories.seam_gates import gate_goals
from exactrelu.proof.theories.small.closing import cut, lines_of, shape_pieces, signs_of
from exactrelu.proof.theories.small.composition import CLOSING, NETWORK, START, mesh_of, states
from exactrelu.proof.theories.small.loops import TWELFTHS, along, start_pieces
from exactrelu.proof.theories.small.stages import residuals
from exactrelu.refinement.transition import DIGITS


def demands(found):
    """Yield all that the conclusion needs."""
    classes = range(len(found.levels[-1].classes))
    yield from _all("blocks", NETWORK, (), *(f"{j}, {way}" for j in range(found.n + 1) for way in ("given", "taken")))
    yield from _all("parameters", NETWORK, (), "height", "height > 0", "width > 0")
    yield from _all("windows", NETWORK, (), *(
        f"{what} in {axis}, {k}" for what in ("low", "high", "room") for axis in AXES for k in classes
    ))
    yield from _all("disjoint", NETWORK, (), "three", *(f"apart, {axis}, {k}" for axis in (0, 1) for k in classes))
    yield from _loops(found)
    for k, shift_class in enumerate(found.levels[0].classes):
        ways = product(*(range(length + 2) for length in shift_class.lengths))
        for place, _ in enumerate(ways):
            yield from _all("start", START, (k, place), *states(k, shift_class))
    for name, j in found.stages:
        for k in classes:
            yield from _stage(found, name, j, k)
    for k in classes:
        yield from _closing(found, k)
    for goods in product((True, False), repeat=len(classes)):
        has_values = any(f"s{k}/value" in found.programs[-1].marks for k in classes)
        yield from _all("gates", CLOSING, goods, *gate_goals(goods, has_values))


def _all(name, where, case, *goals):
    return [Demand(name, where, case, goal) for goal in goals]


def _loops(found):
    """Yield what is needed of loops and seams."""
    for axis, letter in enumerate(AXES):
        for place, _ in enumerate(start_pieces(found, axis)):
            yield from _all("loops", START, (letter, place), *along(found.levels[0], axis))
        for name, j in found.stages:
            goals = (f"{own}, {piece}" for own in along(found.levels[j], axis) for piece in range(12))
            yield from _all("loops", name, (letter,), *goals)
        for k in range(len(found.levels[-1].classes)):
            ends = sorted({*TWELFTHS, found.width, 2 * found.width, 1 - found.width, 1 - 2 * found.width})
            near = [f"b >= 1, {low}" for low, high in pairwise(ends) if high <= found.width or low >= 1 - found.width]
            far = [
                f"b = 0, {low}" for low, high in pairwise(ends)
                if low >= 2 * found.width and high <= 1 - 2 * found.width
            ]
            yield from _all("seams", CLOSING, (k, letter), *near, *far)
    for k in range(len(found.levels[-1].classes)):
        yield from _all("deficiency", CLOSING, (k,), "sum", "b >= 0, 0", "b >= 0, 1")


def _stage(found, name, j, number):
    """Yield what is needed of a class in a stage."""
    after = found.levels[j].classes[number]
    yield from _all("slots", name, (number,), *(f"{what}, {axis}" for what in ("moved", "room") for axis in (0, 1)))
    yield from _all("nothing", name, (number,), *states(number, after))
    for q in DIGITS:
        places = enumerate(product(*(residuals(found.delta, digit) for digit in q)))
        goals = (f"{own}, {place}" for place, _ in places for own in states(number, after))
        yield from _all("step", name, (number, *q), *goals)


def _closing(found, number):
    """Yield what is needed of what is read of a class."""
    if found.passed[number]:
        yield from _all("passing", CLOSING, (number,), *(f"passed, {unit}" for unit in found.passed[number]))
    for k, reading in enumerate(found.readings[number]):
        goals = ["sum"]
        if reading.forms:
            goals = [f"sum, {i}" for i in range(len(shape_pieces(reading.forms)) * len(signs_of(found, reading)))]
        yield from _all("part", CLOSING, (number, k), *goals)
    lines = [line for reading in found.readings[number] for line in lines_of(reading.forms)]
    polygons = [polygon for polygon, _ in mesh_of(found.problem, found.levels[-1].classes[number])]
    yield from _all("value", CLOSING, (number,), *(f"value, {k}" for k in range(len(cut(polygons, lines)))))
    units = [unit for reading in found.readings[number] for unit, _ in reading.terms]
    goals = [f"{end}, {unit}" for end in ("low", "high") for unit in units]
    if f"s{number}/value" in found.programs[-1].marks:
        goals += ["y low", "y high"]
    yield from _all("limit", CLOSING, (number,), *goals)
    yield from _all("nothing", CLOSING, (number,), "zero")


CONCLUSION = (
    "Fix a point, t in the coordinates of the window, and r_j = 2^j t + sigma_j mod 1 for each class. A class is at a "
    "strip if t is in [b, b + d] in a coordinate, b being a border of a cell that it carries: 2^n b + sigma_n is an "
    "integer, so that r_n is in [0, w] where the loops are, at t or at b, and D >= 1. At any other point X_0 = Phi "
    "S_0, S_0 being (p, pu, pv) for p = e_a, a the cell of the point, and (u, v) = r_0; or X_0 = 0, outside of the "
    "window. If X_0 = 0, then X_j = 0 for all j, whatever the loops do, and y = 0; and V^n g = 0 at the point: "
    "outside of the window this is known, and if Phi S_0 = 0, then Phi S_j = 0 for all j by the steps, of any digits, "
    "and the sum of p_n,b g_b is 0. If X_0 is not 0, then the loops at level j are those at 2^j t. If D < 1, then r_n "
    "has distances of more than w from integers, and so r_j, j < n, has at least d from 0, 1/2 and 1; by induction "
    "over j, X_j = Phi S_j with p_j = T_q(j)^T ... T_q(1)^T e_a, (u_j, v_j) = r_j, all divided by the height, which "
    "makes all |p_j| at most 1; and y is the sum of p_n,b g_b(u_n, v_n), V^n g at the point (Corollary 2.6, on the "
    "grid moved by sigma_0), divided by the height. So a class with D < 1 is good, and for all others D >= 1 and |y| "
    "<= Y. Where V^n g is not 0, at most one class is at a strip in each coordinate, hence some class at none, for "
    "which X_0 is not 0: the loops are those at t, at most one class has b > 0 in each coordinate, and some class has "
    "D = 0. By the gates the output is V^n g. QED"
)
