"""exactrelu.certification.state: what is finished is kept, and believed only if it is what it claims to be."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from command import answer, refusal, run

from exactrelu.certification import enumeration
from exactrelu.certification.enumeration import certify
from exactrelu.certification.shards import OUTSIDE, Outcome, Task, digest, record, shards, task_of, task_text
from exactrelu.certification.state import State
from exactrelu.construction import build
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.scheme import load_problem

PROBLEM = load_problem("single_c21")
NETWORK = build(PROBLEM, 2).flatten()
BLOCKS = shards(PROBLEM, 2)
IDENTITY = digest(task_text(Task(PROBLEM, 2, NETWORK)))


def silent(line):
    """Complain to nobody: there is nothing to complain of."""
    raise AssertionError(line)


@pytest.fixture(scope="module")
def undisturbed():
    """The verdict on `single_c21` without any state."""
    return certify(PROBLEM, 2, NETWORK, jobs=1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, undisturbed):
    """A folder with all shards of `single_c21`, n = 2."""
    path = tmp_path_factory.mktemp("finished")
    assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(path, silent)) == undisturbed
    return path


@pytest.fixture
def folder(finished, tmp_path):
    """A copy of the folder of the finished run."""
    return Path(shutil.copytree(finished, tmp_path / "state"))


def counted(monkeypatch):
    """Return a list to which every block that is compared from now on is appended."""
    compared, compare = [], enumeration.compare_block

    def compare_block(task, bisections, block):
        compared.append(block)
        return compare(task, bisections, block)

    monkeypatch.setattr(enumeration, "compare_block", compare_block)
    return compared


def path_of(folder, block):
    """Return the file of a block."""
    name = json.loads(json.dumps(block))
    (path,) = (path for path in folder.iterdir() if json.loads(path.read_text())["shard"] == name)
    return path


def test_a_finished_run_is_not_done_again(monkeypatch, folder, undisturbed):
    """With every shard there, the verdict and the counts are the same and nothing is compared."""
    assert len(os.listdir(folder)) == len(BLOCKS)
    compared = counted(monkeypatch)
    assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, silent)) == undisturbed
    assert compared == []


def test_only_what_is_missing_is_done(monkeypatch, folder, undisturbed):
    """Shards whose files are gone are done again, the others are not, and the progress is that of what was left."""
    gone = [BLOCKS[1], OUTSIDE]
    for block in gone:
        path_of(folder, block).unlink()
    compared, told = counted(monkeypatch), []
    found = certify(PROBLEM, 2, NETWORK, 1, lambda *numbers: told.append(numbers), State(folder, silent))
    assert found == undisturbed and sorted(compared, key=str) == sorted(gone, key=str)
    (low1, high1), (low2, high2) = BLOCKS[1]
    left = (high1 - low1) * (high2 - low2)
    assert told[-1] == (left, left) and len(os.listdir(folder)) == len(BLOCKS)


def with_digest(content):
    """Return a record whose own digest is right whatever it says."""
    content = {key: content[key] for key in content if key != "digest"}
    return content | {"digest": digest(json.dumps(content))}


def edited(**changes):
    """Return a way to damage a file: fields that are changed, the digest left as it is."""
    return lambda text: json.dumps(json.loads(text) | changes)


def forged(**changes):
    """Return a way to damage a file: fields that are changed, and the digest with them."""
    return lambda text: json.dumps(with_digest(json.loads(text) | changes))


DAMAGES = {
    "empty": lambda text: "",
    "half": lambda text: text[: len(text) // 2],
    "a character less": lambda text: text.replace('"pieces": ', '"pieces": 1', 1),
    "no JSON": lambda text: "certified",
    "binary": lambda text: "\0\udcff",
    "another object": lambda text: "[]",
    "fewer fields": lambda text: json.dumps({key: entry for key, entry in json.loads(text).items() if key != "cells"}),
    "another number of pieces": edited(pieces=1),
    "a refutation without digest": edited(point=["0", "0"]),
    "a refutation that is none": forged(point=["1/3", "1/3"]),
    "no point": forged(point=["1/3"]),
    "no number": forged(point=["1/3", "x"]),
    "no piece": forged(pieces=0),
    "no integer": forged(pieces="7"),
    "another format": forged(format="exactrelu-shard/0"),
    "another task": forged(task="0" * 64),
    "another shard": forged(shard=[[7, 8], [7, 8]]),
    "another number of cells": forged(cells=10**6),
    "too long": lambda text: text + " " * 2**20,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_noticed_and_the_shard_done_again(monkeypatch, folder, undisturbed, damage):
    """Whatever stands in a file that is not the outcome of its shard is not believed: one line, and the right file."""
    path = path_of(folder, BLOCKS[0])
    before = path.read_text()
    path.write_text(damage(before), errors="surrogateescape")
    compared, lines = counted(monkeypatch), []
    assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, lines.append)) == undisturbed
    assert compared == [BLOCKS[0]] and path.read_text() == before
    assert len(lines) == 1 and lines[0].startswith(f"{path}: ") and "done again" in lines[0] and "\n" not in lines[0]


def test_the_file_of_another_task_or_shard_is_not_believed(monkeypatch, folder, undisturbed, tmp_path):
    """A complete file under a wrong name, of the same shard of another network or of another shard, is done again."""
    other = build(PROBLEM, 2, "compact").flatten()
    assert certify(PROBLEM, 2, other, jobs=1, state=State(tmp_path / "other", silent)).verdict == "certified"
    path_of(folder, BLOCKS[0]).write_bytes(path_of(tmp_path / "other", BLOCKS[0]).read_bytes())
    path_of(folder, BLOCKS[2]).write_bytes(path_of(folder, BLOCKS[1]).read_bytes())
    compared, lines = counted(monkeypatch), []
    assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, lines.append)) == undisturbed
    assert sorted(compared) == [BLOCKS[0], BLOCKS[2]] and len(lines) == 2


@pytest.mark.parametrize("change", ["problem", "n", "network", "version"])
def test_another_task_finds_nothing(monkeypatch, folder, change):
    """Any change of problem, n, network or version leads to other files; the old ones stay."""
    problem, n, network = PROBLEM, 2, NETWORK
    if change == "problem":
        problem = load_problem("zero")
    elif change == "n":
        n = 3
    elif change == "network":
        network = build(PROBLEM, 2, "compact").flatten()
    else:
        monkeypatch.setattr("exactrelu.certification.shards.__version__", "0")
    before = set(os.listdir(folder))
    shelf = State(folder, silent).shelf(Task(problem, n, network))
    assert shelf.outcomes(shards(problem, n)) == []
    shelf.keep(Outcome(OUTSIDE, 4, None))
    assert len(os.listdir(folder)) == len(before) + 1 and before < set(os.listdir(folder))


def test_a_refutation_is_kept(monkeypatch, tmp_path):
    """A point where network and target differ is taken from the state, with the values computed anew."""
    wrong, state = build(load_problem("single_c00"), 2), State(tmp_path, silent)
    first = certify(PROBLEM, 2, wrong, jobs=1, state=state)
    compared = counted(monkeypatch)
    again = certify(PROBLEM, 2, wrong, jobs=1, state=state)
    assert first.verdict == "refuted" and again == first and compared == []


def test_a_task_is_its_text():
    """Problem, n and network come back from the text of a task; a text of another version is refused."""
    task = task_of(task_text(Task(PROBLEM, 2, NETWORK)))
    assert (task.problem, task.n) == (PROBLEM, 2)
    assert (task.network.nodes, task.network.outputs) == (NETWORK.nodes, NETWORK.outputs)
    with pytest.raises(InputError, match="install one version everywhere"):
        task_of(task_text(task).replace('"version": "', '"version": "0.0.', 1))


def test_the_digest_depends_on_every_field():
    """Two records that differ in block, pieces, point or task have different digests."""
    outcomes = [Outcome(block, pieces, None) for block in (OUTSIDE, BLOCKS[0], BLOCKS[1]) for pieces in (4, 5)]
    outcomes += [Outcome(OUTSIDE, 4, (mpq(1, 3), mpq(y))) for y in (0, 1)]
    records = [record(identity, outcome) for outcome in outcomes for identity in (IDENTITY, "0" * 64)]
    assert len({entry["digest"] for entry in records}) == len(records)


def test_the_command_keeps_its_state_and_complains_once(capsys, tmp_path):
    """``certify --state``: the same answer twice, a line on stderr for a damaged file, and where the time went."""
    words = ["certify", "single_c21", "-n", 1, "--jobs", 1, "--state", tmp_path / "a" / "b"]
    code, data = answer(capsys, *words)
    assert code == 0 and data["verdict"] == "certified"
    assert len(os.listdir(tmp_path / "a" / "b")) == len(shards(PROBLEM, 1))
    assert list(data["timings"]) == ["build", "layering", "enumeration"]
    path = path_of(tmp_path / "a" / "b", OUTSIDE)
    path.write_text("{")
    code, out, err = run(capsys, *words, "--json")
    again = json.loads(out)
    assert code == 0 and all(again[name] == data[name] for name in ("verdict", "cells", "pieces"))
    assert err.startswith(f"exactrelu: {path}: not JSON") and err.count("\n") == 1


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere", "null\0byte"])
def test_a_folder_that_cannot_be_written_is_refused(capsys, tmp_path, place):
    """A file in the place of the folder, a folder that cannot be made: exit code 2 and one line."""
    (tmp_path / "file").touch()
    reason = refusal(capsys, "certify", "single_c21", "-n", 1, "--state", os.path.join(tmp_path, place))
    assert "cannot write files in this folder: " in reason


def test_a_folder_without_permission_is_refused(capsys, tmp_path):
    """A folder in which the user may not write: exit code 2 and one line."""
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert "Permission denied" in refusal(capsys, "certify", "single_c21", "-n", 1, "--state", tmp_path)


SLOW = """
import time
from exactrelu.certification import enumeration, shards
from exactrelu.cli import main

