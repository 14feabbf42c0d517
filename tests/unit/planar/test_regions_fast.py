"""The fast ways of exactrelu.planar: tents, lines, large weights, the size of chunks, processes, exact signs."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import arrangement, hats, oblique_tents, perceptron, ramp, tents
from twins import as_set, plain_counts

from exactrelu.cpwl.polygon import box, plane, polygon_of
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq, mpz
from exactrelu.network import Builder
from exactrelu.planar import activation_regions, batch, count_regions, pool, reference
from exactrelu.planar.normal import analysed
from exactrelu.planar.ridges import Ridge, positive_part
from exactrelu.planar.signs import exact_sign, heads, sign_table

UNIT = box(0, 1, 0, 1)
DOMAINS = (
    UNIT, plane(), box(-2, mpq(1, 3), mpq(-1, 2), 5), polygon_of([(0, 0), (1, mpq(1, 3)), (mpq(1, 2), 1)]),
    plane().split((mpq(1), mpq(-2), mpq(1, 3)))[0],
)


@pytest.mark.parametrize("seed", range(30))
def test_lines_that_meet_in_threes_are_counted_right(seed):
    """Arrangements of a dozen lines of small slopes, many concurrent or parallel: counts are those of the reference."""
    random = Random(seed)
    forms = [(random.randint(-2, 2), random.randint(-2, 2), random.randint(-2, 2)) for _ in range(12)]
    network = arrangement(forms)
    for domain in DOMAINS:
        assert count_regions(network, domain) == plain_counts(network, domain)


@pytest.mark.parametrize("kink", [mpq(1, 2), mpq(1, 3), mpq(1, 7)])
def test_ten_tents_have_2_to_the_20_regions(kink):
    """T^10(x) + T^10(y) has 4^10 regions on the unit square, all of them linear pieces."""
    assert count_regions(tents(10, kink), UNIT) == (4**10, 4**10)


def test_every_cell_of_seven_tents_is_listed():
    """The 4^7 regions of the tents with kink 1/3 come one after the other, with areas that add up to 1."""
    areas = [polygon.area() for polygon, _ in activation_regions(tents(7, mpq(1, 3)), UNIT)]
    assert len(areas) == 4**7 and sum(areas) == 1


def test_oblique_tents_are_listed_and_counted_alike():
    """T^6((x+y)/2) + T^6((x−y+1)/2): as many cells listed as counted, areas that add up to 1."""
    network = oblique_tents(6, mpq(1, 3))
    areas = [polygon.area() for polygon, _ in activation_regions(network, UNIT)]
    assert sum(areas) == 1 and count_regions(network, UNIT) == (len(areas), len(areas))


@pytest.mark.parametrize("widths", [[8], [8, 8], [6, 6, 6, 6], [16, 12]])
@pytest.mark.parametrize("denominator", [1, 64, 3, 10**12, 2**70])
def test_perceptrons_in_words_and_in_big_integers(widths, denominator):
    """Random weights k/d, for d up to 2^70, so that forms leave 64-bit words at once, later or never."""
    network = perceptron(Random(sum(widths)), widths, denominator, bound=2 * min(denominator, 10**20))
    domain = box(-1, 1, mpq(-1, 2), 1)
    assert as_set(batch.cells(network, domain)) == as_set(reference.activation_regions(network, domain))


def test_weights_near_the_end_of_a_word():
    """Forms of 61 to 63 bits and a dead unit with the weight 2^70: nothing overflows."""
    b = Builder(2)
    x, y = b.inputs
    for bits in (30, 31, 61, 62, 63, 64):
        big = 2**bits - 1
        u, v = b.relu(big * x - y), b.relu(x - big * y + 1)
        dead = b.relu(b.relu(-b.relu(x)) * 2**70 - 1)
        network = b.network([b.relu(u - big * v + dead) + b.relu(v - u + big), dead])
        for domain in DOMAINS:
            assert as_set(batch.cells(network, domain)) == as_set(reference.activation_regions(network, domain))


@pytest.mark.parametrize("entries, cells", [(1, 10**6), (10**9, 1), (10**9, 7)])
def test_the_size_of_chunks_changes_nothing(monkeypatch, entries, cells):
    """Chunks halved down to single cells give the same regions and the same linear pieces."""
    network = perceptron(Random(3), [8, 8])
    expected = as_set(batch.cells(network, UNIT)), count_regions(network, UNIT, jobs=1)
    monkeypatch.setattr(batch, "ENTRIES", entries)
    monkeypatch.setattr(batch, "CELLS", cells)
    assert (as_set(batch.cells(network, UNIT)), count_regions(network, UNIT, jobs=1)) == expected


@pytest.fixture
def short_slices(monkeypatch):
    """Tasks that hand back the rest at once, so that even small jobs go through several processes."""
    monkeypatch.setattr(pool, "ALONE", 1)
    monkeypatch.setattr(pool, "SLICE", 10**6)
    monkeypatch.setattr(batch, "CELLS", 20)


def test_several_processes_count_the_same(short_slices):
    """Two processes that hand each other small chunks: the counts of one, on a box and on the plane."""
    network = perceptron(Random(8), [10, 10], denominator=4)
    for domain in (UNIT, plane()):
        assert count_regions(network, domain, jobs=2) == plain_counts(network, domain)
    assert not active_children()


def test_a_worker_that_dies_ends_in_one_clear_error(short_slices):
    """Killing a worker in the middle raises `UndecidedError`, and leaves no process behind."""
    def kill(_done, _total):
        for child in active_children():
            os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(UndecidedError, match="a worker process ended early"):
        count_regions(perceptron(Random(1), [24, 24]), plane(), jobs=2, progress=kill)
    assert not active_children()


ENDLESS = """
import sys
from random import Random
from networks import perceptron
from exactrelu.cpwl.polygon import plane
from exactrelu.planar import batch, count_regions, pool
pool.ALONE = 10**7
batch.CELLS = 300
if __name__ == "__main__":
    say = lambda done, total: print("working", flush=True)
    try:
        count_regions(perceptron(Random(1), [128] * 4), plane(), jobs=2, progress=say)
    except KeyboardInterrupt:
        sys.exit(3)
