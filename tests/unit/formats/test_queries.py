"""VNN-LIB 2.0: queries about several networks, equations between inputs, strict inequalities, and hostile files."""

from random import Random

import pytest
from command import answer, refusal, run
from networks import degenerate

from exactrelu import Affine, InputError, Network, Relu, equal, prove, read_property, write_network
from exactrelu.field import mpq, text

TWO = """(vnnlib-version <2.0>) ; two networks, one point
(declare-network f (declare-input X Real [1, 2]) (declare-output Y Real [2]))
(declare-network g {same} (declare-input C float32 [2]) (declare-output D float32 [1 , 2]))
(assert (== X[0,0] C[0])) (assert (and (<= X [0,1] C[1]) (>= X[0,1] C[1])))
(assert (and (>= X[0,0] -1) (<= X[0,0] 1.5) (<= C[1] 1) (> 2 C[1]) (>= X[0,1] -0.5)))
"""
BOX = [(-1, mpq(3, 2)), (mpq(-1, 2), 1)]


def asked(tmp_path, query):
    """Return the property of a query."""
    (tmp_path / "p.vnnlib").write_text(query)
    return read_property(tmp_path / "p.vnnlib")


def difference(bound):
    """Return the assertion that some output of f and g differs by more than ``bound``."""
    ways = (f"(> (- Y[{k}] D[0,{k}]) {bound}) (> (- D[0,{k}] Y[{k}]) {bound})" for k in range(2))
    return f"(assert (or {' '.join(ways)}))"


@pytest.mark.parametrize("seed", range(12))
def test_two_networks_are_as_near_as_equal_says(tmp_path, seed):
    """Outputs differ by more than a bound, as a query, if and only if ``equal`` within the bound refutes it."""
    random = Random(seed)
    f, g = (degenerate(random, 8, 2).flatten() for _ in range(2))
    largest = equal(f, g, 1, box=BOX, within=0).largest_difference
    for bound in (largest, max(largest - mpq(1, 10**9), 0), largest + 1):
        found = prove([f, g], asked(tmp_path, TWO.format(same="") + difference(text(bound))), 1)
        assert bool(found) == (bound >= largest), bound
        if not found:
            x, y = found.point[:2], found.point[2:]
            assert x == y and max(abs(a - b) for a, b in zip(f.evaluate(x), g.evaluate(y))) > bound
            assert all(low <= t <= high for (low, high), t in zip(BOX, x))
    same = asked(tmp_path, TWO.format(same="(equal-to f)") + difference(0))
    assert same.models == ("f",) and prove(f, same, 1)


def evaluated(expression, values):
    """Return the value of an expression, nested tuples, by its definition; ``values`` are those of the variables."""
    if not isinstance(expression, tuple):
        return values.get(expression, expression)
    name, *parts = expression
    parts = [evaluated(part, values) for part in parts]
    if name == "-":
        return -parts[0] if len(parts) == 1 else parts[0] - sum(parts[1:])
    return {
        "and": lambda: all(parts), "or": lambda: any(parts), "+": lambda: sum(parts), "*": lambda: parts[0] * parts[1],
        "<=": lambda: parts[0] <= parts[1], ">=": lambda: parts[0] >= parts[1], "<": lambda: parts[0] < parts[1],
        ">": lambda: parts[0] > parts[1], "==": lambda: parts[0] == parts[1], "!=": lambda: parts[0] != parts[1],
    }[name]()


def written(expression):
    """Return an expression as VNN-LIB has it."""
    if isinstance(expression, tuple):
        return f"({' '.join(map(written, expression))})"
    return expression if isinstance(expression, str) else text(expression)


def some(random, depth, relations):
    """Return a random formula about X[0], X[1], Z, Y[0], Y[1]."""
    if depth and random.random() < 0.6:
        return random.choice(("and", "or")), *(some(random, depth - 1, relations) for _ in range(random.randint(1, 3)))
    term = "+", *(("*", mpq(random.randint(-2, 2)), name) for name in ("X[0]", "X[1]", "Z", "Y[0]", "Y[1]"))
    return random.choice(relations), ("-", term, ("-", "X[0]")), mpq(random.randint(-6, 6), 4)


