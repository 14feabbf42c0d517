"""Ctrl-C, SIGTERM and SIGHUP: every command ends with exit code 3 and one line, and leaves no process behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from networks import perceptron

import exactrelu
from exactrelu import interrupts
from exactrelu.formats import read_network, write_network

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(exactrelu.__file__).parents[1])}
COMMAND = [sys.executable, "-m", "exactrelu"]
LINE = "exactrelu: interrupted, nothing was decided; run the same command again"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
SOON = 60
"""Seconds within which anything ends, on a machine that does much else; what is interrupted here would take longer."""


def start(*command, **settings):
    """Return a process in a session of its own."""
    return subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
        start_new_session=True, **settings,
    )


def wait_until(condition, process):
    """Wait until a condition of a running process holds."""
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def children(process):
    """Return the ids of the processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            _, parent, *_ = path.read_text().rpartition(")")[2].split()
            if int(parent) == process.pid:
                found.append(int(path.parent.name))
    return found


def wait_for_the_last_of_the_session(process):
    """Wait until no process of a session is left."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    raise AssertionError("some processes are left")


@pytest.fixture
def long_words(tmp_path):
    """A function that returns the words of a command that takes minutes, in several processes."""
    write_network(tmp_path / "net.json", perceptron(Random(1), [100, 100, 100, 100]))
    words = {
        "proofs": ["proofs", "--check", "--jobs", 2],
        "certify": ["certify", "-n", 7, "--jobs", 2, "--state", tmp_path / "state"],
        "regions": ["regions", tmp_path / "net.json", "--jobs", 2],
        "equal": ["equal", tmp_path / "net.json", tmp_path / "net.json", "--jobs", 2],
    }
    return words.__getitem__


@pytest.mark.parametrize(
    ("command", "number", "to_all", "times"),
    [
        ("proofs", signal.SIGINT, True, 2),
        ("proofs", signal.SIGINT, False, 1),
        ("proofs", signal.SIGTERM, False, 1),
        ("proofs", signal.SIGHUP, True, 1),
        ("certify", signal.SIGTERM, True, 1),
        ("regions", signal.SIGHUP, False, 2),
    ],
)
def test_a_signal_ends_a_command_and_its_workers(long_words, command, number, to_all, times):
    """To the parent alone or to all of its group, once or twice: exit code 3, one line, no process left."""
    process = start(*COMMAND, *long_words(command))
    wait_until(lambda: len(children(process)) == 2, process)
    for _ in range(times):
        (os.killpg if to_all else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=SOON)
    assert (process.returncode, out, err.count("\n")) == (3, "", 1) and err.startswith(LINE)
    wait_for_the_last_of_the_session(process)


@pytest.fixture
def load():
    """Four processes for each core that do nothing but use it."""
    burners = [start(sys.executable, "-c", "while True: pass") for _ in range(4 * os.cpu_count())]
    yield
    for burner in burners:
        burner.kill()
        burner.communicate()


@pytest.mark.usefixtures("load")
@pytest.mark.parametrize("number", [
    signal.SIGINT, *(pytest.param(number, marks=pytest.mark.exhaustive) for number in (signal.SIGTERM, signal.SIGHUP)),
])
def test_a_signal_ends_a_command_on_a_machine_that_does_much_else(long_words, number):
    """Where processors are hard to get the signal is not lost, comes once, and leaves no process either."""
    process = start(*COMMAND, *long_words("certify"))
    wait_until(lambda: len(children(process)) == 2, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=SOON)
    assert (process.returncode, out, err.count("\n")) == (3, "", 1) and err.startswith(LINE)
    wait_for_the_last_of_the_session(process)


@pytest.mark.parametrize("command", ["proofs", "regions"])
def test_workers_end_when_their_parent_is_killed(long_words, command):
    """kill -9 of the parent leaves no process."""
    process = start(*COMMAND, *long_words(command))
    wait_until(lambda: len(children(process)) == 2, process)
    process.kill()
    process.communicate(timeout=SOON)
    wait_for_the_last_of_the_session(process)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("command", [["eval", "FILE", 1, 2], ["check", "FILE"], "checker.py", "checker1.py"])
def test_a_signal_ends_a_command_that_reads(tmp_path, command, number):
    """A command that waits for a named pipe, and the checker on its own: exit code 3 and one line."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    is_file = type(command) is str
    if is_file:
        process = start(sys.executable, "-I", Path(exactrelu.__path__[0]) / command, path)
    else:
        process = start(*COMMAND, *(path if word == "FILE" else word for word in command))
    with open(path, "w"):  # waits until it is read
        process.send_signal(number)
        out, err = process.communicate(timeout=SOON)
    line = "interrupted: nothing was decided" if is_file else LINE
    assert (process.returncode, out, err) == (3, "", f"{line}\n")


