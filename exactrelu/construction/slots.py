"""Slots: where the grids of the construction `small` lie, and how what is carried there changes.

A *slot* is a shift σ of the grid by parts 1/N_i of a cell in coordinate i, N_i prime to the dilation M_i. The next
level takes it to σ' = M σ mod 1, with M σ = σ' + e for integers e: a class that sits in the slot σ at level j sits in
σ' at level j + 1. The d + 1 slots are those of whole cycles, and so they are the same at all levels. Write Mʲz + σ = a
+ u with a cell a and a residual u in [0, 1]^d. The iterates on the cells of a slot, f_j(a + u − σ), are refined by the
transitions of the mask moved by e,

    f_j(a + u − σ) = Σ_b T_q[a, b] f_{j+1}(b + u' − σ'),   T_q[a, b] = c_{q + M a − b − e},   u' = M u − q,

q the digits of u: a cascade as in Corollary 2.6, of rows P ← T_qᵀ P. With it goes S = P ⊗ (1, u_1, …, u_d), S ← Â_q S.
With r components the entries of P belong to *places* (a, l), a cell and a component, and c_k is an r × r matrix.

*What is carried.* In the end S is read by finitely many linear functionals. Let Φ_σ be the least spaces of functionals
of S that hold those and that all stages respect: Φ_σ' Â_q ⊂ Φ_σ for all q. The network carries X = Φ_σ S, in a basis,
and a stage is X' = A_q X with matrices defined by Φ_σ' Â_q = A_q Φ_σ.
"""

from collections import Counter
from functools import cache
from itertools import count, product
from math import ceil, floor, gcd
from typing import NamedTuple

from exactrelu.construction.hats import Loop
from exactrelu.construction.patches import patches_of
from exactrelu.construction.spaces import Space, invariant_closure
from exactrelu.errors import InputError
from exactrelu.field import mpq

MOST = 400
"""The most functionals that a class carries."""

MOST_ENTRIES = 20_000
"""The most weights of all functionals of a class together."""

MOST_DIGITS = 64
"""The most digits of all coordinates together: |det A| for a diagonal dilation A."""


class Slot(NamedTuple):
    """A place for a grid: its ``shift`` σ times the parts, that of its ``image`` σ', and the integers ``carry``, e.

    ``lengths`` are the sides of its window, one cell longer where the grid is moved; ``patches`` {place: `Patch`} is
    the seed on its cells, ``source`` the same for the source.
    """

    shift: tuple
    image: tuple
    carry: tuple
    lengths: tuple
    patches: dict
    source: dict


class Frame(NamedTuple):
    """The ``loops`` of the coordinates, and the ``slots`` {shift: `Slot`} of the d + 1 classes, in order.

    In each coordinate the shifts are all different.
    """

    loops: tuple
    slots: dict

    @property
    def factors(self):
        """The dilations M_i."""
        return tuple(loop.factor for loop in self.loops)


def frame_of(normal):
    """Return the `Frame` of a normalized problem; raises `InputError` for a dilation that is too large."""
    factors = normal.dilation.factors
    if normal.dilation.determinant > MOST_DIGITS:
        raise InputError(
            f"{normal.name}: the construction small works for dilations of determinant up to {MOST_DIGITS}, not "
            f"{normal.dilation.determinant}; exactrelu value has no such limit"
        )
    parts, shifts = chosen_shifts(factors)
    return Frame(tuple(map(Loop, parts, factors)), {shift: slot_of(normal, shift, parts) for shift in shifts})


def chosen_shifts(factors):
    """Return (N_1, …, N_d) and d + 1 shifts, tuples of parts, in order: N_i > M_i as small as can be, prime to M_i.

    Multiplication by the M_i permutes the shifts, in cycles of the same lengths in each coordinate.
    """
    size = len(factors) + 1
    for most in count(size):
        tables = [lengths_of_cycles(M, size, most) for M in factors]
        common = set(tables[0]).intersection(*tables)
        if common:
            lengths = min(common, key=lambda own: (sum(table[own] for table in tables), len(own), own))
            parts = tuple(table[lengths] for table in tables)
            along = [steps_through(cycles(N, M), lengths) for N, M in zip(parts, factors, strict=True)]
            return parts, sorted(zip(*along, strict=True))


def lengths_of_cycles(factor, size, most):
    """Return {lengths with the sum ``size``: least N}, N ≤ ``most``, N > M, such that M has cycles of these lengths."""
    found = {}
    for N in range(max(size, factor + 1), most + 1):
        if gcd(N, factor) == 1:
            there = Counter(map(len, cycles(N, factor)))
            for lengths in partitions(size, size):
                if not Counter(lengths) - there:
                    found.setdefault(lengths, N)
    return found


def cycles(parts, factor):
    """Return the cycles of multiplication by M on Z/N, each from its least entry on."""
    found, left = [], set(range(parts))
    while left:
        cycle = [min(left)]
        while (following := factor * cycle[-1] % parts) != cycle[0]:
            cycle.append(following)
        found.append(cycle)
        left -= set(cycle)
    return found


def partitions(number, largest):
    """Return all tuples of positive integers ≤ ``largest`` with the sum ``number``, the entries falling."""
    if not number:
        return [()]
    first = range(min(number, largest), 0, -1)
    return [(entry, *rest) for entry in first for rest in partitions(number - entry, entry)]


def steps_through(found, lengths):
    """Return the entries of cycles of these lengths, the first ones of ``found``, one cycle after the other."""
    left = list(found)
    chosen = []
    for length in lengths:
        cycle = next(cycle for cycle in left if len(cycle) == length)
        left.remove(cycle)
        chosen += cycle
    return chosen