@pytest.mark.parametrize("seed", range(40))
def test_verdicts_against_the_text_evaluated_at_points(tmp_path, seed):
    """No grid point meets all assertions of what is certified; the point that refutes does, by their definition."""
    random = Random(seed)
    network = degenerate(random, 6, 2).flatten()
    first = Affine(((0, mpq(1)), (2, mpq(-1))), mpq(0))
    network = Network(3, [first, *_moved(network)], [k + 2 for k in network.outputs])
    relations = random.choice((("<=", ">="), ("<", ">", "!="), ("<=", "<", "==", ">")))
    assertions = [
        ("==", ("+", ("*", mpq(2), "Z"), "X[0]"), ("-", mpq(1, 2), "X[1]")),
        *(part for name in ("X[0]", "X[1]") for part in ((">=", name, mpq(-1)), ("<=", name, mpq(1)))),
        some(random, 3, relations),
    ]
    query = "(vnnlib-version <2.1>)(declare-network n (declare-input X Real[2]) (declare-input Z float64[])" + (
        "(declare-output Y Real [2]))" + "".join(f"(assert {written(each)})" for each in assertions)
    )
    claim = asked(tmp_path, query)
    found = prove(network, claim, 1)

    def meets(point):
        names = ("X[0]", "X[1]", "Z", "Y[0]", "Y[1]")
        values = dict(zip(names, (*point, *network.evaluate(point)), strict=True))
        return all(evaluated(each, values) for each in assertions)

    if found.verdict == "refuted":
        assert meets(found.point)
    else:
        assert found.verdict == "certified"
        for i in range(9):
            for j in range(9):
                x, y = mpq(i - 4, 4), mpq(j - 4, 4)
                assert not meets((x, y, (mpq(1, 2) - y - x) / 2))


def _moved(network):
    """Return the nodes of a network with two inputs, as the nodes of one with three inputs and one node more.

    The first input is replaced by that node, the second by the second.
    """
    place = [3, 1] + [k + 4 for k in range(len(network.nodes))]
    for node in network.nodes:
        if type(node) is Relu:
            yield Relu(place[node.of])
        else:
            yield Affine(tuple((place[k], w) for k, w in node.terms), node.bias)


def test_a_network_twice_is_monotonic(tmp_path, capsys):
    """x₊ is monotonic on [−1, 1]: there are no a <= b with f(a) > f(b); |x| is not, and both points are shown."""
    query = """(vnnlib-version <2.0>)
(declare-network f (declare-input a Real []) (declare-output y Real []))
(declare-network twice (equal-to f) (declare-input b Real []) (declare-output z Real []))
(assert (and (<= a b) (>= a -1) (<= a 1) (>= b -1) (<= b 1) (> y z)))"""
    (tmp_path / "q.vnnlib").write_text(query)
    write_network(tmp_path / "f.json", Network(1, [Relu(0)], [1]))
    assert answer(capsys, "prove", tmp_path / "f.json", tmp_path / "q.vnnlib")[1]["verdict"] == "certified"
    one = mpq(1)
    nodes = [Relu(0), Affine(((0, -one),), 0 * one), Relu(2), Affine(((1, one), (3, one)), 0 * one)]
    write_network(tmp_path / "f.json", Network(1, nodes, [4]))
    code, found = answer(capsys, "prove", tmp_path / "f.json", tmp_path / "q.vnnlib")
    networks = found["counterexample"]["networks"]
    (a,), (b,) = networks["f"]["point"], networks["twice"]["point"]
    assert code == 1 and mpq(a) < mpq(b) and abs(mpq(a)) > abs(mpq(b))
    assert networks["f"]["outputs"] == [text(abs(mpq(a)))]
    assert "f at (" in run(capsys, "prove", tmp_path / "f.json", tmp_path / "q.vnnlib")[1]


