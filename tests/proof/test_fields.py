"""Certificates over Q(√D): of every n and of one, false ones, and numbers that differ by next to nothing."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from format_2 import checked, number_of, outputs
from quadratics import best_approximations
from test_every_n_small import is_true, numbers_of, part, replaced

from exactrelu import build, certify, check, load_problem, write_certificate
from exactrelu.certification.families import family_data
from exactrelu.certification.induction.small_network import family, scheme_of
from exactrelu.certification.statements import write_refutation
from exactrelu.errors import UndecidedError
from exactrelu.field import RATIONALS, Quadratic, mpq, text
from exactrelu.network import Affine, Network, Relu
from exactrelu.scheme import problem_from_json, problem_to_json

TINY = mpq(1, 2**60)
FAMILY, EVIDENCE, MASK = ("statement", "family"), ("evidence",), ("statement", "problem", "mask")


ROOTS = {
    "format": "exactrelu-problem/2", "name": "roots", "field": {"sqrt": 3}, "mask": "daubechies_D4",
    "seed": {"vertices": [[0], ["1/2*sqrt(3)"], [1], [2]], "simplices": [[0, 1], [1, 2], [2, 3]],
             "values": [0, "1/5*sqrt(3)", "-1", 0]},
}
"""A problem whose seed has roots, too: as values and as places where it bends."""


def problem_of(name):
    """Return the problem above, or a built-in one."""
    return problem_from_json(ROOTS, name) if name == "roots" else load_problem(name)


@cache
def text_of(name):
    """Return the text of the certificate for every n of a problem."""
    problem = problem_of(name)
    programs, evidence = family_data(family(scheme_of(problem, 1)[0]))
    statement = {"kind": "every", "problem": problem_to_json(problem), "family": programs}
    return json.dumps({"format": "exactrelu-certificate/2", "statement": statement, "evidence": evidence})


def certificate(name):
    """Return its JSON object."""
    return json.loads(text_of(name))


def hair(D):
    """Return a positive number of Q(√D), of the size of 2^-100."""
    p, q = next((p, q) for p, q in best_approximations(D, 1000) if q > 2**100 and p * p > D * q * q)
    return Quadratic(mpq(p), mpq(-q), D)


def added(found, path, more):
    """Add a number to the one at a path of a JSON object."""
    part(found, *path[:-1])[path[-1]] = text(number_of(part(found, *path)) + more)


def roots_in(value):
    """Return the paths of the numbers with a root in a JSON object."""
    return [path for path in numbers_of(value) if "sqrt" in str(part(value, *path)) and path[-1] != "sqrt"]


def conjugated(found, *path):
    """Replace all numbers in a part of a certificate by their conjugates."""
    inner = part(found, *path)
    paths = roots_in(inner)
    assert paths
    for place in paths:
        part(inner, *place[:-1])[place[-1]] = text(number_of(part(inner, *place)).conjugate())


def first_index(found):
    """Return the path of the first coefficient of the mask."""
    path = (*MASK, min(part(found, *MASK)))
    while isinstance(part(found, *path), list):
        path += (0,)
    return path


FALSE = {
    "a coefficient and 2^-60": lambda found, root: added(found, first_index(found), TINY),
    "a coefficient and a part of the root": lambda found, root: added(found, first_index(found), TINY * root),
    "a coefficient and what is next to nothing": lambda found, root: added(found, first_index(found), hair(root.D)),
    "the conjugate mask": lambda found, root: conjugated(found, *MASK),
    "the conjugate family": lambda found, root: conjugated(found, *FAMILY),
    "a growth that is too small": lambda found, root: added(found, (*FAMILY, "base"), -hair(root.D)),
    "a bound that is too small": lambda found, root: added(found, (*EVIDENCE, "limit"), -hair(root.D)),
    "a negative factor": lambda found, root: part(found, *FAMILY).update(factor=text(-hair(root.D))),
    "a factor above 1": lambda found, root: part(found, *FAMILY).update(factor=text(1 + hair(root.D))),
}


@pytest.mark.parametrize("name", ["d4", "ghm"])
@pytest.mark.parametrize("damage", FALSE)
def test_false_ones(name, damage):
    """What is false by 2^-60, by √D 2^-60 or by 2^-100 is refused, and so is what a conjugate number stands in."""
    found = certificate(name)
    FALSE[damage](found, Quadratic(0, 1, part(found, "statement", "problem", "field", "sqrt")))
    assert checked(found).valid is False


def test_evidence_with_roots():
    """Roots may be in all of the evidence that is about the seed; with their conjugates it proves nothing."""
    found = certificate("roots")
    assert checked(found) and is_true(found["statement"], Random(1))
    for part_of_it in ((*EVIDENCE, "classes"), ("statement", "problem", "seed", "values"),
                       ("statement", "problem", "seed", "vertices")):
        other = copy.deepcopy(found)
        conjugated(other, *part_of_it)
        assert checked(other).valid is False


def test_numbers_that_may_be_larger():
    """A growth and an η that leave room do no harm: the differences above are what is refused."""
    found = certificate("d4")
    added(found, (*FAMILY, "base"), hair(3))
    assert checked(found)
    part(found, *FAMILY).update(factor=text(1 - hair(3)))
    assert checked(found)


@pytest.mark.parametrize("name", ["d4", *(pytest.param(p, marks=pytest.mark.exhaustive) for p in ("ghm", "roots"))])
def test_mutants(name):
    """A number of a family or of its evidence that is another one by a hair is not believed, unless it is as good."""
    found, random, refused = certificate(name), Random(name), 0
    root = Quadratic(0, 1, part(found, "statement", "problem", "field", "sqrt"))
    places = [path for path in numbers_of(found) if isinstance(part(found, *path), str)]
    with_roots = [path for path in places if "sqrt" in part(found, *path)]
    count = 15 if name == "d4" else 60
    for path in random.sample(places, count) + random.sample(with_roots, count):
        more = random.choice((TINY, -TINY, TINY * root, -TINY * root, hair(root.D), -hair(root.D)))
        other = replaced(found, path, text(number_of(part(found, *path)) + more))
        answer = checked(other)
        assert answer.valid is not None or path[-2:-1] in (("shift",), ("lengths",)) or "loops" in path, answer
        refused += answer.valid is not True
        assert not answer.valid or is_true(other["statement"], random), path
    assert refused > count


UNREADABLE = {
    "another root": lambda found: part(found, "statement", "problem", "field").update(sqrt=2),
    "a square": lambda found: part(found, "statement", "problem", "field").update(sqrt=4),
    "a negative root": lambda found: part(found, "statement", "problem", "field").update(sqrt=-3),
    "no field": lambda found: part(found, "statement", "problem").pop("field"),
    "a float": lambda found: part(found, *FAMILY).update(base=1.5),
    "a float in a number": lambda found: part(found, *FAMILY).update(base="1.5e1*sqrt(3)"),
    "a shift": lambda found: part(found, *EVIDENCE, "classes", 0).update(shift=["sqrt(3)"]),
    "a width": lambda found: part(found, *EVIDENCE, "loops", 0).update(width="1/20*sqrt(3)"),
    "a corner": lambda found: part(found, *EVIDENCE).update(corner=["sqrt(3)"]),
    "a period": lambda found: part(found, *FAMILY, "programs", "starts", 0).__setitem__(1, "sqrt(3)"),
}


@pytest.mark.parametrize("damage", UNREADABLE)
def test_what_is_not_read(damage):
    """Numbers of another field or of none, a field that is none, and roots where rationals are asked for."""
    found = certificate("d4")
    UNREADABLE[damage](found)
    assert checked(found).valid is None


def test_another_root_throughout():
    """The same formal numbers with another root are another family for another problem, which may well be right."""
    found = json.loads(re.sub(r"sqrt\(3\)", "sqrt(2)", text_of("d4")).replace('{"sqrt": 3}', '{"sqrt": 2}'))
    answer = checked(found)
    assert answer.valid is not None and (not answer.valid or is_true(found["statement"], Random(2)))


def test_a_field_means_nothing_by_itself():
    """A rational problem may say that it is over a field: nothing else is stated, or proved."""
    found = certificate("spline_1")
    part(found, "statement", "problem").update(format="exactrelu-problem/2", field={"sqrt": 7})
    assert checked(found)


@cache
def member(name, n):
    """Return the text of the certificate that the network of a built-in problem for n equals V^n g."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "member.json")
        write_certificate(path, certify(name, n, method="induction"), check=False)
        return path.read_text()


