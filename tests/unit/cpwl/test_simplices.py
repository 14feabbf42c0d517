"""exactrelu.cpwl.simplices: overlap and continuity in R^d, against the plane's own tests and by construction."""

from itertools import combinations
from random import Random

from functions import random_data
from gmpy2 import mpq
from pytest import mark, raises
from random_schemes import kuhn_mesh

from exactrelu.cpwl import simplices as module
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.simplices import barycentric_forms, first_jump, nonzero_near, overlap, value
from exactrelu.cpwl.triangulation import Triangulation
from exactrelu.errors import InputError
from exactrelu.field import Quadratic


def overlapping(vertices, simplices):
    """Return the pair of simplices that overlap, or None."""
    corners = [tuple(vertices[corner] for corner in simplex) for simplex in simplices]
    return overlap(corners, [barycentric_forms(points) for points in corners])


def accepted(make, *arguments):
    try:
        make(*arguments)
    except InputError:
        return False
    return True


@mark.parametrize("seed", range(40))
def test_the_plane_by_both_ways(seed):
    """Overlap and continuity of disturbed triangulations are those that the sweep and the seams of the plane find."""
    random = Random(seed)
    vertices, triangles, values = random_data(random, 2, 2)
    for _ in range(12):
        points, triples, heights = list(vertices), list(triangles), list(values)
        for _ in range(random.randint(0, 2)):
            kind = random.choice(("move", "drop", "add", "split", "value"))
            index = random.randrange(len(triples))
            if kind == "move":
                corner = random.randrange(len(points))
                hair = mpq(1, random.choice((2, 2**60)))
                points[corner] = tuple(t + random.choice((-1, 0, 1)) * hair for t in points[corner])
            elif kind == "drop":
                triples.pop(index)
            elif kind == "add":
                triples.append(tuple(random.sample(range(len(points)), 3)))
            elif kind == "split":  # a hanging node, with the value of the function or another one
                a, b, c = random.sample(triples.pop(index), 3)
                points.append(tuple((s + t) / 2 for s, t in zip(points[a], points[b], strict=True)))
                heights.append((heights[a] + heights[b]) / 2 + random.choice((0, 0, 1)))
                triples += [(a, len(points) - 1, c), (b, len(points) - 1, c)]
            else:
                heights[random.randrange(len(heights))] += 1
        if len(set(points)) < len(points) or any(barycentric_forms([points[k] for k in t]) is None for t in triples):
            continue
        apart = overlapping(points, triples) is None
        assert apart == accepted(Triangulation, points, triples)
        used = {corner for corners in triples for corner in corners}
        heights = [height if corner in used else mpq(0) for corner, height in enumerate(heights)]
        if apart:
            jump = first_jump(points, triples, [(height,) for height in heights])
            assert (jump is None) == accepted(CPwL, points, triples, heights)


def random_point(random, d):
    return [mpq(random.randint(-9, 9), random.randint(1, 4)) for _ in range(d)]


def random_simplex(random, d, on_side=None):
    """Return a simplex; with a form, one whose corners are where it is >= 0, some of them where it is 0."""
    while True:
        corners = [random_point(random, d) for _ in range(d + 1)]
        if on_side is not None:
            axis = next(k for k, a in enumerate(on_side) if a)
            for corner in corners:
                excess = value(on_side, corner)
                if excess < 0 or random.random() < 0.4:
                    corner[axis] -= excess * random.choice((1, 1, 2) if excess < 0 else (1,)) / on_side[axis]
        corners = tuple(map(tuple, corners))
        if barycentric_forms(corners) is not None:
            return corners


@mark.parametrize("d", [1, 2, 3, 4])
def test_simplices_on_two_sides_of_a_hyperplane_do_not_overlap(d):
    """They may touch it with any number of corners, and one another; with a common inner point they overlap."""
    random = Random(d)
    for _ in range(60):
        form = (*random_point(random, d), mpq(random.randint(-3, 3)))
        if not any(form[:-1]):
            continue
        pair = [random_simplex(random, d, side) for side in (form, tuple(-a for a in form))]
        assert overlap(pair, list(map(barycentric_forms, pair))) is None
        one, other = random_simplex(random, d), random_simplex(random, d)
        centres = [[sum(side) / (d + 1) for side in zip(*corners, strict=True)] for corners in (one, other)]
        shift = [s - t for s, t in zip(*centres, strict=True)]
        other = tuple(tuple(t + dt for t, dt in zip(corner, shift, strict=True)) for corner in other)
        assert overlap([one, other], list(map(barycentric_forms, (one, other)))) == (0, 1)


