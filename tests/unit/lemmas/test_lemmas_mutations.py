"""Every check can fail: with a broken object in the place of the real one it is refuted, with a witness.

What is said then stands on the pages of proofs/, from exactrelu/data/broken.json, which this module writes.
"""

from dataclasses import replace
from importlib import import_module
from json import dumps

import pytest
from broken_words import WORDS
from folders import ROOT
from gmpy2 import mpq

from exactrelu.construction import compact, one_pass, paper, small
from exactrelu.construction.atoms import decomposition
from exactrelu.construction.choices import Choices, corrected_gate_bound, printed_gate_bound
from exactrelu.construction.gate import gate, positive_gate, product_gadget
from exactrelu.construction.gluing import gluing_copies
from exactrelu.construction.hats import multiplication, threshold_values
from exactrelu.construction.kinks import patch_forms
from exactrelu.construction.lattice import LatticeForm, lattice_form
from exactrelu.construction.loop import controller
from exactrelu.construction.one_pass import seam_bump
from exactrelu.construction.readout import minus_readout, plus_readout
from exactrelu.construction.selector import cell_selectors, digit_selectors
from exactrelu.construction.states import Transitions
from exactrelu.lemmas import registry
from exactrelu.lemmas.instances import special_atoms
from exactrelu.lemmas.lemma_4_2 import blend
from exactrelu.lemmas.matrices import constructed_matrix, specified_matrix
from exactrelu.lemmas.pages import BROKEN, shown
from exactrelu.lemmas.remark_2_1 import tents
from exactrelu.lemmas.result import Check
from exactrelu.lemmas.whole import certified_fact, every_n_fact, sizes_fact
from exactrelu.lemmas.zones import EXACT
from exactrelu.network.layers import Layered, layered
from exactrelu.network.rows import AffineMap
from exactrelu.proof.levels import Sizes
from exactrelu.refinement.cascade import digit, residual
from exactrelu.refinement.cells import target_pieces
from exactrelu.refinement.transition import transition_matrix
from exactrelu.scheme import Masks, load_problem
from exactrelu.scheme.powers import power
from exactrelu.scheme.reductions import in_eigenvectors, stacked


PATH = ROOT / "exactrelu" / "data" / "broken.json"


def module(label):
    """Return the module of a statement."""
    return import_module(f"exactrelu.lemmas.{registry.MODULES[label]}")


def transposed(mask, lengths, q):
    """Return T_q with sources and targets exchanged."""
    return {(source, target): entry for (target, source), entry in specified_matrix(mask, lengths, q).items()}


def other_digit(mask, lengths, q):
    """Return the matrix of the digit pair with its entries exchanged."""
    return constructed_matrix(mask, lengths, q[::-1])


def wrong_controller(b, p, q):
    """Return F with one coefficient changed."""
    first, second = controller(b, p, q)
    return first - b.relu(2 * q - p), second


def deep_controller(b, p, q):
    """Return F in two layers."""
    return tuple(b.clamp(entry) for entry in controller(b, p, q))


def wrong_residual(t):
    """Return 2t − Q1(t), but 0 at t = 1."""
    return 0 * t if t == 1 else residual(t)


def late_residual(t):
    """Return 2t up to and at 1/2."""
    return 2 * t if 2 * t <= 1 else 2 * t - 1


def gadget_without_offset(b, selector, states, bound):
    """Return Π_a without its last term a."""
    return [value - bound for value in product_gadget(b, selector, states, bound)]


def swapped_selectors(b, p, q, delta):
    """Return (χ₁, χ₀)."""
    return digit_selectors(b, p, q, delta)[::-1]


def blend_transposed(first, second):
    """Return the weights of M̂_j with x and y exchanged."""
    return blend(second, first)


def steep_selectors(b, p, q, delta):
    """Return selectors with transition width δ²."""
    return digit_selectors(b, p, q, delta * delta)


def deep_selectors(b, p, q, delta):
    """Return selectors of two layers."""
    return digit_selectors(b, b.relu(p), q, delta)


def constant_selectors(b, p, q, delta):
    """Return selectors that are always digit 0."""
    return 1 + 0 * p, 0 * p


def single_set(pieces):
    """Return the simple form max(0, min over all pieces)."""
    form = lattice_form(pieces)
    return LatticeForm(form.forms, (tuple(range(len(form.forms))),))


def without_last_term(function, rho, **options):
    """Return a decomposition that lacks its last atom."""
    return decomposition(function, rho, **options)[:-1]


def without_tents(pieces, lengths):
    """Return the patch forms without their tents."""
    return {patch: form._replace(tents={}) for patch, form in patch_forms(pieces, lengths).items()}


def without_signs(mask, lengths, readable):
    """Return the transitions of the absolute values of the mask."""
    return Transitions({index: abs(c) for index, c in mask.items()}, lengths, readable)