MEMBERS = {
    "another bias": lambda network: added(network["nodes"][-1], ("bias",), TINY),
    "another bias by a root": lambda network: added(network["nodes"][-1], ("bias",), TINY * Quadratic(0, 1, 3)),
    "a weight next to its own": lambda network: added(
        network["nodes"], roots_in(network["nodes"])[0], hair(3)),
    "conjugate weights": lambda network: conjugated(network, "nodes"),
}


@pytest.mark.parametrize("damage", MEMBERS)
def test_members(damage):
    """A network that is another one by a hair, or by its conjugate weights, is not the one of the family."""
    found = json.loads(member("d4", 3))
    assert found["statement"]["network"]["field"] == {"sqrt": 3} and checked(found)
    MEMBERS[damage](found["statement"]["network"])
    assert checked(found).valid is False


def test_a_rational_family_has_members_over_a_field():
    """Units may be scaled by √2; by another factor where they are read they are not those of the family."""
    problem = load_problem("spline_1")
    found = json.loads(member("spline_1", 2))
    assert problem.field == RATIONALS and checked(found)
    network = found["statement"]["network"]
    nodes, root = network["nodes"], Quadratic(0, 1, 2)
    k = max(k for k, node in enumerate(nodes) if node["op"] == "relu")
    argument, reading = nodes[nodes[k]["of"] - 1], [t for node in nodes for t in node.get("terms", ()) if t[0] == k + 1]
    assert argument["op"] == "affine" and reading and sum(node.get("of") == nodes[k]["of"] for node in nodes) == 1
    network["field"] = {"sqrt": 2}
    for place in (*((term, 1) for term in argument["terms"]), (argument, "bias")):
        place[0][place[1]] = text(number_of(place[0][place[1]]) * root)
    assert checked(found).valid is False
    for term in reading:
        term[1] = text(number_of(term[1]) / root)
    assert checked(found)


