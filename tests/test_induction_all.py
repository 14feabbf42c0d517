"""The proof for all n: numbers that depend on n, templates of families, and families that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.certification.induction import certify_all
from exactrelu.certification.induction.composition import composition
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.template import dyadic, family, growth_of
from exactrelu.certification.induction.uniform import NotUniform, Uniform, symbol
from exactrelu.construction import one_pass
from exactrelu.field import mpq
from exactrelu.network import Chain
from exactrelu.network.layers import layered
from exactrelu.scheme import builtin_problems, load_problem

FRACTIONS = st.fractions(-9, 9, max_denominator=9).map(mpq)


def number(a, b, c, first=1):
    """Return a + b h + c/h."""
    h = symbol(first)
    return a + b * h + c / h


def value(x, n):
    """Return the value of a number for n."""
    return x.at(n) if type(x) is Uniform else x


@given(FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS, st.integers(1, 40))
def test_arithmetic(a, b, c, d, e, f, n):
    """Sums, differences, products and quotients have the values for n that the values for n have."""
    x, y = number(a, b, c), number(d, e, f)
    p, q = value(x, n), value(y, n)
    assert value(x + y, n) == p + q and value(x - y, n) == p - q and value(x * y, n) == p * q
    if not (d == e == f == 0) and q:
        assert value(x / y, n) == p / q
    assert value(x - x, n) == 0 and type(x - x) is not Uniform and hash(x + y) == hash(y + x)


@given(FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS)
def test_order(a, b, c, d):
    """A comparison that is made is that of the values for every n; one that is not is not the same for all h."""
    x = number(a, b, c)
    try:
        less = x < d
    except NotUniform:
        ends = {value(x, 1) < d, value(x, 60) < d}
        assert len(ends) == 2 or any(value(x, k) == d for k in range(1, 60)) or b and c
        return
    assert {value(x, n) < d for n in range(1, 60)} == {less}


def test_order_is_decided_at_the_end_of_the_range():
    """h < 1/2 holds for all n ≥ 2, but not for n = 1; modulo 1 only integers times powers of 2ⁿ vanish."""
    assert symbol(2) < mpq(1, 2)
    with pytest.raises(NotUniform):
        symbol(1) < mpq(1, 2)  # noqa: B015
    assert (mpq(7, 3) + 5 / symbol(1)) % 1 == mpq(1, 3)
    for x in (symbol(1), 1 / (3 * symbol(1)), 1 / (1 + symbol(1))):
        with pytest.raises(NotUniform):
            x % 1


@given(FRACTIONS, FRACTIONS, FRACTIONS, st.integers(1, 5))
def test_fits(a, b, c, first):
    """Three values determine a + b h + c/h, and a fourth one that does not fit is noticed."""
    expected = number(a, b, c, first)
    values = {n: value(expected, n) for n in range(first, first + 4)}
    found = dyadic(values, symbol(first))
    assert value(found - expected, 1) == 0
    with pytest.raises(Unproved):
        dyadic(values | {first + 3: values[first + 3] + 1}, symbol(first))


def test_growth():
    """Bounds of gates are powers times a constant."""
    assert growth_of({n: mpq(2) * 3**n for n in range(1, 6)}) == (2, 3)
    for bounds in ({1: mpq(1), 2: mpq(2), 3: mpq(3)}, {1: mpq(1), 2: mpq(1, 2), 3: mpq(1, 4)}):
        with pytest.raises(Unproved):
            growth_of(bounds)


@pytest.mark.parametrize("name", ["bilinear", "haar_growing", "difference", "zero"])
def test_one_pass_for_all_n(name):
    """Theorem 1.1 for masks of all kinds, with the width and depth that the layered networks have."""
    problem = load_problem(name)
    found = certify_all(problem, lambda n: one_pass.build(problem, n))
    assert (found.verdict, found.reason) == ("certified", None)
    form = layered(one_pass.build(problem, 40))
    assert (form.width, form.depth) == (found.sizes.width, 40 + found.sizes.layers)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem_for_all_n(name):
    """Theorem 1.1 for every built-in mask and seed."""
    problem = load_problem(name)
    assert certify_all(problem, lambda n: one_pass.build(problem, n)).verdict == "certified"


def family_with(problem, bound=None, seam=None):
    """Return a function of n: the network of one-pass, but for the stages' gate bounds a_n or transition widths δ_n."""
    classes = one_pass.shift_classes(problem.normalized()[0])

    def build(n):
        chain = one_pass.build(problem, n)
        a = one_pass.stage_bound(classes, n) if bound is None else bound(n)
        stage = one_pass.stage_block(classes, a, one_pass.SEAM / 2**n if seam is None else seam(n))
        last = one_pass.last_block(classes, a)
        return Chain([chain.blocks[0], *[stage] * (n - 1), last, chain.blocks[-1]], chain.names)

    return build


@pytest.mark.parametrize(
    ("bound", "seam", "reason"),
    [
        (lambda n: mpq(2) * 3**5, None, "rows may grow by 3 a stage"),
        (lambda n: mpq(2) * 3**n, lambda n: mpq(1, 3 * 2**n), "selector"),
        (lambda n: mpq(2) * 3**n, lambda n: mpq(1, 12 * n), "not of the form a + b 2^-n"),
        (lambda n: mpq(2) * 3 ** (n - 1), None, "neither open nor closed"),
        (lambda n: mpq(2) * 3**n + n, None, "not a constant times a power"),
    ],
)
def test_families_that_are_wrong(bound, seam, reason):
    """Gate bounds that do not grow, transitions that are too wide: nothing is certified, and the reason is named."""
    found = certify_all(load_problem("haar_growing"), family_with(load_problem("haar_growing"), bound, seam))
    assert found.verdict == "undecided" and reason in found.reason


def test_larger_bounds_do_no_harm():
    """The theorem holds for larger gate bounds a_n, too: they are no part of the argument but for a_n ≥ 2 Bⁿ."""
    problem = load_problem("haar_growing")
    assert certify_all(problem, family_with(problem, lambda n: mpq(5) * 4**n)).verdict == "certified"


def test_templates_are_the_networks():
    """A template at n has the weights of the network for n, also for an n that it was not made from."""
    problem = load_problem("bilinear")
    found = family({n: composition(n, one_pass.build(problem, n)) for n in range(3, 9)})
    start = one_pass.build(problem, 50).blocks[0]
    weights = [weight for node in start.nodes if hasattr(node, "terms") for _, weight in node.terms]
    template = [weight for node in found.whole.blocks[0].nodes if hasattr(node, "terms") for _, weight in node.terms]
    assert sorted(weights) == sorted(value(weight, 50) for weight in template)
