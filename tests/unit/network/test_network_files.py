"""Network files: written and read back exactly; everything that is not a network is refused with its place."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import chains, networks, sums

from exactrelu import build, load_problem
from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq
from exactrelu.formats import read_network, write_network
from exactrelu.network import Affine, Builder, Chain, Network, Relu, files
from exactrelu.network.files import network_from_json, network_text


def same(first, second):
    """Whether two flat networks have equal nodes, outputs and marks."""
    return all(getattr(first, part) == getattr(second, part) for part in ("inputs", "nodes", "outputs", "marks"))


@given(st.one_of(networks(outputs=2), chains(), sums()))
def test_what_is_written_is_read_back(network):
    """The file of a network, chain or sum is the flat network, node for node."""
    answer = json.loads("".join(network_text(network)))
    assert same(network_from_json(answer, "net"), network.flatten())


def test_marks_are_written_and_read(tmp_path):
    """The optional "marks" name nodes; a network without marks has no such field."""
    b = Builder(1)
    (t,) = b.inputs
    network = b.network([b.relu(t)], {"unit": b.relu(t)})
    write_network(tmp_path / "net.json", network)
    assert read_network(tmp_path / "net.json").marks == {"unit": 1}
    assert "marks" not in json.loads("".join(network_text(b.network([t]))))


def test_optional_fields_may_be_null():
    """A field or marks that are null are not there, as in the networks of certificates."""
    b = Builder(1)
    answer = json.loads("".join(network_text(b.network([b.relu(*b.inputs)]))))
    found = network_from_json(answer | {"field": None, "marks": None}, "net")
    assert same(found, network_from_json(answer, "net")) and found.marks == {}


@pytest.mark.parametrize("name", ["d4", "ghm"])
def test_weights_in_a_field_are_written_and_read(tmp_path, name):
    """A network with weights in Q(√D) names its field and is read back; not of two fields, of none, or as floats."""
    network = build(name, 2)
    write_network(tmp_path / "net.json", network)
    answer = json.loads((tmp_path / "net.json").read_text())
    assert answer["field"] == {"sqrt": load_problem(name).field.root}
    assert same(read_network(tmp_path / "net.json"), network.flatten())
    assert "field" not in json.loads("".join(network_text(build("spline_1", 2))))
    for other in ({"sqrt": 7}, {"sqrt": 4}, {}, 3):
        with pytest.raises(InputError, match="net: "):
            network_from_json(answer | {"field": other}, "net")
    del answer["field"]
    with pytest.raises(InputError, match="is no number of the field Q; a file over another one says"):
        network_from_json(answer, "net")
    mixed = Affine(((0, Quadratic(0, 1, 2)), (1, Quadratic(0, 1, 3))), mpq(0))
    with pytest.raises(InputError, match="roots of 2 and of 3"):
        write_network(tmp_path / "mixed.json", Network(2, [mixed], [2]))
    assert not (tmp_path / "mixed.json").exists()
    for end in ("onnx", "npz", "nnet", "safetensors"):
        with pytest.raises(InputError, match="which are no floats"):
            write_network(tmp_path / f"net.{end}", network, rounded=True)


def test_gzip_files_are_read_and_written(tmp_path):
    """A name that ends in .gz is written compressed; compressed files are recognised by their content."""
    network = Network(1, [Relu(0)], [1])
    write_network(tmp_path / "net.json.gz", network)
    assert gzip.decompress((tmp_path / "net.json.gz").read_bytes()).startswith(b'{"format"')
    (tmp_path / "renamed").write_bytes((tmp_path / "net.json.gz").read_bytes())
    assert same(read_network(tmp_path / "renamed"), network)


def test_weights_of_ten_thousand_digits_survive(tmp_path):
    """A weight with 10,000 digits above and below the bar is read back as it was."""
    weight = mpq(10**9999 + 1, 3 * 10**9999 + 7)
    write_network(tmp_path / "net.json", Network(1, [Affine(((0, weight),), -weight)], [1]))
    assert read_network(tmp_path / "net.json").nodes == (Affine(((0, weight),), -weight),)


def test_a_chain_of_two_hundred_stages_is_written_as_a_stream():
    """The text comes node by node: the first ones are there before the last ones are made."""
    b = Builder(1)
    (t,) = b.inputs
    chain = Chain([b.network([2 * b.relu(t) - 4 * b.relu(t - mpq(1, 2))])] * 10**6)
    text = network_text(chain)
    assert next(text).startswith('{"format": "exactrelu-network/1"')
    assert '"op": "relu"' in next(text)


def good():
    """|x| − y as a network file."""
    return {
        "format": "exactrelu-network/1",
        "inputs": 2,
        "nodes": [
            {"op": "relu", "of": 0},
            {"op": "affine", "terms": [[0, -1]], "bias": 0},
            {"op": "relu", "of": 3},
            {"op": "affine", "terms": [[2, "1"], [4, "1.0"], [1, "-2/2"]], "bias": "0/5"},
        ],
        "outputs": [5],
        "marks": {"plus": 2},
    }


def test_the_numerals_of_the_contract_are_read():
    """Integers, "p/q" and finite decimals are exact weights."""
    assert network_from_json(good(), "net").evaluate([mpq(-3), mpq(1, 2)]) == (mpq(5, 2),)


REFUSED = [
    ((), None, "net: expected a network, a JSON object, got null"),
    ((), [], "net: expected a network, a JSON object, got a list"),
    (
        ("format",), "exactrelu-problem/1",
        "net: expected a network file, got a problem file; exactrelu certify, build, sizes and value take it",
    ),
    (("format",), "exactrelu-network/9", 'net: expected a network file, "format": "exactrelu-network/1", got "exac'),
    (("format",), KeyError, "got no format"),
    (("format",), ["exactrelu-network/1"], "got a list"),
    (("inputs",), KeyError, 'net: the field "inputs" is missing'),
    (("inputs",), 0, "net: inputs: expected an integer from 1 to 10000, got 0"),
    (("inputs",), True, "net: inputs: expected an integer from 1 to 10000, got true"),
    (("inputs",), "2", 'net: inputs: expected an integer from 1 to 10000, got "2"'),
    (("inputs",), 10**50, "got an integer of more than 30 digits"),
    (("nodes",), {}, "net: nodes: expected a list, got an object"),
    (("nodes",), KeyError, 'net: the field "nodes" is missing'),
    (("nodes", 0), "relu", "net: nodes[0]: expected a node, a JSON object, got a string"),
    (("nodes", 0, "op"), "tanh", 'net: nodes[0].op: expected "affine" or "relu", got "tanh"'),
    (("nodes", 0, "op"), KeyError, 'net: nodes[0].op: expected "affine" or "relu", got null'),
    (("nodes", 0, "op"), ["relu"], 'net: nodes[0].op: expected "affine" or "relu", got a list'),
    (("nodes", 0, "of"), KeyError, 'net: nodes[0]: the field "of" is missing'),
    (("nodes", 0, "of"), 2, "net: nodes[0].of: expected the id of an earlier node, 0 to 1, got 2"),
    (("nodes", 0, "of"), -1, "net: nodes[0].of: expected the id of an earlier node, 0 to 1, got -1"),
    (("nodes", 0, "of"), False, "net: nodes[0].of: expected the id of an earlier node, 0 to 1, got false"),
    (("nodes", 0, "of"), "0", 'net: nodes[0].of: expected the id of an earlier node, 0 to 1, got "0"'),
    (("nodes", 0, "bias"), 0, 'net: nodes[0]: unknown field "bias"; known are op, of'),
    (("nodes", 1, "terms"), KeyError, 'net: nodes[1]: the field "terms" is missing'),
    (("nodes", 1, "bias"), KeyError, 'net: nodes[1]: the field "bias" is missing'),
    (("nodes", 1, "bias"), None, "net: nodes[1].bias: expected a rational"),
    (("nodes", 1, "bias"), "1/0", "net: nodes[1].bias: the denominator is zero"),
    (("nodes", 1, "bias"), "nan", "net: nodes[1].bias: expected a rational"),
    (("nodes", 1, "bias"), "1e999999", "net: nodes[1].bias: the exponent"),
    (("nodes", 1, "terms"), 3, "net: nodes[1].terms: expected a list, got an integer"),
    (("nodes", 1, "terms", 0), [0], "net: nodes[1].terms[0]: expected a pair [node, weight], got a list"),
    (("nodes", 1, "terms", 0), 7, "net: nodes[1].terms[0]: expected a pair [node, weight], got 7"),
    (("nodes", 1, "terms", 0, 0), 3, "net: nodes[1].terms[0][0]: expected the id of an earlier node, 0 to 2, got 3"),
    (("nodes", 1, "terms", 0, 1), "x", "net: nodes[1].terms[0][1]: expected a rational"),
    (("nodes", 3, "terms", 1, 0), 2, "net: nodes[3].terms[1]: node 2 occurs twice among the terms; add the weights"),
    (("outputs",), [], "net: outputs: expected at least one node"),
    (("outputs",), 5, "net: outputs: expected a list, got an integer"),
    (("outputs", 0), 6, "net: outputs[0]: expected the id of an earlier node, 0 to 5, got 6"),
    (("marks",), [2], "net: marks: expected an object from names to nodes, got a list"),
    (("marks", "plus"), 6, 'net: marks["plus"]: expected the id of an earlier node, 0 to 5, got 6'),
    (("layers",), [], 'net: unknown field "layers"; known are format, inputs, nodes, outputs, field, marks'),
]


@pytest.mark.parametrize(("place", "value", "message"), REFUSED)
def test_what_is_not_a_network_is_refused_with_its_place(place, value, message):
    """One wrong entry of a good file is refused, and the message names where it stands."""
    answer = good()
    if not place:
        answer = value
    else:
        holder = answer
        for step in place[:-1]:
            holder = holder[step]
        if value is KeyError:
            del holder[place[-1]]
        else:
            holder[place[-1]] = value
    with pytest.raises(InputError) as refused:
        network_from_json(answer, "net")
    assert message in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("MAX_NODES", "net: nodes: 4 nodes are more than the limit of 3"),
        ("MAX_TERMS", "net: nodes[3]: more than 3 terms"),
    ],
)
def test_the_limits_on_nodes_and_terms_hold(monkeypatch, limit, message):
    """More nodes or terms than the stated limits are refused."""
    monkeypatch.setattr(files, limit, 3)
    with pytest.raises(InputError) as refused:
        network_from_json(good(), "net")
    assert message in str(refused.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["relu", "affine", "1/2", "op"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["op", "of", "terms", "bias"]), inner),
    max_leaves=12,
)


@given(json_values, st.sampled_from([place for place, _, _ in REFUSED if place]))
def test_any_entry_replaced_by_anything_is_read_or_refused(value, place):
    """Whatever stands in a field, the answer is a network or an InputError."""
    answer = good()
    holder = answer
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    try:
        network_from_json(answer, "net")
    except InputError as refused:
        assert str(refused).startswith("net: ") and "\n" not in str(refused)
