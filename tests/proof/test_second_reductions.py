"""Certificates of problems that are reduced: the second checker says what the first one says."""

import copy
import json
from fractions import Fraction
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
import second_checker
import second_reductions
from folders import TESTS
from json_damages import damages
from random_schemes import random_scheme
from reduced_files import HALF, LINES, certificate, hand_made, random_certificate
from second_functionals import check_numbers
from test_reduced_certificates import PLAIN, PLANE, changed, member
from test_second_checker import WORDS, assert_agreement, judged

from exactrelu import checker
from exactrelu.certification import reduced
from exactrelu.certification.induction.small_network import Part, scheme_of
from exactrelu.errors import InputError
from exactrelu.proof.kernel import Unproved
from exactrelu.scheme import load_problem
from exactrelu.scheme.reductions import residues

FILES = [
    pytest.param(path, id=f"{path.parent.name}-{path.name.partition('.')[0]}")
    for path in sorted((TESTS / "certificates" / "reductions").glob("*/*.json.gz"))
]


@pytest.mark.parametrize("path", FILES)
def test_corpus(path: Path):
    """The second checker says of each file what the name of its folder says."""
    assert WORDS[second_checker.check(path.read_bytes())] == path.parent.name


@pytest.mark.parametrize("name", [
    *LINES, "takagi", "d4_wavelet", *(pytest.param(name, marks=pytest.mark.exhaustive) for name in PLANE),
])
def test_every_n(name):
    """The families that the program writes are proved by the second checker, too."""
    assert second_checker.check(json.dumps(certificate(name)).encode()) == 0


@pytest.mark.parametrize(("name", "n"), [
    ("takagi", 3), ("masks", 4), ("shifts", 3),
    *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in (
        ("takagi", 40), ("negative", 3), ("source, root", 3))),
    *(pytest.param(name, n, marks=pytest.mark.exhaustive) for name in PLANE for n in (1, 3)),
])
def test_member(name, n):
    """The network for n is proved, but not to be that of another n, nor with a weight that is another one."""
    found = member(LINES.get(name) or load_problem(name), n)
    assert judged(found) == ("valid", "valid")
    other = changed(found, "statement", "network", "nodes", -1, "bias", to=str(Fraction(1, 2**60)))
    assert judged(other) == ("invalid", "invalid")
    for k in (n - 1 or 9, n + 1):
        other = changed(found, "statement", "n", to=k)
        assert judged(other) == ("malformed", "malformed")
        other["evidence"]["families"][0]["first"] = k
        assert judged(other) == ("invalid", "invalid")


@pytest.fixture
def without_families(monkeypatch):
    """Of families nothing but their numbers is asked."""
    monkeypatch.setattr(checker.Functionals, "prove", lambda theory: theory.numbers())
    monkeypatch.setattr(second_reductions, "prove_theory", check_numbers)


@pytest.mark.parametrize(("name", "sizes"), [("takagi", (27, 1, 5)), ("shifts", (25, 1, 5))])
def test_sizes(without_families, name, sizes):
    """Width and depth of the networks of all families are the same by both, slopes that are no integers among them."""
    changes = {change: [a + b for a, b in zip(sizes, change, strict=True)] for change in (
        (0, 0, 0), (1, 0, 3), (-1, 0, 0), (0, -1, 9), (0, 0, -1))} | {"slope": [sizes[0], "999999999/1000000000", 9]}
    certificates = [(change, changed(certificate(name), "statement", "sizes", to=to)) for change, to in changes.items()]
    words = assert_agreement(certificates)
    assert words["valid"] == 2 < words["invalid"] == 4


def outside(found):
    """Yield (what was done, damaged certificate); families and what is said of each alone stay as they are."""
    found, inner = copy.deepcopy(found), []
    owner = found["statement"] if "families" in found["statement"] else found["evidence"]
    for parts, key in ((owner["families"], "family"), (found["evidence"]["parts"], "theory")):
        inner.append((key, [part.pop(key) for part in parts]))
    network = found["statement"].pop("network", None)
    for name, other in damages(found):
        other = copy.deepcopy(other)
        for key, values in inner:
            for part, value in zip(parts_of(other, key), values, strict=False):
                if isinstance(part, dict):
                    part.setdefault(key, value)
        if network is not None and isinstance(other.get("statement"), dict):
            other["statement"]["network"] = network
        yield name, other


