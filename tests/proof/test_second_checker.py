"""Certificates of format 2: two checkers, of which one knows docs/certificate.md alone, agree on every file."""

import ast
import json
import random
import sys
from collections import Counter
from fractions import Fraction

import pytest
import second_checker
from command import run
from folders import TESTS
from json_damages import damages
from random_iterates import refutations_at_points, statement_on_a_segment
from random_statements import HAIR, affine, network, over_a_field, random_certificate
from second_files import rational, read_root
from second_numbers import Root, quotient

from exactrelu import checker

CORPUS = TESTS / "certificates"
WORDS = ("valid", "invalid", "malformed")
FILES = [pytest.param(path, id=f"{word}-{path.stem}") for word in WORDS for path in sorted((CORPUS / word).iterdir())]
FIRST = {True: "valid", False: "invalid", None: "malformed"}


def judged(certificate):
    """Return the answers of the two checkers to a JSON value."""
    data = json.dumps(certificate).encode()
    first = checker.judged(lambda: data, checker.Certificate.check)
    return FIRST[first.valid], WORDS[second_checker.check(data)]


def assert_agreement(certificates):
    """Assert that both say the same of each (name, certificate); return how often each word was said."""
    words = Counter()
    for name, certificate in certificates:
        first, second = judged(certificate)
        assert first == second, name
        words[first] += 1
    return words


@pytest.mark.parametrize("path", FILES)
def test_corpus(path):
    """The second checker says of each file what the name of its folder says."""
    assert WORDS[second_checker.check(path.read_bytes())] == path.parent.name


