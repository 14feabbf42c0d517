"""exactrelu.construction.slots: cascades in moved grids, what is carried, and the factors of the mixed differences."""

from itertools import product
from random import Random

import pytest
from random_problems import random_problem

from exactrelu.construction import slots as place
from exactrelu.construction.signed_reading import functionals
from exactrelu.construction.small import shared_by_levels
from exactrelu.construction.spaces import combination
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import load_problem

PROBLEMS = [load_problem(name) for name in ("bilinear", "random_rational", "shifted", "single_c21", "zp")]
PROBLEMS += [random_problem(Random(seed)) for seed in range(3)]


def values(row, state):
    """Return the value of a functional at S, {(cell, k): value}."""
    return sum(weight * state[key] for key, weight in row.items())


def random_rows(random, slot):
    """Return {cell: P_cell} with random entries of both signs."""
    return {cell: mpq(random.randint(-9, 9), 4) for cell in product(*map(range, slot.lengths))}


def next_rows(mask, slot, following, q, rows):
    """Return T_qᵀ P for P = ``rows``, of which zeros may be left out."""
    columns = {b: place.transition_column(mask, slot, q, b) for b in product(*map(range, following.lengths))}
    return {b: sum((weight * rows.get(a, 0) for a, weight in column), mpq(0)) for b, column in columns.items()}


def state_of(rows, u):
    """Return S = P ⊗ (1, u)."""
    return {(cell, k): p * factor for cell, p in rows.items() for k, factor in enumerate((mpq(1), *u))}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_cascades_of_slots(problem):
    """From e_cell at level 0, rows P_j with Σ_β P_j(β) g(β + r_j − σ_j) = V^j g(z), at random points of every slot."""
    normal, _ = problem.normalized()
    slots = place.slots_of(normal)
    random = Random(problem.name)
    for _ in range(12):
        k = random.randrange(len(slots))
        slot, n = slots[k], random.randint(0, 3)
        cell = tuple(random.randrange(length) for length in slot.lengths)
        u = [mpq(random.randint(0, 191), 192) for _ in cell]
        z = [a + r - mpq(part, place.PARTS) for a, r, part in zip(cell, u, slot.shift, strict=True)]
        rows = {cell: mpq(1)}
        for _ in range(n):
            q = tuple(int(2 * r) for r in u)
            following = slots[slot.image]
            rows = next_rows(normal.mask, slot, following, q, rows)
            slot, u = following, [2 * r - digit for r, digit in zip(u, q, strict=True)]
        offset = [r - mpq(part, place.PARTS) for r, part in zip(u, slot.shift, strict=True)]
        found = sum(p * normal.seed.function.evaluate(*(b + o for b, o in zip(beta, offset, strict=True)))
                    for beta, p in rows.items())
        assert found == direct_sum(normal, n, *z)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_what_a_stage_does(problem):
    """Σ {D_I : I where q is not b}, from U W, takes Φ S to Φ' S', for S of any sign and all digits q."""
    normal, _ = problem.normalized()
    slots, spaces, steps = shared_by_levels(normal)
    random = Random(problem.name)
    for k, (slot, space, step) in enumerate(zip(slots, spaces, steps, strict=True)):
        assert all(row in space for row in functionals(slot.patches))
        rows, u = random_rows(random, slot), [mpq(random.randint(0, 8), 8) for _ in slot.shift]
        carried = dict(enumerate(values(row, state_of(rows, u)) for row in space.basis))
        for q in place.DIGITS:
            following = next_rows(normal.mask, slot, slots[slot.image], q, rows)
            wanted = state_of(following, [2 * r - digit for r, digit in zip(u, q, strict=True)])
            flipped = {i for i, (digit, own) in enumerate(zip(q, step.base, strict=True)) if digit != own}
            found = [mpq(0)] * len(spaces[slot.image])
            for chosen, (U, W) in step.differences.items():
                if flipped.issuperset(chosen):
                    passed = dict(enumerate(values(row, carried) for row in W))
                    found = [before + values(row, passed) for before, row in zip(found, U, strict=True)]
            assert found == [values(row, wanted) for row in spaces[slot.image].basis], (k, q)


