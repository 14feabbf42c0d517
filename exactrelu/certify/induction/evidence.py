"""Evidence by induction for certificates (docs/certificate.md): where the cascades of a network are, as nodes of it."""

from typing import NamedTuple

from exactrelu.certify.induction.atom_evidence import atom_evidence
from exactrelu.certify.induction.blocks import cut
from exactrelu.certify.induction.closing import check_reading, gates_and_readings
from exactrelu.certify.induction.composition import composed
from exactrelu.certify.induction.one_pass import classes_with_seams
from exactrelu.errors import InputError
from exactrelu.network.chain import Expansion
from exactrelu.network.dag import Affine, Network, sources


class Flat(NamedTuple):
    """A flat network without its graph."""

    inputs: int
    nodes: tuple
    outputs: tuple
    marks: dict


class Cascade(NamedTuple):
    """One shift class: nodes are ids of the flat network, ``states`` are (i, j, sign), coordinates those of the user.

    ``rows[k]`` are the nodes p, pu, pv of each state at interface k < n, ``selectors[k]`` those of χ₁ for x and y,
    ``controllers[k]`` (p, q) for x, (p, q) for y. ``seams`` are two summands of the seam deficiency, ``reading`` pairs
    (node, weight) that add up to the value read.
    """

    origin: tuple
    lengths: tuple
    end: tuple
    states: tuple
    rows: tuple
    selectors: tuple
    controllers: tuple
    final_states: tuple
    final_rows: tuple
    seams: tuple
    reading: tuple


class InductionEvidence(NamedTuple):
    """The ``window`` of the problem, the ``width`` w of the seams, and the cascades."""

    window: tuple
    width: object
    cascades: tuple


def flat(network):
    """Return the `Flat` form of a `Chain`, `Sum` or `Network`."""
    if isinstance(network, Network):
        return Flat(network.inputs, network.nodes, network.outputs, network.marks)
    expansion = Expansion(network)
    nodes = tuple(expansion)
    return Flat(network.inputs, nodes, tuple(expansion.outputs), expansion.marks)


def induction_evidence(problem, n, network, proof):
    """Return the `InductionEvidence` or `AtomEvidence` of a network, given the `Proof` that it equals V^n g.

    Raises `InputError` where a certificate has no place for what it is, such as seam deficiencies that are no sums of
    two nodes.
    """
    if proof.summands is not None:
        return atom_evidence(problem, network, proof.summands)
    network = flat(network)
    found = cut(network)
    whole = composed(n, found)
    classes, _, widths = classes_with_seams(problem, whole)
    closing, layouts = whole.blocks[n + 1], whole.inlets[n]
    _, readings = gates_and_readings(closing, layouts, whole.label(n + 1))
    ids = found.terms[0].ids[n + 1]
    cascades = []
    for shift_class in classes:
        reading, index = {}, shift_class.index
        if index in readings:
            factor, _ = check_reading(
                closing, layouts[index], shift_class.target, readings[index], whole.label(n + 1)
            )
            reading = {ids[key]: weight / factor for key, weight in readings[index].items()}
        cascades.append(cascade(problem, n, network, whole, shift_class, tuple(sorted(reading.items()))))
    return InductionEvidence(problem.window, min(widths.values()), tuple(cascades))


def cascade(problem, n, network, whole, shift_class, reading):
    """Return the `Cascade` of a shift class."""
    index, target = shift_class.index, shift_class.target

    def node(k, name):
        return network.marks[f"0/{k}/s{index}/{name}"]

    def row_nodes(k, states):
        names = [f"{kind}/{i},{j},{'+' if sign > 0 else '-'}" for i, j, sign in states for kind in ("p", "pu", "pv")]
        return tuple(node(k, name) for name in names)

    states = tuple(sorted(whole.outlets[0][index].rows))
    read = whole.inlets[n][index].rows
    final_states = tuple(
        state for state in sorted(read)
        if any(source in states for columns in target.columns.values() for source, _ in columns[state])
    )
    controllers = tuple(tuple(node(k, f"z/{axis}/{entry}") for axis in "xy" for entry in "pq") for k in range(n))
    return Cascade(
        shift_class.origin, shift_class.lengths, ends(problem, whole.step, shift_class),
        states, tuple(row_nodes(k, states) for k in range(n)),
        tuple((node(k, "chi1/x"), node(k, "chi1/y")) for k in range(n)), controllers,
        final_states, row_nodes(n, final_states), seams(network, node(n, "seam"), controllers[-1]), reading,
    )


def ends(problem, step, shift_class):
    """Return up to where the rows are right: the first line of the class's grid of level n from the window's end on."""
    sides = zip(problem.window, shift_class.origin, shift_class.lengths, shift_class.shift, strict=True)
    return tuple(min(origin + length, high - shift % 1 * step + step) for (_, high), origin, length, shift in sides)


def seams(network, deficiency, controllers):
    """Return the two nodes that the node ``deficiency`` is the sum of, a function of the x-controller and one of y."""
    node = network.nodes[deficiency - network.inputs]
    if type(node) is Affine and len(node.terms) == 2:
        found = {}
        for source, _ in node.terms:
            read = reads(network, source, controllers)
            own = [axis for axis in (0, 1) if read and read <= set(controllers[2 * axis : 2 * axis + 2])]
            found.update(dict.fromkeys(own, source))
        if len(found) == 2:
            return (found[0], found[1])
    raise InputError(
        "no certificate can be written: a seam deficiency is not a sum of two nodes, one for x and one for y"
    )


def reads(network, node, stops):
    """Return which of the nodes ``stops`` a node is computed from."""
    met, seen, waiting = set(), set(), [node]
    while waiting:
        node = waiting.pop()
        if node in stops:
            met.add(node)
        elif node not in seen and node >= network.inputs:
            seen.add(node)
            waiting.extend(sources(network.nodes[node - network.inputs]))
    return met
