"""``exactrelu eval``: the exact outputs of a network at points."""

from exactrelu.commands import Answer
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.points import read_points
from exactrelu.field import annotated, parse, text


def run(options):
    """Return the `Answer`: a line for each output at one point, a line with all outputs for each of several points."""
    file = read(options.network)
    network = file[1].network
    points = read_points(options.point, network.inputs, parse)
    values = [network.evaluate(point) for point in points]
    data = {
        "values": [
            {"point": list(map(text, point)), "outputs": list(map(text, outputs))}
            for point, outputs in zip(points, values, strict=True)
        ]
    }
    lines = [", ".join(map(annotated, outputs)) for outputs in values] if len(points) > 1 else map(annotated, values[0])
    return with_arithmetic(Answer(0, "\n".join(lines), data), file)
