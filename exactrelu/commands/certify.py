"""``exactrelu certify``: does the network equal V^n g on all of R²?"""

import os
import time

from exactrelu.certify.certificate import write_certificate
from exactrelu.certify.enumeration import certify
from exactrelu.certify.splits import split_tree
from exactrelu.certify.state import State
from exactrelu.commands import VERDICT_CODES, Answer, complain, reason, seconds_since, timed
from exactrelu.commands.build import constructed, described
from exactrelu.commands.progress import progress_bar
from exactrelu.commands.tables import table
from exactrelu.errors import InputError, UndecidedError
from exactrelu.network.files import read_network
from exactrelu.network.layers import layered
from exactrelu.problem import load_problem
from exactrelu.rational import mpq, text

MAX_CELLS = 2**24
"""The most dyadic cells that are enumerated."""


def run(options):
    """Return the `Answer` with the verdict, what it rests on, and the counterexample if there is one."""
    start, timings = time.monotonic(), {}
    problem, n = load_problem(options.problem), options.level
    if options.output is not None:
        check_folder(options.output)
    check_cells(problem, n)
    state = None if options.state is None else State(options.state, complain)
    if options.scheduler is not None:
        from exactrelu.certify.distributed import check_answer  # an extra

        check_answer(options.scheduler)
    construction = options.construction if options.network is None else None
    with timed(timings, "build"):
        network = read_network(options.network) if construction is None else constructed(problem, n, construction)
    with timed(timings, "layering"):
        form = layered(network)
    data = {
        "verdict": "undecided", "problem": problem.name, "n": n, "construction": construction, "method": "enumerate",
        "width": form.width, "depth": form.depth, "neurons": form.neurons, "cells": None, "pieces": None,
        "seconds": None, "timings": timings, "certificate": None, "counterexample": None,
    }
    try:
        with timed(timings, "enumeration"), progress_bar("certify") as progress:
            verdict = certify(problem, n, network, options.jobs, progress, state, options.scheduler)
        if options.output is not None:
            with timed(timings, "certificate"):
                write(options, problem, network, verdict)
    except (UndecidedError, KeyboardInterrupt) as stop:
        kept = "--state DIR keeps what is finished" if state is None else f"what is finished is kept in {options.state}"
        return Answer(3, "", data | {"seconds": seconds_since(start)}, f"{reason(stop)} ({kept})")
    found = verdict.counterexample
    data |= {
        "verdict": verdict.verdict, "cells": verdict.cells, "pieces": verdict.pieces, "seconds": seconds_since(start),
        "certificate": options.output, "counterexample": None if found is None else point_and_values(found),
    }
    return Answer(VERDICT_CODES[verdict.verdict], for_people(problem, options.network, data, found), data)


def check_folder(path):
    """Raise `InputError` if a file cannot be written there; it is better known before the work than after it."""
    folder = os.path.dirname(os.path.realpath(path))
    if os.path.isdir(path) or not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{path}: cannot write there: " + ("it is a folder" if os.path.isdir(path) else f"see {folder}"))


def check_cells(problem, n):
    """Raise `UndecidedError` if V^n g has more dyadic cells than are enumerated."""
    L1, L2 = problem.size
    if L1 * L2 << 2 * n > MAX_CELLS:
        raise UndecidedError(
            f"nothing was decided: for n = {n} there are {L1} * {L2} * 4^{n} dyadic cells, more than the limit of "
            f"{MAX_CELLS}; take a smaller n"
        )


def write(options, problem, network, verdict):
    """Write the certificate of the verdict to ``options.output``."""
    evidence = verdict.counterexample
    if evidence is None:
        with progress_bar("certificate") as progress:
            evidence = split_tree(problem, options.level, network.flatten(), progress=progress)
    write_certificate(options.output, problem, options.level, network, evidence)


def point_and_values(found):
    """Return the JSON object of a `Counterexample`."""
    return {"point": [text(c) for c in found.point], "network": text(found.network), "target": text(found.target)}


def for_people(problem, file, data, found):
    """Return the answer in words."""
    n = data["n"]
    size = f"width {data['width']}, depth {data['depth']}, {data['neurons']} neurons"
    work = f"{data['cells']} dyadic cells and the unbounded outside: {data['pieces']} convex pieces"
    equality = f"the network equals V^{n} g at every point of R^2"
    rows = [
        *described(problem),
        ("network", f"{data['construction'] or file}, n = {n}: {size}"),
        ("compared", f"{work}, {data['seconds']:.1f} s"),
        (data["verdict"], equality if found is None else refutation(problem, n, found)),
    ]
    if data["certificate"] is not None:
        rows.append(("certificate", data["certificate"]))
    return table(rows)


def refutation(problem, n, found):
    """Return the sentence that a `Counterexample` proves."""
    x, y = map(text, found.point)
    if found.cell is None:
        where = "outside of the window"
    else:
        sides = [(low + mpq(m, 2**n), low + mpq(m + 1, 2**n)) for m, (low, _) in zip(found.cell, problem.window)]
        where = "in the dyadic cell " + " x ".join(f"[{text(low)}, {text(high)}]" for low, high in sides)
    return f"at ({x}, {y}), {where}, the network has the value {text(found.network)} and V^{n} g {text(found.target)}"
