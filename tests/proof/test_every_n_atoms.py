"""Certificates for every n of sums of atoms: valid for compact and paper, every fact needed, hostile ones refused."""

import copy
import json
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random

import pytest
from atom_families import certificate, family_of, interfaces, value
from format_2 import checked

from exactrelu import checker, direct_sum
from exactrelu.certification.families import member_text
from exactrelu.construction import compact, paper
from exactrelu.field import mpq
from exactrelu.scheme import builtin_problems, load_problem, problem_to_json

TINY = Fraction(1, 2**60)

CONSTRUCTIONS = {"compact": compact, "paper": paper}

QUICK = ("zero", "haar", "haar_growing", "single_c21", "quincunx_haar", "difference")


@cache
def made(name, construction):
    """Return the certificate for every n of a built-in problem."""
    return certificate(load_problem(name), CONSTRUCTIONS[construction])


def fresh(name, construction):
    """Return it to be changed."""
    return copy.deepcopy(made(name, construction))


def is_true(name, statement, random):
    """Return whether the family of a statement computes V^n g at some points, near seams and elsewhere, for some n."""
    problem = load_problem(name)
    for n in (1, 2, 3):
        for _ in range(6):
            point = [
                mpq(random.randrange(-4, 4 * 2**n), 2**n) + mpq(random.randrange(-8, 9), random.choice((12 * 2**n, 77)))
                for _ in range(2)
            ]
            if value(statement["family"], n, point) != direct_sum(problem, n, *point):
                return False
    return True


@pytest.mark.parametrize("name, construction", [
    *product(QUICK, CONSTRUCTIONS), ("courant", "compact"),
    *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in product(builtin_problems(), CONSTRUCTIONS)),
])
def test_valid(name, construction):
    """The family of a problem is proved for every n by the checker alone, and is V^n g at points."""
    found = made(name, construction)
    assert checked(found) and is_true(name, found["statement"], Random(name))


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("name, n", [("haar", 1), ("haar", 3), ("quincunx_haar", 2), ("zero", 2)])
def test_members(name, n, construction):
    """The network for one n is the one for this n of the family, and for no other one; one weight more or less is not,
    whether it is seen at once or block by block.
    """
    problem, module = load_problem(name), CONSTRUCTIONS[construction]
    family, evidence = family_of(problem, module)
    network = module.build(problem, n)

    def answer(n, added, **cuts):
        statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n}
        found = json.loads("".join(member_text(statement, network, evidence | {"family": family} | cuts)))
        nodes = found["statement"]["network"]["nodes"]
        node = next(node for node in (*nodes, {"bias": 1}) if Fraction(node.get("bias", 0)))
        node["bias"] = str(Fraction(node["bias"]) + added)
        return checked(found)

    assert answer(n, 0)
    if name != "zero":
        assert answer(n + 1, 0).valid is False and answer(n, TINY).valid is False
        cuts = interfaces(network, n)
        assert answer(n, 0, interfaces=cuts)
        assert answer(n, TINY, interfaces=cuts).valid is False
        assert answer(n + 1, 0, interfaces=cuts).valid is None
        cuts[0][n][0], cuts[0][n][2] = cuts[0][n][2], cuts[0][n][0]
        assert answer(n, 0, interfaces=cuts).valid is False


def program(found, name):
    """Return the program of the first term with this name."""
    family = found["statement"]["family"]
    return family["programs"][family["terms"][0][name]]


def appended(program, node):
    """Add a node to a program; return its number."""
    program["nodes"].append(node)
    return program["inputs"] + 2 + len(program["nodes"]) - 1


def changed(program, place, *terms, weight=1 + TINY):
    """Let an output of a program be a bit larger, or have more terms."""
    own = [program["outputs"][place], str(1 if terms else weight)]
    program["outputs"][place] = appended(program, {"op": "affine", "terms": [own, *terms], "bias": 0})


def evidence(found):
    """Return the evidence for the first term."""
    return found["evidence"]["terms"][0]


def negative_part(found):
    """Let a row start with max(0, -h) added to it: 0 where h >= 0."""
    spread, (cascade,) = program(found, "spread"), evidence(found)["cascades"]
    node = appended(spread, {"op": "affine", "terms": [[cascade["value"], -1]], "bias": 0})
    changed(spread, cascade["states"][0][3], [appended(spread, {"op": "relu", "of": node}), 1])


