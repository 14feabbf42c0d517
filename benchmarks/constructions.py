"""All constructions side by side, for every built-in problem of the plane: the page docs/constructions.md.

    python benchmarks/constructions.py [--to N] [--seconds S] [--output FILE] [NAME …]

Some ten minutes on one core; the page is written when all of it is known. Width, depth, neurons and the largest weight
are counted for all networks; certified by enumeration, in one process, are those that are expected to take at most S
seconds.
"""

from math import prod
from pathlib import Path
from typing import NamedTuple

from pages import write_page
from table import measured

from exactrelu.certification.enumeration import certify
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.network.layers import layered
from exactrelu.scheme import builtin_problems

REFERENCE = "one-pass"
"""The construction that the others are compared with."""

SHORTEST = 0.2
"""Seconds: below, a ratio of times says more about starting than about certifying."""

GROWTH = 5
"""How many times as long as for n it is expected to take for n + 1."""

PACE = 40_000
"""Products of cells and neurons that are expected to be certified in a second, where nothing has been measured."""

UNITS = ("seconds", "bits", "width", "depth", "neurons")
"""What is compared, in the order of `Row`."""

SLOWER, LONGER = 1.5, 2
"""`small` becomes the default if it takes at most so many times as long to certify as `REFERENCE`, in every row, and
its largest weight has at most so many times as many bits."""

FILE = Path(__file__).parents[1] / "docs" / "constructions.md"
"""The page."""

PAGE = """# The constructions side by side

`python benchmarks/constructions.py` makes this page: every built-in problem of the plane with every construction. A
cell has the seconds of one processor core that `certify` takes by enumeration (the median of three runs where one takes
less than two seconds; – where more than {limit:g} seconds were expected), the bits of the largest weight, width, depth
and neurons.

Measured on: {machine}

{rule}

{narrowest}

{table}

Ratios to `{reference}`: least, median and largest, and where it is the largest. Times below {shortest} s are left out.

{ratios}

## How narrow `small` is

`bilinear` has 77 units in a layer from n = 2 on, at depth n + 5. A stage has 61 units that use what the classes
carry, 9 + 26 + 26; 5 for each loop; 3 that take the offsets of x away and 3 for those of both coordinates. The start
has 73, three for each of 22 cells and 7 for the loops; all other layers have 46 at most.

**From below.** Let one layer do what a stage does: for all X of an open set and all x and y on good orbits it takes X
and the loops to A_q X and the loops at the next level, with the digits q of each class. Then at least **47** units
use X, whatever the bases and the weights are. Take an X and four points (x, y), (x + ½, y), (x, y + ½), (x + ½, y +
½) where no unit bends and all digits differ. At each of them the derivative by X is the block matrix of the A_q, and
the sum of u w over the units that are open, w and u being the weights of X in the unit and of the unit in the next X.
The input of a unit is a function of x plus one of y, so that it is open at one of 13 sets S of these points, not at
two opposite ones alone. Hence for any four weights c the rank of Σ c A_q is at most the number of units with a sum of
c over S that is not zero. With ranks that are counted exactly, eleven of these inequalities, taken 2, 1, 2, 5, 4, 4,
4, 1, 3, 3 and 4 times, count no set more than 18 times and add up to 18 · 47:
`tests/unit/construction/test_small_bound.py`. (For classes one by one the bounds are 7, 21 and 21.) In addition the
loop of x, a triangle, has to bend at the middles of its three sides. Let y stay on one side of its own triangle. For
almost all X, and y there, no unit bends in these points whose input changes with X or y, and the input of any other
one vanishes at two points of the triangle of x at most, or along a side: at least two more units. So no stage of this
kind has fewer than **49**. Nothing is said of other slots and loops, or of what else might be carried.

**What was tried**, and not built. (1) Other sets of digits for each row: for the class (0, 0) a numerical search
finds 9 rows at once and no 8 in 3,000 starts. (2) Slots that alternate, (0, ⅓), (⅓, 0), (⅔, ⅔): 58 rows instead of
61. (3) Seeds whose kinks lie on grid lines may tell the side of a kink by the loop: 57 rows; of 18 built-in problems
this helps `bilinear`, `courant`, `courant_anti`, `shifted` and `ring`, and the start has 73 units all the same. (4)
To carry such a kink cut off, so that no stage has to close it: 53 rows, counted on paper, and more units at the
start. (5) Thresholds of x that add up to zero: one offset less, on paper. A width below 70 at this depth needs (4),
or (2), (3) and (5) together, and a narrower start.
"""


class Row(NamedTuple):
    """What is known of one network; ``seconds`` is None if it was not certified here."""

    seconds: float | None
    bits: int
    width: int
    depth: int
    neurons: int


