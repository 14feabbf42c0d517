"""``exactrelu certify -n all``: the networks of a construction equal V^n g for every n ≥ 1 (Theorem 1.1)."""

import time

from exactrelu.certification.induction import certify_all
from exactrelu.commands import VERDICT_CODES, Answer, reason, seconds_since
from exactrelu.commands.build import constructed, described
from exactrelu.commands.induction import check, page, proof_data
from exactrelu.commands.tables import table
from exactrelu.errors import InputError, UndecidedError
from exactrelu.problem import load_problem


def run(options):
    """Return the `Answer` for all n, with the proof and the constants W and L of the theorem."""
    start = time.monotonic()
    if options.network is not None:
        raise InputError("-n all is about the networks of a construction; a file has one n")
    if options.method == "enumerate":
        raise InputError("-n all belongs to --method induction; leave out --method enumerate")
    if options.output is not None:
        raise InputError("--output belongs to one n: a certificate is about one network; -n all has none")
    problem = load_problem(options.problem)
    check(options, problem)
    data = {
        "verdict": "undecided", "problem": problem.name, "n": "all", "construction": options.construction,
        "method": "induction", "width": None, "depth": None, "neurons": None, "cells": None, "pieces": None,
        "seconds": None, "certificate": None, "counterexample": None,
    }
    try:
        found = certify_all(problem, lambda n: constructed(problem, n, options.construction))
        if found.proof is None:
            raise UndecidedError(f"nothing was decided for all n: {found.reason}")
    except (UndecidedError, KeyboardInterrupt) as stop:
        return Answer(3, "", data | {"seconds": seconds_since(start)}, reason(stop))
    data |= {
        "verdict": found.verdict, "width": found.sizes.width, "depth": found.sizes.depth, "cells": found.cells,
        "pieces": found.pieces, "seconds": seconds_since(start), "proof": proof_data(found.proof),
    }
    rows = [
        *described(problem),
        ("network", f"{options.construction}, every n >= 1: width {found.sizes.width}, depth {found.sizes.depth}"),
        ("compared", f"{len(found.proof.facts)} facts: {found.pieces} affine pieces, {data['seconds']:.1f} s"),
        (found.verdict, "the network equals V^n g at every point of R^2, for every n >= 1"),
    ]
    return Answer(VERDICT_CODES[found.verdict], "\n\n".join([table(rows), *page(found.proof)]), data)
