"""Certificates for problems that are reduced: valid as written, every check needed, hostile ones refused."""

import copy
import json
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from folders import TESTS
from format_2 import checked, numbers_of, rows_for_every_n
from random_schemes import HAT, kuhn_hat, line, random_scheme
from reduced_files import HALF, LINES, certificate, hand_made, is_true, random_certificate

from exactrelu import build, checker
from exactrelu.certification import reduced
from exactrelu.certification.induction.small_network import Part, scheme_of
from exactrelu.certification.reduced import member_data
from exactrelu.cli import main
from exactrelu.errors import InputError
from exactrelu.network.files import network_text
from exactrelu.proof.kernel import Unproved
from exactrelu.scheme import Mask, Masks, Problem, Seed, load_problem, problem_to_json, smallest_window
from exactrelu.scheme.reductions import residues

TINY = Fraction(1, 2**60)
SOURCE = Path(checker.__file__).read_text()
PLANE = "quincunx_zp", "quincunx_rotated", "sqrt3", "tile"

PLAIN = line({0: 1, 1: HALF})
DOUBLE = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [0, 2, 0])
PAIR = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [(0, 0), (1, 2), (0, 0)])


@pytest.mark.parametrize("name", [*LINES, "takagi", "d4_wavelet"])
def test_valid(name):
    """The families that the program writes for a problem on the line are proved by the checker alone."""
    assert checked(certificate(name)) and is_true(certificate(name), Random(name))


@pytest.mark.parametrize("name", PLANE)
def test_reductions_in_the_plane(name, monkeypatch):
    """Powers with reflections and turns, and eigenvectors: the reduction is proved, and the families compute V^n g."""
    monkeypatch.setattr(checker.Functionals, "prove", lambda theory: None)
    found = certificate(name)
    assert checked(found) and is_true(found, Random(name), (1, 2, 5), 2)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", PLANE)
def test_the_plane(name):
    """All that is asked of these is proved."""
    assert checked(certificate(name))


def member(problem, n):
    """Return the certificate that the network for n equals V^n g."""
    network = json.loads("".join(network_text(build(problem, n, "small").flatten())))
    statement = {"kind": "iterate", "domain": {}, "problem": problem_to_json(problem), "n": n, "network": network}
    evidence = member_data(problem, n, scheme_of(problem, n)[0])
    return {"format": checker.FORMAT, "statement": statement, "evidence": evidence}


@pytest.mark.parametrize(("name", "n"), [("takagi", 1), ("takagi", 40), ("negative", 3), ("masks", 4), ("shifts", 3)])
def test_member(name, n):
    """The network for n is proved, but not to be that of another n, nor with a weight that is another one."""
    found = member(LINES.get(name) or load_problem(name), n)
    assert checked(found)
    interfaces = changed(found, "evidence", "parts", 0, "theory", "interfaces", to=[])
    assert "interfaces: expected an array" in checked(interfaces).reason
    for k in (n - 1 or 9, n + 1):
        other = copy.deepcopy(found)
        other["statement"]["n"] = k
        assert "expected one, for n" in checked(other).reason
        other["evidence"]["families"][0]["first"] = k
        assert "n steps" in checked(other).reason
    found["statement"]["network"]["nodes"][-1]["bias"] = str(TINY)
    assert checked(found).valid is False


def without_steps():
    """Return the certificate of a network of the plane that has no stage: n is less than the power of the dilation."""
    return member(load_problem("quincunx_zp"), 1)


def test_a_member_without_stages(monkeypatch):
    """A network for n = 1 of A with A² = 2 is the start and the closing program, and is found to be."""
    monkeypatch.setattr(checker.Functionals, "prove", lambda theory: theory.numbers())
    found = without_steps()
    assert checked(found)
    other = copy.deepcopy(found)
    other["evidence"]["families"][0]["family"]["programs"]["starts"].pop(0)
    assert "a start for every n" in checked(other).reason
    other = copy.deepcopy(found)
    other["evidence"]["families"][0]["matrix"] = [["1", "0"], ["0", "1"]]
    assert "the place of a point" in checked(other).reason
    other = copy.deepcopy(found)
    other["evidence"]["parts"][0]["rest"] = 0
    assert "n steps" in checked(other).reason


