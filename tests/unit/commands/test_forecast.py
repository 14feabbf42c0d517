"""What is said of work before it is done: how many regions, cells, networks there are, and how long they take."""

import io
import sys
from functools import partial
from random import Random
from time import monotonic

import pytest
from command import answer
from networks import random_network
from test_bombs import BOMBS, run
from test_cli import Terminal

from exactrelu import UndecidedError, build, count_regions, equal
from exactrelu.certification import trial
from exactrelu.certification.enumeration import certify, prepared, prepared_cores
from exactrelu.certification.methods import certify as certify_by_any_method
from exactrelu.certification.shards import OUTSIDE, Task, block_size, shards
from exactrelu.commands import progress
from exactrelu.cpwl.polygon import box, plane
from exactrelu.field import mpq
from exactrelu.lemmas import runner
from exactrelu.lemmas.registry import MODULES
from exactrelu.network import Builder
from exactrelu.planar import forecast
from exactrelu.planar.forecast import Estimate, expected_regions
from exactrelu.planar.reference import activation_regions
from exactrelu.scheme import load_problem


def tents(count, above=None):
    """Return the network of the tent map's power ``count`` of x + y, or of its part above a number: 2^count strips."""
    b = Builder(2)
    x, y = b.inputs
    value = x + y
    for _ in range(count):
        value = 2 * b.relu(value) - 4 * b.relu(value - mpq(1, 2))
    return b.network([value if above is None else b.relu(value - above)])


def test_the_mean_of_random_descents_is_the_number_of_regions():
    """For random networks, degenerate ones among them, on the plane and on a box: 500 descents are off by a half."""
    random, off = Random(5), []
    for _ in range(12):
        network, domain = random_network(random).flatten(), random.choice((plane(), box(-1, 2, -1, 1)))
        weights = [forecast._weight(network, domain, random) for _ in range(500)]
        count = sum(1 for _ in activation_regions(network, domain))
        off.append(sum(weights) / 500 / count)
    assert max(off) < 1.5 and min(off) > 0.5 and 0.9 < sum(off) / len(off) < 1.1


def test_unlikely_halves_weigh_more():
    """Three parallel kinks of the plane: descents prefer strips to half planes, and still expect four regions."""
    b = Builder(2)
    x, _ = b.inputs
    network, random = b.network([sum((b.relu(x - k) for k in range(3)), 0 * x)]), Random(7)
    assert 3.7 < sum(forecast._weight(network, plane(), random) for _ in range(5000)) / 5000 < 4.3


def test_descents_see_what_is_too_much_to_be_counted(monkeypatch):
    """Of 2^40 strips the right number is expected, but for a factor of four; of a large network nothing is."""
    assert 2**38 < expected_regions(tents(40), plane()).regions < 2**42
    monkeypatch.setattr(forecast, "TERMS", 100)
    assert expected_regions(tents(40), plane()) is None


def test_far_too_many_regions_are_refused_at_once():
    """Exit code 3 and a line with the number that is expected, and two ways out."""
    code, out, err, _ = run("regions", BOMBS / "n_tents40.json")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "more activation regions than the limit of 67108864; " in err and "+12 activation regions expected" in err
    assert "on a smaller --box, or raise the limit: --most N" in err


def test_no_more_regions_are_kept_than_asked_for():
    """The number that is counted is limited, too, whatever was expected; as many as the limit are counted."""
    network = build("haar", 1).flatten()
    for domain in (plane(), box(0, 1, 0, 1)):
        count = count_regions(network, domain, jobs=1)
        assert count_regions(network, domain, jobs=1, most=count.regions) == count
        with pytest.raises(UndecidedError, match=f"more activation regions than the limit of {count.regions - 1};"):
            count_regions(network, domain, jobs=1, most=count.regions - 1)


def test_an_enumeration_is_estimated_from_some_of_its_cells(monkeypatch):
    """The time of as many cells as were cut, times the number of cells that there are, shared by the processes."""
    problem = load_problem("bilinear")
    task = Task(problem, 4, build(problem, 4).flatten())
    clock, asked = iter(range(1000)), []
    monkeypatch.setattr(trial, "monotonic", lambda: next(clock))
    monkeypatch.setattr(trial, "_cut", lambda bisections, cores, targets, end: asked.append(targets) or True)
    monkeypatch.setattr(trial, "cores", lambda jobs: jobs)
    found = trial.estimate(task, shards(problem, 4), None, None, 2)
    assert found == Estimate(pytest.approx(34**2 / 16 / 2), f"16 cells, drawn from {34**2}, took 1 s in one process")
    assert len(asked) == 2 and len(asked[0]) <= 2


def test_squares_of_a_trial_are_part_of_the_enumeration():
    """They lie in their block and reach its ends, whatever its shape; a block on which V^n g is zero is taken whole."""
    random = Random(0)
    for block in (((0, 2), (5, 21)), ((-1, 0), (-1, 33)), ((8, 16), (8, 16))):
        squares = [trial._square(random, block, 4) for _ in range(200)]
        for own, (low, high) in zip(zip(*(square for _, square in squares), strict=True), block, strict=True):
            assert (min(own)[0], max(own)[1]) == (low, high)
            assert {b - a for a, b in own} == {min(4, high - low)}
        assert {count for count, _ in squares} == {block_size(squares[0][1])}
    assert trial._square(random, ((0, 32), (0, 16)), 4) == (1, ((0, 32), (0, 16)))


