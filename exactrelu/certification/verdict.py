"""What certification answers."""

from typing import NamedTuple

from exactrelu import display
from exactrelu.errors import Contradiction, InputError
from exactrelu.field import Rational, annotated, annotated_point, mpq, text
from exactrelu.refinement.pieces import lattice_box


class Counterexample(NamedTuple):
    """A point (x, y) at which the values of the ``network`` and of the ``target`` V^n g differ, and where it lies.

    ``cell`` is the dyadic cell (m1, m2) of level n as in `exactrelu.refinement.cells`, None outside of the window; for
    other dilations A that of Aⁿ z, counted from the corner of `exactrelu.refinement.pieces.lattice_box`.

    >>> from exactrelu import build, certify, direct_sum
    >>> network = build("haar", 1)
    >>> found = certify("haar", 2, network).counterexample
    >>> found.network == network.evaluate(found.point)[0] != found.target == direct_sum("haar", 2, *found.point)
    True
    """

    point: tuple
    network: Rational
    target: Rational
    cell: tuple | None


class Verdict(NamedTuple):
    """The answer to the question whether ``network`` equals V^n g of ``problem`` at every point of R².

    ``verdict`` is "certified", "refuted" (``counterexample`` is a point where the two differ) or "undecided"
    (``reason`` says why, and what to do next). Only "certified" is true in a condition; what is false may be
    undecided, so that ``not verdict`` is no refutation.

    ``method`` is "enumerate" or "induction"; ``cells`` counts the dyadic cells visited, ``pieces`` the convex pieces on
    which affine forms were compared. An induction has its ``proof``, or in ``reason`` the fact that was not proved. For
    all n at once ``n`` is "all", ``network`` is None, and ``sizes`` are those of the whole family. Where exactrelu is
    at odds with itself there is a ``contradiction``. ``engine`` says in words what an enumeration was done by
    (`exactrelu.core`).

    >>> from exactrelu import build, certify
    >>> verdict = certify("haar", 2, build("haar", 1))
    >>> bool(verdict), verdict.verdict, verdict.method
    (False, 'refuted', 'enumerate')
    """

    verdict: str
    problem: object
    n: int | str
    network: object
    method: str
    cells: int = 0
    pieces: int = 0
    counterexample: Counterexample | None = None
    proof: object | None = None
    reason: str | None = None
    sizes: object | None = None
    contradiction: Contradiction | None = None
    engine: str | None = None

    _repr_html_ = display.html
    _repr_latex_ = display.latex
    latex = display.theorem

    def __bool__(self):
        return self.verdict == "certified"

    def __repr__(self):
        return f"<Verdict on {self.problem.name!r}: {self.verdict}: {self.statement}>"

    @property
    def statement(self):
        """What was certified or refuted, or why nothing was decided, as one sentence."""
        if self.verdict == "undecided":
            return self.reason
        if self.counterexample is not None:
            return refutation(self.problem, self.n, self.counterexample)
        if self.n == "all":
            return f"the network equals V^n g at every point of R^{self.problem.dimension}, for every n >= 1"
        return f"the network equals V^{self.n} g at every point of R^{self.problem.dimension}"


def refutation(problem, n, found):
    """Return the sentence that a `Counterexample` proves."""
    if found.cell is None:
        where = "outside of the window" if problem.window else "outside of all cells"
    elif problem.dilation.factors is None:
        corner = [low + m for (low, _), m in zip(lattice_box(problem, n), found.cell, strict=True)]
        where = f"where A^{n} z lies in " + " x ".join(f"[{m}, {m + 1}]" for m in corner)
    else:
        scales = [M**n for M in problem.dilation.factors]
        starts = [low for low, _ in problem.window]
        sides = [(a + mpq(m, M), a + mpq(m + 1, M)) for m, a, M in zip(found.cell, starts, scales, strict=True)]
        kind = "dyadic cell" if set(problem.dilation.factors) == {2} else "cell"
        where = f"in the {kind} " + " x ".join(f"[{text(low)}, {text(high)}]" for low, high in sides)
    values = f"the network has the value {annotated(found.network)} and V^{n} g {annotated(found.target)}"
    return f"at {annotated_point(found.point)}, {where}, {values}"


def check_shape(problem, network):
    """Raise `InputError` unless a network has the d inputs and the one output of V^n g."""
    d = problem.dimension
    if network.shape != (d, 1):
        inputs = {1: "one input", 2: "two inputs"}.get(d, f"{d} inputs")
        raise InputError("V^n g has {} and one output, but the network has {} and {}".format(inputs, *network.shape))
