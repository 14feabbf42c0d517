"""What is wrong and made with docs/certificate.md in hand is not believed, whatever the drivers of the checker do."""

import json
from fractions import Fraction

import pytest
import second_checker
from folders import TESTS
from format_2 import checked
from random_schemes import HAT, line
from reduced_files import certificate, hand_made
from test_checker import QUESTION
from test_every_n_small import text_for

from exactrelu import checker
from exactrelu.checker import ONE, Invalid, Kernel
from exactrelu.scheme import Mask, Problem, Seed, smallest_window

HALF, TINY = Fraction(1, 2), Fraction(1, 2**60)

# drivers


class Changing:
    """A pair (key, weight) that is another one whenever it is looked at."""

    def __init__(self, *pairs):
        self.pairs = list(pairs)

    def __iter__(self):
        return iter(self.pairs.pop(0) if len(self.pairs) > 1 else self.pairs[0])

    def __getitem__(self, k):
        return self.pairs[-1][k]


@pytest.mark.parametrize("pair", [[0, 1], Changing((0, 1), (0, 1), (0, -1))])
def test_forms_are_taken_as_they_were_looked_at(pair):
    """What becomes of a form outside does not change what the kernel knows."""
    kernel = Kernel(QUESTION)
    kernel.split((pair, (ONE, -1)))
    if type(pair) is list:
        pair[1] = -1
    with pytest.raises(Invalid):
        kernel.absurd([(1, 1), (2, 1)])
    kernel.on(2, [(2, 2)])


def absurd_first(prove):
    """Return a driver that proves all goals where the facts contradict each other, and otherwise is the present one."""
    def instead(ladder, *start):
        weights = checker.positive_weights(ladder.facts, ((ONE, -1),)) if None not in ladder.facts else None
        if weights is None:
            prove(ladder, *start)
        else:
            ladder.kernel.absurd([(k + 1, weight) for k, weight in weights])

    return instead


# families that read nothing


def of_zero():
    """Return a certificate for a seed that is 0, its evidence, and its closing program, of which nothing is read."""
    zero = Seed([(0,), (1,)], [(0, 1)], [0, 0])
    found = json.loads(text_for(line({0: 1, 1: HALF}, seed=zero)))
    assert all(c["value"] is None and not c["states"] for c in found["evidence"]["classes"])
    return found, found["evidence"], found["statement"]["family"]["programs"]["closing"]


@pytest.mark.parametrize("limit", [-1, "-1/1000000", 0, 1])
def test_no_limit_is_negative(limit, monkeypatch):
    """V in [-Y, Y], Y < 0, is a contradiction: whatever the output is, it would be V where V = 0."""
    monkeypatch.setattr(checker.Ladder, "prove", absurd_first(checker.Ladder.prove))
    found, evidence, closing = of_zero()
    evidence["limit"] = limit
    assert checked(found).valid is (limit in (0, 1))
    assert second_checker.check(json.dumps(found).encode()) == (limit not in (0, 1))
    closing["nodes"].append({"op": "affine", "terms": [], "bias": 1})
    closing["outputs"] = [closing["inputs"] + 2 + len(closing["nodes"])]
    assert checked(found).valid is False


def test_a_class_that_reads_nothing():
    """Beside a class of which 0 is read there may be one of which nothing is: where it is good, V = 0."""
    found, evidence, closing = of_zero()
    evidence["limit"], own, zero = 1, evidence["classes"][1], closing["outputs"][0]
    own["value"], D = zero, own["seam"]
    for sign in (1, -1):  # the output is max(0, y - D) - max(0, -y - D)
        closing["nodes"].append({"op": "affine", "terms": [[zero, sign], [D, -1]], "bias": 0})
        closing["nodes"].append({"op": "relu", "of": zero + 2 - sign})
    closing["outputs"] = [zero + 5]
    closing["nodes"].append({"op": "affine", "terms": [[zero + 2, 1], [zero + 4, -1]], "bias": 0})
    assert checked(found)
    for node in (zero, zero + 5):
        closing["nodes"][node - closing["inputs"] - 3]["bias"] = "1/1000000"
        assert checked(found).valid is False


# fields


