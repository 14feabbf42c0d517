"""exactrelu.construction.slots and levels: cascades in moved grids, what is carried, and what the stages do to it."""

from itertools import product
from math import floor, gcd
from random import Random

import pytest
from random_problems import random_problem
from random_schemes import random_kuhn_seed, random_scheme

from exactrelu.construction import slots as place
from exactrelu.construction.differences import base_digits, difference, factors, threshold_sets
from exactrelu.construction.levels import levels_of, shared_by_levels
from exactrelu.construction.signed_reading import functionals
from exactrelu.construction.spaces import combination
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Masks, Problem, builtin_seed, load_problem, smallest_window
from exactrelu.scheme.reductions import reduced

PROBLEMS = [load_problem(name) for name in ("bilinear", "random_rational", "shifted", "single_c21", "zp")]
PROBLEMS += [random_problem(Random(seed)) for seed in range(3)]
SCHEMES = [random_scheme(Random(seed), d, True) for seed, d in ((2, 1), (7, 1), (18, 1), (2, 2), (4, 2))]
SCHEMES = [reduced(problem, 3).problem for problem in SCHEMES]


def values(row, state):
    """Return the value of a functional at S, {(place, k): value}."""
    return sum((weight * state[key] for key, weight in row.items()), mpq(0))


def places(slot, problem):
    """Return all places (cell, component) of a slot."""
    return list(product(product(*map(range, slot.lengths)), range(problem.components)))


def random_rows(random, slot, problem):
    """Return {place: P} with random entries of both signs."""
    return {own: mpq(random.randint(-9, 9), 4) for own in places(slot, problem)}


def next_rows(mask, problem, slot, following, q, rows):
    """Return T_qᵀ P for P = ``rows``, of which zeros may be left out."""
    dilations = problem.dilation.factors
    columns = {b: place.transition_column(mask, dilations, slot, q, b) for b in places(following, problem)}
    return {b: sum((weight * rows.get(a, 0) for a, weight in column), mpq(0)) for b, column in columns.items()}


def shift_of(frame, slot):
    """Return the shift of a slot."""
    return [mpq(part, loop.parts) for part, loop in zip(slot.shift, frame.loops, strict=True)]


def state_of(rows, u):
    """Return S = P ⊗ (1, u)."""
    return {(own, k): p * factor for own, p in rows.items() for k, factor in enumerate((mpq(1), *u))}


def residual(u, q, problem):
    """Return M u − q."""
    return [M * r - digit for M, r, digit in zip(problem.dilation.factors, u, q, strict=True)]


@pytest.mark.parametrize("problem", [*PROBLEMS, *SCHEMES], ids=lambda problem: problem.name)
def test_cascades_of_slots(problem):
    """From e_place at level 0, rows P_j with Σ P_j g(β + r_j − σ_j) = V^j g(z), at random points of every slot."""
    normal, _ = problem.normalized()
    plain = Problem("plain", normal.masks, normal.window, normal.seed, normal.dilation, None, normal.component,
                    normal.field)
    frame = place.frame_of(normal)
    random = Random(problem.name)
    for _ in range(12):
        slot, n = random.choice(list(frame.slots.values())), random.randint(0, 3)
        cell = tuple(random.randrange(length) for length in slot.lengths)
        u = [mpq(random.randint(0, 191), 192) for _ in cell]
        z = [a + r - s for a, r, s in zip(cell, u, shift_of(frame, slot), strict=True)]
        rows = {(cell, normal.component): mpq(1)}
        for _ in range(n):
            q = tuple(floor(M * r) for M, r in zip(frame.factors, u, strict=True))
            following = frame.slots[slot.image]
            rows = next_rows(normal.mask, normal, slot, following, q, rows)
            slot, u = following, residual(u, q, normal)
        offset = [r - s for r, s in zip(u, shift_of(frame, slot), strict=True)]
        found = sum(p * normal.seed.evaluate([b + o for b, o in zip(beta, offset, strict=True)], l)
                    for (beta, l), p in rows.items())
        assert found == direct_sum(plain, n, *z)


