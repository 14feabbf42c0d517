"""The proof kernel: forms, domains, and the rules by which facts are made."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exactrelu.proof
from exactrelu.cpwl.polygon import box
from exactrelu.field import mpq
from exactrelu.network.program import ProgramBuilder
from exactrelu.proof.domains import HALF_LINE, UNIT, Domain, Fan, Shape, point, ray
from exactrelu.proof.forms import combination, constant, key, minus, scaled
from exactrelu.proof.kernel import (
    AtLeast,
    Case,
    Claim,
    Each,
    Everywhere,
    Listed,
    Number,
    Numbers,
    Same,
    Strip,
    Unproved,
    prove,
)

T, EPS = key("t"), key("eps")

SMALL = st.integers(-4, 4).map(mpq)


def program_of(function, inlets=("t",), parameters=()):
    """Return the program of ``function(builder, *inputs)`` with the one output "out"."""
    b = ProgramBuilder(inlets, parameters)
    return b.program({"out": function(b, *b.inputs)})


def judged(program, domain, cases, **options):
    """Return the number of parts on which a judgement about the output of a program holds; raises `Unproved`."""
    env = options.pop("env", {0: T})
    return prove(Claim("claim", "block", (), "", Everywhere(program, domain, env, cases, **options), "")).pieces


def same(program, form, *condition):
    """Return the case that the output is a form where others are ≥ 0."""
    return Case(condition, {}, (Same("same", "it is so", program.outlets["out"], form),))


def unit_interval():
    """Return the domain of t in [0, 1]."""
    return Domain([point(t=0), point(t=1)])


@given(st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=5), SMALL, SMALL, SMALL)
def test_least_values_are_attained(corners, a, b, c):
    """On a factor with a scale the least value over the generators is that over a grid of convex combinations."""
    domain = Domain([point(s=0), point(s=2)], [(("u", "v"), Shape(corners), key("s"))])
    form = {name: entry for name, entry in (("u", a), ("v", b), ("s", c)) if entry}
    values = [s * (a * u + b * v + c) for s in (0, 1, 2) for u, v in corners]
    assert domain.is_nonnegative(form) == (min(values) >= 0)


@given(SMALL, SMALL, SMALL)
def test_splits_cover(a, b, c):
    """A point of a strip is on one side of a cut at least, and generators of the sides are on these."""
    strip = Domain([point(t=0, eps=0), point(t=0, eps=1), ray(t=1, eps=0), ray(t=-1, eps=0)])
    form = combination([(T, a), (EPS, b)], c)
    for half, sign in zip(strip.split(form), (1, -1), strict=True):
        assert all(generator.at(scaled(form, sign)) >= 0 for generator in half.generators)
    ends = [point(t=t, eps=eps).at(form) for t in (-9, 9) for eps in (0, 1)]
    if min(ends) < 0 < max(ends):
        assert all(any(generator.weight for generator in half.generators) for half in strip.split(form))


def test_a_factor_has_no_negative_scale():
    """A scale that may be negative would turn a least value into a largest one."""
    with pytest.raises(ValueError, match="negative"):
        Domain([point(s=-1), point(s=1)], [(("u",), UNIT, key("s"))])


def test_units_are_decided_or_split():
    """max(0, 2t − 1) on [0, 1]: two parts, each with its own form; one form for both is refused."""
    program = program_of(lambda b, t: b.relu(2 * t - 1))
    bent = combination([(T, 2)], mpq(-1))
    cases = same(program, {}, scaled(bent, -1)), same(program, bent, bent)
    assert judged(program, unit_interval(), cases, cuts=(bent,)) == 2
    for wrong in ((same(program, {}),), (same(program, bent),)):
        with pytest.raises(Unproved, match="it does not hold that it is so"):
            judged(program, unit_interval(), wrong)


def test_what_no_case_speaks_of_is_missed():
    """A case for half of the interval proves nothing about the other half."""
    program = program_of(lambda b, t: b.relu(2 * t - 1))
    bent = combination([(T, 2)], mpq(-1))
    with pytest.raises(Unproved, match="nothing is claimed of some part"):
        judged(program, unit_interval(), (same(program, bent, bent),), cuts=(bent,))


def test_an_output_reads_only_what_is_given():
    """A value of another input than those of which something is supposed makes the judgement fail."""
    program = program_of(lambda b, t, u: t + 0 * u, ("t", "u"))
    assert judged(program, unit_interval(), (same(program, T),)) == 1
    program = program_of(lambda b, t, u: t + u, ("t", "u"))
    with pytest.raises(Unproved, match="reads input 1"):
        judged(program, unit_interval(), (same(program, T),))


def test_symbols_cancel():
    """(y − D)₊ − (D − y)₊ is y − D whatever y and D are; (y − D)₊ alone is no form."""
    domain = Domain([point()], [(("y",), UNIT, None), (("D",), HALF_LINE, None)])
    env = {0: key("y"), 1: key("D")}
    program = program_of(lambda b, y, D: b.relu(y - D) - b.relu(2 * D - 2 * y) / 2, ("y", "D"))
    difference = minus(key("y"), key("D"))
    assert judged(program, domain, (same(program, difference),), env=env, has_symbols=True) == 1
    with pytest.raises(Unproved):
        judged(program, domain, (same(program, {}),), env=env, has_symbols=True)
    with pytest.raises(Unproved, match="neither open nor closed"):
        judged(program, domain, (same(program, difference),), env=env)


@pytest.mark.parametrize(("most", "holds"), [(mpq(1), True), (1 - mpq(1, 2**60), False)])
def test_symbols_have_bounds(most, holds):
    """(y − D)₊ is at most 1 for y ≤ 1 and D ≥ 0, and no hair less is shown."""
    domain = Domain([point()], [(("y",), UNIT, None), (("D",), HALF_LINE, None)])
    program = program_of(lambda b, y, D: b.relu(y - D), ("y", "D"))
    out = program.outlets["out"]
    goals = AtLeast("low", "", ((out, mpq(1)),), {}), AtLeast("high", "", ((out, mpq(-1)),), constant(most))
    env = {0: key("y"), 1: key("D")}
    if holds:
        assert judged(program, domain, (Case((), {}, goals),), env=env, has_symbols=True) == 1
    else:
        with pytest.raises(Unproved):
            judged(program, domain, (Case((), {}, goals),), env=env, has_symbols=True)


def test_products_of_parameters():
    """η times clamp(t) is ηt on [0, 1], within [0, η]; a product with another key has no form."""
    program = program_of(lambda b, t, *_: b.times("eta", b.relu(t) - b.relu(t - 1)), ("t",), ("eta",))
    env = {0: T, 1: key("eta")}
    form = key("eta t")
    products = (("eta", "t", "eta t"),)
    assert judged(program, unit_interval(), (same(program, form),), env=env, products=products) == 1
    out = program.outlets["out"]
    goals = AtLeast("low", "", ((out, mpq(1)),), {}), AtLeast("high", "", ((out, mpq(-1)),), key("eta"))
    assert judged(program, unit_interval(), (Case((), {}, goals),), env=env, products=products) == 1
    with pytest.raises(Unproved, match="has no key"):
        judged(program, unit_interval(), (same(program, form),), env=env)
    half = AtLeast("high", "", ((out, mpq(-1)),), scaled(key("eta"), mpq(1, 2)))
    with pytest.raises(Unproved, match="may be negative"):
        judged(program, unit_interval(), (Case((), {}, (half,)),), env=env, products=products)


def test_rows_share_one_point():
    """Two rows are split along a line for both of them at once, as they have one (u, v)."""
    names = [("p", "pu", "pv"), ("q", "qu", "qv")]
    program = program_of(lambda b, p, pu, q, qu: b.relu(2 * pu - p) + b.relu(2 * qu - q), ("p", "pu", "q", "qu"))
    env = {k: key(name) for k, name in enumerate(("p", "pu", "q", "qu"))}
    half = constant(mpq(1))
    with pytest.raises(Unproved, match="it is so"):
        judged(program, Fan(box(0, 1, 0, 1), names), (same(program, half),), env=env)
    opened = combination([(key("pu"), 2), (key("p"), -1), (key("qu"), 2), (key("q"), -1)])
    right = box(1, 2, 0, 1)
    assert judged(program, Fan(right, names), (same(program, opened),), env=env) == 1
    bounds = AtLeast("low", "", ((program.outlets["out"], mpq(1)),), {})
    assert judged(program, Fan(box(0, 1, 0, 1), names), (Case((), {}, (bounds,)),), env=env) == 2


@pytest.mark.parametrize(
    ("low", "width", "holds"),
    [
        (constant(1), mpq(1, 12), True),
        (combination([(EPS, 3)], mpq(2)), mpq(1, 12), True),
        (constant(mpq(1, 2)), mpq(1, 12), False),
        (combination([(EPS, mpq(1, 2))]), mpq(1, 12), False),
        (constant(1), mpq(1, 13), False),
    ],
)
def test_strips(low, width, holds):
    """t in [a + bε, a + bε + ε/12] with integers a, b is a strip, also one that is called wider, but not narrower."""
    program = program_of(lambda b, t: t)
    high = combination([(low, 1), (EPS, mpq(1, 12))])
    ends = [(end, eps) for end in (low, high) for eps in (0, 1)]
    domain = Domain([point(t=end.get(None, 0) + eps * end.get("eps", 0), eps=eps) for end, eps in ends])
    case = Case((), {}, (Strip("strip", "", low, width, T, EPS),))
    if holds:
        assert judged(program, domain, (case,)) == 1
    else:
        with pytest.raises(Unproved):
            judged(program, domain, (case,))


def test_numbers_and_finite_sets():
    """A negative number and a missing member are refused, in whatever company."""
    good = Numbers((Number("a", "a >= 0", mpq(0)),)), Listed("b", "closed", frozenset("xy"), ("x",), (("x", "y"),))
    bad = Numbers((Number("a", "a >= 0", mpq(-1)),)), Listed("b", "closed", frozenset("xy"), ("x",), (("x", "z"),))
    assert prove(Claim("all", "", (), "", Each(good), "")).established == (("a", "a >= 0"), ("b", "closed"))
    for wrong in ((bad[0], good[1]), (good[0], bad[1])):
        with pytest.raises(Unproved, match="it does not hold that"):
            prove(Claim("all", "", (), "", Each(wrong), ""))


def test_only_the_kernel_makes_facts():
    """No other module of the package constructs a `Fact` of the kernel."""
    room = Path(exactrelu.proof.__file__).parent
    makers = [path.name for path in room.rglob("*.py") if re.search(r"(?<![\w`])Fact\(", path.read_text("utf-8"))]
    assert makers == ["kernel.py"]
