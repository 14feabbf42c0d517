"""The text format .nnet of aircraft collision avoidance networks (ACAS Xu): perceptrons with normalised inputs.

A file gives the number of layers, their sizes, the range, mean and spread of each input, the mean and spread of the
outputs, then the weights and biases, all as decimals, which are exact. Inputs and outputs are those that people give:
an input x enters the first layer as (x − mean) / spread, and an output y is y · spread + mean. Inputs outside of their
range are taken as they are; the format's own evaluator moves them to its border.
"""

from itertools import pairwise

from exactrelu.errors import InputError
from exactrelu.field import parse
from exactrelu.formats.numbers import check_size
from exactrelu.network import Builder, linear_combination
from exactrelu.network.files import MAX_INPUTS

MAX_LAYERS = 10_000
"""The most layers that are read."""

MAX_BITS = 2**31
"""The most bits of all numbers of a file together: a decimal such as 1e9999 is a short text and a long number."""


def read_nnet(text, where):
    """Return the `Network` in the text of an .nnet file; raises `InputError` with the line."""
    lines = _Lines(text, where)
    layers, inputs, outputs, _ = lines.integers(4, "numbers of layers, inputs, outputs, and units of the largest layer")
    if not 1 <= layers <= MAX_LAYERS:
        raise lines.refused(f"expected 1 to {MAX_LAYERS} layers, got {layers}")
    sizes = lines.integers(layers + 1, "sizes of the layers")
    if sizes[0] != inputs or sizes[-1] != outputs or min(sizes) < 1 or inputs > MAX_INPUTS:
        raise lines.refused(f"the sizes of the layers go from {sizes[0]} to {sizes[-1]}, the file says {inputs} inputs "
                            f"(at most {MAX_INPUTS}) and {outputs} outputs")
    check_size(sum(a * b for a, b in pairwise(sizes)), where)
    lines.numbers(None, "the flag that is not used")
    lines.numbers(inputs, "smallest inputs")
    lines.numbers(inputs, "largest inputs")
    means = lines.numbers(inputs + 1, "means of the inputs and of the outputs")
    spreads = lines.numbers(inputs + 1, "spreads of the inputs and of the outputs")
    if not all(spreads[:-1]):
        raise lines.refused("the spread of an input is zero")
    b = Builder(inputs)
    values = [(x - mean) / spread for x, mean, spread in zip(b.inputs, means, spreads[:-1])]
    for k, size in enumerate(sizes[1:]):
        if k:
            values = list(map(b.relu, values))
        rows = [lines.numbers(len(values), f"weights of layer {k}") for _ in range(size)]
        biases = [lines.numbers(1, f"bias of layer {k}")[0] for _ in range(size)]
        values = [linear_combination(row, values) + bias for row, bias in zip(rows, biases)]
    lines.end()
    return b.network([value * spreads[-1] + means[-1] for value in values])


class _Lines:
    """The lines of a file, one after the other; those that begin with // are comments."""

    def __init__(self, text, where):
        self._lines = enumerate(text.split("\n"), 1)
        self._where = where
        self._number = 0
        self._left = MAX_BITS

    def refused(self, message):
        """Return the `InputError` about the last line that was read."""
        return InputError(f"{self._where}: line {self._number}: {message}")

    def numbers(self, count, what):
        """Return the numbers of the next line, of which there are ``count`` (None: any number)."""
        words = self._next(what)
        if count is not None and len(words) != count:
            raise self.refused(f"expected {count} numbers, {what}, got {len(words)}")
        found = [parse(word, f"{self._where}: line {self._number}") for word in words]
        self._left -= sum(number.numerator.bit_length() + number.denominator.bit_length() for number in found)
        if self._left < 0:
            raise self.refused(f"written out, the decimals up to here have more than {MAX_BITS} bits")
        return found

    def integers(self, count, what):
        """Return the integers of the next line."""
        found = self.numbers(count, what)
        if any(number.denominator != 1 for number in found):
            raise self.refused(f"expected integers, {what}")
        return [int(number) for number in found]

    def end(self):
        """Raise `InputError` if there is another line."""
        if any(line.strip() for _, line in self._lines):
            raise InputError(f"{self._where}: there are more lines than the sizes of the layers tell")

    def _next(self, what):
        """Return the words of the next line; a comma may stand at its end."""
        for self._number, line in self._lines:
            line = line.strip()
            if line and not line.startswith("//"):
                return line.removesuffix(",").split(",")
        raise InputError(f"{self._where}: the file ends where the {what} should stand")
