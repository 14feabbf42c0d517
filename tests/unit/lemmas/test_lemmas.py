"""The framework of the checks: symbolic numbers, facts and verdicts, the registry, pages and the runner."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import run
from folders import ROOT
from gmpy2 import mpq

import exactrelu
from exactrelu.commands.proofs import run as proofs_command
from exactrelu.construction.selector import digit_selectors
from exactrelu.data import table
from exactrelu.errors import InputError, UndecidedError
from exactrelu.lemmas import pages, prop_2_5, registry, runner, selectors_4_1
from exactrelu.lemmas.errata import SURVIVES
from exactrelu.lemmas.expansion import point_classes
from exactrelu.lemmas.matrices import MATRICES
from exactrelu.lemmas.places import PLACES, VERSION, below
from exactrelu.lemmas.result import FOR_ALL, INSTANCES, WITHIN_RANGE, Fact, Statement, Undecided
from exactrelu.lemmas.symbolic import POINTWISE, UndecidedSign, along, between, failure, positive

PROOFS = ROOT / "proofs"
PACKAGE = Path(exactrelu.__file__).parent

NUMBERED = [
    "Thm. 1.1", "Remark 2.1", "Remark 2.2", "(2.2)", "Remark 2.3", "(2.3)", "Remark 2.4", "Prop. 2.5", "Cor. 2.6",
    "Lemma 2.7", "Def. 2.8", "Prop. 3.1", "Cor. 3.2", "Prop. 3.3", "Cor. 3.5", "Lemma 3.6", "Thm. 3.7",
    "§4.1 (i)–(iii)", "Lemma 4.1", "Lemma 4.2", "Thm. 4.3", "Lemma 4.4", "Thm. 4.5", "Prop. 5.1", "Remark 5.2",
    "Lemma 5.3",
]
"""Every statement of the paper that has a number and asserts something."""

FOUND = [
    "§4.3, a_n", "Fig. 1", "Thm. 3.7, branches", "Cor. 3.5, n = 0", "§2.1, CPwL", "Prop. 2.5, continuity",
    "Prop. 3.1, extension", "Lemma 3.6, range", "Thm. 4.3, order", "Lemma 4.4, continuity", "Prop. 5.1, hats",
    "Υ, exact depth", "Thm. 4.3, weights", "§4.2, M̂_j", "§4.2, good orbits", "Lemma 3.6 (ii), sign",
]
"""Every place where the printed text needs a correction or a choice."""

BEYOND = [
    "Window", "Two branches", "One-layer gate", "Doubled cascade", "Cells", "Max-min form", "compact", "Carried rows",
    "Patch form", "Seam gates", "one-pass", "Loops", "Schemes", "Powers", "Eigenvectors", "Masks that vary", "Sources",
]
"""What the constructions use beyond the paper."""

QUICK = ["Lemma 2.7", "Def. 2.8", "Lemma 4.4", "§4.1 (i)–(iii)", "Prop. 2.5", "(2.3)", "Lemma 4.1", "Seam gates"]
"""Checks that take less than a second or so each."""


def fact(**changes):
    """Return a fact that holds, with some entries changed."""
    return Fact("a claim", FOR_ALL, "all cases", 3)._replace(**changes)


def test_registry_is_complete():
    """Every numbered statement, every finding and everything beyond the paper has a check, and there is no other."""
    assert sorted(registry.PAPER) == sorted(NUMBERED)
    assert sorted(registry.FINDINGS) == sorted(FOUND)
    assert sorted(registry.BEYOND) == sorted(BEYOND)
    assert len(set(map(registry.page_name, registry.MODULES))) == len(registry.MODULES)


@pytest.mark.parametrize("label", registry.MODULES)
def test_statements_are_under_their_labels_and_readable(label):
    """A module's statement has the label of the registry; its formulas are closed, and no formula breaks a table."""
    statement = registry.statement(label)
    assert statement.label == label
    assert statement.text.count("$") % 2 == 0
    for formula in re.findall(r"\$\$?([^$]+)\$\$?", statement.text):
        assert "|" not in formula and "`" not in formula
        assert "\\operatorname" not in formula  # GitHub refuses it


