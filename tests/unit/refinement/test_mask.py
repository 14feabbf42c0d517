"""exactrelu mask: the facts about known masks, the algebra of masks, and each fact against what it says."""

import json
import re
from itertools import product
from random import Random

import numpy as np
import pytest
from command import answer, refusal, run
from folders import ROOT
from gmpy2 import mpq
from random_schemes import MATRICES, random_scheme_mask

from exactrelu.errors import InputError
from exactrelu.field import Field, Quadratic
from exactrelu.refinement import limit, spectral
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.lattice import closed_points, recurrent_points, transition_rows
from exactrelu.refinement.limit import limit_values
from exactrelu.refinement.spectral import joint_spectral_radius, radius
from exactrelu.refinement.sum_rules import (
    MAX_ORDER,
    convolved,
    exponents,
    reproduction,
    sum_rule_order,
    sum_rules,
)
from exactrelu.refinement.symbol import interpolation_point
from exactrelu.scheme import Mask, Problem, Seed, builtin_mask, builtin_seed, smallest_window
from exactrelu.scheme.algebra import box_spline
from exactrelu.scheme.dilation import as_dilation

QUINCUNX = [[1, 1], [1, -1]]
ROOT2, ROOT3 = Quadratic(0, 1, 2), Quadratic(0, 1, 3)
HALF, QUARTER = mpq(1, 2), mpq(1, 4)
HAT = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])

HERMITE = Mask({
    -1: [[HALF, mpq(3, 4)], [mpq(-1, 8), mpq(-1, 8)]],
    0: [[1, 0], [0, HALF]],
    1: [[HALF, mpq(-3, 4)], [mpq(1, 8), mpq(-1, 8)]],
})
"""Cubic Hermite splines: values and slopes at the integers."""

GHM = Mask({
    0: [[mpq(3, 5), 4 * ROOT2 / 5], [-ROOT2 / 20, mpq(-3, 10)]],
    1: [[mpq(3, 5), 0], [9 * ROOT2 / 20, 1]],
    2: [[0, 0], [9 * ROOT2 / 20, mpq(-3, 10)]],
    3: [[0, 0], [-ROOT2 / 20, 0]],
})
"""J. Geronimo, D. Hardin, P. Massopust, J. Approx. Theory 78 (1994)."""

AVERAGE = Mask({(0, 0): 1, (1, 0): QUARTER, (-1, 0): QUARTER, (0, 1): QUARTER, (0, -1): QUARTER})
"""An interpolatory mask for the quincunx matrices."""

KNOWN = {
    # name: (mask, dilation, order, degree reproduced, shift, interpolation point, radius on W_m, continuous)
    "haar": (box_spline([(1,)]), 2, 1, 0, (0,), (0,), 1, False),
    "hat": ("bspline_2", 2, 2, 1, (1,), (1,), HALF, True),
    "quadratic": ("bspline_3", 2, 3, 1, (mpq(3, 2),), None, QUARTER, True),
    "cubic": ("bspline_4", 2, 4, 1, (2,), None, mpq(1, 8), True),
    "ternary hat": (box_spline([(1,), (1,)], 3), 3, 2, 1, (1,), (1,), mpq(1, 3), True),
    "hat, dilation -2": (Mask({-1: HALF, 0: 1, 1: HALF}), [[-2]], 2, 1, (0,), (0,), HALF, True),
    "dd4": ("dd4", 2, 4, 3, (3,), (3,), QUARTER, True),
    "dd6": ("dd6", 2, 6, 5, (5,), (5,), None, True),
    "D4": ("daubechies_D4", 2, 2, 1, ((3 - ROOT3) / 2,), None, (1 + ROOT3) / 4, True),
    "courant": ("courant_M111", 2, 2, 1, (1, 1), (1, 1), HALF, True),
    "bilinear": ("bspline_tensor_2", 2, 2, 1, (1, 1), (1, 1), HALF, True),
    "zwart-powell": ("ZP_M1111", 2, 2, 1, (mpq(3, 2), mpq(3, 2)), None, QUARTER, True),
    "loop": ("loop_M222", 2, 4, 1, (2, 2), None, mpq(1, 8), True),
    "butterfly": ("butterfly_w1_16", 2, 4, 3, (3, 3), (3, 3), QUARTER, True),
    "quincunx haar": (Mask({(0, 0): 1, (1, 0): 1}), QUINCUNX, 1, 0, (0, 0), (0, 0), 1, False),
    "quincunx average": (AVERAGE, QUINCUNX, 2, 1, (0, 0), (0, 0), None, True),
    "trilinear": (box_spline([(1, 0, 0), (0, 1, 0), (0, 0, 1)] * 2), 2, 2, 1, (1, 1, 1), (1, 1, 1), HALF, True),
}


