"""The checker's rules on many leaves at once, in 64 bits, against the checker itself, leaf by leaf."""

import gzip
from random import Random

import pytest
from folders import CERTIFICATES_1
from networks import degenerate, perceptron

from exactrelu import checker1
from exactrelu.certification import leaves
from exactrelu.certification.checking import check_text
from exactrelu.certification.settling import evaluation_of
from exactrelu.network import Affine, Network, Relu

CORPUS = CERTIFICATES_1


def square(random):
    """Return a square with corners that are small rationals, as the checker has polygons."""
    x, y = random.randint(-5, 5), random.randint(-5, 5)
    scale, side = random.choice((1, 2, 12)), random.choice((1, 4, 9))
    return tuple((x + dx * side, y + dy * side, scale) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1)))


def parts_of(random, polygon, cuts):
    """Return polygons that a polygon is cut into by random lines."""
    parts = [polygon]
    for _ in range(cuts):
        line = tuple(random.randint(-4, 4) for _ in range(3))
        parts = [half for part in parts for half in (checker1.cut(part, line) or (part,))]
    return parts


def plain(evaluation, pending, length, polygon):
    """Return the form of the output by the checker alone, None where it is not resolved."""
    evaluation.leave(length)
    evaluation.enter(polygon, pending)
    try:
        return evaluation.output(pending)
    except checker1.Unresolved:
        return None


def agreeing(seed, monkeypatch):
    """Return how many leaves of a random tree have a form, after comparing them, slot by slot, with the checker."""
    random = Random(f"leaves {seed}")
    dense = perceptron(random, (random.randint(1, 5), random.randint(1, 4), 2), 1, 1)
    evaluation = evaluation_of(dense if random.randrange(2) else degenerate(random, random.randint(1, 14)))
    root = square(random) if random.randrange(8) else random.choice(checker1.QUADRANTS)
    evaluation.enter(root, evaluation.everything)
    pending, length = evaluation.needed(evaluation.everything), len(evaluation.trail)
    parts = parts_of(random, root, random.randint(0, 5))
    made, make = [], leaves.Values
    monkeypatch.setattr(leaves, "Values", lambda *question: made.append(make(*question)) or made[-1])
    found = leaves.output_forms(evaluation, pending, parts)
    monkeypatch.undo()
    is_short, column = max(evaluation.program.sizes).bit_length() < 32, 0
    for part, form in zip(parts, found, strict=True):
        expected, is_bounded = plain(evaluation, pending, length, part), all(W for _, _, W in part)
        if is_short and is_bounded:
            assert form == expected
            assert all(same_value(evaluation, made[0], k, column) for k in pending)
            column += 1
        else:
            assert form in (None, expected)
    return sum(form is not None for form in found)


def same_value(evaluation, values, k, column):
    """Return whether slot k is the same in one column of `leaves.Values` as on the polygon that was entered last."""
    row, bounds = values.rows[k], evaluation.bounds[k]
    found = (int(values.low[row, column]), int(values.high[row, column]))
    same = found == (bounds or (0, 0)) and values.resolved[row, column] == (bounds is None) == evaluation.resolved[k]
    return same and tuple(values.forms[row, :, column]) == tuple(evaluation.forms[k])


def test_random_networks(monkeypatch):
    """On bounded polygons, with short numbers, the forms and bounds of all slots are those of the checker."""
    assert sum(agreeing(seed, monkeypatch) for seed in range(800)) > 1000


@pytest.mark.exhaustive
def test_random_networks_by_the_thousand(monkeypatch):
    """Twenty thousand others."""
    assert sum(agreeing(seed, monkeypatch) for seed in range(1000, 21000)) > 25000


@pytest.mark.parametrize("scale", [1, 2**30, 2**58, 2**61, 2**64, 10**40])
def test_long_numbers(scale):
    """Numbers that may not fit are left to the checker; the form is right where they do, up to the last bit."""
    network = Network(2, [Affine(((0, scale), (1, 1)), 0), Relu(2), Affine(((3, 1), (0, -1)), 0)], [4])
    evaluation, root = evaluation_of(network), checker1.QUADRANTS[3]
    evaluation.enter(root, evaluation.everything)
    pending, length = evaluation.needed(evaluation.everything), len(evaluation.trail)
    parts = [((0, 0, 1), (1, 0, 1), (0, 1, 1)), ((0, 0, 1), (2**40 + 1, 0, 2**40), (0, 1, 1))]
    forms = leaves.output_forms(evaluation, pending, parts)
    assert [form is not None for form in forms] == [scale <= 2**58, scale == 1]
    for part, form in zip(parts, forms, strict=True):
        assert form in (None, plain(evaluation, pending, length, part))


def test_certificates_need_the_checker_for_few_leaves(monkeypatch):
    """Of a certificate of one-pass nearly all leaves are checked at once: that is why it does not take long."""
    seen, rule = [], leaves.output_forms
    monkeypatch.setattr(leaves, "output_forms", lambda *question: seen.append(rule(*question)) or seen[-1])
    text = gzip.decompress((CORPUS / "valid" / "one_pass.json.gz").read_bytes()).decode()
    assert check_text(text, 1).valid
    forms = [form for found in seen for form in found]
    assert len(forms) > 500 and 20 * forms.count(None) < len(forms)
