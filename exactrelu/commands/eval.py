"""``exactrelu eval``: the exact output of a network at one point."""

from exactrelu.commands import Answer
from exactrelu.errors import InputError
from exactrelu.field import parse, text
from exactrelu.network.files import read_network


def run(options):
    """Return the `Answer` with one line "p/q" for each output."""
    point = [parse(word, f"coordinate {k}") for k, word in enumerate(options.point, 1)]
    network = read_network(options.network)
    if len(point) != network.inputs:
        raise InputError(f"{options.network}: the network takes {network.inputs} coordinates, not {len(point)}")
    return Answer(0, "\n".join(text(value) for value in network.evaluate(point)))
