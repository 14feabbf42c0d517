"""``exactrelu prove``: does a property hold of a network on its box? Refuted with a point of the box if not."""

import time

from exactrelu import core
from exactrelu.commands import VERDICT_CODES, Answer, contradiction_data, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.progress import progress_bar
from exactrelu.errors import InputError
from exactrelu.field import annotated, annotated_point, text
from exactrelu.formats.vnnlib import read_property
from exactrelu.planar.properties import prove
from exactrelu.streams import input_name


def run(options):
    """Return the `Answer` with the verdict and, where the property fails, a point at which it does."""
    start = time.monotonic()
    claim, file = read_property(options.property), read(options.network)
    network = file[1].network
    if claim.box is not None and len(claim.box) != network.inputs:
        raise InputError(
            f"{input_name(options.property)}: a box of {len(claim.box)} inputs, for a network with {network.inputs}"
        )
    with progress_bar("prove", f"a network of {len(network)} nodes") as progress:
        found = prove(network, claim, options.jobs, progress)
    seconds = seconds_since(start)
    data = {
        "verdict": found.verdict, "engine": core.PATH, "pieces": found.pieces, "seconds": seconds,
        "counterexample": None,
    }
    code, cost = VERDICT_CODES[found.verdict], f"({found.pieces} convex pieces, {seconds:.1f} s)"
    if found.verdict == "undecided":
        return Answer(code, "", data | contradiction_data(found.contradiction), found.reason)
    if found.verdict == "certified":
        said = f"certified: the property holds at every point of its box {cost}"
    else:
        data["counterexample"] = {"point": list(map(text, found.point)), "outputs": list(map(text, found.outputs))}
        values = ", ".join(f"output {k} is {annotated(value)}" for k, value in enumerate(found.outputs))
        said = f"refuted: at {annotated_point(found.point)} {values} {cost}"
    return with_arithmetic(Answer(code, said, data), file)
