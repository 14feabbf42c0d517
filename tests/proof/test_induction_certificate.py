"""Evidence by induction in format 1, of networks of one-pass: it is read, in hostile and damaged certificates, too."""

import gzip
import json
import random
from fractions import Fraction
from functools import cache

import pytest
from folders import CASES
from json_schema import conforms

from exactrelu import checker1
from exactrelu.certification.enumeration import certify
from exactrelu.network.files import network_from_json
from exactrelu.scheme import problem_from_json

HAIR = Fraction(1, 2**60)
FILES = CASES / "inductions"


@cache
def certificate_of(name, n):
    """Return the certificate by induction of a built-in problem as a JSON text, as it was written before format 2."""
    with gzip.open(FILES / f"{name}-{n}.json.gz", "rt") as file:
        return file.read()


def judged(tmp_path, certificate):
    """Return the checker's answer to a JSON value."""
    path = tmp_path / "mutant.json"
    path.write_text(json.dumps(certificate))
    return checker1.check_file(path)


@pytest.mark.parametrize("path", sorted(FILES.glob("*.json.gz")), ids=lambda path: path.name)
def test_files_of_before(path):
    """The certificates that were written by induction stay valid."""
    assert checker1.check_file(path)[::2] == (True, None)
    with gzip.open(path, "rt") as file:
        assert conforms(json.load(file), "certificate-1")


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


def spliced(certificate, node, *new):
    """Put nodes after a node, of which the first is node + 1: whoever read the node reads the last of them instead."""
    network = certificate["network"]

    def moved(k):
        return node + len(new) if k == node else k + len(new) if k > node else k

    for later in network["nodes"][node - 1 :]:
        if "of" in later:
            later["of"] = moved(later["of"])
        else:
            later["terms"] = [[moved(k), weight] for k, weight in later["terms"]]
    network["nodes"][node - 1 : node - 1] = new
    network["outputs"] = [moved(k) for k in network["outputs"]]
    for cascade in certificate["evidence"]["cascades"]:
        for name in ("rows", "selectors", "controllers"):
            cascade[name] = [[moved(k) for k in row] for row in cascade[name]]
        for name in ("final_rows", "seams"):
            cascade[name] = [moved(k) for k in cascade[name]]
        cascade["reading"] = [[moved(k), weight] for k, weight in cascade["reading"]]


def affine(bias, *terms):
    """Return an affine node."""
    return {"op": "affine", "terms": [[k, str(weight)] for k, weight in terms], "bias": str(bias)}


def minus_tent(certificate, node, start, width, height=1):
    """Take a tent in x, not zero on (start, start + width) only, from a node."""
    ramps = [affine(-start - j * width / 2, (0, 1)) for j in range(3)]
    units = [{"op": "relu", "of": node + j} for j in (1, 2, 3)]
    slope = 2 * height / width
    tent = affine(0, (node, 1), (node + 4, -slope), (node + 5, 2 * slope), (node + 6, -slope))
    spliced(certificate, node, *ramps, *units, tent)


FIRST = Fraction(-1, 12)
"""Where the grid of the first cascade of haar starts for n = 2; its strips of bad orbits are 1/48 wide."""


def row_wrong_beside_a_strip(certificate):
    """A row at the start is 0 on a strip beside that of the bad orbits."""
    node = certificate["evidence"]["cascades"][0]["rows"][0][0]
    minus_tent(certificate, node, FIRST + Fraction(1, 48), Fraction(1, 48))
    spliced(certificate, node + 7, {"op": "relu", "of": node + 7})


def row_negative_in_a_strip(certificate):
    """A row at the start is negative on the strip of bad orbits, and only there."""
    minus_tent(certificate, certificate["evidence"]["cascades"][0]["rows"][0][0], FIRST, Fraction(1, 48), 1000)


def row_negative_later(certificate):
    """A row after a stage is negative where a selector is between 0 and 1, on bad orbits only."""
    cascade = certificate["evidence"]["cascades"][0]
    node, selector = cascade["rows"][1][0], cascade["selectors"][0][0]
    spliced(
        certificate, node, affine(-1, (selector, 2)), {"op": "relu", "of": node + 1},
        affine(0, (node, 1), (selector, -1000), (node + 2, 1000)),
    )


def selector_overshoots(certificate):
    """A selector leaves [0, 1] where it jumps, on bad orbits only."""
    minus_tent(certificate, certificate["evidence"]["cascades"][0]["selectors"][0][0], FIRST, Fraction(1, 48), 1000)


def stage_gates_too_weak(certificate):
    """The gates of a stage close up to far less than p = 1, but p may be 1."""
    cascade = certificate["evidence"]["cascades"][0]
    digits = cascade["selectors"][0]
    for node in certificate["network"]["nodes"]:
        weights = {k for k, _ in node.get("terms", ())}
        if weights & set(digits) and weights & set(cascade["rows"][0]):
            node["terms"] = [[k, str(Fraction(w) / (2**20 if k in digits else 1))] for k, w in node["terms"]]
            node["bias"] = str(Fraction(node["bias"]) / 2**20)


def deficiencies(certificate):
    """Return the nodes that add up the two seams of each cascade."""
    seams = [set(cascade["seams"]) for cascade in certificate["evidence"]["cascades"]]
    nodes = enumerate(certificate["network"]["nodes"], 2)
    return [k for k, node in nodes if {source for source, _ in node.get("terms", ())} in seams]


