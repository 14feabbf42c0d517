"""What is announced as a certificate is one: the checker has gone through it before it is written."""

import gc
import json
from random import Random

import pytest
import second_checker
from command import answer, refusal, run
from folders import CASES, CERTIFICATES_1, TESTS
from format_2 import checked, enumerated
from networks import degenerate
from twins import almost_right, is_zero

from exactrelu import check, checker, checker1, write_certificate
from exactrelu.certification import families, methods
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.formats import write_network
from exactrelu.network import Affine, Network, Relu
from exactrelu.scheme import load_problem

INPUTS = CASES / "checker-disagrees"


@pytest.mark.parametrize("words", [
    [INPUTS / "problem.json", "-n", 1, "--network", INPUTS / "net96.json"],
    [INPUTS / "problem.json", "-n", 1, "--network", INPUTS / "net888.json"],
    ["a_n_witness", "-n", 2, "--network", INPUTS / "induction_net_20393.json"],
], ids=["net96", "net888", "induction_net_20393"])
def test_networks_whose_certificates_were_invalid(capsys, tmp_path, words):
    """A network with a node twice, one with units that cancel, and one whose rows shrink: certified, and valid."""
    path = tmp_path / "c.json"
    code, data = answer(capsys, "certify", *words, "--output", path)
    assert (code, data["verdict"]) == (0, "certified")
    assert (data["certificate"], data["certificate_checked"]) == (str(path), True)
    assert run(capsys, "check", path)[0] == 0


def test_a_network_that_no_construction_makes(capsys, tmp_path):
    """It is proved by induction, but is none of a family that a certificate could name: exit code 3, and no file."""
    words = ("a_n_witness", "-n", 2, "--network", INPUTS / "induction_net_20393.json", "--method", "induction")
    code, out, err = run(capsys, "certify", *words, "--output", tmp_path / "c.json")
    assert code == 3 and "certified" in out and "the network is not the one of compact for n = 2" in err
    assert err.count("\n") == 1 and list(tmp_path.iterdir()) == []


def test_random_networks(tmp_path):
    """Networks that are right in a disguise, with nodes twice and units that cancel: certified is certified."""
    path, certified = tmp_path / "c.json", 0
    for seed in range(100):
        problem, network = almost_right(Random(f"announced {seed}"))
        verdict = methods.certify(problem, 0, network, jobs=1)
        write_certificate(path, verdict, jobs=1)
        assert checker.check_file(path)[::2] == (True, None)
        certified += bool(verdict)
    assert certified > 50


@pytest.mark.exhaustive
@pytest.mark.parametrize("block", range(10))
def test_random_networks_by_the_thousand(tmp_path, block):
    """Thousands of others, some of them by the second checker, too."""
    path = tmp_path / "c.json"
    for seed in range(1000 + 300 * block, 1300 + 300 * block):
        problem, network = almost_right(Random(f"announced {seed}"))
        write_certificate(path, methods.certify(problem, 0, network, jobs=1), jobs=1)
        assert checker.check_file(path)[::2] == (True, None)
        if seed % 10 == 0:
            assert second_checker.check(path.read_bytes()) == 0


def twice(network):
    """Return a flat network plus (3 (x − 1)₊ + y − 1)₊ minus the same, made of other nodes."""
    nodes, ends = list(network.nodes), [(network.outputs[0], 1)]
    for sign in (1, -1):
        start = 2 + len(nodes)
        nodes += [Affine(((0, 1),), -1), Relu(start), Affine(((start + 1, 3), (1, 1)), -1), Relu(start + 2)]
        ends.append((start + 3, sign))
    return Network(2, [*nodes, Affine(tuple(ends), 0)], [2 + len(nodes)])


def test_cuts_that_no_tree_has():
    """Two units with equal inputs made of different nodes, and the quadrants as leaves: both checkers see it."""
    problem = load_problem("zero")
    certificate = enumerated(problem, 0, twice(Network(2, [Affine((), 0)], [2])))
    assert checked(certificate).valid and second_checker.check(json.dumps(certificate).encode()) == 0
    certificate = enumerated(problem, 0, twice(Network(2, [Affine((), mpq(1, 2**60))], [2])))
    assert checked(certificate).valid is False and second_checker.check(json.dumps(certificate).encode()) == 1


