"""Certificates of compact and paper, for every n and for one: written by the producer, valid, refused where wrong."""

import copy
import json
from fractions import Fraction
from random import Random

import pytest
from atom_families import certificate, family_of, value
from block_changes import HAIR, a_weight, with_block, with_weight
from format_2 import checked, numbers_of
from sum_files import CORPUS, INVALID, MALFORMED, made, read

from exactrelu import build, certify, checker, direct_sum, write_certificate
from exactrelu.certification.families import write_member
from exactrelu.certification.induction import atoms
from exactrelu.cli import main
from exactrelu.construction import compact, paper
from exactrelu.errors import UndecidedError
from exactrelu.field import mpq
from exactrelu.formats import read_network, write_network
from exactrelu.network import Network, Sum
from exactrelu.network.files import network_from_json
from exactrelu.scheme import builtin_problems, load_problem, problem_to_json

CONSTRUCTIONS = {"compact": compact, "paper": paper}


def points(problem, random, n, count=6):
    """Yield points: in the middle of cells of the window, near their borders, outside."""
    spans = problem.window or ((0, 2), (0, 2))
    for k in range(count):
        step = mpq(1, 2**n) * random.choice((mpq(1, 7), mpq(1, 2), mpq(1, 500), mpq(-1, 500), 0))
        yield [mpq(random.randrange(low * 2**n - k % 2, high * 2**n + k % 2), 2**n) + step for low, high in spans]


def is_true(found, random, levels=(1, 2, 3)):
    """Return whether the family of a certificate computes V^n g at some points, for some n."""
    problem = load_problem(found["statement"]["problem"]["name"])
    return all(
        value(found["statement"]["family"], n, point) == direct_sum(problem, n, *point)
        for n in levels for point in points(problem, random, n)
    )


def member(name, construction, n):
    """Return the JSON object of the certificate that the network for n, without marks, equals V^n g."""
    problem = load_problem(name)
    family, evidence = family_of(problem, CONSTRUCTIONS[construction])
    network = build(problem, n, construction).flatten()
    nodes = [
        {"op": "relu", "of": node.of} if hasattr(node, "of") else
        {"op": "affine", "terms": [[k, str(w)] for k, w in node.terms], "bias": str(node.bias)}
        for node in network.nodes
    ]
    network = {"format": "exactrelu-network/1", "inputs": 2, "nodes": nodes, "outputs": list(network.outputs)}
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n, "network": network}
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence | {"family": family}}


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(
    ("name", "n"), [("haar", 1), ("difference", 2), ("haar_growing", 5), ("haar", 50), ("zero", 2)]
)
def test_member(name, construction, n):
    """The network for n is proved by its family, and not to be that for another n."""
    found = member(name, construction, n)
    answer = checked(found)
    assert answer, answer.reason
    assert answer.statement.endswith(f"equals V^{n} g of the problem '{name}' at every point of R^2")
    for k in (n - 1, n + 1):
        found["statement"]["n"] = k
        assert not checked(found) or name == "zero" and k


@pytest.mark.exhaustive
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("name", builtin_problems())
def test_all_problems(name, construction, monkeypatch):
    """The networks of every problem that is built in are those of its family, for n = 1, 2, 5 and 50."""
    without_theory(monkeypatch)
    for n in (1, 2, 5, 50):
        assert checked(member(name, construction, n))


def without_theory(monkeypatch):
    """Let the checker believe a family, so that members alone are looked at."""
    monkeypatch.setattr(checker.Atoms, "prove", lambda theory: None)


@pytest.mark.parametrize(("construction", "count"), [("compact", 40), ("paper", 40)])
def test_mutants_by_a_hair_are_no_members(monkeypatch, construction, count):
    """A weight or bias off by 2^-60 is found, unless the unit has no influence: then the function is the same."""
    without_theory(monkeypatch)
    random, found = Random(5), member("difference", construction, 2)
    problem, nodes = load_problem("difference"), found["statement"]["network"]["nodes"]
    assert checked(found)
    refused = 0
    for k, index in random.sample([(k, i) for k, node in enumerate(nodes) for i in range(-1, len(node.get("terms", "")))
                                   if node["op"] == "affine"], count):
        other = copy.deepcopy(found)
        node = other["statement"]["network"]["nodes"][k]
        if index < 0:
            node["bias"] = str(Fraction(node["bias"]) + Fraction(1, 2**60))
        else:
            node["terms"][index][1] = str(Fraction(node["terms"][index][1]) + Fraction(1, 2**60))
        answer = checked(other)
        refused += not answer
        if answer:
            network = network_from_json(other["statement"]["network"], "network")
            for point in points(problem, random, 2, 12):
                assert network.evaluate(point) == (direct_sum(problem, 2, *point),)
    assert refused > count / 2


