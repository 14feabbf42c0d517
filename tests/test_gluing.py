"""Lemma 4.4, proved by enumeration for functions with edge traces, and the transition matrices of the construction."""

import pytest
from functions import courant
from gmpy2 import mpq
from segments import build, is_affine_between

from exactrelu.construction import gluing
from exactrelu.construction.gluing import Copy, carried_input, glued, gluing_copies
from exactrelu.construction.lattice import lattice, lattice_form
from exactrelu.network import constant
from exactrelu.regions import equal

SHAPE = lattice_form(courant().pieces())
LENGTHS = (2, 2)


def hat(b, x, y):
    return [b.relu(lattice(b, SHAPE, x, y))]


def glued_hat(b, x, y):
    """Glue the four patches of the Courant hat, each a network that is right on the unit square only."""

    def patch(index, u, v):
        i, j = index
        outside = b.relu(u - 1) + b.relu(-v)  # zero on the unit square
        return hat(b, u + i, v + j)[0] + 7 * outside

    return [glued(b, patch, LENGTHS, x, y)]


def test_gluing_gives_the_function_on_the_whole_plane():
    """f♯ = f on R² for a continuous f with edge traces that are not zero (Lemma 4.4)."""
    assert equal(build(2, glued_hat), build(2, hat)).verdict == "certified"


@pytest.mark.parametrize("dropped", gluing_copies(LENGTHS))
def test_every_term_of_the_gluing_counts(dropped, monkeypatch):
    """Without any one of the terms whose value is not identically zero, f♯ is another function."""
    network = build(2, glued_hat)
    kept = [copy for copy in gluing_copies(LENGTHS) if copy != dropped]
    monkeypatch.setattr(gluing, "gluing_copies", lambda lengths: kept)
    verdict = equal(build(2, glued_hat), network).verdict
    trace_is_zero = (dropped.on_left_edge and not dropped.patch[0]) or (dropped.on_lower_edge and not dropped.patch[1])
    assert verdict == ("certified" if trace_is_zero else "refuted")


def test_gluing_needs_a_continuous_function():
    """For f = 1 on the closed unit square, not continuous, f♯ = 1 everywhere."""
    network = build(2, lambda b, x, y: [glued(b, lambda patch, u, v: constant(1), (1, 1), x, y)])
    assert network.evaluate([mpq(10) ** 30, mpq(-5)]) == (1,)


def test_copies_are_counted():
    """L1·L2 patches, and an edge term for each direction in which a patch has a neighbour before it, or both."""
    assert len(gluing_copies((3, 2))) == (3 + 2) * (2 + 1)
    assert gluing_copies((1, 1)) == [Copy(1, (0, 0), False, False)]


def test_the_carried_input_is_the_clamped_input():
    """The positive part of the carried input is the input clamped to [0, L]."""
    network = build(1, lambda b, t: [b.relu(carried_input(b, t, 3))])
    knots = [mpq(-(2**70)), mpq(0), mpq(3), mpq(2**70)]
    assert all(is_affine_between(network, [s], [t]) for s, t in zip(knots, knots[1:], strict=False))
    assert [network.evaluate([t])[0] for t in knots] == [0, 0, 3, 3]
