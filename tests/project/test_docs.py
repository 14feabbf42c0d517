"""The pages on the formats of files: their examples can be read, and the limits that they name are those in force."""

import json
import re

import pytest
from folders import ROOT
from json_schema import conforms

from exactrelu import Property, field, read_property, writing
from exactrelu.network import files as networks
from exactrelu.network.files import network_from_json
from exactrelu.scheme import dilation, files, mask, parts, problem, problem_from_json, problem_to_json

DOCS = ROOT / "docs"
SCHEMAS = {
    "exactrelu-problem/1": "problem", "exactrelu-problem/2": "problem-2", "exactrelu-network/1": "network",
    "exactrelu-property/1": "property",
}
LIMITS = {
    "problem": (
        files.MAX_FILE_BYTES, field.MAX_DIGITS, field.MAX_EXPONENT, parts.MAX_VERTICES, parts.MAX_SIMPLICES,
        problem.MAX_CELLS, files.MAX_MASKS, dilation.MAX_DIMENSION, mask.MAX_COMPONENTS,
    ),
    "network": (
        writing.MAX_BYTES, field.MAX_DIGITS, field.MAX_EXPONENT, networks.MAX_INPUTS, networks.MAX_NODES,
        networks.MAX_TERMS,
    ),
}


def page(name):
    """Return the text of a page."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def examples(name):
    """Return the JSON objects that a page shows."""
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", page(name), re.DOTALL | re.MULTILINE)]


@pytest.mark.parametrize("name", ["problem", "network", "property"])
def test_examples_can_be_read(name, tmp_path):
    """What a page shows as a file conforms to its schema and can be read."""
    shown = examples(name)
    assert len(shown) == {"problem": 2, "network": 1, "property": 1}[name]
    for found in shown:
        assert conforms(found, SCHEMAS[found["format"]])
        if name == "network":
            assert network_from_json(found, "page").evaluate((-3, 6)) == (5,)
        elif name == "property":
            (tmp_path / "p.json").write_text(json.dumps(found))
            assert read_property(tmp_path / "p.json") == Property.at_most(0, 3, [(-1, 1), (field.mpq(1, 2),) * 2])
        else:
            read = problem_from_json(found, "page")
            assert problem_from_json(problem_to_json(read), "again") == read


@pytest.mark.parametrize("name", ["problem", "network"])
def test_limits_are_those_in_force(name):
    """The numbers in the last section of a page are those at which the reader refuses."""
    section = page(name).rpartition("\n## ")[2]
    for limit in LIMITS[name]:
        assert re.search(rf"\b{limit}\b", section), limit


@pytest.mark.parametrize("name", ["problem", "network"])
def test_numbers_of_the_pages_are_numbers(name):
    """The numerals that the section on numbers gives as examples can be read, and the others cannot."""
    text = page(name)
    for numeral in re.findall(r'`"([-.0-9/e]+)"`', text):
        if numeral == "1/0":
            with pytest.raises(field.InputError):
                field.parse(numeral, "page")
        else:
            field.parse(numeral, "page")
