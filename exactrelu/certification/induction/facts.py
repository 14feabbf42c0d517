"""What inductions say of one n: the theorem, and where a network is wrong if a fact fails."""

from typing import NamedTuple

from exactrelu.field import mpq

ANYWHERE = (mpq(0), mpq(1))
"""The interval of a residual of which nothing is known."""


class Spot(NamedTuple):
    """Where a fact on one shift class or term failed: candidates for points at which the network is wrong.

    ``origin`` is where its dyadic grid starts, ``lengths`` are the sides of its window; the residual r^k at ``stage`` k
    lies in the intervals ``residual``. ``seams`` has, for each coordinate, intervals of the residual r^n in which this
    class shows: another one is shut, or the atom is not zero.
    """

    stage: int
    origin: tuple
    lengths: tuple
    residual: tuple
    seams: tuple

    def anywhere(self):
        """Return the spot with all residuals at its stage."""
        return self._replace(residual=(ANYWHERE, ANYWHERE))


def theorem(n, dimension=2):
    """Return what is proved for one n."""
    return f"The network equals V^{n} g at every point of R^{dimension}."
