"""exactrelu.certification.state: what is finished is kept, and believed only if it is what it claims to be."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import resources
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from random import Random

import pytest
from command import answer, refusal, run

import exactrelu
from exactrelu.certification import again, enumeration, provenance
from exactrelu.certification.enumeration import certify
from exactrelu.certification.shards import OUTSIDE, Outcome, Task, digest, record, shards, task_of, task_text
from exactrelu.certification.state import State
from exactrelu.construction import build
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import mpq
from exactrelu.formats import write_network
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
    """Return a list to which every block that is compared from now on is appended; no share is done again."""
    monkeypatch.setattr(enumeration, "check_share", lambda *_: None)
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


@pytest.mark.parametrize("change", ["problem", "n", "network", "code"])
def test_another_task_finds_nothing(monkeypatch, folder, change):
    """Any change of problem, n, network or code leads to other files; the old ones stay."""
    problem, n, network = PROBLEM, 2, NETWORK
    if change == "problem":
        problem = load_problem("zero")
    elif change == "n":
        n = 3
    elif change == "network":
        network = build(PROBLEM, 2, "compact").flatten()
    else:
        monkeypatch.setattr("exactrelu.certification.shards.code_digest", lambda: "0" * 64)
    before = set(os.listdir(folder))
    shelf = State(folder, silent).shelf(Task(problem, n, network))
    assert shelf.outcomes(shards(problem, n)) == []
    shelf.keep(Outcome(OUTSIDE, 4, None))
    assert len(os.listdir(folder)) == len(before) + 1 and before < set(os.listdir(folder))


def test_one_shard_at_least_is_done_again(monkeypatch, folder, undisturbed):
    """Of what is kept a random share is compared again, with progress, and comes out the same."""
    compared, check_share = [], enumeration.check_share
    monkeypatch.setattr(again, "SHARE", 10)
    for _ in range(2):
        with monkeypatch.context() as patch:
            compared.append(counted(patch))
            patch.setattr(enumeration, "check_share", check_share)
            assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, silent)) == undisturbed
    assert [len(set(blocks)) for blocks in compared] == [-(-len(BLOCKS) // 10)] * 2
    chosen = [{block for block, _ in again._share([(block, "") for block in BLOCKS])} for _ in range(100)]
    assert len(set.union(*chosen)) > len(chosen[0]) and again._share([]) == []


def forge(folder, task, blocks):
    """Write records by hand, digests and all, that say that network and target are equal on some blocks."""
    identity = digest(task_text(task))
    for block in blocks:
        name = OUTSIDE if block == OUTSIDE else "x".join(f"{low}..{high}" for low, high in block)
        content = json.dumps(record(identity, Outcome(block, 10**6, None)))
        (folder / f"{identity[:16]}-{name}.json").write_text(content)


def test_a_wrong_network_is_not_certified_by_a_forged_folder(capsys, tmp_path):
    """All shards are kept as equal by hand: undecided, exit code 3, and the line names the file that is wrong."""
    wrong = build(load_problem("single_c00"), 1).flatten()
    write_network(tmp_path / "wrong.json", wrong)
    (tmp_path / "state").mkdir()
    forge(tmp_path / "state", Task(PROBLEM, 1, wrong), shards(PROBLEM, 1))
    words = ["certify", "single_c21", "-n", 1, "--network", tmp_path / "wrong.json", "--state", tmp_path / "state"]
    code, out, err = run(capsys, *words, "--jobs", 1, "--json")
    assert code == 3 and json.loads(out)["verdict"] == "undecided" and err.count("\n") == 1
    path = err.removeprefix("exactrelu: nothing was decided: ").partition(" has no difference on 1000000 pieces ")[0]
    assert Path(path).parent == tmp_path / "state" and Path(path).exists()
    assert err.endswith(f"{path} is not to be trusted; run again without it\n") and "but done again here it has " in err


@pytest.mark.parametrize("block", [BLOCKS[0], OUTSIDE])
def test_one_forged_shard_is_found_if_it_is_in_the_share(monkeypatch, folder, block):
    """A right network and one record that was made by hand: undecided, as it is not what comes out."""
    forge(folder, Task(PROBLEM, 2, NETWORK), [block])
    monkeypatch.setattr(again, "SHARE", 1)
    with pytest.raises(UndecidedError, match=f"{path_of(folder, block)} is not to be trusted"):
        certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, silent))


def place_a_pipe(path):
    os.mkfifo(path)


def place_a_link(path):
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize("place", [place_a_pipe, place_a_link])
def test_something_else_in_the_place_of_a_shard_is_noticed(monkeypatch, folder, undisturbed, place):
    """A named pipe and a link to nowhere: one line, the shard is done again, and the file takes the place."""
    path = path_of(folder, BLOCKS[0])
    before = path.read_text()
    path.unlink()
    place(path)
    compared, lines = counted(monkeypatch), []
    assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, lines.append)) == undisturbed
    assert compared == [BLOCKS[0]] and path.read_text() == before and not path.is_symlink()
    assert lines == [f"{path}: not a file; this shard is done again"]


def test_a_state_that_cannot_be_kept_does_not_cost_the_verdict(folder, undisturbed):
    """A folder in the place of a shard, as a full disk would: one line, and no more is written, but all is decided."""
    paths = [path_of(folder, block) for block in BLOCKS[:3]]
    for path in paths:
        path.unlink()
    paths[0].mkdir()
    paths[2].mkdir()
    lines = []
    assert certify(PROBLEM, 2, NETWORK, jobs=1, state=State(folder, lines.append)) == undisturbed
    assert sorted(lines[:2]) == sorted(f"{path}: not a file; this shard is done again" for path in (paths[0], paths[2]))
    assert len(lines) == 3 and lines[2].endswith("; what is finished from here on is not kept")
    assert "cannot write: " in lines[2] and all(path.is_dir() for path in (paths[0], paths[2]))


def test_the_digest_of_the_code_covers_all_of_it(monkeypatch, tmp_path):
    """It depends on the path and content of every file of code, compiled ones too, and on the libraries' versions."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text("a")
    monkeypatch.setattr(provenance.resources, "files", lambda _: tmp_path)
    digests = []

    def changed():
        digests.append(provenance.code_digest.__wrapped__())
        return len(set(digests)) == len(digests)

    assert changed()
    (tmp_path / "inner" / "a.py").write_text("b")
    assert changed()
    (tmp_path / "a.py").write_text("")
    assert changed()
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert changed()
    (tmp_path / f"core{EXTENSION_SUFFIXES[0]}").write_bytes(b"\x7fELF")
    assert changed()
    for library in provenance.LIBRARIES:
        monkeypatch.setattr(f"{library}.__version__", "0")
        assert changed()
    (tmp_path / "masks.json").write_text("{}")
    assert not changed()


