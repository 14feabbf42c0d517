"""What Python programs use: the public names, verdicts in conditions, and arguments that cannot be used."""

import json
from decimal import Decimal
from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest

import exactrelu
from exactrelu import (
    Affine,
    Builder,
    Chain,
    InputError,
    Network,
    Rational,
    Relu,
    Sum,
    UndecidedError,
    Verdict,
    activation_regions,
    affine_pieces,
    box,
    build,
    certify,
    check,
    count_regions,
    direct_sum,
    equal,
    half_plane,
    layered,
    load_problem,
    plane,
    polygon_of,
    problem_of,
    read_network,
    write_certificate,
    write_network,
)
from exactrelu.checker import Answer
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.field import mpq, mpz, rational
from exactrelu.network import constant, total
from exactrelu.network.dag import references
from exactrelu.planar import equality


def bare(network):
    """Return a network without the marks that an induction needs."""
    flat = network.flatten()
    return Network(flat.inputs, flat.nodes, flat.outputs)


@pytest.mark.parametrize("method", [None, "enumerate", "induction"])
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_certify_decides_about_networks_of_its_own(construction, method):
    """Without a network that of the construction is taken; the problem may be given by name."""
    verdict = certify("haar", 1, construction=construction, method=method, jobs=1)
    assert (verdict.verdict, verdict.n, verdict.method) == ("certified", 1, method or "enumerate")
    assert verdict.problem is load_problem("haar") and verdict.counterexample is None
    assert (verdict.proof is not None) == (method == "induction")
    assert verdict.network.evaluate((0, 0)) == build("haar", 1, construction).evaluate((0, 0))


def test_certify_proves_every_n():
    """n = "all" has a proof and the sizes of the family, by induction."""
    verdict = certify("haar", "all", construction="compact")
    assert verdict and (verdict.n, verdict.network, verdict.method) == ("all", None, "induction")
    assert verdict.sizes.depth == "2n+7" and "For every n >= 1" in verdict.proof.theorem
    assert verdict.statement == "the network equals V^n g at every point of R^2, for every n >= 1"


def verdicts():
    """Return a certified, a refuted and two undecided verdicts, one of these beyond the limit of enumeration."""
    network = build("haar", 2)
    return {
        "certified": [certify("haar", 0, jobs=1), certify("haar", 2, network, method="induction")],
        "refuted": [certify("haar", 1, network, jobs=1), certify("haar", 1, network, method="induction")],
        "undecided": [
            certify("haar", 2, bare(build("haar", 2, "compact")), method="induction"), certify("haar", 10**9, network),
        ],
    }


def test_only_what_is_certified_is_true():
    """A refuted and an undecided verdict are false in a condition; each says what is the case in one line."""
    for word, found in verdicts().items():
        for verdict in found:
            assert isinstance(verdict, Verdict) and verdict.verdict == word
            assert bool(verdict) is (word == "certified")
            assert repr(verdict) == f"<Verdict on 'haar': {word}: {verdict.statement}>"
            assert (verdict.counterexample is not None) == (word == "refuted")
            if word == "undecided":
                assert verdict.reason.startswith("nothing was decided: ")


def test_certificates_are_written_of_verdicts(tmp_path):
    """Every verdict on one n that decides anything has a certificate that the checker confirms; so has all n."""
    found = verdicts()
    for number, verdict in enumerate(found["certified"] + found["refuted"]):
        path = tmp_path / f"{number}.json.gz"
        write_certificate(path, verdict)
        answer = check(path)
        assert answer and ("it is wrong that" not in answer.statement) == bool(verdict)
    path = tmp_path / "all.json.gz"
    for construction in ("one-pass", "small", "compact", "paper"):
        write_certificate(path, certify("haar", "all", construction=construction))
        assert check(path)
    for verdict in found["undecided"]:
        with pytest.raises(InputError, match="certificate"):
            write_certificate(tmp_path / "none.json", verdict)
    assert not (tmp_path / "none.json").exists()


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("haar", -1), {}, "n: expected an integer >= 0, got -1"),
        (("haar", 1.0), {}, "n: expected an integer >= 0, got 1.0"),
        (("haar", -(10**5000)), {}, "n: expected an integer >= 0, got an integer of very many digits"),
        (("haar", "every"), {}, "n: expected an integer >= 0, got 'every'"),
        (("haar", True), {}, "n: expected an integer >= 0, got True"),
        (("har", 1), {}, "'har' is neither a file nor a built-in problem"),
        (({"mask": {}}, 1), {}, "got a dict; problem_from_json"),
        ((None, 1), {}, "got a NoneType; "),
        (("haar", 1), {"method": "enumerat"}, "did you mean enumerate?"),
        (("haar", 1), {"method": 7}, "there is no method 7"),
        (("haar", 1), {"construction": "onepass"}, "did you mean one-pass?"),
        (("haar", 1), {"method": "induction", "state": "x"}, "state belongs to the method enumerate"),
        (("haar", "all"), {"method": "enumerate"}, "n = all belongs to the method induction"),
        (("haar", "all"), {"network": build("haar", 1)}, "one network has one n"),
        (("haar", 0), {"method": "induction"}, "needs n >= 1"),
    ],
)
def test_what_cannot_be_asked(arguments, options, words):
    """Bad arguments of `certify` are refused with a hint."""
    with pytest.raises(InputError) as caught:
        certify(*arguments, **options)
    assert words in str(caught.value)


