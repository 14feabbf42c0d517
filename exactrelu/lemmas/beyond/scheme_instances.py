"""Instances of theorems on schemes: networks certified on the whole of R^d, for one n and for every n."""

from exactrelu.certification.induction import certify_all
from exactrelu.certification.methods import certify
from exactrelu.lemmas.result import INSTANCES, Fact, Table
from exactrelu.scheme import load_problem


def certified_fact(build, certified):
    """Return the `Fact` that networks of built-in schemes are certified everywhere, with their own dilation."""
    rows, cases, witness = [], 0, None
    for name, n in certified:
        problem = load_problem(name)
        verdict = certify(problem, n, build(problem, n), jobs=1)
        cases += verdict.pieces
        rows.append((name, n, verdict.pieces, verdict.verdict))
        if not verdict and witness is None:
            found = verdict.counterexample
            witness = {"scheme": name, "n": n, "reason": verdict.reason} if found is None else {
                "scheme": name, "n": n, "point": found.point, "network": found.network, "V^n g": found.target
            }
    return Fact(
        r"The network is $V_1 \cdots V_n g$.",
        INSTANCES,
        r"all points of $\mathbb{R}^d$; schemes and $n$ of the table; the cases are pieces on which affine forms were"
        r" compared",
        cases,
        witness,
        table=Table(("scheme", "n", "pieces", "verdict"), tuple(rows)),
    )


def every_n_fact(build, names):
    """Return the `Fact` that the networks of built-in schemes are proved for every n, by induction."""
    rows, cases, witness = [], 0, None
    for name in names:
        problem = load_problem(name)
        found = certify_all(problem, lambda n, problem=problem: build(problem, n))
        cases += found.pieces
        if found:
            rows.append((name, found.sizes.width, found.sizes.depth))
        elif witness is None:
            witness = {"scheme": name, "not proved": found.reason}
    return Fact(
        r"The network is $V_1 \cdots V_n g$ for **every** $n \geq 1$, by induction over the stages; width and depth are"
        r" at most these.",
        INSTANCES,
        r"all $n \geq 1$, all points of $\mathbb{R}^d$; schemes of the table; the cases are pieces of the facts",
        cases,
        witness,
        table=Table(("scheme", "W", "L"), tuple(rows)),
    )
