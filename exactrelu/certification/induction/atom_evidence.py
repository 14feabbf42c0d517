"""Evidence by induction for sums of atoms (docs/certificate-1.md, section 8): where their cascades are, as nodes."""

from collections import defaultdict
from typing import NamedTuple

from exactrelu.certification.induction.blocks import chain_ids
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network.dag import Affine
from exactrelu.network.program import references
from exactrelu.proof.forms import ONE, combination


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


def atom_evidence(network, found):
    """Return the `AtomEvidence` of a network (`Chain`, `Sum` or `Network`) in which `atom_terms.Found` was found.

    ``found`` is () for the zero network. Raises `InputError` where the evidence has no place for it.
    """
    if not found:
        return AtomEvidence(())
    ids = found.ids if all(found.ids) else chain_ids(network)
    terms = zip(found.family.terms, found.blocks, ids, strict=True)
    return AtomEvidence(tuple(term_evidence(found.family, *own) for own in terms))


def term_evidence(family, term, blocks, ids):
    """Return the `TermEvidence` of a `Term` of a family with these blocks and ``ids`` (`blocks.Term`)."""
    corner, n = family.corner, family.n
    names = sorted(term.lines, key=term.lines.__getitem__)
    lines = [term.lines[name] for name in names]

    def loops(k):
        """Return the nodes of the controllers that enter block k."""
        return tuple(ids[k][node] for name in names for node in blocks[k].before.loops[name])

    def digits(k):
        """Return the nodes of the selectors that enter block k."""
        return tuple(ids[k][blocks[k].before.digits[name]] for name in names)

    stages = range(n + 3, 2 * n + 3)
    return TermEvidence(
        tuple(shift * mpq(1, 2**n) for shift in term.shift), term.width,
        tuple((line.axis, line.first + corner[line.axis], line.length) for line in lines),
        tuple(loops(k) for k in range(1, n + 2)), tuple(loops(k) for k in stages[:-1]), tuple(map(digits, stages)),
        tuple((i + corner[0], j + corner[1], weight) for (i, j), weight in sorted(term.weights.items()) if weight),
        tuple(sorted(cascade(family, term, blocks, ids, pair, names) for pair in term.rows)),
    )


def cascade(family, term, blocks, ids, pair, names):
    """Return the `AtomCascade` of a pair of lines."""
    (low, left), n = family.corner, family.n
    rows = [blocks[k].before.rows[pair] for k in range(n + 3, 2 * n + 3)]
    states = sorted(rows[0])
    if any(row.keys() != set(states) for row in rows):
        raise InputError(f"no certificate can be written: in term {term.index} the states change from stage to stage")
    return AtomCascade(
        tuple(map(names.index, pair)), tuple((i + low, j + left, sign) for i, j, sign in states),
        named(dict(term.readers[pair]), ids[n + 2]),
        tuple(tuple(ids[k][row[state]] for state in states) for k, row in enumerate(rows, n + 3)),
        named(shares(term.last).get(pair, {}), ids[-1]),
    )


def named(weights, ids):
    """Return {node of a block: weight} as sorted pairs (node of the network, weight), each node once."""
    found = defaultdict(mpq)
    for node, weight in weights.items():
        found[ids[node]] += weight
    return tuple(sorted(found.items()))


def shares(block):
    """Return {cascade: {node: weight}}, which add up to the output of a last stage, but for what reads no row."""
    program, before = block.program, block.before
    forms, owners = [{k: mpq(1)} for k in range(program.inputs)], [frozenset([k]) for k in range(program.inputs)]
    for k, node in enumerate(program.nodes, program.inputs):
        owners.append(frozenset().union(*(owners[source] for source in references(node))))
        is_affine = type(node) is Affine
        terms = [(forms[source], weight) for source, weight in node.terms] if is_affine else [({k: mpq(1)}, 1)]
        forms.append(combination(terms, node.bias if is_affine else 0))
    (output,) = program.outlets.values()
    entries = {pair: set(row.values()) for pair, row in before.rows.items()}
    found = defaultdict(dict)
    for key, weight in forms[output].items():
        if key is ONE or owners[key] <= set(before.digits.values()):
            continue
        # an entry that is zero may be one node in the rows of several cascades: then their selectors tell which it is
        pairs = [
            pair for pair, own in entries.items() if owners[key] <= own | {before.digits[line] for line in pair}
        ]
        if len(pairs) != 1:
            raise InputError("no certificate can be written: a unit of the last stage reads several cascades")
        found[pairs[0]][key] = weight
    return found
