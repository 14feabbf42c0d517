"""What a cascade of rows has to compute: the specification side of the proof.

The transition matrices T_q come from `exactrelu.refinement`. The states of a row are the patches of the window, their
entries signed; or else patches with a sign, where the row is p⁺ − p⁻ with non-negative parts, which |T_q| moves on.
Only those states matter that reach a patch whose entry is read.
"""

from collections import defaultdict
from functools import cached_property
from itertools import product
from typing import NamedTuple

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.refinement.mesh import folded_mesh
from exactrelu.refinement.transition import DIGITS, patches, sparse_rows
from exactrelu.scheme import Problem


class State(NamedTuple):
    """The patch [i, i + 1] × [j, j + 1] of the window, counted from 0; ``sign`` is ±1, or 0 for a signed entry."""

    i: int
    j: int
    sign: int


class Target:
    """The transitions of a normalized problem, its window [0, L1] × [0, L2]."""

    def __init__(self, problem):
        self.problem = problem
        self.patches = tuple((a - 1, b - 1) for a, b in patches(problem))
        self.columns = {q: self._columns(q) for q in DIGITS}
        self._norms = {}

    def _transitions(self, q):
        """Yield (source patch, target patch, entry ≠ 0 of T_q): the row's entry at the source moves to the target."""
        for position, row in sparse_rows(self.problem, q).items():
            for column, weight in row:
                yield self.patches[position], self.patches[column], weight

    def _columns(self, q):
        """Return {state: ((source, weight), …)} of the new row's entries under q, > 0 between signed patches."""
        columns = {State(*patch, sign): [] for patch in self.patches for sign in (1, -1, 0)}
        for source, patch, weight in self._transitions(q):
            turn = 1 if weight > 0 else -1
            columns[State(*patch, 0)].append((State(*source, 0), weight))
            for sign in (1, -1):
                columns[State(*patch, sign * turn)].append((State(*source, sign), abs(weight)))
        return {state: tuple(column) for state, column in columns.items()}

    def contributions(self, state, q):
        """Return ((patch, weight), …): what an entry at the ``state`` adds to new entries p⁺ − p⁻ at the patches."""
        return tuple((patch, (state.sign or 1) * weight) for patch, weight in self._rows[q].get(state[:2], ()))

    @cached_property
    def _rows(self):
        rows = {q: defaultdict(list) for q in DIGITS}
        for q, sources in rows.items():
            for source, patch, weight in self._transitions(q):
                sources[source].append((patch, weight))
        return rows

    def norm(self, states):
        """Return B of rows on these states: the largest ℓ¹ norm of a column of some T_q, the growth of p in a stage."""
        if states not in self._norms:
            sums = (
                sum((abs(weight) for source, weight in rows[state] if source in states), mpq(0))
                for rows in self.columns.values() for state in states
            )
            self._norms[states] = max(sums, default=mpq(0))
        return self._norms[states]

    @cached_property
    def mesh(self):
        """[(polygon, {patch: form})]: polygons that fill [0, 1]², with the forms of the patches not zero there."""
        return [
            (polygon, {self.patches[position]: form for position, form in forms.items() if any(form)})
            for polygon, forms in folded_mesh(self.problem)
        ]

    @cached_property
    def supported(self):
        """The patches on which the seed is not zero."""
        return frozenset(patch for _, forms in self.mesh for patch in forms)

    @cached_property
    def arrows(self):
        """The pairs (source, state) of which the new entry at the state has a part of that at the source."""
        return {(source, state) for rows in self.columns.values() for state, row in rows.items() for source, _ in row}

    def reaching(self, read):
        """Return the states from which rows can reach the patches ``read``."""
        sources = defaultdict(list)
        for source, state in self.arrows:
            sources[state].append(source)
        found = {State(*patch, sign) for patch, sign in product(read, (1, -1, 0))}
        waiting = list(found)
        while waiting:
            before = set(sources[waiting.pop()]) - found
            found |= before
            waiting += before
        return found


def moved_target(normal, shift, lengths):
    """Return (`Target`, None) for V^n g(· − shift) on the window [0, L1] × [0, L2], or (None, why there is none)."""
    window = tuple((0, length) for length in lengths)
    try:
        return Target(Problem(normal.name, normal.mask, window, normal.seed.shifted(*shift))), None
    except InputError as error:
        return None, str(error)
