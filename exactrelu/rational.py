"""The exact scalar of exactrelu: gmpy2's ``mpq``, and the only place where outside text becomes a number.

gmpy2 accepts floats silently (``mpq(0.1)``) and drifts to ``mpfr`` in mixed arithmetic, so every number that enters
the program passes through `rational` (Python values) or `parse` (values read from files and the command line).
"""

import re
from fractions import Fraction

from gmpy2 import mpq, mpz

from exactrelu.errors import InputError

Rational = type(mpq())
Integer = type(mpz())

MAX_DIGITS = 100_000
"""The longest numeral, in characters, that is read from a file or the command line."""

_NUMERAL = re.compile(r"[+-]?(?:[0-9]+(?:/[0-9]+)?|[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+\.)", re.ASCII)


def rational(value):
    """Return ``value`` as an ``mpq``.

    Accepts ``int``, ``mpz``, ``mpq`` and `fractions.Fraction`. Raises ``TypeError`` for anything else, a float, a bool
    and a string among them: a weight that is not exact is a mistake of the caller, not an input to be rounded.

    >>> rational(3)
    mpq(3,1)
    """
    if type(value) is Rational:
        return value
    if isinstance(value, (int, Integer)) and not isinstance(value, bool):
        return mpq(value)
    if isinstance(value, Fraction):
        return mpq(int(value.numerator), int(value.denominator))
    raise TypeError(f"expected an exact rational (int, mpz, mpq or Fraction), got {type(value).__name__}")


def parse(value, where):
    """Return the rational that a JSON value or a command-line word stands for.

    ``value`` is an integer or a numeral: ``"3"``, ``"-7/16"`` or ``"0.125"`` (finite decimals are exact). ``where``
    names the place for the message of the `InputError` that everything else raises.

    >>> parse("-7/16", "x"), parse("0.125", "y")
    (mpq(-7,16), mpq(1,8))
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        kind = {float: "a float", bool: "a boolean", type(None): "null"}.get(type(value), f"a {type(value).__name__}")
        raise InputError(f'{where}: expected a rational such as 3, "-7/16" or "0.125", got {kind}')
    if isinstance(value, int):
        if value.bit_length() > 4 * MAX_DIGITS:
            raise InputError(f"{where}: the number has more than {MAX_DIGITS} digits")
        return mpq(value)
    text = value.strip()
    if len(text) > MAX_DIGITS:
        raise InputError(f"{where}: the number has more than {MAX_DIGITS} digits")
    if not _NUMERAL.fullmatch(text):
        shown = text if len(text) <= 40 else text[:37] + "..."
        raise InputError(f'{where}: expected a rational such as 3, "-7/16" or "0.125", got {shown!r}')
    numerator, slash, denominator = text.partition("/")
    if slash and not denominator.strip("0"):
        raise InputError(f"{where}: the denominator is zero")
    if not slash and "." in text:
        whole, _, decimals = text.partition(".")
        return mpq(mpz((whole + decimals).lstrip("+")), mpz(10) ** len(decimals))
    return mpq(mpz(numerator.lstrip("+")), mpz(denominator) if slash else 1)


def text(value):
    """Return the canonical numeral ``"p"`` or ``"p/q"`` of a rational.

    >>> text(mpq(-7, 16)), text(mpq(4, 2))
    ('-7/16', '2')
    """
    return str(rational(value))
