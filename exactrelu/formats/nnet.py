"""The text format .nnet of aircraft collision avoidance networks (ACAS Xu): perceptrons with normalised inputs.

A file gives the number of layers, their sizes, the range, mean and spread of each input, the mean and spread of the
outputs, then the weights and biases, all as decimals, which are exact. Inputs and outputs are those that people give:
an input x enters the first layer as (x − mean) / spread, and an output y is y · spread + mean. Inputs outside of their
range are taken as they are; the format's own evaluator moves them to its border.
"""

from itertools import pairwise

from exactrelu.errors import InputError
from exactrelu.field import mpq, mpz, parse
from exactrelu.formats.dense import scaled_maps
from exactrelu.formats.numbers import check_size, nearest
from exactrelu.network import Builder, linear_combination
from exactrelu.network.files import MAX_INPUTS
from exactrelu.network.layers import layered

MAX_LAYERS = 10_000
"""The most layers that are read."""

RANGE = "1e38"
"""The ends of the ranges of inputs that are written: nothing of a network is cut off."""

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


def nnet_of(network, kind, where, rounded=False):
    """Return (bytes of the .nnet file, numbers that were rounded) of a network.

    Numbers are exact decimals, whatever the ``kind`` of floats, with units scaled to integer weights where that helps.
    Raises `InputError` with the layer where a number is no finite decimal, unless numbers may be ``rounded``: to the
    nearest floats of the kind.
    """
    form = layered(network)
    maps = (*form.layers, form.outputs)
    sizes = [form.inputs, *map(len, maps)]
    if not all(sizes):
        raise InputError(f"{where}: not written: .nnet has no layers without units; write .onnx or exactrelu JSON")
    check_size(sum(a * b for a, b in pairwise(sizes)), where)
    rows = [list(map(_entries, affine.rows)) for affine in maps]
    wrong = _misfit(rows)
    if wrong is not None and not rounded:
        scaled, divisors = scaled_maps(form.inputs, maps)
        rows = [list(map(_entries, affine.rows)) for affine in scaled]
        rows[-1] = [
            ({unit: weight / divisor for unit, weight in terms.items()}, bias / divisor)
            for (terms, bias), divisor in zip(rows[-1], divisors, strict=True)
        ]
        wrong = _misfit(rows)
        if wrong is not None:
            raise InputError(
                f"{where}: not written: a number in layer {wrong} of {len(maps)} is no finite decimal, also with all "
                "units scaled; .onnx and .npz divide by integers at the end, exactrelu JSON holds any rational number, "
                "and rounded numbers are another function (exactrelu convert --round)"
            )
    count = 0

    def numeral(number):
        nonlocal count
        if decimal(number) is None:
            count += 1
            number = mpq(*float(nearest(number, kind)).as_integer_ratio())
        return decimal(number)

    lines = ["// written by exactrelu", _line([len(maps), form.inputs, sizes[-1], max(sizes)]), _line(sizes), "0,"]
    lines += [_line([f"-{RANGE}"] * form.inputs), _line([RANGE] * form.inputs)]
    lines += [_line([0] * (form.inputs + 1)), _line([1] * (form.inputs + 1))]
    for width, layer in zip(sizes, rows):
        zeros = dict.fromkeys(range(width), mpq(0))
        lines += [_line(map(numeral, (zeros | terms).values())) for terms, _ in layer]
        lines += [_line([numeral(bias)]) for _, bias in layer]
    return ("\n".join(lines) + "\n").encode(), count


def decimal(number):
    """Return the exact decimal of a rational, such as 25e-2; None if it has no finite one."""
    left, places = number.denominator, [0, 0]
    for place, prime in enumerate((2, 5)):
        while not left % prime:
            left //= prime
            places[place] += 1
    if left != 1:
        return None
    shift = max(places)
    digits = number.numerator * mpz(10) ** shift // number.denominator
    return f"{digits}e-{shift}" if shift else str(digits)


def _entries(row):
    """Return ({unit: weight}, bias) of a row of an affine map."""
    return dict(row.terms), row.bias


def _misfit(rows):
    """Return the number of the first layer with a number that is no finite decimal, None if there is none."""
    for layer, entries in enumerate(rows):
        if any(decimal(number) is None for terms, bias in entries for number in (*terms.values(), bias)):
            return layer
    return None


def _line(words):
    return ",".join(map(str, words)) + ","


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
