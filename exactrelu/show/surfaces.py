"""Surfaces: the graph of a piecewise linear function in parallel projection, every facet of it.

What hides what is exact: looked at in one direction, convex pieces that fill a convex window have an order from the
farthest to the nearest, which follows from those that share an edge. The key of such a picture is the map beside it.
"""

import math
from collections import defaultdict
from heapq import heapify, heappop, heappush

from exactrelu.field import mpq
from exactrelu.show.bands import corners
from exactrelu.show.frames import PANEL, areas, lines, tenths
from exactrelu.show.palette import SHADES
from exactrelu.show.svg import Picture, heading, root, tag

MAX_FACETS = 5000
"""With more pieces there is the map alone."""

VIEWER = (mpq(-3, 5), mpq(-4, 5))
"""The direction towards the viewer, over the plane."""

TILT = mpq(12, 25)
"""How much of the depth is seen."""

LIGHT = (mpq(-3, 4), mpq(-1, 10), mpq(13, 20))
"""Where the light comes from: right, towards the viewer, up."""

SIZE = 320

RIM = 54
"""What is drawn begins so far below the top, under the title."""


def surface(name, title, drawn, top=None, subtitle="lines: where it bends"):
    """Return the `Picture` of the graph of a `maps.Drawn` over its window, None if there are too many pieces.

    ``top`` is the largest |value| that the height stands for (None: that of the function): pictures in a row share it.
    """
    if len(drawn.pieces) > MAX_FACETS:
        return None
    low, high = drawn.range
    top = max(-low, high) if top is None else top
    view = _View(drawn.box, top or mpq(1))
    lower = max(0, math.ceil(RIM - _top_of(view, drawn)))
    body = "".join(_facet(view, drawn, number) for number in far_to_near(drawn))
    floor = tenths(view.ground, view.window)
    content = tag("g", "".join((
        tag("path", cls="panel", d=floor), tag("path", cls="line-rule", stroke_width=8, d=floor),
        tag(
            "g", body, cls="edges", stroke_width=_edge_width(len(drawn.pieces)), stroke_linejoin="round",
            stroke_linecap="round", fill="none",
        ),
    )), transform=f"translate(0,{lower - 8}) scale(.1)")
    description = (
        f"The graph over the window, seen in parallel projection, with {len(drawn.pieces)} facets; its values go from "
        f"{low} to {high}. The floor is the window at height 0."
    )
    return Picture(name, title, description, PANEL, 300 + lower, heading(title, subtitle) + content)


def _top_of(view, drawn):
    """Return the least distance from the top of the screen of what is drawn."""
    facets = ((view.lifted(form), polygon) for polygon, form in drawn.pieces if any(form))
    places = (place(point)[1] for place, polygon in facets for point in corners(polygon))
    return min(places, default=mpq(RIM))


def far_to_near(drawn):
    """Return the numbers of the pieces, each after all those that it can hide."""
    nearer, waiting = defaultdict(list), [0] * len(drawn.pieces)
    for left, right, line, _ in drawn.mesh.shared:
        slope = line[0] * VIEWER[0] + line[1] * VIEWER[1]
        if slope:
            far, near = (right, left) if slope > 0 else (left, right)
            nearer[far].append(near)
            waiting[near] += 1
    ready = [number for number, count in enumerate(waiting) if not count]
    heapify(ready)
    order = []
    while ready:
        number = heappop(ready)
        order.append(number)
        for near in nearer[number]:
            waiting[near] -= 1
            if not waiting[near]:
                heappush(ready, near)
    return order


class _View:
    """The parallel projection of a window with heights of at most ``top``."""

    def __init__(self, box, top):
        (x0, x1), (y0, y1) = ((mpq(low), mpq(high)) for low, high in box)
        self._middle = (x0 + x1) / 2, (y0 + y1) / 2
        self.scale = SIZE * mpq(7, 10) / max(x1 - x0, y1 - y0)
        self.rise = SIZE / (2 * top)
        self.window = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]

    def ground(self, point):
        """Return the place of a point at height 0."""
        return self.place(point, mpq(0))

    def place(self, point, height):
        """Return the place of a point at a height on the screen."""
        x, y = point[0] - self._middle[0], point[1] - self._middle[1]
        across, towards = -VIEWER[1] * x + VIEWER[0] * y, VIEWER[0] * x + VIEWER[1] * y
        return (
            mpq(SIZE, 2) + self.scale * across,
            mpq(68 * SIZE, 100) + self.scale * TILT * towards - self.rise * height,
        )

    def lifted(self, form):
        """Return the function from points to the screen for a facet with that form."""
        return lambda point: self.place(point, form[0] * point[0] + form[1] * point[1] + form[2])

    def shade(self, form):
        """Return the step of a facet between shadow and light, flat Lambert shading."""
        slopes = [self.rise / self.scale * form[0], self.rise / self.scale * form[1]]
        across = -VIEWER[1] * slopes[0] + VIEWER[0] * slopes[1]
        towards = VIEWER[0] * slopes[0] + VIEWER[1] * slopes[1]
        length = root(across**2 + towards**2 + 1) * root(sum(t * t for t in LIGHT))
        cosine = (-across * LIGHT[0] - towards * LIGHT[1] + LIGHT[2]) / length
        light = mpq(12, 100) + mpq(88, 100) * (cosine + 1) / 2
        return max(0, min(SHADES - 1, int(light * SHADES)))


def _facet(view, drawn, number):
    """Return one facet, in its own colour, with its edges where the function bends."""
    polygon, form = drawn.pieces[number]
    if not any(form):
        return ""
    place, shade, points = view.lifted(form), view.shade(form), corners(polygon)
    area, bends = areas(place, [points]), drawn.mesh.bends_of[number]
    if len(bends) >= len(points):
        return tag("path", cls=f"h{shade}", d=area)
    edges = lines(place, bends)
    return tag("path", cls=f"h{shade} f{shade}", d=area) + (tag("path", d=edges) if edges else "")


def _edge_width(facets):
    """Return the width of edges, in tenths."""
    return mpq(6 if facets < 100 else 4 if facets < 400 else mpq(5, 2) if facets < 1500 else mpq(3, 2))
