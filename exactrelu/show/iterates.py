"""What is drawn of V^n g, all of it from the specification, and of a network against it.

The difference of two iterates, or of a network and an iterate, is affine on pieces that are found exactly, so that a
largest difference is a maximum over their corners and not a sample.
"""

from functools import lru_cache
from itertools import pairwise
from math import prod

from exactrelu.cpwl.polygon import box as rectangle, value
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.planar.bisection import Bisection, piece_form
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.cells import all_cells, target_on, target_pieces
from exactrelu.refinement.mesh import folded_mesh
from exactrelu.scheme import refuse_beyond
from exactrelu.show.bands import Scale
from exactrelu.show.charts import cut_panel, distance_panel, side_by_side
from exactrelu.show.controller import panels
from exactrelu.show.maps import Drawn, thumbnail, value_map
from exactrelu.show.surfaces import surface
from exactrelu.show.svg import iterate

MAX_PIECES = 200_000
"""The most pieces that are drawn."""

MAX_COMPARED = 4096
"""The most pieces of V^n g that a network is compared with for a picture."""

MAX_PAIRS = 100_000
"""The most pairs of a piece of V^n g and one of V^{n+1} g that are compared for their distance."""

SHOWN = range(6)
"""The n of the pictures of several iterates, as far as `MAX_PIECES` and `ROW_PIECES` go."""

ROW_PIECES = 60_000
"""The most pieces of one iterate in a row of several."""


def piece_count(problem, n):
    """Return about how many pieces V^n g is drawn from: those of all cells of its window."""
    refuse_beyond(problem, "a picture")
    return len(folded_mesh(problem)) * prod(problem.size) << 2 * n


@lru_cache(maxsize=16)
def drawn_iterate(problem, n):
    """Return V^n g as a `Drawn` on its window; raises `InputError` for more than `MAX_PIECES` pieces."""
    count = piece_count(problem, n)
    if count > MAX_PIECES:
        raise InputError(
            f"V^{n} g has about {count} pieces on its window, and at most {MAX_PIECES} are drawn; take a smaller n"
        )
    return Drawn(target_pieces(problem, n), problem.window)


def shown_levels(problem, last=SHOWN[-1]):
    """Return the n from 0 on whose iterates are drawn in a row."""
    return [n for n in range(last + 1) if n == 0 or piece_count(problem, n) <= ROW_PIECES]


def distances(problem, levels):
    """Return the exact max |V^{n+1} g − V^n g| over R² for the n of ``levels``, as far as `MAX_PAIRS` allows."""
    found = []
    for n in levels:
        if piece_count(problem, n + 1) * len(folded_mesh(problem)) > MAX_PAIRS:
            break
        found.append(distance(problem, n))
    return found


def distance(problem, n):
    """Return the exact max |V^{n+1} g − V^n g| over R²; both vanish outside of the window.

    >>> from exactrelu import load_problem
    >>> distance(load_problem("bilinear"), 0), distance(load_problem("courant"), 2)
    (mpq(1,4), mpq(0,1))
    """
    largest = mpq(0)
    for (a, b), coarse in all_cells(problem, n):
        fine = target_on(problem, n + 1, ((2 * a, 2 * a + 2), (2 * b, 2 * b + 2)))
        for polygon, form in coarse:
            for other, finer in fine:
                part = polygon.clip(other)
                if part is not None:
                    difference = tuple(s - t for s, t in zip(finer, form))
                    values = (abs(mpq(value(difference, vertex)) / vertex[2]) for vertex in part.vertices)
                    largest = max(largest, *values)
    return largest


def network_pieces(network, window):
    """Return the pieces (polygon, form) of a network with one output on a box."""
    (x0, x1), (y0, y1) = window
    found = Bisection(network.flatten()).pieces([rectangle(x0, x1, y0, y1)])
    return [(piece.polygon, piece_form(piece)) for piece in found]


def difference_pieces(network, target):
    """Return the pieces (polygon, form) of the network minus a function, given by its pieces."""
    found = Bisection(network.flatten()).pieces([polygon for polygon, _ in target])
    return [
        (piece.polygon, tuple(s - t for s, t in zip(piece_form(piece), target[piece.root][1]))) for piece in found
    ]


