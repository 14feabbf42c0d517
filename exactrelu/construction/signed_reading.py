"""Reading Σ_β P_β g_β(u) off linear functionals of S = P ⊗ (1, u) with P of any sign, two layers a kink or tent.

Each patch of the seed is an affine form plus multiples of *shapes* w = max(0, min ℓ_i), the same for all patches
(`exactrelu.construction.patches`): kinks with one form, tents with two, more in more than two dimensions. All patches
are read at one u, so a shape enters as P w(u) with the number P = Σ_β κ_β P_β. With a_i = P ℓ_i and z = C P, where
min(−ℓ_i) ≤ C on the unit cube,

    P w = (min a_i − (−z)₊)₊ − (min(−a_i) − (z)₊)₊:

where P > 0 the second term is zero, since min(−a_i) = P min(−ℓ_i) ≤ z, and the first is (min a_i)₊; where P < 0 it is
the other way round. If the sign of P is known, one term without z is enough, and so it is for C ≤ 0. Scaled so that
|a_1| ≤ 1 on good orbits, a term is written

    (1 − (1 − a_1)₊ − (a_1 − min_{i > 1} a_i)₊ − (−z)₊)₊,

which is the same, and lies in [0, 1] whatever the functionals are: on bad orbits they are anything, but what is read
off them stays bounded. The minimum of m − 1 numbers takes ⌈log₂(m − 1)⌉ more layers. The affine forms of all patches
make one more functional, which is read as its two parts ±.

*Layers.* All terms may be read at once. A seed with many shapes is read in several batches, one a layer, if that is
narrower: what later batches need is passed on by one unit (v + 1)₊ for each dimension.
"""

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from exactrelu.construction.gate import bounded_below
from exactrelu.construction.slots import orbit_bound
from exactrelu.construction.spaces import Space, scaled
from exactrelu.field import Rational, mpq
from exactrelu.network.builder import constant, linear_combination, total


class Term(NamedTuple):
    """height · (1 − (1 − value)₊ − (value − min others)₊ − Σ weight · (part)₊)₊ for functionals of S.

    The ``height`` has a sign; ``parts`` are pairs (weight > 0, part), a part being ±1 at its first key, so that equal
    units of several terms are written in one way. A single other functional is a part, so that ``others`` are none or
    several.
    """

    height: Rational
    value: dict
    parts: tuple
    others: tuple


class Group(NamedTuple):
    """Σ_β κ_β P_β w(u) for the shape w of ``forms`` and κ = ``weights``, or the functional ``row``, by ``terms``."""

    forms: tuple
    weights: dict
    row: dict
    terms: tuple


class State(NamedTuple):
    """Functionals of S as expressions: ``entries`` are the values of the basis of ``space``."""

    space: Space
    entries: tuple

    def value(self, row):
        """Return the value of a functional of the space."""
        coordinates = self.space.coordinates(row)
        return linear_combination(coordinates.values(), [self.entries[i] for i in coordinates])


def functionals(patches):
    """Return the functionals of S that are read for these ``patches``, {place: `Patch`}."""
    return [affine_row(patches), *(row for shape in shapes(patches).items() for row in shape_rows(*shape))]


def affine_row(patches):
    """Return the functional Σ_β P_β A_β(u), A_β the affine forms of the patches."""
    row = {}
    for place, patch in patches.items():
        row |= functional({place: mpq(1)}, patch.affine)
    return row


def shapes(patches):
    """Return {forms: {place: κ ≠ 0}} for the shapes of all patches."""
    found = defaultdict(dict)
    for place, patch in patches.items():
        for forms, weight in patch.shapes.items():
            found[forms][place] = weight
    return found


def shape_rows(forms, weights):
    """Return the functionals P and P ℓ that a shape is read off."""
    return [functional(weights, form) for form in (one(forms), *forms)]


def one(forms):
    """Return the affine form 1 on the space of other forms."""
    return (*(mpq(0) for _ in forms[0][1:]), mpq(1))


