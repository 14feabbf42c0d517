"""Evidence by induction over atoms: two checkers of which one knows the specification alone agree on every file."""

import json
import random
from fractions import Fraction
from functools import cache

import pytest
import second_checker
from atom_files import inserted
from mutants import HAIR
from random_atom_damages import damaged, text
from test_mutants import assert_true

from exactrelu import checker1
from exactrelu.certification.certificate import certificate_text
from exactrelu.certification.induction import certify
from exactrelu.certification.induction.atom_evidence import atom_evidence
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.scheme import load_problem

WORDS = {True: "valid", False: "invalid", None: "unreadable"}
SMALL = [
    ("single_c00", "compact", 1), ("difference", "compact", 2), ("haar", "compact", 2), ("needle", "compact", 2),
    ("single_c21", "compact", 3), ("difference", "paper", 1), ("single_c21", "paper", 2), ("zero", "compact", 2),
]
LARGER = [
    ("bilinear", "compact", 1), ("bilinear", "compact", 2), ("haar", "paper", 2), ("shifted", "compact", 2),
    ("bilinear", "paper", 2), ("nonconvex", "compact", 2), ("loop", "compact", 2), ("difference", "compact", 3),
]


@cache
def certificate_of(name, construction, n):
    """Return the certificate of a built-in problem as a JSON text, without marks."""
    problem = load_problem(name)
    network = CONSTRUCTIONS[construction](problem, n)
    evidence = atom_evidence(network, certify(problem, n, network).proof.examined)
    certificate = json.loads("".join(certificate_text(problem, n, network, evidence)))
    certificate["network"].pop("marks", None)
    return json.dumps(certificate)


def judged(tmp_path, certificate):
    """Return the answers of the two checkers to a JSON value."""
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certificate))
    return WORDS[checker1.check_file(path).valid], second_checker.judge(path)


@pytest.mark.parametrize(("name", "construction", "n"), SMALL)
def test_small_certificates(tmp_path, name, construction, n):
    """Right networks of both constructions, signs and the zero seed among them, are accepted by both."""
    assert judged(tmp_path, json.loads(certificate_of(name, construction, n))) == ("valid", "valid")


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "construction", "n"), LARGER)
def test_larger_certificates(tmp_path, name, construction, n):
    """Several terms, several cascades in a term, seeds of many pieces."""
    test_small_certificates(tmp_path, name, construction, n)


# ------------------------------------------------------------------------------------------ one fact and no other


def idle_term(n, width):
    """Return a term without lines."""
    return {
        "origin": [0, 0], "width": width, "lines": [], "transport": [[]] * (n + 1), "controllers": [[]] * (n - 1),
        "selectors": [[]] * n, "patches": [], "cascades": [],
    }


@pytest.mark.parametrize(("width", "word"), [("7/16", "valid"), ("1/2", "invalid"), (0, "invalid")])
def test_width_of_a_term_that_does_nothing(tmp_path, width, word):
    """0 < w < 1/2 is asked of every term."""
    certificate = json.loads(certificate_of("haar", "compact", 2))
    certificate["evidence"]["terms"].append(idle_term(2, width))
    assert judged(tmp_path, certificate) == (word, word)


@pytest.mark.parametrize("place", range(4))
def test_first_run_off_at_the_start(tmp_path, place):
    """Controllers of the first run that are off by 2^-60 at interface 0, and right after that if these were right."""
    certificate = json.loads(certificate_of("haar", "compact", 2))
    node = certificate["network"]["nodes"][certificate["evidence"]["terms"][0]["transport"][0][place] - 2]
    node["bias"] = text(Fraction(node["bias"]) + HAIR)
    assert judged(tmp_path, certificate) == ("invalid", "invalid")


@pytest.mark.parametrize(("height", "word"), [(0, "valid"), (100, "invalid"), (-100, "invalid")])
def test_selector_that_overshoots_between_digits(tmp_path, height, word):
    """A selector at interface 1 that leaves [0, 1] for t in (1/2, 1/2 + d) only, where it may be anything else.

    With (p, q) = E(t), there p = 1 and q goes from 1/2 to 1/2 - 3d. A hat in q is added, where p = 1.
    """
    certificate = json.loads(certificate_of("haar", "compact", 2))
    (term,), nodes = certificate["evidence"]["terms"], certificate["network"]["nodes"]
    p, q = term["controllers"][0][:2]
    selector = term["selectors"][1][0]
    ends = [Fraction(1, 2) - 3 * Fraction(term["width"]) / 2 * part for part in (1, Fraction(1, 2), 0)]
    new, first = [], selector + 1
    for k, end in enumerate(ends):
        new += [affine(-end, (q, 1)), {"op": "relu", "of": first + 2 * k}]
    new += [affine(-1, (p, 1), (first + 1, 1), (first + 3, -2), (first + 5, 1)), {"op": "relu", "of": first + 6}]
    new += [affine(0, (selector, 1), (first + 7, height))]
    inserted(certificate, first, *new)
    for node in nodes[first + 9 - 2 :]:
        for entry in node.get("terms", ()):
            if entry[0] == selector:
                entry[0] = first + 8
    term["selectors"][1][0] = first + 8
    assert judged(tmp_path, certificate) == (word, word)


