"""All constructions side by side, for every built-in problem of the plane: the page docs/constructions.md.

    python benchmarks/constructions.py [--to N] [--seconds S] [NAME …] > docs/constructions.md

Some ten minutes on one core. Width, depth, neurons and the largest weight are counted for all networks; certified by
enumeration, in one process, are those that are expected to take at most S seconds.
"""

import argparse
import sys
from math import prod
from typing import NamedTuple

from table import machine, measured

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

PAGE = """# The constructions side by side

`python benchmarks/constructions.py > docs/constructions.md` makes this page: every built-in problem of the plane with
every construction. A cell has the seconds of one processor core that `certify` takes by enumeration (the median of
three runs where one takes less than two seconds; – where more than {limit} seconds were expected), the bits of the
largest weight, width, depth and neurons.

Measured on: {machine}
"""


class Row(NamedTuple):
    """What is known of one network; ``seconds`` is None if it was not certified here."""

    seconds: float | None
    bits: int
    width: int
    depth: int
    neurons: int


def row(problem, n, name, before, limit):
    """Return the `Row` of one construction, given that of n − 1 or None; raises ``SystemExit`` if it is not certified."""
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
            cells = []
            for unit in UNITS:
                values = ratios(lines, construction, unit)
                (least, _), (middle, _), (largest, where) = values[0], values[len(values) // 2], values[-1]
                cells.append(f"{least:.2f}, {middle:.2f}, {largest:.2f} ({where})")
            found.append(f"| `{construction}` | {' | '.join(cells)} |")
    return found


def main():
    """Print the page."""
    parser = argparse.ArgumentParser(prog="python benchmarks/constructions.py", description=__doc__.splitlines()[0])
    parser.add_argument("names", metavar="NAME", nargs="*", help="built-in problems (default: all of the plane)")
    parser.add_argument("--to", type=int, default=3, metavar="N", help="the largest n (default 3)")
    parser.add_argument("--seconds", type=float, default=6, metavar="S", help="what certifying may take (default 6)")
    options = parser.parse_args()
    problems = {name: problem for name, problem in builtin_problems().items() if name in (options.names or [name])}
    print(PAGE.format(machine=machine(), limit=f"{options.seconds:g}"), flush=True)
    print(f"| problem | n | {' | '.join(CONSTRUCTIONS)} |\n|---|---|{'---|' * len(CONSTRUCTIONS)}", flush=True)
    lines = []
    for name, n, found in rows(problems, options.to, options.seconds):
        lines.append((name, n, found))
        print(f"| `{name}` | {n} | {' | '.join(map(cell, found.values()))} |", flush=True)
        print(f"{name}, n = {n}", file=sys.stderr)
    print(f"\nRatios to `{REFERENCE}`: least, median and largest, and where it is the largest.\n")
    print("\n".join(extremes(lines)))


if __name__ == "__main__":
    main()
