"""Bands of equal value: every piece is cut at the levels, and what lies between two of them has one colour."""

from collections import defaultdict
from math import ceil, floor

from exactrelu.cpwl.polygon import coordinates, value
from exactrelu.field import mpq
from exactrelu.show.mesh import Mesh
from exactrelu.show.palette import NEGATIVE, POSITIVE
from exactrelu.show.svg import fraction, label, rect, segment


SHORT = 6
"""Longer numbers at the ends of a key stand inside of it."""


class Scale:
    """The bands of values from ``low`` to ``high``: steps of a power of 2, five to nine up to the largest |value|.

    Zero is in it always. Band k ≥ 0 has the values in [k·step, (k + 1)·step), without 0; band −k − 1 those in
    (−(k + 1)·step, −k·step]; the last one has the end as well.
    """

    def __init__(self, low, high):
        self.low, self.high = min(mpq(low), mpq(0)), max(mpq(high), mpq(0))
        self.top = max(-self.low, self.high)
        self.step = _step(self.top)
        self.count = max(ceil(self.top / self.step), 1)

    def levels(self):
        """Return the values at which pieces are cut, in their order."""
        return [self.step * k for k in range(-self.count if self.low else 0, self.count + 1)]

    def band(self, number):
        """Return the number of the band of a value other than 0."""
        k = min(floor(abs(number) / self.step), self.count - 1)
        return k if number > 0 else -k - 1

    def shade(self, band):
        """Return the class of a band: the colours are spread over as many steps as there are."""
        last = max(self.count - 1, 1)
        if band >= 0:
            return f"p{band * (len(POSITIVE) - 1) // last}"
        return f"n{(-band - 1) * (len(NEGATIVE) - 1) // last}"

    def key(self, x, y, width):
        """Return the bands themselves with their exact values, from that of the least value to that of the largest."""
        if not self.top:
            return label(x, y + 9, "0 everywhere", "muted small")
        bands = range(floor(self.low / self.step), ceil(self.high / self.step))
        cell, parts = mpq(width, len(bands)), []
        for place, k in enumerate(bands):
            parts.append(rect(self.shade(k), x + cell * place, y, cell, 9))
        for place in range(len(bands) + 1):
            parts.append(segment("line-muted", mpq(3, 5), x + cell * place, y, x + cell * place, y + 12))
        parts.append(rect("line-muted", x, y, width, 9, stroke_width=mpq(3, 5)))
        every = _every(len(bands), max(len(fraction(k * self.step)) for k in bands))
        for place in range(len(bands) + 1):
            k = bands[0] + place
            if k % every == 0:
                words = fraction(k * self.step)
                anchor = {0: "", len(bands): " end"}.get(place, " middle") if len(words) > SHORT else " middle"
                parts.append(label(x + cell * place, y + 24, words, f"muted small{anchor}"))
        return "".join(parts)


def _step(top):
    """Return the power of 2 that gives five to nine steps up to ``top``; 1 if that is 0."""
    step = mpq(1)
    while top and top / step < 5:
        step /= 2
    while top / step > 9:
        step *= 2
    return step


def _every(count, characters):
    """Return of how many values of a key one is written: a power of 2, so that they do not touch."""
    every = 1
    while count // every * (characters * 7 + 10) > 264 and every < count:
        every *= 2
    return every


def value_range(pieces):
    """Return (least, largest) value of an affine form on its bounded polygon, over all pairs (polygon, form)."""
    values = [mpq(value(form, vertex)) / vertex[2] for polygon, form in pieces for vertex in polygon.vertices]
    return min(values), max(values)


def banded(pieces, scale):
    """Return {band: [polygon, ...]} with all pieces (polygon, form) cut at the levels of a `Scale`, but for zero."""
    levels, bands = scale.levels(), defaultdict(list)
    for polygon, form in pieces:
        low, high = value_range([(polygon, form)])
        if not low and not high:
            continue
        rest = polygon
        for level in levels:
            if low < level < high:
                below, rest = rest.split((form[0], form[1], form[2] - level))
                bands[_band(scale, below, form)].append(below)
        bands[_band(scale, rest, form)].append(rest)
    return bands


def _band(scale, polygon, form):
    """Return the band of a polygon that no level cuts, read off at an inner point."""
    x, y = polygon.interior_point()
    return scale.band(form[0] * x + form[1] * y + form[2])


def band_meshes(bands):
    """Yield (band, outlines) in the order of the bands: equal bands are joined."""
    for band in sorted(bands):
        yield band, Mesh([(polygon, band) for polygon in bands[band]]).outline(band)


def zero_line(bands):
    """Return the segments between bands of different signs."""
    return Mesh([(polygon, band >= 0) for band in sorted(bands) for polygon in bands[band]]).bends


def corners(polygon):
    """Return the points of a bounded polygon."""
    return [coordinates(vertex) for vertex in polygon.vertices]