def named(name):
    """Return (mask, dilation) of an entry of the table."""
    mask, dilation = KNOWN[name][:2]
    mask = builtin_mask(mask) if isinstance(mask, str) else mask
    return mask, as_dilation(dilation, mask.dimension)


@pytest.mark.parametrize("name", KNOWN)
def test_polynomials_of_known_masks(name):
    """Orders of sum rules, degrees reproduced with their shifts, and interpolation are those known."""
    mask, dilation = named(name)
    order, degree, shift, point = KNOWN[name][2:6]
    rules = sum_rules(mask, dilation)
    assert (rules.order, rules.scale) == (order, 1) and sum_rule_order(mask, dilation) == order
    assert reproduction(rules) == (degree, shift) and interpolation_point(mask, dilation) == point


@pytest.mark.parametrize("name", KNOWN)
def test_radii_of_known_masks(name):
    """The bounds enclose the known radius on W_m, and tell whether subdivision converges."""
    mask, dilation = named(name)
    found = radius(mask, dilation, sum_rules(mask, dilation))
    expected, continuous = KNOWN[name][6:]
    assert found.lower <= found.upper and (found.upper < 1 if continuous else found.lower >= 1)
    if expected is not None:
        assert found.lower <= expected <= found.upper and expected - found.lower < mpq(1, 2**20)
    if name == "quincunx average":
        assert found.lower <= (1 + Quadratic(0, 1, 5)) / 4 <= found.upper


def values_at(name, level=0):
    """Return {j: φ at A^-level j}, numbers."""
    mask, dilation = named(name)
    return {j: v for j, (v,) in limit_values(mask, dilation, sum_rules(mask, dilation), level).values.items()}


def test_limit_values_of_known_masks():
    """B-splines, Daubechies, Zwart–Powell, Loop and the interpolatory masks at integers and halves."""
    assert values_at("hat", 2) == {(k,): mpq(4 - abs(4 - k), 4) for k in range(1, 8)}
    assert values_at("hat, dilation -2") == {(0,): 1}
    assert values_at("ternary hat", 1) == {(k,): mpq(3 - abs(3 - k), 3) for k in range(1, 6)}
    assert values_at("quadratic") == {(1,): HALF, (2,): HALF}
    assert values_at("cubic") == {(1,): mpq(1, 6), (2,): mpq(2, 3), (3,): mpq(1, 6)}
    assert values_at("cubic", 1)[3,] == mpq(23, 48)
    assert values_at("D4") == {(1,): (1 + ROOT3) / 2, (2,): (1 - ROOT3) / 2}
    assert values_at("dd4", 1) == {(6,): 1, (5,): mpq(9, 16), (7,): mpq(9, 16), (3,): mpq(-1, 16), (9,): mpq(-1, 16)}
    assert values_at("zwart-powell") == dict.fromkeys(product((1, 2), repeat=2), QUARTER)
    ring = [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (3, 3)]
    assert values_at("loop") == dict.fromkeys(ring, mpq(1, 12)) | {(2, 2): HALF}
    assert values_at("butterfly") == {(3, 3): 1} and values_at("butterfly", 1)[7, 6] == HALF
    assert values_at("quincunx average", 1)[1, 0] == QUARTER and values_at("quincunx average") == {(0, 0): 1}
    assert values_at("trilinear", 1)[1, 1, 1] == mpq(1, 8)


