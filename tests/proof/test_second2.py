"""Certificates of format 2: two checkers, of which one knows docs/certificate-2.md alone, agree on every file."""

import ast
import sys

import pytest
import second2
from folders import TESTS

CORPUS = TESTS / "certificates2"
WORDS = ("valid", "invalid", "malformed")
FILES = [pytest.param(path, id=f"{word}-{path.stem}") for word in WORDS for path in sorted((CORPUS / word).iterdir())]


@pytest.mark.parametrize("path", FILES)
def test_corpus(path):
    """The second checker says of each file what the name of its folder says."""
    assert WORDS[second2.check(path.read_bytes())] == path.parent.name


def test_it_shares_nothing_with_the_package():
    """Its files import the standard library and one another."""
    files = sorted((TESTS / "second").glob("second2*.py"))
    assert len(files) > 3
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            else:
                imported = [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in imported:
                assert name.startswith("second2") or name.partition(".")[0] in sys.stdlib_module_names, name