def shut_gates_leak(certificate):
    """The gates that close what is read of bad orbits have far too small bounds; only bad orbits show it."""
    scaled = deficiencies(certificate)
    for node in certificate["network"]["nodes"]:
        for term in node.get("terms", ()):
            if term[0] in scaled:
                term[1] = str(Fraction(term[1]) / 1000)


def one_gate_closes_earlier(certificate):
    """Gates that have to cancel each other are equal where seams are 0 or at least 1, but not between."""
    first, second, _ = deficiencies(certificate)
    for node in certificate["network"]["nodes"]:
        terms = dict(node.get("terms", ()))
        if {first, second} == terms.keys() & set(deficiencies(certificate)):
            node["terms"] = [[k, str(Fraction(w) * (2 if k in (first, second) else 1))] for k, w in node["terms"]]


def a_constant_is_read(certificate):
    """Every gate and reading has a constant 1 added, by a node of its own: the network is V^n g + 1 in the window."""
    closing = [k + 2 for k in deficiencies(certificate)]
    one = max(closing) - 2
    spliced(certificate, one, affine(1), affine(0, (one, 1)))
    nodes, seams = certificate["network"]["nodes"], deficiencies(certificate)
    seams = [k for k in seams if k != one] + [one + 2]
    for node in nodes[one:]:
        terms = dict(node.get("terms", ()))
        if terms.keys() & set(seams):
            for cascade in certificate["evidence"]["cascades"]:
                k, weight = cascade["reading"][0]
                if k in terms:
                    node["terms"].append([one + 1, str(Fraction(terms[k]) / Fraction(weight))])
    for cascade in certificate["evidence"]["cascades"]:
        cascade["reading"].append([one + 1, 1])


def negative_seam(certificate):
    """A seam is negative away from the grid: the positive part of its formula is left out."""
    seam = certificate["evidence"]["cascades"][0]["seams"][0]
    unit = certificate["network"]["nodes"][seam - 2]
    certificate["network"]["nodes"][seam - 2] = affine(0, (unit["of"], 1))


def overlapping_seams(certificate):
    """A seam is as wide as it may be for one cascade, but two of them overlap."""
    seam = certificate["evidence"]["cascades"][0]["seams"][0]
    node = certificate["network"]["nodes"][certificate["network"]["nodes"][seam - 2]["of"] - 2]
    node["bias"] = str(Fraction(node["bias"]) + 2)


def third_cascade_missing(certificate):
    """Two cascades may both be spoilt at a point."""
    del certificate["evidence"]["cascades"][2]


def one_cascade_thrice(certificate):
    """The same cascade is named three times."""
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


def final_rows_twice(certificate):
    """Two states are said to have the same rows at the end."""
    rows = certificate["evidence"]["cascades"][0]["final_rows"]
    rows[3:6] = rows[:3]


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
    row_wrong_beside_a_strip: "cascade 0, rows at interface 0, number 0: not right on",
    row_negative_in_a_strip: "cascade 0, rows at interface 0, number 0: not known to be >= 0",
    row_negative_later: "cascade 0, rows at interface 1: not known to be >= 0",
    selector_overshoots: "cascade 0, x, interface 0: the selector leaves [0, 1]",
    stage_gates_too_weak: "cascade 0, rows at interface 1: under the digits (0, 0) a unit has not one sign",
    shut_gates_leak: "the output is not V where V = 0 and the cascades that read V are [True, True, False]",
    one_gate_closes_earlier: "the output is not V where cascade 0 is open and the cascades that read V are [True, True",
    a_constant_is_read: "cascade 0, reading: it has a part that no row has",
    negative_seam: "cascade 0, x: the seam is negative somewhere",
    overlapping_seams: "the seams of two cascades overlap in x",
    third_cascade_missing: None,
    one_cascade_thrice: "a node of the seams is named twice",
    same_grid_twice: "cascade 1, x, interface 0: the controllers are not E(r(t))",
    wider_seams: "cascade 0, x: the seam is negative somewhere, or less than 1 where t <= width",
    narrower_seams: "cascade 0, x, interface 0: the selector is not the digit next to 5/12",
    no_seams: "the width of the seams is not between 0 and 1/2",
    window_too_small: "the window does not hold the seed and all indices of the mask in y",
    end_too_early: "cascade 0: its own window, or its end, does not fit the window",
    end_too_late: "cascade 0, rows at interface 0, number 6: not right on",
    state_missing: "cascade 0: the state (0, 0, 1) matters, but is not listed",
    final_state_missing: "cascade 0: the state (0, 0, 1) matters at the end, but is not listed",
    final_rows_twice: "cascade 0, rows at interface 2: under the digits (0, 0) number 3 is not the entry of the matrix",
    reading_of_another_cascade: "cascade 0, reading: node",
    nothing_read: "cascade 0, reading: for the state (0, 0, 1): ",
    weight_off_in_one_stage: "cascade 2, rows at interface 1: under the digits (0, 0) number 0 is not the entry",
    controller_off: "cascade 1, y, interface 0: the controllers are not E(r(t))",
    seams_exchanged: "cascade 0, x, seam: node",
    later_interface: "cascade 0, rows at interface 0, number 0: not right on",
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
    certificate["network"]["nodes"] += [affine(0)] * 60000
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
    answers = [assert_rejected_or_true(tmp_path, rng, certificate_of("single_c00", 1)) for _ in range(20)]
    for name, count in (("single_c00", 60), ("haar", 40)):
        text = certificate_of(name, 2)
        answers += [assert_rejected_or_true(tmp_path, rng, text) for _ in range(count)]
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
