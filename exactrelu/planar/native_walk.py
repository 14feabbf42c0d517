"""The walk through the regions of a network in the compiled core (regions.c), the twin of `walk`.

The core decides signs by doubles with proven bounds, and by integers where the bounds do not. It is believed for no
more than it must be: the number of regions has to be that of the cuts and one more, and their areas have to add up to
that of the domain; where regions are listed, the forms on some of them are compared with values of the network.
"""

from array import array
from typing import NamedTuple

import numpy as np

from exactrelu.core import SWITCH, compiled
from exactrelu.cpwl.polygon import coordinates
from exactrelu.errors import Contradiction
from exactrelu.field import mpq, text
from exactrelu.planar.arrays import WORD, Integers, Regions
from exactrelu.planar.walk import sides_of
from exactrelu.planar.walk_groups import MOST, MOST_WORDS, groups_for_core, words_of

COUNTED, UNDECIDED, INTERRUPTED, OUT_OF_MEMORY, IMPOSSIBLE, TOO_MANY = range(6)
"""How a walk ends, as in regions.h."""

MOST_COUNTED = 2**62
"""More regions than can be counted."""

MOST_LISTED = 2**22
"""The most regions that are listed to count linear pieces."""

SAMPLES = 8
"""In so many regions the forms are compared with an evaluation of the network."""


class _Domain(NamedTuple):
    """The sides of a domain: rows (a, b, c, error), integers of 64-bit ``words``; a ``bound`` of coordinates."""

    sides: array
    exact_sides: array
    words: int
    bound: float


class _Found(NamedTuple):
    """What the core found, see ``Census`` in regions.h: views of bytes but for the number of ``regions``.

    ``is_more``: there are more regions than asked for, and nothing else is known of them.
    """

    is_more: bool
    regions: int
    estimates: memoryview
    counts: memoryview
    boundary: memoryview
    points: memoryview
    patterns: memoryview
    lines: memoryview
    kinks: memoryview
    forms: memoryview


def counted(network, domain, most=MOST_COUNTED):
    """Return the numbers of activation regions and linear pieces of a flat network on ``domain``.

    If there are more than ``most`` regions, both are one more than that.

    None where the core does not find them: it is not there, the domain is unbounded, numbers are too long, or two
    regions may have the same forms and there are too many regions to list them.
    """
    sides = _domain(domain)
    if sides is None:
        return None
    for with_integers in (False, True):
        groups = _groups(network, with_integers)
        found = groups and _walked(network, domain, groups, sides, False, most)
        if found:
            break
    else:
        return None
    if found.is_more:
        return most + 1, most + 1
    forms = np.frombuffer(found.estimates, dtype=np.float64).reshape(found.regions, len(groups.ends), 4)
    if _all_differ(forms, np.arange(found.regions), sides.bound):
        return found.regions, found.regions
    regions = listed(network, domain) if found.regions <= MOST_LISTED else None
    return None if regions is None else (len(regions), int(regions.pieces().max()) + 1)


def listed(network, domain, most=MOST_COUNTED):
    """Return the `Regions` of a flat network on ``domain``; None where the core does not find them, or more of them."""
    sides = _domain(domain)
    groups = None if sides is None else _groups(network, True)
    if groups is None or not (groups.line_words and groups.form_words):
        return None
    found = _walked(network, domain, groups, sides, True, most)
    if found is None or found.is_more:
        return None
    nodes = np.array([*groups.nodes, -1])
    units = nodes[groups.units]
    regions = Regions(
        offsets=np.concatenate([[0], np.cumsum(np.frombuffer(found.counts, dtype=np.int64))]),
        sides=np.frombuffer(found.boundary, dtype=np.int64),
        points=np.frombuffer(found.points, dtype=np.float64).reshape(-1, 2),
        kinks=nodes[np.frombuffer(found.kinks, dtype=np.int64)],
        units=units,
        patterns=np.frombuffer(found.patterns, dtype=bool).reshape(found.regions, len(units)),
        lines=Integers(found.lines, max(sides.words, groups.line_words), 3),
        forms=Integers(found.forms, groups.form_words, 3 * len(groups.scales)),
        scales=groups.scales,
    )
    _compare(network, regions)
    return regions


