"""Writing networks as formulas: expressions are affine combinations of nodes, ``relu`` turns one into a node.

>>> b = Builder(2)
>>> x, y = b.inputs
>>> tent = 2 * b.relu(x) - 4 * b.relu(x - half) + 2 * b.relu(x - 1)
>>> b.network([tent + y]).evaluate((mpq(1, 4), mpq(3)))
(mpq(7,2),)
"""

from exactrelu.errors import InputError
from exactrelu.field import exact, integer, mpq
from exactrelu.network.dag import Affine, Network, Relu

half = mpq(1, 2)


class Expression:
    """An affine combination of nodes: ``terms`` maps node ids to non-zero weights, ``bias`` is the constant.

    Supports + and − with expressions and exact numbers, * and / with exact numbers; a float raises `InputError`.
    """

    __slots__ = ("terms", "bias")

    def __init__(self, terms, bias):
        self.terms = {node: weight for node, weight in terms.items() if weight != 0}
        self.bias = bias

    def __add__(self, other):
        if not isinstance(other, Expression):
            return Expression(self.terms, self.bias + exact(other))
        terms = dict(self.terms)
        for node, weight in other.terms.items():
            terms[node] = terms.get(node, 0) + weight
        return Expression(terms, self.bias + other.bias)

    def __mul__(self, factor):
        factor = exact(factor)
        return Expression({node: factor * weight for node, weight in self.terms.items()}, factor * self.bias)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_expression(other)  # the negative of an unsigned numpy integer would wrap around

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, divisor):
        return self * (1 / exact(divisor))

    __radd__ = __add__
    __rmul__ = __mul__


def as_expression(value):
    """Return an `Expression` itself and an exact number as the constant expression; raises `InputError` for others."""
    return value if isinstance(value, Expression) else constant(value)


def constant(value):
    """Return the expression without nodes whose value is the exact number ``value``."""
    return Expression({}, exact(value))


def linear_combination(weights, expressions):
    """Return the expression  Σ weight * expression  over the two sequences, read in step."""
    terms, bias = {}, mpq(0)
    for weight, expression in zip(weights, expressions, strict=True):
        weight, expression = exact(weight), as_expression(expression)
        bias += weight * expression.bias
        for node, factor in expression.terms.items():
            terms[node] = terms.get(node, 0) + weight * factor
    return Expression(terms, bias)


def total(expressions):
    """Return the sum of the expressions, the constant 0 if there are none."""
    expressions = list(expressions)
    return linear_combination([1] * len(expressions), expressions)


class Builder:
    """Collects nodes; equal affine forms and equal ReLU units are created once.

    Expressions are affine combinations of inputs and units, written with + − * /; a number stands for a constant.
    Everything raises `InputError` for a float.

    >>> from exactrelu import Builder
    >>> b = Builder(2)
    >>> x, y = b.inputs
    >>> larger = b.network([b.maximum(x, y / 2)])
    >>> larger, larger.evaluate((1, 3))
    (<Network: 2 inputs, 1 output, 1 ReLU node, 2 affine nodes>, (mpq(3,2),))
    """

    def __init__(self, inputs):
        """Start with ``inputs`` input nodes, whose expressions are `inputs`."""
        inputs = self._inputs = integer(inputs, "inputs", 0)
        self._nodes = []
        self._known = {}
        self.inputs = tuple(Expression({k: mpq(1)}, mpq(0)) for k in range(inputs))

    def value(self, expression):
        """Return ``expression`` as a single node (an affine node is made unless it is one already).

        The layered form carries such a node as one value where a later layer needs it.
        """
        return Expression({self._affine(expression): mpq(1)}, mpq(0))

    def relu(self, expression):
        """Return max(0, expression)."""
        expression = as_expression(expression)
        if not expression.terms:
            return constant(max(expression.bias, mpq(0)))
        return Expression({self._intern(Relu(self._affine(expression))): mpq(1)}, mpq(0))

    def clamp(self, expression):
        """Return min(1, max(0, expression)), two units of one layer."""
        return self.relu(expression) - self.relu(expression - 1)

    def maximum(self, first, second):
        """Return max(first, second) = first + (second − first)₊."""
        return first + self.relu(second - first)

    def minimum(self, first, second):
        """Return min(first, second) = first − (first − second)₊."""
        return first - self.relu(first - second)

    def network(self, outputs, marks=None):
        """Return the `Network` with these output expressions; ``marks`` maps names to expressions."""
        if isinstance(outputs, Expression):
            raise InputError("outputs: expected a list of expressions; put the one output into a list")
        nodes = [self._affine(expression) for expression in outputs]
        named = {name: self._affine(expression) for name, expression in (marks or {}).items()}
        return Network(self._inputs, self._nodes, nodes, named)

    def _affine(self, expression):
        expression = as_expression(expression)
        if expression.bias == 0 and len(expression.terms) == 1:
            ((node, weight),) = expression.terms.items()
            if weight == 1:
                return node
        return self._intern(Affine(tuple(sorted(expression.terms.items())), expression.bias))

    def _intern(self, node):
        key = (type(node), node)
        if key not in self._known:
            self._known[key] = self._inputs + len(self._nodes)
            self._nodes.append(node)
        return self._known[key]
