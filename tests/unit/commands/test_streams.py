"""``-`` is standard input and output in every file argument, and no answer is lost because a file cannot be written."""

import json
import os
import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import refusal
from folders import CERTIFICATES_1, TESTS

import exactrelu
from exactrelu.formats import read_network, write_network
from exactrelu.jsonio import replace_json
from exactrelu.network import Builder
from exactrelu.scheme import load_problem, problem_to_json

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(exactrelu.__file__).parents[1])}
EXACTRELU = f"{shlex.quote(sys.executable)} -m exactrelu"
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")


@pytest.fixture
def shell(tmp_path):
    """A function that runs a line of bash in a folder with files: (exit code of the last command, stdout, stderr)."""
    replace_json(tmp_path / "problem.json", problem_to_json(load_problem("zero")))
    for name in ("net.json", "net.json.gz"):
        write_network(tmp_path / name, absolute())

    def run(line, **settings):
        done = subprocess.run(
            ["bash", "-c", line.replace("exactrelu ", f"{EXACTRELU} ")], check=False, capture_output=True, text=True,
            cwd=tmp_path, env=ENVIRONMENT, **settings,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def absolute():
    """Return the network of |x| + y/3."""
    b = Builder(2)
    x, y = b.inputs
    return b.network([b.relu(x) + b.relu(-x) + y / 3])


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("cat net.json | exactrelu eval - -7/16 1", "37/48\n"),
        ("cat net.json.gz | exactrelu eval - -7/16 1", "37/48\n"),
        ("cat net.json.gz | exactrelu regions -", "2 activation regions on R^2: "),
        ("cat net.json | exactrelu equal - net.json.gz", "certified: "),
        ("cat net.json.gz | exactrelu equal net.json -", "certified: "),
        ("cat problem.json | exactrelu sizes - --to 1", "problem  zero: "),
        ("gzip -c problem.json | exactrelu certify - -n 0 --network net.json", "problem   zero: "),
    ],
)
def test_a_file_comes_through_a_pipe(shell, line, answer):
    """From standard input, plain or gzip, a command reads what it reads from the file."""
    code, out, err = shell(line)
    assert code == (1 if "certify" in line else 0) and out.startswith(answer) and err == ""


def test_problem_network_and_certificate_go_through_pipes(shell, tmp_path):
    """build, certify and check, each reading what the one before has written, with the summaries on stderr."""
    code, out, err = shell(
        "cat problem.json | exactrelu build - -n 1 --output -"
        " | exactrelu certify problem.json -n 1 --network - --output /dev/stdout --jobs 1"
        " | gzip -c | exactrelu check -"
    )
    assert code == 0 and out.startswith("valid: the network with ")
    assert "written to      standard output\n" in err
    assert "certificate  standard output\n" in err and "certified    the network equals" in err
    assert sorted(os.listdir(tmp_path)) == ["net.json", "net.json.gz", "problem.json"]


@pytest.mark.parametrize(("name", "example"), [
    ("checker.py", TESTS / "certificates" / "valid" / "iterate.json"),
    ("checker1.py", CERTIFICATES_1 / "valid" / "example.json"),
])
@pytest.mark.parametrize("packing", ["cat", "gzip -c"])
def test_the_checker_alone_reads_a_pipe(shell, packing, name, example):
    """The one file on its own takes - as well, plain and gzip."""
    checker = Path(exactrelu.__path__[0]) / name
    code, out, err = shell(f"{packing} '{example}' | '{sys.executable}' -I '{checker}' -")
    assert (code, err) == (0, "") and out.startswith("valid: ")


def test_the_summary_as_json_goes_to_stderr(shell):
    """With --output - and --json standard output has the file, standard error the object."""
    code, out, err = shell("exactrelu build zero -n 1 --output - --json")
    assert code == 0 and json.loads(out)["format"] == "exactrelu-network/1" and json.loads(err)["depth"] == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cat net.json | exactrelu equal - -", "standard input, -, can be read only once"),
        ("cat net.json | exactrelu certify - --network -", "standard input, -, can be read only once"),
        ("echo '{' | exactrelu eval - 1 2", "standard input: not JSON"),
        ("echo '{}' | exactrelu regions -", "standard input: expected a network file"),
        ("echo '{}' | exactrelu certify -", 'standard input: the field "format" is missing'),
        ("echo '{' | exactrelu check -", "standard input: the file is not readable JSON"),
        ("exactrelu eval - 1 2 <&-", "standard input: cannot read: it is closed"),
        ("exactrelu build --output - >&-", "standard output: cannot write there: it is closed"),
        ("exactrelu proofs --output -", "--output -: expected a folder"),
    ],
)
def test_what_cannot_be_read_or_written_is_named(shell, line, message):
    """Exit code 2 and one line that says standard input or output."""
    code, out, err = shell(line)
    assert (code, out) == (2, "") and err.startswith(f"exactrelu: {message}") and err.count("\n") == 1


