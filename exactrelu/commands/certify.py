"""``exactrelu certify``: does the network equal V^n g on all of R²?"""

import math
import time

from exactrelu.certification.again import DISTRUST
from exactrelu.certification.methods import certify, check_question, refuse_certificate, write_certificate
from exactrelu.certification.state import State
from exactrelu.commands import VERDICT_CODES, Answer, complain, contradiction_data, reason, seconds_since, timed
from exactrelu.commands.blocks import blocks_data, blocks_page
from exactrelu.commands.build import described
from exactrelu.commands.induction import page, proof_data
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.output import delivered
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.commands.tables import table
from exactrelu.construction import build
from exactrelu.errors import InputError
from exactrelu.field import text
from exactrelu.network.layers import layered
from exactrelu.refinement.pieces import lattice_box
from exactrelu.streams import input_name, output_name
from exactrelu.writing import check_writable

TIMED = {"enumerate": "enumeration", "induction": "induction"}
"""What the seconds of each method are called in the answer."""

CHECKED = "the certificate is checked before it is written (--no-check leaves it out; --method induction needs less)"
"""What is said of a check that takes long."""


def run(options):
    """Return the `Answer` with the verdict, what it rests on, and the counterexample if there is one."""
    start, timings, forecast = time.monotonic(), {}, Forecast()
    if options.output is not None:
        check_writable(options.output)
    elif options.no_check:
        raise InputError("--no-check belongs to --output CERT: it writes the certificate without checking it")
    problem, n = chosen_problem(options), options.level
    places = {"method": options.method, "state": options.state, "scheduler": options.scheduler}
    _, method = check_question(problem, n, options.network, **places)
    if options.output is not None:
        refuse_certificate(problem, n, method)
    if options.blocks and method != "induction":
        raise InputError("--blocks belongs to proofs: -n all, or --method induction")
    if options.state is not None:
        places["state"] = State(options.state, complain)
    network, about, file = None, "every block", ()
    construction = options.construction if options.network is None else None
    data = {
        "verdict": "undecided", "problem": problem.name, "n": n, "construction": construction,
        "network": options.network, "method": method, "engine": None, "width": None, "depth": None, "neurons": None,
        "cells": None, "pieces": None, "seconds": None, "timings": timings, "certificate": None,
        "certificate_checked": None, "counterexample": None,
    }
    if n != "all":
        with timed(timings, "build"), progress_bar("build"):
            if options.network is None:
                network = build(problem, n, construction)
            else:
                file = (read(options.network),)
                network = file[0][1].network
        with timed(timings, "layering"), progress_bar("layering"):
            form = layered(network)
        data |= {name: getattr(form, name) for name in ("width", "depth", "neurons")}
        about = f"{work_ahead(problem, n, method)}, network with {size(data)}"
    try:
        with timed(timings, TIMED[method]), progress_bar("certify", about, forecast) as progress:
            found = certify(
                problem, n, network, construction=construction, jobs=options.jobs, progress=progress, announce=forecast,
                **places,
            )
    except KeyboardInterrupt as stop:
        data |= {"seconds": seconds_since(start)} | forecast.data()
        return Answer(3, "", data, reason(stop) + hint(options))
    data |= forecast.data() | {"engine": found.engine}
    if found.verdict == "undecided":
        data["seconds"] = seconds_since(start)
        advice = "" if found.contradiction or found.reason.endswith(DISTRUST) else hint(options)
        return Answer(3, "", data | contradiction_data(found.contradiction), found.reason + advice)
    code, complaint, seconds = VERDICT_CODES[found.verdict], None, seconds_since(start)
    if options.output is not None:
        with timed(timings, "certificate"):
            complaint = delivered(options.output, lambda: certificate(options, found))
        if complaint is None:
            data |= {"certificate": options.output, "certificate_checked": not options.no_check}
        else:
            code = 3
    data |= {
        "verdict": found.verdict, "cells": found.cells, "pieces": found.pieces, "seconds": seconds_since(start)
    }
    if found.counterexample is not None:
        data["counterexample"] = point_and_values(found.counterexample)
    if found.sizes is not None:
        data |= {"width": found.sizes.width, "depth": found.sizes.depth}
    if found.proof is not None:
        data["proof"] = proof_data(found.proof) | {"blocks": blocks_data(found.proof.blocks, options.blocks)}
    rows = [
        *described(problem),
        ("network", f"{construction or input_name(options.network)}, {size(data)}"),
        ("compared", f"{work(found)}, {seconds:.1f} s"),
        (found.verdict, found.statement),
        *([] if data["certificate"] is None else [("certificate", written(options))]),
    ]
    proof = () if found.proof is None else (*page(found.proof), *blocks_page(found.proof.blocks, options.blocks))
    return with_arithmetic(Answer(code, "\n\n".join([table(rows), *proof]), data, complaint), *file)


def certificate(options, found):
    """Write the certificate of a `Verdict`."""
    with progress_bar("certificate", then=("check", CHECKED)) as progress:
        write_certificate(options.output, found, check=not options.no_check, jobs=options.jobs, progress=progress)


def written(options):
    """Return the name of the certificate, and whether it is known to be one."""
    return output_name(options.output) + (", not checked (--no-check)" if options.no_check else "")


def work_ahead(problem, n, method):
    """Return in words what a method will look at, before it does."""
    if method == "induction":
        return "every block"
    ring = 2 * (problem.dimension == 2)
    count = math.prod(high - low + ring for low, high in lattice_box(problem, n))
    return f"{count} {cells(problem)}"


def cells(problem):
    """Return what the cells of a problem are called."""
    return "dyadic cells" if set(problem.dilation.factors or ()) == {2} else "cells"


def size(data):
    """Return n, width, depth and number of neurons in words."""
    if data["n"] == "all":
        return f"every n >= 1: width {data['width']}, depth {data['depth']}"
    return f"n = {data['n']}: width {data['width']}, depth {data['depth']}, {data['neurons']} neurons"


def work(found):
    """Return in words what was compared for a `Verdict`."""
    if found.method == "enumerate":
        if not found.pieces:
            return "values at a few points"
        return f"{found.cells} {cells(found.problem)} and the unbounded outside: {found.pieces} convex pieces"
    if found.proof is None:
        return f"block by block, as far as {found.reason}"
    facts = "facts" if found.n == "all" else "facts about the blocks of the network"
    return f"{len(found.proof.facts)} {facts}: {found.pieces} affine pieces"


def hint(options):
    """Return how to go on after an interruption."""
    if options.level == "all" or options.method == "induction":
        return ""
    if options.state is None:
        return " (--state DIR keeps what is finished)"
    return f" (what is finished is kept in {options.state})"


def point_and_values(found):
    """Return the JSON object of a `Counterexample`."""
    return {"point": [text(c) for c in found.point], "network": text(found.network), "target": text(found.target)}
