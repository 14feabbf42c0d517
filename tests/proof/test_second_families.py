"""Certificates of every n and of members of families: the second checker says what the first one says."""

import copy
import json
from contextlib import nullcontext
from fractions import Fraction
from random import Random

import pytest
import second_checker
import test_every_n as rows
import test_every_n_small as functionals
from format_2 import checked, numbers_of, rows_for_every_n
from random_schemes import random_diagonal_scheme
from second_families import read_theory
from second_files import Unproved, read_problem
from second_members import check_layers

from exactrelu import checker
from exactrelu.scheme import builtin_problems

ONE_PASS, SMALL = ("haar", "needle", "zero"), ("spline_1", "hermite", "ternary", "haar")


def answer(found):
    """Return what the second checker says of a JSON value: True, False, or None if it cannot be read."""
    return {0: True, 1: False, 2: None}[second_checker.check(json.dumps(found).encode())]


def made(construction, name):
    return rows_for_every_n(name) if construction == "one-pass" else functionals.certificate(name)


@pytest.mark.parametrize(("construction", "name"), [
    *(("one-pass", name) for name in ONE_PASS), *(("small", name) for name in SMALL),
    *(pytest.param("one-pass", name, marks=pytest.mark.exhaustive) for name in builtin_problems()),
    *(pytest.param("small", name, marks=pytest.mark.exhaustive) for name in (
        "zero", "needle", "hanging", "difference", "random_rational", "courant", "bilinear", "single_c21",
        "window_edges", "spline_2", "spline_3", "dd4_line", "dd6_line", "ternary_4", "dilations")),
])
def test_every_n(construction, name):
    """The families that the project writes are proved by the second checker, too."""
    assert answer(made(construction, name))


@pytest.mark.parametrize("name", ["d4", "ghm"])
def test_irrational_numbers(name):
    """So are families and members over Q(√D), and a weight that is another one is not believed."""
    found = functionals.certificate(name)
    assert answer(found)
    bound = Fraction(1, 2**60)
    nodes = found["statement"]["family"]["programs"]["stage"]["nodes"]
    node = next(node for node in nodes if any("sqrt" in str(weight) for _, weight in node.get("terms", ())))
    node["bias"] = str(Fraction(node["bias"]) + bound)
    assert answer(found) is False
    member = json.loads(functionals.member_text(name, 3))
    assert answer(member)
    member["statement"]["network"]["nodes"][-1]["bias"] = str(bound)
    assert answer(member) is False


@pytest.mark.parametrize("seed", [303, 374, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in range(375, 700))])
def test_random_schemes(seed):
    """So are those of random masks, dilations and seeds on the line."""
    problem = random_diagonal_scheme(seed, 1)
    if problem.beyond().keys() & {"masks", "source", "field"}:
        pytest.skip("the theory is about one mask, no source, and Q")
    assert second_checker.check(functionals.text_for(problem).encode()) == 0


@pytest.mark.parametrize(("construction", "name", "sizes"), [
    ("one-pass", "haar", [102, 1, 5]), ("small", "spline_1", [23, 1, 5]), ("small", "hermite", [29, 1, 5])
])
def test_sizes(construction, name, sizes):
    """Width and depth of a family are the same by both checkers: neither believes one unit or one layer less."""
    found = made(construction, name)
    problem = read_problem(found["statement"]["problem"])
    theory, _ = read_theory(problem, found["statement"]["family"], found["evidence"])
    for change in ((0, 0, 0), (1, 0, 3), (-1, 0, 0), (0, -1, 0), (0, 0, -1)):
        claimed = [a + b for a, b in zip(sizes, change)]
        if min(change) < 0:
            with pytest.raises(Unproved):
                check_layers(theory, 1, 1, 1, 1, *claimed)
        else:
            check_layers(theory, 1, 1, 1, 1, *claimed)
    for claimed in (sizes, [sizes[0] - 1, *sizes[1:]]) if name == "spline_1" else ():
        found["statement"]["sizes"] = claimed
        assert answer(found) == checked(found).valid == (claimed is sizes)


