"""The documentation site: complete, and built where its packages are there."""

import configparser
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
from folders import ROOT

import exactrelu

CONFIGURATION = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")


def test_every_public_name_is_on_the_page():
    """The page on the Python interface has each public name once, and no other."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\.\. \S+:: exactrelu\.(\w+)$", page, re.MULTILINE)) == exactrelu.__all__


def test_the_extra_has_what_the_build_needs():
    """Each extension and the theme in docs/conf.py belong to a package of the extra ``docs`` in setup.cfg."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lines = setup["options.extras_require"]["docs"].replace("-", "_").lower().split("\n")
    packages = {re.split(r"\W", line)[0] for line in lines}
    (extensions,) = re.findall(r"^extensions = \[(.*)\]$", CONFIGURATION, re.MULTILINE)
    (theme,) = re.findall(r'^html_theme = "(.*)"$', CONFIGURATION, re.MULTILINE)
    assert {name.partition(".")[0] for name in [*re.findall(r'"(.*?)"', extensions), theme]} <= packages


@pytest.mark.exhaustive
@pytest.mark.skipif(not all(map(find_spec, ("sphinx", "furo", "myst_nb"))), reason="pip install '.[docs]'")
def test_the_site_is_built(tmp_path):
    """The pages, those among them that are executed, are built without a warning."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=120)
