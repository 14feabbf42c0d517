"""Certificates of sums of atoms: the second checker says what the first one says."""

import json
from fractions import Fraction
from itertools import product
from random import Random

import pytest
import second_checker
from atom_families import family_of, interfaces
from folders import TESTS
from json_damages import damages
from test_every_n_atoms import ALONE, CONSTRUCTIONS, QUICK, TINY, fresh, made
from test_second_checker import WORDS, assert_agreement, judged

from exactrelu.certification.families import member_text
from exactrelu.scheme import builtin_problems, load_problem, problem_to_json


FILES = [
    pytest.param(path, id=f"{path.parent.name}-{path.name.partition('.')[0]}")
    for path in sorted((TESTS / "certificates" / "atoms").glob("*/*.json.gz"))
]


@pytest.mark.parametrize("path", FILES)
def test_corpus(path):
    """The second checker says of each file what the name of its folder says.

    Interfaces, which it leaves aside, as the page allows, may be wrong where the statement is true.
    """
    is_cut = path.name.removesuffix(".json.gz") in ("member_cut_elsewhere", "member_cut_too_late")
    word = "valid" if is_cut else path.parent.name
    assert WORDS[second_checker.check(path.read_bytes())] == word


@pytest.mark.parametrize(("name", "construction"), [
    *product(QUICK, CONSTRUCTIONS),
    *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in product(builtin_problems(), CONSTRUCTIONS)),
])
def test_valid(name, construction):
    """The families of paper and compact are proved by the second checker, too."""
    assert second_checker.check(json.dumps(made(name, construction)).encode()) == 0


@pytest.mark.parametrize(("fact", "construction"), [*product(ALONE, CONSTRUCTIONS)])
def test_each_fact(fact, construction):
    """Families of which one fact does not hold are refused for that by both; one of paper that is true is not."""
    found = fresh("haar", construction)
    ALONE[fact](found)
    word = "valid" if (fact, construction) == ("closed", "paper") else "invalid"
    assert judged(found) == (word, word)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("name", "n"), [("haar", 3), ("zero", 2)])
def test_members(name, n, construction):
    """The network for one n is the one of the family for this n alone, and with these weights alone."""
    problem, module = load_problem(name), CONSTRUCTIONS[construction]
    family, evidence = family_of(problem, module)
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n}
    network = module.build(problem, n)
    text = "".join(member_text(statement, network, evidence | {"family": family}))
    assert judged(json.loads(text)) == ("valid", "valid")
    if name == "haar":
        other = json.loads(text)
        other["evidence"]["interfaces"] = interfaces(network, n)
        assert judged(other) == ("valid", "valid")
        other["evidence"]["interfaces"][0].pop()
        assert judged(other) == ("malformed", "malformed")
    other = json.loads(text)
    other["statement"]["n"] += 1
    assert judged(other) == ("invalid" if family["terms"] else "valid",) * 2
    other = json.loads(text)
    other["statement"]["network"]["nodes"][-1]["bias"] = str(TINY)
    assert judged(other) == ("invalid", "invalid")


def damaged(name, construction, count):
    """Return (what was done, certificate) for so many damages of the evidence, the family and the problem each."""
    found, random, chosen = made(name, construction), Random(f"{name} {construction}"), []
    statement = found["statement"]
    for key, more in (("evidence", 1), ("family", 1), ("problem", Fraction(1, 2))):
        part = found["evidence"] if key == "evidence" else statement[key]
        for what, other in random.sample(list(damages(part)), int(count * more)):
            changed = {"evidence": other} if key == "evidence" else {"statement": {**statement, key: other}}
            chosen.append((f"{key}: {what}", {**found, **changed}))
    return chosen


@pytest.mark.parametrize(("name", "construction", "count"), [
    ("haar", "compact", 10), ("haar", "paper", 10),
    *(pytest.param(*case, 150, marks=pytest.mark.exhaustive) for case in product(QUICK[1:], CONSTRUCTIONS)),
])
def test_damages(name, construction, count):
    """Numbers changed, entries left out, doubled, exchanged: both say the same of what comes of it."""
    words = assert_agreement(damaged(name, construction, count))
    assert words["invalid"] and words["malformed"]


WRONG = {
    "a patch that is not in the window": (("evidence", "terms", 0, "patches", 0, 0), 1, "malformed"),
    "no patches": (("evidence", "terms", 0, "patches"), [], "invalid"),
    "no cascades": (("evidence", "terms", 0, "cascades"), [], "invalid"),
    "sizes": (("statement", "sizes"), [100, 1, 1], "malformed"),
    "a factor 0": (("statement", "family", "terms", 0, "factor"), 0, "invalid"),
    "a base 0": (("statement", "family", "terms", 0, "base"), 0, "invalid"),
    "a base that is too small": (("statement", "family", "terms", 0, "base"), str(1 - TINY), "invalid"),
    "a larger window": (("evidence", "lengths"), [2, 2], "invalid"),
    "a window that is too large": (("evidence", "lengths"), [1000, 1000], "malformed"),
    "another shift": (("evidence", "terms", 0, "shift", 0), str(TINY), "invalid"),
}


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("case", WRONG)
def test_made_by_hand(case, construction):
    """What lies beyond a bound of the page is refused by both, in the same way."""
    (*path, key), value, word = WRONG[case]
    found = part = fresh("haar", construction)
    for step in path:
        part = part[step]
    part[key] = value
    assert judged(found) == (word, word)
