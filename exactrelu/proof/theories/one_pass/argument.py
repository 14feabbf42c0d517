"""Why the facts imply the theorem for every n: what the conclusion needs, found from classes and states alone."""

from itertools import product

from exactrelu.network.ports import AXES, ROW
from exactrelu.proof.proofs import demanded
from exactrelu.proof.theories.common import NETWORK, block_goals, disjoint_goals, gate_goals, seam_goals
from exactrelu.proof.theories.one_pass.family import CLOSING, LAST, STAGE, START
from exactrelu.proof.theories.one_pass.loops import entry_name
from exactrelu.proof.theories.one_pass.network import PAIRS
from exactrelu.refinement.transition import DIGITS

ENDS = ("low", "high")

NUMBERS = ("w > 0", "c > 0", "2c <= w", "B >= 1", "rho >= 2B", "rho >= kappa", "lambda c <= 1")
"""The comparisons of numbers that hold for every n."""


def demands(family):
    """Yield all that the conclusion needs."""
    yield from demanded("blocks", NETWORK, (), *block_goals(PAIRS))
    yield from demanded("parameters", NETWORK, (), *NUMBERS)
    yield from demanded("levels", NETWORK, (), "levels")
    yield from demanded("disjoint", LAST, (), *disjoint_goals((0, 1), range(len(family.classes))))
    for shift_class in family.classes:
        yield from _windows_and_orbits(family, shift_class)
        yield from _rows(family, shift_class)
        yield from demanded("reading", CLOSING, (shift_class.index,), "reading")
        yield from demanded("limit", CLOSING, (shift_class.index,), "low", "high")
    for goods in product((True, False), repeat=len(family.classes)):
        yield from demanded("gates", CLOSING, goods, *gate_goals(goods, bool(family.classes[0].target.supported)))


def _windows_and_orbits(family, shift_class):
    """Yield what is needed of one class beside its rows."""
    index = shift_class.index
    yield from demanded("windows", NETWORK, (), *(f"{what}, {index}" for what in ("s >= 0", "room in x", "room in y")))
    yield from demanded("deficiency", LAST, (index,), "sum")
    for axis in AXES:
        yield from demanded("cells", START, (index, axis), "strips", *(["beyond"] if shift_class.shift else []))
        yield from demanded("seams", LAST, (index, axis), "b >= 0", *seam_goals(family.width, 3))
        for block in (START, STAGE):
            yield from demanded("controllers", block, (index, axis), "p", "q")
            yield from demanded("selectors", block, (index, axis), "low", "high", "digit")


def _rows(family, shift_class):
    """Yield what is needed of the rows of one class; of a class without rows only that it needs none."""
    index = shift_class.index
    yield from demanded("states", STAGE, (index,), "closed")
    yield from demanded("states", LAST, (index,), "read")
    started = shift_class.rows(family.programs[START].outlets)
    for state in started:
        yield from demanded("rows", START, (index, *state), *(entry_name(kind, state) for kind in ROW))
        yield from demanded("bounds", START, (index, *state), *(f"{end}, {kind}" for end in ENDS for kind in ROW))
    for place, axis in enumerate(AXES):
        for cell in {state[place] for state in started if state.sign > 0}:
            names = f"cell {cell}", f"residual {cell}"
            ranges = (f"{end}, {name}" for end in ENDS for name in names)
            yield from demanded("cells", START, (index, axis), *names, *ranges)
    for block in (STAGE, LAST):
        for state in shift_class.rows(family.programs[block].outlets):
            ranges = (f"{end}, {entry_name(kind, state)}" for end in ENDS for kind in ROW)
            yield from demanded("growth", block, (index,), *ranges)
            for q in DIGITS:
                goals = (entry_name(kind, state) for kind in (*ROW, "bound"))
                yield from demanded("step", block, (index, *q), *goals)


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
