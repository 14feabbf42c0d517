"""What the README and the pages of docs/ show is what happens: console blocks, Python examples, commands and links."""

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from folders import ROOT

import exactrelu

README = ROOT / "README.md"
DOCS = README.parent / "docs"
CONSOLE = [README, *(DOCS / f"{name}.md" for name in ("tutorial", "any-network", "sizes", "peers", "property"))]
"""The pages with console blocks, in an order in which files are made before they are used."""
TEXT = "".join(path.read_text(encoding="utf-8") for path in [*CONSOLE, DOCS / "python.md"])
LINKS = sorted(
    (path.relative_to(README.parent).as_posix(), target)
    for path in [README, *DOCS.rglob("*.md")]
    for target in set(re.findall(r"\]\(([^)#`]+)\)", path.read_text(encoding="utf-8")))
)
VARYING = [
    (r"[0-9]+\.[0-9] s\b", "1.0 s"),
    (r"[0-9]+ convex pieces", "100 convex pieces"),
    (r"[0-9]+ (dyadic cells .*\nrefuted +at) .*", r"1 \1 a point"),
]
"""Times, and how much was compared, which depends on the processes, up to which of several refutations."""


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(exactrelu.__file__).parent.parent)}
"""For processes, which find the same exactrelu as this one."""


def blocks(language):
    """Return the fenced blocks of the pages in ``language``."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def steps():
    """Return [(command, output)] of all console blocks, in order."""
    parts = re.split(r"^\$ (.*)\n", "".join(blocks("console")), flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def unvarying(text):
    """Return the text with everything that differs from run to run replaced."""
    for pattern, constant in VARYING:
        text = re.sub(pattern, constant, text)
    return text


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """A function that runs a command in one folder, with this exactrelu on the path, and returns what it prints."""
    folder, programs = tmp_path_factory.mktemp("readme"), tmp_path_factory.mktemp("bin")
    (programs / "exactrelu").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m exactrelu "$@"\n')
    (programs / "exactrelu").chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def run(command):
        file = re.fullmatch(r"cat (\S+)", command)
        if file and not (folder / file[1]).exists():
            (folder / file[1]).write_text(dict(steps())[command], encoding="utf-8")
        ended = subprocess.run(
            ["bash", "-c", command], check=False, capture_output=True, text=True, cwd=folder, env=environment
        )
        return ended.stdout + ended.stderr

    return run


def test_the_console_blocks_are_reproduced(shell):
    """Every command shown prints what is shown, apart from what varies; a file shown by ``cat`` is made from that."""
    assert len(steps()) > 10
    for command, output in steps():
        assert unvarying(shell(command)) == unvarying(output), command


def test_the_sessions_are_reproduced(tmp_path, monkeypatch):
    """What a Python session of a page prints is what is shown, with the files that the page shows."""
    monkeypatch.chdir(tmp_path)
    for command, output in steps():
        if command.startswith("cat "):
            (tmp_path / command.removeprefix("cat ")).write_text(output, encoding="utf-8")
    sessions = [doctest.DocTestParser().get_doctest(block, {}, "a page", None, 0) for block in blocks("pycon")]
    assert sessions and all(doctest.DocTestRunner().run(session).failed == 0 for session in sessions)


def test_the_refutation_is_one():
    """At the point of the tutorial the network and V^2 g have the values that are shown there."""
    *_, (x, y, value, target) = re.findall(
        r"^refuted +at \((\S+), (\S+)\), .* the network has the value (\S+) and V\^2 g (\S+)$", TEXT, re.MULTILINE
    )
    problem = exactrelu.problem_from_json(json.loads(dict(steps())["cat tent.json"]), "README")
    point = [exactrelu.parse(coordinate, "README") for coordinate in (x, y)]
    values = *exactrelu.build(problem, 1).evaluate(point), exactrelu.direct_sum(problem, 2, *point)
    assert [*map(exactrelu.text, values)] == [value, target] and value != target


def test_the_python_example_runs(tmp_path):
    """The Python example prints what is shown below it."""
    (code,) = blocks("python")
    (expected,) = blocks("text")
    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path
    )
    assert ended.stdout == expected


def test_the_test_command_is_that_of_the_ci():
    """The two commands install from the repository into a virtual environment; the CI runs the same pytest command."""
    first, second = blocks("bash")
    assert first.endswith("pip install --quiet . && .venv/bin/exactrelu certify\n")
    assert second.startswith("python3 -m venv .venv && .venv/bin/pip install --quiet '.[test]' && .venv/bin/pytest ")
    assert second.rpartition("&& ")[2].strip() in (README.parent / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_links_lead_somewhere(page, target):
    """Relative links of the README and of all pages name files of the repository."""
    path = (README.parent / page).parent / target
    if "exactrelu/" in target and not target.startswith("https://"):  # the package may be installed elsewhere
        path = Path(exactrelu.__file__).parent / target.rpartition("exactrelu/")[2]
    assert target.startswith("https://") or path.exists()


def test_every_command_is_mentioned(shell):
    """The README names every command of the command line."""
    text = README.read_text(encoding="utf-8")
    commands = re.findall(r"^    ([a-z]+) ", shell("exactrelu --help"), flags=re.MULTILINE)
    assert "certify" in commands and len(commands) > 5
    for name in commands:
        assert f"exactrelu {name}" in text


def test_the_index_of_the_proofs_is_that_of_the_pages():
    """The table of statements in docs/paper.md is what ``exactrelu proofs --index`` prints there."""
    command = [sys.executable, "-m", "exactrelu", "proofs", "--index", "--output", "../proofs"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT, cwd=DOCS)
    shown = (DOCS / "paper.md").read_text(encoding="utf-8")
    assert len(ended.stdout.splitlines()) > 50 and ended.stdout in shown


ROW = re.compile(r"^\| `(\w+)` \| \S+ \| ([\d, ]+) \| ([\d, ]+) \| ([\d, ]+) \| [\d, ]+ \|$", re.MULTILINE)


@pytest.mark.parametrize("row", ROW.findall(TEXT))
def test_the_table_of_sizes_is_counted(row):
    """The widths, depths and neurons in the table of docs/sizes.md are those of the layered networks for n = 3."""
    name, *cells = row
    for construction, cell in zip(("one-pass", "small", "compact"), cells, strict=True):
        form = exactrelu.layered(exactrelu.build(exactrelu.load_problem(name), 3, construction))
        assert cell == f"{form.width}, {form.depth}, {form.neurons}"
