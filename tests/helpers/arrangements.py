"""Max-min forms as functions, exactly: the cells on which their affine pieces keep their order."""

from itertools import combinations

from exactrelu.cpwl.cpwl import ZERO, CPwL
from exactrelu.cpwl.polygon import affine_at, box, coordinates, integral


def lattice_cells(shape, domain, lines=()):
    """Return (cell, form) of a `LatticeForm` on a polygon, cut by all lines where two forms agree, or vanish."""
    forms = [ZERO, *shape.forms]
    cuts = {integral(tuple(p - q for p, q in zip(f, g, strict=True))) for f, g in combinations(forms, 2)}
    cells = [domain]
    for line in (*sorted(cuts), *lines):
        cells = [part for cell in cells for part in cell.split(line) if part is not None]
    return [(cell, _form_at(shape, forms, cell.interior_point())) for cell in cells]


def lattice_function(shape):
    """Return a `LatticeForm` with support in the unit square as a `CPwL` function."""
    vertices, triangles = {}, []
    for cell, form in lattice_cells(shape, box(0, 1, 0, 1)):
        if any(form):
            corners = [coordinates(vertex) for vertex in cell.vertices]
            rim = [vertices.setdefault((x, y, affine_at(form, x, y)), len(vertices)) for x, y in corners]
            triangles += [(rim[0], p, q) for p, q in zip(rim[1:], rim[2:], strict=False)]
    return CPwL([vertex[:2] for vertex in vertices], triangles, [vertex[2] for vertex in vertices])


def _form_at(shape, forms, point):
    height = shape.evaluate(*point)
    return next(form for form in forms if affine_at(form, *point) == height)
