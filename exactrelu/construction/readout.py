"""The terminal readouts ρ⁺ and ρ⁻ of Lemma 3.6, which recover the residual from a point of the loop.

Both are affine but for one unit, which bends the readout on one side of the seam E(0) = E(1): ρ⁺ on [1 − ε̄, 1], where
it falls back to ρ⁺(E(1)) = 0, and ρ⁻ on [0, ε̄], where it starts at ρ⁻(E(0)) = 1. Their values on Γ lie in [0, 1].
"""

from exactrelu.field import mpq


def plus_readout(b, p, q, epsilon):
    """Return ρ⁺ with ρ⁺(E(t)) = t for t in [0, 1 − ε̄], one unit; 0 < ε̄ = ``epsilon`` ≤ 1/3 (Lemma 3.6 (i)).

    ρ⁺(p, q) = min{K (p − q) + q/3, 1 − (p + q)/3} with K = (1 − ε̄)/(3 ε̄). Raises `ValueError` for another ε̄.
    """
    return b.minimum(1 - (p + q) / 3, steepness(epsilon) * (p - q) + q / 3)


def minus_readout(b, p, q, epsilon):
    """Return ρ⁻ with ρ⁻(E(t)) = t for t in [ε̄, 1], one unit; 0 < ε̄ = ``epsilon`` ≤ 1/3 (Lemma 3.6 (i)).

    ρ⁻(p, q) = 1 − (p + q)/3 − min{(K − 2/3) q, 1 − p} with K = (1 − ε̄)/(3 ε̄). Raises `ValueError` for another ε̄.
    """
    return 1 - (p + q) / 3 - b.minimum(1 - p, (steepness(epsilon) - mpq(2, 3)) * q)


READOUTS = (minus_readout, plus_readout)
"""The two branches (−, +)."""


def steepness(epsilon):
    """Return K = (1 − ε̄)/(3 ε̄), the slope of the readouts at the seam."""
    if not 0 < 3 * epsilon <= 1:
        raise ValueError(f"the seam width of a readout lies in (0, 1/3], got {epsilon}")
    return (1 - epsilon) / (3 * epsilon)