@pytest.mark.parametrize("problem", [*PROBLEMS, *SCHEMES], ids=lambda problem: problem.name)
def test_what_a_stage_does(problem):
    """Σ {D_I : all thresholds of I are passed}, from U W, takes Φ S to Φ' S', for any S, all digits and levels."""
    normal, _ = problem.normalized()
    levels = levels_of(normal, 3, True)
    random = Random(problem.name)
    for level, following in zip(levels, levels[1:], strict=False):
        for number, k in enumerate(following.before):
            slot, space, step = level.slots[k], level.spaces[k], level.steps[k]
            target, image = following.spaces[number], following.slots[number]
            assert slot.image == image.shift
            rows, u = random_rows(random, slot, normal), [mpq(random.randint(0, 8), 8) for _ in slot.shift]
            carried = dict(enumerate(values(row, state_of(rows, u)) for row in space.basis))
            for q in place.digits_of(normal.dilation.factors):
                reached = next_rows(normal.mask, normal, slot, image, q, rows)
                wanted = state_of(reached, residual(u, q, normal))
                found = [mpq(0)] * len(target)
                for chosen, (U, W) in step.differences.items():
                    if all((q[i] >= t) == (step.side(i, t) > 0) for i, t in chosen):
                        passed = dict(enumerate(values(row, carried) for row in W))
                        found = [before + values(row, passed) for before, row in zip(found, U, strict=True)]
                assert found == [values(row, wanted) for row in target.basis], (k, q)


@pytest.mark.parametrize("problem", [*PROBLEMS, *SCHEMES], ids=lambda problem: problem.name)
def test_all_that_is_read_is_carried(problem):
    """At the last level the functionals of the seed, before it those of the source."""
    levels = levels_of(problem.normalized()[0], 2, True)
    for level in levels:
        for slot, space in zip(level.slots, level.spaces, strict=True):
            wanted = slot.patches if level is levels[-1] else slot.source
            assert all(row in space for row in functionals(wanted))


def test_the_base_digits_are_the_best():
    """No other base digits have fewer rows; the numbers of rows of `bilinear` are those of its tensor structure."""
    level = levels_of(load_problem("bilinear").normalized()[0], 2, False)[0]
    assert [len(space) for space in level.spaces] == [4, 17, 17]
    rows = [[len(W) for _, W in step.differences.values()] for step in level.steps]
    assert rows == [[4, 2, 2, 1], [4, 7, 7, 8], [4, 7, 7, 8]]
    ternary = Mask({0: mpq(1), 1: mpq(2), 2: mpq(3), 3: mpq(-1)})
    seed = builtin_seed("hat")
    line = Problem("line", ternary, smallest_window(ternary, seed, 3), seed, 3)
    for problem in (load_problem("bilinear"), line):
        normal, _ = problem.normalized()
        frame, spaces = shared_by_levels(normal)
        for slot in frame.slots.values():
            following = spaces[slot.image].basis
            stage = {
                q: [spaces[slot.shift].coordinates(back(row)) for row in following]
                for q, back in place.stage_maps(normal.mask, frame, slot)
            }
            counts = {
                b: sum(len(factors(difference(stage, b, I))[1]) for I in threshold_sets(frame.factors)) for b in stage
            }
            assert counts[base_digits(stage, frame.factors)] == min(counts.values())


def test_shifts_of_the_classes():
    """d + 1 shifts with different entries in each coordinate, closed under M; the numbers of parts are the least ones.
    """
    known = {
        (2,): (3,), (3,): (4,), (7,): (8,), (2, 2): (3, 3), (2, 3): (3, 4), (5, 4): (6, 5), (2, 2, 2): (5, 5, 5),
        (3, 3, 3): (4, 4, 4), (2, 3, 2): (5, 5, 5), (2, 4, 3): (7, 7, 13), (2,) * 4: (5,) * 4, (2,) * 5: (7,) * 5,
    }
    for factors_of_all, parts_wanted in known.items():
        parts, shifts = place.chosen_shifts(factors_of_all)
        assert all(gcd(N, M) == 1 and N > M for N, M in zip(parts, factors_of_all, strict=True))
        assert all(len(set(along)) == len(parts) + 1 == len(shifts) for along in zip(*shifts, strict=True))
        images = [tuple(M * s % N for M, s, N in zip(factors_of_all, shift, parts, strict=True)) for shift in shifts]
        assert sorted(images) == shifts == sorted(set(shifts))
        assert parts == parts_wanted, (factors_of_all, parts)


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_on_good_orbits(seed):
    """|φ S| is at most the bound for |P| ≤ 1 and u in the square, is more than half of it for some, a power of two."""
    random = Random(seed)
    keys = [(((i, j), l), k) for i in range(2) for j in range(2) for l in range(2) for k in range(3)]
    row = {key: mpq(random.randint(-20, 20), 3) for key in random.sample(keys, random.randint(1, 9))}
    row = {key: weight for key, weight in row.items() if weight} or {keys[0]: mpq(1)}
    bound, largest = place.orbit_bound(row), mpq(0)
    for u in [(mpq(i, 4), mpq(j, 4)) for i in range(5) for j in range(5)]:
        forms = {own: sum(weight * (1, *u)[k] for (c, k), weight in row.items() if c == own) for own, _ in row}
        largest = max(largest, sum(map(abs, forms.values())))
    assert bound / 2 < largest <= bound
    assert bound.numerator & (bound.numerator - 1) == bound.denominator & (bound.denominator - 1) == 0


