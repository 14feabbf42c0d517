"""The plane on the screen: y points up, and both coordinates have one scale."""

from exactrelu.field import mpq
from exactrelu.show.svg import decimal, fraction, label, rect, root

LEFT, TOP, WIDTH = 34, 46, 264
"""Where the plot of a panel of 320 begins, and how wide it is."""

PANEL = 320
"""The width of a panel."""

UPRIGHT = 3
"""The most characters of a number beside the vertical axis; longer ones stand along it."""

BEND_SHARE = 9
"""Lines take up a ninth of a plot at the most."""

THINNEST = mpq(1, 5)
"""Thinner lines are left out."""


class Frame:
    """The box ((x0, x1), (y0, y1)) of the plane as a rectangle of the screen; wide at most ``width``, high ``highest``.

    Called with a point it returns the exact point of the screen.
    """

    def __init__(self, box, left=LEFT, top=TOP, width=WIDTH, highest=None):
        (x0, x1), (y0, y1) = ((mpq(low), mpq(high)) for low, high in box)
        highest = width * mpq(3, 2) if highest is None else highest
        self.box = ((x0, x1), (y0, y1))
        self.scale = min(mpq(width) / (x1 - x0), mpq(highest) / (y1 - y0))
        self.left, self.top = mpq(left), mpq(top)
        self.width, self.height = self.scale * (x1 - x0), self.scale * (y1 - y0)

    def __call__(self, point):
        (x0, _), (_, y1) = self.box
        return self.left + (point[0] - x0) * self.scale, self.top + (y1 - point[1]) * self.scale

    def outline(self, cls, width):
        """Return the rim of the plot."""
        return rect(cls, self.left, self.top, self.width, self.height, stroke_width=width)

    def ground(self, cls):
        """Return the ground of the plot."""
        return rect(cls, self.left, self.top, self.width, self.height)

    def axes(self):
        """Return the ends of both coordinates and their names."""
        (x0, x1), (y0, y1) = self.box
        right, bottom = self.left + self.width, self.top + self.height
        middle, beside = self.left + self.width / 2, self.left - 5
        y0, y1 = fraction(y0), fraction(y1)
        if max(len(y0), len(y1)) <= UPRIGHT:
            ends = label(beside, bottom, y0, "muted small end") + label(beside, self.top + 10, y1, "muted small end")
        else:
            turns = [f"rotate(-90 {decimal(beside)} {decimal(y)})" for y in (bottom, self.top)]
            ends = label(beside, bottom, y0, "muted small", transform=turns[0])
            ends += label(beside, self.top, y1, "muted small end", transform=turns[1])
        return "".join((
            label(self.left, bottom + 15, fraction(x0), "muted small"),
            label(right, bottom + 15, fraction(x1), "muted small end"),
            label(middle, bottom + 15, "x", "muted math middle"), ends,
            label(beside, self.top + self.height / 2 + 4, "y", "muted math end"),
        ))

    def line_width(self, segments):
        """Return how wide lines along these segments may be: from 1 down to `THINNEST`, and 0 if they are left out."""
        length = sum(root((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) for p, q in segments) * self.scale
        if not length:
            return mpq(1)
        width = self.width * self.height / (BEND_SHARE * length)
        return min(mpq(1), width) if width >= THINNEST else mpq(0)


def tenths(place, points, close=True):
    """Return the path through points, ``place`` of them on the screen, in tenths of a unit (for ``scale(.1)``).

    Points that are rounded to one place are one; what is then a single point is left out.
    """
    places = [tuple(int((20 * t + 1) // 2) for t in place(point)) for point in points]
    steps = [
        (x - last_x, y - last_y)
        for (last_x, last_y), (x, y) in zip(places, places[1:])
        if (x, y) != (last_x, last_y)
    ]
    if not steps:
        return ""
    moves = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{places[0][0]} {places[0][1]}l{moves}{'z' if close else ''}"


def lines(place, segments):
    """Return the path of segments."""
    return "".join(tenths(place, ends, close=False) for ends in segments)


def areas(place, polygons):
    """Return the path of closed polygons."""
    return "".join(tenths(place, polygon) for polygon in polygons)
