"""The doors: what is written is read back as the same function, and files are told by content and name."""

import gzip
import json
import re
import zipfile

import networkx as nx
import numpy as np
import pytest
from command import answer, refusal, run
from folders import ROOT
from hypothesis import given
from random_networks import networks
from safetensors.numpy import save_file

from exactrelu import Affine, Builder, Network, Relu, build, certify, equal, write_network
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.formats import onnx_model, read_network, read_source
from exactrelu.formats.dense import dense_of, network_of
from exactrelu.formats.nnet import nnet_of, read_nnet
from exactrelu.formats.numbers import exact_value, nearest
from exactrelu.formats.operators import OPERATORS
from exactrelu.network.files import MAX_INPUTS, MAX_NODES, MAX_TERMS
from exactrelu.writing import MAX_BYTES

NNET = """// |x| on one input, normalised
2,1,1,2,
1,2,1,
0,
-10.0,
10.0,
1.0,5.0e-01,
2.0,3.0,
1.0,
-1.0,
0.0,
0.0,
1.0,1.0,
0.25,
"""


@pytest.mark.parametrize("end", ["onnx", "npz", "safetensors"])
@pytest.mark.parametrize("name", CONSTRUCTIONS)
def test_every_construction_survives_every_format(tmp_path, name, end):
    """A network for V g is written, with thirds as integers and one division, read back, and certified to be V g."""
    problem = "haar" if name == "paper" else "courant"
    network = build(problem, 1, name)
    write_network(tmp_path / f"net.{end}", network)
    assert certify(problem, 1, read_network(tmp_path / f"net.{end}")).verdict == "certified"


@given(networks(outputs=2))
def test_the_dense_form_is_the_same_function(network):
    """Dead, constant and doubled units, inputs that are outputs: the dense form has the same values, as float64."""
    dense = dense_of(network, "float64", "test")
    exact = np.vectorize(exact_value, otypes=[object])
    divisor = None if dense.divisor is None else exact(dense.divisor)
    again = network_of(dense._replace(
        weights=tuple(exact(w) if w.size else w.astype(object) for w in dense.weights),
        biases=tuple(exact(b) if b.size else b.astype(object) for b in dense.biases), divisor=divisor), "test")
    for point in ((0, 0), (1, -1), (mpq(1, 3), mpq(-7, 2)), (-5, mpq(9, 4))):
        assert again.evaluate(point) == network.evaluate(point)
    assert dense.rounded == 0


