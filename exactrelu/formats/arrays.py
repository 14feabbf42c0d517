"""Files of arrays: npz and safetensors that hold the weights and biases of dense layers, without any code in them.

The names of the arrays say what they are: a number in the name orders the layers, ``weight`` (or ``W``) is the matrix
of a layer, outputs × inputs as in PyTorch, ``kernel`` the same transposed, inputs × outputs as in Keras, and ``bias``
(or ``b``) its biases, zero if they are not there. An array ``divisor`` divides the outputs. Units are ReLU in all
layers but the last.
"""

import io
import math
import re
import zipfile

import numpy as np

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.formats.dense import Dense, dense_of, network_of
from exactrelu.formats.extras import needed
from exactrelu.formats.numbers import check_size, exact_array
from exactrelu.jsonio import MAX_BYTES

MAX_ARRAYS = 10_000
"""The most arrays in a file."""

DIVISOR = "divisor"
_NAME = re.compile(r"(.*?)[._/-]?(weight|kernel|bias|W|b)([0-9]*)(?::0)?", re.ASCII)
_KINDS = {"weight": "weight", "W": "weight", "kernel": "kernel", "bias": "bias", "b": "bias"}
_EXPECTED = "such as 0.weight and 0.bias, W0 and b0, or 0.kernel and 0.bias"
_SAFETENSORS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"
}


def read_npz(content, where):
    """Return the `Network` in the bytes of an npz file; raises `InputError`."""
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if any(name.endswith("data.pkl") for name in names):
                raise InputError(
                    f"{where}: a file of torch.save, which holds code (pickle); write the weights with "
                    "safetensors.torch.save_file or numpy.savez, or the model with torch.onnx.export"
                )
            strange = next((name for name in names if not name.endswith(".npy")), None)
            if strange is not None or len(names) > MAX_ARRAYS or len(set(names)) < len(names):
                raise InputError(f"{where}: expected the zip file of numpy.savez, at most {MAX_ARRAYS} arrays .npy")
            left = MAX_BYTES
            for entry in entries:
                with archive.open(entry) as member:
                    packed = member.read(left + 1)
                left -= len(packed)
                if left < 0:
                    raise InputError(f"{where}: longer than {MAX_BYTES} bytes (decompressed)")
                name = entry.filename.removesuffix(".npy")
                arrays[name] = _npy(packed, f"{where}: {name[:80]}")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{where}: damaged npz file: {error}") from None
    return _network(arrays, where)


def _npy(content, where):
    """Return the array in the bytes of an npy file, whose header is compared with them before it is believed."""
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, is_fortran, kind = read(stream)
    except (ValueError, KeyError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise InputError(f"{where}: damaged npy file") from None
    rest = content[stream.tell() :]
    if kind.kind not in "fiu":
        raise InputError(f"{where}: expected an array of floats or integers, got {str(kind)[:40]}")
    if math.prod(shape) * kind.itemsize != len(rest):
        raise InputError(f"{where}: an array of the shape {str(shape)[:60]} is not {len(rest)} bytes of {kind}")
    return np.frombuffer(rest, dtype=kind).reshape(shape, order="F" if is_fortran else "C")


def read_safetensors(content, where):
    """Return the `Network` in the bytes of a safetensors file; raises `InputError`."""
    library = needed("safetensors", where)
    try:
        found = library.deserialize(content)
    except library.SafetensorError as error:
        raise InputError(f"{where}: damaged safetensors file: {str(error)[:100]}") from None
    if len(found) > MAX_ARRAYS:
        raise InputError(f"{where}: more than {MAX_ARRAYS} arrays")
    arrays = {}
    for name, tensor in found:
        kind, place = tensor["dtype"], f"{where}: {name[:80]}"
        data = bytes(tensor["data"])
        if kind == "BF16":  # the high halves of float32
            data = (np.frombuffer(data, dtype="<u2").astype("<u4") << 16).tobytes()
        elif kind not in _SAFETENSORS:
            raise InputError(f"{place}: expected {', '.join(_SAFETENSORS)} or BF16, got {kind}")
        arrays[name] = np.frombuffer(data, dtype=_SAFETENSORS.get(kind, "<f4")).reshape(tensor["shape"])
    return _network(arrays, where)


def npz_of(network, kind, where, rounded=False):
    """Return (bytes of the npz file, numbers that were rounded) of a network; see `dense_of`."""
    dense = dense_of(network, kind, where, rounded)
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **_named(dense))
    return stream.getvalue(), dense.rounded


def safetensors_of(network, kind, where, rounded=False):
    """Return (bytes of the safetensors file, numbers that were rounded) of a network; see `dense_of`."""
    needed("safetensors", where)
    from safetensors.numpy import save

    dense = dense_of(network, kind, where, rounded)
    return save(_named(dense)), dense.rounded


def _named(dense):
    """Return {name: array} of a `Dense` form: layers with their numbers in an ``nn.Sequential`` of PyTorch."""
    arrays = {}
    for k, (weights, biases) in enumerate(zip(dense.weights, dense.biases, strict=True)):
        arrays |= {f"{2 * k}.weight": weights, f"{2 * k}.bias": biases}
    return arrays if dense.divisor is None else arrays | {DIVISOR: dense.divisor}


def _network(arrays, where):
    """Return the `Network` of the dense layers that the names of arrays tell."""
    check_size(sum(array.size for array in arrays.values()), where)
    divisor = arrays.pop(DIVISOR, None)
    layers = {}
    for name, array in arrays.items():
        match = _NAME.fullmatch(name)
        if match is None:
            raise InputError(f"{where}: the name {name[:60]!r} tells no weights or biases; expected names {_EXPECTED}")
        place = match[1] + match[3]
        layer, what = layers.setdefault(place, {}), _KINDS[match[2]]
        if what in layer:
            raise InputError(f"{where}: there are two arrays {what} of the layer {place[:60]!r}")
        layer[what] = exact_array(array, f"{where}: {name[:80]}")
    weights, biases = [], []
    for place in _ordered(layers, where):
        weight, bias = _layer(layers[place], f"{where}: layer {place[:60]!r}")
        weights.append(weight)
        biases.append(bias)
    if divisor is not None:
        divisor = exact_array(divisor, f"{where}: {DIVISOR}")
    return network_of(Dense(tuple(weights), tuple(biases), divisor), where)


def _ordered(places, where):
    """Return the names of layers in the order of the numbers in them."""
    if not places:
        raise InputError(f"{where}: no arrays; expected weights and biases of layers, with names {_EXPECTED}")
    keys = {place: tuple(int(number[:18]) for number in re.findall("[0-9]+", place)) for place in places}
    if len(places) > 1 and (len(set(keys.values())) < len(keys) or not all(keys.values())):
        shown = ", ".join(repr(place[:30]) for place in list(places)[:4])
        raise InputError(
            f"{where}: no numbers in the names of the layers {shown} tell their order; expected names {_EXPECTED}"
        )
    return sorted(places, key=keys.get)


def _layer(arrays, where):
    """Return (weights, biases) of a layer, outputs × inputs."""
    if ("weight" in arrays) == ("kernel" in arrays):
        raise InputError(f"{where}: expected one array of weights, weight (outputs x inputs) or kernel (transposed)")
    weights = arrays["weight"] if "weight" in arrays else arrays["kernel"].T
    if weights.ndim != 2:
        raise InputError(f"{where}: expected a matrix of weights, got the shape {weights.shape}; export convolutions "
                         "as ONNX")
    return weights, arrays.get("bias", np.full(weights.shape[0], mpq(0), dtype=object))
