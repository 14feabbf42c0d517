"""The built-in schemes beyond the plane and its dilation 2: their known properties; every one of them is certified."""

from itertools import product
from random import Random

import pytest
from command import answer, refusal
from network_mutants import with_hair
from random_schemes import scheme_points

from exactrelu import box_spline, certify, tensor
from exactrelu.construction import small
from exactrelu.field import Quadratic, mpq
from exactrelu.linear import product as matrix_product
from exactrelu.linear import times
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.mask import coset_sums, iterated_mask
from exactrelu.refinement.sum_rules import sum_rule_order
from exactrelu.scheme import Mask, builtin_schemes, load_problem, problem_from_json, problem_to_json

SCHEMES = builtin_schemes()

ROOT2 = Quadratic(0, 1, 2)

ORDERS = {
    "spline_1": 2, "spline_2": 3, "spline_3": 4, "dd4_line": 4, "dd6_line": 6, "d4": 2, "d4_tensor": 2, "ternary": 3,
    "ternary_4": 3, "dilations": 2, "takagi": None, "quincunx_zp": 2, "quincunx_rotated": 2, "sqrt3": 2, "tile": 1,
    "box_2222": 4, "trilinear": 2, "box_1111": 2,
}
"""The order of the sum rules of the schemes with one component and one mask; none where the sums are not 1."""


@pytest.mark.parametrize("name", SCHEMES)
def test_files(name):
    """A scheme has its name, and is what its file says after it was written."""
    problem = SCHEMES[name]
    assert problem.name == name and load_problem(name) is problem
    assert problem_from_json(problem_to_json(problem), name) == problem


@pytest.mark.parametrize("name", ORDERS)
def test_sum_rules(name):
    """The order of the sum rules is the known one, and the coset sums are 1."""
    problem, order = SCHEMES[name], ORDERS[name]
    if order is not None:
        assert sum_rule_order(problem.mask, problem.dilation) == order
        assert set(coset_sums(problem.mask, problem.dilation).values()) == {1}


def test_box_splines():
    """The masks of box splines are those of their directions, moved into [0, L]."""
    line, x, y = (1,), (1, 0), (0, 1)
    for degree in (1, 2, 3):
        assert SCHEMES[f"spline_{degree}"].mask == box_spline([line] * (degree + 1))
    assert SCHEMES["ternary"].mask == box_spline([line] * 3, 3)
    assert SCHEMES["dilations"].mask == tensor(box_spline([line] * 2), box_spline([line] * 3, 3))
    assert SCHEMES["box_2222"].mask == box_spline([x, y, (1, 1), (1, -1)] * 2).shifted(0, 2)
    axes = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert SCHEMES["trilinear"].mask == box_spline(axes * 2)
    assert SCHEMES["box_1111"].mask == box_spline([*axes, (1, 1, 1)])


@pytest.mark.parametrize(("name", "directions"), [
    ("quincunx_zp", [(1, 0), (0, 1), (1, 1), (1, -1)]), ("quincunx_rotated", [(1, 0), (0, 1), (1, 1), (-1, 1)]),
])
def test_quincunx(name, directions):
    """Two steps with A have the mask of the Zwart-Powell element for A²: 2, or 2 times a quarter turn."""
    problem = SCHEMES[name]
    assert Mask(iterated_mask(problem.mask, 2, problem.dilation)) == box_spline(directions)
    assert matrix_product(problem.dilation.matrix, problem.dilation.matrix) in (((2, 0), (0, 2)), ((0, -2), (2, 0)))


@pytest.mark.parametrize(("name", "centre"), [
    ("dd4_line", (3,)), ("dd6_line", (5,)), ("ternary_4", (5,)), ("sqrt3", (0, 0)), ("spline_1", (1,)),
])
def test_interpolation(name, centre):
    """The coefficients in the coset of the centre are 0 but for the 1 there: values are kept."""
    problem = SCHEMES[name]
    mask = problem.mask.shifted(*(-t for t in centre))
    kept = {k: c for k, c in mask.items() if problem.dilation.preimage(k) is not None}
    assert kept == {(0,) * len(centre): 1}


def test_daubechies():
    """Σ c_k c_{k+2j} = 2 δ_j, also for the wavelet, and Σ c_k d_{k+2j} = 0: orthonormal translates."""
    c, d = SCHEMES["d4"].mask, SCHEMES["d4_wavelet"].masks.at(1)
    assert SCHEMES["d4_wavelet"].masks.at(2) == c
    for j in range(-2, 3):
        for first, second, value in ((c, c, 2 * (j == 0)), (d, d, 2 * (j == 0)), (c, d, 0)):
            assert sum((a * second.get((k + 2 * j,), 0) for (k,), a in first.items()), mpq(0)) == value
    assert SCHEMES["d4_tensor"].mask == tensor(c, c)


