"""Evidence by induction over atoms in format 1: facts one by one, and random damages of files as they were written."""

import gzip
import json
import random
from fractions import Fraction
from functools import cache

import pytest
from atom_files import inserted
from folders import CASES
from mutants import HAIR
from random_atom_damages import damaged, text
from test_mutants import assert_true

from exactrelu import checker1

WORDS = {True: "valid", False: "invalid", None: "unreadable"}
FILES = [
    ("single_c00", "compact", 1), ("difference", "compact", 2), ("haar", "compact", 2), ("needle", "compact", 2),
    ("single_c21", "compact", 3), ("difference", "paper", 1), ("single_c21", "paper", 2), ("zero", "compact", 2),
    ("haar", "paper", 2),
]


@cache
def certificate_of(name, construction, n):
    """Return the certificate of a built-in problem as a JSON text, as it was written before format 2."""
    return gzip.decompress((CASES / "inductions" / f"{name}-{construction}-{n}.json.gz").read_bytes()).decode()


def judged(tmp_path, certificate):
    """Return the answer of the checker to a JSON value."""
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certificate))
    return WORDS[checker1.check_file(path).valid]


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
    assert judged(tmp_path, certificate) == word


@pytest.mark.parametrize("place", range(4))
def test_first_run_off_at_the_start(tmp_path, place):
    """Controllers of the first run that are off by 2^-60 at interface 0, and right after that if these were right."""
    certificate = json.loads(certificate_of("haar", "compact", 2))
    node = certificate["network"]["nodes"][certificate["evidence"]["terms"][0]["transport"][0][place] - 2]
    node["bias"] = text(Fraction(node["bias"]) + HAIR)
    assert judged(tmp_path, certificate) == "invalid"


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
    assert judged(tmp_path, certificate) == word


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
    assert judged(tmp_path, certificate) == word


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
    assert judged(tmp_path, certificate) == word


def affine(bias, *terms):
    return {"op": "affine", "terms": [[source, text(weight)] for source, weight in terms], "bias": text(bias)}


def assert_rejected_or_true(tmp_path, seed, number):
    """Assert that what the checker accepts of damaged certificates is true; return how often each word was said."""
    rng, words = random.Random(seed), []
    for _ in range(number):
        certificate = json.loads(certificate_of(*rng.choice(FILES)))
        damaged(rng, certificate)
        words.append(judged(tmp_path, certificate))
        if words[-1] == "valid":
            assert_true(certificate)
    return {word: words.count(word) for word in WORDS.values()}


def test_damaged_certificates(tmp_path):
    """Entries of the evidence, weights, nodes, patches and terms changed: rejected, or true."""
    assert min(assert_rejected_or_true(tmp_path, 1, 140).values()) >= 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(10))
def test_many_damaged_certificates(tmp_path, seed):
    """The same for thousands of damages."""
    assert_rejected_or_true(tmp_path, 100 + seed, 300)
