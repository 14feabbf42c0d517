"""Evidence by induction for sums of atoms (docs/certificate.md, section 8): where their cascades are, as nodes."""

from collections import defaultdict
from typing import NamedTuple

from exactrelu.certification.induction.blocks import flat_ids
from exactrelu.errors import InputError
from exactrelu.field import mpq

WIDEST = mpq(7, 16)
"""The largest width that is written for an atom that vanishes far from the seam: it has to be smaller than 1/2."""


class AtomCascade(NamedTuple):
    """A cascade: nodes are ids of the flat network, ``lines`` the numbers of its two lines.

    ``states`` are (i, j, sign), ``value`` pairs (node, weight) that add up to h, ``rows[k]`` the nodes of the states
    after k of n stages, ``reading`` pairs (node, weight) that add up to its share of the output, up to a constant.
    """

    lines: tuple
    states: tuple
    value: tuple
    rows: tuple
    reading: tuple


class TermEvidence(NamedTuple):
    """A term: its ``origin`` in the user's coordinates, the ``width`` of the seams, its lines (axis, first, length).

    ``transport``, ``controllers`` and ``selectors`` are nodes of the flat network for all lines, interface by
    interface; ``patches`` are (i, j, κ). Cells are counted as the indices of the mask are.
    """

    origin: tuple
    width: object
    lines: tuple
    transport: tuple
    controllers: tuple
    selectors: tuple
    patches: tuple
    cascades: tuple


class AtomEvidence(NamedTuple):
    """The evidence of each term."""

    terms: tuple


def atom_evidence(problem, network, summands):
    """Return the `AtomEvidence` of a network (`Chain`, `Sum` or `Network`), whose terms compute the ``summands``.

    Raises `InputError` where the evidence has no place for it.
    """
    _, corner = problem.normalized()
    ids = flat_ids(network, [found.term for found in summands])
    numbered = zip(summands, ids, strict=bool(summands))  # the zero network has a term, but no summand
    return AtomEvidence(tuple(term_evidence(found, own, corner) for found, own in numbered))


def term_evidence(summand, ids, corner):
    """Return the `TermEvidence` of an `atoms.Summand` with these ``ids`` (`blocks.Term`); ``corner``: of the window."""
    term, shape = summand.term, summand.shape
    names = sorted(summand.lines, key=summand.lines.__getitem__)
    lines = [summand.lines[name] for name in names]

    def loops(k):
        """Return the nodes of the controllers after block k."""
        return tuple(ids[k + 1][position] for name in names for position in entry(term.inlets[k].loops, name, term, k))

    def digits(k):
        """Return the nodes of the selectors after block k."""
        return tuple(ids[k + 1][entry(term.inlets[k].digits, name, term, k)] for name in names)

    spread = term.readout + 1
    return TermEvidence(
        tuple(shift * term.step for shift in summand.shift), min(shape.margin, WIDEST),
        tuple((line.axis, line.first + corner[line.axis], line.length) for line in lines),
        tuple(loops(k) for k in range(term.readout)),
        tuple(loops(k) for k in range(spread, term.last - 1)),
        tuple(digits(k) for k in range(spread, term.last)),
        tuple((i + corner[0], j + corner[1], weight) for (i, j), weight in sorted(summand.weights.items()) if weight),
        tuple(sorted(cascade(summand, ids, pair, names, corner) for pair in summand.values)),
    )


def entry(table, name, term, k):
    """Return the position of a line's value after block k; raises `InputError` if there is none."""
    if name not in table:
        raise InputError(f"no certificate can be written: {term.label(k)} hands on no value of the line {name}")
    return table[name]


def cascade(summand, ids, pair, names, corner):
    """Return the `AtomCascade` of a pair of lines."""
    term = summand.term
    spread = term.readout + 1
    states = sorted(term.inlets[spread].rows[pair])
    rows = [term.inlets[k].rows[pair] for k in range(spread, term.last)]
    if any(row.keys() != set(states) for row in rows):
        raise InputError(f"no certificate can be written: in term {term.index} the states change from stage to stage")
    return AtomCascade(
        tuple(map(names.index, pair)),
        tuple((i + corner[0], j + corner[1], sign) for i, j, sign in states),
        named(summand.values[pair], ids[spread]),
        tuple(tuple(ids[k][row[state]] for state in states) for k, row in enumerate(rows, spread + 1)),
        named(summand.readings.get(pair, {}), ids[term.last]),
    )


def named(weights, ids):
    """Return {node of a block: weight} as sorted pairs (node of the network, weight), each node once."""
    found = defaultdict(mpq)
    for node, weight in weights.items():
        found[ids[node]] += weight
    return tuple(sorted(found.items()))
