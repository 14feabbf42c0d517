"""Members and sizes of families, for the second checker: section 7.3 of docs/certificate.md."""

from fractions import Fraction
from math import lcm

from second_files import ancestors, integer, items, need, rational, reached
from second_functionals import start_of
from second_programs import plus, require

LARGEST = 5_000_000


def read_member(value, family, n, network, root):
    """Return (the evidence without what is about one network, η or None); interfaces are for other checkers."""
    is_sum = not hasattr(family, "closing")
    need(isinstance(value, dict) and not ("eta" in value and (is_sum or family.of_rows)), "evidence, or eta")
    value = dict(value)
    eta, interfaces = value.pop("eta", None), value.pop("interfaces", None)
    if interfaces is not None and is_sum:
        for lists, term in zip(items(interfaces, len(family.terms)), family.terms):
            read_interfaces(lists, [term.transport.inputs] * (n + 1) + [term.stage.inputs] * n + [1], network)
    elif interfaces is not None:
        read_interfaces(interfaces, [family.stage.inputs] * n + [family.closing.inputs], network)
    return value, None if eta is None else rational(eta, root)


def read_interfaces(value, counts, network):
    for nodes, count in zip(items(value, len(counts)), counts):
        for node in items(nodes, count):
            integer(node, 0, len(network.nodes) - 1)


def check_network(theory, n, network, eta, place=None):
    """Raise `Unproved` unless the network is the one for n of the family, up to scaled units.

    It is that of the family at A'z + b' for ``place`` (A', b'), and at z for None; so is η for None c/ρ^n.
    """
    nodes, output = composed(chains(theory, n, eta), network.inputs, place)
    names = {}
    unit_forms(network.nodes, network.outputs[0], names, True)
    found = unit_forms(nodes, output, names, False)
    network_form = unit_forms(network.nodes, network.outputs[0], names, False)
    require(not plus(found, network_form, -1), "the network is not that of the family")


def chains(theory, n, eta):
    """Return [(programs, values of their parameters, what the output is divided by)]; the network for n is the sum."""
    family = theory.family
    if not hasattr(theory, "classes"):
        eps = Fraction(1, 2**n)
        return [([t.start, *[t.transport] * n, t.spread, *[t.stage] * (n - 1), t.last], (eps, 1 / t.base**n),
                 t.factor * eps / t.base**n) for t in family.terms]
    largest = family.factor / family.base**n
    require(eta is None or 0 < eta <= largest, "eta")
    eta = largest if eta is None else eta
    epsilons = [Fraction(1, factor**n) for factor in ([2] if family.of_rows else theory.factors)]
    numbers = [*epsilons, eta] if family.of_rows else [*epsilons, *(1 / eps for eps in epsilons), eta]
    stages = [*[family.stage] * (n - 1), *[family.last] * (n > 0)]
    return [([start_of(family, n), *stages, family.closing], numbers, eta)]


def composed(chains, inputs, place):
    """Return (nodes as in a network, output) of the programs of chains, one after the other."""
    require(sum(len(program.nodes) for programs, *_ in chains for program in programs) <= LARGEST, "too many nodes")
    nodes, total, points = [None] * inputs, {}, range(inputs)
    if place is not None:
        nodes += [(dict(enumerate(row)), start) for row, start in zip(*place)]
        points = range(inputs, 2 * inputs)
    for programs, numbers, divisor in chains:
        ends = points
        for program in programs:
            places = [*ends, *range(len(nodes), len(nodes) + len(program.nodes) - program.inputs)]
            nodes += [({}, number) for number in numbers]
            for node in program.nodes[len(numbers) + program.inputs:]:
                if node[0] == "relu":
                    nodes.append(places[node[1]])
                elif node[0] == "times":
                    nodes.append(({places[node[2]]: numbers[node[1] - program.inputs]}, Fraction(0)))
                else:
                    terms = {}
                    for source, weight in node[1].items():
                        terms[places[source]] = terms.get(places[source], 0) + weight
                    nodes.append((terms, node[2]))
            ends = [places[node] for node in program.outputs]
        total[ends[0]] = total.get(ends[0], 0) + 1 / divisor
    return [*nodes, (total, Fraction(0))], len(nodes)


def unit_forms(nodes, output, names, is_new):
    """Return the form of a node, {key: coefficient}: keys are None (the constant), inputs and the names of units.

    ``names`` has units by their arguments, divided by the size of the first coefficient; new ones only if ``is_new``.
    """
    forms = {}
    for node in ancestors(nodes, [output]):
        entry = nodes[node]
        if entry is None:
            forms[node] = {(0, node): Fraction(1)}
        elif isinstance(entry, int):
            forms[node] = unit_form(forms[entry], names, is_new)
        else:
            total = {None: entry[1]} if entry[1] else {}
            for source, weight in entry[0].items():
                total = plus(total, forms[source], weight)
            forms[node] = total
    return forms[output]


