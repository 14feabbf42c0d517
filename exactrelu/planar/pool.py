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
import traceback
from collections.abc import Callable
from multiprocessing import Pipe, Process, parent_process
from multiprocessing.connection import wait
from time import monotonic_ns
from typing import Any, NamedTuple

from exactrelu.errors import UndecidedError
from exactrelu.field import integer
from exactrelu.interrupts import SIGNALS, held

SLICE = 10**9
"""Nanoseconds after which a task hands back what is left over."""

ALONE = SLICE // 4
"""Nanoseconds that each lane has in this process before others are started: small jobs never start any."""


class Lane(NamedTuple):
    """A module-level function ``work``, what it needs in each process (``context``), and the first items."""

    work: Callable
    context: Any
    items: list


def results(lanes, jobs=None, are_long=False):
    """Yield (number of the lane, result) of one task after the other until a lane has no items left.

    The last of them is one of a lane that is done, all results of which have come then; those of others are parts.
    ``jobs`` is the number of processes, None for one on each core that this process may use; if the items ``are_long``,
    none of them is tried in this process first. Closing the generator, or an exception, ends the processes. Raises
    `UndecidedError` if a process dies.
    """
    jobs = len(os.sched_getaffinity(0)) if jobs is None else integer(jobs, "jobs", 1)
    stacks = [lane.items for lane in lanes]
    length = ALONE
    while all(stacks):
        for number, lane in enumerate(lanes if jobs == 1 or not are_long else ()):
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
    workers = []
    try:
        _hand_out(lanes, stacks, workers, jobs)
        done = set()
        while not done:
            ready = wait([worker.connection for worker in workers if worker.lane is not None])
            found = []
            for worker in workers:
                if worker.connection in ready:
                    number, result, left = worker.received()
                    stacks[number].extend(left)
                    found.append((number, result))
            _hand_out(lanes, stacks, workers, jobs)
            busy = {worker.lane for worker in workers}
            done = {number for number, items in enumerate(stacks) if not items} - busy
            yield from sorted(found, key=lambda entry: entry[0] in done)
    finally:
        with held():
            for worker in workers:
                worker.process.kill()
            for worker in workers:
                worker.process.join()
                worker.connection.close()


def _hand_out(lanes, stacks, workers, jobs):
    """Give every worker without a task some items of the lane that has the fewest workers; start up to ``jobs``."""
    while any(stacks):
        worker = next((worker for worker in workers if worker.lane is None), None)
        if worker is None and len(workers) == jobs:
            return
        if worker is None:
            with held():  # also while Python forks: it ignores exceptions in hooks of a fork, and so loses an interrupt
                worker = _Worker(lanes)
                workers.append(worker)
        busy = [worker.lane for worker in workers]
        number = min((k for k, items in enumerate(stacks) if items), key=busy.count)
        share = -(-len(stacks[number]) // (2 * jobs))
        part, stacks[number] = stacks[number][:share], stacks[number][share:]
        worker.give(number, part)


class _Worker:
    """A process, the ``connection`` to it, and the number of the ``lane`` it works on, None when it has no task.

    Each has a pipe of its own, so that one that is killed in the middle of a message is nobody else's concern.
    """

    def __init__(self, lanes):
        self.lane = None
        self.connection, there = Pipe()
        self.process = Process(target=_serve, args=(there, [lane[:2] for lane in lanes]), daemon=True)
        self.process.start()
        there.close()

    def give(self, number, items):
        """Send a task."""
        self.lane = number
        try:
            self.connection.send((number, items))
        except OSError:
            raise self._ended() from None

    def received(self):
        """Return (number of the lane, result, items left over), or raise what the task raised."""
        number, self.lane = self.lane, None
        try:
            result, left, error = self.connection.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if error is not None:
            raise error
        return number, result, left

    def _ended(self):
        self.process.join()
        if self.process.exitcode == -signal.SIGTERM:
            return UndecidedError("a worker process was ended by SIGTERM, nothing was decided")
        return UndecidedError("a worker process ended early (out of memory?): run again with fewer --jobs")


def _serve(connection, lanes):
    """Work on the tasks that come: what a worker does until it is killed, or until its parent has ended.

    It leaves Ctrl-C, and a terminal that hangs up, to the parent.
    """
    for number, action in zip(SIGNALS, (signal.SIG_IGN, signal.SIG_DFL, signal.SIG_IGN), strict=True):
        signal.signal(number, action)
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    while True:
        number, items = connection.recv()
        work, context = lanes[number]
        try:
            answer = (*work(context, items, monotonic_ns() + SLICE), None)
        except Exception as error:
            error.add_note(f"In a worker process:\n{traceback.format_exc()}")
            answer = (None, None, error)
        connection.send(answer)


def _leave_with_the_parent():
    parent_process().join()
    os._exit(1)
