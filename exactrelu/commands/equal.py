"""``exactrelu equal``: are two networks the same function on all of R²?"""

import time

from exactrelu import core
from exactrelu.commands import VERDICT_CODES, Answer, contradiction_data, reason, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.progress import progress_bar
from exactrelu.commands.regions import planar_network
from exactrelu.field import annotated, annotated_point, text
from exactrelu.planar import equal


def run(options):
    """Return the `Answer` with the verdict and, where they differ, a point at which they do."""
    start = time.monotonic()
    files = read(options.first), read(options.second)
    return with_arithmetic(_compared(*(planar_network(*file) for file in files), options, start), *files)


def _compared(first, second, options, start):
    """Return the `Answer` about two networks."""
    data = {"verdict": "undecided", "engine": core.PATH, "pieces": None, "seconds": None, "counterexample": None}
    try:
        with progress_bar("equal", f"networks of {len(first)} and {len(second)} nodes") as progress:
            found = equal(first, second, jobs=options.jobs, progress=progress)
    except KeyboardInterrupt as stop:
        return Answer(3, "", data | {"seconds": seconds_since(start)}, reason(stop))
    data["seconds"] = seconds_since(start)
    if found.verdict == "undecided":
        return Answer(3, "", data | contradiction_data(found.contradiction), found.reason)
    data |= {"verdict": found.verdict, "pieces": found.pieces}
    cost = f"({found.pieces} convex pieces, {data['seconds']:.1f} s)"
    if found.counterexample is None:
        return Answer(VERDICT_CODES[found.verdict], f"certified: equal at every point of R^2 {cost}", data)
    point, v, w, output = found.counterexample
    data["counterexample"] = {"point": list(map(text, point)), "output": output, "first": text(v), "second": text(w)}
    which = "" if first.shape[1] == 1 else f"output {output} (the first is 0) of "
    other = "the second" if first.shape[1] == 1 else "that of the second"
    values = f"{which}the first network has the value {annotated(v)}, {other} {annotated(w)}"
    return Answer(VERDICT_CODES[found.verdict], f"refuted: at {annotated_point(point)} {values} {cost}", data)
