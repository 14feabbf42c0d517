"""Fast ways and their plain twins, on random networks full of what is degenerate, and on domains of every shape.

One comparison is one network on one domain. Hundreds are made for each way by default, 10,000 others in the exhaustive
run. What is cut is evaluated, too: at points inside, at vertices, and far out along rays.
"""

import json
from random import Random

import pytest
import second_checker
from crafted import disguised, joined
from format_2 import checked, enumerated
from network_mutants import fraction, plain_value
from networks import random_network, with_degenerate_units
from piecewise import check_pieces
from plain_layers import plain_layers
from twins import (
    almost_right, as_set, check_forms, is_zero, plain_counts, points_of, random_domain, ridges, right, with_change,
)

from exactrelu.certification.enumeration import certify
from exactrelu.certification.splits import split_tree
from exactrelu.certification.trees import SplitTree
from exactrelu.cpwl.polygon import affine_at
from exactrelu.field import mpq
from exactrelu.network import Chain, Sum
from exactrelu.network.bounds import Interval, interval_bounds
from exactrelu.network.layers import layered
from exactrelu.planar import activation_regions, batch, count_regions, equal, reference
from exactrelu.planar.bisection import Bisection, piece_form
from exactrelu.planar.equality import difference_network, value_at
from exactrelu.planar.grid import is_grid
from exactrelu.planar.normal import analysed
from exactrelu.planar.pieces import affine_pieces, form_range
from exactrelu.planar.summands import Ledger, summands
from exactrelu.planar.univariate import separated, univariate_nodes
from exactrelu.refinement.direct import direct_sum

FRAME = 8
FAR = mpq(10) ** 20
"""What is larger, on a polygon with small vertices, is the value far out along a ray."""


def random_point(random):
    """Return a point with small coordinates, often on kinks, or far out."""
    scale = random.choice((1, 1, 1, mpq(1, 7), mpq(10) ** 30))
    return tuple(scale * random.randint(-FRAME, FRAME) for _ in range(2))


def chunks_of_cells(random):
    """Arrays of cells against the reference."""
    network, domain = random_network(random, outputs=random.randint(1, 3)), random_domain(random)
    cells = list(batch.cells(network, domain))
    check_forms(network, cells)
    assert as_set(cells) == as_set(reference.activation_regions(network, domain))


def grids(random):
    """Cells of grids against the reference."""
    network, domain = ridges(random, random.randint(1, 10)), random_domain(random)
    while not is_grid(analysed(network, atoms=False)):
        network = ridges(random, random.randint(1, 10))
    cells = list(activation_regions(network, domain))
    check_forms(network, cells)
    assert as_set(cells) == as_set(reference.activation_regions(network, domain))


def counts(random):
    """Numbers of regions and linear pieces against the cells of the reference, merged pair by pair."""
    network, domain = random_network(random, outputs=random.randint(1, 3)), random_domain(random)
    assert count_regions(network, domain, jobs=1) == plain_counts(network, domain)


def counts_of_lines(random):
    """The same for arrangements of lines in up to five directions."""
    network, domain = ridges(random, random.randint(1, 7), random.randint(1, 5)), random_domain(random)
    assert count_regions(network, domain, jobs=1) == plain_counts(network, domain)


def pieces(random):
    """Pieces of the bisection against the plain ones: a tiling, and the same forms."""
    check_pieces(random_network(random), [random_domain(random)])


def sums_of_pieces(random):
    """A sum of summands is affine on a polygon by its ledger exactly if it has one form on all plain pieces."""
    polygon = random_domain(random)
    while not polygon.is_bounded:
        polygon = random_domain(random)
    first, second = (random_network(random, 3) for _ in range(2))
    second = random.choice((second, with_change(random, first), disguised(random, first)))
    whole = joined([first, second], [1, random.choice((-1, 1))])
    ledger, parts = Ledger(polygon), summands(whole)
    for part in parts:
        for piece in Bisection(part).pieces([polygon]):
            ledger.enter(piece.polygon, piece_form(piece))
    for point in points_of(polygon):
        assert sum(part.evaluate(point)[0] for part in parts) == whole.evaluate(point)[0]
    assert (ledger.kink() is None) == (len({form for _, form in affine_pieces(whole, polygon)}) == 1)


def normal_forms(random):
    """Normal forms, and functions of one coordinate, against the values of all nodes."""
    network = random_network(random)
    analysis, functions, (x, y) = analysed(network), univariate_nodes(network), random_point(random)
    values = network.values((x, y))
    for k, normal in enumerate(analysis.normals):
        atoms = sum(weight * values[analysis.atoms[a][0]] / analysis.atoms[a][1] for a, weight in normal.atoms.items())
        assert value_at(normal, x, y) + atoms == values[k]
        if k in functions:
            assert functions[k][1]((x, y)[functions[k][0]]) == values[k]
    assert separated(network).evaluate((x, y)) == network.evaluate((x, y))


