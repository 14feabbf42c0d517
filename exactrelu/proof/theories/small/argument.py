"""Why the facts imply the theorem for every n: what the conclusion needs, found from the classes and readings alone."""

from itertools import product

from exactrelu.proof.proofs import demanded
from exactrelu.proof.theories.common import NETWORK, block_goals, disjoint_goals, gate_goals, seam_goals
from exactrelu.proof.theories.small.closing import shape_pieces, signs_of, value_node, value_pieces
from exactrelu.proof.theories.small.family import CLOSING, STAGE, firsts, states
from exactrelu.proof.theories.small.stages import sides
from exactrelu.proof.theories.small.start import ends_of, loop_pieces


def demands(found):
    """Yield all that the conclusion needs."""
    classes = range(len(found.classes))
    names = (*(start.where for start in found.starts), STAGE, CLOSING)
    yield from demanded("blocks", NETWORK, (), *block_goals(names))
    yield from demanded("parameters", NETWORK, (), "B >= 1", *(f"w > 0, {axis}" for axis in found.axes))
    yield from demanded("starts", NETWORK, (), "all n")
    yield from demanded("disjoint", NETWORK, (), *disjoint_goals(found.axes, classes))
    for first, _ in firsts(found):
        yield from demanded("levels", NETWORK, (), f"levels, {first}")
        goals = (f"returns, {k}, {i}, {first}" for k in classes for i in found.axes)
        yield from demanded("starts", NETWORK, (), *goals)
    yield from demanded("slots", STAGE, (), *(
        f"{what}, {k}, {axis}" for what in ("moved", "room") for k in classes for axis in found.axes
    ))
    for start in found.starts:
        yield from _start(found, start)
    for axis in found.axes:
        pieces = range(found.factors[axis] ** 2 * found.parts[axis])
        goals = (f"{own}, {piece}" for own in found.loops_along(axis) for piece in pieces)
        yield from demanded("loops", STAGE, (found.letters[axis],), *goals)
    for k in classes:
        yield from _stage(found, k)
        yield from _closing(found, k)
    for goods in product((True, False), repeat=len(classes)):
        has_values = any(value_node(found, k) is not None for k in classes)
        yield from demanded("gates", CLOSING, goods, *gate_goals(goods, has_values))


def _start(found, start):
    """Yield what is needed of a start."""
    for axis, letter in enumerate(found.letters):
        for k in range(len(found.classes)):
            places = [f"{k}, {axis}, {start.first}, {end}" for end in ends_of(found, start, axis)]
            yield from demanded("windows", NETWORK, (), *(f"{what}, {at}" for what in ("low", "high") for at in places))
        for place, _ in enumerate(loop_pieces(found, start, axis)):
            yield from demanded("loops", start.where, (letter, place), *found.loops_along(axis))
    for k, shift_class in enumerate(found.classes):
        ways = product(*(range(length + 2) for length in shift_class.lengths))
        for place, _ in enumerate(ways):
            yield from demanded("start", start.where, (k, place), *states(k, shift_class))


def _stage(found, number):
    """Yield what is needed of a class in a stage."""
    after = found.classes[number]
    before = found.classes[after.before]
    yield from demanded("nothing", STAGE, (number,), *states(number, after))
    for q in found.digits:
        early = [name for axis in found.axes for name in sides(found, before, axis, q[axis])]
        yield from demanded("step", STAGE, (number, *q), *early, *states(number, after))


def _closing(found, number):
    """Yield what is needed of what is read of a class, and of its seams."""
    for letter, w, N in zip(found.letters, found.widths, found.parts, strict=True):
        yield from demanded("seams", CLOSING, (number, letter), *seam_goals(w, N))
    yield from demanded("deficiency", CLOSING, (number,), "sum", *(f"b >= 0, {axis}" for axis in found.axes))
    if found.passed[number]:
        yield from demanded("passing", CLOSING, (number,), *(f"passed, {unit}" for unit in found.passed[number]))
    for k, reading in enumerate(found.readings[number]):
        goals = ["sum"]
        if reading.forms:
            goals = [f"sum, {i}" for i in range(len(shape_pieces(reading.forms)) * len(signs_of(found, reading)))]
        yield from demanded("part", CLOSING, (number, k), *goals)
    yield from demanded("value", CLOSING, (number,), *(f"value, {k}" for k in range(len(value_pieces(found, number)))))
    units = [unit for reading in found.readings[number] for unit, _ in reading.terms]
    goals = [f"{end}, {unit}" for end in ("low", "high") for unit in units]
    if value_node(found, number) is not None:
        goals += ["y low", "y high"]
    yield from demanded("limit", CLOSING, (number,), *goals)
    yield from demanded("nothing", CLOSING, (number,), "zero")


CONCLUSION = (
    "Fix n, a point, t in the coordinates of the window, and r_j = M^j t + sigma_j mod 1 for each class. A class is "
    "at a strip if t is in [b, b + d] in a coordinate, b being a border of a cell that it carries: M^n b + sigma_n is "
    "an integer, so that r_n is in [0, w] where the loops are, at t or at b, and D >= 1. At any other point X_0 = eta "
    "Phi S_0, S_0 being (p, pu) for p = e_a, a the cell of the point (and the component that is meant), and u = r_0; "
    "or X_0 = 0, outside of the window. If X_0 = 0, then X_j = 0 for all j, whatever the loops do, and y = 0; and V^n "
    "g = 0 at the point: outside of the window this is known, and if Phi S_0 = 0, then Phi S_j = 0 for all j by the "
    "steps, of any digits, and the sum of p_n,b g_b is 0. If X_0 is not 0, then the loops at level j are those at M^j "
    "t. If D < 1, then r_n has distances of more than w from integers, and so r_j, j < n, has at least d = w/M^n from "
    "all k/M; by induction over j, X_j = eta Phi S_j with p_j = T_q(j)^T ... T_q(1)^T e_a and u_j = r_j, and eta "
    "|p_j| <= eta B^j <= 1; an early part, kappa times a form >= eps, is >= 1. So y is eta times the sum of p_n,b "
    "g_b(u_n), V^n g at the point (Corollary 2.6, on the grid moved by sigma_0). So a class with D < 1 is good, and "
    "for all others D >= 1 and |y| <= Y. Where V^n g is not 0, at most one class is at a strip in each coordinate, "
    "hence some class at none, for which X_0 is not 0: the loops are those at t, at most one class has b > 0 in each "
    "coordinate, and some class has D = 0. By the gates the output of B_(n+1) is eta V^n g. QED"
)
