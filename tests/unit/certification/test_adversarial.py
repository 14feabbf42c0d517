"""Networks and certificates made to fool a proof: each leaves out, or fakes, one thing that the argument needs."""

import pytest
from test_induction_atoms import refused

from exactrelu import checker1
from exactrelu.certification.induction import certify
from exactrelu.certification.induction.refutation import counterexample
from exactrelu.construction import compact, one_pass
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Chain, Network, Relu, Sum
from exactrelu.planar.univariate import univariate_nodes
from exactrelu.scheme import load_problem


def idle_transport():
    """Return a transport that carries the input on, but makes the controllers from it: they are 0 in the window."""
    b = Builder(6)
    *_, x, y = b.inputs
    return b.network([*(b.relu(t - k) for t in (x, y) for k in (8, 9)), b.relu(x), b.relu(y)])


@pytest.mark.parametrize("n", [2, 3])
def test_transports_that_ignore_the_controllers(n):
    """No transport reads the controllers, but the readout does: they are not E(r_n), and all atoms are 0."""
    problem = load_problem("bilinear")
    transport = idle_transport()
    network = Sum([
        Chain([chain.blocks[0], *[transport] * n, *chain.blocks[n + 1:]], chain.names)
        for chain in compact.build(problem, n).terms
    ])
    for form in (network, network.flatten()):
        assert refused(problem, n, form, "a value reads more than p, q").verdict == "refuted"


def test_marks_with_leading_zeros():
    """Names that differ from those of the construction in leading zeros only are no names of it."""
    problem = load_problem("bilinear")
    flat = one_pass.build(problem, 1).flatten()
    assert certify(problem, 1, flat).proof.examined.is_cut
    for old, new in (("0/", "00/"), ("0/1/", "0/01/"), ("/s0/", "/s00/"), ("/1,0,", "/01,0,")):
        marks = {mark.replace(old, new, 1): node for mark, node in flat.marks.items()}
        assert not certify(problem, 1, Network(2, flat.nodes, flat.outputs, marks)).proof.examined.is_cut


def test_a_readout_without_controllers():
    """The readout of an atom reads the controller of x alone, and no mark names that of y where it is read."""
    problem = load_problem("bilinear")
    flat = compact.build(problem, 1).flatten()
    nodes, marks = list(flat.nodes), dict(flat.marks)
    for mark, node in flat.marks.items():
        term, position, name = mark.split("/", 2)
        if name.startswith("H/"):
            nodes[node - 2] = Affine(((flat.marks[f"{term}/1/z/x/p"], mpq(1)),), mpq(-1, 2))
        if position == "1" and name.startswith("z/y/"):
            del marks[mark]
    refused(problem, 1, Network(2, nodes, flat.outputs, marks), "there is no controller for y")


def bomb(depth):
    """Return a flat network of tents of x, iterated: 2^depth kinks."""
    nodes, tent = [], 0
    for _ in range(depth):
        size = 2 + len(nodes)
        nodes += [Relu(tent), Affine(((tent, mpq(1)),), mpq(-1, 2)), Relu(size + 1)]
        nodes.append(Affine(((size, mpq(2)), (size + 2, mpq(-4))), mpq(0)))
        tent = size + 3
    return Network(2, nodes, [tent])


def test_functions_of_one_coordinate_with_exponentially_many_kinks():
    """A small network whose nodes of one coordinate do not fit into memory: nothing is decided, soon."""
    with pytest.raises(UndecidedError, match="more than 1000 kinks in all"):
        univariate_nodes(bomb(100), 1000)
    assert len(univariate_nodes(bomb(5), 1000)[2 + 4 * 5 - 1][1].knots) == 2**5 + 1


def test_nested_sums(monkeypatch):
    """A closing block of partial sums of all its units, n^2 summands in all: nothing is decided, soon."""
    problem = load_problem("bilinear")
    flat = one_pass.build(problem, 1).flatten()
    row = flat.marks["0/1/s0/p/0,0,+"]
    nodes, total = list(flat.nodes), flat.outputs[0]
    for k in range(50):
        size = 2 + len(nodes)
        nodes += [Affine(((row, mpq(1)),), mpq(k)), Relu(size), Affine(((total, mpq(1)), (size + 1, mpq(k))), mpq(0))]
        total = size + 2
    monkeypatch.setattr("exactrelu.proof.members.MAX_ENTRIES", 1000)
    refused(problem, 1, Network(2, nodes, [total], flat.marks), "summands in a block")


def test_the_checker_counts_sums_that_cancel(monkeypatch):
    """Sums of long combinations that cancel take time, though nothing is left of them: that is counted."""
    monkeypatch.setattr(checker1, "MAX_BITS", 1 << 26)
    found = checker1.Induction({(0, 0): mpq(1)}, checker1.Seed((), 1, 1), 1, None, [(0, 1), (0, 1)], mpq(1, 8))
    long = {key: mpq(1) for key in range(1000)}
    with pytest.raises(checker1.Malformed, match="more than"):
        for _ in range(1000):
            assert found.add([(1, long), (-1, long)], 0) == {}


def test_fewer_points_where_the_target_is_long(monkeypatch):
    """With many stages V^n g itself takes long to evaluate: then few points are tried for a refutation."""
    calls = []
    module = "exactrelu.certification.induction.refutation"
    monkeypatch.setattr(f"{module}.cascade", lambda *arguments: calls.append(1) or mpq(0))
    zero = Network(2, [Affine((), mpq(0))], [2])
    for n, count in ((1, 300), (100, 44), (10_000, 4)):
        calls.clear()
        assert counterexample(load_problem("dd4"), n, zero, None) is None
        assert len(calls) == count
