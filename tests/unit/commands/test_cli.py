"""The commands: their answers for people and programs, exit codes, and how they end when they are interrupted."""

import io
import json
import os
import pty
import signal
import subprocess
import sys
from importlib import import_module
from random import Random
from types import ModuleType

import pytest
from command import answer, run
from networks import perceptron, tents

import exactrelu
from exactrelu.certification.induction import atoms
from exactrelu.commands import progress, sizes
from exactrelu.commands.sizes import depth_formula, growth
from exactrelu.commands.tables import short_number, table
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.data import problems
from exactrelu.data import table as entries
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq, parse, text
from exactrelu.formats import read_network, write_network
from exactrelu.network import Affine, Builder, Network, Relu
from exactrelu.network.layers import layered
from exactrelu.proof.levels import Sizes
from exactrelu.scheme import builtin_problems, load_problem

COMMAND = [sys.executable, "-m", "exactrelu"]


@pytest.fixture
def absolute(tmp_path):
    """The file of |x| + y/3."""
    b = Builder(2)
    x, y = b.inputs
    write_network(tmp_path / "abs.json", b.network([b.relu(x) + b.relu(-x) + y / 3]))
    return tmp_path / "abs.json"


@pytest.mark.parametrize(
    ("point", "value"),
    [
        (("-7/16", "1"), "37/48"), (("-.5", "-0.125"), "11/24"),
        (("3", "-9"), "0"), (("+1", "-0"), "1"), (("1.", "3"), "2"),
    ],
)
def test_eval_prints_the_exact_value(capsys, absolute, point, value):
    """Negative numbers, fractions and finite decimals are ordinary arguments; the value is p/q."""
    assert run(capsys, "eval", absolute, *point) == (0, f"{value}\n", "")


def test_eval_prints_one_line_for_each_output(capsys, tmp_path):
    """A network with several outputs, and another number of inputs than two, is evaluated as well."""
    path = tmp_path / "net.json"
    write_network(path, Network(3, [Affine(((2, mpq(-1, 2)),), mpq(0))], [3, 0]))
    assert run(capsys, "eval", path, "5", "6", "7")[:2] == (0, "-7/2\n5\n")
    assert run(capsys, "eval", path, "5,6,7", "-1,0,1e1")[:2] == (0, "-7/2, 5\n-5, -1\n")


def test_eval_at_several_points(capsys, absolute):
    """Points are words X,Y; there is a line for each, and with --json an object with the points and all outputs."""
    words = "eval", absolute, "-7/16,1", "-1e-3,.5", "1E+2,-3e0"
    assert run(capsys, *words)[:2] == (0, "37/48\n503/3000\n99\n")
    code, data = answer(capsys, *words)
    assert code == 0 and data == {"values": [
        {"point": ["-7/16", "1"], "outputs": ["37/48"]},
        {"point": ["-1/1000", "1/2"], "outputs": ["503/3000"]},
        {"point": ["100", "-3"], "outputs": ["99"]},
    ]}
    assert answer(capsys, "eval", absolute, "0", "3") == answer(capsys, "eval", absolute, "0,3")


def test_eval_of_a_network_with_one_input(capsys, tmp_path):
    """With one input every word is a point."""
    write_network(tmp_path / "net.json", Network(1, [Relu(0)], [1]))
    assert run(capsys, "eval", tmp_path / "net.json", "-5", "1/2", "7")[:2] == (0, "0\n1/2\n7\n")


def test_a_long_fraction_has_a_decimal_beside_it(capsys, absolute, tmp_path):
    """Fractions of more than 12 characters are followed by six digits, marked as rounded; others stand alone."""
    assert run(capsys, "eval", absolute, "1/1234567890", "0")[1] == "1/1234567890\n"
    assert run(capsys, "eval", absolute, "-1/12345678901", "0")[1] == "1/12345678901 (rounded 8.10000e-11)\n"
    b = Builder(2)
    x, y = b.inputs
    write_network(tmp_path / "other.json", b.network([b.relu(x) + b.relu(-x) + y / 3 + mpq(1, 2**60)]))
    _, out, _ = run(capsys, "equal", absolute, tmp_path / "other.json")
    assert "the second 1/1152921504606846976 (rounded 8.67362e-19) (" in out


