"""The pool of processes: all work is done once, and nothing goes on when nobody wants it any more."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exactrelu.errors import UndecidedError
from exactrelu.planar import pool
from exactrelu.planar.pool import Lane, results

ROOT = str(Path(__file__).resolve().parent.parent)


@pytest.fixture(autouse=True)
def processes_at_once(monkeypatch):
    """Others than this process are started without delay."""
    monkeypatch.setattr(pool, "ALONE", 0)


def squares(factor, items, _):
    """Square one item at a time; an even item above ten hands back its half."""
    item = items.pop()
    return factor * item**2, [*items, item // 2] if item > 10 and item % 2 == 0 else items


def sleeping(_, items, __):
    """Do items 0 and 1 at once; sleep for very long on the others."""
    if items[-1] > 1:
        time.sleep(3600)
    return items.pop(), items


def dying(_, items, __):
    """End the process."""
    if items[-1] > 0:
        os._exit(7)
    return items.pop(), items


def test_every_item_and_what_it_turns_into_is_done_once():
    """The results are those of all items, in some order, with those that were handed back."""
    found = sorted(result for _, result in results([Lane(squares, 3, list(range(16)))], jobs=2))
    assert found == sorted(3 * item**2 for item in [*range(16), 6, 7])


def test_closing_ends_the_processes_at_once():
    """A generator that is closed, as by Ctrl-C, does not wait for tasks that have begun."""
    found = results([Lane(sleeping, None, [1, 2, 3, 0])], jobs=2)
    start = time.monotonic()
    assert [next(found)[1], next(found)[1]] == [0, 1]
    found.close()
    assert time.monotonic() - start < 60


def test_a_process_that_dies_leaves_the_job_undecided():
    """A worker that is killed is an `UndecidedError` that says what to do."""
    with pytest.raises(UndecidedError, match="fewer --jobs"):
        list(results([Lane(dying, None, [1, 1, 0])], jobs=2))


INTERRUPTED = """
import os, signal, time
from exactrelu.planar import pool

def sleeping(_, items, __):
    time.sleep(3600 if items[-1] else 0)
    return items.pop(), items

pool.ALONE = 0
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    print(list(pool.results([pool.Lane(sleeping, None, [1, 1, 0])], jobs=2)))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_while_a_process_is_started_is_not_lost():
    """Python ignores exceptions in hooks of a fork, also the one that stands for Ctrl-C."""
    command = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": ROOT})
    assert (done.stdout, done.returncode) == ("interrupted\n", 0)