def test_cells_without_end_are_known_to_take_long(monkeypatch):
    """(T^40(x + y) − 1)₊ = 0 has 2^40 strips: the trial stops, and says how long the cells take at least."""
    monkeypatch.setattr(trial, "MOST", 0.3)
    task = Task(load_problem("zero"), 1, tents(40, above=1))
    found = trial.estimate(task, [((0, 2), (0, 2)), OUTSIDE], prepared(task.network), prepared_cores(task.network), 1)
    assert found.bound == "at least" and found.seconds > 1 and "took more than" in found.basis


def test_nothing_is_estimated_of_what_is_unbounded():
    """If only the unbounded regions are left, as after a run that was stopped, there are no cells to be timed."""
    task = Task(load_problem("haar"), 1, build("haar", 1).flatten())
    assert trial.estimate(task, [OUTSIDE], prepared(task.network), prepared_cores(task.network), 1) is None
    assert trial.estimate(task, [], prepared(task.network), prepared_cores(task.network), 1) is None


def test_an_estimate_comes_before_the_work():
    """It is announced before any progress, once, and not where a scheduler's workers do the work."""
    said = []
    certify(
        load_problem("haar"), 3, build("haar", 3), 1, lambda *done: said.append(done), announce=lambda e: said.append(e)
    )
    assert type(said[0]) is Estimate and not any(type(entry) is Estimate for entry in said[1:])


@pytest.mark.parametrize("n", ["all", 3])
def test_an_estimate_comes_before_a_proof(n):
    """It is announced before any fact is proved, and has the size of the network; the time is right up to a factor."""
    said, start = [], monotonic()
    certify_by_any_method(
        "haar", n, method="induction", progress=lambda *done: said.append(done), announce=lambda e: said.append(e)
    )
    nodes = len(build("haar", 1 if n == "all" else n).flatten().nodes)
    assert type(said[0]) is Estimate and not any(type(entry) is Estimate for entry in said[1:])
    assert f"{nodes} nodes" in said[0].basis and (monotonic() - start) / 50 < said[0].seconds < 60


def test_an_estimate_comes_before_statements_are_checked():
    """Those that take seconds are known; they are divided among the processes, but the longest is one piece."""
    def told(labels, jobs):
        found = []
        runner.run_timed(labels, jobs, announce=found.append)
        return found

    (few,) = told(["Lemma 2.7", "Lemma 3.6"], 2)
    assert few.seconds < 2 and "2 statements" in few.basis
    longest = max(runner.SECONDS, key=runner.SECONDS.get)
    assert runner.expected([longest, "Lemma 2.7"], 2).seconds >= runner.SECONDS[longest]
    assert runner.expected(MODULES, 1).seconds > sum(runner.SECONDS.values()) > runner.expected(MODULES, 2).seconds
    assert runner.SECONDS.keys() <= MODULES.keys()


@pytest.mark.parametrize(
    ("ask", "bound"),
    [
        (partial(count_regions, build("haar", 1).flatten()), "about"),
        (partial(equal, build("bilinear", 2), build("bilinear", 2, "compact")), "at most about"),
    ],
)
def test_regions_and_equality_are_estimated_twice(ask, bound):
    """First the number of regions that are expected, then the time, as soon as the first ones are there."""
    said = []
    ask(jobs=1, announce=said.append)
    first, second = said
    assert first.seconds is None and "activation regions expected from" in first.basis
    assert second.seconds > 0 and second.bound == bound and "a second in one process" in second.basis


def test_answers_have_the_estimate(capsys, tmp_path):
    """``--json`` has the seconds and what they rest on; null where nothing is estimated."""
    network = tmp_path / "net.json"
    proofs = ("certify", "haar", "-n", "all"), ("certify", "haar", "-n", 9, "--method", "induction")
    for words in (("certify", "haar", "-n", 2), *proofs, ("sizes", "haar", "--to", 3), ("proofs", "lemma-3-6")):
        code, data = answer(capsys, *words)
        assert code == 0 and data["estimate_seconds"] > 0 and data["estimate"]
    assert answer(capsys, "sizes", "haar", "--to", 2)[1]["estimate_seconds"] is None
    answer(capsys, "build", "haar", "-n", 1, "--output", network)
    for words in (("regions", network), ("equal", network, network), ("bound", network)):
        code, data = answer(capsys, *words)
        assert code == 0 and {"estimate_seconds", "estimate"} <= data.keys()


def test_long_work_is_announced_before_it_begins(monkeypatch):
    """A line with what it is about, the estimate and its basis stays above the bar; short work has none."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    told = progress.Forecast()
    with progress.progress_bar("certify", "900 cells, a small network", told):
        told(Estimate(4, "9 cells, drawn from 900, took 0.1 s"))
        assert "\n" not in sys.stderr.getvalue()
        told(Estimate(100, "9 cells, drawn from 900, took 2 s", "at least"))
    line, _, _ = sys.stderr.getvalue().removeprefix("\r\x1b[K").partition("\n")
    assert line == (
        "certify: 900 cells, a small network; takes at least 1:40 (9 cells, drawn from 900, took 2 s; "
        "--limit SECONDS stops it)"
    )
    assert told.data() == {"estimate_seconds": 100.0, "estimate": "9 cells, drawn from 900, took 2 s"}
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.progress_bar("certify", "900 cells", told):
        told(Estimate(100, "9 cells, drawn from 900, took 2 s"))
    assert sys.stderr.getvalue() == ""
