"""What the paper leaves open, chosen in one place, and the bound a_n of the gates."""

from collections.abc import Callable
from dataclasses import dataclass

from exactrelu.construction.loop import controller
from exactrelu.field import Rational, mpq


def corrected_gate_bound(norm, height, n):
    """Return a_n = M_H · max(1, B, Bⁿ): no state T_qᵀ Φ of stages 1 to n is larger, for any digit pair q."""
    return height * max(mpq(1), norm, norm**n)


def gate_growth(norm):
    """Return ρ of a_n = M_H ρⁿ, n ≥ 1, the `corrected_gate_bound`."""
    return max(mpq(1), norm)


def printed_gate_bound(norm, height, n):
    """Return a_n = max(1, Bⁿ M_H) as printed in §4.3: too small when B < 1 < M_H, and the network is then wrong."""
    return max(mpq(1), norm**n * height)


@dataclass(frozen=True)
class Choices:
    """The free parameters of §2.8, §3 and §4.

    ``rho``: the margin ϱ of special atoms, 0 < ϱ < 1/2. ``epsilon``: the seam width ε̄ of the readouts, 0 < ε̄ < ϱ and
    ε̄ ≤ 1/3. ``delta``: δ̄ with δ_n = δ̄ ϱ 2⁻ⁿ, 0 < δ̄ < 1. ``controller``: the extension F of Proposition 3.1 to the
    plane. ``gate_bound``: a_n as a function of (B, M_H, n). Raises `ValueError` for parameters out of range.
    """

    rho: Rational = mpq(1, 8)
    epsilon: Rational = mpq(1, 16)
    delta: Rational = mpq(1, 2)
    controller: Callable = controller
    gate_bound: Callable = corrected_gate_bound

    def __post_init__(self):
        if not 0 < self.epsilon < self.rho < mpq(1, 2):
            raise ValueError(f"expected 0 < ε̄ < ϱ < 1/2, got ε̄ = {self.epsilon} and ϱ = {self.rho}")
        if not 0 < self.delta < 1:
            raise ValueError(f"expected 0 < δ̄ < 1, got {self.delta}")

    @property
    def transition_rate(self):
        """δ̄ ϱ of δ_n = δ̄ ϱ 2⁻ⁿ (§4.1)."""
        return self.delta * self.rho

    def transition_width(self, n):
        """Return δ_n = δ̄ ϱ 2⁻ⁿ of §4.1."""
        return self.transition_rate / 2**n


DEFAULT = Choices()
