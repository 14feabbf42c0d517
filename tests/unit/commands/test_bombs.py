"""Small files that lead to endless work: with 6 GB and a minute, each ends with a right answer or with a clear line."""

import gzip
import json
import os
import resource
import subprocess
import sys
import time

import pytest
from folders import CASES, ROOT

from exactrelu import checker1, jsonio

BOMBS = CASES / "bombs"

MEMORY = 6 * 10**9


def run(*words, seconds=60):
    """Return (exit code, stdout, stderr, seconds) of a command with little memory."""
    started = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-m", "exactrelu", *map(str, words)], capture_output=True, text=True, timeout=seconds,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return process.returncode, process.stdout, process.stderr, time.monotonic() - started


def packed_lists(path, count):
    """Write a gzip file of ``count`` empty lists in a list."""
    with gzip.open(path, "wb") as stream:
        stream.write(b"[" + b"[]," * (count - 1) + b"[]]")
    return path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("certify", BOMBS / "p_bigcoef.json.gz", "-n", 2), "too many digits for an enumeration"),
        (("certify", BOMBS / "p_bigseed.json.gz", "-n", 1), "too many digits for an enumeration"),
        (("regions", BOMBS / "n_big_relu.json.gz"), "too many digits for an enumeration"),
        (("build", BOMBS / "p_mask100.json.gz", "-n", 2), "more than 104 states"),
    ],
)
def test_what_would_not_end_is_refused(words, expected):
    """Exit code 2 and one line that says what is too much, and what to change."""
    code, out, err, _ = run(*words)
    assert (code, out) == (2, "") and expected in err and err.count("\n") == 1


@pytest.mark.parametrize("name", ["p_window100.json", "p_mask100.json.gz"])
def test_large_windows_with_little_in_them_are_built(name):
    """n = 1 under masks of 2 and of 9604 coefficients on windows of 10,000 unit squares."""
    code, out, err, _ = run("build", BOMBS / name, "-n", 1)
    assert (code, err) == (0, "") and "depth           6" in out


def test_the_sizes_on_a_window_of_ten_thousand_cells():
    """All constructions have networks for what is live: some hundred units."""
    code, out, err, _ = run("sizes", BOMBS / "p_window1x10000.json", "--to", 1, "--json")
    assert (code, err) == (0, "") and all(row["neurons"] < 300 for row in json.loads(out)["rows"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_limit_ends_what_has_no_end(jobs):
    """T^40(x) has 2^40 regions: exit code 3 soon after the limit, one line with what to do next."""
    more = ("--most", 2**40, "--limit", 1)
    code, out, err, seconds = run("regions", BOMBS / "n_tents40.json", *more, "--jobs", jobs)
    assert (code, out) == (3, "") and seconds < 20
    assert err.startswith("exactrelu: the limit of 1 s is reached, nothing was decided; give a larger --limit")
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", [("eval", 0, 0), ("check",)])
def test_many_values_in_a_small_file(tmp_path, command):
    """200 kB of gzip that hold 80 million lists are refused before one of them is made."""
    path = packed_lists(tmp_path / "lists.json.gz", 80_000_000)
    assert path.stat().st_size < 400_000
    code, out, err, _ = run(command[0], path, *command[1:])
    assert (code, out) == (2, "") and "bytes of memory" in err and err.count("\n") == 1


def test_a_limit_of_memory_counts_values(monkeypatch, tmp_path):
    """Lists, objects, strings and numbers count; what is just below the limit is read; checker and reader agree."""
    path = tmp_path / "values.json"
    path.write_text(json.dumps([[[], {}, "a", 1, {"b": [2, 3]}]] * 50))
    needed = jsonio.memory_of(path.read_text())
    monkeypatch.setattr(jsonio, "MAX_MEMORY", needed)
    monkeypatch.setattr(checker1, "MAX_MEMORY", needed)
    assert jsonio.read_json(path) == checker1.read_json(path.read_bytes()) == json.loads(path.read_text())
    monkeypatch.setattr(jsonio, "MAX_MEMORY", needed - 1)
    monkeypatch.setattr(checker1, "MAX_MEMORY", needed - 1)
    with pytest.raises(jsonio.InputError, match="bytes of memory"):
        jsonio.read_json(path)
    with pytest.raises(checker1.Malformed, match="bytes of memory"):
        checker1.read_json(path.read_bytes())


def test_many_floats_are_refused_at_the_thousandth(tmp_path):
    """One float is named with its place; of thousands none is kept."""
    path = tmp_path / "floats.json"
    path.write_text("[" + ",".join(["1.5"] * 1001) + "]")
    with pytest.raises(jsonio.InputError, match="more than 1000 JSON floats"):
        jsonio.read_json(path)
    with pytest.raises(checker1.Malformed, match="more than 1000 numbers are JSON floats"):
        checker1.read_json(path.read_bytes())


def late_uses(path, count):
    """Write a network in which ``count`` units of the first layer are read ``count`` layers later."""
    nodes = []
    for k in range(count):
        nodes += [{"op": "affine", "terms": [[0, 1]], "bias": k}, {"op": "relu", "of": 2 + 2 * k}]
    early, last = [3 + 2 * k for k in range(count)], 1
    for _ in range(count):
        nodes.append({"op": "relu", "of": last})
        last = 1 + len(nodes)
    nodes.append({"op": "affine", "terms": [[k, 1] for k in [*early, last]], "bias": 0})
    content = {"format": "exactrelu-network/1", "inputs": 2, "nodes": nodes, "outputs": [1 + len(nodes)]}
    path.write_text(json.dumps(content))
    return path


def test_late_uses_of_early_units_take_no_time(tmp_path):
    """Two thousand values carried through two thousand layers: four million units are counted, none is made."""
    code, out, err, seconds = run("certify", "--network", late_uses(tmp_path / "late.json", 2000), "--json")
    assert (code, err) == (1, "") and json.loads(out)["neurons"] > 4_000_000 and seconds < 30


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_limit_on_a_certification(jobs):
    """The answer is undecided, exit code 3, with what is known so far; no worker is left."""
    code, out, err, seconds = run("certify", "bilinear", "-n", 8, "--limit", 2, "--jobs", jobs, "--json")
    data = json.loads(out)
    assert code == 3 and data["verdict"] == "undecided" and data["width"] == 300 and seconds < 20
    assert data["error"].startswith("the limit of 2 s is reached, nothing was decided")


@pytest.mark.parametrize(
    "words", [("sizes", "butterfly"), ("certify", "butterfly", "-n", "all"), ("proofs", "--check")]
)
def test_a_limit_on_other_commands(words):
    """They stop as well, with one line."""
    code, out, err, seconds = run(*words, "--limit", "0.5")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert err.startswith("exactrelu: the limit of 0.5 s is reached")


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "1e9", "0.0"])
def test_a_limit_has_to_be_a_time(seconds):
    """Anything but a positive number of seconds is refused."""
    code, _, err, _ = run("sizes", "haar", "--limit", seconds)
    assert code == 2 and "expected seconds, a number such as 10 or 0.5" in err
