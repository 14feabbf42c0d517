"""Properties in files: the queries of VNN-LIB 1.0, and JSON objects with an inequality or an argmax.

A VNN-LIB query asks for a point of a box with inputs X_0, X_1, … and outputs Y_0, Y_1, …; the property is that there is
none ("unsat"). Taken are ``declare-const`` of reals, and assertions made of ``and``, ``or``, ``<=``, ``>=`` and linear
terms with ``+``, ``-`` and ``*``. Decimals are exact.
"""

import re

from exactrelu.errors import InputError
from exactrelu.field import parse
from exactrelu.jsonio import decoded, parse_json, read_bytes
from exactrelu.planar.properties import And, Atom, Or, Property
from exactrelu.streams import input_name

MAX_BYTES = 16 * 2**20
"""The longest file, in bytes."""

MAX_DEPTH, MAX_ATOMS, MAX_VARIABLES = 60, 10_000, 10_000
"""The deepest nesting, and the most inequalities and numbers of variables."""

_TOKEN = re.compile(r"[()]|[^\s();|\"]+")
_VARIABLE = re.compile(r"([XY])_([0-9]{1,6})")


def read_property(path):
    """Return the `Property` in a VNN-LIB or JSON file; raises `InputError` with the file and the reason.

    >>> import tempfile
    >>> from exactrelu import Network, prove, read_property
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(f"{folder}/p.vnnlib", "w") as stream:
    ...         _ = stream.write("(declare-const X_0 Real)(declare-const Y_0 Real)"
    ...                          "(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= Y_0 2.5))")
    ...     bool(prove(Network(1, [], [0]), read_property(f"{folder}/p.vnnlib")))
    True
    """
    where = input_name(path)
    source = decoded(read_bytes(path, MAX_BYTES), where)
    return _of_json(parse_json(source, where), where) if source.lstrip()[:1] == "{" else _of_vnnlib(source, where)


def _of_json(data, where):
    """Return the `Property` of a JSON object: box, and output with at_most or at_least, or largest with outputs."""
    if data.get("format") != "exactrelu-property/1":
        raise InputError(f'{where}: expected "format": "exactrelu-property/1"')
    keys = {key for key in data if key not in ("format", "box")}
    box = data.get("box")
    if box is not None:
        if not isinstance(box, list) or not all(isinstance(side, list) and len(side) == 2 for side in box):
            raise InputError(f'{where}: box: expected a pair for each input, such as [["-1", "1"], ["0", "1/2"]]')
        box = [tuple(parse(end, f"{where}: box[{k}]") for end in side) for k, side in enumerate(box)]
    if keys in ({"output", "at_most"}, {"output", "at_least"}):
        (name,) = keys - {"output"}
        make = Property.at_most if name == "at_most" else Property.at_least
        return make(_count(data, "output", where), parse(data[name], f"{where}: {name}"), box)
    if keys == {"largest", "outputs"}:
        return Property.largest(_count(data, "largest", where), _count(data, "outputs", where, 1), box)
    raise InputError(f"{where}: expected output with at_most or at_least, or largest with outputs, beside box")


def _count(data, name, where, low=0):
    value = data[name]
    if type(value) is not int or not low <= value <= MAX_VARIABLES:
        raise InputError(f"{where}: {name}: expected an integer from {low} to {MAX_VARIABLES}")
    return value


def _of_vnnlib(source, where):
    """Return the `Property` of a VNN-LIB 1.0 text."""
    return _Reader(where).query(_expressions(re.sub(r";[^\n]*", "", source), where))


def _expressions(source, where):
    """Return the nested lists of words that a text of S-expressions stands for."""
    left = re.sub(_TOKEN, "", source).strip()
    if left:
        raise InputError(f"{where}: {left[0]!r} does not belong in a VNN-LIB query")
    stack = [[]]
    for token in _TOKEN.findall(source):
        if token == "(":
            stack.append([])
            if len(stack) > MAX_DEPTH:
                raise InputError(f"{where}: nested deeper than {MAX_DEPTH}")
        elif token == ")":
            if len(stack) == 1:
                raise InputError(f"{where}: a ) without its (")
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    if len(stack) > 1:
        raise InputError(f"{where}: {len(stack) - 1} parentheses are not closed: is the file complete?")
    return stack[0]


