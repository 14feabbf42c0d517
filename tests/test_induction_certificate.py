"""Evidence by induction: certificates of one-pass networks, hostile ones, and damaged ones."""

import json
import random
from fractions import Fraction
from functools import cache

import pytest
from json_schema import conforms

from exactrelu import checker
from exactrelu.certify.certificate import certificate_text, write_certificate
from exactrelu.certify.enumeration import certify
from exactrelu.certify.induction.evidence import induction_evidence
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.errors import InputError, UndecidedError
from exactrelu.network import Network
from exactrelu.network.files import network_from_json
from exactrelu.problem import builtin_problems, load_problem, problem_from_json
from exactrelu.rational import mpq

HAIR = Fraction(1, 2**60)


def written(tmp_path, problem, n, network):
    """Return the path of the certificate by induction of a network."""
    path = tmp_path / "certificate.json.gz"
    write_certificate(path, problem, n, network, induction_evidence(problem, n, network))
    return path


@cache
def certificate_of(name, n):
    """Return the certificate by induction of a built-in problem as a JSON text, without marks."""
    problem = load_problem(name)
    network = CONSTRUCTIONS["one-pass"](problem, n)
    certificate = json.loads("".join(certificate_text(problem, n, network, induction_evidence(problem, n, network))))
    del certificate["network"]["marks"]
    return json.dumps(certificate)


def judged(tmp_path, certificate):
    """Return the checker's answer to a JSON value."""
    path = tmp_path / "mutant.json"
    path.write_text(json.dumps(certificate))
    return checker.check_file(path)


@pytest.mark.parametrize("name", ["bilinear", "difference", "needle", "shifted", "zero", "nonconvex", "single_c00"])
@pytest.mark.parametrize("n", [1, 4])
def test_problems(tmp_path, name, n):
    """Networks of several masks and seeds: signs, tents, windows anywhere, the zero seed, rows that nothing leads to."""
    problem = load_problem(name)
    path = written(tmp_path, problem, n, CONSTRUCTIONS["one-pass"](problem, n))
    assert checker.check_file(path)[::2] == (True, None)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(builtin_problems()))
def test_all_problems(tmp_path, name):
    """Every built-in problem with a large window or a small one, n = 3 and 40."""
    problem = load_problem(name)
    for n in (3, 40):
        path = written(tmp_path, problem, n, CONSTRUCTIONS["one-pass"](problem, n))
        assert checker.check_file(path)[::2] == (True, None)


def test_a_hundred_stages(tmp_path):
    """n = 100: the strips of bad orbits are 2^-100 thin, and equal stages are checked once."""
    problem = load_problem("haar")
    path = written(tmp_path, problem, 100, CONSTRUCTIONS["one-pass"](problem, 100))
    assert checker.check_file(path)[::2] == (True, None)


def test_flat_networks_have_the_same_evidence(tmp_path):
    """A flat network, as read from a file, gives the same certificate as the chain it was written from; schema."""
    problem, chain = load_problem("haar"), CONSTRUCTIONS["one-pass"](load_problem("haar"), 2)
    flat = chain.flatten()
    texts = ["".join(certificate_text(problem, 2, net, induction_evidence(problem, 2, net))) for net in (chain, flat)]
    assert texts[0] == texts[1]
    assert conforms(json.loads(texts[0]), "certificate")


def test_no_evidence_for_other_networks():
    """Networks of another construction have no such evidence, nor have those whose seam is no sum of two nodes."""
    problem = load_problem("haar")
    with pytest.raises(UndecidedError):
        induction_evidence(problem, 1, CONSTRUCTIONS["paper"](problem, 1))
    flat = CONSTRUCTIONS["one-pass"](problem, 1).flatten()
    marks = flat.marks | {"0/1/s0/seam": flat.marks["0/1/s0/p/0,0,+"]}
    with pytest.raises((UndecidedError, InputError)):
        induction_evidence(problem, 1, Network(2, flat.nodes, flat.outputs, marks))


# ------------------------------------------------------------------------------------------------ hostile certificates