def test_equal_names_the_output_that_differs(capsys, tmp_path):
    """Of networks with several outputs the one that differs is named by its number, from 0."""
    write_network(tmp_path / "first.json", Network(2, [Relu(0), Relu(1)], [2, 0, 3]))
    write_network(tmp_path / "second.json", Network(2, [Relu(0), Relu(1)], [2, 0, 1]))
    words = "equal", tmp_path / "first.json", tmp_path / "second.json"
    code, data = answer(capsys, *words)
    assert code == 1 and data["counterexample"]["output"] == 2
    code, out, _ = run(capsys, *words)
    assert code == 1 and " output 2 (the first is 0) of the first network has the value " in out
    assert ", that of the second " in out
    code, data = answer(capsys, "equal", tmp_path / "first.json", tmp_path / "first.json")
    assert code == 0 and data["counterexample"] is None


def test_eval_takes_and_prints_numbers_of_ten_thousand_digits(capsys, absolute):
    """Python's limit of 4300 digits does not bind."""
    code, out, _ = run(capsys, "eval", absolute, "1" + "0" * 10_000 + "/3", "1")
    value, _, decimal = out.partition(" ")
    assert code == 0 and parse(value, "out") == mpq(10**10_000 + 1, 3) and decimal == "(rounded 3.33333e+9999)\n"


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_build_counts_and_writes_the_network(capsys, tmp_path, construction, n):
    """The answer has the counts of the layered form, and the file computes the same function."""
    path = tmp_path / "net.json"
    code, data = answer(capsys, "build", "haar", "-n", n, "--construction", construction, "--output", path)
    network = build(load_problem("haar"), n, construction)
    form = layered(network)
    assert code == 0
    assert data.pop("largest_weight") == text(form.largest_weight)
    assert data == {name: getattr(form, name) for name in ("width", "depth", "neurons", "edges")}
    point = (mpq(7, 25), mpq(16, 25))
    assert read_network(path).evaluate(point) == network.evaluate(point)


def test_build_for_people(capsys):
    """Without --json the answer is a table; a window that was moved is mentioned."""
    code, out, _ = run(capsys, "build", "shifted", "-n", "1")
    assert code == 0
    assert "window [-2, 2] x [-1, 2], built on [0, 4] x [0, 3] and shifted by (-2, -1)" in out
    for name in ("width", "depth", "neurons", "edges", "largest weight"):
        assert f"\n{name} " in out


def test_the_defaults_are_bilinear_three_and_one_pass(capsys):
    """``exactrelu build`` without arguments builds the default problem."""
    assert run(capsys, "build") == run(capsys, "build", "bilinear", "-n", 3, "--construction", "one-pass")


def test_masks_and_seeds_by_name(capsys):
    """``--mask`` and ``--seed`` stand for a problem file with these two, wherever a problem is named."""
    names = "--mask", "loop_M222", "--seed", "courant"
    assert answer(capsys, "build", *names, "-n", 1) == answer(capsys, "build", "loop", "-n", 1)
    code, data = answer(capsys, "certify", "--mask", "haar_half", "--seed", "hat8", "-n", 1, "--method", "induction")
    assert code == 0 and (data["verdict"], data["problem"]) == ("certified", "haar_half with hat8")
    code, out, _ = run(capsys, "sizes", *names, "-n", 1)
    assert code == 0 and out.startswith("problem  loop_M222 with courant: 19 coefficients, window [0, 4] x [0, 4]\n")


def test_every_n_of_sizes_has_two_names(capsys):
    """``sizes -n N`` is ``sizes --to N``, and without either it is 3, as for the other commands."""
    assert run(capsys, "sizes", "haar", "-n", 2) == run(capsys, "sizes", "haar", "--to", 2)
    assert [row["n"] for row in answer(capsys, "sizes", "haar")[1]["rows"]][:3] == [1, 2, 3]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, UndecidedError("a worker process ended early")])
