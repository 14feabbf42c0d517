"""exactrelu.certification.distributed: a real scheduler, real workers, and what happens when they die."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import answer, refusal, run

import exactrelu
from exactrelu.certification import shards
from exactrelu.certification.shards import OUTSIDE, Outcome, Task, outcome_of, task_text
from exactrelu.construction import build
from exactrelu.errors import UndecidedError
from exactrelu.formats import write_network
from exactrelu.scheme import load_problem

SMALL_SHARDS = """
from exactrelu.certification import shards
from exactrelu.cli import main
shards.SHARD = 1
raise SystemExit(main())
"""
"""The command line with a shard for every cell."""

SLOW_WORKER = """
import time
from exactrelu.certification import enumeration

def compare_block(*arguments, compare=enumeration.compare_block):
    time.sleep(0.05)
    return compare(*arguments)

enumeration.compare_block = compare_block
"""
"""What a worker runs first, so that there is a middle in which it can be killed."""

SPEAKER = """
import ast, socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    connection.sendall(ast.literal_eval(sys.argv[1]))
    time.sleep(1)
"""
"""A program that listens, and says the same to everybody."""

GARBAGE_WORKER = """
from exactrelu.certification import distributed

distributed._record = lambda *_, **__: ["certified"]
"""
"""What a worker runs first, so that it sends something else than a record."""

LYING_WORKER = """
from exactrelu.certification import enumeration
from exactrelu.certification.shards import Outcome

enumeration.compare_block = lambda task, bisections, block: Outcome(block, 10**6, None)
"""
"""What a worker runs first, so that it finds no difference anywhere."""

ALL_AGAIN = """
from exactrelu.certification import again
from exactrelu.cli import main
again.SHARE = 1
raise SystemExit(main())
"""
"""The command line that does everything again."""

HOME = Path(exactrelu.__file__).parents[1]

WORDS = ["certify", "haar", "-n", "2"]


def needs_the_extra():
    """Skip the test where dask.distributed is not installed."""
    pytest.importorskip("distributed", reason='needs the extra: pip install "exactrelu[distributed]"')


class Cluster:
    """A scheduler at ``address`` and ``workers``, all processes of this machine."""

    def __init__(self, folder):
        self._folder = folder
        self._file = folder / "scheduler.json"
        place = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
        self.scheduler = self._started("dask_scheduler", *place)
        self.workers = []
        while not self._file.exists():
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.address = json.loads(self._file.read_text())["address"]

    def add_worker(self, preload=SLOW_WORKER, home=HOME):
        """Start a worker of one thread, with some code to run first and an exactrelu; it comes when it comes."""
        path = self._folder / f"preload{len(self.workers)}.py"
        path.write_text(preload)
        words = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--preload", path]
        self.workers.append(self._started("dask_worker", *words, "--local-directory", self._folder, home=home))

    def replace_worker(self, **settings):
        """End the only worker and start another one."""
        self.workers[-1].kill()
        self.workers[-1].wait()
        self.add_worker(**settings)

    def _started(self, module, *words, home=HOME):
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", self._file, *words]
        home = os.pathsep.join([str(home), os.environ.get("PYTHONPATH", "")])
        with open(self._folder / "log", "a") as log:
            return subprocess.Popen(
                list(map(str, command)), stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": home}, cwd=self._folder
            )

    def stop(self):
        """End all processes."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def cluster(folder, workers):
    """Yield a `Cluster` with this many workers; skips the test without the extra."""
    needs_the_extra()
    folder.mkdir()
    answer = Cluster(folder)
    try:
        for _ in range(workers):
            answer.add_worker()
        yield answer
    finally:
        answer.stop()


