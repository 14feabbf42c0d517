"""V^n g as affine pieces, one dyadic cell of level n at a time.

On the cell (m1, m2) of the window, with the digits of m1 and m2 in base 2, the cascade identity (Corollary 2.6) reads
V^n g(z) = e_ab^T T_q1 ... T_qn G(2^n z - m): a fixed row vector times the patches of g. All patches are affine on the
polygons of one *folded mesh* of [0, 1]^2, so every cell has the same pieces, scaled, with other forms. Entries of the
row that cannot reach a patch of g any more are left out; a coarse cell whose row has none left is zero as a whole.
"""

from exactrelu.cpwl.cpwl import ZERO
from exactrelu.cpwl.polygon import Polygon, box, homogeneous
from exactrelu.field import mpq, mpz
from exactrelu.refinement.live import live_steps
from exactrelu.refinement.mesh import folded_mesh
from exactrelu.refinement.transition import DIGITS, patches, row_times


def cell_pieces(problem, n, m1, m2):
    """Return the list of (Polygon, form) of V^n g on the dyadic cell (m1, m2) of level n, in the user's coordinates.

    The window starts at the cell (0, 0) and ends at (2^n L1 - 1, 2^n L2 - 1); the cell is the square of side 2^-n at
    (x0, y0) + (m1, m2) / 2^n, and the polygons fill it. Raises ``ValueError`` for a cell outside of the window.
    """
    _check_cell(problem, n, m1, m2)
    return _pieces(folded_mesh(problem), n, _corner(problem, n, m1, m2), _row(problem, n, n, m1, m2))


def target_on(problem, n, sides):
    """Return the list of (Polygon, form) of V^n g on a rectangle ((low1, high1), (low2, high2)) of cells of level n.

    The rectangle lies in the window or outside of it. Coarse cells on which V^n g is zero are one polygon, and so is
    the whole rectangle if all of them are. Raises ``ValueError`` for a rectangle that lies in the window partly.
    """
    inside = [
        (max(low, 0), min(high, L << n)) for (low, high), L in zip(sides, problem.size, strict=True)
    ]
    if any(low >= high for low, high in inside):
        return [(_rectangle(problem, n, sides), ZERO)]
    if inside != [tuple(side) for side in sides]:
        raise ValueError(f"the rectangle {sides} lies in the window of level {n} only partly")
    squares = list(_squares_in(problem, n, sides))
    if not any(row for *_, row in squares):
        return [(_rectangle(problem, n, sides), ZERO)]
    return [piece for square in squares for _, pieces in _parts_of(problem, n, square) for piece in pieces]


def cells_within(problem, n, level, m1, m2):
    """Yield ((k1, k2), pieces) for all level-n cells within the cell (m1, m2) of a coarser level, 0 <= level <= n.

    Matrix products are shared along the tree of cells; ``pieces`` are those of `cell_pieces`.
    """
    _check_cell(problem, level, m1, m2)
    yield from _parts_of(problem, n, (level, m1, m2, _row(problem, n, level, m1, m2)), dissect=True)


def all_cells(problem, n):
    """Yield ((m1, m2), pieces) for every level-n cell of the window; outside of the window V^n g is zero."""
    for a, b in patches(problem):
        yield from cells_within(problem, n, 0, a - 1, b - 1)


def target_pieces(problem, n):
    """Return the list of (Polygon, form) of V^n g on all cells of the window, in the user's coordinates."""
    return [piece for _, pieces in all_cells(problem, n) for piece in pieces]


def _squares_in(problem, n, sides):
    """Yield the largest dyadic squares that fill a rectangle of cells in the window, as (level, m1, m2, row)."""
    (a0, a1), (b0, b1) = ((low >> n, -(-high >> n)) for low, high in sides)
    stack = [(0, a, b, _row(problem, n, 0, a, b)) for a in range(a0, a1) for b in range(b0, b1)]
    while stack:
        level, *place, row = stack.pop()
        square = [(m << n - level, (m + 1) << n - level) for m in place]
        if all(low <= a and b <= high for (a, b), (low, high) in zip(square, sides, strict=True)):
            yield level, *place, row
        elif all(a < high and low < b for (a, b), (low, high) in zip(square, sides, strict=True)):
            stack.extend(_quarters(problem, n, (level, *place, row)))