@pytest.mark.parametrize("command", ["certify", "equal"])
def test_what_is_not_decided_is_said_so_to_programs(capsys, monkeypatch, absolute, command, stop):
    """An interrupted decision has the verdict "undecided" and all fields; the reason stands on stderr."""

    def interrupted(*_, **__):
        raise stop

    module, name, *words = {
        "certify": ("certification.enumeration", "certify", "zero", "-n", 1),
        "equal": ("planar.equality", "_decided", absolute, absolute),
    }[command]
    monkeypatch.setattr(import_module(f"exactrelu.{module}"), name, interrupted)
    code, out, err = run(capsys, command, *words, "--json")
    data = json.loads(out)
    assert code == 3 and data["verdict"] == "undecided" and data["pieces"] is None
    assert err == f"exactrelu: {data['error']}\n" and ("interrupted" in err or "a worker process" in err)
    assert run(capsys, command, *words)[:2] == (3, "")


def test_regions_counts_on_a_box_and_on_the_plane(capsys, tmp_path):
    """T²(x) + T²(y) has 16 activation regions on the unit square, and more on all of R²."""
    write_network(tmp_path / "tents.json", tents(2))
    code, data = answer(capsys, "regions", tmp_path / "tents.json", "--box", 0, 1, 0, "1/1")
    assert code == 0 and data["regions"] == 16 and data["linear_pieces"] == 16
    code, everywhere = answer(capsys, "regions", tmp_path / "tents.json")
    assert code == 0 and everywhere["regions"] > 16
    code, out, _ = run(capsys, "regions", tmp_path / "tents.json", "--box", -1, 1, "-1/2", 2)
    assert code == 0 and "on [-1, 1] x [-1/2, 2]" in out


def test_equal_decides_on_all_of_the_plane(capsys, absolute, tmp_path):
    """Equal networks are certified with exit code 0; a difference far outside is refuted with 1 and a point."""
    b = Builder(2)
    x, y = b.inputs
    same = b.network([2 * b.relu(x) - x + y / 3])
    write_network(tmp_path / "same.json", same)
    leak = b.network([2 * b.relu(x) - x + y / 3 + b.relu(x + y - 10**9) / 2**40])
    write_network(tmp_path / "leak.json", leak)
    code, data = answer(capsys, "equal", absolute, tmp_path / "same.json")
    assert code == 0 and data["verdict"] == "certified" and data["counterexample"] is None and data["pieces"] >= 2
    out = run(capsys, "equal", absolute, tmp_path / "same.json")[1]
    assert out.startswith("certified: equal at every point of R^2")
    code, data = answer(capsys, "equal", absolute, tmp_path / "leak.json")
    assert code == 1 and data["verdict"] == "refuted"
    found = data["counterexample"]
    point = [parse(c, "point") for c in found["point"]]
    assert [text(*network.evaluate(point)) for network in (same, leak)] == [found["first"], found["second"]]
    assert found["first"] != found["second"]
    code, out, _ = run(capsys, "equal", absolute, tmp_path / "leak.json")
    assert code == 1 and out.startswith("refuted: at (")


def test_sizes_has_a_row_for_each_construction_and_n(capsys):
    """The rows are counted on the layered networks; the statement has the largest width among them."""
    code, data = answer(capsys, "sizes", "haar", "--to", 2)
    assert code == 0
    assert [(row["construction"], row["n"]) for row in data["rows"]] == [(c, n) for c in CONSTRUCTIONS for n in (1, 2)]
    for row in data["rows"]:
        form = layered(build(load_problem("haar"), row["n"], row["construction"]))
        assert (row["width"], row["depth"], row["neurons"]) == (form.width, form.depth, form.neurons)
        assert (row["edges"], row["largest_weight"]) == (form.edges, text(form.largest_weight))
    first = max(row["width"] for row in data["rows"][:2])
    assert data["statements"][0].startswith("one-pass: W = 102, L = n + 5; ")
    assert f"largest for n = 1..2: width {first}, depth " in data["statements"][0]
    assert data["constants"]["paper"] == {"width": 22, "depth": "5n+8"}
    assert data["statements"][0].endswith(" a step")
    code, out, _ = run(capsys, "sizes", "haar", "--to", 2)
    assert code == 0 and all(statement in out for statement in data["statements"])


