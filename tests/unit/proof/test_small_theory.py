"""The theory of small: its networks are proved for every n, facts are all needed, and blocks that are wrong fail."""

from fractions import Fraction
from functools import cache
from itertools import permutations, product
from math import prod
from operator import mul
from random import Random

import pytest
from network_mutants import with_hair
from random_schemes import random_scheme, scheme_points

from exactrelu.certification.induction import certify, certify_all, small_network
from exactrelu.construction import small
from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Network, Relu
from exactrelu.network.layers import layered
from exactrelu.network.program import Program, references
from exactrelu.proof.kernel import Unproved, prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.small import claims, growth, prove_all
from exactrelu.proof.theories.small.argument import demands
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import Mask, Masks, Problem, Seed, builtin_problems, load_problem, problem_of
from exactrelu.scheme.reductions import reduced

HAIR = mpq(1, 2**60)

BESIDE = mpq(0), HAIR, -HAIR, mpq(1, 3)

TENT = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])


def ternary():
    """Return the problem of a ternary scheme with a negative coefficient."""
    weights = Fraction(1, 3), Fraction(2, 3), 1, Fraction(2, 3), Fraction(-1, 3)
    return Problem("ternary", Mask(dict(enumerate(weights))), ((0, 2),), TENT, 3)


def vectors():
    """Return a problem on the line with two components."""
    half = Fraction(1, 2)
    mask = {0: ((half, 1), (0, half / 2)), 1: ((1, 0), (half, half)), 2: ((half, -1), (0, half / 2))}
    seed = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [(0, 0), (1, half), (0, 0)])
    return Problem("vectors", Mask(mask), ((0, 2),), seed)


def quaternary():
    """Return a problem on the line with dilation 4, away from 0."""
    weights = [Fraction(k, 4) for k in (1, 2, 3, 4, 3, -2, 1)]
    return Problem("quaternary", Mask({k - 3: w for k, w in enumerate(weights)}), ((-1, 1),), TENT.shifted(-1), 4)


def in_turn():
    """Return a problem on the line with two masks in turn after another one, and a source with two components."""
    masks = Masks((Mask({0: 1, 1: -1}),), (Mask({0: Fraction(1, 2), 1: 1}), Mask({0: 1, 2: Fraction(1, 3)})))
    source = Seed([(0,), (Fraction(1, 2),), (1,)], [(0, 1), (1, 2)], [0, 1, 0])
    return Problem("in turn", masks, ((0, 2),), TENT, 2, source)


def reflected():
    """Return a problem on the line with the dilation -2, its mask not being symmetric."""
    return Problem("reflected", Mask({0: 1, 1: Fraction(-1, 2), 3: 1}), None, TENT, ((-2,),))


def ternary_plane():
    """Return a problem in the plane with dilation 3."""
    weights = [Fraction(1, 3), Fraction(2, 3), 1, Fraction(2, 3), Fraction(1, 3)]
    mask = Mask({(i, j): a * b for i, a in enumerate(weights) for j, b in enumerate(weights)})
    return Problem("ternary plane", mask, ((0, 2), (0, 2)), load_problem("bilinear").seed, 3)


def eigenvectors():
    """Return a problem in the plane with a dilation that has rational eigenvectors and no diagonal power."""
    mask = Mask({(0, 0): 1, (1, 0): Fraction(1, 2), (0, 1): Fraction(-1, 3)})
    return Problem("eigenvectors", mask, None, load_problem("bilinear").seed, ((2, 1), (0, 4)))


def space():
    """Return a problem in three dimensions: one cell, a constant mask, and a hat on the Kuhn mesh of half cells."""
    corners = {corner: k for k, corner in enumerate(product(range(3), repeat=3))}
    simplices = []
    for cube, order in product(product(range(2), repeat=3), permutations(range(3))):
        path = [cube]
        for axis in order:
            path.append(tuple(t + (i == axis) for i, t in enumerate(path[-1])))
        if (1, 1, 1) in path:
            simplices.append(tuple(corners[corner] for corner in path))
    vertices = [tuple(Fraction(t, 2) for t in corner) for corner in corners]
    seed = Seed(vertices, simplices, [int(corner == (1, 1, 1)) for corner in corners])
    mask = Mask({k: Fraction(1 + sum(k), 4) for k in product(range(2), repeat=3)})
    return Problem("space", mask, ((0, 1),) * 3, seed)


