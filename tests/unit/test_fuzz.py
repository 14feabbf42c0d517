"""Arbitrary input for the readers of all formats: an answer or one clear line, never anything else."""

import copy
import gzip
import json

import pytest
from folders import CERTIFICATES, CERTIFICATES_1
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import CHECKERS, READERS, assert_clean_answer, assert_clean_reading

from exactrelu.jsonio import read_json

EXAMPLES = {
    "certificate": json.loads((CERTIFICATES / "valid" / "iterate.json").read_text()),
    "certificate-1": json.loads((CERTIFICATES_1 / "valid" / "example.json").read_text()),
}

words = st.sampled_from([
    "0", "-1/2", "1/0", "0.5", "1e9", "nan", "", " ", "0,0", "1,-1", "relu", "affine", "equal", "differs", "point",
    "enumeration", "courant", "x" * 300, "\ud800", "9" * 5000, "/", "-", "exactrelu-network/1",
])
integers = st.one_of(st.integers(-3, 12), st.sampled_from([2**31, 2**64, -(10**30), 10**400]))
scalars = st.one_of(integers, words, st.none(), st.booleans(), st.floats(), st.text(max_size=5))
keys = st.one_of(
    st.sampled_from([
        "format", "name", "mask", "window", "seed", "vertices", "triangles", "values", "inputs", "nodes", "outputs",
        "op", "of", "terms", "bias", "marks", "problem", "n", "network", "claim", "evidence", "kind", "lines", "tree",
    ]),
    words,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def damaged(draw, whole):
    """Return a copy of a JSON value in which one to three parts are replaced by arbitrary values."""
    damaged = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        part = damaged
        while True:
            places = list(part) if isinstance(part, dict) else list(range(len(part)))
            place = draw(st.sampled_from(places)) if places else None
            if place is None or not isinstance(part[place], (dict, list)) or draw(st.integers(0, 5)) == 0:
                break
            part = part[place]
        if place is not None:
            part[place] = draw(values)
    return damaged


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A file to be written over and over."""
    return tmp_path_factory.mktemp("fuzz") / "file"


@settings(max_examples=150)
@given(value=values)
def test_arbitrary_values(place, value):
    """Any JSON value as a problem, a network and a certificate."""
    place.write_text(json.dumps(value))
    for kind in CHECKERS:
        assert_clean_answer(place, kind)
    assert_clean_reading(read_json, place)
    for kind, read in READERS.items():
        assert_clean_reading(read, value, kind)


@pytest.mark.parametrize("kind", EXAMPLES)
@settings(max_examples=300)
@given(data=st.data())
def test_damaged_values(place, data, kind):
    """A certificate some parts of which are arbitrary, and the problem and the network in it."""
    certificate = data.draw(damaged(EXAMPLES[kind]))
    place.write_text(json.dumps(certificate))
    assert_clean_answer(place, kind)
    parts = certificate if kind == "certificate-1" else certificate.get("statement")
    for name, read in READERS.items():
        assert_clean_reading(read, parts.get(name) if isinstance(parts, dict) else parts, name)


@settings(max_examples=150)
@given(data=st.binary(max_size=60), packed=st.booleans())
def test_arbitrary_bytes(place, data, packed):
    """Any bytes, or any bytes after decompression."""
    place.write_bytes(gzip.compress(data) if packed else data)
    for kind in CHECKERS:
        assert_clean_answer(place, kind)
    assert_clean_reading(read_json, place)


FILES = [
    ("certificate", CERTIFICATES / "valid" / f"{name}.json") for name in ("iterate", "refutation_of_iterate", "bound")
] + [
    ("certificate-1", CERTIFICATES_1 / "valid" / name)
    for name in ("example.json", "example.json.gz", "difference.json", "closed_gate.json")
]


@settings(max_examples=400)
@given(data=st.data(), file=st.sampled_from(FILES))
def test_damaged_bytes(place, data, file):
    """Files of the corpora with some bytes changed, dropped or doubled."""
    kind, path = file
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        end = min(len(content), at + data.draw(st.integers(0, 9)))
        content[at:end] = data.draw(st.one_of(st.binary(max_size=3), st.just(bytes(content[at:end]) * 2)))
        if not content:
            break
    place.write_bytes(bytes(content))
    assert_clean_answer(place, kind)
    assert_clean_reading(read_json, place)
