"""Certification by induction: what it proves, what it refutes, and what it leaves undecided."""

from random import Random

import pytest
from block_changes import HAIR, a_weight, blocks_of, with_block, with_weight, with_wide_gates
from random_problems import adversarial_points

from exactrelu.certification import methods
from exactrelu.certification.induction import certify, one_pass_family
from exactrelu.construction import one_pass
from exactrelu.construction.selector import digit_selectors
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.formats import read_network, write_network
from exactrelu.network import Affine, Builder, Chain, Network
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import builtin_problems, load_problem

SMALL = ("bilinear", "courant_anti", "haar_growing", "difference", "random_rational", "shifted", "nonconvex", "zero")


def verdict(name, n, network=None):
    """Return the verdict on a network for a built-in problem, by default on the one-pass network."""
    problem = load_problem(name)
    return certify(problem, n, one_pass.build(problem, n) if network is None else network)


@pytest.mark.parametrize("name", SMALL)
def test_one_pass_is_certified(name):
    """Masks and seeds of all kinds: the facts hold, with one stage, with two and with ten."""
    for n in (1, 2, 10):
        found = verdict(name, n)
        assert (found.verdict, found.reason) == ("certified", None)
        assert found.pieces == found.proof.pieces > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_one_pass_is_certified_for_every_problem(name):
    """Every built-in problem with a hundred stages."""
    assert verdict(name, 100).verdict == "certified"


def test_a_thousand_stages():
    """n = 1000: four different blocks, whatever n."""
    found = verdict("bilinear", 1000)
    assert found.verdict == "certified"
    assert "It is the network of this family for n = 1000" in found.proof.facts[0].statement


@pytest.mark.parametrize("name", ["bilinear", "difference"])
def test_a_file_is_cut_at_its_marks(name, tmp_path):
    """A network from a file is proved from its marks alone, also where values of an interface are one node."""
    problem = load_problem(name)
    path = str(tmp_path / "net.json.gz")
    write_network(path, one_pass.build(problem, 4))
    assert certify(problem, 4, read_network(path)).verdict == "certified"


def test_without_marks():
    """A network of the family is found to be one without marks; another one has no blocks then."""
    flat = one_pass.build(load_problem("bilinear"), 3).flatten()
    assert verdict("bilinear", 3, Network(flat.inputs, flat.nodes, flat.outputs)).verdict == "certified"
    flat = with_wide_gates(load_problem("bilinear"), 1).flatten()
    found = verdict("bilinear", 1, Network(flat.inputs, flat.nodes, flat.outputs))
    reason = "the network: it is not the one of the construction small for n = 1: a unit of the family is missing in it"
    assert (found.verdict, found.reason) == ("undecided", reason)


def test_a_network_that_is_not_of_the_family():
    """Gates with twice the bound are none of the family: nothing is decided, though the network is right."""
    problem = load_problem("haar_growing")
    network = with_wide_gates(problem, 3)
    found = certify(problem, 3, network)
    assert found.verdict == "undecided"
    points = adversarial_points(Random(1), problem, 3, 10)
    assert all(network.evaluate(point) == (direct_sum(problem, 3, *point),) for point in points)


def test_another_level_is_refuted():
    """The network for n = 2 is no network for n = 3, whose stages it does not have."""
    problem = load_problem("bilinear")
    found = certify(problem, 3, one_pass.build(problem, 2))
    assert found.verdict == "refuted" and "4 blocks in place of 5" in found.reason
    assert found.counterexample.target == direct_sum(problem, 3, *found.counterexample.point)


def test_a_stage_far_inside_is_examined():
    """A weight off by 2^-60 in stage 700 of 1000, on the way of the rows: refuted with a point."""
    problem = load_problem("haar_growing")
    chain = one_pass.build(problem, 1000)
    stage = chain.blocks[700]
    damaged = with_block(chain, 700, with_weight(stage, *a_weight(stage, 0), HAIR))
    found = certify(problem, 1000, damaged)
    assert found.verdict != "certified" and found.reason.startswith("block 700 (stage 700), class 0")
    if found.counterexample is not None:
        assert damaged.evaluate(found.counterexample.point) == (found.counterexample.network,)