def test_files_of_two_networks(tmp_path, capsys):
    """NET is the first network; the others are given by name, and what is missing or unknown is named."""
    (tmp_path / "q").write_text(TWO.format(same="(isomorphic-to f)") + difference(0))
    f, g = tmp_path / "f.json", tmp_path / "g.json"
    write_network(f, Network(2, [Relu(0)], [2, 1]))
    write_network(g, Network(2, [Relu(0), Relu(2)], [3, 1]))
    assert answer(capsys, "prove", f, tmp_path / "q", "--network", f"g={g}")[1]["verdict"] == "certified"
    assert "--network g=FILE" in refusal(capsys, "prove", f, tmp_path / "q")
    for word in ("h=x", "f=x", "g"):
        assert "declares g beside f" in refusal(capsys, "prove", f, tmp_path / "q", "--network", word)
    (tmp_path / "p.json").write_text('{"format": "exactrelu-property/1", "output": 0, "at_most": 1}')
    assert "no other network" in refusal(capsys, "prove", f, tmp_path / "p.json", "--network", "g=x")
    write_network(g, Network(2, [], [0]))
    assert "g is declared with 2 inputs and 2 outputs" in refusal(
        capsys, "prove", f, tmp_path / "q", "--network", f"g={g}"
    )


MIXED = "(vnnlib-version <2.0>)(declare-network n (declare-input X Real [])(declare-output Y Real []))"


@pytest.mark.parametrize("assertions, verdict", [
    ("(and (>= X -1) (<= X 1) (<= Y 0) (> X 0))", "certified"),  # x <= 0 and x > 0 touch
    ("(and (>= X -1) (<= X 1) (<= Y 0) (>= X 0))", "refuted"),
    ("(and (>= X -1) (<= X 1) (<= (* 1000 Y) 1) (> X 0.0009))", "refuted"),
    ("(and (>= X -1) (<= X 1) (<= (* 1000 Y) 1) (> X 0.001))", "certified"),
    ("(and (>= X -1) (<= X 1) (or (and (<= Y 0) (> X 0)) (and (== Y 0.5) (!= X 0.5)) (and (== Y 1) (< X 1))))",
     "certified"),
    ("(and (>= X -1) (<= X 1) (== Y 0.5) (or (< X 0.4) (> X 0.4)))", "refuted"),
    ("(and (<= Y 0) (> Y 0))", "certified"),
])
def test_strict_inequalities_beside_others(tmp_path, capsys, assertions, verdict):
    """Of the identity: a set that is closed in one part and open in another is found empty, or gives a point."""
    write_network(tmp_path / "n.json", Network(1, [], [0]))
    (tmp_path / "q").write_text(f"{MIXED}(assert {assertions})")
    assert answer(capsys, "prove", tmp_path / "n.json", tmp_path / "q")[1]["verdict"] == verdict


def test_what_penalties_do_not_decide_is_undecided(tmp_path, capsys):
    """1 <= 0 and 2x < 0, everywhere: no penalty on the first outweighs the second, and a line says what helps."""
    write_network(tmp_path / "n.json", Network(1, [Affine((), mpq(1))], [1, 0]))
    query = MIXED.replace("Y Real []", "Y Real [2]") + "(assert (and (<= Y[0] 0) (< (+ X Y[1]) 0)))"
    (tmp_path / "q").write_text(query)
    code, out, err = run(capsys, "prove", tmp_path / "n.json", tmp_path / "q")
    assert (code, out) == (3, "") and "a box decides" in err


HEAD = "(vnnlib-version <2.0>)"
NET = HEAD + "(declare-network f (declare-input X Real [2])(declare-output Y Real [1]))"