def test_all_fields_are_one():
    """A reduced problem is over the field of every other one in the file, also where the problem itself is rational."""
    found = certificate("shifts")
    for part, root in zip(found["evidence"]["parts"], (2, 3), strict=True):
        part["problem"]["field"] = {"sqrt": root}
    assert "different ones" in checked(found).reason
    assert second_checker.check(json.dumps(found).encode()) == 2
    found["evidence"]["parts"][1]["problem"]["field"] = {"sqrt": 2}
    assert checked(found)


# reductions

TURNS = [[0, 1], [1, 0]]
"""A coefficient that exchanges two functions."""


def turning(heights, coefficient=TURNS):
    """Return a problem with two components, which change places in each step, hats of these heights."""
    seed = Seed(HAT.vertices, HAT.simplices, [tuple(height * value for height in heights) for value in HAT.values])
    mask = Mask({0: coefficient, 1: coefficient})
    return Problem("turning", mask, smallest_window(mask, seed, 2), seed)


SINGLE = line({0: 1, 1: 1})
BY_TURNS = [(1, 1, [(0, 0, 0)]), (1, 1, [(0, 1, 0)])]
"""Levels of one component, which is the first one and the second one of another problem by turns."""


@pytest.mark.parametrize(("heights", "coefficient", "levels", "stages", "valid"), [
    ((1, 1), TURNS, BY_TURNS, (1, 1), True), ((1, 2), TURNS, BY_TURNS, (1, 1), False),
    ((2, 1), TURNS, BY_TURNS, (1, 1), False), ((1, 1), [[0, 1], [HALF, 0]], BY_TURNS, (1, 1), False),
    ((1, 1), TURNS, BY_TURNS[:1], (1, 1), False), ((1, 1), [[1, 0], [0, 1]], BY_TURNS, (1, 1), False),
    ((1, 1), [[0, 1], [1, TINY]], BY_TURNS, (1, 1), False), ((1, 1), TURNS, BY_TURNS[::-1], (1, 1), False),
    ((1, 1), TURNS, BY_TURNS, (1, 0), False), ((1, 1), TURNS, BY_TURNS, (0, 1), False),
    ((1, 1), TURNS, BY_TURNS, (1, 2), False), ((1, 1), TURNS, [*BY_TURNS, BY_TURNS[0]], (1, 1), False),
    ((1, 1), TURNS, [BY_TURNS[0], (1, 1, [])], (1, 1), False),
    ((1, 1), TURNS, [BY_TURNS[0], (1, 1, [(0, 1, TINY)])], (1, 1), False),
    ((1, 1), TURNS, [BY_TURNS[0], (1, -1, [(0, 1, 0)])], (1, 1), False),
    ((1, 1), TURNS, [BY_TURNS[0], (2, 1, [(0, 1, 0)])], (1, 1), False),
])
def test_components_by_turns(heights, coefficient, levels, stages, valid):
    """A component may be another one on each level, if steps and all seeds say so, and if the stages fit."""
    found = hand_made(turning(heights, coefficient), SINGLE, levels, stages=stages)
    assert checked(found).valid is valid
    assert second_checker.check(json.dumps(found).encode()) == (not valid)


@pytest.mark.parametrize(("period", "stages", "valid"), [
    (1, (1, 1), True), (0, (1, 1), False), (1, (1, 0), False), (0, (1, 0), False), (2, (1, 1), False),
    (2, (1, 2), False), (1, (0, 1), False), (1, (2, 1), False),
])
def test_stages_and_periods(period, stages, valid):
    """No n is left out, none is there twice, and stages are as many as steps: of 1 for all n >= 1 this is one way."""
    found = hand_made(SINGLE, SINGLE, stages=stages)
    found["statement"]["families"][0]["period"] = period
    assert checked(found).valid is valid
    assert second_checker.check(json.dumps(found).encode()) == (not valid)


# statements


@pytest.mark.parametrize("name", ["property", "property_strict", "property_of_both_kinds"])
def test_keys_that_are_null(name):
    """What may be missing may be null, everywhere: it means the same, also for the kind of an inequality."""
    found = json.loads((TESTS / "certificates" / "valid" / f"{name}.json").read_text())
    found["statement"]["domain"] = {"points": None, "box": None} | found["statement"]["domain"]
    found["statement"]["network"] = {"marks": None, "field": None} | found["statement"]["network"]
    for case in found["statement"]["never"]:
        case[:] = [{"strict": None} | inequality for inequality in case]
    assert checked(found) and second_checker.check(json.dumps(found).encode()) == 0
