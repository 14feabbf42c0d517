"""The JSON Schemas of the file formats, against what the readers accept."""

import gzip
import json
import random
import re

import pytest
from folders import CERTIFICATES, CERTIFICATES_1
from format_2 import rows_for_every_n
from jsonschema import Draft202012Validator
from json_schema import conforms, kinds, schema_of
from mutants import mutants, places
from random_schemes import random_scheme

from exactrelu import Slice, build, checker, checker1, read_property, region_list
from exactrelu.errors import InputError
from exactrelu.network import Builder
from exactrelu.network.files import network_from_json, network_text
from exactrelu.scheme import builtin_problems, problem_from_json, problem_to_json
from exactrelu.show.region_files import json_chunks

CORPORA = {"certificate": CERTIFICATES, "certificate-1": CERTIFICATES_1}


def content(path):
    """Return the JSON value of a file of the corpus, plain or gzip."""
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


@pytest.mark.parametrize("kind", kinds())
def test_schemas_are_schemas(kind):
    """Each schema is one of the draft that it names, and has the identifier that its file has."""
    Draft202012Validator.check_schema(schema_of(kind))
    assert schema_of(kind)["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema_of(kind)["$id"] == f"{kind}.schema.json"


READABLE = [
    (kind, path) for kind, folder in CORPORA.items() for verdict in ("valid", "invalid")
    for path in sorted(folder.rglob(f"{verdict}/*"))
]


@pytest.mark.parametrize("kind, path", READABLE, ids=lambda value: getattr(value, "name", value))
def test_readable_certificates_conform(kind, path):
    """Every certificate of the corpora that can be read conforms to the schema, whether it proves its claim or not."""
    assert conforms(content(path), kind)


BEYOND = {
    "two parts that do not fit each other": """box_of_another_size, fewer_terms_in_the_evidence,
        field_of_a_network_is_not_that_of_the_problem, field_of_another_root, inputs_of_different_number,
        interface_missing, interface_too_long, interfaces_of_two_terms, last_with_two_outputs, lines_of_one_axis,
        margin_missing, margin_without_a_case_for_it, outputs_of_different_number, point_of_another_size,
        problem_of_another_dimension, root_without_a_field, shifts_0_problem, source_evidence_sourceless,
        three_coordinates, two_fields, two_fields_in_problem_and_network, weight_missing""",
    "a reference to what there is not": """entry_without_line, no_such_program, node_that_refers_forward,
        node_that_refers_to_itself, shifts_0_1""",
    "a key of an array of rows that comes twice": "index_twice, patch_twice, place_twice, state_twice, term_twice",
    "the size of numbers": """box_turned_around, box_turned_around_over_a_field, epsilon_negative, field_of_a_square,
        field_with_a_square_factor, line_over_a_field_not_of_integers, line_that_is_constant, margin_zero,
        simplex_degenerate, weight_negative""",
}
"""The malformed certificates of the corpus in which something is wrong that a schema cannot see."""


def test_malformed_certificates():
    """Of the certificates that cannot be read, just those conform in which something else than the shape is wrong."""
    malformed = sorted(CERTIFICATES.rglob("malformed/*"))
    found = {path.name.partition(".")[0] for path in malformed if conforms(content(path), "certificate")}
    assert found == set(re.findall(r"\w+", " ".join(BEYOND.values()))) and len(malformed) > 80


def test_written_problems_and_networks_conform():
    """What the writers make of the built-in problems, and of a network with marks, conforms to the schemas."""
    for problem in builtin_problems().values():
        assert conforms(problem_to_json(problem), "problem")
    for seed in range(40):
        problem = random_scheme(random.Random(seed))
        if problem.beyond():
            assert conforms(problem_to_json(problem), "problem-2")
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.relu(x - y / 3) - 2], {"difference": x - y / 3})
    for each in (network, build("d4", 1)):
        assert conforms(json.loads("".join(network_text(each))), "network")


SPACE = {
    "format": "exactrelu-problem/2",
    "mask": {"0": [[1, "1/2"], [0, "sqrt(2)"]], "-1": [["1/3+2*sqrt(2)", 0], [0, 0]]},
    "dilation": [3],
    "window": [[-2, 3]],
    "seed": {"vertices": [[0], [1], ["3/2"]], "simplices": [[0, 1], [1, 2]], "values": [[0, 0], [1, "1/2"], [0, 0]]},
    "source": {"vertices": [["-1/2"], [1], [2]], "simplices": [[0, 1], [2, 1]], "values": [[0, 0], [0, -1], [0, 0]]},
    "component": 1,
    "field": {"sqrt": 2},
}


