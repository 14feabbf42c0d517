"""Where the statements stand in the paper, and what the paper's proofs of them use.

The text of this version has no pages of its own, so that places are sections.
"""

from typing import NamedTuple

VERSION = "arXiv:2605.03917v1 (5 May 2026)"
"""The printed text that is checked."""


class Place(NamedTuple):
    """The ``section`` of a statement and the labels of what the paper's proof, or the statement itself, ``uses``."""

    section: str
    uses: tuple = ()


PLACES = {
    "Thm. 1.1": Place("1.2", ("Remark 2.1", "Thm. 4.5", "Prop. 5.1", "Lemma 5.3")),
    "Remark 2.1": Place("2.1"),
    "Remark 2.2": Place("2.2"),
    "(2.2)": Place("2.3"),
    "Remark 2.3": Place("2.4", ("(2.2)",)),
    "(2.3)": Place("2.5", ("Remark 2.3",)),
    "Remark 2.4": Place("2.5", ("(2.3)",)),
    "Prop. 2.5": Place("2.6", ("(2.2)", "(2.3)")),
    "Cor. 2.6": Place("2.6", ("Prop. 2.5",)),
    "Lemma 2.7": Place("2.7"),
    "Def. 2.8": Place("2.8"),
    "Prop. 3.1": Place("3.1"),
    "Cor. 3.2": Place("3.1", ("Prop. 3.1",)),
    "Prop. 3.3": Place("3.2", ("Cor. 3.2",)),
    "Cor. 3.5": Place("3.2", ("Remark 2.1", "Prop. 3.3")),
    "Lemma 3.6": Place("3.3", ("Prop. 3.1",)),
    "Thm. 3.7": Place("3.4", ("Def. 2.8", "Prop. 3.3", "Cor. 3.5", "Lemma 3.6")),
    "§4.1 (i)–(iii)": Place("4.1", ("Prop. 3.1",)),
    "Lemma 4.1": Place("4.1", ("Def. 2.8", "§4.1 (i)–(iii)")),
    "Lemma 4.2": Place("4.2", ("Cor. 2.6", "Prop. 3.3", "§4.1 (i)–(iii)", "Lemma 4.1")),
    "Thm. 4.3": Place("4.3", ("Lemma 2.7", "Cor. 3.5", "Thm. 3.7", "Lemma 4.1", "Lemma 4.2")),
    "Lemma 4.4": Place("4.4"),
    "Thm. 4.5": Place("4.4", ("Thm. 4.3", "Lemma 4.4")),
    "Prop. 5.1": Place("5.1", ("Def. 2.8",)),
    "Remark 5.2": Place("5.1", ("Prop. 5.1",)),
    "Lemma 5.3": Place("5.2"),
    "Υ, exact depth": Place("2.1", ("Thm. 1.1",)),
    "§2.1, CPwL": Place("2.1", ("Remark 2.1",)),
    "Prop. 2.5, continuity": Place("2.6", ("Prop. 2.5",)),
    "Prop. 3.1, extension": Place("3.1", ("Prop. 3.1",)),
    "Cor. 3.5, n = 0": Place("3.2", ("Cor. 3.5",)),
    "Lemma 3.6, range": Place("3.3", ("Lemma 3.6",)),
    "Lemma 3.6 (ii), sign": Place("3.3", ("Lemma 3.6",)),
    "Fig. 1": Place("3.3", ("Lemma 3.6",)),
    "Thm. 3.7, branches": Place("3.4", ("Thm. 3.7",)),
    "§4.2, M̂_j": Place("4.2", ("Lemma 4.2",)),
    "§4.2, good orbits": Place("4.2", ("Lemma 4.2",)),
    "§4.3, a_n": Place("4.3", ("Thm. 4.3",)),
    "Thm. 4.3, weights": Place("4.3", ("Thm. 4.3",)),
    "Thm. 4.3, order": Place("4.3", ("Thm. 4.3",)),
    "Lemma 4.4, continuity": Place("4.4", ("Lemma 4.4",)),
    "Prop. 5.1, hats": Place("5.1", ("Prop. 5.1",)),
}
"""The paper's statements, and the findings, which are about the statement that they name, in the order of the text."""


def below(label):
    """Return the labels that the paper's proof of a statement uses, directly or not, in the order of the paper."""
    found, waiting = set(), [label]
    while waiting:
        for used in PLACES[waiting.pop()].uses:
            if used not in found:
                found.add(used)
                waiting.append(used)
    return [other for other in PLACES if other in found]