def start(*words, program=SMALL_SHARDS):
    """Return a process of the command line, with small shards."""
    command = [sys.executable, "-c", program, *WORDS, "--json", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_shards(folder, number, process):
    """Wait until ``number`` shards are finished, and not all."""
    while len(list(folder.glob("[!.]*.json"))) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def counts(data):
    """Return what has to be the same in all answers."""
    return data["verdict"], data["cells"], data["pieces"]


@pytest.fixture
def undisturbed(capsys):
    """The answer without a cluster."""
    return counts(answer(capsys, *WORDS, "--jobs", 1)[1])


def test_a_cluster_gives_the_same_answer_even_if_a_worker_is_killed(capsys, tmp_path, undisturbed):
    """The same verdict and counts; a refutation, too; with a worker killed in the middle, with and without others."""
    with cluster(tmp_path / "cluster", 2) as running:
        code, data = answer(capsys, *WORDS, "--scheduler", running.address)
        assert code == 0 and counts(data) == undisturbed

        write_network(tmp_path / "wrong.json", build(load_problem("single_c00"), 2))
        words = [*WORDS, "--network", tmp_path / "wrong.json", "--scheduler", running.address]
        code, data = answer(capsys, *words)
        assert code == 1 and data["counterexample"]["network"] != data["counterexample"]["target"]

        process = start("--scheduler", running.address, "--state", tmp_path / "one")
        wait_for_shards(tmp_path / "one", 5, process)
        running.workers[0].kill()
        out, err = process.communicate(timeout=100)
        assert (process.returncode, err) == (0, "") and counts(json.loads(out)) == undisturbed

        process = start("--scheduler", running.address, "--state", tmp_path / "none")
        wait_for_shards(tmp_path / "none", 5, process)
        running.workers[1].kill()
        running.workers[1].wait()
        running.add_worker()
        out, err = process.communicate(timeout=100)
        assert (process.returncode, err) == (0, "") and counts(json.loads(out)) == undisturbed


def test_a_lost_scheduler_ends_the_run_and_the_state_goes_on(tmp_path, undisturbed):
    """The scheduler is killed in the middle: exit code 3, one line; the same command without it does only the rest."""
    with cluster(tmp_path / "cluster", 1) as running:
        process = start("--scheduler", running.address, "--state", tmp_path / "state")
        wait_for_shards(tmp_path / "state", 5, process)
        running.scheduler.kill()
        out, err = process.communicate(timeout=100)
    assert process.returncode == 3 and json.loads(out)["verdict"] == "undecided"
    assert err.count("\n") == 1 and "run the same command again" in err and f"kept in {tmp_path / 'state'}" in err
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "state").iterdir()}
    assert 5 <= len(before) <= undisturbed[1]
    process = start("--state", tmp_path / "state")
    out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "") and counts(json.loads(out)) == undisturbed
    assert before.items() < {path: path.stat().st_mtime_ns for path in (tmp_path / "state").iterdir()}.items()


def test_ctrl_c_leaves_the_cluster_to_others(capsys, tmp_path, undisturbed):
    """Interrupted in the middle: exit code 3 and one line, and the cluster is free for the next run."""
    with cluster(tmp_path / "cluster", 1) as running:
        process = start("--scheduler", running.address, "--state", tmp_path / "state")
        wait_for_shards(tmp_path / "state", 3, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=100)
        assert process.returncode == 3 and json.loads(out)["verdict"] == "undecided"
        assert err.startswith("exactrelu: interrupted") and err.count("\n") == 1
        assert counts(answer(capsys, *WORDS, "--scheduler", running.address)[1]) == undisturbed


def test_a_limit_of_time_ends_a_run_on_a_cluster(capsys, tmp_path):
    """The client stops waiting for its workers soon after the limit: exit code 3, and what to do next."""
    with cluster(tmp_path / "cluster", 1) as running:
        since = time.monotonic()
        words = ["certify", "bilinear", "-n", 6, "--scheduler", running.address, "--limit", 3]
        code, out, err = run(capsys, *words)
        assert (code, out) == (3, "") and time.monotonic() - since < 15
        assert "the limit of 3 s is reached, nothing was decided" in err and err.count("\n") == 1


def test_a_worker_reads_its_task_once(monkeypatch):
    """The records of two blocks are made of one reading of the task, and are what they should be."""
    needs_the_extra()
    from exactrelu.certification import distributed, enumeration

    problem = load_problem("single_c21")
    task = Task(problem, 1, build(problem, 1).flatten())
    source, read = task_text(task), []
    monkeypatch.setattr(distributed, "task_of", lambda source: read.append(source) or shards.task_of(source))
    for block in (OUTSIDE, shards.shards(problem, 1)[0]):
        found = json.loads(distributed._record(block, enumeration.work, source))
        assert outcome_of(found, shards.digest(source), task, block).block == block
    assert read == [source]


