"""Masks: coefficients of a refinement equation, numbers or square matrices, at indices in Z^d; sequences of masks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from exactrelu.errors import InputError, sequence, shown
from exactrelu.field import exact, integer, text

MAX_COMPONENTS = 16
"""The most components r of a function, and rows of a coefficient."""


class Mask(Mapping):
    """The coefficients c_k that are not zero: an immutable mapping k -> c_k, in the order of the indices.

    An index k is a tuple of d integers (for d = 1 an integer will do); a coefficient is an exact number, or a matrix: a
    tuple of r rows of r numbers, r >= 2, which may be given as any sequence of sequences. Raises `InputError` when no
    coefficient is left, and when indices or coefficients are not all of one size.

    >>> from fractions import Fraction
    >>> from exactrelu import Mask
    >>> hat = Mask({0: Fraction(1, 2), 1: 1, 2: Fraction(1, 2)})
    >>> hat[1,], hat.shifted(-1)
    (mpq(1,1), Mask({(-1,): 1/2, (0,): 1, (1,): 1/2}))
    """

    def __init__(self, coefficients):
        if not isinstance(coefficients, Mapping):
            raise InputError(f"expected a mask as a mapping such as {{(0, 0): 1}}, got {shown(coefficients)}")
        checked = {_index(k): _coefficient(c) for k, c in coefficients.items()}
        if not checked:
            raise InputError("the mask is empty; give at least one coefficient")
        for what, sizes in (
            ("indices", {len(k) for k in checked}),
            ("coefficients", {len(c) if isinstance(c, tuple) else 1 for c in checked.values()}),
        ):
            if len(sizes) > 1:
                raise InputError(f"the {what} of the mask are of different sizes: {', '.join(map(str, sorted(sizes)))}")
        self._coefficients = {key: checked[key] for key in sorted(checked) if _is_nonzero(checked[key])}
        if not self._coefficients:
            raise InputError("every coefficient of the mask is zero; give at least one that is not")
        self._hash = hash(tuple(self._coefficients.items()))

    def __getitem__(self, key):
        return self._coefficients[key]

    def __iter__(self):
        return iter(self._coefficients)

    def __len__(self):
        return len(self._coefficients)

    def __hash__(self):
        return self._hash

    def __repr__(self):
        return f"Mask({{{', '.join(f'{key}: {_shown(c)}' for key, c in self.items())}}})"

    @property
    def dimension(self):
        """The number d of entries of an index."""
        return len(next(iter(self)))

    @property
    def components(self):
        """The number r of rows of a coefficient, 1 if they are numbers."""
        coefficient = next(iter(self.values()))
        return len(coefficient) if isinstance(coefficient, tuple) else 1

    @cached_property
    def entries(self):
        """For each row i of the coefficients, from 0, the tuple of (k, l, number): the entries (i, l) of c_k but 0."""
        rows = [[] for _ in range(self.components)]
        for k, c in self.items():
            for row, numbers in zip(rows, c if isinstance(c, tuple) else ((c,),), strict=True):
                row.extend((k, l, number) for l, number in enumerate(numbers) if number)
        return tuple(map(tuple, rows))

    def box(self):
        """Return ((low, high), ...), the least box that holds all indices."""
        return tuple((min(side), max(side)) for side in zip(*self, strict=True))

    def shifted(self, *offset):
        """Return the mask with the index of every coefficient moved by ``offset``."""
        return Mask({tuple(j + dj for j, dj in zip(k, offset, strict=True)): c for k, c in self.items()})


@dataclass(frozen=True)
class Masks:
    """The masks of V_1, V_2, ...: those of ``first``, then those of ``repeat``, at least one, again and again.

    Two objects for the same sequence are equal: ``first`` and ``repeat`` are as short as they can be. Raises
    `InputError` for an empty ``repeat`` and for masks of different dimensions or numbers of components.

    >>> from exactrelu import Mask, Masks
    >>> a, b = Mask({0: 1}), Mask({0: 2})
    >>> Masks((), (a, b)).at(4) == b, Masks((b, a), (b, a)) == Masks((), (b, a))
    (True, True)
    """

    first: tuple
    repeat: tuple

    def __post_init__(self):
        first, repeat = list(self.first), list(self.repeat)
        if not repeat:
            raise InputError("no mask is left to repeat; give at least one")
        for name in ("dimension", "components"):
            if len({getattr(mask, name) for mask in (*first, *repeat)}) > 1:
                raise InputError(f"the masks do not all have the same {name.replace('components', 'number of rows')}")
        period = next(p for p in range(1, len(repeat) + 1) if len(repeat) % p == 0 and repeat[p:] == repeat[:-p])
        repeat = repeat[:period]
        while first and first[-1] == repeat[-1]:
            first.pop()
            repeat.insert(0, repeat.pop())
        object.__setattr__(self, "first", tuple(first))
        object.__setattr__(self, "repeat", tuple(repeat))

    @property
    def dimension(self):
        """The number d of entries of an index."""
        return self.repeat[0].dimension

    @property
    def components(self):
        """The number r of rows of a coefficient."""
        return self.repeat[0].components

    @property
    def all(self):
        """The masks, each once."""
        return tuple(dict.fromkeys((*self.first, *self.repeat)))

    def at(self, j):
        """Return the mask of V_j, for j >= 1."""
        return (*self.first, *self.repeat)[number_of(j - 1, self.first, self.repeat)]

    def shifted(self, *offset):
        """Return the same with the indices of all masks moved by ``offset``."""
        return Masks(*(tuple(mask.shifted(*offset) for mask in part) for part in (self.first, self.repeat)))


def number_of(j, first, repeat):
    """Return the number of the entry behind j others in a sequence: the ``first`` ones, then those that ``repeat``."""
    return j if j < len(first) else len(first) + (j - len(first)) % len(repeat)


def _index(key):
    where = "an index of the mask"
    return tuple(integer(entry, where) for entry in key) if isinstance(key, tuple) else (integer(key, where),)


def _coefficient(given):
    """Return a number, or a matrix as a tuple of rows; a matrix of one row is its number."""
    if not isinstance(given, (list, tuple)):
        return exact(given)
    rows = tuple(tuple(exact(entry) for entry in sequence(row, "a row of a coefficient")) for row in given)
    if not rows or any(len(row) != len(rows) for row in rows):
        raise InputError("a coefficient has to be a number or a square matrix")
    if len(rows) > MAX_COMPONENTS:
        raise InputError(f"a coefficient has {len(rows)} rows, more than the limit {MAX_COMPONENTS}")
    return rows if len(rows) > 1 else rows[0][0]


def _is_nonzero(coefficient):
    return any(map(any, coefficient)) if isinstance(coefficient, tuple) else bool(coefficient)


def _shown(coefficient):
    if not isinstance(coefficient, tuple):
        return text(coefficient)
    rows = (", ".join(map(text, row)) for row in coefficient)
    return f"[{', '.join(f'[{row}]' for row in rows)}]"
