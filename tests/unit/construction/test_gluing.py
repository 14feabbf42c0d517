"""Lemma 4.4, proved by enumeration for functions with edge traces; the carried input."""

from itertools import pairwise

import pytest
from functions import courant
from gmpy2 import mpq
from segments import build, is_affine_between

from exactrelu.construction.gluing import Copy, carried_input, gluing_copies, ramp
from exactrelu.construction.lattice import lattice, lattice_form
from exactrelu.network import constant, linear_combination
from exactrelu.planar import equal

SHAPE = lattice_form(courant().pieces())
LENGTHS = (2, 2)


def hat(b, x, y):
    return [b.relu(lattice(b, SHAPE, x, y))]


def glued(b, patch, copies, x, y):
    """Return f♯(x, y) of Lemma 4.4 from ``patch``, a function of (patch, u, v) that returns f_patch(u, v) on b."""
    values = [
        patch(
            copy.patch,
            constant(0) if copy.on_left_edge else ramp(b, x, copy.patch[0]),
            constant(0) if copy.on_lower_edge else ramp(b, y, copy.patch[1]),
        )
        for copy in copies
    ]
    return linear_combination([copy.sign for copy in copies], values)


def glued_hat(copies):
    """Return the network that glues the four patches of the Courant hat, each right on the unit square only."""

    def function(b, x, y):
        def patch(index, u, v):
            outside = b.relu(u - 1) + b.relu(-v)
            return hat(b, u + index[0], v + index[1])[0] + 7 * outside

        return [glued(b, patch, copies, x, y)]

    return build(2, function)


def test_gluing_gives_the_function_on_the_whole_plane():
    """f♯ = f on R² for a continuous f with edge traces that are not zero (Lemma 4.4)."""
    assert equal(glued_hat(gluing_copies(LENGTHS)), build(2, hat)).verdict == "certified"


@pytest.mark.parametrize("dropped", gluing_copies(LENGTHS))
def test_every_term_of_the_gluing_counts(dropped):
    """Without any one of its terms, f♯ is another function; the traces of the hat on inner edges are not zero."""
    kept = [copy for copy in gluing_copies(LENGTHS) if copy != dropped]
    assert equal(glued_hat(kept), build(2, hat)).verdict == "refuted"


def test_gluing_needs_a_continuous_function():
    """For f = 1 on the closed unit square, not continuous, f♯ = 1 everywhere."""
    network = build(2, lambda b, x, y: [glued(b, lambda patch, u, v: constant(1), gluing_copies((1, 1)), x, y)])
    assert network.evaluate([mpq(10) ** 30, mpq(-5)]) == (1,)


def test_copies_are_counted():
    """L1·L2 patches, and an edge term for each direction in which a patch has a neighbour before it, or both."""
    assert len(gluing_copies((3, 2))) == (3 + 2) * (2 + 1)
    assert gluing_copies((1, 1)) == [Copy(1, (0, 0), False, False)]


def test_the_carried_input_is_the_clamped_input():
    """The positive part of the carried input is the input clamped to [0, L]."""
    network = build(1, lambda b, t: [b.relu(carried_input(b, t, 3))])
    knots = [mpq(-(2**70)), mpq(0), mpq(3), mpq(2**70)]
    assert all(is_affine_between(network, [s], [t]) for s, t in pairwise(knots))
    assert [network.evaluate([t])[0] for t in knots] == [0, 0, 3, 3]