def cut(problem, levels):
    """Return the `Picture` of a cut, the diagonal or middle line of the window on which the iterates differ most."""
    (x0, x1), (y0, y1) = ((mpq(low), mpq(high)) for low, high in problem.window)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    segments = [((x0, y1), (x1, y0)), ((x0, y0), (x1, y1)), ((x0, y), (x1, y)), ((x, y0), (x, y1))]
    ends, cuts = max(
        ((ends, {n: along(problem, n, ends) for n in levels}) for ends in segments), key=lambda pair: _spread(pair[1])
    )
    return cut_panel("cut", "A cut through the window", ends, cuts)


def along(problem, n, ends):
    """Return the exact polygon [(t, value), ...] of V^n g on the segment from ``ends[0]`` (t = 0) to ``ends[1]``."""
    (x, y), (X, Y) = ends
    knots = {mpq(0), mpq(1)}
    for polygon, _ in drawn_iterate(problem, n).pieces:
        for form in polygon.half_planes():
            start, end = (form[0] * a + form[1] * b + form[2] for a, b in ends)
            if (start < 0 < end) or (end < 0 < start):
                knots.add(mpq(start) / (start - end))
    points = [(t, cascade(problem, n, x + t * (X - x), y + t * (Y - y))) for t in sorted(knots)]
    inner = [
        here for before, here, after in zip(points, points[1:], points[2:])
        if (here[1] - before[1]) * (after[0] - here[0]) != (after[1] - here[1]) * (here[0] - before[0])
    ]
    return [points[0], *inner, points[-1]]


def _spread(cuts):
    """Return the largest difference of neighbouring iterates at a corner of one of them, on one cut."""
    return max(
        (
            abs(_height(one, t) - _height(other, t))
            for one, other in pairwise(cuts.values()) for t, _ in (*one, *other)
        ),
        default=0,
    )


def _height(points, t):
    """Return the height of a polygon at t."""
    for (before, low), (after, high) in pairwise(points):
        if before <= t <= after:
            return low + (high - low) * (t - before) / (after - before)
    raise ValueError(f"t = {t} lies outside of the cut")


def thumbnails(problem, levels):
    """Return the `Picture`s of several iterates on one scale."""
    functions = [drawn_iterate(problem, n) for n in levels]
    lows, highs = zip(*(function.range for function in functions))
    scale = Scale(min(lows), max(highs))
    return [
        thumbnail(f"iterate-{n}", iterate(n), function, scale) for n, function in zip(levels, functions, strict=True)
    ]


def map_picture(problem, n):
    """Return the `Picture` of V^n g as a map."""
    return value_map("map", f"{iterate(n)} on its window", drawn_iterate(problem, n))


def surface_picture(problem, n):
    """Return the `Picture` of V^n g as a surface; raises `InputError` if it has too many pieces for one."""
    found = surface("surface", f"{iterate(n)} as a surface", drawn_iterate(problem, n))
    if found is None:
        raise InputError(f"V^{n} g has too many pieces for a surface; take a smaller n, or its map")
    return found


def iterates_picture(problem, n):
    """Return one `Picture` with g, Vg, ..., V^n g on one scale."""
    levels = shown_levels(problem, n)
    title = f"{iterate(0)}, …, {iterate(levels[-1])} on one scale" if len(levels) > 1 else iterate(0)
    return side_by_side("iterates", title, thumbnails(problem, levels))


def distance_picture(problem, n):
    """Return the `Picture` of the distances between g, Vg, ..., V^{n+1} g."""
    return distance_panel("distances", distances(problem, range(n + 1)))


def cut_picture(problem, n):
    """Return the `Picture` of a cut through g, Vg, ..., V^n g."""
    return cut(problem, shown_levels(problem, n))


def controller_picture(_problem, _n):
    """Return the six panels on the controller in one `Picture`; they are the same for all problems."""
    rows = panels()
    return side_by_side("controller", "The controller that carries the digits", rows)


PICTURES = {
    "map": map_picture, "surface": surface_picture, "iterates": iterates_picture, "distances": distance_picture,
    "cut": cut_picture, "controller": controller_picture,
}
"""What can be drawn of a problem and an n, by name."""