@pytest.mark.parametrize("label", QUICK)
def test_quick_checks_pass(label):
    """The checks that take no time pass with the real objects."""
    check = registry.run_check(label)
    assert check.passes and check.verdict == "holds" and check.cases > 0


def test_verdicts():
    """A claim that fails makes a check fail; a printed claim has to fail, and then the statement is corrected."""
    statement = Statement("Lemma 0.0", "nothing", "Nothing.")
    witness = {"t": mpq(1, 2)}
    assert statement.check(fact()).verdict == "holds"
    assert statement.check(fact(), fact(witness=witness)).verdict == "FAILS"
    assert statement.check(fact(printed=True, witness=witness), fact()).verdict == "corrected"
    assert statement.check(fact(printed=True), fact()).verdict == "FAILS"
    kinds = (fact(kind=INSTANCES, within={"n": (1, 2)}), fact(kind=WITHIN_RANGE, within={"n": (1, 2)}), fact())
    assert statement.check(*kinds).kind == f"{FOR_ALL}; {WITHIN_RANGE}; {INSTANCES}"


def test_a_range_is_not_called_for_all():
    """A check over a range cannot have the label "for all", nor a check without one the label of a range."""
    statement = Statement("Lemma 0.0", "nothing", "Nothing.")
    for bad in (fact(within={"n": (1, 6)}), fact(kind=WITHIN_RANGE), fact(kind=WITHIN_RANGE, within={})):
        with pytest.raises(ValueError, match=r"Lemma 0\.0: 'for all.*' does not go with the range"):
            statement.check(fact(), bad)


def test_a_page_writes_the_range_from_its_data():
    """The page names the least and the greatest value, or the only one; the data have both."""
    within = {"n": (1, 6), r"\varrho": (mpq(1, 8), mpq(1, 8))}
    check = Statement("Lemma 2.7", "nothing", "Nothing.").check(fact(kind=WITHIN_RANGE, within=within))
    page = pages.statement_page("Lemma 2.7", check)
    scope = r"all cases; $`1 \leq n \leq 6`$, $`\varrho = 1/8`$ (3 cases)."
    assert f"*Checked for all, within a range*: {scope}" in page
    (entry,) = pages.check_object("Lemma 2.7", check)["facts"]
    assert entry["range"] == {"n": [1, 6], r"\varrho": ["1/8", "1/8"]} and entry["kind"] == WITHIN_RANGE


def test_a_quantity_is_compared_for_all_values_at_once():
    """Quantities have exact arithmetic and a sign for all positive values of the variables, or none."""
    s, t = positive("s", "t")
    assert (s + 1) * (s - 1) == s**2 - 1 and s / t * t == s and 2 - s - 2 == -s
    assert s + mpq(1, 2) > 0 and mpq(1, 3) > between(0 * s, mpq(1, 3), s) > 0 and not s < 0
    assert between(mpq(1), mpq(3), s).at((mpq(1), mpq(7))).number() == 2
    assert s * 0 == 0 and not (s * 0).terms and (s * 0).sign() == 0
    with pytest.raises(UndecidedSign):
        bool(s < 1)
    with pytest.raises(ValueError, match="not constant"):
        s.number()
    with pytest.raises(InputError):
        s + 0.5


def test_formulas_run_on_quantities_as_on_numbers():
    """The builder's own clamp and minimum are exact on generic points of every piece."""
    (s,) = positive("s")
    cases = along((mpq(-1), mpq(0), mpq(1), mpq(2)), s)
    assert failure(lambda t: ((POINTWISE.clamp(t),), (min(max(t, 0), 1),)), cases) is None
    cases = along((mpq(0), mpq(1, 2), mpq(1)), s)
    assert failure(lambda t: ((POINTWISE.minimum(t, 1 - t),), (min(t, 1 - t),)), cases) is None


