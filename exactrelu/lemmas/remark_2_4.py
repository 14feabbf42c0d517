"""Remark 2.4: for tensor-product masks the T_q are Kronecker products of the one-dimensional T_0 and T_1."""

from itertools import product

from exactrelu.lemmas.expansion import patch_indices, window_range, windows
from exactrelu.lemmas.matrices import MATRICES
from exactrelu.lemmas.result import WITHIN_RANGE, Fact, Statement

STATEMENT = Statement(
    "Remark 2.4",
    "the one-dimensional matrices",
    r"""
The $T_q$ are the two-dimensional analogue of the matrices $T_0, T_1$ of one dimension, $(T_d)_{a,\alpha} = c_{d +
2(a-1) - (\alpha-1)}$, one for each
of the four quadrants. In particular, for a mask $c_{j,k} = a_j b_k$ they are Kronecker products: $T_{(q_1,q_2)} =
T_{q_1}(a) \otimes T_{q_2}(b)$.
""",
)

LARGEST = 4


def check(matrices=MATRICES):
    """Return the `Check`; ``matrices`` are functions (mask, lengths, q) -> {(target, source): entry}."""
    return STATEMENT.check(*(kronecker_fact(name, matrix) for name, matrix in matrices.items()))


def one_dimensional(length, digit):
    """Return {(a, α): index of the entry} of T_digit on [0, length], patches from 1."""
    entries = {}
    for a, alpha in product(range(1, length + 1), repeat=2):
        index = digit + 2 * (a - 1) - (alpha - 1)
        if 0 <= index <= length:
            entries[a, alpha] = index
    return entries


def kronecker_fact(name, matrix):
    """With the symbols a_j b_k as coefficients, every entry is the product of the entries in the two directions."""
    cases, witness = 0, None
    for lengths in windows(LARGEST):
        mask = {index: ("a", index[0], "b", index[1]) for index in product(*(range(length + 1) for length in lengths))}
        for q in product((0, 1), repeat=2):
            rows, columns = (one_dimensional(length, digit) for length, digit in zip(lengths, q, strict=True))
            expected = {
                ((a, b), (alpha, beta)): ("a", j, "b", k)
                for ((a, alpha), j), ((b, beta), k) in product(rows.items(), columns.items())
            }
            cases += len(patch_indices(lengths)) ** 2
            if matrix(mask, lengths, q) != expected and witness is None:
                witness = {"window": lengths, "q": q}
    return Fact(
        rf"$T_{{(q_1,q_2)}} = T_{{q_1}}(a) \otimes T_{{q_2}}(b)$ for the matrices of the {name}.",
        WITHIN_RANGE,
        "all tensor-product masks (the $a_j$ and $b_k$ are symbols), all four $q$",
        cases,
        witness,
        within=window_range(LARGEST),
    )
