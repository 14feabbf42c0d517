"""The checker of certificates of format 2: corpus, damages, hostile steps, isolation, the specification's example."""

import copy
import json
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from folders import CERTIFICATES_1, ROOT, TESTS
from format_2 import number_of, outputs

from exactrelu import checker
from exactrelu.checker import ONE, Affine, Invalid, Kernel, Nonneg, Question, Relu, Same
from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq, text

PACKAGE = Path(checker.__file__).parent
CORPUS = TESTS / "certificates"
REASONS = json.loads((CORPUS / "reasons.json").read_text())
VALID = sorted((CORPUS / "valid").iterdir())


def named(paths):
    """Return paths as parameters with their names."""
    return [pytest.param(path, id=path.stem) for path in paths]


def checked(certificate):
    """Return the `Answer` to a JSON value."""
    return checker.judged(json.dumps(certificate).encode, checker.Certificate.check)


@pytest.mark.parametrize("path", named(VALID))
def test_valid(path):
    """Each of these proves its statement."""
    assert checker.check_file(path)[::2] == (True, None)


@pytest.mark.parametrize("path", named(sorted((CORPUS / "invalid").iterdir())))
def test_invalid(path):
    """Each of these is read, does not prove its statement, and is told so with the reason in reasons.json."""
    answer = checker.check_file(path)
    assert (answer.valid, answer.reason) == (False, REASONS[f"invalid/{path.name}"]) and answer.statement


@pytest.mark.parametrize("path", named(sorted((CORPUS / "malformed").iterdir())))
def test_malformed(path):
    """Each of these cannot be read, for the reason in reasons.json."""
    assert checker.check_file(path) == (None, None, REASONS[f"malformed/{path.name}"])


# damages: every number and every field of every valid certificate


def places(value, path=()):
    """Yield the path of each part of a JSON value."""
    yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*path, key))


def replaced(value, path, new):
    """Return a JSON value with another one at a path, or without what is there, if ``new`` is None."""
    value = copy.deepcopy(value)
    *path, last = path
    inner = value
    for key in path:
        inner = inner[key]
    if new is None:
        del inner[last]
    else:
        inner[last] = new
    return value


def part(value, path):
    """Return what stands at a path of a JSON value."""
    for key in path:
        value = value[key]
    return value


def others(value):
    """Return numbers that are near to what an integer or a rational text stands for."""
    try:
        number = number_of(value)
    except InputError:
        return []
    near = [text(number + step) for step in (mpq(1, 10**9), -1)]
    return near + ([text(number.conjugate()), text(-number)] if type(number) is Quadratic else
                   [int(number) + 1, -int(number)])


ABOUT_NETWORKS = "equal", "within", "bound", "property"
"""The kinds of statements that can be put in at points without V^n g."""

GRID = [mpq(k, 2) for k in range(-7, 8)]


def points(domain, inputs):
    """Yield points of a domain, as the format describes it."""
    hull = domain.get("points")
    size = inputs if hull is None else len(hull) - 1
    box = domain.get("box") or [[None, None]] * size
    sides = [
        {x for x in [*GRID, *(number_of(end) for end in ends if end is not None)]
         if (ends[0] is None or number_of(ends[0]) <= x) and (ends[1] is None or x <= number_of(ends[1]))}
        for ends in box
    ]
    for u in product(*sides):
        if hull is None:
            yield u
        else:
            P = [list(map(number_of, point)) for point in hull]
            yield [a + sum(t * (Q[i] - a) for t, Q in zip(u, P[1:], strict=True)) for i, a in enumerate(P[0])]


def is_true(statement):
    """Return whether a statement about networks holds at many points of its domain."""
    networks = statement.get("networks") or [statement["network"]]
    for point in points(statement["domain"], networks[0]["inputs"]):
        values = [outputs(network, point) for network in networks]
        if statement["kind"] in ("equal", "within"):
            most = number_of(statement.get("epsilon", 0))
            if any(abs(a - b) > most for a, b in zip(*values, strict=True)):
                return False
        elif statement["kind"] == "bound":
            for value, ends in zip(values[0], statement["bounds"], strict=True):
                if ends["least"] and value < number_of(ends["least"]["value"]):
                    return False
                if ends["most"] and value > number_of(ends["most"]["value"]):
                    return False
        elif any(all(holds(entry, point, values[0]) for entry in case) for case in statement["never"]):
            return False
    return True


