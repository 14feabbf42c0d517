"""Queries of VNN-LIB, versions 1.0 and 2.0: is there a point of a box with inputs and outputs that meet all assertions?

The property is that there is none ("unsat"). Taken are assertions made of ``and``, ``or``, inequalities and linear
terms with ``+``, ``-`` and ``*``. Decimals are exact. Version 1.0 has inputs X_0, X_1, … and outputs Y_0, Y_1, … of one
network; version 2.0 declares networks and their tensors, several if it has to, and has strict inequalities, ``==`` and
``!=``. Equations between inputs are solved: what is left are the inputs that do not follow from others.
"""

import re
from itertools import product
from math import prod

from exactrelu.errors import InputError
from exactrelu.field import mpq, parse
from exactrelu.network.restriction import Slice
from exactrelu.planar.claims import And, Atom, Declared, Or, Property

MAX_DEPTH, MAX_ATOMS, MAX_VARIABLES = 60, 10_000, 10_000
"""The deepest nesting, and the most inequalities and numbers of variables."""

MAX_NETWORKS = 100
"""The most networks of a query."""

MAX_SOLVED = 1000
"""The most inputs of a query that has equations between them."""

_TOKEN = re.compile(r"[()]|[^\s();|\"]+")
_VARIABLE = re.compile(r"([XY])_([0-9]{1,6})")

_BRACKETS = re.compile(r"\s*\[([0-9,\s]*)\]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ELEMENT = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\[([0-9,]*)\])?")
_REALS = {"Real", "float16", "float32", "float64", "bfloat16"}
_VERSION = re.compile(r"\s*\(\s*vnnlib-version\s*<([0-9]+)\.[0-9]+>\s*\)")


def read_query(source, where):
    """Return the `Property` that a VNN-LIB text, of the file ``where``, asks to refute; raises `InputError`."""
    source = re.sub(r";[^\n]*", "", source)
    version = _VERSION.match(source)
    if version is None:
        return _Reader(where).query(_expressions(source, where))
    if version[1] != "2":
        raise InputError(f"{where}: VNN-LIB {version[1]} is not read: 1.0 and 2.0 are")
    # a shape and indices become a part of the word before them
    source = _BRACKETS.sub(lambda found: "[" + re.sub(r"\s*,\s*", ",", found[1].strip()) + "]", source[version.end() :])
    return _Networks(where).query(_expressions(source, where))


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
    """Reads a query of version 1.0 in the file ``where``."""

    def __init__(self, where):
        self.where, self.declared, self.atoms, self.relations = where, set(), 0, ("<=", ">=")

    def fail(self, message):
        raise InputError(f"{self.where}: {message}")

    def query(self, expressions):
        """Return the `Property` of a list of expressions."""
        parts = []
        for expression in expressions:
            name = _head(expression)
            if name == "declare-const" and len(expression) == 3 and expression[2] == "Real":
                self.declare(expression[1])
            elif name == "assert" and len(expression) == 2:
                parts.append(self.formula(expression[1]))
            else:
                said = _shown(expression)
                self.fail(f"expected declare-const of a Real, or assert, got {said} (VNN-LIB 1.0, as no 2.0 is named)")
        inputs = {k for letter, k in self.declared if letter == "X"}
        if inputs != set(range(len(inputs))) or not inputs:
            self.fail("the inputs are X_0, X_1, … without gaps, and there has to be one")
        return self.claim(parts, [f"X_{k}" for k in range(len(inputs))])

    def claim(self, assertions, names, networks=()):
        """Return the `Property` that some assertions about inputs with these names are not met."""
        parts = [part for each in assertions for part in _conjuncts(each)]
        solved = self.solved(_equations(parts), len(names))
        free = [k for k in range(len(names)) if k not in solved]
        ends = _ends(And(tuple(_substituted(part, solved) for part in parts)))
        box = [(ends.get((k, -1)), ends.get((k, 1))) for k in free]
        unbounded = [k for k, side in zip(free, box) if None in side]
        if unbounded and any(end is not None for side in box for end in side):
            self.fail(f"{names[unbounded[0]]} has no lower or no upper bound: give all inputs bounds, or none")
        rest = [part for part in parts if not self.is_known(part, solved, not unbounded)]
        bad = rest[0] if len(rest) == 1 else And(tuple(rest))
        on = _slice(solved, free, len(names)) if solved else None
        return Property(None if unbounded else box, bad, on, networks)

    def is_known(self, part, solved, boxed):
        """Return whether a part holds at every point of the box, or on the slice that solves the equations."""
        found = _substituted(part, solved)
        if not isinstance(found, Atom) or found.outputs or found.strict:
            return False
        return boxed and len(found.inputs) == 1 or not found.inputs and found.constant <= 0

    def solved(self, equations, count):
        """Return {input: term in the other ones}, as the equations say, which are {input: weight, None: constant}."""
        if equations and count > MAX_SOLVED:
            self.fail(f"equations between inputs, of which there are more than {MAX_SOLVED}")
        found = {}
        for equation in equations:
            equation = _replaced(equation, found)
            inputs = [k for k, weight in equation.items() if k is not None and weight]
            if not inputs:
                continue  # 0 = 0, or never true: the formula keeps it
            pivot = max(inputs)
            weight = equation.pop(pivot)
            term = {k: -w / weight for k, w in equation.items() if w}
            found = {k: _replaced(other, {pivot: term}) for k, other in found.items()} | {pivot: term}
        return found

    def declare(self, name):
        """Take a declaration."""
        found = _VARIABLE.fullmatch(name) if isinstance(name, str) else None
        if not found or int(found[2]) >= MAX_VARIABLES:
            self.fail(f"variables are X_0, …, Y_0, … with numbers below {MAX_VARIABLES}, got {_shown(name)}")
        variable = found[1], int(found[2])
        if variable in self.declared:
            self.fail(f"{name} is declared twice")
        self.declared.add(variable)

    def variable(self, word):
        """Return the variable ("X" or "Y", number) that a word names, None for what can only be a number."""
        found = _VARIABLE.fullmatch(word)
        if not found:
            return None
        variable = found[1], int(found[2])
        if variable not in self.declared:
            self.fail(f"{word} is not declared")
        return variable

    def formula(self, expression):
        """Return the formula of an assertion."""
        name = _head(expression)
        if name in ("and", "or"):
            return (And if name == "and" else Or)(tuple(map(self.formula, expression[1:])))
        if name in _RELATIONS and name not in self.relations:
            self.fail(f"{name} is not read: VNN-LIB 1.0 has <= and >=")
        if name not in self.relations or len(expression) != 3:
            known = " ".join(self.relations)
            self.fail(f"expected and, or, or two terms with one of {known}, got {_shown(expression)}")
        self.atoms += 1
        if self.atoms > MAX_ATOMS:
            self.fail(f"more than {MAX_ATOMS} inequalities")
        first, second = map(self.term, expression[1:])
        return _RELATIONS[name](_sum(first, second, -1), _sum(second, first, -1))

    def term(self, expression):
        """Return {variable: weight} of a linear term; None stands for the constant."""
        if isinstance(expression, str):
            variable = self.variable(expression)
            if variable is None:
                return {None: parse(expression, f"{self.where}: a number")}
            return {variable: mpq(1)}
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


