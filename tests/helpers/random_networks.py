"""Hypothesis strategies for rationals, points, flat networks, chains of shared blocks and sums."""

from hypothesis import strategies as st

from exactrelu.field import mpq
from exactrelu.network import Affine, Chain, Network, Relu, Sum

rationals = st.builds(mpq, st.integers(-12, 12), st.integers(1, 6))


def points(inputs):
    """Points of Q^inputs, integers and fractions."""
    return st.tuples(*[rationals] * inputs)


@st.composite
def networks(draw, inputs=2, outputs=1, most=14):
    """Flat networks: units and affine nodes may be constant, dead, multiples or opposites of others; weights may be 0.

    Nodes may reach no output, outputs may repeat.
    """
    nodes = []
    for _ in range(draw(st.integers(0, most))):
        earlier = st.integers(0, inputs + len(nodes) - 1)
        kind = draw(st.integers(0, 7))
        if kind < 4:
            nodes.append(Relu(draw(earlier)))
        elif kind < 5:
            nodes.append(Affine((), draw(rationals)))
        elif kind < 6:
            nodes.append(Affine(((draw(earlier), mpq(draw(st.sampled_from((-1, -2, 3))))),), mpq(0)))
        else:
            terms = draw(st.dictionaries(earlier, rationals, max_size=4))
            nodes.append(Affine(tuple(terms.items()), draw(rationals)))
    ends = st.integers(0, inputs + len(nodes) - 1)
    return Network(inputs, nodes, draw(st.lists(ends, min_size=outputs, max_size=outputs)))


@st.composite
def chains(draw, inputs=2, outputs=1):
    """Chains of up to six blocks, one of which is repeated."""
    width = draw(st.integers(1, 3))
    first = draw(networks(inputs, width, 6))
    stage = draw(networks(width, width, 6))
    last = draw(networks(width, outputs, 6))
    return Chain([first, *[stage] * draw(st.integers(0, 4)), last])


def sums(inputs=2, outputs=1):
    """Sums of up to three chains, of different depths as a rule."""
    return st.builds(Sum, st.lists(chains(inputs, outputs), min_size=1, max_size=3))
