"""``exactrelu equal``: are two networks the same function, or near each other, everywhere or on a part of it?"""

import time

from exactrelu import core
from exactrelu.certification.statements import write_equality
from exactrelu.commands import VERDICT_CODES, Answer, contradiction_data, reason, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.output import certified
from exactrelu.commands.places import chosen_place
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.errors import InputError
from exactrelu.field import annotated, annotated_point, parse, text
from exactrelu.planar import equal
from exactrelu.streams import input_name
from exactrelu.writing import check_writable


def run(options):
    """Return the `Answer` with the verdict and, where they differ, a point at which they do."""
    start = time.monotonic()
    if options.output is not None:
        check_writable(options.output)
    files = read(options.first), read(options.second)
    return with_arithmetic(_compared(*(source.network for _, source in files), options, start), *files)


def _compared(first, second, options, start):
    """Return the `Answer` about two networks."""
    if first.inputs != second.inputs:
        names = input_name(options.first), input_name(options.second)
        raise InputError(f"{names[0]} has {first.inputs} inputs and {names[1]} {second.inputs}: they cannot be equal")
    place = chosen_place(options, options.first, first)
    within = None if options.within is None else parse(options.within, "--within")
    data = {"verdict": "undecided", "engine": core.PATH, "domain": place.name, "pieces": None, "seconds": None,
            "certificate": None, "counterexample": None}
    forecast = Forecast()
    try:
        with progress_bar("equal", f"networks of {len(first)} and {len(second)} nodes", forecast) as progress:
            found = equal(
                first, second, options.jobs, progress, within=within, announce=forecast, **place.question
            )
    except KeyboardInterrupt as stop:
        return Answer(3, "", data | {"seconds": seconds_since(start)} | forecast.data(), reason(stop))
    data |= {"seconds": seconds_since(start)} | forecast.data()
    if found.verdict == "undecided":
        return Answer(3, "", data | contradiction_data(found.contradiction), found.reason)
    data |= {"verdict": found.verdict, "pieces": found.pieces}
    cost = f"({found.pieces} convex pieces, {data['seconds']:.1f} s)"
    largest, said = found.largest_difference, ""
    if within is not None:
        at = None if found.at is None else list(map(text, found.at))
        data |= {"largest_difference": None if largest is None else text(largest), "at": at}
        if largest is not None:
            said = f"\nthe largest difference is {annotated(largest)}, at {annotated_point(found.at)}"
        else:
            stopped = "the search for the largest difference was stopped"
            said = f"\n{'the difference has no bound' if found.pieces else stopped}"
    code, complaint = VERDICT_CODES[found.verdict], None
    if options.output is not None:
        code, complaint, line = certified(options.output, code, data, lambda: write_equality(
            options.output, first, second, found, within=within, **place.question
        ))
        said += line
    if found.counterexample is None:
        what = "equal" if within is None else f"nearer than or as near as {annotated(within)}"
        return Answer(code, f"certified: {what} {place.everywhere} {cost}{said}", data, complaint)
    point, v, w, output = found.counterexample
    data["counterexample"] = {"point": list(map(text, point)), "output": output, "first": text(v), "second": text(w)}
    which = "" if first.shape[1] == 1 else f"output {output} (the first is 0) of "
    other = "the second" if first.shape[1] == 1 else "that of the second"
    values = f"{which}the first network has the value {annotated(v)}, {other} {annotated(w)}"
    return Answer(code, f"refuted: at {annotated_point(point)} {values} {cost}{said}", data, complaint)
