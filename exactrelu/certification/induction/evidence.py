"""Evidence by induction for certificates (docs/certificate.md): where the cascades of a network are, as nodes of it."""

from typing import NamedTuple

from exactrelu.certification.induction.atom_evidence import atom_evidence
from exactrelu.certification.induction.blocks import block, cut, flat_ids, steps_or_whole
from exactrelu.certification.induction.one_pass import Cascades, prove
from exactrelu.certification.induction.small_network import is_small
from exactrelu.errors import InputError, UndecidedError
from exactrelu.network.dag import Affine
from exactrelu.proof.theories.one_pass import Family


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


def induction_evidence(problem, network, proof):
    """Return the `InductionEvidence` or `AtomEvidence` of a network, given the `Proof` that it equals V^n g.

    Raises `InputError` where a certificate has no place for what it is, such as seam deficiencies that are no sums of
    two nodes, and `UndecidedError` for networks of the construction small.
    """
    found = proof.examined
    if is_small(steps_or_whole(network)):
        raise UndecidedError(
            "the network is certified, but certificates have no place yet for inductions over networks of small; the "
            "method enumerate writes one"
        )
    if found is None or isinstance(found, Family):
        cut_network = cut(network)
        found = prove(problem, len(cut_network.terms[0].steps) - 2, cut_network).examined
    if not isinstance(found, Cascades):
        return atom_evidence(problem, network, found)
    (ids,) = flat_ids(network, [found.whole])
    cascades = tuple(cascade(problem, found, shift_class, ids) for shift_class in found.classes)
    return InductionEvidence(problem.window, min(found.widths.values()), cascades)


def cascade(problem, found, shift_class, ids):
    """Return the `Cascade` of a shift class of `Cascades`, whose nodes have these ``ids`` (`blocks.Term`)."""
    index, target, whole = shift_class.index, shift_class.target, found.whole
    n = whole.last
    layouts = [layouts[index] for layouts in whole.inlets]

    def named(k, positions):
        """Return the nodes of values at these positions after block k."""
        return tuple(ids[k + 1][position] for position in positions)

    def row_nodes(k, states):
        return named(k, [position for state in states for position in layouts[k].rows[state]])

    states = tuple(sorted(layouts[0].rows))
    final_states = tuple(
        state for state in sorted(layouts[n].rows)
        if any(source in states for columns in target.columns.values() for source, _ in columns[state])
    )
    reading = sorted((ids[n + 1][key], weight) for key, weight in found.readings.get(index, {}).items())
    return Cascade(
        shift_class.origin, shift_class.lengths, ends(problem, whole.step, shift_class),
        states, tuple(row_nodes(k, states) for k in range(n)),
        tuple(named(k, layouts[k].digits) for k in range(n)),
        tuple(named(k, [*layouts[k].loops[0], *layouts[k].loops[1]]) for k in range(n)),
        final_states, row_nodes(n, final_states), seams(whole, index, ids[n]), tuple(reading),
    )


def ends(problem, step, shift_class):
    """Return up to where the rows are right: the first line of the class's grid of level n from the window's end on."""
    sides = zip(problem.window, shift_class.origin, shift_class.lengths, shift_class.shift, strict=True)
    return tuple(min(origin + length, high - shift % 1 * step + step) for (_, high), origin, length, shift in sides)


def seams(whole, index, ids):
    """Return the two nodes that a class's deficiency is the sum of, a function of the x-controller and one of y's.

    ``ids`` are those of the last stage.
    """
    stage, loops = whole.blocks[whole.last], whole.inlets[whole.last - 1][index].loops
    deficiency = stage.outputs[whole.outlets[whole.last][index].seam]
    node = stage.nodes[deficiency - stage.inputs] if deficiency >= stage.inputs else None
    if type(node) is Affine and len(node.terms) == 2:
        found = {}
        for source, _ in node.terms:
            read = block(stage.inputs, stage.nodes, [source]).used_inputs()
            found.update({axis: ids[source] for axis in (0, 1) if read and read <= set(loops[axis])})
        if len(found) == 2:
            return (found[0], found[1])
    raise InputError(
        "no certificate can be written: a seam deficiency is not a sum of two nodes, one for x and one for y"
    )
