"""One module for each command of the command line; ``run(options)`` returns an `Answer`."""

from typing import NamedTuple


class Answer(NamedTuple):
    """How a command ends: the exit ``code``, the ``text`` for people and the ``data`` of the ``--json`` answer."""

    code: int
    text: str
    data: dict | None = None


VERDICT_CODES = {"certified": 0, "refuted": 1, "undecided": 3}
"""The exit code of each verdict."""
