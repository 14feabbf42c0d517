"""A network as a composition of blocks: cut at its interfaces, equal blocks kept once.

Interfaces are named by the ``names`` of a chain or the ``marks`` of a flat network. They are hints and no more: what
counts is that every value of the next interface, and in the end the output, is a function of the values of this one. A
`Chain` is a composition by its making; a flat network is cut by following every edge backwards from the nodes of an
interface to those of the one before, and a path that arrives elsewhere is an edge around the interface.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.network.chain import Chain, Sum
from exactrelu.network.dag import Affine, sources
from exactrelu.network.program import renumbered
from exactrelu.proof.kernel import Unproved

_MARK = re.compile(r"(0|[1-9]\d{0,8})/(0|[1-9]\d{0,8})/(.+)", re.ASCII)


class Block(NamedTuple):
    """A network as plain data: node k of ``nodes`` (`Affine`, `Relu`) has id ``inputs`` + k, and all nodes are in use.

    Two blocks are equal as values if and only if they are the same network node by node.
    """

    inputs: int
    nodes: tuple
    outputs: tuple

    def used_inputs(self):
        """Return the set of the inputs that some output needs."""
        read = {source for node in self.nodes for source in sources(node)} | set(self.outputs)
        return {source for source in read if source < self.inputs}


class Term(NamedTuple):
    """A composition: the indices ``steps`` of its blocks in `Cut.blocks`, and the interfaces between them.

    ``names[k]`` are the names of the outputs of block k, and ``inlets[k]`` says which input of block k + 1 each of them
    is: outputs that are one node of a flat network are one input.
    """

    steps: tuple
    names: tuple
    inlets: tuple


class Cut(NamedTuple):
    """A network as a sum of compositions of ``blocks``, which are pairwise different."""

    blocks: tuple
    terms: tuple


def cut(network):
    """Return the `Cut` of a `Chain`, `Sum` or flat `Network`; raises `Unproved` where it has no interfaces."""
    known, blocks = {}, []

    def index(found):
        if found not in known:
            known[found] = len(blocks)
            blocks.append(found)
        return known[found]

    if isinstance(network, (Chain, Sum)):
        seen = {}
        terms = tuple(_term_of_chain(chain, index, seen) for chain in network.terms)
    else:
        terms = tuple(_terms_of_marks(network, index))
    return Cut(tuple(blocks), terms)


def block(inputs, nodes, outputs):
    """Return the `Block` of what the ``outputs`` need of ``nodes``."""
    return _closure(lambda node: nodes[node - inputs], {k: k for k in range(inputs)}, outputs)


def _closure(node_at, entry, outputs):
    """Return the `Block` from the nodes in ``entry``, {node: input} in order, to the nodes ``outputs``.

    Raises `KeyError` with the input of the network at which a path backwards arrives without passing ``entry``.
    """
    needed, waiting = set(), [output for output in set(outputs) if output not in entry]
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(source for source in sources(node_at(node)) if source not in entry)
    needed = sorted(needed)
    number = {node: k for k, node in enumerate((*entry, *needed))}
    nodes = tuple(renumbered(node_at(node), number) for node in needed)
    return Block(len(entry), nodes, tuple(number[output] for output in outputs))


def _term_of_chain(chain, index, seen):
    """Return the `Term` of a chain; ``seen`` keeps the indices of the blocks of all chains that were met."""
    names = () if len(chain.blocks) == 1 else chain.names
    if names is None:
        raise Unproved("the network", "the interfaces between its blocks have no names")
    for part in chain.blocks:
        if id(part) not in seen:
            seen[id(part)] = index(block(part.inputs, part.nodes, part.outputs))
    steps = [seen[id(part)] for part in chain.blocks]
    return Term(tuple(steps), names, tuple(tuple(range(len(row))) for row in names))


def steps_of(found):
    """Return the blocks of a `Cut` network of one term as triples (block, names of its outputs, inputs that they are).

    Names and inputs are None for the last one. Raises `Unproved` for a sum of several terms.
    """
    if len(found.terms) != 1:
        raise Unproved("the network", f"expected one composition of blocks, got a sum of {len(found.terms)}")
    (term,) = found.terms
    blocks = (found.blocks[step] for step in term.steps)
    return list(zip(blocks, (*term.names, None), (*term.inlets, None), strict=True))


def steps_or_whole(network):
    """Return the blocks of a network as `steps_of`, or all of it as one where it has no interfaces."""
    try:
        return steps_of(cut(network))
    except Unproved:
        return [(network.flatten(), None, None)]


def _terms_of_marks(network, index):
    """Yield the `Term` of each summand of a flat network with marks "term/block/name"; a constant needs none."""
    nodes = network.nodes
    inputs = network.inputs
    if not network.marks and not (whole := block(inputs, nodes, network.outputs)).used_inputs():
        yield Term((index(whole),), (), ())
        return
    interfaces = _interfaces(network.marks)

    def node_at(node):
        if node < inputs:
            raise KeyError(node)
        return nodes[node - inputs]

    ends = _ends(network, node_at, [rows[-1] for rows in interfaces])
    for term, (rows, end) in enumerate(zip(interfaces, ends, strict=True)):
        final = inputs + len(nodes)
        cuts = [[node for _, node in row] for row in rows] + [[final]]
        entry = {k: k for k in range(inputs)}
        steps, inlets = [], []

        def node_or_end(node, final=final, end=end):
            return end if node == final else node_at(node)

        for position, outputs in enumerate(cuts):
            try:
                steps.append(index(_closure(node_or_end, entry, outputs)))
            except KeyError as leak:
                reason = f"a path goes around the interface before it: it reads input {leak.args[0]} of the network"
                raise Unproved(f"block {position} of term {term}", reason) from None
            entry = {node: k for k, node in enumerate(dict.fromkeys(outputs))}
            inlets.append(tuple(entry[node] for node in outputs))
        names = tuple(tuple(name for name, _ in row) for row in rows)
        yield Term(tuple(steps), names, tuple(inlets[:-1]))


def _interfaces(marks):
    """Return, for each term, its interfaces in order, lists of (name, node)."""
    found = defaultdict(lambda: defaultdict(list))
    for mark, node in marks.items():
        match = _MARK.fullmatch(mark)
        if match is None:
            raise Unproved("the network", f"the mark {mark[:40]!r} is not of the form term/block/name")
        found[int(match[1])][int(match[2])].append((match[3], node))
    if sorted(found) != list(range(len(found))) or not found:
        raise Unproved("the network", "no marks say where its blocks end" if not found else "the marks miss a term")
    for term, rows in found.items():
        if sorted(rows) != list(range(len(rows))):
            raise Unproved("the network", f"the marks of term {term} miss an interface")
    return [[found[term][position] for position in range(len(found[term]))] for term in range(len(found))]


def _ends(network, node_at, last_interfaces):
    """Return, for each term, an `Affine` node that is its share of the output."""
    (output,) = network.outputs
    if len(last_interfaces) == 1:
        return [Affine(((output, mpq(1)),), mpq(0))]
    owner = {}
    for term, row in enumerate(last_interfaces):
        for _, node in row:
            owner.setdefault(node, term)
    node = node_at(output) if output >= network.inputs else None
    if type(node) is not Affine:
        raise Unproved("the output", "it is not a sum of terms")
    shares = [[] for _ in last_interfaces]
    for source, weight in node.terms:
        shares[_owner(source, node_at, owner)].append((source, weight))
    return [Affine(tuple(share), node.bias if not term else mpq(0)) for term, share in enumerate(shares)]


def _owner(node, node_at, owner):
    """Return the term whose last interface a node is computed from, 0 for a constant."""
    seen, waiting, owners = set(), [node], set()
    while waiting:
        node = waiting.pop()
        if node in owner:
            owners.add(owner[node])
        elif node not in seen:
            seen.add(node)
            try:
                waiting.extend(sources(node_at(node)))
            except KeyError:
                raise Unproved("the output", f"a path from input {node} goes around all interfaces") from None
    if len(owners) > 1:
        raise Unproved("the output", "it mixes values of two terms before they are added")
    return owners.pop() if owners else 0
