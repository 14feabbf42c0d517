"""The common refinement of several CPwL functions on a convex domain, cut only along lines where one has a kink."""

from collections import Counter

from exactrelu.cpwl.cpwl import CPwL, form_at
from exactrelu.cpwl.polygon import affine_at, box, coordinates, homogeneous, integral, line_through, value

CANDIDATES = 12
"""How many lines are tried for each cut; the one that cuts the fewest kinks is taken."""


def overlay(functions, domain):
    """Return a list of (Polygon, forms): convex cells that fill ``domain``, on which every function is affine.

    ``forms`` has one form for each of the `CPwL` ``functions``; ``domain`` is a `Polygon`. A cell is cut only along the
    line of a kink that passes through its interior.
    """
    pieces = [_meeting(function.pieces_with_sides, domain.half_planes()) for function in functions]
    kinks = [kink for function in functions for kink in _clipped(function.kinks(), domain)]
    return list(_cells(domain, kinks, pieces))


def find_difference(f, g):
    """Return a point (x, y) at which two `CPwL` functions differ, or None when they are equal on the whole plane."""
    boxes = [function.support_box() for function in (f, g) if not function.is_zero]
    if not boxes:
        return None
    for cell, (at_f, at_g) in overlay((f, g), _joint_box(boxes)):
        difference = tuple(p - q for p, q in zip(at_f, at_g, strict=True))
        if any(difference):
            corners = (coordinates(vertex) for vertex in cell.vertices)
            return next(corner for corner in corners if affine_at(difference, *corner))
    return None


def equal(f, g):
    """Return whether two `CPwL` functions are equal on the whole plane."""
    return find_difference(f, g) is None


def total(terms):
    """Return the `CPwL` function that is the sum of ``factor`` times ``function`` over the pairs in ``terms``."""
    terms = [(factor, function) for factor, function in terms if factor and not function.is_zero]
    if not terms:
        return CPwL((), (), ())
    domain = _joint_box([function.support_box() for _, function in terms])
    factors = [factor for factor, _ in terms]
    heights, triangles = {}, []
    for cell, forms in overlay([function for _, function in terms], domain):
        form = tuple(sum(c * form[k] for c, form in zip(factors, forms, strict=True)) for k in range(3))
        if any(form):
            corners = _strict_corners(cell)
            heights.update((corner, affine_at(form, *corner)) for corner in corners)
            triangles.extend((corners[0], p, q) for p, q in zip(corners[1:], corners[2:], strict=False))
    index = {corner: position for position, corner in enumerate(heights)}
    return CPwL(heights, [tuple(index[corner] for corner in corners) for corners in triangles], heights.values())


def _cells(cell, kinks, pieces):
    """Yield (polygon, forms) for the part ``cell`` that the ``kinks`` (u, v, line) cut further, without recursion."""
    stack = [(cell, kinks, pieces)]
    while stack:
        cell, kinks, pieces = stack.pop()
        if not kinks:
            point = cell.interior_point()
            yield cell, tuple(form_at(candidates, *point) for candidates in pieces)
            continue
        line = _best_line(kinks)
        sides = {-1: [], 1: []}
        for kink in kinks:
            _distribute(kink, line, sides)
        opposite = tuple(-entry for entry in line)
        for part, sign, form in zip(cell.split(line), (-1, 1), (opposite, line), strict=True):
            stack.append((part, sides[sign], [_meeting(candidates, [form]) for candidates in pieces]))


def _best_line(kinks):
    """Return the line, among the most frequent ones of the kinks, that crosses the fewest kinks."""
    frequent = Counter(line for _, _, line in kinks).most_common(CANDIDATES)
    return min((line for line, _ in frequent), key=lambda line: sum(_crosses(line, kink) for kink in kinks))


def _crosses(line, kink):
    return value(line, kink[0]) * value(line, kink[1]) < 0


def _distribute(kink, line, sides):
    """Append the parts of a kink on either side of ``line`` to sides[-1], sides[1]; a kink on the line is spent."""
    u, v, own = kink
    at_u, at_v = value(line, u), value(line, v)
    if at_u * at_v >= 0:
        if at_u or at_v:
            sides[1 if at_u > 0 or at_v > 0 else -1].append(kink)
        return
    middle = homogeneous(*(abs(at_v) * p + abs(at_u) * q for p, q in zip(u, v, strict=True)))
    sides[1 if at_u > 0 else -1].append((u, middle, own))
    sides[1 if at_v > 0 else -1].append((middle, v, own))


def _clipped(kinks, domain):
    """Return, as (u, v, line), the parts of the kinks (`CPwL.kinks`) in the interior of the domain."""
    kinks = [(u, v, _line_of(u, v)) for u, v, _, _ in kinks]
    for form in domain.half_planes():
        sides = {-1: [], 1: []}
        for kink in kinks:
            _distribute(kink, form, sides)
        kinks = sides[1]
    return kinks


def _line_of(u, v):
    """Return the form of the line through two points with one sign fixed, the same for every pair on the line."""
    form = integral(line_through(u, v))
    return form if form > (0, 0, 0) else tuple(-entry for entry in form)


def _meeting(pieces, forms):
    """Return the pieces that have, for each form, a corner at which it is positive."""
    return [piece for piece in pieces if all(any(value(form, corner) > 0 for corner in piece[0]) for form in forms)]


def _joint_box(boxes):
    (xs, ys) = zip(*boxes, strict=True)
    return box(min(x for x, _ in xs), max(x for _, x in xs), min(y for y, _ in ys), max(y for _, y in ys))


def _strict_corners(cell):
    """Return the coordinates of the vertices of a bounded polygon at which its boundary turns."""
    around = cell.vertices
    return [
        coordinates(v)
        for u, v, w in zip((around[-1], *around), around, (*around[1:], around[0]), strict=False)
        if value(line_through(u, v), w)
    ]
