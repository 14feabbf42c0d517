"""Networks with one input: exact functions of one variable, on an interval or on the whole line.

On an interval the functions are made of the knots inside of it alone, so that the work grows with what happens there.
"""

from exactrelu.network import Relu
from exactrelu.network.dag import references
from exactrelu.planar.univariate import IDENTITY, affine_combination, positive_part


def outputs_on(network, low=None, high=None):
    """Return a `Piecewise` for each output of a flat network with one input: equal to it on [low, high].

    ``low`` may be None for −∞ and ``high`` None for +∞. Beyond the interval the functions mean nothing.
    """
    found, last = {0: IDENTITY}, _last_uses(network)
    for k, node in enumerate(network.nodes, 1):
        if type(node) is Relu:
            found[k] = positive_part(found[node.of]).within(low, high)
        else:
            found[k] = affine_combination([(found[source], weight) for source, weight in node.terms], node.bias)
        for source in references(node):
            if last[source] == k:
                found.pop(source, None)
    return [found[output] for output in network.outputs]


def _last_uses(network):
    """Return {id: id of the last node that refers to it}; outputs are used after all nodes."""
    last = {source: k for k, node in enumerate(network.nodes, 1) for source in references(node)}
    return last | dict.fromkeys(network.outputs, len(network.nodes) + 1)