@pytest.mark.parametrize(
    ("mask", "eigenvectors"), [("haar", 2), (box_spline([(1, 0), (0, 1)]), 4), (builtin_mask("courant_upsampled3"), 5)]
)
def test_limit_values_that_are_not_unique(mask, eigenvectors):
    """For discontinuous or dependent translates the eigenvalue 1 has several eigenvectors, and that is said."""
    mask = named(mask)[0] if isinstance(mask, str) else mask
    dilation = as_dilation(2, mask.dimension)
    found = limit_values(mask, dilation, sum_rules(mask, dilation))
    assert found.values is None and f"{eigenvectors} eigenvectors: the values are not unique" in found.reason


@pytest.mark.parametrize(
    "name", ["hat", "cubic", "dd4", "D4", "loop", "zwart-powell", "quincunx average", "ternary hat"]
)
def test_iterates_tend_to_the_limit_values(name):
    """V^n g comes close to the values, from a seed whose translates add up to 1; those of the limit do, too."""
    mask, dilation = named(name)
    seed = builtin_seed("courant") if mask.dimension == 2 else HAT
    field = Field(3) if name == "D4" else Field()
    problem = Problem("x", mask, smallest_window(mask, seed, dilation), seed, dilation, field=field)
    values = values_at(name, 1)
    for coset in dilation.cosets:
        assert sum(v for j, v in values.items() if dilation.residue(j) == dilation.residue(coset)) == 1
    rate = {"D4": mpq(1, 4), "quincunx average": mpq(1, 8)}.get(name, mpq(1, 25))
    for j, expected in values.items():
        z = tuple(sum(a * t for a, t in zip(row, j, strict=True)) for row in dilation.inverse)
        assert abs(direct_sum(problem, 12, *z) - expected) < rate



def test_matrix_masks():
    """Cubic Hermite splines have order 4, the GHM multiwavelet 2; limits at integers and halves, weighted by y_0."""
    line = as_dilation(2, 1)
    rules = sum_rules(HERMITE, line)
    assert rules.order == 4 and rules.y[0,] == [1, 0] and radius(HERMITE, line, rules).upper < HALF
    values = limit_values(HERMITE, line, rules, 1).values
    assert values == {(-1,): (HALF, mpq(-1, 8)), (0,): (1, 0), (1,): (HALF, mpq(1, 8))}
    rules = sum_rules(GHM, line)
    assert rules.order == 2 and rules.y[0,] == [1, ROOT2 / 2]
    found = radius(GHM, line, rules)
    assert found.upper < 1 and found.dimension == found.states - 2
    values = limit_values(GHM, line, rules, 1).values
    assert all(v[0] * rules.y[0,][0] + v[1] * rules.y[0,][1] for v in values.values())
    assert sum_rules(Mask({0: [[1, 0], [0, 1]], 1: [[1, 0], [0, 2]]}), line).order == 1
    assert sum_rules(Mask({0: [[2, 0], [0, 2]], 1: [[3, 0], [0, 3]]}), line).order == 0


def applied(mask, dilation, y, mu, alpha):
    """Return both sides of the sum rule for p = x^mu at alpha, written out."""
    left = [0] * mask.components
    for i, row in enumerate(mask.entries):
        for k, l, c in row:
            beta = dilation.preimage([s - t for s, t in zip(alpha, k, strict=True)])
            if beta is not None:
                left[l] += convolved(y, mu, beta)[i] * c
    right = [0] * mask.components
    inverse = dilation.inverse
    terms = {(0,) * len(mu): mpq(1)}
    for row, power in zip(inverse, mu, strict=True):  # (A^-1 x)^mu, multiplied out
        for _ in range(power):
            terms = {
                nu: sum(terms.get(tuple(n - (i == k) for i, n in enumerate(nu)), 0) * row[k] for k in range(len(mu)))
                for nu in exponents(len(mu), sum(mu) + 1)
            }
    for nu, c in terms.items():
        right = [a + c * b for a, b in zip(right, convolved(y, nu, alpha), strict=True)]
    return left, right


