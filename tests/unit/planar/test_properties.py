"""Properties: what is certified and refuted, against formulas put in at points, and files that cannot be used."""

import json
from random import Random

import pytest
from command import answer, refusal, run
from networks import degenerate

from exactrelu import (
    Affine, Builder, InputError, Network, Property, Relu, Slice, UndecidedError, bound, check, prove, read_property,
    write_network, write_property,
)
from exactrelu.field import mpq
from exactrelu.planar import bounds, properties
from exactrelu.planar.claims import And, Atom, Or, Way
from exactrelu.planar.properties import is_bad

BOX = [(-1, mpq(3, 2)), (mpq(-1, 2), 1)]

QUERY = """; a query
(declare-const X_0 Real)
(declare-const X_1 Real)
(declare-const Y_0 Real)
(assert (>= X_0 -1.0))
(assert (<= X_0 1))
(assert (or (and (<= X_1 0.5) (>= X_1 2.5e-1)) (and (<= X_1 0.0) (>= X_1 -0.5))))
(assert (>= (+ (* 2 Y_0) (- X_0) 1) {bound}))
"""


def formula(random, depth, strict):
    """Return a random formula about two inputs and two outputs; ``strict`` is None for inequalities of both kinds."""
    if not depth or random.random() < 0.3:
        pairs = [tuple((k, mpq(random.randint(-2, 2))) for k in range(2)) for _ in range(2)]
        kind = random.random() < 0.5 if strict is None else strict
        return Atom(*pairs, mpq(random.randint(-4, 12), 4), kind)
    parts = tuple(formula(random, depth - 1, strict) for _ in range(random.randint(0, 3)))
    return random.choice((And, Or))(parts)


@pytest.mark.parametrize("seed", range(30))
def test_no_point_of_the_box_disagrees(seed):
    """A certified property has no bad point on a grid; a refuted one has one in the box, by the formula itself."""
    random = Random(seed)
    network = degenerate(random, 8, 2).flatten()
    claim = Property(BOX, formula(random, 3, random.choice((False, True, None))))
    found = prove(network, claim, 1)
    if found.verdict == "refuted":
        assert all(low <= t <= high for (low, high), t in zip(BOX, found.point))
        assert is_bad(claim, found.point, network.evaluate(found.point)) and not found
    else:
        assert found.verdict == "certified"
        for i in range(13):
            for j in range(13):
                point = tuple(low + (high - low) * mpq(k, 12) for (low, high), k in zip(BOX, (i, j)))
                assert not is_bad(claim, point, network.evaluate(point))


def in_words(entry, x, y):
    """Return whether an inequality of a certificate holds for inputs x and outputs y: an evaluator of its own."""
    pairs = [*zip(entry["inputs"], x, strict=True), *zip(entry["outputs"], y, strict=True)]
    value = sum((mpq(weight) * number for weight, number in pairs), mpq(entry["constant"]))
    return value > 0 if entry.get("strict") else value >= 0


@pytest.mark.parametrize("kind", [False, True, None], ids=["closed", "strict", "both"])
@pytest.mark.parametrize("seed", range(8))
def test_certificates(tmp_path, seed, kind):
    """What is decided has a valid certificate, which says of every point of a grid what the formula says."""
    random, path = Random(seed), tmp_path / "p.json"
    network = degenerate(random, 6, 2).flatten()
    claim = Property(BOX, formula(random, 3, kind))
    found = prove(network, claim, 1)
    write_property(path, network, claim, found, jobs=1)
    answer, stated = check(path), json.loads(path.read_text())["statement"]
    assert answer and ("it is wrong that" in answer.statement) == (found.verdict == "refuted")
    never = stated.get("of", stated)["never"]
    for point in [(mpq(i, 4), mpq(j, 4)) for i in range(-4, 7) for j in range(-2, 5)] + [found.point or (0, 0)]:
        outputs = network.evaluate(point)
        told = any(all(in_words(entry, point, outputs) for entry in case) for case in never)
        assert told == is_bad(claim, point, outputs)


def test_certificates_of_an_argmax_everywhere_and_of_a_slice(tmp_path):
    """max(x₊, y₊) is never less than either, everywhere; on a line with a box, too; where it is, a point says so."""
    b, path = Builder(2), tmp_path / "p.json"
    x, y = map(b.relu, b.inputs)
    network = b.network([b.maximum(x, y), x, y])
    for claim in (Property.largest(0, 3), Property.largest(0, 3)._replace(on=Slice.line((0, 1), (1, 0))),
                  Property.largest(0, 3, [(-1, 1)])._replace(on=Slice.line((0, 1), (1, 0))),
                  Property.largest(1, 3, [(1, 1), (0, 1)]), Property.largest(1, 3, [(1, 1), (0, 2)]),
                  Property.largest(1, 1, [(0, 1), (0, 1)])):
        found = prove(network, claim, 1)
        write_property(path, network, claim, found)
        assert check(path)
        assert ("wrong that" in check(path).statement) == (not found)
    with pytest.raises(InputError, match="nothing was decided"):
        write_property(path, network, claim, found._replace(verdict="undecided"))
    with pytest.raises(InputError, match="no point"):
        write_property(path, network, claim._replace(box=[(1, 0), (0, 1)]), found)