def with_units(certificate, output_terms, *nodes):
    """Append ``nodes`` to the network and make the output the sum of ``output_terms`` and the old output."""
    network = certificate["network"]
    network["nodes"] += nodes
    network["nodes"].append({"op": "affine", "terms": [[network["outputs"][0], 1], *output_terms], "bias": 0})
    network["outputs"] = [1 + len(network["nodes"])]


def thin_strip(certificate):
    """A bump on a strip 2^-60 wide far away goes around all interfaces."""
    k = 2 + len(certificate["network"]["nodes"])
    ramps = [{"op": "affine", "terms": [[0, 1], [1, 1]], "bias": str(-1000 - j * HAIR)} for j in range(3)]
    units = [{"op": "relu", "of": k + j} for j in range(3)]
    with_units(certificate, [[k + 3, 1], [k + 4, -2], [k + 5, 1]], *ramps, *units)


def shut_gate_leaks(certificate):
    """A gate that closes what is read of a bad orbit has half the bound that it needs; only bad orbits show it."""
    seam = certificate["evidence"]["cascades"][0]["seams"][0]
    nodes = certificate["network"]["nodes"]
    deficiency = next(k for k, node in enumerate(nodes, 2) if seam in [s for s, _ in node.get("terms", ())])
    for node in nodes:
        for term in node.get("terms", ()):
            if term[0] == deficiency:
                term[1] = str(Fraction(term[1]) / 1000)


def third_cascade_missing(certificate):
    """Two cascades may both be spoilt at a point."""
    del certificate["evidence"]["cascades"][2]


def one_cascade_thrice(certificate):
    """The same cascade, three times, is spoilt at one place."""
    certificate["evidence"]["cascades"] = [certificate["evidence"]["cascades"][0]] * 3


def same_grid_twice(certificate):
    """Two cascades with grids at the same place, by the evidence."""
    cascades = certificate["evidence"]["cascades"]
    cascades[1]["origin"] = cascades[0]["origin"]


def wider_seams(certificate):
    """The seams are said to be wider than they are."""
    certificate["evidence"]["width"] = "1/8"


def narrower_seams(certificate):
    """The selectors are said to be digits nearer to their jumps than they are."""
    certificate["evidence"]["width"] = "1/13"


def no_seams(certificate):
    """The width 0 would make every orbit good."""
    certificate["evidence"]["width"] = 0


def window_too_small(certificate):
    """The window leaves out a part of the mask's indices or of the seed."""
    certificate["evidence"]["window"] = [[0, 1], [1, 2]]


def end_too_early(certificate):
    """The rows are said to end inside of the window."""
    certificate["evidence"]["cascades"][0]["end"][0] = "1/2"


def end_too_late(certificate):
    """The rows are said to be right up to the end of the cascade's own window."""
    cascade = certificate["evidence"]["cascades"][0]
    cascade["end"][0] = str(Fraction(cascade["origin"][0]) + cascade["lengths"][0])


def state_missing(certificate):
    """A state that some row reaches is left out, with its nodes."""
    cascade = certificate["evidence"]["cascades"][0]
    del cascade["states"][0]
    for row in cascade["rows"]:
        del row[:3]


def final_state_missing(certificate):
    """A state that is read at the end is left out, with its nodes."""
    cascade = certificate["evidence"]["cascades"][0]
    del cascade["final_states"][0], cascade["final_rows"][:3]


def reading_of_another_cascade(certificate):
    """One cascade is said to read what another one reads."""
    cascades = certificate["evidence"]["cascades"]
    cascades[0]["reading"] = cascades[1]["reading"]


def nothing_read(certificate):
    """A cascade is said to read nothing."""
    certificate["evidence"]["cascades"][0]["reading"] = []


def weight_off_in_one_stage(certificate):
    """One weight of one stage is off by 2^-60."""
    node = certificate["evidence"]["cascades"][2]["rows"][1][0]
    source = certificate["network"]["nodes"][node - 2]
    while "of" in source:
        source = certificate["network"]["nodes"][source["of"] - 2]
    source["terms"][0][1] = str(Fraction(source["terms"][0][1]) + HAIR)


def controller_off(certificate):
    """A controller is off by 2^-60."""
    node = certificate["network"]["nodes"][certificate["evidence"]["cascades"][1]["controllers"][0][2] - 2]
    node["bias"] = str(Fraction(node["bias"]) + HAIR)


