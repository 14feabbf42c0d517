"""Pieces of a network in any dimension and over any field, one polytope after the other: plain, and exact.

A piece is a part of a polytope on which the outputs are affine. What is known of a network on a part is *pending*: the
nodes that are not known to be affine on it and that an output needs. On a part of it fewer are pending: a unit whose
input has one sign is resolved, by its form or by bounds on it, and so is what is computed from resolved nodes alone.
Nodes that have become the same are one, so that they cancel where they are subtracted. If an output is left, the part
is cut in two where a pending unit whose input is affine changes its sign: if there is one, a unit of one variable. The
plane over Q has faster ways, `exactrelu.planar.bisection` above all.
"""

from typing import NamedTuple

from exactrelu.cpwl.polytope import at
from exactrelu.field import mpq
from exactrelu.network import Relu


class Kink(NamedTuple):
    """The positive part of an affine ``form``."""

    form: tuple


class Sum(NamedTuple):
    """An affine form, the ``base``, plus Σ weight · node over the pairs (pending node, weight) in ``terms``."""

    base: tuple
    terms: tuple


class Range(NamedTuple):
    """Bounds of a node on a part; None for one that is not known, as on many unbounded parts."""

    low: object
    high: object


def pieces(network, polytope):
    """Yield (part, forms of the outputs) for parts of a `Polytope` that fill it, with disjoint interiors.

    The flat network has as many inputs as the polytope has dimensions; its outputs are affine on each part.
    """
    d, zero = network.inputs, (mpq(0),) * (network.inputs + 1)
    known = {i: tuple(mpq(i == k) for k in range(d + 1)) for i in range(d)}
    nodes = {}
    for number, node in enumerate(network.nodes, d):
        nodes[number] = node if type(node) is Relu else Sum((*zero[1:], node.bias), node.terms)
    stack = [(polytope, nodes, known)]
    while stack:
        part, nodes, known = stack.pop()
        pending, known = resolved(part, nodes, known, zero, network.outputs)
        needed = needed_for(network.outputs, pending)
        if not needed:
            yield part, tuple(known[output] for output in network.outputs)
            continue
        nodes = {number: node for number, node in pending.items() if number in needed}
        known = {output: known[output] for output in network.outputs if output in known}
        stack += [(half, nodes, known) for half in part.split(chosen_kink(nodes.values()))]


def chosen_kink(nodes):
    """Return the form of the first `Kink` of one variable, or else of the first one; the first of all nodes is one."""
    forms = [node.form for node in nodes if type(node) is Kink]
    return next((form for form in forms if sum(map(bool, form[:-1])) == 1), forms[0])


def resolved(part, nodes, known, zero, outputs):
    """Return (the ``nodes`` {number: node} that are not affine on a part as far as is seen, forms of the others).

    Of several that are the same only the first is left, but for ``outputs``.
    """
    pending, known, ranges, first, same = {}, dict(known), {}, {}, {}
    for number, node in nodes.items():
        if type(node) is Relu:
            of = same.get(node.of, node.of)
            node = Kink(known[of]) if of in known else Relu(of)
        if type(node) is Relu:
            low, high = ranges[node.of]
            if high is not None and high <= 0:
                known[number] = zero
                continue
            is_open = low is not None and low >= 0
            pending[number] = Sum(zero, ((node.of, mpq(1)),)) if is_open else node
            ranges[number] = ranges[node.of] if is_open else Range(mpq(0), high)
        elif type(node) is Kink:
            low, high = range_on(part, node.form)
            if low is not None and low >= 0:
                known[number] = node.form
            elif high is not None and high <= 0:
                known[number] = zero
            else:
                pending[number], ranges[number] = node, Range(mpq(0), high)
        else:
            base, terms = added_up(node, known, same)
            if terms:
                pending[number] = Sum(base, terms)
                ranges[number] = summed(range_on(part, base), [(ranges[source], weight) for source, weight in terms])
            else:
                known[number] = base
        if number in pending and number not in outputs:
            key = type(pending[number]), pending[number]
            if first.setdefault(key, number) != number:
                same[number] = first[key]
                del pending[number]
    return pending, known


def added_up(node, known, same):
    """Return (base, terms) of a `Sum`: ``known`` forms go into the base, terms of the ``same`` node become one."""
    base, terms = list(node.base), {}
    for source, weight in node.terms:
        if source in known:
            for i, entry in enumerate(known[source]):
                if entry:
                    base[i] += weight * entry
        else:
            source = same.get(source, source)
            terms[source] = terms.get(source, 0) + weight
    return tuple(base), tuple((source, weight) for source, weight in terms.items() if weight)


def needed_for(outputs, pending):
    """Return the set of the numbers of the ``pending`` nodes that the ``outputs`` are computed from."""
    needed = {output for output in outputs if output in pending}
    for number in reversed(pending):
        if number in needed:
            node = pending[number]
            needed.update([node.of] if type(node) is Relu else [s for s, _ in node.terms] if type(node) is Sum else [])
    return needed


def range_on(part, form):
    """Return the exact `Range` of a form on a `Polytope`."""
    values, slopes = [], []
    for generator in part.generators:
        (values if generator[-1] else slopes).append(at(form, generator))
    low = None if any(slope < 0 for slope in slopes) else min(values)
    return Range(low, None if any(slope > 0 for slope in slopes) else max(values))


def summed(start, terms):
    """Return a `Range` plus Σ weight · range over the pairs in ``terms``."""
    low, high = start
    for (least, most), weight in terms:
        if weight < 0:
            least, most = most, least
        low = None if low is None or least is None else low + weight * least
        high = None if high is None or most is None else high + weight * most
    return Range(low, high)
