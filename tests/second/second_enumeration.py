"""Goals of statements on the leaves of a tree of cuts, decided by geometry: no rule of the page's calculus is used.

On each leaf the network is followed with affine forms; where a unit changes its sign, the leaf is cut further. A form
is >= 0 on a polyhedron if it is at its vertices and in the directions of its rays. V^n g is compared translate by
translate, each of which is a form on the part of a leaf in one of its simplices.
"""

from fractions import Fraction
from math import lcm

from second_files import Unproved, ancestors
from second_numbers import quotient
from second_polyhedra import box_parts, clipped, crosses, is_empty, negated, value, values
from second_values import evaluate, iterate_at, translates


def prove(statement, evidence):
    """Raise `Unproved` unless the statement holds, and the tree covers its domain with lines that cut."""
    domain = statement.domain
    place = [(*(direction[i] for direction in domain.directions), entry) for i, entry in enumerate(domain.origin)]
    nodes, goals = goals_of(statement, evidence)
    nodes, scales = with_integers(nodes, ancestors(nodes, goals), place)
    for part, forms in pieces(box_parts(domain.box), evidence, nodes):
        if statement.kind == "iterate":
            form = tuple(quotient(entry, scales[goals[0]]) for entry in forms[goals[0]])
            compare(translates(statement.problem, statement.n, place, part), part, form)
        elif any(height < 0 for goal in goals for height in values(part, forms[goal])):
            raise Unproved("a goal is negative")
    for k, pair in enumerate(statement.bounds or ()):
        for height, at in filter(None, pair):
            if at is not None and (not contains(domain, at) or outputs_at(statement, at)[0][k] != height):
                raise Unproved("a bound is not taken")


# --- goals as outputs of one network that are to be >= 0


class Builder:
    """A list of nodes that grows."""

    def __init__(self, network):
        self.nodes = list(network.nodes)

    def append(self, network):
        """Append another network on the same inputs; return its outputs."""
        shift = len(self.nodes) - network.inputs
        moved = [k if k < network.inputs else k + shift for k in range(len(network.nodes))]
        for node in network.nodes[network.inputs :]:
            if isinstance(node, int):
                self.nodes.append(moved[node])
            else:
                self.nodes.append(({moved[k]: weight for k, weight in node[0].items()}, node[1]))
        return [moved[k] for k in network.outputs]

    def add(self, terms, bias=0):
        """Append the sum of (node, weight), in which nodes may occur twice."""
        total = {}
        for node, weight in terms:
            total[node] = total.get(node, 0) + weight
        self.nodes.append((total, bias * Fraction(1)))
        return len(self.nodes) - 1

    def unit(self, node):
        self.nodes.append(node)
        return len(self.nodes) - 1

    def least(self, nodes):
        result = nodes[0]
        for node in nodes[1:]:
            result = self.add([(result, 1), (self.unit(self.add([(result, 1), (node, -1)])), -1)])
        return result


def goals_of(statement, evidence):
    """Return (nodes, goals): the goals are nodes that are to be >= 0; for an iterate, the output."""
    builder, (network, *others) = Builder(statement.networks[0]), statement.networks
    outputs, add = network.outputs, builder.add
    if statement.kind == "iterate":
        return builder.nodes, outputs
    if others:
        pairs = list(zip(outputs, builder.append(others[0])))
        signed = [(one, other, sign) for one, other in pairs for sign in (1, -1)]
        return builder.nodes, [add([(a, sign), (b, -sign)], statement.epsilon) for a, b, sign in signed]
    if statement.kind == "bound":
        bounds = [(output, *bound) for output, bound in zip(outputs, statement.bounds)]
        goals = [add([(output, 1)], -least[0]) for output, least, _ in bounds if least]
        return builder.nodes, goals + [add([(output, -1)], most[0]) for output, _, most in bounds if most]
    goals = []
    for case in statement.never:
        sides = {True: [], False: []}
        for inputs, weights, constant, strict in case:
            sides[strict].append(add([*enumerate(inputs), *zip(outputs, weights)], constant))
        strict, closed = (builder.least(sides[key]) if sides[key] else None for key in (True, False))
        if strict is None:
            goals.append(add([(closed, -1)], -evidence.margin))
        elif closed is None:
            goals.append(add([(strict, -1)]))
        else:
            goals.append(add([(builder.unit(add([(closed, -1)])), evidence.weight), (strict, -1)]))
    return builder.nodes, goals


def with_integers(nodes, needed, place):
    """Return (nodes that are needed {k: node}, {k: scale}) with inputs as forms in u, and numerators everywhere.

    Each node is multiplied by a positive scale; for ReLU nodes it is that of the source, as s max(0, e) = max(0, s e).
    """
    result, scales = {}, {}
    for k in needed:
        node = nodes[k]
        if isinstance(node, int):
            result[k], scales[k] = node, scales[node]
            continue
        terms, numbers = {}, place[k] if node is None else (*(0,) * (len(place[0]) - 1), node[1])
        if node is not None:
            terms = {source: quotient(weight, scales[source]) for source, weight in node[0].items() if weight}
        scales[k] = scale = lcm(*(number.denominator for number in (*terms.values(), *numbers)))
        numbers = tuple((number * scale).numerator for number in numbers)
        result[k] = [(source, (weight * scale).numerator) for source, weight in terms.items()], numbers
    return result, scales


