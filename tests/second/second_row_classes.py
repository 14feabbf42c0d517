"""Families of rows, for the second checker of certificates of format 2: reading what section 7.1 of
docs/certificate.md says, and the checks below the table there."""

from collections import namedtuple
from itertools import combinations, product

from second_closing import moved, parts_of_seed
from second_files import diagonal, integer, items, keyed, need, rational
from second_functionals import cube
from second_programs import require

RowTheory = namedtuple("RowTheory", "problem mask seed family width corner classes")
QUADRANTS = tuple(product((0, 1), repeat=2))
RowClass = namedtuple("RowClass", "shift lengths rows digits loops cells bumps read seam value")


# --- reading


def read_rows(problem, family, evidence):
    """Return what a certificate claims of a family of rows."""
    keyed(evidence, "kind", "width", "corner", "classes")
    corner = tuple(integer(entry) for entry in items(evidence["corner"], 2))
    found = items(evidence["classes"])
    need(len(found) <= 6, "number of classes")
    classes = [read_row_class(value, family) for value in found]
    mask = {index: matrix[0][0] for index, matrix in problem.repeat[0].items()}
    return RowTheory(problem, mask, problem.seed, family, rational(evidence["width"]), corner, classes)


def read_row_class(value, family):
    keyed(value, *RowClass._fields)
    lengths = [integer(length, 1, 1000) for length in items(value["lengths"], 2)]
    need(lengths[0] * lengths[1] <= 10_000, "number of cells")
    places, inputs = family.stage.inputs, family.closing.inputs

    def node(entry, program):
        return integer(entry, 0, len(program.nodes) - 1)

    def states(entries, size):
        found = {}
        for i, j, sign, *nodes in (items(entry, 6) for entry in items(entries)):
            state = (integer(i, 0, 1000), integer(j, 0, 1000)), integer(sign, -1, 1)
            need(state[1] and state not in found, "a state")
            found[state] = [integer(entry, 0, size - 1) for entry in nodes]
        return found

    cells = []
    for axis in items(value["cells"], 2):
        entries = [items(entry, 3) for entry in items(axis)]
        cells.append({integer(i): (node(a, family.starts[0][2]), node(b, family.starts[0][2])) for i, a, b in entries})
        need(len(cells[-1]) == len(entries), "a cell twice")
    return RowClass(
        rational(value["shift"]), lengths, states(value["rows"], places),
        [integer(entry, 0, places - 1) for entry in items(value["digits"], 2)],
        [[integer(entry, 0, places - 1) for entry in items(pair, 2)] for pair in items(value["loops"], 2)], cells,
        [node(bump, family.last) for bump in items(value["bumps"], 2)], states(value["read"], inputs),
        integer(value["seam"], 0, inputs - 1), node(value["value"], family.closing),
    )


# --- arrows


def led(mask, corner, state, q):
    """Yield (state, weight) for what T_q leads a state to: (cell, sign), the sign 0 standing for all signs."""
    cell, sign = state
    for index, coefficient in mask.items():
        target = tuple(o + 2 * a + digit - k for o, a, digit, k in zip(corner, cell, q, index))
        yield (target, sign if coefficient > 0 else -sign), abs(coefficient) if sign else coefficient


def live_cells(mask, corner, support):
    """Return the cells from which arrows lead to the support, in one step or more."""
    live, stack = set(), list(support)
    while stack:
        target = stack.pop()
        for index, q in product(mask, QUADRANTS):
            double = [k + b - o - digit for k, b, o, digit in zip(index, target, corner, q)]
            cell = tuple(entry // 2 for entry in double)
            if not any(entry % 2 for entry in double) and cell not in live:
                live.add(cell)
                stack.append(cell)
    return live


# --- the list below the table


def require_plain(problem):
    """Require one mask, no source, dilation 2 and one component, as this theory, and that of atoms, are about."""
    require(len(problem.first) + len(problem.repeat) == 1 and not problem.source, "a mask that varies, or a source")
    require(problem.dilation == diagonal([2, 2]) and problem.components == 1, "dilation, or components")


def check_row_numbers(theory):
    family, width, classes = theory.family, theory.width, theory.classes
    require_plain(theory.problem)
    require(0 < 2 * family.factor <= width and family.base >= 2, "factor or base")
    require(len(classes) >= 3, "number of classes")
    for a, b in combinations(classes, 2):
        require(4 * width <= (a.shift - b.shift) % 1 <= 1 - 4 * width, "shifts are too near")
    corners = [corner for simplex in theory.seed if any(map(any, simplex.values)) for corner in simplex.corners]
    for i in (0, 1):
        ends = [corner[i] for corner in corners] + [index[i] for index in theory.mask]
        for cls in classes:
            last = theory.corner[i] + cls.lengths[i] - (cls.shift != 0)
            require(theory.corner[i] <= min(ends) and max(ends) <= last, "window")
            require(0 <= cls.shift <= 1, "shift")
    for cls in classes:
        check_states(theory, cls)


def seed_on(theory, cls, cell):
    """Return (points, form) for the parts of the unit square, the point being o + cell + u - s."""
    corner = [o + a - cls.shift for o, a in zip(theory.corner, cell)]
    return parts_of_seed(cube(2).points, [moved(simplex, corner, 0) for simplex in theory.seed])


def check_states(theory, cls):
    corners = [corner for simplex in theory.seed for corner in simplex.corners]
    spans = []
    for i, o in enumerate(theory.corner):
        entries = [int(corner[i] - o + cls.shift) for corner in corners] or [0]
        spans.append(range(min(entries) - 2, max(entries) + 3))
    support = {cell for cell, _ in cls.read}
    support |= {cell for cell in product(*spans) if any(form for _, form in seed_on(theory, cls, cell))}
    live = live_cells(theory.mask, theory.corner, support)
    for cell in live:
        inside = all(0 <= a < length for a, length in zip(cell, cls.lengths))
        require(inside and (cell, 1) in cls.rows, f"no row for the cell {cell}")
    for source, q in product(cls.rows, QUADRANTS):
        for state, _ in led(theory.mask, theory.corner, source, q):
            require(state[0] not in live or state in cls.rows, f"no row for {state}")
            require(state[0] not in support or state in cls.read, f"{state} is not read")