def test_the_base_digits_are_the_best():
    """No other base digits have fewer rows; the numbers of rows of `bilinear` are those of its tensor structure."""
    normal, _ = load_problem("bilinear").normalized()
    slots, spaces, steps = shared_by_levels(normal)
    assert [len(space) for space in spaces] == [4, 17, 17]
    rows = [[len(W) for _, W in step.differences.values()] for step in steps]
    assert rows == [[4, 2, 2, 1], [4, 7, 7, 8], [4, 7, 7, 8]]
    for slot, space, step in zip(slots, spaces, steps, strict=True):
        stage = {
            q: [space.coordinates(back(row)) for row in spaces[slot.image].basis]
            for q, back in place.stage_maps(normal.mask, slot)
        }
        for b in place.DIGITS:
            ranks = [len(place.factors(place.difference(stage, b, I))[1]) for I in place.subsets(2)]
            assert sum(ranks) >= sum(len(W) for _, W in step.differences.values())


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_on_good_orbits(seed):
    """|φ S| is at most the bound for |P| ≤ 1 and u in the square, is more than half of it for some, a power of two."""
    random = Random(seed)
    keys = [((i, j), k) for i in range(2) for j in range(2) for k in range(3)]
    row = {key: mpq(random.randint(-20, 20), 3) for key in random.sample(keys, random.randint(1, 9))}
    row = {key: weight for key, weight in row.items() if weight} or {keys[0]: mpq(1)}
    bound, largest = place.orbit_bound(row), mpq(0)
    for u in [(mpq(i, 4), mpq(j, 4)) for i in range(5) for j in range(5)]:
        forms = {cell: sum(weight * (1, *u)[k] for (c, k), weight in row.items() if c == cell) for cell, _ in row}
        largest = max(largest, sum(map(abs, forms.values())))
    assert bound / 2 < largest <= bound
    assert bound.numerator & (bound.numerator - 1) == bound.denominator & (bound.denominator - 1) == 0


def test_levels_have_spaces_of_their_own():
    """The least spaces of n stages lie in those that all levels share, and the steps between them are right."""
    normal, _ = load_problem("random_rational").normalized()
    slots, spaces, _ = shared_by_levels(normal)
    levels = place.spaces_by_level(normal.mask, slots, [functionals(slot.patches) for slot in slots], 2)
    for level in levels:
        assert all(row in space for own, space in zip(level, spaces, strict=True) for row in own.basis)
    for here, following in zip(levels, levels[1:], strict=False):
        for slot, space in zip(slots, here, strict=True):
            for _, back in place.stage_maps(normal.mask, slot):
                assert all(back(row) in space for row in following[slot.image].basis)


def test_too_many_functionals_are_refused(monkeypatch):
    """More functionals than a class may carry are refused with what to do instead."""
    normal, _ = load_problem("bilinear").normalized()
    slots = place.slots_of(normal)
    readings = [functionals(slot.patches) for slot in slots]
    monkeypatch.setattr(place, "MOST", 11)
    assert place.shared_spaces(normal.mask, slots, readings) is None
    with pytest.raises(InputError, match="more than 11 numbers in a class; take a smaller n or one-pass"):
        place.spaces_by_level(normal.mask, slots, readings, 3)


def test_rows_are_combined():
    """D_I of three sets by hand: Σ over the flips in I, with signs."""
    stage = {q: [{0: mpq(entry)}] for q, entry in zip(place.DIGITS, (1, 10, 100, 1000), strict=True)}
    assert place.difference(stage, (0, 0), ()) == [{0: 1}]
    assert place.difference(stage, (0, 0), (1,)) == [{0: 9}]
    assert place.difference(stage, (1, 0), (0,)) == [{0: -99}]
    assert place.difference(stage, (0, 1), (0, 1)) == [{0: 100 - 1 - 1000 + 10}]
    assert combination({0: mpq(1)}, [{0: mpq(2)}]) == {0: 2}
