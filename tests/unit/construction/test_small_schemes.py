"""The construction `small` beyond the plane: dimensions, dilations, components, masks that vary, a source."""

from itertools import product
from random import Random

import pytest
from command import answer, run
from random_schemes import HAT, kuhn_hat, line, random_diagonal_scheme, random_kuhn_seed, scheme_points
from test_small import seam_points

from exactrelu.construction import build, small
from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.network.layers import layered
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Masks, Problem, Seed, builtin_mask, smallest_window


def wrong_points(problem, n, count):
    """Return the points, among adversarial ones, where the network differs from V^n g by the direct sum."""
    random, network = Random(f"{problem.name} {n}"), small.build(problem, n)
    points = scheme_points(random, problem, n, count) + seam_points(random, problem, n, 2 * count)
    return [point for point in points if network.evaluate(point) != (direct_sum(problem, n, *point),)]


@pytest.mark.parametrize(("seed", "d"), [*((seed, 1) for seed in range(12)), *((seed, 2) for seed in range(3))])
def test_random_schemes(seed, d):
    """V_1 ⋯ V_n g (+ the sum over a source) is exact for random schemes on the line and in the plane."""
    problem = random_diagonal_scheme(seed, d)
    for n in (seed % 4, 1) if d == 1 else (1,):
        assert wrong_points(problem, n, 10) == [], problem


@pytest.mark.exhaustive
@pytest.mark.parametrize(("seed", "d"), [(s, d) for d, count in ((1, 150), (2, 60), (3, 12)) for s in range(count)])
def test_many_random_schemes(seed, d):
    """The same for hundreds, space among them, and for n = 0, …, 3."""
    problem = random_diagonal_scheme(1000 * d + seed, d)
    for n in range(4 if d < 3 else 2):
        assert wrong_points(problem, n, 12) == [], problem


@pytest.mark.parametrize("name", ["bspline_2", "bspline_3", "bspline_4", "dd4", "dd6"])
def test_built_in_masks_of_the_line(name):
    """Splines and interpolatory schemes on the line: exact, n + 5 layers deep, of one width for all n."""
    problem = line(dict(builtin_mask(name)))
    assert all(wrong_points(problem, n, 8) == [] for n in range(5))
    forms = [layered(small.build(problem, n)) for n in (6, 7, 30)]
    assert [form.depth for form in forms] == [11, 12, 35] and len({form.width for form in forms}) == 1


@pytest.mark.parametrize("M", [2, 3, 4, 5, 8])
def test_dilations_of_the_line(M):
    """Every dilation M: the hat under the mask of the M-adic hat, which is a fixed point, and a signed mask."""
    hat = {k: 1 - abs(mpq(k - M + 1, M)) for k in range(2 * M - 1)}
    centred = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
    problem = line(hat, M, centred)
    for t in (mpq(1, 3), mpq(1), mpq(7, 5), mpq(2), mpq(1, M)):
        assert small.build(problem, 2).evaluate((t,)) == (max(mpq(0), 1 - abs(t - 1)),)
    signed = line({0: mpq(1), 1: mpq(-2), M: mpq(3), 2 * M + 1: mpq(-1, 2)}, M)
    assert all(wrong_points(signed, n, 12) == [] for n in range(4))


def test_dilations_that_differ():
    """2 in one coordinate and 3 in the other: all stages are one block."""
    seed = random_kuhn_seed(Random(3), 2)
    mask = Mask({(0, 0): mpq(1), (1, 0): mpq(1, 2), (0, 2): mpq(-1), (1, 1): mpq(2)})
    problem = Problem("2 and 3", mask, smallest_window(mask, seed, (2, 3)), seed, (2, 3))
    assert wrong_points(problem, 2, 10) == []
    assert len({id(block) for block in small.build(problem, 12).blocks}) == 3


def test_a_wavelet():
    """ψ = Σ d_k φ(2 · − k): another mask in the first step, and then that of φ."""
    phi = builtin_mask("bspline_3")
    psi = Mask({k: c for k, c in zip(range(4), (mpq(1), mpq(-3), mpq(3), mpq(-1)), strict=True)})
    masks = Masks((psi,), (phi,))
    problem = Problem("wavelet", masks, smallest_window(masks, HAT), HAT)
    assert all(wrong_points(problem, n, 10) == [] for n in range(4))
    assert len({id(block) for block in small.build(problem, 20).blocks}) == 3