def test_a_false_claim_has_a_witness():
    """A claim that is wrong on a piece is refuted by numbers; one that is not decided raises."""
    (s,) = positive("s")
    witness = failure(lambda t: ((POINTWISE.relu(t - mpq(1, 2)),), (0,)), along((mpq(0), mpq(1)), s))
    assert witness["t"] > mpq(1, 2) and witness["found"] == (witness["t"] - mpq(1, 2),) and witness["expected"] == (0,)
    # true, but the kink at 1/2 is not among the knots
    assert isinstance(failure(lambda t: ((abs(2 * t - 1) >= 0,), (True,)), along((mpq(0), mpq(1)), s)[2:]), Undecided)
    # the first case is open, the second one is refuted
    cases = [{"t": between(0 * s, 1 + 0 * s, s)}, {"t": 2 + 0 * s}]
    assert failure(lambda t: ((abs(2 * t - 1) >= 0, t != 2), (True, True)), cases)["t"] == 2


@pytest.fixture
def few(monkeypatch):
    """Let the pages and the runner know three statements only."""
    chosen = {label: registry.PAPER[label] for label in ("Lemma 2.7", "Def. 2.8", "Lemma 4.4")}
    monkeypatch.setattr(pages, "SECTIONS", (registry.Section("Some statements", "Three of them.", chosen),))
    monkeypatch.setattr(runner, "MODULES", chosen)
    return chosen


def written(folder, **options):
    """Run the checks, write their pages to a folder and return {file name: content}."""
    files = runner.rendered(runner.run_all(**options))
    folder.mkdir(exist_ok=True)
    runner.write_files(folder, files)
    return files


def test_pages_are_written_and_current(few, tmp_path):
    """The folder has an index, a page a statement and the data; a second run finds them current."""
    folder, calls = tmp_path / "proofs", []
    files = written(folder, jobs=2, progress=lambda done, total: calls.append((done, total)))
    names = {"README.md", "proofs.json", "lemma-2-7.md", "def-2-8.md", "lemma-4-4.md"}
    names |= {"errata.md", "errata.tex", "dependencies.md"}
    assert {path.name for path in folder.iterdir()} == names
    assert calls == [(1, 3), (2, 3), (3, 3)]
    checks = runner.run_all(jobs=1)
    assert list(checks) == list(few) and all(check.passes for check in checks.values())
    assert runner.rendered(checks) == files and runner.stale_files(folder, files) == ()
    data = json.loads((folder / "proofs.json").read_text())
    assert [entry["label"] for entry in data["checks"]] == list(few)
    assert all(entry["verdict"] == "holds" for entry in data["checks"])


def test_stale_pages_are_named(few, tmp_path):
    """A changed page, a missing one and one of no statement are each named."""
    files = written(tmp_path)
    (tmp_path / "lemma-2-7.md").write_text("changed")
    (tmp_path / "def-2-8.md").unlink()
    (tmp_path / "lemma-9-9.md").write_text("of no statement")
    assert runner.stale_files(tmp_path, files) == ("lemma-2-7.md", "def-2-8.md", "lemma-9-9.md")
    assert runner.stale_files(tmp_path / "nowhere", files)[0] == "README.md"


def test_the_command_ends_with_1_for_stale_pages_and_failing_checks(few, tmp_path, monkeypatch):
    """Exit code 0 for current pages, 1 for a stale one and for a check that fails; nothing is written by --check."""

    class Options:
        label, output, check, index, jobs = [], str(tmp_path), False, False, 1

    assert proofs_command(Options).code == 0
    Options.check = True
    assert proofs_command(Options).code == 0
    (tmp_path / "README.md").write_text("changed")
    assert proofs_command(Options).code == 1 and (tmp_path / "README.md").read_text() == "changed"
    failing = Statement("Lemma 2.7", "nothing", "Nothing.").check(fact(witness={"t": mpq(1)}))
    monkeypatch.setattr(runner, "run_all", lambda *_: {label: failing for label in few})
    Options.check = False
    answer = proofs_command(Options)
    assert answer.code == 1 and "FAILS" in (tmp_path / "lemma-2-7.md").read_text()


