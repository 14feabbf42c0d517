"""The machine-checked checker: the answers of the corpus, and of damaged certificates, where coq/ has been built."""

import json
import os
import random
import shutil
import subprocess
from functools import cache

import pytest
from command import answer, refusal, run
from folders import CERTIFICATES, CERTIFICATES_1, ROOT
from test_checker import is_true, others, part, places, replaced

from exactrelu import checker, checker1
from exactrelu.certification.methods import certify, write_certificate
from exactrelu.commands.check import PLACE, VERIFIED
from exactrelu.field import mpq
from exactrelu.network.files import network_from_json
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import builtin_problems, problem_from_json

CORPORA = CERTIFICATES_1, CERTIFICATES
BUILT = ROOT / "coq" / "checker" / VERIFIED

WITHIN_ITS_LIMITS = {"too_many_kinks.json"}
"""Files that are beyond a limit of checker1.py alone; what they claim is wrong."""

CODES = {"valid": {0, 3}, "invalid": {1, 3}, "malformed": {2, 3}}

OUTSIDE = ("in format 1", "translates", "n = 1000", "the kind property", "numbers of Q(sqrt(D))")
"""What the reason is, in part, where a file of the corpus is outside of what the verified kernel knows."""

KINDS_OUTSIDE = '"property"', '"field"'
"""Words one of which is in any file of format 2 of the corpus that is outside."""


@pytest.fixture(scope="module", autouse=True)
def place():
    """Say where the program is; tests are skipped where it has not been built."""
    program = os.environ.get(PLACE) or shutil.which(VERIFIED) or (BUILT if BUILT.exists() else None)
    if program is None:
        pytest.skip(f"{VERIFIED} has not been built: make -C coq")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(program))
        yield


def files(kind, corpora=CORPORA):
    return sorted(path for corpus in corpora for path in (corpus / kind).iterdir())


@cache
def small(corpus):
    """Return the valid certificates of a corpus that are not large, and not outside."""
    found = [path for path in files("valid", [corpus]) if path.stat().st_size < 4000 and path.suffix == ".json"]
    return [path for path in found if verified(path)[0] == 0]


def verified(path):
    """Return (exit code, answer) of the program."""
    done = subprocess.run([os.environ[PLACE], path], capture_output=True, check=False, timeout=60, text=True)
    assert done.returncode in (0, 1, 2, 3) and "xception" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("kind", CODES)
def test_corpus(capsys, kind):
    """Each file has the answer of its folder, or is outside of what the verified kernel knows."""
    outside = 0
    for path in files(kind):
        code, _, err = run(capsys, "check", "--verified", path)
        known = path.parent.parent == CORPORA[1] and not any(kind in path.read_text() for kind in KINDS_OUTSIDE)
        assert code != 3 or not known, err
        if path.name in WITHIN_ITS_LIMITS:
            assert code == 1
            continue
        assert code in CODES[kind], path.name
        outside += code == 3
        assert code != 3 or any(words in err for words in OUTSIDE), err
    assert outside < len(files(kind)) * 3 / 4


@pytest.mark.parametrize("corpus, reader", [(CORPORA[0], checker1), (CORPORA[1], checker)])
def test_the_statement_is_that_of_the_checker(corpus, reader):
    """Both checkers say the same of small certificates that both find valid."""
    for path in small(corpus):
        code, said = verified(path)
        assert code == 0 and said.startswith("valid: " + reader.check_file(str(path))[1]), path.name


def test_both_values_at_a_point_have_to_be_right(capsys, tmp_path):
    """Values of network and V^n g that are both off, by the same, are not those of the certificate."""
    certificate = json.loads((CORPORA[0] / "valid" / "difference.json").read_text())
    for value in "network", "target":
        certificate["claim"][value] = str(mpq(certificate["claim"][value]) + 1)
    path = tmp_path / "difference.json"
    path.write_text(json.dumps(certificate))
    code, out, _ = run(capsys, "check", "--verified", path)
    assert code == 1 and "the value of the network at the point" in out


