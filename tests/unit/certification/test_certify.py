"""exactrelu.certification.enumeration: verdicts, counterexamples, and networks made to be certified wrongly."""

from functools import cache
from random import Random

import pytest
from crafted import (
    GENERATORS,
    absolute,
    disguised,
    joined,
    leaks,
    plateau,
    plus,
    spike,
    with_zero_weights,
    wrapping_spike,
)
from network_mutants import fraction, plain_value

from exactrelu.certification.enumeration import certify, compare_sum, prepared, unbounded_regions
from exactrelu.certification.shards import Task, block_size, shards
from exactrelu.construction import build
from exactrelu.construction.compact import build as compact
from exactrelu.cpwl.polygon import box, coordinates
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.formats import read_network, write_network
from exactrelu.network import Affine, Builder, Chain, Network, Relu, constant
from exactrelu.planar import equal, pool
from exactrelu.planar.summands import summands
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.cells import all_cells
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import load_problem

ZERO = load_problem("zero")
HAIR = mpq(1, 2**60)
WIDTH = mpq(1, 2**40)


@cache
def right(name, n):
    """Return a flat network that is V^n g for a built-in problem."""
    return compact(load_problem(name), n).flatten()


def network_of(function):
    """Return the network of ``function(b, x, y)``."""
    b = Builder(2)
    return b.network([function(b, *b.inputs)])


def decide(problem, n, network, **options):
    """Return the `Verdict`, a refutation confirmed by plain evaluation, the direct sum and the cascade."""
    verdict = certify(problem, n, network, **{"jobs": 1} | options)
    found = verdict.counterexample
    assert (verdict.verdict == "refuted") == (found is not None)
    if found is not None:
        values = plain_value(network.flatten(), found.point), direct_sum(problem, n, *found.point)
        assert values == (fraction(found.network), found.target) and values[0] != fraction(values[1])
        assert cascade(problem, n, *found.point) == found.target
        assert found.cell == cell_at(problem, n, found.point, found.cell)
    return verdict


def cell_at(problem, n, point, cell):
    """Return ``cell`` if the closed cell of the window holds the point, None if the point is outside of the window."""
    (x0, x1), (y0, y1) = problem.window
    if not (x0 <= point[0] <= x1 and y0 <= point[1] <= y1):
        return None
    corner = x0 + mpq(cell[0], 2**n), y0 + mpq(cell[1], 2**n)
    holds = all(0 <= t - start <= mpq(1, 2**n) for t, start in zip(point, corner, strict=True))
    return cell if holds and all(0 <= m < L << n for m, L in zip(cell, problem.size, strict=True)) else "another cell"


@pytest.mark.parametrize(("name", "n"), [("haar", 1), ("single_c21", 1), ("zero", 3)])
def test_what_a_certified_verdict_says(name, n):
    """Every cell of the window and of the ring is counted once, one that is not zero has a piece; no counterexample."""
    problem = load_problem(name)
    verdict = decide(problem, n, right(name, n))
    L1, L2 = problem.size
    assert verdict.verdict == "certified" and verdict.counterexample is None
    assert verdict.cells == (L1 * 2**n + 2) * (L2 * 2**n + 2)
    live = sum(any(any(form) for _, form in pieces) for _, pieces in all_cells(problem, n))
    assert verdict.pieces >= live + 8


@pytest.mark.parametrize("name", ["nonconvex", "hanging", "needle", "shifted", "zero"])
def test_n_is_zero(name):
    """The seed itself, non-convex stars and hanging nodes among them, and the same moved a hair."""
    problem = load_problem(name)
    network = build(problem, 0)
    assert decide(problem, 0, network).verdict == "certified"
    moved = Chain([network_of_shift(HAIR), *network.blocks])
    assert decide(problem, 0, moved).verdict == ("certified" if name == "zero" else "refuted")


def network_of_shift(step):
    b = Builder(2)
    x, y = b.inputs
    return b.network([x + step, y])


@pytest.mark.parametrize("side", [(1, 0), (0, 1)])
def test_the_cell_of_a_counterexample(side):
    """A spike inside a cell of the window is found in that cell; beyond the window there is no cell."""
    problem, n = load_problem("haar"), 1
    middle = tuple(mpq(2 * m + 1, 4) for m in side)
    assert decide(problem, n, with_spike(right("haar", n), middle)).counterexample.cell == side
    for beyond in ((mpq(-1, 4), middle[1]), (middle[0], mpq(5, 4)), (mpq(-7), mpq(-9)), (mpq(10) ** 30, mpq(0))):
        found = decide(problem, n, with_spike(right("haar", n), beyond)).counterexample
        assert found.cell is None and abs(found.point[0] - beyond[0]) + abs(found.point[1] - beyond[1]) <= WIDTH


