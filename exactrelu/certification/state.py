"""Finished shards on disk: a certification that was killed goes on where it stopped.

Each shard has a file of its own, that appears complete or not at all, with the digests of its task (version, problem,
n and network) and of its content. The name of the file says which task and shard are meant; whether they are is decided
by the content. Runs that share a folder do no harm to each other: they write the same files with the same content.
"""

import os
import warnings

from exactrelu.certification.shards import OUTSIDE, digest, outcome_of, record, task_text
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json, write_json_atomically
from exactrelu.writing import make_folder

MAX_BYTES = 2**20
"""The longest file of a shard that is read."""


class State:
    """A folder for finished shards, made if there is none; ``complain(line)`` is told of each file that is of no use.

    Without ``complain`` it is a warning (`warnings.warn`). Raises `InputError` if nothing can be written in the folder.
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

    def outcomes(self, blocks):
        """Return the list of the `Outcome`s that are kept of some ``blocks``."""
        return [outcome for outcome in map(self._kept, blocks) if outcome is not None]

    def keep(self, outcome):
        """Write the file of an `Outcome`; raises `InputError` if that fails."""
        write_json_atomically(self._path(outcome.block), record(self._identity, outcome))

    def _kept(self, block):
        path = self._path(block)
        if not os.path.lexists(path):
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
