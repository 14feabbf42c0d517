"""Does a property hold of a network on a box? Decided exactly, with a point of the box where it does not.

A property says that no point of a box is bad. What is bad is a formula: inequalities between inputs and outputs, joined
by "and" and "or". Each inequality is written as g <= 0; "and" is then a maximum and "or" a minimum, so that a point is
bad if and only if one continuous piecewise linear function h is <= 0 there, or < 0 where the inequalities are strict.
The smallest value of h decides. Where a point is bad if A <= 0 and B < 0, that of B + w · max(A, 0) does: if it is not
negative for some w, no point is bad, and on a box the point where it is taken is bad if w is large and one is (exact
penalties of linear programs, one on each piece). The point that refutes, and some points before anything is certified,
are put into the formula itself.
"""

from itertools import islice
from time import monotonic
from typing import NamedTuple

from exactrelu import display
from exactrelu.errors import Contradiction, InputError, UndecidedError, sequence, shown
from exactrelu.field import Rational, mpq, text
from exactrelu.network import Affine, Network, Relu, as_network
from exactrelu.network.restriction import renumbered
from exactrelu.planar.bounds import bound
from exactrelu.planar.claims import And, Atom, Property, cases_of, ways_of
from exactrelu.planar.extremes import extremes, point_beyond
from exactrelu.planar.opinion import SHARE, fingerprint
from exactrelu.planar.places import place_of

CHOSEN = 200
"""The formula is evaluated at so many points at most."""

MAX_NODES = 1_000_000
"""The most nodes of the networks of a property together, each counted as often as it is declared."""

MAX_WEIGHT = mpq(2) ** 200
"""The largest weight of a penalty; on a box, a weight that is large enough is found before unless numbers are huge."""


class Decision(NamedTuple):
    """``verdict`` is "certified" (the property holds), "refuted" or "undecided"; only the first is true in a condition.

    A refutation has the ``point`` and the ``outputs`` of the network there. ``reason`` and ``contradiction`` are those
    of `Equality`; ``pieces`` counts convex pieces.

    >>> from exactrelu import Network, Property, prove
    >>> found = prove(Network(1, [], [0]), Property.at_most(0, 1, [(0, 3)]))
    >>> bool(found), found.verdict, found.point
    (False, 'refuted', (mpq(3,1),))
    """

    verdict: str
    pieces: int
    point: tuple | None = None
    outputs: tuple | None = None
    reason: str | None = None
    contradiction: Contradiction | None = None

    _repr_html_ = display.html

    def __bool__(self):
        return self.verdict == "certified"


def prove(network, claim, jobs=None, progress=None):
    """Return the `Decision` whether a `Property` holds of a network; ``jobs``, ``progress`` are those of `equal`.

    For a property of several networks, ``network`` is a list of those that its ``models`` name, in this order.

    >>> from exactrelu import Builder, Property, prove
    >>> b = Builder(2)
    >>> x, y = b.inputs
    >>> prove(b.network([b.relu(x) - b.relu(y)]), Property.at_least(0, -1, [(0, 1), (0, 2)])).outputs
    (mpq(-2,1),)

    Raises `InputError` where more than two inputs vary, and for numbers of inputs or outputs that are not there.
    """
    if not isinstance(claim, Property):
        raise InputError(f"expected a Property, such as Property.at_most(0, 1), got {shown(claim)}")
    began, flat = monotonic(), network_of(network, claim)
    if claim.is_empty:
        return Decision("certified", 0)  # there is no point
    place = place_of(flat, claim.box, claim.on)
    try:
        return _decided(flat, claim, place, jobs, progress, began)
    except UndecidedError as stop:
        return Decision("undecided", 0, None, None, str(stop), stop if isinstance(stop, Contradiction) else None)


def is_bad(claim, x, y):
    """Return whether a point with inputs x and outputs y is bad: by the formula, and by nothing else."""
    def holds(formula):
        if isinstance(formula, Atom):
            value = formula.value(x, y)
            return value < 0 if formula.strict else value <= 0
        return (all if isinstance(formula, And) else any)(map(holds, formula.parts))

    return holds(claim.bad)


def _decided(network, claim, place, jobs, progress, began):
    """Return the `Decision`, from the smallest value of each way to be bad."""
    left, weight, pieces = ways_of(claim.bad), mpq(1), 0
    while left:
        if weight > MAX_WEIGHT:
            raise UndecidedError(
                "not decided: strict inequalities are mixed with others, everywhere; a box decides, or all of one kind"
            )
        functions = functions_of(network, left, weight)
        found = bound(functions, jobs, progress, claim.box, claim.on)
        pieces, ways, left = pieces + found.pieces, left, []
        for number, (way, each) in enumerate(zip(ways, found.outputs)):
            if each.minimum is None:
                flat = place.network(functions)
                end = extremes(flat, place.polygon, jobs).outputs[number][0]
                point = place.point(point_beyond(flat, number, end, 0))
            elif each.minimum > 0 or not each.minimum and way.open:
                continue
            else:
                point = each.argmin
            outputs = network.evaluate(point)
            if is_bad(claim, point, outputs):
                return Decision("refuted", pieces, point, outputs)
            if not (way.closed and way.open):
                raise _contradiction("the property was found to fail", point, outputs)
            left.append(way)
        weight *= 16
    deadline = monotonic() + (monotonic() - began) / SHARE
    for point in islice(place.points(str(fingerprint(network)), []), CHOSEN):
        outputs = network.evaluate(point)
        if is_bad(claim, point, outputs):
            raise _contradiction(f"the property was found to hold {place.everywhere}", point, outputs)
        if monotonic() > deadline:
            break
    return Decision("certified", pieces)


