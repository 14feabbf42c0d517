"""Properties: what is certified and refuted, against formulas put in at points, and files that cannot be used."""

import json
from random import Random

import pytest
from command import answer, refusal, run
from networks import degenerate

from exactrelu import Affine, Builder, InputError, Network, Property, Relu, bound, prove, read_property, write_network
from exactrelu.field import mpq
from exactrelu.planar import bounds, properties
from exactrelu.planar.properties import And, Atom, Or, Way, is_bad

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
    """Return a random formula about two inputs and two outputs."""
    if not depth or random.random() < 0.3:
        pairs = [tuple((k, mpq(random.randint(-2, 2))) for k in range(2)) for _ in range(2)]
        return Atom(*pairs, mpq(random.randint(-4, 12), 4), strict)
    parts = tuple(formula(random, depth - 1, strict) for _ in range(random.randint(0, 3)))
    return random.choice((And, Or))(parts)


@pytest.mark.parametrize("seed", range(30))
def test_no_point_of_the_box_disagrees(seed):
    """A certified property has no bad point on a grid; a refuted one has one in the box, by the formula itself."""
    random = Random(seed)
    network = degenerate(random, 8, 2).flatten()
    claim = Property(BOX, formula(random, 3, random.random() < 0.5))
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
    original = properties._functions
    monkeypatch.setattr(properties, "_functions", lambda network, ways, w: original(network, [Way((And(()),), ())], w))
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