@pytest.mark.parametrize("seed", [
    2, 22, 47, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in range(60, 400)),
])
def test_random_schemes(seed):
    """Random schemes on the line, with turns, masks that vary, sources: what the program writes is proved, and true."""
    found = random_certificate(seed)
    assert checked(found) and is_true(found, Random(seed), (1, 2), 3)


def without_family(problem, value, evidence, more=(), is_member=False, least=1):
    """Return a theory about a problem, of which nothing but the problem is there, and no interfaces."""
    theory = checker.Functionals.__new__(checker.Functionals)
    theory.problem = problem
    return theory, None


@pytest.mark.parametrize("seed", [
    2, 6, 8, 15, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in range(20, 220)),
])
@pytest.mark.parametrize("dimension", [1, pytest.param(2, marks=pytest.mark.exhaustive)])
def test_random_reductions(dimension, seed, monkeypatch):
    """Random dilations, components, masks that vary, sources, fields: what is reduced is seen to be so.

    Families are left out here, which take longer to make.
    """
    problem = random_scheme(Random(seed), dimension)
    if dimension == 2 and problem.beyond().keys() & {"source", "field"}:
        pytest.skip("it takes long")
    try:
        parts = [Part(*pair, scheme_of(problem, pair[0])[0]) for pair in residues(problem)]
    except (InputError, Unproved):
        pytest.skip("there is no network for such a dilation")
    if any(part.scheme.problem.source for part in parts):
        pytest.skip("the source is no combination of hats")
    monkeypatch.setattr(reduced, "family_data", lambda found: ({}, {}))
    monkeypatch.setattr(reduced, "family", lambda scheme: None)
    monkeypatch.setattr(checker, "read_theory", without_family)
    monkeypatch.setattr(checker.Functionals, "prove", lambda theory: None)
    statement, evidence = reduced.families_data(problem, parts)
    found = {"format": checker.FORMAT, "statement": statement, "evidence": evidence}
    assert checked(found)
    steps = [level for part in evidence["parts"] for level in part["levels"]]
    level = Random(seed).choice(steps)
    entry = Random(seed).choice(level["components"])
    entry[2][0] = str(Fraction(entry[2][0]) + TINY)
    assert checked(found).valid is False


CORPUS = TESTS / "certificates" / "reductions"
REASONS = json.loads((CORPUS / "reasons.json").read_text())


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in sorted(
    CORPUS.glob("*/*.json.gz"))])
def test_corpus(path):
    """Files of the corpus have the answer of their folder, for the reason in reasons.json."""
    answer, kind = checker.check_file(path), path.parent.name
    assert answer.valid is {"valid": True, "invalid": False, "malformed": None}[kind]
    assert answer.reason == REASONS.get(f"{kind}/{path.name}")


# each check alone

MEETING = line({0: 1}, source=kuhn_hat(1))
BOTH = Seed([(0,), (1,), (2,)], [(0, 1), (1, 2)], [(0, 0), (1, 1), (0, 0)])
HAT_ROWS = {0: [[1, 1], [0, HALF]], 1: [[0, 0], [0, 1]], 2: [[0, 0], [0, HALF]]}
ZERO = Seed([(0,), (1,)], [(0, 1)], [0, 0])
ZEROS = Seed([(0,), (1,)], [(0, 1)], [(0, 0), (0, 0)])
SWAPPED = {0: [[1, 0], [0, HALF]], 1: [[1, 1], [0, 0]]}


def two(rows, seed=BOTH, dilation=2, **rest):
    """Return a problem on the line with 2 × 2 coefficients."""
    mask = Mask(rows)
    window = smallest_window(mask, seed, dilation, rest.get("source"))
    return Problem("two", mask, window, seed, dilation, **rest)


