"""Certificates for every n of the construction small: valid as written, every fact needed, hostile ones refused."""

import copy
import json
from fractions import Fraction
from functools import cache
from random import Random
from format_2 import checked, family_value, numbers_of
from types import SimpleNamespace

import pytest
from random_schemes import random_diagonal_scheme

from exactrelu import build, checker, direct_sum
from exactrelu.certification.families import family_data
from exactrelu.certification.induction.small_network import eta, family, scheme_of
from exactrelu.cli import main
from exactrelu.field import mpq
from exactrelu.network.files import network_text
from exactrelu.scheme import builtin_problems, load_problem, problem_from_json, problem_to_json

QUICK = ("zero", "spline_1", "hermite", "ternary", "haar", "d4", "ghm")
TINY = Fraction(1, 2**60)


@cache
def text_of(name):
    """Return the text of the certificate for every n of a built-in problem."""
    return text_for(load_problem(name))


def text_for(problem):
    """Return the text of the certificate for every n of a problem."""
    programs, evidence = family_data(family(scheme_of(problem, 1)[0]))
    statement = {"kind": "every", "problem": problem_to_json(problem), "family": programs}
    return json.dumps({"format": checker.FORMAT, "statement": statement, "evidence": evidence})


def certificate(name):
    """Return its JSON object."""
    return json.loads(text_of(name))


def value(statement, n, point):
    """Return the value of the network for n at a point."""
    problem = problem_from_json(statement["problem"], "problem")
    return family_value(statement["family"], problem.dilation.factors, n, point)


def is_true(statement, random):
    """Return whether the family of a statement computes V^n g at some points near seams and elsewhere, for some n."""
    problem = problem_from_json(statement["problem"], "problem")
    for n in (1, 2, 3):
        for _ in range(6):
            point = [
                mpq(random.randrange(-M, 4 * M**n), M**n) + mpq(random.randrange(-8, 9), random.choice(
                    (12 * M**n, 77, 500 * M**n))) for M in problem.dilation.factors
            ]
            if value(statement, n, point) != direct_sum(problem, n, *point):
                return False
    return True


@pytest.mark.parametrize("name", QUICK)
def test_valid(name):
    """The family of a problem is proved for every n by the checker alone."""
    found = certificate(name)
    assert checked(found) and is_true(found["statement"], Random(name))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [
    *builtin_problems(), "spline_2", "spline_3", "dd4_line", "dd6_line", "ternary_4", "box_2222", "trilinear",
    "box_1111", "d4_tensor",
])
def test_all_problems(name):
    """So is that of every problem that is built in, if its blocks are the same for all n."""
    assert checked(certificate(name))


@pytest.mark.parametrize("seed", [
    104, 239, 443, 474, 1, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in range(300, 700)),
])
def test_random_schemes(seed):
    """Random masks of numbers or matrices, dilations and seeds that may be 0 in part, on the line: all are valid."""
    problem = random_diagonal_scheme(seed, 1)
    if problem.beyond().keys() & {"masks", "source"}:
        pytest.skip("the theory is about one mask and no source")
    found = json.loads(text_for(problem))
    assert checked(found) and is_true(found["statement"], Random(seed))