def scaled(form):
    """Return a layered form with its outputs doubled."""
    rows = [row._replace(terms=tuple((unit, 2 * weight) for unit, weight in row.terms)) for row in form.outputs.rows]
    return Layered(form.inputs, form.layers, AffineMap(rows))


def one_level_late(build):
    """Return a builder that gives the network of n + 1 for n."""
    return lambda name, n: build(load_problem(name), n + 1)


def dropped(copies):
    """Return the gluing without its last term."""
    return lambda lengths: copies(lengths)[:-1]


MUTANTS = {
    "Thm. 1.1": [
        lambda m: certified_fact("", (("haar", 1),), one_level_late(one_pass.build), load_problem),
        lambda m: certified_fact("", (("haar", 1),), one_level_late(paper.build), load_problem),
        lambda m: every_n_fact(("haar",), one_level_late(one_pass.build)),
    ],
    "Remark 2.1": [
        lambda m: m.composition_fact(lambda network: scaled(layered(network))),
        lambda m: m.translation_fact(lambda network: scaled(layered(network))),
        lambda m: m.seeds_fact(lambda problem, n: one_pass.build(load_problem("courant"), n)),
        lambda m: m.sums_fact(lambda network: layered(tents(4))),
    ],
    "Remark 2.2": [lambda m: m.check(residual=late_residual), lambda m: m.check(residual=wrong_residual)],
    "(2.2)": [
        lambda m: m.test_fact(
            lambda mask, lengths: all(-1 <= k <= length for index in mask for k, length in zip(index, lengths))
        )
    ],
    "Remark 2.3": [
        lambda m: m.check(
            matrix=lambda problem, q: tuple(zip(*transition_matrix(problem, q))), problems=("bilinear",)
        )
    ],
    "(2.3)": [lambda m: m.check({"transposed": transposed}), lambda m: m.check({"q": other_digit})],
    "Remark 2.4": [lambda m: m.check({"transposed": transposed})],
    "Prop. 2.5": [
        lambda m: m.check({"transposed": transposed}),
        lambda m: m.check(residual=wrong_residual),
        lambda m: m.check(residual=lambda t: 2 * t),
        lambda m: m.identity_fact("doubled", specified_matrix, digit, lambda t: 2 * t),
    ],
    "Cor. 2.6": [
        lambda m: m.expanded_fact("doubled", specified_matrix, digit, lambda t: 2 * t),
        lambda m: m.expanded_fact("transposed", transposed, digit, residual),
        lambda m: m.pieces_fact(lambda problem, n: target_pieces(problem, n + 1), {"bilinear": 1}),
    ],
    "Lemma 2.7": [lambda m: m.check(gadget_without_offset)],
    "Def. 2.8": [lambda m: m.check(lambda function, rho: None)],
    "Prop. 3.1": [lambda m: m.check({"wrong": wrong_controller})],
    "Cor. 3.2": [lambda m: m.check(wrong_controller)],
    "Prop. 3.3": [lambda m: m.network_fact(wrong_controller)],
    "Cor. 3.5": [lambda m: m.check(deep_controller)],
    "Lemma 3.6": [
        lambda m: m.check(minus=plus_readout),
        lambda m: m.check(plus=lambda b, p, q, epsilon: plus_readout(b, p, q, epsilon / 2 + mpq(1, 6))),
    ],
    "Thm. 3.7": [
        lambda m: m.zones_fact(EXACT - {("left", "+")}),
        lambda m: m.network_fact((("+", "+"),), {"+": plus_readout}, few_atoms()),
    ],
    "§4.1 (i)–(iii)": [
        lambda m: m.check(swapped_selectors),
        lambda m: m.weights_fact(steep_selectors, Choices()),
        lambda m: m.weights_fact(deep_selectors, Choices()),
    ],
    "Lemma 4.1": [
        lambda m: m.check(width=lambda choices, n: mpq(1, 16)),
        lambda m: m.check(width=lambda choices, n: 2 * choices.delta * choices.rho / 2**n),
        lambda m: m.check(residual=lambda t: 3 * t - digit(t)),
    ],
    "Lemma 4.2": [
        lambda m: m.check(width=lambda n: mpq(1, 8), levels={"hexagon": 2}),
        lambda m: m.check(swapped_selectors, levels={"hexagon": 1}),
        lambda m: m.one_hot_fact(blend_transposed),
    ],
    "Thm. 4.3": [lambda m: m.check(Choices(gate_bound=printed_gate_bound))],
    "Lemma 4.4": [
        lambda m: m.check(dropped(gluing_copies)),
        lambda m: m.check(ramp=lambda b, t, index: b.relu(t - index)),
        lambda m: m.size_fact(gluing_copies, lambda b, t, index: b.clamp(b.relu(t - index))),
    ],
    "Thm. 4.5": [
        lambda m: certified_fact(
            "", (("haar_half", 1),), lambda mask, n: paper.build(m.problem_of(mask), n + 1),
            m.problem_of,
        ),
        lambda m: sizes_fact("", (("haar_half",),), lambda mask, n: paper.build(m.problem_of(mask), n), 2,
                             lambda mask: Sizes(22, 8, 6)),
        lambda m: sizes_fact("", (("haar_half",),), lambda mask, n: paper.build(m.problem_of(mask), n), 2,
                             lambda mask: Sizes(19, 8, 5)),
    ],
    "Prop. 5.1": [lambda m: m.sum_fact(without_last_term, ("courant",))],
    "Remark 5.2": [lambda m: m.check(lambda function, rho: decomposition(function, rho)[:1])],
    "Lemma 5.3": [lambda m: m.check(factor=lambda n: mpq(1, 2))],
    "§4.3, a_n": [
        lambda m: m.check(printed=corrected_gate_bound),
        lambda m: m.check(corrected=printed_gate_bound),
    ],
    "Thm. 4.3, weights": [lambda m: m.check(largest=lambda width, depth, weight: weight ** (depth + 1))],
    "§4.2, M̂_j": [
        lambda m: m.check(constant_selectors),
        lambda m: m.check(blend=lambda first, second: {q: first[q[0]] + second[q[1]] for q in blend(first, second)}),
    ],
    "§4.2, good orbits": [
        lambda m: m.check(constant_selectors),
        lambda m: m.check(blend=blend_transposed),
    ],
    "Fig. 1": [lambda m: m.check({"-": plus_readout, "+": minus_readout})],
    "Thm. 3.7, branches": [lambda m: m.check((("-", "-"),))],
    "Cor. 3.5, n = 0": [lambda m: m.check(E=lambda t: (t, t))],
    "§2.1, CPwL": [lambda m: m.check(lambda t: t)],
    "Prop. 2.5, continuity": [
        lambda m: m.check({"specification": transposed}),
        lambda m: m.check(g=lambda x, y: mpq(0)),
    ],
    "Prop. 3.1, extension": [lambda m: m.check({"wrong": wrong_controller})],
    "Lemma 3.6, range": [
        lambda m: m.check({"-": m.clamped_readout(minus_readout), "+": m.clamped_readout(plus_readout)}),
        lambda m: m.range_fact(lambda readout: readout),
    ],
    "Lemma 3.6 (ii), sign": [lambda m: m.check(h=lambda t: -m.hat(t))],
    "Thm. 4.3, order": [lambda m: m.single_pass_fact(controller, constant_selectors)],
    "Lemma 4.4, continuity": [lambda m: m.check(dropped(gluing_copies))],
    "Prop. 5.1, hats": [lambda m: m.lattice_fact(single_set)],
    "Υ, exact depth": [
        lambda m: m.depth_fact(lambda problem, n: tents(n)),
        lambda m: m.padding_fact(one_pass.build, lambda b, t: b.relu(t) - b.relu(1 - t)),
    ],
    "Window": [lambda m: m.check(lambda problem: (problem, (0, 0)))],
    "Two branches": [
        lambda m: m.zones_fact(EXACT - {("right", "-")}),
        lambda m: m.network_fact((("-", "+"),)),
    ],
    "One-layer gate": [lambda m: m.check(positive_gate), lambda m: m.check(leaky_gate)],
    "Doubled cascade": [lambda m: m.check(without_signs)],
    "Cells": [lambda m: m.check(lambda b, t, length, delta, end: cell_selectors(b, t, length, delta))],
    "Max-min form": [lambda m: m.check(single_set)],
    "compact": [lambda m: certified_fact("", (("haar", 1),), one_level_late(compact.build), load_problem)],
    "Carried rows": [
        lambda m: m.check(bound=lambda classes, n: mpq(1)),
        lambda m: m.check(digit=lambda t: 1 - digit(t)),
    ],
    "Patch form": [lambda m: m.check(without_tents)],
    "Loops": [
        lambda m: m.check(threshold=lambda loop, s, k: threshold_values(loop, s, loop.factor - k)),
        lambda m: m.check(multiplication=lambda loop, signs: multiplication(loop, signs)[::-1]),
        lambda m: m.check(shifts=lambda factors: ((3,) * len(factors), [(0,) * len(factors)] * (len(factors) + 1))),
    ],
    "Schemes": [
        lambda m: m.check(one_step_more, certified=(("ternary", 1),), every_n=("ternary",)),
    ],
    "Powers": [
        lambda m: m.untwisted_fact(lambda J, exponent: power(J, -exponent)),
        lambda m: m.certified_fact(one_step_more, (("quincunx_zp", 0),)),
    ],
    "Eigenvectors": [
        lambda m: m.coefficients_fact(lambda one: in_eigenvectors(replace(one, masks=one.mask.shifted(1, 0)))),
    ],
    "Masks that vary": [
        lambda m: m.order_fact(lambda one: stacked(replace(one, masks=Masks((), one.masks.all[::-1])))),
        lambda m: m.every_n_fact(one_step_more, ("d4_wavelet",)),
    ],
    "Sources": [
        lambda m: m.refinement_fact(lambda x: max(mpq(0), 1 - sum(map(abs, x)))),
        lambda m: m.certified_fact(one_step_more, (("takagi", 1),)),
    ],
    "Seam gates": [
        lambda m: m.check(terms=lambda count: [(1, chosen, read) for _, chosen, read in m.subset_sum(count)]),
        lambda m: m.check(shifts=(mpq(0), mpq(1, 6), mpq(1, 3))),
        lambda m: m.check(bump=lambda b, p, q: seam_bump(b, p, q) / 4),
    ],
    "one-pass": [lambda m: certified_fact("", (("haar", 1),), one_level_late(one_pass.build), load_problem)],
}


