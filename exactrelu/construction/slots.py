"""Slots: where the grids of the construction `small` lie, what has to be carried there, and how it changes.

A *slot* is a shift σ of the grid by thirds of a cell in each coordinate. Doubling takes it to σ' = 2σ mod 1, with
2σ = σ' + e for integers e: a class that sits in the slot σ at level j sits in σ' at level j + 1. Write 2ʲz + σ = a + u
with a cell a and a residual u in [0, 1]^d. The iterates on the cells of a slot, f_j(a + u − σ), are refined by the
transitions of the mask moved by e,

    f_j(a + u − σ) = Σ_b T_q[a, b] f_{j+1}(b + u' − σ'),   T_q[a, b] = c_{q + 2a − b − e},   u' = 2u − q,

q the digits of u: a cascade as in Corollary 2.6, of rows P ← T_qᵀ P. With it goes S = P ⊗ (1, u_1, …, u_d), S ← Â_q S.

*What is carried.* In the end S is read by finitely many linear functionals. Let Φ_σ be the least spaces of functionals
of S that hold those and that all stages respect: Φ_σ' Â_q ⊂ Φ_σ for all q. The network carries X = Φ_σ S, in a basis,
and a stage is X' = A_q X with matrices defined by Φ_σ' Â_q = A_q Φ_σ.

*How it changes.* With base digits b and the mixed differences

    D_I = Σ_{J ⊂ I} (−1)^{|I ∖ J|} A_(b with the digits in J flipped),   A_q = Σ {D_I : I ⊂ {i : q_i ≠ b_i}},

D_I X is added for the sets I of coordinates whose digits all differ from those of b. If D_I = U W with full ranks, then
each row of W costs one unit of a stage. The base digits of a slot are those with the fewest rows.
"""

from functools import cache
from itertools import combinations, product
from typing import NamedTuple

from exactrelu.construction.kinks import patch_forms
from exactrelu.construction.spaces import Space, combination, factors, invariant_closure
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.errors import InputError
from exactrelu.field import mpq

PARTS = 3
"""Slots are multiples of 1/PARTS, which is prime to the dilation 2."""

SHIFTS = ((0, 0), (1, 1), (2, 2))
"""The slots of the three classes, times PARTS: in each coordinate different ones, and closed under doubling."""


MOST = 400
"""The most functionals that a class carries."""

MOST_ENTRIES = 20_000
"""The most weights of all functionals of a class together."""


DIGITS = tuple(product((0, 1), repeat=len(SHIFTS[0])))
"""The digits of the residuals, for the dilation 2."""


class Slot(NamedTuple):
    """A place for a grid: its ``shift`` σ times PARTS, the index ``image`` of σ' and the integers ``carry``, e.

    ``lengths`` are the sides of its window, one cell longer where the grid is moved; ``patches`` {cell: `PatchForm`} is
    the seed on its cells.
    """

    shift: tuple
    image: int
    carry: tuple
    lengths: tuple
    patches: dict


class Step(NamedTuple):
    """The stage that leaves a slot: the ``base`` digits b, and ``differences`` {I: (U, W)}, the factors of the D_I ≠ 0.

    U and W are in the bases of Φ_σ' and Φ_σ; I is a tuple of coordinates.
    """

    base: tuple
    differences: dict


