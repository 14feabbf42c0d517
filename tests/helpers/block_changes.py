"""Networks of blocks with one block, or one weight of a block, changed."""

from exactrelu.construction import one_pass
from exactrelu.field import mpq
from exactrelu.network import Chain, Network, Relu

HAIR = mpq(1, 2**60)


def with_block(chain, k, block):
    """Return the chain with another block k."""
    return Chain([*chain.blocks[:k], block, *chain.blocks[k + 1:]], chain.names)


def blocks_of(problem, n, bound=None, seam=None):
    """Return the blocks (start, stage, last, closing) of one-pass for n, as networks, and the names of its interfaces.

    Rows are 1/``bound`` times as large as what the gates of the stages close up to, and the selectors of the stages
    have the transition width ``seam``.
    """
    normal, origin = problem.normalized()
    classes = one_pass.shift_classes(normal)
    family = one_pass.programs(classes, origin)
    values = family.parameters(n)
    if bound is not None:
        values[one_pass.ETA] = one_pass.SEAM * values[one_pass.EPS] / bound
    start, _, _, closing = one_pass.instances(family[:4], values)
    if seam is not None:
        values[one_pass.EPS] = seam / one_pass.SEAM
    stage, last = one_pass.instances([family.stage, family.last], values)
    return (start, stage, last, closing), (one_pass.interface_names(classes), one_pass.terminal_names(classes))


def with_wide_gates(problem, n):
    """Return a network of one-pass, right but not the one of the family: its gates have twice the bound."""
    family = one_pass.programs(one_pass.shift_classes(problem.normalized()[0]), (0, 0))
    bound = 2 * one_pass.SEAM / 2**n / family.parameters(n)[one_pass.ETA]
    (start, stage, last, closing), (inner, final) = blocks_of(problem, n, bound)
    return Chain([start, *[stage] * (n - 1), last, closing], [inner] * n + [final])


def with_weight(block, node, place, change):
    """Return the block with ``change`` added to one weight of its affine node number ``node``."""
    nodes = list(block.nodes)
    terms = list(nodes[node].terms)
    source, weight = terms[place]
    terms[place] = (source, weight + change)
    nodes[node] = nodes[node]._replace(terms=tuple(terms))
    return Network(block.inputs, nodes, block.outputs)


def a_weight(block, output):
    """Return (affine node, place of a term) that an output of a block is computed from."""
    node = block.nodes[block.outputs[output] - block.inputs]
    while type(node) is Relu:
        node = block.nodes[node.of - block.inputs]
    return block.nodes.index(node), 0
