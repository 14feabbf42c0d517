"""The command line: what can be typed, and how a command ends.

Every command lives in its own module of `exactrelu.commands`, imported when it is called; its ``run(options)`` returns
an `Answer`. Exit codes: 0 certified, equal, valid; 1 refuted, different, invalid, stale; 2 the input cannot be used;
3 not decided, or the file that was asked for cannot be written. stdout carries the answer alone, or that file if it is
``-``; stderr has one line when something is missing, which with ``--json`` is part of the answer, too.
"""

import argparse
import gc
import importlib
import json
import sys
import traceback
from contextlib import suppress

from exactrelu import __version__, core, interrupts, streams
from exactrelu.commands import Answer, complain, reason
from exactrelu.errors import InputError, UndecidedError
from exactrelu.options import (
    NETWORK, Parser, add_certificate, add_construction, add_pair, add_place, add_plot, add_points, add_problem,
    add_slice, integer_in, seconds,
)

MAX_LEVEL = 10_000
"""The largest n."""

MAX_SIZES = 1000
"""The largest n of a table of sizes."""

MAX_FACTOR = 1000
"""The largest dilation of --box-spline."""

MAX_DEPTH = 20
"""The largest level of limit values."""

MAX_REGIONS = 1 << 40
"""The largest limit on the number of regions."""

MOST_REGIONS = 1 << 26
"""The most regions that are counted if no other limit is given."""

MAX_JOBS = 1024
"""The most worker processes."""

OBJECTS = (50_000, 20, 50)
"""So seldom does Python look for cycles of objects: there are many networks and polygons, but few cycles among them."""

DEFAULT_LEVEL = 3
"""The n that is taken if none is given."""


def main(words=None):
    """Run the command in ``words`` and return its exit code.

    The default are the words of the process, which then belongs to the command: it handles signals.
    """
    streams.prepare()
    if words is not None:
        return _run(words)
    gc.set_threshold(*OBJECTS)
    interrupts.listen()
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:  # while the answer was printed
        complain(interrupts.INTERRUPTED)
        return 3
    finally:
        interrupts.ignore()


def _run(words):
    options = argparse.Namespace(output=None)
    try:
        options = command_line().parse(words)
        _check_inputs(options)
        with interrupts.held():  # an interrupted import would be an error of another kind
            command = importlib.import_module(f"exactrelu.commands.{options.command}")
        with interrupts.limited(options.limit):
            answer = command.run(options)
    except InputError as error:
        answer = Answer(2, "", {}, str(error))
    except (UndecidedError, KeyboardInterrupt) as stop:
        answer = Answer(3, "", {}, reason(stop))
    except MemoryError:
        answer = Answer(3, "", {}, "out of memory, nothing was decided; try a smaller n or fewer --jobs")
    except SystemExit as end:  # --help and --version
        return _print("", end.code)
    except Exception:  # shown in full; but Python's own exit code, 1, would mean a verdict
        traceback.print_exc()
        answer = Answer(3, "", {}, "this is an error of exactrelu itself, nothing was decided; please report it")
    text = answer.text
    if answer.complaint is not None:
        complain(answer.complaint)
    if "--json" in words:
        text = json.dumps(answer.data | ({} if answer.complaint is None else {"error": answer.complaint}), indent=2)
    interrupts.settle(False)
    if streams.is_standard_output(getattr(options, "output", None)):
        return _print_aside(text, answer.code)
    return _print(text, answer.code)


def _check_inputs(options):
    """Raise `InputError` for standard input as more than one of the files that are read."""
    names = [name for name in ("problem", "network", "property", "first", "second", "certificate") if name in options]
    if sum(getattr(options, name) == streams.STANDARD for name in names) > 1:
        raise InputError("standard input, -, can be read only once: give the other file by its name")


def _print(text, code):
    """Print the answer and return ``code``; a reader who has gone away does not change what was decided."""
    try:
        streams.write_output([text, "\n"] if text else [])
    except OSError as error:
        complain(f"cannot write the answer to standard output: {error.strerror}")
        return 3
    return code


def _print_aside(text, code):
    """Print the answer on stderr, as standard output has the file, and return ``code``."""
    if text:
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)
    return code


def command_line():
    """Return the parser of the command line."""
    parser = Parser(
        prog="exactrelu",
        description="Exact ReLU networks for dyadic refinement iterates V^n g, certified on all of R^2; and exact "
        "answers about any ReLU network in ONNX, .nnet, npz or safetensors: eval, regions, equal, bound, prove, "
        "convert.",
        epilog="Exit codes: 0 certified, equal, valid; 1 refuted, different, invalid; 2 unusable input; 3 not decided, "
        "or what --output asks for cannot be written. Ctrl-C, SIGTERM and SIGHUP end a command with 3. The file - is "
        "standard input or output; with --output - the summary goes to stderr.",
    )
    parser.add_argument("--version", action="version", version=f"exactrelu {__version__} ({core.PATH})")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (
        _certify, _build, _eval, _value, _mask, _regions, _equal, _bound, _prove, _convert, _check, _sizes, _plot,
        _report, _proofs, _examples, _completion,
    ):
        add(commands)
    for each in (parser, *commands.choices.values()):
        each.siblings = commands.choices
    return parser


