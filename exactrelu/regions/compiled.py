"""A variant of a network in integers, layer by layer: what `exactrelu.regions.enclosure` computes with.

Node k is held as value · S_k with a common denominator S_k, so that every weight is an integer. Nodes have slots: the
univariate nodes first, then the others level by level, so that a level is one array operation a term.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from gmpy2 import lcm

from exactrelu.network.dag import Relu

BITS = 62

LIMIT = 2**BITS
"""No intermediate result in ``int64`` reaches this."""


class ReluLevel(NamedTuple):
    """ReLU units at the slots ``out``, a slice, of the nodes at the slots ``of``, an array without repetitions."""

    out: slice
    of: np.ndarray


class AffineLevel(NamedTuple):
    """Affine nodes at the slots ``out``, a slice: bias + Σ weight · source.

    ``terms`` is a tuple of (sources, weights, bits): entry t has the slots, the weights and their bit lengths of term t
    of the first nodes, those with more than t terms. ``bias`` is an array. ``pairs`` (sources, starts,
    units) are all terms sorted by source: the source slots, where the terms of each start, and the number of the unit of
    each term.
    """

    out: slice
    terms: tuple
    bias: np.ndarray
    pairs: tuple


class Compiled(NamedTuple):
    """``slots`` {id: slot}; ``levels``; ``used`` univariate ids in slot order; ``scales`` {id: S_k}; ``outputs`` ids.

    ``switches`` are the used switches, the last one first. ``sums`` holds, for each output that is an affine node which
    no other node uses, its slot and the (source slot, weight) of its terms.
    """

    slots: dict
    levels: tuple
    used: tuple
    scales: dict
    outputs: tuple
    switches: tuple
    sums: tuple


def compiled(steps, outputs, univariate, switches):
    """Return the `Compiled` variant of ``steps`` (see `Specializer.variant`); ``univariate`` maps ids to functions."""
    inner = {source for _, node in steps for source in _sources(node)}
    used = tuple(sorted(k for k in inner.union(outputs) if k in univariate))
    scales = {k: _denominator(univariate[k][1]) for k in used}
    depth = dict.fromkeys(used, 0)
    groups = defaultdict(list)
    for k, node in steps:
        depth[k] = 1 + max((depth[source] for source in _sources(node)), default=0)
        terms = None
        if type(node) is Relu:
            scales[k] = scales[node.of]
        else:
            scales[k] = node.bias.denominator
            for source, weight in node.terms:
                scales[k] = lcm(scales[k], (weight / scales[source]).denominator)
            terms = [(source, int(weight * scales[k] / scales[source])) for source, weight in node.terms]
        groups[depth[k], type(node) is Relu].append((k, node, terms))
    slots = {k: slot for slot, k in enumerate(used)}
    levels, sums = [], {}
    for key in sorted(groups):
        # nodes with many terms first: term t is then an operation on the first nodes of the level
        members = sorted(groups[key], key=lambda member: -len(member[2] or ()))
        first = len(slots)
        slots.update({k: first + place for place, (k, _, _) in enumerate(members)})
        out = slice(first, len(slots))
        if key[1]:
            levels.append(ReluLevel(out, np.array([slots[node.of] for _, node, _ in members])))
        else:
            levels.append(_affine_level(out, members, slots, scales))
            sums.update({k: tuple((slots[j], weight) for j, weight in terms) for k, _, terms in members if k not in inner})
    kept = tuple(k for k in reversed(used) if k in switches)
    return Compiled(slots, tuple(levels), used, scales, outputs, kept, tuple((slots[k], terms) for k, terms in sums.items()))


def _affine_level(out, members, slots, scales):
    longest = len(members[0][2])
    terms = []
    for t in range(longest):
        chosen = [member[2][t] for member in members if len(member[2]) > t]
        bits = np.array([weight.bit_length() for _, weight in chosen])
        terms.append((np.array([slots[j] for j, _ in chosen]), integers([weight for _, weight in chosen]), bits))
    bias = integers([int(node.bias * scales[k]) for k, node, _ in members])
    pairs = sorted((slots[j], unit) for unit, (_, _, terms_of) in enumerate(members) for j, _ in terms_of)
    sources = [source for source, _ in pairs]
    starts = [place for place, source in enumerate(sources) if place == 0 or sources[place - 1] != source]
    units = np.array([unit for _, unit in pairs], dtype=int)
    pairs = (np.array([sources[i] for i in starts], dtype=int), starts, units)
    return AffineLevel(out, tuple(terms), bias, pairs)


def _sources(node):
    return (node.of,) if type(node) is Relu else tuple(source for source, _ in node.terms)


def _denominator(function):
    scale = 1
    for slope, intercept in function.segments:
        scale = lcm(scale, lcm(slope.denominator, intercept.denominator))
    return scale


def integers(nested):
    """Return the array of the integers of nested lists: ``int64`` if they fit, else of Python integers."""
    array = np.array(nested, dtype=object)
    return array.astype(np.int64) if largest(array) < LIMIT else array


def largest(array):
    """Return the largest absolute value of an array as a Python integer, 0 if it is empty."""
    return max(int(array.max()), -int(array.min())) if array.size else 0
