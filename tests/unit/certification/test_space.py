"""Certification of every scheme: what V^n g and networks are on polytopes of R^d, over Q and Q(√D); mutants."""

from itertools import product
from math import prod
from random import Random

import pytest
from command import refusal
from network_mutants import is_refuted, with_hair
from random_schemes import kuhn_hat, kuhn_mesh, random_diagonal_scheme, random_number, random_scheme

from exactrelu import certify as public_certify
from exactrelu.certification import enumeration, space
from exactrelu.construction import small
from exactrelu.cpwl.polytope import at, box_polytope, outside_of
from exactrelu.errors import InputError
from exactrelu.field import RATIONALS, Field, Quadratic, mpq
from exactrelu.linear import null_space
from exactrelu.network import Affine, Builder, Network, Relu
from exactrelu.network.builder import constant
from exactrelu.planar.space import pieces
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.pieces import (
    cell_at, cells_of, lattice_box, outside_polytopes, pieces_on, polygon_of_box, polytope_of, shards, target_on,
    weights_on,
)
from exactrelu.scheme.algebra import box_spline
from exactrelu.scheme import Mask, Masks, Problem, Seed, problem_of, smallest_window

HAIR = mpq(1, 2**60)


def random_network(random, d, field=RATIONALS, layers=2, width=4):
    """Return a random flat network with d inputs and one output: a few layers with small weights, many of them 0."""
    nodes, last = [], range(d)
    for _ in range(layers):
        units = []
        for _ in range(width):
            terms = tuple((source, random_number(random, field)) for source in last if random.random() < 0.8)
            nodes += [Affine(terms, random_number(random, field)), Relu(d + len(nodes))]
            units.append(d + len(nodes) - 1)
        last = [*units, random.randrange(d)]
    nodes.append(Affine(tuple((unit, random_number(random, field)) for unit in sorted(set(last))), mpq(1)))
    return Network(d, nodes, [d + len(nodes) - 1])


def contains(polytope, point):
    """Return whether a bounded polytope contains a point: a plane through facets of generators, by brute force."""
    facets = range(polytope.facets)
    inside = polytope.interior_point()
    for k in facets:
        on = [g[:-1] for g, tight in zip(polytope.generators, polytope.tight, strict=True) if tight >> k & 1]
        normal = normal_of(on, len(point))
        if normal is not None:
            side = at(normal, (*inside, 1))
            if side * at(normal, (*point, 1)) < 0:
                return False
    return True


def normal_of(points, d):
    """Return a form that is zero at the points if they span a hyperplane of R^d, None if they do not."""
    basis = null_space([(*point, 1) for point in points], d + 1) if points else ()
    return tuple(basis[0]) if len(basis) == 1 else None


@pytest.mark.parametrize("seed", range(9))
def test_split(seed):
    """Cut by random planes, a box falls into parts with their points on the right sides; each point is in one."""
    random = Random(seed)
    d = seed % 3 + 1
    parts, forms = [box_polytope([(mpq(0), mpq(random.randint(1, 3))) for _ in range(d)])], []
    whole = parts[0]
    for _ in range(6):
        form = tuple(mpq(random.randint(-3, 3)) for _ in range(d)) + (mpq(random.randint(-4, 4), 3),)
        forms.append(form)
        cut = []
        for part in parts:
            halves = part.split(form)
            for half, sign in zip(halves, (-1, 1), strict=True):
                if half is not None:
                    assert all(sign * at(form, g) >= 0 for g in half.generators)
                    assert sign * at(form, (*half.interior_point(), 1)) > 0
                    cut.append(half)
            if halves == (None, None):
                cut.append(part)
        parts = cut
    signs = [tuple(at(form, (*part.interior_point(), 1)) > 0 for form in forms) for part in parts]
    assert len(set(signs)) == len(parts)
    for _ in range(60):
        point = tuple(high * mpq(random.randrange(1, 997), 997) for high in whole.generators[-1][:-1])
        values = [at(form, (*point, 1)) for form in forms]
        if all(values):
            holding = [part for part in parts if contains(part, point)]
            assert len(holding) == 1
            assert signs[parts.index(holding[0])] == tuple(value > 0 for value in values)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_space_outside_of_a_box(d):
    """3^d − 1 corners and slabs: each point outside is in one, and none inside."""
    box, random = [(mpq(-1), mpq(2 + i)) for i in range(d)], Random(d)
    regions = outside_of(box)
    assert len(regions) == 3**d - 1 and not any(region.is_bounded for region in regions)
    for _ in range(80):
        point = tuple(mpq(random.randint(-40, 60), 7) + HAIR for _ in range(d))
        inside = all(low < t < high for t, (low, high) in zip(point, box, strict=True))
        cones = 0
        for region in regions:
            # a wall is a coordinate that all vertices of it share, and the rays say on which side the region is
            sides = []
            for i in range(d):
                ends = [v[i] for v in region.vertices]
                rays = [g[i] for g in region.generators if not g[-1] and g[i]]
                sides.append((min(ends), max(ends), rays))
            cones += all(
                (t > low if rays[0] > 0 else t < high) if rays else low < t < high
                for t, (low, high, rays) in zip(point, sides, strict=True)
            )
        assert cones == (not inside)


