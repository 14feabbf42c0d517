"""A variant of a network in integers, level by level: what `exactrelu.planar.enclosure` computes with.

Node k is held as value · S_k with a common denominator S_k, so that every weight is an integer. Nodes have slots: the
constant 1, whose weight in a node is its bias, the univariate nodes, then the others level by level, so that a level is
one product with a sparse integer matrix. An affine node that only feeds a ReLU unit has no slot of its own: the unit is
computed from the node's terms.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from exactrelu.field import lcm, mpq, mpz
from exactrelu.network.dag import Affine, Relu, references

LIMIT = 2**60
"""No weight or coordinate that is held in ``int64`` reaches this, so that a sum of some does not overflow."""

ONE = None
"""The id of the constant 1, at slot 0."""


class Terms(NamedTuple):
    """Weights by node: entry i is ``weights[i]`` (of ``bits[i]`` bits) · the node at the slot ``sources[i]``.

    The terms of the j-th node are the entries from ``starts[j]`` to before ``starts[j + 1]``.
    """

    starts: np.ndarray
    sources: np.ndarray
    weights: np.ndarray
    bits: np.ndarray


class Level(NamedTuple):
    """Nodes at the slots ``out``, a slice: Σ weight · source, the positive part of that if ``rectified``.

    ``matrix`` holds the weights of the ``terms`` (nodes, slots before ``out``), ``sizes`` their absolute values; both
    are None unless all weights fit into ``int64``. ``pairs`` (sources, starts, units) are all terms sorted by source:
    the source slots, where the terms of each start, and the number of the node of each term.
    """

    out: slice
    rectified: bool
    terms: Terms
    matrix: csr_array | None
    sizes: csr_array | None
    pairs: tuple

    def product(self, values, fits, absolute=False):
        """Return the sums Σ weight · source over ``values`` (slots before ``out``, …), with |weight| if ``absolute``.

        The caller has shown that no sum overflows if ``fits``; else it is computed in Python integers, which cannot.
        """
        flat = values.reshape(len(values), -1)
        if fits and self.matrix is not None and values.dtype != object:
            found = (self.sizes if absolute else self.matrix) @ flat
        else:
            found = _plain_product(self.terms, flat, absolute)
        return found.reshape(-1, *values.shape[1:])


def _plain_product(terms, values, absolute):
    weights = terms.weights.astype(object)
    found = np.zeros((len(terms.starts) - 1, values.shape[1]), dtype=object)
    filled = np.flatnonzero(np.diff(terms.starts))
    if len(filled):
        parts = values[terms.sources].astype(object) * (abs(weights) if absolute else weights)[:, None]
        found[filled] = np.add.reduceat(parts, terms.starts[filled], axis=0)
    return found


class Compiled(NamedTuple):
    """``slots`` {id: slot}; ``levels``; ``used`` univariate ids in slot order, from slot 1 on; ``scales`` {id: S_k};
    ``outputs`` ids.

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


def compiled(steps, outputs, denominators, switches):
    """Return the `Compiled` variant of ``steps`` (see `Specializer.variant`).

    ``denominators`` are the `common_denominator`s of the univariate nodes.
    """
    inner = {source for _, node in steps for source in references(node)}
    used = tuple(sorted(k for k in inner.union(outputs) if k in denominators))
    nodes, fused = dict(steps), _fused(steps, outputs)
    scales = {k: denominators[k] for k in used}
    depth = dict.fromkeys(used, 0)
    groups = defaultdict(list)
    for k, node in steps:
        rectified = type(node) is Relu
        if rectified:
            node = nodes[node.of] if node.of in fused else Affine(((node.of, mpq(1)),), mpq(0))
        scales[k] = node.bias.denominator
        for source, weight in node.terms:
            scales[k] = lcm(scales[k], (weight / scales[source]).denominator)
        if k not in fused:
            depth[k] = 1 + max([depth[source] for source, _ in node.terms], default=0)
            terms = [(source, int(weight * scales[k] / scales[source])) for source, weight in node.terms]
            groups[depth[k], rectified].append((k, [*terms, (ONE, int(node.bias * scales[k]))]))
    slots = {k: slot for slot, k in enumerate([ONE, *used])}
    for key in sorted(groups):
        slots.update({k: slot for slot, (k, _) in enumerate(groups[key], len(slots))})
    levels, sums = [], []
    for (_, rectified), members in sorted(groups.items()):
        found = [(slots[k], [(slots[j], weight) for j, weight in terms if weight]) for k, terms in members]
        levels.append(_level(rectified, found))
        sums += [(slots[k], terms) for (k, _), (_, terms) in zip(members, found) if not rectified and k not in inner]
    kept = tuple(k for k in reversed(used) if k in switches)
    return Compiled(slots, tuple(levels), used, scales, outputs, kept, tuple(sums))


def _fused(steps, outputs):
    """Return the ids of the affine nodes that feed one ReLU unit and nothing else."""
    uses = Counter(source for _, node in steps for source in references(node))
    uses.update(outputs)
    fed = {node.of for _, node in steps if type(node) is Relu and uses[node.of] == 1}
    return {k for k, node in steps if k in fed and type(node) is Affine}


def _level(rectified, members):
    """Return the `Level` of (slot, [(source slot, weight)]) for slots in a row."""
    first = members[0][0]
    starts = np.cumsum([0, *(len(terms) for _, terms in members)])
    flat = [term for _, terms in members for term in terms]
    sources = np.array([source for source, _ in flat], dtype=np.int32)
    weights = integers([weight for _, weight in flat])
    terms = Terms(starts, sources, weights, np.array([weight.bit_length() for _, weight in flat], dtype=int))
    matrix = sizes = None
    if weights.dtype != object:
        shape = (len(members), first)
        matrix, sizes = (csr_array((data, sources, starts), shape=shape) for data in (weights, abs(weights)))
    out = slice(first, first + len(members))
    return Level(out, rectified, terms, matrix, sizes, _pairs(terms))


def _pairs(terms):
    order = np.argsort(terms.sources, kind="stable")
    sources, units = terms.sources[order], np.repeat(np.arange(len(terms.starts) - 1), np.diff(terms.starts))[order]
    starts = np.flatnonzero(np.diff(sources, prepend=-1))
    return sources[starts], starts, units


def common_denominator(function):
    """Return the least common denominator of the slopes and intercepts of a function of one variable."""
    return lcm(mpz(1), *{number.denominator for segment in function.segments for number in segment})


def integers(nested):
    """Return the array of the integers of nested lists: ``int64`` if they fit, else of Python integers."""
    array = np.array(nested, dtype=object)
    try:
        small = array.astype(np.int64)
    except OverflowError:
        return array
    return small if largest(small) < LIMIT else array


def largest(array):
    """Return the largest absolute value of an array as a Python integer, 0 if it is empty."""
    return max(int(array.max()), -int(array.min())) if array.size else 0
