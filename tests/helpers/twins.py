"""What every fast way has to agree with, whatever the network: its plain twin, and evaluation at points; all exact."""

from collections import defaultdict
from functools import cache
from itertools import combinations, pairwise

from crafted import absolute, disguised, joined
from networks import random_network, with_degenerate_units
from piecewise import HUGE

from exactrelu.cpwl.polygon import Polygon, affine_at, box, coordinates, crossing_point, homogeneous, plane, value
from exactrelu.field import Integer, Rational, mpq
from exactrelu.network import Affine, Builder, Network, linear_combination
from exactrelu.planar import reference
from exactrelu.scheme import load_problem


def random_domain(random):
    """Return the plane, cut by some random lines into a half plane, a strip, a wedge, a triangle …, or a box.

    The lines have small coefficients, so that kinks of random networks lie on the edges, and meet in the corners.
    """
    if random.random() < 0.2:
        x, y, width = random.randint(-2, 0), random.randint(-2, 0), random.choice((2, 3, mpq(1, 2**60)))
        return box(x, x + width, y, y + random.randint(1, 4))
    polygon = plane()
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3, 4))):
        line = (*(mpq(random.randint(-1, 1)) for _ in range(2)), mpq(random.randint(-2, 2)))
        parts = [part for part in polygon.split(line) if part is not None]
        polygon = random.choice(parts or [polygon])
    return polygon


def points_of(polygon):
    """Return points of a polygon: its finite vertices, one inside, and near and far out along rays from inside."""
    x, y = polygon.interior_point()
    rays = [vertex[:2] for vertex in polygon.vertices if not vertex[2]]
    rays += [(u[0] + v[0], u[1] + v[1]) for u, v in pairwise([*rays, *rays[:1]])]
    far = [(x + t * X, y + t * Y) for X, Y in rays for t in (1, HUGE)]
    return [(x, y), *far, *(coordinates(vertex) for vertex in polygon.vertices if vertex[2])]


def check_forms(network, cells):
    """Assert that each of the ``cells`` (polygon, forms) is a polygon on which the outputs have these exact forms."""
    for polygon, forms in cells:
        Polygon(polygon.vertices)
        assert {type(entry) for form in forms for entry in form} <= {Integer, Rational}
        for x, y in points_of(polygon):
            assert tuple(affine_at(form, x, y) for form in forms) == network.evaluate((x, y))


def as_set(cells):
    """Return the cells (polygon, forms), each polygon as the set of the lines of its edges."""
    return {(frozenset(polygon.half_planes()), forms) for polygon, forms in cells}


def is_zero(network):
    """Return whether a network is zero on the whole plane, by all its regions."""
    return not any(any(map(any, forms)) for _, forms in reference.activation_regions(network, plane()))


def plain_counts(network, domain):
    """Return (regions, linear pieces) from the cells of the reference, compared pair by pair."""
    alike = defaultdict(list)
    for polygon, forms in reference.activation_regions(network, domain):
        alike[forms].append(polygon)
    return sum(map(len, alike.values())), sum(map(pieces_among, alike.values()))


def pieces_among(polygons):
    """Return the number of pieces that polygons with disjoint interiors make up, joined where they share an edge."""
    piece = list(range(len(polygons)))
    for i, j in combinations(range(len(polygons)), 2):
        if piece[i] != piece[j] and share_an_edge(polygons[i], polygons[j]):
            piece = [piece[i] if k == piece[j] else k for k in piece]
    return len(set(piece))


def share_an_edge(polygon, other):
    """Return whether more than a point of some edge of one polygon, not on the horizon, lies in the other."""
    return any(_has_part_in(u, v, other) for u, v in polygon.edges() if u[2] or v[2])


def _has_part_in(u, v, polygon):
    for form in polygon.half_planes():
        at_u, at_v = value(form, u), value(form, v)
        if max(at_u, at_v) <= 0 and (at_u or at_v):
            return False
        if at_u < 0:
            u = crossing_point(u, v, at_u, at_v)
        elif at_v < 0:
            v = crossing_point(u, v, at_u, at_v)
    return homogeneous(*u) != homogeneous(*v)


def ridges(random, nodes, directions=2):
    """Return a random network whose units depend on one of so many linear forms each; its outputs add many of them."""
    b = Builder(2)
    x, y = b.inputs
    forms = random.sample([x, y, x + y, x - 2 * y, 3 * x + y, x - y], directions)
    values = [[form] for form in forms]
    for _ in range(nodes):
        known = random.choice(values)
        weights = [mpq(random.randint(-4, 4), random.choice((1, 2, 3))) for _ in known[-3:]]
        known.append(b.relu(linear_combination(weights, known[-3:]) + mpq(random.randint(-3, 3), 4)))
    every = [value for known in values for value in known]
    network = b.network([linear_combination([random.randint(-2, 2) for _ in every], every), every[-1]])
    return with_degenerate_units(random, network) if random.random() < 0.5 else network


def with_change(random, network):
    """Return the network with one bias or weight changed, by 1 or by a hair; itself if it has no affine node."""
    nodes = list(network.nodes)
    affine = [k for k, node in enumerate(nodes) if type(node) is Affine]
    if affine:
        k = random.choice(affine)
        step = random.choice((1, -1, mpq(1, 2**60), -nodes[k].bias))
        if nodes[k].terms and random.random() < 0.5:
            (source, weight), *rest = nodes[k].terms
            nodes[k] = nodes[k]._replace(terms=((source, weight + step), *rest))
        else:
            nodes[k] = nodes[k]._replace(bias=nodes[k].bias + step)
    return Network(2, nodes, network.outputs)


@cache
def right(name):
    """Return a flat network of the seed of a problem: zero, or the Courant hat about (1, 1)."""
    b = Builder(2)
    x, y = (coordinate - 1 for coordinate in b.inputs)
    hat = b.relu(b.minimum(b.minimum(1 - absolute(b, x), 1 - absolute(b, y)), 1 - absolute(b, x - y)))
    return b.network([hat if name == "courant" else 0 * hat])


def almost_right(random):
    """Return (problem, network): its seed, in disguise, plus what cancels or does not."""
    name = random.choice(("zero", "zero", "zero", "courant"))
    network = random_network(random, random.choice((1, 2)))
    other = random.choice((with_degenerate_units, disguised, with_change))(random, network)
    whole = joined([network, other, right(name)], [1, -1, 1])
    return load_problem(name), random.choice((with_degenerate_units, with_change, lambda _, same: same))(random, whole)
