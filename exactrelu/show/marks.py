"""The mark of a point: a ring with four ticks and a halo, to be seen on every ground, and its label on a plate."""

from exactrelu.field import mpq
from exactrelu.show.svg import decimal, label, rect, tag

RADIUS, TICK, LINE, GAP = 5, 8, 17, 16

_CHARACTER = mpq(68, 10)
"""About the width of a character of 12 px, generous."""


def mark(frame, point, words=()):
    """Return the mark of a point of the plane in a frame, labelled with lines of ``words``, the first one bold."""
    x, y = frame(point)
    ticks = "".join(
        f"M{decimal(x + a * RADIUS)} {decimal(y + b * RADIUS)}l{a * TICK} {b * TICK}"
        for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))
    )
    half = f"a{RADIUS} {RADIUS} 0 1 0 "
    ring = f"M{decimal(x - RADIUS)} {decimal(y)}{half}{2 * RADIUS} 0{half}-{2 * RADIUS} 0"
    drawn = "".join(
        tag("path", cls=cls, stroke_width=width, stroke_linecap="round", d=ring + ticks)
        for cls, width in (("line-paper", 5), ("line-refuted", 2))
    )
    return drawn + (_plate(frame, x, y, words) if words else "")


def _plate(frame, x, y, words):
    """Return lines of words at the side of a point where there is more room."""
    width, height = max(map(len, words)) * _CHARACTER + 16, LINE * len(words) + 8
    room_right = frame.left + frame.width - x
    left = x + GAP if room_right >= x - frame.left else x - width - GAP
    left = max(frame.left, min(left, frame.left + frame.width - width))
    top = min(max(y - height / 2, frame.top + 4), frame.top + frame.height - height - 4)
    plate = rect("paper", left, top, width, height, rx="3", fill_opacity=".94")
    rim = rect("line-refuted", left, top, width, height, rx="3", stroke_width=1)
    lines = "".join(
        label(left + 8, top + LINE * (row + 1), line, "ink" if row else "ink bold") for row, line in enumerate(words)
    )
    return plate + rim + lines
