"""The JSON Schemas of the file formats, against what the readers accept."""

import gzip
import json
import random

import pytest
from folders import CERTIFICATES_1
from jsonschema import Draft202012Validator
from json_schema import conforms, kinds, schema_of
from mutants import mutants
from random_schemes import random_scheme

from exactrelu import Slice, build, checker1, read_property, region_list
from exactrelu.errors import InputError
from exactrelu.network import Builder
from exactrelu.network.files import network_from_json, network_text
from exactrelu.scheme import builtin_problems, problem_from_json, problem_to_json
from exactrelu.show.region_files import json_chunks

CORPUS = CERTIFICATES_1


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


READABLE = [*sorted(CORPUS.glob("valid/*")), *sorted(CORPUS.glob("invalid/*"))]


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_readable_certificates_conform(path):
    """Every certificate of the corpus that can be read conforms to the schema, whether it proves its claim or not."""
    assert conforms(content(path), "certificate")


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


@pytest.mark.parametrize("kind", ["problem", "problem-2", "network", "certificate"])
def test_what_is_accepted_conforms(kind, tmp_path):
    """Of single changes of a file, those that its reader accepts conform, and most of those refused do not."""
    value = content(CORPUS / "valid" / "example.json")
    value = value if kind == "certificate" else SPACE if kind == "problem-2" else value[kind]
    counts = {True: 0, False: 0}
    for description, mutant in random.Random(3).sample(list(mutants(value)), 300):
        if accepts(kind, mutant, tmp_path):
            assert conforms(mutant, kind), description
        else:
            counts[conforms(mutant, kind)] += 1
    # only references to nodes and vertices, continuity of the seed and a mask of zeros are beyond a schema
    assert counts[False] > counts[True]