def holds(inequality, x, y):
    """Return whether an inequality of a property holds for inputs x and outputs y."""
    pairs = [*zip(inequality["inputs"], x, strict=True), *zip(inequality["outputs"], y, strict=True)]
    value = sum((number_of(weight) * number for weight, number in pairs), number_of(inequality["constant"]))
    return value > 0 if inequality.get("strict") else value >= 0


def test_statements_that_are_wrong():
    """What the damages are measured by tells right statements from wrong ones, of each kind about networks alone."""
    for name, right in (("valid/property_strict", True), ("invalid/strict_property_that_fails", False),
                        ("invalid/closed_where_only_strict_holds", False), ("invalid/property_that_fails", False),
                        ("invalid/most_too_small", False), ("invalid/not_equal", False)):
        assert is_true(json.loads((CORPUS / f"{name}.json").read_text())["statement"]) is right


@pytest.mark.parametrize("path", named(VALID))
def test_damages(path):
    """No number or field can be changed so that the checker stumbles, or believes what is wrong at some point."""
    certificate, accepted = json.loads(path.read_text()), 0
    for place in places(certificate):
        if not place:
            continue
        for new in (None, 0.5, True, "1/0", [], {}, 10**400, *others(part(certificate, place))):
            damaged = replaced(certificate, place, new)
            answer = checked(damaged)
            assert answer.valid or answer.reason
            if new in (0.5, "1/0") and type(new) is not int and place[-1] not in ("name", "marks"):
                assert answer.valid is None
            statement = damaged.get("statement", {})
            if answer.valid and statement["kind"] in ABOUT_NETWORKS:
                accepted += 1
                assert is_true(statement), damaged
    if json.loads(path.read_text())["statement"]["kind"] in ABOUT_NETWORKS:
        assert accepted  # some damages do no harm: this test looks at them


# the kernel

QUESTION = Question(1, (None, Affine(((0, 2),), 1), Relu(1), Affine(((0, -4),), -2), Relu(3)), (((0, 1),),),
                    Same(2, ((0, 2), (ONE, 1))))
"""For x >= 0: max(0, 2x + 1) = 2x + 1. Node 4 is max(0, -4x - 2)."""


def test_the_kernel_proves():
    """The question is answered in two steps, and not before them."""
    kernel = Kernel(QUESTION)
    kernel.on(2, [(1, 2)])
    assert not kernel.is_proved()
    kernel.done()
    assert kernel.is_proved()


@pytest.mark.parametrize(("rule", "arguments"), [
    ("on", (2, [(1, 2.0)])), ("on", (2, [(1, -2)])), ("on", (2, [(1, True)])), ("on", (2, [(0, 2)])),
    ("on", (2, [(2, 2)])), ("on", (2, [(-1, 2)])), ("on", (2, [(1, 1)])), ("on", (2, [(1, 2)], 0)),
    ("on", (2, [(1, -2)], -1)), ("on", (2, [(1, 2)], 1.0)), ("on", (1, [(1, 2)])), ("on", (2.0, [(1, 2)])),
    ("on", (-3, [(1, 2)])), ("off", (2, [(1, 2)])), ("scale", (4, 2, 2)), ("scale", (4, 2, -2.0)),
    ("scale", (4, 1, -2)),
    ("done", ()), ("close", ()), ("absurd", ([(1, 1)],)), ("aff", (2,)), ("sym", (17,)), ("low", (1,)),
    ("up", (2, ((ONE, 1),), (), ())), ("up", (2, ((ONE, 1), (ONE, 1)), (), ())), ("split", (((0, 0.5),),)),
    ("split", (((17, 1),),)), ("inside", (2, 0, [])),
    ("outside", (2, [])),
])
def test_steps_that_the_kernel_refuses(rule, arguments):
    """A step that does not apply, or with a weight that is no rational >= 0, is none."""
    kernel = Kernel(QUESTION)
    with pytest.raises(Invalid):
        getattr(kernel, rule)(*arguments)
    assert not kernel.is_proved()


