"""exactrelu.planar.opinion: what is certified wrongly by a broken part ends in a contradiction, for every method."""

import json
from itertools import islice
from random import Random

import numpy as np
import pytest
from block_changes import with_wide_gates
from command import run
from networks import perceptron
from random_schemes import random_diagonal_scheme

from exactrelu.certification import enumeration, induction
from exactrelu.certification import opinion as certification_opinion
from exactrelu.certification.enumeration import compare_block, prepared
from exactrelu.certification.induction import certify_all, refutation
from exactrelu.certification.methods import certify
from exactrelu.certification.shards import OUTSIDE, Outcome, Task, digest, outcome_of, record, shards, task_text
from exactrelu.certification.state import State
from exactrelu.construction import build
from exactrelu.errors import Contradiction
from exactrelu.field import mpq, parse
from exactrelu.formats import write_network
from exactrelu.network import Affine, Builder, Chain, Network, Relu
from exactrelu.planar import batch, differences, equal, equality, opinion, summands
from exactrelu.planar.normal import Normal, analysed
from exactrelu.planar.opinion import LEAST, MOST, Reservoir, Side, chosen_points, confirm, fingerprint, window_of
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.proofs import Paragraph, Proof
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import load_problem, problem_of

HAAR = load_problem("haar")


def network_of(function):
    """Return the network of ``function(b, x, y)``."""
    b = Builder(2)
    return b.network([function(b, *b.inputs)])


def folded(constant):
    """Return the network (x₊ + y₊ − 1)₊ + (constant)₊: the last unit has the same input everywhere."""
    first = network_of(lambda b, x, y: b.relu(b.relu(x) + b.relu(y) - 1))
    k = 2 + len(first.nodes)
    sum_of_both = Affine(((first.outputs[0], mpq(1)), (k + 1, mpq(1))), mpq(0))
    return Network(2, [*first.nodes, Affine((), mpq(constant)), Relu(k), sum_of_both], [k + 2])


def unfinished(network):
    """Return an analysis of a network that says nothing, so that it is enumerated."""
    return analysed(network, limit=0)


def with_bias(network, bias):
    """Return the flat network, or block, plus a constant."""
    end = Affine(((network.outputs[0], mpq(1)),), mpq(bias))
    return Network(network.inputs, [*network.nodes, end], [network.inputs + len(network.nodes)])


def test_networks_for_another_n():
    """A large network for quite another n is refuted by values at a few points, before any piece is looked at."""
    network = build("bilinear", 200)
    found = certify("bilinear", 3, network, jobs=1)
    assert (found.verdict, found.cells, found.pieces) == ("refuted", 0, 0)
    point, value, target, _ = found.counterexample
    assert (value,) == network.evaluate(point) and target == cascade(load_problem("bilinear"), 3, *point) != value
    other = equal(network, build("bilinear", 3), jobs=1)
    assert (other.verdict, other.pieces) == ("refuted", 0)
    point, first, second, output = other.counterexample
    assert output == 0 and (first,) == network.evaluate(point) and first != second
    assert second == cascade(load_problem("bilinear"), 3, *point)


def test_the_command_says_that_values_were_enough(capsys, tmp_path):
    """The line about what was compared names no cells where none was looked at."""
    write_network(tmp_path / "net.json.gz", build("bilinear", 8))
    code, out, _ = run(capsys, "certify", "bilinear", "-n", 3, "--network", tmp_path / "net.json.gz", "--jobs", 1)
    assert code == 1 and "values at a few points" in out and "refuted" in out


def test_networks_for_another_n_on_the_line_and_in_space(monkeypatch):
    """The same beyond the plane, where plain Python enumerates: no cell is looked at."""
    monkeypatch.setattr(certification_opinion, "LONG", 0)
    line, cube = problem_of("daubechies_D4", "hat"), random_diagonal_scheme(2, 3)
    for problem, n, network in ((line, 7, build(line, 6)), (cube, 1, Network(3, [Affine((), mpq(7))], [3]))):
        found = certify(problem, n, network, jobs=1)
        assert (found.verdict, found.cells, found.pieces) == ("refuted", 0, 0)
        check_counterexample(problem, n, network, found.counterexample)
    assert certify(line, 3, build(line, 3), jobs=1)


