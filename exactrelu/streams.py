"""Standard input and output as files: what ``-`` stands for, and what happens when they fail."""

import os
import sys
from errno import EBADF
from io import TextIOWrapper

from exactrelu.errors import InputError, shown

STANDARD = "-"
"""The file name that stands for standard input where a file is read, for standard output where one is written."""

_OUTPUT = (STANDARD, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def file_name(path):
    """Return a path as it is given; raises `InputError` for what is none."""
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"expected the path of a file, got {shown(path)}")
    return path


def prepare():
    """Make stdout and stderr ready for any character, and replace one that is closed (``>&-``) by the null device.

    What is no text file, a notebook's output for instance, takes any character already.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
        if isinstance(getattr(sys, name), TextIOWrapper):
            getattr(sys, name).reconfigure(errors="backslashreplace")


def is_standard_output(path):
    """Return whether a file name stands for standard output, which other names than ``-`` do on Linux."""
    return path is not None and os.fspath(path) in _OUTPUT


def input_name(path):
    """Return the name of a file that is read, for messages."""
    return "standard input" if path == STANDARD else path


def output_name(path):
    """Return the name of a file that is written, for messages."""
    return "standard output" if is_standard_output(path) else path


def open_input(path):
    """Return the open binary file; ``-`` is standard input. Raises ``OSError``."""
    if path != STANDARD:
        return open(path, "rb")
    if sys.__stdin__ is None:  # closed at the start: number 0 may be another file by now
        raise OSError(EBADF, "it is closed")
    return open(0, "rb", closefd=False)


def output_is_open():
    """Return whether there is a standard output: it may have been closed (``>&-``)."""
    return sys.__stdout__ is not None


def write_output(chunks):
    """Write strings, or bytes, to standard output; a reader who has gone away is no error.

    Raises ``OSError`` for any other failure.
    """
    try:
        for chunk in chunks:  # one by one: an interrupt ends no call of writelines
            (sys.stdout.buffer if type(chunk) is bytes else sys.stdout).write(chunk)
        sys.stdout.flush()
    except (OSError, KeyboardInterrupt) as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to fail, or to wait for, at exit
        if not isinstance(error, BrokenPipeError):
            raise
