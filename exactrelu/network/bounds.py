"""Exact interval bounds on the nodes of a network, over a box of inputs that may be unbounded."""

from typing import NamedTuple

from exactrelu.field import Rational, mpq
from exactrelu.network.dag import Relu


class Interval(NamedTuple):
    """The closed interval from ``low`` to ``high``; None stands for −∞ and +∞."""

    low: Rational | None
    high: Rational | None

    @property
    def sign(self):
        """+1 if the interval is known to be ≥ 0, −1 if ≤ 0, 0 if neither is known."""
        if self.low is not None and self.low >= 0:
            return 1
        return -1 if self.high is not None and self.high <= 0 else 0


LINE = Interval(None, None)
HALF_LINES = {1: Interval(mpq(0), None), -1: Interval(None, mpq(0)), 0: LINE}
"""The largest interval of each sign: what an interface between blocks remembers."""


def interval_bounds(network, inputs):
    """Return a list of `Interval`, one for each node of the flat ``network``, given those of its inputs."""
    bounds = list(inputs)
    for node in network.nodes:
        if type(node) is Relu:
            low, high = bounds[node.of]
            bounds.append(
                Interval(
                    mpq(0) if low is None or low < 0 else low,
                    None if high is None else max(high, mpq(0)),
                )
            )
        else:
            bounds.append(_affine_bounds(node, bounds))
    return bounds


def _affine_bounds(node, bounds):
    low = high = node.bias
    for source, weight in node.terms:
        down, up = bounds[source] if weight > 0 else (bounds[source].high, bounds[source].low)
        if weight == 0:
            continue
        low = None if low is None or down is None else low + weight * down
        high = None if high is None or up is None else high + weight * up
    return Interval(low, high)