def check_counterexample(problem, n, network, found):
    """Check the values of a `Counterexample` by the direct sum."""
    assert (found.network,) == network.evaluate(found.point)
    assert found.target == direct_sum(problem, n, *found.point) != found.network


def test_a_point_that_refutes_is_not_lost_when_the_search_for_the_largest_difference_is_stopped(monkeypatch):
    """Large networks that differ by more than EPS at a point are refuted whatever ends the search; others are not."""
    def stopped(*_):
        raise KeyboardInterrupt

    first, second = folded(1), folded(5)
    monkeypatch.setattr(equality, "LONG", 0)
    assert equal(first, second, within=3).largest_difference == 4
    monkeypatch.setattr(equality, "extremes", stopped)
    found = equal(first, second, within=3)
    assert (found.verdict, found.pieces, found.largest_difference, found.at) == ("refuted", 0, None, None)
    point, value, other, _ = found.counterexample
    assert ((value,), (other,)) == (first.evaluate(point), second.evaluate(point)) and abs(value - other) > 3
    with pytest.raises(KeyboardInterrupt):
        equal(first, second, within=4)


def test_large_networks_that_are_right_are_not_refuted():
    """Values that agree at a few points decide nothing."""
    assert certify("bilinear", 3, build("bilinear", 3)).pieces > 10000


def check_contradiction(found, network, target):
    """Check that a `Contradiction` names a point at which the two functions have the two values that it names."""
    point = tuple(parse(entry, "point") for entry in found.point)
    (_, value), (_, wanted) = found.values
    assert (parse(value, "value"),) == network.evaluate(point)
    assert (parse(wanted, "value"),) == target(point) != network.evaluate(point)
    message = str(found)
    assert "internal contradiction, nothing was decided" in message and "please report it" in message
    assert f"at ({', '.join(found.point)}) " in message and value in message and wanted in message


def closed_where_constant(chunk, inputs, origin, cut=batch.cut):
    """Cut, and take a unit whose input is constant on a cell for closed: an error that there once was on the plane."""
    parts = cut(chunk, inputs, origin)
    constant = ~inputs[parts.origin][:, :2].any(axis=1)
    return parts._replace(signs=np.where(constant, -1, parts.signs))


def test_the_historic_sign_error_in_equal(monkeypatch):
    """Units of constant positive input taken for closed: two networks that differ everywhere are not certified."""
    first, second = folded(1), folded(5)
    assert equal(first, second).verdict == "refuted"
    monkeypatch.setattr(batch, "cut", closed_where_constant)
    monkeypatch.setattr(equality, "analysed", unfinished)
    check_contradiction(equal(first, second).contradiction, first, second.evaluate)


def test_equal_and_forms_that_are_not_looked_at(monkeypatch):
    """Neither enumerator reports a difference, whatever its forms are: evaluation does."""
    random = Random(1)
    first = perceptron(random, [4, 3], 3, 5)
    second = with_bias(first, mpq(1, 2**60))
    for way in ("compare_cells", "compare_pieces"):
        work = getattr(differences, way)

        def blind(context, items, deadline, work=work):
            (count, _, samples), left = work(context, items, deadline)
            return (count, None, samples), left

        monkeypatch.setattr(differences, way, blind)
    monkeypatch.setattr(equality, "analysed", unfinished)
    check_contradiction(equal(first, second, jobs=1).contradiction, first, second.evaluate)


def test_equal_by_normal_forms_that_are_wrong(monkeypatch):
    """Two sums of ridges whose difference is taken for zero are evaluated in the strips between their kinks, too."""
    first = network_of(lambda b, x, y: b.relu(x) - b.relu(x - 1))
    second = network_of(lambda b, x, y: b.relu(x) - b.relu(x - 1 - mpq(1, 2**70)))
    assert equal(first, second).verdict == "refuted"
    monkeypatch.setattr(Normal, "is_zero", True)
    check_contradiction(equal(first, second).contradiction, first, second.evaluate)


