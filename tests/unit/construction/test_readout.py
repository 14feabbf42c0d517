"""The readouts of Lemma 3.6, proved on every segment between knots."""

import pytest
from segments import build, equal_on_line, is_affine_between

from exactrelu.construction.loop import embedding
from exactrelu.construction.readout import READOUTS, minus_readout, plus_readout
from exactrelu.field import mpq

SEAMS = [mpq(1, 3), mpq(1, 4), mpq(1, 16), mpq(1, 2**60)]


def on_the_loop(readout, epsilon):
    return build(1, lambda b, t: [readout(b, *embedding(b, t), epsilon)])


def knots(*ends):
    return [mpq(1, 3), mpq(2, 3), *(end for end in ends if end not in (mpq(1, 3), mpq(2, 3)))]


@pytest.mark.parametrize("epsilon", SEAMS)
def test_readouts_are_exact_away_from_their_seam(epsilon):
    """ρ⁻(E(t)) = t on [ε̄, 1] and ρ⁺(E(t)) = t on [0, 1 − ε̄] (Lemma 3.6 (i))."""
    minus, plus = on_the_loop(minus_readout, epsilon), on_the_loop(plus_readout, epsilon)
    assert equal_on_line(minus, lambda t: (t,), knots(epsilon, mpq(1)))
    assert equal_on_line(plus, lambda t: (t,), knots(mpq(0), 1 - epsilon))


@pytest.mark.parametrize("epsilon", SEAMS)
def test_readouts_turn_back_at_their_seam(epsilon):
    """ρ⁻ falls from 1 to ε̄ on [0, ε̄] and ρ⁺ from 1 − ε̄ to 0 on [1 − ε̄, 1]: values in [0, 1] on the loop."""
    ends = ((minus_readout, mpq(0), 1, epsilon), (plus_readout, 1 - epsilon, 1 - epsilon, 0))
    for readout, start, first, last in ends:
        network = on_the_loop(readout, epsilon)
        assert is_affine_between(network, [start], [start + epsilon])
        assert network.evaluate([start]) == (first,) and network.evaluate([start + epsilon]) == (last,)


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("epsilon", [mpq(0), mpq(-1, 8), mpq(1, 2)])
def test_readouts_refuse_a_seam_that_does_not_fit(readout, epsilon):
    """A seam width outside (0, 1/3] raises ValueError."""
    with pytest.raises(ValueError, match=r"\(0, 1/3\]"):
        on_the_loop(readout, epsilon)
