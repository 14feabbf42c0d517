"""Network files, format ``exactrelu-network/1``: read from anyone, written as a stream."""

import json

from exactrelu.errors import InputError
from exactrelu.field import RATIONALS, Quadratic, text
from exactrelu.jsonio import field_from_json
from exactrelu.kinds import NETWORK, mistaken
from exactrelu.network.chain import Expansion, as_network
from exactrelu.network.dag import Affine, Network, Relu
from exactrelu.streams import output_name
from exactrelu.writing import write_text_atomically

FORMAT = "exactrelu-network/1"

MAX_NODES = 1_000_000
"""The most nodes of a network that is read or written."""

MAX_TERMS = 5_000_000
"""The most terms of a network that is read, all affine nodes together."""

MAX_INPUTS = 10_000
"""The most inputs of a network that is read."""

_NODE_KEYS = {"affine": ("op", "terms", "bias"), "relu": ("op", "of")}


def network_from_json(answer, where):
    """Return the `Network` that a JSON object stands for; ``where`` names it in the message of an `InputError`.

    >>> from exactrelu import network_from_json
    >>> nodes = [{"op": "affine", "terms": [[0, "-1/3"]], "bias": "0.5"}, {"op": "relu", "of": 1}]
    >>> found = {"format": "exactrelu-network/1", "inputs": 1, "nodes": nodes, "outputs": [2]}
    >>> network_from_json(found, "example").evaluate((1,))
    (mpq(1,6),)
    """
    if not isinstance(answer, dict):
        raise InputError(f"{where}: expected a network, a JSON object, got {_kind(answer)}")
    other = mistaken(answer, NETWORK)
    if other is not None:
        raise InputError(f"{where}: {other}")
    if answer.get("format") != FORMAT:
        found = _shown(answer["format"]) if "format" in answer else "no format"
        raise InputError(f'{where}: expected a network file, "format": "{FORMAT}", got {found}')
    _check_keys(answer, ("format", "inputs", "nodes", "outputs"), f"{where}: ", optional=("field", "marks"))
    field, marks = (answer.get(key) for key in ("field", "marks"))
    field = RATIONALS if field is None else field_from_json(field, f"{where}: field")
    inputs = answer["inputs"]
    if type(inputs) is not int or not 1 <= inputs <= MAX_INPUTS:
        raise InputError(f"{where}: inputs: expected an integer from 1 to {MAX_INPUTS}, got {_shown(inputs)}")
    nodes = _list(answer["nodes"], f"{where}: nodes")
    if len(nodes) > MAX_NODES:
        raise InputError(f"{where}: nodes: {len(nodes)} nodes are more than the limit of {MAX_NODES}")
    built, terms = [], 0
    for k, node in enumerate(nodes):
        built.append(_node(node, inputs + k, f"{where}: nodes[{k}]", field))
        terms += len(node.get("terms", ()))
        if terms > MAX_TERMS:
            raise InputError(
                f"{where}: nodes[{k}]: more than {MAX_TERMS} terms so far, the limit for all nodes together"
            )
    size = inputs + len(built)
    outputs = _list(answer["outputs"], f"{where}: outputs")
    if not outputs:
        raise InputError(f"{where}: outputs: expected at least one node")
    for k, output in enumerate(outputs):
        _check_id(output, size, f"{where}: outputs[{k}]")
    marks = {} if marks is None else marks
    if not isinstance(marks, dict):
        raise InputError(f"{where}: marks: expected an object from names to nodes, got {_kind(marks)}")
    for name, node in marks.items():
        _check_id(node, size, f"{where}: marks[{_shown(name)}]")
    return Network(inputs, built, outputs, marks)


def write_json_network(path, network):
    """Write a `Network`, `Chain` or `Sum` as a file that appears complete or not at all (gzip if it ends in .gz).

    Chains are expanded node by node, never as a whole. Raises `InputError` when the file cannot be written, and as
    `check_size` does.
    """
    check_size(path, as_network(network))
    write_text_atomically(path, network_text(network))


def check_size(path, network):
    """Raise `InputError` if a network for the file ``path`` has more nodes than can be read back."""
    nodes = sum(len(block.nodes) for block in _blocks(network))
    if nodes > MAX_NODES:
        where = output_name(path)
        raise InputError(f"{where}: the network has {nodes} nodes, more than the limit of {MAX_NODES} nodes for files")


