"""The checker of format 1, which is frozen: corpus, isolation, limits. Mutants are in test_mutants.py."""

import ast
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from command import run as exactrelu_run
from folders import CERTIFICATES_1, ROOT

from exactrelu import checker1

CORPUS = CERTIFICATES_1
REASONS = json.loads((CORPUS / "reasons.json").read_text())
EXAMPLE = CORPUS / "valid" / "example.json"


def files(kind):
    """Return the files of one folder of the corpus, as parameters with their names."""
    return [pytest.param(path, id=path.name) for path in sorted((CORPUS / kind).iterdir())]


@pytest.mark.parametrize("path", files("valid"))
def test_valid(path):
    """Each of these proves its statement."""
    assert checker1.check_file(path)[::2] == (True, None)


@pytest.mark.parametrize("path", files("invalid"))
def test_invalid(path):
    """Each of these is read, does not prove its statement, and is told so with the reason in reasons.json."""
    answer = checker1.check_file(path)
    assert (answer.valid, answer.reason) == (False, REASONS[f"invalid/{path.name}"])
    assert "V^" in answer.statement


@pytest.mark.parametrize("path", files("malformed"))
def test_malformed(path, monkeypatch):
    """Each of these cannot be read, for the reason in reasons.json (which may go on in words of Python's own)."""
    if path.name.startswith("too_many_"):  # the same limit, reached sooner
        monkeypatch.setattr(checker1, "MAX_BITS", checker1.MAX_BITS >> 5)
    valid, statement, reason = checker1.check_file(path)
    assert (valid, statement) == (None, None)
    assert reason.startswith(REASONS[f"malformed/{path.name}"].replace(str(1 << 33), str(checker1.MAX_BITS)))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["too_many_kinks", "too_many_translates"])
def test_limits_as_they_are(name):
    """A statement that leads to endlessly many numbers is refused in bounded time."""
    assert checker1.check_file(CORPUS / "malformed" / f"{name}.json").valid is None


def test_every_reason_has_its_file():
    """The list of reasons and the folders name the same files."""
    present = {f"{kind}/{path.name}" for kind in ("invalid", "malformed") for path in (CORPUS / kind).iterdir()}
    assert present == set(REASONS)


def run(program, *arguments, folder):
    """Return (exit code, stdout, stderr) of the checker as a program of its own, isolated, with no environment."""
    command = [sys.executable, "-I", str(program), *map(str, arguments)]
    done = subprocess.run(command, env={}, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_alone(tmp_path):
    """The one file, copied elsewhere and run in isolation, gives its answers by exit code and one line."""
    program = shutil.copy(checker1.__file__, tmp_path / "anything.py")
    statement = "the network with 5 ReLU nodes equals V^1 g of the problem 'example' at every point of R^2"
    assert run(program, EXAMPLE, folder=tmp_path) == (0, f"valid: {statement}\n", "")
    code, out, err = run(program, CORPUS / "invalid" / "wrong_bias.json", folder=tmp_path)
    assert (code, out, err) == (1, f"invalid: {REASONS['invalid/wrong_bias.json']}\n", "")
    code, out, err = run(program, CORPUS / "malformed" / "float.json", folder=tmp_path)
    assert (code, out, err) == (2, "", f"cannot be read: {REASONS['malformed/float.json']}\n")
    assert run(program, folder=tmp_path) == (2, "", "usage: python checker1.py CERTIFICATE (- is standard input)\n")


def test_standard_library_only():
    """The checker imports the standard library alone, so nothing of exactrelu, and has no float in it."""
    tree = ast.parse(Path(checker1.__file__).read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))
    assert imported <= set(sys.stdlib_module_names)
    assert not any(isinstance(node, ast.Constant) and isinstance(node.value, float) for node in ast.walk(tree))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"float", "eval", "exec", "__import__"}


def test_specification_example():
    """The worked example of the specification is the file in the corpus, word for word."""
    (block,) = re.findall(r"^```json\n(\{\"format\": \"exactrelu-certificate/1\".*?)^```", SPECIFICATION, re.M | re.S)
    assert block == EXAMPLE.read_text()


SPECIFICATION = (ROOT / "docs" / "certificate-1.md").read_text()


@pytest.mark.parametrize("place", ["missing.json", "", "a\0b", os.devnull])
def test_unreadable_places(tmp_path, place):
    """A missing file, a folder, an impossible name and an empty device cannot be read, and that is the answer."""
    valid, statement, reason = checker1.check_file(os.path.join(tmp_path, place))
    assert (valid, statement) == (None, None)
    assert reason.startswith("the file is not readable")


