"""The loop as the paper prints it: E of (3.1), to be run on numbers and on quantities alike."""

from exactrelu.field import mpq

SIXTHS = tuple(mpq(k, 6) for k in range(7))
"""The knots of E and of E ∘ r on [0, 1]."""


def printed_embedding(t):
    """Return E(t) of (3.1) for t in [0, 1]."""
    if 3 * t <= 1:
        return (3 * t, 3 * t)
    if 3 * t <= 2:
        return (1 + 0 * t, 2 - 3 * t)
    return (3 - 3 * t, 0 * t)
