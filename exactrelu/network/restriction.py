"""Networks restricted to a line, to a plane, or to some of their inputs: exact substitution of an affine map."""

from typing import NamedTuple

from exactrelu.errors import InputError, sequence, shown
from exactrelu.field import integer, mpq, rational
from exactrelu.network.chain import as_network
from exactrelu.network.dag import Affine, Network, Relu, coordinates_of


class Slice(NamedTuple):
    """The affine map  t ↦ origin + Σ t_k directions[k]  of the coordinates t of a slice into the inputs of a network.

    >>> from exactrelu import Affine, Network, Slice
    >>> line = Slice.line((0, 0, 1), (2, 4, 1))
    >>> line.dimension, line.point((3,))
    (1, (mpq(6,1), mpq(12,1), mpq(1,1)))
    >>> line.of(Network(3, [Affine(((0, 1), (1, 1), (2, 1)), 0)], [3])).evaluate((1,))
    (mpq(7,1),)
    """

    origin: tuple
    directions: tuple

    @classmethod
    def line(cls, first, second):
        """Return the line through two points, where t = 0 and t = 1; raises `InputError` if they are the same."""
        return cls._through(first, second)

    @classmethod
    def plane(cls, first, second, third):
        """Return the plane through three points, at (0, 0), (1, 0), (0, 1); `InputError` if they are on one line."""
        return cls._through(first, second, third)

    @classmethod
    def fixed(cls, inputs, values):
        """Return what is left of ``inputs`` inputs if some have the values {number: value}, the others in order."""
        inputs = integer(inputs, "inputs", 0)
        origin = [mpq(0)] * inputs
        for number, value in dict(values).items():
            if integer(number, "the number of an input", 0) >= inputs:
                raise InputError(f"there is no input {number}: the {inputs} inputs are numbered from 0")
            origin[number] = rational(value)
        left = (k for k in range(inputs) if k not in values)
        return cls(tuple(origin), tuple(tuple(mpq(k == i) for i in range(inputs)) for k in left))

    @classmethod
    def _through(cls, first, *others):
        inputs = len(sequence(first, "a point"))
        origin, *others = (tuple(coordinates_of(point, inputs)) for point in (first, *others))
        directions = tuple(tuple(b - a for a, b in zip(origin, other)) for other in others)
        if not _independent(directions):
            raise InputError("the points of a line have to be two, and those of a plane three that are not on a line")
        return cls(origin, directions)

    @property
    def dimension(self):
        """The number of coordinates of the slice."""
        return len(self.directions)

    def point(self, coordinates):
        """Return the point of the network's inputs that has these coordinates."""
        total = list(self.origin)
        for t, direction in zip(coordinates, self.directions, strict=True):
            total = [x + t * step for x, step in zip(total, direction)]
        return tuple(total)

    def coordinates(self, point):
        """Return the coordinates of a point of the slice, 0 along directions that are zero.

        Raises `InputError` for a point that is not on it.

        >>> from exactrelu import Slice
        >>> Slice.plane((0, 0, 1), (2, 4, 1), (0, 1, 0)).coordinates((2, 6, -1))
        (mpq(1,1), mpq(2,1))
        """
        offsets = (mpq(x) - y for x, y in zip(point, self.origin, strict=True))
        rows, solved = list(zip(*self.directions, offsets, strict=True)), []
        for k in range(self.dimension):
            place = next((i for i, row in enumerate(rows) if row[k]), None)
            if place is None:
                solved.append((mpq(0),) * (self.dimension + 1))
                continue
            row = rows.pop(place)
            row = tuple(entry / row[k] for entry in row)
            rows, solved = (
                [tuple(x - other[k] * y for x, y in zip(other, row, strict=True)) for other in others]
                for others in (rows, solved)
            )
            solved.append(row)
        found = tuple(row[-1] for row in solved)
        if self.point(found) != tuple(point):
            raise InputError("a point that is not on the slice has no coordinates there")
        return found

    def then(self, inner):
        """Return the slice that this one is of the coordinates of the slice ``inner``."""
        directions = tuple(
            tuple(y - x for x, y in zip(self.origin, self.point(direction))) for direction in inner.directions
        )
        return Slice(self.point(inner.origin), directions)

    def of(self, network):
        """Return the network of the coordinates: a `Network` with the values of ``network`` on the slice."""
        network = as_network(network).flatten()
        if network.inputs != len(self.origin):
            raise InputError(f"a slice of {len(self.origin)} inputs, for a network with {network.inputs}")
        count, nodes, place = self.dimension, [], []
        for k, start in enumerate(self.origin):
            terms = tuple((j, direction[k]) for j, direction in enumerate(self.directions) if direction[k])
            if len(terms) == 1 and terms[0][1] == 1 and not start:
                place.append(terms[0][0])
            else:
                place.append(count + len(nodes))
                nodes.append(Affine(terms, start))
        for node in network.nodes:
            place.append(count + len(nodes))
            nodes.append(renumbered(node, place))
        return Network(count, nodes, [place[output] for output in network.outputs])


def renumbered(node, place):
    """Return the node with each node k that it refers to replaced by place[k]; several may have one place."""
    if type(node) is Relu:
        return Relu(place[node.of])
    terms = {}
    for source, weight in node.terms:
        terms[place[source]] = terms.get(place[source], 0) + weight
    return Affine(tuple(terms.items()), node.bias)


def _independent(directions):
    """Return whether one or two vectors are linearly independent."""
    if len(directions) == 1:
        return any(directions[0])
    (u, v) = directions
    return any(u[i] * v[j] != u[j] * v[i] for i in range(len(u)) for j in range(i))


def slice_of(value, inputs):
    """Return a `Slice` of ``inputs`` inputs itself, the whole space for None; raises `InputError` for anything else."""
    if value is None:
        return Slice.fixed(inputs, {})
    if not isinstance(value, Slice) or len(value.origin) != inputs:
        hint = f"such as Slice.fixed({inputs}, {{0: 1}})"
        raise InputError(f"expected a Slice of {inputs} inputs, {hint}, got {shown(value)}")
    return value
