"""``exactrelu prove``: does a property hold of a network on its box? Refuted with a point of the box if not."""

import time

from exactrelu import core
from exactrelu.certification.statements import write_property
from exactrelu.commands import VERDICT_CODES, Answer, contradiction_data, seconds_since
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.output import certified
from exactrelu.commands.places import chosen_slice
from exactrelu.commands.progress import progress_bar
from exactrelu.errors import InputError, shown
from exactrelu.field import annotated, annotated_point, text
from exactrelu.formats.vnnlib import read_property
from exactrelu.planar.properties import prove
from exactrelu.streams import STANDARD, input_name
from exactrelu.writing import check_writable


def run(options):
    """Return the `Answer` with the verdict and, where the property fails, a point at which it does."""
    start = time.monotonic()
    if options.output is not None:
        check_writable(options.output)
    claim = read_property(options.property)
    files = [read(path) for path in _paths(options, claim)]
    networks = [source.network for _, source in files]
    if claim.box is not None and not claim.networks and len(claim.box) != networks[0].inputs:
        raise InputError(
            f"{input_name(options.property)}: a box of {len(claim.box)} inputs, for a network with {networks[0].inputs}"
        )
    on = chosen_slice(options, sum(each.inputs for each in claim.networks) or networks[0].inputs)
    if on is not None:
        claim = claim.on_slice(on)
    asked = networks if claim.networks else networks[0]
    with progress_bar("prove", f"a network of {sum(map(len, networks))} nodes") as progress:
        found = prove(asked, claim, options.jobs, progress)
    seconds = seconds_since(start)
    data = {
        "verdict": found.verdict, "engine": core.PATH, "pieces": found.pieces, "seconds": seconds,
        "certificate": None, "counterexample": None,
    }
    code, complaint, cost = VERDICT_CODES[found.verdict], None, f"({found.pieces} convex pieces, {seconds:.1f} s)"
    if found.verdict == "undecided":
        return Answer(code, "", data | contradiction_data(found.contradiction), found.reason)
    if found.verdict == "certified":
        where = "its box" if on is None else "its box on the slice"
        said = f"certified: the property holds at every point of {where} {cost}"
    else:
        data["counterexample"] = {"point": list(map(text, found.point)), "outputs": list(map(text, found.outputs))}
        if len(claim.networks) > 1:
            data["counterexample"]["networks"], values = _by_network(claim.networks, found)
            said = f"refuted: {values} {cost}"
        else:
            said = f"refuted: at {annotated_point(found.point)} {_outputs(found.outputs)} {cost}"
    if options.output is not None:
        code, complaint, line = certified(
            options.output, code, data, lambda: write_property(options.output, asked, claim, found, jobs=options.jobs)
        )
        said += line
    return with_arithmetic(Answer(code, said, data, complaint), *files)


def _paths(options, claim):
    """Return the paths of the networks that a property is about, in the order of its ``models``."""
    first, *others = claim.models or [None]
    paths = {first: options.network}
    for word in options.models or ():
        name, equals, path = word.partition("=")
        if not equals or name not in others or name in paths:
            known = f"{', '.join(others)}" if others else "no other network"
            raise InputError(
                f"--network: expected NAME=FILE, once for each, and {input_name(options.property)} declares {known}"
                + (f" beside {first}, which is NET" if first else "") + f", got {shown(word)}"
            )
        paths[name] = path
    missing = [name for name in others if name not in paths]
    if missing:
        raise InputError(
            f"{input_name(options.property)}: NET is the network {first}; give that of {missing[0]}, too: "
            f"--network {missing[0]}=FILE"
        )
    if [options.property, *paths.values()].count(STANDARD) > 1:
        raise InputError("standard input, -, can be read only once: give the other files by their names")
    return list(paths[name] for name in (first, *others))


def _by_network(networks, found):
    """Return ({name: its point and outputs}, the same in words)."""
    data, words, point, outputs = {}, [], list(found.point), list(found.outputs)
    for each in networks:
        x, point = point[: each.inputs], point[each.inputs :]
        y, outputs = outputs[: each.outputs], outputs[each.outputs :]
        data[each.name] = {"point": list(map(text, x)), "outputs": list(map(text, y))}
        words.append(f"{each.name} at {annotated_point(x)}: {_outputs(y)}")
    return data, "; ".join(words)


def _outputs(values):
    return ", ".join(f"output {k} is {annotated(value)}" for k, value in enumerate(values))
