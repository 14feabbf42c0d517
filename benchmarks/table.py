"""What the benchmarks share: one table, whose rows say what they have to reach, the clocks, and the machine."""

import os
import platform
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

COLUMNS = ("task", "answer", "wall", "processor", "memory", "compared", "to reach")
WIDTHS = (40, 24, 9, 9, 13, 28, 38)

SHORT = 2.0
"""Seconds: what takes less is run three times, and the run of the median time counts."""


class Cost(NamedTuple):
    """Wall-clock and processor seconds, of all processes together, and the memory in words."""

    wall: float
    processor: float
    memory: str = ""


class Bar(NamedTuple):
    """What a row has to reach, in words, and whether it does."""

    text: str
    reached: bool


class Table:
    """A table in Markdown that is printed row by row, and that counts the bars."""

    def __init__(self):
        self.bars, self.missed = 0, []

    def heading(self, title):
        """Print the title of a part and the names of the columns."""
        print(f"\n**{title}**\n", flush=True)
        self._line(COLUMNS)
        print("|" + "|".join("-" * (width + 2) for width in WIDTHS) + "|", flush=True)

    def row(self, task, answer, cost=None, compared="", bars=()):
        """Print one row; ``cost`` is None where nothing was measured."""
        self.bars += len(bars)
        self.missed += [f"{task.strip()}: {bar.text}" for bar in bars if not bar.reached]
        clocks = ("", "", "") if cost is None else (_seconds(cost.wall), _seconds(cost.processor), cost.memory)
        goals = "; ".join(f"{bar.text}: {'reached' if bar.reached else 'MISSED'}" for bar in bars)
        self._line((task, str(answer), *clocks, compared, goals))

    def summary(self):
        """Print how many bars were reached, and which were not."""
        print(f"\n{self.bars - len(self.missed)} of {self.bars} bars reached", flush=True)
        for missed in self.missed:
            print(f"* missed: {missed}", flush=True)

    @staticmethod
    def _line(cells):
        padded = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
        print("| " + " | ".join(padded) + " |", flush=True)


def measured(task, make):
    """Return (result, `Cost`) of ``task(make())``, with the processes that it starts and waits for.

    ``make`` is not measured. A short task is run three times, each time with something new.
    """
    runs = []
    while len(runs) < 3 and (not runs or runs[0][1].wall < SHORT):
        made = make()
        start, processor = time.perf_counter(), _processor_seconds()
        result = task(made)
        runs.append((result, Cost(time.perf_counter() - start, _processor_seconds() - processor)))
    return sorted(runs, key=lambda run: run[1].wall)[len(runs) // 2]


def within(seconds, cost):
    """Return the `Bar` of a time on the wall clock."""
    return Bar(f"<= {seconds} s", cost.wall <= seconds)


def faster(factor, slow, fast):
    """Return the `Bar` of a ratio of two `Cost`."""
    return Bar(f">= {factor} x", slow.wall >= factor * fast.wall)


def ratio(slow, fast):
    """Return in words how many times as long as ``fast`` something took, by the clock on the wall."""
    return f"{slow.wall / fast.wall:.0f} x the time of exactrelu"


def peer(module):
    """Return the module of a peer, None if what it needs is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError:
        return None


def of_tests(module):
    """Return a module of the folder tests/helpers: the tests and the benchmarks use the same networks."""
    folder = str(Path(__file__).resolve().parents[1] / "tests" / "helpers")
    if folder not in sys.path:
        sys.path.append(folder)
    return import_module(module)


def machine():
    """Return the line that says what the table was measured on."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    versions = ", ".join(f"{name} {_version(name)}" for name in ("gmpy2", "numpy", "z3-solver", "relucent"))
    return f"{_model()}, {cores} cores, load {load:.1f} at the start; Python {platform.python_version()}, {versions}"


def _seconds(seconds):
    return f"{seconds:.3f} s" if seconds < 10 else f"{seconds:.1f} s"


def _processor_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except FileNotFoundError:  # not Linux
        names = []
    return names[0] if names else platform.machine()


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
