"""Networks made of shared blocks: `Chain` composes blocks, `Sum` adds chains (Remark 2.1 (ii)–(iv)).

A network of depth O(n) whose stages are equal is kept as n references to one block, so that it takes O(1) memory
beyond the references; `flatten` expands it into the one `Network` that it stands for.
"""

from exactrelu.network.dag import Affine, Network, Relu
from exactrelu.rational import mpq


class Chain:
    """The composition of ``blocks`` (`Network`), the first one applied first; equal blocks are the same object.

    Each block has as many outputs as the next one has inputs. ``names[i]`` names output i of every block but the last
    when they are given: the interfaces that `flatten` marks.
    """

    def __init__(self, blocks, names=None):
        self.blocks = tuple(blocks)
        self.names = None if names is None else tuple(tuple(row) for row in names)
        for before, after in zip(self.blocks, self.blocks[1:]):
            if len(before.outputs) != after.inputs:
                raise ValueError(f"a block with {len(before.outputs)} outputs cannot feed one with {after.inputs} inputs")
        if self.names is not None:
            widths = [len(block.outputs) for block in self.blocks[:-1]]
            if [len(row) for row in self.names] != widths:
                raise ValueError("names: expected one name for each output of every block but the last")

    @property
    def inputs(self):
        """The number of inputs."""
        return self.blocks[0].inputs

    @property
    def terms(self):
        """The chain as a sum of one term."""
        return (self,)

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``."""
        for block in self.blocks:
            point = block.evaluate(point)
        return point

    def flatten(self):
        """Return the flat `Network`; block outputs are marked "term/block/name"."""
        return Sum((self,)).flatten()


class Sum:
    """The sum of ``terms`` (`Chain`), all with the same inputs and the same number of outputs."""

    def __init__(self, terms):
        self.terms = tuple(terms)
        shapes = {(term.inputs, len(term.blocks[-1].outputs)) for term in self.terms}
        if len(shapes) != 1:
            raise ValueError("a sum needs at least one term, all with the same numbers of inputs and outputs")

    @property
    def inputs(self):
        """The number of inputs."""
        return self.terms[0].inputs

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``."""
        return tuple(sum(column, mpq(0)) for column in zip(*(term.evaluate(point) for term in self.terms)))

    def flatten(self):
        """Return the flat `Network`; block outputs are marked "term/block/name"."""
        flat = Expansion(self.inputs)
        outputs = [flat.add_chain(term, index) for index, term in enumerate(self.terms)]
        if len(outputs) > 1:
            outputs = [[flat.add_sum(column) for column in zip(*outputs)]]
        return Network(self.inputs, flat.nodes, outputs[0], flat.marks)


class Expansion:
    """The flat nodes and marks of chains, appended one after the other."""

    def __init__(self, inputs):
        self.inputs = inputs
        self.nodes = []
        self.marks = {}

    def add_chain(self, chain, index):
        """Append the nodes of ``chain``, marked as term ``index``, and return the ids of its outputs."""
        interface = list(range(self.inputs))
        for position, block in enumerate(chain.blocks):
            interface = self._add_block(block, interface)
            if chain.names is not None and position < len(chain.names):
                for name, node in zip(chain.names[position], interface):
                    self.marks[f"{index}/{position}/{name}"] = node
        return interface

    def add_sum(self, summands):
        """Append the affine node that adds the nodes ``summands`` and return its id."""
        weights = {}
        for node in summands:
            weights[node] = weights.get(node, 0) + 1
        self.nodes.append(Affine(tuple((node, mpq(weight)) for node, weight in weights.items()), mpq(0)))
        return self.inputs + len(self.nodes) - 1

    def _add_block(self, block, interface):
        offset = self.inputs + len(self.nodes) - block.inputs

        def moved(node):
            return interface[node] if node < block.inputs else node + offset

        for node in block.nodes:
            if type(node) is Relu:
                self.nodes.append(Relu(moved(node.of)))
            else:
                weights = {}
                for source, weight in node.terms:
                    weights[moved(source)] = weights.get(moved(source), 0) + weight
                self.nodes.append(Affine(tuple(weights.items()), node.bias))
        return [moved(node) for node in block.outputs]