def test_fields_of_members():
    """The network of a problem is over the same field, or rational; the name of another field is refused."""
    found = json.loads(member("d4", 3))
    for field in ({"sqrt": 2}, None):
        other = copy.deepcopy(found)
        other["statement"]["network"].update(field=field) if field else other["statement"]["network"].pop("field")
        assert checked(other).valid is None


@pytest.mark.parametrize(("name", "n"), [
    ("d4", 100), ("ghm", 100), *(pytest.param("d4_tensor", n, marks=pytest.mark.exhaustive) for n in ("all", 1, 100)),
])
def test_written(name, n, tmp_path):
    """What is certified by induction is written, and the file is valid."""
    write_certificate(tmp_path / "proof.json.gz", certify(name, n, method="induction"), check=False)
    assert check(tmp_path / "proof.json.gz")


def test_refutations(tmp_path):
    """That a network is another one by 2^-60 √3 at a point with a root is written, and valid."""
    path, network = tmp_path / "refutation.json", build("d4", 2).flatten()
    (k,) = network.outputs
    other = Network(1, (*network.nodes, Affine(((k, 1),), TINY * Quadratic(0, 1, 3))), (len(network),))
    write_refutation(path, load_problem("d4"), 2, other, (Quadratic(0, 1, 3),))
    assert check(path)
    unit = Network(1, [Affine(((0, 1),), Quadratic(0, 1, 2)), Relu(1)], [2])
    with pytest.raises(UndecidedError, match="over different ones"):
        write_refutation(path, load_problem("d4"), 2, unit, (mpq(0),))