def test_pages_that_cannot_be_written_do_not_cost_the_answer(few, tmp_path):
    """A folder in the place of a page: the answer, exit code 3, and the line that says what cannot be written."""

    class Options:
        label, output, check, index, jobs = [], str(tmp_path), False, False, 1

    (tmp_path / "def-2-8.md").mkdir()
    answer = proofs_command(Options)
    assert (answer.code, answer.text) == (3, "3 statements checked, 0 fail")
    assert answer.complaint == f"{tmp_path}/def-2-8.md: cannot write: it is a folder"


@pytest.fixture
def printing():
    """Options of the command with labels, as the command line gives them."""

    class Options:
        label, output, check, index, jobs = ["lemma-4-4", "def-2-8"], None, False, False, 1

    return Options


def test_statements_are_printed_alone(printing, tmp_path, monkeypatch):
    """With labels these statements are printed, each with its time, in the order asked for; no folder is needed."""
    monkeypatch.chdir(tmp_path)
    answer = proofs_command(printing)
    assert answer.code == 0 and not list(tmp_path.iterdir())
    titles = [line for line in answer.text.splitlines() if line.startswith("# ")]
    assert titles == ["# Lemma 4.4: clamped gluing", "# Def. 2.8: special atoms"]
    assert len(re.findall(r"^checked in \d+\.\d\d s$", answer.text, re.MULTILINE)) == 2
    assert [entry["label"] for entry in answer.data["checks"]] == ["Lemma 4.4", "Def. 2.8"]
    assert all(entry["seconds"] >= 0 for entry in answer.data["checks"])


def without_seconds(text):
    """Return the objects of statements that a command prints, without the times."""
    return [{name: value for name, value in check.items() if name != "seconds"} for check in json.loads(text)["checks"]]


def test_statements_are_the_same_twice():
    """In processes that order sets differently, one or two at a time, all that is printed is the same, and current."""
    names = [registry.page_name(label)[:-3] for label in QUICK]
    found = []
    for seed, jobs in (("1", "1"), ("2", "2")):
        words = [sys.executable, "-m", "exactrelu", "proofs", *names, "--json", "--jobs", jobs]
        environment = {**os.environ, "PYTHONPATH": str(PROOFS.parent), "PYTHONHASHSEED": seed}
        found.append(subprocess.run(words, env=environment, capture_output=True, check=True).stdout)
    first, second = map(without_seconds, found)
    assert json.dumps(first) == json.dumps(second) and len(first) == len(QUICK)
    current = {check["label"]: check for check in json.loads((PROOFS / runner.DATA).read_text())["checks"]}
    assert all(current[check["label"]] == check for check in first)


def test_a_statement_alone_that_fails_ends_with_1(printing, monkeypatch):
    """Exit code 1, and the page says FAILS."""
    failing = Statement("Def. 2.8", "nothing", "Nothing.").check(fact(witness={"t": mpq(1)}))
    monkeypatch.setattr(runner, "run_check", lambda label: failing)
    answer = proofs_command(printing)
    assert answer.code == 1 and answer.data["failing"] == ["Lemma 4.4", "Def. 2.8"] and "FAILS" in answer.text


def test_a_statement_alone_that_is_not_decided_is_named(printing, monkeypatch):
    """A formula so broken that a sign is open ends in one line with the statement's label: nothing is said to hold."""
    def undecided(label):
        raise UndecidedSign("s - 1 may have both signs")

    monkeypatch.setattr(runner, "run_check", undecided)
    printing.jobs = 1
    with pytest.raises(UndecidedError, match="^Def. 2.8 is neither proved nor refuted: s - 1 may have both signs$"):
        proofs_command(printing)


