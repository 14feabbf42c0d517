"""A stage of the construction `small` as few products: mixed differences of its matrices, factored by their ranks.

X' = A_q X depends on the digits q of d coordinates, 0 ≤ q_i < M_i. Fix base digits b. The *threshold* (i, k),
k = 1, …, M_i − 1, lies between the digits k − 1 and k of coordinate i; it is *passed* by q if it lies between b_i and
q_i. For a set I of thresholds of different coordinates let

    D_I = Σ_{J ⊂ I} (−1)^{|I ∖ J|} A_{q(J)},

q(J) being b in the coordinates without threshold, and of the two digits at a threshold the one farther from b if it is
in J, the nearer one if not. Then A_q = Σ {D_I : all thresholds of I are passed by q}, by telescoping in each
coordinate. If D_I = U W with full ranks, then each row of W costs one unit of a stage; the base digits are those with
the fewest rows.
"""

from itertools import combinations, product
from typing import NamedTuple

from exactrelu.construction.slots import stage_maps
from exactrelu.construction.spaces import Space, combination, factors
from exactrelu.field import mpq


class Step(NamedTuple):
    """The stage that leaves a slot: the ``base`` digits b, and ``differences`` {I: (U, W)}, the factors of the D_I ≠ 0.

    U and W are in the bases of Φ_σ' and Φ_σ; I is a tuple of pairs (i, k), coordinates in order.
    """

    base: tuple
    differences: dict

    def side(self, i, k):
        """Return 1 if the threshold (i, k) is passed by digits ≥ k, −1 if by digits < k."""
        return 1 if k > self.base[i] else -1


def step_of(mask, frame, slot, space, following):
    """Return the `Step` that leaves a slot, from its ``space`` to the space ``following`` of its image."""
    stage = {q: [space.coordinates(back(row)) for row in following.basis] for q, back in stage_maps(mask, frame, slot)}
    base = base_digits(stage, frame.factors)
    pairs = {chosen: factors(difference(stage, base, chosen)) for chosen in threshold_sets(frame.factors)}
    return Step(base, {chosen: (U, W) for chosen, (U, W) in pairs.items() if W})


def threshold_sets(dilations):
    """Return all sets of thresholds of different coordinates, as tuples of pairs, those of fewer coordinates first."""
    return [
        tuple(zip(coordinates, ks, strict=True))
        for size in range(len(dilations) + 1)
        for coordinates in combinations(range(len(dilations)), size)
        for ks in product(*(range(1, dilations[i]) for i in coordinates))
    ]


def base_digits(stage, dilations):
    """Return the digits b for which the D_I have the fewest rows in all; ``stage`` is {q: A_q}."""
    ranks, sets = {}, threshold_sets(dilations)

    def rows(b, chosen):
        # the two sides of a threshold change the sign of D_I at most
        key = chosen, tuple(digit for i, digit in enumerate(b) if i not in dict(chosen))
        if key not in ranks:
            ranks[key] = len(Space(difference(stage, b, chosen)))
        return ranks[key]

    return min(stage, key=lambda b: sum(rows(b, chosen) for chosen in sets))


def difference(stage, base, chosen):
    """Return the mixed difference D_I for I = ``chosen``, as rows."""
    signs = {}
    for passed in product((False, True), repeat=len(chosen)):
        q = list(base)
        for (i, k), is_far in zip(chosen, passed, strict=True):
            q[i] = k if (k > base[i]) == is_far else k - 1
        signs[tuple(q)] = mpq((-1) ** passed.count(False))
    return [combination(signs, dict(zip(stage, rows, strict=True))) for rows in zip(*stage.values(), strict=True)]
