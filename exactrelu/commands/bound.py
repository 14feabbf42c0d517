"""``exactrelu bound``: the exact minimum and maximum of each output of a network, and where."""

import time

from exactrelu import core
from exactrelu.certification.statements import write_bound
from exactrelu.commands import Answer, contradiction_data, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.output import certified
from exactrelu.commands.places import chosen_place
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.errors import Contradiction, InputError
from exactrelu.field import annotated, annotated_point, text
from exactrelu.formats.float_error import float_error
from exactrelu.planar import bound
from exactrelu.writing import check_writable


def run(options):
    """Return the `Answer` with a line for each output."""
    start = time.monotonic()
    if options.output is not None:
        check_writable(options.output)
    path, source = file = read(options.network)
    place, forecast = chosen_place(options, path, source.network), Forecast()
    errors = None if options.float_error is None else _float_errors(options, source.network, place)
    try:
        with progress_bar("bound", f"a network of {len(source.network)} nodes", forecast) as progress:
            found = bound(source.network, options.jobs, progress, announce=forecast, **place.question)
    except Contradiction as stop:
        data = {"verdict": "undecided", "engine": core.PATH, "domain": place.name, "seconds": seconds_since(start)}
        return Answer(3, "", data | contradiction_data(stop), str(stop))
    seconds = seconds_since(start)
    lines = [
        f"output {k}: {_said('minimum', each.minimum, each.argmin)}, {_said('maximum', each.maximum, each.argmax)}"
        for k, each in enumerate(found.outputs)
    ]
    if errors is not None:
        lines += [
            f"output {k}: a {options.float_error} run differs by at most {annotated(error)}, if it computes each "
            "node as a sum of products and rounds to nearest" for k, error in enumerate(errors)
        ]
    lines.append(f"on {place.name} ({found.pieces} convex pieces, {seconds:.1f} s)")
    data = {
        "engine": core.PATH, "domain": place.name, "outputs": [_data(each) for each in found.outputs],
        "pieces": found.pieces, "certificate": None, "seconds": seconds, **forecast.data(),
    }
    if errors is not None:
        data["float_errors"] = list(map(text, errors))
    code, complaint = 0, None
    if options.output is not None:
        code, complaint, line = certified(
            options.output, code, data, lambda: write_bound(options.output, source.network, found, **place.question)
        )
        lines[-1] += line
    return with_arithmetic(Answer(code, "\n".join(lines), data, complaint), file)


def _float_errors(options, network, place):
    """Return the bounds that --float-error asks for."""
    if place.question["box"] is None or place.question["on"] is not None:
        raise InputError("--float-error: give the box of all inputs, --box LOW HIGH for each, without a slice")
    return float_error(network, place.question["box"], options.float_error)


def _said(name, value, point):
    """Return what is known of an end of a range, in words."""
    if value is None:
        return f"no {name}"
    return f"{name} {annotated(value)} at {annotated_point(point)}"


def _data(found):
    """Return the JSON object of a `Bounds`."""
    data = {}
    for name, where in (("minimum", "argmin"), ("maximum", "argmax")):
        value, point = getattr(found, name), getattr(found, where)
        data |= {name: None if value is None else text(value), where: None if point is None else list(map(text, point))}
    return data