@pytest.mark.parametrize(
    ("depths", "formula"),
    [
        ([9], "9"), ([9, 10, 11], "n + 8"), ([11, 13, 15], "2n + 9"),
        ([4, 4], "4"), ([5, 6, 9], "at most 5n"), ([7, 9, 12], "at most 7n"),
    ],
)
def test_the_depth_formula_fits_every_row(depths, formula):
    """An affine depth is given as such; any other as C n with the least integer C that bounds every row."""
    assert depth_formula([{"n": n, "depth": depth} for n, depth in enumerate(depths, 1)]) == formula


def test_the_growth_is_the_largest_factor():
    """Factors between consecutive rows are exact; one row has none."""
    rows = [{"largest_weight": mpq(w)} for w in (2, 3, 9)]
    assert growth(rows) == "the largest weight grows by a factor of at most 3 a step"
    assert growth(rows[:1]) == "largest weight 2"
    assert growth([{"largest_weight": mpq(0)}] * 3) == "largest weight 0"


def test_sizes_states_constants_for_every_n(capsys):
    """Constants are not what was seen for n = 1, 2: the width of compact is 156 so far, 186 later; 0 has sizes, too."""
    data = answer(capsys, "sizes", "bilinear", "--to", 2)[1]
    assert data["statements"][2].startswith("compact: W = 186, L = 2n + 7; largest for n = 1..2: width 156, depth 11; ")
    code, out, _ = run(capsys, "sizes", "zero", "--to", 3)
    assert code == 0 and "compact: W = 0, L = 0; largest for n = 1..3: width 0, depth 0; largest weight 0\n" in out
    assert "Upsilon" not in out and out.endswith("exactrelu certify -n all proves)\n")
    data = answer(capsys, "sizes", "quincunx_zp", "--to", 1)[1]
    assert data["constants"] == {"small": {"width": 186, "depth": "floor(n/2)+5"}}


def test_sizes_without_constants(capsys, monkeypatch):
    """Where blocks are too many it is said, with the depths that were seen; a row beyond the constants is a mistake."""
    monkeypatch.setattr(atoms, "MOST_NODES", 100)
    statements = answer(capsys, "sizes", "haar", "--to", 2)[1]["statements"]
    assert statements[2].startswith("compact: no constants (the 198 nodes of its blocks are more than the limit of 100")
    assert "depth 11 (2n + 7)" in statements[2] and statements[0].startswith("one-pass: W = 102")
    monkeypatch.setattr(sizes, "sizes_all", lambda problem, construction: Sizes(51, 5))
    code, out, err = run(capsys, "sizes", "haar", "--to", 2)
    assert (code, out) == (3, "") and "please report it" in err


def test_examples_lists_everything_that_is_built_in(capsys):
    """Names of problems, masks and seeds, the field of a mask that is not rational; the data is complete."""
    code, out, _ = run(capsys, "examples")
    assert code == 0 and "coefficients in Q(sqrt(3))" in out
    code, data = answer(capsys, "examples")
    for kind in ("problems", "masks", "seeds"):
        names = list(problems() if kind == "problems" else entries(kind))
        assert [entry["name"] for entry in data[kind]] == names
        assert all(f"\n{name} " in out for name in names)
    window = next(entry["window"] for entry in data["problems"] if entry["name"] == "shifted")
    assert window == [list(side) for side in builtin_problems()["shifted"].window]


def test_tables_are_aligned_and_long_numbers_are_bounded():
    """Columns are padded, numbers flush right; a number that does not fit is bounded by a power of two."""
    assert table([("a", "n"), ("bc", "10")], right=(1,)) == "a    n\nbc  10"
    assert [short_number(mpq(w)) for w in (7, mpq(1, 3), 10**16, mpq(10**20, 3))] == ["7", "1/3", "< 2^54", "< 2^65"]
    assert 2**64 < mpq(10**20, 3) < 2**65


def test_an_error_of_the_program_is_no_verdict(capsys, monkeypatch, absolute):
    """An unexpected exception is shown in full and ends with exit code 3, not with Python's 1."""
    monkeypatch.setattr(Network, "evaluate", lambda *_: 1 / 0)
    code, out, err = run(capsys, "eval", absolute, 1, 2)
    assert (code, out) == (3, "") and "ZeroDivisionError" in err and "nothing was decided" in err


