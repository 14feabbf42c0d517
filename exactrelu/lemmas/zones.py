"""The case distinction behind the readout formulas: which branches are exact, which are zero, by zones of coordinates.

A coordinate t of the terminal residual lies to the left, [0, ε̄], in the middle, [ε̄, 1 − ε̄], or to the right,
[1 − ε̄, 1]. By Lemma 3.6 (i) ρ⁻ is exact in the middle and to the right, ρ⁺ in the middle and to the left. What a
branch does depends only on which pairs (zone, readout) occur among the coordinates, not on how often: so checking sets
of zones covers every dimension.
"""

from itertools import combinations, product

ZONES = ("left", "middle", "right")

EXACT = {("middle", "-"), ("right", "-"), ("middle", "+"), ("left", "+")}
"""The pairs (zone, readout) in which the readout is exact: Lemma 3.6 (i)."""


def branch_value(zones, signs, exact=EXACT):
    """Return what is known of H at the read coordinates: "zero", "H" (all exact) or "unknown" (then still ≥ 0).

    A coordinate that is read exactly in a seam zone lies outside [ϱ, 1 − ϱ], so that H is zero whatever the others are.
    """
    pairs = list(zip(zones, signs, strict=True))
    if any(pair in exact and pair[0] != "middle" for pair in pairs):
        return "zero"
    return "H" if all(pair in exact for pair in pairs) else "unknown"


def minimum_is_exact(zones, branches, exact=EXACT):
    """Return whether the minimum over the branches (tuples of signs) is H, by what is known of each."""
    values = {branch_value(zones, signs, exact) for signs in branches}
    if all(zone == "middle" for zone in zones):
        return values == {"H"}
    return "zero" in values  # H is zero here, and no branch is negative


def branch_failure(signs, dimensions, exact=EXACT):
    """Return (number of cases, witness or None) for the minimum over all sign patterns of so many coordinates."""
    branches = tuple(product(signs, repeat=dimensions))
    return failure_of(branches, list(product(ZONES, repeat=dimensions)), exact)


def diagonal_failure(exact=EXACT):
    """Return (number of cases, witness or None) for the two branches (−, …, −) and (+, …, +) in every dimension.

    Each non-empty set of zones stands for all points, of any dimension, whose coordinates lie in exactly these zones.
    """
    places = [chosen for size in (1, 2, 3) for chosen in combinations(ZONES, size)]
    for zones in places:
        branches = [(sign,) * len(zones) for sign in "-+"]
        if not minimum_is_exact(zones, branches, exact):
            return len(places), {"zones": zones, "branches": [branch_value(zones, signs, exact) for signs in branches]}
    return len(places), None


def failure_of(branches, places, exact=EXACT):
    """Return (number of places, the first at which the minimum over ``branches`` is not known to be H, or None)."""
    for zones in places:
        if not minimum_is_exact(zones, branches, exact):
            values = tuple(branch_value(zones, signs, exact) for signs in branches)
            return len(places), {"zones": zones, "branches": values}
    return len(places), None