def test_it_shares_nothing_with_the_package():
    """Its files import the standard library and one another."""
    files = sorted((TESTS / "second").glob("*.py"))
    assert len(files) > 3
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            else:
                imported = [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in imported:
                assert name.startswith("second_") or name.partition(".")[0] in sys.stdlib_module_names, name


def test_the_order_of_a_field():
    """Convergents p/q of √2 are too small and too large in turn; products and quotients have the sign of both."""
    p, q = 1, 1
    for k in range(60):
        number = Root(Fraction(p), Fraction(-q), 2)
        assert (number < 0, -number > 0, abs(number) == -number) == (k % 2 == 0,) * 3
        assert number * number > 0 < quotient(number, number) == 1 and (1 / number < 0) == (number < 0)
        assert (Fraction(p, q) < Root(Fraction(0), Fraction(1), 2)) == (k % 2 == 0)
        p, q = p + 2 * q, p + q


# ------------------------------------------------------------------------------------------------- many of a kind


def damaged(path):
    """Yield (what was done, certificate) for a file."""
    for name, certificate in damages(json.loads(path.read_text())):
        yield f"{path.name}: {name}", certificate


def test_damaged_files():
    """Numbers changed, entries left out, doubled, exchanged, in statement and evidence."""
    paths = sorted((CORPUS / "valid").iterdir())
    found = [entry for path in paths for entry in random.Random(path.name).sample(list(damaged(path)), 6)]
    assert min(assert_agreement(found)[word] for word in WORDS) >= 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", FILES[: len(list((CORPUS / "valid").iterdir()))])
def test_all_damages(path):
    """Every place of every valid file."""
    assert assert_agreement(damaged(path)).total() > 100


def random_certificates(seed, count):
    """Yield (name, certificate), a third of them over Q(√2)."""
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        certificate = random_certificate(rng)
        yield (seed, number), certificate if number % 3 else over_a_field(rng, certificate)


def test_random_statements():
    """Small networks that are equal, near or not, thin strips, boxes of width 0, cases of all kinds, bad trees."""
    words = assert_agreement(random_certificates(0, 400))
    assert words["valid"] > 50 < words["invalid"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(1, 11))
def test_many_random_statements(seed):
    """The same for thousands."""
    assert assert_agreement(random_certificates(seed, 2000))["valid"] > 250


QUICK = (1, 2, 3, 4, 8, 9)


def test_values_of_iterates(seeds=QUICK):
    """V^n g at points of random problems of all kinds: what equals it refutes nothing, what is a hair off does."""
    for seed in seeds:
        for certificate, word in refutations_at_points(random.Random(seed)):
            assert judged(certificate) == (word, word), seed


def test_iterates_on_segments(seeds=QUICK):
    """V^n g of random problems on a segment, against a network that interpolates it, and against one a hair off."""
    for seed in seeds:
        rng = random.Random(seed)
        certificate = statement_on_a_segment(rng)
        assert judged(certificate) == ("valid", "valid"), seed
        node = rng.choice([node for node in certificate["statement"]["network"]["nodes"] if node["op"] == "affine"])
        node["bias"] = str(rational(node["bias"], read_root(certificate["statement"]["problem"])) + HAIR)
        first, second = judged(certificate)
        assert first == second, seed


@pytest.mark.exhaustive
@pytest.mark.parametrize("start", range(0, 60, 6))
def test_many_iterates(start):
    """The same for more problems."""
    test_values_of_iterates(range(start, start + 6))
    test_iterates_on_segments(range(start, start + 6))


# ------------------------------------------------------------------------------------------ freshly written files


def certificate_of(tmp_path, capsys, *words):
    """Return the certificate that ``exactrelu certify words…`` writes."""
    path = tmp_path / "certificate.json"
    assert run(capsys, "certify", *words, "--output", path, "--no-check")[0] == 0
    return json.loads(path.read_text())


def assert_proved(certificate):
    """Assert that both accept a certificate, and refuse it if a coefficient of the mask is a hair off."""
    assert judged(certificate) == ("valid", "valid")
    problem = certificate["statement"]["problem"]
    mask = problem["mask"] if "mask" in problem else problem["masks"]["repeat"][0]
    place, key = mask, min(mask)
    while isinstance(place[key], list):
        place, key = place[key], 0
    place[key] = str(rational(place[key], read_root(problem)) + HAIR)
    assert judged(certificate) == ("invalid", "invalid")


def test_an_iterate_on_the_plane(tmp_path, capsys):
    """A network of a construction on the whole plane."""
    assert_proved(certificate_of(tmp_path, capsys, "difference", "-n", 1, "--construction", "compact"))


@pytest.mark.parametrize(("name", "n"), [("spline_2", 2), ("ternary", 1), ("hermite", 1), ("takagi", 2), ("d4", 1)])
def test_iterates_on_the_line(tmp_path, capsys, name, n):
    """Schemes with other dilations, components, sources and fields on the whole line."""
    assert_proved(certificate_of(tmp_path, capsys, name, "-n", n))


LARGER = [
    ("haar", 1), ("d4_wavelet", 2), ("ghm", 1), ("dilations", 0), ("tile", 0), ("sqrt3", 0), ("quincunx_zp", 0),
    ("d4_tensor", 0),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "n"), LARGER)
def test_larger_iterates(tmp_path, capsys, name, n):
    """The same for some that take longer, as they are."""
    assert judged(certificate_of(tmp_path, capsys, name, "-n", n)) == ("valid", "valid")