@pytest.mark.parametrize("seed", range(40))
def test_pieces_of_schemes(seed):
    """V_1 ⋯ V_n g on cells, for any dilation, field, component, source, is the direct sum; zero in what is outside."""
    random = Random(seed)
    problem = random_scheme(random)
    for n in (0, 1, 2):
        box = lattice_box(problem, n)
        for _ in range(3):
            cell = tuple((m, m + 1) for m in (random.randrange(low, high) for low, high in box))
            root = polytope_of(problem, n, cell)
            found = pieces_on(problem, n, weights_on(problem, n, cell), cell, root)
            for part, form in random.sample(found, min(3, len(found))):
                for z in (part.interior_point(), random.choice(part.vertices)):
                    assert at(form, (*z, 1)) == direct_sum(problem, n, *z)
            z = root.interior_point()
            assert cell_at(problem, n, z) == tuple(m - low for (m, _), (low, _) in zip(cell, box, strict=True))
        for region in random.sample(outside_polytopes(problem, n, box), 2):
            assert all(direct_sum(problem, n, *z) == 0 for z in (region.interior_point(), *region.vertices))
            assert cell_at(problem, n, region.interior_point()) is None


@pytest.mark.parametrize("seed", range(12))
def test_pieces_of_the_plane(seed):
    """A box of cells has the pieces of its cells, and shards fill a box and its ring, each cell once."""
    random = Random(seed)
    problem = random_scheme(random, 2)
    box = lattice_box(problem, 1)
    blocks = list(shards(box, 3))
    cells = [cell for block in blocks for cell in cells_of(block)]
    assert len(set(cells)) == len(cells)
    assert set(cells) == set(cells_of([(low - 1, high + 1) for low, high in box]))
    if problem.field == RATIONALS:
        for block in random.sample(blocks, 2):
            for polygon, form in target_on(problem, 1, block):
                z = polygon.interior_point()
                assert at(form, (*z, 1)) == direct_sum(problem, 1, *z)
            polygon = polygon_of_box(problem, 1, block)
            assert all(map(polygon.contains, *zip(*polytope_of(problem, 1, block).vertices, strict=True)))


@pytest.mark.parametrize("seed", range(24))
def test_pieces_of_networks(seed):
    """On each piece of a random network, bounded or not, over Q or Q(√2), the output has the form that is found."""
    random, d = Random(seed), seed % 3 + 1
    network = random_network(random, d, RATIONALS if seed < 16 else Field(2))
    box = [(mpq(-1), mpq(2))] * d
    for region in (box_polytope(box), *random.sample(outside_of(box), 2)):
        for part, (form,) in pieces(network, region):
            for z in (part.interior_point(), *part.vertices):
                assert network.evaluate(z) == (at(form, (*z, 1)),)


def planar_scheme(seed):
    """Return a random problem over Q in the plane with a small window: any of dilation, components, masks, source."""
    random = Random(seed)
    r = random.choice((1, 1, 2))

    def mask():
        def number():
            return mpq(random.randint(1, 5), random.choice((2, -3)))

        return Mask({
            k: number() if r == 1 else [[number() for _ in range(r)] for _ in range(r)]
            for k in product((0, 1), repeat=2) if random.random() < 0.8 or not any(k)
        })

    hat = kuhn_hat(2, random.choice((1, -2)))
    if r == 2:
        hat = Seed(hat.vertices, hat.simplices, [(height, -height / 3) for height in map(mpq, hat.values)])
    masks = Masks((mask(),), (mask(), mask())) if random.random() < 0.5 else mask()
    dilation, source = random.choice((2, 3, [2, 3], [3, 2])), hat if random.random() < 0.5 else None
    window = smallest_window(masks, hat, dilation, source)
    return Problem("planar", masks, window, hat, dilation, source, random.randrange(r))


