"""Signs and equalities of what a program computes, for all values of its inputs: the tool of section 7.

Nothing of the calculus of docs/certificate.md is used. What is known of the variables is a `Domain`, a product of
polyhedra, which are kept by their generators, so that the least value of a form is that at a vertex. A program is
followed unit by unit; a unit whose sign is open becomes a variable, and a claim that is then still open is asked again
on the two parts of the domain where the argument of that unit has a sign.

A form is {key: coefficient}. A key is (scale, variable): ("", "1") is the constant, ("n", "t0") the product of t0 by
the parameter n, and ("", ("unit", form)) is max(0, form).
"""

from fractions import Fraction
from math import lcm

from second_files import Unproved, reached
from second_numbers import quotient
from second_polyhedra import clipped, crosses, is_empty, value

ONE = ("", "1")
DEPTH = 40


def constant(value):
    return {ONE: value} if value else {}


def plus(form, other, factor=1):
    """Return form + factor · other."""
    found = dict(form)
    for key, number in other.items():
        total = found.pop(key, 0) + factor * number
        if total:
            found[key] = total
    return found


def combined(pairs, bias=0):
    """Return the sum of weight · form over pairs (form, weight), plus a constant."""
    found = constant(bias)
    for form, weight in pairs:
        found = plus(found, form, weight)
    return found


def negated(form):
    return {key: -number for key, number in form.items()}


def require(condition, message):
    if not condition:
        raise Unproved(message)


class Polyhedron:
    """A convex polyhedron, as in `second_polyhedra`, in some variables; those whose names begin with e are ε > 0."""

    def __init__(self, variables, generators):
        self.variables, self.generators = tuple(variables), generators

    def row(self, part):
        return (*(part.get(name, 0) for name in self.variables), part.get("1", 0))

    def most(self, part):
        """Return the largest value of a form {variable: coefficient}; None if there is none."""
        return self.most_ratio(self.row(part), -1)

    def most_scaled(self, part, inverse):
        """Return the largest value of the form divided by the variable ``inverse``, which is > 0; None as above."""
        return self.most_ratio(self.row(part), self.variables.index(inverse))

    def most_ratio(self, row, place):
        scale = lcm(*(number.denominator for number in row))
        row, best = [(number * scale).numerator for number in row], None
        for generator in self.generators:
            height, w = value(row, generator), generator[place]
            if not w and height > 0:
                return None
            if w and (best is None or height * best[1] > best[0] * w):
                best = height, w
        return quotient(best[0], best[1] * scale)

    def clipped(self, part):
        """Return the part where a form is >= 0."""
        return type(self)(self.variables, clipped(self.generators, self.row(part)))

    def is_empty(self):
        """Return whether there is no point in it where all ε are positive."""
        places = [k for k, name in enumerate(self.variables) if name.startswith("e")]
        return is_empty(self.generators) or not all(any(g[k] for g in self.generators) for k in places)

    def crossed(self, part):
        """Return the form if it takes both signs."""
        return [part] if crosses(self.generators, self.row(part)) else []


class Rows:
    """Numbers p in [low, high] for each of some names, and p u for each coordinate of one point u of a polyhedron.

    The variables are (name, 0) for p and (name, k) for p u_k. An end that is infinite is None.
    """

    def __init__(self, points, low, high):
        self.points, self.low, self.high = points, low, high

    def by_name(self, part):
        found = {}
        for (name, k), number in part.items():
            found.setdefault(name, {})["1" if not k else self.points.variables[k - 1]] = number
        return found.values()

    def most(self, part):
        rows, totals = [self.points.row(form) for form in self.by_name(part)], []
        for point in self.points.generators:
            slopes = [quotient(slope, point[-1]) for row in rows if (slope := value(row, point))]
            ends = [self.high if slope > 0 else self.low for slope in slopes]
            if None in ends:
                return None
            totals.append(sum(slope * end for slope, end in zip(slopes, ends)))
        return max(totals)

    def clipped(self, form):
        return Rows(self.points.clipped(form), self.low, self.high)

    def is_empty(self):
        return self.points.is_empty()

    def crossed(self, part):
        return [form for form in self.by_name(part) if self.points.crossed(form)]


