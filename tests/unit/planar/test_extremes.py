"""exactrelu.planar.extremes: the smallest and largest values, by the fast path and its readable twin."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from networks import float_perceptron, oblique_tents
from random_networks import networks

from exactrelu import core
from exactrelu.cpwl.polygon import box, half_plane, plane
from exactrelu.errors import Contradiction
from exactrelu.field import mpq
from exactrelu.network import Builder
from exactrelu.planar import extremes as module
from exactrelu.planar import native_walk
from exactrelu.planar.arrays import Integers
from exactrelu.planar.extremes import extremes, plain_extremes, point_beyond

DOMAINS = (plane(), box(-2, 3, -1, 2), half_plane(1, -2, 1), half_plane(1, 0, 0) & half_plane(0, 1, 1),
           half_plane(1, 1, 0) & half_plane(-1, -1, 1), box(0, 1, 0, 1) & half_plane(1, 1, -1))


def in_batches(network, domain):
    """Return the `Extremes` that are found without the compiled core's list of regions."""
    with patch.object(module, "listed", return_value=None):
        return extremes(network, domain, jobs=1)


@given(networks(outputs=2))
def test_all_ways_find_the_same_extremes(network):
    """The values agree on bounded and unbounded domains, are taken where it is said, and rays leave every bound."""
    for domain, way in ((domain, way) for domain in DOMAINS for way in (extremes, in_batches)):
        found = way(network, domain).outputs
        for output, (ends, others) in enumerate(zip(found, plain_extremes(network, domain), strict=True)):
            for sign, end, other in zip((-1, 1), ends, others, strict=True):
                assert end.value == other.value
                for extreme in (end, other):
                    assert domain.contains(*extreme.point)
                    if extreme.value is not None:
                        assert network.evaluate(extreme.point)[output] == extreme.value
                    else:
                        x, y = point_beyond(network, output, extreme, mpq(1000))
                        assert domain.contains(x, y) and sign * network.evaluate((x, y))[output] > 1000


def test_no_sample_is_beyond_the_extremes():
    """A tent between its kinks: the largest value is at the kink, not at a corner of the box."""
    b = Builder(2)
    x, y = b.inputs
    network = b.network([2 * b.relu(x) - 4 * b.relu(x - mpq(1, 3)) - y])
    ((low, high),) = extremes(network, box(0, 1, 0, 1)).outputs
    assert (low.value, high.value) == (mpq(-2) + mpq(1, 3), mpq(2, 3)) and high.point == (mpq(1, 3), 0)


@pytest.mark.skipif(core.compiled is None, reason=core.PATH)
@pytest.mark.parametrize(
    "network", [float_perceptron(3, [9, 9]), float_perceptron(4, [7], np.float64), oblique_tents(3)]
)
def test_regions_of_the_core_are_those_of_the_batches(network):
    """On boxes in which there are only so many regions these are looked at one by one, as many as there are."""
    network, domain = network.flatten(), box(-1, 1, 0, 1)
    found, others = module._in_regions(network, domain), in_batches(network, domain)
    values, expected = ([[end.value for end in ends] for ends in each.outputs] for each in (found, others))
    assert values == expected
    assert found.pieces == len(native_walk.listed(network, domain)) > 9
    with patch.object(module, "AT_ONCE", found.pieces - 1):
        assert module._in_regions(network, domain) is None
    with patch.object(module, "AT_ONCE", found.pieces):
        assert module._in_regions(network, domain) == found


@pytest.mark.skipif(core.compiled is None, reason=core.PATH)
@pytest.mark.parametrize("place", range(3))
def test_regions_that_do_not_fit_together_are_a_contradiction(place, monkeypatch):
    """One coefficient of the form of one region, off by one: at a corner its value is not that of its neighbours."""
    network, domain = float_perceptron(3, [5, 5]).flatten(), box(-1, 1, 0, 1)
    regions = native_walk.listed(network, domain)
    rows = [list(regions._forms[region]) for region in range(len(regions))]
    rows[len(rows) // 2][place] += 1
    regions._forms = Integers.of(rows, 3)
    monkeypatch.setattr(module, "listed", lambda *_: regions)
    with pytest.raises(Contradiction, match="EXACTRELU_CORE=0"):
        extremes(network, domain)