BOX = ("--box", -1, "1/2", 0, 2)
COMMANDS = [
    ("equal", "one", "two"), ("equal", "one", "two", *BOX), ("equal", "one", "three"), ("equal", "one", "three", *BOX),
    ("equal", "one", "three", "--line", "0,0", "1,3"), ("equal", "one", "three", "--fix", "0=1/2"),
    ("equal", "one", "three", "--box", 0, 0, -1, 1), ("equal", "one", "three", "--within", 2, *BOX),
    ("equal", "one", "three", "--within", "1/1000", *BOX), ("bound", "one", *BOX), ("bound", "three"),
    ("prove", "one", "largest"), ("prove", "one", "most"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join(map(str, range(len(COMMANDS)))).split())
def test_written_files(tmp_path, monkeypatch, capsys, words):
    """What the commands write, for what is certified and for what is refuted, is accepted."""
    monkeypatch.chdir(tmp_path)
    units = [affine([(0, 1), (1, -1)], "1/3"), {"op": "relu", "of": 2}, affine([(0, -2)]), {"op": "relu", "of": 4}]
    nodes = {
        "one": [*units, affine([(3, 1), (5, "1/7")])], "two": [*units, affine([(5, "1/7"), (3, 1)])],
        "three": [*units, affine([(3, 1), (5, "1/7"), (1, "1/100")])],
    }
    files = {name: network(2, entry, [6, 3]) for name, entry in nodes.items()}
    files["largest"] = {"format": "exactrelu-property/1", "box": [[0, 1], [0, 1]], "largest": 0, "outputs": 2}
    files["most"] = {"format": "exactrelu-property/1", "box": [[0, 1], [0, 1]], "output": 0, "at_most": "1/2"}
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value))
    code, *_ = run(capsys, *words, "--output", "certificate.json")
    assert code in (0, 1)
    assert WORDS[second_checker.check((tmp_path / "certificate.json").read_bytes())] == "valid"


# ------------------------------------------------------------------------------------------------ made by hand

X, ZERO, FAR = network(2, [], [0]), network(2, [affine([])], [2]), 10**30
RAY = {"points": [[0, 0], [1, 0]], "box": [[0, None]]}


def strip(at, height=1):
    """Return a network that is 0, but for a strip at x = ``at`` of width 2 HAIR."""
    nodes = []
    for j in range(3):
        nodes += [affine([(0, height)], -height * (at + j * HAIR)), {"op": "relu", "of": 2 + 2 * j}]
    return network(2, [*nodes, affine([(3, 1), (5, -2), (7, 1)])], [8])


def thin_cone():
    """Return max(0, x - |y| / HAIR), which is x on a ray, and 0 away from it."""
    nodes = [affine([(1, -1)]), {"op": "relu", "of": 1}, {"op": "relu", "of": 2}]
    return network(2, [*nodes, affine([(0, 1), (3, -1 / HAIR), (4, -1 / HAIR)]), {"op": "relu", "of": 5}], [6])


def enumerated(parts=4, **more):
    return {"kind": "enumeration", "lines": [], "tree": [-1] * parts, **more}


def equal(one, other, domain=None, parts=4, **more):
    statement = {"kind": "equal", "domain": domain or {}, "networks": [one, other], **more}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": enumerated(parts)}


def within(epsilon):
    return equal(strip(0), ZERO, None, 4, kind="within", epsilon=str(epsilon))


def never(*inequalities, **more):
    """Return a property of the inputs on the unit square."""
    case = [{"inputs": inputs, "outputs": [0], "constant": constant, **kind} for inputs, constant, kind in inequalities]
    statement = {"kind": "property", "domain": {"box": [[0, 1], [0, 1]]}, "network": ZERO, "never": [case]}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": enumerated(1, **more)}


def bound(*bounds):
    statement = {"kind": "bound", "domain": {"box": [[0, 1], [0, 0]]}, "network": X, "bounds": list(bounds)}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": enumerated(1)}


HALVES = {"vertices": [[0], [1], [2]], "simplices": [[0, 1], [1, 2]], "values": [0, 1, 0]}
STEP = {"vertices": [[0], [1]], "simplices": [[0, 1]], "values": [1, 1]}


def iterate(seed, value, domain, n=0, point=None, **more):
    """Return that a constant is V^n g on the line, or a refutation."""
    problem = {"format": "exactrelu-problem/2", "name": "", "mask": {"0": 1}, "seed": seed, **more}
    constant = network(1, [affine([], value)], [1])
    statement = {"kind": "iterate", "domain": domain, "network": constant, "problem": problem, "n": n}
    evidence = enumerated(1)
    if point is not None:
        statement, evidence = {"kind": "refutation", "of": statement, "point": point}, {"kind": "point"}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": evidence}