def test_a_file_named_minus_is_still_a_file(shell, tmp_path):
    """./- is a file."""
    assert shell("exactrelu build zero -n 1 --output ./-")[0] == 0
    assert read_network(tmp_path / "-").inputs == 2


def test_a_reader_of_the_file_who_goes_away_is_no_error(shell):
    """As with the answer itself."""
    code, _, err = shell("set -o pipefail; exactrelu build zero -n 1 --output - | head -c 10")
    assert code == 0 and "written to" in err


@needs_full
@pytest.mark.parametrize("command", ["build zero -n 1", "certify zero -n 1 --jobs 1"])
@pytest.mark.parametrize("options", ["--json", ""])
def test_a_full_disk_does_not_cost_the_answer(shell, command, options):
    """--output /dev/full: the answer on stdout, with no certificate, one line on stderr, exit code 3."""
    code, out, err = shell(f"exactrelu {command} --output /dev/full {options}")
    assert code == 3 and err == "exactrelu: /dev/full: cannot write: No space left on device\n"
    if options:
        data = json.loads(out)
        assert data["depth"] == 0 and (data.get("certificate"), data.get("verdict", "certified")) == (None, "certified")
    else:
        assert "depth " in out and "written to" not in out and "certificate" not in out


@needs_full
def test_standard_output_that_is_full_is_said_so(shell):
    """The summary is on stderr, and a line for the file; exit code 3."""
    code, _, err = shell("exactrelu build zero -n 1 --output - >/dev/full")
    assert code == 3 and err.startswith("exactrelu: standard output: cannot write: No space left on device\n")
    assert "\ndepth " in err and "written to" not in err


def no_long_files():
    """Let this process write no file of more than 1000 bytes: a disk that is full after them."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_a_disk_that_becomes_full_leaves_the_old_file(shell, tmp_path):
    """The answer, one line, exit code 3, the old file as it was and nothing half-written beside it."""
    before = sorted(os.listdir(tmp_path)), (tmp_path / "net.json").read_bytes()
    code, out, err = shell("exactrelu build zero -n 2 --output net.json", preexec_fn=no_long_files)
    assert code == 3 and "\ndepth " in out and "written to" not in out
    assert err == "exactrelu: net.json: cannot write: File too large\n"
    assert (sorted(os.listdir(tmp_path)), (tmp_path / "net.json").read_bytes()) == before


def test_a_file_that_cannot_be_replaced_is_refused_before_the_work(capsys, tmp_path):
    """A read-only file: exit code 2 before the problem is even read."""
    path = tmp_path / "net.json"
    path.touch()
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write everywhere")
    for command in ("build", "certify"):
        line = refusal(capsys, command, "nosuch", "--output", path)
        assert line == f"{path}: cannot write there: the file is read-only"


@pytest.mark.parametrize("command", ["build pipe -n 1", "certify pipe -n 1 --jobs 1"])
def test_a_folder_that_goes_away_does_not_cost_the_answer(tmp_path, command):
    """The folder of the output is removed while the command reads its problem: the answer, one line, exit code 3."""
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "pipe")
    words = [*command.replace("pipe", str(tmp_path / "pipe")).split(), "--output", str(tmp_path / "out" / "file.json")]
    process = subprocess.Popen(
        [sys.executable, "-m", "exactrelu", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )
    with open(tmp_path / "pipe", "w") as pipe:  # waits until the command opens it, with all checks behind it
        (tmp_path / "out").rmdir()
        json.dump(problem_to_json(load_problem("zero")), pipe)
    out, err = process.communicate()
    assert process.returncode == 3 and "depth" in out
    assert err == f"exactrelu: {tmp_path}/out/file.json: cannot write: No such file or directory\n"
