"""Linear forms in the inputs of a block, on a domain where every unit has one sign.

A form is a dict {input: weight}, the key `CONSTANT` for what does not depend on the inputs; weights are not 0. Where
exact bounds decide the sign of each unit, a block is linear, and its outputs are forms that can be compared with the
specification entry by entry.
"""

from collections import defaultdict
from typing import NamedTuple

from exactrelu.cpwl.polygon import affine_at
from exactrelu.field import mpq

CONSTANT = None


class Ambiguous(Exception):
    """Raised when the bounds ``low`` ≤ form ≤ ``high`` (None for infinity) do not decide the sign of a unit."""

    def __init__(self, form, low, high):
        super().__init__(form)
        self.form = form
        self.low = low
        self.high = high


def combination(terms, bias):
    """Return the form  bias + Σ weight · form  over the pairs (form, weight)."""
    total = {CONSTANT: bias} if bias else {}
    for form, weight in terms:
        for key, entry in form.items():
            total[key] = total.get(key, 0) + weight * entry
    return {key: entry for key, entry in total.items() if entry}


def constant(value):
    """Return the form of a constant."""
    return {CONSTANT: value} if value else {}


def signed_by(bounds):
    """Return the ReLU on forms whose signs follow from ``bounds``, a function of a form that returns (low, high)."""

    def relu(form):
        low, high = bounds(form)
        if low is not None and low >= 0:
            return form
        if high is not None and high <= 0:
            return {}
        raise Ambiguous(form, low, high)

    return relu


class Rows(NamedTuple):
    """Rows (p_β, p_β u, p_β v) with 0 ≤ p_β ≤ ``limit`` (None: any p_β ≥ 0) and (u, v) in a convex polygon.

    ``entries`` maps inputs to (state β, 0, 1 or 2 for p, pu, pv); ``corners`` are the polygon's.
    """

    entries: dict
    corners: tuple
    limit: mpq | None

    def patches(self, form):
        """Return ({β: (a, b, c)}, constant): the form is constant + Σ p_β (a u + b v + c)."""
        found = defaultdict(lambda: [mpq(0)] * 3)
        rest = mpq(0)
        for key, weight in form.items():
            if key is CONSTANT:
                rest = weight
            else:
                state, kind = self.entries[key]
                found[state][kind - 1] += weight
        return {state: tuple(slopes) for state, slopes in found.items()}, rest

    def bounds(self, form):
        """Return exact (low, high) of the form over the rows, None where it is unbounded."""
        slopes, rest = self.patches(form)
        ends = [self._extremes(entry) for entry in set(slopes.values())]
        if self.limit is None:
            low = None if any(least < 0 for least, _ in ends) else rest
            return low, None if any(most > 0 for _, most in ends) else rest
        extremes = dict(zip(set(slopes.values()), ends, strict=True))
        low = rest + self.limit * sum((min(extremes[entry][0], 0) for entry in slopes.values()), mpq(0))
        return low, rest + self.limit * sum((max(extremes[entry][1], 0) for entry in slopes.values()), mpq(0))

    def splitting_line(self, form):
        """Return (a, b, c) of some β in the form that takes both signs in the polygon, None if there is none."""
        for entry in self.patches(form)[0].values():
            least, most = self._extremes(entry)
            if least < 0 < most:
                return entry
        return None

    def _extremes(self, entry):
        values = [affine_at(entry, *corner) for corner in self.corners]
        return min(values), max(values)
