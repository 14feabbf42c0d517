"""A network for the walk in the compiled core (regions.c): its nodes in groups, in doubles and in integers.

In doubles forms and signs have proven bounds; integers decide where the bounds do not. There each node is held times a
positive integer, so that all weights are integers, and a bound of the entries of its forms says how many 64-bit words
they need. As long as the bound is below 2^53, doubles are the integers themselves.
"""

from array import array
from typing import NamedTuple

import numpy as np

from exactrelu.field import lcm, mpz
from exactrelu.network import Relu
from exactrelu.planar.arrays import WORD
from exactrelu.planar.stages import groups_of

MOST_WORDS = 16
"""The most 64-bit words of an entry of an integer form in the core."""

MOST = 2.0**300
"""Doubles are at most this and at least its inverse in modulus, or zero."""

ENTRIES, TERMS, GROUPS = 2**24, 2**20, 2000
"""The most weights, those that are zero counted as well, the most terms of a node, and the most groups of nodes."""

DIGITS = 53
"""Integers of so many bits are doubles."""

ROW = 7
"""The numbers in a row of a group, as in listing.c."""


class Groups(NamedTuple):
    """A network for the core: ``rows`` of the groups as in listing.c, ``weights`` and ``biases`` as doubles and words.

    ``scales``: what the outputs' integer forms have to be divided by; ``nodes``: what node each place in the core is;
    ``line_words`` and ``form_words``: how many 64-bit words the forms of units' inputs and of outputs need, 0 if there
    are no integers for them.
    """

    rows: array
    sources: array
    weights: np.ndarray
    biases: np.ndarray
    exact_weights: array
    exact_biases: array
    ends: array
    scales: tuple
    nodes: list
    line_words: int
    form_words: int

    @property
    def units(self):
        """The places of all units in the core, a list."""
        rows = [self.rows[start : start + ROW] for start in range(0, len(self.rows), ROW)]
        return [place for is_units, first, end, *_ in rows if is_units for place in range(first, end)]


class _Known(NamedTuple):
    """What is known of the nodes of a group: the integers are nodes times ``scale``, doubles nodes times ``factor``.

    ``bound`` bounds the entries of the integer forms, of ``words`` 64-bit words, 0 if there are none. ``whole``: the
    doubles are the integers.
    """

    scale: int
    factor: int
    bound: int
    words: int
    whole: bool


class _Lists(NamedTuple):
    """The weights and biases so far, as doubles and as words."""

    weights: list
    biases: list
    exact_weights: array
    exact_biases: array


def groups_for_core(network, with_integers):
    """Return the `Groups` of a flat network; raises ``OverflowError`` if the core takes no such.

    Unless ``with_integers``, there are none but those that doubles are.
    """
    members = groups_of(network)
    if len(members) > GROUPS:
        raise OverflowError("a network with too many groups of nodes")
    rows, sources, entries = [False, 0, 2, 0, True, 1, 1], [], 0
    place, known = {0: 0, 1: 1}, [_Known(mpz(1), mpz(1), mpz(1), 1, True)] * 2
    lists = _Lists([np.zeros(0)], [np.zeros(0)], array("q"), array("q"))
    for nodes in members[1:]:
        contents, first = [network.nodes[node - 2] for node in nodes], len(place)
        if type(contents[0]) is Relu:
            used = [place[content.of] for content in contents]
            rows += [True, first, first + len(nodes), len(used), False, 0, 1]
            known += [known[source] for source in used]
        else:
            used = sorted({place[source] for content in contents for source, _ in content.terms})
            entries += len(used) * len(nodes)
            if entries > ENTRIES or len(used) >= TERMS:
                raise OverflowError("a network with too many weights")
            own, width = _affine(contents, used, place, known, lists, with_integers)
            rows += [False, first, first + len(nodes), len(used), own.whole, own.words, width]
            known += [own] * len(nodes)
        sources += used
        place.update({node: first + i for i, node in enumerate(nodes)})
    ends = [place[output] for output in network.outputs]
    lines = [known[place[node.of]].words for node in network.nodes if type(node) is Relu]
    forms = [known[end].words for end in ends]
    return Groups(
        array("q", rows), array("q", sources), *map(np.concatenate, lists[:2]), *lists[2:], array("q", ends),
        tuple(known[end].scale for end in ends), list(place),
        *(0 if 0 in words else max(words, default=1) for words in (lines, forms)),
    )


