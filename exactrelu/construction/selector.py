"""Digit selectors on the loop (§4.1) and cell selectors on the line, with transition width δ_n.

A selector is 1 where its digit (or integer cell) is the right one, 0 where another one is, and runs through [0, 1] on
the transition set next to the breakpoints. Scaled selectors are δ_n times as large; their weights do not depend on δ_n,
which may be an expression. A deficiency counts how many selectors of a pair are not yet 1.
"""

from functools import cache


def digit_selectors(b, p, q, delta):
    """Return (χ₀, χ₁), the selectors of §4.1 at the loop point (p, q), two units of one layer.

    χ₀ = min(1, max(0, (q − (1 − 6δ)(p − q)) / (3δ))) and χ₁ = 1 − χ₀, with 0 < δ ≤ 1/6. On E(t), t in [0, 1], they are
    the indicators of [0, 1/2) and [1/2, 1] outside [0, δ] ∪ [1/2, 1/2 + δ]. Raises `ValueError` for another δ.
    """
    if not 0 < 6 * delta <= 1:
        raise ValueError(f"the transition width of a digit selector lies in (0, 1/6], got {delta}")
    chi0 = b.clamp((q - (1 - 6 * delta) * (p - q)) / (3 * delta))
    return chi0, 1 - chi0


def scaled_digit_selectors(b, p, q, rate):
    """Return 3δ times the `digit_selectors` for δ = ``rate`` · ε, ε the parameter "eps" of a program.

    Their weights do not depend on ε, but they have its product with a function of the loop point.
    """
    one = 3 * rate * b.parameters["eps"]
    argument = q - (p - q) + 6 * rate * b.multiple("eps", p - q)
    chi0 = b.relu(argument) - b.relu(argument - one)
    return chi0, one - chi0


def cell_selectors(b, t, length, delta, end=None, cells=None):
    """Return σ_0, …, σ_{length−1}: σ_i is 1 on [i + δ, i + 1], 0 outside [i, i + 1 + δ], for any real t.

    σ_i = r_i − r_{i+1} with the ramps r_i = min(1, max(0, (t − i) / δ)), i = 0, …, length: 2·length + 2 units of one
    layer. The σ_i add up to r_0 − r_length, so none is active outside [0, length + δ]. With ``end``, a rational in
    (length − 1, length], the last ramp starts there: σ_{length−1} is 1 on [length − 1 + δ, end], 0 from end + δ on.
    With ``cells``, numbers in [0, length), only their selectors are made and returned, in that order.
    """
    return [selector / delta for selector in scaled_cell_selectors(b, t, length, delta, end, cells)]


def scaled_cell_selectors(b, t, length, delta, end=None, cells=None):
    """Return δσ_i for the `cell_selectors` σ_i; δ and the end may be expressions."""
    starts = [*range(length), length if end is None else end]
    rise = cache(lambda k: scaled_ramp(b, t, starts[k], delta))
    return [rise(i) - rise(i + 1) for i in (range(length) if cells is None else cells)]


def ramp(b, t, start, delta):
    """Return min(1, max(0, (t − start) / δ)), two units of one layer, the first of them (t − start)₊."""
    return scaled_ramp(b, t, start, delta) / delta


def scaled_ramp(b, t, start, delta):
    """Return min(δ, max(0, t − start)), δ times a `ramp`; δ and the start may be expressions."""
    # an embedding has the first unit, too: written this way the builder makes it once
    return b.relu(t - start) - b.relu(t - start - delta)


def scaled_digit_selector(b, p, q, delta):
    """Return δ · χ₁ at the loop point (p, q), two units of one layer, one of which the controller has, too.

    δχ₁ = δ − ((2q − p + 3δ)₊ − (2q − p)₊)/3. On E(t), t in [0, 1], χ₁ is the indicator of [1/2, 1) outside of
    [1/2, 1/2 + δ/2] ∪ [1 − δ, 1]. The weights do not depend on δ, which may be an expression.
    """
    middle = 2 * q - p
    return delta - (b.relu(middle + 3 * delta) - b.relu(middle)) / 3


def deficiency(first, second, one=1):
    """Return d = (1 − first) + (1 − second): 0 where both selectors are 1, at least 1 where one of them is 0.

    With ``one``, what the selectors are where they are 1, it is as many times as large.
    """
    return 2 * one - first - second