def test_scaled_units_are_members():
    """A unit may be a multiple of that of the family, with its weights divided by the same."""
    found = member("haar", "compact", 2)
    nodes = found["statement"]["network"]["nodes"]
    for k, node in enumerate(nodes, 2):
        users = [other for other in nodes if other.get("of") == k or any(s == k for s, _ in other.get("terms", []))]
        if node["op"] == "affine" and len(users) == 1 and users[0]["op"] == "relu":
            unit, factor = nodes.index(users[0]) + 2, Fraction(k % 7 + 1, 3)
            if any(other.get("of") == unit for other in nodes):
                continue
            node["terms"] = [[s, str(Fraction(w) * factor)] for s, w in node["terms"]]
            node["bias"] = str(Fraction(node["bias"]) * factor)
            for other in nodes:
                for entry in other.get("terms", []):
                    if entry[0] == unit:
                        entry[1] = str(Fraction(entry[1]) / factor)
    assert nodes != member("haar", "compact", 2)["statement"]["network"]["nodes"]
    assert checked(found)


REASONS = json.loads((CORPUS / "reasons.json").read_text())
VALID = ("compact", "paper", "growing", "signs", "shift", "no_terms", "member_of_compact", "member_of_paper",
         "member_without_terms", "member_cut", "member_cut_of_paper")


@pytest.mark.parametrize("name", VALID)
def test_valid_files(name):
    """The files that are damaged below are valid."""
    assert checked(read("valid", name))[::2] == (True, None)


@pytest.mark.parametrize(("kind", "name"), [
    *(("invalid", name) for name in INVALID), *(("malformed", name) for name in MALFORMED),
])
def test_corpus(kind, name):
    """A file of the corpus is what its change makes of a valid one, and is refused for the reason in reasons.json."""
    found = read(kind, name)
    assert found == made(*(INVALID | MALFORMED)[name])
    answer = checked(found)
    assert (answer.valid, answer.reason) == ({"invalid": False, "malformed": None}[kind], REASONS[f"{kind}/{name}"])


def test_nothing_else_in_the_corpus():
    """All files of the corpus, and all reasons, are those of the lists."""
    names = {*(f"invalid/{name}" for name in INVALID), *(f"malformed/{name}" for name in MALFORMED)}
    files = {f"{path.parent.name}/{path.name.partition('.')[0]}" for path in CORPUS.glob("*/*.gz")}
    assert REASONS.keys() == names and files == names | {f"valid/{name}" for name in VALID}


def damaged(found, path, random):
    """Return a certificate with another number at a path."""
    found = copy.deepcopy(found)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    old = inner[path[-1]]
    if isinstance(old, int):
        inner[path[-1]] += random.choice((-1, 1))
    else:
        others = {Fraction(old) * 2, -Fraction(old), Fraction(old) + Fraction(1, 2**60)} - {Fraction(old)}
        inner[path[-1]] = str(random.choice(sorted(others)))
    return found


def look_at(found, count, random):
    """Damage a certificate; return the answers, each of which was right as far as points tell."""
    paths, answers = [path for path in numbers_of(found) if "problem" not in path], []
    for _ in range(count):
        other = damaged(found, random.choice(paths), random)
        answer = checked(other)
        answers.append(answer.valid)
        assert answer.valid or answer.reason
        assert not answer.valid or is_true(other, random)
    return answers


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_damages(construction):
    """A certificate with another number somewhere is not believed unless what it says is right all the same."""
    assert False in look_at(certificate(load_problem("haar"), CONSTRUCTIONS[construction]), 12, Random(7))


@pytest.mark.exhaustive
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("name", ["haar", "difference", "haar_growing", "single_c21"])
def test_many_damages(name, construction):
    """So it is for hundreds of them."""
    assert False in look_at(certificate(load_problem(name), CONSTRUCTIONS[construction]), 400, Random(name))


def cut_member(path, name, construction, n, network=None):
    """Return the JSON object of the certificate that is written of the network for n."""
    problem = load_problem(name)
    network = build(problem, n, construction) if network is None else network
    write_member(path, problem, n, network, atoms.member(problem, n, network), check=False)
    return json.loads(path.read_text())


