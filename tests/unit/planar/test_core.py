"""The compiled core against its plain twin `Bisection`, and what stands between it and belief."""

import os
import signal
import subprocess
import sys
import threading
import time
from array import array
from collections import Counter
from random import Random

import pytest
from crafted import GENERATORS, disguised, joined, network_of, spike, tame
from networks import degenerate, oblique_tents, perceptron, tents

from exactrelu import build, core, load_problem
from exactrelu.certification import enumeration
from exactrelu.certification.shards import OUTSIDE, Task, shards
from exactrelu.cpwl.polygon import Polygon, box, plane, polygon_of
from exactrelu.errors import Contradiction
from exactrelu.field import mpq, mpz
from exactrelu.network import Affine, Network, Relu, total
from exactrelu.planar import differences
from exactrelu.planar.equality import difference_network
from exactrelu.planar import native as module
from exactrelu.planar.bisection import Bisection, piece_form
from exactrelu.planar.native import MAX_OUTPUTS, Native, native
from exactrelu.scheme import problem_from_json

needs_core = pytest.mark.skipif(core.compiled is None, reason=core.PATH)

UNIT = box(0, 1, 0, 1)
HAIR = mpq(1, 2**30)
POLYGONS = [
    box(-1, 1, -1, 1), UNIT, box(mpq(-1, 3), 2, mpq(1, 7), mpq(9, 7)), polygon_of([(0, 0), (3, 1), (1, 3)]),
    box(0, HAIR, -1, 1), polygon_of([(-1, -1), (0, -1), (1, 0), (1, 1), (0, 1), (-1, 0)]),
]
ZERO = (mpq(0), mpq(0), mpq(0))


def twins(network):
    """Return (`Bisection`, `Native`) of a network, None for the second if the core does not take it."""
    network = network.flatten()
    bisection = Bisection(network)
    return bisection, native(bisection, network)


def told(pieces):
    """Return pieces in an order of their own, as what there is to tell about them."""
    def values(piece):
        pairs = [dict(zip(piece.polygon.vertices, output, strict=True)) for output in piece.values]
        return [sorted(values.items()) for values in pairs]

    return sorted((piece.root, sorted(piece.polygon.vertices), values(piece)) for piece in pieces)


def check_twins(network, polygons=POLYGONS):
    """Assert that the twins find the same pieces, and that they are what the core compares; return what it is for."""
    bisection, compiled = twins(network)
    expected = told(bisection.pieces(polygons))
    if compiled is None:
        return "not taken"
    assert told(compiled.pieces(polygons)) == expected
    zero = (ZERO,) * len(network.outputs)
    compared = compiled.compare(polygons, [zero] * len(polygons))
    found, rest = (list(bisection.pieces(parts)) for parts in (polygons, [part for _, part in compared.left]))
    is_off, is_off_in_rest = (any(any(map(any, piece.values)) for piece in pieces) for pieces in (found, rest))
    if compared.differs is not None:
        assert is_off
    else:
        assert is_off == is_off_in_rest and compared.pieces + len(rest) == len(found)
    return "given back" if compared.left else "done"


def random_ends(kind, seeds):
    """Return what the core is for on random networks, each as it is and with tame weights."""
    ends = Counter()
    for seed in seeds:
        network = GENERATORS[kind](Random(f"core {kind} {seed}")).flatten()
        ends.update([check_twins(network), check_twins(tame(network))])
    return ends


@needs_core
@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(5))
def test_twins_on_random_networks_of_each_kind(kind, block):
    """Kinks that coincide, gates that cancel, dead, doubled, opposite units: the same polygons with the same forms."""
    assert random_ends(kind, range(6 * block, 6 * block + 6))["done"] >= 5


@needs_core
@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("block", range(20))
def test_twins_on_thousands_of_random_networks(kind, block):
    """The same as by default for fifty more networks, wild and tame, a test."""
    assert random_ends(kind, range(1000 + 50 * block, 1050 + 50 * block))["done"] >= 50


@needs_core
@pytest.mark.parametrize("seed", range(20))
def test_twins_on_networks_with_several_outputs(seed):
    """Up to sixteen outputs, some of them repeated, constant or inputs, are decided together."""
    random = Random(seed)
    network = degenerate(random, 14, random.choice((2, 3, MAX_OUTPUTS)))
    assert check_twins(network) in ("done", "given back", "not taken")


