"""The numbers of Q(√D) of exactrelu.checker, against those of exactrelu.field, and what is read and refused."""

import operator
from fractions import Fraction
from random import Random

import pytest
from quadratics import COMPARISONS, OPERATIONS, ROOTS, best_approximations, some_numbers

from exactrelu import checker
from exactrelu.checker import (
    ONE, Affine, Budget, Invalid, Kernel, Malformed, Nonneg, Question, Relu, Same, Sheet, Surd, bound_of, cleared,
    integral, is_exact, number, primitive, read_root, short, surd, total,
)
from exactrelu.errors import InputError
from exactrelu.field import Field, Quadratic, mpq, text

TINY = Fraction(1, 2**60)


def own(value):
    """Return the number of the checker that equals an exact number; an integer as an int."""
    if type(value) is Quadratic:
        return Surd(own(value.a), own(value.b), value.D)
    return int(value) if value.denominator == 1 else Fraction(int(value.numerator), int(value.denominator))


def same(found, value):
    """Return whether a number of the checker, of whatever type, equals an exact number, part by part."""
    if type(value) is Quadratic:
        return type(found) is Surd and found.root == value.D and same(found.a, value.a) and same(found.b, value.b)
    return type(found) in (int, Fraction) and mpq(found.numerator, found.denominator) == value


@pytest.mark.parametrize("D", ROOTS)
def test_arithmetic(D):
    """Sums, products, quotients, opposites and powers are those of the other type, and so are all comparisons."""
    numbers = some_numbers(Random(D), D, 14)
    for x in numbers:
        a = own(x)
        assert same(-a, -x) and same(abs(a), abs(x)) and (a > 0, a < 0, bool(a)) == (x > 0, x < 0, bool(x))
        for n in range(5):
            assert same(a**n, x**n)
        for y in numbers:
            b = own(y)
            for operation in OPERATIONS[: 4 if y and type(a) is not int else 3]:
                assert same(operation(a, b), operation(x, y))
            for compare in COMPARISONS:
                assert compare(a, b) is bool(compare(x, y))
            assert (a == b) is (x == y) and (a != b or hash(a) == hash(b))
        assert max([a, *map(own, numbers)]) == own(max(numbers))


@pytest.mark.parametrize("D", ROOTS)
def test_signs_that_are_close_calls(D):
    """Numbers p − q √D of the size of 2^-100, and of 2^-1000, have the sign of p² − D q², and are not 0."""
    for p, q in best_approximations(D, 400)[::7]:
        near = Surd(p, -q, D)
        assert near and (near > 0) is (p * p > D * q * q) and (-near > 0) is not (near > 0)
        assert 0 < abs(near) < Fraction(2, q) and near * Surd(p, q, D) == p * p - D * q * q
    assert q > 2**100


def test_no_other_number():
    """A float, a boolean, a number of another field and parts that are none are not combined, or no numbers at all."""
    x = Surd(1, 1, 2)
    for other in (0.5, True, Surd(1, 1, 3), "1", None, mpq(1)):
        for operation in (*OPERATIONS, operator.lt, operator.ge):
            for pair in ((x, other), (other, x)):
                with pytest.raises(TypeError):
                    operation(*pair)
        assert x != other
    with pytest.raises(ZeroDivisionError):
        x / 0
    for parts in ((1.0, 1, 2), (1, 0.5, 2), (1, True, 2), (1, 0, 2), (1, 1, 4), (1, 1, 12), (1, 1, -2), (1, 1, 1),
                  (1, 1, 0), (1, 1, Fraction(2)), (1, 1, 10**12 + 39), (x, 1, 2)):
        with pytest.raises(Invalid):
            Surd(*parts)
    assert is_exact(x) and not is_exact(0.5) and not is_exact(True) and not is_exact(mpq(1))


