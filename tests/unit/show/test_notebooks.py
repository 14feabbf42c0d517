"""Values in notebooks: what they show is true, well formed, and free of what a page could execute."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest

import exactrelu
from exactrelu import (
    Builder, InputError, Property, bound, box, build, certify, equal, layered, load_problem, prove, region_arrays,
)
from exactrelu.certification.verdict import Verdict
from exactrelu.field import mpq


def maximum():
    """Return max(x, y) as a network."""
    builder = Builder(2)
    return builder.network([builder.maximum(*builder.inputs)])


REFUTED = certify("haar", 2, build("haar", 1), jobs=1)
UNDECIDED = Verdict("undecided", load_problem("haar"), 2, None, "enumerate", reason="a < b & <script>")


def test_a_refutation_shows_the_point_and_both_values():
    """The table has the point and the values of the verdict; the picture stands below it."""
    shown, found = REFUTED._repr_html_(), REFUTED.counterexample
    for number in (*found.point, found.network, found.target):
        assert exactrelu.text(number) in shown
    assert "✕ refuted" in shown and "<svg" in shown and "certified" not in shown


def test_a_proof_shows_all_facts():
    """The verdict on all n has the constants and each fact."""
    verdict = certify("haar", "all")
    shown = verdict._repr_html_()
    assert "✓ certified" in shown and f"<i>W</i> = {verdict.sizes.width}" in shown
    assert shown.count("<tr>") == len(verdict.proof.facts) + 1


def test_what_is_undecided_says_so_and_is_no_theorem():
    """Neither word of a decision is there, the reason is escaped, and there is no LaTeX."""
    shown = UNDECIDED._repr_html_()
    assert "? undecided" in shown and "certified" not in shown and "<script" not in shown
    assert UNDECIDED._repr_latex_() is None
    with pytest.raises(InputError, match="nothing was decided"):
        UNDECIDED.latex()


def test_the_theorem_has_the_constants():
    """W and L of the theorem for all n are those of the proof, those for one n the ones of the layered network."""
    every, one = certify("haar", "all"), certify("haar", 1, jobs=1)
    assert f"W = {every.sizes.width}$" in every.latex() and f"L = {every.sizes.depth}$" in every.latex()
    form = layered(one.network)
    assert f"width $W = {form.width}$ and depth $L = {form.depth}$" in one.latex()
    assert one.latex().startswith("\\begin{theorem}\n") and REFUTED.latex().startswith("\\begin{proposition}\n")
    assert rf"{{{REFUTED.counterexample.target.denominator}}}" in REFUTED.latex()


@pytest.mark.parametrize("verdict", [REFUTED, certify("haar", "all")], ids=["refuted", "certified"])
def test_dollars_and_braces_are_balanced(verdict):
    """A name with characters that LaTeX takes for its own does no harm."""
    named = verdict._replace(problem=exactrelu.problem_from_json(
        exactrelu.problem_to_json(verdict.problem) | {"name": r"50%_of{a$b}\c"}, "here"
    ))
    for text in (named.latex(), named._repr_latex_()):
        plain = re.sub(r"\\[\\{}$%_]", "", text)
        assert plain.count("$") % 2 == 0 and plain.count("{") == plain.count("}") and "%" not in plain


@pytest.mark.parametrize("value", [
    maximum(), build("haar", 0), build("bilinear", 2), build("haar", 1, "paper"), layered(maximum()),
    region_arrays(maximum(), box(-1, 1, Fraction(-1, 2), 1)),
], ids=["network", "zero", "one-pass", "paper", "layered", "regions"])
def test_pictures_are_well_formed(value):
    """Networks, their layered forms and regions show a picture that can be parsed."""
    assert ElementTree.fromstring(value._repr_svg_()).tag.endswith("svg")


def test_a_problem_shows_its_mask_and_seed():
    """Each coefficient is in the table; problems beyond the plane show their words."""
    problem = load_problem("bilinear")
    shown = problem._repr_html_()
    assert "<svg" in shown and shown.count("<td>1/2</td>") == 4
    assert r"c_{1,1} = 1" in problem._repr_latex_() and r"c_{0,0} = \frac{1}{4}" in problem._repr_latex_()
    line = exactrelu.Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
    beyond = exactrelu.Problem("line", exactrelu.Mask({0: 1, 1: 2, 2: 1}), ((0, 2),), line, 3)
    assert "<svg" not in beyond._repr_html_() and "f(3 z - k)" in beyond._repr_latex_()


def test_answers_on_any_network_show_themselves():
    """Equality and bounds show verdict, point, and values."""
    answer = equal(maximum(), build("haar", 0))
    assert "✕ refuted" in answer._repr_html_()
    assert "✓ certified" in equal(maximum(), maximum())._repr_html_()
    near = equal(maximum(), maximum(), box=[(0, 1), (0, 1)], within=1)
    assert "largest difference is 0" in near._repr_html_()
    shown = bound(maximum(), box=[(0, mpq(1, 3)), (0, 1)])._repr_html_()
    assert "<td>0</td>" in shown and "<td>1</td>" in shown and "unbounded" in bound(maximum())._repr_html_()


def test_the_answer_about_a_property_shows_itself():
    """It has the verdict, and the point with all outputs where the property fails; what is undecided says why."""
    unit = [(0, 1), (0, mpq(1, 3))]
    holds = prove(maximum(), Property.at_most(0, 1, unit))
    assert "✓ certified" in holds._repr_html_() and "<td>" not in holds._repr_html_()
    shown = prove(maximum(), Property.at_least(0, mpq(1, 2), unit))._repr_html_()
    assert "✕ refuted" in shown and "output 0" in shown and "certified" not in shown
    shown = holds._replace(verdict="undecided", reason="a < b & <script>")._repr_html_()
    assert "? undecided" in shown and "<script>" not in shown


def test_pictures_are_imported_when_a_notebook_asks():
    """Neither the classes nor a verdict bring in what draws."""
    ask = "exactrelu.certify('haar', 1, jobs=1); print('exactrelu.show.notebooks' in sys.modules)"
    code = f"import sys, exactrelu; {ask}"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout == "False\n"
