"""Whatever is typed or fed, the answer to bad input is exit code 2, one clear line on stderr and nothing on stdout."""

import gzip
import json
import os
import stat

import pytest
from command import refusal, run
from folders import CASES
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.cli import main
from exactrelu.scheme import load_problem, problem_to_json

CORPUS = CASES / "bad_networks"
MESSAGES = dict(line.split(": ", 1) for line in (CORPUS / "messages.txt").read_text(encoding="utf-8").splitlines())
FILES = sorted(path.name for path in CORPUS.iterdir() if path.name != "messages.txt")

RELU = {"format": "exactrelu-network/1", "inputs": 2, "nodes": [{"op": "relu", "of": 0}], "outputs": [2]}


@pytest.fixture
def net(tmp_path):
    """A good network file."""
    path = tmp_path / "net.json"
    path.write_text(json.dumps(RELU))
    return path


def test_the_verified_checker_is_given_another_file(capsys, monkeypatch, tmp_path, net):
    """Where the machine-checked checker finds no certificate, a file of another kind is told by its content."""
    program = tmp_path / "exactrelu-check"
    program.write_text("#!/bin/sh\necho 'unreadable: format: expected exactrelu-certificate/1' >&2\nexit 2\n")
    program.chmod(0o755)
    monkeypatch.setenv("EXACTRELU_CHECK", str(program))
    assert "a network" in refusal(capsys, "check", "--verified", net)
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(problem_to_json(load_problem("haar"))))
    assert "a problem" in refusal(capsys, "check", "--verified", problem)
    assert "haar: a built-in problem" in refusal(capsys, "check", "--verified", "haar")
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert "expected exactrelu-certificate/1" in refusal(capsys, "check", "--verified", other)


def test_every_bad_network_has_its_message():
    """The corpus and the list of messages name the same files."""
    assert sorted(MESSAGES) == FILES


@pytest.mark.parametrize("name", FILES)
def test_bad_network_files(capsys, name):
    """Every file of the corpus is refused with its own message, after its name (the JSON parser's words vary)."""
    line = refusal(capsys, "eval", CORPUS / name, 0, 0)
    assert line.startswith(f"{CORPUS / name}: {MESSAGES[name]}")
    assert len(line) < len(str(CORPUS)) + 250


NUMERAL = 'expected a rational such as 3, "-7/16" or "0.125", got'

