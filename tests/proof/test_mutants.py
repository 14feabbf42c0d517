"""Damaged certificates: rejected, or true all the same; and a second checker that agrees on every one of them."""

import json
import random
from fractions import Fraction

import pytest
import second_checker
from folders import CERTIFICATES_1
from gmpy2 import mpq
from mutants import mutants

from exactrelu import checker1
from exactrelu.network.files import network_from_json
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import problem_from_json

CORPUS = CERTIFICATES_1
WORDS = {True: "valid", False: "invalid", None: "unreadable"}
BASES = ("example", "cancellation", "equal_open_units", "closed_gate", "kinks_that_cancel", "difference", "level_0")
SLOW = {
    "hanging_nodes.json.gz", "one_pass.json.gz", "fixed_point.json", "fixed_point_of_another_mask.json",
    "atoms_another_atom.json.gz",
}
"""Files of the corpus on which the second checker needs more than a second."""
LIMITS = {"too_many_kinks.json", "too_many_translates.json"}
"""Files that only a limit of the first checker makes unreadable."""


def check(tmp_path, certificate):
    """Return the word for what the checker says of a JSON value."""
    path = tmp_path / "mutant.json"
    path.write_text(json.dumps(certificate))
    return WORDS[checker1.check_file(path).valid], path


def corpus(slow):
    """Return the files of the corpus for the second checker, as parameters: the slow ones, or the others."""
    found = [path for path in sorted(CORPUS.glob("*/*")) if path.name not in LIMITS]
    return [pytest.param(path, id=path.name) for path in found if (path.name in SLOW) == slow]


@pytest.mark.parametrize("path", corpus(slow=False))
def test_second_checker(path):
    """The checker written from the specification alone agrees on the corpus."""
    assert second_checker.judge(path) == WORDS[checker1.check_file(path).valid]


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", corpus(slow=True))
def test_second_checker_on_large_files(path):
    """The checker written from the specification alone agrees on the larger files, too."""
    test_second_checker(path)


def points(seed):
    """Return points near the origin and far away, on dyadic lines, a hair off them, and at random."""
    rng = random.Random(seed)
    near = [(mpq(i, 8), mpq(j, 8)) for i in range(-6, 7, 3) for j in range(-6, 7, 3)]
    hair = [(x + mpq(rng.randint(-1, 1), 2**70), y + mpq(rng.randint(-1, 1), 2**70)) for x, y in near]
    return near + hair + [(mpq(rng.randint(-99, 99), 32), mpq(rng.randint(-999, 999), 9)) for _ in range(10)]


def assert_true(certificate):
    """Assert what the certificate states, as far as evaluation at points by other code can tell."""
    problem = {key: part for key, part in certificate["problem"].items() if key != "window"}
    problem = problem_from_json(problem, "problem")
    network, n = network_from_json(certificate["network"], "network"), certificate["n"]
    claim = certificate["claim"]
    if claim["kind"] == "differs":
        point = tuple(mpq(Fraction(entry)) for entry in claim["point"])
        values = (network.evaluate(point)[0], direct_sum(problem, n, *point))
        assert values == (mpq(Fraction(claim["network"])), mpq(Fraction(claim["target"]))) and values[0] != values[1]
        return
    for point in points(n):
        assert network.evaluate(point) == (direct_sum(problem, n, *point),)


def assert_judged_rightly(tmp_path, description, certificate, second=True):
    """Assert that a mutant is rejected or true, and that the second checker, if it is asked, agrees."""
    word, path = check(tmp_path, certificate)
    if word == "valid":
        assert_true(certificate)
    if second or word == "valid":
        assert second_checker.judge(path) == word, description
    return word


def test_mutants(tmp_path):
    """Of a sample of all single changes, each is rejected or leaves a true statement; the two checkers agree."""
    rng, words = random.Random(1), []
    for base in BASES:
        certificate = json.loads((CORPUS / "valid" / f"{base}.json").read_text())
        for number, (description, mutant) in enumerate(rng.sample(list(mutants(certificate)), 300)):
            words.append(assert_judged_rightly(tmp_path, f"{base} {description}", mutant, second=number < 100))
    assert {word: words.count(word) > 30 for word in WORDS.values()} == dict.fromkeys(WORDS.values(), True)


@pytest.mark.exhaustive
@pytest.mark.parametrize("base", BASES)
def test_all_mutants(tmp_path, base):
    """Every single change of these certificates is rejected or leaves a true statement; the two checkers agree."""
    certificate = json.loads((CORPUS / "valid" / f"{base}.json").read_text())
    for description, mutant in mutants(certificate):
        assert_judged_rightly(tmp_path, description, mutant)


@pytest.mark.exhaustive
def test_double_mutants(tmp_path):
    """Two changes at once: rejected or true, and the two checkers agree."""
    rng = random.Random(2)
    for base in BASES:
        certificate = json.loads((CORPUS / "valid" / f"{base}.json").read_text())
        once = [mutant for _, mutant in mutants(certificate) if check(tmp_path, mutant)[0] != "unreadable"]
        for mutant in rng.sample(once, 40):
            for description, twice in rng.sample(list(mutants(mutant)), 25):
                assert_judged_rightly(tmp_path, description, twice)