STRICT, LOOSE = {"strict": True}, {}
STRAY = {"vertices": [[0], [1], [5]], "simplices": [[0, 1]], "values": [1, 1, 1]}
JUMP = {"vertices": [[0], [1], [1], [2]], "simplices": [[0, 1], [2, 3]], "values": [0, 0, str(HAIR), 0]}
OVERLAP = {"vertices": [[0], [1], [3]], "simplices": [[0, 1], [0, 2]], "values": [0, 1, 3]}
BENT = {"vertices": [[0], [1], [3]], "simplices": [[0, 1], [0, 2]], "values": [0, 1, str(3 + HAIR)]}
FAN = {  # two triangles that have one corner in common, and there different values
    "vertices": [[0, 0], [1, 0], [0, 1], [0, 0], [-1, 0], [0, -1]], "triangles": [[0, 1, 2], [3, 4, 5]],
    "values": [1, 0, 0, str(1 + HAIR), 0, 0],
}
PLANE = {"format": "exactrelu-problem/1", "name": "", "mask": {"0,0": 1}, "seed": FAN}
COMPONENTS = {"vertices": [[0, 0], [1, 0], [0, 1]], "triangles": [[0, 1, 2]], "values": [[0, 0]] * 3}


def on_the_plane(**more):
    """Return a refutation about a problem of format 1, far from its seed."""
    statement = {"kind": "iterate", "domain": {}, "network": X, "problem": {**PLANE, **more}, "n": 0}
    statement = {"kind": "refutation", "of": statement, "point": [5, 5]}
    return {"format": "exactrelu-certificate/2", "statement": statement, "evidence": {"kind": "point"}}