class _Reader:
    """Reads the query of a file, ``where``."""

    def __init__(self, where):
        self.where, self.declared, self.atoms = where, set(), 0

    def fail(self, message):
        raise InputError(f"{self.where}: {message}")

    def query(self, expressions):
        """Return the `Property` of a list of expressions."""
        parts = []
        for expression in expressions:
            name = expression[0] if isinstance(expression, list) and expression else expression
            if name == "declare-const" and len(expression) == 3 and expression[2] == "Real":
                self.declare(expression[1])
            elif name == "assert" and len(expression) == 2:
                parts.append(self.formula(expression[1]))
            else:
                said = _shown(expression)
                self.fail(f"expected declare-const of a Real, or assert, got {said} (VNN-LIB 1.0 is read)")
        inputs = {k for letter, k in self.declared if letter == "X"}
        if inputs != set(range(len(inputs))) or not inputs:
            self.fail("the inputs are X_0, X_1, … without gaps, and there has to be one")
        ends = _ends(And(tuple(parts)))
        box = [(ends.get((k, -1)), ends.get((k, 1))) for k in range(len(inputs))]
        unbounded = [k for k, side in enumerate(box) if None in side]
        if unbounded and any(end is not None for side in box for end in side):
            self.fail(f"X_{unbounded[0]} has no lower or no upper bound: give all inputs bounds, or none")
        rest = [part for part in parts if unbounded or not _is_side(part)]
        bad = rest[0] if len(rest) == 1 else And(tuple(rest))
        return Property(None if unbounded else box, bad)

    def declare(self, name):
        """Take a declaration."""
        found = _VARIABLE.fullmatch(name) if isinstance(name, str) else None
        if not found or int(found[2]) >= MAX_VARIABLES:
            self.fail(f"variables are X_0, …, Y_0, … with numbers below {MAX_VARIABLES}, got {_shown(name)}")
        variable = found[1], int(found[2])
        if variable in self.declared:
            self.fail(f"{name} is declared twice")
        self.declared.add(variable)

    def formula(self, expression):
        """Return the formula of an assertion."""
        name = expression[0] if isinstance(expression, list) and expression else None
        if name in ("and", "or"):
            return (And if name == "and" else Or)(tuple(map(self.formula, expression[1:])))
        if name in ("<", ">"):
            self.fail(f"{name} is not read: VNN-LIB 1.0 has <= and >=")
        if name not in ("<=", ">=") or len(expression) != 3:
            self.fail(f"expected and, or, <= or >= of two terms, got {_shown(expression)}")
        self.atoms += 1
        if self.atoms > MAX_ATOMS:
            self.fail(f"more than {MAX_ATOMS} inequalities")
        first, second = map(self.term, expression[1:])
        difference = _sum(first, second, -1) if name == "<=" else _sum(second, first, -1)
        constant = difference.pop(None, parse(0, ""))
        terms = [item for item in sorted(difference.items()) if item[1]]
        inputs, outputs = (tuple((k, w) for (kind, k), w in terms if kind == letter) for letter in "XY")
        return Atom(inputs, outputs, constant)

    def term(self, expression):
        """Return {variable: weight} of a linear term; None stands for the constant."""
        if isinstance(expression, str):
            found = _VARIABLE.fullmatch(expression)
            if not found:
                return {None: parse(expression, f"{self.where}: a number")}
            variable = found[1], int(found[2])
            if variable not in self.declared:
                self.fail(f"{expression} is not declared")
            return {variable: parse(1, "")}
        name, *terms = expression if expression else [None]
        terms = list(map(self.term, terms)) if name in ("+", "-", "*") else []
        if not terms:
            self.fail(f"expected a number, a variable, or + - * of terms, got {_shown(expression)}")
        total = terms[0]
        if name == "-" and len(terms) == 1:
            return _sum({}, total, -1)
        for other in terms[1:]:
            if name == "*":
                if total.keys() - {None} and other.keys() - {None}:
                    self.fail("a product of two variables is not linear")
                factor, other = (total, other) if not total.keys() - {None} else (other, total)
                total = _sum({}, other, factor.get(None, 0))
            else:
                total = _sum(total, other, 1 if name == "+" else -1)
        return total


def _sum(first, second, factor):
    """Return first + factor · second."""
    total = dict(first)
    for variable, weight in second.items():
        total[variable] = total.get(variable, 0) + factor * weight
    return total


def _is_side(formula):
    """Return whether a formula is a bound of one input."""
    return isinstance(formula, Atom) and len(formula.inputs) == 1 and not formula.outputs


def _ends(formula):
    """Return {(input, −1 or 1): bound from below or above} that the points where a formula is true keep."""
    if isinstance(formula, Atom):
        if not _is_side(formula):
            return {}
        ((k, weight),) = formula.inputs
        return {(k, 1 if weight > 0 else -1): -formula.constant / weight}
    parts = list(map(_ends, formula.parts))
    if isinstance(formula, And):
        keys = set().union(*parts)
    else:
        keys = set.intersection(*map(set, parts)) if parts else set()
    tightest = isinstance(formula, And)
    return {
        key: (min if (key[1] > 0) == tightest else max)(part[key] for part in parts if key in part) for key in keys
    }


def _shown(expression):
    text = str(expression).replace("[", "(").replace("]", ")").replace("'", "").replace(",", "")
    return text if len(text) <= 40 else text[:37] + "..."
