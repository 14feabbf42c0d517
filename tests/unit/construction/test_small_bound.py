"""A bound from below on the width of stages like those of `small`, for `bilinear`; docs/constructions.md proves it."""

from fractions import Fraction
from itertools import combinations, product

from exactrelu.construction import small
from exactrelu.construction.levels import shared_by_levels
from exactrelu.construction.slots import stage_maps
from exactrelu.construction.spaces import Space, combination
from exactrelu.field import mpq
from exactrelu.scheme import load_problem

POINTS = tuple(product((0, 1), repeat=2))
"""Which of two values x and y have; they are half a turn apart, so that all digits differ."""

SETS = [
    chosen for size in range(1, 5) for chosen in combinations(POINTS, size)
    if chosen not in (((0, 0), (1, 1)), ((0, 1), (1, 0)))
]
"""Where a unit may be open: its input is a function of x plus one of y."""

MULTIPLIERS = {
    (-1, 0, -1, 1): 2, (-1, 0, 0, 0): 1, (-1, 1, 0, -1): 2, (-1, 1, 0, 0): 5, (-1, -1, 1, 0): 4, (-1, 0, 1, 0): 4,
    (0, -1, -1, 1): 4, (0, 0, -1, 0): 1, (0, 0, -1, 1): 3, (0, 1, 0, -1): 3, (0, 0, 0, -1): 4,
}
"""Eighteenths of a dual solution: for weights of the four points, how often their inequality is taken."""

FLIPPED = {(0, 0): (0, 0), (1, 1): (1, 1), (2, 2): (0, 0)}
"""The digits of each class, by its slot, at the point (0, 0): x = y = 5/12."""


def stages():
    """Return {slot: {digits: A_q}}, matrices as sparse rows."""
    normal, _, _ = small.normal_form(load_problem("bilinear"))
    frame, spaces = shared_by_levels(normal)
    return {
        shift: {
            q: [spaces[shift].coordinates(back(row)) for row in spaces[slot.image].basis]
            for q, back in stage_maps(normal.mask, frame, slot)
        }
        for shift, slot in frame.slots.items()
    }


def rank_of(weights, stage, flip):
    """Return the rank of Σ c A_q over the four points, q being the digits there."""
    digits = [tuple(a ^ b for a, b in zip(point, flip, strict=True)) for point in POINTS]
    sums = {q: mpq(c) for q, c in zip(digits, weights, strict=True) if c}
    size = len(next(iter(stage.values())))
    return len(Space(row for k in range(size) if (row := combination(sums, {q: stage[q][k] for q in digits}))))


def test_no_such_stage_has_fewer_than_47_units_that_use_what_is_carried():
    """The inequalities add up: no set of points is counted more than 18 times, and all ranks together are 18 · 47."""
    for chosen in SETS:
        met = (
            times for weights, times in MULTIPLIERS.items()
            if sum(c for c, point in zip(weights, POINTS, strict=True) if point in chosen)
        )
        assert sum(met) <= 18
    known = stages()
    total = sum(
        times * rank_of(weights, known[shift], flip)
        for weights, times in MULTIPLIERS.items() for shift, flip in FLIPPED.items()
    )
    assert Fraction(total, 18) == 47


def test_the_digits_at_the_points():
    """At 5/12, and half a turn on, the digits of the classes are those said, and the others."""
    for (slot, _), (digit, _) in FLIPPED.items():
        for turn in (0, 1):
            residual = (Fraction(5, 12) + Fraction(turn, 2) + Fraction(slot, 3)) % 1
            assert (residual >= Fraction(1, 2)) == (digit ^ turn)