class _Networks(_Reader):
    """Reads a query of version 2.0 in the file ``where``, after its first line."""

    def __init__(self, where):
        super().__init__(where)
        self.relations = tuple(_RELATIONS)
        self.networks, self.tensors, self.inputs, self.outputs = [], {}, [], 0

    def query(self, expressions):
        """Return the `Property` of a list of expressions."""
        parts = []
        for expression in expressions:
            name = _head(expression)
            if name == "declare-network" and not parts:
                self.network(expression)
            elif name == "assert" and len(expression) == 2:
                parts.append(self.formula(expression[1]))
            else:
                self.fail(f"expected declare-network, then assert, got {_shown(expression)}")
        if not self.networks:
            self.fail("no network is declared")
        return self.claim(parts, self.inputs, tuple(self.networks))

    def network(self, expression):
        """Take the declaration of a network."""
        name, *parts = expression[1:] or [None]
        if len(self.networks) == MAX_NETWORKS:
            self.fail(f"more than {MAX_NETWORKS} networks")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in [each.name for each in self.networks]:
            self.fail(f"declare-network: expected a name that is not taken, got {_shown(name)}")
        inputs, outputs, model, alike = len(self.inputs), self.outputs, name, None
        for part in parts:
            kind = _head(part)
            if kind in ("declare-input", "declare-output"):
                self.tensor(part)
            elif kind in ("equal-to", "isomorphic-to") and len(part) == 2 and alike is None:
                alike = next((each for each in self.networks if each.name == part[1] == each.model), None)
                if alike is None:
                    self.fail(f"{name}: {kind} needs a network that is declared before it, got {_shown(part[1])}")
                model = alike.name if kind == "equal-to" else name
            else:
                self.fail(
                    f"{name}: expected declare-input, declare-output, equal-to or isomorphic-to, got {_shown(part)}"
                    + ("; make the values of hidden nodes outputs" if kind == "declare-hidden" else "")
                )
        found = Declared(name, model, len(self.inputs) - inputs, self.outputs - outputs)
        if not found.inputs or not found.outputs:
            self.fail(f"{name}: a network has an input and an output")
        if alike is not None and found[2:] != alike[2:]:
            self.fail(f"{name} has other numbers of inputs and outputs than {alike.name}, and cannot be like it")
        self.networks.append(found)

    def tensor(self, part):
        """Take the declaration of the inputs or outputs of a network, a tensor of reals."""
        kind, name, shape = part if len(part) == 3 else (part[0], None, None)
        found = _ELEMENT.fullmatch(shape) if isinstance(shape, str) and isinstance(name, str) else None
        if found is None or found[2] is None or not _NAME.fullmatch(name):
            self.fail(f"expected a name, a type and a shape, such as ({kind} X Real [2]), got {_shown(part)}")
        if found[1] not in _REALS:
            self.fail(f"{name} is of the type {_shown(found[1])}, and only real numbers are taken: Real, float32, …")
        if name in self.tensors:
            self.fail(f"{name} is declared twice")
        sides = self.indices(found[2], name)
        size, start = prod(sides), len(self.inputs) if kind == "declare-input" else self.outputs
        if not 0 < size <= MAX_VARIABLES - start:
            self.fail(f"{name} is empty, or there are more than {MAX_VARIABLES} inputs or outputs")
        self.tensors[name] = "X" if kind == "declare-input" else "Y", start, sides
        if kind == "declare-input":
            for place in product(*map(range, sides)):
                self.inputs.append(f"{name}[{','.join(map(str, place))}]" if sides else name)
        else:
            self.outputs += size

    def indices(self, words, name):
        """Return the numbers in "2,3"."""
        if not words:
            return ()
        if not all(word.isdigit() and len(word) < 9 for word in words.split(",")):
            self.fail(f"{name}[{words[:40]}]: expected numbers with commas between")
        return tuple(map(int, words.split(",")))

    def variable(self, word):
        """Return the variable that a word such as X[0,2] names, row after row; None for what can only be a number."""
        found = _ELEMENT.fullmatch(word)
        if not found:
            return None
        if found[1] not in self.tensors:
            self.fail(f"{_shown(found[1])} is not declared")
        letter, number, sides = self.tensors[found[1]]
        place = self.indices(found[2] or "", found[1])
        if len(place) != len(sides) or any(k >= side for k, side in zip(place, sides)):
            self.fail(f"{_shown(word)}: {found[1]} has the shape [{','.join(map(str, sides))}]")
        offset = 0
        for k, side in zip(place, sides):
            offset = offset * side + k
        return letter, number + offset


