"""Questions on boxes, lines, planes and slices: equality, nearness, bounds, regions of networks with any inputs."""


import pytest
from command import answer, run
from folders import CASES
from hypothesis import given
from hypothesis import strategies as st
from random_networks import networks, rationals

from exactrelu import Affine, Builder, Network, Relu, Slice, bound, count_regions, equal, write_network
from exactrelu.cpwl.polygon import box as rectangle
from exactrelu.errors import InputError
from exactrelu.field import mpq, text
from exactrelu.formats import read_network
from exactrelu.planar.extremes import plain_extremes
from exactrelu.planar.places import place_of

RELATIONS = CASES / "relations"
LARGEST = mpq(30749051, 2**50)
"""The largest difference of the networks bn and folded32 on [-1, 1]²."""


def relation(name):
    """Return a network of the cases."""
    return read_network(RELATIONS / f"{name}.json")


@given(networks(inputs=3, outputs=2), st.lists(st.tuples(rationals, rationals, rationals), min_size=3, max_size=3),
       rationals, rationals)
def test_a_slice_has_the_values_of_the_network(network, points, u, v):
    """On a plane, a line and with an input fixed, the restricted network has the values at the points of the slice."""
    origin, *others = points
    directions = tuple(tuple(b - a for a, b in zip(origin, point)) for point in others)
    for found, coordinates in (
        (Slice(tuple(map(mpq, origin)), directions), (u, v)),
        (Slice(tuple(map(mpq, origin)), directions[:1]), (u,)),
        (Slice.fixed(3, {1: origin[0]}), (u, v)),
        (Slice.fixed(3, {0: u, 1: v, 2: origin[0]}), ()),
        (Slice.fixed(3, {1: v}).then(Slice.line((0, 1), (u, u + 2))), (v,)),
    ):
        assert found.of(network).evaluate(coordinates) == network.evaluate(found.point(coordinates))


def test_the_points_of_a_plane_are_its_corners():
    """(0, 0), (1, 0) and (0, 1) are the three points; three points of a line, and two that are one, are refused."""
    points = [(0, 1, 2), (3, 1, 2), (mpq(1, 3), 5, 2)]
    found = Slice.plane(*points)
    assert [found.point(c) for c in ((0, 0), (1, 0), (0, 1))] == points
    for wrong in (lambda: Slice.plane((0, 0), (1, 1), (2, 2)), lambda: Slice.line((1, 2), (1, 2))):
        with pytest.raises(InputError, match="have to be two, and those of a plane three that are not on a line"):
            wrong()


def test_folding_a_normalisation_is_near_on_a_box():
    """bn and folded32 differ by 30749051/2^50 at most on [-1, 1]²: that is certified, and less refuted."""
    first, second = relation("bn"), relation("folded32")
    square = [(-1, 1), (-1, 1)]
    found = equal(first, second, box=square, within=LARGEST)
    assert found.verdict == "certified" and found.largest_difference == LARGEST
    assert abs(first.evaluate(found.at)[0] - second.evaluate(found.at)[0]) == LARGEST
    found = equal(first, second, box=square, within=LARGEST - mpq(1, 2**90))
    assert found.verdict == "refuted" and found.largest_difference == LARGEST
    point = found.counterexample.point
    assert all(-1 <= t <= 1 for t in point) and found.counterexample.first == first.evaluate(point)[0]
    far = equal(first, second, within=10**6)
    assert far.verdict == "refuted" and far.largest_difference is None
    assert abs(far.counterexample.first - far.counterexample.second) > 10**6


def test_equal_on_a_box_and_nowhere_else():
    """x₊ is x where x ≥ 0, on boxes, half of a line and one point; a hair beyond it is not."""
    positive, identity = Network(2, [Relu(0)], [2]), Network(2, [], [0])
    assert equal(positive, identity, box=[(0, 9), (-1, 1)])
    assert equal(positive, identity, box=[(0, 9), (1, 1)])
    assert equal(positive, identity, box=[(1, 1), (1, 1)])
    assert equal(positive, identity, on=Slice.line((0, 0), (0, 1)))
    found = equal(positive, identity, box=[(-mpq(1, 2**60), 1), (-1, 1)])
    assert found.verdict == "refuted" and found.counterexample.point[0] < 0
    assert equal(positive, identity, box=[(-1, -1), (0, 0)]).counterexample.point == (-1, 0)