def test_cuts_along_units_of_both_coordinates():
    """Of any small network the checker finds without a tree whether it is zero, and with one of zero that it is."""
    answers = set()
    for seed in range(60):
        random = Random(f"settled {seed}")
        network = degenerate(random, random.randint(2, 14))
        for each in (network, minus_itself(network)):
            valid = checked(enumerated(load_problem("zero"), 0, each)).valid
            assert valid is is_zero(each)
            answers.add(valid)
    assert answers == {True, False}


def minus_itself(network):
    """Return a flat network minus a copy of it that is made of other nodes."""
    shift = len(network.nodes)
    moved = {k: k if k < 2 else k + shift for k in range(2 + shift)}
    copies = [
        Relu(moved[node.of]) if type(node) is Relu else Affine(tuple((moved[k], w) for k, w in node.terms), node.bias)
        for node in network.nodes
    ]
    (output,) = network.outputs
    return Network(2, [*network.nodes, *copies, Affine(((output, 1), (moved[output], -1)), 0)], [2 + 2 * shift])


def test_too_many_cuts(monkeypatch, capsys, tmp_path):
    """A leaf that takes the checker too many cuts is given up with one line; the verdict stands."""
    monkeypatch.setattr(checker, "MAX_CUTS", 0)
    monkeypatch.setattr(methods, "split_tree", lambda problem, n, *_: methods.cell_tree(problem, n))
    code, out, err = run(capsys, "certify", "courant", "-n", 0, "--output", tmp_path / "c.json")
    assert code == 3 and "certified" in out and "it would have to be cut more than 0 times" in err
    assert err.count("\n") == 1 and list(tmp_path.iterdir()) == []


def test_an_interrupt_during_the_check(monkeypatch, capsys, tmp_path):
    """The verdict stands, the exit code is 3, and there is no file."""
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(checker.Certificate, "check", stopped)
    path = tmp_path / "c.json"
    code, out, err = run(capsys, "certify", "zero", "-n", 1, "--output", path)
    assert code == 3 and "certified" in out and err.endswith(f"{path}: not written: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def wrong_evidence(monkeypatch):
    """Make the producer say that the seams are wider than they are."""
    made = families.family_data

    def wrong(*found):
        family, evidence = made(*found)
        return family, evidence | {"width": "1/3"}

    monkeypatch.setattr(families, "family_data", wrong)


def test_evidence_that_the_checker_does_not_accept(monkeypatch, capsys, tmp_path):
    """The verdict stands, on stdout; the complaint is on stderr, the exit code 3, and there is no file."""
    wrong_evidence(monkeypatch)
    path = tmp_path / "c.json"
    words = ("certify", "haar", "-n", 2, "--method", "induction", "--output", path)
    code, out, err = run(capsys, *words)
    assert code == 3 and "certified" in out and "certificate" not in out
    assert err.count("\n") == 1 and "but no certificate: the checker is not convinced" in err
    code, out, err = run(capsys, *words, "--json")
    data = json.loads(out)
    assert (code, data["verdict"]) == (3, "certified") and data["certificate"] is data["certificate_checked"] is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UndecidedError, match="no certificate"):
        write_certificate(path, methods.certify("haar", 2, method="induction"))
    assert list(tmp_path.iterdir()) == []


def test_refutations_are_checked(monkeypatch, capsys, tmp_path):
    """A refutation, too, is written only if the checker finds that both values differ."""
    path = tmp_path / "c.json"
    write_network(tmp_path / "net.json", methods.build("haar", 1))
    words = ("certify", "haar", "-n", 2, "--network", tmp_path / "net.json", "--jobs", 1, "--output", path)
    code, data = answer(capsys, *words)
    assert (code, data["verdict"], data["certificate_checked"]) == (1, "refuted", True)
    path.unlink()
    point = [checker.number(entry, "point") for entry in data["counterexample"]["point"]]
    same = checker.number(data["counterexample"]["network"], "value")
    asked = []
    monkeypatch.setattr(checker, "iterate_value", lambda problem, n, place: asked.append(place) or same)
    code, out, err = run(capsys, *words)
    assert code == 3 and "refuted" in out and "(there the statement holds)" in err and not path.exists()
    assert list(map(list, asked)) == [point]


