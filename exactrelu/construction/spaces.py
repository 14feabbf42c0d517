"""Exact linear algebra on sparse rows: row spaces, factors of full rank, invariant closures.

A row is a mapping {key: number ≠ 0} with keys that can be compared; a key that is missing stands for 0. A matrix is a
sequence of rows. `exactrelu.linear` is for small matrices in full; the spaces here have hundreds of coordinates, of
which a row uses few.
"""

from exactrelu.field import Quadratic, lcm


class Space:
    """The span of rows, kept by its reduced echelon basis: each basis row is 1 at its pivot and 0 at the others.

    The pivot is the largest key of a row.

    >>> from exactrelu.construction.spaces import Space
    >>> from exactrelu.field import mpq
    >>> space = Space([{0: mpq(2), 1: mpq(4)}, {0: mpq(1), 1: mpq(2)}])
    >>> len(space), space.basis, space.coordinates({0: mpq(3), 1: mpq(6)})
    (1, ({0: mpq(1,2), 1: mpq(1,1)},), {0: mpq(6,1)})
    """

    def __init__(self, rows=()):
        self._rows = {}
        for row in rows:
            self.add(row)

    def __len__(self):
        """Return the dimension."""
        return len(self._rows)

    def __contains__(self, row):
        return not self._rest(row)

    @property
    def entries(self):
        """The number of entries ≠ 0 of the basis."""
        return sum(map(len, self._rows.values()))

    @property
    def pivots(self):
        """The pivots, in order."""
        return tuple(sorted(self._rows))

    @property
    def basis(self):
        """The rows of the reduced echelon basis, in the order of their pivots."""
        return tuple(self._rows[pivot] for pivot in self.pivots)

    def add(self, row):
        """Enlarge the space, if need be, so that it holds ``row``; return whether it did not before."""
        rest = self._rest(row)
        if not rest:
            return False
        pivot = max(rest)
        rest = scaled(rest, 1 / rest[pivot])
        for other in self._rows.values():
            if pivot in other:
                _subtract(other, other[pivot], rest)
        self._rows[pivot] = rest
        return True

    def coordinates(self, row):
        """Return {i: c ≠ 0} with row = Σ c · basis[i], for a row of the space."""
        return {i: row[pivot] for i, pivot in enumerate(self.pivots) if pivot in row}

    def _rest(self, row):
        """Return what is left of a row when its multiples of the basis rows are taken away."""
        rest = dict(row)
        for pivot in self._rows.keys() & rest.keys():
            _subtract(rest, rest[pivot], self._rows[pivot])
        return rest


def scaled(row, factor):
    """Return ``factor`` ≠ 0 times the row."""
    return {key: factor * entry for key, entry in row.items()}


def combination(weights, rows):
    """Return the row Σ weights[i] · rows[i] for a mapping ``weights``."""
    answer = {}
    for i, weight in weights.items():
        _subtract(answer, -weight, rows[i])
    return answer


def factors(matrix):
    """Return (U, W) with matrix = U W, both of full rank: U has columns and W has rows, as many as the rank.

    The columns of U are numbered from 0. Either W is the echelon basis of the row space and U has columns of the
    matrix, or the transpose of U is the echelon basis of the column space and W has rows of the matrix; the pair with
    the shorter numerals is taken.
    """
    rows, columns = Space(matrix), Space(transposed(matrix, _columns_used(matrix)))
    by_rows = tuple(map(rows.coordinates, matrix)), rows.basis
    by_columns = tuple(transposed(columns.basis, range(len(matrix)))), tuple(matrix[i] for i in columns.pivots)
    return min(by_rows, by_columns, key=lambda pair: sum(map(numeral_bits, pair)))


def _columns_used(matrix):
    """Return the keys of the columns that are not zero."""
    return sorted(set().union(*matrix))


def transposed(matrix, keys):
    """Return the transpose of a matrix: one row for each of the ``keys`` of its columns."""
    columns = {key: {} for key in keys}
    for i, row in enumerate(matrix):
        for key, entry in row.items():
            columns[key][i] = entry
    return list(columns.values())


def numeral_bits(matrix):
    """Return the bits of the common denominator of the entries plus those of the largest numerator over it.

    Numbers of a field Q(√D) count as two.
    """
    entries = [part for row in matrix for entry in row.values() for part in _rational_parts(entry)]
    scale = lcm(1, *(entry.denominator for entry in entries))
    return scale.bit_length() + max((int(abs(scale * entry)).bit_length() for entry in entries), default=0)


def _rational_parts(number):
    """Return (a, b) for a + b √D, (a,) for a rational."""
    return (number.a, number.b) if type(number) is Quadratic else (number,)


def invariant_closure(rows, maps, fits):
    """Return the least spaces that hold ``rows``, a sequence of rows for each, and that the maps respect.

    ``maps`` are triples (source, target, function) with numbers of spaces: ``function`` is linear and takes rows of the
    source to rows that the target has to hold. Returns None as soon as ``fits(space)`` is false for one of them.
    """
    spaces = [Space() for _ in rows]
    waiting = [(k, row) for k, own in enumerate(rows) for row in own]
    while waiting:
        k, row = waiting.pop()
        if spaces[k].add(row):
            if not fits(spaces[k]):
                return None
            waiting += [(target, function(row)) for source, target, function in maps if source == k]
    return tuple(spaces)


def _subtract(row, factor, other):
    """Take ``factor`` · ``other`` from ``row``, in place."""
    for key, entry in other.items():
        left = row.get(key, 0) - factor * entry
        if left:
            row[key] = left
        else:
            row.pop(key, None)
