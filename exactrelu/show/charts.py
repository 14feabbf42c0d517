"""Charts over n: sizes of the constructions, how far iterates are apart, and cuts through several iterates.

They are pictures of finitely many n: there is no limit curve, and nothing is said to converge.
"""

from exactrelu.field import mpq, text
from exactrelu.show.frames import PANEL
from exactrelu.show.palette import SERIES
from exactrelu.show.svg import (
    Picture, dot, fraction, grouped, heading, iterate, label, polyline, raised, rect, segment, tag,
)

HEIGHT = 276
BASE, RISE = 232, 172
"""Where the horizontal axis is, and how high the plot above it."""

LINE = 15
"""The distance of two names at the end of their curves."""

ROOM = 8
"""The most characters of a name beside its curve."""

PRECISION = 64
"""The steps of a doubling, or of a factor of ten, to which a logarithm is found."""


class Logarithmic:
    """Heights on a logarithmic axis for the values > 0 from ``low`` to ``high``; lines at powers of ``base``."""

    name = "logarithmic"

    def __init__(self, low, high, base):
        self._base, self._low = base, order(low, base)
        self._high = max(order(high, base) + (mpq(base) ** order(high, base) < high), self._low + 1)

    def height(self, number):
        """Return the exact height to which a value is rounded."""
        whole = order(number, self._base)
        rest = mpq(number) / mpq(self._base) ** whole
        part = order(rest**PRECISION, self._base)
        return BASE - RISE * (whole + mpq(part, PRECISION) - self._low) / (self._high - self._low)

    def ticks(self):
        """Return [(value, words), ...]; with many powers, every second, third, ... of them."""
        every = -(-(self._high - self._low) // 8)
        powers = range(self._low, self._high + 1, every)
        return [(mpq(self._base) ** power, self._words(power)) for power in powers]

    def _words(self, power):
        if self._base == 10:
            return f"10{raised(power)}" if power > 1 else str(10**power) if power >= 0 else f"1/{10**-power}"
        return f"1/{self._base**-power}" if -14 < power < 0 else (
            f"2{raised(power)}" if not 0 <= power < 14 else str(self._base**power)
        )


class Linear:
    """Heights on a linear axis for the values from 0 to ``high``."""

    name = "linear"

    def __init__(self, high):
        step = 1
        for factor in (2, mpq(5, 2), 2) * 40:
            if high <= 5 * step:
                break
            step *= factor
        self._step, self._top = step, step * max(-(-int(high) // int(step)), 1)

    def height(self, number):
        """Return the height of a value."""
        return BASE - RISE * mpq(number) / self._top

    def ticks(self):
        """Return [(value, words), ...]."""
        return [(mpq(k * self._step), grouped(k * self._step)) for k in range(int(self._top / self._step) + 1)]


def order(number, base):
    """Return the largest integer k with base^k ≤ number, for a number > 0.

    >>> order(mpq(1, 5), 2), order(1000, 10)
    (-3, 3)
    """
    power, number = 0, mpq(number)
    if number >= 1:
        step = mpq(base)
        while step <= number:
            power, step = power + 1, step * base
        return power
    step = mpq(1)
    while step > number:
        power, step = power - 1, step / base
    return power


SIZES = (("width", "Width", True), ("depth", "Depth", False), ("largest_weight", "Largest weight", True))
"""What is drawn of the sizes: key, title, whether on a logarithmic axis."""


def size_panels(name, rows):
    """Return one `Picture` for each of `SIZES`; ``rows`` maps constructions to their rows for n = 1, 2, ....

    A row has the keys of `SIZES`. The order of the constructions is that of the colours.
    """
    return [
        size_panel(f"{name}-{key.replace('_', '-')}", title, {c: [row[key] for row in rows[c]] for c in rows}, is_log)
        for key, title, is_log in SIZES
    ]


def size_panel(name, title, values, is_logarithmic):
    """Return the `Picture` of one size over n: ``values`` maps constructions to their numbers for n = 1, 2, ...."""
    numbers = [number for each in values.values() for number in each]
    if is_logarithmic and min(numbers) > 0:
        axis = Logarithmic(min(numbers), max(numbers), 10)
    else:
        axis = Linear(max(numbers))
    count = max(map(len, values.values()))
    parts = [heading(title, axis.name), *_axis(axis, 48, 252)]

    def across(n):
        return 58 + mpq(184 * (n - 1), max(count - 1, 1))

    every = -(-count // 10)
    parts += [label(across(n), BASE + 18, n, "muted small middle") for n in range(1, count + 1, every)]
    parts.append(label(150, BASE + 36, "n", "muted math middle"))
    names = _spread({each: axis.height(found[-1]) for each, found in values.items()})
    for number, (each, found) in enumerate(values.items()):
        colour = number % len(SERIES)
        points = [(across(n), axis.height(size)) for n, size in enumerate(found, 1)]
        if len(points) > 1:
            parts.append(polyline(f"s{colour}", 2, points))
        if count <= 20:
            parts += [_marker(number, x, y) for x, y in points]
        parts.append(label(258, names[each] + 4, _short(each), f"c{colour} bold small"))
    description = f"{title} for n = 1 to {count}: " + "; ".join(
        f"{each} {', '.join(text(size) if len(text(size)) < 12 else fraction(size) for size in _some(found))}"
        for each, found in values.items()
    )
    return Picture(name, title, f"{description}.", PANEL, HEIGHT, "".join(parts))


def _short(name):
    """Return a name, shortened if there is no room for it beside its curve."""
    return name if len(name) <= ROOM else f"{name[: ROOM - 1]}…"


def _some(found):
    """Return the values of a curve that are read out: all, or of many the first and the last ones."""
    return found if len(found) <= 12 else [*found[:6], *found[-6:]]


def _axis(axis, left, right):
    """Return the lines of an axis with their values."""
    for number, words in axis.ticks():
        y = axis.height(number)
        yield segment("line-rule", 1, left, y, right, y) + label(left - 4, y + 4, words, "muted small end")


def _spread(heights):
    """Return the heights of names at the ends of their curves, moved down where they would touch."""
    placed, last = {}, None
    for each, height in sorted(heights.items(), key=lambda pair: (pair[1], pair[0])):
        placed[each] = last = height if last is None else max(height, last + LINE)
    return placed


def _marker(number, x, y):
    """Return the shape of a construction: circle, square, triangle, diamond, in turn."""
    cls, shape = f"c{number % len(SERIES)}", number % 4
    if shape == 0:
        return dot(cls, x, y, 4)
    if shape == 1:
        return rect(cls, x - mpq(7, 2), y - mpq(7, 2), 7, 7)
    corners = ((0, -5), (5, 4), (-5, 4)) if shape == 2 else ((0, -5), (5, 0), (0, 5), (-5, 0))
    return polyline(cls, 0, ((x + dx, y + dy) for dx, dy in corners), close=True)


def distance_panel(name, distances):
    """Return the `Picture` of max |V^{n+1} g − V^n g| for n = 0, 1, ...: ``distances`` are exact, each labelled."""
    title, subtitle = "Distance to the next iterate", "max |Vⁿ⁺¹g − Vⁿg| on ℝ², exact"
    positive = [number for number in distances if number]
    if not positive:
        parts = [heading(title, subtitle), label(34, 90, "0 for every n that is shown: a fixed point of V")]
        return Picture(name, title, "All distances are 0.", PANEL, 120, "".join(parts))
    axis, count = Logarithmic(min(positive), max(positive), 2), len(distances)
    parts = [heading(title, f"{subtitle}; {axis.name}"), *_axis(axis, 52, 300)]

    def across(n):
        return 62 + mpq(184 * n, max(count - 1, 1))

    points = [(across(n), axis.height(number)) for n, number in enumerate(distances) if number]
    if len(points) > 1:
        parts.append(polyline("s0", 2, points))
    for n, number in enumerate(distances):
        parts.append(label(across(n), BASE + 18, n, "muted small middle"))
        if number:
            x, y = across(n), axis.height(number)
            parts += [dot("c0", x, y, 4), label(x + 8, y - 3, fraction(number), "ink small")]
    parts.append(label(172, BASE + 36, "n", "muted math middle"))
    description = "; ".join(f"n = {n}: {text(number)}" for n, number in enumerate(distances))
    return Picture(name, title, f"Exact maxima. {description}.", PANEL, HEIGHT, "".join(parts))


def cut_panel(name, title, ends, cuts):
    """Return the `Picture` of iterates along a segment, exact polygons.

    ``ends`` are the two points; ``cuts`` maps n to [(share of the way, value), ...].
    """
    values = [height for points in cuts.values() for _, height in points]
    low, high = min(*values, mpq(0)), max(*values, mpq(0))
    span = high - low or mpq(1)

    def put(point):
        return 44 + 260 * mpq(point[0]), 250 - 180 * (point[1] - low) / span

    parts = [heading(title, "exact polygons, one for each n")]
    for number in [mpq(0), *(number for number in (low, high, high / 2) if 180 * abs(number) >= LINE * span)]:
        _, y = put((0, number))
        parts += [segment("line-rule", 1, 44, y, 304, y), label(38, y + 4, fraction(number), "muted small end")]
    for place, (n, points) in enumerate(cuts.items()):
        is_last = place == len(cuts) - 1
        style = {
            "stroke_opacity": "1" if is_last else f".{min(45 + 12 * place, 95)}", "stroke_linejoin": "round",
        }
        width = mpq(12, 10) + mpq(2, 10) * place
        x, cls = 14 + 51 * place, "line-ink" if is_last else "s0"
        parts += [
            polyline(cls, width, map(put, points), **style), segment(cls, width, x, 52, x + 16, 52, **style),
            label(x + 20, 56, iterate(n), "ink small"),
        ]
    start, end = (f"({', '.join(map(fraction, point))})" for point in ends)
    parts += [label(44, 268, start, "muted small"), label(304, 268, end, "muted small end")]
    description = (
        f"Sections of {', '.join(map(iterate, cuts))} along the segment from {start} to {end}; values from {low} to "
        f"{high}."
    )
    return Picture(name, title, description, PANEL, HEIGHT, "".join(parts))


def side_by_side(name, title, pictures, columns=3):
    """Return one `Picture` with several in rows, for papers and slides."""
    body, y, width = [], 0, 0
    for start in range(0, len(pictures), columns):
        row, x = pictures[start : start + columns], 0
        for picture in row:
            body.append(tag("g", picture.body, transform=f"translate({x},{y})"))
            x += picture.width
        y, width = y + max(picture.height for picture in row), max(width, x)
    description = " ".join(f"{picture.title}: {picture.description}" for picture in pictures)
    return Picture(name, title, description, width, y, "".join(body))
