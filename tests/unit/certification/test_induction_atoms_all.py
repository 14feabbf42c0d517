"""The proof for all n of the constructions compact and paper, and networks that are not those of their families."""

from functools import cache
from random import Random

import pytest
from random_problems import adversarial_points

from exactrelu.certification.induction import certify_all, sizes_all
from exactrelu.certification.induction.atoms import programs
from exactrelu.commands.induction import page
from exactrelu.construction import CONSTRUCTIONS, compact, paper
from exactrelu.construction.choices import DEFAULT, Choices
from exactrelu.field import mpq
from exactrelu.lemmas.thm_4_3 import atom_problem
from exactrelu.network import Affine, Builder, Chain, Sum
from exactrelu.network.layers import layered
from exactrelu.network.program import instance
from exactrelu.proof.kernel import Unproved, prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.atoms import asked, demands, prove_all
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import builtin_problems, load_problem

RIGHT = [
    ("bilinear", "compact"), ("haar_growing", "compact"), ("difference", "compact"), ("zero", "compact"),
    pytest.param("shifted", "compact", marks=pytest.mark.exhaustive),
    pytest.param("nonconvex", "compact", marks=pytest.mark.exhaustive),
    ("a_n_witness", "paper"), ("haar_growing", "paper"), ("single_c21", "paper"), ("zero", "paper"),
]

MODULES = {"compact": compact, "paper": paper}


@pytest.mark.parametrize(("name", "construction"), RIGHT)
def test_theorem_for_all_n(name, construction):
    """Theorem 1.1 for masks of all kinds, with the width and depth that the layered networks have."""
    problem, build = load_problem(name), CONSTRUCTIONS[construction]
    found = certify_all(problem, lambda n: build(problem, n))
    assert (found.verdict, found.reason) == ("certified", None)
    form = layered(build(problem, 30))
    assert (form.width, form.depth) == (found.sizes.width, 30 * found.sizes.slope + found.sizes.layers)


@pytest.mark.parametrize("construction", MODULES)
def test_one_atom_on_a_larger_window(construction):
    """A sum of one term is a chain, in which values that are always equal are carried apart: all are counted."""
    problem = atom_problem("courant_M111", (2, 2), "hexagon")
    sizes = sizes_all(problem, construction)
    assert sizes.width == max(layered(CONSTRUCTIONS[construction](problem, n)).width for n in range(1, 6))


@pytest.mark.exhaustive
@pytest.mark.parametrize("construction", MODULES)
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem_for_all_n(name, construction):
    """Theorem 1.1 for every built-in mask and seed; no network for n ≤ 4 is wider or deeper than the theorem says."""
    problem, build = load_problem(name), CONSTRUCTIONS[construction]
    found = certify_all(problem, lambda n: build(problem, n))
    assert found.verdict == "certified"
    for n in range(1, 5):
        form = layered(build(problem, n))
        assert form.width <= found.sizes.width and form.depth <= n * found.sizes.slope + found.sizes.layers


PROBLEM = load_problem("haar_growing")


def with_blocks(n, changes):
    """Return the network of compact for n with other blocks {number: block} in its only term."""
    (chain,) = compact.build(PROBLEM, n).terms
    return Sum([Chain([changes.get(k, block) for k, block in enumerate(chain.blocks)], chain.names)])


def halving(n):
    """Return a block of transport that halves the carried copies of the input."""
    b = Builder(6)
    *loops, x, y = b.inputs
    whole = [*compact.controller(b, *loops[:2]), *compact.controller(b, *loops[2:])]
    return b.network([*whole, b.relu(x) / 2, b.relu(y) / 2])


OTHERS = [
    lambda n: compact.build(PROBLEM, n, Choices(delta=mpq(1, 3))),
    lambda n: compact.build(PROBLEM, n, Choices(gate_bound=lambda *_: mpq(3) ** 6)),
    lambda n: with_blocks(n, {n: halving(n)}),
    lambda n: Sum(compact.build(PROBLEM, n).terms * (1 + n % 2)),
    lambda n: compact.build(PROBLEM, n + 1),
    lambda n: compact.build(load_problem("haar"), n),
]


@pytest.mark.parametrize("build", OTHERS)
def test_networks_of_no_family(build):
    """What is not made by the programs that are proved, right or wrong, is not certified for all n."""
    found = certify_all(PROBLEM, build)
    assert found.verdict == "undecided" and "it is not of the family" in found.reason, found.reason


@cache
def family_of(name, construction):
    """Return the family of a built-in problem."""
    return programs(load_problem(name), MODULES[construction]).family


@cache
def facts_of(name, construction):
    """Return the facts on the family of a built-in problem."""
    return tuple(prove(role.claim()) for role in asked(family_of(name, construction)))


@pytest.mark.parametrize("construction", MODULES)
def test_each_fact_is_needed(construction):
    """Without any single fact, or without one goal of it, nothing is concluded, and no page is printed."""
    found, facts = family_of("haar", construction), facts_of("haar", construction)
    needed = tuple(demands(found))
    assert concluded(facts, needed, "", "").facts
    for k, fact in enumerate(facts):
        for goal in (None, *fact.established):
            kept = tuple(entry for entry in fact.established if entry != goal)
            others = (*facts[:k], *([] if goal is None else [fact._replace(established=kept)]), *facts[k + 1:])
            with pytest.raises(Unproved, match="is missing"):
                concluded(others, needed, "", "")