"""


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 3), (signal.SIGKILL, -signal.SIGKILL)])
def test_stopping_leaves_no_process_behind(tmp_path, number, code):
    """Ctrl-C (to the whole group, as from a terminal) or kill −9 of the parent: all workers end, and say nothing."""
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, text=True,
    )
    for _ in range(3):
        assert process.stdout.readline() == "working\n"
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    assert process.wait(timeout=30) == code
    assert process.stderr.read() == ""
    for _ in range(300):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a worker is still running")


edges = st.sampled_from([2**30, -(2**30), 2**54, 1 - 2**62])
integers = st.integers(-(2**62) + 1, 2**62 - 1) | st.integers(-3, 3) | edges
coordinates = st.integers(-(2**200), 2**200) | st.integers(-(2**31), 2**31) | st.integers(-2, 2)


@given(st.lists(st.tuples(st.tuples(integers, integers, integers), st.tuples(coordinates, coordinates, coordinates))))
def test_signs_are_exact(pairs):
    """Heads of 30 bits or the integers themselves: the sign is that of the exact value, for words of any size."""
    pairs = [(form, (mpz(X), mpz(Y), mpz(abs(W)))) for form, (X, Y, W) in pairs if X or Y or W]
    points = [point for _, point in pairs]
    forms = np.array([form for form, _ in pairs], dtype=np.int64).reshape(-1, 3, 1)
    expected = [exact_sign(form, point) for form, point in pairs]
    assert sign_table(forms, points, heads(points))[:, 0].tolist() == expected
    assert sign_table(forms.astype(object), points, heads(points))[:, 0].tolist() == expected


@given(st.integers(-(2**61), 2**61), st.integers(-(2**61), 2**61), st.integers(1, 2**100), st.integers(-1, 1))
def test_signs_at_a_hair_from_a_zero(alpha, beta, scale, hair):
    """A point on the line of a form, or beside it by one unit of 200 bits, is told apart from it."""
    point = (mpz(-beta * scale + hair), mpz(alpha * scale), mpz(1))
    if any(point[:2]):
        table = sign_table(np.array([[[alpha], [beta], [0]]], dtype=np.int64), [point], heads([point]))
        assert table[0, 0] == exact_sign((alpha, beta, 0), point)


small = st.fractions(-4, 4, max_denominator=6).map(lambda q: mpq(q.numerator, q.denominator))


@given(small, small, st.dictionaries(small, small.filter(bool), max_size=4), st.lists(small, max_size=3))
def test_the_positive_part_of_a_ridge_is_its_positive_part_everywhere(intercept, slope, jumps, points):
    """f₊ in normal form is max(0, f) at any point, at all knots and zeros, and beyond them; zeros are zeros of f."""
    def at(ridge, t):
        return ridge.intercept + ridge.slope * t + sum(jump * max(t - knot, 0) for knot, jump in ridge.jumps.items())

    f = Ridge(intercept, slope, jumps)
    positive, zeros = positive_part(f)
    assert all(at(f, zero) == 0 for zero in zeros) and all(positive.jumps.values())
    assert set(positive.jumps) <= set(jumps) | set(zeros)
    knots = sorted({*jumps, *zeros, *positive.jumps, *points, mpq(0)})
    middles = [(s + t) / 2 for s, t in zip(knots, knots[1:], strict=False)]
    for t in (*knots, *middles, knots[0] - 1, knots[0] - 100, knots[-1] + 1, knots[-1] + 100):
        assert at(positive, t) == max(at(f, t), 0)


def test_ridges_are_recognised_whatever_they_are_made_of():
    """Tents, hats and ramps are arrangements of lines; max(x, y)₊ of two different ridges is not."""
    assert all(analysed(network).is_arrangement for network in (tents(3), oblique_tents(3), hats(3), ramp(9)))
    b = Builder(2)
    x, y = b.inputs
    assert not analysed(b.network([b.relu(b.relu(x) - b.relu(y))])).is_arrangement
