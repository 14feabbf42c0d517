"""One module for each command of the command line; ``run(options)`` returns an `Answer`."""

import time
from typing import NamedTuple


class Answer(NamedTuple):
    """How a command ends: the exit ``code``, the ``text`` for people and the ``data`` of the ``--json`` answer.

    Where nothing was decided there is no ``text``, and ``complaint`` says on stderr why.
    """

    code: int
    text: str
    data: dict | None = None
    complaint: str | None = None


VERDICT_CODES = {"certified": 0, "refuted": 1, "undecided": 3}
"""The exit code of each verdict."""


def reason(stop):
    """Return why nothing was decided, given an `UndecidedError` or a ``KeyboardInterrupt``."""
    return str(stop) if str(stop) else "interrupted, nothing was decided; run the same command again"


def seconds_since(start):
    """Return the seconds since ``start`` on the monotonic clock, to the millisecond."""
    return round(time.monotonic() - start, 3)
