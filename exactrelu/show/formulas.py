"""The formulas of facts and proofs, written as plain text, as HTML: letters in italics, indices and exponents in place.

The text is read once, token by token, and each token is told by its neighbours: "o" between blocks is a composition,
"x" between numbers or intervals a product, "u" between intervals a union; other single letters are variables.
"""

import re
from html import escape
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of a formula: its ``kind`` ("word", "number", "space", "index", "power" or "sign") and its text."""

    kind: str
    text: str


_TOKEN = re.compile(
    r"(?P<power>\^(?:\{[^{}]*\}|\([^()]*\)|-?[A-Za-z0-9]+))"
    r"|(?P<index>_(?:q\([a-z0-9]\)|\{[^{}]*\}|\([^()]*\)|[A-Za-z0-9]+(?:,[a-z](?![a-z]))?))"
    r"|(?P<word>[A-Za-z]+'?)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<space>\s+)"
    r"|(?P<sign><=|>=|\.\.\.|\+-|.)",
    re.DOTALL,
)

SIGNS = {"<=": "≤", ">=": "≥", "...": "…", "+-": "±", "-": "−"}

PRODUCTS = ("pu", "pv", "ij")
"""Products and pairs of variables, written without a space."""

GREEK = {"eps": "ε", "eta": "η", "kappa": "κ", "lambda": "λ", "rho": "ρ"}
"""Variables that are written out."""

WHOLE = {"R": "ℝ", "QED": "∎"}


def tokens(text):
    """Return the `Token`s of a text."""
    return [Token(match.lastgroup, match[0]) for match in _TOKEN.finditer(text)]


def html(text):
    """Return the HTML of a statement.

    >>> html("F(E(t)) = E(r(t)), hence B_j o ... o B_0 on R^2")
    '<i>F</i>(<i>E</i>(<i>t</i>)) = <i>E</i>(<i>r</i>(<i>t</i>)), hence <i>B</i><sub><i>j</i></sub> ∘ … ∘ \
<i>B</i><sub>0</sub> on ℝ<sup>2</sup>'
    """
    found = tokens(text)
    return "".join(_shown(found, at) for at in range(len(found)))


def _shown(found, at):
    kind, text = found[at]
    if kind in ("index", "power"):
        tag = "sub" if kind == "index" else "sup"
        return f"<{tag}>{html(_inner(text))}</{tag}>"
    if kind == "word":
        return _word(found, at)
    if kind == "sign":
        if text == "-" and not _is_minus(found, at):
            return text
        return SIGNS.get(text, escape(text, quote=False))
    return text


def _inner(text):
    """Return what stands in an index or exponent, without the brackets that only hold it together."""
    return text[2:-1] if text[1] in "{(" else text[1:]


def _word(found, at):
    text = found[at].text
    before, after = _neighbour(found, at, -1), _neighbour(found, at, 1)
    if text == "o" and (after == "..." or after == "B"):
        return "∘"
    if text == "x" and (before[-1:].isdigit() or before in ("]", ")")) and (after[:1].isdigit() or after == "["):
        return "×"
    if text == "u" and before in ("]", ")") and after == "[":
        return "∪"
    if text in WHOLE:
        return WHOLE[text]
    if text in GREEK:
        return f"<i>{GREEK[text]}</i>"
    letter = text.removesuffix("'")
    has_index = at + 1 < len(found) and found[at + 1].kind in ("index", "power")
    if (len(letter) == 1 and (letter not in "aAI" or has_index)) or letter in PRODUCTS:
        return f"<i>{letter}</i>" + ("′" if text != letter else "")
    return escape(text, quote=False)


def _neighbour(found, at, step):
    """Return the text of the next token that is no space, index or exponent, "" at the end."""
    at += step
    while 0 <= at < len(found) and found[at].kind in ("space", "index", "power"):
        at += step
    return found[at].text if 0 <= at < len(found) else ""


def _is_minus(found, at):
    """Return whether a hyphen is a minus, and does not join words."""
    before = found[at - 1] if at else Token("space", "")
    after = found[at + 1] if at + 1 < len(found) else Token("space", "")
    if before.kind == "word" and len(before.text) > 1 and after.kind == "word":
        return False  # a hyphenated word
    return not (before.kind == "word" and len(before.text) > 2)
