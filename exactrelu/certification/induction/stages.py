"""Facts about the blocks of the stages, each checked once for all stages with that block."""

from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.loops import HALF, digit_error, doubling_error
from exactrelu.certification.induction.rows import QuadrantUnproved, check_stage
from exactrelu.certification.induction.seams import AXES
from exactrelu.field import mpq, text

ANYWHERE = (mpq(0), mpq(1))


def within(axis, interval):
    """Return residuals in an interval in one coordinate and anywhere in the other, as a pair of intervals."""
    return tuple(interval if other == axis else ANYWHERE for other in (0, 1))


def check_loops(whole, k, shift_class):
    """Check F(E(t)) = E(r(t)) for both coordinates of a class in block k."""
    index = shift_class.index
    where = f"{whole.label(k)}, class {index}"
    pairs = zip(whole.inlets[k - 1][index].loops, whole.outlets[k][index].loops, strict=True)
    for axis, (before, after) in enumerate(pairs):
        error = doubling_error(whole.blocks[k], before, after, where)
        if error is not None:
            t, interval = error
            reason = f"F(E(t)) is not E(r(t)) for the controller of {AXES[axis]}, at t = {text(t)}"
            raise Unproved(where, reason, shift_class.spot(k, within(axis, interval)))


def check_selectors(whole, k, shift_class, width, early):
    """Check that the selectors made in block k, 1 ≤ k < n, from z_k are exact off strips at 0 and 1/2.

    For each coordinate they have the ``width`` behind, and ``early`` (of that coordinate) before these points.
    """
    index = shift_class.index
    where = f"{whole.label(k)}, class {index}"
    for axis, before in enumerate(whole.inlets[k - 1][index].loops):
        position = whole.outlets[k][index].digits[axis]
        t = digit_error(whole.blocks[k], before, position, width, where, early[axis])
        if t is not None:
            reason = f"the selector of {AXES[axis]} is not the digit of t = {t}, or leaves [0, 1]"
            raise Unproved(where, reason, shift_class.spot(k, within(axis, (t, t))))


def check_rows(whole, k, shift_class, bound):
    """Check that block k multiplies good rows with 0 ≤ p ≤ ``bound`` by T_qᵀ under every digit pair q."""
    index = shift_class.index
    where = f"{whole.label(k)}, class {index}"
    before, after = whole.inlets[k - 1][index], whole.outlets[k][index]
    try:
        check_stage(whole.blocks[k], before, after, shift_class.target, bound, where)
    except QuadrantUnproved as failure:
        quadrant = tuple((digit * HALF, (digit + 1) * HALF) for digit in failure.digits)
        raise Unproved(where, failure.reason, shift_class.spot(k - 1, quadrant)) from None