def _certify(commands):
    certify = _command(commands, "certify", "decide whether a network equals V^n g on all of R^2")
    add_problem(certify)
    _add_level(certify, "all")
    network = certify.add_mutually_exclusive_group()
    add_construction(network)
    network.add_argument("--network", metavar="FILE", help="a network file to take instead; nothing in it is trusted")
    certify.add_argument(
        "--method", metavar="NAME",
        help="enumerate: every piece of the plane (the default); induction: facts about blocks, for n in the thousands",
    )
    workers = certify.add_mutually_exclusive_group()
    _add_jobs(workers)
    workers.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="a dask scheduler whose workers do the work; they are trusted, and can run code in this process",
    )
    certify.add_argument(
        "--state", metavar="DIR",
        help="a folder to keep what is finished, and to go on from there; who writes in it is trusted",
    )
    certify.add_argument("--blocks", action="store_true", help="list the blocks of a proof, node by node")
    add_certificate(certify)
    certify.add_argument("--no-check", action="store_true", help="write the certificate without checking it first")


def _build(commands):
    build = _command(commands, "build", "write the network for V^n g and print its size")
    add_problem(build)
    _add_level(build)
    add_construction(build)
    build.add_argument(
        "--output", metavar="NET", help="the network file to write (gzip if it ends in .gz; - is standard output)"
    )
    add_plot(build, "the layers and blocks of the network, or its units if there are few")


def _eval(commands):
    evaluate = _command(commands, "eval", "the exact output of a network at a point, or at several")
    evaluate.add_argument("network", metavar="NET", help=NETWORK)
    add_points(evaluate)


def _value(commands):
    value = _command(commands, "value", "V^n g at a point, or at several, without a network")
    value.add_argument("problem", metavar="PROBLEM", help="a problem file or the name of a built-in problem")
    add_pair(value)
    value.replacing = "--mask", "--seed"
    add_points(value)
    _add_level(value)


def _mask(commands):
    mask = _command(commands, "mask", "what a mask is: sum rules, polynomials, norms, spectral radius, limit values")
    which = mask.add_mutually_exclusive_group()
    which.add_argument(
        "problem", metavar="PROBLEM", nargs="?",
        help="a problem file or the name of a built-in problem or mask (default: bilinear)",
    )
    which.add_argument(
        "--box-spline", metavar="V", nargs="+", help="the mask of the box spline with these directions, such as 1,0 0,1"
    )
    which.add_argument("--tensor", metavar="NAME", nargs=2, help="the tensor product of two masks or problems")
    add_pair(mask)
    mask.add_argument(
        "--dilation", metavar="M", type=integer_in(2, MAX_FACTOR), default=2, help="of --box-spline (default 2)"
    )
    mask.add_argument(
        "--level", metavar="J", type=integer_in(0, MAX_DEPTH), default=0,
        help="limit values at the points of A^-J Z^d (default 0: the integers)",
    )


def _regions(commands):
    regions = _command(
        commands, "regions", "count or list the activation regions of a network where at most two inputs vary"
    )
    regions.add_argument("network", metavar="NET", help=NETWORK)
    add_place(regions)
    regions.add_argument(
        "--most", metavar="N", type=integer_in(1, MAX_REGIONS), default=MOST_REGIONS,
        help=f"give up at more regions than N (default {MOST_REGIONS})",
    )
    regions.add_argument("--list", action="store_true", help="a line for each region; numbers after ~ are rounded")
    regions.add_argument(
        "--output", metavar="FILE",
        help="all regions as .json (exact; - is standard output), .csv (exact), .geojson or .npz (rounded floats)",
    )
    regions.add_argument(
        "--statistics", action="store_true", help="areas, and of each output range, largest gradient and integral"
    )
    regions.add_argument("--at", metavar="X,Y", help="the regions that contain this point")
    regions.add_argument(
        "--boundary", action="store_true", help="where the largest output changes: segments, or points on a line"
    )
    regions.add_argument(
        "--output-index", metavar="I", type=integer_in(0, MAX_LEVEL), help="one output (from 0) instead of all of them"
    )
    _add_jobs(regions)
    add_plot(regions, "the regions")
    regions.add_argument(
        "--picture", metavar="NAME", default="regions",
        help="what --plot draws: regions (the default), adjacency (which of them touch) or values (of the output)",
    )


def _equal(commands):
    equal = _command(commands, "equal", "decide whether two networks are the same function, or near each other")
    equal.add_argument("first", metavar="NET1", help=NETWORK)
    equal.add_argument("second", metavar="NET2", help="another one")
    add_place(equal)
    equal.add_argument(
        "--within", metavar="EPS", help="do they differ by at most EPS? The largest difference is found, and where"
    )
    _add_jobs(equal)
    add_certificate(equal)


