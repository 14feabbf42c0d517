"""The patches of a seed in normal form: an affine form, kinks along whole lines, and wedge tents.

On a unit square every continuous piecewise linear function is

    A(u, v) + Σ_ℓ κ_ℓ ℓ(u, v)₊ + Σ_w c_w w(u, v),      w = max(0, min(a, b)),

with lines ℓ and *wedge tents* w: a w is supported on a cone with its vertex in the open square, zero on the two
boundary rays and linear on either side of a third ray. To find it, follow every line that carries kinks in
lexicographic order of its points: the slope jump at the first point of the chord is given to the whole line, and each
later change of the jump starts a ray. The rays that start at a point all point forward, so they lie in a half plane,
and their jumps balance; such a fan of k rays is a combination of the k − 2 tents on consecutive triples of rays.

All patches use the same lines and the same tents, so a network that reads Σ_β p_β g_β(u, v) needs each only twice
(once for each sign), whatever the number of patches.
"""

from collections import defaultdict
from itertools import pairwise, product
from typing import NamedTuple

from exactrelu.cpwl.polygon import affine_at, box, coordinates, line_through
from exactrelu.field import gcd, mpq

ZERO = (mpq(0), mpq(0), mpq(0))


class Tent(NamedTuple):
    """max(0, min(``left``, ``right``)) for two affine forms that vanish at its vertex."""

    left: tuple
    right: tuple

    def __call__(self, u, v):
        return max(mpq(0), min(affine_at(self.left, u, v), affine_at(self.right, u, v)))


class PatchForm(NamedTuple):
    """A patch in normal form: ``affine`` form, ``kinks`` {line: κ} and ``tents`` {`Tent`: c}, in coordinates u, v."""

    affine: tuple
    kinks: dict
    tents: dict

    def __call__(self, u, v):
        bent = sum(jump * max(mpq(0), affine_at(line, u, v)) for line, jump in self.kinks.items())
        return affine_at(self.affine, u, v) + bent + sum(c * tent(u, v) for tent, c in self.tents.items())

    @property
    def is_zero(self):
        """Whether the patch is the zero function."""
        return not (any(self.affine) or self.kinks or self.tents)


def patch_forms(pieces, lengths):
    """Return {(i, j): `PatchForm` of the patch [i, i+1] × [j, j+1]} of a CPwL function, zero patches left out.

    ``pieces`` are the (bounded polygon, form) of the function, zero elsewhere; 0 ≤ i, j < ``lengths``. Raises
    `ValueError` if the function is not continuous.
    """
    measures = {}
    rays = defaultdict(set)
    for i, j in product(*_reached(pieces, lengths)):
        local = [_moved(piece, i, j) for piece in pieces]
        kinks, fans = _kinks_and_fans(local)
        measures[i, j] = (local, kinks, fans)
        for vertex, fan in fans.items():
            rays[vertex].update(fan)
    tents = {vertex: _tents(vertex, sorted(directions, key=_slope)) for vertex, directions in rays.items()}
    forms = {}
    for patch, (local, kinks, fans) in measures.items():
        weights = {}
        for vertex, fan in fans.items():
            weights.update(_tent_weights(fan, tents[vertex]))
        affine = _affine_part(local, PatchForm(ZERO, kinks, weights))
        form = PatchForm(affine, kinks, weights)
        if not form.is_zero:
            forms[patch] = form
    return forms