def with_spike(network, point, width=WIDTH, height=1):
    return plus(network, lambda b: spike(b, point, width, height))


def test_other_problems_and_other_n_are_refuted():
    """V g is not V²g, and V g of one problem is not that of another, for every pair; with V g = g it is V³g, too."""
    names = ("haar", "difference", "single_c11", "zero")
    for name in names:
        for other in names:
            same = decide(load_problem(name), 1, right(other, 1)).verdict == "certified"
            assert same == (name == other), (name, other)
    assert decide(load_problem("haar"), 2, right("haar", 1)).verdict == "refuted"
    assert decide(load_problem("haar"), 1, right("haar", 2)).verdict == "refuted"
    assert decide(load_problem("courant"), 2, build(load_problem("courant"), 0)).verdict == "certified"


@pytest.mark.parametrize("place", ["corner", "edge", "edge up", "ring corner", "ring edge", "outer corner", "far edge"])
@pytest.mark.parametrize("shape", [spike, plateau])
def test_spikes_on_the_lines_of_the_enumeration(place, shape):
    """A bump of width 2^-40 centred on a corner or edge of a cell, the ring, or an unbounded region is found."""
    point = {
        "corner": (mpq(1, 2), mpq(1, 2)), "edge": (mpq(1, 2), mpq(1, 3)), "edge up": (mpq(1, 7), mpq(1, 2)),
        "ring corner": (mpq(0), mpq(1)), "ring edge": (mpq(1), mpq(3, 5)), "outer corner": (mpq(3, 2), mpq(-1, 2)),
        "far edge": (mpq(-1, 2), mpq(10) ** 9),
    }[place]
    beside = (point[0] + WIDTH, point[1]), (point[0], point[1] - HAIR)
    for name, centre in (("haar", point), ("zero", point), *(("zero", centre) for centre in beside)):
        network = plus(right(name, 1), lambda b: shape(b, centre, WIDTH, HAIR))
        assert decide(load_problem(name), 1, network).verdict == "refuted"


def test_bumps_of_any_size_at_any_distance():
    """Widths 2^-200 to 1, heights 2^-200 to 2^200, from the origin to 10^30."""
    for width in (mpq(1), WIDTH, mpq(1, 2**200)):
        for height in (mpq(1, 2**200), mpq(1), mpq(-(2**200))):
            for far in (mpq(1, 3), mpq(10) ** 9, mpq(-(10**30))):
                for shape in (spike, plateau):
                    network = plus(right("zero", 1), lambda b: shape(b, (far, 1 / far), width, height))
                    assert decide(ZERO, 1, network).verdict == "refuted"


@pytest.mark.parametrize("name", leaks(Builder(2)))
def test_leaks_far_outside_of_the_window(name):
    """Every leak beyond 10^9, also one along a strip 2^-60 wide, is found at a point where it is."""
    for problem in ("haar", "zero"):
        found = decide(load_problem(problem), 1, plus(right(problem, 1), lambda b: leaks(b)[name])).counterexample
        assert found.cell is None and max(map(abs, found.point)) > 10**8


@pytest.mark.parametrize("exponent", range(44, 64))
def test_a_spike_that_is_zero_modulo_2_to_the_64(exponent):
    """Two terms of a spike that differ by multiples of 2^64 at every vertex of the cells do not cancel."""
    for point in ((mpq(1, 2), mpq(1, 2)), (mpq(1), mpq(3, 2)), (mpq(1, 2), mpq(1, 4))):
        network = network_of(lambda b, x, y: wrapping_spike(b, point, exponent))
        assert decide(ZERO, 1, network).verdict == "refuted"


@pytest.mark.parametrize("network", [
    Network(2, [], [0]),
    Network(2, [], [1]),
    Network(2, [Relu(0)], [2]),
    Network(2, [Affine((), mpq(1, 2**200))], [2]),
    Network(2, [Affine(((0, mpq(1)), (1, mpq(-1))), mpq(0)), Relu(2)], [3]),
    Network(2, [Affine(((0, HAIR), (1, mpq(0))), mpq(0))], [2]),
    Network(2, [Relu(0), Relu(1), Affine(((2, mpq(1)), (3, mpq(-1))), mpq(0))], [4]),
])
def test_networks_that_are_simple_and_wrong(network):
    """An input, a unit, a constant 2^-200, a unit of a form, a slope 2^-60, a difference of two units."""
    assert decide(ZERO, 1, network).verdict == "refuted"
    assert decide(load_problem("haar"), 1, network).verdict == "refuted"