WORDS = [
    ([], "the following arguments are required: COMMAND"),
    (["certfy"], "there is no command 'certfy'; did you mean certify? (certify, build, "),
    (["xyz"], "there is no command 'xyz'; there are certify, build, "),
    (["--verbose"], "there is no option --verbose here; did you mean --version?; see exactrelu --help"),
    (["--limit", "5", "certify"], "there is no option --limit here: write it behind the command (certify, build, "),
    (["--vresion"], "there is no option --vresion here; did you mean --version?; see exactrelu --help"),
    (["--jobs", "certify"], "there is no option --jobs here: write it behind the command (certify, regions"),
    (["build", "--verbose"], "there is no option --verbose here; see exactrelu build --help"),
    (["build", "bilinear", "courant"], "unexpected: 'courant'; see exactrelu build --help"),
    (["build", "--js"], "there is no option --js here; did you mean --json?; see exactrelu build --help"),
    (["certify", "--ouput=c.json"], "there is no option --ouput here; did you mean --output?; see exactrelu certify"),
    (["build", "--to", "4"], "there is no option --to here, it belongs to sizes; did you mean -n?; see"),
    (["eval", "NET", "--box", "0"], "there is no option --box here, it belongs to regions, equal, bound; see"),
    (["equal", "NET", "NET", "--box", "0"], "--box: expected 4 ends, LOW HIGH for each coordinate, got 1"),
    (["bound", "NET", "--box", "0", "-1", "0", "1"], ": side 0 of the box: expected low <= high, got [0, -1]"),
    (["bound", "NET", "--line", "0,0", "0"], "--line: a point is 2 coordinates with commas between, got '0'"),
    (["bound", "NET", "--line", "0,0", "0,0"], "the points of a line have to be two, and those of a plane three that"),
    (["bound", "NET", "--plane", "0,0", "1,1", "-1,-1"], "the points of a line have to be two, and those of a plane"),
    (["bound", "NET", "--fix", "2=1"], "there is no input 2: the 2 inputs are numbered from 0"),
    (["bound", "NET", "--fix", "0=1", "--fix", "0=2"], "--fix: expected I=V, such as 2=0.5, once for each input, got"),
    (["bound", "NET", "--fix", "x"], "--fix: expected I=V, such as 2=0.5, once for each input, got 'x'"),
    (["equal", "NET", "NET", "--within", "-1"], "within: expected a difference >= 0, got -1"),
    (["build", "--x\x1b[2J"], "there is no option '--x\\x1b[2J' here"),
    (["build", "bilinar"], "neither a file nor a built-in problem; did you mean bilinear?"),
    (["build", "loop_M222"], "loop_M222 is a built-in mask, not a problem; use it in a problem file, or take --mask"),
    (["build", "hat8"], "hat8 is a built-in seed, not a problem; use it in a problem file, or take --seed hat8 --mask"),
    (["build", "--mask", "loop_M222"], "--mask and --seed belong together"),
    (["build", "--seed", "courant"], "--mask and --seed belong together"),
    (["build", "haar", "--mask", "loop_M222", "--seed", "courant"], "--mask and --seed take the place of PROBLEM"),
    (["build", "--mask", "loop", "--seed", "courant"], "no built-in mask 'loop'; did you mean loop_M222? (see"),
    (["build", "--mask", "loop_M222", "--seed", "x"], "there is no built-in seed 'x'; see exactrelu examples"),
    (["build", "-n"], "argument -n: expected one argument"),
    (["build", "-n", "-1"], "argument -n: expected an integer from 0 to 10000, got '-1'"),
    (["build", "-n-1"], "argument -n: expected an integer from 0 to 10000, got '-1'"),
    (["build", "-n", "1000000000"], "argument -n: expected an integer from 0 to 10000, got '1000000000'"),
    (["build", "-n", "9" * 5000], "argument -n: expected an integer from 0 to 10000, got '9999"),
    (["build", "-n", "2.0"], "argument -n: expected an integer"),
    (["build", "-n", "1e3"], "argument -n: expected an integer"),
    (["build", "-n", "three"], "argument -n: expected an integer"),
    (["build", "-n", "٣"], "argument -n: expected an integer"),
    (["build", "-n", ""], "argument -n: expected an integer"),
    (["build", "--construction", "onepass"], "did you mean one-pass?"),
    (["build", "--construction", "xyz"], "there is no construction 'xyz'; there are one-pass, small, compact, paper"),
    (["build", "nosuch"], "'nosuch' is neither a file nor a built-in problem"),
    (["build", ""], "'' is neither a file nor a built-in problem"),
    (["build", "no\nsuch\x1b[2J"], "neither a file nor"),
    (["build", "/"], "/: cannot read: Is a directory"),
    (["build", "-n", "0", "--output", "/nonexistent/net.json"], "net.json: cannot write there: there is no folder"),
    (["build", "-n", "0", "--output", "/"], "/: cannot write there: it is a folder"),
    (["build", "-n", "2000", "--output", "net.json"], "more than the limit of 1000000 nodes"),
    (["certify", "-n", "every"], "argument -n: expected an integer from 0 to 10000 or all, got 'every'"),
    (["certify", "-n", "all", "--method", "enumerate"], "n = all belongs to the method induction"),
    (["certify", "-n", "all", "--network", "NET"], "n = all is about the networks of a construction"),
    (["certify", "--network", "NET", "--construction", "paper"], "--construction: not allowed with argument --network"),
    (["certify", "--network", "nosuch.json"], "nosuch.json: cannot read: No such file or directory"),
    (["certify", "--method", "magic"], "there is no method 'magic'; there are enumerate, induction"),
    (["certify", "--method", "inducton"], "did you mean induction?"),
    (["certify", "--method", "induction", "--state", "x"], "state belongs to the method enumerate"),
    (["certify", "--method", "induction", "-n", "0"], "an induction over the stages needs n >= 1, got 0"),
    (["certify", "--output", "/nonexistent/cert.json"], "cert.json: cannot write there: there is no folder"),
    (["certify", "--output", "/"], "/: cannot write there: it is a folder"),
    (["certify", "--jobs", "1e9"], "argument --jobs: expected an integer from 1 to 1024, got '1e9'"),
    (["certify", "nosuch"], "'nosuch' is neither a file nor a built-in problem"),
    (["eval"], "the following arguments are required: NET, X"),
    (["eval", "NET"], "the following arguments are required: X"),
    (["eval", "NET", "1"], "a point has 2 coordinates here, not 1; give X1 X2, or several points as X1,X2"),
    (["eval", "NET", "1", "2", "3"], "a point has 2 coordinates here, not 3; give X1 X2"),
    (["eval", "NET", "1,2", "3"], "a point has 2 coordinates here, not 1"),
    (["eval", "NET", "1,2,3"], "a point has 2 coordinates here, not 3"),
    (["eval", "NET", "1,"], f"coordinate 2: {NUMERAL} ''"),
    (["eval", "NET", "1", "1/0"], "coordinate 2: the denominator is zero"),
    (["eval", "NET", "-1/0", "1"], "coordinate 1: the denominator is zero"),
    (["eval", "NET", "1e999999", "1"], "coordinate 1: the exponent has to lie between -10000 and 10000"),
    (["eval", "NET", "-1e-10001", "1"], "coordinate 1: the exponent has to lie between -10000 and 10000"),
    (["eval", "NET", "-1e", "1"], f"coordinate 1: {NUMERAL} '-1e'"),
    (["eval", "NET", "1/2e3", "1"], f"coordinate 1: {NUMERAL} '1/2e3'"),
    (["eval", "NET", "nan", "1"], f"coordinate 1: {NUMERAL} 'nan'"),
    (["eval", "NET", "1", "inf"], f"coordinate 2: {NUMERAL} 'inf'"),
    (["eval", "NET", "1", "-inf"], "there is no option -inf here"),
    (["eval", "NET", "1", "2**3"], f"coordinate 2: {NUMERAL} '2**3'"),
    (["eval", "NET", "1", ""], f"coordinate 2: {NUMERAL} ''"),
    (["eval", "NET", "1", "7" * 100_001], "coordinate 2: the number has more than 100000 digits"),
    (["eval", "NET", "1", "0x10"], f"coordinate 2: {NUMERAL} '0x10'"),
    (["eval", "nosuch.json", "1", "2"], "nosuch.json: cannot read: No such file or directory"),
    (["eval", "/", "1", "2"], "/: cannot read: Is a directory"),
    (["eval", "a\0b", "1", "2"], "not a file name"),
    (["eval", "x" * 5000, "1", "2"], "cannot read: File name too long"),
    (["regions", "NET", "--box", "0", "1", "0"], "--box: expected 4 ends, LOW HIGH for each coordinate, got 3"),
    (["regions", "NET", "--box", "1", "0", "0", "1"], ": side 0 of the box: expected low <= high, got [1, 0]"),
    (["regions", "NET", "--box", "0", "x", "1", "1"], f"--box, end 2: {NUMERAL} 'x'"),
    (["regions", "NET", "--jobs", "0"], "argument --jobs: expected an integer from 1 to 1024, got '0'"),
    (["regions", "NET", "--jobs", "-2"], "argument --jobs: expected an integer from 1 to 1024, got '-2'"),
    (["equal", "NET"], "the following arguments are required: NET2"),
    (["equal", "NET", "nosuch.json"], "nosuch.json: cannot read: No such file or directory"),
    (["sizes", "--to", "0"], "argument --to/-n: expected an integer from 1 to 1000, got '0'"),
    (["sizes", "--to", "-5"], "argument --to/-n: expected an integer from 1 to 1000, got '-5'"),
    (["check"], "the following arguments are required: CERT"),
    (["check", "nosuch.json"], "nosuch.json: "),
    (["check", "NET"], "net.json: expected a certificate, got a network file; exactrelu eval"),
    (["check", "bilinear"], "bilinear: a built-in problem; exactrelu certify bilinear --output CERT writes"),
    (["eval", "bilinear", "0", "0"], "bilinear is a built-in problem, not a network file; exactrelu build bilinear"),
    (["examples", "masks"], "unexpected: 'masks'; see exactrelu examples --help"),
]


