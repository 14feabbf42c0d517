"""The triangle loop Γ: the embedding E (3.1) and the controller F of Proposition 3.1, as explicit ReLU formulas.

Γ is the boundary of the triangle (0, 0), (1, 1), (1, 0); E runs once around it on [0, 1] with E(0) = E(1) = (0, 0).
Proposition 3.1 leaves the extension of F from Γ to the plane open; the two extensions here are global CPwL maps of one
hidden layer. Every function takes a `Builder` and expressions on it and returns expressions.
"""

from collections import Counter

from exactrelu.field import mpq

THIRD = mpq(1, 3)


def embedding(b, t, length=1, cells=None):
    """Return (p, q) = E(t mod 1) for t in [0, length], (0, 0) outside: E of (3.1), periodic on the window.

    ``length`` is a positive integer. The slopes of p on the thirds of a period are 3, 0, −3 and those of q are
    3, −3, 0; hence 3·length + 1 units in one layer. With ``cells``, distinct numbers in [0, length), at least one, it
    is (0, 0) outside the intervals [i, i + 1] of these i, too.
    """
    p_slope_changes, q_slope_changes = Counter(), Counter()
    for start in range(length) if cells is None else cells:
        p_slope_changes.update({start: 3, start + THIRD: -3, start + 2 * THIRD: -3, start + 1: 3})
        q_slope_changes.update({start: 3, start + THIRD: -6, start + 2 * THIRD: 3})
    return (_ramps(b, t, p_slope_changes), _ramps(b, t, q_slope_changes))


def controller(b, p, q):
    """Return F(p, q) with F(E(t)) = E(r(t)) on [0, 1] (Proposition 3.1), five units of one layer, none passed through.

    p' = 1 − 2 q₊ − (1 − 2p)₊ + 2 (2q − p)₊,   q' = 2 q₊ − 2 (p + q − 1)₊ + (2p − 2q − 1)₊.
    """
    twice_q = 2 * b.relu(q)
    return (
        1 - twice_q - b.relu(1 - 2 * p) + 2 * b.relu(2 * q - p),
        twice_q - 2 * b.relu(p + q - 1) + b.relu(2 * p - 2 * q - 1),
    )


def three_unit_controller(b, p, q):
    """Return F(p, q) with F(E(t)) = E(r(t)) on [0, 1] (Proposition 3.1), three units beside p and q themselves.

    p' = 2p − (2p − 1)₊ + 2 (2q − 1)₊ − 2 (p + q − 1)₊,   q' = 2q + (2p − 1)₊ + (2q − 1)₊ − 4 (p + q − 1)₊.
    """
    right, upper, beyond = b.relu(2 * p - 1), b.relu(2 * q - 1), b.relu(p + q - 1)
    return 2 * p - right + 2 * upper - 2 * beyond, 2 * q + right + upper - 4 * beyond


def _ramps(b, t, slope_changes):
    """Return the function of t that is 0 far to the left and changes its slope by these amounts at these knots."""
    summands = [change * b.relu(t - knot) for knot, change in sorted(slope_changes.items())]
    return sum(summands[1:], summands[0])
