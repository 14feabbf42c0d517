"""Damaged certificates about the plane: rejected, or true all the same; in format 2 by two checkers that agree."""

import json
import random
from fractions import Fraction

import pytest
import second_checker
from folders import CERTIFICATES_1
from format_2 import checked, converted
from gmpy2 import mpq
from mutants import mutants
from second_files import read_problem
from second_values import iterate_at

from exactrelu import checker1
from exactrelu.network.files import network_from_json
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import problem_from_json

CORPUS = CERTIFICATES_1
WORDS = {True: "valid", False: "invalid", None: "unreadable"}
SECOND = ("valid", "invalid", "unreadable")
BASES = ("example", "cancellation", "equal_open_units", "closed_gate", "kinks_that_cancel", "difference", "level_0")
SLOW = {"fixed_point.json", "fixed_point_of_another_mask.json", "hanging_nodes.json.gz", "one_pass.json.gz"}
"""Files on which a checker of format 2 needs more than half a second."""
NO_LONGER_INVALID = {
    "cut_missing.json", "line_off_by_a_hair.json", "quadrants_in_other_order.json",
    "difference_wrong_network_value.json", "difference_wrong_target_value.json",
}
"""Files whose tree is too coarse in format 1, and values that format 2 does not have; what is stated is true."""


def base(name):
    """Return a valid certificate of format 1 as a JSON value."""
    return json.loads((CORPUS / "valid" / f"{name}.json").read_text())


def word_1(tmp_path, certificate):
    """Return the word for what the checker of format 1 says of a JSON value."""
    path = tmp_path / "mutant.json"
    path.write_text(json.dumps(certificate))
    return WORDS[checker1.check_file(path).valid]


def word_2(certificate, second=True):
    """Return the word for what the checkers of format 2 say, and assert that it is the same, if the second is asked."""
    word = WORDS[checked(certificate).valid]
    if second or word == "valid":
        assert SECOND[second_checker.check(json.dumps(certificate).encode())] == word
    return word


def plane_files():
    """Return the files of format 1 about trees and points as parameters."""
    for path in sorted(CORPUS.glob("*valid/*")):
        if path.name.endswith(".json") or path.name in SLOW:
            marks = [pytest.mark.exhaustive] if path.name in SLOW else []
            yield pytest.param(path, id=path.name, marks=marks)


@pytest.mark.parametrize("path", list(plane_files()))
def test_files_of_format_1_in_format_2(path):
    """Statement and evidence have the same answer in format 2, unless that needs no cut there, or no value."""
    certificate = json.loads(checker1.read_file(path))
    word = "valid" if path.name in NO_LONGER_INVALID else path.parent.name
    assert word_2(converted(certificate), second=path.name not in SLOW or word == "invalid") == word
    if word == "valid":
        assert_true_2(converted(certificate))


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


def assert_true_2(certificate):
    """The same of a certificate of format 2; V^n g is evaluated by the code of the second checker."""
    statement = certificate["statement"]
    of = statement.get("of", statement)
    problem, network = read_problem(of["problem"]), network_from_json(of["network"], "network")
    is_refuted = "point" in statement
    for point in [statement["point"]] if is_refuted else points(of["n"]):
        point = [Fraction(str(entry)) for entry in point]
        value = iterate_at(problem, of["n"], point)
        assert (network.evaluate([mpq(str(entry)) for entry in point]) != (mpq(str(value)),)) is is_refuted


def judged_rightly(tmp_path, certificate, second=True):
    """Return the word for a mutant of either format, which is rejected or true, as far as can be told."""
    is_second = isinstance(certificate, dict) and "statement" in certificate
    word = word_2(certificate, second) if is_second else word_1(tmp_path, certificate)
    if word == "valid":
        (assert_true_2 if is_second else assert_true)(certificate)
    return word


@pytest.mark.parametrize("change", [dict, converted], ids=["format 1", "format 2"])
def test_mutants(tmp_path, change):
    """Of a sample of all single changes, each is rejected or leaves a true statement."""
    rng, words = random.Random(1), []
    for name in BASES:
        for number, (_, mutant) in enumerate(rng.sample(list(mutants(change(base(name)))), 120)):
            words.append(judged_rightly(tmp_path, mutant, second=number < 30))
    assert {word: words.count(word) > 30 for word in WORDS.values()} == dict.fromkeys(WORDS.values(), True)


@pytest.mark.exhaustive
@pytest.mark.parametrize("change", [dict, converted], ids=["format 1", "format 2"])
@pytest.mark.parametrize("name", BASES)
def test_all_mutants(tmp_path, name, change):
    """Every single change of these certificates is rejected or leaves a true statement."""
    for _, mutant in mutants(change(base(name))):
        judged_rightly(tmp_path, mutant)


@pytest.mark.exhaustive
@pytest.mark.parametrize("change", [dict, converted], ids=["format 1", "format 2"])
def test_double_mutants(tmp_path, change):
    """Two changes at once: rejected or true."""
    rng = random.Random(2)
    for name in BASES:
        once = [
            mutant for _, mutant in mutants(change(base(name)))
            if judged_rightly(tmp_path, mutant, second=False) != "unreadable"
        ]
        for mutant in rng.sample(once, 40):
            for _, twice in rng.sample(list(mutants(mutant)), 25):
                judged_rightly(tmp_path, twice)
