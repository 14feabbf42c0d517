"""The recursive block of Theorem 4.3: Φ̂_j = Σ_q Π_a(χ_{q2}, Π_a(χ_{q1}, T_qᵀ Φ̂_{j−1})).

Patches are pairs (i, j) counted from 0. A state Φ is a mapping from patches to expressions, in which identically zero
entries are left out.
"""

from itertools import product

from exactrelu.construction.gate import product_gadget
from exactrelu.construction.states import DIGITS, MAX_TRANSITIONS, closure, leading_to
from exactrelu.field import mpq
from exactrelu.network import linear_combination, total


SHARED = 64
"""The most patches that all stages have, whatever their number: each is a copy with a state of as many entries."""


def transition_matrix(mask, lengths, q, sources=None):
    """Return T_q of (2.3) as {(target, source): entry ≠ 0} on the window [0, L1] × [0, L2], ``lengths`` = (L1, L2).

    The entry from source patch (α, β) to target patch (a, b), counted from 0, is c_{q1 + 2a − α, q2 + 2b − β}. With
    ``sources`` only their columns are made.
    """
    entries = {}
    for source in product(*map(range, lengths)) if sources is None else sources:
        entries |= {(target, source): entry for digits, target, entry in _column(mask, lengths, source) if digits == q}
    return {pair: entries[pair] for pair in sorted(entries)}


def transition_matrices(mask, lengths, sources=None):
    """Return {q: T_q} for the four digit pairs."""
    return {q: transition_matrix(mask, lengths, q, sources) for q in DIGITS}


def live_matrices(mask, lengths, end, stages):
    """Return {q: T_q}, their columns being those of the patches that lead to ``end`` and have a source that is needed.

    If there are more than `SHARED`, ``stages`` steps are enough (`states.leading_to`). Raises `InputError` for more
    than `MAX_TRANSITIONS` entries.
    """

    def targets(patch):
        return [target for _, target, _ in _column(mask, lengths, patch)]

    leading = leading_to({end}, targets, stages, MAX_TRANSITIONS // len(mask), SHARED)
    return transition_matrices(mask, lengths, sorted(leading.computed))


def _column(mask, lengths, source):
    """Return the list of (q, target, c_{q + 2 target − source}) of the entries ≠ 0 in the columns of a source patch."""
    found = []
    for (j, k), entry in mask.items():
        (a, q1), (b, q2) = divmod(source[0] + j, 2), divmod(source[1] + k, 2)
        if 0 <= a < lengths[0] and 0 <= b < lengths[1]:
            found.append(((q1, q2), (a, b), entry))
    return found


def transition_norm(matrices):
    """Return B = max_q ‖T_qᵀ‖_{∞→∞}, the largest sum of absolute values in a column of a T_q."""
    sums = {}
    for q, matrix in matrices.items():
        for (_, source), entry in matrix.items():
            sums[q, source] = sums.get((q, source), mpq(0)) + abs(entry)
    return max(sums.values(), default=mpq(0))


def live_patches(matrices, start, end):
    """Return the patches k, in order, for which the entry Φ_k can be non-zero and matter.

    Those are the patches on some way of transposed transitions, of any length, from ``start`` to ``end``; the others
    are structural zeros of every product e_startᵀ T_{q_1} ⋯ T_{q_j}, or do not reach the component that is read.
    """
    pairs = {pair for matrix in matrices.values() for pair in matrix}
    return tuple(sorted(closure({start}, pairs) & closure({end}, {(source, target) for target, source in pairs})))


def transposed(matrix, state, patches):
    """Return T_qᵀ Φ on ``patches``, entries that are structurally zero left out."""
    product_rows = {}
    for source in patches:
        column = [(state[target], entry) for (target, to), entry in matrix.items() if to == source and target in state]
        if column:
            product_rows[source] = linear_combination([entry for _, entry in column], [value for value, _ in column])
    return product_rows


def recursive_step(b, matrices, state, selectors, bound, patches, one=1):
    """Return Φ̂_j from Φ̂_{j−1} = ``state``, on ``patches``, four layers (Theorem 4.3).

    ``selectors`` are ((χ₀, χ₁) of x, (χ₀, χ₁) of y) at z_{j−1}, ``bound`` is a_n; see
    `product_gadget` for ``one``.
    """
    summands = {patch: [] for patch in patches}
    for q, matrix in matrices.items():
        branch = transposed(matrix, state, patches)
        gated = list(branch.values())
        for digit, chi in zip(q, selectors, strict=True):
            gated = product_gadget(b, chi[digit], gated, bound, one)
        for patch, value in zip(branch, gated, strict=True):
            summands[patch].append(value)
    return {patch: total(values) for patch, values in summands.items() if values}
