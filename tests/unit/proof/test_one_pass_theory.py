"""The theory of one-pass: Theorem 1.1 for every n, families that are wrong, and networks that are members or not."""

from functools import cache
from random import Random

import pytest
from block_changes import blocks_of, with_wide_gates
from random_problems import adversarial_points, strip_points

from exactrelu.certification.induction import certify, certify_all
from exactrelu.certification.induction.one_pass_family import programs
from exactrelu.commands.induction import page
from exactrelu.construction import one_pass
from exactrelu.field import mpq
from exactrelu.network import Affine, Chain, Network, Relu
from exactrelu.network.layers import layered
from exactrelu.proof.kernel import Unproved, prove
from exactrelu.proof.proofs import concluded
from exactrelu.proof.theories.one_pass import claims, prove_all
from exactrelu.proof.theories.one_pass.argument import CONCLUSION, demands
from exactrelu.proof.theories.one_pass.family import BLOCKS, CLOSING, LAST, STAGE, START
from exactrelu.refinement.direct import direct_sum
from exactrelu.scheme import builtin_problems, load_problem

HAIR = mpq(1, 2**60)


def family_of(name):
    """Return the family of a built-in problem."""
    return programs(load_problem(name)).family


@cache
def facts_of(name):
    """Return the facts on the family of a built-in problem."""
    return tuple(prove(claim) for claim in claims(family_of(name)))


@pytest.mark.parametrize("name", ["bilinear", "haar_growing", "difference", "nonconvex", "random_rational", "zero"])
def test_one_pass_for_all_n(name):
    """Theorem 1.1 for masks of all kinds, with the width and depth that the layered networks have."""
    problem = load_problem(name)
    found = certify_all(problem, lambda n: one_pass.build(problem, n))
    assert (found.verdict, found.reason) == ("certified", None)
    form, sizes = layered(one_pass.build(problem, 40)), found.sizes
    assert (form.width, form.depth) == (sizes.width, 40 * sizes.slope + sizes.layers)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", builtin_problems())
def test_every_problem_for_all_n(name):
    """Theorem 1.1 for every built-in mask and seed; no network for n ≤ 5 is wider or deeper than the theorem says."""
    problem = load_problem(name)
    found = certify_all(problem, lambda n: one_pass.build(problem, n))
    assert found.verdict == "certified"
    for n in range(1, 6):
        form = layered(one_pass.build(problem, n))
        assert form.width <= found.sizes.width and form.depth <= found.sizes.slope * n + found.sizes.layers


def established(facts):
    """Return {(block, name of the fact, name of a goal, words)} of facts."""
    return {(fact.where, fact.name, *goal) for fact in facts for goal in fact.established}


def test_each_fact_is_needed():
    """Without any single fact, or without one goal of it, nothing is concluded, and no page is printed."""
    found, facts = family_of("haar"), facts_of("haar")
    assert concluded(facts, demands(found), "", CONCLUSION).facts
    for k, fact in enumerate(facts):
        for goal in (None, *fact.established):
            kept = tuple(entry for entry in fact.established if entry != goal)
            others = (*facts[:k], *([] if goal is None else [fact._replace(established=kept)]), *facts[k + 1:])
            with pytest.raises(Unproved, match="is missing"):
                concluded(others, demands(found), "", CONCLUSION)


def test_each_sentence_is_one_of_a_fact():
    """The page has the words of all goals, and without the facts that established some these are not on it."""
    facts = facts_of("haar")
    words = {sentence for fact in facts for _, sentence in fact.established}

    def sentences(kept):
        text = " ".join(" ".join(page(concluded(kept, (), "", "")))).replace("\n", " ")
        return "".join(text.split())

    whole = sentences(facts)
    for sentence in words:
        squeezed = "".join(sentence.split())[1:]
        assert squeezed in whole
        kept = [fact._replace(established=tuple(g for g in fact.established if g[1] != sentence)) for fact in facts]
        assert squeezed not in sentences(kept)


def test_the_page_counts_what_was_compared():
    """Pieces are those of the facts; without a fact there are fewer."""
    facts = facts_of("haar")
    assert concluded(facts, (), "", "").pieces == sum(fact.pieces for fact in facts)
    assert concluded(facts[1:], (), "", "").pieces == sum(fact.pieces for fact in facts[1:])