def bounds(random):
    """Ranges of forms on polygons, and bounds of nodes over boxes of any kind, against values at points."""
    form, domain = tuple(mpq(random.randint(-1, 1)) for _ in range(3)), random_domain(random)
    low, high = form_range(form, domain)
    values = [affine_at(form, *point) for point in points_of(domain)]
    assert low == (None if min(values) < -FAR else min(values)) and high == (None if max(values) > FAR else max(values))
    network, point = random_network(random), random_point(random)
    ends = [random.choice(((t, t), (t - 1, t + 2), (None, t), (t, None), (None, None))) for t in point]
    box = [Interval(*pair) for pair in ends]
    for value, (low, high) in zip(network.values(point), interval_bounds(network, box), strict=True):
        assert (low is None or low <= value) and (high is None or value <= high)


def layers(random):
    """Layered forms of networks, chains and sums against values; of the first two also unit by unit."""
    first, second = (random_network(random, 3, outputs=2) for _ in range(2))
    chain = random.choice((first, Chain([first, second])))
    form, (plain, outputs) = layered(chain), plain_layers(chain)
    assert [len(layer) for layer in (*form.layers, form.outputs)] == [len(layer) for layer in (*plain, outputs)]
    both = Sum([Chain([first]), Chain([second, second])])
    for _ in range(3):
        point = random_point(random)
        assert form.evaluate(point) == chain.evaluate(point)
        assert layered(both).evaluate(point) == both.evaluate(point)


def equalities(random):
    """Equality on the plane against the difference on the reference's regions; a refutation is evaluated."""
    network = random_network(random, 3, outputs=random.randint(1, 2))
    other = random.choice((with_degenerate_units, disguised, with_change))(random, network)
    other = random.choice((with_change, lambda _, same: same))(random, other)
    result = equal(network, other, jobs=1)
    found = result.counterexample
    assert result.verdict == ("certified" if is_zero(difference_network(network, other)) else "refuted")
    if found is not None:
        values = tuple(flat.evaluate(found.point)[found.output] for flat in (network, other))
        assert values == (found.first, found.second) and values[0] != values[1]


def verdicts(random):
    """Certification by enumeration: a refutation is evaluated, a certified network has the right regions."""
    problem, network = almost_right(random)
    verdict = certify(problem, 0, network, jobs=1)
    found = verdict.counterexample
    if found is None:
        assert verdict.verdict == "certified" and is_zero(difference_network(network, right(problem.name)))
    else:
        values = plain_value(network, found.point), fraction(direct_sum(problem, 0, *found.point))
        assert verdict.verdict == "refuted" and values[0] != values[1]
        assert values == (fraction(found.network), fraction(found.target))


def certificates(random):
    """Both checkers say the same: with its own tree a right network is valid, with whatever tree no wrong one is."""
    problem, network = almost_right(random)
    tree = split_tree(problem, 0, network, jobs=1)
    if random.random() < 0.5:
        network = random.choice((with_degenerate_units, with_change))(random, network)
    is_own = random.random() < 0.8
    if not is_own:
        tree = SplitTree(tree.lines, tuple(random.choice((entry, entry, -1)) for entry in tree.preorder))
    certificate = enumerated(problem, 0, network, tree)
    valid = checked(certificate).valid
    assert second_checker.check(json.dumps(certificate).encode()) == (0 if valid else 1)
    if is_own or valid:
        assert valid == (certify(problem, 0, network, jobs=1).verdict == "certified")


WAYS = (
    chunks_of_cells, grids, counts, counts_of_lines, pieces, sums_of_pieces, normal_forms, bounds, layers, equalities,
    verdicts, certificates,
)


FEWER = {pieces: 200, sums_of_pieces: 150, verdicts: 100, certificates: 30}
"""How many comparisons are made by default where they take long; else it is 300."""


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_twins(way):
    """Some comparisons for each way, the same ones in every run."""
    for seed in range(FEWER.get(way, 300)):
        way(Random(f"{way.__name__} {seed}"))


@pytest.mark.exhaustive
@pytest.mark.parametrize("block", range(20))
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_twins_by_the_thousand(way, block):
    """Ten thousand others for each way, five hundred a block."""
    for seed in range(1000 + 500 * block, 1500 + 500 * block):
        way(Random(f"{way.__name__} {seed}"))
