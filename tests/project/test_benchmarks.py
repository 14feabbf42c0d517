"""benchmarks/: the baseline is right, the table says what was and was not reached; nothing here measures time."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from folders import ROOT
from networks import oblique_tents, perceptron, tents

import exactrelu
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq
from exactrelu.planar import reference

FOLDER = ROOT / "benchmarks"


@pytest.fixture
def benchmarks(monkeypatch):
    """Let the modules of benchmarks/ be imported by name, and forget them afterwards."""
    monkeypatch.syspath_prepend(str(FOLDER))
    names = {path.stem for path in FOLDER.glob("*.py")}
    yield
    for name in names & set(sys.modules):
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize("network", [tents(3), oblique_tents(3, mpq(1, 3)), perceptron(Random(3), [6, 6])])
def test_the_baseline_finds_the_regions_of_the_reference(benchmarks, network):
    """The plain Fraction clipper and the reference enumerator list as many regions, of the same area in all."""
    from fraction_clipper import regions
    from regions import UNIT, clipping

    cells = [cell for cell, _ in regions(*clipping(network))]
    assert len(cells) == sum(1 for _ in reference.activation_regions(network, UNIT))
    twice = sum(
        a[0] * b[1] - a[1] * b[0] for cell in cells for a, b in zip(cell, [*cell[1:], cell[0]], strict=True)
    )
    assert twice == Fraction(2) and UNIT.area() == box(0, 1, 0, 1).area() == 1


def test_a_row_says_whether_its_bar_is_reached(benchmarks, capsys):
    """Reached and missed bars are told apart in the rows, and counted below the table."""
    from table import Cost, Table, faster, ratio, within

    fast, slow, table = Cost(1.0, 2.0), Cost(60.0, 60.0, "5 MB"), Table()
    table.heading("a part")
    table.row("one", 3, fast, bars=[within(5, fast)])
    table.row("two", 4, slow, ratio(slow, fast), [within(5, slow), faster(60, slow, fast), faster(61, slow, fast)])
    table.row("three", "not installed")
    table.summary()
    lines = capsys.readouterr().out.splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    assert rows[2:] == [
        ["one", "3", "1.000 s", "2.000 s", "", "", "<= 5 s: reached"],
        ["two", "4", "60.0 s", "60.0 s", "5 MB", "60 x the time of exactrelu",
         "<= 5 s: MISSED; >= 60 x: reached; >= 61 x: MISSED"],
        ["three", "not installed", "", "", "", "", ""],
    ]
    assert lines[-3:] == ["2 of 4 bars reached", "* missed: two: <= 5 s", "* missed: two: >= 61 x"]


def test_a_missing_peer_is_named(benchmarks, capsys, monkeypatch):
    """Without z3 the row of z3 is there, and says that it is not installed."""
    import regions
    from table import Table

    monkeypatch.setitem(sys.modules, "z3", None)
    regions.equality(Table(), 1, long=True)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|   z3")]
    assert len(rows) == 2 and all("not installed" in row for row in rows)


def test_growth_has_bars(benchmarks, monkeypatch):
    """Time may grow by 4.5 at most from one n to the next, the memory of a worker by 1.25."""
    import certify
    from table import Table

    def certified(name, n, jobs, construction="one-pass"):
        usage = {"processor": 2.0, "parent": 90.0, "worker": 100.0 if n < 5 else 126.0}
        return {"seconds": 1.0 if n < 4 else 4.5 if n == 4 else 22.5, "cells": 1, "pieces": 1}, usage

    monkeypatch.setattr(certify, "PROBLEMS", (("bilinear", (3, 4), (5,), {5: 60}),))
    monkeypatch.setattr(certify, "SMALL", ("bilinear", 3, 1))
    monkeypatch.setattr(certify, "certified", certified)
    table = Table()
    monkeypatch.setattr(certify, "decimals", lambda table, jobs: None)
    monkeypatch.setattr(certify, "parts", lambda table: None)
    certify.certifications(table, 2, long=True)
    missed = ["time, n = 5 to n = 4: <= 4.5 x", "memory of a worker, n = 5 to n = 4: <= 1.25 x"]
    assert table.bars == 7 and table.missed == missed


def test_the_time_of_a_piece_has_a_bar(benchmarks, monkeypatch, capsys):
    """It may grow by a quarter at most from n = 6 to n = 10; the pieces of a block are those that certify finds."""
    import blocks
    import certify
    from table import Table

    found = blocks.compared("bilinear", 4, 1)
    assert (found.cells, found.pieces) == (256, certify_block("bilinear", 4)) and found.memory > 10
    table = Table()
    seconds = {6: 1.0, 8: 1.3, 10: 1.2}
    monkeypatch.setattr(certify, "part_of", lambda _, n, count: found._replace(pieces=count, processor=seconds[n]))
    certify.parts(table)
    seconds[10] = 1.3
    certify.parts(table)
    assert table.bars == 2 and table.missed == ["time of a piece, n = 10 to n = 6: <= 1.25 x"]
    assert "75000.0 microseconds a piece" in capsys.readouterr().out


def certify_block(name, n):
    """Return the pieces of the block that the benchmark draws, as the plain twin counts them."""
    from exactrelu.certification.enumeration import compare_plain, prepared, targets_on
    from exactrelu.certification.shards import OUTSIDE, Task, block_size, shards
    from exactrelu.construction import build
    from exactrelu.scheme import load_problem

    problem = load_problem(name)
    task = Task(problem, n, build(problem, n, "one-pass").flatten())
    (block,) = Random(n).sample([each for each in shards(problem, n) if each != OUTSIDE and block_size(each) == 256], 1)
    return compare_plain(task, prepared(task.network), targets_on(task, block))[0]


def test_the_memory_is_that_of_all_processes(benchmarks):
    """The memory is that of the parent and of as many workers as there are jobs, each like the largest."""
    from certify import memory_in_words, total_bar

    usage = {"parent": 100.0, "worker": 1998.0}
    assert total_bar(usage, 2).reached and not total_bar(usage, 3).reached
    assert memory_in_words(usage) == "100 + 1998 MB" and memory_in_words(usage | {"worker": None}) == "100 + ? MB"


def test_a_certification_is_measured_in_its_own_process(benchmarks, monkeypatch):
    """The answer is that of the command; the memory of the parent and of a worker is known."""
    from certify import certified

    monkeypatch.setenv("PYTHONPATH", str(Path(exactrelu.__file__).parents[1]))
    data, usage = certified("haar", 1, 2)
    assert data["verdict"] == "certified" and data["n"] == 1
    assert usage["parent"] > 1 and usage["processor"] > 0 and (usage["worker"] is None or usage["worker"] > 1)
    with pytest.raises(SystemExit, match="exit code 2"):
        certified("nosuch", 1, 1)


def test_the_constructions_side_by_side(benchmarks, tmp_path, capsys):
    """The page has a row for each problem and n, the sizes of the networks in it, and the rule with its outcome."""
    import constructions

    from exactrelu import build, layered

    file = tmp_path / "constructions.md"
    constructions.main(["--to", "1", "--seconds", "1", "--output", str(file), "haar", "zero"])
    text = file.read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| `haar` | 1 |")]
    for cell, name in zip(row.split("|")[3:-1], constructions.CONSTRUCTIONS, strict=True):
        form = layered(build("haar", 1, name))
        assert cell.split(", ")[2:] == [f"{form.width}", f"{form.depth}", f"{form.neurons} "]
    assert "| `zero` | 1 |" in text and "`small` in 0, `compact` in 1, `paper` in 0" in text
    assert re.search(r": 2 rows, [0-9]+ s", capsys.readouterr().out)


def test_the_rule_for_the_default(benchmarks):
    """Slower than 1.5 times the reference, or more than twice the bits, in one row: then it stays the default."""
    import constructions

    def lines(seconds, bits):
        parts = dict.fromkeys(constructions.CONSTRUCTIONS, constructions.Row(1.0, 10, 9, 5, 50))
        return [("one", 1, parts), ("two", 1, parts | {"small": constructions.Row(seconds, bits, 8, 5, 50)})]

    assert constructions.rule(lines(1.5, 20)).endswith("in 0 of 2: it may become the default.")
    assert "longer in 1 of the 2 rows" in constructions.rule(lines(1.6, 20))
    assert constructions.rule(lines(1.5, 21)).endswith("in 1 of 2: `one-pass` stays the default.")
    assert constructions.rule(lines(None, 20)).count(" of the 1 rows") == 1


def test_the_page_of_constructions_is_one_of_the_command(benchmarks):
    """docs/constructions.md has what the command says about the rows that stand in it."""
    import constructions

    text, lines = constructions.FILE.read_text(encoding="utf-8"), []
    for name, n, cells in re.findall(r"^\| `(\w+)` \| ([0-9]+) \| (.*) \|$", text, re.MULTILINE):
        parts = [cell.split(", ") for cell in cells.split(" | ")]
        found = [constructions.Row(None if part[0] == "–" else float(part[0]), *map(int, part[1:])) for part in parts]
        lines.append((name, int(n), dict(zip(constructions.CONSTRUCTIONS, found, strict=True))))
    assert {name for name, _, _ in lines} == set(constructions.builtin_problems())
    assert constructions.rule(lines) in text and constructions.narrowest(lines) in text


def test_the_schemes(benchmarks, tmp_path, capsys):
    """The page has a row for each scheme and n, with the sizes of the networks; docs/schemes.md has all schemes."""
    import schemes

    from exactrelu import build, layered

    file = tmp_path / "schemes.md"
    schemes.main(["--to", "2", "--seconds", "1", "--output", str(file), "spline_1", "ternary"])
    rows = [line.split(" | ") for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [(row[0], row[2]) for row in rows] == [(f"| `{s}`", n) for s in ("spline_1", "ternary") for n in "12"]
    form = layered(build("ternary", 2))
    assert rows[3][3:7] == [f"{form.width}", f"{form.depth}", f"{form.neurons}", "27"] and float(rows[3][7]) > 0
    text = schemes.FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(schemes.builtin_schemes())


def test_the_command_starts():
    """``python benchmarks --help``, from the root of the repository."""
    ended = subprocess.run(
        [sys.executable, "benchmarks", "--help"], check=True, capture_output=True, text=True, cwd=FOLDER.parent
    )
    assert "--only" in ended.stdout and "--long" in ended.stdout


def test_the_page_quotes_one_whole_table(benchmarks):
    """The table of docs/speed.md has the columns of the command, and the bars reached and missed that it says below."""
    from table import COLUMNS

    text = (FOLDER.parent / "docs" / "speed.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    assert rows.count(list(COLUMNS)) == 3
    goals = "; ".join(row[-1] for row in rows if len(row) == len(COLUMNS))
    reached, bars = map(int, re.search(r"^([0-9]+) of ([0-9]+) bars reached$", text, re.MULTILINE).groups())
    assert (goals.count(": reached"), goals.count(": MISSED")) == (reached, bars - reached)
    assert len(re.findall(r"^\* missed: ", text, re.MULTILINE)) == bars - reached