def changed(found, block, node, entry):
    """Return a family with another affine node in one of its programs."""
    program = found.programs[block]
    nodes = (*program.nodes[:node], entry, *program.nodes[node + 1:])
    return found._replace(programs={**found.programs, block: program._replace(nodes=nodes)})


def scaled_gates(found, block, factor, is_gate):
    """Return a family in which the closing part of some units' arguments has a factor.

    ``is_gate`` tells of the names of the inputs that an argument reads whether it is one of these units, and
    ``factor`` scales what is no row: selectors, ε, or deficiencies.
    """
    program = found.programs[block]
    names = (*program.inlets, *program.parameters)
    gated = {node.of for node in program.nodes if type(node) is Relu}
    nodes = []
    for k, node in enumerate(program.nodes, program.inputs):
        if k in gated and type(node) is Affine:
            read = [names[source] if source < len(names) else "value" for source, _ in node.terms]
            if is_gate(read):
                terms = tuple(
                    (source, weight if "/p" in name or name == "value" else factor * weight)
                    for (source, weight), name in zip(node.terms, read, strict=True)
                )
                node = node._replace(terms=terms)
        nodes.append(node)
    return found._replace(programs={**found.programs, block: program._replace(nodes=tuple(nodes))})


def gates(found, factor):
    """Return the family whose row gates close with a factor."""
    for block in (STAGE, LAST):
        found = scaled_gates(found, block, factor, lambda read: any("chi1" in name for name in read))
    return found


FAMILIES = [
    (lambda f: f._replace(factor=2 * f.factor), "2c <= w|lambda c"),
    (lambda f: f._replace(factor=-f.factor), "c ="),
    (lambda f: f._replace(base=f.base / 2), "rho"),
    (lambda f: f._replace(width=f.width + HAIR), "is .*, not|it may be|gaps|may be negative"),
    (lambda f: f._replace(width=f.width / 2), "2c <= w"),
    (lambda f: f._replace(classes=f.classes[:2]), "three"),
    (lambda f: f._replace(corner=(f.corner[0] + HAIR, f.corner[1])), "controllers"),
    (lambda f: gates(f, mpq(1, 2)), "neither open nor closed"),
    (lambda f: gates(f, mpq(99, 100)), "neither open nor closed"),
    (lambda f: scaled_gates(f, CLOSING, mpq(1, 2), lambda read: any("seam" in name for name in read)), "gates"),
]


@pytest.mark.parametrize(("change", "reason"), FAMILIES)
def test_families_that_are_wrong(change, reason):
    """Numbers that are too large, gates that do not close, a class less: nothing is proved, and the reason is named."""
    with pytest.raises(Unproved, match=reason):
        prove_all(change(family_of("haar_growing")))


@pytest.mark.parametrize("factor", [2, 5])
def test_stronger_gates_do_no_harm(factor):
    """Gates that close with twice the factor are proved as well."""
    proof, _ = prove_all(gates(family_of("haar_growing"), mpq(factor)))
    assert proof.facts


def value_errors(found, problem, points):
    """Return at how many points {n: [(point, V^n g)]} the networks of a family are wrong."""
    made = one_pass.Programs(*(found.programs[block] for block in BLOCKS), found.factor, found.base)
    wrong = 0
    for n, values in points.items():
        start, stage, last, closing = one_pass.instances(made[:4], made.parameters(n))
        network = Chain([start, *[stage] * (n - 1), last, closing])
        wrong += sum(network.evaluate(point) != (value,) for point, value in values)
    return wrong


def mutants(random, found, count):
    """Yield families with one weight or bias changed."""
    for _ in range(count):
        block = random.choice(BLOCKS)
        nodes = found.programs[block].nodes
        k = random.choice([k for k, node in enumerate(nodes) if type(node) is Affine and node.terms])
        node = nodes[k]
        place = random.randrange(len(node.terms) + 1)
        if place == len(node.terms):
            yield changed(found, block, k, node._replace(bias=node.bias + random.choice((HAIR, -HAIR, mpq(1, 8)))))
            continue
        source, weight = node.terms[place]
        other = random.choice((2 * weight, weight / 2, -weight, weight + HAIR, weight - HAIR))
        terms = (*node.terms[:place], (source, other), *node.terms[place + 1:])
        yield changed(found, block, k, node._replace(terms=terms))