def _reached(pieces, lengths):
    """Return the ranges of i and of j of the patches that meet the box of all pieces."""
    corners = [coordinates(vertex) for polygon, _ in pieces for vertex in polygon.vertices]
    if not corners:
        return range(0), range(0)
    return tuple(
        range(max(0, int(min(along) // 1)), min(length, int(max(along) // 1) + 1))
        for along, length in zip(zip(*corners, strict=True), lengths, strict=True)
    )


def _moved(piece, i, j):
    """Return a piece as ([vertices as (x, y)], edge data, form) in the coordinates of the patch (i, j)."""
    polygon, (alpha, beta, gamma) = piece
    corners = [coordinates(vertex) for vertex in polygon.vertices]
    return [(x - i, y - j) for x, y in corners], (alpha, beta, gamma + alpha * i + beta * j)


def _kinks_and_fans(pieces):
    """Return the kinks {line: jump at the start of the chord} and fans {vertex: {direction: change of the jump}}."""
    kinks, fans = {}, defaultdict(dict)
    for line, edges in _edges_by_line(pieces).items():
        chord = _chord(line)
        if chord is None:
            continue
        jumps = _jumps(line, edges, *chord)
        if jumps[0][1]:
            kinks[line] = jumps[0][1]
        for (_, before), (point, after) in pairwise(jumps):
            if after != before:
                fans[point][_forward(line)] = after - before
    return kinks, fans


def _forward(line):
    """Return the primitive direction of a line that points to lexicographically larger points."""
    alpha, beta, _ = line
    return (beta, -alpha) if (beta, -alpha) > (0, 0) else (-beta, alpha)


def _edges_by_line(pieces):
    """Return {line: [(start, end, side, form)]} for all edges; a line has coprime integer slopes, the first positive.

    ``start`` and ``end`` are points in lexicographic order; ``side`` is +1 if the piece lies where the line is ≥ 0.
    """
    lines = defaultdict(list)
    for corners, form in pieces:
        for u, v in zip(corners, corners[1:] + corners[:1]):
            alpha, beta, gamma = line_through((*u, mpq(1)), (*v, mpq(1)))
            scale = alpha.denominator * beta.denominator / mpq(
                gcd(alpha.numerator * beta.denominator, beta.numerator * alpha.denominator)
            )
            side = 1 if (alpha, beta) > (0, 0) else -1
            line = (alpha * scale * side, beta * scale * side, gamma * scale * side)
            lines[line].append((min(u, v), max(u, v), side, form))
    return lines


def _chord(line):
    """Return the ends of the line's chord of the open unit square in lexicographic order, None if it misses it."""
    square = box(0, 1, 0, 1)
    below, above = square.split(line)
    if below is None or above is None:
        return None
    ends = sorted(point for point in map(coordinates, below.vertices) if affine_at(line, *point) == 0)
    return ends[0], ends[-1]


def _jumps(line, edges, first, last):
    """Return [(point, slope jump κ from there on)] along the chord from ``first`` to ``last``."""
    cuts = sorted({point for start, end, _, _ in edges for point in (start, end) if first < point < last})
    found = []
    for point, following in pairwise([first, *cuts, last]):
        sides = {side: form for start, end, side, form in edges if start <= point and following <= end}
        found.append((point, _jump(line, sides.get(1, ZERO), sides.get(-1, ZERO))))
    return found


def _jump(line, above, below):
    difference = tuple(p - q for p, q in zip(above, below))
    jump = difference[0] / line[0] if line[0] else difference[1] / line[1]
    if any(d != jump * entry for d, entry in zip(difference, line)):
        raise ValueError("the function is not continuous across an edge")
    return jump


def _slope(direction):
    """Return a key that sorts forward directions by angle, from just above −90° to 90°."""
    return (1, mpq(0)) if direction[0] == 0 else (0, direction[1] / direction[0])


def _cross(first, second):
    return first[0] * second[1] - first[1] * second[0]


def _tents(vertex, directions):
    """Return [((d1, d2, d3), Tent)] for the consecutive triples of forward ``directions``, sorted by angle."""
    found = []
    for d1, d2, d3 in zip(directions, directions[1:], directions[2:]):
        # ℓ = cross(d1, z − vertex) / cross(d1, d2) and cross(z − vertex, d3) / cross(d2, d3) are both 1 at vertex + d2
        left = _form_at(vertex, -d1[1], d1[0], _cross(d1, d2))
        right = _form_at(vertex, d3[1], -d3[0], _cross(d2, d3))
        found.append(((d1, d2, d3), Tent(left, right)))
    return found


def _form_at(vertex, alpha, beta, divisor):
    alpha, beta = alpha / divisor, beta / divisor
    return (alpha, beta, -alpha * vertex[0] - beta * vertex[1])


def _tent_weights(fan, tents):
    """Return {Tent: weight} with the slope jumps of ``fan``, {forward direction: jump}, on its rays."""
    left = defaultdict(mpq, fan)
    weights = {}
    for (d1, d2, d3), tent in tents:
        weight = left[d1] * _cross(d1, d2)
        if weight:
            weights[tent] = weight
            left[d1] = mpq(0)
            left[d2] += weight * _cross(d1, d3) / (_cross(d1, d2) * _cross(d2, d3))
            left[d3] -= weight / _cross(d2, d3)
    if any(left.values()):
        raise ValueError("the slope jumps at a vertex do not balance: the function is not continuous")
    return weights


def _affine_part(pieces, bent):
    """Return the form left when the kinks and tents of ``bent`` are taken from the function, at a generic point."""
    cell = box(0, 1, 0, 1)
    lines = [*bent.kinks, *(form for tent in bent.tents for form in _tent_lines(tent))]
    lines += [line for line in _edges_by_line(pieces)]
    for line in lines:
        below, above = cell.split(line)
        cell = below if above is None else above
    point = cell.interior_point()
    form = next((form for corners, form in pieces if _contains(corners, point)), ZERO)
    active = [(jump, line) for line, jump in bent.kinks.items() if affine_at(line, *point) > 0]
    for tent, weight in bent.tents.items():
        if tent(*point) > 0:
            active.append((weight, min(tent, key=lambda side: affine_at(side, *point))))
    for weight, slopes in active:
        form = tuple(entry - weight * slope for entry, slope in zip(form, slopes))
    return form


def _tent_lines(tent):
    return tent.left, tent.right, tuple(a - b for a, b in zip(tent.left, tent.right))


def _contains(corners, point):
    return all(
        (v[0] - u[0]) * (point[1] - u[1]) >= (v[1] - u[1]) * (point[0] - u[0])
        for u, v in zip(corners, corners[1:] + corners[:1])
    )
