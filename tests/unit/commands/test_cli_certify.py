"""``exactrelu certify`` and ``exactrelu check``: verdicts, counterexamples, proofs and certificates."""

import json
import re

import pytest
from command import answer, run

from exactrelu import core
from exactrelu.construction import CONSTRUCTIONS, build
from exactrelu.field import mpq, parse, text
from exactrelu.formats import read_network, write_network
from exactrelu.jsonio import read_json
from exactrelu.network import Builder, Network
from exactrelu.network.layers import layered
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import load_problem

CERTIFY_FIELDS = [
    "verdict", "problem", "n", "construction", "network", "method", "engine", "width", "depth", "neurons", "cells",
    "pieces", "seconds", "timings", "certificate", "certificate_checked", "counterexample",
    "estimate_seconds", "estimate",
]


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_certify_certifies_what_it_builds(capsys, construction):
    """Every construction of V g for the Haar mask and an atom is certified, with exit code 0 and all fields."""
    code, data = answer(capsys, "certify", "haar", "-n", 1, "--construction", construction, "--jobs", 1)
    form = layered(build(load_problem("haar"), 1, construction))
    assert code == 0 and list(data) == CERTIFY_FIELDS
    assert data["verdict"] == "certified" and data["counterexample"] is None and data["certificate"] is None
    assert [data[name] for name in ("problem", "n", "construction", "method")] == ["haar", 1, construction, "enumerate"]
    assert [data[name] for name in ("width", "depth", "neurons")] == [form.width, form.depth, form.neurons]
    assert data["cells"] >= 4 and data["pieces"] >= data["cells"] and data["engine"] == core.PATH


def test_what_the_core_does_not_take_is_done_in_python(capsys, tmp_path):
    """The answer says what compared the cells: a network with long weights is not for the compiled core."""
    b = Builder(2)
    x, y = b.inputs
    long = mpq(2**200 + 1, 3)
    write_network(tmp_path / "long.json", b.network([b.relu(long * x + y) - b.relu(long * y)]))
    code, data = answer(capsys, "certify", "haar", "-n", 1, "--network", tmp_path / "long.json", "--jobs", 1)
    assert code == 1 and data["engine"] == (core.PATH if core.compiled is None else core.PLAIN)


def test_certify_writes_a_certificate_that_the_checker_accepts(capsys, tmp_path):
    """``certify --output`` and ``check``: valid, and the statement names the problem."""
    path = tmp_path / "haar.json.gz"
    code, out, err = run(capsys, "certify", "haar", "-n", 1, "--output", path)
    assert (code, err) == (0, "") and out.splitlines()[-2:] == [
        "certified    the network equals V^1 g at every point of R^2", f"certificate  {path}"
    ]
    code, data = answer(capsys, "check", path)
    assert code == 0 and data["valid"] is True and data["reason"] is None and "'haar'" in data["statement"]
    assert run(capsys, "check", path) == (0, f"valid: {data['statement']}\n", "")


@pytest.fixture
def wrong(tmp_path):
    """A network file that is not V g of `haar`, and a certificate of that."""
    write_network(tmp_path / "wrong.json", build(load_problem("haar_growing"), 1))
    return tmp_path / "wrong.json"


def test_certify_refutes_a_wrong_network(capsys, wrong, tmp_path):
    """``--network`` with another function: exit code 1, a point and both values, confirmed by a certificate."""
    path = tmp_path / "refutation.json"
    code, data = answer(capsys, "certify", "haar", "-n", 1, "--network", wrong, "--output", path, "--jobs", 1)
    assert code == 1 and data["verdict"] == "refuted" and data["construction"] is None
    assert data["certificate"] == str(path)
    found = data["counterexample"]
    point = [parse(c, "point") for c in found["point"]]
    assert text(*read_network(wrong).evaluate(point)) == found["network"]
    assert text(*build(load_problem("haar"), 1).evaluate(point)) == found["target"] != found["network"]
    assert answer(capsys, "check", path)[1]["valid"] is True
    code, out, _ = run(capsys, "certify", "haar", "-n", 1, "--network", wrong, "--jobs", 1)
    assert code == 1 and f"refuted   at ({', '.join(found['point'])}), " in out and "dyadic cell [" in out


def test_certify_says_where_a_leak_outside_of_the_window_is(capsys, tmp_path):
    """A network that is wrong only far outside is refuted there."""
    b = Builder(2)
    write_network(tmp_path / "leak.json", b.network([b.relu(b.inputs[0] - 1000)]))
    code, out, _ = run(capsys, "certify", "zero", "-n", 1, "--network", tmp_path / "leak.json")
    assert code == 1 and "outside of the window" in out and out.rstrip().endswith("and V^1 g 0")


def test_a_false_certificate_is_invalid(capsys, wrong, tmp_path):
    """A certificate of a difference where there is none is invalid: exit code 1 and the reason."""
    path = tmp_path / "refutation.json"
    assert run(capsys, "certify", "haar", "-n", 1, "--network", wrong, "--output", path)[0] == 1
    certificate = json.loads(path.read_text())
    certificate["statement"]["point"] = [1000, 1000]
    path.write_text(json.dumps(certificate))
    code, data = answer(capsys, "check", path)
    assert code == 1 and data["valid"] is False and data["reason"]
    assert run(capsys, "check", path)[:2] == (1, f"invalid: {data['reason']}\n")


