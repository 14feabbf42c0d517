"""The rooms of the house import what docs/ARCHITECTURE.md allows, and nothing else."""

import re
from pathlib import Path

import pytest
from folders import ROOT

import exactrelu

PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
PACKAGE = Path(exactrelu.__file__).parent

LONGEST = 410
"""About the most lines of a file, but for the checkers."""


def allowed():
    """Return {room: the rooms that it may import}, from the table of the page."""
    rooms = {}
    for names, _, imports in re.findall(r"^\| (`.*?`) \| (.*?) \| ?(.*?) ?\|$", PAGE, re.MULTILINE):
        for name in re.findall(r"`(.*?)`", names):
            rooms[name.removesuffix("/").removesuffix(".py")] = set(filter(None, imports.split(", ")))
    return rooms


def modules():
    """Return the paths of all modules of the package, relative to it."""
    return sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def test_every_room_is_in_the_table():
    """The page names each package and module at the top, and none that is not there."""
    rooms = {path.parts[0].removesuffix(".py") for path in modules()}
    assert allowed().keys() == rooms


@pytest.mark.parametrize("path", modules(), ids=str)
def test_arrows_point_down(path):
    """A module imports from the rooms that the table allows to its room."""
    room = path.parts[0].removesuffix(".py")
    source = (PACKAGE / path).read_text(encoding="utf-8")
    found = set(re.findall(r"^\s*(?:from|import) exactrelu\.(\w+)", source, re.MULTILINE))
    if room not in ("__init__", "cli", "commands", "__main__", "options"):
        assert found - {room} <= allowed()[room]
    else:
        assert found - {"commands", "cli", "options"} <= allowed()["commands"]


CHECKERS = ("checker1.py", "checker.py")


@pytest.mark.parametrize("name", CHECKERS)
def test_the_checkers_stand_alone(name):
    """A checker imports nothing of the package, in any way."""
    source = (PACKAGE / name).read_text(encoding="utf-8")
    assert not re.search(r"^\s*(?:from|import) exactrelu", source, re.MULTILINE)


def test_files_are_short():
    """No module has many more lines than the 400 that one reads in one sitting."""
    long = {
        str(path): lines
        for path in modules()
        if path.name not in CHECKERS and (lines := (PACKAGE / path).read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert not long


def test_words_have_one_meaning():
    """No word is explained twice."""
    words = re.findall(r"^\| ([a-z ]+) \| ", PAGE.partition("## Words")[2], re.MULTILINE)
    assert len(words) > 25 and len(set(words)) == len(words)