def test_zero_in_many_ways():
    """Constants, units of non-positive functions, sums that cancel, weights 0 and units that reach nothing."""
    b = Builder(2)
    x, y = b.inputs
    zeros = [
        Network(2, [Affine((), mpq(0))], [2]),
        Network(2, [Affine(((0, mpq(0)), (1, mpq(0))), mpq(0)), Relu(2)], [3]),
        Network(2, [Affine((), mpq(-1)), Relu(2)], [3]),
        b.network([b.relu(-absolute(b, x - y))]),
        b.network([b.relu(-b.relu(x) - b.relu(y - x))]),
        b.network([b.relu(x) - b.relu(-x) - x + 0]),
        b.network([b.relu(x + y) - b.relu(3 * x + 3 * y) / 3]),
        b.network([b.relu(2**70 * b.relu(x + y)) - 2**70 * b.relu(x + y)]),
        b.network([b.relu(b.relu(x - y) + b.relu(y - x)) - absolute(b, 7 * x - 7 * y) / 7]),
        b.network([b.relu(1 - absolute(b, x)) * 0 + constant(0)]),
    ]
    for network in zeros:
        assert decide(ZERO, 1, network).verdict == "certified"
        assert decide(ZERO, 1, with_zero_weights(network)).verdict == "certified"
        assert decide(ZERO, 1, plus(network, lambda b: spike(b, (mpq(1, 3), mpq(0)), WIDTH))).verdict == "refuted"


def decides_rightly(kind, seed):
    """Assert that a random network, alone, minus its disguised copy, and with a bump, has the verdict of `equal`."""
    random = Random(f"{kind} {seed}")
    network = GENERATORS[kind](random)
    nothing = Network(2, [Affine((), mpq(0))], [2])
    difference = joined([network, disguised(random, network)], [1, -1])
    point = mpq(random.randint(-2, 10), random.choice((3, 4))), mpq(random.randint(-2, 10), 4)
    n = random.choice((0, 1))
    assert decide(ZERO, n, network).verdict == equal(network, nothing, jobs=1).verdict
    assert decide(ZERO, n, difference).verdict == "certified"
    assert decide(ZERO, n, with_zero_weights(difference)).verdict == "certified"
    assert decide(ZERO, n, plus(difference, lambda b: plateau(b, point, WIDTH, HAIR))).verdict == "refuted"
    assert decide(ZERO, n, plus(difference, lambda b: random.choice(list(leaks(b).values())))).verdict == "refuted"


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("seed", range(4))
def test_random_networks_against_equality(kind, seed):
    """Certification of random networks as zero agrees with `equal`, which goes another way."""
    decides_rightly(kind, seed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(10))
def test_hundreds_of_random_networks_against_equality(kind, block):
    """The same as by default for forty more networks a test."""
    for seed in range(1000 + 40 * block, 1040 + 40 * block):
        decides_rightly(kind, seed)


def test_a_refutation_at_an_unbounded_region_whose_slope_and_value_cancel_after_a_step():
    """4 − (2x − 3)₊ − (2y − 2x + 9/2)₊ is wrong at a corner of a region and right one step along a ray from there."""
    network = network_of(lambda b, x, y: 4 - b.relu(2 * x - 3) - b.relu(2 * y - 2 * x + mpq(9, 2)))
    assert decide(ZERO, 1, network).verdict == "refuted"
    for slope in range(-4, 5):
        for height in (-3, -2, -1, 1, 2):
            for f in (lambda x, y: x, lambda x, y: y, lambda x, y: x + y, lambda x, y: x - 2 * y):
                network = network_of(lambda b, x, y: slope * b.relu(f(x, y) - mpq(5, 2)) + height)
                assert decide(ZERO, 1, network).verdict == "refuted"


def test_a_refutation_at_the_crossing_of_kinks_of_independent_summands():
    """|x + y| + |x − y| − 2|x| about the middle of a cell is zero at its corners and, at the middle, across x = 0."""
    network = network_of(lambda b, x, y: _crossing(b, x - mpq(3, 4), y - mpq(3, 4)))
    task, cell = Task(ZERO, 1, network), box(mpq(1, 2), 1, mpq(1, 2), 1)
    assert len(summands(network)) == 6
    pieces, point, _ = compare_sum(task, prepared(network), [(cell, (mpq(0),) * 3)])
    assert cell.contains(*point) and network.evaluate(point)[0] and pieces
    assert compare_sum(task, prepared(right("zero", 1)), [(cell, (mpq(0),) * 3)])[1] is None


def _crossing(b, x, y):
    return absolute(b, x + y) + absolute(b, x - y) - 2 * absolute(b, x)


