"""The recursive block of Theorem 4.3: Φ̂_j = Σ_q Π_a(χ_{q2}, Π_a(χ_{q1}, T_qᵀ Φ̂_{j−1})).

Patches are pairs (i, j) counted from 0. A state Φ is a mapping from patches to expressions, in which identically zero
entries are left out.
"""

from itertools import product

from exactrelu.construction.gate import product_gadget
from exactrelu.construction.states import DIGITS
from exactrelu.field import mpq
from exactrelu.network import linear_combination, total


def transition_matrix(mask, lengths, q):
    """Return T_q of (2.3) as {(target, source): entry ≠ 0} on the window [0, L1] × [0, L2], ``lengths`` = (L1, L2).

    The entry from source patch (α, β) to target patch (a, b), counted from 0, is c_{q1 + 2a − α, q2 + 2b − β}.
    """
    patches = list(product(*map(range, lengths)))
    indices = {
        (target, source): tuple(digit + 2 * a - alpha for digit, a, alpha in zip(q, target, source, strict=True))
        for target in patches
        for source in patches
    }
    return {pair: mask[index] for pair, index in indices.items() if mask.get(index)}


def transition_matrices(mask, lengths):
    """Return {q: T_q} for the four digit pairs."""
    return {q: transition_matrix(mask, lengths, q) for q in DIGITS}


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
    return tuple(sorted(_reached(start, pairs) & _reached(end, {(source, target) for target, source in pairs})))


def transposed(matrix, state, patches):
    """Return T_qᵀ Φ on ``patches``, entries that are structurally zero left out."""
    product_rows = {}
    for source in patches:
        column = [(state[target], entry) for (target, to), entry in matrix.items() if to == source and target in state]
        if column:
            product_rows[source] = linear_combination([entry for _, entry in column], [value for value, _ in column])
    return product_rows


def recursive_step(b, matrices, state, selectors, bound, patches):
    """Return Φ̂_j from Φ̂_{j−1} = ``state``, on ``patches``, four layers (Theorem 4.3).

    ``selectors`` are ((χ₀, χ₁) of x, (χ₀, χ₁) of y) at z_{j−1}, ``bound`` is a_n.
    """
    summands = {patch: [] for patch in patches}
    for q, matrix in matrices.items():
        branch = transposed(matrix, state, patches)
        gated = list(branch.values())
        for digit, chi in zip(q, selectors, strict=True):
            gated = product_gadget(b, chi[digit], gated, bound)
        for patch, value in zip(branch, gated, strict=True):
            summands[patch].append(value)
    return {patch: total(values) for patch, values in summands.items() if values}


def _reached(start, arrows):
    """Return all patches that the ``arrows`` (from, to) reach from ``start``, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        following = {to for origin, to in arrows if origin == here} - found
        found |= following
        waiting.extend(following)
    return found