def _bound(commands):
    bound = _command(commands, "bound", "the exact minimum and maximum of each output of a network, and where")
    bound.add_argument("network", metavar="NET", help=NETWORK)
    add_place(bound)
    bound.add_argument(
        "--float-error", metavar="KIND",
        help="also how far a run in float32 or float64 may be from the exact outputs on the --box, by error analysis",
    )
    _add_jobs(bound)
    add_certificate(bound)


def _prove(commands):
    prove = _command(commands, "prove", "decide whether a property holds of a network where at most two inputs vary")
    prove.add_argument("network", metavar="NET", help=NETWORK)
    prove.add_argument(
        "property", metavar="PROPERTY", help="a query of VNN-LIB 1.0 or 2.0, or JSON (see docs/property.md)"
    )
    prove.add_argument(
        "--network", metavar="NAME=FILE", action="append", dest="models",
        help="the file of another network that a query declares; NET is the first one",
    )
    add_slice(prove)
    _add_jobs(prove)
    add_certificate(prove)


def _convert(commands):
    convert = _command(commands, "convert", "a network file as one of another kind: exactly the same function, or none")
    convert.add_argument("network", metavar="IN", help=NETWORK)
    convert.add_argument(
        "output", metavar="OUT",
        help="ends in .json, .json.gz, .onnx, .nnet, .npz, .safetensors, .graphml or .dot; - is standard output, JSON",
    )
    convert.add_argument("--float64", action="store_true", help="write floats of 64 bits (default: 32 bits)")
    convert.add_argument(
        "--round", action="store_true", help="round weights that are no floats, and say how many: another function"
    )


def _check(commands):
    check = _command(commands, "check", "the independent checker: does a certificate prove what it states?")
    check.add_argument("certificate", metavar="CERT", help="a certificate file")
    check.add_argument(
        "--verified", action="store_true", help="ask exactrelu-check, the checker extracted from the proofs in coq/"
    )


def _sizes(commands):
    sizes = _command(commands, "sizes", "the sizes of all constructions for n = 1..N, as Theorem 1.1 bounds them")
    add_problem(sizes)
    sizes.add_argument(
        "--to", "-n", metavar="N", type=integer_in(1, MAX_SIZES), default=DEFAULT_LEVEL,
        help=f"the largest n (default {DEFAULT_LEVEL})",
    )
    add_plot(sizes, "width, depth and largest weight over n")


def _plot(commands):
    plot = _command(commands, "plot", "draw V^n g, several iterates, or the controller, as SVG")
    plot.add_argument(
        "picture", metavar="PICTURE",
        help="map, surface, iterates (0 to n on one scale), distances, cut, or controller (the same for all problems)",
    )
    add_problem(plot)
    _add_level(plot)
    plot.add_argument("--output", metavar="FILE.svg", help="the picture to write (- is standard output)")


def _report(commands):
    report = _command(commands, "report", "one page for people: pictures, sizes, the verdict and its proof, as HTML")
    add_problem(report)
    _add_level(report, "all")
    network = report.add_mutually_exclusive_group()
    add_construction(network)
    network.add_argument("--network", metavar="FILE", help="a network file to take instead; nothing in it is trusted")
    report.add_argument(
        "--method", metavar="NAME", help="induction (if that gets through, the default) or enumerate",
    )
    _add_jobs(report)
    report.add_argument("--output", metavar="FILE.html", help="the page to write (- is standard output)")
    report.add_argument("--certificate", metavar="CERT", help="a certificate to write beside it, and to name on it")


def _proofs(commands):
    proofs = _command(commands, "proofs", "check the paper's statements and write a page on each")
    proofs.add_argument(
        "label", metavar="LABEL", nargs="*",
        help="print these statements alone, named as their pages are (lemma-2-7), and write nothing",
    )
    only = proofs.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="write nothing, but say which pages are stale")
    only.add_argument("--index", action="store_true", help="check nothing, print the index of the pages, as Markdown")
    proofs.add_argument("--output", metavar="DIR", help="the folder of the pages (default: proofs)")
    _add_jobs(proofs)


def _examples(commands):
    _command(commands, "examples", "the built-in masks, seeds and problems")


def _completion(commands):
    completion = _command(commands, "completion", "a script with which bash, zsh or fish completes what is typed")
    completion.add_argument("shell", metavar="SHELL", help="bash, zsh or fish")


def _command(commands, name, summary):
    """Return the parser of a new command."""
    command = commands.add_parser(name, help=summary, description=summary)
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument(
        "--limit", metavar="SECONDS", type=seconds, help="stop after this time: exit code 3 if nothing is decided"
    )
    return command


def _add_level(command, *words):
    every = ", or all: every n >= 1" if words else ""
    command.add_argument(
        "-n", metavar="N", dest="level", type=integer_in(0, MAX_LEVEL, *words), default=DEFAULT_LEVEL,
        help=f"the level n (default {DEFAULT_LEVEL}){every}",
    )


def _add_jobs(command):
    command.add_argument(
        "--jobs", metavar="J", type=integer_in(1, MAX_JOBS), help="the number of processes (default: one for each core)"
    )
