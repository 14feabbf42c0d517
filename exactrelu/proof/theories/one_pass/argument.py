"""Why the facts imply the theorem for every n: what the conclusion needs, found from classes and states alone."""

from itertools import product

from exactrelu.network.ports import AXES, ROW
from exactrelu.proof.proofs import Demand
from exactrelu.proof.theories.one_pass.family import CLOSING, LAST, NETWORK, STAGE, START
from exactrelu.proof.theories.one_pass.loops import entry_name
from exactrelu.proof.theories.seam_gates import gate_goals
from exactrelu.refinement.transition import DIGITS

ENDS = ("low", "high")

NUMBERS = ("w > 0", "c > 0", "2c <= w", "B >= 1", "rho >= 2B", "rho >= kappa", "lambda c <= 1")
"""The comparisons of numbers that hold for every n."""


def demands(family):
    """Yield all that the conclusion needs."""
    yield from _all("blocks", NETWORK, (), "blocks")
    yield from _all("parameters", NETWORK, (), *NUMBERS)
    yield from _all("levels", NETWORK, (), "levels")
    yield from _all("disjoint", LAST, (), "apart", "three")
    for shift_class in family.classes:
        yield from _windows_and_orbits(shift_class)
        yield from _rows(family, shift_class)
        yield from _all("reading", CLOSING, (shift_class.index,), "reading")
        yield from _all("limit", CLOSING, (shift_class.index,), "low", "high")
    for goods in product((True, False), repeat=len(family.classes)):
        yield from _all("gates", CLOSING, goods, *gate_goals(goods, bool(family.classes[0].target.supported)))


def _all(name, where, case, *goals):
    return [Demand(name, where, case, goal) for goal in goals]


def _windows_and_orbits(shift_class):
    """Yield what is needed of one class beside its rows."""
    index = shift_class.index
    yield from _all("windows", NETWORK, (), *(f"{what}, {index}" for what in ("s >= 0", "room in x", "room in y")))
    yield from _all("deficiency", LAST, (index,), "sum")
    for axis in AXES:
        yield from _all("cells", START, (index, axis), "strips", *(["beyond"] if shift_class.shift else []))
        yield from _all("seams", LAST, (index, axis), "b >= 0", "b >= 1", "b = 0")
        for block in (START, STAGE):
            yield from _all("controllers", block, (index, axis), "p", "q")
            yield from _all("selectors", block, (index, axis), "low", "high", "digit")


def _rows(family, shift_class):
    """Yield what is needed of the rows of one class; of a class without rows only that it needs none."""
    index = shift_class.index
    yield from _all("states", STAGE, (index,), "closed")
    yield from _all("states", LAST, (index,), "read")
    started = shift_class.rows(family.programs[START].outlets)
    for state in started:
        yield from _all("rows", START, (index, *state), *(entry_name(kind, state) for kind in ROW))
        yield from _all("bounds", START, (index, *state), *(f"{end}, {kind}" for end in ENDS for kind in ROW))
    for place, axis in enumerate(AXES):
        for cell in {state[place] for state in started if state.sign > 0}:
            names = f"cell {cell}", f"residual {cell}"
            ranges = (f"{end}, {name}" for end in ENDS for name in names)
            yield from _all("cells", START, (index, axis), *names, *ranges)
    for block in (STAGE, LAST):
        for state in shift_class.rows(family.programs[block].outlets):
            ranges = (f"{end}, {entry_name(kind, state)}" for end in ENDS for kind in ROW)
            yield from _all("growth", block, (index,), *ranges)
            for q in DIGITS:
                goals = (entry_name(kind, state) for kind in (*ROW, "bound"))
                yield from _all("step", block, (index, *q), *goals)


def theorem(sizes):
    """Return what is proved, for networks of these `Sizes`."""
    depth = sizes.depth.replace("+", " + ")
    return (
        "For every n >= 1, the network made of the blocks below equals V^n g at every point of R^2; its width is at "
        f"most W = {sizes.width} and its depth at most L = {depth} (Theorem 1.1 for this mask and this seed)."
    )


CONCLUSION = (
    "Fix n, a point and a class. By induction over j the controllers leave B_j as E(r_(j+1)), so that at every point "
    "all selectors are in [0, 1], all rows in [0, eta kappa^j] behind B_j, and |y| <= 1 in the units of these blocks. "
    "If the point is outside of the window of the class, then r_n = 0. If 2^n t mod 1 is in [0, w] in a coordinate, "
    "then so is r_n there. If some r_j, j < n, is in [1/2, 1/2 + d/2], then r_n is in [0, w]; if it is in [1 - d, 1), "
    "then r_n is in [1 - w, 1): r doubles the distance to 1/2 on the left, and to 1 on the right. In all these cases "
    "D >= 1: the class is bad. Otherwise every selector is a digit, and by induction over j the rows leave B_j as eta "
    "times p_j = T_q(j)^T ... T_q(1)^T e_ij (or 0), p_j u_j and p_j v_j with (u_j, v_j) = r_j and entries of p_j of at "
    "most B^j; so y is eta times the sum of p_n,b g_b(u_n, v_n), which is V^n g at the point (Corollary 2.6, and "
    "translation by s/2^n): the class is good. Outside of the window V^n g = 0, and inside of it some class has D = 0; "
    "it is good. In both cases the output of B_(n+1) is eta V^n g. QED"
)