@needs_core
def test_networks_that_the_core_does_not_take():
    """Weights of more than 104 bits, and more outputs than sixteen, are for the plain twin alone."""
    for bits, end in ((63, "done"), (80, "done"), (94, "done"), (104, "not taken"), (130, "not taken")):
        for sign in (1, -1):
            assert check_twins(network_of(lambda b, x, y: b.relu(x + sign * 2**bits * y) - b.relu(x))) == end
    assert check_twins(Network(2, [], [0] * (MAX_OUTPUTS + 1))) == "not taken"
    assert check_twins(Network(2, [], [0] * MAX_OUTPUTS)) == "done"


@needs_core
@pytest.mark.parametrize("network", [
    Network(2, [], [0]), Network(2, [], [1]), Network(2, [Relu(1), Relu(2), Relu(3)], [4]),
    Network(2, [Affine((), mpq(-7, 3))], [2]), Network(2, [Affine((), mpq(0)), Relu(2)], [3]),
    Network(2, [Affine(((0, mpq(0)), (1, mpq(0))), mpq(5)), Relu(2)], [3]),
    Network(2, [Affine(((0, mpq(1)), (1, mpq(1))), mpq(0)), Affine(((2, mpq(1)), (0, mpq(-1))), mpq(0)), Relu(3)], [2]),
])
def test_outputs_of_every_kind(network):
    """An input, units of units, constants, zero, an output in the middle."""
    assert check_twins(network) == "done"


@needs_core
@pytest.mark.parametrize("count", (2, 40, 200, pytest.param(4000, marks=pytest.mark.exhaustive)))
def test_thousands_of_kinks_on_one_line(count):
    """Units k (x + y − 1)₊ with weights that cancel, or nearly, have one kink, or none, whatever their number."""
    for off in (0, 1):
        def function(b, x, y, off=off):
            units = [(-1) ** k * b.relu(k * (x + y - 1)) for k in range(1, count)]
            whole = sum((-1) ** k * k for k in range(1, count))
            return total(units) - b.relu((whole + off) * (x + y - 1)) + b.relu(x - y)

        assert check_twins(network_of(function), [UNIT]) == "done"


@needs_core
@pytest.mark.parametrize("make", [tents, oblique_tents])
@pytest.mark.parametrize("kink", [mpq(1, 2), mpq(1, 3)])
def test_tents(make, kink):
    """T³(x) + T³(y), straight and oblique, with kinks at 1/2 and 1/3."""
    assert check_twins(make(3, kink)) == "done"


@needs_core
@pytest.mark.parametrize("denominator", (1, 3, 64, 10**6))
def test_perceptrons(denominator):
    """Perceptrons with weights in thirds, in k/64 and in six decimals."""
    for seed in range(3):
        network = perceptron(Random(seed), [4, 4], denominator, 2 * denominator)
        assert check_twins(network, [UNIT]) in ("done", "given back")


@needs_core
def test_networks_for_decimal_masks_are_taken():
    """The weights of one-pass for D4 in six decimals fit into the core: c and rho bring few digits of their own."""
    root = 3**0.5
    line = [(1 + root) / 4, (3 + root) / 4, (3 - root) / 4, (1 - root) / 4]
    mask = {f"{i},{j}": f"{round(p * q * 10**6)}/1000000" for i, p in enumerate(line) for j, q in enumerate(line)}
    data = {"format": "exactrelu-problem/1", "name": "D4", "mask": mask, "window": [4, 4], "seed": "courant"}
    _, compiled = twins(build(problem_from_json(data, "D4"), 2))
    assert compiled is not None


@needs_core
@pytest.mark.parametrize("seed", range(4))
def test_weights_of_more_than_64_bits(seed):
    """Units with weights of 60 to 80 bits have the same pieces from both, products of 160 bits are noticed."""
    random = Random(seed)
    p, q, r = (random.choice((-1, 1)) * random.randrange(2**60, 2**80) for _ in range(3))

    def function(b, x, y):
        t = b.relu(p * x + q * y)
        return b.relu(t - r * b.relu(x - y)) - 3 * t + b.relu(x - 3 * y)

    def product(b, x, y, p=abs(p), q=abs(q)):
        return b.relu(p * b.relu(q * b.relu(x + 2 * y)) - x)

    assert check_twins(network_of(function)) in ("done", "given back")
    assert check_twins(network_of(product)) == "given back"
    assert check_twins(network_of(lambda b, x, y: product(b, x, y, 2**70, 2**70))) == "given back"
    _, compiled = twins(network_of(lambda b, x, y: b.relu(abs(p) * (x + y))))
    right, wrong = ((mpq(abs(p)), mpq(abs(p) + off), mpq(0)) for off in (0, 1))
    assert compiled.compare([UNIT], [(right,)]).differs is None and compiled.compare([UNIT], [(wrong,)]).differs


