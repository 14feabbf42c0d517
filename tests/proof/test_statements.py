"""Certificates of equal and bound: written by the producer, valid by the checker, on every kind of domain."""

import json
from fractions import Fraction
from random import Random

import pytest

from exactrelu import (
    Affine, InputError, Network, Relu, Slice, UndecidedError, bound, check, checker, equal, write_bound,
    write_equality,
)
from exactrelu.certification import statements
from exactrelu.certification.trees import SplitTree
from exactrelu.cli import main
from exactrelu.network.files import write_json_network

SUM, MINUS = Affine(((0, 1), (1, 1)), 0), Affine(((2, -1),), 0)

ABS = Network(2, [SUM, Relu(2), MINUS, Relu(4), Affine(((3, 1), (5, 1)), 0)], [6])
"""|x + y|."""

UNIT = Network(2, [SUM, Relu(2)], [3])
"""max(0, x + y)."""

WHERE = [
    {}, {"box": [(-1, 2), (0, 1)]}, {"box": [(0, 2), (0, 1)]}, {"box": [(1, 1), (-2, 1)]}, {"box": [(1, 1), (0, 0)]},
    {"on": Slice.line((0, 0), (1, 2))}, {"on": Slice.line((1, 0), (0, Fraction(1, 2))), "box": [(-2, 1)]},
    {"on": Slice.plane((1, 1), (0, 1), (3, 0))}, {"on": Slice.plane((0, 0), (0, 1), (3, 0)), "box": [(0, 1), (0, 2)]},
    {"on": Slice.fixed(2, {1: 3})}, {"on": Slice.fixed(2, {0: 1, 1: 3})},
]


@pytest.mark.parametrize("where", WHERE, ids=str)
@pytest.mark.parametrize("within", [None, 2])
def test_equality(tmp_path, where, within):
    """Whether two networks are equal there or not, near or not: the certificate says so, and the checker agrees."""
    path = tmp_path / "e.json.gz"
    for other in (ABS, UNIT):
        found = equal(ABS, other, jobs=1, within=within, **where)
        write_equality(path, ABS, other, found, within=within, **where)
        answer = check(path)
        assert answer and ("it is wrong that" in answer.statement) == (found.verdict == "refuted")


@pytest.mark.parametrize("where", WHERE, ids=str)
def test_bound(tmp_path, where):
    """The least and the largest value of each output, as far as there are such, and where."""
    path = tmp_path / "b.json"
    network = Network(2, [*UNIT.nodes, Affine(((3, -1), (0, 1)), 1)], [3, 4])
    found = bound(network, jobs=1, **where)
    write_bound(path, network, found, **where)
    assert check(path)
    bounds = json.loads(path.read_text())["statement"]["bounds"]
    for each, ends in zip(found.outputs, bounds, strict=True):
        assert [end and Fraction(end["value"]) for end in ends.values()] == [each.minimum, each.maximum]


def random_network(random):
    """Return a network with two inputs, with constant, dead, doubled and opposite units."""
    nodes = []
    for _ in range(5):
        size = 2 + len(nodes)
        terms = {random.randrange(size): random.choice((-2, -1, 1, 1, 2, Fraction(1, 3))) for _ in range(2)}
        nodes += [Affine(tuple(terms.items()), random.choice((-1, 0, 0, 1))), Relu(size)]
        nodes += [Affine(((size, -1),), 0), Relu(size + 2)] if random.random() < 0.5 else []
    last = len(nodes) + 1
    nodes.append(Affine(tuple((k, random.choice((-1, 1))) for k in {last, last - 2, 3}), 1))
    return Network(2, nodes, [last + 1])


@pytest.mark.parametrize("seed", range(12))
def test_random_networks(tmp_path, seed):
    """A network and a copy that computes the same otherwise are equal; one that is off by one unit is not."""
    random, path = Random(seed), tmp_path / "e.json"
    network = random_network(random)
    size = len(network.nodes) + 2
    last = network.outputs[0]
    more = [Relu(last), Affine(((last, -1),), 0), Relu(size + 1), Affine(((size, 1), (size + 2, -1)), 0)]
    copy = Network(2, [*network.nodes, *more], [size + 3])
    found = equal(network, copy, jobs=1)
    assert found
    write_equality(path, network, copy, found)
    assert check(path).valid
    near = Network(2, [*network.nodes, *more, Affine(((size + 3, 1), (size, Fraction(1, 10**9))), 0)], [size + 4])
    found = equal(network, near, jobs=1)
    write_equality(path, network, near, found)
    assert check(path).valid
    box = {"box": [(-2, 1), (-1, 3)]}
    write_bound(path, network, bound(network, jobs=1, **box), **box)
    assert check(path).valid


def test_a_tree_of_other_networks_is_no_evidence(tmp_path, monkeypatch):
    """What the checker does not believe is not written, and a wrong answer has no certificate."""
    path = tmp_path / "e.json"
    monkeypatch.setattr(checker, "MAX_CUTS", 0)
    monkeypatch.setattr(statements, "bisected", lambda network, parts: statements_tree(len(parts)))
    wavy = Network(2, [Relu(0), Affine(((0, 1),), -1), Relu(3), Affine(((2, 1), (4, -1)), 0)], [5])
    with pytest.raises(UndecidedError, match="the checker is not convinced"):
        write_bound(path, wavy, bound(wavy, jobs=1))
    assert not path.exists()
    write_bound(path, wavy, bound(wavy, jobs=1), check=False)
    assert not checker.check_file(path)
    truth = equal(UNIT, UNIT, jobs=1)
    with pytest.raises(UndecidedError, match="the checker is not convinced"):
        write_equality(path, ABS, UNIT, truth)


def statements_tree(size):
    """Return a tree of leaves alone."""
    return SplitTree((), (-1,) * size)


def test_nothing_to_certify(tmp_path):
    """What is undecided, and what has no bound, has no certificate."""
    undecided = equal(ABS, UNIT, jobs=1)._replace(verdict="undecided", counterexample=None)
    with pytest.raises(InputError, match="nothing was decided"):
        write_equality(tmp_path / "e.json", ABS, UNIT, undecided)
    line = Network(1, [], [0])
    with pytest.raises(InputError, match="no output has a bound"):
        write_bound(tmp_path / "b.json", line, bound(line, jobs=1))


def test_command_line(tmp_path, capsys):
    """equal and bound write certificates, and say where; check reads them."""
    names = [str(tmp_path / name) for name in ("a.json", "b.json", "e.json.gz")]
    for name, network in zip(names, (ABS, UNIT), strict=False):
        write_json_network(name, network)
    assert main(["equal", *names[:2], "--box", "0", "1", "0", "1", "--output", names[2], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["certificate"] == names[2]
    assert main(["check", names[2]]) == 0
    assert "equals the network" in capsys.readouterr().out
    assert main(["equal", *names[:2], "--output", names[2]]) == 1
    assert capsys.readouterr().out.endswith(f"certificate: {names[2]}\n")
    assert main(["bound", names[1], "--output", names[2]]) == 0
    assert main(["check", names[2]]) == 0
    assert "output 0 is at least 0" in capsys.readouterr().out
    assert main(["equal", *names[:2], "--output", str(tmp_path / "no" / "e.json")]) == 2
