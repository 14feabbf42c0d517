"""V^n g at points for schemes of every kind: two evaluators, the sum written out, closed forms; exactrelu value."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from command import answer, run
from gmpy2 import mpq
from random_schemes import kuhn_mesh, random_kuhn_seed, random_scheme, random_scheme_mask, scheme_points

from exactrelu.commands import value
from exactrelu.errors import InputError, UndecidedError
from exactrelu.field import Field, Quadratic
from exactrelu.linear import inverse
from exactrelu.linear import product as matrix_product
from exactrelu.refinement.cascade import cascade
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.mask import iterated_mask
from exactrelu.scheme import Mask, Masks, Problem, Seed, builtin_mask, builtin_seed, load_problem, smallest_window

HAT = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
TENT_MASK = Mask({0: mpq(1, 2), 1: 1, 2: mpq(1, 2)})
ZERO = Seed((), (), ())
QUINCUNX = [[1, 1], [1, -1]]


def problem_of(masks, seed, dilation=2, source=None, **options):
    return Problem("test", masks, smallest_window(masks, seed, dilation, source), seed, dilation, source, **options)


def written_out(problem, n, z):
    """Return the sum of c^(n)_k g(A^n z - k), and of c^(j)_k h(A^j z - k) for j < n, over all k."""
    answer = mpq(0)
    for j in range(n + 1):
        seed = problem.seed if j == n else problem.source
        for k, c in iterated_mask(problem.masks, j, problem.dilation).items() if seed is not None else ():
            row = c[problem.component] if isinstance(c, tuple) else (c,)
            point = [t - s for t, s in zip(z, k, strict=True)]
            answer += sum(entry * seed.evaluate(point, l) for l, entry in enumerate(row))
        z = problem.dilation.times(z)
    return answer


@pytest.mark.parametrize("seed", range(60))
def test_random_schemes(seed):
    """Direct sum, cascade and the sum written out agree for any dimension, dilation, field, masks and source."""
    random = Random(seed)
    problem = random_scheme(random)
    values = []
    for n in range(4 if problem.dimension < 3 else 3):
        for z in scheme_points(random, problem, n, 10):
            values.append(direct_sum(problem, n, *z))
            assert cascade(problem, n, *z) == values[-1]
            if n < 3:
                assert written_out(problem, n, z) == values[-1]
    assert any(values) or seed not in range(60)  # these schemes are known not to be zero


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 700))
def test_many_random_schemes(seed):
    """The same for some hundreds of schemes."""
    test_random_schemes(seed)


@pytest.mark.parametrize("seed", range(12))
def test_the_first_step(seed):
    """f_0(z) is the sum of c_k f_1(A z - k), plus h(z), where f_1 belongs to the masks from the second one on."""
    random = Random(seed)
    problem = random_scheme(random)
    masks = problem.masks
    rest = Masks(masks.first[1:], masks.repeat) if masks.first else Masks((), (*masks.repeat[1:], masks.repeat[0]))
    window = smallest_window(rest, problem.seed, problem.dilation, problem.source)
    for z in scheme_points(random, problem, 3, 6):
        expected = mpq(0) if problem.source is None else problem.source.evaluate(z, problem.component)
        for k, l, c in masks.at(1).entries[problem.component]:
            later = replace(problem, masks=rest, window=window, component=l)
            point = [t - s for t, s in zip(problem.dilation.times(z), k, strict=True)]
            expected += c * cascade(later, 2, *point)
        assert direct_sum(problem, 3, *z) == expected


@pytest.mark.parametrize("matrix", [QUINCUNX, [[1, -1], [1, 1]], [[1, 2], [-2, -1]]])
def test_powers_of_a_matrix(matrix):
    """2m steps with A are m steps with the mask c^(2) and the dilation A^2, which may be diagonal."""
    mask = random_scheme_mask(Random(3), 2)
    seed = random_kuhn_seed(Random(4), 2)
    problem = problem_of(mask, seed, matrix)
    square = matrix_product(matrix, matrix)
    squared = problem_of(Mask(iterated_mask(mask, 2, problem.dilation)), seed, square)
    assert (squared.dilation.factors == (2, 2)) == (matrix == QUINCUNX)
    for z in scheme_points(Random(5), problem, 4, 40):
        assert direct_sum(problem, 4, *z) == cascade(squared, 2, *z)


def test_the_dilation_4_is_2_twice():
    """On the line, 2m steps with the dilation 2 are m steps with the mask c^(2) and the dilation 4."""
    mask = random_scheme_mask(Random(6), 1)
    seed = random_kuhn_seed(Random(7), 1)
    problem, squared = problem_of(mask, seed), problem_of(Mask(iterated_mask(mask, 2)), seed, 4)
    for z in scheme_points(Random(8), problem, 4, 60):
        assert cascade(problem, 4, *z) == direct_sum(squared, 2, *z)


def test_components_under_a_change_of_basis():
    """With P C_k P^-1 and P g the iterates are P V^n g, for block diagonal coefficients those of the blocks."""
    random = Random(9)
    masks = [random_scheme_mask(random, 1) for _ in range(2)]
    hats = [random_kuhn_seed(random, 1) for _ in range(2)]
    # both hats on one mesh: all their vertices, cut where the other has one
    ends = sorted({vertex for hat in hats for vertex in hat.vertices})
    values = [tuple(hat.evaluate(vertex) for hat in hats) for vertex in ends]
    simplices = [(k, k + 1) for k in range(len(ends) - 1)]
    zero = mpq(0)
    blocks = Mask({k: [[masks[0].get(k, zero), 0], [0, masks[1].get(k, zero)]] for k in {*masks[0], *masks[1]}})
    P = ((1, mpq(1, 2)), (-3, 2))
    back = inverse(P)
    turned = Mask({k: matrix_product(matrix_product(P, c), back) for k, c in blocks.items()})
    turned_values = [tuple(sum(p * v for p, v in zip(row, value, strict=True)) for row in P) for value in values]
    for n, x in product(range(4), [mpq(k, 7) for k in range(-20, 30, 3)]):
        scalar = [cascade(problem_of(mask, hat), n, x) for mask, hat in zip(masks, hats, strict=True)]
        for i in range(2):
            assert direct_sum(problem_of(blocks, Seed(ends, simplices, values), component=i), n, x) == scalar[i]
            expected = sum(p * s for p, s in zip(P[i], scalar, strict=True))
            assert cascade(problem_of(turned, Seed(ends, simplices, turned_values), component=i), n, x) == expected


@pytest.mark.parametrize("d", [1, 2, 3])
def test_fixed_points(d):
    """Kuhn's hat is refinable: the mask of the box spline with the directions e_1, ..., e_d, (1, ..., 1)."""
    vertices, simplices = kuhn_mesh(d)
    hat = Seed(vertices, simplices, [int(set(vertex) == {1}) for vertex in vertices])
    mask = {}
    for corner in product((0, 1), repeat=d):
        for more in (0, 1):
            k = tuple(t + more for t in corner)
            mask[k] = mask.get(k, 0) + mpq(1, 2)
    problem = problem_of(Mask(mask), hat)
    for z in scheme_points(Random(d), problem, 3, 20):
        assert cascade(problem, 3, *z) == direct_sum(problem, 3, *z) == hat.evaluate(z)


