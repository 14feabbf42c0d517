"""In what the values of blocks with product gadgets and gates are measured: as numbers, or as multiples of ε = 2⁻ⁿ.

In the network for one n a selector is 1 where it is open, and gates have the bound a_n. In a program, whose weights are
the same for all n, selectors are 3δ_n there, which is a multiple of the parameter ε, and rows are 3δ_n/a_n times as
large, so that the bound is 1.
"""

from functools import partial
from typing import NamedTuple

from exactrelu.construction.selector import digit_selectors, scaled_digit_selectors
from exactrelu.field import Rational
from exactrelu.network.program import Program


class Measure(NamedTuple):
    """What a selector is where it is ``one``, the ``bound`` of gates, and ``digits(b, p, q)``, (χ₀, χ₁) at (p, q)."""

    one: object
    bound: object
    digits: object


def natural(delta, bound=None):
    """Return the `Measure` of the network for an n with the transition width ``delta`` and gates of this bound."""
    return Measure(1, bound, partial(digit_selectors, delta=delta))


def scaled(b, rate):
    """Return the `Measure` of a `ProgramBuilder` with the parameter "eps", δ_n = ``rate`` · ε."""
    return Measure(3 * rate * b.parameters["eps"], 1, partial(scaled_digit_selectors, rate=rate))


class TermPrograms(NamedTuple):
    """The blocks of one term for all n as programs, with ε = 2⁻ⁿ and ζ = ρ⁻ⁿ, ρ = ``base``, as values.

    The term is V^n of Σ_k coefficients[k] · H(· − shift − k), in the coordinates of the normalized problem. Selectors
    are ``one`` · ε times those of the network, rows and the output ``factor`` · ε ζ times.
    """

    shift: tuple
    coefficients: dict
    start: Program
    transport: Program
    readout: Program
    spread: Program
    stage: Program
    last: Program
    one: Rational
    factor: Rational
    base: Rational

    def blocks(self, n):
        """Return the programs of the network for n, one after the other."""
        first = [self.start, *[self.transport] * n, self.readout, self.spread]
        return [*first, *[self.stage] * (n - 1), self.last]

    def parameters(self, n):
        """Return {name: number} for n; "eta" is how many times the output of the network the programs have."""
        eps, zeta = Rational(1, 2**n), 1 / self.base**n
        return {"eps": eps, "zeta": zeta, "eta": self.factor * eps * zeta}
