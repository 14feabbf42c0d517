"""What a property of a network says: formulas of linear inequalities, and the cases into which they fall."""

from typing import NamedTuple

from exactrelu.cpwl.polygon import coordinates, plane
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import integer, mpq, rational
from exactrelu.network.restriction import Slice

MAX_WAYS = 1000
"""The most cases into which a formula is taken apart."""


class Atom(NamedTuple):
    """The inequality  Σ weight · input + Σ weight · output + constant <= 0, or < 0; pairs (number, weight)."""

    inputs: tuple
    outputs: tuple
    constant: object
    strict: bool = False

    def value(self, x, y):
        """Return the left side for inputs x and outputs y."""
        left = sum((w * x[k] for k, w in self.inputs), self.constant)
        return left + sum(w * y[k] for k, w in self.outputs)


class And(NamedTuple):
    """All of the ``parts``; with none, true."""

    parts: tuple


class Or(NamedTuple):
    """One of the ``parts`` at least; with none, false."""

    parts: tuple


class Way(NamedTuple):
    """A point is bad where all formulas are true: ``closed`` ones, without a strict inequality, and ``open`` ones."""

    closed: tuple
    open: tuple


class Declared(NamedTuple):
    """A network that a property is about: its ``name``, that of the ``model`` that it is, and its numbers of values."""

    name: str
    model: str
    inputs: int
    outputs: int


class Property(NamedTuple):
    """No point of a ``box`` is bad, as the formula ``bad`` says it, made of `Atom`, `And` and `Or`.

    ``box`` has a pair (low, high) for each input, or is None for everywhere; with ``on``, a `Slice` of the inputs, it
    is one in the coordinates of that. Where the property is about several ``networks``, a tuple of `Declared`, the
    inputs are those of the first, then those of the next, and so are the outputs.

    >>> from exactrelu import Network, Property, Relu, prove
    >>> network = Network(1, [Relu(0)], [1, 0])
    >>> bool(prove(network, Property.at_most(0, 2, [(-1, 2)]))), bool(prove(network, Property.largest(0, 2, [(0, 1)])))
    (True, True)
    """

    box: list | None
    bad: object
    on: Slice | None = None
    networks: tuple = ()

    @classmethod
    def at_most(cls, output, most, box=None):
        """Return: an output is <= ``most`` on the box."""
        return cls(box, Atom((), ((integer(output, "output", 0), mpq(-1)),), rational(most), True))

    @classmethod
    def at_least(cls, output, least, box=None):
        """Return: an output is >= ``least`` on the box."""
        return cls(box, Atom((), ((integer(output, "output", 0), mpq(1)),), -rational(least), True))

    @classmethod
    def largest(cls, output, outputs, box=None):
        """Return: an output is the largest of the ``outputs``, a number, on the box, or one of the largest."""
        output = integer(output, "output", 0)
        others = (k for k in range(integer(outputs, "outputs", 1)) if k != output)
        return cls(box, Or(tuple(Atom((), ((output, mpq(1)), (k, mpq(-1))), mpq(0), True) for k in others)))

    def on_slice(self, on):
        """Return the property of those points of the box alone that lie on a `Slice` of the inputs.

        Its box is the smallest one in the coordinates of the slice that holds all of these points; what else the sides
        of the first box say becomes a part of the formula. Raises `InputError` where no point is left.

        >>> from exactrelu import Property, Slice
        >>> Property.at_most(0, 1, [(0, 1), (0, 2), (-1, 1)]).on_slice(Slice.line((0, 0, 0), (1, -1, 2))).box
        [(mpq(0,1), mpq(0,1))]
        """
        if self.on is not None:
            raise InputError("the property has equations between its inputs: it is about a slice already")
        if self.box is None:
            return self._replace(on=on)
        if len(self.box) != len(on.origin):
            raise InputError(f"a slice of {len(on.origin)} inputs, for a box of {len(self.box)}")
        forms, atoms = [], []  # forms in the coordinates of the slice, and what they say in the inputs: each is <= 0
        for k, side in enumerate(self.box):
            for end, sign in zip(map(rational, side), (mpq(-1), mpq(1))):
                forms.append([*(sign * direction[k] for direction in on.directions), sign * (on.origin[k] - end)])
                atoms.append(Atom(((k, sign),), (), -sign * end))
        box = around(forms, on.dimension)
        if box is None:
            raise InputError("no point of the box, or none but on its border, lies on the slice")
        mixed = tuple(atom for atom, form in zip(atoms, forms) if sum(map(bool, form[:-1])) > 1)
        return self._replace(box=box, bad=And((*mixed, self.bad)) if mixed else self.bad, on=on)

    @property
    def is_empty(self):
        """Whether the box has no point."""
        return self.box is not None and any(rational(low) > rational(high) for low, high in self.box)

    @property
    def models(self):
        """The names of the networks that have to be given, each one once; empty where there is one without a name."""
        return tuple(each.name for each in self.networks if each.model == each.name)