def test_a_claim_that_is_not_decided_hides_no_other(printing, monkeypatch):
    """Beside a refuted claim an undecided one is said to be that, and the statement fails; alone it ends in doubt."""
    undecided, statement = Undecided({"not decided": "s - 1 may have both signs"}), registry.statement("Def. 2.8")
    facts = [fact(witness=undecided), fact(witness={"t": mpq(1)})]
    printing.label = ["def-2-8"]
    monkeypatch.setattr(runner, "run_check", lambda label: statement.check(*facts))
    answer = proofs_command(printing)
    assert answer.code == 1 and "NOT DECIDED" in answer.text and "s - 1 may have both signs" in answer.text
    assert [entry["holds"] for entry in answer.data["checks"][0]["facts"]] == [None, False]
    facts[1] = fact(witness=undecided, printed=True)
    with pytest.raises(UndecidedError, match=r"^Def\. 2\.8 is neither proved nor refuted: s - 1 may have both signs$"):
        proofs_command(printing)


def test_a_check_that_is_stopped_fails(printing, monkeypatch):
    """An object under check that refuses its arguments makes the statement fail, with the place and the message."""
    def broken(b, p, q, delta):
        return digit_selectors(b, p, q, 7 * delta)

    monkeypatch.setattr(runner, "run_check", lambda label: selectors_4_1.check(broken))
    printing.label = ["selectors-4-1"]
    answer = proofs_command(printing)
    (found,) = answer.data["checks"][0]["facts"]
    assert answer.code == 1 and answer.data["checks"][0]["verdict"] == "FAILS"
    assert found["witness"]["where"].startswith("exactrelu/construction/selector.py, line ")
    assert found["witness"]["what"].startswith("ValueError: the transition width of a digit selector lies in (0, 1/6]")


@pytest.mark.parametrize("third", [1, 2])
def test_a_kink_inside_of_a_class_of_points_is_found(third):
    """Digits that jump at 1/3 or 2/3 are refuted at a point: the class of points is given up, and the claim not."""
    def digit(t):
        return int(3 * t >= third)

    found = prop_2_5.identity_fact("x", MATRICES["specification"], digit, lambda t: 2 * t - digit(t))
    assert not found.is_undecided and found.witness["r(x)"] == "not in [0, 1]"
    classes, doubt = point_classes(digit, lambda t: t)
    assert doubt is not None and len(classes) > 5 and {found.digit for found in classes} == {0, 1}
    assert point_classes(lambda t: int(2 * t >= 1), lambda t: t)[1] is None


def test_labels_are_names_of_pages(printing):
    """Every page's name is a label; another one is refused with the closest, and so are options for the folder."""
    assert [registry.label_of(registry.page_name(label)[:-3]) for label in registry.MODULES] == list(registry.MODULES)
    printing.label = ["def-2-8", "lemma-2-8"]
    with pytest.raises(InputError, match=r"no statement 'lemma-2-8'; did you mean lemma-2-7\?"):
        proofs_command(printing)
    for name, value in (("check", True), ("index", True), ("output", "proofs")):
        changed = type("Options", (printing,), {"label": ["def-2-8"], name: value})
        with pytest.raises(InputError, match="leave out --check, --index and --output"):
            proofs_command(changed)


def test_pages_that_are_not_there_are_missed_before_anything_is_checked(printing, tmp_path, monkeypatch):
    """--check without a folder is refused at once."""
    monkeypatch.setattr(runner, "run_all", lambda *_: pytest.fail("checked before the folder was looked for"))
    printing.label, printing.check, printing.output = [], True, str(tmp_path / "nowhere")
    with pytest.raises(InputError, match="nowhere: there is no such folder"):
        proofs_command(printing)


def test_the_index_is_read_from_the_pages(few, tmp_path):
    """The index has a row for each statement with a link to its page; data of other pages, or none, are refused."""
    written(tmp_path)
    index = runner.written_index(tmp_path).splitlines()
    assert len(index) == 2 + 1 + len(few)
    link = f"[Lemma 2.7]({tmp_path}/lemma-2-7.md)"
    assert index[3] == f"| {link} | product gadget | for all; for all, within a range | holds |"
    data = json.loads((tmp_path / "proofs.json").read_text())
    del data["checks"][1]["title"]
    for bad in (data, {"checks": data["checks"][1:]}, {"checks": [1, 2, 3]}, {}, []):
        (tmp_path / "proofs.json").write_text(json.dumps(bad))
        with pytest.raises(InputError, match=r"proofs\.json: expected the data of all pages"):
            runner.written_index(tmp_path)


