"""Exact numbers: Fractions, and those of Q(√D) that are irrational, so that equal numbers are so in one way only."""

import re
from fractions import Fraction
from math import lcm, prod

RATIONAL = "[0-9]+(?:/[0-9]+|[.][0-9]+)?"
IRRATIONAL = re.compile(rf"(-?{RATIONAL}(?=[-+]))?([-+]?)(?:({RATIONAL})[*])?sqrt[(]([1-9][0-9]*)[)]")


class Root:
    """The number a + b √D, a and b being Fractions, b not 0."""

    def __init__(self, a, b, D):
        self.a, self.b, self.D = a, b, D

    def __str__(self):
        return f"{self.a}{'+' if self.b > 0 else '-'}{abs(self.b)}*sqrt({self.D})"

    __repr__ = __str__

    def __pow__(self, n):
        return prod([self] * n, start=Fraction(1))

    def made(self, a, b):
        return Root(a, b, self.D) if b else a

    def parts(self, other):
        """Return (a, b) of a number of the same field."""
        if not isinstance(other, Root):
            return Fraction(other), Fraction(0)
        assert other.D == self.D
        return other.a, other.b

    def __add__(self, other):
        a, b = self.parts(other)
        return self.made(self.a + a, self.b + b)

    def __neg__(self):
        return Root(-self.a, -self.b, self.D)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        a, b = self.parts(other)
        return self.made(self.a * a + self.b * b * self.D, self.a * b + self.b * a)

    def inverse(self):
        return Root(self.a, -self.b, self.D) * (1 / (self.a * self.a - self.b * self.b * self.D))

    def __truediv__(self, other):
        return self * (other.inverse() if isinstance(other, Root) else 1 / Fraction(other))

    def __rtruediv__(self, other):
        return self.inverse() * other

    __radd__, __rmul__ = __add__, __mul__

    def is_positive(self):
        """Return whether a + b √D > 0; where the signs of a and b differ, a² and b² D are compared."""
        norm = self.a * self.a - self.b * self.b * self.D
        return self.a >= 0 or norm < 0 if self.b > 0 else self.a > 0 and norm > 0

    def __gt__(self, other):
        rest = self - other
        return rest.is_positive() if isinstance(rest, Root) else rest > 0

    def __lt__(self, other):
        return -self > -other

    def __ge__(self, other):
        return not self < other

    def __le__(self, other):
        return not self > other

    def __abs__(self):
        return self if self.is_positive() else -self

    def __eq__(self, other):
        return isinstance(other, Root) and (self.a, self.b, self.D) == (other.a, other.b, other.D)

    def __hash__(self):
        return hash((self.a, self.b, self.D))

    @property
    def denominator(self):
        """The least positive integer whose multiple of the number is p + q √D with integers p and q."""
        return lcm(self.a.denominator, self.b.denominator)

    @property
    def numerator(self):
        return self * self.denominator


def quotient(a, b):
    """Return a / b, exactly for integers, too."""
    return a * Fraction(1) / b
