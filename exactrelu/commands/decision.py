"""What a method of certification hands back to ``exactrelu certify``."""

from typing import NamedTuple

from exactrelu.certification.verdict import Counterexample


class Decision(NamedTuple):
    """The ``verdict`` with its counterexample, and what it rests on.

    ``work`` says in words what was compared, ``page`` are paragraphs that explain the verdict, ``data`` is what the
    ``--json`` answer has beyond the fields that every method has.
    """

    verdict: str
    cells: int
    pieces: int
    counterexample: Counterexample | None
    work: str
    page: tuple
    data: dict
