"""Exactness in other people's test suites: a pytest plugin, with pytest as the only thing that is needed beside.

`assert_realizes` and `assert_equal_networks` fail with the point, both values and a picture, in plain words;
`assert_certificate` makes stored certificates regression data; `register_construction` gives a construction of one's
own a name, under which `build`, `certify` and the table of sizes know it in this process.
"""

import os
import tempfile

import pytest

from exactrelu.certification.checking import check
from exactrelu.certification.methods import certify as certify_problem
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.errors import ExactReluError, InputError
from exactrelu.field import annotated, annotated_point
from exactrelu.planar import equal
from exactrelu.show.iterates import MAX_COMPARED, difference_pieces, drawn_iterate, network_pieces, piece_count
from exactrelu.show.maps import Drawn, value_map
from exactrelu.show.marks import mark
from exactrelu.show.svg import iterate
from exactrelu.writing import write_text_atomically

JOBS = {"jobs": None}
"""The number of processes that a suite asks for, None for one a core."""


def pytest_addoption(parser):
    """Add the options of the plugin to pytest."""
    group = parser.getgroup("exactrelu", "exact ReLU networks")
    group.addoption("--exactrelu-jobs", metavar="J", type=int, help="processes for each verdict (default: one a core)")
    group.addoption(
        "--exactrelu-certificates", metavar="DIR", help="a folder of certificates, each of which becomes a test"
    )


def pytest_configure(config):
    """Name the mark of the plugin, and take over its options."""
    config.addinivalue_line("markers", "exactness: asks for an exact verdict on a network (pytest -m exactness)")
    JOBS["jobs"] = config.getoption("--exactrelu-jobs")


def pytest_collection_modifyitems(session, config, items):
    """Add one test for each certificate in the folder of ``--exactrelu-certificates``."""
    folder = config.getoption("--exactrelu-certificates")
    if folder is None:
        return
    names = sorted(name for name in os.listdir(folder) if name.endswith((".json", ".json.gz")))
    if not names:
        raise pytest.UsageError(f"--exactrelu-certificates {folder}: there is no certificate (.json, .json.gz)")
    items += [
        StoredCertificate.from_parent(session, name=f"certificate:{name}", path_of_it=os.path.join(folder, name))
        for name in names
    ]


class StoredCertificate(pytest.Item):
    """A test that a stored certificate still proves its statement."""

    def __init__(self, *, path_of_it, **settings):
        super().__init__(**settings)
        self._certificate = path_of_it
        self.add_marker("exactness")

    def runtest(self):
        """Ask the checker."""
        assert_certificate(self._certificate)

    def reportinfo(self):
        """Return where the test comes from."""
        return self._certificate, None, self.name


@pytest.fixture
def certify():
    """The function `exactrelu.certify` with the processes that ``--exactrelu-jobs`` asks for."""
    return _certify


def _certify(problem, n, network=None, **options):
    is_counted = options.get("method") != "induction" and n != "all"
    return certify_problem(problem, n, network, **({"jobs": JOBS["jobs"]} if is_counted else {}) | options)


def assert_realizes(network, problem, n, *, method=None):
    """Fail unless a network equals V^n g at every point of R²; return the `Verdict`, which is certified.

    The arguments are those of `exactrelu.certify`. What was not decided fails, too, and says so.

    >>> from exactrelu import build
    >>> from exactrelu.testing import assert_realizes
    >>> assert_realizes(build("haar", 1), "haar", 1).verdict
    'certified'
    """
    __tracebackhide__ = True
    verdict = _asked(_certify, problem, n, network, method=method)
    if verdict.verdict == "undecided":
        pytest.fail(f"not decided whether the network equals V^{n} g: {verdict.reason}", pytrace=False)
    found = verdict.counterexample
    if found is not None:
        lines = [
            f"the network differs from V^{n} g of {verdict.problem.name!r}",
            f"  at       {annotated_point(found.point)}",
            f"  network  {annotated(found.network)}",
            f"  V^{n} g    {annotated(found.target)}",
        ]
        if piece_count(verdict.problem, n) <= MAX_COMPARED and found.cell is not None:
            pieces = difference_pieces(verdict.network, drawn_iterate(verdict.problem, n).pieces)
            lines.append(_drawn(f"Network minus {iterate(n)}", pieces, verdict.problem.window, found.point))
        pytest.fail("\n".join(lines), pytrace=False)
    return verdict


def assert_equal_networks(first, second, *, box=None, on=None, within=None):
    """Fail unless two networks are the same function, or nowhere farther apart than ``within``; return the `Equality`.

    Where they are compared ``box`` and ``on`` say, as in `exactrelu.equal`: everywhere, if they are left out.

    >>> from exactrelu import build
    >>> from exactrelu.testing import assert_equal_networks
    >>> bool(assert_equal_networks(build("haar", 1), build("haar", 1, "small")))
    True
    """
    __tracebackhide__ = True
    answer = _asked(equal, first, second, jobs=JOBS["jobs"], box=box, on=on, within=within)
    if answer.verdict == "undecided":
        pytest.fail(f"not decided whether the networks are equal, or near: {answer.reason}", pytrace=False)
    found = answer.counterexample
    if found is not None:
        lines = [
            f"the networks differ in output {found.output}" + ("" if within is None else ", by more than is allowed"),
            f"  at      {annotated_point(found.point)}",
            f"  first   {annotated(found.first)}",
            f"  second  {annotated(found.second)}",
        ]
        if first.shape == (2, 1):
            window = tuple((t - 1, t + 1) for t in found.point)
            pieces = difference_pieces(first, network_pieces(second, window))
            lines.append(_drawn("First minus second", pieces, window, found.point))
        pytest.fail("\n".join(lines), pytrace=False)
    return answer


def assert_certificate(path):
    """Fail unless the certificate file at ``path`` proves what it states; return the checker's answer."""
    __tracebackhide__ = True
    answer = _asked(check, path)
    if not answer.valid:
        pytest.fail(f"{path}: the certificate does not prove that {answer.statement}: {answer.reason}", pytrace=False)
    return answer


def register_construction(name, build):
    """Make ``build(problem, n)``, a function that returns a `Chain` or `Sum` for n ≥ 1, a construction of that name.

    It is one for this process: `exactrelu.build`, `exactrelu.certify` and the command line's ``sizes`` and ``certify``
    called through `exactrelu.cli.main` find it. Raises `InputError` for a name that is taken.
    """
    if name in CONSTRUCTIONS:
        raise InputError(f"there is a construction {name!r} already; take another name")
    CONSTRUCTIONS[name] = build


def _asked(question, *words, **options):
    """Return an answer; arguments that cannot be used fail the test with the line that says why."""
    __tracebackhide__ = True
    try:
        return question(*words, **options)
    except ExactReluError as error:
        pytest.fail(str(error), pytrace=False)


def _drawn(title, pieces, window, point):
    """Write the picture of a difference with the point marked, and return the line that names it."""
    picture = value_map(
        "difference", title, Drawn(pieces, window, outside=None), "paper colour: equal; ring: the point",
        marks=lambda frame: mark(frame, point),
    )
    handle, path = tempfile.mkstemp(".svg", "exactrelu-")
    os.close(handle)
    write_text_atomically(path, [picture.standalone()])
    return f"  picture  {path}"