def refusal(attempt):
    """Return the message of the `InputError` that ``attempt()`` raises, one line."""
    with pytest.raises(InputError) as caught:
        attempt()
    message = str(caught.value)
    assert message.isprintable() and isinstance(caught.value, ValueError)
    return message


def test_equal_is_true_for_equal_networks_only(monkeypatch):
    """``assert equal(a, b)`` passes for equal networks, and fails for different ones and where nothing is decided."""
    b = Builder(2)
    first, second = ABS, b.network([b.maximum(b.inputs[0], -b.inputs[0])])
    assert equal(first, second) and equal(first, second).counterexample is None
    found = equal(first, Network(2, [], [0]))
    with pytest.raises(AssertionError):
        assert equal(build("haar", 1), build("haar", 2))
    assert not found and found.verdict == "refuted"
    assert found.counterexample.first == first.evaluate(found.counterexample.point)[0] != found.counterexample.second

    def lost(*_):
        raise UndecidedError("a worker process ended early")

    monkeypatch.setattr(equality, "_decided", lost)
    undecided = equal(first, second)
    assert not undecided and (undecided.verdict, undecided.counterexample) == ("undecided", None)
    assert undecided.reason == "a worker process ended early"


def test_check_is_true_for_valid_certificates_only(tmp_path):
    """A valid certificate is true, one of a difference where there is none false, another file an `InputError`."""
    path = tmp_path / "refuted.json"
    write_certificate(path, certify("haar", 1, build("haar", 2), jobs=1))
    answer = check(path)
    assert answer and answer.valid is True and "it is wrong that" in answer.statement and answer.reason is None
    certificate = json.loads(path.read_text())
    certificate["statement"]["point"] = [1000, 1000]
    path.write_text(json.dumps(certificate))
    answer = check(str(path))
    assert not answer and answer.valid is False and answer.reason
    path.write_text("{}")
    assert f"{path}: " in refusal(lambda: check(path))
    assert not Answer(None, None, "cannot be read")


NUMBERS = [3, mpq(3), mpz(3), Fraction(3), np.int64(3), np.uint8(3), np.int8(3)]
FLOATS = [3.0, np.float64(3), np.float32(3), Decimal(3), complex(3), True, np.bool_(True), "3", None, float("nan")]


@pytest.mark.parametrize("three", NUMBERS, ids=lambda number: type(number).__name__)
def test_exact_numbers_are_welcome(three):
    """int, mpz, mpq, Fraction and numpy's integers are the same number everywhere."""
    b = Builder(1)
    (t,) = b.inputs
    expressions = [three * t, t * three, t + three, three + t, t - three, three - t, t / three, constant(three)]
    network = Network(1, [Affine(((0, three),), three)], [1])
    values = b.network(expressions).evaluate([three])
    assert values == (9, 9, 6, 6, 0, 0, 1, 3) and network.evaluate([three]) == (12,)
    assert {type(value) for value in (*values, network.nodes[0].bias, *network.evaluate([three]))} == {Rational}
    assert layered(network).evaluate((three,)) == (12,)
    assert box(0, three, -1, three) == box(0, 3, -1, 3) and half_plane(three, 0, three) == half_plane(1, 0, 1)
    assert polygon_of([(0, 0), (three, 0), (0, three)]).area() == mpq(9, 2)
    assert direct_sum("bilinear", 1, three, 1) == 0 and type(rational(three)) is Rational


