"""Seeds: continuous piecewise linear functions R^d -> K^r with compact support, by values on simplices."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import ceil, floor
from typing import NamedTuple

from exactrelu.cpwl.cpwl import CPwL, merged
from exactrelu.cpwl.simplices import barycentric_forms, box_of, first_jump, overlap, value
from exactrelu.errors import InputError, sequence
from exactrelu.field import Rational, exact, integer, mpq, text


class Piece(NamedTuple):
    """A simplex on which the function is not zero.

    ``box`` is ((low, high), ...), ``forms`` the barycentric coordinates, ``values`` a tuple of numbers for each corner.
    """

    box: tuple
    forms: tuple
    values: tuple


@dataclass(frozen=True, repr=False)
class Seed:
    """The function with given ``values`` at the ``vertices``, affine on all ``simplices`` and zero outside; as written.

    A vertex is a tuple of d numbers, a simplex of d + 1 indices of vertices, a value a number or, for a function with
    several components, a tuple of r numbers. The function is checked: raises `InputError` for degenerate or overlapping
    simplices, and where it is not continuous on R^d. Vertices at one point are merged when their values agree; a
    simplex may end at an inner point of another's facet as long as the function is continuous.

    >>> from fractions import Fraction
    >>> from exactrelu import Seed
    >>> hat = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
    >>> hat.evaluate((Fraction(3, 2),)), hat.shifted(1).support_box()
    (mpq(1,2), ((mpq(1,1), mpq(3,1)),))
    """

    vertices: tuple
    simplices: tuple
    values: tuple

    def __post_init__(self):
        vertices, simplices, values = (sequence(getattr(self, n), n) for n in ("vertices", "simplices", "values"))
        vertices = tuple(tuple(map(exact, sequence(vertex, "a vertex"))) for vertex in vertices)
        simplices = tuple(
            tuple(integer(corner, "a corner") for corner in sequence(corners, "a simplex")) for corners in simplices
        )
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "simplices", simplices)
        object.__setattr__(self, "values", tuple(map(_unwrapped, values)))
        if len({len(vertex) for vertex in self.vertices}) > 1:
            raise InputError("the vertices do not all have the same number of coordinates")
        if len({len(height) for height in self._tuples}) > 1:
            raise InputError("the values do not all have the same number of components")
        self._check()

    def __repr__(self):
        nouns = ("vertex", "vertices"), ("triangle", "triangles") if self.dimension == 2 else ("simplex", "simplices")
        parts = zip((self.vertices, self.simplices), nouns, strict=True)
        counts = ", ".join(f"{len(part)} {noun[len(part) != 1]}" for part, noun in parts)
        box = self.support_box()
        where = "zero" if box is None else "support in " + " x ".join(f"[{text(a)}, {text(b)}]" for a, b in box)
        return f"<Seed: {counts}, {where}>"

    @property
    def dimension(self):
        """The number d of coordinates; None for the zero function that is given by no vertex."""
        return len(self.vertices[0]) if self.vertices else None

    @property
    def components(self):
        """The number r of components; None for the zero function that is given by no vertex."""
        return len(self._tuples[0]) if self.values else None

    @property
    def is_planar(self):
        """Whether it is a function of the plane with one component and rational numbers: one that `function` has."""
        rational = all(type(number) is Rational for number in self.numbers())
        return rational and self.dimension in (2, None) and self.components in (1, None)

    def numbers(self):
        """Yield all coordinates and values."""
        for part in (*self.vertices, *self._tuples):
            yield from part

    @cached_property
    def function(self):
        """The function as a `CPwL`, where it `is_planar`."""
        return CPwL(self.vertices, self.simplices, self.values)

    @cached_property
    def pieces(self):
        """The simplices on which the function is not zero, each as a `Piece`."""
        return tuple(Piece(box_of(points), barycentric_forms(points), values) for points, values in self._support)

    def support_box(self):
        """Return ((low, high), ...), the least box that holds the support, or None for the zero function."""
        points = [point for corners, _ in self._support for point in corners]
        return box_of(points) if points else None

    def evaluate(self, z, component=0):
        """Return one component of g at the point z, a sequence of d exact numbers."""
        for box, forms, values in self.pieces:
            if all(low <= t <= high for t, (low, high) in zip(z, box, strict=True)):
                weights = [value(form, z) for form in forms]
                if min(weights) >= 0:
                    return sum(weight * heights[component] for weight, heights in zip(weights, values, strict=True))
        return mpq(0)

    def translates(self, z):
        """Return {k: g(z - k)} for the integer vectors k for which it is not zero; values are tuples of r numbers."""
        found = {}
        for box, forms, values in self.pieces:
            ranges = (range(ceil(t - high), floor(t - low) + 1) for t, (low, high) in zip(z, box, strict=True))
            for k in product(*ranges):
                if k not in found:
                    weights = [value(form, [t - shift for t, shift in zip(z, k, strict=True)]) for form in forms]
                    if min(weights) >= 0:
                        columns = zip(*values, strict=True)
                        found[k] = tuple(sum(w * h for w, h in zip(weights, column, strict=True)) for column in columns)
        return {k: heights for k, heights in found.items() if any(heights)}

    def shifted(self, *offset):
        """Return the seed of the function z -> g(z - offset)."""
        vertices = tuple(tuple(t + dt for t, dt in zip(vertex, offset, strict=True)) for vertex in self.vertices)
        return Seed(vertices, self.simplices, self.values)

    @cached_property
    def _tuples(self):
        """The values, each as a tuple."""
        return tuple(height if isinstance(height, tuple) else (height,) for height in self.values)

    @cached_property
    def _support(self):
        """The pairs (corners, values at them) of the simplices on which the function is not zero."""
        pairs = []
        for corners in self.simplices:
            values = tuple(self._tuples[corner] for corner in corners)
            if any(map(any, values)):
                pairs.append(([self.vertices[corner] for corner in corners], values))
        return pairs

    def _check(self):
        """Raise `InputError` unless the data are those of a continuous function."""
        if self.is_planar:
            self.function  # checked as it is made
            return
        if len(self.values) != len(self.vertices):
            raise InputError(f"{len(self.vertices)} vertices, but {len(self.values)} values")
        noun = "triangle" if self.dimension == 2 else "simplex"
        for number, corners in enumerate(self.simplices):
            if len(corners) != self.dimension + 1:
                raise InputError(f"{noun} {number}: expected {self.dimension + 1} indices of vertices")
            for corner in corners:
                if not 0 <= corner < len(self.vertices):
                    last = len(self.vertices) - 1
                    raise InputError(f"{noun} {number}: there is no vertex {corner} (vertices are 0 to {last})")
        used = {corner for corners in self.simplices for corner in corners}
        for vertex, heights in enumerate(self._tuples):
            if any(heights) and vertex not in used:
                raise InputError(f"vertex {vertex} has a value that is not 0, but is a corner of no {noun}")
        vertices, simplices, values = merged(self.vertices, self.simplices, self._tuples)
        points = [tuple(vertices[corner] for corner in corners) for corners in simplices]
        forms = [barycentric_forms(corners) for corners in points]
        if None in forms:
            number = forms.index(None)
            raise InputError(f"{noun} {number}: degenerate, its corners lie in a plane of a lower dimension")
        pair = overlap(points, forms)
        if pair is not None:
            plural = "triangles" if self.dimension == 2 else "simplices"
            raise InputError(f"{plural} {pair[0]} and {pair[1]} overlap")
        jump = first_jump(vertices, simplices, values)
        if jump is not None:
            point, owners = jump
            raise InputError(
                f"not continuous near ({', '.join(map(_short, point))}), where a facet of {noun} {owners[0]} ends: the"
                " values on both sides of a facet have to be the same, and 0 on the outer boundary"
            )


def _unwrapped(height):
    """Return a value as a number, or as a tuple of at least two numbers."""
    if not isinstance(height, (list, tuple)):
        return exact(height)
    heights = tuple(map(exact, height))
    if not heights:
        raise InputError("a value has no component; give a number or a list of numbers")
    return heights if len(heights) > 1 else heights[0]


def _short(number):
    numeral = text(number)
    return numeral if len(numeral) <= 40 else f"{numeral[:37]}..."