def parts_of(found, key):
    """Return the list of a damaged certificate that has the families or the theories, if it is there."""
    places = [("evidence", "parts")] if key == "theory" else [("statement", "families"), ("evidence", "families")]
    for where, name in places:
        if isinstance(found.get(where), dict) and isinstance(found[where].get(name), list):
            return found[where][name]
    return []


SAMPLED = {"masks": 40, "shifts": 30, "negative": 20, "source": 30, "source, masks": 15}


@pytest.mark.parametrize("name", SAMPLED)
def test_damages(without_families, name):
    """Numbers changed, entries left out, doubled, exchanged, in problems, levels, places: both say the same."""
    found = Random(name).sample(list(outside(certificate(name))), SAMPLED[name])
    words = assert_agreement(found)
    assert min(words["invalid"], words["malformed"]) >= 3


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [*LINES, "takagi"])
def test_all_damages(without_families, name):
    """Every place of them."""
    assert assert_agreement(outside(certificate(name))).total() > 600


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["d4_wavelet", *PLANE])
def test_damages_of_larger_files(without_families, name):
    """The same for some places of larger files."""
    assert assert_agreement(Random(name).sample(list(outside(certificate(name))), 100))["invalid"]


@pytest.mark.parametrize(("name", "n"), [("masks", 2), ("negative", 2)])
def test_damages_of_members(without_families, name, n):
    """So it is for what is said of one network."""
    found = Random(name).sample(list(outside(member(LINES.get(name) or load_problem(name), n))), 20)
    assert assert_agreement(found)["malformed"]


@pytest.mark.parametrize("seed", [
    2, 15, 22, 28, 33, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in (*range(3, 15), *range(34, 220))),
])
@pytest.mark.parametrize("dimension", [1, pytest.param(2, marks=pytest.mark.exhaustive)])
def test_random_reductions(dimension, seed, monkeypatch):
    """Random dilations, components, masks that vary, sources, fields, without families; and damages of them."""
    problem = random_scheme(Random(seed), dimension)
    try:
        parts = [Part(*pair, scheme_of(problem, pair[0])[0]) for pair in residues(problem)]
    except (InputError, Unproved):
        pytest.skip("there is no network for such a dilation")
    if any(part.scheme.problem.source for part in parts):
        pytest.skip("the source is no combination of hats")
    theory = SimpleNamespace(family=SimpleNamespace(starts=[(0, 1, None)]))

    def first_theory(problem, value, evidence, more=(), is_member=False, least=1):
        theory = checker.Functionals.__new__(checker.Functionals)
        theory.problem = problem
        return theory, None

    monkeypatch.setattr(reduced, "family_data", lambda found: ({}, {}))
    monkeypatch.setattr(reduced, "family", lambda scheme: None)
    monkeypatch.setattr(checker, "read_theory", first_theory)
    monkeypatch.setattr(checker.Functionals, "prove", lambda theory: None)
    monkeypatch.setattr(second_reductions, "read_theory", lambda problem, *rest: (
        SimpleNamespace(problem=problem, **vars(theory)), None))
    monkeypatch.setattr(second_reductions, "prove_theory", lambda theory: None)
    statement, evidence = reduced.families_data(problem, parts)
    found = json.loads(json.dumps({"format": checker.FORMAT, "statement": statement, "evidence": evidence}))
    assert judged(found) == ("valid", "valid")
    assert assert_agreement(Random(seed).sample(list(outside(found)), 8)).total() == 8


@pytest.mark.parametrize("seed", [22, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in range(60, 200))])
def test_random_schemes(seed):
    """Random schemes on the line, with turns, masks that vary, sources: what the program writes is proved by both."""
    found = random_certificate(seed)
    assert judged(found) == ("valid", "valid")


# made by hand

NOTHING = {"vertices": [], "simplices": [], "values": []}
NULL = {"vertices": [[0], [1]], "simplices": [[0, 1]], "values": [0, 0]}
FAMILY, PART = ("statement", "families", 0), ("evidence", "parts", 0)
OWN = ("evidence", "families", 0)