def test_file_sizes(tmp_path, monkeypatch):
    """A file that is too long, or becomes so by decompression, is refused without being taken apart."""
    monkeypatch.setattr(checker1, "MAX_BYTES", 10_000)
    plain, packed = tmp_path / "plain.json", tmp_path / "packed.json.gz"
    plain.write_bytes(b" " * 10_001)
    packed.write_bytes(gzip.compress(b" " * 10**8))
    for path in (plain, packed):
        assert checker1.check_file(path) == (None, None, "the file is longer than 10000 bytes")


def test_digit_limit_is_put_back():
    """Python's own limit on digits is lifted for the time of a check only."""
    before = sys.get_int_max_str_digits()
    assert checker1.check_file(CORPUS / "valid" / "long_numbers.json").valid
    assert sys.get_int_max_str_digits() == before > 0


def test_names_from_outside_are_shown_in_ascii(tmp_path):
    """A name of control characters, half surrogates and great length is shown escaped and shortened."""
    certificate = json.loads(EXAMPLE.read_text())
    certificate["problem"]["name"] = "\x1b[31m\ud800" + "é" * 500
    path = tmp_path / "name.json"
    path.write_text(json.dumps(certificate))
    valid, statement, _ = checker1.check_file(path)
    assert valid and statement.isascii() and statement.isprintable() and len(statement) < 300


def test_marks_and_window_are_not_looked_at(tmp_path):
    """What is no part of the statement may say anything."""
    certificate = json.loads(EXAMPLE.read_text())
    certificate["problem"]["window"] = [0.5, {}]
    certificate["network"]["marks"] = {"0/0/p": 3, "a lie": "anything"}
    path = tmp_path / "marks.json"
    path.write_text(json.dumps(certificate))
    assert checker1.check_file(path).valid


def test_a_degenerate_tree_takes_little_memory(tmp_path):
    """Thousands of parallel cuts in a row are checked with lists shared along the way down."""
    certificate = json.loads(EXAMPLE.read_text())
    depth = 5000
    lines = [[1, 0, -k] for k in range(depth, 0, -1)]
    certificate["evidence"]["lines"] += lines
    last = [4 + k for k in range(depth)] + [3, -1, -1] + [-1] * depth
    certificate["evidence"]["tree"] = certificate["evidence"]["tree"][:9] + last
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(certificate))
    assert checker1.check_file(path)[::2] == (True, None)


def test_curves():
    """Functions of one coordinate: sums drop kinks that cancel, positive parts gain those at simple roots."""
    identity = checker1.Curve([(1, 0)], [])
    hinge = checker1.curve_relu(identity)
    assert hinge == ([(0, 0), (1, 0)], [0])
    mirrored = checker1.curve_relu(checker1.curve_sum([(-1, identity)], 0))
    assert checker1.curve_sum([(1, hinge), (-1, mirrored)], 0) == identity
    tent = checker1.curve_sum([(2, hinge), (-4, checker1.curve_relu(checker1.curve_sum([(2, identity)], -1)))], 0)
    assert tent == ([(0, 0), (2, 0), (-6, 4)], [0, Fraction(1, 2)])
    assert checker1.curve_relu(tent) == ([(0, 0), (2, 0), (-6, 4), (0, 0)], [0, Fraction(1, 2), Fraction(2, 3)])
    assert tent.range(0, 2, (None, Fraction(1)), 2) == (-4, 2)
    assert tent.range(1, 2, (Fraction(0), None), 2) == (None, 2)


def test_cut():
    """A quadrant is cut into a triangle and an unbounded rest; a line through the vertex alone does not cut it."""
    first = checker1.QUADRANTS[3]
    assert first == ((0, 0, 1), (1, 0, 0), (0, 1, 0))
    triangle, rest = checker1.cut(first, (1, 2, -2))
    assert set(triangle) == {(0, 0, 1), (2, 0, 1), (0, 1, 1)}
    assert set(rest) == {(2, 0, 1), (0, 1, 1), (1, 0, 0), (0, 1, 0)}
    assert checker1.cut(first, (1, 1, 0)) is None and checker1.cut(first, (1, 0, 0)) is None
    halves = checker1.cut(first, (1, -1, 0))
    assert [set(half) for half in halves] == [{(0, 0, 1), (0, 1, 0), (1, 1, 0)}, {(0, 0, 1), (1, 0, 0), (1, 1, 0)}]


@pytest.mark.parametrize(("name", "code", "words"), [
    ("valid/example.json.gz", 0, "valid: the network with "), ("valid/difference.json", 0, "valid: "),
    ("invalid/wrong_bias.json", 1, "invalid: "), ("malformed/missing_key.json", 2, "missing_key.json: "),
])
def test_the_command_reads_both_formats(capsys, name, code, words):
    """``exactrelu check`` asks the checker of format 1 about a file of that format, and gives its answer."""
    found = exactrelu_run(capsys, "check", CORPUS / name)
    assert found[0] == code and words in found[1 if code < 2 else 2]
    answer = checker1.check_file(CORPUS / name)
    assert (answer.reason if code else answer.statement) in found[1] + found[2]
