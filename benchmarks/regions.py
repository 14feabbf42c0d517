"""Regions and equality, measured: one row for each task, with the baseline and the peers of the same run beside it.

Tents and skew tents: T^k(x) + T^k(y), the kink of T at 1/2 and 1/3; oblique: fed with (x + y)/2 and (x − y + 1)/2.
"counted" finds the numbers of regions and linear pieces as `exactrelu regions` does, "listed" makes every region with
its form, one by one, "as arrays" all of them together, as `region_arrays` does. The perceptrons have random weights
k/64, |k| <= 64; their regions are counted by the reference enumerator, by a plain Fraction clipper and by relucent
(float64) as well. z3 proves the tents equal to their closed form.
"""

from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from random import Random

from fraction_clipper import regions as baseline_regions
from table import faster, measured, of_tests, peer, ratio, within

from exactrelu.cpwl.polygon import box, coordinates, plane
from exactrelu.field import mpq
from exactrelu.network import Relu
from exactrelu.planar import activation_regions, count_regions, equal, native_walk, reference, region_arrays

networks = of_tests("networks")

UNIT = box(0, 1, 0, 1)
SQUARE = box(-1, 1, -1, 1)

PERCEPTRONS = ((8, [32] * 3), (1, [64] * 4))
"""Random seeds, of which the first is one that relucent decides, and widths."""

LIMITS = {4: lambda cost: [within(0.03, cost)]}
"""What counting the regions of the perceptrons has to reach, by the number of their layers."""

FLOATS = (([64, 64], SQUARE, False), ([64] * 4, UNIT, False), ([128, 128], SQUARE, True))
"""Widths of perceptrons with weights in float32, domains, and whether the baselines take minutes."""

TWIN = 100
"""How many times as long exactrelu has to take without its compiled core, for the regions of these."""

RELUCENT, CLIPPER, Z3 = 100, 50, 100
"""How many times as long the peers and the baseline have to take."""

PATIENCE = 120
"""Seconds after which a peer is stopped; then the ratio is a lower bound."""


def fraction(q):
    """Return a rational as a `Fraction`."""
    return Fraction(int(q.numerator), int(q.denominator))


def clipping(network, number=fraction, domain=UNIT):
    """Return the arguments of the baseline for a network on a box, its numbers as ``number`` makes them."""
    nodes = [
        ("relu", node.of) if type(node) is Relu
        else ("affine", [(source, number(weight)) for source, weight in node.terms], number(node.bias))
        for node in network.nodes
    ]
    return nodes, network.outputs, [tuple(map(number, coordinates(vertex))) for vertex in domain.vertices]


def prepared(build):
    """Return a new network after its tuple of nodes was made, once, which is no part of any enumeration."""
    network = build()
    len(network.nodes)
    return network


def count(listing):
    """Return how many items there are."""
    return sum(1 for _ in listing)


def counted(table, name, build, jobs, bars=lambda cost: ()):
    """Count the regions of a network on the unit square; return (their number, the `Cost`)."""
    make = partial(prepared, build)
    (regions, pieces), cost = measured(lambda network: count_regions(network, UNIT, jobs), make)
    table.row(name, f"{regions} / {pieces}", cost, bars=bars(cost))
    return regions, cost


def listed(table, name, build, expected, bars=lambda cost: ()):
    """List all regions of a network on the unit square, with their forms."""
    make = partial(prepared, build)
    regions, cost = measured(lambda network: count(activation_regions(network, UNIT)), make)
    require(name, regions, expected)
    table.row(name, regions, cost, f"{regions / cost.wall:.0f} a second", bars(cost))


def as_arrays(table, name, build, expected, bars=lambda cost: ()):
    """List all regions of a network on the unit square in arrays, with lines, patterns and forms."""
    make = partial(prepared, build)
    regions, cost = measured(lambda network: len(region_arrays(network, UNIT)), make)
    require(name, regions, expected)
    table.row(name, regions, cost, f"{regions / cost.wall:.0f} a second", bars(cost))


def require(name, found, expected):
    """End the run if a count is wrong."""
    if found != expected:
        raise SystemExit(f"{name}: {found} regions, expected {expected}")


def tents(table, jobs):
    """Print the rows of the tents, which have 4^k regions, and of the oblique ones."""
    for name, kink in (("tents", mpq(1, 2)), ("skew tents", mpq(1, 3))):
        build = partial(networks.tents, 10, kink)
        regions, _ = counted(table, f"{name} 10, counted", build, jobs, lambda cost: [within(5, cost)])
        require(f"{name} 10", regions, 4**10)
        listed(table, f"{name} 10, listed", build, 4**10, lambda cost: [within(5, cost)])
        as_arrays(table, f"{name} 10, as arrays", build, 4**10, lambda cost: [within(0.5, cost)])
        build = partial(networks.oblique_tents, 8, kink)
        regions, _ = counted(table, f"oblique {name} 8, counted", build, jobs, lambda cost: [within(5, cost)])
        listed(table, f"oblique {name} 8, listed", build, regions, lambda cost: [within(5, cost)])
    for p in (30, 200):
        (regions, pieces), cost = measured(lambda network: count_regions(network, plane()), partial(networks.ramp, p))
        require(f"ramp of width 2^-{p}", regions, 3)
        table.row(f"ramp of width 2^-{p}, on the plane", f"{regions} / {pieces}", cost)


