"""The regions of a network whose units all change sign along lines of at most two directions: the cells of a grid.

The domain is cut into strips by the lines of one family, the strips into cells by the lines of the other. Where both
sides of a strip have two neighbouring crossings inside the domain, the cell between is the parallelogram of these four
points, so that most cells cost one new vertex and no cut; only those on the edge of the domain are clipped. The outputs
are sums of ridges: the form on a cell is the sum of one form for its strip in each direction.
"""

from bisect import bisect_left, bisect_right

from exactrelu.cpwl.polygon import Polygon, homogeneous
from exactrelu.field import mpz
from exactrelu.planar.arrangement import Family, chord, families, numbers_within, range_between
from exactrelu.planar.pieces import form_range
from exactrelu.planar.reference import ZERO


def is_grid(analysis):
    """Whether the units of an analysed network are ridges in at most two directions."""
    return analysis.is_arrangement and sum(map(bool, analysis.lines.values())) <= 2


def grid_cells(analysis, outputs, domain):
    """Yield (cell, forms of the outputs) for every activation region of a network that `is_grid` on ``domain``."""
    along, across = _two(families(analysis.lines, domain))
    normals = [analysis.normals[output] for output in outputs]
    base = [_common_form(normal, (along.slopes, across.slopes), domain) for normal in normals]
    strip_forms = [_forms(normal, along, domain) for normal in normals]
    cell_forms = list(zip(*(_forms(normal, across, domain) for normal in normals), strict=True))
    if not normals:
        cell_forms = [()] * (len(across.levels) + 1)
    for index, (first, polygons) in enumerate(_strips(along, across, domain)):
        on_strip = [_sum(form, forms[index]) for form, forms in zip(base, strip_forms, strict=True)]
        for offset, polygon in enumerate(polygons, first):
            yield polygon, tuple(map(_sum, on_strip, cell_forms[offset]))


def _two(found):
    """Return two families with a positive determinant of slopes: those found and, for want of them, empty ones."""
    if len(found) < 2:
        p, q = found[0].slopes if found else (mpz(1), mpz(0))
        return (*(found or [Family((p, q), [])]), Family((-q, p), []))
    (p, q), (r, s) = (family.slopes for family in found)
    return found if p * s > q * r else found[::-1]


def _sum(first, second):
    return (first[0] + second[0], first[1] + second[1], first[2] + second[2])


def _forms(normal, family, domain):
    """Return for each strip between lines of a family the form that a normal's ridges in its direction have there."""
    p, q = family.slopes
    jumps = normal.ridges.get(family.slopes, {})
    low = form_range((p, q, 0), domain).low
    form = ZERO
    for knot, jump in jumps.items():
        if low is not None and knot <= low:
            form = _sum(form, (jump * p, jump * q, -jump * knot))
    forms = [form]
    for level in family.levels:
        jump = jumps.get(level, 0)
        forms.append(_sum(forms[-1], (jump * p, jump * q, -jump * level)) if jump else forms[-1])
    return forms


def _common_form(normal, apart, domain):
    """Return a normal's form plus those of its ridges in all directions but two: they have no kink in the domain."""
    form = normal.form
    for slopes in normal.ridges:
        if slopes not in apart:
            form = _sum(form, _forms(normal, Family(slopes, []), domain)[0])
    return form


def _strips(along, across, domain):
    """Yield for each strip between lines of ``along`` (number of its first strip of ``across``, cells in order)."""
    below, rest = None, domain
    for level in (*along.levels, None):
        strip, above = rest, None
        if level is not None:
            strip, rest = rest.split(along.form(level))
            above = _crossings(level, along, across, domain)
        first, last = numbers_within(across.levels, form_range((*across.slopes, 0), strip))
        yield first, _cells(strip, across, first, last, below, above)
        below = above


def _crossings(level, along, across, domain):
    """Return (number of the first, points) of the crossings of one line with ``across`` in the closed domain."""
    low, high = range_between(chord(domain, along.form(level)), across.slopes)
    first = 0 if low is None else bisect_left(across.levels, low)
    last = len(across.levels) if high is None else bisect_right(across.levels, high)
    (p, q), (r, s) = along.slopes, across.slopes
    a, da, points = level.numerator, level.denominator, []
    for other in across.levels[first:last]:
        # The solution of p x + q y = a/da, r x + s y = b/db.
        b, db = other.numerator, other.denominator
        points.append(homogeneous(s * a * db - q * b * da, p * b * da - r * a * db, (p * s - q * r) * da * db))
    return first, points


def _cells(strip, across, first, last, below, above):
    """Yield the cells into which the levels ``first`` … ``last`` − 1 cut a strip, given the crossings on its sides."""
    start, end = last, first
    if below is not None and above is not None:
        start = max(first, below[0], above[0])
        end = min(last, below[0] + len(below[1]), above[0] + len(above[1]))
    if end - start < 2:
        yield from _slices(strip, across, range(first, last))
        return
    yield from _slices(strip.split(across.form(across.levels[start]))[0], across, range(first, start))
    (low, lower), (high, upper) = below, above
    for k in range(start, end - 1):
        yield Polygon.trusted((lower[k - low], upper[k - high], upper[k + 1 - high], lower[k + 1 - low]))
    yield from _slices(strip.split(across.form(across.levels[end - 1]))[1], across, range(end, last))


def _slices(polygon, across, numbers):
    """Yield the parts into which the lines of ``across`` with these numbers, all inside it, cut a polygon, in order."""
    for number in numbers:
        part, polygon = polygon.split(across.form(across.levels[number]))
        yield part
    yield polygon