def functional(weights, form):
    """Return the functional Σ_β κ_β P_β (a·u + c) of S for the ``form`` (a, c), κ = ``weights``."""
    entries = [(k, entry) for k, entry in enumerate((form[-1], *form[:-1])) if entry]
    return {(place, k): weight * entry for place, weight in weights.items() for k, entry in entries}


def terms_of(patches, space, signed):
    """Return the `Term`s that read Σ_β P_β g_β(u); with ``signed`` false P_β ≥ 0 on all good orbits.

    All functionals in them are in ``space``, which holds those of `functionals`.
    """
    return [term for group in groups_of(patches, space, signed) for term in group.terms]


def groups_of(patches, space, signed):
    """Return the `Group`s that the `terms_of` are, in order."""
    found = []
    base = affine_row(patches)
    if base:
        height = orbit_bound(base)
        terms = tuple(Term(sign * height, scaled(base, sign / height), (), ()) for sign in (1, -1))
        found.append(Group((), {}, base, terms))
    for forms, weights in shapes(patches).items():
        halves = [{place: w for place, w in weights.items() if w * sign > 0} for sign in (1, -1)]
        halves = [half for half in halves if half]
        if signed or not all(row in space for half in halves for row in shape_rows(forms, half)):
            found.append(Group(forms, weights, {}, tuple(shape_terms(forms, weights, (1, -1)))))
        else:
            for half in halves:
                terms = shape_terms(forms, half, (1 if min(half.values()) > 0 else -1,))
                found.append(Group(forms, half, {}, tuple(terms)))
    return found


def shape_terms(forms, weights, signs):
    """Return the `Term`s of a shape for which P may have the given ``signs``."""
    first, *others = (functional(weights, form) for form in forms)
    height = orbit_bound(first)
    parts = []
    if len(forms) == 2:
        parts.append(functional(weights, tuple(p - q for p, q in zip(*forms, strict=True))))
        others = []
    guard = min(-least_value(form) for form in forms)
    if len(signs) == 2 and guard > 0:
        parts.append(scaled(functional(weights, one(forms)), -guard))
    return [
        Term(
            sign * height,
            scaled(first, sign / height),
            tuple(primitive(scaled(part, sign / height)) for part in parts),
            tuple(scaled(other, sign / height) for other in others),
        )
        for sign in signs
    ]


def least_value(form):
    """Return the least value of a form on the unit cube."""
    return form[-1] + sum(entry for entry in form[:-1] if entry < 0)


def primitive(row):
    """Return (w, row / w) for w > 0 that makes the entry at the first key ±1."""
    weight = abs(row[min(row)])
    return weight, scaled(row, 1 / weight)


def reading_bound(terms):
    """Return a bound on the absolute value of the sum of the terms, on all orbits."""
    return max(sum(term.height for term in terms if term.height * sign > 0) * sign for sign in (1, -1))


def read(b, states, batches, limit, sums=None, waiting=None, marks=None):
    """Return for each of the ``states`` the sum of its terms, which has to be bounded by ``limit``.

    ``batches`` are lists of the terms of each state, as `batches_of` makes them; a batch has its first layer beside the
    second one of the batch before. ``sums`` has what is added for each state, and ``waiting`` the pairs (height, first
    layer) of more terms; by default there is nothing. The dict ``marks`` gets the units: "s0/term/3" of the terms of
    each state in order, but for those that were waiting, and "s0/passed/1/2" of what batch 1 passes on, the basis of a
    space.
    """
    sums, waiting = sums or [constant(0)] * len(states), waiting or [()] * len(states)
    marks, counts = {} if marks is None else marks, [0] * len(states)
    for place, batch in enumerate([*batches, [()] * len(states)]):
        sums = [added(b, before, own, limit) for before, own in zip(sums, waiting, strict=True)]
        for k, own in enumerate(waiting if place else ()):
            marks |= {f"s{k}/term/{i}": b.relu(argument) for i, (_, argument) in enumerate(own, counts[k])}
            counts[k] += len(own)
        waiting = [
            [(term.height, first_layer(b, state, term)) for term in own]
            for state, own in zip(states, batch, strict=True)
        ]
        spaces = [passed_space(batches, place, k) for k in range(len(states))]
        passed = [passed_on(b, state, space) for state, space in zip(states, spaces, strict=True)]
        for k, own in enumerate(passed):
            marks |= {f"s{k}/passed/{place}/{i}": entry + height for i, (entry, height) in enumerate(own)}
        states = [
            State(space, tuple(entry for entry, _ in own)) for space, own in zip(spaces, passed, strict=True)
        ]
    return sums