def test_equal_says_which_output(monkeypatch):
    """Of two outputs the one that differs is named."""
    b = Builder(2)
    x, y = b.inputs
    first = b.network([b.relu(b.relu(x) - y), x])
    second = Network(2, first.nodes, [first.outputs[0], 1])
    monkeypatch.setattr(equality, "compared", lambda *_: (1, None, []))
    monkeypatch.setattr(Normal, "is_zero", True)
    found = equal(first, second)
    assert not found and found.verdict == "undecided" and "the first network at output 1 has the value" in found.reason


def test_equal_and_a_difference_that_is_none(monkeypatch):
    """A point that is said to refute, and does not, is no refutation."""
    first, second = folded(1), folded(1)
    monkeypatch.setattr(equality, "analysed", unfinished)
    monkeypatch.setattr(equality, "compared", lambda *_: (1, ((mpq(1), mpq(2)), 0), []))
    found = equal(first, second)
    assert found.verdict == "undecided"
    assert "found to differ, but at (1, 2) the first network has the value 3" in found.reason


def wrong_haar(n=1):
    """Return a network that is off by 2^-60 everywhere."""
    return with_bias(build(HAAR, n).flatten(), mpq(1, 2**60))


def haar(n):
    """Return V^n g of the problem haar as a function of a point, by the cascade."""
    return lambda point: (cascade(HAAR, n, *point),)


def test_enumeration_and_forms_that_are_not_compared(monkeypatch):
    """A bisection whose forms are not looked at certifies nothing wrong."""
    monkeypatch.setattr(enumeration, "values_match", lambda piece, form: True)
    found = certify(HAAR, 1, wrong_haar(), jobs=1)
    assert (found.verdict, bool(found)) == ("undecided", False) and found.reason == str(found.contradiction)
    check_contradiction(found.contradiction, wrong_haar(), haar(1))


def test_enumeration_of_summands_that_are_not_added_up(monkeypatch):
    """What is said of summands is evaluated as well, and a kink of their sum that is none refutes nothing."""
    problem = load_problem("zero")
    network = network_of(lambda b, x, y: b.relu(x - y) + b.relu(x + y) - 1)
    assert len(prepared(network)) > 1
    with monkeypatch.context() as patched:
        for compare in ("compare_sum", "compare_whole"):
            patched.setattr(enumeration, compare, lambda task, bisections, targets: (1, None, ()))
        check_contradiction(certify(problem, 1, network, jobs=1).contradiction, network, lambda point: (0,))
    monkeypatch.setattr(summands.Ledger, "kink", lambda self: ((mpq(1, 3), mpq(1, 4)), (1, 0)))
    task = Task(problem, 1, build(problem, 1).flatten())
    targets = enumeration.targets_on(task, ((0, 1), (0, 1)))
    with pytest.raises(Contradiction, match="a kink, but at \\(1/3, 1/4\\) the network has the value 0, V\\^1 g has"):
        enumeration.compare_sum(task, prepared(task.network), targets)


def test_enumeration_and_a_difference_that_is_none(monkeypatch):
    """A point of a shard that refutes nothing is a contradiction."""
    point = (mpq(1, 3), mpq(1, 4))
    monkeypatch.setattr(enumeration, "compare_block", lambda task, bisections, block: Outcome(block, 1, point))
    found = certify(HAAR, 1, jobs=1)
    assert found.contradiction.point == ("1/3", "1/4") and len({value for _, value in found.contradiction.values}) == 1


def test_kept_shards_that_say_something_wrong(monkeypatch, tmp_path):
    """A folder with records of another network, digests and all, certifies nothing wrong, even if none is redone."""
    monkeypatch.setattr(enumeration, "check_share", lambda *_: None)
    network = wrong_haar()
    task = Task(HAAR, 1, network)
    state = State(tmp_path)
    for block in shards(HAAR, 1):
        state.shelf(task).keep(Outcome(block, 5, None, ((mpq(1, 2), mpq(1, 3)),)))
    found = certify(HAAR, 1, network, jobs=1, state=state)
    check_contradiction(found.contradiction, network, haar(1))
    assert "2" not in found.contradiction.point


