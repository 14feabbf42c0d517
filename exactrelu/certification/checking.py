"""Certificates, checked by the independent checker, which stays a file of its own.

A certificate is checked before it is written, too: the whole text of it, from the first character, by the same rules.
What takes long is done by several processes then, as the trees of an enumeration do not depend on each other, and with
numbers of 64 bits where all of them fit into these.
"""

import os

from exactrelu import checker
from exactrelu.certification.leaves import check_tree
from exactrelu.checker1 import OTHER_FORMAT, Answer, Certificate, Enumeration, judged, read_file
from exactrelu.data import problems
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json
from exactrelu.kinds import CERTIFICATE, mistaken
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.streams import STANDARD, file_name, input_name

ENTRIES = 1024
"""The most entries of a tree that is checked as one piece of work."""


def check(path):
    """Return whether the certificate file at ``path`` proves what it states, as an `exactrelu.checker1.Answer`.

    That has ``valid``, the ``statement`` in one sentence, and a ``reason`` where it is not valid; only a valid one is
    true in a condition. Nothing in the file is trusted: `exactrelu.checker1` goes through all of the evidence. Raises
    `InputError` for a file that cannot be read as a certificate. One of format 2 is for `exactrelu.checker`.

    >>> import tempfile
    >>> from exactrelu import certify, check, write_certificate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_certificate(f"{folder}/haar.json", certify("haar", 1))
    ...     answer = check(f"{folder}/haar.json")
    >>> assert answer
    >>> answer.statement.endswith("equals V^1 g of the problem 'haar' at every point of R^2")
    True
    """
    answer = _answer(file_name(path))
    if answer.valid is None:
        raise InputError(f"{input_name(path)}: {other_kind(path) or answer.reason}")
    return answer


def _answer(path):
    """Return the `Answer` of the checker of the format that the file ``path`` has; it is read once."""
    held = []

    def read():
        held[:] = held or [read_file(path)]
        return held[0]

    answer = judged(read, Certificate.check)
    return Answer(*checker.judged(read, checker.Certificate.check)) if answer.reason == OTHER_FORMAT else answer


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


def check_text(text, jobs=None, progress=None):
    """Return the `exactrelu.checker1.Answer` to a text that is to be written as a certificate.

    ``jobs`` is the number of processes, None for one a core; ``progress(done, total)`` is told how many of the trees of
    an enumeration are done, in pieces of work.
    """
    return judged(text.encode, lambda certificate: _check(certificate, jobs, progress))


def _check(certificate, jobs, progress):
    if certificate.kind != "enumeration":
        certificate.check()
        return
    enumeration = Enumeration(*certificate.evidence, *certificate.question())
    trees = enumeration.trees(ENTRIES)
    done, total = 0, len(trees)
    for _, count in results([Lane(_work, enumeration, trees)], jobs):
        done += count
        if progress is not None:
            progress(done, total)


def _work(enumeration, trees, deadline):
    """Return (the number of trees that were checked before the deadline, of one at least, the trees left over)."""
    done = 0
    for polygon, position in in_time(trees, deadline):
        check_tree(enumeration, polygon, position)
        done += 1
    return done, trees