BEYOND = {
    "B-spline": lambda: problem_of("bspline_3", "hat"),
    "DD4": lambda: problem_of("dd4", "hat"),
    "D4": lambda: problem_of("daubechies_D4", "hat"),
    "ternary": ternary,
    "quaternary": quaternary,
    "vectors": vectors,
    "GHM": lambda: load_problem("ghm"),
    "wavelet": lambda: load_problem("d4_wavelet"),
    "source": lambda: load_problem("takagi"),
    "masks in turn": in_turn,
    "reflection": reflected,
}


@cache
def family(name):
    """Return the family that the theory is asked about, for a built-in problem or one of `BEYOND`."""
    problem = BEYOND[name]() if name in BEYOND else load_problem(name)
    scheme, _ = small_network.scheme_of(problem, 1)
    return small_network.family(scheme)


@pytest.mark.parametrize("name", ["bilinear", "haar", "haar_growing", "nonconvex", "zero"])
def test_small_for_every_n(name):
    """Networks for masks and seeds of all kinds are proved, as chains and flat, with marks and without."""
    problem = load_problem(name)
    verdict = certify_all(problem, lambda n: small.build(problem, n))
    assert verdict.verdict == "certified" and verdict.sizes.depth == ("n+5" if name != "zero" else "0")
    for n in (1, 2, 3, 40):
        network = small.build(problem, n)
        found = certify(problem, n, network)
        assert (found.verdict, found.reason) == ("certified", None)
        assert n > 3 or layered(network).width <= verdict.sizes.width
    flat = small.build(problem, 2).flatten()
    for network in (flat, Network(2, flat.nodes, flat.outputs)):
        assert certify(problem, 2, network).verdict == "certified"


@pytest.mark.parametrize("name", BEYOND)
def test_beyond_the_plane(name):
    """The same on the line: dilations 2, 3, 4, two components, and a field; one n has no network of another."""
    problem = BEYOND[name]()
    assert certify_all(problem, lambda n: small.build(problem, n)).verdict == "certified"
    for n in (1, 2, 3, 100):
        assert certify(problem, n, small.build(problem, n)).verdict == "certified"
    assert certify(problem, 2, small.build(problem, 3)).verdict == "refuted"


@pytest.mark.parametrize("name", ["dilations", "quincunx_zp"])
def test_other_dilations(name):
    """Dilations that differ, and one of which the square is diagonal, for every n; depths and widths are bounded."""
    problem = load_problem(name)
    verdict = certify_all(problem, lambda n: small.build(problem, n))
    assert verdict.verdict == "certified"
    assert verdict.sizes.depth == {"dilations": "n+5", "quincunx_zp": "floor(n/2)+5"}[name]
    for n in (1, 2, 3, 7):
        network = small.build(problem, n)
        assert certify(problem, n, network).verdict == "certified"
        form = layered(network)
        assert form.width <= verdict.sizes.width
        assert form.depth == (n if name == "dilations" else n // 2) + 5
        assert certify(problem, n + 2, network).verdict == "refuted"


@pytest.mark.exhaustive
@pytest.mark.parametrize("make", [ternary_plane, space, eigenvectors])
def test_other_dimensions(make):
    """The same in the plane with dilation 3 and with a matrix with eigenvectors, and in three dimensions."""
    problem = make()
    assert certify_all(problem, lambda n: small.build(problem, n)).verdict == "certified"
    for n in (1, 2, 3, 100):
        assert certify(problem, n, small.build(problem, n)).verdict == "certified"


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem(name):
    """The same for every built-in problem."""
    problem = load_problem(name)
    assert certify_all(problem, lambda n: small.build(problem, n)).verdict == "certified"
    for n in (1, 2, 3, 100):
        assert certify(problem, n, small.build(problem, n)).verdict == "certified"


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200))
def test_random_schemes_on_the_line(seed):
    """Schemes of all kinds are proved for some n and for every n; a hair beside, nothing is. Fine sources are left out.
    """
    problem, random = random_scheme(Random(5000 + seed), 1), Random(seed)
    if problem.source is not None and not problem.dilation.factors:
        pytest.skip("a source with a negative dilation has no network")
    is_reduced = reduced(problem, 1).problem.source is None
    wanted = "certified" if is_reduced else "undecided"
    for n in (1, 2, 5):
        network = small.build(problem, n)
        assert certify(problem, n, network).verdict == wanted
        other = with_hair(network, scheme_points(random, problem, n, 1)[1])
        assert certify(problem, n, other).verdict != "certified"
    assert certify_all(problem, lambda n: small.build(problem, n)).verdict == wanted


