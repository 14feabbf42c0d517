"""Domains: what the keys of forms may be, given by generators, so that a form is ≥ 0 if it is at finitely many of them.

The values of some keys, the *globals*, are a point of a polyhedron: the convex hull of points plus a cone of rays. All
others belong to *factors*: the keys of a factor are a point of  scale · P + C  with a polytope P, a cone C, and a form
``scale`` ≥ 0 in the globals; each factor varies on its own. The least value of a form over the factors is therefore a
form in the globals, and its least value is found at the generators.
"""

from typing import NamedTuple

from exactrelu.cpwl.polygon import coordinates
from exactrelu.field import mpq
from exactrelu.proof.forms import ONE, combination, constant, scaled


class Generator(NamedTuple):
    """A point (``weight`` 1) or a ray (``weight`` 0) of a polyhedron; ``values`` {global key: value}."""

    weight: int
    values: dict

    def at(self, form):
        """Return the value of a form in globals at the point, or of its linear part along the ray."""
        total = form.get(ONE, 0) if self.weight else 0
        for name, entry in form.items():
            if name is not ONE:
                total += entry * self.values[name]
        return total


def point(**values):
    """Return the `Generator` of a point."""
    return Generator(1, {name: mpq(entry) for name, entry in values.items()})


def ray(**values):
    """Return the `Generator` of a ray."""
    return Generator(0, {name: mpq(entry) for name, entry in values.items()})


class Shape:
    """A polytope plus a cone, in the coordinates of the keys of a factor."""

    def __init__(self, points, rays=()):
        self.points, self.rays = tuple(points), tuple(rays)
        self._least = {}

    def least(self, weights):
        """Return the least value of Σ weight · coordinate on the polytope, None if it falls along a ray."""
        if weights not in self._least:
            falls = any(_dot(weights, along) < 0 for along in self.rays)
            self._least[weights] = None if falls else min(_dot(weights, corner) for corner in self.points)
        return self._least[weights]


def _dot(weights, entries):
    return sum((weight * entry for weight, entry in zip(weights, entries, strict=True) if weight), mpq(0))


class SignedRows:
    """The convex hull of the (p_1, p_1 u_1, …, p_1 u_d, p_2, …) with |p_k| ≤ 1 and one u in a polytope for all p_k.

    ``corners`` are those of the polytope. Such a point is, for fixed p, an affine function of u.
    """

    def __init__(self, corners):
        self.corners = tuple((mpq(1), *corner) for corner in corners)
        self._least = {}

    def least(self, weights):
        """Return the least value of Σ weight · coordinate: at a corner, each p_k being 1 or −1."""
        if weights not in self._least:
            size = len(self.corners[0])
            rows = [weights[k : k + size] for k in range(0, len(weights), size)]
            rows = [row for row in rows if any(row)]
            self._least[weights] = -max(sum(abs(_dot(row, corner)) for row in rows) for corner in self.corners)
        return self._least[weights]


UNIT = Shape([(mpq(0),), (mpq(1),)])
"""The interval [0, 1]."""

SIGNED_UNIT = Shape([(mpq(-1),), (mpq(1),)])
"""The interval [−1, 1]."""

HALF_LINE = Shape([(mpq(0),)], [(mpq(1),)])
"""All numbers ≥ 0."""

LINE = Shape([(mpq(0),)], [(mpq(1),), (mpq(-1),)])
"""All numbers."""


class Domain:
    """The globals given by ``generators``, and factors: see the module. `add` gives it more factors."""

    def __init__(self, generators, factors=()):
        self.generators = tuple(generators)
        self.globals = frozenset(self.generators[0].values)
        self._plain = self.globals | {ONE}
        self._factors, self._owner, self._shadows = [], {}, {}
        for keys, shape, scale in factors:
            self.add(keys, shape, scale)

    def copy(self):
        """Return a domain with the same factors, to which others may be added."""
        return Domain(self.generators, self._factors)

    def __contains__(self, name):
        """Return whether something is known of a key."""
        return name in self.globals or name in self._owner

    def with_globals(self, generators):
        """Return the domain with these generators for its globals."""
        return Domain(generators, self._factors)

    def add(self, keys, shape, scale=None):
        """Add the factor of ``keys`` in ``scale`` · ``shape``, the scale 1 if there is none given.

        Raises `ValueError` for a scale that may be negative.
        """
        scale = constant(1) if scale is None else scale
        if any(generator.at(scale) < 0 for generator in self.generators):
            raise ValueError("the scale of a factor may be negative")
        for place, name in enumerate(keys):
            self._owner[name] = len(self._factors), place
        self._factors.append((tuple(keys), shape, scale))

    def least(self, form):
        """Return a form in globals that is the least value of ``form`` over the factors, None if there is none.

        A key of which nothing is known has any value.
        """
        if self.globals and form.keys() <= self._plain:
            return form
        low, parts = {}, {}
        for name, entry in form.items():
            if name is ONE or name in self.globals:
                low[name] = entry
                continue
            if name not in self._owner:
                return None
            index, place = self._owner[name]
            weights = parts.get(index)
            if weights is None:
                weights = parts[index] = [0] * len(self._factors[index][0])
            weights[place] = entry
        terms = [(low, 1)]
        for index, weights in parts.items():
            _, shape, scale = self._factors[index]
            least = shape.least(tuple(weights))
            if least is None:
                return None
            if least:
                terms.append((scale, least))
        return low if len(terms) == 1 else combination(terms)

    def most(self, form):
        """Return a form in globals that is the largest value of ``form`` over the factors, None if there is none."""
        low = self.least(scaled(form, -1))
        return None if low is None else scaled(low, -1)

    def is_nonnegative(self, form):
        """Return whether a form is ≥ 0 on all of the domain."""
        low = self.least(form)
        return low is not None and all(generator.at(low) >= 0 for generator in self._shadow(frozenset(low)))

    def _shadow(self, names):
        """Return the generators as forms in some keys see them, equal ones once: few, where there are many globals."""
        if names not in self._shadows:
            wanted = [name for name in names if name is not ONE]
            distinct = {(g.weight, *(g.values[name] for name in wanted)): g for g in self.generators}
            self._shadows[names] = tuple(distinct.values())
        return self._shadows[names]

    def sign_of(self, form):
        """Return 1 if a form is ≥ 0 on all of the domain, else −1 if it is ≤ 0 on all of it, else 0."""
        low = self.least(form)
        if low is not None:
            values = [generator.at(low) for generator in self._shadow(frozenset(low))]
            if min(values) >= 0:
                return 1
            if max(values) > 0 or low is form:
                return -1 if max(values) <= 0 else 0
        return -1 if self.is_nonnegative(scaled(form, -1)) else 0

    def range_of(self, name):
        """Return (low, high) of a global, None for infinity."""
        ends = [g.values[name] for g in self.generators if g.weight]
        along = [g.values[name] for g in self.generators if not g.weight]
        return None if any(v < 0 for v in along) else min(ends), None if any(v > 0 for v in along) else max(ends)

    def split(self, form):
        """Return the two domains where a form is ≥ 0 and ≤ 0, None if it has factors' keys."""
        if any(name is not ONE and name not in self.globals for name in form):
            return None
        return tuple(self.with_globals(_clipped(self.generators, part)) for part in (form, scaled(form, -1)))


