"""What certification answers."""

from typing import NamedTuple

from exactrelu.field import Rational


class Counterexample(NamedTuple):
    """A point (x, y) at which the values of the ``network`` and of the ``target`` V^n g differ, and where it lies.

    ``cell`` is the dyadic cell (m1, m2) of level n as in `exactrelu.refinement.cells`, None outside of the window.
    """

    point: tuple
    network: Rational
    target: Rational
    cell: tuple | None


class Verdict(NamedTuple):
    """``verdict`` is "certified" (equal on all of R²), "refuted" or "undecided".

    ``cells`` counts the dyadic cells visited, ``pieces`` the convex pieces on which affine forms were compared.
    """

    verdict: str
    cells: int
    pieces: int
    counterexample: Counterexample | None = None