def test_each_sentence_is_one_of_a_fact():
    """The page has the words of all goals, and without the facts that established some these are not on it."""
    facts = facts_of("haar", "paper")

    def sentences(kept):
        text = " ".join(" ".join(page(concluded(kept, (), "", "")))).replace("\n", " ")
        return "".join(text.split())

    whole = sentences(facts)
    for sentence in {sentence for fact in facts for _, sentence in fact.established}:
        squeezed = "".join(sentence.split())[1:]
        assert squeezed in whole
        kept = [fact._replace(established=tuple(g for g in fact.established if g[1] != sentence)) for fact in facts]
        assert squeezed not in sentences(kept)


BLOCKS = ("start", "transport", "readout", "spread", "stage", "last")


def with_node(made, block, k, node):
    """Return `TermPrograms` with another node in one of them."""
    program = getattr(made, block)
    nodes = (*program.nodes[:k], node, *program.nodes[k + 1:])
    return made._replace(**{block: program._replace(nodes=nodes)})


def damaged(random, made):
    """Return `TermPrograms` with another weight or bias in one of their affine nodes."""
    block = random.choice(BLOCKS)
    program = getattr(made, block)
    k, node = random.choice([(k, node) for k, node in enumerate(program.nodes) if type(node) is Affine and node.terms])
    j = random.randrange(len(node.terms) + 1)
    if j == len(node.terms):
        return with_node(made, block, k, node._replace(bias=node.bias + random.choice([mpq(1, 2**60), -mpq(1, 8)])))
    source, weight = node.terms[j]
    factor = random.choice([mpq(1, 2), mpq(2), 1 - mpq(1, 2**60), 1 + mpq(1, 2**60), -mpq(1)])
    terms = (*node.terms[:j], (source, weight * factor), *node.terms[j + 1:])
    return with_node(made, block, k, node._replace(terms=terms))


def value(problem, made, n, point):
    """Return the value of the network for n that `TermPrograms` make at a point."""
    values = made.parameters(n)
    for program in made.blocks(n):
        point = instance(program, values, lambda _: mpq(1)).evaluate(point)
    return point[0] / values["eta"]


@pytest.mark.parametrize("construction", MODULES)
def test_families_with_other_weights(monkeypatch, construction):
    """One weight off, by a hair or more: not proved, or its networks have the values of V^n g all the same."""
    problem, random, module = load_problem("haar"), Random(construction), MODULES[construction]
    (made,) = module.programs(problem)
    proved = 0
    for _ in range(20):
        other = damaged(random, made)
        monkeypatch.setattr(module, "programs", lambda *_, other=other: (other,))
        try:
            prove_all(programs.__wrapped__(problem, module).family, "")
        except Unproved:
            continue
        proved += 1
        for n in (1, 2):
            for point in adversarial_points(random, problem, n, 8):
                assert value(problem, other, n, point) == direct_sum(problem, n, *point)
    assert proved < 16


def remade(name, construction, **options):
    """Return the `TermPrograms` of a problem made with other choices, but with the numbers of the usual ones."""
    problem, module = load_problem(name), MODULES[construction]
    usual, other = module.programs(problem), module.programs(problem, Choices(**options))
    return problem, module, [own._replace(one=old.one, factor=old.factor, base=old.base)
                             for own, old in zip(other, usual, strict=True)]


def test_slow_selectors_are_not_proved(monkeypatch):
    """Selectors whose transitions are wider than the programs say are not 0 or 1 where they have to be."""
    problem, module, made = remade("haar", "compact", delta=DEFAULT.delta / 2)
    monkeypatch.setattr(module, "programs", lambda *_: made)
    with pytest.raises(Unproved, match="selectors"):
        prove_all(programs.__wrapped__(problem, module).family, "")


@pytest.mark.parametrize(("field", "number"), [("base", mpq(5, 2)), ("base", mpq(1, 2)), ("factor", mpq(-1))])
def test_numbers_that_are_wrong(monkeypatch, field, number):
    """Gates that grow more slowly than rows, ρ < 1 and c < 0 are refused by comparisons of numbers."""
    (made,) = compact.programs(PROBLEM)
    monkeypatch.setattr(compact, "programs", lambda *_: (made._replace(**{field: number}),))
    with pytest.raises(Unproved, match="rho|c ="):
        prove_all(programs.__wrapped__(PROBLEM, compact).family, "")


def test_an_atom_that_is_claimed_larger_than_it_is():
    """Where H = 0 the atom that is claimed may not be positive: the areas differ, or a part lies in no piece."""
    found = family_of("haar", "compact")
    (term,) = found.terms
    ((cascade, atom),) = term.atoms.items()
    first, *others = atom.pieces
    double = atom._replace(pieces=(first, *others, first))
    for other in (double, atom._replace(pieces=tuple(others)), atom._replace(margin=atom.margin + mpq(1, 2**60))):
        changed = found._replace(terms=(term._replace(atoms={cascade: other}),))
        with pytest.raises(Unproved, match="R: atom|all terms"):
            prove_all(changed, "")


def test_units_of_terms_in_step_are_counted_once():
    """Nine terms share the controllers of three grids in each coordinate: they are not nine times as wide as one."""
    sizes = certify_all(load_problem("bilinear"), lambda n: compact.build(load_problem("bilinear"), n)).sizes
    one = max(layered(Sum([term])).width for term in compact.build(load_problem("bilinear"), 20).terms)
    assert one < sizes.width < 9 * one
