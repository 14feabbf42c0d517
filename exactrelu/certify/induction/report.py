"""A proof as a page of text."""

from textwrap import fill

WIDTH = 110


def page(proof):
    """Return the page: the theorem, the facts with how each was checked, and the argument."""
    lines = [fill(f"Theorem. {proof.theorem}", WIDTH), ""]
    for number, fact in enumerate(proof.facts, 1):
        pieces = f" ({fact.pieces} pieces)" if fact.pieces else ""
        statement = f"{number}. [{fact.where}] {fact.statement}"
        lines.append(fill(statement, WIDTH, subsequent_indent="   "))
        lines.append(fill(f"Checked: {fact.check}{pieces}.", WIDTH, initial_indent="   ", subsequent_indent="   "))
    lines += ["", fill(f"Proof. {proof.conclusion}", WIDTH)]
    return "\n".join(lines)