def turned(rows):
    """Return coefficients with both components in the other order."""
    return {k: [row[::-1] for row in matrix[::-1]] for k, matrix in rows.items()}


def one_level(*components, steps=1):
    """Return one level at the same point, for components (l, c)."""
    return [(steps, 1, [(l, c, 0) for l, c in components])]


def with_source(problem=MEETING, rows=HAT_ROWS, seed=BOTH):
    """Return the certificate for a problem with a source, which is a hat as a second component."""
    other = two(rows, seed)
    return hand_made(problem, other, one_level((0, 0), (1, 1)), sourceless=other)


def with_another_height(found, *path):
    """Return a certificate, a simplex of a seed being there twice, first as it was, then with heights twice as large.

    So the value on it is not what the words "affine on each simplex" say.
    """
    seed = found["evidence"]
    for key in path:
        seed = seed[key]
    for key, factor in (("vertices", 1), ("values", 2)):
        parts = [seed[key][k] for k in seed["simplices"][0]]
        seed[key] += [[str(factor * Fraction(t)) for t in part] if isinstance(part, list) else
                      str(factor * Fraction(part)) for part in parts]
    seed["simplices"].append([len(seed["vertices"]) - 2, len(seed["vertices"]) - 1])
    return found


def with_a_family_less(found, again):
    """Return a certificate with a family less, or with one that is there twice."""
    for part in (found["statement"]["families"], found["evidence"]["parts"]):
        part.append(copy.deepcopy(part[0])) if again else part.pop()
    return found


TWO_MASKS = line([{0: 1}, {0: HALF}])
OTHER_FIRST = Problem("first", Masks((Mask({0: HALF}),), (Mask({0: 1}),)), ((0, 2),), HAT)
SLANTED = Seed([(-1,), (0,), (2,)], [(0, 1), (1, 2)], [0, 1, 0])
TURNED = Seed([(-2,), (0,), (1,)], [(0, 1), (1, 2)], [0, 1, 0])
SINGLE = line({0: 1})

