"""Certification by induction, measured: `exactrelu certify --method induction` in processes of its own.

    python benchmarks/induction.py [--long]

All seconds are of the whole command: building, layering, the proof and its text. --long adds the construction paper on
larger windows, and every problem for all n.
"""

import argparse

from processes import answered
from table import Bar, Cost, Table, machine

LEVELS = {100: 5, 1000: 60, 2000: None}
"""The n for the problem bilinear, with the processor seconds to reach."""

MEMORY = 4096
"""MB that a command may take."""

GROWTH = 2.5
"""The most that time may grow from n = 1000 to n = 2000."""

EVERY = 60
"""The processor seconds for any problem with n = 100."""

PAPER = ("bicubic", "loop", "dd4")
"""Problems with windows of 16 and 36 patches, n = 3."""


def proved(name, n, construction):
    """Return (answer, `Cost`, MB) of a proof by induction; ends the program if there is none."""
    data, usage = answered("certify", name, "-n", n, "--method", "induction", "--construction", construction)
    return data, Cost(data["seconds"], usage["processor"], f"{usage['parent']:.0f} MB"), usage["parent"]


def proof_row(table, name, n, construction, limit=None):
    """Print the row of one proof, which has to end within ``limit`` processor seconds; return its `Cost`."""
    data, cost, memory = proved(name, n, construction)
    bars = [] if limit is None else [
        Bar(f"<= {limit} s of processor", cost.processor <= limit), Bar(f"<= {MEMORY} MB", memory <= MEMORY)
    ]
    answer = f"{len(data['proof']['facts'])} facts, {data['pieces']} pieces"
    neurons = "" if data["neurons"] is None else f"{data['neurons']} neurons"
    table.row(f"{construction} {name} -n {n}", answer, cost, neurons, bars)
    return cost


def levels(table):
    """Print rows for growing n, with the growth of the time."""
    table.heading("exactrelu certify --method induction, bilinear; memory of the process")
    for construction in ("one-pass", "compact", "paper"):
        costs = {n: proof_row(table, "bilinear", n, construction, limit) for n, limit in LEVELS.items()}
        growth = costs[2000].processor / costs[1000].processor
        bars = [Bar(f"<= {GROWTH} x", growth <= GROWTH)]
        table.row("  processor, n = 2000 to n = 1000", f"{growth:.2f} x", bars=bars)


def problems(table, names):
    """Print rows for every built-in problem with n = 100."""
    table.heading("exactrelu certify -n 100 --method induction, every problem")
    for construction in ("one-pass", "compact"):
        for name in names:
            proof_row(table, name, 100, construction, EVERY)


def theorems(table, names):
    """Print rows for the proof for all n."""
    table.heading("exactrelu certify -n all")
    for construction in ("one-pass", "compact", "paper"):
        for name in ("bilinear",) if construction == "paper" else names:
            proof_row(table, name, "all", construction)


def main():
    """Print the table."""
    from exactrelu.scheme import builtin_problems

    parser = argparse.ArgumentParser(prog="python benchmarks/induction.py", description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="with paper on larger windows, and all problems for all n")
    options = parser.parse_args()
    table = Table()
    print(machine(), flush=True)
    levels(table)
    problems(table, builtin_problems())
    theorems(table, builtin_problems() if options.long else ("bilinear", "butterfly"))
    if options.long:
        table.heading("paper on larger windows")
        for name in PAPER:
            proof_row(table, name, 3, "paper")
    table.summary()


if __name__ == "__main__":
    main()
