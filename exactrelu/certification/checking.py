"""Certificates from files, checked by the independent checker, which stays a file of its own."""

import os

from exactrelu.checker import check_file
from exactrelu.data import table
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json
from exactrelu.kinds import CERTIFICATE, mistaken
from exactrelu.streams import STANDARD, input_name


def check(path):
    """Return whether the certificate file at ``path`` proves what it states, as an `exactrelu.checker.Answer`.

    That has ``valid``, the ``statement`` in one sentence, and a ``reason`` where it is not valid; only a valid one is
    true in a condition. Nothing in the file is trusted: `exactrelu.checker` goes through all of the evidence. Raises
    `InputError` for a file that cannot be read as a certificate.

    >>> import tempfile
    >>> from exactrelu import certify, check, write_certificate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_certificate(f"{folder}/haar.json", certify("haar", 1))
    ...     answer = check(f"{folder}/haar.json")
    >>> assert answer
    >>> answer.statement.endswith("equals V^1 g of the problem 'haar' at every point of R^2")
    True
    """
    answer = check_file(path)
    if answer.valid is None:
        raise InputError(f"{input_name(path)}: {_other_kind(path) or answer.reason}")
    return answer


def _other_kind(path):
    """Return what the file is if it is no certificate but another file of exactrelu, None if it is none of these."""
    if path == STANDARD:  # it cannot be read again
        return None
    if path in table("problems") and not os.path.lexists(path):
        return f"a built-in problem; exactrelu certify {path} --output CERT writes a certificate"
    try:
        return mistaken(read_json(path), CERTIFICATE)
    except InputError:
        return None
