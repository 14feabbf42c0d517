"""exactrelu.planar.summands: sums of sub-networks that share nothing, added up piece by piece."""

from random import Random

import pytest
from crafted import absolute, disjoint_sum, joined
from networks import degenerate, tents

from exactrelu.certification.enumeration import certify
from exactrelu.construction import build
from exactrelu.cpwl.polygon import affine_at, box, coordinates, polygon_of
from exactrelu.field import mpq
from exactrelu.network import Affine, Builder, Network, Relu
from exactrelu.planar.bisection import Bisection, piece_form
from exactrelu.planar.pieces import affine_pieces
from exactrelu.planar.summands import Ledger, opened, summands
from exactrelu.scheme import load_problem

SQUARE = box(-1, 1, -1, 1)


def entered(networks, polygon):
    """Return a `Ledger` of a polygon with the pieces of each network."""
    ledger = Ledger(polygon)
    for network in networks:
        for piece in Bisection(network).pieces([polygon]):
            ledger.enter(piece.polygon, piece_form(piece))
    return ledger


def is_affine(network, polygon):
    """Return whether a network is affine on a bounded polygon, by its plain pieces."""
    return len({form for _, form in affine_pieces(network, polygon)}) == 1


@pytest.mark.parametrize("seed", range(30))
def test_summands_add_up_and_share_no_node(seed):
    """The sum of the summands is the network at every point, and their units are those of the network."""
    random = Random(seed)
    network = disjoint_sum(random, random.randint(1, 5))
    parts = summands(network)
    for _ in range(10):
        point = mpq(random.randint(-20, 20), 4), mpq(random.randint(-20, 20), 3)
        assert sum(part.evaluate(point)[0] for part in parts) == network.evaluate(point)[0]
    units = [sum(type(node) is Relu for node in part.nodes) for part in parts]
    reached = sum(type(node) is Relu for node in network.nodes)
    assert sum(units) == reached and all(len(part.outputs) == 1 for part in parts)


def scaled(network, layers):
    """Return a network with so many affine nodes, one after the other, behind each output: 2 y + 1, (y − 1) / 2, …"""
    nodes, outputs = list(network.nodes), []
    for output in network.outputs:
        for layer in range(layers):
            nodes.append(Affine(((output, mpq(1, 2) if layer % 2 else mpq(2)),), mpq(-1, 2) if layer % 2 else mpq(1)))
            output = network.inputs + len(nodes) - 1
        outputs.append(output)
    return Network(network.inputs, nodes, outputs)


@pytest.mark.parametrize("seed", range(30))
def test_opened_networks_are_equal_and_have_no_affine_terms(seed):
    """Whatever affine nodes come behind outputs, and whatever these share: the values stay, their terms are units."""
    random = Random(seed)
    network = scaled(disjoint_sum(random, random.randint(1, 4)), random.randint(0, 3))
    shared = Affine(((network.outputs[0], mpq(3)), (0, mpq(-1)), (2, mpq(1, 5))), mpq(1, 7))
    count = network.inputs + len(network.nodes)
    both = Affine(((count, mpq(-1)), (network.outputs[0], mpq(3))), mpq(0))
    whole = Network(2, [*network.nodes, shared, both], [count + 1, *network.outputs, 1])
    plain = opened(whole)
    for output in plain.outputs[:-1]:
        node = plain.nodes[output - 2]
        assert type(node) is Relu or all(k < 2 or type(plain.nodes[k - 2]) is Relu for k, _ in node.terms)
    for _ in range(10):
        point = mpq(random.randint(-20, 20), 4), mpq(random.randint(-20, 20), 3)
        assert plain.evaluate(point) == whole.evaluate(point)
    assert opened(plain) is plain


def test_affine_layers_behind_a_network_cost_nothing():
    """The gates cancel on the same pieces if the output is scaled by later affine nodes, and scaled back."""
    problem = load_problem("bilinear")
    network = build(problem, 2, "one-pass").flatten()
    verdicts = [certify(problem, 2, scaled(network, layers), jobs=1) for layers in (0, 2)]
    assert [verdict.verdict for verdict in verdicts] == ["certified"] * 2
    assert verdicts[0].pieces == verdicts[1].pieces


def test_tents_of_two_variables_are_two_summands():
    """T³(x) + T³(y) falls into a function of x and one of y."""
    assert len(summands(tents(3))) == 2


@pytest.mark.parametrize("network", [
    Network(2, [], [1]),
    Network(2, [Relu(0)], [2]),
    Network(2, [Affine((), mpq(3))], [2]),
    Network(2, [Affine(((0, mpq(2)), (1, mpq(-1))), mpq(3))], [2]),
    Network(2, [Relu(0), Relu(1), Affine(((2, mpq(1)), (3, mpq(1))), mpq(0)), Relu(4), Affine(((5, mpq(1)),), mpq(1))],
            [6]),
])
def test_what_is_no_sum_is_one_summand(network):
    """An input, a unit, a constant, an affine form, and a sum behind a unit are returned as they are."""
    assert summands(network) == [network]


