"""A stack of work that grows as it is done, in this process or in several, with nothing left behind when it is stopped.

A `Lane` is one way to do a job: ``work(context, items, deadline)`` takes a list of items, works until none is left or
the clock (`monotonic_ns`) has passed the deadline, and returns (result, items left over). What is left over goes back
on the lane's stack, so that tasks take about a second whatever they turn into, and no process idles while another has
all the work. Several lanes are a race: they are given the same share of the time, and the first without work ends the
job, so that it takes at most as many times longer than the best way as there are ways.
"""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import Semaphore, parent_process
from time import monotonic_ns
from typing import Any, NamedTuple

from exactrelu.errors import UndecidedError

SLICE = 10**9
"""Nanoseconds after which a task hands back what is left over."""

ALONE = SLICE // 4
"""Nanoseconds that each lane has in this process before others are started: small jobs never start any."""


class Lane(NamedTuple):
    """A module-level function ``work``, what it needs in each process (``context``), and the first items."""

    work: Callable
    context: Any
    items: list


def results(lanes, jobs=None):
    """Yield (number of the lane, result) of one task after the other until a lane has no items left.

    ``jobs`` is the number of processes, None for one on each core that this process may use. Closing the generator, or
    an exception, ends the processes. Raises `UndecidedError` if a process dies.
    """
    jobs = len(os.sched_getaffinity(0)) if jobs is None else jobs
    stacks = [lane.items for lane in lanes]
    length = ALONE
    while all(stacks):
        for number, lane in enumerate(lanes):
            result, stacks[number] = lane.work(lane.context, stacks[number], monotonic_ns() + length)
            yield number, result
            if not stacks[number]:
                return
        if jobs > 1:
            yield from _in_processes(lanes, stacks, jobs)
            return
        length = min(2 * length, SLICE)


def in_time(items, deadline):
    """Take items off the end of a list and yield them: one at least, and more until the deadline has passed."""
    while items:
        yield items.pop()
        if monotonic_ns() >= deadline:
            return


def _in_processes(lanes, stacks, jobs):
    stop = Semaphore(0)
    executor = ProcessPoolExecutor(jobs, initializer=_enter, initargs=([lane[:2] for lane in lanes], stop))
    running, done = {}, False
    try:
        while all(items or number in running.values() for number, items in enumerate(stacks)):
            while any(stacks) and len(running) < 2 * jobs:
                busy = list(running.values())
                number = min((k for k, items in enumerate(stacks) if items), key=busy.count)
                share = -(-len(stacks[number]) // (2 * jobs))
                part, stacks[number] = stacks[number][:share], stacks[number][share:]
                with _interrupts_held():
                    running[executor.submit(_task, number, part)] = number
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                result, left = future.result()
                stacks[number].extend(left)
                yield number, result
        done = True
    except BrokenProcessPool:
        raise UndecidedError("a worker process ended early (out of memory?): run again with fewer --jobs") from None
    finally:
        for _ in range(0 if done and not running else jobs):
            stop.release()  # what has begun is of no use any more
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held():
    """Hold Ctrl-C back: one that comes while Python forks is lost, as exceptions in hooks of a fork are ignored."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_LANES = []


def _enter(lanes, stop):
    """Prepare a worker: it leaves Ctrl-C to the parent, and ends when the parent does or says so."""
    _LANES[:] = lanes
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for wait_for_the_end in (parent_process().join, stop.acquire):
        threading.Thread(target=_leave_after, args=(wait_for_the_end,), daemon=True).start()


def _leave_after(wait_for_the_end):
    wait_for_the_end()
    os._exit(1)


def _task(number, items):
    work, context = _LANES[number]
    return work(context, items, monotonic_ns() + SLICE)
