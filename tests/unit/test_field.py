"""exactrelu.field: exact numbers of Q and Q(√D), against integer bounds and sympy, where signs are close calls, too."""

import operator
import pickle
from fractions import Fraction
from itertools import product
from math import ceil, floor, isqrt
from random import Random

import gmpy2
import sympy
from gmpy2 import mpq, mpz
from pytest import mark, raises
from quadratics import COMPARISONS, OPERATIONS, ROOTS, some_numbers

from exactrelu.errors import InputError
from exactrelu.field import (
    MAX_DIGITS,
    MAX_EXPONENT,
    RATIONALS,
    Field,
    Quadratic,
    annotated,
    exact,
    parse,
    rational,
    rounded,
    text,
)


def bounds(x, bits=2000):
    """Return Fractions below and above x, made with the standard library's integers; the same one if x is rational."""
    if not isinstance(x, Quadratic):
        value = Fraction(int(x.numerator), int(x.denominator))
        return value, value
    a, b = (Fraction(int(c.numerator), int(c.denominator)) for c in (x.a, x.b))
    root = isqrt(int(x.D) << 2 * bits)
    return tuple(sorted(a + b * Fraction(end, 1 << bits) for end in (root, root + 1)))


@mark.parametrize("D", ROOTS)
def test_order_and_floor_agree_with_rational_bounds(D):
    """Comparisons, floor, ceiling and absolute value are those of 2000-bit enclosures, for close calls as well."""
    random = Random(D)
    numbers = some_numbers(random, D, 20)
    for x in numbers:
        low, high = bounds(x)
        assert floor(x) == floor(low) == floor(high) or x == floor(x)
        assert ceil(x) == ceil(low) == ceil(high) or x == ceil(x)
        assert abs(x) == (x if low >= 0 else -x)
    for x, y in product(random.sample(numbers, 15), numbers):
        (x0, x1), (y0, y1) = bounds(x), bounds(y)
        order = 0 if x is y or (x0, x1) == (y0, y1) else 1 if x0 > y1 else -1 if x1 < y0 else None
        for compare in COMPARISONS:
            assert compare(x, y) == compare(order, 0)
        assert (hash(x) == hash(y)) or order


@mark.parametrize("D", ROOTS)
def test_arithmetic_agrees_with_sympy(D):
    """Sums, differences, products, quotients and powers have sympy's coefficients, and one form each."""
    random = Random(-D)
    numbers = some_numbers(random, D, 8)

    def image(x):
        a, b = (x.a, x.b) if isinstance(x, Quadratic) else (x, mpq(0))
        return sympy.Rational(str(a)) + sympy.Rational(str(b)) * sympy.sqrt(D)

    for x, y in product(random.sample(numbers, 8), random.sample(numbers, 8)):
        for operate in OPERATIONS:
            if operate is operator.truediv and not y:
                with raises(ZeroDivisionError):
                    operate(x, y)
                continue
            found = operate(x, y)
            assert sympy.radsimp(operate(image(x), image(y)) - image(found)).expand() == 0
            assert isinstance(found, Quadratic) == bool(sympy.radsimp(image(found)).has(sympy.sqrt(D)))
    for x in numbers:
        assert x**3 == x * x * x and (not x or x**-2 == 1 / (x * x)) and x**0 == 1


def test_one_form_for_every_number():
    """What is rational is an mpq with its hash; equal numbers are one key of a dictionary, pickled ones as well."""
    root = Quadratic(0, 1, 3)
    for rational_one in (root * root / 3, root - root + 1, (root + 1) - root, root / root, root**0):
        assert type(rational_one) is type(mpq()) and rational_one == 1 and hash(rational_one) == hash(1)
    x = Quadratic(mpq(1, 4), Fraction(1, 4), 3)
    assert {x: 1}[(1 + root) / 4] == 1 and pickle.loads(pickle.dumps(x)) == x
    assert 1 + root == root + mpz(1) == Fraction(1) + root and 2 - root == -(root - 2) and 3 / root == root
    assert x != Quadratic(mpq(1, 4), mpq(1, 4), 2) and x != "x"
    assert x.norm() == mpq(-1, 8) and x + x.conjugate() == mpq(1, 2)


def test_floats_and_other_fields_are_refused():
    """Arithmetic with a float, an mpfr, a bool, text or a number of another field is a TypeError."""
    x = Quadratic(1, 2, 3)
    for stranger in (0.5, gmpy2.mpfr(1), True, "1", None, 1j, Quadratic(1, 2, 5)):
        for operate in (*OPERATIONS, operator.lt, operator.ge):
            for pair in ((x, stranger), (stranger, x)):
                with raises(TypeError):
                    operate(*pair)
    for parts in ((0.5, 1, 3), (1, 0.5, 3), (1, True, 3)):
        with raises(InputError):
            Quadratic(*parts)
    with raises(InputError, match="rational"):
        Quadratic(1, 0, 3)
    for convert in (rational, exact):
        for value in (0.5, True, "1", gmpy2.mpfr(1)):
            with raises(InputError):
                convert(value)
    assert exact(x) is x and exact(2) == mpq(2)
    with raises(InputError):
        rational(x)
    with raises(AttributeError):
        x.a = 1


