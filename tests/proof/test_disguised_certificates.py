"""Certificates about networks full of degenerate units: nothing false is valid, in either format."""

import json
from collections import Counter
from itertools import product
from random import Random

import pytest
import second_checker
from format_2 import checked, enumerated
from networks import Nodes, with_degenerate_units
from test_induction_certificate import certificate_of as induction_of
from test_atom_rules import certificate_of
from twins import is_zero, with_change

from exactrelu import checker1
from exactrelu.certification import enumeration
from exactrelu.certification.trees import SplitTree
from exactrelu.field import mpq
from exactrelu.network import Network
from exactrelu.network.files import network_from_json, network_text
from exactrelu.scheme import load_problem

NODES = {"rows", "selectors", "controllers", "transport", "final_rows", "seams"}
"""What in the evidence names nodes; other numbers are cells, signs and weights."""

WEIGHTED = {"reading", "value"}
"""What names nodes in pairs (node, weight)."""


def renumbered(evidence, place):
    """Return the evidence with each node k of it replaced by place[k]."""
    def nodes(value):
        return [nodes(part) for part in value] if isinstance(value, list) else place[value]

    if isinstance(evidence, list):
        return [renumbered(part, place) for part in evidence]
    if not isinstance(evidence, dict):
        return evidence
    answer = {}
    for key, value in evidence.items():
        if key in NODES:
            answer[key] = nodes(value)
        elif key in WEIGHTED:
            answer[key] = [[place[node], weight] for node, weight in value]
        else:
            answer[key] = renumbered(value, place)
    return answer


def disguised(random, certificate):
    """Return (certificate, network): what it says of the network is said of an equal one with degenerate units."""
    network = network_from_json(certificate["network"], "network")
    marked = Network(2, network.nodes, network.outputs, {str(k): k for k in range(len(network))})
    network = with_degenerate_units(random, marked, random.choice((0.01, 0.03, 0.1)))
    evidence = renumbered(certificate["evidence"], [network.marks[str(k)] for k in range(len(marked))])
    return {**certificate, "evidence": evidence}, Network(2, network.nodes, network.outputs)


def judged(random, path, name, construction, n):
    """Return (changed?, answer) of the checker to a disguised certificate, half of them with a changed weight."""
    text = induction_of(name, n) if construction == "one-pass" else certificate_of(name, construction, n)
    certificate, network = disguised(random, json.loads(text))
    is_changed = random.random() < 0.5
    if is_changed:
        network = with_change(random, network)
    path.write_text(json.dumps(certificate | {"network": json.loads("".join(network_text(network)))}))
    valid = checker1.check_file(path).valid
    if valid and is_changed:
        assert enumeration.certify(load_problem(name), n, network, jobs=1).verdict == "certified"
    return is_changed, valid


KINDS = [("single_c00", "one-pass", 1), ("haar", "compact", 2), ("difference", "paper", 1)]
MORE = [*KINDS, ("haar", "one-pass", 1), ("haar", "paper", 2), ("single_c21", "compact", 3)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: " ".join(map(str, kind)))
def test_disguised_certificates(tmp_path, kind):
    """A few, half of them with a change; the evidence holds for some of the others."""
    answers = Counter(judged(Random(seed), tmp_path / "certificate.json", *kind) for seed in range(12))
    assert answers[False, True] > 0 and answers[True, False] > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize("kind", MORE, ids=lambda kind: " ".join(map(str, kind)))
def test_hundreds_of_disguised_certificates(tmp_path, kind, block):
    """The same for fifty others a test."""
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        judged(Random(seed), tmp_path / "certificate.json", *kind)


TREES = [
    SplitTree((), (-1, -1, -1, -1)),
    SplitTree(((1, 0, 5),), (0, -1, -1, 0, -1, -1, -1, -1)),
    SplitTree(((1, -1, 0),), (0, -1, -1, -1, -1, 0, -1, -1)),
    SplitTree(((1, 0, 0),), (0, -1, -1, 0, -1, -1, -1, -1)),
]
"""The quadrants as they are; cut along x = -5 and along x = y where these cut; cut along x = 0, which cuts none."""


def small_networks():
    """Yield networks of a few units in x and constants: what they add up to is often zero, sometimes but for a hair."""
    for constant, factor, bias in product((5, -5), (-2, 2**70), (0, 5)):
        for hair in (0, mpq(1, 2**70)):
            b = Nodes()
            unit, x, other = b.relu(b.affine({}, constant)), b.relu(0), b.relu(b.affine({0: factor}, 0))
            again = b.relu(b.affine({x: 3, unit: 1}, bias))
            dead = b.relu(b.affine({x: -1, other: -1}, -1))
            sums = [
                ({unit: 1}, -max(constant, 0) + hair), ({0: 0, 1: 0}, constant), ({0: hair}, 0), ({dead: factor}, hair),
                ({x: factor, other: -1 - hair}, 0), ({x: 3, unit: 1, again: -1}, bias), ({x: 1, 0: -1}, hair),
                ({other: 1, b.relu(b.affine({0: -factor})): -1, 0: -factor}, hair),
                ({b.relu(b.affine({unit: 1, dead: 2**70})): 1, unit: -1}, hair),
            ]
            for terms, last in sums:
                output = b.affine(terms, last)
                yield Network(2, list(b.nodes), [output])


@pytest.mark.parametrize("tree", TREES, ids=range(len(TREES)))
def test_hand_made_trees_on_the_quadrants(tree):
    """A tree of a few leaves, all of them unbounded, is valid for the networks that are zero; both checkers agree."""
    answers = Counter()
    for network in small_networks():
        certificate = enumerated(load_problem("zero"), 0, network, tree)
        valid = checked(certificate).valid
        assert second_checker.check(json.dumps(certificate).encode()) == (0 if valid else 1)
        answers[valid, is_zero(network)] += 1
    assert not answers[True, False] and answers[False, False]
    assert bool(answers[True, True]) is not bool(answers[False, True]) is (tree == TREES[-1])