def test_the_multiwavelet():
    """Σ C_k C_{k+2j}ᵀ = 2 δ_j I, and half of the sum of the C_k has the eigenvector (√2, 1) for the eigenvalue 1."""
    mask, zero = SCHEMES["ghm"].mask, ((0, 0), (0, 0))
    for j in range(-2, 3):
        total = [[mpq(0)] * 2 for _ in range(2)]
        for (k,), first in mask.items():
            second = mask.get((k + 2 * j,), zero)
            part = matrix_product(first, tuple(zip(*second, strict=True)))
            total = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(total, part, strict=True)]
        assert total == [[2 * (j == 0), 0], [0, 2 * (j == 0)]]
    half = [[sum(c[i][l] for c in mask.values()) / 2 for l in range(2)] for i in range(2)]
    assert times(half, (ROOT2, 1)) == (ROOT2, 1)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_hermite(n):
    """At the points j/2ⁿ the iterates have the values of the cubic with the value 1 at 1 and slopes 0."""
    for j in range(2**n + 1):
        t = mpq(j, 2**n)
        assert direct_sum(SCHEMES["hermite"], n, t) == 3 * t**2 - 2 * t**3
        assert direct_sum(SCHEMES["hermite"], n, 2 - t) == 3 * t**2 - 2 * t**3


def test_takagi():
    """The sums of s(2^j t)/2^j, s the distance to the integers."""
    for t in (mpq(1, 3), mpq(2, 7), mpq(1, 2), mpq(1), mpq(0)):
        sums = sum(min(2**j * t % 1, -(2**j) * t % 1) / 2**j for j in range(6))
        assert direct_sum(SCHEMES["takagi"], 6, t) == sums


def test_a_fixed_point_in_space():
    """The hat on the Kuhn mesh is the box spline: V g = g."""
    problem = SCHEMES["box_1111"]
    for z in scheme_points(Random(1), problem, 2, 30):
        assert direct_sum(problem, 2, *z) == problem.seed.evaluate(z)


@pytest.mark.parametrize("name", [name for name in SCHEMES if SCHEMES[name].dimension < 3 and name != "box_2222"])
def test_networks(name):
    """The networks of all schemes but the largest are exact at adversarial points."""
    problem = SCHEMES[name]
    network = small.build(problem, 1)
    for point in scheme_points(Random(name), problem, 1, 12):
        assert network.evaluate(point) == (direct_sum(problem, 1, *point),)


@pytest.mark.parametrize("name", [name for name in SCHEMES if SCHEMES[name].dimension == 1])
def test_certification_on_the_line(name):
    """Every scheme on the line is certified."""
    assert certify(SCHEMES[name], 2 if SCHEMES[name].field.root is None else 1, jobs=1)


@pytest.mark.parametrize("name", ["dilations", "quincunx_zp"])
def test_certification_in_the_plane(name):
    """Dilations that differ, and one that is not diagonal."""
    assert certify(SCHEMES[name], 1, jobs=1)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "n"), list(product(SCHEMES, (1, 2, 3))))
def test_every_scheme_is_certified(name, n):
    """Every scheme for n = 1, 2, 3; over Q(√3) in the plane, with 37 coefficients, and in space for n = 1."""
    if n == 1 or name not in ("d4_tensor", "box_2222", "trilinear", "box_1111"):
        assert certify(SCHEMES[name], n)


def test_commands(capsys):
    """sizes counts the construction that there is; a refutation says in which cell of Aⁿ z, or that it is in none."""
    code, data = answer(capsys, "sizes", "quincunx_zp", "--to", 2)
    assert code == 0 and [(row["construction"], row["n"]) for row in data["rows"]] == [("small", 1), ("small", 2)]
    problem = SCHEMES["quincunx_zp"]
    for point, where in (((mpq(1), mpq(1, 3)), "where A^1 z lies in ["), ((mpq(9), mpq(9)), "outside of all cells")):
        found = certify(problem, 1, with_hair(small.build(problem, 1), point), jobs=1)
        assert found.verdict == "refuted" and where in found.statement
    assert "the construction small can" in refusal(capsys, "build", "ghm", "-n", 1, "--construction", "compact")
