"""exactrelu.scheme in general: dilations, masks, seeds, windows and problems of any dimension; format 2 of the file."""

import json
import pickle
from itertools import product
from random import Random

import pytest
from gmpy2 import mpq
from random_schemes import MATRICES, kuhn_mesh, random_scheme

from exactrelu.certification.methods import certify
from exactrelu.construction import build
from exactrelu.errors import InputError
from exactrelu.field import Field, Quadratic
from exactrelu.linear import inverse
from exactrelu.linear import product as matrix_product
from exactrelu.scheme import (
    Dilation,
    Mask,
    Masks,
    Problem,
    Seed,
    builtin_problems,
    builtin_seeds,
    problem_from_json,
    problem_to_json,
    smallest_window,
)
from exactrelu.scheme.dilation import as_dilation

HAT = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
TENT_MASK = Mask({0: mpq(1, 2), 1: 1, 2: mpq(1, 2)})


def kuhn_hat(d, peak=1):
    """Return the hat about (1, ..., 1) on the Kuhn mesh of [0, 2]^d."""
    vertices, simplices = kuhn_mesh(d)
    zero = (0,) * len(peak) if isinstance(peak, tuple) else 0
    return Seed(vertices, simplices, [peak if set(vertex) == {1} else zero for vertex in vertices])


def is_accepted(matrix):
    try:
        Dilation(matrix)
    except InputError as error:
        assert "eigenvalue of modulus <= 1" in str(error)
        return False
    return True


def test_expanding_matrices_of_the_plane():
    """Of all 2 x 2 matrices with entries up to 3, those with |det| > 1 and |trace| < |det + 1| are dilations."""
    for a, b, c, d in product(range(-3, 4), repeat=4):
        determinant, trace = a * d - b * c, a + d
        assert is_accepted(((a, b), (c, d))) == (abs(determinant) > 1 and abs(trace) < abs(determinant + 1))


def test_expanding_matrices_of_space():
    """A matrix is a dilation if and only if some power of its inverse is smaller than 1."""
    random, counts = Random(2), {True: 0, False: 0}
    for _ in range(300):
        matrix = tuple(tuple(random.randint(-2, 2) for _ in range(3)) for _ in range(3))
        power, shrinks = inverse(matrix), False
        for _ in range(8 if power else 0):
            shrinks = shrinks or max(sum(map(abs, row)) for row in power) < 1
            power = matrix_product(power, power)
        assert is_accepted(matrix) == shrinks
        counts[shrinks] += 1
    assert min(counts.values()) > 20


@pytest.mark.parametrize("matrix", [m for d in (1, 2, 3) for m in MATRICES[d]] + [[[3, 0], [0, 2]], [[4]]])
def test_cosets(matrix):
    """|det A| cosets; every vector has its residue among them, and the difference of the two has a preimage."""
    dilation, random = as_dilation(matrix, len(matrix)), Random(1)
    assert len(dilation.cosets) == len(set(dilation.cosets)) == dilation.determinant
    for _ in range(40):
        k, m = (tuple(random.randint(-10**20, 10**20) for _ in matrix) for _ in range(2))
        residue = dilation.residue(k)
        assert residue in dilation.cosets
        assert dilation.preimage([s - t for s, t in zip(k, residue, strict=True)]) is not None
        assert dilation.residue([s + t for s, t in zip(k, dilation.times(m), strict=True)]) == residue
        assert dilation.preimage(dilation.times(m)) == m
        assert (dilation.preimage(k) is not None) == (residue == dilation.residue((0,) * len(matrix)))


def test_spellings_of_a_dilation():
    """A number, a list and a diagonal matrix are the same dilation; others are matrices without factors."""
    assert as_dilation(2, 2) == as_dilation([2, 2], 2) == as_dilation([[2, 0], [0, 2]], 2)
    assert as_dilation([2, 3], 2).factors == (2, 3) and str(as_dilation([2, 3], 2)) == "[2, 3]"
    assert as_dilation([[-2]], 1).factors is None and str(as_dilation(7, 3)) == "7"
    assert as_dilation([[1, 1], [1, -1]], 2).factors is None
    assert as_dilation(3, 3).times((1, mpq(1, 2), 0)) == (3, mpq(3, 2), 0)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (1, "smaller than 2"), (-2, "smaller than 2"), ([2, 1], "smaller than 2"),
        ([2], "has 1 dimensions, the mask 2"),
        ([[2, 0]], "square"), ([[1, 0], [0, 3]], "modulus <= 1"), ([[1, -1], [1, 0]], "modulus <= 1"),
        ([[2, 10**7], [0, 2]], "limit 1000000"), ([2] * 9, "9 dimensions, more than the limit 8"),
    ],
)
def test_dilations_that_are_refused(given, reason):
    """What does not expand, is not square or has another dimension is refused with a reason."""
    with pytest.raises(InputError, match=reason):
        as_dilation(given, 2)


