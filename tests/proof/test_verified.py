"""The machine-checked checker: the answers of the corpus, and of damaged certificates, where coq/ has been built."""

import gzip
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from command import answer, refusal, run
from folders import CERTIFICATES, ROOT

from exactrelu.certification.methods import certify, write_certificate
from exactrelu.certification.verified import family
from exactrelu.checker import check_file
from exactrelu.commands.check import PLACE, VERIFIED
from exactrelu.field import mpq
from exactrelu.network.files import network_from_json
from exactrelu.scheme import Mask, Problem, Seed, load_problem, problem_from_json, smallest_window
from exactrelu.refinement.direct import direct_sum

CORPUS = CERTIFICATES
BUILT = ROOT / "coq" / "checker" / VERIFIED

WITHIN_ITS_LIMITS = {"too_many_kinks.json"}
"""Files that are beyond a limit of checker.py alone; what they claim is wrong."""

CODES = {"valid": {0, 3}, "invalid": {1, 3}, "malformed": {2, 3}}


@pytest.fixture(scope="module", autouse=True)
def verified():
    """Say where the program is; tests are skipped where it has not been built."""
    program = os.environ.get(PLACE) or shutil.which(VERIFIED) or (BUILT if BUILT.exists() else None)
    if program is None:
        pytest.skip(f"{VERIFIED} has not been built: make -C coq")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(program))
        yield


def files(kind):
    return sorted((CORPUS / kind).iterdir(), key=lambda path: path.name)


@pytest.mark.parametrize("kind", CODES)
def test_corpus(capsys, kind):
    """Each file has the answer of its folder, or is outside of what the verified kernel knows."""
    outside = 0
    for path in files(kind):
        code, _, err = run(capsys, "check", "--verified", path)
        if path.name in WITHIN_ITS_LIMITS:
            assert code == 1
            continue
        assert code in CODES[kind], path.name
        outside += code == 3
        assert code != 3 or "induction" in err or "atoms" in err or "translates" in err or "n = 1000" in err
    assert outside < len(files(kind)) * 3 / 4


def test_the_statement_is_that_of_the_checker(capsys):
    """Both checkers say the same of a valid certificate."""
    path = CORPUS / "valid" / "example.json"
    code, data = answer(capsys, "check", "--verified", path)
    assert code == 0 and data["valid"] is True
    assert data["statement"].startswith(check_file(str(path))[1])


def test_both_values_at_a_point_have_to_be_right(capsys, tmp_path):
    """Values of network and V^n g that are both off, by the same, are not those of the certificate."""
    certificate = json.loads((CORPUS / "valid" / "difference.json").read_text())
    for value in "network", "target":
        certificate["claim"][value] = str(mpq(certificate["claim"][value]) + 1)
    path = tmp_path / "difference.json"
    path.write_text(json.dumps(certificate))
    code, out, _ = run(capsys, "check", "--verified", path)
    assert code == 1 and "the value of the network at the point" in out


def test_a_missing_file_is_refused(capsys, tmp_path):
    """A file that is not there cannot be read, and that is not a verdict."""
    assert "No such file" in refusal(capsys, "check", "--verified", tmp_path / "none.json")


@pytest.mark.parametrize("name, n", [("haar", 1), ("bilinear", 2), ("courant_shrinking", 3)])
def test_networks_of_one_pass_are_members_of_their_family(capsys, tmp_path, name, n):
    """Certificates by induction are valid: the network is that for n of a family which is V^n g for every n."""
    path = tmp_path / "induction.json"
    write_certificate(path, certify(name, n, method="induction"))
    code, data = answer(capsys, "check", "--verified", path)
    assert code == 0 and data["statement"].startswith(check_file(str(path))[1])
    assert f"as that for n = {n} of a family for every n" in data["statement"]