def random_network(random, inputs, D):
    """Return the JSON object of a small network over Q(√D); some of its units are doubled, opposite or constant."""
    def number():
        a, b = (mpq(random.randint(-3, 3), random.choice((1, 1, 2, 3))) for _ in range(2))
        return Quadratic(a, b, D) if b and random.random() < 0.6 else a

    nodes, last = [], list(range(inputs))
    for _ in range(2):
        units = []
        for _ in range(3):
            terms = [[k, text(number())] for k in last if random.random() < 0.8]
            for factor in random.sample((1, number(), -1), random.choice((1, 1, 2))):
                own = [[k, text(number_of(weight) * factor)] for k, weight in terms]
                nodes.append({"op": "affine", "terms": own, "bias": text(number())})
                nodes.append({"op": "relu", "of": inputs + len(nodes) - 1})
                units.append(inputs + len(nodes) - 1)
        last = units
    nodes.append({"op": "affine", "terms": [[k, text(number())] for k in last], "bias": 0})
    return {"format": "exactrelu-network/1", "inputs": inputs, "nodes": nodes, "outputs": [inputs + len(nodes) - 1],
            "field": {"sqrt": D}}


def rescaled(network, random, D):
    """Return the JSON object of the same function, with max(0, e) = s max(0, e/s) for numbers s > 0 of Q(√D)."""
    nodes, places = [], list(range(network["inputs"]))

    def added_node(node):
        nodes.append(node)
        return network["inputs"] + len(nodes) - 1

    for node in network["nodes"]:
        if node["op"] == "relu":
            s = abs(Quadratic(mpq(random.randint(-5, 5)), mpq(random.randint(1, 5), 7), D))
            below = added_node({"op": "affine", "terms": [[places[node["of"]], text(1 / s)]], "bias": 0})
            unit = added_node({"op": "relu", "of": below})
            places.append(added_node({"op": "affine", "terms": [[unit, text(s)]], "bias": 0}))
        else:
            terms = [[places[k], weight] for k, weight in node["terms"]]
            places.append(added_node(node | {"terms": terms}))
    return network | {"nodes": nodes, "outputs": [places[k] for k in network["outputs"]]}


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(k, marks=pytest.mark.exhaustive) for k in range(6, 60))])
def test_random_networks(seed):
    """Networks whose units are scaled by numbers of the field are equal; with a hair on a weight they are not said to
    be, unless they are the same at points."""
    random, D = Random(seed), (2, 3, 5)[seed % 3]
    inputs = 1 + seed % 2
    network = random_network(random, inputs, D)
    other = rescaled(network, random, D)
    statement = {"kind": "equal", "domain": {}, "networks": [network, other]}
    evidence = {"kind": "enumeration", "lines": [], "tree": [-1] * 2**inputs}
    found = {"format": "exactrelu-certificate/2", "statement": statement, "evidence": evidence}
    assert checked(found)
    weights = [path for path in numbers_of(other["nodes"]) if path[-1] == 1 or path[-1] == "bias"]
    for path in random.sample(weights, 4):
        changed = copy.deepcopy(other)
        added(changed["nodes"], path, random.choice((1, -1)) * hair(D))
        answer = checked(found | {"statement": statement | {"networks": [network, changed]}})
        assert answer.valid is not None
        if answer:
            for _ in range(60):
                point = [mpq(random.randint(-40, 40), random.choice((1, 2, 3, 7))) for _ in range(inputs)]
                assert outputs(network, point) == outputs(changed, point)
