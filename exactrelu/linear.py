"""Exact linear algebra for small matrices over Q or Q(√D): echelon form and what follows from it.

A matrix is a sequence of rows of exact numbers (`exactrelu.field.exact`). For matrices that are integer and large,
or have to be fast, other modules have their own means.
"""

from operator import mul

from exactrelu.field import exact, mpq


def echelon(rows):
    """Return (rows, pivots): the reduced row echelon form without zero rows, and the column of each row's pivot 1.

    >>> echelon([[0, 2, 4], [0, 1, 3]])
    ([[mpq(0,1), mpq(1,1), mpq(0,1)], [mpq(0,1), mpq(0,1), mpq(1,1)]], [1, 2])
    """
    left, done, pivots = [[exact(entry) for entry in row] for row in rows], [], []
    for column in range(len(left[0]) if left else 0):
        position = next((k for k, row in enumerate(left) if row[column]), None)
        if position is None:
            continue
        pivot = left.pop(position)
        pivot = [entry / pivot[column] for entry in pivot]
        for row in (*done, *left):
            factor = row[column]
            if factor:
                row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        done.append(pivot)
        pivots.append(column)
    return done, pivots


def rank(rows):
    """Return the rank of a matrix."""
    return len(echelon(rows)[1])


def null_space(rows, columns):
    """Return a basis, as lists, of the vectors x with A x = 0 for the matrix A of that many ``columns``."""
    reduced, pivots = echelon(rows)
    basis = []
    for free in sorted(set(range(columns)) - set(pivots)):
        vector = [mpq(int(column == free)) for column in range(columns)]
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def inverse(matrix):
    """Return the inverse of a square matrix as a list of rows; None if there is none."""
    size = len(matrix)
    reduced, pivots = echelon([[*row, *(int(i == k) for k in range(size))] for i, row in enumerate(matrix)])
    return [row[size:] for row in reduced] if pivots == list(range(size)) else None


def times(matrix, vector):
    """Return the matrix times the column ``vector``, as a tuple."""
    return tuple(sum(map(mul, row, vector)) for row in matrix)


def product(first, second):
    """Return the product of two matrices, as a tuple of rows."""
    columns = list(zip(*second, strict=True))
    return tuple(tuple(sum(map(mul, row, column)) for column in columns) for row in first)


def characteristic_polynomial(matrix):
    """Return the coefficients of det(t I - A), from t^0 to t^size, by the algorithm of Faddeev and LeVerrier.

    >>> [int(c) for c in characteristic_polynomial([[1, 1], [1, -1]])]
    [-2, 0, 1]
    """
    size, coefficients = len(matrix), [mpq(1)]
    step = [[mpq(0)] * size for _ in range(size)]
    for k in range(1, size + 1):
        step = [list(row) for row in step]
        for i, row in enumerate(step):
            row[i] += coefficients[0]
        step = product(matrix, step)
        coefficients.insert(0, -sum(step[i][i] for i in range(size)) / mpq(k))
    return coefficients


def determinant(matrix):
    """Return the determinant of a square matrix."""
    constant = characteristic_polynomial(matrix)[0]
    return -constant if len(matrix) % 2 else constant