def test_the_digest_of_the_code_is_that_of_the_package():
    """Every module that is loaded from the package is in it, and it is made once in a process."""
    paths = dict(provenance.code_files(resources.files("exactrelu")))
    home = Path(exactrelu.__file__).parent
    loaded = [module for name, module in sys.modules.items() if name.partition(".")[0] == "exactrelu"]
    assert len(loaded) > 20
    assert all(str(Path(module.__file__).relative_to(home)) in paths for module in loaded)
    assert len(provenance.code_digest()) == 64 and provenance.code_digest() is provenance.code_digest()


def test_a_refutation_is_kept(monkeypatch, tmp_path):
    """A point where network and target differ is taken from the state, with the values computed anew."""
    wrong, state = build(load_problem("single_c00"), 2), State(tmp_path, silent)
    first = certify(PROBLEM, 2, wrong, jobs=1, state=state)
    compared = counted(monkeypatch)
    again = certify(PROBLEM, 2, wrong, jobs=1, state=state)
    assert first.verdict == "refuted" and again == first and compared == []


def test_a_task_is_its_text():
    """Problem, n and network come back from the text of a task; a text of other code is refused."""
    task = task_of(task_text(Task(PROBLEM, 2, NETWORK)))
    assert (task.problem, task.n) == (PROBLEM, 2)
    assert (task.network.nodes, task.network.outputs) == (NETWORK.nodes, NETWORK.outputs)
    with pytest.raises(InputError, match="other code than this exactrelu.*install the same everywhere"):
        task_of(task_text(Task(PROBLEM, 2, NETWORK)).replace('"code": "', '"code": "0', 1))


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