def _atom(term, strict=False):
    """Return the `Atom` that a term is <= 0, or < 0."""
    terms = [item for item in sorted((key, w) for key, w in term.items() if key is not None) if item[1]]
    inputs, outputs = (tuple((k, w) for (kind, k), w in terms if kind == letter) for letter in "XY")
    return Atom(inputs, outputs, term.get(None, mpq(0)), strict)


_RELATIONS = {
    "<=": lambda term, negative: _atom(term),
    ">=": lambda term, negative: _atom(negative),
    "<": lambda term, negative: _atom(term, True),
    ">": lambda term, negative: _atom(negative, True),
    "==": lambda term, negative: And((_atom(term), _atom(negative))),
    "!=": lambda term, negative: Or((_atom(term, True), _atom(negative, True))),
}
"""What a relation says of two terms, given their difference and its negative."""


def _conjuncts(formula):
    """Return the formulas that all have to be true."""
    return [part for each in formula.parts for part in _conjuncts(each)] if isinstance(formula, And) else [formula]


def _equations(parts):
    """Return the equations between inputs, two at least, among formulas that all have to be true."""
    atoms = {part for part in parts if isinstance(part, Atom) and len(part.inputs) > 1 and not part.outputs}
    return [
        dict(part.inputs) | {None: part.constant} for part in parts
        if part in atoms and not part.strict and _negative(part) in atoms and part.inputs[0][1] > 0
    ]


def _negative(atom):
    """Return the atom with the opposite left side."""
    return Atom(tuple((k, -w) for k, w in atom.inputs), atom.outputs, -atom.constant)


def _replaced(term, solved):
    """Return {input: weight, None: constant} with the inputs that are ``solved`` replaced by their terms."""
    total = {}
    for k, weight in term.items():
        total = _sum(total, solved[k], weight) if k in solved else _sum(total, {k: weight}, 1)
    return total


def _substituted(formula, solved):
    """Return the formula with the inputs that are ``solved`` replaced by their terms."""
    if not isinstance(formula, Atom):
        return type(formula)(tuple(_substituted(part, solved) for part in formula.parts))
    if not solved:
        return formula
    term = _replaced(dict(formula.inputs) | {None: formula.constant}, solved)
    constant = term.pop(None)
    return formula._replace(inputs=tuple((k, w) for k, w in sorted(term.items()) if w), constant=constant)


def _slice(solved, free, count):
    """Return the `Slice` on which the inputs that are ``solved`` follow from the ``free`` ones, its coordinates."""
    terms = [solved.get(k, {k: mpq(1)}) for k in range(count)]
    origin = tuple(term.get(None, mpq(0)) for term in terms)
    return Slice(origin, tuple(tuple(term.get(k, mpq(0)) for term in terms) for k in free))


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


def _head(expression):
    """Return the first word of a list, None if there is none."""
    return expression[0] if isinstance(expression, list) and expression else None


def _shown(expression):
    text = str(expression).replace("[", "(").replace("]", ")").replace("'", "").replace(",", "")
    return text if len(text) <= 40 else text[:37] + "..."
