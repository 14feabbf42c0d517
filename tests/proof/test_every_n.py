"""Certificates for every n: written by the producer, valid by the checker, not believed where they are wrong."""

import copy
import json
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from format_2 import checked, outputs, rows_for_every_n

from exactrelu import Network, build, certify, checker, direct_sum
from exactrelu.certification.families import family_data, write_member
from exactrelu.certification.induction.one_pass_family import programs
from exactrelu.cli import main
from exactrelu.network.files import network_from_json, network_text, write_json_network
from exactrelu.scheme import builtin_problems, load_problem, problem_from_json, problem_to_json

QUICK = ("haar", "bilinear", "hanging", "needle", "zero")


def value(family, n, point):
    """Return the value of the network for n at a point."""
    eps, eta = Fraction(1, 2**n), Fraction(family["factor"]) / Fraction(family["base"]) ** n
    for name in ("start", *["stage"] * (n - 1), "last", "closing"):
        point = outputs(family["programs"][name], [*point, eps, eta])
    return point[0] / eta


def points(random, n):
    """Yield points: near grid lines of all classes, in the middle of cells, far away."""
    for _ in range(6):
        step = Fraction(random.randrange(-1, 4 * 2**n), 2**n)
        yield [step - Fraction(random.choice((0, 1, 2)), 3 * 2**n) + Fraction(random.randrange(-1, 2), 500 * 2**n),
               Fraction(random.randrange(-60, 260), 77)]


def is_true(statement, random):
    """Return whether the family of a statement computes V^n g at some points, for some n."""
    problem = problem_from_json(statement["problem"], "problem")
    return all(
        value(statement["family"], n, point) == direct_sum(problem, n, *point)
        for n in (1, 2, 3) for point in points(random, n)
    )


@pytest.mark.parametrize("name", QUICK)
def test_valid(name):
    """The family of a problem is proved for every n by the checker alone."""
    found = rows_for_every_n(name)
    assert checked(found) and is_true(found["statement"], Random(name))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_all_problems(name):
    """So is that of every problem that is built in."""
    assert checked(rows_for_every_n(name))


def places(part, path=()):
    """Yield the paths of all numbers in a JSON value."""
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(inner, (dict, list)):
            yield from places(inner, (*path, key))
        elif key not in ("op", "name", "format", "kind"):
            yield (*path, key)


def damaged(found, path, random):
    """Return a certificate with another number at a path."""
    found = copy.deepcopy(found)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    number = Fraction(inner[path[-1]])
    if isinstance(inner[path[-1]], int) and number.denominator == 1:
        inner[path[-1]] += random.choice((-1, 1))
    else:
        others = {number * 2, number / 2, -number, number + Fraction(1, 10**6), Fraction(0)} - {number}
        inner[path[-1]] = str(random.choice(sorted(others)))
    return found


def look_at(found, count, random):
    """Damage a certificate; return the answers, each of which was right as far as points tell."""
    paths, answers = list(places(found)), []
    for _ in range(count):
        other = damaged(found, random.choice(paths), random)
        answer = checked(other)
        answers.append(answer.valid)
        assert answer.valid or answer.reason
        assert not answer.valid or is_true(other["statement"], random)
    return answers


def test_damages():
    """A certificate with another number somewhere is not believed unless what it says is right all the same."""
    answers = look_at(rows_for_every_n("haar"), 9, Random(7))
    assert False in answers


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", QUICK)
def test_many_damages(name):
    """So it is for hundreds of them."""
    assert False in look_at(rows_for_every_n(name), 400, Random(name))


def at(found, *path):
    """Return the part of a certificate at a path."""
    for key in path:
        found = found[key]
    return found


FAMILY, CLASS = ("statement", "family"), ("evidence", "classes", 0)

WRONG = [
    (FAMILY, "factor", "1/12", "the numbers w, c, rho do not fit"),
    (FAMILY, "factor", "-1/24", "the numbers w, c, rho do not fit"),
    (FAMILY, "base", "3/2", "the numbers w, c, rho do not fit"),
    (FAMILY, "base", "2", "growth in stage: a value may be negative"),
    (("evidence",), "width", "1/11", "three classes"),
    (("evidence",), "classes", [], "three classes"),
    (("evidence",), "corner", [1, 0], "the window of a class"),
    (CLASS, "shift", "1/2", "three classes"),
    (CLASS, "lengths", [1, 2], "the window of a class"),
    (CLASS, "rows", [], "there is no row"),
    (CLASS, "read", [], "there is no row"),
    (CLASS, "cells", [[], []], "rows at the start"),
    (CLASS, "bumps", [2, 2], "seams along x"),
    (CLASS, "value", 0, "reading"),
]


@pytest.mark.parametrize(("path", "key", "new", "reason"), WRONG)
def test_refused(path, key, new, reason):
    """Evidence or numbers with which the argument does not go through are not believed, for that reason."""
    found = rows_for_every_n("haar")
    at(found, *path)[key] = new
    answer = checked(found)
    assert answer.valid is False and reason in answer.reason


