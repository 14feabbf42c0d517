"""Regions as data: the same on bounded and unbounded domains, in every file, and against plain evaluation."""

import csv
import json
from random import Random

import networkx as nx
import numpy as np
import pytest
from command import answer, refusal, run
from networks import degenerate, float_perceptron, perceptron

from exactrelu import (
    Affine, Builder, InputError, Network, Relu, Slice, count_regions, region_list, statistics, write_network,
)
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq

BOX = [(-1, mpq(3, 2)), (mpq(-1, 2), 1)]
NETWORKS = [
    *(degenerate(Random(seed), 9, 2) for seed in range(4)), perceptron(Random(4), [4, 3], 3, 6).flatten(),
    float_perceptron(3, [4, 3]), Network(2, [], [0, 1]),
]


def sample(random, count):
    """Return points of `BOX` with small denominators, its corner first."""
    grid = [tuple(low + (high - low) * mpq(random.randint(0, 12), 12) for low, high in BOX) for _ in range(count)]
    return [tuple(low for low, _ in BOX), *grid]


@pytest.mark.parametrize("where", [None, BOX])
@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_a_list_is_the_network(number, where):
    """Maps give the network's values, patterns the signs of units, on each region with a point; none is lost."""
    network = NETWORKS[number].flatten()
    regions = region_list(network, where)
    assert count_regions(network, None if where is None else box(*BOX[0], *BOX[1])) == (
        len(regions), int(regions.pieces.max()) + 1
    )
    for point in sample(Random(number), 12):
        found = regions.containing(point)
        assert found == [k for k, polygon in enumerate(regions.polygons) if polygon.contains(*point)] != []
        for k in found:
            values = tuple(a * point[0] + b * point[1] + c for a, b, c in regions.maps(k))
            assert values == network.evaluate(point)
    assert regions.containing((5, 5)) == [] or where is None


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_neighbours_are_the_same_by_both_ways(number):
    """On a box, neighbours and pieces by lines of the walk are those by edges that overlap; the graph is connected."""
    regions = region_list(NETWORKS[number], BOX)
    pairs, pieces = regions.neighbours().tolist(), regions.pieces.tolist()
    graph = regions.graph()
    assert nx.is_connected(graph) and sorted(map(sorted, graph.edges())) == pairs
    regions._arrays = None
    del regions.pieces
    assert regions.neighbours().tolist() == pairs and len(set(zip(pieces, regions.pieces.tolist()))) == max(pieces) + 1


def test_unbounded_regions_have_rays_and_no_area():
    """|x| everywhere: two half planes; on a line the two rays of R; a fixed input gives one point."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.relu(x) + b.relu(-x)])
    regions = region_list(network)
    assert [regions.area(k) for k in range(2)] == [None, None] and len(regions.rays(0)) >= 2
    line = region_list(network, on=Slice.line((0, 0), (1, 0)))
    assert [(line.vertices(k), line.rays(k)) for k in sorted(range(2), key=line.rays)] == [
        ([(mpq(0),)], [(mpq(-1),)]), ([(mpq(0),)], [(mpq(1),)])
    ]
    bounded = region_list(network, [(-1, 2)], Slice.line((0, 0), (1, 0)))
    assert sorted(map(bounded.area, range(2))) == [1, 2] and sorted(map(bounded.maps, range(2)))[1] == ((1, 0),)


def test_statistics_of_a_known_network():
    """max(0, x − y) on [0, 1]²: integral 1/6, range [0, 1], gradient (1, −1); no integral and no maximum everywhere."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([b.relu(x - y)])
    found = statistics(region_list(network, [(0, 1), (0, 1)]))
    assert found.outputs == ((1, 2, 2, 0, 1, (mpq(1, 6),) * 2),) and found.smallest_area == mpq(1, 2)
    found = statistics(region_list(network))
    assert found.outputs == ((1, 2, 2, 0, None, None),) and (found.unbounded, found.largest_area) == (2, None)


def test_a_long_integral_is_enclosed():
    """The integral of many fractions without a common denominator lies between two rationals, close together."""
    regions = region_list(float_perceptron(3, [8, 8]).flatten(), BOX)
    (low, high) = statistics(regions).outputs[0].integral
    assert 0 < high - low < mpq(1, 2**180)
    plain = mpq(0)
    for k in range(len(regions)):
        (x0, y0), *rest = regions.vertices(k)
        for (x1, y1), (x2, y2) in zip(rest, rest[1:]):
            a, b, c = regions.forms(k)[0]
            area = ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
            plain += mpq(area * (a * (x0 + x1 + x2) / 3 + b * (y0 + y1 + y2) / 3 + c))
    assert low <= plain <= high


