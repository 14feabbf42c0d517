"""Reading Σ_β P_β g_β(u) off linear functionals of S = P ⊗ (1, u) with P of any sign, two layers a shape.

Each patch of the seed is an affine form plus multiples of *shapes*, the same for all patches (`patch_forms`): kinks
w = (ℓ)₊ and tents w = max(0, min(ℓ_1, ℓ_2)). All patches are read at one u, so a shape enters as P w(u) with the number
P = Σ_β κ_β P_β. With a = P ℓ or P ℓ_1, b = P ℓ_2 and z = C P, where min(−ℓ_1, −ℓ_2) ≤ C on the unit square,

    P w = (min(a, b) − (−z)₊)₊ − (min(−a, −b) − (z)₊)₊,   min(a, b) = a − (a − b)₊  (a for a kink):

where P > 0 the second term is zero, since min(−a, −b) = P min(−ℓ_1, −ℓ_2) ≤ z, and the first is (min(a, b))₊; where
P < 0 it is the other way round. If the sign of P is known, one term without z is enough. Scaled so that |a| ≤ 1 on good
orbits, a term is written

    (1 − (1 − a)₊ − (a − b)₊ − (−z)₊)₊,

which is the same, and lies in [0, 1] whatever the functionals are: on bad orbits they are anything, but what is read
off them stays bounded. The affine forms of all patches make one more functional, which is read as its two parts ±.

*Layers.* All terms may be read at once. A seed with many shapes is read in several batches, one a layer, if that is
narrower: what later batches need is passed on by one unit (v + 1)₊ for each dimension.
"""

from collections import defaultdict
from itertools import pairwise, product
from typing import NamedTuple

from exactrelu.construction.gate import bounded_below
from exactrelu.construction.slots import orbit_bound
from exactrelu.construction.spaces import Space, scaled
from exactrelu.cpwl.polygon import affine_at
from exactrelu.field import Rational, mpq
from exactrelu.network.builder import constant, linear_combination, total

CONSTANT = (mpq(0), mpq(0), mpq(1))
"""The affine form 1."""

CORNERS = tuple(product((0, 1), repeat=2))
"""The corners of the unit square."""


class Shape(NamedTuple):
    """A kink (one form) or a tent (two ``forms``), with its ``weights`` {cell: κ ≠ 0}."""

    forms: tuple
    weights: dict


class Term(NamedTuple):
    """height · (1 − (1 − value)₊ − Σ weight · (part)₊)₊ for functionals ``value`` and part of S.

    The ``height`` has a sign; ``parts`` are pairs (weight > 0, part), a part being ±1 at its first key, so that equal
    units of several terms are written in one way.
    """

    height: Rational
    value: dict
    parts: tuple


class State(NamedTuple):
    """Functionals of S as expressions: ``entries`` are the values of the basis of ``space``."""

    space: Space
    entries: tuple

    def value(self, row):
        """Return the value of a functional of the space."""
        coordinates = self.space.coordinates(row)
        return linear_combination(coordinates.values(), [self.entries[i] for i in coordinates])


def functionals(patches):
    """Return the functionals of S that are read for these ``patches``, {cell: `PatchForm`}."""
    return [affine_row(patches), *(row for shape in shapes(patches) for row in shape_rows(shape))]


def affine_row(patches):
    """Return the functional Σ_β P_β A_β(u), A_β the affine forms of the patches."""
    row = {}
    for cell, patch in patches.items():
        row |= functional({cell: mpq(1)}, patch.affine)
    return row


def shapes(patches):
    """Return the `Shape`s of all patches."""
    found = defaultdict(dict)
    for cell, patch in patches.items():
        for line, weight in patch.kinks.items():
            found[line,][cell] = weight
        for tent, weight in patch.tents.items():
            found[tuple(tent)][cell] = weight
    return [Shape(forms, weights) for forms, weights in found.items()]


def shape_rows(shape):
    """Return the functionals P and P ℓ that a shape is read off."""
    return [functional(shape.weights, form) for form in (CONSTANT, *shape.forms)]


