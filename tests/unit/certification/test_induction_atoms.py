"""Certification by induction for compact and paper: what it proves, what it refutes, and what it leaves undecided."""

from random import Random

import pytest
from block_changes import HAIR, a_weight, with_block, with_weight

from exactrelu.certification.induction import certify
from exactrelu.construction import compact, paper
from exactrelu.construction.choices import DEFAULT, Choices, printed_gate_bound
from exactrelu.field import mpq
from exactrelu.formats import read_network, write_network
from exactrelu.network import Affine, Builder, Chain, Network, Relu, Sum, linear_combination
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import builtin_problems, load_problem

SMALL = ("bilinear", "courant_anti", "haar_growing", "difference", "random_rational", "shifted", "nonconvex", "zero")


def certified(problem, n, network):
    """Assert that the network is certified, and return its proof."""
    found = certify(problem, n, network)
    assert (found.verdict, found.reason) == ("certified", None)
    assert found.pieces == found.proof.pieces
    return found.proof


def refused(problem, n, network, *words):
    """Assert that the network is not certified for a reason with these words; return the `Verdict`."""
    found = certify(problem, n, network)
    assert found.verdict != "certified" and all(word in found.reason for word in words), found.reason
    if found.verdict == "refuted":
        point = found.counterexample.point
        target = direct_sum(problem, n, *point) if n < 6 else found.counterexample.target
        assert network.evaluate(point) == (found.counterexample.network,) != (target,)
    return found


@pytest.mark.parametrize("name", SMALL)
def test_compact_is_certified(name):
    """Masks and seeds of all kinds: the facts hold, with one stage, with two and with ten."""
    problem = load_problem(name)
    for n in (1, 2, 10):
        certified(problem, n, compact.build(problem, n))


@pytest.mark.parametrize("name", ["bilinear", "haar_growing", "difference", "single_c21", "zero"])
def test_paper_is_certified(name):
    """The construction of the paper, copies of patches, nested gates and all."""
    problem = load_problem(name)
    for n in (1, 2, 10):
        certified(problem, n, paper.build(problem, n))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem(name):
    """Every built-in problem with a hundred stages."""
    problem = load_problem(name)
    for build in (compact.build, paper.build):
        certified(problem, 100, build(problem, 100))


@pytest.mark.parametrize(("name", "build"), [("bilinear", compact.build), ("haar_growing", paper.build)])
def test_a_thousand_stages(name, build):
    """n = 1000: a few different blocks, whatever n, also where the rows grow like 3^n."""
    problem = load_problem(name)
    facts = certified(problem, 1000, build(problem, 1000)).facts
    assert facts[0].statement == certified(problem, 50, build(problem, 50)).facts[0].statement.replace(
        "T_50", "T_1000"
    ).replace("j < 50", "j < 1000")


@pytest.mark.parametrize(("name", "build"), [("bilinear", compact.build), ("difference", paper.build)])
def test_a_file_is_cut_at_its_marks(name, build, tmp_path):
    """A network from a file is proved from its marks alone, also where values of an interface are one node."""
    problem = load_problem(name)
    path = str(tmp_path / "net.json.gz")
    write_network(path, build(problem, 3))
    certified(problem, 3, read_network(path))


def test_a_stage_far_inside_is_examined():
    """A weight off by 2^-60 in stage 700 of 1000, on the way of the rows: the stage is named."""
    problem = load_problem("haar_growing")
    (chain,) = compact.build(problem, 1000).terms
    k = 1002 + 700
    damaged = with_block(chain, k, with_weight(chain.blocks[k], *a_weight(chain.blocks[k], 0), HAIR))
    refused(problem, 1000, Sum([damaged]), "term 0, A_700: step", "T_q^T")


@pytest.mark.parametrize(("block", "value", "where", "reason"), [
    (7, "z/x/q", "T_7", "controllers"),
    (26, "chi1/y", "A_4", "selectors"),
    (26, "z/y/p", "A_4", "controllers"),
    (22, "z/x/p", "P", "controllers"),
    (0, "carried/x", "S", "copies"),
])
def test_an_altered_value_of_one_term_is_named(block, value, where, reason):
    """A hair in the controller or selector of one block of one term out of nine: the place is named."""
    problem = load_problem("bilinear")
    network = compact.build(problem, 20)
    chain = network.terms[3]
    changed = with_weight(chain.blocks[block], *a_weight(chain.blocks[block], chain.names[block].index(value)), HAIR)
    terms = [*network.terms[:3], with_block(chain, block, changed), *network.terms[4:]]
    refused(problem, 20, Sum(terms), f"term 3, {where}: {reason}")


def test_an_altered_atom_is_refuted():
    """A branch of one readout a hair lower: the sum is not g; a hair higher it is hidden by the other branch."""
    problem = load_problem("bilinear")
    network = compact.build(problem, 4)
    chain = network.terms[5]
    assert chain.blocks[5] is network.terms[0].blocks[5]
    for change, verdict in ((HAIR, "certified"), (-HAIR, "refuted")):
        readout = with_weight(chain.blocks[5], *a_weight(chain.blocks[5], 0), change)
        terms = [*network.terms[:5], with_block(chain, 5, readout), *network.terms[6:]]
        assert certify(problem, 4, Sum(terms)).verdict == verdict