@pytest.mark.parametrize("change", ["digit", "loop"])
def test_an_altered_controller_or_selector_is_named(change):
    """A hair in the selector or the controller of one stage: the stage is named."""
    chain = one_pass.build(load_problem("bilinear"), 20)
    names = chain.names[6]
    output = names.index("s1/chi1/y" if change == "digit" else "s1/z/y/q")
    damaged = with_block(chain, 7, with_weight(chain.blocks[7], *a_weight(chain.blocks[7], output), HAIR))
    found = verdict("bilinear", 20, damaged)
    assert found.verdict != "certified" and found.reason.startswith("block 7 (stage 7), class 1: ")
    assert f"its value {names[output]} is another one" in found.reason


def test_marks_that_lie(tmp_path):
    """Marks that name other nodes of the network, any two exchanged: it is a member, and so its certificate says."""
    flat = one_pass.build(load_problem("haar"), 2).flatten()
    random = Random(3)
    for _ in range(4):
        marks = dict(flat.marks)
        first, second = random.sample([mark for mark in marks if marks[mark] != flat.outputs[0]], 2)
        marks[first], marks[second] = marks[second], marks[first]
        found = verdict("haar", 2, Network(flat.inputs, flat.nodes, flat.outputs, marks))
        assert found.verdict == "certified"
        methods.write_certificate(tmp_path / "certificate.json", found)


def test_an_edge_around_an_interface():
    """One more term that reads the input past all interfaces: refuted; if it does nothing, it is seen in the family."""
    flat = one_pass.build(load_problem("haar"), 2).flatten()
    output = flat.outputs[0] - flat.inputs
    nodes = list(flat.nodes)
    nodes[output] = nodes[output]._replace(terms=(*nodes[output].terms, (0, HAIR)))
    found = verdict("haar", 2, Network(flat.inputs, nodes, flat.outputs, flat.marks))
    assert found.verdict == "refuted" and "goes around the interface" in found.reason
    nodes = [*flat.nodes, Affine(((0, mpq(1)),), mpq(0))]
    nodes += [Affine(((flat.inputs + len(flat.nodes), mpq(1)), (0, mpq(-1)), (flat.outputs[0], mpq(1))), mpq(0))]
    bypass = Network(flat.inputs, nodes, [flat.inputs + len(nodes) - 1], flat.marks)
    assert verdict("haar", 2, bypass).verdict == "certified"


def test_a_gate_bound_that_is_too_small():
    """Gates that close up to a quarter of what rows are at the end leak: not certified."""
    problem = load_problem("haar_growing")
    (start, stage, last, closing), (inner, final) = blocks_of(problem, 3, bound=mpq(2 * 3**3, 4))
    found = certify(problem, 3, Chain([start, stage, stage, last, closing], [inner] * 3 + [final]))
    assert found.verdict != "certified"


def test_a_selector_that_is_too_slow():
    """Transition widths of twice the size carry bad orbits past the seam."""
    problem = load_problem("bilinear")
    (_, stage, _, _), _ = blocks_of(problem, 3, seam=one_pass.SEAM / 2)
    found = certify(problem, 3, with_block(one_pass.build(problem, 3), 1, stage))
    assert found.verdict != "certified"


def test_two_outputs_and_no_stage_are_refused():
    """An induction needs a stage, and V^n g one value."""
    with pytest.raises(InputError, match="n >= 1"):
        verdict("bilinear", 0)
    b = Builder(2)
    with pytest.raises(InputError, match="one output"):
        verdict("bilinear", 1, b.network(digit_selectors(b, *b.inputs, mpq(1, 12))))


@pytest.mark.parametrize("n", [3, "all"])
def test_progress_counts_the_facts(n):
    """An induction about one-pass, for one n or for all, tells how many of its facts are proved, each time one is."""
    calls = []
    one_pass_family.proved.cache_clear()
    assert methods.certify("single_c00", n, method="induction", progress=lambda *call: calls.append(call))
    total = len(calls)
    assert total > 20 and calls == [(k, total) for k in range(1, total + 1)]