def test_many_cases_are_told_apart_up_to_a_limit(tmp_path):
    """A formula of 2^12 conjunctions is decided, and has no certificate."""
    either = Or((Atom(((0, mpq(1)),), (), mpq(1)), Atom((), ((0, mpq(1)),), mpq(1))))
    claim, network = Property([(0, 1), (0, 1)], And((either,) * 12)), Network(2, [Relu(0)], [2])
    found = prove(network, claim, 1)
    assert found
    with pytest.raises(UndecidedError, match="more than 1000 cases"):
        write_property(tmp_path / "p.json", network, claim, found)


def test_decimals_are_exact(tmp_path, capsys):
    """x/10 is at most 0.1 on [0, 1], as a decimal of any length says; 0.1 as a float is less than 1/10 in no digit."""
    path, claim, net = tmp_path / "c.json", tmp_path / "p.json", tmp_path / "net.json"
    write_network(net, Network(1, [Affine(((0, mpq(1, 10)),), mpq(0))], [1]))
    start = '{"format": "exactrelu-property/1", "box": [["0", "1.0"]], "output": 0, "at_most": '
    for most, verdict in (("0.1", "certified"), ("1e-1", "certified"), ("0.0999999999999999999999999999999", "refuted"),
                          ("0.1000000000000000055511151231257827", "certified"), ("0.0999999", "refuted")):
        claim.write_text(f'{start}"{most}"}}')
        code, found = answer(capsys, "prove", net, claim, "--output", path)
        assert (code, found["verdict"], found["certificate"]) == (verdict == "refuted", verdict, str(path))
        assert check(path)
        bad = f"(declare-const X_0 Real)(declare-const Y_0 Real)(assert (>= X_0 0.0))(assert (<= X_0 1.0))" \
              f"(assert (>= Y_0 {most}))"
        claim.write_text(bad)  # with >=, what is reached is refuted
        code, found = answer(capsys, "prove", net, claim, "--output", path)
        assert found["verdict"] == ("certified" if most.endswith("7") else "refuted") and check(path)
    assert found["counterexample"] == {"point": ["1"], "outputs": ["1/10"]}
    claim.write_text(f"{start}0.1}}")
    assert "JSON float" in refusal(capsys, "prove", net, claim)


@pytest.mark.parametrize("words, verdict", [
    (["--fix", "2=0.25"], "certified"), (["--fix", "2=1"], "refuted"), (["--line", "0,0,0", "1,1,1"], "refuted"),
    (["--line", "0,0,0", "1,1,1/4"], "certified"), (["--plane", "0,0,0", "1,1,0", "0,1,1"], "refuted"),
    (["--plane", "0,0,0", "1,1,0", "0,1,1/4"], "certified"), (["--plane", "1/2,0,0", "1,1,0", "0,0,1/5"], "certified"),
])
def test_slices_of_a_property(tmp_path, capsys, words, verdict):
    """x₂ <= 1/2 on the unit cube holds on some slices of it, to which the box has to be kept, and not on others."""
    path, claim, net = tmp_path / "c.json", tmp_path / "p.vnnlib", tmp_path / "net.json"
    write_network(net, Network(3, [Relu(2)], [3]))
    sides = "".join(f"(declare-const X_{k} Real)(assert (and (>= X_{k} 0) (<= X_{k} 1)))" for k in range(3))
    claim.write_text(f"{sides}(declare-const Y_0 Real)(assert (>= Y_0 0.5))")
    assert "3 inputs vary" in refusal(capsys, "prove", net, claim)
    code, found = answer(capsys, "prove", net, claim, *words, "--output", path)
    assert (code, found["verdict"]) == (verdict == "refuted", verdict) and check(path)
    if verdict == "refuted":
        assert all(0 <= mpq(x) <= 1 for x in found["counterexample"]["point"])
        assert mpq(found["counterexample"]["point"][2]) >= mpq(1, 2)


