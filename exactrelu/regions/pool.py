"""A stack of work that grows as it is done, in this process or in several, with nothing left behind when it is stopped.

`work(context, items, deadline)` takes a list of items, works until none is left or the clock (`monotonic_ns`) passes
the deadline, and returns (result, items left over). What is left over goes back on the stack, so that tasks take about
a second whatever they turn into, and no process idles while another has all the work.
"""

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from time import monotonic_ns

from exactrelu.errors import UndecidedError

SLICE = 10**9
"""Nanoseconds after which a task hands back what is left over."""

ALONE = SLICE // 4
"""Nanoseconds of work done before other processes are started: small jobs never start any."""


def results(work, context, items, jobs=None):
    """Yield the result of one task after the other until no items are left.

    ``jobs`` is the number of processes, None for one on each core that this process may use. ``context`` is sent to
    each process once. Closing the generator, or an exception, cancels what has not begun and waits for what has.
    Raises `UndecidedError` if a process dies.
    """
    jobs = len(os.sched_getaffinity(0)) if jobs is None else jobs
    slice_length = SLICE if jobs == 1 else ALONE
    while items:
        result, items = work(context, items, monotonic_ns() + slice_length)
        yield result
        if jobs > 1 and items:
            yield from _in_processes(work, context, items, jobs)
            return


def _in_processes(work, context, items, jobs):
    executor = ProcessPoolExecutor(jobs, initializer=_enter, initargs=(work, context))
    running = set()
    try:
        while items or running:
            share = -(-len(items) // (2 * jobs))
            while items and len(running) < 2 * jobs:
                part, items = items[:share], items[share:]
                running.add(executor.submit(_task, part))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                result, left = future.result()
                items.extend(left)
                yield result
    except BrokenProcessPool:
        raise UndecidedError("a worker process ended early (out of memory?): run again with fewer --jobs") from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


_WORK = None


def _enter(work, context):
    """Prepare a worker: it leaves Ctrl-C to the parent, and ends when the parent does."""
    global _WORK
    _WORK = (work, context)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent_process(),), daemon=True).start()


def _leave_with(parent):
    parent.join()
    os._exit(1)


def _task(items):
    work, context = _WORK
    return work(context, items, monotonic_ns() + SLICE)