def one_step_more(problem, n):
    """Return the network of small for n + 1."""
    return small.build(problem, n + 1)


def few_atoms():
    """Return one atom."""
    return {"pyramid": special_atoms()["pyramid"]}


def leaky_gate(b, d, states, bound):
    """Return the one-layer gate with half of its bound."""
    return gate(b, d, states, bound / 2)


def said(label, index):
    """Return what the check of a broken object says: which claims fail and where, or do not fail as they should."""
    found = MUTANTS[label][index](module(label))
    facts = found.facts if isinstance(found, Check) else (found,)
    bad = [(number, fact) for number, fact in enumerate(facts, 1) if not fact.is_as_expected]
    assert bad
    assert all(fact.printed or fact.witness and not fact.is_undecided for _, fact in bad)
    numbers, (_, first) = [str(number) for number, _ in bad], bad[0]
    who = "the claim" if found is first else f"claim {numbers[0]}" if len(bad) == 1 else f"claims {', '.join(numbers)}"
    if first.printed:
        ends = "DOES NOT FAIL as it should" if len(bad) == 1 else "DO NOT FAIL as they should"
        return f"{who}, {first.reading.lower()}, {ends}"
    where = ", ".join(f"{name} = {shortened(shown(value))}" for name, value in first.witness.items())
    return f"{who} FAIL{'' if len(bad) > 1 else 'S'}: {where}"


