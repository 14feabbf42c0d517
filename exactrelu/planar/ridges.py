"""Ridges: nodes of a network that depend on one linear form u = p x + q y only, as exact functions of u.

A continuous piecewise linear function of one variable t with finitely many pieces is written in exactly one way as

    f(t) = intercept + slope t + sum of jump * (t − knot)₊,        all jumps different from 0,

so affine combinations add dictionaries of jumps, a function is affine if and only if it has none, and the positive part
takes one walk along the sorted knots. A tent map iterated k times costs O(2^k) in one variable, where the plane has 4^k
regions.
"""

from typing import NamedTuple

from exactrelu.field import Rational, gcd, mpq


class Ridge(NamedTuple):
    """The function  intercept + slope t + sum of jumps[knot] * (t − knot)₊  of one variable t."""

    intercept: Rational
    slope: Rational
    jumps: dict


def positive_part(f):
    """Return (f₊, zeros) for a `Ridge` f, where ``zeros`` are the points inside pieces of f at which it changes sign.

    Together with the knots of f these are the knots that f₊ can have.
    """
    jumps, zeros = {}, []
    line, start = (f.intercept, f.slope), None
    first, last = None, mpq(0)
    for end in (*sorted(f.jumps), None):
        left, right = _sign_at(line, start, -1), _sign_at(line, end, 1)
        kept = left > 0 or (left == 0 and right > 0)
        if first is None:
            first, last = (line if kept else (mpq(0), mpq(0))), (line[1] if kept else mpq(0))
        last = _turn(jumps, start, last, line[1] if kept else mpq(0))
        if left * right < 0:
            zeros.append(-line[0] / line[1])
            last = _turn(jumps, zeros[-1], last, mpq(0) if kept else line[1])
        if end is not None:
            line = (line[0] - f.jumps[end] * end, line[1] + f.jumps[end])
            start = end
    return Ridge(*first, jumps), zeros


def _sign_at(line, t, side):
    """Return the sign of intercept + slope t, or for t = None that of its limit at −∞ (side −1) or +∞ (side 1)."""
    intercept, slope = line
    at = slope * side if t is None and slope else intercept if t is None else intercept + slope * t
    return (at > 0) - (at < 0)


def _turn(jumps, knot, before, after):
    """Note the change of slope at ``knot`` and return the slope after it."""
    if after != before:
        jumps[knot] = after - before
    return after


def direction(alpha, beta):
    """Return ((p, q), s) with (alpha, beta) = s (p, q): p, q coprime integers, the first of them not 0 positive.

    The slopes are rationals, not both 0.
    """
    numerator_p, numerator_q = alpha.numerator * beta.denominator, beta.numerator * alpha.denominator
    common = gcd(numerator_p, numerator_q)
    if numerator_p < 0 or (not numerator_p and numerator_q < 0):
        common = -common
    return (numerator_p // common, numerator_q // common), mpq(common, alpha.denominator * beta.denominator)
