"""Evidence by induction for sums of atoms: certificates of networks of the constructions compact and paper."""

import json
from dataclasses import replace

import pytest
from json_schema import conforms

from exactrelu import checker1
from exactrelu.certification.certificate import certificate_text, write_certificate
from exactrelu.certification.induction import certify
from exactrelu.certification.induction.atom_evidence import named
from exactrelu.certification.induction.atom_evidence import atom_evidence
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.formats import read_network, write_network
from exactrelu.network import Affine, Builder, Chain, Network, constant
from exactrelu.scheme import Seed, builtin_problems, load_problem

ATOMS = ("compact", "paper")


def evidence_of(problem, n, network):
    """Return the evidence by induction of a network that is proved."""
    found = certify(problem, n, network)
    assert found.reason is None
    return atom_evidence(network, found.proof.examined)


def built(name, construction, n):
    """Return (problem, n, network) for a built-in problem."""
    problem = load_problem(name)
    return problem, n, CONSTRUCTIONS[construction](problem, n)


def is_accepted(tmp_path, problem, n, network):
    """Return whether the checker accepts the certificate of a network; it has to be able to read it."""
    path = tmp_path / "certificate.json.gz"
    write_certificate(path, problem, n, network, evidence_of(problem, n, network))
    answer = checker1.check_file(path)
    assert answer.valid is not None, answer.reason
    return answer.valid


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    "name", ["bilinear", "difference", "needle", "zero", "single_c21", "haar_growing", "quincunx_haar"]
)
def test_compact(tmp_path, name, n):
    """Masks and seeds of all kinds: signs, rows that grow, atoms of several forms, the zero seed."""
    assert is_accepted(tmp_path, *built(name, "compact", n))


@pytest.mark.parametrize(
    ("name", "n"), [("bilinear", 1), ("needle", 2), ("difference", 4), ("haar_growing", 3), ("zero", 1)]
)
def test_paper(tmp_path, name, n):
    """The construction of the paper: a cascade for each patch, nested gates, with constants of their own."""
    assert is_accepted(tmp_path, *built(name, "paper", n))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
@pytest.mark.parametrize("n", [1, 3, 40])
def test_all_problems_with_compact(tmp_path, name, n):
    """Every built-in problem, with few stages and with many."""
    assert is_accepted(tmp_path, *built(name, "compact", n))


@pytest.mark.parametrize(("name", "n"), [("shifted", 2), ("stretched", 1)])
def test_windows_anywhere(tmp_path, name, n):
    """Cells are counted as the mask's indices are, not from the corner of the window; it may be long and narrow."""
    problem, _, network = built(name, "compact", n)
    assert problem.normalized()[1] != (0, 0) or len({high - low for low, high in problem.window}) == 2
    assert is_accepted(tmp_path, problem, n, network)


def test_a_hundred_stages(tmp_path):
    """n = 100: the strips of bad orbits are 2^-100 thin, and equal stages are checked once."""
    for construction in ATOMS:
        assert is_accepted(tmp_path, *built("haar_growing", construction, 100))


@pytest.mark.parametrize("construction", ATOMS)
@pytest.mark.parametrize(("name", "n"), [("bilinear", 1), ("difference", 3), ("zero", 2)])
def test_flat_networks_have_the_same_certificate(tmp_path, construction, name, n):
    """A network read from a file gives the same certificate as the chains it was written from, as the schema has it."""
    problem, _, network = built(name, construction, n)
    write_network(tmp_path / "network.json.gz", network)
    flat = read_network(tmp_path / "network.json.gz")
    texts = ["".join(certificate_text(problem, n, net, evidence_of(problem, n, net))) for net in (network, flat)]
    assert texts[0] == texts[1]
    assert conforms(json.loads(texts[0]), "certificate")


def test_evidence_of_compact():
    """compact: one line for each coordinate, split states, cells and origins in the coordinates of the user."""
    for term in evidence_of(*built("shifted", "compact", 3)).terms:
        assert term.lines == ((0, -2, 4), (1, -1, 3))
        assert [len(nodes) for nodes in (term.transport, term.controllers, term.selectors)] == [4, 2, 3]
        (cascade,) = term.cascades
        assert cascade.lines == (0, 1) and {sign for _, _, sign in cascade.states} <= {1, -1}
        assert {(i, j) for i, j, _ in term.patches} <= {(i, j) for i, j, _ in cascade.states}


def test_evidence_of_paper():
    """paper: a line for each column and each row of patches, a cascade for each patch, signed states."""
    (term, *_) = evidence_of(*built("bilinear", "paper", 2)).terms
    assert term.lines == ((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1))
    assert [cascade.lines for cascade in term.cascades] == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert {state[2] for cascade in term.cascades for state in cascade.states} == {0}
    assert [patch[:2] for patch in term.patches] == [(0, 0)]


def test_no_evidence_for_states_that_change():
    """There is no place for states that are there after some stages only, be it that they are zero."""
    problem, _, network = built("haar", "compact", 3)
    flat = network.flatten()
    nodes = [*flat.nodes, Affine((), mpq(0))]
    marks = flat.marks | {"0/6/phi/0,0,-": flat.inputs + len(flat.nodes)}
    assert "0/5/phi/0,0,-" not in marks
    with pytest.raises(InputError, match="states change"):
        evidence_of(problem, 3, Network(flat.inputs, nodes, flat.outputs, marks))


def without_atom():
    """Return (problem, blocks, names) of the network of haar for n = 2 with the readout 0: the seed is zero as well."""
    problem = load_problem("haar")
    (chain,) = CONSTRUCTIONS["compact"](problem, 2).terms
    b = Builder(6)
    readout = b.network([constant(0), constant(0), *(b.relu(t) for t in b.inputs[4:])])
    problem = replace(problem, seed=Seed(problem.seed.vertices, problem.seed.simplices, (0,) * 7))
    return problem, [*chain.blocks[:3], readout, *chain.blocks[4:]], list(chain.names)


def test_a_term_that_is_zero(tmp_path):
    """An atom that is zero has no margin to its support; the width that is written is smaller than 1/2 all the same."""
    problem, blocks, names = without_atom()
    chain = Chain(blocks, names)
    (term,) = evidence_of(problem, 2, chain).terms
    assert term.width == mpq(7, 16)
    assert is_accepted(tmp_path, problem, 2, chain)


def test_two_values_of_a_block_that_are_one_node():
    """A node is named once in a sum, with the sum of its weights."""
    assert named({0: mpq(1), 1: mpq(1, 2), 2: mpq(3)}, (7, 5, 7)) == ((5, mpq(1, 2)), (7, mpq(4)))
