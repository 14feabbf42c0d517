"""Where in the unit square special atoms are put: so that few dyadic grids are needed.

An atom with support box [x, x + w] is moved by δ = x − c with ϱ ≤ c ≤ 1 − ϱ − w in each coordinate. The seams of its
network lie on the grid 2⁻ⁿ(δ + Z), so atoms whose shifts agree mod 1 share them, and the units of their controllers.
Translates of one function get one c, so that they become the same special atom.
"""

from exactrelu.field import mpq


def offsets(groups, rho):
    """Return c for each of ``groups``, a sequence of (starts x of translates, common width w) in one coordinate.

    Groups with little room come first. Each takes the c, among the middle one and those that bring some member to a
    class of shifts mod 1 already in use, that adds the fewest classes; the nearest to the middle if several do.
    Requires 0 < w ≤ 1 − 2ϱ.
    """
    classes, chosen = set(), {}
    for index in sorted(range(len(groups)), key=lambda index: -groups[index][1]):
        starts, width = groups[index]
        middle = (1 - width) / 2
        residues = {_fraction(start) for start in starts}
        candidates = {middle} | {c for s in residues for r in classes for c in _aligned(s - r, rho, width)}
        chosen[index] = min(
            candidates, key=lambda c: (len({_fraction(s - c) for s in residues} - classes), abs(c - middle), c)
        )
        classes |= {_fraction(s - chosen[index]) for s in residues}
    return [chosen[index] for index in range(len(groups))]


def _aligned(difference, rho, width):
    """Return the c ≡ difference (mod 1) with ϱ ≤ c ≤ 1 − ϱ − width: one or none."""
    c = _fraction(difference)
    return [c] if rho <= c <= 1 - rho - width else []


def _fraction(number):
    """Return the number mod 1, in [0, 1)."""
    return number - mpq(number.numerator // number.denominator)