class Domain:
    """A product of blocks; ``scales`` is {parameter: the number that bounds it, or the variable it is the inverse of}.

    Variables that no block has are any numbers. ``products`` is {(parameter, variable): name of the product}.
    """

    def __init__(self, blocks, scales=None, products=None):
        self.blocks, self.scales, self.products, self.ranges = blocks, scales or {}, products or {}, {}
        self.home = {name: k for k, block in enumerate(blocks) for name in getattr(block, "variables", ())}

    def block_of(self, variable):
        if variable in self.home:
            return self.home[variable]
        named = isinstance(variable, tuple) and variable[0] != "unit"
        return next((k for k, block in enumerate(self.blocks) if named and isinstance(block, Rows)), None)

    def parts(self, form):
        """Return {scale: (constant, {block: part}, units and what is not known)}."""
        found = {}
        for (scale, variable), number in form.items():
            entry = found.setdefault(scale, [0, {}, []])
            if variable == "1":
                entry[0] = number
            elif (k := self.block_of(variable)) is not None:
                entry[1].setdefault(k, {})[variable] = number
            else:
                entry[2].append((variable, number))
        return found

    def most(self, form):
        """Return a number that the form never exceeds, or None; it is the least one where no units are in the form."""
        total = 0
        for scale, (bias, blocks, others) in self.parts(form).items():
            bound = self.scales.get(scale) if scale else 1
            if isinstance(bound, str):
                home = self.home[bound]
                most = self.most_of({k: part for k, part in blocks.items() if k != home}, others)
                part = blocks.get(home, {})
                found = most if most is None else self.blocks[home].most_scaled({**part, "1": bias + most}, bound)
            else:
                most = self.most_of(blocks, others)
                found = None if bound is None or most is None else bias + most
                found = found if not scale or found is None else max(0, found) * bound
            if found is None:
                return None
            total += found
        return total

    def most_of(self, blocks, others):
        ends = [self.blocks[k].most(part) for k, part in blocks.items()]
        ends += [self.most_of_unit(variable, number) for variable, number in others]
        return None if None in ends else sum(ends)

    def most_of_unit(self, variable, factor):
        if not isinstance(variable, tuple) or variable[0] != "unit":
            return None
        if variable not in self.ranges:
            argument = dict(variable[1])
            ends = self.least(argument), self.most(argument)
            self.ranges[variable] = [end and max(0, end) for end in ends]
        low, high = self.ranges[variable]
        return factor * (low or 0) if factor < 0 else high and factor * high if high != 0 else 0

    def least(self, form):
        most = self.most(negated(form))
        return None if most is None else -most

    def is_positive(self, form):
        """Return whether the form is proved to be ≥ 0."""
        least = self.least(form)
        return least is not None and least >= 0

    def is_zero(self, form):
        form = without_opposites(form)
        return not form or self.is_positive(form) and self.is_positive(negated(form))

    def cuts(self, argument):
        """Return the (block, form) along which the domain may be cut to find the sign of an argument."""
        parts = self.parts(argument)
        bias_alone = 0
        if len(parts) == 2 and "" in parts and not parts[""][1] and not parts[""][2]:
            bias_alone = parts.pop("")[0]  # a number, beside products by one parameter
        if len(parts) != 1:
            return []
        (scale, (bias, blocks, others)), = parts.items()
        inverse = self.scales.get(scale)
        if others or len(blocks) != 1 or bias_alone and not isinstance(inverse, str):
            return []
        (k, part), = blocks.items()
        if isinstance(self.blocks[k], Rows):
            return [(k, form) for form in self.blocks[k].crossed(part)] if not bias else []
        form = plus({"1": bias, **part}, {inverse: bias_alone} if bias_alone else {})
        return [(k, form) for form in self.blocks[k].crossed(form)]

    def clipped(self, k, form):
        """Return the part of the domain where a form in the variables of block k is >= 0; None if there is none."""
        block = self.blocks[k].clipped(form)
        blocks = [*self.blocks[:k], block, *self.blocks[k + 1:]]
        return None if block.is_empty() else type(self)(blocks, self.scales, self.products)


