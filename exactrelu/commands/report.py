"""``exactrelu report``: one page for people on whether a network equals V^n g, with pictures and the proof."""

import hashlib
import os
import shlex
from math import prod

from exactrelu import __version__
from exactrelu.certification.methods import certify, write_certificate
from exactrelu.commands import VERDICT_CODES, Answer, contradiction_data
from exactrelu.commands.build import counts
from exactrelu.commands.networks import read, with_arithmetic
from exactrelu.commands.output import delivered
from exactrelu.commands.problem import DEFAULT, chosen_problem
from exactrelu.commands.progress import progress_bar
from exactrelu.commands.tables import table
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.errors import InputError
from exactrelu.network.layers import layered
from exactrelu.scheme import refuse_beyond
from exactrelu.show.report import Source, report
from exactrelu.streams import is_standard_output, output_name
from exactrelu.writing import check_writable, write_text_atomically

COUNTED = ((4, 5), (16, 3), (10_000, 2))
"""(most cells of the window, largest n of the sizes on the page): larger networks take minutes to count."""


def run(options):
    """Return the `Answer` with the verdict, and where the page is."""
    if options.output is None:
        raise InputError("--output FILE.html says where the page goes (- is standard output)")
    check_writable(options.output)
    problem, n = chosen_problem(options), options.level
    refuse_beyond(problem, "a report")
    if options.certificate is not None:
        check_certificate(options)
    sources = [read(options.network)] if options.network is not None else []
    verdict = decided(options, problem, n, sources[0][1].network if sources else None)
    complaint, certificate = None, None
    if options.certificate is not None and verdict.verdict != "undecided":
        complaint = delivered(options.certificate, lambda: save_certificate(options, verdict))
        if complaint is None:
            certificate = os.path.basename(options.certificate), digest(options.certificate)
    form = None if verdict.network is None else layered(verdict.network)
    sizes = None if verdict.verdict != "certified" else counted_sizes(problem)
    source = Source(
        named(options), None if options.network is None else quoted(options.network),
        None if options.network is not None else options.construction, certificate, __version__,
    )
    text = report(verdict, source, form, sizes, [said for _, found in sources if (said := found.arithmetic)])
    complaint = delivered(options.output, lambda: write_text_atomically(options.output, [text])) or complaint
    rows = [(verdict.verdict, verdict.statement)]
    if complaint is None:
        rows.append(("written to", output_name(options.output)))
    data = {
        "verdict": verdict.verdict, "problem": problem.name, "n": n, "method": verdict.method,
        "certificate": None if certificate is None else options.certificate,
    }
    code = VERDICT_CODES[verdict.verdict] if complaint is None else 3
    answer = Answer(code, table(rows), data | contradiction_data(verdict.contradiction), complaint)
    return with_arithmetic(answer, *sources)


def check_certificate(options):
    """Raise `InputError` for a certificate that cannot be written."""
    if is_standard_output(options.certificate):
        raise InputError("--certificate CERT: give the certificate a file")
    check_writable(options.certificate)


def decided(options, problem, n, network):
    """Return the `Verdict` on a network, or on that of the construction if it is None.

    The method is the one that was asked for, or induction if that gets through.
    """
    methods = [options.method]
    if options.method is None and n != "all":
        methods = ["induction", "enumerate"] if n else ["enumerate"]
    with progress_bar("report") as progress:
        if n == "all":
            return certify(problem, n, construction=options.construction)
        if network is None:
            network = build(problem, n, options.construction)
        verdict = tried(methods[0], options, problem, n, network, progress)
        if len(methods) > 1 and verdict.verdict != "certified":
            # an enumeration needs no structure, and its counterexamples have few digits
            other = tried(methods[1], options, problem, n, network, progress)
            return verdict if other.verdict == "undecided" and verdict.verdict == "refuted" else other
    return verdict


def save_certificate(options, verdict):
    """Write the certificate of a `Verdict`."""
    with progress_bar("certificate", then=("check", "the certificate is checked before it is written")) as progress:
        write_certificate(options.certificate, verdict, jobs=options.jobs, progress=progress)


def tried(method, options, problem, n, network, progress):
    """Return the `Verdict` by one method."""
    places = {} if method == "induction" else {"jobs": options.jobs, "progress": progress}
    return certify(problem, n, network, method=method, **places)


def counted_sizes(problem):
    """Return {construction: rows of sizes for n = 1, 2, ...}, as far as that is quick."""
    cells = prod(problem.size)
    to = next(largest for most, largest in COUNTED if cells <= most)
    return {name: [counts(layered(build(problem, n, name))) for n in range(1, to + 1)] for name in CONSTRUCTIONS}


def named(options):
    """Return the words that name the problem on a command line, files by their base names."""
    if options.mask is not None:
        return f"--mask {shlex.quote(options.mask)} --seed {shlex.quote(options.seed)}"
    return quoted(options.problem or DEFAULT)


def quoted(path):
    """Return the base name of a file as a word of a shell."""
    return shlex.quote(os.path.basename(path))


def digest(path):
    """Return the SHA-256 of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