def _blocks(network):
    """Return the blocks of a network, one after the other; a flat one is its only block."""
    return (network,) if isinstance(network, Network) else (b for chain in network.terms for b in chain.blocks)


def roots_of(network):
    """Return the set of the D of the numbers of Q(√D) among the weights of a network."""
    nodes = (node for block in {id(b): b for b in _blocks(network)}.values() for node in block.nodes)
    numbers = (w for node in nodes if type(node) is Affine for w in (node.bias, *(weight for _, weight in node.terms)))
    return {number.D for number in numbers if type(number) is Quadratic}


def network_text(network):
    """Yield the text of a network file, a line for each node; raises `InputError` for weights of different fields."""
    roots = roots_of(network)
    if len(roots) > 1:
        raise InputError(f"the weights have roots of {min(roots)} and of {max(roots)}, but a file is over one field")
    if isinstance(network, Network):
        nodes, ends = network.nodes, network
    else:
        nodes = ends = Expansion(network)
    yield f'{{"format": "{FORMAT}", "inputs": {network.inputs},\n "nodes": ['
    separator = "\n  "
    for node in nodes:
        yield separator + _node_text(node)
        separator = ",\n  "
    yield f'],\n "outputs": {json.dumps(list(ends.outputs))}'
    if roots:
        yield f',\n "field": {{"sqrt": {roots.pop()}}}'
    if ends.marks:
        yield f',\n "marks": {json.dumps(ends.marks)}'
    yield "}\n"


def _node_text(node):
    if type(node) is Relu:
        return f'{{"op": "relu", "of": {node.of}}}'
    terms = ", ".join(f'[{source}, "{text(weight)}"]' for source, weight in node.terms)
    return f'{{"op": "affine", "terms": [{terms}], "bias": "{text(node.bias)}"}}'


def _node(node, identifier, where, field):
    """Return the `Affine` or `Relu` that the entry for node ``identifier`` stands for."""
    if not isinstance(node, dict):
        raise InputError(f"{where}: expected a node, a JSON object, got {_kind(node)}")
    keys = _NODE_KEYS.get(node.get("op")) if isinstance(node.get("op"), str) else None
    if keys is None:
        raise InputError(f'{where}.op: expected "affine" or "relu", got {_shown(node.get("op"))}')
    _check_keys(node, keys, f"{where}: ")
    if node["op"] == "relu":
        return Relu(_check_id(node["of"], identifier, f"{where}.of"))
    weights = {}
    for k, term in enumerate(_list(node["terms"], f"{where}.terms")):
        place = f"{where}.terms[{k}]"
        if not isinstance(term, list) or len(term) != 2:
            raise InputError(f"{place}: expected a pair [node, weight], got {_shown(term)}")
        source = _check_id(term[0], identifier, f"{place}[0]")
        if source in weights:
            raise InputError(f"{place}: node {source} occurs twice among the terms; add the weights")
        weights[source] = field.parse(term[1], f"{place}[1]")
    return Affine(tuple(weights.items()), field.parse(node["bias"], f"{where}.bias"))


def _check_id(node, bound, where):
    """Return ``node``, the id of one of the nodes before ``bound``."""
    if type(node) is not int or not 0 <= node < bound:
        raise InputError(f"{where}: expected the id of an earlier node, 0 to {bound - 1}, got {_shown(node)}")
    return node


def _check_keys(answer, required, where, optional=()):
    for key in required:
        if key not in answer:
            raise InputError(f'{where}the field "{key}" is missing')
    for key in answer:
        if key not in required and key not in optional:
            known = ", ".join((*required, *optional))
            raise InputError(f"{where}unknown field {_shown(key)}; known are {known}")


def _list(value, where):
    if not isinstance(value, list):
        raise InputError(f"{where}: expected a list, got {_kind(value)}")
    return value


def _kind(value):
    kinds = {dict: "an object", list: "a list", str: "a string", int: "an integer", bool: "a boolean"}
    return kinds.get(type(value), "null")


def _shown(value):
    """Return a short text for a value in a message."""
    if isinstance(value, (dict, list)):
        return _kind(value)
    if type(value) is int and value.bit_length() > 100:
        return "an integer of more than 30 digits"
    shown = json.dumps(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."