def tent(found, name, place):
    """Add to an output of stage or last what is 0 where the first selector is that of a digit, and not between."""
    own, term = program(found, name), found["statement"]["family"]["terms"][0]
    selector = evidence(found)["lines"][0][7]
    heights = map(Fraction, evidence(found)["atom"]["values"])
    terms = [[selector, 2], [own["inputs"], str(-Fraction(term["factor"]) * max(heights))]]
    node = appended(own, {"op": "affine", "terms": terms, "bias": 0})
    changed(own, place, [selector, 1], [appended(own, {"op": "relu", "of": node}), -1])


def far_away(found):
    """Let H and g have one pyramid more, where the term reads nothing."""
    own = evidence(found)
    corners = [[2, 2], [4, 2], [4, 4], [2, 4], [3, 3]]
    ((*patch, weight),) = own["patches"]
    moved = [
        [str(t + o + Fraction(d) + i) for t, o, d, i in zip(corner, found["evidence"]["corner"], own["shift"], patch)]
        for corner in corners
    ]
    seed = found["statement"]["problem"]["seed"]
    for function, vertices, factor in ((own["atom"], corners, 1), (seed, moved, Fraction(weight))):
        size = len(function["vertices"])
        function["vertices"] += vertices
        function["values"] += [0, 0, 0, 0, str(factor / 2)]
        function["triangles"] += [[size + k, size + (k + 1) % 4, size + 4] for k in range(4)]


def no_rows(found):
    """Let no row start, and nothing be read."""
    last, (cascade,) = program(found, "last"), evidence(found)["cascades"]
    cascade["states"] = []
    last["outputs"] = [appended(last, {"op": "affine", "terms": [], "bias": 0})]


def smaller_h(found):
    """Let h be less by 2^-60."""
    spread, (cascade,) = program(found, "spread"), evidence(found)["cascades"]
    node = spread["nodes"][cascade["value"] - spread["inputs"] - 2]
    node["bias"] = str(Fraction(node["bias"]) - TINY)


def seed_value(found):
    """Let the seed have another value."""
    values = found["statement"]["problem"]["seed"]["values"]
    k = next(k for k, v in enumerate(values) if Fraction(v))
    values[k] = str(Fraction(values[k]) + TINY)


ALONE = {
    "plain": lambda found: found["statement"]["problem"].update(format="exactrelu-problem/2", dilation=3),
    "numbers": far_away,
    "states": no_rows,
    "copied": lambda found: changed(program(found, "start"), evidence(found)["carried"][0]),
    "kept": lambda found: changed(program(found, "transport"), evidence(found)["carried"][1]),
    "begun": lambda found: changed(program(found, "start"), evidence(found)["lines"][0][3]),
    "doubled": lambda found: changed(program(found, "transport"), evidence(found)["lines"][1][4]),
    "restarted": lambda found: changed(program(found, "spread"), evidence(found)["lines"][0][7]),
    "repeated": lambda found: changed(program(found, "stage"), evidence(found)["lines"][1][7]),
    "atom": smaller_h,
    "opened": lambda found: changed(program(found, "spread"), evidence(found)["cascades"][0]["states"][0][3]),
    "closed": negative_part,
    "step": lambda found: changed(program(found, "stage"), evidence(found)["cascades"][0]["states"][0][3]),
    "nothing": lambda found: tent(found, "stage", evidence(found)["cascades"][0]["states"][0][3]),
    "reading": lambda found: changed(program(found, "last"), 0),
    "added": seed_value,
}


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("fact", ALONE)
def test_each_fact_is_needed(fact, construction, monkeypatch):
    """A family of which one fact does not hold is refused for that, and would be believed if it were not asked."""
    if (fact, construction) == ("closed", "paper"):
        pytest.skip("what is read is never negative")
    found = fresh("haar", construction)
    ALONE[fact](found)
    assert checked(found).valid is False
    monkeypatch.setattr(checker.Atoms, fact, lambda *arguments: None)
    assert checked(found).valid is True


def test_all_facts_are_looked_at():
    """The table above has all facts of the theory."""
    theory = checker.read_certificate(json.dumps(made("haar", "compact")).encode()).evidence.parts[0].theory
    assert {fact.__name__ for _, fact, _ in theory.facts()} == set(ALONE)