def functional(weights, form):
    """Return the functional Σ_β κ_β P_β (α u + β v + γ) of S, κ = ``weights``."""
    alpha, beta, gamma = form
    return {
        (cell, k): weight * entry
        for cell, weight in weights.items() for k, entry in enumerate((gamma, alpha, beta)) if entry
    }


def terms_of(patches, space, signed):
    """Return the `Term`s that read Σ_β P_β g_β(u); with ``signed`` false P_β ≥ 0 on all good orbits.

    All functionals in them are in ``space``, which holds those of `functionals`.
    """
    found = []
    base = affine_row(patches)
    if base:
        height = orbit_bound(base)
        found += [Term(sign * height, scaled(base, sign / height), ()) for sign in (1, -1)]
    for shape in shapes(patches):
        halves = [
            Shape(shape.forms, {cell: weight for cell, weight in shape.weights.items() if weight * sign > 0})
            for sign in (1, -1)
        ]
        halves = [half for half in halves if half.weights]
        if signed or not all(row in space for half in halves for row in shape_rows(half)):
            found += shape_terms(shape, (1, -1))
        else:
            for half in halves:
                found += shape_terms(half, (1 if min(half.weights.values()) > 0 else -1,))
    return found


def shape_terms(shape, signs):
    """Return the `Term`s of a shape for which P may have the given ``signs``."""
    first = functional(shape.weights, shape.forms[0])
    height = orbit_bound(first)
    parts = []
    if len(shape.forms) == 2:
        parts.append(functional(shape.weights, tuple(p - q for p, q in zip(*shape.forms))))
    if len(signs) == 2:
        guard = min(max(-affine_at(form, u, v) for u, v in CORNERS) for form in shape.forms)
        parts.append(scaled(functional(shape.weights, CONSTANT), -guard))
    found = []
    for sign in signs:
        own = tuple(primitive(scaled(part, sign / height)) for part in parts)
        found.append(Term(sign * height, scaled(first, sign / height), own))
    return found


def primitive(row):
    """Return (w, row / w) for w > 0 that makes the entry at the first key ±1."""
    weight = abs(row[min(row)])
    return weight, scaled(row, 1 / weight)


def reading_bound(terms):
    """Return a bound on the absolute value of the sum of the terms, on all orbits."""
    return max(sum(term.height for term in terms if term.height * sign > 0) * sign for sign in (1, -1))


def read(b, states, batches, limit):
    """Return for each of the ``states`` the sum of its terms, which has to be bounded by ``limit``.

    ``batches`` are lists of the terms of each state, as `batches_of` makes them; a batch has its first layer beside the
    second one of the batch before.
    """
    sums, waiting = [constant(0)] * len(states), [()] * len(states)
    for place, batch in enumerate([*batches, [()] * len(states)]):
        finished = [total(height * b.relu(argument) for height, argument in own) for own in waiting]
        sums = [bounded_below(b, before, limit) + added for before, added in zip(sums, finished)]
        waiting = [[(term.height, first_layer(b, state, term)) for term in own] for state, own in zip(states, batch)]
        later = [[term for batch in batches[place + 1 :] for term in batch[k]] for k in range(len(states))]
        states = [passed_on(b, state, terms) for state, terms in zip(states, later)]
    return sums


def first_layer(b, state, term):
    """Return 1 − (1 − value)₊ − Σ weight · (part)₊ of a term."""
    parts = [weight * b.relu(state.value(part)) for weight, part in term.parts]
    return 1 - total([b.relu(1 - state.value(term.value)), *parts])


def passed_on(b, state, terms):
    """Return what ``terms`` need as a `State` one layer on; on bad orbits the values may be other ones."""
    space = Space(row for term in terms for row in rows_of(term))
    heights = [orbit_bound(row) for row in space.basis]
    return State(space, tuple(bounded_below(b, state.value(row), height) for row, height in zip(space.basis, heights)))


def rows_of(term):
    """Return the functionals that a term needs."""
    return [term.value, *(part for _, part in term.parts)]


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