@mark.parametrize("D", range(-1, 300))
def test_square_free_roots(D):
    """A field has a square-free root > 1, and says which square divides another one."""
    if D > 1 and all(D % p**2 for p in range(2, 18)):
        assert Field(D).root == D and str(Field(D)) == f"Q(sqrt({D}))"
    else:
        with raises(InputError, match="square-free"):
            Field(D)


@mark.parametrize("D", [999_983**2, 2 * 499_979**2, 10**12 + 1, 2**200, True, 3.0, "3"])
def test_roots_that_are_refused(D):
    """Squares of large primes are found; what is too large or no integer is refused."""
    with raises(InputError, match="square-free"):
        Field(D)


@mark.parametrize("D", ROOTS)
def test_texts_survive_a_round_trip(D):
    """Every number is read back from its text, blanks around its signs or not."""
    field = Field(D)
    for x in some_numbers(Random(D), D, 30):
        assert field.parse(text(x), "x") == x and x in field
        assert field.parse(f" {text(x)} ".replace("+", " + ").replace("*", " * "), "x") == x
        assert (x in RATIONALS) == (type(x) is not Quadratic)


def test_decimals_with_exponents_are_exact():
    """A decimal with an exponent is the rational that the standard library's Fraction makes of it."""
    random = Random(5)
    for _ in range(300):
        digits = "".join(random.choice("0123456789") for _ in range(random.randint(1, 12)))
        point = random.randint(0, len(digits))
        numeral = random.choice(("", "+", "-")) + random.choice((digits, digits[:point] + "." + digits[point:]))
        numeral += random.choice("eE") + random.choice(("", "+", "-")) + str(random.randint(0, 40)).zfill(2)
        assert parse(f" {numeral} ", "x") == mpq(*Fraction(numeral).as_integer_ratio())
    assert parse(f"1e{MAX_EXPONENT}", "x") * parse(f"1e-{MAX_EXPONENT}", "x") == 1
    assert parse("1e-00000000000003", "x") == mpq(1, 1000)
    assert Field(3).parse("1e-1+2.5E1*sqrt(3)", "x") == Quadratic(mpq(1, 10), 25, 3)


@mark.parametrize("numeral", ["1e10001", "-1E-10001", "1e999999", "0e" + "9" * 90_000])
def test_exponents_are_bounded(numeral):
    """An exponent beyond the limit is refused, however it is written and whatever stands before it."""
    with raises(InputError, match="x: the exponent has to lie between -10000 and 10000"):
        parse(numeral, "x")


def test_rounded_decimals():
    """The decimal beside a long number is right to six digits, for numbers close to 0 as well."""
    for D in ROOTS:
        for x in some_numbers(Random(D), D, 10):
            low, high = bounds(x)
            decimal = Fraction(rounded(x))
            assert abs(decimal - low) <= abs(low) / 10**5 and abs(decimal - high) <= abs(high) / 10**5
    assert annotated(Quadratic(1, 1, 2)) == "1+sqrt(2)"
    assert annotated(Quadratic(10**6, 7, 2)) == "1000000+7*sqrt(2) (rounded 1.00001e+6)"


def test_spellings():
    """The rational part, the factor of the root and its sign may be missing; decimals are exact."""
    root = Quadratic(0, 1, 3)
    for numeral, value in {
        "sqrt(3)": root, "-sqrt(3)": -root, "+sqrt(3)": root, "2*sqrt(3)": 2 * root, "1-sqrt(3)": 1 - root,
        "-1/4 + 0.25*sqrt(3)": (root - 1) / 4, "0*sqrt(3)": 0, "1+0/5*sqrt(3)": 1, "0-.5*sqrt(3)": -root / 2,
        "7/2": mpq(7, 2),
    }.items():
        assert Field(3).parse(numeral, "x") == value
    assert text(-root) == "-sqrt(3)" and text(1 - root) == "1-sqrt(3)" and text(root / 2) == "1/2*sqrt(3)"


@mark.parametrize(
    ("numeral", "reason"),
    [
        ("sqrt(5)", r'^c: sqrt\(5\) is no number of the field Q\(sqrt\(3\)\); .*"field": {"sqrt": 5}$'),
        ("sqrt(12)", "is no number"),
        ("1/0+sqrt(3)", "^c: the denominator is zero"),
        ("1+1/0*sqrt(3)", "denominator is zero"),
        ("1sqrt(3)", "expected a number"),
        ("1 1*sqrt(3)", "expected a number"),
        ("1+-sqrt(3)", "expected a number"),
        ("sqrt(3)*2", "expected a number"),
        ("sqrt(3)+1", "expected a number"),
        ("sqrt(-3)", "expected a number"),
        ("sqrt(\u0663)", "expected a number"),
        ("1.5e", "expected a number"),
        (1.5, "got a float"),
        ("1" * (MAX_DIGITS + 1), "digits"),
        ("1" * MAX_DIGITS + "+sqrt(3)", "digits"),
    ],
)
def test_texts_that_are_refused(numeral, reason):
    """Anything else is refused with its place; over Q, every root is."""
    with raises(InputError, match=reason):
        Field(3).parse(numeral, "c")
    with raises(InputError):
        RATIONALS.parse(numeral, "c")


def test_a_root_over_the_rationals():
    """Without a field, a root is refused with a reason, and plain `parse` knows none."""
    with raises(InputError, match=r"^c: sqrt\(3\) is no number of the field Q; "):
        RATIONALS.parse("1+sqrt(3)", "c")
    with raises(InputError, match="expected a rational"):
        parse("1+sqrt(3)", "c")