def test_a_source():
    """Takagi's function: f ← f(2·)/2 + f(2· − 1)/2 + tent, from 0; its sums are those of the sawtooth."""
    tent = Seed([(0,), (mpq(1, 2),), (1,)], [(0, 1), (1, 2)], [0, mpq(1, 2), 0])
    zero = Seed([(0,), (1,)], [(0, 1)], [0, 0])
    problem = line({0: mpq(1, 2), 1: mpq(1, 2)}, seed=zero, source=tent)
    for n in (0, 1, 2, 3, 6):
        assert wrong_points(problem, n, 10) == []
    t = mpq(1, 3)
    assert small.build(problem, 40).evaluate((t,)) == (cascade(problem, 40, t),)
    assert cascade(problem, 40, t) == sum(min(2**j * t % 1, 1 - 2**j * t % 1) / 2**j for j in range(40))


def test_components():
    """Each component of a Hermite scheme of cubics, in the other order, too; blocks after the start are the same."""
    half, eighth = mpq(1, 2), mpq(1, 8)
    mask = Mask({
        0: [[half, mpq(3, 4)], [-eighth, -eighth]], 1: [[1, 0], [0, half]], 2: [[half, mpq(-3, 4)], [eighth, -eighth]],
    })
    seed = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [(0, 0), (1, 0), (0, 0)])
    for component in (0, 1):
        problem = Problem("hermite", mask, ((0, 2),), seed, 2, component=component)
        assert all(wrong_points(problem, n, 10) == [] for n in range(4))


def test_space():
    """Signed coefficients at the corners of a cube in R³, with the hat on a Kuhn mesh."""
    mask = Mask({k: mpq(3 - 2 * sum(k), 1 + sum(k)) for k in product((0, 1), repeat=3)})
    problem = Problem("cube", mask, ((0, 1),) * 3, kuhn_hat(3))
    assert wrong_points(problem, 1, 8) == []


@pytest.mark.exhaustive
def test_trilinear():
    """The trilinear mask with a hat on a Kuhn mesh, narrower than 1100 units."""
    mask = Mask({k: mpq(1, 2 ** (3 - sum(t % 2 for t in k))) for k in product(range(3), repeat=3)})
    problem = Problem("trilinear", mask, ((0, 2),) * 3, kuhn_hat(3))
    assert all(wrong_points(problem, n, 12) == [] for n in range(3))
    assert layered(small.build(problem, 2)).width < 1100


def test_the_commands(capsys, tmp_path):
    """build and sizes of a problem on the line say what it is."""
    words = "--mask", "dd4", "--seed", "hat"
    code, out, _ = run(capsys, "build", *words, "--construction", "small", "-n", 2)
    assert code == 0 and "problem         dd4 with hat: 5 coefficients, dimension 1, window [0, 6]\n" in out
    path = tmp_path / "line.json"
    path.write_text("""{"format": "exactrelu-problem/2", "name": "line", "dilation": 3, "mask": {"-2": 1, "-1": 2},
        "seed": {"vertices": [[-1], [0], [1]], "simplices": [[0, 1], [1, 2]], "values": [0, 1, 0]}}""")
    code, out, _ = run(capsys, "build", path, "--construction", "small", "-n", 1)
    assert "dimension 1, the dilation 3, window [-1, 1], built on [0, 2] and shifted by -1\n" in out
    code, data = answer(capsys, "build", path, "--construction", "small", "-n", 1)
    assert code == 0 and data["depth"] == 6


def test_what_is_refused():
    """Stars that are not convex in R³, and a construction that knows the plane alone, are refused in one line."""
    with pytest.raises(InputError, match="one-pass cannot do dimension 1 yet"):
        build(line({0: mpq(1)}), 1, "one-pass")
    mask = Mask({(0, 0, 0): mpq(1)})
    reflex = Seed(
        [(0, 0, 0), (4, 0, 0), (0, 4, 0), (0, 0, 4), (-1, -1, -1), (mpq(1, 4),) * 3],
        [(0, 1, 2, 5), (0, 1, 3, 5), (0, 2, 3, 5), (0, 1, 2, 4), (0, 1, 3, 4), (0, 2, 3, 4)], [1, 0, 0, 0, 0, 0],
    )
    with pytest.raises(InputError, match=r"convex stars in 3 dimensions; that of the vertex "):
        small.build(Problem("reflex", mask, smallest_window(mask, reflex), reflex), 0)
