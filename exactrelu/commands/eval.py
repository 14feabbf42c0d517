"""``exactrelu eval``: the exact output of a network at one point."""

from exactrelu.commands import Answer
from exactrelu.errors import InputError
from exactrelu.field import parse, text
from exactrelu.network.files import read_network
from exactrelu.streams import input_name


def run(options):
    """Return the `Answer` with one line "p/q" for each output."""
    point = [parse(word, f"coordinate {k}") for k, word in enumerate(options.point, 1)]
    network = read_network(options.network)
    if len(point) != network.inputs:
        where = input_name(options.network)
        raise InputError(f"{where}: the network takes {network.inputs} coordinates, not {len(point)}")
    return Answer(0, "\n".join(text(value) for value in network.evaluate(point)))
