"""A network as a short list of array operations: groups of nodes that are computed together, over the integers.

Nodes of one kind with the same longest path from the inputs form a group; groups of units are kept small, because the
cells are cut unit by unit within one. Node k is carried as integers: its affine form on a cell times one positive
integer ``scale``, the same on all cells, chosen so that everything that is computed from it stays integral.
"""

from typing import NamedTuple

import numpy as np

from exactrelu.field import lcm, mpz
from exactrelu.network import Relu
from exactrelu.network.dag import references

UNITS = 32
"""The most units in one group."""

SPARSE = 8
"""A matrix with fewer than one in so many entries not zero is multiplied entry by entry."""

WORD = 2**62
"""Integers below this in absolute value are kept in 64-bit words, with room for one addition."""


class Matrix(NamedTuple):
    """An integer matrix: its ``entries`` (row, column, weight) that are not 0, and the array of 64-bit words.

    ``words`` is None for a matrix that is mostly zero or has an entry that is not below `WORD` in absolute value.
    """

    entries: tuple
    words: np.ndarray | None


class Affines(NamedTuple):
    """A group of affine nodes: the sum of the forms of ``sources``, runs (group, columns), times a `Matrix`, plus bias.

    ``norm`` is the largest sum of absolute values in a column of all ``matrices`` together, ``bias_norm`` the largest
    absolute value in ``bias``.
    """

    sources: tuple
    matrices: tuple
    bias: np.ndarray
    norm: int
    bias_norm: int


class Units(NamedTuple):
    """A group of ReLU units, whose inputs are the nodes ``sources``, pairs (group, columns)."""

    sources: tuple


class Plan(NamedTuple):
    """``stages``: what computes group 1, 2, …; group 0 are the inputs. ``last_use``: the stage after which a group is
    no longer needed. ``outputs``: (group, column, scale) of each output."""

    stages: tuple
    last_use: tuple
    outputs: tuple


def plan(network):
    """Return the `Plan` of a flat network with two inputs."""
    members = groups_of(network)
    place = {node: (group, column) for group, nodes in enumerate(members) for column, node in enumerate(nodes)}
    scales, stages = [mpz(1), mpz(1)] + [None] * len(network.nodes), []
    for nodes in members[1:]:
        if type(network.nodes[nodes[0] - 2]) is Relu:
            inputs = [network.nodes[node - 2].of for node in nodes]
            for node, source in zip(nodes, inputs, strict=True):
                scales[node] = scales[source]
            stages.append(Units(_by_group(inputs, place)))
        else:
            stages.append(_affines(nodes, network, place, scales))
    outputs = tuple((*place[output], scales[output]) for output in network.outputs)
    return Plan(tuple(stages), _last_use(stages, outputs, len(members)), outputs)


def groups_of(network):
    """Return lists of nodes, the inputs first: nodes of one kind that do not depend on each other, in order."""
    ranks, groups = [0, 0], {}
    for node, content in enumerate(network.nodes, 2):
        gate = type(content) is Relu
        ranks.append(1 + max([ranks[source] for source in references(content)], default=0))
        groups.setdefault((ranks[-1], gate), []).append(node)
    members = [[0, 1]]
    for (_, gate), nodes in sorted(groups.items()):
        step = UNITS if gate else len(nodes)
        members.extend(nodes[start : start + step] for start in range(0, len(nodes), step))
    return members


def _by_group(nodes, place):
    """Return pairs (group, columns) that name ``nodes``, in order, as runs of nodes of the same group."""
    runs = []
    for node in nodes:
        group, column = place[node]
        if not runs or runs[-1][0] != group:
            runs.append((group, []))
        runs[-1][1].append(column)
    return tuple((group, np.array(columns)) for group, columns in runs)


def _affines(nodes, network, place, scales):
    """Return the `Affines` of ``nodes`` and note their scales."""
    contents = [network.nodes[node - 2] for node in nodes]
    for node, content in zip(nodes, contents, strict=True):
        scale = mpz(content.bias.denominator)
        for source, weight in content.terms:
            scale = lcm(scale, (weight / scales[source]).denominator)
        scales[node] = scale
    used = sorted({source for content in contents for source, _ in content.terms}, key=place.get)
    sources = _by_group(used, place)
    where = {}
    for part, (group, columns) in enumerate(sources):
        where.update({(group, column): (part, row) for row, column in enumerate(columns.tolist())})
    entries, norms = [[] for _ in sources], [0] * len(nodes)
    for column, (node, content) in enumerate(zip(nodes, contents, strict=True)):
        for source, weight in content.terms:
            integer = int(weight / scales[source] * scales[node])
            part, row = where[place[source]]
            if integer:
                entries[part].append((row, column, integer))
                norms[column] += abs(integer)
    bias = [int(content.bias * scales[node]) for node, content in zip(nodes, contents, strict=True)]
    shapes = [(len(columns), len(nodes)) for _, columns in sources]
    matrices = tuple(map(_matrix, entries, shapes))
    return Affines(sources, matrices, words(np.array(bias, dtype=object)), max(norms), max(map(abs, bias)))


def _matrix(entries, shape):
    dense = None
    if SPARSE * len(entries) >= shape[0] * shape[1] and all(abs(weight) < WORD for _, _, weight in entries):
        dense = np.zeros(shape, dtype=np.int64)
        for row, column, weight in entries:
            dense[row, column] = weight
    return Matrix(tuple(entries), dense)


def words(array):
    """Return an array of Python integers as 64-bit words if all of them are below `WORD`, else unchanged."""
    return array.astype(np.int64) if all(abs(entry) < WORD for entry in array.flat) else array


def _last_use(stages, outputs, groups):
    """Return for each group the last stage that reads it; the outputs are read after all stages."""
    last = [-1] * groups
    for index, stage in enumerate(stages):
        for group, _ in stage.sources:
            last[group] = index
    for group, _, _ in outputs:
        last[group] = len(stages)
    return tuple(last)