def around(forms, dimension):
    """Return the smallest box [(low, high), …] that holds all points where the forms are <= 0, None if there are none.

    A form has a coefficient for each of the ``dimension`` coordinates, and a constant. Those in one coordinate bound
    each of these from both sides; if there are others, there are two coordinates, and a part of a line is nothing.
    """
    box = [(None, None)] * dimension
    for form in forms:
        varying = [k for k, slope in enumerate(form[:-1]) if slope]
        if not varying and form[-1] > 0:
            return None
        if len(varying) > 1 and dimension > 2:
            raise InputError(f"a slice along {dimension} directions that are not those of inputs: take two at most")
        if len(varying) > 1:
            return _around_polygon(forms)
        for k in varying:
            end, (low, high) = -form[-1] / form[k], box[k]
            if form[k] > 0:
                box[k] = low, end if high is None else min(high, end)
            else:
                box[k] = end if low is None else max(low, end), high
    return box if all(low <= high for low, high in box) else None


def _around_polygon(forms):
    """Return the box around the polygon where the forms are <= 0, None if it has no interior."""
    polygon = plane()
    for form in forms:
        if any(form[:-1]):
            polygon, _ = polygon.split(tuple(form))
        if polygon is None or not any(form[:-1]) and form[-1] > 0:
            return None
    sides = zip(*map(coordinates, polygon.vertices), strict=True)
    return [(min(side), max(side)) for side in sides]


def ways_of(formula):
    """Return the `Way`s to be bad, formulas being left whole as far as they are closed, or open; see `_ways`."""
    return _ways(formula, lambda part: len(_kinds(part)) < 2)


def cases_of(formula):
    """Return the `Way`s to be bad in which no formulas but inequalities are left, one at least, none of them empty."""
    found = _ways(formula, lambda part: isinstance(part, Atom))
    _refuse_more(len(found))
    never, always = (Atom((), (), mpq(constant)) for constant in (1, 0))  # 1 <= 0 never holds, and 0 <= 0 always
    return [way if any(way) else Way((always,), ()) for way in found or [Way((never,), ())]]


def _ways(formula, is_whole):
    """Return the `Way`s to be bad, in which ``is_whole`` formulas are left; `UndecidedError` if there are very many."""
    if isinstance(formula, Or):
        return [way for part in formula.parts for way in _ways(part, is_whole)]
    if is_whole(formula):
        return [Way((), (formula,)) if True in _kinds(formula) else Way((formula,), ())]
    found = [Way((), ())]
    for part in formula.parts:
        others = _ways(part, is_whole)
        _refuse_more(len(found) * len(others))
        found = [Way(way.closed + other.closed, way.open + other.open) for way in found for other in others]
    return found


def _refuse_more(cases):
    """Raise `UndecidedError` for very many cases."""
    if cases > MAX_WAYS:
        raise UndecidedError(f"not decided: there are more than {MAX_WAYS} cases in which the property fails")


def _kinds(formula):
    """Return the set of what ``strict`` is in a formula."""
    return {formula.strict} if isinstance(formula, Atom) else set().union(*map(_kinds, formula.parts))