@pytest.mark.parametrize("name", [*KNOWN, "hermite", "ghm"])
def test_sum_rules_written_out(name):
    """Σ (p ∗ y)(β) c_{α - Aβ} = (p(A^-1 ·) ∗ y)(α) for all p of degree < m, at points α of all cosets."""
    mask, dilation = {"hermite": (HERMITE, 2), "ghm": (GHM, 2)}.get(name) or named(name)
    dilation = as_dilation(dilation, mask.dimension)
    rules = sum_rules(mask, dilation)
    image = dilation.times((3,) * mask.dimension)
    points = [tuple(t + s for t, s in zip(q, image, strict=True)) for q in dilation.cosets]
    for alpha in points[: 3 if mask.dimension == 3 else None]:
        for mu in exponents(mask.dimension, rules.order):
            left, right = applied(mask, dilation, rules.y, mu, alpha)
            assert left == right
    if mask.components == 1:
        assert sum_rule_order(mask, dilation) == rules.order < MAX_ORDER


def test_random_masks_have_no_sum_rules():
    """Random masks of any dimension: no order, no radius below, no limit; unequal sums have the scale 0."""
    random = Random(4)
    for _ in range(10):
        d = random.choice((1, 2))
        mask, dilation = random_scheme_mask(random, d), as_dilation(random.choice((2, *MATRICES[d])), d)
        rules = sum_rules(mask, dilation)
        if not rules.order:
            assert reproduction(rules) == (-1, None) and limit_values(mask, dilation, rules).values is None


def test_radius_of_some_matrices():
    """One matrix: its spectral radius; two rotated ones; a pair with a known radius; irrational entries."""
    one = ((mpq(1, 2), mpq(1)), (mpq(0), mpq(1, 3)))
    lower, upper, _, _ = joint_spectral_radius([one])
    assert lower <= HALF <= upper and upper - lower < mpq(1, 10)
    golden = (1 + Quadratic(0, 1, 5)) / 2
    pair = [((1, 1), (0, 1)), ((1, 0), (1, 1))]
    lower, upper, _, _ = joint_spectral_radius([tuple(tuple(map(mpq, row)) for row in matrix) for matrix in pair])
    assert lower <= golden <= upper and golden - lower < mpq(1, 10**6) and upper - golden < mpq(1, 100)
    lower, upper, _, _ = joint_spectral_radius([((ROOT2, mpq(0)), (mpq(0), ROOT2 / 2))])
    assert lower <= ROOT2 <= upper and upper - lower < mpq(1, 10**6)
    assert joint_spectral_radius([((mpq(0), mpq(1)), (mpq(0), mpq(0)))])[0] == 0
    assert joint_spectral_radius([()])[:2] == (0, 0)


@pytest.mark.parametrize("seed", range(20))
def test_radii_of_random_matrices(seed):
    """The lower bound is below all norms of long products, the upper bound above all of their spectral radii."""
    random = Random(seed)
    size, count = random.randint(1, 4), random.randint(1, 3)
    matrices = [
        tuple(tuple(mpq(random.randint(-4, 4), random.randint(1, 4)) for _ in range(size)) for _ in range(size))
        for _ in range(count)
    ]
    lower, upper, products, length = joint_spectral_radius(matrices)
    assert 0 <= lower <= upper and products >= count and length >= 1
    floats = [np.array([[float(entry) for entry in row] for row in matrix]) for matrix in matrices]
    words = [np.eye(size)]
    for n in range(1, 7):
        words = [word @ matrix for word in words for matrix in floats]
        below = max(np.abs(np.linalg.eigvals(word)).max() for word in words) ** (1 / n)
        above = max(np.abs(word).sum(axis=0).max() for word in words) ** (1 / n)
        assert below <= float(upper) * (1 + 1e-6) + 1e-9 and float(lower) <= above * (1 + 1e-9)


