"""Certification by enumeration, measured: `exactrelu certify` in processes of its own, for growing n.

The problems bilinear (window 2 x 2), loop (4 x 4) and butterfly (6 x 6), with the Courant hat, construction one-pass.
"""

import os

from processes import answered
from table import Bar, Cost, within

PROBLEMS = (
    # name, the n that are measured, {n: seconds to reach}
    ("bilinear", (2, 3, 4, 5, 6), {5: 60, 6: 300}),
    ("loop", (3,), {3: 300}),
    ("butterfly", (3,), {3: 300}),
)

GROWTH = 4.5
"""The most that time may grow from n to n + 1."""

MEMORY = 4096
"""MB that all processes together may take."""

FLAT = 1.25
"""The most that the memory of a worker may grow from the last n but one to the last, which has four times the cells."""


def certified(name, n, jobs):
    """Return (answer, usage) of ``exactrelu certify NAME -n N``."""
    return answered("certify", name, "-n", n, *([] if jobs is None else ["--jobs", jobs]))


def certifications(table, jobs):
    """Print a row for each problem and n, with the growth from one n to the next."""
    table.heading("exactrelu certify, by enumeration; memory of the parent + of the largest worker")
    for name, levels, limits in PROBLEMS:
        costs, workers = {}, {}
        for n in levels:
            data, usage = certified(name, n, jobs)
            cost = Cost(data["seconds"], usage["processor"], memory_in_words(usage))
            costs[n], workers[n] = cost, usage["worker"]
            bars = [within(limits[n], cost), total_bar(usage, jobs)] if n in limits else []
            compared = f"{data['pieces'] / cost.processor:.0f} pieces/s on a core"
            table.row(f"certify {name} -n {n}", f"{data['cells']} / {data['pieces']}", cost, compared, bars)
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


def memory_in_words(usage):
    """Return the memory of the parent and of the largest worker."""
    worker = "?" if usage["worker"] is None else f"{usage['worker']:.0f}"
    return f"{usage['parent']:.0f} + {worker} MB"


def total_bar(usage, jobs):
    """Return the `Bar` of the memory of the parent and of all workers, each taken as large as the largest."""
    workers = jobs or len(os.sched_getaffinity(0))
    total = usage["parent"] + workers * (usage["worker"] or 0)
    return Bar(f"<= {MEMORY // 1024} GB", total <= MEMORY)
