"""The pytest plugin, on suites of their own outside of this one."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from folders import ROOT

from exactrelu import build, certify, testing, write_certificate
from exactrelu.cli import main
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.errors import InputError
from exactrelu.testing import register_construction

pytest_plugins = "pytester"

INSTALLED = any(entry.value == "exactrelu.testing" for entry in entry_points(group="pytest11"))


def ran(pytester, source, *words):
    """Return (outcome, output) of a suite with that one module."""
    pytester.makepyfile(source)
    plugin = () if INSTALLED else ("-p", "exactrelu.testing")
    result = pytester.runpytest_subprocess(*plugin, "-p", "no:cacheprovider", *words)
    return result.parseoutcomes(), result.stdout.str()


def test_what_holds_passes(pytester):
    """Assertions about right networks pass, by every method, with the fixture, the option and the mark."""
    found, _ = ran(pytester, """
        import pytest
        from exactrelu import build
        from exactrelu.testing import assert_equal_networks, assert_realizes

        @pytest.mark.exactness
        def test_all(certify):
            assert_realizes(build("haar", 2), "haar", 2)
            assert_realizes(build("haar", 30), "haar", 30, method="induction")
            assert_equal_networks(build("haar", 1), build("haar", 1, "small"))
            assert certify("haar", 1)

        def test_other():
            pass
    """, "--exactrelu-jobs", "1", "-m", "exactness", "--strict-markers")
    assert found == {"passed": 1, "deselected": 1}


def test_networks_on_a_part_of_the_inputs(pytester):
    """A box, a slice and a distance are those of equal; networks with other numbers of inputs have no picture."""
    found, out = ran(pytester, """
        from fractions import Fraction

        from exactrelu import Builder, Slice
        from exactrelu.testing import assert_equal_networks

        b = Builder(3)
        x, y, z = b.inputs
        first, second = b.network([b.relu(x)]), b.network([x + b.relu(-x - 1)])
        ends = {"box": [(0, 1), (0, 0), (2, 2)]}

        def test_right():
            assert assert_equal_networks(first, second, **ends)
            assert assert_equal_networks(first, second, on=Slice.fixed(3, {1: 0, 2: 0}), box=[(0, 1)])
            assert assert_equal_networks(first, second, box=[(-1, 1), (0, 0), (2, 2)], within=1)

        def test_wrong():
            assert_equal_networks(first, second, box=[(-1, 1), (0, 0), (2, 2)])

        def test_far():
            assert_equal_networks(first, second, box=[(-1, 1), (0, 0), (2, 2)], within=Fraction(1, 2))

        def test_everywhere():
            assert_equal_networks(first, second)
    """, "--exactrelu-jobs", "1")
    assert found == {"passed": 1, "failed": 3}
    assert "by more than is allowed" in out and "3 inputs vary" in out and "picture" not in out


def test_failures_are_in_plain_words(pytester):
    """A failure has the point, both values and a picture, and no traceback; undecided and unusable fail."""
    found, out = ran(pytester, """
        from exactrelu import build
        from exactrelu.testing import assert_equal_networks, assert_realizes

        def test_level():
            assert_realizes(build("bilinear", 1, "small"), "bilinear", 2)

        def test_equal():
            assert_equal_networks(build("bilinear", 1, "small"), build("bilinear", 2, "small"))

        def test_undecided():
            assert_realizes(build("haar", 1), "haar", 1000)

        def test_unusable():
            assert_realizes(build("haar", 1), "har", 1)
    """, "--exactrelu-jobs", "1")
    assert found == {"failed": 4}
    assert "the network differs from V^2 g of 'bilinear'" in out and "the networks differ in output 0" in out
    assert "not decided" in out and "neither a file nor a built-in" in out
    assert "Traceback" not in out and "\nE  " not in out
    pictures = re.findall(r"picture  (\S+\.svg)", out)
    assert len(set(pictures)) == 2
    for path in set(pictures):
        assert Path(path).read_text().startswith("<svg")
        Path(path).unlink()


def test_certificates_are_regression_data(pytester, tmp_path):
    """Every certificate of the folder is a test, which fails when the certificate proves nothing any more."""
    write_certificate(tmp_path / "good.json", certify("haar", 1, jobs=1))
    text = (tmp_path / "good.json").read_text()
    words = ("--exactrelu-certificates", str(tmp_path))
    assert ran(pytester, "", *words)[0] == {"passed": 1}
    (tmp_path / "bad.json").write_text(re.sub(r'"n": ?1\b', '"n": 2', text))
    found, out = ran(pytester, "", *words)
    assert found == {"passed": 1, "failed": 1} and "does not prove" in out


def test_a_construction_of_ones_own(capsys):
    """A registered construction is built, certified and counted by its name; names are taken once."""
    register_construction("mine", lambda problem, n: build(problem, n, "small"))
    try:
        assert certify("haar", 1, construction="mine", jobs=1)
        assert main(["sizes", "haar", "--to", "1"]) == 0 and "mine" in capsys.readouterr().out
        with pytest.raises(InputError, match="already"):
            register_construction("mine", build)
    finally:
        del CONSTRUCTIONS["mine"]


def test_the_page_says_what_is_there(pytester):
    """The example of docs/testing.md passes, and the page names every option and assertion."""
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    found, _ = ran(pytester, re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], "--exactrelu-jobs", "1")
    assert found == {"passed": 2}
    names = {name for name in dir(testing) if name.startswith(("assert_", "register_"))}
    assert names <= set(re.findall(r"`(\w+)\(", page))