@pytest.mark.parametrize("build", [compact.build, paper.build])
def test_a_missing_term_is_refuted(build):
    """Without one of its atoms the sum is not the seed, and the point shows where."""
    problem = load_problem("bilinear")
    network = build(problem, 3)
    found = refused(problem, 3, Sum(network.terms[1:]), "all terms: sum")
    assert found.verdict == "refuted"


def test_the_printed_gate_bound_is_refuted():
    """With a_n as printed the gates of the paper cut values off: c = 1/2, H = 8 hat, n = 3."""
    problem = load_problem("a_n_witness")
    printed = paper.build(problem, 3, Choices(gate_bound=printed_gate_bound))
    assert refused(problem, 3, printed, "term 0, A_1: step").verdict == "refuted"
    certified(problem, 3, paper.build(problem, 3))


def test_gates_that_leak_and_selectors_that_are_slow():
    """Gates with 1/16 of their bound, and transitions of 9 times the width: not certified; 1/8 and 8 just will do."""
    problem = load_problem("haar_growing")
    (chain,) = compact.build(problem, 3).terms
    transitions = compact.Transitions(problem.normalized()[0].mask, (1, 1), compact.readable([(0, 0)]))
    delta, bound = DEFAULT.transition_width(3), mpq(27)
    assert chain.blocks[6].nodes == compact.stage_block(transitions, bound, delta).nodes
    for a, d, reason in ((bound / 16, delta, "T_q^T"), (bound, 9 * delta, "selectors")):
        stage = compact.stage_block(transitions, a, d)
        refused(problem, 3, Sum([with_block(chain, 6, stage)]), "term 0, A_1", reason)
    just = compact.stage_block(transitions, bound / 8, 8 * delta)
    certified(problem, 3, Sum([with_block(chain, 6, just)]))
    later = compact.stage_block(transitions, bound / 8, delta)
    refused(problem, 3, Sum([with_block(chain, 7, later)]), "term 0, A_2", "T_q^T")


def with_more(block, output, terms, units):
    """Return the block with  Σ weight * unit  added to an output; ``units`` are forms over inputs, made into ReLUs."""
    nodes = list(block.nodes)
    ends = []
    for form, bias in units:
        nodes += [Affine(form, bias), Relu(block.inputs + len(nodes))]
        ends.append(block.inputs + len(nodes) - 1)
    nodes.append(Affine(((block.outputs[output], mpq(1)), *zip(ends, map(mpq, terms), strict=True)), mpq(0)))
    outputs = [*block.outputs]
    outputs[output] = block.inputs + len(nodes) - 1
    return Network(block.inputs, nodes, outputs)


def test_rows_that_are_right_on_good_orbits_only():
    """A bump of a selector between 0 and 1 in a stage, or a zero value of the controllers: garbage, or an edge."""
    problem = load_problem("haar")
    (chain,) = compact.build(problem, 3).terms
    chi = chain.names[5].index("chi1/x")
    bump = [(((chi, mpq(1)),), mpq(0)), (((chi, mpq(1)),), mpq(-1, 2))]
    stage = with_more(chain.blocks[6], 0, (1, -2), bump)
    refused(problem, 3, Sum([with_block(chain, 6, stage)]), "term 0, A_1: nothing", "a zero row stays zero")
    nothing = [(((chain.names[5].index("z/x/p"), mpq(-1)),), mpq(0))]
    stage = with_more(chain.blocks[6], 0, (1,), nothing)
    refused(problem, 3, Sum([with_block(chain, 6, stage)]), "reads more than")


def test_a_spread_that_lets_negative_values_through():
    """Something added where h is negative enough: the rows are right where h is positive, and garbage elsewhere."""
    problem = load_problem("haar")
    (chain,) = compact.build(problem, 3).terms
    b = Builder(4)
    value = b.minimum(*b.inputs[:2])
    outputs = expressions(b, chain.blocks[5])
    damaged = b.network([outputs[0] + b.relu(-value - b.inputs[2]), *outputs[1:]])
    found = refused(problem, 3, Sum([with_block(chain, 5, damaged)]), "term 0, P: rows")
    assert found.verdict == "refuted"


def expressions(b, block):
    """Return the outputs of a block as expressions of a `Builder` with the same inputs."""
    values = list(b.inputs)
    for node in block.nodes:
        if type(node) is Relu:
            values.append(b.relu(values[node.of]))
        else:
            sources, weights = [values[source] for source, _ in node.terms], [weight for _, weight in node.terms]
            values.append(linear_combination(weights, sources) + node.bias)
    return [values[output] for output in block.outputs]


