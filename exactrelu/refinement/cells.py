"""V^n g as affine pieces, one dyadic cell of level n at a time.

On the cell (m1, m2) of the window, with the digits of m1 and m2 in base 2, the cascade identity (Corollary 2.6) reads
V^n g(z) = e_ab^T T_q1 ... T_qn G(2^n z - m): a fixed row vector times the patches of g. All patches are affine on the
polygons of one *folded mesh* of [0, 1]^2, so every cell has the same pieces, scaled, with other forms.
"""

from functools import lru_cache

from exactrelu.cpwl.cpwl import ZERO
from exactrelu.cpwl.overlay import overlay
from exactrelu.cpwl.polygon import Polygon, box, homogeneous
from exactrelu.field import mpq, mpz
from exactrelu.refinement.transition import DIGITS, patches, row_times, sparse_rows


@lru_cache(maxsize=16)
def folded_mesh(problem):
    """Return the tuple of (Polygon, forms): convex polygons that fill [0,1]^2, cut only where some patch has a kink.

    ``forms`` has the affine form of every patch g_ab on the polygon, in the order of `patches`, in the coordinates
    (u, v) of the unit square.
    """
    g, indices = problem.normalized()[0].seed.function, patches(problem)
    active = [position for position, patch in enumerate(indices) if _meets(g.support_box(), patch)]
    shifted = [g.shifted(1 - a, 1 - b) for a, b in (indices[position] for position in active)]
    mesh = []
    for polygon, forms in overlay(shifted, box(0, 1, 0, 1)):
        of_patch = dict(zip(active, forms, strict=True))
        mesh.append((polygon, tuple(of_patch.get(position, ZERO) for position in range(len(indices)))))
    return tuple(mesh)


def cell_pieces(problem, n, m1, m2):
    """Return the list of (Polygon, form) of V^n g on the dyadic cell (m1, m2) of level n, in the user's coordinates.

    The window starts at the cell (0, 0) and ends at (2^n L1 - 1, 2^n L2 - 1); the cell is the square of side 2^-n at
    (x0, y0) + (m1, m2) / 2^n, and the polygons fill it. Raises ``ValueError`` for a cell outside of the window.
    """
    return _pieces(folded_mesh(problem), n, _corner(problem, n, m1, m2), _row(problem, n, m1, m2))


def cells_within(problem, n, level, m1, m2):
    """Yield ((k1, k2), pieces) for all level-n cells within the cell (m1, m2) of a coarser level, 0 <= level <= n.

    Matrix products are shared along the tree of cells; ``pieces`` are those of `cell_pieces`.
    """
    mesh, matrices = folded_mesh(problem), [(q, sparse_rows(problem, q)) for q in reversed(DIGITS)]
    stack = [(level, m1, m2, _row(problem, level, m1, m2))]
    while stack:
        depth, k1, k2, row = stack.pop()
        if depth == n:
            yield (k1, k2), _pieces(mesh, n, _corner(problem, n, k1, k2), row)
            continue
        for (q1, q2), rows in matrices:
            stack.append((depth + 1, 2 * k1 + q1, 2 * k2 + q2, row_times(row, rows)))


def all_cells(problem, n):
    """Yield ((m1, m2), pieces) for every level-n cell of the window; outside of the window V^n g is zero."""
    for a, b in patches(problem):
        yield from cells_within(problem, n, 0, a - 1, b - 1)


def target_pieces(problem, n):
    """Return the list of (Polygon, form) of V^n g on all cells of the window, in the user's coordinates."""
    return [piece for _, pieces in all_cells(problem, n) for piece in pieces]


def _meets(support, patch):
    """Return whether the support box, None if empty, and the unit square of a patch have common interior points."""
    if support is None:
        return False
    return all(low < index and index - 1 < high for (low, high), index in zip(support, patch, strict=True))


def _row(problem, n, m1, m2):
    """Return e_ab^T T_q1 ... T_qn for a cell, as {position: coefficient}."""
    L1, L2 = problem.size
    if not (0 <= m1 < L1 << n and 0 <= m2 < L2 << n):
        raise ValueError(f"the window has no cell ({m1}, {m2}) of level {n}")
    row = {(m1 >> n) * L2 + (m2 >> n): mpq(1)}
    for place in reversed(range(n)):
        row = row_times(row, sparse_rows(problem, (m1 >> place & 1, m2 >> place & 1)))
    return row


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
