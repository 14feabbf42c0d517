"""Formal expansions: V g at a point as a sum of mask coefficients times values of an unknown function g.

Every mask coefficient is a symbol of its own (the mask maps an index to itself) and g is unknown: a continuous function
with support in the window [0, L1] × [0, L2]. A point of a closed unit square is given by its class in each coordinate:
at 0, inside, or at 1, and 2t is written as Q1(t) + r(t) (which is checked on its own). Two expansions are equal for all
masks and all g if they have the same coefficients at the same places; a place on or beyond the border of the window has
the value 0.
"""

from collections import Counter
from itertools import product
from typing import NamedTuple

from exactrelu.field import mpq, text
from exactrelu.lemmas.result import Undecided
from exactrelu.lemmas.symbolic import TRIALS, UndecidedSign, between, positive


class PointClass(NamedTuple):
    """Points t of [0, 1] with one ``digit`` Q1(t), and the ``place`` of r(t): "0", "inside" or "1", else "outside"."""

    name: str
    digit: int
    place: str


def point_classes(digit, residual):
    """Return (the five `PointClass` that cover [0, 1], from the maps Q1 and r themselves; None).

    Where a map has a kink inside of such a class, there are points of it in its place, and the `Undecided` reason.
    """
    (s,) = positive("s")
    half = mpq(1, 2)
    points = {
        "t = 0": 0 * s,
        "0 < t < 1/2": between(mpq(0), half, s),
        "t = 1/2": half + 0 * s,
        "1/2 < t < 1": between(half, mpq(1), s),
        "t = 1": 1 + 0 * s,
    }
    return classes_of(points, lambda name, t: PointClass(name, digit(t), place_of(residual(t))))


def classes_of(points, class_of):
    """Return (the classes ``class_of(name, t)`` of points {name: t}; None, or why they are not all points)."""
    classes, doubt = [], None
    for name, t in points.items():
        try:
            classes.append(class_of(name, t))
        except UndecidedSign as undecided:
            doubt = doubt or Undecided({"not decided": f"{name}: {undecided}"})
            numbers = [t.at((value,)) for value in TRIALS]
            classes += [class_of(f"t = {text(at.number())}", at) for at in numbers]
    return classes, doubt


def place_of(r):
    """Return where a residual lies; outside of [0, 1] no patch has a value."""
    if not 0 <= r <= 1:
        return "outside"
    return "0" if r == 0 else "1" if r == 1 else "inside"


def outside_witness(classes):
    """Return a witness, the first of some `PointClass`es whose residual lies outside of [0, 1], or None."""
    return next(({"x": found.name, "r(x)": "not in [0, 1]"} for found in classes if found.place == "outside"), None)


def windows(largest):
    """Return all (L1, L2) with 1 ≤ L1, L2 ≤ ``largest``."""
    return list(product(range(1, largest + 1), repeat=2))


def window_range(largest):
    """Return the range of a `Fact` that is checked on all of `windows`."""
    return {"L_1": (1, largest), "L_2": (1, largest)}


def generic_mask(lengths):
    """Return the mask on [0, L1] × [0, L2] whose coefficient at each index is that index, a symbol."""
    return {index: index for index in product(*(range(length + 1) for length in lengths))}


def coordinate(place, offset, length, zero_on_border=True):
    """Return the coordinate r + ``offset`` in a normal form, None where g vanishes there.

    The normal form is (number, is it inside the interval that starts there). ``zero_on_border`` is what continuity of g
    gives: it vanishes on the border of the window too.
    """
    if place == "inside":
        return (offset, True) if 0 <= offset < length else None
    whole = offset + (place == "1")
    margin = 1 if zero_on_border else 0
    return (whole, False) if margin <= whole <= length - margin else None


def expanded_operator(lengths, patch, along_x, along_y, zero_on_border=True):
    """Return {place: Counter of indices k} of the patch (a, b), from 1, of V g at points of these classes: (2.1)."""
    answer = {}
    for index in generic_mask(lengths):
        # 2 (x + a − 1) − k = r + Q1 + 2 (a − 1) − k
        place = tuple(
            coordinate(cls.place, cls.digit + 2 * (a - 1) - k, length, zero_on_border)
            for cls, a, k, length in zip((along_x, along_y), patch, index, lengths, strict=True)
        )
        if None not in place:
            answer.setdefault(place, Counter())[index] += 1
    return answer


def expanded_product(matrix, lengths, patch, along_x, along_y, zero_on_border=True):
    """Return {place: Counter of indices k} of the row (a, b) of T_q times the patches of g at the residual."""
    answer = {}
    for (target, source), index in matrix.items():
        place = tuple(
            coordinate(cls.place, alpha - 1, length, zero_on_border)
            for cls, alpha, length in zip((along_x, along_y), source, lengths, strict=True)
        )
        if target == patch and None not in place:
            answer.setdefault(place, Counter())[index] += 1
    return answer


def patch_indices(lengths):
    """Return the patches (a, b) of a window, counted from 1."""
    return list(product(*(range(1, length + 1) for length in lengths)))


def shown(expansion):
    """Return an expansion as a string, such as "c(0,1) g at (0, 1/2..)"."""
    terms = []
    for place, indices in sorted(expansion.items()):
        at = ", ".join(f"{whole}+r" if inside else str(whole) for whole, inside in place)
        terms += [f"{count} c{index} g({at})" for index, count in sorted(indices.items())]
    return " + ".join(terms) or "0"
