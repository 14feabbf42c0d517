"""Writing files: each appears complete or not at all, and a run that is killed leaves nothing for long.

A file is written under another name in the same folder, and renamed when it is complete. Whoever writes it has it
locked meanwhile, so that the next process that writes in the folder can tell what a killed one has left, and remove it.
"""

import contextlib
import fcntl
import functools
import gzip
import io
import os
import re
import secrets
import stat
import tempfile
from errno import EACCES, EBADF, EINVAL, EISDIR, ENOENT

from exactrelu.errors import InputError
from exactrelu.streams import file_name, is_standard_output, output_is_open, output_name, write_output

MAX_BYTES = 256 * 2**20
"""The longest text that is written, and that is read after decompression, in bytes."""

_TEMPORARY = re.compile(r"\..*\.[0-9a-f]{8}\.exactrelu\.part", re.DOTALL)


def write_text_atomically(path, chunks):
    """Write an iterable of strings as a file that appears complete or not at all; gzip when ``path`` ends in .gz.

    The text goes to a temporary file in the same folder, which replaces ``path`` at the end and is removed if anything
    fails. Standard output, a device or a pipe is written directly. Raises `InputError` when the file cannot be written,
    and for a text that is longer than what `exactrelu.jsonio.read_json` reads.
    """
    chunks = readable(output_name(file_name(path)), chunks)
    with _failures_of(path, "cannot write"):
        if is_standard_output(path):
            write_output(chunks)
        elif _is_special(path):
            with open(path, "wb") as stream, _text_writer(stream, os.fspath(path)) as writer:
                writer.writelines(chunks)
        else:
            _replace(os.path.realpath(path), chunks)


def write_bytes_atomically(path, content):
    """Write ``bytes`` as a file that appears complete or not at all, as `write_text_atomically` does for a text."""
    with _failures_of(path, "cannot write"):
        if is_standard_output(path):
            write_output([content])
        elif _is_special(path):
            with open(path, "wb") as stream:
                stream.write(content)
        else:
            _replace(os.path.realpath(path), [content], _binary_writer)


def replace_text(path, chunks):
    """Write a file as `write_text_atomically` does, but in the place of whatever is there, a pipe or a link, too."""
    with _failures_of(path, "cannot write"):
        _replace(os.path.abspath(path), readable(path, chunks))


def check_writable(path):
    """Raise `InputError` if `write_text_atomically` cannot write there, as far as that shows before the text is there.

    A disk may still be full later.
    """
    with _failures_of(path, "cannot write there"):
        if is_standard_output(path):
            if not output_is_open():
                raise OSError(EBADF, "it is closed")
        elif not _is_special(path):
            folder = os.path.dirname(os.path.realpath(path))
            if not os.path.isdir(folder):
                raise FileNotFoundError(ENOENT, f"there is no folder {folder}")
            _try_folder(folder)


def make_folder(folder):
    """Make a folder for files to be written in, if there is none; raises `InputError` if they cannot be."""
    with _failures_of(folder, "cannot write files in this folder"):
        os.makedirs(folder, exist_ok=True)
        _try_folder(folder)


def _try_folder(folder):
    with tempfile.TemporaryFile(dir=folder):
        pass


@contextlib.contextmanager
def _failures_of(path, what):
    """Make an `InputError` of every ``OSError``."""
    try:
        if "\0" in os.fsdecode(path):
            raise OSError(EINVAL, "a null byte in the name")
        yield
    except OSError as error:
        raise InputError(f"{output_name(path)}: {what}: {error.strerror or error}") from None


def _is_special(path):
    """Return whether ``path`` exists and is no regular file (a device, a pipe); raises ``OSError`` if it is of no use.

    It may not be a folder, or a file without write permission, even if the folder would allow to replace it.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(EISDIR, "it is a folder")
    if not os.access(path, os.W_OK):
        raise PermissionError(EACCES, "the file is read-only")
    return not stat.S_ISREG(mode)


def readable(path, chunks):
    """Yield the chunks; raises `InputError` as soon as they are longer than a file may be."""
    left = MAX_BYTES
    for chunk in chunks:
        left -= len(chunk if chunk.isascii() else chunk.encode())
        if left < 0:
            raise InputError(
                f"{path}: not written: the text is longer than {MAX_BYTES} bytes, too long to be read; take a smaller n"
            )
        yield chunk


@contextlib.contextmanager
def _text_writer(stream, path):
    """Yield a text file that writes UTF-8 into the open binary ``stream``, through gzip when ``path`` ends in .gz."""
    if path.endswith(".gz"):
        with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as packed:
            with io.TextIOWrapper(packed, encoding="utf-8") as writer:
                yield writer
    else:
        writer = io.TextIOWrapper(stream, encoding="utf-8")
        yield writer
        writer.detach()  # flushes, and leaves the stream open for fsync


@contextlib.contextmanager
def _binary_writer(stream, path):
    """Yield the open binary ``stream`` itself."""
    yield stream


def _replace(path, chunks, writer_of=_text_writer):
    """Write the chunks to a temporary file beside ``path`` and rename it; remove it if anything fails."""
    folder, name = os.path.split(path)
    remove_leftovers(folder)
    temporary, descriptor = _temporary_file(folder, name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with writer_of(stream, path) as writer:
                writer.writelines(chunks)
            stream.flush()
            os.fsync(stream.fileno())
            os.replace(temporary, path)  # while it is still locked
    except BaseException:
        with contextlib.suppress(FileNotFoundError):  # an interrupt may come after the renaming
            os.unlink(temporary)
        raise


def _temporary_file(folder, name):
    """Return (path, descriptor) of a new file, locked for as long as it is open."""
    while True:
        path = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(4)}.exactrelu.part")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        if _is_locked(descriptor) is not False and os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)  # another process takes it for one that is left over, and removes it


def _is_locked(descriptor):
    """Lock an open file: return True, False if another process has it, None if there are no locks in this place."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@functools.lru_cache(maxsize=None)
def remove_leftovers(folder):
    """Remove the temporary files that killed runs have left in a folder, once in the life of a process.

    A run that is alive has locked its temporary file. Where there are no locks, nothing is removed.
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name):
                with contextlib.suppress(OSError):  # gone already, or of another user
                    _remove_unlocked(entry.path)


def _remove_unlocked(path):
    """Remove a file that no process has locked; raises ``OSError``."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if _is_locked(descriptor):
            os.unlink(path)
    finally:
        os.close(descriptor)
