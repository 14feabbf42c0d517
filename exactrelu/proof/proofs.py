"""Proofs: what follows from facts, once all of those are there that a theory demands."""

import re
from typing import NamedTuple

from exactrelu import display
from exactrelu.proof.kernel import Unproved, prove

_WORD = re.compile(r"(?:a|[a-z]{2,})(?![A-Za-z0-9_(^])")
"""The first word of a statement, if it is no variable."""


class Paragraph(NamedTuple):
    """What the facts of one name about one block say together: where, a statement, how it was checked, the pieces."""

    where: str
    statement: str
    check: str
    pieces: int = 0


class Proof(NamedTuple):
    """A theorem, the ``facts`` (`Paragraph`) that it rests on, and the ``conclusion`` drawn from them.

    ``examined`` is what one network was shown to be, where its values have been named. ``blocks`` {name: `Program`} are
    those that the networks of a family are made of.
    """

    theorem: str
    facts: tuple
    conclusion: str
    examined: object | None = None
    blocks: dict = {}

    _repr_html_ = display.html

    @property
    def pieces(self):
        """The number of affine pieces on which something was compared."""
        return sum(fact.pieces for fact in self.facts)


class Demand(NamedTuple):
    """What a conclusion needs: the fact of this ``name`` on a block, for one ``case``, with a ``goal``."""

    name: str
    where: str
    case: tuple
    goal: str


def demanded(name, where, case, *goals):
    """Return the `Demand`s of several goals of one fact."""
    return [Demand(name, where, case, goal) for goal in goals]


def proved(claims, progress=None):
    """Return the facts that the claims are which ``claims()`` yields, one by one: a later one may need an earlier one.

    ``progress(done, total)`` is told how many are proved. Raises `Unproved` where one fails.
    """
    facts = []
    total = None if progress is None else sum(1 for _ in claims())
    for claim in claims():
        facts.append(prove(claim))
        if progress is not None:
            progress(len(facts), total)
    return facts


def theorem(n, dimension=2):
    """Return what is proved for one n."""
    return f"The network equals V^{n} g at every point of R^{dimension}."


def theorem_for_all(sizes, least=1, dimension=2, is_of_the_paper=True):
    """Return what is proved for every n ≥ ``least``, for networks of these `Sizes`."""
    depth = sizes.depth.replace("+", " + ")
    more = " (Theorem 1.1 for this mask and this seed)" if is_of_the_paper else ""
    return (
        f"For every n >= {least}, the network made of the blocks below equals V^n g at every point of R^{dimension}; "
        f"its width is at most W = {sizes.width} and its depth at most L = {depth}{more}."
    )


def concluded(facts, demands, theorem, conclusion):
    """Return the `Proof` of a theorem from facts; raises `Unproved` if a demand is not met by any of them."""
    met = {Demand(fact.name, fact.where, fact.case, goal) for fact in facts for goal, _ in fact.established}
    for demand in demands:
        if demand not in met:
            case = ", ".join(map(str, demand.case))
            raise Unproved(demand.where, f"the fact {demand.name}, {case}: {demand.goal} is missing")
    return Proof(theorem, paragraphs(facts), conclusion)


def paragraphs(facts):
    """Return the `Paragraph`s of facts: all those of one name and block say the same of their cases."""
    groups = {}
    for fact in filter(lambda fact: fact.established, facts):
        groups.setdefault((fact.where, fact.name), []).append(fact)
    return tuple(_paragraph(group) for group in groups.values())


def _paragraph(group):
    words = dict.fromkeys(sentence for fact in group for _, sentence in fact.established)
    first = group[0]
    statement = first.given + "; ".join(words)
    check = first.check if len(group) == 1 else f"{first.check}, {len(group)} cases"
    start = statement[0].upper() if _WORD.match(statement) else statement[0]
    return Paragraph(first.where, f"{start}{statement[1:]}.", check, sum(fact.pieces for fact in group))
