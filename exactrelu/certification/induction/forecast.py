"""How long a proof by induction takes, from a network that is evaluated once. No verdict depends on anything here."""

from time import monotonic

from exactrelu.field import mpq
from exactrelu.network.chain import node_count
from exactrelu.planar.forecast import Estimate

FACTS = 1200
"""The facts about four blocks, one of each kind, take about so many evaluations of these: half as many to twice."""

MEMBER = 4
"""To find a network among those of a family takes so many evaluations."""

KINDS = 4
"""So many kinds of blocks there are, of which the network for n has n + 3."""


def estimate(n, network):
    """Return the `Estimate` of the time of a proof about the ``network`` for n, an integer, or n + 1, n + 2, … too."""
    start = monotonic()
    network.evaluate([mpq(1, k) for k in range(3, 3 + network.shape[0])])
    seconds = monotonic() - start
    basis = f"the network for n = {n}, {node_count(network)} nodes, was evaluated at a point in {seconds:.2g} s"
    return Estimate(seconds * (MEMBER + FACTS * min(1, KINDS / (n + KINDS - 1))), basis)
