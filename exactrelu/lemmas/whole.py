"""Whole constructions side by side with V^n g: certification of instances on the whole plane, and their sizes."""

from exactrelu.certify.enumeration import certify
from exactrelu.lemmas.result import INSTANCES, Fact, Table
from exactrelu.network.layers import layered


def certified_fact(claim, instances, build, problem_of):
    """Return the `Fact` that the networks equal V^n g on all of R².

    ``instances`` are tuples whose last entry is n; ``build`` makes the network and ``problem_of`` the problem of an
    instance, given without n as the first argument and with n as the second.
    """
    rows, cases, witness = [], 0, None
    for *instance, n in instances:
        problem = problem_of(*instance)
        verdict = certify(problem, n, build(*instance, n), jobs=1)
        cases += verdict.cells
        rows.append((*instance, n, verdict.cells, verdict.verdict))
        if verdict.counterexample is not None and witness is None:
            point, found, expected, _ = verdict.counterexample
            witness = {"instance": " ".join(map(str, (*instance, n))), "point": point, "network": found, "V^n g": expected}
    names = ("problem", "construction")[: len(rows[0]) - 3]
    return Fact(
        claim,
        INSTANCES,
        r"all points of $\mathbb{R}^2$; problems and $n$ of the table; the cases are the dyadic cells of level $n$ of the window and of a ring around it",
        cases,
        witness,
        table=Table((*names, "n", "cells", "verdict"), tuple(rows)),
    )


def sizes_fact(claim, instances, build, levels, step):
    """Return the `Fact` that the depth grows by ``step`` from n to n + 1, and the width not at all in the second half.

    The networks are those for n = 1, …, ``levels``; in the first half the width is at most the later one.
    ``instances`` are tuples for which ``build(*instance, n)`` is the network; ``step(*instance)`` is the expected growth.
    """
    rows, witness = [], None
    for instance in instances:
        forms = [layered(build(*instance, n)) for n in range(1, levels + 1)]
        slope, first = step(*instance), forms[0].depth
        width = forms[-1].width
        rows.append((*instance, width, f"{'' if slope == 1 else slope}n + {first - slope}", first))
        for n, form in enumerate(forms, 1):
            fits = form.width == width if 2 * n > levels else form.width <= width
            if not (fits and form.depth == first + slope * (n - 1)) and witness is None:
                witness = {"instance": " ".join(instance), "n": n, "width": form.width, "depth": form.depth}
    names = ("problem", "construction")[: len(instances[0])]
    return Fact(
        claim,
        INSTANCES,
        rf"$1 \leq n \leq {levels}$, the layered networks themselves",
        len(rows) * levels,
        witness,
        table=Table((*names, "C0 = W", "L", "C1"), tuple(rows)),
    )
