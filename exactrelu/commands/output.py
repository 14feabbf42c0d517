"""The file that ``--output`` asks for: a file that cannot be written is no reason to lose the answer that was found."""

import os

from exactrelu import interrupts
from exactrelu.commands.progress import progress_bar
from exactrelu.errors import InputError, UndecidedError
from exactrelu.streams import output_name


def delivered(path, write):
    """Call ``write()``, which writes the file ``path``; return None, or in one line why the file is not there.

    The rest of the command cannot be interrupted any more.
    """
    before = _identity(path)
    try:
        try:
            write()
        finally:
            interrupts.settle()
    except (InputError, UndecidedError) as failure:
        return str(failure)
    except MemoryError:
        return f"{output_name(path)}: not written: out of memory"
    except KeyboardInterrupt:
        interrupts.settle()
        if _identity(path) == before:  # else the interrupt came when the file, complete, already had its name
            return f"{output_name(path)}: not written: interrupted"
    return None


def certified(path, code, data, write):
    """Return (exit code, complaint or None, a line for the answer) once ``write()`` has written a certificate, or not.

    The ``code`` is that of the answer; ``data`` are told of the file.
    """
    with progress_bar("certificate"):
        complaint = delivered(path, write)
    if complaint is not None:
        return 3, complaint, ""
    data["certificate"] = path
    return code, None, f"\ncertificate: {output_name(path)}"


def _identity(path):
    """Return what tells a file from the one that replaces it, None if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