def test_the_decision_boundary_is_where_the_largest_outputs_meet():
    """max of x, −x and 1/2 on [−1, 1]²: two segments at x = ±1/2; the tie of x and −x at 0 lies below 1/2."""
    half = Network(2, [Affine(((0, mpq(-1)),), mpq(0)), Affine((), mpq(1, 2)), Relu(0)], [0, 2, 3])
    segments = region_list(half, [(-1, 1), (-1, 1)]).decision_boundary()
    low, high = mpq(-1), mpq(1)
    assert segments == [
        ((mpq(-1, 2), low), (mpq(-1, 2), high), (1, 2)), ((mpq(1, 2), low), (mpq(1, 2), high), (0, 2))
    ]
    with pytest.raises(InputError, match="on a box of two"):
        region_list(half).decision_boundary()


@pytest.mark.parametrize("seed", range(6))
def test_boundaries_separate_decisions(seed):
    """On a fine grid, two points of one row with other largest outputs have a segment of the boundary between them."""
    network = perceptron(Random(seed), [4, 4], 3, 6).flatten()
    three = Network(2, [*network.nodes, Affine(((0, mpq(3)), (network.outputs[0], mpq(1, 3))), mpq(1, 7)),
                        Affine(((1, mpq(-2)),), mpq(-1, 5))], [network.outputs[0], len(network), len(network) + 1])
    segments = region_list(three, [(-1, 1), (-1, 1)]).decision_boundary()
    for y in (mpq(-3, 7), mpq(2, 11)):
        last = None
        for step in range(-40, 41):
            x = mpq(step, 40) + mpq(1, 9999 * 40)
            x = min(x, mpq(1))
            values = three.evaluate((x, y))
            best = values.index(max(values))
            if last is not None and best != last[1]:
                assert any(_crosses(segment, last[0], x, y) for segment in segments)
            last = x, best


def test_the_decision_boundary_on_a_line():
    """max of x, −x and 1/2 changes at ±1/2; it is the same on the line in the plane; ties throughout are no change."""
    half, minus = mpq(1, 2), Affine(((0, mpq(-1)),), mpq(0))
    line = Network(1, [minus, Affine((), half), Relu(0)], [0, 1, 2])
    assert region_list(line).decision_boundary() == [((-half,), (1, 2)), ((half,), (0, 2))]
    assert region_list(line, [(0, 2)]).decision_boundary() == [((half,), (0, 2))]
    assert region_list(line, [(half, 2)]).decision_boundary() == [((half,), (0, 2))]
    assert region_list(line, [(-half, half)]).decision_boundary() == [((-half,), (1, 2)), ((half,), (0, 2))]
    plane = Network(2, [minus, Affine((), half), Relu(1)], [0, 2, 3])
    on = Slice.line((0, 5), (2, 5))
    assert region_list(plane, on=on).decision_boundary() == [((-half / 2,), (1, 2)), ((half / 2,), (0, 2))]
    same = Network(1, [Relu(0), Affine(((0, mpq(-1)),), mpq(1)), Relu(2)], [0, 1])  # x and x₊, equal for x >= 0
    assert region_list(same).decision_boundary() == [((mpq(0),), (0, 1))]
    assert region_list(same, [(0, 3)]).decision_boundary() == []
    size = Affine(((2, mpq(1)), (3, mpq(1))), mpq(0))
    touching = Network(1, [minus, Relu(0), Relu(1), size, Affine((), mpq(0))], [4, 5])
    assert region_list(touching).decision_boundary() == [((mpq(0),), (0, 1))]


