"""Whole constructions side by side with V^n g: instances certified on the whole plane, for every n, and their sizes."""

from exactrelu.certification.enumeration import certify
from exactrelu.certification.induction import certify_all
from exactrelu.lemmas.result import INSTANCES, Fact, Table
from exactrelu.network.layers import layered
from exactrelu.scheme import load_problem


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
            name = " ".join(map(str, (*instance, n)))
            witness = {"instance": name, "point": point, "network": found, "V^n g": expected}
    names = ("problem", "construction")[: len(rows[0]) - 3]
    return Fact(
        claim,
        INSTANCES,
        r"all points of $\mathbb{R}^2$; problems and $n$ of the table; the cases are the dyadic cells of level $n$ of"
        r" the window and of a ring around it",
        cases,
        witness,
        table=Table((*names, "n", "cells", "verdict"), tuple(rows)),
    )


def every_n_fact(names, build):
    """Return the `Fact` that the networks ``build(name, n)`` of these problems equal V^n g for every n ≥ 1.

    The proof is the induction over the stages of `exactrelu.proof`, on programs in which 2^(-n) is a value. A problem
    for which it is not completed counts as a failure, with the reason.
    """
    rows, witness = [], None
    for name in names:
        problem = load_problem(name)
        found = certify_all(problem, lambda n, name=name: build(name, n))
        if found.proof is not None:
            rows.append((name, found.sizes.width, found.sizes.depth, found.sizes.slope + found.sizes.layers))
        elif witness is None:
            witness = {"problem": name, "not proved": found.reason}
    return Fact(
        r"The network of `one-pass` is $V^n g$ for **every** $n \geq 1$, with the constants of the table: an induction"
        r" over the stages, whose facts about four programs hold for all $n$ at"
        r" once ($2^{-n}$ and the scale of the rows are values in them). `exactrelu certify PROBLEM -n all` prints the"
        r" proof. Width and depth are at most these.",
        INSTANCES,
        r"all $n \geq 1$, all points of $\mathbb{R}^2$; problems of the table",
        len(names),
        witness,
        table=Table(("problem", "C0 = W", "L", "C1"), tuple(rows)),
    )


def sizes_fact(claim, instances, build, levels, constants):
    """Return the `Fact` that widths and depths are at most the constants of each instance, for every n.

    ``instances`` are tuples, ``build(*instance, n)`` is the network and ``constants(*instance)`` the `Sizes` for all n,
    counted on the levels of the blocks. Beside these the layered networks for n = 1, …, ``levels`` are counted: their
    depth is L, their width at most W.
    """
    rows, witness = [], None
    for instance in instances:
        found = constants(*instance)
        forms = [layered(build(*instance, n)) for n in range(1, levels + 1)]
        widest = max(form.width for form in forms)
        rows.append((*instance, found.width, found.depth.replace("+", " + "), found.slope + found.layers, widest))
        for n, form in enumerate(forms, 1):
            if (form.width > found.width or form.depth != found.depth_at(n)) and witness is None:
                witness = {"instance": " ".join(instance), "n": n, "width": form.width, "depth": form.depth}
    names = ("problem", "construction")[: len(instances[0])]
    return Fact(
        f"{claim} The units are counted on the levels of the blocks, of which the networks of all $n$ are made, however"
        rf" often a block is repeated. The layered networks for $n$ up to {levels}, counted beside that, have the depth"
        " $L$ and no larger width.",
        INSTANCES,
        "all $n \\geq 1$, by the blocks; instances of the table",
        len(rows) * levels,
        witness,
        table=Table((*names, "C0 = W", "L", "C1", f"largest width, n up to {levels}"), tuple(rows)),
    )