@pytest.mark.parametrize("end", [KeyboardInterrupt, MemoryError, ZeroDivisionError, UndecidedError("a limit")])
def test_with_json_every_end_is_one_object(capsys, monkeypatch, absolute, end):
    """Whatever ends a command, with ``--json`` there is one object with the error on standard output."""

    def stop(*_, **__):
        raise end

    monkeypatch.setattr(import_module("exactrelu.commands.regions"), "count_regions", stop)
    code, out, err = run(capsys, "regions", absolute, "--json")
    data = json.loads(out)
    assert code == 3 and list(data) == ["error"] and err.endswith(f"exactrelu: {data['error']}\n")


@pytest.mark.parametrize("end", [KeyboardInterrupt, MemoryError])
def test_an_interruption_is_no_verdict(capsys, monkeypatch, absolute, end):
    """Ctrl-C and lack of memory end with exit code 3 and one line."""

    def stop(*_):
        raise end

    monkeypatch.setattr(Network, "evaluate", stop)
    code, out, err = run(capsys, "eval", absolute, 1, 2)
    assert (code, out) == (3, "") and err.count("\n") == 1 and "nothing was decided" in err


def test_ctrl_c_ends_a_running_command_cleanly(tmp_path):
    """SIGINT while the progress bar runs: exit code 3, one line, no traceback, nothing left behind."""
    path = tmp_path / "net.json"
    write_network(path, perceptron(Random(1), [100, 100, 100, 100]))
    terminal, stderr = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "regions", str(path)], stdout=subprocess.PIPE, stderr=stderr, cwd=tmp_path, start_new_session=True
    )
    os.close(stderr)
    shown = os.read(terminal, 1000)  # waits for the first sign of progress
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    while (more := read_to_end(terminal)) != b"":
        shown += more
    *bars, last = shown.split(b"\r\x1b[K")
    assert (process.returncode, out) == (3, b"")
    assert all(bar.startswith(b"regions ") for bar in bars[1:])
    assert last == b"exactrelu: interrupted, nothing was decided; run the same command again\r\n"
    assert os.listdir(tmp_path) == ["net.json"]


def read_to_end(terminal):
    """Return what stands in a terminal that nobody writes to any more; reading past the end is an error on Linux."""
    try:
        return os.read(terminal, 10_000)
    except OSError:
        return b""