@needs_core
@pytest.mark.parametrize("up, down, off", [(1, -1, 0), (1, -1, mpq(1, 2**20)), (1, 0, 0), (0, 1, 0), (mpq(1, 3), 2, 0)])
def test_halves_whose_vertices_are_too_long_for_the_core(up, down, off):
    """Units that change sign along a line with long numbers make two pieces; each is compared, and none given back."""
    def function(b, x, y):
        t = x - mpq(10**9 + 37, 10**9 + 91) * y + mpq(1, 10**9 + 3)
        return up * b.relu(t) + down * b.relu(-t) - (1 + off) * t

    _, compiled = twins(network_of(function))
    found = compiled.compare([UNIT], [(ZERO,)])
    if (up, down, off) == (1, -1, 0):
        assert found[:3] == (2, [], []) and found.differs is None
    else:
        assert network_of(function).evaluate(found.differs)[0] != 0
    assert len(list(compiled.pieces([UNIT]))) == 2


@needs_core
def test_polygons_that_the_core_gives_back():
    """Coordinates beyond 2^54, unbounded polygons and polygons with many vertices are done by the plain twin."""
    network = network_of(lambda b, x, y: x + b.relu(y) - b.relu(-y))
    circle = sorted(((mpq(k, 50), mpq(k * k, 2500)) for k in range(-30, 31)))
    for polygon in (box(0, 2**54, 0, 1), box(0, mpq(1, 2**54), 0, 1), plane().split((mpq(1), mpq(0), mpq(0)))[0],
                    polygon_of(circle)):
        _, compiled = twins(network)
        assert compiled.compare([UNIT, polygon], [((mpq(1), mpq(1), mpq(0)),)] * 2)[:2] == (1, [(1, polygon)])
        if polygon.is_bounded:
            assert len(list(compiled.pieces([UNIT, polygon]))) == len(list(Bisection(network).pieces([UNIT, polygon])))


@needs_core
def test_polygons_that_are_halved_as_often_as_can_be():
    """Squares at the powers of two on both axes, each twice: whenever their places are halved, one is set apart."""
    ends = [(0, 0), *((2**k * i, 2**k * (1 - i)) for k in range(32) for i in (0, 1))]
    squares = [box(x, x + 1, y, y + 1) for x, y in ends for _ in range(2)]
    assert check_twins(network_of(lambda b, x, y: b.relu(x - y) + b.relu(3 * x - 1)), squares) == "done"


@needs_core
def test_numbers_that_outgrow_the_core():
    """Where sums and products do not fit into 128 bits the polygon is given back, and nothing else is said about it."""
    def function(b, x, y):
        t = x + y
        for _ in range(4):
            t = b.relu((2**30 + 1) * t - (2**30 - 1) * b.relu(t - mpq(1, 2**30 + 3)) - x)
        return t

    assert check_twins(network_of(function), [UNIT]) == "given back"


@needs_core
def test_values_that_outgrow_the_core_where_forms_do_not():
    """With u = (x − y)₊ and c = 2^100 u, c₊ − c + u is u on squares that are so far away that c has 128 bits there.

    Only the network as it was given has c and c₊ there; it is evaluated at some of the pieces, which are given back.
    """
    one, zero = mpq(1), mpq(0)
    unit = [Affine(((0, one), (1, -one)), zero), Relu(2)]
    chain = [Affine(((node, mpq(2**25)),), zero) for node in (3, 4, 5, 6)]
    output = Affine(((8, one), (7, -one), (3, one)), zero)
    _, compiled = twins(Network(2, [*unit, *chain, Relu(7), output], [9]))
    squares, given_back = [box(8 * 10**6 + k, 8 * 10**6 + k + 1, 0, 1) for k in range(100)], 0
    for _ in range(8):
        found = compiled.compare(squares, [((one, -one, zero),)] * len(squares))
        assert found.differs is None and found.pieces + len(found.left) == len(squares)
        given_back += len(found.left)
    assert 0 < given_back < 400