def test_sizes_where_stages_come_later():
    """Of a family whose first network has no stages the others are looked at as well."""
    found = functionals.certificate("spline_1")
    problem = checker.read_problem(found["statement"]["problem"])
    theory, _ = checker.read_theory(problem, found["statement"]["family"], found["evidence"])
    starts = [checker.Start(0, 0, theory.family.starts[0].program), *theory.family.starts]
    theory.family = theory.family._replace(starts=starts)
    for claimed, stages, is_right in (
        ((23, 0, 5), (0, 0), True), ((23, 0, 5), (0, 1), False), ((23, 1, 4), (0, 1), True),
        ((22, 1, 4), (0, 1), False), ((23, 1, 3), (0, 1), False), ((23, 1, 4), (1, 1), False),
        ((23, 1, 5), (1, 1), True), ((23, 1, 5), (1, 2), False),
    ):
        with nullcontext() if is_right else pytest.raises(checker.Invalid, match="larger"):
            checker.check_sizes(theory, *claimed, 1, int(stages[1] > 0), stages)


@pytest.mark.parametrize("found", [
    pytest.param(lambda: rows.member(4), id="one-pass"),
    pytest.param(lambda: rows.cut_member("haar", 3), id="one-pass-cut"),
    pytest.param(lambda: json.loads(functionals.member_text("spline_1", 9)), id="spline_1"),
    pytest.param(lambda: json.loads(functionals.member_text("hermite", 3)), id="hermite"),
])
def test_members(found):
    """The network for n is of its family, that for n + 1 is not, and no weight may be another one."""
    found = found()
    assert answer(found)
    network = found["statement"]["network"]["nodes"]
    network[-1]["bias"] = str(Fraction(network[-1]["bias"]) + Fraction(1, 2**60))
    assert answer(found) is False
    network[-1]["bias"] = "0"
    found["evidence"].pop("interfaces", None)
    found["statement"]["n"] += 1
    assert answer(found) is False


def test_a_class_with_shift_one():
    """Its first cells are seen before the last level only, and have to have rows as well.

    With programs that carry one row of four, the network for 1 is 0 at (403/1200, 103/120), where V g is 2/15.
    """
    found = made("one-pass", "haar")
    last = found["evidence"]["classes"][2]
    last |= {"shift": "1", "lengths": [2, 2], "rows": [[1, 1, 1, *last["rows"][0][3:]]]}
    last["read"] = [[1, 1, 1, *last["read"][0][3:]]]
    assert answer(found) is False
    assert checked(found).reason.startswith("class 2, states: there is no row for the cell")


def moved(program, place, count):
    """Let numbers of nodes be larger by ``count`` from a place on; return the new numbers."""
    numbers = [k if k < place else k + count for k in range(program["inputs"] + 3 + len(program["nodes"]))]
    for node in program["nodes"]:
        node |= {key: numbers[node[key]] for key in ("of", "by") if key in node}
        if "terms" in node:
            node["terms"] = [[numbers[k], weight] for k, weight in node["terms"]]
    program["outputs"] = [numbers[k] for k in program["outputs"]]
    return numbers


def with_inputs(program, inputs):
    """Give a program more inputs; return the new numbers of its nodes."""
    numbers = moved(program, program["inputs"], inputs - program["inputs"])
    program["inputs"] = inputs
    return numbers


def renumber(classes, numbers):
    """Let classes name the nodes of closing by their new numbers."""
    for c in classes:
        c |= {"seam": numbers[c["seam"]], "value": numbers[c["value"]], "bumps": [numbers[k] for k in c["bumps"]]}
        for shape in (c, *c["shapes"]):
            shape["terms"] = [[numbers[k], height] for k, height in shape["terms"]]


def test_parameters_of_closing_are_any_numbers():
    """A unit that is 0 for all n ≥ 1, but not for the network without stages of a reduction, where ε = 1, is refused.

    It is max(0, ε - 3/4), and stands beside a bump, in the argument of one of its units.
    """
    found = functionals.certificate("spline_1")
    closing, classes = found["statement"]["family"]["programs"]["closing"], found["evidence"]["classes"]
    first = closing["inputs"] + 3
    renumber(classes, moved(closing, first, 2))
    closing["nodes"][:0] = [
        {"op": "affine", "terms": [[closing["inputs"], 1]], "bias": "-3/4"}, {"op": "relu", "of": first}]
    assert answer(found) is True and checked(found).valid is True
    bump = closing["nodes"][classes[0]["bumps"][0] - first]
    source = bump if bump["op"] == "affine" else closing["nodes"][bump["of"] - first]
    source["terms"].append([first + 1, 1])
    assert answer(found) is False and checked(found).valid is False