ALONE = {
    "the seed of the reduced problem is a function": (
        ("check_agreement(self.theory.problem.seed)", "pass"),
        lambda: with_another_height(hand_made(PLAIN, PLAIN), "parts", 0, "problem", "seed")),
    "the stages make first steps": (
        ("+ self.rest != self.first or", "+ self.rest < 0 or"), lambda: hand_made(PLAIN, PLAIN, stages=(2, 1))),
    "the stages make period steps more": (
        ("or set(made) != {self.period}:", ":"), lambda: hand_made(PLAIN, PLAIN, stages=(1, 2))),
    "first masks are behind where levels return": (
        ("(begun < len(problem.first) or", "("), lambda: hand_made(OTHER_FIRST, line({0: HALF}))),
    "masks repeat with the levels": (
        ("or again % len(problem.repeat))", ")"), lambda: hand_made(TWO_MASKS, line({0: 1}))),
    "the component is the one that is meant": (
        ("if c != self.problem.component or", "if"),
        lambda: hand_made(two(SWAPPED), two(turned(SWAPPED)), one_level((0, 1), (1, 0)))),
    "the offset is that of the component": (
        ("any(start) or", ""), lambda: hand_made(PLAIN, PLAIN, place=(1, HALF))),
    "the matrix is the inverse of that of the level": (
        ("any(start) or columns != identity(d)", "any(start)"), lambda: hand_made(PLAIN, PLAIN, place=(2, 0))),
    "the dilations fit": (("if one != other:", "if False:"), lambda: hand_made(SINGLE, line({0: 1}, 3))),
    "each component that is needed is spoken of": (
        ("raise Invalid(f\"level {j}: nothing is said of a component that is needed\")", "continue"),
        lambda: hand_made(PLAIN, two({0: [[1, 1], [0, 1]], 1: [[HALF, 0], [0, 0]]}))),
    "the coefficients of a step are those of the problem": (
        ("if weight} != wanted:", "if weight} is None:"), lambda: hand_made(PLAIN, line({0: 1, 1: HALF + TINY}))),
    "so are those of the level behind it": (
        ("range(size if more else min(count, size))", "range(1)"),
        lambda: hand_made(TWO_MASKS, two({0: [[0, 1], [HALF + TINY, 0]]}), [
            (1, 1, [(0, 0, 0)]), (1, 1, [(1, 0, 0)])])),
    "the seed is that of the problem": (
        ("check_alike(own, other, budget,", "(own, other, budget,"),
        lambda: hand_made(PLAIN, line({0: 1, 1: HALF}, seed=SLANTED))),
    "so it is for all levels that are the last ones": (
        ("range(len(self.levels) if more else 1)", "range(1)"),
        lambda: hand_made(line({0: 1}, [[-2]], SLANTED), line({0: 1}, 2, TURNED), [
            (1, 1, [(0, 0, 0)]), (1, -1, [(0, 0, 0)])])),
    "the masks are those of the problem with a source": (
        ("if own != [", "if None == ["),
        lambda: with_source(line({0: 1 + TINY}, source=kuhn_hat(1)))),
    "what makes the source up depends on nothing else": (
        ("any(any(row[:r]) for mask in given", "any(False for mask in given"),
        lambda: with_source(rows=HAT_ROWS | {0: [[1, 1], [TINY, HALF]]})),
    "the problem without a source has the dilation": (
        ("if (wider.matrix, wider.component) !=", "if (problem.matrix, wider.component) !="),
        lambda: hand_made(line({0: 1}, source=ZERO), line({0: 1}, 3), sourceless=line({0: 1}, 3))),
    "the problem without a source has the component": (
        ("if (wider.matrix, wider.component) !=", "if (wider.matrix, problem.component) !="),
        lambda: hand_made(
            two(SWAPPED, PAIR, source=ZEROS), two(SWAPPED, PAIR, component=1), one_level((0, 0), (1, 1)),
            sourceless=two(SWAPPED, PAIR, component=1))),
    "the seed of the problem without a source is a function": (
        ("check_agreement(wider.seed)", "pass"), lambda: with_another_height(with_source(), "sourceless", "seed")),
    "the first components have the same seed": (
        ("        if i < r:\n            failure = ", "        if False:\n            failure = "),
        lambda: with_source(line({0: 1}, seed=DOUBLE, source=kuhn_hat(1)))),
    "what is added is the source": (
        ("for mask in wider.first + wider.repeat:", "for mask in (wider.first + wider.repeat) * (i >= r):"),
        lambda: with_source(line({0: 1}, source=kuhn_hat(1, 1 + TINY)))),
    "what makes the source up stays": (
        ("for mask in wider.first + wider.repeat:", "for mask in (wider.first + wider.repeat) * (i < r):"),
        lambda: with_source(rows={0: [[1, 1], [0, 0]]})),
    "no n is without a family": (
        ("set(counts_of(parts, 1)) != {1}", "max(counts_of(parts, 1)) > 1"),
        lambda: with_a_family_less(certificate("shifts"), False)),
    "no n has two families": (
        ("set(counts_of(parts, 1)) != {1}", "0 in counts_of(parts, 1)"),
        lambda: with_a_family_less(certificate("shifts"), True)),
}


@pytest.mark.parametrize("name", ALONE)
def test_each_check_is_needed(name):
    """A certificate that one check refuses would be believed without that check."""
    (old, new), made = ALONE[name]
    found = made()
    assert checked(found).valid is False
    assert SOURCE.count(old) == 1
    other = ModuleType("without")
    exec(compile(SOURCE.replace(old, new), "without", "exec"), other.__dict__)  # the project's own text
    assert other.judged(json.dumps(found).encode, other.Certificate.check).valid is True


