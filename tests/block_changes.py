"""Networks of blocks with one block, or one weight of a block, changed."""

from exactrelu.field import mpq
from exactrelu.network import Chain, Network, Relu

HAIR = mpq(1, 2**60)


def with_block(chain, k, block):
    """Return the chain with another block k."""
    return Chain([*chain.blocks[:k], block, *chain.blocks[k + 1:]], chain.names)


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
