"""Networks and certificates made to fool a proof: each leaves out, or fakes, one thing that the argument needs."""

import pytest
from test_induction_atoms import refused

from exactrelu.certify.induction import certify
from exactrelu.certify.induction.evidence import induction_evidence
from exactrelu.construction import compact, one_pass
from exactrelu.network import Builder, Chain, Network, Sum
from exactrelu.problem import load_problem


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
        assert refused(problem, n, form, "a value of one coordinate reads 1 other inputs").verdict == "refuted"


def test_marks_with_leading_zeros():
    """Names that differ from those of the construction in leading zeros only are no names of it."""
    problem = load_problem("bilinear")
    flat = one_pass.build(problem, 1).flatten()
    assert certify(problem, 1, flat).verdict == "certified"
    assert len(induction_evidence(problem, 1, flat).cascades) == 3
    for old, new in (("0/", "00/"), ("0/1/", "0/01/"), ("/s0/", "/s00/"), ("/1,0,", "/01,0,")):
        marks = {mark.replace(old, new, 1): node for mark, node in flat.marks.items()}
        assert certify(problem, 1, Network(2, flat.nodes, flat.outputs, marks)).verdict == "undecided"
