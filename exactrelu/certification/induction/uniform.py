"""Numbers that depend on n: rational functions of h = 2⁻ⁿ, ordered uniformly for all n from some n on.

A comparison of two of them holds for all h in (0, 2⁻ᵐ] at once, or raises `NotUniform`. So a proof whose numbers are
of this kind, none of whose comparisons raises, is a proof for every n ≥ m. Constants are plain rationals throughout.

>>> h = symbol(1)
>>> h < mpq(2, 3), (1 - h) / h % 1
(True, mpq(0,1))
"""

from functools import total_ordering
from itertools import pairwise
from math import comb

from exactrelu.field import Rational, mpq, rational, text

DEPTH = 30
"""How often an interval is halved before a sign counts as not uniform."""


class NotUniform(Exception):
    """Raised when a comparison does not have the same answer for every h in (0, 2⁻ᵐ]."""


def symbol(m):
    """Return h = 2⁻ⁿ as a number for all n ≥ m."""
    return Uniform((mpq(0), mpq(1)), (mpq(1),), m)


@total_ordering
class Uniform:
    """The quotient of two polynomials in h, lowest coefficient first, in lowest terms, for all n ≥ ``m``; immutable.

    Made by `symbol` and arithmetic with rationals; results that are constant are rationals.
    """

    __slots__ = ("denominator", "m", "numerator")

    def __init__(self, numerator, denominator, m):
        self.numerator = numerator
        self.denominator = denominator
        self.m = m

    def at(self, n):
        """Return the value for n."""
        h = mpq(1, 2**n)
        return _value(self.numerator, h) / _value(self.denominator, h)

    def __add__(self, other):
        other = _parts(other)
        if other is None:
            return NotImplemented
        numerator, denominator = other
        return _made(
            _sum(_product(self.numerator, denominator), _product(numerator, self.denominator)),
            _product(self.denominator, denominator), self.m,
        )

    def __mul__(self, other):
        other = _parts(other)
        if other is None:
            return NotImplemented
        return _made(_product(self.numerator, other[0]), _product(self.denominator, other[1]), self.m)

    def __truediv__(self, other):
        other = _parts(other)
        if other is None:
            return NotImplemented
        if not other[0]:
            raise ZeroDivisionError("division of a function of h by zero")
        return _made(_product(self.numerator, other[1]), _product(self.denominator, other[0]), self.m)

    def __rtruediv__(self, other):
        return rational(other) * _made(self.denominator, self.numerator, self.m)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self):
        return self if self > 0 else -self

    def __mod__(self, modulus):
        """Return the number modulo 1, a rational c if it is c + an integer for every n; raises `NotUniform` if not."""
        power = len(self.denominator) - 1
        monomial = not any(self.denominator[:-1])
        terms = {k - power: entry / self.denominator[-1] for k, entry in enumerate(self.numerator)}
        if modulus != 1 or not monomial or any(e and (k > 0 or k < 0 and e.denominator != 1) for k, e in terms.items()):
            raise NotUniform(f"{self} modulo {modulus} depends on n")
        return terms.get(0, mpq(0)) % 1

    def __eq__(self, other):
        difference = self - other
        if type(difference) is Rational:
            return difference == 0
        difference.sign()
        return False

    def __lt__(self, other):
        difference = self - other
        return difference < 0 if type(difference) is Rational else difference.sign() < 0

    def __hash__(self):
        return hash((self.numerator, self.denominator))

    def sign(self):
        """Return +1 or −1, the sign for every n ≥ m; raises `NotUniform` if there is none."""
        end = mpq(1, 2**self.m)
        return _sign(self.numerator, end) * _sign(self.denominator, end)

    def __str__(self):
        return f"({_shown(self.numerator)})/({_shown(self.denominator)})"

    __repr__ = __str__


def _parts(other):
    """Return (numerator, denominator) of a number, None if it is none."""
    if type(other) is Uniform:
        return other.numerator, other.denominator
    if isinstance(other, (int, Rational)):
        return _trimmed((mpq(other),)), (mpq(1),)
    return None


def _made(numerator, denominator, m):
    """Return the quotient in lowest terms, as a rational where it is constant."""
    common = _gcd(numerator, denominator)
    numerator, _ = _divided(numerator, common)
    denominator, _ = _divided(denominator, common)
    leading = denominator[-1]
    numerator, denominator = (tuple(entry / leading for entry in side) for side in (numerator, denominator))
    if len(denominator) == 1 and len(numerator) <= 1:
        return numerator[0] if numerator else mpq(0)
    return Uniform(numerator, denominator, m)


def _trimmed(entries):
    entries = list(entries)
    while entries and not entries[-1]:
        entries.pop()
    return tuple(entries)


def _sum(first, second):
    length = max(len(first), len(second))
    padded = [(*side, *(mpq(0),) * (length - len(side))) for side in (first, second)]
    return _trimmed(a + b for a, b in zip(*padded, strict=True))


def _product(first, second):
    if not first or not second:
        return ()
    entries = [mpq(0)] * (len(first) + len(second) - 1)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            entries[i + j] += a * b
    return _trimmed(entries)


def _divided(dividend, divisor):
    """Return (quotient, remainder) of two polynomials."""
    rest, quotient = list(dividend), [mpq(0)] * max(0, len(dividend) - len(divisor) + 1)
    for shift in reversed(range(len(quotient))):
        factor = rest[shift + len(divisor) - 1] / divisor[-1]
        quotient[shift] = factor
        for k, entry in enumerate(divisor):
            rest[shift + k] -= factor * entry
    return _trimmed(quotient), _trimmed(rest)


def _gcd(first, second):
    while second:
        first, second = second, _divided(first, second)[1]
    return first


def _value(polynomial, h):
    total = mpq(0)
    for entry in reversed(polynomial):
        total = total * h + entry
    return total


def _sign(polynomial, end):
    """Return the sign of a polynomial on (0, end]; raises `NotUniform` if it changes or vanishes there."""
    lowest = next(k for k, entry in enumerate(polynomial) if entry)
    # a power of h is positive; what is left is scaled to [0, 1] and bounded by its coefficients in the Bernstein basis
    scaled = [entry * end**k for k, entry in enumerate(polynomial[lowest:])]
    degree = len(scaled) - 1
    signs = set()
    bernstein = [
        sum(mpq(comb(i, k), comb(degree, k)) * scaled[k] for k in range(i + 1)) for i in range(degree + 1)
    ]
    waiting = [(bernstein, 0)]
    while waiting:
        coefficients, depth = waiting.pop()
        if min(coefficients) > 0 or max(coefficients) < 0:
            signs.add(1 if coefficients[0] > 0 else -1)
        elif depth == DEPTH:
            raise NotUniform(f"the sign of {_shown(polynomial)} is not the same for all h in (0, {text(end)}]")
        else:
            waiting += [(half, depth + 1) for half in _halves(coefficients)]
        if len(signs) > 1:
            raise NotUniform(f"the sign of {_shown(polynomial)} changes in (0, {text(end)}]")
    return signs.pop()


def _halves(coefficients):
    """Return the Bernstein coefficients on both halves of an interval (de Casteljau)."""
    left, right = [], []
    while coefficients:
        left.append(coefficients[0])
        right.append(coefficients[-1])
        coefficients = [(a + b) / 2 for a, b in pairwise(coefficients)]
    return left, right[::-1]


def _shown(polynomial):
    return " + ".join(f"{text(entry)} h^{k}" for k, entry in enumerate(polynomial) if entry) or "0"
