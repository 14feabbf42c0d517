"""Where V^n g can be other than zero: on the cells from whose patch the remaining digits lead to a patch of g.

By the cascade identity (Corollary 2.6), V^n g on the cell with the digits q_1, …, q_n in the patch (a, b) is
e_ab^T T_q1 … T_qn times the patches of g, of which few may be other than zero. So m steps before the end only those
entries of the row matter that m transitions can lead to such a patch: the *live* patches. A coarse cell whose row has
no live entry is one on which V^n g is zero, however many cells of level n it has.
"""

from functools import lru_cache
from math import prod

from exactrelu.refinement.mesh import active_patches
from exactrelu.refinement.transition import DIGITS

FINEST = 16
"""The side of the squares of cells that are looked at as a whole where live cells are counted."""


@lru_cache(maxsize=16)
def live_steps(problem):
    """Return the `LiveSteps` of a problem, which remember what was asked for."""
    return LiveSteps(problem)


class LiveSteps:
    """The transitions T_q, each restricted to the columns of the patches that are still of use; positions as in
    `patches`."""

    def __init__(self, problem):
        self._mask, (_, self._height) = problem.normalized()[0].mask, problem.size
        self._sets, self._matrices, self._supports = {}, {}, {}
        self._live = [self._one(active_patches(problem))]

    def live(self, m):
        """Return the frozenset of the patches that some m transitions lead to a patch on which g is not zero."""
        while len(self._live) <= m:
            matrices = self._matrix(self._live[-1])
            self._live.append(self._one(patch for rows in matrices.values() for patch in rows))
        return self._live[m]

    def step(self, m):
        """Return {q: {patch: [(patch to which its entry moves, weight), …]}} for the step that m others follow."""
        return self._matrix(self.live(m))

    def support(self, patches, q, m):
        """Return the frozenset of the patches to which entries at ``patches`` move under q if m steps follow."""
        key = (patches, q, self.live(m))
        if key not in self._supports:
            rows = self.step(m)[q]
            self._supports[key] = self._one(patch for source in patches for patch, _ in rows.get(source, ()))
        return self._supports[key]

    def _one(self, patches):
        """Return the frozenset of the patches, the same object for equal ones: it is compared in no time."""
        patches = frozenset(patches)
        return self._sets.setdefault(patches, patches)

    def _matrix(self, live):
        if live not in self._matrices:
            self._matrices[live] = self._restricted(live)
        return self._matrices[live]

    def _restricted(self, live):
        """Return the rows of all T_q, restricted to the columns ``live``, without those that are zero."""
        matrices = {q: {} for q in DIGITS}
        for position in sorted(live):
            alpha, beta = divmod(position, self._height)
            for (j, k), c in self._mask.items():
                # (2.3), patches counted from 0: the entry in row (a, b) is c_(q + 2 (a, b) - (alpha, beta))
                (a, q1), (b, q2) = divmod(alpha + j, 2), divmod(beta + k, 2)
                matrices[q1, q2].setdefault(a * self._height + b, []).append((position, c))
        return matrices


def rectangles(problem, n, largest):
    """Yield rectangles ((low1, high1), (low2, high2)) of cells of level n that fill the window, each with: is it live?

    Those that are not live may be large, and V^n g is zero on them; the sides of the others have ``largest`` cells at
    most.
    """
    L1, L2 = problem.size
    steps = live_steps(problem)
    stack = [(((0, L1 << n), (0, L2 << n)), [divmod(position, L2) for position in steps.live(n)])]
    while stack:
        sides, live = stack.pop()
        longest = max(high - low for low, high in sides)
        if not live or longest <= largest:
            yield sides, bool(live)
        elif longest == 1 << n and all(high - low == longest for low, high in sides):
            ((a, b),) = live
            yield from _squares(steps, n, largest, (0, a, b, frozenset([a * L2 + b])))
        else:
            axis = 0 if sides[0][1] - sides[0][0] == longest else 1
            place = middle(sides[axis], n)
            for side in ((place, sides[axis][1]), (sides[axis][0], place)):
                within = [patch for patch in live if side[0] <= patch[axis] << n < side[1]]
                stack.append(((side, sides[1]) if axis == 0 else (sides[0], side), within))


def has_more_cells(problem, n, most):
    """Return whether V^n g may be other than zero on more than ``most`` cells of level n; it stops counting there."""
    found = 0
    for sides, live in rectangles(problem, n, FINEST):
        found += prod(high - low for low, high in sides) if live else 0
        if found > most:
            return True
    return False


def middle(side, n):
    """Return where a side of more than one cell is cut in two: between patches if there are several, else in halves."""
    low, high = side
    length = high - low
    return low + (length >> n >> 1 << n if length > 1 << n else length // 2)


def _squares(steps, n, largest, root):
    """Yield what `rectangles` does for one coarse cell (level, m1, m2, the patches that its row reads)."""
    stack = [root]
    while stack:
        level, m1, m2, patches = stack.pop()
        size = 1 << n - level
        if not patches or size <= largest:
            yield ((m1 * size, (m1 + 1) * size), (m2 * size, (m2 + 1) * size)), bool(patches)
            continue
        for q1, q2 in reversed(DIGITS):
            support = steps.support(patches, (q1, q2), n - level - 1)
            stack.append((level + 1, 2 * m1 + q1, 2 * m2 + q2, support))


def is_live(problem, n, sides):
    """Return whether V^n g may be other than zero on a rectangle of cells of level n, perhaps outside of the window."""
    L1, L2 = problem.size
    steps = live_steps(problem)
    patches = steps.live(n)
    within = [range(max(low >> n, 0), min(-(-high >> n), L)) for (low, high), L in zip(sides, (L1, L2), strict=True)]
    if len(within[0]) * len(within[1]) < len(patches):
        patches = [position for position in (a * L2 + b for a in within[0] for b in within[1]) if position in patches]
    stack = [(0, *divmod(position, L2), frozenset([position])) for position in patches]
    while stack:
        level, m1, m2, support = stack.pop()
        size = 1 << n - level
        square = ((m1 * size, (m1 + 1) * size), (m2 * size, (m2 + 1) * size))
        if not support or any(a >= high or b <= low for (a, b), (low, high) in zip(square, sides, strict=True)):
            continue
        if all(low <= a and b <= high for (a, b), (low, high) in zip(square, sides, strict=True)):
            return True
        for q1, q2 in DIGITS:
            stack.append((level + 1, 2 * m1 + q1, 2 * m2 + q2, steps.support(support, (q1, q2), n - level - 1)))
    return False