@pytest.mark.parametrize("seed", range(10))
def test_slices_against_points(seed):
    """A property on a random plane through the box is bad at a point of a grid of it only where it is bad there."""
    random = Random(seed)
    network = degenerate(random, 6, 2).flatten()
    third = Network(3, [Affine(((0, mpq(1)), (2, mpq(1))), mpq(0)), *[
        node._replace(of=node.of + 2) if type(node) is Relu else
        Affine(tuple((3 if k == 0 else k if k == 1 else k + 2, w) for k, w in node.terms), node.bias)
        for node in network.nodes
    ]], [k + 2 for k in network.outputs])
    on = Slice.plane(*[[mpq(random.randint(-4, 4), 4) for _ in range(3)] for _ in range(3)])
    claim = Property([*BOX, (-1, 1)], formula(random, 2, None))
    try:
        there = claim.on_slice(on)
    except InputError:
        there = None
    found = there and prove(third, there, 1)
    for i in range(-20, 21):
        for j in range(-20, 21):
            point = on.point((mpq(i, 8), mpq(j, 8)))
            if all(low < x < high for x, (low, high) in zip(point, claim.box)):
                assert there is not None
                assert not (found and is_bad(claim, point, third.evaluate(point)))
    if found is not None and not found:
        assert all(low <= x <= high for x, (low, high) in zip(found.point, claim.box))
        assert is_bad(claim, found.point, third.evaluate(found.point))


def test_slices_that_have_no_point(capsys, tmp_path):
    """A slice beside the box, and one of a property with equations, are refused."""
    for claim, on in ((Property.at_most(0, 1, [(0, 1)] * 3), Slice.fixed(3, {0: 2})),
                      (Property.at_most(0, 1, [(0, 1)] * 3), Slice.line((0, 0, 2), (1, 0, 2))),
                      (Property.at_most(0, 1, [(0, 1)] * 3), Slice.plane((2, 2, 0), (1, 3, 0), (2, 2, 1)))):
        with pytest.raises(InputError, match="no point of the box"):
            claim.on_slice(on)
    with pytest.raises(InputError, match="about a slice already"):
        Property(None, And(()), Slice.fixed(2, {0: 1})).on_slice(Slice.fixed(2, {1: 1}))


def test_both_verdicts_occur_at_the_border():
    """The bound itself is certified, anything less refuted; bad points at the end of the range count unless strict."""
    network = degenerate(Random(5), 8, 1).flatten()
    (range_,) = bound(network, box=BOX).outputs
    assert prove(network, Property.at_most(0, range_.maximum, BOX))
    assert prove(network, Property.at_least(0, range_.minimum, BOX))
    assert prove(network, Property.at_most(0, range_.maximum - mpq(1, 10**30), BOX)).verdict == "refuted"
    touching = Atom((), ((0, mpq(-1)),), range_.maximum)
    assert prove(network, Property(BOX, touching)).verdict == "refuted"


def test_an_unbounded_output_is_refuted_with_a_point():
    """x₊ everywhere is not at most 100, and a point shows it; it is at least 0."""
    network = Network(1, [Relu(0)], [1])
    found = prove(network, Property.at_most(0, 100))
    assert found.verdict == "refuted" and found.outputs[0] > 100
    assert prove(network, Property.at_least(0, 0))


def test_the_largest_output():
    """Of x, −x and 1/2, the constant is the largest between −1/2 and 1/2, and not beyond."""
    network = Network(1, [Affine(((0, mpq(-1)),), mpq(0)), Affine((), mpq(1, 2))], [0, 1, 2])
    assert prove(network, Property.largest(2, 3, [(mpq(-1, 2), mpq(1, 2))]))
    assert prove(network, Property.largest(2, 3, [(mpq(-1, 2), mpq(51, 100))])).point == (mpq(51, 100),)


def test_a_query_is_read_exactly(tmp_path, capsys):
    """x₁ ∈ [1/4, 1/2] or [−1/2, 0], and x₀ ∈ [−1, 1]: the gap between the two cases does not count."""
    b = Builder(2)
    x, y = b.inputs
    write_network(tmp_path / "net.json", b.network([b.relu(y - mpq(1, 8)) * 0 + b.minimum(y, mpq(1, 4) - y)]))
    # 2 min(y, 1/4 − y) − x + 1 is at most 2 on the cases, at (−1, 0) and (−1, 1/4), and 9/4 at (−1, 1/8)
    for number, verdict in (("2.0001", "certified"), ("2", "refuted")):
        (tmp_path / "p.vnnlib").write_text(QUERY.format(bound=number))
        code, found = answer(capsys, "prove", tmp_path / "net.json", tmp_path / "p.vnnlib")
        assert (code, found["verdict"]) == (int(verdict == "refuted"), verdict)
    assert found["counterexample"]["point"][0] == "-1"
    assert read_property(tmp_path / "p.vnnlib").box == [(-1, 1), (mpq(-1, 2), mpq(1, 2))]


