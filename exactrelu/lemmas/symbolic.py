"""Exact numbers with parameters, so that the project's own formulas can be run for all values of them at once.

A `Quantity` is a rational function of variables that run through all positive numbers; `between` maps a variable onto
an open interval. Arithmetic is exact. A comparison is decided for all values of the variables at once: a polynomial
whose coefficients are all ≥ 0, and not all zero, is positive; where the coefficients of a numerator or denominator have
both signs, `UndecidedSign` is raised. A formula with `Builder` units is run on quantities by a `Pointwise` builder.
"""

from itertools import islice, pairwise, product
from random import Random

from sympy import QQ
from sympy.polys.fields import field

from exactrelu.errors import UndecidedError
from exactrelu.field import mpq, rational
from exactrelu.lemmas.result import Undecided
from exactrelu.network.builder import Builder

TRIALS = tuple(mpq(*pair) for pair in ((1, 1), (1, 3), (3, 1), (1, 40), (40, 1), (1, 1000), (1000, 1)))
"""Values of the variables at which a witness is sought first where a claim is not proved."""

MORE_TRIALS = tuple(mpq(p, q) for p in (1, 2, 3, 5, 7, 11, 60) for q in (1, 2, 3, 4, 5, 6, 9, 70))
"""Values of which combinations drawn at random are tried after those. What they show is a witness or nothing at all."""

MOST_TRIALS = 120


class UndecidedSign(UndecidedError):
    """Raised when a quantity may have both signs: the case has to be cut further."""


class Quantity:
    """A rational function of positive variables, with an order that holds for all their values."""

    __slots__ = ("element",)

    bias = 0

    def __init__(self, element):
        self.element = element

    @property
    def terms(self):
        """The numerator, empty for zero: what a formula asks an `Expression` to see whether it is the constant 0."""
        return self.element.numer

    def at(self, values):
        """Return the quantity with the variables replaced by these positive rationals: a constant `Quantity`."""
        ring = self.element.field.ring
        pairs = [(gen, QQ(int(v.numerator), int(v.denominator))) for gen, v in zip(ring.gens, values, strict=True)]
        ends = [ring(part.evaluate(pairs)) for part in (self.element.numer, self.element.denom)]
        return Quantity(self.element.field(ends[0]) / self.element.field(ends[1]))

    def number(self):
        """Return the constant quantity as ``mpq``; raises ``ValueError`` if it is not constant."""
        numerator, denominator = (self._constant(part) for part in (self.element.numer, self.element.denom))
        return numerator / denominator

    @staticmethod
    def _constant(polynomial):
        if not polynomial.is_ground:
            raise ValueError(f"{polynomial} is not constant")
        value = polynomial.coeff(1)
        return mpq(int(value.numerator), int(value.denominator))

    def sign(self):
        """Return −1, 0 or 1, the sign for all values of the variables; raises `UndecidedSign` if there is none."""
        return _sign(self.element.numer) * _sign(self.element.denom)

    def _coerced(self, other):
        if isinstance(other, Quantity):
            return other.element
        value = rational(other)
        return self.element.field(QQ(int(value.numerator), int(value.denominator)))

    def __add__(self, other):
        return NotImplemented if isinstance(other, Form) else Quantity(self.element + self._coerced(other))

    def __sub__(self, other):
        return NotImplemented if isinstance(other, Form) else Quantity(self.element - self._coerced(other))

    def __rsub__(self, other):
        return Quantity(self._coerced(other) - self.element)

    def __mul__(self, other):
        return NotImplemented if isinstance(other, Form) else Quantity(self.element * self._coerced(other))

    def __truediv__(self, other):
        return Quantity(self.element / self._coerced(other))

    def __rtruediv__(self, other):
        return Quantity(self._coerced(other) / self.element)

    def __neg__(self):
        return Quantity(-self.element)

    def __pow__(self, exponent):
        return Quantity(self.element**exponent)

    __radd__ = __add__
    __rmul__ = __mul__

    def __eq__(self, other):
        return self.element == self._coerced(other)

    def __hash__(self):
        return hash(self.element)

    def __lt__(self, other):
        return (self - other).sign() < 0

    def __le__(self, other):
        return (self - other).sign() <= 0

    def __gt__(self, other):
        return (self - other).sign() > 0

    def __ge__(self, other):
        return (self - other).sign() >= 0

    def __abs__(self):
        return -self if self < 0 else self

    def __repr__(self):
        return f"Quantity({self.element})"