def compare_block(*arguments, compare=enumeration.compare_block):
    time.sleep(0.05)
    return compare(*arguments)

shards.SHARD, enumeration.compare_block = 1, compare_block
raise SystemExit(main())
"""
"""The command line with a shard for every cell on which V^n g is not zero, and time for a murder in each."""

SHARDS = 4**2 + 5
"""How many shards there are then for `haar`, n = 2: the cells of one patch, the sides of the ring, the outside."""


@pytest.fixture(scope="module")
def slow_undisturbed():
    """The verdict on what is certified slowly, without any state."""
    problem = load_problem("haar")
    return certify(problem, 2, build(problem, 2), jobs=1)


def start(folder, jobs):
    """Return a process that certifies what `slow_undisturbed` does, slowly, with a state."""
    words = ["certify", "haar", "-n", "2", "--jobs", str(jobs), "--state", str(folder), "--json"]
    return subprocess.Popen([sys.executable, "-c", SLOW, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ends_well(process, verdict):
    """Return whether a process ends, in silence, with the answer of an undisturbed run."""
    out, err = process.communicate(timeout=100)
    data = json.loads(out)
    same = (data["verdict"], data["cells"], data["pieces"]) == (verdict.verdict, verdict.cells, verdict.pieces)
    return same and (process.returncode, err) == (0, b"")


def stamps(folder):
    """Return {name: time of writing and inode} of the files in a folder that are complete."""
    found = ((path.name, path.stat()) for path in folder.glob("*.json") if not path.name.startswith("."))
    return {name: (status.st_mtime_ns, status.st_ino) for name, status in found}


@pytest.mark.parametrize("jobs", [1, 2])
def test_after_kill_minus_nine_the_same_command_goes_on(tmp_path, slow_undisturbed, jobs):
    """Killed three times at random moments: no file is written twice, and the answer is that of an undisturbed run."""
    random, before = Random(jobs), {}
    for _ in range(3):
        process = start(tmp_path, jobs)
        while len(stamps(tmp_path)) == len(before) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(random.random() / 10)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        after = stamps(tmp_path)
        assert before.items() < after.items()
        before = after
    assert ends_well(start(tmp_path, jobs), slow_undisturbed)
    assert before.items() < stamps(tmp_path).items()


def test_two_runs_in_one_folder_do_no_harm(tmp_path, slow_undisturbed):
    """Two processes that start at once with the same state folder give the same answer, in silence."""
    runs = [start(tmp_path, 1) for _ in range(2)]
    assert all([ends_well(process, slow_undisturbed) for process in runs])
    assert len(stamps(tmp_path)) == len(os.listdir(tmp_path)) == SHARDS
