"""The exact scalar of exactrelu: elements of Q (gmpy2's ``mpq``) or of Q(√D), and the place where text becomes one.

gmpy2 accepts floats silently (``mpq(0.1)``) and drifts to ``mpfr`` in mixed arithmetic, so every number that enters
the program passes through `rational` or `exact` (Python values), `parse` or `Field.parse` (values read from files and
the command line). gmpy2 is known to this module only; all others import its types from here.
"""

import numbers
import re
from dataclasses import dataclass
from decimal import Context, Decimal
from math import floor
from operator import index

from gmpy2 import gcd, iroot, is_prime, isqrt, lcm, mpq, mpz

from exactrelu.errors import InputError, shown

__all__ = [
    "Field", "Integer", "Quadratic", "RATIONALS", "Rational", "annotated", "annotated_point", "exact", "gcd", "integer",
    "iroot", "is_prime", "isqrt", "lcm", "mpq", "mpz", "parse", "rational", "rounded", "text",
]

Rational = type(mpq())
Integer = type(mpz())

MAX_DIGITS = 100_000
"""The longest numeral, in characters, that is read from a file or the command line."""

MAX_EXPONENT = 10_000
"""The largest exponent of a decimal such as 5.4e-02, in absolute value."""

LONGEST_ALONE = 12
"""The longest fraction, in characters, that people get without a decimal beside it."""

MAX_ROOT = 10**12
"""The largest D of a field Q(√D)."""

_SIX_DIGITS = Context(prec=6)
_UNSIGNED = r"(?:[0-9]+/[0-9]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_NUMERAL = re.compile(rf"[+-]?{_UNSIGNED}", re.ASCII)
_SURD = re.compile(
    rf"(?:([+-]?{_UNSIGNED})\s*(?=[+-]))?([+-]?)\s*(?:({_UNSIGNED})\s*\*\s*)?sqrt\(([0-9]{{1,13}})\)", re.ASCII
)


def rational(value):
    """Return ``value`` as an ``mpq``.

    Accepts ``int``, ``mpz``, ``mpq``, `fractions.Fraction`, numpy's integers and whatever else is a
    `numbers.Rational`. Raises `InputError` for anything else, a float, a bool and a string among them: a weight that is
    not exact is a mistake of the caller, not an input to be rounded.

    >>> from fractions import Fraction
    >>> rational(3), rational(Fraction(-7, 16))
    (mpq(3,1), mpq(-7,16))
    """
    if type(value) is Rational:
        return value
    if isinstance(value, (int, Integer)) and not isinstance(value, bool):
        return mpq(value)
    if isinstance(value, numbers.Rational) and not isinstance(value, bool):
        return mpq(int(value.numerator), int(value.denominator))
    hint = '; Fraction("-7/16") reads a text' if isinstance(value, str) else ""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        hint = "; Fraction(float(x)) is the exact value of a float x"
    raise InputError(f"expected an exact number, an integer or a Fraction, got {shown(value)}{hint}")


def integer(value, where, low=None):
    """Return ``value`` (``int``, ``mpz``, a numpy integer; no bool) as an ``int``; ``where`` names it in messages.

    Raises `InputError` for anything else and for an integer that is smaller than ``low`` (None: any will do).
    """
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None or (low is not None and number < low):
        bound = "" if low is None else f" >= {low}"
        raise InputError(f"{where}: expected an integer{bound}, got {shown(value)}")
    return number


def exact(value):
    """Return ``value`` as an ``mpq``, or as it is if it is a `Quadratic`; raises `InputError` as `rational` does."""
    return value if type(value) is Quadratic else rational(value)


def parse(value, where):
    """Return the rational that a JSON value or a command-line word stands for.

    ``value`` is an integer or a numeral: ``"3"``, ``"-7/16"``, ``"0.125"`` or ``"1e-3"`` (finite decimals are exact).
    ``where`` names the place for the message of the `InputError` that everything else raises.

    >>> from exactrelu import parse
    >>> parse("-7/16", "x"), parse("0.125", "y"), parse("5.4e-02", "z")
    (mpq(-7,16), mpq(1,8), mpq(27,500))
    """
    return _parsed(value, where, 'a rational such as 3, "-7/16" or "0.125"')