@pytest.mark.parametrize("seed", [0, 1, 4, 6, 9])
def test_planar_schemes(seed):
    """Random dilations, components, masks that vary and sources in the plane: certified; a hair off, refuted."""
    problem = planar_scheme(seed)
    network = small.build(problem, 1)
    assert enumeration.certify(problem, 1, network, 1).verdict == "certified"
    for point in ((mpq(1, 3), mpq(1, 7)), (mpq(40), mpq(-3, 7))):
        changed = with_hair(network, point)
        assert is_refuted(enumeration.certify(problem, 1, changed, 1), problem, 1, changed)
    assert is_refuted(enumeration.certify(problem, 0, network, 1), problem, 0, network)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_planar_schemes(seed):
    """The same for more, for n = 0, …, 3, and by the engine of all dimensions for n = 0 and 1."""
    problem = planar_scheme(seed)
    for n in range(4):
        assert public_certify(problem, n).verdict == "certified"
    for n in (0, 1):
        assert space.certify(problem, n, small.build(problem, n)).verdict == "certified"


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200))
def test_many_schemes_of_all_kinds(seed):
    """Large windows, irrational coefficients, space: certified for n = 0, and 1 if they are small."""
    problem = random_diagonal_scheme(seed, seed % 2 + 2)
    for n in (0, 1):
        if prod(high - low for low, high in lattice_box(problem, n)) <= (8 if problem.dimension == 3 else 60):
            assert public_certify(problem, n).verdict == "certified"


def test_the_tensor_product_of_d4():
    """D4 ⊗ D4 over Q(√3), n = 0: certified; with a weight that is √3/2^60 off, refuted; far outside, too."""
    problem = problem_of("daubechies_D4_tensor", "courant")
    network = small.build(problem, 0).flatten()
    *nodes, last = network.nodes
    (source, weight), *terms = last.terms
    changed = last._replace(terms=((source, weight + Quadratic(0, HAIR, 3)), *terms))
    for other in (Network(2, [*nodes, changed], network.outputs), with_hair(network, (mpq(1000), mpq(1, 3)))):
        assert is_refuted(space.certify(problem, 0, other, 1), problem, 0, other)


@pytest.mark.exhaustive
@pytest.mark.parametrize("n", [0, 1])
def test_the_tensor_product_of_d4_is_certified(n):
    """D4 ⊗ D4 over Q(√3) is certified for n = 0 and 1."""
    assert public_certify(problem_of("daubechies_D4_tensor", "courant"), n).verdict == "certified"


def hat_network(d):
    """Return a network of the hat about (1, …, 1) on the Kuhn mesh: (1 + min(0, x_1, …) − max(0, x_1, …))₊."""
    b = Builder(d)
    centred = [t - 1 for t in b.inputs]
    low = high = constant(0)
    for t in centred:
        low, high = b.minimum(low, t), -b.minimum(-high, -t)
    return b.network([b.relu(1 + low - high)])


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_fixed_point(d):
    """The hat on the Kuhn mesh is the box spline of e_1, …, e_d, (1, …, 1): V g = g; hairs, near and far, are found."""
    mask = box_spline([*(tuple(int(i == k) for k in range(d)) for i in range(d)), (1,) * d])
    vertices, simplices = kuhn_mesh(d)
    hat = Seed(vertices, simplices, [int({*vertex} == {1}) for vertex in vertices])
    problem, network = Problem("hat", mask, smallest_window(mask, hat), hat), hat_network(d)
    assert all(space.certify(problem, n, network, 1).verdict == "certified" for n in (0, 1))
    for point in ((mpq(1, 3), mpq(1, 7), mpq(1, 2)), (mpq(1, 5), mpq(-100), mpq(7))):
        changed = with_hair(network, point[:d])
        assert is_refuted(space.certify(problem, 1, changed, 1), problem, 1, changed)


@pytest.mark.exhaustive
def test_space():
    """In R³ the trilinear mask with a hat on a Kuhn mesh, n = 0 and 1, and a signed mask at the corners of a cube."""
    trilinear = Mask({k: mpq(1, 2 ** (3 - sum(t % 2 for t in k))) for k in product(range(3), repeat=3)})
    cube = Mask({k: mpq(3 - 2 * sum(k), 1 + sum(k)) for k in product((0, 1), repeat=3)})
    for mask, side in ((cube, 1), (trilinear, 2)):
        problem = Problem("space", mask, ((0, side),) * 3, kuhn_hat(3))
        assert all(public_certify(problem, n).verdict == "certified" for n in (0, 1))


def test_commands(capsys):
    """What an engine cannot do is refused in one line."""
    words = "certify", "--mask", "daubechies_D4_tensor", "--seed", "courant", "-n", 0
    for more, reason in (
        (("--state", "folder"), "plane over Q"),
        (("--method", "induction"), "an induction over the stages needs n >= 1"),
    ):
        assert reason in refusal(capsys, *words, *more)
    with pytest.raises(InputError, match="2 inputs and one output, but the network has 1 and 1"):
        space.certify(problem_of("daubechies_D4_tensor", "courant"), 0, Network(1, [], [0]))