def test_masks_with_matrices():
    """Coefficients may be square matrices; a matrix of one row is a number; entries are given row by row."""
    mask = Mask({(1,): [[1, 0], [mpq(1, 2), 0]], 0: [[0, 0], [0, 0]], (-1,): ((0, 2), (0, 0))})
    assert list(mask) == [(-1,), (1,)] and mask.components == 2 and mask.dimension == 1
    assert mask.entries == ((((-1,), 1, 2), ((1,), 0, 1)), (((1,), 0, mpq(1, 2)),))
    assert repr(mask) == "Mask({(-1,): [[0, 2], [0, 0]], (1,): [[1, 0], [1/2, 0]]})"
    assert Mask({5: [[3]]}) == Mask({5: 3}) and Mask({5: 3}).components == 1 and mask.shifted(1)[2,] == mask[1,]
    for bad, reason in (
        ({0: 1, (0, 1): 1}, "indices of the mask are of different sizes: 1, 2"),
        ({0: 1, 1: [[1, 0], [0, 1]]}, "coefficients of the mask are of different sizes: 1, 2"),
        ({0: [[1, 2]]}, "square"), ({0: []}, "square"), ({0: [[0] * 17] * 17}, "17 rows, more than the limit 16"),
        ({0: [[0, 0], [0, 0]]}, "every coefficient"),
    ):
        with pytest.raises(InputError, match=reason):
            Mask(bad)
    with pytest.raises(InputError):
        Mask({0: [[0.5]]})


def test_sequences_of_masks_have_one_form():
    """Sequences that are equal compare equal, and a sequence that does not vary is one mask."""
    a, b = Mask({0: 1}), Mask({0: 2})
    assert Masks((), (a, a)) == Masks((a,), (a,)) == Masks((), (a,)) and Masks((b, a), (b, a)) == Masks((), (b, a))
    assert Masks((a, b), (b,)) == Masks((a,), (b,)) and Masks((), (a, b)) != Masks((), (b, a))
    masks = Masks((b, b), (a, b, b))
    assert [masks.at(j) for j in range(1, 9)] == [b, b, a, b, b, a, b, b] and masks == Masks((), (b, b, a))
    assert Masks((a, b), (a, a, b)).all == (a, b)
    for first, repeat, reason in (((), (), "repeat"), ((), (a, Mask({(0, 0): 1})), "dimension")):
        with pytest.raises(InputError, match=reason):
            Masks(first, repeat)
    with pytest.raises(InputError, match="number of rows"):
        Masks((Mask({0: [[1, 0], [0, 1]]}),), (a,))


@pytest.mark.parametrize("name", sorted(builtin_seeds()))
def test_translates_agree_with_the_plane(name):
    """The values of all integer translates at a point are those of the function of the plane, one by one."""
    seed, random = builtin_seeds()[name], Random(name)
    box = seed.support_box() or ((0, 1), (0, 1))
    assert seed.support_box() == seed.function.support_box()
    for _ in range(12):
        corner = random.choice(seed.vertices or ((mpq(0), mpq(0)),))
        z = tuple(t + random.choice((0, mpq(random.randint(-9, 9), 8), mpq(1, 2**60))) for t in corner)
        found = seed.translates(z)
        reach = [range(int(z[i] - box[i][1]) - 2, int(z[i] - box[i][0]) + 3) for i in (0, 1)]
        for k in product(*reach):
            value = seed.function.evaluate(z[0] - k[0], z[1] - k[1])
            assert found.get(k, (0,)) == (value,)
        assert set(found) <= set(product(*reach))