def test_a_state_that_is_missing():
    """Rows without an entry that matters: the state is named."""
    problem, n = load_problem("bilinear"), 2
    network = compact.build(problem, n)
    chain = network.terms[0]
    transitions = compact.Transitions(problem.normalized()[0].mask, (2, 2), compact.readable([(0, 0)]))
    missing = transitions.states[-1]
    for name in ("states", "start"):
        setattr(transitions, name, tuple(state for state in getattr(transitions, name) if state != missing))
    transitions.columns = {
        q: {
            state: tuple(pair for pair in column if pair[0] != missing)
            for state, column in rows.items() if state != missing
        }
        for q, rows in transitions.columns.items()
    }
    delta = DEFAULT.transition_width(n)
    blocks = [
        *chain.blocks[: n + 2], compact.spread_block(transitions, (2, 2), 1, delta),
        compact.stage_block(transitions, 1, delta), compact.last_block(transitions, 1, {(0, 0): mpq(1)}),
    ]
    term = Chain(blocks, compact.interface_names(transitions, n))
    reason = f"i={missing.i}, j={missing.j}, sign={missing.sign}) is missing"
    refused(problem, n, Sum([term, *network.terms[1:]]), "P, ..., L: states", reason)


def test_a_copy_that_is_missing(monkeypatch):
    """The construction paper without the copy of one patch: the cell is named."""
    problem = load_problem("bilinear")
    layout = paper.layout_of(problem, 2)
    live = {copy: patches for copy, patches in layout.live.items() if copy != (1, 1)}
    monkeypatch.setattr(paper, "layout_of", lambda *_: layout._replace(live=live))
    found = refused(problem, 2, paper.build(problem, 2), "states", "(1, 1) is missing")
    assert found.verdict == "refuted"


@pytest.mark.parametrize("name", ["z/x/q", "chi1/y"])
def test_a_last_stage_that_reads_more(name):
    """A last stage that adds a value of the controllers, or of the selectors, to the output: refuted."""
    problem = load_problem("haar")
    (chain,) = compact.build(problem, 3).terms
    last = chain.blocks[-1]
    added = Affine(((last.outputs[0], mpq(1)), (chain.names[-1].index(name), mpq(1))), mpq(0))
    block = Network(last.inputs, [*last.nodes, added], [last.inputs + len(last.nodes)])
    found = refused(problem, 3, Sum([with_block(chain, 8, block)]), "term 0, L")
    assert found.verdict == "refuted"


def test_another_readout():
    """A steeper readout does as well, and one that is exact on a third of the loop only does, too: H hides the rest."""
    problem = load_problem("haar")
    (chain,) = compact.build(problem, 2).terms
    (term,) = compact.decomposition(problem.normalized()[0].seed.function, DEFAULT.rho)
    for epsilon in (mpq(1, 100), mpq(1, 3)):
        certified(problem, 2, Sum([with_block(chain, 3, compact.readout_block(term.atom.shape, epsilon))]))


def test_marks_that_lie():
    """Marks that name other nodes of the network, any two exchanged: never certified on the strength of them."""
    problem = load_problem("haar")
    flat = compact.build(problem, 2).flatten()
    random = Random(3)
    for _ in range(12):
        marks = dict(flat.marks)
        first, second = random.sample([mark for mark in marks if marks[mark] != flat.outputs[0]], 2)
        marks[first], marks[second] = marks[second], marks[first]
        found = certify(problem, 2, Network(flat.inputs, flat.nodes, flat.outputs, marks))
        # the two branches of the readout are read together, in any order
        same = marks == flat.marks or {first[4:], second[4:]} == {"H/-", "H/+"}
        assert found.verdict == ("certified" if same else "undecided")


def test_an_edge_around_an_interface():
    """One more term that reads the input past all interfaces: refuted, or undecided if it does nothing."""
    problem = load_problem("haar")
    flat = compact.build(problem, 2).flatten()
    output = flat.outputs[0] - flat.inputs
    nodes = list(flat.nodes)
    nodes[output] = nodes[output]._replace(terms=(*nodes[output].terms, (0, HAIR)))
    around = Network(flat.inputs, nodes, flat.outputs, flat.marks)
    assert refused(problem, 2, around, "goes around the interface").verdict == "refuted"
    nodes = [*flat.nodes, Affine(((0, mpq(1)),), mpq(0))]
    last = flat.inputs + len(flat.nodes)
    nodes.append(Affine(((last, mpq(1)), (0, mpq(-1)), (flat.outputs[0], mpq(1))), mpq(0)))
    nothing = Network(flat.inputs, nodes, [last + 1], flat.marks)
    assert refused(problem, 2, nothing, "goes around the interface").verdict == "undecided"


def test_names_that_lie():
    """Two names of one interface exchanged in a network of blocks: the values are not what they are called."""
    problem = load_problem("bilinear")
    network = compact.build(problem, 3)
    chain = network.terms[0]
    for position, (first, second) in ((0, (0, 2)), (2, (0, 1)), (4, (2, 3)), (5, (0, 1)), (6, (4, 5))):
        names = [list(row) for row in chain.names]
        row = names[position]
        row[first], row[second] = row[second], row[first]
        refused(problem, 3, Sum([Chain(chain.blocks, names), *network.terms[1:]]), "term 0, ")
