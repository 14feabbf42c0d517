"""exactrelu.construction.spaces: row spaces, factors of full rank and invariant closures, against dense matrices."""

from random import Random

import pytest

from exactrelu.construction.spaces import Space, combination, factors, invariant_closure, scaled, transposed
from exactrelu.field import mpq
from exactrelu.linear import rank

ENTRIES = (0, 0, 0, 1, 1, -1, 2, mpq(1, 2), mpq(-5, 3))


def random_matrix(random, height, width):
    """Return random sparse rows, some of them zero, doubled, or sums of others."""
    rows = []
    for _ in range(height):
        if rows and random.random() < 0.4:
            row = combination({0: mpq(2), 1: mpq(-1)}, [random.choice(rows), random.choice(rows)])
        else:
            row = {k: mpq(entry) for k in range(width) if (entry := random.choice(ENTRIES))}
        rows.append(row)
    return rows


def dense(rows, width):
    return [[row.get(k, mpq(0)) for k in range(width)] for row in rows]


@pytest.mark.parametrize("seed", range(20))
def test_a_space_is_its_echelon_basis(seed):
    """The dimension is the rank; basis rows are 1 at their pivot and 0 at the others; every row is its coordinates."""
    random = Random(seed)
    height, width = random.randint(1, 7), random.randint(1, 6)
    rows = random_matrix(random, height, width)
    space = Space(rows)
    assert len(space) == rank(dense(rows, width)) and space.entries == sum(map(len, space.basis))
    for row, pivot in zip(space.basis, space.pivots, strict=True):
        assert {k: row[k] for k in space.pivots if k in row} == {pivot: 1} and max(row) == pivot
    for row in rows:
        assert row in space and combination(space.coordinates(row), space.basis) == row
    assert space.basis == Space(random.sample(rows, height)).basis


def test_what_is_not_in_a_space():
    """A row outside of a space is not in it, and adding it makes it larger by one."""
    space = Space([{0: mpq(1), 1: mpq(1)}])
    assert {0: mpq(2), 1: mpq(2)} in space and {} in space and {0: mpq(1)} not in space
    assert not space.add({0: mpq(3), 1: mpq(3)}) and space.add({0: mpq(1)}) and len(space) == 2


@pytest.mark.parametrize("seed", range(20))
def test_factors(seed):
    """U W is the matrix, with as many columns of U and rows of W as its rank, for long and for short numerals."""
    random = Random(seed)
    height, width = random.randint(1, 7), random.randint(1, 6)
    matrix = random_matrix(random, height, width)
    if seed % 2:
        matrix = [scaled(row, mpq(random.randint(1, 9), 7**k)) for k, row in enumerate(matrix)]
    U, W = factors(matrix)
    assert [combination(row, W) for row in U] == matrix and len(U) == height
    assert len(W) == rank(dense(W, width)) == rank(dense(U, len(W))) == rank(dense(matrix, width))


def test_shorter_numerals_are_taken():
    """Of a matrix of full rank one factor is the unit matrix: the right one or the left one."""
    wide = ({0: mpq(3), 1: mpq(5), 2: mpq(7)}, {0: mpq(11), 1: mpq(13), 2: mpq(17)})
    assert factors(wide) == (({0: 1}, {1: 1}), wide)
    high = tuple(transposed(wide, range(3)))
    assert factors(high) == (high, ({0: 1}, {1: 1}))


def shifted_row(row):
    """A nilpotent map: key k goes to k + 1, up to 4."""
    return {k + 1: entry for k, entry in row.items() if k < 4}


def test_an_invariant_closure_is_the_least_one():
    """Two spaces that a map takes to and fro: each has the images of its own rows and of the other's, nothing else."""
    maps = [(0, 1, shifted_row), (1, 0, shifted_row)]
    first, second = invariant_closure([[{2: mpq(3)}], [{}]], maps, lambda space: True)
    assert first.pivots == (2, 4) and second.pivots == (3,)
    assert [len(space) for space in invariant_closure([[], []], maps, lambda space: True)] == [0, 0]
    assert invariant_closure([[{0: mpq(1)}], []], maps, lambda space: len(space) < 3) is None