def test_properties_in_json(tmp_path, capsys):
    """An inequality and an argmax as JSON give the verdicts of the same properties in Python."""
    write_network(tmp_path / "net.json", Network(2, [Relu(0)], [2, 1]))
    head = '{"format": "exactrelu-property/1", "box": [["0", "2"], ["0", "1/2"]], '
    for rest, verdict in (('"output": 0, "at_most": "2"}', "certified"), ('"output": 1, "at_least": 1}', "refuted"),
                          ('"largest": 0, "outputs": 2}', "refuted")):
        (tmp_path / "p.json").write_text(head + rest)
        assert answer(capsys, "prove", tmp_path / "net.json", tmp_path / "p.json")[1]["verdict"] == verdict


DECLARED = "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)"


@pytest.mark.parametrize("text, message", [
    ("", "the inputs are X_0"), (DECLARED + "(assert (<= Y_0 1)", "parentheses are not closed"), (")", "without its"),
    (DECLARED + "(assert (<= X_0 1))", "no lower or no upper"), ("(declare-const Z_0 Real)", "variables are X_0"),
    (DECLARED + "(assert (<= (* X_0 Y_0) 1))", "not linear"), (DECLARED + "(assert (< Y_0 1))", "VNN-LIB 1.0 has"),
    (DECLARED + "(assert (<= Y_3 1))", "not declared"), (DECLARED + "(assert (<= Y_0 nan))", "a number"),
    (DECLARED + "(assert (<= Y_0 1e999999))", "exponent"), ("(" * 100_000, "nested deeper"),
    (DECLARED + "(assert " + "(and " * 70, "nested deeper"), (DECLARED * 2, "declared twice"),
    ("(declare-const X_0 Real)(declare-const Y_1 Real)(assert (<= Y_1 0))", "an output 1"),
    ("(declare-const X_0 Int)", "declare-const of a Real"), ("(vnnlib-version <3.0>)", "1.0 and 2.0 are"),
    ("(())", "expected"),
    (DECLARED + "(assert)", "expected"), (DECLARED + "(assert ())", "expected"),
    (DECLARED + "(assert (<= () 1))", "expected"),
    ('(set-info "x")', "does not belong"), ("{}", "exactrelu-property/1"), ("{", "JSON"),
    ('{"format": "exactrelu-property/1", "output": 0}', "at_most or at_least"),
    ('{"format": "exactrelu-property/1", "output": true, "at_most": 1}', "output: expected an integer"),
    ('{"format": "exactrelu-property/1", "output": 0, "at_most": 0.5}', "JSON float"),
    ('{"format": "exactrelu-property/1", "box": [1], "output": 0, "at_most": 1}', "box: expected a pair"),
    ('{"format": "exactrelu-property/1", "box": [[0, 1]], "largest": 0, "outputs": 1}', "a box of 1 inputs"),
    (DECLARED + "(assert (<= Y_0 0))" * 10_001, "more than 10000 inequalities"),
])
def test_hostile_files_end_in_one_line(tmp_path, capsys, text, message):
    """Truncated, deep, wrong and strange files are refused with one line that says why."""
    inputs = 1 if "Y_1" in text else 2
    write_network(tmp_path / "net.json", Network(inputs, [Relu(0)], [inputs]))
    (tmp_path / "p").write_text(text)
    assert message in refusal(capsys, "prove", tmp_path / "net.json", tmp_path / "p")


def test_an_empty_box_has_no_bad_point():
    """Where no point is asked about, the property holds."""
    assert prove(Network(1, [], [0]), Property([(1, 0)], And(())))
    with pytest.raises(InputError, match="expected a Property"):
        prove(Network(1, [], [0]), "p.vnnlib")


def test_a_wrong_way_is_noticed(monkeypatch):
    """If the function that is minimised were another one, the formula at points would contradict it."""
    original = properties.functions_of
    wrong = [Way((And(()),), ())]
    monkeypatch.setattr(properties, "functions_of", lambda network, ways, weight: original(network, wrong, weight))
    found = prove(Network(1, [], [0]), Property.at_most(0, 1, [(0, 1)]))
    assert found.verdict == "undecided" and found.contradiction is not None


def test_bounds_that_evaluation_contradicts_are_undecided(tmp_path, capsys, monkeypatch):
    """If the enumeration found another smallest value than the network has there, bound says so, with exit code 3."""
    right = bounds.extremes

    def wrong(*arguments, **options):
        found = right(*arguments, **options)
        ((low, high),) = found.outputs
        return found._replace(outputs=((low._replace(value=low.value + 1), high),))

    monkeypatch.setattr(bounds, "extremes", wrong)
    write_network(tmp_path / "net.json", Network(2, [Relu(0)], [2]))
    code, out, err = run(capsys, "bound", tmp_path / "net.json", "--box", "-1", "1", "0", "1", "--json")
    found = json.loads(out)
    assert (code, found["verdict"]) == (3, "undecided") and found["contradiction"]["values"] == {"the network": "0"}
    assert "internal contradiction, nothing was decided" in err
