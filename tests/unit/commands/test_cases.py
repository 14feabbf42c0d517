"""Inputs that took too long, or were too much, when exactrelu was tried as users would: tests/cases has them."""


import pytest
from command import answer
from folders import CASES

from exactrelu import certify, core
from exactrelu.construction import build
from exactrelu.network.layers import layered
from exactrelu.planar.bisection import Bisection
from exactrelu.planar.native import native
from exactrelu.scheme import load_problem



@pytest.mark.parametrize(("name", "regions"), [("rand-2-16-16-1", 380), ("train-2-32-32-1", 1531)])
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


@pytest.mark.parametrize("name", ["db2-dec2", "db2-dec3", "db2-dyadic12"])
def test_masks_in_decimals(name):
    """Coefficients in two or three decimals a factor, or in 2^-12, make networks that the compiled core takes."""
    if core.compiled is None:
        pytest.skip("there is no compiled core")
    network = build(load_problem(CASES / "decimals" / f"{name}.json"), 2).flatten()
    assert native(Bisection(network), network) is not None


@pytest.mark.exhaustive
def test_masks_in_decimals_take_as_many_pieces():
    """For n = 2 the number of pieces is about the same, whatever the coefficients look like."""
    counts = [certify(path, 2).pieces for path in sorted((CASES / "decimals").iterdir())]
    assert max(counts) < 1.1 * min(counts)