def test_a_missing_file_is_refused(capsys, tmp_path):
    """A file that is not there cannot be read, and that is not a verdict."""
    assert "No such file" in refusal(capsys, "check", "--verified", tmp_path / "none.json")


@pytest.mark.parametrize("name, n", [("ternary", 2), ("hermite", 2), ("sqrt3", 0), ("quincunx_zp", 0)])
def test_other_schemes_by_enumeration(capsys, tmp_path, name, n):
    """V^n g on the line and for other dilations: certificates by enumeration are valid."""
    path = tmp_path / "c.json"
    write_certificate(path, certify(name, n))
    code, data = answer(capsys, "check", "--verified", path)
    assert code == 0 and data["statement"].startswith(checker.check_file(str(path))[1])


def member(path, name, n):
    """Write the certificate that the network of one-pass for n is one of its family; return the JSON in it."""
    write_certificate(path, certify(name, n, method="induction"))
    return json.loads(path.read_text())


@pytest.mark.parametrize("name, n", [("haar", 1), ("bilinear", 2), ("courant_shrinking", 3), ("nonconvex", 2)])
def test_networks_of_one_pass_are_members_of_their_family(capsys, tmp_path, name, n):
    """Certificates by induction are valid: the network is that for n of a family which is V^n g for every n."""
    path = tmp_path / "member.json"
    member(path, name, n)
    code, data = answer(capsys, "check", "--verified", path)
    assert code == 0 and data["statement"].startswith(checker.check_file(str(path))[1])


def test_units_of_members_may_be_scaled_doubled_and_dead(capsys, tmp_path):
    """How units are scaled, which are equal and what the output does not need is no matter, but each weight is."""
    path = tmp_path / "member.json"
    certificate = member(path, "haar", 2)
    network = certificate["statement"]["network"]
    nodes, (output,) = network["nodes"], network["outputs"]
    unit = next(k for k, node in enumerate(nodes, 2) if node["op"] == "relu" and {unit_of(node, nodes)} == {"affine"})
    count = len(nodes) + 2
    nodes += [
        {"op": "affine", "terms": [[nodes[unit - 2]["of"], "-7/3"]], "bias": 0}, {"op": "relu", "of": count},
        {"op": "affine", "terms": [[nodes[unit - 2]["of"], "7/3"]], "bias": 0}, {"op": "relu", "of": count + 2},
        # max(0, s e) − max(0, −s e) − s e is 0
        {"op": "affine", "terms": [[output, 1], [count + 3, 1], [count + 1, -1], [count + 2, -1]], "bias": 0},
    ]
    network["outputs"] = [count + 4]
    path.write_text(json.dumps(certificate))
    assert run(capsys, "check", "--verified", path)[0] == 0
    nodes[-1]["terms"][1][1] = "1000001/1000000"
    path.write_text(json.dumps(certificate))
    code, _, err = run(capsys, "check", "--verified", path)
    assert code == 3 and "not the one of the family" in err


def unit_of(node, nodes):
    """Return the operation that a unit reads; it may be an input."""
    return nodes[node["of"] - 2]["op"] if node["of"] >= 2 else "input"


ON_THE_LINE = {
    "format": "exactrelu-problem/2", "name": "line", "mask": {"0": 1, "1": 1},
    "seed": {"vertices": [[-1], [0], [1]], "simplices": [[0, 1], [1, 2]], "values": [0, 1, 0]},
}


@pytest.mark.parametrize("change", [
    lambda problem: ON_THE_LINE, lambda problem: None, lambda problem: {**problem, "mask": {"0,0": "sqrt(2)"}},
    lambda problem: {**problem, "mask": 7}, lambda problem: {**problem, "format": "exactrelu-problem/2", "dilation": 3},
    lambda problem: {**problem, "mask": {"0,0": 10**9, "-9,0": 1}},
    lambda problem: {**problem, "seed": {"vertices": [], "triangles": [], "values": []}},
])
def test_families_for_other_problems_are_answered(capsys, tmp_path, change):
    """With a problem for which the family is not V^n g, or none is known, a certificate is outside, or unreadable."""
    path = tmp_path / "member.json"
    certificate = member(path, "haar", 1)
    certificate["statement"]["problem"] = change(certificate["statement"]["problem"])
    path.write_text(json.dumps(certificate))
    code, out, err = run(capsys, "check", "--verified", path)
    assert code in (2, 3) and out == "" and err.count("\n") == 1


