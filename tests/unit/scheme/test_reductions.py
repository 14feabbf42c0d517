"""exactrelu.scheme.reductions: the reduced problem has the iterates that are wanted, for all schemes and every n."""

from itertools import product
from operator import add
from random import Random

import pytest
from random_schemes import random_scheme, scheme_points
from test_powers import REACHED, random_problem

from exactrelu.errors import InputError
from exactrelu.field import mpq
from exactrelu.linear import times
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Masks, Problem, Seed, builtin_schemes, builtin_seed, load_problem, smallest_window
from exactrelu.scheme.reductions import reduced, residues

HAT = builtin_seed("hat")


def wrong_points(problem, n, count=10):
    """Return the points, among adversarial ones, at which the iterate of the reduced problem is not the n-th one."""
    found = reduced(problem, n)
    assert found.problem.dilation.factors and len(found.problem.masks.all) == 1
    return [
        z for z in scheme_points(Random(n), problem, n, count)
        if direct_sum(found.problem, found.steps, *map(add, times(found.matrix, z), found.offset))
        != direct_sum(problem, n, *z)
    ]


@pytest.mark.parametrize("matrix", [matrix for matrix in REACHED if len(matrix) < 3])
def test_dilations(matrix):
    """Powers and eigenvectors, with one mask and with masks that vary, for every n, whatever is left of n."""
    for varying in (False, True):
        problem = random_problem(3 + varying, matrix, varying)
        for n in range(5 if len(matrix) == 1 else 4):
            assert wrong_points(problem, n) == []


@pytest.mark.parametrize("seed", range(12))
def test_random_schemes(seed):
    """Diagonal dilations with masks that vary, sources and fields."""
    problem = random_scheme(Random(seed), 1 + seed % 2, True)
    for n in range(3):
        assert wrong_points(problem, n, 6) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200))
def test_many_random_schemes(seed):
    """The same for many schemes of all kinds; what is refused has a reason of one line."""
    problem = random_scheme(Random(1000 + seed), 1 + seed % 2)
    try:
        assert all(wrong_points(problem, n, 6) == [] for n in range(4))
    except InputError as refusal:
        assert str(refusal).startswith(problem.name) and "\n" not in str(refusal)


@pytest.mark.parametrize("name", builtin_schemes())
def test_built_in_schemes(name):
    """Every n is in one family, and the problems of one family are the same."""
    problem = load_problem(name)
    pairs = residues(problem)
    for n in range(1, 20):
        (own,) = [(f, p) for f, p in pairs if f == n or p and n > f and (n - f) % p == 0]
        assert reduced(problem, n)._replace(steps=0) == reduced(problem, own[0])._replace(steps=0)
    if problem.dimension < 3:
        assert all(wrong_points(problem, n, 5) == [] for n in (1, 2, 3))


def test_families():
    """One family in the ordinary case; one for each residue for powers, for quarter turns one for each turn, too."""
    counts = {"ternary": [(1, 1)], "d4_wavelet": [(1, 1)], "takagi": [(1, 1)], "sqrt3": [(1, 0), (2, 2), (3, 2)]}
    assert {name: residues(load_problem(name)) for name in counts} == counts
    assert residues(load_problem("quincunx_rotated")) == [(1, 0), *((n, 8) for n in range(2, 10))]


def test_one_mask_has_no_reduction():
    """A diagonal dilation, one mask and no source: the problem itself, and the point itself."""
    problem = load_problem("dilations")
    found = reduced(problem, 7)
    assert found.problem is problem and found.steps == 7
    assert found.matrix == ((1, 0), (0, 1)) and not any(found.offset)


def test_masks_that_are_shifted():
    """Masks that are the same but for shifts become one mask, at a point that is moved: no component is added."""
    mask = Mask({0: mpq(1), 1: mpq(-2), 3: mpq(1, 2)})
    masks = Masks((mask.shifted(4),), (mask, mask.shifted(1), mask.shifted(-2)))
    problem = Problem("shifts", masks, smallest_window(masks, HAT, 3), HAT, 3)
    for n in range(6):
        assert wrong_points(problem, n) == [] and reduced(problem, n).problem.components == 1


def source_problem(source, M=2, r=1):
    """Return a problem with a source in R^d, the other parts being fixed."""
    d = source.dimension
    index = list(product((0, 1), repeat=d))
    if r == 1:
        mask = Mask({k: mpq(1 + sum(k), 3) for k in index})
    else:
        mask = Mask({k: [[mpq(sum(k)), mpq(1, 2)], [mpq(-1), mpq(1, 3)]] for k in index})
    zero = (mpq(0),) * d if d > 1 else (0,)
    corners = [tuple(mpq(i == k) for i in range(d)) for k in range(d)]
    seed = Seed([zero, *corners], [tuple(range(d + 1))], [0 if r == 1 else (0, 0)] * (d + 1))
    return Problem("source", mask, smallest_window(mask, seed, M, source), seed, M, source)


def test_sources_on_the_line():
    """A source with rational knots is a combination of hats, whatever M; one with knots in thirds has three of them."""
    tent = Seed([(mpq(-2, 3),), (mpq(1, 3),), (mpq(7, 3),)], [(0, 1), (1, 2)], [0, mpq(5), 0])
    both = Seed(tent.vertices, tent.simplices, [(0, 0), (mpq(5), mpq(-1)), (0, 0)])
    for M, source, r in product((2, 3, 5), (tent, both), (1, 2)):
        if source.components == r:
            problem = source_problem(source, M, r)
            found = reduced(problem, 2).problem
            assert found.source is None and found.components == r + 3
            assert all(wrong_points(problem, n) == [] for n in range(4))


def test_sources_in_the_plane():
    """On a Kuhn mesh with cells of any size; another mesh, dilations that differ, and fine meshes leave the source."""
    hat = builtin_seed("courant")
    half = Seed([tuple(t / mpq(2) for t in v) for v in hat.vertices], hat.simplices, hat.values)
    mirrored = Seed([(-v[0], v[1]) for v in hat.vertices], hat.simplices, hat.values)
    fine = Seed([tuple(t / mpq(9) for t in v) for v in hat.vertices], hat.simplices, hat.values)
    for source, M, size in ((hat, 2, 2), (half, 2, 5), (half, 3, 5)):
        problem = source_problem(source, M)
        assert reduced(problem, 1).problem.source is None and reduced(problem, 1).problem.components == size
        assert all(wrong_points(problem, n, 8) == [] for n in range(3))
    for problem in (source_problem(mirrored), source_problem(hat, (2, 3)), source_problem(fine)):
        assert reduced(problem, 2).problem is problem


def test_too_many_components():
    """More components than there may be are refused in one line."""
    masks = Masks((), tuple(Mask({0: mpq(1), 1: mpq(k)}) for k in range(1, 19)))
    problem = Problem("many", masks, smallest_window(masks, HAT), HAT)
    with pytest.raises(InputError, match="many: the construction small would need more than 16 components"):
        reduced(problem, 1)
