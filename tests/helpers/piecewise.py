"""What has to hold for the pieces of `Bisection`, whatever the network; every check is exact."""

from collections import defaultdict

from exactrelu.cpwl.polygon import affine_at, box, coordinates, plane, polygon_of
from exactrelu.field import mpq
from exactrelu.planar.bisection import Bisection, piece_form, values_match
from exactrelu.planar.pieces import affine_pieces

HUGE = mpq(10) ** 30


def quadrants():
    """Return the four closed quadrants about (1/3, 0), which fill the plane; each has one finite vertex."""
    halves = plane().split((mpq(1), mpq(0), mpq(-1, 3)))
    return [part for half in halves for part in half.split((mpq(0), mpq(1), mpq(0)))]


def domains():
    """Return polygons: boxes, a triangle, slivers 2^-60 and 2^-200 thin, a half plane, a strip, quadrants."""
    lower, upper = plane().split((mpq(1), mpq(-2), mpq(1, 7)))
    strip = upper.split((mpq(1), mpq(-2), mpq(1, 7) - mpq(1, 2**60)))[1] or upper
    return [
        box(-1, 1, -1, 1),
        box(mpq(-1, 3), 2, mpq(1, 7), mpq(9, 7)),
        polygon_of([(0, 0), (3, 1), (1, 3)]),
        box(0, mpq(1, 2**60), -1, 1),
        polygon_of([(-1, -1), (1, 1), (-1, mpq(1, 2**200) - 1)]),
        lower,
        strip,
        *quadrants(),
    ]


def samples(polygon):
    """Return points of a polygon: its finite vertices, one inside, and points near and far on the rays of an end."""
    ends = [coordinates(vertex) for vertex in polygon.vertices if vertex[2]]
    rays = [vertex[:2] for vertex in polygon.vertices if not vertex[2]]
    far = [(x + t * X, y + t * Y) for x, y in ends[:1] for X, Y in rays for t in (1, HUGE)]
    return [*ends, polygon.interior_point(), *far]


def clipped_area(polygons, frame):
    """Return the sum of the areas of the polygons inside the box ``frame``."""
    parts = [polygon.clip(frame) for polygon in polygons]
    return sum((part.area() for part in parts if part is not None), mpq(0))


def check_pieces(network, polygons, frame=box(-9, 9, -11, 10)):
    """Assert that `Bisection` cuts ``polygons`` into pieces on which the one output is the form that it says.

    The pieces of a root are the leaves of its tree of cuts, and their areas within ``frame`` (all of it, for a bounded
    root) add up; the plain twin `affine_pieces`, and evaluation, give the same function on every piece. Returns the
    number of pieces.
    """
    cuts, found = [], defaultdict(list)
    for piece in Bisection(network).pieces(polygons, cuts):
        found[piece.root].append(piece)
    leaves = {piece.node for pieces in found.values() for piece in pieces}
    inner = {node for node, *_ in cuts}
    assert sorted(leaves | inner) == list(range(len(polygons) + 2 * len(cuts))) and not leaves & inner
    check_cuts(polygons, cuts, {piece.node: piece.polygon for pieces in found.values() for piece in pieces})
    for root, polygon in enumerate(polygons):
        parts = [piece.polygon for piece in found[root]]
        if polygon.is_bounded:
            assert sum(part.area() for part in parts) == polygon.area()
        assert clipped_area(parts, frame) == clipped_area([polygon], frame)
        for piece in found[root]:
            form = piece_form(piece)
            assert values_match(piece, form)
            for x, y in samples(piece.polygon):
                assert affine_at(form, x, y) == network.evaluate((x, y))[0]
            assert all(other == form for _, other in affine_pieces(network, piece.polygon))
    return len(leaves)


def check_cuts(polygons, cuts, leaves):
    """Assert that following the cuts from the roots leads to the polygons of the leaves."""
    reached = dict(enumerate(polygons))
    for node, line, below, above in cuts:
        reached[below], reached[above] = reached.pop(node).split(line)
        assert reached[below] is not None and reached[above] is not None
    assert {node: polygon.vertices for node, polygon in reached.items()} == {
        node: polygon.vertices for node, polygon in leaves.items()
    }


def function_on(network, polygons):
    """Return {root: [(polygon, form)]} of `Bisection` on ``polygons``."""
    answer = defaultdict(list)
    for piece in Bisection(network).pieces(polygons):
        answer[piece.root].append((piece.polygon, piece_form(piece)))
    return answer
