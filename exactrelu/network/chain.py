"""Networks made of shared blocks: `Chain` composes blocks, `Sum` adds chains (Remark 2.1 (ii)–(iv)).

A network of depth O(n) whose stages are equal is kept as n references to one block, so that it takes O(1) memory
beyond the references; `flatten` expands it into the one `Network` that it stands for.
"""

from os import PathLike

from exactrelu import display
from exactrelu.errors import InputError, shown
from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Network, Relu, coordinates_of, counted, described


def as_network(network):
    """Return ``network`` itself if it is a `Network`, `Chain` or `Sum`; raises `InputError` with a hint if not."""
    if isinstance(network, (Network, Chain, Sum)):
        return network
    hint = "; read_network reads a file" if isinstance(network, (str, PathLike)) else ""
    raise InputError(f"expected a network (Network, Chain or Sum), got {shown(network)}{hint}")


def node_count(network):
    """Return the number of nodes of a `Network`, or of the blocks of a `Chain` or `Sum`, as often as these are used."""
    if isinstance(network, Network):
        return len(network.graph) - network.inputs
    return sum(node_count(block) for chain in network.terms for block in chain.blocks)


class Chain:
    """The composition of ``blocks`` (`Network`), the first one applied first; equal blocks are the same object.

    Each block has as many outputs as the next one has inputs. ``names[i]`` names output i of every block but the last
    when they are given: the interfaces that `flatten` marks. Raises `InputError` for blocks that do not fit.

    >>> from exactrelu import Affine, Chain, Network
    >>> double = Network(1, [Affine(((0, 2),), 0)], [1])
    >>> chain = Chain([double] * 10)
    >>> chain, chain.evaluate((3,))
    (<Chain: 1 input, 1 output, 10 blocks, 1 of them different>, (mpq(3072,1),))
    """

    def __init__(self, blocks, names=None):
        self.blocks = tuple(blocks)
        self.names = None if names is None else tuple(tuple(row) for row in names)
        if not self.blocks or not all(isinstance(block, Network) for block in self.blocks):
            raise InputError("a chain needs at least one block, and each of its blocks is a Network")
        for before, after in zip(self.blocks, self.blocks[1:]):
            if len(before.outputs) != after.inputs:
                raise InputError(
                    f"a block with {len(before.outputs)} outputs cannot feed one with {after.inputs} inputs"
                )
        if self.names is not None:
            widths = [len(block.outputs) for block in self.blocks[:-1]]
            if [len(row) for row in self.names] != widths:
                raise InputError("names: expected one name for each output of every block but the last")

    _repr_svg_ = display.svg

    def __repr__(self):
        different = len(set(map(id, self.blocks)))
        return f"<Chain: {described(self)}, {counted(len(self.blocks), 'block')}, {different} of them different>"

    @property
    def inputs(self):
        """The number of inputs."""
        return self.blocks[0].inputs

    @property
    def shape(self):
        """(number of inputs, number of outputs)."""
        return self.inputs, len(self.blocks[-1].outputs)

    @property
    def terms(self):
        """The chain as a sum of one term."""
        return (self,)

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``; raises `InputError` as `Network.values`."""
        for block in self.blocks:
            point = block.evaluate(point)
        return point

    def flatten(self):
        """Return the flat `Network`; block outputs are marked "term/block/name"."""
        return Sum((self,)).flatten()


class Sum:
    """The sum of ``terms`` (`Chain`), all with the same inputs and the same number of outputs.

    Raises `InputError` for others.

    >>> from exactrelu import Affine, Chain, Network, Sum
    >>> double = Chain([Network(1, [Affine(((0, 2),), 0)], [1])])
    >>> Sum([double, double]), Sum([double, double]).evaluate((3,))
    (<Sum: 1 input, 1 output, 2 terms>, (mpq(12,1),))
    """

    def __init__(self, terms):
        self.terms = tuple(terms)
        if not all(isinstance(term, Chain) for term in self.terms):
            raise InputError("the terms of a sum are chains: Chain([network]) is a chain of one block")
        if len({term.shape for term in self.terms}) != 1:
            raise InputError("a sum needs at least one term, all with the same numbers of inputs and outputs")

    _repr_svg_ = display.svg

    def __repr__(self):
        return f"<Sum: {described(self)}, {counted(len(self.terms), 'term')}>"

    @property
    def inputs(self):
        """The number of inputs."""
        return self.terms[0].inputs

    @property
    def shape(self):
        """(number of inputs, number of outputs)."""
        return self.terms[0].shape

    def evaluate(self, point):
        """Return the tuple of the exact outputs at ``point``; raises `InputError` as `Network.values`."""
        point = coordinates_of(point, self.inputs)
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