PROPERTIES = [
    {"format": "exactrelu-property/1", "box": [["-1", 2], [0, "1/2"]], "output": 0, "at_most": "1e-3"},
    {"format": "exactrelu-property/1", "box": None, "output": 3, "at_least": 7},
    {"format": "exactrelu-property/1", "largest": 0, "outputs": 5},
]


def test_regions_conform(tmp_path):
    """The regions of networks, on boxes, lines and everywhere, conform; a digit or a key that is wrong is noticed."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.relu(x - y / 3) - b.relu(y), x])
    for where in ({"box": [(-1, 1), (0, 1)]}, {}, {"on": Slice.line((0, 1), (2, 5))}, {"box": [(0, 0), (1, 1)]}):
        found = json.loads("".join(json_chunks(region_list(network, **where))))
        assert conforms(found, "regions")
    damaged = 0
    for description, mutant in mutants(found):
        damaged += not conforms(mutant, "regions")
    assert damaged > 20


def accepts(kind, value, tmp_path):
    """Return whether the reader of the format accepts a JSON value."""
    if kind == "certificate":
        try:
            return checker.read_certificate(json.dumps(value).encode()) is not None
        except checker.Malformed:
            return False
    if kind == "certificate-1":
        path = tmp_path / "value.json"
        path.write_text(json.dumps(value))
        return checker1.check_file(path).valid is not None
    if kind == "property":
        (tmp_path / "value.json").write_text(json.dumps(value))
        try:
            return read_property(tmp_path / "value.json") is not None
        except InputError:
            return False
    try:
        {"problem": problem_from_json, "problem-2": problem_from_json, "network": network_from_json}[kind](value, kind)
    except InputError:
        return False
    return True


@pytest.mark.parametrize("example", PROPERTIES)
def test_accepted_properties_conform(example, tmp_path):
    """Of single changes of a property, exactly those that the reader accepts conform, but for an output beyond."""
    assert accepts("property", example, tmp_path) and conforms(example, "property")
    for description, mutant in mutants(example):
        assert accepts("property", mutant, tmp_path) <= conforms(mutant, "property"), description
        if conforms(mutant, "property") and not accepts("property", mutant, tmp_path):
            assert "1/0" in json.dumps(mutant) or mutant.get("outputs", 9) <= mutant.get("largest", 0), description


@pytest.mark.parametrize("kind", ["problem", "problem-2", "network", "certificate-1"])
def test_what_is_accepted_conforms(kind, tmp_path):
    """Of single changes of a file, those that its reader accepts conform, and most of those refused do not."""
    value = content(CERTIFICATES_1 / "valid" / "example.json")
    value = value if kind == "certificate-1" else SPACE if kind == "problem-2" else value[kind]
    # only references to nodes and vertices, continuity of the seed and a mask of zeros are beyond a schema
    compare(kind, random.Random(3).sample(list(mutants(value)), 300), tmp_path)


def compare(kind, changed, tmp_path):
    """Compare a schema and a reader on pairs (description, value)."""
    counts = {True: 0, False: 0}
    for description, mutant in changed:
        if accepts(kind, mutant, tmp_path):
            assert conforms(mutant, kind), description
        else:
            counts[conforms(mutant, kind)] += 1
    assert counts[False] > counts[True]


def test_a_family_of_rows_conforms():
    """The certificate of a family of rows conforms, but not with a key more for one n, or with other evidence."""
    value = rows_for_every_n("haar")
    assert conforms(value, "certificate")
    assert not conforms({**value, "evidence": {**value["evidence"], "interfaces": None}}, "certificate")
    assert not conforms({**value, "evidence": {"kind": "point"}}, "certificate")


SMALL = [
    "valid/equal_over_a_field_cut_along_a_line.json", "valid/within.json", "valid/bound.json",
    "valid/property_of_both_kinds.json", "valid/iterate_over_a_field.json", "valid/refutation_of_iterate.json",
]
LARGE = [
    "reductions/valid/masks.json.gz", "reductions/valid/iterate.json.gz", "atoms/valid/signs.json.gz",
    "atoms/valid/member_cut.json.gz", "rows",
]


@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(name, marks=pytest.mark.exhaustive) for name in LARGE)])
def test_accepted_certificates_conform(name, tmp_path):
    """Of single changes of certificates of all kinds, those that the checker can read conform."""
    value = rows_for_every_n("haar") if name == "rows" else content(CERTIFICATES / name)
    # without meaning for the checker, a window has to be one for the schema all the same
    meant = [(path, part) for path, part in places(value) if "window" not in path]
    outer = [place for place in meant if isinstance(place[1], dict)]
    chosen = random.Random(5).sample(outer, min(len(outer), 6)) + random.Random(7).sample(meant, 12)
    compare("certificate", mutants(value, chosen), tmp_path)
