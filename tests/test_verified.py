"""The machine-checked checker: the answers of the corpus, and of damaged certificates, where coq/ has been built."""

import gzip
import json
import os
import random
import shutil
from pathlib import Path

import pytest
from command import answer, refusal, run

from exactrelu.checker import check_file
from exactrelu.commands.check import PLACE, VERIFIED
from exactrelu.field import mpq
from exactrelu.network.files import network_from_json
from exactrelu.scheme import problem_from_json
from exactrelu.refinement.direct import direct_sum

CORPUS = Path(__file__).parent / "certificates"
BUILT = Path(__file__).parent.parent / "coq" / "checker" / VERIFIED

WITHIN_ITS_LIMITS = {"too_many_kinks.json"}
"""Files that are beyond a limit of checker.py alone; what they claim is wrong."""

CODES = {"valid": {0, 3}, "invalid": {1, 3}, "malformed": {2, 3}}


@pytest.fixture(scope="module", autouse=True)
def verified():
    """Say where the program is; tests are skipped where it has not been built."""
    program = os.environ.get(PLACE) or shutil.which(VERIFIED) or (BUILT if BUILT.exists() else None)
    if program is None:
        pytest.skip(f"{VERIFIED} has not been built: make -C coq")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(program))
        yield


def files(kind):
    return sorted((CORPUS / kind).iterdir(), key=lambda path: path.name)


@pytest.mark.parametrize("kind", CODES)
def test_corpus(capsys, kind):
    """Each file has the answer of its folder, or is outside of what the verified kernel knows."""
    outside = 0
    for path in files(kind):
        code, _, err = run(capsys, "check", "--verified", path)
        if path.name in WITHIN_ITS_LIMITS:
            assert code == 1
            continue
        assert code in CODES[kind], path.name
        outside += code == 3
        assert code != 3 or "induction" in err or "atoms" in err or "translates" in err or "n = 1000" in err
    assert outside < len(files(kind)) * 3 / 4


def test_the_statement_is_that_of_the_checker(capsys):
    """Both checkers say the same of a valid certificate."""
    path = CORPUS / "valid" / "example.json"
    code, data = answer(capsys, "check", "--verified", path)
    assert code == 0 and data["valid"] is True
    assert data["statement"].startswith(check_file(str(path))[1])


def test_a_missing_file_is_refused(capsys, tmp_path):
    """A file that is not there cannot be read, and that is not a verdict."""
    assert "No such file" in refusal(capsys, "check", "--verified", tmp_path / "none.json")


def test_damaged_numbers_prove_nothing_false(capsys, tmp_path):
    """Of certificates with one number changed, it accepts none that checker.py does not accept."""
    chance = random.Random(20)
    sources = [path for path in files("valid") if path.stat().st_size < 4000 and path.suffix == ".json"]
    accepted = 0
    for _ in range(40):
        certificate = json.loads(chance.choice(sources).read_text())
        damage(certificate, chance)
        path = tmp_path / "damaged.json.gz"
        path.write_bytes(gzip.compress(json.dumps(certificate).encode()))
        code, _, _ = run(capsys, "check", "--verified", path)
        valid, _, _ = check_file(str(path))
        assert code in (0, 1, 2, 3)
        if code == 0:
            accepted += 1
            assert valid is True or not refuted_by_evaluation(certificate), certificate
    assert accepted < 25


def damage(certificate, chance):
    """Change one weight, bias, coefficient, value, level, line or entry of the tree."""
    places = []

    def visit(node, key, parent):
        if isinstance(node, dict):
            for name, child in node.items():
                visit(child, name, node)
        elif isinstance(node, list):
            for index, child in enumerate(node):
                visit(child, index, node)
        elif (isinstance(node, int) or (isinstance(node, str) and node.lstrip("-").replace("/", "").isdigit())):
            places.append((parent, key))

    visit(certificate, None, None)
    parent, key = chance.choice(places)
    parent[key] = chance.choice([0, 1, 2, "1/3", "-1/2", -1])


def refuted_by_evaluation(certificate):
    """Whether plain evaluation at some points shows that the claim of the file is wrong."""
    problem = problem_from_json(certificate["problem"], "problem")
    network = network_from_json(certificate["network"], "network")
    chance = random.Random(7)
    points = [(mpq(chance.randint(-40, 80), 16), mpq(chance.randint(-40, 80), 16)) for _ in range(200)]
    differs = certificate["claim"]["kind"] == "differs"
    if differs:
        points = [tuple(mpq(c) for c in certificate["claim"]["point"])]
    return any((network.evaluate(p)[0] == direct_sum(problem, certificate["n"], *p)) is differs for p in points)