@pytest.mark.parametrize("two", [2, np.int64(2), np.uint8(2), mpz(2)], ids=lambda number: type(number).__name__)
def test_integers_of_all_kinds_number_nodes_and_levels(two):
    """Ids of nodes, numbers of inputs and n may be numpy integers; what is kept are ints."""
    network = Network(two, [Relu(two - two), Affine(((two, two),), two)], [two], {"a": two})
    assert type(network.inputs) is int and [type(k) for k in (*network.outputs, *network.marks.values())] == [int] * 2
    assert network.nodes == (Relu(0), Affine(((2, mpq(2)),), mpq(2)))
    assert all(type(k) is int for node in network.nodes for k in references(node))
    assert build("haar", two).evaluate((1, 1)) == build("haar", 2).evaluate((1, 1))
    assert certify("haar", two, build("haar", 2), method="induction").n == 2
    assert direct_sum("haar", two, 1, 1) == direct_sum("haar", 2, 1, 1)


@pytest.mark.parametrize("number", FLOATS, ids=repr)
def test_what_is_not_exact_is_refused(number):
    """Floats of Python and numpy, decimals, booleans and texts are no numbers anywhere."""
    b = Builder(1)
    (t,) = b.inputs
    for attempt in (
        lambda: t * number,
        lambda: t + number,
        lambda: t - number,
        lambda: t / number,
        lambda: b.relu(number),
        lambda: b.network([number]),
        lambda: Network(1, [Affine(((0, number),), 0)], [1]),
        lambda: ABS.evaluate((number, 0)),
        lambda: build("haar", 1).evaluate((0, number)),
        lambda: layered(ABS).evaluate((0, number)),
        lambda: direct_sum("haar", 1, 0, number),
        lambda: box(-9, number, 0, 1),
        lambda: half_plane(1, number, 1),
        lambda: polygon_of([(0, 0), (number, 0), (0, 1)]),
    ):
        assert "expected an exact number, an integer or a Fraction, got " in refusal(attempt)
    for attempt in (lambda: build("haar", number), lambda: direct_sum("haar", number, 0, 0), lambda: Builder(number)):
        assert "expected an integer >= 0, got " in refusal(attempt)


ABS = Network(2, [Relu(0), Affine(((2, 2), (0, -1)), 0)], [3])
PAIR = Network(2, [Relu(0), Relu(1)], [2, 3])

BAD = [
    (lambda: build("bilinear", 1, "onepass"), "there is no construction 'onepass'; did you mean one-pass?"),
    (lambda: build("bilinear", -1), "n: expected an integer >= 0, got -1"),
    (lambda: load_problem({"format": "exactrelu-problem/1"}), "got a dict; problem_from_json"),
    (lambda: load_problem(5), "got a int; "),
    (lambda: equal("a.json", "b.json"), "got 'a.json'; read_network reads a file"),
    (lambda: equal(ABS, None), "expected a network (Network, Chain or Sum), got None"),
    (lambda: equal(ABS, Network(2, [], [0, 1])), "networks with 1 and 2 outputs cannot be equal"),
    (lambda: equal(ABS, Network(3, [], [0])), "networks with 2 and 3 inputs cannot be equal"),
    (lambda: count_regions(layered(ABS)), "got <Layered: 2 inputs"),
    (lambda: count_regions(ABS, (0, 1, 0, 1)), "expected a domain such as box(0, 1, 0, 1)"),
    (lambda: activation_regions(ABS, 7), "expected a domain such as box(0, 1, 0, 1)"),
    (lambda: affine_pieces(PAIR), "affine pieces are those of a network with one output, got 2"),
    (lambda: layered(7), "expected a network (Network, Chain or Sum), got 7"),
    (lambda: read_network(ABS), "expected the path of a file, got <Network: 2 inputs"),
    (lambda: read_network({}), "expected the path of a file, got {}"),
    (lambda: write_network(None, ABS), "expected the path of a file, got None"),
    (lambda: check({"valid": True}), "expected the path of a file, got {'valid': True}"),
    (lambda: check(0), "expected the path of a file, got 0"),
    (lambda: equal(build("haar", 1), build("haar", 2), jobs=0), "jobs: expected an integer >= 1, got 0"),
    (lambda: certify("haar", 1, jobs=2.0), "jobs: expected an integer >= 1, got 2.0"),
    (lambda: write_network("net.json", {}), "expected a network (Network, Chain or Sum), got {}"),
    (lambda: certify("haar", 1, "net.json"), "got 'net.json'; read_network reads a file"),
    (lambda: certify("haar", 1, PAIR), "V^n g has two inputs and one output, but the network has 2 and 2"),
    (lambda: ABS.evaluate((1,)), "expected 2 coordinates, got 1"),
    (lambda: ABS.evaluate(1), "expected a sequence of 2 coordinates, got 1"),
    (lambda: build("haar", 1).evaluate(None), "expected a sequence of 2 coordinates, got None"),
    (lambda: layered(ABS).evaluate((1, 2, 3)), "expected 2 coordinates, got 3"),
    (lambda: Network(2, [(0, 1)], [2]), "node 2: expected Affine(terms, bias) or Relu(of), got (0, 1)"),
    (lambda: Network(2, [Affine({0: 1}, 0)], [2]), "node 2: terms: expected a sequence, got 0"),
    (lambda: Network(2, [Affine(((0, 1, 2),), 0)], [2]), "expected pairs (node, weight) as terms, got (0, 1, 2)"),
    (lambda: Network(2, [Affine(5, 0)], [2]), "node 2: terms: expected a sequence, got 5"),
    (lambda: Network(2, 7, [2]), "nodes: expected a sequence, got 7"),
    (lambda: Network(2, [], 0), "outputs: expected a sequence, got 0"),
    (lambda: Network(2, [], [0], {"a": 2}), "marks: refers to node 2"),
    (lambda: Network("2", [], [0]), "inputs: expected an integer >= 0, got '2'"),
    (lambda: Chain([]), "a chain needs at least one block"),
    (lambda: Chain([build("haar", 1)]), "each of its blocks is a Network"),
    (lambda: Sum([ABS]), "Chain([network]) is a chain of one block"),
    (lambda: Builder(1).network(Builder(1).inputs[0]), "put the one output into a list"),
    (lambda: box(1, 0, 0, 1), "expected a box with x0 < x1 and y0 < y1, got [1, 0] x [0, 1]"),
    (lambda: half_plane(0, 0, 1), "needs an a or b other than 0"),
    (lambda: box(0, 1, 0, 1) & box(1, 2, 0, 1), "the polygons have no interior point in common"),
    (lambda: polygon_of([(0, 0), (0, 1), (1, 0)]), "counterclockwise"),
    (lambda: direct_sum("haar", -1, 0, 0), "n: expected an integer >= 0, got -1"),
]