def added(b, before, waiting, limit):
    """Return a sum ≥ −``limit`` and the terms ``waiting`` as pairs (height, first layer), one layer on."""
    return bounded_below(b, before, limit) + total(height * b.relu(argument) for height, argument in waiting)


def first_layer(b, state, term):
    """Return 1 − (1 − value)₊ − (value − min others)₊ − Σ weight · (part)₊ of a term, in one layer without others."""
    value = state.value(term.value)
    parts = [weight * b.relu(state.value(part)) for weight, part in term.parts]
    if term.others:
        parts.append(b.relu(value - minimum(b, list(map(state.value, term.others)))))
    return 1 - total([b.relu(1 - value), *parts])


def minimum(b, values):
    """Return the least of the values, ⌈log₂⌉ of their number of layers."""
    while len(values) > 1:
        pairs = zip(values[::2], values[1::2])
        values = [*(b.minimum(*pair) for pair in pairs), *values[len(values) // 2 * 2 :]]
    return values[0]


def passed_space(batches, place, k):
    """Return the `Space` of what the terms of state k after the batch ``place`` need."""
    return Space(row for batch in batches[place + 1 :] for term in batch[k] for row in rows_of(term))


def passed_on(b, state, space):
    """Return the basis of a space one layer on, pairs (value, bound); on bad orbits the values may be other ones."""
    heights = map(orbit_bound, space.basis)
    return [(bounded_below(b, state.value(row), height), height) for row, height in zip(space.basis, heights)]


def rows_of(term):
    """Return the functionals that a term needs."""
    return [term.value, *(part for _, part in term.parts), *term.others]


def batches_of(readings, room):
    """Return the terms in as few batches as fit into layers of ``room`` units, or else in the narrowest way found.

    ``readings`` has the terms of each state. The batches are runs of the terms in their order.
    """
    items = [(k, term) for k, terms in enumerate(readings) for term in terms]
    passed = dimensions_left(items, len(readings))
    others = 2 * len(readings)  # for each state its two coordinates' seams, later its seam and its sum

    def ends(most):
        """Return where batches end that need layers of at most so many units, None if there are none."""
        found, before = [0], 0
        while found[-1] < len(items):
            units, best = set(), None
            for end in range(found[-1] + 1, len(items) + 1):
                k, term = items[end - 1]
                units.add((k, "value", frozenset(term.value.items())))
                units.update((k, "part", frozenset(part.items())) for _, part in term.parts)
                units.update((k, "other", frozenset(other.items())) for other in term.others)
                if len(units) + before + passed[end] + others <= most:
                    best = end
            if best is None:
                return None
            before = best - found[-1]
            found.append(best)
        return found if before + others <= most else None

    low, high = room - 1, room
    while ends(high) is None:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if ends(middle) is None else (low, middle)
    return [
        [[term for k, term in items[start:end] if k == state] for state in range(len(readings))]
        for start, end in pairwise(ends(high))
    ]


def dimensions_left(items, count):
    """Return for i = 0, …, len(items) how many dimensions all functionals of ``items[i:]`` span, state by state."""
    spaces = [Space() for _ in range(count)]
    left = [0]
    for k, term in reversed(items):
        for row in rows_of(term):
            spaces[k].add(row)
        left.append(sum(map(len, spaces)))
    return left[::-1]