def slot_of(normal, shift, parts):
    """Return the `Slot` of a shift."""
    factors = normal.dilation.factors
    lengths = tuple(side + (part > 0) for side, part in zip(normal.size, shift, strict=True))
    offset = list(map(mpq, shift, parts))
    seeds = [
        {} if seed is None else patches_of(seed.shifted(*offset), lengths) for seed in (normal.seed, normal.source)
    ]
    carry, image = zip(*(divmod(M * part, N) for M, part, N in zip(factors, shift, parts, strict=True)), strict=True)
    return Slot(shift, image, carry, lengths, *seeds)


def shared_spaces(frame, mask, readings):
    """Return {shift: Φ_σ}, the same at all levels; ``readings`` {shift: functionals of S} are read in each slot.

    A `Space` has rows {(place, k): weight}, k = 0 for the entry P of a place and k = 1, …, d for P u_k. Returns None if
    they are too large to be carried, as when the window is large and the mask is sparse.
    """
    numbers = {shift: number for number, shift in enumerate(frame.slots)}
    maps = [
        (numbers[slot.image], numbers[slot.shift], back)
        for slot in frame.slots.values() for _, back in stage_maps(mask, frame, slot)
    ]
    spaces = invariant_closure([readings[shift] for shift in frame.slots], maps, fits)
    return None if spaces is None else dict(zip(frame.slots, spaces, strict=True))


def spaces_before(frame, mask, following, readings):
    """Return {shift: least space} at a level, given those ``following`` and what else is read at the level itself.

    Raises `InputError` if they are too large.
    """
    before = {}
    for shift, slot in frame.slots.items():
        before[shift] = Space(readings[shift])
        for _, back in stage_maps(mask, frame, slot):
            for row in following[slot.image].basis:
                before[shift].add(back(row))
                if not fits(before[shift]):
                    raise InputError(
                        f"the construction small would carry more than {MOST} numbers in a class; "
                        "take a smaller n or one-pass"
                    )
    return before


def fits(space):
    """Return whether a class can carry the functionals of a space."""
    return len(space) <= MOST and space.entries <= MOST_ENTRIES


def digits_of(factors):
    """Return all digits q of residuals."""
    return list(product(*map(range, factors)))


def stage_maps(mask, frame, slot):
    """Return [(q, φ ↦ φ Â_q)] for all digits q; the functions take functionals in the image of the slot to the slot."""
    return [(q, stage_map(mask, frame.factors, slot, q)) for q in digits_of(frame.factors)]


def stage_map(mask, factors, slot, q):
    """Return the function φ ↦ φ Â_q from functionals in the image of a slot to functionals in the slot."""
    column = cache(lambda place: transition_column(mask, factors, slot, q, place))

    def pulled_back(row):
        answer = {}
        for (target, k), weight in row.items():
            for source, entry in column(target):
                # k > 0: P'_b u'_k = Σ_a T_q[a, b] (M_k P_a u_k − q_k P_a)
                key = (source, k)
                answer[key] = answer.get(key, 0) + (factors[k - 1] if k else 1) * weight * entry
                if k and q[k - 1]:
                    answer[source, 0] = answer.get((source, 0), 0) - q[k - 1] * weight * entry
        return {key: weight for key, weight in answer.items() if weight}

    return pulled_back


def transition_column(mask, factors, slot, q, place):
    """Return (((a, i), T_q[(a, i), (b, l)]), …), entries ≠ 0, for the ``place`` (b, l) of the next slot."""
    found, (b, own) = [], place
    start = [beta - digit + e for beta, digit, e in zip(b, q, slot.carry, strict=True)]
    for i, entries in enumerate(mask.entries):
        for index, l, weight in entries:
            multiple = [k + t for k, t in zip(index, start, strict=True)]
            if l == own and not any(entry % M for entry, M in zip(multiple, factors, strict=True)):
                a = tuple(entry // M for entry, M in zip(multiple, factors, strict=True))
                if all(0 <= entry < length for entry, length in zip(a, slot.lengths, strict=True)):
                    found.append(((a, i), weight))
    return tuple(found)


def column_norm(mask, factors):
    """Return B, the largest sum of the absolute values of a column over one coset: rows grow by at most B a stage."""
    sums = {}
    for entries in mask.entries:
        for k, l, weight in entries:
            coset = (l, *(index % M for index, M in zip(k, factors, strict=True)))
            sums[coset] = sums.get(coset, 0) + abs(weight)
    return max(sums.values())


def orbit_bound(row):
    """Return the least power of two that bounds |φ S|, φ = ``row``, for |P| ≤ 1 and u in [0, 1]^d; row ≠ 0.

    The bound is the largest value of Σ |φ_place(u)|, φ_place the affine form that φ has there, at a corner.
    """
    forms = {}
    for (place, k), weight in row.items():
        forms.setdefault(place, {})[k] = weight
    dimension = len(next(iter(forms))[0])
    corners = product((0, 1), repeat=dimension)
    return power_of_two(max(sum(abs(_value(form, corner)) for form in forms.values()) for corner in corners))


def _value(form, corner):
    return sum(weight for k, weight in form.items() if k == 0 or corner[k - 1])


def power_of_two(bound):
    """Return the least power of two, as an ``mpq``, that is ≥ ``bound`` > 0."""
    if bound > 1:
        return mpq(2) ** int(ceil(bound) - 1).bit_length()
    return mpq(1) / 2 ** (int(floor(1 / bound)).bit_length() - 1)
