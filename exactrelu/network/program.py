"""Programs: blocks of a family of networks, in which what depends on n is a value and not a weight.

A program is a block with named inputs and outputs whose last inputs are *parameters*, such as ε = 2⁻ⁿ. Its weights are
rational constants. Beside `Affine` and `Relu` it has nodes `Times`, the product of a parameter and a value. With
numbers for the parameters it is a `Network`: see `instance`.
"""

from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.network.builder import Builder, Expression, constant, linear_combination, total
from exactrelu.network.dag import Affine, Relu


class Times(NamedTuple):
    """The node  parameter * node ``of``; ``parameter`` is the id of a parameter, an input."""

    parameter: int
    of: int


class Program(NamedTuple):
    """A block: inputs named ``inlets`` (ids 0, 1, …), then ``parameters``, then ``nodes``; ``outlets`` {name: node}.

    ``marks`` {name: node} are values inside of it that have a name. A node refers to earlier ones only.
    """

    inlets: tuple
    parameters: tuple
    nodes: tuple
    outlets: dict
    marks: dict

    @property
    def inputs(self):
        """The number of inputs, parameters among them: the id of the first node."""
        return len(self.inlets) + len(self.parameters)


class ProgramBuilder(Builder):
    """A `Builder` of one `Program`; ``parameters`` {name: expression} are those of the program."""

    def __init__(self, inlets, parameters):
        super().__init__(len(inlets) + len(parameters))
        self.inlets = tuple(inlets)
        self.parameters = dict(zip(parameters, self.inputs[len(inlets):], strict=True))

    def times(self, name, expression):
        """Return the parameter of that name times an expression in which no parameter occurs but in its nodes."""
        parameter = self.parameters[name]
        (place,) = parameter.terms
        products = [
            Expression({self._intern(Times(place, node)): weight}, expression.bias * 0)
            for node, weight in expression.terms.items()
        ]
        return total([*products, parameter * expression.bias])

    def multiple(self, name, expression):
        """Return the parameter of that name times an expression without parameters, made one value before."""
        if not expression.terms:
            return self.parameters[name] * expression.bias
        (place,) = self.parameters[name].terms
        return Expression({self._intern(Times(place, self._affine(expression))): mpq(1)}, mpq(0))

    def program(self, outlets, marks=None):
        """Return the `Program` with these outputs {name: expression} and marked values {name: expression}."""
        placed, marked = (
            {name: self._affine(expression) for name, expression in (named or {}).items()} for named in (outlets, marks)
        )
        return Program(self.inlets, tuple(self.parameters), tuple(self._nodes), placed, marked)


class InstanceBuilder(Builder):
    """A `Builder` of the block that a program is for ``values`` {parameter: number}, written in the same way."""

    def __init__(self, inlets, values):
        super().__init__(len(inlets))
        self.inlets = tuple(inlets)
        self.parameters = {name: constant(value) for name, value in values.items()}

    def multiple(self, name, expression):
        """Return the parameter of that name times an expression."""
        return expression * self.parameters[name].bias


def instance(program, values, size):
    """Return the `Network` that a program is for the ``values`` {parameter: number}.

    ``size`` is a function of names: an input or output of the network, times its size > 0, is that of the program; the
    size of a parameter says in what the values that are made of it are measured. A unit has the least of the sizes of
    what it is made of. So sizes change no function but the scale of its values.
    """
    b = Builder(len(program.inlets))
    found = [*b.inputs, *(constant(values[name] / size(name)) for name in program.parameters)]
    sizes = [size(name) for name in (*program.inlets, *program.parameters)]
    inner = {source for node in program.nodes if type(node) is not Relu for source in references(node)}
    for k, node in enumerate(program.nodes, program.inputs):
        if type(node) is Relu:
            sizes.append(sizes[node.of])
            found.append(b.relu(found[node.of]))
            continue
        if type(node) is Times:
            own, factor = sizes[node.parameter], found[node.parameter].bias * sizes[node.of]
            expression = found[node.of] * factor
        else:
            own = min((sizes[source] for source, _ in node.terms), default=1)
            weights = [weight * sizes[source] / own for source, weight in node.terms]
            expression = linear_combination(weights, [found[source] for source, _ in node.terms]) + node.bias / own
        sizes.append(own)
        # what another sum reads was made a value of its own, which the layered form carries as one
        found.append(b.value(expression) if k in inner and expression.terms else expression)
    return b.network([found[node] * (sizes[node] / size(name)) for name, node in program.outlets.items()])


def references(node):
    """Return the ids of the nodes that a node of a program is made of."""
    if type(node) is Times:
        return (node.parameter, node.of)
    return (node.of,) if type(node) is Relu else tuple(source for source, _ in node.terms)


def renumbered(node, number):
    """Return a node of a program with each id k that it refers to replaced by number[k]; several may become one.

    The terms of an affine node are in order then, and none has the weight 0; a node of that weight needs no number.
    """
    if type(node) is Relu:
        return Relu(number[node.of])
    if type(node) is Times:
        return Times(number[node.parameter], number[node.of])
    weights = {}
    for source, weight in node.terms:
        if weight:
            weights[number[source]] = weights.get(number[source], 0) + weight
    return Affine(tuple(sorted((source, weight) for source, weight in weights.items() if weight)), node.bias)


def needed(nodes, first, ends, known=()):
    """Return the ids, in order, of the nodes that ``ends`` are made of, themselves included, down to ``known`` ones.

    Node k is ``nodes[k - first]``; raises `KeyError` with an input, an id less than ``first``, that is not known.
    """
    found, waiting = set(), [end for end in ends if end not in known]
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        if node < first:
            raise KeyError(node)
        found.add(node)
        waiting += [source for source in references(nodes[node - first]) if source not in known]
    return sorted(found)