def one(name="masks", *changes):
    """Return a certificate with other values at some paths, pairs of a path and what stands there."""
    found = certificate(name) if isinstance(name, str) else name
    for path, to in changes:
        found = changed(found, *path, to=to)
    return found


def of_member(*changes):
    return one(member(LINES["masks"], 1), *changes)


def start_for_0(least, stages):
    """Return a certificate with a start more in front, for n = ``least`` alone, of a family for K = ``stages``."""
    starts = certificate("masks")["statement"]["families"][0]["family"]["programs"]["starts"]
    place = (*FAMILY, "family", "programs", "starts")
    return one("masks", (place, [[least, 0, starts[0][2]], *starts]), ((*FAMILY, "stages"), stages))


Q = (*PART, "problem")
BY_HAND = {
    "a source without simplices": (lambda: one("masks", (("statement", "problem", "source"), NOTHING)), "valid"),
    "a source that is 0": (lambda: one("masks", (("statement", "problem", "source"), NULL)), "malformed"),
    "no source, and a problem without one": (
        lambda: one("masks", (("evidence", "sourceless"), certificate("masks")["statement"]["problem"])), "valid"),
    "the reduced problem has a source": (lambda: one("masks", ((*Q, "source"), NULL)), "malformed"),
    "the reduced problem has a source without simplices": (lambda: one("masks", ((*Q, "source"), NOTHING)), "valid"),
    "the reduced problem has a field": (lambda: one("masks", ((*Q, "field"), {"sqrt": 2})), "valid"),
    "fields of two numbers": (
        lambda: one("masks", ((*Q, "field"), {"sqrt": 2}), (("statement", "problem", "field"), {"sqrt": 3})),
        "malformed"),
    "the reduced problem has another dilation": (lambda: one("masks", ((*Q, "dilation"), [[-2]])), "malformed"),
    "eta for every n": (lambda: one("masks", ((*PART, "theory", "eta"), "1/100")), "malformed"),
    "a period 0": (lambda: one("masks", ((*FAMILY, "period"), 0)), "invalid"),
    "a start for 0 that may not be there": (lambda: start_for_0(0, [1, 1]), "malformed"),
    "a start for 0 that is wrong": (lambda: start_for_0(0, [0, 1]), "invalid"),
    "a start for 0 that is missing": (lambda: start_for_0(1, [0, 1]), "invalid"),
    "a limit of periods": (lambda: one(hand_made(PLAIN, PLAIN), ((*FAMILY, "period"), 1000)), "invalid"),
    "no components": (lambda: hand_made(PLAIN, PLAIN, [(1, 1, [])]), "invalid"),
    "no components behind": (lambda: hand_made(PLAIN, PLAIN, [(1, 1, [(0, 0, 0)]), (1, 1, [])]), "invalid"),
    "no levels": (lambda: one(hand_made(PLAIN, PLAIN), ((*PART, "levels"), [])), "malformed"),
    "dilations 0": (
        lambda: one("masks", ((*Q, "dilation"), 0), (("statement", "problem", "dilation"), 0)), "malformed"),
    "another place": (lambda: hand_made(PLAIN, PLAIN, place=(1, HALF)), "invalid"),
    "a member, stages that are never added": (lambda: of_member(((*OWN, "stages"), [1, 3])), "invalid"),
    "a member, levels behind the last one": (lambda: of_member(((*PART, "levels", 1, "steps"), 2)), "valid"),
    "a member, a level less": (
        lambda: of_member(((*PART, "levels"), member(LINES["masks"], 1)["evidence"]["parts"][0]["levels"][:1])),
        "invalid"),
    "a member, many stages": (lambda: of_member(((*OWN, "stages"), [100_000, 0])), "invalid"),
    "a member, too many stages": (lambda: of_member(((*OWN, "stages"), [100_001, 0])), "malformed"),
    "a member with a period": (lambda: of_member(((*OWN, "period"), 1)), "malformed"),
    "a member, n = 0": (lambda: of_member((("statement", "n"), 0)), "malformed"),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_made_by_hand(name):
    """Where the page draws a line, both checkers are on the same side of it."""
    made, word = BY_HAND[name]
    assert judged(made()) == (word, word)