def _parts_of(problem, n, square, dissect=False):
    """Yield ((k1, k2), pieces) for the cells of level n in a square; one that is zero is one part, unless dissected."""
    mesh, stack = folded_mesh(problem), [square]
    while stack:
        level, m1, m2, row = stack.pop()
        if level == n:
            yield (m1, m2), _pieces(mesh, n, _corner(problem, n, m1, m2), row)
        elif row or dissect:
            stack.extend(_quarters(problem, n, (level, m1, m2, row)))
        else:
            side = 1 << n - level
            sides = ((m1 * side, (m1 + 1) * side), (m2 * side, (m2 + 1) * side))
            yield (m1 * side, m2 * side), [(_rectangle(problem, n, sides), ZERO)]


def _quarters(problem, n, square):
    """Return the four squares of the next level that make up a square, the last one first."""
    level, m1, m2, row = square
    matrices = live_steps(problem).step(n - level - 1)
    return [(level + 1, 2 * m1 + q[0], 2 * m2 + q[1], row_times(row, matrices[q])) for q in reversed(DIGITS)]


def _row(problem, n, level, m1, m2):
    """Return e_ab^T T_q1 ... T_ql for a cell of level l, as {position: coefficient}, where n - l steps follow."""
    steps, position = live_steps(problem), (m1 >> level) * problem.size[1] + (m2 >> level)
    row = {position: mpq(1)} if position in steps.live(n) else {}
    for place in reversed(range(level)):
        row = row_times(row, steps.step(n - level + place)[m1 >> place & 1, m2 >> place & 1])
    return row


def _check_cell(problem, level, m1, m2):
    if not all(0 <= m < L << level for m, L in zip((m1, m2), problem.size, strict=True)):
        raise ValueError(f"the window has no cell ({m1}, {m2}) of level {level}")


def _rectangle(problem, n, sides):
    """Return the polygon of a rectangle of cells."""
    return box(*(low + mpq(end, 2**n) for side, (low, _) in zip(sides, problem.window, strict=True) for end in side))


def _corner(problem, n, m1, m2):
    """Return 2^n times the lower left corner of a cell."""
    (x0, _), (y0, _) = problem.window
    return (mpz(m1) + (x0 << n), mpz(m2) + (y0 << n))


def _pieces(mesh, n, corner, row):
    """Return the pieces on a cell from its row vector; a single one when the function is affine on the cell."""
    forms = [_unfolded(_combined(row, patch_forms), n, corner) for _, patch_forms in mesh]
    if all(form == forms[0] for form in forms):
        return [(_placed(_UNIT_SQUARE, n, corner), forms[0])]
    return [(_placed(polygon, n, corner), form) for (polygon, _), form in zip(mesh, forms, strict=True)]


_UNIT_SQUARE = box(0, 1, 0, 1)


def _combined(row, patch_forms):
    """Return the sum of the row's coefficients times the patches' forms."""
    alpha, beta, gamma = ZERO
    for position, c in row.items():
        form = patch_forms[position]
        alpha += c * form[0]
        beta += c * form[1]
        gamma += c * form[2]
    return (alpha, beta, gamma)


def _unfolded(form, n, corner):
    """Return the form in z of a form in (u, v) = 2^n z - corner."""
    alpha, beta, gamma = form
    return (alpha * 2**n, beta * 2**n, gamma - alpha * corner[0] - beta * corner[1])


def _placed(polygon, n, corner):
    """Return the polygon of the points z with 2^n z - corner in ``polygon``."""
    return Polygon.trusted(
        tuple(homogeneous(X + corner[0] * W, Y + corner[1] * W, W << n) for X, Y, W in polygon.vertices)
    )