def test_no_check(monkeypatch, capsys, tmp_path):
    """With --no-check the file is written as it is, and the answer says that it was not checked."""
    wrong_evidence(monkeypatch)
    path = tmp_path / "c.json"
    words = ("certify", "haar", "-n", 2, "--method", "induction", "--output", path, "--no-check")
    code, out, _ = run(capsys, *words)
    assert code == 0 and f"{path}, not checked (--no-check)" in out
    code, data = answer(capsys, *words)
    assert (code, data["certificate"], data["certificate_checked"]) == (0, str(path), False)
    assert checker.check_file(path).valid is False
    assert "--no-check belongs to --output" in refusal(capsys, "certify", "haar", "-n", 1, "--no-check")


def test_progress_of_the_check(tmp_path):
    """It is told of the tree, and then, from 0 on, of the entries that are checked."""
    told = []
    write_certificate(
        tmp_path / "c.json", methods.certify("zero", 1), jobs=1, progress=lambda *numbers: told.append(numbers)
    )
    entries = len(json.loads((tmp_path / "c.json").read_text())["evidence"]["tree"])
    assert [total for _, total in told[-entries:]] == [entries] * entries
    assert [done for done, _ in told[-entries:]] == list(range(entries)) and told[-entries - 1][0] > 0


@pytest.mark.parametrize(("reader", "corpus", "invalid"), [
    (checker1, CERTIFICATES_1, "wrong_bias"), (checker, TESTS / "certificates", "not_equal"),
])
def test_the_garbage_collector_is_put_back(reader, corpus, invalid):
    """It rests during a check, and is as it was afterwards."""
    valid = sorted((corpus / "valid").glob("e*.json"))[0]
    for path in (valid, corpus / "invalid" / f"{invalid}.json", corpus / "none.json"):
        assert gc.isenabled()
        reader.check_file(path)
        assert gc.isenabled()
    gc.disable()
    try:
        reader.check_file(valid)
        assert not gc.isenabled()
    finally:
        gc.enable()


INDUCTIONS = (
    ("haar", "one-pass", 2), ("a_n_witness", "one-pass", 2), ("haar_growing", "one-pass", 2), ("haar", "compact", 2),
    ("a_n_witness", "compact", 2), ("haar_growing", "compact", 2), ("difference", "compact", 2), ("haar", "paper", 1),
)


def reweighted(random, network):
    """Return the flat network with some weights or biases of one node times a factor, its marks kept."""
    nodes, factor = list(network.nodes), random.choice((mpq(2), mpq(1, 2), mpq(3, 2), mpq(9, 10), mpq(11, 10)))
    k = random.choice([k for k, node in enumerate(nodes) if type(node) is Affine and node.terms])
    (terms, bias), chosen = nodes[k], random.randrange(len(nodes[k].terms))
    if random.random() < 0.5:
        terms = tuple((j, w * factor if place == chosen else w) for place, (j, w) in enumerate(terms))
    nodes[k] = Affine(terms, bias if random.random() < 0.5 else bias * factor)
    return Network(2, nodes, network.outputs, network.marks)


def inductions(tmp_path, seeds):
    """Check the certificates of those networks, most of them wrong, that are proved; return their number.

    There is none of those of compact and paper that are not the ones that these make.
    """
    path, count = tmp_path / "c.json", 0
    for seed in seeds:
        random = Random(f"induction {seed}")
        name, construction, n = random.choice(INDUCTIONS)
        network = reweighted(random, methods.build(name, n, construction).flatten())
        verdict = methods.certify(name, n, network, method="induction")
        if verdict:
            try:
                write_certificate(path, verdict)
            except UndecidedError as failure:
                assert construction != "one-pass" and f"the network is not the one of {construction}" in str(failure)
                assert not path.exists()
            else:
                assert check(path)
                path.unlink()
            count += 1
    return count


def test_random_inductions(tmp_path):
    """Networks with other gates than ours that are proved have valid certificates, or none."""
    assert inductions(tmp_path, range(25)) > 2


@pytest.mark.exhaustive
@pytest.mark.parametrize("block", range(5))
def test_random_inductions_by_the_thousand(tmp_path, block):
    """A thousand others."""
    assert inductions(tmp_path, range(1000 + 200 * block, 1200 + 200 * block)) > 10