def test_samples_are_inside_pieces_and_kept():
    """Each block hands out points inside its cells; records keep them, and are refused if they are none."""
    task = Task(HAAR, 2, build(HAAR, 2).flatten())
    for block in shards(HAAR, 2):
        outcome = compare_block(task, prepared(task.network), block)
        assert 1 <= len(outcome.samples) <= opinion.SAMPLES
        assert outcome == compare_block(task, prepared(task.network), block)
        if block != OUTSIDE:
            for point in outcome.samples:
                assert all(low < 4 * t < high for t, (low, high) in zip(point, block, strict=True))
        identity = digest(task_text(task))
        kept = record(identity, outcome)
        assert outcome_of(kept, identity, task, block) == outcome
        for samples in (None, [["1", "0", "0"]], [["1"]], ["1"], [[0.5, 1]], [["x", "1"]]):
            content = {key: entry for key, entry in kept.items() if key != "digest"} | {"samples": samples}
            content["digest"] = digest(json.dumps(content))
            assert outcome_of(content, identity, task, block) is None


def test_an_induction_that_proves_too_much(monkeypatch):
    """A proof without facts is no certificate: the network is evaluated, block by block, and V^n g, too."""
    right = build(HAAR, 3)
    network = Chain([*right.blocks[:-1], with_bias(right.blocks[-1], mpq(1, 2**50))], right.names)
    proof = Proof("It is so.", (Paragraph("network", "It is right.", "it was built by us"),), "QED")
    monkeypatch.setattr(induction.one_pass_family, "prove_member", lambda problem, n, ways, progress: proof)
    found = certify(HAAR, 3, network, method="induction")
    assert found.verdict == "undecided" and found.proof is None
    check_contradiction(found.contradiction, network, haar(3))
    assert certify(HAAR, 3, right, method="induction").verdict == "certified"


@pytest.mark.parametrize("wrong", [1, 2, 7])
def test_a_family_that_is_wrong_for_one_n(monkeypatch, wrong):
    """A proof for all n is confirmed at n = 1, 2 and 7."""
    monkeypatch.setattr(induction.one_pass_family, "prove_members", lambda *_: (Proof("", (), ""), None))
    with pytest.raises(Contradiction, match=f"equal V\\^{wrong} g"):
        certify_all(HAAR, lambda n: wrong_haar(n) if n == wrong else build(HAAR, n))
    monkeypatch.setattr(induction, "certify_all", lambda problem, build, *_: certify_all(problem, wrong_haar))
    found = certify(HAAR, "all")
    assert found.verdict == "undecided"
    check_contradiction(found.contradiction, wrong_haar(), haar(1))


def test_a_refutation_by_an_induction_is_confirmed(monkeypatch):
    """The value of V^n g at a counterexample, found by the cascade, is that of the direct sum."""
    network = with_wide_gates(HAAR, 2)
    monkeypatch.setattr(refutation, "cascade", lambda problem, n, x, y: mpq(7))

    def unproved(problem, n, ways, progress):
        raise Unproved("B_1", "it is broken")

    monkeypatch.setattr(induction.one_pass_family, "prove_member", unproved)
    found = certify(HAAR, 2, network, method="induction")
    assert found.verdict == "undecided"
    names = [name for name, _ in found.contradiction.values]
    assert names == ["V^2 g by the cascade", "V^2 g by the direct sum"] and found.contradiction.values[0][1] == "7"