class Cases(NamedTuple):
    """The cases in which a point is bad, each a `Way` made of inequalities, and numbers that show that none occurs.

    With an output for each case, ``network`` is at least ``margin`` > 0 in a case without strict inequalities, else at
    least 0: the least value of strict ones, plus ``weight`` · the largest of 0 and the others.
    """

    ways: list
    network: Network
    margin: Rational | None
    weight: Rational


def cases(network, claim, jobs=None):
    """Return the `Cases` of a property that holds of a flat network; raises `UndecidedError` if there are very many."""
    ways, weight = cases_of(claim.bad), mpq(1)
    while weight <= MAX_WEIGHT:
        functions = functions_of(network, ways, weight)
        ends = [each.minimum for each in bound(functions, jobs, None, claim.box, claim.on).outputs]
        if all(end is not None and (end > 0 or way.open and not end) for end, way in zip(ends, ways)):
            margins = [end for end, way in zip(ends, ways) if not way.open]
            return Cases(ways, functions, min(margins, default=None), weight)
        weight *= 16
    raise UndecidedError("no weight was found for strict inequalities that are mixed with others")


def network_of(network, claim):
    """Return the network that a property is about: with several, one that has them side by side."""
    if not claim.networks:
        return as_network(network).flatten()
    given = sequence([network] if isinstance(network, Network) else network, "networks")
    if len(given) != len(claim.models):
        raise InputError(f"the property is about the networks {', '.join(claim.models)}, got {len(given)}")
    models = {name: as_network(each).flatten() for name, each in zip(claim.models, given)}
    if sum(len(models[each.model].nodes) for each in claim.networks) > MAX_NODES:
        raise InputError(f"the networks of the property have more than {MAX_NODES} nodes together")
    count, nodes, outputs, first = sum(each.inputs for each in claim.networks), [], [], 0
    for each in claim.networks:
        part = models[each.model]
        if (part.inputs, len(part.outputs)) != (each.inputs, each.outputs):
            raise InputError(
                f"{each.name} is declared with {each.inputs} inputs and {each.outputs} outputs, "
                f"the network has {part.inputs} and {len(part.outputs)}"
            )
        place = list(range(first, first + part.inputs))
        first += part.inputs
        for node in part.nodes:
            place.append(count + len(nodes))
            nodes.append(renumbered(node, place))
        outputs += [place[output] for output in part.outputs]
    return Network(count, nodes, outputs)


def _contradiction(what, point, outputs):
    values = tuple((f"output {k} of the network", text(value)) for k, value in enumerate(outputs))
    return Contradiction(what, tuple(map(text, point)), values)


def functions_of(network, ways, weight):
    """Return the network with an output for each `Way`: that of its formulas, or, for both kinds, with a penalty."""
    nodes = list(network.nodes)

    def added(node):
        nodes.append(node)
        return network.inputs + len(nodes) - 1

    def value(formula):
        if isinstance(formula, Atom):
            terms = {}
            for numbers, pairs in ((range(network.inputs), formula.inputs), (network.outputs, formula.outputs)):
                for k, weight in pairs:
                    if k >= len(numbers):
                        name = "input" if pairs is formula.inputs else "output"
                        raise InputError(f"the property has an {name} {k}, the network {len(numbers)}, from 0")
                    terms[numbers[k]] = terms.get(numbers[k], mpq(0)) + weight
            return added(Affine(tuple(terms.items()), formula.constant))
        sign = mpq(1 if isinstance(formula, And) else -1)
        if not formula.parts:
            return added(Affine((), -sign))
        values = [value(part) for part in formula.parts]
        while len(values) > 1:
            values = [largest(sign, *values[k : k + 2]) for k in range(0, len(values), 2)]
        return values[0]

    def largest(sign, first, second=None):
        if second is None:
            return first
        above = added(Relu(added(Affine(((second, sign), (first, -sign)), mpq(0)))))
        return added(Affine(((first, mpq(1)), (above, sign)), mpq(0)))

    def output(way):
        closed, strict = (value(And(parts)) if parts else None for parts in way)
        if closed is None or strict is None:
            return strict if closed is None else closed
        return added(Affine(((strict, mpq(1)), (added(Relu(closed)), weight)), mpq(0)))

    return Network(network.inputs, nodes, [output(way) for way in ways])