TRIANGLES = {
    "vertices": [["0", "0"], ["2", "0"], ["0", "2"], ["2", "2"], ["1", "1"]], "values": [0, 0, 0, 0, 1],
    "triangles": [[0, 1, 4], [1, 3, 4], [3, 2, 4], [2, 0, 4]],
}
OTHER_TRIANGLES = {
    "vertices": [["0", "0"], ["2", "0"], ["0", "2"], ["2", "2"], ["1", "1"], ["1", "0"], ["1/2", "1/2"]],
    "triangles": [[6, 5, 4], [0, 5, 6], [4, 5, 1], [1, 3, 4], [3, 2, 4], [2, 0, 6], [2, 6, 4]],
    "values": [0, 0, 0, 0, 1, 0, "1/2"],
}


def plane(seed, name="plane"):
    """Return what the checker reads of a problem in the plane with a seed over Q(√2)."""
    found = {"format": "exactrelu-problem/2", "name": name, "mask": {"0,0": 1}, "seed": seed, "field": {"sqrt": 2}}
    return checker.read_problem(found)


def moved_by(number, seed):
    """Return the JSON object of a seed that is moved along x."""
    vertices = [[f"{Fraction(x)}{number}", y] for x, y in seed["vertices"]]
    return seed | {"vertices": vertices}


@pytest.mark.parametrize("number", ["", "+sqrt(2)", "-1000001*sqrt(2)"])
def test_functions_are_compared_at_all_points(number):
    """A function on other triangles is the same one, wherever it lies; one that differs by 2^-60 somewhere is not."""
    one, point = plane(moved_by(number, TRIANGLES)), [((0, 1),), ((1, 1),)]
    for k, height in enumerate(OTHER_TRIANGLES["values"]):
        for change in (0, TINY, -TINY) if k in (4, 6) else (0,):
            values = list(OTHER_TRIANGLES["values"])
            values[k] = str(Fraction(height) + change)
            other = plane(moved_by(number, OTHER_TRIANGLES | {"values": values}))
            with pytest.raises(checker.Invalid) if change else nullcontext():
                checker.check_alike((one, 0, point), (other, 0, point), checker.Budget(), "no")


def test_hand_made():
    """What these certificates are made of is valid where nothing is wrong."""
    swapped = hand_made(two(SWAPPED), two(SWAPPED), one_level((0, 0), (1, 1)))
    for found in (hand_made(PLAIN, PLAIN), with_source(), swapped):
        assert checked(found) and is_true(found, Random(1))


def with_sizes(name, *sizes):
    """Return a certificate that says sizes, too."""
    found = certificate(name)
    found["statement"]["sizes"] = list(sizes)
    return found


def test_sizes(monkeypatch):
    """Width and depth may not be less than they are; the depth grows by 1 in two steps if the square is diagonal."""
    assert checked(with_sizes("takagi", 27, 1, 5)) and checked(with_sizes("takagi", 27, "1", 5))
    monkeypatch.setattr(checker.Functionals, "prove", lambda theory: None)
    for sizes, reason in (
        ((26, 1, 5), "the width is larger"), ((27, 1, 4), "the depth is larger"),
        ((27, "999999999/1000000000", 9), "the depth is larger"),
    ):
        assert checked(with_sizes("takagi", *sizes)).reason == reason
    assert checked(with_sizes("quincunx_zp", 186, "1/2", 5))
    for sizes in ((186, "1/2", 4), (186, "499999999/1000000000", 6), (183, "1/2", 5)):
        assert "is larger" in checked(with_sizes("quincunx_zp", *sizes)).reason


# hostile ones


def changed(found, *path, to):
    """Return a certificate with another value at a path, or without it if that is None."""
    found = copy.deepcopy(found)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return found


FAMILY, PART = ("statement", "families", 0), ("evidence", "parts", 0)
LEVEL = (*PART, "levels", 0)