@pytest.mark.parametrize(("words", "message"), WORDS, ids=[" ".join(words)[:60] for words, _ in WORDS])
def test_bad_words(capsys, net, monkeypatch, words, message):
    """Wrong commands, options, numbers and names are refused with one line that names what is wrong.

    With ``--json`` that line is an object on standard output as well.
    """
    monkeypatch.chdir(net.parent)
    line = refusal(capsys, *(net if word == "NET" else word for word in words))
    assert message in line
    assert line.isprintable()
    code, out, err = run(capsys, *(net if word == "NET" else word for word in words), "--json")
    assert code == 2 and json.loads(out) == {"error": err.removeprefix("exactrelu: ").rstrip("\n")}
    assert os.listdir(net.parent) == ["net.json"]


KINDS = {
    "problem": "a problem file; exactrelu certify, build, sizes and value take it as PROBLEM",
    "network": "a network file; exactrelu eval, regions and equal take it, and certify PROBLEM --network FILE",
    "certificate": "a certificate; exactrelu check takes it",
    "shard": "a file of a --state folder; exactrelu certify --state takes the folder",
}
TAKES = {
    "problem": [("certify", "FILE"), ("build", "FILE"), ("sizes", "FILE"), ("value", "FILE", "0", "0")],
    "network": [
        ("eval", "FILE", "0", "0"), ("regions", "FILE"), ("equal", "FILE", "FILE"), ("certify", "--network", "FILE"),
    ],
    "certificate": [("check", "FILE")],
}


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_are_mistaken_for_each_other(capsys, tmp_path, kind):
    """A file of one kind where another one belongs is named, with the commands that take it, all ways round."""
    path = tmp_path / "file.json"
    path.write_text(json.dumps({"format": f"exactrelu-{kind}/1"}))
    names = {"problem": "a problem file", "network": "a network file", "certificate": "a certificate"}
    for expected, commands in TAKES.items():
        for words in commands:
            line = refusal(capsys, *(path if word == "FILE" else word for word in words))
            if expected == kind:
                assert line.startswith(f"{path}: ") and ", got " not in line
            else:
                assert line == f"{path}: expected {names[expected]}, got {KINDS[kind]}"