def test_the_command_line(monkeypatch, capsys, tmp_path):
    """Exit code 3, nothing on stdout, one line with point and values on stderr; an object with them as JSON."""
    write_network(tmp_path / "wrong.json", wrong_haar())
    write_network(tmp_path / "right.json", build(HAAR, 1))
    monkeypatch.setattr(enumeration, "compare_block", lambda task, bisections, block: Outcome(block, 1, None))
    monkeypatch.setattr(equality, "analysed", unfinished)
    monkeypatch.setattr(equality, "compared", lambda *_: (1, None, []))
    for words in (
        ("certify", "haar", "-n", 1, "--network", tmp_path / "wrong.json", "--jobs", 1, "--output", tmp_path / "c"),
        ("equal", tmp_path / "wrong.json", tmp_path / "right.json"),
    ):
        code, out, err = run(capsys, *words)
        assert (code, out) == (3, "") and err.count("\n") == 1 and "internal contradiction" in err
        code, out, err = run(capsys, *words, "--json")
        assert (code, json.loads(out)["verdict"]) == (3, "undecided")
        found = json.loads(out)["contradiction"]
        assert all(shown in err for shown in (found["claim"], *found["values"].values(), *found["point"]))
    assert not (tmp_path / "c").exists()


def evaluated(monkeypatch, spent, cost, **options):
    """Return at how many points functions are evaluated after a run of ``spent`` seconds if each takes ``cost``."""
    clock = [1000.0]
    monkeypatch.setattr(opinion, "monotonic", lambda: clock[0])

    def evaluate(point):
        clock[0] += cost / 2
        return point

    points = chosen_points("", [], HAAR.window, 1)
    return confirm("", Side("one", evaluate), Side("other", evaluate), points, clock[0] - spent, **options)


def test_the_number_of_points(monkeypatch):
    """A tenth of the time of the run, but three points at least and a thousand at most."""
    assert evaluated(monkeypatch, 100, 1) == 10
    assert evaluated(monkeypatch, 100, 1, share=50) == LEAST == 3
    assert evaluated(monkeypatch, 0, 1) == LEAST
    assert evaluated(monkeypatch, 10**6, 1) == MOST


def test_the_points():
    """Samples first and by turns, then far points, corners of cells, and others; the same ones for the same seed."""
    samples = [(mpq(k, 7), mpq(1, 3)) for k in range(5)]
    points = list(islice(chosen_points("seed", samples, ((0, 3), (-1, 2)), 4), 400))
    assert points == list(islice(chosen_points("seed", samples, ((0, 3), (-1, 2)), 4), 400))
    assert points != list(islice(chosen_points("other", samples, ((0, 3), (-1, 2)), 4), 400))
    assert sorted(points[0:10:2]) == samples
    far, corners = [points[1], *points[7:10:6]], [points[3]]
    assert max(map(abs, (points[1][0], points[1][1]))) >= 1
    assert all((16 * t).denominator == 1 for point in corners for t in point) and far
    assert max(abs(t) for point in points for t in point) > 2**60
    inside = [point for point in points[10:] if 0 < point[0] < 3 and -1 < point[1] < 2]
    assert len(inside) > 100 and len({point[0].denominator for point in inside}) > 5


def test_a_reservoir_takes_from_all():
    """Each of many entries is taken by some of many seeds, and a reservoir is never larger than its size."""
    taken = set()
    for seed in range(200):
        chosen = Reservoir(seed, 8)
        for entry in range(100):
            chosen.offer(entry)
        assert len(chosen.entries) == len(set(chosen.entries)) == 8
        taken.update(chosen.entries)
    assert taken == set(range(100))


def test_a_window_around_points():
    """A window holds the points with a margin; around no point there is one, too."""
    assert window_of([(mpq(1, 2), mpq(-7, 2)), (mpq(3), mpq(0))]) == ((-1, 4), (-5, 1))
    assert window_of([]) == ((-1, 1), (-1, 1))


def test_fingerprints():
    """Equal networks have one, flat or not; a weight that is changed is seen."""
    one, again = build(HAAR, 2), build(HAAR, 2)
    assert fingerprint(one) == fingerprint(again) and fingerprint(one.flatten()) == fingerprint(again.flatten())
    assert fingerprint(one.flatten()) != fingerprint(with_bias(one.flatten(), 0))
    assert fingerprint(build(HAAR, 3)) != fingerprint(one)