def test_a_signal_that_is_ignored_stays_ignored(tmp_path, number=signal.SIGHUP):
    """Under nohup a terminal that hangs up ends nothing."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    process = start(*COMMAND, "regions", path, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
    with open(path, "w") as pipe:
        process.send_signal(number)
        pipe.write('{"format": "exactrelu-network/1", "inputs": 2, "nodes": [{"op": "relu", "of": 0}], "outputs": [2]}')
    out, err = process.communicate(timeout=SOON)
    assert (process.returncode, err) == (0, "") and out.startswith("2 activation regions")


STUCK = """
import time
from exactrelu.cli import main
from exactrelu.network import Network

def stuck(*_):
    while True:
        try:
            print("stuck", flush=True)
            time.sleep(3600)
        except KeyboardInterrupt:
            pass

Network.evaluate = stuck
raise SystemExit(main())
"""


def test_a_command_that_does_not_end_is_ended_by_a_later_signal(tmp_path):
    """The first signal interrupts; one that comes more than a second later ends the process: exit code 3, one line."""
    write_network(tmp_path / "net.json", perceptron(Random(1), [2]))
    process = start(sys.executable, "-c", STUCK, "eval", tmp_path / "net.json", 1, 2)
    assert process.stdout.readline() == "stuck\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "stuck\n"
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (3, "", f"{LINE}\n")


AT_RENAMING = """
import os, signal, sys
from exactrelu import writing
from exactrelu.cli import main
from exactrelu.commands import build, certify

def replace(*paths, replace=os.replace):
    if WHEN == "before":
        os.kill(os.getpid(), signal.SIGTERM)
    replace(*paths)
    if WHEN == "after":
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)

def table(*rows, table=build.table):
    if WHEN == "later":
        os.kill(os.getpid(), signal.SIGHUP)
    return table(*rows)

writing.os.replace = replace
build.table = certify.table = table
raise SystemExit(main())
"""
"""The command line, with signals right before or after a file gets its name, or when the answer is put together."""

FORMATS = {"build zero -n 1": "exactrelu-network/1", "certify zero -n 1 --jobs 1": "exactrelu-certificate/2"}
ANSWERS = {"build zero -n 1": "written to ", "certify zero -n 1 --jobs 1": "certificate "}


@pytest.mark.parametrize("when", ["after", "later"])
@pytest.mark.parametrize("words", ANSWERS)
def test_a_signal_after_the_file_has_its_name_changes_nothing(tmp_path, words, when):
    """The file is there: the command ends as if there had been no signal."""
    path = tmp_path / "file.json"
    process = start(sys.executable, "-c", f"WHEN = '{when}'{AT_RENAMING}", *words.split(), "--output", path)
    out, err = process.communicate(timeout=SOON)
    assert (process.returncode, err) == (0, "") and out.splitlines()[-1].startswith(ANSWERS[words])
    assert os.listdir(tmp_path) == ["file.json"] and json.loads(path.read_text())["format"] == FORMATS[words]


@pytest.mark.parametrize("words", ANSWERS)
def test_a_signal_before_the_file_has_its_name_does_not_cost_the_answer(tmp_path, words):
    """The answer, one line that the file is not there, exit code 3, nothing left behind."""
    path = tmp_path / "file.json"
    process = start(sys.executable, "-c", f"WHEN = 'before'{AT_RENAMING}", *words.split(), "--output", path)
    out, err = process.communicate(timeout=SOON)
    assert process.returncode == 3 and "depth" in out and ANSWERS[words] not in out
    assert err == f"exactrelu: {path}: not written: interrupted\n" and os.listdir(tmp_path) == []


PRINTING = """
from exactrelu.cli import main
from exactrelu.commands import Answer, examples

examples.run = lambda _: Answer(0, "x" * 10**6)
raise SystemExit(main())
"""


def test_a_signal_ends_the_printing_of_a_long_answer():
    """An answer that nobody reads to the end can be interrupted: exit code 3 and one line."""
    process = start(sys.executable, "-c", PRINTING, "examples")
    assert process.stdout.read(10) == "x" * 10
    process.send_signal(signal.SIGINT)
    assert (process.wait(timeout=SOON), process.stderr.read()) == (3, f"{LINE}\n")


def test_what_is_held_back_is_raised_at_the_end():
    """An interrupt in the block, however many, is raised once when the block has been left; handlers are restored."""
    done = []
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    with pytest.raises(KeyboardInterrupt), interrupts.held():
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            done.append("inner")
        done.append("outer")
    with interrupts.held():
        done.append("quiet")
    assert done == ["inner", "outer", "quiet"]
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before


def test_nothing_is_held_back_in_other_threads():
    """Signals interrupt the main thread alone: in others the block just runs."""
    found = []

    def work():
        with interrupts.held():
            found.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [before]


def test_a_command_inside_another_program_leaves_its_signals_alone(tmp_path):
    """main(words) of a program of one's own installs no handlers."""
    write_network(tmp_path / "net.json", perceptron(Random(1), [2]))
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    from exactrelu.cli import main

    assert main(["eval", str(tmp_path / "net.json"), "1", "2"]) == 0
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before
    assert read_network(tmp_path / "net.json").inputs == 2