PRODUCTS = Question(
    4, (None, None, None, None, Affine(((1, 3),), 2), checker.Times(0, 4), Relu(5)), (((0, 1),), ((1, 1), (3, -1))),
    Nonneg(((5, 1), (ONE, -3))), ((0, 1, ((2, 1),)), (0, 3, ((ONE, 1),))),
)
"""For k >= 0, t >= e, k e = 1: k (3t + 2) >= 3. Inputs are k, t, k t and e; node 5 is the product, node 6 a unit."""


def test_products():
    """A product has the form of its factor, key by key; or it is bounded, as the factor is: k 3t >= 3 for t >= e."""
    kernel = Kernel(PRODUCTS)
    kernel.aff(4)
    kernel.mul(5)
    assert dict(kernel.form(5)) == {2: 3, 0: 2}
    kernel = Kernel(PRODUCTS)
    kernel.aff(4)
    kernel.times(5, 1, ((3, 3), (ONE, 2)), [(2, 3)], [(1, 1)])
    kernel.close([(3, 1), (1, 2)])
    assert kernel.is_proved()


@pytest.mark.parametrize(("rule", "arguments"), [
    ("mul", (4,)), ("mul", (6,)), ("times", (5, 1, ((3, 4),), [(2, 3)], [(1, 1)])),
    ("times", (5, -1, ((3, 3),), [(2, 3)], [(1, 1)])), ("times", (5, 1, ((3, 3),), [(2, 3)], ())),
    ("times", (5, 2, ((3, 3),), [(2, 3)], [(1, 1)])), ("times", (5, True, ((3, 3),), [(2, 3)], [(1, 1)])),
    ("times", (5, 1, ((3, 3.0),), [(2, 3)], [(1, 1)])), ("times", (5, 1, ((2, 0), (4, 1)), (), [(1, 1)])),
    ("times", (4, 1, ((3, 3),), [(2, 3)], [(1, 1)])), ("times", (5, 1, ((3, 3),), [(2, 3)], [(1, 2)])),
])
def test_products_that_the_kernel_refuses(rule, arguments):
    """No product of keys that is not known, no factor that may be negative, and no bound that was not shown."""
    kernel = Kernel(PRODUCTS)
    kernel.aff(4)
    with pytest.raises(Invalid):
        getattr(kernel, rule)(*arguments)


def test_products_without_the_product_of_a_key():
    """A factor that is still a key has no product."""
    with pytest.raises(Invalid):
        Kernel(PRODUCTS).mul(5)


def test_what_a_goal_knows_ends_with_it():
    """Facts and forms of one part of a Split are gone in the other."""
    kernel = Kernel(QUESTION)
    kernel.split(((0, 1), (ONE, -1)))
    kernel.on(2, [(2, 2)])
    kernel.done()
    assert kernel.form(2) == ((2, 1),) and not kernel.is_proved()
    with pytest.raises(Invalid):
        kernel.on(2, [(3, 2)])
    kernel.on(2, [(1, 2)])
    kernel.done()
    assert kernel.is_proved()


def test_scale_by_a_negative_factor():
    """max(0, -2e) = 2 max(0, e) - 2e."""
    kernel = Kernel(QUESTION)
    kernel.scale(4, 2, -2)
    assert dict(kernel.form(4)) == {2: 2, 0: -4, ONE: -2}


# the file by itself


def test_it_stands_alone():
    """The file works by itself, isolated, and names the other one for format 1, which names it for format 2."""
    def run(name, path):
        command = [sys.executable, "-I", PACKAGE / name, path]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        return found.returncode, found.stdout + found.stderr

    code, said = run("checker.py", CORPUS / "valid" / "equal.json")
    assert code == 0 and said.startswith("valid: the network with 2 ReLU nodes equals")
    assert run("checker.py", CORPUS / "invalid" / "not_equal.json")[0] == 1
    code, said = run("checker.py", CERTIFICATES_1 / "valid" / "example.json")
    assert code == 2 and "checker1.py" in said
    code, said = run("checker1.py", CORPUS / "valid" / "equal.json")
    assert code == 2 and "checker.py" in said


def test_the_example_of_the_page():
    """The certificate in docs/certificate.md is the file that it names."""
    page = (ROOT / "docs" / "certificate.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```json\n(.*?)^```", page, re.M | re.S)
    assert json.loads(block) == json.loads((CORPUS / "valid" / "equal.json").read_text())
