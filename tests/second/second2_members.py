"""Members and sizes of families, for the second checker: section 7.3 of docs/certificate.md."""

from fractions import Fraction
from math import lcm

from second2_functionals import start_of
from second2_programs import plus, require

LARGEST = 5_000_000


def check_parts_of_member(theory, of_rows, n, network, eta):
    """Raise `Unproved` unless the network is the one for n of the family, up to scaled units; ``eta`` may be None."""
    family = theory.family
    require(n >= 1, "there is no member for n = 0")
    largest = family.factor / family.base**n
    require(eta is None or 0 < eta <= largest, "eta")
    eta = largest if eta is None else eta
    factors = [2] if of_rows else theory.factors
    epsilons = [Fraction(1, factor**n) for factor in factors]
    numbers = [*epsilons, eta] if of_rows else [*epsilons, *(1 / eps for eps in epsilons), eta]
    nodes, output = composed(family, n, numbers)
    names = {}
    unit_forms(network.nodes, network.outputs[0], names, True)
    found = unit_forms(nodes, output, names, False)
    network_form = unit_forms(network.nodes, network.outputs[0], names, False)
    require(not plus(found, network_form, -eta), "the network is not that of the family")


def composed(family, n, numbers):
    """Return (nodes as in a network, output) of the programs for n, one after the other."""
    programs = [start_of(family, n), *[family.stage] * (n - 1), family.last, family.closing]
    require(sum(len(program.nodes) for program in programs) <= LARGEST, "too many nodes")
    nodes = [None] * programs[0].inputs
    ends = list(range(len(nodes)))
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
    return nodes, ends[0]


def unit_forms(nodes, output, names, is_new):
    """Return the form of a node, {key: coefficient}: keys are None (the constant), inputs and the names of units.

    ``names`` has units by their arguments, divided by the size of the first coefficient; new ones only if ``is_new``.
    """
    needed, stack = set(), [output]
    while stack:
        node = stack.pop()
        if node not in needed:
            needed.add(node)
            entry = nodes[node]
            stack += [] if entry is None else [entry] if isinstance(entry, int) else entry[0]
    forms = {}
    for node in sorted(needed):
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


def check_layers(theory, of_rows, width, slope, offset):
    """Raise `Unproved` unless the networks have at most slope · n + offset layers, of at most width units.

    What is wanted of the stages repeats, and so do the starts; it suffices to look at n up to the end of the first
    common period, and at the layers that are added in one.
    """
    family = theory.family
    layers, wanted = layers_of(family.closing, {0}, of_rows)
    if of_rows:
        positive = {place for cls in theory.classes for row in (*cls.read.values(), [cls.seam]) for place in row}
        require(wanted <= positive, "an input of closing that may be negative")
    found, wanted = layers_of(family.last, wanted)
    layers, sets, stages = layers + found, [frozenset(wanted)], []
    while sets.count(sets[-1]) == 1:
        found, wanted = layers_of(family.stage, sets[-1])
        stages.append(found)
        sets.append(frozenset(wanted))
    first = sets.index(sets[-1])
    cycle = len(stages) - first
    period = lcm(cycle, *(period or 1 for _, period, _ in family.starts))
    latest = first + 1 + max(first for first, *_ in family.starts) + period
    depths = {}
    for n in range(1, latest + period + 1):
        found, _ = layers_of(start_of(family, n), sets[min(n - 1, first + (n - 1 - first) % cycle)])
        depths[n] = len(layers) + len(found)
        require(depths[n] <= slope * n + offset and max(found, default=0) <= width, "layers with a start")
        layers += stages[min(n - 1, first + (n - 1 - first) % cycle)]
    require(depths[latest + period] - depths[latest] <= slope * period, "more layers for large n")
    require(max(layers, default=0) <= width, "wider layers")


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
    needed, stack = set(), list(wanted)
    while stack:
        node = stack.pop()
        if node not in needed:
            needed.add(node)
            stack += sources(node)
    level = {}
    for node in sorted(needed):
        below = max((level[source] for source in sources(node)), default=0)
        level[node] = below + 1 if nodes[node] is not None and nodes[node][0] == "relu" else below
    top = max(level.values(), default=0)
    until, is_affine = dict(level), {node for node in needed if nodes[node] is not None and nodes[node][0] == "affine"}

    def keep(node, height):
        until[node] = max(until[node], height)

    for node in sorted(needed, reverse=True):
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