def turned(values, i, j):
    """Exchange two entries of a list."""
    values[i], values[j] = values[j], values[i]


def another_output(found, program, place):
    """Let a program give the double of an output."""
    part = at(found, *FAMILY, "programs", program)
    part["nodes"].append({"op": "affine", "terms": [[part["outputs"][place], 2]], "bias": 0})
    part["outputs"][place] = part["inputs"] + 1 + len(part["nodes"])


FAILING = {
    "class 0, orbits along y": lambda found, c: turned(c["loops"][1], 0, 1),
    "class 0, cells along x": lambda found, c: turned(c["cells"][0][0], 1, 2),
    "class 0, deficiency": lambda found, c: another_output(found, "last", c["seam"]),
    "class 0, rows at the start": lambda found, c: another_output(found, "start", c["rows"][0][3]),
    "class 0, step of stage": lambda found, c: another_output(found, "stage", c["rows"][0][4]),
    "class 0, step of last": lambda found, c: another_output(found, "last", c["read"][0][5]),
    "class 0, limit": lambda found, c: at(found, *FAMILY).update(factor="1/25"),
    "gates": lambda found, c: another_output(found, "closing", 0),
}


@pytest.mark.parametrize("fact", FAILING)
def test_each_fact(fact):
    """A family of which one fact does not hold is refused with the name of that fact."""
    found = rows_for_every_n("haar")
    FAILING[fact](found, at(found, *CLASS))
    answer = checked(found)
    assert answer.valid is False and answer.reason.startswith(fact)


@pytest.mark.parametrize("name", ["start", "stage", "last", "closing"])
def test_programs_that_do_not_fit(name):
    """A program without its last output cannot be read as part of a family."""
    found = rows_for_every_n("haar")
    at(found, *FAMILY, "programs", name)["outputs"].pop()
    assert "does not give as many values" in checked(found).reason


def test_another_mask():
    """The family of one mask is not believed for another one."""
    found = rows_for_every_n("haar")
    mask = at(found, "statement", "problem", "mask")
    key = next(iter(mask))
    mask[key] = str(Fraction(mask[key]) + Fraction(1, 10**9))
    assert checked(found).valid is False


@pytest.mark.parametrize("change", [{"dilation": 3}, {"masks": [{"0,0": 1}, {"0,0": 2}]}])
def test_other_schemes(change):
    """The theory is about one mask and dilation 2."""
    found = rows_for_every_n("haar")
    problem = at(found, "statement", "problem")
    problem |= {"format": "exactrelu-problem/2"} | change
    if "masks" in change:
        del problem["mask"]
    if "triangles" in problem["seed"]:
        problem["seed"]["simplices"] = problem["seed"].pop("triangles")
    assert "the theory is about one mask" in checked(found).reason


@pytest.mark.parametrize("name", ["haar", "zero"])
def test_sizes(name):
    """A width or depth that is smaller than the one found is not believed; a larger one is."""
    found = rows_for_every_n(name)
    sizes = certify(name, "all").sizes
    exact = [sizes.width, sizes.slope, sizes.layers]
    for change in ([0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 1, -1], [-1, 0, 0], [0, 0, -1], [0, -1, 1]):
        found["statement"]["sizes"] = [size + more for size, more in zip(exact, change, strict=True)]
        answer = checked(found)
        assert bool(answer) == (change[0] >= 0 and sum(change[1:]) >= 0 and change[1] >= 0)
        assert answer or "larger" in answer.reason
    found["statement"]["sizes"] = exact
    assert f"its width is {exact[0]} at most, its depth {exact[1]} n + {exact[2]}" in checked(found).statement


def member(n):
    """Return the JSON object of the certificate that the network of haar for n, without marks, equals V^n g."""
    problem = load_problem("haar")
    family, evidence = family_data(programs(problem).family)
    flat = build(problem, n).flatten()
    network = json.loads("".join(network_text(Network(2, flat.nodes, flat.outputs))))
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n, "network": network}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence | {"family": family}}


@pytest.mark.parametrize("n", [1, 2, 9])
def test_member(n):
    """The network for n is of the family, and another one is not: one more stage, or less, or another number."""
    found = member(n)
    assert checked(found)
    for k in (n - 1, n + 1):
        found["statement"]["n"] = k
        answer = checked(found)
        assert not answer and (k == 0 or "network" in answer.reason)
    found["statement"]["n"] = n
    nodes = found["statement"]["network"]["nodes"]
    node = next(node for node in reversed(nodes) if node["op"] == "affine" and node["terms"])
    node["terms"][0][1] = str(Fraction(node["terms"][0][1]) + Fraction(1, 10**12))
    assert checked(found).reason == "the output of the network is not that of the family for this n"


def cut_member(name, n):
    """Return the JSON object of the certificate that is written of the network for n."""
    verdict = certify(name, n, method="induction")
    with TemporaryDirectory() as folder:
        path = Path(folder, "member.json")
        write_member(path, verdict.problem, n, verdict.network, verdict.proof.examined, check=False)
        return json.loads(path.read_text())


