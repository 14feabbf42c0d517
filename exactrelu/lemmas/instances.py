"""Named functions that several checks share: special atoms of different shapes (Definition 2.8, ϱ = 1/8)."""

from functools import cache

from exactrelu.cpwl.cpwl import CPwL
from exactrelu.field import mpq

RHO = mpq(1, 8)
"""The margin ϱ of the instances."""

EPSILON = mpq(1, 16)
"""The seam width ε̄ of the instances."""

_EIGHTHS = {
    # values at vertices, in eighths; the support lies in [1/8, 7/8]²
    "hexagon": ([(4, 4), (7, 4), (7, 7), (4, 7), (1, 4), (1, 1), (4, 1)], 6, 1),
    "pyramid": ([(4, 4), (7, 1), (7, 7), (1, 7), (1, 1)], 4, mpq(5, 2)),
    "off centre": ([(2, 3), (7, 2), (3, 7), (1, 1)], 3, mpq(1, 3)),
    "reflex star": ([(3, 3), (7, 3), (4, 4), (3, 7), (1, 3), (3, 1)], 5, 8),
}


@cache
def special_atoms():
    """Return {name: `CPwL` function}, each a special atom: hats about one vertex, and a sum of two of them."""
    atoms = {}
    for name, (places, count, height) in _EIGHTHS.items():
        vertices = [(mpq(x, 8), mpq(y, 8)) for x, y in places]
        triangles = [(0, 1 + k, 1 + (k + 1) % count) for k in range(count)]
        atoms[name] = CPwL(vertices, triangles, [height] + [0] * count)
    return atoms | {"two peaks": two_peaks()}


def two_peaks():
    """Return a special atom with two peaks of different heights over one rectangle."""
    places = [(1, 2), (4, 2), (7, 2), (1, 6), (4, 6), (7, 6), (2, 4), (5, 3)]
    triangles = [(0, 1, 6), (1, 4, 6), (4, 3, 6), (3, 0, 6), (1, 2, 7), (2, 5, 7), (5, 4, 7), (4, 1, 7)]
    return CPwL([(mpq(x, 8), mpq(y, 8)) for x, y in places], triangles, [0] * 6 + [1, mpq(3, 2)])


def unit_pyramid(i, j):
    """Return the pyramid of height 1 over the unit square [i, i+1] × [j, j+1]."""
    corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i + mpq(1, 2), j + mpq(1, 2))]
    return CPwL(corners, [(k, (k + 1) % 4, 4) for k in range(4)], [0, 0, 0, 0, 1])
