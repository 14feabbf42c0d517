"""Network files of every kind: told by content and name when read, by the name when written."""

import os
from typing import NamedTuple

from exactrelu.data import problems
from exactrelu.errors import InputError, shown
from exactrelu.formats.arrays import npz_of, read_npz, read_safetensors, safetensors_of
from exactrelu.formats.drawings import dot_of, graphml_of
from exactrelu.formats.nnet import nnet_of, read_nnet
from exactrelu.formats.onnx_graph import read_onnx
from exactrelu.formats.onnx_write import onnx_of
from exactrelu.jsonio import decoded, parse_json, read_bytes
from exactrelu.network import Network, as_network
from exactrelu.network.files import network_from_json, roots_of, write_json_network
from exactrelu.streams import file_name, input_name, output_name
from exactrelu.writing import write_bytes_atomically

JSON, ONNX, NNET, NPZ, SAFETENSORS = "exactrelu JSON", "ONNX", ".nnet", "npz", "safetensors"

_FOREIGN = (
    (b"\x89HDF\r\n", "an HDF5 file, as Keras writes it; export the model with tf2onnx"),
    (b"\x80", "a pickle, which holds code; write the weights as safetensors or npz, or the model as ONNX"),
    (b"<?xml", "XML; GraphML is written, not read"),
    (b"<graphml", "XML; GraphML is written, not read"),
    (b"digraph", "a DOT file, which is written, not read"),
)

_FLOAT_WRITERS = {".onnx": onnx_of, ".nnet": nnet_of, ".npz": npz_of, ".safetensors": safetensors_of}
_DRAWERS = {".graphml": graphml_of, ".dot": dot_of, ".gv": dot_of}


class Source(NamedTuple):
    """A ``network`` and the ``kind`` of the file that it was read from."""

    network: Network
    kind: str

    @property
    def arithmetic(self):
        """What was made of the file's numbers, as a sentence; None where they are rationals to begin with."""
        if self.kind == JSON:
            return None
        numbers = "decimals" if self.kind == NNET else "floats"
        return f"the {numbers} of the {self.kind} file are taken as the exact numbers that they are, in real arithmetic"


def read_network(path):
    """Return the `Network` in a file of any kind: exactrelu JSON, ONNX, .nnet, npz or safetensors, also gzip.

    The kind is told by content and name. Every number is taken as the exact number that it is, a float32 as a dyadic
    rational, and the network computes with real numbers. Raises `InputError` with the file and the place in it.

    >>> import tempfile
    >>> from exactrelu import Network, Relu, read_network, write_network
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_network(f"{folder}/max.json", Network(1, [Relu(0)], [1]))
    ...     read_network(f"{folder}/max.json")
    <Network: 1 input, 1 output, 1 ReLU node, 0 affine nodes>
    """
    return read_source(path).network


def read_source(path):
    """Return the `Source` in a file of any kind; see `read_network`."""
    if file_name(path) in problems() and not os.path.lexists(path):
        raise InputError(
            f"{path} is a built-in problem, not a network file; exactrelu build {path} --output NET writes a network"
        )
    content, where = read_bytes(path), input_name(path)
    kind = kind_of(content, where, extension(path))
    if kind == JSON:
        return Source(network_from_json(parse_json(decoded(content, where), where), where), kind)
    if kind == NNET:
        return Source(read_nnet(decoded(content, where), where), kind)
    return Source({ONNX: read_onnx, NPZ: read_npz, SAFETENSORS: read_safetensors}[kind](content, where), kind)


def kind_of(content, where, name):
    """Return the kind of a file with this content, whose name ends in ``name``; raises `InputError` for other kinds."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, message in _FOREIGN:
        if start.startswith(magic):
            raise InputError(f"{where}: expected a network file, got {message}")
    if content.startswith(b"PK"):
        return NPZ
    if content[8:9] == b"{" and int.from_bytes(content[:8], "little") <= len(content) - 8:
        return SAFETENSORS
    if name in (".onnx", ".nnet", ".npz", ".safetensors"):
        return {".onnx": ONNX, ".nnet": NNET, ".npz": NPZ, ".safetensors": SAFETENSORS}[name]
    if start.startswith(b"//") and name != ".json":
        return NNET
    # The first field of an ONNX model is, as a rule, the version, a small number: a byte that begins no JSON text.
    return ONNX if content.startswith(b"\x08") else JSON


def extension(path):
    """Return the end of a file's name that tells its kind, in small letters, ".gz" left out."""
    return os.path.splitext(os.fspath(path).lower().removesuffix(".gz"))[1]


def write_network(path, network, kind="float32", rounded=False):
    """Write a `Network`, `Chain` or `Sum` as a file that appears complete or not at all; the name tells its kind.

    .onnx, .npz and .safetensors hold the layered form in floats of a ``kind`` ("float32" or "float64"), exactly, in
    integers if need be (`exactrelu.formats.dense.dense_of`), .nnet in decimals; .graphml and .dot the graph; every
    other name means exactrelu JSON (gzip if it ends in .gz), chains expanded node by node. Raises `InputError` when the
    file cannot be written, and for weights that are no floats unless they may be ``rounded``, which makes another
    function.

    >>> import tempfile
    >>> from exactrelu import build, equal, read_network, write_network
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_network(f"{folder}/net.npz", build("haar", 2))
    ...     equal(build("haar", 2), read_network(f"{folder}/net.npz")).verdict
    'certified'
    """
    if kind not in ("float32", "float64"):
        raise InputError(f"the kind of floats: expected float32 or float64, got {shown(kind)}")
    write_counted(path, network, kind, rounded)


def write_counted(path, network, kind, rounded):
    """Write a file as `write_network` does, and return how many of its numbers had to be rounded."""
    end, network = extension(file_name(path)), as_network(network)
    if end not in _FLOAT_WRITERS and end not in _DRAWERS:
        write_json_network(path, network)
        return 0
    if os.fspath(path).lower().endswith(".gz"):
        raise InputError(f"{output_name(path)}: only exactrelu JSON is written as gzip; leave out .gz")
    if end in _DRAWERS:
        content, count = _DRAWERS[end](network), 0
    else:
        _check_rational(path, network)
        content, count = _FLOAT_WRITERS[end](network, kind, output_name(path), rounded)
    write_bytes_atomically(path, content)
    return count


def _check_rational(path, network):
    """Raise `InputError` for a network with weights that are not rational, which no file of floats can hold."""
    for root in roots_of(network):
        raise InputError(
            f"{output_name(path)}: the network has weights in Q(sqrt({root})), which are no floats: exactrelu JSON "
            "holds them, and .graphml and .dot"
        )