def _clipped(generators, form):
    """Return generators of the part of a polyhedron where a form is ≥ 0.

    Between any two of its generators on either side the border has one: more of them than necessary do no harm.
    """
    values = [generator.at(form) for generator in generators]
    kept = [generator for generator, value in zip(generators, values, strict=True) if value >= 0]
    for first, a in zip(generators, values, strict=True):
        if a <= 0:
            continue
        for second, b in zip(generators, values, strict=True):
            if b >= 0:
                continue
            weight = a * second.weight - b * first.weight
            mixed = {name: a * second.values[name] - b * entry for name, entry in first.values.items()}
            if weight:
                kept.append(Generator(1, {name: entry / weight for name, entry in mixed.items()}))
            elif any(mixed.values()):
                kept.append(Generator(0, mixed))
    distinct = {(g.weight, tuple(g.values.items())): g for g in kept}
    return tuple(distinct.values())


def corners(polygon):
    """Return the corners of a bounded polygon."""
    return [coordinates(vertex) for vertex in polygon.vertices]


class Fan(Domain):
    """Rows (p, pu, pv) = p · (1, u, v) with any p ≥ 0 each, and one point (u, v) of a ``polygon`` for all of them.

    ``rows`` are triples of keys. It is split along lines of (u, v).
    """

    def __init__(self, polygon, rows):
        super().__init__([Generator(1, {})])
        self._polygon, self._rows, self._corners = polygon, tuple(rows), corners(polygon)
        shape = Shape([(mpq(0),) * 3], [(mpq(1), *corner) for corner in self._corners])
        for row in self._rows:
            self.add(row, shape)

    def split(self, form):
        """Return the parts of the domain on both sides of a line on which some row's part of ``form`` vanishes.

        None if no row's part takes both signs in the polygon.
        """
        for p, pu, pv in self._rows:
            line = tuple(form.get(name, mpq(0)) for name in (pu, pv, p))
            values = [line[0] * u + line[1] * v + line[2] for u, v in self._corners]
            if min(values) < 0 < max(values):
                parts = (part for part in self._polygon.split(line) if part is not None)
                return tuple(Fan(part, self._rows) for part in parts)
        return None


class Area(Domain):
    """A point (u, v) of a bounded ``polygon``, the globals "u" and "v", which is split into polygons."""

    def __init__(self, polygon):
        self._corners = corners(polygon)
        super().__init__([Generator(1, {"u": u, "v": v}) for u, v in self._corners])
        self.polygon = polygon

    def is_nonnegative(self, form):
        """Return whether a form is ≥ 0 on all of the domain."""
        if not form.keys() <= self._plain:
            return super().is_nonnegative(form)
        a, b, c = (form.get(name, 0) for name in ("u", "v", ONE))
        return all(a * u + b * v + c >= 0 for u, v in self._corners)

    def sign_of(self, form):
        """Return 1 if a form is ≥ 0 on all of the domain, else −1 if it is ≤ 0 on all of it, else 0."""
        if not form.keys() <= self._plain:
            return super().sign_of(form)
        a, b, c = (form.get(name, 0) for name in ("u", "v", ONE))
        values = [a * u + b * v + c for u, v in self._corners]
        return 1 if min(values) >= 0 else -1 if max(values) <= 0 else 0

    def split(self, form):
        """Return the parts of the domain on both sides of the line on which a form vanishes."""
        line = tuple(form.get(name, mpq(0)) for name in ("u", "v", ONE))
        return tuple(Area(part) for part in self.polygon.split(line) if part is not None)