def seed_demanded(values):
    """Demand that a sum of two units is the pyramid of a seed on [0, 1]^3 with these values at corners and centre."""
    cube = [[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    faces = [[k for k, corner in enumerate(cube) if corner[i] == end] for i in range(3) for end in (0, 1)]
    halves = [half for a, b, c, d in faces for half in ([a, b, c, 8], [b, c, d, 8])]
    problem = checker.read_problem({
        "format": "exactrelu-problem/2", "name": "pyramid", "mask": {"0,0,0": 1},
        "seed": {"vertices": [*cube, ["1/2"] * 3], "values": values, "simplices": halves},
    })
    family = SimpleNamespace(stage=None, last=None, closing=None)
    theory, sheet = checker.Gated(problem, family, [0] * 3, []), checker.Sheet(3)
    sides = [((i, sign), (checker.ONE, int(sign < 0))) for i in range(3) for sign in (1, -1)]
    least = checker.least_of(sheet, list(map(sheet.affine, sides)))
    theory.seed_on([Fraction(0)] * 3, [0] * 3, 0, [(least, Fraction(2))], sheet)


def test_seeds_in_three_dimensions():
    """A seed on simplices of R^3 is compared with units on a cell, and another one by 2^-60 is told from it."""
    seed_demanded([0] * 8 + [1])
    for values in ([0] * 8 + [str(1 + TINY)], [0] * 7 + [str(TINY), 1]):
        with pytest.raises(checker.Invalid):
            seed_demanded(values)


def part(found, *path):
    """Return the part of a certificate at a path."""
    for key in path:
        found = found[key]
    return found


def programs_of(found):
    """Return the programs of a certificate."""
    return part(found, "statement", "family", "programs")


def first_of(found, program):
    """Return the number of the first of the nodes of a program."""
    return program["inputs"] + 2 * len(found["evidence"]["corner"]) + 1


def added(found, program, terms, bias=0):
    """Add an affine node, and a unit of it, to a program; return the number of the unit."""
    program["nodes"].append({"op": "affine", "terms": terms, "bias": str(bias)})
    program["nodes"].append({"op": "relu", "of": first_of(found, program) + len(program["nodes"]) - 1})
    return first_of(found, program) + len(program["nodes"]) - 1


def other_output(found, program, place, more=()):
    """Let a program give an output a bit larger, or with other terms added."""
    terms = [[program["outputs"][place], "1"], *more] if more else [[program["outputs"][place], str(1 + TINY)]]
    program["nodes"].append({"op": "affine", "terms": terms, "bias": 0})
    program["outputs"][place] = first_of(found, program) + len(program["nodes"]) - 1


def other_argument(found, unit, more):
    """Let the argument of a unit of the closing program have more terms."""
    program = programs_of(found)["closing"]
    first = first_of(found, program)
    node = program["nodes"][unit - first]
    terms = [[node["of"], 1], *more(program)]
    place = program["nodes"].index(node)
    assert all(k < first + place for k, _ in terms[1:])
    node["of"] = inserted(program, first, place, {"op": "affine", "terms": terms, "bias": str(-TINY * (not terms[1:]))})


def inserted(program, first, place, *nodes):
    """Insert nodes before entry ``place`` of the nodes of a program; return the number of the last of them."""
    shift = len(nodes)

    def moved(k):
        return k + shift if k >= first + place else k

    for node in program["nodes"][place:]:
        for key in ("of", "by"):
            if key in node:
                node[key] = moved(node[key])
        if "terms" in node:
            node["terms"] = [[moved(k), w] for k, w in node["terms"]]
    program["outputs"] = list(map(moved, program["outputs"]))
    program["nodes"][place:place] = nodes
    return first + place + shift - 1


def closing_at(found, change):
    """Change the closing program by ``change(program, first)``, which returns (place, nodes, unit): the argument of
    a unit has one node more, made of nodes that are inserted before it. The evidence follows."""
    program = programs_of(found)["closing"]
    first = first_of(found, program)
    place, nodes, unit = change(program, first)
    at, size = unit - first, len(nodes)
    inserted(program, first, place, *nodes)
    program["nodes"][at + size]["of"] = first + place + size - 1
    for c in found["evidence"]["classes"]:
        moved = {key: move(c[key], first + place, size) for key in ("bumps", "seam", "value")}
        c |= moved | {"terms": moved_terms(c["terms"], first + place, size)}
        c["passed"] = moved_terms(c["passed"], first + place, size)
        for shape in c["shapes"]:
            shape["terms"] = moved_terms(shape["terms"], first + place, size)


def move(value, border, size):
    """Return node numbers, those from ``border`` on moved."""
    if isinstance(value, list):
        return [move(k, border, size) for k in value]
    return value + size if value is not None and value >= border else value


def moved_terms(terms, border, size):
    """Return arrays whose first entries are node numbers, moved."""
    return [[move(k, border, size), *rest] for k, *rest in terms]


def smaller(unit):
    """Return the change that makes the argument of a unit less by 2^-60."""
    def change(program, first):
        of = program["nodes"][unit - first]["of"]
        return unit - first, [{"op": "affine", "terms": [[of, 1]], "bias": str(-TINY)}], unit
    return change


def beyond_one(unit, state):
    """Return the change that adds max(0, state - 9) to the argument of a unit: 0 on good orbits."""
    def change(program, first):
        of, place = program["nodes"][unit - first]["of"], unit - first
        return place, [
            {"op": "affine", "terms": [[state, 1]], "bias": -99}, {"op": "relu", "of": first + place},
            {"op": "affine", "terms": [[of, 1], [first + place + 1, 1]], "bias": 0},
        ], unit
    return change


def garbage(found):
    """Add to an output of the stage what is 0 for hats >= 0, but not for others."""
    stage, loop = programs_of(found)["stage"], part(found, "evidence", "loops", 0)
    unit = added(found, stage, [[loop["curves"][0][0], -1]])
    other_output(found, stage, part(found, "evidence", "classes", 0, "states", 0), [[unit, 1]])


def half_a_summand(found):
    """Let D be the sum of one summand, and half of the other."""
    program, c = programs_of(found)["closing"], part(found, "evidence", "classes", 0)
    node = program["nodes"][c["seam"] - first_of(found, program)]
    node["terms"] = [[k, "1/2" if k == c["bumps"][1] else w] for k, w in node["terms"]]


def narrow_seam(found):
    """Let a summand of D be half as wide."""
    program, c = programs_of(found)["closing"], part(found, "evidence", "classes", 0)
    first = first_of(found, program)
    needed, waiting = set(), [c["bumps"][0]]
    while waiting:
        k = waiting.pop()
        needed.add(k)
        node = program["nodes"][k - first] if k >= first else {}
        waiting += [node["of"]] if "of" in node else [k for k, _ in node.get("terms", ())]
    node = min((k for k in needed if k >= first and program["nodes"][k - first].get("terms")))
    entry = program["nodes"][node - first]
    entry["bias"] = str(Fraction(entry["bias"]) - 1)


def seed_value(found):
    """Let the seed have another value."""
    values = part(found, "statement", "problem", "seed", "values")
    k = next(k for k, v in enumerate(values) if Fraction(v))
    values[k] = str(Fraction(values[k]) + TINY)


def a_class(found, key):
    """Return (a class that has terms in the key, or a shape for ``shapes``), and its first unit."""
    for c in found["evidence"]["classes"]:
        if c[key]:
            return c, (c[key] if key == "terms" else c[key][0]["terms"])[0][0]
    raise AssertionError(key)


def start_period(found):
    """Let the first start be that for all n."""
    programs_of(found)["starts"] = [[1, 1, programs_of(found)["starts"][0][2]]]


ALONE = {
    "numbers": ("spline_1", lambda found: part(found, "statement", "family").update(factor="3/2")),
    "windows": ("spline_1", start_period),
    "begun": ("spline_1", lambda found: other_output(
        found, programs_of(found)["starts"][0][2], part(found, "evidence", "loops", 0, "curves", 0, 0))),
    "started": ("spline_1", lambda found: other_output(
        found, programs_of(found)["starts"][1][2], part(found, "evidence", "classes", 1, "states", 0))),
    "multiplied": ("spline_1", lambda found: other_output(
        found, programs_of(found)["stage"], part(found, "evidence", "loops", 0, "curves", 0, 0))),
    "nothing": ("spline_1", garbage),
    "step": ("hermite", lambda found: other_output(
        found, programs_of(found)["stage"], part(found, "evidence", "classes", 0, "states", 1))),
    "seams": ("spline_1", narrow_seam),
    "deficiency": ("haar", half_a_summand),
    "affine": ("spline_1", lambda found: closing_at(found, smaller(a_class(found, "terms")[1]))),
    "shape": ("haar", lambda found: closing_at(found, smaller(a_class(found, "shapes")[1]))),
    "seed": ("spline_1", seed_value),
    "limit": ("spline_1", lambda found: closing_at(found, beyond_one(
        a_class(found, "terms")[1], a_class(found, "terms")[0]["states"][0]))),
    "summed": ("spline_1", lambda found: part(found, "evidence").update(
        limit=str(Fraction(found["evidence"]["limit"]) / 2))),
    "gates": ("spline_1", lambda found: other_output(found, programs_of(found)["closing"], 0)),
}


@pytest.mark.parametrize("fact", ALONE)
def test_each_fact_is_needed(fact, monkeypatch):
    """A family of which one fact does not hold is refused for that, and would be believed if it were not asked."""
    name, damage = ALONE[fact]
    found = certificate(name)
    damage(found)
    assert checked(found).valid is False
    monkeypatch.setattr(checker.Functionals, fact, lambda *arguments: None)
    if fact == "numbers":
        monkeypatch.setattr(checker.Functionals, "values", None)
    assert checked(found).valid is True


def test_all_facts_are_looked_at():
    """The table above has all facts of the theory."""
    theory = checker.read_certificate(text_of("haar").encode()).evidence.parts[0].theory
    assert {fact.__name__ for _, fact, _ in theory.facts()} == set(ALONE)


CLASS, LOOP = ("evidence", "classes", 0), ("evidence", "loops", 0)

WRONG = [
    ("spline_1", ("statement", "family"), "base", "1/2", "the numbers c, rho"),
    ("hermite", ("statement", "family"), "base", "1", "the numbers c, rho"),
    ("spline_1", ("statement", "family"), "factor", "-1", "the numbers c, rho"),
    ("spline_1", ("statement", "problem"), "dilation", 3, "come from the one before"),
    ("hermite", ("statement", "problem"), "component", 1, "start for n"),
    ("spline_1", CLASS, "shift", ["0"], "come from the one before"),
    ("spline_1", CLASS, "before", 0, "come from the one before"),
    ("spline_1", ("evidence",), "corner", [1], "the window of a class"),
    ("spline_1", LOOP, "width", "1/8", ""),
    ("spline_1", LOOP, "width", "0", "apart"),
    ("spline_1", CLASS, "value", None, ""),
    ("spline_1", CLASS, "shapes", [], "seed"),
    ("spline_1", CLASS, "affine", [], ""),
    ("spline_1", ("evidence",), "classes", [], "more classes than coordinates"),
]


@pytest.mark.parametrize(("name", "path", "key", "new", "reason"), WRONG)
def test_refused(name, path, key, new, reason):
    """Evidence, numbers or problems with which the argument does not go through are not believed."""
    found = certificate(name)
    assert part(found, *path).get(key) != new
    part(found, *path)[key] = new
    answer = checked(found)
    assert answer.valid is False and reason in answer.reason


def negative_off_the_loop(found):
    """Let a summand of D be less by a unit that is 0 for hats >= 0, but not for others."""
    program, c = programs_of(found)["closing"], part(found, *CLASS)
    first, hat = first_of(found, program), part(found, *LOOP, "curves", 0, 0)
    terms = program["nodes"][c["bumps"][0] - first]["terms"]
    unit = next(k for k, _ in terms if k >= first and "of" in program["nodes"][k - first])

    def change(program, first):
        of, place = program["nodes"][unit - first]["of"], unit - first
        return place, [
            {"op": "affine", "terms": [[hat, -1]], "bias": 0}, {"op": "relu", "of": first + place},
            {"op": "affine", "terms": [[of, 1], [first + place + 1, 1]], "bias": 0},
        ], unit

    closing_at(found, change)


def turned(values):
    """Exchange the first two entries of a list."""
    values[:2] = values[1::-1]


HOSTILE = [
    ("spline_1", negative_off_the_loop, "class 0, deficiency"),
    ("spline_1", lambda found: turned(part(found, *CLASS, "states")), "start for n"),
    ("spline_1", lambda found: turned(found["evidence"]["classes"]), "numbers"),
    ("spline_1", lambda found: found["evidence"]["classes"].append(part(found, *CLASS)), "numbers"),
    ("spline_1", lambda found: part(found, *CLASS).update(states=[], functionals=[]), "start for n"),
    ("spline_1", lambda found: part(found, *CLASS).update(
        seam=part(found, "evidence", "classes", 1, "seam")), "class 0, deficiency"),
    ("haar", lambda found: turned(part(found, *CLASS, "bumps")), "class 0, seams along axis 0"),
    ("haar", lambda found: turned(found["evidence"]["loops"]), "start for n"),
    ("hermite", lambda found: part(found, "statement", "problem", "mask").update({"0": [[1, 0], [0, 1]]}), "numbers"),
]


@pytest.mark.parametrize("case", range(len(HOSTILE)))
def test_hostile_evidence(case):
    """Marks that name other values, or a seam right on the loop alone, are refused with the fact that fails."""
    name, damage, fact = HOSTILE[case]
    found = certificate(name)
    damage(found)
    answer = checked(found)
    assert answer.valid is False and answer.reason.startswith(fact)


def test_a_start_is_missing():
    """Without a start for some n nothing is said of all n."""
    found = certificate("spline_1")
    programs_of(found)["starts"].pop()
    assert "a start for every n" in checked(found).reason
    programs_of(found)["starts"].clear()
    assert "expected one at least" in checked(found).reason


def replaced(found, path, new):
    """Return a certificate with another value at a path."""
    found = copy.deepcopy(found)
    part(found, *path[:-1])[path[-1]] = new
    return found


def look_at(found, count, random, is_weight):
    """Change a weight of a program by 2^-60, or any number; return the answers, right as far as points tell."""
    if is_weight:
        paths = [path for path in numbers_of(programs_of(found)) if path[-2:] != (1,) and path[-1] in (1, "bias")]
        paths = [("statement", "family", "programs", *path) for path in paths if "nodes" in path]
    else:
        paths = list(numbers_of(found))
    answers = []
    for path in random.sample(paths, count):
        old = part(found, *path)
        number = Fraction(old)
        if is_weight:
            new = str(number + random.choice((1, -1)) * TINY)
        elif isinstance(old, int):
            new = old + random.choice((-1, 1))
        else:
            new = str(random.choice([2 * number + 1, number / 2 - 1, number + Fraction(1, 10**6)]))
        other = replaced(found, path, new)
        answer = checked(other)
        answers.append(answer.valid)
        assert answer.valid or answer.reason
        assert not answer.valid or is_true(other["statement"], random), path
    return answers


@pytest.mark.parametrize("is_weight", [True, False])
def test_mutants(is_weight):
    """A weight that is another one by 2^-60, or any other number, is not believed unless the value is the same."""
    assert look_at(certificate("spline_1"), 12, Random(3), is_weight).count(False) > 4


@pytest.mark.exhaustive
@pytest.mark.parametrize("is_weight", [True, False])
@pytest.mark.parametrize("name", ["spline_1", "hermite", "ternary", "haar"])
def test_many_mutants(name, is_weight):
    """So it is for many of them."""
    count = 60 if name == "haar" else 250
    assert look_at(certificate(name), count, Random(name), is_weight).count(False) > count // 3


@cache
def member_text(name, n):
    """Return the text of the certificate that the network for n equals V^n g."""
    problem = load_problem(name)
    found = json.loads(text_of(name))
    network = json.loads("".join(network_text(build(problem, n, "small").flatten())))
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n, "network": network}
    evidence = found["evidence"] | {"family": found["statement"]["family"], "eta": str(eta(problem, n))}
    return json.dumps({"format": checker.FORMAT, "statement": statement, "evidence": evidence})


@pytest.mark.parametrize(("name", "n"), [("spline_1", 1), ("spline_1", 9), ("ternary", 2), ("hermite", 3)])
def test_member(name, n):
    """The network for n is of the family, and another one is not: one more stage, or less, or another number."""
    found = json.loads(member_text(name, n))
    assert checked(found)
    for k in (n - 1, n + 1):
        found["statement"]["n"] = k
        answer = checked(found)
        assert not answer and (k == 0 or "network" in answer.reason or "eta" in answer.reason)
    found["statement"]["n"] = n
    for other in (0, -1, str(Fraction(found["evidence"]["eta"]) * 4)):
        assert "eta is not between" in checked(found | {"evidence": found["evidence"] | {"eta": other}}).reason
    found["statement"]["network"]["nodes"][-1]["bias"] = str(TINY)
    assert checked(found).valid is False


def test_written(tmp_path, capsys):
    """certify writes it for all n and for one, of one-pass and small, in any dimension; check reads it."""
    path = tmp_path / "proof.json.gz"
    for words in (["spline_1", "-n", "all"], ["ternary", "-n", "100", "--method", "induction"], ["d4", "-n", "all"],
                  ["d4", "-n", "100", "--method", "induction"], ["ghm", "-n", "100", "--method", "induction"]):
        assert main(["certify", *words, "--output", str(path)]) == 0
        assert "not checked" not in capsys.readouterr().out
        assert main(["check", str(path)]) == 0
        assert "at every point of R^1" in capsys.readouterr().out
    assert main(["certify", "trilinear", "-n", "1", "--output", str(path)]) == 2
    assert "take the method induction" in capsys.readouterr().err


def test_refutations(tmp_path, capsys):
    """That a network is not the one of a scheme beyond the plane is written with a point."""
    path, net = tmp_path / "proof.json", tmp_path / "net.json"
    assert main(["build", "ternary", "-n", "1", "--output", str(net)]) == 0
    words = ["certify", "ternary", "-n", "2", "--method", "induction", "--network", str(net), "--output", str(path)]
    assert main(words) == 1
    assert main(["check", str(path)]) == 0
    assert "it is wrong that the network" in capsys.readouterr().out