def unit_form(argument, names, is_new):
    if set(argument) <= {None}:
        constant = max(Fraction(0), argument.get(None, Fraction(0)))
        return {None: constant} if constant else {}
    if all(key is None or key[0] == 1 for key in argument):  # units are not negative
        if min(argument.values()) >= 0:
            return argument
        if max(argument.values()) <= 0:
            return {}
    size = abs(argument[min(key for key in argument if key is not None)])
    name, other = (frozenset((key, sign * number / size) for key, number in argument.items()) for sign in (1, -1))
    if name not in names and other in names:  # max(0, e) = e + max(0, -e)
        return plus(argument, {(1, names[other]): size})
    require(is_new or name in names, "a unit that the network has not")
    return {(1, names.setdefault(name, len(names))): size}


# --- sizes


def check_layers(theory, first, period, stages, more, width, slope, offset):
    """Raise `Unproved` unless networks have at most slope · n + offset layers, of at most width units.

    They are those for K = stages + t · more, with n = first + t · period, for t ≥ 0, but t = 0 alone for a period 0.
    What is wanted of the stages comes again and again, and so do the starts; it suffices to look at K up to the end of
    the first common period, and at the layers that are added in one.
    """
    family = theory.family
    layers, wanted = layers_of(family.closing, {0}, family.of_rows)
    if family.of_rows:
        positive = {place for cls in theory.classes for row in (*cls.read.values(), [cls.seam]) for place in row}
        require(wanted <= positive, "an input of closing that may be negative")
    sums, sets = [layers], [wanted]  # behind the start, for K = 0, 1, …
    while len(sets) < 2 or sets[-1] not in sets[1:-1]:
        found, wanted = layers_of(family.last if len(sets) == 1 else family.stage, sets[-1])
        sums.append(sums[-1] + found)
        sets.append(wanted)
    again = sets.index(sets[-1], 1)
    cycle = len(sets) - 1 - again
    common = lcm(cycle, *(period or 1 for _, period, _ in family.starts))
    latest = len(sets) + max(first for first, *_ in family.starts)
    depths = []
    for t in range(latest + common + 1 if period else 1):
        K = stages + t * more
        rounds = max(0, K - again) // cycle
        rest = K - rounds * cycle
        found, _ = layers_of(start_of(family, K), sets[rest])
        depths.append(len(sums[rest]) + rounds * (len(sums[-1]) - len(sums[again])) + len(found))
        require(depths[-1] <= slope * (first + t * period) + offset, "more layers")
        require(max([*sums[-1 if rounds else rest], *found], default=0) <= width, "wider layers")
    require(depths[-1] - depths[-1 - common] <= slope * period * common if period else True, "more layers for large n")


def layers_of(program, outputs, inputs_are_positive=False):
    """Return (numbers of units on the levels, inputs that are needed) where some outputs are wanted."""
    nodes, count = program.nodes, program.inputs
    parameters = range(count, count + program.parameters)

    def read(node):
        """Return the nodes whose multiples a node is."""
        while nodes[node] is not None and nodes[node][0] == "times":
            node = nodes[node][2]
        return [] if node in parameters else [node]

    def sources(node):
        entry = nodes[node]
        if entry is None:
            return []
        return [k for source in (entry[1] if entry[0] == "affine" else [entry[1]]) for k in read(source)]

    wanted = {node for place in outputs for node in read(program.outputs[place])}
    needed = reached(wanted, sources)
    level = {}
    for node in needed:
        below = max((level[source] for source in sources(node)), default=0)
        level[node] = below + 1 if nodes[node] is not None and nodes[node][0] == "relu" else below
    top = max(level.values(), default=0)
    until, is_affine = dict(level), {node for node in needed if nodes[node] is not None and nodes[node][0] == "affine"}

    def keep(node, height):
        until[node] = max(until[node], height)

    for node in reversed(needed):
        ends = [node] if node in wanted else []
        for source in [*sources(node), *ends]:
            height = top if source == node else level[node] - (node not in is_affine)
            if source in is_affine and node not in is_affine or source == node and node in is_affine:
                for inner in sources(source):
                    keep(inner, height)
            else:
                keep(source, height)
    widths = [sum(1 for node in needed if level[node] == k and node not in is_affine) for k in range(1, top + 1)]
    for node in needed:
        double = node in is_affine or node < count and not inputs_are_positive
        for k in range(level[node] + 1, until[node] + 1):
            widths[k - 1] += 1 + double
    return widths, {node for node in needed if node < count}
