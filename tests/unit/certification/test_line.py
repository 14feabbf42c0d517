"""Certification on the line: every kink of a network beside every kink of V^n g; random schemes, mutants, commands."""

from fractions import Fraction
from random import Random

import pytest
from command import answer, refusal, run
from network_mutants import confirm, mutants
from random_schemes import line, random_diagonal_scheme

from exactrelu import certify as public_certify
from exactrelu.certification.line import certify
from exactrelu.construction import small
from exactrelu.core import PLAIN
from exactrelu.errors import InputError
from exactrelu.field import Quadratic, mpq
from exactrelu.network import Affine, Network, Relu
from exactrelu.planar.line import outputs_on
from exactrelu.refinement.direct import direct_sum
from exactrelu.refinement.knots import jumps_within
from exactrelu.scheme import builtin_mask, problem_of

HAIR = mpq(1, 2**60)


def verdict(problem, n, network):
    return certify(problem, n, network, jobs=1)


def with_spike(network, at, width, height=1):
    """Return the network plus a tent of that height about ``at``."""
    flat = network.flatten()
    nodes, terms = list(flat.nodes), [(flat.outputs[0], mpq(1))]
    for offset, jump in ((-width, 1), (0, -2), (width, 1)):
        nodes += [Affine(((0, mpq(1)),), -at - offset), Relu(len(nodes) + 1)]
        terms.append((len(nodes), mpq(jump * height) / width))
    return Network(1, [*nodes, Affine(tuple(terms), mpq(0))], [len(nodes) + 1])


@pytest.mark.parametrize("seed", range(12))
def test_random_schemes_are_certified(seed):
    """Random dilations, components, masks that vary, sources: the construction `small` is exact on all of R."""
    problem = random_diagonal_scheme(seed, 1)
    for n in (0, 1) if problem.field.root else (0, 1, 2):
        assert verdict(problem, n, small.build(problem, n)).verdict == "certified", problem


@pytest.mark.parametrize("n", [1, 2, 3])
def test_daubechies(n):
    """D4, whose coefficients lie in Q(√3): certified, and refuted by a hair of √3 at any node that matters."""
    problem = problem_of("daubechies_D4", "hat")
    network = small.build(problem, n).flatten()
    assert verdict(problem, n, network).verdict == "certified"
    assert verdict(problem, n + 1, network).verdict == "refuted"
    refuted = 0
    for _, mutant in Random(n).sample(mutants(network), 12):
        changed = mutant()
        found = verdict(problem, n, changed).counterexample
        if found is None:
            assert all(changed.evaluate(z) == network.evaluate(z) for z in [(mpq(k, 97),) for k in range(-97, 388, 7)])
        else:
            refuted += 1
            assert changed.evaluate(found.point) == (found.network,) != (direct_sum(problem, n, *found.point),)
    assert refuted >= 6


def test_another_field_is_refused():
    """A network over Q(√2) is no answer to a problem over Q(√3), and is refused in one line."""
    network = Network(1, [Affine(((0, Quadratic(0, 1, 2)),), mpq(0))], [1])
    with pytest.raises(InputError, match=r"the weight sqrt\(2\): this enumeration is about weights in Q\(sqrt\(3\)\)"):
        verdict(problem_of("daubechies_D4", "hat"), 1, network)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 250))
def test_many_random_schemes_are_certified(seed):
    """The same for more of them, with n = 3."""
    problem = random_diagonal_scheme(seed, 1)
    for n in range(4):
        assert verdict(problem, n, small.build(problem, n)).verdict == "certified", problem


@pytest.mark.parametrize("seed", range(10))
def test_jumps(seed):
    """With the changes of slope and two values, V^n g follows on an interval of any level m <= n."""
    problem, random = random_diagonal_scheme(seed, 1), Random(seed)
    ((low, high),), (M,), n = problem.window, problem.dilation.factors, 2
    for m in range(n + 1):
        cell = random.randrange(low * M**m, high * M**m)
        jumps = jumps_within(problem, n, m, cell)
        a, b = mpq(cell, M**m), mpq(cell + 1, M**m)
        first = (a + min(jumps, default=b)) / 2
        slope = (direct_sum(problem, n, first) - direct_sum(problem, n, a)) / (first - a)
        for t in [*jumps, b, *(a + (b - a) * mpq(random.randrange(997), 997) for _ in range(5))]:
            value = direct_sum(problem, n, a) + slope * (t - a)
            value += sum(jump * max(t - knot, 0) for knot, jump in jumps.items())
            assert value == direct_sum(problem, n, t)