def _parsed(value, where, expected):
    """Return the rational of `parse`; ``expected`` says in messages what is read."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        kind = {float: "a float", bool: "a boolean", type(None): "null"}.get(type(value), f"a {type(value).__name__}")
        raise InputError(f"{where}: expected {expected}, got {kind}")
    if isinstance(value, int):
        if value.bit_length() > 4 * MAX_DIGITS:
            raise InputError(f"{where}: the number has more than {MAX_DIGITS} digits")
        return mpq(value)
    text = value.strip()
    if len(text) > MAX_DIGITS:
        raise InputError(f"{where}: the number has more than {MAX_DIGITS} digits")
    if not _NUMERAL.fullmatch(text):
        shown = text if len(text) <= 40 else text[:37] + "..."
        raise InputError(f"{where}: expected {expected}, got {shown!r}")
    numerator, slash, denominator = text.partition("/")
    if slash:
        if not denominator.strip("0"):
            raise InputError(f"{where}: the denominator is zero")
        return mpq(mpz(numerator.lstrip("+")), mpz(denominator))
    decimal, _, exponent = text.lower().partition("e")
    if len(exponent.lstrip("+-0")) > len(str(MAX_EXPONENT)) or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise InputError(f"{where}: the exponent has to lie between -{MAX_EXPONENT} and {MAX_EXPONENT}")
    whole, _, decimals = decimal.partition(".")
    number, shift = mpz((whole + decimals).lstrip("+")), int(exponent or 0) - len(decimals)
    return mpq(number * mpz(10) ** shift) if shift >= 0 else mpq(number, mpz(10) ** -shift)


def text(value):
    """Return the canonical numeral of an exact number: ``"p"``, ``"p/q"`` or, in Q(√D), ``"p/q+r/s*sqrt(D)"``.

    >>> from fractions import Fraction
    >>> from exactrelu import Quadratic, text
    >>> text(Fraction(-7, 16)), text(2), text(Quadratic(1, -1, 3) / 4)
    ('-7/16', '2', '1/4-1/4*sqrt(3)')
    """
    return str(exact(value))


def rounded(value):
    """Return a decimal with six significant digits next to an exact number, for people.

    >>> rounded(mpq(123456789, 2**30)), rounded(mpq(-2, 3 * 10**40)), rounded(Quadratic(0, 1, 3))
    ('0.114978', '-6.66667e-41', '1.73205')
    """
    if type(value) is Quadratic:
        scale = mpz(10) ** 20
        while abs(floor(value * scale)) < 10**20:
            scale = scale**2
        value = mpq(floor(value * scale), scale)
    return format(_SIX_DIGITS.divide(Decimal(int(value.numerator)), Decimal(int(value.denominator))), "g")


def annotated(value):
    """Return the numeral of an exact number; a fraction of more than 12 characters with a decimal, marked as rounded.

    >>> annotated(mpq(2, 3)), annotated(mpq(123456789, 2**30))
    ('2/3', '123456789/1073741824 (rounded 0.114978)')
    """
    return f"{text(value)} (rounded {rounded(value)})" if _is_long(value) else text(value)


def annotated_point(point):
    """Return the numerals of a point in parentheses, with a rounded one if one of them is a long fraction.

    >>> annotated_point((mpq(1), mpq(1, 2**40)))
    '(1, 1/1099511627776), rounded (1, 9.09495e-13)'
    """
    exact_one = f"({', '.join(map(text, point))})"
    return f"{exact_one}, rounded ({', '.join(map(rounded, point))})" if any(map(_is_long, point)) else exact_one


def _is_long(value):
    numeral = text(value)
    return len(numeral) > LONGEST_ALONE and ("/" in numeral or type(value) is Quadratic)


class Quadratic:
    """The irrational number a + b √D with rational a, b, where b ≠ 0, and a square-free integer D > 1; immutable.

    Every number of Q(√D) has one form: whatever turns out to be rational, by arithmetic with other numbers of the
    field and with int, ``mpz``, ``mpq`` and ``Fraction``, is an ``mpq``. Hence equality and hashes are those of
    (a, b, D), and signs never vanish. Arithmetic with a float or with a number of another field raises ``TypeError``;
    the constructor raises `InputError` for parts that are not exact, for b = 0 and for a D that is no root of a field.

    >>> from fractions import Fraction
    >>> from exactrelu import Quadratic
    >>> x = Quadratic(1, 1, 5) / 2
    >>> print(x * x - x, x > Fraction(809, 500), 1 / x)
    1 True -1/2+1/2*sqrt(5)
    """

    __slots__ = ("_D", "_a", "_b")

    def __init__(self, a, b, D):
        self._a, self._b, self._D = rational(a), rational(b), checked_root(D)
        if not self._b:
            raise InputError("b = 0: the number is rational")

    @property
    def a(self):
        """The rational part, an ``mpq``."""
        return self._a

    @property
    def b(self):
        """The coefficient of √D, an ``mpq`` that is not 0."""
        return self._b

    @property
    def D(self):
        """The number under the root."""
        return self._D

    def conjugate(self):
        """Return a − b √D."""
        return _number(self._a, -self._b, self._D)

    def norm(self):
        """Return a² − D b², an ``mpq`` that is not 0."""
        return self._a * self._a - self._D * self._b * self._b

    def __add__(self, other):
        parts = self._parts(other)
        return NotImplemented if parts is None else _number(self._a + parts[0], self._b + parts[1], self._D)

    __radd__ = __add__

    def __sub__(self, other):
        parts = self._parts(other)
        return NotImplemented if parts is None else _number(self._a - parts[0], self._b - parts[1], self._D)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        parts = self._parts(other)
        if parts is None:
            return NotImplemented
        (a, b), (c, d) = (self._a, self._b), parts
        if not d:
            return _number(a * c, b * c, self._D)
        return _number(a * c + self._D * (b * d), a * d + b * c, self._D)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if type(other) is Quadratic:
            return self * other._inverse()
        parts = self._parts(other)
        return NotImplemented if parts is None else _number(self._a / parts[0], self._b / parts[0], self._D)

    def __rtruediv__(self, other):
        return self._inverse() * other

    def __pow__(self, exponent):
        if type(exponent) is not int:
            return NotImplemented
        answer, square = mpq(1), self if exponent >= 0 else self._inverse()
        for bit in reversed(bin(abs(exponent))[2:]):
            if bit == "1":
                answer = answer * square
            square = square * square
        return answer

    def __neg__(self):
        return _number(-self._a, -self._b, self._D)

    def __pos__(self):
        return self

    def __abs__(self):
        return self if self._is_positive() else -self

    def __floor__(self):
        m = lcm(self._a.denominator, self._b.denominator)
        p, q = mpz(self._a * m), mpz(self._b * m)
        root = isqrt(q * q * self._D)  # the floor of |q| √D, which is irrational
        return (p + root if q > 0 else p - root - 1) // m

    def __ceil__(self):
        return self.__floor__() + 1

    def __eq__(self, other):
        if type(other) is not Quadratic:
            return NotImplemented
        return (self._a, self._b, self._D) == (other._a, other._b, other._D)

    def __lt__(self, other):
        return self._compared(other, False)

    def __le__(self, other):
        return self._compared(other, False, equal=True)

    def __gt__(self, other):
        return self._compared(other, True)

    def __ge__(self, other):
        return self._compared(other, True, equal=True)

    def __hash__(self):
        return hash((self._a, self._b, self._D))

    def __str__(self):
        size = abs(self._b)
        root = f"sqrt({self._D})" if size == 1 else f"{size}*sqrt({self._D})"
        return f"{self._a or ''}{'-' if self._b < 0 else '+' if self._a else ''}{root}"

    def __repr__(self):
        return f"Quadratic({self._a!r}, {self._b!r}, {self._D})"

    def _parts(self, other):
        """Return (c, d) with other = c + d √D, or None for what is no exact number."""
        if type(other) is Quadratic:
            if other._D != self._D:
                raise TypeError(f"{self} and {other} lie in different fields")
            return other._a, other._b
        try:
            return rational(other), 0
        except InputError:
            return None

    def _inverse(self):
        norm = self.norm()
        return _number(self._a / norm, -self._b / norm, self._D)

    def _is_positive(self):
        """Return whether a + b √D > 0; it is not 0."""
        a, b = self._a, self._b
        if (a >= 0) == (b > 0):
            return b > 0
        return (a if a * a > self._D * b * b else b) > 0

    def _compared(self, other, greater, equal=False):
        difference = self - other if self._parts(other) is not None else NotImplemented
        if difference is NotImplemented:
            return NotImplemented
        if type(difference) is Quadratic:
            return difference._is_positive() == greater
        return (difference > 0) == greater if difference else equal


def _number(a, b, D):
    """Return a + b √D in its one form, for rational a, b and the root D of a field."""
    if not b:
        return a
    number = object.__new__(Quadratic)
    number._a, number._b, number._D = a, b, D
    return number


def checked_root(D):
    """Return D if it is a square-free integer > 1 and at most `MAX_ROOT`; raises `InputError` if not."""
    if type(D) is not int or not 1 < D <= MAX_ROOT:
        raise InputError(f"expected a square-free integer from 2 to {MAX_ROOT}, got {str(D)[:40]}")
    left, p = D, 2
    while p**3 <= left:  # then what is left is a prime, a product of two primes or the square of one
        if left % p**2 == 0:
            raise InputError(f"expected a square-free integer, but {D} is divisible by {p}^2")
        left, p = left // p if left % p == 0 else left, p + 1
    if isqrt(left) ** 2 == left:
        raise InputError(f"expected a square-free integer, but {D} is divisible by {isqrt(left)}^2")
    return D


@dataclass(frozen=True)
class Field:
    """The field Q (``root`` None) or Q(√D) (``root`` D, a square-free integer > 1).

    >>> from exactrelu import Field
    >>> print(Field(3), Field(3).parse("1/4+1/4*sqrt(3)", "c"), Field())
    Q(sqrt(3)) 1/4+1/4*sqrt(3) Q
    """

    root: int | None = None

    def __post_init__(self):
        if self.root is not None:
            checked_root(self.root)

    def __str__(self):
        return "Q" if self.root is None else f"Q(sqrt({self.root}))"

    def __contains__(self, number):
        """Return whether an exact number lies in the field."""
        return type(number) is Rational or (type(number) is Quadratic and number.D == self.root)

    def parse(self, value, where):
        """Return the number of the field that a JSON value or a word stands for; raises `InputError` as `parse`.

        Beside the numerals of `parse`, a field Q(√D) has ``"sqrt(D)"``, ``"-1/2*sqrt(D)"``, ``"1/4+1/4*sqrt(D)"``.
        """
        match = _SURD.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= MAX_DIGITS else None
        if match is None and self.root is None:
            return parse(value, where)
        if match is None:
            return _parsed(value, where, f'a number such as 3, "-7/16", "0.125" or "1/4+1/4*sqrt({self.root})"')
        if int(match[4]) != self.root:
            mend = f'a file over another one says "field": {{"sqrt": {match[4]}}}'
            raise InputError(f"{where}: sqrt({match[4]}) is no number of the field {self}; {mend}")
        a, b = parse(match[1] or 0, where), parse(match[3] or 1, where)
        return _number(a, -b if match[2] == "-" else b, self.root)


RATIONALS = Field()
"""The field Q."""