@pytest.mark.parametrize("seed", range(20))
def test_powers_of_two(seed):
    """The least power of two that is not smaller than a number."""
    number = mpq(Random(seed).randint(1, 40), Random(-seed).randint(1, 40))
    assert place.power_of_two(number) / 2 < number <= place.power_of_two(number)
    assert [place.power_of_two(mpq(2) ** k) for k in (-3, 0, 5)] == [mpq(1, 8), 1, 32]


def test_levels_have_spaces_of_their_own(monkeypatch):
    """The least spaces of n stages lie in those that all levels share."""
    normal, _ = load_problem("random_rational").normalized()
    _, shared = shared_by_levels(normal)
    monkeypatch.setattr("exactrelu.construction.levels.shared_by_levels", lambda _: (place.frame_of(normal), None))
    for level in levels_of(normal, 2, True):
        for slot, space in zip(level.slots, level.spaces, strict=True):
            assert all(row in shared[slot.shift] for row in space.basis)


def test_masks_that_come_first():
    """A mask that comes first is one more component, and what it needs is carried at all levels: all of them are one.
    """
    hat, other = Mask({0: mpq(1, 2), 1: mpq(1), 2: mpq(1, 2)}), Mask({0: mpq(1), 1: mpq(-2), 3: mpq(5)})
    seed = builtin_seed("hat")
    wavelet = reduced(Problem("wavelet", Masks((other,), (hat,)), ((0, 3),), seed), 5).problem
    plain = Problem("plain", hat, ((0, 3),), seed)
    levels, known = levels_of(wavelet, 5, True), levels_of(plain, 5, True)
    assert len({id(level) for level in levels}) == 1 == len({id(level) for level in known})
    assert [len(space) for space in levels[0].spaces] == [8, 8] and [len(space) for space in known[0].spaces] == [3, 3]


def test_too_many_functionals_are_refused(monkeypatch):
    """More functionals than a class may carry are refused with what to do instead."""
    normal, _ = load_problem("bilinear").normalized()
    shared_by_levels.cache_clear()
    monkeypatch.setattr(place, "MOST", 11)
    assert shared_by_levels(normal)[1] is None
    with pytest.raises(InputError, match="more than 11 numbers in a class; take a smaller n or one-pass"):
        levels_of(normal, 3, False)
    shared_by_levels.cache_clear()


def test_too_many_digits_are_refused():
    """A dilation of determinant 125 is refused, with its determinant."""
    mask, seed = Mask({(0, 0, 0): mpq(1)}), random_kuhn_seed(Random(0), 3)
    problem = Problem("large", mask, smallest_window(mask, seed, 5), seed, 5)
    with pytest.raises(InputError, match="determinant up to 64, not 125"):
        place.frame_of(problem.normalized()[0])


def test_rows_are_combined():
    """D_I by hand: Σ over the flips in I, with signs, for two digits and for three."""
    digits = place.digits_of((2, 2))
    stage = {q: [{0: mpq(entry)}] for q, entry in zip(digits, (1, 10, 100, 1000), strict=True)}
    assert difference(stage, (0, 0), ()) == [{0: 1}]
    assert difference(stage, (0, 0), ((1, 1),)) == [{0: 9}]
    assert difference(stage, (1, 0), ((0, 1),)) == [{0: -99}]
    assert difference(stage, (0, 1), ((0, 1), (1, 1))) == [{0: 100 - 1 - 1000 + 10}]
    three = {q: [{0: mpq(entry)}] for q, entry in zip(place.digits_of((3,)), (1, 10, 100), strict=True)}
    assert [difference(three, (1,), ((0, k),)) for k in (1, 2)] == [[{0: -9}], [{0: 90}]]
    assert [difference(three, (2,), ((0, k),)) for k in (1, 2)] == [[{0: -9}], [{0: -90}]]
    assert threshold_sets((2, 3)) == [(), ((0, 1),), ((1, 1),), ((1, 2),), ((0, 1), (1, 1)), ((0, 1), (1, 2))]
    assert combination({0: mpq(1)}, [{0: mpq(2)}]) == {0: 2}