def test_functions_on_intervals():
    """On an interval the function of a network is that on the line; kinks outside are left out."""
    network = small.build(problem_of("bspline_3", "hat"), 2).flatten()
    (whole,) = outputs_on(network)
    for low, high in ((None, mpq(1)), (mpq(1, 3), mpq(2, 3)), (mpq(5, 2), None)):
        (part,) = outputs_on(network, low, high)
        assert part == whole.within(low, high)
        ends = [mpq(0) if low is None else low, mpq(3) if high is None else high]
        assert all(part(t) == network.evaluate((t,))[0] for t in (*ends, sum(ends) / 2))


@pytest.mark.parametrize("problem", [problem_of("bspline_2", "hat"), line({0: mpq(1), 1: mpq(-2), 3: mpq(1, 2)}, 3)])
def test_mutants_are_refuted(problem):
    """Each mutant of a network is refuted with a point, or has the same values wherever it is looked at."""
    network, refuted = small.build(problem, 1).flatten(), 0
    chosen = Random(1).sample(mutants(network), 60)
    for _, mutant in chosen:
        changed = mutant()
        found = verdict(problem, 1, changed)
        if found.verdict == "refuted":
            refuted += 1
            confirm(problem, 1, changed, found.counterexample)
        else:
            points = [(mpq(k, 97),) for k in range(-97, 5 * 97, 7)]
            assert all(changed.evaluate(z) == network.evaluate(z) for z in points)
    assert refuted > 30


@pytest.mark.parametrize("at", [mpq(1, 3), mpq(1, 2), mpq(0), mpq(7), mpq(2), mpq(-(10**9))])
@pytest.mark.parametrize("width", [mpq(1, 2**60), mpq(1)])
def test_spikes_are_refuted(at, width):
    """A tent of any width, at an end of a cell, of the window, or far outside of it, is found."""
    problem = problem_of("bspline_2", "hat")
    network = with_spike(small.build(problem, 2), at, width, HAIR)
    found = verdict(problem, 2, network)
    assert found.verdict == "refuted"
    confirm(problem, 2, network, found.counterexample)


def test_differences_that_are_affine():
    """A constant, a line, another n, and a network that is right in the window alone, are refuted."""
    problem = problem_of("dd4", "hat")
    flat = small.build(problem, 1).flatten()
    for terms, bias in (((), HAIR), (((0, HAIR),), 0), (((0, mpq(1)),), 5)):
        nodes = [*flat.nodes, Affine(((flat.outputs[0], mpq(1)), *terms), mpq(bias))]
        changed = Network(1, nodes, [len(nodes)])
        found = verdict(problem, 1, changed)
        assert found.verdict == "refuted"
        confirm(problem, 1, changed, found.counterexample)
    assert verdict(problem, 2, flat).verdict == "refuted"
    bent = [*flat.nodes, Affine(((0, mpq(1)),), mpq(-6)), Relu(len(flat.nodes) + 1)]
    bent.append(Affine(((flat.outputs[0], mpq(1)), (len(bent), mpq(1))), mpq(0)))
    found = verdict(problem, 1, Network(1, bent, [len(bent)]))
    assert found.counterexample.point[0] > 6 and found.counterexample.cell is None


def test_the_way_in(capsys, tmp_path):
    """certify takes problems on the line, with `small` if no construction is named; what is not there is refused."""
    problem = line(dict(builtin_mask("bspline_3")))
    found = public_certify(problem, 3, jobs=1)
    assert found and found.cells == 24 and "at every point of R^1" in found.statement
    assert public_certify(problem, 2, small.build(problem, 1)).counterexample.cell is not None
    words = "--mask", "bspline_3", "--seed", "hat"
    code, data = answer(capsys, "certify", *words, "-n", 2)
    assert code == 0 and data["verdict"] == "certified" and data["construction"] == "small"
    assert data["engine"] == PLAIN
    network = tmp_path / "network.json"
    assert run(capsys, "build", *words, "-n", 1, "--output", network)[0] == 0
    code, data = answer(capsys, "certify", *words, "-n", 2, "--network", network)
    point = [Fraction(t) for t in data["counterexample"]["point"]]
    assert code == 1 and Fraction(data["counterexample"]["target"]) == direct_sum(problem_of(*words[1::2]), 2, *point)
    for more, reason in (
        (("--construction", "paper"), "cannot do dimension 1"), (("--state", tmp_path / "s"), "of the plane over Q"),
    ):
        assert reason in refusal(capsys, "certify", *words, "-n", 1, *more)
    assert run(capsys, "certify", *words, "-n", 30, "--method", "induction")[0] == 0
    assert run(capsys, "certify", *words, "-n", 30)[0] == 3
    with pytest.raises(InputError, match="one input and one output"):
        certify(problem, 1, Network(2, [], [0]))