def test_the_pages_in_the_repository():
    """proofs/ has the index and a page for every statement, none fails, and the tables are whole."""
    data = json.loads((PROOFS / "proofs.json").read_text())
    assert [entry["label"] for entry in data["checks"]] == list(registry.MODULES)
    assert {entry["verdict"] for entry in data["checks"]} == {"holds", "corrected"}
    index = (PROOFS / "README.md").read_text()
    for label in registry.MODULES:
        page = (PROOFS / registry.page_name(label)).read_text()
        assert page.startswith(f"# {label}: ") and f"[{label}]({registry.page_name(label)})" in index
        assert page.count("$`") == page.count("`$") and page.count("```") % 2 == 0
        for rows in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
            assert len({line.count("|") for line in rows.splitlines()}) == 1


RANGED = re.compile(r"\d \\leq [^$]*? \\leq [2-9\d]\d*\$|up to|[nNLm] = [1-9](?!\^)")
"""A range in prose, which the data should have: "1 ≤ n ≤ 6", "windows up to", "n = 1, 2"."""


def test_no_label_in_the_repository_says_more_than_was_done():
    """No claim with a range, as data or in prose, has the label "for all"; the pages of ranges are labelled so."""
    checks = json.loads((PROOFS / "proofs.json").read_text())["checks"]
    facts = [(check["label"], each) for check in checks for each in check["facts"] if each["expected"] == "holds"]
    assert len(facts) > 100 and len([each for _, each in facts if each["range"]]) > 30
    for label, each in facts:
        assert (each["kind"] == WITHIN_RANGE) <= bool(each["range"]), label
        assert each["kind"] != FOR_ALL or not (each["range"] or RANGED.search(each["scope"])), label
    ranged = {label for label, each in facts if each["kind"] == WITHIN_RANGE}
    assert ranged >= {"Cor. 3.5", "Lemma 2.7", "Prop. 2.5", "Cor. 2.6", "Lemma 4.4", "(2.3)", "Remark 2.4", "Cells"}
    assert {check["label"] for check in checks if WITHIN_RANGE in check["kind"]} == ranged
    assert {check["kind"] for check in checks if check["label"] in ("Cor. 3.2", "Remark 2.2")} == {FOR_ALL}
    for check in checks:
        assert "every mask" not in check["statement"] or check["label"] == "(2.2)"
        assert "for all masks" not in check["statement"]


def test_the_theorem_has_constants_for_every_problem():
    """The table of Theorem 1.1, proved for every n, has all problems that are built in."""
    checks = json.loads((PROOFS / "proofs.json").read_text())["checks"]
    (fact,) = (each for each in checks[0]["facts"] if "**every**" in each["claim"])
    assert checks[0]["label"] == "Thm. 1.1" and fact["holds"] and fact["range"] is None
    assert [row["problem"] for row in fact["data"]] == list(table("problems"))
    assert {"problem": "bilinear", "C0 = W": 300, "L": "n+5", "C1": 6} in fact["data"]


def test_remarks_without_a_check_have_their_line():
    """The index has every numbered statement of the paper, those too that assert nothing, in the paper's order."""
    lines = (PROOFS / "README.md").read_text().splitlines()
    for before, comment in registry.COMMENTS.items():
        at = next(k for k, line in enumerate(lines) if line.startswith(f"| [{before}]("))
        assert lines[at + 1] == f"| {comment} | comments on method | asserts nothing to check |  |"


def test_pages_show_witnesses_and_data():
    """A page shows the witness of a printed statement, and exact numbers as p/q."""
    page = (PROOFS / registry.page_name("§4.3, a_n")).read_text()
    assert "As printed, fails." in page and "(1/16, 1/16)" in page and "| network | 1/4 |" in page


def witnesses(text):
    """Return the rows of all witnesses that a page, or what a command prints, has."""
    return re.findall(r"^\| fails at \|  \|\n\| --- \| --- \|\n((?:\|.*\n)+)", text, re.MULTILINE)