def _affine(contents, used, place, known, lists, with_integers):
    """Return (`_Known`, words of a weight) of a group of affine nodes, and append its weights and biases.

    With s the least common multiple of the scales of the sources and d that of the denominators of all weights and
    biases, the integers are nodes times s d, so that a source of scale t has the weights times d s / t.
    """
    sources = [known[source] for source in used]
    scale, factor = (lcm(mpz(1), *{own[which] for own in sources}) for which in (0, 1))
    denominator = lcm(mpz(1), *{w.denominator for node in contents for w in (node.bias, *(w for _, w in node.terms))})
    row = {source: i for i, source in enumerate(used)}
    weights = [[0] * len(contents) for _ in used]
    for column, content in enumerate(contents):
        for source, weight in content.terms:
            weights[row[place[source]]][column] = weight
    biases = [content.bias for content in contents]
    own, width = _Known(denominator * scale, factor, 0, 0, False), 1
    may_be_whole = all(group.whole for group in sources) and (denominator * scale).bit_length() <= DIGITS
    if may_be_whole or (with_integers and all(group.words for group in sources)):
        exact = _times(weights, [own.scale // group.scale for group in sources])
        (exact_biases,) = _times([biases], [own.scale])
        own, width = _bounded(own, exact, exact_biases, sources, may_be_whole)
        if own.whole:
            lists.weights.append(np.array(exact, dtype=np.float64).ravel())
            lists.biases.append(np.array(exact_biases, dtype=np.float64))
            return own, width
        own = own if with_integers else own._replace(words=0)
        if own.words:
            lists.exact_weights.frombytes(words_of((entry for line in exact for entry in line), width))
            lists.exact_biases.frombytes(words_of(exact_biases, width))
    lists.weights.append(_doubles(weights, [factor // group.factor for group in sources]))
    lists.biases.append(_doubles([biases], [factor]))
    return own, width


def _bounded(own, weights, biases, sources, may_be_whole):
    """Return (what is known of a group with such integers, 64-bit words of a weight)."""
    norms = [sum(map(abs, column)) for column in zip(*weights, strict=True)]
    bound = max(norms, default=0) * max((group.bound for group in sources), default=0) + max(map(abs, biases))
    width = max(entry.bit_length() for line in (*weights, biases) for entry in line) // (8 * WORD) + 1
    words = bound.bit_length() // (8 * WORD) + 1
    if max(words, width) > MOST_WORDS:
        return own, 1
    if may_be_whole and bound < 1 << DIGITS:
        return _Known(own.scale, own.scale, bound, 1, True), 1
    return own._replace(bound=bound, words=words), width


def _times(rows, factors):
    """Return rows of rationals, each times a factor, as integers."""
    return [[int(entry * factor) for entry in row] for row, factor in zip(rows, factors, strict=True)]


def _doubles(rows, factors):
    """Return rows of rationals, each times a factor, one after the other, as doubles that are off by at most 2^-52.

    Raises ``OverflowError`` for very large or small ones.
    """
    numbers = [
        entry if factor == 1 else entry * factor for row, factor in zip(rows, factors, strict=True) for entry in row
    ]
    doubles = np.fromiter(map(float, numbers), dtype=np.float64, count=len(numbers))
    modulus = np.abs(doubles)
    if np.count_nonzero((modulus >= 1 / MOST) & (modulus <= MOST)) != sum(map(bool, numbers)):
        raise OverflowError("a number that is too large or too small")
    return doubles


def words_of(integers, width):
    """Return integers as bytes, so many 64-bit words each."""
    if width == 1:
        return array("q", integers).tobytes()
    return b"".join(int(entry).to_bytes(width * WORD, "little", signed=True) for entry in integers)