def test_edges_that_pass_one_another():
    """Two tetrahedra that no side of theirs separates, but a plane along an edge of each; moved, they overlap."""
    one = ((-1, 0, 1), (1, 0, 1), (0, -1, 3), (0, 1, 3))
    for height, expected in ((1, None), (mpq(3, 2), (0, 1))):
        other = ((0, -1, height), (0, 1, height), (-1, 0, height - 2), (1, 0, height - 2))
        forms = [barycentric_forms(corners) for corners in (one, other)]
        assert overlap([one, other], forms) == expected
        if expected is None:
            sides = [(forms[i], corners) for i, corners in ((0, other), (1, one))]
            assert not any(all(value(f, c) <= 0 for c in corners) for fs, corners in sides for f in fs)


@mark.parametrize("d", [1, 2, 3])
def test_kuhn_meshes(d):
    """Kuhn's simplices fill the cube without overlap; one more simplex overlaps; an inner hat is continuous."""
    vertices, simplices = kuhn_mesh(d)
    assert overlapping(vertices, simplices) is None
    assert overlapping(vertices, [*simplices, simplices[3 % len(simplices)]]) == (3 % len(simplices), len(simplices))
    centre = vertices.index((1,) * d)
    hat = [(mpq(int(k == centre)),) for k in range(len(vertices))]
    assert first_jump(vertices, simplices, hat) is None
    for missing in range(len(simplices)):
        rest = simplices[:missing] + simplices[missing + 1 :]
        jump = first_jump(vertices, rest, hat)
        assert (jump is None) == (centre not in simplices[missing])


def test_hanging_nodes_in_space():
    """A tetrahedron cut at an inner point of an edge alone: continuous with the edge's value there and no other."""
    vertices, simplices = kuhn_mesh(3)
    centre = vertices.index((1, 1, 1))
    for number, corners in enumerate(simplices):
        if centre not in corners:
            continue
        for a, b in combinations(corners, 2):
            middle = tuple(mpq(s + 2 * t, 3) for s, t in zip(vertices[a], vertices[b], strict=True))
            parts = [tuple(len(vertices) if k == end else k for k in corners) for end in (a, b)]
            cut = simplices[:number] + simplices[number + 1 :] + parts
            values = [(mpq(int(k == centre)), mpq(0)) for k in range(len(vertices))]
            at_middle = (values[a][0] + 2 * values[b][0]) / 3
            points = [*vertices, middle]
            assert overlapping(points, cut) is None
            assert first_jump(points, cut, [*values, (at_middle, mpq(0))]) is None
            for wrong in ((at_middle + mpq(1, 2**60), mpq(0)), (at_middle, mpq(1))):
                point, owners = first_jump(points, cut, [*values, wrong])
                assert point in points and owners


def test_signed_sums_that_vanish():
    """A simplex minus its parts is zero almost everywhere, with any affine function; with a part missing it is not."""
    random = Random(5)
    for e in (1, 2, 3):
        for embedding in (0, 1):
            corners = random_simplex(random, e)
            heights = [tuple(random_point(random, 2)) for _ in range(e + 1)]
            weights = [mpq(random.randint(1, 5)) for _ in range(e + 1)]
            mean = tuple(
                tuple(sum(w * t for w, t in zip(weights, side, strict=True)) / sum(weights) for side in zip(*rows))
                for rows in (corners, heights)
            )
            if embedding:
                corners, mean = [(*c, 2 * c[0] + 1) for c in corners], ((*mean[0], 2 * mean[0][0] + 1), mean[1])
            whole = [(tuple(map(tuple, corners)), heights)]
            parts = []
            for k in range(e + 1):
                points = [mean[0] if i == k else tuple(c) for i, c in enumerate(corners)]
                values = [[-h for h in (mean[1] if i == k else v)] for i, v in enumerate(heights)]
                parts.append((tuple(points), values))
            assert nonzero_near(whole + parts) is None
            for k in range(e + 1):
                assert nonzero_near(whole + parts[:k] + parts[k + 1 :]) is not None
            assert nonzero_near(whole) is not None


def test_fields():
    """Vertices in Q(√D) are as good as rational ones."""
    root = Quadratic(0, 1, 2)
    corners = [((mpq(0), mpq(0)), (root, mpq(0)), (mpq(0), mpq(1))), ((root, mpq(1)), (root, mpq(0)), (mpq(0), mpq(1)))]
    assert overlap(corners, list(map(barycentric_forms, corners))) is None
    corners[1] = ((root - mpq(1, 2**60), mpq(1)), *corners[1][1:])
    assert overlap(corners, list(map(barycentric_forms, corners))) is None
    corners[1] = (corners[1][0], (root - mpq(1, 2**60), mpq(0)), corners[1][2])
    assert overlap(corners, list(map(barycentric_forms, corners))) == (0, 1)


def test_the_limit_on_pairs(monkeypatch):
    """More pairs of boxes than the limit are refused."""
    monkeypatch.setattr(module, "MAX_PAIRS", 3)
    vertices, simplices = kuhn_mesh(3, 1)
    with raises(InputError, match="more than 3 pairs"):
        overlapping(vertices, simplices)
