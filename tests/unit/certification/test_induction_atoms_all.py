"""The proof for all n of the constructions compact and paper, and families of networks that are wrong."""

import pytest

from exactrelu.certification.induction import certify_all
from exactrelu.construction import CONSTRUCTIONS, compact
from exactrelu.construction.choices import DEFAULT
from exactrelu.field import mpq
from exactrelu.network import Builder, Chain, Sum
from exactrelu.network.layers import layered
from exactrelu.scheme import builtin_problems, load_problem

RIGHT = [
    ("bilinear", "compact"), ("haar_growing", "compact"), ("difference", "compact"), ("shifted", "compact"),
    ("a_n_witness", "paper"), ("haar_growing", "paper"), ("single_c21", "paper"), ("zero", "paper"),
]


@pytest.mark.parametrize(("name", "construction"), RIGHT)
def test_theorem_for_all_n(name, construction):
    """Theorem 1.1 for masks of all kinds, with the width and depth that the layered networks have."""
    problem, build = load_problem(name), CONSTRUCTIONS[construction]
    found = certify_all(problem, lambda n: build(problem, n))
    assert (found.verdict, found.reason) == ("certified", None)
    form = layered(build(problem, 30))
    assert (form.width, form.depth) == (found.sizes.width, 30 * found.sizes.slope + found.sizes.layers)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem_for_all_n(name):
    """Theorem 1.1 for every built-in mask and seed."""
    problem = load_problem(name)
    assert certify_all(problem, lambda n: compact.build(problem, n)).verdict == "certified"


PROBLEM = load_problem("haar_growing")
TRANSITIONS = compact.Transitions(PROBLEM.normalized()[0].mask, (1, 1), compact.readable([(0, 0)]))
TERM = compact.decomposition(PROBLEM.normalized()[0].seed.function, DEFAULT.rho)[0]


def chain_for(n, bound=None, delta=None):
    """Return the chain of compact for n, but for the bounds a_n of the gates or the transition width of the stages."""
    (chain,) = compact.build(PROBLEM, n).terms
    a = mpq(3) ** n if bound is None else bound(n)
    width = DEFAULT.transition_width(n) if delta is None else delta(n)
    stages = [compact.stage_block(TRANSITIONS, a, width)] * (n - 1) if n > 1 else []
    last = compact.last_block(TRANSITIONS, a, {(0, 0): TERM.coefficient})
    return Chain([*chain.blocks[: n + 3], *stages, last], chain.names)


def with_blocks(n, changes):
    """Return the chain of compact for n with other blocks {number: block}."""
    chain = chain_for(n)
    return Chain([changes.get(k, block) for k, block in enumerate(chain.blocks)], chain.names)


def halving(b):
    """Return a block of transport that halves the carried copies of the input."""
    block = compact.transport_block()
    *loops, x, y = b.inputs
    whole = [*compact.controller(b, *loops[:2]), *compact.controller(b, *loops[2:])]
    assert len(whole) + 2 == len(block.outputs)
    return b.network([*whole, b.relu(x) / 2, b.relu(y) / 2])


def test_the_pattern_of_the_wrong_families_is_right():
    """Unchanged, these chains are certified; larger bounds and narrower transitions do no harm."""
    for options in (
        {},
        {"bound": lambda n: mpq(5) * 4**n},
        {"delta": lambda n: mpq(1, 40 * 2**n)},
        {"delta": lambda n: mpq(1, 2 * 2**n)},
    ):
        found = certify_all(PROBLEM, lambda n, options=options: Sum([chain_for(n, **options)]))
        assert (found.verdict, found.reason) == ("certified", None)


READOUTS = (compact.readout_block(TERM.atom.shape, mpq(1, 100)), compact.readout_block(TERM.atom.shape, mpq(1, 16)))

WRONG = [
    (lambda n: [chain_for(n, bound=lambda n: mpq(3) ** 6)], "rows may grow by 3 a stage, faster than a_n"),
    (lambda n: [chain_for(n, bound=lambda n: mpq(3) ** (n - 2))], "T_q^T"),
    (lambda n: [chain_for(n, bound=lambda n: mpq(3) ** n + n)], "not a constant times a power"),
    (lambda n: [chain_for(n, delta=lambda n: mpq(9, 16 * 2**n))], "the selector of x is not the digit"),
    (lambda n: [chain_for(n, delta=lambda n: mpq(1, 16 * 2**n * n))], "not of the form a + b 2^-n + c 2^n"),
    (
        lambda n: [with_blocks(n, dict.fromkeys(range(1, n + 1), halving(Builder(6))))],
        "copies of the input depend on n",
    ),
    (lambda n: [with_blocks(n, {n: halving(Builder(6))})], "transports or its stages are not all equal"),
    (
        lambda n: [with_blocks(n, {0: compact.start_block(TRANSITIONS, (1, 1), (mpq(1, 5), 0))})],
        "not a constant times 2^-n",
    ),
    (lambda n: [with_blocks(n, {n + 1: READOUTS[n % 2]})], "a weight depends on n that should not"),
    (lambda n: [chain_for(n)] * (1 + n % 2), "the number of its terms depends on n"),
    (lambda n: [chain_for(n)] * 2, "the sum of the atoms"),
]


@pytest.mark.parametrize(("terms", "reason"), WRONG)
def test_families_that_are_wrong(terms, reason):
    """What depends on n in another way, or is wrong for all n: nothing is certified, and the reason is named."""
    found = certify_all(PROBLEM, lambda n: Sum(terms(n)))
    assert found.verdict == "undecided" and reason in found.reason, found.reason