def negative_seams(certificate):
    """Both seams of a cascade are the other way around."""
    for seam in certificate["evidence"]["cascades"][0]["seams"]:
        nodes = certificate["network"]["nodes"]
        for node in nodes:
            for term in node.get("terms", ()):
                if term[0] == seam:
                    term[1] = str(-Fraction(term[1]))


def seams_exchanged(certificate):
    """The seam of x is said to be that of y."""
    certificate["evidence"]["cascades"][0]["seams"].reverse()


def later_interface(certificate):
    """The rows of one interface are said to be those of the next."""
    rows = certificate["evidence"]["cascades"][0]["rows"]
    rows[0] = rows[1]


def other_mask(certificate):
    """The statement is about another mask."""
    certificate["problem"]["mask"]["0,0"] = "1/2"


def other_seed(certificate):
    """The statement is about another seed."""
    values = certificate["problem"]["seed"]["values"]
    values[:] = [str(Fraction(value) * 2) for value in values]


HOSTILE = {
    thin_strip: "the output: node",
    shut_gate_leaks: "the output is not V where",
    third_cascade_missing: None,
    one_cascade_thrice: "the seams of two cascades overlap in x",
    same_grid_twice: "cascade 1, x, interface 0: the controllers are not E(r(t))",
    wider_seams: "cascade 0, x: the seam is negative somewhere, or less than 1 where t <= width",
    narrower_seams: "cascade 0, x, interface 0: the selector is not the digit next to -1/12",
    no_seams: "the width of the seams is not between 0 and 1/2",
    window_too_small: "the window does not hold the seed and all indices of the mask in y",
    end_too_early: "cascade 0: its own window, or its end, does not fit the window",
    end_too_late: "cascade 0, rows at interface 0, number 6: not right on",
    state_missing: "cascade 0: the state (0, 0, 1) matters, but is not listed",
    final_state_missing: "cascade 0: the state (0, 0, 1) matters at the end, but is not listed",
    reading_of_another_cascade: "cascade 0, reading: node",
    nothing_read: "cascade 0, reading: for the state (0, 0, 1): ",
    weight_off_in_one_stage: "cascade 2, rows at interface 1: under the digits (0, 0) number 0 is not the entry",
    controller_off: "cascade 1, y, interface 0: the controllers are not E(r(t))",
    negative_seams: "the output is not V where",
    seams_exchanged: "cascade 0, x, seam: node",
    later_interface: "cascade 0, rows at interface 0, number 1: ",
    other_mask: "cascade 0, rows at interface 1: under the digits",
    other_seed: "cascade 0, reading: for the state",
}


@pytest.mark.parametrize("damage", HOSTILE, ids=lambda damage: damage.__name__)
def test_hostile_certificates(tmp_path, damage):
    """Certificates that lie about one assumption of the induction, or networks that break it, are invalid."""
    certificate = json.loads(certificate_of("haar", 2))
    damage(certificate)
    answer = judged(tmp_path, certificate)
    if HOSTILE[damage] is None:
        assert answer.valid is None
    else:
        assert answer.valid is False and answer.reason.startswith(HOSTILE[damage]), answer.reason


def test_units_inside_units_take_little_time(tmp_path):
    """Undecided gates of undecided gates, fifty deep, each in two terms, are told from each other in short time."""
    certificate = json.loads(certificate_of("single_c00", 1))
    last = certificate["network"]["outputs"][0]
    seams = certificate["evidence"]["cascades"][0]["seams"]
    nodes = certificate["network"]["nodes"]
    for _ in range(50):
        nodes.append({"op": "affine", "terms": [[last, 2], [seams[0], -1]], "bias": 0})
        nodes.append({"op": "relu", "of": len(nodes) + 1})
        nodes.append({"op": "affine", "terms": [[last, 1], [len(nodes) + 1, 1], [seams[1], -1]], "bias": 0})
        last = len(nodes) + 1
    certificate["network"]["outputs"] = [last]
    answer = judged(tmp_path, certificate)
    assert answer.valid is False and answer.reason.startswith("the output is not V")


