"""A part of a certification by enumeration: blocks of cells drawn at random, in a process of its own, for large n."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from time import perf_counter, process_time
from typing import NamedTuple

from observed import peak

from exactrelu.certification.enumeration import (
    compare_compiled, compare_plain, prepared, prepared_cores, targets_on,
)
from exactrelu.certification.shards import OUTSIDE, SHARD, Task, block_size, shards
from exactrelu.construction import build
from exactrelu.scheme import load_problem


class Part(NamedTuple):
    """How many ``cells`` and ``pieces`` were compared, the seconds that took, and the peak ``memory`` in MB."""

    cells: int
    pieces: int
    wall: float
    processor: float
    memory: float


def part_of(name, n, count):
    """Return the `Part` of so many whole blocks of V^n g, with `one-pass`.

    Before the clock starts the network is prepared, and one more block compared, with the variants of the network that
    it needs: what a worker does once is no time of a piece.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(compared, name, n, count).result()


def compared(name, n, count):
    """Return the same, in this process; ``SystemExit`` if network and V^n g differ somewhere."""
    problem = load_problem(name)
    task = Task(problem, n, build(problem, n, "one-pass").flatten())
    whole = [block for block in shards(problem, n) if block != OUTSIDE and block_size(block) == SHARD**2]
    first, *blocks = Random(n).sample(whole, 1 + count)
    pieces_on(task, first)
    start, processor = perf_counter(), process_time()
    pieces = sum(pieces_on(task, block) for block in blocks)
    return Part(sum(map(block_size, blocks)), pieces, perf_counter() - start, process_time() - processor, peak())


def pieces_on(task, block):
    """Return how many pieces of a block were compared; ``SystemExit`` if there is a difference."""
    bisections, cores, targets = prepared(task.network), prepared_cores(task.network), targets_on(task, block)
    if any(cores):
        found, point, _ = compare_compiled(task, bisections, cores, targets)
    else:
        found, point, _ = compare_plain(task, bisections, targets)
    if point is not None:
        raise SystemExit(f"{task.problem.name}, n = {task.n}: the network is wrong at {point}")
    return found
