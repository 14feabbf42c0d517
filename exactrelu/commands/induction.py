"""A proof by induction as ``exactrelu certify`` shows it: paragraphs for people, an object for programs."""

from textwrap import fill

WIDTH = 100
"""The length of the lines of a proof."""


def page(proof):
    """Return the paragraphs of a proof."""
    facts = []
    for k, fact in enumerate(proof.facts, 1):
        check = f"({fact.check}; {fact.pieces} pieces)" if fact.pieces else f"({fact.check})"
        facts.append(filled(f"[{fact.where}] {fact.statement}", f"{k:>3}. ") + "\n" + filled(check, "     "))
    return (
        filled(f"Theorem. {proof.theorem}"),
        "Facts, each with the way it was checked:",
        *facts,
        filled(f"Proof. {proof.conclusion}"),
    )


def filled(paragraph, start=""):
    """Return the lines of a paragraph, the first after ``start``, the others as far to the right."""
    return fill(
        paragraph, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False,
        break_long_words=False,
    )


def proof_data(proof):
    """Return the JSON object of a proof."""
    return {
        "theorem": proof.theorem,
        "facts": [fact._asdict() for fact in proof.facts],
        "conclusion": proof.conclusion,
    }