def slots_of(normal):
    """Return the `Slot`s of a normalized problem of the plane, in the order of SHIFTS."""
    seed = CPwL(normal.seed.vertices, normal.seed.simplices, normal.seed.values)
    slots = []
    for shift in SHIFTS:
        lengths = tuple(side + (part > 0) for side, part in zip(normal.size, shift))
        moved = seed.shifted(*(mpq(part, PARTS) for part in shift))
        image = SHIFTS.index(tuple(2 * part % PARTS for part in shift))
        carry = tuple(2 * part // PARTS for part in shift)
        slots.append(Slot(shift, image, carry, lengths, patch_forms(moved.pieces(), lengths)))
    return tuple(slots)


def shared_spaces(mask, slots, readings):
    """Return Φ_σ for each slot, the same at all levels; ``readings`` are the functionals of S read in each in the end.

    A `Space` has rows {(cell, k): weight}, k = 0 for the entry P of a cell and k = 1, …, d for P u_k. Returns None if
    they are too large to be carried, as when the window is large and the mask is sparse.
    """
    return invariant_closure(readings, all_stage_maps(mask, slots), fits)


def spaces_by_level(mask, slots, readings, n):
    """Return at the levels 0, …, n the least spaces that n stages need; raises `InputError` if they are too large."""
    levels = [tuple(map(Space, readings))]
    for _ in range(n):
        before = tuple(Space() for _ in slots)
        for source, target, function in all_stage_maps(mask, slots):
            for row in levels[0][source].basis:
                before[target].add(function(row))
                if not fits(before[target]):
                    raise InputError(
                        f"the construction small would carry more than {MOST} numbers in a class; "
                        "take a smaller n or one-pass"
                    )
        levels.insert(0, before)
    return tuple(levels)


def fits(space):
    """Return whether a class can carry the functionals of a space."""
    return len(space) <= MOST and space.entries <= MOST_ENTRIES


def steps_of(mask, slots, spaces, following):
    """Return the `Step` that leaves each slot, from ``spaces`` to those of the ``following`` level."""
    found = []
    for slot, space in zip(slots, spaces):
        rows = following[slot.image].basis
        stage = {q: [space.coordinates(back(row)) for row in rows] for q, back in stage_maps(mask, slot)}
        base = base_digits(stage)
        pairs = {chosen: factors(difference(stage, base, chosen)) for chosen in subsets(len(base))}
        found.append(Step(base, {chosen: (U, W) for chosen, (U, W) in pairs.items() if W}))
    return tuple(found)


def stage_maps(mask, slot):
    """Return [(q, φ ↦ φ Â_q)] for all digits q; the functions take functionals in the image of the slot to the slot."""
    return [(q, stage_map(mask, slot, q)) for q in DIGITS]


def all_stage_maps(mask, slots):
    """Return the triples (image of a slot, slot, stage map), slots by their numbers."""
    return [(slot.image, k, back) for k, slot in enumerate(slots) for _, back in stage_maps(mask, slot)]


def stage_map(mask, slot, q):
    """Return the function φ ↦ φ Â_q from functionals in the image of a slot to functionals in the slot."""
    column = cache(lambda b: transition_column(mask, slot, q, b))

    def pulled_back(row):
        answer = {}
        for (b, k), weight in row.items():
            for a, entry in column(b):
                # k > 0: P'_b u'_k = Σ_a T_q[a, b] (2 P_a u_k − q_k P_a)
                answer[a, k] = answer.get((a, k), 0) + (2 if k else 1) * weight * entry
                if k and q[k - 1]:
                    answer[a, 0] = answer.get((a, 0), 0) - weight * entry
        return {key: weight for key, weight in answer.items() if weight}

    return pulled_back


def transition_column(mask, slot, q, b):
    """Return ((a, T_q[a, b]), …), entries ≠ 0, for the cell b of the next slot and the cells a of this one."""
    found = []
    for index, weight in mask.items():
        twice = [k - digit + cell + e for k, digit, cell, e in zip(index, q, b, slot.carry)]
        if not any(entry % 2 for entry in twice):
            a = tuple(entry // 2 for entry in twice)
            if all(0 <= entry < length for entry, length in zip(a, slot.lengths)):
                found.append((a, weight))
    return tuple(found)


def subsets(count):
    """Return all sets of coordinates, as tuples, the empty one first."""
    return [chosen for size in range(count + 1) for chosen in combinations(range(count), size)]


def base_digits(stage):
    """Return the digits b for which the D_I have the fewest rows in all; ``stage`` is {q: A_q}."""
    ranks = {}

    def rows(b, chosen):
        # flipping a digit in I changes the sign of D_I
        key = chosen, tuple(digit for i, digit in enumerate(b) if i not in chosen)
        if key not in ranks:
            ranks[key] = len(Space(difference(stage, b, chosen)))
        return ranks[key]

    return min(stage, key=lambda b: sum(rows(b, chosen) for chosen in subsets(len(b))))


def difference(stage, base, chosen):
    """Return the mixed difference D_I for I = ``chosen``, as rows."""
    signs = {}
    for flipped in subsets(len(base)):
        if set(flipped) <= set(chosen):
            q = tuple(1 - digit if i in flipped else digit for i, digit in enumerate(base))
            signs[q] = mpq((-1) ** (len(chosen) - len(flipped)))
    return [combination(signs, dict(zip(stage, rows))) for rows in zip(*stage.values())]


def column_norm(mask):
    """Return B, the largest sum of |c_k| over one coset: rows grow by at most this factor a stage."""
    sums = {}
    for k, weight in mask.items():
        coset = tuple(index % 2 for index in k)
        sums[coset] = sums.get(coset, 0) + abs(weight)
    return max(sums.values())


def orbit_bound(row):
    """Return the least power of two that bounds |φ S|, φ = ``row``, for |P_β| ≤ 1 and u in [0, 1]^d; row ≠ 0.

    The bound is the largest value of Σ_β |φ_β(u)|, φ_β the affine form that φ has on the cell β, at a corner.
    """
    forms = {}
    for (cell, k), weight in row.items():
        forms.setdefault(cell, {})[k] = weight
    corners = product((0, 1), repeat=len(next(iter(forms))))
    return power_of_two(max(sum(abs(_value(form, corner)) for form in forms.values()) for corner in corners))


def _value(form, corner):
    return sum(weight for k, weight in form.items() if k == 0 or corner[k - 1])


def power_of_two(bound):
    """Return the least power of two, as an ``mpq``, that is ≥ ``bound`` > 0."""
    exponent = bound.numerator.bit_length() - bound.denominator.bit_length()
    power = mpq(2) ** exponent  # half of it is less than the bound, twice it is more
    return power if power >= bound else 2 * power