@needs_core
def test_a_difference_anywhere_is_found():
    """A spike of half-width 2^-30, in any of many polygons, differs from zero, and so do wrong forms."""
    cells = [box(mpq(i, 8), mpq(i + 1, 8), mpq(j, 8), mpq(j + 1, 8)) for i in range(8) for j in range(8)]
    for point in ((0, 0), (mpq(1, 3), mpq(2, 3)), (mpq(1, 8), mpq(3, 8))):
        _, compiled = twins(network_of(lambda b, x, y, point=point: spike(b, point, HAIR, HAIR)))
        assert compiled.compare(cells, [(ZERO,)] * 64).differs is not None
    _, compiled = twins(network_of(lambda b, x, y: b.relu(x + 1) + 2 * y))
    right = (mpq(1), mpq(2), mpq(1))
    assert compiled.compare(cells, [(right,)] * 64) [:2] == (64, [])
    for place in range(3):
        wrong = tuple(entry + (k == place) * mpq(1, 2**60) for k, entry in enumerate(right))
        assert compiled.compare(cells, [(right,)] * 63 + [(wrong,)]).differs is not None


@needs_core
def test_order_and_company_do_not_matter():
    """A polygon has the same pieces alone, among others, and in any order, twice over."""
    random = Random(3)
    _, compiled = twins(tame(GENERATORS["gated"](random).flatten()))
    alone = [told(compiled.pieces([polygon])) for polygon in POLYGONS]
    order = [*range(len(POLYGONS)), *range(len(POLYGONS))]
    random.shuffle(order)
    together = told(compiled.pieces([POLYGONS[number] for number in order]))
    for root, number in enumerate(order):
        own = [(0, *rest) for place, *rest in together if place == root]
        assert own == alone[number]


@needs_core
def test_what_a_deadline_leaves_over_is_done_later():
    """In slices of a few milliseconds the pieces are as many as in one go, and the slices do end."""
    tent = oblique_tents(7).flatten()  # >= 0 on the unit square, so that its positive part is the same
    last = len(tent.nodes) + 2
    difference = Affine(((tent.outputs[0], mpq(1)), (last, mpq(-1))), mpq(0))
    _, compiled = twins(Network(2, [*tent.nodes, Relu(tent.outputs[0]), difference], [last + 1]))
    whole = compiled.compare([UNIT], [(ZERO,)])
    pieces, slices, left = 0, 0, [UNIT]
    while left:
        found = compiled.compare(left, [(ZERO,)] * len(left), time.monotonic_ns() + 5 * 10**6)
        assert found.differs is None and not found.left
        pieces, slices, left = pieces + found.pieces, slices + 1, found.unfinished
    assert pieces == whole.pieces and slices > 1


@needs_core
@pytest.mark.parametrize("kind", sorted({*GENERATORS} - {"huge"}))
def test_equality_compares_the_same_pieces(kind, monkeypatch):
    """A network and its disguised copy are equal on as many pieces of the plane, with the core and without."""
    random = Random(kind)
    for _ in range(4):
        network = tame(GENERATORS[kind](random).flatten())
        difference = difference_network(network, disguised(random, network))
        found = []
        for way in (twins(difference), (Bisection(difference), None)):
            monkeypatch.setattr(differences, "twins", lambda network, way=way: way)
            pieces, polygons = 0, list(differences.QUADRANTS)
            while polygons:
                deadline = time.monotonic_ns() + 10**8
                (count, where, _), polygons = differences.compare_pieces(difference, polygons, deadline)
                assert where is None
                pieces += count
            found.append(pieces)
        assert found[0] == found[1]


@needs_core
def test_equality_finds_a_difference_through_the_core():
    """A spike on one side is found, and its point is one where the outputs differ."""
    for point in ((mpq(1, 3), mpq(2, 3)), (mpq(-5), mpq(7))):
        network = network_of(lambda b, x, y, point=point: spike(b, point, HAIR, HAIR))
        deadline = time.monotonic_ns() + 10**9
        (_, (found, output), _), left = differences.compare_pieces(network, [box(-9, 9, -9, 9)], deadline)
        assert network.evaluate(found)[output] and not left


