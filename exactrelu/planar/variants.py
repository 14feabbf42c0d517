"""A network specialised to pieces of the plane on which some of its nodes of one variable are zero.

Where a seam deficiency D vanishes, the gates on y − a D' and on y − a (D + D') are one unit, and in an alternating sum
they cancel with all that lies behind them, whether or not it has been decided. `Specializer` finds the nodes whose
vanishing merges units of the output's sum, and specialises the network to any set of them that vanish.
"""

from collections import defaultdict
from itertools import combinations

from exactrelu.network.dag import Affine, Relu, references

ZERO = -1
"""The alias of a node that is identically zero."""


class Specializer:
    """The variants of a flat network, one for each set of nodes known to be zero; made on demand and kept.

    ``univariate`` are the ids of its nodes of one variable. ``groups`` are sets of such nodes that merge units of an
    output's sum if all of the set are zero; ``switches`` are all nodes in them.
    """

    def __init__(self, network, univariate):
        self.network = network
        self.univariate = univariate
        self.groups = _groups(network, univariate)
        self.switches = frozenset().union(*self.groups)
        self._variants = {}

    def useful(self, zeros):
        """Return the part of a set of vanishing nodes that merges units: the union of the groups inside it."""
        return frozenset().union(*(group for group in self.groups if group <= zeros))

    def variant(self, zeros):
        """Return (steps, outputs) given that the nodes ``zeros``, a frozenset of switches, are zero.

        ``steps`` are the (id, node) needed beyond the univariate nodes, in topological order, equal ones made once;
        ``outputs`` are the ids of the outputs, `ZERO` for one that is identically zero.
        """
        if zeros not in self._variants:
            self._variants[zeros] = _specialised(self.network, self.univariate, zeros)
        return self._variants[zeros]


def _specialised(network, univariate, zeros):
    alias = {}
    known = {}
    steps = {}
    for k in univariate:
        alias[k] = ZERO if k in zeros else k
    for k, node in enumerate(network.nodes, network.inputs):
        if k in univariate:
            continue
        if type(node) is Relu:
            node = Relu(alias[node.of])
            empty = node.of == ZERO
        else:
            node = Affine(_merged(node.terms, alias), node.bias)
            empty = not node.terms and node.bias == 0
        if empty:
            alias[k] = ZERO
            continue
        # an affine node may look like a ReLU node as a tuple, so the type is part of the key
        alias[k] = known.setdefault((type(node), node), k)
        if alias[k] == k:
            steps[k] = node
    outputs = tuple(alias[k] for k in network.outputs)
    return _needed(steps, outputs), outputs


def _merged(terms, alias):
    weights = {}
    for source, weight in terms:
        if alias[source] != ZERO:
            weights[alias[source]] = weights.get(alias[source], 0) + weight
    return tuple(sorted((source, weight) for source, weight in weights.items() if weight))


def _needed(steps, outputs):
    reached = set(outputs)
    kept = []
    for k in sorted(steps, reverse=True):
        if k in reached:
            node = steps[k]
            reached.update(references(node))
            kept.append((k, node))
    return tuple(reversed(kept))


def _groups(network, univariate):
    """Return the sets of univariate nodes in which ReLU units of an output's sum differ that are otherwise equal."""
    nodes = dict(enumerate(network.nodes, network.inputs))
    alike = defaultdict(list)
    for output in network.outputs:
        node = nodes.get(output)
        for source, _ in node.terms if type(node) is Affine else ():
            if source not in univariate and type(nodes[source]) is Relu:
                own, others = _split_terms(nodes, nodes[source].of, univariate)
                alike[others].append(own)
    groups = set()
    for members in alike.values():
        for one, other in combinations(members, 2):
            groups.add(frozenset(k for k in one.keys() | other.keys() if one.get(k) != other.get(k)))
    return groups


def _split_terms(nodes, k, univariate):
    """Return the univariate terms of node k as {id: weight}, affine nodes of such terms opened, and the rest."""
    if type(nodes.get(k)) is not Affine:
        return {}, ((k, 1), None)
    own, others = {}, []
    for source, weight in nodes[k].terms:
        opened = nodes.get(source)
        if source in univariate:
            own[source] = own.get(source, 0) + weight
        elif type(opened) is Affine and opened.bias == 0 and all(inner in univariate for inner, _ in opened.terms):
            for inner, factor in opened.terms:
                own[inner] = own.get(inner, 0) + weight * factor
        else:
            others.append((source, weight))
    return own, (tuple(sorted(others)), nodes[k].bias)
