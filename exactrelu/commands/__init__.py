"""One module for each command of the command line; ``run(options)`` returns an `Answer`."""

import sys
import time
from contextlib import contextmanager, suppress
from typing import NamedTuple

from exactrelu.interrupts import INTERRUPTED


class Answer(NamedTuple):
    """How a command ends: the exit ``code``, the ``text`` for people and the ``data`` of the ``--json`` answer.

    Where nothing was decided there is no ``text``, and ``complaint`` says on stderr why; where a file that was asked
    for could not be written, it says that.
    """

    code: int
    text: str
    data: dict | None = None
    complaint: str | None = None


VERDICT_CODES = {"certified": 0, "refuted": 1, "undecided": 3}
"""The exit code of each verdict."""


def reason(stop):
    """Return why nothing was decided, given an `UndecidedError` or a ``KeyboardInterrupt``."""
    return str(stop) if str(stop) else INTERRUPTED


def contradiction_data(contradiction):
    """Return what the ``--json`` answer has beside the reason if there is a `Contradiction`, given that or None."""
    return {} if contradiction is None else {"contradiction": contradiction.data()}


def complain(message):
    """Print one line on stderr; where that cannot be written, the exit code has to do."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(message))
    with suppress(OSError):
        print(f"exactrelu: {line}", file=sys.stderr, flush=True)


@contextmanager
def timed(timings, name):
    """Enter the seconds that the block takes, however it ends, into the dictionary ``timings``."""
    start = time.monotonic()
    try:
        yield
    finally:
        timings[name] = seconds_since(start)


def seconds_since(start):
    """Return the seconds since ``start`` on the monotonic clock, to the millisecond."""
    return round(time.monotonic() - start, 3)
