"""The states of the row cascade: patches with a sign, and the four non-negative transitions between them.

The cascade multiplies a row vector by the transition matrices T_q of (2.3). Splitting T_q = T_q⁺ − T_q⁻ into
non-negative parts and each patch into a positive and a negative state turns it into a cascade of non-negative rows,

    p⁺ ← p⁺ T_q⁺ + p⁻ T_q⁻,    p⁻ ← p⁺ T_q⁻ + p⁻ T_q⁺,    p = p⁺ − p⁻,

whose gates need one unit where a signed row needs two. A non-negative mask never reaches a negative state. The norm
bound is that of the signed cascade: the column sums of |T_q|.
"""

from itertools import product
from typing import NamedTuple

from exactrelu.field import mpq

DIGITS = tuple(product((0, 1), repeat=2))
"""The digit pairs q of the dilation 2 in the plane."""


class State(NamedTuple):
    """The patch ``[i, i+1] × [j, j+1]`` (i, j counted from 0) with ``sign`` +1 or −1."""

    i: int
    j: int
    sign: int


class Transitions:
    """The four transitions of a mask on the window [0, L1] × [0, L2], restricted to the states that matter.

    ``columns[q][state]`` is a tuple of (source state, weight > 0): the new row's entry at ``state`` under digit pair q.
    ``states`` are those reachable from the start (any positive state) that can still reach ``readable``, the states
    on which the final row is read.
    """

    def __init__(self, mask, lengths, readable):
        columns = {q: _columns(mask, lengths, q) for q in DIGITS}
        start = {State(i, j, 1) for i in range(lengths[0]) for j in range(lengths[1])}
        sources = {(source, state) for q in DIGITS for state, row in columns[q].items() for source, _ in row}
        reached = _closure(start, sources)
        wanted = _closure(set(readable), {(state, source) for source, state in sources})
        self.states = tuple(sorted(reached & wanted))
        kept = set(self.states)
        self.start = tuple(sorted(start & kept))
        self.columns = {
            q: {
                state: tuple((source, weight) for source, weight in columns[q][state] if source in kept)
                for state in self.states
                if any(source in kept for source, _ in columns[q][state])
            }
            for q in DIGITS
        }

    def norm(self):
        """Return B, the largest column sum of a transition: rows grow by at most this factor a stage."""
        sums = [sum(weight for _, weight in row) for rows in self.columns.values() for row in rows.values()]
        return max(sums, default=mpq(0))


def _columns(mask, lengths, q):
    """Return {state: ((source, weight), …)} for digit pair q: entry (a, b) → β has weight c_{q + 2a − β} (2.3)."""
    columns = {}
    for i, j, sign in product(range(lengths[0]), range(lengths[1]), (1, -1)):
        row = []
        for a, b in product(range(lengths[0]), range(lengths[1])):
            weight = mask.get((q[0] + 2 * a - i, q[1] + 2 * b - j), 0)
            if weight:
                row.append((State(a, b, sign if weight > 0 else -sign), abs(weight)))
        columns[State(i, j, sign)] = tuple(row)
    return columns


def _closure(seeds, arrows):
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
