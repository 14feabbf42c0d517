"""The independent checker of exactrelu certificates of format 2: this one file, the standard library, and nothing else.

    python -I exactrelu/checker.py CERTIFICATE

answers whether the evidence in a certificate proves the statement in it: that a ReLU network equals V^n g, or another
network, that it stays within bounds or has a property, everywhere or on a box, a line or a plane; that it does not,
with a point; or that the networks of a family equal V^n g for every n. The format and the calculus are in
docs/certificate.md. Exit codes: 0 valid, 1 invalid (the evidence does not prove the statement), 2 the file cannot be
read, 3 interrupted.

What has to be trusted ends at the line DRIVERS below. Facts come into being by the rules of the `Kernel` alone; what
stands behind that line finds weights and cuts, and can make a check fail, but not pass. All arithmetic is exact.
"""

import gc
import gzip
import io
import json
import re
import signal
import sys
import zlib
from fractions import Fraction
from functools import lru_cache, total_ordering
from itertools import chain, combinations, product, starmap
from math import ceil, floor, gcd, isqrt, lcm, prod
from operator import itemgetter
from typing import NamedTuple

FORMAT = "exactrelu-certificate/2"

FIRST_FORMAT = "a certificate of format 1 is read by checker1.py, the file beside this one"
"""What is said of such a file."""

MAX_BYTES = 1 << 28
"""The longest file that is read, before and after decompression."""
MAX_MEMORY = 1 << 32
"""About the most bytes that the values of a file may take, as its brackets, commas and quotes tell."""
MAX_DIGITS = 100_000
"""The longest numeral, in characters."""
MAX_LEVEL = 100_000
"""The largest n."""
MAX_ROOT = 10**12
"""The largest D of numbers of Q(√D)."""
MAX_DIMENSION = 8
"""The most coordinates of a seed."""
MAX_BITS = 1 << 32
"""The most bits of all numbers together that are derived from the statement."""
NUMBER_BITS, LONG_BITS = 512, 1 << 14
"""What a number takes besides its bits in that count, and from which length on bits count by their square over this."""
MAX_CUTS = 20_000
"""The most cuts of one leaf of a tree."""
MAX_LENGTH, MAX_PATCHES, MAX_CLASSES = 1000, 10_000, 6
"""The most cells of a window along an axis, and in all; the most shift classes."""
MAX_START, MAX_DILATION = 1000, 64
"""The largest n for which a family has a start of its own, and the most parts of a loop; the largest dilation."""
MAX_SIZE, MAX_NEEDS = 1 << 53, 1000
"""The largest width and depth; the most sets of values that the stages of a family need of those before them."""
MAX_POWER = 1 << 22
"""The most bits of rho^n where a network for n is compared with a family."""


class Malformed(Exception):
    """Raised when the file cannot be read as a certificate, or lies beyond the limits above."""


class Invalid(Exception):
    """Raised when the evidence does not prove the statement."""


class Answer(NamedTuple):
    """``valid``: True, False, or None when the file cannot be read; what it states; why it is not valid, or None.

    Only a valid one is true in a condition.
    """

    valid: bool | None
    statement: str | None
    reason: str | None

    def __bool__(self):
        return self.valid is True


# --------------------------------------------------------------------------------------------------------- NUMBERS
#
# A number is an int, a Fraction, or a Surd, of Q(√D) for the one D of a file. All of them are exact.


@lru_cache(maxsize=64)
def is_root(D):
    """Return whether D is an integer > 1 without square factors, and not beyond the limit."""
    return type(D) is int and 1 < D <= MAX_ROOT and all(D % (p * p) for p in range(2, isqrt(D) + 1))


def in_field(operation):
    """Return the method of a `Surd` that applies an ``operation`` to it, c and d, the other number being c + d √D."""

    def method(self, other):
        if is_rational(other):
            return operation(self, other, 0)
        if type(other) is Surd and other.root == self.root:
            return operation(self, other.a, other.b)
        return NotImplemented

    return method


@total_ordering
class Surd:
    """The irrational number a + b √D: ``a`` and ``b`` are rational, b is not 0, and the ``root`` D is as in `is_root`.

    Sums, differences, products and quotients in the same field are exact; one that is rational is an int or a Fraction.
    So a number of the field has one form, equal ones are equal, and no `Surd` is 0.
    """

    __slots__ = ("a", "b", "root")

    def __init__(self, a, b, root):
        if not (is_rational(a) and is_rational(b) and b and is_root(root)):
            raise Invalid("not a number of a field Q(sqrt(D))")
        self.a, self.b, self.root = a, b, root

    def _made(self, a, b):
        return Surd(a, b, self.root) if b else a

    def __neg__(self):
        return Surd(-self.a, -self.b, self.root)

    def __abs__(self):
        return -self if self < 0 else self

    @in_field
    def __add__(self, c, d):
        return self._made(self.a + c, self.b + d)

    __radd__ = __add__

    @in_field
    def __sub__(self, c, d):
        return self._made(self.a - c, self.b - d)

    def __rsub__(self, other):
        return -self + other

    @in_field
    def __mul__(self, c, d):
        return self._made(self.a * c + self.root * self.b * d, self.a * d + self.b * c)

    __rmul__ = __mul__

    @in_field
    def __truediv__(self, c, d):
        norm = exact(c * c - self.root * d * d)  # only for c = d = 0 it is 0, as √D is irrational
        return self * self._made(c / norm, -d / norm)

    def __rtruediv__(self, other):
        norm = exact(self.a * self.a - self.root * self.b * self.b)
        return Surd(self.a / norm, -self.b / norm, self.root) * other

    def __pow__(self, n):
        power = 1
        for bit in bin(n)[2:]:
            power = power * power * self if bit == "1" else power * power
        return power

    @in_field
    def __lt__(self, c, d):
        a, b = self.a - c, self.b - d  # of a and b √D the one with the larger square has the sign of the difference
        return (a if a * a > self.root * b * b else b) < 0

    def __eq__(self, other):
        return type(other) is Surd and (self.a, self.b, self.root) == (other.a, other.b, other.root)

    def __hash__(self):
        return hash((self.a, self.b, self.root))

    def __str__(self):
        return f"{self.a or ''}{'+' if self.a and self.b > 0 else ''}{self.b}*sqrt({self.root})"

    @property
    def denominator(self):
        """The least integer > 0 whose product with a and with b is an integer."""
        return lcm(self.a.denominator, self.b.denominator)


def is_rational(number):
    """Return whether a number is an integer or a rational; a float is none, and neither is a boolean."""
    return type(number) is int or type(number) is Fraction


def is_exact(number):
    """Return whether a number is one of those above."""
    return is_rational(number) or type(number) is Surd


def exact(number):
    """Return a number, an integer as a Fraction: two integers would have a float as their quotient."""
    return Fraction(number) if type(number) is int else number


def rationals(numbers):
    """Return the rational numbers that numbers are made of: themselves, or a and b."""
    if Surd in map(type, numbers):
        return [part for entry in numbers for part in ((entry.a, entry.b) if type(entry) is Surd else (entry,))]
    return numbers


