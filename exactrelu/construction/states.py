"""The states of the row cascade: patches with a sign, and the four non-negative transitions between them.

The cascade multiplies a row vector by the transition matrices T_q of (2.3). Splitting T_q = T_q⁺ − T_q⁻ into
non-negative parts and each patch into a positive and a negative state turns it into a cascade of non-negative rows,

    p⁺ ← p⁺ T_q⁺ + p⁻ T_q⁻,    p⁻ ← p⁺ T_q⁻ + p⁻ T_q⁺,    p = p⁺ − p⁻,

whose gates need one unit where a signed row needs two. A non-negative mask never reaches a negative state. The norm
bound is that of the signed cascade: the column sums of |T_q|.

Only states that lead to those which are read in the end matter. The stages of all n share them, so that the networks
for all n are made of the same blocks; but where there are more than `SHARED`, as when the window is large and the mask
is sparse, n stages get only what they use: a state j steps before the end has to lead there in j steps.
"""

from collections import defaultdict
from functools import cache
from itertools import product
from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.field import mpq

DIGITS = tuple(product((0, 1), repeat=2))
"""The digit pairs q of the dilation 2 in the plane."""


class State(NamedTuple):
    """The patch ``[i, i+1] × [j, j+1]`` (i, j counted from 0) with ``sign`` +1 or −1."""

    i: int
    j: int
    sign: int


SHARED = 500
"""The most states that all stages have, whatever their number."""

MAX_TRANSITIONS = 1_000_000
"""The most weights in the transitions of a construction."""


class Transitions:
    """The four transitions of a mask on the window [0, L1] × [0, L2], restricted to the states that matter.

    ``columns[q][state]`` is a tuple of (source state, weight > 0): the new row's entry at ``state`` under digit pair q.
    ``states`` are those reachable from the start (any positive state) that can still reach ``readable``, the states
    on which the final row is read, with the number of ``stages`` if there are many (None: any number); those that only
    the start has to provide have no columns then, and ``start`` is not all positive ones. ``are_shared`` says that any
    number of stages can have these states. Raises `InputError` for more than `MAX_TRANSITIONS` weights.
    """

    def __init__(self, mask, lengths, readable, stages=None):
        sources = cache(lambda state: _sources(mask, lengths, state))
        most = MAX_TRANSITIONS // len(mask)

        def before(state):
            return [source for _, source, _ in sources(state)]

        leading = leading_to(readable, before, stages, most, SHARED)
        arrows = ((source, state) for state in leading.computed for _, source, _ in sources(state))
        start = {state for state in leading.start if state.sign > 0}
        kept = leading.states & closure(start, arrows)
        self.states = tuple(sorted(kept))
        self.start = tuple(state for state in self.states if state in start)
        self.are_shared = leading.are_shared
        self.columns = {q: {} for q in DIGITS}
        for state in self.states:
            for q, source, weight in sources(state) if state in leading.computed else ():
                if source in kept:
                    self.columns[q].setdefault(state, []).append((source, weight))
        self.columns = {q: {state: tuple(row) for state, row in rows.items()} for q, rows in self.columns.items()}

    def start_cells(self):
        """Return, for each coordinate, the sorted list of the cells in which some start state lies."""
        return sorted({state.i for state in self.start}), sorted({state.j for state in self.start})

    def embedded_cells(self):
        """Return, for each coordinate, the cells on which E is needed; None stands for all, as shared blocks have it.

        On the others every row is zero.
        """
        return (None, None) if self.are_shared else self.start_cells()

    def norm(self):
        """Return B, the largest column sum of a transition: rows grow by at most this factor a stage."""
        sums = [sum(weight for _, weight in row) for rows in self.columns.values() for row in rows.values()]
        return max(sums, default=mpq(0))

    def growth(self):
        """Return κ, the largest sum of a column of 2 Σ_q T_q: no orbit makes rows grow by more in a stage."""
        sums = defaultdict(mpq)
        for rows in self.columns.values():
            for state, row in rows.items():
                sums[state] += 2 * sum(weight for _, weight in row)
        return max(sums.values(), default=mpq(0))


class Leading(NamedTuple):
    """The ``states`` that lead to some ends; those ``computed``: with all sources; those to ``start`` from."""

    states: frozenset
    computed: frozenset
    start: frozenset

    @property
    def are_shared(self):
        """Whether these are all, for any number of stages."""
        return self.states == self.computed == self.start


def leading_to(ends, before, stages, most, shared):
    """Return the `Leading` states; ``before(state)`` are those that lead to one in a step.

    They are all if there are no more than ``shared``, or if ``stages`` is None. Otherwise they are those that lead to
    the ends in at most ``stages`` steps; those that do so in fewer steps; and those that do so in just as many. Raises
    `InputError` for more than ``most`` states that have sources.
    """
    found, layer = set(ends), set(ends)
    while layer and (stages is None or len(found) <= shared):
        _check_number(found, most)
        layer = {source for state in layer for source in before(state)} - found
        found |= layer
    if not layer:
        return Leading(*[frozenset(found)] * 3)
    found, computed, layer = set(ends), frozenset(), set(ends)
    for _ in range(stages):
        computed = frozenset(found)
        _check_number(computed, most)
        layer, last = {source for state in layer for source in before(state)}, layer
        found |= layer
        if layer == last:
            return Leading(frozenset(found), frozenset(found), frozenset(layer))
    return Leading(frozenset(found), computed, frozenset(layer))


def _check_number(states, most):
    if len(states) > most:
        raise InputError(
            f"the construction needs more than {most} states, with as many weights each as the mask has coefficients: "
            "take a smaller n, or a mask and a seed that lie closer together"
        )


def _sources(mask, lengths, state):
    """Return the list of (q, source state, weight > 0): entry (a, b) → β has the weight c_{q + 2a − β} (2.3)."""
    found = []
    for (j, k), weight in mask.items():
        (a, q1), (b, q2) = divmod(state.i + j, 2), divmod(state.j + k, 2)
        if 0 <= a < lengths[0] and 0 <= b < lengths[1]:
            found.append(((q1, q2), State(a, b, state.sign if weight > 0 else -state.sign), abs(weight)))
    return found


def closure(seeds, arrows):
    """Return all states that the ``arrows`` (pairs from, to) reach from ``seeds``."""
    successors = {}
    for source, target in arrows:
        successors.setdefault(source, []).append(target)
    found, waiting = set(seeds), list(seeds)
    while waiting:
        for target in successors.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