def test_seeds_of_other_kinds():
    """Seeds on the line and in space, with components, with irrational numbers; what is wrong with others."""
    assert HAT.translates((mpq(1, 4),)) == {(0,): (mpq(1, 4),), (-1,): (mpq(3, 4),)}
    assert kuhn_hat(3).translates((mpq(1, 2),) * 3)[0, 0, 0] == (mpq(1, 2),)
    assert kuhn_hat(2, (1, -2)).translates((1, 1)) == {(0, 0): (1, -2)}
    root = Quadratic(0, 1, 2)
    irrational = Seed([(0,), (root,), (2,)], [(0, 1), (1, 2)], [0, root, 0])
    assert irrational.translates((root,)) == {(0,): (root,), (1,): (root - 1,)} and not irrational.is_planar
    assert irrational.support_box() == ((0, 2),) and HAT.shifted(3).support_box() == ((3, 5),)
    vertices, simplices = kuhn_mesh(3)
    heights = [int(set(v) == {1}) for v in vertices]
    for arguments, reason in (
        (([(0,), (1,)], [(0, 1)], [0, 1]), r"not continuous near \(1\), where a facet of simplex 0 ends"),
        (([(0,), (1,), (2,)], [(0, 1), (1, 2), (0, 2)], [0, 1, 0]), "simplices 0 and 2 overlap"),
        (([(0,), (0,), (1,)], [(0, 2)], [0, 1, 0]), "vertex 1 has a value that is not 0"),
        (([(0,), (0,), (1,)], [(0, 2), (1, 2)], [0, 1, 0]), "vertices 0 and 1 are the same point with different"),
        (([(0,), (1,)], [(1, 1)], [0, 0]), "simplex 0: degenerate"),
        (([(0,), (1,)], [(0, 1, 1)], [0, 0]), "simplex 0: expected 2 indices"),
        (([(0,), (1,)], [(0, 2)], [0, 0]), r"simplex 0: there is no vertex 2 \(vertices are 0 to 1\)"),
        (([(0,), (1,)], [(0, 1)], [0]), "2 vertices, but 1 values"),
        (([(0,), (1, 2)], [(0, 1)], [0, 0]), "same number of coordinates"),
        (([(0,), (1,)], [(0, 1)], [0, (0, 0)]), "same number of components"),
        (([(0,), (1,)], [(0, 1)], [(), ()]), "no component"),
        ((vertices, simplices[1:], heights), "not continuous near"),
        ((vertices, [*simplices, simplices[5]], heights), "simplices 5 and 48 overlap"),
        (([(0, 0), (root, 0), (0, 1), (1, 1)], [(0, 1, 2), (0, 1, 3)], [0] * 4), "triangles 0 and 1 overlap"),
    ):
        with pytest.raises(InputError, match=reason):
            Seed(*arguments)


def test_windows_of_other_dilations():
    """The smallest window B satisfies (B + k)/M ⊂ B in each coordinate, and no smaller box with integer ends does."""
    assert smallest_window(TENT_MASK, HAT) == ((0, 2),)
    ternary = Mask({k: 1 for k in range(-3, 8)})
    assert smallest_window(ternary, HAT, 3) == ((-2, 4),)
    assert smallest_window(Mask({(-3, 7): 1, (4, 7): 2}), kuhn_hat(2), [2, 4]) == ((-3, 4), (0, 3))
    assert smallest_window(TENT_MASK, HAT, 2, HAT.shifted(mpq(5, 2))) == ((0, 5),)
    assert smallest_window(Mask({(0, 0): 1}), kuhn_hat(2), [[1, 1], [1, -1]]) is None
    assert smallest_window(Masks((Mask({9: 1}),), (TENT_MASK,)), HAT) == ((0, 9),)
    Problem("x", ternary, ((-2, 4),), HAT, 3)
    for window, reason in (
        (((-1, 4),), r"preserved: the mask index -3 lies outside of 3 - 1 times the window; the sm.*\[\[-2, 4\]\]"),
        (((-2, 3),), "the mask index 7 lies outside"),
        (((-2, 4), (0, 1)), "expected a window with 1 sides"),
        (None, "expected a window with 1 sides"),
    ):
        with pytest.raises(InputError, match=reason):
            Problem("x", ternary, window, HAT, 3)
    with pytest.raises(InputError, match="is not diagonal, so that no window is"):
        Problem("x", Mask({(0, 0): 1}), ((0, 2), (0, 2)), kuhn_hat(2), [[1, 1], [1, -1]])
    with pytest.raises(InputError, match="too small for the source"):
        Problem("x", TENT_MASK, ((0, 2),), HAT, source=HAT.shifted(1))


def test_parts_have_to_fit_together():
    """Dimensions, numbers of components and fields of the parts have to be the same."""
    matrix = Mask({0: [[1, 0], [0, 1]]})
    root = Quadratic(0, 1, 3)
    zero = Seed((), (), ())
    assert Problem("x", matrix, ((0, 1),), zero, component=1).components == 2
    for arguments, options, reason in (
        ((TENT_MASK, ((0, 2),), kuhn_hat(2)), {}, "the seed has 2 coordinates, an index of the mask 1"),
        ((matrix, ((0, 2),), HAT), {}, "the seed has 1 components, a coefficient of the mask 2 rows"),
        ((TENT_MASK, ((0, 2),), HAT), {"source": kuhn_hat(3)}, "the source has 3 coordinates"),
        ((TENT_MASK, ((0, 2),), HAT), {"component": 1}, "no component 1"),
        ((matrix, ((0, 1),), zero), {"component": -1}, "no component -1"),
        ((Mask({0: root}), ((0, 2),), HAT), {}, r"the mask has the number sqrt\(3\), but the field .* is Q$"),
        ((TENT_MASK, ((0, 2),), HAT), {"dilation": [2, 2]}, "2 dimensions"),
        ((Mask({0: root}), ((0, 2),), HAT), {"field": Field(2)}, r"sqrt\(3\), but the field .* Q\(sqrt\(2\)\)$"),
    ):
        with pytest.raises(InputError, match=reason):
            Problem("x", *arguments, **options)
    assert Problem("x", Mask({0: root}), ((0, 2),), HAT, field=Field(3)).field == Field(3)


