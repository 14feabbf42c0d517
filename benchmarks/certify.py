"""Certification by enumeration, measured: `exactrelu certify` in processes of its own, for growing n.

The problems bilinear (window 2 x 2), loop (4 x 4) and butterfly (6 x 6), with the Courant hat, construction one-pass,
and bilinear with the construction small.
"""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from blocks import part_of
from processes import answered
from table import Bar, Cost, within

PROBLEMS = (
    # name, the n that are measured, those that are with --long, {n: seconds to reach}
    ("bilinear", (2, 3, 4, 5, 6), (7, 8, 9), {6: 15, 8: 240}),
    ("loop", (3,), (), {3: 2}),
    ("butterfly", (3,), (), {3: 6}),
)

SMALL = ("bilinear", 6, 15)
"""What is certified with the construction small: problem, n, and seconds to reach."""

BLOCKS = ("bilinear", (6, 8, 10), 16)
"""What is measured on blocks drawn at random: problem, the n, and how many blocks of 256 cells."""

SAME = 1.25
"""The most that the time of a piece may grow from the first of these n to the last."""

DECIMALS = 3
"""The most times that the mask of D4 in six decimals may take the time of the dyadic mask of its shape."""

GROWTH = 4.5
"""The most that time may grow from n to n + 1."""

MEMORY = 4096
"""MB that all processes together may take."""

FLAT = 1.25
"""The most that the memory of a worker may grow from the last n but one to the last, which has four times the cells."""


def certified(name, n, jobs, construction="one-pass"):
    """Return (answer, usage) of ``exactrelu certify NAME -n N --construction CONSTRUCTION``."""
    words = "certify", name, "-n", n, "--construction", construction
    return answered(*words, *([] if jobs is None else ["--jobs", jobs]))


def certifications(table, jobs, long=False):
    """Print a row for each problem and n, with the growth from one n to the next, and the rows of D4."""
    table.heading("exactrelu certify, by enumeration; memory of the parent + of the largest worker")
    for name, levels, more, limits in PROBLEMS:
        costs, workers = {}, {}
        for n in (*levels, *(more if long else ())):
            costs[n], workers[n] = row(table, f"certify {name} -n {n}", limits.get(n), jobs, *certified(name, n, jobs))
        for n in list(costs)[1:]:
            growth, work = (costs[n][clock] / costs[n - 1][clock] for clock in (0, 1))
            bars = [Bar(f"<= {GROWTH} x", growth <= GROWTH)]
            words = f"{growth:.2f} x", None, f"{work:.2f} x the processor time"
            table.row(f"  time, n = {n} to n = {n - 1}", *words, bars)
        last = max(workers)
        if workers.get(last - 1) and workers[last]:
            growth = workers[last] / workers[last - 1]
            bars = [Bar(f"<= {FLAT} x", growth <= FLAT)]
            table.row(f"  memory of a worker, n = {last} to n = {last - 1}", f"{growth:.2f} x", bars=bars)
    name, n, limit = SMALL
    row(table, f"certify {name} -n {n}, small", limit, jobs, *certified(name, n, jobs, "small"))
    parts(table)
    decimals(table, jobs)


def parts(table):
    """Print rows for a few blocks of large n, one process each: the time of a piece and the memory."""
    name, levels, count = BLOCKS
    times = []
    for n in levels:
        part = part_of(name, n, count)
        times.append(part.processor / part.pieces)
        cost = Cost(part.wall, part.processor, f"{part.memory:.0f} MB")
        words = f"{1e6 * times[-1]:.1f} microseconds a piece"
        table.row(f"{count} blocks of {name} -n {n}", f"{part.cells} / {part.pieces}", cost, words)
    growth = times[-1] / times[0]
    bars = [Bar(f"<= {SAME} x", growth <= SAME)]
    table.row(f"  time of a piece, n = {levels[-1]} to n = {levels[0]}", f"{growth:.2f} x", bars=bars)


def row(table, task, limit, jobs, data, usage):
    """Print the row of a certification; return (its `Cost`, the memory of its largest worker)."""
    cost = Cost(data["seconds"], usage["processor"], memory_in_words(usage))
    bars = [] if limit is None else [within(limit, cost), total_bar(usage, jobs)]
    compared = f"{data['pieces'] / cost.processor:.0f} pieces/s on a core"
    table.row(task, f"{data['cells']} / {data['pieces']}", cost, compared, bars)
    return cost, usage["worker"]


def decimals(table, jobs):
    """Print the rows of the mask of D4, rounded to multiples of 1/4096 and to six decimals, for n = 2."""
    costs = []
    with TemporaryDirectory() as folder:
        for words, scale in (("k/4096", 4096), ("six decimals", 10**6)):
            path = Path(folder, f"{scale}.json")
            path.write_text(json.dumps(daubechies(scale)), encoding="utf-8")
            data, usage = certified(path, 2, jobs)
            costs.append(Cost(data["seconds"], usage["processor"], memory_in_words(usage)))
            bars = [Bar(f"<= {DECIMALS} x", costs[-1].wall <= DECIMALS * costs[0].wall)]
            answer = f"{data['cells']} / {data['pieces']}"
            table.row(f"certify D4 in {words} -n 2", answer, costs[-1], bars=bars if len(costs) > 1 else ())


def daubechies(scale):
    """Return the problem of the tensor product of D4 with itself, its coefficients rounded to k/``scale``."""
    root = 3**0.5
    line = [(1 + root) / 4, (3 + root) / 4, (3 - root) / 4, (1 - root) / 4]
    mask = {f"{i},{j}": f"{round(p * q * scale)}/{scale}" for i, p in enumerate(line) for j, q in enumerate(line)}
    return {"format": "exactrelu-problem/1", "name": "D4", "mask": mask, "window": [4, 4], "seed": "courant"}


def memory_in_words(usage):
    """Return the memory of the parent and of the largest worker."""
    worker = "?" if usage["worker"] is None else f"{usage['worker']:.0f}"
    return f"{usage['parent']:.0f} + {worker} MB"


def total_bar(usage, jobs):
    """Return the `Bar` of the memory of the parent and of all workers, each taken as large as the largest."""
    workers = jobs or len(os.sched_getaffinity(0))
    total = usage["parent"] + workers * (usage["worker"] or 0)
    return Bar(f"<= {MEMORY // 1024} GB", total <= MEMORY)