@pytest.mark.parametrize("D", [2, 3, 5, 30, 999_983, 10**12 - 11])
def test_texts(D):
    """What the program writes is read as the number that it is, and so are all forms that the page has."""
    for value in some_numbers(Random(D), D, 10):
        assert same(number(text(value), "x", D), value) and same(number(str(own(value)), "x", D), value)
    root = Surd(0, 1, D)
    for form, value in (
        ("{}", root), ("-{}", -root), ("1-{}", 1 - root), ("-1/2+{}", root - Fraction(1, 2)), ("0+{}", root),
        ("-3*{}", -3 * root), ("1.5+0.25*{}", Fraction(3, 2) + root / 4), ("2/4*{}", root / 2),
        ("-1-1/3*{}", -1 - root / 3), ("1+0*{}", 1), ("0*{}", 0),
    ):
        assert number(form.format(f"sqrt({D})"), "x", D) == value


@pytest.mark.parametrize("word", [
    "+sqrt(3)", "1+-sqrt(3)", "1--sqrt(3)", "1 + sqrt(3)", "sqrt(3)*2", "2sqrt(3)", "1+-2*sqrt(3)", "sqrt(3)/2",
    "1*sqrt(3)+2", "sqrt(-3)", "sqrt(3.0)", "sqrt(03)", "sqrt(2)", "sqrt(12)", "sqrt(3)+sqrt(3)", "1e3*sqrt(3)",
    "1+sqrt(3)i", "1.5.2+sqrt(3)", "sqrt(3) ", "SQRT(3)", "1/0+sqrt(3)", "1+1/0*sqrt(3)", "", "+", "1+", "sqrt()",
    "٣+sqrt(3)", "1" * 100_000 + "+sqrt(3)", 0.5, None, True, [1, 1], {"sqrt": 3},
])
def test_texts_that_are_no_numbers(word):
    """No other text is a number, and none with a root where there is no field."""
    with pytest.raises(Malformed):
        number(word, "x", 3)
    with pytest.raises(Malformed):
        number("sqrt(3)", "x")


@pytest.mark.parametrize("value", [
    3, {"sqrt": "3"}, {"sqrt": 3, "a": 1}, {}, [3], {"sqrt": 1}, {"sqrt": 0}, {"sqrt": -3}, {"sqrt": 4}, {"sqrt": 12},
    {"sqrt": True}, {"sqrt": 10**12 + 39}, {"sqrt": 999_983**2}, {"sqrt": 2 * 577**2}, {"sqrt": checker.Unfit("3.0")},
])
def test_fields_that_are_none(value):
    """D is an integer from 2 to 10^12 that no square divides, as the other reader says, too."""
    with pytest.raises(Malformed):
        read_root(value, "field")
    if isinstance(value, dict) and len(value) == 1 and type(value["sqrt"]) is int:
        with pytest.raises(InputError):
            Field(value["sqrt"])


def test_fields():
    """Those that are none of these are read."""
    assert [read_root({"sqrt": D}, "field") for D in (2, 10**12 - 11)] == [2, 10**12 - 11]


# the kernel

ROOT3 = Surd(0, 1, 3)
QUESTION = Question(
    1, (None, Affine(((0, ROOT3),), ROOT3 - 1), Relu(1)), (((0, 1),),), Same(2, ((0, ROOT3), (ONE, ROOT3 - 1)))
)
"""For x >= 0: max(0, √3 x + √3 - 1) = √3 x + √3 - 1."""

P, Q = best_approximations(3, 80)[-1]
NEGATIVE = min(Surd(P, -Q, 3), Surd(-P, Q, 3))


def test_the_kernel_proves():
    """Weights, scales and factors may be in the field."""
    for weight, scale in ((ROOT3, 1), (3, ROOT3), (-NEGATIVE * ROOT3, -NEGATIVE)):
        kernel = Kernel(QUESTION)
        kernel.on(2, [(1, weight)], scale)
        kernel.done()
        assert kernel.is_proved()


