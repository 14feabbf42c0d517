"""exactrelu.writing: files that appear complete or not at all, and nothing left behind by runs that are killed."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from exactrelu import writing
from exactrelu.errors import InputError
from exactrelu.jsonio import read_json
from exactrelu.writing import check_writable, make_folder, write_text_atomically

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(writing.__file__).parents[1])}


def test_a_failure_leaves_the_old_file(tmp_path):
    """When writing fails half-way, or is interrupted, the old file stands and no temporary file is left."""
    path = tmp_path / "a.txt"
    path.write_text("old")

    def chunks(error):
        yield "new" * 100_000
        raise error

    for error in (RuntimeError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            write_text_atomically(path, chunks(error))
        assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.txt"]
    with pytest.raises(InputError, match="No space left"):
        write_text_atomically(path, chunks(OSError(28, "No space left on device")))
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.txt"]


def test_unwritable_places(tmp_path):
    """A folder, a missing folder and a full device each give one line that names the file."""
    places = [tmp_path, tmp_path / "no" / "a.json"]
    if os.path.exists("/dev/full"):
        places.append("/dev/full")
    for place in places:
        with pytest.raises(InputError) as error:
            write_text_atomically(place, ["{}"])
        assert str(error.value).startswith(f"{place}: cannot write: ") and "\n" not in str(error.value)


def test_devices_and_links_are_kept(tmp_path):
    """A device is written to, not replaced, and a symbolic link keeps pointing to the file that is replaced."""
    write_text_atomically(os.devnull, ["[]"])
    assert not os.path.isfile(os.devnull)
    (tmp_path / "real.json").write_text("old")
    os.symlink(tmp_path / "real.json", tmp_path / "link.json")
    write_text_atomically(tmp_path / "link.json", ["[1]"])
    assert os.path.islink(tmp_path / "link.json") and json.loads((tmp_path / "real.json").read_text()) == [1]


def test_read_only_file_is_not_replaced(tmp_path, monkeypatch):
    """A file without write permission is left alone, even where its folder would allow to replace it."""
    path = tmp_path / "a.json"
    path.write_text("old")
    monkeypatch.setattr(writing.os, "access", lambda *_: False)
    with pytest.raises(InputError, match="read-only"):
        write_text_atomically(path, ["[]"])
    assert path.read_text() == "old"


@pytest.mark.parametrize("name", ["long.json", "long.json.gz"])
def test_what_could_not_be_read_again_is_not_written(tmp_path, monkeypatch, name):
    """A text longer than the limit for reading is refused, in bytes, and nothing is left behind."""
    monkeypatch.setattr(writing, "MAX_BYTES", 20)
    path = tmp_path / name
    with pytest.raises(InputError, match=r"not written: the text is longer than 20 bytes, .*; take a smaller n"):
        write_text_atomically(path, ["[1, 2, 3,", '"\u00e4\u00e4\u00e4\u00e4\u00e4"]'])
    assert os.listdir(tmp_path) == []
    write_text_atomically(path, ["[1, 2, 3,", '"\u00e4\u00e4\u00e4\u00e4"]'])
    assert read_json(path) == [1, 2, 3, "\u00e4" * 4]


WRITER = """
import sys
from exactrelu.writing import write_text_atomically

def chunks():
    yield "half"
    print("writing", flush=True)
    sys.stdin.readline()
    yield "whole"

write_text_atomically(sys.argv[1], chunks())
"""
"""A process that writes a file, half of it before it is told to go on."""


def writer(path):
    """Return a process in the middle of writing a file."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout.readline() == "writing\n"
    return process


def test_what_a_killed_run_has_left_is_removed_by_the_next_and_nothing_else(tmp_path):
    """kill -9 leaves a temporary file; the next run that writes there removes it, but not that of a run in progress."""
    dead, alive = writer(tmp_path / "dead.json"), writer(tmp_path / "alive.json")
    dead.send_signal(signal.SIGKILL)
    dead.communicate()
    for name in (".notes.part", ".movie.0123abcd.part", "x.0123abcd.exactrelu.part"):
        (tmp_path / name).write_text("of somebody else")
    os.mkfifo(tmp_path / ".pipe.0123abcd.exactrelu.part")
    before = sorted(os.listdir(tmp_path))
    (left,) = [name for name in before if name.startswith(".dead.json.")]
    process = writer(tmp_path / "next.json")
    process.communicate("\n")
    assert sorted(os.listdir(tmp_path)) == sorted({*before, "next.json"} - {left})
    alive.communicate("\n")
    assert (tmp_path / "alive.json").read_text() == (tmp_path / "next.json").read_text() == "halfwhole"
    assert not [name for name in os.listdir(tmp_path) if re.match(r"\.(alive|dead|next)", name)]


def test_a_temporary_file_that_another_process_is_about_to_remove_is_not_taken(tmp_path, monkeypatch):
    """Between making a file and locking it another process may lock it, or remove it: then another name is taken."""
    locked, made = iter((False, True, True)), []
    monkeypatch.setattr(writing, "_is_locked", lambda descriptor: made.append(descriptor) or next(locked))
    fstat = os.fstat

    def removed_the_second_time(descriptor):
        if len(made) == 2:
            os.unlink(os.readlink(f"/proc/self/fd/{descriptor}"))
        return fstat(descriptor)

    monkeypatch.setattr(writing.os, "fstat", removed_the_second_time)
    write_text_atomically(tmp_path / "a.json", ["[]"])
    assert len(made) == 3 and read_json(tmp_path / "a.json") == []


def test_an_interrupt_after_the_renaming_leaves_the_file(tmp_path, monkeypatch):
    """It is passed on as the interrupt that it is."""
    replace = os.replace

    def interrupted(*paths):
        replace(*paths)
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text_atomically(tmp_path / "a.json", ["[]"])
    assert os.listdir(tmp_path) == ["a.json"] and read_json(tmp_path / "a.json") == []


def test_what_can_be_known_before_is_known_before(tmp_path):
    """A folder, a file below a file, a missing folder, a name that is too long or none; nothing is left behind."""
    (tmp_path / "file").touch()
    places = {
        "": "it is a folder", "no/a.json": f"there is no folder {tmp_path}/no", "file/a.json": "Not a directory",
        "x" * 300: "File name too long", "null\0byte": "null byte",
    }
    for name, words in places.items():
        with pytest.raises(InputError, match=words):
            check_writable(os.path.join(tmp_path, name))
    with pytest.raises(InputError, match=r"cannot write files in this folder"):
        make_folder(tmp_path / "file" / "below")
    for name in ("new.json", "file"):
        check_writable(tmp_path / name)
    for place in ("-", "/dev/full", os.devnull):
        check_writable(place)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["pipe", "pipe.gz"])
def test_a_pipe_is_written_to(tmp_path, name):
    """A named pipe is written to, compressed if its name says so, and stays a pipe."""
    path = tmp_path / name
    os.mkfifo(path)
    reader = subprocess.Popen(["cat", path], stdout=subprocess.PIPE)
    write_text_atomically(path, ["[1, ", "2]"])
    (tmp_path / "copy").write_bytes(reader.communicate()[0])
    assert (tmp_path / "copy").read_bytes()[:2] == (b"[1" if name == "pipe" else b"\x1f\x8b")
    assert read_json(tmp_path / "copy") == [1, 2] and stat.S_ISFIFO(os.stat(path).st_mode)