def shortened(text):
    """Return the beginning of a long text."""
    return text if len(text) <= 60 else text[:57] + "..."


def broken_objects():
    """Return what `exactrelu.lemmas.pages` shows of broken objects: {name of the page: [{"broken", "says"}]}."""
    return {
        registry.page_name(label)[:-3]: [
            {"broken": words, "says": said(label, index)} for index, words in enumerate(WORDS[label])
        ]
        for label in registry.MODULES
    }


def test_every_check_has_a_mutant():
    """There is a broken object for every statement, each is described, and the pages know no others."""
    assert sorted(MUTANTS) == sorted(registry.MODULES)
    assert {label: len(row) for label, row in MUTANTS.items()} == {label: len(row) for label, row in WORDS.items()}
    for label in MUTANTS:
        assert [entry["broken"] for entry in BROKEN[registry.page_name(label)[:-3]]] == WORDS[label]


@pytest.mark.parametrize(
    ("label", "index"),
    [
        pytest.param(label, k, id=f"{registry.page_name(label)[:-3]}-{k}")
        for label in MUTANTS
        for k in range(len(MUTANTS[label]))
    ],
)
def test_a_broken_object_is_refuted(label, index):
    """The check of a broken object does not pass; a claim that fails has a witness, and the page says which and where.
    """
    assert said(label, index) == BROKEN[registry.page_name(label)[:-3]][index]["says"]


def test_transposed_matrices_break_the_recursion(monkeypatch):
    """Theorem 4.3 with T_q in the place of its transpose is not V^n H."""
    real = paper.live_matrices

    def mutant(mask, lengths, end, stages):
        matrices = real(mask, lengths, end, stages).items()
        return {q: {(source, target): c for (target, source), c in matrix.items()} for q, matrix in matrices}

    thm = module("Thm. 4.3")
    instances = {"degenerate_single_c21_w2": ((2, 1), "pyramid", 1)}
    assert thm.network_fact(Choices(), instances).witness is None
    monkeypatch.setattr(paper, "live_matrices", mutant)
    assert thm.network_fact(Choices(), instances).witness is not None


if __name__ == "__main__":  # writes the data of the pages anew, from the root: PYTHONPATH=.:tests/helpers python THIS
    PATH.write_text(dumps(broken_objects(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
