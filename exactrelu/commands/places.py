"""Where a question is asked, as it is typed: --box, --line, --plane and --fix."""

from exactrelu.errors import InputError
from exactrelu.field import parse
from exactrelu.network.restriction import Slice
from exactrelu.planar.places import place_of
from exactrelu.streams import input_name


def chosen_place(options, path, network):
    """Return the `Place` that the options name for a network, read from the file ``path``."""
    on = chosen_slice(options, network.inputs)
    dimension = network.inputs if on is None else on.dimension
    if options.box is not None and len(options.box) != 2 * dimension:
        raise InputError(
            f"--box: expected {2 * dimension} ends, LOW HIGH for each coordinate, got {len(options.box)}"
        )
    box = None
    if options.box is not None:
        ends = [parse(end, f"--box, end {k}") for k, end in enumerate(options.box, 1)]
        box = list(zip(ends[::2], ends[1::2]))
    try:
        return place_of(network, box, on)
    except InputError as error:
        raise InputError(f"{input_name(path)}: {error}") from None


def chosen_slice(options, inputs):
    """Return the `Slice` that --line, --plane or --fix name, None if none of them is there."""
    if options.line is not None:
        return Slice.line(*(_point(word, "--line", inputs) for word in options.line))
    if options.plane is not None:
        return Slice.plane(*(_point(word, "--plane", inputs) for word in options.plane))
    if not options.fix:
        return None
    values = {}
    for word in options.fix:
        number, equals, value = word.strip().partition("=")
        if not equals or not (number.isascii() and number.isdigit()) or len(number) > 9 or int(number) in values:
            raise InputError(f"--fix: expected I=V, such as 2=0.5, once for each input, got {word[:40]!r}")
        values[int(number)] = parse(value, f"--fix {number}")
    return Slice.fixed(inputs, values)


def _point(word, name, inputs):
    """Return the point that a word X,Y,… stands for."""
    parts = word.split(",")
    if len(parts) != inputs:
        raise InputError(f"{name}: a point is {inputs} coordinates with commas between, got {word.strip()[:40]!r}")
    return tuple(parse(part, f"{name}, coordinate {k}") for k, part in enumerate(parts))