def row(problem, n, name, before, limit):
    """Return the `Row` of one construction, given that of n − 1 or None; ``SystemExit`` if it is not certified."""
    network = build(problem, n, name)
    form = layered(network)
    expected = prod(problem.size) * 4**n * form.neurons / PACE if before is None else GROWTH * (before.seconds or limit)
    seconds = None
    if expected <= limit:
        verdict, cost = measured(lambda made: certify(problem, n, made, jobs=1), lambda: build(problem, n, name))
        if verdict.verdict != "certified":
            raise SystemExit(f"{name}, {problem.name}, n = {n}: {verdict.verdict}")
        seconds = cost.processor
    weight = form.largest_weight
    return Row(seconds, (-(-weight.numerator // weight.denominator)).bit_length(), form.width, form.depth, form.neurons)


def rows(problems, most, limit):
    """Yield (problem name, n, {construction: `Row`})."""
    for name, problem in problems.items():
        found = {}
        for n in range(1, most + 1):
            found = {
                construction: row(problem, n, construction, found.get(construction), limit)
                for construction in CONSTRUCTIONS
            }
            yield name, n, found


def cell(part):
    """Return the cell of the table for a `Row`."""
    return ", ".join(["–" if part.seconds is None else f"{part.seconds:.2f}", *map(str, part[1:])])


def ratios(lines, construction, unit):
    """Return [(ratio to the reference, problem and n)] of one construction, in order."""
    found, place = [], UNITS.index(unit)
    for name, n, parts in lines:
        value, against = parts[construction][place], parts[REFERENCE][place]
        is_short = unit == "seconds" and max(value or 0, against or 0) < SHORTEST
        if value is not None and against and not is_short:
            found.append((value / against, f"`{name}`, n = {n}"))
    return sorted(found)


def extremes(lines):
    """Return the lines of a table of ratios to the reference: least, median and largest of each construction."""
    found = [f"| | {' | '.join(UNITS)} |", f"|---|{'---|' * len(UNITS)}"]
    for construction in CONSTRUCTIONS:
        if construction != REFERENCE:
            cells = [summary(ratios(lines, construction, unit)) for unit in UNITS]
            found.append(f"| `{construction}` | {' | '.join(cells)} |")
    return found


def summary(values):
    """Return the least, median and largest of sorted pairs (ratio, where), and where it is the largest."""
    if not values:
        return "–"
    (least, _), (middle, _), (largest, where) = values[0], values[len(values) // 2], values[-1]
    return f"{least:.2f}, {middle:.2f}, {largest:.2f} ({where})"


def rule(lines):
    """Return the paragraph on whether `small` may become the default."""
    times, bits = (ratios(lines, "small", unit) for unit in ("seconds", "bits"))
    slow, long = sum(ratio > SLOWER for ratio, _ in times), sum(ratio > LONGER for ratio, _ in bits)
    is_kept = slow or long or not times
    outcome = f"`{REFERENCE}` stays the default" if is_kept else "it may become the default"
    return (
        f"The default is what is fastest to certify. `small` takes its place if certifying takes at most {SLOWER} "
        f"times as long in every row and the largest weight has at most {LONGER} times as many bits. It takes longer "
        f"in {slow} of the {len(times)} rows in which both were certified and one takes at least {SHORTEST} s, and has "
        f"more bits in {long} of {len(bits)}: {outcome}."
    )


def narrowest(lines):
    """Return the paragraph on which construction is alone the narrowest in how many rows."""
    count = dict.fromkeys(CONSTRUCTIONS, 0)
    for _, _, parts in lines:
        least = min(part.width for part in parts.values())
        best = [name for name, part in parts.items() if part.width == least]
        if len(best) == 1:
            count[best[0]] += 1
    words = ", ".join(f"`{name}` in {times}" for name, times in count.items())
    return (
        f"How often each is alone the narrowest, in {len(lines)} rows: {words}. `compact` stays as long as no other "
        "construction is as narrow where it is the narrowest; `paper` stays because it is the theorem's own."
    )


def page(lines, where, limit):
    """Return the text of the page for ``lines``, those of `rows`, measured on the machine ``where``."""
    table = [f"| problem | n | {' | '.join(CONSTRUCTIONS)} |", f"|---|---|{'---|' * len(CONSTRUCTIONS)}"]
    for name, n, found in lines:
        table.append(f"| `{name}` | {n} | {' | '.join(cell(found[each]) for each in CONSTRUCTIONS)} |")
    return PAGE.format(
        limit=limit, machine=where, rule=rule(lines), narrowest=narrowest(lines), table="\n".join(table),
        reference=REFERENCE, shortest=SHORTEST, ratios="\n".join(extremes(lines)),
    )


def main(words=None):
    """Write the page, and print how long it takes."""
    write_page(
        __file__, words, "built-in problems of the plane", builtin_problems(), 6, FILE,
        rows=rows, page=page, shown=lambda line: f"{line[0]}, n = {line[1]}",
    )


if __name__ == "__main__":
    main()
