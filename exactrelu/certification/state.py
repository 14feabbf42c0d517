"""Finished shards on disk: a certification that was killed goes on where it stopped.

Each shard has a file of its own, that appears complete or not at all, with the digests of its task (the code that
decides, problem, n and network) and of its content. The name of the file says which task and shard are meant; whether
they are is decided by the content. Runs that share a folder do no harm to each other: they write the same files with
the same content. Digests tell damage, and they are not secret: whoever writes in the folder is trusted.
"""

import os
import warnings

from exactrelu.certification.shards import OUTSIDE, digest, outcome_of, record, task_text
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json, replace_json
from exactrelu.writing import make_folder

MAX_BYTES = 2**20
"""The longest file of a shard that is read."""


class State:
    """A folder for finished shards, made if there is none; ``complain(line)`` is told of each file that is of no use.

    Without ``complain`` it is a warning (`warnings.warn`). Raises `InputError` if nothing can be written in the folder;
    if that is so only later, it is complained of, and no more is kept.
    """

    def __init__(self, folder, complain=warnings.warn):
        make_folder(folder)
        self._folder = folder
        self._complain = complain

    def shelf(self, task):
        """Return the `Shelf` of one task."""
        return Shelf(self._folder, task, self._complain)


class Shelf:
    """The finished shards of one `Task` in a folder."""

    def __init__(self, folder, task, complain):
        self._folder = folder
        self._task = task
        self._identity = digest(task_text(task))
        self._complain = complain
        self._is_writable = True

    def outcomes(self, blocks):
        """Return the list of the pairs (`Outcome`, path of its file) that are kept of some ``blocks``."""
        kept = ((self._kept(block), self._path(block)) for block in blocks)
        return [(outcome, path) for outcome, path in kept if outcome is not None]

    def keep(self, outcome):
        """Write the file of an `Outcome`; once that fails, no more are written."""
        if not self._is_writable:
            return
        try:
            replace_json(self._path(outcome.block), record(self._identity, outcome))
        except InputError as error:
            self._is_writable = False
            self._complain(f"{error}; what is finished from here on is not kept")

    def _kept(self, block):
        path = self._path(block)
        if not os.path.lexists(path):
            return None
        if not os.path.isfile(path):
            self._complain(f"{path}: not a file; this shard is done again")
            return None
        try:
            outcome = outcome_of(read_json(path, MAX_BYTES), self._identity, self._task, block)
        except InputError as error:
            self._complain(f"{error}; this shard is done again")
            return None
        if outcome is None:
            self._complain(f"{path}: damaged, or not of this shard; it is done again")
        return outcome

    def _path(self, block):
        name = OUTSIDE if block == OUTSIDE else "x".join(f"{low}..{high}" for low, high in block)
        return os.path.join(self._folder, f"{self._identity[:16]}-{name}.json")