def test_a_weight_that_fits_in_no_way_is_refused_with_its_layer(tmp_path, capsys):
    """1/3 and 2^30 + 1 in one unit: refused for float32, written as float64; rounded if asked, and then it says so."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.relu(x / 3 + (2**30 + 1) * y) + x])
    write_network(tmp_path / "net.json", network)
    with pytest.raises(InputError, match=r"net.npz: not written: a weight in layer 0 of 2 is no float32"):
        write_network(tmp_path / "net.npz", network)
    assert not (tmp_path / "net.npz").exists()
    line = refusal(capsys, "convert", tmp_path / "net.json", tmp_path / "net.onnx")
    assert "exactrelu convert --float64, --round" in line and not (tmp_path / "net.onnx").exists()
    assert run(capsys, "convert", tmp_path / "net.json", tmp_path / "net.onnx", "--float64")[0] == 0
    assert equal(network, read_network(tmp_path / "net.onnx"))
    code, found = answer(capsys, "convert", tmp_path / "net.json", tmp_path / "net.npz", "--round")
    assert (code, found) == (0, {"from": "exactrelu JSON", "exact": False, "rounded": 2})
    assert equal(network, read_network(tmp_path / "net.npz")).verdict == "refuted"


def test_the_nearest_float_is_the_nearest():
    """A number just above the middle of two float32 is rounded up, though its float64 is the middle itself."""
    middle = 1 + mpq(1, 2**24)
    assert nearest(middle + mpq(1, 2**70), "float32") == np.float32(1 + 2**-23)
    assert nearest(middle - mpq(1, 2**70), "float32") == 1
    assert nearest(mpq(10) ** 40, "float32") == np.inf == nearest(mpq(10) ** 400, "float64")


def test_floats_are_written_as_they_are(tmp_path):
    """A network of float32 weights is written without scaling and without a division."""
    network = Network(1, [Affine(((0, mpq(*float(np.float32(0.1)).as_integer_ratio())),), mpq(1)), Relu(1)], [2])
    write_network(tmp_path / "net.npz", network)
    with np.load(tmp_path / "net.npz") as arrays:
        assert sorted(arrays) == ["0.bias", "0.weight", "2.bias", "2.weight"]
        assert arrays["0.weight"].tolist() == [[float(np.float32(0.1))]]


def test_nnet_files_are_normalised(tmp_path):
    """(x − 1) / 2 enters the first layer, and an output is 3 y + 1/2; decimals are exact, also beyond the range."""
    (tmp_path / "net").write_text(NNET)
    network = read_network(tmp_path / "net")
    for x in (mpq(1, 3), mpq(-5), mpq(100)):
        assert network.evaluate((x,)) == (3 * (abs((x - 1) / 2) + mpq(1, 4)) + mpq(1, 2),)


@given(networks(outputs=2))
def test_nnet_files_are_written_exactly(network):
    """Read back, a file has the same values, or the network is refused with the layer that has no decimals."""
    try:
        content, count = nnet_of(network, "float64", "test")
    except InputError as error:
        assert re.search("no finite decimal|layers without units", str(error))
        return
    again = read_nnet(content.decode(), "test")
    for point in ((0, 0), (1, -1), (mpq(1, 3), mpq(-7, 2))):
        assert again.evaluate(point) == network.evaluate(point)
    assert count == 0


def test_thirds_inside_are_scaled_and_outside_refused(tmp_path):
    """A unit of x/3 read three times is written with integers; an output x/3 is refused, and written when rounded."""
    b = Builder(1)
    (x,) = b.inputs
    network = b.network([3 * b.relu(x / 3) + mpq(1, 8)])
    write_network(tmp_path / "net.nnet", network)
    assert equal(network, read_network(tmp_path / "net.nnet")) and "125e-3" in (tmp_path / "net.nnet").read_text()
    third = Network(1, [Affine(((0, mpq(1, 3)),), mpq(0))], [1])
    with pytest.raises(InputError, match="net.nnet: not written: a number in layer 0 of 1 is no finite decimal"):
        write_network(tmp_path / "net.nnet", third)
    write_network(tmp_path / "net.nnet", third, rounded=True)
    assert read_network(tmp_path / "net.nnet").evaluate((3,))[0] != 1


@pytest.mark.parametrize("names", [("0.weight", "0.bias", "2.weight", "2.bias"), ("W0", "b0", "W1", "b1"),
                                   ("fc1/kernel:0", "fc1/bias:0", "fc10/kernel:0", "fc10/bias:0")])
def test_arrays_are_known_by_their_names(tmp_path, names):
    """Names as PyTorch, numpy and Keras have them tell the same network, in npz and safetensors."""
    first, second = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([[1.0, -1.0, 2.0]])
    if "kernel" in names[0]:
        first, second = first.T.copy(), second.T.copy()
    arrays = dict(zip(names, (first, np.array([0.0, 1.0, -1.0]), second, np.array([0.25]))))
    np.savez(tmp_path / "net.npz", **{name.replace("/", "."): array for name, array in arrays.items()})
    save_file(arrays, tmp_path / "net.safetensors")
    for end in ("npz", "safetensors"):
        (value,) = read_network(tmp_path / f"net.{end}").evaluate((1, 1))
        assert value == 3 - mpq(1, 2) + 4 + mpq(1, 4)


def test_files_are_told_by_their_content(tmp_path):
    """A file without an ending, or compressed, is what its content says; its kind is known to those who ask."""
    network = build("haar", 1)
    for end, kind in (("onnx", "ONNX"), ("npz", "npz"), ("safetensors", "safetensors"), ("json", "exactrelu JSON")):
        write_network(tmp_path / f"net.{end}", network)
        content = (tmp_path / f"net.{end}").read_bytes()
        (tmp_path / "plain").write_bytes(content)
        (tmp_path / "packed").write_bytes(gzip.compress(content))
        assert read_source(tmp_path / "plain").kind == kind == read_source(tmp_path / "packed").kind
        assert (read_source(tmp_path / "plain").arithmetic is None) == (end == "json")


def test_graphs_hold_the_weights_as_texts(tmp_path):
    """GraphML is read by networkx, with rationals as texts and the outputs marked; DOT has a line for each edge."""
    network = Network(2, [Affine(((0, mpq(1, 3)), (1, mpq(-2))), mpq(5, 7)), Relu(2)], [3, 0, 3])
    write_network(tmp_path / "net.graphml", network)
    write_network(tmp_path / "net.dot", network)
    graph = nx.read_graphml(tmp_path / "net.graphml")
    assert graph.edges["0", "2"]["weight"] == "1/3" and graph.nodes["2"]["bias"] == "5/7"
    assert graph.nodes["3"]["output"] == "0,2" and graph.nodes["0"]["output"] == "1"
    text = (tmp_path / "net.dot").read_text()
    assert text.count(" -> ") == 3 and '[label="1/3"]' in text


def test_convert_to_standard_output_and_json(tmp_path, capsys):
    """convert IN - writes exactrelu JSON to standard output, with the summary aside."""
    write_network(tmp_path / "net.onnx", build("haar", 1))
    code, out, err = run(capsys, "convert", tmp_path / "net.onnx", "-")
    assert code == 0 and json.loads(out)["format"] == "exactrelu-network/1" and "the same function, exactly" in err


def _npz(**members):
    def write(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    return write


def _npy(header, rest=b""):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + rest


def _arrays(**arrays):
    return lambda path: np.savez(open(path, "wb"), **arrays)


ONE = np.ones((1, 1))
HOSTILE = {
    "a.npz": (b"PK\x03\x04 nothing", "damaged npz file: File is not a zip file"),
    "torch.pt": (_npz(**{"archive/data.pkl": b"\x80\x02"}), "a file of torch.save, which holds code (pickle); write"),
    "zip.npz": (_npz(**{"readme.txt": b""}), "expected the zip file of numpy.savez, at most"),
    "object.npz": (_npz(**{"W0.npy": _npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"\x80" * 8)}),
                   "W0: expected an array of floats or integers, got object"),
    "huge.npz": (_npz(**{"W0.npy": _npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999)}")}),
                 "W0: an array of the shape (99999999, 99999999) is not 0 bytes of float32"),
    "header.npz": (_npz(**{"W0.npy": _npy("__import__('os')")}), "W0: damaged npy file"),
    "short.npz": (_npz(**{"W0.npy": b"\x93NUM"}), "W0: damaged npy file"),
    "nan.npz": (_arrays(W0=np.array([[np.nan]])), "W0: nan at index [0, 0] is not a number that a weight can be"),
    "infinite.npz": (_arrays(W0=ONE, b0=np.array([np.inf])), "b0: inf at index [0] is not a number"),
    "complex.npz": (_arrays(W0=ONE * 1j), "W0: expected an array of floats or integers, got complex128"),
    "names.npz": (_arrays(arr_0=ONE), "the name 'arr_0' tells no weights or biases; expected names such as 0.weight"),
    "order.npz": (_arrays(**{"enc.weight": ONE, "dec.weight": ONE}), "no numbers in the names of the layers 'enc'"),
    "shapes.npz": (_arrays(W0=np.ones((2, 3)), W1=np.ones((1, 3))), "layer 1 has weights of the shape (1, 3) and"),
    "bias.npz": (_arrays(b0=np.ones(2)), "layer '0': expected one array of weights"),
    "image.npz": (_arrays(W0=np.ones((2, 2, 3, 3))), "layer '0': expected a matrix of weights, got the shape"),
    "empty.npz": (_npz(), "no arrays; expected weights and biases of layers"),
    "divisor.npz": (_arrays(W0=ONE, divisor=np.zeros(1)), "expected a divisor other than 0 for each of the 1 outputs"),
    "cut.safetensors": (b"\x05\0\0\0\0\0\0\0{}", "damaged safetensors file: "),
    "header.safetensors": (b"\x02\0\0\0\0\0\0\0{]", "damaged safetensors file: "),
    "kind.safetensors": (lambda path: save_file({"0.weight": ONE.astype(bool)}, path), "0.weight: expected F64, F32"),
    "keras.h5": (b"\x89HDF\r\n\x1a\n", "expected a network file, got an HDF5 file, as Keras writes it"),
    "weights.pkl": (b"\x80\x04\x95", "expected a network file, got a pickle, which holds code"),
    "net.graphml": (b"<?xml version='1.0'?>", "expected a network file, got XML; GraphML is written, not read"),
    "net.dot": (b"digraph network {}", "expected a network file, got a DOT file, which is written, not read"),
    "words.nnet": (NNET.replace("1,2,1,", "one,2,1,").encode(), "line 3: expected a rational such as"),
    "float.nnet": (NNET.replace("1,2,1,", "1,2.5,1,").encode(), "line 3: expected integers, sizes of the layers"),
    "sizes.nnet": (NNET.replace("1,2,1,", "1,2,3,").encode(), "line 3: the sizes of the layers go from 1 to 3"),
    "deep.nnet": (b"//\n99999999,1,1,1,", "line 2: expected 1 to 10000 layers, got 99999999"),
    "large.nnet": (b"//\n1,9999,9999,1\n9999,9999\n", "99980001 numbers are more than the limit of 5000000"),
    "cut.nnet": (NNET[:60].encode(), "the file ends where the "),
    "long.nnet": ((NNET + "1,").encode(), "there are more lines than the sizes of the layers tell"),
    "spread.nnet": (NNET.replace("2.0,3.0", "0.0,3.0").encode(), "line 8: the spread of an input is zero"),
    "wide.nnet": (NNET.replace("1.0,1.0,\n", "1.0,\n").encode(), "line 13: expected 2 numbers, weights of layer 1"),
    "nan.nnet": (NNET.replace("-1.0,", "nan,").encode(), "line 10: expected a rational such as"),
    "utf16.nnet": ("// å".encode("utf-16"), "not UTF-8 text"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(tmp_path, capsys, name):
    """What is no network is refused with one line that says what it is, whatever the name says."""
    content, message = HOSTILE[name]
    if callable(content):
        content(tmp_path / name)
    else:
        (tmp_path / name).write_bytes(content)
    line = refusal(capsys, "eval", tmp_path / name, 0)
    assert line.startswith(f"{tmp_path / name}: ") and message in line and len(line) < 400 + len(str(tmp_path))


def test_decimals_that_are_short_to_write_and_long_to_hold_are_refused(tmp_path, capsys, monkeypatch):
    """The numbers of an .nnet file have a limit on their bits together."""
    monkeypatch.setattr("exactrelu.formats.nnet.MAX_BITS", 40_000)
    (tmp_path / "long.nnet").write_text(NNET.replace("-10.0", "1e9999").replace("10.0", "1e-9999"))
    assert "written out, the decimals up to here have more than 40000 bits" in refusal(
        capsys, "eval", tmp_path / "long.nnet", 0
    )


def test_what_is_unpacked_has_a_limit(tmp_path, capsys, monkeypatch):
    """A small zip file with a large array in it is refused while it is read."""
    monkeypatch.setattr("exactrelu.formats.arrays.MAX_BYTES", 10**6)
    np.savez_compressed(tmp_path / "bomb.npz", W0=np.zeros((1000, 1000)))
    assert (tmp_path / "bomb.npz").stat().st_size < 10**5
    assert "longer than 1000000 bytes (decompressed)" in refusal(capsys, "eval", tmp_path / "bomb.npz", 0)


@pytest.mark.parametrize(("name", "message"), [("net.nnet", "is no finite decimal, also with all units scaled; .onnx"),
                                               ("net.onnx.gz", "only exactrelu JSON is written as gzip")])
def test_what_is_not_written(tmp_path, capsys, name, message):
    """A kind of file that is not written is named, with those that are."""
    write_network(tmp_path / "net.json", build("haar", 1))
    assert message in refusal(capsys, "convert", tmp_path / "net.json", tmp_path / name)
    assert not (tmp_path / name).exists()


def test_every_verdict_says_what_the_numbers_are(tmp_path, capsys):
    """About a file of floats, regions, equal, eval and certify say that the arithmetic is real; about JSON nothing."""
    write_network(tmp_path / "net.json", build("haar", 1))
    write_network(tmp_path / "net.onnx", build("haar", 1))
    net, other = tmp_path / "net.onnx", tmp_path / "net.json"
    said = f"{net}: the floats of the ONNX file are taken as the exact numbers that they are, in real arithmetic"
    for words in (["regions", net], ["equal", other, net], ["certify", "haar", "-n", 1, "--network", net]):
        code, out, _ = run(capsys, *words)
        assert code == 0 and out.endswith(f"\n{said}\n")
        assert answer(capsys, *words)[1]["arithmetic"] == [said]
    assert answer(capsys, "eval", net, 0, 0)[1]["arithmetic"] == [said]
    assert "arithmetic" not in answer(capsys, "regions", other)[1]


def test_the_page_names_what_is_read():
    """docs/formats.md names every operator and the limits in force."""
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for name in OPERATORS:
        assert re.search(rf"\b{name}\b", page), name
    for limit in (MAX_BYTES, MAX_INPUTS, MAX_NODES, MAX_TERMS, onnx_model.MAX_NODES):
        assert re.search(rf"\b{limit}\b", page.rpartition("\n## ")[2]), limit


def test_help_says_which_files_are_read(capsys):
    """A user of ONNX finds in --help alone that there is a door, and which commands take such a file."""
    assert "ONNX" in run(capsys, "--help")[1]
    for command in ("eval", "regions", "equal", "bound", "prove", "convert"):
        assert "ONNX" in run(capsys, command, "--help")[1]