def test_a_place_of_a_loop_comes_once():
    """A place that is 0 always must not count as a curve because an early value that is 0 stands there, too.

    The seam of the class 1 reads it: for n = 1 the network is 5/6 at 65/96, where V g is 65/96.
    """
    found = functionals.certificate("spline_1")
    programs, loop = found["statement"]["family"]["programs"], found["evidence"]["loops"][0]
    with_inputs(programs["stage"], 9)
    renumber(found["evidence"]["classes"], with_inputs(programs["closing"], 9))
    for program in (programs["stage"], *(start for *_, start in programs["starts"])):
        program["nodes"].append({"op": "affine", "terms": [], "bias": 0})
        program["outputs"].append(program["inputs"] + 2 + len(program["nodes"]))
    hat = loop["curves"][1]
    (reads,) = (node for node in programs["closing"]["nodes"] if [k for k, _ in node.get("terms", ())] == [hat[0]])
    reads["terms"][0][0] = 8
    loop["curves"].append([8, hat[1]])
    assert functionals.value(found["statement"], 1, [Fraction(65, 96)]) == Fraction(5, 6)
    assert answer(found) is False and checked(found).valid is False
    loop["early"].append([8, [-1, -1, -1]])
    assert answer(found) is None and checked(found).valid is None


def put(module, name, path, key, new):
    found = made("one-pass" if module is rows else "small", name)
    (rows.at if module is rows else functionals.part)(found, *path)[key] = new
    return found


def changed(module, name, damage, *more):
    found = made("one-pass" if module is rows else "small", name)
    damage(found, *(part(found, path) for path in more))
    return found


WRONG = {
    **{f"rows-{k}": (put, rows, "haar", *case[:3]) for k, case in enumerate(rows.WRONG)},
    **{f"rows-{fact}": (changed, rows, "haar", case, rows.CLASS) for fact, case in rows.FAILING.items()},
    **{f"functionals-{k}": (put, functionals, *case[:4]) for k, case in enumerate(functionals.WRONG)},
    **{f"functionals-{fact}": (changed, functionals, *case) for fact, case in functionals.ALONE.items()},
    **{f"hostile-{k}": (changed, functionals, *case[:2]) for k, case in enumerate(functionals.HOSTILE)},
}


@pytest.mark.parametrize("case", WRONG)
def test_made_by_hand(case):
    """Families of which one fact does not hold, each of another kind, are refused by the second checker, too."""
    make, *arguments = WRONG[case]
    assert answer(make(*arguments)) is False


def part(value, path):
    for key in path:
        value = value[key]
    return value


def damaged(found, random, chosen):
    """Return the certificate with another number, an entry of a list that is not there or twice, and its place.

    Integers are often places: another one is one of those beside it, or any that stands in the same part.
    """
    found = copy.deepcopy(found)
    places = [path for path in numbers_of(found) if chosen(path)]
    path = random.choice(places)
    inner, key = part(found, path[:-1]), path[-1]
    if isinstance(inner, list) and random.random() < 0.15:
        inner[key:key + 1] = [inner[key]] * random.choice((0, 2))
    elif isinstance(inner[key], int):
        others = [number for place in places if isinstance(number := part(found, place), int)]
        inner[key] = random.choice((inner[key] - 1, inner[key] + 1, random.choice(others)))
    else:
        number, tiny = Fraction(inner[key]), Fraction(1, 10**6)
        inner[key] = str(random.choice((2 * number, -number, number / 2, number + tiny, number - tiny, 0, number + 1)))
    return found, path


PLACES = {
    "classes": lambda path: "classes" in path or "loops" in path, "programs": lambda path: "programs" in path,
    "others": lambda path: not {"classes", "loops", "programs"} & set(path),
}


@pytest.mark.parametrize(("construction", "name", "places", "count"), [
    ("small", "spline_1", "classes", 24), ("small", "spline_1", "programs", 8), ("one-pass", "haar", "classes", 5),
    *(pytest.param(*case, places, 150, marks=pytest.mark.exhaustive) for places in PLACES for case in (
        *(("one-pass", name) for name in ONE_PASS), *(("small", name) for name in SMALL))),
])
def test_damages(construction, name, places, count):
    """Of damaged certificates both checkers say the same: valid, invalid, or that they cannot be read."""
    random, found, answers = Random(f"{name} {places}"), made(construction, name), []
    for _ in range(count):
        other, path = damaged(found, random, PLACES[places])
        answers.append(answer(other))
        assert answers[-1] == checked(other).valid, path
    assert False in answers
