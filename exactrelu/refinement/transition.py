"""Patches and block transition matrices of a normalised window, sections 2.4 and 2.5."""

from functools import lru_cache

from exactrelu.field import mpq
from exactrelu.scheme import refuse_beyond

DIGITS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The digit pairs q, one for each quadrant of the unit square."""


def patches(problem):
    """Return the patch indices (a, b), 1 <= a <= L1, 1 <= b <= L2, in the order of all rows and columns."""
    L1, L2 = problem.size
    return tuple((a, b) for a in range(1, L1 + 1) for b in range(1, L2 + 1))


def transition_matrix(problem, q):
    """Return T_q of (2.3), L1 L2 rows of ``mpq``, for the digit pair q and the problem's normalised window."""
    mask = problem.normalized()[0].mask
    indices = patches(problem)
    return tuple(tuple(_entry(mask, q, target, source) for source in indices) for target in indices)


@lru_cache(maxsize=64)
def sparse_rows(problem, q):
    """Return T_q as {row: pairs (column, coefficient != 0)}, positions as in `patches`."""
    refuse_beyond(problem, "the specification by dyadic cells")
    mask = problem.normalized()[0].mask
    L1, L2 = problem.size
    rows = {}
    for position, (a, b) in enumerate(patches(problem)):
        row = []
        for (j, k), c in mask.items():
            alpha, beta = q[0] + 2 * (a - 1) - j + 1, q[1] + 2 * (b - 1) - k + 1  # (2.3) solved for the source patch
            if 1 <= alpha <= L1 and 1 <= beta <= L2:
                row.append(((alpha - 1) * L2 + beta - 1, c))
        rows[position] = tuple(row)
    return rows


def row_times(row, rows):
    """Return a row vector {column: coefficient} times a matrix, {row: its pairs (column, coefficient)}, without zeros.

    Rows of the matrix that are missing are zero.
    """
    answer = {}
    for target, weight in row.items():
        for source, c in rows.get(target, ()):
            answer[source] = answer.get(source, 0) + weight * c
    return {column: c for column, c in answer.items() if c}


def _entry(mask, q, target, source):
    (a, b), (alpha, beta) = target, source
    return mask.get((q[0] + 2 * (a - 1) - (alpha - 1), q[1] + 2 * (b - 1) - (beta - 1)), mpq(0))