def test_units_of_members_may_be_scaled_doubled_and_dead(capsys, tmp_path):
    """How units are scaled, which are equal and what the output does not need is no matter, but each weight is."""
    path = tmp_path / "induction.json"
    write_certificate(path, certify("haar", 2, method="induction"))
    certificate = json.loads(path.read_text())
    nodes, (output,) = certificate["network"]["nodes"], certificate["network"]["outputs"]
    unit = next(k for k, node in enumerate(nodes, 2) if node["op"] == "relu" and {unit_of(node, nodes)} == {"affine"})
    count = len(nodes) + 2
    nodes += [
        {"op": "affine", "terms": [[nodes[unit - 2]["of"], "-7/3"]], "bias": 0}, {"op": "relu", "of": count},
        {"op": "affine", "terms": [[nodes[unit - 2]["of"], "7/3"]], "bias": 0}, {"op": "relu", "of": count + 2},
        # max(0, s e) − max(0, −s e) − s e is 0
        {"op": "affine", "terms": [[output, 1], [count + 3, 1], [count + 1, -1], [count + 2, -1]], "bias": 0},
    ]
    certificate["network"]["outputs"] = [count + 4]
    path.write_text(json.dumps(certificate))
    assert run(capsys, "check", "--verified", path)[0] == 0
    nodes[-1]["terms"][1][1] = "1000001/1000000"
    path.write_text(json.dumps(certificate))
    code, _, err = run(capsys, "check", "--verified", path)
    assert code == 3 and "not the one of the family" in err


def unit_of(node, nodes):
    """Return the operation that a unit reads; it may be an input."""
    return nodes[node["of"] - 2]["op"] if node["of"] >= 2 else "input"


ON_THE_LINE = {"format": "exactrelu-problem/2", "mask": {"0": 1, "1": 1}, "seed": "hat"}


@pytest.mark.parametrize("change", [
    lambda problem: ON_THE_LINE, lambda problem: None, lambda problem: {**problem, "mask": {"0,0": "sqrt(2)"}},
    lambda problem: {**problem, "mask": 7}, lambda problem: {**problem, "window": [[0, "3/2"], [0, 1]]},
    lambda problem: {**problem, "seed": {"vertices": [], "triangles": [], "values": []}},
])
def test_problems_without_a_family_are_answered(capsys, tmp_path, change):
    """With a problem that one-pass does not build for, a certificate by induction is outside, or cannot be read."""
    path = tmp_path / "induction.json"
    write_certificate(path, certify("haar", 1, method="induction"))
    certificate = json.loads(path.read_text())
    certificate["problem"] = change(certificate["problem"])
    path.write_text(json.dumps(certificate))
    code, out, err = run(capsys, "check", "--verified", path)
    assert code in (2, 3) and out == "" and err.count("\n") == 1


@pytest.mark.parametrize("count", [100, pytest.param(4000, marks=pytest.mark.exhaustive)])
def test_damaged_numbers_prove_nothing_false(capsys, tmp_path, count):
    """Of certificates with one number changed, it accepts none that checker.py does not accept, or that are wrong."""
    chance = random.Random(20 + count)
    induction = tmp_path / "induction.json"
    write_certificate(induction, certify("haar", 1, method="induction"))
    sources = [path for path in files("valid") if path.stat().st_size < 4000 and path.suffix == ".json"]
    accepted = refused = 0
    for turn in range(count):
        certificate = json.loads((chance.choice(sources) if turn % 5 else induction).read_text())
        damage(certificate, chance)
        path = tmp_path / "damaged.json.gz"
        path.write_bytes(gzip.compress(json.dumps(certificate).encode()))
        code, _, _ = run(capsys, "check", "--verified", path)
        valid, _, _ = check_file(str(path))
        assert code in (0, 1, 2, 3)
        if code == 0:
            accepted += 1
            assert valid is True or not refuted_by_evaluation(certificate), certificate
        refused += code == 1
    assert refused > count / 4 and accepted > count / 20