@pytest.mark.parametrize(
    ("inputs", "outputs"), [(1, [1]), (3, [3]), (2, [2, 2])], ids=["one input", "three inputs", "two outputs"]
)
def test_networks_that_cannot_be_v_n_g(capsys, net, inputs, outputs):
    """``certify --network`` takes networks with two inputs and one output."""
    net.write_text(json.dumps(RELU | {"inputs": inputs, "outputs": outputs}))
    line = refusal(capsys, "certify", "--network", net)
    assert line == (
        f"V^n g has two inputs and one output, but the network has {inputs} and {len(outputs)}"
    )


@pytest.mark.parametrize("inputs", [3, 5])
@pytest.mark.parametrize("command", ["regions", "equal"])
def test_networks_of_other_dimensions(capsys, net, inputs, command):
    """Regions and equality are decided where two inputs vary at most; the others have to be fixed."""
    net.write_text(json.dumps(RELU | {"inputs": inputs, "nodes": [{"op": "relu", "of": 0}], "outputs": [inputs]}))
    line = refusal(capsys, command, *[net] * (2 if command == "equal" else 1))
    assert line.startswith(f"{net}: {inputs} inputs vary, and regions are those of two at most: fix the others (--fix")


def test_a_gzip_bomb_is_refused(capsys, tmp_path):
    """A small file that unpacks to more than the limit is refused, and not held in memory as a whole."""
    path = tmp_path / "bomb.json.gz"
    with gzip.open(path, "wb", compresslevel=9) as stream:
        for _ in range(65):
            stream.write(b" " * 2**20)
    assert "bytes (decompressed), the limit for this kind of file" in refusal(capsys, "build", path)


def test_an_unreadable_file_is_refused(capsys, net):
    """A file without read permission is refused (the superuser may read it)."""
    net.chmod(0)
    if os.access(net, os.R_OK):
        assert run(capsys, "eval", net, 3, 0)[:2] == (0, "3\n")
    else:
        assert "Permission denied" in refusal(capsys, "eval", net, 0, 0)
    net.chmod(stat.S_IRUSR | stat.S_IWUSR)


WORD = st.text(max_size=12) | st.sampled_from(["eval", "build", "-n", "--json", "-1/2", "--box", "7"])


@given(st.lists(WORD, max_size=5))
def test_any_words_end_in_an_exit_code(words):
    """Whatever is typed, the command ends in 0 or 2, never in an exception."""
    if "build" not in words:  # a build that happens to be right may write files
        assert main(words) in (0, 2)