def cleared(number, denominator):
    """Return the product of a number and a multiple of its denominator, made of integers."""
    if type(number) is Surd:
        return Surd(cleared(number.a, denominator), cleared(number.b, denominator), number.root)
    return number.numerator * (denominator // number.denominator)


def bound_of(number):
    """Return an integer >= |number|, of a number that is made of integers; that of a product is at most the product."""
    return abs(number.a) + abs(number.b) * (isqrt(number.root) + 1) if type(number) is Surd else abs(number)


# ---------------------------------------------------------------------------------------------------------- KERNEL
#
# A form is a constant plus a weighted sum of keys: a tuple of pairs (key, weight), each key once, no weight 0.
# The key ONE stands for 1, a key k >= 0 for the value of node k of a program. The first nodes of a program are inputs.

ONE = -1


class Affine(NamedTuple):
    """The sum of weight * node over the ``terms`` (node, weight), plus ``bias``."""

    terms: tuple
    bias: int | Fraction


class Relu(NamedTuple):
    """max(0, node ``of``)."""

    of: int


class Times(NamedTuple):
    """The product of node ``by``, a parameter, and node ``of``."""

    by: int
    of: int


class Cases(NamedTuple):
    """A function of the inputs: on each of the ``cells`` (conditions, value), where the forms ``conditions`` are all
    >= 0, the form ``value``, and 0 outside of all cells. It is the statement's business that cells agree."""

    cells: tuple


class Same(NamedTuple):
    """The goal that node ``node`` equals a form."""

    node: int
    form: tuple


class Nonneg(NamedTuple):
    """The goal that a form is >= 0."""

    form: tuple


class All(NamedTuple):
    """The goal that all of these goals hold."""

    goals: tuple


def references(node):
    """Return the nodes that a node refers to."""
    if type(node) in (Relu, Times):
        return tuple(node)
    return [k for k, _ in node.terms] if type(node) is Affine else ()


class Question(NamedTuple):
    """For all values of the first nodes, the ``inputs``, for which the forms ``known`` are >= 0: the ``goal``.

    Of some inputs it is known, too, that their ``products`` are forms: triples (input, input, form).
    """

    inputs: int
    nodes: tuple
    known: tuple
    goal: Same | Nonneg | All
    products: tuple = ()


def total(parts):
    """Return the form  sum of weight * form  of pairs (weight, form)."""
    found = {}
    for factor, form in parts:
        for key, weight in form:
            found[key] = found.get(key, 0) + factor * weight
    return tuple(filter(itemgetter(1), found.items()))


def opposite(form):
    """Return the form -``form``."""
    return tuple([(key, -weight) for key, weight in form])


def minus(first, second):
    """Return the difference of two forms."""
    return total([(1, first), (-1, second)])


def constant(value):
    """Return the form of a number."""
    return ((ONE, value),) if value else ()


def between(form, low, high):
    """Return the forms that are >= 0 where low <= form <= high; None is no bound."""
    return [minus(*pair) for pair in ((form, low), (high, form)) if None not in pair]


def substituted(form, form_of):
    """Return a form with others, ``form_of(key)``, in the place of its keys."""
    return total([(weight, constant(1) if key == ONE else form_of(key)) for key, weight in form])


def product_form(products, parameter, form):
    """Return the form of a product: of a number, or of a key whose ``products`` {(key, other key): form} are known."""
    if all(key == ONE for key, _ in parameter):
        return total([(weight, form) for _, weight in parameter])
    if len(parameter) > 1:
        raise Invalid("a parameter is not a key")
    ((theta, factor),) = parameter
    if any(key != ONE and (theta, key) not in products for key, _ in form):
        raise Invalid("a product is not known")
    return total([
        (factor * weight, ((theta, 1),) if key == ONE else products[theta, key]) for key, weight in form
    ])


class Kernel:
    """A proof that is under way: what is left to be shown of a `Question`, and what is known where it has to be shown.

    Each method but the readers `form`, `argument` and `is_proved` is a rule of the calculus (docs/certificate.md,
    section 5). It raises `Invalid` where the rule does not apply, and otherwise is a step of the proof. Weights are
    pairs (fact number, weight >= 0); they show that  scale * form  is a weighted sum of facts plus a constant >= 0.
    """

    def __init__(self, question):
        self._inputs, self._nodes = question.inputs, question.nodes
        self._forms = [None] * len(question.nodes)
        self._known = [None, *question.known]  # facts are numbered from 1
        self._products = {(theta, key): form for theta, key, form in question.products}
        self._goal, self._open, self._changes = question.goal, [], []

    def is_proved(self):
        """Return whether nothing is left to be shown."""
        return self._goal is None

    def next_fact(self):
        """Return the number of the fact that becomes known next."""
        return len(self._known)

    def form(self, k):
        """Return the form of node k: itself as a key if nothing else was shown."""
        found = self._forms[k]
        return ((k, 1),) if found is None else found

    def argument(self, k):
        """Return the form of the argument of a ReLU node."""
        source = self._node(k, Relu).of
        node = self._nodes[source]
        if self._forms[source] is None and type(node) is Affine:
            return self._sum(node)
        return self.form(source)

    def _node(self, k, kind):
        if type(k) is not int or not 0 <= k < len(self._nodes) or type(self._nodes[k]) is not kind:
            raise Invalid(f"node {short(k)} is not of the kind that the step is for")
        return self._nodes[k]

    def _sum(self, node):
        found = {ONE: node.bias}
        forms = self._forms
        for source, factor in node.terms:
            form = forms[source]
            if form is None:
                found[source] = found.get(source, 0) + factor
            else:
                for key, weight in form:
                    found[key] = found.get(key, 0) + factor * weight
        return tuple(filter(itemgetter(1), found.items()))

    def _set(self, k, form):
        self._changes.append((k, self._forms[k]))
        self._forms[k] = form

    def _checked(self, form):
        """Return a form from outside, if it is one, made anew: no part of it can be changed from there."""
        found = {}
        for key, weight in form:
            if type(key) is not int or not ONE <= key < len(self._nodes) or not is_exact(weight):
                raise Invalid("not a form: its keys are nodes, its weights numbers")
            if key in found:
                raise Invalid("not a form: a key occurs twice")
            found[key] = weight
        return tuple(filter(itemgetter(1), found.items()))

    def _require(self, form, weights, scale=1, extra=()):
        """Raise `Invalid` unless scale * form is a sum of facts, and of the ``extra`` ones numbered on from them, with
        these weights, plus a constant >= 0."""
        if not is_exact(scale) or scale <= 0:
            raise Invalid("a scale is not a positive number")
        found = {key: scale * weight for key, weight in form}
        known, size = self._known, len(self._known)
        for number, factor in weights:
            if type(number) is not int or not 0 < number < size + len(extra):
                raise Invalid(f"there is no fact number {short(number)}")
            if not is_exact(factor) or factor < 0:
                raise Invalid("a weight is not a number >= 0")
            for key, weight in known[number] if number < size else extra[number - size]:
                found[key] = found.get(key, 0) - factor * weight
        if found.pop(ONE, 0) < 0 or any(found.values()):
            raise Invalid("the weights do not show what they should")

    def _fork(self, goal, fact=None):
        """Show ``goal`` first; then what is the goal now, with one more fact if that is given."""
        self._open.append((self._goal, len(self._known), len(self._changes), fact))
        self._goal = goal

    def _end(self):
        """End the proof of the goal and go on with the next one."""
        if not self._open:
            self._goal = None
            return
        self._goal, size, changes, fact = self._open.pop()
        del self._known[size:]
        for k, form in reversed(self._changes[changes:]):
            self._forms[k] = form
        del self._changes[changes:]
        if fact is not None:
            self._known.append(fact)

    # rules that end the proof of the goal

    def done(self, above=(), below=()):
        """The goal  node = form: neither node - form nor form - node is negative."""
        if type(self._goal) is not Same:
            raise Invalid("the goal is not that a node has a form")
        difference = minus(self.form(self._goal.node), self._goal.form)
        self._require(difference, above)
        self._require(opposite(difference), below)
        self._end()

    def close(self, weights=(), scale=1):
        """The goal  form >= 0, with the forms of nodes in the place of their keys."""
        if type(self._goal) is not Nonneg:
            raise Invalid("the goal is not that a form is >= 0")
        self._require(substituted(self._goal.form, self.form), weights, scale)
        self._end()

    def absurd(self, weights):
        """The facts contradict each other."""
        self._require(constant(-1), weights)
        self._end()

    # rules that split the goal

    def split(self, form):
        """First where the form is >= 0, then where it is <= 0."""
        form = self._checked(form)
        self._fork(self._goal, opposite(form))
        self._known.append(form)

    def each(self):
        """First the first one of several goals, then the others; none at all is proved."""
        if type(self._goal) is not All:
            raise Invalid("the goal is not a list of goals")
        if not self._goal.goals:
            self._end()
            return
        first, *others = self._goal.goals
        self._goal = All(tuple(others))
        self._fork(first)

    # rules that give nodes their forms

    def aff(self, k):
        """An affine node is the sum of the forms of its terms."""
        self._set(k, self._sum(self._node(k, Affine)))

    def on(self, k, weights, scale=1):
        """max(0, e) = e where e >= 0."""
        form = self.argument(k)
        self._require(form, weights, scale)
        self._set(k, form)

    def off(self, k, weights, scale=1):
        """max(0, e) = 0 where e <= 0."""
        self._require(opposite(self.argument(k)), weights, scale)
        self._set(k, ())

    def scale(self, k, j, factor):
        """max(0, s e) = s max(0, e) for s >= 0, and -s (max(0, e) - e) for s < 0."""
        form, other = self.argument(k), self.argument(j)
        if not is_exact(factor) or total([(1, form), (-factor, other)]):
            raise Invalid("the argument is not that multiple of the other one")
        parts = [(abs(factor), self.form(j))]
        self._set(k, total(parts if factor >= 0 else [*parts, (factor, other)]))

    def mul(self, k):
        """The product of a parameter and a node, if the products of the parameter with the node's keys are known."""
        node = self._node(k, Times)
        self._set(k, product_form(self._products, self.form(node.by), self.form(node.of)))

    def sym(self, k):
        """Nothing is said of a unit: it is a key again."""
        self._node(k, Relu)
        self._set(k, ((k, 1),))

    def inside(self, k, cell, weights):
        """A function by cases has the form of a cell where all conditions of the cell hold."""
        cells = self._node(k, Cases).cells
        if type(cell) is not int or not 0 <= cell < len(cells) or len(weights) != len(cells[cell][0]):
            raise Invalid("there is no such cell, or weights are missing")
        for form, (show, scale) in zip(cells[cell][0], weights, strict=True):
            self._require(form, show, scale)
        self._set(k, cells[cell][1])

    def outside(self, k, reasons):
        """A function by cases is 0 where for each cell either its conditions contradict the facts, or they imply that
        its form is 0: with one pair of weights and scale, or two."""
        cells = self._node(k, Cases).cells
        if len(reasons) != len(cells):
            raise Invalid("not one reason a cell")
        for (conditions, value), reason in zip(cells, reasons, strict=True):
            if len(reason) == 1:
                self._require(constant(-1), *reason[0], extra=conditions)
            elif len(reason) == 2:
                self._require(value, *reason[0], extra=conditions)
                self._require(opposite(value), *reason[1], extra=conditions)
            else:
                raise Invalid("a reason is one pair or two")
        self._set(k, ())

    # rules that add facts

    def low(self, k):
        """max(0, e) >= 0 and max(0, e) >= e."""
        form = self.form(k)
        self._known += [form, minus(form, self.argument(k))]

    def up(self, k, form, weights, more):
        """max(0, e) <= f where f >= 0 and f >= e."""
        form = self._checked(form)
        self._require(form, weights)
        self._require(minus(form, self.argument(k)), more)
        self._known.append(minus(form, self.form(k)))

    def times(self, k, sign, form, weights, more):
        """sign * (parameter * e) >= parameter * f where sign * e >= f and parameter >= 0, the sign being 1 or -1."""
        node, form = self._node(k, Times), self._checked(form)
        if type(sign) is not int or abs(sign) != 1:
            raise Invalid("a sign is 1 or -1")
        parameter = self.form(node.by)
        self._require(total([(sign, self.form(node.of)), (-1, form)]), weights)
        self._require(parameter, more)
        least = product_form(self._products, parameter, form)
        self._known.append(total([(sign, self.form(k)), (-1, least)]))


# ------------------------------------------------------------------------------------------------ STATEMENT: reading


class Unfit(NamedTuple):
    """A JSON float, NaN or Infinity: no field of the format admits one."""

    text: str


def read_file(path):
    """Return the content of a file, unpacked if it is gzip; raises `Malformed`."""
    try:
        with open(path, "rb") if path != "-" else open(0, "rb", closefd=False) as file:  # 0 is standard input
            data = file.read(MAX_BYTES + 1)
        if data[:2] == b"\x1f\x8b" and len(data) <= MAX_BYTES:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise Malformed(f"the file is not readable JSON: {error}") from None
    return data


VALUE_BYTES = {b"[": 64, b"{": 240, b'"': 28, b",": 40, b":": 40}
"""What an array, an object, a quotation mark and what separates two values take in memory, about."""


def read_json(data):
    """Return the JSON value in the content of a file, with floats as `Unfit`; raises `Malformed`."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"the file is longer than {MAX_BYTES} bytes")
    if len(data) + sum(weight * data.count(mark) for mark, weight in VALUE_BYTES.items()) > MAX_MEMORY:
        raise Malformed(f"the values in the file would take more than {MAX_MEMORY} bytes of memory")
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_int=json_integer, parse_float=Unfit, parse_constant=Unfit, object_pairs_hook=json_object,
        )
    except ValueError as error:
        raise Malformed(f"the file is not readable JSON: {error}") from None
    except RecursionError:
        raise Malformed("the JSON is nested too deeply") from None


def json_integer(text):
    """Return the integer of a JSON numeral; raises `Malformed` for one that is too long."""
    if len(text) > MAX_DIGITS:
        raise Malformed(f"a number has more than {MAX_DIGITS} digits")
    return int(text)


def json_object(pairs):
    """Return the dictionary of a JSON object; raises `Malformed` for a key that occurs twice."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Malformed("an object has a key twice; its keys are " + short(", ".join(key for key, _ in pairs)))
    return result


def short(value):
    """Return ``value`` as ASCII text of moderate length."""
    is_number = isinstance(value, (int, Fraction, Surd))
    if is_number and max(max(map(int.bit_length, part.as_integer_ratio())) for part in rationals([value])) > 200:
        return "a number of more than 60 digits"
    text = str(value) if is_number else ascii(value)
    return text if len(text) <= 130 else text[:127] + "..."


def fields(value, where, *keys, optional=()):
    """Return the values of the keys, then those of the ``optional`` ones or None; raises `Malformed` for other keys."""
    if type(value) is not dict:
        raise Malformed(f"{where}: expected an object")
    for key in keys:
        if key not in value:
            raise Malformed(f"{where}: the key {short(key)} is missing")
    for key in value:
        if key not in keys and key not in optional:
            raise Malformed(f"{where}: unknown key {short(key)}")
    return [value[key] for key in keys] + [value.get(key) for key in optional]


def choice(value, where, key, *names):
    """Return the value of the key of an object if it is one of the ``names``."""
    if type(value) is not dict or type(value.get(key)) is not str or value[key] not in names:
        raise Malformed(f"{where}: expected an object in which {key} is {' or '.join(names)}")
    return value[key]


def array(value, where, length=None):
    """Return ``value`` if it is an array, of ``length`` entries if given."""
    if type(value) is not list or (length is not None and len(value) != length):
        raise Malformed(f"{where}: expected an array" + (f" of {length}" if length is not None else ""))
    return value


def once(pairs, where):
    """Return the dictionary of pairs (key, value); raises `Malformed` for a key that occurs twice."""
    found = {}
    for key, value in pairs:
        if key in found:
            raise Malformed(f"{where}: {short(key)} occurs twice")
        found[key] = value
    return found


def integer(value, where, low, high):
    """Return ``value`` if it is an integer from ``low`` to ``high``."""
    if type(value) is not int or not low <= value <= high:
        raise Malformed(f"{where}: expected an integer from {low} to {high}")
    return value


def integers(values, where, low, high, length=None):
    """Return an array of such integers, of ``length`` entries if given."""
    return [integer(value, where, low, high) for value in array(values, where, length)]


NUMERAL = re.compile(r"(-?[0-9]+)(?:/([0-9]+)|\.([0-9]+))?", re.ASCII)

SIZE = r"[0-9]+(?:/[0-9]+|\.[0-9]+)?"
SURD = re.compile(rf"(?:(-?{SIZE})\+|(-?{SIZE})?(-)|)(?:({SIZE})\*)?sqrt\(([1-9][0-9]{{0,12}})\)", re.ASCII)


def number(value, where, root=None):
    """Return the rational that an integer or the text "p", "p/q" or "0.125" stands for, or else, if D is the ``root``,
    the number "a+b*sqrt(D)"."""
    if type(value) is int:
        return Fraction(value)
    try:
        found = None
        if type(value) is str and len(value) <= MAX_DIGITS:
            found = numeral(value)
            if found is None and root is not None:
                found = surd(value, root)
    except ZeroDivisionError:
        raise Malformed(f"{where}: the denominator is zero") from None
    if found is None:
        shown = value.text if type(value) is Unfit else short(value)
        kind = "rational" if root is None else f"number of Q(sqrt({root}))"
        raise Malformed(f'{where}: expected a {kind} such as 3, "-7/16" or "0.125", got {shown}')
    return found


@lru_cache(maxsize=512)
def surd(text, root):
    """Return the number that a text with √D stands for, None if it stands for none of the field of the ``root``."""
    match = SURD.fullmatch(text)
    if match is None or match[5] != str(root):
        return None
    a, b = (numeral(part) if part else default for part, default in ((match[1] or match[2], 0), (match[4], 1)))
    return Surd(a, -b if match[3] else b, root) if b else a


def read_root(value, where):
    """Return D of the field Q(√D), an object."""
    D = integer(fields(value, where, "sqrt")[0], f"{where} sqrt", 2, MAX_ROOT)
    if not is_root(D):
        raise Malformed(f"{where} sqrt: {D} has a factor that is a square")
    return D


@lru_cache(maxsize=512)  # weights recur: one object for equal ones saves time and memory
def numeral(text):
    """Return the rational that a text stands for, None if it stands for none; raises `ZeroDivisionError`."""
    match = NUMERAL.fullmatch(text)
    if match is None:
        return None
    whole, denominator, decimals = match.groups()
    if decimals is not None:
        return Fraction(int(whole + decimals), 10 ** len(decimals))
    return Fraction(int(whole), int(denominator or 1))


def numbers(values, where, length=None, root=None):
    """Return the list of the numbers of an array."""
    return [number(value, f"{where} {k}", root) for k, value in enumerate(array(values, where, length))]


def maybe(read, value, *arguments):
    """Return what ``read`` makes of a value and arguments, None for the value None."""
    return None if value is None else read(value, *arguments)


# Readers are functions of a value and of where it stands, as `number` is. These make readers of others.


def whole(low, high):
    """Return the reader of an integer between two."""
    return lambda value, where: integer(value, where, low, high)


def real(root):
    """Return the reader of a number of Q(√D), D being the ``root``, or of a rational if that is None."""
    return lambda value, where: number(value, where, root)


def listed(read, length=None):
    """Return the reader of an array with the same reader for all entries, of ``length`` entries if given."""
    return lambda value, where: [read(entry, f"{where} {k}") for k, entry in enumerate(array(value, where, length))]


def row(*readers):
    """Return the reader of an array with one reader for each entry."""
    return lambda value, where: [
        read(entry, where) for read, entry in zip(readers, array(value, where, len(readers)), strict=True)
    ]


def table(size, *readers):
    """Return the reader of a dictionary, an array of rows: the first ``size`` entries are the key, no two being equal,
    the others the value. Where this is one entry, it is no tuple."""
    def entry_or_all(entries):
        return entries[0] if len(entries) == 1 else tuple(entries)

    rows = listed(row(*readers))
    return lambda value, where: once(
        ((entry_or_all(entries[:size]), entry_or_all(entries[size:])) for entries in rows(value, where)), where
    )


def cell_of(lengths):
    """Return the readers of a cell of a window."""
    return [whole(0, length - 1) for length in lengths]


def record(kind, value, where, /, **readers):
    """Return the ``kind`` of named tuple that an object is, whose keys have these readers."""
    values = zip(readers.items(), fields(value, where, *readers), strict=True)
    return kind(**{key: read(entry, f"{where} {key}") for (key, read), entry in values})


class Budget:
    """Counts the bits of numbers that are derived from the statement, so that no small file takes endless memory."""

    def __init__(self):
        self.left = MAX_BITS

    def spend(self, numbers):
        """Count the numbers and return them: their bits, for long ones the square of these, and the numbers."""
        sizes = [entry.numerator.bit_length() + entry.denominator.bit_length() for entry in rationals(numbers)]
        self.left -= sum(size + size * size // LONG_BITS for size in sizes) + NUMBER_BITS * len(sizes)
        if self.left < 0:
            raise Malformed(f"the numbers that the statement leads to take more than {MAX_BITS} bits")
        return numbers


# ---------------------------------------------------------------------------------- STATEMENT: problems and networks


class Simplex(NamedTuple):
    """Corners in d-space, the values there (lists, one entry a component), and the barycentric coordinates: forms."""

    corners: list
    values: list
    coordinates: list

    def value(self, row):
        """Return the form of  row · g  on the simplex."""
        heights = [sum(a * b for a, b in zip(row, value, strict=True)) for value in self.values]
        return total(list(zip(heights, self.coordinates, strict=True)))


class Problem(NamedTuple):
    """V_1 V_2 … g: V f(z) = Σ C_k f(Az - k) + h(z). Masks {k: C_k} of the first steps, then those that repeat.

    All numbers are in Q(√D), where D is the ``root``, or rational where that is None.
    """

    name: str
    dimension: int
    matrix: list
    first: list
    repeat: list
    seed: list
    source: list
    components: int
    component: int
    root: int | None

    def mask(self, step):
        """Return the mask of V_(step + 1)."""
        return self.first[step] if step < len(self.first) else self.repeat[(step - len(self.first)) % len(self.repeat)]


class Program(NamedTuple):
    """A network, or a block of one: ``inputs``, then ``parameters``, then ``nodes``, which refer to earlier ones.

    These are `Affine` and `Relu`, and, where there are parameters, `Times`. ``root`` as above.
    """

    inputs: int
    nodes: list
    outputs: list
    root: int | None = None
    parameters: int = 0

    @property
    def first(self):
        """The number of the first of the nodes."""
        return self.inputs + self.parameters

    @property
    def last(self):
        """The number of the last one."""
        return self.first + len(self.nodes) - 1

    def values(self, point):
        """Return the exact outputs of a network at a point."""
        budget, values = Budget(), list(point)
        for node in self.nodes:
            if type(node) is Relu:
                values.append(max(values[node.of], Fraction(0)))
            else:
                values.append(sum((weight * values[source] for source, weight in node.terms), node.bias))
            budget.spend(values[-1:])
        return [values[k] for k in self.outputs]


def read_problem(value):
    """Return the `Problem` of an object of the format exactrelu-problem/1 or /2."""
    plain = choice(value, "problem", "format", "exactrelu-problem/1", "exactrelu-problem/2").endswith("1")
    more = () if plain else ("dilation", "masks", "source", "component", "field")
    _, name, seed, mask, _, _, *rest = fields(
        value, "problem", "format", "name", "seed", optional=("mask", "window", "comment", *more)
    )
    dilation, masks, source, component, field = rest or (None,) * 5
    root = maybe(read_root, field, "problem field")
    if type(name) is not str or (mask is None) == (masks is None):
        raise Malformed("problem: expected a text as name, and a mask or masks")
    seed, dimension, components = read_seed(seed, "seed", 2 if plain else None, 1 if plain else None, root)
    source = [] if source is None else read_seed(source, "source", dimension, components, root)[0]
    matrix = read_dilation(2 if dilation is None else dilation, dimension)
    first, repeat = [], masks
    if type(masks) is dict:
        first, repeat = fields(masks, "masks", "first", "repeat")
    elif masks is None:
        repeat = [mask]
    first, repeat = ([read_mask(m, dimension, components, root) for m in array(l, "masks")] for l in (first, repeat))
    if not repeat:
        raise Malformed("masks: expected one that repeats")
    component = integer(0 if component is None else component, "component", 0, components - 1)
    return Problem(name, dimension, matrix, first, repeat, seed, source, components, component, root)


def read_dilation(value, dimension):
    """Return the rows of the matrix A, rationals that are integers."""
    if type(value) is int:
        value = [value] * dimension
    rows = array(value, "dilation", dimension)
    if all(type(row) is int for row in rows):
        rows = [[rows[i] if i == j else 0 for j in range(dimension)] for i in range(dimension)]
    return [list(map(Fraction, integers(row, "dilation", -(10**30), 10**30, dimension))) for row in rows]


MASK_INDEX = re.compile(r"-?[0-9]{1,30}(,-?[0-9]{1,30})*", re.ASCII)


def read_mask(value, dimension, components, root):
    """Return {index: matrix} of a mask, without matrices that are zero."""
    if type(value) is not dict:
        raise Malformed("mask: expected an object")
    mask = {}
    for key, entry in value.items():
        index = tuple(map(int, key.split(","))) if MASK_INDEX.fullmatch(key) else ()
        if len(index) != dimension or index in mask:
            raise Malformed(f"mask: {short(key)} is no index of {dimension} integers, or one that occurs twice")
        if components == 1 and type(entry) is not list:
            entry = [[entry]]
        rows = array(entry, f"mask {key}", components)
        mask[index] = [numbers(row, f"mask {key}", components, root) for row in rows]
    mask = {index: rows for index, rows in mask.items() if any(map(any, rows))}
    if not mask:
        raise Malformed("mask: no coefficient differs from zero")
    return mask


def read_seed(value, where, dimension, components, root):
    """Return (simplices, dimension, components) of a function that is affine on simplices, and 0 outside of them."""
    vertices, values, simplices, triangles = fields(
        value, where, "vertices", "values", optional=("simplices", "triangles")
    )
    if (simplices is None) == (triangles is None) or (dimension == 2 and where == "seed" and triangles is None):
        raise Malformed(f"{where}: expected either triangles or simplices")
    points = [numbers(point, f"{where} vertex {k}", dimension, root) for k, point in enumerate(array(vertices, where))]
    dimension = dimension or (len(points[0]) if points else 2)
    if not 1 <= dimension <= MAX_DIMENSION or any(len(point) != dimension for point in points):
        raise Malformed(f"{where}: expected vertices with equally many coordinates, 1 to {MAX_DIMENSION}")
    heights = [
        numbers(entry if type(entry) is list else [entry], f"{where} value {k}", components, root)
        for k, entry in enumerate(array(values, f"{where} values", len(points)))
    ]
    components = components or (len(heights[0]) if heights else 1)
    if any(len(height) != components for height in heights):
        raise Malformed(f"{where}: expected values with equally many components")
    found = []
    for k, corners in enumerate(array(triangles if simplices is None else simplices, f"{where} simplices")):
        corners = integers(corners, f"{where} simplex {k}", 0, len(points) - 1, dimension + 1)
        places = [points[i] for i in corners]
        coordinates = barycentric(places)
        if coordinates is None:
            raise Malformed(f"{where} simplex {k}: it is degenerate")
        found.append(Simplex(places, [heights[i] for i in corners], coordinates))
    used = {tuple(corner) for simplex in found for corner in simplex.corners}
    if any(any(height) and tuple(point) not in used for point, height in zip(points, heights, strict=True)):
        raise Malformed(f"{where}: a vertex has a value that is not 0, but is a corner of no simplex")
    return found, dimension, components


def barycentric(corners):
    """Return the forms that are 1 at one corner and 0 at the others, None if the corners lie on a hyperplane."""
    size = len(corners)
    rows = [[*corner, Fraction(1), *(Fraction(i == j) for j in range(size))] for i, corner in enumerate(corners)]
    for i in range(size):
        pivot = next((r for r in range(i, size) if rows[r][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        rows = [
            row if k == i else [a - row[i] * b for a, b in zip(row, rows[i], strict=True)] for k, row in enumerate(rows)
        ]
    keys = [*range(size - 1), ONE]
    columns = [[row[size + j] for row in rows] for j in range(size)]
    return [tuple(filter(itemgetter(1), zip(keys, column, strict=True))) for column in columns]


def read_network(value, inputs=None):
    """Return the `Program` of a network, with ``inputs`` inputs if given."""
    choice(value, "network", "format", "exactrelu-network/1")
    _, found, nodes, outputs, _, field = fields(
        value, "network", "format", "inputs", "nodes", "outputs", optional=("marks", "field")
    )
    inputs = integer(found, "network inputs", inputs or 1, inputs or 1 << 20)
    network = read_nodes(inputs, 0, nodes, outputs, "network", maybe(read_root, field, "network field"))
    if not network.outputs:
        raise Malformed("network outputs: expected one at least")
    return network


def read_nodes(inputs, parameters, nodes, outputs, where, root):
    """Return the `Program` of arrays of nodes and outputs."""
    first = inputs + parameters
    nodes = [
        read_node(node, k, root, range(inputs, first)) for k, node in enumerate(array(nodes, f"{where} nodes"), first)
    ]
    outputs = integers(outputs, f"{where} outputs", 0, first + len(nodes) - 1)
    return Program(inputs, nodes, outputs, root, parameters)


def read_node(value, k, root, parameters):
    """Return node k, affine ones without terms of weight 0. There may be products by the ``parameters``, a range."""
    where, kinds = f"node {k}", ("relu", "affine", "times") if parameters else ("relu", "affine")
    kind = choice(value, where, "op", *kinds)
    if kind == "relu":
        return Relu(integer(fields(value, where, "op", "of")[1], f"{where} of", 0, k - 1))
    if kind == "times":
        _, by, of = fields(value, where, "op", "by", "of")
        return Times(integer(by, f"{where} by", parameters[0], parameters[-1]), integer(of, f"{where} of", 0, k - 1))
    _, terms, bias = fields(value, where, "op", "terms", "bias")
    pairs = (array(term, f"{where} term", 2) for term in array(terms, f"{where} terms"))
    terms = once((
        (integer(source, f"{where} term", 0, k - 1), number(weight, f"{where} weight of node {source}", root))
        for source, weight in pairs
    ), f"{where} terms")
    return Affine(tuple(filter(itemgetter(1), terms.items())), number(bias, f"{where} bias", root))


# ----------------------------------------------------------------------------------------- STATEMENT: what is asked


def applied(matrix, point):
    """Return the rational matrix times a point."""
    return tuple(sum(a * x for a, x in zip(row, point, strict=True)) for row in matrix)


def row_times(row, matrix):
    """Return a row times a matrix."""
    return tuple(sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*matrix, strict=True))


def identity(size):
    """Return the rows of the unit matrix, as tuples."""
    return [tuple(Fraction(i == j) for j in range(size)) for i in range(size)]


def coordinates(size):
    """Return the first keys, so many, as forms."""
    return [((k, 1),) for k in range(size)]


def affine_map(matrix, offset, point):
    """Return the forms of  matrix · point + offset, the point being given by forms."""
    return [
        total([*zip(row, point, strict=True), (start, constant(1))])
        for row, start in zip(matrix, offset, strict=True)
    ]


def unrolled(problem, n, start, budget, box=None):
    """Yield (simplices, {place: row}) for 0 to n steps: V_1 … V_n g is the sum, over all of them, of  row · f(A^m z +
    place)  for m steps, f being given on the simplices, if the ``start`` is 0.

    In the same way it is the sum of  row · f(place)  at a point from which it starts. Places beyond a ``box``, if one
    is given, are left out.
    """
    rows = {tuple(start): identity(problem.components)[problem.component]}
    for step in range(n):
        yield problem.source, rows
        finer = {}
        for place, row in rows.items():
            moved = applied(problem.matrix, place)
            for index, matrix in problem.mask(step).items():
                place = tuple(a - b for a, b in zip(moved, index, strict=True))
                if box is None or all(low <= x <= high for (low, high), x in zip(box, place, strict=True)):
                    new = budget.spend(row_times(row, matrix))
                    if place in finer:
                        new = tuple(a + b for a, b in zip(finer[place], new, strict=True))
                    finer[place] = new
        rows = {budget.spend(place): row for place, row in finer.items() if any(row)}
    yield problem.seed, rows


def seed_value(row, simplices, point):
    """Return row · g at a point."""
    for simplex in simplices:
        if all(at(form, point) >= 0 for form in simplex.coordinates):
            return at(simplex.value(row), point)
    return Fraction(0)


def at(form, point):
    """Return the value of a form in the inputs at a point."""
    return sum((weight * (1 if key == ONE else point[key]) for key, weight in form), Fraction(0))


def support(problem):
    """Return the ends of a box that holds the supports of all V_m … V_n g, None unless A is diagonal, entries > 1."""
    A, box = problem.matrix, []
    carriers = [simplex for simplex in problem.seed + problem.source if any(map(any, simplex.values))]
    for i, row in enumerate(A):
        if row[i] < 2 or any(entry for j, entry in enumerate(row) if j != i):
            return None
        ends = [corner[i] for simplex in carriers for corner in simplex.corners]
        ends += [index[i] / (row[i] - 1) for mask in problem.first + problem.repeat for index in mask]
        box.append((min(ends), max(ends)))
    return box


def iterate_value(problem, n, point):
    """Return V_1 … V_n g at a point: a sum over the points A … A z - k, as far as they lie in the support."""
    return sum(
        seed_value(row, simplices, place)
        for simplices, rows in unrolled(problem, n, point, Budget(), support(problem)) for place, row in rows.items()
    )


class Domain(NamedTuple):
    """The points P_0 + Σ u_i (P_i - P_0) of ``points``, or all points u; each u_i between the ends of ``box``, or None.

    ``size`` is the number of the u_i.
    """

    points: list | None
    box: list
    size: int

    def forms(self):
        """Return the point as forms in the u_i."""
        u = coordinates(self.size)
        if self.points is None:
            return u
        first, *others = self.points
        return affine_map([[P[i] - start for P in others] for i, start in enumerate(first)], first, u)

    def point(self, u):
        """Return the point of the coordinates u."""
        return [at(form, u) for form in self.forms()]

    def known(self):
        """Return the forms >= 0 of the box."""
        ends = ([maybe(constant, end) for end in pair] for pair in self.box)
        return tuple(integral(form) for i, pair in enumerate(ends) for form in between(((i, 1),), *pair))

    def holds(self, u):
        """Return whether u lies in the box."""
        return all(at(form, u) >= 0 for form in self.known())

    def text(self):
        """Return where that is, in words."""
        if self.points is not None and self.points.count(self.points[0]) == len(self.points):
            return f"the point ({', '.join(map(short, self.points[0]))})"
        where = f"every point of R^{self.size}" if self.points is None else f"every point of {self.hull()}"
        if any(end is not None for ends in self.box for end in ends):
            ends = [f"[{'-oo' if a is None else short(a)}, {'oo' if b is None else short(b)}]" for a, b in self.box]
            where += f" with coordinates in {' x '.join(ends)}"
        return where

    def hull(self):
        """Return the affine hull in words."""
        kind = {1: "the line", 2: "the plane"}.get(self.size, "the affine hull")
        return f"{kind} through " + ", ".join(f"({', '.join(map(short, P))})" for P in self.points)


def read_domain(value, inputs, root):
    """Return the `Domain` of an object, in the space of the ``inputs``."""
    points, box = fields(value, "domain", optional=("points", "box"))
    size = inputs
    if points is not None:
        points = [numbers(point, "domain point", inputs, root) for point in array(points, "domain points")]
        size = len(points) - 1
        if not 1 <= size <= inputs:
            raise Malformed(f"domain points: expected 2 to {inputs + 1}")
    if box is None:
        return Domain(points, [(None, None)] * size, size)
    ends = []
    for pair in array(box, "domain box", size):
        low, high = (maybe(number, end, "domain box", root) for end in array(pair, "domain box", 2))
        if low is not None and high is not None and low > high:
            raise Malformed("domain box: an interval is empty")
        ends.append((low, high))
    return Domain(points, ends, size)


class Sheet:
    """The nodes of a program, with numbers made of integers: node k is ``denominators[k]`` times its value.

    ``sizes`` bound the coefficients that a form of a node may have.
    """

    def __init__(self, inputs):
        self.inputs, self.nodes, self._budget = inputs, [None] * inputs, Budget()
        self.denominators = dict.fromkeys((ONE, *range(inputs)), 1)
        self.sizes = dict(self.denominators)

    def _node(self, node, denominator, size):
        self._budget.spend((size, denominator))
        k = len(self.nodes)
        self.nodes.append(node)
        self.denominators[k], self.sizes[k] = denominator, size
        return k

    def affine(self, terms):
        """Return the node of a weighted sum of nodes, ONE among them being 1."""
        found = {ONE: Fraction(0)}
        for k, weight in terms:
            found[k] = found.get(k, 0) + exact(weight) / self.denominators[k]
        denominator = lcm(*(weight.denominator for weight in found.values()))
        found = {k: cleared(weight, denominator) for k, weight in found.items()}
        size = sum(bound_of(weight) * self.sizes[k] for k, weight in found.items())
        bias = found.pop(ONE)
        return self._node(Affine(tuple(found.items()), bias), denominator, size)

    def relu(self, k):
        """Return the node max(0, node k)."""
        return self._node(Relu(k), self.denominators[k], self.sizes[k])

    def copied(self, node, places):
        """Return the node for one of a program, of which earlier ones stand at these ``places``."""
        if type(node) is Relu:
            return self.relu(places[node.of])
        if type(node) is Affine:
            return self.affine([(ONE, node.bias), *((places[k], weight) for k, weight in node.terms)])
        by, of = places[node.by], places[node.of]
        return self._node(Times(by, of), self.denominators[by] * self.denominators[of], self.sizes[by] * self.sizes[of])

    def cases(self, cells):
        """Return the node of a function that has forms on cells, each with its conditions, all forms in the inputs."""
        denominator = lcm(*(weight.denominator for _, value in cells for _, weight in value))
        found = [(tuple(map(integral, conditions)), scaled(denominator, value)) for conditions, value in cells]
        size = max((sum(bound_of(weight) for _, weight in value) for _, value in found), default=0)
        return self._node(Cases(tuple(found)), denominator, size)

    def network(self, network, inputs):
        """Return the nodes of the outputs of a network whose inputs are these nodes."""
        places = list(inputs)
        for node in network.nodes:
            places.append(self.copied(node, places))
        return [places[k] for k in network.outputs]


def scaled(factor, form):
    """Return an integer multiple of a form, its weights being made of integers then."""
    return tuple((key, cleared(weight, factor)) for key, weight in form)


def integral(form):
    """Return the positive multiple of a form with coprime integers, or else, over Q(√D), one made of integers."""
    form = scaled(lcm(*(weight.denominator for _, weight in form)), form)
    if any(type(weight) is Surd for _, weight in form):
        return form
    divisor = gcd(*(weight for _, weight in form)) or 1
    return tuple((key, weight // divisor) for key, weight in form)


def iterate_node(sheet, problem, n, point, budget=None):
    """Return terms (node, weight) that make up V_1 … V_n g at a point given by forms: one for each translate."""
    terms, B = [], identity(problem.dimension)
    for simplices, rows in unrolled(problem, n, [Fraction(0)] * problem.dimension, budget or Budget()):
        for place, row in rows.items() if simplices else ():
            cells = seed_cells(row, simplices, affine_map(B, place, point))
            if cells:
                terms.append((sheet.cases(cells), Fraction(1)))
        B = [row_times(row, B) for row in problem.matrix]
    return terms


def seed_cells(row, simplices, place):
    """Return the cells of a function by cases: row · g at a place given by forms."""
    return [
        ([substituted(form, place.__getitem__) for form in simplex.coordinates], substituted(value, place.__getitem__))
        for simplex in simplices if (value := simplex.value(row))
    ]


def check_agreement(simplices):
    """Raise `Invalid` unless any two simplices give the same value where they meet.

    Boxes that do not meet have nothing in them that does.
    """
    boxes = [[(min(side), max(side)) for side in zip(*simplex.corners, strict=True)] for simplex in simplices]
    active = []
    for i in sorted(range(len(simplices)), key=lambda i: boxes[i][0]):
        active = [j for j in active if boxes[j][0][1] >= boxes[i][0][0]]
        for j in active:
            if all(a <= d and c <= b for (a, b), (c, d) in zip(boxes[i], boxes[j], strict=True)):
                one, other, size = simplices[i], simplices[j], len(boxes[i])
                known = tuple(map(integral, one.coordinates + other.coordinates))
                for row in identity(len(one.values[0])):
                    gap = minus(one.value(row), other.value(row))
                    for form in (gap, opposite(gap)) if gap else ():
                        demand(Question(size, (None,) * size, known, Nonneg(integral(form))), by_weights)
        active.append(i)


def demand(question, prove):
    """Raise `Invalid` unless ``prove`` makes a kernel prove the goal of a question."""
    kernel = Kernel(question)
    prove(kernel, question)
    if not kernel.is_proved():
        raise Invalid("the proof ends too early")


class Statement(NamedTuple):
    """What is claimed of ``networks``: see `read_statement`. What a kind has no use for is None.

    ``bounds`` has a pair for each output, least and largest, each None or (value, where it is taken); ``inequalities``
    are lists of pairs (form in inputs and outputs, whether it has to be > 0): outputs have the keys after the inputs.
    """

    kind: str
    domain: Domain
    networks: list
    problem: Problem | None = None
    level: int | None = None
    epsilon: Fraction | Surd | None = None
    bounds: list | None = None
    inequalities: list | None = None

    @property
    def root(self):
        """D of the field Q(√D) of the problem and the networks, None if all are rational."""
        return root_of(self.problem, *self.networks)

    def text(self):
        """Return what is claimed, in one sentence."""
        counts = [sum(type(node) is Relu for node in network.nodes) for network in self.networks]
        names = [f"the network with {count} ReLU nodes" for count in counts]
        where = f"at {self.domain.text()}"
        if self.kind == "iterate":
            return f"{names[0]} equals V^{self.level} g of the problem {short(self.problem.name)} {where}"
        if self.kind == "equal":
            return f"{names[0]} equals {names[1]} {where}"
        if self.kind == "within":
            return f"{names[0]} is nowhere farther than {short(self.epsilon)} from {names[1]}: {where}"
        if self.kind == "property":
            return f"{where}, {' and '.join(self._cases_text())}, for {names[0]}"
        return f"{where}, {', and '.join(self._bounds_text())}, for {names[0]}"

    def _bounds_text(self):
        """Yield in words what is claimed of each output."""
        for k, ends in enumerate(self.bounds):
            found = " and ".join(
                f"at {word} {short(end[0])}" + (f" (its value at {', '.join(map(short, end[1]))})" if end[1] else "")
                for word, end in zip(("least", "most"), ends, strict=True) if end is not None
            )
            if found:
                yield f"output {k} is {found}"

    def _cases_text(self):
        """Yield in words what never holds, of at most four cases."""
        for case in self.inequalities[:4]:
            yield f"never {' and '.join(self._inequality_text(*entry) for entry in case[:4])}" + (
                f" and {len(case) - 4} more inequalities" if len(case) > 4 else ""
            )
        if len(self.inequalities) > 4:
            yield f"none of {len(self.inequalities) - 4} more cases"

    def _inequality_text(self, form, strict):
        """Return an inequality in words, the constant on its right side."""
        inputs = self.networks[0].inputs
        names = [f"input {k}" if k < inputs else f"output {k - inputs}" for k, _ in form if k != ONE]
        weights = [weight for k, weight in form if k != ONE]
        left = " + ".join(
            name if weight == 1 else f"({short(weight)}) * {name}"
            for name, weight in zip(names, weights, strict=True)
        ) or "0"
        return f"{left} {'>' if strict else '>='} {short(-dict(form).get(ONE, 0))}"

    def claims(self):
        """Yield (form, whether it is said to be 0, or else >= 0) of what is claimed but for a property: in inputs and
        outputs, behind which are those of the second network, or the value of V^n g."""
        size, count = self.networks[0].inputs, len(self.networks[0].outputs)
        for k in range(size, size + count) if self.kind != "property" else ():
            y = ((k, 1),)
            gap = minus(y, ((k + count, 1),))
            if self.kind == "bound":
                ends = [end and constant(end[0]) for end in self.bounds[k - size]]
                yield from ((form, False) for form in between(y, *ends))
            elif self.kind == "within":
                yield from ((form, False) for form in between(gap, constant(-self.epsilon), constant(self.epsilon)))
            else:
                yield gap, True

    def questions(self, margin=None, weight=None):
        """Return the `Question`s that have to be answered.

        ``margin`` > 0 is by how much a property holds in cases without strict inequalities, ``weight`` >= 0 that of the
        other inequalities in cases of both kinds.
        """
        sheet, point = Sheet(self.domain.size), self.domain.forms()
        inputs = list(map(sheet.affine, point))
        ends = inputs + [k for network in self.networks for k in sheet.network(network, inputs)]
        if self.kind == "iterate":
            ends.append(sheet.affine(iterate_node(sheet, self.problem, self.level, point)))

        def node(form):
            return sheet.affine([(k if k == ONE else ends[k], weight) for k, weight in form])

        goals = [Same(node(form), ()) if is_zero else Nonneg(((node(form), 1),)) for form, is_zero in self.claims()]
        for case in self.inequalities or ():
            closed, strict = (
                least_of(sheet, [node(form) for form, is_strict in case if is_strict is kind]) for kind in (False, True)
            )
            if strict is None:
                terms = [(ONE, -margin), (closed, -1)]
            else:
                terms = [(strict, -1)]
            if None not in (closed, strict):
                terms.append((sheet.relu(sheet.affine([(closed, -1)])), weight))
            goals.append(Nonneg(((sheet.affine(terms), 1),)))
        return [Question(sheet.inputs, tuple(sheet.nodes), self.domain.known(), goal) for goal in goals]

    def check_places(self):
        """Raise `Invalid` unless the bounds are taken where that is claimed."""
        for k, ends in enumerate(self.bounds or ()):
            for value, place in filter(None, ends):
                if place is None:
                    continue
                if not self.domain.holds(place):
                    raise Invalid("a bound is claimed to be taken outside of the domain")
                found = self.networks[0].values(self.domain.point(place))[k]
                if found != value:
                    raise Invalid(f"output {k} is {short(found)} where {short(value)} is claimed")

    def check_refuted(self, u):
        """Raise `Invalid` unless the claim is wrong at the point of the domain with the coordinates u."""
        if not self.domain.holds(u):
            raise Invalid("the point does not lie in the domain")
        point = self.domain.point(u)
        values = list(chain(point, *(network.values(point) for network in self.networks)))
        if self.kind == "iterate":
            values.append(iterate_value(self.problem, self.level, point))
        found = ((at(form, values), is_zero) for form, is_zero in self.claims())
        is_wrong = any(value if is_zero else value < 0 for value, is_zero in found)
        if not is_wrong and not any(all(holds(*entry, values) for entry in case) for case in self.inequalities or ()):
            raise Invalid("there the statement holds")

    @property
    def wanted(self):
        """The numbers that the evidence of a property has to name, as its cases need them."""
        kinds = [{strict for _, strict in case} for case in self.inequalities or ()]
        margin, weight = {False} in kinds, {False, True} in kinds
        return ("margin",) * margin + ("weight",) * weight


def holds(form, strict, values):
    """Return whether an inequality holds where inputs and outputs have these values."""
    value = at(form, values)
    return value > 0 if strict else value >= 0


def least_of(sheet, nodes):
    """Return the node that is the least of some, None if there is none."""
    if not nodes:
        return None
    least, *others = nodes
    for other in others:
        gap = sheet.relu(sheet.affine([(least, 1), (other, -1)]))
        least = sheet.affine([(least, 1), (gap, -1)])
    return least


def root_of(*parts):
    """Return the one D of the fields Q(√D) of problems and networks, None if all are rational."""
    roots = {part.root for part in parts if part is not None} - {None}
    if len(roots) > 1:
        raise Malformed("field: problem and networks are over different ones")
    return roots.pop() if roots else None


KINDS = {
    "iterate": ("network", "problem", "n"), "equal": ("networks",), "within": ("networks", "epsilon"),
    "bound": ("network", "bounds"), "property": ("network", "never"),
}
"""The kinds of statements about networks, and the keys that they have."""


def read_statement(value, where="statement"):
    """Return the `Statement` of an object (docs/certificate.md, section 3)."""
    kind = choice(value, where, "kind", *KINDS)
    _, domain, own, *rest = fields(value, where, "kind", "domain", *KINDS[kind])
    problem = read_problem(rest[0]) if kind == "iterate" else None
    own = array(own, "networks", 2) if "networks" in KINDS[kind] else [own]
    networks = [read_network(network, problem.dimension if problem else None) for network in own]
    inputs, count, root = networks[0].inputs, len(networks[0].outputs), root_of(problem, *networks)
    if any((network.inputs, len(network.outputs)) != (inputs, count) for network in networks):
        raise Malformed("networks: they differ in the number of inputs or outputs")
    found = Statement(kind, read_domain(domain, inputs, root), networks, problem)
    if kind == "iterate":
        if count != 1:
            raise Malformed("network outputs: expected one")
        return found._replace(level=integer(rest[1], "n", 0, MAX_LEVEL))
    if kind == "within":
        epsilon = number(rest[0], "epsilon", root)
        if epsilon < 0:
            raise Malformed("epsilon: expected a number that is not negative")
        return found._replace(epsilon=epsilon)
    if kind == "bound":
        pairs = [fields(ends, "bounds", "least", "most") for ends in array(rest[0], "bounds", count)]
        bounds = [[maybe(read_end, end, found.domain.size, root) for end in ends] for ends in pairs]
        if not any(chain(*bounds)):
            raise Malformed("bounds: expected one at least")
        return found._replace(bounds=bounds)
    if kind == "property":
        cases = [array(case, "never") for case in array(rest[0], "never")]
        if not cases or not all(cases):
            raise Malformed("never: expected cases, each with one inequality or more")
        return found._replace(inequalities=[[read_inequality(entry, networks[0]) for entry in case] for case in cases])
    return found


def read_end(value, size, root):
    """Return (bound, coordinates of the point where it is taken or None)."""
    bound, place = fields(value, "bounds", "value", "at")
    return number(bound, "bounds", root), maybe(numbers, place, "bounds", size, root)


def read_inequality(value, network):
    """Return (the form that is >= 0, or > 0, whether it is > 0)."""
    inputs, outputs, constant, strict = fields(
        value, "inequality", "inputs", "outputs", "constant", optional=("strict",)
    )
    if strict is not None and strict is not True:
        raise Malformed("inequality strict: expected true, or no such key")
    weights = numbers(inputs, "inequality inputs", network.inputs, network.root)
    weights += numbers(outputs, "inequality outputs", len(network.outputs), network.root)
    form = [*enumerate(weights), (ONE, number(constant, "inequality constant", network.root))]
    return tuple(filter(itemgetter(1), form)), strict is True


class Every(NamedTuple):
    """What is claimed of families, which the evidence holds: their networks equal V^n g for every n >= 1, everywhere.

    ``sizes`` are W, a and b, if it is claimed too that they have layered forms of width W and depth a n + b at most.
    """

    problem: Problem
    sizes: tuple | None
    families: str = "the family"

    def text(self):
        """Return what is claimed, in one sentence."""
        name = short(self.problem.name)
        where = f"at every point of R^{self.problem.dimension}"
        claim = f"for every n >= 1, the network of {self.families} equals V^n g of the problem {name} {where}"
        if self.sizes is None:
            return claim
        width, slope, layers = map(short, self.sizes)
        return f"{claim}, and its width is {width} at most, its depth {slope} n + {layers}"


class Point(NamedTuple):
    """The evidence that a statement is wrong: the coordinates ``u`` of a point of its domain."""

    u: list

    def check(self, statement, progress):
        """Raise `Invalid` unless the evidence proves the statement: here that it is wrong."""
        statement.check_refuted(self.u)


class Cuts(NamedTuple):
    """The evidence of an enumeration: ``lines`` as forms, the entries of a ``tree``, ``numbers`` {name: number}."""

    lines: list
    tree: list
    numbers: dict

    def check(self, statement, progress):
        """Raise `Invalid` unless the evidence proves the statement."""
        statement.check_places()
        for question in statement.questions(**self.numbers):
            demand(question, lambda kernel, question: Enumeration(
                kernel, question, statement.domain, self.lines, self.tree, progress
            ).prove())


class Families(NamedTuple):
    """The evidence of families: ``parts``, each a `Direct` or a `Reduction`, of the problem ``wider`` without a source.

    ``interfaces`` of a network for one n are the nodes between its blocks, if they are given.
    """

    parts: list
    wider: Problem | None = None
    interfaces: list = ()

    def check(self, statement, progress):
        """Raise `Invalid` unless the evidence proves the statement."""
        if self.wider is not None:
            check_sourceless(statement.problem, self.wider)
        if type(statement) is Every:
            check_served(self.parts)
        for part in self.parts:
            part.prove()
            if type(statement) is Statement:
                check_member(part.theory, statement.networks[0], part.stages[0], self.interfaces, part.point)
            elif statement.sizes is not None:
                check_sizes(part.theory, *statement.sizes, part.first, part.period, part.stages)


class Certificate(NamedTuple):
    """A certificate as read."""

    statement: Statement | Every
    evidence: Point | Cuts | Families

    def text(self):
        """Return what is stated, in one sentence."""
        if type(self.evidence) is not Point:
            return self.statement.text()
        return f"at the point ({', '.join(map(short, self.evidence.u))}) it is wrong that {self.statement.text()}"

    def check(self, progress=None):
        """Raise `Invalid` unless the evidence proves the statement; ``progress(done, total)`` is told how many entries
        of the tree of an enumeration are done, anew for each question."""
        problem = self.statement.problem
        for simplices in (problem.seed, problem.source) if problem else ():
            check_agreement(simplices)
        self.evidence.check(self.statement, progress)


def read_certificate(data):
    """Return the `Certificate` in the content of a file; raises `Malformed`."""
    value = read_json(data)
    if type(value) is dict and value.get("format") == "exactrelu-certificate/1":
        raise Malformed(FIRST_FORMAT)
    choice(value, "certificate", "format", FORMAT)
    _, statement, evidence = fields(value, "certificate", "format", "statement", "evidence")
    kind = choice(statement, "statement", "kind", *KINDS, "every", "refutation")
    if kind == "every":
        return read_every(statement, evidence)
    if kind == "refutation":
        _, of, point = fields(statement, "statement", "kind", "of", "point")
        found = read_statement(of, "statement of")
        choice(evidence, "evidence", "kind", "point")
        fields(evidence, "evidence", "kind")
        return Certificate(found, Point(numbers(point, "point", found.domain.size, found.root)))
    found = read_statement(statement)
    if choice(evidence, "evidence", "kind", "enumeration", "family", "reduction") == "enumeration":
        return Certificate(found, read_cuts(evidence, found))
    if found.kind != "iterate" or not found.level:
        raise Malformed("evidence: a family is about V^n g, n >= 1")
    return Certificate(found, read_member(evidence, found))


def read_cuts(value, statement):
    """Return the `Cuts` of an object."""
    root, size, wanted = statement.root, statement.domain.size, statement.wanted
    _, lines, tree, *rest = fields(value, "evidence", "kind", "lines", "tree", *wanted)
    if size > 2:
        raise Malformed("evidence: an enumeration is for domains of at most two coordinates")
    given = {name: number(value, name, root) for name, value in zip(wanted, rest, strict=True)}
    if given.get("margin", 1) <= 0:
        raise Malformed("margin: expected a positive number")
    if given.get("weight", 0) < 0:
        raise Malformed("weight: expected a number that is not negative")
    found = []
    for k, line in enumerate(array(lines, "evidence lines")):
        entries = numbers(line, f"evidence line {k}", size + 1, root)
        if any(entry.denominator != 1 for entry in entries) or not any(entries[:-1]):
            raise Malformed(f"evidence line {k}: expected integers, the first ones not all 0")
        found.append(tuple(cleared(entry, 1) for entry in entries))
    for k, entry in enumerate(array(tree, "evidence tree")):
        integer(entry, f"evidence tree entry {k}", -1, len(found) - 1)
    return Cuts(found, tree, given)


def check_file(path):
    """Return the `Answer` for the certificate file at ``path``; raises nothing but `KeyboardInterrupt`."""
    return judged(lambda: read_file(path), Certificate.check)


def judged(read, check):
    """Return the `Answer` for the bytes that ``read()`` returns; ``check`` is called with the `Certificate` in them."""
    limit, collects = sys.get_int_max_str_digits(), gc.isenabled()
    sys.set_int_max_str_digits(0)  # safe: numerals are measured before they are converted
    gc.disable()  # hardly anything here refers to itself, and to look for what does takes as long as all the rest
    statement = None
    try:
        certificate = read_certificate(read())
        statement = certificate.text()
        check(certificate)
    except Invalid as error:
        return Answer(False, statement, str(error))
    except Malformed as error:
        return Answer(None, None, str(error))
    except (MemoryError, RecursionError):
        return Answer(None, None, "there is not enough memory to check this file")
    finally:
        sys.set_int_max_str_digits(limit)
        if collects:
            gc.enable()
    return Answer(True, statement, None)


# ---------------------------------------------------------------------------------- THEORY: networks for every n >= 1
#
# Four programs make the networks of all n: last, closing, and before them start and n - 1 times stage, for eps = 2^-n
# and eta = c/rho^n. What is asked of the programs implies the claim; docs/certificate.md, section 7, says why.


class Start(NamedTuple):
    """The program ``start`` of the networks for n = ``first``, first + ``period``, ...; for one n if that is 0."""

    first: int
    period: int
    program: Program


def serves(part, n):
    """Return whether n is one of ``first``, ``first`` + ``period``, ... of a part; there is but one if that is 0."""
    return n == part.first or (part.period > 0 and n > part.first and (n - part.first) % part.period == 0)


def counts_of(parts, least):
    """Return how many parts serve n, for n from ``least`` on until they repeat; [0] if that is beyond the limit."""
    last = max((part.first for part in parts), default=0) + lcm(*(part.period for part in parts if part.period))
    if last > MAX_START:
        return [0]
    return [sum(serves(part, n) for part in parts) for n in range(least, last + 1)]


class Family(NamedTuple):
    """The programs of all networks: one of the ``starts``, n - 1 times ``stage``, ``last``, ``closing``; c and rho."""

    starts: list
    stage: Program
    last: Program
    closing: Program
    factor: Fraction | Surd
    base: Fraction | Surd

    def blocks(self, n):
        """Return the programs of the network for n, one after the other; there are no stages for n = 0."""
        start = next(start.program for start in self.starts if serves(start, n))
        return [start, *[self.stage] * (n - 1), self.last, self.closing] if n else [start, self.closing]


class ShiftClass(NamedTuple):
    """Where the values of a class are: a grid moved by ``shift`` * eps, of ``lengths`` cells.

    ``rows`` {(i, j, sign): (p, pu, pv)}, ``digits`` and ``loops`` [(p, q)] of the axes are places among the values
    between two stages; ``read`` as ``rows``, and ``seam``, among those before the closing program. ``cells`` {cell:
    (selector, residual)} of the axes are nodes of start, ``bumps`` of last, ``value`` of closing, None if there is
    nothing to read.
    """

    shift: Fraction
    lengths: list
    rows: dict
    digits: list
    loops: list
    cells: list
    bumps: list
    read: dict
    seam: int
    value: int


def read_family(value, problem, least):
    """Return the `Family` of an object, for n >= ``least``; with several starts, it is of the construction small."""
    programs, factor, base = fields(value, "family", "programs", "factor", "base")
    d, is_small = problem.dimension, type(programs) is dict and "starts" in programs
    names = ("starts", "stage", "closing") if is_small else ("start", "stage", "last", "closing")
    size = 2 * d + 1 if is_small else 2
    starts, *others = fields(programs, "programs", *names)

    def program(value, where):
        return read_program(value, size, where, problem.root)

    read = listed(row(whole(least, MAX_START), whole(0, MAX_START), program))
    starts = [Start(*entry) for entry in read(starts if is_small else [[1, 1, starts]], "start")]
    if not starts:
        raise Malformed("starts: expected one at least")
    others = list(map(program, others, names[1:]))
    factor, base = (number(value, name, problem.root) for value, name in ((factor, "factor"), (base, "base")))
    family = Family(starts, others[0], others[-2], others[-1], factor, base)
    joints = [(start.program, family.stage) for start in starts]
    joints += [(family.stage, family.stage), (family.stage, family.last), (family.last, family.closing)]
    is_fit = all(len(before.outputs) == after.inputs for before, after in joints)
    if not is_fit or any(start.program.inputs != d for start in starts) or len(family.closing.outputs) != 1:
        raise Malformed("family: a program does not give as many values as the next one takes")
    return family


def read_program(value, parameters, where, root):
    """Return the `Program` of an object, with so many parameters."""
    inputs, nodes, outputs = fields(value, where, "inputs", "nodes", "outputs")
    return read_nodes(integer(inputs, f"{where} inputs", 0, 1 << 20), parameters, nodes, outputs, where, root)


def read_interfaces(value, theory, network, n):
    """Return, for each chain of programs, lists of nodes of a network: what the outputs of the programs stand for."""
    chains = theory.counts(n)
    if type(theory) is not Atoms:  # what the last program gives is the output of the network
        value = [[*array(value, "interfaces"), network.outputs[:1]]]
    return [
        [
            integers(nodes, "interface", 0, network.last, count)
            for nodes, count in zip(array(lists, "interfaces", len(counts)), counts, strict=True)
        ] for lists, counts in zip(array(value, "interfaces", len(chains)), chains, strict=True)
    ]


def read_class(value, family):
    """Return the `ShiftClass` of an object of the evidence."""
    programs = family.starts[0].program, family.last, family.closing
    start, last, closing = (whole(0, program.last) for program in programs)
    between, ended = (whole(0, program.inputs - 1) for program in (family.stage, family.closing))
    cell = whole(0, MAX_LENGTH)
    rows, read = (table(3, cell, cell, read_sign, place, place, place) for place in (between, ended))
    found = record(
        ShiftClass, value, "class", shift=number, lengths=listed(cell, 2), rows=rows, digits=listed(between, 2),
        loops=listed(listed(between, 2), 2), cells=listed(table(1, cell, start, start), 2), bumps=listed(last, 2),
        read=read, seam=ended, value=lambda value, where: value,
    )
    return found._replace(value=closing(found.value, "class value") if found.read else None)


def read_sign(value, where):
    """Return 1 or -1."""
    if integer(value, where, -1, 1) == 0:
        raise Malformed(f"{where}: expected signs 1 and -1")
    return value


T, EPSILON = ((1, 1),), ((0, 1),)
"""The keys of t and of eps in the questions about a coordinate."""

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)

DIGITS = ((0, 0), (1, 0), (0, 1), (1, 1))

EIGHTHS = ((0, 0), (1, 0), (2, 0), (3, None), (3, 1), (4, 1), (5, 1), (5, None))
"""The pieces of [0, 1] between 0, 1/6, 1/3, 1/2, 1/2 + d/2, 2/3, 5/6, 1 - d, 1: the sixth in which it is, the digit."""


def loop(r, third):
    """Return the forms (p, q) = E(r) on a third of [0, 1], 0, 1 or 2."""
    if third == 0:
        return [total([(3, r)])] * 2
    if third == 1:
        return [constant(1), total([(-3, r), (2, constant(1))])]
    return [total([(-3, r), (3, constant(1))]), ()]


def equals(terms, form=()):
    """Return the goal that the sum of weight * node over terms (node, weight), plus a form, is 0."""
    return terms, form, True


def at_least(terms, form=()):
    """Return the goal that such a sum is >= 0."""
    return terms, form, False


def same(node, form):
    """Return the goal that a node of a program has a form."""
    return equals([(node, 1)], opposite(form))


def within(node, most):
    """Return the goals that a node is between 0 and a form."""
    return [at_least([(node, 1)]), at_least([(node, -1)], most)]


class Keys:
    """A question about a program: how many keys there are, what is known of them and of products, and the nodes that
    are ``given`` {node: form}.

    ``eps`` and ``kappa`` are these parameters of the coordinates.
    """

    def __init__(self, program):
        self.program, self.size, self.known, self.products, self.given = program, 0, [], {}, {}
        self.eps, self.kappa = [], []

    def new(self, low=None, high=None):
        """Return the form of one more key, between two forms, if they are given."""
        key = ((self.size, 1),)
        self.size += 1
        self.known += between(key, low, high)
        return key

    def give(self, nodes, low=None, high=None):
        """Let each of some nodes be a new key, between two forms, if they are given."""
        self.given |= {node: self.new(low, high) for node in nodes}

    def simplex(self, count, scale):
        """Return forms >= 0, so many, with the sum ``scale``."""
        found, rest = [], scale
        for _ in range(count - 1):
            found.append(self.new())
            rest = minus(rest, found[-1])
            self.known += [found[-1], rest]
        return [rest, *found]

    def multiply(self, parameter, key, form):
        """Note the product of a parameter and a key, unless the parameter is a number; return it."""
        if all(theta != ONE for theta, _ in parameter):
            self.products[parameter[0][0], key[0][0]] = form
        return form

    def times(self, parameter, form):
        """Return the product of a parameter and a form."""
        return product_form(self.products, parameter, form)

    def know(self, forms, parameter):
        """Note that forms are >= 0, and so are their products with a parameter."""
        self.known += [*forms, *(self.times(parameter, form) for form in forms)]

    def ask(self, goals, fixed=None):
        """Demand ``goals`` for all values of the keys; they must not need any nodes of which nothing is known.

        The first ``fixed`` keys are those in which a driver expresses bounds.
        """
        sheet, found = Sheet(self.size), []
        places = self.placed(sheet, {k for terms, _, _ in goals for k, _ in terms})
        for terms, form, is_equal in goals:
            k = sheet.affine([*((places[k], weight) for k, weight in terms), *form])
            found.append(Same(k, ()) if is_equal else Nonneg(((k, 1),)))
        known = tuple(map(integral, self.known))
        products = tuple((*pair, form) for pair, form in self.products.items())
        question = Question(self.size, tuple(sheet.nodes), known, All(tuple(found)), products)
        demand(question, lambda kernel, question: Ladder(kernel, question, fixed).prove())

    def placed(self, sheet, needed):
        """Return {node: node of a sheet} of all that the nodes ``needed``, a set, are made of."""
        first, nodes, places = self.program.first, self.program.nodes, {}
        for k in range(self.program.last, first - 1, -1):
            if k in needed and k not in self.given:
                needed.update(references(nodes[k - first]))
        for k in sorted(needed):
            if k in self.given:
                places[k] = sheet.affine(self.given[k])
            elif k < first:
                raise Invalid(f"a value needs node {k} of a program, of which nothing is known")
            else:
                places[k] = sheet.copied(nodes[k - first], places)
        return places


def check_plain(problem):
    """Raise `Invalid` unless a problem has one mask in the plane, the dilation 2, one component and no source."""
    p = problem
    if (p.matrix, p.first, len(p.repeat), p.components, p.source) != ([[2, 0], [0, 2]], [], 1, 1, []):
        raise Invalid("the theory is about one mask in the plane, dilation 2 and one component")


class Theory:
    """The claim that a family computes V^n g for every n >= 1, given where its values are: ``facts()`` imply it."""

    def prove(self):
        """Raise `Invalid` unless all that the claim needs is proved."""
        for where, fact, arguments in self.facts():
            try:
                fact(*arguments)
            except Invalid as error:
                raise Invalid(f"{where}: {error}") from None

    def scope(self, program):
        """Return `Keys`, the first one being eps, in [0, 1/2]."""
        keys = Keys(program)
        keys.give([program.inputs], (), constant(HALF))
        return keys


class Gated(Theory):
    """The claim for a family with gates that choose among one or more ``classes``, which carry values along a window;
    the ``corner`` is the origin of its coordinates t.
    """

    cost = 1
    """How many units carry an input of closing: one if these are all >= 0."""

    most = Fraction(1)
    """The bound of what is read of each class, and of eta V^n g where a class is good."""

    def __init__(self, problem, family, corner, classes):
        self.problem, self.family, self.corner, self.classes = problem, family, corner, classes
        self.stage, self.last, self.closing = family.stage, family.last, family.closing
        self.axes = range(problem.dimension)

    def blocks(self, n):
        """Return the chains of programs for n of which the network is the sum: one."""
        return [self.family.blocks(n)]

    def counts(self, n):
        """Return, for each chain, how many values its programs give."""
        return [[*[self.stage.inputs] * n, self.closing.inputs, 1]]

    def parameters(self, n):
        """Return, for each chain, (the numbers of its parameters, what the output is divided by)."""
        numbers = self.values(n)
        return [(numbers, numbers[-1])]

    def bases(self):
        """Return the numbers of which n-th powers are taken."""
        return [self.family.base]

    def seed_on(self, shift, patch, component, terms, sheet):
        """Demand that a component of the seed, moved by a shift, on a patch is a sum of weight * node of a sheet.

        The nodes are functions of u in [0, 1]^d, and the patch is counted from the corner.
        """
        moved = [
            total([(1, ((axis, 1),)), (o + place - s, constant(1))])
            for axis, (o, place, s) in enumerate(zip(self.corner, patch, shift, strict=True))
        ]
        row = [Fraction(component == k) for k in range(self.problem.components)]
        cells = seed_cells(row, self.problem.seed, moved)
        seed = [(sheet.cases(cells), -1)] if cells else []
        size = self.problem.dimension
        domain = Domain(None, [(Fraction(0), Fraction(1))] * size, size)
        difference = sheet.affine([*terms, *seed])
        question = Question(size, tuple(sheet.nodes), domain.known(), All((Same(difference, ()),)))
        demand(question, lambda kernel, question: Ladder(kernel, question, None).prove())

    def gates(self):
        """If some class is good, y = V, and has D = 0, the output is V; where V = 0 it is 0. Others have D >= 1.

        Where nothing is read of a class, y = 0.
        """
        ends = constant(-self.most), constant(self.most)
        for good in product((False, True), repeat=len(self.classes)):
            is_zero = any(c.value is None for c, is_good in zip(self.classes, good, strict=True) if is_good)
            for opened in (None, *(c for c, is_good in zip(self.classes, good, strict=True) if is_good)):
                keys = Keys(self.closing)
                V = keys.new(*ends)
                value = () if opened is None or is_zero else V
                for c, is_good in zip(self.classes, good, strict=True):
                    y, D = keys.new(*ends), keys.new(constant(0 if is_good else 1))
                    keys.given[c.seam] = () if c is opened else D
                    if c.value is not None:
                        keys.given[c.value] = value if is_good else y
                keys.ask([same(self.closing.outputs[0], value)], 1)

    def seam_goals(self, bump, w, low, high):
        """Return the goals about a summand of the deficiency for r_n in [low, high]: it is >= 1 in [0, w] and in
        [1 - w, 1], and 0 in [2w, 1 - 2w]."""
        if high <= w or low >= 1 - w:
            return [at_least([(bump, 1)], constant(-1))]
        return [same(bump, ())] if low >= 2 * w and high <= 1 - 2 * w else []

    def added_up(self, keys, seam, bumps, fixed):
        """The deficiency, node ``seam``, is the sum of its summands."""
        keys.give(bumps)
        keys.ask([equals([(seam, 1), *((bump, -1) for bump in bumps)])], fixed)


def least_gap(places):
    """Return the least distance of numbers mod 1, around the circle."""
    ends = sorted(place % 1 for place in places)
    return min(b - a for a, b in zip(ends, [*ends[1:], ends[0] + 1], strict=True))


class Rows(Gated):
    """The claim for families whose classes carry rows of numbers >= 0, for the dilation 2 in the plane."""

    def __init__(self, problem, family, corner, classes, width):
        super().__init__(problem, family, corner, classes)
        self.width, self.delta, self.start = width, total([(width, EPSILON)]), family.starts[0].program

    def values(self, n):
        """Return the numbers of the parameters for n: eps and eta."""
        return [Fraction(1, 2**n), self.family.factor / self.family.base**n]

    def facts(self):
        """Yield all that the claim needs: what it is about, and the method with its arguments that demands it."""
        yield "numbers", self.numbers, ()
        for index, c in enumerate(self.classes):
            where = f"class {index}"
            yield f"{where}, states", self.states, (c,)
            for axis in (0, 1):
                for fact in (self.orbits, self.cells, self.seams):
                    yield f"{where}, {fact.__name__} along {'xy'[axis]}", fact, (c, axis)
            yield f"{where}, deficiency", self.deficiency, (c,)
            yield f"{where}, rows at the start", self.started, (c,)
            for name, program, outputs in (("stage", self.stage, c.rows), ("last", self.last, c.read)):
                for q in DIGITS:
                    yield f"{where}, step of {name} for {q}", self.step, (c, program, outputs, q)
                yield f"{where}, growth in {name}", self.growth, (c, program, outputs)
            if c.value is not None:
                yield f"{where}, reading", self.reading, (c,)
                yield f"{where}, limit", self.limit, (c,)
        yield "gates", self.gates, ()

    def numbers(self):
        """The problem is of the kind, its numbers and windows are large enough, and the classes are apart."""
        p, w, c, rho = self.problem, self.width, self.family.factor, self.family.base
        check_plain(p)
        if not (0 < 2 * c <= w and rho >= 2):
            raise Invalid("the numbers w, c, rho do not fit: 0 < 2c <= w, rho >= 2")
        self.mask, self.box = {k: rows[0][0] for k, rows in p.repeat[0].items()}, support(p)
        for c in self.classes:
            room = (1 if c.shift else 0, c.shift)
            for low, length, (left, right) in zip(self.corner, c.lengths, self.box, strict=True):
                if not (0 <= c.shift <= 1 and low <= left and right <= low + length - max(room)):
                    raise Invalid("the window of a class does not hold what V^n g is supported in")
        if len(self.classes) < 3 or least_gap(c.shift for c in self.classes) < 4 * w:
            raise Invalid("there are not three classes whose grids are apart")

    def arrows(self, i, j):
        """Yield (q, target patch, coefficient): T_q leads from the patch (i, j), counted from the corner, to it."""
        o = self.corner
        for k, coefficient in self.mask.items():
            for q in DIGITS:
                yield q, (o[0] + 2 * i + q[0] - k[0], o[1] + 2 * j + q[1] - k[1]), coefficient

    def states(self, c):
        """No state is missing from which rows come to a patch on which the moved seed is not 0.

        Before the last level the grid is moved by less than the shift, so that the patches begin where it is not moved.
        """
        sides = [
            range(floor(left - o), ceil(right + c.shift - o))
            for (left, right), o in zip(self.box, self.corner, strict=True)
        ]
        if len(sides[0]) * len(sides[1]) > MAX_PATCHES:
            raise Invalid(f"the window has more than {MAX_PATCHES} cells")
        patches = [(i, j) for i in sides[0] for j in sides[1]]
        read = {state[:2] for state in c.read}
        supported = read | {patch for patch in patches if patch not in read and not self.vanishes(c, patch)}
        relevant, size = set(), -1  # the patches from which a step, or more, leads to the support
        while size < len(relevant):
            size = len(relevant)
            relevant |= {
                patch for patch in patches if any(end in supported or end in relevant for end in self.ends(patch))
            }
        for i, j in relevant:
            if not (0 <= i < c.lengths[0] and 0 <= j < c.lengths[1] and (i, j, 1) in c.rows):
                raise Invalid(f"there is no row for the cell {i}, {j} of a class")
        for i, j, sign in c.rows:
            for _, end, weight in self.arrows(i, j):
                state = (*end, sign if weight > 0 else -sign)
                if (end in relevant and state not in c.rows) or (end in supported and state not in c.read):
                    raise Invalid(f"there is no row for the state {state} of a class")

    def ends(self, patch):
        """Return the patches to which rows come from this one."""
        return {end for _, end, _ in self.arrows(*patch)}

    def vanishes(self, c, patch):
        """Return whether it is proved that the moved seed is 0 on a patch."""
        try:
            self.seed_on([c.shift] * 2, patch, 0, [], Sheet(2))
        except Invalid:
            return False
        return True

    def orbits(self, c, axis):
        """Controllers go from E(r) to E(2r mod 1), selectors are in [0, d], and digits but for r in two strips."""
        start, stage, shift = self.start, self.stage, c.shift
        nodes = [[program.outputs[k] for k in (*c.loops[axis], c.digits[axis])] for program in (start, stage)]
        x = {axis: total([(1, T), (-shift, EPSILON), (self.corner[axis], constant(1))])}
        always = [within(digit, self.delta) for *_, digit in nodes]
        outside = [same(nodes[0][0], ()), same(nodes[0][1], ()), *always[0]]
        for ends in ((None, ()), (constant(c.lengths[axis]), None)):
            self.ask_along(start, x, ends, outside)
        for i in range(-1, c.lengths[axis]):
            ends = [constant(value) for value in (0, THIRD / 2, THIRD, HALF)]
            ends.append(total([(1, constant(HALF)), (HALF, self.delta)]))
            ends += [constant(2 * THIRD), constant(5 * THIRD / 2), minus(constant(1), self.delta), constant(1)]
            for low, high, (sixth, digit) in zip(ends, ends[1:], EIGHTHS, strict=False):
                r, whole = T, max(i, 0)
                low, high, r = (total([(1, e), (f * whole, constant(1))]) for e, f in ((low, 1), (high, 1), (r, -1)))
                goals = [*always[i < 0]]
                p, q, chi = nodes[i < 0]
                after = loop(total([(2, r), (-(sixth // 3), constant(1))]), sixth % 3)
                goals += [same(p, after[0]), same(q, after[1])]
                if digit is not None:
                    goals.append(same(chi, self.delta if digit else ()))
                given = x if i >= 0 else dict(zip(c.loops[axis], loop(r, sixth // 2), strict=True))
                self.ask_along(stage if i < 0 else start, given, (low, high), goals)

    def ask_along(self, program, given, ends, goals):
        """Demand goals for all t between two forms in eps, or beyond one of them, and eps in [0, 1/2]."""
        keys = self.scope(program)
        keys.new(*ends)
        keys.given |= given
        keys.ask(goals)

    def cells(self, c, axis):
        """But for strips with 2^n t mod 1 in [0, w], the selector of the cell of t is d, the residual in it t - i, and
        all other selectors are 0; or all are 0, t being beyond the last cell of the finest grid. Always selectors are
        in [0, d], residuals in [0, 1], times eta."""
        length, program, goals, sections = c.lengths[axis], self.start, [], []
        x = {axis: total([(1, T), (-c.shift, EPSILON), (self.corner[axis], constant(1))])}
        residuals = {i: self.quotient(residual) for i, (_, residual) in c.cells[axis].items()}
        for i, (selector, _) in c.cells[axis].items():
            goals += within(selector, self.delta)
            goals += [at_least(residuals[i]), at_least([(k, -w) for k, w in residuals[i]], constant(1))]
        for i in range(length):
            ends = [(constant(i), i), (constant(i + 1), None)]
            if c.shift and i == length - 1:
                ends.insert(1, (total([(1, constant(i)), (1, EPSILON)]), None))
            for (low, own), (high, _) in zip(ends, ends[1:], strict=False):
                behind = total([(1, low), (1, self.delta)])
                sections += [(low, behind, False, None), (behind, high, True, own)]
        for low, high, is_claimed, own in [(None, (), False, None), *sections, (constant(length), None, False, None)]:
            claims = list(goals)
            for i, (selector, _) in c.cells[axis].items() if is_claimed else ():
                claims.append(same(selector, self.delta if i == own else ()))
                if i == own:
                    claims.append(equals(residuals[i], minus(constant(i), T)))
            self.ask_along(program, x, (low, high), claims)

    def quotient(self, k):
        """Return terms of nodes that add up to node k of the start program divided by eta."""
        nodes, first = dict(enumerate(self.start.nodes, self.start.first)), self.start.first
        node = nodes.get(k)
        terms, bias = node if type(node) is Affine else ([(k, 1)], 0)
        products = [nodes.get(source) for source, _ in terms]
        if bias or any(type(product) is not Times or product.by != first - 1 for product in products):
            raise Invalid("a residual is not eta times a sum of values")
        return [(product.of, weight) for product, (_, weight) in zip(products, terms, strict=True)]

    def started(self, c):
        """The row of a cell starts as eta (1, u, v) where the selectors of the cell are d, and as 0 where one is 0;
        entries of rows start in [0, eta] at all points."""
        keys, d = self.scope(self.start), self.delta
        keys.give([self.start.inputs + 1], (), d)
        parameters, ETA = keys.given, keys.given[self.start.inputs + 1]
        residuals, selectors = ([keys.new((), most) for _ in self.axes] for most in (ETA, d))
        for (i, j, sign), row in c.rows.items():
            row, nodes = [self.start.outputs[k] for k in row], [c.cells[0].get(i), c.cells[1].get(j)]
            for q in (None, *DIGITS):
                keys.given = dict(parameters)
                for axis, pair in enumerate(nodes):
                    if pair is not None:
                        keys.given[pair[1]] = residuals[axis]
                        keys.given[pair[0]] = selectors[axis] if q is None else d if q[axis] else ()
                is_own = q == (1, 1) and sign > 0
                if is_own and None in nodes:
                    raise Invalid("a cell of a row has no selector")
                forms = (ETA, *residuals) if is_own else ((),) * 3
                keys.ask([same(*pair) for pair in zip(row, forms, strict=True)] if q is not None else
                         [goal for node in row for goal in within(node, ETA)], 2)

    def step(self, c, program, outputs, q):
        """Where the selectors are the digits q, rows P >= p >= 0 with (u, v) in the quadrant of q, rho P <= d, become
        T_q^T p, T_q^T (2 pu - q_1 p), T_q^T (2 pv - q_2 p), with entries of at most rho P/2."""
        keys, rho, arriving = self.scope(program), self.family.base, {}
        P = keys.new(())
        keys.known.append(minus(self.delta, total([(rho, P)])))
        keys.given |= {place: self.delta if digit else () for place, digit in zip(c.digits, q, strict=True)}
        for (i, j, sign), row in c.rows.items():
            p = keys.new((), P)
            row_forms = [p, *(keys.new(*(total([(end * HALF, p)]) for end in (digit, digit + 1))) for digit in q)]
            keys.given |= zip(row, row_forms, strict=True)
            for digits, end, weight in self.arrows(i, j):
                if digits == q:
                    state = (*end, sign if weight > 0 else -sign)
                    arriving.setdefault(state, []).append((abs(weight), row_forms))
        goals = []
        for state, row in outputs.items():
            nodes = [program.outputs[k] for k in row]
            p, *others = (total([(weight, forms[e]) for weight, forms in arriving.get(state, ())]) for e in range(3))
            forms = [p, *(total([(2, entry), (-digit, p)]) for entry, digit in zip(others, q, strict=True))]
            goals += [same(*pair) for pair in zip(nodes, forms, strict=True)]
            goals.append(at_least([(nodes[0], -1)], total([(rho / 2, P)])))
        keys.ask(goals, 2)

    def growth(self, c, program, outputs):
        """Whatever the selectors are in [0, d], rows with entries in [0, G] become such with entries in [0, rho G]."""
        keys = self.scope(program)
        G = keys.new(())
        keys.give(c.digits, (), self.delta)
        keys.give(chain(*c.rows.values()), (), G)
        most = total([(self.family.base, G)])
        keys.ask([goal for k in chain(*outputs.values()) for goal in within(program.outputs[k], most)], 2)

    def seams(self, c, axis):
        """A summand of the deficiency is >= 0, >= 1 for r_n in [0, w] and [1 - w, 1], and 0 in [2w, 1 - 2w]."""
        w = self.width
        ends = sorted({Fraction(0), w, 2 * w, THIRD, 2 * THIRD, 1 - 2 * w, 1 - w, Fraction(1)})
        node = c.bumps[axis]
        for low, high in zip(ends, ends[1:], strict=False):
            goals = [at_least([(node, 1)]), *self.seam_goals(node, w, low, high)]
            third = min(2, int((low + high) / 2 // THIRD))
            given = dict(zip(c.loops[axis], loop(T, third), strict=True))
            self.ask_along(self.last, given, (constant(low), constant(high)), goals)

    def deficiency(self, c):
        """The deficiency is the sum of its summands."""
        self.added_up(self.scope(self.last), self.last.outputs[c.seam], c.bumps, 2)

    def reading(self, c):
        """For rows p (1, u, v), p >= 0, with the same (u, v) in [0, 1]^2, y is the sum of +- p_b g_b(u, v)."""
        sheet, first = Sheet(2), self.closing.first
        parts = {
            place: {state: {key: 1}}
            for state, row in c.read.items() for place, key in zip(row, (ONE, 0, 1), strict=True)
        }
        for k, node in enumerate(self.closing.nodes[: c.value + 1 - first], first):
            if not parts.keys() >= set(references(node)):
                continue
            if type(node) is Relu:
                parts[k] = self.unit(sheet, parts[node.of])
            elif type(node) is Affine and not node.bias:
                parts[k] = found = {}
                for source, weight in node.terms:
                    for state, form in parts[source].items():
                        own = found.setdefault(state, {})
                        for key, entry in form.items():
                            own[key] = own.get(key, 0) + weight * entry
        if c.value not in parts:
            raise Invalid("what is read off the rows is not made of them alone")
        for state in c.read:
            form = parts[c.value].get(state, {})
            terms = [(key, state[2] * entry) for key, entry in form.items()]
            self.seed_on([c.shift] * 2, state[:2], 0, terms, sheet)

    def limit(self, c):
        """For all rows with entries in [0, G], |y| is at most G/c."""
        keys = self.scope(self.closing)
        G = keys.new(())
        keys.give(chain(*c.read.values()), (), G)
        keys.ask([at_least([(c.value, sign * self.family.factor)], G) for sign in (1, -1)], 2)

    def unit(self, sheet, parts):
        """Return the parts {state: form} of a unit: its argument is p times the same form in all rows, but for factors
        >= 0, and so is the unit."""
        parts = {state: form for state, form in parts.items() if any(form.values())}
        lead = next(iter(parts.values()), {})
        key = next((key for key, entry in lead.items() if entry), None)
        factors = {state: Fraction(form.get(key, 0)) / lead[key] for state, form in parts.items()}
        for state, form in parts.items():
            if factors[state] < 0 or total([(1, tuple(form.items())), (-factors[state], tuple(lead.items()))]):
                raise Invalid("a unit of the reading has not the same sign for all rows")
        if not parts:
            return {}
        unit = sheet.relu(sheet.affine(lead.items()))
        return {state: {unit: factor} for state, factor in factors.items()}

class Functionals(Gated):
    """The claim for families whose classes carry functionals of rows of any sign, on grids moved by parts of a cell."""

    cost = 2

    def __init__(self, problem, family, corner, classes, loops, most, eta, least):
        super().__init__(problem, family, corner, classes)
        self.loops, self.most, self.eta, self.least = loops, most, eta, least
        self.factors = [int(row[i]) for i, row in enumerate(problem.matrix)]
        self.digits = list(product(*map(range, self.factors)))

    def values(self, n):
        """Return the numbers of the parameters for n: eps and kappa of all coordinates, and eta."""
        most = self.family.factor / self.family.base**n
        if self.eta is not None and not 0 < self.eta <= most:
            raise Invalid("eta is not between 0 and c/rho^n")
        powers = [Fraction(M**n) for M in self.factors]
        return [*(1 / power for power in powers), *powers, most if self.eta is None else self.eta]

    def facts(self):
        """Yield all that the claim needs: what it is about, and the method with its arguments that demands it."""
        yield "numbers", self.numbers, ()
        for start in self.family.starts:
            where = f"start for n = {start.first}"
            yield f"{where}, windows", self.windows, (start,)
            for axis in self.axes:
                yield f"{where}, loops along axis {axis}", self.begun, (start, axis)
            for index, c in enumerate(self.classes):
                yield f"{where}, class {index}", self.started, (start, c)
        for axis in self.axes:
            yield f"loops along axis {axis}", self.multiplied, (axis,)
        for index, c in enumerate(self.classes):
            where = f"class {index}"
            for axis in self.axes:
                yield f"{where}, seams along axis {axis}", self.seams, (c, axis)
            yield f"{where}, deficiency", self.deficiency, (c,)
            yield f"{where}, nothing", self.nothing, (c,)
            for q in self.digits:
                yield f"{where}, step for {q}", self.step, (c, q)
            yield f"{where}, affine parts", self.affine, (c,)
            for k, shape in enumerate(c.shapes):
                yield f"{where}, shape {k}", self.shape, (c, shape)
            yield f"{where}, seed", self.seed, (c,)
            yield f"{where}, limit", self.limit, (c,)
            yield f"{where}, sum", self.summed, (c,)
        yield "gates", self.gates, ()

    def numbers(self):
        """The numbers are large enough, there is a start for every n, classes are apart and go to classes."""
        family, box, sums = self.family, support(self.problem), {}
        for index, rows in self.mask.items():
            for column, entries in enumerate(zip(*rows, strict=True)):
                coset = column, tuple(k % M for k, M in zip(index, self.factors, strict=True))
                sums[coset] = sums.get(coset, 0) + sum(map(abs, entries))
        if not (0 < family.factor <= 1 and family.base >= max(1, *sums.values())):
            raise Invalid("the numbers c, rho do not fit: 0 < c <= 1, rho at least 1 and the growth of rows")
        if self.most < 0:  # it bounds what is read, also where this is nothing
            raise Invalid("the limit is negative")
        if 0 in counts_of(family.starts, self.least):
            raise Invalid("there is not a start for every n")
        if len(self.classes) <= len(self.axes):
            raise Invalid("there are not more classes than coordinates")
        for axis, (M, loop, o, (left, right)) in enumerate(
            zip(self.factors, self.loops, self.corner, box, strict=True)
        ):
            if not loop.width > 0 or least_gap(-c.shift[axis] for c in self.classes) < 4 * loop.width:
                raise Invalid("the grids of the classes are not apart")
            for c in self.classes:
                s, length = c.shift[axis], c.lengths[axis]
                if not 0 <= s < 1 or (M * self.classes[c.before].shift[axis] - s) % 1:
                    raise Invalid("a class does not come from the one before it")
                if not (-s <= left - o and right - o <= length - s):
                    raise Invalid("the window of a class does not hold what V^n g is supported in")

    @property
    def mask(self):
        """The mask {index: matrix}."""
        return self.problem.repeat[0]

    # the start

    def scope(self, program, start=None):
        """Return `Keys` with the parameters of all n >= 1, or of those of a start."""
        keys, first = Keys(program), 1 if start is None else start.first
        powers = [Fraction(M**first) for M in self.factors]
        if start is not None and not start.period:
            keys.eps, keys.kappa = [constant(1 / power) for power in powers], list(map(constant, powers))
        else:
            keys.eps, keys.kappa = ([keys.new() for _ in powers] for _ in range(2))
            for eps, kappa, power in zip(keys.eps, keys.kappa, powers, strict=True):
                keys.known += [eps, minus(constant(1 / power), eps), minus(kappa, constant(power))]
                keys.multiply(kappa, eps, constant(Fraction(1)))
                keys.multiply(eps, kappa, constant(Fraction(1)))
        keys.given |= enumerate([*keys.eps, *keys.kappa], program.inputs)
        return keys

    def ends(self, start, axis, form):
        """Return the values of a form in eps at its least and its largest value."""
        slope = sum(weight for key, weight in form if key != ONE)
        return [dict(form).get(ONE, 0) + slope * eps for eps in (0, Fraction(1, self.factors[axis] ** start.first))]

    def borders(self, keys, start, c, axis):
        """Return the borders of the cells of a class at the start, the outer ones on grid lines of level n."""
        s, length, eps = c.shift[axis], c.lengths[axis], keys.eps[axis]
        found, last = [constant(a - s) for a in range(length + 1)], s * self.factors[axis] ** start.first % 1
        if s:
            found[0] = total([(-last, eps)])
            found[-1] = total([(1 - last, eps), (length - 1, constant(1))])
        return found

    def windows(self, start):
        """Grids return with the period of the start, and the cells of a class fill what V^n g is supported in."""
        box, keys = support(self.problem), self.scope(start.program, start)
        for axis, (M, o, (left, right)) in enumerate(zip(self.factors, self.corner, box, strict=True)):
            for c in self.classes:
                low, *_, high = self.borders(keys, start, c, axis)
                if c.shift[axis] * (M**start.period - 1) % 1:
                    raise Invalid("a grid does not return with the period of the start")
                if max(self.ends(start, axis, low)) > left - o or min(self.ends(start, axis, high)) < right - o:
                    raise Invalid("the cells of a class do not fill what V^n g is supported in")

    def carried(self, c, axis):
        """Return the cells along a coordinate of which a class carries something at the start."""
        cells = {place for functional in c.functionals for place, _ in functional}
        return {cell[axis] for cell, component in cells if component == self.problem.component}

    def intervals(self, keys, start, axis):
        """Return intervals (low, high) of forms in eps that cover the cells of which something is carried.

        Beyond the right border b of such a cell, [b, b + w eps] is covered, too, or b is the end of an interval.
        """
        w, cells = self.loops[axis].width, []
        for c in self.classes:
            borders = self.borders(keys, start, c, axis)
            cells += [(borders[a], borders[a + 1]) for a in self.carried(c, axis)]
        found = []
        for low, high in sorted(cells, key=lambda cell: [sum(self.ends(start, axis, end)) for end in cell]):
            if found and max(self.ends(start, axis, minus(low, found[-1][1]))) <= 0:
                low, other = found.pop()
                high = max(high, other, key=lambda end: sum(self.ends(start, axis, end)))
            found.append((low, high))
        for low, high in cells:
            behind = total([(1, high), (w, keys.eps[axis])])
            if not any(
                max(self.ends(start, axis, minus(first, low))) <= 0 and (
                    not minus(high, last) or max(self.ends(start, axis, minus(behind, last))) <= 0
                ) for first, last in found
            ):
                raise Invalid("cells of the classes do not make up intervals")
        return found

    def begun(self, start, axis):
        """Loops are those at t in the cells that a class carries, and those at the end for w eps beyond an interval."""
        M, loop = self.factors[axis], self.loops[axis]
        step = Fraction(1, M * loop.parts)
        for low, high in self.intervals(self.scope(start.program, start), start, axis):
            lows, highs = (self.ends(start, axis, end) for end in (low, high))
            inner, last = range(floor(min(lows) / step), ceil(max(highs) / step)), floor(min(highs) / step)
            for k, is_beyond in (
                *((k, False) for k in inner), *((k, True) for k in range(last, max(last + 1, inner.stop)))
            ):
                keys = self.scope(start.program, start)
                t, kappa = keys.new(), keys.kappa[axis]
                keys.multiply(kappa, t, keys.new())
                keys.given[axis] = total([(1, t), (self.corner[axis], constant(1))])
                ends = (high, total([(1, high), (loop.width, keys.eps[axis])])) if is_beyond else (low, high)
                place = high if is_beyond else t
                keys.know(between(t, *ends) + between(place, constant(k * step), constant((k + 1) * step)), kappa)
                outputs = start.program.outputs
                keys.ask([same(outputs[at], form) for at, form in self.curves(keys, axis, place, k).items()])

    def curves(self, keys, axis, t, k):
        """Return {place: form} of the loops of a coordinate at t, a form between k and k + 1 times 1/(MN)."""
        loop, size, found = self.loops[axis], self.factors[axis] * self.loops[axis].parts, {}
        for at, values, is_early in loop.curves:
            first, second = (at_part(values, Fraction(part, size)) for part in (k, k + 1))
            form = total([(size * (second - first), t), (first - (second - first) * k, constant(1))])
            if is_early and min(first, second) < 0:
                if max(first, second) > 0:
                    raise Invalid("an early value changes its sign on a part")
                form = ()
            found[at] = keys.times(keys.kappa[axis], form) if is_early else form
        return found

    def started(self, start, c):
        """But for strips behind borders, X is eta times the functionals of (1, u) in the cell of the point, or 0."""
        pieces, program = [], start.program
        for axis in self.axes:
            keys = self.scope(program, start)
            borders, wanted = self.borders(keys, start, c, axis), self.carried(c, axis)
            behind = [
                total([(1, border), (self.loops[axis].width, keys.eps[axis])]) if {a - 1, a} & wanted else border
                for a, border in enumerate(borders)
            ]
            inner = [(a, behind[a], high) for a, high in enumerate(borders[1:])]
            pieces.append([(None, None, borders[0]), *inner, (None, behind[-1], None)])
        for box in product(*pieces):
            keys = self.scope(program, start)
            keys.give([program.first - 1], ())
            eta = keys.given[program.first - 1]
            cell, entries = tuple(a for a, _, _ in box), [eta]
            for axis, (a, low, high) in enumerate(box):
                t = keys.new(low, high)
                product_ = keys.multiply(eta, t, keys.new())
                keys.given[axis] = total([(1, t), (self.corner[axis], constant(1))])
                if a is not None:
                    entries.append(total([(1, product_), (c.shift[axis] - a, eta)]))
            own, goals = (cell, self.problem.component), []
            for place, functional in zip(c.states, c.functionals, strict=True):
                parts = [(weight, entries[k]) for (at, k), weight in functional.items() if at == own]
                goals.append(same(program.outputs[place], total(parts)))
            keys.ask(goals)

    # the stages

    def multiplied(self, axis):
        """A stage leads the loops at t to those at M t, for all t in [0, 1]."""
        M, loop, program = self.factors[axis], self.loops[axis], self.stage
        count = M * M * loop.parts
        for k in range(count):
            keys = self.scope(program)
            t, kappa = keys.new(), keys.kappa[axis]
            keys.multiply(keys.eps[axis], keys.multiply(kappa, t, keys.new()), t)
            keys.know(between(t, constant(Fraction(k, count)), constant(Fraction(k + 1, count))), kappa)
            keys.given |= self.curves(keys, axis, t, k // M)
            after = self.curves(keys, axis, total([(M, t)]), k)
            keys.ask([same(program.outputs[at], form) for at, form in after.items()])

    def nothing(self, c):
        """X = 0 becomes X = 0, and nothing is read of it, whatever else is given."""
        for program, before, nodes in (
            (self.stage, self.classes[c.before], [self.stage.outputs[place] for place in c.states]),
            (self.closing, c, [] if c.value is None else [c.value]),
        ):
            keys = Keys(program)
            keys.give(range(program.first))
            keys.given |= dict.fromkeys(before.states, ())
            keys.ask([same(node, ()) for node in nodes], 0)

    def step(self, c, q):
        """Where residuals have the digits q and are w eps away from all k/M, X = Phi S becomes Phi' S', S' the rows
        T_q^T p, T_q^T (M pu - q p), for all |p| <= 1."""
        before, program = self.classes[c.before], self.stage
        keys = self.scope(program)
        for axis, digit in enumerate(q):
            M, loop, s = self.factors[axis], self.loops[axis], before.shift[axis]
            shares = []
            small = total([(M, keys.eps[axis])])
            for eps, scale in ((Fraction(0), minus(constant(Fraction(1)), small)), (Fraction(1, M), small)):
                corners = loop.arc(M, digit, s, eps)
                shares += [(*pair, eps) for pair in zip(keys.simplex(len(corners), scale), corners, strict=True)]
            for at, values, is_early in loop.curves:
                heights = [(share, at_part(values, r - s), eps) for share, r, eps in shares]
                if not is_early:
                    keys.given[at] = total([(height, share) for share, height, _ in heights])
                elif all(height <= 0 for _, height, _ in heights):
                    keys.given[at] = ()
                elif all(height >= eps for _, height, eps in heights):
                    keys.give([at], constant(1))
        rows = self.rows(keys, before)
        keys.given |= self.given(before, rows)
        following = {}
        for target, sources in self.arrows(before, q).items():
            p = following[target, 0] = total([(weight, rows[source, 0]) for source, weight in sources])
            for axis, (M, digit) in enumerate(zip(self.factors, q, strict=True)):
                parts = [(M * weight, rows[source, axis + 1]) for source, weight in sources]
                following[target, axis + 1] = total([*parts, (-digit, p)])
        goals = [same(program.outputs[place], form) for place, form in self.given(c, following).items()]
        keys.ask(goals, 2 * len(self.axes))

    def places(self, c):
        """Return the places of a class: cells and components."""
        return list(product(product(*map(range, c.lengths)), range(self.problem.components)))

    def rows(self, keys, c):
        """Return {(place, k): form} of rows (p, pu_1, ..., pu_d) with |p| <= 1 and the same u in [0, 1]^d.

        Such a row is the sum over the corners v of the cube of z (1, v), z being p times the share of v in u.
        """
        corners = list(product((0, 1), repeat=len(self.axes)))
        shares, found = keys.simplex(len(corners), constant(Fraction(1))), {}
        for place in self.places(c):
            parts = [keys.new(opposite(share), share) for share in shares]
            found[place, 0] = total([(1, part) for part in parts])
            for axis in self.axes:
                chosen = [(1, part) for part, corner in zip(parts, corners, strict=True) if corner[axis]]
                found[place, axis + 1] = total(chosen)
        return found

    def given(self, c, rows):
        """Return {input: form} of what a class carries, for the rows {(place, k): form}."""
        return {place: on_rows(own, rows) for place, own in zip(c.states, c.functionals, strict=True)}

    def arrows(self, c, q):
        """Return {place: [(place of a class, weight of T_q)]} at the next level."""
        found, sides = {}, []
        for M, s, o, digit in zip(self.factors, c.shift, self.corner, q, strict=True):
            sides.append((M, (M - 1) * o + digit - floor(M * s)))
        for cell in product(*map(range, c.lengths)):
            for index, rows in self.mask.items():
                target = tuple(
                    base + M * a - k for (M, base), a, k in zip(sides, cell, index, strict=True)
                )
                for i, row in enumerate(rows):
                    for component, weight in enumerate(row):
                        found.setdefault((target, component), []).append(((cell, i), weight))
        return found

    # the end

    def seams(self, c, axis):
        """A summand of the deficiency is >= 1 for r_n in [0, w] and [1 - w, 1], and 0 in [2w, 1 - 2w]."""
        loop, s = self.loops[axis], c.shift[axis]
        w, knots = loop.width, {(s + Fraction(k, loop.parts)) % 1 for k in range(loop.parts)}
        ends = sorted(knots | {Fraction(0), w, 2 * w, 1 - 2 * w, 1 - w, Fraction(1)})
        for low, high in zip(ends, ends[1:], strict=False):
            keys = Keys(self.closing)
            r = keys.new(constant(low), constant(high))
            for at, values, is_early in loop.curves:
                if not is_early:
                    first, second = (at_part(values, end - s) for end in (low, high))
                    slope = (second - first) / (high - low)
                    keys.given[at] = total([(slope, r), (first - slope * low, constant(1))])
            keys.ask(self.seam_goals(c.bumps[axis], w, low, high))

    def deficiency(self, c):
        """The deficiency is the sum of its summands, and these are >= 0 for any values of the loops."""
        keys = Keys(self.closing)
        keys.give(range(self.closing.inputs))
        keys.ask([at_least([(bump, 1)]) for bump in c.bumps], 0)
        self.added_up(Keys(self.closing), c.seam, c.bumps, 0)

    def passed(self, c, rows):
        """Return {unit: form} of the units that pass functionals on, for the rows {(place, k): form}."""
        return {
            unit: total([(1, on_rows(functional, rows)), (1, constant(height))])
            for unit, height, functional in c.passed
        }

    def affine(self, c):
        """Units that pass functionals on have these values, a constant added; affine parts are read as a functional."""
        keys = Keys(self.closing)
        rows = self.rows(keys, c)
        keys.given, passed = self.given(c, rows), self.passed(c, rows)
        keys.ask([same(unit, form) for unit, form in passed.items()], 0)
        keys.given |= passed
        keys.ask([equals(c.terms, opposite(on_rows(c.affine, rows)))], 0)

    def shape(self, c, shape):
        """The terms of a shape w = max(0, least of the forms) add up to P w(u), P being the sum of weights * p."""
        (pivot, own), *others = shape.weights.items()
        most, has_sign = sum(map(abs, shape.weights.values())), self.is_nonnegative()
        for sign in (1, -1):
            if has_sign and all(sign * weight < 0 for weight in shape.weights.values()):
                continue
            for place, form in enumerate(shape.forms):
                for is_open in (True, False):
                    keys = Keys(self.closing)
                    P = [keys.new() for _ in range(len(self.axes) + 1)]
                    rows = {
                        (at, k): keys.new() for at in self.places(c) if at != pivot for k in range(len(P))
                    }
                    for k, key in enumerate(P):
                        rest = [(-weight / own, rows[at, k]) for at, weight in others]
                        rows[pivot, k] = total([(1 / own, key), *rest])
                        size = total([(sign, key)])
                        keys.known += between(size, (), total([(sign, P[0])]) if k else constant(most))
                    value, *rest = [
                        total([(entry, P[k]) for k, entry in enumerate((entries[-1], *entries[:-1]))])
                        for entries in (form, *shape.forms[:place], *shape.forms[place + 1 :])
                    ]
                    size = total([(sign, value)])
                    if is_open:
                        keys.known += [size, *(total([(sign, minus(other, value))]) for other in rest)]
                    else:
                        keys.known.append(opposite(size))
                    keys.given = self.given(c, rows) | self.passed(c, rows)
                    keys.ask([equals(shape.terms, opposite(value) if is_open else ())])

    def is_nonnegative(self):
        """Return whether no weight of the mask is negative, so that p >= 0."""
        return all(weight >= 0 for rows in self.mask.values() for row in rows for weight in row)

    def seed(self, c):
        """What is read of a place is p times the seed there, on all of the cell."""
        for place in self.places(c):
            cell, component = place
            sheet = Sheet(len(self.axes))
            terms = [(k - 1 if k else ONE, weight) for (at, k), weight in c.affine.items() if at == place]
            for shape in c.shapes:
                if place in shape.weights:
                    forms = [(*enumerate(entries[:-1]), (ONE, entries[-1])) for entries in shape.forms]
                    terms.append((sheet.relu(least_of(sheet, list(map(sheet.affine, forms)))), shape.weights[place]))
            self.seed_on(c.shift, cell, component, terms, sheet)

    def limit(self, c):
        """All terms are in [0, 1], whatever is given."""
        for unit in self.heights(c):
            keys = Keys(self.closing)
            keys.give(range(self.closing.inputs))
            keys.ask(within(unit, constant(1)), 0)

    def heights(self, c):
        """Return {unit: height} of all terms of a class."""
        found = {}
        for terms in (c.terms, *(shape.terms for shape in c.shapes)):
            for unit, height in terms:
                found[unit] = found.get(unit, 0) + height
        return found

    def summed(self, c):
        """What is read of a class is the sum of its terms, and at most the bound if these are in [0, 1]."""
        heights, keys = self.heights(c), Keys(self.closing)
        keys.give(heights, (), constant(1))
        terms = [(unit, -height) for unit, height in heights.items()]
        if c.value is not None:
            ends = [at_least([(c.value, sign)], constant(self.most)) for sign in (1, -1)]
            keys.ask([equals([(c.value, 1), *terms]), *ends], 0)
        elif terms:
            raise Invalid("terms of a class are not read")


class Loop(NamedTuple):
    """The loop of a coordinate: functions of period 1 that are affine between the k/N, N = ``parts``.

    ``curves`` are triples (place, values at the k/N, whether kappa times the positive part is meant); ``width`` is w.
    """

    parts: int
    width: Fraction
    curves: list

    def arc(self, M, digit, shift, eps):
        """Return residuals in [digit/M + w eps, (digit + 1)/M - w eps]: the ends, and all between which loops bend.

        They are as many for each eps from 0 to 1/M, and beside the ends the same.
        """
        low, high, gap = Fraction(digit, M), Fraction(digit + 1, M), self.width / M
        bends = [
            r for k in range(-self.parts, 2 * self.parts) if low < (r := shift + Fraction(k, self.parts)) < high
        ]
        if not gap < high - low - gap or any(not low + gap <= r <= high - gap for r in bends):
            raise Invalid("the loops bend too near to a seam")
        return [low + self.width * eps, *bends, high - self.width * eps]


class Shape(NamedTuple):
    """A shape max(0, least of the ``forms``), affine in u, (a_1, ..., a_d, c), with ``weights`` {place: weight}.

    ``terms`` are pairs (unit of closing, height).
    """

    forms: list
    weights: dict
    terms: list


class MovedClass(NamedTuple):
    """A class of a family that carries functionals: on a grid moved by the ``shift``, of ``lengths`` cells.

    At the level before, it is class ``before``. ``functionals`` {(place, k): weight} are carried in the ``states``,
    places among the values between two programs; a place of the first kind is (cell, component). In closing, ``bumps``
    are the summands of the deficiency ``seam``, ``value`` is what is read, or None; ``passed`` are triples (unit,
    height, functional), ``affine`` is the functional that the ``terms`` add up to, and ``shapes`` the others.
    """

    shift: list
    lengths: list
    before: int
    functionals: list
    states: list
    bumps: list
    seam: int
    value: int | None
    passed: list
    affine: dict
    terms: list
    shapes: list


def at_part(values, t):
    """Return the function of period 1 with these values at the k/N, affine between them, at a rational."""
    place = t * len(values)
    k = floor(place)
    first, second = values[k % len(values)], values[(k + 1) % len(values)]
    return first + (place - k) * (second - first)


def on_rows(functional, rows):
    """Return a functional {(place, k): weight} of rows {(place, k): form}; a row that is not there is 0."""
    return total([(weight, rows[entry]) for entry, weight in functional.items() if entry in rows])


def check_sizes(theory, width, slope, layers, first=1, period=1, stages=(1, 1)):
    """Raise `Invalid` unless the networks of a family have layered forms of the width and the depth slope n + layers,
    at most. Of each block only what the next one needs is counted. For n = ``first`` + t * ``period`` there are
    ``stages`` [K, K'], K + t K' of them."""
    family, (least, more) = theory.family, stages
    closed, wanted = units_on_levels(family.closing, theory.cost, {0})
    blocks, depth, steps = [closed], len(closed), 0
    if wanted and not least:  # a network without stages, for the first n
        blocks += [units_on_levels(start.program, 2, wanted)[0] for start in family.starts if serves(start, 0)]
        if depth + max(map(len, blocks[1:])) > slope * first + layers:
            raise Invalid("the depth is larger")
        first, least = first + period, more
    if wanted and least:
        ended, wanted = units_on_levels(family.last, 2, wanted)
        begun, repeated, seen = [], [], set()
        while wanted not in seen:
            if len(seen) == MAX_NEEDS:
                raise Invalid(f"the stages need more than {MAX_NEEDS} sets of values")
            seen.add(wanted)
            begun += [units_on_levels(start.program, 2, wanted)[0] for start in family.starts]
            counts, wanted = units_on_levels(family.stage, 2, wanted)
            repeated.append(counts)
        blocks += [ended, *begun, *repeated]
        steps = max(map(len, repeated))
        depth += len(ended) + max(map(len, begun)) - steps
    if max(max(counts, default=0) for counts in blocks) > width:
        raise Invalid("the width is larger")
    if steps * more > slope * period or steps * least + depth > slope * first + layers:
        raise Invalid("the depth is larger")


def units_on_levels(program, cost, wanted):
    """Return (the numbers of units on levels 1, 2, ..., the inputs that are needed) for the ``wanted`` outputs.

    A unit stands one level above what its argument is made of. Between its level and the last one where it is read it
    is carried by one unit on each; an input by ``cost`` units, one if it is >= 0; a sum that sums read, by two.
    """
    nodes, first = program.nodes, program.first
    level, parts = [0] * first, [*({k} for k in range(program.inputs)), *(set() for _ in range(program.parameters))]
    summed = {k for node in nodes if type(node) is not Relu for k in references(node)}
    values = {k for k, node in enumerate(nodes, first) if type(node) is Affine and k in summed}

    def read(k, here):
        return {k} if k in values and level[k] < here else parts[k]

    for k, node in enumerate(nodes, first):
        found = references(node)
        here = max((level[source] for source in found), default=0)
        made = set().union(*(read(source, here) for source in found))
        is_unit = type(node) is Relu and bool(made)
        level.append(here + 1 if is_unit else here)
        parts.append({k} if is_unit else made)
    ends = [program.outputs[place] for place in wanted]
    depth = max((level[k] for k in ends), default=0)
    last = {part: depth + 1 for k in ends for part in read(k, depth)}
    counts = [0] * (depth + 1)
    for k in range(len(level) - 1, -1, -1):
        if k not in last:
            continue
        below, behind = (), 0
        if k in values:
            below, behind = parts[k], level[k] + 1
        elif k >= first:
            counts[level[k]] += 1
            below, behind = read(nodes[k - first].of, level[k] - 1), level[k]
        for part in below:
            last[part] = max(last.get(part, 0), behind)
        for between in range(level[k] + 1, last[k]):
            counts[between] += 2 if k in values else cost if k < first else 1
    return counts[1:], frozenset(k for k in range(program.inputs) if k in last)


def block_of(network, before, after):
    """Return the `Program` that makes the nodes ``after`` of a network of the nodes ``before``."""
    places = {node: place for place, node in enumerate(dict.fromkeys(before))}
    inputs, needed, nodes, waiting = len(places), set(), [], list(after)
    while waiting:
        k = waiting.pop()
        if k not in places and k not in needed:
            if k < network.inputs:
                raise Invalid("a value between two blocks of the network needs more than the values before them")
            needed.add(k)
            waiting += references(network.nodes[k - network.inputs])
    for k in sorted(needed):
        node, places[k] = network.nodes[k - network.inputs], inputs + len(nodes)
        if type(node) is Relu:
            nodes.append(Relu(places[node.of]))
        else:
            nodes.append(node._replace(terms=tuple((places[source], weight) for source, weight in node.terms)))
    return Program(inputs, nodes, [places[k] for k in after])


def check_member(theory, network, n, interfaces=(), point=None):
    """Raise `Invalid` unless a network is the one for n of a family, but for the scale of its units, for units that
    are equal, and for what its output does not need. The family is taken at a ``point``, forms in the inputs, if given.

    With ``interfaces``, for each chain of programs the lists of nodes that their outputs are but for factors, this is
    seen block by block.
    """
    bits = sum(sum(map(int.bit_length, part.as_integer_ratio())) for part in rationals(theory.bases()))
    if n * (bits + (theory.problem.root or 0).bit_length()) > MAX_POWER:
        raise Malformed(f"rho^n has more than {MAX_POWER} bits")
    budget, chains, numbers, values = Budget(), theory.blocks(n), theory.parameters(n), []
    own = [((k, Fraction(1)),) for k in range(network.inputs)]
    given, block, units = point or own, network, {}
    if interfaces:
        parts = [
            chained(network, programs, own_numbers, lists, own, given, budget)
            for programs, (own_numbers, _), lists in zip(chains, numbers, interfaces, strict=True)
        ]
        ends = list(dict.fromkeys(end for end, _, _ in parts))
        block, found = block_of(network, ends, network.outputs[:1]), {}
        for end, form, value in parts:
            key = ((ends.index(end), Fraction(1)),)
            found[end] = substituted(form, lambda _, key=key: key)
            values.append(substituted(value, lambda _, key=key: key))
        own = list(found.values())
    forms = followed(block.nodes, own, units, block.inputs, True, budget)
    for programs, (own_numbers, _) in () if interfaces else zip(chains, numbers, strict=True):
        values += made(programs, given, own_numbers, units, block.inputs, budget)
    terms = [(1 / factor, value) for value, (_, factor) in zip(values, numbers, strict=True)]
    if minus(total(terms), forms[block.outputs[0]]):
        raise Invalid("the output of the network is not that of the family for this n")


def chained(network, programs, numbers, lists, own, given, budget):
    """Return the node at the end of a chain of programs, and its form and that of the programs, in one key: itself."""
    before, asked, found = range(network.inputs), None, None
    for program, after in zip(programs, lists, strict=True):
        last, asked = asked, (program, block_of(network, before, after), own, given)
        if asked != last:  # equal stages are followed once
            _, block, units = *asked[:2], {}
            forms = followed(block.nodes, own, units, block.inputs, True, budget)
            found = cut(block.outputs, [forms[k] for k in block.outputs],
                        made([program], given, numbers, units, block.inputs, budget))
        before, (own, given) = after, found
    return before[0], own[0], given[0]


def made(programs, given, numbers, units, inputs, budget):
    """Return the forms of what a chain of programs gives, with numbers as parameters."""
    for program in programs:
        found = followed(program.nodes, [*given, *map(constant, numbers)], units, inputs, False, budget)
        given = [found[k] for k in program.outputs]
    return given


def cut(outputs, forms, values):
    """Return (forms of the different ``outputs`` of a block, forms of ``values``), with these outputs as keys.

    ``forms`` are those of the outputs; a value that is not constant has to be a multiple of its output.
    """
    different = dict(zip(outputs, forms, strict=True))
    own = {
        output: form if is_constant(form) else ((k, Fraction(1)),)
        for k, (output, form) in enumerate(different.items())
    }
    given = []
    for output, value in zip(outputs, values, strict=True):
        form = different[output]
        if not is_constant(value):
            key, weight = next((pair for pair in form if pair[0] != ONE), (None, 1))
            factor = dict(value).get(key, 0) / weight
            if minus(value, total([(factor, form)])):
                raise Invalid("a value that a block of the network gives is not that of the family")
            value = total([(factor, own[output])])
        given.append(value)
    return list(own.values()), given


def is_constant(form):
    """Return whether a form has no keys but ONE."""
    return all(key == ONE for key, _ in form)


def followed(nodes, forms, units, inputs, is_network, budget):
    """Return ``forms`` with those of the nodes, in inputs and units of a network.

    ``units`` {argument: form} are known, an argument being divided by the size of its first coefficient. There may be
    others in the network, which are added. Keys from ``inputs`` on are units, and not negative.
    """
    forms = list(forms)
    for k, node in enumerate(nodes, len(forms)):
        if type(node) is Times:
            forms.append(product_form({}, forms[node.by], forms[node.of]))
        elif type(node) is Affine:
            forms.append(total([(node.bias, constant(1)), *((weight, forms[source]) for source, weight in node.terms)]))
        else:
            forms.append(positive_part(forms[node.of], units, inputs, k if is_network else None))
        budget.spend([weight for _, weight in forms[-1]])
    return forms


def positive_part(form, units, inputs, new):
    """Return max(0, form), as the node ``new`` if no unit serves that is known; raises `Invalid` if that is None."""
    if all(key == ONE or key >= inputs for key, _ in form):
        if all(weight > 0 for _, weight in form):
            return form
        if all(weight < 0 for _, weight in form):
            return ()
    argument = sorted(form, reverse=True)
    lead = abs(argument[0][1])
    argument = tuple((key, weight / lead) for key, weight in argument)
    if argument not in units:
        if opposite(argument) in units:  # max(0, e) = e + max(0, -e)
            return total([(1, form), (lead, units[opposite(argument)])])
        if new is None:
            raise Invalid("a unit of the family is missing in the network")
        units[argument] = ((new, 1 / lead),)
    return total([(lead, units[argument])])


def read_theory(problem, value, evidence, more=(), is_member=False, least=1):
    """Return (the `Theory` of a family, an object; the ``interfaces`` of a member, not read) from evidence that has the
    keys of a theory and ``more``, and some others where it is about one network. It is about n >= ``least``."""
    choice(evidence, "evidence", "kind", "family")
    if type(value) is dict and "terms" in value:
        return read_atoms(problem, value, evidence, more, is_member)
    family, d = read_family(value, problem, least), problem.dimension
    is_small = family.last is family.stage
    own = ("limit", "loops") if is_small else ("width",)
    optional = (("interfaces", "eta") if is_small else ("interfaces",)) if is_member else ()
    corner, classes, *rest = fields(evidence, "evidence", "corner", "classes", *own, "kind", *more, optional=optional)
    interfaces = rest[len(own) + 1 + len(more)] if is_member else None
    corner = integers(corner, "corner", -(10**30), 10**30, d)
    if len(array(classes, "classes")) > MAX_CLASSES:
        raise Malformed(f"classes: expected {MAX_CLASSES} at most")
    if not is_small:
        if problem.root is not None:
            raise Malformed("evidence: the theory of families of rows is about rational problems")
        classes = [read_class(entry, family) for entry in classes]
        return Rows(problem, family, corner, classes, number(rest[0], "width")), interfaces
    if problem.first or len(problem.repeat) > 1 or problem.source or support(problem) is None:
        raise Malformed("evidence: the theory is about one mask, no source, and a diagonal dilation with entries > 1")
    if any(row[i] > MAX_DILATION for i, row in enumerate(problem.matrix)):
        raise Malformed(f"evidence: the theory is about dilations of {MAX_DILATION} at most")
    between = family.stage.inputs
    loops = [read_loop(loop, between) for loop in array(rest[1], "loops", d)]
    classes = [read_moved(entry, problem, family, len(classes)) for entry in classes]
    longest = max((length for c in classes for length in c.lengths), default=0)
    pieces = max(row[i] * loop.parts * max(row[i], longest) for i, (row, loop) in enumerate(zip(problem.matrix, loops)))
    if max(pieces, prod(row[i] for i, row in enumerate(problem.matrix))) > MAX_PATCHES:
        raise Malformed(f"evidence: expected {MAX_PATCHES} parts of a coordinate at most, and as many digits")
    eta = maybe(number, rest[-1], "eta", problem.root) if is_member else None
    limit = number(rest[0], "limit", problem.root)
    return Functionals(problem, family, corner, classes, loops, limit, eta, least), interfaces


def read_loop(value, between):
    """Return the `Loop` of an object."""
    width, *lists = fields(value, "loop", "width", "curves", "early")
    read = listed(row(whole(0, between - 1), listed(number)))
    found = [
        (*pair, is_early) for pairs, is_early in zip(lists, (False, True), strict=True) for pair in read(pairs, "loop")
    ]
    sizes = {len(values) for _, values, _ in found}
    if len(sizes) != 1 or not 0 < max(sizes) <= MAX_START:
        raise Malformed(f"loop: expected values at 1 to {MAX_START} parts, the same for all")
    if len({place for place, *_ in found}) < len(found):  # what is proved of a place is one function
        raise Malformed("loop: expected each place once")
    return Loop(*sizes, number(width, "loop width"), found)


def read_moved(value, problem, family, count):
    """Return the `MovedClass` of an object."""
    d, unit, weight = problem.dimension, whole(0, family.closing.last), real(problem.root)
    read_lengths = listed(whole(1, MAX_LENGTH), d)
    lengths = read_lengths(fields(value, "class", *MovedClass._fields)[1], "class lengths")
    if prod(lengths) * problem.components << d > MAX_PATCHES:
        raise Malformed(f"class: expected a window of {MAX_PATCHES} cells, times components and corners, at most")
    place = [*cell_of(lengths), whole(0, problem.components - 1)]
    entries, weights = table(d + 2, *place, whole(0, d), weight), table(d + 1, *place, weight)
    terms = listed(row(unit, weight))

    def functional(value, where):
        return {((key[:d], key[d]), key[d + 1]): own for key, own in entries(value, where).items()}

    def placed(value, where):
        return {(key[:d], key[d]): own for key, own in weights(value, where).items()}

    def shape(value, where):
        found = record(Shape, value, where, forms=listed(listed(weight, d + 1)), weights=placed, terms=terms)
        if not found.forms or not found.weights or not all(found.weights.values()):
            raise Malformed(f"{where}: expected a form, and a place with a weight that is not 0")
        return found

    found = record(
        MovedClass, value, "class", shift=listed(number, d), lengths=read_lengths, before=whole(0, count - 1),
        functionals=listed(functional), states=listed(whole(0, family.stage.inputs - 1)), bumps=listed(unit, d),
        seam=unit, value=lambda value, where: maybe(unit, value, where), passed=listed(row(unit, weight, functional)),
        affine=functional, terms=terms, shapes=listed(shape),
    )
    if len(found.states) != len(found.functionals):
        raise Malformed("class states: expected one for each of the functionals")
    return found


# --------------------------------------------------------------------------------------------- THEORY: sums of atoms
#
# A term of a network leads to the residual r_n, where it reads an atom H, and then multiplies H(r_n) by the digits from
# the start once more. What is asked of its programs implies the claim; docs/certificate.md, section 7.5, says why.


class Controller(NamedTuple):
    """A controller of a coordinate in some ``cells``, a range: its places (p, q) in the first run and in the second
    one, and the place of its selector in the second."""

    axis: int
    cells: range
    first: tuple
    second: tuple
    selector: int


class Cascade(NamedTuple):
    """Rows that two ``lines`` multiply by digits: the node ``value`` of spread that is h, and the ``states`` of the
    rows, pairs ((i, j, sign), place)."""

    lines: tuple
    value: int
    states: tuple

    @property
    def sign(self):
        """The sign of the states in which rows start: 0 if rows have no parts with the signs 1 and -1."""
        return abs(self.states[0][0][2]) if self.states else 1

    def cells(self):
        """Return the pairs of cells of both lines."""
        return list(product(*(line.cells for line in self.lines)))


class Term(NamedTuple):
    """A term: the numbers of its ``programs`` start, transport, spread, stage and last, c and rho; the ``shift`` of its
    grid, the places of the ``carried`` copies, ``lines``, ``cascades``, the simplices of H, and ``patches``
    ((i, j), weight)."""

    programs: tuple
    factor: Fraction
    base: Fraction
    shift: list
    carried: tuple
    lines: tuple
    cascades: tuple
    atom: list
    patches: tuple

    @property
    def heights(self):
        """The values of H at the vertices of its simplices, and 0."""
        return [Fraction(0), *(value for simplex in self.atom for (value,) in simplex.values)]

    @property
    def coordinates(self):
        """The coordinates of these vertices, and 1."""
        return [Fraction(1), *(entry for simplex in self.atom for corner in simplex.corners for entry in corner)]


class Atoms(Theory):
    """The claim for sums of terms, each V^n of translates of an atom, for the dilation 2 in the plane.

    The window begins at the ``corner`` and has ``lengths`` cells; programs are referred to by their numbers.
    """

    def __init__(self, problem, programs, corner, lengths, terms):
        self.problem, self.programs, self.corner, self.lengths, self.terms = problem, programs, corner, lengths, terms
        self.answered = set()

    def blocks(self, n):
        """Return the chains of programs for n of which the network is the sum."""
        own = ([self.programs[k] for k in term.programs] for term in self.terms)
        return [
            [start, *[transport] * n, spread, *[stage] * (n - 1), last] for start, transport, spread, stage, last in own
        ]

    def counts(self, n):
        """Return, for each chain, how many values its programs give."""
        return [[len(program.outputs) for program in programs] for programs in self.blocks(n)]

    def parameters(self, n):
        """Return, for each chain, (the numbers of its parameters, what the output is divided by)."""
        eps = Fraction(1, 2**n)
        pairs = ((term.factor, 1 / term.base**n) for term in self.terms)
        return [([eps, zeta], factor * eps * zeta) for factor, zeta in pairs]

    def bases(self):
        """Return the numbers of which n-th powers are taken."""
        return [term.base for term in self.terms]

    def facts(self):
        """Yield all that the claim needs, what is needed again once: what it is about, and the method with its
        arguments that demands it."""
        seen = set()
        for where, fact, *arguments in self.wanted():
            if (fact.__name__, *arguments) not in seen:
                seen.add((fact.__name__, *arguments))
                yield where, fact, arguments

    def wanted(self):
        """Yield all that the claim needs, term by term."""
        yield "problem", self.plain
        for index, term in enumerate(self.terms):
            start, transport, spread, stage, last = term.programs
            where = f"term {index}"
            yield where, self.numbers, index
            yield f"{where}, states", self.states, term.cascades, term.patches
            w, M, c, rho = min(term.coordinates), max(term.heights), term.factor, term.base
            most, bound = total([(c * M, EPSILON)]), total([(c * M / rho, EPSILON)])
            rows = tuple((cascade.lines, cascade.states) for cascade in term.cascades)
            read = last, term.lines, rows, most, bound, term.patches
            for axis, copy in enumerate(term.carried):
                yield f"{where}, copies", self.copied, start, axis, copy, term.shift[axis]
                yield f"{where}, copies", self.kept, transport, axis, copy
            for line in term.lines:
                yield f"{where}, controllers", self.begun, start, line, term.shift[line.axis]
                yield f"{where}, controllers", self.doubled, transport, line
                yield f"{where}, restart", self.restarted, spread, line, term.carried[line.axis], w, most
                yield f"{where}, restart", self.repeated, stage, line, w, most
            for number, cascade in enumerate(term.cascades):
                where = f"term {index}, cascade {number}"
                yield f"{where}, atom", self.atom, index, cascade
                yield f"{where}, rows where h >= 0", self.opened, spread, cascade, term.carried, w, M, c
                yield f"{where}, rows where h <= 0", self.closed, spread, cascade, term.carried
                for q in DIGITS:
                    yield f"{where}, step for {q}", self.step, stage, *rows[number], most, bound, rho, q
                    yield f"{where}, reading for {q}", self.reading, *read, number, q
                yield f"{where}, nothing", self.nothing, stage, *rows[number], most
            yield f"term {index}, reading", self.reading, *read
        yield "sum of the atoms", self.added

    # the problem, the numbers and the atoms

    def plain(self):
        """The problem is of the kind."""
        check_plain(self.problem)

    def numbers(self, index):
        """c > 0, rho >= 1, and H is nowhere negative, one function, and 0 for u < w, v < w and outside of [0, 1]^2."""
        term = self.terms[index]
        if not (term.factor > 0 and term.base >= 1):
            raise Invalid("the numbers c, rho do not fit: c > 0, rho >= 1")
        if min(term.heights) < 0 or min(term.coordinates) <= 0 or max(term.coordinates) > 1:
            raise Invalid("H is negative, or does not vanish next to the sides of the unit square")
        check_agreement(term.atom)

    def states(self, cascades, patches):
        """No cell is one of two cascades; where a step, or more, leads from a cell to a patch, a row starts in the
        cell, and no state is missing that is such a cell."""
        cells = [cell for cascade in cascades for cell in cascade.cells()]
        live, waiting = set(), [patch for patch, _ in patches]
        while waiting:
            end = waiting.pop()
            for k, q in product(self.problem.repeat[0], DIGITS):
                twice = [b - o + i - digit for b, o, i, digit in zip(end, self.corner, k, q, strict=True)]
                cell = tuple(entry // 2 for entry in twice)
                if not any(entry % 2 for entry in twice) and cell not in live:
                    live.add(cell)
                    waiting.append(cell)
            if len(live) > MAX_PATCHES:
                raise Invalid(f"rows start in more than {MAX_PATCHES} cells")
        if len(set(cells)) < len(cells) or not live.issubset(cells):
            raise Invalid("a cell belongs to two cascades, or to none")
        for cascade in cascades:
            states = {state for state, _ in cascade.states}
            needed = {(*cell, cascade.sign) for cell in live.intersection(cascade.cells())}
            for q in DIGITS:
                needed.update(end for state in states for end, _ in self.arrows(state, q) if end[:2] in live)
            if not needed <= states:
                raise Invalid(f"there is no row for the state {min(needed - states)}")

    def arrows(self, state, q):
        """Yield (state to which T_q leads from this one, weight)."""
        *cell, sign = state
        for k, ((weight,),) in self.problem.repeat[0].items():
            end = (o + 2 * i + digit - index for o, i, digit, index in zip(self.corner, cell, q, k, strict=True))
            yield (*end, sign if weight > 0 else -sign), abs(weight) if sign else weight

    def atom(self, index, cascade):
        """Where the controllers are E(u) and E(v), max(0, h) is H(u, v), and h is if rows are not split by sign."""
        term = self.terms[index]
        for thirds in product(range(3), repeat=2):
            sheet, keys = Sheet(2), Keys(self.programs[term.programs[2]])
            for axis, (line, third) in enumerate(zip(cascade.lines, thirds, strict=True)):
                keys.given |= zip(line.first, loop(((axis, 1),), third), strict=True)
            h = keys.placed(sheet, {cascade.value})[cascade.value]
            cells = seed_cells([Fraction(1)], term.atom, [((0, 1),), ((1, 1),)])
            terms = [(sheet.relu(h) if cascade.sign else h, Fraction(1))]
            gap = sheet.affine(terms + ([(sheet.cases(cells), Fraction(-1))] if cells else []))
            domain = Domain(None, [(third * THIRD, (third + 1) * THIRD) for third in thirds], 2)
            question = Question(2, tuple(sheet.nodes), domain.known(), Same(gap, ()))
            if question not in self.answered:
                demand(question, lambda kernel, asked: Enumeration(kernel, asked, domain, [], [-1]).prove())
                self.answered.add(question)

    def added(self):
        """The sum of all atoms, with their weights, is g everywhere."""
        sheet, inputs, terms = Sheet(2), [((0, 1),), ((1, 1),)], []
        for term in self.terms:
            for patch, weight in term.patches:
                moves = zip(inputs, term.shift, self.corner, patch, strict=True)
                place = [total([(1, z), (-(d + o + i), constant(1))]) for z, d, o, i in moves]
                terms.append((seed_cells([weight], term.atom, place), Fraction(1)))
        terms.append((seed_cells([Fraction(1)], self.problem.seed, inputs), Fraction(-1)))
        gap = sheet.affine([(sheet.cases(cells), sign) for cells, sign in terms if cells])
        demand(Question(2, tuple(sheet.nodes), (), All((Same(gap, ()),))), everywhere)

    # copies, controllers and selectors

    def along(self, number, ends, given, goals, also=()):
        """Demand goals on a program for all t between two numbers, or beyond one, where forms in eps and t are ``also``
        known to be >= 0."""
        keys = self.scope(self.programs[number])
        keys.multiply(EPSILON, keys.new(), keys.new())
        for form in between(T, *(None if end is None else constant(end) for end in ends)):
            keys.known += [form, *between(keys.times(EPSILON, form), (), total([(HALF, form)]))]
        keys.known += also
        keys.given |= given
        keys.ask(goals)

    def point(self, axis, shift):
        """Return {input of start: its form}."""
        return {axis: total([(1, T), (shift, EPSILON), (self.corner[axis], constant(1))])}

    def copied(self, start, axis, copy, shift):
        """The copy is t in [0, L], L for t >= L, and not positive for t <= 0."""
        node, length = self.programs[start].outputs[copy], self.lengths[axis]
        for ends, goal in (
            ((None, 0), at_least([(node, -1)])), ((0, length), same(node, T)),
            ((length, None), same(node, constant(length))),
        ):
            self.along(start, ends, self.point(axis, shift), [goal])

    def kept(self, transport, axis, copy):
        """A copy in [0, L] stays as it is, one that is not positive becomes 0."""
        node = self.programs[transport].outputs[copy]
        for ends, form in (((None, 0), ()), ((0, self.lengths[axis]), T)):
            self.along(transport, ends, {copy: T}, [same(node, form)])

    def begun(self, start, line, shift):
        """A controller starts as E(t - cell) in its cells, and as (0, 0) elsewhere."""
        nodes, x = [self.programs[start].outputs[place] for place in line.first], self.point(line.axis, shift)
        for ends, cell, third in parts_of(line.cells, 3):
            forms = ((), ()) if cell is None else loop(minus(T, constant(cell)), third)
            self.along(start, ends, x, [same(*pair) for pair in zip(nodes, forms, strict=True)])

    def doubled(self, transport, line):
        """Controllers go from E(r) to E(2r mod 1)."""
        nodes = [self.programs[transport].outputs[place] for place in line.first]
        for sixth in range(6):
            given = dict(zip(line.first, loop(T, sixth // 2), strict=True))
            goals = [same(*pair) for pair in zip(nodes, doubled_loop(T, sixth), strict=True)]
            self.along(transport, (Fraction(sixth, 6), Fraction(sixth + 1, 6)), given, goals)

    def restarted(self, spread, line, copy, w, most):
        """From the copy t the controllers are E(2t mod 1) in the cells, (0, 0) elsewhere, and selectors digits of t."""
        for (low, high), cell, sixth in parts_of(line.cells, 6):
            ends = 0 if low is None else low, self.lengths[line.axis] if high is None else high
            self.second(spread, line, ends, {copy: T}, cell, sixth, w, most)

    def repeated(self, stage, line, w, most):
        """Controllers go from E(r) to E(2r mod 1), and selectors are digits of r."""
        for sixth in range(6):
            given = dict(zip(line.second, loop(T, sixth // 2), strict=True))
            self.second(stage, line, (Fraction(sixth, 6), Fraction(sixth + 1, 6)), given, 0, sixth, w, most)

    def second(self, number, line, ends, given, cell, sixth, w, most):
        """Controllers are E(2r mod 1) on a sixth of a cell, r = t - cell, or (0, 0) if that is None; selectors lie
        between 0 and a form in eps, and are 0 or this, as r < 1/2 or r >= 1/2, but for r in w eps wide strips."""
        p, q, selector = (self.programs[number].outputs[place] for place in (*line.second, line.selector))
        forms, r = ((), ()), minus(T, constant(cell or 0))
        if cell is not None:
            forms, digit = doubled_loop(r, sixth), sixth // 3
            behind = total([(1, r), (-digit * HALF, constant(1)), (-w, EPSILON)])
            self.along(number, ends, given, [same(selector, most if digit else ())], [behind])
        self.along(number, ends, given, [same(p, forms[0]), same(q, forms[1]), *within(selector, most)])

    # rows

    def measured(self, spread, cascade):
        """Return `Keys` with zeta, and h as the value of a cascade; h; eps h; zeta eps h."""
        program = self.programs[spread]
        keys = self.scope(program)
        keys.give([program.inputs + 1, cascade.value])
        zeta, h = keys.given[program.inputs + 1], keys.given[cascade.value]
        small = keys.multiply(EPSILON, h, keys.new())
        return keys, h, small, keys.multiply(zeta, small, keys.new())

    def opened(self, spread, cascade, carried, w, M, c):
        """Where h >= 0 the row of the cell of the point is c zeta eps h, and all others are 0, but for strips."""
        for cell in cascade.cells():
            keys, h, small, smaller = self.measured(spread, cascade)
            keys.known += [*between(h, (), constant(M)), *between(small, (), total([(M, EPSILON)]))]
            for copy, i in zip(carried, cell, strict=True):
                keys.give([copy], total([(i, constant(1)), (w, EPSILON)]), constant(i + 1))
            keys.ask([
                same(keys.program.outputs[place], total([(c, smaller)]) if tuple(own) == cell and sign >= 0 else ())
                for (*own, sign), place in cascade.states
            ])

    def closed(self, spread, cascade, carried):
        """Where h <= 0 all rows are 0; h is >= 0 if they are not split by sign."""
        keys, *heights = self.measured(spread, cascade)
        keys.known += map(opposite, heights)
        for copy, length in zip(carried, self.lengths, strict=True):
            keys.give([copy], (), constant(length))
        if not cascade.sign:
            keys.given[cascade.value] = ()
        for _, place in cascade.states:
            keys.ask([same(keys.program.outputs[place], ())])

    def cascaded(self, keys, lines, states, most, bound, q):
        """Let the selectors be the digits q, and the rows of the states be at most a form in size; return {state: where
        T_q leads the rows to it}."""
        found = {}
        keys.given |= {line.selector: most if digit else () for line, digit in zip(lines, q, strict=True)}
        for state, place in states:
            row = keys.given[place] = keys.new(() if state[2] else opposite(bound), bound)
            for end, weight in self.arrows(state, q):
                found.setdefault(end, []).append((weight, row))
        return {end: total(parts) for end, parts in found.items()}

    def step(self, stage, lines, states, most, bound, rho, q):
        """Where the selectors are the digits q, rows become T_q^T of the rows, and grow by rho at most."""
        keys, goals = self.scope(self.programs[stage]), []
        found, largest = self.cascaded(keys, lines, states, most, bound, q), total([(rho, bound)])
        for state, place in states:
            node = keys.program.outputs[place]
            goals += [same(node, found.get(state, ())), at_least([(node, -1)], largest)]
            if not state[2]:
                goals.append(at_least([(node, 1)], largest))
        keys.ask(goals, 1)

    def nothing(self, stage, lines, states, most):
        """Rows that are 0 stay so, whatever the selectors are."""
        keys = self.scope(self.programs[stage])
        keys.give([line.selector for line in lines], (), most)
        keys.given |= {place: () for _, place in states}
        keys.ask([same(keys.program.outputs[place], ()) for _, place in states], 1)

    def reading(self, last, lines, rows, most, bound, patches, number=None, q=None):
        """Of one cascade, where its selectors are the digits q, the weighted sum of what T_q leads to the patches is
        read, all other rows being 0 and selectors anything; if there is none, nothing."""
        keys, weights, form = self.scope(self.programs[last]), dict(patches), ()
        keys.give([line.selector for line in lines], (), most)
        keys.given |= {place: () for _, states in rows for _, place in states}
        if number is not None:
            found = self.cascaded(keys, *rows[number], most, bound, q)
            form = total([(weights.get(tuple(cell), 0) * (sign or 1), own) for (*cell, sign), own in found.items()])
        keys.ask([same(keys.program.outputs[0], form)], 1)


def parts_of(cells, count):
    """Yield (ends, cell, number) of the parts of the cells, so many each, and (ends, None, None) before and behind."""
    yield (None, cells[0]), None, None
    yield (cells[-1] + 1, None), None, None
    for cell, k in product(cells, range(count)):
        yield (cell + Fraction(k, count), cell + Fraction(k + 1, count)), cell, k


def doubled_loop(r, sixth):
    """Return E(2r mod 1) on a sixth of [0, 1]."""
    return loop(total([(2, r), (-(sixth // 3), constant(1))]), sixth % 3)


def read_atoms(problem, value, evidence, more, is_member):
    """Return (the `Atoms` of a family, an object; interfaces, not read); see `read_theory`."""
    programs, terms = fields(value, "family", "programs", "terms")
    corner, lengths, found, *rest = fields(
        evidence, "evidence", "corner", "lengths", "terms", "kind", *more, optional=("interfaces",) * is_member
    )
    if problem.root is not None or problem.dimension != 2:
        raise Malformed("evidence: the theory of sums of atoms is about rational problems in the plane")
    programs = [read_program(program, 2, "program", None) for program in array(programs, "programs")]
    corner, lengths = integers(corner, "corner", -(10**30), 10**30, 2), integers(lengths, "lengths", 1, MAX_LENGTH, 2)
    if prod(lengths) > MAX_PATCHES:
        raise Malformed(f"lengths: expected a window of {MAX_PATCHES} cells at most")
    pairs = zip(terms, array(found, "terms", len(array(terms, "terms"))), strict=True)
    terms = [read_term(programs, lengths, *pair) for pair in pairs]
    return Atoms(problem, programs, corner, lengths, terms), rest[-1] if is_member else None


def read_term(programs, lengths, value, evidence):
    """Return the `Term` of an object of the family and one of the evidence."""
    *names, factor, base = fields(value, "term", "start", "transport", "spread", "stage", "last", "factor", "base")
    shift, carried, lines, cascades, atom, patches = fields(
        evidence, "term", "shift", "carried", "lines", "cascades", "atom", "patches"
    )
    own = tuple(integers(names, "term", 0, len(programs) - 1))
    start, transport, spread, stage, last = (programs[k] for k in own)
    joints = ((start, transport), (transport, transport), (transport, spread), (spread, stage), (stage, stage))
    is_fit = all(len(before.outputs) == after.inputs for before, after in (*joints, (stage, last)))
    if not is_fit or start.inputs != 2 or len(last.outputs) != 1:
        raise Malformed("term: a program does not give as many values as the next one takes")
    carried = tuple(integers(carried, "carried", 0, transport.inputs - 1, 2))
    lines = tuple(read_controller(line, lengths, transport.inputs, stage.inputs) for line in array(lines, "lines"))
    cascades = tuple(
        read_cascade(entry, lines, lengths, spread.last, stage.inputs) for entry in array(cascades, "cascades")
    )
    places = [(0, place) for place in (*carried, *(place for line in lines for place in line.first))]
    places += [(1, place) for line in lines for place in (*line.second, line.selector)]
    places += [(1, place) for cascade in cascades for _, place in cascade.states]
    if len(set(places)) < len(places):
        raise Malformed("term: expected each place once")
    weights = table(2, *cell_of(lengths), number)(patches, "patches")
    return Term(
        own, number(factor, "factor"), number(base, "base"), numbers(shift, "shift", 2), carried, lines, cascades,
        read_seed(atom, "atom", 2, 1, None)[0], tuple(weights.items()),
    )


def read_controller(value, lengths, between, behind):
    """Return the `Controller` of an array."""
    axis, first, length, p, q, *second = array(value, "line", 8)
    whole = lengths[integer(axis, "line axis", 0, 1)]
    cells = range(integer(first, "line", 0, whole - 1), first + integer(length, "line", 1, whole - first))
    *second, selector = integers(second, "line", 0, behind - 1)
    return Controller(axis, cells, tuple(integers([p, q], "line", 0, between - 1)), tuple(second), selector)


def read_cascade(value, lines, lengths, last, behind):
    """Return the `Cascade` of an object."""
    own, node, states = fields(value, "cascade", "lines", "value", "states")
    own = tuple(lines[k] for k in integers(own, "cascade", 0, len(lines) - 1, 2))
    if [line.axis for line in own] != [0, 1]:
        raise Malformed("cascade lines: expected one along each axis")
    found = table(3, *cell_of(lengths), whole(-1, 1), whole(0, behind - 1))(states, "cascade states")
    if len({abs(sign) for *_, sign in found}) > 1:
        raise Malformed("cascade states: expected signs 0, or else 1 and -1")
    return Cascade(own, integer(node, "cascade value", 0, last), tuple(found.items()))


# ------------------------------------------------------------------------------- THEORY: problems that are reduced
#
# V_1 ... V_n g of one problem are iterates of another one, which a theory is about, at other points. That is seen from
# the definition of both, level by level; docs/certificate.md, section 7.4, says why it is enough.


class Direct(NamedTuple):
    """The claim that a theory is about the problem itself; with numbers as in a `Reduction`."""

    theory: Theory
    first: int = 1
    period: int = 1
    stages: tuple = (1, 1)
    point = None

    def prove(self):
        """Raise `Invalid` unless all that the claim needs is proved."""
        self.theory.prove()


class Level(NamedTuple):
    """What the functions of a level are: component l at w is component c of the other problem's at ``matrix`` w + b.

    ``components`` are {l: (c, b)}; a stage from here is so many ``steps`` of the other problem.
    """

    steps: int
    matrix: list
    components: dict


class Reduction(NamedTuple):
    """The claim that V_1 ... V_n g of a ``problem`` is an iterate of that of a theory, at ``place`` (matrix, offset).

    For n = ``first`` + t * ``period`` it has the number K + t K', ``stages`` being (K, K'), and ``rest`` steps are in
    its seed. Behind the last of the ``levels`` comes level ``back``.
    """

    problem: Problem
    theory: Functionals
    first: int
    period: int
    stages: tuple
    place: tuple
    rest: int
    levels: list
    back: int

    @property
    def point(self):
        """The point at which the family is taken, as forms in the coordinates."""
        return affine_map(*self.place, coordinates(self.problem.dimension))

    def prove(self):
        """Raise `Invalid` unless all that the claim needs is proved."""
        check_agreement(self.theory.problem.seed)
        budget, (count, more), size = Budget(), self.stages, len(self.levels)
        self.counted()
        self.placed()
        for j in range(size if more else min(count, size)):
            self.stepped(j, budget)
        ends = {number: self.first + t * self.period - self.rest for t, number in enumerate(self.last())}
        for number, begun in ends.items():
            self.ended(number, begun, budget)
        self.theory.prove()

    def at(self, j):
        """Return the number of the level behind j stages."""
        size = len(self.levels)
        return j if j < size else self.back + (j - self.back) % (size - self.back)

    def last(self):
        """Return the numbers of the levels behind K + t K' stages, as many t as there are different ones at most."""
        count, more = self.stages
        return [self.at(count + t * more) for t in range(len(self.levels) if more else 1)]

    def counted(self):
        """Stages and the seed make n steps for each n, and the masks of the levels return."""
        (count, more), size, problem = self.stages, len(self.levels), self.problem
        steps = [level.steps for level in self.levels]
        made = [sum(steps[self.at(j + k)] for k in range(more)) for j in self.last()]
        if sum(steps[self.at(j)] for j in range(count)) + self.rest != self.first or set(made) != {self.period}:
            raise Invalid("the stages do not make n steps")
        begun, again = sum(steps[: self.back]), sum(steps[self.back :])
        if (more or count >= size) and (begun < len(problem.first) or again % len(problem.repeat)):
            raise Invalid("the masks of the levels do not return")

    def placed(self):
        """At level 0 it is the component that is meant, at the point z whose place is given."""
        (matrix, offset), level, d = self.place, self.levels[0], self.problem.dimension
        c, b = level.components.get(self.theory.problem.component, (None, ()))
        columns = [applied(level.matrix, column) for column in zip(*matrix, strict=True)]
        start = [x + y for x, y in zip(applied(level.matrix, offset), b, strict=False)]
        if c != self.problem.component or any(start) or columns != identity(d):
            raise Invalid("the place of a point is not that of V^n g")

    def stepped(self, j, budget):
        """One step of the problem of the theory is, for each component of a level, its steps of the other problem."""
        here, after, mask = self.levels[j], self.levels[self.at(j + 1)], self.theory.mask
        begun, power = sum(level.steps for level in self.levels[:j]), identity(self.problem.dimension)
        masks = [self.problem.mask(begun + i) for i in range(here.steps)]
        for _ in masks:
            power = [row_times(row, self.problem.matrix) for row in power]
        one, other = ([row_times(row, inner) for row in outer] for outer, inner in (
            (power, here.matrix), (after.matrix, self.theory.problem.matrix)))
        if one != other:
            raise Invalid(f"level {j}: the matrices do not fit the dilations")
        for l, (c, b) in here.components.items():
            found = {}
            *_, (_, rows) = unrolled(self.problem._replace(first=masks, component=c), here.steps, b, budget)
            wanted = {(i, place): weight for place, row in rows.items() for i, weight in enumerate(row) if weight}
            for index, rows in mask.items():
                moved = applied(after.matrix, index)
                for i, weight in enumerate(rows[l]):
                    if weight and i not in after.components:
                        raise Invalid(f"level {j}: nothing is said of a component that is needed")
                    if weight:
                        i, shift = after.components[i]
                        entry = i, budget.spend(tuple(x - y for x, y in zip(shift, moved, strict=True)))
                        found[entry] = found.get(entry, 0) + weight
            if {entry: weight for entry, weight in found.items() if weight} != wanted:
                raise Invalid(f"level {j}: a step is not one of the problem")

    def ended(self, number, begun, budget):
        """The seed is that of the problem, ``rest`` steps being in it, for the components of a last level."""
        level, masks = self.levels[number], [self.problem.mask(begun + i) for i in range(self.rest)]
        w = coordinates(self.problem.dimension)
        for l, (c, b) in level.components.items():
            own = self.theory.problem._replace(component=l), 0, w
            other = self.problem._replace(first=masks, component=c), self.rest, affine_map(level.matrix, b, w)
            check_alike(own, other, budget, f"level {number}: component {l} of the seed is another one")


def check_alike(first, second, budget, failure):
    """Raise `Invalid`, for a ``failure``, unless two functions are the same everywhere: V_1 ... V_n g of a problem at a
    point that is given by forms in the coordinates, each as (problem, n, point)."""
    size = first[0].dimension
    sheet = Sheet(size)
    terms = iterate_node(sheet, *first, budget)
    terms += [(k, -weight) for k, weight in iterate_node(sheet, *second, budget)]
    alike = {}
    for k, weight in terms:  # the cells and their conditions stand in any order
        cells = frozenset((frozenset(conditions), value) for conditions, value in sheet.nodes[k].cells)
        alike.setdefault((cells, sheet.denominators[k]), []).append((k, weight))
    sums = [(same[0][0], sum(weight for _, weight in same)) for same in alike.values()]
    gap = sheet.affine([(k, weight) for k, weight in sums if weight])
    try:
        demand(Question(size, tuple(sheet.nodes), (), All((Same(gap, ()),))), everywhere)
    except Invalid as error:
        raise Invalid(f"{failure}: {error}") from None


def check_sourceless(problem, wider):
    """Raise `Invalid` unless first components of iterates of a ``wider`` problem are those of one with a source.

    The other components do not change in a step, and what they add to the first ones is the source.
    """
    r, budget, point = problem.components, Budget(), coordinates(problem.dimension)
    for own, given in ((problem.first, wider.first), (problem.repeat, wider.repeat)):
        upper = [{k: [row[:r] for row in rows[:r]] for k, rows in mask.items()} for mask in given]
        if own != [{k: rows for k, rows in mask.items() if any(map(any, rows))} for mask in upper]:
            raise Invalid("without a source: the masks are other ones")
        if any(any(row[:r]) for mask in given for rows in mask.values() for row in rows[r:]):
            raise Invalid("without a source: what makes the source up depends on the other components")
    if (wider.matrix, wider.component) != (problem.matrix, problem.component):
        raise Invalid("without a source: the problem is another one")
    check_agreement(wider.seed)
    source = problem._replace(seed=problem.source, source=[])
    for i in range(wider.components):
        function = wider._replace(component=i)
        if i < r:
            failure = f"without a source: component {i} of the seed is another one"
            check_alike((function, 0, point), (problem._replace(component=i), 0, point), budget, failure)
        kept = source._replace(component=i) if i < r else function
        failure = f"without a source: component {i} is another one after a step"
        for mask in wider.first + wider.repeat:
            rest = {k: [[Fraction(0)] * r + row[r:] for row in rows] for k, rows in mask.items()}
            check_alike((function._replace(first=[rest]), 1, point), (kept, 0, point), budget, failure)


def check_served(parts):
    """Raise `Invalid` unless each n >= 1 belongs to one part, and not to two."""
    if set(counts_of(parts, 1)) != {1}:
        raise Invalid("there is not one family for every n")


def read_every(statement, evidence):
    """Return the `Certificate` that says that the networks of a family, or of several ones, equal V^n g for every n."""
    name = "families" if "families" in statement else "family"
    _, problem, family, sizes = fields(statement, "statement", "kind", "problem", name, optional=("sizes",))
    problem = read_problem(problem)
    if sizes is not None:
        width, slope, layers = array(sizes, "sizes", 3)
        width, layers = integers([width, layers], "sizes", -MAX_SIZE, MAX_SIZE)
        slope = number(slope, "sizes") if name == "families" else integer(slope, "sizes", -MAX_SIZE, MAX_SIZE)
        sizes = width, slope, layers
    if name == "family":
        theory, _ = read_theory(problem, family, evidence)
        if sizes is not None and type(theory) is Atoms:
            raise Malformed("sizes: they are not stated of sums of atoms")
        return Certificate(Every(problem, sizes), Families([Direct(theory)]))
    choice(evidence, "evidence", "kind", "reduction")
    _, parts, wider = fields(evidence, "evidence", "kind", "parts", optional=("sourceless",))
    wider, parts, _ = read_parts(problem, family, parts, wider)
    return Certificate(Every(problem, sizes, "the families"), Families(parts, wider))


def read_member(evidence, statement):
    """Return the `Families` that show that a network equals V^n g: one family."""
    problem, network, n, wider = statement.problem, statement.networks[0], statement.level, None
    if evidence["kind"] == "family":
        theory, interfaces = read_theory(problem, evidence.get("family"), evidence, ("family",), True)
        part = Direct(theory, n, 0, (n, 0))
    else:
        _, families, parts, wider = fields(evidence, "evidence", "kind", "families", "parts", optional=("sourceless",))
        wider, [part, *others], [interfaces, *_] = read_parts(problem, families, parts, wider, network)
        if others or (part.first, part.period) != (n, 0):
            raise Malformed("families: expected one, for n")
    return Families([part], wider, maybe(read_interfaces, interfaces, part.theory, network, part.stages[0]) or [])


def read_parts(problem, families, parts, wider, network=None):
    """Return (the problem without a source, None for the problem itself; the `Reduction`s; the interfaces of each); the
    evidence is about all n >= 1, or about a network."""
    wider = maybe(read_problem, wider)
    if (wider or problem).dimension != problem.dimension or (wider or problem).source:
        raise Malformed("sourceless: expected a problem without a source, with as many coordinates")
    if not array(families, "families"):
        raise Malformed("families: expected one at least")
    pairs = zip(families, array(parts, "parts", len(families)), strict=True)
    parts, interfaces = zip(*(read_part(wider or problem, *pair, network is not None) for pair in pairs), strict=True)
    root_of(problem, wider, network, *(part.theory.problem for part in parts))
    return wider, parts, interfaces


def read_part(problem, entry, part, is_member):
    """Return (`Reduction`, interfaces) of an entry of the families and what the evidence has of it."""
    first, period, stages, matrix, offset, family = fields(
        entry, "family", "first", "period", "stages", "matrix", "offset", "family"
    )
    other, rest, levels, back, theory = fields(part, "part", "problem", "rest", "levels", "return", "theory")
    other, d = read_problem(other), problem.dimension
    if other.dimension != d:
        raise Malformed("part: expected a problem with as many coordinates")
    first, period = integer(first, "first", 1, MAX_LEVEL), integer(period, "period", 0, MAX_START)
    stages = row(whole(0, MAX_LEVEL), whole(0, MAX_START))(stages, "stages")
    square = listed(listed(number, d), d)
    components = table(1, whole(0, other.components - 1), whole(0, problem.components - 1), listed(number, d))
    levels = [
        record(Level, level, "level", steps=whole(1, MAX_START), matrix=square, components=components)
        for level in array(levels, "levels")
    ]
    if not 0 < len(levels) <= MAX_START:
        raise Malformed(f"levels: expected 1 to {MAX_START}")
    theory, interfaces = read_theory(other, family, theory, (), is_member, min(stages[0], 1))
    if type(theory) is not Functionals:
        raise Malformed("family: expected one of functionals")
    place = square(matrix, "matrix"), numbers(offset, "offset", d)
    rest, back = integer(rest, "rest", 0, MAX_START), integer(back, "return", 0, len(levels) - 1)
    return Reduction(problem, theory, first, period, stages, place, rest, levels, back), interfaces


# --------------------------------------------------------------------------------------------------------- DRIVERS
#
# Nothing from here on has to be trusted: it chooses the steps of proofs, and the kernel takes them or not.


def by_weights(kernel, question):
    """Close the goal  form >= 0  of a question about the inputs."""
    weights = positive_weights(question.known, question.goal.form)
    if weights is None:
        raise Invalid("two simplices of the seed give different values where they meet")
    kernel.close([(k + 1, weight) for k, weight in weights])


def everywhere(kernel, question):
    """Prove that functions by cases add up to 0: in the plane and on the line along their cells, in space by splits."""
    if question.inputs > 2:
        Ladder(kernel, question, None).prove()
        return
    domain = Domain(None, [(None, None)] * question.inputs, question.inputs)
    for goal in question.goal.goals:
        kernel.each()
        Enumeration(kernel, question._replace(goal=goal), domain, *grid_tree(question)).prove()
    kernel.each()


MAX_LINES = 40
"""The most lines of a grid in a direction."""


def grid_tree(question):
    """Return (lines, tree) of the plane, or the line, cut along a grid where the cells of functions by cases are."""
    size, places = question.inputs, []
    cells = [cell for node in question.nodes if type(node) is Cases for cell, _ in node.cells]
    pairs = (pair for cell in cells for pair in combinations([as_line(form, size) for form in cell], 2))
    corners = [corner for corner in starmap(crossing, pairs) if corner and all(map(is_rational, corner))]
    for axis in range(size):
        own = [corner[axis] for corner in corners] or [0]
        low, high = min(own), max(own)
        step = max(Fraction(1, 4), (high - low) / MAX_LINES)
        places.append([k * step for k in range(ceil(low / step), floor(high / step) + 1) if k])
    lines, numbers = [], {}
    for axis, own in enumerate(places):
        for place in own:
            numbers[axis, place] = len(lines)
            entries = [0] * size + [-place.numerator]
            entries[axis] = place.denominator
            lines.append(tuple(entries))

    def tree(left):
        axis = next((axis for axis in range(size) if left[axis]), None)
        if axis is None:
            return [-1]
        middle = len(left[axis]) // 2
        halves = [[*left[:axis], part, *left[axis + 1 :]] for part in (left[axis][:middle], left[axis][middle + 1 :])]
        return [numbers[axis, left[axis][middle]], *tree(halves[0]), *tree(halves[1])]

    sides = [([t for t in own if t < 0], [t for t in own if t > 0]) for own in places]
    return lines, [entry for parts in product(*sides) for entry in tree(list(parts))]


def positive_weights(facts, goal):
    """Return [(index, weight > 0)] with which facts add up to the goal but for a constant >= 0, or None.

    The simplex method with Bland's rule: one row for each key, and artificial variables that have to vanish.
    """
    keys = sorted({key for form in (*facts, goal) for key, _ in form} | {ONE})
    columns = [dict(form) for form in facts] + [{ONE: 1}]  # the last column is the constant that is left over
    right = dict(goal)
    rows = []
    for key in keys:
        row = [exact(column.get(key, 0)) for column in columns] + [exact(right.get(key, 0))]
        rows.append([-entry for entry in row] if row[-1] < 0 else row)
    size, basis = len(columns), [None] * len(rows)  # None: the artificial variable of the row
    while True:
        open_rows = [row for row, column in zip(rows, basis, strict=True) if column is None]
        gains = [sum(row[j] for row in open_rows) for j in range(size + 1)]
        if gains[-1] == 0:
            break
        j = next((j for j in range(size) if gains[j] > 0), None)
        if j is None:
            return None
        _, _, i = min(
            (row[-1] / row[j], size if basis[i] is None else basis[i], i) for i, row in enumerate(rows) if row[j] > 0
        )
        pivot = [entry / rows[i][j] for entry in rows[i]]
        rows = [
            pivot if k == i else [a - row[j] * b for a, b in zip(row, pivot, strict=True)] for k, row in enumerate(rows)
        ]
        basis[i] = j
    return [(j, row[-1]) for j, row in zip(basis, rows, strict=True) if j is not None and j < size - 1 and row[-1]]


class Ladder:
    """Proves goals about keys that lie between forms in earlier ones, node by node.

    A unit of no sign becomes a symbol, between 0 and the largest value of its argument in the first ``fixed`` keys; or
    else, if there is none of these, the proof is split where it changes its sign.
    """

    def __init__(self, kernel, question, fixed):
        self.kernel, self.nodes, self.fixed = kernel, question.nodes, fixed
        self.goals, self.seen = question.goal.goals, {}
        needed = {goal.node if type(goal) is Same else goal.form[0][0] for goal in self.goals}
        for k in range(len(self.nodes) - 1, question.inputs - 1, -1):
            needed.update(references(self.nodes[k]) if k in needed else ())
        self.needed = sorted(k for k in needed if k >= question.inputs)
        self.splits, self.products, self.inputs = 0, question.products, question.inputs
        self.facts, self.ends, self.reasons = [], {}, {}
        for form in question.known:
            self.add(form)

    def add(self, form):
        """Take a form that the kernel knows to be >= 0 as a bound of its last key."""
        self.facts.append(form)
        if form:
            key, weight = max(form)
            self.ends[key, weight > 0] = len(self.facts), dict(form)

    def weights(self, form, last=ONE):
        """Return (weights, form left in the keys up to ``last``) with which a form is least, None if it has no least
        value."""
        rest, found = dict(form), []
        while rest and max(rest) > last:
            key = max(rest)
            entry = rest[key]
            if (key, entry > 0) not in self.ends:
                return None
            number, fact = self.ends[key, entry > 0]
            factor = exact(entry) / fact[key]
            found.append((number, factor))
            for k, weight in fact.items():
                rest[k] = rest.get(k, 0) - factor * weight
            rest = {k: weight for k, weight in rest.items() if weight}
        return found, tuple(rest.items())

    def shown(self, *forms):
        """Return (index, weights) that show that one of the forms is >= 0, or None."""
        for index, form in enumerate(forms):
            found = self.weights(form)
            if found is not None and all(weight >= 0 for _, weight in found[1]):
                return index, found[0]
        for index, form in enumerate(forms):
            found = self.balanced(form)
            if found is not None:
                return index, found
        return None

    def balanced(self, form):
        """Return weights that show that a form is >= 0, or None; with symbols only those of facts about its keys."""
        keys, near = {key for key, _ in form} | {ONE, *range(self.fixed or 0)}, range(len(self.facts))
        if self.fixed is not None:
            if max(keys) < self.inputs:
                return None
            near = [k for k in near if keys.issuperset(key for key, _ in self.facts[k])]
        found = positive_weights([self.facts[k] for k in near], form)
        return None if found is None else [(near[k] + 1, weight) for k, weight in found]

    def prove(self, start=0):
        """Prove all goals, from entry ``start`` of the needed nodes on."""
        kernel = self.kernel
        for k in self.needed[start:]:
            if type(self.nodes[k]) is Affine:
                kernel.aff(k)
                continue
            if type(self.nodes[k]) is Times:
                self.multiply(k, self.nodes[k])
                continue
            if type(self.nodes[k]) is Cases:
                form = self.case(k, self.nodes[k].cells)
            else:
                form = self.unit(k, kernel.argument(k))
            if form is not None:
                self.split(k, form)
                return
        for goal in self.goals:
            kernel.each()
            if type(goal) is Same:
                gap = kernel.form(goal.node)
                ends = [self.shown(form) for form in (gap, opposite(gap))] if gap else []
                kernel.done(*(end[1] for end in ends if end is not None))
                continue
            form = kernel.form(goal.form[0][0])
            found = self.shown(form)
            if found is None:
                raise Invalid("a value may be negative")
            kernel.close(found[1])
        kernel.each()

    def unit(self, k, form):
        """Give a unit with this argument its form, or make it a symbol, or return the form along which to split."""
        found = self.shown(form, opposite(form))
        if found is not None:
            (self.kernel.off if found[0] else self.kernel.on)(k, found[1])
        elif self.fixed is None:
            return form
        else:
            self.symbol(k, form)
        return None

    def case(self, k, cells):
        """Give a function by cases its form, or return the form along which to split."""
        for i, (conditions, value) in enumerate(cells):
            shown = []
            for form in conditions if (k, i) not in self.reasons else ():
                found = self.shown(form, opposite(form))
                if found is None:
                    return form
                shown.append((found[1], 1))
                if found[0]:
                    self.reasons[k, i] = self.apart(conditions, value)
                    break
            if len(shown) == len(conditions) and (k, i) not in self.reasons:
                self.kernel.inside(k, i, shown)
                return None
        more = self.kernel.next_fact()
        reasons = [self.reasons[k, i] or self.apart(*cell) for i, cell in enumerate(cells)]
        if None in reasons:
            raise Invalid("a function by cases does not vanish at the end of a cell")
        self.kernel.outside(k, [
            [([*known, *((more + j, weight) for j, weight in own)], 1) for known, own in reason] for reason in reasons
        ])
        return None

    def apart(self, conditions, value):
        """Return [(weights of facts, of conditions)] that show that a cell is apart, or that its form is 0 there, or
        None."""
        size, facts = len(self.facts), (*self.facts, *conditions)
        for goals in ([((ONE, -1),)], [value, opposite(value)]):
            found = [positive_weights(facts, goal) for goal in goals]
            if None not in found:
                return [(
                    [(k + 1, weight) for k, weight in weights if k < size],
                    [(k - size, weight) for k, weight in weights if k >= size],
                ) for weights in found]
        return None

    def multiply(self, k, node):
        """Give a product its form if there is one, or else bounds: the parameter times those of the other factor."""
        kernel, parameter, form = self.kernel, self.kernel.form(node.by), self.kernel.form(node.of)
        known = {key for theta, key, _ in self.products if ((theta, 1),) == parameter} | {ONE}
        if all(key == ONE for key, _ in parameter) or all(key in known for key, _ in form):
            kernel.mul(k)
            return
        more = self.shown(parameter)
        for sign in (1, -1) if more is not None else ():
            found = self.weights(total([(sign, form)]), max(known))
            if found is not None and all(key in known for key, _ in found[1]):
                kernel.times(k, sign, found[1], found[0], more[1])
                least = product_form({(theta, key): value for theta, key, value in self.products}, parameter, found[1])
                self.add(total([(sign, ((k, 1),)), (-1, least)]))

    def split(self, k, form):
        """Prove the goals where the argument of a unit is >= 0, and where it is <= 0."""
        size, ends, reasons = len(self.facts), dict(self.ends), dict(self.reasons)
        self.splits += 1
        if self.splits > MAX_CUTS:
            raise Invalid(f"a piece would have to be cut more than {MAX_CUTS} times")
        self.kernel.split(form)
        for half in (form, opposite(form)):
            self.add(half)
            self.prove(self.needed.index(k))
            del self.facts[size:]
            self.ends, self.reasons = dict(ends), dict(reasons)

    def symbol(self, k, form):
        """Make a unit a multiple of one that was seen, or a symbol with its bounds."""
        line, factor = primitive(form)
        if line in self.seen:
            j, other = self.seen[line]
            self.kernel.scale(k, j, quotient(factor, other))
            if factor * other > 0:
                return
        else:
            self.seen[line] = k, factor
            self.kernel.low(k)
            self.add(((k, 1),))
            self.facts.append(minus(((k, 1),), form))
        found = self.weights(opposite(form), self.fixed - 1)
        if found is not None:
            weights, rest = found
            most = opposite(rest)
            known = self.shown(most)
            if known is not None:
                self.kernel.up(k, most, known[1], weights)
                own = self.kernel.form(k)
                (self.add if own == ((k, 1),) else self.facts.append)(minus(most, own))


class Polygon:
    """A convex polygon of the plane of two coordinates that contains no line.

    ``vertices`` are counterclockwise, made of integers, (X, Y, W) for (X/W, Y/W), an integer W > 0, or with W = 0 for
    the ideal point of the rays in direction (X, Y). The finite ones are ``points`` over the common ``scale``, the rest
    ``rays``. Side i, from vertex i to vertex i + 1, is (the number of the fact that its form is >= 0, form); the number
    is 0 where there is none. ``corners`` are the finite vertices: what `weights` needs of them.
    """

    def __init__(self, vertices, sides):
        self.vertices, self.sides = vertices, sides
        self.corners, self._ranges, self._weights = [], {}, {}
        finite = [vertex for vertex in vertices if vertex[2]]
        self.scale = lcm(*(W for _, _, W in finite))
        self.points = [(X * (self.scale // W), Y * (self.scale // W)) for X, Y, W in finite]
        self.rays = [(X, Y) for X, Y, W in vertices if not W]
        for i, vertex in enumerate(vertices):
            if vertex[2]:
                (m, (a, b, _)), (n, (c, d, _)) = sides[i - 1], sides[i]
                self.corners.append((m, a, b, n, c, d, a * d - b * c))

    def values(self, form):
        """Return W times the values of a form (a, b, c) at the vertices."""
        a, b, c = form
        return [a * X + b * Y + c * W for X, Y, W in self.vertices]

    def range(self, a, b, c):
        """Return ``scale`` times the ends of the range of a x + b y + c, None for infinity."""
        if (a, b) not in self._ranges:
            values, slopes = [a * x + b * y for x, y in self.points], [a * X + b * Y for X, Y in self.rays] or [0]
            self._ranges[a, b] = None if min(slopes) < 0 else min(values), None if max(slopes) > 0 else max(values)
        low, high = self._ranges[a, b]
        shift = c * self.scale
        return None if low is None else low + shift, None if high is None else high + shift

    def weights(self, a, b):
        """Return (weights, scale): scale * (a x + b y) is the weighted sum of two sides, but for a constant."""
        if (a, b) not in self._weights:
            self._weights[a, b] = self._combination(a, b)
        return self._weights[a, b]

    def _combination(self, a, b):
        for m, p, q, n, r, s, scale in self.corners:
            first, second = a * s - b * r, p * b - q * a
            if first >= 0 and second >= 0:
                return [(k, weight) for k, weight in ((m, first), (n, second)) if weight], scale
        raise Invalid("a form is not bounded from below")

    def beyond(self, *lines):
        """Return [(weights, scale)], once or twice as `Kernel.outside` wants it, that show that the last form is 0
        where the polygon meets the cell on which the others are >= 0; [] if the cell contains the polygon, None if
        neither is the case. The weights of condition j of the cell are those of the fact -1 - j.
        """
        *lines, value = lines
        rest, ends = self, []
        for j in sorted(range(len(lines)), key=lambda j: max(self.values(lines[j]))):
            low, high = rest.range(*lines[j])
            if low is not None and low >= 0:
                continue
            if high is None or high > 0:
                rest = rest.part(lines[j], -1 - j)
                continue
            ends.append(j)
            if high < 0:
                break
        if not ends:
            return [] if rest is self else None
        a, b, c = line = [sum(entries) for entries in zip(*(lines[j] for j in ends), strict=True)]  # <= 0 on the rest
        high = rest.range(a, b, c)[1]
        if high < 0:
            weights, scale = rest.weights(-a, -b)
            return [([*weights, *((-1 - j, scale) for j in ends)], quotient(-high * scale, rest.scale))]
        pairs = list(zip(rest.values(line), rest.values(value), strict=True))
        if any(height for level, height in pairs if not level):
            return None
        slope = max((quotient(abs(height), -level) for level, height in pairs if level), default=0)
        found = [rest.weights(sign * value[0] - slope * a, sign * value[1] - slope * b) for sign in (1, -1)]
        return [([*weights, *((-1 - j, scale * slope) for j in ends)], scale) for weights, scale in found]

    def part(self, line, fact):
        """Return the part where a line's form, which takes both signs, is >= 0; ``fact`` is the number of that."""
        values, vertices, sides = self.values(line), [], []
        size = len(values)
        for i in range(size):
            j = (i + 1) % size
            if values[i] > 0 or (values[i] == 0 and values[j] > 0):
                vertices.append(self.vertices[i])
                sides.append(self.sides[i])
            elif values[i] == 0 and values[i - 1] > 0:
                vertices.append(self.vertices[i])
                sides.append((fact, line))
            if values[i] * values[j] < 0:
                s, t = abs(values[j]), abs(values[i])
                entries = [s * x + t * y for x, y in zip(self.vertices[i], self.vertices[j], strict=True)]
                vertices.append(shortened(entries))
                sides.append((fact, line) if values[i] > 0 else self.sides[i])
        return Polygon(vertices, sides)

    def text(self):
        """Return the polygon as text for a reason."""
        return ", ".join(
            f"({short(exact(X) / W)}, {short(exact(Y) / W)})" if W else f"direction ({short(X)}, {short(Y)})"
            for X, Y, W in self.vertices
        )


def shortened(entries):
    """Return (X, Y, W) for the same point as such ``entries``, W >= 0, with coprime integers or an integer W."""
    if Surd not in map(type, entries):
        divisor = gcd(*entries)
        return tuple(entry // divisor for entry in entries)
    X, Y, W = entries
    if not W:
        return X, Y, 0
    x, y = exact(X) / W, exact(Y) / W
    scale = lcm(x.denominator, y.denominator)
    return cleared(x, scale), cleared(y, scale), scale


def plain(number):
    """Return a rational that is an integer as an int, and any other number as it is."""
    return number.numerator if type(number) is Fraction and number.denominator == 1 else number


def quotient(number, other):
    """Return the quotient of two numbers, as an int if it is an integer."""
    if type(number) is int and type(other) is int:
        return Fraction(number, other) if number % other else number // other
    return plain(number / other)


def crosses(values):
    """Return whether a form with these values takes both signs."""
    return min(values) < 0 < max(values)


class State(NamedTuple):
    """What is known on a polygon: nodes that are still open, translates that are, and the numbers of facts {key: …}
    that keys are >= 0 and {key: (bound, …)} that they are at most so much."""

    polygon: Polygon
    pending: list
    translates: list
    lows: dict
    highs: dict


class Enumeration:
    """Proves a question about a domain of one or two coordinates by cases, along a tree of cuts.

    On each polygon every node that still matters gets a form in the coordinates and in open units, that is, units whose
    sign is not known there. A leaf where the goal does not follow from that is cut further along the zeros of a unit.
    """

    def __init__(self, kernel, question, domain, lines, tree, progress=None):
        self.kernel, self.lines, self.tree, self.progress = kernel, lines, tree, progress
        self.nodes, self.size, self.goal, self.box = question.nodes, question.inputs, question.goal, domain.box
        self.target = question.goal.node if type(question.goal) is Same else question.goal.form[-1][0]
        self.cells = {
            k: [[as_line(form, self.size) for form in (*conditions, value)] for conditions, value in node.cells]
            for k, node in enumerate(self.nodes) if type(node) is Cases
        }
        needed, pending = {self.target}, []
        for k in range(len(self.nodes) - 1, self.size - 1, -1):
            if k in needed:
                pending.append(k)
                needed.update(references(self.nodes[k]))
        pending.reverse()
        self.plain = [k for k in pending if k not in self.cells]
        self.sources = {k: frozenset(references(self.nodes[k])) for k in self.plain}
        self.cases = [(k, [None] * len(self.cells[k])) for k in pending if k in self.cells]

    def prove(self):
        """Make the kernel prove the goal."""
        self.position = 0
        for polygon in self.regions():
            self.position = self.walk(polygon, self.position)
        if self.position < len(self.tree):
            raise Invalid(f"tree entry {self.position}: the domain is covered before")

    def regions(self):
        """Yield the polygons whose trees follow each other: the box, cut at 0 where a coordinate has no bound."""
        known, spans = 1, []
        for low, high in self.box:
            below = above = 0
            if low is not None:
                below, known = known, known + 1
            if high is not None:
                above, known = known, known + 1
            spans.append((low, high, below, above))
        if self.size == 1:
            spans.append((0, 1, 0, 0))
        yield from self._regions(spans, 0)

    def _regions(self, spans, axis):
        if axis == self.size:
            yield rectangle(*spans)
            return
        low, high, _, _ = spans[axis]
        if low is not None or high is not None:
            yield from self._regions(spans, axis + 1)
            return
        fact = self.kernel.next_fact()
        self.kernel.split(((axis, -1),))
        for span in ((None, 0, 0, fact), (0, None, fact, 0)):
            yield from self._regions([*spans[:axis], span, *spans[axis + 1 :]], axis + 1)

    def walk(self, polygon, position):
        """Prove the goal on a polygon by the tree that begins with entry ``position``; return where it ends."""
        stack = [(polygon, self.plain, self.cases, {}, {})]
        while stack:
            state = self.enter(State(*stack.pop()))
            if position == len(self.tree):
                raise Invalid(f"the tree ends before its leaves cover the domain: next is {state.polygon.text()}")
            entry = self.tree[position]
            if self.progress is not None:
                self.progress(position, len(self.tree))
            position += 1
            if entry >= 0:
                line = self.lines[entry] if self.size == 2 else (self.lines[entry][0], 0, self.lines[entry][1])
                if not crosses(state.polygon.values(line)):
                    where = state.polygon.text()
                    raise Invalid(f"tree entry {position - 1}: the line does not cut the polygon {where}")
                stack += reversed(self.cut(state, tuple(-entry for entry in line)))
                continue
            try:
                self.leaf(state)
            except Invalid as error:
                raise Invalid(f"tree entry {position - 1}, the polygon {state.polygon.text()}: {error}") from None
        return position

    def cut(self, state, line):
        """Split the goal along a line; return what is known on the part where its form is >= 0, and on the other."""
        fact = self.kernel.next_fact()
        self.kernel.split(self.as_form(line))
        return [
            (state.polygon.part(half, fact), *state[1:]) for half in (line, tuple(-entry for entry in line))
        ]

    def as_form(self, line):
        """Return the form of a line (a, b, c)."""
        return tuple((key, weight) for key, weight in zip((0, 1, ONE), line, strict=True) if weight)

    def leaf(self, state):
        """Prove the goal on a polygon, which is cut further if need be."""
        cuts, stack = 0, [state]
        while stack:
            state = stack.pop()
            state = self.settle(State(*state))
            line = self.finish(state)
            if line is None:
                continue
            cuts += 1
            if cuts > MAX_CUTS:
                raise Invalid(f"it would have to be cut more than {MAX_CUTS} times")
            stack += reversed(self.cut(state, line))

    def finish(self, state):
        """Prove the goal on a polygon, or return a line along which it has to be cut before."""
        form = self.kernel.form(self.target)
        if type(self.goal) is Same:
            a, b, c, others = self.parsed(form)
            if not form:
                self.kernel.done()
                return None
            if not others and not any(state.polygon.values((a, b, c))):  # a segment or a point
                self.kernel.done(*(self.weights(state, a, b, (), sign) for sign in (1, -1)))
                return None
            line = self.line(state, form)
            if line is None:
                raise Invalid(f"the difference is {self.text(form)}")
            return line
        parts = [(weight, ((ONE, 1),) if key == ONE else form) for key, weight in self.goal.form]
        wanted = total(parts)
        a, b, c, others = self.parsed(wanted)
        low, _ = self.ranged(others, *state.polygon.range(a, b, c))
        if low is not None and low >= 0:
            self.kernel.close(*self.shown(state, a, b, others, 1))
            return None
        line = self.line(state, form)
        if line is None:
            raise Invalid(f"{self.text(wanted)} is not >= 0")
        return line

    def text(self, form):
        """Return a form as text for a reason."""
        names = {ONE: "", **{k: " * " + "xy"[k] for k in range(self.size)}}
        return " + ".join(short(weight) + names.get(key, f" * node {key}") for key, weight in form) or "0"

    def enter(self, state):
        """Give the nodes whose arguments have forms in the coordinates such forms themselves, where their signs are
        known on a polygon; return the state with those that remain open, as far as they matter."""
        kernel, nodes, sources, self.bounds = self.kernel, self.nodes, self.sources, {}
        translates = self.translate(state)
        opened = {k for k, _ in translates}
        for k in state.pending:
            node = nodes[k]
            if type(node) is Affine:
                if opened.isdisjoint(sources[k]):
                    kernel.aff(k)
                else:
                    opened.add(k)
            elif node.of in opened or not self.has_sign(state, k, kernel.argument(k)):
                opened.add(k)
        needed, left = {self.target}, []
        for k in reversed(state.pending):
            if k in needed and k in opened:
                left.append(k)
                needed |= sources[k]
        left.reverse()
        return state._replace(pending=left, translates=translates)

    def settle(self, state):
        """Give all nodes that matter their forms on a polygon, in coordinates and open units; return the state with
        those that remain open."""
        kernel, nodes = self.kernel, self.nodes
        state = state._replace(lows=dict(state.lows), highs=dict(state.highs), translates=self.translate(state))
        self.bounds, seen = {}, {}
        for k in state.pending:
            if type(nodes[k]) is Affine:
                kernel.aff(k)
                continue
            form = kernel.argument(k)
            if not self.has_sign(state, k, form):
                self.unit(k, form, seen)
        needed, left = {self.target}, []
        for k in reversed(state.pending):
            if k in needed:
                form = kernel.form(k)
                keys = [key for key, _ in form if key >= self.size]
                if keys:
                    left.append(k)
                    needed |= self.sources[k]
                    needed.update(keys)
        left.reverse()
        return state._replace(pending=left)

    # open units

    def has_sign(self, state, k, form):
        """Return whether a form, the argument of a unit, has one sign on a polygon; the unit then has it, or 0.

        An open unit gets a bound, an integer over the scale of the polygon, or None.
        """
        a, b, c, others = self.parsed(form)
        low, high = state.polygon.range(a, b, c)
        if others:
            low, high = self.ranged(others, low, high)
        if low is not None and low >= 0:
            self.kernel.on(k, *self.shown(state, a, b, others, 1))
        elif high is not None and high <= 0:
            self.kernel.off(k, *self.shown(state, a, b, others, -1))
        else:
            self.bounds[k] = high
            return False
        return True

    def ranged(self, others, low, high):
        """Return the ends of a range to which a weighted sum of open units is added."""
        for key, weight in others:
            bound = self.bounds.get(key)
            if weight < 0:
                low = None if low is None or bound is None else low + weight * bound
            else:
                high = None if high is None or bound is None else high + weight * bound
        return low, high

    def shown(self, state, a, b, others, sign):
        """Return (weights, scale) that show that sign times a form is >= 0 on the polygon, as its range says."""
        weights, scale = state.polygon.weights(sign * a, sign * b)
        if not others:
            return weights, scale
        return weights + [
            (self.low_fact(state, key) if sign * weight > 0 else self.high_fact(state, key), scale * abs(weight))
            for key, weight in others
        ], scale

    def weights(self, state, a, b, others, sign):
        """Return the weights of `shown` for the scale 1."""
        weights, scale = self.shown(state, a, b, others, sign)
        return [(fact, quotient(weight, scale)) for fact, weight in weights]

    def unit(self, k, form, seen):
        """Make an open unit a multiple of one that was ``seen`` already {argument: (unit, factor)}, or itself."""
        line, factor = primitive(form)
        if line in seen:
            j, other = seen[line]
            self.kernel.scale(k, j, quotient(factor, other))
            return
        seen[line] = k, factor
        if self.kernel.form(k) != ((k, 1),):
            self.kernel.sym(k)

    def parsed(self, form):
        """Return (a, b, c, other terms) of a form."""
        a = b = c = 0
        others = ()
        for key, weight in form:
            if key == ONE:
                c = weight
            elif key == 0:
                a = weight
            elif key < self.size:
                b = weight
            else:
                others += ((key, weight),)
        return a, b, c, others

    def low_fact(self, state, k):
        """Return the number of the fact that an open unit is >= 0."""
        if k not in state.lows:
            state.lows[k] = self.kernel.next_fact()
            self.kernel.low(k)
        return state.lows[k]

    def high_fact(self, state, k):
        """Return the number of the fact that an open unit is at most its bound."""
        bound = quotient(self.bounds[k], state.polygon.scale)
        if k not in state.highs or state.highs[k][0] > bound:
            a, b, _, others = self.parsed(self.kernel.argument(k))
            weights = self.weights(state, a, b, others, -1)
            state.highs[k] = bound, self.kernel.next_fact()
            self.kernel.up(k, ((ONE, bound),), (), weights)
        return state.highs[k][1]

    def line(self, state, form):
        """Return a line along which the polygon has to be cut for the form of the target to become affine, or None.

        It is a side of a cell, or else the zeros of the unit that occurs in most arguments of others.
        """
        for key, _ in form:
            for *lines, _ in self.cells.get(key, ()):
                line = next((line for line in lines if crosses(state.polygon.values(line))), None)
                if line is not None:
                    return line
        uses, lines = {}, {}
        for k in state.pending:
            if type(self.nodes[k]) is Relu:
                argument = self.kernel.argument(k)
                others = self.parsed(argument)[3]
                for key, _ in others:
                    uses[key] = uses.get(key, 0) + 1
                if not others:
                    lines[k] = as_line(integral(argument), self.size)
        order = sorted(lines, key=lambda k: uses.get(k, 0), reverse=True)
        return next((line for line in map(lines.get, order) if crosses(state.polygon.values(line))), None)

    # translates of the seed

    def translate(self, state):
        """Give the functions by cases their forms on a polygon where that is possible; return those that are open, with
        what shows of their cells, as far as they do, that they matter nowhere on the polygon."""
        kernel, polygon, left = self.kernel, state.polygon, []
        for k, reasons in state.translates:
            reasons = [reason or polygon.beyond(*cell) for reason, cell in zip(reasons, self.cells[k], strict=True)]
            fact, inner = kernel.next_fact(), reasons.index([]) if [] in reasons else None
            if inner is not None:
                *lines, _ = self.cells[k][inner]
                kernel.inside(k, inner, [polygon.weights(*line[:2]) for line in lines])
            elif None in reasons:
                left.append((k, reasons))
            else:
                kernel.outside(k, [[
                    ([(number if number > 0 else fact - 1 - number, weight) for number, weight in weights], scale)
                    for weights, scale in reason
                ] for reason in reasons])
        return left


def primitive(form):
    """Return (line, factor): form = factor * line, equal lines for forms that are multiples of each other."""
    form = sorted(form)
    kinds, lead, denominator = {type(weight) for _, weight in form}, form[-1][1], 1
    if Surd in kinds:
        return tuple([(key, weight / exact(lead)) for key, weight in form]), lead
    if Fraction in kinds:
        denominator = lcm(*[weight.denominator for _, weight in form])
        form = scaled(denominator, form)
    divisor = gcd(*[weight for _, weight in form]) * (1 if lead > 0 else -1)
    return tuple([(key, weight // divisor) for key, weight in form]), quotient(divisor, denominator)


def rectangle(first, second):
    """Return the `Polygon` of two intervals (low, high, facts), each with one end at least."""
    (x0, x1, fx0, fx1), (y0, y1, fy0, fy1) = first, second

    def corner(x, y):
        scale = lcm(x.denominator, y.denominator)
        return cleared(x, scale), cleared(y, scale), scale

    def edge(axis, sign, end, fact):
        form = [0, 0, -sign * cleared(end, end.denominator)]
        form[axis] = sign * end.denominator
        return fact, tuple(form)

    left, right = (None if x is None else (x, f, s) for x, f, s in ((x0, fx0, 1), (x1, fx1, -1)))
    low, high = (None if y is None else (y, f, s) for y, f, s in ((y0, fy0, 1), (y1, fy1, -1)))
    order = [(1, low), (0, right), (1, high), (0, left)]
    vertices, sides = [], []
    for i, (axis, side) in enumerate(order):
        before = order[i - 1][1]
        if side is None:
            continue
        if before is not None:
            ends = {axis: side[0], 1 - axis: before[0]}
            vertices.append(corner(ends[0], ends[1]))
        else:  # the side comes from infinity, against the direction in which it is run through
            vertices.append(tuple(-entry for entry in ALONG[i]))
        sides.append(edge(axis, side[2], side[0], side[1]))
        if order[(i + 1) % 4][1] is None:
            vertices.append(ALONG[i])
            sides.append((0, (0, 0, 1)))
    return Polygon(vertices, sides)


ALONG = ((1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0))
"""The directions in which the lower, right, upper and left side of a rectangle are run through."""


def as_line(form, size):
    """Return the coefficients (a, b, c) of a form in the coordinates."""
    terms = dict(form)
    return terms.get(0, 0), terms.get(1, 0) if size == 2 else 0, terms.get(ONE, 0)


def crossing(one, other):
    """Return the point where two lines meet, None for parallel ones."""
    (a, b, c), (p, q, r) = one, other
    W = a * q - b * p
    return (exact(b * r - c * q) / W, exact(c * p - a * r) / W) if W else None


def main(arguments):
    """Check the file named by the only argument, print the answer and return the exit code."""
    if len(arguments) != 1:
        print("usage: python checker.py CERTIFICATE (- is standard input)", file=sys.stderr)
        return 2
    try:
        valid, statement, reason = check_file(arguments[0])
    except KeyboardInterrupt:
        print("interrupted: nothing was decided", file=sys.stderr)
        return 3
    if valid is None:
        print(f"cannot be read: {reason}", file=sys.stderr)
        return 2
    print(f"valid: {statement}" if valid else f"invalid: {reason}")
    return 0 if valid else 1


def listen():
    """Let SIGTERM and SIGHUP, unless they are ignored, end the program as Ctrl-C does."""
    for signum in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(signum) == signal.SIG_DFL:
            signal.signal(signum, signal.default_int_handler)


if __name__ == "__main__":
    listen()
    sys.exit(main(sys.argv[1:]))
