"""The errata of the paper as one page, in Markdown and as LaTeX, and the graph of what its proofs use.

Both are written from the checks: an erratum has the witness that its check found, and the claims that hold instead.
"""

import re

from exactrelu.lemmas.pages import PAPER, rendered, shown, table
from exactrelu.lemmas.places import PLACES, VERSION, below
from exactrelu.lemmas.registry import FINDINGS, page_name
from exactrelu.lemmas.registry import PAPER as STATEMENTS
from exactrelu.lemmas.result import WITHIN_RANGE

SURVIVES = {
    "Υ, exact depth": "padding adds to the width and the depth no more than constants.",
    "§2.1, CPwL": "a compactly supported CPwL function has finitely many pieces.",
    "Prop. 2.5, continuity": "seeds are CPwL, hence continuous.",
    "Prop. 3.1, extension": "there are global extensions, with explicit formulas.",
    "Cor. 3.5, n = 0": "the theorem is about $n \\geq 1$.",
    "Lemma 3.6, range": "the values off the loop are never used.",
    "Lemma 3.6 (ii), sign": "atoms are non-negative by Definition 2.8.",
    "Fig. 1": "only the caption is affected.",
    "Thm. 3.7, branches": "four branches are right, and more than needed.",
    "§4.2, M̂_j": "where the blended matrix is not CPwL the scalar factor $H(R_n)$ is zero.",
    "§4.2, good orbits": "the proofs use the correct condition.",
    "§4.3, a_n": "nodal hats have $M_H = 1$, and the printed bound is right for these.",
    "Thm. 4.3, weights": "the theorem bounds width and depth, not weights.",
    "Thm. 4.3, order": "a second pass and a carried copy leave the width bounded and the depth linear in $n$.",
    "Lemma 4.4, continuity": "$V^n g$ is continuous, and zero on the border of the window.",
    "Prop. 5.1, hats": "the nodal hats of interior vertices are enough.",
}
"""Why Theorem 1.1 is true all the same."""

PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath,amssymb}
\title{Errata}
\date{}
\begin{document}
\maketitle
"""

UNICODE = {
    "§": r"\S", "–": "--", "—": "---", "≥": r"$\geq$", "≤": r"$\leq$", "Υ": r"$\Upsilon$", "M̂_j": r"$\widehat{M}_j$",
    "Φ": r"$\Phi$", "χ": r"$\chi$", "ρ⁻": r"$\rho^-$", "ρ⁺": r"$\rho^+$", "ρ": r"$\rho$", "σ": r"$\sigma$",
    "τ": r"$\tau$", "ε̄": r"$\bar\varepsilon$", "ε": r"$\varepsilon$", "Γ": r"$\Gamma$", "ν": r"$\nu$",
    "ⁿ": r"$^n$", "²": r"$^2$", "∞": r"$\infty$", "≠": r"$\neq$", "δ": r"$\delta$", "Λ": r"$\Lambda$",
    "ϱ": r"$\varrho$", "₁": r"$_1$", "₀": r"$_0$", "−": r"$-$", "·": r"$\cdot$", "×": r"$\times$",
}
"""What stands in words and labels, as LaTeX."""

_SPECIAL = re.compile(r"[\\{}%&#_^~]")
_FORMULA = re.compile(r"(\$\$[^$]+\$\$|\$[^$]+\$)")


def errata(checks):
    """Return [(label, `Check`)] of the findings, in the order of the text."""
    return [(label, checks[label]) for label in PLACES if label in FINDINGS and label in checks]


def errata_page(checks):
    """Return the page of all places where the printed text needs a correction or a choice."""
    parts = [
        "# Errata\n",
        f"{_introduction(PAPER)} The same as LaTeX: [errata.tex](errata.tex); the linked pages say what was checked, "
        "and how.\n",
    ]
    for number, (label, check) in enumerate(errata(checks), 1):
        parts += [
            f"## {number}. Section {PLACES[label].section}: {check.statement.title}\n",
            f"[{label}]({page_name(label)}), {check.verdict}.\n",
            check.statement.text.strip() + "\n",
        ]
        for fact in check.facts:
            parts.append(f"**{_what(fact)}** {fact.claim.strip()}\n")
            if fact.printed and fact.witness is not None:
                rows = [(name, shown(value)) for name, value in fact.witness.items()]
                parts.append(table(("fails at", ""), rows))
        parts.append(f"**Theorem 1.1 survives:** {SURVIVES[label]}\n")
    return rendered("\n".join((*parts, "---\n\n[All statements](README.md)\n")))


def errata_tex(checks):
    """Return the same page as a LaTeX document."""
    parts = [PREAMBLE, _tex(_introduction(PAPER.replace("*", ""))) + "\n"]
    for label, check in errata(checks):
        parts += [
            rf"\section{{{_tex(f'Section {PLACES[label].section}: {check.statement.title}')}}}" + "\n",
            rf"\emph{{{_tex(label)}}}." + "\n",
            _tex(check.statement.text.strip()) + "\n",
        ]
        for fact in check.facts:
            parts.append(rf"\paragraph{{{_what(fact)}}} {_tex(fact.claim.strip())}" + "\n")
            if fact.printed and fact.witness is not None:
                rows = (
                    rf"\texttt{{{_tex(name)}}} & {_tex(shown(value))} \\" for name, value in fact.witness.items()
                )
                parts += [r"\begin{center}\begin{tabular}{ll}", *rows, "\\end{tabular}\\end{center}\n"]
        parts.append(r"\paragraph{Theorem 1.1 survives:} " + _tex(SURVIVES[label]) + "\n")
    return "\n".join((*parts, "\\end{document}\n"))


def _introduction(paper):
    return (
        f"Of {paper}, in the version {VERSION}, in the order of the text: every claim that fails as printed, or "
        "without something that the text does not mention, with a point or numbers at which it does, and what holds "
        "instead, as exact checks find them; and one statement (on Theorem 3.7) that is right and asks for more than "
        "it needs. Theorem 1.1 survives all of them."
    )


def _what(fact):
    return f"{fact.reading}, fails:" if fact.printed else "Holds:"


def _tex(text):
    """Return Markdown with formulas as LaTeX."""
    parts = _FORMULA.split(text)
    return "".join(part if part.startswith("$") else _words(part) for part in parts)


def _words(text):
    for character, command in UNICODE.items():
        text = text.replace(character, f"\0{command}\0")
    # what stands between two marks is LaTeX, the rest is words
    parts = text.split("\0")
    return "".join(part if k % 2 else _escaped(part) for k, part in enumerate(parts))


def _escaped(text):
    text = _SPECIAL.sub(lambda found: {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}.get(
        found[0], "\\" + found[0]
    ), text)
    text = re.sub(r"`([^`]+)`", r"\\texttt{\1}", text)
    return re.sub(r'"([^"]+)"', r"``\1''", text)


def graph_page(checks):
    """Return the page with the graph as a picture, and as a table with the ranges that a statement rests on."""
    names = {label: f"s{number}" for number, label in enumerate(PLACES)}
    lines = [f'  {names[label]}["{label}"]' for label in STATEMENTS]
    lines += [f"  {names[label]} --> {names[used]}" for label in STATEMENTS for used in PLACES[label].uses]
    rows = []
    for label in STATEMENTS:
        ranged = [used for used in below(label) if used in checks and WITHIN_RANGE in checks[used].kind]
        rows.append((_linked([label]), _linked(PLACES[label].uses), _linked(ranged)))
    return "\n".join((
        "# What the proofs use\n",
        f"An arrow goes from a statement of the paper ({VERSION}) to what its proof uses there, by number or not. Who "
        "reads the paper's proof with these pages in hand relies on the pages below it, some of which have claims that "
        "were checked within a range: the last column names them. `proofs.json` has the graph as `uses`.\n",
        "```mermaid\ngraph TD\n" + "\n".join(lines) + "\n```\n",
        table(("statement", "its proof uses", "claims within a range below it"), rows),
        "---\n\n[All statements](README.md)\n",
    ))


def _linked(labels):
    return ", ".join(f"[{label}]({page_name(label)})" for label in labels)
