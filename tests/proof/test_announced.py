"""What is announced as a certificate is one: the checker has gone through it before it is written."""

import gc
import gzip
import json
from fractions import Fraction
from random import Random

import pytest
import second_checker
from command import answer, refusal, run
from folders import CASES, CERTIFICATES_1
from networks import degenerate
from twins import almost_right

from exactrelu import checker, checker1, write_certificate
from exactrelu.certification import checking, families, methods
from exactrelu.certification.certificate import certificate_text
from exactrelu.certification.checking import check_text
from exactrelu.certification.settling import evaluation_of, settled
from exactrelu.certification.splits import split_tree
from exactrelu.certification.trees import SplitTree, TreeRecorder
from exactrelu.cpwl.polygon import Polygon
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.formats import write_network
from exactrelu.network import Affine, Network, Relu
from exactrelu.planar import pool
from exactrelu.scheme import load_problem

INPUTS = CASES / "checker-disagrees"
CORPUS = CERTIFICATES_1


@pytest.mark.parametrize("words", [
    [INPUTS / "problem.json", "-n", 1, "--network", INPUTS / "net96.json"],
    [INPUTS / "problem.json", "-n", 1, "--network", INPUTS / "net888.json"],
    ["a_n_witness", "-n", 2, "--network", INPUTS / "induction_net_20393.json", "--method", "induction"],
], ids=["net96", "net888", "induction_net_20393"])
def test_networks_whose_certificates_were_invalid(capsys, tmp_path, words):
    """A network with a node twice, one with units that cancel, and one whose rows shrink: certified, and valid."""
    path = tmp_path / "c.json"
    code, data = answer(capsys, "certify", *words, "--output", path)
    assert (code, data["verdict"]) == (0, "certified")
    assert (data["certificate"], data["certificate_checked"]) == (str(path), True)
    assert run(capsys, "check", path)[0] == 0
    assert second_checker.judge(path) == "valid"


def test_random_networks(tmp_path):
    """Networks that are right in a disguise, with nodes twice and units that cancel: certified is certified."""
    path, certified = tmp_path / "c.json", 0
    for seed in range(100):
        problem, network = almost_right(Random(f"announced {seed}"))
        verdict = methods.certify(problem, 0, network, jobs=1)
        write_certificate(path, verdict, jobs=1)
        assert checker1.check_file(path)[::2] == (True, None)
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
        assert checker1.check_file(path)[::2] == (True, None)
        if seed % 10 == 0:
            assert second_checker.judge(path) == "valid"


def twice(network):
    """Return a flat network plus (3 (x − 1)₊ + y − 1)₊ minus the same, made of other nodes."""
    nodes, ends = list(network.nodes), [(network.outputs[0], 1)]
    for sign in (1, -1):
        start = 2 + len(nodes)
        nodes += [Affine(((0, 1),), -1), Relu(start), Affine(((start + 1, 3), (1, 1)), -1), Relu(start + 2)]
        ends.append((start + 3, sign))
    return Network(2, [*nodes, Affine(tuple(ends), 0)], [2 + len(nodes)])


def tree_of(network, tree=SplitTree((), (-1,))):
    """Return the `SplitTree` of the quadrants that is settled from the same tree for each of them."""
    evaluation, recorder = evaluation_of(network), TreeRecorder()
    for vertices in checker1.QUADRANTS:
        recorder.graft(settled(evaluation, Polygon.trusted(vertices), tree))
    return recorder.tree()


def answer_to(network, tree, **options):
    """Return the checker's answer to the claim that a network is the zero function."""
    return check_text("".join(certificate_text(load_problem("zero"), 0, network, tree)), **options)


def test_cuts_that_the_rules_need():
    """Two units with equal inputs made of different nodes: the rules need the kink at x = 1, and nothing else."""
    network = twice(Network(2, [Affine((), 0)], [2]))
    assert checker1.UNRESOLVED in answer_to(network, SplitTree((), (-1,) * 4)).reason
    tree = tree_of(network)
    assert tree == SplitTree(((1, 0, -1),), (-1, -1, 0, -1, -1, 0, -1, -1))
    assert answer_to(network, tree).valid
    given = SplitTree(((0, 1, -5), (0, 1, 5), (1, 0, -2)), (2, -1, -1))
    for vertices in checker1.QUADRANTS[2:]:
        found = settled(evaluation_of(network), Polygon.trusted(vertices), given)
        assert found == SplitTree(((1, 0, -2), (1, 0, -1)), (0, 1, -1, -1, -1))


def test_cuts_along_units_of_both_coordinates():
    """Kinks of sums of open units are cut at, one after the other, until each unit has a sign: any network settles."""
    for seed in range(60):
        random = Random(f"settled {seed}")
        network = degenerate(random, random.randint(2, 14))
        tree = tree_of(network)
        answer = answer_to(network, tree)
        assert answer.valid or "the network has the form" in answer.reason