HOSTILE = [
    ("shifts", (*FAMILY, "first"), 2, "not one family for every n"),
    ("shifts", (*FAMILY, "period"), 1, "not one family for every n"),
    ("shifts", (*FAMILY, "offset"), ["1/3"], "the place of a point"),
    ("shifts", (*FAMILY, "stages"), [1, 1], "n steps"),
    ("shifts", (*FAMILY, "matrix"), [["-1"]], "the place of a point"), ("shifts", (*PART, "rest"), 1, "n steps"),
    ("shifts", (*PART, "return"), 1, "do not return"), ("shifts", (*LEVEL, "steps"), 2, "n steps"),
    ("shifts", (*LEVEL, "components", 0, 2), ["1/2"], "the place of a point"),
    ("shifts", (*PART, "levels", 1, "components", 0, 2), ["1/2"], "level 0"),
    ("negative", (*PART, "levels", 1, "matrix"), [["1"]], "level 0"),
    ("masks", ("statement", "problem", "masks", 0, "1"), str(1 + TINY), "level 0"),
    ("masks", ("statement", "problem", "masks", 1, "1"), str(1 + TINY), "level 1"),
    ("masks", ("statement", "problem", "seed", "values", 1), str(1 + TINY), "of the seed is another one"),
    ("source", ("statement", "problem", "source", "values", 1), str(1 + TINY), "component 0 is another one after a"),
    ("source", ("evidence", "sourceless", "seed", "values", 1, 1), str(1 + TINY), "is another one after a step"),
    ("source", ("evidence", "sourceless", "mask", "0", 0, 0), str(HALF + TINY), "without a source"),
]


@pytest.mark.parametrize("case", range(len(HOSTILE)))
def test_hostile(case):
    """Another residue, period, offset, mask entry or seed is refused, with what fails."""
    name, path, new, reason = HOSTILE[case]
    answer = checked(changed(certificate(name), *path, to=new))
    assert answer.valid is False and reason in answer.reason


def exchanged(found, *path):
    """Return a certificate with two entries of a list in the other order."""
    part = found
    for key in path:
        part = part[key]
    part[0], part[1] = part[1], part[0]
    return found


def test_other_orders():
    """Masks in another order, a family of another residue, and its evidence with it, are refused."""
    assert "a step is not one" in checked(exchanged(certificate("masks"), "statement", "problem", "masks")).reason
    found = exchanged(certificate("negative"), "evidence", "parts")
    assert checked(found).valid is False
    for part in found["statement"]["families"]:
        part["first"] = 3 - part["first"]
    assert "n steps" in checked(found).reason


def test_sources_are_needed():
    """A source that is left out, in the statement or in the evidence, is missed."""
    found = certificate("source")
    assert "expected a problem without a source" in checked(changed(found, "evidence", "sourceless", to=None)).reason
    assert "is another one after a" in checked(changed(found, "statement", "problem", "source", to=None)).reason


MALFORMED = [
    ("shifts", (*PART, "problem"), problem_to_json(load_problem("haar")), "as many coordinates"),
    ("shifts", (*PART, "levels"), [], "expected 1 to 1000"), ("shifts", ("statement", "families"), [], "one at least"),
    ("shifts", ("evidence", "parts"), [], "an array of 2"), ("shifts", (*PART, "return"), 2, "from 0 to 1"),
    ("shifts", (*FAMILY, "first"), 0, "from 1 to"), ("shifts", (*FAMILY, "matrix"), [["1", "0"]], "an array of 1"),
    ("shifts", (*FAMILY, "stages"), [1], "an array of 2"), ("shifts", (*LEVEL, "steps"), 0, "from 1 to"),
    ("shifts", (*LEVEL, "components", 0, 0), 1, "from 0 to 0"), ("shifts", (*LEVEL, "components", 0, 1), 1, "0 to 0"),
    ("shifts", (*LEVEL, "components"), [[0, 0, ["0"]]] * 2, "0 occurs twice"),
    ("masks", (*PART, "problem", "masks"), [{"0": 1}, {"0": 2}], "expected a text as name, and a mask or masks"),
    ("source", ("evidence", "sourceless"), problem_to_json(LINES["source"]), "without a source"),
    ("source", ("evidence", "kind"), "family", "kind is reduction"), ("source", FAMILY, None, "one at least"),
]