def test_summands_that_are_wrong_where_the_sum_is_right():
    """f + h − f − h from four independent networks is zero, although none of them is; one changed a hair is found."""
    b = Builder(2)
    x, y = b.inputs
    f, h = b.relu(b.relu(x - y) - 1), b.relu(2 - b.relu(x + y))
    again = b.relu(b.relu(3 * x - 3 * y) - 3) / 3, b.relu(10 - b.relu(5 * x + 5 * y)) / 5
    network = b.network([f + h - again[0] - again[1]])
    assert len(summands(network)) == 4 and decide(ZERO, 2, network).verdict == "certified"
    for off in (b.network([(1 + HAIR) * f + h - again[0] - again[1]]), b.network([f + h - again[0] - again[1] + HAIR])):
        assert decide(ZERO, 2, off).verdict == "refuted"


@pytest.mark.parametrize("name", ["haar", "bilinear", "shifted", "single_c21"])
def test_the_cells_the_ring_and_the_unbounded_regions_fill_the_plane(name):
    """Shards cover each cell of window and ring once; four regions are the complement of that box, corners included."""
    problem = load_problem(name)
    for n in (0, 1, 3, 5):
        cells = [
            (i, j)
            for block in shards(problem, n)[:-1]
            for i in range(*block[0])
            for j in range(*block[1])
        ]
        L1, L2 = problem.size
        assert len(set(cells)) == len(cells) == sum(map(block_size, shards(problem, n)))
        assert set(cells) == {(i, j) for i in range(-1, (L1 << n) + 1) for j in range(-1, (L2 << n) + 1)}
        (x0, x1), (y0, y1) = problem.window
        ring = mpq(1, 2**n)
        inner = (x0 - ring, x1 + ring, y0 - ring, y1 + ring)
        wide = box(x0 - 9, x1 + 9, y0 - 7, y1 + 5)
        outside = [region.clip(wide) for region in unbounded_regions(problem, n)]
        assert sum(part.area() for part in outside) + box(*inner).area() == wide.area()
        for vertex in (coordinates(v) for part in outside for v in part.vertices):
            assert not (inner[0] < vertex[0] < inner[1] and inner[2] < vertex[1] < inner[3])


@pytest.mark.parametrize("name", ["haar", pytest.param("bilinear", marks=pytest.mark.exhaustive)])
def test_one_and_two_processes_say_the_same(name, monkeypatch):
    """Verdict, cells and pieces do not depend on the number of processes; a wrong network is refuted by both."""
    monkeypatch.setattr(pool, "ALONE", 0)
    problem, network = load_problem(name), build(load_problem(name), 1)
    verdicts = [decide(problem, 1, network, jobs=jobs) for jobs in (1, 2)]
    assert verdicts[0] == verdicts[1] and verdicts[0].verdict == "certified"
    wrong = with_spike(network.flatten(), (mpq(1, 2), mpq(1, 2)))
    assert [decide(problem, 1, wrong, jobs=jobs).verdict for jobs in (1, 2)] == ["refuted"] * 2


def test_progress_counts_the_cells():
    """The callback sees the finished cells grow to their number, which is that of the verdict."""
    calls = []
    verdict = decide(load_problem("single_c00"), 3, right("single_c00", 3), progress=lambda *call: calls.append(call))
    assert calls == sorted(calls) and {total for _, total in calls} == {100}
    assert calls[-1] == (verdict.cells, verdict.cells) == (100, 100)


@pytest.mark.parametrize(("network", "shape"), [
    (Network(1, [Relu(0)], [1]), "1 and 1"),
    (Network(3, [], [0]), "3 and 1"),
    (Network(2, [], [0, 1]), "2 and 2"),
    (Network(2, [], []), "2 and 0"),
    (Chain([Network(2, [], [0, 1, 0])]), "2 and 3"),
])
def test_networks_of_another_shape_are_refused(network, shape):
    """One, three inputs, no, two or three outputs: `InputError` says what was expected and what was found."""
    with pytest.raises(InputError, match=f"two inputs and one output, but the network has {shape}$"):
        certify(ZERO, 1, network, jobs=1)


def test_chains_sums_and_files_are_certified_like_flat_networks(tmp_path):
    """A chain, its flat form, and what is read back from a file have one verdict with the same numbers."""
    problem = load_problem("difference")
    network = compact(problem, 1)
    write_network(tmp_path / "network.json.gz", network)
    again = read_network(tmp_path / "network.json.gz")
    found = [decide(problem, 1, each)._replace(network=None) for each in (network, network.flatten(), again)]
    assert found[0] == found[1] == found[2] and found[0].verdict == "certified"
