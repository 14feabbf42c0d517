"""Certificates by atoms as JSON values, and what is done to them: tools for damages, and for writing the corpus."""

import gzip
import json
from fractions import Fraction

from folders import CERTIFICATES_1

CORPUS = CERTIFICATES_1
HAIR = Fraction(1, 2**60)


def base(name="atoms"):
    """Return a certificate of the corpus as a JSON value: "atoms" (compact, four cells, n = 2), "atoms_signs" (rows
    with signs, one cell), "atoms_growing" (rows that grow, an atom of height 3), "atoms_paper" (four cascades, n = 1)
    or "atoms_paper_steps" (rows without signs, n = 2)."""
    return read(CORPUS / "valid" / f"{name}.json.gz")


def read(path):
    """Return the JSON value in a packed file."""
    return json.loads(gzip.decompress(path.read_bytes()))


def packed(certificate):
    """Return the bytes of a file of the corpus."""
    return gzip.compress(json.dumps(certificate, separators=(",", ":")).encode(), 9, mtime=0)


def affine(bias, *terms):
    """Return an affine node."""
    return {"op": "affine", "terms": [[k, str(weight)] for k, weight in terms], "bias": str(bias)}


def relu(of):
    """Return a ReLU node."""
    return {"op": "relu", "of": of}


def node(certificate, k):
    """Return node k, k >= 2."""
    return certificate["network"]["nodes"][k - 2]


def term(certificate):
    """Return the first term of the evidence."""
    return certificate["evidence"]["terms"][0]


def cascade(certificate, k=0):
    """Return a cascade of the first term of the evidence."""
    return term(certificate)["cascades"][k]


def added(certificate, k, *terms):
    """Add terms (node, weight), or to the bias if the node is None, to the affine node k."""
    changed = node(certificate, k)
    weights = {source: Fraction(weight) for source, weight in changed["terms"]}
    for source, weight in terms:
        if source is None:
            changed["bias"] = str(Fraction(changed["bias"]) + weight)
        else:
            weights[source] = weights.get(source, 0) + weight
    changed["terms"] = [[source, str(weight)] for source, weight in weights.items()]


def scaled(certificate, k, factor):
    """Multiply the affine node k by a factor."""
    changed = node(certificate, k)
    changed["terms"] = [[source, str(Fraction(weight) * factor)] for source, weight in changed["terms"]]
    changed["bias"] = str(Fraction(changed["bias"]) * factor)


def inserted(certificate, k, *new):
    """Put new nodes, numbered k, k + 1, ..., before node k, those after them being numbered anew."""

    def moved(source):
        return source if source < k else source + len(new)

    network = certificate["network"]
    for later in network["nodes"][k - 2 :]:
        if "of" in later:
            later["of"] = moved(later["of"])
        else:
            later["terms"] = [[moved(source), weight] for source, weight in later["terms"]]
    network["nodes"][k - 2 : k - 2] = new
    network["outputs"] = [moved(output) for output in network["outputs"]]
    for part in certificate["evidence"]["terms"]:
        for name in ("transport", "controllers", "selectors"):
            part[name] = [[moved(source) for source in nodes] for nodes in part[name]]
        for own in part["cascades"]:
            own["rows"] = [[moved(source) for source in nodes] for nodes in own["rows"]]
            for name in ("value", "reading"):
                own[name] = [[moved(source), weight] for source, weight in own[name]]


def with_tent(certificate, k, source, start, width, height):
    """Add a tent of a node, not zero on (start, start + width) only, to the affine node k."""
    ramps = [affine(-start - j * width / 2, (source, 1)) for j in range(3)]
    inserted(certificate, k, *ramps, *(relu(k + j) for j in range(3)))
    slope = height * 2 / width
    added(certificate, k + 6, (k + 3, slope), (k + 4, -2 * slope), (k + 5, slope))


def appended(certificate, *new):
    """Append nodes to the network, of which the last is the output."""
    network = certificate["network"]
    network["nodes"] += new
    network["outputs"] = [1 + len(network["nodes"])]


def argument(certificate, k):
    """Return the affine node of which node k is the positive part."""
    return node(certificate, k)["of"]