def test_a_member_is_cut():
    """Block by block, forms stay short: of a network with 60 stages no more than of one with 6."""
    found = cut_member("haar", 60)
    assert len(found["evidence"]["interfaces"]) == 61
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checker, "MAX_BITS", 1 << 23)
        assert checked(found)
        del found["evidence"]["interfaces"]
        assert "bits" in checked(found).reason
    assert checked(found)


def test_damaged_interfaces():
    """An interface with another node is not believed, whatever it is, and neither is a changed block beside it."""
    random, found = Random(3), cut_member("difference", 3)
    size = len(found["statement"]["network"]["nodes"])
    for _ in range(12):
        other = copy.deepcopy(found)
        part = random.choice(other["evidence"]["interfaces"])
        k = random.randrange(len(part))
        part[k] = random.choice((part[k] - 1, part[k] + 1, (part[k] + random.randrange(1, size)) % size))
        answer = checked(other)
        assert answer or "block" in answer.reason or "unit" in answer.reason
    for _ in range(30):
        path = random.choice(list(places(found["statement"]["network"]["nodes"])))
        if path[-1] != 1 and path[-1] != "bias":
            continue
        other = copy.deepcopy(found)
        other["statement"]["network"]["nodes"] = damaged(other["statement"]["network"]["nodes"], path, random)
        if checked(other):
            problem = problem_from_json(other["statement"]["problem"], "problem")
            network = network_from_json(other["statement"]["network"], "network")
            assert all(
                network.evaluate(point) == (direct_sum(problem, 3, *point),) for point in points(random, 3)
            )
    *most, _ = found["evidence"]["interfaces"]
    for interfaces in ([], most, [[]] * 4, [*most, [-1]]):
        assert checked({**found, "evidence": {**found["evidence"], "interfaces": interfaces}}).valid is None


def test_opposite_units_and_sums_of_units():
    """max(0, e) may be written e + max(0, −e), and max(0, max(0, e)); a unit of −max(0, e) − 1 is 0."""
    found = member(2)
    nodes = found["statement"]["network"]["nodes"]
    size = 2 + len(nodes)
    (output,) = found["statement"]["network"]["outputs"]
    argument = next(node["of"] for node in nodes if node["op"] == "relu" and node["of"] > 1)
    nodes += [
        {"op": "relu", "of": argument}, {"op": "relu", "of": size},
        {"op": "affine", "terms": [[argument, "-3"]], "bias": 0}, {"op": "relu", "of": size + 2},
        {"op": "affine", "terms": [[size, -5]], "bias": -1}, {"op": "relu", "of": size + 4},
        # max(0, e) − e − max(0, −3e)/3 + 7 · 0 is 0
        {"op": "affine", "bias": 0, "terms": [
            [output, 1], [size + 1, 1], [argument, -1], [size + 3, "-1/3"], [size + 5, 7],
        ]},
    ]
    found["statement"]["network"]["outputs"] = [size + 6]
    assert checked(found)
    network = network_from_json(found["statement"]["network"], "network")
    assert certify("haar", 2, network, method="induction")
    nodes[-1]["terms"][1][1] = "1000001/1000000"
    assert not checked(found)


def test_members_with_scaled_units():
    """It does not matter how units are scaled."""
    found = member(2)
    nodes = found["statement"]["network"]["nodes"]
    for unit in [k for k, node in enumerate(nodes, 2) if node["op"] == "relu"]:
        argument = nodes[nodes[unit - 2]["of"] - 2]
        if sum(node.get("of") == nodes[unit - 2]["of"] for node in nodes) > 1 or argument["op"] != "affine":
            continue
        if any(k == nodes[unit - 2]["of"] for node in nodes for k, _ in node.get("terms", [])):
            continue
        factor = Fraction(unit % 7 + 1, 3)
        argument["terms"] = [[k, str(Fraction(w) * factor)] for k, w in argument["terms"]]
        argument["bias"] = str(Fraction(argument["bias"]) * factor)
        for node in nodes:
            terms = [[k, str(Fraction(w) / factor) if k == unit else w] for k, w in node.get("terms", [])]
            node |= {"terms": terms} if "terms" in node else {}
    assert checked(found)


def test_written(tmp_path, capsys):
    """certify -n all writes it, and for one n by induction, and check reads it."""
    path = tmp_path / "proof.json.gz"
    assert main(["certify", "haar", "-n", "all", "--output", str(path)]) == 0
    assert main(["check", str(path)]) == 0
    assert "for every n >= 1" in capsys.readouterr().out
    assert checker.check_file(path)
    flat = build(load_problem("haar"), 2).flatten()
    write_json_network(tmp_path / "net.json", Network(2, flat.nodes, flat.outputs))
    command = ["certify", "haar", "-n", "2", "--method", "induction", "--network", str(tmp_path / "net.json")]
    assert main([*command, "--output", str(path)]) == 0
    assert main(["check", str(path)]) == 0
    assert "equals V^2 g of the problem 'haar'" in capsys.readouterr().out