@pytest.mark.parametrize(("weight", "scale"), [
    (ROOT3 + TINY, 1), (ROOT3 + NEGATIVE, 1), (-ROOT3, 1), (NEGATIVE, 1), (ROOT3 * NEGATIVE, NEGATIVE),
    (Surd(0, 1, 2), 1), (ROOT3, True), (ROOT3, 1.0),
])
def test_what_the_kernel_refuses(weight, scale):
    """Another weight by 2^-130, one that is negative by as little, a scale that is, and one of another field."""
    kernel = Kernel(QUESTION)
    with pytest.raises((Invalid, TypeError)):
        kernel.on(2, [(1, weight)], scale)
    with pytest.raises(Invalid):
        kernel.done()


def test_constants_that_are_close_calls():
    """A constant >= 0 that a combination leaves over may be of the size of 2^-100; one below 0 by as much is none."""
    for constant, is_right in ((-NEGATIVE, True), (NEGATIVE, False)):
        kernel = Kernel(Question(1, (None,), (((0, 1),),), Nonneg(((0, 1), (ONE, constant)))))
        if is_right:
            kernel.close([(1, 1)])
            assert kernel.is_proved()
        else:
            with pytest.raises(Invalid):
                kernel.close([(1, 1)])


# forms with integers in place of numbers


def test_cleared_forms():
    """A node of a sheet is its value times a denominator, with integers a, b in all weights, and a bound of these."""
    random, sheet = Random(5), Sheet(2)
    for _ in range(200):
        terms = [(k, own(x)) for k, x in zip((0, 1), some_numbers(random, 3, 2)[-2:], strict=True)]
        bias = own(some_numbers(random, 3, 1)[-1])
        node = sheet.affine([*terms, (ONE, bias)])
        scale = sheet.denominators[node]
        found = sheet.nodes[node]
        values = [found.bias, *(weight for _, weight in found.terms)]
        assert [value / Fraction(scale) for value in values] == [bias, *(weight for _, weight in terms)]
        for value in values:
            assert all(type(entry) is int for entry in ((value.a, value.b) if type(value) is Surd else (value,)))
        assert sheet.sizes[node] >= sum(map(abs, values)) and sheet.sizes[node] == sum(map(bound_of, values))


def test_bounds_of_products():
    """The bound of a product is at most that of its factors."""
    numbers = [cleared(own(x), own(x).denominator) for x in some_numbers(Random(9), 7, 20)]
    for x in numbers:
        assert bound_of(x) >= abs(x)
        assert all(bound_of(x * y) <= bound_of(x) * bound_of(y) for y in numbers)


def test_multiples():
    """Positive multiples of a form have the same line, with the factor between them; `integral` keeps the sign."""
    form = ((ONE, Fraction(2, 3)), (0, Surd(Fraction(1, 2), -1, 5)), (3, -4))
    line, factor = primitive(form)
    for other in (Fraction(7, 5), Surd(2, -1, 5), Surd(3, -1, 5), Surd(0, Fraction(1, 9), 5), -1):
        found, more = primitive(total([(other, form)]))
        assert (found, more) == (line, factor * other)
    scaled = integral(form)
    assert len({weight / dict(form)[key] for key, weight in scaled}) == 1 and dict(scaled)[3] < 0


def test_long_numbers_are_counted():
    """The bits of a and of b are counted, as those of two numbers; and a text shows no number of many digits."""
    budgets = Budget(), Budget()
    budgets[0].spend([Surd(Fraction(5, 7), Fraction(2**90, 3), 2)])
    budgets[1].spend([Fraction(5, 7), Fraction(2**90, 3)])
    assert budgets[0].left == budgets[1].left
    with pytest.raises(Malformed):
        Budget().spend([Surd(1, 2**10_000_000, 2)])
    assert short(Surd(1, 2**300, 2)) == short(2**300) and short(Surd(0, Fraction(-1, 2), 3)) == "-1/2*sqrt(3)"
    assert surd("1-2*sqrt(3)", 3) == Surd(1, -2, 3)