def test_terms_that_are_inputs_and_the_bias_go_to_one_summand():
    """x + |x − y|/3 + (x + 2y)₊ − 1 is two summands with the right sum; dead nodes and weights 0 do no harm."""
    b = Builder(2)
    x, y = b.inputs
    b.relu(x - 7 * y)
    whole = b.network([x + absolute(b, x - y) / 3 + b.relu(x + 2 * y) - 1])
    output = whole.nodes[-1]
    with_zero = Network(2, [*whole.nodes[:-1], output._replace(terms=(*output.terms, (1, mpq(0))))], whole.outputs)
    for network in (whole, with_zero):
        parts = summands(network)
        assert len(parts) == 2 + 1  # (x − y)₊, (y − x)₊ and (x + 2y)₊ share nothing
        for point in ((mpq(1), mpq(2)), (mpq(-3), mpq(1, 2)), (mpq(0), mpq(0))):
            assert sum(part.evaluate(point)[0] for part in parts) == whole.evaluate(point)[0]


@pytest.mark.parametrize("seed", range(40))
def test_the_ledger_finds_a_kink_exactly_where_the_plain_pieces_do(seed):
    """A sum of networks is affine on a polygon by the ledger if and only if all plain pieces have one form."""
    random = Random(seed)
    network = degenerate(random, random.randint(4, 14))
    other = degenerate(random, random.randint(4, 14))
    polygon = polygon_of([(0, 0), (3, 1), (1, 3)]) if seed % 2 else SQUARE
    for weights in ((1, -1), (1, 1)):
        for second in (network, other):
            parts = [joined([network], [weights[0]]), joined([second], [weights[1]])]
            assert (entered(parts, polygon).kink() is None) == is_affine(joined(parts, [1, 1]), polygon)


def test_kinks_that_cancel_on_a_part_of_their_line_are_found_on_the_rest():
    """|x| − |x| restricted to y ≤ 0 leaves a kink along x = 0 for y > 0 only, and the point is there."""
    b = Builder(2)
    x, y = b.inputs
    first = b.network([absolute(b, x)])
    b = Builder(2)
    x, y = b.inputs
    lower = b.network([-b.relu(absolute(b, x) - b.relu(4 * y))])
    kink = entered([first, lower], SQUARE).kink()
    assert kink is not None
    assert kink[0][1] > 0


@pytest.mark.parametrize("shift", [mpq(0), mpq(1, 3), mpq(1, 2**80)])
def test_the_point_on_a_kink_is_no_crossing(shift):
    """|x + y| + |x − y| − 2|x| has no kink across x = 0 in the middle of that line, at 0; another point is taken."""
    networks = []
    for weight, p, q in ((-2, 1, 0), (1, 1, 1), (1, 1, -1)):
        b = Builder(2)
        x, y = b.inputs
        networks.append(b.network([weight * absolute(b, p * (x - shift) + q * y)]))
    ledger = entered(networks, box(shift - 1, shift + 1, -1, 1))
    (x0, y0), (alpha, beta) = ledger.kink()
    whole = joined(networks, [1, 1, 1])
    step = mpq(1, 2**200)
    values = [whole.evaluate((x0 + t * alpha, y0 + t * beta))[0] for t in (-step, 0, step)]
    assert values[0] - 2 * values[1] + values[2] != 0


def test_a_kink_along_an_edge_of_the_polygon_does_not_count():
    """|x| is affine on either side of x = 0, also where the line is an edge of the polygon."""
    b = Builder(2)
    network = b.network([absolute(b, b.inputs[0])])
    assert entered([network], box(0, 1, 0, 1)).kink() is None
    assert entered([network], box(-1, 1, 0, 1)).kink() is not None


def test_pieces_of_summands_need_not_match():
    """Two summands with kinks that cross cancel a third one, although no two of the three have a common piece."""
    parts = []
    for weights in (((1, 1, 0),), ((1, 0, 1),), ((-1, 1, 0), (-1, 0, 1))):
        b = Builder(2)
        x, y = b.inputs
        parts.append(b.network([sum((w * b.relu(p * x + q * y) for w, p, q in weights), 0 * x)]))
    assert entered(parts, SQUARE).kink() is None
    assert entered(parts[:2], SQUARE).kink() is not None
    assert all(sum(part.evaluate(coordinates(v))[0] for part in parts) == 0 for v in SQUARE.vertices)


def test_forms_of_pieces_are_those_of_evaluation():
    """`piece_form` is the form that evaluation has, on triangles and on polygons with collinear vertices."""
    network = tents(2)
    for piece in Bisection(network).pieces([SQUARE, polygon_of([(0, 0), (1, 0), (2, 0), (0, 2)])]):
        form = piece_form(piece)
        for vertex in piece.polygon.vertices:
            point = coordinates(vertex)
            assert affine_at(form, *point) == network.evaluate(point)[0]
