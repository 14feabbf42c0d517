"""Dilations that are not diagonal: powers, the seeds and masks that they lead to, networks, certification."""

from itertools import permutations, product
from random import Random

import pytest
from network_mutants import is_refuted, with_hair
from random_schemes import MATRICES, random_kuhn_seed, random_scheme_mask, scheme_points

from exactrelu import certify
from exactrelu.certification import enumeration
from exactrelu.construction import small
from exactrelu.cpwl.polytope import box_polytope, simplices_of
from exactrelu.errors import InputError
from exactrelu.field import Field, mpq
from exactrelu.linear import determinant
from exactrelu.linear import product as matrix_product
from exactrelu.network.layers import layered
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Dilation, Masks, Problem, load_problem, problem_from_json
from exactrelu.scheme.powers import diagonal_power, period

WITHOUT = ([[2, 1], [0, 2]], [[2, -1], [1, 2]], [[1, -4], [1, 1]])
"""Matrices of which no small power is diagonal but for signs and the order of coordinates, without eigenvectors."""

EIGENVECTORS = ([[2, 1], [0, 4]],)
"""Matrices of which none is either, with rational eigenvectors."""

REACHED = [matrix for d in MATRICES for matrix in MATRICES[d] if matrix not in WITHOUT]

WITH = [matrix for matrix in REACHED if matrix not in EIGENVECTORS]


def random_problem(seed, matrix, varying=False):
    """Return a random problem with a dilation, over Q or Q(√2) on the line, with one component or two there."""
    random, d = Random(seed), len(matrix)
    r = random.choice((1, 2)) if d == 1 else 1
    field = Field(2) if d == 1 and seed % 2 else Field()
    masks = [random_scheme_mask(random, d, r, field, 1, 3) for _ in range(3 if varying else 1)]
    g = random_kuhn_seed(random, d, r, field)
    return Problem("matrix", Masks(tuple(masks[1:]), (masks[0],)), None, g, Dilation(tuple(map(tuple, matrix))),
                   None, random.randrange(r), field)


def factorial(d):
    return len(list(permutations(range(d))))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_simplices_of_a_polytope(d):
    """The simplices of a box that was cut have its volume."""
    random = Random(d)
    for _ in range(8):
        part = box_polytope([(mpq(-1), mpq(random.randint(0, 3))) for _ in range(d)])
        whole = part
        for _ in range(3):
            form = tuple(mpq(random.randint(-3, 3)) for _ in range(d)) + (mpq(random.randint(-3, 3), 5),)
            halves = [half for half in whole.split(form) if half is not None]
            volumes = [sum(map(volume_of, simplices_of(half))) for half in halves]
            volume = sum(map(volume_of, simplices_of(whole)))
            assert not halves or sum(volumes) == volume
            whole = halves[0] if halves else whole
    low, high = zip(*[(mpq(0), mpq(2))] * d, strict=True)
    assert sum(map(volume_of, simplices_of(box_polytope(list(zip(low, high, strict=True)))))) == 2**d


def volume_of(simplex):
    """Return the volume of a simplex, positive."""
    first, *others = simplex
    edges = [[s - t for s, t in zip(corner, first, strict=True)] for corner in others]
    volume = abs(determinant(edges)) / factorial(len(first))
    assert volume
    return volume


@pytest.mark.parametrize("matrix", WITH)
def test_powers(matrix):
    """A^m = J D, J and D commute, and J has the period that is found."""
    m, J, factors = diagonal_power(Dilation(tuple(map(tuple, matrix))))
    D, found = Dilation.diagonal(factors).matrix, matrix
    for _ in range(m - 1):
        found = matrix_product(found, matrix)
    assert matrix_product(J, D) == matrix_product(D, J) == tuple(map(tuple, found))
    turned = J
    for _ in range(period(J) - 1):
        turned = matrix_product(turned, J)
    assert turned == tuple(tuple(int(i == k) for k in range(len(J))) for i in range(len(J)))


@pytest.mark.parametrize("matrix", WITHOUT)
def test_other_matrices_are_refused(matrix):
    """Shears and irrational rotations have no such power: one line says so."""
    with pytest.raises(InputError, match=r"needs a power A\^m, .* rational eigenvectors; .* exactrelu value can"):
        small.build(random_problem(1, matrix), 1)


def test_a_source_is_refused():
    """With such a matrix a source is refused in one line."""
    problem = problem_from_json({"format": "exactrelu-problem/2", "mask": {"0,0": 1, "1,0": 1}, "seed": "courant",
                                 "dilation": [[1, 1], [1, -1]], "source": "courant"}, "a file")
    with pytest.raises(InputError, match="the construction small cannot do a source with the dilation"):
        small.build(problem, 1)


def wrong_points(problem, n, count):
    """Return the points, among adversarial ones, where the network differs from V^n g by the direct sum."""
    points, network = scheme_points(Random(n), problem, n, count), small.build(problem, n)
    return [point for point in points if network.evaluate(point) != (direct_sum(problem, n, *point),)]


@pytest.mark.parametrize("matrix", [[[-2]], [[-3]], [[-2, 0], [0, 3]], [[1, 1], [1, -1]], [[2, 1], [0, 4]]])
def test_networks(matrix):
    """The networks of random problems are exact at adversarial points."""
    problem = random_problem(5, matrix)
    assert all(wrong_points(problem, n, 10) == [] for n in range(4 if len(matrix) == 1 else 2))


@pytest.mark.exhaustive
@pytest.mark.parametrize(("seed", "matrix"), list(product(range(12), REACHED)))
def test_many_networks(seed, matrix):
    """The same for all matrices, masks that vary among them, and certified where there are few cells.

    In space Vg, which is the seed for n = 1 where a power of the matrix is the dilation, has stars that are not convex.
    """
    problem, d = random_problem(seed, matrix, seed % 3 == 0), len(matrix)
    for n in range(4 if d < 3 else 2):
        if n and d == 3 and any(matrix[i][j] for i in range(d) for j in range(d) if i != j):
            with pytest.raises(InputError, match="convex stars"):
                small.build(problem, n)
            continue
        assert wrong_points(problem, n, 10) == []
        if d < 3 and n < 3:
            assert certify(problem, n).verdict == "certified"


@pytest.mark.parametrize(("name", "n"), [("quincunx_zp", 1), ("sqrt3", 0)])
def test_certification(name, n):
    """Built-in schemes are certified with their own dilation; a hair and another n are refuted."""
    problem = load_problem(name)
    network = small.build(problem, n)
    assert enumeration.certify(problem, n, network, 1).verdict == "certified"
    for other in (with_hair(network, (mpq(1, 3), mpq(1, 7))), small.build(problem, n + 1)):
        assert is_refuted(enumeration.certify(problem, n, other, 1), problem, n, other)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "n"), list(product(("quincunx_zp", "quincunx_rotated", "sqrt3"), range(4))))
def test_all_built_in_matrices(name, n):
    """Both quincunx dilations and √3 are certified for n = 0, …, 3."""
    assert certify(load_problem(name), n).verdict == "certified"


def test_sizes():
    """Depth ⌊n/m⌋ + 5; a family for each residue of n mod m, of one width."""
    problem = load_problem("quincunx_zp")
    forms = {n: layered(small.build(problem, n)) for n in (6, 7, 10, 11)}
    assert [form.depth for form in forms.values()] == [8, 8, 10, 10]
    assert forms[6].width == forms[10].width and forms[7].width == forms[11].width