def _sign(polynomial):
    coefficients = polynomial.coeffs()
    if all(c > 0 for c in coefficients):
        return 1 if coefficients else 0
    if all(c < 0 for c in coefficients):
        return -1
    raise UndecidedSign(f"{polynomial} may have both signs")


class Pointwise(Builder):
    """Evaluates formulas that are written for a `Builder` on `Quantity` arguments instead of building nodes."""

    def __init__(self):
        super().__init__(0)

    def relu(self, expression):
        """Return max(0, expression)."""
        return expression if expression >= 0 else 0 * expression


POINTWISE = Pointwise()


class Exponent:
    """A number n of which only 2^n is known, a `Quantity`."""

    def __init__(self, power):
        self._power = power

    def __rpow__(self, base):
        return self._power if base == 2 else NotImplemented


class Units(Builder):
    """Writes down the units of a formula: ``arguments[k]``, a `Form` of its inputs and of the units before unit k."""

    def __init__(self, one, *names):
        super().__init__(0)
        self.inputs = tuple(Form({name: one}, 0 * one) for name in names)
        self.arguments = []
        self._one = one

    def relu(self, expression):
        """Return max(0, expression), a new unit."""
        self.arguments.append(expression)
        return Form({len(self.arguments) - 1: self._one}, 0 * self._one)


class Form:
    """An affine form of named values: ``weights`` maps names to `Quantity` objects, as ``bias`` is one."""

    def __init__(self, weights, bias):
        self.weights, self.bias = {name: weight for name, weight in weights.items() if weight != 0}, bias

    @property
    def terms(self):
        """The weights, empty for a constant."""
        return self.weights

    def __add__(self, other):
        if not isinstance(other, Form):
            return Form(self.weights, self.bias + other)
        names = {**self.weights, **other.weights}
        zero = 0 * self.bias
        weights = {name: self.weights.get(name, zero) + other.weights.get(name, zero) for name in names}
        return Form(weights, self.bias + other.bias)

    def __mul__(self, factor):
        return Form({name: weight * factor for name, weight in self.weights.items()}, self.bias * factor)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, divisor):
        return Form({name: weight / divisor for name, weight in self.weights.items()}, self.bias / divisor)

    __radd__ = __add__
    __rmul__ = __mul__


def positive(*names):
    """Return one `Quantity` for each name: independent variables that run through all positive numbers."""
    _, *elements = field(",".join(names), QQ)
    return tuple(map(Quantity, elements))


def between(low, high, variable):
    """Return the quantity that runs through the open interval (low, high) as ``variable`` does through (0, ∞)."""
    return (low + variable * high) / (1 + variable)


def along(knots, variable, **parameters):
    """Return cases {"t": …, **parameters}: t at each knot and, as a generic point, between each two neighbours.

    The ``knots`` may be in any order, and may be equal; they are compared for all values of their variables at once.
    """
    knots = sorted({knot + 0 * variable for knot in knots})
    points = list(knots)
    points += [between(low, high, variable) for low, high in pairwise(knots)]
    return [{"t": point, **parameters} for point in points]


def failure(claim, cases):
    """Return None if ``claim`` holds in all ``cases`` for all values of the variables, else a witness.

    ``claim(**case)`` returns two tuples that have to be equal. The witness maps the names of the case to numbers at
    which they differ, with the two tuples as "found" and "expected". Where a case is neither proved nor refuted, and no
    other one is refuted, it is `Undecided`.
    """
    open_case = None
    for case in cases:
        try:
            found, expected = claim(**case)
            if found == expected:
                continue
            reason = f"{found} and {expected} differ, but at none of the values that were tried"
        except UndecidedSign as undecided:
            reason = str(undecided)
        witness = _witness(claim, case)
        if witness is not None:
            return witness
        open_case = open_case or Undecided({"not decided": reason})
    return open_case


def trials(size):
    """Return `MOST_TRIALS` tuples of values of so many variables, combinations of `TRIALS` first."""
    chosen = list(islice(product(TRIALS, repeat=size), MOST_TRIALS // 2))
    random = Random(size)
    return chosen + [tuple(random.choice(MORE_TRIALS) for _ in range(size)) for _ in range(MOST_TRIALS - len(chosen))]


def _witness(claim, case):
    size = next(iter(case.values())).element.field.ngens
    for values in trials(size):
        numbers = {name: quantity.at(values) for name, quantity in case.items()}
        found, expected = claim(**numbers)
        if found != expected:
            return {
                **{name: quantity.number() for name, quantity in numbers.items()},
                "found": _numbers(found),
                "expected": _numbers(expected),
            }
    return None


def _numbers(values):
    return tuple(value.number() if isinstance(value, Quantity) else value for value in values)
