"""Clamped gluing on the window (Lemma 4.4), and the carried copy of the input.

Written out, the nested sums of Lemma 4.4 are one signed sum over patches, each taken at the clamped coordinates or on
its left or lower edge:

    f♯ = Σ_{a,b} f_{a,b}(σ_a(x), σ_b(y)) − Σ_{a≥2,b} f_{a,b}(0, σ_b(y)) − Σ_{a,b≥2} f_{a,b}(σ_a(x), 0)
         + Σ_{a≥2,b≥2} f_{a,b}(0, 0).

Patches (a, b) are counted from 0 here: σ_a is the ramp on [a, a + 1]. f has to be continuous, zero outside the window.
"""

from itertools import product
from typing import NamedTuple


class Copy(NamedTuple):
    """The term ``sign`` · f_patch, on the left edge u = 0 of the patch or on its lower edge v = 0 where it says so."""

    sign: int
    patch: tuple
    on_left_edge: bool
    on_lower_edge: bool


def gluing_copies(lengths):
    """Return the terms of f♯ as a list of `Copy`, for the window [0, L1] × [0, L2] with ``lengths`` (L1, L2)."""
    copies = []
    for patch in product(*map(range, lengths)):
        edges = product(*((False, True) if index else (False,) for index in patch))
        copies += [Copy(-1 if left != lower else 1, patch, left, lower) for left, lower in edges]
    return copies


def ramp(b, t, index):
    """Return σ(t) = (t − index)₊ − (t − index − 1)₊, the coordinate of t in the cell [index, index + 1], clamped."""
    return b.relu(t - index) - b.relu(t - index - 1)


def carried_input(b, t, length):
    """Return min(t, length), whose positive part is t clamped to [0, length]: one unit here, one a layer later."""
    return length - b.relu(length - t)
