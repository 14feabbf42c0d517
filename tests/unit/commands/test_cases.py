"""Inputs that took too long, or were too much, when exactrelu was tried as users would: tests/cases has them."""

import pytest
from command import answer
from folders import CASES

from exactrelu import certify, core
from exactrelu.certification.shards import block_targets, shards
from exactrelu.construction import build
from exactrelu.field import mpq
from exactrelu.formats import write_network
from exactrelu.network import Affine, Network
from exactrelu.network.layers import layered
from exactrelu.planar.bisection import Bisection
from exactrelu.planar.native import native
from exactrelu.scheme import load_problem


@pytest.mark.parametrize(("name", "regions"), [
    ("rand-2-16-16-1", 380), ("train-2-32-32-1", 1531), ("rand-2-64-64-1", 5582), ("train-2-64-64-1", 7938),
])
def test_networks_with_float_weights(capsys, name, regions):
    """Counts that a plain enumerator confirmed, on [-1, 1]²."""
    path = CASES / "float-networks" / f"{name}.json"
    code, data = answer(capsys, "regions", path, "--box", -1, 1, -1, 1)
    assert code == 0 and data["regions"] == regions


def test_a_mask_with_one_coefficient_far_away():
    """Work goes with V^n g, not with the window of 1001 cells, nearly all of which are empty."""
    verdict = certify(CASES / "wide.json", 1, jobs=1)
    assert verdict and verdict.pieces < 10000
    assert layered(verdict.network).width < 200


@pytest.mark.parametrize("name", ["db2-dec2", "db2-dec3", "db2-dec6", "db2-dyadic12"])
def test_masks_in_decimals(name):
    """Coefficients in two, three or six decimals a factor, or in 2^-12, make networks for the compiled core, alone."""
    if core.compiled is None:
        pytest.skip("there is no compiled core")
    problem = load_problem(CASES / "decimals" / f"{name}.json")
    network = build(problem, 2).flatten()
    compiled = native(Bisection(network), network)
    for block in shards(problem, 2)[:3]:
        targets = block_targets(problem, 2, block)
        found = compiled.compare([polygon for polygon, _ in targets], [(form,) for _, form in targets])
        assert found.pieces > 0 and found.left == [] and found.differs is None


@pytest.mark.exhaustive
def test_masks_in_decimals_take_as_many_pieces():
    """For n = 2 the number of pieces is about the same, whatever the coefficients look like."""
    counts = [certify(path, 2).pieces for path in sorted((CASES / "decimals").iterdir())]
    assert max(counts) < 1.1 * min(counts)


@pytest.mark.parametrize(("name", "verdict"), [
    ("close-1e-5", "certified"), ("close-tight", "certified"), ("close-toosmall", "refuted"),
])
def test_networks_that_are_zero_if_two_others_are_near(capsys, tmp_path, name, verdict):
    """Distances that were put into a network by hand, one of them just too small for the two."""
    write_network(tmp_path / "zero.json", Network(2, [Affine((), mpq(0))], [2]))
    path = CASES / "relations" / f"{name}.json"
    code, data = answer(capsys, "equal", path, tmp_path / "zero.json")
    assert (code, data["verdict"]) == (int(verdict == "refuted"), verdict)


def test_two_ways_to_take_a_maximum(capsys):
    """A chain of maxima is the same function as a tree of them."""
    chain, tree = (CASES / "relations" / f"maxpool-{kind}.json" for kind in ("chain", "tree"))
    assert answer(capsys, "equal", chain, tree)[1]["verdict"] == "certified"
