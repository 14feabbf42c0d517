"""The checker on evidence by atoms: the corpus and how it is made, and mutants."""

import json
import random

import pytest
from atom_damages import DAMAGES
from atom_files import CORPUS, added, affine, base, cascade, inserted, read, relu, term
from atom_malformations import MALFORMED
from test_induction_certificate import assert_rejected_or_true, judged, mutant

from exactrelu import checker1
from exactrelu.certification.enumeration import certify
from exactrelu.network.files import network_from_json
from exactrelu.scheme import problem_from_json

VALID = ("atoms", "atoms_signs", "atoms_growing", "atoms_paper", "atoms_paper_steps", "atoms_shrinking")
RIGHT = {
    "first_run_of_one_cell", "second_run_off", "too_wide", "wider_border", "rows_exchanged",
    "row_of_a_negative_state", "negative_where_h_is", "gates_for_positive_rows", "nine_symbols", "other_kappa",
    "other_patch", "term_twice", "no_term", "output_through_a_unit",
}
"""The damages that leave the network and the statement as they are, or the function that it computes."""


def named(functions):
    """Return functions as parameters with their names."""
    return [pytest.param(function, id=function.__name__) for function in functions]


def verdict(certificate):
    """Return the verdict on the statement of a certificate by enumeration."""
    problem = problem_from_json(certificate["problem"], "problem")
    network = network_from_json(certificate["network"], "network")
    return certify(problem, certificate["n"], network, jobs=1).verdict


@pytest.mark.parametrize("name", VALID)
def test_valid(name):
    """The certificates that are damaged below are valid."""
    path = CORPUS / "valid" / f"{name}.json.gz"
    assert checker1.check_file(path)[::2] == (True, None)


@pytest.mark.parametrize(
    ("folder", "damage"),
    [pytest.param("invalid", damage, id=damage.__name__) for damage in DAMAGES]
    + [pytest.param("malformed", damage, id=damage.__name__) for damage in MALFORMED],
)
def test_corpus(folder, damage):
    """A file of the corpus is what its function makes of a valid certificate, and is rejected."""
    path = CORPUS / folder / f"atoms_{damage.__name__}.json.gz"
    assert read(path) == damage()
    assert checker1.check_file(path).valid is {"invalid": False, "malformed": None}[folder]


def test_nothing_else_in_the_corpus():
    """All files of this kind are made here."""
    made = {*VALID, *(f"atoms_{damage.__name__}" for damage in (*DAMAGES, *MALFORMED))}
    assert {path.name.partition(".")[0] for path in CORPUS.glob("*/atoms*")} == made


@pytest.mark.parametrize("damage", named(damage for damage in DAMAGES if damage.__name__ != "mask_index_far_away"))
def test_most_damages_make_the_statement_false(damage):
    """The checker is right to reject: the network is not V^n g, but for the damages in the list."""
    assert verdict(damage()) == ("certified" if damage.__name__ in RIGHT else "refuted")


@pytest.mark.parametrize(("name", "count", "seed"), [
    ("atoms_signs", 100, 1), ("atoms_paper_steps", 40, 2), ("atoms", 50, 3), ("atoms_paper", 12, 4),
])
def test_mutants(tmp_path, name, count, seed):
    """Changes of one number, index or array: rejected, or the file proves what it says, by enumeration."""
    rng, text = random.Random(seed), json.dumps(base(name))
    answers = [assert_rejected_or_true(tmp_path, rng, text) for _ in range(count)]
    assert answers.count(False) > count / 3


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", VALID)
def test_many_mutants(tmp_path, name, seed):
    """Thousands of changes."""
    rng, text = random.Random(1000 + seed), json.dumps(base(name))
    for _ in range(100):
        assert_rejected_or_true(tmp_path, rng, text)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", VALID)
def test_double_mutants(tmp_path, name, seed):
    """A change of the evidence that can be read, and four others on top of it, one at a time."""
    rng, text = random.Random(2000 + seed), json.dumps(base(name))
    for _ in range(40):
        path, certificate = mutant(rng, text)
        if path[0] == "evidence" and judged(tmp_path, certificate).valid is not None:
            for _ in range(4):
                assert_rejected_or_true(tmp_path, rng, json.dumps(certificate))


def gates_of_gates(certificate):
    """Gates of gates of the reading, fifty deep, each in two terms."""
    k, row = cascade(certificate)["reading"][0][0], cascade(certificate)["rows"][1][0]
    selector = term(certificate)["selectors"][1][0]
    new, last = [], k
    for depth in range(50):
        first = k + 1 + 3 * depth
        new += [affine(0, (last, 2), (selector, -1)), relu(first), affine(0, (last, 1), (first + 1, 1), (row, "-1/2"))]
        last = first + 2
    inserted(certificate, k + 1, *new)
    cascade(certificate)["reading"][0][0] = last


def many_patches(certificate):
    """A hundred thousand patches."""
    term(certificate)["patches"] += [[k, -k, "1"] for k in range(1, 10**5)]


def many_patches_of_no_weight(certificate):
    """A hundred thousand patches of weight 0, which do not matter."""
    term(certificate)["patches"] += [[k, -k, 0] for k in range(1, 10**5)]


def many_states(certificate):
    """Twenty thousand states more that no atom needs, all with one row."""
    own = cascade(certificate)
    own["states"] += [[10**29, k, 1] for k in range(20000)]
    for nodes in own["rows"]:
        nodes += nodes[:1] * 20000


def many_pairs(certificate):
    """Two thousand pairs of one node that add up to nothing."""
    k, _ = cascade(certificate)["value"][0]
    cascade(certificate)["value"] += [[k, (-1) ** j] for j in range(2000)]


def many_constants(certificate):
    """Nodes without terms by the thousand on the way to the value."""
    k, _ = cascade(certificate)["value"][0]
    inserted(certificate, k, *([affine(0)] * 5000), affine(0, *((k + j, 1) for j in range(5000))))
    added(certificate, k + 5001, (k + 5000, 1))


@pytest.mark.parametrize(("change", "valid"), [
    (gates_of_gates, False), (many_patches, False), (many_patches_of_no_weight, True), (many_states, False),
    (many_pairs, True), (many_constants, True),
], ids=lambda part: getattr(part, "__name__", None))
def test_large_claims_end_soon(tmp_path, change, valid):
    """Large evidence is judged in time and memory like its size: seconds."""
    certificate = base()
    change(certificate)
    assert judged(tmp_path, certificate).valid is valid