def check_mutants(name, count, number):
    """Assert that mutants which are proved are right at points in and beside all strips, and that most are refused."""
    random, problem, found = Random(name), load_problem(name), family_of(name)
    points = {}
    for n in (1, 2, 3):
        chosen = adversarial_points(random, problem, n, number // 10) + strip_points(random, problem, n, number)
        points[n] = [(point, direct_sum(problem, n, *point)) for point in chosen]
    proved = 0
    for mutant in mutants(random, found, count):
        try:
            prove_all(mutant)
        except Unproved:
            continue
        proved += 1
        assert not value_errors(mutant, problem, points)
    assert proved < count / 3


@pytest.mark.parametrize("name", ["haar", "difference"])
def test_mutants(name):
    """One weight of the four programs changed, in any way: what is proved all the same is right."""
    check_mutants(name, 20, 10)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["haar_growing", "difference", "bilinear", "random_rational", "nonconvex"])
def test_hundreds_of_mutants(name):
    """The same for hundreds of mutants of masks and seeds of all kinds."""
    check_mutants(name, 300, 60)


def test_a_family_that_is_not_the_networks():
    """Networks with wider gates are right, but not those of the family that was proved; nothing is claimed of them."""
    problem = load_problem("haar")
    found = certify_all(problem, lambda n: with_wide_gates(problem, n))
    assert found.verdict == "undecided" and "is not of the family" in found.reason


@pytest.mark.parametrize("name", ["haar_growing", "difference", "random_rational"])
def test_members(name):
    """Networks for n are members, flat or in blocks, with their units scaled, and for no other n."""
    problem = load_problem(name)
    for n in (1, 3):
        chain = one_pass.build(problem, n)
        flat = chain.flatten()
        for network in (chain, flat, Network(2, flat.nodes, flat.outputs), with_scaled_units(Random(n), flat)):
            found = certify(problem, n, network)
            assert found.verdict == "certified" and f"of this family for n = {n}" in found.proof.facts[0].statement
        assert certify(problem, n + 1, chain).verdict == "refuted"


def with_scaled_units(random, flat):
    """Return the flat network with its units scaled by random numbers > 0, and no marks."""
    nodes, sizes = [], [mpq(1)] * flat.inputs
    for k, node in enumerate(flat.nodes, flat.inputs):
        if type(node) is Relu:
            nodes.append(node)
            sizes.append(sizes[node.of])
        else:
            size = mpq(1) if k in flat.outputs else mpq(random.randint(1, 9), random.randint(1, 9))
            terms = tuple((source, size * weight / sizes[source]) for source, weight in node.terms)
            nodes.append(Affine(terms, size * node.bias))
            sizes.append(size)
    return Network(flat.inputs, nodes, flat.outputs)


def test_changed_networks_are_no_members():
    """A network with one weight changed by a hair is a member only where the weight does not count, as on a row 0."""
    problem, n = load_problem("difference"), 2
    flat, random = one_pass.build(problem, n).flatten(), Random(5)
    points, refused = adversarial_points(random, problem, n, 4) + strip_points(random, problem, n, 20), 0
    for _ in range(20):
        nodes = list(flat.nodes)
        k = random.choice([k for k, node in enumerate(nodes) if type(node) is Affine and node.terms])
        place = random.randrange(len(nodes[k].terms))
        terms = [(s, w + (HAIR if at == place else 0)) for at, (s, w) in enumerate(nodes[k].terms)]
        nodes[k] = nodes[k]._replace(terms=tuple(terms))
        found = certify(problem, n, Network(2, nodes, flat.outputs))
        refused += found.verdict != "certified"
        if found.verdict == "certified":
            assert all(found.network.evaluate(point) == (direct_sum(problem, n, *point),) for point in points)
    assert refused > 15


def test_blocks_of_other_parameters_are_no_members():
    """Selectors of half the width, gates of twice the bound: right, but no members."""
    problem = load_problem("haar")
    for options in ({"bound": mpq(1000)}, {"seam": one_pass.SEAM / 16}):
        (start, stage, last, closing), (inner, final) = blocks_of(problem, 3, **options)
        network = Chain([start, stage, stage, last, closing], [inner] * 3 + [final])
        found = certify(problem, 3, network)
        assert found.verdict == "undecided"


def test_start_is_not_the_stage():
    """A program in the place of another one has not the values that the next one takes."""
    found = family_of("haar")
    wrong = found._replace(programs={**found.programs, LAST: found.programs[STAGE]})
    with pytest.raises(Unproved):
        prove_all(wrong)
    wrong = found._replace(programs={**found.programs, START: found.programs[STAGE]})
    with pytest.raises(Unproved):
        prove_all(wrong)