def damaged(monkeypatch, name, change):
    """Replace a function of the module that sends arrays to the core by one that changes what it returns."""
    original = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *arguments: change(original(*arguments)))


@needs_core
def test_a_wrong_network_in_the_core_is_a_contradiction(monkeypatch):
    """If the core's network is not the one that was given, evaluation inside the pieces says so."""
    network = network_of(lambda b, x, y: b.relu(x + y - 1) + b.relu(x - y))

    def change(arrays):
        rectified, starts, sources, weights, biases, ends, scales = arrays
        return rectified, starts, sources, weights, array("q", [half + 1 for half in biases]), ends, scales

    damaged(monkeypatch, "_given", change)
    _, compiled = twins(network)
    with pytest.raises(Contradiction, match="internal contradiction.*EXACTRELU_CORE=0.*please report"):
        compiled.compare([UNIT] * 64, [(ZERO,)] * 64)
        list(compiled.pieces([UNIT] * 64))


@needs_core
def test_areas_that_do_not_add_up_are_a_contradiction(monkeypatch):
    """The pieces of a polygon have its area, modulo a prime that nobody knows before."""
    damaged(monkeypatch, "_area", lambda area: area + 1)
    _, compiled = twins(network_of(lambda b, x, y: b.relu(x + y - 1)))
    with pytest.raises(Contradiction, match="internal contradiction"):
        list(compiled.pieces([UNIT]))


@needs_core
@pytest.mark.parametrize("name, n, construction", [
    ("bilinear", 1, "one-pass"), ("loop", 1, "one-pass"), ("haar", 2, "one-pass"), ("bilinear", 1, "compact"),
])
def test_blocks_have_the_outcome_of_the_plain_twin(name, n, construction):
    """Certified blocks have the same pieces from both, with one summand and with several."""
    problem = load_problem(name)
    task = Task(problem, n, build(problem, n, construction).flatten())
    bisections, cores = enumeration.prepared(task.network), enumeration.prepared_cores(task.network)
    assert all(cores)
    for block in shards(problem, n)[:2]:
        targets = enumeration.targets_on(task, block)
        plain = enumeration.compare_plain(task, bisections, targets)
        compiled = enumeration.compare_compiled(task, bisections, cores, targets)
        assert plain[1] is None and compiled[:2] == plain[:2] and 1 <= len(compiled[2]) <= len(plain[2])


@needs_core
def test_a_difference_is_found_again_by_the_plain_twin(monkeypatch):
    """A refutation has the point of the plain twin; one that the twin does not find is a contradiction."""
    problem = load_problem("haar")
    right = build(problem, 1).flatten()
    wrong = joined([right, network_of(lambda b, x, y: spike(b, (mpq(1, 5), mpq(1, 7)), HAIR))], [1, 1]).flatten()
    task = Task(problem, 1, wrong)
    bisections, block = enumeration.prepared(wrong), shards(problem, 1)[0]
    outcome = enumeration.compare_block(task, bisections, block)
    assert outcome.point is not None
    assert outcome[1:] == enumeration.compare_plain(task, bisections, enumeration.targets_on(task, block))
    monkeypatch.setattr(enumeration, "compare_plain", lambda *arguments: (1, None, ()))
    with pytest.raises(Contradiction, match="internal contradiction"):
        enumeration.compare_block(task, bisections, block)


@needs_core
def test_some_blocks_are_done_twice(monkeypatch):
    """A block that is drawn is done by the plain twin, too; another number of pieces is a contradiction."""
    problem = load_problem("haar")
    task = Task(problem, 1, build(problem, 1).flatten())
    bisections, block = enumeration.prepared(task.network), shards(problem, 1)[0]
    monkeypatch.setattr(enumeration, "TWICE", 1)
    pieces = enumeration.compare_block(task, bisections, block).pieces
    monkeypatch.setattr(enumeration, "compare_plain", lambda *arguments: (pieces + 1, None, ()))
    with pytest.raises(Contradiction, match="internal contradiction"):
        enumeration.compare_block(task, bisections, block)
    assert enumeration.compare_block(task, bisections, OUTSIDE).pieces == pieces + 1