@pytest.mark.parametrize("count", [40, pytest.param(4000, marks=pytest.mark.exhaustive)])
def test_damaged_families_have_no_theorem_that_is_wrong(tmp_path, count):
    """Of families with one number changed, exactrelu-family accepts none whose networks are not V^n g."""
    program = Path(os.environ[PLACE]).with_name("exactrelu-family")
    if not program.exists():
        pytest.skip(f"{program.name} has not been built: make -C coq")
    chance = random.Random(count)
    path = tmp_path / "family.json"
    accepted = 0
    for turn in range(count + 1):
        found = family(load_problem("haar"))
        if turn:
            damage(found, chance)
        path.write_text(json.dumps(found))
        code = subprocess.run([program, path], capture_output=True, check=False, timeout=60).returncode
        assert code == 0 or turn
        if code == 0:
            accepted += 1
            assert not family_is_wrong(found, chance), found
    assert count / 20 < accepted < count / 2


def family_is_wrong(found, chance):
    """Whether the networks of a family, by plain evaluation, differ from V^n g at some points."""
    corners = [corner for triangle in found["seed"] for corner in triangle]
    seed = Seed(
        [(mpq(x), mpq(y)) for x, y, _ in corners], [range(k, k + 3) for k in range(0, len(corners), 3)],
        [mpq(value) for *_, value in corners],
    )
    mask = Mask({(i, j): mpq(weight) for i, j, weight in found["mask"]})
    problem = Problem("damaged", mask, smallest_window(mask, seed), seed)
    for n in (1, 2, 3):
        for _ in range(15):
            point = tuple(mpq(chance.randint(-20, 80), chance.choice([16, 24, 31])) for _ in range(2))
            if value_of_family(found, n, *point) != direct_sum(problem, n, *point):
                return True
    return False


def value_of_family(found, n, x, y):
    """Return the value of the network for n at a point."""
    eps, eta = mpq(1, 2**n), mpq(found["top"]) * mpq(found["ratio"]) ** n
    values = value_of_block(found["opening"], [x, y, eps, eta])
    for _ in range(n - 1):
        values = value_of_block(found["stage"], [*values, eps])
    (value,) = value_of_block(found["closing"], value_of_block(found["final"], [*values, eps]))
    return value / eta


def value_of_block(block, values):
    """Return the outputs of one program."""
    values = list(values)
    assert len(values) == block["inputs"]
    for node in block["nodes"]:
        if "relu" in node:
            values.append(max(mpq(0), values[node["relu"] - 1]))
        elif "times" in node:
            values.append(values[node["times"][0] - 1] * values[node["times"][1] - 1])
        else:
            terms = (mpq(weight) * values[k - 1] for k, weight in node["affine"])
            values.append(sum(terms, mpq(node["bias"])))
    return [values[k - 1] for k in block["outputs"]]


def damage(certificate, chance):
    """Change one weight, bias, coefficient, value, level, line or entry of the tree."""
    places = []

    def visit(node, key, parent):
        if isinstance(node, dict):
            for name, child in node.items():
                visit(child, name, node)
        elif isinstance(node, list):
            for index, child in enumerate(node):
                visit(child, index, node)
        elif (isinstance(node, int) or (isinstance(node, str) and node.lstrip("-").replace("/", "").isdigit())):
            places.append((parent, key))

    visit(certificate, None, None)
    parent, key = chance.choice(places)
    parent[key] = chance.choice([0, 1, 2, "1/3", "-1/2", -1])


def refuted_by_evaluation(certificate):
    """Whether plain evaluation at some points shows that the claim of the file is wrong."""
    problem = problem_from_json(certificate["problem"], "problem")
    network = network_from_json(certificate["network"], "network")
    chance = random.Random(7)
    points = [(mpq(chance.randint(-40, 80), 16), mpq(chance.randint(-40, 80), 16)) for _ in range(200)]
    differs = certificate["claim"]["kind"] == "differs"
    if differs:
        points = [tuple(mpq(c) for c in certificate["claim"]["point"])]
    return any((network.evaluate(p)[0] == direct_sum(problem, certificate["n"], *p)) is differs for p in points)