WITNESSED = [path for path in sorted(PROOFS.glob("*.md")) if path.stem != "errata" and witnesses(path.read_text())]


def test_every_finding_that_corrects_something_has_a_witness():
    """Those on Theorem 3.7 alone, which is right, have none."""
    findings = {registry.page_name(label) for label in registry.FINDINGS} - {"four-branches.md"}
    assert findings <= {path.name for path in WITNESSED}


@pytest.mark.parametrize("path", WITNESSED, ids=lambda path: path.stem)
def test_witnesses_are_found_by_the_command_of_their_page(capsys, path):
    """The command that a page names, pasted, prints the witnesses of the page, digit by digit."""
    page = path.read_text(encoding="utf-8")
    (command,) = re.findall(r"^\| alone \| `exactrelu (.+)` \|$", page, re.MULTILINE)
    code, out, _ = run(capsys, *command.split())
    assert code == 0 and witnesses(out) == witnesses(page)


def test_every_statement_has_its_place():
    """The paper's statements and the findings, and no other, have sections in order; what they use comes before."""
    assert set(PLACES) == {*registry.PAPER, *registry.FINDINGS}
    for labels in (registry.PAPER, SURVIVES):
        sections = [PLACES[label].section for label in labels if label != "Thm. 1.1"]
        assert sections == sorted(sections)
    order = list(registry.PAPER)
    for label in order[1:]:
        assert all(order.index(used) < order.index(label) for used in PLACES[label].uses)
    assert {*below("Thm. 1.1")} >= {"Prop. 2.5", "Lemma 2.7", "Lemma 3.6", "Lemma 4.2"}


def test_the_errata_in_the_repository():
    """Every finding is there in the order of the text, in both forms, with its witness; the LaTeX is whole."""
    assert list(SURVIVES) == [label for label in PLACES if label in registry.FINDINGS]
    page, tex = (PROOFS / "errata.md").read_text(), (PROOFS / "errata.tex").read_text()
    links = [f"[{label}]({registry.page_name(label)})" for label in SURVIVES]
    assert [page.count(link) for link in links] == [1] * len(links)
    assert sorted(links, key=page.index) == links and "(1/16, 1/16)" in page and "(1/16, 1/16)" in tex
    assert page.count("Theorem 1.1 survives:") == tex.count("Theorem 1.1 survives:") == tex.count(r"\section{")
    assert tex.isascii() and tex.count("$") % 2 == 0 and "`" not in tex.replace("``", "")
    bare = re.sub(r"\\[{}]", "", tex)
    assert bare.count("{") == bare.count("}")
    words = re.sub(r"\$\$[^$]*\$\$|\$[^$]*\$", "", tex)
    assert not re.search(r"(?<!\\)[_^#%]", words)


def test_pages_say_where_and_how():
    """A page names the paper's section, the module, which is there, and the command that runs the statement alone."""
    for label, module in registry.MODULES.items():
        page, name = (PROOFS / registry.page_name(label)).read_text(), registry.page_name(label)[:-3]
        path = f"exactrelu/lemmas/{module.replace('.', '/')}.py"
        assert (PACKAGE.parent / path).is_file() and f"[{path}](../{path})" in page
        assert f"`exactrelu proofs {name}`" in page and f"-k {name}`" in page
        assert (f"{VERSION}, Section " in page) == (label in PLACES)
    graph = (PROOFS / "dependencies.md").read_text()
    assert graph.count(" --> ") == sum(len(PLACES[label].uses) for label in registry.PAPER)


def test_the_table_of_theorem_1_1_is_that_of_its_page():
    """The constants in docs/ are those of the page, line by line, one for each problem of the plane."""
    start, page = "| problem | C0 = W | L | C1 |\n", (PROOFS / "thm-1-1.md").read_text(encoding="utf-8")
    docs = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
    rows = (start + page.partition(start)[2]).partition("\n\n")[0]
    assert rows.count("\n") == 1 + len(table("problems")) and docs.count(start) == 1 and rows + "\n" in docs
