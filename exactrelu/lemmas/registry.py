"""The map label → check, in the order of the pages: the paper's statements, the findings, and what goes beyond them."""

from importlib import import_module
from typing import NamedTuple

from exactrelu.errors import InputError, unknown

PAPER = {
    "Thm. 1.1": "thm_1_1",
    "Remark 2.1": "remark_2_1",
    "Remark 2.2": "remark_2_2",
    "(2.2)": "eq_2_2",
    "Remark 2.3": "remark_2_3",
    "(2.3)": "eq_2_3",
    "Remark 2.4": "remark_2_4",
    "Prop. 2.5": "prop_2_5",
    "Cor. 2.6": "cor_2_6",
    "Lemma 2.7": "lemma_2_7",
    "Def. 2.8": "def_2_8",
    "Prop. 3.1": "prop_3_1",
    "Cor. 3.2": "cor_3_2",
    "Prop. 3.3": "prop_3_3",
    "Cor. 3.5": "cor_3_5",
    "Lemma 3.6": "lemma_3_6",
    "Thm. 3.7": "thm_3_7",
    "§4.1 (i)–(iii)": "selectors_4_1",
    "Lemma 4.1": "lemma_4_1",
    "Lemma 4.2": "lemma_4_2",
    "Thm. 4.3": "thm_4_3",
    "Lemma 4.4": "lemma_4_4",
    "Thm. 4.5": "thm_4_5",
    "Prop. 5.1": "prop_5_1",
    "Remark 5.2": "remark_5_2",
    "Lemma 5.3": "lemma_5_3",
}
"""The numbered statements: label → module."""

COMMENTS = {"Prop. 3.3": "Remark 3.4", "Lemma 5.3": "Remark 5.4"}
"""The remarks that assert nothing, each behind the statement that it follows in the paper."""

FINDINGS = {
    "§4.3, a_n": "findings.gate_bound",
    "Thm. 4.3, weights": "findings.weight_constants",
    "§4.2, M̂_j": "findings.blended_matrix",
    "§4.2, good orbits": "findings.good_orbits",
    "Fig. 1": "findings.figure_1",
    "Thm. 3.7, branches": "findings.four_branches",
    "Cor. 3.5, n = 0": "findings.controller_n_zero",
    "§2.1, CPwL": "findings.cpwl_definition",
    "Prop. 2.5, continuity": "findings.cascade_discontinuous",
    "Prop. 3.1, extension": "findings.controller_extension",
    "Lemma 3.6, range": "findings.readout_range",
    "Lemma 3.6 (ii), sign": "findings.signed_hat",
    "Thm. 4.3, order": "findings.two_passes",
    "Lemma 4.4, continuity": "findings.gluing_discontinuous",
    "Prop. 5.1, hats": "findings.nodal_hats",
    "Υ, exact depth": "findings.exact_depth",
}
"""Where the printed text needs a correction or a choice: label → module."""

BEYOND = {
    "Window": "beyond.window_shift",
    "Two branches": "beyond.two_branches",
    "One-layer gate": "beyond.one_layer_gate",
    "Doubled cascade": "beyond.signed_states",
    "Cells": "beyond.cell_selectors",
    "Max-min form": "beyond.max_min_form",
    "compact": "beyond.compact",
    "Carried rows": "beyond.carried_rows",
    "Patch form": "beyond.patch_form",
    "Seam gates": "beyond.seam_gates",
    "one-pass": "beyond.one_pass",
    "Loops": "beyond.loops",
    "Schemes": "beyond.schemes",
    "Powers": "beyond.powers",
    "Eigenvectors": "beyond.eigenvectors",
    "Masks that vary": "beyond.varying_masks",
    "Sources": "beyond.hat_sources",
}
"""What the constructions use and the paper does not say: label → module."""


class Section(NamedTuple):
    """A part of the index: its ``title``, an introduction (Markdown) and its map label → module."""

    title: str
    introduction: str
    modules: dict


SECTIONS = (
    Section("The paper's statements", "Every numbered statement, in the paper's order.", PAPER),
    Section(
        "Findings",
        "Where the printed text needs a correction or a choice. Each page shows the exact witness at which the printed"
        " statement fails, and checks the corrected one; one statement is right and asks for more than it needs.",
        FINDINGS,
    ),
    Section(
        "Beyond the paper",
        "What the project's own constructions use and the paper does not say, stated and checked like the paper's own.",
        BEYOND,
    ),
)

MODULES = {label: module for section in SECTIONS for label, module in section.modules.items()}
"""All labels and their modules."""


def statement(label):
    """Return the `Statement` with this label."""
    return _module(label).STATEMENT


def run_check(label):
    """Return the `Check` of the statement with this label, with the real objects under check."""
    return _module(label).check()


def _module(label):
    return import_module(f"exactrelu.lemmas.{MODULES[label]}")


def page_name(label):
    """Return the file name of a statement's page."""
    return _name(label) + ".md"


def label_of(name):
    """Return the label of the statement whose page has this name, "lemma-2-7"; raises `InputError` if none has."""
    labels = {_name(label): label for label in MODULES}
    if name not in labels:
        raise InputError(unknown("statement", name, labels))
    return labels[name]


def _name(label):
    return MODULES[label].rpartition(".")[2].replace("_", "-")