def test_a_tree_that_the_rules_do_not_accept_is_settled(monkeypatch, tmp_path):
    """Where the cuts of the bisection are not enough for the rules, those that are missing are added."""
    problem, calls = load_problem("courant"), []
    network = twice(methods.build(problem, 0).flatten())

    def blind(problem, n, flat, jobs, progress, settle=False):
        calls.append(settle)
        return tree_of(flat) if settle else SplitTree((), (-1,) * 4)

    monkeypatch.setattr(methods, "split_tree", blind)
    verdict = methods.certify(problem, 0, network, jobs=1)
    write_certificate(tmp_path / "c.json", verdict, jobs=1)
    assert calls == [False, True] and checker1.check_file(tmp_path / "c.json").valid
    monkeypatch.undo()
    tree = split_tree(problem, 0, network, 1)
    settled_tree = split_tree(problem, 0, network, 1, settle=True)
    assert len(settled_tree.preorder) >= len(tree.preorder)
    assert check_text("".join(certificate_text(problem, 0, network, settled_tree))).valid


def test_too_many_cuts(monkeypatch):
    """A cell that takes too many cuts is given up with one line."""
    monkeypatch.setattr("exactrelu.certification.settling.MOST", 0)
    with pytest.raises(UndecidedError, match="there is no certificate"):
        tree_of(twice(Network(2, [Affine((), 0)], [2])))


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
    """A refutation, too, is written only if the checker finds both values."""
    path = tmp_path / "c.json"
    write_network(tmp_path / "net.json", methods.build("haar", 1))
    words = ("certify", "haar", "-n", 2, "--network", tmp_path / "net.json", "--jobs", 1, "--output", path)
    code, data = answer(capsys, *words)
    assert (code, data["verdict"], data["certificate_checked"]) == (1, "refuted", True)
    path.unlink()
    monkeypatch.setattr(checker1, "target_value", lambda *question: Fraction(7))
    code, out, err = run(capsys, *words)
    assert code == 3 and "refuted" in out and "the value of V^n g at the point is 7" in err and not path.exists()


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


FILES = sorted(path for kind in ("valid", "invalid") for path in (CORPUS / kind).glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_trees_in_parts(monkeypatch, path):
    """A tree that is checked in parts, of one entry or of several, gets the same answer as in one go."""
    text, whole = checker1.read_file(path).decode(), checker1.check_file(path)
    for entries in (1, 7):
        monkeypatch.setattr(checking, "ENTRIES", entries)
        told = []
        found = check_text(text, 1, lambda *numbers: told.append(numbers))
        assert found[:2] == whole[:2] and (found.reason is None) == (whole.reason is None)
        assert not told or not found.valid or told[-1][0] == told[-1][1] > 0


def test_several_processes(monkeypatch):
    """Two processes give the answer of one; what one of them finds to be invalid is said."""
    monkeypatch.setattr(pool, "ALONE", 0)
    monkeypatch.setattr(checking, "ENTRIES", 50)
    text = gzip.decompress((CORPUS / "valid" / "one_pass.json.gz").read_bytes()).decode()
    assert check_text(text, 2)[::2] == (True, None)
    certificate = json.loads(text)
    certificate["network"]["nodes"][-1]["bias"] = "1/1000"
    valid, _, reason = check_text(json.dumps(certificate), 2)
    assert valid is False and reason.startswith("tree entry")


def test_a_text_that_is_no_certificate():
    """What cannot be read, or lies beyond the limits, is no certificate."""
    assert check_text("{}").valid is None and check_text("[").valid is None


def test_the_garbage_collector_is_put_back():
    """It rests during a check, and is as it was afterwards."""
    for path in (CORPUS / "valid" / "example.json", CORPUS / "invalid" / "wrong_bias.json", CORPUS / "none.json"):
        assert gc.isenabled()
        checker1.check_file(path)
        assert gc.isenabled()
    gc.disable()
    try:
        checker1.check_file(CORPUS / "valid" / "example.json")
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
    """Check the certificates of those networks, most of them wrong, that are proved; return their number."""
    path, count = tmp_path / "c.json", 0
    for seed in seeds:
        random = Random(f"induction {seed}")
        name, construction, n = random.choice(INDUCTIONS)
        network = reweighted(random, methods.build(name, n, construction).flatten())
        verdict = methods.certify(name, n, network, method="induction")
        if verdict:
            write_certificate(path, verdict)
            assert checker1.check_file(path)[::2] == (True, None)
            count += 1
    return count


def test_random_inductions(tmp_path):
    """Networks with other gates than ours that are proved block by block have certificates, too."""
    assert inductions(tmp_path, range(25)) > 2


@pytest.mark.exhaustive
@pytest.mark.parametrize("block", range(5))
def test_random_inductions_by_the_thousand(tmp_path, block):
    """A thousand others."""
    assert inductions(tmp_path, range(1000 + 200 * block, 1200 + 200 * block)) > 10