def _walked(network, domain, groups, sides, is_listed, most):
    """Return what the core `_Found`, at most so many regions; None if not everything is proven."""
    numbers = is_listed, sides.words, max(sides.words, groups.line_words), max(groups.form_words, 1), most
    ended, *found = compiled.regions(*groups[:7], sides.sides, sides.exact_sides, sides.bound, numbers)
    if ended == IMPOSSIBLE:
        raise contradiction(network, domain.interior_point())
    return _Found(ended == TOO_MANY, *found) if ended in (COUNTED, TOO_MANY) else None


def _groups(network, with_integers):
    """Return the `Groups` of a network, None if the core does not take it."""
    try:
        return groups_for_core(network, with_integers)
    except OverflowError:
        return None


def _domain(domain):
    """Return the `_Domain` of a polygon, None if the core does not take it, or if there is no core."""
    if compiled is None or not domain.is_bounded:
        return None
    bound = 2 * float(max(abs(t) for vertex in domain.vertices for t in coordinates(vertex)))
    lines = [tuple(map(int, line)) for line in sides_of(domain)]
    words = max(entry.bit_length() for line in lines for entry in line) // (8 * WORD) + 1
    if words > MOST_WORDS or not 1 / MOST <= bound <= MOST:
        return None
    estimates, exact = array("d"), array("q")
    for line in lines:
        largest = max(map(abs, line))
        form = [float(mpq(entry, largest)) for entry in line]
        size = (abs(form[0]) + abs(form[1])) * bound + abs(form[2])
        # what underflows is below 2^-1000, times a bound below 2^301
        estimates.extend([*form, size * 2.0**-51 + 2.0**-600])
        exact.frombytes(words_of(line, words))
    return _Domain(estimates, exact, words, bound)


def _compare(network, regions):
    """Evaluate the network inside some of the regions; raises `Contradiction` if a form is another one."""
    for region in np.linspace(0, len(regions) - 1, SAMPLES).astype(int).tolist():
        x, y = point = regions.polygon(region).interior_point()
        if network.evaluate(point) != tuple(a * x + b * y + c for a, b, c in regions.forms(region)):
            raise contradiction(network, point)


def contradiction(network, point):
    """Return the `Contradiction` for regions that cannot be right, with a point of the domain."""
    return Contradiction(
        f"the regions that the compiled core finds are not those of the network (with {SWITCH}=0 the core is not used)",
        tuple(map(text, point)),
        tuple((f"output {k} of the network", text(value)) for k, value in enumerate(network.evaluate(point))),
    )


def _all_differ(forms, regions, bound):
    """Whether it is proven that no two of the ``regions``, numbers of rows of ``forms``, have the same forms.

    A coefficient lies within its error of what was computed; its interval is widened by more than it is rounded.
    """
    waiting = [(regions, 0)] if len(regions) > 1 else []
    while waiting:
        chosen, column = waiting.pop()
        if column == 3 * forms.shape[1]:
            return False
        output, entry = divmod(column, 3)
        values, errors = forms[chosen, output, entry], forms[chosen, output, 3]
        errors = (errors if entry == 2 else errors / bound) + np.abs(values) * 2.0**-50
        order = np.argsort(values - errors, kind="stable")
        lows, highs = (values - errors)[order], np.maximum.accumulate((values + errors)[order])
        starts = np.flatnonzero(np.concatenate([[True], lows[1:] > highs[:-1], [True]]))
        for start in np.flatnonzero(np.diff(starts) > 1):
            waiting.append((chosen[order[starts[start] : starts[start + 1]]], column + 1))
    return True
