"""What a proof by induction consists of: facts about blocks, each with the way it was checked."""

from typing import NamedTuple

from exactrelu.errors import UndecidedError

ONE_VARIABLE = "functions of one variable, compared knot by knot"
"""How facts on functions of one coordinate are checked."""


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


class Unproved(UndecidedError):
    """Raised when a fact about the block ``where`` was not proved; ``spot`` tells where to look for a difference."""

    def __init__(self, where, reason, spot=None):
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason
        self.spot = spot


class Fact(NamedTuple):
    """A proved statement on a block (``where``), how it was checked, and on how many affine ``pieces`` if on any."""

    where: str
    statement: str
    check: str
    pieces: int = 0


def theorem(n):
    """Return what is proved for one n."""
    return f"The network equals V^{n} g at every point of R^2."


class Proof(NamedTuple):
    """A theorem, its ``facts`` in the order of the argument, and the ``conclusion`` drawn from them.

    ``examined`` is what one network was shown to be: a tuple of `atoms.Summand`, or `one_pass.Cascades`.
    """

    theorem: str
    facts: tuple
    conclusion: str
    examined: tuple | None = None

    @property
    def pieces(self):
        """The number of affine pieces on which something was compared."""
        return sum(fact.pieces for fact in self.facts)
