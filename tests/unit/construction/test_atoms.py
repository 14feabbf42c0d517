"""Proposition 5.1: the decomposition is the seed, exactly, its atoms are special atoms, and their shifts are few."""

from math import ceil, floor, isqrt
from random import Random

import pytest
from arrangements import lattice_function
from functions import courant, nonconvex_star, random_function
from gmpy2 import mpq

from exactrelu.construction.atoms import decomposition, refinements, translation_classes
from exactrelu.construction.offsets import offsets
from exactrelu.construction.subdivision import bisected, subdivided
from exactrelu.cpwl.cpwl import CPwL
from exactrelu.cpwl.overlay import equal, total
from exactrelu.scheme import builtin_seeds

RHO = mpq(1, 8)
SMALL = sorted(set(builtin_seeds()) - {"courant3", "ring"})


def shrunk(function, factor):
    vertices = [(factor * x, factor * y) for x, y in function.vertices]
    return CPwL(vertices, function.triangles, function.values)


def check(seed, rho):
    """Assert that the decomposition adds up to the seed and consists of special atoms, shared where equal."""
    terms = decomposition(seed, rho)
    functions = {term.atom: lattice_function(term.atom.shape) for term in terms}
    assert equal(seed, total([(term.coefficient, functions[term.atom].shifted(*term.shift)) for term in terms]))
    for atom, function in functions.items():
        (x0, x1), (y0, y1) = function.support_box()
        assert rho <= min(x0, y0) and max(x1, y1) <= 1 - rho
        assert min(function.values) >= 0 and max(function.values) == atom.height
    assert len({id(term.atom) for term in terms}) == len(functions)
    return terms


@pytest.mark.parametrize("name", SMALL)
def test_built_in_seeds_are_the_sum_of_their_atoms(name):
    """g(z) = Σ a_ν H_ν(z − δ_ν) on the whole plane for the built-in seeds."""
    check(builtin_seeds()[name].function, RHO)


@pytest.mark.parametrize("number", range(4))
def test_random_seeds_are_the_sum_of_their_atoms(number):
    """g(z) = Σ a_ν H_ν(z − δ_ν) for seeds on random uneven meshes, for two margins ϱ."""
    random = Random(number)
    check(shrunk(random_function(random, 2, 2), mpq(1, 2)), random.choice((RHO, mpq(1, 4))))


def test_the_courant_hat_takes_nineteen_translates_of_one_atom():
    """At ϱ = 1/8 the Courant hat needs mesh 1/3: 3·9 − 9 + 1 atoms, all the same."""
    terms = decomposition(courant(), RHO)
    assert len(terms) == 19 and len({term.atom for term in terms}) == 1


@pytest.mark.parametrize("height", [8, -8])
def test_a_special_atom_is_its_own_decomposition(height):
    """A small convex hat of either sign is one term with coefficient ±1 and M_H = 8."""
    hat = shrunk(courant(), mpq(1, 4)).scaled(height)
    (term,) = check(hat, RHO)
    assert (term.coefficient, term.atom.height) == (1 if height > 0 else -1, 8)


def test_a_small_nonconvex_hat_is_one_atom():
    """The hat of a small non-convex star is one nodal hat, with two index sets."""
    (term,) = check(shrunk(nonconvex_star(), mpq(1, 8)), RHO)
    assert len(term.atom.shape.sets) == 2


def test_a_support_that_just_fits_is_not_refined():
    """A support of ℓ∞-diameter exactly 1 − 2ϱ still lies in [ϱ, 1 − ϱ]² after a shift; a hair more does not."""
    exact = shrunk(courant(), mpq(3, 8))
    assert len(decomposition(exact, RHO)) == 1
    assert len(check(shrunk(courant(), mpq(3, 8) + mpq(1, 2**60)), RHO)) > 1