@pytest.mark.parametrize(("off", "word"), [(0, "valid"), (HAIR, "invalid"), (-HAIR, "invalid")])
def test_the_symbol_of_an_entry_has_exact_weights(tmp_path, off, word):
    """max(0, r) - r is >= 0 for an entry r of a row of any sign; max(0, r) - (1 + off) r is not known to be.

    The reading and the output have its positive part added, and itself subtracted: that is 0 only if it is >= 0.
    """
    certificate = json.loads(certificate_of("haar", "paper", 2))
    (term,), network = certificate["evidence"]["terms"], certificate["network"]
    (cascade,) = term["cascades"]
    (entry,) = cascade["rows"][-1]
    unit, e, positive = entry + 1, entry + 2, entry + 3
    inserted(
        certificate, unit, {"op": "relu", "of": entry}, affine(0, (unit, 1), (entry, -1 - off)), {"op": "relu", "of": e}
    )
    for sums in (cascade["reading"], network["nodes"][network["outputs"][0] - 2]["terms"]):
        sums += [[positive, 1], [e, -1]]
    assert judged(tmp_path, certificate) == (word, word)


@pytest.mark.parametrize(("later", "word"), [("small", "valid"), ("large", "invalid")])
def test_age_of_symbols(tmp_path, later, word):
    """(x + y - 1/2)+ - (x - 1/2)+ counts as >= 0 for selectors x, y in [0, 1] if the second symbol is the newer one.

    The reading and the output have its positive part added, and itself subtracted.
    """
    certificate = json.loads(certificate_of("haar", "compact", 2))
    (term,), network = certificate["evidence"]["terms"], certificate["network"]
    cascade, first = term["cascades"][0], network["outputs"][0]
    x, y = (term["selectors"][1][line] for line in cascade["lines"])
    arguments = {"large": affine(Fraction(-1, 2), (x, 1), (y, 1)), "small": affine(Fraction(-1, 2), (x, 1))}
    order = sorted(arguments, key=lambda name: name == later)
    large, small = (first + 1 + 2 * order.index(name) for name in ("large", "small"))
    inserted(
        certificate, first, arguments[order[0]], {"op": "relu", "of": first}, arguments[order[1]],
        {"op": "relu", "of": first + 2}, affine(0, (large, 1), (small, -1)), {"op": "relu", "of": first + 4},
    )
    for sums in (cascade["reading"], network["nodes"][network["outputs"][0] - 2]["terms"]):
        sums += [[first + 5, 1], [first + 4, -1]]
    assert judged(tmp_path, certificate) == (word, word)


def affine(bias, *terms):
    return {"op": "affine", "terms": [[source, text(weight)] for source, weight in terms], "bias": text(bias)}


def assert_agreement(tmp_path, seed, bases, number):
    """Assert that the checkers agree on damaged certificates, and that what they accept is true.

    Return how often each word was said.
    """
    rng, words = random.Random(seed), []
    for _ in range(number):
        base = rng.choice(bases)
        certificate = json.loads(certificate_of(*base))
        done = damaged(rng, certificate)
        first, second = judged(tmp_path, certificate)
        assert first == second, (base, done)
        if first == "valid":
            assert_true(certificate)
        words.append(first)
    return {word: words.count(word) for word in WORDS.values()}


def test_damaged_certificates(tmp_path):
    """Entries of the evidence, weights, nodes, patches and terms changed: both checkers give the same answer."""
    words = assert_agreement(tmp_path, 1, SMALL, 140)
    assert min(words.values()) >= 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(10))
def test_many_damaged_certificates(tmp_path, seed):
    """The same for thousands of damages."""
    assert_agreement(tmp_path, 100 + seed, SMALL, 300)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4))
def test_damaged_larger_certificates(tmp_path, seed):
    """The same for several terms and cascades."""
    assert_agreement(tmp_path, 200 + seed, LARGER[:4], 100)