def test_takagi():
    """f = Vf + h with c = (1/2, 1/2) on [0, 1] and the tent h from 0: the sum of 2^-j h(2^j x), x taken modulo 1."""
    tent = Seed([(0,), (mpq(1, 2),), (1,)], [(0, 1), (1, 2)], [0, mpq(1, 2), 0])
    problem = problem_of(Mask({0: mpq(1, 2), 1: mpq(1, 2)}), ZERO, source=tent)
    for n, x in product((0, 1, 5, 9), [mpq(k, 192) for k in range(193)]):
        expected = sum(min(t := 2**j * x % 1, 1 - t) / mpq(2**j) for j in range(n))
        assert direct_sum(problem, n, x) == cascade(problem, n, x) == expected


def test_daubechies():
    """The iterates of the Courant hat under the tensor product of D4 are numbers of Q(√3), with sum 1 over Z^2."""
    seed = builtin_seed("courant")
    problem = problem_of(builtin_mask("daubechies_D4_tensor"), seed, field=Field(3))
    values = [direct_sum(problem, 3, mpq(1, 3) + j, mpq(1, 5) + k) for j in range(4) for k in range(4)]
    assert sum(values) == 1 and any(type(v) is Quadratic for v in values)
    root = Quadratic(0, 1, 3)
    for z in ((root / 2, mpq(3, 4)), (1 / root, root), (root - 1, root + mpq(1, 2**60))):
        assert direct_sum(problem, 3, *z) == cascade(problem, 3, *z) != 0


def test_the_cost_grows_linearly():
    """Hundreds of steps are no problem, also with a matrix, masks that vary and a source; nor is a far point."""
    plane = load_problem("bilinear")
    assert direct_sum(plane, 2000, 1, 1) == cascade(plane, 2000, 1, 1)
    problem = problem_of(
        Masks((TENT_MASK,), (TENT_MASK, Mask({1: 1, 2: mpq(1, 3)}))), HAT, [[-2]], HAT.shifted(mpq(1, 3))
    )
    assert direct_sum(problem, 300, mpq(1, 7)) == cascade(problem, 300, mpq(1, 7)) != 0
    quincunx = problem_of(builtin_mask("courant_M111"), builtin_seed("courant"), QUINCUNX)
    assert direct_sum(quincunx, 100, mpq(1, 3), mpq(1, 7)) == cascade(quincunx, 100, mpq(1, 3), mpq(1, 7))
    assert direct_sum(quincunx, 100, mpq(10) ** 50, 0) == cascade(quincunx, 100, mpq(10) ** 50, 0) == 0