@pytest.mark.parametrize(("name", "construction"), [
    ("difference", "compact"), ("difference", "paper"), ("bilinear", "compact"),
])
def test_a_network_from_a_file_has_the_same_certificate(tmp_path, name, construction):
    """The certificate of a network with marks is that of the chains it was written from, its blocks included."""
    write_network(tmp_path / "network.json.gz", build(load_problem(name), 3, construction))
    found = cut_member(tmp_path / "c.json", name, construction, 3)
    assert found == cut_member(tmp_path / "d.json", name, construction, 3, read_network(tmp_path / "network.json.gz"))
    assert {len(lists) for lists in found["evidence"].pop("interfaces")} == {8}
    del found["statement"]["network"]["marks"]
    assert found == member(name, construction, 3)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_a_member_is_cut(monkeypatch, tmp_path, construction):
    """Block by block, forms stay short, and stages that are equal are followed once."""
    without_theory(monkeypatch)
    found = cut_member(tmp_path / "c.json", "haar_growing", construction, 60)
    monkeypatch.setattr(checker, "MAX_BITS", 1 << 21)
    assert checked(found)
    del found["evidence"]["interfaces"]
    assert "bits" in checked(found).reason


def test_an_output_that_singles_out_no_term(monkeypatch, tmp_path):
    """Where the output adds the last values of all terms up at once, the certificate does not say where blocks end."""
    without_theory(monkeypatch)
    network = build(load_problem("bilinear"), 2, "compact").flatten()
    (output,) = network.outputs
    nodes = {k: node for k, node in enumerate(network.nodes, 2)}
    terms = [pair for k, w in nodes[output].terms for pair in ((j, w * v) for j, v in nodes[k].terms)]
    merged = nodes[output]._replace(terms=tuple(terms))
    other = Network(2, [*network.nodes[:output - 2], merged, *network.nodes[output - 1:]], [output], network.marks)
    found = cut_member(tmp_path / "c.json", "bilinear", "compact", 2, other)
    assert "interfaces" not in found["evidence"] and checked(found)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_damaged_interfaces(monkeypatch, tmp_path, construction):
    """An interface with another node is not believed unless it is the same value; one of another length is refused."""
    without_theory(monkeypatch)
    random, found = Random(3), cut_member(tmp_path / "c.json", "difference", construction, 3)
    size, refused = len(found["statement"]["network"]["nodes"]), 0
    for _ in range(30):
        other = copy.deepcopy(found)
        part = random.choice(random.choice(other["evidence"]["interfaces"]))
        k = random.randrange(len(part))
        part[k] = random.choice((part[k] - 1, part[k] + 1, (part[k] + random.randrange(1, size)) % size))
        answer = checked(other)
        refused += not answer
        assert answer or answer.valid is False
    assert refused > 15
    (lists,) = found["evidence"]["interfaces"]
    for interfaces in ([], [lists, lists], [lists[:-1]], [[*lists[:-1], []]], [[*lists[:-1], [-1]]]):
        assert checked({**found, "evidence": {**found["evidence"], "interfaces": interfaces}}).valid is None


def test_what_is_proved_without_being_a_member(tmp_path):
    """A network that is right but not the one of the construction is certified, and has no certificate."""
    problem = load_problem("bilinear")
    network = build(problem, 4, "compact")
    chain = network.terms[5]
    readout = with_weight(chain.blocks[5], *a_weight(chain.blocks[5], 0), HAIR)
    other = Sum([*network.terms[:5], with_block(chain, 5, readout), *network.terms[6:]])
    verdict = certify(problem, 4, other, method="induction")
    assert verdict.verdict == "certified"
    with pytest.raises(UndecidedError, match="not the one of compact for n = 4"):
        write_certificate(tmp_path / "c.json", verdict)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_written(tmp_path, capsys, construction):
    """certify writes it for all n and for one, and check reads it."""
    path = tmp_path / "proof.json.gz"
    words = ["certify", "haar", "--construction", construction, "--output", str(path)]
    for more, what in ((["-n", "all"], "for every n >= 1"), (["-n", "3", "--method", "induction"], "equals V^3 g")):
        assert main([*words, *more]) == 0
        assert main(["check", str(path)]) == 0
        assert what in capsys.readouterr().out
        assert checker.check_file(path)
