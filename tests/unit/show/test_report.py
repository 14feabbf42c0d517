"""The report: one page on a verdict, well formed, readable at every width, with commands that run."""

import hashlib
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from browser import needs_browser, seen
from command import answer, refusal, run

from exactrelu.certification.induction import certify_all
from exactrelu.cli import main
from exactrelu.construction import build
from exactrelu.field import mpq
from exactrelu.refinement.cascade import cascade
from exactrelu.scheme import load_problem
from exactrelu.show.blocks import listing
from exactrelu.show.formulas import html
from exactrelu.show.hand import by_hand, steps, value_of


class Balance(HTMLParser):
    """Raises ``AssertionError`` where an element is not closed in its place."""

    VOID = ("meta", "path", "rect", "circle")

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the network for haar, n = 1, and reports of all kinds."""
    folder = tmp_path_factory.mktemp("report")
    net, words = folder / "net1.json", ("--output", str(folder / "certified.html"))
    main(["build", "bilinear", "-n", "1", "--output", str(net)])
    assert main(["report", "bilinear", "-n", "2", *words, "--certificate", str(folder / "own.cert.json")]) == 0
    assert main(["report", "bilinear", "-n", "2", "--network", str(net), "--output", str(folder / "refuted.html")]) == 1
    assert main(["report", "haar", "-n", "all", "--output", str(folder / "all.html")]) == 0
    small = ("--construction", "small", "--method", "enumerate", "--output", str(folder / "pieces.html"))
    assert main(["report", "zp", "-n", "1", *small]) == 0
    undecided = ("--method", "enumerate", "--output", str(folder / "undecided.html"))
    assert main(["report", "haar", "-n", "40", *undecided]) == 3
    return folder


PAGES = ("certified", "refuted", "all", "pieces", "undecided")


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed(folder, name):
    """Elements are balanced, ids unique, nothing is loaded and no script is there; the word of the verdict is."""
    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    balance = Balance()
    balance.feed(page)
    assert not balance.open
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids)) and set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    assert set(" ".join(re.findall(r'aria-labelledby="([^"]*)"', page)).split()) <= set(ids)
    assert not re.search(r"<script|http:|https:|src=|url\(|@import", page)
    assert len(page.encode()) < 300_000 and "default-src 'none'" in page
    assert f"</svg>{ {'all': 'certified', 'pieces': 'certified'}.get(name, name) }</span>" in page


def test_sentences_may_begin_with_variables(folder):
    """A fact that begins with w or r_n keeps the small letter, as W is the width; words get a capital."""
    page = (folder / "all.html").read_text(encoding="utf-8")
    assert "</span><i>w</i> = 1/12" in page and "</span><i>r</i><sub><i>n</i></sub> of different classes" in page
    assert "ℝ<sub>" not in page and "</span>The layered form" in page


def test_the_page_on_every_n_has_the_blocks(folder):
    """All nodes of the blocks stand on the page as --blocks prints them, with eps and eta as values in them."""
    page = unescape((folder / "all.html").read_text(encoding="utf-8"))
    blocks = certify_all(load_problem("haar"), lambda n: build(load_problem("haar"), n)).proof.blocks
    assert len(blocks) == 4 and any("eps" in line for line in listing(blocks["B_0"]))
    for program in blocks.values():
        assert "\n".join(listing(program)) in page
    assert page.count("<details>") >= len(blocks) and "No other n can differ" in re.sub("<[^>]*>", "", page)



@needs_browser
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_readable(folder, tmp_path, name, width):
    """No page scrolls sideways, and its pictures are legible."""
    found = seen(tmp_path, (folder / f"{name}.html").read_text(encoding="utf-8"), width)
    assert found["scroll"] <= found["width"]
    assert not found["problems"], "\n".join(map(str, found["problems"]))


@pytest.mark.parametrize("name", PAGES)
def test_commands_of_a_page_run(folder, name, capsys, monkeypatch):
    """What "Check it yourself" says can be typed in that folder, and ends as the page says."""
    monkeypatch.chdir(folder)
    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    commands = unescape(re.search(r"<pre>(<b># .*?)</pre>", page, re.DOTALL)[1])
    lines = re.findall(r"^exactrelu (.*)$", commands, re.MULTILINE)
    assert lines
    for line in lines:
        code, out, err = run(capsys, *line.split())
        expected = {"refuted": 1, "undecided": 3}.get(name, 0) if line.startswith("certify") else 0
        assert code == expected, (line, err)


def test_certificates_are_named_by_their_digest(folder):
    """The page has the SHA-256 of the certificate that was written beside it."""
    digest = hashlib.sha256((folder / "own.cert.json").read_bytes()).hexdigest()
    assert digest in (folder / "certified.html").read_text(encoding="utf-8")


def test_names_are_escaped(tmp_path, capsys):
    """A hostile name of a problem is text on the page."""
    problem = tmp_path / "p.json"
    problem.write_text(
        '{"format": "exactrelu-problem/1", "name": "<script>x</script>", "mask": "bspline_tensor_1",'
        '"seed": "unit_atom"}'
    )
    run(capsys, "report", problem, "-n", 0, "--output", tmp_path / "p.html")
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page


def test_refusals(tmp_path, capsys):
    """A report needs a place, and so does its certificate."""
    assert "--output" in refusal(capsys, "report", "haar")
    words = ("report", "haar", "-n", "all", "--output", tmp_path / "x.html", "--certificate")
    assert "give the certificate a file" in refusal(capsys, *words, "-")
    assert answer(capsys, *words, tmp_path / "c.json")[1]["certificate"] == str(tmp_path / "c.json")
    assert answer(capsys, "report", "haar", "-n", 1, "--output", tmp_path / "x.html")[1]["verdict"] == "certified"


@pytest.mark.parametrize("name", ["bilinear", "zp", "loop"])
def test_values_by_hand(name):
    """The steps end in the value of the cascade at every point, corners and the outside included."""
    problem = load_problem(name)
    for n in range(4):
        for point in ((mpq(0), mpq(0)), (mpq(2), mpq(2)), (mpq(3, 7), mpq(11, 8)), (mpq(1, 2), mpq(3, 4))):
            assert value_of(problem, steps(problem, n, point)) == cascade(problem, n, *point)
            assert "<table" in by_hand(problem, n, point)
    assert steps(problem, 1, (mpq(-1), mpq(0))) is None


def test_formulas():
    """Letters, indices, exponents and signs are told by their neighbours."""
    assert html("[0, d) u [1/2, d), a window 3 x 3, x - o") == (
        "[0, <i>d</i>) ∪ [1/2, <i>d</i>), a window 3 × 3, <i>x</i> − <i>o</i>"
    )
    shown = "<i>T</i><sub><i>q</i>(1)</sub><sup><i>T</i></sup> ≤ 2<sup><i>n</i>−<i>j</i></sup>"
    assert html("T_q(1)^T <= 2^(n-j)") == shown
    shown = "<i>η</i> = <i>c</i>/<i>ρ</i><sup><i>n</i></sup>, <i>ε</i> = 2<sup>−<i>n</i></sup>, beta"
    assert html("eta = c/rho^n, eps = 2^-n, beta") == shown
    assert html("knot-by-knot & <b>") == "knot-by-knot &amp; &lt;<i>b</i>&gt;"
