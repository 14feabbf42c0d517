"""Values of the limit function φ = Vφ at the points A⁻ᴶ j, j in Z^d: an eigenvector, and then the equation itself.

At integer points φ(a) = Σ_b c_{A a - b} φ(b): an eigenvector of T_0 for the eigenvalue 1, with Σ_a y_0 φ(a) = 1 (for a
mask of numbers y_0 = 1, as the translates of φ add up to 1). A continuous φ has these values, if there is one. They
need not be unique if the sum rules alone are known, and are if the joint spectral radius on W_1 is < 1.
"""

from operator import add
from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import null_space
from exactrelu.refinement.lattice import recurrent_points, transition_rows

MAX_STATES = 400
"""The most integer points of the support, times components."""

MAX_VALUES = 20_000
"""The most points at which values are found."""


class LimitValues(NamedTuple):
    """``values``: {j: tuple of r numbers} of φ at A⁻ᴶ j, without zeros; None, with a ``reason``, if not determined."""

    values: dict | None
    reason: str | None = None


def limit_values(mask, dilation, rules, level=0):
    """Return the `LimitValues` at A^-level Z^d, given the `SumRules` of the mask, or of a multiple of it.

    Raises `InputError` for more than `MAX_STATES` states and more than `MAX_VALUES` points.
    """
    if not rules.order:
        return LimitValues(None, "without sum rules there is no limit function with the mean 1")
    zero, r = (0,) * mask.dimension, mask.components
    points = recurrent_points(mask, dilation, [zero])
    if len(points) * r > MAX_STATES:
        raise InputError(f"the support holds {len(points)} integer points, with components more than {MAX_STATES}")
    matrix = transition_rows(mask, dilation, points, zero)
    for k, row in enumerate(matrix):
        row[k] -= 1
    basis = null_space(matrix, len(matrix))
    if len(basis) > 1:
        return LimitValues(None, f"the eigenvalue 1 of T_0 has {len(basis)} eigenvectors: the values are not unique")
    weights = list(rules.y[zero]) * len(points)
    total = sum((w * v for w, v in zip(weights, basis[0], strict=True)), mpq(0)) if basis else mpq(0)
    if not total:
        return LimitValues(None, "no eigenvector of T_0 for the eigenvalue 1 has the sum 1: no φ is continuous")
    values = {a: tuple(v / total for v in basis[0][k * r : (k + 1) * r]) for k, a in enumerate(points)}
    values = {a: v for a, v in values.items() if any(v)}
    shifts = {k: k for k in mask}
    for _ in range(level):
        values = _finer(mask, values, shifts)
        shifts = {k: dilation.times(moved) for k, moved in shifts.items()}
    return LimitValues(values)


def _finer(mask, values, shifts):
    """Return {j: φ(A^-(J+1) j)} from {j: φ(A^-J j)}; ``shifts`` maps the indices k to A^J k."""
    finer = {}
    for i, row in enumerate(mask.entries):
        for k, l, c in row:
            for j, heights in values.items():
                if heights[l]:
                    entry = finer.setdefault(tuple(map(add, j, shifts[k])), [mpq(0)] * mask.components)
                    entry[i] += c * heights[l]
        if len(finer) > MAX_VALUES:
            raise InputError(f"there are more than {MAX_VALUES} points of this level in the support; take a lower one")
    return {j: tuple(entry) for j, entry in finer.items() if any(entry)}
