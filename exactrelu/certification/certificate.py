"""Certificates of format ``exactrelu-certificate/1`` (docs/certificate-1.md, section 8), for one kind of evidence.

That is an induction over atoms, for a network of paper or compact and one n. All else is written in format 2, by
`exactrelu.certification.statements`.
"""

import json

from exactrelu import checker1
from exactrelu.errors import UndecidedError
from exactrelu.field import text
from exactrelu.network.files import network_text
from exactrelu.scheme import problem_to_json
from exactrelu.streams import output_name
from exactrelu.writing import readable, write_text_atomically

FORMAT = "exactrelu-certificate/1"


def write_certificate(path, problem, n, network, evidence, check=True):
    """Write the certificate that ``network`` equals V^n g everywhere, by an `AtomEvidence`.

    The network is a `Network`, `Chain` or `Sum`. The file is gzip if its name ends in .gz, and appears complete or not
    at all; unless ``check`` is false, the checker has gone through all of it before. Raises `InputError` if it cannot
    be written, and `UndecidedError` if the checker is not convinced.
    """
    chunks = certificate_text(problem, n, network, evidence)
    if check:
        chunks = ["".join(readable(output_name(path), chunks))]
        valid, _, reason = checker1.judged(chunks[0].encode, checker1.Certificate.check)
        if not valid:
            raise UndecidedError(f"there is an answer, but no certificate: the checker is not convinced ({reason})")
    write_text_atomically(path, chunks)


def certificate_text(problem, n, network, evidence):
    """Yield the text of a certificate; see `write_certificate`."""
    yield f'{{"format": "{FORMAT}",\n"problem": {json.dumps(problem_to_json(problem))},\n"n": {n},\n"network": '
    yield from network_text(network)
    yield ',\n"claim": {"kind": "equal"},\n"evidence": {"kind": "atoms", "terms": ['
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
