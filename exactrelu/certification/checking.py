"""Certificates, checked by the independent checkers, each of which stays a file of its own."""

import os

from exactrelu import checker, checker1
from exactrelu.data import problems
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json
from exactrelu.kinds import CERTIFICATE, mistaken
from exactrelu.streams import STANDARD, file_name, input_name


def check(path, progress=None):
    """Return whether the certificate file at ``path`` proves what it states, as an `exactrelu.checker.Answer`.

    That has ``valid``, the ``statement`` in one sentence, and a ``reason`` where it is not valid; only a valid one is
    true in a condition. Nothing in the file is trusted: `exactrelu.checker` goes through all of the evidence, or
    `exactrelu.checker1` for a file of format 1, which is no longer written. ``progress(done, total)`` is told how many
    of the entries of a tree of cuts are done. Raises `InputError` for a file that cannot be read as a certificate.

    >>> import tempfile
    >>> from exactrelu import certify, check, write_certificate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_certificate(f"{folder}/haar.json", certify("haar", 1, method="induction"))
    ...     answer = check(f"{folder}/haar.json")
    >>> assert answer
    >>> answer.statement.endswith("equals V^1 g of the problem 'haar' at every point of R^2")
    True
    """
    answer = _answer(file_name(path), progress)
    if answer.valid is None:
        raise InputError(f"{input_name(path)}: {other_kind(path) or answer.reason}")
    return answer


def _answer(path, progress):
    """Return the `Answer` of the checker of the format that the file ``path`` has; it is read once."""
    held = []

    def read():
        held[:] = held or [checker.read_file(path)]
        return held[0]

    answer = checker.judged(read, lambda certificate: certificate.check(progress))
    if answer.reason == checker.FIRST_FORMAT:
        return checker.Answer(*checker1.judged(read, checker1.Certificate.check))
    return answer


def other_kind(path):
    """Return what the file is if it is no certificate but another file of exactrelu, None if it is none of these."""
    if path == STANDARD:  # it cannot be read again
        return None
    if path in problems() and not os.path.lexists(path):
        return f"a built-in problem; exactrelu certify {path} --output CERT writes a certificate"
    try:
        return mistaken(read_json(path), CERTIFICATE)
    except InputError:
        return None