def test_the_wrong_n_is_refuted():
    """A network for another n is refuted with a point."""
    problem = load_problem("haar")
    assert certify(problem, 2, small.build(problem, 1)).verdict == "refuted"


@pytest.mark.parametrize("name", ["haar", "ternary"])
def test_each_fact_is_needed(name):
    """Without any single fact, or without one goal of it, nothing is concluded."""
    found = family(name)
    facts = [prove(claim) for claim in claims(found)]
    assert concluded(facts, demands(found), "", "").facts
    wanted = {(d.name, d.where, d.case, d.goal) for d in demands(found)}
    given = [(fact.name, fact.where, fact.case, goal) for fact in facts for goal, _ in fact.established]
    assert len(given) == len(set(given)) and set(given) == wanted
    for k in range(len(facts)):
        with pytest.raises(Unproved, match="is missing"):
            concluded(facts[:k] + facts[k + 1 :], demands(found), "", "")


def live_weights(program):
    """Return the (node, term) of the weights, and (node, -1) of the biases, that outputs depend on."""
    live, waiting = set(), list(program.outlets.values())
    while waiting:
        k = waiting.pop() - program.inputs
        if k >= 0 and k not in live:
            live.add(k)
            waiting += references(program.nodes[k])
    kinds = ((k, program.nodes[k]) for k in sorted(live))
    return [(k, term) for k, node in kinds if type(node) is Affine for term in range(-1, len(node.terms))]


def changed(found, program, place, change):
    """Return a family in which a weight, or bias, of a program is another one."""
    k, term = place
    node = program.nodes[k]
    terms = tuple((source, w + change * (i == term)) for i, (source, w) in enumerate(node.terms))
    node = Affine(terms, node.bias + change * (term < 0))
    other = program._replace(nodes=(*program.nodes[:k], node, *program.nodes[k + 1 :]))
    starts = tuple(s._replace(program=other) if s.program is program else s for s in found.starts)
    stage, closing = (other if own is program else own for own in (found.stage, found.closing))
    return found._replace(starts=starts, stage=stage, closing=closing)


def value(found, n, point):
    """Return the output of the networks of a family for n at a place, for the largest power of two as η."""
    point = [corner + sum(map(mul, row, point)) for corner, row in zip(found.corner, found.basis, strict=True)]
    start = found.starts[(n - found.least) % len(found.starts)]
    numbers = {"eta": mpq(1)}
    while numbers["eta"] * growth(found.problem) ** n > 1:
        numbers["eta"] /= 2
    for letter, M in zip(found.letters, found.factors, strict=True):
        numbers |= {f"eps/{letter}": mpq(1, M**n), f"kappa/{letter}": mpq(M**n)}
    given = dict(zip(found.letters, point, strict=True))
    for program in (start.program, *[found.stage] * n, found.closing):
        values = [given[name] for name in program.inlets] + [numbers[name] for name in program.parameters]
        for node in program.nodes:
            if type(node) is Affine:
                values.append(node.bias + sum(weight * values[source] for source, weight in node.terms))
            else:
                values.append(max(mpq(0), values[node.of]) if type(node) is Relu else prod(values[k] for k in node))
        given = {name: values[node] for name, node in program.outlets.items()}
    return given["value"] / numbers["eta"]