@pytest.mark.parametrize("case", range(len(MALFORMED)))
def test_malformed(case):
    """What is not of the format is not read, and told so."""
    name, path, new, reason = MALFORMED[case]
    answer = checked(changed(certificate(name), *path, to=new))
    assert answer.valid is None and reason in answer.reason


def test_fields_and_families_that_do_not_fit():
    """A network, a problem and its reduced one are over one field; families of rows are not for reduced problems."""
    found = changed(certificate("shifts"), "evidence", "parts", 0, "problem", "field", to={"sqrt": 3})
    assert checked(found)
    found["statement"]["problem"]["field"] = {"sqrt": 2}
    assert "different ones" in checked(found).reason
    found = changed(member(LINES["negative"], 3), "evidence", "parts", 0, "problem", "field", to={"sqrt": 3})
    assert checked(found)
    found["statement"]["network"]["field"] = {"sqrt": 2}
    assert "different ones" in checked(found).reason
    found, rows = certificate("shifts"), rows_for_every_n("haar")
    haar = rows["statement"]["problem"]
    entry = changed(found["statement"]["families"][0], "family", to=rows["statement"]["family"]) | {
        "matrix": [[1, 0], [0, 1]], "offset": [0, 0]}
    found["statement"] |= {"problem": haar, "families": [entry]}
    level = {"steps": 1, "matrix": [[1, 0], [0, 1]], "components": [[0, 0, [0, 0]]]}
    part = {"problem": haar, "rest": 0, "levels": [level], "return": 0, "theory": rows["evidence"]}
    found["evidence"]["parts"] = [part]
    assert "one of functionals" in checked(found).reason


def look_at(name, count, random):
    """Change numbers of a certificate, outside of programs and inside; return the answers, right as far as points tell.
    """
    found = certificate(name)
    paths = list(numbers_of(found))
    few = [path for path in paths if "programs" not in path and "theory" not in path]
    answers = []
    for path in random.sample(few, min(count, len(few))) + random.sample(paths, count // 3):
        old = found
        for key in path:
            old = old[key]
        new = old + random.choice((-1, 1)) if isinstance(old, int) else str(
            random.choice([Fraction(old) + TINY, -Fraction(old), 2 * Fraction(old) + 1]))
        other = changed(found, *path, to=new)
        answer = checked(other)
        answers.append(answer.valid)
        assert not answer or is_true(other, random), path
    return answers


@pytest.mark.parametrize("name", ["negative", "source"])
def test_mutants(name):
    """A number that is another one is not believed unless the value is the same."""
    assert look_at(name, 9, Random(name)).count(True) < 6


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", LINES)
def test_many_mutants(name):
    """So it is for many of them."""
    assert look_at(name, 120, Random(name)).count(True) < 60


def test_written(tmp_path, capsys):
    """certify writes it for all n and for one; check reads it."""
    path = tmp_path / "proof.json.gz"
    for name, n in (("takagi", "all"), ("takagi", "100"), ("d4_wavelet", "all"), ("d4_wavelet", "100")):
        words = [name, "-n", n, "--method", "induction"]
        assert main(["certify", *words, "--output", str(path)]) == 0
        assert "not checked" not in capsys.readouterr().out
        assert main(["check", str(path)]) == 0
        assert "at every point of R^1" in capsys.readouterr().out


@pytest.mark.exhaustive
@pytest.mark.parametrize("n", ["all", "100"])
@pytest.mark.parametrize("name", PLANE)
def test_written_in_the_plane(name, n, tmp_path):
    """So it is in the plane."""
    path = str(tmp_path / "proof.json.gz")
    assert main(["certify", name, "-n", n, "--method", "induction", "--output", path]) == main(["check", path]) == 0