@needs_core
def test_arrays_that_make_no_sense_are_refused():
    """Indices that point nowhere, unsorted starts and points at infinity end in ValueError, not in memory."""
    def words(*numbers):
        return array("q", numbers)

    def wide(*numbers):
        return module.halves(numbers)

    compiled = core.compiled
    good = [words(), words(), words(0), words(0, 2), words(0, 1), wide(1, 1), wide(0), words(2), wide(1)]
    handle = compiled.network(*good)
    for place, bad in ((3, words(0, 3)), (3, words(1, 2)), (4, words(0, 2)), (4, words(-1, 0)), (5, wide(1)),
                       (7, words(3)), (8, wide(0)), (8, wide(-1)), (8, wide(1, 1)), (0, words(*range(65)))):
        with pytest.raises(ValueError):
            compiled.network(*good[:place], bad, *good[place + 1 :])
    compiled.add_function(handle, 0, words(), words(), words(1), words(0), words(), words())
    with pytest.raises(ValueError):
        compiled.add_function(handle, 0, words(1), words(0), words(1, 2), words(0, 0), words(0), words(0))
    variant = [words(0), words(0), words(0, 1), words(1), wide(1), words(2), words(1), wide(1), words()]
    compiled.add_variant(handle, 0, *variant)
    for place, bad in ((0, words(1)), (2, words(0, 2)), (3, words(2)), (3, words(-1)), (4, wide(2**103)),
                       (4, wide(-1 - 2**103)), (5, words(3)), (7, wide(0)), (8, words(1))):
        with pytest.raises(ValueError):
            compiled.add_variant(handle, 1, *variant[:place], bad, *variant[place + 1 :])
    roots = [words(3), words(0, 0, 1, 1, 0, 1, 0, 1, 1), wide(0, 0, 0), wide(1), words(0)]
    prime = (1 << 60) + 33
    assert len(compiled.run(handle, *roots, 0, prime, 1, 0)[0]) == 72
    for place, bad in ((0, words(2)), (0, words(4)), (1, words(*[0] * 9)), (1, words(*[0, 0, 1 << 54] * 3)),
                       (2, wide(0)), (3, wide(0)), (4, words(-1))):
        with pytest.raises(ValueError):
            compiled.run(handle, *roots[:place], bad, *roots[place + 1 :], 0, prime, 1, 0)
    with pytest.raises(ValueError):
        compiled.run(handle, *roots, 0, 7, 1, 0)
    with pytest.raises(ValueError):
        compiled.network(*[array("i", [0])] * 9)


@needs_core
def test_an_interrupt_ends_the_work_soon():
    """SIGINT in the middle of one polygon with millions of pieces is a KeyboardInterrupt within a second or two."""
    _, compiled = twins(oblique_tents(11))
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    start = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        compiled.compare([UNIT], [(ZERO,)])
        time.sleep(5)
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("switch", ["0", "1"])
def test_the_switch_and_what_ran(switch):
    """EXACTRELU_CORE=0 leaves the core out; --version and the JSON answer say which path it was."""
    environment = os.environ | {core.SWITCH: switch}

    def output(*words):
        command = [sys.executable, *words]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    path = output("-c", "from exactrelu import core; print(core.PATH)").rstrip("\n")
    assert (path == "plain Python, EXACTRELU_CORE=0") == (switch == "0")
    assert output("-m", "exactrelu", "--version").endswith(f" ({path})\n")
    assert f'"engine": "{path}"' in output("-m", "exactrelu", "certify", "haar", "-n", "1", "--jobs", "1", "--json")
    imported = output("-c", "import sys, exactrelu.planar.native; print('exactrelu.core._compiled' in sys.modules)")
    assert imported == f"{path == 'compiled core'}\n"


def test_pieces_are_those_of_the_forms():
    """The values of a piece of the core are those of its form at the vertices."""
    if core.compiled is None:
        pytest.skip(core.PATH)
    network = network_of(lambda b, x, y: b.relu(x + y - 1) / 3 - b.relu(2 * x - y))
    pieces = list(Native(Bisection(network), network).pieces([UNIT]))
    assert len({piece_form(piece) for piece in pieces}) == 4
    assert all(type(piece.polygon) is Polygon and type(piece.polygon.vertices[0][0]) is type(mpz()) for piece in pieces)
