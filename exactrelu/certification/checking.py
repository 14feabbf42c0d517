"""Certificates from files, checked by the independent checker, which stays a file of its own."""

from exactrelu.checker import check_file
from exactrelu.errors import InputError
from exactrelu.streams import input_name


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
        raise InputError(f"{input_name(path)}: {answer.reason}")
    return answer