def settle(part, nodes, forms, rest):
    """Add the forms of nodes of ``rest`` that are known on a part; return (forms, those that are not, in order).

    The first one that is not is a unit that changes its sign there.
    """
    forms, left = dict(forms), []
    for k in rest:
        node = nodes[k]
        if not isinstance(node, int):
            terms, total = node
            if all(source in forms for source, _ in terms):
                for source, weight in terms:
                    total = [a + weight * b for a, b in zip(total, forms[source])]
                forms[k] = tuple(total)
        elif node in forms:
            heights = values(part, forms[node])
            if max(heights) <= 0:
                forms[k] = (0,) * len(forms[node])
            elif min(heights) >= 0:
                forms[k] = forms[node]
        if k not in forms:
            left.append(k)
    return forms, left


def pieces(parts, evidence, nodes):
    """Yield (part, forms by node) for parts of the leaves on which no unit changes its sign.

    The trees of all parts of the domain follow each other; what is known on a polyhedron is known on its parts.
    """
    entries = iter(evidence.tree)
    waiting = [(part, {}, list(nodes), False) for part in reversed(parts)]
    while waiting:
        part, forms, rest, is_leaf = waiting.pop()
        if not is_leaf:
            entry = next(entries, None)
            if entry is None:
                raise Unproved("the tree ends early")
            is_leaf = entry < 0
            if not (is_leaf or crosses(part, evidence.lines[entry])):
                raise Unproved("a line does not cut")
        forms, rest = settle(part, nodes, forms, rest)
        if is_leaf and not rest:
            yield part, forms
        else:
            form = forms[nodes[rest[0]]] if is_leaf else evidence.lines[entry]
            waiting += [(clipped(part, side), forms, rest, is_leaf) for side in (form, negated(form))]
    if next(entries, None) is not None:
        raise Unproved("the tree goes on")


# --- V^n g


def compare(translates, polyhedron, form):
    """Require that the form is the sum of translates at every point of a polyhedron, on its faces, where seeds jump."""
    cells = [translate_cells(*entry) for entry in translates]
    cells = [entry for entry in cells if entry]
    waiting = [(polyhedron, form, 0, ())]
    while waiting:
        part, rest, position, faces = waiting.pop()
        if position == len(cells):
            if any(values(part, rest)):
                raise Unproved("functions differ")
            waiting += [(face, form, 0, ()) for face in faces]
            continue
        answer = look(part, cells[position])
        if answer[0] == "cut":
            waiting += [(clipped(part, side), rest, position, faces) for side in (answer[1], negated(answer[1]))]
        elif answer[0] == "inside":
            waiting.append((part, tuple(a - b for a, b in zip(rest, answer[1])), position + 1, faces))
        else:
            waiting.append((part, rest, position + 1, (*faces, *answer[1])))


def translate_cells(simplices, forms, row):
    """Return (barycentric coordinates, function) as forms in u, for the simplices where the function is not 0."""
    cells = []
    for entry in simplices:
        numbers = [sum(a * b for a, b in zip(row, vector)) for vector in entry.values]
        if any(numbers):
            sides = [composed(form, forms) for form in entry.coordinates]
            cells.append((sides, composed(numbers, sides, 0)))
    return cells


def composed(weights, forms, constant=None):
    """Return the weighted sum of forms, plus the last weight if ``constant`` is None."""
    total = [sum(weight * form[i] for weight, form in zip(weights, forms)) for i in range(len(forms[0]))]
    total[-1] += weights[-1] if constant is None else constant
    return tuple(total)


def look(part, cells):
    """Return ("inside", form), ("cut", form), or ("outside", faces on which the function is not 0)."""
    faces = []
    for sides, form in cells:
        heights = [values(part, side) for side in sides]
        if any(is_negative(part, column) for column in heights):
            continue
        if all(min(column) >= 0 for column in heights):
            return "inside", form
        for side, column in zip(sides, heights):
            if min(column) < 0 < max(column):
                return "cut", side
        face = {generator: borders for generator, borders, *column in zip(part, part.values(), *heights)
                if min(column) >= 0}
        if not is_empty(face) and any(values(face, form)):
            faces.append(face)
    return "outside", faces


def is_negative(part, heights):
    """Return whether a form with these values at generators is < 0 at every point."""
    return all(height < 0 or height == 0 == generator[-1] for generator, height in zip(part, heights))


# --- points


def contains(domain, point):
    return all(
        (low is None or low <= u) and (high is None or u <= high) for u, (low, high) in zip(point, domain.box)
    )


def inputs_at(domain, point):
    return [
        start + sum(u * direction[i] for u, direction in zip(point, domain.directions))
        for i, start in enumerate(domain.origin)
    ]


def outputs_at(statement, point):
    """Return the outputs of each network at the point with some coordinates."""
    return [evaluate(network, inputs_at(statement.domain, point)) for network in statement.networks]


def refute(statement, point):
    """Raise `Unproved` unless the point lies in the domain of the statement, and shows that it is wrong."""
    if not contains(statement.domain, point):
        raise Unproved("the point is not in the domain")
    inputs, (outputs, *others) = inputs_at(statement.domain, point), outputs_at(statement, point)
    if statement.kind == "iterate":
        wrong = outputs[0] != iterate_at(statement.problem, statement.n, inputs)
    elif others:
        wrong = any(abs(a - b) > statement.epsilon for a, b in zip(outputs, others[0]))
    elif statement.kind == "bound":
        wrong = any(
            (least is not None and y < least[0]) or (most is not None and y > most[0])
            for y, (least, most) in zip(outputs, statement.bounds)
        )
    else:
        wrong = any(all(holds(inequality, inputs, outputs) for inequality in case) for case in statement.never)
    if not wrong:
        raise Unproved("the point shows nothing")


def holds(inequality, inputs, outputs):
    first, second, constant, strict = inequality
    left = value(first, inputs) + value(second, outputs) + constant
    return left > 0 or (left == 0 and not strict)