def one_of_each_kind():
    """Return problems each of which has something beyond the plane, by what it is."""
    root = Quadratic(mpq(1, 4), mpq(1, 4), 3)
    plane = builtin_problems()["bilinear"]
    return {
        "dimension": Problem("line", TENT_MASK, ((0, 2),), HAT),
        "space": Problem("space", Mask({(0, 0, 0): 1, (1, 1, 0): mpq(1, 2)}), ((0, 2),) * 3, kuhn_hat(3)),
        "dilation": Problem("stretched", plane.mask, plane.window, plane.seed, [3, 2]),
        "matrix": Problem("quincunx", plane.mask, None, plane.seed, [[1, 1], [1, -1]]),
        "components": Problem(
            "vector", Mask({0: [[1, 0], [mpq(1, 2), 0]], 1: [[0, 2], [0, 1]]}), ((-1, 2),),
            Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [(0, 0), (1, -1), (0, 0)]), component=1,
        ),
        "field": Problem("D4", Mask({0: root, 3: 1 - root}), ((0, 3),), HAT, field=Field(3)),
        "masks": Problem("varying", Masks((Mask({0: 5}),), (TENT_MASK, Mask({1: 2}))), ((0, 5),), HAT),
        "repeated": Problem("alternating", Masks((), (TENT_MASK, Mask({1: 2}))), ((0, 5),), HAT),
        "source": Problem("takagi", Mask({0: mpq(1, 2), 1: mpq(1, 2)}), ((0, 2),), Seed((), (), ()), source=HAT),
    }


@pytest.mark.parametrize("kind", one_of_each_kind())
def test_format_2_survives_a_round_trip(kind):
    """Every kind of problem is written as format 2, and read again as it was; it can be pickled."""
    problem = one_of_each_kind()[kind]
    written = problem_to_json(problem)
    assert written["format"] == "exactrelu-problem/2" and problem.beyond()
    again = problem_from_json(json.loads(json.dumps(written)), "again")
    assert again == problem and hash(again) == hash(problem) and problem_to_json(again) == written
    assert pickle.loads(pickle.dumps(problem)) == problem


@pytest.mark.parametrize("seed", range(25))
def test_random_schemes_survive_a_round_trip(seed):
    """So do random problems; without a window in the file, the smallest one is taken."""
    problem = random_scheme(Random(seed))
    written = problem_to_json(problem)
    assert problem_from_json(json.loads(json.dumps(written)), "again") == problem
    written.pop("window", None)
    assert problem_from_json(written, "again") == problem


def test_a_plain_problem_in_format_2():
    """What format 1 can say is the same problem in format 2, and is written in format 1."""
    for problem in builtin_problems().values():
        written = problem_to_json(problem)
        assert written["format"] == "exactrelu-problem/1" and not problem.beyond()
        written |= {"format": "exactrelu-problem/2", "dilation": [2, 2], "source": None, "component": "0"}
        assert problem_from_json(written, "x") == problem
        written["seed"]["simplices"] = written["seed"].pop("triangles")
        written["masks"] = [written.pop("mask")] * 2
        assert problem_from_json(written | {"dilation": [[2, 0], [0, 2]]}, "x") == problem


def test_normalisation_of_other_dilations():
    """The normalised problem has its window at 0; masks move by M - 1 times the shift, seed and source by the shift."""
    problem = Problem("x", Mask({-3: 1, 7: 2}), ((-2, 4),), HAT, 3, source=HAT.shifted(-2))
    normal, shift = problem.normalized()
    assert shift == (-2,) and normal.window == ((0, 6),) and normal.mask == Mask({1: 1, 11: 2})
    assert normal.seed == HAT.shifted(2) and normal.source == HAT and normal.normalized() == (normal, (0,))


@pytest.mark.parametrize("construction", ["compact", "one-pass", "paper"])
@pytest.mark.parametrize("kind", one_of_each_kind())
def test_what_cannot_be_done_yet_is_refused(kind, construction):
    """Constructions of the plane refuse in one line what they cannot do, and say which one can."""
    problem = one_of_each_kind()[kind]
    reason = f"^{problem.name}: the construction {construction} cannot do .* yet; the construction small can$"
    with pytest.raises(InputError, match=reason):
        build(problem, 2, construction)
    with pytest.raises(InputError, match="cannot do .* yet; "):
        certify(problem, "all", construction=construction)