def perceptrons(table, jobs, long, baseline):
    """Print the rows of the perceptrons, with the reference, the baseline and relucent."""
    for seed, widths in PERCEPTRONS:
        name = f"perceptron {'-'.join(map(str, [2, *widths, 1]))}"

        def build(seed=seed, widths=widths):
            return networks.perceptron(Random(seed), widths)

        make = partial(prepared, build)
        regions, cost = counted(table, f"{name}, counted", build, jobs, LIMITS.get(len(widths), lambda cost: ()))
        listed(table, f"{name}, listed", build, regions)
        as_arrays(table, f"{name}, as arrays", build, regions)
        found, slow = measured(lambda network: count(reference.activation_regions(network, UNIT)), make)
        require(f"{name}, reference enumerator", found, regions)
        table.row("  the reference enumerator", found, slow, ratio(slow, cost))
        if baseline:
            found, slow = measured(lambda words: count(baseline_regions(*words)), lambda make=make: clipping(make()))
            require(f"{name}, plain Fraction clipper", found, regions)
            table.row("  a plain Fraction clipper", found, slow, ratio(slow, cost), [faster(CLIPPER, slow, cost)])
        if widths != PERCEPTRONS[0][1] and not long:
            table.row("  relucent", "not run: --long")
        elif (relucent := peer("relucent_peer")) is None:
            table.row("  relucent", "not installed")
        else:
            found, slow = measured(lambda network: relucent.region_count(network, PATIENCE), make)
            table.row("  relucent", found, slow, ratio(slow, cost), [faster(RELUCENT, slow, cost)])


def floats(table, jobs, long, baseline):
    """Print the rows of the perceptrons in float32, with the plain twin of the core and the baseline in ``mpq``."""
    for widths, domain, slow_baselines in FLOATS:
        name = f"float32 {'-'.join(map(str, [2, *widths, 1]))}, {'[-1, 1]^2' if domain is SQUARE else '[0, 1]^2'}"
        make = partial(prepared, partial(networks.float_perceptron, 1, widths))
        (regions, pieces), cost = measured(lambda network: count_regions(network, domain, jobs), make)
        table.row(name, f"{regions} / {pieces}", cost)
        if slow_baselines and not long:
            table.row("  without the core; a plain mpq clipper", "not run: --long")
            continue
        with without_core():
            found, slow = measured(lambda network: count_regions(network, domain, jobs), make)
        require(f"{name}, without the core", found, (regions, pieces))
        table.row("  without the core", f"{regions} / {pieces}", slow, ratio(slow, cost), [faster(TWIN, slow, cost)])
        if baseline:
            words = partial(clipping, number=mpq, domain=domain)
            found, slow = measured(lambda words: count(baseline_regions(*words)), lambda: words(make()))
            require(f"{name}, plain mpq clipper", found, regions)
            table.row("  a plain mpq clipper", found, slow, ratio(slow, cost), [faster(CLIPPER, slow, cost)])


@contextmanager
def without_core():
    """Count regions in plain Python inside the block."""
    core, native_walk.compiled = native_walk.compiled, None
    try:
        yield
    finally:
        native_walk.compiled = core


def equality(table, jobs, long):
    """Print the rows of the tents and their closed form, with z3."""
    z3 = peer("z3_peer")
    for k in (6, 8):
        def make(k=k):
            return prepared(partial(networks.tents, k)), prepared(partial(networks.hats, k))

        result, cost = measured(lambda both: equal(*both, jobs), make)
        if result.verdict != "certified":
            raise SystemExit(f"tents {k} and closed form: {result.verdict}")
        bars = [within(5, cost)] if k == 8 else []
        table.row(f"equal: tents {k} and closed form", f"{result.verdict}, {result.pieces}", cost, bars=bars)
        if k == 8 and not long:
            table.row("  z3", "not run: --long")
        elif z3 is None:
            table.row("  z3", "not installed")
        else:
            answer, slow = measured(lambda both: z3.prove_equal(*both, PATIENCE), make)
            table.row("  z3", answer, slow, ratio(slow, cost), [faster(Z3, slow, cost)])


def enumerations(table, jobs, long, baseline):
    """Print the rows of regions and of equality."""
    table.heading("exactrelu regions: activation regions / linear pieces on the unit square")
    tents(table, jobs)
    perceptrons(table, jobs, long, baseline)
    floats(table, jobs, long, baseline)
    table.heading("exactrelu equal, on the plane")
    equality(table, jobs, long)
