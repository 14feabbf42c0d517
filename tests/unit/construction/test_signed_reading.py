"""exactrelu.construction.signed_reading: what is read off rows of any sign, at once or in batches, and its bound."""

from math import ceil, floor, log2
from random import Random

import pytest
from functions import courant, nonconvex_star, random_function
from random_schemes import kuhn_mesh

from exactrelu.construction import signed_reading as reading
from exactrelu.construction.patches import patches_of
from exactrelu.construction.spaces import Space
from exactrelu.field import mpq
from exactrelu.network import Builder, constant
from exactrelu.network.layers import layered
from exactrelu.scheme import Seed

FUNCTIONS = {
    "courant": courant().shifted(mpq(1, 3), mpq(2, 3)),
    "star": nonconvex_star().shifted(mpq(5, 2), mpq(7, 3)),
    **{f"random {seed}": random_function(Random(seed), 3, 2) for seed in range(4)},
}


def planar_patches(function):
    """Return the patches of a function moved by integers to the window [0, L1] × [0, L2]."""
    (x0, x1), (y0, y1) = function.support_box()
    moved = function.shifted(-floor(x0), -floor(y0))
    seed = Seed(moved.vertices, moved.triangles, moved.values)
    return patches_of(seed, (ceil(x1) - floor(x0), ceil(y1) - floor(y0)))


def everything(patches):
    """Return the space of all functionals of S on the cells of the patches."""
    return Space([{(place, k): mpq(1)} for place, patch in patches.items() for k in range(len(patch.affine))])


def state_at(space, rows, u):
    """Return the `State` of S = P ⊗ (1, u)."""
    factors = (mpq(1), *u)
    whole = {(place, k): p * factor for place, p in rows.items() for k, factor in enumerate(factors)}
    return reading.State(space, tuple(constant(sum(w * whole[key] for key, w in row.items())) for row in space.basis))


def read(state, batches):
    limit = reading.reading_bound([term for batch in batches for term in batch[0]])
    (found,) = reading.read(Builder(0), [state], batches, limit)
    assert not found.terms and abs(found.bias) <= limit
    return found.bias


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("signed", [True, False])
def test_rows_are_read(name, signed):
    """Σ P_β g_β(u) for P of any sign, |P_β| ≤ 1 (or for P ≥ 0), at corners, edges and inner points of the square."""
    random, patches = Random(name), planar_patches(FUNCTIONS[name])
    space = everything(patches)
    terms = reading.terms_of(patches, space, signed)
    for _ in range(12):
        rows = {cell: mpq(random.randint(-12 if signed else 0, 12), 12) for cell in patches}
        u = [random.choice((mpq(0), mpq(1), mpq(random.randint(0, 36), 36))) for _ in range(2)]
        wanted = sum(p * patches[cell](*u) for cell, p in rows.items())
        for batches in ([[terms]], [[terms[k::3]] for k in range(3)]):
            assert read(state_at(space, rows, u), batches) == wanted


@pytest.mark.parametrize("d", [1, 2, 3])
def test_rows_are_read_in_any_dimension(d):
    """The same for Kuhn meshes moved by thirds in R^d, values of two components; shapes of m > 2 forms take longer."""
    random = Random(d)
    vertices, simplices = kuhn_mesh(d)
    values = [(random.randint(1, 5), random.randint(-5, -1)) if {*v} == {1} else (0, 0) for v in vertices]
    moved = [tuple(mpq(3 * t + 1 + i % 2, 3) for i, t in enumerate(v)) for v in vertices]
    patches = patches_of(Seed(moved, simplices, values), (3,) * d)
    space = everything(patches)
    terms = reading.terms_of(patches, space, True)
    most = max(len(forms) for forms in reading.shapes(patches))
    assert layered(reading_network(space, [[terms]])).depth == 2 + (0 if most < 3 else ceil(log2(most - 1)))
    for _ in range(12):
        rows = {place: mpq(random.randint(-12, 12), 12) for place in patches}
        u = [random.choice((mpq(0), mpq(1), mpq(random.randint(0, 36), 36))) for _ in range(d)]
        wanted = sum(p * patches[place](*u) for place, p in rows.items())
        assert read(state_at(space, rows, u), [[terms]]) == wanted


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_read_is_bounded(name):
    """With any numbers in the place of S the value is within the bound, which depends on the seed alone."""
    random, patches = Random(name), planar_patches(FUNCTIONS[name])
    space = everything(patches)
    terms = reading.terms_of(patches, space, True)
    for _ in range(10):
        entries = (constant(mpq(random.choice((-1, 1)) * 10 ** random.randint(0, 30), 7)) for _ in range(len(space)))
        state = reading.State(space, tuple(entries))
        for batches in ([[terms]], [[terms[k::3]] for k in range(3)]):
            read(state, batches)  # checks the bound


def test_shapes_are_split_where_their_halves_are_carried():
    """For P ≥ 0 a shape with κ of both signs is two terms of one sign without a guard, if the space has both halves."""
    patches = planar_patches(FUNCTIONS["courant"])
    split = reading.terms_of(patches, everything(patches), False)
    whole = reading.terms_of(patches, Space(reading.functionals(patches)), False)
    assert {len(term.parts) for term in split} == {0, 1} and 2 in {len(term.parts) for term in whole}
    mixed = [forms for forms, w in reading.shapes(patches).items() if min(w.values()) < 0 < max(w.values())]
    assert mixed and all(len(forms) in (1, 2) for forms in mixed)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_layers_fit_into_the_room(name):
    """Batches are as few as fit: every layer of the reading has at most as many units as there is room."""
    patches = planar_patches(FUNCTIONS[name])
    space = everything(patches)
    terms = reading.terms_of(patches, space, True)
    at_once = max(len(layer.rows) for layer in layered(reading_network(space, [[terms]])).layers)
    counts = []
    for room in range(len(space) + 12, at_once + 3, 7):
        batches = reading.batches_of([terms], room)
        form = layered(reading_network(space, batches))
        assert max(len(layer.rows) for layer in form.layers) <= room - 2 + 1 and form.depth == len(batches) + 1
        assert [term for batch in batches for term in batch[0]] == terms
        counts.append(len(batches))
    assert counts == sorted(counts, reverse=True)


def reading_network(space, batches):
    b = Builder(len(space))
    limit = reading.reading_bound([term for batch in batches for term in batch[0]])
    return b.network(reading.read(b, [reading.State(space, b.inputs)], batches, limit))


def test_nothing_to_read():
    """Without patches there are no functionals that are not zero, no terms, no batches, and the value is 0."""
    assert reading.functionals({}) == [{}] and reading.terms_of({}, Space(), True) == []
    assert reading.batches_of([[], []], 5) == []
    assert [found.bias for found in reading.read(Builder(0), [reading.State(Space(), ())] * 2, [], 0)] == [0, 0]