def test_the_courant_hat_has_nine_classes():
    """Its atoms have shifts i/3 − 1/6 + integers in both coordinates: nine classes mod 1, in patches of the window."""
    classes = translation_classes(decomposition(courant(), RHO))
    assert len(classes) == 9
    assert sum(len(members.coefficients) for members in classes) == 19
    assert {patch for members in classes for patch in members.coefficients} == {(0, 0), (0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("name", SMALL)
def test_classes_hold_the_terms(name):
    """The terms of a class are its atom moved by origin and patches; the patches lie in every window of the seed."""
    seed = builtin_seeds()[name].function
    terms = decomposition(seed, RHO)
    classes = translation_classes(terms)
    found = {
        (coefficient, (members.origin[0] + i, members.origin[1] + j), members.atom)
        for members in classes
        for (i, j), coefficient in members.coefficients.items()
    }
    assert found == set(terms)
    for axis, (low, high) in enumerate(seed.support_box() or ()):
        length = ceil(high) - floor(low)
        assert all(0 <= patch[axis] < length for members in classes for patch in members.coefficients)


@pytest.mark.parametrize("number", range(20))
def test_offsets_leave_the_margin(number):
    """Every offset c satisfies ϱ ≤ c ≤ 1 − ϱ − w."""
    random = Random(number)
    groups = [
        ([mpq(random.randint(-30, 30), random.randint(1, 9)) for _ in range(random.randint(1, 4))], mpq(k, 40))
        for k in (30, 1, 17, 29, 12)
    ]
    chosen = offsets(groups, RHO)
    assert all(RHO <= c <= 1 - RHO - width for c, (_, width) in zip(chosen, groups, strict=True))


def test_offsets_bring_shifts_to_common_classes():
    """Starts 0, 1/9, 2/9 with width 1/4 can all be moved to one class of shifts mod 1, and are."""
    starts = [mpq(0), mpq(1, 9), mpq(2, 9)]
    chosen = offsets([([start], mpq(1, 4)) for start in starts], RHO)
    assert len({start - c for start, c in zip(starts, chosen, strict=True)}) == 1


def test_the_zero_seed_has_no_atoms():
    """The zero function decomposes into nothing."""
    assert decomposition(courant().scaled(0), RHO) == ()


def test_the_first_refinement_is_the_coarsest_regular_subdivision():
    """No regular subdivision into fewer parts fits: the search starts at a bound that is never too high."""
    for number in range(4):
        function = shrunk(random_function(Random(number), 2, 2), mpq(1, 2))
        side = Random(number).choice((mpq(3, 4), mpq(2, 5)))
        first = refinements(function, side)[0]
        parts = isqrt(len(first.triangles) // len(function.triangles))
        assert len(first.triangles) == parts**2 * len(function.triangles)
        assert parts == 1 or not fits(subdivided(function, parts - 1), side)


def fits(mesh, side):
    """Return whether the hats of all vertices with g ≠ 0 fit into a square."""
    boxes = [mesh.hat(vertex).support_box() for vertex, height in enumerate(mesh.values) if height]
    return all(high - low <= side for box in boxes for low, high in box)


@pytest.mark.parametrize("parts", [1, 2, 3, 5])
def test_regular_subdivision_keeps_the_function(parts):
    """A subdivided function is the same function on parts² times as many triangles, without hanging nodes."""
    function = random_function(Random(parts), 2, 2)
    fine = subdivided(function, parts)
    assert equal(function, fine) and fine.triangulation.is_conforming
    assert len(fine.triangles) == parts**2 * len(function.triangles)


@pytest.mark.parametrize("number", range(4))
def test_bisection_keeps_the_function(number):
    """A bisected function is the same function on triangles that are small where they have to be, none hanging."""

    def is_small(corners):
        (x0, y0, _), *_ = corners
        reach = mpq(1, 2) if x0 > y0 else mpq(1, 5)
        return all(max(entries) - min(entries) <= reach for entries in list(zip(*corners, strict=True))[:2])

    function = random_function(Random(number), 2, 2)
    fine = bisected(function, lambda corners: is_small(sorted(corners)))
    assert equal(function, fine) and fine.triangulation.is_conforming
    assert all(is_small(sorted((*fine.vertices[k], fine.values[k]) for k in triangle)) for triangle in fine.triangles)