BY_HAND = {
    "a strip": (equal(strip(0), ZERO), "invalid"),
    "a strip far away": (equal(strip(FAR), ZERO), "invalid"),
    "a strip beyond a box": (equal(strip(FAR), ZERO, {"box": [[None, FAR], [0, None]]}, 1), "valid"),
    "a strip of the height of epsilon": (within(HAIR), "valid"),
    "a strip higher than epsilon": (within(HAIR * (1 - HAIR)), "invalid"),
    "near a ray": (equal(thin_cone(), ZERO), "invalid"),
    "along a ray": (equal(thin_cone(), X, RAY, 1), "valid"),
    "along a ray, and behind its end": (equal(thin_cone(), X, {**RAY, "box": [[str(-HAIR), None]]}, 1), "invalid"),
    "points that coincide": (equal(thin_cone(), X, {"points": [[3, 0]] * 2}, 2), "valid"),
    "points of a plane that coincide": (equal(thin_cone(), X, {"points": [[3, 0]] * 3}), "valid"),
    "points that coincide elsewhere": (equal(thin_cone(), X, {"points": [[3, 1]] * 2}, 2), "invalid"),
    "two of three points coincide": (equal(thin_cone(), X, {"points": [[0, 0], [1, 0], [1, 0]]}, 4), "invalid"),
    "width 0": (equal(X, ZERO, {"box": [[0, 0], [None, None]]}, 2), "valid"),
    "width 0 in both": (equal(strip(0), ZERO, {"box": [[0, 0], [1, 1]]}, 1), "valid"),
    "width 0 at another place": (equal(X, ZERO, {"box": [[str(HAIR), str(HAIR)], [0, 1]]}, 1), "invalid"),
    "one box too few parts": (equal(X, X, {"box": [[0, 0], [None, None]]}, 1), "invalid"),
    "no bounds": (bound(), "malformed"),
    "two bounds that are null": (bound({"least": None, "most": None}), "malformed"),
    "a bound at the corner": (bound({"least": None, "most": {"value": 1, "at": [1, 0]}}), "valid"),
    "at a corner only": (never(([1, 1], -2, LOOSE), margin=str(HAIR)), "invalid"),
    "beyond a corner": (never(([1, 1], str(-2 - HAIR), LOOSE), margin=str(HAIR)), "valid"),
    "strictly beyond a corner": (never(([1, 1], -2, STRICT)), "valid"),
    "both kinds that meet": (never(([1, 0], -1, LOOSE), ([-1, 0], 1, STRICT), weight=1), "valid"),
    "both kinds, a weight too small": (never(([2, 0], -1, LOOSE), ([-3, 0], "3/2", STRICT), weight=1), "invalid"),
    "both kinds, a weight": (never(([2, 0], -1, LOOSE), ([-3, 0], "3/2", STRICT), weight="3/2"), "valid"),
    "both kinds that hold": (never(([1, 0], -1, LOOSE), ([0, 1], 0, STRICT), weight=9), "invalid"),
    "a jump at the border of the domain": (iterate(STEP, 0, {"box": [[1, 2]]}), "invalid"),
    "behind a jump": (iterate(STEP, 0, {"box": [[str(1 + HAIR), 2]]}), "valid"),
    "before a jump": (iterate(STEP, 1, {"box": [[0, 1]]}), "valid"),
    "the point of a jump": (iterate(STEP, 1, {"box": [[1, 1]]}), "valid"),
    "a wrong value at a jump": (iterate(STEP, 0, {}, point=[1]), "valid"),
    "no source for n = 0": (iterate(HALVES, 1, {"box": [[1, 1]]}, source=STEP), "valid"),
    "a source for n = 1": (iterate(HALVES, 2, {"box": [["1/2", "1/2"]]}, 1, source=STEP), "valid"),
    "another mask first": (iterate(HALVES, 3, {}, 2, ["1/4"], masks=[{"0": 3}, {"0": 2}], mask=None), "valid"),
    "the product of both masks": (iterate(HALVES, 6, {}, 2, ["1/4"], masks=[{"0": 3}, {"0": 2}], mask=None), "invalid"),
    "an index far away": (iterate(HALVES, 0, {}, 3, [8], mask={"9": 1}), "valid"),
    "an index far away, the value": (iterate(HALVES, 1, {}, 3, [8], mask={"9": 1}), "invalid"),
    "values that differ in a point": (iterate(JUMP, 0, {"box": [[5, 6]]}), "invalid"),
    "values that differ, in a refutation": (iterate(JUMP, 5, {}, point=[7]), "invalid"),
    "values that differ, in a source": (iterate(STEP, 0, {"box": [[5, 6]]}, source=JUMP), "invalid"),
    "simplices that overlap and agree": (iterate(OVERLAP, "1/2", {"box": [["1/2", "1/2"]]}), "valid"),
    "simplices that overlap and differ": (iterate(BENT, 0, {"box": [[5, 6]]}), "invalid"),
    "values that differ in a corner": (on_the_plane(), "invalid"),
    "a seed that is right": (on_the_plane(seed={**FAN, "values": [1, 0, 0, 1, 0, 0]}), "valid"),
    "components in format 1": (on_the_plane(seed=COMPONENTS, mask={"0,0": [[1, 0], [0, 1]]}), "malformed"),
    "a value of no simplex": (iterate(STRAY, 1, {}, 0, [7]), "malformed"),
    "keys that are null": (iterate(STEP, 1, {"box": None, "points": None}, 0, [7], source=None, window=None), "valid"),
    "dilation 1": (iterate(STEP, 1, {}, 3, [7], dilation=1), "valid"),
    "dilation 0": (iterate(STEP, 1, {}, 3, [7], dilation=[[0]]), "invalid"),
}


@pytest.mark.parametrize(("certificate", "word"), BY_HAND.values(), ids=BY_HAND)
def test_made_by_hand(certificate, word):
    """Where one point, one strip or one sign decides, both checkers say what is true."""
    assert judged(certificate) == (word, word)