def test_certify_by_induction_prints_a_proof(capsys):
    """``--method induction`` certifies n in the thousands, with facts and conclusion for people and programs."""
    code, data = answer(capsys, "certify", "haar", "-n", 1000, "--method", "induction")
    assert code == 0 and list(data) == [*CERTIFY_FIELDS, "proof"]
    assert (data["verdict"], data["method"], data["n"], data["cells"]) == ("certified", "induction", 1000, 0)
    proof = data["proof"]
    assert "V^1000 g" in proof["theorem"] and data["pieces"] == sum(fact["pieces"] for fact in proof["facts"]) > 0
    code, out, _ = run(capsys, "certify", "haar", "-n", 1000, "--method", "induction")
    words = " ".join(out.split())
    assert code == 0 and f"Theorem. {proof['theorem']}" in words and f"Proof. {proof['conclusion']}" in words
    for k, fact in enumerate(proof["facts"], 1):
        assert f"{k}. [{fact['where']}] {fact['statement']} ({fact['check']}" in words
    assert max(map(len, out.splitlines())) <= 110


@pytest.mark.parametrize(("construction", "slope"), [("one-pass", 1), ("compact", 2), ("paper", 5)])
def test_certify_all_n_prints_the_theorem(capsys, construction, slope):
    """``-n all`` proves the theorem for every n, with its constants: the width and a depth such as 2n+7."""
    options = ("certify", "haar", "-n", "all", "--construction", construction)
    code, data = answer(capsys, *options)
    assert code == 0 and (data["verdict"], data["method"], data["n"]) == ("certified", "induction", "all")
    forms = {n: layered(build(load_problem("haar"), n, construction)) for n in range(1, 8)}
    extra = forms[1].depth - slope
    assert data["depth"] == f"{slope if slope > 1 else ''}n+{extra}" and forms[7].depth == 7 * slope + extra
    assert data["width"] == max(form.width for form in forms.values())
    assert "For every n >= 1" in data["proof"]["theorem"] and data["counterexample"] is None
    code, out, _ = run(capsys, *options)
    assert code == 0 and "the network equals V^n g at every point of R^2, for every n >= 1" in out and "QED" in out


def test_induction_writes_certificates(capsys, wrong, tmp_path):
    """``--method induction --output``: a certificate of equality, or of the difference found; both are valid."""
    path = tmp_path / "haar.json.gz"
    code, data = answer(capsys, "certify", "haar", "-n", 30, "--method", "induction", "--output", path)
    assert code == 0 and data["certificate"] == str(path) and "certificate" in data["timings"]
    code, out, _ = run(capsys, "check", path)
    assert code == 0 and "equals V^30 g of the problem 'haar' at every point of R^2" in out
    path = tmp_path / "wrong.json.gz"
    words = ("certify", "haar", "--method", "induction", "-n", 1, "--network", wrong, "--output", path)
    assert run(capsys, *words)[0] == 1
    code, out, _ = run(capsys, "check", path)
    assert code == 0 and "it is wrong that the network" in out


def test_induction_refutes_a_wrong_network(capsys, tmp_path):
    """The network of another problem is refuted by induction as well, with a point."""
    chain = build(load_problem("haar_growing"), 3)
    write_network(tmp_path / "wrong.json", chain)
    words = ("certify", "haar", "-n", 3, "--method", "induction", "--network", tmp_path / "wrong.json")
    code, data = answer(capsys, *words)
    assert code == 1 and data["verdict"] == "refuted" and "proof" not in data
    point = [parse(c, "point") for c in data["counterexample"]["point"]]
    assert text(*chain.evaluate(point)) == data["counterexample"]["network"] != data["counterexample"]["target"]


@pytest.mark.parametrize("construction", ["compact", "paper"])
def test_induction_on_sums_of_atoms(capsys, construction, tmp_path):
    """compact and paper are proved by induction as well, with a certificate if one is wanted."""
    path = tmp_path / "haar.json.gz"
    options = ("certify", "haar", "-n", 9, "--method", "induction", "--construction", construction, "--output", path)
    code, data = answer(capsys, *options)
    assert code == 0 and data["verdict"] == "certified" and data["proof"]["conclusion"].endswith("QED")
    assert data["certificate"] == str(path) and read_json(path)["evidence"]["kind"] == "family"
    code, out, _ = run(capsys, "check", path)
    assert code == 0 and "equals V^9 g of the problem 'haar' at every point of R^2" in out


def test_induction_does_not_decide_what_it_does_not_know(capsys, tmp_path):
    """A network without marks is not decided: exit code 3, and the reason says so."""
    flat = build(load_problem("haar"), 3, "compact").flatten()
    path = tmp_path / "bare.json"
    write_network(path, Network(flat.inputs, flat.nodes, flat.outputs))
    code, out, err = run(capsys, "certify", "haar", "-n", 3, "--method", "induction", "--network", path)
    assert (code, out) == (3, "") and err.startswith("exactrelu: nothing was decided: ")
    assert "the method enumerate" in err