def unit(argument, domain):
    """Return the form of max(0, argument): it, or 0, or a multiple of a unit."""
    if domain.is_positive(argument):
        return argument
    if domain.is_positive(negated(argument)):
        return {}
    return unit_of(argument)


def unit_of(argument):
    """Return a multiple of the unit of the argument divided by the size of its first coefficient."""
    size = abs(argument[min((key for key in argument if key != ONE), key=repr)])
    parts = tuple(sorted(((key, quotient(number, size)) for key, number in argument.items()), key=repr))
    return {("", ("unit", parts)): size}


def units_of(form):
    """Return the keys of the form that are units."""
    return [key for key in form if isinstance(key[1], tuple) and key[1][0] == "unit"]


def without_opposites(form):
    """Return the form with max(0, f) - f for max(0, -f), where max(0, f) is in it as well."""
    for scale, variable in units_of(form):
        if not scale and (scale, variable) in form:
            argument = dict(variable[1])
            (other,) = unit_of(negated(argument))
            if other in form and other != (scale, variable):
                change = plus({(scale, variable): 1, other: -1}, argument, -1)
                form = plus(form, change, form[other])
    return form


def scaled(form, symbol, domain):
    """Return the product of a form by a parameter: a number, or the name of one."""
    if not isinstance(symbol, str):
        return combined([(form, symbol)])
    found = {}
    for (scale, variable), number in form.items():
        if domain.scales.get(symbol) == variable and not scale:
            key = ONE
        elif scale and domain.scales.get(scale) == symbol:
            key = ("", variable)
        elif (symbol, variable) in domain.products:
            key = (scale, domain.products[symbol, variable])
        elif variable == "1" and symbol[0] == "e":
            key = (scale, symbol)
        else:
            key = (symbol if not scale else "·".join(sorted([scale, symbol])), variable)
        found[key] = found.get(key, 0) + number
    return {key: number for key, number in found.items() if number}


def follow(nodes, wanted, known, domain):
    """Return the forms of all nodes that the wanted ones need; ``known`` are forms that are given.

    ``nodes`` has a node for each place: None (any number, unless known), ("affine", {node: weight}, bias), ("relu",
    node), ("times", symbol or number, node).
    """
    def unknown(places):
        return [node for node in places if node not in known]

    forms = dict(known)
    for node in reached(unknown(wanted), lambda node: unknown(sources(nodes[node]))):
        entry = nodes[node]
        if entry is None:
            forms[node] = {("", f"any {node}"): Fraction(1)}
        elif entry[0] == "affine":
            forms[node] = combined([(forms[source], weight) for source, weight in entry[1].items()], entry[2])
        elif entry[0] == "relu":
            forms[node] = unit(forms[entry[1]], domain)
        else:
            forms[node] = scaled(forms[entry[2]], entry[1], domain)
    return forms


def sources(entry):
    if entry is None:
        return ()
    return entry[1] if entry[0] == "affine" else entry[1:] if entry[0] == "relu" else entry[2:]


def prove(nodes, wanted, known, domain, claim, message, depth=0):
    """Raise `Unproved` unless ``claim(forms, domain)`` is shown, if need be on the parts of a cut domain."""
    forms = follow(nodes, wanted, known, domain)
    if claim(forms, domain):
        return
    settled = {node: form for node, form in forms.items() if not units_of(form)}
    for variable in sorted({key[1] for form in forms.values() for key in units_of(form)}, key=repr):
        for k, form in domain.cuts(dict(variable[1])):
            require(depth < DEPTH, message)
            for side in (form, negated(form)):
                if part := domain.clipped(k, side):
                    prove(nodes, wanted, settled, part, claim, message, depth + 1)
            return
    raise Unproved(message)


def require_equal(nodes, goals, known, domain, message):
    """Raise `Unproved` unless nodes equal forms; ``goals`` are pairs of these, and a node may come twice."""
    goals = list(goals)

    def claim(forms, domain):
        return all(domain.is_zero(plus(forms[node], goal, -1)) for node, goal in goals)

    prove(nodes, [node for node, _ in goals], known, domain, claim, message)