def test_a_reader_that_goes_away_is_no_error():
    """``exactrelu examples | head -1``: no traceback, and the exit code of the answer."""
    process = subprocess.Popen(
        [*COMMAND, "examples", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=20) == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_an_answer_that_cannot_be_written_is_an_error():
    """Standard output on a full device: one line and exit code 3."""
    with open("/dev/full", "w") as full:
        ended = subprocess.run([*COMMAND, "examples"], check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 3
    assert ended.stderr == "exactrelu: cannot write the answer to standard output: No space left on device\n"


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full", ">&-", ">&- 2>&-", "2>&1 >/dev/null | true"])
def test_the_exit_code_does_not_depend_on_the_streams(tmp_path, stream):
    """With stdout or stderr closed or full, bad input still ends with exit code 2."""
    command = f"set -o pipefail; '{sys.executable}' -m exactrelu eval nosuch.json 1 2 {stream}"
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(exactrelu.__file__))}
    ended = subprocess.run(
        ["bash", "-c", command], check=False, capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert ended.returncode == 2 and ended.stdout == "" and "Traceback" not in ended.stderr


def test_output_is_ascii_safe(tmp_path):
    """A terminal that knows ASCII only gets escapes, no exception."""
    (tmp_path / "größe.json").write_text("[")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(
        [*COMMAND, "eval", "größe.json", "1", "2"],
        check=False, capture_output=True, text=True, cwd=tmp_path, env=environment,
    )
    assert ended.returncode == 2 and "gr\\xf6\\xdfe.json: not JSON" in ended.stderr


def test_help_and_version():
    """--help and --version print on stdout and end with 0; the version is that of the package, with the path."""
    for words in ([], ["certify"], ["build"], ["eval"], ["regions"], ["equal"], ["check"], ["sizes"], ["examples"]):
        ended = subprocess.run([*COMMAND, *words, "--help"], check=False, capture_output=True, text=True)
        assert ended.returncode == 0 and ended.stdout.startswith("usage: exactrelu") and ended.stderr == ""
    ended = subprocess.run([*COMMAND, "--version"], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, f"exactrelu {exactrelu.__version__} ({exactrelu.core.PATH})\n")


def test_the_command_line_starts_without_the_heavy_modules():
    """Reading the words imports none of sympy, numpy, networkx and gmpy2."""
    code = "import sys, exactrelu.cli; print({'sympy', 'numpy', 'networkx', 'gmpy2'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True).stdout == "set()\n"


def test_every_public_name_is_there():
    """The names of the package are found in their modules; an unknown one is an AttributeError."""
    for name in exactrelu.__all__:
        assert name in dir(exactrelu) and not isinstance(getattr(exactrelu, name), ModuleType)
    assert exactrelu.layered is layered
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = exactrelu.nothing


class Terminal(io.StringIO):
    """A stderr that says that it is a terminal."""

    def isatty(self):
        return True


def test_the_progress_bar_is_for_terminals_only(monkeypatch):
    """A file gets no progress; a terminal gets a bar that is erased at the end, however it comes."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.progress_bar("task") as report:
        assert report is None
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", 0)
    with pytest.raises(KeyboardInterrupt), progress.progress_bar("task") as report:
        report(0, 8)
        report(2, 8)
        report(77, 77)
        raise KeyboardInterrupt
    shown = sys.stderr.getvalue().split("\r\x1b[K")
    assert shown[1].startswith("task [          ") and " 0/8" in shown[1]
    assert shown[2].startswith("task [####") and " 2/8" in shown[2] and " left" in shown[2]
    bar = shown[2][6 : shown[2].index("]")]
    assert bar.count("#") == len(bar) // 4
    assert shown[3].startswith("task 77, ")
    assert shown[4:] == [""] and max(map(len, shown)) <= 60


@pytest.mark.parametrize("columns", [200, 60, 41, 25, 12])
def test_the_progress_bar_fits_the_terminal(monkeypatch, columns):
    """At most 60 columns, fewer than the terminal has; what is done stands there as long as there is room."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", 0)
    monkeypatch.setattr(progress, "_columns", lambda: columns)
    with progress.progress_bar("certify") as report:
        report(123, 1_081_600)
        report.tick()
    lines = sys.stderr.getvalue().split("\r\x1b[K")[1:3]
    assert all(len(line) <= min(60, columns - 1) for line in lines)
    assert columns < 25 or all("123/1081600" in line for line in lines)


def test_long_work_is_announced_once(monkeypatch):
    """What it is about, about how long it takes, and how to stop it; short work is not announced."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    clock = iter([0, 0.5, 2, 3, 4])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.progress_bar("certify", "900 cells, a small network") as report:
        for done in (1, 2, 3, 4):
            report(done, 100)
    lines = [line for line in sys.stderr.getvalue().split("\r\x1b[K") if line.endswith("\n")]
    assert lines == ["certify: 900 cells, a small network; takes about 1:40 (--limit SECONDS stops it)\n"]


def test_another_piece_of_work_begins_where_progress_falls(monkeypatch):
    """It has a bar and a time of its own, and is announced, with its name, when some seconds have passed."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    clock = iter([0, 1, 40, 41, 41, 43, 47])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.progress_bar("certificate", then=("check", "it is checked")) as report:
        for done, total in ((5, 8), (8, 8), (0, 100), (10, 100), (30, 100)):
            report(done, total)
    shown = sys.stderr.getvalue().split("\r\x1b[K")
    assert [line.split(" ")[0] for line in shown[1:]] == ["certificate", "certificate", "check", "check:", "check", ""]
    assert "10/100, 5/s, 0:18 left" in shown[3]
    assert shown[4] == "check: it is checked; takes about 0:20 (--limit SECONDS stops it)\n"


def test_work_without_progress_shows_its_time():
    """A proof for every n reports nothing while it works, but the terminal shows the seconds."""
    terminal, stderr = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "certify", "dd4", "-n", "all", "--limit", "6"], stdout=subprocess.PIPE, stderr=stderr
    )
    os.close(stderr)
    shown = b""
    while (more := read_to_end(terminal)) != b"":
        shown += more
    assert process.wait(timeout=20) == 3
    assert shown.count(b"\r\x1b[Kcertify 0:0") >= 2