def test_large_claims_end_in_a_limit(tmp_path):
    """Windows of a cascade with millions of cells are refused before they are looked at."""
    certificate = json.loads(certificate_of("single_c00", 1))
    certificate["network"]["nodes"] += [{"op": "affine", "terms": [], "bias": 0}] * 60000
    certificate["network"]["nodes"].append({"op": "affine", "terms": [[certificate["network"]["outputs"][0], 1]], "bias": 0})
    for cascade in certificate["evidence"]["cascades"]:
        cascade["lengths"] = [60000, 60000]
    assert judged(tmp_path, certificate).valid in (False, None)


# ------------------------------------------------------------------------------------------------ damaged certificates


def leaves(value, path=()):
    """Yield (path, leaf) for all numbers and texts of a JSON value, and (path, array) for its arrays."""
    if isinstance(value, (dict, list)):
        if isinstance(value, list):
            yield path, value
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path, value


def changed(rng, part, size):
    """Return another value in place of a leaf or an array, None where there is none worth trying."""
    if isinstance(part, list):
        if not part:
            return [0]
        k = rng.randrange(len(part))
        other = rng.randrange(len(part))
        exchanged = list(part)
        exchanged[k], exchanged[other] = part[other], part[k]
        return rng.choice([part[:k] + part[k + 1 :], part[: k + 1] + part[k:], exchanged])
    if isinstance(part, int):
        return rng.choice([part + 1, part - 1, rng.randrange(size), -part])
    try:
        number = Fraction(part)
    except ValueError:
        return None
    return str(rng.choice([number + HAIR, number - HAIR, -number, number + 1, 0, number * 2]))


def mutant(rng, text):
    """Return (path, certificate) with one change, of the evidence, the network or the problem."""
    certificate = json.loads(text)
    size = len(certificate["network"]["nodes"])
    area = rng.choice(["evidence", "network", "network", "network", "problem"])
    places = [(path, part) for path, part in leaves(certificate[area], (area,)) if "window" not in path[:2]]
    while True:
        path, part = rng.choice(places)
        change = changed(rng, part, size)
        if change is not None and change != part:
            break
    parent = certificate
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = change
    return path, certificate


def assert_rejected_or_true(tmp_path, rng, text):
    """Assert that a mutant is rejected or proves its statement, by enumeration; return the checker's verdict."""
    path, certificate = mutant(rng, text)
    valid = judged(tmp_path, certificate).valid
    if valid and path[0] != "evidence":
        problem = problem_from_json({k: v for k, v in certificate["problem"].items() if k != "window"}, "problem")
        network = network_from_json(certificate["network"], "network")
        assert certify(problem, certificate["n"], network, jobs=1).verdict == "certified", path
    return valid


def test_mutants(tmp_path):
    """A hundred changes of numbers, indices and arrays: rejected, or the file proves what it says."""
    rng = random.Random(11)
    answers = [assert_rejected_or_true(tmp_path, rng, certificate_of("single_c00", 2)) for _ in range(80)]
    answers += [assert_rejected_or_true(tmp_path, rng, certificate_of("haar", 2)) for _ in range(40)]
    assert answers.count(False) > 50 and answers.count(None) > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(10))
def test_many_mutants(tmp_path, seed):
    """Thousands of changes: rejected, or the file proves what it says."""
    rng = random.Random(100 + seed)
    for name, n in (("single_c00", 1), ("haar", 2), ("difference", 1)):
        for _ in range(150):
            assert_rejected_or_true(tmp_path, rng, certificate_of(name, n))


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4))
def test_double_mutants(tmp_path, seed):
    """Two changes at once, one in the network and one in the evidence: rejected, or true."""
    rng = random.Random(200 + seed)
    for _ in range(200):
        path, certificate = mutant(rng, certificate_of("haar", 2))
        if judged(tmp_path, certificate).valid is not None and path[0] == "evidence":
            for _ in range(4):
                assert_rejected_or_true(tmp_path, rng, json.dumps(certificate))


def test_evidence():
    """The evidence names the window, the width of the seams, and a cascade for each shift class."""
    problem = load_problem("haar")
    evidence = induction_evidence(problem, 1, CONSTRUCTIONS["one-pass"](problem, 1))
    assert evidence.window == problem.window and evidence.width == mpq(1, 12)
    assert [cascade.lengths for cascade in evidence.cascades] == [(2, 2), (2, 2), (1, 1)]