@pytest.mark.parametrize("query, message", [
    (HEAD, "no network is declared"), (HEAD + "declare-network", "expected declare-network"),
    (HEAD + "(declare-network)", "expected a name"), (HEAD + "(declare-network f)", "an input and an output"),
    (HEAD + "(declare-network (f))", "expected a name"), (NET + "(declare-network f)", "a name that is not taken"),
    (HEAD + "(declare-network f declare-input)", "got declare-input"),
    (HEAD + "(declare-network f (declare-input X Real))", "a shape"),
    (HEAD + "(declare-network f (declare-input X Real [1 2]))", "a name, a type and a shape"),
    (HEAD + "(declare-network f (declare-input X Real [0]))", "is empty"),
    (HEAD + "(declare-network f (declare-input X Real [100000,100000]))", "more than 10000"),
    (HEAD + "(declare-network f (declare-input X Real [999999999]))", "expected numbers"),
    (HEAD + "(declare-network f (declare-input X int32 [2]))", "of the type int32"),
    (HEAD + "(declare-network f (declare-input X Real [2] initialized))", "such as (declare-input X Real [2])"),
    (NET + "(declare-network g (equal-to h))", "declared before it"),
    (NET + "(declare-network g (equal-to f)(declare-input C Real [1])(declare-output D Real []))", "be like it"),
    (NET + "(declare-network g (declare-input X Real [1]))", "X is declared twice"),
    (NET + "(declare-network g (declare-hidden H Real [1] \"h\"))", "does not belong"),
    (NET + "(declare-network g (declare-hidden H Real [1] h))", "make the values of hidden nodes outputs"),
    (NET + "(assert (<= X[2] 0))", "X has the shape [2]"), (NET + "(assert (<= X 0))", "X has the shape"),
    (NET + "(assert (<= X[-1] 0))", "a number"), (NET + "(assert (<= X[0][1] 0))", "a number"),
    (NET + "(assert (<= Z[0] 0))", "Z is not declared"), (NET + "(assert (= X[0] 0))", "expected and, or"),
    (NET + "(assert (<= X[0] 0))", "X[0] has no lower or no upper bound"),
    (NET + "(assert (<= 0 1))(declare-network g)", "then assert"), (NET + "(assert (not (<= 0 1)))", "expected and"),
    (HEAD + "".join(f"(declare-network f{k} (declare-input X{k} Real [])(declare-output Y{k} Real []))"
                    for k in range(101)), "more than 100 networks"),
    ("(vnnlib-version 2)", "expected declare-const"), (NET[:-1], "parentheses are not closed"),
    (HEAD + "(declare-network f (declare-input X Real [1001])(declare-output Y Real []))(assert (== X[0] X[1]))",
     "more than 1000"),
])
def test_hostile_queries_end_in_one_line(tmp_path, capsys, query, message):
    """Truncated, wrong and strange queries are refused with one line that says why."""
    write_network(tmp_path / "net.json", Network(2, [Relu(0)], [2]))
    (tmp_path / "p").write_text(query)
    assert message in refusal(capsys, "prove", tmp_path / "net.json", tmp_path / "p")


def test_equations_that_contradict_each_other_leave_no_point(tmp_path):
    """Where x₀ = x₁ and x₀ = x₁ + 1 no point is bad; networks are as many as declared, and not too large together."""
    claim = asked(tmp_path, NET + "(assert (== X[0] X[1]))(assert (== X[0] (+ X[1] 1)))(assert (>= Y[0] 0))")
    assert prove(Network(2, [Relu(0)], [2]), claim)
    big = Network(1, [Relu(k) for k in range(600_000)], [1])
    twice = asked(tmp_path, HEAD + "(declare-network f (declare-input X Real [])(declare-output Y Real []))"
                  "(declare-network g (equal-to f) (declare-input C Real [])(declare-output D Real []))")
    with pytest.raises(InputError, match="more than 1000000 nodes together"):
        prove([big], twice)
    with pytest.raises(InputError, match="about the networks f, got 2"):
        prove([Network(2, [], [0])] * 2, claim)
