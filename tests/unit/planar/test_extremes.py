"""exactrelu.planar.extremes: the smallest and largest values, by the fast path and its readable twin."""

from hypothesis import given
from random_networks import networks

from exactrelu.cpwl.polygon import box, half_plane, plane
from exactrelu.field import mpq
from exactrelu.network import Builder
from exactrelu.planar.extremes import extremes, plain_extremes, point_beyond

DOMAINS = (plane(), box(-2, 3, -1, 2), half_plane(1, -2, 1), half_plane(1, 0, 0) & half_plane(0, 1, 1),
           half_plane(1, 1, 0) & half_plane(-1, -1, 1), box(0, 1, 0, 1) & half_plane(1, 1, -1))


@given(networks(outputs=2))
def test_both_ways_find_the_same_extremes(network):
    """The values agree on bounded and unbounded domains, are taken where it is said, and rays leave every bound."""
    for domain in DOMAINS:
        found = extremes(network, domain, jobs=1).outputs
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
