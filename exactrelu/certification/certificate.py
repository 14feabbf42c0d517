"""Certificate files, format ``exactrelu-certificate/1`` (docs/certificate-1.md): written here, checked by `checker`.

The statement stands in the file in full: the problem, n, the network and the claim. The evidence for equality is a
tree of splits of the plane, or says where the cascades of the network are; that for a difference is the point itself.
"""

import json

from exactrelu.certification.induction.atom_evidence import AtomEvidence
from exactrelu.certification.verdict import Counterexample
from exactrelu.field import text
from exactrelu.network.files import network_text
from exactrelu.scheme import problem_to_json
from exactrelu.streams import output_name
from exactrelu.writing import readable, write_text_atomically

FORMAT = "exactrelu-certificate/1"

ROW = 1000
"""How many entries of a tree, or lines, stand on a line of the file."""


def write_certificate(path, problem, n, network, evidence, check=None):
    """Write the certificate that ``network`` equals V^n g everywhere, or that it differs from it at a point.

    ``evidence`` is a `SplitTree` on whose leaves the network is affine, or an `AtomEvidence`, for equality, or a
    `Counterexample`. The network is a `Network`, `Chain` or `Sum`. The file is gzip if its name ends
    in .gz, and appears complete or not at all. ``check``, if given, is called with all of the text before anything is
    written. Raises `InputError` when it cannot be written, and when it gets longer than what can be read.
    """
    chunks = certificate_text(problem, n, network, evidence)
    if check is not None:
        chunks = ["".join(readable(output_name(path), chunks))]
        check(chunks[0])
    write_text_atomically(path, chunks)


def certificate_text(problem, n, network, evidence):
    """Yield the text of a certificate; see `write_certificate`."""
    yield f'{{"format": "{FORMAT}",\n"problem": {json.dumps(problem_to_json(problem))},\n"n": {n},\n"network": '
    yield from network_text(network)
    if isinstance(evidence, Counterexample):
        yield f',\n"claim": {json.dumps(_difference(evidence))},\n"evidence": {{"kind": "point"}}}}\n'
        return
    yield ',\n"claim": {"kind": "equal"},\n"evidence": '
    if isinstance(evidence, AtomEvidence):
        yield from _atoms_text(evidence)
        return
    yield from enumeration_text(evidence)
    yield "}\n"


def enumeration_text(tree, numbers=None):
    """Yield the text of the evidence by enumeration that a `SplitTree` is; both formats of certificates have it.

    ``numbers`` are further members of it, {name: rational}.
    """
    yield '{"kind": "enumeration",\n"lines": '
    yield from _array([int(entry) for entry in line] for line in tree.lines)
    yield ',\n"tree": '
    yield from _array(tree.preorder)
    yield "".join(f',\n"{name}": "{text(number)}"' for name, number in (numbers or {}).items())
    yield "}"


def _difference(counterexample):
    return {
        "kind": "differs",
        "point": [text(coordinate) for coordinate in counterexample.point],
        "network": text(counterexample.network),
        "target": text(counterexample.target),
    }


def _atoms_text(evidence):
    yield '{"kind": "atoms", "terms": ['
    for k, term in enumerate(evidence.terms):
        cascades = [
            cascade._asdict() | {name: _weighted(getattr(cascade, name)) for name in ("value", "reading")}
            for cascade in term.cascades
        ]
        texts = {"origin": [text(entry) for entry in term.origin], "width": text(term.width)}
        yield _member(k, term._asdict() | texts | {"patches": _weighted(term.patches), "cascades": cascades})
    yield "]}}\n"


def _member(k, parts):
    """Return the text of object number k of an array, one line for each of its ``parts``."""
    lines = ",\n ".join(f'"{name}": {json.dumps(part)}' for name, part in parts.items())
    return f"{',' if k else ''}\n{{{lines}}}"


def _weighted(entries):
    """Return tuples that end with a rational with its text in its place."""
    return [(*indices, text(weight)) for *indices, weight in entries]


def _array(entries):
    """Yield the text of a JSON array, in rows."""
    row, separator = [], "["
    for entry in entries:
        row.append(json.dumps(entry))
        if len(row) == ROW:
            yield separator + ",".join(row)
            row, separator = [], ",\n"
    yield (separator + ",".join(row) if row or separator == "[" else "") + "]"