@pytest.mark.parametrize("matrix", [m for d in (1, 2, 3) for m in MATRICES[d]] + [[[2]], [[3, 0], [0, 2]]])
def test_sets_of_integer_vectors(matrix):
    """Closed sets are mapped into themselves; the recurrent points are those with a successor, and no more are."""
    dilation, d = as_dilation(matrix, len(matrix)), len(matrix)
    mask = Mask({k: c for k, c in random_scheme_mask(Random(3), d).items()}).shifted(*(10**12,) * d)
    points = set(closed_points(mask, dilation, 1, 2000))
    for b in points:
        for k in mask:
            images = [
                dilation.preimage([s + t - u for s, t, u in zip(b, k, q, strict=True)]) for q in dilation.cosets
            ]
            assert {a for a in images if a is not None} <= points
    zero = (0,) * d
    recurrent = set(recurrent_points(mask, dilation, [zero]))
    steps = list(product((-1, 0, 1), repeat=d))
    around = {tuple(s + t for s, t in zip(a, step, strict=True)) for a in recurrent for step in steps}
    for _ in range(60):  # what has no successor in the set, again and again, is not recurrent
        around = {
            a for a in around
            if any(tuple(s - t for s, t in zip(dilation.times(a), k, strict=True)) in around for k in mask)
        }
    assert around == recurrent
    rows = transition_rows(mask, dilation, sorted(recurrent), zero)
    assert {c for row in rows for c in row if c} <= set(mask.values())


def test_limits(monkeypatch):
    """Supports that are too large for the matrices are refused in one line each."""
    wide = Mask({0: 1, 1000: 1})
    line = as_dilation(2, 1)
    with pytest.raises(InputError, match="more states than the limit of 100"):
        radius(wide, line, sum_rules(wide, line))
    monkeypatch.setattr(limit, "MAX_STATES", 3)
    with pytest.raises(InputError, match="holds 5 integer points"):
        limit_values(builtin_mask("bspline_4"), line, sum_rules(builtin_mask("bspline_4"), line))
    monkeypatch.setattr(limit, "MAX_STATES", 5)
    monkeypatch.setattr(limit, "MAX_VALUES", 100)
    with pytest.raises(InputError, match="more than 100 points of this level"):
        limit_values(builtin_mask("bspline_4"), line, sum_rules(builtin_mask("bspline_4"), line), 6)
    monkeypatch.setattr(spectral, "MAX_WORK", 10)
    with pytest.raises(InputError, match="2 matrices of dimension 2, entries of 5 digits: more"):
        radius(builtin_mask("dd4"), line, sum_rules(builtin_mask("dd4"), line))


def test_the_command(capsys, tmp_path):
    """Facts for people and programs about masks, problems, box splines and tensor products."""
    code, out, _ = run(capsys, "mask", "dd4", "--level", 1)
    assert code == 0
    for line in (
        "symbol                 -1/16 + 9/16 z^2 + z^3 + 9/16 z^4 - 1/16 z^6",
        "column norm B          5/4", "sum rules              of order 4", "interpolatory          yes, about (3)",
        "joint spectral radius  1/4, on W_4: columns v with sum p(a) v_a = 0 for all polynomials p of degree < 4",
        "subdivision            converges uniformly, as the joint spectral radius on W_1 is < 1",
        "phi(5/2)               9/16",
    ):
        assert f"\n{line}\n" in out
    code, data = answer(capsys, "mask", "--box-spline", "1,0", "0,1", "1,1", "1,-1")
    assert code == 0 and data["factors"]["directions"] == {"0,1": 1, "1,0": 1, "1,1": 1, "1,-1": 1}
    assert data["sum_rules"] == 2 and data["generation"] == 1 and data["interpolation"] is None
    assert data["reproduction"] == {"degree": 1, "shift": ["3/2", "1/2"]} and data["convergence"] == "certified"
    assert data["limit"]["values"][0] == {"point": ["1", "0"], "value": "1/4"} and data["coset_sums"]["1,1"] == "1"
    code, data = answer(capsys, "mask", "--tensor", "daubechies_D4", "bspline_2")
    assert data["field"] == "Q(sqrt(3))" and data["column_norm"] == "1/2+1/2*sqrt(3)" and data["dilation"] == 2
    code, data = answer(capsys, "mask", "--box-spline", "1", "1", "--dilation", 3, "--level", 1)
    assert data["dilation"] == 3 and data["limit"]["values"][0] == {"point": ["1/3"], "value": "1/3"}
    code, data = answer(capsys, "mask", "--mask", "dd4", "--seed", "hat")
    assert data["name"] == "dd4 with hat" and data["sum_rules"] == 4
    code, out, _ = run(capsys, "mask", "a_n_witness")
    assert "what follows is about the mask divided by 1/2" in out
    assert "does not converge uniformly to limits other than 0" in out
    code, out, _ = run(capsys, "mask", "random_rational")
    assert "sum rules              none" in out and "of the matrices themselves" in out
    path = tmp_path / "two.json"
    path.write_text('''{"format": "exactrelu-problem/2", "name": "two", "dilation": [[-2]],
        "masks": {"first": [{"0": 1}], "repeat": [{"-1": "1/2", "0": 1, "1": "1/2"}]}, "seed":
        {"vertices": [[0], [1], [2]], "simplices": [[0, 1], [1, 2]], "values": [0, 1, 0]}}''')
    code, data = answer(capsys, "mask", path)
    assert [fact["sum_rules"] for fact in data["masks"]] == [0, 2] and data["dilation"] == [[-2]]
    code, out, _ = run(capsys, "mask", path)
    assert "two (mask 1 of 2): 1 coefficients, dilation [[-2]], Q" in out and out.count("joint spectral radius  ") == 2


