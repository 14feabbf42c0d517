"""Regions and equality, measured: prints one row for each task, with the baseline of the same run beside it.

    python benchmarks/regions.py [--jobs J] [--without-baseline]

Tents and skew tents: T^k(x) + T^k(y) with the kink of T at 1/2 and 1/3; oblique: fed with (x + y)/2 and (x − y + 1)/2.
"counted" finds the numbers of regions and linear pieces as `exactrelu regions` does, "listed" makes every region with
its form, one by one. The perceptrons have random weights k/64, |k| <= 64. z3 proves the tents equal to their closed
form, if it is installed (pip install z3-solver). Times are wall-clock seconds in the process that starts the work.
"""

import argparse
import sys
from fractions import Fraction
from pathlib import Path
from random import Random
from time import perf_counter_ns

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "tests")]

from fraction_clipper import regions as baseline_regions  # noqa: E402
from networks import hats, oblique_tents, perceptron, ramp, tents  # noqa: E402

from exactrelu.geometry.polygon import box, plane  # noqa: E402
from exactrelu.network import Relu  # noqa: E402
from exactrelu.rational import mpq  # noqa: E402
from exactrelu.regions import activation_regions, count_regions, equal, reference  # noqa: E402

UNIT = box(0, 1, 0, 1)
SQUARE = [tuple(map(Fraction, corner)) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))]


def timed(task):
    """Return (result, seconds as a Fraction of nanoseconds)."""
    start = perf_counter_ns()
    result = task()
    return result, Fraction(perf_counter_ns() - start, 10**9)


def row(name, answer, seconds, note=""):
    """Print one row of the table."""
    print(f"{name:44} {answer:>24} {_decimal(seconds):>12}  {note}", flush=True)


def _decimal(seconds):
    thousandths = round(seconds * 1000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d} s"


def in_fractions(network):
    """Return the nodes of a network as the baseline wants them."""
    def fraction(q):
        return Fraction(int(q.numerator), int(q.denominator))

    return [
        ("relu", node.of) if type(node) is Relu
        else ("affine", [(source, fraction(weight)) for source, weight in node.terms], fraction(node.bias))
        for node in network.nodes
    ]


def prepared(network):
    """Return the network after its tuple of nodes was made, once, which is no part of any enumeration."""
    len(network.nodes)
    return network


def compare(name, network, jobs, with_baseline, with_reference=False):
    """Count the regions of a network on the unit square and print how much faster than the baseline."""
    network = prepared(network)
    (regions, pieces), seconds = timed(lambda: count_regions(network, UNIT, jobs))
    row(name, f"{regions} / {pieces}", seconds)
    others = []
    if with_reference:
        others.append(("reference", lambda: reference.activation_regions(network, UNIT)))
    if with_baseline:
        nodes = in_fractions(network)
        others.append(("plain Fraction clipper", lambda: baseline_regions(nodes, network.outputs, SQUARE)))
    for other, enumerate_regions in others:
        count, slow = timed(lambda task=enumerate_regions: sum(1 for _ in task()))
        if count != regions:
            raise SystemExit(f"{name}: {other} finds {count} regions")
        row(f"  {other}", str(count), slow, f"{round(slow / seconds)} times as long")


def listed(name, network):
    """List all regions of a network on the unit square, with their forms."""
    network = prepared(network)
    count, seconds = timed(lambda: sum(1 for _ in activation_regions(network, UNIT)))
    row(name, str(count), seconds, f"{round(count / seconds)} a second")


def prove(k, jobs):
    """Prove the tents equal to their closed form, also by z3 if it is there and the task within its reach."""
    first, second = prepared(tents(k)), prepared(hats(k))
    result, seconds = timed(lambda: equal(first, second, jobs))
    row(f"equal: tents {k} and closed form", f"{result.verdict}, {result.pieces}", seconds)
    if k > 6:
        return
    try:
        from z3_peer import prove_equal
    except ImportError:
        row("  z3", "not installed", 0)
        return
    answer, slow = timed(lambda: prove_equal(first, second))
    row("  z3", answer, slow, f"{round(slow / seconds)} times as long")


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--without-baseline", action="store_true")
    options = parser.parse_args()
    baseline = not options.without_baseline
    print(f"{'task':44} {'regions / linear pieces':>24} {'time':>12}")
    for name, kink in (("tents", mpq(1, 2)), ("skew tents", mpq(1, 3))):
        compare(f"{name} 6", tents(6, kink), options.jobs, baseline, with_reference=True)
        for k in (8, 10):
            compare(f"{name} {k}, counted", tents(k, kink), options.jobs, False)
            listed(f"{name} {k}, listed", tents(k, kink))
        compare(f"oblique {name} 8, counted", oblique_tents(8, kink), options.jobs, False)
        listed(f"oblique {name} 8, listed", oblique_tents(8, kink))
    for p in (30, 200):
        (regions, pieces), seconds = timed(lambda p=p: count_regions(ramp(p), plane()))
        row(f"ramp of width 2^-{p}, on the plane", f"{regions} / {pieces}", seconds)
    for widths in ([32] * 3, [64] * 4):
        name = "-".join(map(str, [2, *widths, 1]))
        compare(f"perceptron {name}", perceptron(Random(1), widths), options.jobs, baseline, with_reference=True)
    for k in (6, 8, 10):
        prove(k, options.jobs)


if __name__ == "__main__":
    main()