@given(networks(outputs=1), networks(outputs=1))
def test_nearness_agrees_with_the_plain_extremes(first, second):
    """The largest difference on a box is that of the readable twin, and equality on it is nearness of 0."""
    square = [(-2, 1), (0, 3)]
    negated = Network(2, [*second.nodes, Affine(((second.outputs[0], mpq(-1)),), mpq(0))], [len(second)])
    b = [*first.nodes]
    shift = len(b)
    place = {0: 0, 1: 1}
    for k, node in enumerate(negated.nodes, 2):
        place[k] = k + shift
        if type(node) is Relu:
            b.append(Relu(place[node.of]))
        else:
            b.append(Affine(tuple((place[s], w) for s, w in node.terms), node.bias))
    total = Affine(((first.outputs[0], mpq(1)), (place[len(negated) - 1], mpq(1))), mpq(0))
    difference = Network(2, [*b, total], [len(b) + 2])
    ((low, high),) = plain_extremes(difference, rectangle(-2, 1, 0, 3))
    largest = max(abs(low.value), abs(high.value))
    assert equal(first, second, jobs=1, box=square, within=largest).largest_difference == largest
    assert (equal(first, second, jobs=1, box=square).verdict == "certified") == (largest == 0)


def test_bounds_with_inputs_that_are_fixed():
    """Three inputs, one fixed by a side without width: the range of |x| − z on [-1, 2] × {5} × [0, 1]."""
    b = Builder(3)
    x, y, z = b.inputs
    network = b.network([2 * b.relu(x) - x - z, y])
    first, second = bound(network, box=[(-1, 2), (5, 5), (0, 1)]).outputs
    assert (first.minimum, first.argmin) == (-1, (0, 5, 1)) and (first.maximum, first.argmax) == (2, (2, 5, 0))
    assert second == (5, second.argmin, 5, second.argmax)
    assert bound(network, on=Slice.fixed(3, {0: 1, 1: 2, 2: 3})).outputs[0].maximum == -2
    with pytest.raises(InputError, match="3 inputs vary, and regions are those of two at most: fix the others"):
        bound(network)


def test_one_input_is_two_of_which_one_is_not_read():
    """The cases one-input and two-inputs have the same pieces; the ends of a half line, a kink, the whole line."""
    one, two = relation("one-input"), relation("two-inputs")
    assert count_regions(one) == count_regions(two)
    assert equal(one, one) and equal(one, Network(1, [], [0])).verdict == "refuted"
    assert len(equal(one, Network(1, [], [0])).counterexample.point) == 1
    (found,) = bound(Network(1, [Relu(0)], [1])).outputs
    assert (found.minimum, found.maximum, found.argmax) == (0, None, None) and found.argmin[0] <= 0


def test_places_on_the_command_line(tmp_path, capsys):
    """--fix, --line, --plane and --box name the same places as Python does; points are those of the network."""
    b = Builder(3)
    x, y, z = b.inputs
    network = b.network([b.relu(x - y) + z / 3])
    write_network(tmp_path / "net.json", network)
    net = tmp_path / "net.json"
    code, found = answer(capsys, "bound", net, "--fix", "2=-0.5", "--box", -1, 1, 0, 1)
    assert code == 0 and found["domain"] == "[-1, 1] x [0, 1]"
    assert found["outputs"] == [{"minimum": "-1/6", "argmin": found["outputs"][0]["argmin"], "maximum": "5/6",
                                 "argmax": ["1", "0", "-1/2"]}]
    code, found = answer(capsys, "regions", net, "--line", "-1,0,0", "1,0,0")
    assert (found["domain"], found["regions"]) == ("R^1", 2)
    code, found = answer(capsys, "regions", net, "--plane", "0,0,0", "0,0,1", "1,1,0", "--box", 0, 1, 0, 1)
    assert found["regions"] == 1
    code, out, _ = run(capsys, "equal", net, net, "--box", 0, 1, "1/2", "1/2", -1, 1)
    assert code == 0 and out.startswith("certified: equal at every point of [0, 1] x [1/2, 1/2] x [-1, 1] (")
    first, second = RELATIONS / "bn.json", RELATIONS / "folded32.json"
    code, found = answer(capsys, "equal", first, second, "--box", -1, 1, -1, 1, "--within", "2e-8")
    assert code == 1 and found["largest_difference"] == text(LARGEST) and len(found["at"]) == 2
    code, out, _ = run(capsys, "equal", first, second, "--box", -1, 1, -1, 1, "--within", "3e-8")
    assert code == 0 and "\nthe largest difference is 30749051/1125899906842624 (rounded 2.73106e-8), at (" in out


def test_the_second_opinion_stays_on_the_box():
    """Networks that differ outside of the box alone are certified on it: the points are those of the place."""
    place = place_of(Network(3, [], [0]), [(0, 1), (7, 7), (-1, 2)])
    points = place.points("seed", [])
    for _ in range(50):
        x, y, z = next(points)
        assert 0 <= x <= 1 and y == 7 and -1 <= z <= 2
