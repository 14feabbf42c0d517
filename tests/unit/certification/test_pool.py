"""The pool of processes: all work is done once, and nothing goes on when nobody wants it any more."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest
from folders import ROOT

from exactrelu.errors import UndecidedError
from exactrelu.planar import pool
from exactrelu.planar.pool import Lane, results

HOME = str(ROOT)


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


def one_of_two(_, items, __):
    """Do the last item; a lane with the items 0 and 1 has more to do then."""
    return items.pop(), items


@pytest.mark.parametrize("lanes", [([0], [0, 1]), ([0, 1], [0])])
def test_the_last_result_is_of_a_lane_that_is_done(monkeypatch, lanes):
    """Where results of a finished lane and of another one come together, the finished lane's is the last."""
    monkeypatch.setattr(pool, "wait", lambda connections: [each for each in connections if each.poll(None)])
    found = list(results([Lane(one_of_two, None, list(items)) for items in lanes], jobs=2, are_long=True))
    assert len(found) == 2 and len(lanes[found[-1][0]]) == 1


def test_closing_ends_the_processes_at_once():
    """A generator that is closed, as by Ctrl-C, does not wait for tasks that have begun."""
    found = results([Lane(sleeping, None, [1, 2, 3, 0])], jobs=2)
    start = time.monotonic()
    assert [next(found)[1], next(found)[1]] == [0, 1]
    found.close()
    assert time.monotonic() - start < 60


def long_message(_, items, __):
    """Return a result that is longer than a pipe holds; the first one at once, the others a little later."""
    return (items.pop(), b"x" * 10**7), items


def test_a_process_is_ended_in_the_middle_of_a_message():
    """A worker whose result nobody takes any more does not keep others waiting."""
    found = results([Lane(long_message, None, [1, 2, 3, 4])], jobs=2)
    assert next(found)[1][0] == 4  # in this process; the others are started now
    next(found)
    found.close()
    assert not multiprocessing.active_children()


def terminated(_, items, __):
    """End the process by SIGTERM, as ``kill`` does."""
    if items[-1] > 0:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(3600)
    return items.pop(), items


def test_a_process_that_is_terminated_leaves_the_job_undecided():
    """A worker that is ended by SIGTERM is an `UndecidedError` that says so."""
    with pytest.raises(UndecidedError, match="ended by SIGTERM"):
        list(results([Lane(terminated, None, [1, 1, 0])], jobs=2))


def failing(_, items, __):
    """Raise an exception for an item above zero."""
    return 1 // (items.pop() <= 0), items


def test_an_exception_of_a_process_comes_with_its_traceback():
    """What a worker raises is raised here, with a note where it came from, and ends the others."""
    with pytest.raises(ZeroDivisionError) as error:
        list(results([Lane(failing, None, [1, 1, 0])], jobs=2))
    assert "in failing" in error.value.__notes__[0]
    assert not multiprocessing.active_children()


def worker(_, items, __):
    """Return the number of the process."""
    items.pop()
    return os.getpid(), items


def test_long_items_are_left_to_other_processes():
    """Where the items are long none is begun in this process, unless it is the only one."""
    found = {result for _, result in results([Lane(worker, None, [1, 2, 3])], jobs=2, are_long=True)}
    assert os.getpid() not in found and 1 <= len(found) <= 2
    assert list(results([Lane(worker, None, [1])], jobs=1, are_long=True)) == [(0, os.getpid())]


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
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": HOME})
    assert (done.stdout, done.returncode) == ("interrupted\n", 0)
