"""The dilation A of a refinement equation f(z) = Σ c_k f(A z - k): an integer matrix that expands in all directions."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from operator import index

from exactrelu.errors import InputError
from exactrelu.field import Quadratic, gcd, lcm, mpz
from exactrelu.linear import characteristic_polynomial, determinant, inverse, times

MAX_DIMENSION = 8
"""The most dimensions."""

MAX_ENTRY = 10**6
"""The largest modulus of an entry of a dilation."""


@dataclass(frozen=True)
class Dilation:
    """An integer d × d ``matrix``, as rows, all of whose eigenvalues are larger than 1 in modulus.

    Raises `InputError` for other matrices, for d > `MAX_DIMENSION` and for entries larger than `MAX_ENTRY`.

    >>> from exactrelu import Dilation
    >>> quincunx = Dilation(((1, 1), (1, -1)))
    >>> quincunx.determinant, quincunx.times((2, 1)), Dilation.diagonal((2, 3)).factors
    (2, (3, 1), (2, 3))
    """

    matrix: tuple

    def __post_init__(self):
        matrix = tuple(tuple(index(entry) for entry in row) for row in self.matrix)
        object.__setattr__(self, "matrix", matrix)
        if not matrix or any(len(row) != len(matrix) for row in matrix):
            raise InputError("the dilation has to be a square matrix")
        if len(matrix) > MAX_DIMENSION:
            raise InputError(f"the dilation has {len(matrix)} dimensions, more than the limit {MAX_DIMENSION}")
        if any(abs(entry) > MAX_ENTRY for row in matrix for entry in row):
            raise InputError(f"the dilation has an entry beyond the limit {MAX_ENTRY}")
        if not is_expanding(characteristic_polynomial(matrix)):
            raise InputError(f"the dilation {self} has an eigenvalue of modulus <= 1; all have to be larger")

    @classmethod
    def diagonal(cls, factors):
        """Return the dilation z -> (M_1 z_1, ..., M_d z_d)."""
        factors = tuple(factors)
        return cls(tuple(tuple(M if i == k else 0 for k in range(len(factors))) for i, M in enumerate(factors)))

    @property
    def dimension(self):
        """The number d of coordinates."""
        return len(self.matrix)

    @cached_property
    def factors(self):
        """(M_1, ..., M_d) for a diagonal matrix with entries >= 2; None for another one."""
        factors = tuple(self.matrix[i][i] for i in range(self.dimension))
        off_diagonal = any(entry for i, row in enumerate(self.matrix) for k, entry in enumerate(row) if i != k)
        return None if off_diagonal or min(factors) < 2 else factors

    @cached_property
    def determinant(self):
        """|det A|, the number of cosets of A Z^d in Z^d."""
        return int(abs(determinant(self.matrix)))

    @cached_property
    def cosets(self):
        """One vector of each coset of A Z^d in Z^d; for a diagonal matrix the digits 0 <= q_i < M_i."""
        return tuple(product(*(range(column[i]) for i, column in enumerate(self._triangular))))

    def residue(self, k):
        """Return the one of `cosets` that differs from the integer vector k by a vector of A Z^d."""
        if self.factors:
            return tuple(entry % M for entry, M in zip(k, self.factors, strict=True))
        left = list(k)
        for i, column in enumerate(self._triangular):
            steps = left[i] // column[i]
            if steps:
                left = [entry - steps * c for entry, c in zip(left, column, strict=True)]
        return tuple(left)

    def times(self, z):
        """Return A z as a tuple."""
        factors = self.factors
        return tuple(M * t for M, t in zip(factors, z, strict=True)) if factors else times(self.matrix, z)

    def preimage(self, k):
        """Return the integer vector with the image k, or None if there is none."""
        if self.factors:
            pairs = tuple(zip(k, self.factors, strict=True))
            return None if any(entry % M for entry, M in pairs) else tuple(entry // M for entry, M in pairs)
        point = times(self.inverse, k)
        return None if any(t.denominator != 1 for t in point) else tuple(int(t) for t in point)

    @cached_property
    def inverse(self):
        """The inverse matrix, rows of ``mpq``."""
        return tuple(map(tuple, inverse(self.matrix)))

    @cached_property
    def _triangular(self):
        """A basis of A Z^d as columns: column i has zeros before its entry i, which is positive (Hermite's form)."""
        columns, basis = [list(column) for column in zip(*self.matrix, strict=True)], []
        for i in range(self.dimension):
            while len([column for column in columns if column[i]]) > 1:
                least = min((column for column in columns if column[i]), key=lambda column: abs(column[i]))
                for column in columns:
                    if column is not least:
                        steps = column[i] // least[i]
                        column[:] = [a - steps * b for a, b in zip(column, least, strict=True)]
            position = next(k for k, column in enumerate(columns) if column[i])
            column = columns.pop(position)
            basis.append([-entry for entry in column] if column[i] < 0 else column)
        return tuple(map(tuple, basis))

    def __str__(self):
        if self.factors and len(set(self.factors)) == 1:
            return str(self.factors[0])
        return str(list(self.factors or map(list, self.matrix)))


def as_dilation(given, dimension):
    """Return the `Dilation` of an integer (a multiple of the unit matrix), a list of factors >= 2 or rows of a matrix.

    Raises `InputError` unless it is one of ``dimension`` coordinates.
    """
    if isinstance(given, Dilation):
        dilation = given
    elif isinstance(given, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in given):
        dilation = Dilation(tuple(map(tuple, given)))
    else:
        factors = tuple(map(index, given)) if isinstance(given, (list, tuple)) else (index(given),) * dimension
        if min(factors, default=2) < 2:
            raise InputError(f"the dilation {min(factors)} is smaller than 2; write others as a matrix, such as [[-2]]")
        dilation = Dilation.diagonal(factors)
    if dilation.dimension != dimension:
        raise InputError(f"the dilation {dilation} has {dilation.dimension} dimensions, the mask {dimension}")
    return dilation


def is_expanding(coefficients):
    """Return whether all roots of a polynomial, given from its constant term on, are larger than 1 in modulus.

    The test of Schur and Cohn: p with the constant term a and the leading coefficient b has no root in the closed unit
    disc if and only if |a| > |b| and a p - b p*, of lower degree, has none, where p* is p with its coefficients
    reversed.
    """
    while len(coefficients) > 1:
        coefficients = _shortened(coefficients)
        a, b = coefficients[0], coefficients[-1]
        if abs(a) <= abs(b):
            return False
        coefficients = [a * c - b * d for c, d in zip(coefficients, reversed(coefficients), strict=True)][:-1]
    return True


def _shortened(coefficients):
    """Return a positive multiple of a polynomial: with coprime integers, if it is rational, so that they stay short."""
    if any(type(c) is Quadratic for c in coefficients):
        return [c / abs(coefficients[0]) for c in coefficients] if coefficients[0] else coefficients
    scale = lcm(*(c.denominator for c in coefficients))
    integers = [mpz(c * scale) for c in coefficients]
    content = gcd(*integers) or 1
    return [c // content for c in integers]
