"""What a check answers: a statement and facts, each proved over a stated scope or refuted by an exact witness."""

from typing import NamedTuple

FOR_ALL = "for all"
"""Proved by exact symbolic computation, or by a finite case distinction that covers everything."""

WITHIN_RANGE = "for all, within a range"
"""Proved like `FOR_ALL`, but for the values of a stated range only: for others it is not shown."""

INSTANCES = "for all inputs of given instances"
"""Proved at every point of the domain, for named masks, seeds and n, by enumeration of all pieces."""


class Table(NamedTuple):
    """Exact data of a fact: ``header`` and ``rows`` of strings, integers and rationals."""

    header: tuple
    rows: tuple


class Undecided(dict):
    """In the place of a witness: why a claim is neither proved nor refuted, {"not decided": reason}."""


class Fact(NamedTuple):
    """One claim (Markdown), how it was decided (``kind``), over which ``scope``, and in how many ``cases``.

    ``witness`` maps names to exact values where the claim fails; it is None if the claim holds in every case, and
    `Undecided` where neither is shown. A claim that is ``printed`` is one of the paper's own that is expected to fail:
    there the witness is what is wanted. It is printed, or its ``reading`` says how the text is to be read, which does
    not say it: "Without a clamp". ``within`` maps the names (LaTeX) of what the check does not leave free to the
    (least, greatest) value that it takes, None if everything is free.
    """

    claim: str
    kind: str
    scope: str
    cases: int
    witness: dict | None = None
    printed: bool = False
    reading: str = "As printed"
    table: Table | None = None
    within: dict | None = None

    @property
    def is_as_expected(self):
        """Whether the claim holds, or, for a printed one that is expected to fail, has a witness."""
        return (self.witness is None) != self.printed and not self.is_undecided

    @property
    def is_undecided(self):
        """Whether the claim is neither proved nor refuted."""
        return isinstance(self.witness, Undecided)


class Statement(NamedTuple):
    """What is checked: the paper's ``label``, a ``title``, and the ``text`` in the project's words (Markdown)."""

    label: str
    title: str
    text: str

    def check(self, *facts):
        """Return the `Check` of this statement with these facts.

        Raises ``ValueError`` for a label that says more than was done: `FOR_ALL` of what was checked within a range.
        """
        for fact in facts:
            if fact.kind == FOR_ALL and fact.within or fact.kind == WITHIN_RANGE and not fact.within:
                raise ValueError(f"{self.label}: {fact.kind!r} does not go with the range {fact.within}")
        return Check(self, facts)


class Check(NamedTuple):
    """The outcome of one check."""

    statement: Statement
    facts: tuple

    @property
    def passes(self):
        """Whether every fact is as expected."""
        return all(fact.is_as_expected for fact in self.facts)

    @property
    def kind(self):
        """`FOR_ALL`, `WITHIN_RANGE`, `INSTANCES`, joined where some claims are proved one way and some another."""
        kinds = {fact.kind for fact in self.facts if not fact.printed}
        return "; ".join(kind for kind in (FOR_ALL, WITHIN_RANGE, INSTANCES) if kind in kinds)

    @property
    def doubt(self):
        """Why the statement is neither proved nor refuted: no claim is refuted that should hold; None if it is."""
        bad = [fact for fact in self.facts if not fact.is_as_expected]
        return bad[0].witness["not decided"] if bad and all(fact.is_undecided for fact in bad) else None

    @property
    def verdict(self):
        """"holds", "corrected" (a printed statement fails as stated here, the corrected one holds) or "FAILS"."""
        if not self.passes:
            return "FAILS"
        return "corrected" if any(fact.printed for fact in self.facts) else "holds"

    @property
    def cases(self):
        """The number of cases of all facts."""
        return sum(fact.cases for fact in self.facts)