@pytest.mark.parametrize(("attempt", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_arguments_are_refused_with_a_hint(attempt, words):
    """Every argument that cannot be used is an `InputError` with one line that says how to mend it."""
    assert words in refusal(attempt)


def test_numbers_stand_for_constants_in_a_builder():
    """Where an expression belongs a number is a constant."""
    b = Builder(1)
    (t,) = b.inputs
    network = b.network([b.maximum(t, 2), b.minimum(0, 1), b.relu(-3), 7, total([t, 1])])
    assert network.evaluate((5,)) == (5, 0, 0, 7, 6)


def test_domains_that_are_left_out_are_the_plane():
    """None, and no domain at all, mean R²; half planes and intersections are domains, too."""
    assert count_regions(ABS) == count_regions(ABS, None) == count_regions(ABS, plane()) == (2, 2)
    assert count_regions(ABS, half_plane(1, 0, 0)) == (1, 1)
    assert count_regions(ABS, half_plane(1, 0, 1) & half_plane(-1, 0, 1)) == (2, 2)
    assert len(list(activation_regions(ABS))) == len(list(affine_pieces(ABS, None))) == 2


def test_everything_says_what_it_is_in_one_line():
    """The repr of networks, layered forms, problems and seeds is one short line."""
    shown = {
        "<Network: 2 inputs, 1 output, 1 ReLU node, 1 affine node>": ABS,
        "<Chain: 2 inputs, 1 output, 3 blocks, 2 of them different>": Chain([PAIR, PAIR, ABS]),
        "<Sum: 2 inputs, 1 output, 2 terms>": Sum([Chain([ABS])] * 2),
        "<Layered: 2 inputs, 1 output, width 2, depth 1, 2 neurons>": layered(ABS),
        "<Problem 'shifted': 9 coefficients, window [-2, 2] x [-1, 2], seed with 6 triangles>": load_problem("shifted"),
        "<Problem 'loop_M222 with zero': 19 coefficients, window [0, 4] x [0, 4], seed with 6 triangles>": problem_of(
            "loop_M222", "zero"
        ),
        "<Seed: 7 vertices, 6 triangles, support in [0, 2] x [0, 2]>": load_problem("shifted").seed,
        "<Seed: 7 vertices, 6 triangles, zero>": load_problem("zero").seed,
    }
    assert list(map(repr, shown.values())) == list(shown)


@pytest.mark.parametrize("name", exactrelu.__all__)
def test_public_names_are_functions_and_classes(name):
    """No public name is a module."""
    assert not isinstance(getattr(exactrelu, name), ModuleType) and name in dir(exactrelu)