def test_a_worker_that_cannot_be_trusted_is_named(tmp_path):
    """Garbage, a wrong verdict, other code: one line, nothing is certified, no traceback."""

    def lines(code, *words):
        process = start("--scheduler", running.address, *words, program=ALL_AGAIN)
        out, err = process.communicate(timeout=100)
        assert process.returncode == code and err.count("\n") == 1 and "Traceback" not in err
        assert code == 2 or json.loads(out)["verdict"] == "undecided"
        return err

    with cluster(tmp_path / "cluster", 0) as running:
        running.add_worker(preload=GARBAGE_WORKER)
        assert re.search(r"the worker tcp://127\S+ sent no record of shard .*: it is not to be trusted", lines(3))

        write_network(tmp_path / "wrong.json", build(load_problem("single_c00"), 2))
        running.replace_worker(preload=LYING_WORKER)
        line = lines(3, "--network", tmp_path / "wrong.json")
        assert re.search(r"the worker tcp://127\S+ has no difference on 1000000 .* but done again here it has ", line)

        shutil.copytree(HOME / "exactrelu", tmp_path / "home" / "exactrelu")
        edited = tmp_path / "home" / "exactrelu" / "planar" / "bisection.py"
        edited.write_text(edited.read_text() + "\nvalues_match = lambda *_: True\n")
        running.replace_worker(home=tmp_path / "home")
        assert "has other code than this exactrelu" in lines(2, "--network", tmp_path / "wrong.json")


def test_what_is_no_record_is_not_believed():
    """Whatever a worker sends but the text of the record that its shard has."""
    needs_the_extra()
    from exactrelu.certification.distributed import _outcome

    problem = load_problem("single_c21")
    task = Task(problem, 1, build(problem, 1).flatten())
    outcome, identity = Outcome(OUTSIDE, 4, None), shards.digest(task_text(task))
    right = shards.record(identity, outcome)
    assert _outcome(json.dumps(right), identity, task, OUTSIDE) == outcome
    for found in (right, None, b"", 7, "", "{", "[1]", "0.5", json.dumps(right | {"pieces": 5}), "[" * 10**5):
        assert _outcome(found, identity, task, OUTSIDE) is None


class Future:
    """A future as `exactrelu.certification.distributed` sees it: with an exception of its task, or of reading it."""

    def __init__(self, error=None, failure=None):
        self._error, self._failure = error, failure

    def cancelled(self):
        return False

    def exception(self):
        return self._error

    def result(self):
        raise self._failure


def test_failures_of_workers_are_said_in_one_line():
    """An exception of the task, one while the result is unpickled, and a scheduler that is gone meanwhile."""
    needs_the_extra()
    from exactrelu.certification.distributed import _result

    for future, words in {
        Future(error=ZeroDivisionError("by\nzero")): r"a worker failed \(ZeroDivisionError: by\)",
        Future(error=UndecidedError("undecided")): "undecided",
        Future(failure=TypeError("no class")): r"the worker 7 sent what cannot be read \(no class\): it is not to be",
        Future(failure=asyncio.CancelledError()): "cannot be reached any more",
    }.items():
        with pytest.raises(UndecidedError, match=words) as stop:
            _result(future, "the worker 7", "address")
        assert "\n" not in str(stop.value)


@pytest.mark.parametrize("address", ["", "nonsense", "nowhere://x", "127.0.0.1:1"])
def test_no_scheduler_is_refused(capsys, monkeypatch, address):
    """An address at which nothing answers: exit code 2 and one line."""
    needs_the_extra()
    monkeypatch.setattr("exactrelu.certification.distributed.ANSWER_SECONDS", 0.5)
    assert refusal(capsys, *WORDS, "--scheduler", address).startswith(f"no dask scheduler answers at '{address}' (")


@pytest.mark.parametrize("words", [b"", b"HTTP/1.0 400 Bad Request\r\n\r\n", b"\xff" * 1000])
def test_something_else_that_listens_is_refused(capsys, monkeypatch, words):
    """A program that says nothing, or something else, at the address: exit code 2 and one line."""
    needs_the_extra()
    monkeypatch.setattr("exactrelu.certification.distributed.ANSWER_SECONDS", 0.5)
    with subprocess.Popen([sys.executable, "-c", SPEAKER, repr(words)], stdout=subprocess.PIPE, text=True) as process:
        address = f"127.0.0.1:{process.stdout.readline().strip()}"
        reason = refusal(capsys, *WORDS, "--scheduler", address)
        process.kill()
    assert reason.startswith(f"no dask scheduler answers at '{address}' (")


def test_without_the_extra_it_is_named(capsys, monkeypatch):
    """Where dask.distributed is not installed, --scheduler says how to install it: exit code 2."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "exactrelu.certification.distributed", raising=False)
    monkeypatch.delattr("exactrelu.certification.distributed", raising=False)
    assert "pip install distributed" in refusal(capsys, *WORDS, "--scheduler", "127.0.0.1:1")


def test_a_scheduler_and_local_processes_exclude_each_other(capsys):
    """--jobs counts processes of this machine; with --scheduler it is a mistake."""
    assert "not allowed with" in refusal(capsys, *WORDS, "--scheduler", "127.0.0.1:1", "--jobs", 2)
