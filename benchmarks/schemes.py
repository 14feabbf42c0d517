"""The built-in schemes beyond the plane and its dilation 2: the page docs/schemes.md.

    python benchmarks/schemes.py [--to N] [--seconds S] [--output FILE] [NAME …]

Some minutes on one core; the page is written when all of it is known. Certified, in one process and by each method that
there is, are the networks of which that is expected to take at most S seconds.
"""

from math import prod
from pathlib import Path

from pages import write_page
from table import measured

from exactrelu.certification.methods import METHODS, certify
from exactrelu.construction import build, default_construction
from exactrelu.errors import InputError
from exactrelu.field import RATIONALS
from exactrelu.network.layers import layered
from exactrelu.refinement.pieces import lattice_box
from exactrelu.scheme import builtin_schemes

PACE = {"fast": 60_000, "plain": 700}
"""Products of cells and neurons that are expected to be enumerated in a second: on the line and the plane over Q, and
elsewhere."""

FILE = Path(__file__).parents[1] / "docs" / "schemes.md"
"""The page."""

PAGE = """# Schemes beyond the plane and the dilation 2

Any number of coordinates, any diagonal dilation, those with a diagonal power or rational eigenvectors, several
components, masks that vary, a source, numbers of Q(√D): a problem in the format "exactrelu-problem/2" (see [problem
files](problem.md)) is built, evaluated and certified as any other. The built-in ones are here; `exactrelu examples`
says what they are, and `exactrelu certify d4 -n 3` certifies one. The construction is `{construction}` (`one-pass`
for `box_2222`, which is one of the plane): d + 1 classes in R^d, one loop a coordinate, n + 5 layers, and more in
space, where the shapes of a seed have more than two forms; for A^m = J D, with a signed permutation J and a diagonal
matrix D that commute, ⌊n/m⌋ + 5, in a family for each residue of n mod m. The pages on
[schemes](../proofs/schemes.md), [powers](../proofs/powers.md), [eigenvectors](../proofs/eigenvectors.md), [masks that
vary](../proofs/varying-masks.md) and [sources](../proofs/hat-sources.md) have the theorems.

`python benchmarks/schemes.py` makes this page. The seconds are those of one processor core (the median of three runs
below two seconds; what the first finds out about a scheme, the others know), with – where more than {limit:g} were
expected, and where a method is not there or decides nothing.

Measured on: {machine}

| scheme | | n | width | depth | neurons | cells | {methods} |
|---|---|---|---|---|---|---|{rules}
{table}

What an enumeration is done by: the line has an engine of its own, in plain Python; the plane over Q is the compiled
core's, for every dilation; the plane over Q(√D) and space are cut in plain Python, a cell after the other. What has no
network is refused in one line: dilations with neither such a power nor d rational eigenvectors (shears, irrational
rotations), and sources with a dilation that is not diagonal; `exactrelu value` knows them all. By induction are proved
the networks of all schemes but those with a source that is not affine on the simplices of a Kuhn mesh, and a
certificate of that can be written, for one n and for all: `exactrelu certify quincunx_zp -n all --output FILE`.
"""


def seconds_of(problem, n, method, network, expected, limit):
    """Return the seconds that a method takes, None where it decides nothing; ``SystemExit`` for a refutation."""
    if method == METHODS[0] and expected > limit:
        return None
    try:
        verdict, cost = measured(lambda made: certify(problem, n, made, method=method, jobs=1), lambda: network)
    except InputError:
        return None
    if verdict.verdict == "undecided":
        return None
    if verdict.verdict != "certified":
        raise SystemExit(f"{problem.name}, n = {n}, {method}: {verdict.verdict}: {verdict.reason}")
    return cost.processor


def rows(problems, most, limit):
    """Yield the lines of the table as lists of words."""
    for name, problem in problems.items():
        is_fast = problem.dimension == 1 or (problem.dimension == 2 and problem.field == RATIONALS)
        pace = PACE["fast" if is_fast else "plain"]
        what = ", ".join(problem.beyond().values())
        for n in range(1, most + 1):
            network = build(problem, n)
            form = layered(network)
            cells = prod(high - low for low, high in lattice_box(problem, n))
            expected = cells * form.neurons / pace
            found = [seconds_of(problem, n, method, network, expected, limit) for method in METHODS]
            times = ["–" if seconds is None else f"{seconds:.2f}" for seconds in found]
            yield [f"`{name}`", what, *map(str, (n, form.width, form.depth, form.neurons, cells)), *times]


def page(lines, where, limit):
    """Return the text of the page for ``lines``, those of `rows`, measured on the machine ``where``."""
    construction = default_construction(next(iter(builtin_schemes().values())))
    return PAGE.format(
        limit=limit, machine=where, construction=construction, methods=" | ".join(METHODS), rules="---|" * len(METHODS),
        table="\n".join(f"| {' | '.join(line)} |" for line in lines),
    )


def main(words=None):
    """Write the page, and print how long it takes."""
    write_page(
        __file__, words, "built-in schemes", builtin_schemes(), 25, FILE, rows=rows, page=page, shown=" ".join,
    )


if __name__ == "__main__":
    main()
