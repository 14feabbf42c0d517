"""Networks against piecewise affine targets at every point of a domain, by region enumeration."""

from itertools import product

from exactrelu.cpwl.overlay import overlay
from exactrelu.cpwl.polygon import Polygon, box, coordinates, finite, value
from exactrelu.field import mpq
from exactrelu.planar.bisection import Bisection

UNIT_SQUARE = box(0, 1, 0, 1)


def difference(network, targets):
    """Return None if the network has the outputs ``forms`` on each (polygon, forms) of ``targets``, else a witness.

    The polygons are bounded. The witness names a point, the outputs found there and those expected.
    """
    network = network.flatten()
    targets = list(targets)
    for piece in Bisection(network).pieces([polygon for polygon, _ in targets]):
        forms = targets[piece.root][1]
        for at, vertex in enumerate(piece.polygon.vertices):
            found = tuple(values[at] for values in piece.values)
            expected = tuple(mpq(value(form, vertex)) / vertex[2] for form in forms)
            if found != expected:
                return {"point": coordinates(vertex), "network": found, "expected": expected}
    return None


def unit_square_pieces(functions):
    """Return [(polygon, forms)] for `CPwL` functions on the unit square."""
    return overlay(functions, UNIT_SQUARE)


def residual_pieces(pieces, n):
    """Return the pieces of z -> f(R_n(z)) on the unit square, from ``pieces`` (polygon, forms) of f (Remark 2.2)."""
    scale, answer = 2**n, []
    for m1, m2 in product(range(scale), repeat=2):
        for polygon, forms in pieces:
            corners = (coordinates(vertex) for vertex in polygon.vertices)
            placed = Polygon([finite((u + m1) / scale, (v + m2) / scale) for u, v in corners])
            answer.append(
                (placed, tuple((scale * p, scale * q, c - p * m1 - q * m2) for p, q, c in forms))
            )
    return answer