def test_points_of_another_dimension():
    """The number of coordinates is checked; floats and numbers of two fields are refused."""
    for evaluate in (direct_sum, cascade):
        with pytest.raises(InputError, match="2 coordinates, the point 3"):
            evaluate(load_problem("haar"), 1, 0, 0, 0)
        with pytest.raises(InputError, match="got 0.5"):
            evaluate(load_problem("haar"), 1, 0.5, 0)
        with pytest.raises(InputError, match="mix roots of 2 and 3"):
            evaluate(load_problem("haar"), 1, Quadratic(0, 1, 3), Quadratic(0, 1, 2))


def test_the_command(capsys, tmp_path):
    """The exact value at one point or several, for people and programs; a root in Q(√3); -n 0 is the seed."""
    assert run(capsys, "value", "bilinear", "-n", 3, "1/2", "0.25")[:2] == (0, "1/8\n")
    assert run(capsys, "value", "bilinear", "-1/2", "1", "-n", 0)[1] == "0\n"
    assert run(capsys, "value", "bilinear", "1,1", "-1/2,1", "1/2,1")[1] == "1\n0\n1/2\n"
    code, data = answer(capsys, "value", "bilinear", "1,1", "1/2,3/4", "-n", 2)
    assert code == 0 and data == {
        "problem": "bilinear", "n": 2,
        "values": [{"point": ["1", "1"], "value": "1"}, {"point": ["1/2", "3/4"], "value": "3/8"}],
    }
    path = tmp_path / "d4.json"
    path.write_text("""{"format": "exactrelu-problem/2", "field": {"sqrt": 3}, "seed":
        {"vertices": [[0], [1], [2]], "simplices": [[0, 1], [1, 2]], "values": [0, 1, 0]},
        "mask": {"0": "1/4+1/4*sqrt(3)", "1": "3/4+1/4*sqrt(3)", "2": "3/4-1/4*sqrt(3)", "3": "1/4-1/4*sqrt(3)"}}""")
    assert run(capsys, "value", path, "1", "-n", 1)[1] == "3/4+1/4*sqrt(3) (rounded 1.18301)\n"
    assert run(capsys, "value", path, "1", "1-1/3*sqrt(3)", "-n", 1)[1].count("\n") == 2
    for words, reason in (
        (("bilinear", "1"), "a point has 2 coordinates here, not 1; give X1 X2, or several points as X1,X2"),
        (("bilinear", "1", "2", "3"), "not 3"),
        (("bilinear", "1,2", "3"), "not 1"),
        (("bilinear", "1,2,3"), "not 3"),
        ((path, "1,2"), "a point has 1 coordinates here, not 2; give X1"),
        (("bilinear", "1", "x"), "coordinate 2: expected a rational"),
        (("bilinear", "1", "sqrt(3)"), r"coordinate 2: sqrt(3) is no number of the field Q"),
        ((path, "sqrt(2)"), r"sqrt(2) is no number of the field Q(sqrt(3))"),
        (("bilinear",), "required"),
        (("", "1,1"), "expected a PROBLEM, or --mask and --seed, before the point"),
        (("--mask", "dd4", "1"), "--mask and --seed belong together"),
        (("bilinear", "1", "1", "-n", "10001"), "expected an integer from 0 to 10000"),
    ):
        code, out, err = run(capsys, "value", *words)
        assert (code, out) == (2, "") and reason in err and err.count("\n") == 1


def test_a_mask_with_a_seed(capsys):
    """--mask and --seed stand for the problem: what follows are points, before or behind."""
    words = "--mask", "loop_M222", "--seed", "courant"
    before = run(capsys, "value", "-n", 1, "1,1", *words)[1]
    assert before == run(capsys, "value", *words, "1", "1", "-n", 1)[1] == "3/8\n"
    assert run(capsys, "value", *words, "1,1", "0,0", "-n", 1)[1].split() == ["3/8", "0"]


def test_two_ways_that_differ(monkeypatch):
    """If the direct sum and the cascade differed, nothing would be decided, and both values be shown."""
    monkeypatch.setattr(value, "cascade", lambda *arguments: mpq(7))
    with pytest.raises(UndecidedError, match="the direct sum is 1 and the cascade 7; .* please report it"):
        value.value(load_problem("bilinear"), 1, (1, 1))
