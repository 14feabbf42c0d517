"""Slots: where the grids of the construction `small` lie, and how what is carried there changes.

A *slot* is a shift σ of the grid by parts 1/N of a cell in each coordinate, N prime to the dilations M_i. The next
level takes it to σ' = M σ mod 1, with M σ = σ' + e for integers e: a class that sits in the slot σ at level j sits in
σ' at level j + 1. Write Mʲz + σ = a + u with a cell a and a residual u in [0, 1]^d. The iterates on the cells of a
slot, f_j(a + u − σ), are refined by the transitions of the mask moved by e,

    f_j(a + u − σ) = Σ_b T_q[a, b] f_{j+1}(b + u' − σ'),   T_q[a, b] = c_{q + M a − b − e},   u' = M u − q,

q the digits of u: a cascade as in Corollary 2.6, of rows P ← T_qᵀ P. With it goes S = P ⊗ (1, u_1, …, u_d), S ← Â_q S.
With r components the entries of P belong to *places* (a, l), a cell and a component, and c_k is an r × r matrix.

*What is carried.* In the end S is read by finitely many linear functionals. Let Φ_σ be the least spaces of functionals
of S that hold those and that all stages respect: Φ_σ' Â_q ⊂ Φ_σ for all q. The network carries X = Φ_σ S, in a basis,
and a stage is X' = A_q X with matrices defined by Φ_σ' Â_q = A_q Φ_σ.
"""

from functools import cache
from itertools import combinations, product
from math import ceil, floor
from typing import NamedTuple

from exactrelu.construction.hats import Loop, parts_of
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
    """The ``loops`` of the coordinates, the ``slots`` {shift: `Slot`}, and the ``cycle`` of the shifts by levels.

    ``cycle[j % len(cycle)]`` are the d + 1 shifts at level j, in order; in each coordinate they are all different.
    """

    loops: tuple
    slots: dict
    cycle: tuple

    def shifts(self, level):
        """Return the shifts of the classes at a level."""
        return self.cycle[level % len(self.cycle)]

    @property
    def factors(self):
        """The dilations M_i."""
        return tuple(loop.factor for loop in self.loops)

    @property
    def parts(self):
        """The number N of parts of a cell."""
        return self.loops[0].parts


def frame_of(normal):
    """Return the `Frame` of a normalized problem; raises `InputError` for a dilation that is too large."""
    factors = normal.dilation.factors
    if normal.dilation.determinant > MOST_DIGITS:
        raise InputError(
            f"{normal.name}: the construction small works for dilations of determinant up to {MOST_DIGITS}, not "
            f"{normal.dilation.determinant}; exactrelu value has no such limit"
        )
    N = parts_of(normal.dimension, factors)
    cycle = cycle_of(chosen_shifts(N, factors), N, factors)
    slots = {shift: slot_of(normal, shift, N) for shift in sorted(set().union(*cycle))}
    return Frame(tuple(Loop(N, M) for M in factors), slots, cycle)


def image_of(shift, parts, factors):
    """Return the shift of σ'."""
    return tuple(M * part % parts for M, part in zip(factors, shift, strict=True))


def chosen_shifts(parts, factors):
    """Return d + 1 shifts, the same in all coordinates: closed under multiplication if some are, with 0 if possible."""
    orbits = []
    for s in range(parts):
        shift = (s,) * len(factors)
        if not any(shift in orbit for orbit in orbits):
            orbits += [tuple(sorted(set().union(*cycle_of([shift], parts, factors))))]
    plain = [orbit for orbit in orbits if all(len(set(shift)) == 1 for shift in orbit)]
    for count in range(1, len(plain) + 1):
        for some in combinations(plain, count):
            if sum(map(len, some)) == len(factors) + 1:
                return [shift for orbit in some for shift in orbit]
    return [(s,) * len(factors) for s in range(len(factors) + 1)]


def cycle_of(shifts, parts, factors):
    """Return the shifts at the levels 0, 1, …, each in order, as long as they differ from those at level 0."""
    found, following = [], tuple(sorted(shifts))
    while following not in found:
        found.append(following)
        following = tuple(sorted(image_of(shift, parts, factors) for shift in following))
    return tuple(found)


def slot_of(normal, shift, parts):
    """Return the `Slot` of a shift."""
    factors = normal.dilation.factors
    lengths = tuple(side + (part > 0) for side, part in zip(normal.size, shift, strict=True))
    offset = [mpq(part, parts) for part in shift]
    seeds = [
        {} if seed is None else patches_of(seed.shifted(*offset), lengths) for seed in (normal.seed, normal.source)
    ]
    carry = tuple(M * part // parts for M, part in zip(factors, shift, strict=True))
    return Slot(shift, image_of(shift, parts, factors), carry, lengths, *seeds)


def shared_spaces(frame, masks, readings):
    """Return {shift: Φ_σ}, the same at all levels; ``readings`` {shift: functionals of S} are read in each slot.

    The stages may have any of the ``masks``. A `Space` has rows {(place, k): weight}, k = 0 for the entry P of a place
    and k = 1, …, d for P u_k. Returns None if they are too large to be carried, as when the window is large and the
    mask is sparse.
    """
    numbers = {shift: number for number, shift in enumerate(frame.slots)}
    maps = [
        (numbers[slot.image], numbers[slot.shift], back)
        for slot in frame.slots.values() for mask in masks for _, back in stage_maps(mask, frame, slot)
    ]
    spaces = invariant_closure([readings[shift] for shift in frame.slots], maps, fits)
    return None if spaces is None else dict(zip(frame.slots, spaces, strict=True))


def spaces_before(frame, level, mask, following, readings):
    """Return {shift: least space} at a level, given those ``following`` and what else is read at the level itself.

    Raises `InputError` if they are too large.
    """
    before = {}
    for shift in frame.shifts(level):
        slot = frame.slots[shift]
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
