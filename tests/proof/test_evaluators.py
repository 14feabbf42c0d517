"""What the inductions and the checkers compute of blocks, on random blocks full of what is degenerate, against values.

Whatever an evaluator knows of the nodes of a block, forms, signs, ranges, has to hold where the block is evaluated.
"""

from fractions import Fraction
from random import Random

import pytest
from network_mutants import fraction
from networks import degenerate
from twins import points_of, random_domain

from exactrelu import checker1
from exactrelu.certification.induction.blocks import block
from exactrelu.field import Integer, Rational, mpq
from exactrelu.network import Relu
from exactrelu.network.program import Program
from exactrelu.proof import domains
from exactrelu.proof import forms as algebra
from exactrelu.proof.domains import Domain, Shape
from exactrelu.proof.kernel import AtLeast, Case, Everywhere

EXACT = {int, Fraction, Integer, Rational}
HALF = mpq(1, 2)
SQUARE = ((mpq(0), mpq(0)), (mpq(1), mpq(0)), (mpq(1), mpq(1)), (mpq(0), mpq(1)))
TRIANGLE = ((mpq(0), mpq(0)), (HALF, mpq(0)), (HALF, HALF))


def random_block(random, inputs, outputs):
    """Return a random small `Block` with so many inputs, some of them perhaps unused, and outputs, perhaps equal."""
    network = degenerate(random, random.randint(2, 12), outputs, inputs)
    return block(inputs, network.nodes, network.outputs)


def plain_sum(terms, bias):
    """Return the affine combination of values."""
    return bias + sum(weight * value for value, weight in terms)


def all_values(found, inputs):
    """Return the values of all inputs and nodes of a block."""
    values = list(inputs)
    for node in found.nodes:
        is_unit = type(node) is Relu
        terms = () if is_unit else [(values[source], weight) for source, weight in node.terms]
        values.append(max(values[node.of], mpq(0)) if is_unit else plain_sum(terms, node.bias))
    return values


def values_of(found, inputs):
    """Return the values of the outputs of a block."""
    values = all_values(found, inputs)
    return [values[output] for output in found.outputs]


def form_at(form, values):
    """Return the value of a form {key: weight} of exact weights, the key None or −1 standing for the constant 1."""
    assert {type(weight) for weight in form.values()} <= EXACT
    return sum(weight * (1 if key in (None, -1) else values[key]) for key, weight in form.items())


def is_within(value, low, high):
    """Return whether a value is between two ends, None standing for infinite ones."""
    return (low is None or low <= value) and (high is None or value <= high)


def random_rows(random, corners, limit, states):
    """Return random values p, p u, p v of each of the states, with 0 ≤ p ≤ limit and (u, v) between the corners."""
    weights = [random.choice((0, 0, 1, 3)) for _ in corners]
    weights[random.randrange(len(corners))] += 1
    u, v = (sum(w * corner[e] for w, corner in zip(weights, corners, strict=True)) / mpq(sum(weights)) for e in (0, 1))
    most = mpq(10**6) if limit is None else limit
    heights = [random.choice((mpq(0), most, most / 7)) for _ in range(states)]
    return [value for p in heights for value in (p, p * u, p * v)]


def rows_of_the_checker(random):
    """`Induction.signed` decides signs that the units have, for all rows (p, pu, pv) within the limits.

    `positive_range` bounds what is ≥ 0 for inputs ≥ 0.
    """
    corners, limit = random.choice((SQUARE, TRIANGLE)), random.choice((None, 3, 0))
    found, induction = checked_block(random, 6, 2)
    doubled = [(int(2 * u), int(2 * v), 2) for u, v in corners]
    positive = induction.signed(doubled, None if limit is None else Fraction(limit, 2))
    inputs = [{k: 1} for k in range(6)]
    try:
        forms = found.run(inputs, induction.add, positive)
    except checker1.Ambiguous:
        forms = []
    ranges = found.run([({}, entry) for entry in inputs], induction.add_ranges, induction.positive_range)
    for _ in range(5):
        values = random_rows(random, corners, None if limit is None else mpq(limit), 2)
        expected = checked_values(found, values)
        assert [form_at(form, values) for form in forms] == (expected if forms else [])
        for value, (low, high) in zip(expected, ranges, strict=True):
            assert form_at(low, values) <= value <= form_at(high, values)


def checked_block(random, inputs, outputs):
    """Return (block, `checker.Induction`): the block of a random network as the checker has it."""
    network, shift = degenerate(random, random.randint(2, 12), outputs, inputs), 2
    nodes = [((), Fraction(0))] * inputs
    for node in network.nodes:
        if type(node) is Relu:
            nodes.append(node.of + shift)
        else:
            terms = tuple((source + shift, fraction(weight)) for source, weight in node.terms if weight)
            nodes.append((terms, fraction(node.bias)))
    induction = checker1.Induction({}, checker1.Seed((), 1, 1), 1, checker1.Network(tuple(nodes), 0), [(0, 1)] * 2, 0)
    ends = [output + shift for output in network.outputs]
    return induction.block(tuple(range(shift, shift + inputs)), tuple(ends), "a block"), induction