def test_too_many_cells_are_not_enumerated(capsys):
    """A level beyond enumeration is not decided: exit code 3 at once, with what to do next."""
    code, out, err = run(capsys, "certify", "-n", 1000)
    assert (code, out) == (3, "") and err.count("\n") == 1 and "more than the limit of 16777216" in err


@pytest.mark.parametrize("construction", ["one-pass", "small"])
def test_blocks_of_a_proof_are_listed(capsys, construction):
    """What is listed is what was proved: put together for n = 2 by a reader of these lines, it is V^2 g."""
    words = "certify", "haar", "-n", "all", "--construction", construction
    code, data = answer(capsys, *words, "--blocks")
    blocks = {block["name"]: block["nodes"] for block in data["proof"]["blocks"]}
    assert code == 0 and sum(map(len, blocks.values())) > 300
    first, stage, *last, closing = [nodes for name, nodes in blocks.items() if not name.startswith("B_0 for n = 1")]
    order = [first, stage, *(last or [stage]), closing]
    eta = parse("1/2304", "eta") if construction == "one-pass" else mpq(1, 2**20)
    numbers = {"eps": mpq(1, 4), "eta": eta}
    numbers |= {f"{name}/{axis}": value for name, value in (("eps", mpq(1, 4)), ("kappa", mpq(4))) for axis in "xy"}
    for point in ((mpq(1, 3), mpq(2, 5)), (mpq(7, 9), mpq(1, 11)), (mpq(5, 4), mpq(1, 2))):
        values = dict(zip("xy", point, strict=True))
        for nodes in order:
            values = read_block(nodes, values | numbers)
        (value,) = values.values()
        assert value / eta == direct_sum("haar", 2, *point)
    shown = run(capsys, *words)[1]
    assert "--blocks lists" in shown and all(f"[{name}] takes" in shown.replace("\n", " ") for name in blocks)
    assert run(capsys, "certify", "haar", "-n", 2, "--blocks")[0] == 2


@pytest.mark.parametrize("construction", ["compact", "paper"])
def test_blocks_of_atoms_are_listed(capsys, construction):
    """For the constructions with atoms, too, what is listed is V^2 g, term by term; equal blocks stand there once."""
    code, data = answer(capsys, "certify", "difference", "-n", "all", "--construction", construction, "--blocks")
    blocks = {block["name"]: block["nodes"] for block in data["proof"]["blocks"]}
    found = next(f["statement"] for f in data["proof"]["facts"] if f["statement"].startswith("Rho = "))
    (rho,) = {mpq(number) for number in re.findall(r"[Rr]ho = ([\d/]+)", found)}
    (c,) = {mpq(number) for number in re.findall(r"c = ([\d/]+)", found)}
    numbers = {"eps": mpq(1, 4), "zeta": 1 / rho**2}
    assert code == 0 and list(blocks) == ["S", "T_1 = ... = T_n", "R", "P", "A_1 = ... = A_(n-1)", "L"]
    start, transport, readout, spread, stage, last = blocks.values()
    for point in ((mpq(1, 3), mpq(2, 5)), (mpq(7, 9), mpq(1, 11)), (mpq(3, 8), mpq(5, 8)), (mpq(5, 4), mpq(1, 2))):
        values = dict(zip("xy", point, strict=True))
        for nodes in (start, transport, transport, readout, spread, stage, last):
            values = read_block(nodes, values | numbers)
        (value,) = values.values()
        assert value / (c * numbers["eps"] * numbers["zeta"]) == direct_sum("difference", 2, *point)
    several = [block["name"] for block in answer(
        capsys, "certify", "bilinear", "-n", "all", "--construction", construction
    )[1]["proof"]["blocks"]]
    assert several.count("T_1 = ... = T_n of all terms") == 1 and "S of term 1" in several
    assert len(several) == len(set(several))


def read_block(nodes, values):
    """Return {name: value} of what a block gives, from its lines."""
    given = {}
    for line in nodes:
        name, _, right = line.strip().removeprefix("gives ").partition(" = ")
        if line.strip().startswith("gives "):
            given[name] = values[right]
        elif right.startswith("max(0, "):
            values[name] = max(mpq(0), values[right[7:-1]])
        elif " * " in right:
            one, other = right.split(" * ")
            values[name] = values[one] * values[other]
        else:
            values[name] = sum((term_value(term, values) for term in right.replace(" - ", " + -").split(" + ")), mpq(0))
    return given


def term_value(term, values):
    """Return the value of a term, such as "2/3 v5", "-v5" or "-2/3"."""
    *factor, last = term.split(" ")
    if last.lstrip("-") in values:
        return (parse(factor[0], "factor") if factor else -1 if last[0] == "-" else 1) * values[last.lstrip("-")]
    return parse(last, "number")
