"""``exactrelu certify``: does the network equal V^n g on all of R²?"""

import os
import time
from importlib import import_module

from exactrelu.commands import VERDICT_CODES, Answer, reason, seconds_since, timed
from exactrelu.commands.build import constructed, described
from exactrelu.commands.tables import table
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import mpq, text
from exactrelu.network.files import read_network
from exactrelu.network.layers import layered
from exactrelu.problem import load_problem

METHODS = {"enumerate": "enumeration", "induction": "induction"}
"""The module of each method: ``check`` refuses what it cannot do, ``decide`` does it, ``hint`` says how to go on."""


def run(options):
    """Return the `Answer` with the verdict, what it rests on, and the counterexample if there is one."""
    start, timings = time.monotonic(), {}
    if options.level == "all":
        return import_module("exactrelu.commands.family").run(options)
    name = options.method or "enumerate"
    method = import_module(f"exactrelu.commands.{METHODS[name]}")
    problem, n = load_problem(options.problem), options.level
    method.check(options, problem)
    if options.output is not None:
        check_folder(options.output)
    construction = options.construction if options.network is None else None
    with timed(timings, "build"):
        network = read_network(options.network) if construction is None else constructed(problem, n, construction)
    with timed(timings, "layering"):
        form = layered(network)
    data = {
        "verdict": "undecided", "problem": problem.name, "n": n, "construction": construction, "method": name,
        "width": form.width, "depth": form.depth, "neurons": form.neurons, "cells": None, "pieces": None,
        "seconds": None, "timings": timings, "certificate": None, "counterexample": None,
    }
    try:
        decision = method.decide(options, problem, network, timings)
    except (UndecidedError, KeyboardInterrupt) as stop:
        return Answer(3, "", data | {"seconds": seconds_since(start)}, reason(stop) + method.hint(options))
    found = decision.counterexample
    data |= {
        "verdict": decision.verdict, "cells": decision.cells, "pieces": decision.pieces,
        "seconds": seconds_since(start), "certificate": options.output,
        "counterexample": None if found is None else point_and_values(found),
    } | decision.data
    rows = [
        *described(problem),
        ("network", f"{construction or options.network}, n = {n}: {size(form)}"),
        ("compared", f"{decision.work}, {data['seconds']:.1f} s"),
        (decision.verdict, equality(n) if found is None else refutation(problem, n, found)),
        *([] if options.output is None else [("certificate", options.output)]),
    ]
    answer = "\n\n".join([table(rows), *decision.page])
    return Answer(VERDICT_CODES[decision.verdict], answer, data)


def check_folder(path):
    """Raise `InputError` if a file cannot be written there; it is better known before the work than after it."""
    folder = os.path.dirname(os.path.realpath(path))
    if os.path.isdir(path) or not os.access(folder, os.W_OK | os.X_OK):
        reason = "it is a folder" if os.path.isdir(path) else f"see {folder}"
        raise InputError(f"{path}: cannot write there: {reason}")


def point_and_values(found):
    """Return the JSON object of a `Counterexample`."""
    return {"point": [text(c) for c in found.point], "network": text(found.network), "target": text(found.target)}


def size(form):
    """Return width, depth and number of neurons of a `Layered` form in words."""
    return f"width {form.width}, depth {form.depth}, {form.neurons} neurons"


def equality(n):
    """Return the sentence that is certified."""
    return f"the network equals V^{n} g at every point of R^2"


def refutation(problem, n, found):
    """Return the sentence that a `Counterexample` proves."""
    x, y = map(text, found.point)
    if found.cell is None:
        where = "outside of the window"
    else:
        sides = [(low + mpq(m, 2**n), low + mpq(m + 1, 2**n)) for m, (low, _) in zip(found.cell, problem.window)]
        where = "in the dyadic cell " + " x ".join(f"[{text(low)}, {text(high)}]" for low, high in sides)
    return f"at ({x}, {y}), {where}, the network has the value {text(found.network)} and V^{n} g {text(found.target)}"