def checked_values(found, inputs):
    """Return the values of the outputs of a block of the checker."""
    return found.run(
        inputs, lambda terms, bias: bias + sum(weight * value for weight, value in terms), lambda value: max(value, 0)
    )


FINITE = [(mpq(0), mpq(1)), (mpq(0), mpq(7)), (mpq(-3), mpq(2)), (mpq(1), mpq(1))]
INFINITE = [(mpq(0), None), (None, mpq(1)), (None, None)]


def random_spans(random, count, ends):
    """Return {k: (low, high)} of some symbols, None standing for infinity, and a function that draws values of them."""
    spans = {k: random.choice(ends) for k in range(count)}

    def values():
        found = []
        for low, high in spans.values():
            low = min(mpq(-(10**6)), high or mpq(0)) if low is None else low
            high = low + 10**6 if high is None else high
            found.append(low + (high - low) * random.choice((0, 1, HALF, mpq(1, 10**6))))
        return found

    return spans, values


def symbols_of_the_kernel(random):
    """The kernel says what a block is over the symbols max(0, f), also where no sign is known, and how large it is."""
    spans, drawn = random_spans(random, 3, FINITE + INFINITE)
    domain, found = Domain([domains.point()]), random_block(random, 3, 2)
    for k, (low, high) in spans.items():
        ends = [(end,) for end in dict.fromkeys((low, high)) if end is not None]
        rays = [(sign,) for sign, end in ((mpq(-1), low), (mpq(1), high)) if end is None]
        domain.add((k,), Shape(ends or [(mpq(0),)], rays))
    program = Program(("x", "y", "z"), (), found.nodes, dict(enumerate(found.outputs)), {})
    goal = AtLeast("", "", tuple((output, mpq(0)) for output in found.outputs), {})
    env = {k: algebra.key(k) for k in range(3)}
    judgement = Everywhere(program, domain, env, (Case((), {}, (goal,)),), has_symbols=True)
    ((_, forms),) = judgement.parts()
    for _ in range(5):
        values = all_values(found, drawn())

        def at(name, values=values):
            return values[name[1]] if type(name) is tuple else values[name]

        for output in found.outputs:
            form = forms[output]
            assert {type(weight) for weight in form.values()} <= EXACT
            assert sum(weight * (1 if k is None else at(k)) for k, weight in form.items()) == values[output]
            low, high = (end and end.get(None, mpq(0)) for end in judgement.extremes(output))
            assert is_within(values[output], low if low != {} else 0, high if high != {} else 0)


def symbols_of_the_checker(random):
    """`Proof.positive` does, on the same terms, with bounds that know the newest symbol of a combination."""
    spans, drawn = random_spans(random, 3, FINITE)
    found, induction = checked_block(random, 3, 2)
    atoms = checker1.Atoms(induction.mask, induction.seed, 1, induction.network)
    known = atoms.with_symbols(checker1.bounded_by({**spans, checker1.CONSTANT: (1, 1)}), 3)
    table = {}

    def bounds(combination, symbols):
        table["symbols"] = symbols
        return known(combination, symbols)

    forms = found.run([{k: 1} for k in range(3)], induction.add, induction.positive(bounds, 3))
    symbols = table.get("symbols", {})
    for _ in range(5):
        values = dict(enumerate(drawn()))
        expected = checked_values(found, list(values.values()))
        for key, argument in sorted(symbols.items()):
            values[key] = max(form_at(argument, values), 0)
        assert [form_at(form, values) for form in forms] == expected
        assert all(is_within(form_at(form, values), *known(form, symbols)) for form in forms)


def ranges_of_the_checker(random):
    """`Evaluation.output_range` on the quadrants bounds functions of x and y on the plane."""
    found = random_block(random, 2, 3)
    flat = checker1.Network(tuple(
        node.of if type(node) is Relu
        else (tuple((source, fraction(weight)) for source, weight in node.terms), fraction(node.bias))
        for node in found.nodes
    ), found.outputs[2])
    evaluation = checker1.Evaluation(checker1.Program(flat, checker1.Budget()))
    ranges = [evaluation.output_range(quadrant) for quadrant in checker1.QUADRANTS]
    low = None if any(low is None for low, _ in ranges) else min(low for low, _ in ranges)
    high = None if any(high is None for _, high in ranges) else max(high for _, high in ranges)
    for point in points_of(random_domain(random)):
        assert is_within(values_of(found, point)[2], low, high)


WAYS = rows_of_the_checker, symbols_of_the_kernel, symbols_of_the_checker, ranges_of_the_checker


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_evaluators(way):
    """Three hundred blocks for each way."""
    for seed in range(300):
        way(Random(f"{way.__name__} {seed}"))


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_evaluators_by_the_thousand(way):
    """Ten thousand other blocks for each way."""
    for seed in range(1000, 11000):
        way(Random(f"{way.__name__} {seed}"))