OTHER_THEORIES = [
    ("haar", "small", "all", "families of functionals"), ("ternary", None, "all", "families of functionals"),
    ("haar", "paper", "all", "families of sums of atoms"), ("haar", "compact", 2, "families of sums of atoms"),
    ("d4", None, "all", "numbers of Q(sqrt(D))"), ("takagi", None, "all", "evidence of the kind reduction"),
]


@pytest.mark.parametrize("name, construction, n, reason", OTHER_THEORIES)
def test_other_theories_are_outside(tmp_path, name, construction, n, reason):
    """Families other than those of one-pass are outside, with the reason; they are no files that cannot be read."""
    path = tmp_path / "every.json"
    write_certificate(path, certify(name, n, construction=construction, method="induction"))
    done = subprocess.run([os.environ[PLACE], path], capture_output=True, check=False, timeout=60, text=True)
    assert done.returncode == 3 and done.stderr == f"exactrelu-check: outside the verified kernel: {reason}\n"


FAMILIES = ["shifted", *(pytest.param(name, marks=pytest.mark.exhaustive) for name in builtin_problems())]


@pytest.mark.parametrize("name", FAMILIES)
def test_families_of_built_in_problems_are_proved(tmp_path, name):
    """The networks of one-pass equal V^n g for every n, for each of the built-in problems."""
    path = tmp_path / "every.json"
    write_certificate(path, certify(name, "all"))
    certificate = json.loads(path.read_text())
    del certificate["statement"]["sizes"]
    path.write_text(json.dumps(certificate))
    assert verified(path)[0] == 0


def test_sizes_are_no_part_of_what_is_proved(capsys, tmp_path):
    """Widths and depths of a family are outside, which is said with what is proved; without them it is valid."""
    path = tmp_path / "every.json"
    write_certificate(path, certify("haar", "all"))
    code, _, err = run(capsys, "check", "--verified", path)
    assert code == 3 and "the width and the depth" in err and "for every n >= 1, the network of the family" in err
    certificate = json.loads(path.read_text())
    del certificate["statement"]["sizes"]
    path.write_text(json.dumps(certificate))
    code, data = answer(capsys, "check", "--verified", path)
    assert code == 0 and data["statement"].startswith("for every n >= 1, the network of the family equals V^n g")


@pytest.mark.parametrize("corpus", CORPORA)
def test_a_denominator_of_zero_is_refused_in_each_place(tmp_path, corpus):
    """Wherever a number of a statement is replaced by 1/0, the file cannot be read; windows are no part of one."""
    tried = set()
    for source in small(corpus):
        certificate = json.loads(source.read_text())
        for place in places(certificate):
            value = part(certificate, place)
            shape = (len(certificate), *("*" if type(key) is int else key for key in place))
            if shape in tried or place[:1] == ("evidence",) or "window" in place or not is_number(value):
                continue
            tried.add(shape)
            path = tmp_path / "zero.json"
            path.write_text(json.dumps(replaced(certificate, place, "1/0")))
            assert verified(path)[0] == 2, (source.name, place)
    assert len(tried) > 15


def is_number(value):
    return type(value) is int or (type(value) is str and value.lstrip("-").replace("/", "").isdigit())


def test_long_networks_need_no_more_stack_than_is_usual(tmp_path):
    """Where the shell keeps the stack small, the program takes what the system allows."""
    path = tmp_path / "long.json"
    member(path, "haar", 12)
    command = ["sh", "-c", 'ulimit -S -s 120; exec "$0" "$1"', os.environ[PLACE], path]
    assert subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def test_damaged_numbers_prove_nothing_false(tmp_path, damages):
    """Of certificates of format 1 with one number changed, it accepts none that is wrong."""
    chance = random.Random(20 + damages)
    accepted = refused = 0
    for _ in range(damages):
        certificate = json.loads(chance.choice(small(CORPORA[0])).read_text())
        damage(certificate, chance)
        path = tmp_path / "damaged.json"
        path.write_text(json.dumps(certificate))
        (code, _), (valid, _, _) = verified(path), checker1.check_file(str(path))
        if code == 0:
            accepted += 1
            assert valid is True or not refuted_by_evaluation(certificate), certificate
        refused += code == 1
    assert refused > damages / 4 and accepted > damages / 20


