"""The blocks of a family of networks as functions of n, found from some of its members and compared with all of them.

The shape of the blocks and most of their weights do not depend on n. The others are functions of h = 2⁻ⁿ in the start
and in the selectors, and multiples of the gates' bound a_n in the rows. So the rows are positively homogeneous: a block
with the bound a at the rows p has the value of the block with the bound a' at the rows p a'/a, times a/a'. So it
suffices to know one bound.
"""

from typing import NamedTuple

from exactrelu.certification.induction.blocks import Block
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.uniform import NotUniform
from exactrelu.field import Rational, mpq, text
from exactrelu.network.dag import Affine, Relu, sources


class Growth(NamedTuple):
    """The bounds a_n = ``factor`` · ``base``ⁿ of the gates, ``base`` ≥ 1."""

    factor: Rational
    base: Rational

    def at(self, n):
        """Return a_n."""
        return self.factor * self.base**n

    def __str__(self):
        return f"{text(self.factor)} * ({text(self.base)})^n" if self.base != 1 else text(self.factor)


def largest_weight(block, inputs):
    """Return the largest size of a weight on one of these inputs, 1 if there is none."""
    affine = [node for node in block.nodes if type(node) is Affine]
    return max((abs(weight) for node in affine for source, weight in node.terms if source in inputs), default=mpq(1))


def growth_of(bounds):
    """Return the `Growth` of {n: a_n}; raises `Unproved` if there is none."""
    first, second = list(bounds)[:2]
    base = bounds[second] / bounds[first]
    growth = Growth(bounds[first] / base**first, base)
    if base < 1 or any(growth.at(n) != bound for n, bound in bounds.items()):
        raise Unproved("the gates", "their bounds are not a constant times a power >= 1")
    return growth


def merged(members, weight, marked):
    """Return the `Block` that ``members``, {n: `Block`}, are for each n.

    Its weights are ``weight``({n: weight}, whether the node is marked, source), with the source None for a bias. If
    there are ``marked`` inputs, a node is marked if it is computed from marked inputs only, or from none at all; a node
    computed from both kinds raises `Unproved`.
    """
    first = next(iter(members.values()))
    shape = [(type(node), sources(node)) for node in first.nodes]
    for n, block in members.items():
        if block.outputs != first.outputs or [(type(node), sources(node)) for node in block.nodes] != shape:
            # for small n units of different classes may coincide, and are then one unit
            raise NotUniform(f"a block of the network for n = {n} does not have the shape that it has for other n")
    seen = set(marked)
    nodes = []
    for k, node in enumerate(first.nodes, first.inputs):
        is_marked = bool(marked) and all(source in seen for source in sources(node))
        if is_marked:
            seen.add(k)
        elif any(source in seen for source in sources(node)):
            raise Unproved("the family", "a value that is gated and one that is not are mixed in a stage")
        if type(node) is Relu:
            nodes.append(node)
            continue
        twins = {n: block.nodes[k - first.inputs] for n, block in members.items()}
        terms = tuple(
            (source, weight({n: twin.terms[place][1] for n, twin in twins.items()}, is_marked, source))
            for place, (source, _) in enumerate(node.terms)
        )
        nodes.append(Affine(terms, weight({n: twin.bias for n, twin in twins.items()}, is_marked, None)))
    return Block(first.inputs, tuple(nodes), first.outputs)


def stage_weight(growth, digits, h):
    """Return the ``weight`` of `merged` for a stage: a_1 for a_n where rows are gated, functions of h elsewhere."""

    def weight(values, sees_rows, source):
        if not sees_rows:
            return dyadic(values, h)
        return multiple(values, growth.at, 1) if source is None or source in digits else same(values)

    return weight


def same(values):
    """Return the only value of {n: weight}; raises `Unproved` if there are several."""
    (value, *others) = set(values.values())
    if others:
        raise Unproved("the family", "a weight depends on n that should not")
    return value


def multiple(values, bound, n):
    """Return c · bound(n), c for n None, where {n: weight} is {n: c · bound(n)}; raises `Unproved` if it is not."""
    first = next(iter(values))
    factor = values[first] / bound(first)
    if any(value != factor * bound(k) for k, value in values.items()):
        raise Unproved("the family", "a weight is not a multiple of the bound of its gate")
    return factor if n is None else factor * bound(n)


def dyadic(values, h):
    """Return a + b h + c/h, h = 2⁻ⁿ, that {n: weight} has for each n; raises `Unproved` if there is none."""
    first = next(iter(values))
    here, following, third = (values[first + k] for k in range(3))
    if here == following == third:
        answer = here
    else:
        scale, rise = mpq(1, 2**first), following - here
        steep = (third - following - rise / 2) * 2 / 3
        slope = 2 * (steep - rise) / scale
        answer = here - slope * scale - steep + slope * h + steep * scale / h
    if any(value != (answer if type(answer) is Rational else answer.at(n)) for n, value in values.items()):
        raise Unproved("the family", "a weight is not of the form a + b 2^-n + c 2^n")
    return answer
