"""Programs of families of networks as certificates of format 2 have them, and where in them values are."""

from exactrelu.field import text
from exactrelu.network.dag import Relu
from exactrelu.network.ports import ROW, port
from exactrelu.network.program import Times


class Part:
    """A program as the format has it: its inputs are followed by the ``parameters``, whether it has them or not."""

    def __init__(self, program, outlets, parameters):
        self.program, self.outlets, self.size = program, outlets, len(program.inlets)
        names = (*program.inlets, *parameters)
        own = [names.index(name) for name in (*program.inlets, *program.parameters)]
        self.ids = [*own, *range(len(names), len(names) + len(program.nodes))]

    def data(self):
        """Return the JSON object."""
        outputs = [self.ids[self.program.outlets[name]] for name in self.outlets]
        return {"inputs": self.size, "nodes": [self._node(node) for node in self.program.nodes], "outputs": outputs}

    def _node(self, node):
        if type(node) is Relu:
            return {"op": "relu", "of": self.ids[node.of]}
        if type(node) is Times:
            return {"op": "times", "by": self.ids[node.parameter], "of": self.ids[node.of]}
        terms = [[self.ids[source], text(weight)] for source, weight in node.terms]
        return {"op": "affine", "terms": terms, "bias": text(node.bias)}

    def place(self, name):
        """Return the place of an input of that name."""
        return self.program.inlets.index(name)

    def mark(self, name):
        """Return the node of a mark."""
        return self.ids[self.program.marks[name]]

    def rows(self, index):
        """Return the arrays i, j, sign, p, pu, pv of the rows of a class among the inputs."""
        found = {}
        for k, name in enumerate(self.program.inlets):
            known = port(name)
            if known is not None and known.index == index and known.kind in ROW:
                found.setdefault(known.place, {})[known.kind] = k
        return [[*state, *(row[kind] for kind in ROW)] for state, row in sorted(found.items())]


def texts(numbers):
    """Return the texts of numbers."""
    return [text(number) for number in numbers]
