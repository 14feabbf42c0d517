"""The readers of all formats, and what a clean answer of theirs is: for the tests of them, and for fuzzing."""

from exactrelu import checker, checker1
from exactrelu.errors import InputError
from exactrelu.network.files import network_from_json
from exactrelu.scheme import problem_from_json

CHECKERS = {"certificate": checker, "certificate-1": checker1}
"""The checkers of certificates by the kind of file."""

READERS = {"problem": problem_from_json, "network": network_from_json}


def assert_clean_answer(path, kind):
    """Assert that the checker of a kind of file gives an answer of the documented shape."""
    valid, statement, reason = CHECKERS[kind].check_file(path)
    assert valid in (True, False, None)
    assert (statement is None) == (valid is None) and (reason is None) == (valid is True)
    for line in (statement, reason):
        assert line is None or ("\n" not in line and len(line) < 2000)


def assert_clean_reading(read, *arguments):
    """Assert that a reader returns or raises `InputError` with one line."""
    try:
        read(*arguments)
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 2000