@pytest.mark.parametrize("seed", range(8))
def test_points_of_a_boundary_separate_decisions(seed):
    """On a line through a network, everywhere: between neighbouring points the largest outputs are the same ones."""
    random = Random(seed)
    network = perceptron(random, [4, 4], 3, 6).flatten()
    count = len(network)
    terms = [((random.randrange(2, count), mpq(random.randint(-3, 3))), (0, mpq(1, 3))) for _ in range(3)]
    more = [Affine(pair, mpq(1, 7)) for pair in terms]
    on = Slice.line((mpq(random.randint(-4, 4), 3), 0), (1, mpq(random.randint(1, 5), 2)))
    three = on.of(Network(2, [*network.nodes, *more], [network.outputs[0], count, count + 1, count + 2]))
    for sides in (None, [(mpq(-1, 3), 1)]):
        regions = region_list(three, sides)
        found = regions.decision_boundary()
        assert [outputs for (t,), outputs in found] == [largest(three, t) for (t,), _ in found]
        knots = sorted({t for k in range(len(regions)) for t, in regions.vertices(k)} | {t for (t,), _ in found})
        if sides is None:
            knots = [knots[0] - 7, *knots, knots[-1] + 7]
        kinds = [largest(three, (a + b) / 2) for a, b in zip(knots, knots[1:])]
        for knot, before, after in zip(knots[1:], kinds, kinds[1:]):
            assert ((knot,) in [t for t, _ in found]) == (not before == after == largest(three, knot))


def largest(network, t):
    """Return the numbers of the largest outputs of a network with one input at a point."""
    values = network.evaluate((t,))
    return tuple(k for k, value in enumerate(values) if value == max(values))


def _crosses(segment, x0, x1, y):
    (px, py), (qx, qy), _ = segment
    if py == qy or not min(py, qy) <= y <= max(py, qy):
        return False
    return x0 <= px + (qx - px) * (y - py) / (qy - py) <= x1


def test_files_hold_the_same_regions(tmp_path, capsys):
    """JSON and CSV are exact, GeoJSON and npz rounded; all of them have the regions of the command's answer."""
    write_network(tmp_path / "net.json", perceptron(Random(4), [4, 3], 3, 6).flatten())
    words = ["regions", tmp_path / "net.json", "--box", "-1", "1", "-1/3", "1"]
    code, found = answer(capsys, *words, "--list", "--statistics", "--at", "-1/3,0")
    assert code == 0 and len(found["list"]) == found["regions"]
    for end in ("json", "csv", "geojson", "npz"):
        assert run(capsys, *words, "--output", tmp_path / f"r.{end}")[0] == 0
    read = json.loads((tmp_path / "r.json").read_text())
    assert read["regions"] == found["list"] and read["directions"] == [["1", "0"], ["0", "1"]]
    assert sum(mpq(each["area"]) for each in found["list"]) == mpq(8, 3)
    rows = list(csv.DictReader((tmp_path / "r.csv").open()))
    assert [row["pattern"] for row in rows] == [each["pattern"] for each in found["list"]]
    assert rows[0]["vertices"] == ";".join(map(" ".join, found["list"][0]["vertices"]))
    features = json.loads((tmp_path / "r.geojson").read_text())["features"]
    assert features[0]["geometry"]["coordinates"][0][0] == [float(mpq(t)) for t in found["list"][0]["vertices"][0]]
    with np.load(tmp_path / "r.npz") as arrays:
        assert arrays["maps"].shape == (found["regions"], 1, 3) and arrays["neighbours"].tolist() == read["neighbours"]
        assert arrays["vertex_offsets"][-1] == len(arrays["vertices"])
    assert found["at"] and run(capsys, *words, "--list")[1].count("\nregion ") == found["regions"]


def test_what_cannot_be_listed_is_refused(tmp_path, capsys):
    """Unknown kinds, unbounded GeoJSON, an output that is not there, a point of another dimension: one line each."""
    write_network(tmp_path / "net.json", Network(2, [Relu(0)], [2]))
    net = tmp_path / "net.json"
    assert "--output x.shp" in refusal(capsys, "regions", net, "--output", "x.shp")
    assert "numbered from 0 to 0" in refusal(capsys, "regions", net, "--output-index", "1")
    assert "a point has 2 coordinates" in refusal(capsys, "regions", net, "--at", "1,2,3")
    assert "give box" in refusal(capsys, "regions", net, "--boundary")
    code, found = answer(capsys, "regions", net, "--boundary", "--fix", "1=2")
    assert (code, found["decision_boundary"]) == (0, [])
    code, out, err = run(capsys, "regions", net, "--output", tmp_path / "r.geojson")
    assert code == 3 and "GeoJSON holds bounded regions" in err and out.startswith("2 activation regions")
    assert not (tmp_path / "r.geojson").exists()
