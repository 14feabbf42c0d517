"""Why the facts imply the theorem for every n: what the conclusion needs, found from the classes and readings alone."""

from itertools import pairwise, product

from exactrelu.proof.proofs import Demand
from exactrelu.proof.theories.seam_gates import gate_goals
from exactrelu.proof.theories.small.closing import shape_pieces, signs_of, value_node, value_pieces
from exactrelu.proof.theories.small.family import CLOSING, NETWORK, STAGE, firsts, states
from exactrelu.proof.theories.small.loops import seam_pieces
from exactrelu.proof.theories.small.stages import sides
from exactrelu.proof.theories.small.start import ends_of, loop_pieces


def demands(found):
    """Yield all that the conclusion needs."""
    classes = range(len(found.classes))
    names = (*(start.where for start in found.starts), STAGE, CLOSING)
    yield from _all("blocks", NETWORK, (), *(f"{name}, {way}" for name in names for way in ("given", "taken")))
    yield from _all("parameters", NETWORK, (), "B >= 1", *(f"w > 0, {axis}" for axis in found.axes))
    yield from _all("starts", NETWORK, (), "all n")
    yield from _all("disjoint", NETWORK, (), "classes", *(f"apart, {i}, {k}" for i in found.axes for k in classes))
    for first, _ in firsts(found):
        yield from _all("levels", NETWORK, (), f"levels, {first}")
        yield from _all("starts", NETWORK, (), *(f"returns, {k}, {i}, {first}" for k in classes for i in found.axes))
    yield from _all("slots", STAGE, (), *(
        f"{what}, {k}, {axis}" for what in ("moved", "room") for k in classes for axis in found.axes
    ))
    for start in found.starts:
        yield from _start(found, start)
    for axis in found.axes:
        pieces = range(found.factors[axis] ** 2 * found.parts[axis])
        goals = (f"{own}, {piece}" for own in loops_along(found, axis) for piece in pieces)
        yield from _all("loops", STAGE, (found.letters[axis],), *goals)
    for k in classes:
        yield from _stage(found, k)
        yield from _closing(found, k)
    for goods in product((True, False), repeat=len(classes)):
        has_values = any(value_node(found, k) is not None for k in classes)
        yield from _all("gates", CLOSING, goods, *gate_goals(goods, has_values))


def _all(name, where, case, *goals):
    return [Demand(name, where, case, goal) for goal in goals]


def loops_along(found, axis):
    """Return the names of the hats and early parts of a coordinate."""
    return [name for name, (own, _) in (found.hats | found.early).items() if own == axis]


def _start(found, start):
    """Yield what is needed of a start."""
    for axis, letter in enumerate(found.letters):
        for k in range(len(found.classes)):
            places = [f"{k}, {axis}, {start.first}, {end}" for end in ends_of(found, start, axis)]
            yield from _all("windows", NETWORK, (), *(f"{what}, {at}" for what in ("low", "high") for at in places))
        for place, _ in enumerate(loop_pieces(found, start, axis)):
            yield from _all("loops", start.where, (letter, place), *loops_along(found, axis))
    for k, shift_class in enumerate(found.classes):
        ways = product(*(range(length + 2) for length in shift_class.lengths))
        for place, _ in enumerate(ways):
            yield from _all("start", start.where, (k, place), *states(k, shift_class))


def _stage(found, number):
    """Yield what is needed of a class in a stage."""
    after = found.classes[number]
    before = found.classes[after.before]
    yield from _all("nothing", STAGE, (number,), *states(number, after))
    for q in found.digits:
        early = [name for axis in found.axes for name in sides(found, before, axis, q[axis])]
        yield from _all("step", STAGE, (number, *q), *early, *states(number, after))


def _closing(found, number):
    """Yield what is needed of what is read of a class, and of its seams."""
    for letter, w, N in zip(found.letters, found.widths, found.parts, strict=True):
        ends = list(pairwise(seam_pieces(N)))
        near = [f"b >= 1, {low}" for low, high in ends if high <= w or low >= 1 - w]
        far = [f"b = 0, {low}" for low, high in ends if low >= 2 * w and high <= 1 - 2 * w]
        yield from _all("seams", CLOSING, (number, letter), *near, *far)
    yield from _all("deficiency", CLOSING, (number,), "sum", *(f"b >= 0, {axis}" for axis in found.axes))
    if found.passed[number]:
        yield from _all("passing", CLOSING, (number,), *(f"passed, {unit}" for unit in found.passed[number]))
    for k, reading in enumerate(found.readings[number]):
        goals = ["sum"]
        if reading.forms:
            goals = [f"sum, {i}" for i in range(len(shape_pieces(reading.forms)) * len(signs_of(found, reading)))]
        yield from _all("part", CLOSING, (number, k), *goals)
    yield from _all("value", CLOSING, (number,), *(f"value, {k}" for k in range(len(value_pieces(found, number)))))
    units = [unit for reading in found.readings[number] for unit, _ in reading.terms]
    goals = [f"{end}, {unit}" for end in ("low", "high") for unit in units]
    if value_node(found, number) is not None:
        goals += ["y low", "y high"]
    yield from _all("limit", CLOSING, (number,), *goals)
    yield from _all("nothing", CLOSING, (number,), "zero")


def theorem(found, sizes):
    """Return what is proved, for networks of these `Sizes`."""
    depth = sizes.depth.replace("+", " + ")
    paper = " (Theorem 1.1 for this mask and this seed)" if not found.problem.beyond() else ""
    return (
        f"For every n >= {found.least}, the network made of the blocks below equals V^n g at every point of "
        f"R^{len(found.axes)}; its width is at most W = {sizes.width} and its depth at most L = {depth}{paper}."
    )


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
