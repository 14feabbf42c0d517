"""What a cascade of non-negative rows has to compute: the specification side of the proof.

The transition matrices T_q come from `exactrelu.refinement`. A row p splits into p⁺ − p⁻ with non-negative parts, which
|T_q| moves on: the states are patches with a sign. Only the live states matter, those that some start reaches and that
reach a patch on which the seed is not zero.
"""

from functools import cached_property
from itertools import product
from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.problem import Problem
from exactrelu.rational import mpq
from exactrelu.refinement.cells import folded_mesh
from exactrelu.refinement.transition import DIGITS, patches, sparse_rows


class State(NamedTuple):
    """The patch [i, i + 1] × [j, j + 1] of the window, counted from 0, with ``sign`` +1 or −1."""

    i: int
    j: int
    sign: int


class Target:
    """The cascade of V^n g(· − shift) for a normalized problem on the window [0, L1] × [0, L2], ``lengths`` (L1, L2).

    Raises `InputError` if the window is not preserved or does not hold the support of g(· − shift).
    """

    def __init__(self, normal, shift, lengths):
        window = tuple((0, length) for length in lengths)
        self.problem = Problem(normal.name, normal.mask, window, normal.seed.shifted(*shift))
        self.lengths = lengths
        self.columns = {q: self._columns(q) for q in DIGITS}

    def _columns(self, q):
        """Return {state: ((source, weight > 0), …)} of the new row's entries under the digit pair q."""
        indices = [(a - 1, b - 1) for a, b in patches(self.problem)]
        columns = {State(*patch, sign): [] for patch in indices for sign in (1, -1)}
        for patch, row in zip(indices, sparse_rows(self.problem, q), strict=True):
            for column, weight in row:
                turn = 1 if weight > 0 else -1
                for sign in (1, -1):
                    columns[State(*indices[column], sign * turn)].append((State(*patch, sign), abs(weight)))
        return {state: tuple(column) for state, column in columns.items()}

    def norm(self, states):
        """Return B of rows on these states: the largest sum of a column of some |T_q|, the growth of p in a stage."""
        return max(
            (
                sum((weight for source, weight in rows[state] if source in states), mpq(0))
                for rows in self.columns.values()
                for state in states
            ),
            default=mpq(0),
        )

    @cached_property
    def mesh(self):
        """[(polygon, {patch: form})]: polygons that fill [0, 1]², with the forms of the patches not zero there."""
        indices = [(a - 1, b - 1) for a, b in patches(self.problem)]
        return [
            (polygon, {patch: form for patch, form in zip(indices, forms, strict=True) if any(form)})
            for polygon, forms in folded_mesh(self.problem)
        ]

    @cached_property
    def readable(self):
        """The states of the patches on which the seed is not zero."""
        found = {patch for _, forms in self.mesh for patch in forms}
        return frozenset(State(*patch, sign) for patch in found for sign in (1, -1))

    @cached_property
    def live(self):
        """The states that a row can reach and that can reach `readable`."""
        arrows = {(source, state) for rows in self.columns.values() for state, row in rows.items() for source, _ in row}
        start = {State(i, j, 1) for i, j in product(*map(range, self.lengths))}
        return _closure(start, arrows) & _closure(self.readable, {(state, source) for source, state in arrows})


def target_of(normal, shift, lengths):
    """Return (`Target`, None), or (None, why there is none)."""
    try:
        return Target(normal, shift, lengths), None
    except InputError as error:
        return None, str(error)


def _closure(seeds, arrows):
    """Return all states that the ``arrows`` (from, to) reach from ``seeds``."""
    successors = {}
    for source, state in arrows:
        successors.setdefault(source, []).append(state)
    found, waiting = set(seeds), list(seeds)
    while waiting:
        for state in successors.get(waiting.pop(), ()):
            if state not in found:
                found.add(state)
                waiting.append(state)
    return found
