"""A node of an ONNX graph as its operator sees it, and the work that a file may cause."""

from typing import NamedTuple

import numpy as np

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network import Builder
from exactrelu.network.builder import Expression
from exactrelu.network.files import MAX_TERMS


class Work:
    """How many entries and terms a file may still make, `MAX_TERMS` in all, so that a small one ends in time."""

    def __init__(self):
        self._left = MAX_TERMS

    def spend(self, number, place):
        """Take ``number`` off; raises `InputError` if there are not so many left."""
        self._left -= number
        if self._left < 0:
            raise InputError(f"{place}: the graph up to here has more than {MAX_TERMS} numbers and terms")


class Call(NamedTuple):
    """One node: the name of its operator, its ``inputs`` (arrays, None where left out), ``attributes``, and so on.

    ``version`` is that of the operator set; ``outputs`` the number of outputs that the node names; ``place`` says where
    it is in messages.
    """

    name: str
    inputs: list
    attributes: dict
    version: int
    outputs: int
    builder: Builder
    work: Work
    place: str

    def refused(self, message):
        """Return the `InputError` with the place of the node."""
        return InputError(f"{self.place}: {message}")

    def spend(self, number):
        """Count work before it is done; see `Work.spend`."""
        self.work.spend(int(number), self.place)

    def optional(self, index):
        """Return input number ``index``, None if it was left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def real(self, index=0):
        """Return input number ``index``, an array of numbers and expressions; raises `InputError` for integers."""
        array = self.inputs[index]
        if array.dtype != object:
            raise self.refused(f"input {index} holds integers; expected floats")
        return array

    def constant(self, index, what):
        """Return input number ``index``, exact numbers that do not depend on the network's inputs."""
        array = self.real(index)
        if depends(array):
            raise self.refused(f"{what} depends on the inputs of the network; it has to be a constant")
        return numbers(array)

    def integers(self, index, attribute=None):
        """Return the list of the integers of an attribute, or else of input ``index``; None if neither is there."""
        if attribute in self.attributes:
            return [int(entry) for entry in np.atleast_1d(self.attributes[attribute])]
        array = self.optional(index)
        if array is None:
            return None
        if array.dtype == object:
            raise self.refused(f"input {index} holds floats; expected integers")
        return array.ravel().tolist()

    def elementwise(self, function, *arrays):
        """Return the array of function(entries), the arrays broadcast to one shape.

        The work is that of the terms that are read, and counted before.
        """
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        if int(np.prod(shape, dtype=object)):
            for array in arrays:
                copies = int(np.prod(shape, dtype=object)) // max(array.size, 1)
                self.spend(copies * int(np.sum(_terms(array))))
        found = np.frompyfunc(function, len(arrays), 1)(*arrays)
        return np.asarray(found, dtype=object).reshape(shape)

    def units(self, array):
        """Return an array whose sums of several terms are affine nodes."""
        return self.elementwise(self._node, array)

    def _node(self, entry):
        is_sum = isinstance(entry, Expression) and len(entry.terms) > 1
        return self.builder.value(entry) if is_sum else entry


def _count(entry):
    return 1 + len(entry.terms) if isinstance(entry, Expression) else 1


_terms = np.frompyfunc(_count, 1, 1)


def depends(array):
    """Whether an entry of an array depends on the inputs of the network."""
    return any(isinstance(entry, Expression) and entry.terms for entry in array.flat)


def number(entry):
    """Return an entry that depends on no input as ``mpq``."""
    return entry.bias if isinstance(entry, Expression) else mpq(entry)


_numbers = np.frompyfunc(number, 1, 1)


def numbers(array):
    """Return an array that depends on no input as one of ``mpq``."""
    return np.asarray(_numbers(array), dtype=object).reshape(array.shape)
