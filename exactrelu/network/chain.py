"""Networks made of shared blocks: `Chain` composes blocks, `Sum` adds chains (Remark 2.1 (ii)–(iv)).

A network of depth O(n) whose stages are equal is kept as n references to one block, so that it takes O(1) memory
beyond the references; `flatten` expands it into the one `Network` that it stands for.
"""

from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Network, Relu


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
                raise ValueError(
                    f"a block with {len(before.outputs)} outputs cannot feed one with {after.inputs} inputs"
                )
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
        flat = Expansion(self)
        nodes = list(flat)
        return Network(self.inputs, nodes, flat.outputs, flat.marks)


class Expansion:
    """The flat nodes of a `Chain` or `Sum`, made one after the other; iterate once.

    After the last node ``outputs`` are the ids of the outputs and ``marks`` names the nodes of the interfaces.
    """

    def __init__(self, network):
        self.inputs = network.inputs
        self.outputs = ()
        self.marks = {}
        self._terms = network.terms
        self._size = network.inputs

    def __iter__(self):
        ends = []
        for index, chain in enumerate(self._terms):
            interface = list(range(self.inputs))
            for position, block in enumerate(chain.blocks):
                interface = yield from self._block(block, interface)
                if chain.names is not None and position < len(chain.names):
                    marks = zip(chain.names[position], interface)
                    self.marks.update((f"{index}/{position}/{name}", node) for name, node in marks)
            ends.append(interface)
        self.outputs = ends[0]
        if len(ends) > 1:
            self.outputs = range(self._size, self._size + len(ends[0]))
            for column in zip(*ends):
                yield self._affine(((node, mpq(1)) for node in column), mpq(0))

    def _block(self, block, interface):
        """Yield the nodes of ``block`` on the nodes ``interface`` and return the ids of its outputs."""
        offset = self._size - block.inputs

        def moved(node):
            return interface[node] if node < block.inputs else node + offset

        for node in block.nodes:
            if type(node) is Relu:
                self._size += 1
                yield Relu(moved(node.of))
            else:
                yield self._affine(((moved(source), weight) for source, weight in node.terms), node.bias)
        return [moved(node) for node in block.outputs]

    def _affine(self, terms, bias):
        """Return the next node, affine; the weights of a node that occurs twice are added."""
        weights = {}
        for node, weight in terms:
            weights[node] = weights.get(node, 0) + weight
        self._size += 1
        return Affine(tuple(weights.items()), bias)