@pytest.fixture(params=[100, pytest.param(4000, marks=pytest.mark.exhaustive)])
def damages(request):
    """Return how many damages are tried."""
    return request.param


def test_damages_of_format_2_are_answered_as_by_the_checker(tmp_path, damages):
    """Certificates of format 2 with any part changed have the answer of checker.py, or are outside."""
    chance = random.Random(30 + damages)
    path = tmp_path / "damaged.json"
    bare = member(path, "haar", 1)
    answers = []
    for _ in range(damages):
        certificate = bare if chance.random() < 0.1 else json.loads(chance.choice(small(CORPORA[1])).read_text())
        place = chance.choice([place for place in places(certificate) if place])
        value = part(certificate, place)
        numbers = others(value) if type(value) in (int, str) else []
        new = chance.choice([None, 0.5, True, "1/0", [], {}, 10**400, *4 * numbers])
        certificate = replaced(certificate, place, new)
        path.write_text(json.dumps(certificate))
        (code, _), valid = verified(path), checker.check_file(path).valid
        answers.append(code)
        hints = place[0] == "evidence" and "family" in json.dumps(certificate.get("evidence"))
        # nothing of the evidence on a family is believed, and the statement is true
        assert code in ({True: 0, False: 1, None: 2}[valid], 3) or (code == 0 and hints), (code, valid, certificate)
        statement = certificate.get("statement")
        if code == 0 and statement["kind"] in ("equal", "within", "bound"):
            assert is_true(statement), certificate
        assert code != 3 or statement.get("kind", "") in ("iterate", "property"), certificate
    assert {0, 1, 2} <= set(answers) and answers.count(3) < damages / 5


def test_damaged_families_have_no_theorem_that_is_wrong(tmp_path, damages):
    """Of families with one number changed, none is accepted whose networks are not V^n g."""
    path = tmp_path / "family.json"
    write_certificate(path, certify("haar", "all"))
    whole = json.loads(path.read_text())
    del whole["statement"]["sizes"]
    chance = random.Random(damages)
    accepted = 0
    for _ in range(damages):
        found = json.loads(json.dumps(whole))
        damage(found, chance)
        path.write_text(json.dumps(found))
        if verified(path)[0] == 0:
            accepted += 1
            assert not family_is_wrong(found["statement"], chance), found
    assert damages / 20 < accepted < damages / 2


def family_is_wrong(statement, chance):
    """Whether the networks of a family, by plain evaluation, differ from V^n g at some points."""
    problem = problem_from_json(statement["problem"], "problem")
    for n in (1, 2, 3):
        for _ in range(15):
            point = tuple(mpq(chance.randint(-20, 80), chance.choice([16, 24, 31])) for _ in range(2))
            if value_of_family(statement["family"], n, *point) != direct_sum(problem, n, *point):
                return True
    return False


def value_of_family(family, n, x, y):
    """Return the value of the network for n at a point."""
    programs, eps, eta = family["programs"], mpq(1, 2**n), mpq(family["factor"]) / mpq(family["base"]) ** n
    values = [x, y]
    for name in ("start", *(n - 1) * ["stage"], "last", "closing"):
        values = value_of_program(programs[name], [*values, eps, eta])
    return values[0] / eta


def value_of_program(program, values):
    """Return the outputs of one program."""
    assert len(values) == program["inputs"] + 2
    for node in program["nodes"]:
        if node["op"] == "relu":
            values.append(max(mpq(0), values[node["of"]]))
        elif node["op"] == "times":
            values.append(values[node["by"]] * values[node["of"]])
        else:
            values.append(sum((mpq(weight) * values[k] for k, weight in node["terms"]), mpq(node["bias"])))
    return [values[k] for k in program["outputs"]]


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