def test_the_page_names_the_fields(capsys):
    """docs/mask.md explains every field of the answer, and no other."""
    _, data = answer(capsys, "mask", "bspline_2")
    page = (ROOT / "docs" / "mask.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    known = {"name", "field", "dilation", "dimension", "components", "coefficients", "box", "mask"}
    assert explained == set(data) - known and str(MAX_ORDER) in page


def test_the_command_with_matrices(capsys, tmp_path):
    """Components have the facts that make sense for them, with vectors as values of the limit."""
    path = tmp_path / "hermite.json"
    path.write_text('''{"format": "exactrelu-problem/2", "name": "hermite", "mask": {
        "-1": [["1/2", "3/4"], ["-1/8", "-1/8"]], "0": [[1, 0], [0, "1/2"]], "1": [["1/2", "-3/4"], ["1/8", "-1/8"]]},
        "seed": {"vertices": [[0]], "simplices": [], "values": [[0, 0]]}}''')
    code, data = answer(capsys, "mask", path, "--level", 1)
    assert code == 0 and data["sum_rules"] == 4 and data["y"]["0"] == ["1", "0"] and "symbol" not in data
    assert data["limit"]["values"][0] == {"point": ["-1/2"], "value": ["1/2", "-1/8"]}
    code, out, _ = run(capsys, "mask", path)
    assert "sum (p * y)(-a) v_a = 0" in out and "phi(0)                 (1, 0)" in out and "interpolatory" not in out
    assert data["convergence"] == "certified"
    hat = {"0": "1/2", "1": 1, "2": "1/2"}
    twice = {k: [[c, 0], [0, c]] for k, c in hat.items()}
    path.write_text(json.dumps({
        "format": "exactrelu-problem/2", "mask": twice, "seed": {"vertices": [], "simplices": [], "values": []},
    }))
    code, data = answer(capsys, "mask", path)
    assert data["convergence"] == "undecided"  # it converges, but W_1 of one y has the other hat
    assert "2 eigenvectors" in data["limit"]["reason"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--box-spline", "1,0", "2,0"), "span R^2; their rank is 1"),
        (("--box-spline", "1/2"), "--box-spline 1/2: a direction has integer entries"),
        (("--box-spline", "x"), "--box-spline x: expected a rational"),
        (("--box-spline", "1,0", "1"), "vectors of one length"),
        (("--box-spline", "1", "--dilation", "1"), "expected an integer from 2 to 1000"),
        (("--tensor", "dd4", "nothing"), "neither a file nor a built-in"),
        (("dd4", "--tensor", "dd4", "dd4"), "not allowed with"),
        (("bilinear", "--mask", "dd4", "--seed", "hat"), "--mask and --seed take the place of PROBLEM"),
        (("--tensor", "dd4", "dd4", "--mask", "dd4", "--seed", "hat"), "leave them out beside --box-spline"),
        (("dd4", "--level", "21"), "expected an integer from 0 to 20"),
    ],
)
def test_words_that_are_refused(capsys, words, reason):
    """What cannot be used ends in one line."""
    assert reason in refusal(capsys, "mask", *words)