def points(found, random, n, count):
    """Yield places at or next to borders of cells of all levels up to n, of all classes, and others."""
    for _ in range(count):
        sides = zip(found.problem.size, [12 * M**n for M in found.factors], strict=True)
        yield tuple((random.randrange(-1, side * parts + 2) + random.choice(BESIDE)) / parts for side, parts in sides)


@pytest.mark.parametrize("name", ["bilinear", "ternary", "vectors", "masks in turn", "reflection"])
def test_blocks_with_another_weight(name):
    """A weight that is wrong by 2^-60 leaves some fact unproved, or else V^n g is what the network computes."""
    found, random = family(name), Random(1)
    for program, most in ((found.stage, 2), (found.starts[0].program, 5), (found.closing, 3)):
        passed = []
        for place in random.sample(live_weights(program), 12):
            other = changed(found, program, place, random.choice((1, -1)) * HAIR)
            try:
                prove_all(other)
                passed.append(other)
            except Unproved:
                pass
        assert len(passed) <= most
        for other, n in product(passed, (1, 3)):
            for point in points(found, random, n, 10):
                assert value(other, n, point) == direct_sum(found.problem, n, *point)


def other_mask(found):
    """Return a family of which a coefficient of the mask is said to be another one."""
    problem = found.problem
    mask = dict(problem.mask) | {(0, 0): problem.mask[0, 0] + HAIR}
    return found._replace(problem=Problem("other", Mask(mask), problem.window, problem.seed))


def other_seed(found):
    """Return a family of which the seed is said to be another one."""
    problem = found.problem
    seed = Seed(problem.seed.vertices, problem.seed.simplices, [v * (1 + HAIR) for v in problem.seed.values])
    return found._replace(problem=Problem("other", problem.mask, problem.window, seed))


OTHERS = [
    lambda f: f._replace(limit=f.limit - HAIR),
    lambda f: f._replace(parts=(5, 3)),
    lambda f: f._replace(basis=((1, HAIR), (0, 1))),
    lambda f: f._replace(corner=(f.corner[0] + HAIR, f.corner[1])),
    lambda f: f._replace(starts=f.starts[:1]),
    lambda f: f._replace(starts=f.starts[::-1]),
    lambda f: f._replace(starts=(f.starts[0]._replace(period=1), *f.starts[1:])),
    lambda f: f._replace(starts=tuple(s._replace(program=f.starts[0].program) for s in f.starts)),
    lambda f: f._replace(classes=(*f.classes[:2], f.classes[1])),
    lambda f: f._replace(early={n: (a, tuple(v * 2 for v in vs)) for n, (a, vs) in f.early.items()}),
    other_mask,
    other_seed,
]


@pytest.mark.parametrize("change", OTHERS, ids=range(len(OTHERS)))
def test_claims_that_do_not_fit(change):
    """With another limit, corner, mask, seed, or other starts, classes or loops some fact fails, or is missing."""
    with pytest.raises(Unproved):
        prove_all(change(family("bilinear")))


def test_members():
    """The network for n is no member for another n, nor with another height, or one weight changed by a hair."""
    problem, random = load_problem("bilinear"), Random(2)
    network = small.build(problem, 2).flatten()
    program = Program((0, 1), (), network.nodes, dict(enumerate(network.outputs)), {})
    live = live_weights(program)
    for k, term in random.sample(live, 12):
        node = network.nodes[k]
        terms = tuple((source, w + HAIR * (i == term)) for i, (source, w) in enumerate(node.terms))
        other = Network(2, [*network.nodes[:k], Affine(terms, node.bias + HAIR * (term < 0)), *network.nodes[k + 1 :]],
                        network.outputs)
        with pytest.raises(Unproved, match="not the one of the construction small"):
            small_network.prove_member(problem, 2, [[(other, None, None)]])
